/* test_windows.c - tests of src/source/windows.c */
#include "config.h"

#include "source/windows.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

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

enum { WINDOW = 65536 };

static char *big_file(size_t len)
{
	unsigned char *bytes = malloc(len);
	char *path;

	for (size_t i = 0; i < len; i++)
		bytes[i] = (unsigned char)(1 + i / 4096);
	path = scratch_file("big", bytes, len);
	free(bytes);
	return path;
}

START_TEST(windows_are_pinned_and_evicted)
{
	size_t len = 5 * WINDOW + 100;
	char *path = big_file(len);
	int fd = open(path, O_RDONLY);
	struct windows *all = windows_new(&faults_sys, 2, WINDOW, &err);
	struct window *a = windows_pin(all, path, fd, 0, 1, len);
	struct window *b = windows_pin(all, path, fd, len - 1, 1, len);
	struct window *again;
	size_t there;

	ck_assert_uint_eq(windows_count(all), 2);
	ck_assert_uint_eq(window_at(a, 5000, &there)[0], 2);
	ck_assert_uint_eq(there, WINDOW - 5000);
	ck_assert_uint_eq(window_at(b, len - 1, &there)[0], 81);
	ck_assert_uint_eq(there, 1);
	/* The same one again is the same one; another has no room. */
	again = windows_pin(all, path, fd, 1, 1, len);
	ck_assert_ptr_eq(window_at(again, 1, &there), window_at(a, 1, &there));
	ck_assert_uint_eq(faults_count(FAULT_MAP), 2);
	ck_assert_ptr_null(windows_pin(all, path, fd, WINDOW, 1, len));
	windows_unpin(all, a);
	ck_assert_ptr_null(windows_pin(all, path, fd, WINDOW, 1, len));
	windows_unpin(all, b);
	b = windows_pin(all, path, fd, WINDOW, 1, len);
	ck_assert_ptr_nonnull(b);
	ck_assert_uint_eq(faults_maps_most(), 2);
	ck_assert_uint_eq(window_at(again, 5000, &there)[0], 2);
	windows_unpin(all, again);
	windows_unpin(all, b);
	/* The least recently used one goes, the other one is found. */
	b = windows_pin(all, path, fd, 2 * WINDOW, 1, len);
	windows_unpin(all, b);
	faults_reset();
	windows_unpin(all, windows_pin(all, path, fd, WINDOW, 1, len));
	ck_assert_uint_eq(faults_count(FAULT_MAP), 0);
	windows_unpin(all, windows_pin(all, path, fd, 0, 1, len));
	ck_assert_uint_eq(faults_count(FAULT_MAP), 1);
	windows_free(all);
	windows_free(NULL);
	close(fd);
	free(path);
}
END_TEST

START_TEST(windows_of_two_owners)
{
	char *path = big_file(WINDOW);
	int fd = open(path, O_RDONLY);
	struct windows *all = windows_new(&faults_sys, 4, WINDOW, &err);
	struct window *mine = windows_pin(all, path, fd, 0, 1, WINDOW);
	struct window *other = windows_pin(all, &fd, fd, 0, 1, WINDOW);
	size_t there;

	ck_assert_ptr_ne(mine, other);
	windows_unpin(all, other);
	windows_drop(all, &fd);
	ck_assert_uint_eq(windows_count(all), 1);
	ck_assert_uint_eq(window_at(mine, 0, &there)[0], 1);
	windows_unpin(all, mine);
	windows_drop(all, path);
	ck_assert_uint_eq(windows_count(all), 0);
	windows_free(all);
	close(fd);
	free(path);
}
END_TEST

START_TEST(windows_that_cannot_be_mapped)
{
	char *path = big_file(WINDOW);
	int fd = open(path, O_RDONLY);
	struct windows *all = windows_new(&faults_sys, 1, WINDOW, &err);
	struct window *w;

	faults_fail(FAULT_MAP, 0, 1, ENOMEM);
	ck_assert_ptr_null(windows_pin(all, path, fd, 0, 1, WINDOW));
	ck_assert_uint_eq(windows_count(all), 0);
	faults_fail(FAULT_ADVISE, 0, 1, EINVAL); /* advice is only advice */
	w = windows_pin(all, path, fd, 0, 1, WINDOW);
	ck_assert_ptr_nonnull(w);
	windows_unpin(all, w);
	windows_free(all);
	close(fd);
	free(path);
}
END_TEST

/* What was said last to be needed no more. */
static struct {
	unsigned char *from;
	size_t len;
	size_t count;
} gone;

static int note_advice(void *addr, size_t len, enum sys_advice advice)
{
	if (advice == SYS_ADVICE_DONTNEED) {
		gone.from = addr;
		gone.len = len;
		gone.count++;
	}
	return sys_real.advise(addr, len, advice);
}

enum { PAGES = 65536 }; /* that go at a time */

