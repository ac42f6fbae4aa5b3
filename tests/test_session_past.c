/*
 * test_session_past.c - tests of src/session_past.c and session_undo.c
 *
 * Runs follow each other over the same files, each with some of them, in any
 * order. The model is what the files were: after each flush, and first of all.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "edit/backout.h"
#include "edit/past.h"
#include "edit/store.h"
#include "keep/disk.h"
#include "session_impl.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { FILES = 3, LEN = 60, MOST = 200, RUNS = 12, STEPS = 12 };

static const char *const names[FILES] = { "a", "b", "c" };

/* The files a and b at first. */
#define FIRST_A  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define FIRST_B  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define FIRST_AB FIRST_A FIRST_B

static struct session *session;
static struct error err;
static char *shelf;
static char said[DESK_SAID];

static void start(const char *inputs)
{
	session = desk_run_begin(shelf, inputs, said);
}

static void finish(void)
{
	desk_run_end(&session);
}

static void setup(void)
{
	desk_begin();
	shelf = desk_shelf();
	desk_letters("abc", LEN);
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
}

static size_t done(void)
{
	return past_done(session_past(session));
}

/* --- one thing each ------------------------------------------------------ */

START_TEST(the_last_flush)
{
	desk_run(shelf, "a", 3, "xyz");
	start("a");
	ck_assert_uint_eq(done(), 0);
	must(session_undo(session, &err), &err);
	ck_assert_uint_eq(session_edited(session), 1);
	desk_flush_all(session);
	finish();
	ck_assert_uint_eq(strspn(desk_files("a"), "a"), LEN);
}
END_TEST

/* One journal is loaded for each step that is wanted, and not more. */
START_TEST(no_more_than_needed)
{
	for (int i = 0; i < 5; i++)
		desk_run(shelf, "a", (uint64_t)(2 * i), "x");
	start("a");
	must(session_load_past(session, 1, &err), &err);
	ck_assert_uint_eq(done(), 1);
	must(session_load_past(session, 3, &err), &err);
	ck_assert_uint_eq(done(), 3);
	ck_assert_uint_eq(session_flushed_steps(session), 3);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 5);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 5);
	finish();
}
END_TEST

/* What was done in this run stands behind, its notes with it. */
START_TEST(before_what_was_done)
{
	desk_run(shelf, "a", 0, "x");
	start("a");
	desk_over(session, 1, "y");
	desk_over(session, 2, "z");
	must(session_set_note(session, 2, "second", &err), &err);
	must(session_undo(session, &err), &err);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 2);
	ck_assert_uint_eq(past_undone(session_past(session)), 1);
	ck_assert_str_eq(past_step(session_past(session), 3).note, "second");
	must(session_redo(session, &err), &err);
	for (size_t i = 3; i > 0; i--)
		must(session_undo(session, &err), &err);
	ck_assert(!session_undo(session, &err));
	ck_assert_int_eq(err.code, ERR_NO);
	for (size_t i = 3; i > 0; i--)
		must(session_redo(session, &err), &err);
	finish();
}
END_TEST

/* Flushes of this run come after what is loaded behind them. */
START_TEST(after_a_flush)
{
	char want[LEN + 1];

	desk_run(shelf, "a", 10, "one");
	desk_run(shelf, "a", 11, "two");
	start("a");
	desk_over(session, 12, "three");
	desk_flush_all(session);
	desk_over(session, 9, "four");
	desk_flush_all(session);
	for (size_t i = 4; i > 0; i--)
		must(session_undo(session, &err), &err);
	desk_flush_all(session);
	memset(want, 'a', LEN);
	want[LEN] = '\0';
	ck_assert_str_eq(desk_files("a"), want);
	for (size_t i = 4; i > 0; i--)
		must(session_redo(session, &err), &err);
	desk_flush_all(session);
	memcpy(want + 9, "fouree", 6);
	memcpy(want + 15, "ee", 2);
	memcpy(want + 9, "four", 4);
	memcpy(want + 13, "hree", 4);
	ck_assert_str_eq(desk_files("a"), want);
	finish();
}
END_TEST

/* A step that is older than a flush which the journal does not end with. */
START_TEST(the_rest_waits)
{
	uint64_t doc;

	start("a;b");
	desk_over(session, 0, "x");
	desk_over(session, LEN, "y");
	doc = document_id(space_segment(session_space(session), 0)->doc);
	(void)desk_flush_one(session, doc);
	session_drop_edits(session, false);
	session_free(session);
	start("a");
	must(session_undo(session, &err), &err);
	desk_flush_all(session);
	finish();
	ck_assert_uint_eq(strspn(desk_files("a"), "a"), LEN);
}
END_TEST

