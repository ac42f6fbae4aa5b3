/*
 * claim.h - where the bytes of a file or a device lie
 *
 * The same bytes can be reached in several ways, and the system keeps each of
 * them in a memory of its own: what is written by one is not seen by another,
 * and may be written over by it later.
 *
 *	sda  [ sda1  ][ sda2           ]     a disk and its partitions
 *	                dm-0   dm-1          volumes, somewhere in what is below
 *	loop0 = disk.img, from an offset     a loop device and its file
 *
 * A claim is where the bytes of a file or device lie: it, and all below it.
 * Read from /sys; where that does not tell, nothing is claimed.
 *
 * Threads: any number of readers of what is made.
 */
#ifndef SOURCE_CLAIM_H
#define SOURCE_CLAIM_H

#include "base/base.h"
#include "source/identity.h"

struct error;
struct sys;

/* A part of it: the bytes [from, to) of a file or device. */
struct claim_part {
	struct identity of;
	uint64_t from, to;
	bool loose; /* somewhere in there, not everywhere */
};

struct claim {
	struct claim_part *v; /* owned; the first is the thing itself */
	size_t count, cap;
};

/* Of a file, or a device and what it lies on. The claim is empty before.
   ERR_NOMEM. */
bool claim_of(const struct sys *sys, const struct identity *id,
              struct claim *claim, struct error *err) MUST_USE;
void claim_free(struct claim *claim);

/* Do two have bytes in common? Two that lie somewhere in the same thing have
   not. */
bool claim_meets(const struct claim *a, const struct claim *b);

#endif
