/* test_error.c - tests of src/base/error.c */
#include "config.h"

#include "base/error.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tests/support.h"

/* Every test begins with a failure that has everything filled in. */
static struct error err;

static void setup(void)
{
	memset(&err, 0xa5, sizeof(err));
	error_sys(&err, ENOENT, "old");
	error_add_addr(&err, 7);
	error_add_path(&err, "/old");
	err.column = 9;
}

static void check_fresh(enum err code)
{
	ck_assert_int_eq(err.code, code);
	ck_assert(!err.has_addr);
	ck_assert_str_eq(err.path, "");
}

START_TEST(set_replaces_all)
{
	ck_assert(!error_set(&err, ERR_RANGE, "%s %d", "number", 5));
	check_fresh(ERR_RANGE);
	ck_assert_int_eq(err.sys, 0);
	ck_assert_uint_eq(err.column, 0);
	ck_assert_str_eq(err.text, "number 5");
}
END_TEST

START_TEST(sys_names_the_cause)
{
	ck_assert(!error_sys(&err, EACCES, "%s", "a.bin"));
	check_fresh(ERR_IO);
	ck_assert_int_eq(err.sys, EACCES);
	ck_assert_uint_eq(err.column, 0);
	ck_assert_str_eq(err.text, "a.bin: Permission denied");
}
END_TEST

START_TEST(at_points_at_a_column)
{
	ck_assert(!error_at(&err, 3, "no such command: %s", "x"));
	check_fresh(ERR_SYNTAX);
	ck_assert_int_eq(err.sys, 0);
	ck_assert_uint_eq(err.column, 3);
	ck_assert_str_eq(err.text, "no such command: x");
}
END_TEST

START_TEST(additions_keep_the_rest)
{
	error_at(&err, 3, "text");
	ck_assert(!error_add_addr(&err, UINT64_MAX));
	ck_assert(!error_add_path(&err, "/a\xff"));
	ck_assert(!error_prefix(&err, "line %d", 12));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_uint_eq(err.column, 3);
	ck_assert(err.has_addr);
	ck_assert_uint_eq(err.addr, UINT64_MAX);
	ck_assert_str_eq(err.path, "/a\xff");
	ck_assert_str_eq(err.text, "line 12: text");
}
END_TEST

START_TEST(a_path_is_whole_or_left_out)
{
	char path[ERROR_PATH + 1];

	memset(path, 'p', sizeof(path));
	path[ERROR_PATH - 1] = '\0';
	error_add_path(&err, path);
	ck_assert_str_eq(err.path, path);
	path[ERROR_PATH - 1] = 'p';
	path[ERROR_PATH] = '\0';
	error_add_path(&err, path);
	ck_assert_str_eq(err.path, "");
}
END_TEST

static const char *const characters[] = {
	"a",
	"\xc3\xa4",
	"\xe2\x82\xac",
	"\xf0\x9f\x90\xa2",
};

/* The longest start of `full` that fits and ends with a whole character. */
static size_t expected_len(const char *full)
{
	size_t len = 0;
	uint32_t cp;

	while (full[len] != '\0') {
		size_t n = text_decode(full + len, strlen(full + len), &cp);

		if (len + n > ERROR_TEXT - 1)
			break;
		len += n;
	}
	return len;
}

static void check_cut(const char *full)
{
	size_t len = expected_len(full);

	ck_assert_uint_eq(strlen(err.text), len);
	ck_assert_mem_eq(err.text, full, len);
}

/* Characters of 1 to 4 bytes, after so many bytes that the end of the text
   falls everywhere in and between them. */
START_TEST(a_long_text_is_cut_at_a_character)
{
	const char *character = characters[_i];
	char full[ERROR_TEXT + 64];

	for (size_t lead = ERROR_TEXT - 20; lead < ERROR_TEXT + 4; lead++) {
		for (size_t n = 0; n < 8; n++) {
			memset(full, 'x', lead);
			full[lead] = '\0';
			for (size_t i = 0; i < n; i++)
				strcat(full, character);
			error_set(&err, ERR_NO, "%s", full);
			check_cut(full);
			error_set(&err, ERR_NO, "%s", full + 10);
			error_prefix(&err, "%s", "12345678");
			memcpy(full, "12345678: ", 10);
			check_cut(full);
		}
	}
}
END_TEST

/* What the message of errno has no room for is cut; its number stays. */
START_TEST(the_cause_is_cut_at_the_end)
{
	char text[ERROR_TEXT + 1];

	memset(text, 'x', sizeof(text));
	for (size_t len = ERROR_TEXT - 30; len <= ERROR_TEXT; len++) {
		char full[ERROR_TEXT * 2];

		snprintf(full, sizeof(full), "%.*s: Permission denied",
		         (int)len, text);
		error_sys(&err, EACCES, "%.*s", (int)len, text);
		check_cut(full);
		ck_assert_int_eq(err.sys, EACCES);
	}
}
END_TEST

START_TEST(a_text_that_cannot_be_formatted_is_empty)
{
	/* No character of the C locale. */
	error_set(&err, ERR_NO, "before %ls", L"\x20ac");
	ck_assert_int_eq(err.code, ERR_NO);
	ck_assert_str_eq(err.text, "");
}
END_TEST

static const struct {
	enum err code;
	int status;
} statuses[] = {
	{ ERR_NONE, 0 },    { ERR_NO, 1 },        { ERR_SYNTAX, 2 },
	{ ERR_RANGE, 2 },   { ERR_NOMEM, 3 },     { ERR_IO, 3 },
	{ ERR_OVERLAP, 3 }, { ERR_READONLY, 3 },  { ERR_CHANGED, 3 },
	{ ERR_STATE, 3 },   { ERR_CANCELLED, 3 },
};

START_TEST(status)
{
	error_set(&err, statuses[_i].code, "text");
	ck_assert_int_eq(error_status(&err), statuses[_i].status);
}
END_TEST

START_TEST(errno_texts)
{
	(void)setlocale(LC_ALL, "");
	ck_assert_str_eq(error_errno_text(ENOENT), "No such file or directory");
	ck_assert_str_eq(error_errno_text(EIO), "Input/output error");
	ck_assert_ptr_nonnull(error_errno_text(0));
	ck_assert_str_eq(error_errno_text(-1), "unknown error");
	ck_assert_str_eq(error_errno_text(999999), "unknown error");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("error");
	TCase *tc = tcase_create("error");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, set_replaces_all);
	tcase_add_test(tc, sys_names_the_cause);
	tcase_add_test(tc, at_points_at_a_column);
	tcase_add_test(tc, additions_keep_the_rest);
	tcase_add_test(tc, a_path_is_whole_or_left_out);
	tcase_add_loop_test(tc, a_long_text_is_cut_at_a_character, 0,
	                    ARRAY_LEN(characters));
	tcase_add_test(tc, the_cause_is_cut_at_the_end);
	tcase_add_test(tc, a_text_that_cannot_be_formatted_is_empty);
	tcase_add_loop_test(tc, status, 0, ARRAY_LEN(statuses));
	tcase_add_test(tc, errno_texts);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
