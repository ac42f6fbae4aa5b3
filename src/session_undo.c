/*
 * session_undo.c - undo and redo: see session.h
 *
 * A step that was flushed is taken back only where the file still has what the
 * step made of it (K9): another program may have written there, or another run
 * of this one. Its changes are gone through backwards, each held against what
 * the later ones leave when they are taken back.
 */
#include "config.h"

#include "session.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "edit/compare.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/tree.h"
#include "session_impl.h"

/* What a document was before the changes that are gone through. */
struct taken_back {
	const struct document *doc;
	struct tree *root; /* owned */
};

struct going_back {
	struct session *session;
	struct taken_back *v; /* owned */
	size_t count, cap;
};

static struct taken_back *find(struct going_back *g, struct document *doc,
                               struct error *err)
{
	struct taken_back *taken;

	for (size_t i = 0; i < g->count; i++)
		if (g->v[i].doc == doc)
			return &g->v[i];
	if (!mem_grow(&g->v, &g->cap, g->count + 1, sizeof(*g->v), err))
		return NULL;
	taken = &g->v[g->count];
	taken->doc = doc;
	taken->root = document_tree(doc, err);
	g->count += taken->root != NULL;
	return taken->root ? taken : NULL;
}

static bool others_have_written(const struct document *doc, uint64_t off,
                                struct error *err)
{
	error_set(err, ERR_CHANGED,
	          "%s: what was flushed is not there any more: another program "
	          "has written at 0x%llx",
	          text_shown(document_name(doc)).s, (unsigned long long)off);
	return error_add_path(err, document_name(doc));
}

/* Are the bytes there that a change has brought? */
static bool is_there(struct session *session, const struct taken_back *taken,
                     const struct change *change, struct error *err)
{
	const struct pieces *added = &change->added;
	struct pieces have;
	uint64_t same = 0;
	bool ok;

	if (change->off > tree_len(taken->root) ||
	    added->len > tree_len(taken->root) - change->off)
		return others_have_written(taken->doc, tree_len(taken->root),
		                           err);
	if (added->len == 0)
		return true;
	if (!pieces_cut(taken->root, change->off, added->len, &have, err))
		return false;
	ok = compare_pieces(added, &have) ||
	     compare_bytes(session_store(session), taken->doc, added, &have,
	                   &same, err);
	pieces_clear(&have);
	if (!ok && err->code == ERR_CHANGED)
		return others_have_written(taken->doc, change->off + same, err);
	return ok;
}

static bool check_change(struct going_back *g, const struct change *change,
                         struct error *err)
{
	struct document *doc = session_document(g->session, change->doc);
	struct change back = change_swapped(change);
	struct splice splice = change_splice(&back);
	struct taken_back *taken;

	if (!doc)
		return session_say_absent(g->session, change->doc, err);
	/* What an earlier run has edited may be for reading now. */
	if (!document_may_change(doc,
	                         change->added.len != change->removed.len, err))
		return false;
	taken = find(g, doc, err);
	return taken && is_there(g->session, taken, change, err) &&
	       tree_splice(&taken->root, &splice, err);
}

bool session_say_absent(const struct session *session, uint64_t doc,
                        struct error *err)
{
	const char *path = session_absent(session, doc);

	if (!path)
		return error_set(err, ERR_CHANGED,
		                 "a file of this change is not open any more");
	error_set(err, ERR_STATE, "it also changes %s: open that, too",
	          text_shown(path).s);
	return error_add_path(err, path);
}

bool session_may_undo(struct session *session, struct error *err)
{
	const struct past *past = edits_past(session->edits);
	struct going_back g = { .session = session };
	struct past_place place = past_here(past);
	struct change change;
	bool first = false;
	bool ok = true;

	if (past_done(past) > session->flushed)
		return true;
	while (ok && !first && past_previous(past, &place, &change, &first))
		ok = check_change(&g, &change, err);
	for (size_t i = 0; i < g.count; i++)
		tree_unref(g.v[i].root);
	mem_free(g.v);
	return ok;
}

bool session_undo(struct session *session, struct error *err)
{
	return session_load_past(session, 1, err) &&
	       session_may_undo(session, err) &&
	       edits_undo(session->edits, err) &&
	       session_conclude(session, KEEPER_UNDO, err);
}

bool session_redo(struct session *session, struct error *err)
{
	return edits_redo(session->edits, err) &&
	       session_conclude(session, KEEPER_REDO, err);
}
