/* test_theme.c - tests of ui/theme.c */
#include "config.h"

#include "ui/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "tests/support.h"
#include "ui/embedded.h"

static struct theme theme;
static struct error err;

static void set_up(void)
{
	/* No theme of the developer's may play a part. */
	setenv("XDG_CONFIG_HOME", scratch(), 1);
	unsetenv("COLORFGBG");
	must(theme_load(&theme, "dark", &err), &err);
}

static bool parse(const char *text)
{
	return theme_parse(&theme, "my.theme", text, strlen(text), &err);
}

static bool looks_like(struct look look, int fg, int bg, unsigned attrs)
{
	return look.fg == fg && look.bg == bg && look.attrs == attrs;
}

static bool same(const struct theme *a, const struct theme *b)
{
	return memcmp(a->style, b->style, sizeof(a->style)) == 0 &&
	       memcmp(a->over, b->over, sizeof(a->over)) == 0;
}

START_TEST(shipped_themes)
{
	static const char *const names[] = { "dark", "light" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct theme got;

		must(theme_load(&got, names[i], &err), &err);
		ck_assert_str_eq(got.name, names[i]);
		/* They use what the depth has, and mono no colour at all. */
		for (size_t s = 0; s < STYLE_COUNT; s++) {
			ck_assert_int_lt(got.style[DEPTH_16][s].fg, 16);
			ck_assert_int_lt(got.style[DEPTH_8][s].fg, 8);
			ck_assert_int_eq(got.style[DEPTH_MONO][s].fg, -1);
			ck_assert_int_eq(got.style[DEPTH_MONO][s].bg, -1);
		}
		/* What lies over must be seen in every depth. */
		for (size_t d = 0; d < DEPTH_COUNT; d++) {
			for (int o = OVER_MATCH; o < OVER_STYLE_COUNT; o++) {
				struct look look = got.over[d][o];

				ck_assert(look.bg >= 0 ||
				          look.attrs & (LOOK_REVERSE |
				                        LOOK_UNDERLINE));
				for (int p = OVER_MATCH; p < o; p++)
					ck_assert(memcmp(&got.over[d][p], &look,
					                 sizeof(look)) != 0);
			}
		}
	}
}
END_TEST

/* The shipped themes name every style: nothing is left to what dark has. */
START_TEST(shipped_themes_are_whole)
{
	static struct theme blank;

	memset(&blank, 0x5a, sizeof(blank));
	for (const struct embedded *f = theme_files; f->name; f++) {
		theme = blank;
		must(theme_parse(&theme, f->name, (const char *)f->bytes,
		                 f->len, &err),
		     &err);
		for (int i = 0; i < STYLE_COUNT; i++)
			ck_assert_msg(memcmp(&theme.style[DEPTH_256][i],
			                     &blank.style[DEPTH_256][i],
			                     sizeof(struct look)) != 0,
			              "%s: style %d", f->name, i);
		for (int i = OVER_MATCH; i < OVER_STYLE_COUNT; i++)
			ck_assert_msg(memcmp(&theme.over[DEPTH_256][i],
			                     &blank.over[DEPTH_256][i],
			                     sizeof(struct look)) != 0,
			              "%s: over %d", f->name, i);
	}
}
END_TEST

START_TEST(known_looks)
{
	ck_assert(looks_like(theme.style[DEPTH_256][STYLE_NUL], 243, -1, 0));
	ck_assert(looks_like(theme.style[DEPTH_16][STYLE_NUL], 8, -1, 0));
	ck_assert(
		looks_like(theme.style[DEPTH_8][STYLE_NUL], -1, -1, LOOK_DIM));
	ck_assert(looks_like(theme.style[DEPTH_MONO][STYLE_NUL], -1, -1,
	                     LOOK_DIM));
	ck_assert(looks_like(theme.style[DEPTH_256][STYLE_EDITED], 208, -1,
	                     LOOK_BOLD | LOOK_UNDERLINE));
	ck_assert(looks_like(theme.over[DEPTH_256][OVER_CURSOR], 16, 255,
	                     LOOK_BOLD));
	/* A hole is not a 00 that was read. */
	for (size_t d = 0; d < DEPTH_COUNT; d++)
		ck_assert(memcmp(&theme.style[d][STYLE_HOLE],
		                 &theme.style[d][STYLE_NUL],
		                 sizeof(struct look)) != 0);
}
END_TEST

