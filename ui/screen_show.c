/*
 * screen_show.c - see screen.h: drawing, and what else is written
 *
 * A canvas becomes ncurses cells through a table of one cell for each (style,
 * over): colours and attributes are worked out when the theme or the depth has
 * changed, before the next frame. Rows that are as they were are not given to
 * ncurses at all; of the others ncurses finds out what really changed.
 */
#include "config.h"

#include "ui/screen_impl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

enum {
	TITLE_CELLS = 60,
	CARRY_TAIL = 4, /* shorter runs of blanks at the end of a row are not
	                   worth clearing to the end of the line */
};

void screen_bytes(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

void screen_text(const struct screen *screen, const char *text)
{
	screen_bytes(screen->tty, text, strlen(text));
}

void screen_forget(struct screen *screen)
{
	canvas_free(&screen->last);
	screen->redraw = true;
}

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
	return screen->depth == DEPTH_MONO && !screen_capability("rev");
}

void screen_set_theme(struct screen *screen, const struct theme *theme)
{
	screen->theme = *theme;
	screen->mixed = false;
	screen_forget(screen);
}

void screen_set_options(struct screen *screen,
                        const struct screen_options *options)
{
	bool mouse = screen->options.mouse;

	screen->options = *options;
	if (screen->xterm_like && mouse != options->mouse)
		screen_text(screen, options->mouse ? MOUSE_ON : MOUSE_OFF);
	screen_choose_depth(screen);
	screen->mixed = false;
	screen_forget(screen);
}

void screen_size(const struct screen *screen, int *rows, int *cols)
{
	(void)screen;
	*rows = LINES;
	*cols = COLS;
}

/* May the blank be written in the ink of the cell before it? Only what a blank
   shows must be the same: its background, a line under it. Changes of colour
   are what a frame costs, and half of the cells of a row are blank. */
static bool carries(const struct ink *before, const struct ink *ink)
{
	return !before->shows && !ink->shows && before->bg == ink->bg;
}

/* Where the blanks at the end of a row begin that ncurses can clear by one
   sequence: all of one look. */
static int tail_of(const struct cell *cells, int cols)
{
	int tail = cols;

	while (tail > 0 && cells[tail - 1].ch == ' ' &&
	       memcmp(&cells[tail - 1], &cells[cols - 1], sizeof(*cells)) == 0)
		tail--;
	return cols - tail < CARRY_TAIL ? cols : tail;
}

static const struct ink *ink_of(const struct screen *screen,
                                const struct cell *cell)
{
	if (cell->style >= STYLE_COUNT || cell->over >= OVER_STYLE_COUNT)
		return &screen->ink[STYLE_NORMAL][OVER_NONE];
	return &screen->ink[cell->style][cell->over];
}

/*
 * What is written for a cell, whatever stands in it: nothing that a terminal
 * obeys, and nothing of another width than the canvas means. Sets *wide.
 */
static wchar_t char_of(const struct screen *screen, const struct cell *cells,
                       int left, bool *wide)
{
	uint32_t ch = cells->ch;
	int width;

	*wide = false;
	if (ch >= 0x20 && ch < 0x7f)
		return (wchar_t)ch;
	if (ch == 0)
		return L' ';
	width = screen->utf8 ? char_width(ch) : 0;
	*wide = width == 2 && left > 1 && cells[1].ch == 0;
	return width == 1 || *wide ? (wchar_t)ch : L'?';
}

/* Fill screen->row; returns its length, which is less by one for each wide
   character. */
static int build_row(struct screen *screen, const struct cell *cells, int cols)
{
	const struct ink *before = NULL;
	int tail = tail_of(cells, cols);
	bool wide;
	int n = 0;

	for (int x = 0; x < cols; x += wide ? 2 : 1) {
		const struct ink *ink = ink_of(screen, &cells[x]);
		wchar_t ch = char_of(screen, &cells[x], cols - x, &wide);

		if (ch == L' ' && x < tail && before && carries(before, ink))
			ink = before;
		screen->row[n] = ink->cell;
		screen->row[n].chars[0] = ch;
		before = ink;
		n++;
	}
	return n;
}

