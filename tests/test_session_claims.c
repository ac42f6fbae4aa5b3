/*
 * test_session_claims.c - tests of src/session_claims.c
 *
 * Two files of the scratch folder are block devices here, 8:0 and 8:1, and
 * /proc and /sys are below it.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/lexer.h"
#include "base/mem.h"
#include "base/sys.h"
#include "space/layout.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { DEVICES = 2 };

static struct error err;
static struct session *session;
static struct sys fake;
static uint64_t inodes[DEVICES];
static bool busy, read_only;
static char *shelf;

static const char *there(const char *path, char buf[static 4096])
{
	if (strncmp(path, "/sys/", 5) != 0 && strncmp(path, "/proc/", 6) != 0)
		return path;
	snprintf(buf, 4096, "%s%s", scratch(), path);
	return buf;
}

static int fake_open(const char *path, unsigned flags)
{
	char buf[4096];

	if (busy && flags & SYS_EXCLUSIVE && !(flags & SYS_CREATE))
		return -EBUSY;
	return faults_sys.open(there(path, buf), flags);
}

static int as_device(int n, struct sys_stat *st)
{
	for (unsigned i = 0; n == 0 && i < DEVICES; i++) {
		if (st->ino != inodes[i])
			continue;
		st->type = SYS_BLOCK;
		st->rdev = makedev(8, i);
		st->size = 0;
	}
	return n;
}

static int fake_stat(const char *path, struct sys_stat *st)
{
	return as_device(faults_sys.stat(path, st), st);
}

static int fake_fstat(int fd, struct sys_stat *st)
{
	return as_device(faults_sys.fstat(fd, st), st);
}

static int64_t fake_device_size(int fd)
{
	struct sys_stat st;

	return sys_real.fstat(fd, &st) == 0 ? (int64_t)st.size : -EIO;
}

static int fake_is_read_only(int fd)
{
	(void)fd;
	return read_only;
}

/* Make a file below the scratch folder, and what leads to it. */
static void put_file(const char *path, const char *text)
{
	char command[1024];

	snprintf(command, sizeof(command),
	         "mkdir -p \"$(dirname '%s/%s')\" && printf '%%s' '%s' "
	         ">'%s/%s'",
	         scratch(), path, text, scratch(), path);
	ck_assert_int_eq(system(command), 0);
}

static void setup(void)
{
	struct sys_stat st;

	ck_assert_int_eq(chdir(scratch()), 0);
	ck_assert_int_eq(system("rm -rf proc sys d0 d1 other"), 0);
	faults_reset();
	desk_file("a", "aaaa");
	desk_file("d0", "00000000");
	desk_file("d1", "1111");
	ck_assert_int_eq(sys_real.stat("d0", &st), 0);
	inodes[0] = st.ino;
	ck_assert_int_eq(sys_real.stat("d1", &st), 0);
	inodes[1] = st.ino;
	busy = read_only = false;
	fake = faults_sys;
	fake.open = fake_open;
	fake.stat = fake_stat;
	fake.fstat = fake_fstat;
	fake.device_size = fake_device_size;
	fake.is_read_only = fake_is_read_only;
	shelf = desk_shelf();
	session = desk_session(&fake, shelf);
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
}

static bool put(uint64_t addr, const char *text)
{
	return desk_splice(session, desk_place(session, addr), strlen(text),
	                   text, 0, &err);
}

static bool flush(unsigned flags)
{
	return desk_flush(session, flags, NULL, &err);
}

static void says(enum err code, const char *part)
{
	ck_assert_int_eq(err.code, code);
	if (!strstr(err.text, part))
		ck_assert_str_eq(err.text, part);
}

static void holds(const char *name, const char *want)
{
	char buf[64] = "";
	FILE *in = fopen(name, "r");

	ck_assert_ptr_nonnull(in);
	buf[fread(buf, 1, sizeof(buf) - 1, in)] = '\0';
	fclose(in);
	ck_assert_str_eq(buf, want);
}

