/*
 * test_claims.c - tests of src/source/claims.c
 *
 * The table of system calls leads /proc, /sys and /dev into the scratch folder,
 * where the tests make what a machine might have. Where there is a free loop
 * device, the last test asks the real one.
 */
#include "config.h"

#include "source/claims.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sys.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct error err;
static struct sys fake;

/* Where a path leads in the fake machine. */
static const char *there(const char *path, char buf[static 4096])
{
	if (strncmp(path, "/sys/", 5) != 0 && strncmp(path, "/proc/", 6) != 0 &&
	    strncmp(path, "/dev/", 5) != 0)
		return path;
	snprintf(buf, 4096, "%s%s", scratch(), path);
	return buf;
}

static int fake_open(const char *path, unsigned flags)
{
	char buf[4096];

	return faults_sys.open(there(path, buf), flags);
}

/* What is below /dev is a device of the number that its file says. */
static int fake_stat(const char *path, struct sys_stat *st)
{
	char buf[4096];
	int n = faults_sys.stat(there(path, buf), st);
	unsigned a = 0, b = 0;
	FILE *in;

	if (n < 0 || strncmp(path, "/dev/", 5) != 0)
		return n;
	in = fopen(buf, "r");
	ck_assert_ptr_nonnull(in);
	ck_assert_int_eq(fscanf(in, "%u:%u", &a, &b), 2);
	fclose(in);
	st->type = SYS_BLOCK;
	st->rdev = makedev(a, b);
	return 0;
}

