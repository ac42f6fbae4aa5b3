/* test_glyphs.c - tests of ui/glyphs.c */
#include "config.h"

#include "ui/glyphs.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tests/support.h"
#include "ui/locale.h"

enum {
	DOT = 0xb7,
	NUL_SIGN = 0x22c4,
	SPACE_SIGN = 0x2423,
	CONTROL_SIGN = 0x2022,
	HIGH_SIGN = 0xd7,
	FF_SIGN = 0x25a0,
	LEN_MAX = 64,
};

static bool all[LEN_MAX]; /* every byte has a value */

static void set_up(void)
{
	setenv("LC_ALL", "C.UTF-8", 1);
	locale_init();
	memset(all, 1, sizeof(all));
}

static struct glyph one(enum encoding encoding, bool ascii, unsigned byte)
{
	unsigned char b = (unsigned char)byte;
	struct glyph glyph = { .ch = 1 };

	glyphs_text(encoding, ascii, 0, &b, all, 1, &glyph);
	return glyph;
}

/* What one byte is in the encodings of one byte, by first and last. */
struct span_row {
	enum encoding encoding;
	unsigned first, last;
	uint32_t ch; /* of the first; the others follow it */
	bool same;   /* all are ch */
	enum style style;
};

START_TEST(single_bytes)
{
	static const struct span_row table[] = {
		{ ENCODING_ASCII, 0x00, 0x00, NUL_SIGN, true, STYLE_NUL },
		{ ENCODING_ASCII, 0x01, 0x08, CONTROL_SIGN, true,
		  STYLE_CONTROL },
		{ ENCODING_ASCII, 0x09, 0x0d, SPACE_SIGN, true, STYLE_SPACE },
		{ ENCODING_ASCII, 0x0e, 0x1f, CONTROL_SIGN, true,
		  STYLE_CONTROL },
		{ ENCODING_ASCII, 0x20, 0x20, ' ', true, STYLE_SPACE },
		{ ENCODING_ASCII, 0x21, 0x7e, '!', false, STYLE_PRINT },
		{ ENCODING_ASCII, 0x7f, 0x7f, CONTROL_SIGN, true,
		  STYLE_CONTROL },
		{ ENCODING_ASCII, 0x80, 0xfe, HIGH_SIGN, true, STYLE_HIGH },
		{ ENCODING_ASCII, 0xff, 0xff, FF_SIGN, true, STYLE_FF },

		/* C1 are controls of a terminal, soft hyphen is invisible. */
		{ ENCODING_LATIN1, 0x80, 0x9f, HIGH_SIGN, true, STYLE_HIGH },
		{ ENCODING_LATIN1, 0xa0, 0xac, 0xa0, false, STYLE_HIGH },
		{ ENCODING_LATIN1, 0xad, 0xad, HIGH_SIGN, true, STYLE_HIGH },
		{ ENCODING_LATIN1, 0xae, 0xfe, 0xae, false, STYLE_HIGH },
		{ ENCODING_LATIN1, 0xff, 0xff, 0xff, true, STYLE_FF },

		{ ENCODING_CP437, 0x41, 0x5a, 'A', false, STYLE_PRINT },
		{ ENCODING_CP437, 0x80, 0x80, 0xc7, true, STYLE_HIGH },
		{ ENCODING_CP437, 0x9b, 0x9d, 0xa2, true, STYLE_HIGH },
		{ ENCODING_CP437, 0xb0, 0xb2, 0x2591, false, STYLE_HIGH },
		{ ENCODING_CP437, 0xc4, 0xc4, 0x2500, true, STYLE_HIGH },
		{ ENCODING_CP437, 0xdb, 0xdb, 0x2588, true, STYLE_HIGH },
		{ ENCODING_CP437, 0xe1, 0xe1, 0xdf, true, STYLE_HIGH },
		{ ENCODING_CP437, 0xff, 0xff, 0xa0, true, STYLE_FF },

		{ ENCODING_EBCDIC, 0x00, 0x00, NUL_SIGN, true, STYLE_NUL },
		{ ENCODING_EBCDIC, 0x40, 0x40, ' ', true, STYLE_SPACE },
		{ ENCODING_EBCDIC, 0x4b, 0x4b, '.', true, STYLE_PRINT },
		{ ENCODING_EBCDIC, 0x81, 0x89, 'a', false, STYLE_PRINT },
		{ ENCODING_EBCDIC, 0x91, 0x99, 'j', false, STYLE_PRINT },
		{ ENCODING_EBCDIC, 0xa2, 0xa9, 's', false, STYLE_PRINT },
		{ ENCODING_EBCDIC, 0xc1, 0xc9, 'A', false, STYLE_PRINT },
		{ ENCODING_EBCDIC, 0xd1, 0xd9, 'J', false, STYLE_PRINT },
		{ ENCODING_EBCDIC, 0xe2, 0xe9, 'S', false, STYLE_PRINT },
		{ ENCODING_EBCDIC, 0xf0, 0xf9, '0', false, STYLE_PRINT },
		{ ENCODING_EBCDIC, 0xfa, 0xfe, HIGH_SIGN, true, STYLE_HIGH },
		{ ENCODING_EBCDIC, 0xff, 0xff, FF_SIGN, true, STYLE_FF },

		/* Without the rest of a character a byte is its class. */
		{ ENCODING_UTF8, 0x00, 0x00, NUL_SIGN, true, STYLE_NUL },
		{ ENCODING_UTF8, 0x21, 0x7e, '!', false, STYLE_PRINT },
		{ ENCODING_UTF8, 0x80, 0xfe, HIGH_SIGN, true, STYLE_HIGH },
		{ ENCODING_UTF8, 0xff, 0xff, FF_SIGN, true, STYLE_FF },
		{ ENCODING_UTF16LE, 0x41, 0x41, HIGH_SIGN, true, STYLE_PRINT },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const struct span_row *row = &table[i];

		for (unsigned b = row->first; b <= row->last; b++) {
			struct glyph g = one(row->encoding, false, b);
			uint32_t want =
				row->ch + (row->same ? 0 : b - row->first);

			/* Cent, pound, yen are not in Latin order. */
			if (row->encoding == ENCODING_CP437 && b == 0x9c)
				want = 0xa3;
			if (row->encoding == ENCODING_CP437 && b == 0x9d)
				want = 0xa5;
			ck_assert_msg(g.ch == want && g.style == row->style,
			              "row %zu, byte %02x: U+%04X style %d", i,
			              b, g.ch, (int)g.style);
		}
	}
}
END_TEST

