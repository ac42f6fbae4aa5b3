/*
 * session_past_bases.c - closed journals seen through later flushes: see
 * session_past_impl.h
 *
 * Each journal is about the files as they were after it, so what it has of a
 * base is seen through the flushes that came later, those of this run among
 * them.
 */
#include "config.h"

#include "session.h"

#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/edits.h"
#include "edit/rebase.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "keep/disk.h"
#include "session_closed.h"
#include "session_impl.h"
#include "session_past_impl.h"

static bool find_base(struct session *session, uint64_t doc, struct base **out,
                      struct error *err)
{
	struct beyond *b = session->beyond;

	for (size_t i = 0; i < b->list.base_count; i++)
		if (b->list.bases[i].doc == doc) {
			*out = &b->list.bases[i];
			return true;
		}
	if (!mem_grow(&b->list.bases, &b->list.base_cap, b->list.base_count + 1,
	              sizeof(*b->list.bases), err))
		return false;
	*out = &b->list.bases[b->list.base_count++];
	**out = (struct base){
		.doc = doc,
		.size = document_source(session_document(session, doc))->size
	};
	return true;
}

/* Somebody else has made the file longer or shorter since. */
static bool fit_base(struct session *session, struct base *base, uint64_t size,
                     struct error *err)
{
	struct piece all = { .len = u64_min(base->size, size) };
	struct piece lost;
	struct splice splice = { .off = base->size, .v = &lost, .count = 1 };

	if (base->size == size)
		return true;
	if (!base->now)
		base->now = tree_new(&all, all.len > 0, err);
	else if (base->size > size)
		splice = (struct splice){ .off = size,
			                  .removed = base->size - size };
	if (!base->now)
		return false;
	if (base->size < size &&
	    !closed_put_lost(session, size - base->size, &lost, err))
		return false;
	if ((base->size < size || splice.removed > 0) &&
	    !tree_splice(&base->now, &splice, err))
		return false;
	base->size = size;
	return true;
}

static const struct tree *base_of(void *ctx, uint64_t doc)
{
	const struct beyond *b = ctx;

	for (size_t i = 0; i < b->list.base_count; i++)
		if (b->list.bases[i].doc == doc)
			return b->list.bases[i].now;
	return NULL;
}

/* The history of the journal, as of now. */
struct past *session_past_map(struct closed_load *l, struct error *err)
{
	struct session *session = l->session;

	for (size_t i = 0; i < l->count; i++) {
		const struct closed_lane *lane = &l->lanes[i];
		struct base *base;

		if (lane->is_open &&
		    (!find_base(session, lane->id, &base, err) ||
		     !fit_base(session, base, document_source(lane->doc)->size,
		               err)))
			return NULL;
	}
	return rebase_past(edits_past(l->edits), base_of, session->beyond, err);
}

/* And what came before it is seen through its flushes. */
bool session_past_pass(struct closed_load *l, struct error *err)
{
	for (size_t i = 0; i < l->count; i++) {
		struct closed_lane *lane = &l->lanes[i];
		struct base *base;

		if (!lane->total)
			continue;
		if (!find_base(l->session, lane->id, &base, err) ||
		    (base->now && !closed_chain(&lane->total, base->now, err)))
			return false;
		tree_unref(base->now);
		base->now = tree_ref(lane->total);
		base->size = closed_first_size(l, lane);
	}
	return true;
}

/* --- flushes of this run -------------------------------------------------- */

bool session_reserve_flush(struct session *session, struct error *err)
{
	struct beyond *b;

	if (!session_past_need(session, err))
		return false;
	b = session->beyond;
	return mem_grow(&b->own, &b->own_cap, b->own_count + 1, sizeof(*b->own),
	                err);
}

void session_note_flush(struct session *session, const char *journal,
                        uint32_t number)
{
	struct beyond *b = session->beyond;

	snprintf(b->own[b->own_count].journal, sizeof(b->own->journal), "%s",
	         journal);
	b->own[b->own_count++].number = number;
}

/* All that was loaded so far was mapped by the flush; what comes is seen
   through it. */
static bool see_own(struct session *session, const struct folder *folder,
                    const struct own_flush *own, struct error *err)
{
	struct closed_load *l;
	bool failed, ok;

	l = session_past_begin(session, recover_peek(folder, own->journal, err),
	                       folder, &failed, err);
	if (!l)
		return !failed;
	l->asked = own->number;
	ok = closed_make(l, err);
	for (size_t i = 0; ok && i < l->count; i++) {
		struct tree *seen = l->lanes[i].seen;
		struct base *base;

		if (!seen)
			continue;
		ok = find_base(session, l->lanes[i].id, &base, err) &&
		     closed_chain(&base->now, seen, err);
		if (ok)
			base->size = tree_len(base->now);
	}
	closed_free(l);
	return ok;
}

bool session_past_see_own(struct session *session, const struct folder *folder,
                          struct error *err)
{
	struct beyond *b = session->beyond;

	for (; b->list.own_seen < b->own_count; b->list.own_seen++)
		if (!see_own(session, folder, &b->own[b->list.own_seen], err))
			return false;
	return true;
}
