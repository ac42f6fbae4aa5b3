/*
 * outside_app.c - see outside.h
 *
 * The dialog opens on the button that leaves everything as it is. Reloading
 * loses nothing either, since it is refused where edits do not fit. Dropping
 * edits takes one more key.
 */
#include "config.h"

#include "ui/outside.h"

#include <inttypes.h>
#include <stdio.h>

#include "session.h"
#include "source/source.h"
#include "space/space.h"
#include "ui/app.h"
#include "ui/changed.h"
#include "ui/filename.h"

static const char *what_of(unsigned changes)
{
	if (changes & CHANGE_REPLACED)
		return "Another file has the name now.";
	if (changes & CHANGE_SIZE_LESS)
		return "The file became shorter since it was opened.";
	if (changes & CHANGE_SIZE_MORE)
		return "The file has grown since it was opened.";
	return "The file was written to since it was opened.";
}

static void open_dialog(struct app *app, const struct segment *seg,
                        unsigned changes)
{
	struct outside *o = &app->outside;
	struct changed edits = changed_of(seg->doc);
	struct button buttons[] = {
		{ 'l', "Leave it", "leave", "" },
		{ 'r', "Reload", "reload", o->reload },
		{ 'd', "Reload and drop edits", "drop", o->drop },
	};

	snprintf(o->reload, OUTSIDE_LINE, "reload #%" PRIu32, seg->number);
	snprintf(o->drop, OUTSIDE_LINE, "prompt reload! #%" PRIu32,
	         seg->number);
	dialog_open(&app->dialog, "Changed by another program", buttons,
	            ARRAY_LEN(buttons));
	dialog_say(&app->dialog, "%s", "");
	dialog_say(&app->dialog, "%s   %" PRIu64 " %s in %zu%s %s edited",
	           filename_of(seg->placement->name).s, edits.bytes,
	           edits.bytes == 1 ? "byte" : "bytes", edits.ranges,
	           edits.ranges == CHANGED_MAX ? " or more" : "",
	           edits.ranges == 1 ? "range is" : "ranges are");
	dialog_say(&app->dialog, "%s", what_of(changes));
	dialog_say(&app->dialog, "%s", "");
	dialog_say(&app->dialog, "Reload takes it as it is now. Edits go on "
	                         "over it if");
	dialog_say(&app->dialog, "the bytes under them are still the same; "
	                         "else nothing is");
	dialog_say(&app->dialog, "done but to say where they are not.");
	dialog_say(&app->dialog, "%s", "");
}

/* The first segment that shows a document. */
static const struct segment *segment_of(const struct app *app, uint64_t doc)
{
	const struct space *sp = context_space(&app->ctx);

	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct segment *seg = space_segment(sp, i);

		if (seg->doc && document_id(seg->doc) == doc)
			return seg;
	}
	return NULL;
}

bool outside_is_due(const struct app *app)
{
	return app->outside.due && !app->too_small && !app->dialog.open &&
	       !app->prompt.open && !app->pager.open;
}

void outside_ask(struct app *app)
{
	/* A name that has gone may come back. Whoever watches a file knows that
	   it is written to. */
	unsigned changes = CHANGE_REPLACED | CHANGE_SIZE_LESS |
	                   CHANGE_SIZE_MORE |
	                   (app->ctx.options.watch ? 0 : CHANGE_BYTES);
	const struct segment *seg;
	uint64_t doc;

	while (session_changed_next(app->ctx.session, changes, &doc)) {
		seg = segment_of(app, doc);
		if (!seg)
			continue;
		open_dialog(app, seg,
		            session_changes(app->ctx.session, seg->doc));
		app->dirty = true;
		return;
	}
	app->outside.due = false;
}
