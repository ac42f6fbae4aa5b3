/*
 * play.h - macros are run, and the last edit is
 *
 * Playing goes from line to line; where one leaves work in the background, it
 * goes on after that, so that the editor stays live. The first line that fails
 * ends all of it. What is edited is one step of undo.
 *
 *	play_macro() --> line, line .. (task) .. ctx->go_on() --> line ..
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_PLAY_H
#define COMMAND_PLAY_H

#include "base/base.h"

struct context;
struct error;

/* Play it so often: "" or "@" is the last one. ERR_NO: there is no such macro;
   ERR_STATE: macros play each other too deep; else as its lines. */
bool play_macro(struct context *ctx, const char *name, uint64_t count,
                struct error *err) MUST_USE;

/* Do the last edit so often, at the cursor. ERR_NO: there was none; else as the
   command. */
bool play_edit(struct context *ctx, uint64_t count, struct error *err) MUST_USE;

#endif
