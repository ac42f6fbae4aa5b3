/* test_find.c - tests of src/command/cmd_find.c */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "command/context.h"
#include "command/run.h"
#include "find/pattern.h"
#include "session.h"
#include "space/ranges.h"
#include "tests/support.h"
#include "tests/trial.h"

static struct trial t;

/* #1 a 0..16, #2 b 16..48; the seam is in the middle of "needle". */
static void setup(void)
{
	static const char *const inputs[] = { "a", "b", NULL };

	ck_assert_int_eq(chdir(scratch()), 0);
	trial_file("a", "foo Foo\n\x12\x34 a\0nee", 16);
	trial_file("b", "dle foo b\0c\0 x1;y2 /x/ 'q' \xff\xfe..", 32);
	trial_begin(&t, inputs);
}

static void teardown(void)
{
	trial_end(&t);
}

/* --- what is printed ----------------------------------------------------- */

static const struct {
	const char *line, *want;
} lines[] = {
	{ "find /foo/", "0x0 3 #1:0x0\n" }, /* the cursor's byte is included */
	{ "1; find /foo/", "0x14 3 #2:0x4\n" },
	{ "find /foo/; next match", "0x0 3 #1:0x0\n0x14 3 #2:0x4\n" },
	{ "find -i /foo/; next match 2", "0x0 3 #1:0x0\n0x14 3 #2:0x4\n" },
	{ "find \"foo\" -i; next match", "0x0 3 #1:0x0\n0x4 3 #1:0x4\n" },
	{ "$ find -b /foo/", "0x14 3 #2:0x4\n" },
	{ "$; find -b /foo/; prev match", "0x14 3 #2:0x4\n0x0 3 #1:0x0\n" },
	{ "$; find /x/ -b; eval .", "0x24 1 #2:0x14\n36 0x24 #2:0x14\n" },
	{ "find \"needle\"; eval .", "0xd 6 #1:0xd\n13 0xd #1:0xd\n" },
	{ "#2 find /foo/", "0x14 3 #2:0x4\n" },
	{ "#2 find -b /o/", "0x16 1 #2:0x6\n" },
	{ "1,8 find /[Ff]oo/", "0x4 3 #1:0x4\n" },
	{ "0,3 find /foo$/", "0x0 3 #1:0x0\n" }, /* the range's end */
	{ "#2 find /^dle/", "0x10 3 #2:0x0\n" },
	{ "1 find /^foo|foo/",
	  "0x14 3 #2:0x4\n" }, /* an address cuts nothing */
	{ "1 find /(?<=f)oo/", "0x1 2 #1:0x1\n" },
	{ "find {12 ?4}", "0x8 2 #1:0x8\n" },
	{ "find u16be:0x1234", "0x8 2 #1:0x8\n" },
	{ "find u16be:(#2+0x1224)", "0x8 2 #1:0x8\n" },
	{ "find u16be:( 0x1224 + 16 )", "0x8 2 #1:0x8\n" },
	{ "find -e utf8,utf16le \"b\"", "0x18 1 #2:0x8 utf8\n" },
	{ "find -e utf16le,utf8 \"a\"", "0xb 2 #1:0xb utf16le\n" },
	{ "find -eutf8 \"x1\"", "0x1d 2 #2:0xd utf8\n" },
	{ "find -e utf8,utf8,latin1 \"x1\"", "0x1d 2 #2:0xd utf8\n" },
	{ "find -w \"x\"", "0x24 1 #2:0x14\n" },
	{ "find -iw \"FOO\"", "0x0 3 #1:0x0\n" },
	/* Where a ';' or a blank is part of a pattern. */
	{ "find /x1;y/; eval .", "0x1d 4 #2:0xd\n29 0x1d #2:0xd\n" },
	{ "find \"1;y2 /x\"", "0x1e 7 #2:0xe\n" },
	{ "find { 12 34 }", "0x8 2 #1:0x8\n" },
	{ "find /o F/ -- ", "0x2 3 #1:0x2\n" },
	{ "find -- /o F/", "0x2 3 #1:0x2\n" },
	/* A line that begins with the pattern. */
	{ "/foo", "0x0 3 #1:0x0\n" },
	{ "/f?oo F", "0x0 5 #1:0x0\n" },
	{ " :/foo/i; next match", "0x0 3 #1:0x0\n0x4 3 #1:0x4\n" },
	{ "/foo/ -i; 1 find", "0x0 3 #1:0x0\n0x4 3 #1:0x4\n" },
	{ "/x1;y", "0x1d 4 #2:0xd\n" }, /* all of the line */
	{ "/\\/x", "0x23 2 #2:0x13\n" },
	/* Alignment. */
	{ "find -a 4 /./s", "0x0 1 #1:0x0\n" },
	{ "1 find -a 4 /./s", "0x4 1 #1:0x4\n" },
	{ "1 find -a 4+3 /./s", "0x3 1 #1:0x3\n" },
	{ "1 find -a 4+1@3 /./s", "0x4 1 #1:0x4\n" },
	{ "1 find -a 4@#2:1 /./s", "0x1 1 #1:0x1\n" },
	{ "find -a 16 /d/", "0x10 1 #2:0x0\n" },
	{ "find -a 4+2 /o/; next match", "0x2 1 #1:0x2\n0x6 1 #1:0x6\n" },
	/* All. */
	{ "find-all /foo/i", "0x0 3 #1:0x0\n0x4 3 #1:0x4\n0x14 3 #2:0x4\n" },
	{ "40; find-all /foo/", "0x0 3 #1:0x0\n0x14 3 #2:0x4\n" },
	{ "find-all -n 1 /foo/", "0x0 3 #1:0x0\n" },
	{ "find-all -n2 /o/", "0x1 1 #1:0x1\n0x2 1 #1:0x2\n" },
	{ "#1 find-all /f/i", "0x0 1 #1:0x0\n0x4 1 #1:0x4\n" },
	{ "0 find-all /f/i", "0x0 1 #1:0x0\n" }, /* one byte */
	{ "0,8 find-all -o /o[oF ]/",
	  "0x1 2 #1:0x1\n0x2 2 #1:0x2\n0x5 2 #1:0x5\n" },
	{ "0,8 find-all /o[oF ]/", "0x1 2 #1:0x1\n0x5 2 #1:0x5\n" },
	{ "find-all -e utf16be,latin1 \"c\"", "0x19 2 #2:0x9 utf16be\n" },
	{ "count /o/", "6\n" },
	{ "count -n 2 /o/", "2\n" },
	{ "#2 count /o/", "2\n" },
	{ "find-all /foo/; next match",
	  "0x0 3 #1:0x0\n0x14 3 #2:0x4\n0x14 3 #2:0x4\n" },
	/* Sets. */
	{ "find-all /foo/i as %f; ranges; ranges show",
	  "%f 3 9\n0x0 3 #1:0x0\n0x4 3 #1:0x4\n0x14 3 #2:0x4\n" },
	{ "find-all as %f /needle/; ranges show %f", /* across the seam */
	  "0xd 6 #1:0xd\n" },
	{ "find-all -n 2 /o/ -- as %o; ranges", "%o 2 2\n" },
	{ "find-all /foo/ as %f; find-all /b/ as %f; ranges show",
	  "0x18 1 #2:0x8\n" },
	{ "find-all /foo/ as %f; find-all --in %f /o/",
	  "0x1 1 #1:0x1\n0x2 1 #1:0x2\n0x15 1 #2:0x5\n0x16 1 #2:0x6\n" },
	{ "find-all /foo/ as %f; find-all -n 3 -o --in %f /o/",
	  "0x1 1 #1:0x1\n0x2 1 #1:0x2\n0x15 1 #2:0x5\n" },
	{ "find-all /foo/ as %f; count --not-in %f /o/i", "2\n" },
	{ "find-all /foo/ as %f; #1 count --in %f /o/", "2\n" },
	{ "find-all /foo/i as %f; 0,6 ranges add %r; "
	  "find-all --in %f --not-in (%r) /[fo]/i",
	  "0x6 1 #1:0x6\n0x14 1 #2:0x4\n0x15 1 #2:0x5\n0x16 1 #2:0x6\n" },
	{ "0,2 ranges add %r; find-all --in %r /fo+$/", "0x0 2 #1:0x0\n" },
	/* What stood with the pattern stays with it. */
	{ "find-all /foo/i as %f; 1 find --in %f /./; next match; "
	  "next match 2; prev match; find",
	  "0x1 1 #1:0x1\n0x2 1 #1:0x2\n0x5 1 #1:0x5\n0x4 1 #1:0x4\n"
	  "0x4 1 #1:0x4\n" },
	{ "find-all /foo/i as %f; $ find -b --in %f /o/; prev match 3",
	  "0x16 1 #2:0x6\n0x5 1 #1:0x5\n" },
	{ "find-all /foo/ as %f; count --in %f /o/; count; ranges clear; count",
	  "4\n4\n4\n" },
	{ "find-all /foo/i as %f; next range; next range; prev range",
	  "0x4 3 #1:0x4\n0x14 3 #2:0x4\n0x4 3 #1:0x4\n" },
	{ "find-all /foo/i as %f; find-all /x/ as %x; next range %f 2",
	  "0x14 3 #2:0x4\n" },
	{ "find-all /needle/ as %n; ranges show %n and %n", /* of documents */
	  "0xd 3 #1:0xd\n0x10 3 #2:0x0\n" },
	/* From the left, and what stands in parentheses first. */
	{ "0,4 ranges add %a; 2,6 ranges add %b; 5,8 ranges add %c; "
	  "ranges show %a or %b and %c; ranges show %a or (%b and %c)",
	  "0x5 1 #1:0x5\n0x0 4 #1:0x0\n0x5 1 #1:0x5\n" },
	{ "0,4 ranges add %a; 2,6 ranges add %b; "
	  "ranges show ((%a))minus%b; ranges show %b within 0 of %a minus %b",
	  "0x0 2 #1:0x0\n" },
	{ "0,2 ranges add %a; 4,6 ranges add %b; "
	  "ranges show %a within 1 of %b; ranges show %a within 2 of %b",
	  "0x0 2 #1:0x0\n" },
	{ "find-all /foo/ as %f; find-all /needle/ as %n; close #2; "
	  "ranges show %f; ranges show %n",
	  "0x0 3 #1:0x0\n0xd 3 #1:0xd\n" },
};

