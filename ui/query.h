/*
 * query.h - the question about each match of replace-all -q
 *
 * The matches are gone through in a dialog that stands beside the one that it
 * is about. Nothing is written until the last answer.
 *
 * Threads: the UI thread.
 */
#ifndef UI_QUERY_H
#define UI_QUERY_H

#include "base/base.h"

struct app;
struct context;
struct error;
struct replacing;

struct query {
	struct replacing *matches; /* owned; NULL: nothing is asked */
	size_t at;                 /* the one that is asked about */
	size_t chosen;             /* of those before it */
};

/* Ask: see context.h, ask_replace. */
void query_ask(struct context *ctx, struct replacing *replacing);
/* yes, no, all, back, end. ERR_SYNTAX: no such word; ERR_NO: nothing is asked;
   else what the replacement fails with. */
bool query_answer(struct app *app, const char *word,
                  struct error *err) MUST_USE;
/* After a frame: the dialog may have been closed without an answer. */
void query_work(struct app *app);
void query_free(struct query *query);

#endif