START_TEST(asked_for)
{
	desk_open(session, "d0");
	ck_assert(!put(0, "x"));
	says(ERR_READONLY, "reading only");
}
END_TEST

START_TEST(written)
{
	desk_open(session, "d0 rw");
	must(put(0, "x"), &err);
	must(flush(0), &err);
	holds("d0", "x0000000");
}
END_TEST

/* It opens for writing all the same, and only writes fail. */
START_TEST(a_device_that_is_read_only)
{
	struct layout inputs = { 0 };
	struct words words = { 0 };

	read_only = true;
	desk_open(session, "d0");
	must(words_split("d1 rw", 5, &words, &err), &err);
	must(layout_push(&inputs, placement_parse(&words, &units_default, &err),
	                 &err),
	     &err);
	words_free(&words);
	ck_assert(!session_open(session, &inputs, &err));
	says(ERR_READONLY, "d1: cannot be written");
	layout_clear(&inputs);
}
END_TEST

/* The kernel says so, and /proc does not. */
START_TEST(in_use)
{
	desk_open(session, "d0 rw");
	must(put(0, "x"), &err);
	busy = true;
	ck_assert(!flush(0));
	says(ERR_READONLY, "d0: is in use");
	ck_assert(!flush(FLUSH_ANYWAY));
	holds("d0", "00000000");
	busy = false;
	must(flush(0), &err);
	holds("d0", "x0000000");
}
END_TEST

START_TEST(mounted)
{
	desk_open(session, "d0 rw;d1 rw");
	must(put(0, "x"), &err);
	put_file("proc/self/mountinfo",
	         "21 1 8:0 / /mnt rw - ext4 /dev/sda rw\n");
	ck_assert(!flush(0));
	says(ERR_READONLY, "d0: is mounted on /mnt (/dev/sda)");
	ck_assert(!flush(FLUSH_ANYWAY));
	holds("d0", "00000000");
	put_file("proc/self/mountinfo",
	         "21 1 8:1 / /mnt rw - ext4 /dev/sdb rw\n");
	ck_assert(!put(8, "y"));
	says(ERR_READONLY, "d1: is mounted on /mnt (/dev/sdb)");
	must(flush(0), &err);
	holds("d0", "x0000000");
}
END_TEST

/* d1 is a partition of d0. */
START_TEST(a_disk_and_its_partition)
{
	put_file("sys/dev/block/8:0/dev", "8:0");
	put_file("sys/dev/block/8:0/x/partition", "1");
	put_file("sys/dev/block/8:0/x/start", "0");
	put_file("sys/dev/block/8:0/x/size", "1");
	ck_assert_int_eq(symlink("8:0/x", "sys/dev/block/8:1"), 0);
	desk_open(session, "d0 rw;d1");
	ck_assert(!put(0, "x"));
	says(ERR_READONLY, "d0: has bytes of d1, which is open, too");
	must(session_close(session, 2, &err), &err);
	must(put(0, "x"), &err);
	desk_open(session, "d1 rw");
	ck_assert(!put(8, "y"));
	says(ERR_READONLY, "d1: has bytes of d0, which is open, too");
	ck_assert(!flush(FLUSH_ANYWAY));
	says(ERR_READONLY, "d0: has bytes of d1");
	holds("d0", "00000000");
	must(session_close(session, 3, &err), &err);
	must(flush(0), &err);
	holds("d0", "x0000000");
}
END_TEST

START_TEST(two_nodes_of_a_device)
{
	ck_assert_int_eq(link("d0", "other"), 0);
	desk_open(session, "d0 rw;other rw");
	must(put(0, "x"), &err);
	desk_shows(session, "x0000000x0000000");
	must(flush(0), &err);
	holds("d0", "x0000000");
}
END_TEST

