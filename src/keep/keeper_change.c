/*
 * keeper_change.c - see keeper_impl.h: a change with its bytes
 *
 * Pieces are gathered in a batch that has room for their old bytes, so that a
 * change of any length takes the memory of one batch.
 */
#include "config.h"

#include "keep/keeper_impl.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "edit/change.h"
#include "edit/document.h"
#include "edit/edits.h"
#include "edit/fill.h"
#include "edit/store.h"

enum {
	BATCH = 64, /* pieces that are given to the journal at once */
	BYTES = RECORD_OLD_MAX,
	COPY = 16384, /* bytes of the store that are read at once */
};

_Static_assert((int)STORE_PATTERN_MAX == (int)RECORD_PATTERN_MAX &&
                       (int)FILL_KEY == (int)RECORD_KEY,
               "fills and their records are the same");

/* A change on its way, in parts: see journal_change(). */
struct keeper_batch {
	struct record_change change;
	struct record_piece pieces[BATCH];
	size_t used; /* of the bytes */
	uint8_t bytes[BYTES + RECORD_PATTERN_MAX];
};

struct keeper_batch *keeper_batch_new(struct error *err)
{
	return mem_zalloc(sizeof(struct keeper_batch), err);
}

/* --- where bytes are ------------------------------------------------------ */

/* What a flush has overwritten, or a long edit has brought, may be in a journal
   that cannot be read. */
static bool all_have_bytes(const struct runs *runs, struct error *err)
{
	for (size_t i = 0; i < runs->count; i++)
		if (!state_has_bytes(runs->v[i].state))
			return error_set(err, ERR_STATE,
			                 "bytes of an earlier edit, or from "
			                 "before "
			                 "a flush, cannot be read any more");
	return true;
}

/* Put [off, off + len) of the store into the journal, as much as stands
   together. */
static bool keep_bytes(struct keeper *keeper, uint64_t off, uint64_t len,
                       struct kept_stretch *out, struct error *err)
{
	uint8_t buf[COPY];
	struct piece piece = { .off = off,
		               .len = u64_min(len, sizeof(buf)),
		               .tag = PIECE_STORE | PIECE_EDITED };
	size_t took;

	runs_clear(&keeper->runs);
	if (!store_read(edits_store(keeper->edits), &piece, buf, &keeper->runs,
	                err) ||
	    !all_have_bytes(&keeper->runs, err) ||
	    !journal_store(keeper->journal, buf, (size_t)piece.len, &took,
	                   &out->at, err))
		return false;
	out->off = off;
	out->len = took;
	return kept_add(&keeper->kept, *out, err);
}

/* Where the byte `off` of the store is in the journal, and how many at most
   `len` follow it there. */
static bool locate(struct keeper *keeper, uint64_t off, uint64_t len,
                   struct kept_stretch *out, struct error *err)
{
	struct piece piece = { .off = off, .len = len, .tag = PIECE_STORE };
	const struct store_image *image;
	struct kept_stretch kept;
	uint64_t skip;

	if (store_is_image(&piece)) {
		*out = (struct kept_stretch){ .off = off };
		image = store_image_of(edits_store(keeper->edits), &piece,
		                       &out->at, &out->len);
		if (keeper_is_journal(keeper, image))
			return true;
	}
	if (!kept_find(&keeper->kept, off, &kept))
		return keep_bytes(keeper, off, u64_min(len, kept.off - off),
		                  out, err);
	skip = off - kept.off;
	*out = (struct kept_stretch){ .off = off,
		                      .len = u64_min(len, kept.len - skip),
		                      .at = kept.at + skip };
	return true;
}

/* --- changes -------------------------------------------------------------- */

static bool flush_batch(struct keeper *keeper, struct error *err)
{
	struct keeper_batch *batch = keeper->batch;
	struct record_change *change = &batch->change;
	uint32_t count = change->removed_count + change->added_count;

	if (count == 0)
		return true;
	if (!journal_change(keeper->journal, change, batch->pieces, err))
		return false;
	for (uint32_t i = change->removed_count; i < count; i++)
		change->off += batch->pieces[i].len;
	change->removed_count = change->added_count = 0;
	batch->used = 0;
	return true;
}

/* Room for one more piece and for its bytes. */
static bool reserve_piece(struct keeper *keeper, size_t bytes,
                          struct error *err)
{
	const struct keeper_batch *batch = keeper->batch;
	uint32_t count =
		batch->change.removed_count + batch->change.added_count;

	if (count < BATCH && bytes <= sizeof(batch->bytes) - batch->used)
		return true;
	return flush_batch(keeper, err);
}

static void put_piece(struct keeper_batch *batch,
                      const struct record_piece *piece, bool added)
{
	struct record_change *change = &batch->change;

	batch->pieces[change->removed_count + change->added_count] = *piece;
	if (added)
		change->added_count++;
	else
		change->removed_count++;
}

void keeper_saw(struct keeper *keeper, uint64_t doc, uint64_t off,
                const void *bytes, size_t len)
{
	assert(len <= KEEPER_SAW);
	keeper->saw.doc = doc;
	keeper->saw.off = off;
	keeper->saw.len = len;
	if (len > 0)
		memcpy(keeper->saw.bytes, bytes, len);
}

