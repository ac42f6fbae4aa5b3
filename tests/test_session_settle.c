/*
 * test_session_settle.c - tests of src/session_settle.c
 *
 * What is decided about several journals at once, and what fails amid that.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edit/past.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct session *session;
static struct error err;
static char *shelf;

static void start(const char *files)
{
	session = desk_session(&faults_sys, shelf);
	desk_open(session, files);
}

static void finish(void)
{
	session_drop_edits(session, true);
	session_free(session);
	session = NULL;
}

static void setup(void)
{
	desk_begin();
	shelf = desk_shelf();
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
}

static void write_files(const char *first, const char *second)
{
	desk_file(first, "aaaa");
	desk_file(second, "bbbb");
}

/* A flush of two files whose writes fail from some point on, back, too. */
static bool cut_short(const char *list, size_t calls)
{
	bool ok;

	start(list);
	desk_put(session, 0, 1, "x");
	desk_put(session, 4, 1, "y");
	faults_fail(FAULT_PWRITE, calls, 1000, EIO);
	ok = desk_flush(session, 0, NULL, &err);
	faults_reset();
	return !ok && session_flush_is_open(session);
}

/* A run that is killed with its flush open; *journal is what it leaves. */
static void leave_open(const char *first, const char *second,
                       char journal[static 64])
{
	char list[8];
	int status;
	bool left = false;

	snprintf(list, sizeof(list), "%s;%s", first, second);
	for (size_t calls = 0; !left; calls++) {
		pid_t pid;

		ck_assert_uint_lt(calls, 100);
		write_files(first, second);
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			if (cut_short(list, calls))
				(void)raise(SIGKILL);
			finish();
			_exit(0);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		left = WIFSIGNALED(status);
	}
	ck_assert_int_eq(WTERMSIG(status), SIGKILL);
	start(list);
	strcpy(journal, desk_look(session).journal);
	finish();
}

/* An edit at an address, that may be refused. */
static bool edit(uint64_t addr)
{
	return desk_splice(session, desk_place(session, addr), 1, "!", 0, &err);
}

static void decide(enum session_decision what, const char *journal)
{
	must(session_decide(session, what, journal, NULL, &err), &err);
}

/* Of two flushes that are ended, and of the two files of each, one cannot be
   loaded anew: the others are, and are free unless their journal has that
   one. */
START_TEST(one_cannot_be_loaded)
{
	const char name[] = { "cdef"[_i], '\0' };
	char first[64], second[64];

	leave_open("c", "d", first);
	leave_open("e", "f", second);
	start("c;d;e;f");
	ck_assert_uint_eq(desk_look(session).count, 4);
	ck_assert(!edit(8));
	must(session_decide_begin(session, SESSION_FINISH, &err), &err);
	decide(SESSION_FINISH, first);
	decide(SESSION_FINISH, second);
	ck_assert_int_eq(rename(name, "away"), 0);
	ck_assert(!session_decide_end(session, &err));
	ck_assert_str_eq(err.path, name);
	ck_assert_int_eq(rename("away", name), 0);
	desk_shows(session, "xaaaybbbxaaaybbb");
	for (uint64_t i = 0; i < 4; i++)
		ck_assert_int_eq(desk_check(session, 4 * i, 4),
		                 i == (uint64_t)_i);
	for (uint64_t i = 0; i < 4; i++)
		ck_assert_int_eq(edit(4 * i), i / 2 != (uint64_t)_i / 2);
	/* Looking again tells that nothing waits. */
	ck_assert_uint_eq(desk_look(session).count, 0);
	must(session_reload(session, 0, true, &err), &err);
	must(edit(0), &err);
}
END_TEST

/* While something is decided, or a flush is open, nobody else begins; what was
   begun comes to its end. */
START_TEST(begun_once)
{
	static const enum session_decision begun[] = { SESSION_RELEASE,
		                                       SESSION_DISCARD,
		                                       SESSION_FINISH };
	bool open = _i < 2;

	for (size_t calls = 0; open && !session; calls++) {
		ck_assert_uint_lt(calls, 100);
		write_files("c", "d");
		if (!cut_short("c;d", calls))
			finish();
	}
	if (!open) {
		write_files("c", "d");
		start("c;d");
		desk_put(session, 0, 1, "x");
	}
	must(session_decide_begin(session, begun[_i], &err), &err);
	for (size_t i = 0; i < ARRAY_LEN(begun); i++) {
		ck_assert(!session_decide_begin(session, begun[i], &err));
		ck_assert_int_eq(err.code, ERR_STATE);
	}
	ck_assert(!desk_flush(session, 0, NULL, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	must(session_decide_end(session, &err), &err);
	must(desk_flush(session, 0, NULL, &err), &err);
	must(session_decide_begin(session, SESSION_BACK, &err), &err);
	must(session_decide_end(session, &err), &err);
}
END_TEST

/* Nor while edits are taken up. */
START_TEST(no_flush_meanwhile)
{
	write_files("c", "d");
	start("c;d");
	desk_put(session, 0, 1, "x");
	must(session_recover_begin(session, &err), &err);
	ck_assert(!desk_flush(session, 0, NULL, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	session_recover_end(session);
	must(desk_flush(session, 0, NULL, &err), &err);
	ck_assert_str_eq(desk_files("cd"), "xaaabbbb");
}
END_TEST

/* What is history now, or no more, is so for the run that has decided it. */
START_TEST(the_history_is_another)
{
	char journal[64];
	size_t before;

	leave_open("c", "d", journal);
	start("c;d");
	ck_assert_uint_eq(desk_look(session).count, 2);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	before = past_done(session_past(session));
	ck_assert_uint_eq(before, 0);
	must(session_settle_flush(session, journal,
	                          _i ? RECOVER_BACK : RECOVER_FINISH, &err),
	     &err);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(past_done(session_past(session)), _i ? 0 : 2);
	if (_i)
		return;
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	must(desk_flush(session, 0, NULL, &err), &err);
	ck_assert_str_eq(desk_files("cd"), "aaaabbbb");
}
END_TEST

static void nobody(void *ctx, const struct session_waiting *w)
{
	(void)ctx;
	(void)w;
}

/* What others may have in hand is not loaded meanwhile, and is afterwards. */
START_TEST(no_history_meanwhile)
{
	write_files("c", "d");
	start("c;d");
	desk_put(session, 0, 1, "x");
	must(desk_flush(session, 0, NULL, &err), &err);
	finish();
	start("c;d");
	must(_i ? session_look_begin(session, &err)
	        : session_decide_begin(session, SESSION_DISCARD, &err),
	     &err);
	ck_assert(!session_load_past(session, SIZE_MAX, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_uint_eq(past_done(session_past(session)), 0);
	if (_i)
		session_look_work(NULL, session);
	must(_i ? session_look_end(session, nobody, NULL, &err)
	        : session_decide_end(session, &err),
	     &err);
	must(session_load_past(session, SIZE_MAX, &err), &err);
	ck_assert_uint_eq(past_done(session_past(session)), 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_settle");
	TCase *tc = tcase_create("session_settle");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, one_cannot_be_loaded, 0, 4);
	tcase_add_loop_test(tc, begun_once, 0, 3);
	tcase_add_test(tc, no_flush_meanwhile);
	tcase_add_loop_test(tc, the_history_is_another, 0, 2);
	tcase_add_loop_test(tc, no_history_meanwhile, 0, 2);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
