/*
 * tuitest.c - golden-screen tests: scripts that drive a program in a terminal
 *
 *	tuitest [-u] [-g GOLDEN] [-o GOT] [-d DATA] [-x HEXSPAN] SCRIPT..
 *
 * Each script runs in an empty folder of its own, where $DATA is a link to the
 * folder DATA and $HEXSPAN the program. A shot is compared with
 * GOLDEN/NAME.scr; when it differs, the diff is shown and the shot kept as
 * GOT/NAME.got; -u writes the golden file instead. A script's lines:
 *
 *	run RxC [NAME=VALUE..] COMMAND   start it and wait for its first frame
 *	keys TEXT<C-x><PageDown>..       type, keys named as in keymaps
 *	raw BYTES                        send bytes: \e \r \n \t \\ \xNN
 *	feed BYTES                       the same, and do not wait for an answer
 *	paste TEXT                       with the escapes of raw
 *	mouse KIND ROW COL [BUTTON]      press release drag wheel-up wheel-down
 *	resize RxC
 *	wait                             until no job runs
 *	sh COMMAND                       run in the script's folder
 *	signal NAME                      TERM, HUP, .. to the program's job
 *	expect TEXT                      appears in the header or the characters
 *	await TEXT                       the same, and nothing is sent behind it
 *	absent TEXT                      does not stand there
 *	clipboard BASE64                 the terminal was given this last
 *	shot NAME
 *	frames-limit N                   at most N frames since the last input,
 *	bytes-limit N                    N bytes of output, the fence's answer,
 *	write-limit N                    N write calls of the program, likewise
 *	exit CODE                        has ended so, the terminal as it was,
 *	                                 unless it was killed (137)
 *	# comment
 *
 * A real lone Escape is `feed \e` with an `expect` or `await` behind it: a
 * fence would turn it into Alt. <Escape> is sent as "ESC[27u".
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "tests/ui/picture.h"
#include "tests/ui/terminal.h"

enum { ASSIGNMENTS_MAX = 16 };

struct options {
	bool update;
	const char *golden; /* folders */
	const char *got;
	char *data; /* "NAME=VALUE" */
	char *hexspan;
	char *data_path;
};

struct totals {
	unsigned checks, failures, errors;
};

struct script {
	const struct options *options;
	struct totals *totals;
	const char *path;
	unsigned line;
	char folder[64];
	struct terminal *term; /* NULL: nothing runs */
};

/* A command returns false when its script cannot go on. */
typedef bool command_fn(struct script *s, char *arg);

static void say(const struct script *s, const char *format, va_list args)
	PRINTF_LIKE(2, 0);
static void say(const struct script *s, const char *format, va_list args)
{
	printf("%s:%u: ", s->path, s->line);
	vprintf(format, args);
	putchar('\n');
	fflush(stdout);
}

/* Count a check, and tell when it failed. */
static void check(const struct script *s, bool ok, const char *format, ...)
	PRINTF_LIKE(3, 4);
static void check(const struct script *s, bool ok, const char *format, ...)
{
	va_list args;

	s->totals->checks++;
	if (ok)
		return;
	s->totals->failures++;
	va_start(args, format);
	say(s, format, args);
	va_end(args);
}

static void show_screen(const struct script *s)
{
	char *text = picture_text(s->term);

	fputs(text, stdout);
	free(text);
}

/* The script ends here; false, to be returned. */
static bool stop(const struct script *s, const char *format, ...)
	PRINTF_LIKE(2, 3);
static bool stop(const struct script *s, const char *format, ...)
{
	va_list args;

	s->totals->errors++;
	va_start(args, format);
	say(s, format, args);
	va_end(args);
	if (s->term)
		show_screen(s);
	return false;
}

/* What was sent may have ended the program; then `exit` is to follow. */
static bool settle(struct script *s, bool idle)
{
	return terminal_fence(s->term, idle) || s->term->closed ||
	       stop(s, "no answer to the fence");
}

static bool parse_size(char **arg, int *rows, int *cols)
{
	int used = 0;

	if (sscanf(*arg, "%dx%d%n", rows, cols, &used) != 2 || *rows < 1 ||
	    *cols < 1 || *rows > 1000 || *cols > 1000)
		return false;
	*arg += used;
	*arg += strspn(*arg, " ");
	return true;
}

