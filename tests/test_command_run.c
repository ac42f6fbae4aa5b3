/*
 * test_command_run.c - tests of src/command/run.c, and of table.c below it
 *
 * A table of probes stands beside the real commands: each prints how it was
 * called. (test_run.c tests the runs of a source.)
 */
#include "config.h"

#include "command/run.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "command/context.h"
#include "command/table.h"
#include "session.h"
#include "tests/faults.h"
#include "tests/support.h"
#include "tests/trial.h"

static struct trial t;

/* --- probes -------------------------------------------------------------- */

/* "NAME! 0x1,0x2 [args]" */
static bool probe(struct context *ctx, struct call *call, struct error *err)
{
	const char *args;
	size_t len;

	(void)err;
	call_rest(call, &args, &len);
	output_text(ctx->out, "%s%s", call->command->name,
	            call->bang ? "!" : "");
	if (call->command->range == TAKES_PLACE)
		output_text(ctx->out, " 0x%" PRIx64 "#%" PRIu32 "%s",
		            call->place.addr, call->place.segment,
		            call->place.side == SIDE_END ? "$" : "");
	else if (call->command->range != TAKES_NONE)
		output_text(ctx->out, " 0x%" PRIx64 ",0x%" PRIx64, call->start,
		            call->end);
	output_text(ctx->out, " [");
	output_bytes(ctx->out, args, len);
	output_text(ctx->out, "]\n");
	return true;
}

static bool answer_no(struct context *ctx, struct call *call, struct error *err)
{
	(void)call;
	output_text(ctx->out, "no\n");
	return error_set(err, ERR_NO, "the answer is no");
}

/* A command that goes on with the answer no, as count does. */
static bool doubt(struct context *ctx, struct call *call, struct error *err)
{
	(void)call;
	(void)err;
	ctx->status = 1;
	return true;
}

static bool refuse(struct context *ctx, struct call *call, struct error *err)
{
	(void)ctx;
	(void)call;
	error_set(err, ERR_STATE, "the system refuses");
	return error_add_path(err, "a");
}

static const struct command probes[] = {
	{ .name = "x-bang", .usage = "", .flags = COMMAND_BANG, .run = probe },
	{ .name = "x-bytes",
	  .alias = "xb",
	  .usage = "",
	  .range = TAKES_BYTES,
	  .run = probe },
	{ .name = "x-doubt", .usage = "", .run = doubt },
	{ .name = "x-from", .usage = "", .range = TAKES_FROM, .run = probe },
	{ .name = "x-no", .usage = "", .run = answer_no },
	{ .name = "x-none", .usage = "", .run = probe },
	{ .name = "x-pattern",
	  .usage = "",
	  .flags = COMMAND_PATTERN,
	  .run = probe },
	{ .name = "x-place", .usage = "", .range = TAKES_PLACE, .run = probe },
	{ .name = "x-refuse", .usage = "", .run = refuse },
	{ .name = "x-rest", .usage = "", .flags = COMMAND_REST, .run = probe },
	{ .name = "x-screen", .usage = "", .flags = COMMAND_UI, .run = probe },
	{ .name = NULL },
};

/* #1 a 0..16, #2 b 16..48 */
static void setup(void)
{
	static const char *const inputs[] = { "a", "b", NULL };

	ck_assert_int_eq(chdir(scratch()), 0);
	trial_file("a", "0123456789abcdef", 16);
	trial_file("b", "ABCDEFGHIJKLMNOPQRSTUVWXYZ......", 32);
	trial_begin(&t, inputs);
	commands_add(&t.ctx, probes);
}

static void teardown(void)
{
	trial_end(&t);
}

/* --- lines --------------------------------------------------------------- */

