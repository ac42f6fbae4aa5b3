/*
 * apply.h - the images of a flush on their way into the files
 *
 * A flush whose COMMIT is durable is finished, or taken back, by writing its
 * new or its old bytes: over and over again if need be, until they are durable.
 * The one that is alive and the recovery after it do the same thing here. A
 * file whose length changes has no images: another file takes its place, or
 * gives it back (exchange.h).
 *
 * Threads: any; one at a time for a journal.
 */
#ifndef KEEP_APPLY_H
#define KEEP_APPLY_H

#include "base/base.h"
#include "keep/apply_target.h"

struct error;
struct record;
struct sys;

/* The record of the journal at an offset and its payload, which stays where it
   is until the next call. */
typedef bool apply_record(void *ctx, uint64_t off, struct record *record,
                          const uint8_t **payload, struct error *err);

struct apply {
	const struct sys *sys; /* borrowed */
	apply_record *record;
	void *ctx;
};

/* Open the file of a target and see that it is the one. ERR_CHANGED: it is not,
   or was written to; ERR_READONLY: it cannot be written; ERR_IO. */
bool apply_open(const struct sys *sys, const struct apply_target *target,
                int *fd, struct error *err) MUST_USE;
/* What fstat() says of it, with the size that a device has. */
bool apply_identity(const struct sys *sys, int fd,
                    const struct apply_target *target, struct identity *id,
                    struct error *err) MUST_USE;

/*
 * See that each byte of the ranges is the old one or the new one, as a flush
 * leaves it wherever it ends, and that the image can be written: the old one
 * not where bytes that could not be read have been written over. ERR_CHANGED:
 * one is neither, and the text names it; ERR_IO.
 */
bool apply_check(const struct apply *apply, const struct apply_target *target,
                 enum apply_image image, struct error *err) MUST_USE;

/*
 * Write the ranges and make them durable. A failed sync says nothing of what
 * the disk has: all is written again then, synced, and read back from the disk.
 * On failure any part may be written. *began: it may have come to writing.
 * *after: what the file is then, with the times that our writing gave it; left
 * alone where that cannot be seen. ERR_IO, ERR_CHANGED, ERR_READONLY.
 */
bool apply_write(const struct apply *apply, const struct apply_target *target,
                 enum apply_image image, bool *began, struct identity *after,
                 struct error *err) MUST_USE;

/* Nobody will want the other image any more: remove what was kept of it.
   ERR_IO, ERR_CHANGED. */
bool apply_clean(const struct apply *apply, const struct apply_target *target,
                 enum apply_image image, struct error *err) MUST_USE;

#ifdef TEST_HOOKS
/* Leave out parts of the protocol, to see that the simulator notices. Bits. */
enum {
	APPLY_BREAK_SYNC = 1,  /* nothing is synced */
	APPLY_BREAK_RETRY = 2, /* a second sync is proof enough */
};
void apply_break(unsigned bits);
#endif

#endif
