/*
 * leave.h - the question when the editor ends with edits that are not written
 *
 * Threads: the UI thread.
 */
#ifndef UI_LEAVE_H
#define UI_LEAVE_H

#include "base/base.h"

struct context;

enum { LEAVE_PATH = 56 };

/* May the editor end? False: a dialog has been opened instead. */
bool leave_may(struct context *ctx);

/* A folder as people write it: from the working directory, or with ~, and
   without its beginning if it does not fit. */
char *leave_folder(const char *path, char dst[static LEAVE_PATH]);

#endif
