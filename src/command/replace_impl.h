/*
 * replace_impl.h - the inside of a replacement, for the files that make it
 *
 *	cmd_replace.c { line, job } --> replace_ask.c { which? }
 *	    --> replace_edit.c { all of it as one edit }
 *
 * Threads: the engine's, but for what the job leaves, which is the job's until
 * that has ended.
 */
#ifndef COMMAND_REPLACE_IMPL_H
#define COMMAND_REPLACE_IMPL_H

#include "base/base.h"
#include "base/error.h"
#include "command/content.h"
#include "command/plan.h"
#include "find/expand.h"
#include "find/search.h"

struct context;
struct match;
struct view;

/* What matches are replaced by. */
struct substitute {
	bool expands;               /* by what the match is made of.. */
	struct expansion expansion; /* .. in this way: owned */
	struct content value;       /* owned; else by this */
	bool pads;
	struct content pad; /* owned: behind what is shorter than its match */
};

struct replacing {
	struct view *view;   /* counted */
	struct plan plan;    /* owned */
	uint64_t generation; /* of the session, when it was begun */
	bool all;
	bool asks;    /* about each of them */
	bool *chosen; /* owned: by the answers; NULL: all are */
	size_t limit; /* of matches */
	struct substitute by;
	/* what the job leaves */
	struct match *v; /* owned */
	size_t count, cap;
	struct expanded
		text;    /* owned: of all expansions, one after the other */
	size_t *ends;    /* owned: where each ends in the text */
	size_t expanded; /* how many there are */
	bool ok;
	struct error err; /* unless ok */
	struct search_totals totals;
	_Atomic uint64_t found; /* looked at while it runs */
};

/* Replace those that were chosen; *behind is how far the first replacement
   goes. ERR_CHANGED: something was edited since; else as session_edit(). */
bool replace_make(struct context *ctx, const struct replacing *r,
                  uint64_t *behind, struct error *err) MUST_USE;
/* Say how many. */
void replace_report(struct context *ctx, const struct replacing *r,
                    size_t count);

#endif
