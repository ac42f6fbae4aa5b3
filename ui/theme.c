/*
 * theme.c - see theme.h
 *
 * The looks are plain arrays indexed by style, filled from text; there is no
 * table of looks in C besides the one that is compiled in from keymaps/. So a
 * theme of a user can say all that the shipped ones say, and dark.theme is the
 * one place where a look is changed.
 */
#include "config.h"

#include "ui/theme.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/guess.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/embedded.h"
#include "ui/span.h"

enum { FILE_MAX = 1 << 16 }; /* bytes of a theme file */

static const char *const style_names[STYLE_COUNT] = {
	[STYLE_NUL] = "nul",           [STYLE_SPACE] = "space",
	[STYLE_PRINT] = "print",       [STYLE_CONTROL] = "control",
	[STYLE_HIGH] = "high",         [STYLE_FF] = "ff",
	[STYLE_HOLE] = "hole",         [STYLE_EDITED] = "edited",
	[STYLE_INSERTED] = "inserted", [STYLE_BAD] = "bad",
	[STYLE_GAP] = "gap",           [STYLE_PENDING] = "pending",
	[STYLE_SEAM] = "seam",         [STYLE_BOOKMARK] = "bookmark",
	[STYLE_OFFSET] = "offset",     [STYLE_DIM] = "dim",
	[STYLE_NORMAL] = "normal",     [STYLE_STRONG] = "strong",
	[STYLE_BAR] = "bar",           [STYLE_BAR_KEY] = "bar-key",
	[STYLE_ERROR] = "error",       [STYLE_WARNING] = "warning",
};

static const char *const over_names[OVER_STYLE_COUNT] = {
	[OVER_NONE] = "none",
	[OVER_MATCH] = "match",
	[OVER_MATCH_HERE] = "match-here",
	[OVER_CHANGED] = "changed",
	[OVER_SELECTION] = "selection",
	[OVER_MIRROR] = "mirror",
	[OVER_CURSOR] = "cursor",
};

static const struct {
	const char *name;
	uint16_t attr;
} attr_names[] = {
	{ "bold", LOOK_BOLD },           { "dim", LOOK_DIM },
	{ "underline", LOOK_UNDERLINE }, { "reverse", LOOK_REVERSE },
	{ "italic", LOOK_ITALIC },
};

/* The columns of a line, in their order. */
static const struct {
	enum theme_depth depth;
	int colors;
} columns[DEPTH_COUNT] = {
	{ DEPTH_256, 256 },
	{ DEPTH_16, 16 },
	{ DEPTH_8, 8 },
	{ DEPTH_MONO, 0 },
};

struct place {
	const char *label;
	size_t line;
};

/* Name what an unknown style may have meant, if anything is near. */
static bool unknown_style(struct place at, struct span word, struct error *err)
{
	struct guess guess = guess_begin(word.p, word.len);

	for (size_t i = 0; i < STYLE_COUNT; i++)
		guess_offer(&guess, style_names[i]);
	for (size_t i = OVER_NONE + 1; i < OVER_STYLE_COUNT; i++)
		guess_offer(&guess, over_names[i]);
	if (guess.best)
		return error_set(err, ERR_SYNTAX,
		                 "%s:%zu: no style '%s': did you mean '%s'?",
		                 at.label, at.line, span_shown(word).s,
		                 guess.best);
	return error_set(err, ERR_SYNTAX, "%s:%zu: no style '%s'", at.label,
	                 at.line, span_shown(word).s);
}

/* The four looks that a line sets are found through this: depth by depth they
   stand a table apart. */
static bool find_style(struct theme *theme, struct span word,
                       struct look *looks[DEPTH_COUNT])
{
	for (size_t i = 0; i < STYLE_COUNT; i++) {
		if (!span_is(word, style_names[i]))
			continue;
		for (size_t d = 0; d < DEPTH_COUNT; d++)
			looks[d] = &theme->style[d][i];
		return true;
	}
	for (size_t i = OVER_NONE + 1; i < OVER_STYLE_COUNT; i++) {
		if (!span_is(word, over_names[i]))
			continue;
		for (size_t d = 0; d < DEPTH_COUNT; d++)
			looks[d] = &theme->over[d][i];
		return true;
	}
	return false;
}

/* The next run of bytes without blanks; empty at the end of the line and at a
   word that begins with '#'. */
static struct span next_word(struct span *line)
{
	struct span word;

	while (line->len > 0 &&
	       (*line->p == ' ' || *line->p == '\t' || *line->p == '\r')) {
		line->p++;
		line->len--;
	}
	word = (struct span){ line->p, 0 };
	if (line->len > 0 && *line->p == '#')
		return word;
	while (word.len < line->len && word.p[word.len] != ' ' &&
	       word.p[word.len] != '\t' && word.p[word.len] != '\r')
		word.len++;
	line->p += word.len;
	line->len -= word.len;
	return word;
}

