/*
 * test_save.c - tests of src/open/save.c and pour.c, by the command save-as
 *
 * The model is what a view reads: what a save wrote is read back with plain
 * system calls and compared with it byte by byte, and hole by hole.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "command/context.h"
#include "open/save.h"
#include "session.h"
#include "space/view.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "tests/trial.h"

enum {
	BLOCK = 4096,
	DENSE = 5 * BLOCK + 100,
	HOLEY = 9 * BLOCK,
	MOST = 64 * BLOCK, /* bytes of a space, at most */
	EDITS = 6,
};

static struct trial t;
static unsigned char buf[MOST], saved[MOST];

/* --- files --------------------------------------------------------------- */

static void make_files(void)
{
	unsigned char bytes[DENSE];
	int fd;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
	trial_file("dense", bytes, sizeof(bytes));
	trial_file("holey", "", 0);
	fd = open("holey", O_WRONLY);
	ck_assert_int_eq(ftruncate(fd, HOLEY), 0);
	ck_assert_int_eq(pwrite(fd, bytes, 2 * BLOCK, BLOCK), 2 * BLOCK);
	ck_assert_int_eq(pwrite(fd, bytes, 100, 6 * BLOCK + 50), 100);
	close(fd);
}

/* No file of a save is left, a temporary one least of all. */
static size_t count_saved(void)
{
	DIR *dir = opendir(".");
	const struct dirent *entry;
	size_t count = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)))
		count += strncmp(entry->d_name, "out", 3) == 0;
	closedir(dir);
	return count;
}

static void remove_saved(void)
{
	DIR *dir = opendir(".");
	const struct dirent *entry;

	while ((entry = readdir(dir)))
		if (strncmp(entry->d_name, "out", 3) == 0)
			ck_assert_int_eq(unlink(entry->d_name), 0);
	closedir(dir);
}

static size_t read_file(const char *path, unsigned char *dst, size_t room)
{
	int fd = open(path, O_RDONLY);
	ssize_t n;

	ck_assert_msg(fd >= 0, "%s", path);
	n = read(fd, dst, room);
	ck_assert_int_ge(n, 0);
	close(fd);
	return (size_t)n;
}

static void setup(void)
{
	const char *const none[] = { NULL };

	trial_begin(&t, none);
	make_files();
}

static void teardown(void)
{
	trial_end(&t);
	remove_saved();
}

/* --- what is expected ---------------------------------------------------- */

/* [start, end) as the view has it, with a filling for what has no value. */
static bool load(uint64_t start, uint64_t end, const char *filling)
{
	struct runs runs = { 0 };
	struct error err;
	bool all = true;
	size_t at = 0;

	must(view_read(session_view(t.ctx.session), start, buf,
	               (size_t)(end - start), 0, &runs, &err),
	     &err);
	for (size_t i = 0; i < runs.count; i++) {
		for (uint64_t k = 0; k < runs.v[i].len; k++, at++) {
			if (state_has_bytes(runs.v[i].state))
				continue;
			all = false;
			buf[at] = 0;
			if (filling)
				buf[at] = (unsigned char)
					filling[at % strlen(filling)];
		}
	}
	runs_free(&runs);
	return all;
}

/* Are whole blocks that are holes in the view holes in the one file, too? Only
   where the file system of the test knows of holes. */
static void check_holes(const char *path, uint64_t start, uint64_t end)
{
	struct runs runs = { 0 };
	struct error err;
	uint64_t at = 0;
	int fd = open(path, O_RDONLY);

	must(view_read(session_view(t.ctx.session), start, buf,
	               (size_t)(end - start), 0, &runs, &err),
	     &err);
	for (size_t i = 0; i < runs.count; at += runs.v[i++].len) {
		uint64_t from = (at + BLOCK - 1) / BLOCK * BLOCK;
		uint64_t to = (at + runs.v[i].len) / BLOCK * BLOCK;
		off_t data;

		if (runs.v[i].state != STATE_HOLE || from >= to)
			continue;
		data = lseek(fd, (off_t)from, SEEK_DATA);
		ck_assert_msg(data < 0 || (uint64_t)data >= to,
		              "data at %jd of a hole %" PRIx64 "..%" PRIx64,
		              (intmax_t)data, from, to);
	}
	runs_free(&runs);
	close(fd);
}

