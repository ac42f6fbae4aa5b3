/*
 * session_recover.c - the edits of earlier runs: see session.h
 *
 * What a journal says is believed no further than it fits: every change is held
 * against the document as it is when its turn comes.
 *
 * What waits for a disk, reading the journals and having ours synced, may be
 * done by another thread; changes are made in the engine's, a few at a time. A
 * group in hand and an adoption may stand half done in between, so that nobody
 * else may begin an edit: session_may_change().
 */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "edit/edits.h"
#include "session_impl.h"
#include "session_recover_impl.h"

struct taking {
	const struct folder *folder; /* borrowed */
	struct replay **v;           /* owned */
	size_t count, cap, at;
	struct looked looked;
	bool is_writing; /* all is made: it is session_recover_write()'s turn */
};

static void replay_free(struct replay *r)
{
	if (!r)
		return;
	recover_free(r->rec);
	mem_free(r->docs);
	mem_free(r->wanted);
	mem_free(r->files);
	session_recover_forget(r);
	replay_pieces_free(&r->pieces);
	replay_pieces_free(&r->ahead);
	mem_free(r->steps);
	looked_free(&r->looked);
	mem_free(r);
}

/* --- what a look has found ------------------------------------------------ */

bool looked_init(struct looked *looked, struct recover *rec, struct error *err)
{
	size_t n = recover_files(rec);

	*looked = (struct looked){ .rec = rec };
	looked->checked =
		mem_zalloc((n + 1) * sizeof(struct recover_checked), err);
	looked->is_checked = looked->checked ? mem_zalloc(n + 1, err) : NULL;
	if (looked->is_checked)
		return true;
	mem_free(looked->checked);
	*looked = (struct looked){ 0 };
	return false;
}

void looked_free(struct looked *looked)
{
	recover_free(looked->rec);
	mem_free(looked->checked);
	mem_free(looked->is_checked);
	*looked = (struct looked){ 0 };
}

void session_recover_keep(struct session *session, struct looked *looked)
{
	session->taking->looked = *looked;
	*looked = (struct looked){ 0 };
}

void session_recover_drop(struct session *session)
{
	if (session->taking)
		looked_free(&session->taking->looked);
}

/* The journal as the look has left it, or opened. */
static bool open_journal(struct replay *r, struct taking *t,
                         const char *journal, struct job *job,
                         struct error *err)
{
	struct recover *rec = t->looked.rec;

	if (rec && strcmp(recover_name(rec), journal) == 0) {
		r->looked = t->looked;
		t->looked = (struct looked){ 0 };
		r->looked.rec = NULL;
		r->rec = rec;
		return true;
	}
	r->rec = recover_open_for(job, t->folder, journal, err);
	/* A run that took up some of it may have been killed before it said so
	   there. */
	return r->rec && session_settle_waiting(t->folder, r->rec, err);
}

/* --- choosing ------------------------------------------------------------- */

static bool check(struct replay *r, uint32_t file, struct source *src,
                  struct recover_checked *checked, struct error *err)
{
	if (!r->looked.checked || !r->looked.is_checked[file - 1])
		return recover_check(r->rec, file, src, checked, err);
	*checked = r->looked.checked[file - 1];
	return true;
}

/* May this file have its edits back? */
static bool check_file(struct replay *r, uint32_t file, struct error *err)
{
	struct document *doc = r->docs[file - 1];
	struct recover_checked checked;

	if (document_root(doc))
		return error_set(err, ERR_CHANGED,
		                 "%s: it has edits that are newer",
		                 text_shown(document_name(doc)).s);
	if (!check(r, file, document_source(doc), &checked, err))
		return false;
	if (!recover_fits(checked.state))
		return recover_refuse(&checked, document_name(doc), err);
	return document_may_change(doc, false, err);
}

/* Find the documents whose changes wait. */
static bool find_files(struct replay *r, struct error *err)
{
	uint32_t n = recover_files(r->rec);

	r->docs = mem_zalloc((n + 1) * sizeof(struct document *), err);
	r->wanted = r->docs ? mem_zalloc(n + 1, err) : NULL;
	r->files =
		r->wanted ? mem_zalloc((n + 1) * sizeof(*r->files), err) : NULL;
	if (!r->files)
		return false;
	for (uint32_t i = 1; i <= n; i++) {
		if (!recover_file_waits(r->rec, i))
			continue;
		r->docs[i - 1] = session_document_of(r->session, r->rec, i);
		r->wanted[i - 1] = r->docs[i - 1] != NULL;
		if (r->wanted[i - 1])
			r->files[r->count++] = i;
	}
	return r->count > 0 ||
	       error_set(err, ERR_NO, "%s: nothing waits there for these files",
	                 recover_name(r->rec));
}

