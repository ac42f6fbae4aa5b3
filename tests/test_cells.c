/* test_cells.c - tests of ui/cells.c */
#include "config.h"

#include "ui/cells.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/support.h"
#include "ui/locale.h"

enum {
	ROWS = 3,
	COLS = 10,
	WIDE = 0x4e00,
};

static struct canvas canvas;

static void set_up(void)
{
	struct error err = { 0 };

	setenv("LC_ALL", "C.UTF-8", 1);
	locale_init();
	must(canvas_resize(&canvas, ROWS, COLS, &err), &err);
}

static void tear_down(void)
{
	canvas_free(&canvas);
}

static const struct cell *at(int row, int col)
{
	return &canvas.v[row * canvas.cols + col];
}

/* A row as text; the right half of a wide character is left out. */
static const char *row_text(int row)
{
	static char text[COLS * 4 + 1];
	size_t used = 0;

	for (int col = 0; col < canvas.cols; col++) {
		if (at(row, col)->ch != 0)
			used += text_encode(text + used, at(row, col)->ch);
	}
	text[used] = '\0';
	return text;
}

/* The invariants of cells.c. */
static void check_canvas(void)
{
	for (int row = 0; row < canvas.rows; row++) {
		for (int col = 0; col < canvas.cols; col++) {
			const struct cell *cell = at(row, col);
			bool wide = char_width(cell->ch) == 2;

			ck_assert_uint_lt(cell->style, STYLE_COUNT);
			ck_assert_uint_lt(cell->over, OVER_STYLE_COUNT);
			if (cell->ch == 0)
				ck_assert(col > 0 &&
				          char_width(at(row, col - 1)->ch) ==
				                  2);
			else
				ck_assert_int_gt(char_width(cell->ch), 0);
			if (wide)
				ck_assert(col + 1 < canvas.cols &&
				          at(row, col + 1)->ch == 0);
		}
	}
}

START_TEST(widths)
{
	static const struct {
		uint32_t ch;
		int width;
	} rows[] = {
		{ ' ', 1 },      { '~', 1 },        { 0, 0 },
		{ 0x1f, 0 },     { 0x7f, 0 },       { 0x80, 0 },
		{ 0x9b, 0 },     { 0xa0, 1 },       { 0xad, 0 },
		{ 0xe9, 1 },     { 0x300, 0 },      { 0x2022, 1 },
		{ 0x202e, 0 },   { WIDE, 2 },       { 0xac00, 2 },
		{ 0x1f600, 2 },  { 0xd800, 0 },     { 0xfeff, 0 },
		{ 0x110000, 0 }, { 0xffffffff, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(char_width(rows[i].ch) == rows[i].width, "U+%04X",
		              rows[i].ch);
}
END_TEST

START_TEST(blank_at_first)
{
	ck_assert_int_eq(canvas.rows, ROWS);
	ck_assert_int_eq(canvas.cols, COLS);
	for (int i = 0; i < ROWS * COLS; i++) {
		ck_assert_uint_eq(canvas.v[i].ch, ' ');
		ck_assert_uint_eq(canvas.v[i].style, STYLE_NORMAL);
		ck_assert_uint_eq(canvas.v[i].over, OVER_NONE);
	}
}
END_TEST

START_TEST(put_clips)
{
	static const int rows[] = { INT_MIN, -1, 0, ROWS - 1, ROWS, INT_MAX };
	static const int cols[] = { INT_MIN, -1, 0, COLS - 1, COLS, INT_MAX };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t j = 0; j < ARRAY_LEN(cols); j++) {
			canvas_put(&canvas, rows[i], cols[j], 'x', STYLE_BAD);
			canvas_put(&canvas, rows[i], cols[j], WIDE, STYLE_BAD);
			canvas_fill(&canvas, rows[i], cols[j], INT_MAX, 'y',
			            STYLE_BAR);
			canvas_over(&canvas, rows[i], cols[j], INT_MAX,
			            OVER_MATCH);
			canvas_over(&canvas, rows[i], cols[j], INT_MIN,
			            OVER_MATCH);
			(void)canvas_text(&canvas, rows[i], cols[j], -1,
			                  "some text that is long",
			                  STYLE_STRONG);
			(void)canvas_text(&canvas, rows[i], cols[j], INT_MAX,
			                  "text", STYLE_STRONG);
			check_canvas();
		}
	}
}
END_TEST

