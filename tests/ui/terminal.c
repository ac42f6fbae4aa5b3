/*
 * terminal.c - see terminal.h
 *
 * The pty does not block: a program that is busy drawing reads nothing, and
 * one that reads nothing must not stop us from taking what it draws. So every
 * byte for the program waits in one queue, and terminal_pump() moves bytes both
 * ways.
 */
#include "config.h"

#include "tests/ui/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

enum {
	WATCHDOG_S = 30,
	READ_MAX = 65536, /* bytes of the program, at once */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t terminal_deadline(void)
{
	/* valgrind takes its time. */
	unsigned times = getenv("HEXSPAN_WRAP") ? 10 : 1;

	return now_ns() + times * WATCHDOG_S * UINT64_C(1000000000);
}

static int on_move(VTermPos pos, VTermPos old, int visible, void *user)
{
	struct terminal *t = user;

	(void)old;
	(void)visible;
	t->cursor = pos;
	return 1;
}

static int on_property(VTermProp prop, VTermValue *value, void *user)
{
	struct terminal *t = user;

	switch (prop) {
	case VTERM_PROP_ALTSCREEN:
		t->alternate = value->boolean;
		break;
	case VTERM_PROP_CURSORVISIBLE:
		t->cursor_visible = value->boolean;
		break;
	case VTERM_PROP_MOUSE:
		t->mouse = value->number;
		break;
	case VTERM_PROP_TITLE:
		snprintf(t->title, sizeof(t->title), "%s", value->string);
		break;
	default:
		break;
	}
	return 1;
}

static int on_osc(const char *command, size_t len, void *user)
{
	static const char answer[] = "7770;", copied[] = "52;c;";
	struct terminal *t = user;
	char number[24];

	if (len > strlen(copied) &&
	    memcmp(command, copied, strlen(copied)) == 0) {
		snprintf(t->clipboard, sizeof(t->clipboard), "%.*s",
		         (int)(len - strlen(copied)), command + strlen(copied));
		return 1;
	}

	if (len <= strlen(answer) || len - strlen(answer) >= sizeof(number) ||
	    memcmp(command, answer, strlen(answer)) != 0)
		return 1;
	memcpy(number, command + strlen(answer), len - strlen(answer));
	number[len - strlen(answer)] = '\0';
	t->answered = strtoull(number, NULL, 10);
	return 1;
}

static void on_output(const char *bytes, size_t len, void *user)
{
	terminal_send(user, bytes, len);
}

static const VTermScreenCallbacks screen_callbacks = {
	.movecursor = on_move,
	.settermprop = on_property,
};
static const VTermParserCallbacks other_callbacks = { .osc = on_osc };

static void make_screen(struct terminal *t)
{
	t->vt = vterm_new(t->rows, t->cols);
	if (!t->vt)
		abort();
	vterm_set_utf8(t->vt, 1);
	vterm_output_set_callback(t->vt, on_output, t);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_set_callbacks(t->screen, &screen_callbacks, t);
	vterm_screen_set_unrecognised_fallbacks(t->screen, &other_callbacks, t);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_reset(t->screen, 1);
}

/* A sanitizer's report must not look like an exit status of the program. */
static void keep_sanitizer_options(char *saved[], const char *const names[],
                                   size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *value = getenv(names[i]);

		saved[i] = strdup(value ? value : "exitcode=86");
	}
	clearenv();
	for (size_t i = 0; i < n; i++)
		if (saved[i])
			setenv(names[i], saved[i], 1);
}

void terminal_exec(const char *folder, char *const env[], const char *command)
{
	static const char *const sanitizers[] = {
		"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"
	};
	static const char *const fixed[] = {
		"TERM=xterm-256color", "LC_ALL=C.UTF-8",  "TZ=UTC",
		"PATH=/usr/bin:/bin",  "HOME=/proc/none", "HEXSPAN_TEST=1",
	};
	char *saved[sizeof(sanitizers) / sizeof(sanitizers[0])];

	keep_sanitizer_options(saved, sanitizers,
	                       sizeof(saved) / sizeof(saved[0]));
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		putenv((char *)(uintptr_t)fixed[i]);
	for (; *env; env++)
		putenv(*env);
	if (chdir(folder) == 0)
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	perror(folder);
	_exit(127);
}

static void set_window(int fd, int rows, int cols)
{
	struct winsize size = { .ws_row = (unsigned short)rows,
		                .ws_col = (unsigned short)cols };

	ioctl(fd, TIOCSWINSZ, &size);
}

