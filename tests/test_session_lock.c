/*
 * test_session_lock.c - tests of src/session_lock.c
 *
 * The other editor is a process of its own, which ends when it is killed.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "keep/shelf.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct session *session;
static struct error err;
static char said[1024];
static unsigned said_count;

static void hear(void *ctx, const char *text)
{
	(void)ctx;
	snprintf(said, sizeof(said), "%s", text);
	said_count++;
}

static struct session *start(const struct shelf_places *places, bool read_only)
{
	struct session_options o = desk_options(&faults_sys, places);

	o.read_only = read_only;
	return desk_start(&o);
}

/* As the editor: who has locks is found by a check. */
static void start_later(void)
{
	struct session_options o = desk_options(&faults_sys, NULL);

	o.looks_later = true;
	session_free(session);
	session = desk_start(&o);
	session_set_say(session, hear, NULL);
}

static void setup(void)
{
	desk_begin();
	desk_file("a", "aaaa");
	desk_file("b", "bbbbbb");
	session = start(NULL, false);
	session_set_say(session, hear, NULL);
	said[0] = '\0';
	said_count = 0;
}

static void teardown(void)
{
	desk_finish(&session);
}

static void open_inputs(const char *list)
{
	desk_open(session, list);
}

static bool put(uint64_t addr, const char *text)
{
	return desk_splice(session, desk_place(session, addr), strlen(text),
	                   text, 0, &err);
}

/* Has anybody locked it? Asked by a descriptor of its own. */
static bool is_locked(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	bool locked;

	ck_assert_int_ge(fd, 0);
	locked = flock(fd, LOCK_EX | LOCK_NB) < 0;
	ck_assert(!locked || errno == EWOULDBLOCK);
	close(fd);
	return locked;
}

static struct document *document(uint64_t id)
{
	return session_document(session, id);
}

