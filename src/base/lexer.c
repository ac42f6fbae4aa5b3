/*
 * lexer.c - see lexer.h
 *
 * A lexer is a position in a borrowed line and nothing more, so that a parser
 * can keep one, try, and go back by assigning the old value. Nothing here
 * moves the caller's lexer when it fails.
 *
 * Fractions are exact: 1.5K is 1536 and 1.3K is refused, because a number of
 * bytes that was rounded is another address. Reducing the fraction first keeps
 * that in 64 bits.
 */
#include "config.h"

#include "base/lexer.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"

enum { FRACTION_DIGITS = 18 }; /* 10^18 fits in 64 bits */

const struct units units_default = { .sector = 512,
	                             .block = 4096,
	                             .radix = 10 };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The value of a digit in any radix up to 36; 99 if it is none. */
static unsigned digit_value(char c)
{
	if (is_digit(c))
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'Z')
		return (unsigned)(c - 'A') + 10;
	return 99;
}

struct lexer lexer_of(const char *line, size_t len)
{
	return (struct lexer){ .line = line, .len = len };
}

/* The byte `ahead` of the lexer; NUL past the end. */
static char peek(const struct lexer *lx, size_t ahead)
{
	return ahead < lx->len - lx->pos ? lx->line[lx->pos + ahead] : '\0';
}

void lexer_blanks(struct lexer *lx)
{
	while (lx->pos < lx->len && is_blank(lx->line[lx->pos]))
		lx->pos++;
}

bool lexer_end(struct lexer *lx)
{
	lexer_blanks(lx);
	return lx->pos == lx->len;
}

/* Decode what follows a backslash; 0 if it is no escape, else its length. */
static size_t escape(const struct lexer *lx, char *out)
{
	static const char from[] = "nrt0\\\"";
	static const char to[] = "\n\r\t\0\\\"";
	char c = peek(lx, 0);
	const char *at = c ? strchr(from, c) : NULL;
	unsigned high = digit_value(peek(lx, 1));
	unsigned low = digit_value(peek(lx, 2));

	if (at) {
		*out = to[at - from];
		return 1;
	}
	if (c != 'x' || high > 15 || low > 15)
		return 0;
	*out = (char)(unsigned char)(high << 4 | low);
	return 3;
}

/* The text up to the closing quote; the lexer stands behind the opening one
   and ends behind the closing one. dst has room for the rest of the line. */
static bool quoted_text(struct lexer *lx, char *dst, size_t *len,
                        struct error *err)
{
	size_t open = lx->pos;
	size_t n = 0;

	while (lx->pos < lx->len && lx->line[lx->pos] != '"') {
		size_t column = lx->pos + 1;
		char c = lx->line[lx->pos++];

		if (c == '\\' && lx->pos < lx->len) {
			size_t used = escape(lx, &c);

			if (used == 0)
				return error_at(err, column,
				                "unknown escape (\\n \\r \\t "
				                "\\0 \\\\ \\\" \\xNN)");
			lx->pos += used;
		}
		dst[n++] = c;
	}
	if (lx->pos == lx->len)
		return error_at(err, open, "the quote is not closed");
	lx->pos++;
	*len = n;
	return true;
}

bool lexer_quoted(struct lexer *lx, struct word *out, struct error *err)
{
	struct lexer at = *lx;
	struct word word = { .column = at.pos + 1, .quoted = true };

	assert(peek(lx, 0) == '"');
	at.pos++;
	word.text = mem_zalloc(at.len - at.pos + 1, err);
	if (!word.text)
		return false;
	if (!quoted_text(&at, word.text, &word.len, err)) {
		mem_free(word.text);
		return false;
	}
	word.text[word.len] = '\0';
	*lx = at;
	*out = word;
	return true;
}

