/*
 * test_session_history.c - tests of src/session_history.c, src/edit/backout.c
 * and src/edit/compare.c
 *
 * The model keeps what the file was before each step. Steps that are taken back
 * as they were made, the last first, must give exactly that. Of one that others
 * followed is known what it replaced by what: some such bytes, and no others,
 * must be back.
 */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "edit/backout.h"
#include "edit/past.h"
#include "edit/tree.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { TEXT = 256, STEPS = 60, LONG = 120 };

static struct session *session;
static struct error err;

static void setup(void)
{
	desk_begin();
	session = desk_session(&faults_sys, NULL);
}

static void teardown(void)
{
	desk_finish(&session);
}

/* Open a file with this text, or a device that is only read. */
static void open_text(const char *name, const char *text, const char *how)
{
	char line[TEXT];

	desk_file(name, text);
	snprintf(line, sizeof(line), "%s %s", name, how);
	desk_open(session, line);
}

static const char *bytes(void)
{
	static char text[DESK_TEXT];

	(void)desk_text(session_view(session), text);
	return text;
}

static size_t done(void)
{
	return past_done(session_past(session));
}

static bool edit(uint64_t addr, uint64_t removed, const char *text)
{
	return desk_splice(session, desk_place(session, addr), removed, text, 0,
	                   &err);
}

static void put(uint64_t addr, uint64_t removed, const char *text)
{
	must(edit(addr, removed, text), &err);
}

static bool back_out(size_t number)
{
	return session_back_out(session, &number, 1, &err);
}

/* --- cases --------------------------------------------------------------- */

/* Edits of "abcdefgh" as {address, removed, added}, then which step is taken
   back, and what comes of it. */
static const struct {
	struct {
		uint64_t addr, removed;
		const char *added;
	} edits[4];
	size_t number;
	const char *want; /* NULL: refused */
	const char *why;
} rows[] = {
	/* Alone; with others elsewhere. */
	{ { { 2, 2, "XY" } }, 1, "abcdefgh", "" },
	{ { { 2, 2, "XY" }, { 4, 1, "Z" } }, 1, "abcdZfgh", "" },
	{ { { 2, 2, "XY" }, { 1, 1, "Z" } }, 1, "aZcdefgh", "" },
	/* What is in front of it has another length now. */
	{ { { 2, 2, "XY" }, { 0, 0, "12" } }, 1, "12abcdefgh", "" },
	{ { { 2, 2, "XY" }, { 0, 2, "" } }, 1, "cdefgh", "" },
	{ { { 2, 2, "XY" }, { 2, 0, "1" } }, 1, "ab1cdefgh", "" },
	{ { { 2, 2, "XY" }, { 4, 0, "1" } }, 1, "abcd1efgh", "" },
	/* It has another length itself. */
	{ { { 2, 2, "" }, { 4, 1, "Z" } }, 1, "abcdefZh", "" },
	{ { { 2, 0, "123" }, { 6, 1, "Z" } }, 1, "abcZefgh", "" },
	{ { { 2, 1, "123" }, { 7, 0, "Z" } }, 1, "abcdeZfgh", "" },
	/* Its bytes were overwritten; with what was there, too. */
	{ { { 2, 2, "XY" }, { 3, 1, "Z" } },
	  1,
	  NULL,
	  "step 1: its bytes were changed since by step 2 (f, at 0x3)" },
	/* The last one that did it, wherever it stood then. */
	{ { { 2, 2, "XY" }, { 3, 1, "Z" }, { 3, 1, "V" }, { 2, 1, "X" } },
	  1,
	  NULL,
	  "since by step 3 (f, at 0x3)" },
	{ { { 2, 2, "XY" }, { 3, 1, "Z" }, { 0, 0, "123" }, { 1, 1, "" } },
	  1,
	  NULL,
	  "since by step 2 (f, at 0x5)" },
	{ { { 2, 2, "XY" }, { 3, 1, "Z" }, { 0, 2, "1" }, { 4, 2, "2" } },
	  1,
	  NULL,
	  "since by step 2 (f, at 0x2)" },
	{ { { 2, 2, "XY" }, { 3, 1, "Y" } }, 1, "abcdefgh", "" },
	{ { { 2, 2, "XY" }, { 3, 1, "Z" }, { 3, 1, "Y" } }, 1, "abcdefgh", "" },
	{ { { 2, 2, "XY" }, { 0, 8, "abXYefgh" } }, 1, "abcdefgh", "" },
	/* They are gone, or are not in one piece. */
	{ { { 2, 2, "XY" }, { 3, 1, "" } },
	  1,
	  NULL,
	  "step 1: its bytes were removed or moved since (f, at 0x2)" },
	{ { { 2, 2, "XY" }, { 3, 0, "1" } }, 1, NULL, "removed or moved" },
	{ { { 6, 2, "XY" }, { 2, 6, "" } }, 1, NULL, "removed or moved" },
	/* Where nothing is left: what is put there is in its place. */
	{ { { 2, 2, "" }, { 2, 0, "12" } }, 1, NULL, "removed or moved" },
	{ { { 2, 2, "" }, { 1, 3, "" } }, 1, NULL, "removed or moved" },
	{ { { 2, 2, "" }, { 2, 2, "" } }, 1, "abcdgh", "" },
	{ { { 2, 2, "" }, { 0, 2, "" } }, 1, "cdefgh", "" },
	/* The last one, and one in the middle. */
	{ { { 2, 2, "XY" }, { 3, 1, "Z" } }, 2, "abXYefgh", "" },
	{ { { 2, 2, "XY" }, { 3, 1, "" }, { 2, 1, "1" } }, 2, "ab1Yefgh", "" },
};

