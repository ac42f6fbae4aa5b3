/*
 * test_help.c - tests of src/command/help.c, and of what batch refuses
 *
 * Beside the real table stands one with a command that needs the editor. A
 * small space with bytes 00 01 02 .. is open.
 */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/option.h"
#include "command/run.h"
#include "session.h"
#include "tests/desk.h"
#include "tests/support.h"

static struct context ctx;
static struct output out, results;
static bool acted;

static bool collect(void *arg, const char *bytes, size_t len, struct error *err)
{
	(void)err;
	output_bytes(arg, bytes, len);
	return true;
}

static bool act(struct context *context, struct call *call, struct error *err)
{
	(void)context;
	(void)call;
	(void)err;
	acted = true;
	return true;
}

static const struct command editor_table[] = {
	{ .name = "wave",
	  .usage = "[HAND]",
	  .help = "wave",
	  .range = TAKES_PLACE,
	  .flags = COMMAND_UI,
	  .run = act },
	{ .name = NULL },
};

static void setup(void)
{
	struct session_options options = { .files = files_limits_default(),
		                           .threads = 1 };
	struct session *session;
	struct error err;

	session = desk_start(&options);
	output_init(&results, false, NULL, NULL);
	output_init(&out, false, collect, &results);
	must(context_init(&ctx, session, &out, &err), &err);
	commands_add(&ctx, command_table);
	commands_add(&ctx, editor_table);
	ctx.batch = true;
	acted = false;
}

static void teardown(void)
{
	context_free(&ctx);
	output_free(&out);
	output_free(&results);
}

static bool try(const char *line, struct error *err)
{
	char name[COMMAND_NAME];

	return run_line(&ctx, line, strlen(line), name, err);
}

/* What a line prints. Valid until the next one is run. */
static const char *printed(const char *line)
{
	struct error err;

	results.len = 0;
	must(try(line, &err), &err);
	must(output_flush(&out, &err), &err);
	output_bytes(&results, "", 1);
	return results.v;
}

static size_t lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* --- the lists ----------------------------------------------------------- */

START_TEST(batch_lists_what_it_can_run)
{
	const char *text = printed("help");

	ck_assert_ptr_nonnull(strstr(text, "print        p    print bytes"));
	ck_assert_ptr_null(strstr(text, "wave"));
}
END_TEST

START_TEST(all_commands_are_listed_on_request)
{
	const char *text = printed("help commands");

	ck_assert_ptr_nonnull(
		strstr(text, "wave              wave (editor)\n"));
	ck_assert_ptr_null(strstr(strstr(text, "print"), "here (editor)"));
	ctx.batch = false;
	text = printed("help commands");
	ck_assert_ptr_nonnull(strstr(text, "wave              wave\n"));
}
END_TEST

/* An object for each command, with all that the manual needs. */
START_TEST(commands_in_json)
{
	const char *text;
	size_t count = 1;

	while (command_table[count - 1].name)
		count++;
	out.json = true;
	text = printed("help commands");
	ck_assert_uint_eq(lines(text), count);
	ck_assert_ptr_nonnull(
		strstr(text, "{\"name\":\"wave\",\"before\":\"ADDRESS\","
	                     "\"usage\":\"[HAND]\",\"help\":\"wave\","
	                     "\"bang\":false,\"editor\":true}\n"));
	ck_assert_ptr_nonnull(
		strstr(text,
	               "{\"name\":\"quit\",\"alias\":\"q\",\"aliases\":\"q\","
	               "\"usage\":\"[drop]\","
	               "\"help\":\"leave\",\"more\":"));
	ck_assert_ptr_nonnull(
		strstr(text, "{\"name\":\"save-layout\",\"usage\":\"FILE\","
	                     "\"help\":\"write which files lie where to a "
	                     "layout file (.hxl)\",\"bang\":true,"
	                     "\"editor\":false}\n"));
}
END_TEST

/* One of each kind of option. */
START_TEST(options_in_json)
{
	static const char *const expected[] = {
		"{\"option\":\"case\",\"help\":\"hex digits in this case\","
		"\"values\":\"lower upper\",\"default\":\"lower\"}\n",
		"{\"option\":\"columns\",\"help\":\"bytes a row; auto takes "
		"what fits\",\"values\":\"auto\",\"min\":1,\"max\":64,"
		"\"default\":\"auto\"}\n",
		"{\"option\":\"keybar\",\"help\":\"the bar of function keys\","
		"\"values\":\"on off\",\"default\":\"on\"}\n",
		"{\"option\":\"theme\",\"help\":\"colours: auto dark light, or "
		"one of your own\",\"default\":\"auto\"}\n",
	};
	const char *text;
	size_t count = 0;

	while (option_table[count].name)
		count++;
	out.json = true;
	text = printed("help options");
	ck_assert_uint_eq(lines(text), count);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++)
		ck_assert_ptr_nonnull(strstr(text, expected[i]));
}
END_TEST

START_TEST(one_topic)
{
	struct error err;
	char *by_name;

	ck_assert_str_eq(printed("help wave"),
	                 "[ADDRESS] wave [HAND]\n  wave\n");
	ck_assert_str_eq(printed("help scrolloff"),
	                 "scrolloff  rows kept in sight above and below the "
	                 "cursor (default 2)\n");
	by_name = mem_strdup(printed("help goto"), &err);
	ck_assert_str_eq(printed("help g"), by_name);
	mem_free(by_name);
	ck_assert(!try("help wafe", &err));
	ck_assert_int_eq(err.code, ERR_NO);
	ck_assert_str_eq(err.text,
	                 "no help about 'wafe' (did you mean 'wave'?)");
}
END_TEST

/* --- what batch refuses -------------------------------------------------- */

/* With and without an address in front, and behind another command. */
START_TEST(editor_commands_are_refused)
{
	static const struct {
		const char *line;
		size_t column;
	} rows[] = {
		{ "wave", 1 },
		{ "0 wave", 3 },
		{ "eval 0; wave", 9 },
	};
	struct error err;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ck_assert(!try(rows[i].line, &err));
		ck_assert_int_eq(err.code, ERR_SYNTAX);
		ck_assert_str_eq(err.text, "wave needs the editor");
		ck_assert_uint_eq(err.column, rows[i].column);
	}
	ck_assert(!acted);
	ctx.batch = false;
	must(try("wave", &err), &err);
	ck_assert(acted);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("help");
	TCase *tcase = tcase_create("help");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, batch_lists_what_it_can_run);
	tcase_add_test(tcase, all_commands_are_listed_on_request);
	tcase_add_test(tcase, commands_in_json);
	tcase_add_test(tcase, options_in_json);
	tcase_add_test(tcase, one_topic);
	tcase_add_test(tcase, editor_commands_are_refused);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
