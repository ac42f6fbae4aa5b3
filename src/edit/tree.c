/*
 * tree.c - see tree.h
 *
 * Nearly all edits touch one leaf: they go down once, make the nodes on that
 * way their own, and change them in place. All others (a leaf that is too full
 * in a parent that is full, a range of many leaves) cut the tree in two and
 * join the parts; that makes new nodes only, so a failure has nothing to mend.
 *
 * An edge to a child has a tag: bits that all pieces below have besides their
 * own. So a piece of a document that is moved is marked in one place, however
 * many pieces it has. Whoever opens a node to change it pushes the bits down.
 *
 * Leaves have no links to each other: with them no node could be shared.
 *
 *   T1  all leaves have height 0 and the same depth
 *   T2  a node that is no root has LEAF_MIN..LEAF pieces or INNER_MIN..INNER
 *       children; an inner root has 2 or more
 *   T3  the length of an edge is the sum of what is below it; no piece is empty
 *   T4  only nodes that are reached by one way from one root are changed
 */
#include "config.h"

#include "edit/tree.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

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

enum how {
	HOW_NEXT,  /* there is a new root */
	HOW_FIT,   /* it fits into the leaf */
	HOW_SPLIT, /* the leaf becomes two */
	HOW_MERGE, /* the leaf takes its neighbour in */
};

/* --- nodes --------------------------------------------------------------- */

/* The casts go through void, since the head is the first member. */
static struct leaf *as_leaf(struct tree *node)
{
	assert(node->height == 0);
	return (void *)node;
}

static struct inner *as_inner(struct tree *node)
{
	assert(node->height > 0);
	return (void *)node;
}

static const struct leaf *const_leaf(const struct tree *node)
{
	return (const void *)node;
}

static const struct inner *const_inner(const struct tree *node)
{
	return (const void *)node;
}

static size_t node_size(unsigned height)
{
	return height == 0 ? sizeof(struct leaf) : sizeof(struct inner);
}

static struct tree *node_new(unsigned height, struct error *err)
{
	struct tree *node = mem_resize(NULL, 1, node_size(height), err);

	if (!node)
		return NULL;
	atomic_init(&node->refs, 1);
	node->count = 0;
	node->height = (uint16_t)height;
	return node;
}

struct tree *tree_ref(struct tree *tree)
{
	atomic_fetch_add_explicit(&tree->refs, 1, memory_order_relaxed);
	return tree;
}

void tree_unref(struct tree *tree)
{
	if (!tree ||
	    atomic_fetch_sub_explicit(&tree->refs, 1, memory_order_acq_rel) > 1)
		return;
	if (tree->height > 0) {
		for (size_t i = 0; i < tree->count; i++)
			tree_unref(as_inner(tree)->child[i]);
	}
	mem_free(tree);
}

static uint64_t sum(const uint64_t *len, size_t count)
{
	uint64_t all = 0;

	for (size_t i = 0; i < count; i++)
		all += len[i];
	return all;
}

uint64_t tree_len(const struct tree *tree)
{
	return sum(tree->height == 0 ? const_leaf(tree)->len
	                             : const_inner(tree)->len,
	           tree->count);
}

/* Take the first n lengths off *rest if it goes over them all; which of the two
   it is no processor could guess, so there is no branch. */
static size_t pass(const uint64_t *len, size_t n, uint64_t *rest)
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
static size_t seek(const uint64_t *len, size_t count, uint64_t *off)
{
	size_t i = 0;

	for (; i + 8 < count; i += 8) {
		const uint64_t *v = len + i;
		uint64_t eight =
			v[0] + v[1] + v[2] + v[3] + v[4] + v[5] + v[6] + v[7];

		if (*off < eight) {
			i += pass(len + i, 4, off);
			i += pass(len + i, 2, off);
			return i + pass(len + i, 1, off);
		}
		*off -= eight;
	}
	while (i + 1 < count && *off >= len[i])
		*off -= len[i++];
	return i;
}

static struct piece leaf_get(const struct leaf *leaf, size_t i,
                             unsigned char tag)
{
	return (struct piece){ .len = leaf->len[i],
		               .off = leaf->off[i],
		               .tag = leaf->tag[i] | tag };
}

static void leaf_set(struct leaf *leaf, size_t i, struct piece piece)
{
	leaf->len[i] = piece.len;
	leaf->off[i] = piece.off;
	leaf->tag[i] = piece.tag;
}

