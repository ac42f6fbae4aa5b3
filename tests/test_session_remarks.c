/*
 * test_session_remarks.c - tests of src/session_remarks.c
 *
 * Notes on steps of closed journals, over runs that end in every way. The model
 * is the note that each step got last, by the offset that it changes: no two
 * steps change the same.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "edit/change.h"
#include "edit/past.h"
#include "keep/disk.h"
#include "keep/journal.h"
#include "keep/shelf.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { FILES = 2, LEN = 100, RUNS = 10, STEPS = 12, TEXT = 16 };

static struct session *session;
static struct error err;
static char *shelf;
static char said[DESK_SAID];

static void start(const char *inputs)
{
	session = desk_run_begin(shelf, inputs, said);
}

/* Whatever waits is kept. */
static void leave(void)
{
	session_free(session);
	session = NULL;
}

static void finish(void)
{
	desk_run_end(&session);
}

static void new_shelf(void)
{
	free(shelf);
	shelf = desk_shelf();
}

static void setup(void)
{
	desk_begin();
	new_shelf();
	desk_letters("ab", LEN);
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
	shelf = NULL;
}

static void load(const char *inputs)
{
	start(inputs);
	must(session_load_past(session, SIZE_MAX, &err), &err);
}

static size_t done(void)
{
	return past_done(session_past(session));
}

static void note(size_t number, const char *text)
{
	must(session_set_note(session, number, text, &err), &err);
}

static void has_note(size_t number, const char *want)
{
	const char *text = past_step(session_past(session), number).note;

	ck_assert_pstr_eq(text, want);
}

/* --- one thing each ------------------------------------------------------ */

START_TEST(of_an_earlier_run)
{
	desk_run(shelf, "a", 0, "x");
	desk_run(shelf, "a", 1, "y");
	load("a");
	note(1, "first");
	note(2, "second");
	note(2, "the second");
	has_note(2, "the second");
	finish();
	load("a");
	has_note(1, "first");
	has_note(2, "the second");
	note(1, "");
	has_note(1, NULL);
	note(2, "once more");
	finish();
	load("a");
	has_note(1, NULL);
	has_note(2, "once more");
	finish();
	ck_assert_uint_eq(desk_journals(shelf), 4);
}
END_TEST

/* A note alone begins a journal, in which nothing waits, nor is history. */
START_TEST(alone)
{
	desk_run(shelf, "a", 0, "x");
	load("a");
	note(1, "n");
	ck_assert_int_eq(session_journal(session), JOURNAL_KEEPS);
	ck_assert_uint_eq(session_edited(session), 0);
	leave();
	ck_assert_uint_eq(desk_journals(shelf), 2);
	start("a");
	ck_assert_uint_eq(desk_look(session).count, 0);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 1);
	ck_assert_uint_eq(past_undone(session_past(session)), 0);
	has_note(1, "n");
	must(session_undo(session, &err), &err);
	has_note(1, "n");
	desk_flush_all(session);
	finish();
	load("a");
	has_note(1, "n");
	finish();
}
END_TEST

/* Of what this run has flushed, in its journal and in others. */
START_TEST(of_a_flush_of_this_run)
{
	start("a");
	desk_over(session, 0, "x");
	note(1, "open");
	desk_over(session, 1, "y");
	desk_flush_all(session);
	note(1, "flushed");
	desk_over(session, 2, "z");
	note(2, "second");
	note(3, "third");
	desk_flush_all(session);
	note(2, "the second");
	has_note(1, "flushed");
	finish();
	load("a");
	ck_assert_uint_eq(done(), 3);
	has_note(1, "flushed");
	has_note(2, "the second");
	has_note(3, "third");
	finish();
}
END_TEST

