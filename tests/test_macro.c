/*
 * test_macro.c - tests of macros and of the last edit: src/command/macro.c and
 * play.c
 *
 * What is printed stands in tests/batch/again.t. Here a context is as in the
 * editor, where a line may leave a task behind, which the test ends itself.
 */
#include "config.h"

#include "command/macro.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/run.h"
#include "session.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "tests/trial.h"

static struct trial t;

/* Types by giving out what is to be typed. */
static bool run_type(struct context *ctx, struct call *call, struct error *err)
{
	struct word word;

	(void)ctx;
	if (!call_word(call, &word, err))
		return false;
	output_text(&t.out, "[%s]", word.text);
	word_free(&word);
	call->args.pos = call->args.len;
	return true;
}

static const struct command editor[] = {
	{ .name = "type", .usage = "", .help = "", .run = run_type },
	{ .name = NULL },
};

static void setup(void)
{
	static const char *const inputs[] = { "a", NULL };

	faults_reset();
	trial_file("a", "one two one two one", 19);
	trial_begin(&t, inputs);
	commands_add(&t.ctx, editor);
}

static void teardown(void)
{
	t.ctx.batch = true;
	trial_end(&t);
}

/* Run lines, of which each begins to record, is recorded, or stops. */
static void record(const char *name, const char *const *lines)
{
	char line[64];

	snprintf(line, sizeof(line), "macro record %s", name);
	trial_must(&t, line);
	for (; *lines; lines++)
		trial_must(&t, *lines);
	trial_must(&t, "macro stop");
	(void)trial_output(&t, NULL);
}

static void shows(const char *want)
{
	bool batch = t.ctx.batch;

	t.ctx.batch = true;
	trial_prints(&t, "%print raw", want);
	t.ctx.batch = batch;
}

/* End the task that runs; what follows it may leave another. */
static bool finish(void)
{
	ck_assert_ptr_nonnull(t.ctx.task);
	job_wait(t.ctx.task->job);
	return context_finish(&t.ctx, &t.err);
}

static void begin_in_editor(void)
{
	static const char *const lines[] = { "replace \"one\" \"1\"", NULL };

	record("m", lines);
	trial_must(&t, "undo; 0");
	(void)trial_output(&t, NULL);
	t.ctx.batch = false;
}

/* In the editor a macro waits for each of its searches. */
START_TEST(goes_on_after_tasks)
{
	begin_in_editor();
	must(trial_run(&t, "macro play m 3"), &t.err);
	ck_assert(finish());
	ck_assert_uint_eq(t.ctx.macros.depth, 1);
	ck_assert(finish());
	ck_assert(finish());
	ck_assert_ptr_null(t.ctx.task);
	ck_assert_uint_eq(t.ctx.macros.depth, 0);
	shows("1 two 1 two 1");
	/* All of it is one step. */
	must(trial_run(&t, "undo"), &t.err);
	shows("one two one two one");
	ck_assert_uint_eq(session_edited(t.ctx.session), 0);
}
END_TEST

START_TEST(ends_at_a_task_that_fails)
{
	begin_in_editor();
	must(trial_run(&t, "macro play m 9"), &t.err);
	for (size_t i = 0; i < 3; i++)
		ck_assert(finish());
	ck_assert(!finish());
	ck_assert_str_eq(t.err.text, "m, line 1: replace: not found");
	ck_assert_uint_eq(t.ctx.macros.depth, 0);
	shows("1 two 1 two 1");
	/* What comes now is a step of its own again. */
	must(trial_run(&t, "0 put \"x\""), &t.err);
	must(trial_run(&t, "0 put \"y\""), &t.err);
	must(trial_run(&t, "undo"), &t.err);
	shows("x two 1 two 1");
}
END_TEST

/* Whoever stops the search, or begins another, stops the macro. */
START_TEST(ends_with_its_task)
{
	begin_in_editor();
	must(trial_run(&t, "macro play m 3"), &t.err);
	ck_assert(finish());
	context_cancel(&t.ctx);
	ck_assert_uint_eq(t.ctx.macros.depth, 0);
	must(trial_run(&t, "macro play m 3"), &t.err);
	must(trial_run(&t, "find \"two\""), &t.err);
	ck_assert(finish());
	ck_assert_ptr_null(t.ctx.task);
	ck_assert_uint_eq(t.ctx.macros.depth, 0);
	shows("1 two one two one");
}
END_TEST

