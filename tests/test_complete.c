/*
 * test_complete.c - tests of src/command/complete.c
 *
 * Beside tables of what is offered where stands a property: a name that was
 * taken from the offers, put into the line, must mean the thing it was the name
 * of, however odd it is.
 */
#include "config.h"

#include "command/complete.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "command/context.h"
#include "command/run.h"
#include "command/table.h"
#include "session.h"
#include "tests/support.h"
#include "tests/trial.h"

enum { OFFERS = 8192 };

static struct trial t;
static char offers[OFFERS]; /* each followed by a blank */
static size_t offered, most;

/* A command of the editor that takes each kind of argument. */
static bool nothing(struct context *ctx, struct call *call, struct error *err)
{
	(void)ctx;
	(void)call;
	(void)err;
	return true;
}

static const struct command editor_table[] = {
	{ .name = "x-keymap",
	  .usage = "",
	  .complete = COMPLETE_KEYMAP,
	  .flags = COMMAND_UI,
	  .run = nothing },
	{ .name = "x-theme",
	  .usage = "",
	  .complete = COMPLETE_THEME,
	  .flags = COMMAND_UI,
	  .run = nothing },
	{ .name = NULL },
};

static void setup(void)
{
	static const char patterns[] = "mine {00}\nurl \"mine\"\n";
	struct error err;
	static const char *const inputs[] = { "alpha", "beta name \"my seg\"",
		                              "alpha copy", "gap:4", NULL };

	ck_assert_int_eq(chdir(scratch()), 0);
	trial_file("alpha", "0123456789", 10);
	trial_file("beta", "abcdefghij", 10);
	trial_begin(&t, inputs);
	commands_add(&t.ctx, editor_table);
	trial_must(&t, "0,2 ranges add %many; 0 ranges add %few; "
	               "find-all /1/ as %found");
	t.ctx.batch = false;
	t.ctx.patterns = mem_strndup(patterns, sizeof(patterns) - 1, &err);
	ck_assert_ptr_nonnull(t.ctx.patterns);
}

static void teardown(void)
{
	trial_end(&t);
}

static bool take(void *arg, const char *text)
{
	ck_assert_ptr_eq(arg, offers);
	ck_assert_uint_lt(strlen(offers) + strlen(text) + 2, OFFERS);
	strcat(offers, text);
	strcat(offers, " ");
	return ++offered < most;
}

/* Complete at the '^' of a line, which stands for nothing. */
static void complete(const char *marked, size_t *start, size_t *end)
{
	size_t pos = strcspn(marked, "^");
	char line[256];

	ck_assert_int_eq(marked[pos], '^');
	snprintf(line, sizeof(line), "%.*s%s", (int)pos, marked,
	         marked + pos + 1);
	offers[0] = '\0';
	offered = 0;
	most = SIZE_MAX;
	complete_line(&t.ctx, line, pos, start, end, take, offers);
	ck_assert_uint_le(*start, *end);
	ck_assert_uint_eq(*end, pos);
}

/* --- what is offered where ----------------------------------------------- */