START_TEST(unsafe_becomes_question_mark)
{
	canvas_put(&canvas, 0, 0, 0x1b, STYLE_NORMAL);
	canvas_put(&canvas, 0, 1, 0x9b, STYLE_NORMAL);
	canvas_put(&canvas, 0, 2, 0x202e, STYLE_NORMAL);
	canvas_put(&canvas, 0, 3, 0x301, STYLE_NORMAL);
	canvas_put(&canvas, 0, 4, 0, STYLE_NORMAL);
	canvas_put(&canvas, 0, 5, 0xffffffff, STYLE_NORMAL);
	canvas_fill(&canvas, 0, 6, 2, '\n', STYLE_NORMAL);
	(void)canvas_text(&canvas, 1, 0, -1, "\x1b\xff\xe2\x80\xae\xc3",
	                  STYLE_NORMAL);
	ck_assert_str_eq(row_text(0), "????????  ");
	ck_assert_str_eq(row_text(1), "????      ");
}
END_TEST

START_TEST(wide_characters)
{
	canvas_put(&canvas, 0, 4, WIDE, STYLE_HIGH);
	ck_assert_uint_eq(at(0, 4)->ch, WIDE);
	ck_assert_uint_eq(at(0, 5)->ch, 0);
	ck_assert_uint_eq(at(0, 5)->style, STYLE_HIGH);
	/* Either half lost takes the other with it. */
	canvas_put(&canvas, 0, 5, 'x', STYLE_NORMAL);
	ck_assert_str_eq(row_text(0), "     x    ");
	canvas_put(&canvas, 0, 4, WIDE, STYLE_HIGH);
	canvas_put(&canvas, 0, 4, 'y', STYLE_NORMAL);
	ck_assert_str_eq(row_text(0), "    y     ");
	/* Over the halves of two. */
	canvas_put(&canvas, 0, 2, WIDE, STYLE_HIGH);
	canvas_put(&canvas, 0, 4, WIDE, STYLE_HIGH);
	canvas_put(&canvas, 0, 3, WIDE, STYLE_HIGH);
	ck_assert_uint_eq(at(0, 2)->ch, ' ');
	ck_assert_uint_eq(at(0, 3)->ch, WIDE);
	ck_assert_uint_eq(at(0, 5)->ch, ' ');
	check_canvas();
	/* Half outside. */
	canvas_put(&canvas, 1, COLS - 1, WIDE, STYLE_HIGH);
	canvas_put(&canvas, 1, -1, WIDE, STYLE_HIGH);
	ck_assert_uint_eq(at(1, COLS - 1)->ch, 0x203a);
	ck_assert_uint_eq(at(1, 0)->ch, 0x203a);
	canvas.ascii = true;
	canvas_put(&canvas, 1, COLS - 1, WIDE, STYLE_HIGH);
	ck_assert_uint_eq(at(1, COLS - 1)->ch, '>');
	canvas.ascii = false;
	canvas_fill(&canvas, 2, 1, 5, WIDE, STYLE_HIGH);
	ck_assert_uint_eq(at(2, 1)->ch, WIDE);
	ck_assert_uint_eq(at(2, 3)->ch, WIDE);
	ck_assert_uint_eq(at(2, 5)->ch, 0x203a);
	check_canvas();
}
END_TEST

START_TEST(over)
{
	canvas_put(&canvas, 0, 4, WIDE, STYLE_HIGH);
	canvas_over(&canvas, 0, 5, 1, OVER_CURSOR);
	ck_assert_uint_eq(at(0, 3)->over, OVER_NONE);
	ck_assert_uint_eq(at(0, 4)->over, OVER_CURSOR);
	ck_assert_uint_eq(at(0, 5)->over, OVER_CURSOR);
	ck_assert_uint_eq(at(0, 6)->over, OVER_NONE);
	canvas_over(&canvas, 0, 2, 3, OVER_MATCH);
	ck_assert_uint_eq(at(0, 1)->over, OVER_NONE);
	ck_assert_uint_eq(at(0, 2)->over, OVER_MATCH);
	ck_assert_uint_eq(at(0, 5)->over, OVER_MATCH);
	/* The last one counts, and new contents have none. */
	canvas_over(&canvas, 0, -5, 8, OVER_SELECTION);
	ck_assert_uint_eq(at(0, 0)->over, OVER_SELECTION);
	ck_assert_uint_eq(at(0, 2)->over, OVER_SELECTION);
	ck_assert_uint_eq(at(0, 3)->over, OVER_MATCH);
	ck_assert_uint_eq(at(0, 4)->style, STYLE_HIGH);
	canvas_put(&canvas, 0, 0, 'x', STYLE_NUL);
	ck_assert_uint_eq(at(0, 0)->over, OVER_NONE);
	canvas_over(&canvas, 0, -5, 5, OVER_MATCH);
	ck_assert_uint_eq(at(0, 0)->over, OVER_NONE);
}
END_TEST

