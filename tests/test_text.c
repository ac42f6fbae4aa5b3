/* test_text.c - tests of src/base/text.c */
#include "config.h"

#include "base/text.h"

#include <inttypes.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support.h"

enum { END = 0x110000 }; /* of Unicode */

/* ck_assert() tells the runner about every call, which takes too long where
   every character is tried. */
#define HOLDS(ok, cp)                                     \
	do {                                              \
		if (!(ok))                                \
			ck_abort_msg("U+%04X: " #ok, cp); \
	} while (0)

/* text.h's list, in its order. */
static const struct {
	uint32_t first, last;
} listed[] = {
	{ 0x00, 0x1f },       { 0x7f, 0x7f },       { 0x80, 0x9f },
	{ 0x061c, 0x061c },   { 0x200e, 0x200f },   { 0x202a, 0x202e },
	{ 0x2066, 0x2069 },   { 0x00ad, 0x00ad },   { 0x034f, 0x034f },
	{ 0x115f, 0x1160 },   { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },
	{ 0x200b, 0x200d },   { 0x2028, 0x2029 },   { 0x2060, 0x2065 },
	{ 0x206a, 0x206f },   { 0x3164, 0x3164 },   { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },
	{ 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	{ 0xfdd0, 0xfdef },   { 0xd800, 0xdfff },
};

static bool model_is_safe(uint32_t cp)
{
	if (cp >= END || cp % 0x10000 >= 0xfffe)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(listed); i++)
		if (cp >= listed[i].first && cp <= listed[i].last)
			return false;
	return true;
}

START_TEST(safe_is_what_the_list_says)
{
	for (uint32_t cp = 0; cp < END + 0x1000; cp++)
		HOLDS(text_is_safe(cp) == model_is_safe(cp), cp);
	ck_assert(!text_is_safe(UINT32_MAX));
	ck_assert(!text_is_safe(UINT32_MAX - 0x10000));
}
END_TEST

/* The list against Unicode, as far as PCRE2 knows it: nothing that is a
   control, a separator of lines, a bidi control or ignorable may pass. */
START_TEST(safe_agrees_with_unicode)
{
	static const char pattern[] = "[\\p{Cc}\\p{Zl}\\p{Zp}\\p{Bidi_Control}"
				      "\\p{Default_Ignorable_Code_Point}\\p{"
				      "Noncharacter_Code_Point}]";
	int code;
	PCRE2_SIZE at;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern, sizeof(pattern) - 1,
	                               PCRE2_UTF, &code, &at, NULL);
	pcre2_match_data *match;
	char text[4];
	size_t found = 0;

	ck_assert_msg(re != NULL, "error %d at %zu", code, (size_t)at);
	match = pcre2_match_data_create_from_pattern(re, NULL);
	for (uint32_t cp = 0; cp < END; cp++) {
		size_t len = text_encode(text, cp);

		if (len == 0 || pcre2_match(re, (PCRE2_SPTR)text, len, 0, 0,
		                            match, NULL) < 0)
			continue;
		found++;
		HOLDS(!text_is_safe(cp), cp);
	}
	ck_assert_uint_gt(found, 4000);
	pcre2_match_data_free(match);
	pcre2_code_free(re);
}
END_TEST

/* How long the encoding is, by the ends of the rows of table 3-6. */
static size_t model_encoded_len(uint32_t cp)
{
	static const uint32_t ends[] = { 0x80, 0x800, 0x10000, END };
	size_t n = 0;

	if (cp >= 0xd800 && cp <= 0xdfff)
		return 0;
	while (cp >= ends[n])
		n++;
	return n + 1;
}

START_TEST(encode_and_decode_all)
{
	for (uint32_t cp = 0; cp < END; cp++) {
		char b[5] = { '!', '!', '!', '!', '!' };
		size_t len = text_encode(b, cp);
		uint32_t back = 0;

		HOLDS(len == model_encoded_len(cp), cp);
		HOLDS(b[len] == '!', cp);
		if (len == 0)
			continue;
		HOLDS(text_decode(b, len, &back) == len, cp);
		HOLDS(back == cp, cp);
		/* What follows does not matter, what is missing does. */
		HOLDS(text_decode(b, sizeof(b), &back) == len, cp);
		HOLDS(len == 1 || text_decode(b, len - 1, &back) == 0, cp);
	}
	ck_assert_uint_eq(text_encode((char[4]){ 0 }, END), 0);
	ck_assert_uint_eq(text_encode((char[4]){ 0 }, UINT32_MAX), 0);
}
END_TEST

/* Table 3-7 of the Unicode Standard, word by word: which first byte allows
   which second; the others are 80..BF. */
