/* test_check.c - tests of src/edit/check.c */
#include "config.h"

#include "edit/check.h"

#include <poll.h>
#include <stdlib.h>

#include "base/pool.h"
#include "edit/document.h"
#include "tests/support.h"

static struct error err;
static size_t alive;  /* sources that were made and not freed */
static size_t looked; /* calls of fake_check() */

/* The size says what is found. */
static unsigned fake_check(struct source *src)
{
	looked++;
	return (unsigned)src->size;
}

static void fake_free(struct source *src)
{
	alive--;
	free(src);
}

static const struct source_ops fake_ops = {
	.check = fake_check,
	.free = fake_free,
};

static struct document *make(unsigned found)
{
	struct source *src = calloc(1, sizeof(*src));
	struct document *doc;

	ck_assert_ptr_nonnull(src);
	src->ops = &fake_ops;
	src->size = found;
	alive++;
	doc = document_new(src, 1, "name", ACCESS_READ, &err);
	must(doc, &err);
	return doc;
}

/* Adds one document and keeps no count of it. */
static bool add(struct check *check, unsigned found)
{
	struct document *doc = make(found);
	bool ok = check_add(check, doc, CHECK_MAX);

	document_unref(doc);
	return ok;
}

START_TEST(finds_what_there_is)
{
	struct check check = { 0 };

	ck_assert(add(&check, 0));
	ck_assert(add(&check, CHANGE_GONE));
	ck_assert(add(&check, CHANGE_SIZE_LESS | CHANGE_REPLACED));
	ck_assert_uint_eq(alive, 3);
	check_run(NULL, &check);
	ck_assert_uint_eq(check.looked, 3);
	ck_assert_uint_eq(check.v[0].found, 0);
	ck_assert_uint_eq(check.v[1].found, CHANGE_GONE);
	ck_assert_uint_eq(check.v[2].found, CHANGE_SIZE_LESS | CHANGE_REPLACED);
	check_clear(&check);
	ck_assert_uint_eq(check.count, 0);
	ck_assert_uint_eq(check.looked, 0);
	ck_assert_uint_eq(alive, 0);
}
END_TEST

START_TEST(takes_no_more_than_fit)
{
	struct check check = { 0 };

	for (size_t i = 0; i < CHECK_MAX; i++)
		ck_assert(add(&check, 0));
	ck_assert(!add(&check, 0));
	ck_assert_uint_eq(check.count, CHECK_MAX);
	ck_assert_uint_eq(alive, CHECK_MAX);
	check_clear(&check);
	ck_assert_uint_eq(alive, 0);
}
END_TEST

START_TEST(runs_as_a_job)
{
	struct pool *pool = pool_new(1, &err);
	struct check check = { 0 };
	struct job *job;

	must(pool, &err);
	ck_assert(add(&check, CHANGE_BYTES));
	job = job_start(pool, JOB_READ, check_run, &check, &err);
	must(job, &err);
	job_wait(job);
	ck_assert_uint_eq(check.looked, 1);
	ck_assert_uint_eq(check.v[0].found, CHANGE_BYTES);
	job_free(job);
	check_clear(&check);
	pool_free(pool);
	ck_assert_uint_eq(alive, 0);
}
END_TEST

/* What is cancelled stops at the next document, and says how far it came. */
static void cancel_and_run(struct job *job, void *arg)
{
	while (!job_cancelled(job))
		(void)poll(NULL, 0, 1);
	check_run(job, arg);
}

START_TEST(stops_when_cancelled)
{
	struct pool *pool = pool_new(1, &err);
	struct check check = { 0 };
	struct job *job;

	must(pool, &err);
	ck_assert(add(&check, CHANGE_BYTES));
	looked = 0;
	job = job_start(pool, JOB_READ, cancel_and_run, &check, &err);
	must(job, &err);
	job_cancel(job);
	job_wait(job);
	ck_assert_uint_eq(check.looked, 0);
	ck_assert_uint_eq(looked, 0);
	job_free(job);
	check_clear(&check);
	pool_free(pool);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("check");
	TCase *tc = tcase_create("check");

	tcase_add_test(tc, finds_what_there_is);
	tcase_add_test(tc, takes_no_more_than_fit);
	tcase_add_test(tc, runs_as_a_job);
	tcase_add_test(tc, stops_when_cancelled);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
