/*
 * changed.c - see changed.h
 *
 * The pieces are gone through anew each time, which is why they are counted to
 * a limit only: a document may have millions, and a frame has no time for them.
 */
#include "config.h"

#include "ui/changed.h"

#include <stdio.h>

#include "edit/document.h"
#include "edit/past.h"
#include "edit/tree.h"
#include "session.h"
#include "source/source.h"
#include "space/space.h"

struct changed changed_of(const struct document *doc)
{
	struct changed changed = { .ranges = 0 };
	struct tree *root = document_root(doc);
	uint64_t at = 0, base = 0;
	bool in_range = false;
	struct tree_walk walk;
	struct piece piece;

	if (!root)
		return changed;
	tree_walk(&walk, root, 0);
	while (changed.ranges < CHANGED_MAX && tree_next(&walk, &piece)) {
		bool edited = piece.tag & PIECE_EDITED;
		bool begins =
			edited ? !in_range : !in_range && piece.off != base;

		if (begins && changed.ranges++ == 0)
			changed.first = at;
		if (edited)
			changed.bytes += piece.len;
		else
			base = piece.off + piece.len;
		in_range = edited;
		at += piece.len;
	}
	if (!in_range && changed.ranges < CHANGED_MAX &&
	    base != document_source(doc)->size && changed.ranges++ == 0)
		changed.first = at;
	return changed;
}

bool changed_any(const struct space *sp)
{
	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct segment *seg = space_segment(sp, i);

		if (seg->doc && document_root(seg->doc))
			return true;
	}
	return false;
}

char *changed_steps(const struct session *session, char dst[static 40])
{
	size_t steps = past_done(session_past(session));

	snprintf(dst, 40, "%zu %s", steps, steps == 1 ? "edit" : "edits");
	return dst;
}
