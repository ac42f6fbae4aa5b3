/*
 * test_session_store.c - long bytes of edits, in the journal or without one
 *
 * The session under test puts 12 bytes or more away.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "edit/store.h"
#include "source/run.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

#define LONG  "long bytes that an edit has brought"
#define OTHER "others, also long enough to be put"

static struct session *session;
static struct error err;
static char *shelf;

static void begin(bool journal)
{
	session = desk_session(&faults_sys, journal ? shelf : NULL);
	desk_open(session, "a;b");
}

static void setup(void)
{
	desk_begin();
	shelf = desk_shelf();
	desk_file("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	desk_file("b", "bbbb");
	begin(true);
}

static void finish(void)
{
	session_free(session);
	session = NULL;
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
}

static uint64_t in_memory(void)
{
	return store_size(session_store(session));
}

/* The state of the byte at addr, and what is said of it. */
static struct run state_at(uint64_t addr)
{
	struct runs runs = { 0 };
	unsigned char byte;
	struct run run;

	must(view_read(session_view(session), addr, &byte, 1, 0, &runs, &err),
	     &err);
	run = runs.v[0];
	runs_free(&runs);
	return run;
}

static void sync_now(void)
{
	must(session_sync(session, &err), &err);
}

static bool flush(void)
{
	return desk_flush(session, 0, NULL, &err);
}