static const struct {
	const char *line, *want;
} lines[] = {
	{ "", "" },
	{ "   \t", "" },
	{ ";", "" },
	{ ";; ; x-none;;", "x-none []\n" },
	{ "x-none", "x-none []\n" },
	{ "  x-none  a  b ", "x-none [a  b]\n" },
	{ "x-none;x-none", "x-none []\nx-none []\n" },
	{ ":x-none", "x-none []\n" },
	{ " : : x-none ; : x-none", "x-none []\nx-none []\n" },
	/* Comments: at the start of a command only. */
	{ "# x-none; x-none", "" },
	{ "#!x-none", "" },
	{ "#", "" },
	{ "x-none; # x-none; x-none", "x-none []\n" },
	{ "x-none # a", "x-none [# a]\n" },
	/* What a ';' may stand in. */
	{ "x-none \"a;b\" c; x-none", "x-none [\"a;b\" c]\nx-none []\n" },
	{ "x-none \"a\\\";b\"; x-none", "x-none [\"a\\\";b\"]\nx-none []\n" },
	{ "x-none \"a\\\\\";x-none", "x-none [\"a\\\\\"]\nx-none []\n" },
	{ "x-none {a;b}; x-none", "x-none [{a;b}]\nx-none []\n" },
	{ "x-none {a\\}; x-none", "x-none [{a\\}]\nx-none []\n" },
	{ "x-none {\"}; x-none", "x-none [{\"}]\nx-none []\n" },
	{ "x-none a{b; x-none", "x-none [a{b]\nx-none []\n" },
	{ "x-none /a; x-none", "x-none [/a]\nx-none []\n" },
	{ "x-none /a;b/; x-none", NULL },
	{ "x-pattern /a;b/; x-none", "x-pattern [/a;b/]\nx-none []\n" },
	{ "x-pattern /a\\/;b/i; x-none", "x-pattern [/a\\/;b/i]\nx-none []\n" },
	{ "x-pattern a/b;x-none", "x-pattern [a/b]\nx-none []\n" },
	{ "x-pattern /a; x-none", "x-pattern [/a; x-none]\n" },
	{ "x-rest a; x-none", "x-rest [a; x-none]\n" },
	{ "x-none; x-rest \"; x-none", "x-none []\nx-rest [\"; x-none]\n" },
	{ "goto 4 / 2; eval .", NULL },
	{ "goto (4 / 2); eval .", "2 0x2 #1:0x2\n" },
	/* A bare address is goto. */
	{ "5; eval .", "5 0x5 #1:0x5\n" },
	{ "-1; eval .", "47 0x2f #2:0x1f\n" },
	{ "#2; eval .", "16 0x10 #2:0x0\n" },
	{ "#1:$; eval .", "16 0x10 #1:$\n" },
	{ "a:3; .+1; eval .", "4 0x4 #1:0x4\n" },
	{ "$; eval .", "48 0x30 #2:$\n" },
	{ "0x10 + 2; eval .", "18 0x12 #2:0x2\n" },
	{ "1fh; eval .", "31 0x1f #2:0xf\n" },
	{ "fh; eval .", "15 0xf #1:0xf\n" },
	{ "goto 5; ''; ''; eval .", "5 0x5 #1:0x5\n" },
	/* With and without a blank before the name. */
	{ "5 x-place", "x-place 0x5#1 []\n" },
	{ "5x-place", NULL },
	{ "(5)x-place", "x-place 0x5#1 []\n" },
	{ "x-place!", NULL },
	{ "x-bang!a", "x-bang! [a]\n" },
	{ "x-bang! a", "x-bang! [a]\n" },
	{ "x-bang !a", "x-bang [!a]\n" },
	{ "x-bang", "x-bang []\n" },
	/* Short names are listed, beginnings are not taken. */
	{ "1,2 xb", "x-bytes 0x1,0x2 []\n" },
	{ "x-non", NULL },
	{ "5 goto; eval .", "5 0x5 #1:0x5\n" },
	{ "g 3; eval .", "3 0x3 #1:0x3\n" },
};

/* NULL: the line is refused with a column, whatever the text. */
START_TEST(grammar_of_lines)
{
	if (lines[_i].want) {
		trial_prints(&t, lines[_i].line, lines[_i].want);
		return;
	}
	ck_assert_msg(!trial_run(&t, lines[_i].line), "%s", lines[_i].line);
	ck_assert_int_eq(t.err.code, ERR_SYNTAX);
	ck_assert_uint_gt(t.err.column, 0);
	ck_assert_uint_eq(t.ctx.cursor.addr, 0);
}
END_TEST