static bool has_seen(const struct keeper *keeper, uint64_t doc,
                     const struct piece *piece)
{
	const struct keeper_saw *saw = &keeper->saw;

	return saw->len > 0 && saw->doc == doc && piece->off >= saw->off &&
	       piece->off - saw->off < saw->len &&
	       piece->len <= saw->len - (piece->off - saw->off);
}

/* Read bytes of the base; *known: all of them have values. */
static bool read_base(struct keeper *keeper, const struct document *doc,
                      const struct piece *piece, uint8_t *to, bool *known,
                      struct error *err)
{
	runs_clear(&keeper->runs);
	if (!document_read_at(doc, NULL, piece->off, to, (size_t)piece->len, 0,
	                      &keeper->runs, err))
		return false;
	*known = true;
	for (size_t i = 0; i < keeper->runs.count; i++)
		*known = *known && state_has_bytes(keeper->runs.v[i].state);
	return true;
}

/* The bytes of the base, if they can be read. */
static bool read_old(struct keeper *keeper, const struct document *doc,
                     const struct piece *piece, struct record_piece *out,
                     struct error *err)
{
	struct keeper_batch *batch = keeper->batch;
	uint8_t *to = batch->bytes + batch->used;
	bool known = has_seen(keeper, document_id(doc), piece);

	if (known)
		memcpy(to, keeper->saw.bytes + (piece->off - keeper->saw.off),
		       (size_t)piece->len);
	else if (!read_base(keeper, doc, piece, to, &known, err))
		return false;
	if (!known)
		return true;
	out->old = RECORD_OLD_BYTES;
	out->bytes = to;
	batch->used += (size_t)piece->len;
	return true;
}

/* *most is how many old bytes the change may still take. */
static bool put_removed(struct keeper *keeper, const struct document *doc,
                        const struct piece *piece, uint64_t *most,
                        struct error *err)
{
	struct record_piece out = { .kind = RECORD_PIECE_EDITED,
		                    .len = piece->len };
	bool known = false;

	if ((piece->tag & PIECE_KIND) == PIECE_BASE) {
		out.kind = RECORD_PIECE_BASE;
		out.off = piece->off;
		known = piece->len <= *most;
	}
	if (!reserve_piece(keeper, known ? (size_t)piece->len : 0, err))
		return false;
	if (known) {
		*most -= piece->len;
		if (!read_old(keeper, doc, piece, &out, err))
			return false;
	}
	put_piece(keeper->batch, &out, false);
	return true;
}

static bool put_store(struct keeper *keeper, struct piece piece,
                      struct error *err)
{
	while (piece.len > 0) {
		struct record_piece out = { .kind = RECORD_PIECE_STORE };
		struct kept_stretch kept;

		if (!reserve_piece(keeper, 0, err) ||
		    !locate(keeper, piece.off, piece.len, &kept, err))
			return false;
		out.off = kept.at;
		out.len = kept.len;
		put_piece(keeper->batch, &out, true);
		piece = piece_part(piece, kept.len, piece.len - kept.len);
	}
	return true;
}

static bool put_fills(struct keeper *keeper, struct piece piece,
                      struct error *err)
{
	struct keeper_batch *batch = keeper->batch;

	while (piece.len > 0) {
		struct record_piece out = { 0 };
		struct store_fill fill;

		if (!reserve_piece(keeper, RECORD_PATTERN_MAX, err))
			return false;
		out.bytes = batch->bytes + batch->used;
		fill = store_fill(edits_store(keeper->edits), piece.off,
		                  batch->bytes + batch->used);
		out.kind = fill.period > 0 ? RECORD_PIECE_FILL
		                           : RECORD_PIECE_RANDOM;
		out.len = u64_min(fill.len, piece.len);
		out.off = fill.phase;
		out.period = (uint32_t)fill.period;
		batch->used += fill.period > 0 ? fill.period : FILL_KEY;
		put_piece(batch, &out, true);
		piece = piece_part(piece, out.len, piece.len - out.len);
	}
	return true;
}

static bool put_added(struct keeper *keeper, const struct piece *piece,
                      struct error *err)
{
	struct record_piece out = { .kind = RECORD_PIECE_BASE,
		                    .len = piece->len,
		                    .off = piece->off };

	if ((piece->tag & PIECE_KIND) == PIECE_STORE)
		return put_store(keeper, *piece, err);
	if ((piece->tag & PIECE_KIND) == PIECE_FILL)
		return put_fills(keeper, *piece, err);
	if (piece->tag & PIECE_EDITED)
		out.kind = RECORD_PIECE_MOVED;
	if (!reserve_piece(keeper, 0, err))
		return false;
	put_piece(keeper->batch, &out, true);
	return true;
}

bool keeper_put_change(struct keeper *keeper, const struct document *doc,
                       const struct change *change, struct error *err)
{
	uint64_t most = RECORD_OLD_MAX;
	struct pieces_walk walk;
	struct piece piece;
	uint32_t number;

	if (!keeper_number_of(keeper, doc, &number, err))
		return false;
	if (keeper->linking)
		keeper_link(keeper, document_id(doc));
	keeper->batch->used = 0;
	keeper->batch->change =
		(struct record_change){ .file = number, .off = change->off };
	pieces_walk(&walk, &change->removed);
	while (pieces_next(&walk, &piece))
		if (!put_removed(keeper, doc, &piece, &most, err))
			return false;
	pieces_walk(&walk, &change->added);
	while (pieces_next(&walk, &piece))
		if (!put_added(keeper, &piece, err))
			return false;
	return flush_batch(keeper, err);
}
