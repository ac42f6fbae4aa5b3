/*
 * syntax_impl.h - what the parts of syntax.c share
 *
 * syntax.c reads items and what repeats them, syntax_group.c what stands in
 * parentheses, syntax_node.c makes the nodes. What returns a node returns 0
 * when there is none: then the error is set, ERR_NO or ERR_NOMEM.
 *
 * Threads: one regex, one thread.
 */
#ifndef FIND_SYNTAX_IMPL_H
#define FIND_SYNTAX_IMPL_H

#include "find/chars.h"
#include "find/syntax_tree.h"

struct parser {
	struct reader in;
	struct syntax *tree;
	unsigned depth;
	struct error *err;
};

/* A row of children that is being made. */
struct row {
	uint32_t first;
	uint32_t last;
	size_t count;
};

static inline bool syntax_has(const struct parser *p, unsigned char c)
{
	return p->in.at < p->in.end && *p->in.at == c;
}

/* --- syntax.c --- */

/* Up to a parenthesis that closes, or the end. */
uint32_t syntax_alternatives(struct parser *p);

/* --- syntax_group.c --- */

/* Behind "(". */
uint32_t syntax_parenthesis(struct parser *p);
/* A name that ends in this byte, and what it stands for. */
uint32_t syntax_behind_name(struct parser *p, unsigned char end,
                            uint32_t (*then)(struct parser *));

/* --- syntax_node.c --- */

/* ERR_NO: the regex is not understood. Returns 0. */
uint32_t syntax_give_up(struct parser *p);

uint32_t syntax_add_kind(struct parser *p, enum syntax_kind kind);
/* A byte of the set, of which the regex takes at least those of `sure`. */
uint32_t syntax_add_byte(struct parser *p, const struct byte_set *set,
                         const struct byte_set *sure);
uint32_t syntax_add_range(struct parser *p, unsigned char first,
                          unsigned char last);
uint32_t syntax_add_repeat(struct parser *p, uint32_t child, uint32_t min,
                           uint32_t max);
/* Characters, by the bytes that they begin with. */
uint32_t syntax_add_chars(struct parser *p, const struct chars *chars);
/* Any character. */
uint32_t syntax_add_all(struct parser *p, bool with_newline);
/* A character as it stands in the text. */
uint32_t syntax_add_char(struct parser *p, uint32_t cp);
uint32_t syntax_add_assert(struct parser *p);
/* Any number of any bytes: the tree is not plain any more. */
uint32_t syntax_add_any(struct parser *p);

/* Put a child into a row. False when there is no child, which has failed
   then. */
bool syntax_put(struct parser *p, struct row *row, uint32_t child) MUST_USE;
/* The row as a node of this kind; one child alone is the node. */
uint32_t syntax_add_row(struct parser *p, enum syntax_kind kind,
                        const struct row *row);

#endif