static bool fs_has_holes(void)
{
	int fd = open("holey", O_RDONLY);
	off_t data = lseek(fd, 0, SEEK_DATA);

	close(fd);
	return data == BLOCK;
}

/* What was saved, whole or in parts of `split`, is buf[0 .. len). */
static void check_saved(uint64_t len, uint64_t split)
{
	uint64_t count = split && len ? (len - 1) / split + 1 : 1;
	size_t got = 0;

	for (uint64_t i = 0; i < count; i++) {
		char name[32];
		size_t n;

		snprintf(name, sizeof(name), split ? "out.%03" PRIu64 : "out",
		         i);
		n = read_file(name, saved + got, sizeof(saved) - got);
		if (i + 1 < count)
			ck_assert_uint_eq(n, split);
		got += n;
	}
	ck_assert_uint_eq(got, len);
	for (size_t i = 0; i < len; i++)
		ck_assert_msg(saved[i] == buf[i],
		              "byte 0x%zx is %02x, not %02x", i, saved[i],
		              buf[i]);
}

/* --- random spaces ------------------------------------------------------- */

static void open_some(uint64_t *seed)
{
	size_t count = 1 + random_below(seed, 4);
	char line[128];

	for (size_t i = 0; i < count; i++) {
		uint64_t skip =
			random_below(seed, 3) * BLOCK +
			(random_below(seed, 2) ? random_below(seed, 50) : 0);

		switch (random_below(seed, 5)) {
		case 0:
			snprintf(line, sizeof(line), "open gap:%" PRIu64,
			         1 + random_below(seed, 9000));
			break;
		case 1:
			snprintf(line, sizeof(line), "open memory:%" PRIu64,
			         1 + random_below(seed, 9000));
			break;
		case 2:
			snprintf(line, sizeof(line), "open dense skip %" PRIu64,
			         skip);
			break;
		default:
			snprintf(line, sizeof(line), "open holey skip %" PRIu64,
			         skip);
			break;
		}
		trial_must(&t, line);
	}
}

static void edit_some(uint64_t *seed)
{
	for (size_t n = random_below(seed, EDITS); n > 0; n--) {
		uint64_t size = space_size(context_space(&t.ctx));
		uint64_t at = random_below(seed, size);
		uint64_t len = 1 + random_below(seed, size - at);
		char line[160];

		if (size > MOST / 2)
			len = u64_min(len, 100);
		switch (random_below(seed, 5)) {
		case 0:
			snprintf(line, sizeof(line), "0x%" PRIx64 " put {ff}",
			         at);
			break;
		case 1:
			snprintf(line, sizeof(line),
			         "0x%" PRIx64 ",+%" PRIu64 " fill zero", at,
			         len);
			break;
		case 2:
			snprintf(line, sizeof(line),
			         "0x%" PRIx64 ",+%" PRIu64 " fill {00 01}", at,
			         len);
			break;
		case 3:
			snprintf(line, sizeof(line),
			         "0x%" PRIx64 " insert zero %" PRIu64, at,
			         UINT64_C(3) + random_below(seed, 2) * BLOCK);
			break;
		default:
			snprintf(line, sizeof(line),
			         "0x%" PRIx64 ",+%" PRIu64 " delete", at,
			         len / 4 + 1);
			break;
		}
		/* Gaps, and what is shown twice, cannot be edited so. */
		(void)!trial_run(&t, line);
		if (space_size(context_space(&t.ctx)) == 0)
			trial_must(&t, "open dense");
	}
}

