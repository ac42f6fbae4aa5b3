/*
 * progress.h - the line that tells how far a command in the background is
 *
 *	 find-all /FAT(12|16)/ ▕██████▋           ▏ 34%  3 found  812 MB/s  Esc stops
 *
 * Pure: from numbers to cells.
 *
 * Threads: any.
 */
#ifndef UI_PROGRESS_H
#define UI_PROGRESS_H

#include "base/base.h"

struct canvas;

struct progress {
	const char *name;     /* of the command */
	const char *about;    /* what it looks for, or NULL */
	uint64_t done, total; /* total 0: not known */
	bool is_search;       /* found counts, and done is in bytes */
	bool counts;
	uint64_t found;
	uint64_t elapsed; /* ns */
	bool is_bound;    /* it cannot be stopped */
};

/* Into the first columns of a row: what runs, how far it is, how to stop it. */
void progress_paint(struct canvas *canvas, int row, int cols,
                    const struct progress *progress, bool ascii);

#endif
