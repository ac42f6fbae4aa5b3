/* test_window.c - tests of ui/window.c
 *
 * The model of scrolling is the list of all lines of a small space, in which a
 * window is an index.
 */
#include "config.h"

#include "ui/window.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support.h"

enum {
	LINES_MAX = 4000,
	SECTOR = 512,
};

/* "100 gap:30 @0x500 7": files by size, gaps, and addresses of the next. */
static struct space *space_of(const char *text)
{
	struct layout layout = { 0 };
	uint64_t sizes[64] = { 0 };
	char copy[1024], *save = NULL;
	uint64_t at = 0;
	bool has_at = false;
	struct space *sp;
	struct error err;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = strtok_r(copy, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		bool gap = strncmp(word, "gap:", 4) == 0;
		struct placement *p;

		if (*word == '@') {
			must(number_parse(word + 1, &units_default, &at, &err),
			     &err);
			has_at = true;
			continue;
		}
		if (!gap)
			must(number_parse(word, &units_default,
			                  &sizes[layout.count], &err),
			     &err);
		p = placement_new(gap ? word : "f", &err);
		must(p != NULL, &err);
		p->at = has_at ? AT_ADDR : AT_NEXT;
		p->at_value = at;
		has_at = false;
		must(layout_add(&layout, p, &err), &err);
	}
	sp = space_derive(&layout, sizes, &err);
	must(sp != NULL, &err);
	layout_clear(&layout);
	return sp;
}

static struct option_values options_with(enum offset_form offset)
{
	struct option_values options;

	options_default(&options);
	options.offset = offset;
	return options;
}

/* --- columns ------------------------------------------------------------- */

/* Whatever the width: the parts follow each other and fit. */
static void check_columns(const struct window *w, int cols)
{
	const struct columns *c = &w->columns;
	int n = (int)w->per_row;

	ck_assert_int_ge(n, 1);
	ck_assert_int_eq(c->offset, 0);
	ck_assert_int_eq(c->gutter, c->offset_width);
	ck_assert_int_eq(c->hex, c->gutter + 1);
	/* The bar stands behind the two digits of the last byte. */
	ck_assert_int_eq(c->bar, window_hex_column(w, w->per_row - 1) + 3);
	ck_assert_int_eq(c->text, c->bar + 1);
	ck_assert_int_eq(c->width, c->text + n + 1);
	ck_assert_msg(c->width <= cols, "%d of %d", c->width, cols);
}

