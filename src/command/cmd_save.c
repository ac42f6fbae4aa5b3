/*
 * cmd_save.c - save-as, export: bytes out of the space into files
 *
 * Both work in a job on the view of now: editing goes on meanwhile. What export
 * writes raw is what save-as writes; the other formats go line by line through
 * a formatter into a file that comes whole or not at all, too.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/format.h"
#include "command/table.h"
#include "open/mapfile.h"
#include "open/pour.h"
#include "open/replace.h"
#include "open/save.h"
#include "session.h"
#include "space/view.h"

/* What the job has, and what it leaves. */
struct saving {
	struct save save;
	const struct format *format; /* NULL: raw */
	const char *command;         /* its name; static */
	struct view *view;           /* counted */
	char *path;                  /* owned */
	char *map;                   /* owned: where what is lost is listed */
	bool ok;
	struct error err; /* unless ok */
};

static void saving_free(void *arg)
{
	struct saving *s = arg;

	view_unref(s->view);
	mem_free(s->path);
	mem_free(s->map);
	mem_free(s);
}

/* --- formats ------------------------------------------------------------- */

struct writing {
	struct saving *saving;
	struct replacement file;
	struct output out;
	struct formatter to;
	struct mapfile lost;
};

static bool to_file(void *arg, const char *bytes, size_t len, struct error *err)
{
	struct writing *w = arg;

	return replace_put(&w->file, bytes, len, err);
}

static bool put_bytes(void *arg, uint64_t addr, const unsigned char *bytes,
                      size_t len, bool edited, struct error *err)
{
	struct writing *w = arg;

	(void)edited;
	format_put(&w->to, addr, bytes, len);
	return !output_failed(&w->out) || output_flush(&w->out, err);
}

static bool put_lost(void *arg, uint64_t addr, uint64_t len, enum state state,
                     struct error *err)
{
	struct writing *w = arg;

	return mapfile_add(&w->lost, addr - w->saving->save.start, len, state,
	                   err);
}

static bool write_lines(struct writing *w, struct error *err)
{
	struct save *save = &w->saving->save;
	struct pour pour = {
		.view = save->view,
		.start = save->start,
		.end = save->end,
		.unreadable = save->unreadable,
		.job = save->job,
		.arg = w,
		.bytes = put_bytes,
		.lost = put_lost,
	};
	bool ok;

	format_begin(&w->to, w->saving->format, &w->out);
	ok = pour_run(&pour, err);
	save->unread = pour.unread;
	format_end(&w->to);
	return ok && output_flush(&w->out, err);
}

/* The map comes first, as in save.c. */
static bool finish(struct writing *w, struct error *err)
{
	const struct saving *s = w->saving;
	const struct save *save = &s->save;

	if (!replace_finish(&w->file, err) ||
	    (s->map &&
	     !mapfile_write(&w->lost, save->sys, s->map,
	                    save->end - save->start, save->over, err))) {
		replace_cancel(&w->file);
		return false;
	}
	if (replace_place(&w->file, save->over, err))
		return replace_settle(save->sys, save->path, err);
	if (w->lost.count > 0)
		(void)save->sys->unlink(s->map);
	return false;
}

static bool write_formatted(struct saving *s, struct error *err)
{
	struct writing w = { .saving = s };
	bool ok;

	if (!replace_may(s->save.sys, s->save.path, s->save.over, err) ||
	    !replace_begin_data(&w.file, s->save.sys, s->save.path,
	                        s->save.over, err))
		return false;
	output_init(&w.out, false, to_file, &w);
	ok = write_lines(&w, err);
	if (ok)
		ok = finish(&w, err);
	else
		replace_cancel(&w.file);
	output_free(&w.out);
	mapfile_free(&w.lost);
	s->save.files = 1;
	return ok;
}

/* --- the job ------------------------------------------------------------- */

static void save_work(struct job *job, void *arg)
{
	struct saving *s = arg;

	s->save.job = job;
	s->ok = s->format ? write_formatted(s, &s->err)
	                  : save_run(&s->save, &s->err);
}

static const char *about(const void *arg)
{
	const struct saving *s = arg;

	return s->path;
}

static bool save_done(struct context *ctx, void *arg, struct error *err)
{
	const struct saving *s = arg;
	const struct save *save = &s->save;
	uint64_t len = save->end - save->start;

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
		context_say(ctx, "%" PRIu64 " byte%s saved to %s", len,
		            text_plural(len), text_shown(s->path).s);
	}
	if (save->unread > 0)
		context_say(ctx,
		            "%s: %" PRIu64
		            " byte%s without values %s, listed in %s",
		            s->command, save->unread, text_plural(save->unread),
		            save->unreadable.what == UNREADABLE_SKIP
		                    ? "left out"
		                    : "filled",
		            text_shown(s->map).s);
	return true;
}

