/*
 * test_flush_blind.c - a flush over bytes that cannot be read
 *
 * Sector 1 of the file `a` cannot be read; what is written there comes to the
 * disk all the same.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { SECTOR = 512, SIZE = 4 * SECTOR };

static struct error err;
static struct session *session;
static char *shelf;

static void bad(void)
{
	faults_bad(SECTOR, SECTOR, true);
}

static void setup(void)
{
	char bytes[SIZE];

	desk_begin();
	memset(bytes, 'a', SIZE);
	free(scratch_file("a", bytes, SIZE));
	memset(bytes, 'b', SIZE);
	free(scratch_file("b", bytes, SECTOR));
	shelf = desk_shelf();
	session = desk_session(&faults_sys, shelf);
	desk_open(session, "a;b");
	bad();
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
}

static bool put(uint64_t addr, const char *text, unsigned flags)
{
	return desk_splice(session, desk_place(session, addr), strlen(text),
	                   text, flags, &err);
}

static bool flush(unsigned flags)
{
	return desk_flush(session, flags, NULL, &err);
}

static void says(enum err code, const char *part)
{
	ck_assert_int_eq(err.code, code);
	if (!strstr(err.text, part))
		ck_assert_str_eq(err.text, part);
}

/* A byte of a file, read past the faults. */
static char on_disk(const char *name, long off)
{
	return desk_files(name)[off];
}

/* What a view shows: a byte, or '?' for what cannot be read. */
static char shows(const struct view *view, uint64_t addr)
{
	struct runs runs = { 0 };
	unsigned char byte;
	char c;

	must(view_read(view, addr, &byte, 1, 0, &runs, &err), &err);
	ck_assert_uint_eq(runs.count, 1);
	c = state_has_bytes(runs.v[0].state) ? (char)byte : '?';
	runs_free(&runs);
	return c;
}

/* The way of an edit that begins in front of the bad sector and ends behind it,
   to the disk and back. */
START_TEST(over_a_bad_sector)
{
	char text[SECTOR + 201];
	struct view *before = view_ref(session_view(session));

	memset(text, 'x', SECTOR + 200);
	text[SECTOR + 200] = '\0';
	ck_assert(!put(SECTOR - 100, text, 0));
	ck_assert_int_eq(err.code, ERR_STATE);
	must(put(SECTOR - 100, text, EDIT_FORCE), &err);
	must(session_undo(session, &err), &err);
	ck_assert_int_eq(shows(session_view(session), SECTOR), '?');
	must(session_redo(session, &err), &err);
	must(put(SIZE, "y", 0), &err);
	must(flush(0), &err);
	for (long i = 0; i < SIZE; i++)
		ck_assert_int_eq(on_disk("a", i),
		                 i >= SECTOR - 100 && i < 2 * SECTOR + 100
		                         ? 'x'
		                         : 'a');
	ck_assert_int_eq(on_disk("b", 0), 'y');
	/* The old view knows what it knew, and no more. */
	faults_reset();
	ck_assert_int_eq(shows(before, SECTOR - 100), 'a');
	ck_assert_int_eq(shows(before, SECTOR - 1), 'a');
	ck_assert_int_eq(shows(before, SECTOR), '?');
	ck_assert_int_eq(shows(before, 2 * SECTOR - 1), '?');
	ck_assert_int_eq(shows(before, 2 * SECTOR), 'a');
	ck_assert_int_eq(shows(session_view(session), SECTOR), 'x');
	view_unref(before);
	/* What nobody knows cannot be had back (K7). */
	must(session_undo(session, &err), &err);
	ck_assert(!session_undo(session, &err));
	says(ERR_STATE, "or from before a flush, cannot be read any more");
	ck_assert_int_eq(shows(session_view(session), SECTOR - 1), 'x');
	must(flush(0), &err);
}
END_TEST

/* One that could be read when it was edited: nobody has given that up. */
START_TEST(bad_since_then)
{
	faults_reset();
	must(put(SECTOR + 4, "xyz", 0), &err);
	bad();
	ck_assert(!flush(0));
	says(ERR_IO, "a: what is at 0x204 could not be taken back (flush! "
	             "writes over it): Input/output error");
	ck_assert_int_eq(on_disk("a", SECTOR + 4), 'a');
	must(flush(FLUSH_ANYWAY), &err);
	ck_assert_int_eq(on_disk("a", SECTOR + 4), 'x');
}
END_TEST

/* That one place is given up says nothing of another, in the same file or the
   same sector. */