START_TEST(finds_and_prints)
{
	trial_prints(&t, lines[_i].line, lines[_i].want);
}
END_TEST

static const struct {
	const char *line, *want;
} objects[] = {
	{ "find \"needle\"", "{\"addr\":13,\"at\":\"0xd\",\"len\":6,"
	                     "\"segment\":1,\"off\":13,\"file_off\":13}\n" },
	{ "find \"foo b\"", "{\"addr\":20,\"at\":\"0x14\",\"len\":5,"
	                    "\"segment\":2,\"off\":4,\"file_off\":4}\n" },
	{ "find -e utf16le \"a\"", "{\"addr\":11,\"at\":\"0xb\",\"len\":2,"
	                           "\"segment\":1,\"off\":11,\"file_off\":11,"
	                           "\"encoding\":\"utf16le\"}\n" },
	{ "find-all {12 34}", "{\"addr\":8,\"at\":\"0x8\",\"len\":2,"
	                      "\"segment\":1,\"off\":8,\"file_off\":8}\n"
	                      "{\"searched\":48,\"skipped\":0}\n" },
	{ "#1 find-all /needle/", "{\"searched\":16,\"skipped\":0}\n" },
	{ "0,0 find-all /needle/", "{\"searched\":0,\"skipped\":0}\n" },
	{ "count /o/", "{\"count\":6}\n" },
	{ "count /zzz/", "{\"count\":0}\n" },
};

