/* test_siblings.c - tests of source/siblings.c */
#include "config.h"

#include "source/siblings.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sys.h"
#include "tests/support.h"

/* A system that counts, and whose answers can be given. */
static struct {
	struct sys sys;
	bool gives; /* that any path stands for `st` */
	struct sys_stat st;
	int writing, reading; /* what may be done with it */
	unsigned asked;
	int folder; /* what to say when a folder is opened, or 0 */
	unsigned by_path, in_folder, opened, closed;
} fake;

static struct siblings *siblings;
static struct error err;

static int fake_access(const char *path, unsigned flags)
{
	(void)path;
	fake.asked++;
	return flags & SYS_WRITE ? fake.writing : fake.reading;
}

static int fake_stat(const char *path, struct sys_stat *st)
{
	fake.by_path++;
	if (!fake.gives)
		return sys_real.stat(path, st);
	*st = fake.st;
	return 0;
}

static int fake_stat_in(int folder, const char *name, struct sys_stat *st)
{
	fake.in_folder++;
	return sys_real.stat_in(folder, name, st);
}

static int fake_open(const char *path, unsigned flags)
{
	int fd = fake.folder ? fake.folder : sys_real.open(path, flags);

	fake.opened += fd >= 0;
	return fd;
}

static int fake_close(int fd)
{
	fake.closed++;
	return sys_real.close(fd);
}

static void set_up(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.sys = sys_real;
	fake.sys.access = fake_access;
	fake.sys.stat = fake_stat;
	fake.sys.stat_in = fake_stat_in;
	fake.sys.open = fake_open;
	fake.sys.close = fake_close;
	siblings = siblings_new(&fake.sys, &err);
	ck_assert_ptr_nonnull(siblings);
	siblings_begin(siblings);
}

static void tear_down(void)
{
	siblings_free(siblings);
	siblings_free(NULL);
	ck_assert_uint_eq(fake.opened, fake.closed);
}

/* --- what may be done ---------------------------------------------------- */

/* A file of the user's own. */
static struct sys_stat own(void)
{
	return (struct sys_stat){ .dev = 1,
		                  .ino = 2,
		                  .uid = sys_user(),
		                  .gid = 3,
		                  .mode = 0644,
		                  .type = SYS_REGULAR };
}

/* What is said, and how often the system was asked for it. */
static void check(const char *path, struct sys_stat st, int want, bool writable,
                  unsigned asked)
{
	bool got = !writable;

	fake.gives = true;
	fake.st = st;
	ck_assert_int_eq(siblings_stat(siblings, path, &st), 0);
	fake.asked = 0;
	ck_assert_int_eq(siblings_rights(siblings, path, &st, &got), want);
	if (want == 0)
		ck_assert_int_eq(got, writable);
	ck_assert_uint_eq(fake.asked, asked);
}

START_TEST(those_that_are_alike)
{
	check("a/x", own(), 0, true, 1);
	check("a/y", own(), 0, true, 0);
	/* Whatever is said now. */
	fake.writing = -EROFS;
	check("a/z", own(), 0, true, 0);
}
END_TEST

START_TEST(those_for_reading)
{
	fake.writing = -EROFS;
	check("a/x", own(), 0, false, 2);
	check("a/y", own(), 0, false, 0);
	fake.writing = 0;
	check("b/y", own(), 0, true, 1);
}
END_TEST

/* Outside of it each is asked for. */
START_TEST(one_by_one)
{
	check("a/x", own(), 0, true, 1);
	check("a/y", own(), 0, true, 0);
	siblings_end(siblings);
	check("a/y", own(), 0, true, 1);
	fake.writing = -EROFS;
	check("a/y", own(), 0, false, 2);
	siblings_begin(siblings);
	check("a/y", own(), 0, false, 2);
	check("a/y", own(), 0, false, 0);
}
END_TEST

/* Each of them differs in one thing from the file before. */
START_TEST(others)
{
	struct sys_stat st = own();

	check("a/x", st, 0, true, 1);
	check("b/x", st, 0, true, 1);
	check("b/c/x", st, 0, true, 1);
	check("x", st, 0, true, 1);
	check("/x", st, 0, true, 1);
	st.dev++;
	check("/x", st, 0, true, 1);
	st.gid++;
	check("/x", st, 0, true, 1);
	st.mode = 0600;
	check("/x", st, 0, true, 1);
	check("/y", st, 0, true, 0);
	/* Devices are few, and each is another thing. */
	st.type = SYS_BLOCK;
	check("/y", st, 0, true, 1);
	check("/y", st, 0, true, 1);
}
END_TEST

/* Files of others are asked for one by one, unless the user is root. */
START_TEST(of_somebody_else)
{
	struct sys_stat st = own();
	unsigned again = sys_user() == 0 ? 0 : 1;

	st.uid = 4711;
	check("a/x", st, 0, true, 1);
	check("a/y", st, 0, true, again);
	st.uid = 4712;
	check("a/y", st, 0, true, 1);
}
END_TEST

/* An error is not taken for the next one's. */
START_TEST(unreadable)
{
	struct sys_stat st = own();

	check("a/x", own(), 0, true, 1);
	fake.writing = fake.reading = -EACCES;
	st.mode = 0;
	check("a/y", st, -EACCES, false, 2);
	check("a/y", st, -EACCES, false, 2);
	check("a/x", own(), 0, true, 0);
}
END_TEST

