/*
 * session_flush_impl.h - what the parts of a flush share
 *
 * Threads: as session.h.
 */
#ifndef SESSION_FLUSH_IMPL_H
#define SESSION_FLUSH_IMPL_H

#include <stdatomic.h>

#include "base/base.h"
#include "base/error.h"
#include "edit/rebase.h"
#include "keep/flush.h"
#include "keep/keeper.h"
#include "source/run.h"
#include "space/layout.h"

struct document;
struct image;
struct left;
struct past;
struct piece;
struct session;
struct source;
struct space;
struct tree;
struct view;
struct written;

/* A document on its way. */
struct part {
	const struct session *session; /* borrowed */
	struct document *doc, *fresh;  /* counted */
	struct tree *root, *over;      /* counted */
	bool exchanged;                /* its length changes */
	bool beside;       /* others have written to it, not under its edits */
	bool is_noted;     /* all that it will be */
	struct left *left; /* borrowed from the store: what is gone of it */
	struct tree_walk pieces;
	size_t gone; /* gaps of `left` that the journal has been given */
	char *path;  /* owned: for the journal */
	struct rebase_walk walk;
	struct runs runs; /* owned */
};

struct flushing {
	bool runs;           /* from begin to finish */
	atomic_bool writing; /* set by the job: there is no way back */
	struct flush flush;
	struct flush_target *targets; /* owned */
	struct part *parts;           /* owned */
	size_t count;
	bool rest;       /* the journal has edits of others, too */
	bool keeps_gone; /* the journal gets what goes with files exchanged */
	bool compares;   /* what is under the edits has to be what it was */
	bool ok;
	struct error err;
	bool notes_all;          /* what is written, or nothing is flushed */
	struct written *written; /* counted, or NULL */
	bool expired;            /* old journals have been removed */
	struct error late;       /* why not */
	bool forgotten;          /* and its own is among them */
	struct image *image;     /* borrowed from the store; NULL: none */
	uint64_t total;          /* bytes that will be written in place */
	uint64_t *clean; /* owned: documents of the same steps that have no
	                        edits any more */
	size_t clean_count;
	struct keeper_numbers settled; /* owned */

	/* What the session will be. */
	struct document **fresh; /* owned; one or NULL for each of docs */
	size_t fresh_count;
	struct layout layout;
	struct space *space;
	struct past *past;
	struct view *spare;
};

/* --- which documents (session_flush_choose.c) ----------------------------- */

/* Add the documents with edits that are wanted as parts; `docs` are ids, none:
   all. *others: some have private edits. ERR_NOMEM. */
bool session_flush_choose(struct session *session, struct flushing *f,
                          const uint64_t *docs, size_t count, bool *others,
                          struct error *err) MUST_USE;

/* Find what the journal is to be told of documents that the same steps changed,
   and that have no edits any more. ERR_READONLY: one has edits that cannot be
   flushed; ERR_NOMEM. */
bool session_flush_settle(const struct session *session, struct flushing *f,
                          struct error *err) MUST_USE;

/* The part of this document, or NULL. */
struct part *session_flush_part(const struct flushing *f, uint64_t doc);

/* --- what is needed (session_flush_make.c) -------------------------------- */

/* Is there a journal, or is none wanted? ERR_STATE. */
bool session_flush_may(struct session *session, unsigned flags,
                       struct error *err) MUST_USE;
/* Are the edits of a document in the journal, if there is one? ERR_STATE. */
bool session_flush_is_kept(const struct session *session,
                           const struct document *doc,
                           struct error *err) MUST_USE;
/* Make all but the parts. Fails as session_flush_begin(), before anything has
   happened. */
bool session_flush_make(struct session *session, struct flushing *f,
                        unsigned flags, struct error *err) MUST_USE;

/* A flush_next and a flush_read; ctx is a part. */
bool session_flush_next(void *ctx, uint64_t *off, uint64_t *len);
bool session_flush_read(void *ctx, uint64_t off, void *buf, size_t len,
                        struct error *err);

/* --- what is under the edits (session_flush_olds.c) ----------------------- */

/* Are the bytes that are to be written over, or to go, what they were when they
   were edited? Where they are, what another program has written beside them is
   left alone, if all of them are known. In any thread; before the first byte is
   written. ERR_CHANGED: a byte is another; ERR_IO, ERR_NOMEM, ERR_CANCELLED. */
bool session_flush_compare(const struct session *session, struct flushing *f,
                           struct error *err) MUST_USE;
/* Say what was written beside the edits. */
void session_flush_say_beside(struct session *session,
                              const struct flushing *f);

/* --- old bytes (session_flush_image.c) ------------------------------------ */

/* *out is a piece of the store that will be `len` old bytes. ERR_NOMEM,
   ERR_LIMIT. */
bool session_flush_image(struct session *session, struct flushing *f,
                         uint64_t len, struct piece *out,
                         struct error *err) MUST_USE;
/* A flush_old of the image: nobody reads it before its end. */
bool session_flush_image_add(void *ctx, const void *bytes, size_t len,
                             uint64_t at, struct error *err);
/* Is it read from the journal? */
bool session_flush_image_is_there(const struct image *image);

/*
 * What is left over of a file that another one takes the place of, `src`, which
 * is kept open, and taken over in success and failure: a piece of the store
 * that has all of its bytes, of which those in gaps can be read. ERR_NOMEM,
 * ERR_LIMIT.
 */
struct left *session_flush_left(struct session *session, struct source *src,
                                struct piece *out, struct error *err) MUST_USE;
/* A rebase_gap. */
bool session_flush_left_gap(void *ctx, uint64_t off, uint64_t len,
                            struct error *err);
/* Gap `idx` of them, in their order; false behind the last one. And how many
   bytes all have. */
bool session_flush_left_next(const struct left *left, size_t idx, uint64_t *off,
                             uint64_t *len);
uint64_t session_flush_left_bytes(const struct left *left);
/* Read into memory what is little, before it is written; in any thread. */
bool session_flush_left_take(struct left *left, struct error *err) MUST_USE;
/* Nobody will read it. */
void session_flush_left_drop(struct left *left);

#endif
