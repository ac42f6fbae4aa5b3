/*
 * screen.c - see screen.h
 *
 * A canvas becomes ncurses cells through a table of one cell for each (style,
 * over): colours and attributes are worked out when the theme or the depth has
 * changed, before the next frame. Rows that are as they were are not given to
 * ncurses at all; of the others ncurses finds out what really changed.
 *
 * What ncurses and terminals do unasked, and what is done here about it:
 *
 *   P1   until the first endwin() ncurses flushes at every cursor move: endwin()
 *        and refresh() come right after newterm()
 *   P2   its buffer has the size of the first screen, so a full frame would take
 *        many write() calls: newterm() is told of a bigger one
 *   P3   doupdate() looks for waiting keys, to flush early or stop half-way, as
 *        the version has it: typeahead(-1)
 *   P4   endwin() knows nothing of the mouse, paste and focus modes: they are
 *        switched by our own strings, before it
 *   P5   only wgetch() would send smkx again: keypad() twice
 *   P6   putp() writes to stdout: our strings are written here, between frames,
 *        when the buffer of ncurses is empty
 *   P7   meta() sends a mode that endwin() does not take back: never called
 *   P8   on direct-colour terminals the numbers of colours are RGB values
 *   P9   LINES and COLUMNS win over the real size: taken out, and the size is
 *        asked for by TIOCGWINSZ
 *   P10  its handlers of SIGINT and SIGTERM call _exit(): both stay blocked
 *   P11  a descriptor with O_NONBLOCK makes it spin: never set
 *   P12  terminals that terminfo lacks: a near one is taken, and said
 *   P13  coming back from endwin() it resets the palette (OSC 104), which the
 *        user may have changed: a suspended screen is left without endwin()
 */
#include "config.h"

#define NCURSES_WIDECHAR 1

#include "ui/screen.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

enum {
	/* P2: at least so many bytes, with which a page of random bytes takes
	   two writes, and at most what a short counts columns for. */
	BUFFER_LEAST = 8100,
	BUFFER_COLS_MAX = 32000,
	ROWS_MAX = 1000, /* a size that TIOCGWINSZ may make up */
	COLS_MAX = 2000,
	NAME_MAX_LEN = 64, /* of a terminal */
	TITLE_CELLS = 60,
	STRING_MAX = 256, /* bytes of the string that restores a terminal */
	CARRY_TAIL = 4,   /* shorter runs of blanks at the end of a row are not
	                     worth clearing to the end of the line */
	DIRECT_COLORS = 1 << 24,
	CRASH_STACK = 1 << 16,
};

#define MODES_ON   "\033[?2004h\033[?1004h"
#define MOUSE_ON   "\033[?1002h\033[?1006h"
#define MOUSE_OFF  "\033[?1006l\033[?1002l"
#define MODES_OFF  MOUSE_OFF "\033[?1004l\033[?2004l"
#define SYNC_BEGIN "\033[?2026h"
#define SYNC_END   "\033[?2026l"

static const int crash_signals[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };

/*
 * All that a signal handler needs, and the one mutable object of file scope: a
 * handler has no other way to its data. `active` is set last and cleared first.
 */
static struct {
	volatile sig_atomic_t active;
	bool installed;
	int tty;
	size_t len;
	char restore[STRING_MAX];
	struct termios termios;
	struct sigaction old[ARRAY_LEN(crash_signals)];
	char stack[CRASH_STACK];
} crash;

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
	char term[NAME_MAX_LEN];
	char again[STRING_MAX]; /* back to the alternate screen, plain */
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
static void write_bytes(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

static void write_text(const struct screen *screen, const char *text)
{
	write_bytes(screen->tty, text, strlen(text));
}

void screen_crash_restore(void)
{
	if (!crash.active)
		return;
	crash.active = 0;
	write_bytes(crash.tty, crash.restore, crash.len);
	(void)tcsetattr(crash.tty, TCSANOW, &crash.termios);
}

/* The signal is blocked until this returns, and then finds the action that was
   there before: as a rule the end of the process. */
static void on_crash(int sig)
{
	screen_crash_restore();
	for (size_t i = 0; i < ARRAY_LEN(crash_signals); i++) {
		if (crash_signals[i] == sig)
			(void)sigaction(sig, &crash.old[i], NULL);
	}
	(void)raise(sig);
}

void screen_install_crash_handlers(void)
{
	struct sigaction action = { .sa_handler = on_crash,
		                    .sa_flags = SA_ONSTACK };
	stack_t stack = { .ss_sp = crash.stack,
		          .ss_size = sizeof(crash.stack) };
	stack_t old;

	if (crash.installed)
		return;
	crash.installed = true;
	/* A stack of its own, because the old one may be what ran out. */
	if (sigaltstack(NULL, &old) == 0 && old.ss_flags & SS_DISABLE)
		(void)sigaltstack(&stack, NULL);
	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(crash_signals); i++)
		(void)sigaction(crash_signals[i], &action, &crash.old[i]);
}

