/* test_document.c - tests of src/edit/document.c */
#include "config.h"

#include "edit/document.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "source/file.h"
#include "source/files.h"
#include "source/memory.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct error err;

/* A source that counts how often it is freed. */
static struct source fake;
static size_t frees;

static bool fake_read(struct source *src, uint64_t off, void *buf, size_t len,
                      unsigned flags, struct runs *runs, struct error *e)
{
	(void)src;
	(void)flags;
	memset(buf, (int)off, len);
	return runs_add(runs, (struct run){ .len = len }, e);
}

static struct stretch fake_stretch(struct source *src, uint64_t off)
{
	return (struct stretch){ .state = STATE_DATA,
		                 .end = off < 10 ? 10 : src->size };
}

static void fake_free(struct source *src)
{
	(void)src;
	frees++;
}

static const struct source_ops fake_ops = {
	.read = fake_read,
	.stretch = fake_stretch,
	.free = fake_free,
};

static struct source *fake_source(unsigned traits)
{
	frees = 0;
	memset(&fake, 0, sizeof(fake));
	fake.ops = &fake_ops;
	fake.size = 100;
	fake.traits = traits;
	return &fake;
}

/* What is asked for of what can be written, and what comes of it;
   ACCESS_DEFAULT: refused. */
static const struct {
	unsigned traits;
	enum access asked, got;
} accesses[] = {
	{ SOURCE_WRITABLE, ACCESS_DEFAULT, ACCESS_WRITE },
	{ SOURCE_WRITABLE, ACCESS_WRITE, ACCESS_WRITE },
	{ SOURCE_WRITABLE, ACCESS_READ, ACCESS_READ },
	{ SOURCE_WRITABLE, ACCESS_COPY, ACCESS_COPY },
	{ 0, ACCESS_DEFAULT, ACCESS_READ },
	/* A device is not written unless that was said. */
	{ SOURCE_DEVICE | SOURCE_WRITABLE, ACCESS_DEFAULT, ACCESS_READ },
	{ SOURCE_DEVICE | SOURCE_WRITABLE, ACCESS_WRITE, ACCESS_WRITE },
	{ SOURCE_DEVICE | SOURCE_WRITABLE, ACCESS_COPY, ACCESS_COPY },
	{ SOURCE_DEVICE, ACCESS_DEFAULT, ACCESS_READ },
	{ SOURCE_DEVICE, ACCESS_WRITE, ACCESS_DEFAULT },
	{ 0, ACCESS_WRITE, ACCESS_DEFAULT },
	{ 0, ACCESS_READ, ACCESS_READ },
	{ 0, ACCESS_COPY, ACCESS_COPY },
	{ SOURCE_PRIVATE, ACCESS_DEFAULT, ACCESS_COPY },
	{ SOURCE_PRIVATE, ACCESS_WRITE, ACCESS_DEFAULT },
	{ SOURCE_PRIVATE, ACCESS_READ, ACCESS_READ },
	{ SOURCE_PRIVATE, ACCESS_COPY, ACCESS_COPY },
	{ SOURCE_PRIVATE | SOURCE_WRITABLE, ACCESS_DEFAULT, ACCESS_COPY },
};

START_TEST(access_comes_from_the_source)
{
	struct source *src = fake_source(accesses[_i].traits);
	struct document *doc =
		document_new(src, 1, "a name", accesses[_i].asked, &err);

	if (accesses[_i].got == ACCESS_DEFAULT) {
		ck_assert_ptr_null(doc);
		ck_assert_int_eq(err.code, ERR_READONLY);
		ck_assert_str_eq(err.text, "a name: cannot be written");
		ck_assert_str_eq(err.path, "a name");
		ck_assert_uint_eq(frees, 1);
		return;
	}
	ck_assert_ptr_nonnull(doc);
	ck_assert_int_eq(document_access(doc), accesses[_i].got);
	document_unref(doc);
	ck_assert_uint_eq(frees, 1);
}
END_TEST

START_TEST(names_of_access)
{
	ck_assert_str_eq(access_name(ACCESS_READ), "read");
	ck_assert_str_eq(access_name(ACCESS_WRITE), "write");
	ck_assert_str_eq(access_name(ACCESS_COPY), "copy");
	ck_assert_str_eq(access_name(ACCESS_DEFAULT), "default");
}
END_TEST

