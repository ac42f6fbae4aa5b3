/*
 * session_recover.c - the edits of earlier runs: see session.h
 *
 * What a journal says is believed no further than it fits: every change is held
 * against the document as it is when its turn comes.
 */
#include "config.h"

#include "session.h"

#include <assert.h>
#include <inttypes.h>

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

struct replay {
	struct session *session;
	struct recover *rec;    /* owned */
	struct document **docs; /* owned: of each file of it; NULL: not open */
	bool *wanted;           /* owned */
	uint32_t *files;        /* owned: the numbers that are wanted */
	uint32_t count;
	struct replay_pieces pieces;
	size_t *steps; /* owned: by its first group, less 1, the step in the
	                  history; 0: not made */
};

static void replay_free(struct replay *r)
{
	recover_free(r->rec);
	mem_free(r->docs);
	mem_free(r->wanted);
	mem_free(r->files);
	replay_pieces_free(&r->pieces);
	mem_free(r->steps);
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
   may not: *left is why, of the last such; ERR_NONE: there is none. */
static bool choose(struct replay *r, struct error *left, struct error *err)
{
	left->code = ERR_NONE;
	if (!find_files(r, err))
		return false;
	for (uint32_t i = r->count; i-- > 0;) {
		if (check_file(r, r->files[i], err))
			continue;
		if (err->code != ERR_CHANGED && err->code != ERR_READONLY)
			return false;
		*left = *err;
		leave(r, i);
	}
	if (r->count > 0 && plan(r, err))
		return true;
	if (left->code != ERR_NONE)
		*err = *left;
	return false;
}

/* Bytes of the other journal's store become some of ours. */
static bool add_store(struct replay *r, const struct record_piece *piece,
                      struct error *err)
{
	struct store *store = session_store(r->session);
	uint8_t buf[16384];
	struct piece out;
	size_t n;

	for (uint64_t done = 0; done < piece->len; done += n) {
		n = (size_t)u64_min(piece->len - done, sizeof(buf));
		if (!recover_read(r->rec, piece->off + done, buf, n, err) ||
		    !store_put(store, buf, n, &out, err) ||
		    !replay_add(&r->pieces, out, err))
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
	return edits_splice(edits, doc, change->off, change->removed,
	                    r->pieces.v, r->pieces.count, err);
}

/* One group, up to its end. */
static bool make_group(struct replay *r, const struct recover_group *info,
                       struct error *err)
{
	struct edits *edits = r->session->edits;
	struct recover_item item;

	session_label_made(r->session,
	                   recover_head(r->rec)->created +
	                           (int64_t)info->time * 1000000000);
	if (!recover_next(r->rec, &item, err))
		return false;
	edits_begin(edits, item.what == RECOVER_CHANGE && item.last);
	while (item.what != RECOVER_COMMIT && item.what != RECOVER_DONE) {
		if ((item.what == RECOVER_CHANGE &&
		     !make_change(r, &item, err)) ||
		    !recover_next(r->rec, &item, err)) {
			edits_cancel(edits);
			return false;
		}
	}
	if (!session_conclude(r->session,
	                      info->join ? KEEPER_JOIN : KEEPER_EDIT, err))
		return false;
	r->steps[info->step - 1] = past_done(edits_past(edits));
	return true;
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

static bool make_all(struct replay *r, struct error *err)
{
	struct recover_item item;
	bool ok;

	r->steps = mem_zalloc((recover_groups(r->rec) + 1) * sizeof(*r->steps),
	                      err);
	if (!r->steps)
		return false;
	do {
		ok = recover_next(r->rec, &item, err);
		if (ok && item.what == RECOVER_BEGIN)
			ok = make_group(r, &item.info, err);
		else if (ok && item.what == RECOVER_UNDO)
			ok = session_undo(r->session, err);
		else if (ok && item.what == RECOVER_REDO)
			ok = session_redo(r->session, err);
		else if (ok && item.what == RECOVER_NOTE)
			ok = make_note(r, &item, err);
	} while (ok && item.what != RECOVER_DONE);
	return ok;
}

/* What it was like before: all that is needed to have it back. */
struct before {
	struct tree **trees; /* owned: of each document that is wanted */
	struct space *space; /* counted */
	struct past_place place;
	size_t done;
};

static bool remember(const struct replay *r, struct before *b,
                     struct error *err)
{
	const struct past *past = edits_past(r->session->edits);
	bool ok;

	*b = (struct before){ .place = past_here(past),
		              .done = past_done(past) };
	b->space = space_ref(r->session->space);
	b->trees = mem_zalloc((r->count + 1) * sizeof(struct tree *), err);
	ok = b->trees != NULL;
	for (uint32_t i = 0; ok && i < r->count; i++) {
		b->trees[i] = document_tree(r->docs[r->files[i] - 1], err);
		ok = b->trees[i] != NULL;
	}
	return ok;
}

static void before_free(const struct replay *r, struct before *b)
{
	for (uint32_t i = 0; b->trees && i < r->count; i++)
		tree_unref(b->trees[i]);
	mem_free(b->trees);
	space_unref(b->space);
}

/* Without memory nothing can be taken back step by step: then the documents are
   simply those of before, and have no edits. */
static void restore(const struct replay *r, struct before *b)
{
	struct session *session = r->session;

	for (uint32_t i = 0; i < r->count; i++) {
		document_set_root(r->docs[r->files[i] - 1],
		                  session_store(session), b->trees[i]);
		b->trees[i] = NULL;
	}
	space_unref(session->space);
	session->space = space_ref(b->space);
	/* Changes were made, and nobody has asked for a view since (S3). */
	assert(!session->view);
	session->generation++;
	session_unlock_unused(session);
}

/* Forget what was made again of the journal, as if nothing had been. */
static void take_back(const struct replay *r, struct before *b)
{
	struct session *session = r->session;
	const struct past *past = edits_past(session->edits);
	struct keeper *keeper = session->keeper;
	struct error ignored;
	bool ok = true;

	job_free(session->sync_job);
	session->sync_job = NULL;
	if (past_done(past) > b->done || past_undone(past) > 0) {
		session->keeper = NULL;
		while (ok && past_done(past) > b->done)
			ok = session_undo(session, &ignored);
		session->keeper = keeper;
		if (!ok)
			restore(r, b);
		edits_cut(session->edits, b->place, b->done);
	}
	keeper_adopt_cancel(keeper);
}

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
	struct error late;

	if (keeper_state(session->keeper) != KEEPER_KEEPS)
		return;
	if (!add_undone(r, &late) ||
	    (session->defers && !mem_grow(&session->taken, &session->taken_cap,
	                                  session->taken_count + 1,
	                                  sizeof(*session->taken), &late))) {
		session_say_line(session, late.text);
		return;
	}
	if (session->defers) {
		session->taken[session->taken_count++] = (struct taken){
			.rec = r->rec, .files = r->files, .count = r->count
		};
		r->rec = NULL;
		r->files = NULL;
	} else if (!recover_release(r->rec, r->files, r->count, &late)) {
		session_say_line(session, late.text);
	}
}

static bool adopt(struct replay *r, struct error *err)
{
	struct session *session = r->session;
	const uint8_t *uuid = recover_head(r->rec)->uuid;
	struct before before;
	bool ok;

	ok = remember(r, &before, err) &&
	     keeper_adopt_begin(session->keeper, uuid, r->files, r->count, err);
	if (!ok) {
		before_free(r, &before);
		return false;
	}
	edits_cut(session->edits, before.place, before.done);
	session->is_replaying = true;
	ok = make_all(r, err);
	keeper_saw(session->keeper, 0, 0, NULL, 0);
	ok = ok && keeper_adopt_end(session->keeper, uuid, err);
	if (!ok)
		take_back(r, &before);
	session->is_replaying = false;
	before_free(r, &before);
	if (!ok)
		return false;
	session->went_back = true;
	for (uint32_t i = 0; i < r->count; i++)
		session_let_go(session, recover_name(r->rec),
		               document_id(r->docs[r->files[i] - 1]));
	release(r);
	return true;
}

bool session_recover(struct session *session, const char *journal,
                     struct error *err)
{
	const struct folder *folder = session_shelf_of(session, journal, err);
	struct replay r = { .session = session };
	struct recover_flush flush;
	struct error left;
	bool ok;

	if (!folder || !session_may_change(session, err))
		return false;
	if (!session->keeps)
		return error_set(err, ERR_STATE,
		                 "edits of an earlier run go on in a journal, "
		                 "and none is written");
	r.rec = recover_open(folder, journal, err);
	ok = r.rec != NULL;
	if (ok && recover_kind(r.rec) == RECOVER_DAMAGED)
		ok = error_set(err, ERR_STATE, "%s is damaged: %s",
		               text_shown(journal).s, recover_why(r.rec));
	else if (ok && recover_flushing(r.rec, &flush))
		ok = error_set(err, ERR_STATE,
		               "%s: its flush was not finished: journal "
		               "finish or journal back comes first",
		               text_shown(journal).s);
	else if (ok && recover_kind(r.rec) != RECOVER_WAITING)
		ok = error_set(err, ERR_NO, "%s: nothing waits there",
		               text_shown(journal).s);
	ok = ok && choose(&r, &left, err) && session_settle(folder, r.rec, err);
	if (ok)
		session_drop_temps(session, r.rec);
	ok = ok && adopt(&r, err);
	if (ok && left.code != ERR_NONE)
		session_say_line(session, left.text);
	replay_free(&r);
	return ok;
}

bool session_release(struct session *session, const char *journal,
                     struct error *err)
{
	struct replay r = { .session = session };
	struct recover_flush flush;
	bool ok;

	r.rec = session_open_to_end(session, journal, err);
	ok = r.rec != NULL;
	if (ok && recover_flushing(r.rec, &flush))
		ok = error_set(err, ERR_STATE,
		               "%s: its flush was not finished: only its name "
		               "discards it",
		               text_shown(journal).s);
	else if (ok && !recover_waits(r.rec))
		ok = error_set(err, ERR_NO, "%s: nothing waits there",
		               text_shown(journal).s);
	ok = ok && find_files(&r, err) && plan(&r, err) && add_undone(&r, err);
	if (ok)
		session_drop_temps(session, r.rec);
	ok = ok && recover_release(r.rec, r.files, r.count, err);
	if (ok)
		session_let_go(session, journal, 0);
	replay_free(&r);
	return ok;
}