static const struct {
	const char *line;
	size_t column;
	enum err code;
	const char *text, *name;
} wrong[] = {
	{ "nothing", 1, ERR_SYNTAX, "unknown command 'nothing'", "" },
	{ "x-none; nothing", 9, ERR_SYNTAX, "unknown command 'nothing'", "" },
	{ "3 nothing", 3, ERR_SYNTAX, "unknown command 'nothing'", "" },
	{ "  gato 5", 3, ERR_SYNTAX,
	  "unknown command 'gato' (did you mean 'goto'?)", "" },
	{ "x-screen", 1, ERR_SYNTAX, "x-screen needs the editor", "" },
	{ "0 x-screen", 3, ERR_SYNTAX, "x-screen needs the editor", "" },
	{ "1 5", 3, ERR_SYNTAX, "a command is expected", "" },
	{ "1,5", 4, ERR_SYNTAX,
	  "what to do with this range? (print, select, ..)", "" },
	{ "%", 2, ERR_SYNTAX, "what to do with this range? (print, select, ..)",
	  "" },
	{ "5,4 x-bytes", 3, ERR_RANGE,
	  "the range ends (0x4) before it begins (0x5)", "" },
	{ "?", 2, ERR_SYNTAX, NULL, "find" },
	{ "\"a\"", 4, ERR_SYNTAX, "':' expected after a segment's name", "" },
	{ "x-none!", 7, ERR_SYNTAX, "x-none takes no '!'", "x-none" },
	{ "1 x-none", 1, ERR_SYNTAX, "x-none takes no range", "x-none" },
	{ "1,2 goto 3", 1, ERR_SYNTAX, "goto takes one address, not a range",
	  "goto" },
	{ "1,2 goto", 1, ERR_SYNTAX, "goto takes one address, not a range",
	  "goto" },
	{ "1,2 x-place", 1, ERR_SYNTAX,
	  "x-place takes one address, not a range", "x-place" },
	{ "49 print", 1, ERR_RANGE, "0x31 is past the end (size 0x30)", "" },
	{ "goto 0x31", 6, ERR_RANGE, "0x31 is past the end (size 0x30)",
	  "goto" },
	{ "goto #1:17", 9, ERR_RANGE, "0x11 is past the end of #1 (size 0x10)",
	  "goto" },
	{ "goto -49", 6, ERR_RANGE, "before the start of the space", "goto" },
	{ "goto (1+", 9, ERR_SYNTAX, NULL, "goto" },
	{ "goto 3 + 5", 8, ERR_SYNTAX, "unexpected text (usage: goto ADDRESS)",
	  "goto" },
	{ "goto 5x", 7, ERR_SYNTAX, NULL, "goto" },
	{ "goto", 5, ERR_SYNTAX, "an address is needed: goto ADDRESS", "goto" },
	{ "info 5", 6, ERR_SYNTAX, "info takes no arguments", "info" },
	{ "bookmark \"x", 10, ERR_SYNTAX, "the quote is not closed",
	  "bookmark" },
	{ "$ x-bytes", 0, ERR_RANGE,
	  "there is no byte at the end of the space (size 0x30)", "x-bytes" },
	{ "quit now", 6, ERR_SYNTAX, "usage: quit [drop]", "quit" },
};

/* Errors name the command they are about and the column they are at; nothing
   has moved, whatever came before the error. */
START_TEST(errors_have_columns)
{
	trial_must(&t, "goto 7");
	ck_assert(!trial_run(&t, wrong[_i].line));
	if (wrong[_i].text)
		ck_assert_str_eq(t.err.text, wrong[_i].text);
	ck_assert_int_eq(t.err.code, wrong[_i].code);
	ck_assert_uint_eq(t.err.column, wrong[_i].column);
	ck_assert_str_eq(t.name, wrong[_i].name);
	ck_assert_uint_eq(t.ctx.cursor.addr, 7);
}
END_TEST

/* A line is bytes: a NUL ends no word, and no command. */
START_TEST(a_line_with_a_nul)
{
	static const char line[] = "x-none\0; x-none";
	static const char quoted[] = "x-rest a\0b";

	ck_assert(!run_line(&t.ctx, line, sizeof(line) - 1, t.name, &t.err));
	ck_assert_str_eq(trial_output(&t, NULL), "");
	must(run_line(&t.ctx, quoted, sizeof(quoted) - 1, t.name, &t.err),
	     &t.err);
	ck_assert_int_eq(memcmp(trial_output(&t, NULL), "x-rest [a\0b]\n", 13),
	                 0);
}
END_TEST

/* --- ranges -------------------------------------------------------------- */

