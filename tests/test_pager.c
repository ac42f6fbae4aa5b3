/* test_pager.c - tests of ui/pager.c */
#include "config.h"

#include "ui/pager.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "tests/stage.h"
#include "tests/support.h"
#include "ui/locale.h"

enum {
	ROWS = 12,
	COLS = 40,
};

static struct pager pager;
static struct canvas canvas;

static void set_up(void)
{
	struct error err;

	setenv("LC_ALL", "C.UTF-8", 1);
	locale_init();
	pager = (struct pager){ 0 };
	canvas = (struct canvas){ 0 };
	must(canvas_resize(&canvas, ROWS, COLS, &err), &err);
}

static void tear_down(void)
{
	pager_free(&pager);
	canvas_free(&canvas);
}

static void open_text(const char *text)
{
	struct error err;

	must(pager_open(&pager, "title", "footer", text, strlen(text), &err),
	     &err);
	ck_assert(pager.open);
}

/* "line 0" .. "line n-1" */
static void open_lines(size_t count)
{
	char text[4096] = "";
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "line %zu\n",
		                      i);
	open_text(text);
	ck_assert_uint_eq(pager.count, count);
}

static const char *line(size_t i)
{
	return pager.text + pager.rows[i].at;
}

static const char *text_of(int row)
{
	return stage_row(&canvas, row);
}

static void paint(int rows)
{
	canvas_clear(&canvas);
	pager_paint(&pager, &canvas, 1, rows, false);
}

/* --- text ---------------------------------------------------------------- */

