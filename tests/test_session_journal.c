/*
 * test_session_journal.c - tests of src/keep/keeper*.c and shelf.c in a session
 *
 * What was edited is in the journal before the edit is shown; a call that fails
 * refuses the edit and leaves everything as it was.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "edit/backout.h"
#include "edit/past.h"
#include "edit/store.h"
#include "keep/disk.h"
#include "keep/recover.h"
#include "keep/shelf.h"
#include "space/layout.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { TEXT = DESK_TEXT };

static struct session *session;
static struct error err;
static char *shelf;
static char said[DESK_SAID];

static void start(const struct shelf_places *places)
{
	struct session_options o = desk_options(&faults_sys, places);

	session = desk_start(&o);
	desk_hear(session, said);
}

static void start_here(void)
{
	start(&(struct shelf_places){ .given = shelf });
}

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
	start_here();
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

static void shows(const char *want)
{
	desk_shows(session, want);
}

static bool splice(uint64_t addr, uint64_t removed, const char *text,
                   unsigned flags)
{
	return desk_splice(session, desk_place(session, addr), removed, text,
	                   flags, &err);
}

static void put(uint64_t addr, uint64_t removed, const char *text)
{
	desk_put(session, addr, removed, text);
}

/* --- the life of a journal ----------------------------------------------- */

