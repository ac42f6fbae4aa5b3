/* test_rights.c - tests of source/rights.c */
#include "config.h"

#include "source/rights.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/sys.h"
#include "tests/support.h"

/* A system whose answer is what is asked for next, and that counts. */
static struct {
	struct sys sys;
	int writing, reading; /* the answers */
	unsigned asked;
} fake;

static struct rights *rights;
static struct error err;

static int fake_access(const char *path, unsigned flags)
{
	(void)path;
	fake.asked++;
	return flags & SYS_WRITE ? fake.writing : fake.reading;
}

static void set_up(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.sys = sys_real;
	fake.sys.access = fake_access;
	rights = rights_new(&fake.sys, &err);
	ck_assert_ptr_nonnull(rights);
	rights_begin(rights);
}

static void tear_down(void)
{
	rights_free(rights);
	rights_free(NULL);
}

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

	fake.asked = 0;
	ck_assert_int_eq(rights_of(rights, path, &st, &got), want);
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
	rights_end(rights);
	check("a/y", own(), 0, true, 1);
	fake.writing = -EROFS;
	check("a/y", own(), 0, false, 2);
	rights_begin(rights);
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
	check("a/x", own(), 0, true, 1);
	fake.writing = fake.reading = -EACCES;
	check("b/x", own(), -EACCES, false, 2);
	check("b/x", own(), -EACCES, false, 2);
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

START_TEST(without_memory)
{
	mem_fail_after(0);
	ck_assert_ptr_null(rights_new(&fake.sys, &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rights");
	TCase *tc = tcase_create("rights");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, those_that_are_alike);
	tcase_add_test(tc, those_for_reading);
	tcase_add_test(tc, one_by_one);
	tcase_add_test(tc, others);
	tcase_add_test(tc, of_somebody_else);
	tcase_add_test(tc, unreadable);
	tcase_add_test(tc, deep_folders);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