static const char *capability(const char *name)
{
	const char *value = tigetstr(name);

	return value == (char *)-1 ? NULL : value;
}

/* Append a string of terminfo without its padding ($<5>): these strings are
   written as they stand. One that does not fit is left out. */
static void append_cap(char dst[STRING_MAX], const char *value)
{
	size_t used = strlen(dst);
	size_t start = used;

	for (; value && *value; value++) {
		if (value[0] == '$' && value[1] == '<' && strchr(value, '>')) {
			value = strchr(value, '>');
			continue;
		}
		if (used + 1 >= STRING_MAX) {
			used = start;
			break;
		}
		dst[used++] = *value;
	}
	dst[used] = '\0';
}

static void append_text(char dst[STRING_MAX], const char *text)
{
	size_t used = strlen(dst);

	(void)snprintf(dst + used, STRING_MAX - used, "%s", text);
}

/* Does terminfo know it, and can a cursor be moved on it? */
static bool is_usable(const char *term, int tty)
{
	int status = 0;
	bool ok;

	if (setupterm(term, tty, &status) != OK || status != 1)
		return false;
	ok = capability("cup") != NULL;
	(void)del_curterm(cur_term);
	return ok;
}

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* Is one of the parts of a name ("xterm-kitty") that of a terminal that does
   all that xterm does? */
static bool is_modern(const char *term)
{
	static const char *const names[] = {
		"alacritty", "contour", "foot", "ghostty", "kitty",
		"konsole",   "mlterm",  "rio",  "st",      "tmux",
		"vscode",    "vte",     "warp", "wezterm", "zellij",
	};
	size_t len;

	for (const char *p = term; *p; p += len + (p[len] == '-')) {
		len = strcspn(p, "-");
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			if (strlen(names[i]) == len &&
			    memcmp(p, names[i], len) == 0)
				return true;
		}
	}
	return false;
}

/* P12: choose a name that works; false if there is none. newterm() would find
   out for itself, but loses memory when it fails. */
static bool choose_term(struct screen *screen, const char *term, char note[128])
{
	const char *colorterm = getenv("COLORTERM");
	bool modern = (colorterm && *colorterm) || ends_in(term, "-256color") ||
	              is_modern(term);
	const char *near[] = { modern ? "xterm-256color" : "xterm", "xterm",
		               "vt100" };
	char safe[48];

	note[0] = '\0';
	if (strlen(term) < sizeof(screen->term) &&
	    is_usable(term, screen->tty)) {
		(void)strcpy(screen->term, term);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(near); i++) {
		if (!is_usable(near[i], screen->tty))
			continue;
		(void)strcpy(screen->term, near[i]);
		(void)text_safe(safe, sizeof(safe), term, strlen(term));
		(void)snprintf(note, 128,
		               "terminal '%s' is not known here: used as %s",
		               safe, near[i]);
		return true;
	}
	return false;
}

static bool find_term(struct screen *screen, char note[128], struct error *err)
{
	const char *term = getenv("TERM");

	if (!term || !*term)
		return error_set(err, ERR_SYNTAX,
		                 "no usable terminal (TERM is %s): use -c for "
		                 "batch",
		                 term ? "empty" : "unset");
	if (strcmp(term, "dumb") == 0 || !choose_term(screen, term, note))
		return error_set(err, ERR_SYNTAX,
		                 "no usable terminal (TERM is %s): use -c for "
		                 "batch",
		                 text_shown(term).s);
	return true;
}

