/*
 * sink.h - where a batch writes: standard output, in whole lines
 *
 * A signal that ends a batch may come while the reader of a pipe is slow. What
 * has been printed by then are whole lines: a line that was begun is finished,
 * unless its reader takes nothing of it for a second.
 *
 * Threads: main's; the others have all signals blocked.
 */
#ifndef UI_SINK_H
#define UI_SINK_H

#include "base/base.h"

struct error;

/*
 * Make sure that descriptors 0, 1 and 2 are taken, so that no file of the user
 * can become one of them and be written to as an output. What was closed stays
 * unusable: writing to it fails. To be called before anything is opened.
 */
bool sink_guard(struct error *err) MUST_USE;

enum { SINK_SIGNALLED = 4 }; /* the exit status of a batch ended by a signal */

/* Let SIGINT, SIGTERM and SIGHUP end the process with SINK_SIGNALLED, unless
   they were ignored when it began. */
void sink_catch(void);

/* An output_sink. ERR_IO: the text names standard output. SIGPIPE is to be
   ignored. */
bool sink_write(void *ctx, const char *bytes, size_t len,
                struct error *err) MUST_USE;

#endif
