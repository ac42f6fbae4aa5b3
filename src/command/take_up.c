/*
 * take_up.c - edits of earlier runs are taken up while the editor lives
 *
 * The job reads journals, compares files and has our journal synced: all that
 * waits for a disk. Edits are made in the engine's thread, some milliseconds'
 * worth at a time: the job sends turns, each of which it takes for one go.
 *
 *	job    look, check -> read -> turns -> write -> read -> turns -> write
 *	engine                       go go go                  go go
 *
 * A turn that comes when it is not the engine's is an old one, and forgotten.
 */
#include "config.h"

#include "command/waiting.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/channel.h"
#include "base/error.h"
#include "base/mem.h"
#include "command/context.h"
#include "session.h"

enum whose {
	JOB,    /* it reads or writes */
	ENGINE, /* it makes edits */
	MADE,   /* and has made them */
};

struct taking_up {
	struct context *ctx;           /* borrowed */
	char journal[RECORD_NAME + 8]; /* the one that is meant; "": all */
	struct waitings all;
	struct channel *turns; /* owned */
	_Atomic(enum whose) whose;
	bool begun, looked; /* the session is to be told of the end of both */
	size_t done;        /* journals */
	bool ok;            /* of the job */
	struct error err;
	struct error left; /* why a journal was left out, if one was */
	bool failed;       /* of the engine */
	struct error go_err;
};

/* Have the engine make what was read. */
static bool send_turns(struct taking_up *t, struct job *job)
{
	const char any = 0;

	atomic_store(&t->whose, ENGINE);
	while (atomic_load(&t->whose) == ENGINE)
		if (!channel_put(t->turns, job, &any))
			return error_set(&t->err, ERR_CANCELLED, "cancelled");
	return true;
}

/* What does not fit is left out, if it does not fit at all. */
static bool take_one(struct taking_up *t, struct job *job, const char *journal)
{
	struct session *session = t->ctx->session;
	bool ok = session_recover_read(session, journal, job, &t->err);

	if (!ok &&
	    (t->err.code == ERR_CHANGED || t->err.code == ERR_READONLY)) {
		t->left = t->err;
		t->err.code = ERR_NONE;
		return true;
	}
	ok = ok && send_turns(t, job) &&
	     session_recover_write(session, &t->err);

	atomic_store(&t->whose, JOB);
	t->done += ok;
	return ok;
}

static void work(struct job *job, void *arg)
{
	struct taking_up *t = arg;
	const char *last = "";

	session_look_work(job, t->ctx->session);
	t->ok = waiting_collect(t->ctx, &t->all, &t->err) &&
	        waiting_check(t->ctx, &t->all, t->journal, &t->err);
	for (size_t i = 0; t->ok && i < t->all.count; i++) {
		const char *journal = t->all.v[i].journal;

		if (strcmp(journal, last) == 0 ||
		    (*t->journal && strcmp(journal, t->journal) != 0))
			continue;
		t->ok = take_one(t, job, journal);
		last = journal;
	}
}

static void tell_nobody(void *ctx, const struct session_waiting *waiting)
{
	(void)ctx;
	(void)waiting;
}

/* The session knows what waits. */
static bool end_look(struct taking_up *t, struct error *err)
{
	if (t->looked)
		return true;
	t->looked = true;
	return session_look_end(t->ctx->session, tell_nobody, NULL, err);
}

static bool go(struct taking_up *t)
{
	struct context *ctx = t->ctx;
	struct anchors before = context_anchors(ctx);
	uint64_t groups, done;
	bool more = true;
	bool ok;

	ctx->moving = &before;
	ok = end_look(t, &t->go_err) &&
	     session_recover_go(ctx->session, &more, &t->go_err);
	ctx->moving = NULL;
	context_settle(ctx, &before);
	t->failed = !ok;
	groups = session_recover_groups(ctx->session, &done);
	job_set_progress(ctx->task->job, done, groups);
	if (ok && !more)
		atomic_store(&t->whose, MADE);
	return ok;
}

static bool take(struct context *ctx, void *arg)
{
	struct taking_up *t = arg;
	char any;

	(void)ctx;
	/* One turn: the next one has been asked for when it ends, and what came
	   from the user in between goes first. */
	if (!t->failed && channel_take(t->turns, &any, 1) > 0 &&
	    atomic_load(&t->whose) == ENGINE)
		return go(t);
	return !t->failed;
}

/* What was made in part is taken back. */
static void end(struct taking_up *t)
{
	struct context *ctx = t->ctx;
	struct anchors before = context_anchors(ctx);
	struct error ignored;

	if (!t->begun)
		return;
	t->begun = false;
	(void)!end_look(t, &ignored);
	ctx->moving = &before;
	session_recover_end(ctx->session);
	ctx->moving = NULL;
	context_settle(ctx, &before);
	ctx->has_taken = ctx->has_taken || t->done > 0;
}

static bool say_left(struct context *ctx, const struct taking_up *t)
{
	if (t->left.code != ERR_NONE)
		context_say(ctx, "%s", t->left.text);
	return true;
}

static bool finish(struct context *ctx, void *arg, struct error *err)
{
	struct taking_up *t = arg;

	end(t);
	if (t->failed)
		*err = t->go_err;
	else if (!t->ok && t->err.code == ERR_NONE)
		/* It was cancelled before it began. */
		(void)error_set(err, ERR_CANCELLED, "cancelled");
	else if (!t->ok)
		*err = t->err;
	else if (t->done == 0 && t->left.code != ERR_NONE)
		*err = t->left;
	else if (t->done == 0)
		(void)waiting_nothing(err);
	else
		return say_left(ctx, t);
	return false;
}

static void taking_up_free(void *arg)
{
	struct taking_up *t = arg;

	end(t);
	waiting_free(&t->all);
	channel_free(t->turns);
	mem_free(t);
}

static const char *bound(const void *arg)
{
	const struct taking_up *t = arg;

	return atomic_load(&t->whose) == MADE ? "they are in the journal now"
	                                      : NULL;
}

static const struct task take_up_task = {
	.name = "journal recover",
	.take = take,
	.finish = finish,
	.free = taking_up_free,
	.bound = bound,
	.holds = true,
	.quick = true,
	.ends = true,
};

static bool begin(struct taking_up *t, struct error *err)
{
	struct session *session = t->ctx->session;

	t->turns = channel_new(1, 1, err);
	if (!t->turns || !session_recover_begin(session, err))
		return false;
	if (session_look_begin(session, err)) {
		t->begun = true;
		return true;
	}
	session_recover_end(session);
	return false;
}

bool waiting_take_up_begin(struct context *ctx, const char *journal,
                           struct error *err)
{
	struct task *task = mem_zalloc(sizeof(*task), err);
	struct taking_up *t = task ? mem_zalloc(sizeof(*t), err) : NULL;

	if (!t) {
		mem_free(task);
		return false;
	}
	*task = take_up_task;
	task->arg = t;
	t->ctx = ctx;
	snprintf(t->journal, sizeof(t->journal), "%s", journal);
	if (begin(t, err))
		return context_start(ctx, task, work, err);
	taking_up_free(t);
	mem_free(task);
	return false;
}
