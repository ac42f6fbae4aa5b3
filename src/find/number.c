/* number.c - see number.h */
#include "config.h"

#include "find/number.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"

enum { FLOAT_TEXT = 400 }; /* no double needs more digits */

/* A sign and 64 bits. */
struct whole {
	bool negative;
	uint64_t mag;
};

bool number_find(const char *name, size_t len, struct number_type *out)
{
	static const struct {
		const char name[6];
		struct number_type type;
	} types[] = {
		{ "u8", { NUMBER_UNSIGNED, 1, false } },
		{ "i8", { NUMBER_SIGNED, 1, false } },
		{ "u16le", { NUMBER_UNSIGNED, 2, false } },
		{ "u16be", { NUMBER_UNSIGNED, 2, true } },
		{ "i16le", { NUMBER_SIGNED, 2, false } },
		{ "i16be", { NUMBER_SIGNED, 2, true } },
		{ "u32le", { NUMBER_UNSIGNED, 4, false } },
		{ "u32be", { NUMBER_UNSIGNED, 4, true } },
		{ "i32le", { NUMBER_SIGNED, 4, false } },
		{ "i32be", { NUMBER_SIGNED, 4, true } },
		{ "u64le", { NUMBER_UNSIGNED, 8, false } },
		{ "u64be", { NUMBER_UNSIGNED, 8, true } },
		{ "i64le", { NUMBER_SIGNED, 8, false } },
		{ "i64be", { NUMBER_SIGNED, 8, true } },
		{ "f32le", { NUMBER_FLOAT, 4, false } },
		{ "f32be", { NUMBER_FLOAT, 4, true } },
		{ "f64le", { NUMBER_FLOAT, 8, false } },
		{ "f64be", { NUMBER_FLOAT, 8, true } },
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (strlen(types[i].name) != len ||
		    memcmp(types[i].name, name, len) != 0)
			continue;
		*out = types[i].type;
		return true;
	}
	return false;
}

static void store(const struct number_type *type, uint64_t value,
                  unsigned char *out)
{
	for (unsigned i = 0; i < type->size; i++) {
		unsigned at = type->big ? type->size - 1 - i : i;

		out[at] = (unsigned char)(value >> (8 * i));
	}
}

static bool at_char(const struct lexer *lx, char c)
{
	return lx->pos < lx->len && lx->line[lx->pos] == c;
}

static bool take_whole(struct lexer *lx, const struct number_scope *scope,
                       struct whole *out, struct error *err)
{
	bool minus = at_char(lx, '-');

	lx->pos += minus;
	if (at_char(lx, '(') && scope->eval) {
		if (!scope->eval(scope->ctx, lx, &out->negative, &out->mag,
		                 err))
			return false;
	} else {
		out->negative = false;
		if (!lexer_number(lx, scope->units, &out->mag, err))
			return false;
	}
	out->negative = out->mag > 0 && out->negative != minus;
	return true;
}

static bool put_whole(const struct number_type *type, struct whole whole,
                      size_t column, unsigned char *out, struct error *err)
{
	uint64_t top = UINT64_MAX >> (64 - 8 * type->size);
	bool is_signed = type->kind == NUMBER_SIGNED;
	uint64_t most = is_signed ? top >> 1 : top;
	uint64_t least = is_signed ? most + 1 : 0;

	if (whole.mag > (whole.negative ? least : most))
		return error_at(err, column,
		                "%s%" PRIu64 " is out of range (%s%" PRIu64
		                " to %" PRIu64 ")",
		                whole.negative ? "-" : "", whole.mag,
		                least ? "-" : "", least, most);
	store(type, whole.negative ? 0 - whole.mag : whole.mag, out);
	return true;
}

/* The number in decimal or hex form that strtod knows, whatever the locale. */
static bool parse_float(const char *text, bool single, double *wide,
                        float *narrow, bool *ends)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	char *end = NULL;

	if (!c)
		return false;
	*narrow = 0;
	*wide = 0;
	if (single)
		*narrow = strtof_l(text, &end, c);
	else
		*wide = strtod_l(text, &end, c);
	*ends = end != text && *end == '\0';
	freelocale(c);
	return true;
}

