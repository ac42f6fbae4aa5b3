/*
 * cmd_replace.c - replace, replace-all
 *
 * A job finds all matches in the view as it is, and what each is replaced by;
 * then all of it is one edit. So what was put in is not searched again, and
 * either everything is replaced or nothing. What is edited meanwhile in the
 * editor makes the matches worthless: then nothing is. replace-all -q lets the
 * user choose among them before.
 */
#include "config.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/asked.h"
#include "command/commands.h"
#include "command/content.h"
#include "command/context.h"
#include "command/find.h"
#include "command/replace.h"
#include "command/replace_impl.h"
#include "command/table.h"
#include "edit/store.h"
#include "find/expand.h"
#include "find/pattern.h"
#include "session.h"
#include "space/view.h"

static void substitute_free(struct substitute *by)
{
	expand_free(&by->expansion);
	content_free(&by->value);
	content_free(&by->pad);
}

void replacing_free(void *replacing)
{
	struct replacing *r = replacing;

	view_unref(r->view);
	plan_free(&r->plan);
	substitute_free(&r->by);
	mem_free(r->v);
	mem_free(r->text.v);
	mem_free(r->ends);
	mem_free(r->chosen);
	mem_free(r);
}

/* --- what stands in the line ---------------------------------------------- */

/* A value at another place of the same line. */
static struct call at_value(const struct call *call, struct lexer value)
{
	struct call copy = *call;

	copy.args.pos = value.pos;
	return copy;
}

static bool read_expansion(const struct call *call, const struct asked *asked,
                           struct substitute *by, struct error *err)
{
	struct lexer lx = call->args;

	lx.pos = asked->value.pos;
	by->expands = true;
	if (!expand_read(&lx, asked->pattern, &by->expansion, err))
		return false;
	return lx.pos == lx.len || lx.line[lx.pos] == ' ' ||
	       lx.line[lx.pos] == '\t' ||
	       error_at(err, lx.pos + 1, "a blank must follow");
}

static bool read_pad(struct context *ctx, const struct call *call,
                     const struct asked *asked, struct substitute *by,
                     struct error *err)
{
	struct call pad = at_value(call, asked->pad);

	by->pads = asked->has_pad;
	if (!asked->has_pad)
		return true;
	return content_read(ctx, &pad, &by->pad, err);
}

/* On failure what was read is dropped. */
static bool read_substitute(struct context *ctx, const struct call *call,
                            const struct asked *asked, struct substitute *by,
                            struct error *err)
{
	struct call value = at_value(call, asked->value);
	bool ok;

	*by = (struct substitute){ 0 };
	if (value.args.line[value.args.pos] == '/')
		ok = read_expansion(call, asked, by, err);
	else
		ok = content_read_empty(ctx, &value, &by->value, err);
	if (ok && read_pad(ctx, call, asked, by, err))
		return true;
	substitute_free(by);
	return false;
}

/* --- the job ------------------------------------------------------------- */

static bool take(void *arg, const struct match *match)
{
	struct replacing *r = arg;

	r->ok = mem_grow(&r->v, &r->cap, r->count + 1, sizeof(*r->v), &r->err);
	if (!r->ok)
		return false;
	r->v[r->count++] = *match;
	r->found++;
	return true;
}

static bool find_matches(struct replacing *r, struct job *job)
{
	struct match match;
	bool wrapped;

	r->ok = true;
	if (r->all)
		return plan_all(&r->plan, r->view, job, take, r, &r->totals,
		                &r->err) &&
		       r->ok;
	return plan_next(&r->plan, r->view, job, &match, &wrapped, &r->totals,
	                 &r->err) &&
	       take(r, &match);
}

static bool see(void *arg, const struct searcher *searcher, struct error *err)
{
	struct replacing *r = arg;

	if (!expand(&r->by.expansion, searcher, &r->text, err))
		return false;
	r->ends[r->expanded++] = r->text.len;
	return true;
}

static bool expand_matches(struct replacing *r, struct job *job)
{
	if (!r->by.expands || r->count == 0)
		return true;
	r->ends = mem_resize(NULL, r->count, sizeof(*r->ends), &r->err);
	return r->ends && plan_again(&r->plan, r->view, job, r->v, r->count,
	                             see, r, &r->err);
}

