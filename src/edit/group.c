/*
 * group.c - see group.h
 *
 * The documents are an array sorted by id: changes come in runs of one
 * document, or go through many in order.
 */
#include "config.h"

#include "edit/group.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "edit/document.h"

enum { KEPT = 64 };

void group_begin(struct group *group, struct store *store, bool alone)
{
	group->store = store;
	group->count = group->last = 0;
	group->alone = alone;
	group->is_planned = false;
}

/* The first entry with this id or a greater one. */
static size_t lower(const struct group *group, uint64_t id)
{
	size_t lo = 0, hi = group->count;

	if (group->last < hi && document_id(group->v[group->last].doc) == id)
		return group->last;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (document_id(group->v[mid].doc) < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The entry of a document; made if there is none. */
static struct group_document *enter(struct group *group, struct document *doc,
                                    struct error *err)
{
	size_t at = lower(group, document_id(doc));
	struct group_document entry = { .doc = doc };

	group->last = at;
	if (at < group->count && group->v[at].doc == doc)
		return &group->v[at];
	assert(!group->alone || group->count == 0);
	if (!mem_grow(&group->v, &group->cap, group->count + 1,
	              sizeof(*group->v), err))
		return NULL;
	if (!group->alone)
		entry.before = document_size(doc);
	entry.root = group->alone ? document_take_root(doc, err)
	                          : document_tree(doc, err);
	if (!entry.root)
		return NULL;
	if (at < group->count)
		memmove(group->v + at + 1, group->v + at,
		        (group->count - at) * sizeof(*group->v));
	group->count++;
	group->v[at] = entry;
	return &group->v[at];
}

struct tree *group_root(struct group *group, struct document *doc,
                        struct error *err)
{
	struct group_document *entry = enter(group, doc, err);

	return entry ? entry->root : NULL;
}

bool group_change(struct group *group, struct document *doc,
                  const struct change *change, const struct tree_walk *at,
                  struct error *err)
{
	struct group_document *entry = enter(group, doc, err);
	struct splice splice = change_splice(change);

	if (!entry)
		return false;
	splice.at = at;
	if (!group->alone)
		return tree_splice(&entry->root, &splice, err);
	assert(!group->is_planned);
	group->is_planned =
		tree_prepare(&entry->root, &splice, &group->plan, err);
	return group->is_planned;
}

/* Room for few stays for the next one. */
static void end(struct group *group)
{
	group->count = 0;
	if (group->cap > KEPT)
		group_free(group);
}

void group_free(struct group *group)
{
	mem_free(group->v);
	group->v = NULL;
	group->cap = 0;
}

void group_commit(struct group *group)
{
	if (group->is_planned)
		tree_commit(&group->v[0].root, &group->plan);
	for (size_t i = 0; i < group->count; i++)
		document_set_root(group->v[i].doc, group->store,
		                  group->v[i].root);
	end(group);
}

void group_cancel(struct group *group)
{
	if (group->is_planned)
		tree_cancel(&group->plan);
	for (size_t i = 0; i < group->count; i++) {
		if (group->alone)
			document_set_root(group->v[i].doc, group->store,
			                  group->v[i].root);
		else
			tree_unref(group->v[i].root);
	}
	end(group);
}

static uint64_t growth(const struct group *group, size_t i)
{
	const struct group_document *entry = &group->v[i];

	/* Until a plan is carried out the root is what it was. */
	if (group->alone)
		return group->is_planned ? group->plan.more : 0;
	return tree_len(entry->root) - entry->before;
}

uint64_t group_growth(const struct group *group, const struct document *doc)
{
	size_t at = lower(group, document_id(doc));

	if (at < group->count && group->v[at].doc == doc)
		return growth(group, at);
	return 0;
}

uint64_t group_size(const struct group *group, const struct document *doc)
{
	size_t at = lower(group, document_id(doc));

	if (at == group->count || group->v[at].doc != doc)
		return document_size(doc);
	return tree_len(group->v[at].root) +
	       (group->alone ? growth(group, at) : 0);
}

bool group_is_resized(const struct group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		if (growth(group, i) != 0)
			return true;
	}
	return false;
}
