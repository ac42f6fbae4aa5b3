/*
 * decide.h - journals are shown, or decided about, while the editor lives
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_DECIDE_H
#define COMMAND_DECIDE_H

#include "base/base.h"

struct context;
struct error;

enum decide {
	DECIDE_SHOW,
	DECIDE_DISCARD,
	DECIDE_FINISH,
	DECIDE_BACK,
};

/* A task, which Esc stops before anything is written: with this journal or,
   with "", with all in which something waits for the files that are open. What
   fails is its end. ERR_STATE, ERR_NOMEM. */
bool decide_begin(struct context *ctx, enum decide what, const char *journal,
                  struct error *err) MUST_USE;

#endif