/* One file is flushed, the journal goes on. */
START_TEST(of_a_flush_of_one_file)
{
	uint64_t doc;

	start("a;b");
	desk_over(session, 0, "x");
	desk_over(session, LEN, "y");
	doc = document_id(space_segment(session_space(session), 0)->doc);
	(void)desk_flush_one(session, doc);
	note(1, "flushed");
	note(2, "waits");
	desk_over(session, LEN + 1, "z");
	note(3, "new");
	leave();
	load("a;b");
	ck_assert_uint_eq(done(), 1);
	has_note(1, "flushed");
	note(1, "again");
	ck_assert_uint_eq(desk_look(session).count, 1);
	must(session_recover(session, desk_look(session).journal, &err), &err);
	ck_assert_uint_eq(done(), 3);
	has_note(1, "again");
	has_note(2, "waits");
	has_note(3, "new");
	note(3, "newer");
	finish();
	load("a;b");
	has_note(1, "again");
	finish();
}
END_TEST

/* A step of what stands in place of one that was flushed takes its own note. */
START_TEST(in_place_of_a_flushed_one)
{
	desk_run(shelf, "a", 0, "x");
	desk_run(shelf, "a", 1, "y");
	start("a");
	must(session_undo(session, &err), &err);
	desk_put(session, 5, 1, "z");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	note(done(), "mine");
	desk_flush_all(session);
	finish();
	load("a");
	ck_assert_uint_eq(done(), 4);
	has_note(1, NULL);
	has_note(2, NULL);
	has_note(3, NULL);
	has_note(4, "mine");
	finish();
}
END_TEST

/* What can be made again takes notes, too. */
START_TEST(of_what_was_undone)
{
	desk_run(shelf, "a", 0, "x");
	start("a");
	desk_over(session, 1, "y");
	desk_over(session, 2, "z");
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	leave();
	load("a");
	ck_assert_uint_eq(past_undone(session_past(session)), 2);
	note(3, "undone");
	note(1, "first");
	leave();
	load("a");
	ck_assert_uint_eq(past_undone(session_past(session)), 2);
	has_note(1, "first");
	has_note(3, "undone");
	must(session_redo(session, &err), &err);
	must(session_redo(session, &err), &err);
	has_note(3, "undone");
	finish();
}
END_TEST

/* What is made again in a later run is a step of that, with the note. */
START_TEST(of_what_was_made_again)
{
	start("a");
	for (uint64_t i = 0; i < 3; i++)
		desk_over(session, i, "x");
	note(1, "one");
	note(2, "two");
	for (size_t i = 0; i < 3; i++)
		must(session_undo(session, &err), &err);
	leave();
	load("a");
	ck_assert_uint_eq(past_undone(session_past(session)), 3);
	note(3, "three");
	must(session_redo(session, &err), &err);
	must(session_redo(session, &err), &err);
	note(2, "the second");
	note(1, "");
	must(session_redo(session, &err), &err);
	note(3, "the third");
	desk_flush_all(session);
	note(1, "the first");
	finish();
	load("a");
	ck_assert_uint_eq(done(), 3);
	has_note(1, "the first");
	has_note(2, "the second");
	has_note(3, "the third");
	finish();
}
END_TEST

/* Of three only one is: the others are where they were. */
START_TEST(of_some_of_what_was_made_again)
{
	desk_run(shelf, "a", 9, "x");
	start("a");
	for (uint64_t i = 0; i < 3; i++)
		desk_over(session, i, "x");
	for (size_t i = 0; i < 3; i++)
		must(session_undo(session, &err), &err);
	leave();
	load("a");
	must(session_redo(session, &err), &err);
	for (size_t i = 1; i <= 4; i++) {
		char text[2] = { (char)('0' + i), '\0' };

		note(i, text);
	}
	finish();
	load("a");
	ck_assert_uint_eq(past_undone(session_past(session)), 3);
	has_note(1, "1");
	has_note(2, NULL);
	has_note(3, "3");
	has_note(4, "4");
	finish();
}
END_TEST

/* What was dropped for a step of another file is there where that is not open:
   its note is none of the step that has its number. */
START_TEST(of_what_was_dropped)
{
	start("a;b");
	desk_over(session, LEN, "x");
	must(session_undo(session, &err), &err);
	desk_over(session, 0, "y");
	desk_flush_all(session);
	finish();
	load("b");
	ck_assert_uint_eq(past_undone(session_past(session)), 1);
	note(1, "of b");
	finish();
	load("a;b");
	ck_assert_uint_eq(done(), 1);
	has_note(1, NULL);
	finish();
	load("b");
	has_note(1, "of b");
	finish();
}
END_TEST