START_TEST(prints_objects)
{
	t.out.json = true;
	trial_prints(&t, objects[_i].line, objects[_i].want);
}
END_TEST

static const struct {
	const char *line;
	size_t column;
	enum err code;
	const char *text;
} wrong[] = {
	{ "find /zzz/", 0, ERR_NO, "not found" },
	{ "find -b /foo/", 0, ERR_NO, "not found" }, /* nothing before 0 */
	{ "3,3 find /o/", 0, ERR_NO, "not found" },
	{ "find", 5, ERR_SYNTAX, NULL },
	{ "/", 2, ERR_SYNTAX, NULL },
	{ "next match", 0, ERR_NO, "nothing was sought yet (find)" },
	{ "prev match", 0, ERR_NO, "nothing was sought yet (find)" },
	{ "find /a/ /b/", 10, ERR_SYNTAX, NULL },
	{ "find -n 3 /a/", 7, ERR_SYNTAX, NULL },
	{ "find -o /a/", 7, ERR_SYNTAX, NULL },
	{ "find - /a/", 7, ERR_SYNTAX, NULL },
	{ "find --i /a/", 7, ERR_SYNTAX, NULL },
	{ "find -iq /a/", 8, ERR_SYNTAX, NULL },
	{ "find-all -b /a/", 11, ERR_SYNTAX, NULL },
	{ "find-all -n 0 /a/", 13, ERR_SYNTAX, "a number from 1 is needed" },
	{ "find-all -n /a/", 13, ERR_SYNTAX, "number expected" },
	{ "find-all -n 3x /a/", 14, ERR_SYNTAX, NULL },
	{ "find -a 0 /a/", 9, ERR_SYNTAX, "a number from 1 is needed" },
	{ "find -a 4+4 /a/", 11, ERR_SYNTAX, "K of N+K must be less than N" },
	{ "find -a 4@99 /a/", 11, ERR_RANGE, NULL },
	{ "find -a 4/ /a/", 10, ERR_SYNTAX, "a blank must follow" },
	{ "find -e utf7 \"a\"", 9, ERR_SYNTAX, NULL },
	{ "find -e utf8, \"a\"", 14, ERR_SYNTAX, NULL },
	{ "find -e utf8 /a/", 14, ERR_SYNTAX, NULL },
	{ "find /a(/", 9, ERR_SYNTAX, "missing closing parenthesis" },
	{ "find --in", 10, ERR_SYNTAX, "a set of ranges is named %NAME" },
	{ "find --in %no /a/", 11, ERR_RANGE, "there is no set %no" },
	{ "find --in(%a) /a/", 7, ERR_SYNTAX, NULL },
	{ "0,2 ranges add %r; find --in %r/a/", 32, ERR_SYNTAX,
	  "a blank must follow" },
	{ "0,2 ranges add %r; find --in %r /n/", 0, ERR_NO, "not found" },
	{ "0,0 ranges add %r; find --in %r /f/", 0, ERR_NO, "not found" },
	{ "find /a/ as %x", 10, ERR_SYNTAX, NULL },
	{ "count /a/ as %x", 11, ERR_SYNTAX, NULL },
	{ "find-all /a/ as", 16, ERR_SYNTAX, "a set of ranges is named %NAME" },
	{ "find-all /a/ as %x as %y", 22, ERR_SYNTAX, "as: said twice" },
	{ "find-all /a/ as %1", 18, ERR_SYNTAX, NULL },
	{ "find-all /a/ as %x%", 19, ERR_SYNTAX, "a blank must follow" },
	{ "refs -t u8 1", 9, ERR_SYNTAX, NULL },
	{ "refs -r 8 4", 0, ERR_RANGE,
	  "0x4 lies before 0x8, which -r counts from" },
	{ "refs -i 4", 7, ERR_SYNTAX, NULL },
	{ "refs 4 5", 8, ERR_SYNTAX, NULL },
	{ "refs 99", 6, ERR_RANGE, NULL },
	{ "refs 4x", 7, ERR_SYNTAX, NULL },
	{ "next range", 0, ERR_NO,
	  "there is no set yet (find-all .. as %NAME)" },
	{ "prev range %no", 12, ERR_RANGE, "there is no set %no" },
	{ "4,7 ranges add %r; next range 2", 0, ERR_NO,
	  "no range behind here" },
	{ "4,7 ranges add %r; prev range", 0, ERR_NO, "no range before here" },
	{ "ranges %a %b", 11, ERR_SYNTAX, NULL },
	{ "ranges add %a", 0, ERR_SYNTAX, NULL },
	{ "1 ranges", 1, ERR_SYNTAX, NULL },
	{ "1 ranges show", 1, ERR_SYNTAX, "ranges show takes no range" },
	{ "ranges drop", 8, ERR_SYNTAX, NULL },
	{ "0,2 ranges add %a; ranges show "
	  "((((((((((((((((((((((((((((((((%a",
	  66, ERR_SYNTAX, "')' expected" },
	{ "0,2 ranges add %a; ranges show "
	  "(((((((((((((((((((((((((((((((((%a",
	  64, ERR_SYNTAX, "more than 32 parentheses in one another" },
	{ "0 find /a(/ ; eval 1", 11, ERR_SYNTAX,
	  "missing closing parenthesis" },
	{ "find u8:(1/0)", 11, ERR_SYNTAX, "division by zero" },
	{ "find u8:(1", 11, ERR_SYNTAX, "')' expected" },
	{ "find u8:(300)", 9, ERR_SYNTAX, "300 is out of range (0 to 255)" },
	{ "find @nobody", 6, ERR_SYNTAX, NULL },
	{ "find foo", 6, ERR_SYNTAX, NULL },
	{ "#2 /foo/", 5, ERR_SYNTAX, NULL }, /* a division */
	{ "goto 1; /foo/", 9, ERR_SYNTAX, NULL },
	{ "1,2 count /(a+)+b", 11, ERR_SYNTAX,
	  "the regex is not closed: a '/' is missing" },
};

