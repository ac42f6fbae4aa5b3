/* test_prompt.c - tests of ui/prompt.c and, through it, command/complete.c
 *
 * The model of a line is a list of characters, each a string of its own.
 */
#include "config.h"

#include "ui/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/context.h"
#include "command/table.h"
#include "session.h"
#include "space/ranges.h"
#include "tests/stage.h"
#include "tests/support.h"
#include "ui/cells.h"

enum {
	COLS = 80,
	ABOVE = 0,
	LINE = 1,
	BELOW = 2,
};

static struct prompt prompt;
static struct context ctx;
static struct output out;
static struct canvas canvas;

static void set_up(void)
{
	struct error err;

	stage_begin(&ctx, &out);
	prompt = (struct prompt){ 0 };
	commands_add(&ctx, command_table);
	canvas = (struct canvas){ 0 };
	must(canvas_resize(&canvas, 3, COLS, &err), &err);
}

static void tear_down(void)
{
	prompt_free(&prompt);
	canvas_free(&canvas);
	stage_finish(&ctx);
}

static void open_segment(const char *input, const char *name)
{
	struct layout inputs = { 0 };
	struct error err;
	struct placement *p = placement_new(input, &err);

	must(p &&
	             (!name ||
	              placement_set(p, "name", name, &units_default, &err)) &&
	             layout_push(&inputs, p, &err) &&
	             session_open(ctx.session, &inputs, &err),
	     &err);
}

static void type(const char *text)
{
	prompt_open(&prompt, PROMPT_COMMAND, text);
}

/* --- editing ------------------------------------------------------------- */

struct model {
	char chars[PROMPT_MAX][5];
	size_t count, cursor; /* in characters */
};

static struct model model; /* too big for a stack */

static size_t model_bytes(size_t end)
{
	size_t n = 0;

	for (size_t i = 0; i < end; i++)
		n += strlen(model.chars[i]);
	return n;
}

static void model_insert(const char *c)
{
	memmove(&model.chars[model.cursor + 1], &model.chars[model.cursor],
	        (model.count - model.cursor) * sizeof(model.chars[0]));
	snprintf(model.chars[model.cursor++], sizeof(model.chars[0]), "%s", c);
	model.count++;
}

static void model_cut(size_t from, size_t to)
{
	memmove(&model.chars[from], &model.chars[to],
	        (model.count - to) * sizeof(model.chars[0]));
	model.count -= to - from;
	model.cursor = from;
}

/* What was deleted last, in characters. */
static char killed[PROMPT_MAX][5];
static size_t killed_count;

static void model_kill(size_t from, size_t to)
{
	if (to > from) {
		killed_count = to - from;
		memcpy(killed, &model.chars[from],
		       killed_count * sizeof(killed[0]));
	}
	model_cut(from, to);
}

/* As much as there is room for. */
static void model_yank(void)
{
	for (size_t i = 0; i < killed_count; i++) {
		if (model_bytes(model.count) + strlen(killed[i]) >= PROMPT_MAX)
			return;
		model_insert(killed[i]);
	}
}

static bool model_blank(size_t i)
{
	return strcmp(model.chars[i], " ") == 0;
}

static size_t model_word_left(void)
{
	size_t at = model.cursor;

	while (at > 0 && model_blank(at - 1))
		at--;
	while (at > 0 && !model_blank(at - 1))
		at--;
	return at;
}

static size_t model_word_right(void)
{
	size_t at = model.cursor;

	while (at < model.count && model_blank(at))
		at++;
	while (at < model.count && !model_blank(at))
		at++;
	return at;
}

static void check_line(void)
{
	size_t at = 0;

	for (size_t i = 0; i < model.count; i++) {
		size_t n = strlen(model.chars[i]);

		EXPECT(memcmp(prompt.line + at, model.chars[i], n) == 0);
		at += n;
	}
	EXPECT(prompt.len == at);
	EXPECT(prompt.line[at] == '\0');
	EXPECT(prompt.cursor == model_bytes(model.cursor));
}

