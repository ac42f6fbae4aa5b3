/* test_arguments.c - tests of ui/arguments.c
 *
 * A command line is written as its words with '|' between them, so that words
 * may hold blanks and be empty.
 */
#include "config.h"

#include "ui/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "tests/support.h"

enum { WORDS = 40 };

static struct arguments args;
static char words[4096]; /* argv points into it, and args into argv */

static bool parse(const char *line, struct error *err)
{
	char *argv[WORDS + 1] = { (char[]){ "hexspan" } };
	int argc = 1;

	snprintf(words, sizeof(words), "%s", line);
	for (char *p = words; p; argc++) {
		char *end = strchr(p, '|');

		ck_assert_int_lt(argc, WORDS);
		argv[argc] = p;
		p = end;
		if (end) {
			*end = '\0';
			p = end + 1;
		}
	}
	argv[argc] = NULL;
	return arguments_parse(&args, argc, argv, err);
}

static void accept(const char *line)
{
	struct error err;

	arguments_free(&args);
	must(parse(line, &err), &err);
}

static void tear_down(void)
{
	arguments_free(&args);
	args = (struct arguments){ 0 };
}

static const struct placement *input(size_t i)
{
	ck_assert_uint_lt(i, args.inputs.count);
	return args.inputs.v[i];
}

/* --- options ------------------------------------------------------------- */

START_TEST(no_arguments)
{
	char *argv[] = { (char[]){ "hexspan" }, NULL };
	struct error err;

	must(arguments_parse(&args, 1, argv, &err), &err);
	ck_assert_uint_eq(args.inputs.count, 0);
	ck_assert_uint_eq(args.step_count, 0);
	ck_assert(!args.help && !args.version && !args.json && !args.no_mmap &&
	          !args.read_only && !args.interactive && !args.uses_stdin);
	ck_assert_int_eq(args.access, ACCESS_DEFAULT);
}
END_TEST

START_TEST(every_option)
{
	accept("-i|--json|-R|-g|0x10|-k|vi|--theme=light|--access=copy|"
	       "--threads|3|--no-mmap|--check-keys|my.keys|a");
	ck_assert(args.interactive && args.json && args.read_only &&
	          args.no_mmap);
	ck_assert_str_eq(args.start, "0x10");
	ck_assert_str_eq(args.keymap, "vi");
	ck_assert_str_eq(args.theme, "light");
	ck_assert_int_eq(args.access, ACCESS_COPY);
	ck_assert_uint_eq(args.threads, 3);
	ck_assert_str_eq(args.check_keys, "my.keys");
	ck_assert_uint_eq(args.inputs.count, 1);
	accept("--read-only|-g-1s|-kemacs");
	ck_assert(args.read_only);
	ck_assert_str_eq(args.start, "-1s");
	ck_assert_str_eq(args.keymap, "emacs");
}
END_TEST

START_TEST(words_of_access)
{
	accept("--access=read");
	ck_assert_int_eq(args.access, ACCESS_READ);
	accept("--access|write");
	ck_assert_int_eq(args.access, ACCESS_WRITE);
	accept("--access=copy");
	ck_assert_int_eq(args.access, ACCESS_COPY);
}
END_TEST

START_TEST(options_of_the_journal)
{
	accept("a");
	ck_assert(!args.journal_dir && !args.no_journal && !args.keep_edits);
	ck_assert_int_eq(args.recover, WAITING_ASK);
	accept("--journal-dir=j|--recover=yes|-c|x|--keep-edits");
	ck_assert_str_eq(args.journal_dir, "j");
	ck_assert(args.keep_edits);
	ck_assert_int_eq(args.recover, WAITING_YES);
	accept("--journal-dir|/j|--recover|no");
	ck_assert_str_eq(args.journal_dir, "/j");
	ck_assert_int_eq(args.recover, WAITING_NO);
	accept("--recover=back");
	ck_assert_int_eq(args.recover, WAITING_BACK);
	accept("--dry-run|-f|x");
	ck_assert(args.dry_run);
	accept("--recover=list");
	ck_assert_int_eq(args.recover, WAITING_LIST);
	accept("--no-journal|--recover=ask");
	ck_assert(args.no_journal);
	ck_assert_int_eq(args.recover, WAITING_ASK);
}
END_TEST

