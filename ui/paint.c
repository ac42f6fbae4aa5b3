/* paint.c - see paint.h: the rows */
#include "config.h"

#include "ui/paint.h"

#include <string.h>

#include "command/context.h"
#include "space/ranges.h"
#include "ui/glyphs.h"
#include "ui/paint_impl.h"

static const struct signs unicode_signs = {
	.line = 0x2500,
	.dotted = 0x2504,
	.end = 0x2524,
	.next = 0x251c,
	.seam = 0x2503,
	.bar = 0x2502,
};

static const struct signs ascii_signs = {
	.line = '-',
	.dotted = '-',
	.end = '[',
	.next = ']',
	.seam = '|',
	.bar = ':',
};

const struct signs *paint_signs(const struct picture *picture)
{
	return picture->look.ascii ? &ascii_signs : &unicode_signs;
}

/* How the bytes of a row look, worked out once for both panes. */
struct row_look {
	uint32_t high[ROWS_PER_ROW_MAX], low[ROWS_PER_ROW_MAX];
	enum style style[ROWS_PER_ROW_MAX];
	struct glyph text[ROWS_PER_ROW_MAX];
	enum over_style over[ROWS_PER_ROW_MAX];
	bool seam[ROWS_PER_ROW_MAX]; /* a segment starts before this byte */
	bool match_starts[ROWS_PER_ROW_MAX];
	bool match_ends[ROWS_PER_ROW_MAX + 1]; /* before this byte */
	char gutter;
};

static enum style state_style(const struct run *run, unsigned char byte)
{
	if (run->inserted)
		return STYLE_INSERTED;
	if (run->edited)
		return STYLE_EDITED;
	switch (run->state) {
	case STATE_HOLE:
		return STYLE_HOLE;
	case STATE_BAD:
	case STATE_NOT_TRIED:
		return STYLE_BAD;
	case STATE_MISSING:
	case STATE_GAP:
		return STYLE_GAP;
	case STATE_PENDING:
		return STYLE_PENDING;
	default:
		return byte_style(byte);
	}
}

/* The signs of a byte without value: in the hex pane, in the text pane. */
static void no_value(struct row_look *look, unsigned i, enum state state,
                     bool ascii)
{
	uint32_t hex = '-', text = ' ';

	if (state == STATE_BAD || state == STATE_NOT_TRIED)
		hex = text = '?';
	else if (state == STATE_PENDING)
		hex = text = ascii ? '.' : 0x00b7;
	look->high[i] = look->low[i] = hex;
	look->text[i] = (struct glyph){ .ch = text, .style = look->style[i] };
}

static void look_at_bytes(const struct picture *picture,
                          const struct shown_row *r, struct row_look *look)
{
	const char *digits =
		picture->look.upper ? "0123456789ABCDEF" : "0123456789abcdef";
	enum encoding encoding = (enum encoding)picture->ctx->options.encoding;
	bool has[ROWS_PER_ROW_MAX];

	for (unsigned i = 0; i < r->count; i++)
		has[i] = state_has_bytes(r->runs[i].state);
	glyphs_text(encoding, picture->look.ascii, r->row.addr, r->bytes, has,
	            r->count, look->text);
	for (unsigned i = 0; i < r->count; i++) {
		look->style[i] = state_style(&r->runs[i], r->bytes[i]);
		if (!has[i]) {
			no_value(look, i, r->runs[i].state,
			         picture->look.ascii);
			continue;
		}
		look->high[i] = (unsigned char)digits[r->bytes[i] >> 4];
		look->low[i] = (unsigned char)digits[r->bytes[i] & 15];
		if (look->style[i] >= STYLE_HOLE)
			look->text[i].style = look->style[i];
	}
}

