/* title.c - the right of the title line, and the window's title: see app.h */
#include "config.h"

#include "ui/app.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "edit/document.h"
#include "session.h"
#include "space/layout.h"
#include "space/space.h"
#include "ui/changed.h"

enum { WIDE = 100 }; /* columns from which all is said */

/* Where the edits are: in the journal, or nowhere else. */
static const char *kept_text(const struct app *app)
{
	const struct session *session = app->ctx.session;
	bool wide = app->parts.cols >= WIDE;

	switch (session_journal(session)) {
	case JOURNAL_KEEPS:
		/* Where tests run is no matter of theirs. */
		if (session_journal_is_volatile(session) && !app->test)
			return wide ? "  journal volatile" : "  volatile";
		return wide ? "  journal ok" : "";
	case JOURNAL_NOWHERE:
		return "";
	case JOURNAL_OFF:
	case JOURNAL_EMPTY:
		break;
	}
	return app->parts.cols < 80 ? "" : " in memory";
}

static const char *edits_text(const struct app *app, char dst[static 64])
{
	char steps[40];

	dst[0] = '\0';
	if (session_edited(app->ctx.session) > 0)
		snprintf(dst, 64, "  %s%s",
		         changed_steps(app->ctx.session, steps),
		         kept_text(app));
	return dst;
}

char *app_title(const struct app *app, char dst[static APP_TITLE])
{
	const struct space *sp = context_space(&app->ctx);
	const struct segment *seg = space_numbered(sp, app->ctx.cursor.segment);
	enum access access =
		seg ? session_access(app->ctx.session, seg->doc) : ACCESS_READ;
	const char *typing = app->ctx.options.insert ? "  INS" : "  OVR";
	char edits[64], macro[MACRO_NAME + 8] = "";

	if (app->ctx.macros.recording)
		snprintf(macro, sizeof(macro), "  REC %s",
		         app->ctx.macros.fresh.name);
	snprintf(dst, APP_TITLE, "%s%s  %s%s%s%s%s%s",
	         app->window.pane == PANE_HEX ? "HEX" : "TEXT",
	         access == ACCESS_READ ? "" : typing,
	         access == ACCESS_WRITE  ? "RW"
	         : access == ACCESS_COPY ? "COPY"
	                                 : "RO",
	         edits_text(app, edits),
	         app->ctx.options.watch ? "  WATCH" : "",
	         app->ctx.task ? "  1 job" : "", macro,
	         app->mode == MODE_NORMAL ? "  NORMAL" : "");
	return dst;
}

const char *app_alarm(const struct app *app)
{
	return session_journal(app->ctx.session) == JOURNAL_NOWHERE
	               ? "NO JOURNAL"
	               : "";
}

void app_name_window(struct app *app)
{
	const struct space *sp = context_space(&app->ctx);
	const struct segment *first = NULL;
	size_t files = space_numbers(sp);
	char title[APP_WINDOW], more[40] = "";
	struct text_shown name = { "" };
	size_t room;

	for (size_t i = 0; !first && i < space_segments(sp); i++)
		if (space_segment(sp, i)->number)
			first = space_segment(sp, i);
	if (files > 1)
		snprintf(more, sizeof(more), " +%zu file%s", files - 1,
		         text_plural(files - 1));
	if (first)
		name = text_shown(first->placement->name);
	/* A longer name is cut, and not how many follow. */
	room = SCREEN_TITLE - strlen("hexspan ") - strlen(more);
	snprintf(title, sizeof(title), "hexspan%s%.*s%s", first ? " " : "",
	         (int)canvas_fit(name.s, (int)room), name.s, more);
	if (strcmp(title, app->window_title) == 0)
		return;
	strcpy(app->window_title, title);
	screen_title(app->screen, title);
}
