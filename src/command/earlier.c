/* earlier.c - see earlier.h */
#include "config.h"

#include "command/earlier.h"

#include "base/error.h"
#include "base/mem.h"
#include "command/context.h"
#include "command/table.h"
#include "session.h"

/* A command that waits for history. */
struct earlier {
	struct session *session; /* borrowed */
	bool begun;              /* the session is to be told of the end */
	struct call call;
	char *line; /* owned: in which it stands */
};

static bool end(struct earlier *e, struct error *err)
{
	e->begun = false;
	return session_load_end(e->session, err);
}

static bool finish(struct context *ctx, void *arg, struct error *err)
{
	(void)ctx;
	return end(arg, err);
}

static bool run_again(struct context *ctx, void *arg, struct error *err)
{
	struct earlier *e = arg;

	return e->call.command->run(ctx, &e->call, err);
}

static void earlier_free(void *arg)
{
	struct earlier *e = arg;
	struct error ignored;

	if (e->begun)
		(void)!end(e, &ignored);
	mem_free(e->line);
	mem_free(e);
}

static void work(struct job *job, void *arg)
{
	const struct earlier *e = arg;

	session_load_work(job, e->session);
}

static const char *about(const void *arg)
{
	(void)arg;
	return "history of earlier runs";
}

static const struct task earlier_task = {
	.about = about,
	.finish = finish,
	.after = run_again,
	.free = earlier_free,
	.holds = true,
	.ends = true,
	.quick = true,
};

static struct earlier *earlier_new(struct context *ctx, const struct call *call,
                                   struct error *err)
{
	struct earlier *e = mem_zalloc(sizeof(*e), err);

	if (!e)
		return NULL;
	e->session = ctx->session;
	e->call = *call;
	e->call.last = false;
	e->line = mem_strndup(call->args.line, call->args.len, err);
	e->call.args.line = e->line;
	if (e->line)
		return e;
	mem_free(e);
	return NULL;
}

static bool start(struct context *ctx, const struct call *call,
                  struct error *err)
{
	struct task *task = mem_zalloc(sizeof(*task), err);
	struct earlier *e = task ? earlier_new(ctx, call, err) : NULL;
	struct error ignored;

	if (!e) {
		(void)!session_load_end(ctx->session, &ignored);
		mem_free(task);
		return false;
	}
	e->begun = true;
	*task = earlier_task;
	task->name = call->command->name;
	task->arg = e;
	return context_start(ctx, task, work, err);
}

/* What runs already is not to end for this. */
static bool may_wait(const struct context *ctx, const struct call *call)
{
	return !ctx->batch && call->last && ctx->depth == 0 &&
	       !ctx->macros.is_running && !ctx->task;
}

bool earlier_load(struct context *ctx, const struct call *call, size_t steps,
                  bool *later, struct error *err)
{
	*later = false;
	if (!may_wait(ctx, call))
		return session_load_past(ctx->session, steps, err);
	if (!session_load_begin(ctx->session, steps, later, err))
		return false;
	return !*later || start(ctx, call, err);
}
