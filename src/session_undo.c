/*
 * session_undo.c - may what was flushed be taken back? see session_impl.h
 *
 * What a step has brought is compared with what is there now (K9).
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/store.h"
#include "session.h"
#include "session_impl.h"
#include "source/run.h"

/* Bytes of a step that are compared; more would take too long for a key. */
#define COMPARED ((uint64_t)16 << 20)

enum { LOOK = 4096 };

struct comparing {
	struct session *session;
	struct runs runs; /* owned */
	uint64_t left;    /* bytes that are still compared */
	/* What later changes of the step have changed again is passed over. */
	uint64_t doc, from, to;
};

static bool all_have_bytes(const struct runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		if (!state_has_bytes(runs->v[i].state))
			return false;
	return true;
}

/* The bytes of a piece; *known is false if they cannot be read. */
static bool read_piece(struct comparing *c, const struct document *doc,
                       const struct piece *piece, void *buf, bool *known,
                       struct error *err)
{
	bool ok;

	runs_clear(&c->runs);
	ok = (piece->tag & PIECE_KIND) == PIECE_BASE
	             ? document_read_at(doc, NULL, piece->off, buf,
	                                (size_t)piece->len, 0, &c->runs, err)
	             : store_read(session_store(c->session), piece, buf,
	                          &c->runs, err);
	*known = ok && all_have_bytes(&c->runs);
	return ok;
}

/* Does the document have the bytes of this part, of at most LOOK, at `off`? */
static bool compare_part(struct comparing *c, const struct document *doc,
                         uint64_t off, const struct piece *part,
                         struct error *err)
{
	unsigned char want[LOOK], have[LOOK];
	size_t n = (size_t)part->len;
	bool known;

	if (!read_piece(c, doc, part, want, &known, err))
		return false;
	if (!known)
		return true;
	runs_clear(&c->runs);
	if (!document_read(doc, off, have, n, 0, &c->runs, err))
		return false;
	if (!all_have_bytes(&c->runs) || memcmp(have, want, n) == 0)
		return true;
	error_set(err, ERR_CHANGED,
	          "%s: what was flushed is not there any more: another program "
	          "has written at 0x%" PRIx64,
	          text_shown(document_name(doc)).s, off);
	return error_add_path(err, document_name(doc));
}

static bool compare_change(struct comparing *c, const struct change *change,
                           struct error *err)
{
	const struct document *doc = session_document(c->session, change->doc);
	uint64_t off = change->off;
	struct pieces_walk walk;
	struct piece piece;

	if (!doc || off > document_size(doc) ||
	    change->added.len > document_size(doc) - off)
		return true;
	pieces_walk(&walk, &change->added);
	while (pieces_next(&walk, &piece)) {
		while (piece.len > 0 && c->left > 0) {
			struct piece part =
				piece_part(piece, 0, u64_min(piece.len, LOOK));

			if (!compare_part(c, doc, off, &part, err))
				return false;
			off += part.len;
			c->left -= u64_min(c->left, part.len);
			piece = piece_part(piece, part.len,
			                   piece.len - part.len);
		}
	}
	return true;
}

/* Is the change outside of what was looked at? Then it is from now on. */
static bool is_new(struct comparing *c, const struct change *change)
{
	uint64_t from = change->off, to = from + change->added.len;

	if (c->doc != change->doc) {
		c->doc = change->doc;
		c->from = from;
		c->to = to;
		return true;
	}
	if (to > c->from && from < c->to)
		return false;
	c->from = u64_min(c->from, from);
	c->to = u64_max(c->to, to);
	return true;
}

bool session_may_undo(struct session *session, struct error *err)
{
	const struct past *past = edits_past(session->edits);
	struct comparing c = { .session = session, .left = COMPARED };
	struct past_place place = past_here(past);
	struct change change;
	bool first = false;
	bool ok = true;

	if (past_done(past) > session->flushed)
		return true;
	while (ok && !first && past_previous(past, &place, &change, &first))
		ok = !is_new(&c, &change) || compare_change(&c, &change, err);
	runs_free(&c.runs);
	return ok;
}
