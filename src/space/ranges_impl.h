/*
 * ranges_impl.h - what a set of ranges is made of
 *
 *	ranges.c	what there is, added and removed
 *	ranges_sets.c	and, or, minus
 *
 * The invariants stand in ranges.c. Threads: as ranges.h.
 */
#ifndef SPACE_RANGES_IMPL_H
#define SPACE_RANGES_IMPL_H

#include "base/base.h"

struct portion;

struct item {
	uint64_t off;
	uint32_t len;
	uint32_t tag; /* or the index of its extra */
};

struct extra {
	uint64_t len;
	uint32_t tag;         /* or the next unused one */
	char *name;           /* owned, may be NULL */
	char *comment;        /* owned, may be NULL */
	struct portion *rest; /* owned */
	size_t rest_count;
};

/* The ranges of one document. */
struct part {
	uint64_t doc;
	struct item *v; /* owned */
	size_t count, cap;
	size_t start;
};

struct ranges {
	struct part *parts; /* owned, sorted by doc */
	size_t part_count, part_cap;
	struct extra *extras; /* owned */
	size_t extra_count, extra_cap;
	uint32_t unused;
	struct ranges *rests; /* owned, may be NULL */
	size_t refs;
};

#endif