static void start_child(struct terminal *t, int slave, const char *folder,
                        char *const env[], const char *command)
{
	char *line = NULL;

	if (asprintf(&line, "exec %s", command) < 0)
		abort();
	fflush(NULL);
	t->child = fork();
	if (t->child < 0)
		abort();
	if (t->child == 0) {
		close(t->fd);
		if (login_tty(slave) != 0)
			_exit(127);
		/* Whatever runs the suite may ignore these. */
		signal(SIGHUP, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		terminal_exec(folder, env, line);
	}
	free(line);
	close(slave);
}

struct terminal *terminal_run(int rows, int cols, const char *folder,
                              char *const env[], const char *command)
{
	struct terminal *t = calloc(1, sizeof(*t));
	int slave;

	if (!t)
		abort();
	t->rows = rows;
	t->cols = cols;
	t->cursor_visible = true;
	t->cursor_shown = true;
	make_screen(t);
	if (openpty(&t->fd, &slave, NULL, NULL, NULL) != 0 ||
	    tcgetattr(slave, &t->before) != 0 ||
	    fcntl(t->fd, F_SETFL, O_NONBLOCK) != 0)
		abort();
	set_window(slave, rows, cols);
	start_child(t, slave, folder, env, command);
	return t;
}

void terminal_free(struct terminal *t)
{
	if (!t)
		return;
	if (t->child) {
		kill(-t->child, SIGKILL);
		kill(t->child, SIGKILL);
		waitpid(t->child, NULL, 0);
	}
	close(t->fd);
	vterm_free(t->vt);
	free(t->pending);
	free(t);
}

void terminal_send(struct terminal *t, const char *bytes, size_t len)
{
	char *grown = realloc(t->pending, t->pending_len + len + 1);

	if (!grown)
		abort();
	memcpy(grown + t->pending_len, bytes, len);
	t->pending = grown;
	t->pending_len += len;
}

/* Linux counts the write calls of all threads of a process. */
static bool count_writes(pid_t child, uint64_t *writes)
{
	char path[64], line[128];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/io", (long)child);
	f = fopen(path, "r");
	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "syscw: %" SCNu64, writes) == 1;
	fclose(f);
	return found;
}

void terminal_mark(struct terminal *t)
{
	t->bytes = 0;
	t->frames = 0;
	if (!count_writes(t->child, &t->writes_before))
		t->writes_before = UINT64_MAX;
}

bool terminal_writes(const struct terminal *t, uint64_t *writes)
{
	uint64_t total;

	if (t->writes_before == UINT64_MAX || !count_writes(t->child, &total))
		return false;
	*writes = total - t->writes_before;
	return true;
}

/* "1049;25" of "ESC[?1049;25h". */
static void on_modes(struct terminal *t, const char *modes, bool set)
{
	while (*modes) {
		char *end;
		unsigned long mode = strtoul(modes, &end, 10);

		if (end == modes)
			return;
		if (mode == 25)
			t->cursor_shown = set;
		if (mode == 2026 && set)
			t->frames++;
		modes = *end ? end + 1 : end;
	}
}

/* Private modes are watched beside libvterm, which forgets a hidden cursor when
   the alternate screen is left, and does not tell of frames. */
static void watch_modes(struct terminal *t, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = bytes[i];

		if (c == '\033')
			t->sequence_len = 0;
		else if (t->sequence_len + 1 == sizeof(t->sequence))
			continue;
		t->sequence[t->sequence_len++] = c;
		if (c != 'h' && c != 'l')
			continue;
		t->sequence[t->sequence_len - 1] = '\0';
		if (strncmp(t->sequence, "\033[?", 3) == 0)
			on_modes(t, t->sequence + 3, c == 'h');
		t->sequence[0] = '\0';
	}
}

static void write_pending(struct terminal *t)
{
	ssize_t n = write(t->fd, t->pending, t->pending_len);

	if (n <= 0)
		return;
	t->pending_len -= (size_t)n;
	memmove(t->pending, t->pending + n, t->pending_len);
}

/* How much of these bytes ends in no string that has begun ("ESC ]"). */
static size_t whole_strings(const char *bytes, size_t len)
{
	size_t end = len - (len > 0 && bytes[len - 1] == '\033');

	for (size_t i = end; i-- > 0;) {
		if (bytes[i] != '\033')
			continue;
		return i + 1 < end && bytes[i + 1] == ']' &&
		                       !memchr(bytes + i, '\007', end - i)
		               ? i
		               : end;
	}
	return end;
}

/* libvterm loses a string that it is given in pieces, and a read may end
   anywhere: what has begun waits for its end. */
