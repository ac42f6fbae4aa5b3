/*
 * earlier.h - the history of earlier runs, before a command goes on
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_EARLIER_H
#define COMMAND_EARLIER_H

#include "base/base.h"

struct call;
struct context;
struct error;

/*
 * See that `steps` can be undone, those of earlier runs among them, as
 * session_load_past(). In the editor a job reads the journals: then *later, and
 * `call`, which is as it came to the command, is run again when that has ended.
 * Within a macro, a script or a line of several commands, the order of which is
 * not to change, and while another task runs, this waits for it.
 */
bool earlier_load(struct context *ctx, const struct call *call, size_t steps,
                  bool *later, struct error *err) MUST_USE;

#endif
