/*
 * screen_show.c - see screen.h: what a frame changes on the terminal
 *
 * The canvas is compared with what the terminal shows, and only cells that look
 * different are written. Rows that have moved are moved by the terminal, all of
 * those in one piece that saves the most: a line scrolled in a page of bytes.
 * The rest of a row that is blank is erased.
 *
 *   S1  `last` is what the terminal shows, cell by cell, while redraw is not
 *   set
 *   S2  nothing is written that a terminal obeys, or that is of another width
 *       than the canvas means, whatever stands in it
 *   S3  behind the last column the place of the cursor is unknown: terminals
 *       differ in whether it waits there
 */
#include "config.h"

#include "ui/screen_impl.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

enum {
	ERASE_LEAST = 4,  /* blanks that are worth an erasing */
	GAP_MOST = 4,     /* cells that are written again instead of a move */
	SCROLL_LEAST = 3, /* rows that a scroll must save */
};

static const struct cell erased = { .ch = ' ', .style = STYLE_ERASED };

int screen_fd(const struct screen *screen)
{
	return screen->tty;
}

const char *screen_term(const struct screen *screen)
{
	return screen->term;
}

bool screen_utf8(const struct screen *screen)
{
	return screen->utf8;
}

bool screen_ascii_default(const struct screen *screen)
{
	return !screen->utf8 || screen->cjk;
}

enum theme_depth screen_depth(const struct screen *screen)
{
	return screen->depth;
}

bool screen_has_marks(const struct screen *screen)
{
	return screen->depth == DEPTH_MONO && !screen->caps.attribute[3];
}

void screen_size(const struct screen *screen, int *rows, int *cols)
{
	*rows = screen->rows;
	*cols = screen->cols;
}

void screen_set_theme(struct screen *screen, const struct theme *theme)
{
	screen->theme = *theme;
	screen_forget_inks(screen);
}

void screen_set_options(struct screen *screen,
                        const struct screen_options *options)
{
	bool mouse = screen->options.mouse;

	screen->options = *options;
	if (screen->xterm_like && mouse != options->mouse)
		screen_text(screen, options->mouse ? MOUSE_ON : MOUSE_OFF);
	screen_choose_depth(screen);
	screen_forget_inks(screen);
}

void screen_redraw(struct screen *screen)
{
	screen->redraw = true;
}

/* The bits of a frame: the canvas, and how much of it there is room for. */
struct frame {
	struct screen *screen;
	const struct canvas *canvas;
	int rows, cols;
};

static const struct cell *new_row(const struct frame *f, int y)
{
	return f->canvas->v + (size_t)y * (size_t)f->canvas->cols;
}

static struct cell *old_row(const struct frame *f, int y)
{
	return f->screen->last.v + (size_t)y * (size_t)f->screen->last.cols;
}

static bool rows_same(const struct cell *a, const struct cell *b, int cols)
{
	return memcmp(a, b, (size_t)cols * sizeof(*a)) == 0;
}

/* Do they look the same? */
static bool same(struct screen *screen, const struct cell *a,
                 const struct cell *b)
{
	int ink_a, ink_b;

	if (a->ch != b->ch)
		return false;
	if (a->style == b->style && a->over == b->over)
		return true;
	ink_a = screen_ink(screen, a);
	ink_b = screen_ink(screen, b);
	if (a->ch == ' ')
		return screen->ink[ink_a].blank == screen->ink[ink_b].blank;
	return ink_a == ink_b;
}

/* The character to write for a cell that has none of ASCII that can be printed,
   with `left` columns from it on (S2). Sets its width. */
static uint32_t char_of(const struct screen *screen, const struct cell *cells,
                        int left, int *width)
{
	uint32_t ch = cells->ch;
	int w;

	*width = 1;
	if (ch == 0)
		return ' ';
	w = screen->utf8 ? char_width(ch) : 0;
	if (w == 2 && left > 1 && cells[1].ch == 0) {
		*width = 2;
		return ch;
	}
	return w == 1 ? ch : '?';
}

static void step(struct screen *screen, int width)
{
	screen->col += width;
	if (screen->col >= screen->cols)
		screen->row = UNKNOWN; /* S3 */
}

/* A cell that is not ASCII, or of another ink than the one before. */
static int put_other(struct screen *screen, const struct cell *cells, int left,
                     int ink)
{
	uint32_t ch = cells->ch;
	char bytes[4];
	int width = 1;

	if (!text_is_print(ch))
		ch = char_of(screen, cells, left, &width);
	if (ch == ' ')
		screen_blank_pen(screen, ink);
	else
		screen_pen(screen, ink);
	if (ch < 0x80)
		screen_put_byte(screen, (char)ch);
	else
		screen_put(screen, bytes, text_encode(bytes, ch));
	step(screen, width);
	return width;
}

/* Write a cell where the cursor is; returns its width. */
static int put_cell(struct screen *screen, const struct cell *cells, int left)
{
	int ink = screen_ink(screen, cells);

	if (ink != screen->pen || !text_is_print(cells->ch))
		return put_other(screen, cells, left, ink);
	screen_put_byte(screen, (char)cells->ch);
	step(screen, 1);
	return 1;
}

