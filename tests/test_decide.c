/*
 * test_decide.c - tests of src/command/decide.c
 *
 * The editor's loop is played by hand. The job is held at a call, so that what
 * the engine's thread may do meanwhile does not depend on how fast it is.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "command/context.h"
#include "command/decide.h"
#include "session.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct session *session;
static struct context ctx;
static struct output out;
static struct error err;
static char said[ERROR_TEXT]; /* the last line for the user */

static void say(struct context *context, const char *line)
{
	(void)context;
	snprintf(said, sizeof(said), "%s", line);
}

static void start(void)
{
	session = desk_context(&ctx, &out, "journals", "f;g");
	ctx.say = say;
}

static void finish(void)
{
	desk_context_end(&ctx, &out);
}

static void clear(void)
{
	ck_assert_int_eq(system("rm -rf journals"), 0);
	faults_reset();
	faults_skip_syncs();
	desk_file("f", "0123456789");
	desk_file("g", "abcdefghij");
}

/* The run that is killed. */
struct killed_run {
	bool flushes;
	size_t nth; /* from this write on nothing comes to the disk */
};

static void edit_and_flush(void *arg)
{
	const struct killed_run *r = arg;
	struct session_flushed ignored;

	start();
	desk_put(session, 0, 1, "x");
	desk_put(session, 10, 1, "y");
	faults_fail(FAULT_PWRITE, r->nth, 1000, EIO);
	if (r->flushes)
		(void)!desk_flush(session, 0, &ignored, &err);
}

/* A run is killed that had made edits; or in a flush: one file has its new
   byte, and the other has not. */
static void leave(bool flush)
{
	static size_t nth;
	struct killed_run r = { flush, nth };
	const char *now;

	do {
		ck_assert_uint_lt(r.nth, 100);
		clear();
		desk_killed(edit_and_flush, &r);
		nth = r.nth++;
		now = desk_files("fg");
	} while (flush && (now[0] == 'x') == (now[10] == 'y'));
}

static void setup(void)
{
	ck_assert_int_eq(chdir(scratch()), 0);
}

static void teardown(void)
{
	mem_fail_after(-1);
}

/* The task to its end. */
static bool run(void)
{
	struct pool_event event;

	do
		while (!pool_next(session_pool(session), &event))
			pool_wait(session_pool(session));
	while (event.job != ctx.task->job || event.kind != POOL_DONE);
	return context_finish(&ctx, &err);
}

static size_t waits(char name[static 64])
{
	struct desk_waiting waiting = desk_look(session);

	memcpy(name, waiting.journal, 64);
	return waiting.count;
}

static size_t lines(void)
{
	size_t n = 0;

	for (size_t i = 0; i < out.len; i++)
		n += out.v[i] == '\n';
	return n;
}

/* Neither x nor what was to become it. */
static void no_file_is_left(void)
{
	ck_assert_int_ne(access("x", F_OK), 0);
	ck_assert_int_ne(access("x.hxtmp", F_OK), 0);
}

static bool begin(enum decide what)
{
	return what == DECIDE_EXPORT ? decide_export(&ctx, "x", "", &err)
	                             : decide_begin(&ctx, what, "", &err);
}

static bool edit(void)
{
	return desk_splice(session, desk_place(session, 1), 1, "!", 0, &err);
}

/* --- what is done -------------------------------------------------------- */

START_TEST(discarded)
{
	char name[64];

	leave(false);
	start();
	ck_assert_uint_eq(waits(name), 2);
	must(decide_begin(&ctx, DECIDE_DISCARD, _i ? name : "", &err), &err);
	must(run(), &err);
	ck_assert_uint_eq(waits(name), 0);
	must(edit(), &err);
	session_drop_edits(session, true);
	finish();
}
END_TEST

START_TEST(shown)
{
	char name[64];

	leave(false);
	start();
	ck_assert_uint_eq(waits(name), 2);
	must(decide_begin(&ctx, DECIDE_SHOW, _i ? name : "", &err), &err);
	must(run(), &err);
	output_bytes(&out, "", 1);
	ck_assert_ptr_nonnull(strstr(out.v, "30 -> 78"));
	ck_assert_ptr_nonnull(strstr(out.v, "61 -> 79"));
	ck_assert_uint_eq(waits(name), 2);
	finish();
}
END_TEST

START_TEST(listed)
{
	leave(_i);
	start();
	must(decide_begin(&ctx, DECIDE_LIST, "", &err), &err);
	must(run(), &err);
	output_bytes(&out, "", 1);
	ck_assert_uint_eq(lines(), 2);
	ck_assert_ptr_nonnull(strstr(out.v, _i ? "flushing" : "same"));
	finish();
}
END_TEST

