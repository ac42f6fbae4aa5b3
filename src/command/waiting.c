/* waiting.c - see waiting.h */
#include "config.h"

#include "command/waiting.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/context.h"
#include "edit/document.h"
#include "session.h"

struct look {
	struct waitings *out;
	struct error *err;
	bool ok;
};

static void take(void *arg, const struct session_waiting *from)
{
	struct look *look = arg;
	struct waitings *out = look->out;
	struct waiting *w;

	look->ok = look->ok && mem_grow(&out->v, &out->cap, out->count + 1,
	                                sizeof(*out->v), look->err);
	if (!look->ok)
		return;
	w = &out->v[out->count++];
	*w = (struct waiting){
		.created = from->created,
		.steps = from->steps,
		.doc = from->doc,
		.is_damaged = from->is_damaged,
		.is_torn = from->is_torn,
		.is_flushing = from->is_flushing,
		.checked = from->checked,
	};
	snprintf(w->journal, sizeof(w->journal), "%s", from->journal);
	snprintf(w->was, sizeof(w->was), "%s", from->was ? from->was : "");
}

/* One way to look, or to be told of what another one has found. */
typedef bool look_fn(struct session *session, session_waits *each, void *ctx,
                     struct error *err);

static bool look_so(struct context *ctx, look_fn *fn, struct waitings *out,
                    struct error *err)
{
	struct look look = { .out = out, .err = err, .ok = true };

	*out = (struct waitings){ 0 };
	if (fn(ctx->session, take, &look, err) && look.ok)
		return true;
	waiting_free(out);
	return false;
}

static bool tell(struct session *session, session_waits *each, void *ctx,
                 struct error *err)
{
	return session_look_tell(session, each, ctx, err);
}

bool waiting_look(struct context *ctx, struct waitings *out, struct error *err)
{
	return look_so(ctx, session_look, out, err);
}

bool waiting_collect(struct context *ctx, struct waitings *out,
                     struct error *err)
{
	return look_so(ctx, tell, out, err);
}

bool waiting_end_look(struct context *ctx, struct waitings *out,
                      struct error *err)
{
	return look_so(ctx, session_look_end, out, err);
}

void waiting_free(struct waitings *all)
{
	mem_free(all->v);
	*all = (struct waitings){ 0 };
}

/* --- saying it ----------------------------------------------------------- */

char *waiting_time(int64_t ns, char dst[static 24])
{
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm parts;

	if (!localtime_r(&seconds, &parts) ||
	    strftime(dst, 24, "%Y-%m-%d %H:%M", &parts) == 0)
		strcpy(dst, "?");
	return dst;
}

/* What the user has to know of the file; "" if it is as it was. */
static const char *note(const struct waiting *w)
{
	if (w->is_damaged)
		return ", but the journal is damaged";
	switch (w->checked.state) {
	case RECOVER_TOUCHED:
		return "; the file was touched since";
	case RECOVER_MOVED_ON:
		return "; other bytes of the file have changed since";
	case RECOVER_CHANGED:
		return ", but bytes that they change are others now";
	case RECOVER_BAD:
		return ", but bytes that they change cannot be read";
	case RECOVER_REPLACED:
		return "; another file has the name, with the same bytes there";
	case RECOVER_TRUNCATED:
		return ", but the file ends before some of them";
	case RECOVER_SAME:
	case RECOVER_MISSING:
		break;
	}
	return "";
}

char *waiting_text(struct context *ctx, const struct waiting *w, char *dst)
{
	const struct document *doc = session_document(ctx->session, w->doc);
	char time[24];

	if (w->is_flushing) {
		snprintf(dst, ERROR_TEXT,
		         "%s: a flush of an earlier run was not finished: it "
		         "has old bytes and new ones",
		         text_shown(doc ? document_name(doc) : "").s);
		return dst;
	}
	snprintf(dst, ERROR_TEXT,
	         "%s: %" PRIu32
	         " edit%s of an earlier run wait%s since %s%s%.100s%s%s",
	         text_shown(doc ? document_name(doc) : "").s, w->steps,
	         text_plural(w->steps), w->steps == 1 ? "s" : "",
	         waiting_time(w->created, time),
	         *w->was ? ", when it was " : "", w->was, note(w),
	         w->is_torn ? "; one more was not finished" : "");
	return dst;
}

bool waiting_any_flushes(const struct waitings *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->v[i].is_flushing)
			return true;
	return false;
}

bool waiting_say(struct context *ctx, struct error *err)
{
	struct waitings all;
	char line[ERROR_TEXT];

	if (!waiting_look(ctx, &all, err))
		return false;
	for (size_t i = 0; i < all.count; i++)
		context_say(ctx, "%s", waiting_text(ctx, &all.v[i], line));
	if (waiting_any_flushes(&all))
		context_say(ctx, "--recover=yes (journal finish) finishes it, "
		                 "--recover=back (journal back) rolls it back");
	else if (all.count > 0)
		context_say(ctx, "journal recover (--recover=yes) takes up "
		                 "what waits, journal discard drops it");
	waiting_free(&all);
	return true;
}

/* --- taking it up -------------------------------------------------------- */

