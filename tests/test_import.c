/*
 * test_import.c - tests of the commands export and import
 *
 * A space of some files is a naive array; what an export of it says is imported
 * elsewhere, and must be there as it was. Faults, memory and what the formats
 * cannot do stand in tables.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "command/context.h"
#include "edit/store.h"
#include "session.h"
#include "space/view.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "tests/trial.h"

enum { SIZE = 3000 };

static struct trial t;

static void setup(void)
{
	const char *const none[] = { NULL };
	unsigned char bytes[SIZE];

	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = i % 1000 < 600 ? 0 : (unsigned char)(i * 7);
	trial_begin(&t, none);
	trial_file("a", bytes, SIZE);
	trial_file("b", "0123456789", 10);
	(void)unlink("x");
	(void)unlink("x.map");
}

static void teardown(void)
{
	trial_end(&t);
}

/* All bytes of the space. */
static size_t load(unsigned char *dst, size_t room)
{
	size_t size = (size_t)space_size(context_space(&t.ctx));
	struct runs runs = { 0 };
	struct error err;

	ck_assert_uint_le(size, room);
	must(view_read(session_view(t.ctx.session), 0, dst, size, 0, &runs,
	               &err),
	     &err);
	runs_free(&runs);
	return size;
}

static const char *const formats[] = { "raw",    "hex",  "c",   "python",
	                               "base64", "ihex", "srec" };

/* What a range was in one file it becomes in another, over or inserted. */
START_TEST(what_is_exported_is_imported)
{
	uint64_t seed = random_seed();
	unsigned char want[3 * SIZE], is[3 * SIZE];
	const char *format = formats[_i];
	bool addressed = strcmp(format, "hex") == 0 || _i > 4;

	for (size_t n = cases(60); n > 0; n--) {
		uint64_t start = random_below(&seed, SIZE);
		uint64_t len = 1 + random_below(&seed, SIZE - start);
		uint64_t at = random_below(&seed, SIZE - len + 1);
		bool insert = random_below(&seed, 2);
		bool absolute = addressed && !insert && random_below(&seed, 2);
		char line[200];
		size_t size;

		teardown();
		setup();
		trial_must(&t, "open a");
		load(is, sizeof(is));
		snprintf(line, sizeof(line),
		         "0x%" PRIx64 ",+%" PRIu64 " export x %s", start, len,
		         format);
		trial_must(&t, line);
		/* Put something else there, and take it in again. */
		trial_must(&t, "0,$ op xor {55}");
		size = load(want, sizeof(want));
		if (absolute)
			at = start;
		if (insert)
			memmove(want + at + len, want + at, size - at);
		memcpy(want + at, is + start, len);
		if (absolute)
			snprintf(line, sizeof(line), "import x %s", format);
		else
			snprintf(line, sizeof(line),
			         "0x%" PRIx64 " import x %s %s", at, format,
			         insert ? "insert" : "");
		trial_must(&t, line);
		size += insert ? len : 0;
		ck_assert_uint_eq(load(is, sizeof(is)), size);
		ck_assert_int_eq(memcmp(is, want, size), 0);
		/* One step. */
		(void)trial_output(&t, NULL);
		trial_must(&t, "undo; undo");
		ck_assert_uint_eq(load(want, sizeof(want)), SIZE);
		ck_assert_int_eq(memcmp(want + start, is + at, len), 0);
	}
}
END_TEST

