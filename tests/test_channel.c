/* test_channel.c - tests of src/base/channel.c */
#include "config.h"

#include "base/channel.h"

#include "base/mem.h"
#include "base/pool.h"
#include "tests/support.h"

enum { ITEMS = 5000 };

/* A job that puts the numbers from 0 on, and where it got. */
struct counting {
	struct channel *channel;
	uint64_t put;
	uint64_t until;
};

static void count(struct job *job, void *arg)
{
	struct counting *c = arg;

	while (c->put < c->until && channel_put(c->channel, job, &c->put))
		c->put++;
}

static struct pool *new_pool(void)
{
	struct error err;
	struct pool *pool = pool_new(1, &err);

	must(pool != NULL, &err);
	return pool;
}

static struct channel *new_channel(size_t cap)
{
	struct error err;
	struct channel *channel = channel_new(sizeof(uint64_t), cap, &err);

	must(channel != NULL, &err);
	return channel;
}

static struct job *start(struct pool *pool, struct counting *c)
{
	struct error err;
	struct job *job = job_start(pool, JOB_COMPUTE, count, c, &err);

	must(job != NULL, &err);
	return job;
}

/* All arrive, in order and once, however little room there is; whoever takes
   until there is nothing at each event misses none. */
START_TEST(all_arrive_in_order)
{
	static const size_t caps[] = { 1, 2, 3, 64, 2 * ITEMS };
	struct counting c = { .channel = new_channel(caps[_i]),
		              .until = ITEMS };
	struct pool *pool = new_pool();
	struct job *job = start(pool, &c);
	struct pool_event event = { .kind = POOL_PROGRESS };
	uint64_t next = 0;

	while (event.kind != POOL_DONE) {
		uint64_t items[7];
		size_t n;

		if (!pool_next(pool, &event))
			continue;
		while ((n = channel_take(c.channel, items, 7)) > 0)
			for (size_t i = 0; i < n; i++)
				ck_assert_uint_eq(items[i], next++);
	}
	ck_assert_uint_eq(next, ITEMS);
	job_free(job);
	pool_free(pool);
	channel_free(c.channel);
}
END_TEST

/* A job that waits for room that never comes is cancelled all the same. */
START_TEST(a_full_channel_does_not_hold_its_job)
{
	struct counting c = { .channel = new_channel(3), .until = UINT64_MAX };
	struct pool *pool = new_pool();
	struct job *job = start(pool, &c);
	struct pool_event event;
	uint64_t items[4];

	while (!pool_next(pool, &event)) {
	}
	job_cancel(job);
	job_wait(job);
	ck_assert_uint_le(c.put, 3);
	ck_assert_uint_eq(channel_take(c.channel, items, 4), c.put);
	job_free(job);
	pool_free(pool);
	channel_free(c.channel);
}
END_TEST

START_TEST(nothing_is_taken_from_an_empty_one)
{
	struct channel *channel = new_channel(1);
	uint64_t item;

	ck_assert_uint_eq(channel_take(channel, &item, 1), 0);
	channel_free(channel);
	channel_free(NULL);
}
END_TEST

START_TEST(without_memory)
{
	for (long n = 0; n < 2; n++) {
		struct error err = { 0 };

		mem_fail_after(n);
		ck_assert_ptr_null(channel_new(8, 8, &err));
		mem_fail_after(-1);
		ck_assert_int_eq(err.code, ERR_NOMEM);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("channel");
	TCase *tc = tcase_create("channel");

	tcase_set_timeout(tc, 0);
	tcase_add_loop_test(tc, all_arrive_in_order, 0, 5);
	tcase_add_test(tc, a_full_channel_does_not_hold_its_job);
	tcase_add_test(tc, nothing_is_taken_from_an_empty_one);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
