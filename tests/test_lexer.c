/*
 * test_lexer.c - tests of src/base/lexer.c
 *
 * Lines are copied to blocks of their exact length, without a NUL, so that a
 * sanitizer sees a look past the end.
 */
#include "config.h"

#include "base/lexer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support.h"

__extension__ typedef unsigned __int128 wide;

/* For what is asked very often: Check notes every assertion down. */
#define HOLDS(holds, line) \
	((holds) ? (void)0 \
	         : ck_abort_msg("line %d: %s: %s", __LINE__, #holds, line))

static char *exact(const char *text, size_t len)
{
	char *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, text, len);
	return copy;
}

/* One word: the line, what is read, where it stops. */
static const struct {
	const char *line, *text;
	size_t len, column, stop;
	bool quoted;
} one_word[] = {
	{ "open", "open", 4, 1, 4, false },
	{ " \t open x", "open", 4, 4, 7, false },
	{ "a\"b c", "a\"b", 3, 1, 3, false },  /* a quote inside is itself */
	{ "a;b", "a;b", 3, 1, 3, false },      /* ';' is for the caller */
	{ "\"\"", "", 0, 1, 2, true },         /* an empty word */
	{ "\"a b\" c", "a b", 3, 1, 5, true }, /* blanks in quotes */
	{ "  \"x\"", "x", 1, 3, 5, true },     /* the column is the quote's */
	{ "\"\\n\\r\\t\\\\\\\"\"", "\n\r\t\\\"", 5, 1, 12, true },
	{ "\"a\\0b\"", "a\0b", 3, 1, 6, true }, /* a NUL inside */
	{ "\"\\x41\\xfF\"", "A\xff", 2, 1, 10, true },
	{ "\"\\x4100\"", "A00", 3, 1, 8, true }, /* two digits, no more */
	{ "\"#\"", "#", 1, 1, 3, true },
	{ "\xc3\xa9 x", "\xc3\xa9", 2, 1, 2, false },
};

START_TEST(word_reads)
{
	const char *line = one_word[_i].line;
	char *copy = exact(line, strlen(line));
	struct lexer lx = lexer_of(copy, strlen(line));
	struct word word;
	struct error err;

	must(lexer_word(&lx, &word, &err), &err);
	ck_assert_uint_eq(word.len, one_word[_i].len);
	ck_assert_mem_eq(word.text, one_word[_i].text, word.len + 1);
	ck_assert_uint_eq(word.column, one_word[_i].column);
	ck_assert_uint_eq(lx.pos, one_word[_i].stop);
	ck_assert_int_eq(word.quoted, one_word[_i].quoted);
	word_free(&word);
	ck_assert_ptr_null(word.text);
	free(copy);
}
END_TEST

static const struct {
	const char *line;
	size_t column;
} bad_words[] = {
	{ "\"abc", 1 }, /* not closed: the quote */
	{ "  \"", 3 },
	{ "\"abc\\\"", 1 }, /* an escaped quote does not close */
	{ "\"abc\\", 1 },   /* nothing behind the backslash */
	{ "\"ab\\q\"", 4 }, /* an unknown escape: the backslash */
	{ "\"\\x4\"", 2 },  /* one digit */
	{ "\"\\x4g\"", 2 },
	{ "\"\\N\"", 2 },
	{ "\"a\"b", 4 }, /* text behind the quote */
	{ "\"a\"\"b\"", 4 },
};

START_TEST(word_refuses)
{
	const char *line = bad_words[_i].line;
	char *copy = exact(line, strlen(line));
	struct lexer lx = lexer_of(copy, strlen(line));
	struct word word = { .column = 77 };
	struct error err;

	ck_assert(!lexer_word(&lx, &word, &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_uint_eq(err.column, bad_words[_i].column);
	ck_assert_uint_eq(word.column, 77);
	free(copy);
}
END_TEST

START_TEST(no_word_is_no_error)
{
	static const char *const lines[] = { "", " ", "\t \t" };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct lexer lx = lexer_of(lines[i], strlen(lines[i]));
		struct error err = { .code = ERR_IO };
		struct word word;

		ck_assert(!lexer_word(&lx, &word, &err));
		ck_assert_int_eq(err.code, ERR_NONE);
		ck_assert(lexer_end(&lx));
	}
}
END_TEST

/* In an address a colon follows the quote. */
START_TEST(quoted_stops_behind_its_quote)
{
	struct lexer lx = lexer_of("a\"b \\x41\":7", 11);
	struct word word;
	struct error err;

	lx.pos = 1;
	must(lexer_quoted(&lx, &word, &err), &err);
	ck_assert_str_eq(word.text, "b A");
	ck_assert_uint_eq(word.column, 2);
	ck_assert_uint_eq(lx.pos, 9);
	word_free(&word);
}
END_TEST

static const struct {
	const char *line;
	size_t count;
	const char *last;
} lists[] = {
	{ "", 0, NULL },
	{ "   ", 0, NULL },
	{ "a", 1, "a" },
	{ " a  b\tc ", 3, "c" },
	{ "a # b \"", 1, "a" }, /* what stands in a comment is not read */
	{ "# a", 0, NULL },
	{ "#", 0, NULL },
	{ "a #", 1, "a" },
	{ "a #!b", 1, "a" },
	{ "#!/usr/bin/x", 0, NULL },
	{ "a #b", 2, "#b" }, /* a segment, no comment */
	{ "#3 #:", 2, "#:" },
	{ "a# b", 2, "b" },      /* does not begin with # */
	{ "a \"#\" b", 3, "b" }, /* quoted */
	{ "\"a b\" \"\"", 2, "" },
};

START_TEST(lines_split)
{
	const char *line = lists[_i].line;
	char *copy = exact(line, strlen(line));
	struct words words;
	struct error err;

	must(words_split(copy, strlen(line), &words, &err), &err);
	free(copy);
	ck_assert_uint_eq(words.count, lists[_i].count);
	if (words.count > 0)
		ck_assert_str_eq(words.v[words.count - 1].text, lists[_i].last);
	words_free(&words);
	ck_assert_uint_eq(words.count, 0);
}
END_TEST

START_TEST(split_refuses_the_whole_line)
{
	struct words words = { .count = 5 };
	struct error err;

	ck_assert(!words_split("a b \"c", 6, &words, &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_uint_eq(err.column, 5);
	ck_assert_uint_eq(words.count, 5);
}
END_TEST

START_TEST(split_without_memory)
{
	static const char line[] = "open \"a b\" at 4K name x y z 1 2 3 4";
	struct words words;
	struct error err;

	for (long n = 0;; n++) {
		bool ok;

		mem_fail_after(n);
		ok = words_split(line, strlen(line), &words, &err);
		mem_fail_after(-1);
		if (ok)
			break;
		ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert_int_lt(n, 100);
	}
	ck_assert_uint_eq(words.count, 12);
	words_free(&words);
}
END_TEST

/* Any text comes back from quotes; what a word may not hold is escaped. */
static size_t quote(char *dst, const char *text, size_t len, uint64_t *rng)
{
	char *at = dst;

	*at++ = '"';
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\' || random_below(rng, 4) == 0)
			at += sprintf(at, "\\x%02x", c);
		else
			*at++ = (char)c;
	}
	*at++ = '"';
	return (size_t)(at - dst);
}

START_TEST(any_text_survives_quoting)
{
	uint64_t rng = random_seed();

	for (size_t n = cases(2000); n > 0; n--) {
		char text[32], line[160];
		size_t len = random_below(&rng, sizeof(text));
		struct lexer lx;
		struct word word;
		struct error err;
		char *copy;

		for (size_t i = 0; i < len; i++)
			text[i] = (char)random_below(&rng, 256);
		lx.len = quote(line, text, len, &rng);
		copy = exact(line, lx.len);
		lx = lexer_of(copy, lx.len);
		must(lexer_word(&lx, &word, &err), &err);
		HOLDS(word.len == len && lx.pos == lx.len, "length");
		HOLDS(memcmp(word.text, text, len) == 0, "bytes");
		word_free(&word);
		free(copy);
	}
}
END_TEST

/* `stop` is where the number ends; 0: at the end of the text. */
static const struct {
	const char *text;
	uint64_t want;
	unsigned radix;
	size_t stop;
} numbers[] = {
	{ "0", 0, 10, 0 },
	{ "496", 496, 10, 0 },
	{ "10", 16, 16, 0 },
	{ "ff", 255, 16, 0 },
	{ "0x10", 16, 10, 0 },
	{ "0X1f", 31, 10, 0 },
	{ "0o17", 15, 10, 0 },
	{ "0b101", 5, 10, 0 },
	{ "0b101", 5, 16, 0 }, /* a prefix wins over hex digits */
	{ "10h", 16, 10, 0 },
	{ "1f0h", 0x1f0, 10, 0 },
	{ "ffh", 255, 10, 0 },
	{ "0b1h", 0xb1, 10, 0 }, /* the h says what it is */
	{ "1_000", 1000, 10, 0 },
	{ "0x1dcd_64f9", 0x1dcd64f9, 10, 0 },
	{ "1_0h", 16, 10, 0 },
	{ "4K", 4096, 10, 0 },
	{ "4k", 4096, 10, 0 },
	{ "4KB", 4000, 10, 0 },
	{ "4KiB", 4096, 10, 0 },
	{ "1M", UINT64_C(1) << 20, 10, 0 },
	{ "1G", UINT64_C(1) << 30, 10, 0 },
	{ "1T", UINT64_C(1) << 40, 10, 0 },
	{ "1P", UINT64_C(1) << 50, 10, 0 },
	{ "1E", UINT64_C(1) << 60, 10, 0 },
	{ "1MB", UINT64_C(1000000), 10, 0 },
	{ "1GB", UINT64_C(1000000000), 10, 0 },
	{ "1TB", UINT64_C(1000000000000), 10, 0 },
	{ "1PB", UINT64_C(1000000000000000), 10, 0 },
	{ "1EB", UINT64_C(1000000000000000000), 10, 0 },
	{ "0x1K", 1024, 10, 0 },
	{ "0b1K", 1024, 10, 0 },
	{ "3s", 1536, 10, 0 },
	{ "2c", 8192, 10, 0 },
	{ "0x2s", 1024, 10, 0 },
	{ "0x10c", 0x10c, 10, 0 }, /* c is a digit there */
	{ "0x1E", 0x1e, 10, 0 },
	{ "0o2c", 8192, 10, 0 },
	{ "1.5K", 1536, 10, 0 },
	{ "1.5s", 768, 10, 0 },
	{ "1.50G", UINT64_C(3) << 29, 10, 0 },
	{ "1.0s", 512, 10, 0 },
	{ "1.3KB", 1300, 10, 0 },
	{ "0.000000000000000001EB", 1, 10, 0 }, /* 18 digits */
	{ "18446744073709551615", UINT64_MAX, 10, 0 },
	{ "0xffffffffffffffff", UINT64_MAX, 10, 0 },
	{ "ffff_ffff_ffff_ffffh", UINT64_MAX, 10, 0 },
	{ "15.5E", UINT64_C(31) << 59, 10, 0 },
	{ "10+4", 10, 10, 2 },
	{ "10,", 10, 10, 2 },
	{ "10.", 10, 10, 2 }, /* the dot is the cursor */
	{ "10 K", 10, 10, 2 },
	{ "0x10.+4", 16, 10, 4 },
	{ "1K)", 1024, 10, 2 },
};

START_TEST(numbers_read)
{
	const char *text = numbers[_i].text;
	size_t len = strlen(text);
	char *copy = exact(text, len);
	struct lexer lx = lexer_of(copy, len);
	struct units units = units_default;
	struct error err;
	uint64_t got;

	units.radix = numbers[_i].radix;
	must(lexer_number(&lx, &units, &got, &err), &err);
	ck_assert_uint_eq(got, numbers[_i].want);
	ck_assert_uint_eq(lx.pos, numbers[_i].stop ? numbers[_i].stop : len);
	free(copy);
}
END_TEST

static const struct {
	const char *text;
	size_t column;
	const char *says;
	unsigned radix;
} bad_numbers[] = {
	{ "", 1, "number expected", 10 },
	{ "x", 1, "number expected", 10 },
	{ "ff", 1, "number expected", 10 },
	{ "_1", 1, "number expected", 10 },
	{ "0x", 3, "number expected", 10 },
	{ "0xg", 3, "number expected", 10 },
	{ "0x_1", 3, "number expected", 10 },
	{ "10x", 3, "unknown unit", 10 },
	{ "1ff", 2, "unknown unit", 10 },
	{ "1_", 2, "unknown unit", 10 },
	{ "1__0", 2, "unknown unit", 10 },
	{ "ff_h", 3, "unknown unit", 10 },
	{ "1Kb", 2, "unknown unit", 10 },
	{ "1Ki", 2, "unknown unit", 10 },
	{ "1B", 2, "unknown unit", 10 },
	{ "1e3", 2, "unknown unit", 10 },
	{ "10hK", 3, "unknown unit", 10 }, /* no h with something behind it */
	{ "0b12", 4, "unknown unit", 10 },
	{ "0o8", 3, "number expected", 10 },
	{ "1.5", 4, "needs a unit", 10 },
	{ "1.5x", 4, "unknown unit", 10 },
	{ "0x1.8K", 4, "decimal", 10 },
	{ "1.5K", 2, "decimal", 16 },
	{ "15.9E", 1, "whole number of bytes", 10 },
	{ "1.3K", 1, "whole number of bytes", 10 },
	{ "1.0000000000000000000K", 2, "digits", 10 }, /* 19 of them */
	{ "18446744073709551616", 1, "too big", 10 },
	{ "0x1_0000_0000_0000_0000", 1, "too big", 10 },
	{ "16E", 1, "too big", 10 },
	{ "99999999999G", 1, "too big", 10 },
	{ "36028797018963968s", 1, "too big", 10 }, /* 2^55 sectors */
};

START_TEST(numbers_refused)
{
	const char *text = bad_numbers[_i].text;
	char *copy = exact(text, strlen(text));
	struct lexer lx = lexer_of(copy, strlen(text));
	struct units units = units_default;
	struct error err;
	uint64_t got = 77;

	units.radix = bad_numbers[_i].radix;
	ck_assert(!lexer_number(&lx, &units, &got, &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_msg(strstr(err.text, bad_numbers[_i].says), "%s: %s", text,
	              err.text);
	ck_assert_uint_eq(err.column, bad_numbers[_i].column);
	ck_assert_uint_eq(lx.pos, 0);
	ck_assert_uint_eq(got, 77);
	free(copy);
}
END_TEST

START_TEST(number_parse_takes_all)
{
	struct error err;
	uint64_t got = 77;

	must(number_parse("4K", &units_default, &got, &err), &err);
	ck_assert_uint_eq(got, 4096);
	ck_assert(!number_parse("4K ", &units_default, &got, &err));
	ck_assert_uint_eq(err.column, 3);
	ck_assert(!number_parse(" 4K", &units_default, &got, &err));
	ck_assert_uint_eq(err.column, 1);
	ck_assert(!number_parse("", &units_default, &got, &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_uint_eq(got, 4096);
}
END_TEST

/* A random value in the digits of a base, with '_' here and there. */
static size_t digits_of(char *dst, uint64_t v, unsigned base, uint64_t *rng)
{
	char back[140];
	size_t n = 0;
	size_t len = 0;

	do {
		back[n++] = "0123456789abcdef"[v % base];
		v /= base;
		if (v > 0 && random_below(rng, 5) == 0)
			back[n++] = '_';
	} while (v > 0);
	while (n > 0)
		dst[len++] = back[--n];
	return len;
}

static const struct {
	const char *text;
	uint64_t bytes;
} known_units[] = {
	{ "", 1 },
	{ "K", UINT64_C(1) << 10 },
	{ "MiB", UINT64_C(1) << 20 },
	{ "G", UINT64_C(1) << 30 },
	{ "TiB", UINT64_C(1) << 40 },
	{ "P", UINT64_C(1) << 50 },
	{ "EiB", UINT64_C(1) << 60 },
	{ "KB", 1000 },
	{ "MB", 1000000 },
	{ "EB", UINT64_C(1000000000000000000) },
	{ "s", 520 },
};

START_TEST(written_numbers_come_back)
{
	static const struct {
		const char *before;
		unsigned base;
	} forms[] = { { "", 10 }, { "0x", 16 }, { "0o", 8 }, { "0b", 2 } };
	const struct units units = { .sector = 520, .block = 1, .radix = 10 };
	uint64_t rng = random_seed();

	for (size_t n = cases(20000); n > 0; n--) {
		size_t form = random_below(&rng, ARRAY_LEN(forms));
		size_t unit = random_below(&rng, ARRAY_LEN(known_units));
		uint64_t v = random_u64(&rng) >> random_below(&rng, 64);
		wide want = (wide)v * known_units[unit].bytes;
		char text[200];
		size_t len = strlen(forms[form].before);
		struct error err;
		uint64_t got;
		bool ok;

		/* Behind 0x, E is a digit. */
		if (form == 1 && known_units[unit].text[0] == 'E')
			continue;
		strcpy(text, forms[form].before);
		len += digits_of(text + len, v, forms[form].base, &rng);
		strcpy(text + len, known_units[unit].text);
		ok = number_parse(text, &units, &got, &err);
		HOLDS(ok == (want <= UINT64_MAX), text);
		HOLDS(!ok || got == want, text);
	}
}
END_TEST

/* W.F units, against 128 bits. */
START_TEST(fractions_are_exact)
{
	uint64_t rng = random_seed();

	for (size_t n = cases(20000); n > 0; n--) {
		size_t unit = 1 + random_below(&rng, 9);
		uint64_t bytes = known_units[unit].bytes;
		unsigned digits = 1 + (unsigned)random_below(&rng, 12);
		uint64_t whole = random_below(&rng, 1000);
		uint64_t scale = 1;
		uint64_t part;
		wide product;
		char text[80];
		struct error err;
		uint64_t got;
		bool ok;

		for (unsigned i = 0; i < digits; i++)
			scale *= 10;
		part = random_below(&rng, scale);
		if (random_below(&rng, 2)) /* make a whole number likely */
			part = scale / 1000 * random_below(&rng, 8) * 125;
		product = (wide)part * bytes;
		snprintf(text, sizeof(text), "%" PRIu64 ".%0*" PRIu64 "%s",
		         whole, (int)digits, part, known_units[unit].text);
		ok = number_parse(text, &units_default, &got, &err);
		HOLDS(ok == (product % scale == 0 &&
		             whole * (wide)bytes + product / scale <=
		                     UINT64_MAX),
		      text);
		HOLDS(!ok || got == whole * bytes + product / scale, text);
	}
}
END_TEST

/* Nothing crashes, and an error has a column of the line. */
START_TEST(garbage_is_refused_with_a_column)
{
	static const char letters[] = "01289abcfhxXoKMGEBiBsc._ \t\"\\n#!,;-";
	uint64_t rng = random_seed();

	for (size_t n = cases(50000); n > 0; n--) {
		char line[24];
		size_t len = random_below(&rng, sizeof(line));
		struct words words;
		struct error err;
		struct lexer lx;
		uint64_t number;
		char *copy;

		for (size_t i = 0; i < len; i++)
			line[i] = letters[random_below(&rng,
			                               sizeof(letters) - 1)];
		copy = exact(line, len);
		lx = lexer_of(copy, len);
		if (lexer_number(&lx, &units_default, &number, &err))
			HOLDS(lx.pos > 0 && lx.pos <= len, "number");
		else
			HOLDS(lx.pos == 0 && err.code == ERR_SYNTAX &&
			              err.column >= 1 && err.column <= len + 1,
			      "number");
		if (words_split(copy, len, &words, &err))
			words_free(&words);
		else
			HOLDS(err.code == ERR_SYNTAX && err.column >= 1 &&
			              err.column <= len,
			      "words");
		free(copy);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lexer");
	TCase *words = tcase_create("words");
	TCase *num = tcase_create("numbers");

	tcase_add_loop_test(words, word_reads, 0, ARRAY_LEN(one_word));
	tcase_add_loop_test(words, word_refuses, 0, ARRAY_LEN(bad_words));
	tcase_add_test(words, no_word_is_no_error);
	tcase_add_test(words, quoted_stops_behind_its_quote);
	tcase_add_loop_test(words, lines_split, 0, ARRAY_LEN(lists));
	tcase_add_test(words, split_refuses_the_whole_line);
	tcase_add_test(words, split_without_memory);
	tcase_add_test(words, any_text_survives_quoting);
	suite_add_tcase(s, words);
	tcase_add_loop_test(num, numbers_read, 0, ARRAY_LEN(numbers));
	tcase_add_loop_test(num, numbers_refused, 0, ARRAY_LEN(bad_numbers));
	tcase_add_test(num, number_parse_takes_all);
	tcase_add_test(num, written_numbers_come_back);
	tcase_add_test(num, fractions_are_exact);
	tcase_add_test(num, garbage_is_refused_with_a_column);
	suite_add_tcase(s, num);
	return run_suite(s);
}
