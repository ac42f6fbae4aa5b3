/*
 * sampler.h - a sample of the bytes of a view, to tell what they are like
 *
 * Pieces at places that depend on addresses alone, read as they are: what has
 * no value is left out, and so are holes, which say nothing about the data.
 *
 * Threads: belongs to one thread.
 */
#ifndef FIND_SAMPLER_H
#define FIND_SAMPLER_H

#include "base/base.h"
#include "source/run.h"

struct error;
struct view;

/* Zeros and a view are one that has nothing yet. */
struct sampler {
	const struct view *view; /* borrowed */
	unsigned char *bytes;    /* owned */
	size_t len;
	struct runs states; /* of what is read */
};

/* Take a new one of [from, end), which is not empty: all of it if it is small.
   It may be empty. Blocks. ERR_NOMEM. */
bool sampler_take(struct sampler *sampler, uint64_t from, uint64_t end,
                  struct error *err) MUST_USE;

void sampler_free(struct sampler *sampler);

#endif
