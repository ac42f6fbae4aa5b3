/*
 * changed.h - how much of a document is edited, for panels and dialogs
 *
 * Threads: the UI thread.
 */
#ifndef UI_CHANGED_H
#define UI_CHANGED_H

#include "base/base.h"

struct document;
struct session;

enum { CHANGED_MAX = 1000 }; /* ranges that are counted: then there are more */

/* What differs from the file. Edits next to each other are one range; bytes
   that were deleted are a range without bytes. */
struct changed {
	size_t ranges;  /* CHANGED_MAX: so many or more */
	uint64_t bytes; /* in those ranges */
	uint64_t first; /* offset of the first */
};
struct changed changed_of(const struct document *doc);

/* "2 edits": what can be undone. Room for 40 bytes. */
char *changed_steps(const struct session *session, char dst[static 40]);

#endif
