/*
 * session_recover_back.c - see session_recover_impl.h
 *
 * The documents that are taken up had no edits, so their trees of before are
 * all that is needed. What is kept by address would not move back with them:
 * where lengths have changed it is gone back step by step.
 */
#include "config.h"

#include "session_recover_impl.h"

#include "base/mem.h"
#include "base/pool.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/tree.h"
#include "session.h"
#include "session_impl.h"
#include "space/space.h"
#include "space/view.h"

void session_recover_forget(struct replay *r)
{
	struct before *b = &r->before;

	for (uint32_t i = 0; b->trees && i < r->count; i++)
		tree_unref(b->trees[i]);
	mem_free(b->trees);
	space_unref(b->space);
	view_unref(b->spare);
	*b = (struct before){ 0 };
}

bool session_recover_remember(struct replay *r, struct error *err)
{
	const struct past *past = edits_past(r->session->edits);
	struct before *b = &r->before;
	bool ok;

	*b = (struct before){ .place = past_here(past),
		              .done = past_done(past) };
	b->space = space_ref(r->session->space);
	b->spare = view_reserve(r->session->touched_count + r->count, err);
	if (!b->spare)
		return false;
	b->trees = mem_zalloc((r->count + 1) * sizeof(struct tree *), err);
	ok = b->trees != NULL;
	for (uint32_t i = 0; ok && i < r->count; i++) {
		b->trees[i] = document_tree(r->docs[r->files[i] - 1], err);
		ok = b->trees[i] != NULL;
	}
	return ok;
}

/* The documents are simply those of before, and have no edits. */
static void restore(struct replay *r)
{
	struct session *session = r->session;
	struct before *b = &r->before;

	for (uint32_t i = 0; i < r->count; i++) {
		document_set_root(r->docs[r->files[i] - 1],
		                  session_store(session), b->trees[i]);
		b->trees[i] = NULL;
	}
	space_unref(session->space);
	session->space = space_ref(b->space);
	view_unref(session->view);
	session->view = NULL;
	/* Somebody may have looked since the last edit. */
	if (!session->spare) {
		session->spare = b->spare;
		b->spare = NULL;
	}
	session->generation++;
	session_unlock_unused(session);
}

/* Go back step by step, so that what is kept by address moves with it. Without
   memory that fails. */
static bool go_back(struct replay *r)
{
	struct session *session = r->session;
	const struct past *past = edits_past(session->edits);
	struct keeper *keeper = session->keeper;
	struct error ignored;
	bool ok = true;

	session->keeper = NULL;
	while (ok && past_done(past) > r->before.done)
		ok = session_undo(session, &ignored);
	session->keeper = keeper;
	return ok;
}

void session_recover_take_back(struct replay *r)
{
	struct session *session = r->session;
	const struct past *past = edits_past(session->edits);

	job_free(session->sync_job);
	session->sync_job = NULL;
	session->is_replaying = true;
	if (r->in_hand)
		edits_cancel(session->edits);
	if (past_done(past) > r->before.done || past_undone(past) > 0) {
		if (!r->resized || !go_back(r))
			restore(r);
		edits_cut(session->edits, r->before.place, r->before.done);
	}
	session->is_replaying = false;
	keeper_saw(session->keeper, 0, 0, NULL, 0);
	keeper_adopt_cancel(session->keeper);
	session_say_news(session);
}
