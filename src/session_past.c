/*
 * session_past.c - what earlier runs have flushed, as history: see session.h
 *
 * A closed journal has what was done and the images of what was overwritten.
 * Its steps are made again with documents that nobody reads, as long as the
 * files were then: that gives the pieces that each step removed. Bytes stay in
 * the journal, of which the store knows where they are; a history is as small
 * as one that was made in this run.
 *
 * The newest journal is loaded first, and older ones when they are needed. Each
 * is about the files as they were after it, so what it has of a base is seen
 * through the flushes that came later, those of this run among them.
 *
 * None of it is believed: a step is taken back only if what it has made of the
 * file is there, byte by byte (K9).
 *
 * What was taken back when the newest of them ended can be made again, as long as
 * nothing else was done.
 */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "keep/index.h"
#include "session_closed.h"
#include "session_impl.h"
#include "session_past_impl.h"

void session_free_past(struct session *session)
{
	struct beyond *b = session->beyond;

	if (!b)
		return;
	session_past_forget_bases(b);
	for (size_t i = 0; i < b->absent_count; i++)
		mem_free(b->absent[i].path);
	index_free(b->index);
	mem_free(b->closed);
	mem_free(b->own);
	mem_free(b->bases);
	mem_free(b->absent);
	mem_free(b);
}

bool session_past_need(struct session *session, struct error *err)
{
	if (!session->beyond)
		session->beyond = mem_zalloc(sizeof(*session->beyond), err);
	return session->beyond != NULL;
}

/* The history of a journal on its way. */
struct front {
	struct past *past; /* owned; NULL: it has no step for us */
	uint32_t *groups;  /* owned: the first group of each step */
	uint8_t uuid[RECORD_UUID];
};

static void front_free(struct front *front)
{
	past_free(front->past);
	mem_free(front->groups);
	*front = (struct front){ 0 };
}

static bool make_front(struct closed_load *l, struct front *front,
                       struct error *err)
{
	const struct past *past = edits_past(l->edits);

	if (past_done(past) == 0 && past_undone(past) == 0)
		return true;
	memcpy(front->uuid, recover_head(l->rec)->uuid, RECORD_UUID);
	front->groups = closed_groups(l, err);
	if (!front->groups ||
	    !session_apply_remarks(l->session, l, front->groups, err))
		return false;
	front->past = session_past_map(l, err);
	return front->past != NULL;
}

/* What it says of the history is learnt first. */
static bool hear(struct session *session, struct closed_journal *closed,
                 struct recover *rec, struct error *err)
{
	if (!session_past_learn(session->beyond, rec, err))
		return false;
	closed->is_heard =
		closed->is_heard || session_hear_remarks(session, rec, err);
	return closed->is_heard;
}

static bool load(struct session *session, const struct folder *folder,
                 struct closed_journal *closed, struct front *front,
                 struct error *err)
{
	struct recover *rec = session_past_open(folder, closed->name, err);
	struct closed_load *l;
	bool failed, ok;

	*front = (struct front){ 0 };
	if (rec && !hear(session, closed, rec, err)) {
		recover_free(rec);
		return false;
	}
	l = session_past_begin(session, rec, folder, &failed, err);
	if (!l)
		return !failed;
	ok = closed_make(l, err) && make_front(l, front, err) &&
	     session_past_pass(l, err);
	closed_free(l);
	if (!ok)
		front_free(front);
	return ok;
}

/* --- the history ------------------------------------------------------------------- */

/* The histories of journals on their way, the newest first. */
struct fronts {
	struct front *v; /* owned */
	size_t count, cap, steps;
};

static bool take_next(struct session *session, const struct folder *folder,
                      struct fronts *fronts, struct error *err)
{
	struct beyond *b = session->beyond;
	struct front front;

	if (!mem_grow(&fronts->v, &fronts->cap, fronts->count + 1,
	              sizeof(*fronts->v), err))
		return false;
	if (!load(session, folder, &b->closed[b->next], &front, err))
		return false;
	b->next++;
	if (front.past) {
		fronts->steps += past_done(front.past);
		fronts->v[fronts->count++] = front;
	}
	return true;
}

/* The same, the oldest first. */
struct behind {
	const struct past **pasts;   /* owned; borrowed histories */
	struct keeper_closed *steps; /* owned */
};

static bool turn_round(const struct fronts *fronts, bool ahead,
                       struct behind *behind, struct error *err)
{
	size_t count = fronts->count;