/* Another editor, which edits the first byte of a file and then waits. */
static pid_t other_editor(const char *name, const struct shelf_places *places)
{
	int ready[2];
	char byte = 0;
	pid_t child;

	ck_assert_int_eq(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		session = start(places, false);
		open_inputs(name);
		byte = put(0, "X") ? 'y' : 'n';
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert_int_eq(byte, 'y');
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void end_other(pid_t child)
{
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

/* --- when ---------------------------------------------------------------- */

START_TEST(from_the_first_edit_to_none)
{
	open_inputs("a;b");
	ck_assert(!is_locked("a"));
	must(put(0, "X"), &err);
	ck_assert(is_locked("a"));
	ck_assert(!is_locked("b"));
	must(put(1, "YZ"), &err);
	must(session_undo(session, &err), &err);
	ck_assert(is_locked("a"));
	must(session_undo(session, &err), &err);
	ck_assert(!is_locked("a"));
	must(session_redo(session, &err), &err);
	ck_assert(is_locked("a"));
	must(session_revert(session, 0, 4, &err), &err);
	ck_assert(!is_locked("a"));
	/* Across the seam: both. */
	must(put(2, "XXXX"), &err);
	ck_assert(is_locked("a"));
	ck_assert(is_locked("b"));
	session_free(session);
	session = start(NULL, false);
	ck_assert(!is_locked("a"));
	ck_assert(!is_locked("b"));
}
END_TEST

/* A file that is shown twice is one document, with one lock. */
START_TEST(once_for_each_file)
{
	open_inputs("a;a");
	must(put(0, "X"), &err);
	must(put(5, "Y"), &err);
	ck_assert(is_locked("a"));
	must(session_close(session, 1, &err), &err);
	ck_assert(is_locked("a"));
	must(session_undo(session, &err), &err);
	ck_assert(is_locked("a"));
	must(session_undo(session, &err), &err);
	ck_assert(!is_locked("a"));
	must(session_close(session, 2, &err), &err);
}
END_TEST

/* An edit that is not made leaves no lock behind. */
START_TEST(edits_that_fail)
{
	open_inputs("a;b");
	faults_fail(FAULT_LOCK, 1, 1, EIO);
	ck_assert(!put(3, "XX"));
	ck_assert(faults_happened());
	ck_assert_int_eq((int)err.code, ERR_IO);
	ck_assert_str_eq(err.path, "b");
	ck_assert(!is_locked("a"));
	ck_assert_uint_eq(session_edited(session), 0);
	faults_reset();
	for (long n = 0;; n++) {
		bool ok;

		mem_fail_after(n);
		ok = put(3, "XX");
		mem_fail_after(-1);
		ck_assert_int_eq(is_locked("a"), ok);
		ck_assert_int_eq(is_locked("b"), ok);
		if (ok)
			break;
		ck_assert_int_eq((int)err.code, ERR_NOMEM);
	}
}
END_TEST

START_TEST(none_for_what_is_not_written)
{
	open_inputs("a copy;memory:4");
	must(put(2, "XXXX"), &err);
	ck_assert(!is_locked("a"));
	session_free(session);
	session = start(NULL, true);
	faults_reset();
	open_inputs("a;b rw");
	ck_assert(!put(0, "X"));
	ck_assert_int_eq((int)err.code, ERR_READONLY);
	ck_assert_uint_eq(faults_count(FAULT_LOCK), 0);
	ck_assert_uint_eq(faults_count(FAULT_OPEN), 0);
}
END_TEST

/* --- others -------------------------------------------------------------- */

START_TEST(another_editor_was_first)
{
	pid_t child = other_editor("a", NULL);
	char who[64], note[SESSION_REMARK];

	snprintf(who, sizeof(who), "a: process %d (", (int)child);
	open_inputs("a;b");
	ck_assert_uint_eq(said_count, 1);
	ck_assert_ptr_nonnull(strstr(said, who));
	ck_assert_ptr_nonnull(strstr(said, ") has locked it to edit it: it is "
	                                   "for reading"));
	ck_assert(session_is_locked(session, document(1)));
	ck_assert(!session_is_locked(session, document(2)));
	ck_assert_int_eq(session_access(session, document(1)), ACCESS_READ);
	ck_assert_int_eq(session_access(session, document(2)), ACCESS_WRITE);
	ck_assert_str_eq(session_remark(session, document(1), note), "locked");
	ck_assert(!put(0, "Y"));
	ck_assert_int_eq((int)err.code, ERR_READONLY);
	ck_assert_ptr_nonnull(strstr(err.text, who));
	ck_assert_str_eq(err.path, "a");
	/* Nor a part of an edit. */
	ck_assert(!put(3, "YY"));
	ck_assert_uint_eq(session_edited(session), 0);
	ck_assert(!is_locked("b"));
	end_other(child);
	must(put(0, "Y"), &err);
	ck_assert(!session_is_locked(session, document(1)));
	ck_assert_int_eq(session_access(session, document(1)), ACCESS_WRITE);
	ck_assert_uint_eq(said_count, 1);
}
END_TEST

/* Let the check that was begun end; returns whether it found any news. */
static bool end_check(void)
{
	struct pool_event event;
	bool news = false;

	do
		pool_wait(session_pool(session));
	while (!pool_next(session_pool(session), &event));
	ck_assert(session_check_end(session, event.job, &news));
	return news;
}

/* The opening does not wait for the list of locks; the next check has it. */
START_TEST(found_by_a_check)
{
	pid_t child;

	start_later();
	ck_assert(!session_check_is_due(session));
	child = other_editor("a", NULL);
	open_inputs("a;b");
	ck_assert_uint_eq(said_count, 0);
	ck_assert(!session_is_locked(session, document(1)));
	ck_assert(session_check_is_due(session));
	must(session_check_begin(session, 0, 10, &err), &err);
	ck_assert(!session_check_is_due(session));
	ck_assert(end_check());
	ck_assert_uint_eq(said_count, 1);
	ck_assert_ptr_nonnull(strstr(said, "has locked it to edit it"));
	ck_assert(session_is_locked(session, document(1)));
	ck_assert(!session_is_locked(session, document(2)));
	/* Once for what was opened. */
	ck_assert(!session_check_is_due(session));
	must(session_check_begin(session, 0, 10, &err), &err);
	ck_assert(!end_check());
	ck_assert_uint_eq(said_count, 1);
	end_other(child);
}
END_TEST

START_TEST(found_when_asked_for)
{
	pid_t child = other_editor("a", NULL);

	start_later();
	session_look_for_locks(session);
	open_inputs("a;b");
	ck_assert(!session_is_locked(session, document(1)));
	session_look_for_locks(session);
	ck_assert(session_is_locked(session, document(1)));
	ck_assert(!session_is_locked(session, document(2)));
	ck_assert(!session_check_is_due(session));
	ck_assert_uint_eq(said_count, 1);
	session_look_for_locks(session);
	ck_assert_uint_eq(said_count, 1);
	end_other(child);
}
END_TEST

/* Without memory it is not known, and nothing else happens. */
START_TEST(asked_for_without_memory)
{
	pid_t child = other_editor("a", NULL);

	start_later();
	open_inputs("a");
	mem_fail_after(0);
	session_look_for_locks(session);
	mem_fail_after(-1);
	ck_assert(!session_is_locked(session, document(1)));
	ck_assert(!put(0, "X"));
	ck_assert_int_eq(err.code, ERR_READONLY);
	end_other(child);
}
END_TEST

/* An edit asks, whether a check has or not; without a job nothing spins. */
START_TEST(found_by_an_edit)
{
	pid_t child;
	bool ok = false;

	start_later();
	child = other_editor("a", NULL);
	open_inputs("a");
	ck_assert(!put(0, "Y"));
	ck_assert_int_eq((int)err.code, ERR_READONLY);
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = session_check_begin(session, 0, 4, &err);
		mem_fail_after(-1);
		ck_assert(!session_check_is_due(session));
	}
	(void)end_check();
	end_other(child);
}
END_TEST

/* Both have it open, and the other one edits first. */
START_TEST(another_editor_came_later)
{
	pid_t child;

	open_inputs("a");
	child = other_editor("a", NULL);
	ck_assert_uint_eq(said_count, 0);
	ck_assert_int_eq(session_access(session, document(1)), ACCESS_WRITE);
	ck_assert(!put(0, "Y"));
	ck_assert_int_eq((int)err.code, ERR_READONLY);
	ck_assert(session_is_locked(session, document(1)));
	ck_assert_int_eq(session_access(session, document(1)), ACCESS_READ);
	/* What is opened anew is asked about anew. */
	must(session_reload(session, 0, false, &err), &err);
	ck_assert(session_is_locked(session, document(1)));
	ck_assert_uint_eq(said_count, 1);
	end_other(child);
	must(session_reload(session, 0, false, &err), &err);
	ck_assert(!session_is_locked(session, document(1)));
	must(put(0, "Y"), &err);
	/* And the other way round. */
	ck_assert(is_locked("a"));
}
END_TEST

/* Where the journals of both are in one folder, it says which is the
   other's. */
START_TEST(whose_journal_it_is)
{
	char *shelf;
	struct shelf_places places = { 0 };
	const char *at;
	pid_t child;

	shelf = desk_shelf();
	places.given = shelf;
	child = other_editor("a", &places);
	session_free(session);
	session = start(&places, false);
	open_inputs("a");
	ck_assert(!put(0, "Y"));
	at = strstr(err.text, " (journal ");
	ck_assert_ptr_nonnull(at);
	ck_assert_uint_eq(strspn(at + 10, "0123456789abcdef"), 32);
	ck_assert_ptr_nonnull(strstr(at, ".hxj)"));
	end_other(child);
	must(put(0, "Y"), &err);
	free(shelf);
}
END_TEST

/* What was said before anybody listened. */
START_TEST(said_when_there_is_a_listener)
{
	pid_t child = other_editor("a", NULL);

	session_free(session);
	session = start(NULL, false);
	open_inputs("a");
	ck_assert_uint_eq(said_count, 0);
	session_set_say(session, hear, NULL);
	ck_assert_uint_eq(said_count, 1);
	session_set_say(session, hear, NULL);
	ck_assert_uint_eq(said_count, 1);
	end_other(child);
}
END_TEST

/* --- where it fails ------------------------------------------------------ */

/* Some file systems have no such locks: that is said, once, and no more. */
START_TEST(without_locks)
{
	static const int causes[] = { EOPNOTSUPP, ENOSYS, ENOLCK, EINVAL };

	open_inputs("a");
	faults_fail(FAULT_LOCK, 0, SIZE_MAX / 2, causes[_i]);
	must(put(0, "X"), &err);
	ck_assert(faults_happened());
	ck_assert_uint_eq(said_count, 1);
	ck_assert_ptr_nonnull(strstr(said, "a: lock: "));
	ck_assert_ptr_nonnull(strstr(said, strerror(causes[_i])));
	must(put(1, "Y"), &err);
	ck_assert_uint_eq(said_count, 1);
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	ck_assert_uint_eq(session_edited(session), 0);
}
END_TEST

/* NFS locks only what was opened to be written. */
START_TEST(locks_of_writers_only)
{
	open_inputs("a");
	faults_fail(FAULT_LOCK, 0, 1, EBADF);
	must(put(0, "X"), &err);
	ck_assert(faults_happened());
	ck_assert(is_locked("a"));
	ck_assert_uint_eq(said_count, 0);
	faults_reset();
}
END_TEST

/* Any other failure refuses the edit, and says which call it was. */
START_TEST(calls_that_fail)
{
	static const struct {
		enum fault_call call;
		int errnum;
	} rows[] = {
		{ FAULT_OPEN, EMFILE }, { FAULT_OPEN, ENOENT },
		{ FAULT_OPEN, EACCES }, { FAULT_FSTAT, EIO },
		{ FAULT_LOCK, EIO },    { FAULT_LOCK, EDEADLK },
	};
	char byte;
	struct runs runs = { 0 };

	open_inputs("a");
	must(view_read(session_view(session), 0, &byte, 1, 0, &runs, &err),
	     &err);
	runs_free(&runs);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		faults_reset();
		faults_fail(rows[i].call, 0, 1, rows[i].errnum);
		ck_assert(!put(0, "X"));
		ck_assert(faults_happened());
		ck_assert_int_eq((int)err.code, ERR_IO);
		ck_assert_int_eq(err.sys, rows[i].errnum);
		ck_assert_str_eq(err.path, "a");
		ck_assert_uint_eq(session_edited(session), 0);
		ck_assert(!is_locked("a"));
		ck_assert(!session_is_locked(session, document(1)));
	}
	faults_reset();
	must(put(0, "X"), &err);
}
END_TEST

/* A name that leads to another file is no file to edit; one that was edited
   before stays as it is. */
START_TEST(another_file_has_the_name)
{
	struct runs runs = { 0 };
	char byte;

	open_inputs("a;b");
	/* It is open, so that its bytes can be had. */
	must(view_read(session_view(session), 0, &byte, 1, 0, &runs, &err),
	     &err);
	runs_free(&runs);
	must(put(4, "Y"), &err);
	desk_file("new", "nnnn");
	ck_assert_int_eq(rename("new", "a"), 0);
	ck_assert(!put(0, "X"));
	ck_assert_int_eq((int)err.code, ERR_CHANGED);
	desk_file("new", "nnnn");
	ck_assert_int_eq(rename("new", "b"), 0);
	must(put(5, "Z"), &err);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_lock");
	TCase *tc = tcase_create("session_lock");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, from_the_first_edit_to_none);
	tcase_add_test(tc, once_for_each_file);
	tcase_add_test(tc, edits_that_fail);
	tcase_add_test(tc, none_for_what_is_not_written);
	tcase_add_test(tc, another_editor_was_first);
	tcase_add_test(tc, found_by_a_check);
	tcase_add_test(tc, found_when_asked_for);
	tcase_add_test(tc, asked_for_without_memory);
	tcase_add_test(tc, found_by_an_edit);
	tcase_add_test(tc, another_editor_came_later);
	tcase_add_test(tc, whose_journal_it_is);
	tcase_add_test(tc, said_when_there_is_a_listener);
	tcase_add_loop_test(tc, without_locks, 0, 4);
	tcase_add_test(tc, locks_of_writers_only);
	tcase_add_test(tc, calls_that_fail);
	tcase_add_test(tc, another_file_has_the_name);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
