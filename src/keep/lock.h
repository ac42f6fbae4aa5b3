/*
 * lock.h - one editor at a time for each file
 *
 * flock() on a descriptor of the lock's own, which stays open as long as the
 * lock: descriptors of sources come and go. It works on files that were opened
 * for reading, and it ends with the process, however that ends.
 *
 * In write access it is tried when a file is opened, without being kept, and
 * taken at the first edit; where either fails the document is for reading.
 *
 * Threads: the engine's.
 */
#ifndef KEEP_LOCK_H
#define KEEP_LOCK_H

#include "base/base.h"

struct error;
struct identity;
struct lock;
struct sys;

/* Nobody edits this file now. ERR_READONLY: somebody does, and the text says
   who, as far as /proc/locks tells; ERR_CHANGED: the name leads to another file
   than `id`; ERR_IO. */
bool lock_try(const struct sys *sys, const char *path,
              const struct identity *id, struct error *err) MUST_USE;

/* As lock_try(), and keep it. ERR_NOMEM. */
struct lock *lock_take(const struct sys *sys, const char *path,
                       const struct identity *id, struct error *err) MUST_USE;
void lock_drop(struct lock *lock); /* NULL is allowed */

/* The process that holds a lock of the file (device, inode) in a text such as
   /proc/locks; 0: none that is known. */
uint32_t lock_holder(const char *text, uint64_t dev, uint64_t ino);

#endif
