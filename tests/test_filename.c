/* test_filename.c - tests of ui/filename.c */
#include "config.h"

#include "ui/filename.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support.h"
#include "ui/cells.h"
#include "ui/locale.h"

#define LONG "2026-11-21-workstation-image.E01.001"

static const struct {
	const char *path, *want;
} rows[] = {
	{ "disk.001", "disk.001" },
	{ "a/b/disk.001", "a/b/disk.001" },
	{ "", "" },
	/* 24 columns, and one more. */
	{ "0123456789012345678/disk", "0123456789012345678/disk" },
	{ "01234567890123456789/disk", "disk" },
	{ "0123456789012345678901234", "..3456789012345678901234" },
	/* The end, which tells one member from the next. */
	{ "/x/" LONG, "..kstation-image.E01.001" },
	/* Columns, not bytes; and no half of a character. */
	{ "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
	  "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4.001",
	  "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4"
	  "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4.001" },
	{ "\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22"
	  "\u6f22\u6f22.001",
	  "..\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22\u6f22.001" },
	/* What is not safe to show. */
	{ "a\x1b[31m", "a\\x1b[31m" },
};

static void set_up(void)
{
	setenv("LC_ALL", "C.UTF-8", 1);
	locale_init();
}

START_TEST(short_names)
{
	struct filename name = filename_of(rows[_i].path);

	ck_assert_str_eq(name.s, rows[_i].want);
	ck_assert_int_le(canvas_width(name.s), FILENAME_COLS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("filename");
	TCase *tc = tcase_create("filename");

	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_loop_test(tc, short_names, 0, ARRAY_LEN(rows));
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
