/* test_option.c - tests of src/command/option.c and of set and cycle */
#include "config.h"

#include "command/option.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "tests/support.h"
#include "tests/trial.h"

static const char *const no_inputs[] = { NULL };
static struct option_values values;
static struct error err;

static const struct option *find(const char *name)
{
	const struct option *option = option_find(name, &err);

	must(option != NULL, &err);
	return option;
}

static bool put(const char *name, const char *text)
{
	return option_set(&values, find(name), text, &units_default, &err);
}

static void is(const char *name, const char *want)
{
	char text[OPTION_NAME];

	ck_assert_str_eq(option_text(&values, find(name), text), want);
}

/* --- the table ----------------------------------------------------------- */

static bool overlap(const struct option *a, const struct option *b)
{
	size_t len = a->kind == OPTION_TEXT ? OPTION_NAME : sizeof(uint64_t);

	return b->member >= a->member && b->member < a->member + len;
}

START_TEST(the_table_is_sound)
{
	size_t total = 0;

	for (const struct option *o = option_table; o->name; o++) {
		bool words = o->kind == OPTION_WORD;
		bool number = o->kind == OPTION_NUMBER;

		if (o > option_table)
			ck_assert_int_lt(strcmp(o[-1].name, o->name), 0);
		/* "noNAME" sets a switch off: no name may begin so. */
		ck_assert_int_ne(strncmp(o->name, "no", 2), 0);
		ck_assert_uint_lt(strlen(o->name), OPTION_NAME);
		ck_assert_int_eq(words, o->words != NULL);
		ck_assert_int_eq(number, o->max > 0);
		ck_assert(!o->has_auto || (number && o->min == 0));
		ck_assert_ptr_nonnull(o->help);
		for (const struct option *p = option_table; p->name; p++)
			ck_assert(p == o || !overlap(o, p));
		total +=
			o->kind == OPTION_TEXT ? OPTION_NAME : sizeof(uint64_t);
	}
	/* Every member has its option. */
	ck_assert_uint_eq(total, sizeof(struct option_values));
}
END_TEST

START_TEST(defaults)
{
	static const char *const want[][2] = {
		{ "block", "4096" },
		{ "case", "lower" },
		{ "clipboard", "osc52" },
		{ "color", "auto" },
		{ "columns", "auto" },
		{ "encoding", "ascii" },
		{ "errors", "stop" },
		{ "glyphs", "auto" },
		{ "groups", "auto" },
		{ "highlight", "on" },
		{ "insert", "off" },
		{ "journallimit", "1073741824" },
		{ "keybar", "on" },
		{ "keymap", "default" },
		{ "marks", "auto" },
		{ "mouse", "on" },
		{ "offset", "space" },
		{ "radix", "10" },
		{ "rules", "on" },
		{ "scrolloff", "2" },
		{ "sector", "auto" },
		{ "sync", "on" },
		{ "theme", "auto" },
		{ "title", "on" },
		{ "undolimit", "268435456" },
		{ "watch", "off" },
		{ "wrapscan", "on" },
	};
	size_t n = 0;

	options_default(&values);
	for (const struct option *o = option_table; o->name; o++)
		n++;
	ck_assert_uint_eq(n, ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		is(want[i][0], want[i][1]);
	/* What is shown is what would set it. */
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		must(put(want[i][0], want[i][1]), &err);
		is(want[i][0], want[i][1]);
	}
}
END_TEST

/* --- values -------------------------------------------------------------- */

