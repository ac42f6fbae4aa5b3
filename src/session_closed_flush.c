/*
 * session_closed_flush.c - the flushes of a closed journal: see
 * session_closed.h
 *
 * What a flush has overwritten is read from its images, so the base of before
 * is found in the base of after, and in the journal. Where a file was exchanged
 * for one of another length there are no images, but what the file became is
 * known: the base of before is found where that has it, and the rest in the
 * journal: as what was gone with the flush, or in the changes that removed it.
 */
#include "config.h"

#include "session_closed.h"

#include "base/error.h"
#include "base/mem.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/rebase.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "session.h"
#include "session_impl.h"
#include "source/memory.h"

static bool put_batch(struct closed_load *l, struct error *err)
{
	struct splice splice = { .off = tree_len(l->tree),
		                 .v = l->put,
		                 .count = l->put_count };

	l->put_count = 0;
	return splice.count == 0 || tree_splice(&l->tree, &splice, err);
}

static bool put(struct closed_load *l, struct piece piece, struct error *err)
{
	if (piece.len == 0)
		return true;
	if (l->put_count == CLOSED_BATCH && !put_batch(l, err))
		return false;
	l->put[l->put_count++] = piece;
	l->at += piece.len;
	return true;
}

/* The base from l->at on to `end`. */
static bool put_base(struct closed_load *l, uint64_t end, struct error *err)
{
	return put(l, (struct piece){ .len = end - l->at, .off = l->at }, err);
}

static bool end_over(struct closed_load *l, struct error *err)
{
	struct closed_lane *lane = l->lane;

	l->lane = NULL;
	if (!lane)
		return true;
	if (!put_base(l, document_source(lane->doc)->size, err) ||
	    !put_batch(l, err))
		return false;
	tree_unref(lane->over);
	lane->over = l->tree;
	l->tree = NULL;
	return true;
}

/* Bytes of the journal's file as they are found in a base. */
static struct piece image_piece(const struct closed_load *l, uint64_t at,
                                uint64_t len)
{
	struct piece piece = piece_part(l->bytes, at, len);

	piece.tag = PIECE_STORE;
	return piece;
}

static bool take_image(void *ctx, const struct recover_image *image,
                       struct error *err)
{
	struct closed_load *l = ctx;
	struct closed_lane *lane = closed_lane_of(l, image->file);
	uint64_t size = document_source(lane->doc)->size;
	struct piece old;

	if (!lane->is_open)
		return true;
	if (image->gone)
		return closed_know(lane, image->off, image->len, image->old,
		                   err);
	if (image->exchanged) {
		lane->exchanged = true;
		lane->size = image->size;
		return true;
	}
	if (l->lane != lane) {
		if (!end_over(l, err))
			return false;
		l->lane = lane;
		l->at = 0;
		l->tree = tree_new(NULL, 0, err);
		if (!l->tree)
			return false;
	}
	if (image->off < l->at || image->off > size ||
	    image->len > size - image->off)
		return closed_misfit(l, err);
	if (image->old)
		old = image_piece(l, image->old, image->len);
	else if (!closed_put_lost(l->session, image->len, &old, err))
		return false;
	return put_base(l, image->off, err) && put(l, old, err);
}

static bool is_lost(const struct closed_load *l, const struct piece *piece)
{
	return piece->off >= l->lost.off &&
	       piece->off - l->lost.off < l->lost.len;
}

/* Let what an old base has at `off` be found here, as far as it is lost or, if
   it is `known`, would be found in the base that comes. */
static bool fill(struct closed_load *l, struct closed_lane *lane, uint64_t off,
                 struct piece here, bool known, struct error *err)
{
	uint64_t len = tree_len(lane->over), n;

	if (off > len || here.len > len - off)
		return closed_misfit(l, err);
	for (; here.len > 0;
	     off += n, here = piece_part(here, n, here.len - n)) {
		struct tree_walk walk;
		struct piece piece;
		struct piece part;
		struct splice splice = { .off = off, .v = &part, .count = 1 };
		bool is_base;

		tree_walk(&walk, lane->over, off);
		(void)tree_next(&walk, &piece);
		n = u64_min(piece.len, here.len);
		part = piece_part(here, 0, n);
		splice.removed = n;
		is_base = (piece.tag & PIECE_KIND) == PIECE_BASE;
		if ((is_base ? known : is_lost(l, &piece)) &&
		    !tree_splice(&lane->over, &splice, err))
			return false;
	}
	return true;
}

/* What changes have removed, and the flush has no image of. */
static bool add_known(struct closed_load *l, struct closed_lane *lane,
                      struct error *err)
{
	for (size_t i = 0; lane->over && i < lane->known_count; i++) {
		const struct closed_known *known = &lane->known[i];

		if (!fill(l, lane, known->off,
		          image_piece(l, known->at, known->len), true, err))
			return false;
	}
	return true;
}

static bool lost_read(void *ctx, uint64_t pos, void *buf, size_t len,
                      struct error *err)
{
	(void)ctx;
	(void)pos;
	(void)buf;
	(void)len;
	return error_set(err, ERR_IO, "nobody knows these bytes any more");
}

static void lost_free(void *ctx)
{
	(void)ctx;
}

/* A piece of bytes that cannot be read. */
bool closed_put_lost(struct session *session, uint64_t len, struct piece *out,
                     struct error *err)
{
	struct store_image how = { lost_read, lost_free, NULL };

	if (!store_put_image(session_store(session), len, &how, out, err))
		return false;
	out->tag = PIECE_STORE;
	return true;
}

/* The old base where what the file became has it: first what stands in its
   order, then what was moved. */