static bool is_assignment(const char *word)
{
	size_t name = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return name > 0 && word[name] == '=';
}

/* What every command of a script sees. */
static void base_environment(const struct script *s, char *env[3])
{
	env[0] = s->options->data;
	env[1] = s->options->hexspan;
	env[2] = NULL;
}

/* A program that refuses to start ends without a frame; then `expect` and
   `exit` look at what it said. */
static bool do_run(struct script *s, char *arg)
{
	uint64_t deadline = terminal_deadline();
	char *env[ASSIGNMENTS_MAX + 3];
	size_t n = 2;
	int rows, cols;

	if (s->term)
		return stop(s, "a program runs already");
	if (!parse_size(&arg, &rows, &cols))
		return stop(s, "run RxC [NAME=VALUE..] COMMAND");
	base_environment(s, env);
	while (is_assignment(arg) && n < ASSIGNMENTS_MAX + 2) {
		env[n++] = arg;
		arg += strcspn(arg, " ");
		if (*arg)
			*arg++ = '\0';
	}
	env[n] = NULL;
	s->term = terminal_run(rows, cols, s->folder, env, arg);
	terminal_mark(s->term);
	while (!terminal_is_taken(s->term) && terminal_pump(s->term, deadline))
		continue;
	if (!s->term->closed && !terminal_is_taken(s->term))
		return stop(s, "the program does not start");
	return settle(s, false);
}

static const struct {
	const char *name;
	VTermKey key; /* or else: */
	uint32_t character;
} key_names[] = {
	{ "Up", VTERM_KEY_UP, 0 },
	{ "Down", VTERM_KEY_DOWN, 0 },
	{ "Left", VTERM_KEY_LEFT, 0 },
	{ "Right", VTERM_KEY_RIGHT, 0 },
	{ "Home", VTERM_KEY_HOME, 0 },
	{ "End", VTERM_KEY_END, 0 },
	{ "PageUp", VTERM_KEY_PAGEUP, 0 },
	{ "PageDown", VTERM_KEY_PAGEDOWN, 0 },
	{ "Insert", VTERM_KEY_INS, 0 },
	{ "Delete", VTERM_KEY_DEL, 0 },
	{ "Backspace", VTERM_KEY_BACKSPACE, 0 },
	{ "Enter", VTERM_KEY_ENTER, 0 },
	{ "Tab", VTERM_KEY_TAB, 0 },
	{ "Space", VTERM_KEY_NONE, ' ' },
	{ "lt", VTERM_KEY_NONE, '<' },
};

static VTermModifier read_modifiers(const char **name)
{
	VTermModifier mod = VTERM_MOD_NONE;

	for (; (*name)[0] && (*name)[1] == '-' && (*name)[2]; *name += 2) {
		if (**name == 'C')
			mod |= VTERM_MOD_CTRL;
		else if (**name == 'M')
			mod |= VTERM_MOD_ALT;
		else if (**name == 'S')
			mod |= VTERM_MOD_SHIFT;
		else
			break;
	}
	return mod;
}

/* A name without its brackets. */
static bool press_named(struct terminal *t, const char *name)
{
	VTermModifier mod = read_modifiers(&name);

	if (name[0] && !name[1]) {
		vterm_keyboard_unichar(t->vt, (unsigned char)*name, mod);
		return true;
	}
	if (name[0] == 'F' && isdigit((unsigned char)name[1])) {
		vterm_keyboard_key(t->vt,
		                   (VTermKey)VTERM_KEY_FUNCTION(atoi(name + 1)),
		                   mod);
		return true;
	}
	if (strcmp(name, "Escape") == 0 && mod == VTERM_MOD_NONE) {
		terminal_send(t, "\033[27u", 5);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(key_names); i++) {
		if (strcmp(name, key_names[i].name) != 0)
			continue;
		if (key_names[i].key != VTERM_KEY_NONE)
			vterm_keyboard_key(t->vt, key_names[i].key, mod);
		else
			vterm_keyboard_unichar(t->vt, key_names[i].character,
			                       mod);
		return true;
	}
	return false;
}