	behind->pasts = mem_zalloc((count + 1) * sizeof(struct past *), err);
	behind->steps =
		behind->pasts
			? mem_zalloc((count + 1) * sizeof(*behind->steps), err)
			: NULL;
	for (size_t i = 0; behind->steps && i < count; i++) {
		const struct front *front = &fronts->v[count - 1 - i];
		bool all = ahead && i + 1 == count;

		behind->pasts[i] = front->past;
		behind->steps[i] = (struct keeper_closed){
			front->uuid, front->groups,
			past_done(front->past) +
				(all ? past_undone(front->past) : 0)
		};
	}
	return behind->steps != NULL;
}

/* Put them in front of the history, in the place of `skip` steps. */
static bool put_fronts(struct session *session, struct fronts *fronts,
                       size_t skip, struct error *err)
{
	const struct past *was = edits_past(session->edits);
	bool ahead = past_done(was) == skip &&
	             (past_undone(was) == 0 || session->is_ahead);
	struct behind behind = { 0 };
	struct past *past = NULL;

	if (turn_round(fronts, ahead, &behind, err))
		past = past_join(was, skip, ahead, behind.pasts, fronts->count,
		                 err);
	if (past && session->keeper &&
	    !keeper_move_steps(session->keeper, skip, behind.steps,
	                       fronts->count, err)) {
		past_free(past);
		past = NULL;
	}
	mem_free(behind.pasts);
	mem_free(behind.steps);
	if (!past)
		return false;
	session->is_ahead = ahead && past_undone(past) > 0;
	edits_take_past(session->edits, past);
	session->closed += fronts->steps - skip;
	session->flushed += fronts->steps - skip;
	session->whole += fronts->steps - skip;
	session->shifts_generation = session->generation - 1;
	return true;
}

/* Are there files that were opened since it was listed? */
static bool is_stale(const struct session *session)
{
	const struct beyond *b = session->beyond;

	return !b->is_listed || b->last_id != session->last_id;
}

/* Then all is loaded anew, in the place of *skip steps; unless some of them were
   taken back, or are gone. */
static bool renew(struct session *session, const struct folder *folder,
                  size_t *skip, struct error *err)
{
	const struct past *past = edits_past(session->edits);

	*skip = 0;
	if (!is_stale(session) || session->closed_cut ||
	    past_done(past) < session->closed)
		return true;
	*skip = session->closed;
	return session_past_list(session, folder, err);
}

/* What comes next cannot be read: say so, and end there. */
static bool end_history(struct session *session, struct error *err)
{
	char line[ERROR_TEXT + 64];

	if (err->code == ERR_NOMEM)
		return false;
	snprintf(line, sizeof(line), "the history ends here: %s", err->text);
	session_say_line(session, line);
	session->beyond->next = session->beyond->count;
	return true;
}

static bool load_steps(struct session *session, const struct folder *folder,
                       size_t steps, struct error *err)
{
	const struct past *past = edits_past(session->edits);
	struct beyond *b = session->beyond;
	struct fronts fronts = { 0 };
	struct error ignored;
	size_t skip;
	bool ok = renew(session, folder, &skip, err);

	if (ok && b->is_listed && b->next < b->count &&
	    !session_past_see_own(session, folder, err))
		ok = end_history(session, err);
	while (ok && b->is_listed && b->next < b->count &&
	       past_done(past) - skip + fronts.steps < steps)
		ok = take_next(session, folder, &fronts, err) ||
		     end_history(session, err);
	ok = ok && ((fronts.count == 0 && skip == 0) ||
	            put_fronts(session, &fronts, skip, err));
	for (size_t i = 0; i < fronts.count; i++)
		front_free(&fronts.v[i]);
	mem_free(fronts.v);
	if (!ok)
		b->is_listed = false;
	/* What it does not say is read from the journals. */
	if (ok && session->keeps)
		(void)!index_store(b->index, &ignored);
	return ok;
}

void session_renew_past(struct session *session)
{
	if (session->beyond)
		session->beyond->is_listed = false;
}

/* Who else is at the journals: they would find them locked, and so would we. */
static bool is_busy(const struct session *session)
{
	return session->is_replaying || session->flushing || session->taking ||
	       session->looking || session->deciding;
}

bool session_load_past(struct session *session, size_t steps, struct error *err)
{
	const struct folder *folder;

	if (past_done(edits_past(session->edits)) >= steps || is_busy(session))
		return true;
	folder = session_shelf(session, err);
	if (!folder)
		return err->code == ERR_NO;
	if (!session_past_need(session, err))
		return false;
	return session->beyond->own_lost ||
	       load_steps(session, folder, steps, err);
}

bool session_load_undone(struct session *session, struct error *err)
{
	const struct past *past = edits_past(session->edits);
	bool known = session->is_ahead
	                     ? !is_stale(session)
	                     : past_done(past) > 0 || past_undone(past) > 0;

	return known || session_load_past(session, past_done(past) + 1, err);
}
