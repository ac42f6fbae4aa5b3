/*
 * target.h - the bytes of documents that an edit of a space is about
 *
 * Threads: as space.h.
 */
#ifndef SPACE_TARGET_H
#define SPACE_TARGET_H

#include "base/base.h"
#include "space/space.h"

struct error;

/* Bytes of one document that follow each other in it and in the space. */
struct target {
	const struct segment *segment; /* has a document */
	uint64_t addr;
	uint64_t off; /* in the document */
	uint64_t len;
};

/* What is at addr, at most `len` bytes. ERR_STATE: no byte is mapped there;
   ERR_RANGE: the space ends before it. */
bool target_at(const struct space *sp, uint64_t addr, uint64_t len,
               struct target *out, struct error *err) MUST_USE;

/* Where a place inserts: its segment, at the byte or behind the last one; len
   is 0. ERR_RANGE, ERR_STATE: there is no such segment, or it has nothing
   there. */
bool target_of_place(const struct space *sp, struct place place,
                     struct target *out, struct error *err) MUST_USE;

/* May the length of this segment change? ERR_READONLY: its document is fixed,
   or it does not show it, alone, to the end and in one piece; the text says
   why. O(segments). */
bool target_may_resize(const struct space *sp, const struct segment *segment,
                       struct error *err) MUST_USE;

#endif
