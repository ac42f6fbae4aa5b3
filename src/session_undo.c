/*
 * session_undo.c - undo and redo: see session.h
 *
 * A step that was flushed is taken back only where the file still has what the
 * step made of it (K9): another program may have written there, or another run
 * of this one. Its changes are gone through backwards, each held against what
 * the later ones leave when they are taken back. One that was taken back before
 * a flush is made again only where the file has what it took away.
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

/* What a document is when some changes have been gone through. */
struct taken_back {
	const struct document *doc;
	struct tree *root; /* owned */
};

struct going {
	struct session *session;
	bool back;
	struct taken_back *v; /* owned */
	size_t count, cap;
	struct pieces *removed; /* owned: what each change takes away */
	size_t removed_count, removed_cap;
};

static void going_free(struct going *g)
{
	for (size_t i = 0; i < g->count; i++)
		tree_unref(g->v[i].root);
	for (size_t i = 0; i < g->removed_count; i++)
		pieces_clear(&g->removed[i]);
	mem_free(g->removed);
	mem_free(g->v);
}

static struct taken_back *find(struct going *g, struct document *doc,
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

static bool others_have_written(const struct going *g,
                                const struct document *doc, uint64_t off,
                                struct error *err)
{
	error_set(err, ERR_CHANGED,
	          "%s: what %s is not there any more: another program "
	          "has written at 0x%llx",
	          text_shown(document_name(doc)).s,
	          g->back ? "was flushed" : "this was made on",
	          (unsigned long long)off);
	return error_add_path(err, document_name(doc));
}

/* Are the bytes there that a change takes away? */
static bool is_there(const struct going *g, const struct taken_back *taken,
                     const struct change *way, const struct pieces *have,
                     struct error *err)
{
	uint64_t same = 0;

	if (compare_pieces(&way->removed, have) ||
	    compare_bytes(session_store(g->session), taken->doc, &way->removed,
	                  have, &same, err))
		return true;
	return err->code == ERR_CHANGED
	               ? others_have_written(g, taken->doc, way->off + same,
	                                     err)
	               : false;
}

/* Cut out what a change takes away. */
static bool cut(struct going *g, const struct taken_back *taken,
                const struct change *way, struct error *err)
{
	uint64_t len = tree_len(taken->root);

	if (way->off > len || way->removed.len > len - way->off)
		return others_have_written(g, taken->doc, len, err);
	if (!mem_grow(&g->removed, &g->removed_cap, g->removed_count + 1,
	              sizeof(*g->removed), err))
		return false;
	g->removed[g->removed_count] = (struct pieces){ 0 };
	if (way->removed.len > 0 &&
	    !pieces_cut(taken->root, way->off, way->removed.len,
	                &g->removed[g->removed_count], err))
		return false;
	g->removed_count++;
	return true;
}

static bool go_over(struct going *g, const struct change *change,
                    struct error *err)
{
	struct document *doc = session_document(g->session, change->doc);
	struct change way = g->back ? change_swapped(change) : *change;
	struct splice splice = change_splice(&way);
	struct taken_back *taken;

	if (!doc)
		return session_say_absent(g->session, change->doc, err);
	/* What an earlier run has edited may be for reading now. */
	if (!document_may_change(doc, way.added.len != way.removed.len, err))
		return false;
	taken = find(g, doc, err);
	return taken && cut(g, taken, &way, err) &&
	       is_there(g, taken, &way, &g->removed[g->removed_count - 1],
	                err) &&
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

/* Go over the changes of the step that is taken back, or made again. */
static bool go_over_step(struct going *g, struct error *err)
{
	const struct past *past = edits_past(g->session->edits);
	struct past_place place = past_here(past);
	struct change change;
	bool first = false;
	bool ok = true;

	if (g->back) {
		while (ok && !first &&
		       past_previous(past, &place, &change, &first))
			ok = go_over(g, &change, err);
		return ok;
	}
	while (ok && past_next(past, &place, &change, &first)) {
		if (first && g->removed_count > 0)
			break;
		ok = go_over(g, &change, err);
	}
	return ok;
}

/* The journal is told what a step takes away that it does not know: a base may
   have been written with what the history calls an edit. */
static bool go(struct session *session, bool back, struct error *err)
{
	const struct past *past = edits_past(session->edits);
	size_t done = past_done(past);
	struct going g = { .session = session, .back = back };
	bool ok = true;

	if (back ? done > 0 && done <= session->flushed
	         : past_undone(past) > 0 && session->keeper &&
	                    !keeper_knows(session->keeper, done))
		ok = go_over_step(&g, err);
	ok = ok && (back ? edits_undo(session->edits, err)
	                 : edits_redo(session->edits, err));
	if (ok && session->keeper)
		keeper_set_removed(session->keeper, g.removed, g.removed_count);
	ok = ok &&
	     session_conclude(session, back ? KEEPER_UNDO : KEEPER_REDO, err);
	if (session->keeper)
		keeper_set_removed(session->keeper, NULL, 0);
	going_free(&g);
	return ok;
}

bool session_undo(struct session *session, struct error *err)
{
	return session_may_change(session, err) &&
	       session_load_past(session, 1, err) && go(session, true, err);
}

bool session_redo(struct session *session, struct error *err)
{
	return session_may_change(session, err) &&
	       session_load_past(session, session_undone_steps(session), err) &&
	       go(session, false, err);
}
