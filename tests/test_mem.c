/* test_mem.c - tests of src/base/mem.c */
#include "config.h"

#include "base/mem.h"

#include <string.h>

#include "tests/support.h"

static struct error err;

static void teardown(void)
{
	mem_fail_after(-1);
}

START_TEST(zalloc_clears)
{
	static const unsigned char zeros[4096];
	unsigned char *p = mem_zalloc(sizeof(zeros), &err);

	must(p != NULL, &err);
	ck_assert_mem_eq(p, zeros, sizeof(zeros));
	mem_free(p);
}
END_TEST

START_TEST(nothing_is_a_valid_pointer)
{
	void *p = mem_zalloc(0, &err);
	void *q = mem_resize(NULL, 0, 8, &err);

	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_nonnull(q);
	/* Resizing to nothing does not free. */
	p = mem_resize(p, 8, 0, &err);
	ck_assert_ptr_nonnull(p);
	mem_free(p);
	mem_free(q);
	mem_free(NULL);
}
END_TEST

/* Sizes whose product is not a size_t. */
static const struct {
	size_t n, size;
} too_much[] = {
	{ SIZE_MAX, 2 },         /* wraps to SIZE_MAX - 1 */
	{ SIZE_MAX / 8 + 1, 8 }, /* wraps to 0 */
	{ SIZE_MAX / 8 + 2, 8 }, /* wraps to 8 */
};

START_TEST(a_size_that_wraps_is_refused)
{
	char *old = mem_strdup("kept", &err);
	size_t cap = 0;
	char *array = NULL;

	must(old != NULL, &err);
	ck_assert_ptr_null(
		mem_resize(old, too_much[_i].n, too_much[_i].size, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_str_eq(old, "kept");
	err.code = ERR_NONE;
	ck_assert(!mem_grow(&array, &cap, too_much[_i].n, too_much[_i].size,
	                    &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_ptr_null(array);
	ck_assert_uint_eq(cap, 0);
	mem_free(old);
}
END_TEST

/* cap, need, and what cap becomes. */
static const struct {
	size_t cap, need, want;
} growth[] = {
	{ 0, 0, 0 }, /* nothing is there already */
	{ 0, 1, 1 }, /* the first */
	{ 4, 4, 4 }, /* just enough */
	{ 4, 5, 8 }, /* one more doubles */
	{ 4, 8, 8 }, /* up to the doubling */
	{ 4, 9, 9 }, /* past it */
	{ 4, 100, 100 },
};

START_TEST(growing)
{
	size_t cap = growth[_i].cap;
	uint32_t *v = mem_resize(NULL, cap, sizeof(*v), &err);

	must(v != NULL, &err);
	for (size_t i = 0; i < cap; i++)
		v[i] = (uint32_t)i;
	must(mem_grow(&v, &cap, growth[_i].need, sizeof(*v), &err), &err);
	ck_assert_uint_eq(cap, growth[_i].want);
	for (size_t i = 0; i < growth[_i].cap; i++)
		ck_assert_uint_eq(v[i], i);
	/* All of it is ours to write, as a sanitizer would tell. */
	memset(v, 0, cap * sizeof(*v));
	mem_free(v);
}
END_TEST

START_TEST(a_failed_growth_changes_nothing)
{
	size_t cap = 4;
	char *v = mem_strndup("abc", 3, &err);
	const char *before = v;

	must(v != NULL, &err);
	mem_fail_after(0);
	ck_assert(!mem_grow(&v, &cap, 5, 1, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_ptr_eq(v, before);
	ck_assert_uint_eq(cap, 4);
	ck_assert_str_eq(v, "abc");
	/* What fits needs no memory. */
	ck_assert(mem_grow(&v, &cap, 4, 1, &err));
	mem_free(v);
}
END_TEST

START_TEST(copies)
{
	char *p = mem_strndup("ab\0cd", 5, &err);
	char *q = mem_strndup("abc", 0, &err);
	char *r = mem_strdup("", &err);

	ck_assert_mem_eq(p, "ab\0cd", 6);
	ck_assert_str_eq(q, "");
	ck_assert_str_eq(r, "");
	mem_free(p);
	mem_free(q);
	mem_free(r);
}
END_TEST

START_TEST(the_hook_fails_from_the_nth_on)
{
	void *p;

	mem_fail_after(2);
	p = mem_zalloc(1, &err);
	ck_assert_ptr_nonnull(p);
	p = mem_resize(p, 2, 1, &err);
	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_null(mem_zalloc(1, &err));
	ck_assert_ptr_null(mem_resize(NULL, 1, 1, &err));
	ck_assert_ptr_null(mem_strdup("x", &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_str_eq(err.text, "out of memory (2 x 1 bytes)");
	mem_fail_after(-1);
	mem_free(p);
	p = mem_zalloc(1, &err);
	ck_assert_ptr_nonnull(p);
	mem_free(p);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mem");
	TCase *tc = tcase_create("mem");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, zalloc_clears);
	tcase_add_test(tc, nothing_is_a_valid_pointer);
	tcase_add_loop_test(tc, a_size_that_wraps_is_refused, 0,
	                    ARRAY_LEN(too_much));
	tcase_add_loop_test(tc, growing, 0, ARRAY_LEN(growth));
	tcase_add_test(tc, a_failed_growth_changes_nothing);
	tcase_add_test(tc, copies);
	tcase_add_test(tc, the_hook_fails_from_the_nth_on);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