static struct saving *saving_new(struct context *ctx, const struct call *call,
                                 struct error *err)
{
	struct saving *s = mem_zalloc(sizeof(*s), err);
	uint64_t size = space_size(context_space(ctx));

	if (!s)
		return NULL;
	s->view = view_ref(session_view(ctx->session));
	s->command = call->command->name;
	/* An empty segment may be placed behind the end. */
	s->save.end = u64_min(call->end, size);
	s->save.start = u64_min(call->start, s->save.end);
	s->save.view = s->view;
	s->save.sys = session_sys(ctx->session);
	s->save.over = call->bang;
	return s;
}

/* Start it; takes s over. */
static bool start(struct context *ctx, struct saving *s, struct error *err)
{
	struct task *task = mem_zalloc(sizeof(*task), err);

	if (!task) {
		saving_free(s);
		return false;
	}
	*task = (struct task){
		.name = s->command,
		.arg = s,
		.about = about,
		.finish = save_done,
		.free = saving_free,
		.holds = true,
	};
	return context_start(ctx, task, save_work, err);
}

/* What a save that was broken off has left may be looked at here. */
static bool may_remove_left(struct context *ctx, const char *path,
                            struct error *err)
{
	static const char end[] = ".hxtmp";
	size_t len = strlen(path);
	char *left = mem_zalloc(len + sizeof(end), err);
	bool ok;

	if (!left)
		return false;
	memcpy(left, path, len);
	memcpy(left + len, end, sizeof(end));
	ok = session_may_replace(ctx->session, left, err);
	mem_free(left);
	return ok;
}

/* Is there nothing in the way? The session alone knows of some of it; the rest
   the job will see again. */
static bool may_save(struct context *ctx, const struct call *call,
                     struct saving *s, struct error *err)
{
	const char *how =
		call->command->run == run_export ? "export!" : "save-as!";

	if (s->save.unreadable.what != UNREADABLE_STOP) {
		s->map = mapfile_path(s->path, err);
		if (!s->map || !may_make(ctx, call, s->map, how, err))
			return false;
	}
	return s->save.split ||
	       (may_make(ctx, call, s->path, how, err) &&
	        (!call->bang || may_remove_left(ctx, s->path, err)));
}

/* --- words --------------------------------------------------------------- */

static bool usage(const struct call *call, size_t column, struct error *err)
{
	return error_at(err, column, "usage: %s %s", call->command->name,
	                call->command->usage);
}

static bool read_split(struct context *ctx, struct call *call, uint64_t *split,
                       struct error *err)
{
	struct units units = context_units(ctx);
	size_t column;

	lexer_blanks(&call->args);
	column = call->args.pos + 1;
	return lexer_number(&call->args, &units, split, err) &&
	       (*split > 0 ||
	        error_at(err, column, "a number from 1 is needed"));
}

static bool read_format(const struct call *call, const struct word *word,
                        struct saving *s, bool *seen, struct error *err)
{
	const struct format *format = format_find(word->text);

	if (!format)
		return error_at(err, word->column,
		                "unknown format '%s' (raw hex c python base64 "
		                "ihex srec text dec digits)",
		                text_shown(word->text).s);
	if (*seen)
		return usage(call, word->column, err);
	*seen = true;
	if (format_flags(format) & FORMAT_BINARY)
		return true;
	s->format = format;
	return format_fits(format, s->save.start, s->save.end, err);
}

/* What stands behind FILE: of save-as "split SIZE", of export a format, of both
   what to do with bytes that have no value. */
static bool read_words(struct context *ctx, struct call *call, struct saving *s,
                       struct error *err)
{
	bool is_export = call->command->run == run_export;
	bool seen = false;

	while (call_more(call)) {
		struct word word;
		bool ok;

		if (!call_word(call, &word, err))
			return false;
		if (unreadable_is(word.text)) {
			ok = unreadable_parse(word.text, &s->save.unreadable,
			                      err);
			if (!ok)
				err->column = word.column;
		} else if (is_export) {
			ok = read_format(call, &word, s, &seen, err);
		} else if (strcmp(word.text, "split") == 0 && !s->save.split) {
			ok = read_split(ctx, call, &s->save.split, err);
		} else {
			ok = usage(call, word.column, err);
		}
		word_free(&word);
		if (!ok)
			return false;
	}
	return true;
}

static bool save(struct context *ctx, struct call *call, struct error *err)
{
	struct saving *s;
	struct word path;

	if (!call_word(call, &path, err))
		return false;
	s = saving_new(ctx, call, err);
	if (!s) {
		word_free(&path);
		return false;
	}
	s->path = path.text;
	s->save.path = s->path;
	if (read_words(ctx, call, s, err) && may_save(ctx, call, s, err))
		return start(ctx, s, err);
	saving_free(s);
	return false;
}

RUN(save_as)
{
	return save(ctx, call, err);
}

RUN(export)
{
	if (!call->span.given)
		(void)context_selection(ctx, &call->start, &call->end);
	return save(ctx, call, err);
}
