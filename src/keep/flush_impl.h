/*
 * flush_impl.h - what the parts of a flush share
 *
 * Threads: as flush.h.
 */
#ifndef KEEP_FLUSH_IMPL_H
#define KEEP_FLUSH_IMPL_H

#include "base/base.h"
#include "keep/record.h"

struct error;
struct flush;
struct flush_target;

/* --- bytes that are written in place (flush_images.c) --------------------- */

/* The images on their way into the journal. */
struct flush_images {
	struct flush *flush;
	struct flush_target *target;
	int fd;
	struct record_buffer list; /* owned */
	uint8_t *old, *new_;       /* owned, FLUSH_BYTES each */
	size_t len;                /* of both */
	uint32_t count;
	uint64_t end;         /* of the last range in the list */
	uint64_t done, total; /* for the progress */

	/* What was read of the file. */
	uint8_t *window; /* owned, FLUSH_WINDOW bytes */
	uint64_t at;
	size_t there;
	bool unread; /* what was wanted last cannot be read */
};

/* ERR_NOMEM; end it in success and failure. */
bool flush_images_begin(struct flush_images *im, struct flush *flush,
                        struct error *err) MUST_USE;
void flush_images_end(struct flush_images *im);
/* Put the old and new bytes of im->target, open as im->fd, into the journal. */
bool flush_images_put(struct flush_images *im, struct error *err) MUST_USE;
/* The same for what is gone of a file that is exchanged. */
bool flush_images_put_gone(struct flush_images *im, struct error *err) MUST_USE;

/* --- files whose length changes (flush_temps.c) --------------------------- */

/* Name the files that are to be made, in the journal: should the machine stop
   before the COMMIT, the next start can remove them. */
bool flush_temps_name(struct flush *flush, struct error *err) MUST_USE;
/* Make the one of a target, which is open, and put it into the journal. */
bool flush_temps_put(struct flush *flush, struct flush_target *target, int fd,
                     struct error *err) MUST_USE;
/* Nobody will want them. */
void flush_temps_drop(struct flush *flush);

#endif
