/* test_nearby.c - tests of src/find/nearby.c */
#include "config.h"

#include "find/nearby.h"

#include "base/mem.h"
#include "tests/support.h"

static struct error err;

enum {
	BEFORE = 3,
	BEHIND = 5,
	LEN = BEFORE + BEHIND,
};

static void fill(unsigned char *bytes, uint64_t start)
{
	for (size_t i = 0; i < LEN; i++)
		bytes[i] = (unsigned char)(start * 7 + i);
}

/* What was kept is found, in its order, and nothing else is. */
START_TEST(what_is_kept_is_found)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(500); n > 0; n--) {
		static uint64_t starts[2 * NEARBY_STARTS];
		size_t count = random_below(&seed, 2 * NEARBY_STARTS + 1);
		size_t kept = 0;
		uint64_t start = 0;
		unsigned char bytes[LEN];
		struct nearby nearby = { 0 };

		must(nearby_init(&nearby, BEFORE, BEHIND, &err), &err);
		for (size_t i = 0; i < count; i++) {
			start += 2 + random_below(&seed, 4);
			fill(bytes, start);
			if (!nearby_wants(&nearby, start))
				continue;
			starts[kept++] = start;
			nearby_keep(&nearby, start, bytes);
		}
		ck_assert_uint_eq(kept, size_min(count, NEARBY_STARTS));
		for (size_t i = 0; i < kept; i++) {
			const unsigned char *found;

			if (random_below(&seed, 3) == 0)
				ck_assert_ptr_null(
					nearby_find(&nearby, starts[i] - 1));
			if (random_below(&seed, 3) == 0)
				continue;
			found = nearby_find(&nearby, starts[i]);
			ck_assert_ptr_nonnull(found);
			fill(bytes, starts[i]);
			ck_assert_mem_eq(found, bytes, LEN);
		}
		ck_assert_ptr_null(nearby_find(&nearby, start + 1));
		nearby_clear(&nearby);
		ck_assert_ptr_null(nearby_find(&nearby, starts[0]));
		nearby_free(&nearby);
	}
}
END_TEST

/* Several places of a run stand for one start. */
START_TEST(a_start_is_wanted_once)
{
	struct nearby nearby = { 0 };
	unsigned char bytes[LEN];

	must(nearby_init(&nearby, BEFORE, BEHIND, &err), &err);
	fill(bytes, 100);
	ck_assert(nearby_wants(&nearby, 100));
	nearby_keep(&nearby, 100, bytes);
	ck_assert(!nearby_wants(&nearby, 100));
	ck_assert(nearby_wants(&nearby, 101));
	nearby_free(&nearby);
}
END_TEST

/* Too much for each is nothing for any. */
START_TEST(long_windows_are_not_kept)
{
	struct nearby nearby = { 0 };

	must(nearby_init(&nearby, SIZE_MAX, 1, &err), &err);
	must(nearby_init(&nearby, 1, SIZE_MAX, &err), &err);
	must(nearby_init(&nearby, 1000, 1000, &err), &err);
	ck_assert(!nearby_wants(&nearby, 0));
	ck_assert_ptr_null(nearby_find(&nearby, 0));
	nearby_free(&nearby);
}
END_TEST

START_TEST(out_of_memory)
{
	struct nearby nearby = { 0 };

	mem_fail_after(0);
	ck_assert(!nearby_init(&nearby, BEFORE, BEHIND, &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert(!nearby_wants(&nearby, 0));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("nearby");
	TCase *tc = tcase_create("nearby");

	tcase_add_test(tc, what_is_kept_is_found);
	tcase_add_test(tc, a_start_is_wanted_once);
	tcase_add_test(tc, long_windows_are_not_kept);
	tcase_add_test(tc, out_of_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
