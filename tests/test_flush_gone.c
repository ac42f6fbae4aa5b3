/*
 * test_flush_gone.c - what goes with a length that changes, in a later run
 *
 * More than 64 KiB are removed from a file at once, of which the journal knows
 * nothing but from the flush: later runs take that back all the same.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { LEN = 210000, GONE = 70000, ROOM = LEN + 1000 };

static struct session *session;
static struct error err;
static char *shelf;
static char said[DESK_SAID];
static char text[ROOM], got[ROOM];

static void start(void)
{
	session = desk_session(&faults_sys, shelf);
	desk_hear(session, said);
	desk_open(session, "a;b");
}

static void finish(void)
{
	session_drop_edits(session, true);
	session_free(session);
	session = NULL;
}

static void setup(void)
{
	uint64_t seed = random_seed();

	desk_begin();
	faults_skip_syncs();
	shelf = desk_shelf();
	for (size_t i = 0; i < LEN; i++)
		text[i] = (char)('a' + random_below(&seed, 26));
	free(scratch_file("a", text, LEN));
	desk_file("b", "bbbb");
	start();
}

static void teardown(void)
{
	mem_fail_after(-1);
	if (session)
		finish();
	desk_finish(&session);
	free(shelf);
}

static bool try_flush(unsigned flags)
{
	return desk_flush(session, flags, NULL, &err);
}

static void flush(void)
{
	must(try_flush(0), &err);
}

/* The file has these parts of what it was first, and no more. */
static void has(const size_t (*parts)[2], size_t count)
{
	FILE *in = fopen("a", "r");
	size_t n, at = 0;

	ck_assert_ptr_nonnull(in);
	n = fread(got, 1, sizeof(got), in);
	ck_assert_int_eq(fclose(in), 0);
	for (size_t i = 0; i < count; i++) {
		size_t len = parts[i][1] - parts[i][0];

		ck_assert_uint_le(at + len, n);
		ck_assert_mem_eq(got + at, text + parts[i][0], len);
		at += len;
	}
	ck_assert_uint_eq(at, n);
}

static void has_all(void)
{
	has((const size_t[][2]){ { 0, LEN } }, 1);
}

static void undo(void)
{
	must(session_load_past(session, 1, &err), &err);
	must(session_undo(session, &err), &err);
}

START_TEST(a_long_deletion)
{
	desk_put(session, 1000, GONE, "");
	flush();
	has((const size_t[][2]){ { 0, 1000 }, { 1000 + GONE, LEN } }, 2);
	finish();
	start();
	undo();
	flush();
	has_all();
}
END_TEST

/* Again and again, in several places, and with what is written over. */
START_TEST(runs_of_them)
{
	desk_put(session, 100, 0, "long");
	desk_put(session, 5000, GONE, "over");
	desk_put(session, 5, 2, "xy");
	flush();
	finish();
	start();
	desk_put(session, 0, GONE, "");
	desk_put(session, 10, 3, "");
	flush();
	finish();
	start();
	for (int i = 0; i < 5; i++)
		undo();
	flush();
	has_all();
}
END_TEST

/* A part of the removed range was removed before, and small. */
START_TEST(small_and_long)
{
	desk_put(session, 2000, 10, "");
	desk_put(session, 1000, GONE, "ABC");
	must(session_undo(session, &err), &err);
	must(session_redo(session, &err), &err);
	flush();
	finish();
	start();
	undo();
	undo();
	flush();
	has_all();
}
END_TEST

/* What is taken back need not be the last. */
START_TEST(backed_out)
{
	size_t number;

	desk_put(session, 1000, GONE, "");
	flush();
	finish();
	start();
	desk_put(session, 10, 1, "");
	flush();
	must(session_load_past(session, SIZE_MAX, &err), &err);
	number = 1;
	must(session_back_out(session, &number, 1, &err), &err);
	flush();
	has((const size_t[][2]){ { 0, 10 }, { 11, LEN } }, 2);
}
END_TEST

/* More than the journal may take is refused before anything has happened. */
START_TEST(too_much)
{
	session_set_journal_limit(session, GONE - 1);
	desk_put(session, 1000, GONE, "");
	ck_assert(!try_flush(0));
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_msg(strstr(err.text, "70000 bytes are to go") != NULL, "%s",
	              err.text);
	has_all();
	ck_assert_uint_eq(session_edited(session), 1);
	session_set_journal_limit(session, GONE);
	flush();
	finish();
	start();
	undo();
	flush();
	has_all();
	/* Whoever wants that loses it. */
	session_set_journal_limit(session, GONE - 1);
	desk_put(session, 1000, GONE, "");
	must(try_flush(FLUSH_ANYWAY), &err);
	ck_assert_ptr_nonnull(strstr(said, "70000 bytes go that are not kept "
	                                   "(journallimit)"));
	finish();
	start();
	must(session_load_past(session, 1, &err), &err);
	ck_assert(!session_undo(session, &err) || !try_flush(0));
}
END_TEST

/* What would be removed at once is not kept. */
START_TEST(more_than_history)
{
	session_set_undo_limit(session, GONE - 1);
	desk_put(session, 1000, GONE, "");
	flush();
	ck_assert_str_eq(said, "70000 bytes go that are not kept (undolimit): "
	                       "no later run can take that back");
	finish();
	start();
	session_set_undo_limit(session, 0);
	desk_put(session, 1000, GONE, "");
	flush();
	ck_assert_str_eq(said, "");
}
END_TEST

/* A disk that is full of it leaves all as it was. */
START_TEST(no_room)
{
	bool ok = false;

	desk_put(session, 1000, GONE, "");
	for (size_t nth = 0; !ok; nth = nth * 2 + 1) {
		faults_fail(FAULT_PWRITE, nth, 1, ENOSPC);
		ok = try_flush(0);
		faults_reset();
		faults_skip_syncs();
		ck_assert(!session_flush_is_open(session));
		if (!ok)
			has_all();
	}
	finish();
	start();
	undo();
	flush();
	has_all();
}
END_TEST

/* What could not be read is lost, and nothing else. */
START_TEST(a_bad_sector)
{
	desk_put(session, 1000, GONE, "");
	faults_bad(0x10000, 512, false);
	flush();
	faults_reset();
	finish();
	has((const size_t[][2]){ { 0, 1000 }, { 1000 + GONE, LEN } }, 2);
	start();
	must(session_load_past(session, 1, &err), &err);
	ck_assert(!session_undo(session, &err));
	ck_assert_msg(strstr(err.text, "cannot be read any more") != NULL, "%s",
	              err.text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("flush gone");
	TCase *tc = tcase_create("flush gone");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_long_deletion);
	tcase_add_test(tc, runs_of_them);
	tcase_add_test(tc, small_and_long);
	tcase_add_test(tc, backed_out);
	tcase_add_test(tc, too_much);
	tcase_add_test(tc, more_than_history);
	tcase_add_test(tc, no_room);
	tcase_add_test(tc, a_bad_sector);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
