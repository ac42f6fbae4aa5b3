/*
 * text.h - foreign strings made safe to show, and UTF-8
 *
 * File names, bytes of files, messages of libraries: all go through text_safe()
 * before they reach a terminal, a message or a log. What a terminal could obey
 * or a person could not see comes out as \xNN for each of its bytes: C0, DEL,
 * C1 (U+0080..9F), invalid UTF-8, bidi controls (U+061C, U+200E..200F,
 * U+202A..202E, U+2066..2069), zero-width and invisible characters (U+00AD,
 * U+034F, U+115F..1160, U+17B4..17B5, U+180B..180F, U+200B..200D, U+2028..2029,
 * U+2060..2065, U+206A..206F, U+3164, U+FE00..FE0F, U+FEFF, U+FFA0,
 * U+FFF0..FFFB, U+1BCA0..1BCA3, U+1D173..1D17A, U+E0000..E0FFF), noncharacters
 * and surrogates. A backslash that is followed by 'x' and two hex digits comes
 * out as \x5c, so that the result is unambiguous.
 *
 * Threads: any; nothing here keeps state.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/base.h"

/*
 * Write the safe form of len bytes to dst, NUL-terminated if cap > 0, cut
 * before the first character or escape that does not fit. Returns the length
 * of the whole safe form, without the NUL, as snprintf does: at most 4 * len.
 */
size_t text_safe(char *dst, size_t cap, const void *src, size_t len);

/* text_safe() of a NUL-terminated string, in a value that can be an argument:
 *	error_set(err, ERR_IO, "%s: no such file", text_shown(path).s)
 * A longer string is cut and ends in "..". */
struct text_shown {
	char s[256];
};
struct text_shown text_shown(const char *src);

/*
 * Decode the character at src (len > 0 bytes are there). Returns its length,
 * 1..4, and sets *cp; 0 when the bytes are not well-formed UTF-8 (overlong
 * forms, surrogates and values past U+10FFFF are not).
 */
size_t text_decode(const void *src, size_t len, uint32_t *cp);

/* Encode cp as UTF-8 in dst, room for 4 bytes; returns the length, 0 if cp is
   a surrogate or past U+10FFFF. */
size_t text_encode(char *dst, uint32_t cp);

/* Write a number, with "0x" in front or in decimal, as printf() would, but in a
   tenth of its time, for lists. Returns where it ends; there is no NUL. */
enum { TEXT_NUMBER = 20 }; /* bytes, at most */
char *text_hex(char *dst, uint64_t value);
char *text_decimal(char *dst, uint64_t value);

/* "s" behind a noun of which there are so many, or "". */
static inline const char *text_plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

/* isprint() of the C locale: a blank or a sign of ASCII. Any character or
   byte. */
static inline bool text_is_print(uint32_t cp)
{
	return cp >= 0x20 && cp < 0x7f;
}

/* What a hex digit is worth, or -1: it is none. Any character or byte. */
static inline int text_hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* May this character be shown as itself? (see the top) */
bool text_is_safe(uint32_t cp);

#endif
