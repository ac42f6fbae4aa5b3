/*
 * blocks.h - what readers fetched a moment ago, for reads that may not wait
 *
 * Blocks of one length are kept with their states, under the key of what they
 * were read from. A key is never given twice, so whoever takes a new one has
 * forgotten its blocks. A block that is older than two seconds is not shown.
 *
 * Threads: any; one mutex, no system call under it.
 */
#ifndef SOURCE_BLOCKS_H
#define SOURCE_BLOCKS_H

#include "base/base.h"

struct blocks;
struct error;
struct runs;

/* `count` blocks of `len` bytes; the memory is used as they fill. ERR_NOMEM. */
struct blocks *blocks_new(size_t count, size_t len, struct error *err) MUST_USE;
void blocks_free(struct blocks *all); /* NULL is allowed */

/* A key that was not given before. */
uint64_t blocks_key(struct blocks *all);

/*
 * Keep block `idx` of `key`: its bytes, `len` > 0 of them (fewer than a block
 * only at a file's end), and what `runs` says of them from `skip` on. `now` is
 * sys_now() from before they were read. ERR_NOMEM: then it is not kept.
 */
bool blocks_keep(struct blocks *all, uint64_t key, uint64_t idx,
                 const void *bytes, size_t len, const struct runs *runs,
                 uint64_t skip, uint64_t now, struct error *err) MUST_USE;

/*
 * Copy what is kept from `off` on, at most len > 0 bytes and to the end of a
 * block, and append its runs. *got is how many; 0: nothing is kept there.
 * ERR_NOMEM.
 */
bool blocks_find(struct blocks *all, uint64_t key, uint64_t off, void *buf,
                 size_t len, uint64_t now, struct runs *runs, size_t *got,
                 struct error *err) MUST_USE;

#endif
