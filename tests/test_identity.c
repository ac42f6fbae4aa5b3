/* test_identity.c - tests of src/source/identity.c */
#include "config.h"

#include "source/identity.h"

#include "base/sys.h"
#include "tests/support.h"

static const struct sys_stat file = { .dev = 1,
	                              .ino = 2,
	                              .size = 3,
	                              .mtime = 4,
	                              .ctime = 5,
	                              .type = SYS_REGULAR };

/* What is different, and whether it is the same file still. */
static const struct {
	struct sys_stat st;
	bool same;
} others[] = {
	{ { .dev = 1, .ino = 2, .nlink = 7 }, true },
	{ { .dev = 1, .ino = 2, .rdev = 9 }, true }, /* no device */
	{ { .dev = 1, .ino = 3 }, false },
	{ { .dev = 2, .ino = 2 }, false },
	/* A device of this number, in place of the file. */
	{ { .dev = 1, .ino = 2, .rdev = 2, .type = SYS_BLOCK }, false },
};

START_TEST(of_files)
{
	struct identity a = identity_of(&file);
	struct identity b = identity_of(&others[_i].st);

	ck_assert_uint_eq(a.dev, 1);
	ck_assert_uint_eq(a.ino, 2);
	ck_assert_uint_eq(a.size, 3);
	ck_assert_int_eq(a.mtime, 4);
	ck_assert_int_eq(a.ctime, 5);
	ck_assert_int_eq(identity_same(&a, &b), others[_i].same);
	ck_assert_int_eq(identity_same(&b, &a), others[_i].same);
}
END_TEST

START_TEST(two_nodes_of_a_device)
{
	struct sys_stat st = file;
	struct identity a, b;

	st.type = SYS_BLOCK;
	st.rdev = 0x801;
	a = identity_of(&st);
	st.dev++;
	st.ino++;
	st.mtime++;
	st.ctime++;
	b = identity_of(&st);
	ck_assert(identity_same(&a, &b));
	ck_assert_uint_eq(a.size, 3);
	ck_assert_int_eq(a.mtime, b.mtime);
	ck_assert_int_eq(a.ctime, b.ctime);
	st.rdev++;
	b = identity_of(&st);
	ck_assert(!identity_same(&a, &b));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("identity");
	TCase *tc = tcase_create("identity");

	tcase_add_loop_test(tc, of_files, 0, ARRAY_LEN(others));
	tcase_add_test(tc, two_nodes_of_a_device);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
