/* cmd_journal.c - journal: what earlier runs left, and what to do about it */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/decide.h"
#include "command/history.h"
#include "command/journal_print.h"
#include "command/output.h"
#include "command/table.h"
#include "command/waiting.h"
#include "edit/document.h"
#include "keep/recover.h"
#include "open/replace.h"
#include "session.h"

enum { SHORT = 8 }; /* digits of a name that a line shows */

/* --- which -------------------------------------------------------------------- */

struct names {
	char (*v)[RECORD_NAME + 8]; /* owned */
	size_t count, cap;
	const char *begin; /* those that begin so */
	struct error *err;
	bool ok;
};

static bool take_name(void *arg, const char *name)
{
	struct names *names = arg;

	if (strncmp(name, names->begin, strlen(names->begin)) != 0)
		return true;
	names->ok = mem_grow(&names->v, &names->cap, names->count + 1,
	                     sizeof(*names->v), names->err);
	if (names->ok)
		snprintf(names->v[names->count++], sizeof(*names->v), "%s",
		         name);
	return names->ok;
}

static struct recover *open_journal(struct context *ctx, const char *name,
                                    struct error *err)
{
	const struct folder *folder = session_shelf(ctx->session, err);

	return folder ? recover_open(folder, name, err) : NULL;
}

/* All that begin so; free names->v. */
static bool find_names(struct context *ctx, const char *begin,
                       struct names *names, struct error *err)
{
	const struct folder *folder = session_shelf(ctx->session, err);

	*names = (struct names){ .begin = begin, .err = err, .ok = true };
	if (!folder)
		return err->code == ERR_NO;
	return recover_names(folder, take_name, names, err) && names->ok;
}

/* The one journal that an argument names by its beginning. */
static bool find_name(struct context *ctx, const char *begin,
                      char dst[static RECORD_NAME + 8], struct error *err)
{
	struct names names;
	bool ok = find_names(ctx, begin, &names, err);

	if (ok && names.count == 0)
		ok = error_set(err, ERR_NO, "there is no journal %s",
		               text_shown(begin).s);
	else if (ok && names.count > 1)
		ok = error_set(err, ERR_SYNTAX,
		               "%zu journals have a name that begins with %s",
		               names.count, text_shown(begin).s);
	if (ok)
		strcpy(dst, names.v[0]);
	mem_free(names.v);
	return ok;
}

/* The name that may stand in the call; "" if none does. */
static bool read_name(struct context *ctx, struct call *call,
                      char dst[static RECORD_NAME + 8], struct error *err)
{
	char word[RECORD_NAME + 8];

	dst[0] = '\0';
	if (!call_more(call))
		return true;
	return call_only_word(call, word, sizeof(word), err) &&
	       find_name(ctx, word, dst, err);
}

/* --- list ---------------------------------------------------------------------- */

/* One line of the list. */
struct entry {
	const struct recover *rec;
	const struct record_file *file; /* NULL: none */
	const char *state;
	uint32_t steps;
};

static void print_entry(struct output *out, const struct entry *e)
{
	const char *name = recover_name(e->rec);
	int64_t created = recover_head(e->rec)->created;
	char time[24], when[HISTORY_TIME];

	if (out->json) {
		json_begin(out);
		json_string(out, "journal", name);
		json_string(out, "created",
		            history_time(created / 1000000000, true, when));
		json_number(out, "size", recover_size(e->rec));
		json_string(out, "state", e->state);
		json_number(out, "edits", e->steps);
		if (e->file)
			json_text(out, "path", e->file->path,
			          e->file->path_len);
		else
			json_string(out, "why", recover_why(e->rec));
		json_end(out);
		return;
	}
	output_text(out, "%.*s  %-16s  %5" PRIu32 "  %-10s  ", SHORT, name,
	            created ? waiting_time(created, time) : "-", e->steps,
	            e->state);
	if (e->file)
		output_safe_bytes(out, e->file->path, e->file->path_len);
	else
		output_safe(out, recover_why(e->rec));
	output_text(out, "\n");
}

/* Nothing of the file waits: it is history, or there are only notes about what
   is, or it is over. */
static const char *past_state(const struct recover *rec, uint32_t file,
                              uint32_t steps)
{
	bool flushed = recover_kind(rec) == RECOVER_FINISHED &&
	               recover_was_flushed(rec, file);

	if (recover_has_remarks(rec) && (!flushed || steps == 0))
		return "notes";
	if (flushed)
		return "history";
	return recover_gave_back(rec) ? "given back" : "taken up";
}

/* What a file of a journal is now, as far as that is known without opening it.
 */
static bool state_of(struct context *ctx, struct recover *rec, uint32_t file,
                     uint32_t steps, const char **state, struct error *err)
{
	struct document *doc = session_document_of(ctx->session, rec, file);
	struct recover_checked checked;
	struct recover_flush flush;

	if (recover_kind(rec) == RECOVER_FINISHED ||
	    !recover_file_waits(rec, file)) {
		*state = past_state(rec, file, steps);
	} else if (recover_flushing(rec, &flush)) {
		*state = "flushing";
	} else if (!doc) {
		*state = "not open";
	} else {
		if (!recover_check(rec, file, document_source(doc), &checked,
		                   err))
			return false;
		*state = recover_state_name(checked.state);
	}
	return true;
}

static bool list_files(struct context *ctx, struct recover *rec,
                       struct error *err)
{
	struct entry e = { .rec = rec };

