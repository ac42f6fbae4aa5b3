/* cmd_journal.c - journal: what earlier runs left, and what to do about it */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/decide.h"
#include "command/journal_export.h"
#include "command/journal_list.h"
#include "command/journal_print.h"
#include "command/output.h"
#include "command/table.h"
#include "command/waiting.h"
#include "keep/recover.h"
#include "session.h"

/* The name that may stand in the call; "" if none does. */
static bool read_name(struct context *ctx, struct call *call,
                      char dst[static RECORD_NAME + 8], struct error *err)
{
	char word[RECORD_NAME + 8];

	dst[0] = '\0';
	if (!call_more(call))
		return true;
	return call_only_word(call, word, sizeof(word), err) &&
	       journal_list_name(ctx, word, dst, err);
}

/* --- list, show, discard ------------------------------------------------- */

static void say(void *arg, const char *text)
{
	context_say(arg, "%s", text);
}

/* In the editor all of these may take as long as they take. */
static bool list(struct context *ctx, struct call *call, struct error *err)
{
	const struct folder *folder;

	if (!call_end(call, err))
		return false;
	if (!ctx->batch)
		return decide_begin(ctx, DECIDE_LIST, "", err);
	folder = session_shelf(ctx->session, err);
	return (folder || err->code == ERR_NO) &&
	       journal_list(ctx, folder, NULL, ctx->out, say, ctx, err);
}

typedef bool each_fn(struct context *ctx, const char *name, struct output *out,
                     struct error *err);

/* Do it for the journal that is named, or for all that wait. */
static bool each_waiting(struct context *ctx, const char *name, each_fn *each,
                         struct output *out, struct error *err)
{
	const char *last = "";
	struct waitings all;
	bool ok = true;

	if (*name)
		return each(ctx, name, out, err);
	if (!waiting_look(ctx, &all, err))
		return false;
	if (all.count == 0)
		ok = waiting_nothing(err);
	for (size_t i = 0; ok && i < all.count; i++) {
		if (strcmp(all.v[i].journal, last) == 0)
			continue;
		last = all.v[i].journal;
		ok = each(ctx, last, out, err);
	}
	waiting_free(&all);
	return ok;
}

static bool print_one(struct context *ctx, const char *name, struct output *out,
                      struct error *err)
{
	return journal_print_named(ctx, name, NULL, out, err);
}

static bool show(struct context *ctx, struct call *call, struct error *err)
{
	char name[RECORD_NAME + 8];

	return read_name(ctx, call, name, err) &&
	       (ctx->batch ? each_waiting(ctx, name, print_one, ctx->out, err)
	                   : decide_begin(ctx, DECIDE_SHOW, name, err));
}

static bool release(struct context *ctx, const char *name, struct output *out,
                    struct error *err)
{
	(void)out;
	return session_release(ctx->session, name, err);
}

static bool discard(struct context *ctx, struct call *call, struct error *err)
{
	char name[RECORD_NAME + 8];

	if (!read_name(ctx, call, name, err))
		return false;
	if (!ctx->batch)
		return decide_begin(ctx, DECIDE_DISCARD, name, err);
	/* Who names a journal wants nothing of it. */
	return *name ? session_discard(ctx->session, name, err)
	             : each_waiting(ctx, name, release, NULL, err);
}

/* --- recover, finish, back ----------------------------------------------- */

static bool take_up(struct context *ctx, struct call *call, struct error *err)
{
	char name[RECORD_NAME + 8];
	size_t done;

	if (!read_name(ctx, call, name, err))
		return false;
	/* In the editor it may take as long as it takes. */
	if (!ctx->batch)
		return waiting_take_up_begin(ctx, name, err);
	if (!waiting_take_up(ctx, name, &done, err))
		return false;
	return done > 0 || waiting_nothing(err);
}

static bool end_flush(struct context *ctx, struct call *call,
                      enum recover_end end, struct error *err)
{
	char name[RECORD_NAME + 8];
	size_t done;

	if (!read_name(ctx, call, name, err))
		return false;
	if (!ctx->batch)
		return decide_begin(ctx,
		                    end == RECOVER_FINISH ? DECIDE_FINISH
		                                          : DECIDE_BACK,
		                    name, err);
	if (!waiting_end_flushes(ctx, name, end, &done, err))
		return false;
	return done > 0 || waiting_no_flush(err);
}

/* --- export -------------------------------------------------------------- */

static bool write_file(struct context *ctx, const char *path, const char *name,
                       struct error *err)
{
	struct journal_export ex;

	if (!ctx->batch)
		return decide_export(ctx, path, name, err);
	return journal_export_begin(&ex, session_sys(ctx->session), path,
	                            err) &&
	       journal_export_end(&ex,
	                          each_waiting(ctx, name, print_one, &ex.out,
	                                       err),
	                          err);
}

static bool export(struct context *ctx, struct call *call, struct error *err)
{
	char name[RECORD_NAME + 8];
	struct word path;
	bool ok;

	if (!call_word(call, &path, err))
		return false;
	ok = read_name(ctx, call, name, err) &&
	     may_make(ctx, call, path.text, "journal! export", err) &&
	     write_file(ctx, path.text, name, err);
	word_free(&path);
	return ok;
}

RUN(preserve)
{
	return call_end(call, err) && session_preserve(ctx->session, err);
}

RUN(journal)
{
	size_t column = call->args.pos + 1;
	char what[16] = "list";
	struct word word;

	if (call_more(call)) {
		if (!call_word(call, &word, err))
			return false;
		snprintf(what, sizeof(what), "%s", word.text);
		word_free(&word);
	}
	if (strcmp(what, "export") == 0)
		return export(ctx, call, err);
	if (call->bang)
		return error_at(err, column, "only journal! export takes '!'");
	if (strcmp(what, "list") == 0)
		return list(ctx, call, err);
	if (strcmp(what, "show") == 0)
		return show(ctx, call, err);
	if (strcmp(what, "recover") == 0)
		return take_up(ctx, call, err);
	if (strcmp(what, "finish") == 0)
		return end_flush(ctx, call, RECOVER_FINISH, err);
	if (strcmp(what, "back") == 0)
		return end_flush(ctx, call, RECOVER_BACK, err);
	if (strcmp(what, "discard") == 0)
		return discard(ctx, call, err);
	return error_at(err, column, "usage: journal %s", call->command->usage);
}
