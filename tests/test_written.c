/*
 * test_written.c - tests of src/keep/written.c
 *
 * The model is an array of marks: which bytes of the file are written, which
 * are in the same blocks. One byte that is another afterwards must be told, and
 * where it is; one in no such block must not.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "keep/written.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum {
	BLOCK = WRITTEN_BLOCK,
	MOST = 12 * BLOCK,
	RANGES = 8,
};

struct model {
	unsigned char bytes[MOST]; /* as they will be */
	size_t size;
	struct {
		uint64_t off, len;
	} v[RANGES];
	size_t count, at;
	bool bad; /* the byte at 1 has no value */
};

static struct model m;

static void setup(void)
{
	desk_begin();
}

static bool next(void *ctx, uint64_t *off, uint64_t *len)
{
	(void)ctx;
	if (m.at == m.count)
		return false;
	*off = m.v[m.at].off;
	*len = m.v[m.at].len;
	m.at++;
	return true;
}

static bool read_it(void *ctx, uint64_t off, void *buf, size_t len,
                    struct error *err)
{
	(void)ctx;
	ck_assert_uint_le(off, m.size);
	ck_assert_uint_le(len, m.size - off);
	if (m.bad && off <= 1 && len > 1 - off)
		return error_set(err, ERR_STATE, "no value");
	memcpy(buf, m.bytes + off, len);
	return true;
}

static void write_file(void)
{
	int fd = open("file", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, m.bytes, m.size), (ssize_t)m.size);
	close(fd);
}

static void put_byte(size_t at, unsigned char byte)
{
	int fd = open("file", O_WRONLY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

static struct identity id_of_file(void)
{
	struct sys_stat st;

	ck_assert_int_eq(faults_sys.stat("file", &st), 0);
	return identity_of(&st);
}

/* Note what the model has; NULL and *err, if that fails. */
static struct written *note(size_t most, struct error *err)
{
	struct written_file file = { .path = "file",
		                     .id = id_of_file(),
		                     .next = next,
		                     .read = read_it };
	struct written *w = written_new(most, err);

	m.at = 0;
	if (w && !written_add(w, &file, err)) {
		written_unref(w);
		return NULL;
	}
	return w;
}

/* Ranges in order, which may touch. */
static void make_model(uint64_t *seed)
{
	uint64_t at = 0;

	memset(&m, 0, sizeof(m));
	m.size = 1 + random_below(seed, MOST);
	for (size_t i = 0; i < m.size; i++)
		m.bytes[i] = (unsigned char)random_u64(seed);
	for (size_t n = 1 + random_below(seed, RANGES); n > 0 && at < m.size;
	     n--) {
		uint64_t most = random_below(seed, 2) ? 40 : 3 * BLOCK;
		uint64_t off =
			at + random_below(seed, u64_min(most, m.size - at));
		uint64_t len =
			1 + random_below(seed, u64_min(most, m.size - off));

		m.v[m.count].off = off;
		m.v[m.count++].len = len;
		at = off + len;
	}
	write_file();
}

/* 2: written, 1: in such a block, 0: neither */
static int mark_of(size_t at)
{
	int mark = 0;

	for (size_t i = 0; i < m.count; i++) {
		uint64_t off = m.v[i].off, end = off + m.v[i].len;

		if (at >= off && at < end)
			return 2;
		if (at / BLOCK >= off / BLOCK &&
		    at / BLOCK <= (end - 1) / BLOCK)
			mark = 1;
	}
	return mark;
}

static void check_sum(const struct written_sum *sum)
{
	uint64_t marks[3] = { 0 }, blocks = 0, ranges = m.count;

	for (size_t i = 0; i < m.size; i++) {
		int mark = mark_of(i);

		marks[mark]++;
		blocks += i % BLOCK == 0 && mark > 0;
	}
	for (size_t i = 1; i < m.count; i++)
		ranges -= m.v[i].off == m.v[i - 1].off + m.v[i - 1].len;
	ck_assert_uint_eq(sum->files, 1);
	ck_assert_uint_eq(sum->bytes, marks[2]);
	ck_assert_uint_eq(sum->rest, marks[1]);
	ck_assert_uint_eq(sum->blocks, blocks);
	ck_assert_uint_eq(sum->ranges, ranges);
	ck_assert_uint_eq(sum->unknown, 0);
}

static void check_one_byte(const struct written *w, size_t at)
{
	int mark = mark_of(at);
	struct written_sum sum;
	struct error err;
	bool ok;

	put_byte(at, (unsigned char)(m.bytes[at] ^ 0x10));
	ok = written_check(w, &faults_sys, NULL, &sum, &err);
	put_byte(at, m.bytes[at]);
	ck_assert_msg(ok == (mark == 0), "byte 0x%zx, mark %d", at, mark);
	if (ok)
		return;
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert_ptr_nonnull(strstr(err.text, mark == 2 ? "has not what was"
	                                                 : "beside those"));
	ck_assert_str_eq(err.path, "file");
}

START_TEST(tells_what_is_other)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(60); n > 0; n--) {
		struct written_sum sum;
		struct written *w;
		struct error err;

		make_model(&seed);
		w = note(0, &err);
		must(w != NULL, &err);
		must(written_check(w, &faults_sys, NULL, &sum, &err), &err);
		check_sum(&sum);
		for (size_t k = 0; k < 8; k++)
			check_one_byte(w, random_below(&seed, m.size));
		written_unref(w);
	}
}
END_TEST