static void take_name(void *ctx, const struct session_waiting *waiting)
{
	snprintf(ctx, 64, "%s", waiting->journal);
}

/* When the rest was taken up as well, by another run that also went on with
   what was flushed. */
START_TEST(the_rest_is_taken_up)
{
	char journal[64] = "";
	uint64_t doc;

	start("a;b");
	desk_over(session, 0, "x");
	desk_over(session, LEN, "y");
	desk_over(session, LEN + 1, "z");
	doc = document_id(space_segment(session_space(session), 0)->doc);
	(void)desk_flush_one(session, doc);
	session_drop_edits(session, false);
	session_free(session);
	start("a;b");
	must(session_look(session, take_name, journal, &err), &err);
	must(session_recover(session, journal, &err), &err);
	desk_over(session, 0, "w");
	desk_flush_all(session);
	finish();
	start("a;b");
	must(session_look(session, take_name, strcpy(journal, ""), &err), &err);
	ck_assert_str_eq(journal, "");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 4);
	for (int i = 0; i < 4; i++)
		must(session_undo(session, &err), &err);
	desk_flush_all(session);
	finish();
	ck_assert_uint_eq(strspn(desk_files("a"), "a"), LEN);
	ck_assert_uint_eq(strspn(desk_files("b"), "b"), LEN);
}
END_TEST

/* A number that a file got after it was loaded anew goes with an edit that
   failed; the one before it is there again. */
START_TEST(the_number_of_before)
{
	start("a");
	desk_over(session, 0, "x");
	desk_write_at("a", 30, "other");
	must(session_reload(session, 0, false, &err), &err);
	faults_fail(FAULT_PWRITE, 0, 1, ENOSPC);
	ck_assert(
		!desk_splice(session, desk_place(session, 5), 1, "y", 0, &err));
	ck_assert(faults_happened());
	faults_reset();
	desk_flush_all(session);
	ck_assert_int_eq(desk_files("a")[0], 'x');
	finish();
}
END_TEST

/* --- what was taken back ------------------------------------------------- */

/* A run that takes back `back` of three steps; with a flush, or a clean end. */
static void run_back(const char *inputs, size_t back, bool flushes)
{
	start(inputs);
	desk_over(session, 0, "x");
	desk_over(session, 1, "y");
	desk_over(session, 1, "z");
	for (; back > 0; back--)
		must(session_undo(session, &err), &err);
	if (flushes)
		desk_flush_all(session);
	session_drop_edits(session, false);
	session_free(session);
	session = NULL;
}

static size_t undone(void)
{
	return past_undone(session_past(session));
}

START_TEST(what_was_undone)
{
	/* How many were taken back, and were they flushed? */
	static const struct {
		size_t back;
		bool flushes;
	} rows[] = { { 1, true }, { 2, true }, { 3, true }, { 3, false } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		run_back("a", rows[i].back, rows[i].flushes);
		start("a");
		for (size_t n = rows[i].back; n > 0; n--)
			must(session_redo(session, &err), &err);
		ck_assert(!session_redo(session, &err));
		ck_assert_int_eq(err.code, ERR_NO);
		ck_assert_uint_eq(done(), 3);
		desk_flush_all(session);
		ck_assert_int_eq(memcmp(desk_files("a"), "xza", 3), 0);
		finish();
		start("a");
		must(session_load_past(session, SIZE_MAX, &err), &err);
		ck_assert_uint_eq(done(), 3);
		ck_assert_uint_eq(undone(), 0);
		for (size_t n = 3; n > 0; n--)
			must(session_undo(session, &err), &err);
		desk_flush_all(session);
		finish();
		ck_assert_uint_eq(strspn(desk_files("a"), "a"), LEN);
		free(shelf);
		ck_assert_int_gt(asprintf(&shelf, "%s/u%zu", scratch(), i), 0);
	}
}
END_TEST

/* What was undone when the program was killed is history from the next look on;
   it waits for nobody. */
