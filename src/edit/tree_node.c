/* tree_node.c - the nodes of a tree, and the edges to them: see tree_impl.h */
#include "config.h"

#include "edit/tree.h"

#include <string.h>

#include "base/mem.h"
#include "edit/tree_impl.h"

static size_t node_size(unsigned height)
{
	return height == 0 ? sizeof(struct leaf) : sizeof(struct inner);
}

struct tree *tree_node(unsigned height, struct error *err)
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
			tree_unref(tree_inner(tree)->child[i]);
	}
	mem_free(tree);
}

uint64_t tree_len(const struct tree *tree)
{
	return tree_sum(tree->height == 0 ? tree_const_leaf(tree)->len
	                                  : tree_const_inner(tree)->len,
	                tree->count);
}

void tree_inner_shift(struct inner *inner, size_t from, size_t to, size_t n)
{
	size_t behind = inner->head.count - to;

	memmove(inner->len + from + n, inner->len + to, behind * 8);
	memmove(inner->child + from + n, inner->child + to,
	        behind * sizeof(struct tree *));
	memmove(inner->tag + from + n, inner->tag + to, behind);
	inner->head.count = (uint16_t)(from + n + behind);
}

void tree_inner_add(struct inner *inner, struct edge edge)
{
	tree_inner_set(inner, inner->head.count++, edge);
}

static void add_tag(unsigned char *tags, size_t count, unsigned char tag)
{
	for (size_t i = 0; i < count; i++)
		tags[i] |= tag;
}

static struct tree *node_copy(struct tree *node, struct error *err)
{
	struct tree *copy = tree_node(node->height, err);

	if (!copy)
		return NULL;
	memcpy((char *)copy + sizeof(*copy), (char *)node + sizeof(*node),
	       node_size(node->height) - sizeof(*node));
	copy->count = node->count;
	if (node->height > 0) {
		for (size_t i = 0; i < node->count; i++)
			tree_ref(tree_inner(node)->child[i]);
	}
	return copy;
}

bool tree_edge_open(struct edge *edge, struct error *err)
{
	if (atomic_load_explicit(&edge->node->refs, memory_order_acquire) > 1) {
		struct tree *copy = node_copy(edge->node, err);

		if (!copy)
			return false;
		tree_unref(edge->node);
		edge->node = copy;
	}
	if (edge->tag != 0)
		add_tag(edge->node->height == 0 ? tree_leaf(edge->node)->tag
		                                : tree_inner(edge->node)->tag,
		        edge->node->count, edge->tag);
	edge->tag = 0;
	return true;
}

void tree_push_leaf(struct piece *v, size_t *count, const struct edge *edge)
{
	const struct leaf *leaf = tree_const_leaf(edge->node);

	for (size_t i = 0; i < leaf->head.count; i++) {
		struct piece piece = tree_leaf_get(leaf, i, edge->tag);

		if (i == 0)
			tree_push(v, count, piece);
		else
			v[(*count)++] = piece;
	}
}

void tree_fill_leaf(struct edge *edge, const struct piece *v, size_t count)
{
	struct leaf *leaf = tree_leaf(edge->node);

	for (size_t i = 0; i < count; i++)
		tree_leaf_set(leaf, i, v[i]);
	leaf->head.count = (uint16_t)count;
	edge->len = tree_sum(leaf->len, count);
}
