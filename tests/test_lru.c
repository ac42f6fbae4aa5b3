/* test_lru.c - tests of src/source/lru.c */
#include "config.h"

#include "source/lru.h"

#include <string.h>

#include "tests/support.h"

static struct error err;

enum { MEMBERS = 40 };

/* The model is an array in the order of use, newest first. */
START_TEST(lru_against_an_array)
{
	uint64_t random = random_seed();
	struct lru_entry e[MEMBERS];
	struct lru_entry *order[MEMBERS];
	struct lru lru;

	must(lru_init(&lru, (size_t)random_below(&random, 60), &err), &err);
	for (size_t i = 0; i < MEMBERS; i++) {
		lru_join(&lru, &e[i]);
		order[i] = &e[i];
	}
	for (size_t n = cases(5000); n > 0; n--) {
		size_t at = (size_t)random_below(&random, MEMBERS);
		struct lru_entry *one = order[at];
		uint64_t key = random_below(&random, 8);
		uint64_t idx = random_below(&random, 8);
		struct lru_entry *found = lru_find(&lru, key, idx);

		for (size_t i = 0; i < MEMBERS; i++)
			if (order[i]->found && order[i]->key == key &&
			    order[i]->idx == idx)
				ck_assert_ptr_eq(found, order[i]);
		if (found)
			ck_assert(found->found && found->key == key &&
			          found->idx == idx);
		if (random_below(&random, 2)) {
			lru_drop(&lru, one);
		} else if (!found) {
			lru_drop(&lru, one);
			lru_put(&lru, one, key, idx);
		}
		if (random_below(&random, 2)) {
			link_newest(&lru.order, &one->link);
			memmove(order + 1, order, at * sizeof(*order));
			order[0] = one;
		} else {
			link_oldest(&lru.order, &one->link);
			memmove(order + at, order + at + 1,
			        (MEMBERS - 1 - at) * sizeof(*order));
			order[MEMBERS - 1] = one;
		}
		ck_assert_ptr_eq(link_last(&lru.order),
		                 &order[MEMBERS - 1]->link);
	}
	for (size_t i = MEMBERS; i > 0; i--) {
		ck_assert_ptr_eq(link_last(&lru.order), &order[i - 1]->link);
		link_remove(&order[i - 1]->link);
	}
	ck_assert_ptr_null(link_last(&lru.order));
	lru_release(&lru);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lru");
	TCase *tc = tcase_create("lru");

	tcase_add_test(tc, lru_against_an_array);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