/* The text of a number up to what cannot be part of one. */
static size_t float_length(const struct lexer *lx)
{
	size_t n = 0;

	while (n < lx->len - lx->pos) {
		char c = lx->line[lx->pos + n];

		if (c == '\0' ||
		    !strchr("0123456789abcdefABCDEFinptyINPTYxX.+-", c))
			break;
		/* Of a range. */
		if (c == '.' && n + 1 < lx->len - lx->pos &&
		    lx->line[lx->pos + n + 1] == '.')
			break;
		n++;
	}
	return n;
}

static bool is_infinite(const char *text)
{
	text += *text == '-' || *text == '+';
	return *text == 'i' || *text == 'I';
}

static void store_float(const struct number_type *type, double wide,
                        float narrow, unsigned char *out)
{
	uint64_t bits = 0;
	uint32_t few;

	if (type->size == 4) {
		memcpy(&few, &narrow, sizeof(few));
		bits = few;
	} else {
		memcpy(&bits, &wide, sizeof(bits));
	}
	store(type, bits, out);
}

static bool take_float(struct lexer *lx, const struct number_type *type,
                       unsigned char *out, struct error *err)
{
	size_t n = float_length(lx);
	size_t column = lx->pos + 1;
	bool single = type->size == 4;
	char text[FLOAT_TEXT];
	double wide;
	float narrow;
	bool ends, infinite;

	if (n == 0 || n >= sizeof(text))
		return error_at(err, column, "number expected");
	memcpy(text, lx->line + lx->pos, n);
	text[n] = '\0';
	if (!parse_float(text, single, &wide, &narrow, &ends))
		return error_set(err, ERR_NOMEM, "out of memory");
	if (ends && (wide != wide || narrow != narrow))
		return error_at(err, column,
		                "NaN has many forms: give the bits of one, as "
		                "u%d%s:%s",
		                8 * (int)type->size, type->big ? "be" : "le",
		                single ? "0x7fc00000" : "0x7ff8000000000000");
	if (!ends)
		return error_at(err, column,
		                "not a number with a point, as in -3.5e7");
	infinite = __builtin_isinf(single ? (double)narrow : wide);
	if (infinite && !is_infinite(text))
		return error_at(err, column, "%s is out of range", text);
	lx->pos += n;
	store_float(type, wide, narrow, out);
	return true;
}

/* Rounded once. The bits that a double has no room for become one that says
   whether there were any, so that the first step is exact and the second rounds
   as it should; a conversion at once may make two steps of it inside (valgrind
   does). */
static float narrow_of(uint64_t mag)
{
	int bits = 0;

	for (; mag >> 53; bits++)
		mag = mag >> 1 | (mag & 1);
	return (float)ldexp((double)mag, bits);
}

static bool take_any(struct lexer *lx, const struct number_type *type,
                     const struct number_scope *scope, unsigned char *out,
                     struct error *err)
{
	size_t column = lx->pos + 1;
	struct lexer behind = *lx;
	struct whole whole;
	double sign;

	behind.pos += at_char(lx, '-');
	if (type->kind == NUMBER_FLOAT && !at_char(&behind, '('))
		return take_float(lx, type, out, err);
	if (!take_whole(lx, scope, &whole, err))
		return false;
	if (type->kind != NUMBER_FLOAT)
		return put_whole(type, whole, column, out, err);
	/* To each at once, as it would be rounded twice. */
	sign = whole.negative ? -1 : 1;
	store_float(type, sign * (double)whole.mag,
	            (float)sign * narrow_of(whole.mag), out);
	return true;
}

bool number_read(struct lexer *lx, const struct number_type *type,
                 const struct number_scope *scope,
                 unsigned char out[static NUMBER_BYTES], struct error *err)
{
	struct lexer at = *lx;

	if (!take_any(&at, type, scope, out, err))
		return false;
	*lx = at;
	return true;
}
