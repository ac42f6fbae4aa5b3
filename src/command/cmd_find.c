/*
 * cmd_find.c - find, find-all, count, refs, next match, prev match
 *
 * All search in a job, so that the editor stays live and Esc ends it. What
 * find-all finds comes through a channel; it is printed, or put into a set, as
 * it comes.
 */
#include "config.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/channel.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/asked.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/find.h"
#include "command/found.h"
#include "command/table.h"
#include "find/pattern.h"
#include "find/search.h"
#include "find/team.h"
#include "session.h"
#include "space/ranges.h"
#include "space/shown.h"
#include "space/view.h"

enum {
	WAITING = 4096,       /* matches in a channel */
	EDITOR_LINES = 10000, /* that the editor lists */
};

/* A search in the background, and what came of it. */
struct finding {
	struct view *view;       /* counted */
	struct plan plan;        /* owned */
	uint64_t count;          /* of find: the count-th match */
	struct channel *channel; /* owned; of find-all */
	/* of find-all and count; NULL: one alone */
	struct search_team *team; /* owned */
	struct job **helpers;     /* owned, and all of them */
	size_t helper_count;
	struct job *job;     /* of the task, once it runs */
	const char *command; /* its name; static */
	char as[SET_NAME];   /* the set of that name.. */
	struct ranges *set;  /* .. is this one; counted, NULL: none */
	bool shows;          /* the bytes of matches are printed */
	uint64_t lines;      /* that are still to be printed */
	/* what the engine thread leaves */
	bool refused;          /* no more matches are taken.. */
	struct error take_err; /* .. for this reason */
	/* what the job leaves */
	bool ok;
	struct error err; /* unless ok */
	struct match match;
	_Atomic uint64_t found; /* looked at while it runs */
	bool wrapped;
	struct search_totals totals;
};

static void finding_free(void *arg)
{
	struct finding *f = arg;

	if (f->team)
		search_team_close(f->team);
	for (size_t i = 0; i < f->helper_count; i++)
		job_free(f->helpers[i]);
	mem_free(f->helpers);
	search_team_free(f->team);
	view_unref(f->view);
	plan_free(&f->plan);
	channel_free(f->channel);
	ranges_free(f->set);
	mem_free(f);
}

/* Remembers and frees what was asked for. all: over the range of the call. */
static struct finding *finding_new(struct context *ctx, const struct call *call,
                                   bool all, struct asked *asked,
                                   struct error *err)
{
	struct finding *f = mem_zalloc(sizeof(*f), err);

	asked_remember(ctx, asked);
	if (f && !find_plan(ctx, call, all, asked, &f->plan, err)) {
		mem_free(f);
		f = NULL;
	}
	if (f) {
		f->view = view_ref(session_view(ctx->session));
		f->count = 1;
		f->command = call->command->name;
		f->shows = asked->shows;
		memcpy(f->as, asked->as, sizeof(f->as));
	}
	asked_free(asked);
	return f;
}

/* Start it; takes f over. */
static bool start(struct context *ctx, struct finding *f, struct task task,
                  job_run *run, struct error *err)
{
	struct task *copy = mem_zalloc(sizeof(*copy), err);

	if (!copy) {
		finding_free(f);
		return false;
	}
	*copy = task;
	copy->arg = f;
	copy->free = finding_free;
	ctx->searches++;
	return context_start(ctx, copy, run, err);
}

/* As the search has seen it, whatever was edited since. */
static bool print_match(struct context *ctx, const struct finding *f,
                        const struct match *m, struct error *err)
{
	unsigned char bytes[FOUND_BYTES];
	struct found found = {
		.addr = m->addr,
		.len = m->len,
		.charset = pattern_charset(f->plan.pattern, m->charset),
	};

	if (f->shows) {
		found.bytes = bytes;
		found.shown = (size_t)u64_min(m->len, sizeof(bytes));
		if (!context_read_view(f->view, m->addr, bytes, found.shown,
		                       err))
			return false;
	}
	found_print(ctx->out, view_space(f->view), &found);
	return true;
}