START_TEST(layout_of_widths)
{
	static const struct {
		enum offset_form offset;
		int cols;
		unsigned per_row;
		int offset_width;
		bool grouped;
	} table[] = {
		{ OFFSET_SPACE, 47, 8, 10, false },
		{ OFFSET_SPACE, 60, 8, 10, false },
		{ OFFSET_SPACE, 77, 8, 10, false },
		{ OFFSET_SPACE, 78, 16, 10, false }, /* 10+1+49+1+17 */
		{ OFFSET_SPACE, 79, 16, 10, false },
		{ OFFSET_SPACE, 80, 16, 10, false },
		{ OFFSET_SPACE, 99, 16, 10, false },
		{ OFFSET_SPACE, 100, 16, 12, true },
		{ OFFSET_SPACE, 120, 16, 12, true },
		{ OFFSET_SPACE, 145, 16, 12, true },
		{ OFFSET_SPACE, 146, 32, 12, true }, /* 12+1+100+33 */
		{ OFFSET_SPACE, 150, 32, 12, true },
		{ OFFSET_SPACE, 200, 32, 12, true },
		{ OFFSET_SEGMENT, 47, 8, 10, false },
		{ OFFSET_SEGMENT, 60, 8, 10, false },
		{ OFFSET_SEGMENT, 79, 16, 10, false },
		{ OFFSET_SEGMENT, 80, 16, 10, false },
		{ OFFSET_SEGMENT, 99, 16, 10, false },
		{ OFFSET_SEGMENT, 100, 16, 10, true },
		{ OFFSET_SEGMENT, 120, 16, 10, true },
		{ OFFSET_SEGMENT, 143, 16, 10, true },
		{ OFFSET_SEGMENT, 146, 32, 10, true },
		{ OFFSET_SEGMENT, 150, 32, 10, true },
		{ OFFSET_SEGMENT, 200, 32, 10, true },
		{ OFFSET_BOTH, 47, 8, 10, false }, /* two from 100 on */
		{ OFFSET_BOTH, 60, 8, 10, false },
		{ OFFSET_BOTH, 79, 16, 10, false },
		{ OFFSET_BOTH, 80, 16, 10, false },
		{ OFFSET_BOTH, 99, 16, 10, false },
		{ OFFSET_BOTH, 100, 16, 23, true }, /* 12+1+10 */
		{ OFFSET_BOTH, 120, 16, 23, true },
		{ OFFSET_BOTH, 146, 16, 23, true },
		{ OFFSET_BOTH, 150, 16, 23, true },
		{ OFFSET_BOTH, 157, 32, 23, true },
		{ OFFSET_BOTH, 200, 32, 23, true },
		{ OFFSET_SECTOR, 47, 8, 11, false }, /* 2097151+511 */
		{ OFFSET_SECTOR, 60, 8, 11, false },
		{ OFFSET_SECTOR, 78, 8, 11, false },
		{ OFFSET_SECTOR, 79, 16, 11, false },
		{ OFFSET_SECTOR, 80, 16, 11, false },
		{ OFFSET_SECTOR, 99, 16, 11, false },
		{ OFFSET_SECTOR, 100, 16, 11, true },
		{ OFFSET_SECTOR, 120, 16, 11, true },
		{ OFFSET_SECTOR, 146, 32, 11, true },
		{ OFFSET_SECTOR, 150, 32, 11, true },
		{ OFFSET_SECTOR, 200, 32, 11, true },
		{ OFFSET_DECIMAL, 47, 8, 10, false },
		{ OFFSET_DECIMAL, 60, 8, 10, false },
		{ OFFSET_DECIMAL, 79, 16, 10, false },
		{ OFFSET_DECIMAL, 80, 16, 10, false },
		{ OFFSET_DECIMAL, 99, 16, 10, false },
		{ OFFSET_DECIMAL, 100, 16, 10, true },
		{ OFFSET_DECIMAL, 120, 16, 10, true },
		{ OFFSET_DECIMAL, 146, 32, 10, true },
		{ OFFSET_DECIMAL, 150, 32, 10, true },
		{ OFFSET_DECIMAL, 200, 32, 10, true },
	};
	struct space *sp = space_of("512M 512M");

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct option_values o = options_with(table[i].offset);
		struct window w = { 0 };

		window_layout(&w, sp, &o, SECTOR, table[i].cols);
		ck_assert_msg(w.per_row == table[i].per_row &&
		                      w.columns.offset_width ==
		                              table[i].offset_width &&
		                      w.columns.grouped == table[i].grouped,
		              "row %zu: %u bytes, offset of %d", i, w.per_row,
		              w.columns.offset_width);
		check_columns(&w, table[i].cols);
	}
	space_unref(sp);
}
END_TEST

/* The offset column is as wide as its widest text, for every form, size and
   grouping, and the text of any row fits in it exactly. */
START_TEST(offsets_fit_their_column)
{
	static const char *const spaces[] = {
		"",
		"1",
		"gap:4K",
		"0x100000000",      /* the last offset has 8 digits */
		"0x100000001",      /* 9 */
		"0x10000000000 4K", /* 10 */
		"0x10000000001",    /* 11 */
		"@0x7fffffffffff0000 64K",
		"@0xffffffffffff0000 0xffff",
		"1 1 1 1 1 1 1 1 1 1 1 1", /* numbers of two digits */
		"0x7fffffffffffffff 0x7fffffffffffffff",
	};
	static const int cols[] = { 47, 80, 99, 100, 150, 200 };
	static const uint64_t sectors[] = { 1, 512, 4096, 10000 };

	for (size_t i = 0; i < ARRAY_LEN(spaces); i++) {
		struct space *sp = space_of(spaces[i]);
		uint64_t last = space_size(sp) ? space_size(sp) - 1 : 0;
		uint64_t addrs[] = { 0, 16, last / 2, last };

		for (size_t k = 0; k < 5 * ARRAY_LEN(cols) * 3 * 4; k++) {
			struct option_values o =
				options_with((enum offset_form)(k % 5));
			int c = cols[k / 5 % ARRAY_LEN(cols)];
			uint64_t sector =
				sectors[k / (5 * ARRAY_LEN(cols)) % 4];
			struct window w = { 0 };

			o.groups = k / (5 * ARRAY_LEN(cols) * 4);
			window_layout(&w, sp, &o, sector, c);
			check_columns(&w, c);
			for (size_t a = 0; a < ARRAY_LEN(addrs); a++) {
				char text[64];

				if (addrs[a] > last)
					continue;
				window_offset(&w, sp, &o, sector, addrs[a],
				              text);
				ck_assert_msg((int)strlen(text) ==
				                      w.columns.offset_width,
				              "'%s' in %d of space %zu", text,
				              w.columns.offset_width, i);
			}
		}
		space_unref(sp);
	}
}
END_TEST

