/*
 * cmd_save.c - save-as, export: bytes out of the space into files
 *
 * Both work in a job on the view of now: editing goes on meanwhile.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/table.h"
#include "open/buffer.h"
#include "open/save.h"
#include "session.h"
#include "space/view.h"

/* What the job has, and what it leaves. */
struct saving {
	struct save save;
	struct view *view; /* counted */
	char *path;        /* owned */
	bool ok;
	struct error err; /* unless ok */
};

static void saving_free(void *arg)
{
	struct saving *s = arg;

	view_unref(s->view);
	mem_free(s->path);
	mem_free(s);
}

static void save_work(struct job *job, void *arg)
{
	struct saving *s = arg;

	s->save.job = job;
	s->ok = save_run(&s->save, &s->err);
}

static const char *about(const void *arg)
{
	const struct saving *s = arg;

	return s->path;
}

static void say_unread(struct context *ctx, const char *command, uint64_t n,
                       enum unreadable_do what, const char *path)
{
	if (n > 0)
		context_say(ctx, "%s: %" PRIu64 " bytes without values %s%s%s",
		            command, n,
		            what == UNREADABLE_SKIP ? "left out" : "filled",
		            path ? ", listed in " : "",
		            path ? text_shown(path).s : "");
}

static bool save_done(struct context *ctx, void *arg, struct error *err)
{
	const struct saving *s = arg;
	const struct save *save = &s->save;
	uint64_t len = save->end - save->start;
	struct buffer map = { 0 };

	if (!s->ok) {
		*err = s->err;
		return false;
	}
	if (ctx->out->json) {
		json_begin(ctx->out);
		json_number(ctx->out, "files", save->files);
		json_number(ctx->out, "bytes", len);
		json_number(ctx->out, "skipped", save->unread);
		json_end(ctx->out);
	} else if (ctx->batch) {
		output_text(ctx->out,
		            "saved %" PRIu64 " files, %" PRIu64 " bytes\n",
		            save->files, len);
	} else {
		context_say(ctx, "%" PRIu64 " bytes saved to %s", len,
		            text_shown(s->path).s);
	}
	if (save->unread > 0 &&
	    buffer_append(&map, s->path, strlen(s->path), err) &&
	    buffer_append(&map, ".map", 4, err))
		say_unread(ctx, "save-as", save->unread, save->unreadable.what,
		           map.v);
	mem_free(map.v);
	return true;
}

static const struct task save_task = {
	.name = "save-as",
	.about = about,
	.finish = save_done,
	.holds = true,
};

/* split SIZE, --unreadable=.. */
static bool read_words(struct context *ctx, struct call *call,
                       struct save *save, struct error *err)
{
	while (call_more(call)) {
		struct units units = context_units(ctx);
		struct word word;
		size_t column;
		bool ok;

		if (!call_word(call, &word, err))
			return false;
		column = word.column;
		if (strcmp(word.text, "split") == 0 && !save->split) {
			lexer_blanks(&call->args);
			column = call->args.pos + 1;
			ok = lexer_number(&call->args, &units, &save->split,
			                  err) &&
			     (save->split > 0 ||
			      error_at(err, column,
			               "a number from 1 is needed"));
		} else if (unreadable_is(word.text)) {
			ok = unreadable_parse(word.text, &save->unreadable,
			                      err);
			if (!ok)
				err->column = column;
		} else {
			ok = error_at(err, column, "usage: save-as %s",
			              call->command->usage);
		}
		word_free(&word);
		if (!ok)
			return false;
	}
	return true;
}

/* Is there nothing in the way that only the session knows of? What the job will
   see for itself is seen here as well, so that the user is told at once. */
static bool may_save(struct context *ctx, const struct call *call,
                     const struct saving *s, struct error *err)
{
	struct buffer map = { 0 };
	bool ok;

	if (s->save.unreadable.what != UNREADABLE_STOP) {
		ok = buffer_append(&map, s->path, strlen(s->path), err) &&
		     buffer_append(&map, ".map", 4, err) &&
		     may_make(ctx, call, map.v, "save-as!", err);
		mem_free(map.v);
		if (!ok)
			return false;
	}
	return s->save.split || may_make(ctx, call, s->path, "save-as!", err);
}

/* Where a range ends that may be an empty segment's behind the end. */
static void set_range(struct context *ctx, const struct call *call,
                      struct save *save)
{
	uint64_t size = space_size(context_space(ctx));

	save->end = u64_min(call->end, size);
	save->start = u64_min(call->start, save->end);
}

RUN(save_as)
{
	struct task *task = mem_zalloc(sizeof(*task), err);
	struct saving *s = task ? mem_zalloc(sizeof(*s), err) : NULL;
	struct word path = { 0 };

	if (!s || !call_word(call, &path, err)) {
		mem_free(task);
		mem_free(s);
		return false;
	}
	*task = save_task;
	task->arg = s;
	task->free = saving_free;
	s->path = path.text;
	s->view = view_ref(session_view(ctx->session));
	s->save = (struct save){
		.view = s->view,
		.sys = session_sys(ctx->session),
		.path = s->path,
		.over = call->bang,
	};
	set_range(ctx, call, &s->save);
	if (read_words(ctx, call, &s->save, err) && may_save(ctx, call, s, err))
		return context_start(ctx, task, save_work, err);
	saving_free(s);
	mem_free(task);
	return false;
}