START_TEST(failures)
{
	bool ok = trial_run(&t, wrong[_i].line);

	if (ok)
		ck_abort_msg("%s was taken", wrong[_i].line);
	if (wrong[_i].text)
		ck_assert_str_eq(t.err.text, wrong[_i].text);
	ck_assert_int_eq(t.err.code, wrong[_i].code);
	if (t.err.column != wrong[_i].column)
		ck_abort_msg("%s: column %zu: %s", wrong[_i].line, t.err.column,
		             t.err.text);
}
END_TEST

/* What is not found is an answer that does not stop a run, but for find. */
START_TEST(answers_no)
{
	trial_prints(&t, "find-all /foo/", "0x0 3 #1:0x0\n0x14 3 #2:0x4\n");
	trial_prints(&t, "count /foo/", "2\n");
	ck_assert_int_eq(t.ctx.status, 0);
	trial_prints(&t, "find-all /zzz/; count /zzz/", "0\n");
	ck_assert_int_eq(t.ctx.status, 1);
}
END_TEST

/* A search that fails leaves the pattern for the next one. */
START_TEST(the_last_pattern_is_kept)
{
	trial_fails(&t, "goto 30; find -i /FOO/", ERR_NO, "not found", 0);
	ck_assert_str_eq(pattern_text(t.ctx.last_pattern), "/FOO/");
	trial_prints(&t, "prev match", "0x14 3 #2:0x4\n");
	ck_assert(!trial_run(&t, "find /a(/"));
	trial_prints(&t, "prev match", "0x4 3 #1:0x4\n");
	ck_assert(!trial_run(&t, "find -i"));
	trial_prints(&t, "find -a 4", "0x4 3 #1:0x4\n");
	trial_prints(&t, "next match", "0x14 3 #2:0x4\n");
	trial_fails(&t, "next match", ERR_NO, "not found", 0);
}
END_TEST

