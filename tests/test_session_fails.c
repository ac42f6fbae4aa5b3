/*
 * test_session_fails.c - a session that is killed, or whose calls fail,
 * anywhere
 *
 * A script of edits is run with everything that the journal does for it: the
 * first nibble of a byte and the second, edits of all kinds over two files, the
 * way back, a sync, the end, and recovery in a second session that goes on.
 *
 * Killed at each of its system calls, it has lost nothing that it had said was
 * done. With each of them failing in each way, and with each allocation
 * failing, the step is refused or made, and can be made then.
 */
#include "config.h"

#include "session.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "edit/past.h"
#include "edit/store.h"
#include "keep/recover.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { TEXT = DESK_TEXT, NAME = 64 };

static struct session *session;
static struct error err;
static char *shelf;
static char said[DESK_SAID];

static void begin(const char *inputs)
{
	session = desk_session(&faults_sys, shelf);
	desk_hear(session, said);
	desk_open(session, inputs);
}

static void setup(void)
{
	desk_begin();
	faults_skip_syncs();
	shelf = desk_shelf();
	desk_file("a", "aaaa");
	desk_file("b", "bbbbbbbb");
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
}

/* --- the script ---------------------------------------------------------- */

static bool put(uint64_t addr, uint64_t removed, const char *text,
                unsigned flags)
{
	return desk_splice(session, desk_place(session, addr), removed, text,
	                   flags, &err);
}

/* As it is typed: seen before, and both nibbles are one step. */
static bool first_nibble(void)
{
	return put(1, 1, "q", EDIT_SEEN);
}

static bool second_nibble(void)
{
	return put(1, 1, "z", EDIT_SEEN | EDIT_JOIN);
}

static bool over_the_border(void)
{
	return put(3, 2, "xyzuv", 0);
}

/* What goes into the journal ahead of the edit, in more than one record. */
static bool long_text(void)
{
	static char text[181];

	for (size_t i = 0; i + 1 < sizeof(text); i++)
		text[i] = (char)('A' + i % 26);
	return put(2, 1, text, 0);
}

static bool take_out(void)
{
	return put(2, 5, "", 0);
}

static bool fill(void)
{
	struct piece piece;
	struct session_splice v[2] = {
		{ .removed = 2, .added = &piece, .count = 1 },
		{ .added = &piece, .count = 1 },
	};

	v[0].at = desk_place(session, 0);
	v[1].at = desk_end(session, 2);
	return store_put_fill(session_store(session), "-=", 2, 5, &piece,
	                      &err) &&
	       session_edit(session, v, 2, 0, &err);
}

static bool move(void)
{
	return session_move(session, 6, 2, desk_place(session, 9), &err);
}

static bool copy(void)
{
	return session_copy(session, 0, 2, desk_place(session, 3), false, &err);
}

static bool revert(void)
{
	return session_revert(session, 0, TEXT, &err);
}

static bool undo(void)
{
	return session_undo(session, &err);
}

static bool redo(void)
{
	return session_redo(session, &err);
}

/* Made by a job; what it could not do is said, and done by the next edit. */
static bool make_durable(void)
{
	struct pool_event event;

	/* A journal that has become long has seen to it itself. */
	if (session_sync_due(session) == UINT64_MAX)
		return true;
	if (!session_sync_begin(session, &err))
		return false;
	do
		pool_wait(session_pool(session));
	while (!pool_next(session_pool(session), &event));
	ck_assert(session_sync_end(session, event.job));
	return true;
}

static void take_name(void *ctx, const struct session_waiting *waiting)
{
	snprintf(ctx, NAME, "%s", waiting->journal);
}

static bool recover(void)
{
	char name[NAME] = "";

	return session_look(session, take_name, name, &err) &&
	       (!*name || session_recover(session, name, &err));
}

static bool (*const script[])(void) = {
	first_nibble,
	second_nibble,
	over_the_border,
	make_durable,
	take_out,
	fill,
	move,
	undo,
	undo,
	redo,
	copy,
	revert,
	undo,
	undo,
	undo,
	over_the_border,
	second_nibble,
	make_durable,
	second_nibble,
	long_text,
	undo,
	redo,
	NULL,
	recover,
	undo,
	undo,
	redo,
	long_text,
	over_the_border,
	second_nibble,
	make_durable,
	take_out,
};

enum { STEPS = ARRAY_LEN(script) };

/* What is shown before each step, and at the end; and how many can be
   undone. */
