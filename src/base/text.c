/*
 * text.c - foreign strings made safe to show; text.h says what that means
 *
 * What may not be shown is one constant table of ranges, searched by halves:
 * two dozen rows can be compared with the list in text.h by eye, which tables
 * of bits, though faster, cannot. Printable ASCII, nearly all there is, does
 * not reach the table. isprint() and wcwidth() are not asked: they depend on
 * the locale and on the C library's version of Unicode, and an evidence log
 * must read the same everywhere.
 *
 * Why the safe form has one source only: the reader takes \xNN for a byte and
 * everything else for itself. A \xNN that stood in the source has its backslash
 * escaped, and a new one cannot arise where two pieces of output meet, since
 * what is escaped begins with a backslash, which is neither 'x' nor a digit.
 */
#include "config.h"

#include "base/text.h"

#include <string.h>

enum { ESCAPE_LEN = 4 }; /* of \xNN */

struct range {
	uint32_t first, last;
};

/* Sorted; the last two characters of each plane are not in it. */
static const struct range unsafe[] = {
	{ 0x0000, 0x001f },   /* C0 */
	{ 0x007f, 0x009f },   /* DEL, C1 */
	{ 0x00ad, 0x00ad },   /* soft hyphen */
	{ 0x034f, 0x034f },   /* combining grapheme joiner */
	{ 0x061c, 0x061c },   /* Arabic letter mark (bidi) */
	{ 0x115f, 0x1160 },   /* Hangul fillers */
	{ 0x17b4, 0x17b5 },   /* Khmer inherent vowels */
	{ 0x180b, 0x180f },   /* Mongolian selectors and separator */
	{ 0x200b, 0x200f },   /* zero-width characters, bidi marks */
	{ 0x2028, 0x202e },   /* line and paragraph separator, bidi */
	{ 0x2060, 0x206f },   /* invisible operators, bidi isolates */
	{ 0x3164, 0x3164 },   /* Hangul filler */
	{ 0xd800, 0xdfff },   /* surrogates */
	{ 0xfdd0, 0xfdef },   /* noncharacters */
	{ 0xfe00, 0xfe0f },   /* variation selectors */
	{ 0xfeff, 0xfeff },   /* byte order mark */
	{ 0xffa0, 0xffa0 },   /* half-width Hangul filler */
	{ 0xfff0, 0xfffb },   /* specials */
	{ 0x1bca0, 0x1bca3 }, /* shorthand format controls */
	{ 0x1d173, 0x1d17a }, /* musical format controls */
	{ 0xe0000, 0xe0fff }, /* tags, more variation selectors */
	{ 0x110000, UINT32_MAX },
};

bool text_is_safe(uint32_t cp)
{
	size_t lo = 0;
	size_t hi = ARRAY_LEN(unsafe);

	/* Most of what is asked for needs no search. */
	if (cp < 0x34f)
		return cp >= 0x20 && cp != 0xad && (cp < 0x7f || cp > 0x9f);
	if ((cp & 0xfffe) == 0xfffe)
		return false;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cp > unsafe[mid].last)
			lo = mid + 1;
		else if (cp < unsafe[mid].first)
			hi = mid;
		else
			return false;
	}
	return true;
}

/* The Unicode Standard, table 3-7; what it rules out is below the least value
   of its length, a surrogate, or past the end. */
size_t text_decode(const void *src, size_t len, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = src;
	uint32_t c = s[0];
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (n > 1) {
		if (c < 0xc2 || c > 0xf4 || len < n)
			return 0;
		c &= 0x7fu >> n;
	}
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3fu);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*cp = c;
	return n;
}

size_t text_encode(char *dst, uint32_t cp)
{
	size_t n = cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;

	if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return 0;
	if (n == 1) {
		dst[0] = (char)cp;
		return 1;
	}
	for (size_t i = n; i-- > 1; cp >>= 6)
		dst[i] = (char)(0x80 | (cp & 0x3f));
	dst[0] = (char)((0xf00u >> n & 0xf0) | cp);
	return n;
}

static bool is_hex(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	       (c >= 'A' && c <= 'F');
}

/* Would the reader take what stands here for an escape? */
static bool is_escape(const unsigned char *s, size_t len)
{
	return len >= ESCAPE_LEN && s[0] == '\\' && s[1] == 'x' &&
	       is_hex(s[2]) && is_hex(s[3]);
}

/* The length of the character at s that is shown as itself; 0 when its first
   byte has to be escaped. */
static size_t shown_len(const unsigned char *s, size_t len)
{
	uint32_t cp;
	size_t n;

	if (is_escape(s, len))
		return 0;
	n = text_decode(s, len, &cp);
	return n > 0 && text_is_safe(cp) ? n : 0;
}

size_t text_safe(char *dst, size_t cap, const void *src, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *s = src;
	size_t total = 0;
	size_t used = 0; /* of dst; stays behind total once it is cut */
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		char escape[ESCAPE_LEN] = { '\\', 'x', digits[s[i] >> 4],
			                    digits[s[i] & 15] };
		size_t out = n = shown_len(s + i, len - i);
		const void *piece = s + i;

		if (n == 0) {
			n = 1;
			out = ESCAPE_LEN;
			piece = escape;
		}
		if (used == total && used < cap && out < cap - used) {
			memcpy(dst + used, piece, out);
			used += out;
		}
		total += out;
	}
	if (cap > 0)
		dst[used] = '\0';
	return total;
}

struct text_shown text_shown(const char *src)
{
	static const char more[] = "..";
	struct text_shown shown;
	size_t len = strlen(src);

	if (text_safe(shown.s, sizeof(shown.s), src, len) < sizeof(shown.s))
		return shown;
	(void)text_safe(shown.s, sizeof(shown.s) + 1 - sizeof(more), src, len);
	memcpy(shown.s + strlen(shown.s), more, sizeof(more));
	return shown;
}

char *text_hex(char *dst, uint64_t value)
{
	unsigned digits = 1 + (63 - (unsigned)__builtin_clzll(value | 1)) / 4;

	*dst++ = '0';
	*dst++ = 'x';
	for (unsigned i = digits; i-- > 0; value >>= 4)
		dst[i] = "0123456789abcdef"[value & 15];
	return dst + digits;
}

char *text_decimal(char *dst, uint64_t value)
{
	char digits[TEXT_NUMBER];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	memcpy(dst, digits + i, sizeof(digits) - i);
	return dst + (sizeof(digits) - i);
}
