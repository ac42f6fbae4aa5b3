/* test_list.c - tests of ui/list.c */
#include "config.h"

#include "ui/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "command/context.h"
#include "session.h"
#include "space/ranges.h"
#include "tests/desk.h"
#include "tests/stage.h"
#include "tests/support.h"

enum { COLS = 80 };

static struct list list;
static struct context ctx;
static struct output out;
static struct canvas canvas;

static void set_up(void)
{
	struct error err;

	stage_begin(&ctx, &out);
	list = (struct list){ 0 };
	canvas = (struct canvas){ 0 };
	must(canvas_resize(&canvas, 24, COLS, &err), &err);
}

static void tear_down(void)
{
	list_free(&list);
	canvas_free(&canvas);
	stage_finish(&ctx);
}

/* The words of a layout line. */
static void open_line(const char *line)
{
	desk_open(ctx.session, line);
}

static void open_list(const char *name)
{
	const struct list_kind *kind = list_kind_named(name);

	ck_assert_ptr_nonnull(kind);
	list_open(&list, kind, &ctx);
}

static void filter(const char *text)
{
	struct error err;

	must(list_set_filter(&list, &ctx, text, &err), &err);
}

static void add_bookmark(size_t segment, uint64_t off, const char *name)
{
	const struct segment *seg = space_segment(context_space(&ctx), segment);
	char copy[40];
	struct range range = { .doc = document_id(seg->doc),
		               .off = off,
		               .len = 3,
		               .name = copy,
		               .comment = (char[]){ "a\tcomment" } };
	struct error err;

	snprintf(copy, sizeof(copy), "%s", name);
	must(ranges_add(ctx.bookmarks, &range, &err), &err);
}

static const char *text_of(int row)
{
	return stage_row(&canvas, row);
}

static void paint(int rows)
{
	canvas_clear(&canvas);
	list_paint(&list, &ctx, &canvas, 0, rows, true, false);
}

START_TEST(kinds)
{
	ck_assert_ptr_nonnull(list_kind_named("segments"));
	ck_assert_ptr_nonnull(list_kind_named("bookmarks"));
	ck_assert_ptr_null(list_kind_named("segment"));
	ck_assert_ptr_null(list_kind_named(""));
}
END_TEST

/* --- segments ------------------------------------------------------------ */

START_TEST(segments_as_lines)
{
	open_line("memory:499999993 name disk.001");
	open_line("memory:500000007 name disk.002 ro");
	open_line("gap:1M");
	open_line("memory:16 name \"a\\x1b[31mb\"");
	ctx.cursor = space_place(context_space(&ctx), 499999993);
	open_list("segments");
	paint(9);
	ck_assert_str_eq(text_of(0),
	                 "─ Segments  3 files, 1 001 048 592 B, 1 048 576 B of "
	                 "them in gaps ──────────────");
	ck_assert_str_eq(text_of(1),
	                 "   no  starts at              size  edits "
	                 " state       file");
	ck_assert_str_eq(text_of(2), "    1  0x00000000      499 999 993      "
	                             "-  copy        disk.001");
	/* The list opens where the cursor is. */
	ck_assert_str_eq(text_of(3), "▸   2  0x1dcd64f9      500 000 007      "
	                             "-  read        disk.002");
	ck_assert_str_eq(text_of(4), "    -  0x3b9aca00        1 048 576      "
	                             "-  gap         gap:1M");
	ck_assert_str_eq(text_of(5), "    3  0x3baaca00               16      "
	                             "-  copy        a\\x1b[31mb");
	ck_assert_str_eq(text_of(8), " Enter go there  Space show  d remove  / "
	                             "filter  q close");
}
END_TEST

