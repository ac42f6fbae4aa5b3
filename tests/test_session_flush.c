/*
 * test_session_flush.c - tests of src/session_flush.c
 *
 * Files are as they were or as they were to become, whatever fails; what looks
 * at them goes on seeing what it saw; and what was flushed can be taken back.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "command/context.h"
#include "command/output.h"
#include "command/run.h"
#include "edit/past.h"
#include "edit/store.h"
#include "keep/disk.h"
#include "keep/recover.h"
#include "source/guard.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { TEXT = 512 };

static struct session *session;
static struct error err;
static char *shelf;
static char said[DESK_SAID];

static void start(void)
{
	session = desk_session(&faults_sys, shelf);
	desk_hear(session, said);
}

static void finish(void)
{
	session_free(session);
	session = NULL;
}

/* What was closed before would be looked at by each flush. */
static void clear_shelf(void)
{
	char command[512];

	snprintf(command, sizeof(command), "rm -rf '%s'", shelf);
	ck_assert_int_eq(system(command), 0);
}

static void write_files(void)
{
	desk_file("a", "aaaa");
	desk_file("b", "bbbbbb");
	desk_file("c", "cccccccc");
}

static void setup(void)
{
	desk_begin();
	shelf = desk_shelf();
	write_files();
	start();
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
}

static void open_inputs(const char *list)
{
	desk_open(session, list);
}

static void view_is(struct view *view, const char *want)
{
	char buf[TEXT];
	struct runs runs = { 0 };
	size_t len = (size_t)view_size(view);

	must(view_read(view, 0, buf, len, 0, &runs, &err), &err);
	for (size_t i = 0; i < runs.count; i++)
		ck_assert(state_has_bytes(runs.v[i].state));
	runs_free(&runs);
	buf[len] = '\0';
	ck_assert_str_eq(buf, want);
}

static void shows(const char *want)
{
	view_is(session_view(session), want);
}

static const char *on_disk(void)
{
	return desk_files("abc");
}

static bool edit(uint64_t addr, uint64_t removed, const char *text,
                 unsigned flags)
{
	return desk_splice(session, desk_place(session, addr), removed, text,
	                   flags, &err);
}

static void put(uint64_t addr, const char *text)
{
	must(edit(addr, strlen(text), text, 0), &err);
}

static struct session_flushed flush(void)
{
	struct session_flushed out;

	must(desk_flush(session, 0, &out, &err), &err);
	return out;
}

static bool try_flush(unsigned flags)
{
	return desk_flush(session, flags, NULL, &err);
}

/* --- what it does -------------------------------------------------------- */

START_TEST(writes_the_files)
{
	struct session_flushed out;

	open_inputs("a;b;c");
	put(3, "xyz");
	put(17, "w");
	ck_assert_str_eq(on_disk(), "aaaabbbbbbcccccccc");
	out = flush();
	ck_assert_uint_eq(out.files, 3);
	ck_assert_uint_eq(out.ranges, 3);
	ck_assert_uint_eq(out.bytes, 4);
	ck_assert_str_eq(on_disk(), "aaaxyzbbbbcccccccw");
	shows("aaaxyzbbbbcccccccw");
	ck_assert_uint_eq(session_edited(session), 0);
	ck_assert_int_eq(session_journal(session), JOURNAL_EMPTY);
	ck_assert(!desk_check(session, 0, 18));
	ck_assert_str_eq(said, "");
	/* Nothing is left to do. */
	out = flush();
	ck_assert_uint_eq(out.files, 0);
	ck_assert_uint_eq(out.bytes, 0);
}
END_TEST

static bool count_name(void *arg, const char *name)
{
	size_t *n = arg;
	struct folder folder;
	struct recover *rec;

	must(folder_open(&sys_real, shelf, false, &folder, &err), &err);
	rec = recover_open(&folder, name, &err);
	must(rec != NULL, &err);
	n[recover_kind(rec)]++;
	recover_free(rec);
	folder_close(&folder);
	return true;
}

/* How many journals there are of each kind. */
static const size_t *journals(void)
{
	static size_t n[8];
	struct folder folder;

	memset(n, 0, sizeof(n));
	must(folder_open(&sys_real, shelf, false, &folder, &err), &err);
	must(recover_names(&folder, count_name, n, &err), &err);
	folder_close(&folder);
	return n;
}

START_TEST(the_journal_becomes_history)
{
	open_inputs("a;b;c");
	put(3, "xyz");
	(void)flush();
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 1);
	put(0, "q");
	ck_assert_uint_eq(journals()[RECOVER_LIVE], 1);
	(void)flush();
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 2);
	put(0, "q");
	must(session_undo(session, &err), &err);
	/* To be made again. */
	finish();
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 3);
	ck_assert_uint_eq(journals()[RECOVER_WAITING], 0);
	start();
}
END_TEST

static void set_age(const char *name, time_t seconds)
{
	char path[512];
	struct timespec times[2] = { { .tv_sec = time(NULL) - seconds },
		                     { .tv_sec = time(NULL) - seconds } };

	snprintf(path, sizeof(path), "%s/%s", shelf, name);
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static bool age_name(void *arg, const char *name)
{
	set_age(name, *(const time_t *)arg);
	return true;
}

static void age_all(time_t seconds)
{
	struct folder folder;

	must(folder_open(&sys_real, shelf, false, &folder, &err), &err);
	must(recover_names(&folder, age_name, &seconds, &err), &err);
	folder_close(&folder);
}

/* Closed journals go when they are old, or too much; what waits never does. */
START_TEST(history_expires)
{
	enum { DAY = 24 * 60 * 60 };

	open_inputs("a;b;c");
	put(0, "q");
	finish();
	start();
	open_inputs("b;c");
	put(0, "x");
	(void)flush();
	age_all(89 * DAY);
	put(0, "y");
	(void)flush();
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 2);
	age_all(91 * DAY);
	put(0, "z");
	(void)flush();
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 1);
	ck_assert_uint_eq(journals()[RECOVER_WAITING], 1);
	session_set_undo_limit(session, 12000);
	put(0, "y");
	(void)flush();
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 2);
	put(0, "x");
	(void)flush();
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 2);
	session_set_undo_limit(session, 0);
	put(0, "w");
	(void)flush();
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 0);
	ck_assert_uint_eq(journals()[RECOVER_WAITING], 1);
	/* What was flushed can be taken back all the same. */
	must(session_undo(session, &err), &err);
	shows("xbbbbbcccccccc");
	ck_assert_str_eq(said, "");
}
END_TEST

