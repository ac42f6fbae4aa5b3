/*
 * test_output.c - tests of src/command/output.c
 *
 * What comes out as JSON is read by a small strict reader of strings, which
 * must give back the safe form of what went in.
 */
#include "config.h"

#include "command/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/support.h"

enum { MUCH = 1 << 16 };

static struct output out, results;
static struct error err;
static size_t calls;
static long calls_left; /* until the sink fails; -1: never */

static bool collect(void *ctx, const char *bytes, size_t len, struct error *e)
{
	ck_assert_ptr_eq(ctx, &calls);
	ck_assert_uint_gt(len, 0);
	if (calls_left == 0) {
		return error_sys(e, ENOSPC, "standard output");
	}
	calls_left -= calls_left > 0;
	calls++;
	output_bytes(&results, bytes, len);
	return true;
}

static void setup(void)
{
	output_init(&out, true, collect, &calls);
	output_init(&results, false, NULL, NULL);
	calls = 0;
	calls_left = -1;
}

static void teardown(void)
{
	mem_fail_after(-1);
	output_free(&out);
	output_free(&results);
}

static const char *text(void)
{
	must(output_flush(&out, &err), &err);
	output_bytes(&results, "", 1);
	results.len--;
	return results.v;
}

static void gives(const char *want)
{
	ck_assert_str_eq(text(), want);
	results.len = 0;
}

/* --- a reader of JSON strings -------------------------------------------- */

/* The value of a string whose opening quote is at *at; *at goes behind the
   closing one. Anything that RFC 8259 does not allow fails. */
static size_t read_string(const char **at, char *dst)
{
	const char *p = *at;
	size_t n = 0;
	uint32_t cp;

	ck_assert_int_eq(*p++, '"');
	while (*p != '"') {
		size_t len = text_decode(p, strlen(p), &cp);

		ck_assert_uint_gt(len, 0);
		ck_assert_uint_ge(cp, 0x20);
		if (*p == '\\') {
			static const char from[] = "\"\\/bfnrt";
			static const char to[] = "\"\\/\b\f\n\r\t";
			const char *which = strchr(from, p[1]);

			ck_assert(which && *which);
			dst[n++] = to[which - from];
			p += 2;
			continue;
		}
		memcpy(dst + n, p, len);
		n += len;
		p += len;
	}
	*at = p + 1;
	dst[n] = '\0';
	return n;
}

static void expect(const char **at, const char *what)
{
	ck_assert_int_eq(strncmp(*at, what, strlen(what)), 0);
	*at += strlen(what);
}

static bool is_utf8(const unsigned char *bytes, size_t len)
{
	uint32_t cp;

	for (size_t i = 0, n; i < len; i += n) {
		n = text_decode(bytes + i, len - i, &cp);
		if (n == 0)
			return false;
	}
	return true;
}

/* {"k":"..","k_hex":".."} of these bytes, read back. */
static void check_text(const unsigned char *bytes, size_t len)
{
	char value[1024], safe[1024], hex[1024];
	const char *at;

	json_begin(&out);
	json_text(&out, "k", (const char *)bytes, len);
	json_end(&out);
	at = text();
	results.len = 0;
	expect(&at, "{\"k\":");
	read_string(&at, value);
	text_safe(safe, sizeof(safe), bytes, len);
	ck_assert_str_eq(value, safe);
	if (!is_utf8(bytes, len)) {
		expect(&at, ",\"k_hex\":");
		ck_assert_uint_eq(read_string(&at, value), 2 * len);
		for (size_t i = 0; i < len; i++)
			snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
		ck_assert_str_eq(value, hex);
	}
	ck_assert_str_eq(at, "}\n");
}

START_TEST(every_byte)
{
	for (unsigned i = 0; i < 256; i++) {
		unsigned char bytes[] = { 'a', (unsigned char)i, 'b' };

		check_text(bytes, 3);
		check_text(bytes + 1, 1);
	}
	check_text((const unsigned char *)"", 0);
}
END_TEST