static void look_at_seams(const struct picture *picture,
                          const struct shown_row *r, struct row_look *look)
{
	const struct space *sp = context_space(picture->ctx);
	size_t at = space_start_find(sp, r->row.addr);

	for (; at < space_starts(sp); at++) {
		uint64_t addr = space_start(sp, at).addr;

		if (addr - r->row.addr >= r->count)
			break;
		/* Empty segments may be many at one address. */
		look->seam[addr - r->row.addr] = addr > 0;
		if (addr == r->row.addr + r->count - 1)
			break;
		at = space_start_find(sp, addr + 1) - 1;
	}
}

/* What another program changes is seen over matches, under the selection. */
static void look_at_changes(const struct shown_row *r, struct row_look *look)
{
	for (unsigned i = 0; i < r->count; i++)
		if (r->changed[i])
			look->over[i] = OVER_CHANGED;
}

static bool has_bookmark(const struct context *ctx, uint64_t addr,
                         unsigned count)
{
	const struct space *sp = context_space(ctx);
	uint64_t end = addr + count;

	while (addr < end) {
		struct location at = space_locate(sp, addr);
		uint64_t len = u64_min(at.run, end - addr);
		size_t i;

		if (at.segment) {
			uint64_t doc = document_id(at.segment->doc);

			i = ranges_find(ctx->bookmarks, doc, at.doc_off);
			if (i < ranges_count(ctx->bookmarks)) {
				struct range b = ranges_at(ctx->bookmarks, i);

				if (b.doc == doc && b.off - at.doc_off < len)
					return true;
			}
		}
		addr += len;
	}
	return false;
}

static char gutter_of(const struct picture *picture, const struct shown_row *r)
{
	bool bad = false, changed = false, edited = false, inserted = false;

	for (unsigned i = 0; i < r->count; i++) {
		bad = bad || r->runs[i].state == STATE_BAD ||
		      r->runs[i].state == STATE_NOT_TRIED;
		changed = changed || r->changed[i];
		edited = edited || (r->runs[i].edited && !r->runs[i].inserted);
		inserted = inserted || r->runs[i].inserted;
	}
	if (bad)
		return '!';
	if (changed)
		return '~';
	if (edited)
		return '*';
	if (inserted)
		return '+';
	return has_bookmark(picture->ctx, r->row.addr, r->count) ? '@' : ' ';
}

static enum style gutter_style(char gutter)
{
	switch (gutter) {
	case ' ':
		return STYLE_NORMAL;
	case '!':
		return STYLE_BAD;
	case '~':
		return STYLE_STRONG;
	case '@':
		return STYLE_BOOKMARK;
	default:
		return STYLE_EDITED;
	}
}

/* Lay a match over the row's bytes that are in it. */
static void lay_match(const struct shown_row *r, const struct shown_match *m,
                      enum over_style over, struct row_look *look)
{
	uint64_t start = r->row.addr, end = start + r->count;

	if (m->start >= end || m->end <= start)
		return;
	if (m->start >= start)
		look->match_starts[m->start - start] = true;
	if (m->end <= end)
		look->match_ends[m->end - start] = true;
	for (uint64_t at = u64_max(m->start, start); at < u64_min(m->end, end);
	     at++)
		look->over[at - start] = over;
}

static void look_at_matches(const struct picture *picture,
                            const struct shown_row *r, struct row_look *look)
{
	size_t low = 0, high = picture->match_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (picture->matches[middle].start < r->row.addr)
			low = middle + 1;
		else
			high = middle;
	}
	/* The one before may reach into the row. */
	for (size_t i = low - (low > 0); i < picture->match_count; i++) {
		if (i >= low &&
		    picture->matches[i].start - r->row.addr >= r->count)
			break;
		lay_match(r, &picture->matches[i], OVER_MATCH, look);
	}
	lay_match(r, &picture->match_here, OVER_MATCH_HERE, look);
}

static void look_at_selection(const struct picture *picture,
                              const struct shown_row *r, struct row_look *look)
{
	uint64_t start, end;

	/* The match that find has selected is told by its own look. */
	if (!context_selection(picture->ctx, &start, &end) ||
	    (start == picture->match_here.start &&
	     end == picture->match_here.end))
		return;
	for (unsigned i = 0; i < r->count; i++)
		if (r->row.addr + i >= start && r->row.addr + i < end)
			look->over[i] = OVER_SELECTION;
}

