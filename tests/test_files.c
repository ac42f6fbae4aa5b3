/* test_files.c - tests of src/source/files.c */
#include "config.h"

#include "source/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "source/file.h"
#include "source/guard.h"
#include "source/source.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct error err;

static void setup(void)
{
	must(guard_install(&err), &err);
	faults_reset();
}

static void teardown(void)
{
	ck_assert_uint_eq(faults_descriptors(), 0);
	ck_assert_uint_eq(faults_maps(), 0);
}

enum { WINDOW = 65536 };

/* False under valgrind, which lets nobody lower the limit for good. */
static bool limit_descriptors(rlim_t n)
{
	struct rlimit limit = { .rlim_cur = n, .rlim_max = n };

	if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return true;
	ck_assert_int_eq(errno, EPERM);
	return false;
}

/* The system's limit, and ours. */
static const struct {
	rlim_t system;
	size_t ours;
} limits[] = {
	{ 2000, 1024 }, { 1088, 1024 }, { 1087, 1023 }, { 256, 192 },
	{ 69, 5 },      { 68, 4 },      { 65, 4 },      { 40, 4 },
};

START_TEST(default_limits)
{
	struct files_limits got;

	if (!limit_descriptors(limits[_i].system))
		return;
	got = files_limits_default();
	ck_assert_uint_eq(got.descriptors, limits[_i].ours);
	ck_assert_uint_eq(got.windows, sizeof(void *) < 8 ? 16 : 64);
	ck_assert_uint_eq(got.window_len, (sizeof(void *) < 8 ? 4 : 64) << 20);
	ck_assert_uint_eq(got.blocks, 512);
}
END_TEST

START_TEST(files_without_memory)
{
	struct files_limits small = { 4, 2, WINDOW, 8 };
	struct files *files = NULL;

	for (long n = 0; !files; n++) {
		mem_fail_after(n);
		files = files_new(&faults_sys, small, &err);
		mem_fail_after(-1);
		if (!files)
			ck_assert_int_eq(err.code, ERR_NOMEM);
	}
	ck_assert_uint_eq(files_descriptors(files), 0);
	ck_assert_uint_eq(files_windows(files), 0);
	files_free(files);
	files_free(NULL);
}
END_TEST

enum { MANY = 1000 };

static void read_many(struct source **src, uint64_t *random, size_t n)
{
	struct runs runs = { 0 };
	uint32_t got = 0;

	while (n-- > 0) {
		uint32_t i = (uint32_t)random_below(random, MANY);
		struct error e;

		runs_clear(&runs);
		must(source_read(src[i], 0, &got, sizeof(got), 0, &runs, &e),
		     &e);
		ck_assert_uint_eq(runs.count, 1);
		ck_assert_int_eq(runs.v[0].state, STATE_DATA);
		ck_assert_uint_eq(got, i);
	}
	runs_free(&runs);
}

static void map_many(struct source **src, uint64_t *random, size_t n)
{
	while (n-- > 0) {
		uint32_t i = (uint32_t)random_below(random, MANY);
		uint32_t got = 0;
		size_t len = SIZE_MAX;
		void *pin;
		const void *p = source_map(src[i], 0, &len, &pin);

		ck_assert_ptr_nonnull(p);
		ck_assert_uint_eq(len, sizeof(got));
		ck_assert_uint_eq(guard_copy(&got, p, len), len);
		ck_assert_uint_eq(got, i);
		source_unmap(src[i], pin);
	}
}

/* With and without maps. */
START_TEST(a_thousand_files)
{
	struct files_limits few = { 4, _i ? 3 : 0, WINDOW, 8 };
	struct files *files = files_new(&faults_sys, few, &err);
	struct source *src[MANY];
	uint64_t random = random_seed();
	char name[16];

	for (uint32_t i = 0; i < MANY; i++) {
		char *path;

		snprintf(name, sizeof(name), "%u", i);
		path = scratch_file(name, &i, sizeof(i));
		src[i] = file_open(files, path, &err);
		ck_assert_ptr_nonnull(src[i]);
		free(path);
	}
	ck_assert_uint_eq(faults_count(FAULT_STAT), MANY);
	ck_assert_uint_eq(faults_count(FAULT_ACCESS), MANY);
	ck_assert_uint_eq(faults_count(FAULT_OPEN), 0);
	read_many(src, &random, cases(3000));
	if (_i)
		map_many(src, &random, cases(3000));
	ck_assert_uint_le(faults_descriptors_most(), 4);
	ck_assert_uint_le(faults_maps_most(), few.windows);
	ck_assert_uint_eq(files_windows(files), faults_maps());
	ck_assert_uint_eq(files_descriptors(files), faults_descriptors());
	for (uint32_t i = 0; i < MANY; i++)
		source_free(src[i]);
	ck_assert_uint_eq(files_descriptors(files), 0);
	ck_assert_uint_eq(files_windows(files), 0);
	files_free(files);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("files");
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, default_limits, 0, ARRAY_LEN(limits));
	tcase_add_test(tc, files_without_memory);
	tcase_add_loop_test(tc, a_thousand_files, 0, 2);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
