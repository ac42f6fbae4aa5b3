/*
 * test_olds.c - tests of src/keep/olds.c
 *
 * The library under test has room for 24 that wait, and reads 40 bytes at once.
 */
#include "config.h"

#include "keep/olds.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "source/file.h"
#include "source/files.h"
#include "source/guard.h"
#include "source/source.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { SIZE = 5000 };

static struct error err;

static struct files *files;
static char *path;

/* A file of these bytes. */
static struct source *file_of(const void *bytes, size_t len)
{
	struct source *src;

	path = scratch_file("file", bytes, len);
	faults_reset();
	files = files_new(&faults_sys, files_limits_default(), &err);
	must(files != NULL, &err);
	src = file_open(files, path, &err);
	must(src != NULL, &err);
	return src;
}

static void close_file(struct source *src)
{
	source_free(src);
	files_free(files);
	free(path);
}

/* As many as are added and as they come, against comparing each by itself; in
   maps, too. */
START_TEST(they_are_compared)
{
	static const uint64_t within[] = { 60, 700, SIZE };
	uint64_t state = random_seed();
	unsigned char bytes[SIZE];
	struct source *src;

	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (unsigned char)random_u64(&state);
	src = file_of(bytes, SIZE);
	if (_i > 0)
		must(guard_install(&err), &err);
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
	ck_assert_uint_eq(files_windows(files), _i > 0);
	close_file(src);
}
END_TEST

/* A map shows zeros behind the end that the file has now. */
START_TEST(what_is_gone_differs)
{
	static const unsigned char bytes[SIZE];
	struct source *src = file_of(bytes, SIZE);
	struct olds olds = { .src = src };

	must(guard_install(&err), &err);
	ck_assert_int_eq(truncate(path, 1000), 0);
	for (uint64_t off = 900; off < 1100; off += 10)
		must(olds_add(&olds, off, bytes, 2, &err), &err);
	must(olds_compare(&olds, &err), &err);
	ck_assert_uint_eq(files_windows(files), 1);
	ck_assert_uint_eq(olds.differ, 2 * 10);
	ck_assert_uint_eq(olds.unread, 2 * 10);
	ck_assert_uint_eq(olds.first, 1000);
	olds_free(&olds);
	close_file(src);
}
END_TEST

/* Pages of a map that are gone raise SIGBUS. */
START_TEST(pages_that_are_gone_differ)
{
	static const unsigned char bytes[8 * SIZE];
	struct source *src = file_of(bytes, sizeof(bytes));
	struct olds olds = { .src = src };

	must(guard_install(&err), &err);
	ck_assert_int_eq(truncate(path, 4096), 0);
	for (uint64_t off = 20000; off < 20200; off += 10)
		must(olds_add(&olds, off, bytes, 1, &err), &err);
	must(olds_compare(&olds, &err), &err);
	ck_assert_uint_eq(olds.differ, 20);
	ck_assert_uint_eq(olds.unread, 20);
	olds_free(&olds);
	close_file(src);
}
END_TEST

/* A window of the map ends within an old, behind or before any of the
   others. */
START_TEST(across_windows)
{
	static const unsigned char bytes[200000];
	struct files_limits limits = files_limits_default();
	struct source *src;
	struct olds olds = { 0 };

	limits.window_len = 65536;
	path = scratch_file("file", bytes, sizeof(bytes));
	faults_reset();
	must(guard_install(&err), &err);
	files = files_new(&faults_sys, limits, &err);
	must(files != NULL, &err);
	src = file_open(files, path, &err);
	must(src != NULL, &err);
	olds.src = src;
	must(olds_add(&olds, 100, bytes, 1, &err), &err);
	for (uint64_t off = 65536 - 10 * (uint64_t)_i - 5; off < 65600;
	     off += 10)
		must(olds_add(&olds, off, bytes, 10, &err), &err);
	must(olds_add(&olds, 65700, (const uint8_t *)"x", 1, &err), &err);
	must(olds_compare(&olds, &err), &err);
	ck_assert_uint_gt(files_windows(files), 0);
	ck_assert_uint_eq(olds.differ, 1);
	ck_assert_uint_eq(olds.first, 65700);
	olds_free(&olds);
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

	tcase_add_loop_test(tc, they_are_compared, 0, 2);
	tcase_add_test(tc, what_is_gone_differs);
	tcase_add_test(tc, pages_that_are_gone_differ);
	tcase_add_loop_test(tc, across_windows, 0, 3);
	tcase_add_test(tc, what_has_no_value_differs);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
