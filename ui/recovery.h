/*
 * recovery.h - the question at the start about edits of an earlier run
 *
 * The first frame does not wait for it, nor do cursor and screen: a job looks,
 * and then a dialog opens.
 *
 * Threads: the UI thread.
 */
#ifndef UI_RECOVERY_H
#define UI_RECOVERY_H

#include "base/base.h"

struct app;
struct job;

enum recovery_wish {
	RECOVERY_NONE,
	RECOVERY_SAY,  /* a line for each */
	RECOVERY_ASK,  /* open the dialog, where something can be decided */
	RECOVERY_TAKE, /* take them up */
};

/* All zero: nothing is wanted, and nobody looks. */
struct recovery {
	enum recovery_wish due; /* it is to begin with the next frame */
	enum recovery_wish wish;
	struct job *job; /* owned: looks */
	uint64_t began;  /* ns */
};

/* Look what waits for the files that are open, in a job. Until it has ended
   they cannot be edited. */
void recovery_begin(struct app *app, enum recovery_wish wish);
/* It has ended: open the dialog, or say what waits. False: it is another
   job. */
bool recovery_done(struct app *app, const struct job *job);
/* Is it looked, or due to be? */
bool recovery_is_idle(const struct recovery *recovery);
/* Have it stopped; false: nothing to stop. */
bool recovery_stop(struct app *app);
/* The editor ends. */
void recovery_close(struct recovery *recovery);

#endif