START_TEST(parses_lines)
{
	must(parse("# a comment\n"
	           "\n"
	           "  nul  1/2+bold  -/15  7+dim+italic  reverse+underline # "
	           "x\r\n"
	           "cursor\t-\t-+bold\t0/0\t-"),
	     &err);
	ck_assert(
		looks_like(theme.style[DEPTH_256][STYLE_NUL], 1, 2, LOOK_BOLD));
	ck_assert(looks_like(theme.style[DEPTH_16][STYLE_NUL], -1, 15, 0));
	ck_assert(looks_like(theme.style[DEPTH_8][STYLE_NUL], 7, -1,
	                     LOOK_DIM | LOOK_ITALIC));
	ck_assert(looks_like(theme.style[DEPTH_MONO][STYLE_NUL], -1, -1,
	                     LOOK_REVERSE | LOOK_UNDERLINE));
	ck_assert(looks_like(theme.over[DEPTH_256][OVER_CURSOR], -1, -1, 0));
	ck_assert(looks_like(theme.over[DEPTH_16][OVER_CURSOR], -1, -1,
	                     LOOK_BOLD));
	ck_assert(looks_like(theme.over[DEPTH_8][OVER_CURSOR], 0, 0, 0));
	/* Others stay as they were, and so does the name. */
	ck_assert(looks_like(theme.style[DEPTH_256][STYLE_FF], 211, -1, 0));
	ck_assert_str_eq(theme.name, "dark");
	must(parse(""), &err);
	must(parse("#"), &err);
}
END_TEST

static const struct {
	const char *text;
	const char *error;
} wrong[] = {
	{ "nul", "my.theme:1: 0 columns of 4: for 256, 16, 8 and no colours" },
	{ "nul 1 1 1 # -",
	  "my.theme:1: 3 columns of 4: for 256, 16, 8 and no colours" },
	{ "nul 1 1 1 - -", "my.theme:1: '-' behind the last column" },
	{ "\n# x\nnull 1 1 1 -",
	  "my.theme:3: no style 'null': did you mean 'nul'?" },
	{ "selektion 1 1 1 -",
	  "my.theme:1: no style 'selektion': did you mean 'selection'?" },
	{ "barkey 1 1 1 -",
	  "my.theme:1: no style 'barkey': did you mean 'bar-key'?" },
	{ "NUL 1 1 1 -", "my.theme:1: no style 'NUL'" },
	{ "something 1 1 1 -", "my.theme:1: no style 'something'" },
	{ "none 1 1 1 -", "my.theme:1: no style 'none': did you mean 'hole'?" },
	{ "averyveryverylongname 1 1 1 -",
	  "my.theme:1: no style 'averyveryverylongname'" },
	{ "nul 256 1 1 -",
	  "my.theme:1: bad colour '256': a number up to 255, or -" },
	{ "nul 1 16 1 -",
	  "my.theme:1: bad colour '16': a number up to 15, or -" },
	{ "nul 1 1 8 -", "my.theme:1: bad colour '8': a number up to 7, or -" },
	{ "nul 1/8 1 1/8 -",
	  "my.theme:1: bad colour '8': a number up to 7, or -" },
	{ "nul 1 1 1 0",
	  "my.theme:1: the column without colours has the colour '0'" },
	{ "nul 1x 1 1 -",
	  "my.theme:1: bad colour '1x': a number up to 255, or -" },
	{ "nul 99999999999999999999 1 1 -",
	  "my.theme:1: bad colour '99999999999999999999': a number up to 255, "
	  "or -" },
	{ "nul /1 1 1 -",
	  "my.theme:1: bad colour '': a number up to 255, or -" },
	{ "nul 1/ 1 1 -",
	  "my.theme:1: bad colour '': a number up to 255, or -" },
	{ "nul 1/2/3 1 1 -",
	  "my.theme:1: bad colour '2/3': a number up to 255, or -" },
	{ "nul -1 1 1 -",
	  "my.theme:1: bad colour '-1': a number up to 255, or -" },
	{ "nul 1+blink 1 1 -",
	  "my.theme:1: bad attribute 'blink': bold, dim, underline, reverse, "
	  "italic" },
	{ "nul 1+ 1 1 -",
	  "my.theme:1: bad attribute '': bold, dim, underline, reverse, "
	  "italic" },
	{ "nul bold+1 1 1 -",
	  "my.theme:1: bad attribute '1': bold, dim, underline, reverse, "
	  "italic" },
	{ "\x1b[31m\xff 1 1 1 -", "my.theme:1: no style '\\x1b[31m\\xff'" },
};

