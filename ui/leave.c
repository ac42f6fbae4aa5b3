/*
 * leave.c - see leave.h
 *
 * The dialog opens on the button that loses nothing: where the journal has all
 * edits that is leaving, else it is staying.
 */
#include "config.h"

#include "ui/leave.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sys.h"
#include "base/text.h"
#include "edit/document.h"
#include "session.h"
#include "source/source.h"
#include "space/space.h"
#include "ui/app.h"
#include "ui/changed.h"
#include "ui/filename.h"

enum {
	SHOWN = 55,      /* columns of the name of a folder */
	FOLDER = 4 * 64, /* bytes that have room for it */
};

/* What of `path` comes behind `base`, or NULL. */
static const char *behind(const char *path, const char *base)
{
	size_t len = base ? strlen(base) : 0;

	return len > 1 && strncmp(path, base, len) == 0 && path[len] == '/'
	               ? path + len + 1
	               : NULL;
}

/* A folder as people write it: from the working directory, or with ~, and
   without its beginning if it does not fit. */
static char *shown_folder(const char *path, char dst[static FOLDER])
{
	char cwd[4096], safe[4096];
	const char *rest = NULL, *tilde = "", *end;
	bool cut;

	if (sys_real.cwd(cwd, sizeof(cwd)) >= 0)
		rest = behind(path, cwd);
	if (!rest) {
		rest = behind(path, getenv("HOME"));
		tilde = rest ? "~/" : "";
	}
	(void)text_safe(safe, sizeof(safe), rest ? rest : path,
	                strlen(rest ? rest : path));
	end = filename_end(safe, SHOWN - (int)strlen(tilde), &cut);
	snprintf(dst, FOLDER, "%s%.*s", cut ? ".." : tilde, FOLDER - 3, end);
	return dst;
}

/* Each edited file that is shown, once. */
static void say_changed(struct dialog *dialog, const struct space *sp,
                        size_t most)
{
	size_t files = 0;

	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct segment *seg = space_segment(sp, i);
		bool seen = !seg->doc || !document_root(seg->doc);
		struct changed changed;

		for (size_t k = 0; k < i && !seen; k++)
			seen = space_segment(sp, k)->doc == seg->doc;
		if (seen || files++ >= most)
			continue;
		changed = changed_of(seg->doc);
		dialog_say(dialog, "%s   %" PRIu64 " %s in %zu%s %s",
		           filename_of(seg->placement->name).s, changed.bytes,
		           changed.bytes == 1 ? "byte" : "bytes",
		           changed.ranges,
		           changed.ranges == CHANGED_MAX ? " or more" : "",
		           changed.ranges == 1 ? "range" : "ranges");
	}
	if (files > most)
		dialog_say(dialog, "and %zu more", files - most);
}

/* Is there an edited file that a flush would write? */
static bool may_write(const struct context *ctx)
{
	const struct space *sp = context_space(ctx);

	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct document *doc = space_segment(sp, i)->doc;

		if (doc && document_root(doc) &&
		    session_access(ctx->session, doc) == ACCESS_WRITE)
			return true;
	}
	return false;
}

static const struct button button_keep = { 'k', "Keep journal and quit", "keep",
	                                   "quit!" };
static const struct button button_write = { 'w', "Write and quit", "write",
	                                    "flush-quit -y" };
static const struct button button_drop = { 'd', "Drop edits and quit", "drop",
	                                   "quit drop" };
static const struct button button_cancel = { 'c', "Cancel", "cancel", "" };

static void say_journal(struct dialog *dialog, const struct context *ctx)
{
	char folder[FOLDER];

	dialog_say(dialog, "They are safe in the journal in");
	dialog_say(dialog, "%s",
	           shown_folder(session_journal_folder(ctx->session), folder));
	dialog_say(dialog,
	           "and come back when the same files are opened again.");
	if (session_journal_is_volatile(ctx->session) &&
	    !((struct app *)ctx->ui)->test)
		dialog_say(dialog,
		           "A restart of the machine ends that folder.");
}

static void say_where(struct dialog *dialog, const struct context *ctx,
                      bool unkept)
{
	if (!unkept) {
		say_journal(dialog, ctx);
	} else if (session_journal(ctx->session) == JOURNAL_KEEPS) {
		dialog_say(dialog, "The journal has those of files; memory and "
		                   "standard input");
		dialog_say(dialog, "end with the editor.");
	} else {
		dialog_say(dialog, "They are in memory only, and end with the "
		                   "editor.");
	}
}

bool leave_may(struct context *ctx)
{
	bool unkept = session_unkept(ctx->session) > 0;
	bool keeps = session_journal(ctx->session) == JOURNAL_KEEPS;
	struct button buttons[DIALOG_BUTTONS];
	struct app *app = ctx->ui;
	const struct space *sp = context_space(ctx);
	char steps[40], title[DIALOG_TEXT];
	int count = 0;

	if (session_edited(ctx->session) == 0)
		return true;
	if (unkept)
		buttons[count++] = button_cancel;
	if (keeps)
		buttons[count++] = button_keep;
	if (may_write(ctx))
		buttons[count++] = button_write;
	buttons[count++] = button_drop;
	if (!unkept)
		buttons[count++] = button_cancel;
	changed_steps(ctx->session, steps);
	snprintf(title, sizeof(title), "Quit: %s %s not in the files", steps,
	         steps[strlen(steps) - 1] == 's' ? "are" : "is");
	dialog_open(&app->dialog, title, buttons, count);
	dialog_say(&app->dialog, "%s", "");
	say_changed(&app->dialog, sp, DIALOG_LINES - 7);
	dialog_say(&app->dialog, "%s", "");
	say_where(&app->dialog, ctx, unkept);
	dialog_say(&app->dialog, "%s", "");
	return false;
}