static const struct {
	const char *line;
	size_t start;
	const char *want;
} rows[] = {
	/* Names of commands, ours and the editor's. */
	{ "go^", 0, "goto " },
	{ "s^", 0, "save-as save-layout segments select set source " },
	{ "x-^", 0, "x-keymap x-theme " },
	{ ":go^", 1, "goto " },
	{ "  go^", 2, "goto " },
	{ "goto 5; go^", 8, "goto " },
	{ "5 inf^", 2, "info " },
	{ "0,5 prin^", 4, "print " },
	{ "nope; go^", 6, "goto " },
	{ "nope^", 0, "" },
	/* Only what stands in front of the cursor plays a part. */
	{ "go^to 5", 0, "goto " },
	{ "goto^ 5", 0, "goto " },
	{ "pri^ raw", 0, "print " },
	/* Words of a command. */
	{ "print ra^", 6, "raw " },
	{ "print c --un^", 8, "--unreadable=skip " },
	{ "next ^", 5,
	  "segment sector block run string match bookmark edit range " },
	{ "flush v^", 6, "verify " },
	{ "flush -^", 6, "-y " },
	{ "duplicate 5 i^", 12, "insert " },
	{ "duplicate al^", 10, "alpha: alpha: " },
	{ "prev se^", 5, "segment sector " },
	{ "0,5 select s^", 11, "segment start swap " },
	{ "quit ^", 5, "drop " },
	{ "quit! d^", 6, "drop " },
	/* Patterns with names, those of the user first and none twice. */
	{ "find @^", 5, "@mine @url @email @guid @ipv4 @phone @ssn " },
	{ "find-all -n 3 @m^", 14, "@mine " },
	{ "count @e^", 6, "@email " },
	{ "replace-all --^", 12, "--in --not-in --pad " },
	{ "find-all @url a^", 14, "as " },
	{ "0,5 find --not^", 9, "--not-in " },
	{ "/a @^", 3, "" },
	/* Sets of ranges, wherever they may stand. */
	{ "find --in %^", 10, "%few %found %many " },
	{ "find-all --not-in ((%f^", 20, "%few %found " },
	{ "ranges show %m^", 12, "%many " },
	{ "ranges %x = %m^ and", 12, "%many " },
	{ "next range %x^", 11, "" },
	{ "print (^", 6, "" },
	/* Options, and values that are words. */
	{ "set s^", 4, "scrolloff= sector= sync " },
	{ "set rules=^", 4, "rules=on rules=off " },
	{ "set case=u^", 4, "case=upper " },
	{ "set sector=^", 4, "" },
	{ "set rules off^", 10, "offset= " },
	{ "cycle ma^", 6, "marks " },
	{ "cycle rules=^", 6, "" },
	{ "help addr^", 5, "addresses " },
	{ "help sect^", 5, "sector " },
	/* Segments: by name and number; what is no name needs quotes. */
	{ "goto al^", 5, "alpha: alpha: " },
	{ "goto #^", 5, "#1: #2: #3: " },
	{ "goto m^", 5, "\"my seg\": " },
	{ "goto \"m^", 5, "\"my seg\": " },
	{ "goto \"my s^", 5, "\"my seg\": " },
	{ "goto \"al^", 5, "\"alpha\": \"alpha\": " },
	{ "close #2^", 6, "#2: " },
	{ "eval @^", 5, "@one @two " },
	{ "bookmark t^", 9, "two " },
	{ "bookmark g^", 9, "goto " },
	{ "bookmark delete o^", 16, "one " },
	/* Files. */
	{ "open al^", 5, "alpha " },
	{ "open fol^", 5, "folder/ " },
	{ "open folder/^", 5, "folder/inner \"folder/two words\" " },
	{ "open folder/t^", 5, "\"folder/two words\" " },
	{ "open \"folder/two w^", 5, "\"folder/two words\" " },
	{ "open .^", 5, ".hidden " },
	{ "open ./al^", 5, "./alpha " },
	{ "open nowhere/^", 5, "" },
	{ "source al^", 7, "alpha " },
	{ "save-layout! al^", 13, "alpha " },
	/* What comes behind a file. */
	{ "import! al^", 8, "alpha " },
	{ "import alpha i^", 13, "ihex insert " },
	{ "2,5 export \"al pha\"  r^", 21, "raw " },
	{ "save-as alpha ^", 14, "split --unreadable=skip " },
	{ "save-layout alpha al^", 18, "alpha " },
	{ "open -^", 5, "" },   /* that would be standard input */
	{ "open gap^", 5, "" }, /* and that no file */
	{ "open ./-^", 5, "./- " },
	{ "open ./gap^", 5, "./gap:5 " },
	/* Names of keymaps and themes. */
	{ "x-keymap v^", 9, "vi " },
	{ "x-theme d^", 8, "dark " },
	/* Nothing to offer. */
	{ "echo go^", 5, "" },
	{ "echo a; go^", 8, "" },
	{ "# go^", 2, "" },
	{ "segments ^", 9, "" },
	{ "5^", 0, "" },
	{ "5 ^", 2, NULL }, /* all commands */
	{ "^", 0, NULL },
	{ "goto 5;^", 7, NULL },
};

START_TEST(what_is_offered_where)
{
	size_t start, end;

	must(mkdir("folder", 0700) == 0 || access("folder", F_OK) == 0, &t.err);
	free(scratch_file("folder/inner", "", 0));
	free(scratch_file("folder/two words", "", 0));
	ck_assert_int_eq(symlink("folder", "linked"), 0);
	trial_file(".hidden", "", 0);
	trial_file("-", "", 0);
	trial_file("gap:5", "", 0);
	trial_must(&t, "1 bookmark one; #2:2 bookmark two");
	complete(rows[_i].line, &start, &end);
	if (rows[_i].want) {
		ck_assert_str_eq(offers, rows[_i].want);
		if (*rows[_i].want)
			ck_assert_uint_eq(start, rows[_i].start);
		return;
	}
	ck_assert_uint_eq(start, rows[_i].start);
	for (const struct command *c = command_table; c->name; c++)
		ck_assert_ptr_nonnull(strstr(offers, c->name));
}
END_TEST

START_TEST(all_files_of_a_folder)
{
	size_t start, end;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(mkdir("d/sub", 0700), 0);
	free(scratch_file("d/b", "", 0));
	free(scratch_file("d/a", "", 0));
	free(scratch_file("d/.z", "", 0));
	/* What cannot be shown as it is cannot be offered. */
	free(scratch_file("d/esc\033", "", 0));
	free(scratch_file("d/escape\\x41", "", 0));
	complete("open d/^", &start, &end);
	ck_assert_str_eq(offers, "d/a d/b d/sub/ ");
	complete("open d/.^", &start, &end);
	ck_assert_str_eq(offers, "d/.z ");
}
END_TEST

START_TEST(an_offer_can_be_the_last)
{
	size_t start, end;

	complete("s^", &start, &end);
	ck_assert_uint_eq(offered, 6);
	offers[0] = '\0';
	offered = 0;
	most = 2;
	complete_line(&t.ctx, "s", 1, &start, &end, take, offers);
	ck_assert_str_eq(offers, "save-as save-layout ");
}
END_TEST