/* Let pieces [from, to) make room for n others. */
static void leaf_shift(struct leaf *leaf, size_t from, size_t to, size_t n)
{
	size_t behind = leaf->head.count - to;

	memmove(leaf->len + from + n, leaf->len + to, behind * 8);
	memmove(leaf->off + from + n, leaf->off + to, behind * 8);
	memmove(leaf->tag + from + n, leaf->tag + to, behind);
	leaf->head.count = (uint16_t)(from + n + behind);
}

static struct edge inner_get(const struct inner *inner, size_t i)
{
	return (struct edge){ .node = inner->child[i],
		              .len = inner->len[i],
		              .tag = inner->tag[i] };
}

static void inner_set(struct inner *inner, size_t i, struct edge edge)
{
	inner->child[i] = edge.node;
	inner->len[i] = edge.len;
	inner->tag[i] = edge.tag;
}

static void inner_shift(struct inner *inner, size_t from, size_t to, size_t n)
{
	size_t behind = inner->head.count - to;

	memmove(inner->len + from + n, inner->len + to, behind * 8);
	memmove(inner->child + from + n, inner->child + to,
	        behind * sizeof(struct tree *));
	memmove(inner->tag + from + n, inner->tag + to, behind);
	inner->head.count = (uint16_t)(from + n + behind);
}

static void inner_add(struct inner *inner, struct edge edge)
{
	inner_set(inner, inner->head.count++, edge);
}

static void add_tag(unsigned char *tags, size_t count, unsigned char tag)
{
	for (size_t i = 0; i < count; i++)
		tags[i] |= tag;
}

static struct tree *node_copy(struct tree *node, struct error *err)
{
	struct tree *copy = node_new(node->height, err);

	if (!copy)
		return NULL;
	memcpy((char *)copy + sizeof(*copy), (char *)node + sizeof(*node),
	       node_size(node->height) - sizeof(*node));
	copy->count = node->count;
	if (node->height > 0) {
		for (size_t i = 0; i < node->count; i++)
			tree_ref(as_inner(node)->child[i]);
	}
	return copy;
}

/* Make the node of an edge one that may be changed (T4), with its tag pushed
   down. On failure the edge is as it was. */
static bool edge_open(struct edge *edge, struct error *err)
{
	if (atomic_load_explicit(&edge->node->refs, memory_order_acquire) > 1) {
		struct tree *copy = node_copy(edge->node, err);

		if (!copy)
			return false;
		tree_unref(edge->node);
		edge->node = copy;
	}
	if (edge->tag != 0)
		add_tag(edge->node->height == 0 ? as_leaf(edge->node)->tag
		                                : as_inner(edge->node)->tag,
		        edge->node->count, edge->tag);
	edge->tag = 0;
	return true;
}

/* --- joining and cutting -------------------------------------------------- */

/* Append a piece to an array, or make the last one longer. */
static void push(struct piece *v, size_t *count, struct piece piece)
{
	if (*count > 0 && piece_follows(&v[*count - 1], &piece))
		v[*count - 1].len += piece.len;
	else
		v[(*count)++] = piece;
}

/* Append the pieces of a leaf. Only the seam is closed: bits from above may have
   made more of them follow each other, and joined they would be too few. */
static void push_leaf(struct piece *v, size_t *count, const struct edge *edge)
{
	const struct leaf *leaf = const_leaf(edge->node);

	for (size_t i = 0; i < leaf->head.count; i++) {
		struct piece piece = leaf_get(leaf, i, edge->tag);

		if (i == 0)
			push(v, count, piece);
		else
			v[(*count)++] = piece;
	}
}

/* Make a leaf, which may be changed, these pieces. */
static void fill_leaf(struct edge *edge, const struct piece *v, size_t count)
{
	struct leaf *leaf = as_leaf(edge->node);

	for (size_t i = 0; i < count; i++)
		leaf_set(leaf, i, v[i]);
	leaf->head.count = (uint16_t)count;
	edge->len = sum(leaf->len, count);
}

/* Two leaves side by side become one or two that are full enough. On failure
   they are as they were. */