static const struct {
	const char *line, *want;
} ranges[] = {
	{ "x-place", "x-place 0x4#1 []\n" },
	{ "9 x-place", "x-place 0x9#1 []\n" },
	{ "#2 x-place", "x-place 0x10#2 []\n" },
	{ "#1:$ x-place", "x-place 0x10#1$ []\n" },
	{ "$ x-place", "x-place 0x30#2$ []\n" },
	{ "x-from", "x-from 0x4,0x30 []\n" },
	{ "x-bytes", "x-bytes 0x4,0x5 []\n" },
	{ "9 x-from", "x-from 0x9,0x30 []\n" },
	{ "9 x-bytes", "x-bytes 0x9,0xa []\n" },
	{ "$ x-from", "" }, /* an empty range: nothing to do */
	{ "#2 x-from", "x-from 0x10,0x30 []\n" },
	{ "#1 x-bytes", "x-bytes 0x0,0x10 []\n" },
	{ "#1: x-bytes", "x-bytes 0x0,0x1 []\n" },
	{ "3,9 x-from", "x-from 0x3,0x9 []\n" },
	{ "3,9 x-bytes", "x-bytes 0x3,0x9 []\n" },
	{ "3 , 9 x-bytes", "x-bytes 0x3,0x9 []\n" },
	{ "3,+9 x-bytes", "x-bytes 0x3,0xc []\n" },
	{ ".,+2 x-bytes", "x-bytes 0x4,0x6 []\n" },
	{ ",9 x-bytes", "x-bytes 0x0,0x9 []\n" },
	{ "9, x-bytes", "x-bytes 0x9,0x30 []\n" },
	{ "% x-bytes", "x-bytes 0x0,0x30 []\n" },
	{ "3,3 x-bytes", "" },
	{ "#2:4,$ x-bytes", "x-bytes 0x14,0x30 []\n" },
	{ "#1:4,$ x-bytes", "x-bytes 0x4,0x10 []\n" },
	{ "#1:-4, x-bytes", "x-bytes 0xc,0x10 []\n" },
	{ "#1:4,#2:4 x-bytes", "x-bytes 0x4,0x14 []\n" },
	{ "#1,#2 x-bytes", "x-bytes 0x0,0x10 []\n" },
	{ "a:1,3 x-bytes", "x-bytes 0x1,0x3 []\n" },
	{ "\"b\":1,3 x-bytes", "x-bytes 0x11,0x13 []\n" },
	{ "goto $; x-from", "x-from 0x30,0x30 []\n" },
	{ "goto $; x-bytes", "x-bytes 0x30,0x30 []\n" },
	{ "select 6,8; x-bytes; x-from; x-place",
	  "x-bytes 0x6,0x8 []\nx-from 0x6,0x8 []\nx-place 0x4#1 []\n" },
	{ "select 6,8; 9 x-bytes; '<,'> x-bytes",
	  "x-bytes 0x9,0xa []\nx-bytes 0x6,0x8 []\n" },
};

START_TEST(ranges_of_each_kind)
{
	trial_must(&t, "goto 4");
	trial_prints(&t, ranges[_i].line, ranges[_i].want);
}
END_TEST

/* 256 bytes from an address alone, where there are that many. */
START_TEST(as_many_bytes_as_there_are)
{
	trial_must(&t, "open memory:1000");
	trial_prints(&t, "x-from", "x-from 0x0,0x100 []\n");
	trial_prints(&t, "1 x-from", "x-from 0x1,0x101 []\n");
	trial_prints(&t, "-256 x-from", "x-from 0x318,0x418 []\n");
	trial_prints(&t, "-255 x-from", "x-from 0x319,0x418 []\n");
}
END_TEST

START_TEST(an_empty_space)
{
	trial_must(&t, "close #1; close #2");
	trial_prints(&t, "x-from; x-bytes; x-place; % x-bytes",
	             "x-from 0x0,0x0 []\nx-bytes 0x0,0x0 []\n"
	             "x-place 0x0#0 []\n");
	ck_assert_str_eq(t.said, "x-bytes: the range is empty: nothing to do");
	trial_prints(&t, "print; segments; eval $; eval 0",
	             "0 0x0 -\n0 0x0 -\n");
	trial_fails(&t, "goto 1", ERR_RANGE, "0x1 is past the end (size 0x0)",
	            6);
	trial_fails(&t, "info", ERR_RANGE,
	            "there is no byte at the end of the space (size 0x0)", 0);
	trial_fails(&t, "next run", ERR_NO, "no byte behind here", 0);
	trial_fails(&t, "next sector", ERR_NO, "no sector starts behind here",
	            0);
}
END_TEST

/* --- in the prompt ------------------------------------------------------- */

static const struct {
	const char *line, *want;
	const char *error;
} prompts[] = {
	{ "x-non", NULL, "'x-non' could be: x-none" },
	{ "x-pl", "x-place 0x0#1 []\n", NULL },
	{ "x-no", "no\n", "the answer is no" }, /* a full name wins */
	{ "x-s", "x-screen []\n", NULL },
	{ "x-", NULL,
	  "'x-' could be: x-bang x-bytes x-doubt x-from x-no x-none x-pattern "
	  "x-place x-refuse x-rest x-screen" },
	{ "xq", NULL, "unknown command 'xq' (did you mean 'x-no'?)" },
};

START_TEST(abbreviations_in_the_prompt)
{
	bool ok;

	t.ctx.batch = false;
	ok = trial_run(&t, prompts[_i].line);
	if (_i == 0) {
		/* Only one command begins so: it is taken. */
		must(ok, &t.err);
		ck_assert_str_eq(trial_output(&t, NULL), "x-none []\n");
		return;
	}
	ck_assert_int_eq(ok, prompts[_i].error == NULL);
	if (!ok && prompts[_i].want == NULL && _i != 5)
		ck_assert_str_eq(t.err.text, prompts[_i].error);
	ck_assert_str_eq(trial_output(&t, NULL),
	                 prompts[_i].want ? prompts[_i].want : "");
}
END_TEST

