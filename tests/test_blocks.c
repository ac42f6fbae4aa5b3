/* test_blocks.c - tests of src/source/blocks.c */
#include "config.h"

#include "source/blocks.h"

#include <string.h>

#include "base/mem.h"
#include "source/run.h"
#include "tests/support.h"

static struct error err;

enum {
	BLOCK = 16,
	BLOCK_COUNT = 5,
	BLOCK_MODEL = 40, /* keeps that the model remembers */
};

/* The model: all that was kept, newest use first; what is beyond the cache's
   size has gone. */
struct kept {
	uint64_t key, idx;
	size_t len;
	unsigned char bytes[BLOCK];
	enum state states[BLOCK];
};

static struct kept model[BLOCK_MODEL];
static size_t model_count;

static void model_first(size_t at)
{
	struct kept one = model[at];

	memmove(model + 1, model, at * sizeof(*model));
	model[0] = one;
}

static size_t model_find(uint64_t key, uint64_t idx)
{
	size_t i = 0;

	while (i < model_count && (model[i].key != key || model[i].idx != idx))
		i++;
	return i;
}

static void keep_one(struct blocks *all, uint64_t *random)
{
	struct runs runs = { 0 };
	struct kept one = {
		.key = random_below(random, 3),
		.idx = random_below(random, 4),
		.len = 1 + (size_t)random_below(random, BLOCK),
	};
	size_t at = model_find(one.key, one.idx);
	uint64_t skip = random_below(random, 4);

	must(runs_add(&runs, (struct run){ skip, .state = STATE_GAP }, &err),
	     &err);
	for (size_t i = 0; i < one.len; i++) {
		one.bytes[i] = (unsigned char)random_u64(random);
		one.states[i] = (enum state)random_below(random, 3);
		must(runs_add(&runs, (struct run){ 1, .state = one.states[i] },
		              &err),
		     &err);
	}
	must(blocks_keep(all, one.key, one.idx, one.bytes, one.len, &runs, skip,
	                 100, &err),
	     &err);
	if (at == model_count)
		model_count = size_min(model_count + 1, BLOCK_COUNT);
	at = size_min(at, model_count - 1);
	model[at] = one;
	model_first(at);
	runs_free(&runs);
}

static void find_one(struct blocks *all, uint64_t *random)
{
	struct runs runs = { 0 };
	unsigned char buf[BLOCK];
	uint64_t key = random_below(random, 3);
	uint64_t idx = random_below(random, 4);
	size_t skip = (size_t)random_below(random, BLOCK);
	size_t len = 1 + (size_t)random_below(random, BLOCK - skip);
	size_t at = model_find(key, idx);
	size_t got = 99;
	size_t want = 0;

	must(blocks_find(all, key, idx * BLOCK + skip, buf, len, 100, &runs,
	                 &got, &err),
	     &err);
	if (at < model_count && skip < model[at].len)
		want = size_min(len, model[at].len - skip);
	ck_assert_uint_eq(got, want);
	ck_assert_uint_eq(runs_len(&runs), want);
	for (size_t i = 0; i < want; i++) {
		ck_assert_uint_eq(buf[i], model[at].bytes[skip + i]);
		ck_assert_int_eq(runs_at(&runs, i)->state,
		                 model[at].states[skip + i]);
	}
	if (want > 0)
		model_first(at);
	runs_free(&runs);
}

START_TEST(blocks_against_a_model)
{
	uint64_t random = random_seed();
	struct blocks *all = blocks_new(BLOCK_COUNT, BLOCK, &err);

	ck_assert_ptr_nonnull(all);
	model_count = 0;
	for (size_t n = cases(5000); n > 0; n--) {
		if (random_below(&random, 3) == 0)
			keep_one(all, &random);
		else
			find_one(all, &random);
	}
	blocks_free(all);
}
END_TEST

/* Kept at 1000 s: looked for then, and before and after two seconds. */
static const struct {
	uint64_t now;
	bool found;
} ages[] = {
	{ UINT64_C(1000000000000), true },
	{ UINT64_C(1002000000000), true },  /* two seconds */
	{ UINT64_C(1002000000001), false }, /* and one ns */
	{ UINT64_C(999999999999), true },   /* another thread was faster */
	{ UINT64_MAX, false },
};

START_TEST(blocks_grow_old)
{
	struct blocks *all = blocks_new(1, BLOCK, &err);
	struct runs runs = { 0 };
	size_t got = 0;
	char buf[4];

	must(runs_add(&runs, (struct run){ 4, .state = STATE_DATA }, &err),
	     &err);
	must(blocks_keep(all, 0, 0, "abcd", 4, &runs, 0,
	                 UINT64_C(1000000000000), &err),
	     &err);
	must(blocks_find(all, 0, 0, buf, 4, ages[_i].now, &runs, &got, &err),
	     &err);
	ck_assert_uint_eq(got, ages[_i].found ? 4 : 0);
	runs_free(&runs);
	blocks_free(all);
}
END_TEST

START_TEST(blocks_keys_differ)
{
	struct blocks *all = blocks_new(0, BLOCK, &err);
	struct runs runs = { 0 };
	size_t got = 99;
	uint64_t key = blocks_key(all);
	char byte = 'x';

	ck_assert_uint_ne(key, blocks_key(all));
	/* Without room nothing is kept, and nothing fails. */
	must(runs_add(&runs, (struct run){ 1, .state = STATE_DATA }, &err),
	     &err);
	must(blocks_keep(all, key, 0, &byte, 1, &runs, 0, 1, &err), &err);
	must(blocks_find(all, key, 0, &byte, 1, 1, &runs, &got, &err), &err);
	ck_assert_uint_eq(got, 0);
	runs_free(&runs);
	blocks_free(all);
	blocks_free(NULL);
}
END_TEST

/* A block that there is no memory for is not kept, nor half of it. */
START_TEST(blocks_without_memory)
{
	struct blocks *all = blocks_new(1, BLOCK, &err);
	struct runs two = { 0 };
	struct runs found = { 0 };
	bool done = false;
	size_t got;
	char buf[2];

	must(runs_add(&two, (struct run){ 1, .state = STATE_DATA }, &err),
	     &err);
	must(runs_add(&two, (struct run){ 1, .state = STATE_BAD }, &err), &err);
	for (long n = 0; !done; n++) {
		mem_fail_after(n);
		done = blocks_keep(all, 0, 0, "ab", 2, &two, 0, 1, &err);
		mem_fail_after(-1);
		got = 99;
		must(blocks_find(all, 0, 0, buf, 2, 1, &found, &got, &err),
		     &err);
		ck_assert_uint_eq(got, done ? 2 : 0);
	}
	runs_free(&found);
	mem_fail_after(0);
	ck_assert(!blocks_find(all, 0, 0, buf, 2, 1, &found, &got, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	mem_fail_after(-1);
	runs_free(&two);
	blocks_free(all);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("blocks");
	TCase *tc = tcase_create("blocks");

	tcase_add_test(tc, blocks_against_a_model);
	tcase_add_loop_test(tc, blocks_grow_old, 0, ARRAY_LEN(ages));
	tcase_add_test(tc, blocks_keys_differ);
	tcase_add_test(tc, blocks_without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
