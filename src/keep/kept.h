/*
 * kept.h - where bytes of the store are in the journal
 *
 * The store of the edits and the payload of the journal hold the same bytes, at
 * other offsets, since records have heads: stretches say where bytes of the one
 * are in the other. There may be ten million, so one takes a few bytes.
 *
 * Threads: the engine's.
 */
#ifndef KEEP_KEPT_H
#define KEEP_KEPT_H

#include "base/base.h"

struct error;

/* Bytes [off, off + len) of the store are at `at` in the journal. */
struct kept_stretch {
	uint64_t off, len, at;
};

/* A place of the tape; the stretches before it end at these offsets. */
struct kept_place {
	uint64_t off, at;
	size_t pos;
};

/* Stretches that came late, in the order of the store. */
struct kept_run {
	struct kept_stretch *v; /* owned */
	size_t count, cap;
};

enum { KEPT_RUNS = 32 }; /* at most: each is twice as long as the one before */

/* All zero: there are none. */
struct kept {
	struct kept_stretch last; /* len 0: none; else behind the tape */
	unsigned char *tape;      /* owned */
	size_t cap;
	struct kept_place end;
	size_t count;             /* of stretches on it */
	struct kept_place *block; /* owned */
	size_t block_cap;
	struct kept_run late[KEPT_RUNS];
	size_t runs; /* of them that were used */
};

void kept_free(struct kept *kept);

/* The stretch that has the byte `off` of the store. False: none has it; then
   out->off is where the next one begins, UINT64_MAX if there is none.
   O(log n), and O(log^2 n) where many came late. */
bool kept_find(const struct kept *kept, uint64_t off, struct kept_stretch *out);

/* No byte of it is there yet. O(1) if it is behind all others in both, as most
   are, and O(log n) in the mean of many others. ERR_NOMEM. */
bool kept_add(struct kept *kept, struct kept_stretch stretch,
              struct error *err) MUST_USE;

/* Forget what stands at `end` in the journal or behind it. Cannot fail. */
void kept_cut(struct kept *kept, uint64_t end);

#endif