/* Cut what stands before `sign` off a span. */
static struct span cut_at(struct span *rest, char sign)
{
	const char *end = memchr(rest->p, sign, rest->len);
	struct span head = *rest;

	if (end) {
		head.len = (size_t)(end - rest->p);
		rest->len -= head.len + 1;
		rest->p = end + 1;
	} else {
		rest->p += rest->len;
		rest->len = 0;
	}
	return head;
}

static bool is_color(struct span word)
{
	return word.len > 0 && (*word.p == '-' || *word.p == '/' ||
	                        (*word.p >= '0' && *word.p <= '9'));
}

static bool parse_color(struct place at, struct span word, int colors,
                        int16_t *out, struct error *err)
{
	int value = 0;

	if (span_is(word, "-")) {
		*out = -1;
		return true;
	}
	for (size_t i = 0; i < word.len; i++) {
		if (word.p[i] < '0' || word.p[i] > '9' || value > 255)
			value = 1000;
		else
			value = value * 10 + (word.p[i] - '0');
	}
	if (word.len > 0 && value < colors) {
		*out = (int16_t)value;
		return true;
	}
	if (colors == 0)
		return error_set(err, ERR_SYNTAX,
		                 "%s:%zu: the column without colours has the "
		                 "colour '%s'",
		                 at.label, at.line, span_shown(word).s);
	return error_set(err, ERR_SYNTAX,
	                 "%s:%zu: bad colour '%s': a number up to %d, or -",
	                 at.label, at.line, span_shown(word).s, colors - 1);
}

static bool parse_attr(struct place at, struct span word, uint16_t *attrs,
                       struct error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(attr_names); i++) {
		if (span_is(word, attr_names[i].name)) {
			*attrs |= attr_names[i].attr;
			return true;
		}
	}
	return error_set(err, ERR_SYNTAX,
	                 "%s:%zu: bad attribute '%s': bold, dim, underline, "
	                 "reverse, italic",
	                 at.label, at.line, span_shown(word).s);
}

/* [FG][/BG] and attributes, joined by '+'. */
static bool parse_look(struct place at, struct span word, int colors,
                       struct look *look, struct error *err)
{
	struct look out = { .fg = -1, .bg = -1 };

	if (is_color(word)) {
		struct span bg = cut_at(&word, '+');
		bool attrs = word.p != bg.p + bg.len;
		bool both = memchr(bg.p, '/', bg.len) != NULL;
		struct span fg = cut_at(&bg, '/');

		if (!parse_color(at, fg, colors, &out.fg, err) ||
		    (both && !parse_color(at, bg, colors, &out.bg, err)))
			return false;
		if (!attrs) {
			*look = out;
			return true;
		}
	}
	for (bool more = true; more;) {
		more = memchr(word.p, '+', word.len) != NULL;
		if (!parse_attr(at, cut_at(&word, '+'), &out.attrs, err))
			return false;
	}
	*look = out;
	return true;
}

static bool parse_line(struct theme *theme, struct place at, struct span line,
                       struct error *err)
{
	struct look *looks[DEPTH_COUNT];
	struct span word = next_word(&line);

	if (word.len == 0)
		return true;
	if (!find_style(theme, word, looks))
		return unknown_style(at, word, err);
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		word = next_word(&line);
		if (word.len == 0)
			return error_set(err, ERR_SYNTAX,
			                 "%s:%zu: %zu columns of 4: for 256, "
			                 "16, 8 and no colours",
			                 at.label, at.line, i);
		if (!parse_look(at, word, columns[i].colors,
		                looks[columns[i].depth], err))
			return false;
	}
	word = next_word(&line);
	if (word.len > 0)
		return error_set(err, ERR_SYNTAX,
		                 "%s:%zu: '%s' behind the last column",
		                 at.label, at.line, span_shown(word).s);
	return true;
}

bool theme_parse(struct theme *theme, const char *label, const char *text,
                 size_t len, struct error *err)
{
	struct theme out = *theme;
	struct span rest = { text, len };

	for (size_t line = 1; rest.len > 0; line++) {
		struct place at = { label, line };

		if (!parse_line(&out, at, cut_at(&rest, '\n'), err))
			return false;
	}
	*theme = out;
	return true;
}

static const struct embedded *find_embedded(const char *file)
{
	for (const struct embedded *f = theme_files; f->name; f++) {
		if (strcmp(f->name, file) == 0)
			return f;
	}
	return NULL;
}

static bool parse_embedded(struct theme *theme, const struct embedded *f,
                           struct error *err)
{
	return theme_parse(theme, f->name, (const char *)f->bytes, f->len, err);
}

