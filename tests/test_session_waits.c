/*
 * test_session_waits.c - tests of src/session_waits.c and what goes with it
 *
 * Edits of an earlier run wait: their files are held until it is decided what
 * becomes of them, whatever the session is for.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "keep/disk.h"
#include "keep/recover.h"
#include "keep/shelf.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct session *session;
static struct error err;
static char *shelf;
static struct desk_waiting waiting;

static void begin(struct session_options o, const char *files)
{
	struct shelf_places places = { .given = shelf };

	o.sys = &faults_sys;
	o.files = files_limits_default();
	o.threads = 1;
	o.journal = &places;
	session = desk_start(&o);
	desk_open(session, files);
}

static void start(const char *files)
{
	begin((struct session_options){ .read_only = false }, files);
}

/* What is edited stays in the journal. */
static void finish(void)
{
	session_free(session);
	session = NULL;
}

static void setup(void)
{
	desk_begin();
	desk_file("a", "aaaa");
	desk_file("b", "bbbbbb");
	shelf = desk_shelf();
	/* Each file has edits of its own. */
	start("a;b");
	desk_put(session, 0, 1, "x");
	desk_put(session, 4, 1, "y");
	desk_put(session, 5, 1, "z");
	finish();
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
}

static size_t look(void)
{
	waiting = desk_look(session);
	return waiting.count;
}

/* An edit at an address, that may be refused. */
static bool edit(uint64_t addr)
{
	return desk_splice(session, desk_place(session, addr), 1, "!", 0, &err);
}

static void is_held(uint64_t addr)
{
	ck_assert(!edit(addr));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "journal recover"));
	ck_assert_str_ne(err.path, "");
}

static void is_free(uint64_t addr)
{
	must(edit(addr), &err);
	must(session_undo(session, &err), &err);
}

static void ignore(void *ctx, const struct session_waiting *w)
{
	(void)ctx;
	snprintf(waiting.journal, sizeof(waiting.journal), "%s", w->journal);
}

/* --- held ---------------------------------------------------------------- */

START_TEST(held_until_it_is_taken_up)
{
	desk_file("c", "cccc");
	start("a;c;b");
	is_free(0);
	ck_assert_uint_eq(look(), 2);
	is_held(0);
	is_held(8);
	is_free(4);
	/* Nothing of an edit is made that one of its files does not take. */
	ck_assert(!desk_splice(session, desk_place(session, 3), 2, "??", 0,
	                       &err));
	desk_shows(session, "aaaaccccbbbbbb");
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "xaaaccccyzbbbb");
	is_free(0);
	is_free(8);
	/* Also when all of it is undone. */
	while (session_undo(session, &err))
		;
	desk_shows(session, "aaaaccccbbbbbb");
	is_free(0);
}
END_TEST

/* A look that fails leaves nothing open: the next edit looks again. */
START_TEST(held_though_the_look_failed)
{
	bool ok = false;

	for (long n = 0; !ok; n++) {
		start("a;b");
		mem_fail_after(n);
		ok = session_look(session, ignore, NULL, &err);
		mem_fail_after(-1);
		is_held(0);
		is_held(4);
		finish();
	}
	ok = false;
	for (size_t n = 0; !ok; n++) {
		start("a;b");
		faults_fail(FAULT_LIST, n, 2, EIO);
		ok = session_look(session, ignore, NULL, &err);
		if (!ok) {
			ck_assert(!edit(0));
			ck_assert_int_eq(err.code, ERR_IO);
			ck_assert_ptr_nonnull(strstr(err.text, "looked at"));
		}
		faults_reset();
		is_held(0);
		finish();
	}
}
END_TEST

