/*
 * flush.h - writing the edits of several files, all or none
 *
 *	flush_commit()   the files are compared; old and new bytes of all that
 *	                 changes and a COMMIT are in the journal, durable (K6)
 *	flush_write()    the new bytes are in the files, durable
 *	flush_end()      the journal says so
 *
 * Bytes are written in place. A file whose length changes is made anew beside
 * the old one instead, before the COMMIT (temp.h), and written by an exchange
 * of the two names (exchange.h).
 *
 * Up to the COMMIT nothing has happened. From there on the flush is finished,
 * or taken back, whatever crashes: by flush_write() while it is alive, else by
 * the recovery (recover.h). What fails in between is taken back at once; if
 * that fails, too, the flush stays open in the journal, and flush_write() may
 * be called again.
 *
 * Memory is bounded by the size of a record, whatever is written.
 *
 * Threads: one at a time, which has the journal for itself.
 */
#ifndef KEEP_FLUSH_H
#define KEEP_FLUSH_H

#include "base/base.h"
#include "keep/apply.h"
#include "keep/flush_log.h"
#include "keep/record.h"
#include "keep/temp.h"

struct error;
struct job;
struct journal;
struct sys;

/* The next range to be written, behind the one before, within the file's size;
   false at the end. */
typedef bool flush_next(void *ctx, uint64_t *off, uint64_t *len);
/* The new bytes [off, off + len), in a range that was given. */
typedef bool flush_read(void *ctx, uint64_t off, void *buf, size_t len,
                        struct error *err);
/* Told of the old bytes in their order, and where they stand in the journal;
   NULL for bytes that could not be read. */
typedef bool flush_old(void *ctx, const void *bytes, size_t len, uint64_t at,
                       struct error *err);

struct flush_target {
	struct apply_target to;    /* begin and end are filled in */
	struct record_file record; /* its number; the rest is filled in but for
	                              path and kind */
	flush_next *next;
	flush_read *read;
	void *ctx;
	/* If its length changes: what it is to become, and how long. Then
	   `read` gives bytes of that, and `next` is not called. */
	temp_next *parts; /* NULL: it does not */
	uint64_t size;
	/* The ranges of the file that this has not, as `next`: they are kept
	   for the history, where they can be read. NULL: they are not. */
	flush_next *gone;
	/* How many bytes from `off` on may be written over though they cannot
	   be read: then that cannot be taken back. */
	uint64_t (*given_up)(void *ctx, uint64_t off); /* NULL: none */
	bool blind;                                    /* all of them */

	/* What has come of it. */
	bool began;            /* it may have been written to */
	struct identity after; /* what it is since */
	bool has_temp;
	int temp; /* open and locked as long as the flush */
};

enum flush_state {
	FLUSH_NOTHING, /* nothing has happened yet, or it was all taken back */
	FLUSH_OPEN,    /* begun, and neither finished nor taken back */
	FLUSH_WRITTEN, /* all is in the files, durable */
	FLUSH_ENDED,   /* and the journal says so */
};

enum {
	FLUSH_FORCE = 1, /* though another program has locked a file */
};

struct flush {
	const struct sys *sys;        /* borrowed */
	struct flush_log log;         /* the journal, or none */
	struct flush_target *targets; /* borrowed */
	size_t count;
	unsigned flags;
	/* Numbers of documents that have nothing to be written: what the
	   journal has of them is done with, too, when the flush is. */
	const uint32_t *settled; /* borrowed */
	size_t settled_count;
	flush_old *old; /* NULL: nobody wants to know */
	void *old_ctx;
	struct job *job; /* for progress and cancel; may be NULL */
	uint64_t total;  /* bytes that will be written, for the progress */

	/* What has come of it. */
	enum flush_state state;
	uint32_t number;
	uint64_t ranges, bytes; /* ranges that touch count as one */
	uint64_t images;        /* ranges in the journal.. */
	uint64_t image_bytes;   /* ..and their bytes */
};

/* Before the targets. */
void flush_free(struct flush *flush);

/*
 * ERR_CHANGED: a file is not the one that was edited, or another program has
 * written to it; ERR_READONLY: it is locked, or cannot be written; ERR_IO,
 * ERR_NOMEM, ERR_LIMIT, ERR_CANCELLED. On failure nothing has happened.
 */
bool flush_commit(struct flush *flush, struct error *err) MUST_USE;

/* On failure flush->state says whether everything was taken back, or is open;
   in that case the text says so. */
bool flush_write(struct flush *flush, struct error *err) MUST_USE;

/*
 * `rest`: the journal has changes of other files, which go on waiting; else it
 * becomes history. On failure everything is in the files, but the journal says
 * otherwise: the state stays WRITTEN, and flush_end() may be called again.
 */
bool flush_end(struct flush *flush, bool rest, struct error *err) MUST_USE;

#ifdef TEST_HOOKS
enum {
	FLUSH_BREAK_COMMIT = 1, /* files are written before it is durable */
	FLUSH_BREAK_END = 2,    /* the journal ends before they are written */
	FLUSH_BREAK_BACK = 4,   /* a failure leaves them as they are */
	FLUSH_BREAK_OVER = 8,   /* that all was taken back is not said */
	FLUSH_BREAK_CLEAN = 16, /* old files go before all are written */
	FLUSH_BREAK_MARK = 32,  /* nothing says that the COMMIT was durable */
};
void flush_break(unsigned bits);
#endif

#endif
