/*
 * cmd_filter.c - filter: bytes through another program
 *
 * The one command that runs a shell, on the line that was typed. A job writes
 * the bytes to the program while it reads what comes back, so that neither
 * waits for the other for ever; what came is one edit, if the program ends
 * well.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/child.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/incoming.h"
#include "command/table.h"
#include "open/pour.h"
#include "session.h"
#include "space/view.h"

enum {
	STEP = 65536,
	SAID = 300,   /* bytes that are kept of what it complains about */
	WAIT_MS = 20, /* between looks at the cancellation */
};

struct filtering {
	struct incoming in;
	struct view *view; /* counted */
	char *command;     /* owned */
	uint64_t start, end;
	bool resizes; /* the length may change */
	struct job *job;
	struct child child;
	unsigned char *bytes; /* owned: STEP */
	uint64_t count;       /* bytes that came back */
	bool deaf;            /* it reads no more */
	char said[SAID];
	size_t said_len;
	struct error take_err;
	bool ok;
	struct error err; /* unless ok */
};

static void filtering_free(void *arg)
{
	struct filtering *f = arg;

	incoming_free(&f->in);
	view_unref(f->view);
	mem_free(f->command);
	mem_free(f->bytes);
	mem_free(f);
}

/* --- the job ------------------------------------------------------------- */

/* What it has written. */
static bool take_out(struct filtering *f, struct error *err)
{
	uint64_t most = f->end - f->start;
	int64_t n = child_read(f->child.out, f->bytes, STEP);

	if (n == -EAGAIN)
		return true;
	if (n <= 0) {
		child_close(&f->child.out);
		return true;
	}
	if (!f->resizes && (uint64_t)n > most - f->count)
		return error_set(err, ERR_RANGE,
		                 "it gives more than %" PRIu64
		                 " bytes (filter! changes the length)",
		                 most);
	if (!incoming_put(&f->in, f->job, f->start + f->count, f->bytes,
	                  (size_t)n, err))
		return false;
	f->count += (uint64_t)n;
	return true;
}

static void take_err(struct filtering *f)
{
	char rest[512];
	int64_t n = child_read(f->child.err, rest, sizeof(rest));
	size_t room = SAID - f->said_len;

	if (n == -EAGAIN)
		return;
	if (n <= 0) {
		child_close(&f->child.err);
		return;
	}
	room = size_min(room, (size_t)n);
	memcpy(f->said + f->said_len, rest, room);
	f->said_len += room;
}

/* Wait until something can be done with its pipes, and do it; *found has
   CHILD_IN if it can be written to. */
static bool pump(struct filtering *f, bool writing, unsigned *found,
                 struct error *err)
{
	*found = child_poll(&f->child,
	                    CHILD_OUT | CHILD_ERR | (writing ? CHILD_IN : 0),
	                    WAIT_MS);
	if (!job_goes_on(f->job, err))
		return false;
	if (*found & CHILD_ERR)
		take_err(f);
	return !(*found & CHILD_OUT) || take_out(f, err);
}

