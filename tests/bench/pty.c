/*
 * pty.c - see pty.h
 *
 * What comes is kept as it is, and shown to libvterm only when it has become
 * quiet, so that interpreting it takes no time from what is measured.
 */
#include "config.h"

#include "tests/bench/pty.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "tests/bench/bench.h"

enum {
	CAPTURE = 1 << 20, /* bytes kept between two looks at the screen */
	LIMIT_S = 60,
	QUIET_MS = 60,
};

static void run_child(const char *const argv[], const char *home,
                      size_t descriptors, uint64_t *start)
{
	struct rlimit limit = { descriptors, descriptors };
	char **args;

	/* execv() takes what it does not change without const. */
	memcpy(&args, &argv, sizeof(args));
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("HOME", home, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	/* valgrind lets nobody lower the limit for good. */
	if (descriptors > 0 && setrlimit(RLIMIT_NOFILE, &limit) < 0 &&
	    errno != EPERM)
		_exit(126);
	*start = bench_now();
	execv(args[0], args);
	_exit(127);
}

static void make_screen(struct pty *pty)
{
	VTermScreen *screen;

	pty->vt = vterm_new(PTY_ROWS, PTY_COLS);
	if (!pty->vt)
		bench_fail("no terminal");
	vterm_set_utf8(pty->vt, 1);
	screen = vterm_obtain_screen(pty->vt);
	vterm_screen_enable_altscreen(screen, 1);
	vterm_screen_reset(screen, 1);
}

void pty_start(struct pty *pty, const char *const argv[], const char *home,
               size_t descriptors)
{
	struct winsize size = { .ws_row = PTY_ROWS, .ws_col = PTY_COLS };
	uint64_t *start = mmap(NULL, sizeof(*start), PROT_READ | PROT_WRITE,
	                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (start == MAP_FAILED)
		bench_fail("mmap");
	*pty = (struct pty){ .fd = -1 };
	make_screen(pty);
	/* The child must not print what we have not yet. */
	(void)fflush(stdout);
	pty->pid = forkpty(&pty->fd, NULL, NULL, &size);
	if (pty->pid < 0)
		bench_fail("forkpty");
	if (pty->pid == 0)
		run_child(argv, home, descriptors, start);
	pty_settle(pty, QUIET_MS);
	pty->start = *start;
	(void)munmap(start, sizeof(*start));
}

void pty_stop(struct pty *pty)
{
	(void)kill(pty->pid, SIGKILL);
	(void)waitpid(pty->pid, NULL, 0);
	(void)close(pty->fd);
	vterm_free(pty->vt);
	errno = 0;
}

void pty_send(struct pty *pty, const char *keys)
{
	size_t len = strlen(keys);

	pty->bytes = 0;
	if (write(pty->fd, keys, len) != (ssize_t)len)
		bench_fail("write to the terminal");
}

static void show(struct pty *pty, const char *bytes, size_t len)
{
	VTermScreen *screen = vterm_obtain_screen(pty->vt);
	VTermRect row = { .end_col = PTY_COLS };
	char *out = pty->text;

	(void)vterm_input_write(pty->vt, bytes, len);
	for (int i = 0; i < PTY_ROWS; i++) {
		row.start_row = i;
		row.end_row = i + 1;
		out += vterm_screen_get_text(screen, out, (size_t)PTY_COLS * 4,
		                             row);
		*out++ = '\n';
	}
	*out = '\0';
}

void pty_settle(struct pty *pty, unsigned quiet)
{
	static char capture[CAPTURE];
	uint64_t limit = bench_now() + LIMIT_S * UINT64_C(1000000000);
	struct pollfd poll_fd = { .fd = pty->fd, .events = POLLIN };
	size_t len = 0;

	for (;;) {
		ssize_t n;

		if (poll(&poll_fd, 1, (int)quiet) == 0) {
			if (pty->bytes > 0)
				break;
			if (bench_now() > limit)
				bench_fail("nothing comes to the terminal");
			continue;
		}
		n = read(pty->fd, capture + len, sizeof(capture) - len);
		if (n <= 0)
			bench_fail("the program has ended:\n%.*s", (int)len,
			           capture);
		pty->last = bench_now();
		pty->bytes += (uint64_t)n;
		len += (size_t)n;
		if (len > sizeof(capture) - 65536) {
			show(pty, capture, len);
			len = 0;
		}
	}
	show(pty, capture, len);
	errno = 0;
}

static int filled_rows(const struct pty *pty)
{
	int filled = 0;

	for (const char *line = pty->text; *line;) {
		size_t len = strcspn(line, "\n");

		filled += strspn(line, " ") < len;
		line += len + 1;
	}
	return filled;
}

void pty_wait(struct pty *pty, const char *text, int rows)
{
	uint64_t limit = bench_now() + LIMIT_S * UINT64_C(1000000000);

	while (!strstr(pty->text, text) || filled_rows(pty) < rows) {
		if (bench_now() > limit)
			bench_fail("'%s' is not on the screen:\n%s", text,
			           pty->text);
		pty_settle(pty, QUIET_MS);
	}
}

uint64_t pty_cpu(const struct pty *pty)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pty->pid, &clock) != 0 ||
	    clock_gettime(clock, &t) < 0)
		bench_fail("CPU time of a process");
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The number behind a word in a file of /proc; 0 if there is none. */
static uint64_t proc_value(const struct pty *pty, const char *name,
                           const char *word)
{
	char path[64], line[256];
	uint64_t value = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pty->pid, name);
	in = fopen(path, "re");
	while (in && fgets(line, sizeof(line), in))
		if (strncmp(line, word, strlen(word)) == 0)
			value = strtoull(line + strlen(word), NULL, 10);
	if (in)
		(void)fclose(in);
	errno = 0;
	return value;
}

uint64_t pty_writes(const struct pty *pty)
{
	return proc_value(pty, "io", "syscw:");
}

double pty_memory(const struct pty *pty)
{
	return (double)proc_value(pty, "status", "VmHWM:") / 1024;
}