/* Files that are opened later renew the history, with the notes. */
START_TEST(loaded_anew)
{
	desk_run(shelf, "a", 0, "x");
	desk_run(shelf, "b", 0, "y");
	load("a");
	note(1, "a");
	desk_over(session, 1, "w");
	note(2, "mine");
	desk_open(session, "b");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 3);
	has_note(1, "a");
	has_note(2, NULL);
	has_note(3, "mine");
	note(2, "b");
	note(1, "aa");
	finish();
	load("b;a");
	has_note(1, "aa");
	has_note(2, "b");
	finish();
	load("b");
	ck_assert_uint_eq(done(), 1);
	has_note(1, "b");
	finish();
}
END_TEST

static void note_it(void *ctx)
{
	load("a");
	note(1, ctx);
}

static void note_and_edit(void *ctx)
{
	note_it(ctx);
	desk_over(session, 1, "y");
	note(2, "waits");
}

/* A kill behind the call loses nothing; the journal becomes history then. */
START_TEST(a_kill)
{
	char text[] = "n";

	desk_run(shelf, "a", 0, "x");
	desk_killed(note_it, text);
	for (int i = 0; i < 2; i++) {
		start("a");
		ck_assert_uint_eq(desk_look(session).count, 0);
		must(session_load_past(session, SIZE_MAX, &err), &err);
		ck_assert_uint_eq(done(), 1);
		has_note(1, "n");
		finish();
	}
	ck_assert_uint_eq(desk_journals(shelf), 2);
}
END_TEST

/* Edits that wait in the same journal are taken up, or discarded: it stays. */
START_TEST(beside_edits_that_wait)
{
	char text[] = "n";

	for (int discard = 0; discard < 2; discard++) {
		struct desk_waiting waiting;

		desk_letters("ab", LEN);
		new_shelf();
		desk_run(shelf, "a", 0, "x");
		desk_killed(note_and_edit, text);
		load("a");
		has_note(1, "n");
		finish();
		start("a");
		waiting = desk_look(session);
		ck_assert_uint_eq(waiting.count, 1);
		must(discard ? session_release(session, waiting.journal, &err)
		             : session_recover(session, waiting.journal, &err),
		     &err);
		must(session_load_past(session, SIZE_MAX, &err), &err);
		ck_assert_uint_eq(done(), discard ? 1 : 2);
		has_note(1, "n");
		if (!discard)
			has_note(2, "waits");
		finish();
		load("a");
		ck_assert_uint_eq(done(), 1);
		has_note(1, "n");
		ck_assert_uint_eq(desk_look(session).count, 0);
		finish();
	}
}
END_TEST

/* Edits that were taken up and dropped wait again, and notes stay. */
START_TEST(beside_edits_that_wait_again)
{
	struct shelf_places places = { .given = shelf };
	struct session_options options = desk_options(&faults_sys, &places);
	char text[] = "n";

	desk_run(shelf, "a", 0, "x");
	desk_killed(note_and_edit, text);
	options.defers = true;
	session = desk_start(&options);
	desk_open(session, "a");
	must(session_recover(session, desk_look(session).journal, &err), &err);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 2);
	note(1, "again");
	note(2, "dropped");
	finish();
	start("a");
	ck_assert_uint_eq(desk_look(session).count, 1);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 1);
	has_note(1, "again");
	must(session_recover(session, desk_look(session).journal, &err), &err);
	ck_assert_uint_eq(done(), 2);
	has_note(2, "waits");
	finish();
}
END_TEST

