/* test_descriptors.c - tests of src/source/descriptors.c */
#include "config.h"

#include "source/descriptors.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "source/source.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct error err;

static void setup(void)
{
	faults_reset();
}

static void teardown(void)
{
	ck_assert_uint_eq(faults_descriptors(), 0);
	ck_assert_uint_eq(faults_maps(), 0);
}

/* A file as the cache of descriptors sees it. */
struct one {
	struct descriptor d;
	struct identity id;
	char *path;
};

static void make_one(struct one *one, const char *name)
{
	struct sys_stat st;

	one->path = scratch_file(name, name, strlen(name));
	ck_assert_int_eq(sys_real.stat(one->path, &st), 0);
	one->id = (struct identity){ .dev = st.dev, .ino = st.ino };
	descriptor_init(&one->d);
}

static void free_one(struct descriptors *all, struct one *one)
{
	descriptors_close(all, &one->d);
	free(one->path);
}

/* Pin and unpin; the bytes are the file's name. */
static bool use(struct descriptors *all, struct one *one, struct run *failed)
{
	char byte = 0;
	int fd = -1;

	if (!descriptors_pin(all, &one->d, one->path, &one->id, &fd, failed))
		return false;
	ck_assert_int_eq(sys_real.pread(fd, &byte, 1, 0), 1);
	ck_assert_int_eq(byte, strrchr(one->path, '/')[1]);
	descriptors_unpin(all, &one->d);
	return true;
}

static bool is_open(struct descriptors *all, struct one *one)
{
	int fd;
	bool open = descriptors_pin_open(all, &one->d, &fd);

	if (open)
		descriptors_unpin(all, &one->d);
	return open;
}

static struct one three[3];

static struct descriptors *setup_three(const struct sys *sys, size_t limit)
{
	struct descriptors *all = descriptors_new(sys, limit, &err);

	ck_assert_ptr_nonnull(all);
	make_one(&three[0], "a");
	make_one(&three[1], "b");
	make_one(&three[2], "c");
	return all;
}

static void free_three(struct descriptors *all)
{
	for (size_t i = 0; i < 3; i++)
		free_one(all, &three[i]);
	ck_assert_uint_eq(descriptors_count(all), 0);
	descriptors_free(all);
}

START_TEST(the_least_recently_used_is_closed)
{
	struct descriptors *all = setup_three(&faults_sys, 2);
	struct run failed;

	ck_assert(use(all, &three[0], &failed));
	ck_assert(use(all, &three[1], &failed));
	ck_assert(use(all, &three[0], &failed));
	ck_assert_uint_eq(faults_count(FAULT_OPEN), 2);
	ck_assert(use(all, &three[2], &failed));
	ck_assert(is_open(all, &three[0]));
	ck_assert(!is_open(all, &three[1]));
	ck_assert_uint_eq(faults_descriptors_most(), 2);
	free_three(all);
}
END_TEST

START_TEST(what_is_pinned_stays)
{
	struct descriptors *all = setup_three(&faults_sys, 1);
	struct run failed;
	int a;
	int b;

	ck_assert(descriptors_pin(all, &three[0].d, three[0].path, &three[0].id,
	                          &a, &failed));
	/* The limit is passed, for as long as it has to be. */
	ck_assert(descriptors_pin(all, &three[1].d, three[1].path, &three[1].id,
	                          &b, &failed));
	ck_assert_int_ne(a, b);
	ck_assert_uint_eq(descriptors_count(all), 2);
	descriptors_unpin(all, &three[1].d);
	descriptors_unpin(all, &three[0].d);
	ck_assert(use(all, &three[2], &failed));
	ck_assert_uint_eq(descriptors_count(all), 1);
	free_three(all);
}
END_TEST

START_TEST(a_file_without_a_name_stays)
{
	struct descriptors *all = setup_three(&faults_sys, 1);
	struct run failed;

	ck_assert(use(all, &three[0], &failed));
	ck_assert_int_eq(unlink(three[0].path), 0);
	ck_assert(use(all, &three[1], &failed));
	ck_assert(use(all, &three[2], &failed));
	ck_assert(is_open(all, &three[0]));
	ck_assert(!is_open(all, &three[1]));
	ck_assert(use(all, &three[0], &failed));
	descriptors_close(all, &three[0].d);
	ck_assert(!use(all, &three[0], &failed));
	ck_assert_int_eq(failed.why, WHY_ERRNO);
	ck_assert_int_eq(failed.sys, ENOENT);
	free_three(all);
}
END_TEST