bool waiting_fits(const struct waiting *w)
{
	return !w->is_damaged && !w->is_flushing &&
	       recover_fits(w->checked.state);
}

static const char *name_of(const struct context *ctx, const struct waiting *w)
{
	return document_name(session_document(ctx->session, w->doc));
}

/* A script does not go on with half of what it wanted. */
static bool check_all(const struct context *ctx, const struct waitings *all,
                      const char *only, struct error *err)
{
	for (size_t i = 0; i < all->count && !ctx->may_quit; i++) {
		const struct waiting *w = &all->v[i];

		if (waiting_fits(w) || (*only && strcmp(w->journal, only) != 0))
			continue;
		if (w->is_flushing)
			continue;
		if (w->is_damaged)
			error_set(err, ERR_STATE, "%s is damaged", w->journal);
		else
			recover_refuse(&w->checked, name_of(ctx, w), err);
		return error_add_path(err, name_of(ctx, w));
	}
	return true;
}

/* Edits of the same document that wait in another journal, or NULL. */
static const struct waiting *rival(const struct waitings *all,
                                   const struct waiting *w)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->v[i].doc == w->doc &&
		    strcmp(all->v[i].journal, w->journal) != 0)
			return &all->v[i];
	return NULL;
}

/* Nothing is taken up if one document has edits of two runs: the later ones
   were made on a file that did not show the earlier ones. */
static bool check_rivals(const struct context *ctx, const struct waitings *all,
                         struct error *err)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct waiting *w = &all->v[i];
		const struct waiting *other = rival(all, w);

		if (!other)
			continue;
		error_set(err, ERR_CHANGED,
		          "%s: edits of two runs wait for it, in %s and in "
		          "%s: discard the one or the other first",
		          text_shown(name_of(ctx, w)).s, w->journal,
		          other->journal);
		return error_add_path(err, name_of(ctx, w));
	}
	return true;
}

bool waiting_check(const struct context *ctx, const struct waitings *all,
                   const char *journal, struct error *err)
{
	return check_rivals(ctx, all, err) && check_all(ctx, all, journal, err);
}

bool waiting_nothing(struct error *err)
{
	return error_set(err, ERR_NO,
	                 "nothing waits in a journal for the files that are "
	                 "open");
}

bool waiting_no_flush(struct error *err)
{
	return error_set(err, ERR_NO,
	                 "no flush of the files that are open was left "
	                 "unfinished");
}

static bool take_up(struct context *ctx, const struct waitings *all,
                    const char *only, size_t *done, struct error *err)
{
	const char *last = "";

	for (size_t i = 0; i < all->count; i++) {
		const char *journal = all->v[i].journal;

		if (strcmp(journal, last) == 0 ||
		    (*only && strcmp(journal, only) != 0))
			continue;
		if (!session_recover_one(ctx->session, journal, err))
			return false;
		last = journal;
		++*done;
	}
	return true;
}

bool waiting_take_up(struct context *ctx, const char *journal, size_t *done,
                     struct error *err)
{
	struct anchors before = context_anchors(ctx);
	struct waitings all;
	bool ok;

	*done = 0;
	if (!session_recover_begin(ctx->session, err))
		return false;
	ok = waiting_look(ctx, &all, err);
	ctx->moving = &before;
	ok = ok && waiting_check(ctx, &all, journal, err) &&
	     take_up(ctx, &all, journal, done, err);
	session_recover_end(ctx->session);
	ctx->moving = NULL;
	context_settle(ctx, &before);
	ctx->has_taken = ctx->has_taken || *done > 0;
	waiting_free(&all);
	return ok;
}

/* --- flushes ------------------------------------------------------------- */

bool waiting_end_flushes(struct context *ctx, const char *journal,
                         enum recover_end end, size_t *done, struct error *err)
{
	struct anchors before = context_anchors(ctx);
	const char *last = "";
	struct waitings all;
	bool ok = true;

	*done = 0;
	if (!waiting_look(ctx, &all, err))
		return false;
	for (size_t i = 0; ok && i < all.count; i++) {
		const struct waiting *w = &all.v[i];

		if (!w->is_flushing || strcmp(w->journal, last) == 0 ||
		    (*journal && strcmp(w->journal, journal) != 0))
			continue;
		last = w->journal;
		ok = session_settle_flush(ctx->session, last, end, err);
		*done += ok;
	}
	context_settle(ctx, &before);
	waiting_free(&all);
	return ok;
}

bool waiting_refuses(struct context *ctx, struct error *err)
{
	struct waitings all;
	bool refuses = false;

	if (!waiting_look(ctx, &all, err))
		return true;
	for (size_t i = 0; i < all.count && !refuses; i++) {
		const struct waiting *w = &all.v[i];
		const struct document *doc =
			session_document(ctx->session, w->doc);

		refuses = w->is_flushing && document_access(doc) != ACCESS_READ;
		if (refuses) {
			error_set(err, ERR_STATE,
			          "%s: a flush of an earlier run was not "
			          "finished, in %s: nothing is done before "
			          "it is",
			          text_shown(document_name(doc)).s, w->journal);
			(void)error_add_path(err, document_name(doc));
		}
	}
	waiting_free(&all);
	return refuses;
}
