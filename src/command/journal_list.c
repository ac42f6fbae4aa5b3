/* journal_list.c - see journal_list.h */
#include "config.h"

#include "command/journal_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "command/context.h"
#include "command/history.h"
#include "command/output.h"
#include "command/waiting.h"
#include "edit/document.h"
#include "session.h"

enum { SHORT = 8 }; /* digits of a name that a line shows */

/* --- names --------------------------------------------------------------- */

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

/* All that begin so; free names->v. */
static bool find_names(const struct folder *folder, const char *begin,
                       struct names *names, struct error *err)
{
	*names = (struct names){ .begin = begin, .err = err, .ok = true };
	if (!folder)
		return true;
	return recover_names(folder, take_name, names, err) && names->ok;
}

bool journal_list_name(struct context *ctx, const char *begin,
                       char dst[static RECORD_NAME + 8], struct error *err)
{
	const struct folder *folder = session_shelf(ctx->session, err);
	struct names names;
	bool ok;

	if (!folder && err->code != ERR_NO)
		return false;
	ok = find_names(folder, begin, &names, err);
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

/* --- the list ------------------------------------------------------------ */

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
                       struct output *out, struct error *err)
{
	struct entry e = { .rec = rec };

	for (uint32_t i = 1; i <= recover_files(rec); i++) {
		e.file = recover_file(rec, i);
		if (!recover_steps(rec, i, &e.steps, err) ||
		    !state_of(ctx, rec, i, e.steps, &e.state, err))
			return false;
		print_entry(out, &e);
	}
	return true;
}

static bool list_journal(struct context *ctx, struct recover *rec,
                         struct output *out, struct error *err)
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
			return list_files(ctx, rec, out, err);
	}
	print_entry(out, &e);
	return recover_kind(rec) != RECOVER_DAMAGED ||
	       list_files(ctx, rec, out, err);
}

/* One that cannot be opened is told of, and the rest goes on. */
static bool list_name(struct context *ctx, const struct folder *folder,
                      const char *name, struct job *job, struct output *out,
                      journal_list_say *say, void *arg, struct error *err)
{
	struct recover *rec = recover_open_for(job, folder, name, err);
	bool ok;

	if (!rec && (err->code == ERR_CANCELLED || err->code == ERR_NOMEM))
		return false;
	if (!rec && err->code != ERR_NO)
		say(arg, err->text);
	ok = !rec || (session_settle_waiting(folder, rec, err) &&
	              list_journal(ctx, rec, out, err));
	recover_free(rec);
	return ok;
}

bool journal_list(struct context *ctx, const struct folder *folder,
                  struct job *job, struct output *out, journal_list_say *say,
                  void *arg, struct error *err)
{
	struct names names;
	bool ok = find_names(folder, "", &names, err);

	for (size_t i = 0; ok && i < names.count; i++)
		ok = job_goes_on(job, err) &&
		     list_name(ctx, folder, names.v[i], job, out, say, arg,
		               err);
	mem_free(names.v);
	return ok;
}