START_TEST(texts_of_offsets)
{
	static const struct {
		enum offset_form offset;
		int cols;
		uint64_t addr;
		const char *text;
	} table[] = {
		{ OFFSET_SPACE, 80, 0x1dcd64f0, "001dcd64f0" },
		{ OFFSET_SPACE, 120, 0x1dcd64f0, "00_1dcd_64f0" },
		{ OFFSET_SEGMENT, 80, 0x1dcd64f0, "1+1dcd64f0" },
		{ OFFSET_SEGMENT, 80, 0x20000000, "2+00000000" },
		{ OFFSET_SEGMENT, 80, 0x20000010, "         -" }, /* the gap */
		{ OFFSET_SEGMENT, 80, 0x20000020, "3+00000000" },
		{ OFFSET_BOTH, 80, 0x20000000, "0020000000" },
		{ OFFSET_BOTH, 100, 0x20000000, "00_2000_0000 2+00000000" },
		{ OFFSET_BOTH, 100, 0x20000010, "00_2000_0010          -" },
		{ OFFSET_SECTOR, 80, 500000240, " 976562+496" },
		{ OFFSET_DECIMAL, 80, 500000240, "0500000240" },
		{ OFFSET_DECIMAL, 120, 500000240, "0500000240" },
	};
	struct space *sp = space_of("512M 16 gap:16 16");

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct option_values o = options_with(table[i].offset);
		struct window w = { 0 };
		char text[64];

		window_layout(&w, sp, &o, SECTOR, table[i].cols);
		window_offset(&w, sp, &o, SECTOR, table[i].addr, text);
		ck_assert_msg(strcmp(text, table[i].text) == 0, "row %zu: '%s'",
		              i, text);
	}
	space_unref(sp);
}
END_TEST

START_TEST(asked_for_columns)
{
	static const struct {
		uint64_t asked;
		int cols;
		unsigned per_row;
	} table[] = {
		{ 1, 80, 1 },    { 7, 80, 7 },
		{ 16, 80, 16 },  { 17, 80, 16 }, /* 78 + 4 do not fit */
		{ 64, 80, 16 },  { 64, 300, 64 },
		{ 24, 200, 24 }, /* not cut to a power of two */
		{ 64, 47, 8 },
	};
	struct space *sp = space_of("4K");

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct option_values o = options_with(OFFSET_SPACE);
		struct window w = { 0 };

		o.columns = table[i].asked;
		window_layout(&w, sp, &o, SECTOR, table[i].cols);
		ck_assert_msg(w.per_row == table[i].per_row, "row %zu: %u", i,
		              w.per_row);
		check_columns(&w, table[i].cols);
	}
	space_unref(sp);
}
END_TEST

/* --- scrolling ----------------------------------------------------------- */

struct lines {
	struct row_pos v[LINES_MAX];
	int count;
};

static struct lines list; /* of the space under test */

static void list_lines(const struct rows *rows)
{
	struct row_pos pos = rows_first(rows);

	list.count = 0;
	do {
		EXPECT(list.count < LINES_MAX);
		list.v[list.count++] = pos;
	} while (rows_next(rows, &pos));
}

static int index_of(struct row_pos pos)
{
	for (int i = 0; i < list.count; i++)
		if (row_pos_compare(list.v[i], pos) == 0)
			return i;
	ck_abort_msg("0x%" PRIx64 ".%u is no line", pos.addr, pos.line);
	return 0;
}

/* The last top that leaves no line blank, if one can be. */
static int last_top(int lines)
{
	return int_max(0, list.count - lines);
}

static bool in_margins(int top, int at, int lines, int margin)
{
	return (at - top >= margin || top == 0) &&
	       (at - top <= lines - 1 - margin || top == last_top(lines));
}

/* The top nearest to `from` that shows `at` within the margins. */
static int nearest_top(int from, int at, int lines, int margin)
{
	for (int d = 0; d <= list.count; d++) {
		if (from - d >= 0 && in_margins(from - d, at, lines, margin))
			return from - d;
		if (from + d <= last_top(lines) &&
		    in_margins(from + d, at, lines, margin))
			return from + d;
	}
	ck_abort_msg("no top shows line %d", at);
	return 0;
}

