/* test_memory.c - tests of src/source/memory.c */
#include "config.h"

#include "source/memory.h"

#include <string.h>

#include "base/mem.h"
#include "source/source.h"
#include "tests/support.h"

static struct error err;

static const uint64_t sizes[] = { 0, 1, 4096, INT64_MAX };

START_TEST(it_is_a_hole)
{
	uint64_t size = sizes[_i];
	struct source *src = memory_open(size, &err);
	struct runs runs = { 0 };
	unsigned char buf[300];
	size_t len = (size_t)u64_min(size, sizeof(buf));

	ck_assert_ptr_nonnull(src);
	ck_assert_uint_eq(src->size, size);
	ck_assert_uint_eq(src->id.size, size);
	ck_assert_uint_eq(src->traits, SOURCE_GROWS | SOURCE_PRIVATE);
	ck_assert_str_eq(src->kind, "memory");
	memset(buf, 0x55, sizeof(buf));
	must(source_read(src, size - len, buf, len, READ_NOWAIT, &runs, &err),
	     &err);
	for (size_t i = 0; i < sizeof(buf); i++)
		ck_assert_uint_eq(buf[i], i < len ? 0 : 0x55);
	ck_assert_uint_eq(runs_len(&runs), len);
	if (len > 0) {
		ck_assert_int_eq(runs.v[0].state, STATE_HOLE);
		ck_assert_int_eq(source_stretch(src, 0).state, STATE_HOLE);
		ck_assert_uint_eq(source_stretch(src, 0).end, size);
	}
	runs_free(&runs);
	source_free(src);
}
END_TEST

START_TEST(it_never_changes)
{
	struct source *src = memory_open(10, &err);

	ck_assert_uint_eq(source_check(src), 0);
	source_free(src);
}
END_TEST

START_TEST(without_memory)
{
	struct runs runs = { 0 };
	struct source *src;
	char byte;

	mem_fail_after(0);
	ck_assert_ptr_null(memory_open(10, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	mem_fail_after(1);
	src = memory_open(10, &err);
	ck_assert_ptr_nonnull(src);
	ck_assert(!source_read(src, 0, &byte, 1, 0, &runs, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_uint_eq(runs.count, 0);
	mem_fail_after(-1);
	source_free(src);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = tcase_create("memory");

	tcase_add_loop_test(tc, it_is_a_hole, 0, ARRAY_LEN(sizes));
	tcase_add_test(tc, it_never_changes);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
