/*
 * test_past.c - tests of src/edit/past.h
 *
 * The model is an array of the changes, with the groups they belong to.
 */
#include "config.h"

#include "edit/past.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support.h"

enum { MOST = 150 };

static struct error err;

/* A change in the model. */
struct noted {
	struct change change;
	bool first;
	const char *what; /* if so, of the step */
	int64_t time;
	char note[8];
};

struct model {
	struct noted v[2 * MOST];
	size_t len; /* all */
	size_t at;  /* done */
};

static uint64_t any(uint64_t *state)
{
	return random_u64(state) >> random_below(state, 64);
}

static struct pieces random_pieces(uint64_t *state)
{
	struct piece v[40];
	size_t count = (size_t)random_below(state, TREE_FEW + 1);

	if (random_below(state, 8) == 0)
		count = 6 + (size_t)random_below(state, 30);
	for (size_t i = 0; i < count; i++)
		v[i] = (struct piece){
			.len = 1 + (any(state) >> 8),
			.off = any(state),
			.tag = (unsigned char)random_below(state, 16),
		};
	if (count > TREE_FEW) {
		struct pieces pieces = { .tree = tree_new(v, count, &err) };

		must(pieces.tree, &err);
		pieces.len = tree_len(pieces.tree);
		return pieces;
	}
	return (struct pieces){
		.len = 0,
		.count = count,
		.v = { v[0], v[1], v[2], v[3] },
	};
}

static struct change random_change(uint64_t *state)
{
	struct change change = { .doc = 1 + (any(state) >> 2),
		                 .off = any(state) };
	struct pieces *parts[] = { &change.removed, &change.added };

	for (size_t i = 0; i < 2; i++) {
		*parts[i] = random_pieces(state);
		for (size_t k = 0; k < parts[i]->count; k++)
			parts[i]->len += parts[i]->v[k].len;
	}
	return change;
}

static void same_pieces(const struct pieces *a, const struct pieces *b)
{
	ck_assert_uint_eq(a->len, b->len);
	ck_assert_ptr_eq(a->tree, b->tree);
	if (a->tree)
		return;
	ck_assert_uint_eq(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		ck_assert_uint_eq(a->v[i].len, b->v[i].len);
		ck_assert_uint_eq(a->v[i].off, b->v[i].off);
		ck_assert_uint_eq(a->v[i].tag, b->v[i].tag);
	}
}

static void same(const struct noted *want, const struct change *got, bool first)
{
	ck_assert_uint_eq(want->change.doc, got->doc);
	ck_assert_uint_eq(want->change.off, got->off);
	ck_assert(want->first == first);
	same_pieces(&want->change.removed, &got->removed);
	same_pieces(&want->change.added, &got->added);
}

static void check_steps(const struct past *h, const struct model *m)
{
	size_t number = 0;

	for (size_t i = 0; i < m->len; i++) {
		const struct noted *want = &m->v[i];
		struct past_step step;
		struct change change;
		bool first;

		if (!want->first)
			continue;
		step = past_step(h, ++number);
		ck_assert_pstr_eq(step.what, want->what);
		ck_assert_int_eq(step.time, want->time);
		ck_assert_str_eq(step.note ? step.note : "", want->note);
		ck_assert(past_next(h, &step.from, &change, &first));
		same(want, &change, first);
	}
}

static void check_all(const struct past *h, const struct model *m)
{
	struct past_place place = past_here(h);
	struct past_place from = place;
	struct change change;
	size_t done = 0, undone = 0;
	bool first;

	for (size_t i = m->at; i < m->len; i++) {
		ck_assert(past_next(h, &place, &change, &first));
		same(&m->v[i], &change, first);
		undone += first;
	}
	place = from;
	for (size_t i = m->at; i > 0; i--) {
		ck_assert(past_previous(h, &place, &change, &first));
		same(&m->v[i - 1], &change, first);
		done += first;
	}
	ck_assert(!past_previous(h, &place, &change, &first));
	ck_assert_uint_eq(past_done(h), done);
	ck_assert_uint_eq(past_undone(h), undone);
	check_steps(h, m);
}

static void forget(struct model *m, size_t from)
{
	for (size_t i = from; i < m->len; i++)
		change_clear(&m->v[i].change);
	m->len = from;
}

