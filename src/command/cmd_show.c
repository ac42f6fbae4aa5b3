/* cmd_show.c - commands that tell: eval, info, segments */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/edited.h"
#include "command/table.h"
#include "session.h"
#include "space/view.h"

RUN(eval)
{
	struct output *out = ctx->out;
	char text[PLACE_TEXT];
	struct place place;

	if (!call_address(call, ctx, &place, err) || !call_end(call, err))
		return false;
	if (out->json) {
		json_begin(out);
		json_addr(out, place.addr);
		json_place(out, context_space(ctx), place);
		json_end(out);
	} else {
		output_text(out, "%" PRIu64 " 0x%" PRIx64 " %s\n", place.addr,
		            place.addr,
		            place_text(context_space(ctx), place, text));
	}
	return true;
}

/* --- info ---------------------------------------------------------------- */

static void info_json(struct context *ctx, struct place place,
                      const struct run *run, unsigned char byte)
{
	struct output *out = ctx->out;

	json_begin(out);
	json_addr(out, place.addr);
	json_place(out, context_space(ctx), place);
	json_string(out, "state", state_name(run->state));
	json_string(out, "why", run_why(run));
	json_bool(out, "edited", run->edited);
	json_signed(out, "errno", run->sys);
	json_number(out, "sector", place.addr / context_units(ctx).sector);
	if (state_has_bytes(run->state))
		json_number(out, "value", byte);
	json_end(out);
}

static void info_text(struct context *ctx, struct place place,
                      const struct run *run, unsigned char byte)
{
	const struct space *sp = context_space(ctx);
	const struct segment *seg = space_numbered(sp, place.segment);
	uint64_t sector = context_units(ctx).sector;
	struct output *out = ctx->out;
	char text[PLACE_TEXT], note[SESSION_REMARK];

	output_text(out, "0x%" PRIx64 " %s", place.addr,
	            place_text(sp, place, text));
	if (seg) {
		output_text(out, " ");
		output_safe(out, seg->placement->name);
	}
	output_text(out, " sector %" PRIu64 "+%" PRIu64 " %s",
	            place.addr / sector, place.addr % sector,
	            state_name(run->state));
	if (state_has_bytes(run->state))
		output_text(out, " %02x %u", byte, byte);
	if (run->edited)
		output_text(out, run->inserted ? " inserted" : " edited");
	if (run->why != WHY_NONE)
		output_text(out, " (%s)", run_why(run));
	if (seg && *session_remark(ctx->session, seg->doc, note))
		output_text(out, " (file: %s)", note);
	output_text(out, "\n");
}

RUN(info)
{
	uint64_t size = space_size(context_space(ctx));
	struct runs runs = { 0 };
	unsigned char byte = 0;

	if (!call_end(call, err))
		return false;
	if (call->place.addr >= size)
		return error_set(err, ERR_RANGE,
		                 "there is no byte at the end of the space "
		                 "(size 0x%" PRIx64 ")",
		                 size);
	if (!view_read(session_view(ctx->session), call->place.addr, &byte, 1,
	               0, &runs, err)) {
		runs_free(&runs);
		return false;
	}
	/* The byte here, whatever segment end the place was named by. */
	call->place = space_place(context_space(ctx), call->place.addr);
	if (ctx->out->json)
		info_json(ctx, call->place, &runs.v[0], byte);
	else
		info_text(ctx, call->place, &runs.v[0], byte);
	runs_free(&runs);
	return true;
}

/* --- segments ------------------------------------------------------------ */

static const char *kind_of(const struct segment *seg)
{
	return seg->doc ? document_source(seg->doc)->kind : "gap";
}

static const char *access_of(const struct session *session,
                             const struct segment *seg)
{
	return seg->doc ? access_name(session_access(session, seg->doc)) : "-";
}

static const char *note_of(const struct session *session,
                           const struct segment *seg,
                           char dst[static SESSION_REMARK])
{
	dst[0] = '\0';
	return seg->doc ? session_remark(session, seg->doc, dst) : dst;
}

static size_t edits_of(const struct segment *seg,
                       const struct edited_list *edits)
{
	if (!seg->doc || !document_root(seg->doc))
		return 0;
	return edited_count(edits, document_id(seg->doc));
}

static void segment_json(struct context *ctx, const struct segment *seg,
                         const struct edited_list *edits)
{
	struct output *out = ctx->out;
	char note[SESSION_REMARK];

	json_begin(out);
	json_number(out, "segment", seg->number);
	json_addr(out, seg->addr);
	json_number(out, "size", seg->size);
	if (seg->number)
		json_number(out, "file_off", seg->off);
	else
		json_null(out, "file_off");
	json_string(out, "kind", kind_of(seg));
	json_string(out, "access", access_of(ctx->session, seg));
	json_number(out, "edits", edits_of(seg, edits));
	json_string(out, "note", note_of(ctx->session, seg, note));
	json_string(out, "name", seg->placement->name);
	json_string(out, "path", seg->placement->path);
	json_end(out);
}

/* The width of the widest number in a column of the table. */
static int widest(const struct space *sp, bool addr)
{
	int width = 1;

	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct segment *seg = space_segment(sp, i);
		char text[32];
		int n = addr ? snprintf(text, sizeof(text), "0x%" PRIx64,
		                        seg->addr)
		             : snprintf(text, sizeof(text), "%" PRIu64,
		                        seg->size);

		width = int_max(width, n);
	}
	return width;
}

static void segment_text(struct context *ctx, const struct segment *seg,
                         const struct edited_list *list, int addr_width,
                         int size_width)
{
	char addr[32], number[16] = "-", edits[24] = "-", note[SESSION_REMARK];
	struct output *out = ctx->out;

	if (seg->number)
		snprintf(number, sizeof(number), "%" PRIu32, seg->number);
	if (seg->doc)
		snprintf(edits, sizeof(edits), "%zu", edits_of(seg, list));
	snprintf(addr, sizeof(addr), "0x%" PRIx64, seg->addr);
	output_text(out, "%4s  %-*s  %*" PRIu64 "  %-6s  %-5s  %5s  ", number,
	            addr_width, addr, size_width, seg->size, kind_of(seg),
	            access_of(ctx->session, seg), edits);
	output_safe(out, seg->placement->name);
	if (*note_of(ctx->session, seg, note))
		output_text(out, "  (%s)", note);
	output_text(out, "\n");
}

RUN(segments)
{
	const struct space *sp = context_space(ctx);
	struct output *out = ctx->out;
	int addr_width = out->json ? 0 : widest(sp, true);
	int size_width = out->json ? 0 : widest(sp, false);
	struct edited_list edits;

	if (!call_end(call, err))
		return false;
	if (ctx->batch)
		session_look_for_locks(ctx->session);
	if (ctx->show_panel)
		return ctx->show_panel(ctx, "segments");
	if (!edited_all(sp, &edits, err))
		return false;
	for (size_t i = 0; i < space_segments(sp) && !output_failed(out); i++) {
		if (out->json)
			segment_json(ctx, space_segment(sp, i), &edits);
		else
			segment_text(ctx, space_segment(sp, i), &edits,
			             addr_width, size_width);
	}
	edited_free(&edits);
	return true;
}