/* The clock went back: what was said last counts. */
START_TEST(clocks_go_back)
{
	struct record_remark remark = { .group = 1,
		                        .time = INT64_MAX - 5,
		                        .text = "later",
		                        .text_len = 5 };
	struct journal *journal;
	struct folder folder;

	start("a");
	desk_over(session, 0, "x");
	for (size_t i = 0; i < RECORD_UUID; i++)
		ck_assert(sscanf(session_journal_name(session) + 2 * i, "%2hhx",
		                 &remark.uuid[i]) == 1);
	desk_flush_all(session);
	finish();
	must(folder_open(&sys_real, shelf, false, &folder, &err), &err);
	journal = journal_new(&folder, &err);
	must(journal && journal_remark(journal, &remark, &err) &&
	             journal_commit(journal, false, NULL, &err) &&
	             journal_keep(journal, &err),
	     &err);
	journal_free(journal);
	folder_close(&folder);
	load("a");
	has_note(1, "later");
	note(1, "now");
	finish();
	load("a");
	has_note(1, "now");
	finish();
}
END_TEST

/* Without a journal there is no place for it. */
START_TEST(no_journal)
{
	struct shelf_places places = { .given = shelf };

	for (int read_only = 0; read_only < 2; read_only++) {
		struct session_options options;

		desk_letters("ab", LEN);
		new_shelf();
		places.given = shelf;
		options = desk_options(&faults_sys, &places);
		options.no_journal = !read_only;
		options.read_only = read_only;
		desk_run(shelf, "a", 0, "x");
		session = desk_start(&options);
		desk_open(session, "a");
		must(session_load_past(session, SIZE_MAX, &err), &err);
		ck_assert_uint_eq(done(), 1);
		ck_assert(!session_set_note(session, 1, "n", &err));
		ck_assert_int_eq(err.code, ERR_STATE);
		has_note(1, NULL);
		finish();
		ck_assert_uint_eq(desk_journals(shelf), 1);
	}
}
END_TEST

/* --- faults -------------------------------------------------------------- */

static const enum fault_call calls_of_notes[] = {
	FAULT_OPEN,   FAULT_CWD,  FAULT_IN_MEMORY, FAULT_LOCK,  FAULT_RANDOM,
	FAULT_PWRITE, FAULT_SYNC, FAULT_SYNC_DATA, FAULT_CLOSE,
};

/* A note that could not be written is not there; one that was is, also if the
   end of the run failed. */
START_TEST(a_call_fails)
{
	bool happened = true;
	size_t nth;

	desk_run(shelf, "a", 0, "x");
	for (nth = 0; happened; nth++) {
		bool ok;

		load("a");
		note(1, "before");
		leave();
		load("a");
		faults_reset();
		faults_fail(calls_of_notes[_i], nth, 1, ENOSPC);
		ok = session_set_note(session, 1, "after", &err);
		if (ok)
			has_note(1, "after");
		else
			has_note(1, "before");
		finish();
		happened = faults_happened();
		faults_reset();
		load("a");
		ck_assert_uint_eq(done(), 1);
		has_note(1, ok ? "after" : "before");
		leave();
	}
	ck_assert_uint_gt(nth, 1);
}
END_TEST

static const enum fault_call calls_of_loading[] = {
	FAULT_OPEN,   FAULT_CLOSE,    FAULT_LOCK,      FAULT_FSTAT,
	FAULT_PREAD,  FAULT_LIST,     FAULT_STAT_IN,   FAULT_CWD,
	FAULT_PWRITE, FAULT_TRUNCATE, FAULT_RENAME_IN,
};

/* Where a journal cannot be read the history ends: no step of an older one is
   shown without its note. */
START_TEST(a_call_fails_when_loading)
{
	bool happened = true;
	size_t shown = 0;
	size_t nth;

	desk_run(shelf, "a", 0, "x");
	load("a");
	note(1, "n");
	finish();
	for (nth = 0; happened; nth++) {
		start("a");
		faults_reset();
		faults_fail(calls_of_loading[_i], nth, 1, EIO);
		if (session_load_past(session, SIZE_MAX, &err) && done() > 0) {
			has_note(1, "n");
			shown++;
		}
		happened = faults_happened();
		leave();
		faults_reset();
	}
	ck_assert_uint_gt(nth, 1);
	ck_assert_uint_gt(shown, 0);
}
END_TEST

/* Killed at a call, of any kind, of a run that notes, and ends. */
static void note_until(void *ctx)
{
	size_t *at = ctx;

	load("a");
	faults_kill(at[0], at[0] % 2);
	note(1, "after");
	at[1] = 1;
	leave();
	at[2] = 1;
}

