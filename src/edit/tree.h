/*
 * tree.h - the pieces of a document: a counted B+tree that is never copied
 *
 * A tree is a sequence of pieces, found by their offset in the sequence. Nodes
 * are counted and shared: whoever holds a root holds what the document was, at
 * no cost but the nodes that changed since. A node that nobody else holds is
 * changed in place (D7).
 *
 *	root   | 40 | 25 |            lengths of what is below
 *	         |    '--------.
 *	leaf   | 10 | 30 |   | 5 | 20 |   pieces
 *
 * Every operation is O(log n) in the number of pieces, whatever they are long,
 * and leaves everything as it was when it fails.
 *
 * Threads: a tree may be read in any thread that holds it; the counts are
 * atomic. One thread changes a tree.
 */
#ifndef EDIT_TREE_H
#define EDIT_TREE_H

#include "base/base.h"
#include "edit/piece.h"

struct error;
struct tree; /* a node; the root of what is below it */

enum {
	TREE_HEIGHT = 24, /* more than any tree has */
	TREE_FEW = 4,     /* pieces that are put without making a tree */
};

/* A tree of these pieces, none of them empty; count may be 0. ERR_NOMEM. */
struct tree *tree_new(const struct piece *v, size_t count,
                      struct error *err) MUST_USE;
struct tree *tree_ref(struct tree *tree);
void tree_unref(struct tree *tree); /* NULL is allowed */

uint64_t tree_len(const struct tree *tree); /* O(1) */

/* Is it one piece, or none at all? Then that is *out, or nothing. O(1) */
bool tree_is_one(const struct tree *tree, struct piece *out);

/* The bytes [off, off + len) as a tree of its own, which shares what it can.
   They exist. ERR_NOMEM. */
struct tree *tree_slice(struct tree *tree, uint64_t off, uint64_t len,
                        struct error *err) MUST_USE;

/* Going through the pieces; a plain value, which can be copied. The tree is
   borrowed. */
struct tree_walk {
	const struct tree *node[TREE_HEIGHT];
	uint16_t idx[TREE_HEIGHT];
	unsigned char tag[TREE_HEIGHT]; /* bits from above */
	size_t depth;
	uint64_t skip; /* of the next piece */
};

/* Overwrite, insert and delete are one thing: `removed` bytes at `off` make
   room for pieces. The arrays and trees are borrowed. */
struct splice {
	uint64_t off, removed; /* within the tree */
	const struct piece *v; /* none of them empty */
	size_t count;
	struct tree *tree; /* instead of v; NULL: v counts */
	unsigned char tag; /* bits that the pieces of `tree` get besides */
	/* A walk that was begun at `off` in this very tree, and has not gone
	   on: then nothing is searched for. Borrowed, or NULL. */
	const struct tree_walk *at;
};

/* *root becomes the tree after it. ERR_NOMEM: *root is as it was. */
bool tree_splice(struct tree **root, const struct splice *splice,
                 struct error *err) MUST_USE;

/*
 * The same in two steps, of which the second cannot fail. Between them nothing
 * else may happen to *root. A plan is committed or cancelled.
 */
struct tree_plan {
	unsigned how;
	struct tree *next;              /* owned: the new root */
	struct tree *spare, *top;       /* owned: for a leaf that is split */
	struct tree *path[TREE_HEIGHT]; /* from the root to the leaf */
	size_t idx[TREE_HEIGHT];        /* the child that the path goes to */
	size_t depth;                   /* of the leaf in path */
	size_t from, to; /* pieces of the leaf that `put` replaces */
	struct piece put[TREE_FEW + 2];
	size_t count;
	size_t neighbour; /* the leaf that is taken in */
	uint64_t more;    /* modulo 2^64: by how much the tree grows */
};
bool tree_prepare(struct tree **root, const struct splice *splice,
                  struct tree_plan *plan, struct error *err) MUST_USE;
void tree_commit(struct tree **root, struct tree_plan *plan);
void tree_cancel(struct tree_plan *plan);

/* Begin at off <= tree_len(). */
void tree_walk(struct tree_walk *walk, const struct tree *tree, uint64_t off);
/* The next piece, the first one from `off` on; false at the end. */
bool tree_next(struct tree_walk *walk, struct piece *out);

/* The next ones, at most so many; returns how many there were. */
size_t tree_take(struct tree_walk *walk, struct piece *out, size_t most);

/* As tree_take(), of `len` bytes, cut where they end, while the walk stays
   where it is. False: they are more than `most`, or not all in one leaf. */
bool tree_look(const struct tree_walk *walk, uint64_t len, struct piece *out,
               size_t most, size_t *count) MUST_USE;

/* NULL if every invariant in tree.c holds, else the name of a broken one. */
const char *tree_check(const struct tree *tree);

#ifdef TEST_HOOKS
/* How many pieces there are. O(n). */
size_t tree_count(const struct tree *tree);
#endif

#endif
