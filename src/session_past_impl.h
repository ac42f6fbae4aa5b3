/*
 * session_past_impl.h - the history of earlier runs, for the files that make it
 *
 *	session_past_files.c { files that it is about, and that are not open }
 *	session_past_list.c { which journals have it }
 *	    --> session_past_bases.c { how they are seen through later flushes }
 *	        --> session_past.c { loading it }
 *
 *   Y1  steps [0, closed) of the history come from closed journals; journals
 *       [0, next) of the list are among them, or are about other files; if
 *       is_ahead, all that can be made again does, too
 *   Y2  bases[] says how the base of a document before the flushes of these
 *       journals is to be read from the one now
 *
 * Threads: while history is loaded, all of it is the loading thread's; else as
 * session.h.
 */
#ifndef SESSION_PAST_IMPL_H
#define SESSION_PAST_IMPL_H

#include "base/base.h"
#include "keep/record.h"

struct closed_load;
struct error;
struct folder;
struct index;
struct job;
struct past;
struct recover;
struct session;
struct tree;

/* A journal that has history. */
struct closed_journal {
	char name[RECORD_NAME + 8];
	int64_t time;  /* of its last flush, ns */
	bool is_heard; /* what it says of others is known */
};

/* A flush of this run. */
struct own_flush {
	char journal[RECORD_NAME + 8];
	uint32_t number;
};

/* Y2 */
struct base {
	uint64_t doc;
	uint64_t size;    /* of the base before those flushes */
	struct tree *now; /* owned; NULL: it is the base now */
};

/* A file that history is about, and that is not open. */
struct absent {
	uint64_t id;
	char *path; /* owned */
};

/* The journals, and how far they are loaded. */
struct listing {
	bool is_listed;                /* else there is none yet */
	bool is_old;                   /* journals have come, or gone */
	uint64_t last_id;              /* of documents, when it was made */
	struct closed_journal *closed; /* owned, the newest first */
	struct index *index;           /* owned: of then */
	size_t count, cap, next;
	size_t own_seen;    /* flushes of this run of which bases[] know */
	struct base *bases; /* owned */
	size_t base_count, base_cap;
};

struct beyond {
	struct listing list;
	struct own_flush *own; /* owned */
	size_t own_count, own_cap;
	size_t open_count;     /* files of journals that were opened to stay */
	struct absent *absent; /* owned */
	size_t absent_count, absent_cap;
	/* While history is loaded: */
	struct job *job; /* borrowed; NULL: in no job */
	char **said;     /* owned: lines for its end */
	size_t said_count, said_cap;
};

/* Make session->beyond, if it is not there. ERR_NOMEM. */
bool session_past_need(struct session *session, struct error *err) MUST_USE;

/* Say it when the loading ends. */
void session_past_say(struct beyond *b, const char *line);

/* --- journals ------------------------------------------------------------- */

/* What another editor writes is none of ours, nor what is damaged. ERR_NO: it
   is being written; ERR_IO, ERR_NOMEM. */
struct recover *session_past_open(const struct folder *folder, const char *name,
                                  struct error *err) MUST_USE;
/* What was read of a journal need not be read again to know its files.
   ERR_NOMEM. */
bool session_past_learn(struct beyond *b, struct recover *rec,
                        struct error *err) MUST_USE;
/* List those of the documents that are open, where nothing is listed. ERR_IO,
   ERR_NOMEM, ERR_CANCELLED. */
bool session_past_list(struct session *session, const struct folder *folder,
                       struct error *err) MUST_USE;
/* As closed_begin(). Few of their files stay open. */
struct closed_load *session_past_begin(struct session *session,
                                       struct recover *rec,
                                       const struct folder *folder,
                                       bool *failed,
                                       struct error *err) MUST_USE;

/* --- bases ---------------------------------------------------------------- */

/* The history of a journal, as of now; and what came before it is seen through
   its flushes. ERR_NOMEM, ERR_LIMIT. */
struct past *session_past_map(struct closed_load *l,
                              struct error *err) MUST_USE;
bool session_past_pass(struct closed_load *l, struct error *err) MUST_USE;
/* Likewise through the flushes of this run. ERR_IO, ERR_CHANGED, ERR_NOMEM. */
bool session_past_see_own(struct session *session, const struct folder *folder,
                          struct error *err) MUST_USE;

#endif
