/*
 * decide.h - journals are listed, shown, exported, or decided about, while the
 * editor lives
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_DECIDE_H
#define COMMAND_DECIDE_H

#include "base/base.h"

struct context;
struct error;

enum decide {
	DECIDE_LIST, /* all that there are */
	DECIDE_EXPORT,
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
/* The same for DECIDE_EXPORT, to this path. */
bool decide_export(struct context *ctx, const char *path, const char *journal,
                   struct error *err) MUST_USE;

#endif