static void save_once(uint64_t *seed)
{
	uint64_t size = space_size(context_space(&t.ctx));
	uint64_t start = random_below(seed, 2) ? 0 : random_below(seed, size);
	uint64_t end = random_below(seed, 2)
	                       ? size
	                       : start + random_below(seed, size - start + 1);
	uint64_t split = random_below(seed, 2)
	                         ? 0
	                         : size / 6 + 1 + random_below(seed, size);
	const char *const words[] = { "", "--unreadable=skip",
		                      "--unreadable=fill:{616263}" };
	size_t how = random_below(seed, 3);
	char line[200], part[64] = "";
	bool whole;

	if (start == end)
		return;
	faults_share(random_below(seed, 2));
	if (split)
		snprintf(part, sizeof(part), "split %" PRIu64, split);
	snprintf(line, sizeof(line),
	         "0x%" PRIx64 ",0x%" PRIx64 " save-as out %s %s", start, end,
	         part, words[how]);
	whole = load(start, end, how == 2 ? "abc" : NULL);
	if (!whole && how == 0) {
		ck_assert(!trial_run(&t, line));
		ck_assert_int_eq(t.err.code, ERR_STATE);
		ck_assert(t.err.has_addr && t.err.addr >= start &&
		          t.err.addr < end);
		ck_assert_uint_eq(count_saved(), 0);
		return;
	}
	trial_must(&t, line);
	check_saved(end - start, split);
	if (!split && fs_has_holes() && faults_shared() == 0)
		check_holes("out", start, end);
	ck_assert_int_eq(access("out.map", F_OK) == 0, !whole);
	remove_saved();
}

START_TEST(saved_is_what_was_shown)
{
	uint64_t seed = random_seed();
	uint64_t shared = 0;

	for (size_t n = cases(60); n > 0; n--) {
		setup();
		open_some(&seed);
		edit_some(&seed);
		for (size_t k = 0; k < 3; k++) {
			save_once(&seed);
			shared += faults_shared();
		}
		teardown();
	}
	ck_assert(shared > 0 || cases(60) < 20);
}
END_TEST

/* --- single things ------------------------------------------------------- */

START_TEST(shares_all_but_what_was_edited)
{
	trial_must(&t, "open dense; 0x2345 put {00}");
	faults_share(true);
	trial_prints(&t, "save-as out", "saved 1 files, 20580 bytes\n");
	load(0, DENSE, NULL);
	check_saved(DENSE, 0);
	/* The block with the edit is copied, and the end that is no block. */
	ck_assert_uint_ge(faults_shared(), 2 * BLOCK);
	ck_assert_uint_le(faults_shared(), 4 * BLOCK);
	remove_saved();
	/* What lies at another offset of a block cannot be shared. */
	faults_reset();
	faults_share(true);
	trial_must(&t, "1,$ save-as out");
	ck_assert_uint_eq(faults_shared(), 0);
	load(1, DENSE, NULL);
	check_saved(DENSE - 1, 0);
}
END_TEST

START_TEST(zeros_of_a_fill_become_holes)
{
	int fd;

	if (!fs_has_holes())
		return;
	trial_must(&t, "open dense; 0x1001,0x4001 fill zero; save-as out");
	fd = open("out", O_RDONLY);
	ck_assert_int_eq(lseek(fd, 0, SEEK_HOLE), 2 * BLOCK);
	ck_assert_int_eq(lseek(fd, 2 * BLOCK, SEEK_DATA), 4 * BLOCK);
	close(fd);
}
END_TEST

