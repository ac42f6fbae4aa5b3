/*
 * test_parallel.c - tests of src/find/parallel.c
 *
 * The "data" say for each place whether a match begins there, how long it is,
 * or that looking there fails. What one walk through all of it gives is what
 * any number of workers must.
 */
#include "config.h"

#include "find/parallel.h"

#include <pthread.h>

#include "base/error.h"
#include "base/mem.h"
#include "tests/support.h"

enum {
	PLACES = 600,
	WORKERS = 4,
	FAILS = -1,
};

static struct error err;

struct data {
	uint64_t base; /* the address of place 0 */
	int len[PLACES + 1];
	bool overlapping;
	uint64_t chunk;
	uint64_t counted; /* places that walks have looked at first */
};

struct list {
	struct parallel_match v[PLACES];
	size_t count;
	size_t max; /* take no more */
	int takers; /* at this moment */
	uint64_t chunk, end;
	uint64_t longest, last; /* chunk that might have been cut */
};

/* Sometimes longer than what was asked for, as gaps are. */
static uint64_t cut(void *arg, uint64_t from, uint64_t most)
{
	struct list *list = arg;

	ck_assert(most > 0 && most <= list->chunk);
	list->longest = u64_max(list->longest, most);
	list->last = most;
	if (from % 5 == 0)
		most = list->chunk;
	return from + u64_min(most, list->end - from);
}

static void count(struct data *data, uint64_t addr, uint64_t *seen)
{
	if (addr <= *seen)
		return;
	__atomic_add_fetch(&data->counted, addr - *seen, __ATOMIC_RELAXED);
	*seen = addr;
}

static bool walk(void *searcher, uint64_t from, uint64_t until, uint64_t *seen,
                 parallel_take *take, void *arg, struct error *e)
{
	struct data *data = searcher;
	uint64_t at = from - data->base;

	count(data, from, seen);
	while (at < until - data->base) {
		struct parallel_match match = {
			.addr = data->base + at,
			.len = (uint64_t)data->len[at],
			.kind = (unsigned)at % 7,
		};

		if (data->len[at] == FAILS) {
			error_set(e, ERR_LIMIT, "too much");
			return error_add_addr(e, data->base + at);
		}
		if (match.len > 0 && !take(arg, &match))
			return true;
		at += match.len > 0 && !data->overlapping ? match.len : 1;
		count(data, u64_min(data->base + at, until), seen);
	}
	return true;
}

static bool take_match(void *arg, const struct parallel_match *match)
{
	struct list *list = arg;

	ck_assert_int_eq(__atomic_add_fetch(&list->takers, 1, __ATOMIC_RELAXED),
	                 1);
	ck_assert_uint_lt(list->count, list->max);
	list->v[list->count++] = *match;
	__atomic_sub_fetch(&list->takers, 1, __ATOMIC_RELAXED);
	return list->count < list->max;
}

struct worker {
	pthread_t thread;
	struct parallel *parallel;
	struct data *data;
};

static void *work(void *arg)
{
	struct worker *w = arg;

	parallel_work(w->parallel, w->data);
	return NULL;
}

/* As many workers as planned, or fewer. */
static void run_workers(struct parallel *parallel, struct data *data, size_t n)
{
	struct worker w[WORKERS];

	for (size_t i = 0; i < n; i++) {
		w[i] = (struct worker){ .parallel = parallel, .data = data };
		ck_assert_int_eq(pthread_create(&w[i].thread, NULL, work,
		                                &w[i]),
		                 0);
	}
	for (size_t i = 0; i < n; i++)
		pthread_join(w[i].thread, NULL);
}

static void compare(const struct list *want, const struct list *got)
{
	ck_assert_uint_eq(got->count, want->count);
	for (size_t i = 0; i < got->count; i++) {
		ck_assert_uint_eq(got->v[i].addr, want->v[i].addr);
		ck_assert_uint_eq(got->v[i].len, want->v[i].len);
		ck_assert_uint_eq(got->v[i].kind, want->v[i].kind);
	}
}

static void check(struct data *data, const struct parallel_plan *plan,
                  size_t workers, size_t max)
{
	struct list want = { .max = max };
	struct list got = {
		.max = max,
		.chunk = data->chunk,
		.end = plan->end,
	};
	struct parallel_plan with = *plan;
	struct parallel *parallel;
	struct error expected;
	uint64_t seen = plan->start;
	bool ok = walk(data, plan->start, plan->end, &seen, take_match, &want,
	               &expected);

	data->counted = 0;
	with.chunk = data->chunk;
	with.cut = cut;
	with.walk = walk;
	with.take = take_match;
	with.arg = &got;
	parallel = parallel_new(&with, &err);
	must(parallel, &err);
	if (workers == 0)
		parallel_work(parallel, data);
	else
		run_workers(parallel, data, workers);
	compare(&want, &got);
	ck_assert_int_eq(parallel_result(parallel, &err), ok);
	if (ok && got.count < max)
		ck_assert_uint_eq(data->counted, plan->end - plan->start);
	if (!ok) {
		ck_assert_int_eq(err.code, expected.code);
		ck_assert_uint_eq(err.addr, expected.addr);
	}
	parallel_free(parallel);
}

