/*
 * arith.h - the numbers of address expressions: a sign and 64 bits
 *
 * Addresses use all 64 bits and "-1" must still be a number, so int64_t will
 * not do. Nothing wraps: what does not fit is an error.
 *
 * Threads: any; nothing here keeps state.
 */
#ifndef COMMAND_ARITH_H
#define COMMAND_ARITH_H

#include "base/base.h"

/* Zero is not negative. */
struct value {
	bool negative;
	uint64_t mag;
};

struct value value_of(bool negative, uint64_t mag);

/* Each returns NULL, or what is wrong as a text; then *out is unspecified. */
typedef const char *arith_fn(struct value a, struct value b, struct value *out);

arith_fn arith_add;
arith_fn arith_align; /* the first multiple of b that is not below a; b > 0 */

/* A binary operator: + - * / % << >> & | ^. Division truncates toward zero;
   shifts and bits are of values that are not negative. */
struct binary {
	char text[3];
	int level; /* 0..5; higher ones bind closer */
	arith_fn *apply;
};

/* The operator that len bytes of text begin with; NULL if none. */
const struct binary *arith_operator(const char *text, size_t len);

#endif