START_TEST(help_and_version)
{
	char *text = NULL;
	size_t len;
	FILE *f;

	accept("--help");
	ck_assert(args.help && !args.version);
	accept("-h");
	ck_assert(args.help && !args.version);
	accept("-RV");
	ck_assert(args.version && !args.help);
	accept("--version|a");
	ck_assert(args.version && !args.help);
	f = open_memstream(&text, &len);
	arguments_usage(f);
	fclose(f);
	ck_assert_int_eq(strncmp(text, "usage: hexspan ", 15), 0);
	free(text);
}
END_TEST

/* Every option that is there is said in the usage. */
START_TEST(usage_names_all)
{
	static const char *const options[] = {
		"-c",           "-f",           "-i",        "--json",
		"-R",           "--access",     "-g",        "-k",
		"--theme",      "--check-keys", "--no-mmap", "--null",
		"--files-from", "--threads",    "--at",      "--skip",
		"--size",       "--ro",         "--rw",      "--copy",
		"--name",       "--over",
	};
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	arguments_usage(f);
	fclose(f);
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		ck_assert_msg(strstr(text, options[i]) != NULL, "%s",
		              options[i]);
	free(text);
}
END_TEST

START_TEST(steps_in_order)
{
	accept("-c|goto 1|a|-f|one.hxs|-c|quit|-ftwo.hxs");
	ck_assert_uint_eq(args.step_count, 4);
	ck_assert_str_eq(args.steps[0].text, "goto 1");
	ck_assert(!args.steps[0].is_file);
	ck_assert_str_eq(args.steps[1].text, "one.hxs");
	ck_assert(args.steps[1].is_file);
	ck_assert_str_eq(args.steps[2].text, "quit");
	ck_assert(!args.steps[2].is_file);
	ck_assert_str_eq(args.steps[3].text, "two.hxs");
	ck_assert(args.steps[3].is_file);
	ck_assert_uint_eq(args.inputs.count, 1);
}
END_TEST

/* --- inputs -------------------------------------------------------------- */

START_TEST(input_options_act_on_the_next_input)
{
	accept("a|--at=4K|--ro|b|c|--skip=-16|--size|8|--copy|--name|x y|d");
	ck_assert_uint_eq(args.inputs.count, 4);
	ck_assert_str_eq(input(0)->path, "a");
	ck_assert_int_eq(input(0)->at, AT_NEXT);
	ck_assert_int_eq(input(0)->access, ACCESS_DEFAULT);
	ck_assert_int_eq(input(1)->at, AT_ADDR);
	ck_assert_uint_eq(input(1)->at_value, 4096);
	ck_assert_int_eq(input(1)->access, ACCESS_READ);
	ck_assert_int_eq(input(2)->at, AT_NEXT);
	ck_assert_int_eq(input(2)->access, ACCESS_DEFAULT);
	ck_assert(input(3)->skip_from_end);
	ck_assert_uint_eq(input(3)->skip, 16);
	ck_assert_uint_eq(input(3)->size, 8);
	ck_assert_int_eq(input(3)->access, ACCESS_COPY);
	ck_assert_str_eq(input(3)->name, "x y");
}
END_TEST

START_TEST(places_of_inputs)
{
	accept("a|--at=-16|--over|b|--at|+4K|--over=verify|c|--rw|gap");
	ck_assert_int_eq(input(1)->at, AT_END);
	ck_assert_uint_eq(input(1)->at_value, 16);
	ck_assert_int_eq(input(1)->over, OVER_COVER);
	ck_assert_int_eq(input(2)->at, AT_AFTER);
	ck_assert_uint_eq(input(2)->at_value, 4096);
	ck_assert_int_eq(input(2)->over, OVER_VERIFY);
	ck_assert_int_eq(input(3)->access, ACCESS_WRITE);
	/* A value of its own would have to stand behind '='. */
	accept("--over|verify");
	ck_assert_str_eq(input(0)->path, "verify");
	ck_assert_int_eq(input(0)->over, OVER_COVER);
}
END_TEST

START_TEST(kinds_of_inputs)
{
	accept("memory:4K|--at=1M|gap:16|./gap:16|-");
	ck_assert_int_eq(input(0)->input, PLACEMENT_MEMORY);
	ck_assert_int_eq(input(1)->input, PLACEMENT_GAP);
	ck_assert_uint_eq(input(1)->at_value, 1048576);
	ck_assert_int_eq(input(2)->input, PLACEMENT_FILE);
	ck_assert_int_eq(input(3)->input, PLACEMENT_STDIN);
	ck_assert(args.uses_stdin);
	/* It has not been read: the editor still has a terminal. */
	ck_assert(!args.stdin_read);
}
END_TEST

