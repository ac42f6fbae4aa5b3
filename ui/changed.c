/*
 * changed.c - see changed.h
 *
 * The pieces are gone through anew each time, which is why they are counted to
 * a limit only: a document may have millions, and a frame has no time for them.
 */
#include "config.h"

#include "ui/changed.h"

#include <stdio.h>

#include "command/edited.h"
#include "edit/document.h"
#include "edit/past.h"
#include "session.h"

struct changed changed_of(const struct document *doc)
{
	struct changed changed = { .ranges = 0 };
	struct edited_walk walk;
	struct edited edited;

	if (!document_root(doc))
		return changed;
	edited_walk(&walk, doc, document_root(doc));
	while (changed.ranges < CHANGED_MAX && edited_next(&walk, &edited)) {
		if (changed.ranges++ == 0)
			changed.first = edited.off;
		changed.bytes += edited.len;
	}
	return changed;
}

char *changed_steps(const struct session *session, char dst[static 40])
{
	/* What takes back a step that was flushed is one. */
	size_t steps = size_max(past_done(session_past(session)) -
	                                session_flushed_steps(session),
	                        1);

	snprintf(dst, 40, "%zu %s", steps, steps == 1 ? "edit" : "edits");
	return dst;
}
