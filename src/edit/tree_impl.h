/*
 * tree_impl.h - the inside of a tree, for the files that make it up
 *
 *	tree_node.c { nodes and edges }
 *	    --> tree_cut.c { any splice: cutting and joining }
 *	        --> tree.c { plans, which mostly touch one leaf }
 *	    --> tree_walk.c { reading and checking }
 *
 * The invariants stand in tree.c.
 *
 * Threads: as tree.h.
 */
#ifndef EDIT_TREE_IMPL_H
#define EDIT_TREE_IMPL_H

#include <assert.h>
#include <stdatomic.h>

#include "base/base.h"
#include "edit/piece.h"

struct error;
struct splice;

#ifndef TREE_LEAF
#define TREE_LEAF 64
#endif
#ifndef TREE_INNER
#define TREE_INNER 64
#endif

enum {
	LEAF = TREE_LEAF,
	INNER = TREE_INNER,
	LEAF_MIN = LEAF / 4 > 2 ? LEAF / 4 : 2,
	INNER_MIN = INNER / 4 > 2 ? INNER / 4 : 2,
};

struct tree {
	_Atomic uint32_t refs;
	uint16_t count;
	uint16_t height; /* 0: a leaf */
};

/* One array for each field: 17 bytes for a piece, and a search by length that
   touches nothing else. */
struct leaf {
	struct tree head;
	uint64_t len[LEAF];
	uint64_t off[LEAF];
	unsigned char tag[LEAF];
};

struct inner {
	struct tree head;
	uint64_t len[INNER];
	struct tree *child[INNER]; /* owned */
	unsigned char tag[INNER];
};

/* A subtree and what its parent says of it. No node: nothing. */
struct edge {
	struct tree *node; /* owned */
	uint64_t len;
	unsigned char tag;
};

/* The casts go through void, since the head is the first member. */
static inline struct leaf *tree_leaf(struct tree *node)
{
	assert(node->height == 0);
	return (void *)node;
}

static inline struct inner *tree_inner(struct tree *node)
{
	assert(node->height > 0);
	return (void *)node;
}

static inline const struct leaf *tree_const_leaf(const struct tree *node)
{
	return (const void *)node;
}

static inline const struct inner *tree_const_inner(const struct tree *node)
{
	return (const void *)node;
}

/* A child at `height` is looked through next: have the memory send all of it at
   once, not one line after the other. An edit moves what a leaf has, too. */
static inline void tree_expect(const struct tree *node, unsigned height)
{
	const char *at = (const char *)node;
	size_t len =
		height == 0 ? sizeof(struct leaf) : LEAF * sizeof(uint64_t);

	for (size_t i = 0; i <= len; i += 64)
		__builtin_prefetch(at + i);
}

static inline uint64_t tree_sum(const uint64_t *len, size_t count)
{
	uint64_t all = 0;

	for (size_t i = 0; i < count; i++)
		all += len[i];
	return all;
}

/* Take the first n lengths off *rest if it goes over them all; which of the two
   it is no processor could guess, so there is no branch. */
static inline size_t tree_pass(const uint64_t *len, size_t n, uint64_t *rest)
{
	uint64_t all = len[0], over;

	for (size_t i = 1; i < n; i++)
		all += len[i];
	over = 0 - (uint64_t)(*rest >= all);
	*rest -= all & over;
	return n & (size_t)over;
}

/* The entry that holds byte *off, which becomes its place in there; the last
   one when none does. */
static inline size_t tree_seek(const uint64_t *len, size_t count, uint64_t *off)
{
	size_t i = 0;

	for (; i + 8 < count; i += 8) {
		const uint64_t *v = len + i;
		uint64_t eight =
			v[0] + v[1] + v[2] + v[3] + v[4] + v[5] + v[6] + v[7];

		if (*off < eight) {
			i += tree_pass(len + i, 4, off);
			i += tree_pass(len + i, 2, off);
			return i + tree_pass(len + i, 1, off);
		}
		*off -= eight;
	}
	while (i + 1 < count && *off >= len[i])
		*off -= len[i++];
	return i;
}

static inline struct piece tree_leaf_get(const struct leaf *leaf, size_t i,
                                         unsigned char tag)
{
	return (struct piece){ .len = leaf->len[i],
		               .off = leaf->off[i],
		               .tag = leaf->tag[i] | tag };
}

static inline void tree_leaf_set(struct leaf *leaf, size_t i,
                                 struct piece piece)
{
	leaf->len[i] = piece.len;
	leaf->off[i] = piece.off;
	leaf->tag[i] = piece.tag;
}

static inline struct edge tree_inner_get(const struct inner *inner, size_t i)
{
	return (struct edge){ .node = inner->child[i],
		              .len = inner->len[i],
		              .tag = inner->tag[i] };
}

static inline void tree_inner_set(struct inner *inner, size_t i,
                                  struct edge edge)
{
	inner->child[i] = edge.node;
	inner->len[i] = edge.len;
	inner->tag[i] = edge.tag;
}

/* A node without entries, counted once. ERR_NOMEM. */
struct tree *tree_node(unsigned height, struct error *err) MUST_USE;

/* Make the node of an edge one that may be changed (T4), with its tag pushed
   down. ERR_NOMEM: the edge is as it was. */
bool tree_edge_open(struct edge *edge, struct error *err) MUST_USE;

/* Let children [from, to) make room for n others. */
void tree_inner_shift(struct inner *inner, size_t from, size_t to, size_t n);
/* Append a child. */
void tree_inner_add(struct inner *inner, struct edge edge);

/* Append a piece to an array, or make the last one longer. Inline, as a piece
   that is copied whole right after its tag was set waits for that. */
static inline void tree_push(struct piece *v, size_t *count, struct piece piece)
{
	if (*count > 0 && piece_follows(&v[*count - 1], &piece))
		v[*count - 1].len += piece.len;
	else
		v[(*count)++] = piece;
}

/* Append the pieces of a leaf. Only the seam is closed: bits from above may
   have made more of them follow each other, and joined they would be too
   few. */
void tree_push_leaf(struct piece *v, size_t *count, const struct edge *edge);

/* Make a leaf, which may be changed, these pieces. */
void tree_fill_leaf(struct edge *edge, const struct piece *v, size_t count);

/* The tree after any splice, made of new nodes and of shared ones.
   ERR_NOMEM. */
struct tree *tree_make_next(struct tree *root, const struct splice *splice,
                            struct error *err) MUST_USE;

#endif
