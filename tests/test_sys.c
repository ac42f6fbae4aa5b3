/* test_sys.c - tests of src/base/sys.c */
#include "config.h"

#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support.h"

static const struct sys *const sys = &sys_real;

static char *path_of(const char *name)
{
	char *path = NULL;

	ck_assert_int_gt(asprintf(&path, "%s/%s", scratch(), name), 0);
	return path;
}

START_TEST(what_is_not_there)
{
	char *path = path_of("absent");
	struct sys_stat st;

	ck_assert_int_eq(sys->open(path, SYS_READ), -ENOENT);
	ck_assert_int_eq(sys->stat(path, &st), -ENOENT);
	ck_assert_int_eq(sys->access(path, SYS_READ), -ENOENT);
	ck_assert_int_eq(sys->unlink(path), -ENOENT);
	ck_assert_int_eq(sys->rename(path, path), -ENOENT);
	free(path);
}
END_TEST

START_TEST(a_closed_descriptor)
{
	struct sys_stat st;
	void *addr;
	char byte = 0;
	int fd = sys->open(scratch(), SYS_READ);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sys->close(fd), 0);
	ck_assert_int_eq(sys->close(fd), -EBADF);
	ck_assert_int_eq(sys->fstat(fd, &st), -EBADF);
	ck_assert_int_eq(sys->pread(fd, &byte, 1, 0), -EBADF);
	ck_assert_int_eq(sys->pread_nowait(fd, &byte, 1, 0), -EBADF);
	ck_assert_int_eq(sys->read(fd, &byte, 1), -EBADF);
	ck_assert_int_eq(sys->write(fd, &byte, 1), -EBADF);
	ck_assert_int_eq(sys->seek(fd, 0, SYS_SEEK_DATA), -EBADF);
	ck_assert_int_eq(sys->device_size(fd), -EBADF);
	ck_assert_int_eq(sys->map(fd, 0, 1, &addr), -EBADF);
	ck_assert_int_eq(sys->sync(fd), -EBADF);
	ck_assert_int_eq(sys->sync_data(fd), -EBADF);
	ck_assert_int_eq(sys->pwrite(fd, &byte, 1, 0), -EBADF);
	ck_assert_int_eq(sys->truncate(fd, 0), -EBADF);
	ck_assert_int_eq(sys->lock(fd, SYS_LOCK_TAKE), -EBADF);
	ck_assert_int_eq(sys->is_locked(fd), -EBADF);
	ck_assert_int_eq(sys->is_read_only(fd), -EBADF);
	ck_assert_int_eq(sys->forget(fd), -EBADF);
	ck_assert_int_eq(sys->list(fd, NULL, NULL), -EBADF);
	ck_assert_int_eq(sys->open_in(fd, "f", SYS_READ), -EBADF);
	ck_assert_int_eq(sys->rename_in(fd, "f", "g"), -EBADF);
	ck_assert_int_eq(sys->unlink_in(fd, "f"), -EBADF);
}
END_TEST

static bool count_names(void *arg, const char *name)
{
	size_t *count = arg;

	ck_assert(strcmp(name, "one") == 0 || strcmp(name, "two") == 0);
	(*count)++;
	return true;
}

static bool count_first(void *arg, const char *name)
{
	(void)count_names(arg, name);
	return false;
}