/* Bare digits are hex there if asked for, and nowhere else; a command's name
   wins over a number. */
START_TEST(radix_16_in_the_prompt)
{
	trial_must(&t, "set radix=16");
	trial_prints(&t, "10; eval .", "10 0xa #1:0xa\n");
	trial_fails(&t, "a", ERR_SYNTAX, "unknown command 'a'", 1);
	t.ctx.batch = false;
	trial_prints(&t, "10; eval .", "16 0x10 #2:0x0\n");
	trial_prints(&t, "1f; eval .", "31 0x1f #2:0xf\n");
	trial_prints(&t, "a; eval .", "10 0xa #1:0xa\n");
	trial_prints(&t, "goto b+1; eval .", "12 0xc #1:0xc\n");
	trial_prints(&t, "a,f x-bytes", "x-bytes 0xa,0xf []\n");
	trial_must(&t, "b"); /* bookmark */
	ck_assert_str_eq(t.said, "bookmark b1 set");
	trial_prints(&t, "a:3; eval .", "3 0x3 #1:0x3\n"); /* the file a */
}
END_TEST

/* --- run_parse, for the prompt ------------------------------------------- */

static const struct {
	const char *line;
	size_t pos;
	const char *command; /* "": none yet; NULL: an error */
	size_t start, end;
	bool done, address;
} parses[] = {
	{ "", 0, "", 0, 0, false, false },
	{ "  ", 2, "", 2, 2, false, false },
	{ "goto", 4, "goto", 0, 4, false, false },
	{ "goto 5", 6, "goto", 0, 4, true, false },
	{ ":goto 5", 7, "goto", 1, 5, true, false },
	{ "3 x-place", 9, "x-place", 2, 9, false, true },
	{ "3,5 x-bytes a", 13, "x-bytes", 4, 11, true, true },
	{ "3,5", 3, "", 3, 3, false, true },
	{ "3 ", 2, "", 2, 2, false, true },
	{ "x-none; goto 5", 3, "x-none", 0, 6, false, false },
	{ "x-none; goto 5", 6, "x-none", 0, 6, false, false },
	{ "x-none; goto 5", 7, "goto", 8, 12, true, false },
	{ "x-none; goto 5", 14, "goto", 8, 12, true, false },
	{ "x-none \";\" ; goto 5", 9, "x-none", 0, 6, true, false },
	{ "x-rest a; goto 5", 16, "x-rest", 0, 6, true, false },
	{ "5 x-rest a; goto 5", 16, "x-rest", 2, 8, true, true },
	{ "x-pattern /;/; goto", 12, "x-pattern", 0, 9, true, false },
	{ "x-pattern /;/; goto", 19, "goto", 15, 19, false, false },
	{ "x-none /a; goto 5", 17, "goto", 11, 15, true, false },
	{ "# goto; x", 9, "", 0, 0, false, false },
	{ "nothing", 7, NULL, 0, 0, false, false },
	{ "5 nothing", 9, NULL, 0, 0, false, false },
	{ "nothing; goto 5", 15, "goto", 9, 13, true, false },
	{ "99", 2, NULL, 0, 0, false, false },
};

START_TEST(parsing_without_running)
{
	const char *line = parses[_i].line;
	struct parsed parsed;
	bool ok = run_parse(&t.ctx, line, strlen(line), parses[_i].pos, &parsed,
	                    &t.err);

	ck_assert_int_eq(ok, parses[_i].command != NULL);
	ck_assert_str_eq(trial_output(&t, NULL), "");
	if (!ok)
		return;
	ck_assert_str_eq(parsed.command ? parsed.command->name : "",
	                 parses[_i].command);
	ck_assert_uint_eq(parsed.name_start, parses[_i].start);
	ck_assert_uint_eq(parsed.name_end, parses[_i].end);
	ck_assert_int_eq(parsed.name_done, parses[_i].done);
	ck_assert_int_eq(parsed.has_address, parses[_i].address);
}
END_TEST

/* Any bytes at any position: no crash, and what is found lies in the line. */
START_TEST(parsing_of_anything)
{
	static const char alphabet[] = "goto print x-rest#:;,{}/\"\\%$+-0x9 '@";
	uint64_t random = random_seed();

	for (size_t n = cases(20000); n > 0; n--) {
		char line[24];
		size_t len = (size_t)random_below(&random, sizeof(line));
		size_t pos;
		struct parsed p;

		for (size_t i = 0; i < len; i++)
			line[i] = alphabet[random_below(&random,
			                                sizeof(alphabet) - 1)];
		pos = (size_t)random_below(&random, len + 1);
		t.ctx.batch = random_below(&random, 2);
		if (!run_parse(&t.ctx, line, len, pos, &p, &t.err))
			continue;
		ck_assert_uint_le(p.name_start, p.name_end);
		ck_assert_uint_le(p.name_end, len);
		if (p.command && p.name_end - p.name_start > 0)
			ck_assert(
				line[p.name_start] == p.command->name[0] ||
				(p.command->alias &&
			         strchr(p.command->alias, line[p.name_start])));
	}
}
END_TEST

