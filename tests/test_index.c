/*
 * test_index.c - tests of src/keep/index.c and expire.c
 *
 * The index may be missing, old or damaged in any way: what is said of a folder
 * is the same, and what was learned is forgotten at worst.
 */
#include "config.h"

#include "keep/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "keep/disk.h"
#include "keep/expire.h"
#include "keep/journal.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { JOURNALS = 6 };

static struct folder folder;
static struct error err;
static char names[JOURNALS][RECORD_NAME + 8];

/* A journal with a change, closed or not. */
static void make_journal(char name[static RECORD_NAME + 8], bool closed)
{
	static const char path[] = "/some/file";
	struct journal *j = journal_new(&folder, &err);
	struct record_file file = { .file = 1,
		                    .kind = RECORD_FILE_REGULAR,
		                    .size = 100,
		                    .path = path,
		                    .path_len = strlen(path) };
	struct record_change change = { .file = 1,
		                        .removed_count = 1,
		                        .added_count = 1 };
	struct record_piece pieces[2] = {
		{ .kind = RECORD_PIECE_EDITED, .len = 1 },
		{ .kind = RECORD_PIECE_STORE, .len = 1 },
	};
	size_t took;

	must(j != NULL, &err);
	must(journal_file(j, &file, &file.file, &err), &err);
	must(journal_store(j, "x", 1, &took, &pieces[1].off, &err), &err);
	must(journal_change(j, &change, pieces, &err), &err);
	must(journal_commit(j, false, NULL, &err), &err);
	if (closed)
		must(journal_finish(j, &file, 1, &err), &err);
	snprintf(name, RECORD_NAME + 8, "%s", journal_name(j));
	journal_free(j);
}

static void setup(void)
{
	char *path;

	faults_reset();
	ck_assert_int_gt(asprintf(&path, "%s/j%d", scratch(), rand()), 0);
	must(folder_open(&faults_sys, path, true, &folder, &err), &err);
	free(path);
	for (size_t i = 0; i < JOURNALS; i++)
		make_journal(names[i], i != 2);
}

static void teardown(void)
{
	mem_fail_after(-1);
	faults_reset();
	folder_close(&folder);
	ck_assert_uint_eq(faults_descriptors(), 0);
}