START_TEST(they_take_no_memory)
{
	desk_put(session, 1, 2, LONG);
	ck_assert_uint_eq(in_memory(), 0);
	desk_shows(session, "a" LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                    "bbbb");
	desk_put(session, 3, 1, "xyz");
	ck_assert_uint_eq(in_memory(), 3);
	must(session_undo(session, &err) && session_undo(session, &err), &err);
	desk_shows(session, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbb");
	must(session_redo(session, &err), &err);
	desk_shows(session, "a" LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                    "bbbb");
	session_drop_edits(session, true);
}
END_TEST

/* Over what was flushed lies what is read from a journal that is closed, and
   goes into the next one. */
START_TEST(over_a_flush)
{
	char text[64] = "";

	desk_put(session, 2, strlen(LONG), LONG);
	must(flush(), &err);
	desk_shows(session, "aa" LONG "aaabbbb");
	must(session_undo(session, &err), &err);
	desk_shows(session, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbb");
	must(session_redo(session, &err), &err);
	desk_shows(session, "aa" LONG "aaabbbb");
	must(session_undo(session, &err), &err);
	desk_put(session, 40, 4, OTHER);
	must(session_undo(session, &err), &err);
	must(session_redo(session, &err), &err);
	finish();
	begin(true);
	ck_assert_uint_eq(desk_look(session).count, 2);
	snprintf(text, sizeof(text), "%s", desk_look(session).journal);
	must(session_recover(session, text, &err), &err);
	desk_shows(session, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" OTHER);
	session_drop_edits(session, true);
}
END_TEST

/* What is read from the journal and cannot be is bad, with the reason: not
   zeros (K7). It is not flushed, nor written anywhere. */
START_TEST(what_cannot_be_read_is_bad)
{
	for (int i = 0; i < 20; i++)
		desk_put(session, 1, strlen(LONG), LONG);
	sync_now();
	desk_put(session, 1, strlen(OTHER), OTHER);
	must(session_undo(session, &err), &err);
	sync_now();
	faults_bad(4096, UINT64_C(1) << 30, false);
	ck_assert_int_eq(state_at(5).state, STATE_BAD);
	ck_assert_int_eq(state_at(5).why, WHY_ERRNO);
	ck_assert_int_eq(state_at(5).sys, EIO);
	ck_assert_int_eq(state_at(0).state, STATE_DATA);
	ck_assert(!flush());
	faults_reset();
	ck_assert_int_eq(state_at(5).state, STATE_DATA);
	must(flush(), &err);
	desk_shows(session, "a" LONG "aaaabbbb");
}
END_TEST

/* Each write fails: the bytes are refused, and the edit can be made then. */
START_TEST(what_cannot_be_put_is_refused)
{
	static const int causes[] = { ENOSPC, EDQUOT, EIO };
	struct place at = desk_place(session, 2);
	size_t refused = 0;

	for (size_t nth = 0; nth < 12; nth++) {
		int cause = causes[nth % ARRAY_LEN(causes)];

		faults_reset();
		faults_fail(FAULT_PWRITE, nth, 1, cause);
		if (!desk_splice(session, at, 1, LONG, 0, &err)) {
			refused++;
			ck_assert_ptr_nonnull(strstr(err.text, "not done"));
			ck_assert_ptr_nonnull(
				strstr(err.text, strerror(cause)));
			desk_shows(session, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			                    "aaaaaabbbb");
			faults_reset();
			must(desk_splice(session, at, 1, LONG, 0, &err), &err);
		}
		faults_reset();
		desk_shows(session,
		           "aa" LONG
		           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbb");
		must(session_undo(session, &err), &err);
	}
	ck_assert_uint_gt(refused, 1);
	session_drop_edits(session, true);
}
END_TEST

/* While a flush has the journal for itself nothing else comes into it. */
START_TEST(during_a_flush)
{
	struct session_flushed flushed;
	struct piece piece;
	bool begun;

	desk_put(session, 2, strlen(LONG), LONG);
	must(session_flush_begin(session, NULL, 0, 0, &begun, &err), &err);
	ck_assert(begun);
	must(store_put(session_store(session), OTHER, strlen(OTHER), &piece,
	               &err),
	     &err);
	ck_assert(!store_is_image(&piece));
	session_flush_work(NULL, session);
	must(session_flush_finish(session, &flushed, &err), &err);
	desk_shows(session, "aa" LONG "aaabbbb");
}
END_TEST

/* Nor while edits are taken up, from the begin to the end. */
START_TEST(during_a_recovery)
{
	char journal[64];
	struct piece piece;
	uint64_t before;
	bool more = true;

	desk_put(session, 2, 1, LONG);
	finish();
	begin(true);
	strcpy(journal, desk_look(session).journal);
	must(session_recover_begin(session, &err), &err);
	must(session_recover_read(session, journal, NULL, &err), &err);
	for (int step = 0; step < 3; step++) {
		before = session_puts(session);
		must(store_put(session_store(session), OTHER, strlen(OTHER),
		               &piece, &err),
		     &err);
		ck_assert_uint_eq(session_puts(session), before);
		session_drop_puts(session, before);
		while (step == 0 && more)
			must(session_recover_go(session, &more, &err), &err);
		if (step == 1)
			must(session_recover_write(session, &err), &err);
	}
	session_recover_end(session);
	desk_shows(session, "aa" LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                    "bbbb");
	session_drop_edits(session, true);
}
END_TEST

/* The first bytes stay in memory, then there is a file, without a name. */
START_TEST(without_a_journal)
{
	char want[DESK_TEXT] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbb";

	finish();
	begin(false);
	faults_reset();
	for (size_t i = 0; i < 10; i++) {
		const char *text = i % 2 ? LONG : OTHER;

		desk_put(session, i, 30, text);
		memmove(want + i + strlen(text), want + i + 30,
		        strlen(want + i + 30) + 1);
		memcpy(want + i, text, strlen(text));
		desk_shows(session, want);
	}
	ck_assert_uint_eq(faults_count(FAULT_TEMPORARY), 1);
	ck_assert_uint_lt(in_memory(), 64);
	faults_fail(FAULT_PREAD, 0, 1, EIO);
	ck_assert_int_eq(state_at(9).state, STATE_BAD);
	faults_reset();
	faults_fail(FAULT_PWRITE, 0, 1, ENOSPC);
	ck_assert(!desk_splice(session, desk_place(session, 0), 1, LONG, 0,
	                       &err));
	ck_assert_ptr_nonnull(strstr(err.text, "temporary file"));
	faults_reset();
	desk_shows(session, want);
}
END_TEST

static off_t journal_size(void)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", shelf,
	         session_journal_name(session));
	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_size;
}

static void check_bytes(uint64_t addr, const char *want)
{
	struct runs runs = { 0 };
	char is[DESK_TEXT];

	must(view_read(session_view(session), addr, is, strlen(want), 0, &runs,
	               &err),
	     &err);
	ck_assert_mem_eq(is, want, strlen(want));
	runs_free(&runs);
}

static void put_only(const char *text)
{
	struct piece piece;

	must(store_put(session_store(session), text, strlen(text), &piece,
	               &err),
	     &err);
	ck_assert(store_is_image(&piece));
}

/* What was for an edit that is not made leaves the journal as it was, unless
   something else has come behind it. */
START_TEST(bytes_for_nothing)
{
	off_t before;
	uint64_t puts;
	char name[64];

	desk_put(session, 1, 1, "x");
	if (_i == 1)
		sync_now();
	before = journal_size();
	put_only(LONG);
	put_only(OTHER);
	if (_i == 1)
		sync_now();
	ck_assert_int_gt(journal_size(), before);
	session_drop_puts(session, session_puts(session));
	ck_assert_int_eq(journal_size(), before);
	desk_put(session, 2, 1, LONG);
	put_only(OTHER);
	puts = session_puts(session);
	desk_put(session, 0, 1, "y");
	before = journal_size();
	session_drop_puts(session, puts);
	ck_assert_int_eq(journal_size(), before);
	put_only(OTHER);
	session_drop_puts(session, puts);
	ck_assert_int_gt(journal_size(), before);
	desk_shows(session,
	           "yx" LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbb");
	finish();
	begin(true);
	snprintf(name, sizeof(name), "%s", desk_look(session).journal);
	must(session_recover(session, name, &err), &err);
	desk_shows(session,
	           "yx" LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbb");
	session_drop_edits(session, true);
}
END_TEST

/* A document that nobody else can see has bytes in the journal, but no edits:
   they stay. */
START_TEST(bytes_of_what_is_not_kept)
{
	desk_open(session, "memory:40");
	desk_put(session, 44, strlen(LONG), LONG);
	ck_assert_uint_eq(in_memory(), 0);
	put_only(OTHER);
	session_drop_puts(session, session_puts(session));
	desk_put(session, 0, strlen(OTHER), OTHER);
	sync_now();
	ck_assert_int_eq(state_at(44).state, STATE_DATA);
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	must(session_redo(session, &err), &err);
	put_only(OTHER);
	session_drop_puts(session, session_puts(session));
	check_bytes(44, LONG);
	session_drop_edits(session, true);
}
END_TEST

static void put_before_the_edit(void *edited)
{
	begin(true);
	if (*(bool *)edited)
		desk_put(session, 0, 1, "x");
	put_only(LONG);
	put_only(OTHER);
}

/* Killed before the edit was made, its bytes are nobody's: the next start
   removes the journal, unless there is something else in it. */
START_TEST(killed_before_the_edit)
{
	struct desk_waiting waiting;
	bool edited = _i;

	finish();
	desk_killed(put_before_the_edit, &edited);
	begin(true);
	waiting = desk_look(session);
	ck_assert_uint_eq(waiting.count, edited);
	ck_assert_uint_eq(desk_journals(shelf), edited);
	if (edited)
		must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, edited ? "xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                             "bbbb"
	                           : "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                             "bbbb");
	session_drop_edits(session, true);
}
END_TEST

/* What a thread reads of a view again and again. */
struct reading {
	struct view *view; /* counted */
	char want[DESK_TEXT];
	atomic_bool over;
	atomic_size_t reads;
};

static void *read_on(void *arg)
{
	struct reading *r = arg;
	char is[DESK_TEXT];

	do {
		(void)desk_text(r->view, is);
		ck_assert_str_eq(is, r->want);
		atomic_fetch_add(&r->reads, 1);
	} while (!atomic_load(&r->over));
	return NULL;
}

/* Another thread reads what is in the journal while it is written, synced and
   gone on with (K3). */
START_TEST(reading_while_it_is_written)
{
	static struct reading r;
	pthread_t thread;

	desk_put(session, 1, 30, LONG);
	desk_put(session, 3, 20, OTHER);
	r.view = view_ref(session_view(session));
	(void)desk_text(r.view, r.want);
	ck_assert_int_eq(pthread_create(&thread, NULL, read_on, &r), 0);
	for (size_t i = 0; i < 300 || atomic_load(&r.reads) < 10; i++) {
		desk_put(session, i % 10, 20, i % 2 ? LONG : OTHER);
		must(session_undo(session, &err), &err);
		if (i % 10 == 0)
			sync_now();
		if (i % 7 == 0) {
			put_only(LONG);
			session_drop_puts(session, session_puts(session));
		}
	}
	atomic_store(&r.over, true);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	view_unref(r.view);
	session_drop_edits(session, true);
}
END_TEST

/* Each allocation fails once. */
START_TEST(without_memory)
{
	struct place at = desk_place(session, 2);
	bool made = false;

	for (long n = 0; !made; n++) {
		mem_fail_after(n);
		made = desk_splice(session, at, 1, LONG, 0, &err);
		mem_fail_after(-1);
		if (!made)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		if (!made)
			desk_shows(session, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			                    "aaaaaabbbb");
	}
	desk_shows(session,
	           "aa" LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabbbb");
	session_drop_edits(session, true);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_store");
	TCase *tc = tcase_create("session_store");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, they_take_no_memory);
	tcase_add_test(tc, over_a_flush);
	tcase_add_test(tc, what_cannot_be_read_is_bad);
	tcase_add_test(tc, what_cannot_be_put_is_refused);
	tcase_add_test(tc, during_a_flush);
	tcase_add_test(tc, during_a_recovery);
	tcase_add_test(tc, without_a_journal);
	tcase_add_loop_test(tc, bytes_for_nothing, 0, 2);
	tcase_add_test(tc, bytes_of_what_is_not_kept);
	tcase_add_loop_test(tc, killed_before_the_edit, 0, 2);
	tcase_add_test(tc, reading_while_it_is_written);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