/* What is put in and what comes of it. */
static const struct {
	const char *text, *kept;
} chars[] = {
	{ "a", "a" },
	{ "Z", "Z" },
	{ " ", " " },
	{ " ", " " },
	{ "/", "/" },
	{ "\"", "\"" },
	{ "\xc3\xa9", "\xc3\xa9" },                 /* 2 bytes */
	{ "\xe4\xb8\x80", "\xe4\xb8\x80" },         /* 3 */
	{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" }, /* 4 */
	{ "\t", " " },
	{ "\n", " " },
	{ "\x1b", " " },
	{ "\x7f", " " },
};

static void insert_randomly(uint64_t *seed)
{
	bool many = random_below(seed, 30) == 0;
	size_t count = 1 + random_below(seed, many ? PROMPT_MAX : 4);
	char text[PROMPT_MAX * 4 + 1];
	size_t room = PROMPT_MAX - 1 - model_bytes(model.count);
	size_t n = 0;
	bool full = false;

	for (size_t i = 0; i < count; i++) {
		size_t c = random_below(seed, ARRAY_LEN(chars));
		size_t len = strlen(chars[c].text);

		memcpy(text + n, chars[c].text, len);
		n += len;
		full = full || n > room;
		if (!full)
			model_insert(chars[c].kept);
	}
	prompt_insert(&prompt, text, n);
}

static void edit_randomly(uint64_t *seed)
{
	size_t at = model.cursor;

	switch (random_below(seed, 16)) {
	case 0:
		EXPECT(prompt_move(&prompt, "left"));
		model.cursor -= at > 0;
		break;
	case 1:
		EXPECT(prompt_move(&prompt, "right"));
		model.cursor += at < model.count;
		break;
	case 2:
		EXPECT(prompt_move(&prompt, "word-left"));
		model.cursor = model_word_left();
		break;
	case 3:
		EXPECT(prompt_move(&prompt, "word-right"));
		model.cursor = model_word_right();
		break;
	case 4:
		EXPECT(prompt_move(&prompt, "home"));
		model.cursor = 0;
		break;
	case 5:
		EXPECT(prompt_move(&prompt, "end"));
		model.cursor = model.count;
		break;
	case 6:
		EXPECT(prompt_delete(&prompt, "back"));
		if (at > 0)
			model_cut(at - 1, at);
		break;
	case 7:
		EXPECT(prompt_delete(&prompt, "char"));
		if (at < model.count)
			model_cut(at, at + 1);
		break;
	case 8:
		EXPECT(prompt_delete(&prompt, "word"));
		model_kill(model_word_left(), at);
		break;
	case 9:
		if (random_below(seed, 4) > 0)
			break;
		EXPECT(prompt_delete(&prompt, "end"));
		model_kill(at, model.count);
		break;
	case 10:
		if (random_below(seed, 4) > 0)
			break;
		EXPECT(prompt_delete(&prompt, "line"));
		model_kill(0, model.count);
		break;
	case 11:
		if (random_below(seed, 4) > 0)
			break;
		prompt_yank(&prompt);
		model_yank();
		break;
	default:
		insert_randomly(seed);
		break;
	}
}

START_TEST(edits_as_the_model)
{
	uint64_t seed = random_seed();

	for (size_t i = cases(300); i > 0; i--) {
		type("");
		model.count = model.cursor = 0;
		for (int k = 0; k < 200; k++) {
			edit_randomly(&seed);
			check_line();
		}
	}
}
END_TEST

START_TEST(what_was_deleted_comes_back)
{
	type("find abc");
	ck_assert(prompt_delete(&prompt, "word"));
	prompt_close(&prompt);
	/* In another line. A single character is not kept, nor is nothing. */
	type("x/");
	ck_assert(prompt_delete(&prompt, "back"));
	ck_assert(prompt_delete(&prompt, "end"));
	prompt_yank(&prompt);
	ck_assert_str_eq(prompt.line, "xabc");
	prompt_yank(&prompt);
	ck_assert_str_eq(prompt.line, "xabcabc");
	ck_assert_uint_eq(prompt.cursor, 7);
}
END_TEST

static const struct {
	const char *line;
	size_t back; /* the cursor stands so far before the end */
	const char *next;
	size_t cursor;
} patterns[] = {
	{ "find {de ad}", 0, "find \"de ad\"", 11 },
	{ "find \"de ad\"", 0, "find /de ad/", 11 },
	{ "find /de ad/", 0, "find {de ad}", 11 },
	{ "find abc", 0, "find /abc/", 9 },       /* a word is a text */
	{ "find {de a", 0, "find \"de a\"", 10 }, /* not closed yet */
	{ "find /", 0, "find {}", 6 },
	{ "/ab", 0, "find {ab}", 8 }, /* alone it is the name, too */
	{ "/ab/", 0, "find {ab}", 8 },
	{ "find /a\\/b/im", 0, "find {a/b}", 9 }, /* flags go */
	{ "find \"a/b\"", 0, "find /a\\/b/", 10 },
	{ "find \"a\\\"b\"", 0, "find /a\"b/", 9 },
	{ "find {a\"b}", 0, "find \"a\\\"b\"", 10 },
	{ "find -b \"x\" ", 0, "find -b /x/ ", 10 },
	{ "find-all {aa} as %m", 0, "find-all {aa} as /%m/", 20 },
	{ "find-all {aa} as %m", 7, "find-all \"aa\" as %m", 12 },
	{ "replace {aa} \"b\"", 0, "replace {aa} /b/", 15 },
	{ "replace {aa} \"b\"", 4, "replace \"aa\" \"b\"", 11 },
	{ "find", 0, "find", 4 }, /* none */
	{ "find -i", 0, "find -i", 7 },
	{ "", 0, "", 0 },
};

START_TEST(patterns_of_another_kind)
{
	type(patterns[_i].line);
	for (size_t i = 0; i < patterns[_i].back; i++)
		ck_assert(prompt_move(&prompt, "left"));
	prompt_change_pattern(&prompt);
	ck_assert_str_eq(prompt.line, patterns[_i].next);
	ck_assert_uint_eq(prompt.cursor, patterns[_i].cursor);
	ck_assert_uint_eq(prompt.len, strlen(prompt.line));
}
END_TEST

/* A line that would grow too long stays as it is. */
START_TEST(a_pattern_without_room)
{
	char line[PROMPT_MAX];

	memset(line, '"', sizeof(line));
	memcpy(line, "find {", 6);
	line[sizeof(line) - 1] = '\0';
	type(line);
	prompt_change_pattern(&prompt);
	ck_assert_str_eq(prompt.line, line);
}
END_TEST

START_TEST(words_that_are_none)
{
	type("ab");
	ck_assert(!prompt_move(&prompt, "up"));
	ck_assert(!prompt_move(&prompt, ""));
	ck_assert(!prompt_delete(&prompt, "all"));
	ck_assert_str_eq(prompt.line, "ab");
	ck_assert_uint_eq(prompt.cursor, 2);
}
END_TEST

/* What does not fit is left out: whole characters, and the line stays one. */
START_TEST(full_line)
{
	char text[PROMPT_MAX + 10];

	memset(text, 'x', sizeof(text));
	text[PROMPT_MAX - 2] = '\0';
	type(text);
	prompt_insert(&prompt, "\xc3\xa9", 2);
	ck_assert_uint_eq(prompt.len, PROMPT_MAX - 2);
	prompt_insert(&prompt, "ab", 2);
	ck_assert_uint_eq(prompt.len, PROMPT_MAX - 1);
	ck_assert_int_eq(prompt.line[PROMPT_MAX - 2], 'a');
	memcpy(text + PROMPT_MAX - 2, "\xe4\xb8\x80", 4);
	type(text);
	ck_assert_uint_eq(prompt.len, PROMPT_MAX - 2);
}
END_TEST

/* --- history ------------------------------------------------------------- */

START_TEST(history_goes_back_and_forth)
{
	static const char *const lines[] = { "first", "second", "third" };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		type(lines[i]);
		prompt_remember(&prompt);
		prompt_close(&prompt);
	}
	type("draft");
	prompt_history(&prompt, false); /* nothing is newer */
	ck_assert_str_eq(prompt.line, "draft");
	for (size_t i = ARRAY_LEN(lines); i-- > 0;) {
		prompt_history(&prompt, true);
		ck_assert_str_eq(prompt.line, lines[i]);
		ck_assert_uint_eq(prompt.cursor, strlen(lines[i]));
	}
	prompt_history(&prompt, true); /* nothing is older */
	ck_assert_str_eq(prompt.line, "first");
	for (size_t i = 1; i < ARRAY_LEN(lines); i++) {
		prompt_history(&prompt, false);
		ck_assert_str_eq(prompt.line, lines[i]);
	}
	prompt_history(&prompt, false);
	ck_assert_str_eq(prompt.line, "draft");
}
END_TEST