START_TEST(begins_with_the_first_edit)
{
	open_inputs("a;b");
	shows("aaaabbbbbb");
	ck_assert_int_eq(session_journal(session), JOURNAL_EMPTY);
	ck_assert_int_ne(access(shelf, F_OK), 0);
	put(3, 2, "xy");
	ck_assert_int_eq(session_journal(session), JOURNAL_KEEPS);
	ck_assert_str_eq(session_journal_folder(session), shelf);
	ck_assert_uint_eq(desk_journals(shelf), 1);
	shows("aaaxybbbbb");
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(is_removed_when_nothing_is_unsaved)
{
	open_inputs("a");
	put(1, 1, "x");
	must(session_revert(session, 1, 1, &err), &err);
	finish();
	ck_assert_uint_eq(desk_journals(shelf), 0);
	start_here();
	open_inputs("a");
	put(1, 1, "x");
	session_drop_edits(session, true);
	finish();
	ck_assert_uint_eq(desk_journals(shelf), 0);
	start_here();
	open_inputs("a");
	put(1, 1, "x");
	finish();
	ck_assert_uint_eq(desk_journals(shelf), 1);
}
END_TEST

START_TEST(none_for_what_nobody_else_sees)
{
	open_inputs("memory:4");
	put(1, 1, "x");
	must(session_undo(session, &err), &err);
	ck_assert_int_eq(session_journal(session), JOURNAL_EMPTY);
	ck_assert_uint_eq(desk_journals(shelf), 0);
}
END_TEST

/* Without a place the user is told, once. */
START_TEST(no_place)
{
	finish();
	start(&(struct shelf_places){ .home = "/proc/none" });
	open_inputs("a");
	put(1, 1, "x");
	ck_assert_int_eq(session_journal(session), JOURNAL_NOWHERE);
	ck_assert_ptr_nonnull(strstr(said, "NO JOURNAL"));
	said[0] = '\0';
	put(1, 1, "y");
	ck_assert_str_eq(said, "");
	shows("ayaa");
}
END_TEST

static void nothing_waits(void *ctx, const struct session_waiting *found)
{
	(void)ctx;
	ck_abort_msg("%s", found->journal);
}

/* A folder that is left from when the state folder was another one is looked
   into only where none would be made before it. */
START_TEST(the_place_for_a_new_one_comes_first)
{
	char *state = NULL, *home = NULL;

	finish();
	ck_assert_int_gt(asprintf(&state, "%s/chosen", scratch()), 0);
	ck_assert_int_gt(asprintf(&home, "%s/here", scratch()), 0);
	ck_assert_int_eq(mkdir(state, 0700), 0);
	ck_assert_int_eq(system("mkdir -pm 0700 here/.local/state/hexspan && "
	                        "mkdir -m 0700 "
	                        "here/.local/state/hexspan/journal"),
	                 0);
	start(&(struct shelf_places){ .state = state, .home = home });
	open_inputs("a");
	must(session_look(session, nothing_waits, NULL, &err), &err);
	put(1, 1, "x");
	ck_assert_ptr_nonnull(
		strstr(session_journal_folder(session), "/chosen/hexspan/"));
	finish();
	start(&(struct shelf_places){ .state = "/proc/none", .home = home });
	open_inputs("a");
	put(1, 1, "x");
	ck_assert_ptr_nonnull(
		strstr(session_journal_folder(session), "/here/.local/"));
	free(state);
	free(home);
}
END_TEST

START_TEST(a_better_place_is_passed_over)
{
	char *open = NULL, *home = NULL;

	finish();
	ck_assert_int_gt(asprintf(&open, "%s/open", scratch()), 0);
	ck_assert_int_gt(asprintf(&home, "%s/home", scratch()), 0);
	ck_assert_int_eq(mkdir(open, 0700), 0);
	ck_assert_int_eq(mkdir(home, 0700), 0);
	ck_assert_int_eq(mkdir("open/hexspan", 0700), 0);
	ck_assert_int_eq(mkdir("open/hexspan/journal", 0700), 0);
	ck_assert_int_eq(chmod("open/hexspan/journal", 0755), 0);
	start(&(struct shelf_places){ .state = open, .home = home });
	open_inputs("a");
	put(1, 1, "x");
	ck_assert_int_eq(session_journal(session), JOURNAL_KEEPS);
	ck_assert_ptr_nonnull(strstr(said, "is open to other users"));
	ck_assert_ptr_nonnull(
		strstr(session_journal_folder(session), "/home/.local/"));
	free(open);
	free(home);
}
END_TEST

/* What there is in a worse place decides nothing. */
START_TEST(a_look_chooses_no_place)
{
	char *state = NULL, *home = NULL;

	finish();
	ck_assert_int_gt(asprintf(&state, "%s/state", scratch()), 0);
	ck_assert_int_gt(asprintf(&home, "%s/house", scratch()), 0);
	ck_assert_int_eq(mkdir(home, 0700), 0);
	start(&(struct shelf_places){ .home = home });
	desk_open(session, "a");
	desk_put(session, 1, 1, "x");
	finish();
	start(&(struct shelf_places){ .state = state, .home = home });
	desk_open(session, "a");
	ck_assert_uint_eq(desk_look(session).count, 0);
	desk_put(session, 1, 1, "y");
	ck_assert_ptr_nonnull(
		strstr(session_journal_folder(session), "/state/hexspan/"));
	ck_assert_str_eq(said, "");
	free(state);
	free(home);
}
END_TEST

/* As under sudo, which leaves HOME as it was. */
START_TEST(nothing_is_made_in_a_home_of_another)
{
	char *home = NULL, *own = NULL;

	finish();
	ck_assert_int_gt(asprintf(&home, "%s/theirs", scratch()), 0);
	ck_assert_int_gt(asprintf(&own, "%s/mine", scratch()), 0);
	ck_assert_int_eq(mkdir(home, 0755), 0);
	ck_assert_int_eq(mkdir(own, 0700), 0);
	/* Only root can try. */
	if (chown(home, 12345, 12345) == 0) {
		start(&(struct shelf_places){ .home = home, .own = own });
		desk_open(session, "a");
		desk_put(session, 1, 1, "x");
		ck_assert_ptr_nonnull(
			strstr(session_journal_folder(session), "/mine/"));
		ck_assert_ptr_nonnull(strstr(said, "belongs to another user"));
		ck_assert_int_eq(rmdir(home), 0);
		finish();
	}
	free(home);
	free(own);
	start_here();
}
END_TEST

START_TEST(a_sync_by_a_job)
{
	struct pool_event event;
	size_t before;

	open_inputs("a");
	ck_assert_uint_eq(session_sync_due(session), UINT64_MAX);
	put(1, 1, "x");
	ck_assert_uint_le(session_sync_due(session),
	                  sys_now() + UINT64_C(250000000));
	before = faults_count(FAULT_SYNC_DATA);
	must(session_sync_begin(session, &err), &err);
	ck_assert_uint_eq(session_sync_due(session), UINT64_MAX);
	while (!pool_next(session_pool(session), &event))
		usleep(100);
	ck_assert(session_sync_end(session, event.job));
	ck_assert_uint_eq(faults_count(FAULT_SYNC_DATA), before + 1);
	ck_assert_uint_eq(session_sync_due(session), UINT64_MAX);
}
END_TEST

/* --- failures ------------------------------------------------------------ */

static const enum fault_call calls[] = {
	FAULT_OPEN, FAULT_STAT, FAULT_FSTAT,  FAULT_MAKE_FOLDER, FAULT_PWRITE,
	FAULT_LOCK, FAULT_CWD,  FAULT_RANDOM, FAULT_PREAD,
};

/* Each call of the first edit, and of an edit later, fails once. */
START_TEST(a_call_fails)
{
	enum fault_call call = calls[_i];
	bool happened = true;
	size_t nth;

	finish();
	for (nth = 0; happened; nth++) {
		bool done, undone = true;

		start_here();
		open_inputs("a;b");
		faults_reset();
		faults_fail(call, nth, 1, ENOSPC);
		done = splice(3, 2, "xy", 0);
		if (done)
			undone = session_undo(session, &err);
		happened = faults_happened();
		faults_reset();
		shows(!done || undone ? "aaaabbbbbb" : "aaaxybbbbb");
		if (done && undone)
			must(session_redo(session, &err), &err);
		else if (!done)
			put(3, 2, "xy");
		shows("aaaxybbbbb");
		session_drop_edits(session, true);
		finish();
		ck_assert_uint_eq(desk_journals(shelf), 0);
	}
	ck_assert_uint_gt(nth, 1);
	start_here();
}
END_TEST

START_TEST(a_full_disk_refuses_edits)
{
	open_inputs("a;b");
	put(0, 1, "w");
	faults_fail(FAULT_PWRITE, 0, 1000, ENOSPC);
	ck_assert(!splice(3, 2, "xy", 0));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, "not done"));
	ck_assert_ptr_nonnull(strstr(err.text, "No space left"));
	ck_assert(!session_undo(session, &err));
	shows("waaabbbbbb");
	faults_reset();
	must(session_undo(session, &err), &err);
	shows("aaaabbbbbb");
	must(session_redo(session, &err), &err);
	put(3, 2, "xy");
	shows("waaxybbbbb");
}
END_TEST