static char shown[STEPS + 1][TEXT];
static size_t undoable[STEPS + 1];

/* The editor ends, and starts with the files in another order. */
static void start_again(void)
{
	session_free(session);
	faults_pause(true);
	begin("b;a");
	faults_pause(false);
}

static void run_script(atomic_size_t *done)
{
	begin("a;b");
	for (size_t i = 0; i < STEPS; i++) {
		if (script[i])
			must(script[i](), &err);
		else
			start_again();
		atomic_store(done, i + 1);
	}
	session_free(session);
	session = NULL;
}

/* Where the files stand the other way round the text is turned. */
static void take_text(char text[static TEXT], bool turn)
{
	const struct segment *first =
		space_segment(session_space(session), turn ? 0 : 1);
	char all[TEXT];
	size_t len = desk_text(session_view(session), all);
	size_t a = turn ? (size_t)first->size : len - (size_t)first->size;

	if (!turn)
		a = 0;
	memcpy(text, all + a, len - a);
	memcpy(text + len - a, all, a);
	text[len] = '\0';
}

static void note_state(size_t i, bool turned)
{
	take_text(shown[i], turned);
	undoable[i] = past_done(session_past(session));
}

/* Without a kill or a failure. */
static void note_all(void)
{
	bool turned = false;

	begin("a;b");
	for (size_t i = 0; i < STEPS; i++) {
		note_state(i, turned);
		if (script[i]) {
			must(script[i](), &err);
			continue;
		}
		session_free(session);
		begin("b;a");
		must(recover(), &err);
		turned = true;
		note_state(i, turned);
		note_state(i + 1, turned);
		session_free(session);
		begin("b;a");
	}
	note_state(STEPS, turned);
	session_drop_edits(session, true);
	session_free(session);
	session = NULL;
}

/* --- kills --------------------------------------------------------------- */

static atomic_size_t *done; /* steps that were acknowledged; shared */

/* What a kill has left in the folder, a file without a journal in it, say. */
static void clear_shelf(void)
{
	DIR *dir = opendir(shelf);
	struct dirent *entry;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			ck_assert_int_eq(unlinkat(dirfd(dir), entry->d_name, 0),
			                 0);
	ck_assert_int_eq(closedir(dir), 0);
}

/* What is recovered is what was shown, or what the step would have made that
   was going on. Then all of it can be taken back. */
static void check_kept(size_t steps, size_t nth)
{
	char text[TEXT];
	size_t at = steps;

	begin("b;a");
	must(recover(), &err);
	take_text(text, true);
	if (strcmp(text, shown[at]) != 0 && at < STEPS)
		at++;
	ck_assert_msg(strcmp(text, shown[at]) == 0,
	              "killed at call %zu in step %zu: '%s', not '%s'", nth,
	              steps, text, shown[steps]);
	ck_assert_uint_eq(desk_look(session).count, 0);
	ck_assert(past_done(session_past(session)) == undoable[at] ||
	          past_done(session_past(session)) == undoable[steps]);
	while (session_undo(session, &err))
		;
	desk_shows(session, "bbbbbbbbaaaa");
	session_drop_edits(session, true);
	session_free(session);
	session = NULL;
	clear_shelf();
}