static const struct {
	const char *name, *text;
	const char *want; /* NULL: refused */
} rows[] = {
	{ "columns", "0", "auto" },
	{ "columns", "auto", "auto" },
	{ "columns", "1", "1" },
	{ "columns", "64", "64" },
	{ "columns", "65", NULL },
	{ "columns", "-1", NULL },
	{ "columns", "", NULL },
	{ "columns", "8 ", NULL },
	{ "columns", "0x10", "16" },
	{ "block", "0", NULL },
	{ "block", "auto", NULL },
	{ "block", "1", "1" },
	{ "block", "64K", "65536" },
	{ "block", "1T", "1099511627776" },
	{ "block", "0x10000000001", NULL },
	{ "block", "99999999999999999999", NULL },
	{ "radix", "10", "10" },
	{ "radix", "16", "16" },
	{ "radix", "11", NULL },
	{ "radix", "8", NULL },
	{ "scrolloff", "100", "100" },
	{ "scrolloff", "101", NULL },
	{ "sector", "4K", "4096" },
	{ "sector", "auto", "auto" },
	{ "rules", "off", "off" },
	{ "rules", "on", "on" },
	{ "rules", "o", NULL },
	{ "rules", "ON", NULL },
	{ "rules", "1", NULL },
	{ "rules", "", NULL },
	{ "encoding", "utf-16le", "utf-16le" },
	{ "encoding", "utf-16", NULL }, /* a beginning is not enough */
	{ "encoding", "ascii latin1", NULL },
	{ "offset", "decimal", "decimal" },
	{ "theme", "mine", "mine" },
	{ "theme", "", NULL },
	{ "theme", "a-name-of-thirty-one-bytes-long", /* the longest */
	  "a-name-of-thirty-one-bytes-long" },
	{ "theme", "a-name-of-thirty-two-bytes-long!", NULL },
};

/* A value that is refused leaves the old one. */
START_TEST(values_taken_and_refused)
{
	const char *name = rows[_i].name;
	char before[OPTION_NAME];

	options_default(&values);
	option_text(&values, find(name), before);
	if (rows[_i].want) {
		must(put(name, rows[_i].text), &err);
		is(name, rows[_i].want);
		return;
	}
	ck_assert(!put(name, rows[_i].text));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	/* It says which option it was about. */
	ck_assert_msg(strncmp(err.text, name, strlen(name)) == 0, "%s",
	              err.text);
	is(name, before);
}
END_TEST

START_TEST(units_of_numbers)
{
	static const struct units units = { .sector = 2048,
		                            .block = 3,
		                            .radix = 16 };

	options_default(&values);
	must(option_set(&values, find("block"), "2s", &units, &err), &err);
	is("block", "4096");
	must(option_set(&values, find("block"), "ff", &units, &err), &err);
	is("block", "255");
}
END_TEST

START_TEST(cycling_goes_round)
{
	for (const struct option *o = option_table; o->name; o++) {
		char first[OPTION_NAME], text[OPTION_NAME];
		size_t words = 1;

		options_default(&values);
		option_text(&values, o, first);
		if (o->kind == OPTION_NUMBER || o->kind == OPTION_TEXT) {
			ck_assert(!option_cycle(&values, o, &err));
			ck_assert_int_eq(err.code, ERR_SYNTAX);
			continue;
		}
		for (const char *c = o->words; c && *c; c++)
			words += *c == ' ';
		if (o->kind == OPTION_SWITCH)
			words = 2;
		for (size_t i = 0; i < words; i++) {
			must(option_cycle(&values, o, &err), &err);
			option_text(&values, o, text);
			ck_assert_int_eq(strcmp(text, first) == 0,
			                 i + 1 == words);
		}
	}
}
END_TEST