/* --- what cannot be searched --------------------------------------------- */

START_TEST(says_what_was_skipped)
{
	ck_assert_int_eq(truncate("b", 20), 0);
	trial_prints(&t, "find-all /foo/", "0x0 3 #1:0x0\n0x14 3 #2:0x4\n");
	ck_assert_str_eq(t.said, "find-all: 12 bytes could not be searched");
	trial_prints(&t, "count /o/", "6\n");
	ck_assert_str_eq(t.said, "count: 12 bytes could not be searched");
	trial_fails(&t, "find /zzz/", ERR_NO,
	            "not found; 12 bytes could not be searched", 0);
	t.out.json = true;
	t.said[0] = '\0';
	trial_prints(&t, "#2 find-all /q/",
	             "{\"searched\":20,\"skipped\":12}\n");
	ck_assert_str_eq(t.said, "");
}
END_TEST

START_TEST(too_many_steps)
{
	trial_file("c", "aab aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaxb", 48);
	trial_must(&t, "open c");
	ck_assert(!trial_run(&t, "find-all /(a+)+b/"));
	ck_assert_int_eq(t.err.code, ERR_LIMIT);
	ck_assert_uint_eq(t.err.addr, 52);
	/* What was found before it has been printed. */
	ck_assert_str_eq(trial_output(&t, NULL), "0x30 3 #3:0x0\n");
}
END_TEST

/* --- many ---------------------------------------------------------------- */

enum { MANY = 20000 };

/* More than a channel holds, in order. */
START_TEST(lists_many)
{
	static char bytes[MANY];
	const char *at;
	char *end;
	size_t len;

	memset(bytes, 'z', sizeof(bytes));
	trial_file("many", bytes, sizeof(bytes));
	trial_must(&t, "open many");
	trial_must(&t, "find-all /z/");
	at = trial_output(&t, &len);
	for (size_t i = 0; i < MANY; i++) {
		ck_assert_uint_eq(strtoull(at, &end, 16), 48 + i);
		at = strchr(end, '\n') + 1;
	}
	ck_assert_str_eq(at, "");
}
END_TEST

static bool refuse(void *ctx, const char *bytes, size_t len, struct error *err)
{
	(void)ctx;
	(void)bytes;
	(void)len;
	return error_sys(err, 32, "nobody reads");
}

/* A reader that has gone away ends a search that would never end. */
START_TEST(ends_when_nobody_reads)
{
	output_sink *sink = t.out.sink;

	trial_must(&t, "open memory:1T");
	t.out.sink = refuse;
	ck_assert(!trial_run(&t, "find-all {00}"));
	ck_assert_int_eq(t.err.code, ERR_CANCELLED);
	t.out.sink = sink;
	t.out.failed = false;
}
END_TEST

/* --- sets ---------------------------------------------------------------- */

START_TEST(tells_sets_as_objects)
{
	t.out.json = true;
	trial_prints(&t, "find-all /needle/ as %n",
	             "{\"set\":\"n\",\"ranges\":1,\"searched\":48,"
	             "\"skipped\":0}\n");
	trial_prints(&t, "ranges",
	             "{\"set\":\"n\",\"ranges\":1,\"bytes\":6}\n");
	trial_prints(&t, "ranges show; next range",
	             "{\"addr\":13,\"at\":\"0xd\",\"len\":6,\"segment\":1,"
	             "\"off\":13,\"file_off\":13}\n"
	             "{\"addr\":13,\"at\":\"0xd\",\"len\":6,\"segment\":1,"
	             "\"off\":13,\"file_off\":13}\n");
	trial_prints(&t, "close #1; ranges show",
	             "{\"addr\":null,\"at\":null,\"len\":6}\n");
	t.out.json = false;
	trial_prints(&t, "ranges show", "");
	ck_assert_str_eq(t.said, "ranges: 1 range is not shown now");
}
END_TEST

/* A set never holds less than what was found without anybody saying so. */
START_TEST(sets_have_a_limit)
{
	t.ctx.set_limit = 6;
	trial_prints(&t, "find-all /o/ as %o; ranges", "%o 6 6\n");
	t.ctx.set_limit = 5;
	trial_fails(&t, "find-all /o/ as %o", ERR_LIMIT,
	            "more than 5 matches, %o has the first ones (-n limits "
	            "them)",
	            0);
	trial_prints(&t, "ranges", "%o 5 5\n");
	trial_prints(&t, "find-all -n 5 /o/ as %o; ranges", "%o 5 5\n");
}
END_TEST