static size_t model_decode(const unsigned char *b, size_t len)
{
	static const struct {
		unsigned char first, last, lo, hi;
		size_t len;
	} rows[] = {
		{ 0x00, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (b[0] < rows[i].first || b[0] > rows[i].last)
			continue;
		if (len < rows[i].len)
			return 0;
		if (rows[i].len > 1 && (b[1] < rows[i].lo || b[1] > rows[i].hi))
			return 0;
		for (size_t k = 2; k < rows[i].len; k++)
			if (b[k] < 0x80 || b[k] > 0xbf)
				return 0;
		return rows[i].len;
	}
	return 0;
}

/* Bytes at the edges of the table's ranges. */
static const unsigned char edges[] = {
	0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0,
	0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0,
	0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xfc, 0xfe, 0xff,
};

START_TEST(decode_takes_what_is_well_formed)
{
	size_t n = ARRAY_LEN(edges);

	for (size_t i = 0; i < n * n * n * n; i++) {
		unsigned char b[4] = { edges[i % n], edges[i / n % n],
			               edges[i / n / n % n],
			               edges[i / n / n / n] };

		for (size_t len = 1; len <= 4; len++) {
			uint32_t cp = 0x5a5a5a5a;
			size_t got = text_decode(b, len, &cp);

			if (got != model_decode(b, len) ||
			    (cp == 0x5a5a5a5a) != (got == 0))
				ck_abort_msg("%02x %02x %02x %02x, %zu of them",
				             b[0], b[1], b[2], b[3], len);
		}
	}
}
END_TEST

/* Source, its length, and the safe form. */
static const struct {
	const char *src;
	size_t len;
	const char *want;
} forms[] = {
	{ "", 0, "" },
	{ "plain ~", 7, "plain ~" },
	{ "\0", 1, "\\x00" },
	{ "a\nb", 3, "a\\x0ab" },
	{ "\x1b[31m", 5, "\\x1b[31m" },
	{ "\x7f", 1, "\\x7f" },
	{ "\xc3\xa4", 2, "\xc3\xa4" },            /* an umlaut stays */
	{ "\xc3", 1, "\\xc3" },                   /* cut */
	{ "\xc3\xa4", 1, "\\xc3" },               /* len ends in it */
	{ "\xa4", 1, "\\xa4" },                   /* stray */
	{ "\xc2\x9b", 2, "\\xc2\\x9b" },          /* C1: CSI */
	{ "\x9b", 1, "\\x9b" },                   /* CSI of 8-bit terminals */
	{ "\xe2\x80\xae", 3, "\\xe2\\x80\\xae" }, /* U+202E */
	{ "\xed\xa0\x80", 3, "\\xed\\xa0\\x80" }, /* U+D800 */
	{ "\xef\xbf\xbd", 3, "\xef\xbf\xbd" },    /* U+FFFD is visible */
	{ "\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80" },
	{ "\\", 1, "\\" },     /* alone */
	{ "\\n", 2, "\\n" },   /* no escape of ours */
	{ "\\x4", 3, "\\x4" }, /* one digit */
	{ "\\x4g", 4, "\\x4g" },
	{ "\\X41", 4, "\\X41" },
	{ "\\x41", 4, "\\x5cx41" }, /* would be ambiguous */
	{ "\\xAf", 4, "\\x5cxAf" },
	{ "\\x41", 3, "\\x4" }, /* len ends in it */
	{ "\\\\x41", 5, "\\\\x5cx41" },
	{ "\\x5cx41", 7, "\\x5cx5cx41" }, /* escaped before */
	{ "\\x\x01", 3, "\\x\\x01" },
	{ "\\x0\x01", 4, "\\x0\\x01" },
};

START_TEST(safe_forms)
{
	size_t len = strlen(forms[_i].want);
	char b[64];

	memset(b, 0x55, sizeof(b));
	ck_assert_uint_eq(text_safe(b, sizeof(b), forms[_i].src, forms[_i].len),
	                  len);
	ck_assert_str_eq(b, forms[_i].want);
	ck_assert_uint_eq(text_safe(NULL, 0, forms[_i].src, forms[_i].len),
	                  len);
}
END_TEST

static int hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, c) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* What a reader of the safe form takes it for; returns the bytes' count. The
   starts of escapes and characters are marked in `begins`, with the end. */
static size_t reader(const char *form, unsigned char *bytes, bool *begins)
{
	size_t len = strlen(form);
	size_t count = 0;
	uint32_t cp;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		begins[i] = true;
		n = text_decode(form + i, len - i, &cp);
		if (n == 0 || !model_is_safe(cp))
			ck_abort_msg("not safe at %zu: %s", i, form);
		if (cp == '\\' && form[i + 1] == 'x' &&
		    hex_value(form[i + 2]) >= 0 &&
		    hex_value(form[i + 3]) >= 0) {
			bytes[count++] =
				(unsigned char)(hex_value(form[i + 2]) * 16 +
			                        hex_value(form[i + 3]));
			n = 4;
			continue;
		}
		memcpy(bytes + count, form + i, n);
		count += n;
	}
	begins[len] = true;
	return count;
}

enum { MOST = 24 };