static void show_output(struct terminal *t, const char *bytes, size_t len)
{
	char all[READ_MAX + sizeof(t->held)];
	size_t n = t->held_len + len, whole;

	memcpy(all, t->held, t->held_len);
	memcpy(all + t->held_len, bytes, len);
	whole = whole_strings(all, n);
	if (n - whole > sizeof(t->held))
		whole = n;
	vterm_input_write(t->vt, all, whole);
	t->held_len = n - whole;
	memcpy(t->held, all + whole, t->held_len);
}

/* A pty whose other side has closed reads as EIO. */
static void read_output(struct terminal *t)
{
	char bytes[READ_MAX];
	ssize_t n = read(t->fd, bytes, sizeof(bytes));

	if (n > 0) {
		t->bytes += (uint64_t)n;
		watch_modes(t, bytes, (size_t)n);
		show_output(t, bytes, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		t->closed = true;
	}
}

bool terminal_pump(struct terminal *t, uint64_t deadline)
{
	struct pollfd p = { .fd = t->fd, .events = POLLIN };
	uint64_t now = now_ns();

	if (t->closed || now >= deadline)
		return false;
	if (t->pending_len)
		p.events |= POLLOUT;
	poll(&p, 1, (int)((deadline - now) / 1000000) + 1);
	if (p.revents & POLLOUT)
		write_pending(t);
	if (p.revents & ~POLLOUT)
		read_output(t);
	return !t->closed;
}

bool terminal_fence(struct terminal *t, bool idle)
{
	uint64_t deadline = terminal_deadline();
	char key[40];
	int len = snprintf(key, sizeof(key), "\033[777;%" PRIu64 "%s~",
	                   ++t->fence, idle ? ";1" : "");

	terminal_send(t, key, (size_t)len);
	while (t->answered < t->fence)
		if (!terminal_pump(t, deadline))
			return false;
	return true;
}

/* SIGWINCH is pending before anything that is sent after this. */
void terminal_resize(struct terminal *t, int rows, int cols)
{
	t->rows = rows;
	t->cols = cols;
	vterm_set_size(t->vt, rows, cols);
	set_window(t->fd, rows, cols);
}

void terminal_signal(struct terminal *t, int signal_number)
{
	kill(-t->child, signal_number);
}

bool terminal_wait(struct terminal *t, int *status)
{
	uint64_t deadline = terminal_deadline();
	int raw;

	while (terminal_pump(t, deadline))
		continue;
	while (waitpid(t->child, &raw, WNOHANG) == 0) {
		if (now_ns() >= deadline)
			return false;
		poll(NULL, 0, 1);
	}
	t->child = 0;
	*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
	return true;
}

bool terminal_is_taken(const struct terminal *t)
{
	struct termios now;

	return tcgetattr(t->fd, &now) == 0 && !(now.c_lflag & ICANON);
}

/* Does libvterm encode anything, or another text than this, for what was just
   pressed? The modes that decide so are not to be seen otherwise. */
static bool encoded_other(struct terminal *t, const char *plain)
{
	bool other = t->pending_len != strlen(plain) ||
	             memcmp(t->pending, plain, t->pending_len) != 0;

	t->pending_len = 0;
	return other;
}

static bool same_modes(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag &&
	       a->c_cflag == b->c_cflag && a->c_lflag == b->c_lflag &&
	       memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc)) == 0;
}

void terminal_left_behind(struct terminal *t, char *text, size_t size)
{
	struct termios after;
	bool paste, focus, arrows, keypad, modes;

	terminal_send(t, "", 0);
	t->pending_len = 0;
	vterm_keyboard_start_paste(t->vt);
	paste = encoded_other(t, "");
	vterm_state_focus_in(vterm_obtain_state(t->vt));
	focus = encoded_other(t, "");
	vterm_keyboard_key(t->vt, VTERM_KEY_UP, VTERM_MOD_NONE);
	arrows = encoded_other(t, "\033[A");
	vterm_keyboard_key(t->vt, VTERM_KEY_KP_5, VTERM_MOD_NONE);
	keypad = encoded_other(t, "5");
	modes = tcgetattr(t->fd, &after) != 0 ||
	        !same_modes(&t->before, &after);
	snprintf(text, size, "%s%s%s%s%s%s%s%s",
	         t->alternate ? " alternate screen," : "",
	         t->mouse ? " mouse," : "",
	         t->cursor_shown ? "" : " hidden cursor,",
	         paste ? " bracketed paste," : "",
	         focus ? " focus reports," : "", arrows ? " cursor keys," : "",
	         keypad ? " keypad," : "", modes ? " termios," : "");
}