/* --- find, next match, prev match ---------------------------------------- */

static void find_work(struct job *job, void *arg)
{
	struct finding *f = arg;
	struct plan *plan = &f->plan;

	f->ok = true;
	for (uint64_t i = 0; f->ok && i < f->count; i++) {
		bool wrapped;

		if (i > 0)
			plan->options.from = f->match.addr + !plan->backward;
		f->ok = plan_next(plan, f->view, job, &f->match, &wrapped,
		                  &f->totals, &f->err);
		f->wrapped |= wrapped;
	}
}

static bool find_done(struct context *ctx, void *arg, struct error *err)
{
	const struct finding *f = arg;
	const struct match *m = &f->match;

	if (!f->ok) {
		*err = f->err;
		return err->code == ERR_NO && find_not_found(&f->totals, err);
	}
	context_jump(ctx, space_place(context_space(ctx), m->addr));
	if (ctx->batch)
		return print_match(ctx, f, m, err);
	if (ctx->selecting != SELECT_STICKY)
		context_select(ctx, m->addr, m->addr + m->len, SELECT_SHIFT);
	if (f->wrapped)
		context_say(ctx, "went on from the %s",
		            f->plan.backward ? "end" : "start");
	return true;
}

static const char *about(const void *arg)
{
	const struct finding *f = arg;

	return pattern_text(f->plan.pattern);
}

static const struct task find_task = {
	.name = "find",
	.about = about,
	.finish = find_done,
	.moves = true,
};

RUN(find)
{
	struct asked asked;
	struct finding *f;

	if (!asked_read(ctx, call, FIND_LETTERS, false, &asked, err))
		return false;
	f = finding_new(ctx, call, false, &asked, err);
	return f && start(ctx, f, find_task, find_work, err);
}

static bool all_done(struct context *ctx, void *arg, struct error *err);

/* The set that find-all fills now with matches of the last pattern, or NULL. */
static struct ranges *filled_set(const struct context *ctx)
{
	const struct finding *f;

	if (ctx->batch || !ctx->task || ctx->task->finish != all_done)
		return NULL;
	f = ctx->task->arg;
	if (!f->set || f->plan.pattern != ctx->last_pattern)
		return NULL;
	return sets_find(&ctx->sets, f->as) == f->set ? f->set : NULL;
}

bool find_again(struct context *ctx, bool forward, uint64_t count,
                struct error *err)
{
	struct finding *f;
	struct plan *plan;
	struct ranges *set;

	/* Go through that one, so that find-all goes on. */
	set = filled_set(ctx);
	if (set)
		return range_again(ctx, set, forward, count, err);
	f = mem_zalloc(sizeof(*f), err);
	if (!f || !find_last(ctx, &f->plan, err)) {
		mem_free(f);
		return false;
	}
	f->view = view_ref(session_view(ctx->session));
	f->count = count;
	plan = &f->plan;
	plan->backward = !forward;
	plan->options.from =
		u64_min(ctx->cursor.addr + forward, plan->options.end);
	plan->wrap = !ctx->batch && ctx->options.wrapscan;
	return start(ctx, f, find_task, find_work, err);
}

/* --- find-all, count ----------------------------------------------------- */

/* In any job of the team, but in one at a time: a count that others only look
   at need not wait for the memory that is being scanned. */
static bool give(void *arg, const struct match *match)
{
	struct finding *f = arg;
	uint64_t found =
		atomic_load_explicit(&f->found, memory_order_relaxed) + 1;

	atomic_store_explicit(&f->found, found, memory_order_relaxed);
	return !f->channel || channel_put(f->channel, f->job, match);
}

static void all_help(struct job *job, void *arg)
{
	(void)job;
	search_team_help(arg);
}

static bool search(struct finding *f, struct job *job)
{
	if (f->team)
		return search_team_run(f->team, job, &f->totals, &f->err);
	return plan_all(&f->plan, f->view, job, give, f, &f->totals, &f->err);
}

static void all_work(struct job *job, void *arg)
{
	struct finding *f = arg;

	f->job = job;
	f->ok = search(f, job);
	/* Matches that nobody took may be missing. */
	f->ok = f->ok && job_goes_on(job, &f->err);
}