START_TEST(places_of_segments)
{
	static const struct {
		bool is;
		uint64_t addr;
		uint32_t segment;
		enum side side;
	} table[] = {
		{ true, 0, 1, SIDE_START },
		{ true, 16, 2, SIDE_END },   /* empty */
		{ true, 16, 0, SIDE_START }, /* a gap */
		{ true, 32, 3, SIDE_START },
		{ false, 0, 0, SIDE_START },     /* covered */
		{ true, 64 + 4, 5, SIDE_START }, /* its first bytes are */
		{ true, 60, 6, SIDE_START },
		{ false, 0, 0, SIDE_START }, /* empty, behind the end */
	};

	open_line("memory:16");
	open_line("memory:0");
	open_line("gap:16");
	open_line("memory:16");
	open_line("memory:8 at 56");
	open_line("memory:16 at 64");
	open_line("memory:8 at 60 over");
	open_line("memory:0 at 4096");
	/* Covers what was left of number 4. */
	open_line("memory:8 at 52 over");
	open_list("segments");
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct place p;
		bool is = list.kind->place(&ctx, i, &p);

		ck_assert_msg(is == table[i].is, "row %zu", i);
		if (is)
			ck_assert_msg(p.addr == table[i].addr &&
			                      p.segment == table[i].segment &&
			                      p.side == table[i].side,
			              "row %zu: 0x%x", i, (unsigned)p.addr);
	}
}
END_TEST

START_TEST(lines_that_remove)
{
	char line[LIST_ROW] = "not touched";

	open_line("memory:16");
	open_line("gap:16");
	open_list("segments");
	list.kind->remove(&ctx, 0, line);
	ck_assert_str_eq(line, "close #1");
	list.kind->remove(&ctx, 1, line); /* a gap cannot be closed */
	ck_assert_str_eq(line, "");
	add_bookmark(0, 5, "vbr");
	open_list("bookmarks");
	list.kind->remove(&ctx, 0, line);
	ck_assert_str_eq(line, "bookmark delete vbr");
}
END_TEST

START_TEST(summary_without_gaps)
{
	char line[LIST_ROW];

	open_line("memory:1500");
	open_list("segments");
	list.kind->summary(&ctx, line);
	ck_assert_str_eq(line, "1 file, 1 500 B, no gaps");
}
END_TEST

/* --- bookmarks ----------------------------------------------------------- */

START_TEST(bookmarks_as_lines)
{
	struct place place;
	struct error err;

	open_line("memory:16 name a");
	open_line("memory:16 name b");
	add_bookmark(0, 2, "first");
	add_bookmark(1, 3, "second");
	open_list("bookmarks");
	paint(8);
	ck_assert_ptr_nonnull(strstr(text_of(0), "Bookmarks  2 "));
	ck_assert_str_eq(text_of(2), "▸  @first         0x00000002  #1:0x2     "
	                             "              3 B  a\\x09comment");
	ck_assert_str_eq(text_of(3), "   @second        0x00000013  #2:0x3     "
	                             "              3 B  a\\x09comment");
	ck_assert(list.kind->place(&ctx, 1, &place));
	ck_assert_uint_eq(place.addr, 0x13);
	ck_assert_uint_eq(place.segment, 2);
	/* Of a file that is closed the bookmark stays, and is nowhere. */
	must(session_close(ctx.session, 2, &err), &err);
	paint(8);
	ck_assert_ptr_nonnull(strstr(text_of(3), "not shown"));
	ck_assert(!list.kind->place(&ctx, 1, &place));
}
END_TEST

/* --- the list ------------------------------------------------------------ */

static void open_many(size_t count)
{
	char line[48];

	for (size_t i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "memory:16 name %s.%zu",
		         i % 3 ? "disk" : "tape", i);
		open_line(line);
	}
	open_list("segments");
}

START_TEST(selection_stays_in_the_list)
{
	uint64_t seed = random_seed();
	long at = 0;

	open_many(20);
	for (size_t i = cases(1000); i > 0; i--) {
		long by = (long)random_below(&seed, 60) - 30;
		int rows = 4 + (int)random_below(&seed, 20);
		int body = rows - 3;

		list_move(&list, &ctx, by);
		at = at + by < 0 ? 0 : at + by > 19 ? 19 : at + by;
		EXPECT(list.selected == (size_t)at);
		paint(rows);
		EXPECT(list.selected >= list.top);
		EXPECT(list.selected < list.top + (size_t)body);
		EXPECT(list.rows == body);
		EXPECT(strncmp(text_of(2 + (int)(list.selected - list.top)),
		               "▸", 3) == 0);
	}
}
END_TEST

START_TEST(empty_list)
{
	size_t idx;

	open_list("bookmarks");
	list_move(&list, &ctx, 5);
	list_move(&list, &ctx, -5);
	ck_assert_uint_eq(list.selected, 0);
	ck_assert(!list_entry(&list, &ctx, 0, &idx));
	paint(8);
	ck_assert_str_eq(text_of(2), "");
}
END_TEST

