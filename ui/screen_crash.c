/*
 * screen_crash.c - see screen.h: the terminal restored when the program dies
 *
 * Everything that a handler does is prepared while all is well, so that it only
 * writes one string and sets the modes back.
 */
#include "config.h"

#include "ui/screen_impl.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { CRASH_STACK = 1 << 16 };

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
	char restore[SCREEN_STRING];
	struct termios termios;
	struct sigaction old[ARRAY_LEN(crash_signals)];
	char stack[CRASH_STACK];
} crash;

/* What comes next may stand in a line of its own. */
static void restore(bool new_line)
{
	if (!crash.active)
		return;
	crash.active = 0;
	screen_bytes(crash.tty, crash.restore, crash.len);
	if (new_line)
		screen_bytes(crash.tty, "\r\n", 2);
	(void)tcsetattr(crash.tty, TCSANOW, &crash.termios);
}

void screen_crash_restore(void)
{
	restore(true);
}

void screen_crash_leave(void)
{
	restore(false);
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

bool screen_crash_learn(int tty, struct termios *found)
{
	if (tcgetattr(tty, found) != 0)
		return false;
	crash.termios = *found;
	return true;
}

void screen_crash_arm(bool armed)
{
	crash.active = armed;
}

static void append_text(char dst[SCREEN_STRING], const char *text)
{
	size_t used = strlen(dst);

	(void)snprintf(dst + used, SCREEN_STRING - used, "%s", text);
}

/* The string that a crash writes: as constant as a terminal allows. */
void screen_crash_prepare(const struct screen *screen)
{
	crash.tty = screen->tty;
	crash.restore[0] = '\0';
	if (screen->xterm_like)
		append_text(crash.restore, SYNC_END MODES_OFF);
	screen_append(crash.restore, screen->caps.sgr0);
	screen_append(crash.restore, screen->caps.rmkx);
	screen_append(crash.restore, screen->caps.cnorm);
	screen_append(crash.restore, screen->caps.rmcup);
	crash.len = strlen(crash.restore);
	crash.active = 1;
}