static bool quoted_word(struct lexer *lx, struct word *out, struct error *err)
{
	struct lexer at = *lx;
	struct word word;

	if (!lexer_quoted(&at, &word, err))
		return false;
	if (at.pos < at.len && !is_blank(at.line[at.pos])) {
		word_free(&word);
		return error_at(err, at.pos + 1,
		                "a blank must follow the closing quote");
	}
	*lx = at;
	*out = word;
	return true;
}

bool lexer_word(struct lexer *lx, struct word *out, struct error *err)
{
	size_t start;
	size_t end;
	char *text;

	if (lexer_end(lx)) {
		err->code = ERR_NONE;
		return false;
	}
	if (lx->line[lx->pos] == '"')
		return quoted_word(lx, out, err);
	start = end = lx->pos;
	while (end < lx->len && !is_blank(lx->line[end]))
		end++;
	text = mem_zalloc(end - start + 1, err);
	if (!text)
		return false;
	memcpy(text, lx->line + start, end - start);
	*out = (struct word){ .text = text,
		              .len = end - start,
		              .column = start + 1 };
	lx->pos = end;
	return true;
}

void word_free(struct word *word)
{
	mem_free(word->text);
	*word = (struct word){ 0 };
}

/* Does the rest of the line begin with a comment? */
static bool comment(const struct lexer *lx)
{
	return peek(lx, 0) == '#' &&
	       (lx->len - lx->pos == 1 || is_blank(peek(lx, 1)) ||
	        peek(lx, 1) == '!');
}

bool words_split(const char *line, size_t len, struct words *out,
                 struct error *err)
{
	struct lexer lx = lexer_of(line, len);
	struct words words = { 0 };

	while (!lexer_end(&lx) && !comment(&lx)) {
		if (!mem_grow(&words.v, &words.cap, words.count + 1,
		              sizeof(*words.v), err) ||
		    !lexer_word(&lx, &words.v[words.count], err)) {
			words_free(&words);
			return false;
		}
		words.count++;
	}
	*out = words;
	return true;
}

void words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		word_free(&words->v[i]);
	mem_free(words->v);
	*words = (struct words){ 0 };
}

/* May this byte not stand behind a number? */
static bool continues(char c)
{
	return is_digit(c) || is_letter(c) || c == '_';
}

/* Is this hex digits with an h behind them? */
static bool has_hex_suffix(const struct lexer *lx)
{
	size_t n = 0;

	while (digit_value(peek(lx, n)) < 16 || peek(lx, n) == '_')
		n++;
	return n > 0 && peek(lx, n) == 'h' && !continues(peek(lx, n + 1));
}

/* The base that the next digits are in; steps over 0x, 0o and 0b. */
static unsigned take_base(struct lexer *lx, unsigned radix)
{
	char mark = peek(lx, 0) == '0' ? peek(lx, 1) : '\0';
	unsigned base = radix;

	if (mark == 'x' || mark == 'X')
		base = 16;
	else if (mark == 'o' || mark == 'O')
		base = 8;
	else if ((mark == 'b' || mark == 'B') && digit_value(peek(lx, 2)) < 2)
		base = 2;
	else
		return base;
	lx->pos += 2;
	return base;
}

/* Digits with '_' between them; *count is how many. False: too big. */
static bool take_digits(struct lexer *lx, unsigned base, uint64_t *value,
                        size_t *count)
{
	*value = 0;
	*count = 0;
	for (;;) {
		bool line = *count > 0 && peek(lx, 0) == '_';
		unsigned digit = digit_value(peek(lx, line));

		if (digit >= base)
			return true;
		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, digit, value))
			return false;
		++*count;
		lx->pos += (size_t)line + 1;
	}
}

/* A fraction of a unit: part / whole. */
struct fraction {
	uint64_t part;
	uint64_t whole; /* a power of ten; 1 if there is no fraction */
};

static bool take_fraction(struct lexer *lx, unsigned base, struct fraction *out,
                          struct error *err)
{
	size_t column = lx->pos + 1;
	size_t count;

