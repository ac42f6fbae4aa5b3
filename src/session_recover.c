/*
 * session_recover.c - the edits of earlier runs: see session.h
 *
 * What a journal says is believed no further than it fits: every change is held
 * against the document as it is when its turn comes.
 *
 * What waits for a disk, reading the journals and having ours synced, may be done
 * by another thread; changes are made in the engine's, a few at a time. A group
 * in hand and an adoption may stand half done in between, so that nobody else
 * may begin an edit: session_may_change().
 */
#include "config.h"

#include "session.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "keep/disk.h"
#include "session_impl.h"
#include "session_replay.h"
#include "space/space.h"
#include "space/view.h"

/* What it was like before: all that is needed to have it back. */
struct before {
	struct tree **trees; /* owned: of each document that is wanted */
	struct space *space; /* counted */
	struct view *spare;  /* owned: the first view of then */
	struct past_place place;
	size_t done;
};

#ifdef TEST_HOOKS
enum { LONG = 4, PART = 3, LOOKS = 1 };
static const uint64_t turn = 0;
#else
enum {
	LONG = 1 << 20,   /* bytes of a piece that are put ahead, in parts */
	PART = 64 * 1024, /* bytes */
	LOOKS = 64,       /* changes between two looks at the clock */
};
static const uint64_t turn = 8000000; /* ns */
#endif

struct replay {
	struct session *session;
	struct recover *rec;    /* owned */
	struct document **docs; /* owned: of each file of it; NULL: not open */
	bool *wanted;           /* owned */
	uint32_t *files;        /* owned: the numbers that are wanted */
	uint32_t count;
	struct replay_pieces pieces;
	size_t *steps;     /* owned: by its first group, less 1, the step in the
	                  history; 0: not made */
	struct error left; /* why a document is left out, if one is */
	struct before before;
	bool adopting;               /* it is being made */
	bool resized;                /* and lengths have changed */
	bool written;                /* it was made, and our journal has it */
	char name[RECORD_NAME + 8];  /* of the journal, */
	uint32_t groups, file_count; /* and what is in it */
	struct error late;           /* the old one cannot be told so */
	/* Where it stands: a group was read of which nothing is in hand, one is
	   in hand, or none; and a change is to be made. */
	bool begins, in_hand, has_change;
	struct recover_group info;
	const char *called; /* borrowed: what made that, or NULL */
	struct recover_item item;
	/* Its long pieces are put ahead. */
	struct replay_pieces ahead;
	size_t ahead_used;
	struct record_cursor coming;
	uint32_t coming_removed; /* of these, the next ones are removed */
	struct record_piece putting;
	uint64_t put;
};

struct taking {
	const struct folder *folder; /* borrowed */
	struct replay **v;           /* owned */
	size_t count, cap, at;
};

static void before_free(struct replay *r)
{
	struct before *b = &r->before;

	for (uint32_t i = 0; b->trees && i < r->count; i++)
		tree_unref(b->trees[i]);
	mem_free(b->trees);
	space_unref(b->space);
	view_unref(b->spare);
	*b = (struct before){ 0 };
}

static void replay_free(struct replay *r)
{
	if (!r)
		return;
	recover_free(r->rec);
	mem_free(r->docs);
	mem_free(r->wanted);
	mem_free(r->files);
	before_free(r);
	replay_pieces_free(&r->pieces);
	replay_pieces_free(&r->ahead);
	mem_free(r->steps);
	mem_free(r);
}

static bool does_not_fit(const struct replay *r, struct error *err)
{
	return error_set(err, ERR_CHANGED,
	                 "%s: a change in it does not fit the file",
	                 recover_name(r->rec));
}