/* Put a match into the set. */
static bool keep(struct context *ctx, struct finding *f, const struct match *m)
{
	struct error *err = &f->take_err;

	f->refused = true;
	if (sets_find(&ctx->sets, f->as) != f->set)
		return error_set(err, ERR_CANCELLED, "%%%s was dropped", f->as);
	if (ranges_count(f->set) >= ctx->set_limit)
		return error_set(err, ERR_LIMIT,
		                 "more than %" PRIu64 " matches, %%%s has the "
		                 "first ones (-n limits them)",
		                 ctx->set_limit, f->as);
	if (!shown_add(f->set, view_space(f->view), m->addr, m->addr + m->len,
	               err))
		return false;
	f->refused = false;
	return true;
}

/* Print or keep what has come. False: nobody takes it any more. */
static bool all_take(struct context *ctx, void *arg)
{
	struct finding *f = arg;
	struct match items[64];
	struct error ignored;
	size_t n;

	while (!f->refused &&
	       (n = channel_take(f->channel, items, ARRAY_LEN(items))) > 0) {
		for (size_t i = 0; i < n; i++) {
			if (f->set && !keep(ctx, f, &items[i]))
				return false;
			if (f->lines == 0)
				continue;
			f->lines--;
			if (!print_match(ctx, f, &items[i], &f->take_err)) {
				f->refused = true;
				return false;
			}
		}
		if (output_failed(ctx->out))
			return false;
	}
	/* Kept by the output, which is asked for it after the command. */
	return !f->refused && output_flush(ctx->out, &ignored);
}

static void say_skipped(struct context *ctx, const struct finding *f)
{
	if (ctx->batch && f->totals.skipped > 0)
		context_say(ctx, "%s: %" PRIu64 " byte%s could not be searched",
		            f->command, f->totals.skipped,
		            text_plural(f->totals.skipped));
}

/* "match", "matches". */
static const char *matches_end(uint64_t count)
{
	return count == 1 ? "" : "es";
}

/* The end of the list in the editor. */
static void say_found(struct context *ctx, const struct finding *f)
{
	struct find_skipped skipped = find_skipped(f->totals.skipped);

	if (f->found == 0)
		context_say(ctx, "not found%s", skipped.s);
	else if (f->found == ctx->set_limit)
		context_say(ctx, "%%%s: the first %" PRIu64 " match%s%s", f->as,
		            f->found, matches_end(f->found), skipped.s);
	else
		context_say(ctx, "%%%s: %" PRIu64 " match%s%s", f->as, f->found,
		            matches_end(f->found), skipped.s);
}

static bool all_done(struct context *ctx, void *arg, struct error *err)
{
	struct finding *f = arg;

	(void)all_take(ctx, f);
	if (f->refused || !f->ok) {
		*err = f->refused ? f->take_err : f->err;
		return false;
	}
	if (f->found == 0)
		ctx->status = 1;
	if (ctx->out->json) {
		json_begin(ctx->out);
		if (f->set) {
			json_string(ctx->out, "set", f->as);
			json_number(ctx->out, "ranges", f->found);
		}
		json_number(ctx->out, "searched", f->totals.searched);
		json_number(ctx->out, "skipped", f->totals.skipped);
		json_end(ctx->out);
		return true;
	}
	if (!ctx->batch)
		say_found(ctx, f);
	say_skipped(ctx, f);
	return true;
}

static bool count_done(struct context *ctx, void *arg, struct error *err)
{
	const struct finding *f = arg;

	if (!f->ok) {
		*err = f->err;
		return false;
	}
	if (f->found == 0)
		ctx->status = 1;
	if (ctx->out->json) {
		json_begin(ctx->out);
		json_number(ctx->out, "count", f->found);
		json_end(ctx->out);
	} else if (ctx->batch) {
		output_text(ctx->out, "%" PRIu64 "\n", f->found);
	} else {
		context_say(ctx, "%" PRIu64 " match%s%s", f->found,
		            matches_end(f->found),
		            find_skipped(f->totals.skipped).s);
	}
	say_skipped(ctx, f);
	return true;
}