/* Gaps are left out of what has addresses, and stay what they are. */
START_TEST(gaps_are_left_out)
{
	unsigned char is[100];

	trial_must(&t, "open b; open gap:6; open b");
	trial_fails(&t, "export x hex", ERR_STATE,
	            "the byte at 0xa has no value (gap); "
	            "--unreadable=skip or fill:VALUE goes on",
	            0);
	ck_assert_int_ne(access("x", F_OK), 0);
	ck_assert_int_ne(access("x.hxtmp", F_OK), 0);
	trial_must(&t, "export x hex --unreadable=skip");
	ck_assert_str_eq(t.said, "export: 6 bytes without values left out, "
	                         "listed in x.map");
	(void)trial_output(&t, NULL);
	trial_must(&t, "0,10 fill zero; 16,26 fill zero; import x hex");
	load(is, sizeof(is));
	ck_assert_int_eq(memcmp(is, "0123456789", 10), 0);
	ck_assert_int_eq(memcmp(is + 16, "0123456789", 10), 0);
	/* What cannot be is refused before all of it has been read. */
	trial_fails(&t, "0 import x hex insert", ERR_READONLY,
	            "#1 b: the length cannot change: #2 shows the same file",
	            0);
	/* That is two pieces: they cannot be inserted as one. */
	trial_must(&t, "open memory:4");
	trial_fails(&t, "#3:1 import x hex insert", ERR_RANGE,
	            "x has no bytes for 0xa: such bytes cannot be inserted", 0);
	trial_must(&t, "undo 2; #1 export! x hex");
	(void)trial_output(&t, NULL);
	trial_fails(&t, "8 import x hex", ERR_STATE, "no file is mapped at 0xa",
	            0);
}
END_TEST

static const struct {
	const char *line, *text;
	enum err code;
	size_t column;
} refused[] = {
	{ "import",
	  "usage: import FILE "
	  "[raw|hex|c|python|base64|ihex|srec] [insert]",
	  ERR_SYNTAX, 7 },
	{ "import b text",
	  "unknown format 'text' (raw hex c python base64 ihex srec)",
	  ERR_SYNTAX, 10 },
	{ "import b hex hex",
	  "usage: import FILE "
	  "[raw|hex|c|python|base64|ihex|srec] [insert]",
	  ERR_SYNTAX, 14 },
	{ "import none", "none: No such file or directory", ERR_IO, 0 },
	{ "import .", ". is not a regular file", ERR_STATE, 0 },
	{ "import empty", "empty has no bytes", ERR_NO, 0 },
	{ "import b ihex", "b: line 1: a record begins with ':'", ERR_SYNTAX,
	  0 },
	{ "import twice hex", "address 0x1 is in it more than once", ERR_SYNTAX,
	  0 },
	{ "import far hex", "0x1000 is past the end (size 0xa)", ERR_RANGE, 0 },
	{ "5 import both hex", "the addresses of both are too far apart",
	  ERR_RANGE, 0 },
	{ "1 import b",
	  "10 bytes at 0x1 would pass the end of the space (size 0xa)",
	  ERR_RANGE, 0 },
	{ "$ import b", "there is no byte at the end of the space (size 0xa)",
	  ERR_RANGE, 0 },
	{ "export b", "b is open: nothing is written over it", ERR_STATE, 0 },
	{ "export x row",
	  "unknown format 'row' (raw hex c python base64 ihex srec text dec "
	  "digits)",
	  ERR_SYNTAX, 10 },
	{ "export a", "a is there already (export! writes over it)", ERR_STATE,
	  0 },
	{ "export none/x c", "none/x: No such file or directory", ERR_IO, 0 },
};

START_TEST(refuses)
{
	trial_file("empty", "", 0);
	trial_file("twice", "0: 0102\n5: 01\n1: 03\n", 19);
	trial_file("far", "1000: 01\n", 9);
	trial_file("both", "0: 01\nfffffffffffffffc: 01\n", 27);
	trial_must(&t, "open b");
	trial_fails(&t, refused[_i].line, refused[_i].code, refused[_i].text,
	            refused[_i].column);
	/* Nothing has changed. */
	trial_must(&t, "edits");
	ck_assert_str_eq(trial_output(&t, NULL), "");
}
END_TEST

START_TEST(records_end_at_4_gib)
{
	trial_must(&t, "open b at 0xfffffffa");
	trial_fails(&t, "#1 export x ihex", ERR_RANGE,
	            "ihex records end at 4 GiB: 0x100000003 is past that", 0);
	trial_must(&t, "0xfffffffa,+6 export x ihex");
}
END_TEST