/* May this file have its edits back? */
static bool check_file(struct replay *r, uint32_t file, struct error *err)
{
	struct document *doc = r->docs[file - 1];
	struct text_shown shown = text_shown(document_name(doc));
	struct recover_checked checked;

	if (document_root(doc))
		return error_set(err, ERR_CHANGED,
		                 "%s: it has edits that are newer", shown.s);
	if (!recover_check(r->rec, file, document_source(doc), &checked, err))
		return false;
	if (checked.state == RECOVER_CHANGED ||
	    checked.state == RECOVER_TRUNCATED)
		return error_set(err, ERR_CHANGED,
		                 "%s: %s since it was edited: 0x%" PRIx64
		                 " bytes differ, the first at 0x%" PRIx64,
		                 shown.s, recover_state_name(checked.state),
		                 checked.differ, checked.first);
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
		r->docs[i - 1] = session_document_of(r->session,
		                                     recover_file(r->rec, i));
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

/* Choose those that may have their edits back, if no step joins them to one that
   may not: r->left is why, of the last such. */
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

/* Bytes of the other journal's store, from *done on, become some of ours: at
   most so many. */
static bool put_part(struct replay *r, const struct record_piece *piece,
                     uint64_t *done, uint64_t most, struct replay_pieces *to,
                     struct error *err)
{
	struct store *store = session_store(r->session);
	uint64_t end = *done + u64_min(piece->len - *done, most);
	uint8_t buf[16384];
	struct piece out;
	size_t n;

	for (; *done < end; *done += n) {
		n = (size_t)u64_min(end - *done, sizeof(buf));
		if (!recover_read(r->rec, piece->off + *done, buf, n, err) ||
		    !store_put(store, buf, n, &out, err) ||
		    !replay_add(to, out, err))
			return false;
	}
	return true;
}

/* Those of long pieces are there already. */
static bool add_store(struct replay *r, const struct record_piece *piece,
                      struct error *err)
{
	uint64_t done = 0;

	if (piece->len < LONG)
		return put_part(r, piece, &done, UINT64_MAX, &r->pieces, err);
	while (done < piece->len) {
		struct piece part = r->ahead.v[r->ahead_used++];

		done += part.len;
		if (!replay_add(&r->pieces, part, err))
			return false;
	}
	return true;
}

/* What is known of the base was compared with the file: our journal can have it
   from there. */
static void pass_on_old(struct replay *r, const struct document *doc,
                        const struct record_piece *piece)
{
	if (piece->kind == RECORD_PIECE_BASE &&
	    piece->old == RECORD_OLD_BYTES && piece->len <= KEEPER_SAW)
		keeper_saw(r->session->keeper, document_id(doc), piece->off,
		           piece->bytes, (size_t)piece->len);
}

static bool make_change(struct replay *r, struct recover_item *item,
                        struct error *err)
{
	const struct record_change *change = &item->change;
	struct document *doc = r->docs[change->file - 1];
	struct edits *edits = r->session->edits;
	struct record_piece piece;
	uint64_t size;
	uint32_t n = 0;
	bool ok = true;

	if (!doc)
		return does_not_fit(r, err);
	r->pieces.count = 0;
	while (ok && record_next_piece(&item->pieces, &piece)) {
		if (n++ < change->removed_count) {
			pass_on_old(r, doc, &piece);
			continue;
		}
		if (piece.kind == RECORD_PIECE_STORE)
			ok = add_store(r, &piece, err);
		else if (piece.kind == RECORD_PIECE_FILL ||
		         piece.kind == RECORD_PIECE_RANDOM)
			ok = replay_add_fill(&r->pieces,
			                     session_store(r->session), &piece,
			                     err);
		else
			ok = replay_add_base(&r->pieces,
			                     document_source(doc)->size, &piece,
			                     err) ||
			     error_prefix(err, "%s", recover_name(r->rec));
	}
	if (!ok)
		return false;
	if (change->removed != change->added &&
	    !document_may_change(doc, true, err))
		return false;
	size = edits_size(edits, doc);
	if (change->off > size || change->removed > size - change->off)
		return does_not_fit(r, err);
	r->resized = r->resized || change->removed != change->added;
	return edits_splice(edits, doc, change->off, change->removed,
	                    r->pieces.v, r->pieces.count, err);
}

/* A note about a group, of a step that is there. */
static bool make_note(struct replay *r, const struct recover_item *item,
                      struct error *err)
{
	const struct past *past = edits_past(r->session->edits);
	size_t number = replay_noted(r->rec, item, r->steps);
	char *text;
	bool ok;

	if (number == 0 || number > past_done(past) + past_undone(past))
		return true;
	text = mem_strndup(item->text, item->text_len, err);
	ok = text && session_set_note(r->session, number, text, err);
	mem_free(text);
	return ok;
}

/* --- in parts ---------------------------------------------------------------- */

/* The next piece that the change brings, if it is long and of the store. */
static bool next_long(struct replay *r)
{
	while (record_next_piece(&r->coming, &r->putting)) {
		if (r->coming_removed > 0)
			r->coming_removed--;
		else if (r->putting.kind == RECORD_PIECE_STORE &&
		         r->putting.len >= LONG)
			return true;
	}
	r->putting.len = 0;
	return false;
}

/* A change is to be made: what is long of it comes first. */
static void begin_change(struct replay *r)
{
	r->has_change = true;
	r->ahead.count = r->ahead_used = 0;
	r->coming = r->item.pieces;
	r->coming_removed = r->item.change.removed_count;
	r->put = 0;
	(void)next_long(r);
}

static bool go_on_change(struct replay *r, struct error *err)
{
	if (r->putting.len > 0) {
		if (!put_part(r, &r->putting, &r->put, PART, &r->ahead, err))
			return false;
		if (r->put == r->putting.len) {
			r->put = 0;
			(void)next_long(r);
		}
		return true;
	}
	r->has_change = false;
	return make_change(r, &r->item, err);
}

static void begin_group(struct replay *r, bool alone)
{
	if (!r->begins)
		return;
	session_label_made(r->session, r->called,
	                   recover_head(r->rec)->created +
	                           (int64_t)r->info.time * 1000000000);
	edits_begin(r->session->edits, alone);
	r->begins = false;
	r->in_hand = true;
}

static bool end_group(struct replay *r, struct error *err)
{
	struct edits *edits = r->session->edits;

	begin_group(r, false);
	if (!r->in_hand)
		return true;
	r->in_hand = false;
	if (!session_conclude(r->session,
	                      r->info.join ? KEEPER_JOIN : KEEPER_EDIT, err))
		return false;
	r->steps[r->info.step - 1] = past_done(edits_past(edits));
	return true;
}

/* A small part of it; *more is false at its end. */
static bool make_part(struct replay *r, bool *more, struct error *err)
{
	if (r->has_change)
		return go_on_change(r, err);
	if (!recover_next(r->rec, &r->item, err))
		return false;
	switch (r->item.what) {
	case RECOVER_BEGIN:
		r->info = r->item.info;
		r->begins = true;
		return session_name(r->session,
		                    recover_called(r->rec, &r->info),
		                    &r->called, err);
	case RECOVER_CHANGE:
		begin_group(r, r->item.last);
		begin_change(r);
		return true;
	case RECOVER_UNDO:
		return session_undo(r->session, err);
	case RECOVER_REDO:
		return session_redo(r->session, err);
	case RECOVER_NOTE:
		return make_note(r, &r->item, err);
	case RECOVER_DONE:
		*more = false;
		return end_group(r, err);
	case RECOVER_COMMIT:
		break;
	}
	return end_group(r, err);
}

/* As much of it as there is time for. */
static bool make_some(struct replay *r, bool *more, struct error *err)
{
	uint64_t until = sys_now() + turn;
	bool ok = true;

	*more = true;
	for (unsigned n = 1; ok && *more; n++) {
		ok = make_part(r, more, err);
		/* A long piece is as much as many changes. */
		if ((n % LOOKS == 0 || r->putting.len > 0) &&
		    sys_now() >= until)
			break;
	}
	return ok;
}

/* --- taking it back -------------------------------------------------------------- */

static bool remember(struct replay *r, struct error *err)
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

/* Forget what was made again of the journal, as if nothing had been. */
static void take_back(struct replay *r)
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
}