START_TEST(filters)
{
	size_t idx;

	open_many(10); /* tape.0 disk.1 disk.2 tape.3 .. tape.9 */
	list_move(&list, &ctx, 7);
	filter("tape");
	ck_assert_uint_eq(list_count(&list, &ctx), 4);
	ck_assert_uint_eq(list.selected, 0);
	for (size_t i = 0; i < 4; i++) {
		ck_assert(list_entry(&list, &ctx, i, &idx));
		ck_assert_uint_eq(idx, 3 * i);
	}
	ck_assert(!list_entry(&list, &ctx, 4, &idx));
	paint(10);
	ck_assert_ptr_nonnull(strstr(text_of(0), "filter: tape"));
	ck_assert_ptr_nonnull(strstr(text_of(5), "tape.9"));
	ck_assert_str_eq(text_of(6), "");
	list_move(&list, &ctx, 100);
	ck_assert_uint_eq(list.selected, 3);
	filter("nothing");
	ck_assert_uint_eq(list_count(&list, &ctx), 0);
	filter("");
	ck_assert_uint_eq(list_count(&list, &ctx), 10);
	filter("tape");
	list_close(&list);
	open_list("segments");
	ck_assert_uint_eq(list_count(&list, &ctx), 10);
}
END_TEST

/* What is removed while a filter is on takes no other entry with it. */
START_TEST(filter_when_entries_go)
{
	struct error err;
	size_t idx;

	open_many(10);
	filter("tape");
	must(session_close(ctx.session, 1, &err), &err); /* tape.0 */
	ck_assert_uint_eq(list_count(&list, &ctx), 3);
	for (size_t i = 0; i < 3; i++) {
		char row[LIST_ROW];

		ck_assert(list_entry(&list, &ctx, i, &idx));
		list.kind->row(&ctx, idx, row);
		ck_assert_ptr_nonnull(strstr(row, "tape"));
	}
	/* And what comes is in it. */
	open_line("memory:1 name tape.new");
	ck_assert_uint_eq(list_count(&list, &ctx), 4);
	add_bookmark(0, 1, "one");
	add_bookmark(0, 2, "two");
	open_list("bookmarks");
	filter("@t");
	ranges_remove(ctx.bookmarks, 0);
	ck_assert(list_entry(&list, &ctx, 0, &idx));
	ck_assert_uint_eq(idx, 0);
}
END_TEST