static void random_data(struct data *data, uint64_t *random)
{
	uint64_t one_in = random_below(random, 12) + 1;
	uint64_t longest = random_below(random, 2)
	                           ? random_below(random, 6) + 1
	                           : random_below(random, 200) + 1;
	bool has_failures = random_below(random, 4) == 0;

	*data = (struct data){
		.base = random_below(random, 2) ? 0
		                                : UINT64_MAX - 1 - PLACES - 300,
		.overlapping = random_below(random, 4) == 0,
	};
	for (size_t i = 0; i < PLACES; i++) {
		if (random_below(random, one_in) == 0)
			data->len[i] = (int)random_below(random, longest) + 1;
		if (has_failures && random_below(random, 200) == 0)
			data->len[i] = FAILS;
	}
}

/* Mostly without threads: what is guessed is the same. */
START_TEST(random_chunks)
{
	uint64_t random = random_seed();

	for (size_t n = cases(20000); n > 0; n--) {
		struct data data;
		struct parallel_plan plan;
		uint64_t start = random_below(&random, PLACES / 2);
		size_t max = random_below(&random, 4)
		                     ? PLACES + 1
		                     : random_below(&random, 40) + 1;

		random_data(&data, &random);
		data.chunk = random_below(&random, 60) + 1;
		plan = (struct parallel_plan){
			.start = data.base + start,
			.end = data.base + start +
			       random_below(&random, PLACES - start + 1),
			.workers = random_below(&random, WORKERS) + 1,
			.overlapping = data.overlapping,
		};
		check(&data, &plan, n % 16 ? 0 : plan.workers, max);
	}
}
END_TEST

/* aa in aaaa..: no guess that begins at an odd place is ever right. */
START_TEST(guesses_that_never_agree)
{
	struct data data = { .chunk = 7 };
	struct parallel_plan plan = {
		.start = 0,
		.end = PLACES,
		.workers = WORKERS,
	};

	for (size_t i = 0; i < PLACES; i++)
		data.len[i] = 2;
	check(&data, &plan, WORKERS, PLACES);
}
END_TEST

/* A worker that comes when all is done, and one alone of many planned. */
START_TEST(workers_late_or_never)
{
	struct list list = {
		.max = PLACES,
		.chunk = 16,
		.end = 10 + PLACES,
	};
	struct data data = { .base = 10 };
	struct parallel_plan plan = {
		.start = 10,
		.end = 10 + PLACES,
		.chunk = 16,
		.workers = WORKERS,
		.cut = cut,
		.walk = walk,
		.take = take_match,
		.arg = &list,
	};
	struct parallel *parallel = parallel_new(&plan, &err);

	must(parallel, &err);
	data.len[0] = data.len[PLACES - 1] = 1;
	parallel_work(parallel, &data);
	parallel_work(parallel, &data);
	must(parallel_result(parallel, &err), &err);
	ck_assert_uint_eq(list.count, 2);
	parallel_free(parallel);
	parallel_free(NULL);
}
END_TEST

/* Where matches are rare, chunks are as long as they may be; where they are
   close, so short that few are kept. */
START_TEST(chunks_follow_the_matches)
{
	struct list list = { .max = PLACES, .chunk = 64, .end = PLACES };
	struct data data = { .base = 0 };
	struct parallel_plan plan = {
		.start = 0,
		.end = PLACES,
		.chunk = 64,
		.workers = 1,
		.cut = cut,
		.walk = walk,
		.take = take_match,
		.arg = &list,
	};
	struct parallel *parallel = parallel_new(&plan, &err);

	must(parallel, &err);
	for (size_t i = PLACES / 2; i < PLACES; i++)
		data.len[i] = 1;
	parallel_work(parallel, &data);
	must(parallel_result(parallel, &err), &err);
	parallel_free(parallel);
	ck_assert_uint_eq(list.count, PLACES / 2);
	ck_assert_uint_eq(list.longest, 64);
	ck_assert_uint_lt(list.last, 16);
}
END_TEST

/* Without memory for guesses the result is the same. */
START_TEST(out_of_memory)
{
	struct list list = { .max = PLACES, .chunk = 50, .end = PLACES };
	struct data data = { .base = 0 };
	struct parallel_plan plan = {
		.start = 0,
		.end = PLACES,
		.chunk = 50,
		.workers = 1,
		.cut = cut,
		.walk = walk,
		.take = take_match,
		.arg = &list,
	};
	struct parallel *parallel = NULL;
	bool refused = false;

	for (size_t i = 0; i < PLACES; i++)
		data.len[i] = i % 3 ? 5 : 0;
	for (long n = 0; n < 20; n++) {
		struct list want = { .max = PLACES };
		uint64_t seen = 0;

		list.count = 0;
		mem_fail_after(n);
		parallel = parallel_new(&plan, &err);
		if (parallel)
			parallel_work(parallel, &data);
		else
			refused = true;
		mem_fail_after(-1);
		if (!parallel) {
			ck_assert_int_eq(err.code, ERR_NOMEM);
			continue;
		}
		must(parallel_result(parallel, &err), &err);
		must(walk(&data, 0, PLACES, &seen, take_match, &want, &err),
		     &err);
		compare(&want, &list);
		parallel_free(parallel);
	}
	ck_assert(refused);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("parallel");
	TCase *tc = tcase_create("parallel");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, random_chunks);
	tcase_add_test(tc, guesses_that_never_agree);
	tcase_add_test(tc, workers_late_or_never);
	tcase_add_test(tc, chunks_follow_the_matches);
	tcase_add_test(tc, out_of_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