/* One that cannot be opened is said, and is no failure. */
START_TEST(one_is_not_listed)
{
	bool was_said = false;

	leave(false);
	for (size_t nth = 0; !was_said; nth++) {
		start();
		said[0] = '\0';
		faults_fail(FAULT_PREAD, nth, 1, EIO);
		must(decide_begin(&ctx, DECIDE_LIST, "", &err), &err);
		if (run() && *said) {
			was_said = true;
			ck_assert_uint_eq(out.len, 0);
			ck_assert_ptr_nonnull(strstr(said, ".hxj"));
		}
		ck_assert(faults_happened());
		faults_reset();
		finish();
	}
}
END_TEST

START_TEST(exported)
{
	char name[64];

	leave(false);
	start();
	ck_assert_uint_eq(waits(name), 2);
	must(decide_export(&ctx, "x", _i ? name : "", &err), &err);
	must(run(), &err);
	ck_assert_int_eq(*desk_files("x"), '{');
	ck_assert_uint_eq(out.len, 0);
	ck_assert_str_eq(said, "1 journal exported to x");
	ck_assert_uint_eq(waits(name), 2);
	/* Nothing is no file. */
	must(decide_begin(&ctx, DECIDE_DISCARD, "", &err), &err);
	must(run(), &err);
	ck_assert_int_eq(remove("x"), 0);
	must(decide_export(&ctx, "x", "", &err), &err);
	ck_assert(!run());
	ck_assert_int_eq(err.code, ERR_NO);
	no_file_is_left();
	finish();
}
END_TEST

START_TEST(a_flush_is_ended)
{
	char name[64];

	leave(true);
	start();
	ck_assert_uint_eq(waits(name), 2);
	must(decide_begin(&ctx, _i ? DECIDE_BACK : DECIDE_FINISH, "", &err),
	     &err);
	must(run(), &err);
	desk_shows(session,
	           _i ? "0123456789abcdefghij" : "x123456789ybcdefghij");
	ck_assert_uint_eq(waits(name), _i ? 2 : 0);
	/* There is no other. */
	must(decide_begin(&ctx, DECIDE_FINISH, "", &err), &err);
	ck_assert(!run());
	ck_assert_int_eq(err.code, ERR_NO);
	finish();
}
END_TEST

START_TEST(nothing_waits)
{
	leave(false);
	start();
	must(decide_begin(&ctx, DECIDE_DISCARD, "", &err), &err);
	must(run(), &err);
	for (enum decide what = DECIDE_SHOW; what <= DECIDE_BACK; what++) {
		must(decide_begin(&ctx, what, "", &err), &err);
		ck_assert(!run());
		ck_assert_int_eq(err.code, ERR_NO);
	}
	finish();
}
END_TEST

/* --- meanwhile ----------------------------------------------------------- */

/* While the job waits for the disk nothing is changed, and all can be read; Esc
   leaves everything as it was. */
