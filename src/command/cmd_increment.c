/*
 * cmd_increment.c - increment, decrement: count numbers up and down
 *
 * A number goes round at its ends, as bytes do in op add: 255 and 1 are 0. A
 * message tells so.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/content.h"
#include "command/context.h"
#include "command/table.h"
#include "find/number.h"
#include "space/space.h"

/* What is asked for. */
struct counting {
	struct number_type type;
	bool has_type;
	uint64_t by; /* modulo 2^64 */
	size_t column;
};

static uint64_t load(const unsigned char *at, const struct number_type *type)
{
	uint64_t value = 0;

	for (size_t i = 0; i < type->size; i++)
		value |= (uint64_t)at[type->big ? type->size - 1 - i : i]
		         << 8 * i;
	return value;
}

static void save(unsigned char *at, const struct number_type *type,
                 uint64_t value)
{
	for (size_t i = 0; i < type->size; i++)
		at[type->big ? type->size - 1 - i : i] =
			(unsigned char)(value >> 8 * i);
}

/* Does counting from `was` to `now` pass the end of the type? As numbers with a
   sign are compared when the sign is turned. */
static bool goes_round(const struct counting *c, uint64_t was, uint64_t now)
{
	unsigned bits = 8 * c->type.size;
	uint64_t mask = UINT64_MAX >> (64 - bits);
	uint64_t sign = UINT64_C(1) << (bits - 1);

	if (c->type.kind == NUMBER_SIGNED) {
		was ^= sign;
		now ^= sign;
	}
	return (int64_t)c->by >= 0 ? (now & mask) < (was & mask)
	                           : (now & mask) > (was & mask);
}

/* --- what stands in the line ---------------------------------------------- */

static bool is_type(const struct lexer *lx, struct number_type *type,
                    size_t *len)
{
	*len = 0;
	while (*len < lx->len - lx->pos &&
	       !strchr(" \t", lx->line[lx->pos + *len]))
		++*len;
	return number_find(lx->line + lx->pos, *len, type);
}

static bool read_counting(struct context *ctx, struct call *call,
                          struct counting *out, struct error *err)
{
	struct units units = context_units(ctx);
	size_t len;

	*out = (struct counting){ .by = 1 };
	if (!call_more(call))
		return true;
	out->column = call->args.pos + 1;
	out->has_type = is_type(&call->args, &out->type, &len);
	if (out->has_type && out->type.kind == NUMBER_FLOAT)
		return error_at(err, out->column,
		                "whole numbers are counted: u8 to u64, i8 to "
		                "i64");
	if (out->has_type)
		call->args.pos += len;
	if (!call_more(call))
		return true;
	return lexer_number(&call->args, &units, &out->by, err) &&
	       call_end(call, err);
}

/* Without a type it is one number of all bytes that are given, the last of
   which counts most. */
static bool choose_type(const struct call *call, struct counting *c,
                        struct error *err)
{
	uint64_t len = call->end - call->start;

	if (c->has_type)
		return true;
	if (len != 1 && len != 2 && len != 4 && len != 8)
		return error_set(err, ERR_RANGE,
		                 "%" PRIu64 " bytes are no number: which type? "
		                 "(u8, u16le .. i64be)",
		                 len);
	c->type = (struct number_type){ .size = (unsigned)len };
	return true;
}

/* Where only a byte is named, the number begins there. */
static bool take_whole(struct context *ctx, struct call *call, struct place at,
                       const struct counting *c, struct error *err)
{
	uint64_t len = call->end - call->start;
	bool one = call->span.given ? call->span.single : len == 1;

	if (one && !call->span.segment) {
		if (!edit_fits(ctx, at, c->type.size, err))
			return false;
		call->end = call->start + c->type.size;
	}
	len = call->end - call->start;
	return len % c->type.size == 0 ||
	       error_set(err, ERR_RANGE,
	                 "%" PRIu64 " bytes are not a multiple of %u", len,
	                 c->type.size);
}

/* --- counting ------------------------------------------------------------- */

static bool count(struct context *ctx, const struct call *call,
                  const struct counting *c, struct error *err)
{
	struct place at = space_place(context_space(ctx), call->start);
	struct content bytes;
	struct piece piece;
	size_t round = 0;
	bool ok;

	if (!edit_load(ctx, call, &bytes, err))
		return false;
	for (size_t i = 0; i < bytes.len; i += c->type.size) {
		uint64_t was = load(bytes.v + i, &c->type);

		save(bytes.v + i, &c->type, was + c->by);
		round += goes_round(c, was, was + c->by);
	}
	ok = content_put(ctx, &bytes, bytes.len, &piece, err) &&
	     edit_splice(ctx, at, bytes.len, &piece, 0, err);
	content_free(&bytes);
	if (ok && round > 0)
		context_say(ctx, "%zu went round", round);
	return ok;
}

static bool run(struct context *ctx, struct call *call, bool down,
                struct error *err)
{
	struct counting c;
	struct place at;

	if (!read_counting(ctx, call, &c, err) ||
	    !edit_range(ctx, call, &at, err) || !choose_type(call, &c, err) ||
	    !take_whole(ctx, call, at, &c, err))
		return false;
	if (c.by > INT64_MAX ||
	    (c.type.size < 8 && c.by >> (8 * c.type.size) > 0))
		return error_at(err, c.column, "N is too big for the type");
	if (down)
		c.by = 0 - c.by;
	return count(ctx, call, &c, err);
}

RUN(increment)
{
	return run(ctx, call, false, err);
}

RUN(decrement)
{
	return run(ctx, call, true, err);
}
