/*
 * test_earlier.c - tests of src/command/earlier.c
 *
 * The editor's loop is played by hand.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "command/context.h"
#include "command/run.h"
#include "command/table.h"
#include "edit/past.h"
#include "session.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct session *session;
static struct context ctx;
static struct output out;
static struct error err;
static char *shelf;
static char said[ERROR_TEXT]; /* the last line for the user */

static void say(struct context *context, const char *line)
{
	(void)context;
	snprintf(said, sizeof(said), "%s", line);
}

static void start(void)
{
	session = desk_context(&ctx, &out, shelf, "f");
	commands_add(&ctx, command_table);
	ctx.batch = false;
	ctx.say = say;
	said[0] = '\0';
}

/* Two runs have flushed a step each. */
static void setup(void)
{
	desk_begin();
	shelf = desk_shelf();
	desk_file("f", "0123456789");
	desk_run(shelf, "f", 1, "x");
	desk_run(shelf, "f", 2, "y");
	start();
}

static void teardown(void)
{
	mem_fail_after(-1);
	session_drop_edits(session, false);
	/* Nothing else may happen while a job runs. */
	desk_context_end(&ctx, &out);
	faults_reset();
	session = NULL;
	desk_finish(&session);
	mem_free(shelf);
}

static bool run(const char *line)
{
	char name[COMMAND_NAME];

	return run_line(&ctx, line, strlen(line), name, &err);
}

/* The task that runs, to its end. */
static bool pump(void)
{
	struct pool_event event;

	ck_assert_ptr_nonnull(ctx.task);
	do
		while (!pool_next(session_pool(session), &event))
			pool_wait(session_pool(session));
	while (event.job != ctx.task->job || event.kind != POOL_DONE);
	return context_finish(&ctx, &err);
}

static size_t done(void)
{
	return past_done(session_past(session));
}

START_TEST(undone_later)
{
	must(run("undo"), &err);
	desk_shows(session, "0xy3456789");
	must(pump(), &err);
	ck_assert_ptr_null(ctx.task);
	desk_shows(session, "0x23456789");
	ck_assert_str_eq(said, "undone: overwrite at 0x2");
	must(run("undo"), &err);
	must(pump(), &err);
	desk_shows(session, "0123456789");
	/* Nothing more is to be loaded: no task. */
	ck_assert(!run("undo"));
	ck_assert_ptr_null(ctx.task);
	must(run("redo 2"), &err);
	desk_shows(session, "0xy3456789");
}
END_TEST

/* With its arguments. */
START_TEST(several_steps)
{
	must(run("undo 2"), &err);
	must(pump(), &err);
	desk_shows(session, "0123456789");
	ck_assert_str_eq(said, "2 steps undone: overwrite at 0x1");
}
END_TEST

START_TEST(other_commands)
{
	static const char *const lines[] = { "history 1", "history revert 2",
		                             "history note 2 \"n\"" };
	static const char *const shown[] = { "0x23456789", "0x23456789",
		                             "0xy3456789" };

	must(run(lines[_i]), &err);
	must(pump(), &err);
	desk_shows(session, shown[_i]);
	if (_i == 2)
		ck_assert_str_eq(past_step(session_past(session), 2).note, "n");
}
END_TEST

START_TEST(a_patch)
{
	must(run("patch save p from 1"), &err);
	must(pump(), &err);
	ck_assert_ptr_nonnull(ctx.task);
	must(pump(), &err);
	ck_assert_ptr_nonnull(strstr(said, "1 hunk, 1 byte"));
	ck_assert(!run("patch save q from 3"));
	ck_assert_str_eq(err.text, "there is no step 3 that is done (of 2)");
	ck_assert_uint_eq(err.column, 19);
}
END_TEST

/* What is wrong is known at the end, and nothing is done. */
START_TEST(it_fails_later)
{
	must(run("history 7"), &err);
	ck_assert(!pump());
	ck_assert_ptr_nonnull(strstr(err.text, "there is no step 7"));
	ck_assert_uint_eq(err.column, 9);
	ck_assert_ptr_null(ctx.task);
	ck_assert_uint_eq(done(), 2);
}
END_TEST

/* Commands on a line keep their order, and so do those of macros. */
START_TEST(in_order)
{
	must(run("undo; 5 put \"!\""), &err);
	ck_assert_ptr_null(ctx.task);
	desk_shows(session, "0x234!6789");
	/* The last one may come later. */
	must(run("undo; undo"), &err);
	desk_shows(session, "0x23456789");
	must(pump(), &err);
	desk_shows(session, "0123456789");
}
END_TEST

START_TEST(in_a_macro)
{
	must(run("macro record m"), &err);
	must(run("5 put \"!\""), &err);
	must(run("undo 2"), &err);
	must(pump(), &err);
	must(run("macro stop"), &err);
	desk_shows(session, "0x23456789");
	must(run("redo 2"), &err);
	desk_context_end(&ctx, &out);
	start();
	must(run("macro record m"), &err);
	must(run("undo"), &err);
	must(pump(), &err);
	must(run("macro stop"), &err);
	must(run("macro play m"), &err);
	ck_assert_ptr_null(ctx.task);
	desk_shows(session, "0123456789");
}
END_TEST

START_TEST(cancelled)
{
	faults_hold(FAULT_PREAD, 0);
	must(run("undo"), &err);
	faults_await_held();
	ck_assert(!run("5 put \"!\""));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert(!run("history 1"));
	ck_assert(!run("undo"));
	ck_assert_int_eq(err.code, ERR_STATE);
	context_cancel(&ctx);
	faults_release();
	ck_assert(!pump());
	ck_assert_int_eq(err.code, ERR_CANCELLED);
	desk_shows(session, "0xy3456789");
	must(run("5 put \"!\""), &err);
	must(run("undo 2"), &err);
	must(pump(), &err);
	desk_shows(session, "0x23456789");
}
END_TEST

/* The program ends meanwhile. */
START_TEST(left_alone)
{
	must(run("undo"), &err);
}
END_TEST

/* Another task goes on, and the command waits for the journals. */
START_TEST(beside_a_task)
{
	must(run("count \"3\""), &err);
	ck_assert_ptr_nonnull(ctx.task);
	must(run("undo"), &err);
	desk_shows(session, "0x23456789");
	must(pump(), &err);
}
END_TEST

START_TEST(without_memory)
{
	bool ok = false;

	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = run("undo 2") && (!ctx.task || pump());
		mem_fail_after(-1);
		if (ok)
			break;
		ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert_ptr_null(ctx.task);
		while (past_undone(session_past(session)) > 0)
			must(session_redo(session, &err), &err);
		desk_shows(session, "0xy3456789");
	}
	desk_shows(session, "0123456789");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("earlier");
	TCase *tc = tcase_create("earlier");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, undone_later);
	tcase_add_test(tc, several_steps);
	tcase_add_loop_test(tc, other_commands, 0, 3);
	tcase_add_test(tc, a_patch);
	tcase_add_test(tc, it_fails_later);
	tcase_add_test(tc, in_order);
	tcase_add_test(tc, in_a_macro);
	tcase_add_test(tc, cancelled);
	tcase_add_test(tc, left_alone);
	tcase_add_test(tc, beside_a_task);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