static bool join_leaves(struct edge out[2], size_t *n, struct error *err)
{
	struct piece v[2 * LEAF];
	size_t count = 0;
	size_t half;

	push_leaf(v, &count, &out[0]);
	push_leaf(v, &count, &out[1]);
	*n = 2;
	if (count > LEAF && out[0].node->count >= LEAF_MIN &&
	    out[1].node->count >= LEAF_MIN)
		return true;
	if (!edge_open(&out[0], err) || !edge_open(&out[1], err))
		return false;
	half = count <= LEAF ? count : count / 2;
	fill_leaf(&out[0], v, half);
	fill_leaf(&out[1], v + half, count - half);
	if (half < count)
		return true;
	tree_unref(out[1].node);
	*n = 1;
	return true;
}

/* The same of inner nodes. */
static bool join_inners(struct edge out[2], size_t *n, struct error *err)
{
	size_t a = out[0].node->count, b = out[1].node->count;
	size_t half = a + b <= INNER ? a + b : (a + b) / 2;
	struct inner *left, *right;

	*n = 2;
	if (a + b > INNER && a >= INNER_MIN && b >= INNER_MIN)
		return true;
	if (!edge_open(&out[0], err) || !edge_open(&out[1], err))
		return false;
	left = as_inner(out[0].node);
	right = as_inner(out[1].node);
	if (a < half) {
		for (size_t i = 0; i < half - a; i++)
			inner_add(left, inner_get(right, i));
		inner_shift(right, 0, half - a, 0);
	} else {
		inner_shift(right, 0, 0, a - half);
		for (size_t i = half; i < a; i++)
			inner_set(right, i - half, inner_get(left, i));
		left->head.count = (uint16_t)half;
	}
	out[0].len = tree_len(&left->head);
	out[1].len = tree_len(&right->head);
	if (right->head.count > 0)
		return true;
	tree_unref(&right->head);
	*n = 1;
	return true;
}

/* Put edges at the end of out[0], an inner node that may be changed, or at its
   start; it may become two. Takes the edges over on success. */
static bool attach(struct edge out[2], size_t *n, const struct edge *v,
                   size_t count, bool front, struct error *err)
{
	struct inner *inner = as_inner(out[0].node);
	struct inner *to = inner;
	struct tree *more;
	size_t all = inner->head.count + count;
	size_t half = front ? all / 2 - count : all / 2;

	*n = 1;
	if (all > INNER) {
		more = node_new(inner->head.height, err);
		if (!more)
			return false;
		for (size_t i = half; i < inner->head.count; i++)
			inner_add(as_inner(more), inner_get(inner, i));
		inner->head.count = (uint16_t)half;
		out[1] = (struct edge){ .node = more };
		to = front ? inner : as_inner(more);
		*n = 2;
	}
	if (front)
		inner_shift(to, 0, 0, count);
	for (size_t i = 0; i < count; i++) {
		if (front)
			inner_set(to, i, v[i]);
		else
			inner_add(to, v[i]);
	}
	for (size_t i = 0; i < *n; i++)
		out[i].len = tree_len(out[i].node);
	return true;
}

static void edges_drop(struct edge *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		tree_unref(v[i].node);
		v[i] = (struct edge){ 0 };
	}
}

/* Join two subtrees to one or two of the height of the higher. Takes out[0]
   and out[1] over in success and failure; then nothing is left. */
static bool join_up(struct edge out[2], size_t *n, struct error *err)
{
	unsigned a = out[0].node->height, b = out[1].node->height;
	bool front = a < b; /* the lower one comes in front */
	struct edge high = out[front ? 1 : 0];
	struct edge low[2] = { out[0], out[1] };
	struct inner *inner;
	size_t inner_at, lows;

	if (a == b) {
		if (a == 0 ? join_leaves(out, n, err)
		           : join_inners(out, n, err))
			return true;
		edges_drop(out, 2);
		return false;
	}
	if (!edge_open(&high, err)) {
		edges_drop(out, 2);
		return false;
	}
	inner = as_inner(high.node);
	inner_at = front ? 0 : inner->head.count - 1u;
	low[front ? 1 : 0] = inner_get(inner, inner_at);
	inner_shift(inner, inner_at, inner_at + 1, 0);
	out[0] = high;
	out[1] = (struct edge){ 0 };
	if (!join_up(low, &lows, err)) {
		edges_drop(out, 1);
		return false;
	}
	if (attach(out, n, low, lows, front, err))
		return true;
	edges_drop(low, lows);
	edges_drop(out, 1);
	return false;
}