/* Bytes from which escapes, characters and pieces of both are likely. */
static size_t random_bytes(uint64_t *seed, unsigned char *b)
{
	static const char *const parts[] = {
		"\\",
		"x",
		"0",
		"5",
		"c",
		"F",
		"\\x",
		"\\x5c",
		"\xc3\xa4",
		"\xe2\x82\xac",
		"\xe2\x80\xae",
		"\xf0\x9f\x90\xa2",
		"\xef\xbb\xbf",
	};
	size_t want = random_below(seed, MOST - 4);
	size_t len = 0;

	while (len < want) {
		const char *part = parts[random_below(seed, ARRAY_LEN(parts))];

		if (random_below(seed, 4) == 0) {
			b[len++] = (unsigned char)random_u64(seed);
			continue;
		}
		memcpy(b + len, part, strlen(part));
		len += strlen(part);
	}
	/* An end within a part is as good as another. */
	return len > 0 ? len - random_below(seed, 2) : 0;
}

/* Every cut of the form is the longest start of it that fits and ends where a
   character or an escape does. */
static void check_cuts(const unsigned char *src, size_t len, const char *form,
                       const bool *begins)
{
	size_t whole = strlen(form);
	size_t end = 0;
	char b[MOST * 4 + 2];

	for (size_t cap = 1; cap <= whole + 1; cap++) {
		if (begins[cap - 1])
			end = cap - 1;
		memset(b, 0x55, sizeof(b));
		if (text_safe(b, cap, src, len) != whole || strlen(b) != end ||
		    memcmp(b, form, end) != 0)
			ck_abort_msg("%s cut to %zu is %s", form, cap, b);
		for (size_t i = cap; i < sizeof(b); i++)
			if (b[i] != 0x55)
				ck_abort_msg("written past %zu", cap);
	}
}

START_TEST(a_form_is_safe_and_has_one_source)
{
	uint64_t seed = random_seed();

	for (size_t i = cases(20000); i > 0; i--) {
		unsigned char src[MOST];
		unsigned char back[MOST * 4 + 1];
		bool begins[MOST * 4 + 1] = { false };
		char form[MOST * 4 + 1];
		size_t len = random_bytes(&seed, src);
		size_t whole = text_safe(form, sizeof(form), src, len);

		ck_assert_uint_eq(strlen(form), whole);
		ck_assert_uint_eq(reader(form, back, begins), len);
		ck_assert_mem_eq(back, src, len);
		check_cuts(src, len, form, begins);
	}
}
END_TEST

/* Around the room of a text_shown, in bytes and in escapes. */
START_TEST(numbers_are_as_printf_has_them)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(5000); n > 0; n--) {
		uint64_t value = random_u64(&seed) >> random_below(&seed, 64);
		char want[TEXT_NUMBER + 1], got[TEXT_NUMBER + 1];

		if (n <= 2)
			value = n == 1 ? 0 : UINT64_MAX;
		snprintf(want, sizeof(want), "0x%" PRIx64, value);
		*text_hex(got, value) = '\0';
		ck_assert_str_eq(got, want);
		snprintf(want, sizeof(want), "%" PRIu64, value);
		*text_decimal(got, value) = '\0';
		ck_assert_str_eq(got, want);
	}
}
END_TEST

START_TEST(shown_says_when_it_is_cut)
{
	static const char *const units[] = { "a", "\x01", "\xe2\x82\xac" };
	size_t most = sizeof(((struct text_shown *)NULL)->s) - 1;
	const char *unit = units[_i];
	char src[300 * 3 + 1] = "";
	char form[300 * 4 + 1];

	for (size_t n = 0; n < 300; n++) {
		struct text_shown shown = text_shown(src);
		size_t whole = text_safe(form, sizeof(form), src, strlen(src));

		if (whole <= most) {
			ck_assert_str_eq(shown.s, form);
		} else {
			(void)text_safe(form, most - 1, src, strlen(src));
			strcat(form, "..");
			ck_assert_str_eq(shown.s, form);
			ck_assert_uint_gt(strlen(shown.s), most - 4);
		}
		strcat(src, unit);
	}
}
END_TEST

START_TEST(hex_digits)
{
	static const char low[] = "0123456789abcdef", up[] = "0123456789ABCDEF";

	for (uint32_t cp = 0; cp < 0x20000; cp++) {
		const char *a =
			cp > 0 && cp < 128 ? strchr(low, (int)cp) : NULL;
		const char *b = cp > 0 && cp < 128 ? strchr(up, (int)cp) : NULL;

		ck_assert_int_eq(text_hex_digit((int)cp), a   ? (int)(a - low)
		                                          : b ? (int)(b - up)
		                                              : -1);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("text");
	TCase *tc = tcase_create("text");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, safe_is_what_the_list_says);
	tcase_add_test(tc, safe_agrees_with_unicode);
	tcase_add_test(tc, encode_and_decode_all);
	tcase_add_test(tc, decode_takes_what_is_well_formed);
	tcase_add_loop_test(tc, safe_forms, 0, ARRAY_LEN(forms));
	tcase_add_test(tc, a_form_is_safe_and_has_one_source);
	tcase_add_test(tc, numbers_are_as_printf_has_them);
	tcase_add_loop_test(tc, shown_says_when_it_is_cut, 0, 3);
	tcase_add_test(tc, hex_digits);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
