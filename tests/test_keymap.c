/*
 * test_keymap.c - tests of ui/keymap.c and what it stands on: span, keyname,
 * keytable, keyfile, keymap_load; and of the keymaps that ship
 *
 * The tests stay away from the user's files: each begins with HOME and the XDG
 * variables pointing at an empty folder. The data folder of the installed
 * program, which cannot be moved, holds what is compiled in too or nothing.
 */
#include "config.h"

#include "ui/keymap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/guess.h"
#include "base/mem.h"
#include "base/text.h"
#include "tests/support.h"
#include "ui/embedded.h"
#include "ui/keyfile.h"
#include "ui/keymap_load.h"
#include "ui/keyname.h"
#include "ui/keytable.h"
#include "ui/span.h"

/* What the hook was told: a line for each, warnings marked. */
struct told {
	char text[16384];
	size_t count;
};

static void take_report(void *ctx, bool warning, const char *text)
{
	struct told *told = ctx;
	size_t used = strlen(told->text);

	told->count++;
	snprintf(told->text + used, sizeof(told->text) - used, "%s%s\n",
	         warning ? "warning: " : "", text);
}

/* The commands that there are, and the words each takes next ("" for anything
   or nothing). */
static const struct {
	const char *name;
	const char *words;
} commands[] = {
	{ "goto", "" },
	{ "repeat", "" },
	{ "increment", "" },
	{ "decrement", "" },
	{ "record", "" },
	{ "macro", " record stop play list " },
	{ "back", "" },
	{ "follow", "" },
	{ "find-selection", "" },
	{ "quote", "" },
	{ "copy-row", "" },
	{ "forward", "" },
	{ "next", " segment sector block run string match edit bookmark " },
	{ "prev", " segment sector block run string match edit bookmark " },
	{ "select", "" },
	{ "mark", "" },
	{ "bookmark", "" },
	{ "bookmarks", "" },
	{ "info", "" },
	{ "segments", "" },
	{ "set", "" },
	{ "cycle", "" },
	{ "open", "" },
	{ "close", "" },
	{ "reload", "" },
	{ "save-layout", "" },
	{ "flush", "" },
	{ "flush-quit", "" },
	{ "echo", "" },
	{ "help", "" },
	{ "quit", "" },
	{ "quit!", "" },
	{ "move", " left right up down row-start row-end start end page-up "
	          "page-down half-page-up half-page-down top middle bottom " },
	{ "extend",
	  " left right up down row-start row-end start end page-up "
	  "page-down half-page-up half-page-down top middle bottom " },
	{ "scroll", " up down top center bottom " },
	{ "pane", "" },
	{ "panel", " segments bookmarks matches history " },
	{ "focus", " next prev hex segments bookmarks matches history " },
	{ "close-panel", "" },
	{ "list", " up down page-up page-down first last accept show filter "
	          "remove next-set prev-set " },
	{ "line", " accept cancel complete history left right word-left "
	          "word-right home end delete yank pattern " },
	{ "prompt", "" },
	{ "next-key", "" },
	{ "mode", " hex text normal once " },
	{ "cancel", "" },
	{ "redraw", "" },
	{ "suspend", "" },
	{ "keys", "" },
	{ "keymap", "" },
	{ "theme", "" },
	{ "bind", "" },
	{ "unbind", "" },
	{ "messages", "" },
	{ "hint", "" },
	{ "type", "" },
	{ "erase", "" },
	{ "dialog", " next prev accept up down page-up page-down first last " },
	{ "undo", "" },
	{ "undo-byte", "" },
	{ "redo", "" },
	{ "copy", "" },
	{ "cut", "" },
	{ "paste", "" },
	{ "'<", "" }, /* of the range in front of paste */
};

static bool has_word(const char *words, const char *word, size_t len)
{
	char padded[64];

	snprintf(padded, sizeof(padded), " %.*s ", (int)len, word);
	return strstr(words, padded);
}

static bool check_command(void *ctx, const char *line, struct error *err)
{
	size_t len = strcspn(line, " ;");
	const char *arg = line + len + strspn(line + len, " ");

	(void)ctx;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strlen(commands[i].name) != len ||
		    strncmp(commands[i].name, line, len) != 0)
			continue;
		if (!*commands[i].words ||
		    has_word(commands[i].words, arg, strcspn(arg, " ")))
			return true;
	}
	return error_set(err, ERR_SYNTAX, "unknown command '%s'", line);
}

static struct told told;
static const struct keymap_hooks hooks = {
	.check = check_command,
	.report = take_report,
	.ctx = &told,
};

static struct keymap *map;
static struct error err;

/* An empty folder is home, and no data folder but the compiled-in one. */
static void set_up(void)
{
	char *empty = NULL;

	ck_assert_int_ge(asprintf(&empty, "%s/home", scratch()), 0);
	(void)mkdir(empty, 0700);
	setenv("HOME", empty, 1);
	setenv("XDG_DATA_DIRS", empty, 1);
	unsetenv("XDG_CONFIG_HOME");
	free(empty);
	memset(&told, 0, sizeof(told));
	map = keymap_new(&err);
	must(map, &err);
}

static void tear_down(void)
{
	ck_assert_pstr_eq(keymap_check(map), NULL);
	keymap_free(map);
	mem_fail_after(-1);
}

static size_t load(const char *text)
{
	size_t errors = 0;

	memset(&told, 0, sizeof(told));
	must(keymap_load_text(map, "x.keys", text, strlen(text), &hooks,
	                      &errors, &err),
	     &err);
	ck_assert_pstr_eq(keymap_check(map), NULL);
	return errors;
}

/* Write a file below the scratch folder; folders are made. */
static char *put_file(const char *name, const char *text)
{
	for (const char *p = name; (p = strchr(p, '/')); p++) {
		char *dir = NULL;

		ck_assert_int_ge(asprintf(&dir, "%s/%.*s", scratch(),
		                          (int)(p - name), name),
		                 0);
		(void)mkdir(dir, 0700);
		free(dir);
	}
	return scratch_file(name, text, strlen(text));
}

/* The keys of a canonical sequence, each for itself. */
struct keys {
	char name[KEY_SEQ_MAX][KEY_SEQ_TEXT];
	const char *p[KEY_SEQ_MAX];
	size_t count;
};

static void split(const char *text, struct keys *keys)
{
	struct key_seq seq = { .count = 0 };

	if (*text)
		must(keyname_parse(text, strlen(text), &seq, &err), &err);
	for (size_t i = 0; i < seq.count; i++) {
		struct key_seq one = { { seq.key[i] }, 1 };

		keyname_write(keys->name[i], &one);
		keys->p[i] = keys->name[i];
	}
	keys->count = seq.count;
}

/* What keys come to: the command line, "+" for a beginning, "-" for none. */
static const char *found(enum key_mode mode, enum key_mode base,
                         const char *text)
{
	const char *line = NULL;
	struct keys keys;

	split(text, &keys);
	switch (keymap_find(map, mode, base, keys.p, keys.count, &line)) {
	case KEY_NONE:
		return "-";
	case KEY_PREFIX:
		return "+";
	default:
		return line;
	}
}