START_TEST(an_edit_meanwhile_ends_it)
{
	trial_must(&t, "open b; open a");
	t.ctx.batch = false;
	trial_must(&t, "10 import b");
	trial_must(&t, "0 put \"x\"");
	ck_assert(!context_wait(&t.ctx, &t.err));
	ck_assert_int_eq(t.err.code, ERR_CHANGED);
	ck_assert_str_eq(t.err.text,
	                 "other edits were made meanwhile: nothing is changed");
	trial_must(&t, "undo; 10 import b");
	must(context_wait(&t.ctx, &t.err), &t.err);
	ck_assert_str_eq(t.said, "10 bytes imported");
}
END_TEST

/* Zeros take no room in the store. */
START_TEST(zeros_are_a_fill)
{
	static unsigned char zeros[100000];
	uint64_t before;

	trial_file("zeros", zeros, sizeof(zeros));
	trial_must(&t, "open memory:200000");
	trial_must(&t, "import zeros");
	before = store_size(session_store(t.ctx.session));
	ck_assert_uint_lt(before, 1000);
	zeros[50000] = 1;
	trial_file("zeros", zeros, sizeof(zeros));
	trial_must(&t, "import zeros");
	ck_assert_uint_lt(store_size(session_store(t.ctx.session)), 3000);
}
END_TEST

/* --- what fails ---------------------------------------------------------- */

static const struct {
	enum fault_call call;
	int errnum;
} hurts[] = {
	{ FAULT_OPEN, EACCES },    { FAULT_FSTAT, EIO },
	{ FAULT_READ, EIO },       { FAULT_PREAD, EIO },
	{ FAULT_CLOSE, EIO },      { FAULT_STAT, EIO },
	{ FAULT_WRITE, ENOSPC },   { FAULT_SYNC, EIO },
	{ FAULT_RENAME_NEW, EIO }, { FAULT_LOCK, ENOLCK },
};

START_TEST(faults_leave_nothing)
{
	const char *lines[] = { "#1 export x ihex", "#2:0 import y ihex" };
	bool ok;

	trial_must(&t, "open b; open a; #1 export! y ihex; #2 export! z hex");
	(void)unlink("x");
	for (size_t i = 0; i < 2 * ARRAY_LEN(hurts); i++) {
		size_t nth = 0;

		do {
			faults_reset();
			faults_fail(hurts[i / 2].call, nth++, 1,
			            hurts[i / 2].errnum);
			ok = trial_run(&t, lines[i % 2]);
			if (!ok && !strstr(t.err.text, "power failure")) {
				ck_assert_int_ne(access("x", F_OK), 0);
				ck_assert_int_ne(access("x.hxtmp", F_OK), 0);
				ck_assert_uint_eq(session_edited(t.ctx.session),
				                  0);
			}
			if (ok && i % 2)
				trial_must(&t, "undo");
			(void)unlink("x");
			(void)unlink("x.hxtmp");
		} while (faults_happened());
		ck_assert(ok);
	}
}
END_TEST

START_TEST(memory_runs_out)
{
	const char *lines[] = { "export! x python", "#2:0 import x python" };
	unsigned char is[SIZE + 10];

	trial_must(&t, "open b; open a");
	for (size_t i = 0; i < 2; i++) {
		bool ok = false;

		for (long n = 0; !ok; n++) {
			mem_fail_after(n);
			ok = trial_run(&t, lines[i]);
			mem_fail_after(-1);
			ck_assert(ok || t.err.code == ERR_NOMEM);
			ck_assert(ok || session_edited(t.ctx.session) == 0);
		}
		trial_must(&t, "#1 export! x python");
	}
	load(is, sizeof(is));
	ck_assert_int_eq(memcmp(is, "01234567890123456789", 20), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("import");
	TCase *tc = tcase_create("import");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, what_is_exported_is_imported, 0,
	                    ARRAY_LEN(formats));
	tcase_add_test(tc, gaps_are_left_out);
	tcase_add_loop_test(tc, refuses, 0, ARRAY_LEN(refused));
	tcase_add_test(tc, records_end_at_4_gib);
	tcase_add_test(tc, an_edit_meanwhile_ends_it);
	tcase_add_test(tc, zeros_are_a_fill);
	tcase_add_test(tc, faults_leave_nothing);
	tcase_add_test(tc, memory_runs_out);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
