/* test_ranges_file.c - tests of src/open/ranges_file.c */
#include "config.h"

#include "open/ranges_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "edit/document.h"
#include "source/memory.h"
#include "space/ranges.h"
#include "tests/faults.h"
#include "tests/support.h"

#define FIRST "hexspan-ranges 1\n"

enum { DOCS = 3, BYTES = 64 };

/* 11 and 12 are files, 13 is memory. */
static struct document *docs[DOCS];
static const char *const names[DOCS] = { "a", "b \"\\\x01\xff", "memory:64" };

static void setup(void)
{
	ck_assert_int_eq(chdir(scratch()), 0);
	for (size_t i = 0; i < DOCS; i++) {
		struct error err;
		struct source *src = memory_open(BYTES, &err);

		must(src != NULL, &err);
		if (i < 2)
			src->traits &= ~(unsigned)SOURCE_PRIVATE;
		docs[i] =
			document_new(src, 11 + i, names[i], ACCESS_READ, &err);
		must(docs[i] != NULL, &err);
	}
}

static void teardown(void)
{
	for (size_t i = 0; i < DOCS; i++)
		document_unref(docs[i]);
}

static struct document *by_id(void *ctx, uint64_t id)
{
	(void)ctx;
	return id >= 11 && id < 11 + DOCS ? docs[id - 11] : NULL;
}

static struct document *by_path(void *ctx, const char *path)
{
	(void)ctx;
	for (size_t i = 0; i < DOCS; i++)
		if (strcmp(path, names[i]) == 0)
			return docs[i];
	return NULL;
}

static struct ranges *new_set(struct ranges_file *file, const char *name)
{
	struct error err;
	struct ranges_file_set set = { .name = mem_strdup(name, &err),
		                       .ranges = ranges_new(&err) };

	ck_assert(set.name && set.ranges);
	must(mem_grow(&file->v, &file->cap, file->count + 1, sizeof(*file->v),
	              &err),
	     &err);
	file->v[file->count++] = set;
	return set.ranges;
}

/* Of any document; id 14 is one that is closed. */
static struct portion random_piece(uint64_t *seed, uint64_t ids)
{
	uint64_t off = random_below(seed, BYTES + 1);

	return (struct portion){ .doc = 11 + random_below(seed, ids),
		                 .off = off,
		                 .len = random_below(seed, BYTES - off + 1) };
}

static void add_random(uint64_t *seed, struct ranges *set, uint64_t ids)
{
	struct portion first = random_piece(seed, ids);
	struct portion rest[2] = { random_piece(seed, ids),
		                   random_piece(seed, ids) };
	struct range r = { .doc = first.doc,
		           .off = first.off,
		           .len = first.len,
		           .rest = rest };
	struct error err;

	if (random_below(seed, 3) == 0)
		r.rest_count = 1 + random_below(seed, 2);
	must(ranges_add(set, &r, &err), &err);
}

/* Is the range kept in a file? */
static bool is_kept(const struct range *r)
{
	for (size_t i = 0; i < r->rest_count; i++)
		if (r->rest[i].doc > 12)
			return false;
	return r->doc <= 12;
}

static bool is_same(const struct range *a, const struct range *b)
{
	if (a->doc != b->doc || a->off != b->off || a->len != b->len ||
	    a->rest_count != b->rest_count)
		return false;
	for (size_t i = 0; i < a->rest_count; i++)
		if (a->rest[i].doc != b->rest[i].doc ||
		    a->rest[i].off != b->rest[i].off ||
		    a->rest[i].len != b->rest[i].len)
			return false;
	return true;
}

/* What is not kept is removed. Returns how many. */
static uint64_t remove_others(struct ranges_file *file)
{
	uint64_t removed = 0;

	for (size_t i = 0; i < file->count; i++) {
		size_t at = 0;

		while (at < ranges_count(file->v[i].ranges)) {
			struct range r = ranges_at(file->v[i].ranges, at);

			if (is_kept(&r)) {
				at++;
				continue;
			}
			ranges_remove(file->v[i].ranges, at);
			removed++;
		}
	}
	return removed;
}

static void check_same(const struct ranges_file *a, const struct ranges_file *b)
{
	ck_assert_uint_eq(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		size_t n = ranges_count(a->v[i].ranges);

		ck_assert_str_eq(a->v[i].name, b->v[i].name);
		ck_assert_uint_eq(n, ranges_count(b->v[i].ranges));
		for (size_t j = 0; j < n; j++) {
			struct range x = ranges_at(a->v[i].ranges, j);
			struct range y = ranges_at(b->v[i].ranges, j);

			ck_assert(is_same(&x, &y));
		}
	}
}

