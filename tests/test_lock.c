/* test_lock.c - tests of src/keep/lock.c */
#include "config.h"

#include "keep/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sys.h"
#include "keep/holder.h"
#include "source/identity.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct identity identity_at(const char *path)
{
	struct sys_stat st;

	ck_assert_int_eq(sys_real.stat(path, &st), 0);
	return identity_of(&st);
}

START_TEST(one_at_a_time)
{
	char *path = scratch_file("f", "bytes", 5);
	struct identity id = identity_at(path);
	struct error err = { 0 };
	struct lock *lock = lock_take(&sys_real, path, &id, NULL, &err);

	must(lock != NULL, &err);
	ck_assert(!lock_try(&sys_real, path, &id, NULL, &err));
	ck_assert_int_eq((int)err.code, ERR_READONLY);
	ck_assert_ptr_null(lock_take(&sys_real, path, &id, NULL, &err));
	lock_drop(lock);
	must(lock_try(&sys_real, path, &id, NULL, &err), &err);
	must(lock_try(&sys_real, path, &id, NULL, &err), &err);
	lock_drop(NULL);
	free(path);
}
END_TEST

START_TEST(lines_of_locks)
{
	static const struct {
		const char *line;
		bool is;
		uint32_t pid;
	} rows[] = {
		{ "1: OFDLCK ADVISORY  WRITE -1 08:01:56789 100 100", true, 0 },
		{ "lock:\t1: OFDLCK ADVISORY  READ -1 08:01:56789 0 EOF", true,
		  0 },
		{ "22: POSIX  ADVISORY  WRITE 1234 08:01:56789 0 EOF", true,
		  1234 },
		/* Another file; one that waits; of another kind; no lock. */
		{ "1: POSIX  ADVISORY  WRITE 1234 08:02:56789 0 EOF", false,
		  0 },
		{ "1: POSIX  ADVISORY  WRITE 1234 08:01:5678 0 EOF", false, 0 },
		{ "1: -> POSIX  ADVISORY  WRITE 1234 08:01:56789 0 EOF", false,
		  0 },
		{ "1: FLOCK  ADVISORY  WRITE 1234 08:01:56789 0 EOF", false,
		  0 },
		{ "flags:\t0100002", false, 0 },
		{ "", false, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint32_t pid = 0;

		ck_assert_msg(holder_is_lock(rows[i].line, makedev(8, 1), 56789,
		                             &pid) == rows[i].is,
		              "row %zu", i);
		ck_assert_uint_eq(pid, rows[i].pid);
	}
}
END_TEST

/* A lock of a descriptor, which has no process in /proc/locks. */
START_TEST(of_a_descriptor)
{
	char *path = scratch_file("f", "bytes", 5);
	struct identity id = identity_at(path);
	struct flock range = { .l_type = F_WRLCK };
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char info[64], text[4096], name[HOLDER_NAME], who[32];
	bool told = false;
	uint32_t pid;

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(holder_of(&faults_sys, id.dev, id.ino), 0);
	ck_assert_int_eq(fcntl(fd, F_OFD_SETLK, &range), 0);
	snprintf(info, sizeof(info), "/proc/self/fdinfo/%d", fd);
	holder_read(&sys_real, info, text, sizeof(text));
	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		told = told || holder_is_lock(at, id.dev, id.ino, &pid);
	}
	/* Not every system tells, nor calls the device as stat() does. */
	if (told)
		ck_assert_uint_eq(holder_of(&faults_sys, id.dev, id.ino),
		                  (uint32_t)getpid());
	ck_assert_uint_eq(faults_descriptors(), 0);
	holder_name(&sys_real, (uint32_t)getpid(), name);
	snprintf(who, sizeof(who), "process %d (", (int)getpid());
	ck_assert_ptr_nonnull(strstr(name, who));
	ck_assert_int_eq(close(fd), 0);
	free(path);
}
END_TEST

