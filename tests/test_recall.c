/* test_recall.c - tests of ui/recall.c */
#include "config.h"

#include "ui/recall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "tests/support.h"

static struct recall recall;
static struct pool *pool;
static char *path;
static char taken[1 << 20];

static void set_up(void)
{
	struct error err;

	pool = pool_new(1, &err);
	ck_assert_ptr_nonnull(pool);
	path = scratch_file("history", "", 0);
	ck_assert_int_eq(unlink(path), 0);
}

static void tear_down(void)
{
	recall_close(&recall);
	pool_free(pool);
	free(path);
}

static void take(void *arg, const char *line)
{
	(void)arg;
	strcat(taken, line);
	strcat(taken, ";");
}

static void open_it(struct recall *h)
{
	struct error err;

	taken[0] = '\0';
	must(recall_open(h, path, take, NULL, &err), &err);
}

/* What a later run finds. */
static const char *kept(void)
{
	struct recall other;

	open_it(&other);
	recall_close(&other);
	return taken;
}

static bool save(struct recall *h, struct error *err)
{
	struct pool_event event;
	bool ok = true;

	must(recall_save(h, pool, err), err);
	if (!h->saving)
		return true;
	do
		pool_wait(pool);
	while (!pool_next(pool, &event));
	ck_assert(recall_done(h, event.job, &ok, err));
	return ok;
}

static void put_file(const char *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(keeps_lines)
{
	struct error err;
	struct stat st;

	open_it(&recall);
	ck_assert_str_eq(taken, "");
	recall_add(&recall, "find /a/");
	recall_add(&recall, " secret");
	recall_add(&recall, "find /a/");
	recall_add(&recall, "");
	recall_add(&recall, "goto 1");
	ck_assert(save(&recall, &err));
	ck_assert_str_eq(kept(), "find /a/;goto 1;");
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	/* Another editor was here meanwhile; what was not saved is at the
	   end. */
	put_file("one\ngoto 1\n", 11);
	recall_add(&recall, "goto 1");
	recall_add(&recall, "two");
	recall_close(&recall);
	ck_assert_str_eq(kept(), "one;goto 1;two;");
}
END_TEST

START_TEST(is_bounded)
{
	static char line[RECALL_BYTES / 8];
	struct error err;
	struct stat st;

	open_it(&recall);
	for (int i = 0; i < 3 * RECALL_LINES; i++) {
		snprintf(line, sizeof(line), "goto %d", i);
		recall_add(&recall, line);
		if (i % 7 == 0)
			ck_assert(save(&recall, &err));
	}
	ck_assert(save(&recall, &err));
	snprintf(line, sizeof(line), "goto %d;", 2 * RECALL_LINES);
	ck_assert_int_eq(strncmp(kept(), line, strlen(line)), 0);
	ck_assert_ptr_nonnull(strstr(taken, ";goto 599;"));
	/* Long lines push out the older ones sooner. */
	memset(line, 'x', sizeof(line) - 1);
	for (int i = 0; i < 20; i++) {
		line[0] = (char)('a' + i);
		recall_add(&recall, line);
	}
	ck_assert(save(&recall, &err));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_le(st.st_size, RECALL_BYTES);
	ck_assert_int_gt(st.st_size, RECALL_BYTES / 2);
	ck_assert_ptr_null(strstr(kept(), "goto"));
	ck_assert_ptr_nonnull(strstr(taken, ";txxx"));
}
END_TEST

/* A file of somebody else's making. */
START_TEST(leaves_out_what_is_no_line)
{
	static const char bytes[] = "good\n\n\033[2J\nnul\0\ncut";
	struct error err;

	put_file(bytes, sizeof(bytes) - 1);
	open_it(&recall);
	ck_assert_str_eq(taken, "good;");
	recall_add(&recall, "more");
	ck_assert(save(&recall, &err));
	ck_assert_str_eq(kept(), "good;more;");
}
END_TEST

START_TEST(says_what_fails)
{
	struct error err;

	open_it(&recall);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	recall_add(&recall, "a");
	ck_assert(!save(&recall, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, "history"));
	/* Once. */
	recall_add(&recall, "b");
	ck_assert(save(&recall, &err));
	ck_assert_ptr_null(recall.saving);
	recall_close(&recall);
	ck_assert(!recall_open(&recall, path, take, NULL, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_int_eq(rmdir(path), 0);
	/* Nobody writes to this pipe. */
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert(!recall_open(&recall, path, take, NULL, &err));
	ck_assert_int_eq(unlink(path), 0);
}
END_TEST

/* Without memory the file stays as it was. */
START_TEST(without_memory)
{
	struct error err;

	put_file("old\n", 4);
	for (long n = 0; strcmp(kept(), "old;new;") != 0; n++) {
		ck_assert_str_eq(kept(), "old;");
		open_it(&recall);
		recall_add(&recall, "new");
		mem_fail_after(n);
		if (!recall_save(&recall, pool, &err))
			ck_assert_int_eq(err.code, ERR_NOMEM);
		recall_close(&recall);
		mem_fail_after(-1);
	}
	mem_fail_after(0);
	ck_assert(!recall_open(&recall, path, take, NULL, &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("recall");
	TCase *tc = tcase_create("history");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, keeps_lines);
	tcase_add_test(tc, is_bounded);
	tcase_add_test(tc, leaves_out_what_is_no_line);
	tcase_add_test(tc, says_what_fails);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
