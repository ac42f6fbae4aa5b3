/*
 * session_impl.h - the inside of a session, for the files that make it
 *
 * Threads: as session.h.
 */
#ifndef SESSION_IMPL_H
#define SESSION_IMPL_H

#include "base/base.h"
#include "edit/check.h"
#include "edit/documents.h"
#include "keep/keeper.h"
#include "source/files.h"
#include "space/layout.h"

struct edits;
struct job;
struct pool;
struct space;
struct sys;
struct view;

struct session {
	const struct sys *sys; /* borrowed */
	enum access access;
	bool read_only;
	struct files *files; /* owned */
	struct pool *pool;   /* owned */
	struct documents docs;
	uint64_t last_id;
	struct layout layout;
	struct space *space; /* counted */
	struct view *view;   /* counted; NULL: made when it is asked for */
	struct view *spare;  /* owned: the next view */
	uint64_t generation;
	struct edits *edits;   /* owned */
	struct keeper *keeper; /* owned; NULL: no journal */
	struct job *sync_job;  /* makes the journal durable; NULL: none runs */
	bool went_back;        /* what was done last is an undo or redo */
	bool dropped;          /* what was edited is not wanted */
	uint64_t *touched; /* owned: documents that had edits, sorted by id */
	size_t touched_count, touched_cap;
	void (*moved)(void *ctx, uint64_t doc, uint64_t off, uint64_t removed,
	              uint64_t added);
	void *moved_ctx;
	bool stdin_taken;
	struct job *check_job; /* looks at files; NULL: none runs */
	struct check check;
	struct flushing *flushing; /* owned; NULL: no flush is under way */
	size_t flushed; /* steps of the history that were done at a flush */
	size_t whole;   /* likewise, and nothing was left out */
	void (*say)(void *ctx, const char *text);
	void *say_ctx;
};

/* Make the group in hand the state of now, or forget it. */
bool session_conclude(struct session *session, enum keeper_what what,
                      struct error *err) MUST_USE;

/* The layout with the documents in `fresh`, which has one or NULL for each of
   session->docs, in place of the ones now. ERR_NOMEM. */
bool session_layout_with(const struct session *session,
                         struct document *const *fresh, struct layout *trial,
                         struct error *err) MUST_USE;

/* Is no flush under way? ERR_STATE. */
bool session_may_change(const struct session *session,
                        struct error *err) MUST_USE;
/* Is what the last step has brought still there, if it was flushed (K9)?
   ERR_CHANGED; ERR_NOMEM. */
bool session_may_undo(struct session *session, struct error *err) MUST_USE;
/* The session ends: wait for a flush that is under way. Returns whether one is
   open, so that the journal has to be kept. */
bool session_end_flush(struct session *session);

#endif