/* Choose their changes; no step may be cut in two. */
static bool plan(struct replay *r, struct error *err)
{
	uint32_t also = 0;

	if (recover_plan(r->rec, r->wanted, &also, err))
		return true;
	if (also == 0)
		return false;
	return error_set(err, ERR_STATE,
	                 "%s: an edit of it also changes %s: open that, too",
	                 recover_name(r->rec),
	                 text_shown(recover_file(r->rec, also)->path).s);
}

/* This file's changes go on waiting. */
static void leave(struct replay *r, uint32_t i)
{
	uint32_t file = r->files[i];

	r->docs[file - 1] = NULL;
	r->wanted[file - 1] = false;
	r->files[i] = r->files[--r->count];
}

/* Choose those that may have their edits back, if no step joins them to one
   that may not: r->left is why, of the last such. */
static bool choose(struct replay *r, struct error *err)
{
	if (!find_files(r, err))
		return false;
	for (uint32_t i = r->count; i-- > 0;) {
		if (check_file(r, r->files[i], err))
			continue;
		if (err->code != ERR_CHANGED && err->code != ERR_READONLY)
			return false;
		r->left = *err;
		leave(r, i);
	}
	if (r->count > 0 && plan(r, err))
		return true;
	if (r->left.code != ERR_NONE)
		*err = r->left;
	return false;
}

/* --- letting go of it there ----------------------------------------------- */

/* Documents that were edited there, all of which was undone again, wait for
   nothing: those that are not open are let go, too. */
static bool add_undone(struct replay *r, struct error *err)
{
	uint32_t steps;

	for (uint32_t i = 1; i <= recover_files(r->rec); i++) {
		if (!recover_file_waits(r->rec, i) || r->wanted[i - 1])
			continue;
		if (!recover_steps(r->rec, i, &steps, err))
			return false;
		if (steps == 0)
			r->files[r->count++] = i;
	}
	return true;
}

/* The edits are in the journal of this session now: the old one lets go of
   them, at once or at the end. What cannot be released is settled by the next
   who looks. */
static void release(struct replay *r)
{
	struct session *session = r->session;

	if (keeper_state(session->keeper) != KEEPER_KEEPS ||
	    !add_undone(r, &r->late))
		return;
	if (!session->defers) {
		(void)!recover_release(r->rec, r->files, r->count, &r->late);
		return;
	}
	if (!mem_grow(&session->taken, &session->taken_cap,
	              session->taken_count + 1, sizeof(*session->taken),
	              &r->late))
		return;
	session->taken[session->taken_count++] = (struct taken){
		.rec = r->rec, .files = r->files, .count = r->count
	};
	r->rec = NULL;
	r->files = NULL;
}

/* --- taking up ------------------------------------------------------------ */

bool session_recover_begin(struct session *session, struct error *err)
{
	struct taking *t;

	if (!session_may_change(session, err))
		return false;
	if (!session->keeps)
		return error_set(err, ERR_STATE,
		                 "edits of an earlier run go on in a journal, "
		                 "and none is written");
	t = mem_zalloc(sizeof(*t), err);
	if (!t)
		return false;
	t->folder = session_shelf(session, err);
	if (!t->folder && err->code != ERR_NO) {
		mem_free(t);
		return false;
	}
	/* Nobody else may use the journal from here on. */
	if (session->sync_job) {
		job_wait(session->sync_job);
		(void)session_sync_end(session, session->sync_job);
	}
	session->taking = t;
	return true;
}

/* Can it be taken up, and of which documents? */
static bool prepare(struct replay *r, const struct folder *folder,
                    struct error *err)
{
	struct text_shown name = text_shown(recover_name(r->rec));
	struct recover_flush flush;

	if (recover_kind(r->rec) == RECOVER_DAMAGED)
		return error_set(err, ERR_STATE, "%s is damaged: %s", name.s,
		                 recover_why(r->rec));
	if (recover_flushing(r->rec, &flush))
		return error_set(err, ERR_STATE,
		                 "%s: its flush was not finished: journal "
		                 "finish or journal back comes first",
		                 name.s);
	if (recover_kind(r->rec) != RECOVER_WAITING)
		return error_set(err, ERR_NO, "%s: nothing waits there",
		                 name.s);
	return choose(r, err) && session_settle(folder, r->rec, err);
}

bool session_recover_read(struct session *session, const char *journal,
                          struct job *job, struct error *err)
{
	struct taking *t = session->taking;
	struct replay *r;

	if (!t->folder)
		return error_set(err, ERR_NO, "there is no journal %s",
		                 text_shown(journal).s);
	if (!mem_grow(&t->v, &t->cap, t->count + 1, sizeof(struct replay *),
	              err))
		return false;
	r = mem_zalloc(sizeof(*r), err);
	if (!r)
		return false;
	r->session = session;
	if (!open_journal(r, t, journal, job, err) ||
	    !prepare(r, t->folder, err)) {
		replay_free(r);
		return false;
	}
	recover_end_job(r->rec);
	snprintf(r->name, sizeof(r->name), "%s", recover_name(r->rec));
	r->groups = recover_groups(r->rec);
	r->file_count = recover_files(r->rec);
	t->v[t->count++] = r;
	return true;
}

