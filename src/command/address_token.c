/*
 * address_token.c - what stands at a lexer: see address_impl.h
 *
 * These look and do not move: the grammar is decided by the next few bytes.
 */
#include "config.h"

#include "command/address_impl.h"

#include <string.h>

/* The byte `ahead` of the lexer; NUL past the end. */
char token_peek(const struct lexer *lx, size_t ahead)
{
	return ahead < lx->len - lx->pos ? lx->line[lx->pos + ahead] : '\0';
}

bool token_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool token_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
	return token_is_digit(c) || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

bool token_is_word(char c)
{
	return token_is_digit(c) || token_is_letter(c) || c == '_';
}

/* In names of files, letters of other scripts are letters too. */
bool token_is_name(char c)
{
	return token_is_word(c) || (unsigned char)c >= 0x80;
}

/* Is c one of these? NUL is none. */
bool token_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

/* The length of a segment's name without quotes. Minus is part of it before a
   letter or digit only. */
size_t token_name_length(const struct lexer *lx)
{
	size_t n = 0;

	if (!token_is_name(token_peek(lx, 0)))
		return 0;
	while (token_is_name(token_peek(lx, n)) || token_peek(lx, n) == '.' ||
	       (token_peek(lx, n) == '-' &&
	        token_is_name(token_peek(lx, n + 1))))
		n++;
	return n;
}

bool token_begins_name(const struct lexer *lx)
{
	size_t len = token_name_length(lx);

	return len > 0 && token_peek(lx, len) == ':';
}

/* Does an operand that names its segment begin here? */
bool token_begins_segment(const struct lexer *lx)
{
	return token_one_of(token_peek(lx, 0), "#\"") || token_begins_name(lx);
}

/* Hex digits with an h: a number that may begin with a letter. */
static bool begins_hex_h(const struct lexer *lx)
{
	size_t n = 0;

	if (!is_hex(token_peek(lx, 0)))
		return false;
	while (is_hex(token_peek(lx, n)) || token_peek(lx, n) == '_')
		n++;
	return token_peek(lx, n) == 'h' &&
	       !token_is_word(token_peek(lx, n + 1));
}

/* A word of hex digits: a number where the radix is 16. */
static bool begins_hex(const struct lexer *lx)
{
	size_t n = 0;

	while (is_hex(token_peek(lx, n)))
		n++;
	return n > 0 && !token_is_word(token_peek(lx, n));
}

bool token_begins_number(const struct lexer *lx, unsigned radix)
{
	return token_is_digit(token_peek(lx, 0)) || begins_hex_h(lx) ||
	       (radix == 16 && is_hex(token_peek(lx, 0)));
}

/* u8, i8, u16le .. i64be. */
static bool is_read_name(const char *s, size_t len, struct function *f)
{
	static const struct {
		char text[3];
		size_t bytes;
	} sizes[] = { { "8", 1 }, { "16", 2 }, { "32", 4 }, { "64", 8 } };
	bool le = len > 2 && memcmp(s + len - 2, "le", 2) == 0;
	bool be = len > 2 && memcmp(s + len - 2, "be", 2) == 0;
	size_t digits = len - 1 - (le || be ? 2 : 0);

	if (!token_one_of(s[0], "ui"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		if (strlen(sizes[i].text) != digits ||
		    memcmp(s + 1, sizes[i].text, digits) != 0)
			continue;
		f->bytes = sizes[i].bytes;
		f->is_signed = s[0] == 'i';
		f->big = be;
		return (le || be) == (f->bytes > 1);
	}
	return false;
}

/* The function whose name and parenthesis stand here. */
struct function token_function(const struct lexer *lx)
{
	struct function f = { .what = FUNCTION_NONE };
	const char *s = lx->line + lx->pos;
	size_t len = 0;

	while (token_is_word(token_peek(lx, len)))
		len++;
	if (len == 0 || token_peek(lx, len) != '(')
		return f;
	f.name_len = len;
	if (is_read_name(s, len, &f))
		f.what = FUNCTION_READ;
	else if (len == 5 && memcmp(s, "align", 5) == 0)
		f.what = FUNCTION_ALIGN;
	else if (len == 3 && memcmp(s, "seg", 3) == 0)
		f.what = FUNCTION_SEG;
	return f;
}

/* Could an address begin here? A word of hex digits counts if `hex`. */
bool token_begins_address(const struct lexer *lx, bool hex)
{
	char c = token_peek(lx, 0);

	return token_is_digit(c) || token_one_of(c, "(-+~.$'@") ||
	       token_begins_segment(lx) || begins_hex_h(lx) ||
	       (hex && begins_hex(lx)) ||
	       (c == '%' && token_peek(lx, 1) == ':') ||
	       token_function(lx).what != FUNCTION_NONE;
}
