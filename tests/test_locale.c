/* test_locale.c - tests of ui/locale.c */
#include "config.h"

#include "ui/locale.h"

#include <locale.h>
#include <stdlib.h>
#include <wchar.h>

#include "tests/support.h"

static const struct {
	const char *all, *ctype, *lang;
	bool utf8, cjk;
} rows[] = {
	{ NULL, NULL, NULL, false, false },
	{ "", "", "", false, false },
	{ "C.UTF-8", NULL, NULL, true, false },
	{ "C.utf8", NULL, NULL, true, false },
	/* The first that is not empty counts. */
	{ NULL, "C.UTF-8", "C", true, false },
	{ "", "", "C.UTF-8", true, false },
	{ "C", "C.UTF-8", "C.UTF-8", false, false },
	{ "POSIX", NULL, "C.UTF-8", false, false },
	/* Locales that this system need not have. */
	{ NULL, NULL, "xx_XX.UTF-8", true, false },
	{ NULL, NULL, "xx_XX.Utf8@euro", true, false },
	{ NULL, NULL, "ja_JP.UTF-8", true, true },
	{ NULL, NULL, "zh_TW.utf8", true, true },
	{ NULL, NULL, "ko", false, true },
	/* No codeset, or another one. */
	{ NULL, NULL, "xx_XX", false, false },
	{ NULL, NULL, "de_DE.ISO-8859-1", false, false },
	{ NULL, NULL, "xx_XX.UTF-80", false, false },
	{ NULL, NULL, "xx_XX.UTF", false, false },
	{ NULL, NULL, "xx_XX@UTF-8", false, false },
};

static void set(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

START_TEST(names)
{
	set("LC_ALL", rows[_i].all);
	set("LC_CTYPE", rows[_i].ctype);
	set("LANG", rows[_i].lang);
	locale_init();
	ck_assert_int_eq(locale_is_utf8(), rows[_i].utf8);
	ck_assert_int_eq(locale_is_cjk(), rows[_i].cjk);
	ck_assert_int_eq(locale_width('x'), 1);
	ck_assert_int_eq(locale_width(0x7f), 0);
	/* One that needs the locale, and one that does not. */
	ck_assert_int_eq(locale_width(0x4e00), rows[_i].utf8 ? 2 : 0);
	ck_assert_int_eq(locale_width(0x2502), rows[_i].utf8 ? 1 : 0);
}
END_TEST

/* What is known without asking is what the C library says. */
START_TEST(widths)
{
	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
	set("LC_ALL", "xx_XX.UTF-8");
	locale_init();
	for (uint32_t ch = 0x20; ch < 0x30000; ch++) {
		int width = locale_width(ch);
		int real = wcwidth((wchar_t)ch);

		if (width != (real > 0 && real < 3 ? real : 0))
			ck_abort_msg("U+%04X: %d, not %d", ch, width, real);
	}
}
END_TEST

/* Other threads, and what was set before, are as they were. */
START_TEST(global_locale)
{
	ck_assert_ptr_nonnull(setlocale(LC_ALL, "C"));
	set("LC_ALL", "C.UTF-8");
	locale_init();
	ck_assert_int_eq(locale_width(0x4e00), 2);
	ck_assert_str_eq(setlocale(LC_ALL, NULL), "C");
	set("LC_ALL", "C");
	locale_init();
	ck_assert_int_eq(locale_width(0x4e00), 0);
	ck_assert_int_eq(wcwidth(0x4e00), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("locale");
	TCase *tc = tcase_create("locale");

	tcase_add_loop_test(tc, names, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, widths);
	tcase_add_test(tc, global_locale);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