/* Would these cells be written without another colour? */
static bool in_pen(struct screen *screen, const struct cell *cells, int count)
{
	for (int i = 0; i < count; i++) {
		int ink = screen_ink(screen, &cells[i]);

		if (!text_is_print(cells[i].ch) ||
		    !(cells[i].ch == ' ' ? screen_pen_suits(screen, ink)
		                         : screen->pen == ink))
			return false;
	}
	return true;
}

/* Bring the cursor to a cell of a row: cells between that are few are as well
   written again, in the row that follows the cursor's too. */
static void go_to(struct screen *screen, int y, int x, const struct cell *row)
{
	int gap = x - screen->col;

	if (screen->row == y && gap == 0)
		return;
	if (screen->caps.feeds && screen->row != UNKNOWN &&
	    screen->row == y - 1 && x <= GAP_MOST && in_pen(screen, row, x)) {
		screen_move(screen, y, 0);
		gap = x;
	}
	if (screen->row == y && gap > 0 && gap <= GAP_MOST &&
	    in_pen(screen, row + screen->col, gap)) {
		while (screen->col < x)
			(void)put_cell(screen, row + screen->col, 1);
	}
	screen_move(screen, y, x);
}

/* Where the blanks begin that can be erased together; `cols` when there are too
   few of them. */
static int tail_of(struct screen *screen, const struct cell *row, int cols)
{
	int tail = cols;
	int ink;

	if (!screen->caps.el || row[cols - 1].ch != ' ')
		return cols;
	ink = screen->ink[screen_ink(screen, &row[cols - 1])].blank;
	if (look_shows(screen->ink[ink].look) ||
	    (screen->ink[ink].look.bg >= 0 && !screen->caps.bce))
		return cols;
	while (tail > 0 && same(screen, &row[tail - 1], &row[cols - 1]))
		tail--;
	return cols - tail < ERASE_LEAST ? cols : tail;
}

static bool is_right_half(const struct screen *screen, const struct cell *row,
                          int x)
{
	int width = 1;

	if (x > 0 && row[x].ch == 0)
		(void)char_of(screen, row + x - 1, 2, &width);
	return width == 2;
}

/* old: what the terminal shows there; NULL: nothing. */
static void draw_row(const struct frame *f, int y, const struct cell *old)
{
	struct screen *screen = f->screen;
	const struct cell *row = new_row(f, y);
	/* What stands in the corner would scroll some terminals. */
	int cols = f->cols - (screen->caps.wraps && y == screen->rows - 1);
	int tail = cols > 0 ? tail_of(screen, row, f->cols) : 0;

	for (int x = 0; x < cols;) {
		if (same(screen, row + x, old ? old + x : &erased)) {
			if (x >= tail && !old)
				return; /* one is as the other */
			x++;
			continue;
		}
		if (x >= tail) {
			screen_move(screen, y, x);
			screen_blank_pen(screen, screen_ink(screen, row + x));
			screen_send(screen, screen->caps.el);
			return;
		}
		x -= is_right_half(screen, row, x);
		go_to(screen, y, x, row);
		x += put_cell(screen, row + x, cols - x);
	}
}

/* Rows [from, to) show what rows [from + by, to + by) have shown. */
struct scroll {
	int from, to, by;
	int gain; /* in rows that need not be drawn */
};

/* Rows by their hashes. Two that have the same one by chance make a scroll that
   saves less, not a wrong one. */
struct hashes {
	uint64_t is[SCREEN_ROWS_MAX], was[SCREEN_ROWS_MAX];
	int count, changed;
};

