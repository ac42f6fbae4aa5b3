/* test_csi.c - tests of ui/csi.c; what comes of it is in test_input.c */
#include "config.h"

#include "ui/csi.h"

#include <string.h>

#include "tests/support.h"
#include "ui/keys.h"

START_TEST(parts)
{
	static const struct {
		const char *bytes;
		bool ok;
		int mark, final;
		size_t count;
		uint64_t first, second, part;
	} rows[] = {
		{ "\033[A", true, 0, 'A', 0, 0, 0, 0 },
		{ "\033[5~", true, 0, '~', 1, 5, 0, 0 },
		{ "\033[;5A", true, 0, 'A', 2, 0, 5, 0 },
		{ "\033[1;A", true, 0, 'A', 2, 1, 0, 0 },
		{ "\033O5P", true, 0, 'P', 1, 5, 0, 0 },
		{ "\033[?1;2c", true, '?', 'c', 2, 1, 2, 0 },
		{ "\033[<1;2M", true, '<', 'M', 2, 1, 2, 0 },
		/* Parts: the second counts, a third does not. */
		{ "\033[97:65:9;2u", true, 0, 'u', 2, 97, 2, 65 },
		{ "\033[97::9u", true, 0, 'u', 1, 97, 0, 0 },
		/* A mark in the middle, intermediate bytes. */
		{ "\033[1?A", false, 0, 0, 0, 0, 0, 0 },
		{ "\033[1$y", false, 0, 0, 0, 0, 0, 0 },
		/* 12 parameters and 13; the largest number and one more. */
		{ "\033[1;2;;;;;;;;;;A", true, 0, 'A', 12, 1, 2, 0 },
		{ "\033[1;2;;;;;;;;;;;A", false, 0, 0, 0, 0, 0, 0 },
		{ "\033[18446744073709551609A", true, 0, 'A', 1, UINT64_MAX - 6,
		  0, 0 },
		{ "\033[18446744073709551616A", true, 0, 'A', 1, UINT64_MAX, 0,
		  0 },
		{ "\033[99999999999999999999999A", true, 0, 'A', 1, UINT64_MAX,
		  0, 0 },
	};
	struct csi csi;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		bool ok = csi_parse(&csi, rows[i].bytes, strlen(rows[i].bytes));

		ck_assert_msg(ok == rows[i].ok, "row %zu", i);
		if (!ok)
			continue;
		ck_assert_int_eq(csi.mark, rows[i].mark);
		ck_assert_int_eq(csi.final, rows[i].final);
		ck_assert_uint_eq(csi.count, rows[i].count);
		ck_assert_msg(csi.param[0] == rows[i].first, "row %zu", i);
		ck_assert_msg(csi.param[1] == rows[i].second, "row %zu", i);
		ck_assert_msg(csi.part[0] == rows[i].part, "row %zu", i);
	}
}
END_TEST

START_TEST(modifiers)
{
	static const struct {
		const char *bytes;
		bool ok;
		int mods;
	} rows[] = {
		{ "\033[A", true, 0 },
		{ "\033[1;A", true, 0 },
		{ "\033[1;1A", true, 0 },
		{ "\033[1;2A", true, KEYS_SHIFT },
		{ "\033[1;8A", true, KEYS_SHIFT | KEYS_ALT | KEYS_CTRL },
		{ "\033[1;9A", false, 0 },          /* Super */
		{ "\033[1;64A", false, 0 },         /* all below Caps Lock */
		{ "\033[1;65A", true, 0 },          /* Caps Lock */
		{ "\033[1;133A", true, KEYS_CTRL }, /* Num Lock and Control */
		{ "\033[1;257A", false, 0 },
		{ "\033[1;18446744073709551615A", false, 0 },
		{ "\033[1;5:1A", true, KEYS_CTRL }, /* pressed, again, let go */
		{ "\033[1;5:2A", true, KEYS_CTRL },
		{ "\033[1;5:3A", false, 0 },
	};
	struct csi csi;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++) {
		int mods = -1;

		ck_assert(
			csi_parse(&csi, rows[i].bytes, strlen(rows[i].bytes)));
		ck_assert_msg(csi_modifiers(&csi, 1, &mods) == rows[i].ok,
		              "row %zu", i);
		ck_assert_int_eq(mods, rows[i].ok ? rows[i].mods : -1);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("csi");
	TCase *tcase = tcase_create("csi");

	tcase_add_test(tcase, parts);
	tcase_add_test(tcase, modifiers);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