static const struct {
	int col, max;
	const char *text;
	const char *row;
	int used;
} texts[] = {
	{ 0, -1, "", "          ", 0 },
	{ 0, -1, "abc", "abc       ", 3 },
	{ 7, -1, "abc", "       abc", 3 }, /* fits exactly */
	{ 8, -1, "abc", "        a\u2026", 2 },
	{ 9, -1, "abc", "         \u2026", 1 },
	{ 10, -1, "abc", "          ", 0 }, /* outside */
	{ 11, -1, "abc", "          ", 0 },
	{ -1, -1, "abc", "bc        ", 3 }, /* begins outside */
	{ 0, 3, "abc", "abc       ", 3 },
	{ 0, 3, "abcd", "ab\u2026       ", 3 },
	{ 0, 1, "ab", "\u2026         ", 1 },
	{ 0, 0, "ab", "          ", 0 },
	{ 8, 5, "abc", "        a\u2026", 2 }, /* the edge is nearer */
	{ 0, 4, "\u4e00\u4e00", "\u4e00\u4e00      ", 4 },
	{ 0, 3, "\u4e00\u4e00", "\u4e00\u2026       ", 3 },
	{ 0, 2, "\u4e00\u4e00", "\u2026         ", 1 }, /* a wide one does not
	                                                  fit beside the mark */
	{ 0, -1, "e\u0301x", "e?x       ", 3 },
};

START_TEST(text_is_cut)
{
	int used = canvas_text(&canvas, 1, texts[_i].col, texts[_i].max,
	                       texts[_i].text, STYLE_STRONG);

	ck_assert_str_eq(row_text(1), texts[_i].row);
	ck_assert_int_eq(used, texts[_i].used);
	ck_assert_str_eq(row_text(0), "          ");
	ck_assert_str_eq(row_text(2), "          ");
	check_canvas();
}
END_TEST

START_TEST(text_cut_in_ascii)
{
	canvas.ascii = true;
	ck_assert_int_eq(canvas_text(&canvas, 0, 0, 3, "abcd", STYLE_STRONG),
	                 3);
	ck_assert_str_eq(row_text(0), "ab>       ");
	ck_assert_uint_eq(at(0, 2)->style, STYLE_STRONG);
	/* A row that is not there still has a width. */
	ck_assert_int_eq(canvas_text(&canvas, 9, 0, 3, "abcd", STYLE_STRONG),
	                 3);
}
END_TEST

START_TEST(text_width)
{
	ck_assert_int_eq(canvas_width(""), 0);
	ck_assert_int_eq(canvas_width("abc"), 3);
	ck_assert_int_eq(canvas_width("\u4e00x\u2022"), 4);
	ck_assert_int_eq(canvas_width("\xff\x1b"), 2);
}
END_TEST

/* Where the locale cannot show them, characters are '?' here already, so that
   the canvas and the terminal agree about widths. */
START_TEST(no_utf8)
{
	setenv("LC_ALL", "C", 1);
	locale_init();
	canvas_put(&canvas, 0, 0, WIDE, STYLE_NORMAL);
	ck_assert_int_eq(canvas_text(&canvas, 0, 1, 3, "\u2022bcd",
	                             STYLE_NORMAL),
	                 3);
	ck_assert_str_eq(row_text(0), "??b>      ");
}
END_TEST

