/*
 * recovery_app.c - see recovery.h
 *
 * The dialog opens on the button that leaves everything as it is. Dropping
 * edits takes one more key: keys that were typed before the dialog came up
 * must not do it.
 */
#include "config.h"

#include "ui/recovery.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "command/waiting.h"
#include "edit/document.h"
#include "session.h"
#include "ui/app.h"
#include "ui/filename.h"

static const struct button button_leave = { 'l', "Leave them", "leave", "" };
static const struct button button_take = { 't', "Take them up", "take",
	                                   "journal recover" };
static const struct button button_show = { 's', "Show", "show",
	                                   "journal show" };
static const struct button button_discard = { 'd', "Discard", "discard",
	                                      "prompt journal discard" };

/* What the file is now, in the words of the dialog; NULL: as it was. */
static const char *note(const struct waiting *w)
{
	if (w->is_flushing)
		return "it has old bytes and new ones";
	if (w->is_damaged)
		return "the journal is damaged";
	switch (w->checked.state) {
	case RECOVER_TOUCHED:
		return "the file was touched since; its bytes fit";
	case RECOVER_MOVED_ON:
		return "other bytes of the file have changed since";
	case RECOVER_CHANGED:
		return "bytes that they change are others now";
	case RECOVER_BAD:
		return "bytes that they change cannot be read";
	case RECOVER_REPLACED:
		return "it is another file of that name; its bytes fit";
	case RECOVER_TRUNCATED:
		return "the file ends before some of them";
	case RECOVER_SAME:
	case RECOVER_MISSING:
		break;
	}
	return NULL;
}

static const struct button button_finish = { 'f', "Finish", "finish",
	                                     "journal finish" };
static const struct button button_back = { 'r', "Roll back", "roll back",
	                                   "journal back" };

/* A flush that was not finished comes before everything else. */
static void say_one(struct app *app, const struct waiting *w)
{
	const struct document *doc = session_document(app->ctx.session, w->doc);
	char time[24];

	dialog_say(&app->dialog, "%s   %" PRIu32 " edit%s since %s",
	           filename_of(document_name(doc)).s, w->steps,
	           text_plural(w->steps), waiting_time(w->created, time));
	if (*w->was)
		dialog_say(&app->dialog, "  it was %s then",
		           filename_of(w->was).s);
	if (note(w))
		dialog_say(&app->dialog, "  %s", note(w));
	if (w->is_torn)
		dialog_say(&app->dialog, "  one more was not finished");
}

static void open_dialog(struct app *app, const struct waitings *all)
{
	struct button buttons[DIALOG_BUTTONS];
	size_t shown = 0;
	int count = 0;
	bool any = false, flushing = waiting_any_flushes(all);

	for (size_t i = 0; i < all->count; i++)
		any = any || waiting_fits(&all->v[i]);
	buttons[count++] = button_leave;
	if (flushing) {
		buttons[count++] = button_finish;
		buttons[count++] = button_back;
	} else if (any) {
		buttons[count++] = button_take;
	}
	buttons[count++] = button_show;
	if (!flushing)
		buttons[count++] = button_discard;
	dialog_open(&app->dialog,
	            flushing ? "A flush of an earlier run was not finished"
	                     : "Edits of an earlier run wait",
	            buttons, count);
	dialog_say(&app->dialog, "%s", "");
	while (shown < all->count && app->dialog.line_count + 6 < DIALOG_LINES)
		say_one(app, &all->v[shown++]);
	if (shown < all->count)
		dialog_say(&app->dialog, "and %zu more", all->count - shown);
	dialog_say(&app->dialog, "%s", "");
	dialog_say(&app->dialog,
	           flushing ? "Until it is finished or rolled back these files"
	                    : "Until they are taken up or discarded these "
	                      "files");
	dialog_say(&app->dialog, "can be looked at, and not edited.");
	dialog_say(&app->dialog, "%s", "");
}

/* Does anything that waits belong to a file that may be edited? */
static bool is_for_us(const struct app *app, const struct waitings *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct document *doc =
			session_document(app->ctx.session, all->v[i].doc);

		if (document_access(doc) != ACCESS_READ)
			return true;
	}
	return false;
}

static void show(struct app *app, const struct waitings *all, bool ask)
{
	char line[ERROR_TEXT];

	if (ask && is_for_us(app, all) &&
	    session_journal(app->ctx.session) != JOURNAL_OFF) {
		app->hint = false;
		open_dialog(app, all);
		return;
	}
	for (size_t i = 0; i < all->count; i++)
		app_say(app, STYLE_WARNING, "%s",
		        waiting_text(&app->ctx, &all->v[i], line));
}

void recovery_begin(struct app *app, enum recovery_wish wish)
{
	struct recovery *r = &app->recovery;
	struct session *session = app->ctx.session;
	struct error err;

	r->due = RECOVERY_NONE;
	r->began = sys_now();
	if (wish == RECOVERY_TAKE) {
		if (!waiting_take_up_begin(&app->ctx, "", &err))
			app_error(app, "", &err);
		return;
	}
	r->wish = wish;
	if (!session_look_begin(session, &err)) {
		app_error(app, "", &err);
		return;
	}
	r->job = job_start(session_pool(session), JOB_READ, session_look_work,
	                   session, &err);
	if (r->job)
		return;
	/* Without a thread it is done here. */
	session_look_work(NULL, session);
	recovery_done(app, NULL);
}

bool recovery_done(struct app *app, const struct job *job)
{
	struct recovery *r = &app->recovery;
	struct waitings all;
	struct error err;

	if (job != r->job)
		return false;
	job_free(r->job);
	r->job = NULL;
	if (!waiting_end_look(&app->ctx, &all, &err)) {
		app_error(app, "", &err);
		return true;
	}
	show(app, &all, r->wish == RECOVERY_ASK);
	waiting_free(&all);
	return true;
}

bool recovery_is_idle(const struct recovery *recovery)
{
	return !recovery->due && !recovery->job;
}

bool recovery_stop(struct app *app)
{
	struct recovery *r = &app->recovery;

	if (!r->job)
		return false;
	job_cancel(r->job);
	app_say(app, STYLE_NORMAL,
	        "looking at what earlier runs left is being stopped");
	return true;
}

void recovery_close(struct recovery *recovery)
{
	job_free(recovery->job);
	recovery->job = NULL;
}