START_TEST(one_step)
{
	size_t number = rows[_i].number;
	unsigned char why[4];

	open_text("f", "abcdefgh", "");
	for (size_t i = 0; i < 4 && rows[_i].edits[i].added; i++)
		put(rows[_i].edits[i].addr, rows[_i].edits[i].removed,
		    rows[_i].edits[i].added);
	must(session_look_back(session, 1, why, &err), &err);
	ck_assert((why[number - 1] == BACKOUT_CAN) == (rows[_i].want != NULL));
	ck_assert(back_out(number) == (rows[_i].want != NULL));
	if (rows[_i].want)
		ck_assert_str_eq(bytes(), rows[_i].want);
	else
		ck_assert_ptr_nonnull(strstr(err.text, rows[_i].why));
}
END_TEST

/* Moved bytes have gone elsewhere, and what is there now is not theirs. */
START_TEST(moved_bytes)
{
	open_text("f", "abcdefgh", "");
	put(2, 2, "XY");
	must(session_move(session, 2, 1, space_place(session_space(session), 6),
	                  &err),
	     &err);
	ck_assert_str_eq(bytes(), "abYefXgh");
	ck_assert(!back_out(1));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	must(back_out(2), &err);
	must(back_out(1), &err);
	ck_assert_str_eq(bytes(), "abcdefgh");
	/* Where bytes of the file stand in another order, nothing is put. */
	put(1, 2, "");
	must(session_move(session, 1, 1, space_place(session_space(session), 0),
	                  &err),
	     &err);
	ck_assert(!back_out(5));
}
END_TEST

/* Where a joined step is, once all of it is made. */
START_TEST(the_place_of_a_step)
{
	static const struct {
		uint64_t addr, removed;
		const char *text;
		uint64_t off; /* of the step */
	} later[] = {
		{ 12, 1, "b", 8 }, /* behind it */
		{ 2, 1, "", 7 },   /* in front of it: it moves */
		{ 2, 0, "abc", 11 }, { 0, 20, "", 0 }, /* over it */
		{ 4, 6, "xyz", 4 },
	};
	struct step_sum sum;

	open_text("f", "0123456789abcdefghijklmnopqrstuvwxyz", "rw");
	session_join(session, true);
	put(8, 1, "x");
	put(later[_i].addr, later[_i].removed, later[_i].text);
	session_join(session, false);
	ck_assert_uint_eq(done(), 1);
	sum = step_sum(session_past(session),
	               past_step(session_past(session), 1).from);
	ck_assert_uint_eq(sum.off, later[_i].off);
	ck_assert_uint_eq(sum.first_off, 8);
}
END_TEST

