/* paint_bar.c - the lines around the rows: title, ruler and status */
#include "config.h"

#include "ui/paint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/context.h"
#include "session.h"
#include "ui/paint_impl.h"

char *size_text(uint64_t bytes, char dst[static 24])
{
	static const char *const units[] = { "B",   "KiB", "MiB", "GiB",
		                             "TiB", "PiB", "EiB" };
	size_t unit = 0;
	uint64_t whole = bytes, rest = 0;
	uint64_t thousandths;

	while (whole >= 1024 && unit + 1 < ARRAY_LEN(units)) {
		rest = whole % 1024;
		whole /= 1024;
		unit++;
	}
	/* Three digits, rounded to the nearest. */
	thousandths = whole * 1000 + rest * 1000 / 1024;
	if (unit == 0 || thousandths >= 99950)
		snprintf(dst, 24, "%" PRIu64 " %s", (thousandths + 500) / 1000,
		         units[unit]);
	else if (thousandths >= 9995)
		snprintf(dst, 24, "%" PRIu64 ".%" PRIu64 " %s",
		         (thousandths + 50) / 1000,
		         (thousandths + 50) / 100 % 10, units[unit]);
	else
		snprintf(dst, 24, "%" PRIu64 ".%02" PRIu64 " %s",
		         (thousandths + 5) / 1000, (thousandths + 5) / 10 % 100,
		         units[unit]);
	return dst;
}

char *grouped_text(uint64_t value, char dst[static 32])
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, value);
	char *p = dst;

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			*p++ = ' ';
		*p++ = digits[i];
	}
	*p = '\0';
	return dst;
}

void paint_title(struct canvas *canvas, int row, int cols,
                 const struct picture *picture, const char *right,
                 const char *alarm)
{
	const struct space *sp = context_space(picture->ctx);
	const struct segment *seg =
		space_numbered(sp, picture->ctx->cursor.segment);
	size_t files = space_numbers(sp);
	char name[256] = "", size[24], text[512];
	int alarm_width = canvas_width(alarm);
	int alarm_room = alarm_width > 0 ? alarm_width + 2 : 0;
	int right_width = canvas_width(right) + alarm_room;
	const char *mark = "";
	int room = cols, used;

	canvas_fill(canvas, row, 0, cols, ' ', STYLE_BAR);
	for (size_t i = 0; !seg && i < space_segments(sp); i++)
		if (space_segment(sp, i)->number)
			seg = space_segment(sp, i);
	if (seg)
		text_safe(name, sizeof(name), seg->placement->name,
		          strlen(seg->placement->name));
	size_text(space_size(sp), size);
	if (seg && document_root(seg->doc))
		mark = " *";
	if (files > 1)
		snprintf(text, sizeof(text), " hexspan  %s%s +%zu %s  %s", name,
		         mark, files - 1, files == 2 ? "file" : "files", size);
	else
		snprintf(text, sizeof(text), " hexspan  %s%s  %s", name, mark,
		         size);
	/* What may be written to matters more than the end of a long name. */
	if (right_width + 2 <= cols / 2 + alarm_room)
		room = cols - right_width - 2;
	used = canvas_text(canvas, row, 0, room, text, STYLE_BAR);
	if (used + right_width + 2 <= cols)
		canvas_text(canvas, row, cols - right_width - 1, right_width,
		            right, STYLE_BAR);
	canvas_text(canvas, row, cols - alarm_width - 1, alarm_width, alarm,
	            STYLE_ERROR);
}

void paint_ruler(struct canvas *canvas, int row, const struct picture *picture)
{
	const struct window *w = picture->window;
	static const char digits[] = "0123456789abcdef";
	static const char *const names[] = { "offset", "segment", "offset",
		                             "sector", "offset" };
	unsigned here = (unsigned)(picture->ctx->cursor.addr % w->per_row);

	canvas_text(canvas, row, 0, w->columns.offset_width,
	            names[picture->ctx->options.offset], STYLE_DIM);
	for (unsigned i = 0; i < w->per_row; i++) {
		int col = window_hex_column(w, i) + 1;
		enum style style = i == here ? STYLE_STRONG : STYLE_DIM;

		canvas_put(canvas, row, col, (unsigned char)digits[i >> 4 & 15],
		           style);
		canvas_put(canvas, row, col + 1, (unsigned char)digits[i & 15],
		           style);
		canvas_put(canvas, row, w->columns.text + (int)i,
		           (unsigned char)digits[i & 15], style);
	}
	canvas_put(canvas, row, w->columns.bar, paint_signs(picture)->bar,
	           STYLE_DIM);
}