START_TEST(without_memory)
{
	bool failed = true;

	finish();
	for (long n = 0; failed; n++) {
		start_here();
		open_inputs("a;b");
		mem_fail_after(n);
		failed = !splice(3, 2, "xy", 0);
		if (!failed)
			failed = !session_undo(session, &err);
		if (failed)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		mem_fail_after(-1);
		if (past_done(session_past(session)) == 0)
			put(3, 2, "xy");
		shows("aaaxybbbbb");
		session_drop_edits(session, true);
		finish();
	}
	start_here();
}
END_TEST

/* --- kills --------------------------------------------------------------- */

static struct desk_waiting waiting;

/* What waits for the files that are open. */
static size_t look(void)
{
	waiting = desk_look(session);
	return waiting.count;
}

/* Run in another process, which is killed; *text is what it showed last. */
static void killed(void (*run)(uint64_t *rnd), uint64_t *rnd, char *text)
{
	int fds[2];
	int status;
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		start_here();
		run(rnd);
		n = (ssize_t)desk_text(session_view(session), text);
		if (write(fds[1], text, (size_t)n) == n)
			(void)raise(SIGKILL);
		_exit(1);
	}
	(void)close(fds[1]);
	n = read(fds[0], text, TEXT - 1);
	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	(void)close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void three_edits(uint64_t *rnd)
{
	(void)rnd;
	open_inputs("a;b");
	put(3, 2, "xy");
	must(splice(5, 1, "zzz", EDIT_JOIN), &err);
	put(0, 1, "w");
	put(1, 1, "v");
	must(session_undo(session, &err), &err);
	must(session_set_note(session, 1, "first", &err), &err);
	must(session_set_note(session, 1, "joined", &err), &err);
	must(session_set_note(session, 2, "gone", &err), &err);
	must(session_set_note(session, 3, "undone", &err), &err);
	must(session_set_note(session, 2, "", &err), &err);
}