START_TEST(repeats_with_tasks)
{
	begin_in_editor();
	must(trial_run(&t, "replace \"two\" \"2\""), &t.err);
	ck_assert(finish());
	must(trial_run(&t, "0; repeat 2"), &t.err);
	ck_assert(finish());
	ck_assert(!finish());
	ck_assert_str_eq(t.err.text, "not found");
	shows("one 2 one 2 one");
}
END_TEST

/* Keys in a row are one line, a paste is one of its own. */
START_TEST(what_is_typed)
{
	trial_must(&t, "macro record keys");
	must(macro_note_typed(&t.ctx.macros, "4", 1, false, false, &t.err),
	     &t.err);
	must(macro_note_typed(&t.ctx.macros, "1", 1, false, true, &t.err),
	     &t.err);
	trial_must(&t, "goto 3");
	must(macro_note_typed(&t.ctx.macros, "\"\\", 2, false, true, &t.err),
	     &t.err);
	must(macro_note_typed(&t.ctx.macros, "\xc3\xa9", 2, false, true,
	                      &t.err),
	     &t.err);
	must(macro_note_typed(&t.ctx.macros, "a\n;b", 4, true, true, &t.err),
	     &t.err);
	must(macro_note_typed(&t.ctx.macros, "c", 1, false, true, &t.err),
	     &t.err);
	must(macro_note_typed(&t.ctx.macros, "d", 1, false, false, &t.err),
	     &t.err);
	trial_must(&t, "macro stop");
	trial_prints(&t, "macro list",
	             "keys type \"41\"\n"
	             "keys goto 3\n"
	             "keys type \"\\x22\\x5c\\xc3\\xa9\"\n"
	             "keys type \"a\\x0a;b\" pasted\n"
	             "keys type \"c\"\n"
	             "keys type \"d\"\n");
	trial_prints(&t, "macro play", "[41][\"\\\xc3\xa9][a\n;b][c][d]");
	/* The last edit is what was typed last, without a break. */
	must(macro_note_typed(&t.ctx.macros, "e", 1, false, true, &t.err),
	     &t.err);
	trial_prints(&t, "repeat", "[de]");
	must(macro_note_typed(&t.ctx.macros, "f", 1, true, true, &t.err),
	     &t.err);
	trial_prints(&t, "repeat", "[f]");
	trial_must(&t, "0 put \"x\"");
	must(macro_note_typed(&t.ctx.macros, "g", 1, false, true, &t.err),
	     &t.err);
	trial_prints(&t, "repeat", "[g]");
}
END_TEST

/* A macro that cannot be remembered whole is not recorded. */
START_TEST(without_memory)
{
	static const char *const lines[] = {
		"put \"x\"",
		"macro stop",
		"macro play m 2",
		"repeat",
	};
	bool recorded = false;

	for (long k = 0; !recorded; k++) {
		ck_assert_int_lt(k, 1000);
		t.ctx.macros.recording = false;
		trial_must(&t, "macro record m");
		mem_fail_after(k);
		recorded = trial_run(&t, lines[0]) && t.ctx.macros.recording &&
		           trial_run(&t, lines[1]);
		mem_fail_after(-1);
	}
	for (size_t i = 2; i < ARRAY_LEN(lines); i++) {
		/* Without memory the last edit is forgotten. */
		trial_must(&t, "0 put \"y\"");
		for (long k = 0;; k++) {
			bool ok;

			ck_assert_int_lt(k, 1000);
			mem_fail_after(k);
			ok = trial_run(&t, lines[i]);
			mem_fail_after(-1);
			if (ok)
				break;
			ck_assert_int_eq(t.err.code, ERR_NOMEM);
			ck_assert_uint_eq(t.ctx.macros.depth, 0);
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("macro");
	TCase *all = tcase_create("all");

	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, goes_on_after_tasks);
	tcase_add_test(all, ends_at_a_task_that_fails);
	tcase_add_test(all, ends_with_its_task);
	tcase_add_test(all, repeats_with_tasks);
	tcase_add_test(all, what_is_typed);
	tcase_add_test(all, without_memory);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