/* One that cannot be removed is told of; the flush has been made. */
START_TEST(an_old_journal_stays)
{
	open_inputs("a");
	put(0, "x");
	(void)flush();
	session_set_undo_limit(session, 0);
	put(0, "y");
	faults_fail(FAULT_UNLINK_IN, 0, 1, EIO);
	(void)flush();
	ck_assert_str_eq(on_disk(), "yaaabbbbbbcccccccc");
	ck_assert_ptr_nonnull(strstr(said, "remove: Input/output error"));
	faults_reset();
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 1);
}
END_TEST

/* One that is more by itself than all history may be is removed at once, which
   is said: of all that is flushed, not where some of it goes on. */
START_TEST(history_that_is_too_much)
{
	open_inputs("a;b");
	session_set_undo_limit(session, 4000);
	put(0, "x");
	put(5, "y");
	(void)desk_flush_one(session,
	                     document_id(
				     space_segment(session_space(session), 0)
					     ->doc));
	ck_assert_str_eq(said, "");
	(void)flush();
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 0);
	ck_assert_ptr_nonnull(strstr(said, "(undolimit): no later run"));
	must(session_undo(session, &err), &err);
	ck_assert_uint_eq(session_edited(session), 1);
}
END_TEST

/* A journal that cannot be closed, either, which is said: the flush has been
   made all the same. */
START_TEST(history_that_cannot_be_written)
{
	static const enum fault_call writes[] = { FAULT_PWRITE,
		                                  FAULT_SYNC_DATA };
	bool happened = true;
	size_t gone = 0;

	finish();
	for (size_t nth = 0; happened; nth++) {
		bool done;

		clear_shelf();
		write_files();
		start();
		open_inputs("a;b;c");
		put(0, "x");
		faults_reset();
		faults_fail(writes[_i], nth, SIZE_MAX / 2, EIO);
		done = try_flush(0);
		happened = faults_happened();
		faults_reset();
		if (done && journals()[RECOVER_FINISHED] == 0) {
			ck_assert_ptr_nonnull(strstr(said, "no later run"));
			ck_assert_ptr_nonnull(strstr(said, "error"));
			gone++;
		} else if (done) {
			ck_assert_str_eq(said, "");
		}
		session_drop_edits(session, true);
		finish();
	}
	ck_assert_uint_gt(gone, 0);
	start();
}
END_TEST

START_TEST(undo_goes_on)
{
	open_inputs("a;b;c");
	put(3, "xyz");
	put(4, "Y");
	(void)flush();
	put(0, "q");
	must(session_undo(session, &err), &err);
	shows("aaaxYzbbbbcccccccc");
	must(session_undo(session, &err), &err);
	shows("aaaxyzbbbbcccccccc");
	ck_assert_uint_eq(session_edited(session), 1);
	must(session_undo(session, &err), &err);
	shows("aaaabbbbbbcccccccc");
	ck_assert_uint_eq(session_edited(session), 2);
	ck_assert(!session_undo(session, &err));
	ck_assert_str_eq(on_disk(), "aaaxYzbbbbcccccccc");
	(void)flush();
	ck_assert_str_eq(on_disk(), "aaaabbbbbbcccccccc");
	shows("aaaabbbbbbcccccccc");
	must(session_redo(session, &err), &err);
	must(session_redo(session, &err), &err);
	shows("aaaxYzbbbbcccccccc");
	(void)flush();
	ck_assert_str_eq(on_disk(), "aaaxYzbbbbcccccccc");
	must(session_redo(session, &err), &err);
	shows("qaaxYzbbbbcccccccc");
}
END_TEST

/* K9: what is there decides, not when it was written. */
START_TEST(undo_looks)
{
	open_inputs("a;b;c");
	must(edit(3, 3, "xyz", 0), &err);
	put(4, "Y");
	(void)flush();
	desk_file("b", "YzbbBB");
	must(session_undo(session, &err), &err);
	shows("aaaxyzbbBBcccccccc");
	must(session_redo(session, &err), &err);
	(void)!try_flush(FLUSH_ANYWAY);
	desk_file("b", "YzbQBB");
	must(session_undo(session, &err), &err);
	must(session_redo(session, &err), &err);
	must(try_flush(FLUSH_ANYWAY), &err);
	desk_file("b", "NzbQBB");
	ck_assert(!session_undo(session, &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert_ptr_nonnull(strstr(err.text, "b: what was flushed"));
	shows("aaaxNzbQBBcccccccc");
}
END_TEST

/* K3: through as many flushes as there are. */
START_TEST(views_stand_still)
{
	static const char *const texts[] = {
		"aaaabbbbbbcccccccc", "aXXXXbbbbbcccccccc",
		"aXXYYYbbbbcccccccc", "aXXYYYbbbbccccccZZ",
		"QXXYYYbbbbccccccZZ",
	};
	struct view *views[ARRAY_LEN(texts)];
	struct runs runs = { 0 };
	char buf[18];

	open_inputs("a;b;c");
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		views[i] = view_ref(session_view(session));
		for (size_t k = 0; k <= i; k++)
			view_is(views[k], texts[k]);
		if (i == 0)
			put(1, "XXXX");
		else if (i == 1)
			put(3, "YYY");
		else if (i == 2)
			put(16, "ZZ");
		else
			put(0, "Q");
		(void)flush();
	}
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		view_is(views[i], texts[i]);
		/* Nor does it call what was the file's an edit. */
		must(view_read(views[i], 0, buf, 18, 0, &runs, &err), &err);
		for (size_t k = 0; k < runs.count; k++)
			ck_assert(!runs.v[k].edited);
		runs_clear(&runs);
		view_unref(views[i]);
	}
	runs_free(&runs);
}
END_TEST