static void check_fill(const struct window *w, const struct rows *rows)
{
	struct row out[128];
	int top = index_of(w->top);
	int count = window_fill(w, rows, out);

	EXPECT(count == int_min(w->lines, list.count - top));
	for (int i = 0; i < count; i++) {
		struct row row;

		EXPECT(rows_at(rows, list.v[top + i], &row));
		EXPECT(row.kind == out[i].kind && row.addr == out[i].addr &&
		       row.idx == out[i].idx);
	}
}

/* One call of window_follow, from wherever the window was. */
static void check_follow(struct window *w, const struct rows *rows,
                         uint64_t addr, int asked)
{
	int margin = int_min(asked, (w->lines - 1) / 2);
	int from = int_min(index_of(rows_settle(rows, w->top)),
	                   last_top(w->lines));
	int at = index_of(rows_of(rows, addr));
	int top, middle;

	window_follow(w, rows, addr, asked);
	top = index_of(w->top);
	EXPECT(at - top >= 0 && at - top < w->lines);
	EXPECT(top <= last_top(w->lines));
	EXPECT(window_line_of(w, rows, addr) == at - top);
	middle = int_min(int_max(0, at - w->lines / 2), last_top(w->lines));
	if (at > from - w->lines && at < from + 2 * w->lines)
		EXPECT(top == nearest_top(from, at, w->lines, margin));
	else
		EXPECT(top == middle);
	check_fill(w, rows);
}

static const char *const scroll_spaces[] = {
	"",
	"5",
	"1K",
	"0 0 0",
	"100 0 0 0 0 0 200 1 1 1 1 1 300",
	"40 gap:20 40 gap:400 40 gap:60 17 17 17 17",
	"@0x10000 200 @0x20000 0 @0x30000 200",
	"@0xffffffffffffff00 0xff",
	"16 0",
};

static void follow_randomly(const char *text, uint64_t *seed)
{
	struct space *sp = space_of(text);
	uint64_t size = space_size(sp);
	struct window w = { .lines = 1 + (int)random_below(seed, 30),
		            .per_row = 1u << random_below(seed, 5) };
	struct rows rows = window_rows(&w, sp, random_below(seed, 4) > 0);
	uint64_t addr = 0;

	list_lines(&rows);
	for (int i = 0; i < 60; i++) {
		int margin = (int)random_below(seed, 6);
		uint64_t step = w.per_row * random_below(seed, 4);

		switch (random_below(seed, 8)) {
		case 0: /* anywhere */
			addr = random_below(seed, u64_max(size, 1));
			break;
		case 1: /* near the end, behind it */
			addr = size - u64_min(size, random_below(seed, 40));
			break;
		case 2: /* the window is another one */
			w.lines = 1 + (int)random_below(seed, 30);
			w.top.addr = random_below(seed, u64_max(size, 100));
			w.top.line = (unsigned)random_below(seed, 9);
			break;
		case 3:
		case 4:
			addr -= u64_min(addr, step);
			break;
		default:
			addr += u64_min(size - addr, step);
			break;
		}
		check_follow(&w, &rows, addr, margin);
	}
	space_unref(sp);
}

START_TEST(follow_as_the_model)
{
	uint64_t seed = random_seed();

	for (size_t i = cases(2000); i > 0; i--)
		follow_randomly(scroll_spaces
		                        [random_below(&seed,
		                                      ARRAY_LEN(
							      scroll_spaces))],
		                &seed);
}
END_TEST

/* A step at a time the view moves only with the cursor. */
START_TEST(a_step_scrolls_by_its_lines)
{
	struct space *sp = space_of("4K");
	struct window w = { .lines = 10, .per_row = 16 };
	struct rows rows = window_rows(&w, sp, true);

	for (uint64_t addr = 0; addr < 4096; addr += 16) {
		uint64_t row = addr / 16;

		window_follow(&w, &rows, addr, 2);
		ck_assert_uint_eq(w.top.addr / 16,
		                  row < 8 ? 0 : u64_min(row - 7, 246));
	}
	for (uint64_t addr = 4096; addr >= 16;) {
		addr -= 16;
		window_follow(&w, &rows, addr, 2);
		ck_assert_uint_eq(w.top.addr / 16,
		                  u64_min(addr / 16 < 2 ? 0 : addr / 16 - 2,
		                          246));
	}
	space_unref(sp);
}
END_TEST