/* The colours that xterm and its kin have for the numbers of 256. */
static int rgb_of(int color)
{
	static const int base[16] = {
		0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
		0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
		0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
	};
	static const int level[6] = { 0, 95, 135, 175, 215, 255 };

	if (color < 16)
		return base[color];
	if (color >= 232)
		return (8 + 10 * (color - 232)) * 0x010101;
	color -= 16;
	return level[color / 36] << 16 | level[color / 6 % 6] << 8 |
	       level[color % 6];
}

/* A theme's colour as ncurses wants it for this terminal (P8). */
static int color_value(const struct screen *screen, int color, int without)
{
	if (color < 0)
		return screen->default_colors ? -1 : without;
	return COLORS >= DIRECT_COLORS ? rgb_of(color) : color;
}

/* Direct colours of fewer bits are packed in many ways; the first eight are
   the usual ones on all of them. */
static enum theme_depth depth_of(int colors)
{
	if (colors >= DIRECT_COLORS || colors == 256)
		return DEPTH_256;
	if (colors > 256)
		return DEPTH_8;
	return colors >= 16 ? DEPTH_16 : colors >= 8 ? DEPTH_8 : DEPTH_MONO;
}

static void choose_depth(struct screen *screen)
{
	screen->depth = DEPTH_MONO;
	if (!screen->options.color || !has_colors())
		return;
	if (!screen->color_started) {
		if (start_color() != OK)
			return;
		screen->color_started = true;
		screen->default_colors = use_default_colors() == OK;
	}
	screen->depth = depth_of(COLORS);
}

static attr_t attributes(uint16_t attrs)
{
	attr_t out = A_NORMAL;

	if (attrs & LOOK_BOLD)
		out |= A_BOLD;
	if (attrs & LOOK_DIM)
		out |= A_DIM;
	if (attrs & LOOK_UNDERLINE)
		out |= A_UNDERLINE;
	if (attrs & LOOK_REVERSE)
		out |= A_REVERSE;
	if (attrs & LOOK_ITALIC)
		out |= A_ITALIC;
	return out;
}

/* Pairs of colours in use: pair i + 1 is v[i]. */
struct pairs {
	struct {
		int16_t fg, bg;
	} v[STYLE_COUNT * OVER_STYLE_COUNT];
	int count;
};

/* The pair of a look; 0, the terminal's own colours, when there are no more. */
static int pair_of(const struct screen *screen, struct pairs *pairs,
                   struct look look)
{
	int i = 0;

	if (screen->depth == DEPTH_MONO || (look.fg < 0 && look.bg < 0))
		return 0;
	while (i < pairs->count &&
	       (pairs->v[i].fg != look.fg || pairs->v[i].bg != look.bg))
		i++;
	if (i < pairs->count)
		return i + 1;
	if (init_extended_pair(i + 1, color_value(screen, look.fg, COLOR_WHITE),
	                       color_value(screen, look.bg, COLOR_BLACK)) != OK)
		return 0;
	pairs->v[i].fg = look.fg;
	pairs->v[i].bg = look.bg;
	pairs->count++;
	return i + 1;
}

static void mix_inks(struct screen *screen)
{
	struct pairs pairs = { .count = 0 };

	screen->mixed = true;
	for (int style = 0; style < STYLE_COUNT; style++) {
		for (int over = 0; over < OVER_STYLE_COUNT; over++) {
			struct ink *ink = &screen->ink[style][over];
			struct look look =
				theme_look(&screen->theme, screen->depth,
			                   (enum style)style,
			                   (enum over_style)over);

			ink->bg = look.bg;
			ink->shows =
				look.attrs & (LOOK_REVERSE | LOOK_UNDERLINE);
			(void)setcchar(&ink->cell, L" ", attributes(look.attrs),
			               (short)pair_of(screen, &pairs, look),
			               NULL);
		}
	}
}

