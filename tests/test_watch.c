/* test_watch.c - tests of ui/watch.c */
#include "config.h"

#include "ui/watch.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "edit/store.h"
#include "session.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "ui/paint.h"

enum { PER_ROW = 4, ROWS = 5 };

static struct session *session;
static struct error err;
static struct watch watch;
static struct shown_row rows[ROWS]; /* two windows of two and three rows */
static int row_count;

static void setup(void)
{
	desk_begin();
	desk_file("a", "0123456789abcdefghijklmnopqrstuvwxyz");
	session = desk_session(&faults_sys, NULL);
	watch = (struct watch){ 0 };
}

static void teardown(void)
{
	watch_clear(&watch);
	desk_finish(&session);
}

static void open_input(const char *line)
{
	desk_open(session, line);
}

/* Show rows that begin at these addresses, as a frame does. */
static void frame(const uint64_t *addrs, int count)
{
	struct view *view = session_view(session);
	struct runs runs = { 0 };

	row_count = count;
	for (int i = 0; i < count; i++) {
		rows[i] = (struct shown_row){
			.row = { .kind = ROW_DATA, .addr = addrs[i] },
			.count = PER_ROW,
		};
		runs_clear(&runs);
		must(view_read(view, addrs[i], rows[i].bytes, PER_ROW, 0, &runs,
		               &err),
		     &err);
		for (unsigned k = 0; k < PER_ROW; k++)
			rows[i].runs[k] = *runs_at(&runs, k);
	}
	runs_free(&runs);
	watch_mark(&watch, session, rows, count);
}

/* Draw again what is shown. */
static void again(void)
{
	uint64_t addrs[ROWS];

	for (int i = 0; i < row_count; i++)
		addrs[i] = rows[i].row.addr;
	frame(addrs, row_count);
}

/* Finish the look that is under way; is there any news? */
static bool end(void)
{
	struct pool_event event;
	bool news = false, done = false;

	while (!done) {
		pool_wait(session_pool(session));
		while (pool_next(session_pool(session), &event))
			done = done || (event.kind == POOL_DONE &&
			                watch_end(&watch, event.job, session,
			                          rows, row_count, &news));
	}
	ck_assert(watch_is_idle(&watch));
	return news;
}

static bool look(void)
{
	bool news;

	must(watch_begin(&watch, session, rows, row_count, &err), &err);
	ck_assert(!watch_is_idle(&watch));
	news = end();
	if (news)
		again();
	return news;
}

/* What is marked: a sign for each byte, a blank between rows. */
static const char *marks(void)
{
	static char text[ROWS * (PER_ROW + 1) + 1];
	size_t n = 0;

	for (int i = 0; i < row_count; i++) {
		for (unsigned k = 0; k < rows[i].count; k++)
			text[n++] = rows[i].changed[k] ? '~' : '.';
		text[n++] = ' ';
	}
	text[n - (n > 0)] = '\0';
	return text;
}

static bool put(uint64_t addr, uint64_t removed, const char *text)
{
	struct piece piece;
	struct session_splice s = {
		.at = space_place(session_space(session), addr),
		.removed = removed,
		.added = &piece,
		.count = 1,
	};

	return store_put(session_store(session), text, strlen(text), &piece,
	                 &err) &&
	       session_edit(session, &s, 1, 0, &err);
}

static void show(uint64_t first)
{
	frame((uint64_t[]){ first, first + 4, first + 8 }, 3);
}

START_TEST(what_others_write)
{
	open_input("a");
	show(4);
	ck_assert(!look());
	ck_assert(!look());
	desk_write_at("a", 5, "XY");
	desk_write_at("a", 0, "not in sight");
	desk_write_at("a", 0, "0123");
	desk_write_at("a", 4, "4");
	desk_write_at("a", 7, "7");
	ck_assert(look());
	ck_assert_str_eq(marks(), ".~~. ~~~~ ....");
	/* They stay marked, and then are not any more, which is news as
	   well. */
	for (int i = 1; i < WATCH_LOOKS; i++) {
		ck_assert(look());
		ck_assert_str_eq(marks(), ".~~. ~~~~ ....");
	}
	ck_assert(look());
	ck_assert_str_eq(marks(), ".... .... ....");
	ck_assert(!look());
}
END_TEST

/* By a map that nobody syncs, as in shared memory. */
START_TEST(what_others_write_by_a_map)
{
	int fd = open("a", O_RDWR | O_CLOEXEC);
	char *map = mmap(NULL, 36, PROT_WRITE, MAP_SHARED, fd, 0);

	ck_assert(map != MAP_FAILED);
	open_input("a");
	show(0);
	ck_assert(!look());
	for (int i = 0; i < 20; i++) {
		map[3] = (char)('A' + i);
		ck_assert(look());
		ck_assert_str_eq(marks(), "...~ .... ....");
		ck_assert_int_eq(rows[0].bytes[3], 'A' + i);
	}
	munmap(map, 36);
	close(fd);
}
END_TEST

