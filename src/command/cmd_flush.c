/*
 * cmd_flush.c - flush, flush-quit: the edits into the files
 *
 * Both work in a job; in the editor nothing can be edited meanwhile. There they
 * are asked for first, with what would be written in sight: not by a script or
 * a macro, which nobody looks at. flush verify reads again what was written, by
 * this flush or, if there is nothing to flush, by the last one.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/table.h"
#include "keep/written.h"
#include "session.h"

struct flushing {
	struct session *session; /* borrowed */
	bool begun;              /* it is to be finished */
	bool quit;               /* and then the program is to end */
	bool verify;             /* what was written is to be read again */
	struct written *last;    /* counted: nothing is flushed, but verified */
	bool read;               /* it was */
	bool ok;                 /* and is as it should be, */
	struct written_sum sum;
	struct error err; /* or not */
};

static void print_flushed(struct context *ctx,
                          const struct session_flushed *flushed)
{
	if (ctx->out->json) {
		json_begin(ctx->out);
		json_number(ctx->out, "files", flushed->files);
		json_number(ctx->out, "ranges", flushed->ranges);
		json_number(ctx->out, "bytes", flushed->bytes);
		json_end(ctx->out);
	} else if (ctx->batch) {
		output_text(ctx->out,
		            "flushed %zu files, %" PRIu64 " ranges, %" PRIu64
		            " bytes\n",
		            flushed->files, flushed->ranges, flushed->bytes);
	} else {
		context_say(ctx,
		            "flushed %zu file%s, %" PRIu64 " range%s, %" PRIu64
		            " byte%s",
		            flushed->files, text_plural(flushed->files),
		            flushed->ranges, text_plural(flushed->ranges),
		            flushed->bytes, text_plural(flushed->bytes));
	}
}

/* In one sentence what has changed, and that nothing else has. */
static void print_verified(struct context *ctx, const struct written_sum *sum)
{
	char line[ERROR_TEXT];

	if (ctx->out->json) {
		json_begin(ctx->out);
		json_bool(ctx->out, "verified", true);
		json_number(ctx->out, "files", sum->files);
		json_number(ctx->out, "ranges", sum->ranges);
		json_number(ctx->out, "bytes", sum->bytes);
		json_number(ctx->out, "blocks", sum->blocks);
		json_number(ctx->out, "rest", sum->rest);
		json_number(ctx->out, "unknown", sum->unknown);
		json_end(ctx->out);
		return;
	}
	/* What a batch prints always has the plural. */
	snprintf(line, sizeof(line),
	         "verified: the disk has the %" PRIu64
	         " byte%s written, in %" PRIu64 " range%s of %zu file%s, and "
	         "the other %" PRIu64 " bytes of their %" PRIu64
	         " block%s are as they were",
	         sum->bytes, ctx->batch || sum->bytes != 1 ? "s" : "",
	         sum->ranges, ctx->batch || sum->ranges != 1 ? "s" : "",
	         sum->files, ctx->batch || sum->files != 1 ? "s" : "",
	         sum->rest - sum->unknown, sum->blocks,
	         ctx->batch || sum->blocks != 1 ? "s" : "");
	if (sum->unknown > 0)
		snprintf(line + strlen(line), sizeof(line) - strlen(line),
		         "; %" PRIu64 " could not be read before",
		         sum->unknown);
	if (ctx->batch)
		output_text(ctx->out, "%s\n", line);
	else
		context_say(ctx, "%s", line);
}

/* As quit does, which also asks for what could not be flushed. */
static void leave(struct context *ctx)
{
	ctx->quit = !ctx->may_quit || ctx->may_quit(ctx);
}

static void work(struct job *job, void *arg)
{
	struct flushing *f = arg;
	struct written *w;

	if (!f->last)
		session_flush_work(job, f->session);
	if (!f->verify)
		return;
	w = f->last ? f->last : session_written(f->session);
	f->read = w != NULL;
	if (w)
		f->ok = written_check(w, session_sys(f->session), job, &f->sum,
		                      &f->err);
	if (w != f->last)
		written_unref(w);
}

/* The flush itself has gone well. */
static bool finish_verify(struct context *ctx, const struct flushing *f,
                          struct error *err)
{
	if (!f->read)
		return error_set(err, ERR_CANCELLED, "cancelled");
	if (!f->ok) {
		*err = f->err;
		return error_prefix(err, "verify");
	}
	print_verified(ctx, &f->sum);
	return true;
}

static bool finish(struct context *ctx, void *arg, struct error *err)
{
	struct flushing *f = arg;
	struct session_flushed flushed;

	if (f->last)
		return finish_verify(ctx, f, err);
	f->begun = false;
	if (!session_flush_finish(f->session, &flushed, err))
		return false;
	print_flushed(ctx, &flushed);
	if (f->verify && !finish_verify(ctx, f, err))
		return false;
	if (f->quit)
		leave(ctx);
	return true;
}