/* What a journal does: a folder of its own, files by name in it. */
START_TEST(files_in_a_folder)
{
	unsigned make = SYS_READ | SYS_WRITE | SYS_CREATE | SYS_EXCLUSIVE |
	                SYS_PRIVATE | SYS_NOFOLLOW;
	char *path = path_of("folder");
	struct sys_stat st;
	size_t count = 0;
	char buf[8];
	int folder;
	int fd;

	ck_assert_int_eq(sys->make_folder(path), 0);
	ck_assert_int_eq(sys->make_folder(path), -EEXIST);
	folder = sys->open(path, SYS_READ | SYS_FOLDER | SYS_NOFOLLOW);
	ck_assert_int_ge(folder, 0);
	ck_assert_int_eq(sys->fstat(folder, &st), 0);
	ck_assert_uint_eq(st.mode, 0700);
	ck_assert_uint_eq(st.uid, sys_user());
	fd = sys->open_in(folder, "one", make);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sys->open_in(folder, "one", make), -EEXIST);
	ck_assert_int_eq(sys->open_in(folder, "one", SYS_READ | SYS_FOLDER),
	                 -ENOTDIR);
	ck_assert_int_eq(sys->fstat(fd, &st), 0);
	ck_assert_uint_eq(st.mode, 0600);
	ck_assert_int_eq(sys->pwrite(fd, "bytes", 5, 3), 5);
	ck_assert_int_eq(sys->pread(fd, buf, sizeof(buf), 0), 8);
	ck_assert_mem_eq(buf, "\0\0\0bytes", 8);
	ck_assert_int_eq(sys->truncate(fd, 4), 0);
	ck_assert_int_eq(sys->sync_data(fd), 0);
	ck_assert_int_eq(sys->fstat(fd, &st), 0);
	ck_assert_uint_eq(st.size, 4);
	ck_assert_int_eq(symlinkat("one", folder, "two"), 0);
	ck_assert_int_eq(sys->open_in(folder, "two", SYS_READ | SYS_NOFOLLOW),
	                 -ELOOP);
	ck_assert_int_eq(sys->list(folder, count_names, &count), 0);
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(sys->list(folder, count_first, &count), 0);
	ck_assert_uint_eq(count, 3);
	ck_assert_int_eq(sys->rename_in(folder, "one", "two"), 0);
	ck_assert_int_eq(sys->unlink_in(folder, "one"), -ENOENT);
	ck_assert_int_eq(sys->unlink_in(folder, "two"), 0);
	ck_assert_int_eq(sys->sync(folder), 0);
	ck_assert_int_eq(sys->close(fd), 0);
	ck_assert_int_eq(sys->close(folder), 0);
	free(path);
}
END_TEST

/* A lock belongs to a descriptor, read-only or not. */
START_TEST(locks)
{
	char *path = scratch_file("f", "bytes", 5);
	int one = sys->open(path, SYS_READ);
	int two = sys->open(path, SYS_READ);

	ck_assert_int_eq(sys->lock(one, SYS_LOCK_TAKE), 0);
	ck_assert_int_eq(sys->lock(one, SYS_LOCK_TAKE), 0);
	ck_assert_int_eq(sys->lock(two, SYS_LOCK_TAKE), -EAGAIN);
	ck_assert_int_eq(sys->lock(one, SYS_LOCK_DROP), 0);
	ck_assert_int_eq(sys->lock(two, SYS_LOCK_TAKE), 0);
	ck_assert_int_eq(sys->close(two), 0);
	ck_assert_int_eq(sys->lock(one, SYS_LOCK_TAKE), 0);
	ck_assert_int_eq(sys->close(one), 0);
	free(path);
}
END_TEST

/* A lock on bytes, as virtual machines take it, is seen by all but its own
   descriptor. */
START_TEST(locks_of_others)
{
	char *path = scratch_file("f", "bytes", 5);
	struct flock range = { .l_type = F_WRLCK,
		               .l_whence = SEEK_SET,
		               .l_start = 100,
		               .l_len = 1 };
	int one = sys->open(path, SYS_READ | SYS_WRITE);
	int two = sys->open(path, SYS_READ);

	ck_assert_int_eq(sys->is_locked(two), 0);
	ck_assert_int_eq(fcntl(one, F_OFD_SETLK, &range), 0);
	ck_assert_int_eq(sys->is_locked(two), 1);
	ck_assert_int_eq(sys->is_locked(one), 0);
	ck_assert_int_eq(sys->is_read_only(two), -ENOTTY);
	ck_assert_int_eq(sys->forget(two), 0);
	ck_assert_int_eq(sys->close(one), 0);
	ck_assert_int_eq(sys->is_locked(two), 0);
	ck_assert_int_eq(sys->close(two), 0);
	free(path);
}
END_TEST

START_TEST(clock_and_chance)
{
	unsigned char one[32] = { 0 };
	unsigned char two[32] = { 0 };

	ck_assert_int_gt(sys->clock(), INT64_C(1600000000000000000));
	ck_assert_int_eq(sys->random(one, sizeof(one)), 0);
	ck_assert_int_eq(sys->random(two, sizeof(two)), 0);
	ck_assert_mem_ne(one, two, sizeof(one));
	ck_assert_uint_eq(sys_process(), (uint32_t)getpid());
}
END_TEST

