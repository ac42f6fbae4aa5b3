/*
 * test_journal.c - tests of src/keep/journal*.c, recover*.c and disk.c
 *
 * On real files: what they are called, who may read them, kills, jobs that
 * sync, memory that runs out, long changes. What a power cut does is tested in
 * sim_journal.c.
 */
#include "config.h"

#include "keep/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "keep/disk.h"
#include "keep/recover.h"
#include "source/file.h"
#include "source/files.h"
#include "source/source.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct folder folder;

static char *path_of(const char *name)
{
	char *path = NULL;

	ck_assert_int_gt(asprintf(&path, "%s/%s", scratch(), name), 0);
	return path;
}

static void open_folder(const struct sys *sys)
{
	char *path = path_of("state/hexspan/journal");
	struct error err = { 0 };

	must(folder_open(sys, path, true, &folder, &err), &err);
	free(path);
}

static void close_folder(void)
{
	folder_close(&folder);
}

static const struct record_file some_file = {
	.kind = RECORD_FILE_REGULAR,
	.dev = 1,
	.ino = 2,
	.size = 100,
	.path = "/evidence/disk.001",
	.path_len = 18,
};

static bool name_file(struct journal *j, uint32_t *file, struct error *err)
{
	return journal_file(j, &some_file, file, err);
}

/* Overwrite one byte of the base. */
static bool overwrite(struct journal *j, uint32_t file, uint64_t off,
                      uint8_t was, uint8_t is, struct error *err)
{
	struct record_piece pieces[2] = {
		{ .kind = RECORD_PIECE_BASE,
		  .len = 1,
		  .off = off,
		  .old = RECORD_OLD_BYTES,
		  .bytes = &was },
		{ .kind = RECORD_PIECE_STORE, .len = 1 },
	};
	struct record_change change = {
		.file = file, .off = off, .removed_count = 1, .added_count = 1
	};
	size_t took;

	return journal_store(j, &is, 1, &took, &pieces[1].off, err) &&
	       journal_change(j, &change, pieces, err);
}

static struct recover *reopen(const char *name)
{
	struct error err = { 0 };
	struct recover *rec = recover_open(&folder, name, &err);

	must(rec != NULL, &err);
	return rec;
}

