/*
 * tree_cut.c - trees that are cut and joined: see tree_impl.h
 *
 * New nodes are made, and what can be is shared, so that a failure leaves
 * nothing to mend.
 */
#include "config.h"

#include "edit/tree.h"

#include "edit/tree_impl.h"

/* Two leaves side by side become one or two that are full enough. On failure
   they are as they were. */
static bool join_leaves(struct edge out[2], size_t *n, struct error *err)
{
	struct piece v[2 * LEAF];
	size_t count = 0;
	size_t half;

	tree_push_leaf(v, &count, &out[0]);
	tree_push_leaf(v, &count, &out[1]);
	*n = 2;
	if (count > LEAF && out[0].node->count >= LEAF_MIN &&
	    out[1].node->count >= LEAF_MIN)
		return true;
	if (!tree_edge_open(&out[0], err) || !tree_edge_open(&out[1], err))
		return false;
	half = count <= LEAF ? count : count / 2;
	tree_fill_leaf(&out[0], v, half);
	tree_fill_leaf(&out[1], v + half, count - half);
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
	if (!tree_edge_open(&out[0], err) || !tree_edge_open(&out[1], err))
		return false;
	left = tree_inner(out[0].node);
	right = tree_inner(out[1].node);
	if (a < half) {
		for (size_t i = 0; i < half - a; i++)
			tree_inner_add(left, tree_inner_get(right, i));
		tree_inner_shift(right, 0, half - a, 0);
	} else {
		tree_inner_shift(right, 0, 0, a - half);
		for (size_t i = half; i < a; i++)
			tree_inner_set(right, i - half,
			               tree_inner_get(left, i));
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
	struct inner *inner = tree_inner(out[0].node);
	struct inner *to = inner;
	struct tree *more;
	size_t all = inner->head.count + count;
	size_t half = front ? all / 2 - count : all / 2;

	*n = 1;
	if (all > INNER) {
		more = tree_node(inner->head.height, err);
		if (!more)
			return false;
		for (size_t i = half; i < inner->head.count; i++)
			tree_inner_add(tree_inner(more),
			               tree_inner_get(inner, i));
		inner->head.count = (uint16_t)half;
		out[1] = (struct edge){ .node = more };
		to = front ? inner : tree_inner(more);
		*n = 2;
	}
	if (front)
		tree_inner_shift(to, 0, 0, count);
	for (size_t i = 0; i < count; i++) {
		if (front)
			tree_inner_set(to, i, v[i]);
		else
			tree_inner_add(to, v[i]);
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
	if (!tree_edge_open(&high, err)) {
		edges_drop(out, 2);
		return false;
	}
	inner = tree_inner(high.node);
	inner_at = front ? 0 : inner->head.count - 1u;
	low[front ? 1 : 0] = tree_inner_get(inner, inner_at);
	tree_inner_shift(inner, inner_at, inner_at + 1, 0);
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
	root = tree_node(v[0].node->height + 1u, err);
	if (!root) {
		edges_drop(v, 2);
		return false;
	}
	tree_inner_add(tree_inner(root), v[0]);
	tree_inner_add(tree_inner(root), v[1]);
	*out = (struct edge){ .node = root, .len = v[0].len + v[1].len };
	return true;
}

/* The children [from, to) of a node as a tree. */
static bool take(const struct edge *edge, size_t from, size_t to,
                 struct edge *out, struct error *err)
{
	const struct inner *inner = tree_const_inner(edge->node);

	*out = (struct edge){ 0 };
	if (to - from > 1) {
		out->node = tree_node(inner->head.height, err);
		if (!out->node)
			return false;
	}
	for (size_t i = from; i < to; i++) {
		struct edge child = tree_inner_get(inner, i);

		child.tag |= edge->tag;
		tree_ref(child.node);
		if (to - from == 1)
			*out = child;
		else
			tree_inner_add(tree_inner(out->node), child);
	}
	if (to - from > 1)
		out->len = tree_len(out->node);
	return true;
}

/* Cut a leaf at 0 < off < its length. Borrows it. */
static bool cut_leaf(const struct edge *edge, uint64_t off, struct edge *left,
                     struct edge *right, struct error *err)
{
	const struct leaf *leaf = tree_const_leaf(edge->node);
	struct piece v[LEAF + 1];
	size_t count = leaf->head.count;
	size_t i = tree_seek(leaf->len, count, &off);
	struct piece cut = tree_leaf_get(leaf, i, edge->tag);
	size_t at = off > 0 ? i + 1 : i;

	*left = (struct edge){ .node = tree_node(0, err) };
	*right = (struct edge){ .node = left->node ? tree_node(0, err) : NULL };
	if (!right->node) {
		edges_drop(left, 1);
		return false;
	}
	for (size_t j = 0; j < count; j++)
		v[j] = tree_leaf_get(leaf, j, edge->tag);
	if (off > 0)
		v[i] = piece_part(cut, 0, off);
	tree_fill_leaf(left, v, at);
	if (off > 0)
		v[i] = piece_part(cut, off, cut.len - off);
	tree_fill_leaf(right, v + i, count - i);
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
	i = tree_seek(tree_const_inner(edge.node)->len, edge.node->count, &off);
	child = tree_inner_get(tree_const_inner(edge.node), i);
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
		return tree_node(0, err);
	if (edge.tag != 0 && !tree_edge_open(&edge, err)) {
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
		struct edge leaf = { .node = tree_node(0, err) };
		struct piece some[LEAF];
		size_t n = 0;

		if (!leaf.node) {
			edges_drop(out, 1);
			return false;
		}
		for (; count > 0 && n < LEAF; v++, count--)
			tree_push(some, &n, *v);
		tree_fill_leaf(&leaf, some, n);
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
		return tree_node(0, err);
	if (!cut(right, len, &left, &right, err))
		return NULL;
	edges_drop(&right, 1);
	return root_of(left, err);
}

struct tree *tree_make_next(struct tree *root, const struct splice *splice,
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
