/*
 * screen_impl.h - the inside of the terminal, for the files that make it
 *
 * screen_term.c chooses its name and asks terminfo, screen_open.c takes it and
 * gives it back, screen_crash.c restores it when the program dies, screen_ink.c
 * has its colours, screen_out.c writes and screen_show.c finds out what.
 *
 * Threads: as screen.h.
 */
#ifndef UI_SCREEN_IMPL_H
#define UI_SCREEN_IMPL_H

#include "ui/screen.h"

#include <termios.h>

enum {
	SCREEN_NAME = 64,     /* of a terminal */
	SCREEN_STRING = 256,  /* bytes of the string that restores a terminal */
	SCREEN_OUT = 1 << 13, /* bytes that wait: a terminal can begin while the
	                         rest of a full page is made */
	INK_BYTES = 28,       /* of a colour: "\033[48:2::255:255:255m" */
	ATTRIBUTES = 5,       /* bits of LOOK_* */
	SCREEN_ROWS_MAX = 1000, /* a size that TIOCGWINSZ may make up */
	SCREEN_COLS_MAX = 2000,
	STYLE_ERASED = STYLE_COUNT, /* of a cell that the terminal has erased */
	INKS_MAX = 1 + 2 * STYLE_COUNT * OVER_STYLE_COUNT,
	UNKNOWN = -1,
};

#define MODES_ON   "\033[?2004h\033[?1004h"
#define MOUSE_ON   "\033[?1002h\033[?1006h"
#define MOUSE_OFF  "\033[?1006l\033[?1002l"
#define MODES_OFF  MOUSE_OFF "\033[?1004l\033[?2004l"
#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END   "\033[?2026l"

/* What the terminal can do, by the names of terminfo(5). A string is NULL when
   it cannot. */
struct caps {
	const char *smcup, *rmcup, *smkx, *rmkx, *civis, *cnorm;
	const char *clear, *el, *cup, *cuf;
	const char *csr, *ind, *indn, *ri, *rin;
	const char *sgr0, *op, *setaf, *setab;
	const char *attribute[ATTRIBUTES]; /* that turns bit i of LOOK_* on */
	int colors;
	uint16_t no_color_attrs; /* LOOK_* that do not go with colours */
	bool bce;                /* erases in the background of the pen */
	bool msgr;               /* the cursor may be moved in any look */
	bool wraps;              /* at once, behind the last column */
	bool feeds;              /* CR and LF move the cursor and no more */
	bool kmous;
};

/* The bytes that choose a colour. */
struct color_bytes {
	uint8_t len; /* 0: not asked for yet */
	char s[INK_BYTES];
};

/* A look as this terminal can show it. */
struct ink {
	struct look look;
	uint16_t blank; /* the plainest ink in which a blank looks the same */
	struct color_bytes fg, bg;
};

struct screen {
	int tty;
	char term[SCREEN_NAME];
	struct caps caps;
	bool utf8, cjk, xterm_like;
	int rows, cols;
	struct termios modes; /* of the terminal while it is ours */
	struct screen_options options;
	enum theme_depth depth;
	struct theme theme;
	/* The ink of a (style, over): its number + 1, 0 before it was needed.
	   That of erased cells is 0 always. */
	uint16_t mixed[STYLE_COUNT + 1][OVER_STYLE_COUNT];
	struct canvas last; /* what the terminal shows, unless redraw is set */
	bool redraw;
	/* Of the terminal, or UNKNOWN. */
	int row, col;             /* where its cursor is */
	int pen;                  /* the ink of what comes next */
	int visible;              /* is its cursor? */
	int shown_row, shown_col; /* where the last frame left it */
	size_t out_len;           /* of what waits */
	int ink_count;
	/* From here on not touched before it is needed: pages of memory cost a
	   part of the start. Inks as they were needed, no two alike, plain
	   first; and the bytes that wait. */
	struct ink ink[INKS_MAX];
	char out[SCREEN_OUT];
};

/* Terminfo, of the terminal in use (screen_term.c): a string with its numbers
   put in, valid until the next call; NULL for NULL. */
const char *screen_param(const char *string, int a, int b);
/* Append a string without its padding ($<5>). One that does not fit is left
   out. */
void screen_append(char dst[SCREEN_STRING], const char *string);
/* Find the terminal and what it can do. ERR_SYNTAX. */
bool screen_find_term(struct screen *screen, char note[128],
                      struct error *err) MUST_USE;
void screen_forget_term(void);

/* Write all, or give up: a terminal that is gone says so to poll(). */
void screen_bytes(int fd, const char *bytes, size_t len);
/* What waits for screen_flush(), or until there is no more room
   (screen_out.c): bytes, a text, a string of terminfo or NULL. */
void screen_put(struct screen *screen, const char *bytes, size_t len);
static inline void screen_put_byte(struct screen *screen, char byte)
{
	if (screen->out_len < SCREEN_OUT)
		screen->out[screen->out_len++] = byte;
	else
		screen_put(screen, &byte, 1);
}
void screen_text(struct screen *screen, const char *text);
void screen_send(struct screen *screen, const char *string);
void screen_flush(struct screen *screen);

void screen_move(struct screen *screen, int row, int col);
void screen_pen(struct screen *screen, int ink);
/* Does a blank look the same as in this ink? Make it so. */
bool screen_pen_suits(const struct screen *screen, int ink);
void screen_blank_pen(struct screen *screen, int ink);
void screen_cursor(struct screen *screen, bool visible);

/* Colours as the options and the terminal have them (screen_ink.c). */
void screen_plain_theme(struct theme *theme);
void screen_choose_depth(struct screen *screen);
void screen_forget_inks(struct screen *screen);
int screen_mix(struct screen *screen, const struct cell *cell);
static inline int screen_ink(struct screen *screen, const struct cell *cell)
{
	if (cell->style <= STYLE_ERASED && cell->over < OVER_STYLE_COUNT &&
	    screen->mixed[cell->style][cell->over] != 0)
		return screen->mixed[cell->style][cell->over] - 1;
	return screen_mix(screen, cell);
}
/* What chooses a colour of an ink that is not the terminal's own. */
const struct color_bytes *screen_ink_fg(struct screen *screen, int ink);
const struct color_bytes *screen_ink_bg(struct screen *screen, int ink);
/* Can it be seen on a blank? */
static inline bool look_shows(struct look look)
{
	return look.attrs & (LOOK_REVERSE | LOOK_UNDERLINE);
}

/* How the terminal was found, for a crash, and what restores it, from where on
   there is something to restore; and whether there is (screen_crash.c). False:
   errno. */
bool screen_crash_learn(int tty, struct termios *found);
void screen_crash_prepare(const struct screen *screen);
void screen_crash_arm(bool armed);
/* What a crash does, but the cursor stays in its line. */
void screen_crash_leave(void);

#endif
