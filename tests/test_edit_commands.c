/*
 * test_edit_commands.c - tests of the commands that edit
 *
 * The property test has a model: the bytes of the space, and of every state
 * before. What the commands refuse and print stands in tests/batch/edit.t.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "command/context.h"
#include "session.h"
#include "space/view.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "tests/trial.h"

enum { TEXT = 512, STEPS = 40, LINE = 128 };

static struct trial t;

static void setup(void)
{
	static const char *const inputs[] = { "a", "b", NULL };

	faults_reset();
	trial_file("a", "0123456789", 10);
	trial_file("b", "abcdefgh", 8);
	trial_begin(&t, inputs);
}

static void teardown(void)
{
	mem_fail_after(-1);
	trial_end(&t);
}

/* --- the model ----------------------------------------------------------- */

/* The bytes of both files, one behind the other. */
struct model {
	char v[TEXT];
	size_t len, first; /* of both, and of the first file */
};

static void model_splice(struct model *m, size_t at, size_t removed,
                         const char *added, size_t len)
{
	memmove(m->v + at + len, m->v + at + removed, m->len - at - removed);
	memcpy(m->v + at, added, len);
	m->len += len - removed;
}

static void shows(const struct model *m)
{
	char buf[TEXT];
	struct runs runs = { 0 };
	struct view *view = session_view(t.ctx.session);

	ck_assert_uint_eq(view_size(view), m->len);
	must(view_read(view, 0, buf, m->len, 0, &runs, &t.err), &t.err);
	runs_free(&runs);
	ck_assert_mem_eq(buf, m->v, m->len);
}

/* A search sees the bytes as they are now, wherever edits lie in a match. */
static void finds(const struct model *m, uint64_t *seed)
{
	size_t len = 1 + (size_t)random_below(seed, u64_min(3, m->len));
	size_t at = (size_t)random_below(seed, m->len - len + 1);
	char line[LINE], want[32];
	size_t count = 0;

	for (size_t i = 0; i + len <= m->len; i++)
		count += memcmp(m->v + i, m->v + at, len) == 0;
	snprintf(line, LINE, "count -o \"%.*s\"", (int)len, m->v + at);
	snprintf(want, sizeof(want), "%zu\n", count);
	trial_prints(&t, line, want);
}

/* One random edit as a line, and of the model. */
static void edit(struct model *m, uint64_t *seed, char line[static LINE])
{
	size_t at = (size_t)random_below(seed, m->len);
	size_t len = 1 + (size_t)random_below(seed, u64_min(4, m->len - at));
	char c = (char)('A' + random_below(seed, 26));
	char bytes[4];

	memset(bytes, c, sizeof(bytes));
	switch (random_below(seed, 4)) {
	case 0:
		snprintf(line, LINE, "%zu put \"%.*s\" was \"%.*s\"", at,
		         (int)len, bytes, (int)len, m->v + at);
		model_splice(m, at, len, bytes, len);
		break;
	case 1:
		snprintf(line, LINE, "%zu insert \"%c\" %zu", at, c, len);
		model_splice(m, at, 0, bytes, len);
		m->first += at < m->first ? len : 0;
		break;
	case 2:
		snprintf(line, LINE, "%zu,+%zu fill \"%c\"", at, len, c);
		model_splice(m, at, len, bytes, len);
		break;
	default:
		/* Neither file becomes empty. */
		len = 1;
		if (m->first == 1 && at == 0)
			at = 1;
		if (m->len - m->first == 1)
			at = 0;
		if (m->first == 1 && m->len == 2) {
			snprintf(line, LINE, "0 put \"%c\"", c);
			m->v[0] = c;
			break;
		}
		snprintf(line, LINE, "%zu delete", at);
		model_splice(m, at, 1, "", 0);
		m->first -= at < m->first;
		break;
	}
}

START_TEST(test_like_the_model)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(100); n > 0; n--) {
		struct model *past =
			mem_zalloc((STEPS + 1) * sizeof(*past), &t.err);
		size_t here = 0, last = 0;

		must(past != NULL, &t.err);
		memcpy(past[0].v, "0123456789abcdefgh", 18);
		past[0].len = 18;
		past[0].first = 10;
		while (here < STEPS) {
			uint64_t what = random_below(&seed, 6);
			size_t by = 1 + (size_t)random_below(&seed, 3);
			char line[LINE], want[16];

			/* The first edit drops what could be redone. */
			if (last > 0 && what < 2) {
				size_t most = what ? last - here : here;
				size_t steps = size_min(by, most);

				snprintf(line, LINE, "%s %zu",
				         what ? "redo" : "undo", by);
				snprintf(want, sizeof(want), "%zu\n", steps);
				if (most == 0) {
					ck_assert(!trial_run(&t, line));
					ck_assert_int_eq(t.err.code, ERR_NO);
				} else {
					trial_prints(&t, line, want);
				}
				here = what ? here + steps : here - steps;
			} else {
				past[here + 1] = past[here];
				last = ++here;
				edit(&past[here], &seed, line);
				trial_must(&t, line);
			}
			shows(&past[here]);
			finds(&past[here], &seed);
		}
		snprintf(t.said, sizeof(t.said), "undo %d", STEPS);
		trial_must(&t, t.said);
		(void)trial_output(&t, &last);
		mem_free(past);
	}
}
END_TEST