START_TEST(what_is_kept_stays)
{
	struct descriptors *all = setup_three(&faults_sys, 1);
	struct run failed;

	descriptors_keep(all, &three[0].d, true); /* closed: nothing to keep */
	ck_assert(use(all, &three[0], &failed));
	ck_assert(use(all, &three[1], &failed));
	ck_assert(!is_open(all, &three[0]));
	descriptors_keep(all, &three[1].d, true);
	ck_assert(use(all, &three[2], &failed));
	ck_assert(is_open(all, &three[1]));
	descriptors_keep(all, &three[1].d, false);
	ck_assert(use(all, &three[0], &failed));
	ck_assert(!is_open(all, &three[1]));
	free_three(all);
}
END_TEST

START_TEST(another_file_under_the_name)
{
	struct descriptors *all = setup_three(&faults_sys, 1);
	struct run failed;

	three[0].id.ino++;
	ck_assert(!use(all, &three[0], &failed));
	ck_assert_int_eq(failed.state, STATE_BAD);
	ck_assert_int_eq(failed.why, WHY_REPLACED);
	three[0].id.ino--;
	three[0].id.dev++;
	ck_assert(!use(all, &three[0], &failed));
	ck_assert_int_eq(failed.why, WHY_REPLACED);
	ck_assert_uint_eq(descriptors_count(all), 0);
	ck_assert_uint_eq(faults_descriptors(), 0);
	three[0].id.dev--;
	ck_assert(use(all, &three[0], &failed));
	free_three(all);
}
END_TEST

/* Out of descriptors below our own limit: one of ours is closed for it. */
static const int too_many[] = { EMFILE, ENFILE };

START_TEST(too_many_open_files)
{
	struct descriptors *all = setup_three(&faults_sys, 3);
	struct run failed;
	int fd;

	ck_assert(use(all, &three[0], &failed));
	ck_assert(use(all, &three[1], &failed));
	faults_fail(FAULT_OPEN, 0, 1, too_many[_i]);
	ck_assert(use(all, &three[2], &failed));
	ck_assert(!is_open(all, &three[0]));
	ck_assert(is_open(all, &three[1]));
	/* With nothing left to close, the file is bad. */
	ck_assert(descriptors_pin_open(all, &three[1].d, &fd));
	faults_fail(FAULT_OPEN, 0, SIZE_MAX, too_many[_i]);
	ck_assert(!use(all, &three[0], &failed));
	ck_assert_int_eq(failed.sys, too_many[_i]);
	ck_assert(!is_open(all, &three[2]));
	descriptors_unpin(all, &three[1].d);
	free_three(all);
}
END_TEST

/* Each call fails once, at each of its turns; what is open is what is counted,
   and all is well afterwards. */
static const enum fault_call pin_calls[] = { FAULT_OPEN, FAULT_FSTAT,
	                                     FAULT_CLOSE };

START_TEST(descriptors_with_faults)
{
	struct descriptors *all = setup_three(&faults_sys, 1);
	struct run failed;
	bool more = true;

	for (size_t nth = 0; more; nth++) {
		faults_reset();
		faults_fail(pin_calls[_i], nth, 1, EIO);
		for (size_t i = 0; i < 6; i++)
			if (!use(all, &three[i % 3], &failed)) {
				ck_assert_int_eq(failed.why, WHY_ERRNO);
				ck_assert_int_eq(failed.sys, EIO);
			}
		more = faults_happened();
		ck_assert_uint_eq(descriptors_count(all), faults_descriptors());
		ck_assert_uint_le(descriptors_count(all), 1);
	}
	faults_reset();
	for (size_t i = 0; i < 3; i++)
		ck_assert(use(all, &three[i], &failed));
	free_three(all);
}
END_TEST