static void make_simple(void)
{
	memset(&m, 0, sizeof(m));
	m.size = 3 * BLOCK;
	m.count = 2;
	m.v[0].off = 10;
	m.v[0].len = 5;
	m.v[1].off = 2 * BLOCK + 5;
	m.v[1].len = 1;
	write_file();
}

START_TEST(rest_that_could_not_be_read)
{
	struct written_sum sum;
	struct written *w;
	struct error err;

	make_simple();
	m.bad = true;
	w = note(0, &err);
	must(w != NULL, &err);
	must(written_check(w, &faults_sys, NULL, &sum, &err), &err);
	ck_assert_uint_eq(sum.unknown, BLOCK - 5);
	put_byte(3, 'x'); /* may be anything */
	must(written_check(w, &faults_sys, NULL, &sum, &err), &err);
	put_byte(12, 'x');
	ck_assert(!written_check(w, &faults_sys, NULL, &sum, &err));
	written_unref(w);
}
END_TEST

START_TEST(several_places)
{
	struct written_sum sum;
	struct written *w;
	struct error err;

	make_simple();
	w = note(0, &err);
	must(w != NULL, &err);
	put_byte(0, 'x');
	put_byte(2 * BLOCK + 5, 'x');
	ck_assert(!written_check(w, &faults_sys, NULL, &sum, &err));
	ck_assert_str_eq(err.text,
	                 "in 2 places, the first: file: bytes beside those "
	                 "that were written have changed in 0x0,0x1000 of the "
	                 "file");
	written_unref(w);
}
END_TEST

START_TEST(other_files)
{
	struct written_sum sum;
	struct written *w;
	struct error err;

	make_simple();
	w = note(0, &err);
	must(w != NULL, &err);
	ck_assert_int_eq(truncate("file", 2 * BLOCK), 0);
	ck_assert(!written_check(w, &faults_sys, NULL, &sum, &err));
	ck_assert_str_eq(err.text, "file: became shorter");
	ck_assert_int_eq(rename("file", "old"), 0);
	ck_assert(!written_check(w, &faults_sys, NULL, &sum, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	write_file();
	ck_assert(!written_check(w, &faults_sys, NULL, &sum, &err));
	ck_assert_str_eq(err.text, "file: another file has this name now");
	written_unref(w);
	ck_assert_int_eq(unlink("old"), 0);
}
END_TEST

START_TEST(faults)
{
	const enum fault_call calls[] = { FAULT_OPEN, FAULT_FSTAT,
		                          FAULT_PREAD };
	struct written_sum sum;
	struct written *w;
	struct error err;
	bool ok = false;

	make_simple();
	ck_assert_ptr_null(note(1, &err)); /* two stretches */
	ck_assert_int_eq(err.code, ERR_LIMIT);
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		w = note(0, &err);
		ok = w && written_check(w, &faults_sys, NULL, &sum, &err);
		mem_fail_after(-1);
		written_unref(w);
		ck_assert(ok || err.code == ERR_NOMEM);
	}
	w = note(0, &err);
	must(w != NULL, &err);
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		faults_reset();
		faults_fail(calls[i], 0, SIZE_MAX, EIO);
		ck_assert(!written_check(w, &faults_sys, NULL, &sum, &err));
		ck_assert(faults_happened());
		ck_assert_int_eq(err.code, ERR_IO);
		ck_assert_uint_eq(faults_descriptors(), 0);
	}
	/* What cannot be opened or read past the cache is read through it, and
	   a read that is cut short is gone on with. */
	faults_reset();
	faults_fail(FAULT_OPEN, 0, 1, EINVAL);
	must(written_check(w, &faults_sys, NULL, &sum, &err), &err);
	faults_reset();
	faults_fail(FAULT_PREAD, 0, 1, EINVAL);
	must(written_check(w, &faults_sys, NULL, &sum, &err), &err);
	ck_assert_uint_eq(faults_descriptors(), 0);
	faults_reset();
	faults_cut(0, 7);
	must(written_check(w, &faults_sys, NULL, &sum, &err), &err);
	ck_assert_uint_eq(faults_count(FAULT_FORGET), 1);
	written_unref(w);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("written");
	TCase *tc = tcase_create("written");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, tells_what_is_other);
	tcase_add_test(tc, rest_that_could_not_be_read);
	tcase_add_test(tc, several_places);
	tcase_add_test(tc, other_files);
	tcase_add_test(tc, faults);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
