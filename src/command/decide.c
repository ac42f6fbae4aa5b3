/*
 * decide.c - see decide.h
 *
 * Journals may be long and disks slow: the job reads what waits, and writes
 * files and journals. What is shown is collected in it, too. The engine's
 * thread takes over what has come of it.
 */
#include "config.h"

#include "command/decide.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/context.h"
#include "command/journal_export.h"
#include "command/journal_list.h"
#include "command/journal_print.h"
#include "command/output.h"
#include "command/waiting.h"
#include "session.h"

struct deciding {
	struct context *ctx; /* borrowed */
	enum decide what;
	char journal[RECORD_NAME + 8]; /* the one that is meant; "": all */
	struct waitings all;
	struct output out;           /* owned: what is shown */
	const struct folder *folder; /* borrowed: of a list; NULL: none */
	char *path;                  /* owned: of an export, else NULL */
	struct journal_export export;
	struct error left; /* why a journal is not in the list.. */
	size_t left_count; /* ..and how many are not */
	bool begun, looks; /* the session is to be told of the end of both */
	size_t done;       /* journals */
	bool ok;           /* of the job */
	struct error err;
};

static enum session_decision decision(const struct deciding *d)
{
	switch (d->what) {
	case DECIDE_FINISH:
		return SESSION_FINISH;
	case DECIDE_BACK:
		return SESSION_BACK;
	default:
		/* Who names a journal wants nothing of it. */
		return *d->journal ? SESSION_DISCARD : SESSION_RELEASE;
	}
}

static bool decide_one(struct deciding *d, struct job *job, const char *journal)
{
	if (d->what == DECIDE_SHOW)
		d->ok = journal_print_named(d->ctx, journal, job, &d->out,
		                            &d->err);
	else if (d->what == DECIDE_EXPORT)
		d->ok = journal_print_named(d->ctx, journal, job,
		                            &d->export.out, &d->err);
	else
		d->ok = session_decide(d->ctx->session, decision(d), journal,
		                       job, &d->err);
	d->done += d->ok;
	return d->ok;
}

/* Is this one meant? */
static bool is_meant(const struct deciding *d, const struct waiting *w)
{
	bool is_flush = d->what == DECIDE_FINISH || d->what == DECIDE_BACK;

	return (!is_flush || w->is_flushing) &&
	       (!*d->journal || strcmp(w->journal, d->journal) == 0);
}

/* Decide about each that is meant. */
static void decide_all(struct deciding *d, struct job *job)
{
	const char *last = "";

	d->ok = true;
	if (!d->looks) {
		(void)decide_one(d, job, d->journal);
		return;
	}
	session_look_work(job, d->ctx->session);
	d->ok = waiting_collect(d->ctx, &d->all, &d->err);
	for (size_t i = 0; d->ok && i < d->all.count; i++) {
		const struct waiting *w = &d->all.v[i];

		if (strcmp(w->journal, last) == 0 || !is_meant(d, w))
			continue;
		last = w->journal;
		if (!decide_one(d, job, last))
			break;
	}
}

static void leave(void *arg, const char *text)
{
	struct deciding *d = arg;

	if (d->left_count++ == 0)
		(void)error_set(&d->left, ERR_IO, "%s", text);
}

static void export(struct deciding *d, struct job *job)
{
	if (!journal_export_begin(&d->export, session_sys(d->ctx->session),
	                          d->path, &d->err))
		return;
	decide_all(d, job);
	if (d->ok && d->done == 0)
		d->ok = waiting_nothing(&d->err);
	d->ok = journal_export_end(&d->export, d->ok, &d->err);
}

static void work(struct job *job, void *arg)
{
	struct deciding *d = arg;

	if (d->what == DECIDE_LIST)
		d->ok = journal_list(d->ctx, d->folder, job, &d->out, leave, d,
		                     &d->err);
	else if (d->what == DECIDE_EXPORT)
		export(d, job);
	else
		decide_all(d, job);
}

static void tell_nobody(void *ctx, const struct session_waiting *waiting)
{
	(void)ctx;
	(void)waiting;
}

/* The session takes over what has come of it; files may be loaded anew. */
static bool end(struct deciding *d, struct error *err)
{
	struct context *ctx = d->ctx;
	struct anchors before;
	struct error ignored;
	bool ok;

	if (!d->begun)
		return true;
	d->begun = false;
	if (d->looks)
		(void)!session_look_end(ctx->session, tell_nobody, NULL,
		                        &ignored);
	before = context_anchors(ctx);
	ok = session_decide_end(ctx->session, err) ||
	     error_prefix(err, "done, but not loaded anew");
	context_settle(ctx, &before);
	return ok;
}