START_TEST(undone_and_killed)
{
	pid_t pid = fork();
	char journal[64] = "";
	int status;

	if (pid == 0) {
		start("a");
		desk_over(session, 5, "word");
		must(session_undo(session, &err), &err);
		must(session_sync(session, &err), &err);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	start("a");
	must(session_look(session, take_name, journal, &err), &err);
	ck_assert_str_eq(journal, "");
	must(session_redo(session, &err), &err);
	desk_flush_all(session);
	ck_assert_int_eq(memcmp(desk_files("a"), "aaaaaword", 9), 0);
	finish();
}
END_TEST

/* A new edit drops it, in the next run, too, and so does another journal. */
START_TEST(what_was_dropped)
{
	desk_run(shelf, "a", 10, "word");
	run_back("a", 2, true);
	start("a");
	desk_over(session, 20, "!");
	ck_assert(!session_redo(session, &err));
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 3);
	ck_assert_uint_eq(undone(), 0);
	desk_flush_all(session);
	finish();
	start("a");
	ck_assert(!session_redo(session, &err));
	ck_assert_int_eq(err.code, ERR_NO);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 3);
	ck_assert_uint_eq(undone(), 0);
	finish();
}
END_TEST

/* Steps before and behind are loaded at once or one after the other. */
START_TEST(undone_behind_older_ones)
{
	desk_run(shelf, "a", 10, "word");
	run_back("a", 3, false);
	start("a");
	must(session_redo(session, &err), &err);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 2);
	ck_assert_uint_eq(undone(), 2);
	must(session_set_note(session, 3, "note", &err), &err);
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	ck_assert_uint_eq(session_edited(session), 1);
	for (size_t i = 4; i > 0; i--)
		must(session_redo(session, &err), &err);
	desk_flush_all(session);
	ck_assert_int_eq(memcmp(desk_files("a"), "xza", 3), 0);
	finish();
}
END_TEST

/* K9: what it takes away must be there. */
START_TEST(made_on_something_else)
{
	for (int flushes = 0; flushes < 2; flushes++) {
		run_back("a", 3 - (size_t)flushes, flushes);
		desk_write_at("a", 1, "!");
		start("a");
		if (!flushes)
			must(session_redo(session, &err), &err);
		ck_assert(!session_redo(session, &err));
		ck_assert_int_eq(err.code, ERR_CHANGED);
		ck_assert_ptr_nonnull(strstr(err.text, "made on"));
		ck_assert_ptr_nonnull(strstr(err.text, "0x1"));
		finish();
		desk_write_at("a", 1, "a");
		start("a");
		must(session_redo(session, &err), &err);
		finish();
		desk_write_at("a", 0, "a");
		free(shelf);
		ck_assert_int_gt(asprintf(&shelf, "%s/k", scratch()), 0);
	}
}
END_TEST

/* A file that is opened later is one that it also touches. */
START_TEST(undone_in_two_files)
{
	start("a;b");
	desk_over(session, LEN - 1, "xy");
	must(session_undo(session, &err), &err);
	session_free(session);
	start("a");
	ck_assert(!session_redo(session, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	desk_open(session, "b");
	must(session_redo(session, &err), &err);
	desk_flush_all(session);
	finish();
	ck_assert_int_eq(desk_files("b")[0], 'y');
}
END_TEST

/* What was flushed is history, though the rest was dropped. */
START_TEST(the_rest_is_dropped)
{
	uint64_t doc;

	for (int dropped = 0; dropped < 2; dropped++) {
		start("a;b");
		desk_over(session, 0, "x");
		desk_over(session, LEN, "y");
		doc = document_id(
			space_segment(session_space(session), 0)->doc);
		(void)desk_flush_one(session, doc);
		if (!dropped)
			must(session_revert(session, LEN, 1, &err), &err);
		session_drop_edits(session, dropped);
		session_free(session);
		start("a;b");
		must(session_load_past(session, SIZE_MAX, &err), &err);
		ck_assert_uint_eq(done(), 1 + 2 * (size_t)dropped);
		must(session_undo(session, &err), &err);
		desk_flush_all(session);
		finish();
		ck_assert_uint_eq(strspn(desk_files("a"), "a"), LEN);
		ck_assert_uint_eq(strspn(desk_files("b"), "b"), LEN);
	}
}
END_TEST

/* --- what it was called -------------------------------------------------- */

static void put_as(const char *what, uint64_t addr, const char *text)
{
	session_set_what(session, what);
	desk_over(session, addr, text);
}

static void is_called(size_t number, const char *what)
{
	struct past_step step = past_step(session_past(session), number);

	if (!what)
		ck_assert_ptr_null(step.what);
	else
		ck_assert_str_eq(step.what, what);
}

/* By the journal, in later runs; what is written as changes is called, too. */
START_TEST(names_of_steps)
{
	static const char *const calls[] = { "type",   "type", NULL,
		                             "swap16", "type", "Not one" };

	start("a");
	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		put_as(calls[i], i, "x");
	/* One that could not be written makes no difference to the next. */
	session_set_what(session, "other");
	faults_fail(FAULT_PWRITE, 0, 1, ENOSPC);
	ck_assert(
		!desk_splice(session, desk_place(session, 5), 1, "y", 0, &err));
	ck_assert(faults_happened());
	faults_reset();
	put_as("fill", 9, "x");
	desk_flush_all(session);
	must(session_undo(session, &err), &err);
	put_as("put", 20, "x");
	desk_flush_all(session);
	finish();
	start("a");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 9);
	for (size_t i = 0; i + 1 < ARRAY_LEN(calls); i++)
		is_called(i + 1, calls[i]);
	is_called(6, NULL);
	is_called(7, "fill");
	is_called(8, "undo");
	is_called(9, "put");
	put_as("swap16", 30, "x");
	is_called(1, "type");
	is_called(10, "swap16");
	session_drop_edits(session, false);
}
END_TEST

/* More of them than are told apart: the rest has none. */
START_TEST(many_names)
{
	static char calls[300][16];

	start("a");
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		snprintf(calls[i], sizeof(calls[i]), "name-%zu", i);
		put_as(calls[i], i % LEN, i / LEN % 2 ? "x" : "y");
	}
	desk_flush_all(session);
	finish();
	start("a");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), ARRAY_LEN(calls));
	for (size_t i = 0; i < 200; i++)
		is_called(i + 1, calls[i]);
	is_called(ARRAY_LEN(calls), NULL);
	finish();
}
END_TEST

