/*
 * translate_impl.h - the inside of a translation, for the files that make it up
 *
 *	translate_hex.c { what stands between braces }
 *	translate_number.c { numbers, and ranges of them }
 *	    --> translate.c { writing, and all other kinds }
 *
 * It is included behind translate.h.
 *
 * Threads: a translator belongs to one thread.
 */
#ifndef FIND_TRANSLATE_IMPL_H
#define FIND_TRANSLATE_IMPL_H

#include "base/base.h"
#include "base/lexer.h"

/* The regex as it grows. */
struct writer {
	char *v; /* owned */
	size_t len, cap;
	struct error *err;
	bool failed; /* then err says why */
};

struct translator {
	struct lexer lx;
	const struct pattern_options *options;
	struct writer out;
	struct regex regex;
	struct error *err;
};

/* --- translate.c --- */

/* Write more of the regex: as it is.. */
void writer_text(struct writer *out, const char *text);
/* .. or bytes that stand for themselves.. */
void writer_byte(struct writer *out, unsigned char byte);
void writer_bytes(struct writer *out, const unsigned char *bytes, size_t n);
/* .. or the digits of a number. */
void writer_number(struct writer *out, uint64_t number);

static inline bool translator_at_end(const struct translator *t)
{
	return t->lx.pos == t->lx.len;
}

/* The character that comes next; NUL at the end. */
static inline char translator_peek(const struct translator *t)
{
	return t->lx.pos < t->lx.len ? t->lx.line[t->lx.pos] : '\0';
}

/* ERR_SYNTAX with the column of what comes next. Returns false. */
bool translator_fail(const struct translator *t, const char *what);

/* Sizes that only say how far a match can look: too big is unknown. */
static inline size_t translate_reach(size_t a, size_t b)
{
	return b > SIZE_MAX - a ? SIZE_MAX : a + b;
}

/* --- translate_hex.c --- */

/* The pattern at the lexer, which begins with its brace. ERR_SYNTAX. */
bool translate_hex(struct translator *t);

/* --- translate_number.c --- */

/* The numbers of this type at the lexer, which begins with their ':'.
   ERR_SYNTAX, ERR_NOMEM. */
bool translate_numbers(struct translator *t, const struct number_type *type);

#endif