static bool do_keys(struct script *s, char *arg)
{
	while (*arg) {
		char *end = *arg == '<' ? strchr(arg, '>') : NULL;

		if (!end) {
			/* Bytes of UTF-8 go as they are. */
			terminal_send(s->term, arg++, 1);
			continue;
		}
		*end = '\0';
		if (!press_named(s->term, arg + 1))
			return stop(s, "no key <%s>", arg + 1);
		arg = end + 1;
	}
	return settle(s, false);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
	                                  : -1;
}

/* In place; returns the length, which counts NULs. */
static size_t unescape(char *text)
{
	static const char from[] = "ernt", to[] = "\033\r\n\t";
	char *out = text;

	for (const char *in = text; *in; in++) {
		const char *known;

		if (*in != '\\' || !in[1]) {
			*out++ = *in;
			continue;
		}
		in++;
		known = strchr(from, *in);
		if (known) {
			*out++ = to[known - from];
		} else if (*in == 'x' && hex_value(in[1]) >= 0 &&
		           hex_value(in[2]) >= 0) {
			*out++ = (char)(hex_value(in[1]) << 4 |
			                hex_value(in[2]));
			in += 2;
		} else {
			*out++ = *in;
		}
	}
	return (size_t)(out - text);
}

static bool do_feed(struct script *s, char *arg)
{
	terminal_send(s->term, arg, unescape(arg));
	return true;
}

static bool do_raw(struct script *s, char *arg)
{
	return do_feed(s, arg) && settle(s, false);
}

static bool do_paste(struct script *s, char *arg)
{
	size_t len = unescape(arg);

	vterm_keyboard_start_paste(s->term->vt);
	terminal_send(s->term, arg, len);
	vterm_keyboard_end_paste(s->term->vt);
	return settle(s, false);
}

static bool do_mouse(struct script *s, char *arg)
{
	VTerm *vt = s->term->vt;
	char kind[16];
	int row, col, button = 1;

	if (sscanf(arg, "%15s %d %d %d", kind, &row, &col, &button) < 3)
		return stop(s, "mouse KIND ROW COL [BUTTON]");
	vterm_mouse_move(vt, row, col, VTERM_MOD_NONE);
	if (strcmp(kind, "press") == 0)
		vterm_mouse_button(vt, button, true, VTERM_MOD_NONE);
	else if (strcmp(kind, "release") == 0)
		vterm_mouse_button(vt, button, false, VTERM_MOD_NONE);
	else if (strcmp(kind, "wheel-up") == 0)
		vterm_mouse_button(vt, 4, true, VTERM_MOD_NONE);
	else if (strcmp(kind, "wheel-down") == 0)
		vterm_mouse_button(vt, 5, true, VTERM_MOD_NONE);
	else if (strcmp(kind, "drag") != 0)
		return stop(s, "no mouse %s", kind);
	return settle(s, false);
}

static bool do_resize(struct script *s, char *arg)
{
	int rows, cols;

	if (!parse_size(&arg, &rows, &cols))
		return stop(s, "resize RxC");
	terminal_resize(s->term, rows, cols);
	return settle(s, false);
}

static bool do_wait(struct script *s, char *arg)
{
	(void)arg;
	return settle(s, true);
}

/* The status of a program that fork() made. */
static bool succeeded(pid_t child)
{
	int status;

	return waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

static bool do_sh(struct script *s, char *arg)
{
	char *env[3];
	pid_t child;

	base_environment(s, env);
	fflush(NULL);
	child = fork();
	if (child == 0)
		terminal_exec(s->folder, env, arg);
	return succeeded(child) || stop(s, "failed: %s", arg);
}

static bool do_signal(struct script *s, char *arg)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {
		{ "HUP", SIGHUP },   { "INT", SIGINT },   { "QUIT", SIGQUIT },
		{ "TERM", SIGTERM }, { "ABRT", SIGABRT }, { "SEGV", SIGSEGV },
		{ "STOP", SIGSTOP }, { "TSTP", SIGTSTP }, { "CONT", SIGCONT },
		{ "KILL", SIGKILL }, { "USR1", SIGUSR1 }, { "PIPE", SIGPIPE },
	};

	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		if (strcmp(arg, signals[i].name) == 0) {
			terminal_signal(s->term, signals[i].number);
			return true;
		}
	}
	return stop(s, "no signal %s", arg);
}

static bool stands(const struct script *s, const char *text)
{
	char *screen = picture_text(s->term);
	bool found = strstr(screen, text) != NULL;

	free(screen);
	return found;
}