/* Every printable ASCII character has one byte in EBCDIC, and no other byte
   stands for itself. */
START_TEST(ebcdic_is_one_to_one)
{
	unsigned count[0x7f] = { 0 };

	for (unsigned b = 0; b < 256; b++) {
		uint32_t ch = one(ENCODING_EBCDIC, false, b).ch;

		if (ch < 0x7f)
			count[ch]++;
	}
	for (unsigned ch = 0; ch < 0x7f; ch++)
		ck_assert_msg(count[ch] == (ch >= 0x20), "'%c': %u", (int)ch,
		              count[ch]);
}
END_TEST

/* The upper half of code page 437 has no character twice. */
START_TEST(cp437_is_one_to_one)
{
	for (unsigned a = 0x80; a < 256; a++)
		for (unsigned b = a + 1; b < 256; b++)
			ck_assert_uint_ne(one(ENCODING_CP437, false, a).ch,
			                  one(ENCODING_CP437, false, b).ch);
}
END_TEST

START_TEST(classes)
{
	for (unsigned b = 0; b < 256; b++) {
		enum style want = STYLE_CONTROL;

		if (b == 0)
			want = STYLE_NUL;
		else if (b == 0xff)
			want = STYLE_FF;
		else if (b >= 0x80)
			want = STYLE_HIGH;
		else if (b == 0x20 || (b >= 9 && b <= 13))
			want = STYLE_SPACE;
		else if (b > 0x20 && b < 0x7f)
			want = STYLE_PRINT;
		ck_assert_int_eq((int)byte_style((unsigned char)b), (int)want);
	}
}
END_TEST

START_TEST(signs_are_one_cell)
{
	for (unsigned b = 0; b < 256; b++) {
		enum style style = byte_style((unsigned char)b);

		ck_assert_int_eq(char_width(class_sign(style, false)), 1);
		ck_assert_uint_eq(class_sign(style, true), '.');
	}
}
END_TEST

/* --- characters of several bytes ----------------------------------------- */

struct shown {
	const char *bytes;
	size_t len;
	/* 0 ends it; a right half is given as 1, since 0 would end it. */
	uint32_t ch[8];
};

static void check_shown(enum encoding encoding, const struct shown *row,
                        size_t i)
{
	struct glyph out[8];

	memset(out, 0xff, sizeof(out));
	glyphs_text(encoding, false, 0, (const unsigned char *)row->bytes, all,
	            row->len, out);
	for (size_t k = 0; k < row->len; k++)
		ck_assert_msg(out[k].ch == (row->ch[k] == 1 ? 0 : row->ch[k]),
		              "row %zu, byte %zu: U+%04X", i, k, out[k].ch);
	ck_assert_uint_eq(out[row->len].ch, UINT32_MAX);
}

