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
#include <string.h>

#include "base/mem.h"
#include "edit/tree_impl.h"

enum how {
	HOW_NEXT,  /* there is a new root */
	HOW_FIT,   /* it fits into the leaf */
	HOW_SPLIT, /* the leaf becomes two */
	HOW_MERGE, /* the leaf takes its neighbour in */
};

/* --- plans --------------------------------------------------------------- */

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
		inner = tree_inner(node);
		i = tree_seek(inner->len, node->count, &at);
		*off = at + back;
		if (splice->removed > inner->len[i] - *off)
			return false;
		plan->idx[plan->depth] = i;
		node = inner->child[i];
		tree_expect(node, inner->head.height - 1u);
		*tag |= inner->tag[i];
	}
}

/* The piece of the leaf that has byte *off, which becomes its place in
   there. */
static size_t seek_piece(const struct tree_plan *plan, uint64_t *off)
{
	const struct leaf *leaf = tree_const_leaf(plan->path[plan->depth]);
	size_t count = leaf->head.count;
	size_t i;

	if (count == 0)
		return 0;
	i = tree_seek(leaf->len, count, off);
	if (*off < leaf->len[i])
		return i;
	/* Behind the last piece. */
	assert(*off == leaf->len[i]);
	*off = 0;
	return i + 1;
}

/* The same two as find_leaf() and seek_piece() give, of a walk; removed bytes
   may yet go beyond the leaf. */
static size_t follow(struct tree *root, const struct tree_walk *walk,
                     struct tree_plan *plan, uint64_t *off, unsigned char *tag)
{
	struct tree *node = root;

	assert(walk->node[0] == root);
	for (size_t d = 0; d < walk->depth; d++) {
		plan->path[d] = node;
		plan->idx[d] = walk->idx[d];
		node = tree_inner(node)->child[walk->idx[d]];
	}
	plan->path[walk->depth] = node;
	plan->depth = walk->depth;
	*off = walk->skip;
	*tag = walk->tag[walk->depth];
	return walk->idx[walk->depth];
}

/* Which pieces of the leaf the splice replaces, from `off` in piece i on, and
   by what; false if it goes beyond the leaf. */
static bool plan_leaf(const struct splice *splice, size_t i, uint64_t off,
                      unsigned char tag, struct tree_plan *plan)
{
	const struct leaf *leaf = tree_const_leaf(plan->path[plan->depth]);
	size_t count = leaf->head.count;
	uint64_t end = splice->removed;
	struct piece last;

	plan->from = plan->to = i;
	plan->count = 0;
	if (off > 0)
		tree_push(plan->put, &plan->count,
		          piece_part(tree_leaf_get(leaf, plan->from, tag), 0,
		                     off));
	else if (plan->from > 0)
		tree_push(plan->put, &plan->count,
		          tree_leaf_get(leaf, --plan->from, tag));
	for (size_t k = 0; k < splice->count; k++)
		tree_push(plan->put, &plan->count, splice->v[k]);
	/* The piece behind the removed bytes, from its first byte that is
	   left. */
	end += off;
	while (plan->to < count && end >= leaf->len[plan->to])
		end -= leaf->len[plan->to++];
	if (plan->to == count)
		return end == 0;
	last = tree_leaf_get(leaf, plan->to++, tag);
	tree_push(plan->put, &plan->count,
	          piece_part(last, end, last.len - end));
	return true;
}

/* Find the leaf and plan what becomes of it; false if there are several. */
static bool plan_place(struct tree *root, const struct splice *splice,
                       struct tree_plan *plan)
{
	uint64_t off;
	unsigned char tag;
	size_t i;

	/* What is inserted may go behind the byte before it. */
	if (splice->at && splice->removed > 0) {
		i = follow(root, splice->at, plan, &off, &tag);
	} else {
		if (!find_leaf(root, splice, plan, &off, &tag))
			return false;
		i = seek_piece(plan, &off);
	}
	return plan_leaf(splice, i, off, tag, plan);
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
	       tree_inner(parent)->child[i]->count + planned_count(plan) <=
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