/* Whatever memory fails: nothing is changed, or all of it. */
START_TEST(test_memory)
{
	static const char *const lines[] = {
		"%op xor \"ab\"",
		"0 undo-byte",
		"2,12 copy",
		"4 paste",
		"5,7 cut",
		"paste insert",
		"1,3 move-bytes 6",
		"1,3 duplicate 0 insert",
		"edits as %e",
		"%revert",
		"8 put \"XYZ\" was \"89a\"",
		"3,6 delete",
		"#1:$ insert {ab} 5",
		"%fill u16le:1,2",
		"3,7 fill random",
		"undo 2",
		"redo",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		for (long k = 0;; k++) {
			uint64_t was = session_generation(t.ctx.session);
			bool ok;

			mem_fail_after(k);
			ok = trial_run(&t, lines[i]);
			mem_fail_after(-1);
			if (ok)
				break;
			ck_assert_int_eq(t.err.code, ERR_NOMEM);
			/* undo 2 comes back to where it began. */
			if (strcmp(lines[i], "undo 2") != 0)
				ck_assert_uint_eq(session_generation(
							  t.ctx.session),
				                  was);
			ck_assert_int_lt(k, 1000);
		}
	}
}
END_TEST

/* Marks and the selection stay at their bytes. */
START_TEST(test_places)
{
	static const struct {
		const char *edit;
		uint64_t cursor, mark, start, end; /* 0, 0: nothing selected */
	} rows[] = {
		{ "0 insert \"xy\"", 7, 10, 4, 7 },
		{ "0 delete", 4, 7, 1, 4 },
		/* In front of the first selected byte. */
		{ "2 insert \"x\"", 6, 9, 3, 6 },
		/* Inside of the selection. */
		{ "3 insert \"x\"", 6, 9, 0, 0 },
		/* What is selected is deleted, and the cursor's byte too. */
		{ "2,7 delete", 2, 3, 0, 0 },
		{ "#2:0 insert \"x\"", 5, 8, 2, 5 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t start = 0, end = 0;
		struct place mark;

		trial_must(&t, "8 mark a; 2,5 select; 5");
		trial_must(&t, rows[i].edit);
		ck_assert_uint_eq(t.ctx.cursor.addr, rows[i].cursor);
		ck_assert(context_find(&t.ctx, &t.ctx.marks[0], &mark));
		ck_assert_uint_eq(mark.addr, rows[i].mark);
		ck_assert_int_eq(context_selection(&t.ctx, &start, &end),
		                 rows[i].end > 0);
		ck_assert_uint_eq(start, rows[i].start);
		ck_assert_uint_eq(end, rows[i].end);
		trial_must(&t, "undo; select none");
	}
	trial_prints(&t, "echo", "1\n1\n1\n1\n1\n1\n\n");
}
END_TEST

START_TEST(test_random_fails)
{
	faults_fail(FAULT_RANDOM, 0, 1, EIO);
	trial_fails(&t, "2,5 fill random", ERR_IO,
	            "random numbers: Input/output error", 0);
	ck_assert_uint_eq(session_edited(t.ctx.session), 0);
}
END_TEST

/* Bytes that cannot be read are overwritten on demand only, and never become
   shorter or longer. */
START_TEST(test_force)
{
	static const char bad[] = "the byte at 0x4 has no value (bad: "
				  "Input/output error)";

	faults_bad(4, 2, true);
	faults_fail(FAULT_MAP, 0, 1000, ENOMEM);
	trial_fails(&t, "3 put \"abcd\"", ERR_STATE, bad, 0);
	trial_fails(&t, "3 put! \"abcd\" was \"3456\"", ERR_STATE, bad, 0);
	trial_fails(&t, "%fill zero", ERR_STATE, bad, 0);
	trial_fails(&t, "4 delete", ERR_STATE, bad, 0);
	ck_assert_uint_eq(session_edited(t.ctx.session), 0);
	trial_must(&t, "3 put! \"abcd\"");
	trial_prints(&t, "2,7 print raw", "2abcd");
	trial_must(&t, "3,7 fill! \"x\"");
	trial_prints(&t, "2,7 print raw", "2xxxx");
	trial_must(&t, "undo 2");
	(void)trial_output(&t, NULL);
	trial_fails(&t, "4 put \"x\"", ERR_STATE, bad, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("edit commands");
	TCase *all = tcase_create("all");

	tcase_set_timeout(all, 120);
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_test(all, test_like_the_model);
	tcase_add_test(all, test_memory);
	tcase_add_test(all, test_places);
	tcase_add_test(all, test_random_fails);
	tcase_add_test(all, test_force);
	suite_add_tcase(suite, all);
	return run_suite(suite);
}