/* Closed journals, whose bytes the history needs, take no descriptors. */
START_TEST(many_flushes)
{
	size_t most = 0;

	must(guard_install(&err), &err);
	open_inputs("a;b;c");
	for (size_t i = 0; i < 40; i++) {
		char text[] = { (char)('A' + i), 'b', 'c', 'd', 'e', '\0' };

		put(i % 13, text);
		/* Where one cannot be mapped it keeps its own. */
		if (i == 1)
			faults_fail(FAULT_MAP, 0, 100, ENOMEM);
		(void)flush();
		faults_reset();
		if (i == 2)
			most = faults_descriptors();
	}
	ck_assert_uint_eq(faults_descriptors(), most);
	shows("hbcde`abcdefgbcdec");
	for (size_t i = 0; i < 40; i++)
		must(session_undo(session, &err), &err);
	shows("aaaabbbbbbcccccccc");
}
END_TEST

/* Bytes that were moved in a file are read from where they were. */
START_TEST(moved_bytes)
{
	struct view *before;

	desk_file("a", "0123456789abcdef");
	free(scratch_file("b", "", 0));
	free(scratch_file("c", "", 0));
	open_inputs("a");
	must(session_move(session, 0, 4,
	                  space_place(session_space(session), 12), &err),
	     &err);
	shows("456789ab0123cdef");
	before = view_ref(session_view(session));
	(void)flush();
	ck_assert_str_eq(on_disk(), "456789ab0123cdef");
	view_is(before, "456789ab0123cdef");
	must(session_undo(session, &err), &err);
	shows("0123456789abcdef");
	(void)flush();
	ck_assert_str_eq(on_disk(), "0123456789abcdef");
	view_is(before, "456789ab0123cdef");
	view_unref(before);
}
END_TEST

/* --- what it refuses ----------------------------------------------------- */

static void refuses(unsigned flags, enum err code, const char *part)
{
	char was[TEXT];

	strcpy(was, on_disk());
	ck_assert(!try_flush(flags));
	ck_assert_int_eq(err.code, code);
	ck_assert_msg(strstr(err.text, part) != NULL, "%s", err.text);
	ck_assert(!session_flush_is_open(session));
	ck_assert_str_eq(on_disk(), was);
	ck_assert_uint_gt(session_edited(session), 0);
}

START_TEST(a_file_that_others_wrote)
{
	open_inputs("a;b;c");
	put(0, "x");
	put(5, "y");
	desk_file("b", "BBBBBB");
	refuses(0, ERR_CHANGED,
	        "b: 1 byte under its edits is another now: 0x1; 0x1 was 62 "
	        "and is 42 now (reload! drops those edits, flush! writes over "
	        "them)");
	must(try_flush(FLUSH_ANYWAY), &err);
	ck_assert_str_eq(on_disk(), "xaaaByBBBBcccccccc");
}
END_TEST

START_TEST(a_file_that_is_another)
{
	open_inputs("a;b;c");
	put(0, "x");
	put(5, "y");
	desk_file("n", "bbbbbb");
	ck_assert_int_eq(rename("n", "b"), 0);
	refuses(FLUSH_ANYWAY, ERR_CHANGED, "b: was replaced");
	desk_file("n", "bbbbbb");
	ck_assert_int_eq(unlink("b"), 0);
	ck_assert_int_eq(mkdir("b", 0700), 0);
	ck_assert(!try_flush(0));
	ck_assert_int_eq(rmdir("b"), 0);
	ck_assert(!try_flush(0));
}
END_TEST

START_TEST(a_size_that_changed)
{
	open_inputs("a;b;c");
	put(0, "x");
	put(5, "y");
	ck_assert_int_eq(truncate("b", 5), 0);
	refuses(FLUSH_ANYWAY, ERR_CHANGED, "b: was replaced or resized");
}
END_TEST

/* Bad bytes beside what is written are nobody's concern. They are bad in each
   file: so they lie far behind the end of the journal. */
START_TEST(bad_bytes_beside)
{
	enum { AT = 0x40000, LEN = 64 };
	char text[LEN + 1] = "";
	int fd;

	free(scratch_file("a", "", 0));
	ck_assert_int_eq(truncate("a", AT + LEN), 0);
	open_inputs("a");
	put(AT + 16, "xy");
	put(AT + 30, "z");
	faults_bad(AT + 18, 12, false);
	faults_bad(AT + 31, 1, true);
	(void)flush();
	faults_reset();
	fd = open("a", O_RDONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(fd, text, LEN, AT), LEN);
	close(fd);
	for (int i = 0; i < LEN; i++)
		ck_assert_int_eq(text[i], i == 16   ? 'x'
		                          : i == 17 ? 'y'
		                          : i == 30 ? 'z'
		                                    : '\0');
	put(AT + 40, "w");
	faults_bad(AT + 40, 1, false);
	refuses(0, ERR_IO, "a: what is at 0x40028 could not be taken back");
}
END_TEST

START_TEST(a_lock_of_others)
{
	struct flock range = { .l_type = F_WRLCK,
		               .l_whence = SEEK_SET,
		               .l_start = 100,
		               .l_len = 1 };
	int fd = open("b", O_RDWR | O_CLOEXEC);
	char want[64];

	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &range), 0);
	open_inputs("a;b;c");
	put(0, "x");
	put(5, "y");
	refuses(0, ERR_READONLY, "has locked it, which may be using it");
	/* Where the system hides processes it cannot say who. */
	snprintf(want, sizeof(want), "b: process %d (", (int)getpid());
	ck_assert_msg(strstr(err.text, want) ||
	                      strstr(err.text, "b: another program"),
	              "%s", err.text);
	must(try_flush(FLUSH_ANYWAY), &err);
	ck_assert_str_eq(on_disk(), "xaaabybbbbcccccccc");
	close(fd);
}
END_TEST