/* A group of 1 to 4 changes, committed or cancelled. */
static void random_group(struct past *h, struct model *m, uint64_t *state)
{
	size_t count = 1 + (size_t)random_below(state, 4);
	bool join = random_below(state, 3) == 0;
	bool commit = random_below(state, 4) > 0;
	const char *const names[] = { "put", NULL, "fill" };
	const char *what = names[random_below(state, ARRAY_LEN(names))];
	int64_t time = (int64_t)any(state);
	struct change v[4];

	past_set_label(h, what, time);
	for (size_t i = 0; i < count; i++) {
		v[i] = random_change(state);
		must(past_add(h, &v[i], &err), &err);
	}
	if (!commit) {
		past_cancel(h);
		for (size_t i = 0; i < count; i++)
			change_clear(&v[i]);
		return;
	}
	past_commit(h, join);
	join = join && m->at > 0 && m->at == m->len;
	forget(m, m->at);
	for (size_t i = 0; i < count; i++)
		m->v[m->len++] =
			(struct noted){ v[i], i == 0 && !join, what, time, "" };
	m->at = m->len;
}

/* Give any step a note, or take it. */
static void random_note(struct past *h, struct model *m, uint64_t *state)
{
	size_t most = past_done(h) + past_undone(h), number;
	struct noted *first = m->v;

	if (most == 0)
		return;
	number = 1 + (size_t)random_below(state, most);
	for (size_t n = 0;; first++) {
		n += first->first;
		if (n == number)
			break;
	}
	snprintf(first->note, sizeof(first->note), "%.*s",
	         (int)random_below(state, 4), "why");
	must(past_set_note(h, number, first->note, &err), &err);
}

/* Take a group back, or make one again. */
static void move(struct past *h, struct model *m, bool back)
{
	struct past_place place = past_here(h), to = place;
	struct change change;
	bool first = false;

	if (back ? m->at == 0 : m->at == m->len)
		return;
	if (back) {
		while (!first) {
			ck_assert(past_previous(h, &place, &change, &first));
			m->at--;
		}
		past_move(h, place);
		return;
	}
	while (past_next(h, &place, &change, &first)) {
		if (first && to.pos != past_here(h).pos)
			break;
		to = place;
		m->at++;
	}
	past_move(h, to);
}

START_TEST(any_groups)
{
	static struct model m;
	uint64_t state = random_seed();

	for (size_t n = cases(20); n > 0; n--) {
		struct past *h = past_new(&err);

		must(h, &err);
		while (m.len < MOST) {
			unsigned what = (unsigned)random_below(&state, 10);

			random_note(h, &m, &state);
			if (what < 6)
				random_group(h, &m, &state);
			else
				move(h, &m, what < 9);
			if (random_below(&state, 8) == 0)
				check_all(h, &m);
		}
		/* The trees are counted: they stand without the history. */
		past_free(h);
		for (size_t i = 0; i < m.len; i++) {
			if (m.v[i].change.added.tree)
				ck_assert_ptr_null(
					tree_check(m.v[i].change.added.tree));
		}
		forget(&m, 0);
		m.at = 0;
	}
	past_free(NULL);
}
END_TEST

/* The changes of `front` and then those of `back`, and nothing else. */
static void is_joined(const struct past *joined, const struct past *front,
                      const struct past *back)
{
	struct past_place place = { 0 }, at = { 0 };
	const struct past *part = front;
	struct change a, b;
	bool first_a, first_b;

	ck_assert_uint_eq(past_done(joined),
	                  past_done(front) + past_done(back));
	ck_assert_uint_eq(past_undone(joined), past_undone(back));
	while (past_next(joined, &place, &a, &first_a)) {
		if (part == front && at.pos == past_here(front).pos) {
			part = back;
			at = (struct past_place){ 0 };
		}
		ck_assert(past_next(part, &at, &b, &first_b));
		ck_assert(first_a == first_b && a.doc == b.doc &&
		          a.off == b.off && a.added.len == b.added.len &&
		          a.removed.tree == b.removed.tree);
	}
	if (part == front)
		at = (struct past_place){ 0 };
	ck_assert(!past_next(back, &at, &b, &first_b));
	for (size_t n = 1; n <= past_done(front); n++) {
		ck_assert_int_eq(past_step(joined, n).time,
		                 past_step(front, n).time);
		ck_assert_ptr_eq(past_step(joined, n).what,
		                 past_step(front, n).what);
	}
	for (size_t n = past_done(back); n > 0; n--)
		ck_assert_ptr_eq(past_step(joined, past_done(front) + n).what,
		                 past_step(back, n).what);
}

static const char *random_name(uint64_t *state)
{
	static const char *const of[] = { NULL, "put", "fill", "undo", "swap" };

	return of[random_below(state, ARRAY_LEN(of))];
}

