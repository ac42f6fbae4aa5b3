/*
 * edits.c - see edits.h
 *
 * The group knows roots, the history knows changes; a change goes to both. What
 * is taken back is in the history already: there only its place moves.
 */
#include "config.h"

#include "edit/edits.h"

#include <assert.h>
#include <inttypes.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "edit/compare.h"
#include "edit/documents.h"
#include "edit/group.h"
#include "edit/past.h"
#include "edit/store.h"

enum in_hand {
	IN_HAND_NOTHING,
	IN_HAND_EDIT,
	IN_HAND_UNDO,
	IN_HAND_REDO,
};

struct edits {
	const struct documents *docs; /* borrowed */
	struct store *store;          /* counted */
	struct past *past;            /* owned */
	enum in_hand in_hand;
	struct group group;
	struct past_place to; /* of undo and redo: where it ends */
	/* What was lifted, and then the last change that was made: its trees
	   are borrowed from the history. */
	struct change change;
	struct tree_walk at; /* where that is in the root */
};

struct edits *edits_new(const struct documents *docs, struct error *err)
{
	struct edits *edits = mem_zalloc(sizeof(*edits), err);

	if (!edits)
		return NULL;
	edits->docs = docs;
	edits->store = store_new(err);
	edits->past = edits->store ? past_new(err) : NULL;
	if (edits->past)
		return edits;
	edits_free(edits);
	return NULL;
}

void edits_free(struct edits *edits)
{
	if (!edits)
		return;
	group_free(&edits->group);
	past_free(edits->past);
	store_unref(edits->store);
	mem_free(edits);
}

void edits_take_past(struct edits *edits, struct past *past)
{
	assert(edits->in_hand == IN_HAND_NOTHING);
	past_free(edits->past);
	edits->past = past;
}

struct store *edits_store(const struct edits *edits)
{
	return edits->store;
}

const struct past *edits_past(const struct edits *edits)
{
	return edits->past;
}

void edits_set_label(struct edits *edits, const char *what, int64_t time)
{
	past_set_label(edits->past, what, time);
}

bool edits_set_note(struct edits *edits, size_t number, const char *text,
                    struct error *err)
{
	return past_set_note(edits->past, number, text, err);
}

bool edits_make_note(struct edits *edits, const char *text, char **note,
                     struct error *err)
{
	return past_make_note(edits->past, text, note, err);
}

void edits_put_note(struct edits *edits, size_t number, char *note)
{
	past_put_note(edits->past, number, note);
}

void edits_begin(struct edits *edits, bool alone)
{
	assert(edits->in_hand == IN_HAND_NOTHING);
	edits->in_hand = IN_HAND_EDIT;
	group_begin(&edits->group, edits->store, alone);
}

/* --- changes ------------------------------------------------------------- */

/* Make edits->change, of which everything is known, `at` in the root, or
   anywhere. Its pieces are the history's then. */
static bool make_at(struct edits *edits, struct document *doc,
                    const struct tree_walk *at, struct error *err)
{
	struct change *change = &edits->change;
	bool ok = past_add(edits->past, change, err) &&
	          group_change(&edits->group, doc, change, at, err);

	tree_unref(change->removed.tree);
	tree_unref(change->added.tree);
	return ok;
}

/* Takes the pieces of the change over. */
static bool make(struct edits *edits, struct document *doc,
                 const struct change *change, struct error *err)
{
	edits->change = *change;
	return make_at(edits, doc, NULL, err);
}

/* Mark what is added behind the first `len` bytes as inserted; false if that
   takes more pieces than few. */
static bool mark_inserted(struct pieces *added, uint64_t len)
{
	uint64_t at = 0;

	for (size_t i = 0; i < added->count; at += added->v[i++].len) {
		struct piece *p = &added->v[i];

		if (at >= len) {
			p->tag |= PIECE_INSERTED;
		} else if (p->len > len - at) {
			if (added->count == TREE_FEW)
				return false;
			for (size_t j = added->count++; j > i; j--)
				added->v[j] = added->v[j - 1];
			p->len = len - at;
			p[1] = piece_part(p[1], len - at, p[1].len - p->len);
		}
	}
	return true;
}

