/* test_file.c - tests of src/source/file.c */
#include "config.h"

#include "source/file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "source/files.h"
#include "source/guard.h"
#include "source/source.h"
#include "tests/faults.h"
#include "tests/support.h"

enum {
	PAGE = 4096,
	SECTOR = 512,
	WINDOW = 65536,
	LONGEST = 3 * WINDOW,
};

#define SECONDS UINT64_C(1000000000)

static struct error err;
static struct files *files;
static struct files_limits limits = {
	.descriptors = 4, .windows = 3, .window_len = WINDOW, .blocks = 64
};
static unsigned char buf[LONGEST];

static void setup(void)
{
	must(guard_install(&err), &err);
	faults_reset();
	files = files_new(&faults_sys, limits, &err);
	ck_assert_ptr_nonnull(files);
}

/*
 * A table in which regular files are block devices: of one number each, or all
 * of the same.
 */
static struct {
	struct sys sys;
	uint64_t number; /* 0: that of the inode */
} fake;

static int as_device(int n, struct sys_stat *st)
{
	if (n == 0 && st->type == SYS_REGULAR) {
		st->type = SYS_BLOCK;
		st->rdev = fake.number ? fake.number : st->ino;
		st->size = 0;
		st->blocks = 0;
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
	int64_t n = faults_sys.device_size(fd);
	struct sys_stat st;

	if (n != -ENOTTY)
		return n;
	return sys_real.fstat(fd, &st) == 0 ? (int64_t)st.size : -EIO;
}

static void setup_devices(void)
{
	must(guard_install(&err), &err);
	faults_reset();
	fake.sys = faults_sys;
	fake.sys.stat = fake_stat;
	fake.sys.fstat = fake_fstat;
	fake.sys.device_size = fake_device_size;
	fake.number = 0;
	files = files_new(&fake.sys, limits, &err);
	ck_assert_ptr_nonnull(files);
}

static void teardown(void)
{
	mem_fail_after(-1);
	ck_assert_uint_eq(files_descriptors(files), 0);
	files_free(files);
	ck_assert_uint_eq(faults_descriptors(), 0);
	ck_assert_uint_eq(faults_maps(), 0);
}

/* Bytes that are never 0, differ from their neighbours and between pages. */
static unsigned char pattern(uint64_t off)
{
	return (unsigned char)(1 + (off * 7 + off / 251) % 255);
}

static char *path_of(const char *name)
{
	char *path = NULL;

	ck_assert_int_gt(asprintf(&path, "%s/%s", scratch(), name), 0);
	return path;
}

static char *pattern_file(const char *name, size_t len)
{
	unsigned char *bytes = malloc(len + 1);
	char *path;

	for (size_t i = 0; i < len; i++)
		bytes[i] = pattern(i);
	path = scratch_file(name, bytes, len);
	free(bytes);
	return path;
}

/* A pattern with a hole of `hole` bytes in front. */
static char *sparse_file(const char *name, size_t hole, size_t len)
{
	char *path = scratch_file(name, "", 0);
	int fd = open(path, O_WRONLY);

	for (size_t i = 0; i < len; i++)
		buf[i] = pattern(hole + i);
	ck_assert_int_eq(pwrite(fd, buf, len, (off_t)hole), (ssize_t)len);
	close(fd);
	return path;
}

static struct source *open_file(const char *path)
{
	struct source *src = file_open(files, path, &err);

	must(src != NULL, &err);
	return src;
}

static void read_into(struct source *src, uint64_t off, size_t len,
                      unsigned flags, struct runs *runs)
{
	runs_clear(runs);
	memset(buf, 0xee, len);
	must(source_read(src, off, buf, len, flags, runs, &err), &err);
	ck_assert_uint_eq(runs_len(runs), len);
}

/* How many of the first `len` bytes of buf are not the pattern at `off`.
   Check's own assertions are too slow to be called for each byte. */
static size_t differing(uint64_t off, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += buf[i] != pattern(off + i);
	return n;
}

/* All of it is DATA and the pattern. */
static void check_pattern(uint64_t off, size_t len, const struct runs *runs)
{
	ck_assert_uint_eq(runs->count, 1);
	ck_assert_int_eq(runs->v[0].state, STATE_DATA);
	ck_assert_uint_eq(differing(off, len), 0);
}

static void read_pattern(struct source *src, uint64_t off, size_t len,
                         unsigned flags)
{
	struct runs runs = { 0 };

	read_into(src, off, len, flags, &runs);
	check_pattern(off, len, &runs);
	runs_free(&runs);
}

/* All of it is one run like this. */
static void read_run(struct source *src, uint64_t off, size_t len,
                     unsigned flags, struct run want)
{
	struct runs runs = { 0 };

	read_into(src, off, len, flags, &runs);
	ck_assert_uint_eq(runs.count, 1);
	ck_assert_int_eq(runs.v[0].state, want.state);
	ck_assert_int_eq(runs.v[0].why, want.why);
	ck_assert_int_eq(runs.v[0].sys, want.sys);
	runs_free(&runs);
}

static const struct run pending = { .state = STATE_PENDING };
static const struct run replaced = { .state = STATE_BAD, .why = WHY_REPLACED };
static const struct run past_end = { .state = STATE_BAD, .why = WHY_PAST_END };

static struct run bad(int errnum)
{
	return (struct run){ .state = STATE_BAD,
		             .why = WHY_ERRNO,
		             .sys = errnum };
}

/* Opening other files closes this one, unless it has to stay. What comes of it
   is not looked at: a test may have let a call fail. */
static void evict(void)
{
	struct source *others[4];
	struct runs runs = { 0 };
	char name[16];

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		char *path;

		snprintf(name, sizeof(name), "other%zu", i);
		path = pattern_file(name, 10);
		others[i] = file_open(files, path, &err);
		if (others[i])
			must(source_read(others[i], 0, name, 10, 0, &runs,
			                 &err),
			     &err);
		free(path);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		source_free(others[i]);
	runs_free(&runs);
}

START_TEST(opening_costs_a_stat_and_an_access)
{
	char *path = pattern_file("f", 100);
	struct source *src = open_file(path);
	struct sys_stat st;

	ck_assert_uint_eq(faults_count(FAULT_STAT), 1);
	ck_assert_uint_eq(faults_count(FAULT_ACCESS), 1);
	ck_assert_uint_eq(faults_count(FAULT_OPEN), 0);
	ck_assert_uint_eq(faults_count(FAULT_FSTAT), 0);
	ck_assert_int_eq(sys_real.stat(path, &st), 0);
	ck_assert_uint_eq(src->size, 100);
	ck_assert_uint_eq(src->traits, SOURCE_GROWS | SOURCE_WRITABLE);
	ck_assert_str_eq(src->kind, "file");
	ck_assert_uint_eq(src->id.dev, st.dev);
	ck_assert_uint_eq(src->id.ino, st.ino);
	ck_assert_uint_eq(src->id.size, 100);
	ck_assert_int_eq(src->id.mtime, st.mtime);
	ck_assert_int_eq(src->id.ctime, st.ctime);
	source_free(src);
	ck_assert_uint_eq(faults_count(FAULT_OPEN), 0);
	free(path);
}
END_TEST

START_TEST(rights)
{
	char *path = pattern_file("f", 100);
	struct source *src;

	faults_fail(FAULT_ACCESS, 0, 1, EACCES);
	src = open_file(path);
	ck_assert_uint_eq(src->traits, SOURCE_GROWS);
	source_free(src);
	faults_fail(FAULT_ACCESS, 0, 2, EACCES);
	ck_assert_ptr_null(file_open(files, path, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_int_eq(err.sys, EACCES);
	ck_assert_str_eq(err.path, path);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	faults_fail(FAULT_STAT, 0, 1, ELOOP);
	ck_assert_ptr_null(file_open(files, path, &err));
	ck_assert_int_eq(err.sys, ELOOP);
	free(path);
}
END_TEST

static void make_fifo(const char *path)
{
	ck_assert_int_eq(mkfifo(path, 0600), 0);
}

static void make_folder(const char *path)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void make_socket(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_uint_lt(strlen(path), sizeof(name.sun_path));
	strcpy(name.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	close(fd);
}

static void make_link(const char *path)
{
	ck_assert_int_eq(symlink("/dev/null", path), 0);
}

static void make_nothing(const char *path)
{
	(void)path;
}

static const struct {
	void (*make)(const char *path);
	enum err code;
	const char *text;
} refused[] = {
	{ make_fifo, ERR_STATE, "is a FIFO" },
	{ make_folder, ERR_STATE, "is a directory" },
	{ make_socket, ERR_STATE, "is a socket" },
	{ make_link, ERR_STATE, "is a character device" },
	{ make_nothing, ERR_IO, "No such file or directory" },
};

/* The kernel's own are no empty files. */
START_TEST(a_file_without_a_size)
{
	static const struct {
		const char *target;
		enum err code;
		const char *text;
	} table[] = {
		{ "/proc/self/status", ERR_STATE, "does not say how many" },
		/* nothing is mapped at 0 */
		{ "/proc/self/mem", ERR_IO, "Input/output error" },
	};
	char *path = path_of("x");

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		ck_assert_int_eq(symlink(table[i].target, path), 0);
		ck_assert_ptr_null(file_open(files, path, &err));
		ck_assert_int_eq(err.code, table[i].code);
		ck_assert_ptr_nonnull(strstr(err.text, table[i].text));
		ck_assert_str_eq(err.path, path);
		ck_assert_int_eq(unlink(path), 0);
	}
	free(path);
}
END_TEST

START_TEST(what_is_no_file)
{
	char *path = path_of("x");

	refused[_i].make(path);
	ck_assert_ptr_null(file_open(files, path, &err));
	ck_assert_int_eq(err.code, refused[_i].code);
	ck_assert_ptr_nonnull(strstr(err.text, refused[_i].text));
	ck_assert_str_eq(err.path, path);
	ck_assert_uint_eq(faults_count(FAULT_OPEN), 0);
	free(path);
}
END_TEST

/* Around sectors, pages and chunks of kept blocks. */
static const size_t edges[] = { 0,     1,     511,           512,
	                        4095,  4096,  4097,          65535,
	                        65536, 65537, 3 * 65536 - 1, 3 * 65536 };

START_TEST(every_edge)
{
	static const unsigned flags[] = { 0, READ_KEEP, READ_NOWAIT };
	size_t size = edges[_i];
	char *path = pattern_file("f", size);
	struct source *src = open_file(path);

	for (size_t a = 0; a < ARRAY_LEN(edges); a++)
		for (size_t b = a + 1; b < ARRAY_LEN(edges); b++)
			for (size_t i = 0; i < 3 && edges[b] <= size; i++)
				read_pattern(src, edges[a], edges[b] - edges[a],
				             flags[i]);
	source_free(src);
	free(path);
}
END_TEST

START_TEST(a_read_that_may_not_wait_calls_nothing)
{
	char *path = pattern_file("f", 20000);
	struct source *src = open_file(path);

	faults_reset();
	read_run(src, 0, 20000, READ_NOWAIT, pending);
	for (int i = 0; i < FAULT_CALLS; i++)
		ck_assert_uint_eq(faults_count((enum fault_call)i), 0);
	read_pattern(src, 0, 1, 0);
	faults_reset();
	read_pattern(src, 0, 20000, READ_NOWAIT); /* the system has it */
	ck_assert_uint_gt(faults_count(FAULT_NOWAIT), 0);
	ck_assert_uint_eq(faults_count(FAULT_PREAD), 0);
	ck_assert_uint_eq(faults_count(FAULT_FSTAT), 0);
	ck_assert_uint_eq(faults_count(FAULT_OPEN), 0);
	/* Both at once means not to wait. */
	read_pattern(src, 0, 20000, READ_NOWAIT | READ_KEEP);
	ck_assert_uint_eq(faults_count(FAULT_PREAD), 0);
	source_free(src);
	free(path);
}
END_TEST

/* The system has nothing in memory: only what was kept is found. */
static const int nowait_errors[] = { EAGAIN, EOPNOTSUPP, EIO };

START_TEST(kept_blocks_are_found)
{
	char *path = pattern_file("f", 20000);
	struct source *src = open_file(path);
	struct runs runs = { 0 };

	read_pattern(src, 5000, 1, READ_KEEP);  /* block 1 */
	read_pattern(src, 19999, 1, READ_KEEP); /* block 4, cut by the end */
	faults_fail(FAULT_NOWAIT, 0, SIZE_MAX, nowait_errors[_i]);
	read_pattern(src, 4096, 4096, READ_NOWAIT);
	read_pattern(src, 16384, 20000 - 16384, READ_NOWAIT);
	read_into(src, 0, 20000, READ_NOWAIT, &runs);
	ck_assert_uint_eq(runs.count, 4);
	for (size_t i = 0; i < 20000; i++) {
		bool kept = i / PAGE == 1 || i / PAGE == 4;
		enum state state = runs_at(&runs, i)->state;

		if (state != (kept ? STATE_DATA : STATE_PENDING) ||
		    (kept && buf[i] != pattern(i)))
			ck_abort_msg("byte %zu is wrong", i);
	}
	/* After what is not there now, the system is asked for the rest. */
	faults_reset();
	faults_fail(FAULT_NOWAIT, 0, 1, nowait_errors[_i]);
	read_into(src, 8192, 20000 - 8192, READ_NOWAIT, &runs);
	ck_assert_int_eq(runs_at(&runs, 0)->state, STATE_PENDING);
	ck_assert_int_eq(runs_at(&runs, PAGE)->state,
	                 nowait_errors[_i] == EAGAIN ? STATE_DATA
	                                             : STATE_PENDING);
	/* When the file is not open, they are found as well. */
	evict();
	faults_reset();
	read_pattern(src, 4096, 4096, READ_NOWAIT);
	read_run(src, 0, 4096, READ_NOWAIT, pending);
	/* After two seconds they are not. */
	sys_skip_time(2 * SECONDS + 1);
	read_run(src, 4096, 4096, READ_NOWAIT, pending);
	runs_free(&runs);
	source_free(src);
	free(path);
}
END_TEST

START_TEST(a_change_drops_kept_blocks)
{
	char *path = pattern_file("f", 20000);
	struct source *src = open_file(path);

	read_pattern(src, 0, 4096, READ_KEEP);
	faults_fail(FAULT_NOWAIT, 0, SIZE_MAX, EAGAIN);
	ck_assert_uint_eq(source_check(src), 0);
	read_pattern(src, 0, 4096, READ_NOWAIT);
	ck_assert_int_eq(truncate(path, 19999), 0);
	ck_assert_uint_eq(source_check(src), CHANGE_SIZE_LESS);
	read_run(src, 0, 4096, READ_NOWAIT, pending);
	source_free(src);
	free(path);
}
END_TEST

/* A hole of 64 KiB before 1 KiB of data, where the file system has holes. */
START_TEST(holes)
{
	char *path = sparse_file("f", WINDOW, 1024);
	struct source *src = open_file(path);
	struct runs runs = { 0 };
	struct stretch s = source_stretch(src, 100);

	if (s.state == STATE_HOLE)
		ck_assert_uint_eq(s.end, WINDOW);
	ck_assert_int_eq(source_stretch(src, WINDOW).state, STATE_DATA);
	ck_assert_uint_eq(source_stretch(src, WINDOW).end, WINDOW + 1024);
	read_into(src, 10, WINDOW + 1014, 0, &runs);
	ck_assert_int_eq(runs_at(&runs, 0)->state, s.state);
	ck_assert_int_eq(runs_at(&runs, WINDOW - 11)->state, s.state);
	ck_assert_int_eq(runs_at(&runs, WINDOW - 10)->state, STATE_DATA);
	for (size_t i = 0; i < WINDOW + 1014; i++)
		if (buf[i] != (10 + i < WINDOW ? 0 : pattern(10 + i)))
			ck_abort_msg("byte %zu is wrong", i);
	/* Holes are not looked for without waiting: kept, or pending. */
	faults_reset();
	if (s.state == STATE_HOLE) {
		read_run(src, 0, WINDOW + 1024, READ_NOWAIT, pending);
		ck_assert_uint_eq(faults_count(FAULT_NOWAIT), 0);
		ck_assert_uint_eq(faults_count(FAULT_SEEK), 0);
	}
	read_into(src, WINDOW - 1, 2, READ_KEEP, &runs);
	read_into(src, WINDOW - 1, 2, READ_NOWAIT, &runs);
	ck_assert_int_eq(runs_at(&runs, 0)->state, s.state);
	ck_assert_int_eq(runs_at(&runs, 1)->state, STATE_DATA);
	ck_assert_uint_eq(buf[0], 0);
	ck_assert_uint_eq(buf[1], pattern(WINDOW));
	runs_free(&runs);
	source_free(src);
	free(path);
}
END_TEST

START_TEST(a_hole_up_to_an_end_that_has_moved)
{
	char *path = path_of("f");
	int fd = open(path, O_CREAT | O_RDWR, 0600);
	struct source *src;
	struct runs runs = { 0 };
	struct stretch s;

	ck_assert_int_eq(ftruncate(fd, 2 * WINDOW), 0);
	src = open_file(path);
	s = source_stretch(src, 0);
	ck_assert_uint_eq(s.end, 2 * WINDOW);
	ck_assert_int_eq(ftruncate(fd, WINDOW + 5), 0);
	read_into(src, WINDOW, WINDOW, 0, &runs);
	ck_assert_uint_eq(runs.count, 2);
	ck_assert_int_eq(runs.v[0].state, s.state);
	ck_assert_uint_eq(runs.v[0].len, 5);
	ck_assert_int_eq(runs.v[1].state, STATE_BAD);
	ck_assert_int_eq(runs.v[1].why, WHY_PAST_END);
	ck_assert_uint_eq(source_stretch(src, WINDOW).end,
	                  s.state == STATE_HOLE ? WINDOW + 5 : 2 * WINDOW);
	ck_assert_int_eq(source_stretch(src, WINDOW + 5).state, STATE_DATA);
	ck_assert_uint_eq(source_stretch(src, WINDOW + 5).end, 2 * WINDOW);
	runs_free(&runs);
	source_free(src);
	close(fd);
	free(path);
}
END_TEST

START_TEST(a_file_system_without_holes)
{
	char *path = sparse_file("f", WINDOW, 1024);
	struct source *src = open_file(path);
	struct runs runs = { 0 };

	faults_fail(FAULT_SEEK, 0, SIZE_MAX, EINVAL);
	ck_assert_int_eq(source_stretch(src, 0).state, STATE_DATA);
	ck_assert_uint_eq(source_stretch(src, 0).end, WINDOW + 1024);
	read_into(src, 0, WINDOW + 1024, 0, &runs);
	ck_assert_uint_eq(runs.count, 1);
	ck_assert_int_eq(runs.v[0].state, STATE_DATA);
	ck_assert_uint_eq(buf[0], 0);
	ck_assert_uint_eq(buf[WINDOW], pattern(WINDOW));
	runs_free(&runs);
	source_free(src);
	free(path);
}
END_TEST

/* Opened anew, the file is what it is now. */
static void check_anew(const char *path, size_t size)
{
	struct source *src = open_file(path);

	ck_assert_uint_eq(src->size, size);
	ck_assert_uint_eq(source_check(src), 0);
	read_pattern(src, 0, size, 0);
	source_free(src);
}

START_TEST(shrunk_and_grown)
{
	char *path = pattern_file("f", 10000);
	struct source *src = open_file(path);
	struct runs runs = { 0 };
	char *again;

	ck_assert_int_eq(truncate(path, 5000), 0);
	read_pattern(src, 0, 5000, 0);
	read_run(src, 5000, 5000, 0, past_end);
	read_into(src, 4999, 2, READ_KEEP, &runs);
	ck_assert_uint_eq(buf[0], pattern(4999));
	ck_assert_uint_eq(runs.count, 2);
	faults_fail(FAULT_NOWAIT, 0, SIZE_MAX, EAGAIN);
	read_into(src, 4999, 2, READ_NOWAIT, &runs);
	ck_assert_int_eq(runs.v[0].state, STATE_DATA);
	ck_assert_int_eq(runs.v[1].why, WHY_PAST_END);
	ck_assert_uint_eq(source_check(src), CHANGE_SIZE_LESS);
	ck_assert_uint_eq(src->size, 10000);
	again = pattern_file("f", 12000); /* the same inode, written anew */
	read_pattern(src, 0, 10000, 0);
	ck_assert_uint_eq(source_check(src), CHANGE_SIZE_MORE);
	ck_assert_uint_eq(src->size, 10000);
	check_anew(path, 12000);
	read_pattern(src, 0, 10000, 0);
	runs_free(&runs);
	source_free(src);
	free(again);
	free(path);
}
END_TEST

START_TEST(same_size_other_times)
{
	char *path = pattern_file("f", 10);
	struct source *src = open_file(path);
	struct timespec times[2] = { { 1, 0 }, { 2, 0 } };

	ck_assert_uint_eq(source_check(src), 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
	ck_assert_uint_eq(source_check(src), CHANGE_BYTES);
	check_anew(path, 10);
	source_free(src);
	free(path);
}
END_TEST

/* Closed, the name has to lead to the file; and when it does again, the bytes
   are there again. */
START_TEST(moved_away_and_back_while_closed)
{
	char *path = pattern_file("f", 10000);
	char *away = path_of("away");
	struct source *src = open_file(path);
	char *other;

	if (_i) {
		read_pattern(src, 0, 10, 0);
		evict();
	}
	ck_assert_int_eq(rename(path, away), 0);
	read_run(src, 0, 10000, 0, bad(ENOENT));
	read_run(src, 0, 10000, READ_KEEP, bad(ENOENT));
	read_run(src, 0, 10000, READ_NOWAIT, bad(ENOENT));
	ck_assert_uint_eq(source_check(src), CHANGE_GONE);
	read_run(src, 0, 10000, READ_NOWAIT, pending);
	ck_assert_int_eq(source_stretch(src, 100).state, STATE_BAD);
	ck_assert_uint_eq(source_stretch(src, 100).end, src->size);
	other = pattern_file("f", 20000);
	ck_assert_int_eq(source_stretch(src, 0).state, STATE_BAD);
	read_run(src, 0, 10000, 0, replaced);
	read_run(src, 0, 10000, READ_KEEP, replaced);
	read_run(src, 0, 10000, READ_NOWAIT, replaced);
	ck_assert_uint_eq(source_check(src), CHANGE_REPLACED);
	check_anew(path, 20000);
	ck_assert_int_eq(rename(away, path), 0);
	read_pattern(src, 0, 10000, 0);
	ck_assert_uint_eq(source_check(src), CHANGE_BYTES); /* ctime */
	source_free(src);
	free(other);
	free(away);
	free(path);
}
END_TEST

/* Open, the file's bytes are shown whatever has become of its name. */
START_TEST(an_open_file_that_lost_its_name)
{
	char *path = pattern_file("f", 10000);
	char *away = path_of("away");
	struct source *src = open_file(path);
	char *other;

	read_pattern(src, 0, 10000, 0);
	if (_i == 0) { /* the name is gone: seen when it is to be closed */
		ck_assert_int_eq(unlink(path), 0);
	} else { /* another name: seen by a check */
		ck_assert_int_eq(rename(path, away), 0);
		ck_assert_uint_eq(source_check(src),
		                  CHANGE_GONE | CHANGE_BYTES);
	}
	other = pattern_file("f", 20000);
	evict();
	evict();
	read_pattern(src, 0, 10000, 0);
	ck_assert_uint_eq(source_check(src), CHANGE_REPLACED | CHANGE_BYTES);
	evict();
	read_pattern(src, 0, 10000, 0);
	check_anew(path, 20000);
	read_pattern(src, 0, 10000, 0);
	source_free(src);
	free(other);
	free(away);
	free(path);
}
END_TEST

START_TEST(adopted)
{
	char *path = pattern_file("f", 10000);
	int fd = faults_sys.open(path, SYS_READ);
	struct source *src = file_adopt(files, fd, "standard input", &err);
	char *again;

	ck_assert_ptr_nonnull(src);
	ck_assert_uint_eq(src->traits, SOURCE_GROWS | SOURCE_PRIVATE);
	read_pattern(src, 0, 10000, READ_NOWAIT);
	again = pattern_file("f", 12000);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_uint_eq(source_check(src), 0);
	evict();
	read_pattern(src, 0, 10000, 0);
	source_free(src);
	free(again);
	free(path);
}
END_TEST

/* The descriptor is taken over in failure, too. */
START_TEST(adopting_fails)
{
	char *path = pattern_file("f", 10);

	faults_fail(FAULT_FSTAT, 0, 1, EIO);
	ck_assert_ptr_null(file_adopt(files, faults_sys.open(path, SYS_READ),
	                              "standard input", &err));
	ck_assert_int_eq(err.sys, EIO);
	ck_assert_uint_eq(faults_descriptors(), 0);
	ck_assert_ptr_null(file_adopt(files,
	                              faults_sys.open(scratch(), SYS_READ),
	                              "standard input", &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_uint_eq(faults_descriptors(), 0);
	mem_fail_after(0);
	ck_assert_ptr_null(file_adopt(files, faults_sys.open(path, SYS_READ),
	                              "standard input", &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	free(path);
}
END_TEST

/* It is opened once, for its size; and whatever is behind it, it has neither
   holes nor maps. */
START_TEST(a_device)
{
	char *path = sparse_file("f", WINDOW, 1024);
	struct source *src = open_file(path);
	struct runs runs = { 0 };
	size_t len = 10;
	void *pin;

	ck_assert_uint_eq(faults_count(FAULT_OPEN), 1);
	ck_assert_uint_eq(faults_count(FAULT_DEVICE_SIZE), 1);
	ck_assert_str_eq(src->kind, "device");
	ck_assert_uint_eq(src->traits, SOURCE_DEVICE | SOURCE_WRITABLE);
	ck_assert_uint_eq(src->size, WINDOW + 1024);
	ck_assert_uint_eq(src->id.size, WINDOW + 1024);
	ck_assert_uint_eq(src->id.dev, 0);
	ck_assert_int_eq(src->id.mtime, 0);
	ck_assert_int_eq(src->id.ctime, 0);
	ck_assert_int_eq(source_stretch(src, 0).state, STATE_DATA);
	ck_assert_uint_eq(source_stretch(src, 0).end, WINDOW + 1024);
	read_into(src, 0, WINDOW + 1024, 0, &runs);
	ck_assert_uint_eq(runs.count, 1);
	ck_assert_int_eq(runs.v[0].state, STATE_DATA);
	ck_assert_uint_eq(buf[WINDOW - 1], 0);
	ck_assert_uint_eq(buf[WINDOW], pattern(WINDOW));
	ck_assert_ptr_null(source_map(src, 0, &len, &pin));
	ck_assert_uint_eq(source_check(src), 0);
	ck_assert_uint_eq(faults_count(FAULT_SEEK), 0);
	ck_assert_uint_eq(faults_count(FAULT_MAP), 0);
	ck_assert_uint_eq(faults_count(FAULT_OPEN), 1);
	runs_free(&runs);
	source_free(src);
	free(path);
}
END_TEST

START_TEST(rights_of_a_device)
{
	char *path = pattern_file("f", 100);
	struct source *src;

	faults_fail(FAULT_ACCESS, 0, 1, EACCES);
	src = open_file(path);
	ck_assert_uint_eq(src->traits, SOURCE_DEVICE);
	source_free(src);
	faults_fail(FAULT_ACCESS, 0, 2, EACCES);
	ck_assert_ptr_null(file_open(files, path, &err));
	ck_assert_int_eq(err.sys, EACCES);
	ck_assert_uint_eq(faults_count(FAULT_OPEN), 1);
	free(path);
}
END_TEST

/* What fails while its size is looked up, and what is said. */
static const struct {
	enum fault_call call;
	int errnum;
} opening_failures[] = {
	{ FAULT_STAT, EACCES },
	{ FAULT_OPEN, EBUSY },
	{ FAULT_FSTAT, EIO },
	{ FAULT_DEVICE_SIZE, ENOMEDIUM },
};

START_TEST(opening_a_device_fails)
{
	char *path = pattern_file("f", 100);

	faults_fail(opening_failures[_i].call, 0, 1,
	            opening_failures[_i].errnum);
	ck_assert_ptr_null(file_open(files, path, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_int_eq(err.sys, opening_failures[_i].errnum);
	ck_assert_str_eq(err.path, path);
	ck_assert_uint_eq(faults_descriptors(), 0);
	free(path);
}
END_TEST

/* Between the stat and the open, the node has become another one's. */
static int other_fstat(int fd, struct sys_stat *st)
{
	fake.number++;
	return fake_fstat(fd, st);
}

START_TEST(a_device_that_is_another_when_opened)
{
	char *path = pattern_file("f", 100);

	fake.number = 0x801;
	fake.sys.fstat = other_fstat;
	ck_assert_ptr_null(file_open(files, path, &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "file was replaced"));
	ck_assert_str_eq(err.path, path);
	free(path);
}
END_TEST

START_TEST(two_nodes_are_one_device)
{
	char *path = pattern_file("f", 100);
	char *node = pattern_file("g", 100);
	struct source *a;
	struct source *b;

	fake.number = 0x801;
	a = open_file(path);
	b = open_file(node);
	ck_assert(identity_same(&a->id, &b->id));
	source_free(b);
	fake.number++;
	b = open_file(node);
	ck_assert(!identity_same(&a->id, &b->id));
	source_free(b);
	source_free(a);
	free(node);
	free(path);
}
END_TEST

START_TEST(a_device_changes)
{
	char *path = pattern_file("f", 10000);
	struct source *src;
	struct timespec times[2] = { { 1, 0 }, { 2, 0 } };

	fake.number = 0x801;
	src = open_file(path);
	/* The node's times say nothing. */
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
	ck_assert_uint_eq(source_check(src), 0);
	ck_assert_int_eq(truncate(path, 5000), 0);
	ck_assert_uint_eq(source_check(src), CHANGE_SIZE_LESS);
	ck_assert_uint_eq(src->size, 10000);
	read_pattern(src, 0, 5000, 0);
	read_run(src, 5000, 5000, 0, past_end);
	free(pattern_file("f", 12000));
	ck_assert_uint_eq(source_check(src), CHANGE_SIZE_MORE);
	/* It is not opened only to be asked. */
	evict();
	ck_assert_uint_eq(source_check(src), 0);
	fake.number++;
	ck_assert_uint_eq(source_check(src), CHANGE_REPLACED);
	read_run(src, 0, 10000, 0, replaced);
	fake.number--;
	read_pattern(src, 0, 10000, 0);
	faults_fail(FAULT_DEVICE_SIZE, 0, 1, EIO); /* then it is not known */
	ck_assert_uint_eq(source_check(src), 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_uint_eq(source_check(src), CHANGE_GONE | CHANGE_SIZE_MORE);
	evict();
	read_pattern(src, 0, 10000, 0);
	source_free(src);
	free(path);
}
END_TEST

START_TEST(a_device_is_not_adopted)
{
	char *path = pattern_file("f", 10);

	ck_assert_ptr_null(file_adopt(files, faults_sys.open(path, SYS_READ),
	                              "standard input", &err));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "is a block device"));
	ck_assert_uint_eq(faults_descriptors(), 0);
	free(path);
}
END_TEST

/* Bytes are the pattern, zeros of a hole, or bad with this errno. */
static void check_faulty(uint64_t off, size_t len, uint64_t hole, int errnum,
                         bool may_wait, const struct runs *runs)
{
	uint64_t at = 0;
	size_t wrong = 0;

	for (size_t r = 0; r < runs->count; at += runs->v[r].len, r++) {
		const struct run *run = &runs->v[r];

		if (run->state == STATE_BAD) {
			ck_assert_int_eq(run->why, WHY_ERRNO);
			ck_assert_int_eq(run->sys, errnum);
			continue;
		}
		if (run->state == STATE_PENDING) {
			ck_assert(!may_wait);
			continue;
		}
		ck_assert(state_has_bytes(run->state));
		for (uint64_t i = at; i < at + run->len; i++)
			wrong += buf[i] !=
			         (off + i < hole ? 0 : pattern(off + i));
	}
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(at, len);
}

/* A step of the sweeps: everything that calls something, and no failure. */
static void use_all(struct source *src, uint64_t hole, int errnum)
{
	static const unsigned flags[] = { 0, READ_KEEP, READ_NOWAIT };
	size_t size = (size_t)src->size;
	struct runs runs = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		struct stretch s;
		size_t len = 100;
		void *pin;
		const void *p;

		read_into(src, 0, size, flags[i], &runs);
		check_faulty(0, size, hole, errnum, flags[i] != READ_NOWAIT,
		             &runs);
		s = source_stretch(src, hole / 2);
		ck_assert(s.state == STATE_DATA || s.end <= hole ||
		          (s.state == STATE_BAD && errnum == EACCES));
		p = source_map(src, hole, &len, &pin);
		if (p) {
			ck_assert_uint_eq(len, 100);
			ck_assert_uint_eq(guard_copy(buf, p, len), len);
			ck_assert_uint_eq(differing(hole, len), 0);
		}
		source_unmap(src, pin);
		evict();
	}
	runs_free(&runs);
}

static const struct {
	enum fault_call call;
	int errnum;
} failures[] = {
	{ FAULT_OPEN, EACCES },   { FAULT_FSTAT, EIO },
	{ FAULT_PREAD, EIO },     { FAULT_PREAD, ESTALE },
	{ FAULT_SEEK, EIO },      { FAULT_NOWAIT, EIO },
	{ FAULT_NOWAIT, EAGAIN }, { FAULT_MAP, ENOMEM },
	{ FAULT_ADVISE, EINVAL }, { FAULT_CLOSE, EIO },
	{ FAULT_UNMAP, EINVAL },
};

static void fault_sweep(uint64_t hole, size_t n, enum fault_call call,
                        int errnum)
{
	char *path =
		hole ? sparse_file("f", hole, 3000) : pattern_file("f", 20000);
	struct source *src;
	bool more = true;

	for (size_t nth = 0; more; nth++) {
		src = open_file(path);
		faults_reset();
		faults_fail(call, nth, n, errnum);
		use_all(src, hole, errnum);
		more = faults_happened();
		faults_reset();
		source_free(src);
	}
	free(path);
}

START_TEST(each_call_fails_once)
{
	fault_sweep(0, 1, failures[_i].call, failures[_i].errnum);
	fault_sweep(8192, 1, failures[_i].call, failures[_i].errnum);
}
END_TEST

/* A read that is cut short, to nothing too, is read on. */
static const size_t cuts[] = { 0, 1, 100, 512, 4097 };

START_TEST(each_read_is_cut_short)
{
	char *path = pattern_file("f", 20000);
	struct source *src = open_file(path);
	bool more = true;

	for (size_t nth = 0; more; nth++) {
		faults_reset();
		faults_cut(nth, cuts[_i]);
		read_pattern(src, 3, 19990, 0);
		read_pattern(src, 3, 19990, READ_KEEP);
		more = faults_happened();
	}
	source_free(src);
	free(path);
}
END_TEST

/* A file that says it has more than it gives: the read comes to an end. */
START_TEST(a_file_that_gives_nothing)
{
	char *path = pattern_file("f", 20000);
	struct source *src = open_file(path);

	faults_give_nothing();
	read_run(src, 0, 20000, 0, past_end);
	ck_assert_uint_eq(faults_count(FAULT_PREAD), 2);
	source_free(src);
	free(path);
}
END_TEST

/* The bad sectors of a file, at random. */
struct bad_sectors {
	uint64_t off[4], len[4];
	size_t count;
};

static struct bad_sectors random_bad(uint64_t *random, uint64_t size)
{
	struct bad_sectors b = { .count = 1 + (size_t)random_below(random, 4) };

	for (size_t i = 0; i < b.count; i++) {
		uint64_t first = random_below(random, size / SECTOR);

		b.off[i] = first * SECTOR;
		b.len[i] = SECTOR * (1 + random_below(random, 5));
		faults_bad(b.off[i], b.len[i], random_below(random, 2) == 0);
	}
	return b;
}

static bool is_bad(const struct bad_sectors *b, uint64_t off)
{
	for (size_t i = 0; i < b->count; i++)
		if (off >= b->off[i] && off - b->off[i] < b->len[i])
			return true;
	return false;
}

static void check_bad(struct source *src, const struct bad_sectors *b,
                      uint64_t off, size_t len, unsigned flags)
{
	struct runs runs = { 0 };
	uint64_t at = off;

	read_into(src, off, len, flags, &runs);
	for (size_t r = 0; r < runs.count; r++) {
		const struct run *run = &runs.v[r];
		bool data = run->state == STATE_DATA;

		ck_assert(data || run->state == STATE_BAD);
		ck_assert_int_eq(run->sys, data ? 0 : EIO);
		for (uint64_t i = 0; i < run->len; i++, at++)
			if (data == is_bad(b, at) ||
			    (data && buf[at - off] != pattern(at)))
				ck_abort_msg("byte %ju is wrong",
				             (uintmax_t)at);
	}
	runs_free(&runs);
}

START_TEST(only_bad_sectors_are_bad)
{
	uint64_t random = random_seed();
	char *path = pattern_file("f", 50000);
	struct source *src = open_file(path);

	for (size_t n = cases(200); n > 0; n--) {
		uint64_t off = random_below(&random, 50000);
		size_t len = 1 + (size_t)random_below(&random, 50000 - off);
		struct bad_sectors b;

		faults_reset();
		b = random_bad(&random, 50000);
		check_bad(src, &b, off, len, 0);
		check_bad(src, &b, off, len, READ_KEEP);
		faults_fail(FAULT_NOWAIT, 0, SIZE_MAX, EAGAIN);
		check_bad(src, &b, off, len, READ_NOWAIT);
	}
	source_free(src);
	free(path);
}
END_TEST

/* One bad sector of a long read costs a number of reads that grows with the
   logarithm; when all are bad, there is one for each and the way down. */
START_TEST(what_bad_sectors_cost)
{
	size_t sectors = LONGEST / SECTOR;
	char *path = pattern_file("f", LONGEST);
	struct source *src = open_file(path);
	struct bad_sectors b = { .len = { SECTOR }, .count = 1 };

	for (size_t i = 0; i < sectors; i += 7) {
		b.off[0] = i * SECTOR;
		faults_reset();
		faults_bad(b.off[0], SECTOR, false);
		check_bad(src, &b, 0, LONGEST, 0);
		ck_assert_uint_le(faults_count(FAULT_PREAD), 45);
	}
	faults_reset();
	faults_bad(0, LONGEST, false);
	read_run(src, 0, LONGEST, 0, bad(EIO));
	ck_assert_uint_le(faults_count(FAULT_PREAD), sectors + 10);
	/* An error of the whole file costs one. */
	faults_reset();
	faults_fail(FAULT_PREAD, 0, SIZE_MAX, ESTALE);
	read_run(src, 0, LONGEST, 0, bad(ESTALE));
	ck_assert_uint_eq(faults_count(FAULT_PREAD), 1);
	source_free(src);
	free(path);
}
END_TEST

START_TEST(without_memory)
{
	char *path = pattern_file("f", 20000);
	struct source *src = NULL;
	struct runs runs = { 0 };
	bool done = false;

	for (long n = 0; !src; n++) {
		mem_fail_after(n);
		src = file_open(files, path, &err);
		mem_fail_after(-1);
		if (!src)
			ck_assert_int_eq(err.code, ERR_NOMEM);
	}
	for (long n = 0; !done; n++) {
		runs_free(&runs);
		mem_fail_after(n);
		done = source_read(src, 10, buf, 10000, 0, &runs, &err) &&
		       source_read(src, 5, buf, 10000, READ_KEEP, &runs,
		                   &err) &&
		       source_read(src, 0, buf, 20000, READ_NOWAIT, &runs,
		                   &err);
		mem_fail_after(-1);
		if (!done)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		else
			ck_assert_uint_eq(runs_len(&runs), 40000);
	}
	runs_free(&runs);
	source_free(src);
	free(path);
}
END_TEST

START_TEST(maps)
{
	char *path = pattern_file("f", WINDOW + 100);
	struct source *src = open_file(path);
	size_t len = SIZE_MAX;
	void *pin;
	void *second;
	const unsigned char *p = source_map(src, 5, &len, &pin);

	ck_assert_uint_eq(len, WINDOW - 5);
	ck_assert_uint_eq(p[0], pattern(5));
	len = 1000;
	p = source_map(src, WINDOW + 99, &len, &second);
	ck_assert_uint_eq(len, 1);
	ck_assert_uint_eq(p[0], pattern(WINDOW + 99));
	ck_assert_uint_eq(files_windows(files), 2);
	source_unmap(src, second);
	source_unmap(src, pin);
	ck_assert_uint_eq(files_windows(files), 2);
	source_free(src);
	ck_assert_uint_eq(files_windows(files), 0);
	free(path);
}
END_TEST

/* What a read would not show, a map does not either. */
START_TEST(a_map_of_a_replaced_file)
{
	char *path = pattern_file("f", WINDOW);
	char *away = path_of("away");
	struct source *src = open_file(path);
	size_t len = 10;
	void *pin;

	ck_assert_ptr_nonnull(source_map(src, 0, &len, &pin));
	source_unmap(src, pin);
	evict();
	ck_assert_int_eq(rename(path, away), 0);
	ck_assert_ptr_null(source_map(src, 0, &len, &pin));
	ck_assert_uint_eq(len, 0);
	ck_assert_int_eq(rename(away, path), 0);
	len = 10;
	ck_assert_ptr_nonnull(source_map(src, 0, &len, &pin));
	source_unmap(src, pin);
	source_free(src);
	free(away);
	free(path);
}
END_TEST

START_TEST(no_maps)
{
	struct files_limits none = limits;
	char *path = pattern_file("f", 100);
	struct files *unmapped;
	struct source *src;
	size_t len = 10;
	void *pin;

	none.windows = 0;
	unmapped = files_new(&faults_sys, none, &err);
	src = file_open(unmapped, path, &err);
	ck_assert_ptr_null(source_map(src, 0, &len, &pin));
	ck_assert_uint_eq(faults_count(FAULT_MAP), 0);
	ck_assert_uint_eq(files_windows(unmapped), 0);
	source_free(src);
	files_free(unmapped);
	free(path);
}
END_TEST

/* Without the handler there is no map. Runs without the fixture. */
START_TEST(no_guard)
{
	char *path = pattern_file("f", 100);
	struct source *src;
	size_t len = 10;
	void *pin;

	files = files_new(&faults_sys, limits, &err);
	src = open_file(path);
	ck_assert_ptr_null(source_map(src, 0, &len, &pin));
	must(guard_install(&err), &err);
	len = 10;
	ck_assert_ptr_nonnull(source_map(src, 0, &len, &pin));
	source_unmap(src, pin);
	source_free(src);
	files_free(files);
	free(path);
}
END_TEST

/*
 * The model: two files, their bytes one by one, and which of them has the name
 * that the source was opened by.
 */
struct inode {
	unsigned char bytes[LONGEST];
	size_t size;
	int fd;
	char *aside; /* its name while it does not have the other */
};

enum { NOBODY = -1 };

static struct {
	struct inode inode[2];
	int named;    /* who has the name */
	int mine;     /* whose the source is */
	bool open;    /* the source has a descriptor */
	bool keep;    /* that is not closed */
	bool touched; /* something has changed since the source was opened */
	char *name;
	struct source *src;
	uint64_t random;
} m;

static size_t below(size_t n)
{
	return (size_t)random_below(&m.random, n);
}

static void model_setup(void)
{
	m.name = path_of("named");
	for (int i = 0; i < 2; i++) {
		struct inode *f = &m.inode[i];

		f->aside = pattern_file(i ? "b" : "a", 0);
		f->size = below(LONGEST);
		f->fd = open(f->aside, O_RDWR);
		for (size_t k = 0; k < f->size; k++)
			f->bytes[k] = (unsigned char)(pattern(k) + i);
		ck_assert_int_eq(pwrite(f->fd, f->bytes, f->size, 0),
		                 (ssize_t)f->size);
	}
	ck_assert_int_eq(rename(m.inode[0].aside, m.name), 0);
	m.named = m.mine = 0;
	m.open = m.keep = m.touched = false;
	m.src = open_file(m.name);
}

static void model_teardown(void)
{
	source_free(m.src);
	for (int i = 0; i < 2; i++) {
		close(m.inode[i].fd);
		free(m.inode[i].aside);
	}
	free(m.name);
}

/* What was kept before a change is not looked for afterwards: the model does
   not know it. */
static void changed(void)
{
	m.touched = true;
	sys_skip_time(3 * SECONDS);
}

static void model_rename(void)
{
	int to = (int)below(3) - 1;

	if (m.named != NOBODY)
		ck_assert_int_eq(rename(m.name, m.inode[m.named].aside), 0);
	if (to != NOBODY)
		ck_assert_int_eq(rename(m.inode[to].aside, m.name), 0);
	m.named = to;
	changed();
}

static void model_resize(void)
{
	struct inode *f = &m.inode[below(2)];
	size_t size = below(4) ? below(LONGEST) : f->size - f->size % PAGE;

	ck_assert_int_eq(ftruncate(f->fd, (off_t)size), 0);
	if (size > f->size)
		memset(f->bytes + f->size, 0, size - f->size);
	f->size = size;
	changed();
}

static void model_write(void)
{
	struct inode *f = &m.inode[below(2)];
	size_t off = below(LONGEST);
	size_t len = below(size_min(LONGEST - off, 30000) + 1);

	if (off > f->size)
		memset(f->bytes + f->size, 0, off - f->size);
	for (size_t i = 0; i < len; i++)
		f->bytes[off + i] = (unsigned char)(1 + below(255));
	ck_assert_int_eq(pwrite(f->fd, f->bytes + off, len, (off_t)off),
	                 (ssize_t)len);
	if (len > 0)
		f->size = off + len > f->size ? off + len : f->size;
	changed();
}

/* A file system that does not punch leaves the bytes as they are. */
static void model_punch(void)
{
	struct inode *f = &m.inode[below(2)];
	size_t off = below(LONGEST / PAGE) * PAGE;
	size_t len = (1 + below(8)) * PAGE;

	if (fallocate(f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
	              (off_t)off, (off_t)len) != 0)
		return;
	if (off < f->size)
		memset(f->bytes + off, 0, size_min(len, f->size - off));
	changed();
}

/* What was kept while the file was open may be shown a little longer. */
static void model_evict(void)
{
	evict();
	m.open = m.open && m.keep;
	sys_skip_time(3 * SECONDS);
}

static unsigned model_size_change(void)
{
	size_t now = m.inode[m.mine].size;

	if (now < m.src->size)
		return CHANGE_SIZE_LESS;
	return now > m.src->size ? CHANGE_SIZE_MORE : 0;
}

static void model_check(void)
{
	unsigned got = source_check(m.src);
	unsigned want = 0;

	if (m.named == NOBODY)
		want = CHANGE_GONE;
	else if (m.named != m.mine)
		want = CHANGE_REPLACED;
	m.keep = m.open && want != 0;
	if (m.open || m.named == m.mine)
		want |= model_size_change();
	/* Whether times have changed is for the file system's clock to say. */
	if (m.touched)
		got &= ~(unsigned)CHANGE_BYTES;
	ck_assert_uint_eq(got, want);
}

/* Opened anew beside the source, then in its place. */
static void model_reopen(void)
{
	struct source *anew = file_open(files, m.name, &err);

	ck_assert_int_eq(anew != NULL, m.named != NOBODY);
	if (!anew) {
		ck_assert_int_eq(err.sys, ENOENT);
		return;
	}
	ck_assert_uint_eq(anew->size, m.inode[m.named].size);
	source_free(m.src);
	m.src = anew;
	m.open = m.keep = m.touched = false;
	m.mine = m.named;
}

/* The source's bytes can be had; if need be it is opened. */
static bool model_reachable(void)
{
	m.open = m.open || m.named == m.mine;
	return m.open;
}

/* How many bytes of a run that is to have values are wrong. */
static size_t wrong_bytes(const struct run *run, uint64_t off,
                          const unsigned char *bytes)
{
	const struct inode *f = &m.inode[m.mine];
	size_t wrong = 0;

	for (uint64_t i = 0; i < run->len; i++)
		wrong += bytes[i] != f->bytes[off + i] ||
		         (run->state == STATE_HOLE && bytes[i] != 0);
	return wrong;
}

static void check_run(const struct run *run, uint64_t off,
                      const unsigned char *bytes, bool reachable)
{
	size_t size = m.inode[m.mine].size;

	if (!reachable) {
		ck_assert_int_eq(run->state, STATE_BAD);
		ck_assert_int_eq(run->why,
		                 m.named == NOBODY ? WHY_ERRNO : WHY_REPLACED);
	} else if (off >= size) {
		ck_assert_int_eq(run->state, STATE_BAD);
		ck_assert_int_eq(run->why, WHY_PAST_END);
	} else {
		ck_assert(state_has_bytes(run->state));
		ck_assert_uint_le(run->len, size - off);
		ck_assert_uint_eq(wrong_bytes(run, off, bytes), 0);
	}
}

static void check_bytes(uint64_t off, const struct runs *runs, bool pends,
                        bool reachable)
{
	uint64_t at = 0;

	for (size_t r = 0; r < runs->count; r++) {
		const struct run *run = &runs->v[r];

		if (run->state == STATE_PENDING)
			ck_assert(pends);
		else
			check_run(run, off + at, buf + at, reachable);
		at += run->len;
	}
}

static void model_read(void)
{
	uint64_t size = m.src->size;
	uint64_t off = random_below(&m.random, size + 1);
	size_t len = below((size_t)u64_min(size - off, 20000) + 1);
	bool keeps = below(2) == 0;
	struct runs runs = { 0 };
	bool reachable;

	if (below(2)) { /* kept or in memory, or not */
		reachable = m.open || m.named == m.mine;
		read_into(m.src, off, len, READ_NOWAIT, &runs);
		check_bytes(off, &runs, true, reachable);
	}
	if (len > 0)
		(void)model_reachable();
	read_into(m.src, off, len, keeps ? READ_KEEP : 0, &runs);
	check_bytes(off, &runs, false, m.open);
	if (keeps) {
		read_into(m.src, off, len, READ_NOWAIT, &runs);
		check_bytes(off, &runs, false, m.open);
	}
	runs_free(&runs);
}

static void model_stretch(void)
{
	const struct inode *f = &m.inode[m.mine];
	uint64_t size = m.src->size;
	uint64_t off;
	struct stretch s;

	if (size == 0)
		return;
	off = random_below(&m.random, size);
	s = source_stretch(m.src, off);
	if (!model_reachable() || s.state == STATE_DATA)
		return;
	ck_assert_int_eq(s.state, STATE_HOLE);
	ck_assert_uint_le(s.end, f->size);
	for (uint64_t i = off; i < s.end; i++)
		if (f->bytes[i] != 0)
			ck_abort_msg("byte %ju is in no hole", (uintmax_t)i);
}

/* In the page of the end come zeros, and behind it nothing. */
static void model_map(void)
{
	const struct inode *f = &m.inode[m.mine];
	size_t there = (f->size + PAGE - 1) / PAGE * PAGE;
	size_t off;
	size_t len = 1 + below(30000);
	const void *p;
	void *pin;
	size_t got;

	if (m.src->size == 0)
		return;
	off = below((size_t)m.src->size);
	p = source_map(m.src, off, &len, &pin);
	ck_assert_int_eq(p != NULL, model_reachable());
	if (!p)
		return;
	ck_assert_uint_le(len, m.src->size - off);
	got = guard_copy(buf, p, len);
	ck_assert_uint_eq(got, size_min(len, off < there ? there - off : 0));
	for (size_t i = 0; i < got; i++)
		if (buf[i] != (off + i < f->size ? f->bytes[off + i] : 0))
			ck_abort_msg("byte %zu is wrong", off + i);
	source_unmap(m.src, pin);
}

static void (*const moves[])(void) = {
	model_rename, model_resize,  model_write, model_punch, model_evict,
	model_check,  model_reopen,  model_read,  model_read,  model_read,
	model_read,   model_stretch, model_map,   model_map,
};

START_TEST(against_a_model)
{
	m.random = random_seed();
	for (size_t n = cases(60); n > 0; n--) {
		model_setup();
		for (size_t i = 0; i < 100; i++)
			moves[below(ARRAY_LEN(moves))]();
		model_teardown();
	}
}
END_TEST

/*
 * While one thread cuts the file and writes it again, others read it in every
 * way. A byte is the pattern, or the 0 of a page that has come back, or says
 * that it has no value.
 */
struct reader {
	struct source *src;
	atomic_bool *stop;
	uint64_t random;
	size_t wrong, read;
};

static bool storm_byte(unsigned char byte, uint64_t off)
{
	return byte == 0 || byte == pattern(off);
}

static void storm_read(struct reader *r, unsigned char *bytes)
{
	static const unsigned flags[] = { 0, READ_KEEP, READ_NOWAIT };
	uint64_t off = random_below(&r->random, LONGEST);
	size_t len = 1 + (size_t)random_below(&r->random, LONGEST - off);
	struct runs runs = { 0 };
	struct error e;
	uint64_t at = 0;

	if (!source_read(r->src, off, bytes, len,
	                 flags[random_below(&r->random, 3)], &runs, &e))
		r->wrong++;
	r->wrong += runs_len(&runs) != len;
	for (size_t i = 0; i < runs.count; at += runs.v[i].len, i++) {
		if (!state_has_bytes(runs.v[i].state))
			continue;
		for (uint64_t k = at; k < at + runs.v[i].len; k++)
			r->wrong += !storm_byte(bytes[k], off + k);
		r->read += runs.v[i].len;
	}
	runs_free(&runs);
}

static void storm_map(struct reader *r, unsigned char *bytes)
{
	uint64_t off = random_below(&r->random, LONGEST);
	size_t len = 1 + (size_t)random_below(&r->random, LONGEST - off);
	void *pin;
	const void *p = source_map(r->src, off, &len, &pin);

	if (!p)
		return;
	len = guard_copy(bytes, p, len);
	for (size_t k = 0; k < len; k++)
		r->wrong += !storm_byte(bytes[k], off + k);
	source_unmap(r->src, pin);
}

static void *storm_reader(void *arg)
{
	struct reader *r = arg;
	unsigned char *bytes = malloc(LONGEST);

	while (bytes && !atomic_load(r->stop)) {
		storm_read(r, bytes);
		storm_map(r, bytes);
	}
	free(bytes);
	return NULL;
}

static void storm_turn(int fd, uint64_t *random, struct source *src)
{
	static unsigned char all[LONGEST];
	size_t cut = (size_t)random_below(random, LONGEST);

	ck_assert_int_eq(ftruncate(fd, (off_t)cut), 0);
	(void)source_check(src);
	if (random_below(random, 2))
		ck_assert_int_eq(ftruncate(fd, LONGEST), 0);
	for (size_t i = cut; i < LONGEST; i++)
		all[i] = pattern(i);
	ck_assert_int_eq(pwrite(fd, all + cut, LONGEST - cut, (off_t)cut),
	                 (ssize_t)(LONGEST - cut));
}

START_TEST(a_storm)
{
	char *path = pattern_file("f", LONGEST);
	struct source *src = open_file(path);
	int fd = open(path, O_RDWR);
	uint64_t random = random_seed();
	atomic_bool stop = false;
	struct reader r[3];
	pthread_t threads[ARRAY_LEN(r)];

	for (size_t i = 0; i < ARRAY_LEN(r); i++) {
		r[i] = (struct reader){ src, &stop, random_u64(&random), 0, 0 };
		pthread_create(&threads[i], NULL, storm_reader, &r[i]);
	}
	for (size_t n = cases(200); n > 0; n--)
		storm_turn(fd, &random, src);
	atomic_store(&stop, true);
	for (size_t i = 0; i < ARRAY_LEN(r); i++) {
		pthread_join(threads[i], NULL);
		ck_assert_uint_eq(r[i].wrong, 0);
	}
	source_free(src);
	check_anew(path, LONGEST);
	close(fd);
	free(path);
}
END_TEST

static TCase *add_fixture(Suite *s, const char *name, void (*set_up)(void))
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, set_up, teardown);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(s, tc);
	return tc;
}

static TCase *add_case(Suite *s, const char *name)
{
	return add_fixture(s, name, setup);
}

/* What is a device's own, and what it does as files do. */
static void add_devices(Suite *s)
{
	TCase *tc = add_fixture(s, "devices", setup_devices);

	tcase_add_test(tc, a_device);
	tcase_add_test(tc, rights_of_a_device);
	tcase_add_loop_test(tc, opening_a_device_fails, 0,
	                    ARRAY_LEN(opening_failures));
	tcase_add_test(tc, a_device_that_is_another_when_opened);
	tcase_add_test(tc, two_nodes_are_one_device);
	tcase_add_test(tc, a_device_changes);
	tcase_add_test(tc, a_device_is_not_adopted);
	tcase_add_loop_test(tc, every_edge, 0, ARRAY_LEN(edges));
	tcase_add_loop_test(tc, kept_blocks_are_found, 0,
	                    ARRAY_LEN(nowait_errors));
	tcase_add_loop_test(tc, each_call_fails_once, 0, ARRAY_LEN(failures));
	tcase_add_loop_test(tc, each_read_is_cut_short, 0, ARRAY_LEN(cuts));
	tcase_add_test(tc, a_file_that_gives_nothing);
	tcase_add_test(tc, only_bad_sectors_are_bad);
	tcase_add_test(tc, without_memory);
	tcase_add_test(tc, a_storm);
}

int main(void)
{
	Suite *s = suite_create("file");
	TCase *tc = add_case(s, "opening");

	tcase_add_test(tc, opening_costs_a_stat_and_an_access);
	tcase_add_test(tc, rights);
	tcase_add_test(tc, a_file_without_a_size);
	tcase_add_loop_test(tc, what_is_no_file, 0, ARRAY_LEN(refused));
	tcase_add_test(tc, adopted);
	tcase_add_test(tc, adopting_fails);
	tc = add_case(s, "reading");
	tcase_add_loop_test(tc, every_edge, 0, ARRAY_LEN(edges));
	tcase_add_test(tc, a_read_that_may_not_wait_calls_nothing);
	tcase_add_loop_test(tc, kept_blocks_are_found, 0,
	                    ARRAY_LEN(nowait_errors));
	tcase_add_test(tc, a_change_drops_kept_blocks);
	tcase_add_test(tc, holes);
	tcase_add_test(tc, a_hole_up_to_an_end_that_has_moved);
	tcase_add_test(tc, a_file_system_without_holes);
	tc = add_case(s, "changes");
	tcase_add_test(tc, shrunk_and_grown);
	tcase_add_test(tc, same_size_other_times);
	tcase_add_loop_test(tc, moved_away_and_back_while_closed, 0, 2);
	tcase_add_loop_test(tc, an_open_file_that_lost_its_name, 0, 2);
	tc = add_case(s, "faults");
	tcase_add_loop_test(tc, each_call_fails_once, 0, ARRAY_LEN(failures));
	tcase_add_loop_test(tc, each_read_is_cut_short, 0, ARRAY_LEN(cuts));
	tcase_add_test(tc, a_file_that_gives_nothing);
	tcase_add_test(tc, only_bad_sectors_are_bad);
	tcase_add_test(tc, what_bad_sectors_cost);
	tcase_add_test(tc, without_memory);
	tc = add_case(s, "maps");
	tcase_add_test(tc, maps);
	tcase_add_test(tc, a_map_of_a_replaced_file);
	tcase_add_test(tc, no_maps);
	tc = add_case(s, "all");
	tcase_add_test(tc, against_a_model);
	tcase_add_test(tc, a_storm);
	add_devices(s);
	tc = tcase_create("unguarded");
	tcase_add_test(tc, no_guard);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