START_TEST(adopting)
{
	struct descriptors *all = setup_three(&faults_sys, 1);
	struct run failed;

	descriptors_adopt(all, &three[0].d,
	                  faults_sys.open(three[0].path, SYS_READ));
	ck_assert(use(all, &three[1], &failed));
	ck_assert(use(all, &three[2], &failed));
	ck_assert(is_open(all, &three[0]));
	free_three(all);
}
END_TEST

/* An fstat() that takes its time, so that others get to run in the middle. */
static int slow_fstat(int fd, struct sys_stat *st)
{
	for (int i = 0; i < 20; i++)
		sched_yield();
	return faults_sys.fstat(fd, st);
}

static atomic_bool looking;

/* Tells that it runs, and goes on for a while. */
static int watched_fstat(int fd, struct sys_stat *st)
{
	int n = faults_sys.fstat(fd, st);

	atomic_store(&looking, true);
	for (int i = 0; i < 10000; i++)
		sched_yield();
	return n;
}

static void *use_second(void *arg)
{
	struct run failed;

	return use(arg, &three[1], &failed) ? arg : NULL;
}

/* A file can be closed for good while another thread looks whether it may be
   closed to make room. */
START_TEST(closing_waits_for_a_look)
{
	struct sys watched = faults_sys;
	struct descriptors *all = setup_three(&watched, 1);
	struct run failed;
	pthread_t thread;
	void *used;

	ck_assert(use(all, &three[0], &failed));
	atomic_store(&looking, false);
	watched.fstat = watched_fstat;
	pthread_create(&thread, NULL, use_second, all);
	while (!atomic_load(&looking))
		sched_yield();
	descriptors_close(all, &three[0].d);
	ck_assert(!is_open(all, &three[0]));
	pthread_join(thread, &used);
	ck_assert_ptr_nonnull(used);
	ck_assert_uint_eq(descriptors_count(all), 1);
	free_three(all);
}
END_TEST

/* Two threads share a file, one has one, and one closes its own over and over;
   each makes the others' be closed. */
struct user {
	struct descriptors *all;
	struct one *one;
	bool closes;
	size_t failures;
};

static void *use_many(void *arg)
{
	struct user *u = arg;
	struct run failed;

	for (size_t n = cases(2000); n > 0; n--) {
		char byte = 0;
		int fd;

		if (!descriptors_pin(u->all, &u->one->d, u->one->path,
		                     &u->one->id, &fd, &failed)) {
			u->failures++;
			continue;
		}
		if (sys_real.pread(fd, &byte, 1, 0) != 1 ||
		    byte != strrchr(u->one->path, '/')[1])
			u->failures++;
		descriptors_unpin(u->all, &u->one->d);
		if (u->closes)
			descriptors_close(u->all, &u->one->d);
	}
	return NULL;
}

START_TEST(descriptors_in_many_threads)
{
	struct sys slow = faults_sys;
	struct user users[4];
	pthread_t threads[ARRAY_LEN(users)];
	struct descriptors *all;

	slow.fstat = slow_fstat;
	all = setup_three(&slow, 1);
	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		users[i] = (struct user){ .all = all,
			                  .one = &three[i % 3],
			                  .closes = i == 1 };
		pthread_create(&threads[i], NULL, use_many, &users[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		pthread_join(threads[i], NULL);
		ck_assert_uint_eq(users[i].failures, 0);
	}
	ck_assert_uint_eq(descriptors_count(all), faults_descriptors());
	ck_assert_uint_le(faults_descriptors_most(), 1 + ARRAY_LEN(users));
	free_three(all);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("descriptors");
	TCase *tc = tcase_create("descriptors");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_least_recently_used_is_closed);
	tcase_add_test(tc, what_is_pinned_stays);
	tcase_add_test(tc, a_file_without_a_name_stays);
	tcase_add_test(tc, what_is_kept_stays);
	tcase_add_test(tc, another_file_under_the_name);
	tcase_add_loop_test(tc, too_many_open_files, 0, ARRAY_LEN(too_many));
	tcase_add_loop_test(tc, descriptors_with_faults, 0,
	                    ARRAY_LEN(pin_calls));
	tcase_add_test(tc, adopting);
	tcase_add_test(tc, closing_waits_for_a_look);
	tcase_add_test(tc, descriptors_in_many_threads);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