START_TEST(guesses_the_near_word)
{
	static const char *const words[] = { "bind",   "unbind",   "mode",
		                             "PageUp", "PageDown", NULL };
	static const struct {
		const char *text;
		const char *guess;
	} rows[] = {
		{ "bnid", "bind" },  /* swapped */
		{ "bid", "bind" },   /* left out */
		{ "bindd", "bind" }, /* put in */
		{ "biND", "bind" },  /* case */
		{ "unbnid", "unbind" },
		{ "pageup", "PageUp" },
		{ "Pagedwn", "PageDown" },
		{ "b", NULL }, /* three letters off */
		{ "xyz", NULL },
		{ "", NULL },
		{ "bindbindbindbindbindbindbindbind", NULL }, /* 32: too long */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_pstr_eq(guess_word(rows[i].text, strlen(rows[i].text),
		                             words),
		                  rows[i].guess);
}
END_TEST

START_TEST(reads_and_writes_keys)
{
	static const struct {
		const char *text;
		const char *canonical; /* NULL: bad */
		size_t count;
	} rows[] = {
		{ "a", "a", 1 },
		{ "gg", "gg", 2 },
		{ "<a>", "a", 1 },
		{ ">", ">", 1 },
		{ "<>>", ">", 1 },
		{ "<lt>", "<lt>", 1 },
		{ "<<>", "<lt>", 1 },
		{ "<M-lt>", "<M-lt>", 1 },
		{ "<M-<>", "<M-lt>", 1 },
		{ "<M->>", "<M->>", 1 },
		{ "<C-->", "<C-->", 1 },
		{ "<->", "-", 1 },
		{ "#", "<#>", 1 },
		{ "<#>", "<#>", 1 },
		{ "x#", "x<#>", 2 },
		{ "<Space>", "<Space>", 1 },
		{ "<C-Space>", "<C-Space>", 1 },
		{ "<S-M-C-Backspace>", "<C-M-S-Backspace>", 1 },
		{ "<F1>", "<F1>", 1 },
		{ "<F24>", "<F24>", 1 },
		{ "<S-F3>", "<S-F3>", 1 },
		{ "<C-x><C-s>", "<C-x><C-s>", 2 },
		{ "z<Enter>", "z<Enter>", 2 },
		{ "\xc3\xa9", "\xc3\xa9", 1 }, /* U+00E9 */
		{ "<C-\xf0\x9f\x98\x80>", "<C-\xf0\x9f\x98\x80>", 1 },
		{ "lt", "lt", 2 }, /* two letters */
		{ "12345678", "12345678", 8 },
		{ "123456789", NULL, 0 }, /* one too many */
		{ "", NULL, 0 },
		{ "<", NULL, 0 },
		{ "<>", NULL, 0 },
		{ "<C->", NULL, 0 },
		{ "<C-s", NULL, 0 },
		{ "<C-C-s>", NULL, 0 },
		{ "<F0>", NULL, 0 },
		{ "<F25>", NULL, 0 },
		{ "<F01>", NULL, 0 },
		{ "<F>", "F", 1 },
		{ "<Foo>", NULL, 0 },
		{ "a b", NULL, 0 }, /* no blanks in a word */
		{ "\x01", NULL, 0 },
		{ "\x7f", NULL, 0 },
		{ "\xff", NULL, 0 },         /* no UTF-8 */
		{ "\xe2\x80\x8b", NULL, 0 }, /* U+200B, invisible */
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[KEY_SEQ_TEXT];
		struct key_seq seq;
		bool ok = keyname_parse(rows[i].text, strlen(rows[i].text),
		                        &seq, &err);

		ck_assert_msg(ok == (rows[i].canonical != NULL), "row %zu: %s",
		              i, rows[i].text);
		if (!ok) {
			ck_assert_int_eq(err.code, ERR_SYNTAX);
			continue;
		}
		keyname_write(text, &seq);
		ck_assert_str_eq(text, rows[i].canonical);
		ck_assert_uint_eq(seq.count, rows[i].count);
	}
}
END_TEST

/* A random key: any modifiers, a name or any character that may be one. */
static uint32_t random_key(uint64_t *state)
{
	static const char *const some[] = {
		"a",
		"Z",
		"0",
		"<lt>",
		"<#>",
		">",
		"-",
		"<Space>",
		"<Up>",
		"<F1>",
		"<F24>",
		"<Escape>",
		"C",
		"<PageUp>",
		"<Tab>",
		"<M->>",
		"\xe2\x82\xac",
		"<C-->",
		"<C-M-S-Backspace>",
	};
	const char *text = some[random_below(state, ARRAY_LEN(some))];
	struct key_seq seq;

	must(keyname_parse(text, strlen(text), &seq, &err), &err);
	/* The bits of keyname.c are its own business; modifiers of another key
	   may be put on any. */
	return seq.key[0];
}

START_TEST(writes_keys_that_read_back)
{
	uint64_t state = random_seed();

	for (size_t n = cases(2000); n > 0; n--) {
		char text[KEY_SEQ_TEXT];
		struct key_seq seq = { .count = 1 + random_below(&state,
			                                         KEY_SEQ_MAX) };
		struct key_seq back;

		for (size_t i = 0; i < seq.count; i++)
			seq.key[i] = random_key(&state);
		keyname_write(text, &seq);
		must(keyname_parse(text, strlen(text), &back, &err), &err);
		ck_assert_uint_eq(back.count, seq.count);
		ck_assert_mem_eq(back.key, seq.key,
		                 seq.count * sizeof(*seq.key));
	}
}
END_TEST

/* Every error and warning of a file: text, and what is said about it. A text
   without report is right. */
static const struct {
	const char *text;
	const char *report;
} report_rows[] = {
	/* nothing to say */
	{ "", "" },
	{ "\n\n", "" },
	{ "# comment\n#comment\n   # comment\n", "" },
	{ "bind x info", "" },
	{ "  bind\tx\tinfo  \r\n", "" },
	{ "\xef\xbb\xbf"
	  "bind x info\n",
	  "" },
	{ "mode hex # from here\nbind x info # why\noption counts on #\n", "" },
	{ "bind <#> info\n", "" },
	{ "bind x goto #2\n", "" },
	{ "bind x info\nunbind x\nbind x info\n", "" },
	{ "mode normal\nbind a info\nmode list\nbind a info\n", "" },
	{ "mode hex\nbind ga info\nbind <C-a> info\n", "" },
	{ "option start normal\noption start hex\n", "" },
	/* words */
	{ "\nbnid x info\n",
	  "x.keys:2: unknown word 'bnid' (did you mean 'bind'?)\n" },
	{ "modes hex\n",
	  "x.keys:1: unknown word 'modes' (did you mean 'mode'?)\n" },
	{ "frobnicate\n", "x.keys:1: unknown word 'frobnicate'\n" },
	{ "\x1b[2J\n", "x.keys:1: unknown word '\\x1b[2J'\n" },
	{ "bind\n", "x.keys:1: bind what?\n" },
	{ "bind # info\n",
	  "x.keys:1: bind what? (the key # is written <#>)\n" },
	{ "bind x\n", "x.keys:1: bind x to what?\n" },
	{ "bind <C-x> # later\n", "x.keys:1: bind <C-x> to what?\n" },
	{ "unbind\n", "x.keys:1: unbind what?\n" },
	{ "unbind x info\n",
	  "x.keys:1: unbind takes keys alone, not 'info'\n" },
	{ "include\n", "x.keys:1: include what?\n" },
	{ "include nowhere.keys\n", "x.keys:1: cannot find 'nowhere.keys'\n" },
	{ "include common\n",
	  "x.keys:1: cannot find 'common' (did you mean 'common.keys'?)\n" },
	/* modes and options */
	{ "mode hexx\n",
	  "x.keys:1: unknown mode 'hexx' (modes: global normal hex text select "
	  "list pager prompt dialog)\n" },
	{ "mode\n", "x.keys:1: unknown mode '' (modes: global normal hex text "
	            "select list pager prompt dialog)\n" },
	{ "option speed 3\n",
	  "x.keys:1: unknown option 'speed' (options: start counts)\n" },
	{ "option start text\n", "x.keys:1: option start wants hex|normal\n" },
	{ "option counts\n", "x.keys:1: option counts wants on|off\n" },
	/* keys */
	{ "bind <C-s info\n", "x.keys:1: bad key at '<C-s'\n" },
	{ "bind g<C-s info\n", "x.keys:1: bad key at '<C-s'\n" },
	{ "bind < info\n",
	  "x.keys:1: bad key at '<' (did you mean '<lt>'?)\n" },
	{ "bind <Pageup> info\n",
	  "x.keys:1: bad key at '<Pageup>' (did you mean 'PageUp'?)\n" },
	{ "bind <C-space> info\n",
	  "x.keys:1: bad key at '<C-space>' (did you mean 'Space'?)\n" },
	{ "bind 123456789 info\n", "x.keys:1: more than 8 keys in a row\n" },
	/* data */
	{ "mode hex\nbind a info\n",
	  "x.keys:2: 'a' is a hex digit: data in mode hex\n" },
	{ "mode hex\nbind F<F1> info\n",
	  "x.keys:2: 'F' is a hex digit: data in mode hex\n" },
	{ "mode hex\nbind g info\nbind 0 info\n",
	  "x.keys:3: '0' is a hex digit: data in mode hex\n" },
	{ "mode text\nbind g info\n", "x.keys:2: 'g' is data in mode text\n" },
	{ "mode text\nbind <Space> info\n",
	  "x.keys:2: '<Space>' is data in mode text\n" },
	{ "mode prompt\nbind <lt> info\n",
	  "x.keys:2: '<lt>' is data in mode prompt\n" },
	/* command lines */
	{ "bind x frob\n", "x.keys:1: unknown command 'frob'\n" },
	{ "bind x echo a\rb\n",
	  "x.keys:1: a control character in the command line\n" },
	{ "bind x echo \x1b\n",
	  "x.keys:1: a control character in the command line\n" },
	/* twice, and beginnings */
	{ "mode hex\nbind x info\n\nbind x help\n",
	  "x.keys:4: 'x' is already bound in mode hex at line 2\n" },
	{ "mode hex\nbind <C-x> info\nbind <C-x><C-s> help\n",
	  "x.keys:3: '<C-x>' and '<C-x><C-s>' cannot both be bound in mode "
	  "hex: one starts the other\n" },
	{ "mode normal\nbind gg info\nbind g help\n",
	  "x.keys:3: 'gg' and 'g' cannot both be bound in mode normal: one "
	  "starts the other\n" },
	/* one error does not hide the next */
	{ "bind\nmode x\nbind x info\nunbind y z\n",
	  "x.keys:1: bind what?\n"
	  "x.keys:2: unknown mode 'x' (modes: global normal hex text select "
	  "list pager prompt dialog)\n"
	  "x.keys:4: unbind takes keys alone, not 'z'\n" },
	/* warnings */
	{ "unbind <F9>\n",
	  "warning: x.keys:1: '<F9>' is not bound in mode global\n" },
	{ "bind <C-i> info\n",
	  "warning: x.keys:1: <C-i> is Tab on most terminals\n" },
	{ "bind <C-M-m> info\n",
	  "warning: x.keys:1: <C-M-m> is M-Enter on most terminals\n" },
	{ "bind <C-j> info\n",
	  "warning: x.keys:1: <C-j> is Enter on some terminals\n" },
	{ "bind <C-[> info\n",
	  "warning: x.keys:1: <C-[> is Escape on most terminals\n" },
	{ "bind <C-A> info\n",
	  "warning: x.keys:1: <C-A> is <C-a> on most terminals\n" },
	{ "bind <C-1> info\n",
	  "warning: x.keys:1: <C-1> cannot be sent by most terminals\n" },
	{ "bind <C-S-a> info\n",
	  "warning: x.keys:1: <C-S-a> cannot be sent by most terminals\n" },
	{ "bind g<C-i> info\n",
	  "warning: x.keys:1: <C-i> is Tab on most terminals\n" },
	{ "mode normal\nbind 1 info\nbind 0 info\noption counts on\n",
	  "warning: x.keys:2: '1' is a count in mode normal: option counts is "
	  "on\n" },
};

static size_t lines_without(const char *text, const char *start)
{
	size_t n = 0;

	for (; *text; text = strchr(text, '\n') + 1)
		n += strncmp(text, start, strlen(start)) != 0;
	return n;
}

START_TEST(reports_each_error)
{
	const char *report = report_rows[_i].report;
	size_t errors = load(report_rows[_i].text);

	ck_assert_str_eq(told.text, report);
	ck_assert_uint_eq(errors, lines_without(report, "warning: "));
}
END_TEST

START_TEST(finds_nothing_of_what_was_refused)
{
	load("mode hex\nbind x info\nbind x help\nbind xy help\nbind a info\n");
	ck_assert_uint_eq(keymap_bindings(map), 1);
	ck_assert_str_eq(found(MODE_HEX, MODE_HEX, "x"), "info");
	ck_assert_str_eq(found(MODE_HEX, MODE_HEX, "xy"), "-");
}
END_TEST

START_TEST(keeps_command_lines_verbatim)
{
	static const struct {
		const char *written;
		const char *line;
	} rows[] = {
		{ "goto  0x10 ", "goto  0x10" },
		{ "next-key goto '", "next-key goto '" },
		{ "next-key mark\\s", "next-key mark\\s" },
		{ "goto #2:0", "goto #2:0" },
		{ "echo \"a # b\" # c", "echo \"a # b\"" },
		{ "echo \"a \\\" # b\" # c", "echo \"a \\\" # b\"" },
		{ "echo \"a # b", "echo \"a" },     /* not closed: no quote */
		{ "echo a\"b # c\"", "echo a\"b" }, /* no quote in a word */
		{ "echo a# b", "echo a# b" },
		{ "echo #b", "echo #b" },
		{ "echo a #", "echo a" },
		{ "echo \xff\xfe", "echo \xff\xfe" },
		{ "echo a\tb", "echo a\tb" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[128];

		snprintf(text, sizeof(text), "bind x   %s\n", rows[i].written);
		ck_assert_uint_eq(load(text), 0);
		ck_assert_str_eq(found(MODE_GLOBAL, MODE_GLOBAL, "x"),
		                 rows[i].line);
	}
}
END_TEST

START_TEST(falls_back_to_parents)
{
	load("bind x echo global\nbind <C-x>k echo k\nbind 1 echo one\n"
	     "bind a echo a\nbind y echo y\n"
	     "mode hex\nbind x echo hex\nbind <C-x>s echo s\n"
	     "mode select\nbind y echo select\nbind d echo d\n"
	     "mode list\nbind a echo list\n"
	     "mode dialog\nbind d echo dialog\n");
	static const struct {
		enum key_mode mode, base;
		const char *keys;
		const char *line;
	} rows[] = {
		{ MODE_GLOBAL, MODE_GLOBAL, "x", "echo global" },
		{ MODE_NORMAL, MODE_NORMAL, "x", "echo global" },
		{ MODE_HEX, MODE_HEX, "x", "echo hex" },
		{ MODE_HEX, MODE_HEX, "y", "echo y" },
		{ MODE_PAGER, MODE_HEX, "x", "echo global" },
		/* select comes from the mode that it was entered from */
		{ MODE_SELECT, MODE_HEX, "x", "echo hex" },
		{ MODE_SELECT, MODE_NORMAL, "x", "echo global" },
		{ MODE_SELECT, MODE_SELECT, "x", "echo global" },
		{ MODE_SELECT, MODE_HEX, "y", "echo select" },
		/* it may bind what is data there */
		{ MODE_SELECT, MODE_HEX, "d", "echo d" },
		/* data is not looked for further up */
		{ MODE_HEX, MODE_HEX, "1", "-" },
		{ MODE_HEX, MODE_HEX, "a", "-" },
		{ MODE_SELECT, MODE_HEX, "a", "-" },
		{ MODE_SELECT, MODE_TEXT, "x", "-" },
		{ MODE_TEXT, MODE_TEXT, "x", "-" },
		{ MODE_NORMAL, MODE_NORMAL, "a", "echo a" },
		{ MODE_LIST, MODE_HEX, "a", "echo list" },
		{ MODE_LIST, MODE_HEX, "1", "echo one" },
		/* no parents */
		{ MODE_PROMPT, MODE_HEX, "<C-x>", "-" },
		{ MODE_DIALOG, MODE_HEX, "x", "-" },
		{ MODE_DIALOG, MODE_HEX, "d", "echo dialog" },
		/* sequences of two modes with one beginning */
		{ MODE_HEX, MODE_HEX, "<C-x>", "+" },
		{ MODE_HEX, MODE_HEX, "<C-x>s", "echo s" },
		{ MODE_HEX, MODE_HEX, "<C-x>k", "echo k" },
		{ MODE_HEX, MODE_HEX, "<C-x>q", "-" },
		{ MODE_TEXT, MODE_TEXT, "<C-x>s", "-" },
		{ MODE_TEXT, MODE_TEXT, "<C-x>k", "echo k" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		ck_assert_msg(strcmp(found(rows[i].mode, rows[i].base,
		                           rows[i].keys),
		                     rows[i].line) == 0,
		              "row %zu: %s", i, rows[i].keys);
}
END_TEST

START_TEST(finds_no_key_that_cannot_be_bound)
{
	const char *many[KEY_SEQ_MAX + 1];
	const char *one[] = { "<Undo>" };
	const char *two_in_one[] = { "gg" };
	const char *line;

	load("bind gg info\n");
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = "g";
	ck_assert_int_eq(keymap_find(map, MODE_HEX, MODE_HEX, many,
	                             ARRAY_LEN(many), &line),
	                 KEY_NONE);
	ck_assert_int_eq(keymap_find(map, MODE_HEX, MODE_HEX, one, 1, &line),
	                 KEY_NONE);
	ck_assert_int_eq(keymap_find(map, MODE_HEX, MODE_HEX, two_in_one, 1,
	                             &line),
	                 KEY_NONE);
}
END_TEST

START_TEST(lists_what_can_follow)
{
	const char *keys[] = { "<C-x>" };
	struct binding next[4];

	load("bind <C-x>k echo k\nbind <C-x>s echo hidden\nbind <C-x>tt echo "
	     "t\n"
	     "bind <C-x>u echo hidden\n"
	     "mode hex\nbind <C-x>s echo s\nbind <C-x>uu echo u\n");
	ck_assert_uint_eq(keymap_next(map, MODE_HEX, MODE_HEX, keys, 1, next,
	                              ARRAY_LEN(next)),
	                  4);
	ck_assert_str_eq(next[0].keys, "<C-x>s");
	ck_assert_str_eq(next[0].line, "echo s");
	ck_assert_str_eq(next[1].keys, "<C-x>uu");
	ck_assert_str_eq(next[2].keys, "<C-x>k");
	ck_assert_str_eq(next[3].keys, "<C-x>tt");
	/* fewer than there are */
	ck_assert_uint_eq(keymap_next(map, MODE_HEX, MODE_HEX, keys, 1, next,
	                              1),
	                  4);
	/* all of a mode */
	ck_assert_uint_eq(keymap_next(map, MODE_GLOBAL, MODE_HEX, keys, 0, next,
	                              0),
	                  4);
	ck_assert_uint_eq(keymap_next(map, MODE_PROMPT, MODE_HEX, keys, 0, next,
	                              0),
	                  0);
}
END_TEST

START_TEST(lists_bindings_in_the_order_of_the_file)
{
	static const char *const keys[] = { "z", "<F5>", "gg", "a" };

	load("bind z info\nbind b info\nmode normal\nbind <F5> info\n"
	     "mode global\nbind gg info\nunbind b\nmode list\nbind a info\n");
	ck_assert_uint_eq(keymap_bindings(map), ARRAY_LEN(keys));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		ck_assert_str_eq(keymap_binding(map, i).keys, keys[i]);
	ck_assert_str_eq(keymap_binding(map, 1).file, "x.keys");
	ck_assert_uint_eq(keymap_binding(map, 1).line_number, 4);
	ck_assert_int_eq(keymap_binding(map, 1).mode, MODE_NORMAL);
}
END_TEST

START_TEST(binds_by_hand)
{
	struct binding b;

	load("mode hex\nbind x info\nbind gg info\n");
	must(keymap_bind(map, MODE_HEX, "x", " help # me ", &hooks, &err),
	     &err);
	b = keymap_binding(map, 1);
	ck_assert_str_eq(b.line, "help");
	ck_assert_str_eq(b.file, "");
	ck_assert_uint_eq(b.line_number, 0);
	/* twice is a change of mind */
	must(keymap_bind(map, MODE_HEX, "x", "quit", &hooks, &err), &err);
	must(keymap_bind(map, MODE_HEX, "<C-i>", "info", &hooks, &err), &err);
	ck_assert_str_eq(told.text,
	                 "warning: <C-i> is Tab on most terminals\n");
	must(keymap_bind(map, MODE_HEX, "x", NULL, &hooks, &err), &err);
	ck_assert_str_eq(found(MODE_HEX, MODE_HEX, "x"), "-");
	ck_assert(!keymap_bind(map, MODE_HEX, "x", NULL, &hooks, &err));
	ck_assert_int_eq(err.code, ERR_NO);
	ck_assert_str_eq(err.text, "'x' is not bound in mode hex");
}
END_TEST

START_TEST(refuses_by_hand_as_in_files)
{
	static const struct {
		const char *keys;
		const char *line;
		const char *text;
	} rows[] = {
		{ "g", "info",
		  "'gg' and 'g' cannot both be bound in mode hex: one starts "
		  "the other" },
		{ "a", "info", "'a' is a hex digit: data in mode hex" },
		{ "<C-s", "info", "bad key at '<C-s'" },
		{ "x y", "info", "bad key at ' y'" },
		{ "", "info", "no key" },
		{ "x", "", "bind x to what?" },
		{ "x", " # info", "bind x to what?" },
		{ "x", "frob", "unknown command 'frob'" },
		{ "x", "info\n", "a control character in the command line" },
		{ "a", NULL, "'a' is not bound in mode hex" },
	};

	load("mode hex\nbind gg info\n");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		ck_assert(!keymap_bind(map, MODE_HEX, rows[i].keys,
		                       rows[i].line, &hooks, &err));
		ck_assert_str_eq(err.text, rows[i].text);
		ck_assert_uint_eq(keymap_bindings(map), 1);
	}
}
END_TEST

START_TEST(works_without_hooks)
{
	size_t errors;

	must(keymap_load_text(map, "t", "bind x frob\nbind\n", 17, NULL,
	                      &errors, &err),
	     &err);
	ck_assert_uint_eq(errors, 1);
	ck_assert_str_eq(found(MODE_LIST, MODE_LIST, "x"), "frob");
}
END_TEST

START_TEST(replaces_the_whole_map)
{
	load("option start normal\noption counts on\nbind x info\n");
	ck_assert(keymap_starts_normal(map));
	ck_assert(keymap_counts(map));
	load("bind y info\n");
	ck_assert(!keymap_starts_normal(map));
	ck_assert(!keymap_counts(map));
	ck_assert_str_eq(found(MODE_GLOBAL, MODE_GLOBAL, "x"), "-");
	ck_assert_str_eq(found(MODE_GLOBAL, MODE_GLOBAL, "y"), "info");
}
END_TEST

START_TEST(refuses_what_is_no_keymap)
{
	static const char zeros[] = "bind x info\n\0bind y info\n";
	size_t size = KEYFILE_MAX + 1;
	char *big = malloc(size);
	size_t errors = 77;
	char *path;

	ck_assert_ptr_nonnull(big);
	memset(big, '#', size);
	load("bind x info\n");
	ck_assert(!keymap_load_text(map, "z.keys", zeros, sizeof(zeros), &hooks,
	                            &errors, &err));
	ck_assert_str_eq(err.text,
	                 "z.keys: not a text file: it holds zero bytes");
	ck_assert(!keymap_load_text(map, "b.keys", big, size, &hooks, &errors,
	                            &err));
	ck_assert_str_eq(err.text, "b.keys: larger than 1 MiB");
	path = scratch_file("big.keys", big, size);
	ck_assert(!keymap_load_file(map, path, &hooks, &errors, &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	free(path);
	path = scratch_file("fits.keys", big, size - 1);
	/* A failure leaves the map and the count as they were. */
	ck_assert_uint_eq(errors, 77);
	ck_assert_str_eq(found(MODE_GLOBAL, MODE_GLOBAL, "x"), "info");
	must(keymap_load_file(map, path, &hooks, &errors, &err), &err);
	ck_assert_uint_eq(errors, 0);
	free(path);
	free(big);
}
END_TEST

START_TEST(refuses_files_that_are_none)
{
	size_t errors;

	ck_assert(!keymap_load_file(map, scratch(), &hooks, &errors, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_ptr_nonnull(strstr(err.text, "not a regular file"));
	ck_assert(!keymap_load_file(map, "/nowhere/x.keys", &hooks, &errors,
	                            &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_str_eq(err.text,
	                 "/nowhere/x.keys: No such file or directory");
}
END_TEST

START_TEST(bounds_the_bindings)
{
	size_t size = (KEYTABLE_MAX + 2) * (size_t)20;
	char *text = malloc(size);
	size_t used = 0;

	ck_assert_ptr_nonnull(text);
	/* Code points from U+4E00 are one key each. */
	for (uint32_t i = 0; i <= KEYTABLE_MAX; i++) {
		char key[5] = "";

		(void)text_encode(key, 0x4e00 + i);
		used += (size_t)snprintf(text + used, size - used,
		                         "bind %s info\n", key);
	}
	ck_assert_uint_eq(load(text), 1);
	ck_assert_str_eq(told.text, "x.keys:4097: more than 4096 bindings\n");
	ck_assert_uint_eq(keymap_bindings(map), KEYTABLE_MAX);
	free(text);
}
END_TEST

static void load_path(char *path)
{
	size_t errors;

	memset(&told, 0, sizeof(told));
	must(keymap_load_file(map, path, &hooks, &errors, &err), &err);
	ck_assert_uint_eq(errors, lines_without(told.text, "warning: "));
	free(path);
}

START_TEST(includes_from_the_same_folder_first)
{
	free(put_file("home/.config/hexspan/keymaps/i.keys", "bind y info\n"));
	free(put_file("inc/i.keys", "bind x info\n"));
	load_path(put_file("inc/a.keys", "include i.keys\n"));
	ck_assert_str_eq(told.text, "");
	ck_assert_str_eq(found(MODE_GLOBAL, MODE_GLOBAL, "x"), "info");
	load_path(put_file("alone/a.keys", "include i.keys\n"));
	ck_assert_str_eq(found(MODE_GLOBAL, MODE_GLOBAL, "x"), "-");
	ck_assert_str_eq(found(MODE_GLOBAL, MODE_GLOBAL, "y"), "info");
}
END_TEST

START_TEST(replaces_what_was_included)
{
	free(put_file("rep/i.keys", "mode hex\nbind x echo i\nbind y info\n"));
	load_path(put_file("rep/a.keys", "mode hex\ninclude i.keys\n"
	                                 "bind x echo a\nunbind y\n"
	                                 "bind gg info\n"));
	ck_assert_str_eq(told.text, "");
	/* The mode is each file's own. */
	ck_assert_str_eq(found(MODE_HEX, MODE_HEX, "x"), "echo a");
	ck_assert_str_eq(found(MODE_HEX, MODE_HEX, "y"), "-");
	ck_assert_uint_eq(keymap_bindings(map), 2);
	ck_assert_str_eq(keymap_binding(map, 0).file, "a.keys");
	load_path(put_file("rep/b.keys", "include i.keys\nmode hex\n"
	                                 "bind xx info\n"));
	ck_assert_str_eq(told.text,
	                 "b.keys:3: 'x' and 'xx' cannot both be bound in mode "
	                 "hex: one starts the other\n");
}
END_TEST

START_TEST(reads_a_file_twice_if_asked)
{
	free(put_file("twice/i.keys", "bind x echo i\n"));
	load_path(put_file("twice/a.keys", "include i.keys\nbind x echo a\n"
	                                   "include i.keys\n"));
	ck_assert_str_eq(told.text, "");
	ck_assert_str_eq(found(MODE_GLOBAL, MODE_GLOBAL, "x"), "echo i");
}
END_TEST

START_TEST(reports_errors_of_included_files)
{
	free(put_file("bad/i.keys", "\nbind\n"));
	load_path(put_file("bad/a.keys", "include i.keys\nbind\n"
	                                 "include /nowhere/x.keys\n"
	                                 "include .\n"));
	told.text[strcspn(told.text, "/")] = '\0'; /* the scratch folder */
	ck_assert_str_eq(told.text, "i.keys:2: bind what?\n"
	                            "a.keys:2: bind what?\n"
	                            "a.keys:3: cannot find '");
}
END_TEST

START_TEST(ends_circles)
{
	/* A file that is being read is passed over. */
	free(put_file("circle/b.keys", "include a.keys\n"));
	load_path(put_file("circle/a.keys", "include b.keys\nbind x info\n"));
	ck_assert_str_eq(told.text, "b.keys:1: cannot find 'a.keys'\n");
	ck_assert_str_eq(found(MODE_GLOBAL, MODE_GLOBAL, "x"), "info");
}
END_TEST

START_TEST(nests_eight_deep)
{
	for (int i = 0; i < 10; i++) {
		char name[32], text[64];

		snprintf(name, sizeof(name), "deep/%d.keys", i);
		snprintf(text, sizeof(text), "include %d.keys\nbind %d info\n",
		         i + 1, i);
		free(put_file(name, text));
	}
	load_path(put_file("deep/a.keys", "include 1.keys\n"));
	ck_assert_str_eq(told.text,
	                 "8.keys:1: includes nested more than 8 deep\n");
	ck_assert_str_eq(found(MODE_LIST, MODE_LIST, "8"), "info");
	ck_assert_str_eq(found(MODE_LIST, MODE_LIST, "9"), "-");
}
END_TEST

START_TEST(reads_64_files)
{
	char text[2048] = "";

	free(put_file("many/i.keys", ""));
	for (int i = 0; i < 64; i++)
		strcat(text, "include i.keys\n");
	load_path(put_file("many/a.keys", text));
	ck_assert_str_eq(told.text, "a.keys:64: more than 64 files in all\n");
}
END_TEST

START_TEST(finds_keymaps_along_the_path)
{
	char *dirs = NULL;
	size_t errors;

	/* compiled in */
	must(keymap_load(map, "vi", true, &hooks, &errors, &err), &err);
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "gg"), "move start");
	/* then the data folders, relative ones passed over */
	free(put_file("d1/hexspan/keymaps/vi.keys", "bind x echo d1\n"));
	free(put_file("d2/hexspan/keymaps/vi.keys", "bind x echo d2\n"));
	free(put_file("d2/hexspan/keymaps/my.keys", "bind x echo my\n"));
	ck_assert_int_ge(asprintf(&dirs, "d2:%s/d1::%s/d2", scratch(),
	                          scratch()),
	                 0);
	setenv("XDG_DATA_DIRS", dirs, 1);
	free(dirs);
	must(keymap_load(map, "vi", true, &hooks, &errors, &err), &err);
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "x"), "echo d1");
	must(keymap_load(map, "my", true, &hooks, &errors, &err), &err);
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "x"), "echo my");
	/* then the user's own, which can include the one it stands before */
	free(put_file("home/.config/hexspan/keymaps/vi.keys",
	              "include vi.keys\nbind y info\n"));
	must(keymap_load(map, "vi", true, &hooks, &errors, &err), &err);
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "x"), "echo d1");
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "y"), "info");
	ck_assert_str_eq(told.text, "");
}
END_TEST

