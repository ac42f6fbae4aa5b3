/*
 * number.h - numbers as the bytes they are stored in: u32le:1234
 *
 * Threads: any; nothing here keeps state.
 */
#ifndef FIND_NUMBER_H
#define FIND_NUMBER_H

#include "base/base.h"
#include "base/lexer.h"

struct error;

enum number_kind {
	NUMBER_UNSIGNED,
	NUMBER_SIGNED,
	NUMBER_FLOAT, /* IEEE 754 */
};

struct number_type {
	enum number_kind kind;
	unsigned size; /* bytes: 1, 2, 4, 8 */
	bool big;      /* most significant byte first */
};

enum { NUMBER_BYTES = 8 };

/* What a number may be written with. */
struct number_scope {
	const struct units *units; /* borrowed */
	/*
	 * The value of the expression in parentheses at the lexer, which goes
	 * behind it. NULL: there are none. Errors have columns.
	 */
	bool (*eval)(void *ctx, struct lexer *lx, bool *negative, uint64_t *mag,
	             struct error *err);
	void *ctx;
};

/* u8 i8 u16le i16be .. u64be, f32le .. f64be; false when there is no such. */
bool number_find(const char *name, size_t len, struct number_type *out);

/*
 * The number at the lexer as type->size bytes; the lexer goes behind it.
 * ERR_SYNTAX with a column: no number, or one that does not fit in the type;
 * and what the scope fails with. Then lx did not move.
 */
bool number_read(struct lexer *lx, const struct number_type *type,
                 const struct number_scope *scope,
                 unsigned char out[static NUMBER_BYTES],
                 struct error *err) MUST_USE;

#endif
