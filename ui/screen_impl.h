/*
 * screen_impl.h - the inside of the terminal, for the files that make it
 *
 * screen_term.c chooses its name, screen_open.c takes it and gives it back,
 * screen_crash.c restores it when the program dies, screen_ink.c has its colours
 * and screen_show.c draws on it.
 *
 * Threads: as screen.h.
 */
#ifndef UI_SCREEN_IMPL_H
#define UI_SCREEN_IMPL_H

#define NCURSES_WIDECHAR 1

#include "ui/screen.h"

#include <curses.h>
#include <stdio.h>

enum {
	SCREEN_NAME = 64,    /* of a terminal */
	SCREEN_STRING = 256, /* bytes of the string that restores a terminal */
};

#define MODES_ON   "\033[?2004h\033[?1004h"
#define MOUSE_ON   "\033[?1002h\033[?1006h"
#define MOUSE_OFF  "\033[?1006l\033[?1002l"
#define MODES_OFF  MOUSE_OFF "\033[?1004l\033[?2004l"
#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END   "\033[?2026l"

/* How the cells of one style and what lies over it are made. */
struct ink {
	cchar_t cell;
	int16_t bg;
	bool shows; /* also on a blank: reverse, underline */
};

struct screen {
	int tty;
	FILE *in, *out; /* owned; for ncurses, on copies of tty */
	SCREEN *curses; /* owned */
	char term[SCREEN_NAME];
	char again[SCREEN_STRING]; /* back to the alternate screen, plain */
	bool utf8, cjk, xterm_like;
	bool color_started, default_colors;
	struct screen_options options;
	enum theme_depth depth;
	struct theme theme;
	struct ink ink[STYLE_COUNT][OVER_STYLE_COUNT];
	bool mixed;         /* the inks are those of the theme and the depth */
	struct canvas last; /* what stdscr holds; empty: not known */
	int last_row, last_col;
	bool redraw;
	cchar_t *row; /* owned; room for row_cap cells */
	int row_cap;
};

/* Write all, or give up: a terminal that is gone says so to poll(). */
void screen_bytes(int fd, const char *bytes, size_t len);
void screen_text(const struct screen *screen, const char *text);

/* A string of terminfo, or NULL; and what it appends without its padding
   ($<5>): these strings are written as they stand. One that does not fit is left
   out (screen_term.c). */
const char *screen_capability(const char *name);
void screen_append(char dst[SCREEN_STRING], const char *value);
/* The name to use. ERR_SYNTAX. */
bool screen_find_term(struct screen *screen, char note[128],
                      struct error *err) MUST_USE;

/* Colours as the options and the terminal have them, and the table of cells
   (screen_ink.c). */
void screen_plain_theme(struct theme *theme);
void screen_choose_depth(struct screen *screen);
void screen_mix_inks(struct screen *screen);

/* How the terminal was found, for a crash; then the string that one writes, from
   where on there is something to restore; and whether there is (screen_crash.c).
   False: errno. */
bool screen_crash_learn(int tty);
void screen_crash_prepare(const struct screen *screen);
void screen_crash_arm(bool armed);

/* The modes of the terminal that ncurses does not know (screen_open.c). */
void screen_modes_on(const struct screen *screen);
/* All rows are drawn anew with the next frame. */
void screen_forget(struct screen *screen);

#endif
