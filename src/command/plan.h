/*
 * plan.h - what a search looks for, where, and from where on
 *
 * --in and --not-in cut the range into parts, each of which is searched as a
 * range of its own: no match goes from one into another, and ^ and $ are at
 * their ends too.
 *
 *	range    |-------------------------------------|
 *	--in        |------|     |---|          |---------|
 *	parts       |------|     |---|          |------|
 *
 * Threads: plan_cut() is for the engine thread, the others are for any.
 */
#ifndef COMMAND_PLAN_H
#define COMMAND_PLAN_H

#include "base/base.h"
#include "find/search.h"

struct error;
struct interval;
struct job;
struct parts;
struct pattern;
struct ranges;
struct searcher;
struct session;
struct view;

struct plan {
	struct pattern *pattern; /* counted */
	struct parts *parts;     /* counted; NULL: not cut yet */
	/* from and until count in the range as a whole. */
	struct search_options options;
	bool backward;
	bool wrap; /* go on from the other end of the range */
};

/*
 * Cut the range of the options. *last, counted, is what was cut last, or NULL:
 * the same again gives the same parts, which can be compared. ERR_NOMEM.
 */
bool plan_cut(struct plan *plan, const struct session *session,
              struct ranges *in, struct ranges *not_in, struct parts **last,
              struct error *err) MUST_USE;

/* The only part there is, or NULL: there are none or several. */
const struct interval *plan_part(const struct plan *plan);

/* Counts what it refers to; plan_free(). */
struct plan plan_copy(const struct plan *plan);
void plan_free(struct plan *plan);
void parts_unref(struct parts *parts); /* NULL is allowed */

/*
 * The next match, from options.from on; *wrapped: it went on from the other
 * end. Blocks. The job may be NULL; its progress is over all parts. Totals are
 * of the last way through them. ERR_NO: none; else as search_next().
 */
bool plan_next(const struct plan *plan, const struct view *view,
               struct job *job, struct match *out, bool *wrapped,
               struct search_totals *totals, struct error *err) MUST_USE;

/* All of them, in the order of addresses, as search_all(). */
bool plan_all(const struct plan *plan, const struct view *view, struct job *job,
              search_take *take, void *arg, struct search_totals *totals,
              struct error *err) MUST_USE;

/* Is given a match that was found again, for searcher_group(). */
typedef bool plan_see(void *arg, const struct searcher *searcher,
                      struct error *err);

/* Find matches again that plan_all() or plan_next() gave, in the order of
   addresses. False when `see` fails too; else as searcher_again(). Blocks. */
bool plan_again(const struct plan *plan, const struct view *view,
                struct job *job, const struct match *v, size_t count,
                plan_see *see, void *arg, struct error *err) MUST_USE;

#endif