/* Join two trees, which may be nothing. Takes both over. */
static bool join(struct edge a, struct edge b, struct edge *out,
                 struct error *err)
{
	struct edge v[2] = { a, b };
	struct tree *root;
	size_t n;

	*out = a.node ? a : b;
	if (!a.node || !b.node)
		return true;
	*out = (struct edge){ 0 };
	if (!join_up(v, &n, err))
		return false;
	if (n == 1) {
		*out = v[0];
		return true;
	}
	root = node_new(v[0].node->height + 1u, err);
	if (!root) {
		edges_drop(v, 2);
		return false;
	}
	inner_add(as_inner(root), v[0]);
	inner_add(as_inner(root), v[1]);
	*out = (struct edge){ .node = root, .len = v[0].len + v[1].len };
	return true;
}

/* The children [from, to) of a node as a tree. */
static bool take(const struct edge *edge, size_t from, size_t to,
                 struct edge *out, struct error *err)
{
	const struct inner *inner = const_inner(edge->node);

	*out = (struct edge){ 0 };
	if (to - from > 1) {
		out->node = node_new(inner->head.height, err);
		if (!out->node)
			return false;
	}
	for (size_t i = from; i < to; i++) {
		struct edge child = inner_get(inner, i);

		child.tag |= edge->tag;
		tree_ref(child.node);
		if (to - from == 1)
			*out = child;
		else
			inner_add(as_inner(out->node), child);
	}
	if (to - from > 1)
		out->len = tree_len(out->node);
	return true;
}

/* Cut a leaf at 0 < off < its length. Borrows it. */
static bool cut_leaf(const struct edge *edge, uint64_t off, struct edge *left,
                     struct edge *right, struct error *err)
{
	const struct leaf *leaf = const_leaf(edge->node);
	struct piece v[LEAF + 1];
	size_t count = leaf->head.count;
	size_t i = seek(leaf->len, count, &off);
	struct piece cut = leaf_get(leaf, i, edge->tag);
	size_t at = off > 0 ? i + 1 : i;

	*left = (struct edge){ .node = node_new(0, err) };
	*right = (struct edge){ .node = left->node ? node_new(0, err) : NULL };
	if (!right->node) {
		edges_drop(left, 1);
		return false;
	}
	for (size_t j = 0; j < count; j++)
		v[j] = leaf_get(leaf, j, edge->tag);
	if (off > 0)
		v[i] = piece_part(cut, 0, off);
	fill_leaf(left, v, at);
	if (off > 0)
		v[i] = piece_part(cut, off, cut.len - off);
	fill_leaf(right, v + i, count - i);
	return true;
}

/* Cut a tree in two at `off`, of which one may be nothing. Takes it over; on
   failure nothing is left. */
static bool cut(struct edge edge, uint64_t off, struct edge *left,
                struct edge *right, struct error *err)
{
	struct edge ends[2] = { { 0 }, { 0 } };
	struct edge mid[2] = { { 0 }, { 0 } };
	struct edge child;
	size_t i;
	bool ok;

	assert(off <= edge.len);
	*left = *right = (struct edge){ 0 };
	if (off == 0 || off == edge.len) {
		*(off > 0 ? left : right) = edge;
		return true;
	}
	assert(edge.node); /* it has bytes */
	if (edge.node->height == 0) {
		ok = cut_leaf(&edge, off, left, right, err);
		tree_unref(edge.node);
		return ok;
	}
	i = seek(const_inner(edge.node)->len, edge.node->count, &off);
	child = inner_get(const_inner(edge.node), i);
	child.tag |= edge.tag;
	tree_ref(child.node);
	ok = take(&edge, 0, i, &ends[0], err) &&
	     take(&edge, i + 1, edge.node->count, &ends[1], err);
	tree_unref(edge.node);
	if (!ok) {
		edges_drop(ends, 2);
		tree_unref(child.node);
		return false;
	}
	if (!cut(child, off, &mid[0], &mid[1], err)) {
		edges_drop(ends, 2);
		return false;
	}
	if (!join(ends[0], mid[0], left, err)) {
		edges_drop(&mid[1], 1);
		edges_drop(&ends[1], 1);
		return false;
	}
	if (join(mid[1], ends[1], right, err))
		return true;
	edges_drop(left, 1);
	return false;
}

