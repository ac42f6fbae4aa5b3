/*
 * sets.h - the named sets of ranges, and what can be calculated with them
 *
 *	set  = term { ( "and" | "or" | "minus" | "within" N "of" ) term }
 *	term = "%" name | "(" set ")"
 *
 * All operators bind alike and are taken from the left. and, or and minus are
 * on bytes; within takes whole ranges.
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_SETS_H
#define COMMAND_SETS_H

#include "base/base.h"
#include "base/lexer.h"

struct error;
struct ranges;
struct space;

enum {
	SET_NAME = 64,       /* bytes of a name, its NUL included */
	SET_LIMIT = 10000000 /* ranges of one set of matches */
};

struct set {
	char *name;            /* owned */
	struct ranges *ranges; /* counted */
};

struct sets {
	struct set *v; /* owned, sorted by name */
	size_t count, cap;
	char last[SET_NAME]; /* the one made or chosen last; "": none */
};

void sets_free(struct sets *sets); /* all of them; it is empty then */

/* By name; NULL if there is none. Borrowed. */
struct ranges *sets_find(const struct sets *sets, const char *name);

/* Give a set a name, which another one may lose. Takes a count of its own.
   ERR_NOMEM. */
bool sets_put(struct sets *sets, const char *name, struct ranges *ranges,
              struct error *err) MUST_USE;
/* Nothing if there is none. */
void sets_remove(struct sets *sets, const char *name);

/* Make one the last that was set before, or the one behind or in front of that
   by name, around. False: there is none. */
bool sets_choose(struct sets *sets, const char *name);
bool sets_step(struct sets *sets, bool forward);

/* Could this be the name of a set? */
bool sets_is_name(const char *name);

/* "%name" at the lexer, of a set that need not exist. ERR_SYNTAX with a
   column. */
bool sets_name(struct lexer *lx, char name[static SET_NAME],
               struct error *err) MUST_USE;

/* The same, of one that exists: counted for the caller. ERR_RANGE. */
struct ranges *sets_named(const struct sets *sets, struct lexer *lx,
                          char name[static SET_NAME],
                          struct error *err) MUST_USE;

/*
 * The set, or the term, at the lexer, which goes behind it: counted for the
 * caller, not to be changed. ERR_SYNTAX and ERR_RANGE (no such set) with a
 * column; ERR_NOMEM.
 */
struct ranges *sets_parse(const struct sets *sets, struct lexer *lx,
                          const struct units *units, const struct space *sp,
                          struct error *err) MUST_USE;
struct ranges *sets_term(const struct sets *sets, struct lexer *lx,
                         const struct units *units, const struct space *sp,
                         struct error *err) MUST_USE;

#endif