START_TEST(filter_without_memory)
{
	struct error err;

	open_many(3);
	filter("disk");
	mem_free(list.matches);
	list.matches = NULL;
	list.match_cap = 0;
	mem_fail_after(0);
	ck_assert(!list_set_filter(&list, &ctx, "tape", &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_uint_eq(list_count(&list, &ctx), 3);
}
END_TEST

/* No cell outside its rows, whatever their number. */
START_TEST(stays_in_its_rows)
{
	open_many(30);
	for (int top = 0; top < 6; top++) {
		for (int rows = 4; rows < 18; rows++) {
			canvas_clear(&canvas);
			list_paint(&list, &ctx, &canvas, top, rows, true,
			           rows & 1);
			for (int r = 0; r < canvas.rows; r++)
				EXPECT((r >= top && r < top + rows) ==
				       (*text_of(r) != '\0'));
		}
	}
}
END_TEST

/* --- matches: a filter that jobs go through ------------------------------ */

static struct ranges *make_set(const char *name)
{
	struct error err;
	struct ranges *set = ranges_new(&err);

	ck_assert_ptr_nonnull(set);
	must(sets_put(&ctx.sets, name, set, &err), &err);
	return set;
}

/* A match every 16 bytes of the first segment. */
static void grow_set(struct ranges *set, size_t count)
{
	const struct segment *seg = space_segment(context_space(&ctx), 0);
	struct error err;

	for (size_t i = ranges_count(set); i < count; i++) {
		struct range range = { .doc = document_id(seg->doc),
			               .off = 16 * i,
			               .len = 2 };

		must(ranges_add(set, &range, &err), &err);
	}
}

/* Until the list has no more to do; how many jobs that took. */
static int work(void)
{
	struct pool *pool = session_pool(ctx.session);
	struct pool_event event;
	int jobs = 0;

	for (;;) {
		list_work(&list, &ctx);
		if (list_is_idle(&list, &ctx))
			return jobs;
		pool_wait(pool);
		while (pool_next(pool, &event))
			if (event.kind == POOL_DONE)
				jobs += list_done(&list, &ctx, event.job);
	}
}

START_TEST(matches_as_lines)
{
	struct ranges *set;

	open_line("memory:0x100");
	open_list("matches");
	paint(6);
	ck_assert_str_eq(text_of(2), "");
	set = make_set("a");
	grow_set(set, 20); /* the last ones lie behind the end */
	open_list("matches");
	list.selected = 15;
	paint(5);
	ck_assert_ptr_nonnull(strstr(text_of(0), "Matches  %a  20"));
	ck_assert_str_eq(text_of(2), "     15  0x000000e0  "
	                             "00 00 00 00 00 00 00 00 "
	                             "................................  …");
	/* The space ends there. */
	ck_assert_str_eq(text_of(3), "▸    16  0x000000f0  "
	                             "00 00 00 00 00 00 00 00 "
	                             "........................          …");
	list.selected = 19;
	paint(5);
	ck_assert_ptr_nonnull(strstr(text_of(3), "20  not shown   2 B"));
	ranges_free(set);
}
END_TEST

/* What has come since is gone through, what was gone through is not again, and
   another set begins anew. */
START_TEST(filters_in_jobs)
{
	struct ranges *set;
	size_t idx;

	open_line("memory:16M");
	set = make_set("a");
	grow_set(set, 100000);
	open_list("matches");
	filter("0x000010");
	ck_assert_uint_eq(list_count(&list, &ctx), 0);
	ck_assert_int_gt(work(), 1);
	/* 0x1000 .. 0x10ff, and the number 0x10 of no column. */
	ck_assert_uint_eq(list_count(&list, &ctx), 16);
	for (size_t i = 0; i < 16; i++) {
		ck_assert(list_entry(&list, &ctx, i, &idx));
		ck_assert_uint_eq(idx, 256 + i);
	}
	ck_assert_int_eq(work(), 0);
	filter("0x0018");
	ck_assert_int_gt(work(), 1);
	ck_assert_uint_eq(list_count(&list, &ctx), 100000 - 0x18000);
	grow_set(set, 100010);
	ck_assert_int_eq(work(), 1);
	ck_assert_uint_eq(list_count(&list, &ctx), 100010 - 0x18000);
	ranges_free(set);
	set = make_set("a");
	grow_set(set, 0x18001);
	ck_assert_uint_eq(list_count(&list, &ctx), 0);
	ck_assert_int_gt(work(), 1);
	ck_assert_uint_eq(list_count(&list, &ctx), 1);
	ranges_free(set);
}
END_TEST

/* A filter is replaced, and the panel closed and another one opened, while a
   job goes through the rows. */
START_TEST(jobs_that_come_late)
{
	struct ranges *set;

	open_line("memory:16M");
	set = make_set("a");
	grow_set(set, 1000);
	open_list("matches");
	filter("0x0000000");
	list_work(&list, &ctx);
	filter("0x0000001");
	work();
	ck_assert_uint_eq(list_count(&list, &ctx), 1);
	filter("0x0000002");
	list_work(&list, &ctx);
	open_list("segments");
	ck_assert(!list_is_idle(&list, &ctx));
	work();
	ck_assert_uint_eq(list_count(&list, &ctx), 1);
	open_list("matches");
	filter("0x0000003");
	list_work(&list, &ctx);
	ranges_free(set);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("list");
	TCase *tc = tcase_create("list");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, kinds);
	tcase_add_test(tc, segments_as_lines);
	tcase_add_test(tc, places_of_segments);
	tcase_add_test(tc, lines_that_remove);
	tcase_add_test(tc, summary_without_gaps);
	tcase_add_test(tc, bookmarks_as_lines);
	tcase_add_test(tc, selection_stays_in_the_list);
	tcase_add_test(tc, empty_list);
	tcase_add_test(tc, filters);
	tcase_add_test(tc, filter_when_entries_go);
	tcase_add_test(tc, filter_without_memory);
	tcase_add_test(tc, stays_in_its_rows);
	tcase_add_test(tc, matches_as_lines);
	tcase_add_test(tc, filters_in_jobs);
	tcase_add_test(tc, jobs_that_come_late);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