static int at(const char *name, unsigned flags)
{
	int fd = openat(folder.fd, name, (int)flags, 0600);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static struct index *open_index(void)
{
	struct index *index = index_open(&folder, &err);

	must(index != NULL, &err);
	return index;
}

/* Whatever the file says, these are what there is. */
static void says_what_is(const struct index *index, size_t closed)
{
	ck_assert_uint_eq(index_count(index), closed);
	ck_assert_uint_eq(index_others(index), 1);
	ck_assert_str_eq(index_other(index, 0), names[2]);
	for (size_t i = 0; i < JOURNALS; i++) {
		const struct index_entry *e = index_find(index, names[i]);
		struct stat st;

		if (fstatat(folder.fd, names[i], &st, 0) != 0 || i == 2) {
			ck_assert_ptr_null(e);
			continue;
		}
		ck_assert_ptr_nonnull(e);
		ck_assert_uint_eq(e->size, (uint64_t)st.st_size);
		ck_assert_int_gt(e->flushed, 0);
	}
	for (size_t i = 1; i < index_count(index); i++)
		ck_assert_int_lt(strcmp(index_at(index, i - 1)->name,
		                        index_at(index, i)->name),
		                 0);
}

static void store(struct index *index)
{
	must(index_store(index, &err), &err);
	index_free(index);
}

static void learn(struct index *index, size_t i, uint64_t n)
{
	struct index_file files[2] = { { 1, n, n + 1 }, { 2, n, n + 2 } };

	must(index_learn(index, names[i], files, 2, &err), &err);
}

static bool knows(const struct index *index, size_t i, uint64_t n)
{
	const struct index_entry *e = index_find(index, names[i]);

	return e && e->knows && e->count == 2 && e->files[1].dev == 2 &&
	       e->files[1].ino == n && e->files[1].path == n + 2;
}

/* --- what it says -------------------------------------------------------- */

START_TEST(without_a_file)
{
	struct index *index = open_index();

	says_what_is(index, JOURNALS - 1);
	ck_assert(!index_at(index, 0)->knows);
	ck_assert_ptr_null(index_find(index, "nothing"));
	index_free(index);
	/* Looking writes nothing. */
	ck_assert_int_ne(faccessat(folder.fd, "index", F_OK, 0), 0);
}
END_TEST

START_TEST(what_was_learned)
{
	struct index *index = open_index();

	learn(index, 0, 10);
	learn(index, 4, 40);
	must(index_learn(index, "nothing", NULL, 0, &err), &err);
	store(index);
	index = open_index();
	says_what_is(index, JOURNALS - 1);
	ck_assert(knows(index, 0, 10));
	ck_assert(knows(index, 4, 40));
	ck_assert(!index_find(index, names[1])->knows);
	ck_assert_int_ne(faccessat(folder.fd, "index.new", F_OK, 0), 0);
	index_free(index);
}
END_TEST

/* Known journals are not opened again: the point of it all. */
START_TEST(known_ones_are_not_opened)
{
	struct index *index = open_index();
	size_t before;

	store(index);
	before = faults_count(FAULT_OPEN);
	index = open_index();
	/* The index itself, and the one that is not closed. */
	ck_assert_uint_eq(faults_count(FAULT_OPEN) - before, 2);
	index_free(index);
}
END_TEST

START_TEST(a_journal_that_is_another)
{
	struct index *index = open_index();
	int fd;

	learn(index, 0, 10);
	learn(index, 1, 11);
	store(index);
	/* What is no history any more, whatever the index says. */
	fd = at(names[0], O_WRONLY);
	ck_assert_int_eq(ftruncate(fd, 4096 + 200), 0);
	close(fd);
	ck_assert_int_eq(unlinkat(folder.fd, names[3], 0), 0);
	index = open_index();
	ck_assert_ptr_null(index_find(index, names[0]));
	ck_assert_ptr_null(index_find(index, names[3]));
	ck_assert_uint_eq(index_others(index), 2);
	ck_assert(knows(index, 1, 11));
	index_free(index);
}
END_TEST

START_TEST(dropped)
{
	struct index *index = open_index();

	index_drop(index, names[1]);
	index_drop(index, "nothing");
	ck_assert_ptr_null(index_find(index, names[1]));
	store(index);
	/* It is there still. */
	index = open_index();
	says_what_is(index, JOURNALS - 1);
	index_free(index);
}
END_TEST

/* --- damage -------------------------------------------------------------- */

static size_t read_index(uint8_t *bytes, size_t most)
{
	int fd = at("index", O_RDONLY);
	ssize_t n = read(fd, bytes, most);

	ck_assert_int_ge(n, 0);
	close(fd);
	return (size_t)n;
}

static void write_index(const uint8_t *bytes, size_t len)
{
	int fd = at("index", O_WRONLY | O_CREAT | O_TRUNC);

	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

/* Any damage is noticed, and costs what was learned. */
START_TEST(damaged)
{
	struct index *index = open_index();
	uint64_t state = random_seed();
	uint8_t good[4096], bad[4096 + 16];
	size_t len;

	learn(index, 0, 10);
	store(index);
	len = read_index(good, sizeof(good));
	ck_assert_uint_gt(len, 32);
	for (size_t n = cases(400); n > 0; n--) {
		size_t bad_len = len;

		memcpy(bad, good, len);
		switch (random_below(&state, 4)) {
		case 0:
			bad_len = random_below(&state, len);
			break;
		case 1:
			bad_len = len + 1 + random_below(&state, 15);
			memset(bad + len, 0, bad_len - len);
			break;
		case 2: {
			size_t from = random_below(&state, len);
			size_t to = random_below(&state, len);
			size_t count = random_below(&state, 64);

			memmove(bad + to, good + from,
			        count < len - (from > to ? from : to)
			                ? count
			                : len - (from > to ? from : to));
			break;
		}
		default:
			bad[random_below(&state, len)] ^=
				(uint8_t)(1 << random_below(&state, 8));
		}
		write_index(bad, bad_len);
		index = open_index();
		says_what_is(index, JOURNALS - 1);
		ck_assert(!knows(index, 0, 10) ||
		          (bad_len == len && memcmp(bad, good, len) == 0));
		index_free(index);
	}
}
END_TEST

/* What has the right CRC may still say what cannot be: rules X1 to X4 of
   doc/formats.md. */
START_TEST(absurd)
{
	struct index *index = open_index();
	uint8_t good[4096], bad[4096];
	struct index_entry *v;
	size_t len, count;

	learn(index, 0, 10);
	store(index);
	len = read_index(good, sizeof(good));
	must(index_decode(good, len, &v, &count, &err), &err);
	ck_assert_uint_eq(count, JOURNALS - 1);
	index_entries_free(v, count);
	for (size_t i = 0; i < 6; i++) {
		memcpy(bad, good, len);
		switch (i) {
		case 0: /* X1: another version */
			bad[8] = 2;
			break;
		case 1: /* X3: more journals than there are */
			bad[12]++;
			break;
		case 2: /* X3: fewer */
			bad[12]--;
			break;
		case 3: /* X3: files that are not there */
			memset(bad + 32 + 60, 0xff, 4);
			break;
		case 4: /* X4: not in order */
			memset(bad + 32, 0xff, 16);
			break;
		case 5: /* X3: neither known nor unknown */
			bad[32 + 56] = 2;
			break;
		}
		store_le32(bad + 28,
		           crc32c(crc32c(0, bad, 28), bad + 32, len - 32));
		must(index_decode(bad, len, &v, &count, &err), &err);
		ck_assert_uint_eq(count, 0);
		index_entries_free(v, count);
	}
}
END_TEST

/* --- failures ------------------------------------------------------------ */

START_TEST(calls_fail)
{
	static const enum fault_call calls[] = {
		FAULT_OPEN,    FAULT_FSTAT, FAULT_PREAD,    FAULT_PWRITE,
		FAULT_STAT_IN, FAULT_LOCK,  FAULT_TRUNCATE, FAULT_RENAME_IN
	};

	for (size_t c = 0; c < ARRAY_LEN(calls); c++)
		for (size_t n = 0; n < 12; n++) {
			struct index *index;

			faults_reset();
			(void)unlinkat(folder.fd, "index", 0);
			index = open_index();
			learn(index, 0, 10);
			store(index);
			faults_fail(calls[c], n, 1, EIO);
			index = index_open(&folder, &err);
			if (index) {
				learn(index, 1, 11);
				(void)!index_store(index, &err);
				index_free(index);
			}
			faults_reset();
			index = open_index();
			says_what_is(index, JOURNALS - 1);
			store(index);
		}
}
END_TEST

START_TEST(without_memory)
{
	bool ok = false;

	for (long n = 0; !ok; n++) {
		struct index *index;

		mem_fail_after(n);
		index = index_open(&folder, &err);
		ok = index && index_store(index, &err);
		mem_fail_after(-1);
		index_free(index);
		if (!ok)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		index = open_index();
		says_what_is(index, JOURNALS - 1);
		index_free(index);
	}
}
END_TEST

/* Another program that writes it just now is not disturbed. */
START_TEST(two_at_once)
{
	struct index *index = open_index();
	int fd = at("index.new", O_WRONLY | O_CREAT);

	ck_assert_int_eq(faults_sys.lock(fd, SYS_LOCK_TAKE), 0);
	store(index);
	ck_assert_int_ne(faccessat(folder.fd, "index", F_OK, 0), 0);
	close(fd);
	store(open_index());
	ck_assert_int_eq(faccessat(folder.fd, "index", F_OK, 0), 0);
}
END_TEST

/* --- what expires -------------------------------------------------------- */

START_TEST(expires)
{
	struct index *index = open_index();
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };

	store(index);
	ck_assert_int_eq(utimensat(folder.fd, names[1], old, 0), 0);
	ck_assert_int_eq(utimensat(folder.fd, names[2], old, 0), 0);
	index = open_index();
	must(expire(&folder, index, UINT64_MAX, INT64_C(2000000000000), &err),
	     &err);
	says_what_is(index, JOURNALS - 2);
	must(expire(&folder, index, 0, 0, &err), &err);
	says_what_is(index, 0);
	index_free(index);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("index");
	TCase *tc = tcase_create("index");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, without_a_file);
	tcase_add_test(tc, what_was_learned);
	tcase_add_test(tc, known_ones_are_not_opened);
	tcase_add_test(tc, a_journal_that_is_another);
	tcase_add_test(tc, dropped);
	tcase_add_test(tc, damaged);
	tcase_add_test(tc, absurd);
	tcase_add_test(tc, calls_fail);
	tcase_add_test(tc, without_memory);
	tcase_add_test(tc, two_at_once);
	tcase_add_test(tc, expires);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
