/* address_function.c - what u32le(), align() and seg() give: see
   address_impl.h */
#include "config.h"

#include "command/address_impl.h"

#include <inttypes.h>

#include "base/error.h"
#include "command/address.h"

/* Inside a segment each byte is read where it is shown. */
static bool read_bytes(const struct parser *p, uint64_t at,
                       unsigned char *bytes, size_t len, size_t column)
{
	const struct scope *scope = p->scope;

	if (!p->inside)
		return scope->read(scope->ctx, at, bytes, len, p->err) ||
		       parser_at_column(p, column);
	for (size_t i = 0; i < len; i++) {
		uint64_t addr;

		if (!space_address(scope->space, p->inside, at + i, &addr))
			return parser_covered(p, p->inside, at + i, column);
		if (!scope->read(scope->ctx, addr, &bytes[i], 1, p->err))
			return parser_at_column(p, column);
	}
	return true;
}

static bool read_number(const struct parser *p, const struct function *f,
                        struct value at, size_t column, struct value *out)
{
	uint64_t sign = UINT64_C(1) << (f->bytes * 8 - 1);
	unsigned char bytes[8] = { 0 };
	uint64_t v = 0;

	if (!parser_in_bounds(p, at, column))
		return false;
	if (parser_end(p) - at.mag < f->bytes) {
		error_set(p->err, ERR_RANGE,
		          "%zu bytes at 0x%" PRIx64
		          " go past the end (size 0x%" PRIx64 ")",
		          f->bytes, at.mag, parser_end(p));
		return parser_at_column(p, column);
	}
	if (!read_bytes(p, at.mag, bytes, f->bytes, column))
		return false;
	for (size_t i = 0; i < f->bytes; i++)
		v = v << 8 | bytes[f->big ? i : f->bytes - 1 - i];
	if (f->is_signed && (v & sign))
		*out = value_of(true, sign - (v & (sign - 1)));
	else
		*out = value_of(false, v);
	return true;
}

/* seg(A): the number of the segment that shows a byte at A. */
static bool segment_at(const struct parser *p, struct value at, size_t column,
                       struct value *out)
{
	struct location loc;

	if (!parser_in_bounds(p, at, column))
		return false;
	if (p->inside) {
		*out = value_of(false, p->inside->number);
		return true;
	}
	loc = space_locate(p->scope->space, at.mag);
	if (!loc.segment) {
		error_set(p->err, ERR_RANGE,
		          "there is no segment at 0x%" PRIx64, at.mag);
		return parser_at_column(p, column);
	}
	*out = value_of(false, loc.segment->number);
	return true;
}

static bool aligned(const struct parser *p, struct value a, struct value step,
                    size_t column, struct value *out)
{
	const char *wrong = arith_align(a, step, out);

	return !wrong || error_at(p->err, column, "%s", wrong);
}

/* What a function gives; `column` is that of its argument. */
bool function_apply(const struct parser *p, const struct function *f,
                    struct value arg, struct value step, size_t column,
                    struct value *out)
{
	if (f->what == FUNCTION_READ)
		return read_number(p, f, arg, column, out);
	if (f->what == FUNCTION_SEG)
		return segment_at(p, arg, column, out);
	return aligned(p, arg, step, column, out);
}