START_TEST(writing_and_reading_back)
{
	char *path = path_of("new");
	char *moved = path_of("moved");
	unsigned create = SYS_WRITE | SYS_CREATE | SYS_EXCLUSIVE;
	struct sys_stat st;
	char buf[8];
	int fd = sys->open(path, create);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sys->write(fd, "bytes", 5), 5);
	ck_assert_int_eq(sys->pread(fd, buf, 1, 0), -EBADF);
	ck_assert_int_eq(sys->sync(fd), 0);
	ck_assert_int_eq(sys->close(fd), 0);
	ck_assert_int_eq(sys->open(path, create), -EEXIST);
	ck_assert_int_eq(sys->rename(path, moved), 0);
	fd = sys->open(moved, SYS_READ | SYS_WRITE);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sys->pread(fd, buf, sizeof(buf), 1), 4);
	ck_assert_mem_eq(buf, "ytes", 4);
	ck_assert_int_eq(sys->pread(fd, buf, sizeof(buf), 5), 0);
	ck_assert_int_eq(sys->fstat(fd, &st), 0);
	ck_assert_uint_eq(st.nlink, 1);
	ck_assert_int_eq(sys->unlink(moved), 0);
	ck_assert_int_eq(sys->fstat(fd, &st), 0);
	ck_assert_uint_eq(st.nlink, 0);
	ck_assert_uint_eq(st.size, 5);
	ck_assert_int_eq(sys->close(fd), 0);
	free(path);
	free(moved);
}
END_TEST

START_TEST(truncating_open)
{
	char *path = scratch_file("old", "bytes", 5);
	int fd = sys->open(path, SYS_WRITE | SYS_TRUNCATE);
	struct sys_stat st;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sys->stat(path, &st), 0);
	ck_assert_uint_eq(st.size, 0);
	ck_assert_int_eq(sys->close(fd), 0);
	free(path);
}
END_TEST

/* Offsets that no file has do not become negative ones. */
START_TEST(offsets_past_63_bits)
{
	char *path = scratch_file("f", "bytes", 5);
	int fd = sys->open(path, SYS_READ);
	uint64_t off = UINT64_C(1) << 63;
	void *addr;
	char byte;

	ck_assert_int_eq(sys->pread(fd, &byte, 1, off), -EINVAL);
	ck_assert_int_eq(sys->pread_nowait(fd, &byte, 1, off), -EINVAL);
	ck_assert_int_eq(sys->seek(fd, off, SYS_SEEK_DATA), -EINVAL);
	ck_assert_int_eq(sys->pwrite(fd, "x", 1, off), -EINVAL);
	ck_assert_int_eq(sys->truncate(fd, off), -EINVAL);
	ck_assert_int_eq(sys->map(fd, off, 1, &addr), -EINVAL);
	ck_assert_int_eq(sys->close(fd), 0);
	free(path);
}
END_TEST

START_TEST(stat_says_what_it_is)
{
	char *path = scratch_file("f", "bytes", 5);
	char *fifo = path_of("fifo");
	struct timespec times[2] = { { 1, 2 }, { 3, 4 } };
	struct sys_stat st;
	struct stat real;
	int fd;

	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
	ck_assert_int_eq(sys->stat(path, &st), 0);
	ck_assert_int_eq(stat(path, &real), 0);
	ck_assert_int_eq(st.type, SYS_REGULAR);
	ck_assert_uint_eq(st.size, 5);
	ck_assert_uint_eq(st.ino, real.st_ino);
	ck_assert_uint_eq(st.dev, real.st_dev);
	ck_assert_uint_eq(st.rdev, 0);
	ck_assert_int_eq(st.mtime, 3000000004);
	ck_assert_int_gt(st.ctime, st.mtime);
	ck_assert_int_eq(sys->stat(scratch(), &st), 0);
	ck_assert_int_eq(st.type, SYS_DIRECTORY);
	ck_assert_int_eq(sys->stat("/dev/null", &st), 0);
	ck_assert_int_eq(st.type, SYS_CHAR);
	ck_assert_int_eq(stat("/dev/null", &real), 0);
	ck_assert_uint_eq(st.rdev, real.st_rdev);
	ck_assert_int_eq(mkfifo(fifo, 0600), 0);
	ck_assert_int_eq(sys->stat(fifo, &st), 0);
	ck_assert_int_eq(st.type, SYS_FIFO);
	fd = sys->open(fifo, SYS_READ); /* does not wait for a writer */
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(sys->device_size(fd), -ENOTTY);
	ck_assert_int_eq(sys->close(fd), 0);
	free(fifo);
	free(path);
}
END_TEST