/* It ends with the process, and until then says which it is. */
START_TEST(of_another_process)
{
	char *path = scratch_file("f", "bytes", 5);
	struct identity id = identity_at(path);
	struct error err = { 0 };
	int ready[2];
	char byte;
	char who[32];
	pid_t child;

	ck_assert_int_eq(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		if (!lock_take(&sys_real, path, &id, NULL, &err))
			_exit(1);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	ck_assert(!lock_try(&sys_real, path, &id, NULL, &err));
	ck_assert_int_eq((int)err.code, ERR_READONLY);
	ck_assert_ptr_nonnull(strstr(err.text, path));
	/* Where the system hides other processes it cannot say who. */
	snprintf(who, sizeof(who), "process %d (", (int)child);
	ck_assert(strstr(err.text, who) ||
	          strstr(err.text, "another program has locked it"));
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	must(lock_try(&sys_real, path, &id, NULL, &err), &err);
	free(path);
}
END_TEST

START_TEST(another_file_under_the_name)
{
	char *path = scratch_file("f", "bytes", 5);
	char *other = scratch_file("g", "bytes", 5);
	struct identity id = identity_at(path);
	struct error err = { 0 };

	ck_assert_int_eq(sys_real.rename(other, path), 0);
	ck_assert(!lock_try(&sys_real, path, &id, NULL, &err));
	ck_assert_int_eq((int)err.code, ERR_CHANGED);
	ck_assert_int_eq(sys_real.unlink(path), 0);
	ck_assert(!lock_try(&sys_real, path, &id, NULL, &err));
	ck_assert_int_eq((int)err.code, ERR_IO);
	ck_assert_int_eq(err.sys, ENOENT);
	free(path);
	free(other);
}
END_TEST

START_TEST(what_locks_say)
{
	uint64_t dev = makedev(0x8, 0x1f);
	static const struct {
		const char *text;
		uint32_t pid;
	} rows[] = {
		{ "1: FLOCK  ADVISORY  WRITE 12 08:1f:77 0 EOF\n", 12 },
		{ "1: FLOCK  ADVISORY  WRITE 12 08:1f:78 0 EOF\n"
		  "2: FLOCK  ADVISORY  WRITE 13 08:1f:77 0 EOF\n",
		  13 },
		{ "1: POSIX  ADVISORY  WRITE 12 08:1f:77 0 EOF\n", 0 },
		{ "1: FLOCK  ADVISORY  READ 12 08:1f:77 0 EOF\n", 0 },
		{ "1: FLOCK  ADVISORY  WRITE 12 08:1e:77 0 EOF\n", 0 },
		{ "1: -> FLOCK  ADVISORY  WRITE 12 08:1f:77 0 EOF\n", 0 },
		{ "1: FLOCK  ADVISORY  WRITE 12 08:1f:77", 12 },
		{ "1: FLOCK  ADVISORY  WRITE 12", 0 },
		{ "\n\n", 0 },
		{ "", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(lock_holder(rows[i].text, dev, 77) == rows[i].pid,
		              "row %zu", i);
}
END_TEST

/* --- /proc/locks, as the test wants it ------------------------------------ */

enum { SAID = 1 << 19, FIRST = 100000, LINE = 55 };

static struct {
	char text[SAID];
	size_t at, opened;
	size_t hidden; /* how often the last line is not there */
} said;

static int open_said(const char *path, unsigned flags)
{
	(void)path;
	(void)flags;
	said.at = 0;
	said.opened++;
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* A page at most, in whole lines, as the system does. */
static int64_t read_said(int fd, void *buf, size_t len)
{
	size_t all = strlen(said.text), n = 4096 / LINE * LINE;

	(void)fd;
	if (said.opened <= said.hidden)
		all -= LINE;
	if (n > all - said.at)
		n = all - said.at;
	if (n > len)
		n = len;
	memcpy(buf, said.text + said.at, n);
	said.at += n;
	return (int64_t)n;
}

static void say_locks(size_t count)
{
	static const char format[] = "%5u: FLOCK  ADVISORY  WRITE %5u "
				     "08:1f:%u 0 EOF\n";
	size_t len = 0;

	said.opened = 0;
	for (unsigned i = 0; i < count; i++) {
		ck_assert_int_eq(snprintf(said.text + len, SAID - len, format,
		                          i, 100 + i, FIRST + i),
		                 LINE);
		len += LINE;
	}
}

/* How many there are, what a look misses, and does the list have them all? */
START_TEST(lists_of_locks)
{
	static const struct {
		size_t count, hidden, looks;
		bool has;
	} rows[] = {
		{ 1, 0, 1, true },
		{ 69, 0, 1, true },
		/* There is no other look where all comes at once. */
		{ 69, 1, 1, false },
		{ 70, 0, 2, true },
		{ 71, 1, 2, true },
		{ 71, 2, 2, false },
		/* More than the first buffer takes. */
		{ 1400, 0, 4, true },
		{ 5000, 0, 8, true },
	};
	struct sys sys = sys_real;
	struct lock_list list = { 0 };
	struct error err;

	sys.open = open_said;
	sys.read = read_said;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		say_locks(rows[i].count);
		said.hidden = rows[i].hidden;
		must(lock_list_read(&sys, &list, &err), &err);
		ck_assert_uint_eq(said.opened, rows[i].looks);
		for (size_t k = 0; k + 1 < rows[i].count; k++)
			EXPECT(lock_list_has(&list, FIRST + k));
		ck_assert(lock_list_has(&list, FIRST - 1 + rows[i].count) ==
		          rows[i].has);
		ck_assert(!lock_list_has(&list, FIRST - 1));
	}
	mem_fail_after(0);
	ck_assert(!lock_list_read(&sys, &list, &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
	lock_list_free(&list);
}
END_TEST

/* Whatever fails, nothing stays open. */
START_TEST(failing_calls)
{
	static const enum fault_call calls[] = { FAULT_OPEN, FAULT_FSTAT,
		                                 FAULT_LOCK };
	char *path = scratch_file("f", "bytes", 5);
	struct identity id = identity_at(path);
	size_t open_before = faults_descriptors();
	struct error err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		faults_reset();
		faults_fail(calls[i], 0, 1, EIO);
		ck_assert(!lock_try(&faults_sys, path, &id, NULL, &err));
		ck_assert_int_eq((int)err.code, ERR_IO);
		ck_assert_int_eq(err.sys, EIO);
		ck_assert_str_eq(err.path, path);
		ck_assert_uint_eq(faults_descriptors(), open_before);
	}
	faults_reset();
	faults_fail(FAULT_LOCK, 0, 3, EINTR);
	must(lock_try(&faults_sys, path, &id, NULL, &err), &err);
	mem_fail_after(0);
	ck_assert_ptr_null(lock_take(&faults_sys, path, &id, NULL, &err));
	mem_fail_after(-1);
	ck_assert_int_eq((int)err.code, ERR_NOMEM);
	ck_assert_uint_eq(faults_descriptors(), open_before);
	free(path);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lock");
	TCase *tc = tcase_create("lock");

	tcase_add_test(tc, one_at_a_time);
	tcase_add_test(tc, lines_of_locks);
	tcase_add_test(tc, of_a_descriptor);
	tcase_add_test(tc, of_another_process);
	tcase_add_test(tc, another_file_under_the_name);
	tcase_add_test(tc, what_locks_say);
	tcase_add_test(tc, lists_of_locks);
	tcase_add_test(tc, failing_calls);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
