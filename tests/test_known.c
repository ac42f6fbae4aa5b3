/*
 * test_known.c - tests of src/edit/known.c
 *
 * Tests have pages of 4 bytes and room for 4 groups of 64 of them.
 */
#include "config.h"

#include "edit/known.h"

#include <string.h>

#include "base/mem.h"
#include "tests/support.h"

enum { DOCS = 3, PAGE = 4, PAGES = 1000, ROOM = 4 * 64 };

/* Nothing is known that was not added since all was forgotten; what was added
   last is. */
START_TEST(any_pages)
{
	static bool model[DOCS][PAGES];
	uint64_t state = random_seed();
	struct known known = { 0 };

	for (size_t n = cases(100000); n > 0; n--) {
		uint64_t doc = random_below(&state, DOCS);
		uint64_t off = random_below(&state, PAGES * PAGE);
		bool *there = &model[doc][off / PAGE];

		if (random_below(&state, 5000) == 0) {
			known_forget(&known);
			memset(model, 0, sizeof(model));
		}
		if (random_below(&state, 2)) {
			known_add(&known, doc + 1, off);
			*there = true;
			ck_assert(known_has(&known, doc + 1, off));
		} else if (known_has(&known, doc + 1, off)) {
			ck_assert(*there);
		}
	}
	known_free(&known);
}
END_TEST

/* A file as long as there is room for is known as a whole. */
START_TEST(all_of_a_file)
{
	struct known known = { 0 };
	const uint64_t start = UINT64_C(64) * PAGE * 1001;
	const uint64_t len = ROOM * PAGE;

	for (uint64_t off = 0; off < len; off += PAGE)
		known_add(&known, 7, start + off);
	for (uint64_t off = 0; off < len; off++)
		ck_assert(known_has(&known, 7, start + off));
	ck_assert(!known_has(&known, 7, start - 1));
	ck_assert(!known_has(&known, 7, start + len));
	ck_assert(!known_has(&known, 6, start));
	known_forget(&known);
	ck_assert(!known_has(&known, 7, start));
	known_free(&known);
}
END_TEST

START_TEST(without_memory)
{
	struct known known = { 0 };

	mem_fail_after(0);
	known_add(&known, 1, 0);
	mem_fail_after(-1);
	ck_assert(!known_has(&known, 1, 0));
	known_add(&known, 1, 0);
	ck_assert(known_has(&known, 1, PAGE - 1));
	ck_assert(!known_has(&known, 1, PAGE));
	known_free(&known);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("known");
	TCase *tc = tcase_create("known");

	tcase_add_test(tc, any_pages);
	tcase_add_test(tc, all_of_a_file);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