static void has_note(size_t number, const char *want)
{
	struct past_step step = past_step(session_past(session), number);

	ck_assert_pstr_eq(step.note, want);
	ck_assert_int_le(step.time, time(NULL));
	ck_assert_int_gt(step.time, time(NULL) - 3600);
}

START_TEST(a_kill_loses_nothing)
{
	char text[TEXT];

	finish();
	killed(three_edits, NULL, text);
	ck_assert_str_eq(text, "waaxyzzzbbbb");
	start_here();
	open_inputs("b;a");
	shows("bbbbbbaaaa");
	ck_assert_uint_eq(look(), 2);
	ck_assert_int_eq(waiting.state, RECOVER_SAME);
	must(session_recover(session, waiting.journal, &err), &err);
	shows("yzzzbbbbwaax");
	has_note(1, "joined");
	has_note(2, NULL);
	has_note(3, "undone");
	ck_assert_uint_eq(look(), 0);
	ck_assert_uint_eq(desk_journals(shelf), 1);
	/* What was taken back can be made again, and all taken back. */
	must(session_redo(session, &err), &err);
	shows("yzzzbbbbwvax");
	must(session_undo(session, &err), &err);
	must(session_undo(session, &err), &err);
	shows("yzzzbbbbaaax");
	must(session_undo(session, &err), &err);
	shows("bbbbbbaaaa");
	ck_assert(!session_undo(session, &err));
	must(session_redo(session, &err), &err);
	/* It waits again, here. */
	finish();
	ck_assert_uint_eq(desk_journals(shelf), 1);
	start_here();
	open_inputs("a;b");
	ck_assert_uint_eq(look(), 2);
	must(session_recover(session, waiting.journal, &err), &err);
	shows("aaaxyzzzbbbb");
	has_note(1, "joined");
}
END_TEST