START_TEST(it_shows_its_source)
{
	struct source *src = fake_source(0);
	char name[] = "a name";
	struct document *doc =
		document_new(src, UINT64_MAX, name, ACCESS_READ, &err);
	struct runs runs = { 0 };
	char buf[4];

	memset(name, 'x', sizeof(name) - 1); /* it has its own */
	ck_assert_str_eq(document_name(doc), "a name");
	ck_assert_uint_eq(document_id(doc), UINT64_MAX);
	ck_assert_uint_eq(document_size(doc), 100);
	ck_assert_ptr_eq(document_source(doc), src);
	must(document_read(doc, 96, buf, 4, 0, &runs, &err), &err);
	ck_assert_mem_eq(buf, "````", 4);
	ck_assert_uint_eq(runs_len(&runs), 4);
	ck_assert_uint_eq(document_stretch(doc, 9).end, 10);
	ck_assert_uint_eq(document_stretch(doc, 10).end, 100);
	ck_assert_uint_eq(document_check(doc), 0);
	runs_free(&runs);
	document_unref(doc);
}
END_TEST

static void *ref_and_unref(void *arg)
{
	struct document *doc = arg;

	for (size_t n = cases(2000); n > 0; n--)
		document_unref(document_ref(doc));
	document_unref(doc);
	return NULL;
}

START_TEST(the_last_one_frees_it)
{
	struct document *doc =
		document_new(fake_source(0), 1, "n", ACCESS_READ, &err);
	pthread_t threads[4];

	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_create(&threads[i], NULL, ref_and_unref,
		               document_ref(doc));
	for (size_t i = 0; i < ARRAY_LEN(threads); i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(frees, 0);
	document_unref(doc);
	ck_assert_uint_eq(frees, 1);
	document_unref(NULL);
}
END_TEST

START_TEST(without_memory_the_source_is_freed)
{
	mem_fail_after(0);
	ck_assert_ptr_null(
		document_new(fake_source(0), 1, "n", ACCESS_READ, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_uint_eq(frees, 1);
	mem_fail_after(-1);
}
END_TEST

/* The same file in a second document; the first one stays what it is. */
static void read_grown(struct files *files, const char *path)
{
	struct document *doc = document_new(file_open(files, path, &err), 1,
	                                    path, ACCESS_DEFAULT, &err);
	struct runs runs = { 0 };
	char buf[6];

	ck_assert_uint_eq(document_check(doc), 0);
	ck_assert_uint_eq(document_size(doc), 6);
	must(document_read(doc, 0, buf, 6, 0, &runs, &err), &err);
	ck_assert_mem_eq(buf, "bytes!", 6);
	runs_free(&runs);
	document_unref(doc);
}

START_TEST(of_a_file_that_grows)
{
	struct files_limits limits = { 1, 0, 65536, 4 };
	struct files *files = files_new(&faults_sys, limits, &err);
	char *path = scratch_file("f", "bytes", 5);
	struct document *doc = document_new(file_open(files, path, &err), 1,
	                                    path, ACCESS_DEFAULT, &err);
	struct runs runs = { 0 };
	char buf[5];

	ck_assert_int_eq(document_access(doc), ACCESS_WRITE);
	ck_assert_uint_eq(document_check(doc), 0);
	free(scratch_file("f", "bytes!", 6));
	ck_assert_uint_eq(document_check(doc), CHANGE_SIZE_MORE);
	ck_assert_uint_eq(document_size(doc), 5);
	read_grown(files, path);
	must(document_read(doc, 0, buf, 5, 0, &runs, &err), &err);
	ck_assert_mem_eq(buf, "bytes", 5);
	ck_assert_uint_eq(document_size(doc), 5);
	runs_free(&runs);
	document_unref(doc);
	files_free(files);
	ck_assert_uint_eq(faults_descriptors(), 0);
	free(path);
}
END_TEST

START_TEST(of_memory)
{
	struct document *doc = document_new(memory_open(10, &err), 1,
	                                    "memory:10", ACCESS_DEFAULT, &err);

	ck_assert_int_eq(document_access(doc), ACCESS_COPY);
	ck_assert_int_eq(document_stretch(doc, 0).state, STATE_HOLE);
	document_unref(doc);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("document");
	TCase *tc = tcase_create("document");

	tcase_add_loop_test(tc, access_comes_from_the_source, 0,
	                    ARRAY_LEN(accesses));
	tcase_add_test(tc, names_of_access);
	tcase_add_test(tc, it_shows_its_source);
	tcase_add_test(tc, the_last_one_frees_it);
	tcase_add_test(tc, without_memory_the_source_is_freed);
	tcase_add_test(tc, of_a_file_that_grows);
	tcase_add_test(tc, of_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
