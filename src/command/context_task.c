/* context_task.c - what runs in the background of a context: see context.h */
#include "config.h"

#include "command/context.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "session.h"

static void free_task(struct task *task)
{
	job_free(task->job);
	task->free(task->arg);
	mem_free(task->then.v);
	mem_free(task);
}

static void end_task(struct context *ctx)
{
	struct task *task = ctx->task;

	if (!task)
		return;
	ctx->task = NULL;
	free_task(task);
}

static void reap_all(struct context *ctx)
{
	while (ctx->ended) {
		struct task *task = ctx->ended;

		ctx->ended = task->next;
		free_task(task);
	}
}

void context_free_tasks(struct context *ctx)
{
	context_cancel(ctx);
	end_task(ctx);
	reap_all(ctx);
}

bool context_start(struct context *ctx, struct task *task, job_run *run,
                   struct error *err)
{
	if (ctx->task && ctx->task->holds && !ctx->batch) {
		error_set(err, ERR_STATE, "%s is not done yet (Esc stops it)",
		          ctx->task->name);
		free_task(task);
		return false;
	}
	context_cancel(ctx);
	task->began = sys_now();
	task->job = job_start(session_pool(ctx->session), JOB_COMPUTE, run,
	                      task->arg, err);
	ctx->task = task;
	if (!task->job) {
		end_task(ctx);
		return false;
	}
	return true;
}

bool context_step(struct context *ctx, step_go *go, bool forward,
                  uint64_t count, struct error *err)
{
	struct step step = { go, forward, count };
	struct steps *then;

	if (ctx->batch || !ctx->task || !ctx->task->moves)
		return go(ctx, forward, count, err);
	then = &ctx->task->then;
	if (!mem_grow(&then->v, &then->cap, then->count + 1, sizeof(*then->v),
	              err))
		return false;
	then->v[then->count++] = step;
	return true;
}

bool context_finish(struct context *ctx, struct error *err)
{
	struct task *task = ctx->task;
	const char *name = task->name;
	struct steps then;
	bool ok;

	session_set_what(ctx->session, task->name);
	ok = task->finish(ctx, task->arg, err);
	then = task->then;
	task->then = (struct steps){ 0 };
	ctx->task = NULL;
	if (ok && task->after)
		ok = task->after(ctx, task->arg, err);
	free_task(task);
	while (ok && !ctx->task && then.next < then.count) {
		struct step step = then.v[then.next++];

		ok = step.go(ctx, step.forward, step.count, err);
	}
	if (ctx->task)
		ctx->task->then = then;
	else
		mem_free(then.v);
	/* Whoever runs a macro's line sees to its end. */
	if (!ctx->go_on || ctx->macros.is_running)
		return ok;
	return ctx->go_on(ctx, ok, name, err);
}

void context_end_macros(struct context *ctx)
{
	ctx->macros.depth = 0;
	ctx->go_on = NULL;
	session_join(ctx->session, false);
}

void context_cancel(struct context *ctx)
{
	struct task *task = ctx->task;

	if (!task)
		return;
	/* A macro waits for it, unless it was a line's first task of two. */
	if (!ctx->macros.is_running)
		context_end_macros(ctx);
	job_cancel(task->job);
	if (task->ends && !ctx->batch)
		return;
	if (ctx->batch) {
		end_task(ctx);
		return;
	}
	/* A read or a match may take a while to see it. */
	ctx->task = NULL;
	task->next = ctx->ended;
	ctx->ended = task;
}

bool context_reap(struct context *ctx, struct job *job)
{
	for (struct task **at = &ctx->ended; *at; at = &(*at)->next) {
		struct task *task = *at;

		if (task->job != job)
			continue;
		*at = task->next;
		free_task(task);
		return true;
	}
	return false;
}

void context_take(struct context *ctx)
{
	struct task *task = ctx->task;

	if (task->take && !task->take(ctx, task->arg))
		job_cancel(task->job);
}

/* Take what the task's job posts until it has ended. */
static void take_all(struct context *ctx)
{
	struct pool *pool = session_pool(ctx->session);

	for (;;) {
		struct pool_event event;

		pool_wait(pool);
		while (pool_next(pool, &event)) {
			if (event.job != ctx->task->job)
				continue;
			if (event.kind == POOL_DONE)
				return;
			context_take(ctx);
		}
	}
}

bool context_wait(struct context *ctx, struct error *err)
{
	if (!ctx->task)
		return true;
	if (ctx->task->take)
		take_all(ctx);
	else
		job_wait(ctx->task->job);
	return context_finish(ctx, err);
}
