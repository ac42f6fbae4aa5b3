/* test_progress.c - tests of ui/progress.c */
#include "config.h"

#include "ui/progress.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "tests/support.h"
#include "ui/cells.h"
#include "ui/locale.h"

#define S UINT64_C(1000000000)

static struct canvas canvas;

static const char *painted(const struct progress *p, int cols, bool ascii)
{
	static char text[1000];
	struct error err;
	size_t n = 0;

	must(canvas_resize(&canvas, 1, cols, &err), &err);
	progress_paint(&canvas, 0, cols, p, ascii);
	for (int i = 0; i < cols; i++)
		n += text_encode(text + n, canvas.v[i].ch);
	while (n > 0 && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
	return text;
}

static const struct {
	struct progress p;
	int cols;
	bool ascii;
	const char *want;
} table[] = {
	/* As drawn in the design. */
	{ { "find-all", "/FAT(12|16|32)/", 34, 100, true, true, 3, S / 10,
	    false },
	  80,
	  true,
	  " find-all /FAT(12|16|32)/ [#########                  ] 34%  3 found"
	  "  Esc stops" },
	/* Speed, and what is left. */
	{ { "count", "/a/", 812000000, 1624000000, true, true, 12345, S,
	    false },
	  80,
	  true,
	  " count /a/ [########         ] 50%  12 345 found  812 MB/s  1 s "
	  "left  Esc stops" },
	/* Nothing is known yet. */
	{ { "find", "{00}", 0, 0, true, false, 0, S, false },
	  60,
	  true,
	  " find {00} [                                ] 0%  Esc stops" },
	/* A command that looks for nothing. */
	{ { "next run", NULL, 1, 2, false, false, 0, S, false },
	  60,
	  true,
	  " next run [################                ] 50%  Esc stops" },
	/* Eighths of a cell: 17 of 64. */
	{ { "find", "\"abcdefghijklmnopqrstuvwxyz\"", 17, 64, true, false, 0, 0,
	    false },
	  60,
	  false,
	  " find \"abcdefghijklmnopqrstuvwxy… ▕██▏     ▏ 26%  Esc stops" },
	/* No room for a bar: what matters is the end. */
	{ { "find-all", "/a very long pattern/", 1, 2, true, true, 10000000, 0,
	    false },
	  47,
	  false,
	  " find-all /a… 50%  10 000 000 found  Esc stops" },
	/* It has gone too far. */
	{ { "flush", NULL, 3, 4, false, false, 0, S, true },
	  60,
	  true,
	  " flush [####################       ] 75%  cannot be stopped" },
	/* More than all, of a file that grows. */
	{ { "find", "/a/", 9, 8, true, false, 0, 0, false },
	  47,
	  true,
	  " find /a/ [##################] 100%  Esc stops" },
};

START_TEST(lines)
{
	const char *got =
		painted(&table[_i].p, table[_i].cols, table[_i].ascii);

	ck_assert_str_eq(got, table[_i].want);
}
END_TEST

/* Whatever the numbers and the width, nothing is written outside, and the way
   to stop it is there as long as there is room. */
START_TEST(any_numbers)
{
	uint64_t seed = random_seed();

	for (int i = 0; i < 2000; i++) {
		struct progress p = {
			.name = "find-all",
			.about = i % 3 ? "/a\x1b[2J pattern/" : NULL,
			.done = random_u64(&seed) >> random_below(&seed, 64),
			.total = random_u64(&seed) >> random_below(&seed, 64),
			.is_search = i % 2,
			.counts = i % 5,
			.found = random_u64(&seed) >> random_below(&seed, 64),
			.elapsed = random_u64(&seed) >> random_below(&seed, 64),
		};
		int cols = (int)random_below(&seed, 200);
		const char *text = painted(&p, cols, i % 7);

		if (cols > 140)
			ck_assert_ptr_nonnull(strstr(text, "Esc stops"));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("progress");
	TCase *tc = tcase_create("progress");

	setenv("LC_ALL", "C.UTF-8", 1);
	locale_init();
	tcase_add_loop_test(tc, lines, 0, ARRAY_LEN(table));
	tcase_add_test(tc, any_numbers);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