START_TEST(stat_of_a_socket)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	char *path = path_of("s");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sys_stat st;

	ck_assert_uint_lt(strlen(path), sizeof(name.sun_path));
	strcpy(name.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(sys->stat(path, &st), 0);
	ck_assert_int_eq(st.type, SYS_SOCKET);
	close(fd);
	free(path);
}
END_TEST

/* Times that do not fit 64 bits of ns are no undefined behaviour, and still
   differ from one another. */
START_TEST(times_far_away)
{
	char *path = scratch_file("f", "", 0);
	struct timespec times[2] = { { INT64_C(10000000000), 0 },
		                     { INT64_C(10000000000), 1 } };
	struct sys_stat a;
	struct sys_stat b;

	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
	ck_assert_int_eq(sys->stat(path, &a), 0);
	times[1].tv_sec = 1;
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
	ck_assert_int_eq(sys->stat(path, &b), 0);
	ck_assert_int_ne(a.mtime, b.mtime);
	free(path);
}
END_TEST

/* What the file system answers for a file of 1 MiB that is all hole, with one
   byte in the middle, is for it to say; but it is consistent. */
START_TEST(holes)
{
	char *path = path_of("sparse");
	int fd = open(path, O_CREAT | O_RDWR, 0600);
	int64_t data;
	int64_t hole;
	struct sys_stat st;

	ck_assert_int_eq(ftruncate(fd, 1 << 20), 0);
	ck_assert_int_eq(pwrite(fd, "x", 1, 1 << 19), 1);
	ck_assert_int_eq(sys->fstat(fd, &st), 0);
	data = sys->seek(fd, 0, SYS_SEEK_DATA);
	ck_assert_int_ge(data, 0);
	ck_assert_int_le(data, 1 << 19);
	hole = sys->seek(fd, 1 << 19, SYS_SEEK_HOLE);
	ck_assert_int_gt(hole, 1 << 19);
	ck_assert_int_le(hole, 1 << 20);
	ck_assert_int_eq(sys->seek(fd, 1 << 20, SYS_SEEK_DATA), -ENXIO);
	if (hole < 1 << 20)
		ck_assert_uint_lt(st.blocks * 512, st.size);
	close(fd);
	free(path);
}
END_TEST

START_TEST(maps)
{
	char *path = scratch_file("f", "bytes", 5);
	int fd = sys->open(path, SYS_READ);
	void *addr = NULL;

	ck_assert_int_eq(sys->map(fd, 1, 5, &addr), -EINVAL);
	ck_assert_ptr_null(addr);
	ck_assert_int_eq(sys->map(fd, 0, 5, &addr), 0);
	ck_assert_int_eq(sys->close(fd), 0);
	ck_assert_mem_eq(addr, "bytes", 5);
	ck_assert_int_eq(sys->advise(addr, 5, SYS_ADVICE_SEQUENTIAL), 0);
	ck_assert_int_eq(sys->advise(addr, 5, SYS_ADVICE_DONTNEED), 0);
	ck_assert_mem_eq(addr, "bytes", 5);
	ck_assert_int_eq(sys->unmap(addr, 5), 0);
	free(path);
}
END_TEST

/* It has the bytes that are in memory, or says that it cannot know. */
START_TEST(reading_without_waiting)
{
	char *path = scratch_file("f", "bytes", 5);
	int fd = sys->open(path, SYS_READ);
	char buf[8];
	int64_t n;

	ck_assert_int_eq(sys->pread(fd, buf, 5, 0), 5);
	n = sys->pread_nowait(fd, buf, sizeof(buf), 2);
	if (n >= 0) {
		ck_assert_int_eq(n, 3);
		ck_assert_mem_eq(buf, "tes", 3);
	} else {
		ck_assert(n == -EAGAIN || n == -EOPNOTSUPP);
	}
	ck_assert_int_eq(sys->close(fd), 0);
	free(path);
}
END_TEST

/* O_NOATIME is the owner's: others get the file all the same, and rights are
   those of the effective user. Only root can become somebody else. */