/* The one that was made is taken up: its documents are free. */
static void publish(struct taking *t)
{
	struct replay *r = t->v[t->at++];
	struct session *session = r->session;

	session->went_back = true;
	for (uint32_t i = 0; i < r->file_count; i++)
		if (r->docs[i])
			session_let_go(session, r->name,
			               document_id(r->docs[i]));
	if (r->late.code != ERR_NONE)
		session_say_line(session, r->late.text);
	if (r->left.code != ERR_NONE)
		session_say_line(session, r->left.text);
}

static bool begin_adopting(struct replay *r, struct error *err)
{
	struct session *session = r->session;

	session_drop_temps(session, r->rec);
	r->steps = mem_zalloc((recover_groups(r->rec) + 1) * sizeof(*r->steps),
	                      err);
	if (!r->steps || !session_recover_remember(r, err) ||
	    !keeper_adopt_begin(session->keeper, recover_head(r->rec)->uuid,
	                        r->files, r->count, err))
		return false;
	r->adopting = true;
	edits_cut(session->edits, r->before.place, r->before.done);
	return true;
}

bool session_recover_go(struct session *session, bool *more, struct error *err)
{
	struct taking *t = session->taking;
	struct replay *r;
	bool ok;

	if (t->at < t->count && t->v[t->at]->written)
		publish(t);
	t->is_writing = false;
	r = t->v[t->at];
	if (!r->adopting && !begin_adopting(r, err))
		return false;
	session->is_replaying = true;
	ok = session_recover_make(r, more, err);
	session->is_replaying = false;
	if (!*more || !ok)
		keeper_saw(session->keeper, 0, 0, NULL, 0);
	t->is_writing = ok && !*more;
	return ok;
}

bool session_recover_is_writing(const struct session *session)
{
	return session->taking && session->taking->is_writing;
}

bool session_recover_write(struct session *session, struct error *err)
{
	struct taking *t = session->taking;
	struct replay *r = t->v[t->at];

	if (!keeper_adopt_end(session->keeper, recover_head(r->rec)->uuid, err))
		return false;
	r->written = true;
	release(r);
	return true;
}

void session_recover_end(struct session *session)
{
	struct taking *t = session->taking;

	if (t->at < t->count && t->v[t->at]->written)
		publish(t);
	else if (t->at < t->count && t->v[t->at]->adopting)
		session_recover_take_back(t->v[t->at]);
	session->taking = NULL;
	/* Nobody could, while the journal was written. */
	if (session->sync_job && job_is_done(session->sync_job))
		(void)session_sync_end(session, session->sync_job);
	looked_free(&t->looked);
	for (size_t i = 0; i < t->count; i++) {
		if (t->v[i]->written) {
			session_spend(session, t->v[i]->rec);
			t->v[i]->rec = NULL;
		}
		replay_free(t->v[i]);
	}
	mem_free(t->v);
	mem_free(t);
}

bool session_recover_one(struct session *session, const char *journal,
                         struct error *err)
{
	bool more = true;
	bool ok = session_recover_read(session, journal, NULL, err);

	while (ok && more)
		ok = session_recover_go(session, &more, err);
	return ok && session_recover_write(session, err);
}

bool session_recover(struct session *session, const char *journal,
                     struct error *err)
{
	bool ok;

	if (!session_recover_begin(session, err))
		return false;
	ok = session_recover_one(session, journal, err);
	session_recover_end(session);
	return ok;
}

uint64_t session_recover_groups(const struct session *session, uint64_t *done)
{
	const struct taking *t = session->taking;
	uint64_t all = 0;

	*done = 0;
	for (size_t i = 0; i < t->count; i++) {
		uint64_t n = t->v[i]->groups;

		all += n;
		if (i < t->at)
			*done += n;
		else if (i == t->at)
			*done += t->v[i]->item.group;
	}
	return all;
}

bool session_let_release(struct session *session, struct recover *rec,
                         struct error *late, struct error *err)
{
	struct replay *r = mem_zalloc(sizeof(*r), err);
	struct text_shown name = text_shown(recover_name(rec));
	struct recover_flush flush;
	bool ok = true;

	if (!r)
		return false;
	r->session = session;
	r->rec = rec;
	if (recover_flushing(rec, &flush))
		ok = error_set(err, ERR_STATE,
		               "%s: its flush was not finished: only its name "
		               "discards it",
		               name.s);
	else if (!recover_waits(rec))
		ok = error_set(err, ERR_NO, "%s: nothing waits there", name.s);
	ok = ok && find_files(r, err) && plan(r, err) && add_undone(r, err);
	if (ok)
		session_drop_temps_of(session, rec, late);
	ok = ok && recover_release(rec, r->files, r->count, err);
	r->rec = NULL;
	replay_free(r);
	return ok;
}
