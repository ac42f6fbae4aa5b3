/*
 * spill.h - long bytes of edits, in a file without a name
 *
 * Where no journal has them. The first ones stay in memory; the file is made
 * for what comes then, and is gone with this process.
 *
 * Counted: each image that was given holds it.
 *
 * Threads: spill_put() is for one; what was put may be read in any.
 */
#ifndef KEEP_SPILL_H
#define KEEP_SPILL_H

#include "base/base.h"

struct error;
struct spill;
struct store_image;
struct sys;

/* sys is borrowed; `limit` bytes stay in memory. ERR_NOMEM. */
struct spill *spill_new(const struct sys *sys, uint64_t limit,
                        struct error *err) MUST_USE;
void spill_unref(struct spill *spill); /* NULL is allowed */

/* See struct store_away; ctx is the spill. ERR_IO and the like: there can be no
   file, or it is full. */
bool spill_put(void *ctx, const void *bytes, size_t len, size_t *took,
               struct store_image *image, uint64_t *at,
               struct error *err) MUST_USE;

#endif
