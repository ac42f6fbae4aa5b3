/* charset.c - see charset.h */
#include "config.h"

#include "find/charset.h"

#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

static const char *const names[CHARSETS] = {
	[CHARSET_UTF8] = "utf8",       [CHARSET_UTF16LE] = "utf16le",
	[CHARSET_UTF16BE] = "utf16be", [CHARSET_LATIN1] = "latin1",
	[CHARSET_CP1252] = "cp1252",
};

/* What 80..9f are in code page 1252; 0: nothing. */
static const uint16_t cp1252[] = {
	0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
	0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178,
};

const char *charset_name(enum charset set)
{
	return names[set];
}

/* Is this how somebody writes the name: UTF-16LE for utf16le? */
static bool is_name(const char *text, size_t len, const char *name)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '-')
			continue;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (*name == '\0' || c != *name)
			return false;
		name++;
	}
	return *name == '\0';
}

bool charset_find(const char *name, size_t len, enum charset *out)
{
	for (size_t i = 0; i < CHARSETS; i++) {
		if (!is_name(name, len, names[i]))
			continue;
		*out = (enum charset)i;
		return true;
	}
	return false;
}

static void store_unit(enum charset set, unsigned char *out, uint32_t unit)
{
	if (set == CHARSET_UTF16LE)
		store_le16(out, (uint16_t)unit);
	else
		store_be16(out, (uint16_t)unit);
}

static size_t encode_utf16(enum charset set, uint32_t cp, unsigned char *out)
{
	char valid[4];

	if (text_encode(valid, cp) == 0)
		return 0;
	if (cp < 0x10000) {
		store_unit(set, out, cp);
		return 2;
	}
	store_unit(set, out, 0xd800 + ((cp - 0x10000) >> 10));
	store_unit(set, out + 2, 0xdc00 + ((cp - 0x10000) & 0x3ff));
	return 4;
}

static size_t encode_cp1252(uint32_t cp, unsigned char *out)
{
	bool same = cp < 0x80 || (cp >= 0xa0 && cp <= 0xff);

	if (same) {
		out[0] = (unsigned char)cp;
		return 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(cp1252); i++) {
		if (cp1252[i] != cp || cp == 0)
			continue;
		out[0] = (unsigned char)(0x80 + i);
		return 1;
	}
	return 0;
}

size_t charset_encode(enum charset set, uint32_t cp,
                      unsigned char out[static CHARSET_BYTES])
{
	switch (set) {
	case CHARSET_UTF8:
		return text_encode((char *)out, cp);
	case CHARSET_LATIN1:
		out[0] = (unsigned char)cp;
		return cp <= 0xff;
	case CHARSET_CP1252:
		return encode_cp1252(cp, out);
	default:
		return encode_utf16(set, cp, out);
	}
}