/* Make a file of the fake machine, and the folders it is in. */
static void put(const char *path, const char *text)
{
	char buf[4096];
	FILE *out;

	snprintf(buf, sizeof(buf), "%s%s", scratch(), path);
	for (char *slash = buf + strlen(scratch()) + 1;
	     (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		(void)mkdir(buf, 0700);
		*slash = '/';
	}
	out = fopen(buf, "w");
	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	ck_assert_int_eq(fclose(out), 0);
}

/* The device stands at /sys/block/WHERE; "sda/sda1" is a partition. */
static void device(const char *where, const char *number)
{
	const char *name =
		strrchr(where, '/') ? strrchr(where, '/') + 1 : where;
	char path[512], to[512];

	snprintf(path, sizeof(path), "/sys/block/%s/dev", where);
	put(path, number);
	snprintf(path, sizeof(path), "/dev/%s", name);
	put(path, number);
	snprintf(path, sizeof(path), "/sys/dev/block/x");
	put(path, "");
	snprintf(to, sizeof(to), "%s/sys/block/%s", scratch(), where);
	snprintf(path, sizeof(path), "%s/sys/dev/block/%s", scratch(), number);
	ck_assert_int_eq(symlink(to, path), 0);
}

static void attribute(const char *where, const char *name, const char *value)
{
	char path[512];

	snprintf(path, sizeof(path), "/sys/block/%s/%s", where, name);
	put(path, value);
}

static void partition(const char *where, const char *number, const char *start,
                      const char *size)
{
	device(where, number);
	attribute(where, "partition", "1\n");
	attribute(where, "start", start);
	attribute(where, "size", size);
}

/* `upper` is made of `lower`. */
static void made_of(const char *upper, const char *lower, const char *number)
{
	char name[128];

	snprintf(name, sizeof(name), "slaves/%s/dev", lower);
	attribute(upper, name, number);
}

/*
 * Two disks; on the first a partition that is mounted, one that has two
 * volumes, and one that is free. Loop devices 0 and 1 are on the halves of a
 * file, 2 on another file and mounted, 3 on nothing.
 */
static void setup(void)
{
	char *file;

	faults_reset();
	fake = faults_sys;
	fake.open = fake_open;
	fake.stat = fake_stat;
	device("sda", "8:0");
	partition("sda/sda1", "8:1", "2048\n", "2048\n");
	partition("sda/sda2", "8:2", "4096\n", "2048\n");
	partition("sda/sda3", "8:3", "6144\n", "2048\n");
	device("sdb", "8:16");
	device("dm-0", "253:0");
	attribute("dm-0", "dm/name", "vg-root\n");
	made_of("dm-0", "sda2", "8:2");
	device("dm-1", "253:1");
	attribute("dm-1", "dm/name", "vg-home\n");
	made_of("dm-1", "sda2", "8:2");
	device("loop0", "7:0");
	device("loop1", "7:1");
	device("loop2", "7:2");
	device("loop3", "7:3");
	file = scratch_file("halves", "0123456789", 10);
	attribute("loop0", "loop/backing_file", file);
	attribute("loop0", "loop/sizelimit", "512\n");
	attribute("loop1", "loop/backing_file", file);
	attribute("loop1", "loop/offset", "512\n");
	free(file);
	file = scratch_file("image", "0123456789", 10);
	attribute("loop2", "loop/backing_file", file);
	free(file);
	free(scratch_file("plain", "0123456789", 10));
	put("/proc/swaps", "Filename Type Size Used Priority\n"
	                   "/dev/sdb partition 1000 0 -2\n");
	put("/proc/self/mountinfo",
	    "20 1 0:20 / /proc rw - proc proc rw\n"
	    "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
	    "22 1 7:2 / /mnt/an\\040image rw - ext4 /dev/loop2 rw\n"
	    "23 1 0:44 / /home rw - btrfs /dev/dm-1 rw\n"
	    "24 1 0:45 / /net rw - nfs server:/export rw\n"
	    "broken\n");
}

static void teardown(void)
{
	mem_fail_after(-1);
	ck_assert_uint_eq(faults_descriptors(), 0);
}

/* "8:1" is a device, else it is a file of the scratch folder. */
static struct identity thing(const char *name)
{
	struct sys_stat st = { .type = SYS_BLOCK };
	unsigned a, b;
	char path[4096];

	if (sscanf(name, "%u:%u", &a, &b) == 2) {
		st.rdev = makedev(a, b);
		return identity_of(&st);
	}
	snprintf(path, sizeof(path), "%s/%s", scratch(), name);
	ck_assert_int_eq(sys_real.stat(path, &st), 0);
	return identity_of(&st);
}

static struct claim claim(const char *name)
{
	struct identity id = thing(name);
	struct claim c = { 0 };

	must(claim_of(&fake, &id, &c, &err), &err);
	return c;
}

/* What may be written without the other's seeing it? */
static const struct {
	const char *a, *b;
	bool meet;
} pairs[] = {
	{ "8:0", "8:0", true },
	{ "8:0", "8:1", true },      /* a disk and its partition */
	{ "8:1", "8:2", false },     /* partitions that touch */
	{ "8:0", "8:16", false },    /* two disks */
	{ "253:0", "8:2", true },    /* a volume and what it is in */
	{ "253:0", "8:0", true },    /* two levels down */
	{ "253:0", "8:1", false },   /* beside it */
	{ "253:0", "253:1", false }, /* volumes of one partition */
	{ "7:0", "halves", true },   /* a loop device and its file */
	{ "7:0", "7:1", false },     /* halves of one file */
	{ "7:2", "image", true },
	{ "7:2", "halves", false },
	{ "plain", "halves", false },
	{ "plain", "plain", true },
	{ "7:3", "halves", false }, /* a loop device without a file */
	{ "9:9", "8:0", false },    /* a device that /sys does not know */
};

START_TEST(meeting)
{
	struct claim a = claim(pairs[_i].a), b = claim(pairs[_i].b);

	ck_assert_int_eq(claim_meets(&a, &b), pairs[_i].meet);
	ck_assert_int_eq(claim_meets(&b, &a), pairs[_i].meet);
	claim_free(&a);
	claim_free(&b);
}
END_TEST

/* Who has it? */
static const struct {
	const char *name, *why;
	bool lightly;
} users[] = {
	{ "8:1", "is mounted on / (/dev/sda1)", false },
	{ "8:0", "is mounted on / (/dev/sda1)", false },
	{ "8:2", "is mounted on /home (/dev/dm-1)", false },
	{ "8:3", NULL, false },
	{ "253:0", NULL,
	  false }, /* the other volume of the partition is used */
	{ "253:1", "is mounted on /home (/dev/dm-1)", false },
	{ "8:16", "is swapped to (/dev/sdb)", false },
	{ "image", "is mounted on /mnt/an image (/dev/loop2)", false },
	{ "halves", "/dev/loop", true },
	{ "7:0", NULL, false }, /* it is no user of itself */
	{ "plain", NULL, false },
};

START_TEST(users_of)
{
	struct claims *claims = claims_read(&fake, &err);
	struct claim c = claim(users[_i].name);
	bool lightly = true;
	const char *why;

	must(claims != NULL, &err);
	why = claims_find(claims, &c, &lightly);
	ck_assert_int_eq(lightly, users[_i].lightly);
	if (!users[_i].why) {
		ck_assert_ptr_null(why);
	} else {
		ck_assert_ptr_nonnull(why);
		ck_assert_str_eq(strncmp(why, users[_i].why,
		                         strlen(users[_i].why)) == 0
		                         ? users[_i].why
		                         : why,
		                 users[_i].why);
	}
	claim_free(&c);
	claims_free(claims);
}
END_TEST

/* A volume that nobody has mounted, and so its partition; a second loop device
   on the same bytes. */
START_TEST(parts)
{
	struct claims *claims;
	struct claim c;
	bool lightly;

	put("/proc/self/mountinfo", "");
	attribute("loop3", "loop/backing_file", "/nowhere (deleted)\n");
	attribute("loop1", "loop/offset", "0\n");
	claims = claims_read(&fake, &err);
	must(claims != NULL, &err);
	c = claim("8:2");
	ck_assert_ptr_nonnull(
		strstr(claims_find(claims, &c, &lightly), "is part of dm-"));
	ck_assert(!lightly);
	claim_free(&c);
	c = claim("7:0");
	ck_assert_str_eq(claims_find(claims, &c, &lightly),
	                 "/dev/loop1 has the same bytes");
	ck_assert(lightly);
	claim_free(&c);
	claims_free(claims);
}
END_TEST

/* A machine without any of it. */
START_TEST(nothing_is_known)
{
	struct claims *claims;
	struct claim c = claim("8:1");
	bool lightly;

	faults_fail(FAULT_OPEN, 0, SIZE_MAX, ENOENT);
	claims = claims_read(&fake, &err);
	must(claims != NULL, &err);
	ck_assert_ptr_null(claims_find(claims, &c, &lightly));
	claim_free(&c);
	c = claim("8:1");
	ck_assert_uint_eq(c.count, 1);
	claim_free(&c);
	claims_free(claims);
}
END_TEST

/* Nothing is lost or invented when memory runs out or a file cannot be read. */
START_TEST(failures)
{
	struct identity id = thing("253:1");
	struct claims *claims;
	struct claim c = { 0 };
	long n = 0;

	for (bool ok = false; !ok; n++) {
		mem_fail_after(n);
		ok = claim_of(&fake, &id, &c, &err);
		mem_fail_after(-1);
		ck_assert(ok || c.count == 0);
	}
	ck_assert_int_gt(n, 2);
	claim_free(&c);
	n = 0;
	for (claims = NULL; !claims; n++) {
		mem_fail_after(n);
		claims = claims_read(&fake, &err);
		mem_fail_after(-1);
	}
	ck_assert_int_gt(n, 10);
	claims_free(claims);
	for (size_t call = 0;; call++) {
		faults_reset();
		faults_fail(FAULT_READ, call, 1, EIO);
		claims = claims_read(&fake, &err);
		must(claims != NULL, &err);
		claims_free(claims);
		if (!faults_happened())
			break;
	}
}
END_TEST

/* --- a real one ---------------------------------------------------------- */

/* A loop device on the file, or -1: there is none to be had. */
static int set_up_loop(const char *path, char name[static 32])
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int file = open(path, O_RDWR | O_CLOEXEC);
	int n = control < 0 ? -1 : ioctl(control, LOOP_CTL_GET_FREE);
	int loop = -1;

	if (n >= 0) {
		snprintf(name, 32, "/dev/loop%d", n);
		loop = open(name, O_RDWR | O_CLOEXEC);
	}
	if (loop >= 0 && ioctl(loop, LOOP_SET_FD, file) < 0) {
		close(loop);
		loop = -1;
	}
	if (control >= 0)
		close(control);
	close(file);
	return loop;
}