START_TEST(remembers_each_once)
{
	static const char *const lines[] = { "a", "a", "", "b", "a" };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		type(lines[i]);
		prompt_remember(&prompt);
	}
	ck_assert_uint_eq(prompt.history_count, 3); /* a b a */
}
END_TEST

/* A line that was refused stays in the prompt, and in its place among the
   lines. */
START_TEST(history_after_a_refused_line)
{
	type("older");
	prompt_remember(&prompt);
	type("wrong");
	prompt_remember(&prompt);
	prompt_history(&prompt, false);
	ck_assert_str_eq(prompt.line, "wrong");
	prompt_history(&prompt, true);
	ck_assert_str_eq(prompt.line, "wrong");
	prompt_history(&prompt, true);
	ck_assert_str_eq(prompt.line, "older");
	prompt_history(&prompt, false);
	prompt_history(&prompt, false);
	ck_assert_str_eq(prompt.line, "wrong");
}
END_TEST

START_TEST(oldest_lines_go)
{
	char line[16];

	for (int i = 0; i < PROMPT_HISTORY + 10; i++) {
		snprintf(line, sizeof(line), "line %d", i);
		type(line);
		prompt_remember(&prompt);
	}
	ck_assert_uint_eq(prompt.history_count, PROMPT_HISTORY);
	ck_assert_str_eq(prompt.history[0], "line 10");
	type("");
	for (int i = 0; i < PROMPT_HISTORY + 1; i++)
		prompt_history(&prompt, true);
	ck_assert_str_eq(prompt.line, "line 10");
}
END_TEST

