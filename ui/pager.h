/*
 * pager.h - a box of text over the screen: help, messages, results
 *
 * Threads: the UI thread.
 */
#ifndef UI_PAGER_H
#define UI_PAGER_H

#include "base/base.h"
#include "ui/cells.h"

struct error;

enum { PAGER_TITLE = 80 };

struct pager {
	bool open;
	char title[PAGER_TITLE];
	char footer[PAGER_TITLE];
	char *text; /* owned: lines, safe UTF-8 */
	size_t len;
	size_t *lines; /* owned: where each line begins */
	size_t count, cap;
	size_t top;
	size_t found; /* the line that was searched for, from 1; 0: none */
	int shown;    /* lines that were shown last */
};

void pager_free(struct pager *pager);

/* Open with this text; tabs become blanks. ERR_NOMEM: then it stays closed. */
bool pager_open(struct pager *pager, const char *title, const char *footer,
                const char *text, size_t len, struct error *err) MUST_USE;
void pager_close(struct pager *pager);

void pager_scroll(struct pager *pager, long by); /* lines, down if > 0 */
/* Show the next line that holds this text: behind the one found last, if that is
   in sight, else behind the top. False: none does. */
bool pager_search(struct pager *pager, const char *text);

/* A box in the middle of the given rows of the canvas, as wide as it must be.
 */
void pager_paint(struct pager *pager, struct canvas *canvas, int top, int rows,
                 bool ascii);

/* The frame that boxes share: cleared inside, with titles on its edges. */
void box_paint(struct canvas *canvas, int row, int col, int rows, int cols,
               const char *title, const char *footer, bool ascii);

#endif