static void changes_nothing(void)
{
	struct layout inputs = { 0 };

	ck_assert(!splice(0, 1, "q", 0));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "wait for its end"));
	ck_assert(!session_undo(session, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert(!session_redo(session, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert(!session_open(session, &inputs, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert(!session_recover_begin(session, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_uint_eq(session_sync_due(session), UINT64_MAX);
}

static void same_length(uint64_t *rnd)
{
	(void)rnd;
	open_inputs("a;b");
	put(3, 2, "xy");
	must(splice(5, 1, "z", EDIT_JOIN), &err);
	put(0, 6, "longer");
	put(1, 1, "v");
	must(session_undo(session, &err), &err);
}

/* Stopped after any number of parts: it waits as before, and may be had
   whole. */
static void stop_anywhere(void (*run)(uint64_t *rnd))
{
	struct view *seen;
	char text[TEXT];
	bool more = true;

	finish();
	killed(run, NULL, text);
	start_here();
	open_inputs("a;b");
	for (unsigned n = 0; more; n++) {
		ck_assert_uint_eq(look(), 2);
		must(session_recover_begin(session, &err), &err);
		changes_nothing();
		must(session_recover_read(session, waiting.journal, NULL, &err),
		     &err);
		for (unsigned i = 0; more && i < n; i++) {
			must(session_recover_go(session, &more, &err), &err);
			changes_nothing();
			/* Somebody draws what is there by now. */
			seen = session_view(session);
			ck_assert_uint_eq(view_size(seen),
			                  space_size(session_space(session)));
		}
		if (!more)
			must(session_recover_write(session, &err), &err);
		session_recover_end(session);
		shows(more ? "aaaabbbbbb" : text);
		ck_assert_uint_eq(past_done(session_past(session)) > 0, !more);
	}
	ck_assert_uint_eq(look(), 0);
	while (session_undo(session, &err))
		;
	shows("aaaabbbbbb");
	session_drop_edits(session, true);
	finish();
	start_here();
}

START_TEST(stops_anywhere)
{
	stop_anywhere(three_edits);
	stop_anywhere(same_length);
}
END_TEST

/* What was deleted comes back twice: by a revert of what stood beside it, and
   by backing out the step that has deleted it. Only once may it stand for the
   file's own bytes. */
START_TEST(reverted_and_backed_out)
{
	const size_t second = 2;

	open_inputs("b");
	must(splice(0, 0, "z", 0), &err);
	must(splice(1, 1, "", 0), &err);
	shows("zbbbbb");
	must(session_revert(session, 0, 1, &err), &err);
	shows("bbbbbb");
	must(session_back_out(session, &second, 1, &err), &err);
	shows("bbbbbbb");
	must(session_revert(session, 0, 7, &err), &err);
	shows("bbbbbb");
	ck_assert_uint_eq(session_edited(session), 0);
	while (session_undo(session, &err))
		;
	shows("bbbbbb");
}
END_TEST

/* A note is kept whole, or refused. */
START_TEST(a_note_fails)
{
	open_inputs("a;b");
	put(0, 1, "x");
	faults_fail(FAULT_PWRITE, 0, 1, EIO);
	ck_assert(!session_set_note(session, 1, "lost", &err));
	ck_assert_int_eq(err.code, ERR_IO);
	faults_reset();
	ck_assert_ptr_null(past_step(session_past(session), 1).note);
	must(session_set_note(session, 1, "kept", &err), &err);
	put(1, 1, "y");
	finish();
	start_here();
	open_inputs("a;b");
	ck_assert_uint_gt(look(), 0);
	must(session_recover(session, waiting.journal, &err), &err);
	shows("xyaabbbbbb");
	ck_assert_str_eq(past_step(session_past(session), 1).note, "kept");
	ck_assert_ptr_null(past_step(session_past(session), 2).note);
}
END_TEST

static void many_edits(uint64_t *rnd)
{
	open_inputs("a;b");
	for (size_t i = 0; i < 3000; i++) {
		char text[] = { (char)('a' + random_below(rnd, 26)), '\0' };

		put(random_below(rnd, 10), 1, text);
	}
}

/* What is made again of a long journal is synced on the way, by jobs, too. */
START_TEST(a_long_recovery)
{
	uint64_t rnd = random_seed();
	char text[TEXT], all[TEXT];

	finish();
	killed(many_edits, &rnd, text);
	start_here();
	open_inputs("a;b");
	ck_assert_uint_eq(look(), 2);
	must(session_recover(session, waiting.journal, &err), &err);
	desk_text(session_view(session), all);
	all[10] = '\0';
	ck_assert_str_eq(all, text);
	finish();
	/* A sync on the way that fails does not end it. */
	start_here();
	open_inputs("a;b");
	ck_assert_uint_eq(look(), 2);
	faults_reset();
	faults_fail(FAULT_SYNC_DATA, 0, 1, EIO);
	must(session_recover(session, waiting.journal, &err), &err);
	ck_assert(faults_happened());
	desk_text(session_view(session), all);
	all[10] = '\0';
	ck_assert_str_eq(all, text);
}
END_TEST

START_TEST(a_file_that_does_not_fit)
{
	char text[TEXT];

	finish();
	killed(three_edits, NULL, text);
	start_here();
	open_inputs("a");
	ck_assert_uint_eq(look(), 1);
	ck_assert(!session_recover(session, waiting.journal, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "also changes"));
	finish();
	desk_file("b", "cbbbbb");
	start_here();
	open_inputs("a;b");
	ck_assert_uint_eq(look(), 2);
	ck_assert(!session_recover(session, waiting.journal, &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert_ptr_nonnull(strstr(err.text, "1 bytes differ"));
	shows("aaaacbbbbb");
	finish();
	desk_file("b", "bbbbbb");
	start_here();
	open_inputs("a;b");
	put(9, 1, "q");
	ck_assert(!session_recover(session, waiting.journal, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "edits that are newer"));
	must(session_undo(session, &err), &err);
	must(session_recover(session, waiting.journal, &err), &err);
	shows("waaxyzzzbbbb");
}
END_TEST

START_TEST(discarding)
{
	char text[TEXT];

	finish();
	killed(three_edits, NULL, text);
	start_here();
	open_inputs("a;b");
	ck_assert_uint_eq(look(), 2);
	must(session_discard(session, waiting.journal, &err), &err);
	ck_assert_uint_eq(look(), 0);
	ck_assert_uint_eq(desk_journals(shelf), 0);
	ck_assert(!session_recover(session, waiting.journal, &err));
	ck_assert_int_eq(err.code, ERR_NO);
}
END_TEST

/* Recovery without memory changes nothing, and can be tried again. */
START_TEST(recovery_without_memory)
{
	bool ok = false;
	char text[TEXT];

	finish();
	killed(three_edits, NULL, text);
	for (long n = 0; !ok; n++) {
		start_here();
		open_inputs("a;b");
		ck_assert_uint_eq(look(), 2);
		mem_fail_after(n);
		ok = session_recover(session, waiting.journal, &err);
		mem_fail_after(-1);
		if (!ok) {
			ck_assert_int_eq(err.code, ERR_NOMEM);
			shows("aaaabbbbbb");
			ck_assert_uint_eq(past_done(session_past(session)), 0);
		}
		if (!ok && n % 8 == 0)
			must(session_recover(session, waiting.journal, &err),
			     &err);
		if (ok || n % 8 == 0) {
			shows("waaxyzzzbbbb");
			finish();
			start_here();
			open_inputs("a;b");
			ck_assert_uint_eq(look(), 2);
		}
		finish();
	}
	start_here();
}
END_TEST

static void any_edit(uint64_t *rnd)
{
	uint64_t size = view_size(session_view(session));
	uint64_t at = random_below(rnd, size + 1);
	uint64_t len = random_below(rnd, u64_min(size - at, 6) + 1);
	struct place to = space_place(session_space(session),
	                              random_below(rnd, size + 1));
	char text[8] = { 0 };

	for (size_t i = random_below(rnd, 6); i-- > 0;)
		text[i] = (char)('a' + random_below(rnd, 26));
	switch (random_below(rnd, 10)) {
	case 0:
	case 1:
		(void)!session_undo(session, &err);
		break;
	case 2:
		(void)!session_redo(session, &err);
		break;
	case 3:
		(void)!session_move(session, at, len, to, &err);
		break;
	case 4:
		if (size < TEXT / 2)
			(void)!session_copy(session, at, len, to, false, &err);
		break;
	case 5:
		(void)!session_revert(session, at, len, &err);
		break;
	case 7: {
		size_t done = past_done(session_past(session));
		size_t number = done - random_below(rnd, done + 1);

		if (number > 0)
			(void)!session_back_out(session, &number, 1, &err);
		break;
	}
	case 6: {
		struct piece piece;
		struct session_splice s = {
			.at = space_place(session_space(session), at),
			.removed = len,
			.added = &piece,
			.count = 1,
		};

		must(store_put_fill(session_store(session), "12345", 5, len + 1,
		                    &piece, &err),
		     &err);
		(void)!session_edit(session, &s, 1, 0, &err);
		break;
	}
	default:
		if (size < TEXT / 2)
			(void)!splice(at, len, text,
			              random_below(rnd, 3) ? 0 : EDIT_JOIN);
	}
}

/* What a step did, in words. */
static void describe(size_t number, char out[static TEXT])
{
	const struct past *past = session_past(session);
	struct step_sum sum = step_sum(past, past_step(past, number).from);

	/* Not where: a journal may split a change into others. */
	snprintf(out, TEXT, "%llu, %llu", (unsigned long long)sum.old_len,
	         (unsigned long long)sum.len);
}

static size_t steps(void)
{
	const struct past *past = session_past(session);

	return past_done(past) + past_undone(past);
}

/* Notes of what they are about, and perhaps another one before. */
static void note_some(uint64_t *rnd)
{
	char text[TEXT];

	for (size_t n = 1; n <= steps(); n++) {
		if (random_below(rnd, 2))
			continue;
		describe(n, text);
		must(session_set_note(session, n,
		                      random_below(rnd, 2) ? "x" : text, &err),
		     &err);
		must(session_set_note(session, n, text, &err), &err);
	}
}

/* A step that is not of interest any more may be gone, and its note. Returns
   how many there are. */
static size_t check_notes(void)
{
	size_t count = 0;
	char text[TEXT];

	for (size_t n = 1; n <= steps(); n++) {
		struct past_step step = past_step(session_past(session), n);

		describe(n, text);
		if (step.note)
			ck_assert_str_eq(step.note, text);
		count += step.note != NULL;
	}
	return count;
}

static void any_edits_here(uint64_t *rnd)
{
	size_t n = random_below(rnd, 30);

	open_inputs("a;b");
	if (look() > 0)
		must(session_recover(session, waiting.journal, &err), &err);
	while (n-- > 0)
		any_edit(rnd);
	note_some(rnd);
}

/* Edits, a kill, recovery, more edits, a kill ..; in the end everything is
   taken back. */
START_TEST(any_edits_and_kills)
{
	uint64_t rnd = random_seed();
	char text[TEXT], before[TEXT];
	size_t notes = 0, count = cases(60);

	finish();
	for (size_t i = count; i > 0; i--) {
		strcpy(before, "aaaabbbbbb");
		for (size_t k = random_below(&rnd, 4) + 1; k > 0; k--) {
			killed(any_edits_here, &rnd, text);
			start_here();
			open_inputs("a;b");
			if (look() > 0)
				must(session_recover(session, waiting.journal,
				                     &err),
				     &err);
			shows(text);
			notes += check_notes();
			finish();
			(void)random_u64(&rnd);
		}
		start_here();
		open_inputs("a;b");
		if (look() > 0)
			must(session_recover(session, waiting.journal, &err),
			     &err);
		shows(text);
		while (session_undo(session, &err))
			;
		shows(before);
		while (session_redo(session, &err))
			;
		session_drop_edits(session, true);
		finish();
		/* What is left has edits that were undone, and none else. */
		start_here();
		open_inputs("a;b");
		ck_assert_uint_eq(look(), 0);
		finish();
	}
	/* Of few cases none may have one. */
	ck_assert(notes > 0 || count < 10);
	start_here();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_journal");
	TCase *tc = tcase_create("session_journal");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, begins_with_the_first_edit);
	tcase_add_test(tc, is_removed_when_nothing_is_unsaved);
	tcase_add_test(tc, none_for_what_nobody_else_sees);
	tcase_add_test(tc, no_place);
	tcase_add_test(tc, the_place_for_a_new_one_comes_first);
	tcase_add_test(tc, a_better_place_is_passed_over);
	tcase_add_test(tc, a_look_chooses_no_place);
	tcase_add_test(tc, nothing_is_made_in_a_home_of_another);
	tcase_add_test(tc, a_sync_by_a_job);
	tcase_add_loop_test(tc, a_call_fails, 0, ARRAY_LEN(calls));
	tcase_add_test(tc, reverted_and_backed_out);
	tcase_add_test(tc, a_note_fails);
	tcase_add_test(tc, a_full_disk_refuses_edits);
	tcase_add_test(tc, without_memory);
	tcase_add_test(tc, a_kill_loses_nothing);
	tcase_add_test(tc, stops_anywhere);
	tcase_add_test(tc, a_long_recovery);
	tcase_add_test(tc, a_file_that_does_not_fit);
	tcase_add_test(tc, discarding);
	tcase_add_test(tc, recovery_without_memory);
	tcase_add_test(tc, any_edits_and_kills);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