/* In another thread, while nothing may be changed. */
START_TEST(looked_at_by_a_job)
{
	struct pool_event event;
	struct job *job;

	start("a;b");
	must(session_look_begin(session, &err), &err);
	job = job_start(session_pool(session), JOB_READ, session_look_work,
	                session, &err);
	ck_assert_ptr_nonnull(job);
	ck_assert(!edit(0));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "wait for its end"));
	ck_assert(!session_look(session, ignore, NULL, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	job_wait(job);
	ck_assert(pool_next(session_pool(session), &event));
	must(session_look_end(session, ignore, NULL, &err), &err);
	job_free(job);
	is_held(0);
	/* Cancelled, what was known before is known still. */
	must(session_look_begin(session, &err), &err);
	ck_assert(!session_look_end(session, ignore, NULL, &err));
	ck_assert_int_eq(err.code, ERR_CANCELLED);
	is_held(0);
	finish();
	/* Or nothing is: then nothing may be edited, and no edit looks. */
	start("a;b");
	must(session_look_begin(session, &err), &err);
	ck_assert(!session_look_end(session, ignore, NULL, &err));
	ck_assert(!edit(0));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "was not looked at"));
	ck_assert_uint_eq(look(), 2);
	is_held(0);
	finish();
	/* The program may end meanwhile. */
	start("a;b");
	must(session_look_begin(session, &err), &err);
}
END_TEST

/* What was taken up and flushed waits no longer, though nobody came to say so
   in the old journal. */
START_TEST(flushed_before_it_was_let_go)
{
	struct session_flushed out;
	char command[512];

	start("a;b");
	ck_assert_uint_eq(look(), 2);
	snprintf(command, sizeof(command), "cp -p '%s/%s' kept", shelf,
	         waiting.journal);
	ck_assert_int_eq(system(command), 0);
	must(session_recover(session, waiting.journal, &err), &err);
	must(desk_flush(session, 0, &out, &err), &err);
	finish();
	snprintf(command, sizeof(command), "cp -p kept '%s/%s'", shelf,
	         waiting.journal);
	ck_assert_int_eq(system(command), 0);
	start("a;b");
	ck_assert_uint_eq(look(), 0);
	is_free(0);
	is_free(4);
}
END_TEST

START_TEST(held_until_it_is_discarded)
{
	start("a;b");
	ck_assert_uint_eq(look(), 2);
	is_held(0);
	must(session_discard(session, waiting.journal, &err), &err);
	is_free(0);
	is_free(4);
	ck_assert_uint_eq(look(), 0);
}
END_TEST

START_TEST(only_open_files_are_let_go)
{
	start("b");
	ck_assert_uint_eq(look(), 1);
	must(session_release(session, waiting.journal, &err), &err);
	is_free(0);
	ck_assert_uint_eq(look(), 0);
	ck_assert(!session_release(session, waiting.journal, &err));
	ck_assert_int_eq(err.code, ERR_NO);
	finish();
	start("a;b");
	ck_assert_uint_eq(look(), 1);
	is_free(4);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "xaaabbbbbb");
	session_drop_edits(session, true);
	finish();
	start("a;b");
	ck_assert_uint_eq(look(), 0);
}
END_TEST

START_TEST(a_step_is_not_cut_in_two)
{
	start("a;b");
	ck_assert_uint_eq(look(), 2);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_put(session, 3, 2, "--");
	finish();
	start("a");
	ck_assert_uint_eq(look(), 1);
	ck_assert(!session_release(session, waiting.journal, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "also changes"));
	is_held(0);
	/* By its name it goes whole. */
	must(session_discard(session, waiting.journal, &err), &err);
	is_free(0);
	finish();
	start("b");
	ck_assert_uint_eq(look(), 0);
}
END_TEST

START_TEST(what_was_undone_does_not_wait)
{
	start("a;b");
	ck_assert_uint_eq(look(), 2);
	must(session_recover(session, waiting.journal, &err), &err);
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	desk_shows(session, "xaaabbbbbb");
	finish();
	start("b");
	ck_assert_uint_eq(look(), 0);
	is_free(0);
	finish();
	start("a");
	ck_assert_uint_eq(look(), 1);
	must(session_recover(session, waiting.journal, &err), &err);
	session_drop_edits(session, true);
	finish();
	/* Nobody is left to ask about what was undone. */
	start("a;b");
	ck_assert_uint_eq(look(), 0);
}
END_TEST

