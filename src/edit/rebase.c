/* rebase.c - see rebase.h */
#include "config.h"

#include "edit/rebase.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/change.h"
#include "edit/past.h"
#include "edit/tree.h"

/* Pieces that are gathered before they go into the tree. */
enum { BATCH = 256 };

struct gathering {
	struct tree *tree; /* owned */
	struct piece v[BATCH];
	size_t count;
};

static bool put_batch(struct gathering *g, struct error *err)
{
	struct splice splice = { .off = tree_len(g->tree),
		                 .v = g->v,
		                 .count = g->count };

	g->count = 0;
	return splice.count == 0 || tree_splice(&g->tree, &splice, err);
}

static bool put(struct gathering *g, struct piece piece, struct error *err)
{
	if (g->count > 0 && piece_follows(&g->v[g->count - 1], &piece)) {
		g->v[g->count - 1].len += piece.len;
		return true;
	}
	if (g->count == BATCH && !put_batch(g, err))
		return false;
	g->v[g->count++] = piece;
	return true;
}

/* --- what differs --------------------------------------------------------- */

void rebase_walk(struct rebase_walk *walk, const struct tree *root)
{
	tree_walk(&walk->walk, root, 0);
	walk->at = 0;
}

static bool differs(const struct piece *piece, uint64_t at)
{
	return (piece->tag & PIECE_KIND) != PIECE_BASE || piece->off != at;
}

bool rebase_next(struct rebase_walk *walk, uint64_t *off, uint64_t *len)
{
	struct tree_walk ahead = walk->walk;
	struct piece piece;

	*len = 0;
	while (tree_next(&ahead, &piece)) {
		if (!differs(&piece, walk->at)) {
			if (*len > 0)
				return true;
		} else if ((*len += piece.len) == piece.len) {
			*off = walk->at;
		}
		walk->at += piece.len;
		walk->walk = ahead;
	}
	return *len > 0;
}

struct tree *rebase_over_of(const struct tree *root, struct piece *image,
                            struct error *err)
{
	struct gathering g = { .tree = tree_new(NULL, 0, err) };
	uint64_t off, len, at = 0;
	struct rebase_walk walk;
	bool ok = g.tree != NULL;

	rebase_walk(&walk, root);
	while (ok && rebase_next(&walk, &off, &len)) {
		struct piece base = { .len = off - at, .off = at };
		struct piece old = piece_part(*image, 0, len);

		/* It is the base, and was not edited. */
		old.tag = PIECE_STORE;
		ok = (base.len == 0 || put(&g, base, err)) && put(&g, old, err);
		*image = piece_part(*image, len, image->len - len);
		at = off + len;
	}
	if (ok && at < tree_len(root))
		ok = put(&g,
		         (struct piece){ .len = tree_len(root) - at,
		                         .off = at },
		         err);
	if (ok && put_batch(&g, err))
		return g.tree;
	tree_unref(g.tree);
	return NULL;
}

/* --- another base --------------------------------------------------------- */

/* Bytes of the base, and where they are in the next one. */
struct kept {
	uint64_t off, len, to;
};

struct kept_list {
	struct kept *v; /* owned */
	size_t count, cap;
};

static int compare_kept(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return (x->off > y->off) - (x->off < y->off);
}

/* In the order of the base. */
static bool find_kept(const struct tree *root, struct kept_list *list,
                      struct error *err)
{
	struct tree_walk walk;
	struct piece piece;
	uint64_t at = 0;

	tree_walk(&walk, root, 0);
	for (; tree_next(&walk, &piece); at += piece.len) {
		if ((piece.tag & PIECE_KIND) != PIECE_BASE)
			continue;
		if (!mem_grow(&list->v, &list->cap, list->count + 1,
		              sizeof(*list->v), err))
			return false;
		list->v[list->count++] =
			(struct kept){ piece.off, piece.len, at };
	}
	if (list->count > 1)
		qsort(list->v, list->count, sizeof(*list->v), compare_kept);
	return true;
}

/* On the way through the base, up to `at`. */
struct moving {
	struct gathering g;
	const struct piece *image;
	rebase_gap *gap;
	void *ctx;
	uint64_t at;
};

