/*
 * wholes.h - where the space shows all of a file, for jobs
 *
 * A list of digests names files. Which of them are open is told from what they
 * were when this was made, so that nobody has to ask the session, and in a time
 * that hardly grows with how many are open.
 *
 * Threads: made in the engine thread; then constant: any, as long as the space
 * is there.
 */
#ifndef COMMAND_WHOLES_H
#define COMMAND_WHOLES_H

#include "base/base.h"
#include "source/identity.h"

struct error;
struct space;

struct whole {
	uint64_t doc;         /* its id */
	size_t segment;       /* the first one that it has */
	struct identity id;   /* of its file.. */
	bool has_id;          /* ..if it has one */
	const char *name;     /* the last part of it; borrowed from the space */
	bool is_shown;        /* all of it, in one piece: */
	uint64_t start, size; /* there, in the space */
};

struct wholes {
	struct whole *v;              /* owned: a document each, by identity */
	const struct whole **by_name; /* owned: the same, by name */
	size_t count;
};

/* O(n log n). ERR_NOMEM: then there is nothing to free. */
bool wholes_make(struct wholes *w, const struct space *sp,
                 struct error *err) MUST_USE;
void wholes_free(struct wholes *w);

/* The one of this file or device, or NULL. O(log n). */
const struct whole *wholes_same(const struct wholes *w,
                                const struct identity *id);
/* The only one with this last part of its name; NULL if there is none, or more
   than one. O(log n). */
const struct whole *wholes_named(const struct wholes *w, const char *name);

#endif
