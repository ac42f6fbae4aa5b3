/*
 * expand.h - what a match is replaced by, with what its groups hold
 *
 *	/$2-${year}\x00$$/    $& and $0: the match    \1 as $1
 *
 * Threads: any; an expansion is immutable once it is read.
 */
#ifndef FIND_EXPAND_H
#define FIND_EXPAND_H

#include "base/base.h"

struct error;
struct lexer;
struct pattern;
struct searcher;

/* A piece of it: some bytes of `bytes`, or what a group holds. */
struct expand_part {
	bool is_group;
	size_t group;
	size_t from, len; /* in bytes */
};

struct expansion {
	unsigned char *bytes; /* owned */
	size_t len, cap;
	struct expand_part *parts; /* owned */
	size_t count, parts_cap;
};

/* Bytes as they grow; a plain value, v is owned. */
struct expanded {
	unsigned char *v;
	size_t len, cap;
};

/*
 * Read what stands at the lexer, which is at its '/', for matches of a pattern.
 * *out is the caller's: expand_free(). ERR_SYNTAX with a column: it is not
 * closed, an escape or a group that there is not; ERR_NOMEM.
 */
bool expand_read(struct lexer *lx, const struct pattern *pattern,
                 struct expansion *out, struct error *err) MUST_USE;
void expand_free(struct expansion *expansion);

/* Append what it is for the match that searcher_again() found. ERR_NOMEM. */
bool expand(const struct expansion *expansion, const struct searcher *searcher,
            struct expanded *out, struct error *err) MUST_USE;

#endif