/* The text that a list is filtered by is no command line. */
START_TEST(filter_has_no_history)
{
	type("goto 0");
	prompt_remember(&prompt);
	prompt_open(&prompt, PROMPT_FILTER, "disk");
	prompt_history(&prompt, true);
	ck_assert_str_eq(prompt.line, "disk");
}
END_TEST

START_TEST(no_memory)
{
	type("goto 0");
	mem_fail_after(0);
	prompt_remember(&prompt);
	mem_fail_after(-1);
	ck_assert_uint_eq(prompt.history_count, 0);
	for (long n = 0; n < 4; n++) {
		type("set ");
		mem_fail_after(n);
		prompt_complete(&prompt, &ctx, true);
		mem_fail_after(-1);
		ck_assert_int_eq(strncmp(prompt.line, "set ", 4), 0);
	}
}
END_TEST

/* --- completion ---------------------------------------------------------- */

static void open_segments(void)
{
	open_segment("memory:16", "disk.001");
	open_segment("memory:16", "disk.002");
	open_segment("memory:16", "my disk");
	open_segment("memory:16", "a\"b\\c");
	open_segment("memory:16", "-x");
	open_segment("memory:16", "\xc3\xa9t\xc3\xa9");
	open_segment("memory:16", "esc\x1b");
	open_segment("gap:16", NULL);
}

/* A line, a Tab, and what has become of it. */
struct tab_row {
	const char *line, *want;
};

static void check_tabs(const struct tab_row *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		type(table[i].line);
		prompt_complete(&prompt, &ctx, true);
		ck_assert_msg(strcmp(prompt.line, table[i].want) == 0,
		              "'%s' gave '%s'", table[i].line, prompt.line);
		ck_assert_uint_eq(prompt.cursor, prompt.len);
	}
}