START_TEST(killed_at_a_call)
{
	/* The call, and whether the note was made, and the run ended. */
	size_t *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	size_t made = 0;

	ck_assert_ptr_ne(at, MAP_FAILED);
	while (!at[2]) {
		desk_letters("ab", LEN);
		new_shelf();
		desk_run(shelf, "a", 0, "x");
		load("a");
		note(1, "before");
		leave();
		at[1] = 0;
		desk_killed(note_until, at);
		made += at[1];
		load("a");
		ck_assert_uint_eq(done(), 1);
		if (at[1] || past_step(session_past(session), 1).note[0] == 'a')
			has_note(1, "after");
		else
			has_note(1, "before");
		ck_assert_uint_eq(desk_look(session).count, 0);
		leave();
		at[0]++;
	}
	ck_assert_uint_gt(made, 1);
	ck_assert_uint_gt(at[0], made);
	ck_assert_int_eq(munmap(at, 4096), 0);
}
END_TEST

START_TEST(without_memory)
{
	bool ok = false;

	desk_run(shelf, "a", 0, "x");
	for (long n = 0; !ok; n++) {
		load("a");
		mem_fail_after(n);
		ok = session_set_note(session, 1, "n", &err);
		mem_fail_after(-1);
		if (!ok)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		must(session_set_note(session, 1, "", &err), &err);
		has_note(1, NULL);
		finish();
	}
	load("a");
	note(1, "n");
	finish();
	ok = false;
	for (long n = 0; !ok; n++) {
		start("a");
		mem_fail_after(n);
		ok = session_load_past(session, SIZE_MAX, &err);
		mem_fail_after(-1);
		must(session_load_past(session, SIZE_MAX, &err), &err);
		has_note(1, "n");
		finish();
	}
}
END_TEST

/* What could not be noted for want of memory no journal has, either. */
START_TEST(nothing_is_half_noted)
{
	bool ok = false;

	desk_run(shelf, "a", 0, "x");
	load("a");
	note(1, "before");
	finish();
	for (long n = 0; !ok; n++) {
		load("a");
		if (_i)
			mem_fail_once(n);
		else
			mem_fail_after(n);
		ok = session_set_note(session, 1, "after", &err);
		mem_fail_after(-1);
		has_note(1, ok ? "after" : "before");
		finish();
		load("a");
		has_note(1, ok ? "after" : "before");
		finish();
	}
}
END_TEST

/* Taking up fails at some write, and what it has put into the journal cannot be
   cut off. */
static void lose_the_journal(void)
{
	for (size_t nth = 0; session_journal(session) != JOURNAL_NOWHERE;
	     nth++) {
		bool ok;

		ck_assert_uint_lt(nth, 100);
		finish();
		load("a;b");
		faults_fail(FAULT_PWRITE, nth, SIZE_MAX, EIO);
		faults_fail(FAULT_TRUNCATE, 0, SIZE_MAX, EIO);
		ok = session_recover(session, desk_look(session).journal, &err);
		faults_reset();
		ck_assert(!ok);
	}
}

/* Then no journal is kept any more, which is said at once, and a note on a step
   that a closed one has is refused. */