START_TEST(private_edits)
{
	open_inputs("a copy;b;c");
	put(0, "x");
	refuses(0, ERR_READONLY, "save-as");
	put(5, "y");
	/* The others are written; what is private goes on waiting. */
	(void)flush();
	ck_assert_str_eq(on_disk(), "aaaabybbbbcccccccc");
	shows("xaaabybbbbcccccccc");
	ck_assert_int_eq(session_journal(session), JOURNAL_KEEPS);
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	shows("aaaabbbbbbcccccccc");
}
END_TEST

/* A step is flushed for all of its files or for none. */
START_TEST(a_step_over_private_edits)
{
	open_inputs("a copy;b;c");
	put(3, "xyz");
	put(17, "w");
	refuses(0, ERR_READONLY, "a: its edits are private");
	must(session_revert(session, 0, 4, &err), &err);
	(void)flush();
	ck_assert_str_eq(on_disk(), "aaaayzbbbbcccccccw");
	/* What is edited later is no part of it. */
	put(0, "p");
	put(5, "q");
	(void)flush();
	ck_assert_str_eq(on_disk(), "aaaayqbbbbcccccccw");
	shows("paaayqbbbbcccccccw");
}
END_TEST

START_TEST(no_journal)
{
	finish();
	session = desk_session(&faults_sys, NULL);
	open_inputs("a;b;c");
	put(0, "x");
	refuses(0, ERR_STATE, "no journal");
}
END_TEST

/* --- some of the files --------------------------------------------------- */

static uint64_t id_of(size_t segment)
{
	return document_id(space_segment(session_space(session), segment)->doc);
}

static struct session_flushed flush_one(size_t segment)
{
	return desk_flush_one(session, id_of(segment));
}

START_TEST(some_of_them)
{
	open_inputs("a;b;c");
	put(0, "x");
	put(5, "y");
	ck_assert_uint_eq(flush_one(0).files, 1);
	ck_assert_str_eq(on_disk(), "xaaabbbbbbcccccccc");
	ck_assert_uint_eq(session_edited(session), 1);
	ck_assert_int_eq(session_journal(session), JOURNAL_KEEPS);
	put(1, "z");
	ck_assert_uint_eq(flush_one(1).files, 1);
	ck_assert_str_eq(on_disk(), "xaaabybbbbcccccccc");
	ck_assert_uint_eq(flush().files, 1);
	ck_assert_str_eq(on_disk(), "xzaabybbbbcccccccc");
	for (int i = 0; i < 3; i++)
		must(session_undo(session, &err), &err);
	shows("aaaabbbbbbcccccccc");
}
END_TEST

/* A step is never written in part. */
START_TEST(with_their_steps)
{
	open_inputs("a;b;c");
	put(3, "xy");
	put(9, "zw");
	ck_assert_uint_eq(flush_one(0).files, 3);
	ck_assert_str_eq(on_disk(), "aaaxybbbbzwccccccc");
	put(3, "XY");
	put(12, "v");
	ck_assert_uint_eq(flush_one(1).files, 2);
	ck_assert_str_eq(on_disk(), "aaaXYbbbbzwccccccc");
}
END_TEST

static void take_waiting(void *ctx, const struct session_waiting *waiting)
{
	char *names = ctx;

	snprintf(names + strlen(names), 64, "%s:%d ",
	         document_name(session_document(session, waiting->doc)),
	         waiting->checked.state);
}

static char journal[64];

static bool take_journal(void *arg, const char *name)
{
	(void)arg;
	snprintf(journal, sizeof(journal), "%s", name);
	return true;
}

/* After one file was flushed, the edits of another are found by the next. */
START_TEST(the_rest_waits)
{
	char names[256] = "";
	struct folder folder;

	open_inputs("a;b;c");
	put(3, "xy");
	must(session_undo(session, &err), &err);
	put(0, "x");
	put(5, "y");
	put(6, "z");
	(void)flush_one(0);
	must(session_undo(session, &err), &err);
	finish();
	start();
	open_inputs("a;b;c");
	must(session_look(session, take_waiting, names, &err), &err);
	ck_assert_str_eq(names, "b:0 ");
	must(folder_open(&sys_real, shelf, false, &folder, &err), &err);
	must(recover_names(&folder, take_journal, NULL, &err), &err);
	folder_close(&folder);
	must(session_recover(session, journal, &err), &err);
	shows("xaaabybbbbcccccccc");
	(void)flush();
	ck_assert_str_eq(on_disk(), "xaaabybbbbcccccccc");
}
END_TEST

/* The next editor takes up what waits. */
static void take_up(void)
{
	snprintf(journal, sizeof(journal), "%s", session_journal_name(session));
	finish();
	start();
	open_inputs("a;b;c");
	must(session_recover(session, journal, &err), &err);
}

/* A file has no edits any more, after a step that another one was flushed with:
   what the journal has of it would make no sense without that step. */
START_TEST(without_edits_any_more)
{
	struct session_splice s[2];
	struct piece pieces[2];

	open_inputs("a;b;c");
	for (size_t i = 0; i < 2; i++) {
		must(store_put(session_store(session), "xyz", i + 1, &pieces[i],
		               &err),
		     &err);
		s[i] = (struct session_splice){
			.at = space_place(session_space(session), 4 * i),
			.removed = 1,
			.added = &pieces[i],
			.count = 1,
		};
	}
	must(session_edit(session, s, 2, 0, &err), &err);
	shows("xaaaxybbbbbcccccccc");
	must(session_revert(session, 4, 2, &err), &err);
	shows("xaaabbbbbbcccccccc");
	put(17, "w");
	ck_assert_uint_eq(flush_one(0).files, 1);
	ck_assert_str_eq(on_disk(), "xaaabbbbbbcccccccc");
	if (_i == 1)
		put(5, "v");
	take_up();
	shows(_i == 1 ? "xaaabvbbbbcccccccw" : "xaaabbbbbbcccccccw");
}
END_TEST