START_TEST(what_a_file_allows)
{
	struct past_step step;

	open_text("f", "abcd", "");
	open_text("g", "efgh", "");
	session_set_what(session, "put");
	put(1, 1, "X");
	session_set_what(session, NULL);
	put(5, 1, "Y");
	must(session_set_note(session, 2, "why", &err), &err);
	step = past_step(session_past(session), 1);
	ck_assert_str_eq(step.what, "put");
	ck_assert_ptr_null(step.note);
	ck_assert_int_gt(step.time, 1000000000);
	step = past_step(session_past(session), 2);
	ck_assert_ptr_null(step.what);
	ck_assert_str_eq(step.note, "why");
	/* A file that is not open any more. */
	must(session_revert(session, 5, 1, &err), &err);
	must(session_close(session, 2, &err), &err);
	ck_assert(!back_out(2));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_str_eq(err.text, "step 2: its file is not open");
	must(back_out(1), &err);
	ck_assert_str_eq(bytes(), "abcd");
}
END_TEST

/* A file that was loaded anew, and is shorter now, has no such bytes. */
START_TEST(file_became_shorter)
{
	open_text("f", "abcdefgh", "");
	put(6, 2, "");
	put(0, 1, "X");
	must(session_revert(session, 0, 6, &err), &err);
	ck_assert_uint_eq(session_edited(session), 0);
	free(scratch_file("f", "abcde", 5));
	must(session_reload(session, 1, false, &err), &err);
	ck_assert(!back_out(1));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert(!back_out(2));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert_str_eq(bytes(), "abcde");
}
END_TEST

/* --- any edits ----------------------------------------------------------- */

struct step {
	char before[TEXT];
	char removed[TEXT], added[TEXT]; /* if it is simple */
	bool simple;
};

struct model {
	struct step v[STEPS];
	char now[TEXT];
	size_t count, done;
};

/* Unmarked bytes of the file stand in their order. */
static void check_order(void)
{
	const struct segment *seg = space_segment(session_space(session), 0);
	const struct tree *root = document_root(seg->doc);
	struct tree_walk walk;
	struct piece piece;
	uint64_t last = 0;

	if (!root)
		return;
	ck_assert_ptr_null(tree_check(root));
	tree_walk(&walk, root, 0);
	while (tree_next(&walk, &piece)) {
		if (piece.tag != PIECE_BASE)
			continue;
		ck_assert_uint_ge(piece.off, last);
		last = piece.off + piece.len;
	}
}

static struct step *new_step(struct model *m)
{
	struct step *step = &m->v[m->done++];

	m->count = m->done;
	*step = (struct step){ 0 };
	strcpy(step->before, m->now);
	strcpy(m->now, bytes());
	return step;
}

static void random_edit(struct model *m, uint64_t *state)
{
	size_t size = strlen(m->now), n = (size_t)random_below(state, 4);
	size_t at = (size_t)random_below(state, size + 1);
	size_t removed = size_min((size_t)random_below(state, 4), size - at);
	char text[5] = "";
	struct step *step;

	if (random_below(state, 2) || size - at < n || size > LONG)
		n = removed;
	for (size_t i = 0; i < n; i++)
		text[i] = (char)('a' + (int)random_below(state, 3));
	if (n + removed == 0)
		return;
	put(at, removed, text);
	step = new_step(m);
	step->simple = true;
	memcpy(step->removed, step->before + at, removed);
	strcpy(step->added, text);
}

static void random_move(struct model *m, uint64_t *state)
{
	size_t size = strlen(m->now);
	size_t at = (size_t)random_below(state, size);
	size_t len = 1 + (size_t)random_below(state, size - at);
	struct place to = space_place(session_space(session),
	                              random_below(state, size + 1));

	/* Where it is already is no step: the caller looks. */
	must(session_move(session, at, len, to, &err), &err);
}

/* Is `now` what `before` is with some `added` in it replaced by `removed`? */
static bool is_taken_back(const struct step *step, const char *before,
                          const char *now)
{
	size_t len = strlen(step->added);
	char want[2 * TEXT];

	for (size_t at = 0; at + len <= strlen(before); at++) {
		if (strncmp(before + at, step->added, len) != 0)
			continue;
		snprintf(want, sizeof(want), "%.*s%s%s", (int)at, before,
		         step->removed, before + at + len);
		if (strcmp(want, now) == 0)
			return true;
	}
	return false;
}

