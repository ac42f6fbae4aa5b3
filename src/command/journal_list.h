/*
 * journal_list.h - the journals that are there, and what each is about
 *
 * Threads: any, while the session changes nothing.
 */
#ifndef COMMAND_JOURNAL_LIST_H
#define COMMAND_JOURNAL_LIST_H

#include "base/base.h"
#include "keep/recover.h"

struct context;
struct error;
struct folder;
struct job;
struct output;

/* The one journal whose name begins so. ERR_NO; ERR_SYNTAX: there are several;
   ERR_IO, ERR_NOMEM. */
bool journal_list_name(struct context *ctx, const char *begin,
                       char dst[static RECORD_NAME + 8],
                       struct error *err) MUST_USE;

typedef void journal_list_say(void *arg, const char *text);

/* All of them in a folder (NULL: none) to `out`, as text or JSON, for a job or
   NULL; `say` is told why one cannot be opened. Blocks. ERR_IO, ERR_CANCELLED,
   ERR_NOMEM. */
bool journal_list(struct context *ctx, const struct folder *folder,
                  struct job *job, struct output *out, journal_list_say *say,
                  void *arg, struct error *err) MUST_USE;

#endif