START_TEST(names_the_keymaps_there_are)
{
	static const char *const names[] = { "vim",   "",           ".",
		                             "../vi", "keymaps/vi", "vi.keys" };
	size_t errors;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char text[128];

		ck_assert(!keymap_load(map, names[i], true, &hooks, &errors,
		                       &err));
		ck_assert_int_eq(err.code, ERR_IO);
		snprintf(text, sizeof(text),
		         "no keymap '%s' (there are: default vi emacs hexedit)",
		         names[i]);
		ck_assert_str_eq(err.text, text);
	}
}
END_TEST

START_TEST(reads_the_users_keys_last)
{
	char *config = NULL;
	size_t errors;

	free(put_file("home/.config/hexspan/keys",
	              "mode normal\nunbind gg\nbind go echo mine\nbind\n"));
	must(keymap_load(map, "vi", true, &hooks, &errors, &err), &err);
	ck_assert_str_eq(told.text, "keys:4: bind what?\n");
	ck_assert_uint_eq(errors, 1);
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "gg"), "-");
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "go"), "echo mine");
	must(keymap_load(map, "vi", false, &hooks, &errors, &err), &err);
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "go"), "prompt goto");
	/* XDG_CONFIG_HOME goes before HOME, if it is an absolute path. */
	free(put_file("conf/hexspan/keys", "mode normal\nbind Q quit\n"));
	ck_assert_int_ge(asprintf(&config, "%s/conf", scratch()), 0);
	setenv("XDG_CONFIG_HOME", config, 1);
	free(config);
	must(keymap_load(map, "vi", true, &hooks, &errors, &err), &err);
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "go"), "prompt goto");
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "Q"), "quit");
	setenv("XDG_CONFIG_HOME", "conf", 1);
	must(keymap_load(map, "vi", true, &hooks, &errors, &err), &err);
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "go"), "echo mine");
}
END_TEST

