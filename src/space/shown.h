/*
 * shown.h - where a space shows ranges
 *
 * Ranges are kept by document; here they are looked at in the order of
 * addresses. A range is shown wherever its first byte is, as far as its pieces
 * go on there without a break.
 *
 * Threads: any, while nobody writes the ranges.
 */
#ifndef SPACE_SHOWN_H
#define SPACE_SHOWN_H

#include "base/base.h"

struct error;
struct ranges;
struct space;

struct shown {
	uint64_t addr;
	uint64_t len; /* of what is shown there; 0: a point */
	size_t idx;   /* in the ranges */
};

/* A way through the ranges; a plain value. All is borrowed. */
struct shown_walk {
	const struct ranges *ranges;
	const struct space *sp;
	uint64_t addr, run; /* the stretch of one document */
	uint64_t off;       /* in it, of its first byte */
	size_t next, end;   /* the ranges that begin in it */
};

/* Begin at address `from`. Whoever changes the ranges ends the walk. */
struct shown_walk shown_begin(const struct ranges *ranges,
                              const struct space *sp, uint64_t from);
/* The next one in the order of (address, length); false at the end.
   O(log n). */
bool shown_next(struct shown_walk *walk, struct shown *out);

/* The one that begins last below `before`; of several the longest. False: none.
   O(log n), and in a space with woven extents O(what such an extent shows). */
bool shown_last(const struct ranges *ranges, const struct space *sp,
                uint64_t before, struct shown *out);

/* Addresses [start, end). */
struct interval {
	uint64_t start, end;
};

/* Sorted, not empty, disjoint, not adjacent. */
struct intervals {
	struct interval *v; /* owned */
	size_t count, cap;
};

void intervals_free(struct intervals *list);
/* Append [start, end), which begins at or behind the last one; nothing if it is
   empty. ERR_NOMEM. */
bool intervals_add(struct intervals *list, uint64_t start, uint64_t end,
                   struct error *err) MUST_USE;

/* The addresses in [start, end) that show bytes of the ranges. *out is the
   caller's, in success and failure. ERR_NOMEM. */
bool shown_cover(const struct ranges *ranges, const struct space *sp,
                 uint64_t start, uint64_t end, struct intervals *out,
                 struct error *err) MUST_USE;
/* The addresses in [start, end) that do not. */
bool shown_rest(const struct ranges *ranges, const struct space *sp,
                uint64_t start, uint64_t end, struct intervals *out,
                struct error *err) MUST_USE;

/* The ranges of `a` that are shown with at most `dist` bytes between them and a
   byte of `b`, before it or behind; what touches has none. Tags and texts stay.
   ERR_NOMEM. */
struct ranges *shown_within(const struct ranges *a, const struct ranges *b,
                            uint64_t dist, const struct space *sp,
                            struct error *err) MUST_USE;

/* Add the bytes [start, end) of the space to a set: one range for each run of
   them that no gap ends. ERR_NOMEM: some may have been added. */
bool shown_add(struct ranges *ranges, const struct space *sp, uint64_t start,
               uint64_t end, struct error *err) MUST_USE;

#endif
