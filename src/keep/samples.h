/*
 * samples.h - parts of a file, by which it is known again
 *
 * A journal notes the CRCs of some parts of a document's base: the first one,
 * the last one, and others at random between; all of it, if it is short. When
 * edits wait that tells a file that was only touched from one in which others
 * have written elsewhere. It decides nothing: recover.h.
 *
 * Threads: any, one at a time for each struct.
 */
#ifndef KEEP_SAMPLES_H
#define KEEP_SAMPLES_H

#include "base/base.h"
#include "keep/record.h"

struct error;
struct job;
struct source;

#ifdef TEST_HOOKS
enum { SAMPLES_MAX = 4, SAMPLES_LEN = 4, SAMPLES_WHOLE = 32 };
#else
enum {
	SAMPLES_MAX = 64,
	SAMPLES_LEN = 4096,          /* bytes of each */
	SAMPLES_WHOLE = 1024 * 1024, /* a file no longer is taken whole */
};
#endif

struct samples {
	struct record_sample v[SAMPLES_MAX];
	uint32_t count;
};

/* Take those of a file; parts that cannot be read are left out. The seed says
   where they are. Blocks. `job`, or NULL: stops it. ERR_CANCELLED, ERR_IO,
   ERR_NOMEM. */
bool samples_take(struct source *src, uint64_t seed, struct job *job,
                  struct samples *out, struct error *err) MUST_USE;

#endif
