/*
 * lock.h - one editor at a time for each file
 *
 * flock() on a descriptor of the lock's own, which stays open as long as the
 * lock: descriptors of sources come and go. It works on files that were opened
 * for reading (but on NFS), and it ends with the process, however that ends.
 *
 * In write access it is tried when a file is opened that somebody may have
 * locked, without being kept, and taken at the first edit; while another has it
 * the file is for reading.
 *
 * Threads: the engine's.
 */
#ifndef KEEP_LOCK_H
#define KEEP_LOCK_H

#include "base/base.h"

struct error;
struct folder;
struct identity;
struct lock;
struct sys;

/*
 * Nobody edits this file now. ERR_READONLY: somebody does, and the text says
 * who, as far as /proc/locks tells, and which of `journals` (NULL: none) is
 * his; ERR_CHANGED: the name leads to another file than `id`; ERR_NO: the file
 * system has no locks; ERR_IO, ERR_NOMEM. May block as long as an open.
 */
bool lock_try(const struct sys *sys, const char *path,
              const struct identity *id, const struct folder *journals,
              struct error *err) MUST_USE;

/* As lock_try(), and keep it. */
struct lock *lock_take(const struct sys *sys, const char *path,
                       const struct identity *id, const struct folder *journals,
                       struct error *err) MUST_USE;
void lock_drop(struct lock *lock); /* NULL is allowed */

/* The process that holds a lock of the file (device, inode) in a text such as
   /proc/locks; 0: none that is known. */
uint32_t lock_holder(const char *text, uint64_t dev, uint64_t ino);

/* The inodes of all files that /proc/locks names, of whatever device: a file
   that is not among them need not be tried, unless its system is another one's.
   Starts zeroed. ERR_NOMEM. */
struct lock_list {
	uint64_t *v; /* owned */
	size_t count, cap;
};
bool lock_list_read(const struct sys *sys, struct lock_list *list,
                    struct error *err) MUST_USE;
bool lock_list_has(const struct lock_list *list, uint64_t ino);
void lock_list_free(struct lock_list *list);

#endif