/* The program may end before it has been told. */
static void flushing_free(void *arg)
{
	struct flushing *f = arg;
	struct session_flushed ignored;
	struct error err;

	if (f->begun)
		(void)!session_flush_finish(f->session, &ignored, &err);
	written_unref(f->last);
	mem_free(f);
}

static const char *bound(const void *arg)
{
	const struct flushing *f = arg;

	return session_flush_is_writing(f->session)
	               ? "the files are being written"
	               : NULL;
}

static const struct task flush_task = {
	.name = "flush",
	.finish = finish,
	.free = flushing_free,
	.bound = bound,
	.holds = true,
	.ends = true,
};

/* The documents that are meant; none named: all. */
struct naming {
	uint64_t *v; /* owned */
	size_t count, cap;
	bool all;
};

static bool name(struct naming *n, const struct segment *seg, struct error *err)
{
	if (!seg->doc)
		return true;
	if (!mem_grow(&n->v, &n->cap, n->count + 1, sizeof(*n->v), err))
		return false;
	n->v[n->count++] = document_id(seg->doc);
	return true;
}

/* Those of the range in front of the command. */
static bool name_range(struct naming *n, const struct space *sp, uint64_t start,
                       uint64_t end, struct error *err)
{
	for (size_t i = space_find(sp, start); i < space_extents(sp); i++) {
		const struct extent *e = space_extent(sp, i);

		if (e->addr >= end)
			break;
		for (uint32_t s = 0; s < e->slots; s++) {
			const struct slot *slot = space_slot(sp, e->slot + s);

			if (!name(n, space_segment(sp, slot->segment), err))
				return false;
		}
	}
	return true;
}

static bool name_number(struct naming *n, const struct space *sp,
                        struct call *call, struct error *err)
{
	size_t column = call->args.pos + 1;
	uint32_t number;

	if (!segment_argument(call, &number, err))
		return false;
	for (size_t i = 0; i < space_segments(sp); i++)
		if (space_segment(sp, i)->number == number)
			return name(n, space_segment(sp, i), err);
	return error_at(err, column, "there is no segment #%" PRIu32, number);
}

static bool read_naming(struct naming *n, const struct space *sp,
                        struct call *call, struct error *err)
{
	n->all = call->command->range == TAKES_NONE ||
	         (!call_more(call) && call->start == 0 &&
	          call->end == space_size(sp));
	if (n->all)
		return true;
	if (!call_more(call))
		return name_range(n, sp, call->start, call->end, err);
	while (call_more(call))
		if (!name_number(n, sp, call, err))
			return false;
	return true;
}

/* What a flush is to do besides. */
struct wish {
	unsigned flags; /* FLUSH_* */
	bool quit;
	bool asks; /* if there is somebody to ask */
};

static struct task *make_task(struct context *ctx, const struct wish *wish,
                              struct error *err)
{
	struct task *task = mem_zalloc(sizeof(*task), err);
	struct flushing *f = task ? mem_zalloc(sizeof(*f), err) : NULL;

	if (!f) {
		mem_free(task);
		return NULL;
	}
	*task = flush_task;
	task->arg = f;
	f->session = ctx->session;
	f->quit = wish->quit;
	f->verify = wish->flags & FLUSH_VERIFY;
	return task;
}

static bool nothing(struct context *ctx, bool quit)
{
	print_flushed(ctx, &(struct session_flushed){ 0 });
	if (quit)
		leave(ctx);
	return true;
}

/* There is nothing to flush: verify the flush before. Takes the task over. */
static bool verify_last(struct context *ctx, struct task *task,
                        struct error *err)
{
	struct flushing *f = task->arg;

	f->last = session_written(ctx->session);
	if (f->last)
		return context_start(ctx, task, work, err);
	mem_free(f);
	mem_free(task);
	return error_set(err, ERR_STATE,
	                 "there is nothing to flush, and nothing was flushed "
	                 "that could be verified");
}

static bool start(struct context *ctx, const struct naming *n,
                  const struct wish *wish, struct error *err)
{
	struct task *task = make_task(ctx, wish, err);
	struct flushing *f = task ? task->arg : NULL;
	bool begun = false;
	bool ok;

	if (!task)
		return false;
	ok = session_flush_begin(ctx->session, n->v, n->count, wish->flags,
	                         &begun, err);
	f->begun = begun;
	if (ok && begun)
		return context_start(ctx, task, work, err);
	if (ok && f->verify)
		return verify_last(ctx, task, err);
	mem_free(f);
	mem_free(task);
	return ok && nothing(ctx, wish->quit);
}

