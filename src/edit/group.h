/*
 * group.h - changes that are made together or not at all
 *
 * A group changes roots that nobody else sees. When all has gone well, and what
 * must be written first is written (K5), it is committed, which cannot fail:
 * then the documents have these roots. A group of one change goes the shorter
 * way: it is prepared on the document's own root, which is then changed in
 * place. Until the end of such a group the document may not be read.
 *
 * Threads: the engine thread.
 */
#ifndef EDIT_GROUP_H
#define EDIT_GROUP_H

#include "base/base.h"
#include "edit/change.h"
#include "edit/tree.h"

struct document;
struct error;
struct store;

struct group_document {
	struct document *doc; /* borrowed */
	struct tree *root;    /* owned: what it will be */
	uint64_t before;      /* its size; 0 of a change that is alone */
};

struct group {
	struct store *store;      /* borrowed */
	struct group_document *v; /* owned; sorted by document_id() */
	size_t count, cap;
	size_t last;     /* the one that was changed last */
	bool alone;      /* there is to be one change */
	bool is_planned; /* it is there */
	struct tree_plan plan;
};

/* All zero before the first one. Ends with commit or cancel. `alone`: exactly
   one change is to come. */
void group_begin(struct group *group, struct store *store, bool alone);
void group_commit(struct group *group);
void group_cancel(struct group *group);
/* None is going on. */
void group_free(struct group *group);

/* The root of a document as it is in the group so far, to cut pieces from.
   Borrowed until the next change. ERR_NOMEM. */
struct tree *group_root(struct group *group, struct document *doc,
                        struct error *err) MUST_USE;

/* Make a change of this document; what is removed is given as well. `at`: a
   walk of its group_root() as for a splice, or NULL. On failure the group can
   only be cancelled. ERR_NOMEM. */
bool group_change(struct group *group, struct document *doc,
                  const struct change *change, const struct tree_walk *at,
                  struct error *err) MUST_USE;

/* By how much a document has become longer in the group so far, modulo 2^64;
   the size that it will have; and whether any document has another one. */
uint64_t group_size(const struct group *group, const struct document *doc);
uint64_t group_growth(const struct group *group, const struct document *doc);
bool group_is_resized(const struct group *group);

#endif
