/* cmd_undo.c - edits that were made: undo, redo, undo-byte, revert, edits */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/earlier.h"
#include "command/edited.h"
#include "command/history.h"
#include "command/table.h"
#include "edit/past.h"
#include "session.h"
#include "space/ranges.h"

static bool step(struct context *ctx, bool back, struct error *err)
{
	return back ? session_undo(ctx->session, err)
	            : session_redo(ctx->session, err);
}

/* How many have to be in the history. */
static size_t steps_needed(const struct context *ctx, bool back, uint64_t count)
{
	return back ? (size_t)u64_min(count, SIZE_MAX)
	            : session_undone_steps(ctx->session);
}

bool go_steps(struct context *ctx, bool back, uint64_t count, uint64_t *done,
              struct error *err)
{
	struct anchors before = context_anchors(ctx);
	const struct past *past;
	struct error ignored;
	size_t most;
	bool ok = true;

	past = session_past(ctx->session);
	most = back ? past_done(past) : past_undone(past);
	count = most > 0 ? u64_min(count, most) : 1;
	ctx->moving = &before;
	for (*done = 0; ok && *done < count; *done += ok)
		ok = step(ctx, back, err);
	while (!ok && *done > 0 && step(ctx, !back, &ignored))
		--*done;
	ctx->moving = NULL;
	context_settle(ctx, &before);
	return ok;
}

void print_steps(struct context *ctx, uint64_t done)
{
	if (ctx->out->json) {
		json_begin(ctx->out);
		json_number(ctx->out, "done", done);
		json_end(ctx->out);
	} else if (ctx->batch) {
		output_text(ctx->out, "%" PRIu64 "\n", done);
	}
}

/* In the editor the cursor goes to what changed, which may be far away; a batch
   has it stay at its byte. What has just been undone, or done again, is where
   its step says, since nothing has moved it since. */
static void show_step(struct context *ctx, bool back, uint64_t done)
{
	const struct past *past = session_past(ctx->session);
	const struct space *sp = context_space(ctx);
	struct history_step s = { .number = past_done(past) + back };
	char count[40] = "";
	struct range range;
	uint64_t addr;

	if (s.number == 0 || s.number > history_count(ctx->session))
		return;
	s.step = past_step(past, s.number);
	s.sum = step_sum(past, s.step.from);
	range.doc = s.sum.doc;
	range.off = back ? s.sum.first_off : s.sum.off;
	range.len = back ? s.sum.old_len : s.sum.len;
	if (done > 1)
		snprintf(count, sizeof(count), "%" PRIu64 " steps ", done);
	if (!ranges_address(&range, sp, &addr)) {
		context_say(ctx, "%s%s: %s", count, back ? "undone" : "redone",
		            history_what(&s));
		return;
	}
	context_jump(ctx, space_place(sp, addr));
	context_say(ctx, "%s%s: %s at 0x%" PRIx64, count,
	            back ? "undone" : "redone", history_what(&s), addr);
}

static bool go(struct context *ctx, struct call *call, bool back,
               struct error *err)
{
	const struct call whole = *call;
	uint64_t count, done;
	bool later;

	if (!call_count(call, &count, err) || !call_end(call, err) ||
	    !earlier_load(ctx, &whole, steps_needed(ctx, back, count), &later,
	                  err))
		return false;
	if (later)
		return true;
	if (!go_steps(ctx, back, count, &done, err))
		return false;
	print_steps(ctx, done);
	if (!ctx->batch)
		show_step(ctx, back, done);
	return true;
}

RUN(undo)
{
	return go(ctx, call, true, err);
}

RUN(redo)
{
	return go(ctx, call, false, err);
}

RUN(undo_byte)
{
	struct place at = call->place;

	return call_end(call, err) && edit_fits(ctx, at, 1, err) &&
	       session_restore(ctx->session, at.addr, err);
}

/* No byte of a segment that was emptied names it: its number does. */
static bool revert(struct context *ctx, const struct call *call,
                   struct error *err)
{
	struct place at;

	if (call->start == call->end && call->span.segment)
		return session_revert_emptied(ctx->session,
		                              call->span.from.segment, err);
	return (call->span.given || edit_range(ctx, call, &at, err)) &&
	       session_revert(ctx->session, call->start,
	                      call->end - call->start, err);
}

