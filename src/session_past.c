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
 * What was taken back when the newest of them ended can be made again, as long
 * as nothing else was done.
 *
 * All of it but the last step, which puts what was loaded into the history, may
 * be done by a job: session_may_change() refuses meanwhile what would change a
 * file, the history or the list of journals. What it puts into the store stands
 * between what others put there.
 */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/tree.h"
#include "keep/index.h"
#include "session_closed.h"
#include "session_impl.h"
#include "session_past_impl.h"

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

/* --- the history ---------------------------------------------------------- */

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
	if (!load(session, folder, &b->list.closed[b->list.next], &front, err))
		return false;
	b->list.next++;
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

	return !b->list.is_listed || b->list.is_old ||
	       b->list.last_id != session->last_id;
}

/* Then all is loaded anew, unless some of the steps were taken back, or are
   gone. */
static bool may_renew(const struct session *session)
{
	return is_stale(session) && !session->closed_cut &&
	       past_done(edits_past(session->edits)) >= session->closed;
}

/* What comes next cannot be read: say so, and end there. */
static bool end_history(struct beyond *b, struct error *err)
{
	char line[ERROR_TEXT + 64];

	if (err->code == ERR_NOMEM || err->code == ERR_CANCELLED)
		return false;
	snprintf(line, sizeof(line), "the history ends here: %s", err->text);
	session_past_say(b, line);
	b->list.next = b->list.count;
	return true;
}

void session_renew_past(struct session *session)
{
	if (session->beyond)
		session->beyond->list.is_old = true;
}

/* --- loading it ----------------------------------------------------------- */

struct loading {
	const struct folder *folder; /* borrowed */
	size_t steps;                /* that are wanted.. */
	size_t done;                 /* ..and were there */
	bool renews;                 /* all is loaded anew, in the place of.. */
	size_t skip;                 /* ..so many steps */
	struct fronts fronts;
	struct listing was; /* for when it fails */
	bool ok;            /* of the work */
	struct error err;
};

static void free_bases(struct listing *list)
{
	for (size_t i = 0; i < list->base_count; i++)
		tree_unref(list->bases[i].now);
	mem_free(list->bases);
}

static void free_list(struct listing *list)
{
	free_bases(list);
	index_free(list->index);
	mem_free(list->closed);
}

static void loading_free(struct loading *l)
{
	for (size_t i = 0; i < l->fronts.count; i++)
		front_free(&l->fronts.v[i]);
	mem_free(l->fronts.v);
	mem_free(l);
}

/* Put aside what the loading changes before it is known to end well. */
static bool put_aside(struct listing *list, struct loading *l,
                      struct error *err)
{
	struct base *bases;

	l->was = *list;
	if (l->renews) {
		*list = (struct listing){ 0 };
		return true;
	}
	bases = mem_resize(NULL, list->base_cap, sizeof(*bases), err);
	if (!bases)
		return false;
	for (size_t i = 0; i < list->base_count; i++) {
		bases[i] = list->bases[i];
		if (bases[i].now)
			tree_ref(bases[i].now);
	}
	list->bases = bases;
	return true;
}

static void forget_aside(struct loading *l)
{
	if (l->renews)
		free_list(&l->was);
	else
		free_bases(&l->was);
}

/* Nothing was loaded, though the store keeps to its end what was put there. */
static void go_back(struct listing *list, struct loading *l)
{
	if (l->renews)
		free_list(list);
	else
		free_bases(list);
	*list = l->was;
}

void session_past_say(struct beyond *b, const char *line)
{
	struct error ignored;

	if (!mem_grow(&b->said, &b->said_cap, b->said_count + 1,
	              sizeof(*b->said), &ignored))
		return;
	b->said[b->said_count] = mem_strdup(line, &ignored);
	b->said_count += b->said[b->said_count] != NULL;
}

static void say_all(struct session *session)
{
	struct beyond *b = session->beyond;

	for (size_t i = 0; i < b->said_count; i++) {
		session_say_line(session, b->said[i]);
		mem_free(b->said[i]);
	}
	b->said_count = 0;
}

