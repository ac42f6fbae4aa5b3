/*
 * temp.h - the file that is to take the place of one whose length changes
 *
 * It is made beside it, of parts of it and of other bytes: parts are shared
 * where the file system can, else copied; holes stay holes. It gets the owner,
 * the mode, the flags and all attributes that the file has, access lists among
 * them. What cannot be kept refuses all of it.
 *
 * Nothing of this changes the file itself. Blocks.
 *
 * Threads: as apply.h.
 */
#ifndef KEEP_TEMP_H
#define KEEP_TEMP_H

#include "base/base.h"

struct apply_target;
struct error;
struct job;
struct sys;

/* The next part of what the file is to become: the bytes that it has from `off`
   on, or others. */
struct temp_part {
	uint64_t len; /* > 0 */
	uint64_t off;
	bool kept;
};
/* The part behind the one before; false at the end. */
typedef bool temp_next(void *ctx, struct temp_part *part);
/* The new bytes [off, off + len) of what it is to become. */
typedef bool temp_read(void *ctx, uint64_t off, void *buf, size_t len,
                       struct error *err);

struct temp_plan {
	const struct sys *sys; /* borrowed */
	temp_next *next;
	temp_read *read;
	void *ctx;
	uint64_t size;   /* of all parts */
	struct job *job; /* for cancel; may be NULL */
};

/*
 * Make it. `from` is the file, open; target->with.temp.number says the name. On
 * success the rest of target->with is filled in; *fd is open, and locked where
 * that can be, and the names in the folder are durable. On failure there is no
 * such file: ERR_READONLY: the file cannot be replaced; ERR_STATE; ERR_IO,
 * ERR_CHANGED, ERR_CANCELLED, ERR_NOMEM.
 */
bool temp_make(const struct temp_plan *plan, struct apply_target *target,
               int from, int *fd, struct error *err) MUST_USE;

#ifdef TEST_HOOKS
enum {
	TEMP_BREAK_SYNC = 1,   /* its bytes are not synced */
	TEMP_BREAK_FOLDER = 2, /* its name is not */
	TEMP_BREAK_OLD = 4,    /* nor is the old file */
};
void temp_break(unsigned bits);
#endif

#endif