/* Every character up to the last one, a few of the large ones. */
START_TEST(every_character)
{
	for (uint32_t cp = 0; cp < 0x110000; cp += cp < 0x3000 ? 1 : 97) {
		char bytes[4];
		size_t len = text_encode(bytes, cp);

		if (len > 0)
			check_text((const unsigned char *)bytes, len);
	}
}
END_TEST

START_TEST(random_texts)
{
	static const char alphabet[] =
		"a\"\\x4\n\t\033\177\303\251\360\237\200";
	uint64_t random = random_seed();

	for (size_t n = cases(20000); n > 0; n--) {
		unsigned char bytes[40];
		size_t len = (size_t)random_below(&random, sizeof(bytes) + 1);

		for (size_t i = 0; i < len; i++)
			bytes[i] = (unsigned char)
				alphabet[random_below(&random,
			                              sizeof(alphabet))];
		check_text(bytes, len);
	}
}
END_TEST

/* --- values -------------------------------------------------------------- */

START_TEST(numbers_are_exact)
{
	json_begin(&out);
	json_number(&out, "zero", 0);
	json_number(&out, "most", UINT64_MAX);
	json_signed(&out, "least", INT64_MIN);
	json_signed(&out, "top", INT64_MAX);
	json_end(&out);
	gives("{\"zero\":0,\"most\":18446744073709551615,"
	      "\"least\":-9223372036854775808,\"top\":9223372036854775807}\n");
}
END_TEST

START_TEST(other_values)
{
	json_begin(&out);
	json_end(&out);
	json_begin(&out);
	json_bool(&out, "t", true);
	json_bool(&out, "f", false);
	json_null(&out, "n");
	json_string(&out, "s", "x");
	json_lines(&out, "l", "a\n\t\"\\b", 6);
	json_open_string(&out, "h");
	output_bytes(&out, "00ff", 4);
	json_close_string(&out);
	json_end(&out);
	gives("{}\n{\"t\":true,\"f\":false,\"n\":null,\"s\":\"x\","
	      "\"l\":\"a\\n\\t\\\"\\\\b\",\"h\":\"00ff\"}\n");
}
END_TEST

static const struct {
	enum err code;
	size_t column;
	bool has_addr;
	int sys;
	const char *path;
	const char *want;
} errors[] = {
	{ ERR_NO, 0, false, 0, "",
	  "{\"error\":\"text\",\"code\":1,\"command\":\"find\"}\n" },
	{ ERR_SYNTAX, 7, false, 0, "",
	  "{\"error\":\"text\",\"code\":2,\"command\":\"find\",\"column\":7}"
	  "\n" },
	{ ERR_RANGE, 0, true, 0, "",
	  "{\"error\":\"text\",\"code\":2,\"command\":\"find\","
	  "\"addr\":18446744073709551614,"
	  "\"at\":\"0xfffffffffffffffe\"}\n" },
	{ ERR_STATE, 0, false, 0, "a\xff",
	  "{\"error\":\"text\",\"code\":3,\"command\":\"find\","
	  "\"path\":\"a\\\\xff\",\"path_hex\":\"61ff\"}\n" },
	{ ERR_IO, 0, false, EIO, "",
	  "{\"error\":\"text: Input/output error\",\"code\":3,"
	  "\"command\":\"find\",\"errno\":5}\n" },
};

START_TEST(errors_as_objects)
{
	struct error e;

	if (errors[_i].sys)
		error_sys(&e, errors[_i].sys, "text");
	else
		error_set(&e, errors[_i].code, "text");
	e.column = errors[_i].column;
	if (errors[_i].has_addr)
		error_add_addr(&e, UINT64_MAX - 1);
	if (errors[_i].path[0])
		error_add_path(&e, errors[_i].path);
	json_error(&out, "find", "", &e);
	gives(errors[_i].want);
}
END_TEST