/* Only of a window's end do they go in part. */
START_TEST(pages_that_were_wanted_go)
{
	static const struct {
		size_t off, len;  /* pinned */
		size_t from, end; /* gone; end 0: nothing */
	} rows[] = {
		{ 0, 1, 0, 0 },
		{ 100, PAGES, 0, PAGES },
		{ PAGES + 5, PAGES, PAGES, 2 * PAGES },
		{ 2 * PAGES + 5, PAGES - 5, 2 * PAGES, 3 * PAGES },
		{ 3 * PAGES, PAGES - 1, 0, 0 },
		{ 3 * PAGES + 50, 60, 0, 0 }, /* is left, and of this.. */
		{ 2 * PAGES, 1, 2 * PAGES, 3 * PAGES },
		{ 4 * PAGES, 1, 3 * PAGES, 4 * PAGES }, /* .. till it goes */
		{ 5 * PAGES, SIZE_MAX, 4 * PAGES, 5 * PAGES + 100 },
		{ 1, 5 * PAGES, 0, 5 * PAGES },
	};
	struct sys sys = faults_sys;
	size_t len = 5 * PAGES + 100;
	char *path = big_file(len);
	int fd = open(path, O_RDONLY);
	struct windows *all;

	sys.advise = note_advice;
	all = windows_new(&sys, 2, 8 * PAGES, &err);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct window *w = windows_pin(all, path, fd, rows[i].off,
		                               rows[i].len, len);
		size_t there;
		const unsigned char *base =
			window_at(w, rows[i].off, &there) - rows[i].off;

		gone.count = 0;
		windows_unpin(all, w);
		ck_assert_msg(gone.count == (rows[i].end > 0), "row %zu", i);
		if (rows[i].end == 0)
			continue;
		ck_assert_msg(gone.from == base + rows[i].from, "row %zu", i);
		ck_assert_msg(gone.len == rows[i].end - rows[i].from, "row %zu",
		              i);
	}
	windows_free(all);
	close(fd);
	free(path);
}
END_TEST

/* Each gives back what it wanted, whoever else is in the window. */
START_TEST(pages_go_with_each_pin)
{
	struct sys sys = faults_sys;
	size_t len = 6 * PAGES;
	char *path = big_file(len);
	int fd = open(path, O_RDONLY);
	struct windows *all;
	struct window *w[3];
	const unsigned char *base;
	size_t there;

	sys.advise = note_advice;
	all = windows_new(&sys, 2, 8 * PAGES, &err);
	for (size_t i = 0; i < ARRAY_LEN(w); i++)
		w[i] = windows_pin(all, path, fd, 2 * i * PAGES, 2 * PAGES,
		                   len);
	base = window_at(w[0], 0, &there);
	gone.count = 0;
	windows_unpin(all, w[1]);
	ck_assert_uint_eq(gone.count, 1);
	ck_assert_ptr_eq(gone.from, base + 2 * PAGES);
	ck_assert_uint_eq(gone.len, 2 * PAGES);
	windows_unpin(all, w[0]);
	ck_assert_ptr_eq(gone.from, base);
	ck_assert_uint_eq(gone.len, 2 * PAGES);
	/* The last one clears up. */
	windows_unpin(all, w[2]);
	ck_assert_uint_eq(gone.count, 3);
	ck_assert_ptr_eq(gone.from, base);
	ck_assert_uint_eq(gone.len, len);
	windows_free(all);
	close(fd);
	free(path);
}
END_TEST

/* One that is one too many is refused, and there is room again behind it. */
START_TEST(pins_have_an_end)
{
	char *path = big_file(WINDOW);
	int fd = open(path, O_RDONLY);
	struct windows *all = windows_new(&faults_sys, 1, WINDOW, &err);
	struct window *w[16] = { NULL };
	size_t n = 0;

	while (n < ARRAY_LEN(w) &&
	       (w[n] = windows_pin(all, path, fd, n, 1, WINDOW)))
		n++;
	ck_assert_uint_gt(n, 1);
	ck_assert_uint_lt(n, ARRAY_LEN(w));
	windows_unpin(all, w[0]);
	w[0] = windows_pin(all, path, fd, 0, 1, WINDOW);
	ck_assert_ptr_nonnull(w[0]);
	for (size_t i = 0; i < n; i++)
		windows_unpin(all, w[i]);
	windows_free(all);
	close(fd);
	free(path);
}
END_TEST

struct pinner {
	struct windows *all;
	atomic_bool *wrong;
	int fd;
	uint64_t random;
};

static void *pin_many(void *arg)
{
	struct pinner *p = arg;
	size_t there;

	for (size_t n = cases(2000); n > 0; n--) {
		uint64_t off = random_below(&p->random, 5 * WINDOW);
		struct window *w = windows_pin(p->all, p->wrong, p->fd, off, 1,
		                               5 * WINDOW);

		if (!w)
			continue;
		if (window_at(w, off, &there)[0] != 1 + off / 4096)
			atomic_store(p->wrong, true);
		windows_unpin(p->all, w);
	}
	return NULL;
}

START_TEST(windows_in_many_threads)
{
	char *path = big_file(5 * WINDOW);
	int fd = open(path, O_RDONLY);
	struct windows *all = windows_new(&faults_sys, 3, WINDOW, &err);
	uint64_t random = random_seed();
	atomic_bool wrong = false;
	struct pinner p[4];
	pthread_t threads[ARRAY_LEN(p)];

	for (size_t i = 0; i < ARRAY_LEN(p); i++) {
		p[i] = (struct pinner){ all, &wrong, fd, random_u64(&random) };
		pthread_create(&threads[i], NULL, pin_many, &p[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		pthread_join(threads[i], NULL);
	ck_assert(!atomic_load(&wrong));
	ck_assert_uint_le(windows_count(all), 3);
	windows_free(all);
	close(fd);
	free(path);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("windows");
	TCase *tc = tcase_create("windows");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, windows_are_pinned_and_evicted);
	tcase_add_test(tc, windows_of_two_owners);
	tcase_add_test(tc, windows_that_cannot_be_mapped);
	tcase_add_test(tc, pages_that_were_wanted_go);
	tcase_add_test(tc, pages_go_with_each_pin);
	tcase_add_test(tc, pins_have_an_end);
	tcase_add_test(tc, windows_in_many_threads);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