/* The edge of a root, counted anew. An empty leaf is nothing. */
static struct edge edge_of(struct tree *root, unsigned char tag)
{
	if (root->count == 0)
		return (struct edge){ 0 };
	return (struct edge){ .node = tree_ref(root),
		              .len = tree_len(root),
		              .tag = tag };
}

/* The root of an edge; a leaf without pieces if it is nothing. Takes it
   over. */
static struct tree *root_of(struct edge edge, struct error *err)
{
	if (!edge.node)
		return node_new(0, err);
	if (edge.tag != 0 && !edge_open(&edge, err)) {
		tree_unref(edge.node);
		return NULL;
	}
	return edge.node;
}

static bool build(const struct piece *v, size_t count, struct edge *out,
                  struct error *err)
{
	*out = (struct edge){ 0 };
	while (count > 0) {
		struct edge leaf = { .node = node_new(0, err) };
		struct piece some[LEAF];
		size_t n = 0;

		if (!leaf.node) {
			edges_drop(out, 1);
			return false;
		}
		for (; count > 0 && n < LEAF; v++, count--)
			push(some, &n, *v);
		fill_leaf(&leaf, some, n);
		if (!join(*out, leaf, out, err))
			return false;
	}
	return true;
}

struct tree *tree_new(const struct piece *v, size_t count, struct error *err)
{
	struct edge edge;

	return build(v, count, &edge, err) ? root_of(edge, err) : NULL;
}

struct tree *tree_slice(struct tree *tree, uint64_t off, uint64_t len,
                        struct error *err)
{
	struct edge left, right;

	assert(off <= tree_len(tree) && len <= tree_len(tree) - off);
	if (!cut(edge_of(tree, 0), off, &left, &right, err))
		return NULL;
	edges_drop(&left, 1);
	if (!right.node)
		return node_new(0, err);
	if (!cut(right, len, &left, &right, err))
		return NULL;
	edges_drop(&right, 1);
	return root_of(left, err);
}

/* --- plans --------------------------------------------------------------- */

/* The tree after any splice, made of new nodes and of shared ones. */
static struct tree *make_next(struct tree *root, const struct splice *splice,
                              struct error *err)
{
	struct edge left, mid, right, added = { 0 };

	if (!cut(edge_of(root, 0), splice->off, &left, &right, err))
		return NULL;
	if (splice->removed > 0) {
		if (!cut(right, splice->removed, &mid, &right, err)) {
			edges_drop(&left, 1);
			return NULL;
		}
		edges_drop(&mid, 1);
	}
	if (splice->tree)
		added = edge_of(splice->tree, splice->tag);
	else if (!build(splice->v, splice->count, &added, err))
		goto drop;
	if (!join(left, added, &left, err))
		goto drop_right;
	if (!join(left, right, &left, err))
		return NULL;
	return root_of(left, err);
drop:
	edges_drop(&left, 1);
drop_right:
	edges_drop(&right, 1);
	return NULL;
}

/* Go down to the one leaf that the splice touches; false if there is more than
   one. Opens nothing. *off becomes the offset in the leaf, *tag what its pieces
   have from above. */
static bool find_leaf(struct tree *root, const struct splice *splice,
                      struct tree_plan *plan, uint64_t *off, unsigned char *tag)
{
	/* What is inserted goes behind the byte before it, which it may
	   follow. */
	uint64_t back = splice->removed == 0 && splice->off > 0 ? 1 : 0;

	*off = splice->off;
	*tag = 0;
	plan->depth = 0;
	for (struct tree *node = root;; plan->depth++) {
		struct inner *inner;
		uint64_t at = *off - back;
		size_t i;

		plan->path[plan->depth] = node;
		if (node->height == 0)
			return true;
		inner = as_inner(node);
		i = seek(inner->len, node->count, &at);
		*off = at + back;
		if (splice->removed > inner->len[i] - *off)
			return false;
		plan->idx[plan->depth] = i;
		*tag |= inner->tag[i];
		node = inner->child[i];
	}
}