START_TEST(no_place)
{
	desk_run(shelf, "a", 0, "x");
	start("b");
	for (uint64_t i = 0; i < LEN; i++)
		desk_over(session, i, "y");
	leave();
	load("a;b");
	ck_assert_uint_eq(done(), 1);
	lose_the_journal();
	ck_assert_ptr_nonnull(strstr(said, "NO JOURNAL"));
	ck_assert_uint_eq(done(), 1);
	ck_assert(!session_set_note(session, 1, "n", &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	has_note(1, NULL);
	leave();
	load("a;b");
	has_note(1, NULL);
	ck_assert_uint_eq(desk_look(session).count, 1);
	finish();
}
END_TEST

/* Edits that were taken up are dropped; then the call at which to be killed. */
static void drop_until(void *ctx)
{
	struct shelf_places places = { .given = shelf };
	struct session_options options = desk_options(&faults_sys, &places);
	size_t *at = ctx;

	options.defers = true;
	session = desk_start(&options);
	desk_open(session, "a");
	must(session_recover(session, desk_look(session).journal, &err), &err);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	note(1, "again");
	faults_kill(at[0], at[0] % 2);
	finish();
	at[1] = 1;
}

START_TEST(killed_while_dropping)
{
	char text[] = "n";
	/* The call, and whether the run ended. */
	size_t *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(at, MAP_FAILED);
	for (; !at[1]; at[0]++) {
		desk_letters("ab", LEN);
		new_shelf();
		desk_run(shelf, "a", 0, "x");
		desk_killed(note_and_edit, text);
		desk_killed(drop_until, at);
		start("a");
		ck_assert_uint_eq(desk_look(session).count, 1);
		must(session_load_past(session, SIZE_MAX, &err), &err);
		ck_assert_uint_eq(done(), 1);
		has_note(1, "again");
		finish();
	}
	ck_assert_uint_gt(at[0], 3);
	ck_assert_int_eq(munmap(at, 4096), 0);
}
END_TEST

/* Of a run that is killed: a note, and behind it more than is read at once. */
static void note_and_fill(void *ctx)
{
	static char text[300000];

	(void)ctx;
	load("a");
	note(1, "n");
	memset(text, 'y', sizeof(text) - 1);
	desk_put(session, 1, 1, text);
}

/* A journal in which edits wait, too, cannot be read, or not once more: its
   notes are not left out in silence. */
START_TEST(a_call_fails_when_listing)
{
	static const enum fault_call reads[] = { FAULT_OPEN, FAULT_FSTAT,
		                                 FAULT_LOCK, FAULT_PREAD };
	bool happened = true;
	size_t without = 0;

	desk_run(shelf, "a", 0, "x");
	desk_killed(note_and_fill, NULL);
	for (size_t nth = 0; happened; nth++) {
		start("a");
		faults_reset();
		faults_fail(reads[_i], nth, 1, EIO);
		must(session_load_past(session, SIZE_MAX, &err), &err);
		happened = faults_happened();
		faults_reset();
		if (done() > 0 && !past_step(session_past(session), 1).note) {
			ck_assert_ptr_nonnull(strstr(said, "may be missing"));
			without++;
		}
		leave();
	}
	ck_assert_uint_gt(without, 0);
}
END_TEST

/* --- any runs ------------------------------------------------------------ */

/* Shared with runs that are killed. */
struct model {
	uint64_t rnd;
	size_t next[FILES];              /* offset of the next step */
	char note[FILES][LEN + 1][TEXT]; /* by offset; "" is none */
	size_t seen;
};

static void any_inputs(uint64_t *rnd, char dst[static 8])
{
	static const char *const inputs[] = { "a", "b", "a;b", "b;a" };

	strcpy(dst, inputs[random_below(rnd, ARRAY_LEN(inputs))]);
}

/* The model's note of a step; NULL: it is none of interest. */
static char *note_of(struct model *m, size_t number)
{
	const struct past *past = session_past(session);
	struct past_step step = past_step(past, number);
	const struct document *doc;
	struct change change;
	bool first;

	if (!step.what || strcmp(step.what, "put") != 0 ||
	    !past_next(past, &step.from, &change, &first))
		return NULL;
	doc = session_document(session, change.doc);
	return doc ? m->note[document_name(doc)[0] == 'b'][change.off] : NULL;
}

static size_t steps(void)
{
	return done() + past_undone(session_past(session));
}

static void any_note(struct model *m)
{
	size_t number = 1 + random_below(&m->rnd, steps() + 1);
	char *text;

	if (number > steps())
		return;
	text = note_of(m, number);
	if (!text)
		return;
	snprintf(text, TEXT, "%s", "");
	if (random_below(&m->rnd, 5) > 0)
		snprintf(text, TEXT, "%x", (unsigned)random_u64(&m->rnd));
	note(number, text);
}

static void any_edit(struct model *m)
{
	const struct space *space = session_space(session);
	const struct segment *segment =
		space_segment(space,
	                      random_below(&m->rnd, space_segments(space)));
	size_t file = document_name(segment->doc)[0] == 'b';

	if (m->next[file] == LEN)
		return;
	session_set_what(session, "put");
	desk_over(session, segment->addr + m->next[file]++, "X");
}

static void check_notes(struct model *m)
{
	must(session_load_past(session, SIZE_MAX, &err), &err);
	for (size_t n = 1; n <= steps(); n++) {
		const char *want = note_of(m, n);

		if (want) {
			has_note(n, *want ? want : NULL);
			m->seen += *want != '\0';
		}
	}
}

static void any_steps(void *ctx)
{
	struct model *m = ctx;
	struct desk_waiting waiting;
	char inputs[8];

	any_inputs(&m->rnd, inputs);
	start(inputs);
	for (waiting = desk_look(session); waiting.count > 0;
	     waiting = desk_look(session))
		must(random_below(&m->rnd, 4)
		             ? session_recover(session, waiting.journal, &err)
		             : session_release(session, waiting.journal, &err),
		     &err);
	if (random_below(&m->rnd, 3))
		check_notes(m);
	for (size_t i = random_below(&m->rnd, STEPS); i > 0; i--) {
		switch (random_below(&m->rnd, 8)) {
		case 0:
			(void)!session_undo(session, &err);
			break;
		case 1:
			desk_flush_all(session);
			break;
		case 2:
		case 3:
			any_edit(m);
			break;
		case 4:
			check_notes(m);
			break;
		default:
			any_note(m);
		}
	}
}

START_TEST(any_runs)
{
	struct model *m = mmap(NULL, sizeof(*m), PROT_READ | PROT_WRITE,
	                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t seed = random_seed();

	ck_assert_ptr_ne(m, MAP_FAILED);
	m->rnd = seed;
	for (size_t n = cases(60); n > 0; n--) {
		for (size_t i = 1 + random_below(&m->rnd, RUNS); i > 0; i--) {
			switch (random_below(&m->rnd, 3)) {
			case 0:
				desk_killed(any_steps, m);
				break;
			case 1:
				any_steps(m);
				leave();
				break;
			default:
				any_steps(m);
				finish();
			}
		}
		start("a;b");
		check_notes(m);
		finish();
		new_shelf();
		desk_letters("ab", LEN);
		memset(m->note, 0, sizeof(m->note));
		memset(m->next, 0, sizeof(m->next));
	}
	/* A few runs may not have come to see one. */
	ck_assert(m->seen > 0 || cases(60) < 20);
	ck_assert_int_eq(munmap(m, sizeof(*m)), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_remarks");
	TCase *tc = tcase_create("session_remarks");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, of_an_earlier_run);
	tcase_add_test(tc, alone);
	tcase_add_test(tc, of_a_flush_of_this_run);
	tcase_add_test(tc, of_a_flush_of_one_file);
	tcase_add_test(tc, in_place_of_a_flushed_one);
	tcase_add_test(tc, of_what_was_undone);
	tcase_add_test(tc, of_what_was_made_again);
	tcase_add_test(tc, of_some_of_what_was_made_again);
	tcase_add_test(tc, of_what_was_dropped);
	tcase_add_test(tc, loaded_anew);
	tcase_add_test(tc, a_kill);
	tcase_add_test(tc, beside_edits_that_wait);
	tcase_add_test(tc, beside_edits_that_wait_again);
	tcase_add_test(tc, clocks_go_back);
	tcase_add_test(tc, no_journal);
	tcase_add_loop_test(tc, a_call_fails, 0, ARRAY_LEN(calls_of_notes));
	tcase_add_loop_test(tc, a_call_fails_when_loading, 0,
	                    ARRAY_LEN(calls_of_loading));
	tcase_add_test(tc, killed_at_a_call);
	tcase_add_test(tc, without_memory);
	tcase_add_loop_test(tc, nothing_is_half_noted, 0, 2);
	tcase_add_test(tc, no_place);
	tcase_add_loop_test(tc, a_call_fails_when_listing, 0, 4);
	tcase_add_test(tc, killed_while_dropping);
	tcase_add_test(tc, any_runs);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