/* What a flush would write. */
struct looked {
	struct document **v; /* owned */
	size_t count, cap;
	bool ok;
	struct error err;
};

static void look_at(void *arg, struct document *doc)
{
	struct looked *l = arg;

	l->ok = l->ok &&
	        mem_grow(&l->v, &l->cap, l->count + 1, sizeof(*l->v), &l->err);
	if (l->ok)
		l->v[l->count++] = doc;
}

enum { YES = 512 };

/* The line that does without a question what this call does. */
static bool yes_line(const struct call *call, const struct naming *n,
                     const struct wish *wish, char dst[static YES],
                     struct error *err)
{
	struct call rest = *call;
	char range[48] = "";
	const char *text;
	size_t len;
	int room;

	call_rest(&rest, &text, &len);
	if (!n->all && len == 0)
		snprintf(range, sizeof(range), "0x%" PRIx64 ",0x%" PRIx64 " ",
		         call->start, call->end);
	room = snprintf(dst, YES, "%s%s -y %s%.*s", range, call->command->name,
	                wish->flags & FLUSH_VERIFY ? "verify " : "",
	                (int)size_min(len, YES), text);
	return room < YES ||
	       error_set(err, ERR_LIMIT,
	                 "too many names to ask about (flush -y does not ask)");
}

/* Ask, if there is somebody and something: *asked. */
static bool ask(struct context *ctx, const struct naming *n, const char *yes,
                bool *asked, struct error *err)
{
	struct looked l = { .ok = true };
	bool ok = session_flush_look(ctx->session, n->v, n->count, look_at, &l,
	                             err);

	if (ok && !l.ok) {
		*err = l.err;
		ok = false;
	}
	*asked = ok && l.count > 0;
	if (*asked)
		ok = ctx->ask_flush(ctx, l.v, l.count, yes, err);
	mem_free(l.v);
	return ok;
}

static bool is_asked(const struct context *ctx)
{
	return ctx->ask_flush && !ctx->batch && ctx->depth == 0 &&
	       !ctx->macros.is_running;
}

/* `call` is as it was before its arguments were read. */
static bool go(struct context *ctx, const struct call *call,
               const struct naming *n, const struct wish *wish,
               struct error *err)
{
	bool asked = false;
	char yes[YES];

	if (ctx->is_trial) {
		context_say(ctx, "flush: not done (--dry-run)");
		return true;
	}
	if (!n->all && n->count == 0)
		return nothing(ctx, wish->quit);
	if (wish->asks && (!yes_line(call, n, wish, yes, err) ||
	                   !ask(ctx, n, yes, &asked, err)))
		return false;
	return asked || start(ctx, n, wish, err);
}

static bool run(struct context *ctx, struct call *call, const struct wish *wish,
                struct error *err)
{
	struct call before = *call;
	struct naming n = { 0 };
	bool ok;

	if (ctx->task && !ctx->batch && ctx->task->holds)
		return error_set(err, ERR_STATE,
		                 "%s is not done yet (Esc stops it)",
		                 ctx->task->name);
	if (ctx->is_trial && wish->quit)
		leave(ctx);
	ok = read_naming(&n, context_space(ctx), call, err) &&
	     call_end(call, err) && go(ctx, &before, &n, wish, err);
	mem_free(n.v);
	return ok;
}

/* Is this the next word? Else it stays there. */
static bool read_word(struct call *call, const char *text, bool *seen,
                      struct error *err)
{
	struct lexer before = call->args;
	struct word word;

	*seen = false;
	if (!call_more(call))
		return true;
	if (!call_word(call, &word, err))
		return false;
	*seen = strcmp(word.text, text) == 0;
	if (!*seen)
		call->args = before;
	word_free(&word);
	return true;
}

static bool read_wish(const struct context *ctx, struct call *call, bool quit,
                      struct wish *wish, struct error *err)
{
	bool yes, verify = false;

	if (!read_word(call, "-y", &yes, err) ||
	    (!quit && !read_word(call, "verify", &verify, err)))
		return false;
	*wish = (struct wish){ .quit = quit };
	if (call->bang)
		wish->flags |= FLUSH_ANYWAY;
	if (verify)
		wish->flags |= FLUSH_VERIFY;
	wish->asks = !yes && !call->bang && is_asked(ctx);
	return true;
}

RUN(flush)
{
	struct wish wish;

	return read_wish(ctx, call, false, &wish, err) &&
	       run(ctx, call, &wish, err);
}

RUN(flush_quit)
{
	struct wish wish;

	return read_wish(ctx, call, true, &wish, err) &&
	       run(ctx, call, &wish, err);
}