static bool finish(struct context *ctx, void *arg, struct error *err)
{
	struct deciding *d = arg;
	bool ended = end(d, err);

	output_bytes(ctx->out, d->out.v, d->out.len);
	if (d->left_count == 1)
		context_say(ctx, "%s", d->left.text);
	else if (d->left_count > 1)
		context_say(ctx, "%zu journals cannot be read: %s",
		            d->left_count, d->left.text);
	if (!ended && !d->ok)
		context_say(ctx, "%s", err->text);
	if (!d->ok && d->err.code == ERR_NONE)
		/* It was cancelled before it began. */
		return error_set(err, ERR_CANCELLED, "cancelled");
	if (!d->ok)
		*err = d->err;
	else if (d->out.failed)
		*err = d->out.err;
	else if (ended && d->done == 0 && d->what != DECIDE_LIST)
		return d->what == DECIDE_SHOW || d->what == DECIDE_DISCARD
		               ? waiting_nothing(err)
		               : waiting_no_flush(err);
	if (!d->ok || !ended || d->out.failed)
		return false;
	if (d->what == DECIDE_EXPORT)
		context_say(ctx, "%zu journal%s exported to %s", d->done,
		            text_plural(d->done), text_shown(d->path).s);
	return true;
}

static void deciding_free(void *arg)
{
	struct deciding *d = arg;
	struct error ignored;

	(void)!end(d, &ignored);
	waiting_free(&d->all);
	output_free(&d->out);
	mem_free(d->path);
	mem_free(d);
}

static const char *bound(const void *arg)
{
	const struct deciding *d = arg;

	return session_decide_is_writing(d->ctx->session)
	               ? "it is being written"
	               : NULL;
}

static const char *const names[] = {
	[DECIDE_LIST] = "journal list",
	[DECIDE_EXPORT] = "journal export",
	[DECIDE_SHOW] = "journal show",
	[DECIDE_DISCARD] = "journal discard",
	[DECIDE_FINISH] = "journal finish",
	[DECIDE_BACK] = "journal back",
};

static bool begin(struct deciding *d, struct error *err)
{
	struct session *session = d->ctx->session;
	struct error ignored;

	if (d->what == DECIDE_LIST)
		d->folder = session_shelf(session, err);
	if (d->what == DECIDE_LIST && !d->folder && err->code != ERR_NO)
		return false;
	if (!session_decide_begin(session, decision(d), err))
		return false;
	if (!d->looks || session_look_begin(session, err)) {
		d->begun = true;
		return true;
	}
	(void)!session_decide_end(session, &ignored);
	return false;
}

/* Does it have to be known what waits? */
static bool looks(const struct deciding *d)
{
	if (d->what == DECIDE_FINISH || d->what == DECIDE_BACK)
		return true;
	return !*d->journal && d->what != DECIDE_LIST;
}

/* Takes the path, which is owned or NULL. */
static bool start(struct context *ctx, enum decide what, const char *journal,
                  char *path, struct error *err)
{
	struct task *task = mem_zalloc(sizeof(*task), err);
	struct deciding *d = task ? mem_zalloc(sizeof(*d), err) : NULL;

	assert((what == DECIDE_EXPORT) == (path != NULL));
	if (!d) {
		mem_free(path);
		mem_free(task);
		return false;
	}
	*task = (struct task){
		.name = names[what],
		.arg = d,
		.finish = finish,
		.free = deciding_free,
		.bound = bound,
		.holds = true,
		.quick = true,
		.ends = true,
	};
	d->ctx = ctx;
	d->what = what;
	d->path = path;
	snprintf(d->journal, sizeof(d->journal), "%s", journal);
	d->looks = looks(d);
	output_init(&d->out, ctx->out->json, NULL, NULL);
	if (begin(d, err))
		return context_start(ctx, task, work, err);
	deciding_free(d);
	mem_free(task);
	return false;
}

bool decide_begin(struct context *ctx, enum decide what, const char *journal,
                  struct error *err)
{
	return start(ctx, what, journal, NULL, err);
}

bool decide_export(struct context *ctx, const char *path, const char *journal,
                   struct error *err)
{
	char *copy = mem_strdup(path, err);

	return copy && start(ctx, DECIDE_EXPORT, journal, copy, err);
}
