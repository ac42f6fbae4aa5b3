/*
 * stage.h - a context with nothing open, and what stands on a canvas, for tests
 * of what is drawn
 *
 * Threads: the test's own.
 */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include "base/base.h"
#include "command/context.h"

struct canvas;

/* In a UTF-8 locale, with a session of its own. */
void stage_begin(struct context *ctx, struct output *out);
void stage_finish(struct context *ctx);

/* The text of a row, without the blanks at its end. Valid until the next
   call. */
const char *stage_row(const struct canvas *canvas, int row);

#endif