/* Anything drawn anywhere keeps the invariants. */
START_TEST(random_drawing)
{
	static const uint32_t chars[] = { ' ', 'a', WIDE, 0x2022, 0x300, 0 };
	uint64_t state = random_seed();
	size_t n = cases(20000);

	for (size_t i = 0; i < n; i++) {
		int row = (int)random_below(&state, ROWS + 2) - 1;
		int col = (int)random_below(&state, COLS + 6) - 3;
		int cols = (int)random_below(&state, COLS + 6) - 3;
		uint32_t ch = chars[random_below(&state, ARRAY_LEN(chars))];
		enum style style =
			(enum style)random_below(&state, STYLE_COUNT);

		switch (random_below(&state, 4)) {
		case 0:
			canvas_put(&canvas, row, col, ch, style);
			break;
		case 1:
			canvas_fill(&canvas, row, col, cols, ch, style);
			break;
		case 2:
			canvas_over(&canvas, row, col, cols, OVER_MATCH);
			break;
		default:
			ck_assert_int_le(canvas_text(&canvas, row, col, cols,
			                             "a\u4e00b\u4e00\u4e00c",
			                             style),
			                 cols < 0 ? COLS + 3 : cols);
		}
		check_canvas();
	}
}
END_TEST

START_TEST(resize)
{
	struct error err = { 0 };
	struct cell *v;

	canvas_put(&canvas, 0, 0, 'x', STYLE_NORMAL);
	v = canvas.v;
	mem_fail_after(0);
	ck_assert(!canvas_resize(&canvas, 50, 50, &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert(canvas.v == v && canvas.rows == ROWS && v->ch == 'x');
	must(canvas_resize(&canvas, ROWS, COLS, &err), &err);
	ck_assert_str_eq(row_text(0), "          ");
	must(canvas_resize(&canvas, 0, 5, &err), &err);
	canvas_put(&canvas, 0, 0, 'x', STYLE_NORMAL);
	must(canvas_resize(&canvas, -1, 5, &err), &err);
	canvas_clear(&canvas);
	canvas_fill(&canvas, 0, 0, 5, 'x', STYLE_NORMAL);
	ck_assert_int_eq(canvas.cols, 0);
}
END_TEST

START_TEST(what_fits)
{
	/* Two cells wide each, and three bytes long. */
	static const char wide[] = "\u6f22\u5b57";

	ck_assert_uint_eq(canvas_fit("", 3), 0);
	ck_assert_uint_eq(canvas_fit("abc", 0), 0);
	ck_assert_uint_eq(canvas_fit("abc", -1), 0);
	ck_assert_uint_eq(canvas_fit("abc", 2), 2);
	ck_assert_uint_eq(canvas_fit("abc", 3), 3);
	ck_assert_uint_eq(canvas_fit("abc", 4), 3);
	ck_assert_uint_eq(canvas_fit(wide, 1), 0);
	ck_assert_uint_eq(canvas_fit(wide, 2), 3);
	ck_assert_uint_eq(canvas_fit(wide, 3), 3);
	ck_assert_uint_eq(canvas_fit(wide, 4), 6);
	/* Of one word what fits; else whole ones. */
	ck_assert_uint_eq(canvas_fit_words("", 3), 0);
	ck_assert_uint_eq(canvas_fit_words("abc", 2), 2);
	ck_assert_uint_eq(canvas_fit_words("abc de", 6), 6);
	ck_assert_uint_eq(canvas_fit_words("abc de", 5), 4);
	ck_assert_uint_eq(canvas_fit_words("abc de", 4), 4);
	ck_assert_uint_eq(canvas_fit_words("abc de", 3), 4);
	ck_assert_uint_eq(canvas_fit_words("ab cd ef", 5), 6);
}
END_TEST

static Suite *cells_suite(void)
{
	Suite *suite = suite_create("cells");
	TCase *tc = tcase_create("core");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, widths);
	tcase_add_test(tc, blank_at_first);
	tcase_add_test(tc, put_clips);
	tcase_add_test(tc, unsafe_becomes_question_mark);
	tcase_add_test(tc, wide_characters);
	tcase_add_test(tc, over);
	tcase_add_loop_test(tc, text_is_cut, 0, ARRAY_LEN(texts));
	tcase_add_test(tc, text_cut_in_ascii);
	tcase_add_test(tc, text_width);
	tcase_add_test(tc, no_utf8);
	tcase_add_test(tc, random_drawing);
	tcase_add_test(tc, resize);
	tcase_add_test(tc, what_fits);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(cells_suite());
}