static void take_one(struct model *m, uint64_t *state, size_t *went)
{
	size_t number = 1 + (size_t)random_below(state, m->done);
	const struct step *step = &m->v[number - 1];
	unsigned char why[STEPS];
	bool can;

	must(session_look_back(session, 1, why, &err), &err);
	ck_assert_str_eq(bytes(), m->now);
	can = why[number - 1] == BACKOUT_CAN;
	ck_assert(number < m->done || can);
	ck_assert(back_out(number) == can);
	if (!can) {
		ck_assert_str_eq(bytes(), m->now);
		return;
	}
	if (number == m->done)
		ck_assert_str_eq(bytes(), step->before);
	if (step->simple)
		ck_assert(is_taken_back(step, m->now, bytes()));
	*went += number < m->done;
	(void)new_step(m);
}

/* The last ones, all of them, or as many of these as can be. */
static void take_many(struct model *m, uint64_t *state)
{
	size_t n = 1 + (size_t)random_below(state, m->done);
	size_t numbers[STEPS];

	for (size_t i = 0; i < n; i++)
		numbers[i] = m->done - i;
	must(session_back_out(session, numbers, n, &err), &err);
	ck_assert_str_eq(bytes(), m->v[m->done - n].before);
	if (n == m->done)
		ck_assert_uint_eq(session_edited(session), 0);
	(void)new_step(m);
}

static void go(struct model *m, bool back)
{
	if (back ? m->done == 0 : m->done == m->count)
		return;
	if (!back)
		m->done++;
	must(back ? session_undo(session, &err) : session_redo(session, &err),
	     &err);
	if (back)
		m->done--;
	strcpy(m->now, bytes());
	if (back)
		ck_assert_str_eq(m->now, m->v[m->done].before);
}

START_TEST(any_edits)
{
	uint64_t state = random_seed();
	size_t went = 0;

	for (size_t n = cases(300); n > 0; n--) {
		static struct model m;

		setup();
		m.count = m.done = 0;
		strcpy(m.now, "abcabcaabbccabc");
		open_text("f", m.now, "");
		while (m.done < STEPS - 2 && m.count < STEPS - 2) {
			uint64_t what = random_below(&state, 20);
			size_t size = strlen(m.now);

			if (what < 10 || m.done == 0 || size == 0)
				random_edit(&m, &state);
			else if (what < 12)
				go(&m, true);
			else if (what < 13)
				go(&m, false);
			else if (what < 18)
				take_one(&m, &state, &went);
			else if (what < 19)
				take_many(&m, &state);
			else
				random_move(&m, &state);
			if (done() == m.done + 1)
				(void)new_step(&m);
			ck_assert_uint_eq(done(), m.done);
			check_order();
			if (random_below(&state, 40) == 0)
				break;
		}
		teardown();
	}
	/* The test is about these. */
	ck_assert_uint_gt(went, 0);
}
END_TEST

/* Without memory, nothing. */
START_TEST(without_memory)
{
	unsigned char why[3];

	open_text("f", "abcdefgh", "");
	put(2, 2, "XY");
	put(0, 0, "12");
	put(6, 1, "");
	for (long fail = 0;; fail++) {
		bool ok;

		mem_fail_after(fail);
		ok = session_look_back(session, 1, why, &err);
		mem_fail_after(-1);
		if (ok)
			break;
		ck_assert_int_eq(err.code, ERR_NOMEM);
	}
	for (long fail = 0;; fail++) {
		bool ok;

		ck_assert_str_eq(bytes(), "12abXYfgh");
		mem_fail_after(fail);
		ok = back_out(1);
		mem_fail_after(-1);
		if (ok)
			break;
		ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert_uint_eq(done(), 3);
	}
	ck_assert_str_eq(bytes(), "12abcdfgh");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session_history");
	TCase *tc = tcase_create("cases");
	TCase *any = tcase_create("any");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, one_step, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, moved_bytes);
	tcase_add_loop_test(tc, the_place_of_a_step, 0, 5);
	tcase_add_test(tc, what_a_file_allows);
	tcase_add_test(tc, file_became_shorter);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	tcase_set_timeout(any, 120);
	tcase_add_test(any, any_edits);
	suite_add_tcase(s, any);
	return run_suite(s);
}
