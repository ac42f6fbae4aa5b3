/* test_run.c - tests of src/source/run.c */
#include "config.h"

#include "source/run.h"

#include <errno.h>

#include "base/mem.h"
#include "tests/support.h"

enum { MODEL_MOST = 4096 };

static struct error err;

/* The model: what each byte is, one by one. */
static struct run model[MODEL_MOST];
static size_t model_len;

static bool alike(const struct run *a, const struct run *b)
{
	return a->state == b->state && a->why == b->why && a->sys == b->sys &&
	       a->edited == b->edited && a->inserted == b->inserted;
}

static struct run random_run(uint64_t *random)
{
	struct run run = {
		.len = random_below(random, 6),
		.state = (enum state)random_below(random, 3),
	};

	if (run.state == STATE_BAD) {
		run.why = random_below(random, 2) ? WHY_ERRNO : WHY_PAST_END;
		run.sys = run.why == WHY_ERRNO ? EIO : 0;
	}
	run.edited = random_below(random, 4) == 0;
	return run;
}

/* The runs of the list say what the model says of its bytes from `skip` on. */
static void check(const struct runs *runs, size_t skip, size_t len)
{
	size_t at = skip;

	ck_assert_uint_eq(runs_len(runs), len);
	for (size_t i = 0; i < runs->count; i++) {
		ck_assert_uint_gt(runs->v[i].len, 0);
		if (i > 0)
			ck_assert(!alike(&runs->v[i - 1], &runs->v[i]));
		for (uint64_t k = 0; k < runs->v[i].len; k++, at++)
			ck_assert(alike(&runs->v[i], &model[at]));
	}
	for (size_t k = 0; k < len; k++)
		ck_assert(alike(runs_at(runs, k), &model[skip + k]));
	ck_assert_ptr_null(runs_at(runs, len));
}

static void grow(struct runs *runs, uint64_t *random, size_t n)
{
	while (n-- > 0) {
		struct run run = random_run(random);

		must(runs_add(runs, run, &err), &err);
		for (uint64_t k = 0; k < run.len; k++)
			model[model_len++] = run;
	}
}

START_TEST(adding_joins_what_is_alike)
{
	uint64_t random = random_seed();

	for (size_t n = cases(200); n > 0; n--) {
		struct runs runs = { 0 };

		model_len = 0;
		grow(&runs, &random, 20);
		check(&runs, 0, model_len);
		runs_clear(&runs);
		check(&runs, 0, 0);
		runs_free(&runs);
		ck_assert_ptr_null(runs.v);
	}
}
END_TEST

START_TEST(a_part_says_the_same)
{
	uint64_t random = random_seed();

	for (size_t n = cases(200); n > 0; n--) {
		struct runs runs = { 0 };
		struct runs part = { 0 };
		size_t skip;
		size_t len;

		model_len = 0;
		grow(&runs, &random, 20);
		skip = (size_t)random_below(&random, model_len + 1);
		len = (size_t)random_below(&random, model_len - skip + 1);
		must(runs_add_part(&part, &runs, skip, len, &err), &err);
		check(&part, skip, len);
		/* Two parts that meet are as one. */
		must(runs_add_part(&part, &runs, skip + len,
		                   model_len - skip - len, &err),
		     &err);
		check(&part, skip, model_len - skip);
		runs_free(&part);
		runs_free(&runs);
	}
}
END_TEST

START_TEST(undo_takes_back_joined_bytes)
{
	uint64_t random = random_seed();

	for (size_t n = cases(200); n > 0; n--) {
		struct runs runs = { 0 };
		struct runs_mark mark;
		size_t len;

		model_len = 0;
		grow(&runs, &random, (size_t)random_below(&random, 5));
		mark = runs_mark(&runs);
		len = model_len;
		grow(&runs, &random, (size_t)random_below(&random, 5));
		runs_undo(&runs, mark);
		check(&runs, 0, len);
		runs_free(&runs);
	}
}
END_TEST

START_TEST(without_memory_the_list_is_as_it_was)
{
	struct runs from = { 0 };
	struct runs runs = { 0 };
	uint64_t random = 7;
	bool done = false;

	model_len = 0;
	grow(&from, &random, 40);
	must(runs_add_part(&runs, &from, 0, 3, &err), &err);
	for (long n = 0; !done; n++) {
		mem_fail_after(n);
		done = runs_add_part(&runs, &from, 3, model_len - 3, &err);
		mem_fail_after(-1);
		if (!done) {
			ck_assert_int_eq(err.code, ERR_NOMEM);
			check(&runs, 0, 3);
		}
	}
	check(&runs, 0, model_len);
	runs_free(&runs);
	runs_free(&from);
}
END_TEST

START_TEST(a_single_run_without_memory)
{
	struct runs runs = { 0 };

	mem_fail_after(0);
	ck_assert(runs_add(&runs, (struct run){ .len = 0 }, &err));
	ck_assert(!runs_add(&runs, (struct run){ .len = 1 }, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_uint_eq(runs.count, 0);
	mem_fail_after(-1);
}
END_TEST

static const struct {
	enum state state;
	const char *name;
	bool bytes;
} states[] = {
	{ STATE_DATA, "data", true },
	{ STATE_HOLE, "hole", true },
	{ STATE_BAD, "bad", false },
	{ STATE_NOT_TRIED, "not-tried", false },
	{ STATE_MISSING, "missing", false },
	{ STATE_GAP, "gap", false },
	{ STATE_PENDING, "pending", false },
};

START_TEST(names_of_states)
{
	ck_assert_uint_eq(ARRAY_LEN(states), STATE_COUNT);
	ck_assert_str_eq(state_name(states[_i].state), states[_i].name);
	ck_assert_int_eq(state_has_bytes(states[_i].state), states[_i].bytes);
}
END_TEST

static const struct {
	enum why why;
	int sys;
	const char *text;
} whys[] = {
	{ WHY_NONE, 0, "" },
	{ WHY_ERRNO, EIO, "Input/output error" },
	{ WHY_PAST_END, 0, "past the end of the file" },
	{ WHY_REPLACED, 0, "file was replaced" },
};

START_TEST(why_in_words)
{
	struct run run = { .why = whys[_i].why, .sys = whys[_i].sys };

	ck_assert_str_eq(run_why(&run), whys[_i].text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("run");
	TCase *tc = tcase_create("run");

	tcase_add_test(tc, adding_joins_what_is_alike);
	tcase_add_test(tc, a_part_says_the_same);
	tcase_add_test(tc, undo_takes_back_joined_bytes);
	tcase_add_test(tc, without_memory_the_list_is_as_it_was);
	tcase_add_test(tc, a_single_run_without_memory);
	tcase_add_loop_test(tc, names_of_states, 0, ARRAY_LEN(states));
	tcase_add_loop_test(tc, why_in_words, 0, ARRAY_LEN(whys));
	suite_add_tcase(s, tc);
	return run_suite(s);
}
