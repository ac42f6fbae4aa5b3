/*
 * screen_open.c - see screen.h: the terminal taken, left for a while, given back
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

#include "ui/screen_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"

enum {
	/* P2: at least so many bytes, with which a page of random bytes takes
	   two writes, and at most what a short counts columns for. */
	BUFFER_LEAST = 8100,
	BUFFER_COLS_MAX = 32000,
	ROWS_MAX = 1000, /* a size that TIOCGWINSZ may make up */
	COLS_MAX = 2000,
};

void screen_modes_on(const struct screen *screen)
{
	if (!screen->xterm_like)
		return;
	screen_text(screen, MODES_ON);
	if (screen->options.mouse)
		screen_text(screen, MOUSE_ON);
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
	char bottom[SCREEN_STRING] = "";

	screen_append(bottom, tiparm(screen_capability("cup"), LINES - 1, 0));
	screen_text(screen, bottom);
	screen_crash_restore();
}

/* Be on the screen again, whatever happened to it. */
static void step_in(struct screen *screen)
{
	int shown = curs_set(1);

	(void)reset_prog_mode();
	screen_text(screen, screen->again);
	screen_resize(screen);
	(void)refresh();
	(void)keypad(stdscr, FALSE); /* P5 */
	(void)keypad(stdscr, TRUE);
	screen_modes_on(screen);
	if (shown == 0)
		(void)curs_set(0);
	screen_crash_arm(true);
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
	screen->xterm_like = screen_capability("kmous") != NULL;
	screen_append(screen->again, screen_capability("sgr0"));
	screen_append(screen->again, screen_capability("smcup"));
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
	screen_crash_prepare(screen);
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
	if (screen->tty < 0 || !screen_crash_learn(screen->tty))
		return error_sys(err, errno, "no terminal: /dev/tty");
	if (!screen_find_term(screen, note, err))
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
	screen_plain_theme(&screen->theme);
	if (!take_terminal(screen, note, err)) {
		free_screen(screen);
		return NULL;
	}
	screen_modes_on(screen);
	screen_choose_depth(screen);
	return screen;
}

void screen_close(struct screen *screen)
{
	if (!screen)
		return;
	if (screen->xterm_like)
		screen_text(screen, MODES_OFF); /* P4 */
	(void)endwin();
	screen_crash_arm(false);
	free_screen(screen);
}