/* Wait for a text, if it does not stand there; *waited tells. */
static bool wait_for(const struct script *s, const char *text, bool *waited)
{
	uint64_t deadline = terminal_deadline();
	bool found = stands(s, text);

	*waited = !found;
	while (!found && terminal_pump(s->term, deadline))
		found = stands(s, text);
	check(s, found, "never saw: %s", text);
	if (!found)
		show_screen(s);
	return found;
}

static bool do_expect(struct script *s, char *arg)
{
	bool waited;

	(void)wait_for(s, arg, &waited);
	return !waited || settle(s, false);
}

static bool do_await(struct script *s, char *arg)
{
	bool waited;

	return wait_for(s, arg, &waited);
}

static bool do_absent(struct script *s, char *arg)
{
	bool found = stands(s, arg);

	check(s, !found, "should not stand there: %s", arg);
	if (found)
		show_screen(s);
	return true;
}

static bool do_clipboard(struct script *s, char *arg)
{
	check(s, strcmp(s->term->clipboard, arg) == 0, "the clipboard has: %s",
	      s->term->clipboard);
	return true;
}

/* The whole file, NUL-terminated and owned by the caller; NULL: not there. */
static char *read_text(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!f)
		return NULL;
	if (getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

static bool write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	bool ok = f && fputs(text, f) >= 0;

	return f && fclose(f) == 0 && ok;
}

static void show_difference(const char *golden, const char *got)
{
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		execlp("diff", "diff", "-u", golden, got, (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

static bool do_shot(struct script *s, char *arg)
{
	char golden[PATH_MAX], got[PATH_MAX];
	char *now = picture_full(s->term);
	char *wanted;
	bool same;

	snprintf(golden, sizeof(golden), "%s/%s.scr", s->options->golden, arg);
	snprintf(got, sizeof(got), "%s/%s.got", s->options->got, arg);
	if (s->options->update) {
		check(s, write_text(golden, now), "%s: %s", golden,
		      strerror(errno));
		free(now);
		return true;
	}
	wanted = read_text(golden);
	same = wanted && strcmp(wanted, now) == 0;
	check(s, same, wanted ? "%s differs" : "there is no %s", golden);
	if (same)
		unlink(got);
	else if (!write_text(got, now))
		perror(got);
	else if (wanted)
		show_difference(golden, got);
	free(wanted);
	free(now);
	return true;
}

static bool check_limit(struct script *s, const char *arg, const char *what,
                        uint64_t count)
{
	char *end;
	unsigned long long limit = strtoull(arg, &end, 10);

	if (end == arg || *end)
		return stop(s, "a limit is a number");
	check(s, count <= limit, "%llu %s, and at most %llu are allowed",
	      (unsigned long long)count, what, limit);
	return true;
}

static bool do_frames_limit(struct script *s, char *arg)
{
	return check_limit(s, arg, "frames", s->term->frames);
}

static bool do_bytes_limit(struct script *s, char *arg)
{
	return check_limit(s, arg, "bytes", s->term->bytes);
}

static bool do_write_limit(struct script *s, char *arg)
{
	uint64_t writes;

	/* valgrind writes to pipes of its own. */
	if (getenv("HEXSPAN_WRAP"))
		return true;
	if (terminal_writes(s->term, &writes))
		return check_limit(s, arg, "write calls", writes);
	printf("%s:%u: the system counts no write calls\n", s->path, s->line);
	return true;
}

static bool do_exit(struct script *s, char *arg)
{
	char left[128];
	int status;

	if (!terminal_wait(s->term, &status))
		return stop(s, "the program does not end");
	terminal_left_behind(s->term, left, sizeof(left));
	check(s, status == atoi(arg), "exit status %d", status);
	/* What is killed cannot. */
	check(s, !*left || status == 128 + SIGKILL, "left behind:%s", left);
	if (status != atoi(arg))
		show_screen(s);
	terminal_free(s->term);
	s->term = NULL;
	return true;
}

static const struct {
	const char *name;
	command_fn *run;
	bool is_input; /* what the limits count from */
	bool needs_terminal;
} commands[] = {
	{ "run", do_run, false, false },
	{ "sh", do_sh, false, false },
	{ "keys", do_keys, true, true },
	{ "raw", do_raw, true, true },
	{ "feed", do_feed, true, true },
	{ "paste", do_paste, true, true },
	{ "mouse", do_mouse, true, true },
	{ "resize", do_resize, true, true },
	{ "wait", do_wait, false, true },
	{ "signal", do_signal, false, true },
	{ "expect", do_expect, false, true },
	{ "await", do_await, false, true },
	{ "absent", do_absent, false, true },
	{ "clipboard", do_clipboard, false, true },
	{ "shot", do_shot, false, true },
	{ "frames-limit", do_frames_limit, false, true },
	{ "bytes-limit", do_bytes_limit, false, true },
	{ "write-limit", do_write_limit, false, true },
	{ "exit", do_exit, false, true },
};

static bool run_line(struct script *s, char *line)
{
	char *arg = line + strcspn(line, " ");

	if (*arg)
		*arg++ = '\0';
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(line, commands[i].name) != 0)
			continue;
		if (commands[i].needs_terminal && !s->term)
			return stop(s, "nothing runs");
		if (commands[i].is_input && s->term->closed)
			return stop(s, "the program has ended");
		if (commands[i].is_input)
			terminal_mark(s->term);
		return commands[i].run(s, arg);
	}
	return stop(s, "no command %s", line);
}

static void run_lines(struct script *s, FILE *f)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, f) >= 0) {
		s->line++;
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#' && !run_line(s, line))
			break;
	}
	if (s->term && feof(f))
		stop(s, "the script ends without exit");
	free(line);
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static bool make_folder(struct script *s)
{
	const char *tmp = getenv("TMPDIR");
	char link[sizeof(s->folder) + 8];

	snprintf(s->folder, sizeof(s->folder), "%s/hexspan-ui-XXXXXX",
	         tmp && strlen(tmp) < 40 ? tmp : "/tmp");
	if (!mkdtemp(s->folder))
		return false;
	snprintf(link, sizeof(link), "%s/data", s->folder);
	return symlink(s->options->data_path, link) == 0;
}

