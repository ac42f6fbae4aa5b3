/*
 * team.c - see team.h
 *
 * parallel.c says how the work is divided and its results put together; each
 * worker walks with a searcher of its own. A chunk goes as far as a gap or a
 * hole that is passed at once, so that a space of any size has few of them.
 *
 * One that is told to stop by its job tells the helpers, who have none: theirs
 * would not know.
 */
#include "config.h"

#include "find/team.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/wait.h"
#include "find/parallel.h"
#include "space/view.h"

/* Test builds make it small, so that every match crosses chunks. */
#ifndef TEAM_CHUNK
#define TEAM_CHUNK ((uint64_t)4 << 20)
#endif

struct search_team {
	const struct view *view; /* borrowed */
	struct search_options options;
	search_take *take;
	void *arg;
	uint64_t given;
	atomic_bool stop;
	struct parallel *parallel; /* owned */
	size_t count;
	struct searcher **searchers; /* owned, and all of them */
	pthread_mutex_t lock;
	pthread_cond_t moved; /* any of these */
	bool runs, closed;
	size_t helpers; /* that have begun */
	size_t inside;  /* that have not ended */
};

static bool give(void *arg, const struct parallel_match *match)
{
	struct search_team *team = arg;
	struct match m = {
		.addr = match->addr,
		.len = match->len,
		.charset = match->kind,
	};

	team->given++;
	if (team->take(team->arg, &m) && team->given != team->options.max)
		return true;
	atomic_store(&team->stop, true);
	return false;
}

static uint64_t cut(void *arg, uint64_t from, uint64_t most)
{
	const struct search_team *team = arg;
	uint64_t end = team->options.end;
	uint64_t passed = searcher_passes(team->searchers[0], from, TEAM_CHUNK);

	return passed > from ? passed : from + u64_min(most, end - from);
}

/* A walk hands on what it finds as the other kind of match. */
struct handing {
	parallel_take *take;
	void *arg;
};

static bool hand_on(void *arg, const struct match *match)
{
	const struct handing *to = arg;
	struct parallel_match m = {
		.addr = match->addr,
		.len = match->len,
		.kind = (unsigned)match->charset,
	};

	return to->take(to->arg, &m);
}

static bool walk(void *searcher, uint64_t from, uint64_t until, uint64_t *seen,
                 parallel_take *take, void *arg, struct error *err)
{
	struct handing to = { take, arg };

	return searcher_walk(searcher, from, until, seen, hand_on, &to, err);
}

static bool make_workers(struct search_team *team, struct pattern *pattern,
                         struct error *err)
{
	const struct search_options *options = &team->options;
	struct parallel_plan plan = {
		.start = options->from,
		.end = options->end,
		.chunk = TEAM_CHUNK,
		.workers = team->count,
		.overlapping = options->overlapping,
		.cut = cut,
		.walk = walk,
		.take = give,
		.arg = team,
	};

	team->searchers =
		mem_zalloc(team->count * sizeof(struct searcher *), err);
	if (!team->searchers)
		return false;
	for (size_t i = 0; i < team->count; i++) {
		team->searchers[i] = searcher_new(team->view, pattern, options,
		                                  &team->stop, err);
		if (!team->searchers[i])
			return false;
	}
	team->parallel = parallel_new(&plan, err);
	return team->parallel != NULL;
}

struct search_team *search_team_new(const struct view *view,
                                    struct pattern *pattern,
                                    const struct search_options *options,
                                    size_t workers, search_take *take,
                                    void *arg, struct error *err)
{
	struct search_team *team = mem_zalloc(sizeof(*team), err);
	uint64_t chunks = (options->end - options->from) / TEAM_CHUNK;

	if (!team)
		return NULL;
	team->view = view;
	team->options = *options;
	team->take = take;
	team->arg = arg;
	team->count = (size_t)u64_max(u64_min(workers, chunks), 1);
	pthread_mutex_init(&team->lock, NULL);
	pthread_cond_init(&team->moved, NULL);
	atomic_init(&team->stop, false);
	if (!make_workers(team, pattern, err)) {
		search_team_free(team);
		return NULL;
	}
	return team;
}

void search_team_free(struct search_team *team)
{
	if (!team)
		return;
	parallel_free(team->parallel);
	for (size_t i = 0; team->searchers && i < team->count; i++)
		searcher_free(team->searchers[i]);
	mem_free(team->searchers);
	pthread_cond_destroy(&team->moved);
	pthread_mutex_destroy(&team->lock);
	mem_free(team);
}

size_t search_team_workers(const struct search_team *team)
{
	return team->count;
}

/* With what the searchers have counted. */
static bool result(const struct search_team *team, struct search_totals *totals,
                   struct error *err)
{
	*totals = (struct search_totals){ 0 };
	for (size_t i = 0; i < team->count; i++) {
		const struct search_totals *part =
			searcher_totals(team->searchers[i]);

		totals->searched += part->searched;
		totals->skipped += part->skipped;
	}
	return parallel_result(team->parallel, err);
}

bool search_team_run(struct search_team *team, struct job *job,
                     struct search_totals *totals, struct error *err)
{
	searcher_set_job(team->searchers[0], job);
	pthread_mutex_lock(&team->lock);
	team->runs = true;
	pthread_cond_broadcast(&team->moved);
	pthread_mutex_unlock(&team->lock);
	parallel_work(team->parallel, team->searchers[0]);
	search_team_close(team);
	pthread_mutex_lock(&team->lock);
	while (team->inside > 0) {
		if (job && job_cancelled(job))
			atomic_store(&team->stop, true);
		wait_a_little(&team->moved, &team->lock);
	}
	pthread_mutex_unlock(&team->lock);
	return result(team, totals, err);
}

void search_team_help(struct search_team *team)
{
	size_t idx = 0;

	pthread_mutex_lock(&team->lock);
	while (!team->runs && !team->closed)
		pthread_cond_wait(&team->moved, &team->lock);
	if (!team->closed && team->helpers + 1 < team->count) {
		idx = ++team->helpers;
		team->inside++;
	}
	pthread_mutex_unlock(&team->lock);
	if (idx == 0)
		return;
	parallel_work(team->parallel, team->searchers[idx]);
	pthread_mutex_lock(&team->lock);
	team->inside--;
	pthread_cond_broadcast(&team->moved);
	pthread_mutex_unlock(&team->lock);
}

void search_team_close(struct search_team *team)
{
	pthread_mutex_lock(&team->lock);
	team->closed = true;
	pthread_cond_broadcast(&team->moved);
	pthread_mutex_unlock(&team->lock);
}
