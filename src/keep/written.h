/*
 * written.h - what a flush writes, to be compared with the disk afterwards
 *
 * Before the files are written, checksums are taken of what they will be: of
 * the bytes that are written, and of the rest of the blocks in which these lie.
 * When the flush has ended, all of it is read again, past the cache where the
 * system can, else with the cache dropped. So it is seen that the disk has what
 * was written, and nothing else beside it.
 *
 *	block       |  rest  | written |   rest   |
 *
 * Threads: one at a time makes it; then any number may look at it.
 */
#ifndef KEEP_WRITTEN_H
#define KEEP_WRITTEN_H

#include "base/base.h"
#include "source/identity.h"

struct error;
struct job;
struct sys;
struct written;

enum { WRITTEN_BLOCK = 4096 };

/* `most`: more stretches of blocks than these are not noted (ERR_LIMIT); 0: as
   many as there may be at all. The count is 1. ERR_NOMEM. */
struct written *written_new(size_t most, struct error *err) MUST_USE;
struct written *written_ref(struct written *w);
void written_unref(struct written *w); /* NULL is allowed */

/* A file, what it is now, and what will be written: as of struct flush_target.
   `read` gives any bytes of the file as they will be; those of which it says
   ERR_STATE have no value. ERR_NOMEM, ERR_LIMIT, and what read says. */
struct written_file {
	const char *path; /* copied */
	struct identity id;
	bool (*next)(void *ctx, uint64_t *off, uint64_t *len);
	bool (*read)(void *ctx, uint64_t off, void *buf, size_t len,
	             struct error *err);
	void *ctx;
};
bool written_add(struct written *w, const struct written_file *file,
                 struct error *err) MUST_USE;
/* The file that was added as number `idx` is another one since. */
void written_became(struct written *w, size_t idx, const struct identity *id);

struct written_sum {
	size_t files;
	uint64_t ranges, bytes;
	uint64_t blocks, rest; /* and the bytes in them that were not written */
	uint64_t unknown;      /* of these, had no value before */
};

/*
 * Read all of it again from the disk. `job` may be NULL. ERR_CHANGED: bytes are
 * others, or another file has the name; the text names the first block, and
 * whether what was written is other there or what lies beside. ERR_IO,
 * ERR_CANCELLED, ERR_NOMEM.
 */
bool written_check(const struct written *w, const struct sys *sys,
                   struct job *job, struct written_sum *out,
                   struct error *err) MUST_USE;

#endif