START_TEST(works_without_the_users_keys)
{
	char *config = NULL;
	size_t errors;

	/* A folder in the place of the file is said, and no more. */
	free(put_file("odd/hexspan/keys/x", ""));
	ck_assert_int_ge(asprintf(&config, "%s/odd", scratch()), 0);
	setenv("XDG_CONFIG_HOME", config, 1);
	free(config);
	must(keymap_load(map, "vi", true, &hooks, &errors, &err), &err);
	ck_assert_uint_eq(errors, 1);
	ck_assert_ptr_nonnull(
		strstr(told.text, "/odd/hexspan/keys: not a regular file"));
	/* Nobody's home. */
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("HOME");
	memset(&told, 0, sizeof(told));
	must(keymap_load(map, "vi", true, &hooks, &errors, &err), &err);
	ck_assert_str_eq(told.text, "");
	ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, "gg"), "move start");
}
END_TEST

static char *printed(enum key_mode mode)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	keymap_print(map, mode, out);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

START_TEST(prints_what_loads)
{
	char *all, *again;

	load("option counts on\nbind <M->> echo \"a # b\"\nmode list\n"
	     "bind # info\nbind <#> goto #2\nbind <lt> help\n");
	again = printed(MODE_LIST);
	ck_assert_str_eq(again, "mode list\nbind <#>          goto #2\n"
	                        "bind <lt>         help\n");
	free(again);
	all = printed(MODE_COUNT);
	ck_assert_str_eq(all, "option counts on\n"
	                      "mode global\nbind <M->>        echo \"a # b\"\n"
	                      "mode list\nbind <#>          goto #2\n"
	                      "bind <lt>         help\n");
	ck_assert_uint_eq(load(all), 0);
	again = printed(MODE_COUNT);
	ck_assert_str_eq(again, all);
	free(again);
	free(all);
}
END_TEST