/* A file that is another one now keeps nobody from taking up the rest. */
START_TEST(what_does_not_fit_is_left)
{
	desk_file("b", "qbbbbb");
	start("a;b");
	ck_assert_uint_eq(look(), 2);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "xaaaqbbbbb");
	is_free(0);
	is_held(4);
	finish();
	desk_file("b", "bbbbbb");
	/* Now they are in two journals. */
	start("a;b");
	for (size_t n = look(); n > 0; n = look())
		must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "xaaayzbbbb");
	finish();
	desk_file("a", "paaa");
	desk_file("b", "qbbbbb");
	start("a;b");
	ck_assert_uint_eq(look(), 2);
	ck_assert(!session_recover(session, waiting.journal, &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	desk_shows(session, "paaaqbbbbb");
	is_held(0);
	is_held(4);
}
END_TEST

/* --- what the file is now ------------------------------------------------ */

/* Have the journal made durable and given samples, as the editor does. */
static void take_samples(void)
{
	struct pool_event event;
	bool done = false;

	must(session_sample_begin(session, &err), &err);
	while (!done) {
		pool_wait(session_pool(session));
		while (!done && pool_next(session_pool(session), &event))
			done = session_sample_end(session, event.job);
	}
}

static void swap_file(void)
{
	desk_file("other", "0123456789");
	ck_assert_int_eq(rename("other", "long"), 0);
}

static const struct then {
	const char *now; /* written into the file, or */
	void (*run)(void);
	enum recover_state with, without; /* samples */
} thens[] = {
	{ NULL, NULL, RECOVER_SAME, RECOVER_SAME },
	/* The same bytes, later. */
	{ "0123456789", NULL, RECOVER_TOUCHED, RECOVER_TOUCHED },
	/* A byte that was not edited. */
	{ "012345678x", NULL, RECOVER_MOVED_ON, RECOVER_TOUCHED },
	/* The first byte, and the edited one. */
	{ "x123456789", NULL, RECOVER_MOVED_ON, RECOVER_TOUCHED },
	{ "01x3456789", NULL, RECOVER_CHANGED, RECOVER_CHANGED },
	{ "01x345678x", NULL, RECOVER_CHANGED, RECOVER_CHANGED },
	/* Longer, shorter, and too short. */
	{ "0123456789x", NULL, RECOVER_MOVED_ON, RECOVER_MOVED_ON },
	{ "012345678", NULL, RECOVER_MOVED_ON, RECOVER_MOVED_ON },
	{ "01", NULL, RECOVER_TRUNCATED, RECOVER_TRUNCATED },
	/* Another file with these bytes. */
	{ NULL, swap_file, RECOVER_REPLACED, RECOVER_REPLACED },
};

START_TEST(samples_tell)
{
	static const struct timespec late[] = { { 2000000000, 0 },
		                                { 2000000000, 0 } };
	const struct then *then = &thens[_i / 2];
	bool samples = _i % 2 == 0;

	desk_file("long", "0123456789");
	start("long");
	desk_put(session, 2, 1, "!");
	if (samples)
		take_samples();
	/* Once is enough. */
	must(session_sample_begin(session, &err), &err);
	ck_assert(!samples || pool_running(session_pool(session)) == 0);
	desk_put(session, 3, 1, "?");
	finish();
	if (then->now) {
		desk_file("long", then->now);
		ck_assert_int_eq(utimensat(AT_FDCWD, "long", late, 0), 0);
	} else if (then->run) {
		then->run();
	}
	start("long");
	ck_assert_uint_eq(look(), 1);
	ck_assert_int_eq(waiting.state, samples ? then->with : then->without);
	finish();
}
END_TEST

/* What was taken of a file that is loaded anew meanwhile is forgotten, and what
   cannot be written. */
START_TEST(samples_are_forgotten)
{
	desk_file("long", "0123456789");
	start("long");
	desk_put(session, 2, 1, "!");
	must(session_sample_begin(session, &err), &err);
	must(session_reload(session, 0, false, &err), &err);
	take_samples();
	faults_fail(FAULT_PWRITE, 0, 1, EIO);
	take_samples();
	faults_reset();
	finish();
	start("long");
	ck_assert_uint_eq(look(), 1);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "01!3456789");
	finish();
	/* The program ends meanwhile. */
	start("long");
	ck_assert_uint_eq(look(), 1);
	must(session_recover(session, waiting.journal, &err), &err);
	must(session_sample_begin(session, &err), &err);
}
END_TEST

/* --- sessions that write nothing ----------------------------------------- */