static uint64_t hash_row(const struct cell *row, int cols)
{
	uint64_t hash = 0;

	for (int x = 0; x < cols; x++) {
		uint64_t cell;

		memcpy(&cell, &row[x], sizeof(cell));
		hash = (hash ^ cell) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return hash;
}

static void hash_rows(const struct frame *f, struct hashes *h)
{
	h->count = f->rows;
	h->changed = 0;
	for (int y = 0; y < f->rows; y++) {
		const struct cell *is = new_row(f, y);
		const struct cell *was = old_row(f, y);

		h->is[y] = hash_row(is, f->canvas->cols);
		h->was[y] = rows_same(is, was, f->canvas->cols)
		                    ? h->is[y]
		                    : hash_row(was, f->canvas->cols);
		h->changed += h->is[y] != h->was[y];
	}
}

/* A row that another one becomes: what is it worth that it stands there? */
static int worth(const struct hashes *h, int y, int by)
{
	bool stays = h->is[y] == h->was[y];

	if (h->is[y] == h->was[y + by])
		return !stays;
	return stays ? -1 : 0;
}

/* The best piece to move by so many rows: that of the greatest sum. */
static void look_for_scroll(const struct hashes *h, int by, struct scroll *best)
{
	int from = by < 0 ? -by : 0;
	int end = by > 0 ? h->count - by : h->count;
	int sum = 0;

	for (int y = from; y < end; y++) {
		if (sum <= 0) {
			sum = 0;
			from = y;
		}
		sum += worth(h, y, by);
		if (sum > best->gain)
			*best = (struct scroll){ from, y + 1, by, sum };
	}
}

static bool can_scroll(const struct screen *screen)
{
	const struct caps *caps = &screen->caps;

	return caps->csr && caps->ind && caps->ri && screen->last.v;
}

static void send_times(struct screen *screen, const char *many,
                       const char *once, int times)
{
	if (many && times > 1) {
		screen_send(screen, screen_param(many, times, 0));
		return;
	}
	for (int i = 0; i < times; i++)
		screen_send(screen, once);
}

/* Have the terminal do it, in default colours since it erases the rows that
   become free in those of the pen. */
static void scroll_terminal(struct screen *screen, const struct scroll *s)
{
	const struct caps *caps = &screen->caps;
	int top = s->by > 0 ? s->from : s->from + s->by;
	int bottom = s->by > 0 ? s->to + s->by : s->to;

	screen_pen(screen, 0);
	screen_send(screen, screen_param(caps->csr, top, bottom - 1));
	screen->row = UNKNOWN;
	screen_move(screen, s->by > 0 ? bottom - 1 : top, 0);
	if (s->by > 0)
		send_times(screen, caps->indn, caps->ind, s->by);
	else
		send_times(screen, caps->rin, caps->ri, -s->by);
	screen_send(screen, screen_param(caps->csr, 0, screen->rows - 1));
	screen->row = UNKNOWN;
}

/* The same with what is known of it (S1). */
static void scroll_last(const struct frame *f, const struct scroll *s)
{
	int free_from = s->by > 0 ? s->to : s->from + s->by;
	int free_to = s->by > 0 ? s->to + s->by : s->from;
	size_t count = (size_t)(s->to - s->from) * (size_t)f->canvas->cols;

	memmove(old_row(f, s->from), old_row(f, s->from + s->by),
	        count * sizeof(struct cell));
	for (int y = free_from; y < free_to; y++) {
		for (int x = 0; x < f->canvas->cols; x++)
			old_row(f, y)[x] = erased;
	}
}

static void scroll(const struct frame *f)
{
	struct scroll best = { .gain = 0 };
	struct hashes h;

	if (!can_scroll(f->screen))
		return;
	hash_rows(f, &h);
	for (int by = 1; by < h.count && h.changed >= SCROLL_LEAST; by++) {
		look_for_scroll(&h, by, &best);
		look_for_scroll(&h, -by, &best);
	}
	if (best.gain < SCROLL_LEAST)
		return;
	scroll_terminal(f->screen, &best);
	scroll_last(f, &best);
}

/* Begin with an empty terminal. Without memory to remember a frame, each one
   does. */
static void clear(const struct frame *f)
{
	struct screen *screen = f->screen;
	const struct canvas *canvas = f->canvas;
	struct error err;

	screen_pen(screen, 0);
	screen_send(screen, screen->caps.clear);
	screen->row = screen->col = UNKNOWN;
	screen->redraw = false;
	if ((screen->last.rows != canvas->rows ||
	     screen->last.cols != canvas->cols) &&
	    !canvas_resize(&screen->last, canvas->rows, canvas->cols, &err))
		canvas_free(&screen->last);
}

static void draw(const struct frame *f, bool anew)
{
	size_t row_size = (size_t)f->canvas->cols * sizeof(struct cell);

	if (anew)
		clear(f);
	else
		scroll(f);
	for (int y = 0; y < f->rows; y++) {
		struct cell *last = f->screen->last.v ? old_row(f, y) : NULL;

		if (!anew && rows_same(last, new_row(f, y), f->canvas->cols))
			continue;
		draw_row(f, y, anew ? NULL : last);
		if (last)
			memcpy(last, new_row(f, y), row_size);
	}
}

static void place_cursor(struct screen *screen, int row, int col)
{
	bool inside = row >= 0 && row < screen->rows && col >= 0 &&
	              col < screen->cols;

	if (inside)
		screen_move(screen, row, col);
	screen_cursor(screen, inside);
	screen->shown_row = row;
	screen->shown_col = col;
}

/* Is it on the terminal already? */
static bool is_shown(const struct frame *f, int row, int col)
{
	return row == f->screen->shown_row && col == f->screen->shown_col &&
	       rows_same(f->screen->last.v, f->canvas->v,
	                 f->canvas->rows * f->canvas->cols);
}

void screen_show(struct screen *screen, const struct canvas *canvas, int row,
                 int col)
{
	struct frame f = { screen, canvas, int_min(canvas->rows, screen->rows),
		           int_min(canvas->cols, screen->cols) };
	bool anew = screen->redraw || !screen->last.v ||
	            screen->last.rows != canvas->rows ||
	            screen->last.cols != canvas->cols;
	bool sync = screen->options.sync && screen->xterm_like;

	if (anew || !is_shown(&f, row, col)) {
		if (sync)
			screen_text(screen, SYNC_BEGIN);
		draw(&f, anew);
		place_cursor(screen, row, col);
		if (sync)
			screen_text(screen, SYNC_END);
	}
	screen_flush(screen);
}