START_TEST(utf8)
{
	static const struct shown table[] = {
		{ "a\xc3\xa9z", 4, { 'a', 0xe9, DOT, 'z' } },
		{ "\xe2\x82\xac", 3, { 0x20ac, DOT, DOT } },
		/* Width 2: its right half lies over its second byte. */
		{ "\xe4\xb8\x80", 3, { 0x4e00, 1, DOT } },
		{ "\xf0\x9f\x98\x80", 4, { 0x1f600, 1, DOT, DOT } },
		/* Not well-formed: overlong, surrogate, past the end. */
		{ "\xc0\xaf", 2, { HIGH_SIGN, HIGH_SIGN } },
		{ "\xed\xa0\x80", 3, { HIGH_SIGN, HIGH_SIGN, HIGH_SIGN } },
		{ "\xf4\x90\x80\x80",
		  4,
		  { HIGH_SIGN, HIGH_SIGN, HIGH_SIGN, HIGH_SIGN } },
		{ "\xc3z", 2, { HIGH_SIGN, 'z' } },
		/* Never themselves: C1, combining, bidi, zero-width, selector,
		   private use, right-to-left letters, noncharacters, tags. */
		{ "\xc2\x9b", 2, { HIGH_SIGN, HIGH_SIGN } },
		{ "e\xcc\x81", 3, { 'e', HIGH_SIGN, HIGH_SIGN } },
		{ "\xe2\x80\xae", 3, { HIGH_SIGN, HIGH_SIGN, HIGH_SIGN } },
		{ "\xe2\x80\x8b", 3, { HIGH_SIGN, HIGH_SIGN, HIGH_SIGN } },
		{ "\xef\xb8\x8f", 3, { HIGH_SIGN, HIGH_SIGN, HIGH_SIGN } },
		{ "\xee\x80\x80", 3, { HIGH_SIGN, HIGH_SIGN, HIGH_SIGN } },
		{ "\xd7\x90", 2, { HIGH_SIGN, HIGH_SIGN } },
		{ "\xd8\xa7", 2, { HIGH_SIGN, HIGH_SIGN } },
		{ "\xef\xbf\xbe", 3, { HIGH_SIGN, HIGH_SIGN, HIGH_SIGN } },
		{ "\xf3\xa0\x80\x81",
		  4,
		  { HIGH_SIGN, HIGH_SIGN, HIGH_SIGN, HIGH_SIGN } },
		/* NUL and newline within text. */
		{ "a\0\n", 3, { 'a', NUL_SIGN, SPACE_SIGN } },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		check_shown(ENCODING_UTF8, &table[i], i);
}
END_TEST

START_TEST(utf16le)
{
	static const struct shown table[] = {
		{ "A\0B\0", 4, { 'A', DOT, 'B', DOT } },
		{ "\xe9\0", 2, { 0xe9, DOT } },
		{ " \0", 2, { ' ', DOT } },
		{ "\0\x4e", 2, { 0x4e00, 1 } }, /* width 2 fills both cells */
		{ "\0\0", 2, { NUL_SIGN, NUL_SIGN } },
		{ "\n\0", 2, { SPACE_SIGN, NUL_SIGN } },
		{ "\x01\x03", 2, { CONTROL_SIGN, CONTROL_SIGN } }, /* U+0301 */
		{ "\x2e\x20", 2, { HIGH_SIGN, SPACE_SIGN } },      /* U+202E */
		{ "\xff\xfe", 2, { FF_SIGN, HIGH_SIGN } },         /* U+FEFF */
		/* Surrogates are not put together. */
		{ "\x3d\xd8\x00\xde",
		  4,
		  { HIGH_SIGN, HIGH_SIGN, NUL_SIGN, HIGH_SIGN } },
		{ "A\0B", 3, { 'A', DOT, HIGH_SIGN } }, /* half a unit */
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		check_shown(ENCODING_UTF16LE, &table[i], i);
}
END_TEST

/* Each byte that is shown as a character of its own is what typing it gives. */
START_TEST(encodes_what_it_shows)
{
	static const enum encoding each[] = { ENCODING_ASCII, ENCODING_LATIN1,
		                              ENCODING_CP437, ENCODING_EBCDIC };

	for (size_t i = 0; i < ARRAY_LEN(each); i++) {
		for (unsigned byte = 0x20; byte < 0x7f; byte++) {
			unsigned char out[4], in = 0;
			bool has = true;
			struct glyph glyph;

			ck_assert_uint_eq(glyphs_encode(each[i], byte, out), 1);
			in = out[0];
			glyphs_text(each[i], false, 0, &in, &has, 1, &glyph);
			if (byte > 0x20)
				ck_assert_uint_eq(glyph.ch, byte);
		}
	}
}
END_TEST

START_TEST(encodes_edges)
{
	static const struct {
		enum encoding encoding;
		uint32_t cp;
		const char *want;
		size_t len;
	} row[] = {
		{ ENCODING_ASCII, 0x80, "", 0 },
		{ ENCODING_LATIN1, 0xff, "\xff", 1 },
		{ ENCODING_LATIN1, 0x100, "", 0 },
		{ ENCODING_CP437, 0xa0, "\xff", 1 }, /* the last one */
		{ ENCODING_CP437, 0x20ac, "", 0 },
		{ ENCODING_EBCDIC, 'A', "\xc1", 1 },
		{ ENCODING_UTF8, 0x20ac, "\xe2\x82\xac", 3 },
		{ ENCODING_UTF8, 0xd800, "", 0 }, /* a surrogate */
		{ ENCODING_UTF16LE, 0xffff, "\xff\xff", 2 },
		{ ENCODING_UTF16LE, 0xd800, "", 0 },
		/* Two units. */
		{ ENCODING_UTF16LE, 0x10000, "\x00\xd8\x00\xdc", 4 },
		{ ENCODING_UTF16LE, 0x10ffff, "\xff\xdb\xff\xdf", 4 },
		{ ENCODING_UTF16LE, 0x110000, "", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(row); i++) {
		unsigned char out[4];

		ck_assert_uint_eq(glyphs_encode(row[i].encoding, row[i].cp,
		                                out),
		                  row[i].len);
		ck_assert_mem_eq(out, row[i].want, row[i].len);
	}
}
END_TEST

/* A pair is one at even addresses, wherever the row or a run of bytes with
   values begins. */
START_TEST(utf_16_by_addresses)
{
	static const unsigned char text[] = "A\0B\0C\0D\0";
	static const bool some[] = { true, true, false, true, true, true };
	struct glyph out[6];

	glyphs_text(ENCODING_UTF16LE, false, 0x11, text + 1, all, 6, out);
	ck_assert_uint_eq(out[0].ch, NUL_SIGN);
	ck_assert_uint_eq(out[1].ch, 'B');
	ck_assert_uint_eq(out[2].ch, DOT);
	ck_assert_uint_eq(out[3].ch, 'C');
	ck_assert_uint_eq(out[5].ch, HIGH_SIGN); /* cut */
	glyphs_text(ENCODING_UTF16LE, false, 0x10, text, some, 6, out);
	ck_assert_uint_eq(out[0].ch, 'A');
	ck_assert_uint_eq(out[3].ch, NUL_SIGN);
	ck_assert_uint_eq(out[4].ch, 'C');
	/* All the way up. */
	glyphs_text(ENCODING_UTF16LE, false, UINT64_MAX - 2, text + 1, all, 2,
	            out);
	ck_assert_uint_eq(out[0].ch, NUL_SIGN);
}
END_TEST

/* --- what holds for any bytes -------------------------------------------- */

static bool is_right_to_left(uint32_t ch)
{
	return (ch >= 0x590 && ch <= 0x8ff) || (ch >= 0xfb1d && ch <= 0xfdff) ||
	       (ch >= 0xfe70 && ch <= 0xfeff);
}

/* Can these go on a screen, one cell a byte? */
static void check_cells(const struct glyph *out, const bool *has, size_t len,
                        bool ascii)
{
	for (size_t i = 0; i < len; i++) {
		if (!has[i])
			continue;
		EXPECT(out[i].style < STYLE_COUNT);
		if (out[i].ch == 0) {
			EXPECT(i > 0 && has[i - 1] &&
			       char_width(out[i - 1].ch) == 2);
			continue;
		}
		EXPECT(char_width(out[i].ch) > 0);
		EXPECT(text_is_safe(out[i].ch));
		EXPECT(!is_right_to_left(out[i].ch));
		EXPECT(out[i].ch < 0xe000 || out[i].ch > 0xf8ff);
		if (char_width(out[i].ch) == 2)
			EXPECT(i + 1 < len && out[i + 1].ch == 0);
		if (ascii)
			EXPECT(out[i].ch >= 0x20 && out[i].ch < 0x7f);
	}
}

/* Bytes that are often parts of characters. */
static void random_bytes(unsigned char *bytes, size_t len, uint64_t *seed)
{
	size_t i = 0;

	while (i < len) {
		uint32_t limit = random_below(seed, 2) ? 0x10000 : 0x20000;
		char encoded[4];
		size_t n = 0;

		if (random_below(seed, 3) > 0)
			n = text_encode(encoded,
			                (uint32_t)random_below(seed, limit));
		if (n == 0) {
			bytes[i++] = (unsigned char)random_u64(seed);
			continue;
		}
		for (size_t k = 0; k < n && i < len; k++)
			bytes[i++] = (unsigned char)encoded[k];
	}
}

START_TEST(any_bytes)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(30000); n > 0; n--) {
		enum encoding encoding =
			(enum encoding)random_below(&seed,
		                                    ENCODING_UTF16LE + 1);
		bool ascii = random_below(&seed, 2);
		size_t len = random_below(&seed, LEN_MAX + 1);
		unsigned char bytes[LEN_MAX];
		struct glyph out[LEN_MAX];
		bool has[LEN_MAX];

		random_bytes(bytes, len, &seed);
		for (size_t i = 0; i < len; i++) {
			has[i] = random_below(&seed, 10) > 0;
			out[i] = (struct glyph){ .ch = 0xabcdef };
		}
		glyphs_text(encoding, ascii, random_below(&seed, 2), bytes, has,
		            len, out);
		check_cells(out, has, len, ascii);
		for (size_t i = 0; i < len; i++)
			EXPECT(has[i] == (out[i].ch != 0xabcdef));
	}
}
END_TEST

/* A text cut at every byte: the characters on both sides of a whole one are as
   they were, and what is cut is shown by signs. */
START_TEST(utf8_over_every_split)
{
	static const unsigned char text[] =
		"a\xc3\xa9\xe4\xb8\x80\xf0\x9f\x98\x80\xe2\x82\xacz";
	static const size_t begins[] = { 0, 1, 3, 6, 10, 13, 14 };
	size_t len = sizeof(text) - 1;
	struct glyph whole[LEN_MAX], out[LEN_MAX];

	glyphs_text(ENCODING_UTF8, false, 0, text, all, len, whole);
	for (size_t cut = 0; cut <= len; cut++) {
		size_t begin = 0, end = len;

		for (size_t i = 0; i < ARRAY_LEN(begins); i++) {
			if (begins[i] <= cut)
				begin = begins[i];
			if (begins[ARRAY_LEN(begins) - 1 - i] >= cut)
				end = begins[ARRAY_LEN(begins) - 1 - i];
		}
		glyphs_text(ENCODING_UTF8, false, 0, text, all, cut, out);
		glyphs_text(ENCODING_UTF8, false, 0, text + cut, all, len - cut,
		            out + cut);
		for (size_t i = 0; i < len; i++) {
			if (i < begin || i >= end || begin == end)
				ck_assert_uint_eq(out[i].ch, whole[i].ch);
			else
				ck_assert_uint_eq(out[i].ch, HIGH_SIGN);
		}
	}
}
END_TEST

/* A byte without a value in a character: the others are signs, and nothing is
   made of what stands in its place. */
START_TEST(character_with_a_hole)
{
	static const unsigned char text[] = "\xe4\xb8\x80";
	struct glyph out[3] = { { .ch = 7 }, { .ch = 7 }, { .ch = 7 } };
	bool has[3] = { true, false, true };

	glyphs_text(ENCODING_UTF8, false, 0, text, has, 3, out);
	ck_assert_uint_eq(out[0].ch, HIGH_SIGN);
	ck_assert_uint_eq(out[1].ch, 7);
	ck_assert_uint_eq(out[2].ch, HIGH_SIGN);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("glyphs");
	TCase *tc = tcase_create("glyphs");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, single_bytes);
	tcase_add_test(tc, ebcdic_is_one_to_one);
	tcase_add_test(tc, cp437_is_one_to_one);
	tcase_add_test(tc, classes);
	tcase_add_test(tc, signs_are_one_cell);
	tcase_add_test(tc, utf8);
	tcase_add_test(tc, utf16le);
	tcase_add_test(tc, utf_16_by_addresses);
	tcase_add_test(tc, any_bytes);
	tcase_add_test(tc, utf8_over_every_split);
	tcase_add_test(tc, encodes_what_it_shows);
	tcase_add_test(tc, encodes_edges);
	tcase_add_test(tc, character_with_a_hole);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
