/* glyphs.c - see glyphs.h */
#include "config.h"

#include "ui/glyphs.h"

#include <string.h>

#include "base/text.h"
#include "ui/locale.h"

/* IBM code page 437, upper half: Unicode mapping table of the Unicode
   Consortium, VENDORS/MICSFT/PC/CP437.TXT. */
static const uint16_t cp437[128] = {
	0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea,
	0x00eb, 0x00e8, 0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6,
	0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9, 0x00ff, 0x00d6, 0x00dc,
	0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa,
	0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc,
	0x00a1, 0x00ab, 0x00bb, 0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561,
	0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b,
	0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
	0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567, 0x2568,
	0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518,
	0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580, 0x03b1, 0x00df, 0x0393,
	0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4,
	0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320,
	0x2321, 0x00f7, 0x2248, 0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2,
	0x25a0, 0x00a0,
};

/* EBCDIC code page 037, as far as it is printable ASCII; 0 elsewhere. */
static const char ebcdic[256] = {
	[0x40] = ' ', [0x4b] = '.',  [0x4c] = '<', [0x4d] = '(',  [0x4e] = '+',
	[0x4f] = '|', [0x50] = '&',  [0x5a] = '!', [0x5b] = '$',  [0x5c] = '*',
	[0x5d] = ')', [0x5e] = ';',  [0x60] = '-', [0x61] = '/',  [0x6b] = ',',
	[0x6c] = '%', [0x6d] = '_',  [0x6e] = '>', [0x6f] = '?',  [0x79] = '`',
	[0x7a] = ':', [0x7b] = '#',  [0x7c] = '@', [0x7d] = '\'', [0x7e] = '=',
	[0x7f] = '"', [0x81] = 'a',  [0x82] = 'b', [0x83] = 'c',  [0x84] = 'd',
	[0x85] = 'e', [0x86] = 'f',  [0x87] = 'g', [0x88] = 'h',  [0x89] = 'i',
	[0x91] = 'j', [0x92] = 'k',  [0x93] = 'l', [0x94] = 'm',  [0x95] = 'n',
	[0x96] = 'o', [0x97] = 'p',  [0x98] = 'q', [0x99] = 'r',  [0xa1] = '~',
	[0xa2] = 's', [0xa3] = 't',  [0xa4] = 'u', [0xa5] = 'v',  [0xa6] = 'w',
	[0xa7] = 'x', [0xa8] = 'y',  [0xa9] = 'z', [0xb0] = '^',  [0xba] = '[',
	[0xbb] = ']', [0xc0] = '{',  [0xc1] = 'A', [0xc2] = 'B',  [0xc3] = 'C',
	[0xc4] = 'D', [0xc5] = 'E',  [0xc6] = 'F', [0xc7] = 'G',  [0xc8] = 'H',
	[0xc9] = 'I', [0xd0] = '}',  [0xd1] = 'J', [0xd2] = 'K',  [0xd3] = 'L',
	[0xd4] = 'M', [0xd5] = 'N',  [0xd6] = 'O', [0xd7] = 'P',  [0xd8] = 'Q',
	[0xd9] = 'R', [0xe0] = '\\', [0xe2] = 'S', [0xe3] = 'T',  [0xe4] = 'U',
	[0xe5] = 'V', [0xe6] = 'W',  [0xe7] = 'X', [0xe8] = 'Y',  [0xe9] = 'Z',
	[0xf0] = '0', [0xf1] = '1',  [0xf2] = '2', [0xf3] = '3',  [0xf4] = '4',
	[0xf5] = '5', [0xf6] = '6',  [0xf7] = '7', [0xf8] = '8',  [0xf9] = '9',
};

enum style byte_style(unsigned char byte)
{
	if (byte == 0)
		return STYLE_NUL;
	if (byte == 0xff)
		return STYLE_FF;
	if (byte >= 0x80)
		return STYLE_HIGH;
	if (byte == ' ' || (byte >= 0x09 && byte <= 0x0d))
		return STYLE_SPACE;
	return byte < 0x20 || byte == 0x7f ? STYLE_CONTROL : STYLE_PRINT;
}

uint32_t class_sign(enum style style, bool ascii)
{
	if (ascii)
		return '.';
	switch (style) {
	case STYLE_NUL:
		return 0x22c4; /* diamond operator */
	case STYLE_SPACE:
		return 0x2423; /* open box */
	case STYLE_CONTROL:
		return 0x2022; /* bullet */
	case STYLE_FF:
		return 0x25a0; /* black square */
	default:
		return 0x00d7; /* multiplication sign */
	}
}

static struct glyph sign_of(unsigned char byte, bool ascii)
{
	enum style style = byte_style(byte);

	return (struct glyph){ .ch = class_sign(style, ascii), .style = style };
}

/* May a character stand in the pane? Its width: 0 when not. */
static int shown_width(uint32_t cp, bool ascii)
{
	if (cp < 0x80)
		return text_is_print(cp);
	if (ascii || !text_is_safe(cp) || (cp >= 0xe000 && cp <= 0xf8ff) ||
	    cp >= 0xf0000)
		return 0;
	/* Right-to-left letters would turn the row around. */
	if ((cp >= 0x590 && cp <= 0x8ff) || (cp >= 0xfb1d && cp <= 0xfdff) ||
	    (cp >= 0xfe70 && cp <= 0xfeff) ||
	    (cp >= 0x10800 && cp <= 0x10fff) ||
	    (cp >= 0x1e800 && cp <= 0x1efff))
		return 0;
	return locale_width(cp);
}