/* The added pieces of a splice, which may be too many for few. */
static bool take_added(const struct piece *v, size_t count, uint64_t removed,
                       struct pieces *out, struct error *err)
{
	struct tree *tree;

	*out = (struct pieces){ 0 };
	if (count <= TREE_FEW) {
		for (size_t i = 0; i < count; i++) {
			if (v[i].len == 0)
				continue;
			out->v[out->count++] = v[i];
			out->len += v[i].len;
		}
		if (mark_inserted(out, removed))
			return true;
	}
	tree = tree_new(v, count, err);
	if (!tree)
		return false;
	*out = pieces_of_tree(tree);
	return true;
}

const struct pieces *edits_lift(struct edits *edits, struct document *doc,
                                uint64_t off, uint64_t removed,
                                struct error *err)
{
	struct tree *root = group_root(&edits->group, doc, err);
	struct change *change = &edits->change;

	if (!root)
		return NULL;
	tree_walk(&edits->at, root, off);
	change->doc = document_id(doc);
	change->off = off;
	if (!pieces_cut_at(root, off, &edits->at, removed, &change->removed,
	                   err))
		return NULL;
	return &change->removed;
}

bool edits_lay(struct edits *edits, struct document *doc, const struct piece *v,
               size_t count, struct error *err)
{
	struct change *change = &edits->change;

	if (!take_added(v, count, change->removed.len, &change->added, err)) {
		edits_put_back(edits);
		return false;
	}
	pieces_inherit(&change->added, &change->removed);
	return make_at(edits, doc, &edits->at, err);
}

void edits_put_back(struct edits *edits)
{
	pieces_clear(&edits->change.removed);
}

bool edits_splice(struct edits *edits, struct document *doc, uint64_t off,
                  uint64_t removed, const struct piece *v, size_t count,
                  struct error *err)
{
	return edits_lift(edits, doc, off, removed, err) &&
	       edits_lay(edits, doc, v, count, err);
}

/* Take [off, off + len) out of a tree and put it back with a mark behind what
   is left of [0, to). */
static bool shift(struct tree **tree, uint64_t off, uint64_t len, uint64_t to,
                  struct error *err)
{
	struct splice out = { .off = off, .removed = len };
	struct splice in = { .off = to, .tag = PIECE_EDITED | PIECE_INSERTED };
	bool ok;

	in.tree = tree_slice(*tree, off, len, err);
	if (!in.tree)
		return false;
	ok = tree_splice(tree, &out, err) && tree_splice(tree, &in, err);
	tree_unref(in.tree);
	return ok;
}

bool edits_move(struct edits *edits, struct document *doc, uint64_t off,
                uint64_t len, uint64_t to, struct error *err)
{
	struct tree *root = group_root(&edits->group, doc, err);
	uint64_t from = u64_min(off, to);
	uint64_t end = u64_max(off + len, to);
	struct change change = { .doc = document_id(doc), .off = from };
	struct tree *moved;

	assert(to <= off || to >= off + len);
	if (!root || !pieces_cut(root, from, end - from, &change.removed, err))
		return false;
	moved = tree_slice(root, from, end - from, err);
	if (!moved || !shift(&moved, off - from, len,
	                     to < off ? 0 : end - from - len, err)) {
		tree_unref(moved);
		change_clear(&change);
		return false;
	}
	change.added = pieces_of_tree(moved);
	return make(edits, doc, &change, err);
}

bool edits_copy(struct edits *edits, struct document *doc, uint64_t off,
                uint64_t len, uint64_t to, uint64_t removed, struct error *err)
{
	struct tree *root = group_root(&edits->group, doc, err);
	struct change change = { .doc = document_id(doc), .off = to };
	struct splice splice = { .tag = PIECE_EDITED };
	struct tree *copy;

	if (removed == 0)
		splice.tag |= PIECE_INSERTED;
	if (!root || !pieces_cut(root, to, removed, &change.removed, err))
		return false;
	copy = tree_new(NULL, 0, err);
	splice.tree = copy ? tree_slice(root, off, len, err) : NULL;
	if (!splice.tree || !tree_splice(&copy, &splice, err)) {
		tree_unref(splice.tree);
		tree_unref(copy);
		change_clear(&change);
		return false;
	}
	tree_unref(splice.tree);
	change.added = pieces_of_tree(copy);
	return make(edits, doc, &change, err);
}

