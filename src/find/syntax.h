/*
 * syntax.h - a regex as a tree of the bytes it may take
 *
 *	ab|[0-9]+c      ALT
 *	                 +-- SEQ: BYTE{a} BYTE{b}
 *	                 +-- SEQ: REPEAT(1..) of BYTE{0-9}, BYTE{c}
 *
 * The syntax is PCRE2's, read without PCRE2. The tree may take more than the
 * regex does, never less: what a lookaround demands is left out, and a back
 * reference or a call of a group takes anything. Greedy or not is not told.
 *
 * Threads: a tree that is made is a plain value.
 */
#ifndef FIND_SYNTAX_H
#define FIND_SYNTAX_H

#include "base/base.h"
#include "find/byteset.h"

struct error;

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

/*
 * flags: as CHARS_. ERR_NO when the regex is not understood, or may end other
 * than at its end or start other than at its beginning: \K, (*ACCEPT), \G,
 * option verbs; also when it is too large. ERR_NOMEM.
 */
bool syntax_parse(struct syntax *syntax, const char *regex, size_t len,
                  unsigned flags, struct error *err) MUST_USE;
void syntax_free(struct syntax *syntax);

#endif
