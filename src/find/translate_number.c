/*
 * translate_number.c - u32le:1,2 and u32le:10..20: see translate_impl.h
 *
 * A range becomes the choice of the bytes that its numbers have. With the most
 * significant byte in front, those from 1234 to 5678 are
 *
 *	12 34..ff | 13..55 any | 56 00..78
 *
 * and so on for the bytes of each end. Negative numbers stand behind the others
 * when their bits are taken for a number, and floats that are negative the
 * other way around, so that one range of numbers is two of bits at most.
 */
#include "config.h"

#include "find/translate.h"

#include <assert.h>

#include "base/error.h"
#include "find/translate_impl.h"

/* A choice in the making: what each byte may be, most significant first. */
struct choice {
	struct writer *out;
	const struct number_type *type;
	bool begun; /* another one stands in front */
	struct {
		unsigned char from, to;
	} at[NUMBER_BYTES];
};

static unsigned char byte_of(const struct choice *c, uint64_t bits, unsigned i)
{
	return (unsigned char)(bits >> (8 * (c->type->size - 1 - i)));
}

static void set(struct choice *c, unsigned i, unsigned from, unsigned to)
{
	c->at[i].from = (unsigned char)from;
	c->at[i].to = (unsigned char)to;
}

static void put_choice(struct choice *c)
{
	unsigned size = c->type->size;

	if (c->begun)
		writer_text(c->out, "|");
	c->begun = true;
	for (unsigned i = 0; i < size; i++) {
		unsigned k = c->type->big ? i : size - 1 - i;
		unsigned char from = c->at[k].from;
		unsigned char to = c->at[k].to;

		if (from == 0 && to == 0xff) {
			writer_text(c->out, ".");
		} else if (from == to) {
			writer_byte(c->out, from);
		} else {
			writer_text(c->out, "[");
			writer_byte(c->out, from);
			writer_text(c->out, "-");
			writer_byte(c->out, to);
			writer_text(c->out, "]");
		}
	}
}

/* Whatever the bytes from i on are. */
static void put_any(struct choice *c, unsigned i)
{
	for (; i < c->type->size; i++)
		set(c, i, 0, 0xff);
	put_choice(c);
}

/* The bits of the bytes behind byte i. */
static uint64_t behind(const struct choice *c, unsigned i)
{
	unsigned count = c->type->size - 1 - i;

	return count == 0 ? 0 : UINT64_MAX >> (64 - 8 * count);
}

/* The bytes from i on are those of `least`, or more. */
static void put_from(struct choice *c, uint64_t least, unsigned i)
{
	for (;; i++) {
		bool whole = (least & behind(c, i)) == 0;
		unsigned byte = byte_of(c, least, i);

		if (whole || byte < 0xff) {
			set(c, i, byte + !whole, 0xff);
			put_any(c, i + 1);
		}
		if (whole)
			return;
		set(c, i, byte, byte);
	}
}

/* The bytes from i on are those of `most`, or less. */
static void put_to(struct choice *c, uint64_t most, unsigned i)
{
	for (;; i++) {
		bool whole = (most & behind(c, i)) == behind(c, i);
		unsigned byte = byte_of(c, most, i);

		if (whole || byte > 0) {
			set(c, i, 0, byte - !whole);
			put_any(c, i + 1);
		}
		if (whole)
			return;
		set(c, i, byte, byte);
	}
}

/* All bits from `least` to `most`. */
static void put_between(struct choice *c, uint64_t least, uint64_t most)
{
	unsigned last = c->type->size - 1;
	unsigned i = 0;
	unsigned from, to;

	for (; i < last && byte_of(c, least, i) == byte_of(c, most, i); i++)
		set(c, i, byte_of(c, least, i), byte_of(c, least, i));
	from = byte_of(c, least, i);
	to = byte_of(c, most, i);
	if ((least & behind(c, i)) == 0 &&
	    (most & behind(c, i)) == behind(c, i)) {
		set(c, i, from, to);
		put_any(c, i + 1);
		return;
	}
	set(c, i, from, from);
	put_from(c, least, i + 1);
	if (to - from > 1) {
		set(c, i, from + 1, to - 1);
		put_any(c, i + 1);
	}
	set(c, i, to, to);
	put_to(c, most, i + 1);
}

static uint64_t bits_of(const struct number_type *type,
                        const unsigned char *bytes)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < type->size; i++)
		bits = bits << 8 | bytes[type->big ? i : type->size - 1 - i];
	return bits;
}

/* Write the range of the numbers with these bits; false: it is none. */
static bool put_range(struct writer *out, const struct number_type *type,
                      uint64_t first, uint64_t last)
{
	struct choice c = { .out = out, .type = type };
	bool below, mixed, turned;
	uint64_t top;

	assert(type->size > 0 && type->size <= NUMBER_BYTES);
	top = UINT64_C(1) << (8 * type->size - 1);
	/* As an end, zero is both: they are equal. */
	if (type->kind == NUMBER_FLOAT && first == 0)
		first = top;
	if (type->kind == NUMBER_FLOAT && last == top)
		last = 0;
	below = type->kind != NUMBER_UNSIGNED && first & top;
	mixed = below && !(last & top);
	turned = below && type->kind == NUMBER_FLOAT;
	if (!below && type->kind != NUMBER_UNSIGNED && last & top)
		return false;
	if (!mixed && (turned ? first < last : first > last))
		return false;
	writer_text(out, "(?:");
	if (mixed && turned) {
		put_between(&c, 0, last);
		put_between(&c, top, first);
	} else if (mixed) {
		put_between(&c, 0, last);
		put_between(&c, first, top | (top - 1));
	} else if (turned) {
		put_between(&c, last, first);
	} else {
		put_between(&c, first, last);
	}
	writer_text(out, ")");
	return true;
}

/* Is a range meant: do two points stand here? Then go behind them. */
static bool take_points(struct translator *t)
{
	if (t->lx.len - t->lx.pos < 2 || t->lx.line[t->lx.pos] != '.' ||
	    t->lx.line[t->lx.pos + 1] != '.')
		return false;
	t->lx.pos += 2;
	return true;
}

static bool number(struct translator *t, const struct number_type *type)
{
	const struct number_scope *scope = &t->options->numbers;
	unsigned char first[NUMBER_BYTES], last[NUMBER_BYTES];
	size_t column;

	if (!number_read(&t->lx, type, scope, first, t->err))
		return false;
	t->regex.reach = translate_reach(t->regex.reach, type->size);
	if (!take_points(t)) {
		writer_bytes(&t->out, first, type->size);
		return true;
	}
	column = t->lx.pos + 1;
	return number_read(&t->lx, type, scope, last, t->err) &&
	       (put_range(&t->out, type, bits_of(type, first),
	                  bits_of(type, last)) ||
	        error_at(t->err, column, "the range ends before it begins"));
}

bool translate_numbers(struct translator *t, const struct number_type *type)
{
	t->regex.flags = REGEX_DOTALL;
	do {
		t->lx.pos++; /* ':' or ',' */
		if (!number(t, type))
			return false;
	} while (translator_peek(t) == ',');
	return true;
}