static bool begin(struct session *session, const struct folder *folder,
                  size_t steps, struct error *err)
{
	struct loading *l = mem_zalloc(sizeof(*l), err);

	if (!l)
		return false;
	l->folder = folder;
	l->steps = steps;
	l->done = past_done(edits_past(session->edits));
	l->renews = may_renew(session);
	l->skip = l->renews ? session->closed : 0;
	if (!put_aside(&session->beyond->list, l, err)) {
		loading_free(l);
		return false;
	}
	session->loading = l;
	return true;
}

/* Is there anything that is not in the history yet? */
static bool has_more(const struct session *session)
{
	const struct listing *list = &session->beyond->list;

	return may_renew(session) ||
	       (list->is_listed && list->next < list->count);
}

/* Who else is at the journals would find them locked, and so would we. */
bool session_load_begin(struct session *session, size_t steps, bool *needed,
                        struct error *err)
{
	const struct folder *folder;

	*needed = false;
	if (past_done(edits_past(session->edits)) >= steps ||
	    session->is_replaying)
		return true;
	if (session->loading)
		return session_may_change(session, err);
	folder = session_shelf(session, err);
	if (!folder)
		return err->code == ERR_NO;
	if (!session_past_need(session, err))
		return false;
	if (!has_more(session))
		return true;
	*needed = session_may_change(session, err) &&
	          begin(session, folder, steps, err);
	return *needed;
}

static bool load_steps(struct session *session, struct loading *l,
                       struct error *err)
{
	struct beyond *b = session->beyond;
	bool ok = !l->renews || session_past_list(session, l->folder, err);

	if (ok && b->list.next < b->list.count &&
	    !session_past_see_own(session, l->folder, err))
		ok = end_history(b, err);
	while (ok && b->list.next < b->list.count &&
	       l->done - l->skip + l->fronts.steps < l->steps)
		ok = job_goes_on(b->job, err) &&
		     (take_next(session, l->folder, &l->fronts, err) ||
		      end_history(b, err));
	return ok;
}

void session_load_work(struct job *job, void *arg)
{
	struct session *session = arg;
	struct beyond *b = session->beyond;
	struct loading *l = session->loading;
	struct error ignored;

	b->job = job;
	l->ok = load_steps(session, l, &l->err);
	/* What it does not say is read from the journals. */
	if (l->ok && session->keeps)
		(void)!index_store(b->list.index, &ignored);
	b->job = NULL;
}

bool session_load_end(struct session *session, struct error *err)
{
	struct loading *l = session->loading;
	bool ok = l->ok;

	session->loading = NULL;
	if (!ok && l->err.code == ERR_NONE)
		/* It was cancelled before it began. */
		(void)error_set(err, ERR_CANCELLED, "cancelled");
	else if (!ok)
		*err = l->err;
	else
		ok = (l->fronts.count == 0 && l->skip == 0) ||
		     put_fronts(session, &l->fronts, l->skip, err);
	if (ok)
		forget_aside(l);
	else
		go_back(&session->beyond->list, l);
	say_all(session);
	loading_free(l);
	return ok;
}

bool session_load_past(struct session *session, size_t steps, struct error *err)
{
	bool needed;

	if (!session_load_begin(session, steps, &needed, err))
		return false;
	if (!needed)
		return true;
	session_load_work(NULL, session);
	return session_load_end(session, err);
}

size_t session_undone_steps(const struct session *session)
{
	const struct past *past = edits_past(session->edits);
	bool known = past_done(past) > 0 || past_undone(past) > 0;

	if (session->loading)
		return 0;
	if (session->is_ahead)
		known = !is_stale(session);
	return known ? 0 : past_done(past) + 1;
}

void session_free_past(struct session *session)
{
	struct beyond *b = session->beyond;

	if (!b)
		return;
	if (session->loading) {
		go_back(&b->list, session->loading);
		loading_free(session->loading);
		session->loading = NULL;
	}
	free_list(&b->list);
	for (size_t i = 0; i < b->absent_count; i++)
		mem_free(b->absent[i].path);
	mem_free(b->own);
	mem_free(b->absent);
	for (size_t i = 0; i < b->said_count; i++)
		mem_free(b->said[i]);
	mem_free(b->said);
	mem_free(b);
}