START_TEST(map_lists_what_was_lost)
{
	unsigned char map[1000];
	size_t n;

	trial_file("bad", buf, 2048);
	trial_must(&t, "open bad; open gap:512; open dense size 16");
	faults_bad(512, 1024, false);
	trial_must(&t, "save-as out --unreadable=skip");
	ck_assert_str_eq(t.said, "save-as: 1536 bytes without values left out, "
	                         "listed in out.map");
	(void)trial_output(&t, NULL);
	n = read_file("out.map", map, sizeof(map) - 1);
	map[n] = '\0';
	ck_assert_str_eq(strchr(strstr((char *)map, "status\n"), '\n') + 1,
	                 "0x00000000  0x00000200  +\n"
	                 "0x00000200  0x00000400  -\n"
	                 "0x00000600  0x00000200  +\n"
	                 "0x00000800  0x00000200  ?\n"
	                 "0x00000A00  0x00000010  +\n");
	/* An old one is not written over, unless that is asked for. */
	ck_assert_int_eq(unlink("out"), 0);
	trial_fails(&t, "save-as out --unreadable=skip", ERR_STATE,
	            "out.map is there already (save-as! writes over it)", 0);
	ck_assert_uint_eq(count_saved(), 1);
	trial_must(&t, "save-as! out --unreadable=skip");
	ck_assert_uint_eq(count_saved(), 2);
}
END_TEST

START_TEST(nothing_is_written_over)
{
	trial_must(&t, "open dense size 100");
	trial_file("out", "old", 3);
	trial_fails(&t, "save-as out", ERR_STATE,
	            "out is there already (save-as! writes over it)", 0);
	trial_fails(&t, "save-as! dense", ERR_STATE,
	            "dense is open: nothing is written over it", 0);
	trial_fails(&t, "save-as! .", ERR_STATE, ". is not a regular file", 0);
	ck_assert_uint_eq(read_file("out", saved, 100), 3);
	trial_prints(&t, "save-as! out", "saved 1 files, 100 bytes\n");
	ck_assert_uint_eq(read_file("out", saved, 200), 100);
	/* A set: not even then, nor one file too many. */
	trial_file("out.001", "old", 3);
	trial_fails(&t, "save-as! out split 50", ERR_STATE,
	            "out.001 is there already", 0);
	trial_fails(&t, "save-as! out split 100", ERR_STATE,
	            "out.001 is there already", 0);
	ck_assert_uint_eq(count_saved(), 2);
	trial_fails(&t, "save-as none/out", ERR_IO,
	            "none/out: No such file or directory", 0);
	ck_assert_str_eq(t.err.path, "none/out");
	trial_fails(&t, "save-as out2 split 1 split 1", ERR_SYNTAX,
	            "usage: save-as FILE [split SIZE] "
	            "[--unreadable=stop|skip|fill[:VALUE]]",
	            22);
	trial_must(&t, "open gap:1G");
	trial_fails(&t, "save-as out2 split 1", ERR_RANGE,
	            "1073741924 files are too many (100000)", 0);
}
END_TEST

START_TEST(saves_nothing_at_all)
{
	trial_prints(&t, "save-as out", "saved 1 files, 0 bytes\n");
	ck_assert_uint_eq(read_file("out", saved, 100), 0);
	trial_prints(&t, "save-as out split 5", "saved 1 files, 0 bytes\n");
	ck_assert_uint_eq(read_file("out.000", saved, 100), 0);
}
END_TEST

START_TEST(a_set_has_names_of_one_length)
{
	char name[40];

	trial_must(&t, "open dense size 1001; save-as out split 1");
	for (int i = 0; i < 1001; i++) {
		snprintf(name, sizeof(name), "out.%04d", i);
		ck_assert_int_eq(access(name, F_OK), 0);
	}
	ck_assert_uint_eq(count_saved(), 1001);
}
END_TEST

/* --- what fails ---------------------------------------------------------- */

/* Each of these, and what of it need not fail the save. */
static const struct {
	enum fault_call call;
	int errnum;
} hurts[] = {
	{ FAULT_OPEN, EMFILE },       { FAULT_CLOSE, EIO },
	{ FAULT_STAT, EIO },          { FAULT_FSTAT, EIO },
	{ FAULT_PREAD, EIO },         { FAULT_SEEK, EIO },
	{ FAULT_PWRITE, ENOSPC },     { FAULT_PWRITE, EINTR },
	{ FAULT_WRITE, EDQUOT },      { FAULT_TRUNCATE, EFBIG },
	{ FAULT_LOCK, ENOLCK },       { FAULT_CLONE, EXDEV },
	{ FAULT_RENAME_NEW, EIO },    { FAULT_RENAME_NEW, EINVAL },
	{ FAULT_RENAME_NEW, EEXIST }, { FAULT_RENAME, EIO },
	{ FAULT_SYNC, EIO },
};