/* Which pieces of the leaf the splice replaces, and by what. */
static void plan_leaf(const struct splice *splice, uint64_t off,
                      unsigned char tag, struct tree_plan *plan)
{
	const struct leaf *leaf = const_leaf(plan->path[plan->depth]);
	size_t count = leaf->head.count;
	uint64_t end = splice->removed;
	struct piece last;

	plan->from = plan->to = 0;
	plan->count = 0;
	if (count > 0)
		plan->from = plan->to = seek(leaf->len, count, &off);
	if (count > 0 && off >= leaf->len[plan->from]) {
		/* Behind the last piece. */
		assert(off == leaf->len[plan->from]);
		plan->from = ++plan->to;
		off = 0;
	}
	if (off > 0)
		push(plan->put, &plan->count,
		     piece_part(leaf_get(leaf, plan->from, tag), 0, off));
	else if (plan->from > 0)
		push(plan->put, &plan->count,
		     leaf_get(leaf, --plan->from, tag));
	for (size_t i = 0; i < splice->count; i++)
		push(plan->put, &plan->count, splice->v[i]);
	/* The piece behind the removed bytes, from its first byte that is
	   left. */
	end += off;
	while (plan->to < count && end >= leaf->len[plan->to])
		end -= leaf->len[plan->to++];
	assert(plan->to < count || end == 0);
	if (plan->to == count)
		return;
	last = leaf_get(leaf, plan->to++, tag);
	push(plan->put, &plan->count, piece_part(last, end, last.len - end));
}

static size_t planned_count(const struct tree_plan *plan)
{
	return plan->path[plan->depth]->count - (plan->to - plan->from) +
	       plan->count;
}

/* May child i of the last inner node of the path be taken in by the leaf? */
static bool may_merge(const struct tree_plan *plan, size_t i)
{
	struct tree *parent = plan->path[plan->depth - 1];
	size_t least = plan->depth == 1 ? 2 : INNER_MIN + 1;

	return i < parent->count && parent->count >= least &&
	       as_inner(parent)->child[i]->count + planned_count(plan) <=
	               LEAF * 3 / 4;
}

/* How the planned leaf is fitted into the tree. */
static enum how find_way(struct tree_plan *plan)
{
	size_t count = planned_count(plan);
	bool root = plan->depth == 0;

	if (count <= LEAF && (root || count >= LEAF_MIN))
		return HOW_FIT;
	if (count > LEAF)
		return count <= (size_t)2 * LEAF &&
		                       (root ||
		                        plan->path[plan->depth - 1]->count <
		                                INNER)
		               ? HOW_SPLIT
		               : HOW_NEXT;
	plan->neighbour = plan->idx[plan->depth - 1] + 1;
	if (may_merge(plan, plan->neighbour))
		return HOW_MERGE;
	plan->neighbour -= 2;
	return may_merge(plan, plan->neighbour) ? HOW_MERGE : HOW_NEXT;
}

/* Make the nodes on the path ones that may be changed. */
static bool open_path(struct tree **root, struct tree_plan *plan,
                      struct error *err)
{
	struct edge edge = { .node = *root };

	if (!edge_open(&edge, err))
		return false;
	*root = plan->path[0] = edge.node;
	for (size_t d = 0; d < plan->depth; d++) {
		struct inner *inner = as_inner(plan->path[d]);

		edge = inner_get(inner, plan->idx[d]);
		if (!edge_open(&edge, err))
			return false;
		inner_set(inner, plan->idx[d], edge);
		plan->path[d + 1] = edge.node;
	}
	return true;
}

static uint64_t added_len(const struct splice *splice)
{
	uint64_t len = 0;

	if (splice->tree)
		return tree_len(splice->tree);
	for (size_t i = 0; i < splice->count; i++)
		len += splice->v[i].len;
	return len;
}

static bool plan_next(struct tree **root, const struct splice *splice,
                      struct tree_plan *plan, struct error *err)
{
	plan->how = HOW_NEXT;
	plan->next = make_next(*root, splice, err);
	return plan->next != NULL;
}

bool tree_prepare(struct tree **root, const struct splice *splice,
                  struct tree_plan *plan, struct error *err)
{
	uint64_t off;
	unsigned char tag;

	plan->next = plan->spare = plan->top = NULL;
	plan->more = added_len(splice) - splice->removed;
	if (splice->tree || splice->count > TREE_FEW ||
	    !find_leaf(*root, splice, plan, &off, &tag))
		return plan_next(root, splice, plan, err);
	plan_leaf(splice, off, tag, plan);
	plan->how = find_way(plan);
	if (plan->how == HOW_NEXT)
		return plan_next(root, splice, plan, err);
	if (!open_path(root, plan, err))
		return false;
	if (plan->how != HOW_SPLIT)
		return true;
	plan->spare = node_new(0, err);
	if (plan->spare && plan->depth == 0)
		plan->top = node_new(1, err);
	if (plan->spare && (plan->top || plan->depth > 0))
		return true;
	tree_cancel(plan);
	return false;
}