/* Nothing waits of what was flushed, from before it was loaded anew, either. */
START_TEST(from_before_a_reload)
{
	char names[256] = "";

	open_inputs("a;b;c");
	put(0, "x");
	put(17, "w");
	free(scratch_file("a.new", "aaaa", 4));
	ck_assert_int_eq(rename("a.new", "a"), 0);
	must(session_reload(session, 0, false, &err), &err);
	put(1, "y");
	ck_assert_uint_eq(flush_one(0).bytes, 2);
	ck_assert_str_eq(on_disk(), "xyaabbbbbbcccccccc");
	finish();
	start();
	open_inputs("a;b;c");
	must(session_look(session, take_waiting, names, &err), &err);
	ck_assert_str_eq(names, "c:0 ");
	put(0, "v");
}
END_TEST

/* What takes back a flushed step is in the next journal as what it does. */
START_TEST(an_undo_is_recovered)
{
	char names[256] = "";
	struct folder folder;

	open_inputs("a;b;c");
	put(3, "xy");
	put(0, "q");
	(void)flush();
	put(10, "w");
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	must(session_redo(session, &err), &err);
	must(session_redo(session, &err), &err);
	must(session_redo(session, &err), &err);
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	shows("aaaxybbbbbcccccccc");
	snprintf(journal, sizeof(journal), "%s", session_journal_name(session));
	finish();
	start();
	open_inputs("a;b;c");
	must(session_look(session, take_waiting, names, &err), &err);
	must(folder_open(&sys_real, shelf, false, &folder, &err), &err);
	folder_close(&folder);
	must(session_recover(session, journal, &err), &err);
	shows("aaaxybbbbbcccccccc");
}
END_TEST

/* --- failures ------------------------------------------------------------ */

/* The journal is given up, but for what views and undo read from it. */
START_TEST(given_up)
{
	bool ok = false;
	char waits[64];

	open_inputs("b");
	for (int i = 0; i < 40; i++)
		put(1, "y");
	snprintf(waits, sizeof(waits), "%s", session_journal_name(session));
	finish();
	for (size_t n = 0; !ok; n++) {
		write_files();
		start();
		open_inputs("a;b;c");
		put(0, "0123");
		put(10, "012345");
		put(17, "w");
		(void)flush_one(0);
		put(0, "z");
		(void)flush_one(2);
		faults_reset();
		faults_fail(FAULT_SYNC_DATA, n, SIZE_MAX / 2, EIO);
		ok = session_recover(session, waits, &err);
		faults_reset();
		while (past_done(session_past(session)) > 0)
			must(session_undo(session, &err), &err);
		shows("aaaabbbbbbcccccccc");
		session_drop_edits(session, true);
		finish();
	}
	start();
}
END_TEST

static const enum fault_call calls[] = {
	FAULT_OPEN,      FAULT_STAT, FAULT_FSTAT,  FAULT_PWRITE,    FAULT_PREAD,
	FAULT_SYNC_DATA, FAULT_CWD,  FAULT_ACCESS, FAULT_RENAME_IN,
};
static const int errnums[] = { EIO, ENOSPC, EDQUOT, EINTR, EROFS };

/* Each call of a flush fails, once or for ever: all or none, and no lie. */
START_TEST(a_call_fails)
{
	enum fault_call call = calls[(size_t)_i / ARRAY_LEN(errnums)];
	int errnum = errnums[(size_t)_i % ARRAY_LEN(errnums)];
	bool happened = true;
	size_t nth;

	finish();
	for (nth = 0; happened; nth++) {
		size_t often = nth % 2 ? 1 : SIZE_MAX / 2;
		struct view *before;
		bool done, open;

		clear_shelf();
		write_files();
		start();
		open_inputs("a;b;c");
		before = view_ref(session_view(session));
		put(3, "xyz");
		put(17, "w");
		faults_reset();
		faults_fail(call, nth / 2, often, errnum);
		done = try_flush(0);
		happened = faults_happened();
		faults_reset();
		open = session_flush_is_open(session);
		shows("aaaxyzbbbbcccccccw");
		view_is(before, "aaaabbbbbbcccccccc");
		if (done)
			ck_assert_str_eq(on_disk(), "aaaxyzbbbbcccccccw");
		else if (!open)
			ck_assert_str_eq(on_disk(), "aaaabbbbbbcccccccc");
		ck_assert(!done || !open);
		if (open) {
			ck_assert(!edit(0, 1, "n", 0));
			ck_assert_int_eq(err.code, ERR_STATE);
		}
		(void)flush();
		ck_assert_str_eq(on_disk(), "aaaxyzbbbbcccccccw");
		ck_assert_uint_eq(session_edited(session), 0);
		view_is(before, "aaaabbbbbbcccccccc");
		view_unref(before);
		put(0, "p");
		must(session_undo(session, &err), &err);
		must(session_undo(session, &err), &err);
		must(session_undo(session, &err), &err);
		shows("aaaabbbbbbcccccccc");
		session_drop_edits(session, true);
		finish();
	}
	ck_assert_uint_gt(nth, 1);
	start();
}
END_TEST

/* Memory runs out at each allocation. */
START_TEST(without_memory)
{
	bool done = false;

	finish();
	for (long n = 0; !done; n++) {
		clear_shelf();
		write_files();
		start();
		open_inputs("a;b;c");
		put(3, "xyz");
		put(17, "w");
		(void)session_view(session);
		mem_fail_after(n);
		done = try_flush(0);
		mem_fail_after(-1);
		shows("aaaxyzbbbbcccccccw");
		if (!done && !session_flush_is_open(session))
			ck_assert_str_eq(on_disk(), "aaaabbbbbbcccccccc");
		(void)flush();
		ck_assert_str_eq(on_disk(), "aaaxyzbbbbcccccccw");
		must(session_undo(session, &err), &err);
		must(session_undo(session, &err), &err);
		shows("aaaabbbbbbcccccccc");
		session_drop_edits(session, true);
		finish();
	}
	start();
}
END_TEST

/* That it was made is noted, though there is no memory at its end: its journal
   stays when the rest is dropped. */