START_TEST(reports_errors)
{
	struct theme before = theme;
	char text[256];

	/* What stands before the error has no effect either. */
	snprintf(text, sizeof(text), "ff 1 1 1 bold\n%s", wrong[_i].text);
	ck_assert(!parse(text));
	ck_assert(same(&theme, &before));
	ck_assert(!parse(wrong[_i].text));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_str_eq(err.text, wrong[_i].error);
}
END_TEST

START_TEST(long_words)
{
	char text[4096];

	memset(text, 'x', sizeof(text));
	ck_assert(!theme_parse(&theme, "t", text, sizeof(text), &err));
	ck_assert_ptr_nonnull(strstr(err.text, "..'"));
	memcpy(text, "nul 1+", 6);
	ck_assert(!theme_parse(&theme, "t", text, sizeof(text), &err));
	memset(text, '\0', sizeof(text));
	ck_assert(!theme_parse(&theme, "t", text, sizeof(text), &err));
}
END_TEST

/* Any bytes are parsed or refused, never worse; what parses stays in bounds. */
START_TEST(random_text)
{
	static const char *const pieces[] = {
		"nul", "cursor", " ", " ", " ",   "\n", "1",    "255",
		"16",  "+",      "/", "-", "dim", "#",  "bold", "\t",
	};
	uint64_t state = random_seed();
	size_t n = cases(20000);
	size_t good = 0;

	for (size_t i = 0; i < n; i++) {
		char text[256] = "nul - - - -";
		size_t used = random_below(&state, 12);

		for (uint64_t k = random_below(&state, 20); k > 0; k--) {
			const char *piece =
				pieces[random_below(&state, ARRAY_LEN(pieces))];

			memcpy(text + used, piece, strlen(piece));
			used += strlen(piece);
		}
		if (!theme_parse(&theme, "t", text, used, &err)) {
			ck_assert_int_eq(err.code, ERR_SYNTAX);
			ck_assert_int_eq(strncmp(err.text, "t:", 2), 0);
			continue;
		}
		good++;
		ck_assert_int_lt(theme.style[DEPTH_8][STYLE_NUL].fg, 8);
		ck_assert_int_lt(theme.style[DEPTH_16][STYLE_NUL].bg, 16);
	}
	ck_assert(n < 1000 || good > 0);
}
END_TEST