/* False: it has ended before that call. */
static bool killed_at(size_t nth, bool torn)
{
	int status;
	pid_t pid;

	atomic_store(done, 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		faults_kill(nth, torn);
		run_script(done);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return false;
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return true;
}

START_TEST(kills)
{
	bool torn = _i;
	size_t nth = 0;

	done = mmap(NULL, sizeof(*done), PROT_READ | PROT_WRITE,
	            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(done, MAP_FAILED);
	note_all();
	for (; killed_at(nth, torn); nth++)
		check_kept(atomic_load(done), nth);
	check_kept(STEPS, nth);
	/* Each step writes, and many read what they overwrite. */
	ck_assert_uint_gt(nth, 2 * (size_t)STEPS);
	ck_assert_int_eq(munmap(done, sizeof(*done)), 0);
}
END_TEST

/* --- failures ------------------------------------------------------------ */

static void step_shows(size_t i, bool turned)
{
	char text[TEXT];

	faults_pause(true);
	take_text(text, turned);
	ck_assert_str_eq(text, shown[i]);
	faults_pause(false);
}

/* What a user can do something with. */
static void check_message(const char *cause)
{
	ck_assert(err.code == ERR_IO || err.code == ERR_STATE ||
	          err.code == ERR_CHANGED || err.code == ERR_NO);
	if (err.code == ERR_IO)
		ck_assert_msg(strstr(err.text, cause) != NULL, "%s", err.text);
	ck_assert_uint_gt(strlen(err.text), 10);
}

/* There was no place for a journal, and the user knows. */
static bool is_told(void)
{
	if (session_journal(session) != JOURNAL_NOWHERE)
		return false;
	ck_assert_ptr_nonnull(strstr(said, "NO JOURNAL"));
	return true;
}

/* Make each step; one that is refused has changed nothing and can be made then,
   as only one call fails. False if no journal could be kept. */
static bool steps_are_made(const char *cause)
{
	bool turned = false;

	for (size_t i = 0; i < STEPS; i++) {
		if (!script[i]) {
			start_again();
			turned = true;
			continue;
		}
		if (!script[i]()) {
			check_message(cause);
			if (script[i] != recover)
				step_shows(i, turned);
			must(script[i](), &err);
		}
		if (is_told())
			return false;
		/* A look that failed saw nothing. */
		if (script[i] == recover &&
		    past_done(session_past(session)) == 0)
			must(recover(), &err);
		step_shows(i + 1, turned);
	}
	return true;
}

static void end(void)
{
	char command[300];

	session_drop_edits(session, true);
	faults_pause(true);
	session_free(session);
	session = NULL;
	/* A journal that could not be removed waits again. */
	snprintf(command, sizeof(command), "rm -rf '%s'", shelf);
	ck_assert_int_eq(system(command), 0);
	faults_reset();
	faults_skip_syncs();
}

/* Calls and what is wrong with them. */
static const enum fault_call calls[] = {
	FAULT_OPEN,   FAULT_CLOSE,       FAULT_STAT,      FAULT_FSTAT,
	FAULT_PREAD,  FAULT_CWD,         FAULT_UNLINK_IN, FAULT_LIST,
	FAULT_PWRITE, FAULT_SYNC_DATA,   FAULT_LOCK,      FAULT_RANDOM,
	FAULT_SYNC,   FAULT_MAKE_FOLDER,
};

static const int causes[] = { EIO, ENOSPC, EDQUOT, EINTR };

START_TEST(a_call_fails)
{
	bool happened = true;
	size_t nth;

	note_all();
	for (nth = 0; happened; nth++) {
		for (size_t k = 0; k < ARRAY_LEN(causes); k++) {
			int cause = causes[k];

			faults_pause(true);
			begin("a;b");
			faults_pause(false);
			faults_fail(calls[_i], nth, 1, cause);
			(void)steps_are_made(strerror(cause));
			happened = faults_happened();
			end();
		}
	}
	ck_assert_uint_gt(nth, 1);
}
END_TEST

/* Reads and writes that do a part of what was asked for. */
START_TEST(a_short_count)
{
	bool happened = true;

	note_all();
	for (size_t nth = 0; happened; nth++) {
		for (size_t len = 0; len < 60; len += 29) {
			faults_pause(true);
			begin("a;b");
			faults_pause(false);
			if (_i == 0)
				faults_cut(nth, len);
			else
				faults_cut_write(nth, len);
			ck_assert(steps_are_made(strerror(EIO)));
			happened = faults_happened();
			end();
		}
	}
}
END_TEST

/* Each allocation of each step, alone or with all that follow. */
START_TEST(an_allocation_fails)
{
	bool turned = false;

	note_all();
	begin("a;b");
	for (size_t i = 0; i < STEPS; i++) {
		bool ok = false;

		if (!script[i]) {
			start_again();
			turned = true;
			continue;
		}
		for (long n = 0; !ok; n++) {
			if (_i == 0)
				mem_fail_after(n);
			else
				mem_fail_once(n);
			ok = script[i]();
			mem_fail_after(-1);
			if (ok)
				break;
			ck_assert_int_eq(err.code, ERR_NOMEM);
			if (script[i] != recover)
				step_shows(i, turned);
		}
		step_shows(i + 1, turned);
	}
	end();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_fails");
	TCase *tc = tcase_create("session_fails");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, kills, 0, 2);
	tcase_add_loop_test(tc, a_call_fails, 0, (int)ARRAY_LEN(calls));
	tcase_add_loop_test(tc, a_short_count, 0, 2);
	tcase_add_loop_test(tc, an_allocation_fails, 0, 2);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