/* --- reverting ------------------------------------------------------------ */

bool stain_next(struct tree_walk *walk, uint64_t size, struct stain *stain)
{
	struct piece piece;

	stain->off += stain->len + stain->behind;
	stain->base += stain->size + stain->behind;
	stain->len = stain->behind = 0;
	while (tree_next(walk, &piece)) {
		if (piece.tag != PIECE_BASE) {
			stain->len += piece.len;
			continue;
		}
		stain->size = piece.off - stain->base;
		if (stain->len > 0 || stain->size > 0) {
			stain->behind = piece.len;
			return true;
		}
		stain->off += piece.len;
		stain->base += piece.len;
	}
	stain->size = size - stain->base;
	return stain->len > 0 || stain->size > 0;
}

/* Replace what a stain has in [from, to) by the base. *delta is by how much the
   document has become longer, modulo 2^64, and goes on so. */
static bool clean(struct edits *edits, struct document *doc,
                  const struct stain *stain, uint64_t from, uint64_t to,
                  uint64_t *delta, struct error *err)
{
	bool whole = to - from == stain->len;
	struct change change = { .doc = document_id(doc),
		                 .off = from + *delta };
	struct piece piece = { .len = whole ? stain->size : to - from,
		               .off = stain->base + (from - stain->off),
		               .tag = PIECE_BASE };
	struct tree *root = group_root(&edits->group, doc, err);

	if (!whole && stain->size != stain->len)
		return error_set(err, ERR_RANGE,
		                 "%s: bytes were inserted or deleted at "
		                 "0x%" PRIx64 "..0x%" PRIx64
		                 ": only all of them can be reverted",
		                 text_shown(document_name(doc)).s, stain->off,
		                 stain->off + stain->len - 1);
	if (!root ||
	    !pieces_cut(root, change.off, to - from, &change.removed, err))
		return false;
	*delta += piece.len - (to - from);
	change.added = pieces_of(piece);
	return make(edits, doc, &change, err);
}

bool edits_revert(struct edits *edits, struct document *doc, uint64_t off,
                  uint64_t len, struct error *err)
{
	uint64_t size = document_source(doc)->size;
	struct tree *root = group_root(&edits->group, doc, err);
	struct stain stain = { 0 };
	uint64_t delta = 0;
	struct tree_walk walk;
	bool ok = true;

	if (!root)
		return false;
	tree_ref(root);
	tree_walk(&walk, root, 0);
	while (ok && stain_next(&walk, size, &stain)) {
		uint64_t from = u64_max(off, stain.off);
		uint64_t to = u64_min(off + len, stain.off + stain.len);

		if (stain.off > off + len)
			break;
		if (stain.len > 0 ? from < to : from <= to)
			ok = clean(edits, doc, &stain, from, to, &delta, err);
	}
	tree_unref(root);
	return ok;
}

static bool is_base(unsigned char tag)
{
	return (tag & PIECE_KIND) == PIECE_BASE;
}

/* Is what they have of the base still in it? */
static bool is_there(const struct document *doc, const struct pieces *pieces,
                     struct error *err)
{
	uint64_t size = document_source(doc)->size;
	struct pieces_walk walk;
	struct piece p;

	pieces_walk(&walk, pieces);
	while (pieces_next(&walk, &p))
		if (is_base(p.tag) && (p.off > size || p.len > size - p.off))
			return error_set(err, ERR_CHANGED,
			                 "%s has become shorter",
			                 text_shown(document_name(doc)).s);
	return true;
}

bool edits_restore(struct edits *edits, struct document *doc, uint64_t off,
                   struct error *err)
{
	struct change change = { .doc = document_id(doc), .off = off };
	struct tree *root = group_root(&edits->group, doc, err);
	struct piece old;

