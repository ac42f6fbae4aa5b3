/*
 * expire.h - closed journals, which are history, do not pile up
 *
 * Threads: any.
 */
#ifndef KEEP_EXPIRE_H
#define KEEP_EXPIRE_H

#include "base/base.h"

struct error;
struct folder;
struct index;

/*
 * Remove closed journals of the folder, which the index is of: those that were
 * written before `before` (ns since the epoch), then the oldest, until the rest
 * have no more than `bytes` together. What waits, or is written now, is never
 * removed. Goes on behind one that cannot be; then ERR_IO. ERR_NOMEM.
 */
bool expire(const struct folder *folder, struct index *index, uint64_t bytes,
            int64_t before, struct error *err) MUST_USE;

#endif