START_TEST(saved_and_read_back)
{
	uint64_t seed = random_seed();
	size_t n = cases(300);

	for (size_t round = 0; round < n; round++) {
		struct ranges_file file = { 0 };
		struct ranges_file back;
		uint64_t ids = 2 + random_below(&seed, 3);
		size_t sets = random_below(&seed, 4);
		uint64_t left_out;
		struct error err;

		for (size_t i = 0; i < sets; i++) {
			struct ranges *set =
				new_set(&file,
			                (const char *[]){ "x", "y", "z" }[i]);
			/* Sometimes more than is read at once. */
			size_t count =
				random_below(&seed, random_below(&seed, 20)
			                                    ? 9
			                                    : 9000);

			for (size_t j = 0; j < count; j++)
				add_random(&seed, set, ids);
		}
		must(ranges_file_save(&faults_sys, "r.hxr", &file, by_id, NULL,
		                      &left_out, &err),
		     &err);
		ck_assert_uint_eq(left_out, remove_others(&file));
		must(ranges_file_read(&faults_sys, "r.hxr", by_path, NULL,
		                      false, &back, &left_out, &err),
		     &err);
		ck_assert_uint_eq(left_out, 0);
		check_same(&file, &back);
		ranges_file_free(&file);
		ranges_file_free(&back);
	}
}
END_TEST

static const struct {
	const char *text;
	uint64_t ranges, left_out;
	const char *error; /* NULL: read with `skip` */
} files[] = {
	{ FIRST, 0, 0, NULL },
	{ "hexspan-ranges 1", 0, 0, NULL }, /* no newline */
	{ FIRST "file 1 a\r\n# so\n\n set x\r\n 1 0x3f 1\r\n1 64 0", 2, 0,
	  NULL },
	{ FIRST "file 1 a\nfile 2 none\nset x\n1 0 1\n2 0 99\n1 0 1 + 2 0 1\n",
	  1, 2, NULL },
	{ FIRST "file 1 a\nset x\n1 0 1+1 3 4 + 1 5 6\n", 1, 0, NULL },
	{ "", 0, 0,
	  "t:1: no set of ranges (the first line must be \"hexspan-ranges "
	  "1\")" },
	{ "\"", 0, 0,
	  "t:1: no set of ranges (the first line must be \"hexspan-ranges "
	  "1\")" },
	{ "hexspan-ranges 2\n", 0, 0,
	  "t:1: version 2 of ranges is not known (only 1)" },
	{ FIRST "file 1 none\n", 0, 0, "t:2: none is not open" },
	{ FIRST "file 2 a\n", 0, 0, "t:2: files are numbered 1, 2, .." },
	{ FIRST "file 1\n", 0, 0, "t:2: file NUMBER PATH is meant" },
	{ FIRST "file x a\n", 0, 0, "t:2: number expected" },
	{ FIRST "set\n", 0, 0, "t:2: set NAME is meant" },
	{ FIRST "what\n", 0, 0, "t:2: a line is file, set or a range" },
	{ FIRST "\"\n", 0, 0, "t:2: the quote is not closed" },
	{ FIRST "file 1 a\n1 0 1\n", 0, 0,
	  "t:3: a range before the first set" },
	{ FIRST "set x\n0 0 1\n", 0, 0, "t:3: no file has this number" },
	{ FIRST "set x\n1 0 1\n", 0, 0, "t:3: no file has this number" },
	{ FIRST "file 1 a\nset x\n1 0\n", 0, 0, "t:4: number expected" },
	{ FIRST "file 1 a\nset x\n1 0 1 +\n", 0, 0, "t:4: number expected" },
	{ FIRST "file 1 a\nset x\n1 0 1 1\n", 0, 0,
	  "t:4: FILE OFFSET LENGTH is meant" },
	{ FIRST "file 1 a\nset x\n1 0x3f 2\n", 0, 0,
	  "t:4: past the end of a (size 0x40)" },
	{ FIRST "file 1 a\nset x\n1 65 0\n", 0, 0,
	  "t:4: past the end of a (size 0x40)" },
	{ FIRST "file 1 a\nset x\n1 1 0xffffffffffffffff\n", 0, 0,
	  "t:4: past the end of a (size 0x40)" },
};