	if (!root || !pieces_cut(root, off, 1, &change.removed, err))
		return false;
	if (!past_old(edits->past, change.doc, off, &old))
		return error_set(err, ERR_NO,
		                 "%s: byte 0x%" PRIx64 " has no older value",
		                 text_shown(document_name(doc)).s, off);
	change.added = pieces_of(old);
	if (!is_there(doc, &change.added, err) ||
	    !make(edits, doc, &change, err))
		return false;
	past_mark_restoring(edits->past);
	return true;
}

/* --- taking back what others followed ------------------------------------- */

/* Bytes of the base that may not stand in its order are marked as edited. */
static bool mark_edited(struct pieces *pieces, struct error *err)
{
	struct splice splice = { .tree = pieces->tree, .tag = PIECE_EDITED };
	struct tree *marked;

	for (size_t i = 0; i < pieces->count; i++)
		pieces->v[i].tag |= PIECE_EDITED;
	if (!pieces->tree)
		return true;
	marked = tree_new(NULL, 0, err);
	if (!marked || !tree_splice(&marked, &splice, err)) {
		tree_unref(marked);
		return false;
	}
	tree_unref(pieces->tree);
	pieces->tree = marked;
	return true;
}

static struct pieces pieces_copy(const struct pieces *pieces)
{
	struct pieces copy = *pieces;

	if (copy.tree)
		tree_ref(copy.tree);
	return copy;
}

bool edits_take_back(struct edits *edits, struct document *doc, uint64_t off,
                     const struct change *change, bool ordered,
                     uint64_t *differs, struct error *err)
{
	struct tree *root = group_root(&edits->group, doc, err);
	struct change back = { .doc = document_id(doc), .off = off };
	uint64_t len = change->added.len, same = 0;
	bool ok = true;

	if (!root)
		return false;
	*differs = u64_min(off, tree_len(root));
	if (off > tree_len(root) || len > tree_len(root) - off)
		return error_set(err, ERR_CHANGED, "the bytes are gone");
	if (!is_there(doc, &change->removed, err) ||
	    !pieces_cut(root, off, len, &back.removed, err))
		return false;
	back.added = pieces_copy(&change->removed);
	if (!compare_pieces(&back.removed, &change->added)) {
		ordered = false;
		ok = compare_bytes(edits->store, doc, &back.removed,
		                   &change->added, &same, err);
	}
	if (ok && !ordered)
		ok = mark_edited(&back.added, err);
	*differs = off + same;
	if (ok)
		return make(edits, doc, &back, err);
	change_clear(&back);
	return false;
}

/* --- back and forth ------------------------------------------------------- */

static bool step(const struct edits *edits, bool back, struct past_place *place,
                 struct change *change, bool *first)
{
	return back ? past_previous(edits->past, place, change, first)
	            : past_next(edits->past, place, change, first);
}

/* Make one change of the history, or take it back. */
static bool repeat(struct edits *edits, const struct change *change, bool back,
                   struct error *err)
{
	size_t at = documents_find(edits->docs, change->doc);
	struct change way = back ? change_swapped(change) : *change;
	struct document *doc;
	uint64_t size;

	if (at == edits->docs->count)
		return error_set(err, ERR_CHANGED,
		                 "a file of this change is not open any more");
	doc = edits->docs->v[at].doc;
	size = group_size(&edits->group, doc);
	/* It may have been loaded anew. */
	if (way.off > size || way.removed.len > size - way.off)
		return error_set(err, ERR_CHANGED, "%s has become shorter",
		                 text_shown(document_name(doc)).s);
	return is_there(doc, &way.added, err) &&
	       group_change(&edits->group, doc, &way, NULL, err);
}

/* Where the group ends that is to be taken back or made again; *count is how
   many changes it has. */
static struct past_place find_end(const struct edits *edits, bool back,
                                  size_t *count)
{
	struct past_place place = past_here(edits->past);
	struct past_place next = place;
	struct change change;
	bool first;

	for (*count = 0; step(edits, back, &next, &change, &first);) {
		/* Forward, the first one of the next group is too far. */
		if (!back && first && *count > 0)
			return place;
		++*count;
		place = next;
		if (back && first)
			return place;
	}
	return place;
}