START_TEST(lines_of_a_text)
{
	static const struct {
		const char *text;
		size_t count;
		const char *last;
	} table[] = {
		{ "", 0, NULL },    { "a", 1, "a" }, /* no newline at its end */
		{ "a\n", 1, "a" },  { "\n", 1, "" },
		{ "a\n\n", 2, "" }, { "a\n\nb", 3, "b" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		open_text(table[i].text);
		ck_assert_uint_eq(pager.count, table[i].count);
		if (table[i].last)
			ck_assert_str_eq(line(pager.count - 1), table[i].last);
	}
}
END_TEST

START_TEST(tabs_become_blanks)
{
	static const struct {
		const char *text, *want;
	} table[] = {
		{ "\tx", "        x" },
		{ "a\tx", "a       x" },
		{ "1234567\tx", "1234567 x" },
		{ "12345678\tx", "12345678        x" },
		{ "a\t\tx", "a               x" },
		/* By cells, not bytes. */
		{ "\xc3\xa9\tx", "\xc3\xa9       x" },
		{ "\xe4\xb8\x80\tx", "\xe4\xb8\x80      x" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		open_text(table[i].text);
		ck_assert_str_eq(line(0), table[i].want);
	}
	open_text("abc\n\tx"); /* each line from its own start */
	ck_assert_str_eq(line(1), "        x");
}
END_TEST

/* --- scrolling ----------------------------------------------------------- */

START_TEST(scroll_stays_in_the_text)
{
	uint64_t seed = random_seed();

	for (size_t i = cases(300); i > 0; i--) {
		size_t count = random_below(&seed, 40);
		int rows = 3 + (int)random_below(&seed, 9);
		long last, top = 0;

		open_lines(count);
		paint(rows);
		EXPECT(pager.shown == (int)size_min(count, (size_t)rows - 2));
		last = (long)count - pager.shown;
		for (int k = 0; k < 30; k++) {
			long by = (long)random_below(&seed, 60) - 30;

			pager_scroll(&pager, by);
			top = top + by < 0 ? 0 : top + by;
			top = top > last ? last : top;
			EXPECT(pager.top == (size_t)top);
		}
	}
}
END_TEST

/* A bigger window shows more lines, not blanks. */
START_TEST(resized)
{
	open_lines(20);
	paint(6);
	pager_scroll(&pager, 100);
	ck_assert_uint_eq(pager.top, 16);
	paint(10);
	ck_assert_uint_eq(pager.top, 12);
	ck_assert_ptr_nonnull(strstr(text_of(9), "line 19"));
}
END_TEST

/* --- search -------------------------------------------------------------- */

START_TEST(search_goes_on)
{
	open_lines(30); /* line 2 and line 20..29 hold a 2, and 12 */
	paint(7);
	ck_assert(pager_search(&pager, "2"));
	paint(7);
	ck_assert_uint_eq(pager.top, 2);
	ck_assert(pager_search(&pager, "2"));
	paint(7);
	ck_assert_uint_eq(pager.top, 12);
	/* Each once, also on the last page, where the top cannot follow. */
	for (size_t i = 20; i < 30; i++) {
		ck_assert(pager_search(&pager, "2"));
		paint(7);
		ck_assert_uint_eq(pager.found, i + 1);
		ck_assert_uint_eq(pager.top, size_min(i, 25));
	}
	ck_assert(!pager_search(&pager, "2"));
	ck_assert_uint_eq(pager.top, 25);
	/* From what is in sight, when that is elsewhere. */
	pager_scroll(&pager, -100);
	ck_assert(pager_search(&pager, "1"));
	ck_assert_uint_eq(pager.found, 2);
	ck_assert(!pager_search(&pager, "none"));
}
END_TEST

START_TEST(found_line_stands_out)
{
	open_lines(4);
	paint(10);
	ck_assert(pager_search(&pager, "line 2"));
	paint(10);
	for (int row = 0; row < ROWS; row++) {
		const struct cell *c = canvas.v + row * COLS;
		bool found = strstr(text_of(row), "line 2");
		int col = 0;

		while (col < COLS && c[col].ch != 'l')
			col++;
		if (col < COLS && strstr(text_of(row), "line "))
			ck_assert_int_eq(c[col].style == STYLE_STRONG, found);
	}
	open_lines(4); /* forgotten with the text */
	ck_assert_uint_eq(pager.found, 0);
}
END_TEST

/* --- drawing ------------------------------------------------------------- */

START_TEST(box)
{
	open_text("one\nanother line");
	paint(8);
	ck_assert_str_eq(text_of(0), "");
	ck_assert_str_eq(text_of(3), "            ┌─ title ──────┐");
	ck_assert_str_eq(text_of(4), "            │ one          │");
	ck_assert_str_eq(text_of(5), "            │ another line │");
	ck_assert_str_eq(text_of(6), "            └─ footer ─────┘");
	ck_assert_str_eq(text_of(7), "");
	canvas_clear(&canvas);
	canvas.ascii = true;
	pager_paint(&pager, &canvas, 1, 8, true);
	ck_assert_str_eq(text_of(3), "            +- title ------+");
	ck_assert_str_eq(text_of(4), "            | one          |");
}
END_TEST

/* The lower edge has room for what it tells, however short the lines are. */
START_TEST(box_tells_what_it_shows)
{
	open_lines(12);
	paint(8);
	ck_assert_ptr_nonnull(strstr(text_of(8), "─ footer ─"));
	ck_assert_ptr_nonnull(strstr(text_of(8), " 1-6 of 12 ─┘"));
	pager_scroll(&pager, 4);
	paint(8);
	ck_assert_ptr_nonnull(strstr(text_of(8), " 5-10 of 12 ─┘"));
	open_lines(6);
	paint(8);
	ck_assert_ptr_null(strstr(text_of(8), " of "));
}
END_TEST

/* Sides give way before a line is wrapped. */
START_TEST(sides_give_way)
{
	char text[COLS + 1];

	memset(text, 'x', COLS);
	text[COLS] = '\0';
	open_text(text);
	paint(8);
	ck_assert_str_eq(text_of(4), text);
	open_text(text + 4);
	paint(8);
	ck_assert_str_eq(text_of(4),
	                 "│ xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx │");
}
END_TEST

/* --- wrapping ------------------------------------------------------------ */

/* Paint a text in a canvas this wide, and compare the rows in the box, without
   its sides and the blanks there. */
static void wraps_to(int cols, const char *text, const char *want)
{
	char got[4096] = "";
	size_t n = 0;
	struct error err;

	must(canvas_resize(&canvas, 40, cols, &err), &err);
	open_text(text);
	pager_paint(&pager, &canvas, 0, 40, false);
	for (int row = 0; row < 40; row++) {
		char *line = strstr(text_of(row), "│ ");
		char *end;

		if (!line)
			continue;
		line += strlen("│ ");
		end = strstr(line, "│");
		while (end > line && end[-1] == ' ')
			end--;
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%.*s\n",
		                      (int)(end - line), line);
	}
	ck_assert_str_eq(got, want);
}

START_TEST(long_lines_are_wrapped)
{
	static const struct {
		int cols; /* of which four are sides */
		const char *text, *want;
	} table[] = {
		/* It fits, and it does not. */
		{ 22, "one two three four", "one two three four\n" },
		{ 17, "one two three four", "one two three\n  four\n" },
		{ 16, "one two three four", "one two\n  three four\n" },
		/* At blanks, of which none is shown at either end. */
		{ 16, "one two     three four", "one two\n  three four\n" },
		{ 16, "one two three    ", "one two\n  three\n" },
		/* A word that is wider than the box. */
		{ 14, "abcdefghijklmnopq", "abcdefghij\n  klmnopq\n" },
		{ 14, "a bcdefghijklmnop", "a\n  bcdefghi\n  jklmnop\n" },
		/* Wide characters are not cut. */
		{ 14, "一二三四五六七八", "一二三四五\n  六七八\n" },
		{ 13, "一二三四五六七", "一二三四\n  五六七\n" },
		/* Under a line's own indentation. */
		{ 19, "  help that is longer", "  help that is\n  longer\n" },
		/* Under its last column that leaves room. */
		{ 34, "name    a long explanation of things",
		  "name    a long explanation of\n        things\n" },
		{ 34, "a  b  a long explanation of that one",
		  "a  b  a long explanation of\n      that one\n" },
		{ 34, "name   a long explanation of  xyza b",
		  "name   a long explanation of\n       xyza b\n" },
		/* As the line before, where a name fills its column. */
		{ 34, "ab        one\nabcdefghi two three four five",
		  "ab        one\nabcdefghi two three four five\n" },
		{ 34, "ab        one\nabcdefghi two three four five six seven",
		  "ab        one\nabcdefghi two three four five\n"
		  "          six seven\n" },
		/* Empty lines stay, and lines of blanks. */
		{ 16, "a\n\n   \none two three four",
		  "a\n\n\none two\n  three four\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		wraps_to(table[i].cols, table[i].text, table[i].want);
}
END_TEST

/* What is at the top stays there, in whatever width. */
START_TEST(resized_across)
{
	char text[2000] = "";
	struct error err;

	for (int i = 0; i < 20; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		         "%02d one two three four five six seven eight\n", i);
	must(canvas_resize(&canvas, ROWS, 60, &err), &err);
	open_text(text);
	paint(8);
	pager_scroll(&pager, 7);
	ck_assert(pager_search(&pager, "12 one"));
	for (int cols = 60; cols > 8; cols -= 7) {
		must(canvas_resize(&canvas, ROWS, cols, &err), &err);
		paint(8);
		ck_assert(strncmp(line(pager.top), "12 one", 6) == 0);
		ck_assert_uint_eq(pager.found, pager.top + 1);
		ck_assert_int_eq(pager.shown, 6);
	}
	/* Found in the second row of a line. */
	must(canvas_resize(&canvas, ROWS, 36, &err), &err);
	paint(8);
	ck_assert(pager_search(&pager, "seven"));
	ck_assert(strncmp(line(pager.top), "seven eight", 11) == 0 ||
	          strncmp(line(pager.top), "six seven", 9) == 0);
	ck_assert_int_gt(pager.rows[pager.top].indent, 0);
}
END_TEST

/* Without memory for the rows, lines are cut. */
START_TEST(no_memory_to_wrap)
{
	char text[COLS * 3];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	open_text(text);
	mem_fail_after(0);
	paint(8);
	mem_fail_after(-1);
	ck_assert_str_eq(text_of(4),
	                 "│ xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… │");
	paint(8);
	ck_assert_uint_gt(pager.count, 3);
}
END_TEST

/* All words come, in order, in any width. */
START_TEST(nothing_is_lost)
{
	uint64_t seed = random_seed();

	for (size_t i = cases(300); i > 0; i--) {
		int cols = 1 + (int)random_below(&seed, 60);
		char text[600] = "";
		size_t n = 0, at = 0;
		struct error err;

		for (size_t k = random_below(&seed, 300); k > 0; k--)
			text[n++] = "ab  \n"[random_below(&seed, 5)];
		text[n] = '\0';
		must(canvas_resize(&canvas, 4, cols, &err), &err);
		open_text(text);
		pager_paint(&pager, &canvas, 0, 4, false);
		for (size_t k = 0; k < pager.count; k++) {
			struct pager_row r = pager.rows[k];

			for (; at < r.at; at++)
				EXPECT(strchr(" \n", text[at]));
			EXPECT(!memchr(text + r.at, '\n', r.len));
			EXPECT(!pager.cols ||
			       (int)r.len + r.indent <= pager.cols);
			at = r.at + r.len;
		}
		for (; at < n; at++)
			EXPECT(strchr(" \n", text[at]));
	}
}
END_TEST

/* Any text in any canvas: nothing outside, and every line can be seen. */
START_TEST(any_size)
{
	uint64_t seed = random_seed();

	for (size_t i = cases(300); i > 0; i--) {
		int rows = 3 + (int)random_below(&seed, 20);
		int cols = 1 + (int)random_below(&seed, 60);
		size_t count = random_below(&seed, 30);
		struct error err;

		must(canvas_resize(&canvas, rows, cols, &err), &err);
		open_lines(count);
		pager_scroll(&pager, (long)random_below(&seed, 40));
		pager_paint(&pager, &canvas, 0, rows, false);
		EXPECT(pager.count >= count);
		EXPECT(pager.top + (size_t)pager.shown <= pager.count);
		EXPECT(pager.shown ==
		       (int)size_min(pager.count, (size_t)rows - 2));
	}
}
END_TEST

START_TEST(closing)
{
	open_lines(3);
	pager_close(&pager);
	ck_assert(!pager.open);
	open_lines(2);
	ck_assert(pager.open);
	ck_assert_uint_eq(pager.count, 2);
	ck_assert_uint_eq(pager.top, 0);
}
END_TEST

START_TEST(no_memory)
{
	struct error err;

	for (long n = 0; n < 2; n++) {
		tear_down();
		set_up();
		mem_fail_after(n);
		ck_assert(!pager_open(&pager, "t", "f", "a\nb\n", 4, &err));
		mem_fail_after(-1);
		ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert(!pager.open);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pager");
	TCase *tc = tcase_create("pager");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, lines_of_a_text);
	tcase_add_test(tc, tabs_become_blanks);
	tcase_add_test(tc, scroll_stays_in_the_text);
	tcase_add_test(tc, resized);
	tcase_add_test(tc, search_goes_on);
	tcase_add_test(tc, found_line_stands_out);
	tcase_add_test(tc, box);
	tcase_add_test(tc, box_tells_what_it_shows);
	tcase_add_test(tc, sides_give_way);
	tcase_add_test(tc, long_lines_are_wrapped);
	tcase_add_test(tc, resized_across);
	tcase_add_test(tc, no_memory_to_wrap);
	tcase_add_test(tc, nothing_is_lost);
	tcase_add_test(tc, any_size);
	tcase_add_test(tc, closing);
	tcase_add_test(tc, no_memory);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