void tree_cancel(struct tree_plan *plan)
{
	tree_unref(plan->next);
	tree_unref(plan->spare);
	tree_unref(plan->top);
}

/* --- carrying plans out ---------------------------------------------------- */

static void put_pieces(struct tree_plan *plan)
{
	struct leaf *leaf = as_leaf(plan->path[plan->depth]);

	leaf_shift(leaf, plan->from, plan->to, plan->count);
	for (size_t i = 0; i < plan->count; i++)
		leaf_set(leaf, plan->from + i, plan->put[i]);
}

/* Where a leaf that has become too long is cut. Edits that go up or down leave
   full leaves behind them. */
static size_t split_point(const struct tree_plan *plan, size_t count)
{
	size_t half = count / 2;

	if (plan->from >= LEAF * 3 / 4)
		half = size_min(LEAF, count - LEAF_MIN);
	else if (plan->to <= LEAF / 4)
		half = count - size_min(LEAF, count - LEAF_MIN);
	return half;
}

static void put_split(struct tree **root, struct tree_plan *plan)
{
	struct edge left = { .node = plan->path[plan->depth] };
	struct edge right = { .node = plan->spare };
	const struct leaf *leaf = const_leaf(left.node);
	struct piece v[2 * LEAF];
	size_t count = 0;
	size_t half;

	for (size_t i = 0; i < plan->from; i++)
		v[count++] = leaf_get(leaf, i, 0);
	for (size_t i = 0; i < plan->count; i++)
		v[count++] = plan->put[i];
	for (size_t i = plan->to; i < leaf->head.count; i++)
		v[count++] = leaf_get(leaf, i, 0);
	half = split_point(plan, count);
	fill_leaf(&left, v, half);
	fill_leaf(&right, v + half, count - half);
	if (plan->top) {
		*root = plan->top;
		inner_add(as_inner(plan->top), left);
		inner_add(as_inner(plan->top), right);
	} else {
		struct inner *inner = as_inner(plan->path[plan->depth - 1]);
		size_t i = plan->idx[plan->depth - 1];

		inner_set(inner, i, left);
		inner_shift(inner, i + 1, i + 1, 1);
		inner_set(inner, i + 1, right);
	}
}

/* Take the neighbour in, whose pieces stand in front or behind. */
static void put_merged(struct tree **root, struct tree_plan *plan)
{
	struct inner *inner = as_inner(plan->path[plan->depth - 1]);
	size_t own = plan->idx[plan->depth - 1];
	struct edge leaf = inner_get(inner, own);
	struct edge other = inner_get(inner, plan->neighbour);
	size_t first = own < plan->neighbour ? own : plan->neighbour;
	struct piece v[LEAF];
	size_t count = 0;

	put_pieces(plan);
	push_leaf(v, &count, first == own ? &leaf : &other);
	push_leaf(v, &count, first == own ? &other : &leaf);
	fill_leaf(&leaf, v, count);
	tree_unref(other.node);
	inner_set(inner, first, leaf);
	inner_shift(inner, first + 1, first + 2, 0);
	if (inner->head.count == 1) {
		*root = leaf.node;
		mem_free(inner);
	}
}

void tree_commit(struct tree **root, struct tree_plan *plan)
{
	size_t parents = plan->depth;

	if (plan->how == HOW_NEXT) {
		tree_unref(*root);
		*root = plan->next;
		return;
	}
	/* The last inner node is set where leaves are split and merged. */
	if (plan->how != HOW_FIT && parents > 0)
		parents--;
	for (size_t d = 0; d < parents; d++)
		as_inner(plan->path[d])->len[plan->idx[d]] += plan->more;
	if (plan->how == HOW_FIT)
		put_pieces(plan);
	else if (plan->how == HOW_SPLIT)
		put_split(root, plan);
	else
		put_merged(root, plan);
}

bool tree_splice(struct tree **root, const struct splice *splice,
                 struct error *err)
{
	struct tree_plan plan = { .how = HOW_NEXT };

	if (!tree_prepare(root, splice, &plan, err))
		return false;
	tree_commit(root, &plan);
	return true;
}

