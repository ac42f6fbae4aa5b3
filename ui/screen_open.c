/*
 * screen_open.c - see screen.h: the terminal taken, left for a while, given
 * back
 *
 * There are no windows here to look after, no keys to wait for, and the canvas
 * is the one picture of the screen, so that of ncurses only terminfo is of use:
 * its library of screens took half of the time of a start, and what it does
 * unasked had to be prevented in a dozen places. What is left to avoid:
 *
 *   P1   the size is asked for, whatever LINES and COLUMNS say, and these leave
 *        the environment, or programs that are run would believe them
 *   P2   the palette is never touched, so there is nothing to take back
 *   P3   O_NONBLOCK is never set: the terminal belongs to others, too
 *   P4   what is left of the last row on a screen without a second one is not
 *        written over by a prompt
 */
#include "config.h"

#include "ui/screen_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "ui/locale.h"

/* False when it is not known (P1). */
static bool ask_size(const struct screen *screen, int *rows, int *cols)
{
	struct winsize size;

	if (ioctl(screen->tty, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return false;
	*rows = int_min(size.ws_row, SCREEN_ROWS_MAX);
	*cols = int_min(size.ws_col, SCREEN_COLS_MAX);
	return true;
}

void screen_resize(struct screen *screen)
{
	(void)ask_size(screen, &screen->rows, &screen->cols);
	screen_redraw(screen);
}

/* Nothing is known of the terminal. */
static void forget(struct screen *screen)
{
	screen->row = screen->col = UNKNOWN;
	screen->pen = screen->visible = UNKNOWN;
	screen->redraw = true;
}

/* Be on the screen, with the next frame; no matter what happened to it. */
static void step_in(struct screen *screen)
{
	screen_crash_arm(true);
	(void)tcsetattr(screen->tty, TCSADRAIN, &screen->modes);
	forget(screen);
	screen_send(screen, screen->caps.sgr0);
	screen_send(screen, screen->caps.smcup);
	screen_send(screen, screen->caps.smkx);
	if (!screen->xterm_like)
		return;
	screen_text(screen, MODES_ON);
	if (screen->options.mouse)
		screen_text(screen, MOUSE_ON);
}

/* To the last row, for terminals that have one screen only (P4). */
static void go_to_bottom(struct screen *screen)
{
	forget(screen);
	screen_move(screen, screen->rows - 1, 0);
	screen_flush(screen);
}

/* Leave the screen for a while, as a crash does. */
static void step_out(struct screen *screen)
{
	go_to_bottom(screen);
	screen_crash_restore();
}

void screen_resume(struct screen *screen)
{
	step_in(screen);
	screen_resize(screen);
	screen_flush(screen);
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
	screen_resume(screen);
}

/* Bytes as they come, and go: what comes is keys, not lines of text. */
static void make_raw(struct termios *modes)
{
	modes->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP |
	                              INLCR | IGNCR | ICRNL | IXON);
	modes->c_oflag &= ~(tcflag_t)OPOST;
	modes->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	modes->c_cc[VMIN] = 1;
	modes->c_cc[VTIME] = 0;
}

static bool take_terminal(struct screen *screen, char note[128],
                          struct error *err)
{
	screen->tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (screen->tty < 0 || !screen_crash_learn(screen->tty, &screen->modes))
		return error_sys(err, errno,
		                 "no terminal, use -c for batch: /dev/tty");
	if (!screen_find_term(screen, note, err))
		return false;
	make_raw(&screen->modes);
	locale_init();
	screen->utf8 = locale_is_utf8();
	screen->cjk = locale_is_cjk();
	screen->xterm_like = screen->caps.kmous;
	screen->rows = 24; /* on a serial line nobody knows more */
	screen->cols = 80;
	screen_resize(screen);
	(void)unsetenv("LINES"); /* P1 */
	(void)unsetenv("COLUMNS");
	return true;
}

static void free_screen(struct screen *screen)
{
	screen_forget_term();
	if (screen->tty >= 0)
		(void)close(screen->tty);
	canvas_free(&screen->last);
	mem_free(screen);
}

struct screen *screen_open(const struct screen_options *options, char note[128],
                           struct error *err)
{
	struct screen *screen = mem_resize(NULL, 1, sizeof(*screen), err);

	note[0] = '\0';
	if (!screen)
		return NULL;
	memset(screen, 0, offsetof(struct screen, ink));
	screen->tty = -1;
	screen->options = *options;
	screen_plain_theme(&screen->theme);
	if (!take_terminal(screen, note, err)) {
		free_screen(screen);
		return NULL;
	}
	screen_choose_depth(screen);
	screen_forget_inks(screen);
	screen_crash_prepare(screen);
	step_in(screen);
	return screen;
}

void screen_close(struct screen *screen)
{
	if (!screen)
		return;
	go_to_bottom(screen);
	if (screen->caps.rmcup)
		screen_crash_leave();
	else
		screen_crash_restore();
	free_screen(screen);
}
