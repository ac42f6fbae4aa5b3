/*
 * test_flush_olds.c - tests of src/keep/flush_olds.c and session_flush_olds.c
 *
 * Another program writes into a file that is edited. Where it writes under the
 * edits nothing is flushed, whatever the file's times say; where it does not,
 * the flush writes the edits and leaves the rest alone.
 */
#include "config.h"

#include "session.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "space/space.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct session *session;
static struct error err;
static char *shelf;
static char said[DESK_SAID];

static void start(const struct sys *sys)
{
	session = desk_session(sys, shelf);
	desk_hear(session, said);
}

static void setup(void)
{
	desk_begin();
	shelf = desk_shelf();
	desk_file("a", "aaaa");
	desk_file("b", "bbbbbb");
	desk_file("c", "cccccccc");
	start(&faults_sys);
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
}

static const char *on_disk(void)
{
	return desk_files("abc");
}

static void put(uint64_t addr, const char *text)
{
	desk_put(session, addr, strlen(text), text);
}

static bool try_flush(unsigned flags)
{
	return desk_flush(session, flags, NULL, &err);
}

static void refuses(const char *part)
{
	char was[64];

	strcpy(was, on_disk());
	ck_assert(!try_flush(0));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert_msg(strstr(err.text, part) != NULL, "%s", err.text);
	ck_assert(!session_flush_is_open(session));
	ck_assert_str_eq(on_disk(), was);
	ck_assert_uint_gt(session_edited(session), 0);
}

/* Another program writes into b, and nobody can see when. */
static void write_unseen(off_t at, const char *bytes)
{
	struct stat st;
	int fd = open("b", O_RDWR);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_gt(pwrite(fd, bytes, strlen(bytes), at), 0);
	ck_assert_int_eq(futimens(fd, (struct timespec[]){ st.st_atim,
	                                                   st.st_mtim }),
	                 0);
	close(fd);
}

static int frozen_stat(const char *path, struct sys_stat *st)
{
	int res = faults_sys.stat(path, st);

	st->mtime = st->ctime = 1;
	return res;
}

static int frozen_fstat(int fd, struct sys_stat *st)
{
	int res = faults_sys.fstat(fd, st);

	st->mtime = st->ctime = 1;
	return res;
}

static int frozen_stat_in(int folder, const char *name, struct sys_stat *st)
{
	int res = faults_sys.stat_in(folder, name, st);

	st->mtime = st->ctime = 1;
	return res;
}

START_TEST(a_write_that_no_time_tells)
{
	struct sys frozen = faults_sys;

	frozen.stat = frozen_stat;
	frozen.fstat = frozen_fstat;
	session_free(session);
	start(&frozen);
	desk_open(session, "a;b;c");
	put(0, "x");
	put(5, "y");
	put(7, "z");
	write_unseen(3, "!");
	refuses("b: 1 byte under its edits is another now: "
	        "0x3; 0x3 was 62 and is 21 now");
	write_unseen(3, "b");
	write_unseen(1, "!");
	refuses("0x1 was 62 and is 21 now");
	write_unseen(1, "b");
	/* Beside the edits it may write. */
	write_unseen(0, "!");
	write_unseen(2, "?");
	must(try_flush(0), &err);
	ck_assert_str_eq(on_disk(), "xaaa!y?zbbcccccccc");
	session_free(session);
	session = NULL;
}
END_TEST

/* What was taken back hides nothing. */
START_TEST(a_write_where_edits_were)
{
	desk_open(session, "a;b;c");
	put(4, "uvw");
	must(session_undo(session, &err), &err);
	put(5, "y");
	write_unseen(0, "!");
	write_unseen(2, "?");
	must(try_flush(0), &err);
	ck_assert_str_eq(on_disk(), "aaaa!y?bbbcccccccc");
	ck_assert_str_eq(said, "b: another program has written to it, but not "
	                       "under its edits");
}
END_TEST

/* What a flush has written is what is under the edits behind it. */
START_TEST(a_write_behind_a_flush_of_one)
{
	uint64_t id;

	desk_open(session, "a;b;c");
	id = document_id(space_segment(session_space(session), 1)->doc);
	put(0, "x");
	put(5, "y");
	(void)desk_flush_one(session, id);
	put(5, "z");
	write_unseen(1, "b");
	refuses("0x1 was 79 and is 62 now");
	write_unseen(1, "y");
	must(try_flush(0), &err);
	ck_assert_str_eq(on_disk(), "xaaabzbbbbcccccccc");
}
END_TEST

/* Bytes go, and nobody knows what they were: times decide. */
START_TEST(a_write_under_much)
{
	static char much[70000];

	memset(much, 'm', sizeof(much));
	free(scratch_file("b", much, sizeof(much)));
	desk_open(session, "b");
	desk_put(session, 10, 66000, "");
	write_unseen(5, "!");
	ck_assert(!try_flush(0));
	ck_assert_int_eq(err.code, ERR_CHANGED);
	ck_assert_msg(strstr(err.text, "was written to by another program"),
	              "%s", err.text);
	must(try_flush(FLUSH_ANYWAY), &err);
}
END_TEST