START_TEST(knows_the_modes)
{
	enum key_mode mode;

	for (unsigned i = 0; i < MODE_COUNT; i++) {
		ck_assert(
			key_mode_parse(key_mode_name((enum key_mode)i), &mode));
		ck_assert_uint_eq(mode, i);
	}
	ck_assert(!key_mode_parse("hexx", &mode));
	ck_assert(!key_mode_parse("", &mode));
}
END_TEST

/* Load the keymap of the source tree, whatever is installed. */
static size_t load_shipped(const char *name)
{
	char file[64];
	size_t errors;
	char *path;

	snprintf(file, sizeof(file), "../keymaps/%s.keys", name);
	path = test_path(file);
	must(keymap_load_file(map, path, &hooks, &errors, &err), &err);
	free(path);
	return errors;
}

/* Every file that is compiled in is a keymap of the list, or a part of one. */
START_TEST(ships_the_keymaps_it_names)
{
	const char *const *names = keymap_load_names();
	size_t files = 0, listed = 0;

	while (keymap_files[files].name)
		files++;
	for (; names[listed]; listed++) {
		char file[64];
		size_t i = 0;

		snprintf(file, sizeof(file), "%s.keys", names[listed]);
		while (i < files && strcmp(keymap_files[i].name, file) != 0)
			i++;
		ck_assert_msg(i < files, "%s", file);
	}
	ck_assert_uint_eq(files, listed + 1); /* common.keys */
}
END_TEST

