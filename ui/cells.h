/*
 * cells.h - a screenful of characters and styles, without a terminal
 *
 * Everything that draws, draws on a canvas; screen_show.c alone shows one. So
 * the whole picture can be tested as a value.
 *
 * Threads: a canvas belongs to one thread.
 */
#ifndef UI_CELLS_H
#define UI_CELLS_H

#include "base/base.h"

struct error;

/* What a cell means; a theme says how that looks. The first six are the classes
   of bytes. */
enum style {
	STYLE_NUL,     /* 00 */
	STYLE_SPACE,   /* 09..0d 20 */
	STYLE_PRINT,   /* printable */
	STYLE_CONTROL, /* other controls, 7f */
	STYLE_HIGH,    /* 80..fe */
	STYLE_FF,      /* ff */
	STYLE_HOLE,    /* zeros of a hole */
	STYLE_EDITED,
	STYLE_INSERTED,
	STYLE_BAD,     /* unreadable */
	STYLE_GAP,     /* no file: gap, missing */
	STYLE_PENDING, /* not read yet */
	STYLE_SEAM,    /* seams and rules */
	STYLE_BOOKMARK,
	STYLE_OFFSET,
	STYLE_DIM,     /* leading zeros, hints, frames */
	STYLE_NORMAL,  /* plain text of panels */
	STYLE_STRONG,  /* headings */
	STYLE_BAR,     /* title, status, key bar */
	STYLE_BAR_KEY, /* the number of a key on the key bar */
	STYLE_ERROR,
	STYLE_WARNING,
	STYLE_COUNT,
};

/* What lies over a style. At most one, the last that applies. */
enum over_style {
	OVER_NONE,
	OVER_MATCH,
	OVER_MATCH_HERE, /* the current match */
	OVER_CHANGED,    /* by another program, a moment ago */
	OVER_SELECTION,
	OVER_MIRROR, /* the cursor in the pane that is not active */
	OVER_CURSOR,
	OVER_STYLE_COUNT,
};

/* No padding, so that rows can be compared with memcmp. */
struct cell {
	uint32_t ch;    /* a character that may be shown; 0: the right half of
	                   the wide one before it */
	uint16_t style; /* enum style */
	uint16_t over;  /* enum over_style */
};

struct canvas {
	struct cell *v; /* owned; rows * cols */
	int rows, cols;
	bool ascii; /* cuts are marked with '>'; set by the owner */
};

/* Contents become blank; the zero value is an empty canvas. ERR_NOMEM: nothing
   changed. */
bool canvas_resize(struct canvas *canvas, int rows, int cols,
                   struct error *err) MUST_USE;
void canvas_free(struct canvas *canvas);
void canvas_clear(struct canvas *canvas);

/* The cells that a character takes: 1 or 2; 0 when it cannot be shown as
   itself in this locale (unsafe, combining, unknown): '?' is put instead. */
int char_width(uint32_t ch);

/*
 * Cells outside the canvas are left out, by all of these. A wide character of
 * which only one half is inside leaves the mark of a cut there; one that loses
 * a half to something else leaves a blank.
 */
void canvas_put(struct canvas *canvas, int row, int col, uint32_t ch,
                enum style style);
void canvas_fill(struct canvas *canvas, int row, int col, int cols, uint32_t ch,
                 enum style style);
/* UTF-8 text that is safe already; cut at max cells (< 0: none) and at the
   edge. Returns the cells used. A cut text ends in U+2026, or '>' if ascii. */
int canvas_text(struct canvas *canvas, int row, int col, int max,
                const char *text, enum style style);
/* Cells that a safe UTF-8 text takes. */
int canvas_width(const char *text);
/* The bytes at the front of a safe text that fit into so many cells. */
size_t canvas_fit(const char *text, int cells);
/* Those of the words that do, with the blank behind them; or what does of the
   first. */
size_t canvas_fit_words(const char *text, int cells);
/* Wide characters are covered whole. */
void canvas_over(struct canvas *canvas, int row, int col, int cols,
                 enum over_style over);

#endif