/* --- reading ------------------------------------------------------------- */

void tree_walk(struct tree_walk *walk, const struct tree *tree, uint64_t off)
{
	const struct tree *node = tree;
	unsigned char tag = 0;

	for (walk->depth = 0;; walk->depth++) {
		const struct inner *inner = const_inner(node);
		size_t i;

		walk->node[walk->depth] = node;
		walk->tag[walk->depth] = tag;
		walk->idx[walk->depth] = 0;
		if (node->height == 0)
			break;
		i = seek(inner->len, node->count, &off);
		walk->idx[walk->depth] = (uint16_t)i;
		tag |= inner->tag[i];
		node = inner->child[i];
	}
	if (node->count > 0)
		walk->idx[walk->depth] = (uint16_t)seek(const_leaf(node)->len,
		                                        node->count, &off);
	walk->skip = off;
	/* At the end of the tree. */
	if (node->count > 0 &&
	    off >= const_leaf(node)->len[walk->idx[walk->depth]]) {
		assert(off == const_leaf(node)->len[walk->idx[walk->depth]]);
		walk->idx[walk->depth]++;
		walk->skip = 0;
	}
}

/* Go on to the next leaf; false if this was the last. */
static bool next_leaf(struct tree_walk *walk)
{
	size_t d = walk->depth;

	do {
		if (d == 0)
			return false;
		d--;
	} while (walk->idx[d] + 1u >= walk->node[d]->count);
	walk->idx[d]++;
	for (; d < walk->depth; d++) {
		const struct inner *inner = const_inner(walk->node[d]);
		size_t i = walk->idx[d];

		walk->node[d + 1] = inner->child[i];
		walk->tag[d + 1] = walk->tag[d] | inner->tag[i];
		walk->idx[d + 1] = 0;
	}
	return true;
}

bool tree_next(struct tree_walk *walk, struct piece *out)
{
	size_t d = walk->depth;

	if (walk->idx[d] >= walk->node[d]->count && !next_leaf(walk))
		return false;
	*out = leaf_get(const_leaf(walk->node[d]), walk->idx[d]++,
	                walk->tag[d]);
	*out = piece_part(*out, walk->skip, out->len - walk->skip);
	walk->skip = 0;
	return true;
}

size_t tree_take(struct tree_walk *walk, struct piece *out, size_t most)
{
	size_t d = walk->depth, count = 0;

	while (count < most &&
	       (walk->idx[d] < walk->node[d]->count || next_leaf(walk))) {
		const struct leaf *leaf = const_leaf(walk->node[d]);
		unsigned char tag = walk->tag[d];
		size_t from = walk->idx[d];
		size_t n = size_min(most - count, leaf->head.count - from);

		for (size_t i = 0; i < n; i++)
			out[count + i] = leaf_get(leaf, from + i, tag);
		if (walk->skip > 0)
			out[count] = piece_part(out[count], walk->skip,
			                        out[count].len - walk->skip);
		walk->skip = 0;
		walk->idx[d] = (uint16_t)(from + n);
		count += n;
	}
	return count;
}

size_t tree_count(const struct tree *tree)
{
	size_t count = tree->count;

	if (tree->height == 0)
		return count;
	count = 0;
	for (size_t i = 0; i < tree->count; i++)
		count += tree_count(const_inner(tree)->child[i]);
	return count;
}

static const char *check_node(const struct tree *node, bool root)
{
	size_t least = node->height == 0 ? LEAF_MIN : INNER_MIN;
	size_t most = node->height == 0 ? LEAF : INNER;

	if (root)
		least = node->height == 0 ? 0 : 2;
	if (node->count < least || node->count > most)
		return "T2: entries of a node";
	for (size_t i = 0; i < node->count; i++) {
		const struct inner *inner = const_inner(node);
		const char *bad;

		if (node->height == 0) {
			if (const_leaf(node)->len[i] == 0)
				return "T3: empty piece";
			continue;
		}
		if (inner->child[i]->height + 1 != node->height)
			return "T1: height";
		if (inner->len[i] != tree_len(inner->child[i]))
			return "T3: length of an edge";
		bad = check_node(inner->child[i], false);
		if (bad)
			return bad;
	}
	return NULL;
}

const char *tree_check(const struct tree *tree)
{
	return check_node(tree, true);
}