static void run_script(const char *path, const struct options *options,
                       struct totals *totals)
{
	struct script s = { .options = options,
		            .totals = totals,
		            .path = path };
	FILE *f = fopen(path, "r");

	if (!f || !make_folder(&s))
		stop(&s, "%s", strerror(errno));
	else
		run_lines(&s, f);
	terminal_free(s.term);
	if (*s.folder)
		(void)nftw(s.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	if (f)
		fclose(f);
}

static char *assignment(const char *name, const char *value)
{
	char *text = NULL;

	if (asprintf(&text, "%s=%s", name, value) < 0)
		abort();
	return text;
}

static bool read_options(struct options *o, int argc, char **argv)
{
	const char *hexspan = "hexspan", *data = ".";
	int c;

	while ((c = getopt(argc, argv, "ug:o:d:x:")) != -1) {
		switch (c) {
		case 'u':
			o->update = true;
			break;
		case 'g':
			o->golden = optarg;
			break;
		case 'o':
			o->got = optarg;
			break;
		case 'd':
			data = optarg;
			break;
		case 'x':
			hexspan = optarg;
			break;
		default:
			return false;
		}
	}
	o->data = assignment("DATA", "data");
	o->hexspan = assignment("HEXSPAN", hexspan);
	o->data_path = realpath(data, NULL);
	if (!o->data_path)
		perror(data);
	return o->data_path != NULL;
}

static void free_options(struct options *o)
{
	free(o->data);
	free(o->hexspan);
	free(o->data_path);
}

int main(int argc, char **argv)
{
	struct options options = { .golden = ".", .got = "." };
	struct totals totals = { 0 };
	unsigned bad;

	signal(SIGPIPE, SIG_IGN);
	if (!read_options(&options, argc, argv)) {
		free_options(&options);
		return 2;
	}
	for (int i = optind; i < argc; i++)
		run_script(argv[i], &options, &totals);
	free_options(&options);
	totals.checks += totals.errors;
	bad = totals.failures + totals.errors;
	printf("%u%%: Checks: %u, Failures: %u, Errors: %u\n",
	       totals.checks ? (totals.checks - bad) * 100 / totals.checks : 0,
	       totals.checks, totals.failures, totals.errors);
	return bad || !totals.checks ? EXIT_FAILURE : EXIT_SUCCESS;
}