START_TEST(compiles_the_files_in)
{
	for (const struct embedded *e = keymap_files; e->name; e++) {
		struct keyfile file;
		char name[64];
		char *path;

		snprintf(name, sizeof(name), "../keymaps/%s", e->name);
		path = test_path(name);
		must(keyfile_read(&file, path, &err), &err);
		ck_assert_uint_eq(file.len, e->len);
		ck_assert_mem_eq(file.text, e->bytes, e->len);
		keyfile_free(&file);
		free(path);
	}
}
END_TEST

/* Each can be left, moved about in, asked for help and given commands. */
START_TEST(ships_keymaps_without_a_report)
{
	const char *const *names = keymap_load_names();

	for (size_t i = 0; names[i]; i++) {
		char *text, *again;

		ck_assert_uint_eq(load_shipped(names[i]), 0);
		ck_assert_str_eq(told.text, "");
		ck_assert_uint_gt(keymap_bindings(map), 60);
		ck_assert_pstr_eq(keymap_check(map), NULL);
		ck_assert_str_eq(found(MODE_HEX, MODE_HEX, "<F1>"), "help");
		ck_assert_str_eq(found(MODE_HEX, MODE_HEX, "<Up>"), "move up");
		ck_assert_str_eq(found(MODE_PROMPT, MODE_HEX, "<Enter>"),
		                 "line accept");
		ck_assert_str_eq(found(MODE_LIST, MODE_HEX, "<Enter>"),
		                 "list accept");
		ck_assert_str_eq(found(MODE_PAGER, MODE_HEX, "<Escape>"),
		                 "cancel");
		ck_assert_str_eq(found(MODE_DIALOG, MODE_HEX, "<Escape>"),
		                 "cancel");
		text = printed(MODE_COUNT);
		ck_assert_uint_eq(load(text), 0);
		again = printed(MODE_COUNT);
		ck_assert_str_eq(again, text);
		free(again);
		free(text);
	}
}
END_TEST

