/*
 * session_recover_make.c - see session_recover_impl.h
 *
 * A long journal takes a while, and keys are let in between: it is made a few
 * changes at a time. Long pieces are put into the store in parts, before the
 * change that brings them.
 */
#include "config.h"

#include "session_recover_impl.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/store.h"
#include "session.h"
#include "session_impl.h"

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

static bool does_not_fit(const struct replay *r, struct error *err)
{
	return error_set(err, ERR_CHANGED,
	                 "%s: a change in it does not fit the file",
	                 recover_name(r->rec));
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

/* --- in parts ------------------------------------------------------------- */

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

bool session_recover_make(struct replay *r, bool *more, struct error *err)
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