START_TEST(files_of_others)
{
	char *path = scratch_file("f", "bytes", 5);
	int status;
	pid_t child;

	if (geteuid() == 0) {
		ck_assert_int_eq(chmod(path, 0644), 0);
		ck_assert_int_eq(chmod(scratch(), 0755), 0);
		child = fork();
		if (child == 0) {
			if (seteuid(65534) != 0)
				_exit(1);
			if (sys->open(path, SYS_READ) < 0)
				_exit(2);
			if (sys->open(path, SYS_WRITE) != -EACCES)
				_exit(3);
			if (sys->access(path, SYS_READ) != 0)
				_exit(4);
			if (sys->access(path, SYS_READ | SYS_WRITE) != -EACCES)
				_exit(5);
			_exit(0);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_int_eq(sys->access(path, SYS_READ), 0);
	free(path);
}
END_TEST

START_TEST(reading_leaves_the_access_time)
{
	char *path = scratch_file("f", "bytes", 5);
	struct timespec times[2] = { { 1, 0 }, { 2, 0 } };
	struct stat st;
	char byte;
	int fd;

	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
	fd = sys->open(path, SYS_READ);
	ck_assert_int_eq(sys->pread(fd, &byte, 1, 0), 1);
	ck_assert_int_eq(sys->close(fd), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_atim.tv_sec, 1);
	free(path);
}
END_TEST

START_TEST(limit_of_descriptors)
{
	struct rlimit limit;
	size_t n;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 100;
	if (limit.rlim_max > 1000)
		limit.rlim_max = 1000;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
		/* valgrind lets nobody lower the limit for good. */
		ck_assert_int_eq(errno, EPERM);
		return;
	}
	n = sys_descriptor_limit();
	ck_assert_uint_eq(n, limit.rlim_max);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_uint_eq(limit.rlim_cur, n);
	ck_assert_uint_eq(sys_descriptor_limit(), n);
}
END_TEST

START_TEST(reading_on_to_the_end)
{
	char *path = scratch_file("onward", "abcde", 5);
	int fd = sys->open(path, SYS_READ);
	char bytes[3];

	ck_assert_int_eq(sys->read(fd, bytes, 3), 3);
	ck_assert_int_eq(sys->read(fd, bytes, 3), 2);
	ck_assert_mem_eq(bytes, "de", 2);
	ck_assert_int_eq(sys->read(fd, bytes, 3), 0);
	ck_assert_int_eq(sys->close(fd), 0);
	free(path);
}
END_TEST

START_TEST(working_directory)
{
	char buf[4096];

	ck_assert_int_eq(chdir(scratch()), 0);
	ck_assert_int_eq(sys->cwd(buf, sizeof(buf)), 0);
	ck_assert_str_eq(buf, scratch());
	ck_assert_int_eq(sys->cwd(buf, 2), -ERANGE);
}
END_TEST

START_TEST(page_and_clock)
{
	size_t page = sys_page_size();
	uint64_t then = sys_now();

	ck_assert_uint_ge(page, 4096);
	ck_assert_uint_eq(page & (page - 1), 0);
	ck_assert_uint_ge(sys_now(), then);
	sys_skip_time(UINT64_C(1000000000000));
	ck_assert_uint_ge(sys_now() - then, UINT64_C(1000000000000));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sys");
	TCase *tc = tcase_create("sys");

	tcase_add_test(tc, what_is_not_there);
	tcase_add_test(tc, a_closed_descriptor);
	tcase_add_test(tc, files_in_a_folder);
	tcase_add_test(tc, locks);
	tcase_add_test(tc, locks_of_others);
	tcase_add_test(tc, clock_and_chance);
	tcase_add_test(tc, writing_and_reading_back);
	tcase_add_test(tc, truncating_open);
	tcase_add_test(tc, offsets_past_63_bits);
	tcase_add_test(tc, stat_says_what_it_is);
	tcase_add_test(tc, stat_of_a_socket);
	tcase_add_test(tc, times_far_away);
	tcase_add_test(tc, holes);
	tcase_add_test(tc, maps);
	tcase_add_test(tc, reading_without_waiting);
	tcase_add_test(tc, files_of_others);
	tcase_add_test(tc, reading_leaves_the_access_time);
	tcase_add_test(tc, limit_of_descriptors);
	tcase_add_test(tc, reading_on_to_the_end);
	tcase_add_test(tc, working_directory);
	tcase_add_test(tc, page_and_clock);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