/* d1 is a loop device on the file a. */
START_TEST(a_loop_device_and_its_file)
{
	put_file("sys/block/loop0/dev", "8:1");
	put_file("sys/block/loop0/loop/backing_file", "a");
	ck_assert_int_eq(system("mkdir -p sys/dev/block"), 0);
	ck_assert_int_eq(symlink("../../block/loop0", "sys/dev/block/8:1"), 0);
	desk_open(session, "a;d1 rw");
	ck_assert(!put(4, "y"));
	says(ERR_READONLY, "d1: has bytes of a, which is open, too");
	must(put(0, "x"), &err);
	ck_assert(!flush(FLUSH_ANYWAY));
	says(ERR_READONLY, "a: has bytes of d1, which is open, too");
	must(session_close(session, 2, &err), &err);
	ck_assert(!flush(0));
	says(ERR_READONLY, "a: /dev/loop0 has the same bytes");
	holds("a", "aaaa");
	must(flush(FLUSH_ANYWAY), &err);
	holds("a", "xaaa");
}
END_TEST

/* Of a device no time tells what others have written. */
START_TEST(old_bytes_that_are_others_now)
{
	FILE *out;

	desk_open(session, "d0 rw");
	must(put(2, "xy"), &err);
	out = fopen("d0", "r+");
	ck_assert_ptr_nonnull(out);
	fputs("0009", out);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert(!flush(0));
	says(ERR_CHANGED, "d0: 1 byte under its edits is another now: 0x3");
	holds("d0", "00090000");
	must(flush(FLUSH_ANYWAY), &err);
	holds("d0", "00xy0000");
}
END_TEST

/* What a private copy shows would change under it. */
START_TEST(a_copy_of_the_same_file)
{
	desk_open(session, "a;a copy");
	must(put(0, "x"), &err);
	ck_assert(!flush(0));
	says(ERR_READONLY, "a: is open as a copy, too");
	must(session_close(session, 2, &err), &err);
	must(flush(0), &err);
	holds("a", "xaaa");
}
END_TEST

static char waiting[64];

static void note(void *ctx, const struct session_waiting *w)
{
	(void)ctx;
	ck_assert(w->is_flushing);
	snprintf(waiting, sizeof(waiting), "%s", w->journal);
}

/* A flush that was not finished is not finished into what is mounted since. */
START_TEST(recovered)
{
	desk_open(session, "d0 rw");
	must(put(0, "x"), &err);
	must(session_sync(session, &err), &err);
	faults_fail(FAULT_SYNC_DATA, 1, SIZE_MAX, EIO);
	ck_assert(!flush(0));
	ck_assert(session_flush_is_open(session));
	session_free(session);
	faults_reset();
	session = desk_session(&fake, shelf);
	desk_open(session, "d0 rw");
	must(session_look(session, note, NULL, &err), &err);
	put_file("proc/self/mountinfo",
	         "21 1 8:0 / /mnt rw - ext4 /dev/sda rw\n");
	ck_assert(
		!session_settle_flush(session, waiting, RECOVER_FINISH, &err));
	says(ERR_READONLY, "d0: is mounted on /mnt (/dev/sda)");
	put_file("proc/self/mountinfo", "");
	must(session_settle_flush(session, waiting, RECOVER_BACK, &err), &err);
	holds("d0", "00000000");
}
END_TEST

START_TEST(without_memory)
{
	bool ok = false;

	desk_open(session, "d0 rw;a");
	must(put(0, "x"), &err);
	must(put(8, "x"), &err);
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = flush(0);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
	}
	holds("d0", "x0000000");
	holds("a", "xaaa");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("session claims");
	TCase *tc = tcase_create("session claims");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, asked_for);
	tcase_add_test(tc, written);
	tcase_add_test(tc, a_device_that_is_read_only);
	tcase_add_test(tc, in_use);
	tcase_add_test(tc, mounted);
	tcase_add_test(tc, a_disk_and_its_partition);
	tcase_add_test(tc, two_nodes_of_a_device);
	tcase_add_test(tc, a_loop_device_and_its_file);
	tcase_add_test(tc, old_bytes_that_are_others_now);
	tcase_add_test(tc, a_copy_of_the_same_file);
	tcase_add_test(tc, recovered);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