START_TEST(ended_without_memory)
{
	struct session_flushed flushed;
	uint64_t doc;
	bool begun;

	open_inputs("a;b");
	put(0, "x");
	put(5, "y");
	doc = document_id(space_segment(session_space(session), 0)->doc);
	must(session_flush_begin(session, &doc, 1, 0, &begun, &err), &err);
	ck_assert(begun);
	session_flush_work(NULL, session);
	mem_fail_after(0);
	ck_assert(session_flush_finish(session, &flushed, &err));
	mem_fail_after(-1);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(past_done(session_past(session)), 2);
	session_drop_edits(session, true);
	finish();
	start();
	open_inputs("a;b");
	must(session_undo(session, &err), &err);
	shows("aaaabbbbbb");
	session_drop_edits(session, true);
}
END_TEST

/* A flush that is left open, as a crash would leave it: one file is written,
   and neither the next one nor the first one again. */
static void leave_open(void)
{
	bool open = false;

	finish();
	for (size_t nth = 1; !open; nth++) {
		clear_shelf();
		write_files();
		free(shelf);
		ck_assert_int_gt(asprintf(&shelf, "%s/o%zu", scratch(), nth),
		                 0);
		start();
		open_inputs("a;b;c");
		put(3, "xyz");
		put(17, "w");
		faults_reset();
		faults_fail(FAULT_PWRITE, nth, SIZE_MAX / 2, EIO);
		ck_assert(!try_flush(0));
		faults_reset();
		open = strcmp(on_disk(), "aaaabbbbbbcccccccc") != 0;
		ck_assert(!open || session_flush_is_open(session));
		session_drop_edits(session, !open);
		snprintf(journal, sizeof(journal), "%s",
		         session_journal_name(session));
		finish();
	}
	ck_assert_str_ne(on_disk(), "aaaxyzbbbbcccccccw");
	start();
}

static void hear_batch(struct context *ctx, const char *text)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", text);
}

/* A batch that ends so drops nothing, and does not say that it did. */
START_TEST(a_batch_leaves_it_open)
{
	bool open = false;

	finish();
	for (size_t nth = 1; !open; nth++) {
		struct output out = { 0 };
		struct context ctx;

		clear_shelf();
		write_files();
		start();
		open_inputs("a;b;c");
		must(context_init(&ctx, session, &out, &err), &err);
		ctx.say = hear_batch;
		put(3, "xyz");
		faults_reset();
		faults_fail(FAULT_PWRITE, nth, SIZE_MAX / 2, EIO);
		ck_assert(!try_flush(0));
		faults_reset();
		open = session_flush_is_open(session);
		ck_assert_int_eq(batch_end(&ctx, 0), 3);
		ck_assert_ptr_nonnull(
			strstr(said, open ? "was left open" : "dropped"));
		context_free(&ctx);
		session = NULL;
	}
	start();
}
END_TEST

static void take_open(void *ctx, const struct session_waiting *waiting)
{
	*(size_t *)ctx += waiting->is_flushing;
}

static size_t count_open(void)
{
	size_t n = 0;

	must(session_look(session, take_open, &n, &err), &err);
	return n;
}

START_TEST(finished_by_the_next)
{
	leave_open();
	open_inputs("a;b;c");
	ck_assert_uint_eq(count_open(), 3);
	ck_assert(!edit(0, 1, "n", 0));
	ck_assert(!session_release(session, journal, &err));
	must(session_settle_flush(session, journal, RECOVER_FINISH, &err),
	     &err);
	ck_assert_str_eq(on_disk(), "aaaxyzbbbbcccccccw");
	shows("aaaxyzbbbbcccccccw");
	ck_assert_uint_eq(count_open(), 0);
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 1);
	put(0, "n");
	(void)flush();
	ck_assert_str_eq(on_disk(), "naaxyzbbbbcccccccw");
	ck_assert(!session_settle_flush(session, journal, RECOVER_BACK, &err));
}
END_TEST

START_TEST(taken_back_by_the_next)
{
	leave_open();
	open_inputs("a;b;c");
	must(session_settle_flush(session, journal, RECOVER_BACK, &err), &err);
	ck_assert_str_eq(on_disk(), "aaaabbbbbbcccccccc");
	shows("aaaabbbbbbcccccccc");
	ck_assert_uint_eq(count_open(), 0);
	must(session_recover(session, journal, &err), &err);
	shows("aaaxyzbbbbcccccccw");
	(void)flush();
	ck_assert_str_eq(on_disk(), "aaaxyzbbbbcccccccw");
}
END_TEST

