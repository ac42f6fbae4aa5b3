/*
 * ranges.h - sorted sets of places in documents
 *
 * Matches, bookmarks, bad areas, differences: all are ranges. A range is bytes
 * [off, off + len) of a document (K1), with a number and texts of its owner's.
 * What was found across the seam of two files goes on in further pieces.
 * Sorted by (document id, off, len, the order they were added).
 *
 * A range of less than 4 GiB without texts and further pieces takes 16 bytes.
 *
 * Threads: one writer; const functions in any number of threads meanwhile none
 * writes.
 */
#ifndef SPACE_RANGES_H
#define SPACE_RANGES_H

#include "base/base.h"

struct document;
struct error;
struct space;

/* Bytes of a document. */
struct portion {
	uint64_t doc; /* document_id() */
	uint64_t off;
	uint64_t len;
};

/* A plain value. What it points to is borrowed: from the caller in
   ranges_add(), else from the set until that changes. */
struct range {
	uint64_t doc; /* document_id() */
	uint64_t off;
	uint64_t len;               /* may be 0: a point */
	uint32_t tag;               /* the owner's */
	const char *name;           /* may be NULL */
	const char *comment;        /* may be NULL */
	const struct portion *rest; /* where it went on when it was added */
	size_t rest_count;
};

struct ranges;

/* An empty set, which is counted once. ERR_NOMEM. */
struct ranges *ranges_new(struct error *err) MUST_USE;
struct ranges *ranges_ref(struct ranges *ranges);
/* The last one frees it. NULL is allowed. (One thread counts.) */
void ranges_free(struct ranges *ranges);

size_t ranges_count(const struct ranges *ranges);
/* idx < count, in order; its texts and pieces are borrowed until the set
   changes. O(log documents). */
struct range ranges_at(const struct ranges *ranges, size_t idx);

/* A copy that changes on its own. ERR_NOMEM. */
struct ranges *ranges_copy(const struct ranges *ranges,
                           struct error *err) MUST_USE;

/* Add one; the texts and pieces are copied. ERR_NOMEM. O(n) worst, O(1) where
   it is the last one. */
bool ranges_add(struct ranges *ranges, const struct range *range,
                struct error *err) MUST_USE;
void ranges_remove(struct ranges *ranges, size_t idx);

/* The first range with (doc, off) >= the given one. O(log n). */
size_t ranges_find(const struct ranges *ranges, uint64_t doc, uint64_t off);

/* By name; ranges_count() if there is none. */
size_t ranges_named(const struct ranges *ranges, const char *name);

/*
 * A document has changed: `removed` bytes at `off` became `added`. Ranges stay
 * at their bytes; an end that lay in what was removed goes to where that was.
 * Bytes that are inserted at an end of a range are not in it. O(n).
 */
void ranges_shift(struct ranges *ranges, uint64_t doc, uint64_t off,
                  uint64_t removed, uint64_t added);

/* Where an offset is then; one inside of what was removed goes to its place. */
uint64_t ranges_shifted(uint64_t at, uint64_t off, uint64_t removed,
                        uint64_t added);

/*
 * Set operations on the bytes that the ranges cover; points and texts are left
 * out, and the result is disjoint, not adjacent in a document, of one piece,
 * and has tag 0. ERR_NOMEM.
 */
struct ranges *ranges_and(const struct ranges *a, const struct ranges *b,
                          struct error *err) MUST_USE;
struct ranges *ranges_or(const struct ranges *a, const struct ranges *b,
                         struct error *err) MUST_USE;
struct ranges *ranges_minus(const struct ranges *a, const struct ranges *b,
                            struct error *err) MUST_USE;

/* The first address at which the space shows a range's first byte; for a point
   whose byte is nowhere, the first address behind the byte before it. False if
   the space shows neither. As cheap as space_document_address(). */
bool ranges_address(const struct range *range, const struct space *sp,
                    uint64_t *addr);

/* The bytes of a range, with all its pieces. */
uint64_t ranges_length(const struct range *range);

#endif
