/*
 * theme.h - how styles look: colours and attributes
 *
 * A theme is data: lines `STYLE LOOK LOOK LOOK LOOK` in *.theme files, compiled
 * in as keymaps are (doc/themes.md). Each style has a look for 256, 16 and 8
 * colours and for none, so that colour alone never carries meaning.
 *
 * Threads: immutable after loading.
 */
#ifndef UI_THEME_H
#define UI_THEME_H

#include "base/base.h"
#include "ui/cells.h"

struct error;

enum {
	LOOK_BOLD = 1,
	LOOK_DIM = 2,
	LOOK_UNDERLINE = 4,
	LOOK_REVERSE = 8,
	LOOK_ITALIC = 16,
};

enum theme_depth {
	DEPTH_MONO,
	DEPTH_8,
	DEPTH_16,
	DEPTH_256,
	DEPTH_COUNT,
};

/* fg and bg: -1 the terminal's own, else a colour number of that depth. */
struct look {
	int16_t fg, bg;
	uint16_t attrs; /* LOOK_* */
};

struct theme {
	char name[32];
	struct look style[DEPTH_COUNT][STYLE_COUNT];
	struct look over[DEPTH_COUNT][OVER_STYLE_COUNT];
};

/*
 * By name: the file NAME.theme in $XDG_CONFIG_HOME/hexspan/themes, then in the
 * data folder, then compiled in. "auto" is dark or light by COLORFGBG, else
 * dark. Styles a file leaves out keep what dark has. ERR_SYNTAX
 * "NAME.theme:3: ..", ERR_IO: the file cannot be read, or there is none (the
 * text lists the ones compiled in), ERR_NOMEM. On failure *theme is untouched.
 */
bool theme_load(struct theme *theme, const char *name,
                struct error *err) MUST_USE;
/* Change the styles that the text names; theme->name stays. `label` stands in
   front of errors. */
bool theme_parse(struct theme *theme, const char *label, const char *text,
                 size_t len, struct error *err) MUST_USE;

/* What a cell looks like: its style with what lies over it. That replaces the
   background and attributes, and the foreground if it names one; without
   colours the attributes add up. */
struct look theme_look(const struct theme *theme, enum theme_depth depth,
                       enum style style, enum over_style over);

#endif
