/*
 * save.h - a range of a space as files of its own
 *
 * The bytes as they are in a view, edits included, go to a new file, or to
 * files of `split` bytes named PATH.000, PATH.001 and so on. Holes stay holes,
 * blocks of zeros that edits brought become some, and bytes of files are shared
 * instead of copied where the file system can. What comes under a final name is
 * whole and durable; of a set all files come, or none does.
 *
 * Bytes without a value end it, or are left as holes or filled; then PATH.map
 * lists where, in the format of ddrescue.
 *
 * Threads: any; in a job these can be cancelled.
 */
#ifndef OPEN_SAVE_H
#define OPEN_SAVE_H

#include "base/base.h"
#include "open/unreadable.h"

struct error;
struct job;
struct sys;
struct view;

enum { SAVE_PARTS = 100000 }; /* files of a set, at most */

struct save {
	const struct view *view; /* borrowed, as all pointers here */
	const struct sys *sys;
	const char *path;
	uint64_t start, end;
	uint64_t split; /* bytes of a file; 0: all in one */
	bool over;      /* a file of that name is replaced; not with split */
	struct unreadable unreadable;
	struct job *job; /* or NULL */
	/* What comes of it. */
	uint64_t files;
	uint64_t shared; /* bytes that the file system has shared */
	uint64_t unread; /* bytes without a value */
};

/*
 * Save it. When it fails nothing of it is left, unless all is there and only
 * the folder could not be synced, which the text says. ERR_STATE: a byte has no
 * value, or there is a file already that is not to be replaced; ERR_IO with
 * path, ERR_RANGE, ERR_CANCELLED, ERR_NOMEM. Blocks.
 */
bool save_run(struct save *save, struct error *err) MUST_USE;

#endif
