/*
 * test_loop.c - a real block device as a source
 *
 * A file becomes a loop device that goes when its last descriptor is closed,
 * however the test ends. That takes root and a free device: skipped without.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "edit/document.h"
#include "source/file.h"
#include "source/files.h"
#include "source/source.h"
#include "tests/faults.h"
#include "tests/support.h"

enum {
	SIZE = 1 << 20,
	BLOCK = 4096, /* the device's logical sector */
	SKIPPED = 77,
};

static struct error err;
static struct files *files;
static unsigned char buf[SIZE];

/* Made by main(); the tests' processes inherit it. */
static struct {
	int backing, fd;
	char path[32];
} device;

static unsigned char pattern(uint64_t off)
{
	return (unsigned char)(1 + (off * 7 + off / 251) % 255);
}

/* Attach the backing file to a free device; false if there is none. */
static bool attach(void)
{
	struct loop_config config = { .fd = (unsigned)device.backing,
		                      .block_size = BLOCK };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	int n;

	config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
	/* Another program may take the free one first. */
	for (int i = 0; control >= 0 && i < 10; i++) {
		n = ioctl(control, LOOP_CTL_GET_FREE);
		if (n < 0)
			break;
		snprintf(device.path, sizeof(device.path), "/dev/loop%d", n);
		device.fd = open(device.path, O_RDWR | O_CLOEXEC);
		if (device.fd < 0)
			break;
		if (ioctl(device.fd, LOOP_CONFIGURE, &config) == 0) {
			close(control);
			return true;
		}
		close(device.fd);
	}
	if (control >= 0)
		close(control);
	return false;
}

static void setup(void)
{
	struct files_limits limits = { .descriptors = 4,
		                       .windows = 3,
		                       .window_len = 65536,
		                       .blocks = 64 };

	faults_reset();
	files = files_new(&faults_sys, limits, &err);
	ck_assert_ptr_nonnull(files);
}

static void teardown(void)
{
	files_free(files);
	ck_assert_uint_eq(faults_descriptors(), 0);
}

static struct source *open_device(const char *path)
{
	struct source *src = file_open(files, path, &err);

	must(src != NULL, &err);
	return src;
}

/* What is at [off, off + len) is the pattern up to `end`, then past the end. */
static void check_bytes(struct source *src, uint64_t off, size_t len,
                        unsigned flags, uint64_t end)
{
	struct runs runs = { 0 };
	uint64_t at = off;

	must(source_read(src, off, buf, len, flags, &runs, &err), &err);
	for (size_t i = 0; i < runs.count; at += runs.v[i].len, i++) {
		ck_assert_int_eq(runs.v[i].state,
		                 at < end ? STATE_DATA : STATE_BAD);
		ck_assert_int_eq(runs.v[i].why,
		                 at < end ? WHY_NONE : WHY_PAST_END);
	}
	ck_assert_uint_eq(at, off + len);
	for (uint64_t i = off; i < u64_min(off + len, end); i++)
		if (buf[i - off] != pattern(i))
			ck_abort_msg("byte %ju is wrong", (uintmax_t)i);
	runs_free(&runs);
}

/* No edge of a read is one of the device's sectors. */
START_TEST(it_is_read_at_any_byte)
{
	struct source *src = open_device(device.path);

	ck_assert_str_eq(src->kind, "device");
	ck_assert_uint_eq(src->traits, SOURCE_DEVICE | SOURCE_WRITABLE);
	ck_assert_uint_eq(src->size, SIZE);
	check_bytes(src, 0, SIZE, 0, SIZE);
	check_bytes(src, 511, 2, 0, SIZE);
	check_bytes(src, 4095, 4098, READ_KEEP, SIZE);
	check_bytes(src, 4095, 4098, READ_NOWAIT, SIZE);
	check_bytes(src, SIZE - 1, 1, 0, SIZE);
	ck_assert_uint_eq(source_check(src), 0);
	ck_assert_uint_eq(faults_count(FAULT_SEEK), 0);
	source_free(src);
}
END_TEST

START_TEST(it_is_read_only_unless_asked)
{
	struct document *doc = document_new(open_device(device.path), 1,
	                                    device.path, ACCESS_DEFAULT, &err);

	ck_assert_int_eq(document_access(doc), ACCESS_READ);
	document_unref(doc);
}
END_TEST

/* Another node of the device is the same; where one can be made and opened. */
START_TEST(two_nodes)
{
	struct source *src = open_device(device.path);
	struct source *other;
	struct stat st;
	char *path = NULL;

	ck_assert_int_eq(fstat(device.fd, &st), 0);
	ck_assert_int_gt(asprintf(&path, "%s/node", scratch()), 0);
	if (mknod(path, S_IFBLK | 0600, st.st_rdev) == 0 &&
	    (other = file_open(files, path, &err))) {
		ck_assert(identity_same(&src->id, &other->id));
		ck_assert_mem_eq(&src->id, &other->id, sizeof(src->id));
		source_free(other);
	}
	source_free(src);
	free(path);
}
END_TEST

/* Last: the device stays as it is left. */
START_TEST(it_becomes_shorter)
{
	struct source *src = open_device(device.path);

	ck_assert_int_eq(ftruncate(device.backing, SIZE / 2), 0);
	ck_assert_int_eq(ioctl(device.fd, LOOP_SET_CAPACITY), 0);
	ck_assert_uint_eq(source_check(src), CHANGE_SIZE_LESS);
	ck_assert_uint_eq(src->size, SIZE);
	check_bytes(src, SIZE / 2 - 100, 200, 0, SIZE / 2);
	source_free(src);
	src = open_device(device.path);
	ck_assert_uint_eq(src->size, SIZE / 2);
	source_free(src);
}
END_TEST

int main(void)
{
	Suite *s;
	TCase *tc;
	char *path;

	for (size_t i = 0; i < SIZE; i++)
		buf[i] = pattern(i);
	path = scratch_file("backing", buf, SIZE);
	device.backing = open(path, O_RDWR | O_CLOEXEC);
	free(path);
	if (device.backing < 0 || !attach()) {
		printf("no loop device can be had: %s\n", strerror(errno));
		return SKIPPED;
	}
	s = suite_create("loop");
	tc = tcase_create("loop");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, it_is_read_at_any_byte);
	tcase_add_test(tc, it_is_read_only_unless_asked);
	tcase_add_test(tc, two_nodes);
	tcase_add_test(tc, it_becomes_shorter);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