static bool feed(void *arg, uint64_t addr, const unsigned char *bytes,
                 size_t len, bool edited, struct error *err)
{
	struct filtering *f = arg;

	(void)addr;
	(void)edited;
	while (len > 0) {
		unsigned found;
		int64_t n;

		if (!pump(f, true, &found, err))
			return false;
		if (!(found & CHILD_IN))
			continue;
		n = child_write(&f->child, bytes, len);
		if (n == -EAGAIN)
			continue;
		if (n < 0) {
			f->deaf = true;
			return error_set(err, ERR_NO, "it reads no more");
		}
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool feed_all(struct filtering *f, struct error *err)
{
	struct pour pour = {
		.view = f->view,
		.start = f->start,
		.end = f->end,
		.has_no_choice = true,
		.job = f->job,
		.arg = f,
		.bytes = feed,
	};
	bool ok = pour_run(&pour, err) || f->deaf;

	child_close(&f->child.in);
	return ok;
}

/* What is left to come, until it ends. */
static bool drain(struct filtering *f, int *status, struct error *err)
{
	unsigned found;

	while (f->child.out >= 0 || f->child.err >= 0)
		if (!pump(f, false, &found, err))
			return false;
	while (!child_ended(&f->child, status))
		if (!pump(f, false, &found, err))
			return false;
	return true;
}

/* The first line of what it complained about, safe to show. */
static void first_line(const struct filtering *f, char *dst, size_t size)
{
	size_t len = 0;

	while (len < f->said_len && f->said[len] != '\n')
		len++;
	(void)text_safe(dst, size, f->said, len);
}

static bool ends_well(const struct filtering *f, int status, struct error *err)
{
	char how[32], line[4 * SAID + 1];
	const char *wrong = child_wrong(status, how);
	uint64_t want = f->end - f->start;

	first_line(f, line, sizeof(line));
	if (wrong)
		return error_set(err, ERR_STATE, "it ended with %s%s%s", wrong,
		                 *line ? ": " : "", line);
	return f->resizes || f->count == want ||
	       error_set(err, ERR_RANGE,
	                 "it gives %" PRIu64 " bytes for %" PRIu64
	                 " (filter! changes the length)",
	                 f->count, want);
}

static void filter_work(struct job *job, void *arg)
{
	struct filtering *f = arg;
	int status = 0;

	f->job = job;
	if (!child_start(&f->child, f->command, &f->err))
		return;
	f->ok = feed_all(f, &f->err) && drain(f, &status, &f->err) &&
	        ends_well(f, status, &f->err) &&
	        incoming_flush(&f->in, job, &f->err);
	child_stop(&f->child);
}

/* --- the engine's part --------------------------------------------------- */

static const char *about(const void *arg)
{
	const struct filtering *f = arg;

	return f->command;
}

static bool filter_take(struct context *ctx, void *arg)
{
	struct filtering *f = arg;

	return f->take_err.code == ERR_NONE &&
	       incoming_take(&f->in, ctx, &f->take_err);
}

static bool filter_done(struct context *ctx, void *arg, struct error *err)
{
	struct filtering *f = arg;
	struct place at = space_place(view_space(f->view), f->start);

	if (f->take_err.code != ERR_NONE || !f->ok) {
		*err = f->take_err.code != ERR_NONE ? f->take_err : f->err;
		return false;
	}
	if (!incoming_end(&f->in, ctx, err) ||
	    !incoming_replace(&f->in, ctx, at, f->end - f->start, 0, err))
		return false;
	if (f->said_len > 0) {
		char line[4 * SAID + 1];

		first_line(f, line, sizeof(line));
		context_say(ctx, "filter: %s", line);
	} else if (!ctx->batch) {
		context_say(ctx, "%" PRIu64 " byte%s filtered", f->count,
		            text_plural(f->count));
	}
	return true;
}

static const struct task filter_task = {
	.name = "filter",
	.about = about,
	.take = filter_take,
	.finish = filter_done,
	.free = filtering_free,
	.holds = true,
};

static struct filtering *filtering_new(struct context *ctx, struct call *call,
                                       struct error *err)
{
	struct filtering *f = mem_zalloc(sizeof(*f), err);
	const char *text;
	size_t len;

	if (!f)
		return NULL;
	call_rest(call, &text, &len);
	f->view = view_ref(session_view(ctx->session));
	f->start = call->start;
	f->end = call->end;
	f->resizes = call->bang || ctx->options.insert;
	f->command = mem_zalloc(len + 1, err);
	f->bytes = f->command ? mem_resize(NULL, STEP, 1, err) : NULL;
	if (f->bytes) {
		memcpy(f->command, text, len);
		if (incoming_begin(&f->in, ctx, err))
			return f;
	}
	filtering_free(f);
	return NULL;
}

RUN(filter)
{
	struct filtering *f;
	struct place at;
	struct task *task;

	if (!call_more(call))
		return error_at(err, call->args.pos + 1, "usage: filter %s",
		                call->command->usage);
	if (!edit_range(ctx, call, &at, err) ||
	    !session_may_edit(ctx->session, at, false, err))
		return false;
	f = filtering_new(ctx, call, err);
	if (!f)
		return false;
	task = mem_zalloc(sizeof(*task), err);
	if (!task) {
		filtering_free(f);
		return false;
	}
	*task = filter_task;
	task->arg = f;
	return context_start(ctx, task, filter_work, err);
}