START_TEST(reads_what_was_written_by_hand)
{
	struct ranges_file back = { 0 };
	uint64_t left_out = 0;
	uint64_t ranges = 0;
	struct error err;
	bool ok;

	free(scratch_file("t", files[_i].text, strlen(files[_i].text)));
	ok = ranges_file_read(&faults_sys, "t", by_path, NULL, !files[_i].error,
	                      &back, &left_out, &err);
	if (files[_i].error) {
		ck_assert(!ok);
		ck_assert_str_eq(err.text, files[_i].error);
		ck_assert_str_eq(err.path, "t");
		ck_assert_uint_eq(err.column, 0);
		ck_assert_ptr_null(back.v);
		return;
	}
	must(ok, &err);
	for (size_t i = 0; i < back.count; i++)
		ranges += ranges_count(back.v[i].ranges);
	ck_assert_uint_eq(ranges, files[_i].ranges);
	ck_assert_uint_eq(left_out, files[_i].left_out);
	ranges_file_free(&back);
}
END_TEST

START_TEST(refuses_a_line_without_end)
{
	size_t len = 3 << 20;
	char *text = malloc(len);
	struct ranges_file back;
	uint64_t left_out;
	struct error err;

	ck_assert_ptr_nonnull(text);
	memset(text, 'x', len);
	free(scratch_file("t", text, len));
	free(text);
	ck_assert(!ranges_file_read(&faults_sys, "t", by_path, NULL, false,
	                            &back, &left_out, &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert(!ranges_file_read(&faults_sys, ".", by_path, NULL, false,
	                            &back, &left_out, &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert(!ranges_file_read(&faults_sys, "none", by_path, NULL, false,
	                            &back, &left_out, &err));
	ck_assert_int_eq(err.sys, ENOENT);
}
END_TEST

/* Two sets over both files. */
static struct ranges_file two_sets(void)
{
	struct ranges_file file = { 0 };
	uint64_t seed = 3;

	for (size_t i = 0; i < 2; i++) {
		struct ranges *set = new_set(&file, i ? "x" : "y");

		for (size_t j = 0; j < 20; j++)
			add_random(&seed, set, 2);
	}
	return file;
}

/* Let each call of a kind fail: an old file stays what it was. */
START_TEST(fails_at_every_call)
{
	struct ranges_file file = two_sets();

	for (int call = 0; call < FAULT_CALLS; call++) {
		bool happened = true;

		for (size_t n = 0; happened; n++) {
			struct ranges_file back = { 0 };
			uint64_t left_out;
			struct error err;
			bool saved, read;

			free(scratch_file("r.hxr", FIRST, strlen(FIRST)));
			faults_reset();
			faults_fail((enum fault_call)call, n, 1, EIO);
			saved = ranges_file_save(&faults_sys, "r.hxr", &file,
			                         by_id, NULL, &left_out, &err);
			ck_assert(saved || err.code == ERR_IO);
			read = ranges_file_read(&faults_sys, "r.hxr", by_path,
			                        NULL, false, &back, &left_out,
			                        &err);
			happened = faults_happened();
			ck_assert(read || err.code == ERR_IO);
			ck_assert(happened || (saved && read));
			if (read && saved)
				check_same(&file, &back);
			else if (read)
				ck_assert_uint_eq(back.count, 0);
			ranges_file_free(&back);
			faults_reset();
			ck_assert_int_ne(access("r.hxr.hxtmp", F_OK), 0);
		}
	}
	ranges_file_free(&file);
}
END_TEST

START_TEST(without_memory)
{
	struct ranges_file file = two_sets();
	bool ok = false;

	for (long n = 0; !ok; n++) {
		struct ranges_file back = { 0 };
		uint64_t left_out;
		struct error err;

		mem_fail_after(n);
		ok = ranges_file_save(&faults_sys, "r.hxr", &file, by_id, NULL,
		                      &left_out, &err) &&
		     ranges_file_read(&faults_sys, "r.hxr", by_path, NULL,
		                      false, &back, &left_out, &err);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
		ck_assert(!ok || n > 10);
		ck_assert_int_ne(access("r.hxr.hxtmp", F_OK), 0);
		if (ok)
			check_same(&file, &back);
		ranges_file_free(&back);
	}
	ranges_file_free(&file);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ranges_file");
	TCase *tc = tcase_create("ranges_file");

	tcase_set_timeout(tc, 600);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, saved_and_read_back);
	tcase_add_loop_test(tc, reads_what_was_written_by_hand, 0,
	                    (int)ARRAY_LEN(files));
	tcase_add_test(tc, refuses_a_line_without_end);
	tcase_add_test(tc, fails_at_every_call);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