/* A set that is read stays what it was. */
START_TEST(sets_of_themselves)
{
	trial_must(&t, "0,4 ranges add %a; 8,9 ranges add %a");
	trial_prints(&t, "ranges %b = %a; ranges %a = %a minus %b; ranges",
	             "%a 0 0\n%b 2 5\n");
	trial_must(&t, "find-all --in %b /o/ as %b");
	trial_prints(&t, "ranges show %b", "0x1 1 #1:0x1\n0x2 1 #1:0x2\n");
	trial_prints(&t, "count", "2\n"); /* in what %b was */
	trial_must(&t, "find-all as %b");
	trial_prints(&t, "ranges show %b", "0x1 1 #1:0x1\n0x2 1 #1:0x2\n");
}
END_TEST

/* All of a file, or nothing. */
START_TEST(loads_all_or_nothing)
{
	bool ok = false;

	trial_must(&t, "find-all /foo/ as %x; find-all /o/ as %y; "
	               "ranges! save both; ranges clear; 0,1 ranges add %x");
	for (long n = 0; !ok; n++) {
		trial_prints(&t, "ranges", "%x 1 1\n");
		mem_fail_after(n);
		ok = trial_run(&t, "ranges load both");
		mem_fail_after(-1);
		ck_assert(ok || t.err.code == ERR_NOMEM);
	}
	trial_prints(&t, "ranges", "%x 2 6\n%y 6 6\n");
	trial_prints(&t, "next range", "0x1 1 #1:0x1\n");
}
END_TEST

/* Of each size and order, aligned in the segment. */
START_TEST(lists_pointers)
{
	static const unsigned char bytes[] = {
		0x08, 0, 0, 0,    0,    0,    0, 0, /* 8, of all sizes */
		0,    0, 0, 0,    0,    0,    0, 8, 0, 0x08,
		0,    0, 0, 0x08, 0x34, 0x12, 8, 0, 0, 0,
	};

	trial_file("c", bytes, sizeof(bytes));
	trial_must(&t, "close #1; close #2; open c");
	trial_prints(&t, "refs 8", "0x0 4 #3:0x0\n0x18 4 #3:0x18\n");
	trial_prints(&t, "goto 8; refs", "0x0 4 #3:0x0\n0x18 4 #3:0x18\n");
	trial_prints(&t, "refs -n 1 8", "0x0 4 #3:0x0\n");
	trial_prints(&t, "4, refs 8", "0x18 4 #3:0x18\n");
	trial_prints(&t, "refs -t u64le 8", "0x0 8 #3:0x0\n");
	trial_prints(&t, "refs 8 -t u64be", "0x8 8 #3:0x8\n");
	trial_prints(&t, "refs -t u16be -r 1 9",
	             "0xe 2 #3:0xe\n0x10 2 #3:0x10\n0x14 2 #3:0x14\n");
	trial_prints(&t, "refs -t u16le -a 1 8",
	             "0x0 2 #3:0x0\n0xf 2 #3:0xf\n0x11 2 #3:0x11\n"
	             "0x18 2 #3:0x18\n");
	trial_prints(&t, "refs -t u16le 8 as %p; ranges", "%p 2 4\n");
}
END_TEST

/* --- the editor ---------------------------------------------------------- */

/* Run a line as the editor does and wait for what it started. */
static bool edit(const char *line)
{
	bool ok;

	t.ctx.batch = false;
	ok = run_line(&t.ctx, line, strlen(line), t.name, &t.err) &&
	     context_wait(&t.ctx, &t.err);
	t.ctx.batch = true;
	return ok;
}

static void check_selection(uint64_t from, uint64_t to)
{
	uint64_t start, end;

	ck_assert(context_selection(&t.ctx, &start, &end));
	ck_assert_uint_eq(start, from);
	ck_assert_uint_eq(end, to);
	ck_assert_uint_eq(t.ctx.cursor.addr, from);
}

START_TEST(the_editor_selects_and_wraps)
{
	must(edit("find /foo/i"), &t.err);
	check_selection(0, 3);
	must(edit("next match"), &t.err);
	check_selection(4, 7);
	must(edit("next match"), &t.err);
	check_selection(20, 23);
	ck_assert_uint_eq(t.said_count, 0);
	must(edit("next match"), &t.err);
	check_selection(0, 3);
	ck_assert_str_eq(t.said, "went on from the start");
	must(edit("prev match"), &t.err);
	check_selection(20, 23);
	ck_assert_str_eq(t.said, "went on from the end");
	must(edit("next match 5"), &t.err);
	check_selection(4, 7);
	/* back goes to where the search began */
	must(edit("back"), &t.err);
	ck_assert_uint_eq(t.ctx.cursor.addr, 20);
	/* a range is a range */
	ck_assert(!edit("21, find /foo/"));
	ck_assert_int_eq(t.err.code, ERR_NO);
	must(edit("set nowrapscan"), &t.err);
	ck_assert(!edit("21 find /foo/"));
	ck_assert_str_eq(t.err.text, "not found");
	/* nothing is printed */
	trial_prints(&t, "", "");
}
END_TEST