START_TEST(given_up_elsewhere)
{
	faults_reset();
	must(put(SECTOR + 8, "xyz", 0), &err);
	must(put(3 * SECTOR, "uv", 0), &err);
	bad();
	must(put(SECTOR + 4, "123", EDIT_FORCE), &err);
	must(put(SECTOR + 7, "4", EDIT_FORCE), &err);
	ck_assert(!flush(0));
	says(ERR_IO, "a: what is at 0x208 could not be taken back");
	ck_assert_int_eq(on_disk("a", SECTOR + 4), 'a');
	must(put(SECTOR + 8, "56", EDIT_FORCE), &err);
	faults_reset();
	faults_bad(SECTOR, 10, false);
	must(flush(0), &err);
	ck_assert_int_eq(on_disk("a", SECTOR + 4), '1');
	ck_assert_int_eq(on_disk("a", SECTOR + 9), '6');
	ck_assert_int_eq(on_disk("a", SECTOR + 10), 'z');
	/* What was said is over with the flush. */
	faults_reset();
	must(put(SECTOR + 4, "9", 0), &err);
	bad();
	ck_assert(!flush(0));
	says(ERR_IO, "a: what is at 0x204 could not be taken back");
}
END_TEST

/* What fails behind it is taken back as long as the sector is as it was. */
START_TEST(taken_back)
{
	must(put(0, "x", 0), &err);
	must(put(SECTOR, "y", EDIT_FORCE), &err);
	must(put(SIZE, "z", 0), &err);
	/* The syncs of b, the first one and the one after writing again. */
	faults_fail(FAULT_SYNC_DATA, 2, 2, EIO);
	ck_assert(!flush(0));
	ck_assert(!session_flush_is_open(session));
	ck_assert_int_eq(on_disk("a", 0), 'a');
	ck_assert_int_eq(on_disk("b", 0), 'b');
	faults_reset();
	bad();
	must(flush(0), &err);
	ck_assert_int_eq(on_disk("a", 0), 'x');
	ck_assert_int_eq(on_disk("a", SECTOR), 'y');
	ck_assert_int_eq(on_disk("b", 0), 'z');
}
END_TEST

static char waiting[64];
static bool is_flushing;

static void note(void *ctx, const struct session_waiting *w)
{
	(void)ctx;
	snprintf(waiting, sizeof(waiting), "%s", w->journal);
	is_flushing = w->is_flushing;
}

/* What can be read afterwards was written: then it only goes forward, now and
   in the next run. */
START_TEST(only_forward)
{
	must(put(0, "x", 0), &err);
	must(put(SECTOR, "y", EDIT_FORCE), &err);
	must(put(SIZE, "z", 0), &err);
	must(session_sync(session, &err), &err);
	faults_fail(FAULT_SYNC_DATA, 2, SIZE_MAX, EIO);
	ck_assert(!flush(0));
	ck_assert(session_flush_is_open(session));
	session_free(session);
	faults_reset();
	session = desk_session(&faults_sys, shelf);
	desk_open(session, "a;b");
	must(session_look(session, note, NULL, &err), &err);
	ck_assert(is_flushing);
	ck_assert(!session_settle_flush(session, waiting, RECOVER_BACK, &err));
	says(ERR_CHANGED, "a: what was at 0x200 could not be read and is "
	                  "written over: the flush can only be finished");
	must(session_settle_flush(session, waiting, RECOVER_FINISH, &err),
	     &err);
	ck_assert_int_eq(on_disk("a", 0), 'x');
	ck_assert_int_eq(on_disk("a", SECTOR), 'y');
	ck_assert_int_eq(on_disk("b", 0), 'z');
}
END_TEST

/* The next run has the history, but not what nobody knew. */
START_TEST(history_of_it)
{
	must(put(SECTOR, "xyz", EDIT_FORCE), &err);
	must(put(2 * SECTOR, "u", 0), &err);
	must(flush(0), &err);
	session_free(session);
	faults_reset();
	session = desk_session(&faults_sys, shelf);
	desk_open(session, "a;b");
	must(session_undo(session, &err), &err);
	ck_assert_int_eq(shows(session_view(session), 2 * SECTOR), 'a');
	must(flush(0), &err);
	ck_assert_int_eq(on_disk("a", 2 * SECTOR), 'a');
	ck_assert(!session_undo(session, &err));
	says(ERR_STATE, "or from before a flush, cannot be read any more");
	ck_assert_int_eq(shows(session_view(session), SECTOR), 'x');
}
END_TEST

START_TEST(without_memory)
{
	bool ok = false;

	must(put(SECTOR - 1, "xyz", EDIT_FORCE), &err);
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = flush(0);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
		ck_assert(ok || !session_flush_is_open(session) || n > 0);
	}
	ck_assert_int_eq(on_disk("a", SECTOR - 1), 'x');
	ck_assert_int_eq(on_disk("a", SECTOR + 1), 'z');
}
END_TEST

int main(void)
{
	Suite *s = suite_create("flush blind");
	TCase *tc = tcase_create("flush blind");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, over_a_bad_sector);
	tcase_add_test(tc, bad_since_then);
	tcase_add_test(tc, given_up_elsewhere);
	tcase_add_test(tc, taken_back);
	tcase_add_test(tc, only_forward);
	tcase_add_test(tc, history_of_it);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