/* "<F3>", "<S-F3>": F1 to F24, modified or not. */
static bool is_function(const char *keys)
{
	if (*keys++ != '<')
		return false;
	while (*keys && keys[1] == '-')
		keys += 2;
	return keys[0] == 'F' && keys[1] >= '1' && keys[1] <= '9';
}

static bool has_other_key(const char *line, size_t *functions)
{
	bool other = false;

	*functions = 0;
	for (size_t i = 0; i < keymap_bindings(map); i++) {
		struct binding b = keymap_binding(map, i);

		if ((b.mode != MODE_GLOBAL && b.mode != MODE_HEX) ||
		    strcmp(b.line, line) != 0)
			continue;
		if (is_function(b.keys))
			++*functions;
		else
			other = true;
	}
	return other;
}

START_TEST(default_has_no_command_on_function_keys_alone)
{
	size_t functions, all = 0;

	ck_assert_uint_eq(load_shipped("default"), 0);
	for (size_t i = 0; i < keymap_bindings(map); i++) {
		const char *line = keymap_binding(map, i).line;
		bool other = has_other_key(line, &functions);

		ck_assert_msg(functions == 0 || other,
		              "'%s' is on function keys only", line);
		all += functions;
	}
	ck_assert_uint_gt(all, 0);
}
END_TEST

/* The model: a list of what is bound, searched from end to end. */
enum { MODEL_MAX = 64 };

static const char model_keys[][4] = { "g", "h", "<#>", "z" };

struct model {
	struct {
		unsigned mode;
		char keys[16];
		char line[16];
	} v[MODEL_MAX];
	size_t count;
};

static bool starts(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static void model_drop(struct model *m, size_t i)
{
	memmove(&m->v[i], &m->v[i + 1], (m->count - i - 1) * sizeof(m->v[0]));
	m->count--;
}

static size_t model_find(const struct model *m, unsigned mode, const char *keys)
{
	size_t i = 0;

	while (i < m->count &&
	       (m->v[i].mode != mode || strcmp(m->v[i].keys, keys) != 0))
		i++;
	return i;
}

static bool model_clash(const struct model *m, unsigned mode, const char *keys)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->v[i].mode == mode && strcmp(m->v[i].keys, keys) != 0 &&
		    (starts(m->v[i].keys, keys) || starts(keys, m->v[i].keys)))
			return true;
	return false;
}

static void model_put(struct model *m, unsigned mode, const char *keys,
                      const char *line)
{
	size_t i = model_find(m, mode, keys);

	if (i < m->count)
		model_drop(m, i);
	m->v[m->count].mode = mode;
	strcpy(m->v[m->count].keys, keys);
	strcpy(m->v[m->count].line, line);
	m->count++;
}

/* As found(), for normal and its parent. */
static const char *model_found(const struct model *m, const char *keys)
{
	static const unsigned modes[] = { MODE_NORMAL, MODE_GLOBAL };

	for (size_t k = 0; k < ARRAY_LEN(modes); k++) {
		size_t i = model_find(m, modes[k], keys);

		if (i < m->count)
			return m->v[i].line;
		for (i = 0; i < m->count; i++)
			if (m->v[i].mode == modes[k] &&
			    starts(m->v[i].keys, keys))
				return "+";
	}
	return "-";
}

static void random_keys(uint64_t *state, char keys[16])
{
	keys[0] = '\0';
	for (size_t n = 1 + random_below(state, 3); n > 0; n--)
		strcat(keys,
		       model_keys[random_below(state, ARRAY_LEN(model_keys))]);
}

static void compare_with(const struct model *m, uint64_t *state)
{
	char keys[16];

	ck_assert_pstr_eq(keymap_check(map), NULL);
	ck_assert_uint_eq(keymap_bindings(map), m->count);
	for (size_t i = 0; i < m->count; i++) {
		struct binding b = keymap_binding(map, i);

		ck_assert_uint_eq(b.mode, m->v[i].mode);
		ck_assert_str_eq(b.keys, m->v[i].keys);
		ck_assert_str_eq(b.line, m->v[i].line);
	}
	for (int i = 0; i < 8; i++) {
		random_keys(state, keys);
		ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL, keys),
		                 model_found(m, keys));
	}
}

START_TEST(binds_as_the_model)
{
	uint64_t state = random_seed();

	for (size_t n = cases(60); n > 0; n--) {
		struct model m = { .count = 0 };

		load("");
		for (int step = 0; step < 60; step++) {
			unsigned mode = random_below(&state, 2) ? MODE_NORMAL
			                                        : MODE_GLOBAL;
			bool put = random_below(&state, 3) > 0;
			char keys[16], line[16];
			bool ok;

			random_keys(&state, keys);
			snprintf(line, sizeof(line), "echo %d", step);
			ok = keymap_bind(map, (enum key_mode)mode, keys,
			                 put ? line : NULL, &hooks, &err);
			if (put) {
				ck_assert(ok != model_clash(&m, mode, keys));
				if (ok)
					model_put(&m, mode, keys, line);
			} else {
				size_t i = model_find(&m, mode, keys);

				ck_assert(ok == (i < m.count));
				if (ok)
					model_drop(&m, i);
			}
		}
		compare_with(&m, &state);
	}
}
END_TEST

/* Bind a random sequence in one of two modes, if that is allowed. */
static void bind_at_random(uint64_t *state)
{
	bool normal = random_below(state, 2);
	char keys[16];

	random_keys(state, keys);
	if (!keymap_bind(map, normal ? MODE_NORMAL : MODE_GLOBAL, keys, "info",
	                 &hooks, &err))
		ck_assert_int_eq(err.code, ERR_SYNTAX);
}

