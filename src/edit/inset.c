/* inset.c - see inset.h */
#include "config.h"

#include "edit/inset.h"

#include <string.h>

#include "edit/store.h"
#include "edit/tree.h"

/* Test builds make them small. */
#ifndef INSET_MAX
#define INSET_MAX  64   /* bytes of an edit */
#define INSET_SKIP 4096 /* bytes of the base that one may hide */
#define INSET_ROOM INSETS
#define INSET_USED INSET_BYTES
#endif

enum { TAKEN = 64 }; /* pieces at a time */

/* While they are gathered. */
struct gathering {
	struct insets *insets;
	const struct store *store;
	bool has_base; /* a byte of it was seen */
	bool is_open;  /* the last inset may go on */
};

static bool is_of_base(const struct piece *piece)
{
	return (piece->tag & PIECE_KIND) == PIECE_BASE;
}

void insets_none(struct insets *insets, uint64_t off, size_t len)
{
	insets->base = off;
	insets->len = insets->shown = len;
	insets->is_full = false;
	insets->count = insets->used = 0;
}

/* The inset at the end of the bytes that were gathered; NULL: no room. */
static struct inset *open_inset(struct gathering *g)
{
	struct insets *to = g->insets;

	if (g->is_open)
		return &to->v[to->count - 1];
	if (to->count == INSET_ROOM) {
		to->is_full = true;
		return NULL;
	}
	g->is_open = true;
	to->v[to->count] = (struct inset){
		.at = (uint32_t)to->len,
		.shown = (uint32_t)to->shown,
		.from = (uint32_t)to->used,
	};
	return &to->v[to->count++];
}

static bool add_edit(struct gathering *g, const struct piece *piece)
{
	struct insets *to = g->insets;
	struct inset *inset;

	if (piece->len > INSET_MAX || store_is_image(piece))
		return false;
	to->is_full = piece->len > INSET_USED - to->used;
	inset = to->is_full ? NULL : open_inset(g);
	if (!inset)
		return false;
	store_copy(g->store, piece, to->bytes + to->used);
	to->used += (size_t)piece->len;
	to->shown += (size_t)piece->len;
	inset->added += (uint32_t)piece->len;
	return true;
}

static bool add_base(struct gathering *g, const struct piece *piece)
{
	struct insets *to = g->insets;
	uint64_t end = to->base + to->len;
	uint64_t skip;

	if (!g->has_base)
		end = to->base = piece->off;
	if (piece->off < end || piece->off - end > INSET_SKIP ||
	    piece->off + piece->len - to->base > UINT32_MAX)
		return false;
	skip = piece->off - end;
	if (skip > 0) {
		struct inset *inset = open_inset(g);

		if (!inset)
			return false;
		inset->hidden = (uint32_t)skip;
	}
	g->has_base = true;
	g->is_open = false;
	to->len += (size_t)(skip + piece->len);
	to->shown += (size_t)piece->len;
	return true;
}

static bool add_piece(struct gathering *g, const struct piece *piece)
{
	return is_of_base(piece) ? add_base(g, piece) : add_edit(g, piece);
}

bool insets_gather(struct insets *insets, const struct tree *root,
                   const struct store *store, uint64_t off, size_t most)
{
	struct gathering g = { .insets = insets, .store = store };
	struct piece pieces[TAKEN];
	struct tree_walk walk;
	size_t n;

	insets_none(insets, 0, 0);
	most = size_min(most, UINT32_MAX);
	tree_walk(&walk, root, off);
	while (insets->shown < most &&
	       (n = tree_take(&walk, pieces, TAKEN)) > 0) {
		/* Bytes of edits that stand in a row may lie anywhere. */
		for (size_t i = 0; i < n; i++)
			if (!is_of_base(&pieces[i]))
				store_expect(store, &pieces[i]);
		for (size_t i = 0; i < n && insets->shown < most; i++) {
			pieces[i].len =
				u64_min(pieces[i].len, most - insets->shown);
			if (!add_piece(&g, &pieces[i]))
				return g.has_base;
		}
	}
	return g.has_base;
}

/* Is nothing of it left when the base ends at `len`? */
static bool is_cut_off(const struct inset *inset, size_t len)
{
	return inset->at > len || (inset->at == len && inset->added == 0);
}

void insets_cut(struct insets *insets, size_t len)
{
	struct inset *last;

	if (len >= insets->len)
		return;
	while (insets->count > 0 &&
	       is_cut_off(&insets->v[insets->count - 1], len))
		insets->count--;
	insets->len = len;
	insets->shown = len;
	insets->is_full = false;
	if (insets->count == 0)
		return;
	last = &insets->v[insets->count - 1];
	/* What it hides may go on behind the end. */
	last->hidden = (uint32_t)size_min(last->hidden, len - last->at);
	insets->used = last->from + last->added;
	insets->shown =
		last->shown + last->added + (len - last->at - last->hidden);
}