START_TEST(reading_only)
{
	begin((struct session_options){ .read_only = true }, "a;b");
	ck_assert_int_eq(session_journal(session), JOURNAL_OFF);
	ck_assert_uint_eq(look(), 2);
	ck_assert(!session_recover(session, waiting.journal, &err));
	ck_assert(!session_discard(session, waiting.journal, &err));
	ck_assert_int_eq(err.code, ERR_READONLY);
	ck_assert(!session_release(session, waiting.journal, &err));
	ck_assert_int_eq(err.code, ERR_READONLY);
	ck_assert_uint_eq(look(), 2);
}
END_TEST

START_TEST(without_a_journal)
{
	begin((struct session_options){ .no_journal = true }, "a;b");
	ck_assert_uint_eq(look(), 2);
	is_held(0);
	ck_assert(!session_recover(session, waiting.journal, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	must(session_discard(session, waiting.journal, &err), &err);
	must(edit(0), &err);
	ck_assert_int_eq(session_journal(session), JOURNAL_OFF);
	ck_assert_str_eq(session_journal_name(session), "");
	finish();
	start("a;b");
	ck_assert_uint_eq(look(), 0);
}
END_TEST

/* --- taken up, and not kept ---------------------------------------------- */

static void start_deferring(void)
{
	begin((struct session_options){ .defers = true }, "a;b");
	ck_assert_uint_eq(look(), 2);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "xaaayzbbbb");
}

static void waits_as_before(void)
{
	start("a;b");
	ck_assert_uint_eq(look(), 2);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "xaaayzbbbb");
	session_drop_edits(session, true);
	finish();
	start("a;b");
	ck_assert_uint_eq(look(), 0);
}

START_TEST(dropped_it_waits_again)
{
	start_deferring();
	ck_assert_uint_eq(look(), 0);
	must(session_undo(session, &err), &err);
	desk_put(session, 1, 1, "?");
	session_drop_edits(session, true);
	finish();
	waits_as_before();
}
END_TEST

/* Of two files that were taken up one is flushed; the rest is to be dropped. */
static void flush_one(void)
{
	const struct segment *first;

	start_deferring();
	first = space_segment(session_space(session), 0);
	(void)desk_flush_one(session, document_id(first->doc));
	session_drop_edits(session, true);
}

/* Then the rest waits where it was, and what was flushed can be taken back. */
static void one_waits_as_before(void)
{
	start("a;b");
	ck_assert_uint_eq(look(), 1);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "xaaayzbbbb");
	must(session_load_past(session, SIZE_MAX, &err), &err);
	for (int i = 0; i < 3; i++)
		must(session_undo(session, &err), &err);
	must(desk_flush(session, 0, NULL, &err), &err);
	ck_assert_str_eq(desk_files("ab"), "aaaabbbbbb");
	finish();
	start("a;b");
	ck_assert_uint_eq(look(), 0);
}

START_TEST(one_is_flushed_and_the_rest_dropped)
{
	flush_one();
	finish();
	ck_assert_str_eq(desk_files("ab"), "xaaabbbbbb");
	one_waits_as_before();
}
END_TEST

/* Killed at any of its calls it is so, or the edits wait that nobody
   dropped. */
START_TEST(killed_while_the_rest_is_dropped)
{
	bool alive = false;

	for (size_t nth = 0; !alive; nth++) {
		pid_t pid;
		int status;

		teardown();
		setup();
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			flush_one();
			faults_kill(nth, nth % 2);
			finish();
			_exit(0);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		alive = WIFEXITED(status);
		ck_assert(alive ? WEXITSTATUS(status) == 0 && nth > 3
		                : WTERMSIG(status) == SIGKILL);
		ck_assert_str_eq(desk_files("ab"), "xaaabbbbbb");
		one_waits_as_before();
	}
}
END_TEST

START_TEST(kept_it_waits_with_what_was_added)
{
	start_deferring();
	desk_put(session, 1, 1, "?");
	finish();
	start("a;b");
	ck_assert_uint_eq(look(), 2);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "x?aayzbbbb");
	session_drop_edits(session, true);
	finish();
	start("a;b");
	ck_assert_uint_eq(look(), 0);
}
END_TEST