/* --- what is refused ----------------------------------------------------- */

START_TEST(others_have_written)
{
	desk_run(shelf, "a", 10, "word");
	desk_write_at("a", 12, "!");
	start("a");
	ck_assert(!session_undo(session, &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert_ptr_nonnull(strstr(err.text, "0xc"));
	ck_assert_uint_eq(session_edited(session), 0);
	finish();
	/* Beside it they may. */
	desk_write_at("a", 12, "r");
	desk_write_at("a", 14, "!");
	start("a");
	must(session_undo(session, &err), &err);
	finish();
}
END_TEST

/* All of a step is compared, wherever its changes lie. */
START_TEST(a_step_of_many_places)
{
	static const uint64_t at[] = { 30, 10, 50, 20, 40, 0 };

	start("a");
	session_join(session, true);
	for (size_t i = 0; i < ARRAY_LEN(at); i++)
		desk_over(session, at[i], "xy");
	desk_flush_all(session);
	finish();
	for (size_t i = 0; i < ARRAY_LEN(at); i++) {
		desk_write_at("a", at[i] + 1, "!");
		start("a");
		ck_assert(!session_undo(session, &err));
		ck_assert_int_eq(err.code, ERR_CHANGED);
		ck_assert_uint_eq(done(), 1);
		finish();
		desk_write_at("a", at[i] + 1, "y");
	}
	start("a");
	must(session_undo(session, &err), &err);
	desk_flush_all(session);
	finish();
	ck_assert_uint_eq(strspn(desk_files("a"), "a"), LEN);
}
END_TEST

/* What was put back is in no image of the flush, but it is known what it
   was. */
START_TEST(what_was_put_back)
{
	start("a");
	desk_over(session, 5, "word");
	desk_over(session, 20, "else");
	must(session_revert(session, 5, 4, &err), &err);
	desk_flush_all(session);
	finish();
	desk_write_at("a", 6, "!");
	start("a");
	ck_assert(!session_undo(session, &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	finish();
	desk_write_at("a", 6, "a");
	start("a");
	for (size_t i = 0; i < 3; i++)
		must(session_undo(session, &err), &err);
	desk_flush_all(session);
	finish();
	ck_assert_uint_eq(strspn(desk_files("a"), "a"), LEN);
}
END_TEST

/* Bytes that were inserted and deleted, and what was moved by it. */
START_TEST(lengths)
{
	char want[LEN + 1];

	memcpy(want, desk_files("a"), LEN + 1);
	start("a");
	desk_over(session, 30, "word");
	desk_flush_all(session);
	desk_put(session, 10, 0, "inserted");
	desk_over(session, 50, "x");
	desk_flush_all(session);
	desk_put(session, 5, 20, "");
	desk_flush_all(session);
	finish();
	start("a");
	for (size_t i = 0; i < 4; i++)
		must(session_undo(session, &err), &err);
	desk_flush_all(session);
	finish();
	ck_assert_str_eq(desk_files("a"), want);
	/* In any order, too: what was done first stood elsewhere then. */
	start("a");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 8);
	finish();
}
END_TEST

START_TEST(a_file_that_is_not_open)
{
	const size_t first = 1;

	desk_run(shelf, "a;b", LEN - 1, "xy");
	desk_run(shelf, "a", 0, "z");
	start("a");
	must(session_undo(session, &err), &err);
	ck_assert(!session_undo(session, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "/b"));
	ck_assert(!session_back_out(session, &first, 1, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "/b"));
	must(session_redo(session, &err), &err);
	/* Opened now, it is the file that was meant. */
	desk_open(session, "b");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 2);
	must(session_back_out(session, &first, 1, &err), &err);
	desk_flush_all(session);
	finish();
	ck_assert_uint_eq(strspn(desk_files("b"), "b"), LEN);
	ck_assert_int_eq(desk_files("a")[0], 'z');
}
END_TEST

START_TEST(a_shorter_file)
{
	desk_run(shelf, "a", 50, "word");
	ck_assert_int_eq(truncate("a", 52), 0);
	start("a");
	ck_assert(!session_undo(session, &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	finish();
}
END_TEST

/* By its path, where it is another file with the same bytes; by its inode only
   if the path leads nowhere: what was exchanged gives its inode to the next. */
START_TEST(a_copy_in_its_place)
{
	char text[LEN + 8];

	desk_run(shelf, "a", 50, "word");
	snprintf(text, sizeof(text), "%s", desk_files("a"));
	ck_assert_int_eq(rename("a", "old"), 0);
	start("old");
	must(session_undo(session, &err), &err);
	finish();
	desk_file("a", text);
	start("old");
	ck_assert(!session_undo(session, &err));
	ck_assert_int_eq(err.code, ERR_NO);
	finish();
	start("a");
	must(session_undo(session, &err), &err);
	finish();
}
END_TEST

/* A closed journal that says what cannot be ends the history. */
static bool spoil(void *arg, const char *name)
{
	char *path;

	(void)arg;
	ck_assert_int_gt(asprintf(&path, "%s/%s", shelf, name), 0);
	desk_write_at(path, 4096 + 80, "spoiled");
	free(path);
	return true;
}

START_TEST(a_damaged_journal)
{
	struct folder folder;

	desk_run(shelf, "a", 0, "x");
	must(folder_open(&sys_real, shelf, false, &folder, &err), &err);
	must(recover_names(&folder, spoil, NULL, &err), &err);
	desk_run(shelf, "a", 1, "y");
	start("a");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 1);
	ck_assert_ptr_nonnull(strstr(said, "the history ends here"));
	finish();
	folder_close(&folder);
}
END_TEST

/* What was discarded is no history any more, in the same run, too. */
START_TEST(a_discarded_journal)
{
	char name[64];

	desk_run(shelf, "a", 0, "x");
	start("a");
	desk_over(session, 1, "y");
	snprintf(name, sizeof(name), "%s", session_journal_name(session));
	desk_flush_all(session);
	finish();
	desk_run(shelf, "a", 2, "z");
	start("a");
	desk_over(session, 3, "w");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 4);
	must(session_discard(session, name, &err), &err);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 3);
	for (int i = 0; i < 3; i++)
		must(session_undo(session, &err), &err);
	ck_assert_int_eq(session_undo(session, &err), false);
	desk_flush_all(session);
	finish();
	ck_assert_int_eq(strncmp(desk_files("a"), "ayaa", 4), 0);
}
END_TEST

/* --- any runs ------------------------------------------------------------ */

struct model {
	char text[FILES][MOST + 64];
};

static void read_model(struct model *m)
{
	for (size_t i = 0; i < FILES; i++)
		strcpy(m->text[i], desk_files(names[i]));
}

static void is_model(const struct model *m)
{
	for (size_t i = 0; i < FILES; i++)
		ck_assert_str_eq(desk_files(names[i]), m->text[i]);
}

/* Some of the files, in any order. */
static void any_inputs(uint64_t *state, char dst[static 16])
{
	size_t order[FILES] = { 0, 1, 2 };
	size_t n = 1 + random_below(state, FILES);

	for (size_t i = FILES; i-- > 1;) {
		size_t k = random_below(state, i + 1), was = order[i];

		order[i] = order[k];
		order[k] = was;
	}
	dst[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		strcat(dst, i ? ";" : "");
		strcat(dst, names[order[i]]);
	}
}

static void any_edit(uint64_t *state)
{
	const struct space *sp = session_space(session);
	uint64_t size = space_size(sp);
	uint64_t addr = random_below(state, size + 1);
	struct location loc;
	uint64_t len;
	char text[16];

	if (addr == size)
		addr = 0;
	loc = space_locate(sp, addr);
	len = loc.segment ? 1 + random_below(state, u64_min(loc.run, 10)) : 0;
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('A' + random_below(state, 26));
	text[len] = '\0';
	switch (len == 0 ? 9 : random_below(state, 9)) {
	case 0:
		must(session_copy(session, addr, len,
		                  desk_place(session, loc.segment->addr), true,
		                  &err),
		     &err);
		break;
	case 1:
		(void)!session_revert(session, addr, len, &err);
		break;
	case 2:
		must(session_move(session, addr, len,
		                  desk_place(session, loc.segment->addr), &err),
		     &err);
		break;
	case 3:
		if (size < MOST)
			desk_put(session, addr, 0, text);
		break;
	case 4:
		if (size > LEN / 2)
			desk_put(session, addr, len, "");
		break;
	case 5:
		if (size < MOST)
			desk_put(session, addr, random_below(state, len), text);
		break;
	case 9:
		break;
	default:
		desk_over(session, addr, text);
	}
}

/* A step of the history may be one with files that are not open. */
static void any_way_back(uint64_t *state)
{
	size_t steps = 1 + random_below(state, 4);

	for (; steps > 0; steps--)
		if (!session_undo(session, &err)) {
			ck_assert(err.code == ERR_NO || err.code == ERR_STATE);
			return;
		}
}

static void any_run(uint64_t *state)
{
	char inputs[16];

	any_inputs(state, inputs);
	start(inputs);
	for (size_t i = random_below(state, STEPS); i > 0; i--) {
		switch (random_below(state, 8)) {
		case 0:
			any_way_back(state);
			break;
		case 1:
			if (!session_redo(session, &err))
				ck_assert(err.code == ERR_NO ||
				          err.code == ERR_STATE);
			break;
		case 2:
			desk_flush_all(session);
			break;
		case 3:
			session_join(session, random_below(state, 2));
			break;
		case 4:
			must(session_load_past(session, random_below(state, 20),
			                       &err),
			     &err);
			break;
		default:
			any_edit(state);
		}
	}
	if (random_below(state, 4) > 0)
		desk_flush_all(session);
	session_drop_edits(session, session_edited(session) > 0);
	session_free(session);
	session = NULL;
	ck_assert_str_eq(said, "");
}

/* All steps taken back, one by one, in a run with all files, are what was at
   first; on the way all that was flushed comes by in between, backwards. */
START_TEST(random_runs)
{
	uint64_t state = random_seed();

	for (size_t n = cases(60); n > 0; n--) {
		struct model first;
		struct model last;
		char inputs[16];
		size_t steps;

		read_model(&first);
		for (size_t i = 1 + random_below(&state, RUNS); i > 0; i--)
			any_run(&state);
		read_model(&last);
		do
			any_inputs(&state, inputs);
		while (strlen(inputs) != 2 * FILES - 1);
		start(inputs);
		must(session_load_past(session, SIZE_MAX, &err), &err);
		steps = done();
		for (size_t i = steps; i > 0; i--)
			must(session_undo(session, &err), &err);
		ck_assert(!session_undo(session, &err));
		desk_flush_all(session);
		is_model(&first);
		for (size_t i = steps; i > 0; i--)
			must(session_redo(session, &err), &err);
		desk_flush_all(session);
		is_model(&last);
		finish();
		free(shelf);
		ck_assert_int_gt(asprintf(&shelf, "%s/j%zu", scratch(), n), 0);
	}
}
END_TEST

/* --- in a job ------------------------------------------------------------- */

/* Wait for it, and end it. */
static bool end_load(const struct job *job)
{
	struct pool *pool = session_pool(session);
	struct pool_event event;

	do
		while (!pool_next(pool, &event))
			pool_wait(pool);
	while (event.job != job || event.kind != POOL_DONE);
	return session_load_end(session, &err);
}

static struct job *begin_load(size_t steps)
{
	struct job *job;
	bool needed;

	must(session_load_begin(session, steps, &needed, &err), &err);
	if (!needed)
		return NULL;
	job = job_start(session_pool(session), JOB_COMPUTE, session_load_work,
	                session, &err);
	ck_assert_ptr_nonnull(job);
	return job;
}

/* Hold the job at this call, and cancel it there. */
static bool cancel_load(size_t steps, enum fault_call call, size_t nth)
{
	struct job *job;
	bool ok;

	faults_hold(call, nth);
	job = begin_load(steps);
	ck_assert_ptr_nonnull(job);
	faults_await_held();
	job_cancel(job);
	faults_release();
	ok = end_load(job);
	job_free(job);
	if (!ok)
		ck_assert_int_eq(err.code, ERR_CANCELLED);
	return ok;
}

/* Go back to what was first, and to what was last again. */
static void there_and_back(size_t steps, const char *files, const char *first,
                           const char *last)
{
	ck_assert_uint_eq(done(), steps);
	for (size_t i = steps; i > 0; i--)
		must(session_undo(session, &err), &err);
	ck_assert(!session_undo(session, &err));
	desk_flush_all(session);
	ck_assert_str_eq(desk_files(files), first);
	for (size_t i = steps; i > 0; i--)
		must(session_redo(session, &err), &err);
	desk_flush_all(session);
	ck_assert_str_eq(desk_files(files), last);
}

/* Meanwhile all can be read, and nothing is changed. */
START_TEST(beside_a_job)
{
	struct store *store;
	struct piece piece;
	struct job *job;
	char was[2 * LEN + 1];
	bool begun;

	desk_run(shelf, "a;b", LEN - 2, "xyz!");
	for (uint64_t i = 0; i < 10; i++)
		desk_run(shelf, "b;c", i, "word");
	start("a;b");
	strcpy(was, desk_files("ab"));
	store = session_store(session);
	faults_hold(FAULT_LIST, 0);
	job = begin_load(SIZE_MAX);
	ck_assert_ptr_nonnull(job);
	faults_await_held();
	ck_assert(
		!desk_splice(session, desk_place(session, 1), 1, "!", 0, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "history"));
	ck_assert(!session_undo(session, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_uint_eq(session_undone_steps(session), 0);
	ck_assert(!session_load_past(session, SIZE_MAX, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert(!session_flush_begin(session, NULL, 0, 0, &begun, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	faults_release();
	while (!job_is_done(job)) {
		struct layout none = { 0 };

		ck_assert(!session_open(session, &none, &err));
		ck_assert_int_eq(err.code, ERR_STATE);
		desk_shows(session, was);
		must(store_put(store, "typed", 5, &piece, &err), &err);
	}
	must(end_load(job), &err);
	job_free(job);
	there_and_back(11, "ab", FIRST_AB, was);
	finish();
}
END_TEST

/* At any read: then nothing is loaded, and all of it the next time. */
START_TEST(a_job_is_cancelled)
{
	size_t reads = SIZE_MAX, cancelled = 0;
	char was[2 * LEN + 1];

	desk_run(shelf, "a;b", LEN - 2, "xyz!");
	desk_run(shelf, "b;c", LEN - 4, "word");
	desk_run(shelf, "a", 1, "two");
	strcpy(was, desk_files("ab"));
	for (size_t k = 0; k < reads; k++) {
		size_t before = faults_count(FAULT_PREAD), had = 0;

		start("a;b");
		if (_i > 0) {
			must(session_undo(session, &err), &err);
			/* From now on it cannot be loaded anew. */
			if (_i > 1)
				desk_open(session, "c");
			had = 1;
		}
		if (k > 0 && !cancel_load(SIZE_MAX, FAULT_PREAD, k - 1)) {
			ck_assert_uint_eq(done(), 0);
			cancelled++;
		}
		before = faults_count(FAULT_PREAD);
		must(session_load_past(session, SIZE_MAX, &err), &err);
		if (k == 0)
			reads = faults_count(FAULT_PREAD) - before + 1;
		if (had)
			must(session_redo(session, &err), &err);
		there_and_back(3, "ab", FIRST_AB, was);
		finish();
		free(shelf);
		ck_assert_int_gt(asprintf(&shelf, "%s/%zu", scratch(), k), 0);
		desk_letters("abc", LEN);
		desk_run(shelf, "a;b", LEN - 2, "xyz!");
		desk_run(shelf, "b;c", LEN - 4, "word");
		desk_run(shelf, "a", 1, "two");
	}
	ck_assert_uint_gt(cancelled, 3);
}
END_TEST

/* The list is to be made anew, and is not: what it has is loaded all the same,
   also where steps were taken back since, so that it cannot be. */
START_TEST(a_list_is_old)
{
	char was[LEN + 1];

	for (uint64_t i = 0; i < 3; i++)
		desk_run(shelf, "a", i, "x");
	strcpy(was, desk_files("a"));
	start("a");
	must(session_load_past(session, 1, &err), &err);
	if (_i == 0) {
		desk_open(session, "c");
		(void)cancel_load(SIZE_MAX, FAULT_PREAD, 0);
	}
	must(session_undo(session, &err), &err);
	if (_i == 1)
		session_renew_past(session);
	if (_i == 2)
		desk_open(session, "c");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 2);
	must(session_redo(session, &err), &err);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	there_and_back(3, "a", FIRST_A, was);
	finish();
}
END_TEST

/* A file that is opened before others are found not to be brings its own. */
START_TEST(opened_before_an_absent_one)
{
	desk_run(shelf, "a;c", LEN - 1, "xy");
	desk_run(shelf, "b", 0, "x");
	desk_run(shelf, "a", 0, "x");
	start("a");
	must(session_load_past(session, 1, &err), &err);
	must(session_undo(session, &err), &err);
	desk_open(session, "b");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	must(session_redo(session, &err), &err);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(done(), 3);
	finish();
}
END_TEST

/* The session ends before it is told of the end. */
START_TEST(a_job_is_left)
{
	bool needed;

	desk_run(shelf, "a", 0, "x");
	start("a");
	must(session_load_begin(session, 1, &needed, &err), &err);
	ck_assert(needed);
	if (_i)
		session_load_work(NULL, session);
	finish();
}
END_TEST

/* --- without memory, with failing calls ---------------------------------- */

START_TEST(without_memory)
{
	bool ok = false;

	desk_run(shelf, "a;b", LEN - 2, "xyz!");
	desk_run(shelf, "a", 3, "word");
	start("a;b");
	put_as("fill", LEN - 1, "back");
	must(session_undo(session, &err), &err);
	session_free(session);
	for (long n = 0; !ok; n++) {
		start("a;b");
		if (_i)
			must(session_load_past(session, 1, &err), &err);
		mem_fail_after(n);
		ok = session_load_past(session, SIZE_MAX, &err);
		mem_fail_after(-1);
		if (!ok)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		must(session_load_past(session, SIZE_MAX, &err), &err);
		ck_assert_uint_eq(done(), 2);
		ck_assert_uint_eq(undone(), 1);
		is_called(3, "fill");
		must(session_undo(session, &err), &err);
		must(session_undo(session, &err), &err);
		for (int i = 0; i < 3; i++)
			must(session_redo(session, &err), &err);
		finish();
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_past");
	TCase *tc = tcase_create("session_past");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_last_flush);
	tcase_add_test(tc, no_more_than_needed);
	tcase_add_test(tc, before_what_was_done);
	tcase_add_test(tc, after_a_flush);
	tcase_add_test(tc, the_rest_waits);
	tcase_add_test(tc, the_rest_is_taken_up);
	tcase_add_test(tc, the_number_of_before);
	tcase_add_test(tc, what_was_undone);
	tcase_add_test(tc, undone_and_killed);
	tcase_add_test(tc, what_was_dropped);
	tcase_add_test(tc, undone_behind_older_ones);
	tcase_add_test(tc, made_on_something_else);
	tcase_add_test(tc, undone_in_two_files);
	tcase_add_test(tc, the_rest_is_dropped);
	tcase_add_test(tc, names_of_steps);
	tcase_add_test(tc, many_names);
	tcase_add_test(tc, others_have_written);
	tcase_add_test(tc, a_step_of_many_places);
	tcase_add_test(tc, what_was_put_back);
	tcase_add_test(tc, lengths);
	tcase_add_test(tc, a_file_that_is_not_open);
	tcase_add_test(tc, a_shorter_file);
	tcase_add_test(tc, a_copy_in_its_place);
	tcase_add_test(tc, a_damaged_journal);
	tcase_add_test(tc, a_discarded_journal);
	tcase_add_test(tc, random_runs);
	tcase_add_test(tc, beside_a_job);
	tcase_add_loop_test(tc, a_job_is_cancelled, 0, 3);
	tcase_add_loop_test(tc, a_list_is_old, 0, 3);
	tcase_add_test(tc, opened_before_an_absent_one);
	tcase_add_loop_test(tc, a_job_is_left, 0, 2);
	tcase_add_loop_test(tc, without_memory, 0, 2);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