/* Give the rows that changed to ncurses; did any? */
static bool draw_rows(struct screen *screen, const struct canvas *canvas)
{
	int rows = int_min(canvas->rows, LINES);
	int cols = int_min(int_min(canvas->cols, COLS), screen->row_cap);
	size_t bytes = (size_t)canvas->cols * sizeof(*canvas->v);
	bool known = screen->last.rows == canvas->rows &&
	             screen->last.cols == canvas->cols;
	bool any = false;
	struct error err;

	if (!known &&
	    !canvas_resize(&screen->last, canvas->rows, canvas->cols, &err))
		canvas_free(&screen->last); /* then all rows, each time */
	for (int y = 0; y < rows; y++) {
		size_t at = (size_t)y * (size_t)canvas->cols;
		const struct cell *cells = canvas->v + at;

		if (known && memcmp(screen->last.v + at, cells, bytes) == 0)
			continue;
		(void)mvadd_wchnstr(y, 0, screen->row,
		                    build_row(screen, cells, cols));
		if (screen->last.v)
			memcpy(screen->last.v + at, cells, bytes);
		any = true;
	}
	return any;
}

static void place_cursor(struct screen *screen, int row, int col)
{
	if (row >= 0 && row < LINES && col >= 0 && col < COLS) {
		(void)move(row, col);
		(void)curs_set(1);
	} else {
		(void)curs_set(0);
	}
	screen->last_row = row;
	screen->last_col = col;
}

void screen_show(struct screen *screen, const struct canvas *canvas, int row,
                 int col)
{
	bool sync = screen->options.sync && screen->xterm_like;
	bool changed;

	if (!screen->mixed)
		screen_mix_inks(screen);
	changed = draw_rows(screen, canvas);
	if (!changed && !screen->redraw && row == screen->last_row &&
	    col == screen->last_col)
		return;
	screen->redraw = false;
	if (sync)
		screen_text(screen, SYNC_BEGIN);
	place_cursor(screen, row, col);
	(void)wnoutrefresh(stdscr);
	(void)doupdate();
	if (sync)
		screen_text(screen, SYNC_END);
}

void screen_redraw(struct screen *screen)
{
	(void)clearok(curscr, TRUE);
	screen_forget(screen);
}

void screen_title(struct screen *screen, const char *safe_text)
{
	char title[TITLE_CELLS * 4 + 16] = "\033]2;";
	size_t used = strlen(title);
	int cells = 0;
	uint32_t ch;

	if (!screen->xterm_like)
		return;
	while (*safe_text && cells < TITLE_CELLS) {
		size_t len = text_decode(safe_text, strnlen(safe_text, 4), &ch);
		int width = len > 0 ? char_width(ch) : 0;

		if (width == 0 || (ch > 0x7f && !screen->utf8)) {
			ch = '?';
			width = 1;
		}
		used += text_encode(title + used, ch);
		safe_text += len > 0 ? len : 1;
		cells += width;
	}
	memcpy(title + used, "\033\\", 2);
	screen_bytes(screen->tty, title, used + 2);
}

bool screen_has_clipboard(const struct screen *screen)
{
	return screen->xterm_like;
}

/* In one piece, since there are terminals that lose a string which comes in
   several. */
void screen_clipboard(struct screen *screen, const char *base64, size_t len)
{
	static const char begin[] = "\033]52;c;";
	size_t before = sizeof(begin) - 1;
	struct error err;
	char *all;

	if (len > SIZE_MAX - sizeof(begin))
		return;
	all = mem_resize(NULL, sizeof(begin) + len, 1, &err);
	if (!all)
		return; /* the bytes are copied all the same */
	memcpy(all, begin, before);
	memcpy(all + before, base64, len);
	all[before + len] = '\007';
	screen_bytes(screen->tty, all, before + len + 1);
	mem_free(all);
}

void screen_fence(struct screen *screen, uint64_t number)
{
	char answer[40];

	(void)snprintf(answer, sizeof(answer), "\033]7770;%llu\007",
	               (unsigned long long)number);
	screen_text(screen, answer);
}
