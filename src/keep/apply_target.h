/*
 * apply_target.h - a file that a flush writes
 *
 * Threads: any; these are plain values.
 */
#ifndef KEEP_APPLY_TARGET_H
#define KEEP_APPLY_TARGET_H

#include "base/base.h"
#include "keep/record.h"
#include "source/identity.h"

struct apply_target {
	const char *path; /* borrowed: as the user wrote it */
	bool device;
	bool timed;          /* the times of `id` count, too */
	struct identity id;  /* what must stand under the path */
	uint64_t begin, end; /* offsets of its records in the journal */
	bool exchanged;      /* by this file: */
	struct record_exchange with;
};

enum apply_image {
	APPLY_OLD,
	APPLY_NEW,
};

#endif
