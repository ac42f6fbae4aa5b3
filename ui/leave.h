/*
 * leave.h - the question when the editor ends with edits that are not written
 *
 * Threads: the UI thread.
 */
#ifndef UI_LEAVE_H
#define UI_LEAVE_H

#include "base/base.h"

struct context;

/* May the editor end? False: a dialog has been opened instead. */
bool leave_may(struct context *ctx);

#endif