/* One history behind another; and without it again it is what it was. */
START_TEST(joined)
{
	static struct model m;
	uint64_t state = random_seed();

	for (size_t n = cases(20); n > 0; n--) {
		struct past *h = past_new(&err), *front = past_new(&err);
		const struct past *fronts[] = { front };
		struct past *both, *again;

		for (size_t i = random_below(&state, 40); i > 0; i--) {
			struct change change = random_change(&state);

			past_set_label(front, random_name(&state),
			               (int64_t)random_below(&state, 1 << 30));
			must(past_add(front, &change, &err), &err);
			past_commit(front, random_below(&state, 3) == 0);
			change_clear(&change);
		}
		for (size_t i = random_below(&state, 60); i > 0; i--) {
			random_note(h, &m, &state);
			random_group(h, &m, &state);
			if (random_below(&state, 3) == 0)
				move(h, &m, true);
		}
		both = past_join(h, 0, false, fronts, 1, &err);
		must(both, &err);
		is_joined(both, front, h);
		again = past_join(both, past_done(front), false, NULL, 0, &err);
		must(again, &err);
		check_all(again, &m);
		past_free(again);
		past_free(both);
		past_free(front);
		past_free(h);
		forget(&m, 0);
		m.at = 0;
	}
}
END_TEST

/* What can be made again of the last front, in the place of this one's. */
START_TEST(joined_ahead)
{
	uint64_t state = random_seed();

	for (size_t n = cases(40); n > 0; n--) {
		struct past *h = past_new(&err);
		struct past *fronts[2] = { past_new(&err), past_new(&err) };
		struct past *both;
		size_t back[2];

		for (size_t i = 0; i < 2; i++) {
			struct past_place place;
			struct change change;
			bool first;

			for (size_t k = random_below(&state, 20); k > 0; k--) {
				change = random_change(&state);
				past_set_label(fronts[i], random_name(&state),
				               0);
				must(past_add(fronts[i], &change, &err), &err);
				past_commit(fronts[i], false);
				change_clear(&change);
			}
			back[i] =
				random_below(&state, past_done(fronts[i]) + 1);
			for (size_t k = back[i]; k > 0; k--) {
				place = past_here(fronts[i]);
				ck_assert(past_previous(fronts[i], &place,
				                        &change, &first));
				past_move(fronts[i], place);
			}
		}
		both = past_join(h, 0, true, (const struct past *const *)fronts,
		                 2, &err);
		must(both, &err);
		ck_assert_uint_eq(past_undone(both), back[1]);
		is_joined(both, fronts[0], fronts[1]);
		past_free(both);
		past_free(fronts[0]);
		past_free(fronts[1]);
		past_free(h);
	}
}
END_TEST

/* A byte that is overwritten takes 21 bytes at most in a GiB and two hours. */
START_TEST(a_byte_takes_few)
{
	uint64_t state = random_seed();
	struct past *h = past_new(&err);

	for (uint64_t i = 0; i < 100000; i++) {
		uint64_t off = random_below(&state, UINT64_C(1) << 30);
		struct change change = {
			.doc = 1,
			.off = off,
			.removed = pieces_of((struct piece){ 1, off, 0 }),
			.added = pieces_of((struct piece){
				1, i, PIECE_STORE | PIECE_EDITED }),
		};

		past_set_label(h, "put", 1700000000 + (int64_t)i % 8000);
		must(past_add(h, &change, &err), &err);
		past_commit(h, false);
	}
	/* The array doubles, and what is not used of it takes no memory. */
	ck_assert_uint_le(past_size(h), 100000 * 21 * 2);
	past_free(h);
}
END_TEST

START_TEST(nothing_is_no_group)
{
	struct past *h = past_new(&err);

	past_commit(h, false);
	past_cancel(h);
	ck_assert_uint_eq(past_done(h), 0);
	past_free(h);
}
END_TEST

START_TEST(without_memory)
{
	uint64_t state = random_seed();
	struct past *h;
	static struct model m;

	mem_fail_after(0);
	ck_assert_ptr_null(past_new(&err));
	mem_fail_after(-1);
	h = past_new(&err);
	for (size_t n = 0; n < 100; n++) {
		struct change change = random_change(&state);
		bool ok = false;

		for (long fail = 0; !ok; fail++) {
			mem_fail_after(fail);
			ok = past_add(h, &change, &err);
			mem_fail_after(-1);
			ck_assert(ok || err.code == ERR_NOMEM);
		}
		past_commit(h, false);
		m.v[m.len++] =
			(struct noted){ .change = change, .first = true };
		m.at = m.len;
		ok = false;
		for (long fail = 0; !ok; fail++) {
			mem_fail_after(fail);
			ok = past_set_note(h, n + 1, "x", &err);
			mem_fail_after(-1);
			ck_assert(ok || err.code == ERR_NOMEM);
		}
		strcpy(m.v[n].note, "x");
	}
	check_all(h, &m);
	past_free(h);
	forget(&m, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("past");
	TCase *tc = tcase_create("past");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, any_groups);
	tcase_add_test(tc, joined);
	tcase_add_test(tc, joined_ahead);
	tcase_add_test(tc, a_byte_takes_few);
	tcase_add_test(tc, nothing_is_no_group);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