static struct glyph single(enum encoding encoding, bool ascii,
                           unsigned char byte)
{
	struct glyph glyph = sign_of(byte, ascii);
	uint32_t cp = byte;

	if (encoding == ENCODING_CP437 && byte >= 0x80)
		cp = cp437[byte - 0x80];
	else if (encoding == ENCODING_EBCDIC)
		cp = (unsigned char)ebcdic[byte];
	else if (encoding == ENCODING_ASCII && byte >= 0x80)
		cp = 0;
	if (shown_width(cp, ascii) == 1) {
		glyph.ch = cp;
		if (encoding == ENCODING_EBCDIC)
			glyph.style = cp == ' ' ? STYLE_SPACE : STYLE_PRINT;
	}
	return glyph;
}

/* A character of n bytes at the front of `out`. */
static void put_wide(uint32_t cp, int width, size_t n, bool ascii,
                     struct glyph *out)
{
	out[0] = (struct glyph){ .ch = cp, .style = STYLE_PRINT };
	for (size_t i = 1; i < n; i++)
		out[i] = (struct glyph){ .ch = ascii ? '.' : 0x00b7,
			                 .style = STYLE_DIM };
	if (width == 2)
		out[1].ch = 0;
}

/* Bytes that follow each other, up to the most that a character has. */
static size_t run_of(const bool *has, size_t len)
{
	size_t n = 0;

	while (n < size_min(len, 4) && has[n])
		n++;
	return n;
}

static size_t utf8_glyphs(bool ascii, const unsigned char *bytes, size_t len,
                          struct glyph *out)
{
	uint32_t cp;
	size_t n = text_decode(bytes, len, &cp);
	int width = n > 1 ? shown_width(cp, ascii) : 0;

	if (n <= 1 || width == 0) {
		*out = single(ENCODING_ASCII, ascii, *bytes);
		return 1;
	}
	put_wide(cp, width, n, ascii, out);
	return n;
}

static size_t utf16_glyphs(bool ascii, const unsigned char *bytes, size_t len,
                           struct glyph *out)
{
	uint32_t cp = len >= 2 ? bytes[0] | (uint32_t)bytes[1] << 8 : 0;
	int width = shown_width(cp, ascii);

	if (len < 2 || width == 0) {
		*out = sign_of(*bytes, ascii);
		if (len < 2)
			return 1;
		out[1] = sign_of(bytes[1], ascii);
		return 2;
	}
	put_wide(cp, width, 2, ascii, out);
	if (cp == ' ')
		out[0].style = STYLE_SPACE;
	return 2;
}

void glyphs_text(enum encoding encoding, bool ascii, uint64_t addr,
                 const unsigned char *bytes, const bool *has, size_t len,
                 struct glyph *out)
{
	size_t i = 0;

	while (i < len) {
		if (!has[i]) {
			i++;
		} else if (encoding == ENCODING_UTF8) {
			i += utf8_glyphs(ascii, bytes + i,
			                 run_of(has + i, len - i), out + i);
		} else if (encoding == ENCODING_UTF16LE) {
			bool odd = (addr + i) % 2 != 0;
			size_t run = odd ? 1 : run_of(has + i, len - i);

			i += utf16_glyphs(ascii, bytes + i, run, out + i);
		} else {
			out[i] = single(encoding, ascii, bytes[i]);
			i++;
		}
	}
}

/* The byte of a character of the code pages that are tables. */
static size_t encode_by_table(enum encoding encoding, uint32_t cp,
                              unsigned char *dst)
{
	for (unsigned byte = 0; byte < 256; byte++) {
		uint32_t other = byte;

		if (encoding == ENCODING_EBCDIC)
			other = (unsigned char)ebcdic[byte];
		else if (byte >= 0x80)
			other = cp437[byte - 0x80];
		if (other != cp || other == 0)
			continue;
		*dst = (unsigned char)byte;
		return 1;
	}
	return 0;
}

static size_t encode_utf16le(uint32_t cp, unsigned char *dst)
{
	uint32_t units[2] = { cp, 0 };
	size_t count = cp > 0xffff ? 2 : 1;

	if (cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000))
		return 0;
	if (count == 2) {
		units[0] = 0xd800 + ((cp - 0x10000) >> 10);
		units[1] = 0xdc00 + ((cp - 0x10000) & 0x3ff);
	}
	for (size_t i = 0; i < count; i++) {
		dst[2 * i] = units[i] & 0xff;
		dst[2 * i + 1] = (unsigned char)(units[i] >> 8);
	}
	return 2 * count;
}

size_t glyphs_encode(enum encoding encoding, uint32_t cp,
                     unsigned char dst[static 4])
{
	char utf8[4];
	size_t len;

	switch (encoding) {
	case ENCODING_UTF8:
		len = text_encode(utf8, cp);
		memcpy(dst, utf8, len);
		return len;
	case ENCODING_UTF16LE:
		return encode_utf16le(cp, dst);
	case ENCODING_CP437:
	case ENCODING_EBCDIC:
		return encode_by_table(encoding, cp, dst);
	default:
		if (cp >= (encoding == ENCODING_LATIN1 ? 0x100U : 0x80U))
			return 0;
		*dst = (unsigned char)cp;
		return 1;
	}
}