START_TEST(made_at_the_first_commit)
{
	struct error err = { 0 };
	struct journal *j;
	struct stat st;
	uint32_t file;
	uint32_t group;
	char *path;

	open_folder(&sys_real);
	j = journal_new(&folder, &err);
	must(name_file(j, &file, &err), &err);
	must(overwrite(j, file, 7, 'a', 'b', &err), &err);
	path = path_of("state/hexspan/journal");
	ck_assert_int_eq(rmdir(path), 0); /* still empty */
	ck_assert_int_eq(mkdir(path, 0700), 0);
	folder_close(&folder);
	open_folder(&sys_real);
	must(journal_commit(j, false, &group, &err), &err);
	ck_assert_uint_eq(group, 1);
	ck_assert_uint_eq(strlen(journal_name(j)), 36);
	free(path);
	path = path_of("state/hexspan");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(fstatat(folder.fd, journal_name(j), &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_uint_eq((uint64_t)st.st_size, journal_size(j));
	free(path);
	must(journal_discard(j, &err), &err);
	ck_assert_int_eq(fstatat(folder.fd, journal_name(j), &st, 0), -1);
	journal_free(j);
	close_folder();
}
END_TEST

START_TEST(folders_that_are_refused)
{
	struct error err = { 0 };
	struct folder out;
	char *path = path_of("open");
	char *link = path_of("link");
	char *below = path_of("open/below");

	ck_assert_int_eq(mkdir(path, 0755), 0);
	ck_assert_int_eq(chmod(path, 0755), 0); /* whatever the umask is */
	ck_assert(!folder_open(&sys_real, path, true, &out, &err));
	ck_assert_int_eq((int)err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "is open to other users"));
	ck_assert_int_eq(chmod(path, 0777), 0);
	ck_assert(!folder_open(&sys_real, below, true, &out, &err));
	ck_assert_int_eq((int)err.code, ERR_STATE);
	ck_assert_int_eq(chmod(path, 0755), 0);
	must(folder_open(&sys_real, below, true, &out, &err), &err);
	folder_close(&out);
	ck_assert_int_eq(symlink(below, link), 0);
	ck_assert(!folder_open(&sys_real, link, true, &out, &err));
	ck_assert_int_eq((int)err.code, ERR_IO);
	ck_assert(!folder_open(&sys_real, "relative", true, &out, &err));
	ck_assert(
		!folder_open(&sys_real, "/no/such/folder", false, &out, &err));
	ck_assert_int_eq((int)err.code, ERR_NO);
	free(path);
	free(link);
	free(below);
}
END_TEST

/* Nobody but the user may have put it there. */
START_TEST(files_that_are_refused)
{
	static const char name[] = "00112233445566778899aabbccddeeff.hxj";
	struct error err = { 0 };
	int fd;

	open_folder(&sys_real);
	fd = openat(folder.fd, name, O_CREAT | O_WRONLY, 0644);
	ck_assert_int_eq(fchmod(fd, 0644), 0);
	ck_assert_ptr_null(recover_open(&folder, name, &err));
	ck_assert_int_eq((int)err.code, ERR_STATE);
	ck_assert_int_eq(fchmod(fd, 0600), 0);
	ck_assert_int_eq(linkat(folder.fd, name, folder.fd, "two", 0), 0);
	ck_assert_ptr_null(recover_open(&folder, name, &err));
	ck_assert_int_eq(unlinkat(folder.fd, name, 0), 0);
	ck_assert_int_eq(symlinkat("two", folder.fd, name), 0);
	ck_assert_ptr_null(recover_open(&folder, name, &err));
	ck_assert_int_eq(err.sys, ELOOP);
	ck_assert_int_eq(unlinkat(folder.fd, name, 0), 0);
	ck_assert_ptr_null(recover_open(&folder, name, &err));
	ck_assert_int_eq((int)err.code, ERR_NO);
	close(fd);
	close_folder();
}
END_TEST

/* Each key is committed by itself; SIGKILL takes none of them. */
START_TEST(a_kill_loses_nothing)
{
	int told[2];
	char name[64] = { 0 };
	struct recover_item item;
	struct recover *rec;
	struct error err = { 0 };
	uint32_t also;
	size_t changes = 0;
	bool wanted = true;
	pid_t child;

	open_folder(&sys_real);
	ck_assert_int_eq(pipe(told), 0);
	child = fork();
	if (child == 0) {
		struct journal *j = journal_new(&folder, &err);
		uint32_t file;
		bool ok = name_file(j, &file, &err);

		for (uint64_t i = 0; ok && i < 100; i++)
			ok = overwrite(j, file, i, 0, (uint8_t)i, &err) &&
			     journal_commit(j, i > 0, NULL, &err);
		/* One more that is not committed. */
		ok = ok && overwrite(j, file, 0, 0, 0, &err);
		if (ok && write(told[1], journal_name(j), 36) == 36)
			(void)kill(getpid(), SIGKILL);
		_exit(1);
	}
	ck_assert_int_eq(read(told[0], name, 36), 36);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	rec = reopen(name);
	ck_assert_int_eq((int)recover_kind(rec), RECOVER_WAITING);
	ck_assert_uint_eq(recover_groups(rec), 100);
	ck_assert_uint_eq(recover_group(rec, 100).step, 1);
	ck_assert_uint_eq(recover_torn(rec), 0);
	ck_assert(recover_waits(rec));
	ck_assert_str_eq(recover_file(rec, 1)->path, "/evidence/disk.001");
	must(recover_plan(rec, &wanted, &also, &err), &err);
	do {
		must(recover_next(rec, &item, &err), &err);
		if (item.what == RECOVER_CHANGE) {
			ck_assert_uint_eq(item.change.off, changes);
			changes++;
		}
	} while (item.what != RECOVER_DONE);
	ck_assert_uint_eq(changes, 100);
	must(recover_discard(rec, &err), &err);
	recover_free(rec);
	close_folder();
}
END_TEST

START_TEST(a_journal_in_use)
{
	struct error err = { 0 };
	struct journal *j;
	struct recover *rec;
	uint32_t file;

	open_folder(&sys_real);
	j = journal_new(&folder, &err);
	must(name_file(j, &file, &err), &err);
	must(overwrite(j, file, 7, 'a', 'b', &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
	rec = reopen(journal_name(j));
	ck_assert_int_eq((int)recover_kind(rec), RECOVER_LIVE);
	ck_assert(!recover_waits(rec));
	ck_assert(!recover_discard(rec, &err));
	recover_free(rec);
	must(journal_keep(j, &err), &err);
	journal_free(j);
	close_folder();
}
END_TEST

/* A second passes, a job syncs; the memory is given back. */
START_TEST(syncing_in_a_job)
{
	struct error err = { 0 };
	struct pool *pool = pool_new(1, &err);
	struct journal *j;
	struct job *job;
	uint32_t file;
	uint64_t due;

	open_folder(&faults_sys);
	j = journal_new(&folder, &err);
	ck_assert_uint_eq(journal_sync_due(j), UINT64_MAX);
	must(name_file(j, &file, &err), &err);
	must(overwrite(j, file, 7, 'a', 'b', &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
	due = journal_sync_due(j);
	ck_assert_uint_le(due, sys_now() + 250000000);
	sys_skip_time(900000000);
	must(overwrite(j, file, 8, 'a', 'b', &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
	ck_assert_uint_le(journal_sync_due(j), due + 750000000);
	faults_reset();
	job = job_start(pool, JOB_READ, journal_sync_run, j, &err);
	must(job != NULL, &err);
	for (uint64_t i = 0; i < 50; i++) {
		must(overwrite(j, file, i, 'a', 'b', &err), &err);
		must(journal_commit(j, false, NULL, &err), &err);
	}
	job_wait(job);
	job_free(job);
	must(journal_sync_end(j, &err), &err);
	ck_assert_uint_ge(faults_count(FAULT_SYNC_DATA), 1);
	must(journal_sync(j, &err), &err);
	ck_assert_uint_eq(journal_sync_due(j), UINT64_MAX);
	must(journal_discard(j, &err), &err);
	journal_free(j);
	pool_free(pool);
	close_folder();
}
END_TEST

/* After a failed sync there is another file, and it has everything. */
START_TEST(written_anew)
{
	struct error err = { 0 };
	struct journal *j;
	struct recover *rec;
	struct stat before;
	struct stat after;
	uint32_t file;
	char name[64];

	open_folder(&faults_sys);
	j = journal_new(&folder, &err);
	must(name_file(j, &file, &err), &err);
	for (uint64_t i = 0; i < 60; i++) {
		must(overwrite(j, file, i, 'a', 'b', &err), &err);
		must(journal_commit(j, false, NULL, &err), &err);
		if (i == 30)
			must(journal_sync(j, &err), &err);
	}
	ck_assert_int_eq(fstatat(folder.fd, journal_name(j), &before, 0), 0);
	faults_reset();
	faults_fail(FAULT_SYNC_DATA, 0, 2, EIO);
	ck_assert(!journal_sync(j, &err));
	ck_assert_int_eq((int)err.code, ERR_IO);
	ck_assert_int_eq(err.sys, EIO);
	ck_assert_ptr_nonnull(strstr(err.text, journal_name(j)));
	ck_assert_ptr_nonnull(strstr(err.text, "Input/output error"));
	must(overwrite(j, file, 60, 'a', 'b', &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
	ck_assert_int_eq(fstatat(folder.fd, journal_name(j), &after, 0), 0);
	ck_assert_uint_ne(before.st_ino, after.st_ino);
	ck_assert_uint_eq(after.st_mode & 07777, 0600);
	snprintf(name, sizeof(name), "%s", journal_name(j));
	journal_free(j);
	rec = reopen(name);
	ck_assert_uint_eq(recover_groups(rec), 61);
	must(recover_discard(rec, &err), &err);
	recover_free(rec);
	close_folder();
}
END_TEST

static void one_group(struct journal *j, uint32_t file, uint64_t off)
{
	struct error err = { 0 };

	must(overwrite(j, file, off, 'a', 'b', &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
}

/* An adoption is cancelled after syncs have failed, in the middle of it (0) or
   at its end, once (1) or for good (2): what comes then is read again. */
START_TEST(cancelled_after_a_sync)
{
	static const uint8_t uuid[RECORD_UUID];
	const uint32_t files[] = { 1 };
	struct error err = { 0 };
	struct recover *rec;
	struct journal *j;
	uint32_t file;
	char name[64];

	open_folder(&faults_sys);
	j = journal_new(&folder, &err);
	must(name_file(j, &file, &err), &err);
	one_group(j, file, 0);
	must(journal_adopt_begin(j, uuid, files, 1, &err), &err);
	one_group(j, file, 1);
	faults_reset();
	faults_fail(FAULT_SYNC_DATA, 0, _i == 2 ? 2 : 1, EIO);
	if (_i == 0)
		must(journal_sync(j, &err), &err);
	else
		ck_assert(journal_adopt_end(j, uuid, &err) == (_i == 1));
	faults_reset();
	if (_i != 1)
		must(journal_adopt_cancel(j, &err), &err);
	one_group(j, file, 2);
	must(journal_sync(j, &err), &err);
	snprintf(name, sizeof(name), "%s", journal_name(j));
	journal_free(j);
	rec = reopen(name);
	ck_assert_int_eq(recover_kind(rec), RECOVER_WAITING);
	ck_assert_uint_eq(recover_torn(rec), 0);
	ck_assert_uint_eq(recover_groups(rec), _i == 1 ? 5 : 2);
	must(recover_discard(rec, &err), &err);
	recover_free(rec);
	close_folder();
}
END_TEST

static int64_t ticks;

/* A second later each time. */
static int64_t tick(void)
{
	return 1600000000000000000 + ++ticks * 1000000000;
}

/* What an adoption brings has the time of its begin; what comes later does
   not. */
START_TEST(time_of_an_adoption)
{
	static const uint8_t uuid[RECORD_UUID];
	const uint32_t files[] = { 1 };
	struct sys ticking = faults_sys;
	struct error err = { 0 };
	struct recover *rec;
	struct journal *j;
	uint32_t file, time;
	char name[64];

	ticking.clock = tick;
	open_folder(&ticking);
	j = journal_new(&folder, &err);
	must(name_file(j, &file, &err), &err);
	one_group(j, file, 0);
	must(journal_adopt_begin(j, uuid, files, 1, &err), &err);
	one_group(j, file, 1);
	one_group(j, file, 2);
	must(journal_adopt_end(j, uuid, &err), &err);
	one_group(j, file, 3);
	must(journal_sync(j, &err), &err);
	snprintf(name, sizeof(name), "%s", journal_name(j));
	journal_free(j);
	rec = reopen(name);
	/* A group, the begin, two groups, the end, a group. */
	ck_assert_uint_eq(recover_groups(rec), 6);
	time = recover_group(rec, 2).time;
	ck_assert_uint_gt(time, recover_group(rec, 1).time);
	for (uint32_t i = 3; i <= 5; i++)
		ck_assert_uint_eq(recover_group(rec, i).time, time);
	ck_assert_uint_gt(recover_group(rec, 6).time, time);
	must(recover_discard(rec, &err), &err);
	recover_free(rec);
	close_folder();
}
END_TEST

/* Its last sync fails, and the editor ends. */
START_TEST(kept_after_its_end)
{
	struct record_file flushed = some_file;
	struct error err = { 0 };
	struct recover *rec;
	struct journal *j;
	uint32_t file;
	char name[64];

	open_folder(&faults_sys);
	j = journal_new(&folder, &err);
	must(name_file(j, &file, &err), &err);
	one_group(j, file, 0);
	faults_reset();
	faults_fail(FAULT_SYNC_DATA, 0, SIZE_MAX / 2, EIO);
	flushed.file = file;
	ck_assert(!journal_finish(j, &flushed, 1, &err));
	ck_assert(!journal_keep(j, &err));
	ck_assert_int_eq(err.sys, EIO);
	faults_reset();
	must(journal_keep(j, &err), &err);
	snprintf(name, sizeof(name), "%s", journal_name(j));
	journal_free(j);
	rec = reopen(name);
	ck_assert_int_eq(recover_kind(rec), RECOVER_FINISHED);
	must(recover_discard(rec, &err), &err);
	recover_free(rec);
	close_folder();
}
END_TEST

START_TEST(no_room)
{
	struct record_file none = { 0 };
	struct error err = { 0 };
	struct journal *j;
	uint32_t file;
	uint64_t size;

	open_folder(&faults_sys);
	j = journal_new(&folder, &err);
	must(name_file(j, &file, &err), &err);
	must(overwrite(j, file, 0, 'a', 'b', &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
	size = journal_size(j);
	faults_reset();
	faults_fail(FAULT_PWRITE, 0, 1, ENOSPC);
	must(overwrite(j, file, 1, 'a', 'b', &err), &err);
	ck_assert(!journal_commit(j, false, NULL, &err));
	ck_assert_int_eq(err.sys, ENOSPC);
	ck_assert_ptr_nonnull(strstr(err.text, "the journal"));
	ck_assert_uint_eq(journal_size(j), size);
	journal_set_limit(j, size + 8);
	must(overwrite(j, file, 1, 'a', 'b', &err), &err);
	ck_assert(!journal_commit(j, false, NULL, &err));
	ck_assert_int_eq((int)err.code, ERR_LIMIT);
	journal_set_limit(j, 0);
	must(overwrite(j, file, 1, 'a', 'b', &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
	ck_assert_uint_eq(journal_group(j), 2);
	/* A flush may have passed the limit: the end has its place all the
	   same. */
	journal_set_limit(j, 1);
	must(journal_keep(j, &err), &err);
	must(journal_finish(j, &none, 0, &err), &err);
	must(journal_discard(j, &err), &err);
	journal_free(j);
	close_folder();
}
END_TEST

/* One script, with memory failing at each place: a group is done or not. */
static bool script(struct journal *j, uint32_t *file, struct error *err)
{
	static uint8_t bytes[1000];
	struct record_sample sample = { 0, 10, 1 };
	uint64_t off;
	size_t took;

	return (*file || name_file(j, file, err)) &&
	       overwrite(j, *file, 1, 2, 3, err) &&
	       journal_samples(j, *file, &sample, 1, err) &&
	       journal_store(j, bytes, sizeof(bytes), &took, &off, err) &&
	       journal_store(j, bytes, sizeof(bytes), &took, &off, err) &&
	       journal_note(j, 0, "a note", 6, err) &&
	       journal_commit(j, false, NULL, err);
}

START_TEST(without_memory)
{
	struct error err = { 0 };
	struct recover *rec = NULL;
	struct journal *j;
	uint32_t file = 0;
	uint32_t done = 0;
	char name[64];

	open_folder(&sys_real);
	j = journal_new(&folder, &err);
	for (long n = 0; done < 3; n = done == 3 ? n : n + 1) {
		uint32_t was = file;

		mem_fail_after(n);
		if (script(j, &file, &err)) {
			done++;
			n = -1;
			continue;
		}
		ck_assert_int_eq((int)err.code, ERR_NOMEM);
		file = was;
	}
	mem_fail_after(-1);
	ck_assert_uint_eq(journal_group(j), 3);
	snprintf(name, sizeof(name), "%s", journal_name(j));
	journal_free(j);
	for (long n = 0; !rec; n++) {
		mem_fail_after(n);
		rec = recover_open(&folder, name, &err);
		ck_assert(rec || err.code == ERR_NOMEM);
	}
	mem_fail_after(-1);
	ck_assert_uint_eq(recover_groups(rec), 3);
	must(recover_discard(rec, &err), &err);
	recover_free(rec);
	close_folder();
}
END_TEST

/* A change of more pieces than a record holds comes back as several. */
/* The last bytes tell that all of it was flushed, whole only. */
static void ends_of_history(const char *name, uint64_t size)
{
	const struct sys *sys = folder.sys;
	uint8_t byte, other;
	int fd = sys->open_in(folder.fd, name, SYS_READ | SYS_WRITE);

	ck_assert_int_ge(fd, 0);
	ck_assert(recover_is_history(&folder, name));
	for (uint64_t at = size - 1; at >= size - RECORD_FOOT; at--) {
		ck_assert_int_eq((int)sys->pread(fd, &byte, 1, at), 1);
		other = byte ^ 0x10;
		ck_assert_int_eq((int)sys->pwrite(fd, &other, 1, at), 1);
		ck_assert(!recover_is_history(&folder, name));
		ck_assert_int_eq((int)sys->pwrite(fd, &byte, 1, at), 1);
	}
	ck_assert(recover_is_history(&folder, name));
	ck_assert(!recover_is_history(&folder, "nothing"));
	(void)sys->close(fd);
}

START_TEST(a_change_of_many_pieces)
{
	enum { PIECES = 100 };
	struct record_piece pieces[2 * PIECES];
	struct record_change change = { .off = 5,
		                        .removed_count = PIECES,
		                        .added_count = PIECES };
	struct error err = { 0 };
	struct recover_item item;
	struct recover *rec;
	struct journal *j;
	uint64_t removed = 0;
	uint64_t added = 0;
	bool wanted = true;
	uint32_t also;

	open_folder(&sys_real);
	for (uint64_t i = 0; i < PIECES; i++) {
		pieces[i] = (struct record_piece){ .kind = RECORD_PIECE_EDITED,
			                           .len = i + 1 };
		pieces[PIECES + i] = (struct record_piece){
			.kind = RECORD_PIECE_BASE, .len = 3, .off = 1000 - 7 * i
		};
	}
	j = journal_new(&folder, &err);
	must(name_file(j, &change.file, &err), &err);
	must(journal_change(j, &change, pieces, &err), &err);
	must(journal_finish(j,
	                    &(struct record_file){
				    .file = 1, .kind = 1, .path = "" },
	                    1, &err),
	     &err);
	rec = reopen(journal_name(j));
	ck_assert_int_eq((int)recover_kind(rec), RECOVER_LIVE);
	recover_free(rec);
	{
		char name[64];

		snprintf(name, sizeof(name), "%s", journal_name(j));
		journal_free(j);
		rec = reopen(name);
		ends_of_history(name, recover_size(rec));
	}
	ck_assert_int_eq((int)recover_kind(rec), RECOVER_FINISHED);
	ck_assert_uint_eq(recover_torn(rec), 0);
	ck_assert(!recover_waits(rec));
	must(recover_plan(rec, &wanted, &also, &err), &err);
	do {
		must(recover_next(rec, &item, &err), &err);
		if (item.what != RECOVER_CHANGE)
			continue;
		ck_assert_uint_eq(item.change.off, 5 + added);
		ck_assert(added == 0 || item.change.removed == 0);
		removed += item.change.removed;
		added += item.change.added;
	} while (item.what != RECOVER_DONE);
	ck_assert_uint_eq(removed, PIECES * (PIECES + 1) / 2);
	ck_assert_uint_eq(added, 3 * PIECES);
	must(recover_discard(rec, &err), &err);
	recover_free(rec);
	close_folder();
}
END_TEST

/* --- does it still fit --------------------------------------------------- */

enum { SIZE = 20000 };

static uint8_t content[SIZE];

/* A journal over a file: an overwritten byte with its old value, removed bytes
   with their CRC, some of which nothing is known, and a sample at the end. */
static char *journal_over(const char *path, char *name)
{
	struct record_piece pieces[3] = {
		{ .kind = RECORD_PIECE_BASE,
		  .len = 1,
		  .off = 100,
		  .old = RECORD_OLD_BYTES,
		  .bytes = content + 100 },
		{ .kind = RECORD_PIECE_BASE,
		  .len = 5000,
		  .off = 200,
		  .old = RECORD_OLD_CRC,
		  .crc = crc32c(0, content + 200, 5000) },
		{ .kind = RECORD_PIECE_BASE, .len = 10, .off = 6000 },
	};
	struct record_sample sample = { SIZE - 100, 100,
		                        crc32c(0, content + SIZE - 100, 100) };
	struct record_file file = { .kind = RECORD_FILE_REGULAR,
		                    .path = path,
		                    .path_len = strlen(path) };
	struct record_change change = { .off = 100, .removed_count = 3 };
	struct error err = { 0 };
	struct journal *j = journal_new(&folder, &err);
	struct sys_stat st;

	ck_assert_int_eq(sys_real.stat(path, &st), 0);
	file.dev = st.dev;
	file.ino = st.ino;
	file.size = st.size;
	file.mtime = st.mtime;
	file.ctime = st.ctime;
	must(journal_file(j, &file, &change.file, &err), &err);
	must(journal_samples(j, change.file, &sample, 1, &err), &err);
	must(journal_change(j, &change, pieces, &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
	snprintf(name, 64, "%s", journal_name(j));
	journal_free(j);
	return name;
}

static struct recover_checked check_file(struct recover *rec, const char *path)
{
	struct error err = { 0 };
	struct files *files =
		files_new(&faults_sys, files_limits_default(), &err);
	struct recover_checked checked;
	struct source *src = NULL;

	must(files != NULL, &err);
	if (path) {
		src = file_open(files, path, &err);
		must(src != NULL, &err);
	}
	must(recover_check(rec, 1, src, &checked, &err), &err);
	source_free(src);
	files_free(files);
	return checked;
}

static void poke(const char *path, off_t off, const char *bytes)
{
	int fd = open(path, O_WRONLY);

	ck_assert_int_eq(pwrite(fd, bytes, strlen(bytes), off),
	                 (ssize_t)strlen(bytes));
	close(fd);
}

START_TEST(states_of_a_file)
{
	struct timespec times[2] = { { 1, 0 }, { 2, 0 } };
	struct recover_checked c;
	struct error err = { 0 };
	char name[64];
	struct recover *rec;
	char *path;
	char *other;

	for (size_t i = 0; i < SIZE; i++)
		content[i] = (uint8_t)(i * 7 + i / 251);
	open_folder(&sys_real);
	path = scratch_file("disk", content, SIZE);
	rec = reopen(journal_over(path, name));
	c = check_file(rec, path);
	ck_assert_int_eq((int)c.state, RECOVER_SAME);
	ck_assert_uint_eq(c.compared, 5001);
	ck_assert_uint_eq(c.unknown, 10);
	ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
	ck_assert_int_eq((int)check_file(rec, path).state, RECOVER_TOUCHED);
	poke(path, SIZE - 50, "sample");
	ck_assert_int_eq((int)check_file(rec, path).state, RECOVER_MOVED_ON);
	faults_bad(5000, 512, true);
	c = check_file(rec, path);
	faults_reset();
	ck_assert_int_eq((int)c.state, RECOVER_BAD);
	ck_assert(!recover_refuse(&c, "disk", &err));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert_str_eq(err.text,
	                 "disk: cannot all be read where it was edited: "
	                 "0x1388 bytes, the first at 0xc8");
	poke(path, 5199, "X");
	c = check_file(rec, path);
	ck_assert_int_eq((int)c.state, RECOVER_CHANGED);
	ck_assert_uint_eq(c.first, 200);
	ck_assert_uint_eq(c.differ, 5000);
	ck_assert(!recover_refuse(&c, "disk", &err));
	ck_assert_str_eq(err.text, "disk: changed since it was edited: 0x1388 "
	                           "bytes differ, the first at 0xc8");
	ck_assert_int_eq(truncate(path, 6009), 0);
	c = check_file(rec, path);
	ck_assert_int_eq((int)c.state, RECOVER_TRUNCATED);
	other = scratch_file("other", content, SIZE);
	ck_assert_int_eq(rename(other, path), 0);
	ck_assert_int_eq((int)check_file(rec, path).state, RECOVER_REPLACED);
	ck_assert_int_eq((int)check_file(rec, NULL).state, RECOVER_MISSING);
	ck_assert_str_eq(recover_state_name(RECOVER_MOVED_ON), "moved on");
	must(recover_discard(rec, &err), &err);
	recover_free(rec);
	free(path);
	free(other);
	close_folder();
}
END_TEST

/* A byte that was durable is wrong: that is said, and nothing is cut off. */
START_TEST(damage)
{
	struct error err = { 0 };
	struct recover *rec;
	struct journal *j;
	uint32_t file;
	uint32_t one = 1;
	char name[64];
	char *path;

	open_folder(&sys_real);
	j = journal_new(&folder, &err);
	must(name_file(j, &file, &err), &err);
	for (uint64_t i = 0; i < 3; i++) {
		must(overwrite(j, file, i, 'a', 'b', &err), &err);
		must(journal_commit(j, false, NULL, &err), &err);
		must(journal_sync(j, &err), &err);
	}
	ck_assert_int_gt(asprintf(&path, "%s/%s", folder.path, journal_name(j)),
	                 0);
	snprintf(name, sizeof(name), "%s", journal_name(j));
	journal_free(j);
	poke(path, RECORD_START + 10, "\xff");
	rec = reopen(name);
	ck_assert_int_eq((int)recover_kind(rec), RECOVER_DAMAGED);
	ck_assert_str_eq(recover_why(rec), "damaged at offset 0x1000");
	ck_assert(!recover_release(rec, &one, 0, &err));
	recover_free(rec);
	poke(path, 9, "\xff");
	rec = reopen(name);
	ck_assert_int_eq((int)recover_kind(rec), RECOVER_UNREADABLE);
	must(recover_discard(rec, &err), &err);
	recover_free(rec);
	free(path);
	close_folder();
}
END_TEST

/* A step over two documents is wanted whole. */
START_TEST(a_step_is_not_cut_in_two)
{
	bool wanted[2] = { true, false };
	struct error err = { 0 };
	struct recover_item item;
	struct recover *rec;
	struct journal *j;
	uint32_t file[2];
	uint32_t also = 0;
	char name[64];

	open_folder(&sys_real);
	j = journal_new(&folder, &err);
	must(name_file(j, &file[0], &err), &err);
	must(name_file(j, &file[1], &err), &err);
	must(overwrite(j, file[0], 1, 'a', 'b', &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
	must(overwrite(j, file[1], 1, 'a', 'b', &err), &err);
	must(journal_commit(j, true, NULL, &err), &err);
	must(overwrite(j, file[1], 2, 'a', 'b', &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
	must(journal_number(j, RECORD_UNDO, 3, &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
	snprintf(name, sizeof(name), "%s", journal_name(j));
	journal_free(j);
	rec = reopen(name);
	ck_assert(!recover_plan(rec, wanted, &also, &err));
	ck_assert_int_eq((int)err.code, ERR_STATE);
	ck_assert_uint_eq(also, 2);
	wanted[1] = true;
	must(recover_plan(rec, wanted, &also, &err), &err);
	for (size_t i = 0; i < 9; i++)
		must(recover_next(rec, &item, &err), &err);
	must(recover_next(rec, &item, &err), &err);
	ck_assert_int_eq((int)item.what, RECOVER_UNDO);
	ck_assert_uint_eq(item.info.step, 3);
	must(recover_next(rec, &item, &err), &err);
	ck_assert_int_eq((int)item.what, RECOVER_DONE);
	must(recover_release(rec, file, 1, &err), &err);
	recover_free(rec);
	rec = reopen(name);
	ck_assert(!recover_file_waits(rec, 1));
	ck_assert(recover_file_waits(rec, 2));
	must(recover_release(rec, file, 2, &err), &err);
	recover_free(rec);
	ck_assert_ptr_null(recover_open(&folder, name, &err));
	ck_assert_int_eq((int)err.code, ERR_NO);
	close_folder();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("journal");
	TCase *tc = tcase_create("journal");

	tcase_add_test(tc, made_at_the_first_commit);
	tcase_add_test(tc, folders_that_are_refused);
	tcase_add_test(tc, files_that_are_refused);
	tcase_add_test(tc, a_kill_loses_nothing);
	tcase_add_test(tc, a_journal_in_use);
	tcase_add_test(tc, syncing_in_a_job);
	tcase_add_test(tc, written_anew);
	tcase_add_test(tc, kept_after_its_end);
	tcase_add_loop_test(tc, cancelled_after_a_sync, 0, 3);
	tcase_add_test(tc, time_of_an_adoption);
	tcase_add_test(tc, no_room);
	tcase_add_test(tc, without_memory);
	tcase_add_test(tc, a_change_of_many_pieces);
	tcase_add_test(tc, states_of_a_file);
	tcase_add_test(tc, damage);
	tcase_add_test(tc, a_step_is_not_cut_in_two);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