/* --- letting go of it there --------------------------------------------------------- */

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

/* --- taking up -------------------------------------------------------------------------- */

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
	r->rec = recover_open_for(job, t->folder, journal, err);
	if (!r->rec || !prepare(r, t->folder, err)) {
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
	if (!r->steps || !remember(r, err) ||
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
	r = t->v[t->at];
	if (!r->adopting && !begin_adopting(r, err))
		return false;
	session->is_replaying = true;
	ok = make_some(r, more, err);
	session->is_replaying = false;
	if (!*more || !ok)
		keeper_saw(session->keeper, 0, 0, NULL, 0);
	return ok;
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
		take_back(t->v[t->at]);
	session->taking = NULL;
	for (size_t i = 0; i < t->count; i++)
		replay_free(t->v[i]);
	mem_free(t->v);
	mem_free(t);
}

bool session_recover(struct session *session, const char *journal,
                     struct error *err)
{
	bool more = true;
	bool ok;

	if (!session_recover_begin(session, err))
		return false;
	ok = session_recover_read(session, journal, NULL, err);
	while (ok && more)
		ok = session_recover_go(session, &more, err);
	ok = ok && session_recover_write(session, err);
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

bool session_release(struct session *session, const char *journal,
                     struct error *err)
{
	struct replay *r = mem_zalloc(sizeof(*r), err);
	struct recover_flush flush;
	bool ok;

	if (!r)
		return false;
	r->session = session;
	r->rec = session_open_to_end(session, journal, err);
	ok = r->rec != NULL;
	if (ok && recover_flushing(r->rec, &flush))
		ok = error_set(err, ERR_STATE,
		               "%s: its flush was not finished: only its name "
		               "discards it",
		               text_shown(journal).s);
	else if (ok && !recover_waits(r->rec))
		ok = error_set(err, ERR_NO, "%s: nothing waits there",
		               text_shown(journal).s);
	ok = ok && find_files(r, err) && plan(r, err) && add_undone(r, err);
	if (ok)
		session_drop_temps(session, r->rec);
	ok = ok && recover_release(r->rec, r->files, r->count, err);
	if (ok)
		session_let_go(session, journal, 0);
	replay_free(r);
	return ok;
}
