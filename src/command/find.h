/*
 * find.h - what a search command asks for, without running it
 *
 * The editor looks for what is being typed, and marks what was sought last.
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_FIND_H
#define COMMAND_FIND_H

#include "base/base.h"
#include "command/plan.h"

struct asked;
struct call;
struct command;
struct context;
struct error;

/* The options of find, find-all and count. */
#define FIND_LETTERS     "baeiwp"
#define FIND_ALL_LETTERS "noaeiwp"
#define COUNT_LETTERS    "noaeiw"

/*
 * Where to look: for the next match, as find does, or for all in the range of
 * the call. *out is the caller's: plan_free(). ERR_NOMEM.
 */
bool find_plan(struct context *ctx, const struct call *call, bool all,
               const struct asked *asked, struct plan *out,
               struct error *err) MUST_USE;

/* False: ERR_NO, and how much could not be searched. */
bool find_not_found(const struct search_totals *totals, struct error *err);

/* Of bytes that could not be searched: "; 5 bytes could not be searched", or
   nothing. The editor shows one message, so it stands behind the result. */
struct find_skipped {
	char s[64];
};
struct find_skipped find_skipped(uint64_t skipped);

/* Is it find, find-all or count, or one that asked_replaces()? */
bool find_is_search(const struct command *command);

/*
 * What a call of such a command would look for next; nothing is remembered as
 * the last search. *out is the caller's: plan_free().
 * ERR_NO: no pattern stands there. Errors as the command's own.
 */
bool find_read(struct context *ctx, struct call *call, struct plan *out,
               struct error *err) MUST_USE;

/* What the last search would mark: all its matches, in the whole space. The
   same. ERR_NO: there was none. */
bool find_last(struct context *ctx, struct plan *out,
               struct error *err) MUST_USE;

#endif