/* The byte under the cursor, if its row is on the screen. */
static const struct run *cursor_byte(const struct picture *picture,
                                     unsigned char *byte)
{
	uint64_t addr = picture->ctx->cursor.addr;

	for (int i = 0; i < picture->row_count; i++) {
		const struct shown_row *r = &picture->rows[i];

		if (r->row.kind != ROW_DATA || addr < r->row.addr ||
		    addr - r->row.addr >= r->count)
			continue;
		*byte = r->bytes[addr - r->row.addr];
		return &r->runs[addr - r->row.addr];
	}
	return NULL;
}

/* Of the bytes that there are; gaps do not count. */
static unsigned percent(const struct space *sp, uint64_t addr)
{
	uint64_t size = space_mapped(sp);
	uint64_t below = space_mapped_in(sp, 0, addr);

	/* The cursor may stand behind the last byte. */
	if (size <= 1 || below >= size - 1)
		return 100;
	/* A hundredth is rounded here. */
	if (below > UINT64_MAX / 100)
		return (unsigned)u64_min(below / ((size - 1) / 100), 99);
	return (unsigned)(below * 100 / (size - 1));
}

/* "45 69 'E'": hex, decimal, character; or why there is none. */
static void value_text(const struct picture *picture, char *dst, size_t cap)
{
	const struct context *ctx = picture->ctx;
	unsigned char byte = 0;
	const struct run *run = cursor_byte(picture, &byte);
	uint64_t start, end;
	size_t n = 0;

	dst[0] = '\0';
	if (context_selection(ctx, &start, &end))
		n = (size_t)snprintf(dst, cap, "sel %" PRIu64 "  ",
		                     end - start);
	/* The byte shown at a segment's end is the next one's. */
	if (ctx->cursor.side == SIDE_END)
		return;
	if (!run) {
		/* A row of a gap that is left out. */
		if (ctx->cursor.addr < space_size(context_space(ctx)) &&
		    !space_locate(context_space(ctx), ctx->cursor.addr).segment)
			snprintf(dst + n, cap - n, "no file here");
		return;
	}
	if (!state_has_bytes(run->state)) {
		static const char *const words[STATE_COUNT] = {
			[STATE_BAD] = "unreadable",
			[STATE_NOT_TRIED] = "not tried",
			[STATE_MISSING] = "missing",
			[STATE_GAP] = "no file here",
			[STATE_PENDING] = "being read",
		};

		snprintf(dst + n, cap - n, "%s%s%s", words[run->state],
		         run->why != WHY_NONE ? ": " : "", run_why(run));
		return;
	}
	if (text_is_print(byte))
		snprintf(dst + n, cap - n, "%02x %u '%c'%s", byte, byte, byte,
		         run->state == STATE_HOLE ? " hole" : "");
	else
		snprintf(dst + n, cap - n, "%02x %u%s", byte, byte,
		         run->state == STATE_HOLE ? " hole" : "");
}

void paint_status(struct canvas *canvas, int row, int cols,
                  const struct picture *picture)
{
	const struct context *ctx = picture->ctx;
	const struct space *sp = context_space(ctx);
	const struct segment *seg = space_numbered(sp, ctx->cursor.segment);
	uint64_t sector = context_units(ctx).sector;
	uint64_t addr = ctx->cursor.addr;
	char place[PLACE_TEXT], name[420], left[560], right[300];
	char note[SESSION_REMARK] = "";
	const char *offset;
	int width;

	place_text(sp, ctx->cursor, place);
	offset = strchr(place, ':');
	if (seg)
		snprintf(name, sizeof(name), "#%" PRIu32 " %s+%s%s%s",
		         seg->number, text_shown(seg->placement->name).s,
		         offset ? offset + 1 : "",
		         *session_remark(ctx->session, seg->doc, note) ? "  "
		                                                       : "",
		         note);
	else
		snprintf(name, sizeof(name), "-");
	snprintf(left, sizeof(left),
	         " 0x%" PRIx64 "  %s  %u%%  s%" PRIu64 "+%" PRIu64, addr, name,
	         percent(sp, addr), addr / sector, addr % sector);
	value_text(picture, right, sizeof(right));
	canvas_fill(canvas, row, 0, cols, ' ', STYLE_BAR);
	width = canvas_width(right);
	/* The value matters more than the end of a long name. */
	canvas_text(canvas, row, 0, int_max(cols - width - 2, cols / 2), left,
	            STYLE_BAR);
	canvas_text(canvas, row, int_max(cols - width - 1, cols / 2 + 1),
	            int_min(width, cols - cols / 2 - 1), right, STYLE_BAR);
}
