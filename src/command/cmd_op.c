/*
 * cmd_op.c - op: calculate with bytes where they are
 *
 * All bytes are read, changed in memory and put back as one edit, so that an
 * operation is done whole or not at all.
 */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "command/commands.h"
#include "command/content.h"
#include "command/context.h"
#include "command/table.h"

enum { OP_MAX = 1 << 28 }; /* bytes that are held in memory */

/* What an operation needs beside the bytes. */
struct operand {
	struct content value; /* owned: repeated over the bytes */
	unsigned bits;        /* 0..7 */
};

typedef void op_run(unsigned char *v, size_t len, const struct operand *with);

static void op_and(unsigned char *v, size_t len, const struct operand *with)
{
	for (size_t i = 0; i < len; i++)
		v[i] &= with->value.v[i % with->value.len];
}

static void op_or(unsigned char *v, size_t len, const struct operand *with)
{
	for (size_t i = 0; i < len; i++)
		v[i] |= with->value.v[i % with->value.len];
}

static void op_xor(unsigned char *v, size_t len, const struct operand *with)
{
	for (size_t i = 0; i < len; i++)
		v[i] ^= with->value.v[i % with->value.len];
}

static void op_add(unsigned char *v, size_t len, const struct operand *with)
{
	for (size_t i = 0; i < len; i++)
		v[i] = (unsigned char)(v[i] +
		                       with->value.v[i % with->value.len]);
}

static void op_rol(unsigned char *v, size_t len, const struct operand *with)
{
	for (size_t i = 0; i < len; i++)
		v[i] = (unsigned char)(v[i] << with->bits |
		                       v[i] >> (8 - with->bits));
}

static void op_ror(unsigned char *v, size_t len, const struct operand *with)
{
	for (size_t i = 0; i < len; i++)
		v[i] = (unsigned char)(v[i] >> with->bits |
		                       v[i] << (8 - with->bits));
}

static void op_not(unsigned char *v, size_t len, const struct operand *with)
{
	(void)with;
	for (size_t i = 0; i < len; i++)
		v[i] = (unsigned char)~v[i];
}

static void op_neg(unsigned char *v, size_t len, const struct operand *with)
{
	(void)with;
	for (size_t i = 0; i < len; i++)
		v[i] = (unsigned char)-v[i];
}

static void op_reverse(unsigned char *v, size_t len, const struct operand *with)
{
	(void)with;
	for (size_t i = 0; i < len / 2; i++) {
		unsigned char byte = v[i];

		v[i] = v[len - 1 - i];
		v[len - 1 - i] = byte;
	}
}

static void swap(unsigned char *v, size_t len, size_t unit)
{
	for (size_t i = 0; i < len; i += unit)
		op_reverse(v + i, unit, NULL);
}

static void op_swap16(unsigned char *v, size_t len, const struct operand *with)
{
	(void)with;
	swap(v, len, 2);
}

static void op_swap32(unsigned char *v, size_t len, const struct operand *with)
{
	(void)with;
	swap(v, len, 4);
}

static void op_swap64(unsigned char *v, size_t len, const struct operand *with)
{
	(void)with;
	swap(v, len, 8);
}

/* By name; `unit`: the length is a multiple of it. */
static const struct operation {
	const char *name;
	enum { TAKES_NOTHING, TAKES_VALUE, TAKES_BITS } takes;
	size_t unit;
	op_run *run;
} operations[] = {
	{ "add", TAKES_VALUE, 1, op_add },
	{ "and", TAKES_VALUE, 1, op_and },
	{ "neg", TAKES_NOTHING, 1, op_neg },
	{ "not", TAKES_NOTHING, 1, op_not },
	{ "or", TAKES_VALUE, 1, op_or },
	{ "reverse", TAKES_NOTHING, 1, op_reverse },
	{ "rol", TAKES_BITS, 1, op_rol },
	{ "ror", TAKES_BITS, 1, op_ror },
	{ "swap16", TAKES_NOTHING, 2, op_swap16 },
	{ "swap32", TAKES_NOTHING, 4, op_swap32 },
	{ "swap64", TAKES_NOTHING, 8, op_swap64 },
	{ "xor", TAKES_VALUE, 1, op_xor },
};

static bool find_operation(struct call *call, const struct operation **out,
                           struct error *err)
{
	struct word word;

	*out = NULL;
	if (!call_word(call, &word, err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(operations) && !*out; i++)
		if (strcmp(word.text, operations[i].name) == 0)
			*out = &operations[i];
	if (!*out)
		error_at(err, word.column, "op what? (%s)",
		         call->command->usage);
	word_free(&word);
	return *out != NULL;
}

static bool read_bits(struct call *call, unsigned *bits, struct error *err)
{
	size_t column;
	uint64_t n;

	*bits = 1;
	if (!call_more(call))
		return true;
	column = call->args.pos + 1;
	if (!lexer_number(&call->args, &units_default, &n, err))
		return false;
	if (n > 7)
		return error_at(err, column, "a byte is rotated by 0 to 7");
	*bits = (unsigned)n;
	return true;
}

static bool read_operand(struct context *ctx, struct call *call,
                         const struct operation *op, struct operand *out,
                         struct error *err)
{
	*out = (struct operand){ 0 };
	if (op->takes == TAKES_VALUE &&
	    !content_bytes(ctx, call, &out->value, err))
		return false;
	if (op->takes == TAKES_BITS && !read_bits(call, &out->bits, err))
		return false;
	if (call_end(call, err))
		return true;
	content_free(&out->value);
	return false;
}

bool edit_load(struct context *ctx, const struct call *call,
               struct content *out, struct error *err)
{
	uint64_t len = call->end - call->start;
	struct place at;

	*out = (struct content){ 0 };
	if (!edit_range(ctx, call, &at, err))
		return false;
	if (len > OP_MAX)
		return error_set(err, ERR_LIMIT, "at most %d MiB at once",
		                 OP_MAX >> 20);
	out->v = mem_resize(NULL, (size_t)len, 1, err);
	out->len = (size_t)len;
	if (out->v && context_read(ctx, call->start, out->v, out->len, err))
		return true;
	content_free(out);
	return false;
}

static bool apply(struct context *ctx, const struct call *call,
                  const struct operation *op, const struct operand *with,
                  struct error *err)
{
	struct place at = space_place(context_space(ctx), call->start);
	struct content bytes;
	struct piece piece;
	bool ok;

	if ((call->end - call->start) % op->unit != 0)
		return error_set(err, ERR_RANGE,
		                 "%s needs a multiple of %zu bytes", op->name,
		                 op->unit);
	if (!edit_load(ctx, call, &bytes, err))
		return false;
	op->run(bytes.v, bytes.len, with);
	ok = content_put(ctx, &bytes, bytes.len, &piece, err) &&
	     edit_splice(ctx, at, bytes.len, &piece, 0, err);
	content_free(&bytes);
	return ok;
}

RUN(op)
{
	const struct operation *op;
	struct operand with;
	bool ok;

	if (!find_operation(call, &op, err) ||
	    !read_operand(ctx, call, op, &with, err))
		return false;
	ok = apply(ctx, call, op, &with, err);
	content_free(&with.value);
	return ok;
}
