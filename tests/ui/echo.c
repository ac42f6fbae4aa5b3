/*
 * echo.c - a program that the golden-screen harness is tried on
 *
 * It names the bytes of each thing typed in the second line of its screen, the
 * size in the first, and answers the fence. What it leaves behind when it ends
 * is for its arguments to say: screen, mouse, cursor, paste, modes. Typed
 * letters make it do more: q ends it with status 3, w draws with many write
 * calls, f draws two frames, a aborts, c shows colours, t sets a title in two
 * pieces, and j starts a job that an idle fence must wait for.
 */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved;
static volatile sig_atomic_t resized = 1;

static void on_resize(int number)
{
	(void)number;
	resized = 1;
}

static void put(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(99);
}

static void draw(const char *what)
{
	struct winsize size;
	char frame[512];

	ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
	snprintf(frame, sizeof(frame),
	         "\033[?2026h\033[Hsize %dx%d\033[K\r\n%s\033[K\033[?2026l",
	         size.ws_row, size.ws_col, what);
	put(frame);
}

static void enter(void)
{
	struct termios raw;

	tcgetattr(STDIN_FILENO, &saved);
	raw = saved;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	put("\033[?1049h\033[2J\033[?1002h\033[?1006h\033[?2004h\033[?25l"
	    "\033]2;echo\a");
}

static void leave(int argc, char **argv)
{
	static const struct {
		const char *name, *undo;
	} parts[] = {
		{ "mouse", "\033[?1006l\033[?1002l" },
		{ "paste", "\033[?2004l" },
		{ "cursor", "\033[?25h" },
		{ "screen", "\033[?1049l" },
	};
	const char *keep = argc > 1 ? argv[1] : "";

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(keep, parts[i].name) != 0)
			put(parts[i].undo);
	if (strcmp(keep, "modes") != 0)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

static void answer(const char *number)
{
	char text[64];

	snprintf(text, sizeof(text), "\033]7770;%.*s\a",
	         (int)strspn(number, "0123456789"), number);
	put(text);
}

/* Names bytes, and acts on those that are letters. False: the end. */
static bool handle(const char *bytes, size_t len, bool *job)
{
	char names[256] = "typed";

	for (size_t i = 0; i < len && strlen(names) < sizeof(names) - 4; i++)
		sprintf(names + strlen(names), " %02x",
		        (unsigned)(unsigned char)bytes[i]);
	draw(names);
	if (len != 1)
		return true;
	if (*bytes == 'a')
		abort();
	if (*bytes == 'f')
		draw("second frame");
	if (*bytes == 'c')
		draw("\033[31mred \033[1;48;5;22mgreen\033[m");
	if (*bytes == 't') {
		put("\033]2");
		(void)poll(NULL, 0, 50); /* that it is read so */
		put(";in pieces\a");
	}
	for (int i = 0; *bytes == 'w' && i < 40; i++)
		put("\033[H");
	*job = *job || *bytes == 'j';
	return *bytes != 'q';
}

/* Takes what was read at once. A fence stands at its end, if anywhere. */
static bool take(char *bytes, size_t len, bool *job)
{
	char *fence;
	bool more = true;

	bytes[len] = '\0';
	fence = memmem(bytes, len, "\033[777;", 6);
	if (fence)
		len = (size_t)(fence - bytes);
	if (len)
		more = handle(bytes, len, job);
	else if (resized)
		draw("resized");
	resized = 0;
	if (fence && strstr(fence, ";1~") && *job) {
		draw("job done");
		*job = false;
	}
	if (fence && more)
		answer(fence + 6);
	return more;
}

int main(int argc, char **argv)
{
	char bytes[4096];
	bool job = false;
	ssize_t n;

	if (argc > 1 && strcmp(argv[1], "refuse") == 0) {
		puts("echo: refused");
		return 2;
	}
	signal(SIGWINCH, on_resize);
	enter();
	do {
		do
			n = read(STDIN_FILENO, bytes, sizeof(bytes) - 1);
		while (n < 0 && errno == EINTR);
	} while (n > 0 && take(bytes, (size_t)n, &job));
	leave(argc, argv);
	return 3;
}
