/*
 * asked.h - what a search is asked for: the arguments of find and its like
 *
 *	{ option } [ PATTERN ] { option } [ "as" "%" NAME ]
 *	{ option } PATTERN VALUE [ "--pad" VALUE ]
 *
 * Options may stand anywhere until "--".
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_ASKED_H
#define COMMAND_ASKED_H

#include "base/base.h"
#include "base/lexer.h"
#include "command/sets.h"
#include "find/search.h"

struct call;
struct command;
struct context;
struct error;
struct pattern;
struct ranges;

struct asked {
	struct pattern *pattern; /* counted */
	struct alignment align;
	struct ranges *in;     /* counted; NULL: everything */
	struct ranges *not_in; /* counted; NULL: nothing */
	uint64_t max;          /* 0: all */
	bool backward, overlapping, asks, shows;
	bool typed;        /* a pattern stands there; also set in failure */
	char as[SET_NAME]; /* the set for the matches; "": none */
	/* Of a replacement: where its value stands in the line, and that of
	   --pad, if has_pad. */
	struct lexer value, pad;
	bool has_pad;
};

/*
 * Read the arguments of a call, whose options are `letters` beside --in and
 * --not-in; `lists`: `as` may stand there. Without a pattern it is the last
 * one, with what stood with it. *out is the caller's: asked_free(). ERR_SYNTAX
 * and ERR_RANGE with a column, ERR_NOMEM.
 */
bool asked_read(struct context *ctx, struct call *call, const char *letters,
                bool lists, struct asked *out, struct error *err) MUST_USE;

/* The same for refs: an address instead of a pattern, and -t and -r among the
   options. */
bool asked_refs(struct context *ctx, struct call *call, struct asked *out,
                struct error *err) MUST_USE;

/* The same for replace and replace-all: a pattern and a value, neither of which
   may be left out. */
bool asked_replace(struct context *ctx, struct call *call, const char *letters,
                   struct asked *out, struct error *err) MUST_USE;

/* Is it one of these two? */
bool asked_replaces(const struct command *command);

/* What was asked for becomes the last search. */
void asked_remember(struct context *ctx, const struct asked *asked);

/* The last search again. ERR_NO: there was none. */
bool asked_again(struct context *ctx, struct asked *out,
                 struct error *err) MUST_USE;

void asked_free(struct asked *asked);

#endif