/* --- run_check, for key bindings ----------------------------------------- */

static const struct {
	const char *line, *error;
} checks[] = {
	{ "goto 5", NULL },
	{ "", NULL },
	{ "goto 5; next run", NULL },
	{ "x-screen", NULL },
	{ "g 5; b", NULL },
	{ "x-rest nothing; nothing", NULL },
	{ "5 nothing", NULL }, /* an address may be anything */
	{ "nothing", "unknown command 'nothing'" },
	{ "goto 5; nothing", "unknown command 'nothing'" },
	{ "got 5", "unknown command 'got' (did you mean 'goto'?)" },
	{ "x-none /a; nothing", "unknown command 'nothing'" },
};

START_TEST(checking_of_bindings)
{
	bool ok = run_check(&t.ctx, checks[_i].line, &t.err);

	ck_assert_int_eq(ok, checks[_i].error == NULL);
	if (!ok)
		ck_assert_str_eq(t.err.text, checks[_i].error);
	ck_assert_str_eq(trial_output(&t, NULL), "");
}
END_TEST

/* --- batch --------------------------------------------------------------- */

enum { STEPS = 4 };

static char stderr_text[8192];

/* Run steps, a leading '<' for scripts, with standard error in a file. */
static int batch(const char *const steps[static STEPS])
{
	struct batch_step list[STEPS];
	size_t n = 0;
	int old = dup(STDERR_FILENO);
	int fd = open("stderr", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t len;
	int status;

	for (; n < STEPS && steps[n]; n++)
		list[n] = (struct batch_step){
			.text = steps[n] + (steps[n][0] == '<'),
			.is_file = steps[n][0] == '<',
		};
	fflush(stderr);
	dup2(fd, STDERR_FILENO);
	t.ctx.status = 0;
	t.ctx.quit = false;
	status = run_batch(&t.ctx, list, n);
	fflush(stderr);
	dup2(old, STDERR_FILENO);
	close(old);
	len = pread(fd, stderr_text, sizeof(stderr_text) - 1, 0);
	ck_assert_int_ge(len, 0);
	stderr_text[len] = '\0';
	close(fd);
	return status;
}

static const struct {
	const char *steps[STEPS];
	int status;
	const char *out, *err;
} batches[] = {
	{ { NULL }, 0, "", "" },
	{ { "x-none", "x-none" }, 0, "x-none []\nx-none []\n", "" },
	{ { "x-none; nothing; x-none", "x-none" },
	  2,
	  "x-none []\n",
	  "hexspan: unknown command 'nothing'\n"
	  "  x-none; nothing; x-none\n"
	  "          ^\n" },
	{ { "x-no; x-none", "x-none" },
	  1,
	  "no\n",
	  "hexspan: x-no: the answer is no\n" },
	{ { "x-refuse" }, 3, "", "hexspan: x-refuse: the system refuses\n" },
	{ { "x-doubt", "x-none" }, 1, "x-none []\n", "" },
	{ { "x-doubt", "nothing" },
	  2,
	  "",
	  "hexspan: unknown command 'nothing'\n  nothing\n  ^\n" },
	/* go-on: the rest of the line that failed is left out. */
	{ { "set errors=go-on", "x-no; x-rest a", "nothing", "x-none" },
	  2,
	  "no\nx-none []\n",
	  "hexspan: x-no: the answer is no\n"
	  "hexspan: unknown command 'nothing'\n  nothing\n  ^\n" },
	{ { "set errors=go-on", "x-refuse", "x-no" },
	  3,
	  "no\n",
	  "hexspan: x-refuse: the system refuses\n"
	  "hexspan: x-no: the answer is no\n" },
	{ { "quit; x-none", "x-none" }, 0, "", "" },
	{ { "x-doubt; quit", "nothing" }, 1, "", "" },
	{ { "goto 99" },
	  2,
	  "",
	  "hexspan: goto: 0x63 is past the end (size 0x30)\n"
	  "  goto 99\n       ^\n" },
	/* In the line that is shown a tab is a blank, other controls \xNN. */
	{ { "\tx-none!\033" },
	  2,
	  "",
	  "hexspan: x-none: x-none takes no '!'\n   x-none!\\x1b\n         "
	  "^\n" },
	{ { "<missing", "x-none" },
	  3,
	  "",
	  "hexspan: missing: No such file or directory\n" },
	{ { "<.", "x-none" }, 3, "", "hexspan: .: Is a directory\n" },
	{ { "<script", "x-none" },
	  2,
	  "x-none [1]\nx-none [2]\n",
	  "hexspan: script:4: unknown command 'nothing'\n"
	  "  nothing # here\n  ^\n" },
	{ { "set errors=go-on", "<script", "x-none" },
	  3,
	  "x-none [1]\nx-none [2]\nx-none [6]\nx-none []\n",
	  "hexspan: script:4: unknown command 'nothing'\n"
	  "  nothing # here\n  ^\n"
	  "hexspan: script:5: x-refuse: the system refuses\n" },
	{ { "source script", "x-none" },
	  2,
	  "x-none [1]\nx-none [2]\n",
	  "hexspan: source: script:4: unknown command 'nothing'\n" },
	{ { "source bad", "x-none" },
	  2,
	  "",
	  "hexspan: source: bad:1: source: script2:1: x-none: x-none takes no "
	  "'!'\n" },
	{ { "source quits; x-none", "x-none" }, 0, "x-none [q]\n", "" },
	{ { "source missing" },
	  3,
	  "",
	  "hexspan: source: missing: No such file or directory\n" },
	{ { "source ." }, 3, "", "hexspan: source: .: Is a directory\n" },
};

static void make_scripts(void)
{
	static const char script[] = "x-none 1\r\n# comment; nothing\n"
				     "  :x-none 2  \nnothing # here\n"
				     "x-refuse\nx-none 6"; /* no newline */

	trial_file("script", script, sizeof(script) - 1);
	trial_file("script2", "x-none!\n", 8);
	trial_file("bad", "source script2\n", 15);
	trial_file("quits", "set norules\nx-none q\nquit\nnothing\n", 34);
}

START_TEST(batches_and_their_status)
{
	make_scripts();
	ck_assert_int_eq(batch(batches[_i].steps), batches[_i].status);
	ck_assert_str_eq(stderr_text, batches[_i].err);
	ck_assert_str_eq(trial_output(&t, NULL), batches[_i].out);
}
END_TEST

START_TEST(errors_in_json)
{
	make_scripts();
	t.out.json = true;
	ck_assert_int_eq(batch((const char *const[STEPS]){
				 "set errors=go-on", "x-refuse", "<script2",
				 "<missing" }),
	                 3);
	ck_assert_str_eq(stderr_text,
	                 "{\"error\":\"the system refuses\",\"code\":3,"
	                 "\"command\":\"x-refuse\",\"path\":\"a\"}\n"
	                 "{\"error\":\"x-none takes no '!'\",\"code\":2,"
	                 "\"command\":\"x-none\",\"where\":\"script2:1\","
	                 "\"column\":7}\n"
	                 "{\"error\":\"missing: No such file or directory\","
	                 "\"code\":3,\"command\":\"\",\"path\":\"missing\","
	                 "\"errno\":2}\n");
}
END_TEST

/* Nine scripts within each other are one too many. */
START_TEST(scripts_8_deep)
{
	char name[16], line[64];

	for (int i = 1; i <= 9; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		snprintf(line, sizeof(line),
		         i == 9 ? "x-none deep\n" : "source s%d\n", i + 1);
		trial_file(name, line, strlen(line));
	}
	trial_prints(&t, "source s2", "x-none [deep]\n");
	ck_assert(!trial_run(&t, "source s1"));
	ck_assert_int_eq(t.err.code, ERR_SYNTAX);
	ck_assert_ptr_nonnull(
		strstr(t.err.text, "s9: scripts nested deeper than 8"));
	ck_assert_uint_eq(t.ctx.depth, 0);
	/* Itself, for ever. */
	trial_file("s1", "source s1\n", 10);
	ck_assert(!trial_run(&t, "source s1"));
	ck_assert_uint_eq(t.ctx.depth, 0);
}
END_TEST

/* A NUL in a script is an error, not the end of the line. */
START_TEST(a_script_with_a_nul)
{
	trial_file("nul", "x-none 1\nx-none\0\nx-none 3\n", 26);
	ck_assert(!trial_run(&t, "source nul"));
	ck_assert_str_eq(trial_output(&t, NULL), "x-none [1]\n");
	trial_file("nul", "x-none a\0b\n", 11);
	trial_must(&t, "source nul");
	ck_assert_int_eq(memcmp(trial_output(&t, NULL), "x-none [a\0b]\n", 13),
	                 0);
}
END_TEST

START_TEST(a_script_from_standard_input)
{
	int old = dup(STDIN_FILENO);
	int fd;

	trial_file("in", "x-none in\n", 10);
	fd = open("in", O_RDONLY | O_CLOEXEC);
	dup2(fd, STDIN_FILENO);
	close(fd);
	trial_prints(&t, "source -", "x-none [in]\n");
	trial_fails(&t, "source -", ERR_SYNTAX,
	            "standard input is in use already", 0);
	trial_fails(&t, "open -", ERR_SYNTAX,
	            "standard input is in use already", 0);
	dup2(old, STDIN_FILENO);
	close(old);
}
END_TEST

/* A sink that fails ends the batch at once, whatever errors= says. */
static bool closed_pipe(void *ctx, const char *bytes, size_t len,
                        struct error *err)
{
	(void)ctx;
	(void)bytes;
	(void)len;
	return error_sys(err, EPIPE, "standard output");
}

static bool full_disk(void *ctx, const char *bytes, size_t len,
                      struct error *err)
{
	(void)ctx;
	(void)bytes;
	(void)len;
	return error_sys(err, ENOSPC, "standard output");
}

START_TEST(output_that_goes_nowhere)
{
	const char *const steps[STEPS] = { "set errors=go-on", "x-none",
		                           "nothing" };

	output_free(&t.out);
	output_init(&t.out, false, _i ? full_disk : closed_pipe, NULL);
	ck_assert_int_eq(batch(steps), 3);
	ck_assert_str_eq(stderr_text,
	                 _i ? "hexspan: x-none: standard output: No space left "
	                      "on device\n"
	                    : "");
}
END_TEST

/* --- the table ----------------------------------------------------------- */

START_TEST(the_table_of_commands_is_sound)
{
	size_t list = 0, idx = 0;
	const struct command *c;

	for (const struct command *a = command_table; a->name; a++) {
		const struct command *b = a + 1;

		if (b->name)
			ck_assert_int_lt(strcmp(a->name, b->name), 0);
		ck_assert_uint_eq(strspn(a->name,
		                         "abcdefghijklmnopqrstuvwxyz-"),
		                  strlen(a->name));
		ck_assert_uint_lt(strlen(a->name), COMMAND_NAME);
		ck_assert(a->usage && a->help && a->run);
		ck_assert(!(a->flags & COMMAND_UI));
		/* Behind files and places there may be words. */
		ck_assert(a->words || a->complete != COMPLETE_WORDS);
		ck_assert(!a->words || a->complete == COMPLETE_WORDS ||
		          a->complete == COMPLETE_PLACE ||
		          a->complete == COMPLETE_PATTERN ||
		          a->complete == COMPLETE_FILE);
	}
	/* Names and short names are each used once. */
	while ((c = commands_next(&t.ctx, &list, &idx))) {
		ck_assert_ptr_eq(command_find(&t.ctx, c->name, strlen(c->name),
		                              false, &t.err),
		                 c);
		for (const char *a = c->alias ? c->alias : ""; *a;) {
			size_t len = strcspn(a, " ");

			ck_assert_ptr_eq(command_find(&t.ctx, a, len, false,
			                              &t.err),
			                 c);
			a += len + (a[len] != '\0');
		}
	}
	/* The blank between them is no part of one. */
	ck_assert_ptr_null(command_find(&t.ctx, "wq x", 4, false, &t.err));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("command run");
	TCase *tc = tcase_create("command run");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, grammar_of_lines, 0, ARRAY_LEN(lines));
	tcase_add_loop_test(tc, errors_have_columns, 0, ARRAY_LEN(wrong));
	tcase_add_test(tc, a_line_with_a_nul);
	tcase_add_loop_test(tc, ranges_of_each_kind, 0, ARRAY_LEN(ranges));
	tcase_add_test(tc, as_many_bytes_as_there_are);
	tcase_add_test(tc, an_empty_space);
	tcase_add_loop_test(tc, abbreviations_in_the_prompt, 0,
	                    ARRAY_LEN(prompts));
	tcase_add_test(tc, radix_16_in_the_prompt);
	tcase_add_loop_test(tc, parsing_without_running, 0, ARRAY_LEN(parses));
	tcase_add_test(tc, parsing_of_anything);
	tcase_add_loop_test(tc, checking_of_bindings, 0, ARRAY_LEN(checks));
	tcase_add_loop_test(tc, batches_and_their_status, 0,
	                    ARRAY_LEN(batches));
	tcase_add_test(tc, errors_in_json);
	tcase_add_test(tc, scripts_8_deep);
	tcase_add_test(tc, a_script_with_a_nul);
	tcase_add_test(tc, a_script_from_standard_input);
	tcase_add_loop_test(tc, output_that_goes_nowhere, 0, 2);
	tcase_add_test(tc, the_table_of_commands_is_sound);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
