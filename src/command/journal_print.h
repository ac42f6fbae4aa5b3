/*
 * journal_print.h - what stands in a journal, change by change
 *
 * In the order in which it was done, undo and redo included. A change of a
 * document puts `new` bytes in the place of `old_len` bytes at `off`; one with
 * many bytes comes in parts, which are to be made one after the other.
 *
 * Threads: any, while the session changes nothing.
 */
#ifndef COMMAND_JOURNAL_PRINT_H
#define COMMAND_JOURNAL_PRINT_H

#include "base/base.h"

struct context;
struct error;
struct job;
struct output;
struct recover;

/* To `out`, as text or JSON. ERR_IO, ERR_CHANGED, ERR_NOMEM. A failure of the
   output is kept by it. */
bool journal_print(struct context *ctx, struct recover *rec, struct output *out,
                   struct error *err) MUST_USE;

/* The same of one that is named, for a job or NULL. ERR_STATE: an editor is
   writing it, or it cannot be read; ERR_NO, ERR_CANCELLED. */
bool journal_print_named(struct context *ctx, const char *name, struct job *job,
                         struct output *out, struct error *err) MUST_USE;

#endif
