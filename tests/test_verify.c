/*
 * test_verify.c - tests of the command verify, src/command/checklist.c and
 * explain.c
 *
 * The model keeps the bytes of when the list was made. What was changed since
 * by edits alone must be explained; a byte that another program has written,
 * where no edit is, must make its block unexplained, and no other one. What was
 * flushed, and by earlier runs, is in tests/batch/verify.t.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "command/context.h"
#include "command/run.h"
#include "session.h"
#include "space/ranges.h"
#include "space/view.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "tests/trial.h"

enum {
	FILE_BYTES = 300,
	MOST = 4096,
};

static struct trial t;

static void setup(void)
{
	const char *const inputs[] = { "one", "two", NULL };
	unsigned char bytes[FILE_BYTES];

	(void)scratch();
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
	trial_file("one", bytes, sizeof(bytes));
	trial_file("two", bytes, sizeof(bytes));
	trial_begin(&t, inputs);
	faults_skip_syncs();
}

static void teardown(void)
{
	trial_end(&t);
	(void)unlink("list");
}

static size_t load(unsigned char dst[MOST])
{
	size_t size = (size_t)space_size(context_space(&t.ctx));
	struct runs runs = { 0 };
	struct error err;

	ck_assert_uint_le(size, MOST);
	must(view_read(session_view(t.ctx.session), 0, dst, size, 0, &runs,
	               &err),
	     &err);
	runs_free(&runs);
	return size;
}

/* One edit; `moves`: it may change the length. */
static void edit(uint64_t *seed, bool moves)
{
	uint64_t size = space_size(context_space(&t.ctx));
	uint64_t at = random_below(seed, size - 40);
	char line[100];

	switch (1 + random_below(seed, moves ? 5 : 3)) {
	case 1:
		snprintf(line, sizeof(line), "0x%" PRIx64 " put {%02x 00 ab}",
		         at, (unsigned)random_below(seed, 256));
		break;
	case 2:
		snprintf(line, sizeof(line),
		         "0x%" PRIx64 ",+%" PRIu64 " fill {%02x}", at,
		         1 + random_below(seed, 39),
		         (unsigned)random_below(seed, 256));
		break;
	case 3:
		snprintf(line, sizeof(line), "0x%" PRIx64 ",+9 op xor {ff}",
		         at);
		break;
	case 4:
		snprintf(line, sizeof(line), "0x%" PRIx64 " insert {01 02}",
		         at);
		break;
	default:
		snprintf(line, sizeof(line), "0x%" PRIx64 ",+3 delete", at);
		break;
	}
	trial_must(&t, line);
}

/* Another program writes a byte of the first file, where there is no edit since
   the list was made. Its address; UINT64_MAX: there is none to be seen. */
static uint64_t meddle(uint64_t *seed, const unsigned char *then,
                       const unsigned char *now)
{
	static unsigned char after[MOST];
	uint64_t at = random_below(seed, FILE_BYTES);
	unsigned char byte;
	int fd;

	for (uint64_t i = at < 45 ? 0 : at - 45; i < at + 45; i++)
		if (then[i] != now[i])
			return UINT64_MAX;
	byte = (unsigned char)(now[at] ^ 0x80);
	fd = open("one", O_WRONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
	/* An edit may have written the byte that was there, and hides this
	   one. */
	load(after);
	return after[at] == now[at] ? UINT64_MAX : at;
}

/* Is this block among what was printed, and with which answer? */
static const char *answer_of(const char *text, uint64_t start, uint64_t len)
{
	static char answer[32];
	char want[64];
	const char *at;

	snprintf(want, sizeof(want), "0x%" PRIx64 " %" PRIu64 " #", start, len);
	for (at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, want, strlen(want)) != 0)
			continue;
		at = strchr(at, '#');
		ck_assert_int_eq(sscanf(at, "%*s %31s", answer), 1);
		return answer;
	}
	return "";
}

static void check_answers(const unsigned char *then, size_t size,
                          uint64_t block, uint64_t meddled)
{
	static unsigned char now[MOST];
	const char *text;
	size_t size_now = load(now);

	trial_must(&t, "verify list");
	text = trial_output(&t, NULL);
	for (uint64_t at = 0; at < size; at += block) {
		uint64_t end = u64_min(at + block, size);
		bool same = end <= size_now &&
		            memcmp(then + at, now + at, end - at) == 0;
		const char *got =
			answer_of(text, at, u64_min(end, size_now) - at);

		if (end > size_now)
			continue;
		if (same)
			ck_assert_msg(!*got, "0x%" PRIx64 ": %s", at, got);
		else if (meddled >= at && meddled < end)
			ck_assert_str_eq(got, "unexplained");
		else
			ck_assert_msg(strcmp(got, "explained") == 0,
			              "0x%" PRIx64 ": '%s' in\n%s", at, got,
			              text);
	}
}

START_TEST(known_edits_explain)
{
	static unsigned char then[MOST], now[MOST];
	uint64_t seed = random_seed();
	size_t meddled = 0;

	for (size_t n = cases(150); n > 0; n--) {
		uint64_t block = 1 + random_below(&seed, 200);
		bool moves = random_below(&seed, 3) == 0;
		uint64_t at = UINT64_MAX;
		char line[80];
		size_t size;

		setup();
		for (size_t k = random_below(&seed, 4); k > 0; k--)
			edit(&seed, moves);
		snprintf(line, sizeof(line),
		         "hash crc32 crc32c -b %" PRIu64 " > list", block);
		trial_must(&t, line);
		(void)trial_output(&t, NULL);
		size = load(then);
		for (size_t k = random_below(&seed, 6); k > 0; k--)
			edit(&seed, moves);
		if (!moves) {
			load(now);
			at = meddle(&seed, then, now);
			meddled += at != UINT64_MAX;
		}
		(void)trial_output(&t, NULL);
		check_answers(then, size, block, at);
		teardown();
	}
	ck_assert(meddled > 0 || cases(150) < 20);
}
END_TEST