static bool put_gap(struct moving *m, uint64_t end, struct error *err)
{
	uint64_t off = m->at;
	struct piece old = piece_part(*m->image, off, end - off);

	m->at = end;
	old.tag = PIECE_STORE;
	return off == end ||
	       (put(&m->g, old, err) && m->gap(m->ctx, off, end - off, err));
}

/* What was copied is in the next base more than once. */
static bool put_kept(struct moving *m, const struct kept *kept,
                     struct error *err)
{
	uint64_t end = kept->off + kept->len;
	uint64_t from = u64_max(kept->off, m->at);
	struct piece base = { .len = end - from,
		              .off = kept->to + (from - kept->off) };

	if (end <= m->at)
		return true;
	if (!put_gap(m, from, err))
		return false;
	m->at = end;
	return put(&m->g, base, err);
}

struct tree *rebase_moved_of(const struct tree *root, uint64_t size,
                             const struct piece *image, rebase_gap *gap,
                             void *ctx, struct error *err)
{
	struct moving m = { .g = { .tree = tree_new(NULL, 0, err) },
		            .image = image,
		            .gap = gap,
		            .ctx = ctx };
	struct kept_list list = { 0 };
	bool ok = m.g.tree && find_kept(root, &list, err);

	for (size_t i = 0; ok && i < list.count; i++)
		ok = put_kept(&m, &list.v[i], err);
	mem_free(list.v);
	if (ok && put_gap(&m, size, err) && put_batch(&m.g, err))
		return m.g.tree;
	tree_unref(m.g.tree);
	return NULL;
}

/* --- pieces --------------------------------------------------------------- */

/* What has become of a piece of the base. */
static bool put_mapped(struct gathering *g, struct piece piece,
                       const struct tree *over, struct error *err)
{
	struct tree_walk walk;
	struct piece part;

	tree_walk(&walk, over, piece.off);
	while (piece.len > 0 && tree_next(&walk, &part)) {
		part.len = u64_min(part.len, piece.len);
		if ((part.tag & PIECE_KIND) == PIECE_BASE)
			part.tag = piece.tag;
		else
			part.tag =
				(unsigned char)(PIECE_STORE | PIECE_EDITED |
			                        (piece.tag & PIECE_INSERTED));
		if (!put(g, part, err))
			return false;
		piece.len -= part.len;
	}
	return true;
}

bool rebase_pieces(const struct pieces *pieces, const struct tree *over,
                   struct pieces *out, struct error *err)
{
	struct gathering g = { .tree = tree_new(NULL, 0, err) };
	struct pieces_walk walk;
	struct piece piece;
	bool ok = g.tree != NULL;

	pieces_walk(&walk, pieces);
	while (ok && pieces_next(&walk, &piece))
		ok = (piece.tag & PIECE_KIND) == PIECE_BASE
		             ? put_mapped(&g, piece, over, err)
		             : put(&g, piece, err);
	if (ok && put_batch(&g, err)) {
		*out = pieces_of_tree(g.tree);
		return true;
	}
	tree_unref(g.tree);
	return false;
}

/* --- the history --------------------------------------------------------- */

struct mapping {
	rebase_over *over;
	void *ctx;
};

/* The same pieces, counted anew. */
static void copy(const struct pieces *pieces, struct pieces *out)
{
	*out = *pieces;
	if (out->tree)
		(void)tree_ref(out->tree);
}

static bool map_change(void *ctx, const struct change *change,
                       struct change *out, struct error *err)
{
	const struct mapping *mapping = ctx;
	const struct tree *over = mapping->over(mapping->ctx, change->doc);

	*out = (struct change){ .doc = change->doc, .off = change->off };
	if (!over) {
		copy(&change->removed, &out->removed);
		copy(&change->added, &out->added);
		return true;
	}
	if (!rebase_pieces(&change->removed, over, &out->removed, err))
		return false;
	if (rebase_pieces(&change->added, over, &out->added, err))
		return true;
	change_clear(out);
	return false;
}

struct past *rebase_past(const struct past *past, rebase_over *over, void *ctx,
                         struct error *err)
{
	struct mapping mapping = { over, ctx };

	return past_rebase(past, map_change, &mapping, err);
}