/* Save with a call that fails; false: it did not come to that. */
static bool save_hurt(const char *line, size_t which, size_t nth)
{
	bool ok;

	faults_reset();
	faults_share(true);
	faults_fail(hurts[which].call, nth, 1, hurts[which].errnum);
	ok = trial_run(&t, line);
	if (!faults_happened()) {
		ck_assert_msg(ok, "%s", t.err.text);
		return false;
	}
	faults_fail(hurts[which].call, 0, 0, 0);
	if (!ok && strstr(t.err.text, "power failure"))
		return true;
	if (!ok) {
		ck_assert(t.err.code == ERR_IO || t.err.code == ERR_STATE);
		ck_assert_msg(count_saved() == 0, "%s: %zu files, %s", line,
		              count_saved(), t.err.text);
	}
	return true;
}

START_TEST(what_fails_leaves_nothing)
{
	const char *const lines[] = {
		"save-as out --unreadable=skip",
		"save-as out split 0x3000 --unreadable=fill",
	};

	trial_must(&t, "open holey; open gap:100; open dense; 0x1234 put {66}");
	for (size_t i = 0; i < ARRAY_LEN(lines) * ARRAY_LEN(hurts); i++) {
		const char *line = lines[i / ARRAY_LEN(hurts)];

		for (size_t nth = 0; save_hurt(line, i % ARRAY_LEN(hurts), nth);
		     nth++)
			remove_saved();
		/* This one was whole. */
		load(0, HOLEY + 100 + DENSE,
		     i < ARRAY_LEN(hurts) ? NULL : "UNREADABLE BYTES ");
		check_saved(HOLEY + 100 + DENSE,
		            i < ARRAY_LEN(hurts) ? 0 : 0x3000);
		remove_saved();
	}
}
END_TEST

START_TEST(memory_runs_out)
{
	bool ok = false;

	trial_must(&t, "open holey; open gap:100; open dense; 0x1234 put {66}");
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = trial_run(&t,
		               "save-as out split 0x4000 --unreadable=skip");
		mem_fail_after(-1);
		if (ok)
			break;
		ck_assert_int_eq(t.err.code, ERR_NOMEM);
		ck_assert_uint_eq(count_saved(), 0);
	}
	load(0, HOLEY + 100 + DENSE, NULL);
	check_saved(HOLEY + 100 + DENSE, 0x4000);
}
END_TEST

static atomic_bool is_writing, is_cancelled;

/* A write in which the job waits until it has been cancelled. */
static int64_t slow_pwrite(int fd, const void *bytes, size_t len, uint64_t off)
{
	atomic_store(&is_writing, true);
	while (!atomic_load(&is_cancelled))
		sched_yield();
	return faults_sys.pwrite(fd, bytes, len, off);
}

static void save_in_job(struct job *job, void *arg)
{
	struct save *save = arg;
	struct error err;

	save->job = job;
	ck_assert(!save_run(save, &err));
	ck_assert_int_eq(err.code, ERR_CANCELLED);
}

START_TEST(a_cancelled_one_leaves_nothing)
{
	struct sys sys = faults_sys;
	struct save save = { .sys = &sys, .path = "out", .end = DENSE };
	struct error err;
	struct job *job;

	trial_must(&t, "open dense");
	sys.pwrite = slow_pwrite;
	save.view = session_view(t.ctx.session);
	job = job_start(session_pool(t.ctx.session), JOB_COMPUTE, save_in_job,
	                &save, &err);
	must(job != NULL, &err);
	while (!atomic_load(&is_writing))
		sched_yield();
	job_cancel(job);
	atomic_store(&is_cancelled, true);
	job_free(job);
	ck_assert_uint_eq(count_saved(), 0);
}
END_TEST

