/*
 * pager.h - a box of text over the screen: help, messages, results
 *
 * Lines that are wider than the screen go on in rows of their own, cut at
 * blanks and indented under the column that they are in.
 *
 * Threads: the UI thread.
 */
#ifndef UI_PAGER_H
#define UI_PAGER_H

#include "base/base.h"
#include "ui/cells.h"

struct error;

enum { PAGER_TITLE = 80 };

/* A line, or a part of one. */
struct pager_row {
	size_t at, len; /* in the text */
	int indent;     /* columns in front */
};

struct pager {
	bool open;
	char title[PAGER_TITLE];
	char footer[PAGER_TITLE];
	char *text; /* owned: lines, safe UTF-8 */
	size_t len;
	int widest;             /* columns of the widest line */
	struct pager_row *rows; /* owned */
	size_t count, cap;
	int cols; /* that the rows were made for; 0: each is a whole line */
	size_t top;
	size_t found; /* the row that was searched for, from 1; 0: none */
	int shown;    /* rows that were shown last */
};

/* All zero before it is opened first. Closing keeps the text. */
void pager_free(struct pager *pager);

/* Open with this text; tabs become blanks. ERR_NOMEM: then it stays closed. */
bool pager_open(struct pager *pager, const char *title, const char *footer,
                const char *text, size_t len, struct error *err) MUST_USE;
void pager_close(struct pager *pager);

void pager_scroll(struct pager *pager, long by); /* rows, down if > 0 */
/* Show the next row in which this text begins: behind the one found last, if
   that is in sight, else behind the top. False: none does. */
bool pager_search(struct pager *pager, const char *text);

/* A box in the middle of the given rows of the canvas, as wide as it must be.
   Without memory for more rows, lines are cut. */
void pager_paint(struct pager *pager, struct canvas *canvas, int top, int rows,
                 bool ascii);

/* The frame that boxes share: cleared inside, with titles on its edges. */
void box_paint(struct canvas *canvas, int row, int col, int rows, int cols,
               const char *title, const char *footer, bool ascii);

#endif