static void work(struct job *job, void *arg)
{
	struct replacing *r = arg;
	bool ok = find_matches(r, job);

	if (ok && r->count > r->limit)
		ok = error_set(&r->err, ERR_LIMIT,
		               "more than %zu matches: nothing was replaced "
		               "(-n limits them)",
		               r->limit);
	r->ok = ok && expand_matches(r, job);
	/* Matches may be missing. */
	r->ok = r->ok && job_goes_on(job, &r->err);
}

/* Hand the matches over to be asked about: the task lets go of them. */
static bool hand_over(struct context *ctx, struct replacing *r,
                      struct error *err)
{
	struct replacing *kept = mem_zalloc(sizeof(*kept), err);
	bool *chosen = kept ? mem_zalloc(r->count, err) : NULL;

	if (!chosen) {
		mem_free(kept);
		return false;
	}
	*kept = *r;
	kept->chosen = chosen;
	*r = (struct replacing){ .ok = false };
	ctx->ask_replace(ctx, kept);
	return true;
}

static bool done(struct context *ctx, void *arg, struct error *err)
{
	struct replacing *r = arg;
	uint64_t behind;

	if (!r->ok) {
		*err = r->err;
		return err->code == ERR_NO && find_not_found(&r->totals, err);
	}
	if (r->count > 0 && r->asks)
		return hand_over(ctx, r, err);
	if (r->count == 0) {
		ctx->status = 1;
	} else {
		if (!replace_make(ctx, r, &behind, err))
			return false;
		if (!r->all)
			context_jump(ctx,
			             space_place(context_space(ctx), behind));
	}
	replace_report(ctx, r, r->count);
	return true;
}

/* --- the commands -------------------------------------------------------- */

static const char *about(const void *arg)
{
	const struct replacing *r = arg;

	return pattern_text(r->plan.pattern);
}

static uint64_t found_so_far(const void *arg)
{
	const struct replacing *r = arg;

	return r->found;
}

static const struct task tasks[] = {
	{
		.name = "replace",
		.about = about,
		.finish = done,
		.free = replacing_free,
		.moves = true,
	},
	{
		.name = "replace-all",
		.about = about,
		.found = found_so_far,
		.finish = done,
		.free = replacing_free,
	},
};

/* What is to be done; frees what was asked for. */
static struct replacing *replacing_new(struct context *ctx,
                                       const struct call *call, bool all,
                                       struct asked *asked, struct error *err)
{
	struct replacing *r = mem_zalloc(sizeof(*r), err);
	bool asks = asked->asks;
	bool ok = r && read_substitute(ctx, call, asked, &r->by, err);

	if (ok)
		asked_remember(ctx, asked);
	ok = ok && find_plan(ctx, call, all, asked, &r->plan, err);
	asked_free(asked);
	if (!ok) {
		if (r)
			substitute_free(&r->by);
		mem_free(r);
		return NULL;
	}
	r->view = view_ref(session_view(ctx->session));
	r->generation = session_generation(ctx->session);
	r->all = all;
	r->asks = asks;
	r->limit = ctx->set_limit;
	r->plan.wrap = false;
	if (r->plan.options.max == 0 || r->plan.options.max > r->limit)
		r->plan.options.max = (uint64_t)r->limit + 1;
	return r;
}

static bool is_asked(const struct context *ctx)
{
	return ctx->ask_replace && ctx->depth == 0 && !ctx->macros.is_running;
}

static bool start(struct context *ctx, struct call *call, bool all,
                  struct error *err)
{
	struct asked asked;
	struct replacing *r;
	struct task *task;

	if (!asked_replace(ctx, call, all ? "naeiwq" : "aeiw", &asked, err))
		return false;
	if (asked.asks && !is_asked(ctx)) {
		asked_free(&asked);
		return error_set(err, ERR_SYNTAX,
		                 "-q asks, which no batch, script or macro "
		                 "can answer");
	}
	r = replacing_new(ctx, call, all, &asked, err);
	task = r ? mem_zalloc(sizeof(*task), err) : NULL;
	if (!task) {
		if (r)
			replacing_free(r);
		return false;
	}
	*task = tasks[all];
	task->arg = r;
	ctx->searches++;
	return context_start(ctx, task, work, err);
}

RUN(replace)
{
	return start(ctx, call, false, err);
}

RUN(replace_all)
{
	return start(ctx, call, true, err);
}
