/*
 * session_conclude.c - a group of edits becomes the state of now: see session.h
 *
 * The space is derived from the sizes that the documents will have (K8), and
 * the group is written to the journal (K5). What comes after that cannot fail.
 */
#include "config.h"

#include "session.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "keep/keeper.h"
#include "session_impl.h"
#include "space/space.h"
#include "space/view.h"

/* Tests make it small. */
#ifndef SESSION_SYNC_EACH
#define SESSION_SYNC_EACH 8192 /* groups that are made again */
#endif

const struct past *session_past(const struct session *session)
{
	return edits_past(session->edits);
}

void session_set_moved(struct session *session, session_moved *moved, void *ctx)
{
	session->moved = moved;
	session->moved_ctx = ctx;
}

/* The space with the sizes that the documents will have. */
static struct space *derive(const struct session *session, struct error *err)
{
	const struct layout *layout = &session->layout;
	uint64_t *sizes =
		mem_resize(NULL, layout->count + 1, sizeof(*sizes), err);
	struct space *sp;

	if (!sizes)
		return NULL;
	for (size_t i = 0; i < layout->count; i++) {
		const struct document *doc = layout->v[i]->doc;

		sizes[i] = doc ? edits_size(session->edits, doc) : 0;
	}
	sp = space_derive(layout, sizes, err);
	mem_free(sizes);
	return sp;
}

/* See that a view can be made and the touched documents noted (S3). */
static bool reserve(struct session *session, struct error *err)
{
	size_t most = session->touched_count + edits_documents(session->edits);
	struct view *spare;

	if (!mem_grow(&session->touched, &session->touched_cap, most,
	              sizeof(*session->touched), err))
		return false;
	if (session->spare && view_room(session->spare) >= most)
		return true;
	spare = view_reserve(2 * most, err);
	if (!spare)
		return false;
	view_unref(session->spare);
	session->spare = spare;
	return true;
}

static void touch(struct session *session, uint64_t doc)
{
	uint64_t *v = session->touched;
	size_t lo = 0, hi = session->touched_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v[mid] < doc)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < session->touched_count && v[lo] == doc)
		return;
	memmove(v + lo + 1, v + lo, (session->touched_count - lo) * sizeof(*v));
	v[lo] = doc;
	session->touched_count++;
}

static void note_move(void *ctx, const struct change *change)
{
	struct session *session = ctx;

	if (change->removed.len != change->added.len)
		session->moved(session->moved_ctx, change->doc, change->off,
		               change->removed.len, change->added.len);
}

static void note(struct session *session)
{
	struct document *doc;

	for (size_t i = 0; i < edits_documents(session->edits); i++) {
		(void)edits_root(session->edits, i, &doc);
		touch(session, document_id(doc));
	}
	if (session->moved)
		edits_each(session->edits, note_move, session);
}

/* The last one is joined to only if it was not taken back, nor made again: the
   journal could not say so. */
static bool may_join(const struct session *session)
{
	const struct past *past = edits_past(session->edits);

	return !session->went_back && past_done(past) > 0 &&
	       past_undone(past) == 0;
}

/* Write the group in hand down (K5). */
static bool keep(struct session *session, enum keeper_what what,
                 struct error *err)
{
	bool ok;

	if (!session->keeper || !session->keeps)
		return true;
	ok = keeper_write(session->keeper, what, err);
	session_say_news(session);
	return ok || error_prefix(err, "not done");
}

/* Have what was written synced when it is time: a program that does not look
   at session_sync_due() is one that makes edits. */
static void sync_if_due(struct session *session)
{
	struct error ignored;

	if (session->sync_job && job_is_done(session->sync_job))
		(void)session_sync_end(session, session->sync_job);
	if (session->keeper && session_sync_due(session) != UINT64_MAX &&
	    session_sync_due(session) <= sys_now())
		(void)!session_sync_begin(session, &ignored);
}

/* What is made again of a long journal would wait for each part of it to be
   synced. Whether that is done beside makes no difference to what counts. */
static void sync_beside(struct session *session)
{
	struct error ignored;

	if (session->generation % SESSION_SYNC_EACH != 0 || !session->keeper ||
	    (session->sync_job && !job_is_done(session->sync_job)))
		return;
	(void)session_sync_end(session, session->sync_job);
	session->sync_job = job_start(session->pool, JOB_READ, keeper_sync_run,
	                              session->keeper, &ignored);
}

/* How much of the history was flushed, and by earlier runs, is as much as there
   still is of that. */
static void note_steps(struct session *session, enum keeper_what what,
                       size_t before)
{
	size_t done = past_done(edits_past(session->edits));

	session->went_back = what == KEEPER_UNDO || what == KEEPER_REDO;
	session->joined = session->joins && !session->went_back;
	if (what == KEEPER_UNDO) {
		session->flushed = size_min(session->flushed, done);
		session->whole = size_min(session->whole, done);
	}
	session->is_ahead = session->is_ahead && session->went_back;
	if (!session->went_back && before < session->closed) {
		session->closed = before;
		session->closed_cut = true;
	}
}

bool session_conclude(struct session *session, enum keeper_what what,
                      struct error *err)
{
	size_t before = past_done(edits_past(session->edits));
	bool resizing = edits_are_resizing(session->edits);
	struct space *sp = NULL;

	if (!session_may_change(session, err)) {
		edits_cancel(session->edits);
		return false;
	}
	if (edits_are_nothing(session->edits)) {
		edits_cancel(session->edits);
		return true;
	}
	if (!session_check_held(session, err)) {
		edits_cancel(session->edits);
		return false;
	}
	if (what == KEEPER_EDIT && session->joined)
		what = KEEPER_JOIN;
	if (what == KEEPER_JOIN && !may_join(session))
		what = KEEPER_EDIT;
	if (resizing)
		sp = derive(session, err);
	if ((resizing && !sp) || !reserve(session, err) ||
	    !session_lock(session, err) || !keep(session, what, err)) {
		edits_cancel(session->edits);
		session_unlock(session);
		space_unref(sp);
		return false;
	}
	note(session);
	edits_commit(session->edits, what == KEEPER_JOIN);
	session_unlock(session);
	note_steps(session, what, before);
	if (resizing) {
		space_unref(session->space);
		session->space = sp;
	}
	view_unref(session->view);
	session->view = NULL;
	session->generation++;
	if (session->is_replaying)
		sync_beside(session);
	else
		sync_if_due(session);
	return true;
}

void session_join(struct session *session, bool on)
{
	session->joins = on;
	session->joined = false;
}

bool session_joins(const struct session *session)
{
	return session->joins;
}

/* Where edits are one step anyway, they stay so. */
void session_join_next(struct session *session, bool on)
{
	if (!session->joins)
		session->joined = on;
}

void session_begin_edit(struct session *session, bool alone)
{
	session_label(session);
	edits_begin(session->edits, alone);
}

bool session_end_edit(struct session *session, bool ok, unsigned flags,
                      struct error *err)
{
	if (ok)
		return session_conclude(session,
		                        flags & EDIT_JOIN ? KEEPER_JOIN
		                                          : KEEPER_EDIT,
		                        err);
	edits_cancel(session->edits);
	return false;
}
