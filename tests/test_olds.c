/*
 * test_olds.c - tests of src/keep/olds.c
 *
 * The library under test has room for 24 that wait, and reads 40 bytes at once.
 */
#include "config.h"

#include "keep/olds.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "source/file.h"
#include "source/files.h"
#include "source/source.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { SIZE = 5000 };

static struct error err;

static struct files *files;

/* A file of these bytes. */
static struct source *file_of(const void *bytes, size_t len)
{
	char *path = scratch_file("file", bytes, len);
	struct source *src;

	faults_reset();
	files = files_new(&faults_sys, files_limits_default(), &err);
	must(files != NULL, &err);
	src = file_open(files, path, &err);
	must(src != NULL, &err);
	free(path);
	return src;
}

static void close_file(struct source *src)
{
	source_free(src);
	files_free(files);
}

/* As many as are added and as they come, against comparing each by itself. */
START_TEST(they_are_compared)
{
	static const uint64_t within[] = { 60, 700, SIZE };
	uint64_t state = random_seed();
	unsigned char bytes[SIZE];
	struct source *src;

	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (unsigned char)random_u64(&state);
	src = file_of(bytes, SIZE);
	for (size_t n = cases(300); n > 0; n--) {
		struct olds olds = { .src = src };
		uint64_t all = within[random_below(&state, 3)];
		uint64_t differ = 0, first = UINT64_MAX;
		uint64_t wrong = random_below(&state, 5);

		for (size_t k = random_below(&state, 100); k > 0; k--) {
			unsigned char old[OLDS_LEN];
			size_t len = 1 + (size_t)random_below(&state, 10);
			uint64_t off;

			if (random_below(&state, 10) == 0)
				len = 1 + (size_t)random_below(&state,
				                               OLDS_LEN - 1);
			len = size_min(len, (size_t)all);
			off = random_below(&state, all - len + 1);
			memcpy(old, bytes + off, len);
			if (random_below(&state, 10) < wrong) {
				old[random_below(&state, len)] ^= 1;
				differ += len;
				first = u64_min(first, off);
			}
			must(olds_add(&olds, off, old, len, &err), &err);
		}
		must(olds_compare(&olds, &err), &err);
		ck_assert_uint_eq(olds.differ, differ);
		if (differ > 0)
			ck_assert_uint_eq(olds.first, first);
		olds_free(&olds);
	}
	close_file(src);
}
END_TEST

/* What cannot be read is not what it was, and what lies beside it is. */
START_TEST(what_has_no_value_differs)
{
	char text[2048];
	struct source *src;
	struct olds olds = { 0 };

	memset(text, 'x', sizeof(text));
	src = file_of(text, sizeof(text));
	faults_bad(512, 512, false);
	olds.src = src;
	for (uint64_t off = 490; off < 1040; off += 10)
		must(olds_add(&olds, off, (const uint8_t *)"xx", 2, &err),
		     &err);
	must(olds_compare(&olds, &err), &err);
	/* 520, 530 .. 1020, and none of 510 and 1030. */
	ck_assert_uint_eq(olds.differ, 2 * 51);
	ck_assert_uint_eq(olds.unread, 2 * 51);
	ck_assert_uint_eq(olds.first, 520);
	faults_reset();
	olds_free(&olds);
	close_file(src);
}
END_TEST

START_TEST(without_memory)
{
	static const unsigned char bytes[SIZE] = "abc";
	struct source *src = file_of(bytes, SIZE);
	bool ok = false;

	for (long n = 0; !ok; n++) {
		struct olds olds = { .src = src };

		mem_fail_after(n);
		ok = olds_add(&olds, 1, bytes + 1, 2, &err) &&
		     olds_compare(&olds, &err);
		mem_fail_after(-1);
		if (!ok)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert_uint_eq(olds.differ, 0);
		olds_free(&olds);
	}
	close_file(src);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("olds");
	TCase *tc = tcase_create("olds");

	tcase_add_test(tc, they_are_compared);
	tcase_add_test(tc, what_has_no_value_differs);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