/* Between the frame and the first look, and between a look and a frame. */
START_TEST(nothing_falls_in_between)
{
	open_input("a");
	show(0);
	desk_write_at("a", 1, "X");
	ck_assert(look());
	ck_assert_str_eq(marks(), ".~.. .... ....");
	desk_write_at("a", 2, "Y");
	again();
	ck_assert_str_eq(marks(), ".~.. .... ....");
	ck_assert(look());
	ck_assert_str_eq(marks(), ".~~. .... ....");
	/* It has changed and changed back: nobody could see that. */
	desk_write_at("a", 5, "Z");
	desk_write_at("a", 5, "5");
	ck_assert(look());
	ck_assert_str_eq(marks(), ".~~. .... ....");
}
END_TEST

/* What comes into sight was not seen before; what stays in sight was. */
START_TEST(scrolling)
{
	open_input("a");
	show(0);
	ck_assert(!look());
	desk_write_at("a", 6, "X");
	desk_write_at("a", 13, "Y");
	show(4);
	ck_assert(look());
	ck_assert_str_eq(marks(), "..~. .... ....");
	/* Rows that are not next to each other, as around a long gap. */
	frame((uint64_t[]){ 0, 4, 16, 20 }, 4);
	ck_assert(look());
	ck_assert_str_eq(marks(), ".... ..~. .... ....");
	desk_write_at("a", 3, "VW");
	desk_write_at("a", 19, "VW");
	ck_assert(look());
	ck_assert_str_eq(marks(), "...~ ~.~. ...~ ~...");
	/* A mark moves with its byte. */
	show(4);
	ck_assert_str_eq(marks(), "~.~. .... ....");
}
END_TEST

START_TEST(edits_are_not_marked)
{
	open_input("a");
	show(0);
	ck_assert(!look());
	must(put(1, 2, "XY"), &err);
	again();
	ck_assert(!look());
	desk_write_at("a", 0, "abcdef");
	ck_assert(look());
	ck_assert_str_eq(marks(), "~..~ ~~.. ....");
	/* One that is made over a mark takes it away. */
	must(put(4, 1, "Z"), &err);
	again();
	ck_assert_str_eq(marks(), "~..~ .~.. ....");
	/* One that is taken back shows what the file has: no change. */
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	again();
	(void)look();
	(void)look();
	(void)look();
	ck_assert(!look());
	ck_assert_str_eq(marks(), ".... .... ....");
}
END_TEST

/* Other bytes stand at the addresses then: nothing can be said. */
START_TEST(other_addresses)
{
	open_input("a");
	show(0);
	ck_assert(!look());
	must(put(0, 0, "-"), &err);
	again();
	ck_assert(!look());
	desk_write_at("a", 0, "AB");
	ck_assert(look());
	ck_assert_str_eq(marks(), ".~~. .... ....");
	/* A look that began before. */
	must(watch_begin(&watch, session, rows, row_count, &err), &err);
	must(put(0, 0, "-"), &err);
	again();
	ck_assert_str_eq(marks(), ".... .... ....");
	(void)end();
	again();
	ck_assert_str_eq(marks(), ".... .... ....");
}
END_TEST

/* A byte without a value is not one that was changed. */
START_TEST(bytes_that_go)
{
	open_input("a");
	show(24);
	ck_assert(!look());
	ck_assert_int_eq(truncate("a", 28), 0);
	ck_assert(!look());
	again();
	ck_assert_int_eq((int)rows[1].runs[0].state, STATE_BAD);
	ck_assert(!look());
	ck_assert_str_eq(marks(), ".... .... ....");
}
END_TEST

START_TEST(one_at_a_time)
{
	size_t reads;

	open_input("a");
	show(0);
	must(watch_begin(&watch, session, rows, row_count, &err), &err);
	reads = pool_running(session_pool(session));
	must(watch_begin(&watch, session, rows, row_count, &err), &err);
	ck_assert_uint_le(pool_running(session_pool(session)), reads);
	desk_write_at("a", 0, "X");
	/* Nobody wants to know any more. */
	watch_stop(&watch);
	ck_assert(!watch_is_idle(&watch));
	ck_assert(!end());
	ck_assert_ptr_null(watch.seen);
	watch_stop(&watch);
	/* Cleared while one is under way. */
	must(watch_begin(&watch, session, rows, row_count, &err), &err);
}
END_TEST

START_TEST(without_memory)
{
	open_input("a");
	show(0);
	for (long n = 0;; n++) {
		bool ok;

		mem_fail_after(n);
		ok = watch_begin(&watch, session, rows, row_count, &err);
		if (ok)
			(void)end();
		mem_fail_after(-1);
		if (ok && watch.seen)
			break;
		ck_assert(ok || err.code == ERR_NOMEM);
		ck_assert(watch_is_idle(&watch));
	}
	desk_write_at("a", 0, "X");
	ck_assert(look());
}
END_TEST

int main(void)
{
	Suite *s = suite_create("watch");
	TCase *tc = tcase_create("watch");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_others_write);
	tcase_add_test(tc, what_others_write_by_a_map);
	tcase_add_test(tc, nothing_falls_in_between);
	tcase_add_test(tc, scrolling);
	tcase_add_test(tc, edits_are_not_marked);
	tcase_add_test(tc, other_addresses);
	tcase_add_test(tc, bytes_that_go);
	tcase_add_test(tc, one_at_a_time);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
