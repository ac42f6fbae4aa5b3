/*
 * test_patch.c - tests of src/command/cmd_patch.c, patch_save.c and
 * patch_apply.c
 *
 * Whatever was edited: saved as a patch, taken back and applied, it is again
 * what it was.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "edit/past.h"
#include "session.h"
#include "space/view.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "tests/trial.h"

enum { BYTES = 4096 };

static struct trial t;

struct image {
	unsigned char v[BYTES];
	size_t len;
};

static void look(struct image *image)
{
	const struct view *view = session_view(t.ctx.session);
	struct runs runs = { 0 };

	image->len = (size_t)view_size(view);
	ck_assert_uint_le(image->len, BYTES);
	must(view_read(view, 0, image->v, image->len, 0, &runs, &t.err),
	     &t.err);
	runs_free(&runs);
}

static void is_same(const struct image *want)
{
	static struct image now;

	look(&now);
	ck_assert_uint_eq(now.len, want->len);
	ck_assert_mem_eq(now.v, want->v, now.len);
}

static void begin(void)
{
	static const char *const inputs[] = { "a", "b", "c skip 2", NULL };
	char text[200];

	ck_assert_int_eq(chdir(scratch()), 0);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	trial_file("a", text, 100);
	trial_file("b", text, 7);
	trial_file("c", text, 60);
	trial_begin(&t, inputs);
}

static void undo_all(void)
{
	struct error err;

	while (session_undo(t.ctx.session, &err))
		continue;
}

/* Edits as they come; those of the last sort change no length. */
static void random_edit(uint64_t *state, bool resize)
{
	static struct image now;
	size_t at, len;
	char line[100];

	look(&now);
	at = now.len > 0 ? (size_t)random_below(state, now.len) : 0;
	len = now.len > 0 ? 1 + (size_t)random_below(state, now.len - at) : 0;
	switch (random_below(state, resize ? 6 : 3)) {
	case 0:
		snprintf(line, sizeof(line), "%zu put \"%c%c\"", at,
		         (char)('A' + (int)random_below(state, 26)), '#');
		break;
	case 1:
		snprintf(line, sizeof(line), "%zu,+%zu fill {%02x}", at, len,
		         (unsigned)random_below(state, 256));
		break;
	case 2:
		snprintf(line, sizeof(line), "%zu put \"-\"", at);
		break;
	case 3:
		snprintf(line, sizeof(line), "%zu,+%zu delete", at,
		         size_min(len, 10));
		break;
	case 4:
		snprintf(line, sizeof(line), "%zu insert \"in\" %zu", at,
		         1 + (size_t)random_below(state, 60));
		break;
	default:
		snprintf(line, sizeof(line), "#%u:$ insert \"end\"",
		         1 + (unsigned)random_below(state, 3));
		break;
	}
	/* Some cannot be done: over the end, or of nothing. */
	(void)trial_run(&t, line);
}

START_TEST(apply_what_was_saved)
{
	static const char *const forms[] = { "hex", "json", "ips" };
	static struct image want, base;
	uint64_t state = random_seed();

	for (size_t n = cases(300); n > 0; n--) {
		size_t form = (size_t)random_below(&state, 3);
		char line[64];

		begin();
		look(&base);
		for (size_t i = random_below(&state, 20); i > 0; i--)
			random_edit(&state, form != 2);
		look(&want);
		snprintf(line, sizeof(line), "patch! save p as %s",
		         forms[form]);
		trial_must(&t, line);
		undo_all();
		is_same(&base);
		trial_must(&t, "patch apply p");
		is_same(&want);
		/* One step. */
		if (past_done(session_past(t.ctx.session)) > 0)
			trial_must(&t, "undo");
		is_same(&base);
		trial_end(&t);
	}
}
END_TEST

/* File by file, to copies of other names. */
START_TEST(apply_to_segments)
{
	static struct image want;
	uint64_t state = random_seed();

	for (size_t n = cases(100); n > 0; n--) {
		bool ips = random_below(&state, 2);

		begin();
		for (size_t i = random_below(&state, 20); i > 0; i--)
			random_edit(&state, !ips);
		look(&want);
		trial_must(&t,
		           ips ? "patch! save p.ips #1; patch! save q.ips #2"
		                 "; patch! save r.ips #3"
		               : "patch! save p.ips #1 as hex; patch! save "
		                 "q.ips #2 as json; patch! save r.ips #3 "
		                 "as hex");
		undo_all();
		trial_must(&t, "patch apply r.ips #3; patch apply q.ips #2; "
		               "patch apply p.ips #1");
		is_same(&want);
		trial_end(&t);
	}
}
END_TEST

/* All or nothing, whatever fails. */
START_TEST(failures)
{
	static struct image want, base;
	static const enum fault_call calls[] = { FAULT_OPEN, FAULT_READ,
		                                 FAULT_FSTAT, FAULT_STAT };
	bool ok = false;

	begin();
	look(&base);
	trial_must(&t, "5 put \"xyz\"; 98,+6 fill \"w\"; 20 insert \"new\"; "
	               "40,+8 delete");
	look(&want);
	for (size_t i = 0; i < 2; i++, ok = false) {
		for (long fail = 0; !ok; fail++) {
			mem_fail_after(fail);
			ok = trial_run(&t, i ? "patch! save p"
			                     : "patch! save p from 2");
			mem_fail_after(-1);
			ck_assert(ok || t.err.code == ERR_NOMEM);
			is_same(&want);
		}
	}
	undo_all();
	is_same(&base);
	ok = false;
	for (long fail = 0; !ok; fail++) {
		is_same(&base);
		mem_fail_after(fail);
		ok = trial_run(&t, "patch apply p");
		mem_fail_after(-1);
		ck_assert(ok || t.err.code == ERR_NOMEM);
	}
	is_same(&want);
	undo_all();
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		for (size_t first = 0;; first++) {
			faults_reset();
			faults_fail(calls[i], first, 1, EIO);
			ok = trial_run(&t, "patch apply p");
			if (!faults_happened())
				break;
			is_same(ok ? &want : &base);
			undo_all();
		}
		undo_all();
	}
	faults_reset();
	trial_end(&t);
}
END_TEST

/* What was done after any step, whatever was done before. */
START_TEST(from_a_step)
{
	static struct image want, then;
	uint64_t state = random_seed();

	for (size_t n = cases(300); n > 0; n--) {
		const struct past *past;
		size_t number;
		char line[64];

		begin();
		for (size_t i = 1 + random_below(&state, 20); i > 0; i--)
			random_edit(&state, true);
		past = session_past(t.ctx.session);
		number = (size_t)random_below(&state, past_done(past) + 1);
		look(&want);
		snprintf(line, sizeof(line), "patch! save p from %zu as %s",
		         number, n % 2 ? "hex" : "json");
		trial_must(&t, line);
		is_same(&want);
		snprintf(line, sizeof(line), "history %zu", number);
		trial_must(&t, line);
		look(&then);
		trial_must(&t, "patch apply p");
		is_same(&want);
		if (past_done(past) > number)
			trial_must(&t, "undo");
		is_same(&then);
		trial_end(&t);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("patch");
	TCase *tc = tcase_create("patch");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, apply_what_was_saved);
	tcase_add_test(tc, apply_to_segments);
	tcase_add_test(tc, from_a_step);
	tcase_add_test(tc, failures);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