/* --- what is left when it is killed -------------------------------------- */

static long calls_left;

/* The process ends here if it is time. */
static void maybe_die(void)
{
	if (calls_left-- == 0)
		(void)raise(SIGKILL);
}

static int64_t dying_pwrite(int fd, const void *bytes, size_t len, uint64_t off)
{
	maybe_die();
	return sys_real.pwrite(fd, bytes, len, off);
}

static int dying_truncate(int fd, uint64_t size)
{
	maybe_die();
	return sys_real.truncate(fd, size);
}

static int dying_sync(int fd)
{
	maybe_die();
	return sys_real.sync(fd);
}

static int dying_rename(const char *from, const char *to)
{
	int n;

	maybe_die();
	n = sys_real.rename_new(from, to);
	maybe_die();
	return n;
}

/* Save in a process that dies at a call; true: it did not. */
static bool save_and_die(uint64_t split, long calls)
{
	struct sys sys = faults_sys;
	struct save save = {
		.sys = &sys, .path = "out", .end = DENSE, .split = split
	};
	int status;
	pid_t pid;

	sys.pwrite = dying_pwrite;
	sys.truncate = dying_truncate;
	sys.sync = dying_sync;
	sys.rename_new = dying_rename;
	save.view = session_view(t.ctx.session);
	calls_left = calls;
	pid = fork();
	if (pid == 0) {
		struct error err;

		_exit(save_run(&save, &err) ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	return !WIFSIGNALED(status);
}

START_TEST(a_crash_leaves_whole_files)
{
	for (uint64_t split = 0; split <= 8000; split += 8000) {
		bool ok = false;

		trial_must(&t, split ? "eval 0" : "open dense");
		for (long n = 0; !ok; n++) {
			ok = save_and_die(split, n);
			load(0, DENSE, NULL);
			/* The first part comes last: with it, all are there. */
			if (access(split ? "out.000" : "out", F_OK) == 0)
				check_saved(DENSE, split);
			else
				ck_assert(!ok);
			remove_saved();
		}
	}
}
END_TEST

/* While it is not done, nothing takes its place, and the editor stays. */
START_TEST(others_wait_for_it)
{
	trial_must(&t, "open dense");
	t.ctx.batch = false;
	trial_must(&t, "save-as out");
	trial_fails(&t, "find {00}", ERR_STATE,
	            "save-as is not done yet (Esc stops it)", 0);
	trial_fails(&t, "quit", ERR_STATE,
	            "save-as is not done yet (quit! stops it)", 0);
	must(context_wait(&t.ctx, &t.err), &t.err);
	ck_assert_str_eq(t.said, "20580 bytes saved to out");
	trial_must(&t, "find {00}");
	must(context_wait(&t.ctx, &t.err), &t.err);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("save");
	TCase *random = tcase_create("random");
	TCase *single = tcase_create("single");

	tcase_set_timeout(random, 300);
	tcase_add_test(random, saved_is_what_was_shown);
	suite_add_tcase(suite, random);
	tcase_set_timeout(single, 120);
	tcase_add_checked_fixture(single, setup, teardown);
	tcase_add_test(single, shares_all_but_what_was_edited);
	tcase_add_test(single, zeros_of_a_fill_become_holes);
	tcase_add_test(single, map_lists_what_was_lost);
	tcase_add_test(single, nothing_is_written_over);
	tcase_add_test(single, saves_nothing_at_all);
	tcase_add_test(single, a_set_has_names_of_one_length);
	tcase_add_test(single, what_fails_leaves_nothing);
	tcase_add_test(single, memory_runs_out);
	tcase_add_test(single, a_cancelled_one_leaves_nothing);
	tcase_add_test(single, a_crash_leaves_whole_files);
	tcase_add_test(single, others_wait_for_it);
	suite_add_tcase(suite, single);
	return run_suite(suite);
}
