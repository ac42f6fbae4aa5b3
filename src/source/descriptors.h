/*
 * descriptors.h - open files, at most so many at once
 *
 * A file has a struct descriptor; it is opened when somebody pins it, stays
 * open afterwards, and is closed when it is the least recently used one and
 * another file needs its place. Each time it is opened, its identity is
 * compared with the one that the file had. Files are block devices, too.
 *
 * The limit is kept unless everything is pinned: then it is passed by what the
 * pinning threads need. A file whose name has gone is never closed for its
 * place, since its bytes could not be had again.
 *
 * Threads: any; one mutex. Calls that say "may wait" make system calls, none
 * of them under the mutex.
 */
#ifndef SOURCE_DESCRIPTORS_H
#define SOURCE_DESCRIPTORS_H

#include <stdatomic.h>

#include "source/lru.h"

struct descriptors;
struct error;
struct identity;
struct run;
struct sys;
struct sys_stat;

/* A file's place in the cache, inside the file's own struct. */
struct descriptor {
	struct link link;
	int fd; /* -1: closed */
	unsigned pins;
	bool keep;          /* its bytes cannot be opened again */
	atomic_bool sparse; /* a file that had fewer blocks than bytes */
};

/* `sys` is borrowed. limit >= 1. ERR_NOMEM. */
struct descriptors *descriptors_new(const struct sys *sys, size_t limit,
                                    struct error *err) MUST_USE;
void descriptors_free(struct descriptors *all);    /* NULL is allowed */
size_t descriptors_count(struct descriptors *all); /* open now */

void descriptor_init(struct descriptor *d);

/* The file has this open descriptor for good. Takes it over. */
void descriptors_adopt(struct descriptors *all, struct descriptor *d, int fd);

/*
 * Pin it, opened if need be: *fd is valid until descriptors_unpin(). False:
 * *failed says why its bytes cannot be read (len 0). May wait.
 */
bool descriptors_pin(struct descriptors *all, struct descriptor *d,
                     const char *path, const struct identity *id, int *fd,
                     struct run *failed) MUST_USE;

/* Pin it only if it is open. Never waits. */
bool descriptors_pin_open(struct descriptors *all, struct descriptor *d,
                          int *fd) MUST_USE;
void descriptors_unpin(struct descriptors *all, struct descriptor *d);

/* Is it the last way to its bytes? Nothing happens when it is closed. */
void descriptors_keep(struct descriptors *all, struct descriptor *d, bool keep);

/* Close it, whatever it is. The file has not pinned it. May wait. */
void descriptors_close(struct descriptors *all, struct descriptor *d);

/* What fstat() or stat() said of the file. */
void descriptor_note(struct descriptor *d, const struct sys_stat *st);

#endif