	if (!tree_edge_open(&edge, err))
		return false;
	*root = plan->path[0] = edge.node;
	for (size_t d = 0; d < plan->depth; d++) {
		struct inner *inner = tree_inner(plan->path[d]);

		edge = tree_inner_get(inner, plan->idx[d]);
		if (!tree_edge_open(&edge, err))
			return false;
		tree_inner_set(inner, plan->idx[d], edge);
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
	plan->next = tree_make_next(*root, splice, err);
	return plan->next != NULL;
}

bool tree_prepare(struct tree **root, const struct splice *splice,
                  struct tree_plan *plan, struct error *err)
{
	plan->next = plan->spare = plan->top = NULL;
	plan->more = added_len(splice) - splice->removed;
	if (splice->tree || splice->count > TREE_FEW ||
	    !plan_place(*root, splice, plan))
		return plan_next(root, splice, plan, err);
	plan->how = find_way(plan);
	if (plan->how == HOW_NEXT)
		return plan_next(root, splice, plan, err);
	if (!open_path(root, plan, err))
		return false;
	if (plan->how != HOW_SPLIT)
		return true;
	plan->spare = tree_node(0, err);
	if (plan->spare && plan->depth == 0)
		plan->top = tree_node(1, err);
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

/* --- carrying plans out --------------------------------------------------- */

/* Let pieces [from, to) make room for n others. */
static void leaf_shift(struct leaf *leaf, size_t from, size_t to, size_t n)
{
	size_t behind = leaf->head.count - to;

	memmove(leaf->len + from + n, leaf->len + to, behind * 8);
	memmove(leaf->off + from + n, leaf->off + to, behind * 8);
	memmove(leaf->tag + from + n, leaf->tag + to, behind);
	leaf->head.count = (uint16_t)(from + n + behind);
}

static void put_pieces(struct tree_plan *plan)
{
	struct leaf *leaf = tree_leaf(plan->path[plan->depth]);

	leaf_shift(leaf, plan->from, plan->to, plan->count);
	for (size_t i = 0; i < plan->count; i++)
		tree_leaf_set(leaf, plan->from + i, plan->put[i]);
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
	const struct leaf *leaf = tree_const_leaf(left.node);
	struct piece v[2 * LEAF];
	size_t count = 0;
	size_t half;

	for (size_t i = 0; i < plan->from; i++)
		v[count++] = tree_leaf_get(leaf, i, 0);
	for (size_t i = 0; i < plan->count; i++)
		v[count++] = plan->put[i];
	for (size_t i = plan->to; i < leaf->head.count; i++)
		v[count++] = tree_leaf_get(leaf, i, 0);
	half = split_point(plan, count);
	tree_fill_leaf(&left, v, half);
	tree_fill_leaf(&right, v + half, count - half);
	if (plan->top) {
		*root = plan->top;
		tree_inner_add(tree_inner(plan->top), left);
		tree_inner_add(tree_inner(plan->top), right);
	} else {
		struct inner *inner = tree_inner(plan->path[plan->depth - 1]);
		size_t i = plan->idx[plan->depth - 1];

		tree_inner_set(inner, i, left);
		tree_inner_shift(inner, i + 1, i + 1, 1);
		tree_inner_set(inner, i + 1, right);
	}
}

/* Take the neighbour in, whose pieces stand in front or behind. */
static void put_merged(struct tree **root, struct tree_plan *plan)
{
	struct inner *inner = tree_inner(plan->path[plan->depth - 1]);
	size_t own = plan->idx[plan->depth - 1];
	struct edge leaf = tree_inner_get(inner, own);
	struct edge other = tree_inner_get(inner, plan->neighbour);
	size_t first = own < plan->neighbour ? own : plan->neighbour;
	struct piece v[LEAF];
	size_t count = 0;

	put_pieces(plan);
	tree_push_leaf(v, &count, first == own ? &leaf : &other);
	tree_push_leaf(v, &count, first == own ? &other : &leaf);
	tree_fill_leaf(&leaf, v, count);
	tree_unref(other.node);
	tree_inner_set(inner, first, leaf);
	tree_inner_shift(inner, first + 1, first + 2, 0);
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
		tree_inner(plan->path[d])->len[plan->idx[d]] += plan->more;
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
