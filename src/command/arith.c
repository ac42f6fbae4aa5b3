/* arith.c - see arith.h */
#include "config.h"

#include "command/arith.h"

#include <string.h>

struct value value_of(bool negative, uint64_t mag)
{
	return (struct value){ .negative = negative && mag > 0, .mag = mag };
}

const char *arith_add(struct value a, struct value b, struct value *out)
{
	uint64_t mag;

	if (a.negative != b.negative) {
		*out = a.mag >= b.mag ? value_of(a.negative, a.mag - b.mag)
		                      : value_of(b.negative, b.mag - a.mag);
		return NULL;
	}
	if (__builtin_add_overflow(a.mag, b.mag, &mag))
		return "too big";
	*out = value_of(a.negative, mag);
	return NULL;
}

static const char *subtract(struct value a, struct value b, struct value *out)
{
	return arith_add(a, value_of(!b.negative, b.mag), out);
}

static const char *multiply(struct value a, struct value b, struct value *out)
{
	uint64_t mag;

	if (__builtin_mul_overflow(a.mag, b.mag, &mag))
		return "too big";
	*out = value_of(a.negative != b.negative, mag);
	return NULL;
}

static const char *divide(struct value a, struct value b, struct value *out)
{
	if (b.mag == 0)
		return "division by zero";
	*out = value_of(a.negative != b.negative, a.mag / b.mag);
	return NULL;
}

static const char *remainder_of(struct value a, struct value b,
                                struct value *out)
{
	if (b.mag == 0)
		return "division by zero";
	*out = value_of(a.negative, a.mag % b.mag);
	return NULL;
}

static const char *shift_error(struct value a, struct value b)
{
	if (a.negative)
		return "<< and >> need a value that is not negative";
	if (b.negative || b.mag > 63)
		return "a shift is by 0 .. 63";
	return NULL;
}

static const char *shift_left(struct value a, struct value b, struct value *out)
{
	const char *wrong = shift_error(a, b);

	if (wrong)
		return wrong;
	if (a.mag > UINT64_MAX >> b.mag)
		return "too big";
	*out = value_of(false, a.mag << b.mag);
	return NULL;
}

static const char *shift_right(struct value a, struct value b,
                               struct value *out)
{
	const char *wrong = shift_error(a, b);

	if (wrong)
		return wrong;
	*out = value_of(false, a.mag >> b.mag);
	return NULL;
}

static const char *bits_error(struct value a, struct value b)
{
	if (a.negative || b.negative)
		return "& | ^ need values that are not negative";
	return NULL;
}

static const char *bits_and(struct value a, struct value b, struct value *out)
{
	*out = value_of(false, a.mag & b.mag);
	return bits_error(a, b);
}

static const char *bits_or(struct value a, struct value b, struct value *out)
{
	*out = value_of(false, a.mag | b.mag);
	return bits_error(a, b);
}

static const char *bits_xor(struct value a, struct value b, struct value *out)
{
	*out = value_of(false, a.mag ^ b.mag);
	return bits_error(a, b);
}

const char *arith_align(struct value a, struct value b, struct value *out)
{
	uint64_t over;

	if (b.negative || b.mag == 0)
		return "align needs a step above 0";
	over = a.mag % b.mag;
	if (a.negative || over == 0) {
		*out = value_of(a.negative, a.mag - over);
		return NULL;
	}
	return arith_add(a, value_of(false, b.mag - over), out);
}

const struct binary *arith_operator(const char *text, size_t len)
{
	static const struct binary all[] = {
		{ "|", 0, bits_or },      { "^", 1, bits_xor },
		{ "&", 2, bits_and },     { "<<", 3, shift_left },
		{ ">>", 3, shift_right }, { "+", 4, arith_add },
		{ "-", 4, subtract },     { "*", 5, multiply },
		{ "/", 5, divide },       { "%", 5, remainder_of },
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		size_t n = strlen(all[i].text);

		if (n <= len && memcmp(text, all[i].text, n) == 0)
			return &all[i];
	}
	return NULL;
}