START_TEST(end_of_options)
{
	accept("a|--ro|--|-R|--json|--|-");
	ck_assert_uint_eq(args.inputs.count, 5);
	ck_assert_str_eq(input(1)->path, "-R");
	ck_assert_int_eq(input(1)->access, ACCESS_READ);
	ck_assert_str_eq(input(2)->path, "--json");
	ck_assert_int_eq(input(2)->access, ACCESS_DEFAULT);
	ck_assert_str_eq(input(3)->path, "--");
	ck_assert_int_eq(input(4)->input, PLACEMENT_STDIN);
	ck_assert(!args.read_only && !args.json);
	accept("--");
	ck_assert_uint_eq(args.inputs.count, 0);
}
END_TEST

/* --- refusals ------------------------------------------------------------ */

START_TEST(refusals)
{
	static const struct {
		const char *line, *text;
	} table[] = {
		{ "--bogus", "unknown option --bogus (-h lists them)" },
		{ "a|--bogus=3|b", "unknown option --bogus=3 (-h lists them)" },
		{ "-x", "unknown option -x (-h lists them)" },
		{ "-ixR", "unknown option -x (-h lists them)" },
		{ "-\x1b", "unknown option -\\x1b (-h lists them)" },
		{ "--\x1b[31m", "unknown option --\\x1b[31m (-h lists them)" },
		/* --access or --at? */
		{ "--a=1|x", "unknown option --a=1 (-h lists them)" },
		{ "-c", "-c needs a value" },
		{ "a|-i|-f", "-f needs a value" },
		{ "--at", "--at needs a value" },
		{ "--threads", "--threads needs a value" },
		{ "--json=1", "--json=1: it takes no value" },
		{ "--read-only=1", "--read-only=1: it takes no value" },
		{ "--ro=1|a", "--ro=1: it takes no value" },
		{ "--access=all", "--access wants read, write or copy, not "
		                  "'all'" },
		{ "--access=", "--access wants read, write or copy, not ''" },
		{ "--access=default", "--access wants read, write or copy, not "
		                      "'default'" },
		{ "--threads=0", "--threads wants 1 to 1024" },
		{ "--threads=1025", "--threads wants 1 to 1024" },
		{ "--journal-dir=", "--journal-dir wants a folder" },
		{ "--recover=maybe",
		  "--recover wants ask, yes, back, no or list, not 'maybe'" },
		{ "--no-journal|--recover=yes", "--recover=yes goes on in a "
		                                "journal: not with "
		                                "--no-journal" },
		{ "--no-journal|--keep-edits|-c|x",
		  "--keep-edits keeps them in the journal: not with "
		  "--no-journal" },
		{ "--dry-run|a", "--dry-run is for -c and -f, without -i and "
		                 "--keep-edits" },
		{ "--keep-edits|a", "--keep-edits is for -c and -f (the editor "
		                    "keeps them)" },
		{ "--keep-edits|-i|-c|x|a",
		  "--keep-edits is for -c and -f (the "
		  "editor keeps them)" },
		{ "a|--ro", "--ro has no input behind it to act on" },
		{ "--at=5", "--at has no input behind it to act on" },
		{ "--ro|--size=4|--", "--ro has no input behind it to act on" },
		{ "--ro|--files-from=/dev/null|a",
		  "--ro acts on one input, not on those of --files-from" },
		{ "-|-", "standard input is used twice" },
		{ "-f|-|-", "standard input is used twice" },
		{ "-f|-|-f|-", "standard input is used twice" },
		{ "-|--files-from=-", "standard input is used twice" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct error err;

		tear_down();
		ck_assert_msg(!parse(table[i].line, &err), "'%s' was taken",
		              table[i].line);
		ck_assert_msg(strcmp(err.text, table[i].text) == 0, "'%s': %s",
		              table[i].line, err.text);
		ck_assert_int_eq(err.code, ERR_SYNTAX);
		ck_assert_int_eq(error_status(&err), 2);
	}
}
END_TEST

/* These texts come from the placement; the option is named in front. */
START_TEST(refused_values)
{
	static const struct {
		const char *line, *begin;
	} table[] = {
		{ "--at=x|a", "--at" },         { "--size=1.3K|a", "--size" },
		{ "--skip=|a", "--skip" },      { "--over=all|a", "--over" },
		{ "--ro|--rw|a", "--rw" },      { "--at=1|--at=2|a", "--at" },
		{ "--size=4|gap:8", "--size" }, { "--threads=x", "--threads" },
		{ "gap:x", "gap:x" },           { "a||b", "an empty name" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct error err;

		tear_down();
		ck_assert_msg(!parse(table[i].line, &err), "'%s' was taken",
		              table[i].line);
		ck_assert_msg(strncmp(err.text, table[i].begin,
		                      strlen(table[i].begin)) == 0,
		              "'%s': %s", table[i].line, err.text);
		ck_assert_int_eq(error_status(&err), 2);
	}
}
END_TEST

START_TEST(too_many_options_for_one_input)
{
	char line[400] = "";
	struct error err;

	for (int i = 0; i < 17; i++)
		strcat(line, "--at=1|");
	strcat(line, "a");
	ck_assert(!parse(line, &err));
	ck_assert_str_eq(err.text, "--at: too many options for one input");
}
END_TEST

/* An input that is refused leaves nothing behind to be freed twice. */
START_TEST(no_memory)
{
	static const char line[] =
		"a|--at=4K|--name=n|b|-c|quit|memory:4K|gap:7|-f|x|d";
	struct error err;
	long n = 0;

	for (;; n++) {
		bool ok;

		tear_down();
		mem_fail_after(n);
		ok = parse(line, &err);
		mem_fail_after(-1);
		if (ok)
			break;
		ck_assert_int_eq(err.code, ERR_NOMEM);
	}
	ck_assert_int_gt(n, 10);
	ck_assert_uint_eq(args.inputs.count, 5);
}
END_TEST

/* --- lists of names ------------------------------------------------------ */

START_TEST(files_from)
{
	char *lines = scratch_file("lines", "x y\n\nz\n", 7);
	char *nuls = scratch_file("nuls", "x\ny\0z", 5);
	char line[300];

	snprintf(line, sizeof(line), "a|--files-from=%s|b", lines);
	accept(line);
	ck_assert_uint_eq(args.inputs.count, 4);
	ck_assert_str_eq(input(0)->path, "a");
	ck_assert_str_eq(input(1)->path, "x y");
	ck_assert_str_eq(input(2)->path, "z");
	ck_assert_str_eq(input(3)->path, "b");
	/* --null counts wherever it stands. */
	for (int i = 0; i < 3; i++) {
		snprintf(line, sizeof(line),
		         i == 0   ? "--null|--files-from=%s"
		         : i == 1 ? "--files-from=%s|--null"
		                  : "--files-from=%s|a|-c|quit|--nul",
		         nuls);
		accept(line);
		ck_assert_str_eq(input(0)->path, "x\ny");
		ck_assert_str_eq(input(1)->path, "z");
	}
	/* But not as the value of another option, or behind the last. */
	for (int i = 0; i < 2; i++) {
		snprintf(line, sizeof(line),
		         i ? "--files-from=%s|--|--null"
		           : "-c|--null|--files-from=%s",
		         lines);
		accept(line);
		ck_assert_str_eq(input(1)->path, "z");
	}
	free(lines);
	free(nuls);
}
END_TEST

START_TEST(files_from_nowhere)
{
	struct error err;

	ck_assert(!parse("--files-from=/nowhere/list", &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, "/nowhere/list"));
	ck_assert_int_eq(error_status(&err), 3);
}
END_TEST

START_TEST(files_from_standard_input)
{
	char *names = scratch_file("names", "x\ny\n", 4);

	ck_assert_ptr_nonnull(freopen(names, "r", stdin));
	accept("--files-from=-|a");
	ck_assert_uint_eq(args.inputs.count, 3);
	ck_assert_str_eq(input(1)->path, "y");
	ck_assert(args.uses_stdin && args.stdin_read);
	free(names);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("arguments");
	TCase *tc = tcase_create("arguments");

	tcase_add_checked_fixture(tc, NULL, tear_down);
	tcase_add_test(tc, no_arguments);
	tcase_add_test(tc, every_option);
	tcase_add_test(tc, words_of_access);
	tcase_add_test(tc, options_of_the_journal);
	tcase_add_test(tc, help_and_version);
	tcase_add_test(tc, usage_names_all);
	tcase_add_test(tc, steps_in_order);
	tcase_add_test(tc, input_options_act_on_the_next_input);
	tcase_add_test(tc, places_of_inputs);
	tcase_add_test(tc, kinds_of_inputs);
	tcase_add_test(tc, end_of_options);
	tcase_add_test(tc, refusals);
	tcase_add_test(tc, refused_values);
	tcase_add_test(tc, too_many_options_for_one_input);
	tcase_add_test(tc, no_memory);
	tcase_add_test(tc, files_from);
	tcase_add_test(tc, files_from_nowhere);
	tcase_add_test(tc, files_from_standard_input);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