/* How many bindings typing on can come to, up to three keys in all. */
static size_t reached_from(const char *typed, size_t count)
{
	size_t n = 0;

	if (count == 3 || strcmp(found(MODE_NORMAL, MODE_NORMAL, typed), "+"))
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(model_keys); i++) {
		char *more = NULL;

		ck_assert_int_ge(asprintf(&more, "%s%s", typed, model_keys[i]),
		                 0);
		n += strcmp(found(MODE_NORMAL, MODE_NORMAL, more), "info") == 0;
		n += reached_from(more, count + 1);
		free(more);
	}
	return n;
}

/* keymap_next() lists exactly what typing on can come to. */
START_TEST(lists_what_typing_finds)
{
	uint64_t state = random_seed();

	for (size_t n = cases(300); n > 0; n--) {
		const char *key =
			model_keys[random_below(&state, ARRAY_LEN(model_keys))];
		struct binding next[MODEL_MAX];
		size_t count;

		load("");
		for (int i = 0; i < 20; i++)
			bind_at_random(&state);
		count = keymap_next(map, MODE_NORMAL, MODE_NORMAL, &key, 1,
		                    next, MODEL_MAX);
		ck_assert_uint_eq(count, reached_from(key, 1));
		for (size_t i = 0; i < count; i++) {
			ck_assert(starts(next[i].keys, key));
			ck_assert_str_ne(next[i].keys, key);
			ck_assert_str_eq(found(MODE_NORMAL, MODE_NORMAL,
			                       next[i].keys),
			                 "info");
		}
	}
}
END_TEST

START_TEST(survives_random_texts)
{
	static const char *const pieces[] = {
		"bind ",       "unbind ", "mode ", "option ", "include ",
		"\n",          " ",       "#",     "<C-x>",   "<C-",
		"hex",         "normal",  "start", "counts",  "on",
		"g",           "a",       "info",  "\"",      "\\",
		"\r",          "\xc3",    "<F1>",  "1",       "<",
		"common.keys", "vi.keys", "\x1b",  "prompt",  "\t",
	};
	uint64_t state = random_seed();

	for (size_t n = cases(1500); n > 0; n--) {
		char text[512] = "";
		size_t errors;
		char *first, *again;

		while (strlen(text) < 400)
			strcat(text,
			       pieces[random_below(&state, ARRAY_LEN(pieces))]);
		memset(&told, 0, sizeof(told));
		must(keymap_load_text(map, "r", text, strlen(text), NULL,
		                      &errors, &err),
		     &err);
		ck_assert_pstr_eq(keymap_check(map), NULL);
		first = printed(MODE_COUNT);
		must(keymap_load_text(map, "r", first, strlen(first), NULL,
		                      &errors, &err),
		     &err);
		ck_assert_uint_eq(errors, 0);
		again = printed(MODE_COUNT);
		ck_assert_str_eq(again, first);
		free(again);
		free(first);
	}
}
END_TEST

START_TEST(survives_lack_of_memory_when_loading)
{
	bool ok = false;
	size_t errors = 77;
	long n;

	free(put_file("home/.config/hexspan/keys", "bind <F9> info\n"));
	load("bind x info\n");
	for (n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = keymap_load(map, "vi", true, &hooks, &errors, &err);
		mem_fail_after(-1);
		if (ok)
			break;
		ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert_uint_eq(errors, 77);
		ck_assert_uint_eq(keymap_bindings(map), 1);
		ck_assert_str_eq(found(MODE_GLOBAL, MODE_GLOBAL, "x"), "info");
	}
	ck_assert_int_gt(n, 100);
	ck_assert_uint_eq(told.count, 0);
}
END_TEST

START_TEST(survives_lack_of_memory_when_binding)
{
	bool ok = false;

	load("bind x info\nbind y info\n");
	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		ok = keymap_bind(map, MODE_GLOBAL, "x", "help", &hooks, &err);
		mem_fail_after(-1);
		ck_assert_pstr_eq(keymap_check(map), NULL);
		ck_assert_uint_eq(keymap_bindings(map), 2);
		ck_assert_str_eq(found(MODE_GLOBAL, MODE_GLOBAL, "x"),
		                 ok ? "help" : "info");
		ck_assert(ok || err.code == ERR_NOMEM);
	}
}
END_TEST

static bool check_without_memory(void *ctx, const char *line, struct error *e)
{
	(void)ctx;
	(void)line;
	return error_set(e, ERR_NOMEM, "out of memory");
}

START_TEST(passes_on_lack_of_memory_of_the_check)
{
	static const struct keymap_hooks poor = {
		.check = check_without_memory,
		.report = take_report,
		.ctx = &told,
	};
	size_t errors;

	ck_assert(!keymap_load_text(map, "t", "bind x info\n", 12, &poor,
	                            &errors, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
	ck_assert_uint_eq(told.count, 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("keymap");
	TCase *t = tcase_create("keymap");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, guesses_the_near_word);
	tcase_add_test(t, reads_and_writes_keys);
	tcase_add_test(t, writes_keys_that_read_back);
	tcase_add_loop_test(t, reports_each_error, 0,
	                    (int)ARRAY_LEN(report_rows));
	tcase_add_test(t, finds_nothing_of_what_was_refused);
	tcase_add_test(t, keeps_command_lines_verbatim);
	tcase_add_test(t, falls_back_to_parents);
	tcase_add_test(t, finds_no_key_that_cannot_be_bound);
	tcase_add_test(t, lists_what_can_follow);
	tcase_add_test(t, lists_bindings_in_the_order_of_the_file);
	tcase_add_test(t, binds_by_hand);
	tcase_add_test(t, refuses_by_hand_as_in_files);
	tcase_add_test(t, works_without_hooks);
	tcase_add_test(t, replaces_the_whole_map);
	tcase_add_test(t, refuses_what_is_no_keymap);
	tcase_add_test(t, refuses_files_that_are_none);
	tcase_add_test(t, bounds_the_bindings);
	tcase_add_test(t, includes_from_the_same_folder_first);
	tcase_add_test(t, replaces_what_was_included);
	tcase_add_test(t, reads_a_file_twice_if_asked);
	tcase_add_test(t, reports_errors_of_included_files);
	tcase_add_test(t, ends_circles);
	tcase_add_test(t, nests_eight_deep);
	tcase_add_test(t, reads_64_files);
	tcase_add_test(t, finds_keymaps_along_the_path);
	tcase_add_test(t, names_the_keymaps_there_are);
	tcase_add_test(t, reads_the_users_keys_last);
	tcase_add_test(t, works_without_the_users_keys);
	tcase_add_test(t, prints_what_loads);
	tcase_add_test(t, knows_the_modes);
	tcase_add_test(t, ships_the_keymaps_it_names);
	tcase_add_test(t, compiles_the_files_in);
	tcase_add_test(t, ships_keymaps_without_a_report);
	tcase_add_test(t, default_has_no_command_on_function_keys_alone);
	tcase_add_test(t, binds_as_the_model);
	tcase_add_test(t, lists_what_typing_finds);
	tcase_add_test(t, survives_random_texts);
	tcase_add_test(t, survives_lack_of_memory_when_loading);
	tcase_add_test(t, survives_lack_of_memory_when_binding);
	tcase_add_test(t, passes_on_lack_of_memory_of_the_check);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