RUN(revert)
{
	struct anchors before = context_anchors(ctx);
	bool ok;

	if (!call_end(call, err))
		return false;
	ctx->moving = &before;
	ok = revert(ctx, call, err);
	ctx->moving = NULL;
	if (ok)
		context_settle(ctx, &before);
	return ok;
}

/* --- what is edited ------------------------------------------------------ */

/* Behind the last byte of a file stands the end of its segment. */
static struct place place_of(const struct space *sp, const struct edited *e)
{
	struct location loc = space_locate(sp, e->addr);

	if (loc.segment && document_id(loc.segment->doc) == e->doc)
		return space_place(sp, e->addr);
	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct segment *seg = space_segment(sp, i);

		if (seg->doc && document_id(seg->doc) == e->doc &&
		    seg->off + seg->size == e->off)
			return (struct place){ e->addr, seg->number, SIDE_END };
	}
	return space_place(sp, e->addr);
}

static void print_edited(struct context *ctx, const struct edited *e)
{
	const struct space *sp = context_space(ctx);
	struct place place = place_of(sp, e);
	struct output *out = ctx->out;
	char text[PLACE_TEXT];

	if (out->json) {
		json_begin(out);
		if (e->is_shown)
			json_addr(out, e->addr);
		else
			json_no_addr(out);
		json_number(out, "old_len", e->old_len);
		json_number(out, "new_len", e->len);
		if (e->is_shown)
			json_place(out, sp, place);
		json_end(out);
		return;
	}
	if (e->is_shown)
		output_text(out, "0x%" PRIx64, e->addr);
	else
		output_text(out, "-");
	output_text(out, " %" PRIu64 " %" PRIu64 " %s\n", e->old_len, e->len,
	            e->is_shown ? place_text(sp, place, text) : "-");
}

/* Give a set the bytes that are edited now. */
static bool make_set(struct context *ctx, const struct edited_list *list,
                     const char *name, struct error *err)
{
	struct ranges *set = ranges_new(err);
	bool ok = set != NULL;

	for (size_t i = 0; ok && i < list->count; i++) {
		struct range range = { .doc = list->v[i].doc,
			               .off = list->v[i].off,
			               .len = list->v[i].len };

		ok = ranges_add(set, &range, err);
	}
	ok = ok && sets_put(&ctx->sets, name, set, err);
	ranges_free(set);
	return ok;
}

/* "as %NAME", if it stands there; "" if not. */
static bool read_as(struct call *call, char name[static SET_NAME],
                    struct error *err)
{
	struct word word;
	size_t column;
	bool ok;

	name[0] = '\0';
	if (!call_more(call))
		return true;
	column = call->args.pos + 1;
	if (!call_word(call, &word, err))
		return false;
	ok = strcmp(word.text, "as") == 0;
	word_free(&word);
	if (!ok)
		return error_at(err, column, "usage: edits %s",
		                call->command->usage);
	lexer_blanks(&call->args);
	return sets_name(&call->args, name, err) && call_end(call, err);
}

RUN(edits)
{
	struct edited_list list;
	char name[SET_NAME];
	bool ok = true;

	if (!read_as(call, name, err) ||
	    !edited_all(context_space(ctx), &list, err))
		return false;
	if (*name)
		ok = make_set(ctx, &list, name, err);
	for (size_t i = 0; !*name && i < list.count; i++) {
		if (output_failed(ctx->out))
			break;
		print_edited(ctx, &list.v[i]);
	}
	edited_free(&list);
	return ok;
}

/* The next one from an address on, in this direction; NULL if there is none. */
static const struct edited *next_edited(const struct edited_list *list,
                                        uint64_t from, bool forward)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct edited *e =
			&list->v[forward ? i : list->count - 1 - i];

		if (e->is_shown && (forward ? e->addr > from : e->addr < from))
			return e;
	}
	return NULL;
}

bool go_edit(struct context *ctx, bool forward, uint64_t count,
             struct error *err)
{
	uint64_t addr = ctx->cursor.addr;
	const struct edited *e = NULL;
	struct edited_list list;

	if (!edited_all(context_space(ctx), &list, err))
		return false;
	do {
		e = next_edited(&list, addr, forward);
		addr = e ? e->addr : addr;
	} while (e && --count > 0);
	edited_free(&list);
	if (!e)
		return error_set(err, ERR_NO, "no edit %s here",
		                 forward ? "behind" : "before");
	context_jump(ctx, space_place(context_space(ctx), addr));
	return true;
}