START_TEST(tab_completes_names)
{
	static const struct tab_row table[] = {
		{ "go", "goto " },
		{ "bookmarks", "bookmarks " },
		{ "zzz", "zzz" },
		{ "zzz go", "zzz go" }, /* no command takes a command there */
		{ "echo ", "echo " },
		{ "0x10 seg", "0x10 segments " },
		{ "goto 1; seg", "goto 1; segments " },
		{ "next seg", "next segment " },
		{ "next segment sec", "next segment sector " },
		{ "set offs", "set offset=" },
		{ "set rul", "set rules " },
		{ "set offset=sp", "set offset=space " },
		{ "set rules=on", "set rules=on " },
		{ "set nosuch", "set nosuch" },
		{ "help offs", "help offset " },
		/* Segments, as an address needs them. */
		{ "goto di", "goto disk.00" },
		{ "goto disk.001", "goto disk.001:" },
		{ "goto my", "goto \"my disk\":" },
		{ "goto \"my", "goto \"my disk\":" },
		{ "goto \"my d", "goto \"my disk\":" },
		{ "goto a\"", "goto \"a\\\"b\\\\c\":" },
		{ "goto \"a\\\"", "goto \"a\\\"b\\\\c\":" },
		{ "goto -", "goto \"-x\":" }, /* -x: would be minus x: */
		{ "goto \"disk.001", "goto \"disk.001\":" },
		{ "goto \xc3", "goto \xc3\xa9t\xc3\xa9:" },
		{ "goto #3", "goto #3:" },
		{ "goto esc", "goto esc" }, /* cannot be typed */
		{ "goto gap", "goto gap" }, /* has no name */
	};

	open_segments();
	check_tabs(table, ARRAY_LEN(table));
}
END_TEST

/* Every address that is offered means the segment it names. */
START_TEST(offered_segments_are_found)
{
	size_t seen = 0;

	open_segments();
	type("goto ");
	prompt_complete(&prompt, &ctx, true);
	for (size_t i = 0; i < prompt.candidates.count; i++) {
		struct scope scope = context_scope(&ctx);
		struct place place;
		struct error err;
		char text[80];

		snprintf(text, sizeof(text), "%s0", prompt.candidates.v[i]);
		must(address_eval(text, &scope, &place, &err), &err);
		seen |= (size_t)1 << place.segment;
	}
	ck_assert_uint_eq(seen, 0xfe); /* 1 to 7 */
	ck_assert_uint_eq(prompt.candidates.count, 7 + 6);
}
END_TEST

START_TEST(tab_goes_through_candidates)
{
	open_segments();
	type("goto disk.00");
	prompt_complete(&prompt, &ctx, true);
	ck_assert_str_eq(prompt.line, "goto disk.001:");
	prompt_complete(&prompt, &ctx, true);
	ck_assert_str_eq(prompt.line, "goto disk.002:");
	prompt_complete(&prompt, &ctx, true);
	ck_assert_str_eq(prompt.line, "goto disk.001:");
	prompt_complete(&prompt, &ctx, false);
	ck_assert_str_eq(prompt.line, "goto disk.002:");
	/* An edit ends it: what was one of several is the line now. */
	prompt_insert(&prompt, "7", 1);
	ck_assert_uint_eq(prompt.candidates.count, 0);
	ck_assert_str_eq(prompt.line, "goto disk.002:7");
	type("goto disk.00");
	prompt_complete(&prompt, &ctx, false);
	ck_assert_str_eq(prompt.line, "goto disk.002:");
}
END_TEST

START_TEST(tab_in_the_middle)
{
	type("got 5");
	(void)prompt_move(&prompt, "home");
	(void)prompt_move(&prompt, "word-right");
	prompt_complete(&prompt, &ctx, true);
	ck_assert_str_eq(prompt.line, "goto 5");
	ck_assert_uint_eq(prompt.cursor, 4);
	/* No line for a filter. */
	prompt_open(&prompt, PROMPT_FILTER, "got");
	prompt_complete(&prompt, &ctx, true);
	ck_assert_str_eq(prompt.line, "got");
}
END_TEST

START_TEST(tab_completes_bookmarks)
{
	static const struct tab_row table[] = {
		{ "goto @v", "goto @vbr " },
		{ "bookmark goto v", "bookmark goto vbr " },
		{ "bookmark del", "bookmark delete " },
	};
	struct range range = { .name = (char[]){ "vbr" } };
	struct error err;

	open_segment("memory:16", "a");
	range.doc = document_id(space_segment(context_space(&ctx), 0)->doc);
	must(ranges_add(ctx.bookmarks, &range, &err), &err);
	check_tabs(table, ARRAY_LEN(table));
}
END_TEST