START_TEST(scroll_as_the_model)
{
	uint64_t seed = random_seed();

	for (size_t i = cases(2000); i > 0; i--) {
		const char *text =
			scroll_spaces[random_below(&seed,
		                                   ARRAY_LEN(scroll_spaces))];
		struct space *sp = space_of(text);
		struct window w = { .lines = 1 + (int)random_below(&seed, 30),
			            .per_row = 1u << random_below(&seed, 5) };
		struct rows rows = window_rows(&w, sp, true);
		int top = 0;

		list_lines(&rows);
		for (int k = 0; k < 30; k++) {
			int by = (int)random_below(&seed, 40) - 20;
			int want = int_min(int_max(top + by, 0),
			                   int_max(last_top(w.lines), top));
			int done = window_scroll(&w, &rows, by);

			EXPECT(done == want - top);
			EXPECT(index_of(w.top) == want);
			check_fill(&w, &rows);
			top = want;
		}
		space_unref(sp);
	}
}
END_TEST

START_TEST(put_as_far_as_there_are_lines)
{
	static const struct {
		uint64_t addr;
		int line;
		uint64_t top;
	} table[] = {
		{ 0x500, 0, 0x500 }, { 0x500, 9, 0x470 },
		{ 0x20, 9, 0 },      /* nothing above */
		{ 0xff0, 0, 0xf60 }, /* nothing below */
		{ 0xff0, 9, 0xf60 }, { 0xf80, 4, 0xf40 },
	};
	struct space *sp = space_of("4K");
	struct window w = { .lines = 10, .per_row = 16 };
	struct rows rows = window_rows(&w, sp, true);

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		window_put(&w, &rows, table[i].addr, table[i].line);
		ck_assert_msg(w.top.addr == table[i].top && w.top.line == 0,
		              "row %zu: 0x%" PRIx64, i, w.top.addr);
	}
	space_unref(sp);
}
END_TEST

/* In a long gap the cursor is on the gap's rule. */
START_TEST(follow_into_a_gap)
{
	struct space *sp = space_of("0x105 @0x10000 16");
	struct window w = { .lines = 4, .per_row = 16 };
	struct rows rows = window_rows(&w, sp, true);
	struct row out[4];

	window_follow(&w, &rows, 0x8000, 0);
	ck_assert_int_eq(window_fill(&w, &rows, out), 4);
	ck_assert_int_eq(out[window_line_of(&w, &rows, 0x8000)].kind, ROW_GAP);
	space_unref(sp);
}
END_TEST

START_TEST(no_lines)
{
	struct space *sp = space_of("4K");
	struct window w = { .lines = 0, .per_row = 16 };
	struct rows rows = window_rows(&w, sp, true);
	struct row out[1];

	window_follow(&w, &rows, 0x100, 2);
	ck_assert_int_eq(window_line_of(&w, &rows, 0x100), -1);
	ck_assert_int_eq(window_fill(&w, &rows, out), 0);
	/* The line is there when the window has room again. */
	w.lines = 1;
	ck_assert_int_eq(window_line_of(&w, &rows, 0x100), 0);
	space_unref(sp);
}
END_TEST

START_TEST(line_of_what_is_not_shown)
{
	struct space *sp = space_of("4K");
	struct window w = { .lines = 10, .per_row = 16, .top = { 0x100, 0 } };
	struct rows rows = window_rows(&w, sp, true);

	ck_assert_int_eq(window_line_of(&w, &rows, 0xff), -1);
	ck_assert_int_eq(window_line_of(&w, &rows, 0x100), 0);
	ck_assert_int_eq(window_line_of(&w, &rows, 0x19f), 9);
	ck_assert_int_eq(window_line_of(&w, &rows, 0x1a0), -1);
	space_unref(sp);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("window");
	TCase *tc = tcase_create("window");

	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, layout_of_widths);
	tcase_add_test(tc, offsets_fit_their_column);
	tcase_add_test(tc, texts_of_offsets);
	tcase_add_test(tc, asked_for_columns);
	tcase_add_test(tc, follow_as_the_model);
	tcase_add_test(tc, a_step_scrolls_by_its_lines);
	tcase_add_test(tc, scroll_as_the_model);
	tcase_add_test(tc, put_as_far_as_there_are_lines);
	tcase_add_test(tc, follow_into_a_gap);
	tcase_add_test(tc, no_lines);
	tcase_add_test(tc, line_of_what_is_not_shown);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