static uint64_t found_so_far(const void *arg)
{
	const struct finding *f = arg;

	return f->found;
}

static const struct task all_task = {
	.about = about,
	.found = found_so_far,
	.name = "find-all",
	.take = all_take,
	.finish = all_done,
};

static const struct task count_task = {
	.about = about,
	.found = found_so_far,
	.name = "count",
	.finish = count_done,
};

/* Have a team for it, unless the range is in parts or small. */
static bool make_team(struct context *ctx, struct finding *f, struct error *err)
{
	const struct interval *part = plan_part(&f->plan);
	struct search_options o = f->plan.options;
	size_t workers = pool_threads(session_pool(ctx->session));

	if (!part || workers == 1)
		return true;
	o.start = o.from = part->start;
	o.end = part->end;
	f->team = search_team_new(f->view, f->plan.pattern, &o, workers, give,
	                          f, err);
	if (!f->team)
		return false;
	workers = search_team_workers(f->team);
	f->helpers = mem_resize(NULL, workers, sizeof(struct job *), err);
	if (f->helpers && workers > 1)
		return true;
	search_team_free(f->team);
	f->team = NULL;
	return f->helpers != NULL;
}

/* Start it with as many helpers as are of use. Takes f over. */
static bool start_all(struct context *ctx, struct finding *f, struct task task,
                      struct error *err)
{
	struct pool *pool = session_pool(ctx->session);
	struct error ignored;
	size_t workers;

	if (!make_team(ctx, f, err)) {
		finding_free(f);
		return false;
	}
	workers = f->team ? search_team_workers(f->team) : 1;
	if (!start(ctx, f, task, all_work, err))
		return false;
	for (size_t i = 1; i < workers; i++) {
		struct job *job = job_start(pool, JOB_COMPUTE, all_help,
		                            f->team, &ignored);

		if (job)
			f->helpers[f->helper_count++] = job;
	}
	return true;
}

/* The set for the matches. The editor always keeps them; its list is limited,
   while a batch that would leave matches out fails. */
static bool make_set(struct context *ctx, struct finding *f, struct error *err)
{
	uint64_t *max = &f->plan.options.max;
	uint64_t limit = ctx->set_limit + ctx->batch;

	if (!f->as[0]) {
		f->lines = ctx->batch ? UINT64_MAX : EDITOR_LINES;
		/* A panel lists them. */
		if (ctx->show_panel)
			f->lines = 0;
		if (ctx->batch)
			return true;
		memcpy(f->as, "found", sizeof("found"));
	}
	if (*max == 0 || *max > limit)
		*max = limit;
	f->set = ranges_new(err);
	return f->set && sets_put(&ctx->sets, f->as, f->set, err);
}

/* List, or put into a set, all matches. Frees what was asked for. */
static bool find_all(struct context *ctx, struct call *call,
                     struct asked *asked, struct error *err)
{
	struct finding *f = finding_new(ctx, call, true, asked, err);

	if (!f)
		return false;
	f->channel = channel_new(sizeof(struct match), WAITING, err);
	if (!f->channel || !make_set(ctx, f, err)) {
		finding_free(f);
		return false;
	}
	return start_all(ctx, f, all_task, err) &&
	       (!ctx->show_panel || ctx->show_panel(ctx, "matches"));
}

RUN(find_all)
{
	struct asked asked;

	return asked_read(ctx, call, FIND_ALL_LETTERS, true, &asked, err) &&
	       find_all(ctx, call, &asked, err);
}

RUN(refs)
{
	struct asked asked;

	return asked_refs(ctx, call, &asked, err) &&
	       find_all(ctx, call, &asked, err);
}

RUN(count)
{
	struct asked asked;
	struct finding *f;

	if (!asked_read(ctx, call, COUNT_LETTERS, false, &asked, err))
		return false;
	f = finding_new(ctx, call, true, &asked, err);
	return f && start_all(ctx, f, count_task, err);
}
