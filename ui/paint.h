/*
 * paint.h - drawing the main screen on a canvas
 *
 * Pure: from what is known (rows, bytes, states, cursor) to cells. Nothing here
 * reads files or knows a terminal.
 *
 * Threads: any.
 */
#ifndef UI_PAINT_H
#define UI_PAINT_H

#include "base/base.h"
#include "source/run.h"
#include "ui/cells.h"
#include "ui/rows.h"
#include "ui/window.h"

struct context;

/* The bytes of one line of the window. */
struct shown_row {
	struct row row;
	unsigned count; /* bytes of the space in it; of a data row */
	unsigned char bytes[ROWS_PER_ROW_MAX];
	struct run runs[ROWS_PER_ROW_MAX]; /* of one byte each */
	bool changed[ROWS_PER_ROW_MAX]; /* by another program, a moment ago */
};

/* What the signs on the screen are. */
struct look_options {
	bool ascii; /* no characters beyond ASCII */
	bool marks; /* signs where colour would say the same */
	bool upper; /* hex digits */
};

/* A match of a search: [start, end). */
struct shown_match {
	uint64_t start, end;
};

/* Everything that the main screen shows. All borrowed. */
struct picture {
	struct context *ctx;
	const struct window *window;
	const struct shown_row *rows;
	int row_count;
	struct look_options look;
	const struct shown_match *matches; /* in the order of start */
	size_t match_count;
	struct shown_match match_here; /* the current one; empty: none */
	bool low_nibble; /* the cursor stands on the second digit */
	bool window_too_small;
};

/* The title line, the ruler and the status line, each on a row of the canvas
   over `cols` columns. The alarm stands rightmost, "" for none. */
void paint_title(struct canvas *canvas, int row, int cols,
                 const struct picture *picture, const char *right,
                 const char *alarm);
void paint_ruler(struct canvas *canvas, int row, const struct picture *picture);
void paint_status(struct canvas *canvas, int row, int cols,
                  const struct picture *picture);

/* The rows of the window from canvas row `top` on. Sets the place of the
   hardware cursor, row -1 when it is not on the screen. */
void paint_rows(struct canvas *canvas, int top, int cols,
                const struct picture *picture, int *cursor_row,
                int *cursor_col);

/* "1.41 GiB", "512 B"; dst has room for 24 bytes. Returns dst. */
char *size_text(uint64_t bytes, char dst[static 24]);
/* "500 000 007": digits in threes. Room for 32 bytes. */
char *grouped_text(uint64_t value, char dst[static 32]);

#endif