static bool map_root(struct closed_load *l, struct closed_lane *lane,
                     bool moved, struct error *err)
{
	const struct tree *root = document_root(lane->doc);
	struct piece piece = { .len = document_size(lane->doc) };
	uint64_t at = 0;
	struct tree_walk walk;

	if (root)
		tree_walk(&walk, root, 0);
	while (root ? tree_next(&walk, &piece) : at == 0 && piece.len > 0) {
		struct piece here = { .len = piece.len, .off = at };

		if ((piece.tag & PIECE_KIND) == PIECE_BASE &&
		    !(piece.tag & PIECE_EDITED) == !moved &&
		    !fill(l, lane, piece.off, here, false, err))
			return false;
		at += piece.len;
	}
	return true;
}

/* The file got another length: what it was is found in what it became. */
static bool exchange_lane(struct closed_load *l, struct closed_lane *lane,
                          struct error *err)
{
	uint64_t size = document_source(lane->doc)->size;

	if (document_size(lane->doc) != lane->size)
		return closed_misfit(l, err);
	if (size > 0 && !closed_put_lost(l->session, size, &l->lost, err))
		return false;
	tree_unref(lane->over);
	lane->over = tree_new(&l->lost, size > 0, err);
	return lane->over && map_root(l, lane, false, err) &&
	       map_root(l, lane, true, err);
}

static const struct tree *over_of(void *ctx, uint64_t doc)
{
	const struct closed_load *l = ctx;

	for (size_t i = 0; i < l->count; i++)
		if (l->lanes[i].id == doc)
			return l->lanes[i].over;
	return NULL;
}

/* The tree with the base seen through `over`. */
static struct tree *see_through(struct tree *tree, const struct tree *over,
                                struct error *err)
{
	struct pieces in = { .len = tree_len(tree), .tree = tree };
	struct tree *made;
	struct pieces out;

	if (!rebase_pieces(&in, over, &out, err))
		return NULL;
	if (out.tree)
		return out.tree;
	made = tree_new(out.v, out.count, err);
	pieces_clear(&out);
	return made;
}

/* *first, which came before, and then `second`. */
bool closed_chain(struct tree **first, struct tree *second, struct error *err)
{
	struct tree *both =
		*first ? see_through(*first, second, err) : tree_ref(second);

	if (!both)
		return false;
	tree_unref(*first);
	*first = both;
	return true;
}

/* What was flushed is the base from here on. */
static bool settle_lane(struct closed_lane *lane, struct document **fresh,
                        struct error *err)
{
	uint64_t size =
		lane->exchanged ? lane->size : document_source(lane->doc)->size;
	struct source *src = memory_open(size, err);

	lane->exchanged = false;
	lane->known_count = 0;
	*fresh = src ? document_new(src, lane->id, "", ACCESS_DEFAULT, err)
	             : NULL;
	if (!*fresh ||
	    (lane->over && !closed_chain(&lane->total, lane->over, err)))
		return false;
	lane->doc = *fresh;
	tree_unref(lane->over);
	lane->over = NULL;
	return true;
}

static bool settle_lanes(struct closed_load *l, struct error *err)
{
	struct document **fresh =
		mem_zalloc((l->count + 1) * sizeof(struct document *), err);
	bool ok = fresh != NULL;

	for (size_t i = 0; ok && i < l->count; i++) {
		struct closed_lane *lane = &l->lanes[i];

		if (lane->over || lane->exchanged)
			ok = settle_lane(lane,
			                 &fresh[documents_find(&l->docs,
			                                       lane->id)],
			                 err);
	}
	if (ok)
		documents_exchange(&l->docs, fresh);
	for (size_t i = 0; fresh && i < l->count; i++)
		document_unref(fresh[i]);
	mem_free(fresh);
	return ok;
}

/* How the bases of before a flush are found in those that it has made. */
static bool make_overs(struct closed_load *l, size_t idx, struct error *err)
{
	if (!recover_each_image(l->rec, idx, take_image, l, err) ||
	    !end_over(l, err))
		return false;
	for (size_t i = 0; i < l->count; i++) {
		struct closed_lane *lane = &l->lanes[i];

		if ((lane->exchanged && !exchange_lane(l, lane, err)) ||
		    !add_known(l, lane, err))
			return false;
		if (lane->over && recover_ended(l->rec, idx).group == l->asked)
			lane->seen = tree_ref(lane->over);
	}
	return true;
}

bool closed_settle(struct closed_load *l, size_t idx, struct error *err)
{
	struct past *past;

	if (!make_overs(l, idx, err))
		return false;
	past = rebase_past(edits_past(l->edits), over_of, l, err);
	if (!past)
		return false;
	edits_take_past(l->edits, past);
	return settle_lanes(l, err);
}

/* No flush came after it. */
static bool pin_lane(struct closed_load *l, struct closed_lane *lane,
                     struct error *err)
{
	struct piece all = { .len = document_source(lane->doc)->size };

	lane->over = tree_new(&all, all.len > 0, err);
	return lane->over && add_known(l, lane, err);
}

bool closed_pin(struct closed_load *l, struct error *err)
{
	struct past *past;

	for (size_t i = 0; i < l->count; i++)
		if (l->lanes[i].known_count > 0 &&
		    !pin_lane(l, &l->lanes[i], err))
			return false;
	past = rebase_past(edits_past(l->edits), over_of, l, err);
	if (!past)
		return false;
	edits_take_past(l->edits, past);
	for (size_t i = 0; i < l->count; i++) {
		tree_unref(l->lanes[i].over);
		l->lanes[i].over = NULL;
	}
	return true;
}