static void modes_on(const struct screen *screen)
{
	if (!screen->xterm_like)
		return;
	write_text(screen, MODES_ON);
	if (screen->options.mouse)
		write_text(screen, MOUSE_ON);
}

static void forget_last(struct screen *screen)
{
	canvas_free(&screen->last);
	screen->redraw = true;
}

static void grow_row(struct screen *screen, int cols)
{
	struct error err;
	cchar_t *row;

	if (cols <= screen->row_cap)
		return;
	row = mem_resize(screen->row, (size_t)cols, sizeof(*row), &err);
	if (!row)
		return; /* the right edge stays as it is */
	screen->row = row;
	screen->row_cap = cols;
}

/* The real size (P9); false when it is not known. */
static bool ask_size(const struct screen *screen, int *rows, int *cols)
{
	struct winsize size;

	if (ioctl(screen->tty, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return false;
	*rows = int_min(size.ws_row, ROWS_MAX);
	*cols = int_min(size.ws_col, COLS_MAX);
	return true;
}

void screen_resize(struct screen *screen)
{
	int rows, cols;

	if (ask_size(screen, &rows, &cols))
		(void)resizeterm(rows, cols);
	grow_row(screen, COLS);
	screen_redraw(screen);
}

/* Leave the screen for a while: as a crash does, but at the last row, for
   terminals that have one screen only. */
static void step_out(struct screen *screen)
{
	char bottom[STRING_MAX] = "";

	append_cap(bottom, tiparm(capability("cup"), LINES - 1, 0));
	write_text(screen, bottom);
	screen_crash_restore();
}

/* Be on the screen again, whatever happened to it. */
static void step_in(struct screen *screen)
{
	int shown = curs_set(1);

	(void)reset_prog_mode();
	write_text(screen, screen->again);
	screen_resize(screen);
	(void)refresh();
	(void)keypad(stdscr, FALSE); /* P5 */
	(void)keypad(stdscr, TRUE);
	modes_on(screen);
	if (shown == 0)
		(void)curs_set(0);
	crash.active = 1;
}

void screen_resume(struct screen *screen)
{
	step_in(screen);
}

void screen_suspend(struct screen *screen)
{
	struct sigaction stop = { .sa_handler = SIG_DFL };
	struct sigaction old;
	struct timespec none = { 0 };
	sigset_t tstp;
	sigset_t cont;

	(void)sigemptyset(&tstp);
	(void)sigaddset(&tstp, SIGTSTP);
	(void)sigemptyset(&cont);
	(void)sigaddset(&cont, SIGCONT);
	step_out(screen);
	(void)sigaction(SIGTSTP, &stop, &old);
	/* The whole job: a sudo or a script around us must stop too. */
	(void)kill(0, SIGTSTP);
	(void)pthread_sigmask(SIG_UNBLOCK, &tstp, NULL);
	/* Stopped here. */
	(void)pthread_sigmask(SIG_BLOCK, &tstp, NULL);
	(void)sigaction(SIGTSTP, &old, NULL);
	(void)sigtimedwait(&cont, NULL, &none);
	step_in(screen);
}

static FILE *stream(int tty, const char *mode)
{
	int fd = fcntl(tty, F_DUPFD_CLOEXEC, 3);
	FILE *f = fd < 0 ? NULL : fdopen(fd, mode);

	if (!f && fd >= 0)
		(void)close(fd);
	return f;
}

/* The string that a crash writes: as constant as a terminal allows. */
static void prepare_crash(struct screen *screen)
{
	crash.tty = screen->tty;
	crash.restore[0] = '\0';
	if (screen->xterm_like)
		append_text(crash.restore, SYNC_END MODES_OFF);
	append_cap(crash.restore, capability("sgr0"));
	append_cap(crash.restore, capability("rmkx"));
	append_cap(crash.restore, capability("cnorm"));
	append_cap(crash.restore, capability("rmcup"));
	append_text(crash.restore, "\r\n");
	crash.len = strlen(crash.restore);
	crash.active = 1;
}

/* The languages whose terminals draw what Unicode calls ambiguous two cells
   wide. */
static bool is_cjk(const char *locale)
{
	return locale &&
	       (strncmp(locale, "zh", 2) == 0 ||
	        strncmp(locale, "ja", 2) == 0 || strncmp(locale, "ko", 2) == 0);
}

static void learn_terminal(struct screen *screen)
{
	screen->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	screen->cjk = is_cjk(setlocale(LC_CTYPE, NULL));
	screen->xterm_like = capability("kmous") != NULL;
	append_cap(screen->again, capability("sgr0"));
	append_cap(screen->again, capability("smcup"));
}

static void set_number(const char *variable, int value)
{
	char number[16];

	(void)snprintf(number, sizeof(number), "%d", value);
	(void)setenv(variable, number, 1);
}

/*
 * The columns of a first screen of one row with a buffer big enough for this
 * size (P2): ncurses takes (rows + 2) * (columns + 6) bytes. It also fills three
 * windows of the first screen, which are smallest in one row.
 */
static int buffer_cols(int rows, int cols)
{
	int bytes = int_max((rows + rows / 4 + 2) * (cols + cols / 4 + 6),
	                    BUFFER_LEAST);

	return int_min(bytes / 3 - 6, BUFFER_COLS_MAX);
}

/* newterm() with a bigger buffer (P2), then the real size. From here on there
   is something to restore. */
static bool start_curses(struct screen *screen, struct error *err)
{
	int rows = 24, cols = 80; /* on a serial line nobody knows more */

	(void)ask_size(screen, &rows, &cols);
	set_number("LINES", 1);
	set_number("COLUMNS", buffer_cols(rows, cols));
	screen->curses = newterm(screen->term, screen->out, screen->in);
	(void)unsetenv("LINES");
	(void)unsetenv("COLUMNS");
	if (!screen->curses)
		return error_set(err, ERR_NOMEM,
		                 "the terminal cannot be started");
	learn_terminal(screen);
	prepare_crash(screen);
	/* ncurses adds rows before it takes columns away. */
	(void)resizeterm(1, cols);
	(void)resizeterm(rows, cols);
	grow_row(screen, COLS);
	screen_redraw(screen);
	(void)endwin(); /* P1 */
	(void)refresh();
	(void)raw();
	(void)noecho();
	(void)nonl();
	(void)keypad(stdscr, TRUE);
	(void)typeahead(-1); /* P3 */
	(void)intrflush(stdscr, FALSE);
	(void)idlok(stdscr, TRUE);
	(void)curs_set(1);
	return true;
}

static void plain_theme(struct theme *theme)
{
	const struct look plain = { .fg = -1, .bg = -1 };

	for (size_t d = 0; d < DEPTH_COUNT; d++) {
		for (size_t i = 0; i < STYLE_COUNT; i++)
			theme->style[d][i] = plain;
		for (size_t i = 0; i < OVER_STYLE_COUNT; i++)
			theme->over[d][i] = plain;
	}
}

static void free_screen(struct screen *screen)
{
	if (screen->curses)
		delscreen(screen->curses);
	if (screen->in)
		(void)fclose(screen->in);
	if (screen->out)
		(void)fclose(screen->out);
	if (screen->tty >= 0)
		(void)close(screen->tty);
	canvas_free(&screen->last);
	mem_free(screen->row);
	mem_free(screen);
}

static bool take_terminal(struct screen *screen, char note[128],
                          struct error *err)
{
	screen->tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (screen->tty < 0 || tcgetattr(screen->tty, &crash.termios) != 0)
		return error_sys(err, errno, "no terminal: /dev/tty");
	if (!find_term(screen, note, err))
		return false;
	screen->in = stream(screen->tty, "r");
	screen->out = stream(screen->tty, "w");
	if (!screen->in || !screen->out)
		return error_sys(err, errno, "/dev/tty");
	return start_curses(screen, err);
}

struct screen *screen_open(const struct screen_options *options, char note[128],
                           struct error *err)
{
	struct screen *screen = mem_zalloc(sizeof(*screen), err);

	note[0] = '\0';
	if (!screen)
		return NULL;
	screen->tty = -1;
	screen->options = *options;
	plain_theme(&screen->theme);
	if (!take_terminal(screen, note, err)) {
		free_screen(screen);
		return NULL;
	}
	modes_on(screen);
	choose_depth(screen);
	return screen;
}

void screen_close(struct screen *screen)
{
	if (!screen)
		return;
	if (screen->xterm_like)
		write_text(screen, MODES_OFF); /* P4 */
	(void)endwin();
	crash.active = 0;
	free_screen(screen);
}

int screen_fd(const struct screen *screen)
{
	return screen->tty;
}

const char *screen_term(const struct screen *screen)
{
	return screen->term;
}

bool screen_utf8(const struct screen *screen)
{
	return screen->utf8;
}

bool screen_ascii_default(const struct screen *screen)
{
	return !screen->utf8 || screen->cjk;
}

enum theme_depth screen_depth(const struct screen *screen)
{
	return screen->depth;
}

bool screen_has_marks(const struct screen *screen)
{
	return screen->depth == DEPTH_MONO && !capability("rev");
}

void screen_set_theme(struct screen *screen, const struct theme *theme)
{
	screen->theme = *theme;
	screen->mixed = false;
	forget_last(screen);
}

void screen_set_options(struct screen *screen,
                        const struct screen_options *options)
{
	bool mouse = screen->options.mouse;

	screen->options = *options;
	if (screen->xterm_like && mouse != options->mouse)
		write_text(screen, options->mouse ? MOUSE_ON : MOUSE_OFF);
	choose_depth(screen);
	screen->mixed = false;
	forget_last(screen);
}

void screen_size(const struct screen *screen, int *rows, int *cols)
{
	(void)screen;
	*rows = LINES;
	*cols = COLS;
}

/* May the blank be written in the ink of the cell before it? Only what a blank
   shows must be the same: its background, a line under it. Changes of colour
   are what a frame costs, and half of the cells of a row are blank. */
static bool carries(const struct ink *before, const struct ink *ink)
{
	return !before->shows && !ink->shows && before->bg == ink->bg;
}

/* Where the blanks at the end of a row begin that ncurses can clear by one
   sequence: all of one look. */
static int tail_of(const struct cell *cells, int cols)
{
	int tail = cols;

	while (tail > 0 && cells[tail - 1].ch == ' ' &&
	       memcmp(&cells[tail - 1], &cells[cols - 1], sizeof(*cells)) == 0)
		tail--;
	return cols - tail < CARRY_TAIL ? cols : tail;
}

static const struct ink *ink_of(const struct screen *screen,
                                const struct cell *cell)
{
	if (cell->style >= STYLE_COUNT || cell->over >= OVER_STYLE_COUNT)
		return &screen->ink[STYLE_NORMAL][OVER_NONE];
	return &screen->ink[cell->style][cell->over];
}

/*
 * What is written for a cell, whatever stands in it: nothing that a terminal
 * obeys, and nothing of another width than the canvas means. Sets *wide.
 */
static wchar_t char_of(const struct screen *screen, const struct cell *cells,
                       int left, bool *wide)
{
	uint32_t ch = cells->ch;
	int width;

	*wide = false;
	if (ch >= 0x20 && ch < 0x7f)
		return (wchar_t)ch;
	if (ch == 0)
		return L' ';
	width = screen->utf8 ? char_width(ch) : 0;
	*wide = width == 2 && left > 1 && cells[1].ch == 0;
	return width == 1 || *wide ? (wchar_t)ch : L'?';
}

/* Fill screen->row; returns its length, which is less by one for each wide
   character. */
static int build_row(struct screen *screen, const struct cell *cells, int cols)
{
	const struct ink *before = NULL;
	int tail = tail_of(cells, cols);
	bool wide;
	int n = 0;

	for (int x = 0; x < cols; x += wide ? 2 : 1) {
		const struct ink *ink = ink_of(screen, &cells[x]);
		wchar_t ch = char_of(screen, &cells[x], cols - x, &wide);

		if (ch == L' ' && x < tail && before && carries(before, ink))
			ink = before;
		screen->row[n] = ink->cell;
		screen->row[n].chars[0] = ch;
		before = ink;
		n++;
	}
	return n;
}

/* Give the rows that changed to ncurses; did any? */
static bool draw_rows(struct screen *screen, const struct canvas *canvas)
{
	int rows = int_min(canvas->rows, LINES);
	int cols = int_min(int_min(canvas->cols, COLS), screen->row_cap);
	size_t bytes = (size_t)canvas->cols * sizeof(*canvas->v);
	bool known = screen->last.rows == canvas->rows &&
	             screen->last.cols == canvas->cols;
	bool any = false;
	struct error err;

	if (!known &&
	    !canvas_resize(&screen->last, canvas->rows, canvas->cols, &err))
		canvas_free(&screen->last); /* then all rows, each time */
	for (int y = 0; y < rows; y++) {
		size_t at = (size_t)y * (size_t)canvas->cols;
		const struct cell *cells = canvas->v + at;

		if (known && memcmp(screen->last.v + at, cells, bytes) == 0)
			continue;
		(void)mvadd_wchnstr(y, 0, screen->row,
		                    build_row(screen, cells, cols));
		if (screen->last.v)
			memcpy(screen->last.v + at, cells, bytes);
		any = true;
	}
	return any;
}

static void place_cursor(struct screen *screen, int row, int col)
{
	if (row >= 0 && row < LINES && col >= 0 && col < COLS) {
		(void)move(row, col);
		(void)curs_set(1);
	} else {
		(void)curs_set(0);
	}
	screen->last_row = row;
	screen->last_col = col;
}

void screen_show(struct screen *screen, const struct canvas *canvas, int row,
                 int col)
{
	bool sync = screen->options.sync && screen->xterm_like;
	bool changed;

	if (!screen->mixed)
		mix_inks(screen);
	changed = draw_rows(screen, canvas);
	if (!changed && !screen->redraw && row == screen->last_row &&
	    col == screen->last_col)
		return;
	screen->redraw = false;
	if (sync)
		write_text(screen, SYNC_BEGIN);
	place_cursor(screen, row, col);
	(void)wnoutrefresh(stdscr);
	(void)doupdate();
	if (sync)
		write_text(screen, SYNC_END);
}

void screen_redraw(struct screen *screen)
{
	(void)clearok(curscr, TRUE);
	forget_last(screen);
}

void screen_title(struct screen *screen, const char *safe_text)
{
	char title[TITLE_CELLS * 4 + 16] = "\033]2;";
	size_t used = strlen(title);
	int cells = 0;
	uint32_t ch;

	if (!screen->xterm_like)
		return;
	while (*safe_text && cells < TITLE_CELLS) {
		size_t len = text_decode(safe_text, strnlen(safe_text, 4), &ch);
		int width = len > 0 ? char_width(ch) : 0;

		if (width == 0 || (ch > 0x7f && !screen->utf8)) {
			ch = '?';
			width = 1;
		}
		used += text_encode(title + used, ch);
		safe_text += len > 0 ? len : 1;
		cells += width;
	}
	memcpy(title + used, "\033\\", 2);
	write_bytes(screen->tty, title, used + 2);
}

bool screen_has_clipboard(const struct screen *screen)
{
	return screen->xterm_like;
}

/* In one piece, since there are terminals that lose a string which comes in
   several. */
void screen_clipboard(struct screen *screen, const char *base64, size_t len)
{
	static const char begin[] = "\033]52;c;";
	size_t before = sizeof(begin) - 1;
	struct error err;
	char *all;

	if (len > SIZE_MAX - sizeof(begin))
		return;
	all = mem_resize(NULL, sizeof(begin) + len, 1, &err);
	if (!all)
		return; /* the bytes are copied all the same */
	memcpy(all, begin, before);
	memcpy(all + before, base64, len);
	all[before + len] = '\007';
	write_bytes(screen->tty, all, before + len + 1);
	mem_free(all);
}

void screen_fence(struct screen *screen, uint64_t number)
{
	char answer[40];

	(void)snprintf(answer, sizeof(answer), "\033]7770;%llu\007",
	               (unsigned long long)number);
	write_text(screen, answer);
}
