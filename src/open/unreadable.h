/*
 * unreadable.h - what to do with bytes that have no value
 *
 * Whatever takes bytes out of a space stops at such a byte, unless the user
 * says what is to stand there: nothing, or a value of his own (K7).
 *
 *	--unreadable=stop | skip | fill | fill:0 | fill:{de ad}
 *
 * Threads: any; plain values.
 */
#ifndef OPEN_UNREADABLE_H
#define OPEN_UNREADABLE_H

#include "base/base.h"

struct error;
struct run;

enum unreadable_do {
	UNREADABLE_STOP,
	UNREADABLE_SKIP, /* they are left out */
	UNREADABLE_FILL, /* these bytes, again and again */
};

struct unreadable {
	enum unreadable_do what;
	unsigned char fill[64];
	size_t fill_len;
};

/* Is this word the option? Then it is read: ERR_SYNTAX. */
bool unreadable_is(const char *word);
bool unreadable_parse(const char *word, struct unreadable *out,
                      struct error *err) MUST_USE;

/* The byte that stands for the one `at` bytes behind the start. */
static inline unsigned char unreadable_byte(const struct unreadable *u,
                                            uint64_t at)
{
	return u->fill[at % u->fill_len];
}

/* What stop says: ERR_STATE with the address. Returns false. */
bool unreadable_error(const struct run *run, uint64_t addr, struct error *err);

#endif