	*out = (struct fraction){ .whole = 1 };
	if (peek(lx, 0) != '.' || !is_digit(peek(lx, 1)))
		return true;
	if (base != 10)
		return error_at(err, column, "a fraction is decimal");
	lx->pos++;
	if (!take_digits(lx, 10, &out->part, &count) || count > FRACTION_DIGITS)
		return error_at(err, column,
		                "a fraction with more than %d digits",
		                FRACTION_DIGITS);
	while (count-- > 0)
		out->whole *= 10;
	return true;
}

/* The unit behind the digits, in bytes. False: there is none. */
static bool take_unit(struct lexer *lx, const struct units *units,
                      uint64_t *unit)
{
	static const char letters[] = "kmgtpe";
	char c = peek(lx, 0);
	const char *at = is_letter(c) ? strchr(letters, c | 0x20) : NULL;
	uint64_t step = 1024;

	*unit = 1;
	if (c == 's' || c == 'c') {
		lx->pos++;
		*unit = c == 's' ? units->sector : units->block;
		return true;
	}
	if (!at)
		return false;
	lx->pos++;
	if (peek(lx, 0) == 'i' && peek(lx, 1) == 'B') {
		lx->pos += 2;
	} else if (peek(lx, 0) == 'B') {
		lx->pos++;
		step = 1000;
	}
	for (ptrdiff_t i = at - letters; i >= 0; i--)
		*unit *= step;
	return true;
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b > 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* (value + fraction) * unit; the fraction must be a whole number of bytes. */
static bool scale(uint64_t value, struct fraction fraction, uint64_t unit,
                  size_t column, uint64_t *out, struct error *err)
{
	uint64_t common = common_divisor(fraction.part, fraction.whole);
	uint64_t whole = fraction.whole / common;

	if (unit % whole != 0)
		return error_at(err, column,
		                "this is not a whole number of bytes");
	if (__builtin_mul_overflow(value, unit, &value) ||
	    __builtin_add_overflow(value,
	                           unit / whole * (fraction.part / common),
	                           &value))
		return error_at(err, column, "too big");
	*out = value;
	return true;
}

bool lexer_number(struct lexer *lx, const struct units *units, uint64_t *out,
                  struct error *err)
{
	struct lexer at = *lx;
	size_t column = lx->pos + 1;
	bool suffix = has_hex_suffix(lx);
	unsigned base = suffix ? 16 : take_base(&at, units->radix);
	struct fraction fraction = { .whole = 1 };
	bool has_unit;
	uint64_t unit = 1;
	uint64_t value;
	size_t count;
	size_t unit_column;

	if (!take_digits(&at, base, &value, &count))
		return error_at(err, column, "too big");
	if (count == 0)
		return error_at(err, at.pos + 1, "number expected");
	if (suffix && peek(&at, 0) == 'h')
		at.pos++;
	else if (!take_fraction(&at, base, &fraction, err))
		return false;
	unit_column = at.pos + 1;
	has_unit = !suffix && take_unit(&at, units, &unit);
	if (continues(peek(&at, 0)))
		return error_at(err, unit_column,
		                "unknown unit (K M G T P E, KB MB .., "
		                "s sector, c block; a hex number starts "
		                "with 0x)");
	if (!has_unit && fraction.whole > 1)
		return error_at(err, unit_column,
		                "a fraction needs a unit, as in 1.5G");
	if (!scale(value, fraction, unit, column, &value, err))
		return false;
	*lx = at;
	*out = value;
	return true;
}

bool number_parse(const char *text, const struct units *units, uint64_t *out,
                  struct error *err)
{
	struct lexer lx = lexer_of(text, strlen(text));
	uint64_t value;

	if (!lexer_number(&lx, units, &value, err))
		return false;
	if (lx.pos != lx.len)
		return error_at(err, lx.pos + 1,
		                "unexpected text behind the number");
	*out = value;
	return true;
}
