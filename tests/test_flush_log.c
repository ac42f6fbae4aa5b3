/*
 * test_flush_log.c - tests of src/keep/flush_log.c, and of flushes without a
 * journal
 */
#include "config.h"

#include "keep/flush_log.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "keep/journal.h"
#include "session.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct error err;
static struct session *session;
static char said[DESK_SAID];

/* --- the log ------------------------------------------------------------- */

START_TEST(records)
{
	static const char text[] = "0123456789";
	struct flush_log log = { 0 };
	uint64_t off[20];
	struct record record;
	const uint8_t *payload;

	for (uint16_t i = 0; i < ARRAY_LEN(off); i++) {
		struct journal_part parts[] = { { text, i / 2 },
			                        { text, i - i / 2 } };

		must(flush_log_put(&log, 16 + i, parts, ARRAY_LEN(parts),
		                   &off[i], &err),
		     &err);
	}
	for (uint16_t i = 0; i < ARRAY_LEN(off); i++) {
		uint64_t at = off[i] - RECORD_HEAD;

		/* None begins at 0, and one follows the other. */
		ck_assert_uint_gt(at, 0);
		must(flush_log_look(&log, at, &record, &payload, &err), &err);
		ck_assert_uint_eq(record.type, 16 + i);
		ck_assert_uint_eq(record.len, i);
		ck_assert_int_eq(memcmp(payload, text, i / 2), 0);
		ck_assert_int_eq(memcmp(payload + i / 2, text, i - i / 2), 0);
		if (i + 1 < (uint16_t)ARRAY_LEN(off))
			ck_assert_uint_eq(at + record_size(record.len),
			                  off[i + 1] - RECORD_HEAD);
	}
	must(flush_log_number(&log, RECORD_RELEASED, 1, &err) &&
	             flush_log_commit(&log, &err) &&
	             flush_log_sync(&log, &err) &&
	             flush_log_finish(&log, NULL, 0, &err),
	     &err);
	ck_assert_uint_eq(flush_log_group(&log), 0);
	flush_log_cancel(&log);
	ck_assert_uint_eq(log.len, 0);
	flush_log_free(&log);
}
END_TEST

START_TEST(too_much)
{
	static const char text[1000];
	struct journal_part part = { text, sizeof(text) };
	struct flush_log log = { 0 };
	uint64_t off;
	size_t n = 0;

	while (flush_log_put(&log, 18, &part, 1, &off, &err))
		n++;
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_uint_gt(n, 2);
	/* What was there is there. */
	ck_assert_uint_ge(log.len, n * sizeof(text));
	flush_log_free(&log);
}
END_TEST

/* --- flushes ------------------------------------------------------------- */

static void setup(void)
{
	desk_begin();
	desk_file("a", "aaaa");
	desk_file("b", "bbbbbb");
	session = desk_session(&faults_sys, NULL);
	desk_hear(session, said);
	desk_open(session, "a;b");
	said[0] = '\0';
}

static void teardown(void)
{
	desk_finish(&session);
}

static bool flush(unsigned flags)
{
	return desk_flush(session, flags, NULL, &err);
}

static const char *on_disk(void)
{
	return desk_files("ab");
}

START_TEST(only_if_asked)
{
	desk_put(session, 1, 2, "XX");
	ck_assert(!flush(0));
	ck_assert_int_eq(err.code, ERR_STATE);
	ck_assert_ptr_nonnull(strstr(err.text, "there is no journal"));
	ck_assert_str_eq(on_disk(), "aaaabbbbbb");
	must(flush(FLUSH_ANYWAY), &err);
	ck_assert_ptr_nonnull(strstr(said, "no journal"));
	ck_assert_str_eq(on_disk(), "aXXabbbbbb");
}
END_TEST

/* Over the seam, one file longer, and all the way back. */
START_TEST(there_and_back)
{
	char text[DESK_TEXT];
	struct view *before = view_ref(session_view(session));

	desk_put(session, 3, 2, "XY");
	must(desk_splice(session, desk_end(session, 2), 0, "Z", 0, &err), &err);
	must(flush(FLUSH_ANYWAY), &err);
	ck_assert_str_eq(on_disk(), "aaaXYbbbbbZ");
	desk_shows(session, "aaaXYbbbbbZ");
	(void)desk_text(before, text);
	ck_assert_str_eq(text, "aaaabbbbbb");
	must(session_undo(session, &err) && session_undo(session, &err), &err);
	must(flush(FLUSH_ANYWAY), &err);
	ck_assert_str_eq(on_disk(), "aaaabbbbbb");
	desk_shows(session, "aaaabbbbbb");
	must(session_redo(session, &err), &err);
	desk_shows(session, "aaaXYbbbbb");
	view_unref(before);
}
END_TEST

static const enum fault_call calls[] = { FAULT_OPEN, FAULT_PREAD, FAULT_PWRITE,
	                                 FAULT_SYNC_DATA, FAULT_FSTAT };

/* Each call fails once, or from then on: then no file is half written that
   could be taken back. */
START_TEST(a_call_fails)
{
	bool happened = true;

	for (size_t n = 0; happened; n++) {
		for (size_t times = 1; times <= 2; times++) {
			teardown();
			setup();
			desk_put(session, 3, 2, "XY");
			faults_fail(calls[_i], n, times == 1 ? 1 : SIZE_MAX,
			            EIO);
			if (flush(FLUSH_ANYWAY))
				ck_assert_str_eq(on_disk(), "aaaXYbbbbb");
			else if (!session_flush_is_open(session))
				ck_assert_str_eq(on_disk(), "aaaabbbbbb");
			happened = faults_happened();
			faults_reset();
			must(flush(FLUSH_ANYWAY), &err);
			ck_assert_str_eq(on_disk(), "aaaXYbbbbb");
		}
	}
}
END_TEST

START_TEST(without_memory)
{
	bool ok = false;

	desk_put(session, 3, 2, "XY");
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = flush(FLUSH_ANYWAY);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
		ck_assert_str_eq(on_disk(), ok || session_flush_is_open(session)
		                                    ? "aaaXYbbbbb"
		                                    : "aaaabbbbbb");
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("flush log");
	TCase *log = tcase_create("log");
	TCase *tc = tcase_create("flushes");

	tcase_add_test(log, records);
	tcase_add_test(log, too_much);
	suite_add_tcase(s, log);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, only_if_asked);
	tcase_add_test(tc, there_and_back);
	tcase_add_loop_test(tc, a_call_fails, 0, ARRAY_LEN(calls));
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
