/*
 * cmd_flush.c - flush, flush-quit: the edits into the files
 *
 * Both work in a job; in the editor nothing can be edited meanwhile. There they
 * are asked for first, with what would be written in sight: not by a script or
 * a macro, which nobody looks at.
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
#include "session.h"

struct flushing {
	struct session *session; /* borrowed */
	bool begun;              /* it is to be finished */
	bool quit;               /* and then the program is to end */
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

/* As quit does, which also asks for what could not be flushed. */
static void leave(struct context *ctx)
{
	ctx->quit = !ctx->may_quit || ctx->may_quit(ctx);
}

static void work(struct job *job, void *arg)
{
	struct flushing *f = arg;

	session_flush_work(job, f->session);
}

static bool finish(struct context *ctx, void *arg, struct error *err)
{
	struct flushing *f = arg;
	struct session_flushed flushed;

	f->begun = false;
	if (!session_flush_finish(f->session, &flushed, err))
		return false;
	print_flushed(ctx, &flushed);
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

static struct task *make_task(struct context *ctx, bool quit, struct error *err)
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
	f->quit = quit;
	return task;
}

static bool nothing(struct context *ctx, bool quit)
{
	print_flushed(ctx, &(struct session_flushed){ 0 });
	if (quit)
		leave(ctx);
	return true;
}

static bool start(struct context *ctx, const struct naming *n, unsigned flags,
                  bool quit, struct error *err)
{
	struct task *task = make_task(ctx, quit, err);
	struct flushing *f = task ? task->arg : NULL;
	bool begun = false;
	bool ok;

	if (!task)
		return false;
	ok = session_flush_begin(ctx->session, n->v, n->count, flags, &begun,
	                         err);
	f->begun = begun;
	if (ok && begun)
		return context_start(ctx, task, work, err);
	mem_free(f);
	mem_free(task);
	return ok && nothing(ctx, quit);
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
                     char dst[static YES], struct error *err)
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
	room = snprintf(dst, YES, "%s%s -y %.*s", range, call->command->name,
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

/* -y: it is not to be asked. */
static bool read_yes(struct call *call)
{
	struct lexer args = call->args;
	struct error ignored;
	struct word word;
	bool yes;

	if (!call_more(call) || !call_word(call, &word, &ignored)) {
		call->args = args;
		return false;
	}
	yes = strcmp(word.text, "-y") == 0;
	word_free(&word);
	if (!yes)
		call->args = args;
	return yes;
}

static bool is_asked(const struct context *ctx)
{
	return ctx->ask_flush && !ctx->batch && ctx->depth == 0 &&
	       !ctx->macros.is_running;
}

/* `call` is as it was before its arguments were read. */
static bool go(struct context *ctx, const struct call *call,
               const struct naming *n, bool quit, bool asks, struct error *err)
{
	bool asked = false;
	char yes[YES];

	if (ctx->is_trial) {
		context_say(ctx, "flush: not done (--dry-run)");
		return true;
	}
	if (!n->all && n->count == 0)
		return nothing(ctx, quit);
	if (asks &&
	    (!yes_line(call, n, yes, err) || !ask(ctx, n, yes, &asked, err)))
		return false;
	return asked || start(ctx, n, call->bang ? FLUSH_ANYWAY : 0, quit, err);
}

static bool run(struct context *ctx, struct call *call, bool quit,
                struct error *err)
{
	bool asks = !read_yes(call) && !call->bang && is_asked(ctx);
	struct call before = *call;
	struct naming n = { 0 };
	bool ok;

	if (ctx->task && !ctx->batch && ctx->task->holds)
		return error_set(err, ERR_STATE,
		                 "%s is not done yet (Esc stops it)",
		                 ctx->task->name);
	if (ctx->is_trial && quit)
		leave(ctx);
	ok = read_naming(&n, context_space(ctx), call, err) &&
	     call_end(call, err) && go(ctx, &before, &n, quit, asks, err);
	mem_free(n.v);
	return ok;
}

RUN(flush)
{
	return run(ctx, call, false, err);
}

RUN(flush_quit)
{
	return run(ctx, call, true, err);
}