static void take_up_and_edit(void *ctx)
{
	(void)ctx;
	start_deferring();
	desk_put(session, 1, 1, "?");
}

/* Then both journals are there, and the old one must never come back. */
START_TEST(killed_it_waits_once)
{
	desk_killed(take_up_and_edit, NULL);
	start("a;b");
	ck_assert_uint_eq(look(), 2);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "x?aayzbbbb");
	session_drop_edits(session, true);
	finish();
	start("a;b");
	ck_assert_uint_eq(look(), 0);
}
END_TEST

START_TEST(killed_and_discarded_it_is_gone)
{
	desk_killed(take_up_and_edit, NULL);
	start("a;b");
	ck_assert_uint_eq(look(), 2);
	must(session_release(session, waiting.journal, &err), &err);
	ck_assert_uint_eq(look(), 0);
	is_free(0);
	finish();
	start("a;b");
	ck_assert_uint_eq(look(), 0);
}
END_TEST

/* --- a flush that was not finished --------------------------------------- */

static long flush_calls; /* writes that go well */

/* A flush whose writes fail from some point on, back, too; then the end. */
static void flush_cut_short(void)
{
	struct session_flushed out;
	bool ok;

	start("c;d");
	desk_put(session, 0, 2, "CC");
	desk_put(session, 5, 2, "DD");
	faults_fail(FAULT_PWRITE, (size_t)flush_calls, 1000, EIO);
	ok = desk_flush(session, 0, &out, &err);
	if (ok)
		_exit(2);
	if (!session_flush_is_open(session))
		_exit(3);
}

/* Leave a flush open, one of the files having its new bytes; or not. */
static void leave_open(void)
{
	int status = 0;

	for (flush_calls = 0; flush_calls < 100; flush_calls++) {
		pid_t pid;

		desk_file("c", "cccc");
		desk_file("d", "dddd");
		pid = fork();
		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			flush_cut_short();
			(void)raise(SIGKILL);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		if (WIFSIGNALED(status))
			break;
		/* What was not written waits: away with it. */
		start("c;d");
		while (look() > 0)
			must(session_discard(session, waiting.journal, &err),
			     &err);
		finish();
	}
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

START_TEST(an_open_flush_holds_its_files)
{
	leave_open();
	start("c;d;a");
	ck_assert_uint_ge(look(), 2);
	ck_assert(!edit(0));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "flush"));
	finish();
	begin((struct session_options){ .read_only = true }, "c;d");
	ck_assert_uint_eq(look(), 2);
	ck_assert(!session_settle_flush(session, waiting.journal,
	                                RECOVER_FINISH, &err));
	ck_assert_int_eq(err.code, ERR_READONLY);
	finish();
	start("c");
	ck_assert_uint_eq(look(), 1);
	ck_assert(!session_release(session, waiting.journal, &err));
	ck_assert(!session_recover(session, waiting.journal, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert(!session_settle_flush(session, waiting.journal, RECOVER_BACK,
	                                &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "open that, too"));
}
END_TEST

START_TEST(an_open_flush_is_finished)
{
	leave_open();
	start("c;d");
	ck_assert_uint_eq(look(), 2);
	must(session_settle_flush(session, waiting.journal, RECOVER_FINISH,
	                          &err),
	     &err);
	desk_shows(session, "CCccdDDd");
	ck_assert_uint_eq(look(), 0);
	is_free(0);
	is_free(4);
	finish();
	start("c;d");
	desk_shows(session, "CCccdDDd");
	ck_assert_uint_eq(look(), 0);
}
END_TEST

START_TEST(an_open_flush_is_rolled_back)
{
	leave_open();
	start("c;d");
	ck_assert_uint_eq(look(), 2);
	must(session_settle_flush(session, waiting.journal, RECOVER_BACK, &err),
	     &err);
	desk_shows(session, "ccccdddd");
	/* The edits go on waiting. */
	ck_assert_uint_eq(look(), 2);
	is_held(0);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "CCccdDDd");
	ck_assert(!session_settle_flush(session, waiting.journal, RECOVER_BACK,
	                                &err));
	ck_assert_int_eq(err.code, ERR_NO);
	session_drop_edits(session, true);
}
END_TEST

/* --- durable ------------------------------------------------------------- */

