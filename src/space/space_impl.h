/*
 * space_impl.h - the inside of a space, for the files that make and read it
 *
 *	layout, sizes --> derive.c { extents } --> index.c { indexes }
 *	    --> space.c, space_check.c
 *
 * Threads: as space.h; a space is constant once it is derived.
 */
#ifndef SPACE_SPACE_IMPL_H
#define SPACE_SPACE_IMPL_H

#include "base/base.h"
#include "space/layout.h"

struct error;
struct extent;
struct segment;
struct slot;
struct start;

/* A segment of a document in the tree of inverse.c. */
struct reach {
	uint64_t end; /* in the document: the furthest of this subtree */
	uint32_t segment;
};

struct space {
	_Atomic uint32_t refs;
	uint64_t size;
	uint64_t mapped;
	uint64_t largest;     /* size of a segment with a number */
	struct layout layout; /* holds the placements of the segments */
	struct segment *seg;  /* owned; as many as placements */
	struct extent *ext;   /* owned */
	struct slot *slot;    /* owned */
	uint64_t *addr;       /* owned: of the extents */
	uint64_t *before;     /* owned: bytes mapped before each extent */
	uint32_t *extent_of;  /* owned: of the slots */
	uint32_t *shown;      /* owned: the slots of segment i, in address */
	uint32_t *shown_from; /* order, from shown_from[i] to [i + 1]; owned */
	struct start *start;  /* owned */
	struct start *numbered; /* owned: {number, index} sorted by number */
	struct reach *reach;    /* owned: see inverse.c */
	size_t exts, ext_cap;
	size_t slots, slot_cap;
	size_t starts, numbers, reaches;
	bool woven; /* has extents that are not linear */
};

/* A space of the placements, with room for their segments and no more; count 1.
   ERR_RANGE, ERR_NOMEM. */
struct space *space_new(const struct layout *layout,
                        struct error *err) MUST_USE;

/* Segments, extents and slots are there: make the rest. ERR_NOMEM. */
bool space_index(struct space *sp, struct error *err) MUST_USE;

/* The part of it that inverse.c looks up in. `v` and `spare` have room for
   every segment. */
bool space_index_documents(struct space *sp, struct start *v,
                           struct start *spare, struct error *err) MUST_USE;
/* As space_check(), of that part. */
const char *space_check_documents(const struct space *sp);

/* Sort by address, equal ones staying in their order. `spare` has room for as
   many. */
void space_sort_starts(struct start *v, struct start *spare, size_t count);

/* What has no number is a declared gap. */
bool space_is_gap(const struct segment *seg);

/* [*from, *to): the first and last byte of an extent that slot j shows. */
void space_slot_span(const struct extent *ext, uint32_t j, uint64_t *from,
                     uint64_t *to);

/* Is it neither linear nor a gap? */
bool space_is_woven(const struct extent *ext);

#endif