static void put_theme(const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/hexspan", scratch());
	(void)mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/hexspan/themes", scratch());
	(void)mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/hexspan/themes/%s", scratch(), name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(users_files)
{
	struct theme mine;
	struct theme dark = theme;

	put_theme("mine.theme", "nul 1 2 3 italic\n");
	must(theme_load(&mine, "mine", &err), &err);
	ck_assert_str_eq(mine.name, "mine");
	ck_assert(looks_like(mine.style[DEPTH_256][STYLE_NUL], 1, -1, 0));
	ck_assert(looks_like(mine.style[DEPTH_256][STYLE_FF], 211, -1, 0));
	/* A user's file wins over one that is compiled in. */
	put_theme("light.theme", "nul 9 9 1 -\n");
	must(theme_load(&mine, "light", &err), &err);
	ck_assert(looks_like(mine.style[DEPTH_256][STYLE_NUL], 9, -1, 0));
	put_theme("bad.theme", "nul 9\n");
	ck_assert(!theme_load(&mine, "bad", &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	ck_assert_str_eq(err.text, "bad.theme:1: 1 columns of 4: for 256, 16, "
	                           "8 and no colours");
	ck_assert_str_eq(mine.name, "light");
	/* Without an absolute XDG_CONFIG_HOME it is ~/.config. */
	setenv("XDG_CONFIG_HOME", "relative", 1);
	setenv("HOME", scratch(), 1);
	ck_assert(!theme_load(&mine, "mine", &err));
	unsetenv("HOME");
	ck_assert(!theme_load(&mine, "mine", &err));
	must(theme_load(&mine, "dark", &err), &err);
	ck_assert(same(&mine, &dark));
}
END_TEST

START_TEST(unreadable_files)
{
	char path[512];
	char *big = calloc(1, 70000);

	put_theme("x.theme", "");
	snprintf(path, sizeof(path), "%s/hexspan/themes/folder.theme",
	         scratch());
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert(!theme_load(&theme, "folder", &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_int_ne(err.sys, 0);
	ck_assert_ptr_nonnull(strstr(err.text, "folder.theme: "));
	memset(big, '\n', 69999);
	put_theme("big.theme", big);
	free(big);
	ck_assert(!theme_load(&theme, "big", &err));
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	mem_fail_after(0);
	ck_assert(!theme_load(&theme, "x", &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
}
END_TEST

START_TEST(no_such_theme)
{
	static const char *const names[] = {
		"nope",
		"",
		".",
		"../dark",
		"a/b",
		"dark.theme",
		"a-name-that-is-longer-than-a-name-may-be",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		ck_assert(!theme_load(&theme, names[i], &err));
		ck_assert_int_eq(err.code, ERR_IO);
		ck_assert_ptr_nonnull(
			strstr(err.text, "there are dark, light, auto"));
	}
	ck_assert(!theme_load(&theme, "a\x1b[m", &err));
	ck_assert_ptr_null(strchr(err.text, '\x1b'));
}
END_TEST

static const struct {
	const char *fgbg;
	const char *name;
} backgrounds[] = {
	{ NULL, "dark" },        { "", "dark" },
	{ "15;0", "dark" },      { "0;15", "light" },
	{ "0;7", "light" },      { "7;8", "dark" }, /* grey is dark */
	{ "0;9", "light" },      { "0;default;15", "light" },
	{ "0;default", "dark" }, { "0;6", "dark" },
	{ "0;10", "light" },     { "0;16", "dark" },
	{ "0;150", "dark" },     { "15", "dark" },
	{ ";1", "dark" },
};

START_TEST(auto_theme)
{
	if (backgrounds[_i].fgbg)
		setenv("COLORFGBG", backgrounds[_i].fgbg, 1);
	must(theme_load(&theme, "auto", &err), &err);
	ck_assert_str_eq(theme.name, backgrounds[_i].name);
}
END_TEST

START_TEST(over_combines)
{
	struct look look;

	must(parse("bar   1/2+bold      1+dim  3/4+underline  dim\n"
	           "match -/5+italic    6/7    underline      bold+underline\n"
	           "cursor 8            -      1/2            dim\n"
	           "strong -            -      -              bold"),
	     &err);
	look = theme_look(&theme, DEPTH_256, STYLE_BAR, OVER_NONE);
	ck_assert(looks_like(look, 1, 2, LOOK_BOLD));
	/* The foreground stays where the one on top names none. */
	look = theme_look(&theme, DEPTH_256, STYLE_BAR, OVER_MATCH);
	ck_assert(looks_like(look, 1, 5, LOOK_ITALIC));
	look = theme_look(&theme, DEPTH_256, STYLE_BAR, OVER_CURSOR);
	ck_assert(looks_like(look, 8, -1, 0));
	look = theme_look(&theme, DEPTH_16, STYLE_BAR, OVER_MATCH);
	ck_assert(looks_like(look, 6, 7, 0));
	look = theme_look(&theme, DEPTH_8, STYLE_BAR, OVER_MATCH);
	ck_assert(looks_like(look, 3, -1, LOOK_UNDERLINE));
	/* Without colours attributes add up, but for bold on dim. */
	look = theme_look(&theme, DEPTH_MONO, STYLE_BAR, OVER_MATCH);
	ck_assert(looks_like(look, -1, -1, LOOK_BOLD | LOOK_UNDERLINE));
	look = theme_look(&theme, DEPTH_MONO, STYLE_STRONG, OVER_CURSOR);
	ck_assert(looks_like(look, -1, -1, LOOK_DIM));
	look = theme_look(&theme, DEPTH_MONO, STYLE_STRONG, OVER_SELECTION);
	ck_assert(looks_like(look, -1, -1, LOOK_BOLD | LOOK_REVERSE));
}
END_TEST

static Suite *theme_suite(void)
{
	Suite *suite = suite_create("theme");
	TCase *tc = tcase_create("core");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, shipped_themes);
	tcase_add_test(tc, shipped_themes_are_whole);
	tcase_add_test(tc, known_looks);
	tcase_add_test(tc, parses_lines);
	tcase_add_loop_test(tc, reports_errors, 0, ARRAY_LEN(wrong));
	tcase_add_test(tc, long_words);
	tcase_add_test(tc, random_text);
	tcase_add_test(tc, users_files);
	tcase_add_test(tc, unreadable_files);
	tcase_add_test(tc, no_such_theme);
	tcase_add_loop_test(tc, auto_theme, 0, ARRAY_LEN(backgrounds));
	tcase_add_test(tc, over_combines);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(theme_suite());
}
