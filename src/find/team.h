/*
 * team.h - all matches by several workers at a time
 *
 * What search_all() does, with the same results in the same order, by as many
 * jobs as there are processors. One of them runs the team and ends when all is
 * done; the others help while it runs.
 *
 *	owner:   search_team_new() .. job_start() each .. search_team_free()
 *	a job:   search_team_run() ------- all matches ----------->|
 *	others:  search_team_help() ----->|
 *
 * Threads: as the functions say.
 */
#ifndef FIND_TEAM_H
#define FIND_TEAM_H

#include "base/base.h"
#include "find/search.h"

struct error;
struct job;
struct search_team;

/*
 * The range, options and take are those of search_all(); view and pattern are
 * borrowed. take is called in any of the jobs, in one at a time. Makes fewer
 * workers than asked for of a small range. ERR_NOMEM.
 */
struct search_team *search_team_new(const struct view *view,
                                    struct pattern *pattern,
                                    const struct search_options *options,
                                    size_t workers, search_take *take,
                                    void *arg, struct error *err) MUST_USE;

/* When nobody runs it or helps. NULL is allowed. */
void search_team_free(struct search_team *team);

/* How many can be of use: one that runs it, and helpers. */
size_t search_team_workers(const struct search_team *team);

/* Search, and wait for the helpers: blocks. As search_all(). Once. (a job) */
bool search_team_run(struct search_team *team, struct job *job,
                     struct search_totals *totals, struct error *err) MUST_USE;

/* Help, once it runs, as long as there is work; may come late. (other jobs) */
void search_team_help(struct search_team *team);

/* Helpers are not to wait for it any longer: it has run, or never will. */
void search_team_close(struct search_team *team);

#endif