static void put_offset(struct canvas *canvas, int row,
                       const struct picture *picture, uint64_t addr)
{
	const struct context *ctx = picture->ctx;
	char text[64];
	bool leading = true;

	window_offset(picture->window, context_space(ctx), &ctx->options,
	              context_units(ctx).sector, addr, text);
	for (int i = 0; text[i]; i++) {
		bool last = text[i + 1] == '\0';

		leading = leading && strchr("0_ ", text[i]) && !last;
		canvas_put(canvas, row, picture->window->columns.offset + i,
		           (unsigned char)text[i],
		           leading ? STYLE_DIM : STYLE_OFFSET);
	}
}

/* The sign before byte i, or behind the last one; 0: none. */
static char mark_before(const struct shown_row *r, const struct row_look *look,
                        unsigned i)
{
	bool selected = i < r->count && look->over[i] == OVER_SELECTION;
	bool before = i > 0 && look->over[i - 1] == OVER_SELECTION;

	if (selected != before)
		return selected ? '[' : ']';
	if (i < r->count && look->match_starts[i])
		return '<';
	return look->match_ends[i] ? '>' : '\0';
}

static void put_hex(struct canvas *canvas, int row,
                    const struct picture *picture, const struct shown_row *r,
                    const struct row_look *look)
{
	const struct window *w = picture->window;
	const struct signs *signs = paint_signs(picture);

	for (unsigned i = 0; i < r->count; i++) {
		int col = window_hex_column(w, i);
		enum over_style over = look->over[i];
		bool joined = i > 0 && look->over[i - 1] == over &&
		              (over == OVER_SELECTION || over == OVER_CHANGED ||
		               !look->match_starts[i]);
		char mark = mark_before(r, look, i);

		if (look->seam[i])
			canvas_put(canvas, row, col, signs->seam, STYLE_SEAM);
		else if (picture->look.marks && mark)
			canvas_put(canvas, row, col, (unsigned char)mark,
			           STYLE_STRONG);
		canvas_put(canvas, row, col + 1, look->high[i], look->style[i]);
		canvas_put(canvas, row, col + 2, look->low[i], look->style[i]);
		if (over != OVER_NONE) {
			/* With all that is between it and the byte before. */
			int from = joined ? window_hex_column(w, i - 1) + 3
			                  : col + 1;

			canvas_over(canvas, row, from, col + 3 - from, over);
		}
	}
	if (picture->look.marks && r->count > 0 && r->count < w->per_row &&
	    mark_before(r, look, r->count))
		canvas_put(canvas, row, window_hex_column(w, r->count),
		           (unsigned char)mark_before(r, look, r->count),
		           STYLE_STRONG);
}

/* A double-width character that a seam cuts in two is shown by signs. */
static void cut_wide(const struct picture *picture, const struct shown_row *r,
                     struct row_look *look, unsigned i)
{
	for (unsigned k = i - 1; k <= i; k++) {
		enum style class = byte_style(r->bytes[k]);

		look->text[k].ch = class_sign(class, picture->look.ascii);
		if (look->style[k] < STYLE_HOLE)
			look->text[k].style = class;
	}
}

/* The text pane. A first seam takes the spare column, and what is behind it
   moves by one; further ones are told by the style of the character alone.
   Returns the columns of the characters in text_col, and the one behind. */
static void put_text(struct canvas *canvas, int row,
                     const struct picture *picture, const struct shown_row *r,
                     struct row_look *look, int *text_col)
{
	const struct window *w = picture->window;
	int col = w->columns.text;
	unsigned seam = 0;