static bool read_all(FILE *f, const char *path, char *text, size_t *len,
                     struct error *err)
{
	errno = 0;
	*len = fread(text, 1, FILE_MAX, f);
	if (ferror(f))
		return error_sys(err, errno ? errno : EIO, "%s",
		                 text_shown(path).s);
	if (*len == FILE_MAX)
		return error_set(err, ERR_SYNTAX, "%s: too long for a theme",
		                 text_shown(path).s);
	return true;
}

/* If there is such a file, parse it; *found says so. */
static bool parse_file(struct theme *theme, const char *dir, const char *below,
                       const char *file, bool *found, struct error *err)
{
	char path[4096];
	char *text;
	FILE *f;
	size_t len;
	bool ok;
	int n = snprintf(path, sizeof(path), "%s%s/%s", dir, below, file);

	*found = false;
	if (n < 0 || (size_t)n >= sizeof(path))
		return true;
	f = fopen(path, "re");
	if (!f && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (!f)
		return error_sys(err, errno, "%s", text_shown(path).s);
	*found = true;
	text = mem_zalloc(FILE_MAX, err);
	ok = text && read_all(f, path, text, &len, err) &&
	     theme_parse(theme, text_shown(file).s, text, len, err);
	(void)fclose(f);
	mem_free(text);
	return ok;
}

/* The user's folder, then the installed one. */
static bool parse_folders(struct theme *theme, const char *file, bool *found,
                          struct error *err)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	*found = false;
	if (config && *config == '/') {
		if (!parse_file(theme, config, "/hexspan/themes", file, found,
		                err))
			return false;
	} else if (home && *home == '/') {
		if (!parse_file(theme, home, "/.config/hexspan/themes", file,
		                found, err))
			return false;
	}
	if (*found)
		return true;
	return parse_file(theme, DATADIR, "", file, found, err);
}

/* COLORFGBG is "FG;BG" or "FG;..;BG", in numbers of 16 colours. */
static const char *auto_name(void)
{
	const char *fgbg = getenv("COLORFGBG");
	const char *bg = fgbg ? strrchr(fgbg, ';') : NULL;

	if (bg && (strcmp(bg, ";7") == 0 || strcmp(bg, ";9") == 0 ||
	           (bg[1] == '1' && bg[2] >= '0' && bg[2] <= '5' && !bg[3])))
		return "light";
	return "dark";
}

static bool no_theme(const char *name, struct error *err)
{
	char names[128] = "";
	size_t used = 0;

	for (const struct embedded *f = theme_files; f->name; f++) {
		size_t stem = strlen(f->name) - strlen(".theme");

		if (used + stem + 3 > sizeof(names))
			break;
		memcpy(names + used, f->name, stem);
		memcpy(names + used + stem, ", ", 3);
		used += stem + 2;
	}
	return error_set(err, ERR_IO, "no theme '%s': there are %sauto",
	                 text_shown(name).s, names);
}

bool theme_load(struct theme *theme, const char *name, struct error *err)
{
	struct theme out = { 0 };
	const struct embedded *base = find_embedded("dark.theme");
	const struct embedded *own;
	char file[sizeof(out.name) + sizeof(".theme")];
	bool found;

	if (strcmp(name, "auto") == 0)
		name = auto_name();
	if (*name == '\0' || *name == '.' || strchr(name, '/') ||
	    strlen(name) >= sizeof(out.name))
		return no_theme(name, err);
	(void)snprintf(file, sizeof(file), "%s.theme", name);
	if (!parse_embedded(&out, base, err) ||
	    !parse_folders(&out, file, &found, err))
		return false;
	if (!found) {
		own = find_embedded(file);
		if (!own)
			return no_theme(name, err);
		if (own != base && !parse_embedded(&out, own, err))
			return false;
	}
	(void)snprintf(out.name, sizeof(out.name), "%s", name);
	*theme = out;
	return true;
}

/* Without colours all attributes must speak, so they add up; bold and dim
   cannot both be seen, and what lies on top wins. */
static uint16_t add_attrs(uint16_t under, uint16_t over)
{
	if (over & LOOK_BOLD)
		under &= (uint16_t)~LOOK_DIM;
	if (over & LOOK_DIM)
		under &= (uint16_t)~LOOK_BOLD;
	return under | over;
}

struct look theme_look(const struct theme *theme, enum theme_depth depth,
                       enum style style, enum over_style over)
{
	struct look look = theme->style[depth][style];
	const struct look *top = &theme->over[depth][over];

	if (over == OVER_NONE)
		return look;
	if (top->fg >= 0)
		look.fg = top->fg;
	look.bg = top->bg;
	look.attrs = depth == DEPTH_MONO ? add_attrs(look.attrs, top->attrs)
	                                 : top->attrs;
	return look;
}