	for (uint32_t i = 1; i <= recover_files(rec); i++) {
		e.file = recover_file(rec, i);
		if (!recover_steps(rec, i, &e.steps, err) ||
		    !state_of(ctx, rec, i, e.steps, &e.state, err))
			return false;
		print_entry(ctx->out, &e);
	}
	return true;
}

static bool list_journal(struct context *ctx, struct recover *rec,
                         struct error *err)
{
	const char *own = session_journal_name(ctx->session);
	struct entry e = { .rec = rec };

	switch (recover_kind(rec)) {
	case RECOVER_LIVE:
		e.state = strcmp(own, recover_name(rec)) == 0 ? "this run"
		                                              : "in use";
		break;
	case RECOVER_DAMAGED:
		e.state = "damaged";
		break;
	case RECOVER_UNREADABLE:
		e.state = "unreadable";
		break;
	default:
		e.state = recover_torn(rec) > 0 ? "torn" : "empty";
		if (recover_files(rec) > 0)
			return list_files(ctx, rec, err);
	}
	print_entry(ctx->out, &e);
	return recover_kind(rec) != RECOVER_DAMAGED ||
	       list_files(ctx, rec, err);
}

/* All journals; one that cannot be opened is told of, and the rest goes on. */
static bool list(struct context *ctx, struct call *call, struct error *err)
{
	struct names names;
	bool ok = call_end(call, err) && find_names(ctx, "", &names, err);

	if (!ok)
		return false;
	for (size_t i = 0; ok && i < names.count; i++) {
		struct recover *rec = open_journal(ctx, names.v[i], err);

		if (rec)
			ok = session_settle_waiting(ctx->session, rec, err) &&
			     list_journal(ctx, rec, err);
		else if (err->code != ERR_NO)
			context_say(ctx, "%s", err->text);
		recover_free(rec);
	}
	mem_free(names.v);
	return ok;
}

/* --- show ----------------------------------------------------------------------- */

/* Do it for the journal that is named, or for all that wait: in the editor it may
   take as long as it takes. */
static bool each_waiting(
	struct context *ctx, struct call *call, enum decide what,
	bool (*each)(struct context *ctx, const char *name, struct error *err),
	bool (*named)(struct context *ctx, const char *name, struct error *err),
	struct error *err)
{
	char name[RECORD_NAME + 8];
	const char *last = "";
	struct waitings all;
	bool ok = true;

	if (!read_name(ctx, call, name, err))
		return false;
	if (!ctx->batch)
		return decide_begin(ctx, what, name, err);
	if (*name)
		return named(ctx, name, err);
	if (!waiting_look(ctx, &all, err))
		return false;
	if (all.count == 0)
		ok = waiting_nothing(err);
	for (size_t i = 0; ok && i < all.count; i++) {
		if (strcmp(all.v[i].journal, last) == 0)
			continue;
		last = all.v[i].journal;
		ok = each(ctx, last, err);
	}
	waiting_free(&all);
	return ok;
}

static bool show(struct context *ctx, const char *name, struct error *err)
{
	return journal_print_named(ctx, name, NULL, ctx->out, err);
}

/* --- recover, discard -------------------------------------------------------------- */

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

static bool release(struct context *ctx, const char *name, struct error *err)
{
	return session_release(ctx->session, name, err);
}

static bool discard(struct context *ctx, const char *name, struct error *err)
{
	return session_discard(ctx->session, name, err);
}

/* --- export ---------------------------------------------------------------------- */

static bool to_file(void *ctx, const char *bytes, size_t len, struct error *err)
{
	return replace_put(ctx, bytes, len, err);
}

/* Those of one journal, or of all that wait. */
static bool put_all(struct context *ctx, const char *name, struct output *out,
                    struct error *err)
{
	const char *last = "";
	struct waitings all;
	bool ok = true;

	if (*name)
		return journal_print_named(ctx, name, NULL, out, err);
	if (!waiting_look(ctx, &all, err))
		return false;
	if (all.count == 0)
		ok = waiting_nothing(err);
	for (size_t i = 0; ok && i < all.count; i++) {
		if (strcmp(all.v[i].journal, last) == 0)
			continue;
		last = all.v[i].journal;
		ok = journal_print_named(ctx, last, NULL, out, err);
	}
	waiting_free(&all);
	return ok;
}

static bool write_file(struct context *ctx, const char *path, const char *name,
                       struct error *err)
{
	struct replacement file;
	struct output out;
	bool ok;

	if (!replace_begin(&file, session_sys(ctx->session), path, err))
		return false;
	output_init(&out, true, to_file, &file);
	ok = put_all(ctx, name, &out, err) && output_flush(&out, err);
	output_free(&out);
	if (ok)
		return replace_commit(&file, err);
	replace_cancel(&file);
	return false;
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
		return each_waiting(ctx, call, DECIDE_SHOW, show, show, err);
	if (strcmp(what, "recover") == 0)
		return take_up(ctx, call, err);
	if (strcmp(what, "finish") == 0)
		return end_flush(ctx, call, RECOVER_FINISH, err);
	if (strcmp(what, "back") == 0)
		return end_flush(ctx, call, RECOVER_BACK, err);
	if (strcmp(what, "discard") == 0)
		return each_waiting(ctx, call, DECIDE_DISCARD, release, discard,
		                    err);
	return error_at(err, column, "usage: journal %s", call->command->usage);
}