START_TEST(synced_at_once)
{
	size_t before;

	desk_file("c", "cccc");
	start("c");
	before = faults_count(FAULT_SYNC_DATA);
	must(session_sync(session, &err), &err);
	ck_assert_uint_eq(faults_count(FAULT_SYNC_DATA), before);
	must(edit(0), &err);
	before = faults_count(FAULT_SYNC_DATA);
	must(session_sync(session, &err), &err);
	ck_assert_uint_eq(faults_count(FAULT_SYNC_DATA), before + 1);
	ck_assert_uint_eq(session_sync_due(session), UINT64_MAX);
	/* A job that does it already is waited for. */
	must(edit(1), &err);
	must(session_sync_begin(session, &err), &err);
	must(session_sync(session, &err), &err);
	ck_assert_uint_eq(faults_count(FAULT_SYNC_DATA), before + 2);
	ck_assert_uint_eq(session_sync_due(session), UINT64_MAX);
	session_drop_edits(session, true);
}
END_TEST

/* Who asks for that is told where it cannot be. */
START_TEST(synced_when_asked)
{
	desk_file("c", "cccc");
	begin((struct session_options){ .no_journal = true }, "c");
	must(session_preserve(session, &err), &err);
	must(edit(0), &err);
	ck_assert(!session_preserve(session, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	must(session_undo(session, &err), &err);
	must(session_preserve(session, &err), &err);
	finish();
	start("c");
	must(edit(0), &err);
	must(session_preserve(session, &err), &err);
	ck_assert_uint_eq(session_sync_due(session), UINT64_MAX);
	must(edit(1), &err);
	must(session_recover_begin(session, &err), &err);
	ck_assert(!session_preserve(session, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	session_recover_end(session);
	must(session_preserve(session, &err), &err);
	session_drop_edits(session, true);
}
END_TEST

/* A disk that fails is tried again, and not at once. */
START_TEST(a_sync_that_fails)
{
	desk_file("c", "cccc");
	start("c");
	must(edit(0), &err);
	faults_fail(FAULT_SYNC_DATA, 0, 1000, EIO);
	ck_assert(!session_sync(session, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_uint_gt(session_sync_due(session),
	                  sys_now() + UINT64_C(500000000));
	ck_assert_uint_ne(session_sync_due(session), UINT64_MAX);
	faults_reset();
	must(session_sync(session, &err), &err);
	session_drop_edits(session, true);
}
END_TEST

START_TEST(a_folder_in_memory)
{
	desk_file("c", "cccc");
	start("c");
	faults_fail(FAULT_IN_MEMORY, 0, 1, -1);
	ck_assert(!session_journal_is_volatile(session));
	must(edit(0), &err);
	ck_assert(session_journal_is_volatile(session));
	session_drop_edits(session, true);
	finish();
	start("c");
	faults_fail(FAULT_IN_MEMORY, 0, 1, EIO);
	must(edit(0), &err);
	ck_assert(!session_journal_is_volatile(session));
	session_drop_edits(session, true);
}
END_TEST

static void note_journal(void *ctx, const struct session_waiting *w)
{
	char(**next)[64] = ctx;

	snprintf(*(*next)++, sizeof(**next), "%s", w->journal);
}

static void take_up_one(void *ctx)
{
	(void)ctx;
	start("a");
	ck_assert_uint_eq(look(), 1);
	must(session_recover(session, waiting.journal, &err), &err);
}

/* A run that had taken up the edits of one file was killed: those of the other
   still wait where they were, and can be had with it. */
START_TEST(killed_the_rest_waits)
{
	char journals[2][64] = { "", "" }, (*next)[64] = journals;

	desk_killed(take_up_one, NULL);
	start("a;b");
	must(session_look(session, note_journal, &next, &err), &err);
	ck_assert_ptr_eq(next, journals + 2);
	ck_assert_str_ne(journals[0], journals[1]);
	must(session_recover(session, journals[0], &err), &err);
	must(session_recover(session, journals[1], &err), &err);
	desk_shows(session, "xaaayzbbbb");
	session_drop_edits(session, true);
}
END_TEST

/* --- which file ---------------------------------------------------------- */

static char renamed[64];

static void note_name(void *ctx, const struct session_waiting *w)
{
	size_t *count = ctx;

	++*count;
	snprintf(waiting.journal, sizeof(waiting.journal), "%s", w->journal);
	snprintf(renamed, sizeof(renamed), "%s",
	         w->was ? strrchr(w->was, '/') + 1 : "");
}

static size_t look_names(void)
{
	size_t count = 0;

	must(session_look(session, note_name, &count, &err), &err);
	return count;
}

static void give_name(const char *from, const char *to)
{
	ck_assert_int_eq(rename(from, to), 0);
}

/* A file that has another name is still the one that was edited. */
START_TEST(renamed_it_waits)
{
	give_name("a", "c");
	give_name("b", "a");
	give_name("c", "b");
	start("a;b");
	ck_assert_uint_eq(look_names(), 2);
	ck_assert_str_ne(renamed, "");
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "yzbbbbxaaa");
	session_drop_edits(session, true);
	finish();
}
END_TEST

/* Files were removed and had back from elsewhere: each has an inode that was
   the other's. */
START_TEST(an_inode_given_again)
{
	give_name("a", "c");
	give_name("b", "a");
	give_name("c", "b");
	desk_file("a", "aaaa");
	desk_file("b", "bbbbbb");
	start("a;b");
	ck_assert_uint_eq(look_names(), 2);
	ck_assert_str_eq(renamed, "");
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "xaaayzbbbb");
	session_drop_edits(session, true);
	finish();
}
END_TEST

/* One file never has the edits of two. */
START_TEST(one_in_the_place_of_another)
{
	/* Another file of the name has the inode of what was edited. */
	give_name("b", "a");
	start("a");
	ck_assert_uint_eq(look_names(), 1);
	ck_assert_str_eq(renamed, "b");
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "yzbbbb");
	session_drop_edits(session, true);
	finish();
}
END_TEST

START_TEST(one_that_has_a_given_inode)
{
	/* A file of the name of one has the inode of the other. */
	ck_assert_int_eq(unlink("b"), 0);
	give_name("a", "b");
	desk_file("b", "bbbbbb");
	start("b");
	ck_assert_uint_eq(look_names(), 1);
	ck_assert_str_eq(renamed, "");
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "yzbbbb");
	session_drop_edits(session, true);
	finish();
}
END_TEST

/* --- a look before it is taken up ---------------------------------------- */

/* How another program finds the journal. */
static enum recover_kind kind_of(const char *journal)
{
	struct folder folder;
	struct recover *rec;
	enum recover_kind kind;

	must(folder_open(&faults_sys, shelf, false, &folder, &err), &err);
	rec = recover_open(&folder, journal, &err);
	must(rec != NULL, &err);
	kind = recover_kind(rec);
	recover_free(rec);
	folder_close(&folder);
	return kind;
}

/* What was found is believed while nobody else may have written to it. */
START_TEST(looked_at_and_taken_up)
{
	size_t reads, apart;

	begin((struct session_options){ .defers = true }, "a;b");
	ck_assert_uint_eq(look(), 2);
	faults_reset();
	must(session_recover(session, waiting.journal, &err), &err);
	apart = faults_count(FAULT_PREAD);
	session_drop_edits(session, true);
	finish();
	start("a;b");
	must(session_recover_begin(session, &err), &err);
	ck_assert_uint_eq(look(), 2);
	ck_assert_int_eq(kind_of(waiting.journal), RECOVER_LIVE);
	faults_reset();
	must(session_recover_one(session, waiting.journal, &err), &err);
	reads = faults_count(FAULT_PREAD);
	session_recover_end(session);
	ck_assert_uint_lt(reads, apart);
	desk_shows(session, "xaaayzbbbb");
}
END_TEST

/* One who looks and takes nothing up leaves it as it was; so does one who looks
   twice. */
START_TEST(looked_at_and_left)
{
	start("a;b");
	must(session_recover_begin(session, &err), &err);
	ck_assert_uint_eq(look(), 2);
	ck_assert_uint_eq(look(), 2);
	session_recover_end(session);
	ck_assert_int_eq(kind_of(waiting.journal), RECOVER_WAITING);
	is_held(0);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_shows(session, "xaaayzbbbb");
}
END_TEST

/* --- failures ------------------------------------------------------------ */

/* Without memory what waits still waits, and holds its files. */
START_TEST(no_memory)
{
	bool ok = false;

	start("a;b");
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = session_look(session, ignore, NULL, &err);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
	}
	is_held(0);
	is_held(4);
	ok = false;
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = session_release(session, waiting.journal, &err);
		mem_fail_after(-1);
		if (ok)
			break;
		ck_assert_int_eq(err.code, ERR_NOMEM);
		is_held(0);
	}
	is_free(0);
}
END_TEST