START_TEST(deep_folders)
{
	char path[3000];

	memset(path, 'd', sizeof(path));
	path[1023] = '/';
	path[1025] = '\0';
	check(path, own(), 0, true, 1);
	check(path, own(), 0, true, 0);
	path[1023] = 'd';
	path[1024] = '/';
	path[1025] = 'd';
	path[1026] = '\0';
	check(path, own(), 0, true, 1);
	check(path, own(), 0, true, 1);
}
END_TEST

/* --- what stands there --------------------------------------------------- */

static void make_names(void)
{
	mem_free(scratch_file("a", "1", 1));
	mem_free(scratch_file("b", "22", 2));
	mem_free(scratch_file("c", "333", 3));
	ck_assert_int_eq(chdir(scratch()), 0);
	ck_assert_int_eq(mkdir("in", 0700), 0);
	ck_assert_int_eq(symlink("../b", "in/link"), 0);
	ck_assert_int_eq(symlink("none", "in/lost"), 0);
	ck_assert_int_eq(rename("a", "in/a"), 0);
	ck_assert_int_eq(link("in/a", "in/a2"), 0);
}

/* The answer must be that of the system, and come in the way that is said. */
static void look(const char *path, unsigned by_path, unsigned in_folder)
{
	struct sys_stat want = { 0 }, got = { 0 };
	int answer = sys_real.stat(path, &want);

	fake.by_path = fake.in_folder = 0;
	ck_assert_int_eq(siblings_stat(siblings, path, &got), answer);
	if (answer == 0)
		ck_assert_mem_eq(&want, &got, sizeof(got));
	ck_assert_uint_eq(fake.by_path, by_path);
	ck_assert_uint_eq(fake.in_folder, in_folder);
}

START_TEST(in_one_folder)
{
	make_names();
	look("in/a", 1, 0);
	look("in/a2", 0, 1);
	look("in/a", 0, 1);
	/* As the path says it. */
	look("in/link", 1, 1);
	look("in/lost", 1, 1);
	look("in/none", 1, 1);
	look("in/", 1, 1);
	look("in/a/x", 1, 0);
	look("in/a/y", 1, 0);
	look("in/.", 1, 0);
	look("in/..", 0, 1);
	look("./in/a", 1, 0);
	look("./in/a2", 0, 1);
	ck_assert_uint_eq(fake.opened, 3);
	ck_assert_uint_eq(fake.closed, 2);
	siblings_end(siblings);
	ck_assert_uint_eq(fake.closed, 3);
	look("in/a", 1, 0);
	look("in/a", 1, 0);
	ck_assert_uint_eq(fake.opened, 3);
}
END_TEST

/* The working folder needs no other, and the root is one. */
START_TEST(short_names)
{
	make_names();
	look("b", 1, 0);
	look("c", 1, 0);
	look("/", 1, 0);
	look("/dev", 0, 1);
	look("/none", 1, 1);
}
END_TEST

/* A folder that may be searched, but not read. */
START_TEST(a_folder_does_not_open)
{
	make_names();
	fake.folder = -EACCES;
	look("in/a", 1, 0);
	look("in/a2", 1, 0);
	fake.folder = 0;
	look("in/a", 1, 0);
	ck_assert_uint_eq(fake.opened, 0);
	look("b", 1, 0);
	look("in/a", 1, 0);
	look("in/a2", 0, 1);
}
END_TEST

/* What is renamed meanwhile is found where it was, or not at all. */
START_TEST(a_folder_moves)
{
	struct sys_stat st;

	make_names();
	look("in/a", 1, 0);
	look("in/a2", 0, 1);
	ck_assert_int_eq(rename("in", "out"), 0);
	ck_assert_int_eq(siblings_stat(siblings, "in/a", &st), 0);
	ck_assert_int_eq(siblings_stat(siblings, "in/x", &st), -ENOENT);
	look("out/a", 1, 0);
}
END_TEST

static void *look_elsewhere(void *arg)
{
	bool writable;
	struct sys_stat st;

	(void)arg;
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(siblings_stat(siblings, "in/a2", &st), 0);
		ck_assert_int_eq(siblings_rights(siblings, "in/a2", &st,
		                                 &writable),
		                 0);
	}
	return NULL;
}

/* It has no part in what is kept, and does not disturb it. */
START_TEST(another_thread)
{
	pthread_t thread;
	bool writable;
	struct sys_stat st;

	make_names();
	/* Nothing that counts: that would be a race of the test. */
	fake.sys = sys_real;
	ck_assert_int_eq(pthread_create(&thread, NULL, look_elsewhere, NULL),
	                 0);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(siblings_stat(siblings, "in/a", &st), 0);
		ck_assert_int_eq(siblings_rights(siblings, "in/a", &st,
		                                 &writable),
		                 0);
	}
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}
END_TEST

START_TEST(without_memory)
{
	mem_fail_after(0);
	ck_assert_ptr_null(siblings_new(&fake.sys, &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("siblings");
	TCase *tc = tcase_create("siblings");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, those_that_are_alike);
	tcase_add_test(tc, those_for_reading);
	tcase_add_test(tc, one_by_one);
	tcase_add_test(tc, others);
	tcase_add_test(tc, of_somebody_else);
	tcase_add_test(tc, unreadable);
	tcase_add_test(tc, deep_folders);
	tcase_add_test(tc, in_one_folder);
	tcase_add_test(tc, short_names);
	tcase_add_test(tc, a_folder_does_not_open);
	tcase_add_test(tc, a_folder_moves);
	tcase_add_test(tc, another_thread);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