START_TEST(stopped_half_way)
{
	char name[64];

	leave(_i >= DECIDE_FINISH);
	start();
	faults_hold(FAULT_LIST, 0);
	must(begin((enum decide)_i), &err);
	faults_await_held();
	ck_assert(!edit());
	ck_assert_int_eq(err.code, ERR_STATE);
	desk_shows(session, _i >= DECIDE_FINISH ? "x123456789abcdefghij"
	                                        : "0123456789abcdefghij");
	ck_assert(!decide_begin(&ctx, DECIDE_DISCARD, "", &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	context_cancel(&ctx);
	faults_release();
	ck_assert(!run());
	ck_assert_int_eq(err.code, ERR_CANCELLED);
	no_file_is_left();
	ck_assert_uint_eq(waits(name), 2);
	finish();
}
END_TEST

/* The program ends while it runs. */
START_TEST(ended_half_way)
{
	char name[64];

	leave(false);
	start();
	must(decide_begin(&ctx, DECIDE_SHOW, "", &err), &err);
	finish();
	start();
	ck_assert_uint_eq(waits(name), 2);
	finish();
}
END_TEST

/* --- failures ------------------------------------------------------------ */

/* With each call failing once: it is done, or what waits waits; and if it was
   not done it can be done then. Returns how often one failed. */
static size_t fail_each(enum decide what, enum fault_call call)
{
	for (size_t nth = 0;; nth++) {
		bool ok, happened;
		char name[64];

		leave(what != DECIDE_DISCARD);
		start();
		faults_fail(call, nth, 1, EIO);
		ok = decide_begin(&ctx, what, "", &err) && run();
		happened = faults_happened();
		faults_reset();
		faults_skip_syncs();
		if (!ok && waits(name) > 0) {
			must(decide_begin(&ctx, what, "", &err), &err);
			must(run(), &err);
		}
		desk_shows(session, what == DECIDE_FINISH
		                            ? "x123456789ybcdefghij"
		                            : "0123456789abcdefghij");
		ck_assert_uint_eq(waits(name), what == DECIDE_BACK ? 2 : 0);
		finish();
		if (!happened)
			return nth;
	}
}

static const enum fault_call calls_of_journals[] = {
	FAULT_OPEN,  FAULT_CLOSE, FAULT_LOCK,    FAULT_FSTAT,
	FAULT_PREAD, FAULT_LIST,  FAULT_STAT_IN, FAULT_CWD,
};

START_TEST(a_call_fails)
{
	enum decide what = (enum decide)(DECIDE_DISCARD + _i % 3);

	ck_assert_uint_gt(fail_each(what, calls_of_journals[_i / 3]), 0);
}
END_TEST

START_TEST(a_call_fails_when_discarding)
{
	static const enum fault_call calls[] = { FAULT_UNLINK_IN, FAULT_SYNC };

	for (size_t i = 0; i < ARRAY_LEN(calls); i++)
		ck_assert_uint_gt(fail_each(DECIDE_DISCARD, calls[i]), 0);
}
END_TEST

/* Of those that end a flush. */
static const enum fault_call calls_of_flushes[] = {
	FAULT_PWRITE, FAULT_SYNC_DATA, FAULT_TRUNCATE, FAULT_READ
};

START_TEST(a_call_fails_in_a_flush)
{
	enum decide what = (enum decide)(DECIDE_FINISH + _i % 2);

	ck_assert_uint_gt(fail_each(what, calls_of_flushes[_i / 2]), 0);
}
END_TEST

/* The files are as they should be, and only loading them anew failed. */
START_TEST(done_but_not_loaded)
{
	leave(true);
	start();
	faults_fail(FAULT_STAT, 0, 1, EIO);
	must(decide_begin(&ctx, _i ? DECIDE_BACK : DECIDE_FINISH, "", &err),
	     &err);
	ck_assert(!run());
	ck_assert(faults_happened());
	ck_assert_str_eq(err.text, "done, but not loaded anew: f: "
	                           "Input/output error");
	faults_reset();
	ck_assert_str_eq(desk_files("fg"),
	                 _i ? "0123456789abcdefghij" : "x123456789ybcdefghij");
	must(session_reload(session, 1, 0, &err), &err);
	must(session_reload(session, 2, 0, &err), &err);
	desk_shows(session, desk_files("fg"));
	finish();
}
END_TEST

/* Each call of an export fails once: the file is there, and whole, or not. */
START_TEST(a_call_of_an_export_fails)
{
	static const enum fault_call some[] = { FAULT_OPEN,  FAULT_FSTAT,
		                                FAULT_PREAD, FAULT_LIST,
		                                FAULT_WRITE, FAULT_SYNC,
		                                FAULT_RENAME };
	bool happened = true;

	leave(false);
	for (size_t nth = 0; happened; nth++) {
		start();
		faults_fail(some[_i], nth, 1, EIO);
		if (begin(DECIDE_EXPORT) && run())
			ck_assert_int_eq(remove("x"), 0);
		happened = faults_happened();
		ck_assert(happened || nth > 0);
		faults_reset();
		faults_skip_syncs();
		no_file_is_left();
		finish();
	}
}
END_TEST

START_TEST(without_memory)
{
	char name[64];
	bool ok = false;

	leave(false);
	start();
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = decide_begin(&ctx, DECIDE_DISCARD, "", &err) && run();
		mem_fail_after(-1);
		if (!ok)
			ck_assert_int_eq(err.code, ERR_NOMEM);
	}
	ck_assert_uint_eq(waits(name), 0);
	finish();
}
END_TEST

START_TEST(lists_and_exports_without_memory)
{
	bool ok = false;

	leave(false);
	for (long n = 0; !ok; n++) {
		start();
		mem_fail_after(n);
		ok = begin((enum decide)_i) && run();
		mem_fail_after(-1);
		if (!ok)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		else if (_i == DECIDE_EXPORT)
			ck_assert_int_eq(remove("x"), 0);
		no_file_is_left();
		finish();
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("decide");
	TCase *tc = tcase_create("decide");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, discarded, 0, 2);
	tcase_add_loop_test(tc, shown, 0, 2);
	tcase_add_loop_test(tc, listed, 0, 2);
	tcase_add_test(tc, one_is_not_listed);
	tcase_add_loop_test(tc, exported, 0, 2);
	tcase_add_loop_test(tc, a_flush_is_ended, 0, 2);
	tcase_add_test(tc, nothing_waits);
	tcase_add_loop_test(tc, stopped_half_way, DECIDE_LIST, DECIDE_BACK + 1);
	tcase_add_test(tc, ended_half_way);
	tcase_add_loop_test(tc, a_call_fails, 0,
	                    3 * ARRAY_LEN(calls_of_journals));
	tcase_add_test(tc, a_call_fails_when_discarding);
	tcase_add_loop_test(tc, a_call_fails_in_a_flush, 0,
	                    2 * ARRAY_LEN(calls_of_flushes));
	tcase_add_loop_test(tc, done_but_not_loaded, 0, 2);
	tcase_add_loop_test(tc, a_call_of_an_export_fails, 0, 7);
	tcase_add_test(tc, without_memory);
	tcase_add_loop_test(tc, lists_and_exports_without_memory, DECIDE_LIST,
	                    DECIDE_EXPORT + 1);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
