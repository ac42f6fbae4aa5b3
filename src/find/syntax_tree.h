/*
 * syntax_tree.h - the tree that a regex is read into
 *
 *	ab|[0-9]+c      ALT
 *	                 +-- SEQ: BYTE{a} BYTE{b}
 *	                 +-- SEQ: REPEAT(1..) of BYTE{0-9}, BYTE{c}
 *
 * Threads: a tree that is made is a plain value.
 */
#ifndef FIND_SYNTAX_TREE_H
#define FIND_SYNTAX_TREE_H

#include "base/base.h"
#include "find/byteset.h"

enum syntax_kind {
	SYNTAX_EMPTY,  /* nothing */
	SYNTAX_ASSERT, /* nothing, under a condition: anchors, lookarounds */
	SYNTAX_BYTE,   /* a byte of the set */
	SYNTAX_ANY,    /* any number of any bytes */
	SYNTAX_SEQ,    /* the children one after another */
	SYNTAX_ALT,    /* one of the children */
	SYNTAX_REPEAT, /* the child min to max times */
};

#define SYNTAX_FOREVER UINT32_MAX

/* Nodes are numbered from 1; 0 is none. A child's number is less than its
   parent's. */
struct syntax_node {
	enum syntax_kind kind;
	struct byte_set set;
	bool is_wider; /* the regex may not take all of the set */
	uint32_t min, max;
	bool is_lazy;
	uint32_t child; /* the first */
	uint32_t next;  /* of the same parent */
};

struct syntax {
	struct syntax_node *nodes; /* owned; nodes[0] is not used */
	size_t count;
	size_t cap;
	uint32_t root;
	/* Each match depends only on the bytes around it: there is no back
	   reference, call, condition, verb or change of greed. */
	bool is_plain;
};

#endif
