/*
 * recovery.h - the question at the start about edits of an earlier run
 *
 * Threads: the UI thread.
 */
#ifndef UI_RECOVERY_H
#define UI_RECOVERY_H

#include "base/base.h"

struct app;

/* Look what waits for the files that are open, and open the dialog, or only say
   it where nothing could be decided or nobody is to be asked. May block. */
void recovery_ask(struct app *app, bool ask);

#endif
