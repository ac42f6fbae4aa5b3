/* tree_walk.c - going through a tree, and checking it: see tree.h */
#include "config.h"

#include "edit/tree.h"

#include "edit/tree_impl.h"

enum { LINE = 64 }; /* bytes that are fetched at once */

void tree_walk(struct tree_walk *walk, const struct tree *tree, uint64_t off)
{
	const struct tree *node = tree;
	unsigned char tag = 0;

	for (walk->depth = 0;; walk->depth++) {
		const struct inner *inner = tree_const_inner(node);
		size_t i;

		walk->node[walk->depth] = node;
		walk->tag[walk->depth] = tag;
		walk->idx[walk->depth] = 0;
		if (node->height == 0)
			break;
		i = tree_seek(inner->len, node->count, &off);
		walk->idx[walk->depth] = (uint16_t)i;
		node = inner->child[i];
		tree_expect(node, inner->head.height - 1u);
		tag |= inner->tag[i];
	}
	if (node->count > 0)
		walk->idx[walk->depth] =
			(uint16_t)tree_seek(tree_const_leaf(node)->len,
		                            node->count, &off);
	walk->skip = off;
	/* At the end of the tree. */
	if (node->count > 0 &&
	    off >= tree_const_leaf(node)->len[walk->idx[walk->depth]]) {
		assert(off ==
		       tree_const_leaf(node)->len[walk->idx[walk->depth]]);
		walk->idx[walk->depth]++;
		walk->skip = 0;
	}
}

/* A leaf that will be read soon: leaves lie anywhere in memory, and waiting for
   each would be most of what going through a large tree takes. */
static void expect_leaf(const struct tree *node)
{
	const unsigned char *bytes = (const void *)node;

	for (size_t i = 0; i < sizeof(struct leaf); i += LINE)
		__builtin_prefetch(bytes + i);
}

/* Go on to the next leaf; false if this was the last. */
static bool next_leaf(struct tree_walk *walk)
{
	const struct inner *above;

	size_t d = walk->depth;

	do {
		if (d == 0)
			return false;
		d--;
	} while (walk->idx[d] + 1u >= walk->node[d]->count);
	walk->idx[d]++;
	for (; d < walk->depth; d++) {
		const struct inner *inner = tree_const_inner(walk->node[d]);
		size_t i = walk->idx[d];

		walk->node[d + 1] = inner->child[i];
		walk->tag[d + 1] = walk->tag[d] | inner->tag[i];
		walk->idx[d + 1] = 0;
	}
	above = tree_const_inner(walk->node[d - 1]);
	if (walk->idx[d - 1] + 1u < above->head.count)
		expect_leaf(above->child[walk->idx[d - 1] + 1]);
	return true;
}

bool tree_next(struct tree_walk *walk, struct piece *out)
{
	size_t d = walk->depth;

	if (walk->idx[d] >= walk->node[d]->count && !next_leaf(walk))
		return false;
	*out = tree_leaf_get(tree_const_leaf(walk->node[d]), walk->idx[d]++,
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
		const struct leaf *leaf = tree_const_leaf(walk->node[d]);
		unsigned char tag = walk->tag[d];
		size_t from = walk->idx[d];
		size_t n = size_min(most - count, leaf->head.count - from);

		for (size_t i = 0; i < n; i++)
			out[count + i] = tree_leaf_get(leaf, from + i, tag);
		if (walk->skip > 0)
			out[count] = piece_part(out[count], walk->skip,
			                        out[count].len - walk->skip);
		walk->skip = 0;
		walk->idx[d] = (uint16_t)(from + n);
		count += n;
	}
	return count;
}

bool tree_look(const struct tree_walk *walk, uint64_t len, struct piece *out,
               size_t most, size_t *count)
{
	const struct leaf *leaf = tree_const_leaf(walk->node[walk->depth]);
	unsigned char tag = walk->tag[walk->depth];
	uint64_t skip = walk->skip;
	size_t n = 0;

	for (size_t i = walk->idx[walk->depth]; len > 0; i++, n++) {
		uint64_t left;

		if (n == most || i == leaf->head.count)
			return false;
		left = u64_min(leaf->len[i] - skip, len);
		out[n].len = left;
		out[n].off = leaf->off[i] + skip;
		out[n].tag = leaf->tag[i] | tag;
		len -= left;
		skip = 0;
	}
	*count = n;
	return true;
}

bool tree_is_one(const struct tree *tree, struct piece *out)
{
	*out = (struct piece){ 0 };
	if (tree->height > 0 || tree->count > 1)
		return false;
	if (tree->count == 1)
		*out = tree_leaf_get(tree_const_leaf(tree), 0, 0);
	return true;
}

#ifdef TEST_HOOKS
size_t tree_count(const struct tree *tree)
{
	size_t count = tree->count;

	if (tree->height == 0)
		return count;
	count = 0;
	for (size_t i = 0; i < tree->count; i++)
		count += tree_count(tree_const_inner(tree)->child[i]);
	return count;
}
#endif

static const char *check_node(const struct tree *node, bool root)
{
	size_t least = node->height == 0 ? LEAF_MIN : INNER_MIN;
	size_t most = node->height == 0 ? LEAF : INNER;

	if (root)
		least = node->height == 0 ? 0 : 2;
	if (node->count < least || node->count > most)
		return "T2: entries of a node";
	for (size_t i = 0; i < node->count; i++) {
		const struct inner *inner = tree_const_inner(node);
		const char *bad;

		if (node->height == 0) {
			if (tree_const_leaf(node)->len[i] == 0)
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