START_TEST(more_steps_than_are_tried)
{
	char line[64];

	setup();
	trial_must(&t, "hash crc32 -b 50 > list");
	for (unsigned i = 0; i < 200; i++) {
		snprintf(line, sizeof(line), "%u put {%02x}", i % 90, i & 255U);
		trial_must(&t, line);
	}
	(void)trial_output(&t, NULL);
	/* The start of the history always is. */
	trial_must(&t, "verify list as %d");
	ck_assert_ptr_nonnull(strstr(trial_output(&t, NULL),
	                             "2 differ, 0 of them unexplained"));
	ck_assert_uint_eq(ranges_count(sets_find(&t.ctx.sets, "d")), 2);
	ck_assert_int_eq(t.ctx.status, 1);
	teardown();
}
END_TEST

START_TEST(memory_runs_out)
{
	bool ok = false;

	for (long n = 0; !ok; n++) {
		setup();
		trial_must(&t, "hash crc32 -b 50 > list");
		trial_must(&t, "5 put {00}; 300 put {01 02}; 2 insert {00}");
		(void)trial_output(&t, NULL);
		mem_fail_after(n);
		ok = trial_run(&t, "verify list as %d");
		mem_fail_after(-1);
		ck_assert_msg(ok || t.err.code == ERR_NOMEM, "%ld: %s", n,
		              t.err.text);
		ok = ok && !t.out.failed;
		teardown();
	}
}
END_TEST

START_TEST(lists_that_cannot_be_read)
{
	setup();
	trial_must(&t, "hash crc32 -b 50 > list");
	(void)trial_output(&t, NULL);
	for (size_t k = 0; k < 6; k++) {
		faults_reset();
		faults_fail(FAULT_READ, k, 1, EIO);
		if (trial_run(&t, "verify list")) {
			ck_assert(!faults_happened());
			break;
		}
		ck_assert_int_eq(t.err.code, ERR_IO);
	}
	faults_reset();
	/* Bytes that cannot be read are not compared, and not taken for
	   equal. */
	faults_bad(120, 1, false);
	ck_assert(!trial_run(&t, "verify list"));
	ck_assert_int_eq(t.err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(trial_output(&t, NULL), "unreadable"));
	teardown();
}
END_TEST

/* The list is read by the job: the editor goes on meanwhile, and can stop
   it. */
START_TEST(stopped_while_the_list_is_read)
{
	char name[COMMAND_NAME];
	struct error err;
	struct job *job;

	setup();
	trial_must(&t, "hash crc32 -b 1 > list");
	(void)trial_output(&t, NULL);
	t.ctx.batch = false;
	faults_hold(FAULT_READ, 0);
	must(run_line(&t.ctx, "verify list", 11, name, &err), &err);
	faults_await_held();
	job = t.ctx.task->job;
	context_cancel(&t.ctx);
	ck_assert_ptr_null(t.ctx.task);
	faults_release();
	job_wait(job);
	ck_assert(context_reap(&t.ctx, job));
	ck_assert_str_eq(trial_output(&t, NULL), "");
	teardown();
}
END_TEST

/* Of two files of one name in two folders a list from elsewhere means neither;
   and what is shown in part is not compared. */
START_TEST(files_that_a_list_means)
{
	const char *const inputs[] = { "one", "sub/one", NULL };

	setup();
	trial_end(&t);
	ck_assert_int_eq(mkdir("sub", 0700), 0);
	trial_file("sub/one", "other", 5);
	trial_begin(&t, inputs);
	trial_must(&t, "open two skip 1");
	trial_file("list", "00000000  /nowhere/one\n", 23);
	trial_fails(&t, "verify list", ERR_STATE,
	            "list: none of the files that it lists is open, whole", 0);
	trial_file("list", "00000000  two\n", 14);
	trial_fails(&t, "verify list", ERR_STATE,
	            "list: none of the files that it lists is open, whole", 0);
	trial_file("list", "00000000  sub/one\n", 18);
	trial_must(&t, "verify list");
	ck_assert_ptr_nonnull(strstr(trial_output(&t, NULL), "0x12c 5 #2:"));
	teardown();
}
END_TEST

START_TEST(editor_keeps_sets)
{
	char name[COMMAND_NAME];
	struct error err;

	setup();
	trial_must(&t, "hash crc32 -b 50 > list; 5 put {ff}");
	(void)trial_output(&t, NULL);
	t.ctx.batch = false;
	must(run_line(&t.ctx, "verify list", 11, name, &err), &err);
	context_cancel(&t.ctx);
	ck_assert_ptr_null(t.ctx.task);
	/* It may be reading still. */
	while (pool_running(session_pool(t.ctx.session)) > 0)
		(void)sched_yield();
	teardown();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("verify");
	TCase *tc = tcase_create("verify");

	tcase_add_test(tc, known_edits_explain);
	tcase_add_test(tc, more_steps_than_are_tried);
	tcase_add_test(tc, memory_runs_out);
	tcase_add_test(tc, lists_that_cannot_be_read);
	tcase_add_test(tc, stopped_while_the_list_is_read);
	tcase_add_test(tc, files_that_a_list_means);
	tcase_add_test(tc, editor_keeps_sets);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