START_TEST(a_selection_that_grows_goes_on)
{
	must(edit("goto 1"), &t.err);
	must(edit("select start"), &t.err);
	must(edit("find \"needle\""), &t.err);
	ck_assert_int_eq(t.ctx.selecting, SELECT_STICKY);
	ck_assert_uint_eq(t.ctx.sel_anchor, 1);
	ck_assert_uint_eq(t.ctx.sel_head, 13);
}
END_TEST

START_TEST(the_editor_counts_and_lists)
{
	must(edit("count /foo/"), &t.err);
	ck_assert_str_eq(t.said, "2 matches");
	must(edit("find-all /zzz/"), &t.err);
	ck_assert_str_eq(t.said, "not found");
	must(edit("find-all /foo/"), &t.err);
	ck_assert_str_eq(t.said, "%found: 2 matches");
	trial_prints(&t, "", "0x0 3 #1:0x0\n0x14 3 #2:0x4\n");
	must(edit("find-all /o/ as %o"), &t.err);
	ck_assert_str_eq(t.said, "%o: 6 matches");
	trial_prints(&t, "ranges", "%found 2 6\n%o 6 6\n");
	must(edit("next range %found"), &t.err);
	check_selection(20, 23);
	must(edit("prev range 2"), &t.err); /* of %o */
	check_selection(5, 6);
	t.ctx.set_limit = 20000;
	must(edit("open memory:1T; find-all {00}"), &t.err);
	ck_assert_str_eq(t.said, "%found: the first 20000 matches");
	(void)trial_output(&t, NULL);
	trial_prints(&t, "ranges", "%found 20000 20000\n%o 6 6\n");
}
END_TEST

/* What is edited while it searches is shown as the search has seen it. */
START_TEST(the_editor_lists_what_it_searched)
{
	static const char line[] = "find-all -p /foo/i";
	static const char edit_line[] = "4 put \"xyz\"";

	t.ctx.batch = false;
	must(run_line(&t.ctx, line, strlen(line), t.name, &t.err), &t.err);
	ck_assert_ptr_nonnull(t.ctx.task);
	must(run_line(&t.ctx, edit_line, strlen(edit_line), t.name, &t.err),
	     &t.err);
	must(context_wait(&t.ctx, &t.err), &t.err);
	t.ctx.batch = true;
	trial_prints(&t, "",
	             "0x0 3 #1:0x0 \"foo\"\n0x4 3 #1:0x4 \"Foo\"\n"
	             "0x14 3 #2:0x4 \"foo\"\n");
}
END_TEST

/* One message is on the screen. */
START_TEST(the_editor_says_what_was_skipped_behind_the_result)
{
	ck_assert_int_eq(truncate("b", 20), 0);
	must(edit("count /foo/"), &t.err);
	ck_assert_str_eq(t.said, "2 matches; 12 bytes could not be searched");
	must(edit("find-all /foo/"), &t.err);
	ck_assert_str_eq(t.said, "%found: 2 matches; 12 bytes could not be "
	                         "searched");
	must(edit("find-all /zzz/"), &t.err);
	ck_assert_str_eq(t.said, "not found; 12 bytes could not be searched");
	must(edit("replace-all /foo/ \"bar\""), &t.err);
	ck_assert_str_eq(t.said, "2 replaced; 12 bytes could not be searched");
}
END_TEST

/* Esc: the job ends, and nothing has moved. */
START_TEST(the_editor_cancels)
{
	t.ctx.batch = false;
	must(run_line(&t.ctx, "open memory:1T; count {00}", 26, t.name, &t.err),
	     &t.err);
	ck_assert_ptr_nonnull(t.ctx.task);
	context_cancel(&t.ctx);
	ck_assert_ptr_null(t.ctx.task);
	ck_assert_uint_eq(t.ctx.cursor.addr, 0);
}
END_TEST

/* Run a line whose search goes on behind it. */
static void begin(const char *line)
{
	t.ctx.batch = false;
	must(run_line(&t.ctx, line, strlen(line), t.name, &t.err), &t.err);
	ck_assert_ptr_nonnull(t.ctx.task);
}

/* What was cancelled is kept until its job has seen it, and that is told. */
START_TEST(the_editor_reaps)
{
	struct job *job, *other;

	begin("open memory:1T; count {00}");
	job = t.ctx.task->job;
	context_cancel(&t.ctx);
	ck_assert_ptr_nonnull(t.ctx.ended);
	begin("count {00}");
	other = t.ctx.task->job;
	ck_assert(!context_reap(&t.ctx, other));
	job_wait(job);
	ck_assert(context_reap(&t.ctx, job));
	ck_assert_ptr_null(t.ctx.ended);
	ck_assert_ptr_nonnull(t.ctx.task);
	context_cancel(&t.ctx);
	job_wait(other);
	ck_assert(context_reap(&t.ctx, other));
	t.ctx.batch = true;
}
END_TEST

/* n and N go through what is there, whatever set was chosen meanwhile; a search
   for something else ends find-all. */