	while (seam < r->count && !look->seam[seam])
		seam++;
	if (seam > 0 && seam < r->count && look->text[seam].ch == 0)
		cut_wide(picture, r, look, seam);
	canvas_put(canvas, row, w->columns.bar, paint_signs(picture)->bar,
	           STYLE_DIM);
	for (unsigned i = 0; i < r->count; i++) {
		enum style style = look->text[i].style;

		if (i == seam)
			canvas_put(canvas, row, col++,
			           paint_signs(picture)->seam, STYLE_SEAM);
		else if (look->seam[i])
			style = STYLE_SEAM;
		text_col[i] = col;
		/* The right half has come with the left one. */
		if (look->text[i].ch != 0)
			canvas_put(canvas, row, col, look->text[i].ch, style);
		if (look->over[i] != OVER_NONE)
			canvas_over(canvas, row, col, 1, look->over[i]);
		col++;
	}
	text_col[r->count] = col;
}

/* The cursor on byte i of the row, or behind the last of the space. */
static void put_cursor(struct canvas *canvas, int row, int cols,
                       const struct picture *picture, unsigned i,
                       const int *text_col, int *cursor_row, int *cursor_col)
{
	const struct window *w = picture->window;
	/* Behind a full row there is only the bar to stand on. */
	bool full = i == w->per_row;
	int hex = full ? w->columns.bar : window_hex_column(w, i) + 1;
	bool in_hex = w->pane == PANE_HEX;
	int text = int_min(text_col[i], cols - 1);

	canvas_over(canvas, row, hex, full ? 1 : 2,
	            in_hex ? OVER_CURSOR : OVER_MIRROR);
	canvas_over(canvas, row, text, 1, in_hex ? OVER_MIRROR : OVER_CURSOR);
	*cursor_row = row;
	*cursor_col = in_hex ? hex + (picture->low_nibble && !full) : text;
}

static void data_row(struct canvas *canvas, int row, int cols,
                     const struct picture *picture, const struct shown_row *r,
                     int *cursor_row, int *cursor_col)
{
	const struct window *w = picture->window;
	uint64_t cursor = picture->ctx->cursor.addr;
	uint64_t size = space_size(context_space(picture->ctx));
	int text_col[ROWS_PER_ROW_MAX + 1] = { 0 };
	struct row_look look = { 0 };
	char gutter;

	put_offset(canvas, row, picture, r->row.addr);
	look_at_bytes(picture, r, &look);
	look_at_seams(picture, r, &look);
	look_at_matches(picture, r, &look);
	look_at_changes(r, &look);
	look_at_selection(picture, r, &look);
	gutter = gutter_of(picture, r);
	canvas_put(canvas, row, w->columns.gutter, (unsigned char)gutter,
	           gutter_style(gutter));
	put_hex(canvas, row, picture, r, &look);
	put_text(canvas, row, picture, r, &look, text_col);
	if (cursor >= r->row.addr &&
	    (cursor - r->row.addr < r->count ||
	     (cursor == size && cursor - r->row.addr == r->count)))
		put_cursor(canvas, row, cols, picture,
		           (unsigned)(cursor - r->row.addr), text_col,
		           cursor_row, cursor_col);
}

void paint_rows(struct canvas *canvas, int top, int cols,
                const struct picture *picture, int *cursor_row, int *cursor_col)
{
	uint64_t cursor = picture->ctx->cursor.addr;

	*cursor_row = -1;
	*cursor_col = 0;
	for (int i = 0; i < picture->row_count; i++) {
		const struct shown_row *r = &picture->rows[i];
		int row = top + i;

		switch (r->row.kind) {
		case ROW_START:
			rule_start(canvas, row, cols, picture, &r->row);
			break;
		case ROW_STARTS:
			rule_starts(canvas, row, cols, picture, &r->row);
			break;
		case ROW_GAP:
		case ROW_GAPS:
			rule_gap(canvas, row, cols, picture, &r->row);
			if (cursor >= r->row.start && cursor < r->row.end &&
			    *cursor_row < 0)
				*cursor_row = row;
			break;
		default:
			data_row(canvas, row, cols, picture, r, cursor_row,
			         cursor_col);
			break;
		}
	}
}
