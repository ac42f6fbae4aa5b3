/*
 * waiting.h - edits of earlier runs: what waits, and what to do about it
 *
 * A program that ended with edits that were not written has left them in a
 * journal. At the start, and whenever a file is opened, the user is told; until
 * the edits are taken up or discarded their files cannot be edited.
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_WAITING_H
#define COMMAND_WAITING_H

#include "base/base.h"
#include "keep/recover.h"

struct context;
struct error;

/* --recover: what to do at the start. */
enum waiting_wish {
	WAITING_ASK,  /* the editor asks; batch leaves them */
	WAITING_YES,  /* take them up; finish a flush that was not */
	WAITING_BACK, /* leave them; roll such a flush back */
	WAITING_NO,   /* leave them */
	WAITING_LIST  /* list them, and end */
};

/* Edits of one document in one journal. */
struct waiting {
	char journal[RECORD_NAME + 8]; /* its name */
	int64_t created;               /* ns since the epoch */
	uint32_t steps;                /* of undo, that can be taken up */
	uint64_t doc;
	bool is_damaged;  /* the journal is: what is before that can be read */
	bool is_torn;     /* behind it a change was not finished */
	bool is_flushing; /* see struct session_waiting */
	char was[256];    /* likewise; "": the name that it has */
	struct recover_checked checked;
};

/* Sorted by the age of the journals, the oldest first. */
struct waitings {
	struct waiting *v; /* owned */
	size_t count, cap;
};

/* What waits for the documents that are open. ERR_IO, ERR_NOMEM. */
bool waiting_look(struct context *ctx, struct waitings *out,
                  struct error *err) MUST_USE;
void waiting_free(struct waitings *all);
/* What session_look_work() has found; in its thread. And that in the engine's
   when it has ended, which is its end. ERR_CANCELLED. */
bool waiting_collect(struct context *ctx, struct waitings *out,
                     struct error *err) MUST_USE;
bool waiting_end_look(struct context *ctx, struct waitings *out,
                      struct error *err) MUST_USE;

/* Can it be taken up? Else bytes that were edited are others now, or gone. */
bool waiting_fits(const struct waiting *w);

/* Is one of them a flush that was left unfinished? */
bool waiting_any_flushes(const struct waitings *all);

/* "2 edits wait for disk.001 since 2026-11-21 07:46 (touched)": of all lines
   the one that tells it. Room for ERROR_TEXT bytes. */
char *waiting_text(struct context *ctx, const struct waiting *w, char *dst);

/* Look, and say what waits, a line each. */
bool waiting_say(struct context *ctx, struct error *err) MUST_USE;

/*
 * Take up what waits for the documents that are open, in this journal or, with
 * "", in any, the oldest first.
 * What was taken up stays so when a later one fails. *done: how many journals.
 * In the editor what does not fit is left out, and said; else it is refused.
 * ERR_CHANGED: a file is no longer what was edited, or edits of two runs wait
 * for it; ERR_STATE: an edit also changes a file that is not open;
 * ERR_READONLY, ERR_OVERLAP, ERR_IO, ERR_NOMEM.
 */
bool waiting_take_up(struct context *ctx, const char *journal, size_t *done,
                     struct error *err) MUST_USE;

/* The same in the editor: a task, which Esc stops. What fails is its end. */
bool waiting_take_up_begin(struct context *ctx, const char *journal,
                           struct error *err) MUST_USE;
/* May it be? In any thread, while the session changes nothing. */
bool waiting_check(const struct context *ctx, const struct waitings *all,
                   const char *journal, struct error *err) MUST_USE;
/* There is nothing to take up, or no flush to end: ERR_NO. */
bool waiting_nothing(struct error *err);
bool waiting_no_flush(struct error *err);

/* End the flushes that were left unfinished, of documents that are open: in
   this journal or, with "", in any. *done: how many. Fails as
   session_settle_flush(). */
bool waiting_end_flushes(struct context *ctx, const char *journal,
                         enum recover_end end, size_t *done,
                         struct error *err) MUST_USE;

/* Does a flush that was left unfinished keep this program from going on? Where
   all of its files are only read it does not. ERR_STATE: it does. */
bool waiting_refuses(struct context *ctx, struct error *err) MUST_USE;

/* "2026-11-21 07:46", local time. */
char *waiting_time(int64_t ns, char dst[static 24]);

#endif
