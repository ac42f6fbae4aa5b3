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
#include "keep/record.h"
#include "source/files.h"
#include "space/layout.h"

struct edits;
struct folder;
struct job;
struct pool;
struct recover;
struct space;
struct sys;
struct view;

/* A document for which edits of an earlier run wait: it may not be edited until
   somebody has decided about them. */
struct held {
	uint64_t doc;
	char journal[RECORD_NAME + 8]; /* its name */
};

/* A journal whose edits were made again, and which still says that they wait. */
struct taken {
	struct recover *rec; /* owned */
	uint32_t *files;     /* owned: of these documents */
	uint32_t count;
};

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
	struct keeper *keeper; /* owned; NULL: no place for journals */
	bool keeps;            /* a journal is written, not only looked for */
	bool is_replaying;     /* what is edited comes from a journal */
	struct held *held;     /* owned */
	size_t held_count, held_cap;
	bool defers;         /* what is taken up is released at the end */
	struct taken *taken; /* owned */
	size_t taken_count, taken_cap;
	struct job *sync_job; /* makes the journal durable; NULL: none runs */
	bool sync_failed;     /* which has been said */
	bool went_back;       /* what was done last is an undo or redo */
	bool dropped;         /* what was edited is not wanted */
	uint64_t *touched; /* owned: documents that had edits, sorted by id */
	size_t touched_count, touched_cap;
	void (*moved)(void *ctx, uint64_t doc, uint64_t off, uint64_t removed,
	              uint64_t added);
	void *moved_ctx;
	bool stdin_taken;
	struct job *check_job; /* looks at files; NULL: none runs */
	struct check check;
	void (*say)(void *ctx, const char *text);
	void *say_ctx;
};

/* May the documents of the group in hand be edited, whatever waits for them?
   ERR_STATE. */
bool session_check_held(struct session *session, struct error *err) MUST_USE;

/* What waited in this journal is decided. */
void session_let_go(struct session *session, const char *journal);

/* What a journal took over from others that could not be told waits there no
   longer: else it would come back when this one has gone. */
bool session_settle(const struct folder *folder, const struct recover *rec,
                    struct error *err) MUST_USE;

/* The journals that were taken up wait no longer (`release`), or again. */
void session_end_taken(struct session *session, bool release);

/* Make the group in hand the state of now, or forget it. */
bool session_conclude(struct session *session, enum keeper_what what,
                      struct error *err) MUST_USE;

#endif
