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
#include "find/search.h"

struct call;
struct command;
struct context;
struct error;
struct pattern;

/* A search as a command asks for it. */
struct find_plan {
	struct pattern *pattern; /* counted */
	struct search_options options;
	bool backward;
	bool wrap; /* go on from the other end of the space */
};

/* Is it find, find-all or count? */
bool find_is_search(const struct command *command);

/*
 * What a call of such a command would look for next; nothing is remembered.
 * ERR_NO: no pattern stands there. Errors as the command's own.
 */
bool find_read(struct context *ctx, struct call *call, struct find_plan *out,
               struct error *err) MUST_USE;

#endif
