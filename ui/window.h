/*
 * window.h - a part of a space on the screen: its top line and geometry
 *
 * A window shows `lines` lines from `top` on. It knows no cursor of its own
 * yet beyond the context's; two windows over two spaces are two of these.
 *
 * Threads: the UI thread.
 */
#ifndef UI_WINDOW_H
#define UI_WINDOW_H

#include "base/base.h"
#include "command/option.h"
#include "ui/rows.h"

enum pane {
	PANE_HEX,
	PANE_TEXT,
};

/* Columns from the left edge of the window. */
struct columns {
	int offset, offset_width; /* width without the gutter */
	int gutter;
	int hex; /* of the gap before byte 0 */
	int bar; /* the line between the panes */
	int text;
	int width; /* of all */
	bool grouped;
};

struct window {
	struct row_pos top;
	int lines;        /* on the screen; may be 0 */
	unsigned per_row; /* bytes */
	struct columns columns;
	enum pane pane; /* where the cursor is active */
};

/* Which columns a window of this width has, and how many bytes a row: what the
   options say, else the most of 32, 16, 8 that fit. */
void window_layout(struct window *window, const struct space *sp,
                   const struct option_values *options, uint64_t sector,
                   int cols);

/* The rows that it shows of a space, with or without rules. */
struct rows window_rows(const struct window *window, const struct space *sp,
                        bool rules);

/* Column of byte i in the hex pane (of its gap; the digits follow). */
static inline int window_hex_column(const struct window *window, unsigned i)
{
	return window->columns.hex + 3 * (int)i + (int)i / 8;
}

/* Scroll so that the line of addr is on the screen, `margin` lines from the
   edges where there is room: as little as can be, but a far jump puts it in
   the middle. Here and below, lines behind the last are shown only when there
   are not enough others. */
void window_follow(struct window *window, const struct rows *rows,
                   uint64_t addr, int margin);

/* Move the view by lines, down if > 0. Returns by how many it did. */
int window_scroll(struct window *window, const struct rows *rows, int by);

/* Put the line of addr at this line of the window, as far as there are lines
   above and below it. */
void window_put(struct window *window, const struct rows *rows, uint64_t addr,
                int line);

/* The line of the window that shows addr, or -1. */
int window_line_of(const struct window *window, const struct rows *rows,
                   uint64_t addr);

/* What stands on each line of the window, into `out` with room for `lines`.
   Returns how many lines there are. */
int window_fill(const struct window *window, const struct rows *rows,
                struct row *out);

/* The text of an offset in the offset column. `dst` has room for 64 bytes. */
void window_offset(const struct window *window, const struct space *sp,
                   const struct option_values *options, uint64_t sector,
                   uint64_t addr, char dst[static 64]);

#endif