/* Many small edits, of which one in the middle does not fit any more. */
START_TEST(a_write_under_many)
{
	static char many[4096];

	memset(many, 'm', sizeof(many));
	free(scratch_file("b", many, sizeof(many)));
	desk_open(session, "b");
	for (uint64_t i = 0; i < 300; i++)
		put(i * 1237 % 4096, "x");
	write_unseen(2474, "!");
	ck_assert(!try_flush(0));
	ck_assert_msg(strstr(err.text, "another now: 0x9aa; 0x9aa was 6d and "
	                               "is 21 now"),
	              "%s", err.text);
	write_unseen(2474, "m");
	write_unseen(2475, "!");
	must(try_flush(0), &err);
}
END_TEST

/* Lengths change, too. Who writes to a file that is made anew would write to
   what is there no longer: so times count there. */
START_TEST(a_write_under_a_deletion)
{
	struct sys frozen = faults_sys;

	frozen.stat = frozen_stat;
	frozen.fstat = frozen_fstat;
	frozen.stat_in = frozen_stat_in;
	session_free(session);
	start(&frozen);
	desk_open(session, "a;b;c");
	put(0, "x");
	desk_put(session, 6, 2, "");
	write_unseen(3, "!");
	refuses("0x3 was 62 and is 21 now");
	write_unseen(3, "b");
	write_unseen(5, "!");
	must(try_flush(0), &err);
	ck_assert_str_eq(on_disk(), "xaaabbb!cccccccc");
	session_free(session);
	session = NULL;
}
END_TEST

START_TEST(a_write_beside_a_deletion)
{
	desk_open(session, "a;b;c");
	desk_put(session, 6, 2, "");
	write_unseen(5, "!");
	refuses("b: was written to by another program");
	must(session_reload(session, 0, false, &err), &err);
	must(try_flush(0), &err);
	ck_assert_str_eq(on_disk(), "aaaabbb!cccccccc");
}
END_TEST

/* A model: bytes of b are edited, taken back and written by another program;
   the flush knows whether one of those that are hidden is another. */
static void one_case(uint64_t *seed)
{
	enum { LEN = 200 };
	char was[LEN], now[LEN], shown[LEN];
	bool fits = true;

	memset(was, 'b', LEN);
	free(scratch_file("b", was, LEN));
	desk_open(session, "b");
	memcpy(shown, was, LEN);
	memcpy(now, was, LEN);
	for (uint64_t n = random_below(seed, 80) + 1; n > 0; n--) {
		uint64_t at = random_below(seed, LEN);
		char text[2] = { (char)('A' + random_below(seed, 26)), 0 };

		put(at, text);
		if (random_below(seed, 3) == 0)
			must(session_undo(session, &err), &err);
		else
			shown[at] = text[0];
	}
	for (uint64_t n = random_below(seed, 3); n > 0; n--) {
		uint64_t at = random_below(seed, LEN);

		now[at] = '!';
		write_unseen((off_t)at, "!");
	}
	for (size_t i = 0; i < LEN; i++)
		fits = fits && (shown[i] == was[i] || now[i] == was[i]);
	for (size_t i = 0; i < LEN; i++)
		if (shown[i] != was[i])
			now[i] = shown[i];
	if (session_edited(session) > 0)
		ck_assert_int_eq(try_flush(0), fits);
	if (fits && session_edited(session) == 0 &&
	    memcmp(shown, was, LEN) != 0) {
		char got[LEN];
		FILE *in = fopen("b", "r");

		ck_assert_ptr_nonnull(in);
		ck_assert_uint_eq(fread(got, 1, LEN, in), LEN);
		ck_assert_int_eq(fclose(in), 0);
		ck_assert_mem_eq(got, now, LEN);
	}
}

START_TEST(as_a_model_says)
{
	uint64_t seed = random_seed();

	for (uint64_t n = cases(100); n > 0; n--) {
		one_case(&seed);
		session_free(session);
		start(&faults_sys);
	}
}
END_TEST

static void edit_three(void)
{
	desk_file("b", "bbbbbb");
	desk_open(session, "a;b;c");
	for (uint64_t i = 0; i < 6; i++)
		put(i * 3, "xy");
	write_unseen(3, "!");
}

START_TEST(memory_runs_out)
{
	bool ok = false;

	for (int64_t n = 0; !ok; n++) {
		session_free(session);
		start(&faults_sys);
		desk_file("a", "aaaa");
		desk_file("c", "cccccccc");
		edit_three();
		mem_fail_after(n);
		ok = !try_flush(0) && err.code == ERR_CHANGED;
		mem_fail_after(-1);
		ck_assert_msg(ok || err.code == ERR_NOMEM, "%s", err.text);
		ck_assert_str_eq(on_disk(), "aaaabbb!bbcccccccc");
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("flush_olds");
	TCase *tc = tcase_create("flush_olds");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, a_write_that_no_time_tells);
	tcase_add_test(tc, a_write_where_edits_were);
	tcase_add_test(tc, a_write_behind_a_flush_of_one);
	tcase_add_test(tc, a_write_under_much);
	tcase_add_test(tc, a_write_under_many);
	tcase_add_test(tc, a_write_under_a_deletion);
	tcase_add_test(tc, a_write_beside_a_deletion);
	tcase_add_test(tc, as_a_model_says);
	tcase_add_test(tc, memory_runs_out);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
