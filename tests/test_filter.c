/*
 * test_filter.c - tests of src/command/cmd_filter.c and src/base/child.c
 *
 * What programs do with their pipes: read none, half or all, write early, late,
 * too much, or never end.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/error.h"
#include "base/mem.h"
#include "command/context.h"
#include "session.h"
#include "space/view.h"
#include "tests/support.h"
#include "tests/trial.h"

enum { SIZE = 300000 }; /* more than a pipe holds */

static struct trial t;
static unsigned char bytes[SIZE], is[2 * SIZE];

static void setup(void)
{
	const char *const inputs[] = { "a", NULL };

	(void)signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (unsigned char)(i * 7 + i / 1000);
	trial_file("a", bytes, SIZE);
	trial_begin(&t, inputs);
}

static void teardown(void)
{
	trial_end(&t);
}

static size_t load(void)
{
	size_t size = (size_t)space_size(context_space(&t.ctx));
	struct runs runs = { 0 };
	struct error err;

	must(view_read(session_view(t.ctx.session), 0, is, size, 0, &runs,
	               &err),
	     &err);
	runs_free(&runs);
	return size;
}

START_TEST(all_bytes_come_through)
{
	trial_must(&t, "%filter cat");
	ck_assert_uint_eq(load(), SIZE);
	ck_assert_int_eq(memcmp(is, bytes, SIZE), 0);
	/* Bytes below and above stay. */
	trial_must(&t, "5,250000 filter tr '\\000-\\377' '\\001-\\377\\000'");
	load();
	for (size_t i = 0; i < SIZE; i++)
		ck_assert_uint_eq(is[i],
		                  (unsigned char)(bytes[i] +
		                                  (i >= 5 && i < 250000)));
	trial_must(&t, "undo 2");
	ck_assert_uint_eq(session_edited(t.ctx.session), 0);
}
END_TEST

/* It begins to write when it has read all, or writes before it reads. */
START_TEST(neither_waits_for_the_other)
{
	trial_must(&t,
	           "% filter f=$(mktemp); cat >\"$f\"; cat \"$f\"; rm \"$f\"");
	ck_assert_uint_eq(load(), SIZE);
	ck_assert_int_eq(memcmp(is, bytes, SIZE), 0);
	trial_must(&t, "% filter head -c 299990 /dev/zero; tail -c 10");
	load();
	ck_assert_int_eq(memcmp(is + SIZE - 10, bytes + SIZE - 10, 10), 0);
	ck_assert_uint_eq(is[100] | is[299989], 0);
}
END_TEST

START_TEST(lengths_change_where_allowed)
{
	trial_must(&t, "10,20 filter! cat; printf xyz");
	ck_assert_uint_eq(load(), SIZE + 3);
	ck_assert_int_eq(memcmp(is + 20, "xyz", 3), 0);
	ck_assert_int_eq(memcmp(is + 23, bytes + 20, SIZE - 20), 0);
	trial_must(&t, "0,1000 filter! true");
	ck_assert_uint_eq(load(), SIZE + 3 - 1000);
	trial_must(&t, "undo 2; set insert");
	(void)trial_output(&t, NULL);
	trial_must(&t, "0,1000 filter cat; cat a");
	ck_assert_uint_eq(load(), 2 * SIZE);
}
END_TEST

static const struct {
	const char *line, *text;
	enum err code;
} refused[] = {
	{ "% filter head -c 100",
	  "it gives 100 bytes for 300000 (filter! changes the length)",
	  ERR_RANGE },
	{ "% filter cat; printf x",
	  "it gives more than 300000 bytes (filter! changes the length)",
	  ERR_RANGE },
	{ "% filter cat; exit 1", "it ended with status 1", ERR_STATE },
	{ "% filter cat; printf 'no\\033\\nyes' >&2; exit 7",
	  "it ended with status 7: no\\x1b", ERR_STATE },
	{ "% filter kill -15 $$", "it ended with signal 15", ERR_STATE },
	/* A pipe full of complaints does not stop it. */
	{ "% filter cat; head -c 200000 /dev/zero >&2; exit 1", NULL,
	  ERR_STATE },
};

START_TEST(refuses)
{
	ck_assert(!trial_run(&t, refused[_i].line));
	if (refused[_i].text)
		ck_assert_str_eq(t.err.text, refused[_i].text);
	ck_assert_int_eq(t.err.code, refused[_i].code);
	ck_assert_uint_eq(session_edited(t.ctx.session), 0);
}
END_TEST

/* A program that reads and writes nothing is ended with all that it started. */
START_TEST(can_be_cancelled)
{
	t.ctx.batch = false;
	trial_must(&t,
	           "% filter trap '' TERM; sleep 1000 & echo $! >pid; wait");
	while (access("pid", F_OK) != 0)
		(void)usleep(1000);
	/* A batch waits for what it stops. */
	t.ctx.batch = true;
	context_cancel(&t.ctx);
}
END_TEST

START_TEST(memory_runs_out)
{
	bool ok = false;

	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = trial_run(&t, "0,2000 filter tr '\\007' x");
		mem_fail_after(-1);
		ck_assert(ok || t.err.code == ERR_NOMEM);
		ck_assert(ok || session_edited(t.ctx.session) == 0);
	}
}
END_TEST

START_TEST(a_child_has_pipes_and_no_terminal)
{
	struct child child;
	struct error err;
	char text[100] = "";
	size_t len = 0;
	int status = -1;
	char how[32];

	must(child_start(&child,
	                 "cat; echo end >&2; true </dev/tty && echo tty", &err),
	     &err);
	ck_assert_uint_eq(child_poll(&child, CHILD_IN | CHILD_OUT, 0),
	                  CHILD_IN);
	ck_assert_int_eq(child_read(child.out, text, 1), -EAGAIN);
	ck_assert_int_eq(child_write(&child, "abc", 3), 3);
	child_close(&child.in);
	for (int64_t n; len < sizeof(text); len += (size_t)n) {
		while (!child_poll(&child, CHILD_OUT, 1000))
			;
		n = child_read(child.out, text + len, sizeof(text) - len);
		if (n <= 0)
			break;
	}
	ck_assert_str_eq(text, "abc");
	while (!child_ended(&child, &status))
		;
	ck_assert_ptr_nonnull(child_wrong(status, how));
	child_stop(&child);
	ck_assert_int_eq(child.in & child.out & child.err, -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("filter");
	TCase *tc = tcase_create("filter");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, all_bytes_come_through);
	tcase_add_test(tc, neither_waits_for_the_other);
	tcase_add_test(tc, lengths_change_where_allowed);
	tcase_add_loop_test(tc, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(tc, can_be_cancelled);
	tcase_add_test(tc, memory_runs_out);
	tcase_add_test(tc, a_child_has_pipes_and_no_terminal);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
