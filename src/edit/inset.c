/* inset.c - see inset.h */
#include "config.h"

#include "edit/inset.h"

#include <assert.h>

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

/*
 * While they are gathered. What came since the last bytes of the base, if
 * anything, makes the inset that is open; it is written down with the bytes of
 * the base that follow it, as most pieces are one of the two by turns.
 */
struct gathering {
	uint64_t base;
	size_t len;   /* of the base.. */
	size_t shown; /* .. and of what is shown of it and of closed insets */
	size_t used;
	size_t closed; /* of `used`, bytes of closed insets */
	size_t count;
	bool has_base; /* a byte of it was seen */
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

static void close_inset(struct gathering *g, struct insets *to, size_t hidden)
{
	size_t added = g->used - g->closed;

	to->v[g->count++] = (struct inset){
		.at = (uint32_t)g->len,
		.hidden = (uint32_t)hidden,
		.shown = (uint32_t)g->shown,
		.added = (uint32_t)added,
		.from = (uint32_t)g->closed,
	};
	g->len += hidden;
	g->shown += added;
	g->closed = g->used;
}

static bool add_edit(struct gathering *g, struct insets *to,
                     const struct piece *piece)
{
	if (piece->len > INSET_MAX || store_is_image(piece))
		return false;
	to->is_full =
		piece->len > INSET_USED - g->used || g->count == INSET_ROOM;
	g->used += to->is_full ? 0 : (size_t)piece->len;
	return !to->is_full;
}

static bool add_base(struct gathering *g, struct insets *to,
                     const struct piece *piece)
{
	uint64_t base = g->has_base ? g->base : piece->off;
	uint64_t skip = piece->off - (base + g->len);

	/* Bytes in front of those that came skip far, modulo 2^64. */
	if (skip > INSET_SKIP || piece->off + piece->len - base > UINT32_MAX)
		return false;
	to->is_full = skip > 0 && g->count == INSET_ROOM;
	if (to->is_full)
		return false;
	if (skip > 0 || g->used > g->closed)
		close_inset(g, to, (size_t)skip);
	g->base = base;
	g->has_base = true;
	g->len += (size_t)piece->len;
	g->shown += (size_t)piece->len;
	return true;
}

/* Of all that is shown, the last piece is cut off behind `most`. Returns how
   many pieces could be added. */
static size_t add_pieces(struct gathering *g, struct insets *to,
                         struct piece *v, size_t count, size_t most)
{
	struct gathering local = *g; /* which lives in registers */
	size_t i;

	for (i = 0; i < count; i++) {
		size_t left = most - local.shown - (local.used - local.closed);

		/* Not u64_min(): each would wait for the one before. */
		if (v[i].len > left)
			v[i].len = left;
		if (left == 0 ||
		    !(is_of_base(&v[i]) ? add_base(&local, to, &v[i])
		                        : add_edit(&local, to, &v[i])))
			break;
	}
	assert(local.count <= INSET_ROOM);
	*g = local;
	return i;
}

bool insets_gather(struct insets *insets, const struct tree *root,
                   const struct store *store, uint64_t off, size_t most)
{
	struct gathering g = { .base = 0 };
	struct piece pieces[TAKEN];
	struct tree_walk walk;
	size_t n, added;

	insets->is_full = false;
	most = size_min(most, UINT32_MAX);
	tree_walk(&walk, root, off);
	do {
		unsigned char *bytes = insets->bytes + g.used;

		n = tree_take(&walk, pieces, TAKEN);
		/* Bytes of edits that stand in a row may lie anywhere. */
		store_expect(store, pieces, n);
		added = add_pieces(&g, insets, pieces, n, most);
		store_copy_all(store, pieces, added, bytes);
	} while (added == TAKEN);
	if (g.used > g.closed)
		close_inset(&g, insets, 0);
	insets->base = g.base;
	insets->len = g.len;
	insets->shown = g.shown;
	insets->used = g.used;
	insets->count = g.count;
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
