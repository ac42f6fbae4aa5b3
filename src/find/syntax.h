/*
 * syntax.h - a regex as a tree of the bytes it may take
 *
 * The syntax is PCRE2's, read without PCRE2. The tree may take more than the
 * regex does, never less: what a lookaround demands is left out, and a back
 * reference or a call of a group takes anything. Greedy or not is not told.
 *
 * Threads: any.
 */
#ifndef FIND_SYNTAX_H
#define FIND_SYNTAX_H

#include "base/base.h"
#include "find/syntax_tree.h"

struct error;

/*
 * flags: as CHARS_. ERR_NO when the regex is not understood, or may end other
 * than at its end or start other than at its beginning: \K, (*ACCEPT), \G,
 * option verbs; also when it is too large. ERR_NOMEM.
 */
bool syntax_parse(struct syntax *syntax, const char *regex, size_t len,
                  unsigned flags, struct error *err) MUST_USE;
void syntax_free(struct syntax *syntax);

#endif