/* --- what is offered means what it was the name of ----------------------- */

static char chosen[1024];

static bool choose(void *arg, const char *text)
{
	snprintf(chosen, sizeof(chosen), "%s", text);
	(void)arg;
	return false;
}

static const char *const names[] = {
	"plain",   "with blank", "semi;colon", "quo\"te", "back\\slash",
	"br{ace",  "br{a}ce",    "#hash",      "-dash",   "dot.ted",
	".hidden", "col:on",     "a/b-",       "x-",      "caf\303\251",
	"1f0h",    "0x10",       "12",         "u8",      "per%cent",
	"tick'",   "\"quoted\"", "(paren)",    "a,b",     "two  blanks",
	"trail ",  "eq=ual",     "star*",      "!bang",
};

/* A file of this name is opened by what the offer makes of the line. */
START_TEST(files_that_are_offered_can_be_opened)
{
	const char *name = names[_i];
	size_t start, end, count = space_segments(context_space(&t.ctx));
	char line[2048];

	if (strchr(name, '/'))
		return;
	ck_assert_int_eq(mkdir("odd", 0700), 0);
	snprintf(line, sizeof(line), "odd/%s", name);
	free(scratch_file(line, "odd", 3));
	snprintf(line, sizeof(line), "open odd/%.1s",
	         name[0] == '.' ? name : "");
	chosen[0] = '\0';
	complete_line(&t.ctx, line, strlen(line), &start, &end, choose, NULL);
	ck_assert_str_ne(chosen, "");
	snprintf(line, sizeof(line), "open %s", chosen);
	t.ctx.batch = true;
	trial_must(&t, line);
	ck_assert_str_eq(space_segment(context_space(&t.ctx), count)
	                         ->placement->name,
	                 name);
}
END_TEST

/* A segment of this name is gone to. */
START_TEST(segments_that_are_offered_can_be_gone_to)
{
	const char *name = names[_i];
	size_t start, end, n;
	char line[2048];

	n = (size_t)snprintf(line, sizeof(line), "open beta copy name \"");
	for (const char *c = name; *c; c++) {
		if (*c == '"' || *c == '\\')
			line[n++] = '\\';
		line[n++] = *c;
	}
	memcpy(line + n, "\"", 2);
	trial_must(&t, line);
	/* All it can be told from: its first characters, or a quote. */
	n = (size_t)snprintf(line, sizeof(line), "eval \"");
	for (const char *c = name; *c; c++) {
		if (*c == '"' || *c == '\\')
			line[n++] = '\\';
		line[n++] = *c;
	}
	chosen[0] = '\0';
	complete_line(&t.ctx, line, n, &start, &end, choose, NULL);
	ck_assert_uint_eq(start, 5);
	snprintf(line, sizeof(line), "eval %s3", chosen);
	t.ctx.batch = true;
	trial_prints(&t, line, "37 0x25 #4:0x3\n");
}
END_TEST

/* Any line: no crash, and what is offered goes on as the word has begun. */
static char prefix[64];

static bool check_offer(void *arg, const char *text)
{
	(void)arg;
	if (prefix[0] == '"' || text[0] == '"')
		return true;
	ck_assert_int_eq(strncmp(text, prefix, strlen(prefix)), 0);
	return true;
}

START_TEST(any_line)
{
	static const char alphabet[] = "gosetprin  ;:\"\\{}/#@'=.-5,%!";
	static const char *const heads[] = { "",      "set ",  "goto ", "open ",
		                             "help ", "next ", "5 " };
	uint64_t random = random_seed();

	for (size_t n = cases(20000); n > 0; n--) {
		char line[64];
		size_t len, pos, start, end;

		len = (size_t)snprintf(line, sizeof(line), "%s",
		                       heads[random_below(&random,
		                                          ARRAY_LEN(heads))]);
		for (size_t k = (size_t)random_below(&random, 12); k > 0; k--)
			line[len++] =
				alphabet[random_below(&random,
			                              sizeof(alphabet) - 1)];
		line[len] = '\0';
		pos = (size_t)random_below(&random, len + 1);
		/* What it begins with is known after the fact only: ask
		   twice. */
		prefix[0] = '"';
		complete_line(&t.ctx, line, pos, &start, &end, check_offer,
		              NULL);
		ck_assert_uint_le(start, end);
		ck_assert_uint_eq(end, pos);
		snprintf(prefix, sizeof(prefix), "%.*s", (int)(end - start),
		         line + start);
		complete_line(&t.ctx, line, pos, &start, &end, check_offer,
		              NULL);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("complete");
	TCase *tc = tcase_create("complete");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, what_is_offered_where, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, all_files_of_a_folder);
	tcase_add_test(tc, an_offer_can_be_the_last);
	tcase_add_loop_test(tc, files_that_are_offered_can_be_opened, 0,
	                    ARRAY_LEN(names));
	tcase_add_loop_test(tc, segments_that_are_offered_can_be_gone_to, 0,
	                    ARRAY_LEN(names));
	tcase_add_test(tc, any_line);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