START_TEST(the_editor_goes_on_listing)
{
	struct task *task;

	begin("open memory:1T; 48; 0 ranges add %other; find-all {00} as %z");
	task = t.ctx.task;
	while (ranges_count(sets_find(&t.ctx.sets, "z")) < 3)
		context_take(&t.ctx);
	begin("ranges %other = %other; 0");
	begin("next match");
	ck_assert_ptr_eq(t.ctx.task, task);
	check_selection(12, 13);
	begin("next match 2; prev match");
	ck_assert_ptr_eq(t.ctx.task, task);
	check_selection(25, 26);
	begin("find {01}");
	ck_assert_ptr_ne(t.ctx.task, task);
	context_cancel(&t.ctx);
	t.ctx.batch = true;
	(void)trial_output(&t, NULL);
}
END_TEST

/* A set that is dropped while it is filled. */
START_TEST(the_editor_drops_a_set)
{
	t.ctx.batch = false;
	must(run_line(&t.ctx, "open memory:1T; find-all {00} as %z", 35, t.name,
	              &t.err),
	     &t.err);
	must(run_line(&t.ctx, "ranges clear %z", 15, t.name, &t.err), &t.err);
	ck_assert(!context_wait(&t.ctx, &t.err));
	ck_assert_int_eq(t.err.code, ERR_CANCELLED);
	ck_assert_str_eq(t.err.text, "%z was dropped");
	t.ctx.batch = true;
	(void)trial_output(&t, NULL);
}
END_TEST

/* --- names and memory ---------------------------------------------------- */

START_TEST(names_of_the_user)
{
	struct error err;

	t.ctx.patterns = mem_strdup("seam {65 65 64}\n", &err);
	ck_assert_ptr_nonnull(t.ctx.patterns);
	trial_prints(&t, "find @seam", "0xe 3 #1:0xe\n");
}
END_TEST

START_TEST(without_memory)
{
	static const char *const tried[] = {
		"find -a 2@0 -i /Foo/",
		"find-all -p /foo/",
		"count -e utf8 \"o\"",
		"next match",
		"find-all /needle|foo/ as %n",
		"ranges %m = %n within 5 of %n or %n",
		"find-all --in %n --not-in (%m) /o/",
		"14,20 ranges add %m",
		"next range %n",
		"refs -t u16le -r 1 2 as %p",
		"ranges! save sets %m %n",
		"ranges load sets",
		"patterns named",
	};

	trial_file("named", "x /a/\ny {00}", 12);
	for (size_t i = 0; i < ARRAY_LEN(tried); i++) {
		bool ok = false;

		for (long n = 0; !ok; n++) {
			trial_must(&t, "goto 0");
			mem_fail_after(n);
			ok = trial_run(&t, tried[i]);
			mem_fail_after(-1);
			/* Output that was lost is its own failure, and
			   ends a search that it finds still at work. */
			ck_assert(
				ok || t.err.code == ERR_NOMEM ||
				(t.out.failed && t.err.code == ERR_CANCELLED));
			ck_assert_int_lt(n, 1000);
			if (t.out.failed) {
				ck_assert_int_eq(t.out.err.code, ERR_NOMEM);
				t.out.failed = false;
				ok = false;
			}
		}
		(void)trial_output(&t, NULL);
	}
}
END_TEST

#define ROWS(tc, test, table) \
	tcase_add_loop_test(tc, test, 0, (int)ARRAY_LEN(table))

int main(void)
{
	Suite *s = suite_create("find");
	TCase *tc = tcase_create("find");

	tcase_set_timeout(tc, 0);
	tcase_add_checked_fixture(tc, setup, teardown);
	ROWS(tc, finds_and_prints, lines);
	ROWS(tc, prints_objects, objects);
	ROWS(tc, failures, wrong);
	tcase_add_test(tc, answers_no);
	tcase_add_test(tc, the_last_pattern_is_kept);
	tcase_add_test(tc, says_what_was_skipped);
	tcase_add_test(tc, too_many_steps);
	tcase_add_test(tc, lists_many);
	tcase_add_test(tc, ends_when_nobody_reads);
	tcase_add_test(tc, tells_sets_as_objects);
	tcase_add_test(tc, sets_have_a_limit);
	tcase_add_test(tc, sets_of_themselves);
	tcase_add_test(tc, loads_all_or_nothing);
	tcase_add_test(tc, lists_pointers);
	tcase_add_test(tc, the_editor_drops_a_set);
	tcase_add_test(tc, the_editor_selects_and_wraps);
	tcase_add_test(tc, a_selection_that_grows_goes_on);
	tcase_add_test(tc, the_editor_counts_and_lists);
	tcase_add_test(tc, the_editor_lists_what_it_searched);
	tcase_add_test(tc, the_editor_says_what_was_skipped_behind_the_result);
	tcase_add_test(tc, the_editor_cancels);
	tcase_add_test(tc, the_editor_reaps);
	tcase_add_test(tc, the_editor_goes_on_listing);
	tcase_add_test(tc, names_of_the_user);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
