/*
 * woven.h - a scan over bytes of a base and the small edits among them
 *
 * The scan runs over the base as if there were no edits, and what it finds
 * there counts where no edit is; around each inset the bytes that are shown are
 * put together and looked at as well. Positions are of what is shown.
 *
 *	base    ............................
 *	insets        |        |   |
 *	seams      |--|--|  |--|---|--|      starts whose bytes are of more than
 *	                                     one piece
 *
 * A walk only goes forward. It takes no lock and allocates nothing, so that it
 * may run in guard_call().
 *
 * Threads: a walk belongs to one thread.
 */
#ifndef FIND_WOVEN_H
#define FIND_WOVEN_H

#include "base/base.h"

struct byte_set;
struct insets;
struct scan;

enum { WOVEN_SEAM = 128 };

struct woven {
	const struct scan *scan;
	const struct insets *insets;
	const unsigned char *bytes; /* of the base: insets->len */
	size_t reach;               /* positions of the scan */
	const uint32_t *places;     /* scan_places() */
	size_t idx;                 /* of the inset that was come to */
	/* In the base, none begins behind the last one and in front of
	   this.. */
	size_t clear;
	bool is_hit;                    /* .. where one does */
	unsigned char seam[WOVEN_SEAM]; /* bytes as they are shown */
};

/* Borrows all. scan_new() was given `reach` positions. */
struct woven woven_of(const struct scan *scan, size_t reach,
                      const unsigned char *bytes, const struct insets *insets);

/* The first start >= from with all its bytes among those shown, or SCAN_NONE.
   From one call to the next, `from` goes up. */
size_t woven_next(struct woven *w, size_t from);

/* Where the row of bytes in the set begins that ends in front of `at`, the
   start that was found last; not before `floor`. */
size_t woven_run_start(const struct woven *w, const struct byte_set *set,
                       size_t floor, size_t at);

/* The bytes shown from `at` on, if so many of them are in one row with the
   start that was found last; else NULL. */
const unsigned char *woven_row(const struct woven *w, size_t at, size_t len);

#endif