START_TEST(unknown_names)
{
	ck_assert_ptr_null(option_find("sektor", &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_str_eq(err.text,
	                 "unknown option 'sektor' (did you mean 'sector'?)");
	ck_assert_ptr_null(option_find("", &err));
	ck_assert_ptr_null(option_find("\033\n", &err));
	ck_assert_str_eq(err.text, "unknown option '\\x1b\\x0a'");
}
END_TEST

/* --- set and cycle ------------------------------------------------------- */

static struct trial t;

static void setup(void)
{
	trial_begin(&t, no_inputs);
}

static void teardown(void)
{
	trial_end(&t);
}

START_TEST(set_in_every_way)
{
	trial_prints(&t, "set columns=8", "");
	trial_prints(&t, "set columns", "columns=8\n");
	trial_prints(&t, "set columns?", "columns=8\n");
	trial_prints(&t, "set norules", "");
	trial_prints(&t, "set rules?", "rules=off\n");
	trial_prints(&t, "set rules", "");
	trial_prints(&t, "set rules? keybar? case=upper case?",
	             "rules=on\nkeybar=on\ncase=upper\n");
	trial_prints(&t, "set \"theme=with blank\"; set theme?",
	             "theme=with blank\n");
	trial_prints(&t, "set theme=a=b; set theme?", "theme=a=b\n");
	trial_prints(&t, "set theme=\033[m; set theme?", "theme=\\x1b[m\n");
	t.out.json = true;
	trial_prints(&t, "set case?", "{\"case\":\"upper\"}\n");
	trial_prints(&t, "set columns=auto columns?",
	             "{\"columns\":\"auto\"}\n");
}
END_TEST

/* set alone and set all show every option, and what they show sets it. */
START_TEST(set_shows_all)
{
	char first[2048];
	char line[64];
	const char *at = first;

	trial_must(&t, "set columns=8 norules errors=go-on");
	trial_must(&t, "set");
	snprintf(first, sizeof(first), "%s", trial_output(&t, NULL));
	trial_prints(&t, "set all", first);
	options_default(&t.ctx.options);
	for (const struct option *o = option_table; o->name; o++) {
		size_t n = strcspn(at, "\n");

		ck_assert_int_eq(strncmp(at, o->name, strlen(o->name)), 0);
		snprintf(line, sizeof(line), "set %.*s", (int)n, at);
		trial_prints(&t, line, "");
		at += n + 1;
	}
	ck_assert_str_eq(at, "");
	trial_prints(&t, "set", first);
}
END_TEST

/* What a failing line has set is taken back. */
START_TEST(set_changes_all_or_nothing)
{
	trial_fails(&t, "set columns=8 rules=x", ERR_SYNTAX,
	            "rules wants one of: off on", 15);
	trial_fails(&t, "set columns=8 colums=9", ERR_SYNTAX,
	            "unknown option 'colums' (did you mean 'columns'?)", 15);
	trial_fails(&t, "set nocolumns", ERR_SYNTAX,
	            "unknown option 'nocolumns' (did you mean 'columns'?)", 5);
	trial_fails(&t, "set norules=on", ERR_SYNTAX,
	            "unknown option 'norules' (did you mean 'rules'?)", 5);
	trial_fails(&t, "set =8", ERR_SYNTAX, "unknown option ''", 5);
	trial_fails(&t, "set \"theme=a\\0b\"", ERR_SYNTAX, "a NUL byte", 5);
	trial_fails(&t, "set rules columns=x", ERR_SYNTAX,
	            "columns: number expected", 11);
	trial_fails(&t, "set keybar=off \"a", ERR_SYNTAX,
	            "the quote is not closed", 16);
	trial_prints(&t, "set columns? keybar? rules?",
	             "columns=auto\nkeybar=on\nrules=on\n");
}
END_TEST

START_TEST(cycle_by_name)
{
	trial_prints(&t, "cycle case; set case?", "case=upper\n");
	trial_prints(&t, "cycle rules; cycle rules; set rules?", "rules=on\n");
	ck_assert_uint_eq(t.said_count, 0);
	t.ctx.batch = false;
	trial_prints(&t, "cycle rules", "");
	ck_assert_str_eq(t.said, "rules=off");
	trial_fails(&t, "cycle block", ERR_SYNTAX,
	            "block has no list of values to go through", 7);
	trial_fails(&t, "cycle", ERR_SYNTAX, "usage: cycle OPTION", 6);
	trial_fails(&t, "cycle rules case", ERR_SYNTAX,
	            "unexpected text (usage: cycle OPTION)", 13);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("option");
	TCase *tc = tcase_create("option");
	TCase *commands = tcase_create("commands");

	tcase_add_test(tc, the_table_is_sound);
	tcase_add_test(tc, defaults);
	tcase_add_loop_test(tc, values_taken_and_refused, 0, ARRAY_LEN(rows));
	tcase_add_test(tc, units_of_numbers);
	tcase_add_test(tc, cycling_goes_round);
	tcase_add_test(tc, unknown_names);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(commands, setup, teardown);
	tcase_add_test(commands, set_in_every_way);
	tcase_add_test(commands, set_shows_all);
	tcase_add_test(commands, set_changes_all_or_nothing);
	tcase_add_test(commands, cycle_by_name);
	suite_add_tcase(s, commands);
	return run_suite(s);
}