/* In a folder of our own, by the paths that users type. */
START_TEST(tab_completes_files)
{
	static const char *const files[] = {
		"one.bin", "two words.bin", ".hidden", "semi;colon", "quo\"te",
		"brace{",  "#hash",         "esc\x1b", "back\\sl",
	};
	static const struct tab_row table[] = {
		{ "open one", "open one.bin " },
		{ "open two", "open \"two words.bin\" " },
		{ "open \"two w", "open \"two words.bin\" " },
		{ "open ./two", "open \"./two words.bin\" " },
		{ "open .h", "open .hidden " },
		{ "open semi", "open \"semi;colon\" " },
		{ "open quo", "open \"quo\\\"te\" " },
		{ "open brace", "open \"brace{\" " },
		{ "open #h", "open \"#hash\" " },
		{ "open back", "open back\\sl " },
		{ "open \"back", "open \"back\\\\sl\" " },
		{ "open esc", "open esc" },
		{ "open nothing", "open nothing" },
		{ "open nowhere/x", "open nowhere/x" },
		/* Into folders; quotes stay open on the way. */
		{ "open su", "open sub/" },
		{ "open sub/", "open sub/in " },
		{ "open wi", "open \"with blank/" },
		{ "open \"with blank/", "open \"with blank/in\" " },
		{ "open with", "open \"with blank/" },
		{ "open one.bin at 5 size", "open one.bin at 5 size" },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		free(scratch_file(files[i], "x", 1));
	ck_assert_int_eq(chdir(scratch()), 0);
	ck_assert_int_eq(mkdir("sub", 0700), 0);
	ck_assert_int_eq(mkdir("with blank", 0700), 0);
	free(scratch_file("sub/in", "x", 1));
	free(scratch_file("with blank/in", "x", 1));
	check_tabs(table, ARRAY_LEN(table));
	/* Hidden ones, and the folder itself, only on request. */
	type("open ");
	prompt_complete(&prompt, &ctx, true);
	for (size_t i = 0; i < prompt.candidates.count; i++)
		ck_assert_int_ne(prompt.candidates.v[i][0], '.');
	ck_assert_uint_eq(prompt.candidates.count, 9);
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

/* A line without room for a candidate stays as it is. */
START_TEST(tab_in_a_full_line)
{
	char text[PROMPT_MAX];

	memset(text, ' ', sizeof(text));
	memcpy(text + PROMPT_MAX - 3, "go", 3);
	type(text);
	prompt_complete(&prompt, &ctx, true);
	ck_assert_str_eq(prompt.line, text);
}
END_TEST

/* --- drawing ------------------------------------------------------------- */

static const char *row_text(int row)
{
	return stage_row(&canvas, row);
}

static int paint(void)
{
	int col = -1;

	canvas_clear(&canvas);
	prompt_paint(&prompt, &ctx, &canvas, ABOVE, LINE, BELOW, canvas.cols,
	             &col);
	return col;
}

START_TEST(preview_of_an_address)
{
	open_segment("memory:0x100", "a");
	open_segment("memory:0x1000", "b");
	type("#2:-1s");
	ck_assert_int_eq(paint(), 7);
	ck_assert_str_eq(row_text(LINE),
	                 ":#2:-1s                                             "
	                 "          = 0xf00  #2:0xe00");
	type("goto #2:-1s");
	paint();
	ck_assert_ptr_nonnull(strstr(row_text(LINE), "= 0xf00  #2:0xe00"));
	ck_assert_ptr_nonnull(strstr(row_text(ABOVE), "-N from the end"));
	ck_assert_str_eq(row_text(BELOW), "");
	type("0x10,0x20 select");
	paint();
	ck_assert_ptr_nonnull(strstr(row_text(LINE), "RANGE: 16 B"));
	ck_assert_int_eq(strncmp(row_text(ABOVE), " select ", 8), 0);
}
END_TEST

/* The caret stands below what is wrong, whatever stands before it. */
START_TEST(errors_have_a_caret)
{
	static const struct {
		const char *line;
		int caret; /* in columns of the line */
	} table[] = {
		{ "goto #9:0", 5 },
		{ "\"\xc3\xa9\":0", 0 },
		{ "goto \"\xe4\xb8\x80\":0+#9:0", 12 }, /* width 2 */
		{ "nosuch", 0 },
		{ "  nosuch", 2 },
	};

	open_segment("memory:16", "\xe4\xb8\x80");
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const char *text;
		size_t blanks;

		type(table[i].line);
		paint();
		text = row_text(BELOW);
		blanks = strspn(text, " ");
		ck_assert_msg(blanks == (size_t)table[i].caret + 1 &&
		                      text[blanks] == '^' &&
		                      strlen(text) > blanks + 2,
		              "row %zu: '%s'", i, text);
		ck_assert_uint_eq(canvas.v[BELOW * COLS + blanks].style,
		                  STYLE_DIM);
	}
}
END_TEST

/* What Enter found is shown in full colour, also when a look at the line finds
   nothing wrong, until the line changes. */
START_TEST(refusals_are_shown)
{
	struct error err;

	type("set nosuch=1");
	paint();
	ck_assert_str_eq(row_text(BELOW), "");
	error_at(&err, 5, "no such option");
	prompt_refuse(&prompt, &err);
	ck_assert_uint_eq(prompt.cursor, 4);
	paint();
	ck_assert_str_eq(row_text(BELOW), "     ^ no such option");
	ck_assert_uint_eq(canvas.v[BELOW * COLS + 5].style, STYLE_ERROR);
	prompt_move(&prompt, "end");
	paint();
	ck_assert_str_eq(row_text(BELOW), "     ^ no such option");
	prompt_insert(&prompt, "x", 1);
	paint();
	ck_assert_str_eq(row_text(BELOW), "");
	/* A column that the line does not have leaves the cursor alone. */
	error_at(&err, 100, "too far");
	prompt_refuse(&prompt, &err);
	ck_assert_uint_eq(prompt.cursor, prompt.len);
	paint();
	ck_assert_ptr_nonnull(strstr(row_text(BELOW), "^ too far"));
}
END_TEST

/* What others know of the line: gone as soon as it changes. */
START_TEST(doubts_and_asides)
{
	struct error err;

	type("find x");
	error_at(&err, 6, "no such pattern");
	prompt_doubt(&prompt, &err);
	prompt_aside(&prompt, "found %d", 7);
	paint();
	ck_assert_str_eq(row_text(BELOW), "      ^ no such pattern");
	ck_assert_uint_eq(canvas.v[BELOW * COLS + 6].style, STYLE_DIM);
	/* A line that is wrong is worth no more than that. */
	ck_assert_str_eq(row_text(LINE), ":find x");
	prompt_insert(&prompt, "y", 1);
	prompt_aside(&prompt, "found %d", 8);
	paint();
	ck_assert_str_eq(row_text(BELOW), "");
	ck_assert_ptr_nonnull(strstr(row_text(LINE), "  found 8"));
	prompt_delete(&prompt, "back");
	paint();
	ck_assert_str_eq(row_text(LINE), ":find x");
}
END_TEST

/* Without a row below, errors and candidates take the one above. */
START_TEST(notes_without_a_row_below)
{
	int col;

	type("goto #9:0");
	canvas_clear(&canvas);
	prompt_paint(&prompt, &ctx, &canvas, ABOVE, LINE, -1, COLS, &col);
	ck_assert_ptr_nonnull(strstr(row_text(ABOVE), "^ "));
	type("f");
	prompt_complete(&prompt, &ctx, true);
	prompt_paint(&prompt, &ctx, &canvas, ABOVE, LINE, -1, COLS, &col);
	ck_assert_ptr_nonnull(strstr(row_text(ABOVE), "fill"));
}
END_TEST

/* Near the right edge the text stands on the other side of the caret, and the
   caret where it was. */
START_TEST(caret_near_the_edge)
{
	char line[80];
	const struct cell *row;
	int caret = 0;

	snprintf(line, sizeof(line), "goto %*s", 60, "#9:0");
	type(line);
	paint();
	row = canvas.v + BELOW * COLS;
	while (caret < COLS && row[caret].ch != '^')
		caret++;
	ck_assert_int_eq(caret, 1 + 5 + 56);
	ck_assert_uint_eq(row[caret - 1].ch, ' ');
	ck_assert_uint_ne(row[caret - 2].ch, ' ');
}
END_TEST

START_TEST(candidates_are_shown)
{
	open_segment("memory:16", "disk.001");
	open_segment("memory:16", "disk.002");
	type("goto di");
	prompt_complete(&prompt, &ctx, true);
	paint();
	ck_assert_str_eq(row_text(BELOW), " disk.001:  disk.002:");
	/* The one in the line comes first. */
	prompt_complete(&prompt, &ctx, false);
	paint();
	ck_assert_str_eq(row_text(BELOW), " disk.002:  disk.001:");
	ck_assert_uint_eq(canvas.v[BELOW * COLS + 1].style, STYLE_STRONG);
}
END_TEST

START_TEST(filter_says_what_it_is)
{
	prompt_open(&prompt, PROMPT_FILTER, "#9:0");
	ck_assert_int_eq(paint(), 7 + 4);
	ck_assert_str_eq(row_text(LINE), "filter:#9:0");
	ck_assert_str_eq(row_text(BELOW), "");
	ck_assert_ptr_nonnull(strstr(row_text(ABOVE), "hold this text"));
}
END_TEST

/* Any line in any width: the cursor is in sight, on the character it is on. */
START_TEST(cursor_stays_in_sight)
{
	uint64_t seed = random_seed();

	open_segment("memory:16", "a");
	for (size_t i = cases(500); i > 0; i--) {
		int cols = 20 + (int)random_below(&seed, 61);
		struct error err;

		must(canvas_resize(&canvas, 3, cols, &err), &err);
		type("");
		model.count = model.cursor = 0;
		for (int k = 0; k < 30; k++) {
			uint32_t under = ' ';
			int col;

			edit_randomly(&seed);
			col = paint();
			EXPECT(col >= 1 && col < cols);
			if (prompt.cursor < prompt.len)
				(void)text_decode(prompt.line + prompt.cursor,
				                  prompt.len - prompt.cursor,
				                  &under);
			else if (col + 1 < cols)
				EXPECT(canvas.v[LINE * cols + col].ch == ' ');
			/* The last one in sight may be a cut. */
			if (prompt.cursor < prompt.len && col + 2 < cols)
				EXPECT(canvas.v[LINE * cols + col].ch == under);
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("prompt");
	TCase *tc = tcase_create("prompt");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, edits_as_the_model);
	tcase_add_test(tc, what_was_deleted_comes_back);
	tcase_add_loop_test(tc, patterns_of_another_kind, 0,
	                    (int)ARRAY_LEN(patterns));
	tcase_add_test(tc, a_pattern_without_room);
	tcase_add_test(tc, words_that_are_none);
	tcase_add_test(tc, full_line);
	tcase_add_test(tc, history_goes_back_and_forth);
	tcase_add_test(tc, remembers_each_once);
	tcase_add_test(tc, history_after_a_refused_line);
	tcase_add_test(tc, oldest_lines_go);
	tcase_add_test(tc, filter_has_no_history);
	tcase_add_test(tc, no_memory);
	tcase_add_test(tc, tab_completes_names);
	tcase_add_test(tc, offered_segments_are_found);
	tcase_add_test(tc, tab_goes_through_candidates);
	tcase_add_test(tc, tab_in_the_middle);
	tcase_add_test(tc, tab_completes_bookmarks);
	tcase_add_test(tc, tab_completes_files);
	tcase_add_test(tc, tab_in_a_full_line);
	tcase_add_test(tc, preview_of_an_address);
	tcase_add_test(tc, errors_have_a_caret);
	tcase_add_test(tc, caret_near_the_edge);
	tcase_add_test(tc, refusals_are_shown);
	tcase_add_test(tc, doubts_and_asides);
	tcase_add_test(tc, notes_without_a_row_below);
	tcase_add_test(tc, candidates_are_shown);
	tcase_add_test(tc, filter_says_what_it_is);
	tcase_add_test(tc, cursor_stays_in_sight);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
