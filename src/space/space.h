/*
 * space.h - the address space: a pure function of a layout and sizes (K8)
 *
 * A space is sorted extents. An extent shows bytes of one or more segments at
 * the addresses [addr, addr + len); between extents lie unmapped addresses.
 *
 *	addr   0        0x1000       0x3000      0x4000
 *	       | #1     | (unmapped) | #2        | #3 ..
 *
 * The byte at addr + k of an extent with n slots is byte
 *	off + q / n * step + k % unit,  q = k / unit,  of slot q % n
 * which covers byte lanes, pages without spare and stripes; a linear extent has
 * one slot and unit = step = len.
 *
 * A *segment* is what was opened: it has a number (from 1, never reused), a
 * name and a document. It may have many extents, or none when it is empty or
 * covered. Gaps, declared or not, have number 0.
 *
 * Threads: immutable after derive, counted atomically: any.
 */
#ifndef SPACE_SPACE_H
#define SPACE_SPACE_H

#include "base/base.h"
#include "space/layout.h"

struct error;
struct space;

struct slot {
	uint32_t segment; /* index into the space's segments */
	uint64_t off;     /* in the document */
	uint64_t step;
};

struct extent {
	uint64_t addr;
	uint64_t len; /* > 0 */
	uint64_t unit;
	uint32_t slot;  /* index of its first slot */
	uint32_t slots; /* 0: a declared gap; 1: linear */
};

struct segment {
	uint32_t number;                   /* 0: a declared gap */
	const struct placement *placement; /* borrowed from the space */
	struct document *doc;              /* the same; NULL for a gap */
	uint64_t addr;                     /* where it was placed */
	uint64_t off;  /* of its first byte, in the document */
	uint64_t size; /* bytes; may be 0 */
};

/* Which of two things that share an address is meant. */
enum side {
	SIDE_START, /* the byte at addr */
	SIDE_END,   /* behind the last byte of `segment` */
};

/* `#1:$` and `#2:0` share an address and differ in segment and side. */
struct place {
	uint64_t addr;
	uint32_t segment; /* its number; 0 in a gap */
	enum side side;
};

/* What a byte of the space is. */
struct location {
	const struct segment *segment; /* NULL: unmapped or a gap */
	uint64_t off;                  /* in the segment, as in #N:OFF */
	uint64_t doc_off;              /* in the document */
	uint64_t run;                  /* bytes from here that go on likewise */
};

/*
 * Derive the space of a layout. sizes[i] is the size of the document of
 * placement i (ignored for gaps). O(n log n) in the placements.
 *
 * ERR_OVERLAP  a placement without `over` needs addresses that are taken
 * ERR_RANGE    it passes SPACE_MAX; skip is past the end of the input; size is
 *              more than what is there; at = -n with n past the space
 * ERR_NOMEM
 * The texts name the segments and addresses.
 */
struct space *space_derive(const struct layout *layout, const uint64_t *sizes,
                           struct error *err) MUST_USE;
/* The same with the sizes that the documents of the layout have. */
struct space *space_of_layout(const struct layout *layout,
                              struct error *err) MUST_USE;
struct space *space_ref(struct space *sp);
void space_unref(struct space *sp); /* NULL is allowed */

/* The end of the last extent, a declared gap included; 0 for an empty space. */
uint64_t space_size(const struct space *sp);
/* Bytes that are mapped: the sum of the extents, gaps not counted. */
uint64_t space_mapped(const struct space *sp);
/* Those of them in [start, end). O(log n). */
uint64_t space_mapped_in(const struct space *sp, uint64_t start, uint64_t end);

/* By index, below space_extents() in the order of addresses; a slot by what an
   extent says. Borrowed from the space. */
size_t space_extents(const struct space *sp);
const struct extent *space_extent(const struct space *sp, size_t idx);
const struct slot *space_slot(const struct space *sp, uint32_t idx);

/* The first extent that ends after addr: the one that holds it, or the next
   one; space_extents() if none. O(log n), no allocation. */
size_t space_find(const struct space *sp, uint64_t addr);

/* Segments and declared gaps in the order of the layout. */
size_t space_segments(const struct space *sp);
const struct segment *space_segment(const struct space *sp, size_t idx);
/* By number, NULL if there is none. O(log n). */
const struct segment *space_numbered(const struct space *sp, uint32_t number);

/* How many segments have a number, that is, are no declared gaps; the last of
   the numbers, and the size of the largest of these segments: 0 if there are
   none. O(1). */
size_t space_numbers(const struct space *sp);
uint32_t space_last_number(const struct space *sp);
uint64_t space_largest(const struct space *sp);

/* What is at addr <= SPACE_MAX. O(log n). For a gap: segment NULL, and run up
   to the next segment's byte (UINT64_MAX - addr when nothing follows). */
struct location space_locate(const struct space *sp, uint64_t addr);

/* The address that shows byte `off` < size of a segment; false when another
   segment covers it. O(log n), and in a space with woven extents O(extents of
   the segment). */
bool space_address(const struct space *sp, const struct segment *seg,
                   uint64_t off, uint64_t *addr);

/* The first address that shows byte `off` of the document with this id; false
   when none does. O(log n) for each segment that has the byte, and one. */
bool space_document_address(const struct space *sp, uint64_t doc, uint64_t off,
                            uint64_t *addr);

/* The first address at which a segment ends, the next byte of its document
   being `off`: behind its last byte if that is shown, or where an empty segment
   was placed. As cheap. */
bool space_document_end(const struct space *sp, uint64_t doc, uint64_t off,
                        uint64_t *addr);

/* The place of the byte at addr; at the size of the space: behind the last
   byte of the segment that ends there. In a space without bytes it is the end
   of the last empty segment at addr, so that a first byte can be inserted. */
struct place space_place(const struct space *sp, uint64_t addr);

/* The first and last address a segment shows: [*addr, *end). False if it shows
   none (empty or covered). */
bool space_span(const struct space *sp, const struct segment *seg,
                uint64_t *addr, uint64_t *end);

/*
 * Where segments start: extents in address order at which `segment` begins its
 * offset 0, and empty segments at the address they were placed. Used for seams,
 * rules and next segment. Starts at the same address come in layout order.
 */
struct start {
	uint64_t addr;
	uint32_t segment; /* index */
};
size_t space_starts(const struct space *sp);
struct start space_start(const struct space *sp, size_t idx);
/* The first start with address >= addr. O(log n). */
size_t space_start_find(const struct space *sp, uint64_t addr);

/* NULL if every invariant in space.c holds, else the name of a broken one. */
const char *space_check(const struct space *sp);

#ifdef TEST_HOOKS
/* A space of these segments (one for each placement), extents and slots, all
   copied: for woven extents, which derive does not make yet. ERR_NOMEM. */
struct space *space_build(const struct layout *layout,
                          const struct segment *segs,
                          const struct extent *extents, size_t extent_count,
                          const struct slot *slots, size_t slot_count,
                          struct error *err) MUST_USE;
#endif

#endif