static const enum fault_call calls[] = {
	FAULT_OPEN,      FAULT_LOCK,   FAULT_FSTAT,     FAULT_PREAD,
	FAULT_CWD,       FAULT_RANDOM, FAULT_PWRITE,    FAULT_UNLINK_IN,
	FAULT_STAT_IN,   FAULT_CLOSE,  FAULT_SYNC_DATA, FAULT_LIST,
	FAULT_IN_MEMORY, FAULT_SYNC,
};

/* A call fails once: what waits is not lost by that, nor by trying again. */
START_TEST(a_call_fails)
{
	bool happened = true;
	size_t nth;

	for (nth = 0; happened; nth++) {
		char said[DESK_SAID];
		bool done;

		begin((struct session_options){ .defers = true }, "a;b");
		desk_hear(session, said);
		ck_assert_uint_eq(look(), 2);
		faults_fail(calls[_i], nth, 1, EIO);
		done = session_recover(session, waiting.journal, &err);
		faults_pause(true);
		if (!done)
			desk_shows(session, "aaaabbbbbb");
		else if (!said[0])
			desk_shows(session, "xaaayzbbbb");
		else
			ck_assert_ptr_nonnull(strstr(said, "be read"));
		faults_pause(false);
		session_drop_edits(session, true);
		finish();
		happened = faults_happened();
		faults_reset();
	}
	ck_assert_uint_gt(nth, 1);
	waits_as_before();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_waits");
	TCase *tc = tcase_create("session_waits");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, held_until_it_is_taken_up);
	tcase_add_test(tc, held_though_the_look_failed);
	tcase_add_test(tc, looked_at_by_a_job);
	tcase_add_test(tc, flushed_before_it_was_let_go);
	tcase_add_test(tc, held_until_it_is_discarded);
	tcase_add_test(tc, only_open_files_are_let_go);
	tcase_add_test(tc, a_step_is_not_cut_in_two);
	tcase_add_test(tc, what_was_undone_does_not_wait);
	tcase_add_test(tc, what_does_not_fit_is_left);
	tcase_add_loop_test(tc, samples_tell, 0, 2 * ARRAY_LEN(thens));
	tcase_add_test(tc, samples_are_forgotten);
	tcase_add_test(tc, reading_only);
	tcase_add_test(tc, without_a_journal);
	tcase_add_test(tc, dropped_it_waits_again);
	tcase_add_test(tc, one_is_flushed_and_the_rest_dropped);
	tcase_add_test(tc, killed_while_the_rest_is_dropped);
	tcase_add_test(tc, kept_it_waits_with_what_was_added);
	tcase_add_test(tc, killed_it_waits_once);
	tcase_add_test(tc, killed_and_discarded_it_is_gone);
	tcase_add_test(tc, an_open_flush_holds_its_files);
	tcase_add_test(tc, an_open_flush_is_finished);
	tcase_add_test(tc, an_open_flush_is_rolled_back);
	tcase_add_test(tc, synced_at_once);
	tcase_add_test(tc, synced_when_asked);
	tcase_add_test(tc, a_sync_that_fails);
	tcase_add_test(tc, a_folder_in_memory);
	tcase_add_test(tc, killed_the_rest_waits);
	tcase_add_test(tc, renamed_it_waits);
	tcase_add_test(tc, an_inode_given_again);
	tcase_add_test(tc, one_in_the_place_of_another);
	tcase_add_test(tc, one_that_has_a_given_inode);
	tcase_add_test(tc, looked_at_and_taken_up);
	tcase_add_test(tc, looked_at_and_left);
	tcase_add_test(tc, no_memory);
	tcase_add_loop_test(tc, a_call_fails, 0, ARRAY_LEN(calls));
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