/* What is not the flush's own stops both ways, before anything is written. */
START_TEST(another_byte_in_between)
{
	leave_open();
	desk_file("b", "bQbbbb");
	open_inputs("a;b;c");
	ck_assert(
		!session_settle_flush(session, journal, RECOVER_FINISH, &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert_msg(strstr(err.text, "b: the byte at 0x1 is neither") != NULL,
	              "%s", err.text);
	ck_assert(!session_settle_flush(session, journal, RECOVER_BACK, &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	desk_file("b", "yzbbbb");
	must(session_settle_flush(session, journal, RECOVER_FINISH, &err),
	     &err);
	ck_assert_str_eq(on_disk(), "aaaxyzbbbbcccccccw");
}
END_TEST

START_TEST(not_all_are_open)
{
	leave_open();
	open_inputs("a;b");
	ck_assert(
		!session_settle_flush(session, journal, RECOVER_FINISH, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "open that, too"));
	open_inputs("c ro");
	ck_assert(
		!session_settle_flush(session, journal, RECOVER_FINISH, &err));
	ck_assert_int_eq(err.code, ERR_READONLY);
}
END_TEST

/* --- by a job ------------------------------------------------------------ */

START_TEST(by_a_job)
{
	struct session_flushed out;
	struct job *job;
	bool begun;

	open_inputs("a;b;c");
	must(session_flush_begin(session, NULL, 0, 0, &begun, &err), &err);
	ck_assert(!begun);
	put(3, "xyz");
	must(session_flush_begin(session, NULL, 0, 0, &begun, &err), &err);
	ck_assert(begun);
	job = job_start(session_pool(session), JOB_COMPUTE, session_flush_work,
	                session, &err);
	must(job != NULL, &err);
	ck_assert(!edit(0, 1, "n", 0));
	ck_assert_ptr_nonnull(strstr(err.text, "flushing"));
	ck_assert(!session_undo(session, &err));
	ck_assert(!session_reload(session, 0, false, &err));
	ck_assert(!session_close(session, 1, &err));
	ck_assert(!session_set_note(session, 1, "n", &err));
	ck_assert_ptr_nonnull(strstr(err.text, "flushing"));
	ck_assert(!session_recover(session, journal, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "flushing"));
	ck_assert(!session_settle_flush(session, journal, RECOVER_BACK, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "flushing"));
	ck_assert(!session_flush_begin(session, NULL, 0, 0, &begun, &err));
	ck_assert_uint_eq(session_sync_due(session), UINT64_MAX);
	shows("aaaxyzbbbbcccccccc");
	job_wait(job);
	shows("aaaxyzbbbbcccccccc");
	must(session_flush_finish(session, &out, &err), &err);
	job_free(job);
	ck_assert_uint_eq(out.bytes, 3);
	ck_assert_str_eq(on_disk(), "aaaxyzbbbbcccccccc");
	put(0, "n");
}
END_TEST

static void refused(bool ok)
{
	ck_assert(!ok);
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "flushing"));
}

/* Flushes that a cancel has stopped. */
static size_t stopped;

/* A flush that is held at its nth call, or runs to its end; returns whether it
   was writing files then. *made: how many there were by then. */
static bool hold_at(enum fault_call call, size_t nth, bool cancels,
                    size_t *made)
{
	struct session_flushed out;
	struct job *job;
	bool begun, writing, ok;

	open_inputs("a;b;c");
	put(3, "xyz");
	faults_reset();
	faults_skip_syncs();
	must(session_flush_begin(session, NULL, 0, 0, &begun, &err), &err);
	if (nth < SIZE_MAX)
		faults_hold(call, nth);
	job = job_start(session_pool(session), JOB_COMPUTE, session_flush_work,
	                session, &err);
	must(job != NULL, &err);
	if (nth < SIZE_MAX)
		faults_await_held();
	else
		job_wait(job);
	*made = faults_count(call);
	writing = session_flush_is_writing(session);
	refused(edit(0, 1, "n", 0));
	refused(edit(0, 0, "n", 0));
	refused(session_undo(session, &err));
	shows("aaaxyzbbbbcccccccc");
	/* Before, and after. */
	ck_assert(writing || strcmp(on_disk(), "aaaabbbbbbcccccccc") == 0 ||
	          strcmp(on_disk(), "aaaxyzbbbbcccccccc") == 0);
	if (cancels)
		job_cancel(job);
	if (nth < SIZE_MAX)
		faults_release();
	job_wait(job);
	ok = session_flush_finish(session, &out, &err);
	job_free(job);
	ck_assert(ok || (cancels && !writing));
	ck_assert(ok || err.code == ERR_CANCELLED);
	stopped += !ok;
	ck_assert_str_eq(on_disk(),
	                 ok ? "aaaxyzbbbbcccccccc" : "aaaabbbbbbcccccccc");
	shows("aaaxyzbbbbcccccccc");
	/* What was refused meanwhile may be done now. */
	put(0, "n");
	finish();
	clear_shelf();
	write_files();
	start();
	return writing;
}

/* At each read and write of a flush: edits are refused, views stand still, and
   a cancel stops all or nothing; from the first byte of a file on nothing. */
START_TEST(held_at_each_call)
{
	static const enum fault_call held[] = { FAULT_PREAD, FAULT_PWRITE };
	enum fault_call call = held[_i];
	size_t made, ignored, before = 0, writing = 0;

	ck_assert(!hold_at(call, SIZE_MAX, false, &made));
	for (size_t i = 0; i < made; i++) {
		bool writes = hold_at(call, i, false, &ignored);

		ck_assert(hold_at(call, i, true, &ignored) == writes);
		before += !writes;
		writing += writes;
	}
	ck_assert_uint_gt(before, 0);
	/* Of both files; reads can still be stopped. */
	ck_assert_uint_ge(call == FAULT_PWRITE ? writing : stopped, 2);
}
END_TEST

struct told {
	char names[64];
};

static void tell(void *ctx, struct document *doc)
{
	struct told *told = ctx;

	strcat(told->names, document_name(doc));
}

static const char *looked(const uint64_t *docs, size_t count)
{
	static struct told told;

	told.names[0] = '\0';
	must(session_flush_look(session, docs, count, tell, &told, &err), &err);
	return told.names;
}

/* What would be written is told before, and why it would not be. */
START_TEST(looked_at)
{
	struct session_flushed out;
	struct told told = { "" };
	uint64_t docs[1];
	bool begun;

	open_inputs("a;b;c");
	ck_assert_str_eq(looked(NULL, 0), "");
	put(3, "xy");
	ck_assert_str_eq(looked(NULL, 0), "ab");
	put(12, "z");
	ck_assert_str_eq(looked(NULL, 0), "abc");
	docs[0] = document_id(
		space_segment(view_space(session_view(session)), 1)->doc);
	ck_assert_str_eq(looked(docs, 1), "ab");
	ck_assert(!session_flush_is_writing(session));
	must(session_flush_begin(session, NULL, 0, 0, &begun, &err), &err);
	ck_assert(!session_flush_is_writing(session));
	ck_assert(!session_flush_look(session, NULL, 0, tell, &told, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "flushing"));
	session_flush_work(NULL, session);
	ck_assert(!session_flush_is_writing(session));
	must(session_flush_finish(session, &out, &err), &err);
	ck_assert_str_eq(looked(NULL, 0), "");
	ck_assert_uint_ge(session_flush_need(1, 1000, 50), 2050);
	ck_assert_uint_eq(session_flush_need(1, UINT64_MAX, 0), UINT64_MAX);
}
END_TEST

/* Cancelled before it was called, and in the middle of the images. */
START_TEST(cancelled)
{
	struct session_flushed out;
	bool begun;

	open_inputs("a;b;c");
	put(3, "xyz");
	must(session_flush_begin(session, NULL, 0, 0, &begun, &err), &err);
	ck_assert(!session_flush_finish(session, &out, &err));
	ck_assert_int_eq(err.code, ERR_CANCELLED);
	ck_assert(!session_flush_is_open(session));
	ck_assert_str_eq(on_disk(), "aaaabbbbbbcccccccc");
	put(0, "n");
	(void)flush();
	ck_assert_str_eq(on_disk(), "naaxyzbbbbcccccccc");
}
END_TEST

/* The session ends while it is flushed. */
START_TEST(ending_meanwhile)
{
	bool begun;

	open_inputs("a;b;c");
	put(3, "xyz");
	must(session_flush_begin(session, NULL, 0, 0, &begun, &err), &err);
	session_flush_work(NULL, session);
	finish();
	ck_assert_str_eq(on_disk(), "aaaxyzbbbbcccccccc");
	start();
	ck_assert_uint_eq(journals()[RECOVER_FINISHED], 1);
	ck_assert_uint_eq(journals()[RECOVER_WAITING], 0);
}
END_TEST

/* --- against a model ----------------------------------------------------- */

enum { SIZE = 64, STEPS = 64 };

struct model {
	char text[STEPS + 1][2 * SIZE + 1];
	size_t done, all;
};

static uint64_t seed;

static uint64_t below(uint64_t n)
{
	return random_below(&seed, n);
}

static void random_edit(struct model *m)
{
	size_t len = 1 + (size_t)below(12);
	size_t at = (size_t)below(2 * SIZE - len);
	char text[16] = { 0 };

	if (m->done == STEPS)
		return;
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('0' + below(64));
	put(at, text);
	m->done++;
	m->all = m->done;
	strcpy(m->text[m->done], m->text[m->done - 1]);
	memcpy(m->text[m->done] + at, text, len);
}

START_TEST(random_sessions)
{
	seed = random_seed();
	for (size_t n = cases(25); n > 0; n--) {
		static struct model m;
		struct view *views[8] = { 0 };
		char seen[8][2 * SIZE + 1];

		finish();
		memset(&m, 0, sizeof(m));
		memset(m.text[0], 'a', SIZE);
		memset(m.text[0] + SIZE, 'b', SIZE);
		free(scratch_file("a", m.text[0], SIZE));
		free(scratch_file("b", m.text[0] + SIZE, SIZE));
		free(scratch_file("c", "", 0));
		start();
		open_inputs("a;b");
		for (size_t k = 0; k < 60; k++) {
			size_t v = (size_t)below(8);

			switch (below(8)) {
			case 0:
			case 1:
			case 2:
				random_edit(&m);
				break;
			case 3:
				if (m.done == 0)
					break;
				must(session_undo(session, &err), &err);
				m.done--;
				break;
			case 4:
				if (m.done == m.all)
					break;
				must(session_redo(session, &err), &err);
				m.done++;
				break;
			case 5:
				(void)flush();
				ck_assert_str_eq(on_disk(), m.text[m.done]);
				break;
			case 6:
				(void)flush_one((size_t)below(2));
				break;
			default:
				view_unref(views[v]);
				views[v] = view_ref(session_view(session));
				strcpy(seen[v], m.text[m.done]);
				break;
			}
			shows(m.text[m.done]);
			if (views[v])
				view_is(views[v], seen[v]);
		}
		for (size_t v = 0; v < 8; v++) {
			if (views[v])
				view_is(views[v], seen[v]);
			view_unref(views[v]);
		}
		if (session_edited(session) > 0) {
			snprintf(journal, sizeof(journal), "%s",
			         session_journal_name(session));
			finish();
			start();
			open_inputs("a;b");
			must(session_recover(session, journal, &err), &err);
			shows(m.text[m.done]);
			session_drop_edits(session, true);
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_flush");
	TCase *tc = tcase_create("session_flush");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, writes_the_files);
	tcase_add_test(tc, the_journal_becomes_history);
	tcase_add_test(tc, history_expires);
	tcase_add_test(tc, an_old_journal_stays);
	tcase_add_test(tc, history_that_is_too_much);
	tcase_add_loop_test(tc, history_that_cannot_be_written, 0, 2);
	tcase_add_test(tc, undo_goes_on);
	tcase_add_test(tc, undo_looks);
	tcase_add_test(tc, views_stand_still);
	tcase_add_test(tc, many_flushes);
	tcase_add_test(tc, moved_bytes);
	tcase_add_test(tc, a_file_that_others_wrote);
	tcase_add_test(tc, a_file_that_is_another);
	tcase_add_test(tc, a_size_that_changed);
	tcase_add_test(tc, bad_bytes_beside);
	tcase_add_test(tc, a_lock_of_others);
	tcase_add_test(tc, private_edits);
	tcase_add_test(tc, a_step_over_private_edits);
	tcase_add_test(tc, no_journal);
	tcase_add_test(tc, some_of_them);
	tcase_add_test(tc, with_their_steps);
	tcase_add_test(tc, the_rest_waits);
	tcase_add_loop_test(tc, without_edits_any_more, 0, 2);
	tcase_add_test(tc, from_before_a_reload);
	tcase_add_test(tc, an_undo_is_recovered);
	tcase_add_test(tc, given_up);
	tcase_add_loop_test(tc, a_call_fails, 0,
	                    (int)(ARRAY_LEN(calls) * ARRAY_LEN(errnums)));
	tcase_add_test(tc, without_memory);
	tcase_add_test(tc, ended_without_memory);
	tcase_add_test(tc, a_batch_leaves_it_open);
	tcase_add_test(tc, finished_by_the_next);
	tcase_add_test(tc, taken_back_by_the_next);
	tcase_add_test(tc, another_byte_in_between);
	tcase_add_test(tc, not_all_are_open);
	tcase_add_test(tc, by_a_job);
	tcase_add_loop_test(tc, held_at_each_call, 0, 2);
	tcase_add_test(tc, looked_at);
	tcase_add_test(tc, cancelled);
	tcase_add_test(tc, ending_meanwhile);
	tcase_add_test(tc, random_sessions);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