/* The text of an error is safe: its escapes are not escaped again. */
START_TEST(errors_with_names)
{
	struct error e;

	error_set(&e, ERR_NO, "%s: \"quoted\"", text_shown("a\033").s);
	json_error(&out, "", "", &e);
	gives("{\"error\":\"a\\\\x1b: \\\"quoted\\\"\",\"code\":1,"
	      "\"command\":\"\"}\n");
}
END_TEST

START_TEST(an_error_of_a_script)
{
	struct error e;

	error_at(&e, 3, "text");
	json_error(&out, "find", "a.hxs:7", &e);
	gives("{\"error\":\"text\",\"code\":2,\"command\":\"find\","
	      "\"where\":\"a.hxs:7\",\"column\":3}\n");
}
END_TEST

START_TEST(text_for_people)
{
	char long_text[600];

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	output_text(&out, "%s=%d\n", "a", 5);
	output_safe(&out, "b\033\n\303\251\xff");
	output_safe_bytes(&out, "\0c", 2);
	output_bytes(&out, "\0", 0);
	gives("a=5\nb\\x1b\\x0a\303\251\\xff\\x00c");
	/* Long foreign texts are whole. */
	output_safe(&out, long_text);
	gives(long_text);
}
END_TEST

/* --- the sink ------------------------------------------------------------ */

START_TEST(much_goes_out_early)
{
	char line[101];

	memset(line, 'x', sizeof(line));
	line[100] = '\n';
	for (size_t n = 0; n <= MUCH / sizeof(line); n++) {
		ck_assert_uint_eq(calls, 0);
		ck_assert(!output_failed(&out));
		output_bytes(&out, line, sizeof(line));
	}
	ck_assert(!output_failed(&out));
	ck_assert_uint_eq(calls, 1);
	/* Whole lines. */
	ck_assert_int_eq(results.v[results.len - 1], '\n');
	ck_assert_uint_eq(out.len, 0);
	must(output_flush(&out, &err), &err);
	ck_assert_uint_eq(calls, 1);
}
END_TEST

START_TEST(a_failing_sink_is_remembered)
{
	calls_left = 1;
	output_text(&out, "first\n");
	must(output_flush(&out, &err), &err);
	output_text(&out, "second\n");
	ck_assert(!output_flush(&out, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_int_eq(err.sys, ENOSPC);
	calls_left = -1;
	/* It never speaks again, even where it could. */
	output_text(&out, "third\n");
	output_safe(&out, "third\n");
	json_begin(&out);
	json_string(&out, "k", "v");
	json_end(&out);
	ck_assert(output_failed(&out));
	memset(&err, 0, sizeof(err));
	ck_assert(!output_flush(&out, &err));
	ck_assert_int_eq(err.sys, ENOSPC);
	ck_assert_uint_eq(calls, 1);
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

static void write_all_kinds(void)
{
	output_text(&out, "%060d", 1);
	output_safe(&out, "a name");
	json_begin(&out);
	json_text(&out, "k", "\xff", 1);
	json_end(&out);
	output_bytes(&out, "and more than fits in the least room there is", 45);
}

START_TEST(without_memory_it_has_failed)
{
	bool done = false;

	for (long n = 0; !done; n++) {
		output_free(&out);
		output_init(&out, true, collect, &calls);
		mem_fail_after(n);
		write_all_kinds();
		mem_fail_after(-1);
		/* The collecting sink needs memory as well. */
		done = output_flush(&out, &err);
		if (!done)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		else
			ck_assert_int_gt(n, 1);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("output");
	TCase *tc = tcase_create("output");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, every_byte);
	tcase_add_test(tc, every_character);
	tcase_add_test(tc, random_texts);
	tcase_add_test(tc, numbers_are_exact);
	tcase_add_test(tc, other_values);
	tcase_add_loop_test(tc, errors_as_objects, 0, ARRAY_LEN(errors));
	tcase_add_test(tc, an_error_of_a_script);
	tcase_add_test(tc, errors_with_names);
	tcase_add_test(tc, text_for_people);
	tcase_add_test(tc, much_goes_out_early);
	tcase_add_test(tc, a_failing_sink_is_remembered);
	tcase_add_test(tc, without_memory_it_has_failed);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