static bool go(struct edits *edits, bool back, struct error *err)
{
	struct past_place place = past_here(edits->past);
	struct change change;
	size_t count;
	bool first;

	edits->to = find_end(edits, back, &count);
	edits_begin(edits, count == 1);
	edits->in_hand = back ? IN_HAND_UNDO : IN_HAND_REDO;
	for (; count > 0; count--) {
		(void)step(edits, back, &place, &change, &first);
		if (!repeat(edits, &change, back, err)) {
			edits_cancel(edits);
			return false;
		}
	}
	return true;
}

bool edits_undo(struct edits *edits, struct error *err)
{
	if (past_done(edits->past) == 0)
		return error_set(err, ERR_NO, "nothing to undo");
	return go(edits, true, err);
}

bool edits_redo(struct edits *edits, struct error *err)
{
	if (past_undone(edits->past) == 0)
		return error_set(err, ERR_NO, "nothing to redo");
	return go(edits, false, err);
}

bool edits_rewind(struct edits *edits, size_t number, struct error *err)
{
	struct past_place place = past_here(edits->past);
	size_t done = past_done(edits->past);
	struct change change;
	bool first;

	edits_begin(edits, false);
	edits->in_hand = IN_HAND_UNDO;
	while (done > number &&
	       past_previous(edits->past, &place, &change, &first)) {
		done -= first;
		if (documents_find(edits->docs, change.doc) ==
		    edits->docs->count)
			continue;
		if (repeat(edits, &change, true, err))
			continue;
		edits_cancel(edits);
		return false;
	}
	return true;
}

struct tree *edits_root(const struct edits *edits, size_t idx,
                        struct document **doc)
{
	*doc = edits->group.v[idx].doc;
	return edits->group.v[idx].root;
}

void edits_cut(struct edits *edits, struct past_place place, size_t done)
{
	assert(edits->in_hand == IN_HAND_NOTHING);
	past_cut(edits->past, place, done);
}

/* --- the group in hand ---------------------------------------------------- */

uint64_t edits_size(const struct edits *edits, const struct document *doc)
{
	return group_size(&edits->group, doc);
}

uint64_t edits_growth(const struct edits *edits, const struct document *doc)
{
	return group_growth(&edits->group, doc);
}

bool edits_are_resizing(const struct edits *edits)
{
	return group_is_resized(&edits->group);
}

size_t edits_documents(const struct edits *edits)
{
	return edits->group.count;
}

bool edits_are_nothing(const struct edits *edits)
{
	return edits->in_hand == IN_HAND_EDIT && !past_is_pending(edits->past);
}

void edits_each(const struct edits *edits, edits_take *take, void *ctx)
{
	bool back = edits->in_hand == IN_HAND_UNDO;
	struct past_place place = edits->in_hand == IN_HAND_EDIT
	                                  ? past_pending(edits->past)
	                                  : past_here(edits->past);
	struct change change, swapped;
	bool first;

	assert(edits->in_hand != IN_HAND_NOTHING);
	if (edits->in_hand == IN_HAND_EDIT && edits->group.is_planned) {
		take(ctx, &edits->change);
		return;
	}
	while ((edits->in_hand == IN_HAND_EDIT || place.pos != edits->to.pos) &&
	       step(edits, back, &place, &change, &first)) {
		if (back)
			swapped = change_swapped(&change);
		take(ctx, back ? &swapped : &change);
	}
}

void edits_commit(struct edits *edits, bool join)
{
	assert(edits->in_hand != IN_HAND_NOTHING);
	group_commit(&edits->group);
	if (edits->in_hand == IN_HAND_EDIT)
		past_commit(edits->past, join);
	else
		past_move(edits->past, edits->to);
	edits->in_hand = IN_HAND_NOTHING;
}

void edits_cancel(struct edits *edits)
{
	assert(edits->in_hand != IN_HAND_NOTHING);
	group_cancel(&edits->group);
	if (edits->in_hand == IN_HAND_EDIT)
		past_cancel(edits->past);
	edits->in_hand = IN_HAND_NOTHING;
}
