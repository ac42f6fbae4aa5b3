/*
 * loop.h - the event loop of the editor
 *
 * Threads: the UI thread.
 */
#ifndef UI_LOOP_H
#define UI_LOOP_H

#include "base/base.h"

struct app;
struct error;

/* The signals that the loop takes as events: main blocks them before any
   thread starts, so that no handler of a library sees them. */
void loop_block_signals(void);

/* Run until quit, a signal or a hang-up; app->end_signal tells. False: the keys
   of the terminal are not known, which is found out after the first frame. */
bool loop_run(struct app *app, struct error *err) MUST_USE;

#endif