START_TEST(a_real_one)
{
	char *path = scratch_file("disk", "", 0);
	char name[32];
	struct claim a = { 0 }, b = { 0 };
	struct identity id = thing("disk"), device;
	struct claims *claims;
	struct sys_stat st;
	bool lightly;
	int loop;

	ck_assert_int_eq(truncate(path, 1 << 20), 0);
	loop = set_up_loop(path, name);
	if (loop < 0) {
		printf("SKIP: 1 test, no loop device is to be had\n");
		free(path);
		return;
	}
	ck_assert_int_eq(sys_real.fstat(loop, &st), 0);
	device = identity_of(&st);
	must(claim_of(&sys_real, &id, &a, &err), &err);
	must(claim_of(&sys_real, &device, &b, &err), &err);
	claims = claims_read(&sys_real, &err);
	must(claims != NULL, &err);
	ck_assert(claim_meets(&a, &b));
	ck_assert_ptr_nonnull(strstr(claims_find(claims, &a, &lightly), name));
	ck_assert(lightly);
	ck_assert_ptr_null(claims_find(claims, &b, &lightly));
	ck_assert_int_eq(ioctl(loop, LOOP_CLR_FD, 0), 0);
	close(loop);
	claim_free(&a);
	claim_free(&b);
	claims_free(claims);
	free(path);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("claims");
	TCase *tc = tcase_create("claims");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, meeting, 0, ARRAY_LEN(pairs));
	tcase_add_loop_test(tc, users_of, 0, ARRAY_LEN(users));
	tcase_add_test(tc, parts);
	tcase_add_test(tc, nothing_is_known);
	tcase_add_test(tc, failures);
	tcase_add_test(tc, a_real_one);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
