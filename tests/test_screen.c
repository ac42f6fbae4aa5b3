/*
 * test_screen.c - tests of ui/screen*.c
 *
 * The parent is the terminal: a pty with libvterm behind it. The child opens a
 * screen on it and plays a part. They keep step by the fence: the child sends
 * one when a frame is out and waits for a byte on a pipe. Nothing sleeps.
 */
#include "config.h"

#include "ui/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>
#include <vterm.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/support.h"
#include "ui/locale.h"

/* What the two processes share. */
struct shared {
	atomic_int writes; /* write() calls on a terminal */
	atomic_int result;
	atomic_int rows, cols;
	char text[ERROR_TEXT];
	char note[128];
	char term[64];
};

static struct shared *shared;

/* Stands in front of libc's, so that all calls are counted. */
ssize_t write(int fd, const void *buf, size_t len)
{
	int saved = errno;

	if (shared && isatty(fd))
		atomic_fetch_add(&shared->writes, 1);
	errno = saved;
	return syscall(SYS_write, fd, buf, len);
}

static int go_fd; /* the pipe that lets the child go on */
static uint64_t fence;

static const struct screen_options all_on = { true, true, true };

static void block_signals(void)
{
	static const int signals[] = { SIGWINCH, SIGTERM, SIGHUP,
		                       SIGINT,   SIGTSTP, SIGCONT };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void wait_go(void)
{
	char byte;

	if (read(go_fd, &byte, 1) != 1)
		_exit(99);
}

static void step(struct screen *screen)
{
	screen_fence(screen, ++fence);
	wait_go();
}

static struct screen *open_screen(const struct screen_options *options)
{
	struct error err = { 0 };
	struct screen *screen;
	struct theme theme;

	block_signals();
	screen = screen_open(options, shared->note, &err);
	if (!screen || !theme_load(&theme, "dark", &err)) {
		memcpy(shared->text, err.text, sizeof(err.text));
		atomic_store(&shared->result, (int)err.code);
		_exit(98);
	}
	screen_set_theme(screen, &theme);
	snprintf(shared->term, sizeof(shared->term), "%s", screen_term(screen));
	return screen;
}

struct term {
	pid_t child;
	int master;
	int go;
	VTerm *vt;
	VTermScreen *vs;
	int rows, cols;
	bool alt, visible, closed;
	int mouse;
	VTermPos pos;
	char title[128];
	char osc[64];
	size_t osc_len;
	uint64_t fence, awaited;
	unsigned char *raw; /* all that was written */
	size_t raw_len, raw_cap;
	size_t mark; /* where the last step began */
	struct termios before;
};

static int on_move(VTermPos pos, VTermPos old, int visible, void *user)
{
	struct term *term = user;

	(void)old;
	(void)visible;
	term->pos = pos;
	return 1;
}

static int on_prop(VTermProp prop, VTermValue *value, void *user)
{
	struct term *term = user;

	switch (prop) {
	case VTERM_PROP_ALTSCREEN:
		term->alt = value->boolean;
		break;
	case VTERM_PROP_MOUSE:
		term->mouse = value->number;
		break;
	case VTERM_PROP_CURSORVISIBLE:
		term->visible = value->boolean;
		break;
	default:
		break;
	}
	return 1;
}

static const VTermScreenCallbacks screen_callbacks = {
	.movecursor = on_move,
	.settermprop = on_prop,
};

/* What may reach a terminal, and nothing else. */
static size_t plan_csi(const unsigned char *p, size_t len)
{
	size_t i = 2;
	char params[32] = "";

	while (i < len && i < sizeof(params) && p[i] < 0x40) {
		params[i - 2] = (char)p[i];
		i++;
	}
	ck_assert_uint_lt(i, len);
	if (p[i] == 'h' || p[i] == 'l') {
		static const char *const modes[] = {
			"?1",    "?7",     "?12",   "?25",   "?1002",
			"?1004", "?1006",  "?1049", "?2004", "?2026",
			"4",     "?12;25", "34",
		};
		bool known = false;

		for (size_t m = 0; m < ARRAY_LEN(modes); m++)
			known = known || strcmp(params, modes[m]) == 0;
		ck_assert_msg(known, "mode %s%c", params, p[i]);
	} else if (p[i] == 't') {
		ck_assert_msg(strcmp(params, "22;0;0") == 0 ||
		                      strcmp(params, "23;0;0") == 0,
		              "window operation %s", params);
	} else {
		ck_assert_msg(strchr("@ABCDGHJKLMPSTXbdmr", p[i]) != NULL,
		              "CSI %s%c", params, p[i]);
	}
	return i + 1;
}

static size_t plan_osc(struct term *term, const unsigned char *p, size_t len)
{
	size_t i = 2;

	while (i < len && p[i] >= 0x20)
		i++;
	ck_assert_uint_lt(i, len);
	if (strncmp((const char *)p + 2, "7770;", 5) == 0) {
		term->fence = strtoull((const char *)p + 7, NULL, 10);
	} else {
		ck_assert(p[2] == '2' && p[3] == ';');
		snprintf(term->title, sizeof(term->title), "%.*s", (int)i - 4,
		         (const char *)p + 4);
	}
	return i + (p[i] == 0x07 ? 1 : 2);
}

static size_t plan_escape(struct term *term, const unsigned char *p, size_t len)
{
	ck_assert_uint_ge(len, 2);
	if (p[1] == '[')
		return plan_csi(p, len);
	if (p[1] == ']')
		return plan_osc(term, p, len);
	if (p[1] == '(' || p[1] == ')') {
		ck_assert(len > 2 && (p[2] == 'B' || p[2] == '0'));
		return 3;
	}
	ck_assert_msg(strchr("78=>M", p[1]) != NULL, "ESC %c", p[1]);
	return 2;
}

static void check_plan(struct term *term)
{
	size_t at = term->mark;

	while (at < term->raw_len) {
		const unsigned char *p = term->raw + at;
		size_t len = term->raw_len - at;
		uint32_t ch;

		if (*p == 0x1b) {
			at += plan_escape(term, p, len);
		} else if (*p < 0x20) {
			ck_assert_msg(strchr("\b\t\r\n\016\017", *p) != NULL,
			              "control %02x", *p);
			at++;
		} else {
			size_t used = text_decode(p, len, &ch);

			ck_assert_msg(used > 0, "byte %02x", *p);
			ck_assert_msg(text_is_safe(ch), "U+%04X", ch);
			at += used;
		}
	}
}

/* The number of the last fence in what was written. */
static uint64_t last_fence(const struct term *term)
{
	static const char start[] = "\033]7770;";
	uint64_t found = 0;
	const unsigned char *p = term->raw + term->mark;
	size_t left = term->raw_len - term->mark;

	while (left > 0) {
		const unsigned char *hit =
			memmem(p, left, start, sizeof(start) - 1);
		const unsigned char *end;

		if (!hit)
			break;
		left -= (size_t)(hit - p);
		end = memchr(hit, '\007', left);
		if (!end)
			break;
		found = strtoull((const char *)hit + sizeof(start) - 1, NULL,
		                 10);
		left -= (size_t)(end - hit);
		p = end;
	}
	return found;
}

/* Read what there is; false at the end of the file. */
static bool pump(struct term *term)
{
	struct pollfd poll_fd = { .fd = term->master, .events = POLLIN };
	ssize_t n;

	if (term->raw_cap - term->raw_len < 1 << 16) {
		term->raw_cap = term->raw_cap * 2 + (1 << 17);
		term->raw = realloc(term->raw, term->raw_cap);
		ck_assert_ptr_nonnull(term->raw);
	}
	ck_assert_int_eq(poll(&poll_fd, 1, 50000), 1);
	n = read(term->master, term->raw + term->raw_len,
	         term->raw_cap - term->raw_len);
	if (n <= 0) {
		term->closed = true;
		return false;
	}
	vterm_input_write(term->vt, (const char *)term->raw + term->raw_len,
	                  (size_t)n);
	term->raw_len += (size_t)n;
	return true;
}

/* Until the child's next step. */
static void await(struct term *term)
{
	term->awaited++;
	while (last_fence(term) < term->awaited)
		ck_assert_msg(pump(term), "the child ended: %s", shared->text);
	check_plan(term);
}

static void let_go(struct term *term)
{
	term->mark = term->raw_len;
	ck_assert_int_eq(write(term->go, "", 1), 1);
}

static void set_size(struct term *term, int rows, int cols)
{
	struct winsize size = { .ws_row = (unsigned short)rows,
		                .ws_col = (unsigned short)cols };

	term->rows = rows;
	term->cols = cols;
	vterm_set_size(term->vt, rows, cols);
	ck_assert_int_eq(ioctl(term->master, TIOCSWINSZ, &size), 0);
}

static void child_main(const char *name, void (*part)(void))
{
	setenv("HOME", "/nonexistent", 1);
	setenv("LC_ALL", "C.UTF-8", 0);
	if (name)
		setenv("TERM", name, 1);
	else
		unsetenv("TERM");
	fence = 0;
	part();
	_exit(0);
}

static void start(struct term *term, int rows, int cols, const char *name,
                  void (*part)(void))
{
	struct winsize size = { .ws_row = (unsigned short)rows,
		                .ws_col = (unsigned short)cols };
	int fds[2];
	int slave;

	memset(term, 0, sizeof(*term));
	memset(shared, 0, sizeof(*shared));
	term->rows = rows;
	term->cols = cols;
	term->visible = true;
	term->vt = vterm_new(rows, cols);
	vterm_set_utf8(term->vt, 1);
	term->vs = vterm_obtain_screen(term->vt);
	vterm_screen_set_callbacks(term->vs, &screen_callbacks, term);
	vterm_screen_enable_altscreen(term->vs, 1);
	vterm_screen_reset(term->vs, 1);
	ck_assert_int_eq(pipe2(fds, O_CLOEXEC), 0);
	ck_assert_int_eq(openpty(&term->master, &slave, NULL, NULL, &size), 0);
	ck_assert_int_eq(tcgetattr(term->master, &term->before), 0);
	term->child = fork();
	if (term->child == 0) {
		close(term->master);
		close(fds[1]);
		go_fd = fds[0];
		login_tty(slave);
		child_main(name, part);
	}
	ck_assert_int_gt(term->child, 0);
	close(slave);
	close(fds[0]);
	term->go = fds[1];
}

static void check_restored(struct term *term)
{
	struct termios now;

	ck_assert(!term->alt);
	ck_assert(term->visible);
	ck_assert_int_eq(term->mouse, VTERM_PROP_MOUSE_NONE);
	ck_assert_int_eq(tcgetattr(term->master, &now), 0);
	ck_assert_uint_eq(now.c_iflag, term->before.c_iflag);
	ck_assert_uint_eq(now.c_oflag, term->before.c_oflag);
	ck_assert_uint_eq(now.c_cflag, term->before.c_cflag);
	ck_assert_uint_eq(now.c_lflag, term->before.c_lflag);
	ck_assert_mem_eq(now.c_cc, term->before.c_cc, sizeof(now.c_cc));
}

/* Let the child run to its end; returns what waitpid() says. */
static int finish(struct term *term)
{
	int status = 0;

	while (pump(term))
		continue;
	check_plan(term);
	ck_assert_int_eq(waitpid(term->child, &status, 0), term->child);
	return status;
}

static void stop(struct term *term)
{
	close(term->master);
	close(term->go);
	vterm_free(term->vt);
	free(term->raw);
}

static void finish_well(struct term *term)
{
	int status = finish(term);

	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
	              "status %x: %s", (unsigned)status, shared->text);
	stop(term);
}

static bool wrote(const struct term *term, const char *bytes)
{
	return memmem(term->raw + term->mark, term->raw_len - term->mark, bytes,
	              strlen(bytes)) != NULL;
}

static void make_canvas(struct canvas *canvas, int rows, int cols)
{
	struct error err = { 0 };

	must(canvas_resize(canvas, rows, cols, &err), &err);
}

/* Any character in any style; seeds give pictures. */
static void draw_random(struct canvas *canvas, uint64_t seed)
{
	static const uint32_t glyphs[] = {
		0x22c4, 0x2423, 0x2022, 0xd7, 0x25a0,
		0x2502, 0x4e00, 0xac00, 0xe9, 0x1f600
	};
	uint64_t state = seed * 2 + 1;

	canvas_clear(canvas);
	for (int y = 0; y < canvas->rows; y++) {
		for (int x = 0; x < canvas->cols; x++) {
			uint64_t r = random_u64(&state) >> 8;
			uint32_t ch = ' ';

			if (r % 8 < 4)
				ch = 0x20 + (uint32_t)(r >> 8) % 0x5f;
			else if (r % 8 == 4)
				ch = glyphs[(r >> 8) % ARRAY_LEN(glyphs)];
			canvas_put(canvas, y, x, ch,
			           (enum style)((r >> 16) % STYLE_COUNT));
			if ((r >> 24) % 8 == 0)
				canvas_over(canvas, y, x, 1,
				            (enum over_style)(
						    (r >> 28) %
						    OVER_STYLE_COUNT));
		}
	}
}

static enum style class_of(unsigned byte)
{
	if (byte == 0)
		return STYLE_NUL;
	if (byte == 0xff)
		return STYLE_FF;
	if (byte >= 0x80)
		return STYLE_HIGH;
	if (byte == 0x20 || (byte >= 9 && byte <= 13))
		return STYLE_SPACE;
	return byte < 0x20 || byte == 0x7f ? STYLE_CONTROL : STYLE_PRINT;
}

/* Rows of random bytes as the editor shows them, from some row on. */
static void draw_page(struct canvas *canvas, uint64_t top)
{
	canvas_clear(canvas);
	for (int y = 0; y < canvas->rows; y++) {
		uint64_t row = top + (uint64_t)y;
		uint64_t state = (row + 1) * 7919;
		char text[16];

		snprintf(text, sizeof(text), "%012llx",
		         (unsigned long long)row * 16);
		canvas_text(canvas, y, 0, -1, text, STYLE_OFFSET);
		for (int i = 0; i < 16; i++) {
			unsigned byte = (unsigned)random_below(&state, 256);
			enum style style = class_of(byte);

			snprintf(text, sizeof(text), "%02x", byte);
			canvas_text(canvas, y, 14 + 3 * i + i / 8, 2, text,
			            style);
			canvas_put(canvas, y, 64 + i,
			           style == STYLE_PRINT ? byte : 0x2022, style);
		}
		canvas_put(canvas, y, 63, 0x2502, STYLE_DIM);
	}
}

static int rgb256(int n)
{
	static const int level[] = { 0, 95, 135, 175, 215, 255 };

	if (n >= 232)
		return (8 + 10 * (n - 232)) * 0x10101;
	n -= 16;
	return level[n / 36] << 16 | level[n / 6 % 6] << 8 | level[n % 6];
}

static bool color_is(const VTermColor *color, int want, bool direct)
{
	if (want < 0)
		return VTERM_COLOR_IS_DEFAULT_FG(color) ||
		       VTERM_COLOR_IS_DEFAULT_BG(color);
	if (VTERM_COLOR_IS_DEFAULT_FG(color) ||
	    VTERM_COLOR_IS_DEFAULT_BG(color))
		return false;
	if (VTERM_COLOR_IS_INDEXED(color))
		return direct ? color->indexed.idx == 0 && rgb256(want) == 0
		              : color->indexed.idx == want;
	return direct &&
	       rgb256(want) == (color->rgb.red << 16 | color->rgb.green << 8 |
	                        color->rgb.blue);
}

struct expected {
	enum theme_depth depth;
	bool direct;
	bool italic; /* the terminal has it */
};

static void check_cell(const struct term *term, const struct theme *theme,
                       const struct canvas *canvas, int y, int x,
                       const struct expected *expected)
{
	const struct cell *cell = &canvas->v[y * canvas->cols + x];
	struct look look =
		theme_look(theme, expected->depth, (enum style)cell->style,
	                   (enum over_style)cell->over);
	VTermScreenCell got;
	uint32_t ch;

	vterm_screen_get_cell(term->vs, (VTermPos){ y, x }, &got);
	ch = got.chars[0] ? got.chars[0] : ' ';
	ck_assert_msg(ch == cell->ch, "%d,%d: U+%04X, not U+%04X", y, x, ch,
	              cell->ch);
	ck_assert_msg(color_is(&got.bg, look.bg, expected->direct),
	              "%d,%d: background %d", y, x, look.bg);
	ck_assert_msg(!got.attrs.reverse == !(look.attrs & LOOK_REVERSE),
	              "%d,%d: reverse", y, x);
	ck_assert_msg(!got.attrs.underline == !(look.attrs & LOOK_UNDERLINE),
	              "%d,%d: underline", y, x);
	if (cell->ch == ' ' && !(look.attrs & (LOOK_REVERSE | LOOK_UNDERLINE)))
		return; /* the rest cannot be seen, and may be carried over */
	ck_assert_msg(color_is(&got.fg, look.fg, expected->direct),
	              "%d,%d: foreground %d", y, x, look.fg);
	ck_assert_msg(!got.attrs.bold == !(look.attrs & LOOK_BOLD),
	              "%d,%d: bold", y, x);
	if (expected->italic)
		ck_assert_msg(!got.attrs.italic == !(look.attrs & LOOK_ITALIC),
		              "%d,%d: italic", y, x);
}

static void check_theme(const struct term *term, const char *name,
                        const struct canvas *canvas,
                        const struct expected *expected)
{
	struct error err = { 0 };
	struct theme theme;

	must(theme_load(&theme, name, &err), &err);
	for (int y = 0; y < canvas->rows; y++) {
		for (int x = 0; x < canvas->cols; x++) {
			if (canvas->v[y * canvas->cols + x].ch != 0)
				check_cell(term, &theme, canvas, y, x,
				           expected);
		}
	}
}

static void check_screen(const struct term *term, const struct canvas *canvas,
                         const struct expected *expected)
{
	check_theme(term, "dark", canvas, expected);
}

static const struct expected full = { DEPTH_256, false, true };

enum {
	FRAMES = 6,
};

static void part_random(void)
{
	struct screen *screen = open_screen(&all_on);
	struct canvas canvas = { 0 };

	atomic_store(&shared->result, (int)screen_depth(screen));
	screen_size(screen, &canvas.rows, &canvas.cols);
	make_canvas(&canvas, canvas.rows, canvas.cols);
	for (uint64_t i = 0; i < FRAMES; i++) {
		draw_random(&canvas, i / 2);
		/* Every other frame differs from the last in one row. */
		if (i % 2)
			canvas_fill(&canvas, (int)i, 3, 60, '#', STYLE_ERROR);
		screen_show(screen, &canvas, (int)i, 7);
		step(screen);
	}
	screen_close(screen);
	canvas_free(&canvas);
}

/* Debian keeps xterm-direct in a package of its own, so one is made here, and
   two that can do less than others. */
static const char own_source[] =
	"xterm-direct|direct colours,\n"
	"\tRGB, colors#0x1000000, pairs#0x7fff, initc@, oc@,\n"
	"\tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38:2:%p1%{65536}%/%d:%p1%{256}%/"
	"%{255}%&%d:%p1%{255}%&%d%;m,\n"
	"\tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e48:2:%p1%{65536}%/%d:%p1%{256}%/"
	"%{255}%&%d:%p1%{255}%&%d%;m,\n"
	"\tuse=xterm-256color,\n"
	"hexspan-slow|scrolls line by line\\, erases in its own colour,\n"
	"\tindn@, rin@, bce@, cuf@, use=xterm-256color,\n"
	"hexspan-poor|writes and moves and no more,\n"
	"\tcsr@, el@, bce@, msgr@, xenl@, use=xterm-256color,\n";

static bool make_own(void)
{
	char *path = scratch_file("own.ti", own_source, sizeof(own_source) - 1);
	char command[256];

	snprintf(command, sizeof(command),
	         "tic -x -o '%s/terminfo' '%s' 2>/dev/null", scratch(), path);
	free(path);
	if (system(command) != 0)
		return false;
	snprintf(command, sizeof(command), "%s/terminfo", scratch());
	setenv("TERMINFO", command, 1);
	return true;
}

static const struct {
	const char *term;
	struct expected expected;
} terminals[] = {
	{ "xterm-256color", { DEPTH_256, false, true } },
	{ "xterm-direct", { DEPTH_256, true, true } },
	{ "tmux-256color", { DEPTH_256, false, true } },
	{ "xterm", { DEPTH_8, false, true } },
	{ "vt100", { DEPTH_MONO, false, false } },
};

START_TEST(every_cell)
{
	struct term term;
	struct canvas canvas = { 0 };

	if (terminals[_i].expected.direct && !make_own())
		return;
	start(&term, 40, 120, terminals[_i].term, part_random);
	make_canvas(&canvas, 40, 120);
	for (uint64_t i = 0; i < FRAMES; i++) {
		await(&term);
		ck_assert_int_eq(atomic_load(&shared->result),
		                 (int)terminals[_i].expected.depth);
		draw_random(&canvas, i / 2);
		if (i % 2)
			canvas_fill(&canvas, (int)i, 3, 60, '#', STYLE_ERROR);
		check_screen(&term, &canvas, &terminals[_i].expected);
		ck_assert_int_eq(term.pos.row, (int)i);
		ck_assert_int_eq(term.pos.col, 7);
		let_go(&term);
	}
	finish_well(&term);
	canvas_free(&canvas);
}
END_TEST

enum { MOVES = 60 };

/* Rows of a canvas go somewhere else, others come in; sometimes only a cell. */
static void move_rows(struct canvas *canvas, uint64_t seed)
{
	uint64_t state = seed * 0x9e3779b9 + 7;
	size_t cols = (size_t)canvas->cols;
	size_t rows = (size_t)canvas->rows;
	size_t from = random_below(&state, rows);
	size_t to = random_below(&state, rows);
	size_t most = rows - (from > to ? from : to);
	size_t count = 1 + random_below(&state, most);
	struct canvas fresh = { 0 };

	make_canvas(&fresh, canvas->rows, canvas->cols);
	draw_random(&fresh, seed);
	if (random_below(&state, 8) == 0)
		memcpy(canvas->v, fresh.v, rows * cols * sizeof(*fresh.v));
	memmove(canvas->v + to * cols, canvas->v + from * cols,
	        count * cols * sizeof(*fresh.v));
	if (from != to && random_below(&state, 2) == 0)
		memcpy(canvas->v + from * cols, fresh.v + from * cols,
		       cols * sizeof(*fresh.v));
	canvas_fill(canvas, (int)random_below(&state, rows),
	            (int)random_below(&state, cols),
	            (int)random_below(&state, 9), ' ', STYLE_BAR);
	canvas_free(&fresh);
}

static void part_moves(void)
{
	struct screen *screen = open_screen(&all_on);
	struct canvas canvas = { 0 };

	make_canvas(&canvas, 20, 50);
	for (uint64_t i = 0; i < MOVES; i++) {
		move_rows(&canvas, i);
		screen_show(screen, &canvas, (int)(i % 20), 3);
		step(screen);
	}
	screen_close(screen);
	canvas_free(&canvas);
}

static const struct {
	const char *term;
	bool scrolls; /* it must have been asked to */
	bool corner;  /* is the last cell written? */
} movers[] = {
	{ "xterm-256color", true, true },
	{ "tmux-256color", true, true },
	{ "hexspan-slow", true, true },
	{ "hexspan-poor", false, false },
};

/* Whatever moves, and however the terminal is told, it shows the canvas. */
START_TEST(moved_rows)
{
	struct term term;
	struct canvas canvas = { 0 };

	if (!make_own())
		return;
	start(&term, 20, 50, movers[_i].term, part_moves);
	make_canvas(&canvas, 20, 50);
	for (uint64_t i = 0; i < MOVES; i++) {
		struct cell *last = &canvas.v[20 * 50 - 1];
		struct cell kept;

		await(&term);
		move_rows(&canvas, i);
		kept = *last;
		if (!movers[_i].corner)
			*last = (struct cell){ .ch = ' ',
				               .style = STYLE_NORMAL };
		if (last->ch != 0 && (last - 1)->ch >= 0x20)
			check_screen(&term, &canvas, &full);
		*last = kept;
		ck_assert_int_eq(term.pos.row, (int)(i % 20));
		ck_assert_int_eq(term.pos.col, 3);
		let_go(&term);
	}
	if (movers[_i].scrolls)
		ck_assert(memmem(term.raw, term.raw_len, "\033[1;20r", 7) !=
		          NULL);
	finish_well(&term);
	canvas_free(&canvas);
}
END_TEST

static void part_no_color(void)
{
	struct screen_options options = all_on;
	struct screen *screen;
	struct canvas canvas = { 0 };

	options.color = false;
	screen = open_screen(&options);
	make_canvas(&canvas, 24, 80);
	draw_random(&canvas, 1);
	screen_show(screen, &canvas, 0, 0);
	step(screen);
	screen_set_options(screen, &all_on);
	screen_show(screen, &canvas, 0, 0);
	step(screen);
	screen_set_options(screen, &options);
	screen_show(screen, &canvas, 0, 0);
	step(screen);
	screen_close(screen);
	canvas_free(&canvas);
}

/* Without colours from the start, with them later, and without them again. */
START_TEST(no_color)
{
	const struct expected mono = { DEPTH_MONO, false, true };
	const struct expected *const looks[] = { &mono, &full, &mono };
	struct term term;
	struct canvas canvas = { 0 };

	start(&term, 24, 80, "xterm-256color", part_no_color);
	make_canvas(&canvas, 24, 80);
	draw_random(&canvas, 1);
	for (size_t i = 0; i < ARRAY_LEN(looks); i++) {
		await(&term);
		check_screen(&term, &canvas, looks[i]);
		if (i == 0)
			ck_assert(!wrote(&term, "38;5;") &&
			          !wrote(&term, "48;5;"));
		let_go(&term);
	}
	finish_well(&term);
	canvas_free(&canvas);
}
END_TEST

static void part_themes(void)
{
	static const char *const names[] = { "light", "dark" };
	struct screen *screen = open_screen(&all_on);
	struct canvas canvas = { 0 };
	struct error err = { 0 };
	struct theme theme;

	make_canvas(&canvas, 24, 80);
	draw_random(&canvas, 4);
	screen_show(screen, &canvas, 0, 0);
	step(screen);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!theme_load(&theme, names[i], &err))
			_exit(89);
		screen_set_theme(screen, &theme);
		screen_show(screen, &canvas, 0, 0);
		step(screen);
	}
	screen_close(screen);
	canvas_free(&canvas);
}

/* The same pairs of colours get other meanings. */
START_TEST(other_theme)
{
	static const char *const names[] = { "dark", "light", "dark" };
	struct term term;
	struct canvas canvas = { 0 };

	start(&term, 24, 80, "xterm-256color", part_themes);
	make_canvas(&canvas, 24, 80);
	draw_random(&canvas, 4);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		await(&term);
		check_theme(&term, names[i], &canvas, &full);
		let_go(&term);
	}
	finish_well(&term);
	canvas_free(&canvas);
}
END_TEST

static void part_pages(void)
{
	struct screen *screen = open_screen(&all_on);
	struct canvas canvas = { 0 };
	static const uint64_t tops[] = { 0, 40, 80, 81, 82, 82 };

	make_canvas(&canvas, 40, 120);
	for (size_t i = 0; i < ARRAY_LEN(tops); i++) {
		draw_page(&canvas, tops[i]);
		atomic_store(&shared->writes, 0);
		screen_show(screen, &canvas, 3, 14);
		atomic_store(&shared->result, atomic_load(&shared->writes));
		step(screen);
	}
	screen_close(screen);
	canvas_free(&canvas);
}

START_TEST(frame_cost)
{
	/* The first page, two more, two times one line further, and nothing:
	   what each may write, and in how many calls, two of which say where
	   a frame begins and ends. */
	static const struct {
		size_t bytes;
		int writes;
	} most[] = {
		{ 17000, 4 }, { 17000, 4 }, { 17000, 4 },
		{ 1024, 3 },  { 1024, 3 },  { 20, 0 },
	};
	struct term term;
	struct canvas canvas = { 0 };

	start(&term, 40, 120, "xterm-256color", part_pages);
	make_canvas(&canvas, 40, 120);
	for (size_t i = 0; i < ARRAY_LEN(most); i++) {
		size_t bytes;

		await(&term);
		bytes = term.raw_len - term.mark;
		if (i > 0)
			ck_assert_uint_le(bytes, most[i].bytes);
		ck_assert_int_le(atomic_load(&shared->result), most[i].writes);
		let_go(&term);
	}
	draw_page(&canvas, 82);
	check_screen(&term, &canvas, &full);
	finish_well(&term);
	canvas_free(&canvas);
}
END_TEST

static void part_edges(void)
{
	struct screen *screen = open_screen(&all_on);
	struct canvas canvas = { 0 };

	make_canvas(&canvas, 24, 80);
	screen_show(screen, &canvas, -1, 0);
	step(screen);
	screen_show(screen, &canvas, 23, 79);
	step(screen);
	screen_redraw(screen);
	screen_show(screen, &canvas, 23, 79);
	step(screen);
	/* Neither a canvas too big nor one too small is an error. */
	make_canvas(&canvas, 30, 90);
	draw_random(&canvas, 3);
	screen_show(screen, &canvas, 29, 89);
	step(screen);
	make_canvas(&canvas, 10, 20);
	canvas_fill(&canvas, 9, 0, 20, 'x', STYLE_NORMAL);
	screen_show(screen, &canvas, 9, 19);
	step(screen);
	screen_close(screen);
	canvas_free(&canvas);
}

START_TEST(cursor_and_sizes)
{
	struct term term;
	struct canvas canvas = { 0 };

	start(&term, 24, 80, "xterm-256color", part_edges);
	await(&term);
	ck_assert(!term.visible);
	let_go(&term);
	await(&term);
	ck_assert(term.visible);
	ck_assert(term.pos.row == 23 && term.pos.col == 79);
	ck_assert(!wrote(&term, "\033[2J"));
	let_go(&term);
	await(&term);
	ck_assert(wrote(&term, "\033[2J"));
	let_go(&term);
	await(&term);
	ck_assert(!term.visible);
	let_go(&term);
	await(&term);
	ck_assert(term.visible);
	make_canvas(&canvas, 1, 20);
	canvas_fill(&canvas, 0, 0, 20, 'x', STYLE_NORMAL);
	for (int x = 0; x < 20; x++) {
		VTermScreenCell cell;

		vterm_screen_get_cell(term.vs, (VTermPos){ 9, x }, &cell);
		ck_assert_uint_eq(cell.chars[0], 'x');
	}
	let_go(&term);
	finish_well(&term);
	canvas_free(&canvas);
}
END_TEST

static void part_modes(void)
{
	struct screen_options options = { true, false, false };
	struct screen *screen = open_screen(&options);
	struct canvas canvas = { 0 };

	make_canvas(&canvas, 24, 80);
	screen_show(screen, &canvas, 0, 0);
	step(screen);
	screen_set_options(screen, &all_on);
	screen_show(screen, &canvas, 0, 1);
	step(screen);
	screen_set_options(screen, &options);
	screen_show(screen, &canvas, 0, 2);
	step(screen);
	screen_close(screen);
	canvas_free(&canvas);
}

START_TEST(modes)
{
	struct term term;

	start(&term, 24, 80, "xterm-256color", part_modes);
	await(&term);
	ck_assert(term.alt);
	ck_assert(wrote(&term, "\033[?2004h\033[?1004h"));
	ck_assert_int_eq(term.mouse, VTERM_PROP_MOUSE_NONE);
	ck_assert(!wrote(&term, "2026"));
	let_go(&term);
	await(&term);
	ck_assert_int_eq(term.mouse, VTERM_PROP_MOUSE_DRAG);
	ck_assert(wrote(&term, "\033[?1006h"));
	ck_assert(wrote(&term, "\033[?2026h"));
	ck_assert(wrote(&term, "\033[?2026l"));
	let_go(&term);
	await(&term);
	ck_assert_int_eq(term.mouse, VTERM_PROP_MOUSE_NONE);
	ck_assert(!wrote(&term, "2026"));
	let_go(&term);
	(void)finish(&term);
	ck_assert(wrote(&term, "\033[?1004l\033[?2004l"));
	stop(&term);
}
END_TEST

/* What is not like xterm is sent nothing that terminfo does not name. */
START_TEST(no_modes)
{
	struct term term;

	start(&term, 24, 80, "vt100", part_modes);
	for (int i = 0; i < 3; i++) {
		await(&term);
		ck_assert(!wrote(&term, "\033[?2") &&
		          !wrote(&term, "\033[?100"));
		let_go(&term);
	}
	(void)finish(&term);
	ck_assert(!wrote(&term, "\033[?2") && !wrote(&term, "\033[?100"));
	stop(&term);
}
END_TEST

static void part_close(void)
{
	/* A second screen in the same process works like the first. */
	for (int i = 0; i < 2; i++) {
		struct screen *screen = open_screen(&all_on);
		struct canvas canvas = { 0 };

		make_canvas(&canvas, 24, 80);
		draw_random(&canvas, 5);
		screen_show(screen, &canvas, -1, 0);
		step(screen);
		screen_close(screen);
		canvas_free(&canvas);
	}
	screen_close(NULL);
	screen_crash_restore();
	if (write(STDOUT_FILENO, "\033]7770;3\007", 9) != 9)
		_exit(97);
	wait_go();
}

START_TEST(closing_restores)
{
	struct term term;
	struct canvas canvas = { 0 };

	start(&term, 24, 80, "xterm-256color", part_close);
	make_canvas(&canvas, 24, 80);
	draw_random(&canvas, 5);
	await(&term);
	check_screen(&term, &canvas, &full);
	let_go(&term);
	/* The first screen was left on the way to the second. */
	while (last_fence(&term) < 1)
		ck_assert(pump(&term));
	term.awaited = 0;
	await(&term);
	check_screen(&term, &canvas, &full);
	ck_assert(wrote(&term, "\033[?1049l"));
	term.awaited = 2;
	let_go(&term);
	await(&term);
	check_restored(&term);
	let_go(&term);
	finish_well(&term);
	canvas_free(&canvas);
}
END_TEST

static void part_resize(void)
{
	struct screen *screen;
	struct canvas canvas = { 0 };
	int rows;
	int cols;

	setenv("LINES", "7", 1);
	setenv("COLUMNS", "11", 1);
	screen = open_screen(&all_on);
	for (uint64_t i = 0; i < 5; i++) {
		screen_resize(screen);
		screen_size(screen, &rows, &cols);
		make_canvas(&canvas, rows, cols);
		draw_random(&canvas, i);
		screen_show(screen, &canvas, 0, 0);
		step(screen);
	}
	screen_close(screen);
	canvas_free(&canvas);
}

START_TEST(resizing)
{
	static const int sizes[][2] = {
		{ 24, 80 }, { 60, 200 }, { 6, 47 }, { 1, 1 }, { 120, 320 },
	};
	struct term term;
	struct canvas canvas = { 0 };

	start(&term, 24, 80, "xterm-256color", part_resize);
	for (uint64_t i = 0; i < ARRAY_LEN(sizes); i++) {
		await(&term);
		make_canvas(&canvas, sizes[i][0], sizes[i][1]);
		draw_random(&canvas, i);
		check_screen(&term, &canvas, &full);
		if (i + 1 < ARRAY_LEN(sizes))
			set_size(&term, sizes[i + 1][0], sizes[i + 1][1]);
		let_go(&term);
	}
	finish_well(&term);
	canvas_free(&canvas);
}
END_TEST

/* A shell of one job: in a session with no other group, a stop would be
   ignored. Tells the parent on the terminal when the job has stopped. */
static void as_job(void (*part)(void))
{
	static const char stopped[] = "\033]7770;1000\007";
	int status;
	pid_t job = fork();

	signal(SIGTTOU, SIG_IGN);
	if (job == 0) {
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpid());
		signal(SIGTTOU, SIG_DFL);
		part();
		_exit(0);
	}
	setpgid(job, job);
	for (;;) {
		if (waitpid(job, &status, WUNTRACED) != job)
			_exit(96);
		if (!WIFSTOPPED(status))
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 95);
		tcsetpgrp(STDIN_FILENO, getpgrp());
		if (write(STDOUT_FILENO, stopped, sizeof(stopped) - 1) < 0)
			_exit(94);
		wait_go();
		tcsetpgrp(STDIN_FILENO, job);
		kill(-job, SIGCONT);
	}
}

static void suspend_once(void)
{
	struct screen *screen = open_screen(&all_on);
	struct canvas canvas = { 0 };
	sigset_t pending;
	int rows;
	int cols;

	make_canvas(&canvas, 24, 80);
	draw_random(&canvas, 8);
	screen_show(screen, &canvas, -1, 0);
	step(screen);
	screen_suspend(screen);
	sigpending(&pending);
	if (sigismember(&pending, SIGCONT) || sigismember(&pending, SIGTSTP))
		_exit(93);
	screen_size(screen, &rows, &cols);
	make_canvas(&canvas, rows, cols);
	draw_random(&canvas, 9);
	screen_show(screen, &canvas, -1, 0);
	step(screen);
	screen_close(screen);
	canvas_free(&canvas);
}

static void part_suspend(void)
{
	as_job(suspend_once);
}

static void await_stop(struct term *term)
{
	while (last_fence(term) != 1000)
		ck_assert(pump(term));
	check_plan(term);
}

START_TEST(suspending)
{
	struct term term;
	struct canvas canvas = { 0 };
	struct termios inside;
	struct termios again;

	/* valgrind delivers a signal some time after it was unblocked. Here it
	   is blocked again by then, so that the job never stops. */
	if (getenv("HEXSPAN_WRAP"))
		return;
	start(&term, 24, 80, "xterm-256color", part_suspend);
	await(&term);
	ck_assert(term.alt);
	ck_assert_int_eq(tcgetattr(term.master, &inside), 0);
	ck_assert_uint_eq(inside.c_lflag & (ICANON | ECHO | ISIG), 0);
	let_go(&term);
	await_stop(&term);
	check_restored(&term);
	set_size(&term, 30, 100);
	let_go(&term);
	await(&term);
	ck_assert(term.alt);
	ck_assert(!term.visible);
	ck_assert_int_eq(term.mouse, VTERM_PROP_MOUSE_DRAG);
	ck_assert(wrote(&term, "\033[?2004h\033[?1004h"));
	ck_assert(wrote(&term, "\033[?1h\033="));
	ck_assert_int_eq(tcgetattr(term.master, &again), 0);
	ck_assert_uint_eq(again.c_lflag, inside.c_lflag);
	make_canvas(&canvas, 30, 100);
	draw_random(&canvas, 9);
	check_screen(&term, &canvas, &full);
	let_go(&term);
	while (!term.closed && pump(&term))
		continue;
	check_restored(&term);
	finish_well(&term);
	canvas_free(&canvas);
}
END_TEST

static void stop_unasked(void)
{
	struct screen *screen = open_screen(&all_on);
	struct canvas canvas = { 0 };

	make_canvas(&canvas, 24, 80);
	draw_random(&canvas, 8);
	screen_show(screen, &canvas, 2, 3);
	step(screen);
	raise(SIGSTOP);
	screen_resume(screen);
	screen_show(screen, &canvas, 2, 3);
	step(screen);
	screen_close(screen);
	canvas_free(&canvas);
}

static void part_stopped(void)
{
	as_job(stop_unasked);
}

/* SIGSTOP gives no warning: the shell draws over the screen, and the terminal
   may be in any state when the job goes on. */
START_TEST(stopped_from_outside)
{
	static const char mess[] = "\033[?1049l\033[31;7mmess\033[?1l\033>";
	struct term term;
	struct canvas canvas = { 0 };
	struct termios inside;
	struct termios again;

	start(&term, 24, 80, "xterm-256color", part_stopped);
	await(&term);
	ck_assert_int_eq(tcgetattr(term.master, &inside), 0);
	let_go(&term);
	await_stop(&term);
	vterm_input_write(term.vt, mess, sizeof(mess) - 1);
	ck_assert_int_eq(tcsetattr(term.master, TCSANOW, &term.before), 0);
	let_go(&term);
	await(&term);
	ck_assert(term.alt);
	ck_assert(wrote(&term, "\033[?1h\033="));
	ck_assert_int_eq(tcgetattr(term.master, &again), 0);
	ck_assert_uint_eq(again.c_lflag, inside.c_lflag);
	make_canvas(&canvas, 24, 80);
	draw_random(&canvas, 8);
	check_screen(&term, &canvas, &full);
	let_go(&term);
	finish_well(&term);
	canvas_free(&canvas);
}
END_TEST

/* No shell, so nobody could let us go on: the stop does not happen. */
START_TEST(suspending_alone)
{
	struct term term;

	start(&term, 24, 80, "xterm-256color", suspend_once);
	await(&term);
	let_go(&term);
	await(&term);
	ck_assert(term.alt);
	let_go(&term);
	finish_well(&term);
}
END_TEST

static int crash_signal;
static struct sigaction inner;

/* As guard.c does with what is not its own. */
static void chain(int sig)
{
	if (inner.sa_handler != SIG_DFL)
		inner.sa_handler(sig);
}

static void part_crash(void)
{
	struct sigaction action = { .sa_handler = chain };
	struct screen *screen;
	struct canvas canvas = { 0 };

	screen_install_crash_handlers();
	screen_install_crash_handlers();
	sigaction(SIGBUS, &action, &inner);
	screen = open_screen(&all_on);
	make_canvas(&canvas, 24, 80);
	draw_random(&canvas, 8);
	screen_show(screen, &canvas, -1, 0);
	step(screen);
	if (crash_signal == SIGABRT)
		abort();
	raise(crash_signal);
	_exit(92);
}

static const int signals[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };

START_TEST(crashing_restores)
{
	struct term term;
	int status;

	crash_signal = signals[_i];
	start(&term, 24, 80, "xterm-256color", part_crash);
	await(&term);
	ck_assert(term.alt && !term.visible);
	let_go(&term);
#ifdef SANITIZED
	/* The sanitizer has handlers of its own, and says much. */
	while (pump(&term))
		continue;
	ck_assert_int_eq(waitpid(term.child, &status, 0), term.child);
	ck_assert_int_ne(status, 0);
#else
	status = finish(&term);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), crash_signal);
#endif
	check_restored(&term);
	stop(&term);
}
END_TEST

#ifndef SANITIZED
static int deeper(volatile char *above, int levels)
{
	volatile char here[4096];

	here[0] = *above;
	return levels == 0 ? 0 : deeper(here, levels - 1) + here[0];
}

static void part_overflow(void)
{
	/* Not on the stack, of which a leak check finds nothing any more. */
	static struct screen *volatile screen;
	volatile char first = 1;

	screen_install_crash_handlers();
	screen = open_screen(&all_on);
	step(screen);
	_exit(deeper(&first, INT32_MAX));
}

START_TEST(stack_overflow_restores)
{
	struct term term;
	int status;

	start(&term, 24, 80, "xterm-256color", part_overflow);
	await(&term);
	let_go(&term);
	status = finish(&term);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGSEGV);
	check_restored(&term);
	stop(&term);
}
END_TEST
#endif

static void part_crash_closed(void)
{
	struct screen *screen;

	screen_install_crash_handlers();
	screen = open_screen(&all_on);
	step(screen);
	screen_close(screen);
	if (write(STDOUT_FILENO, "\033]7770;2\007", 9) != 9)
		_exit(97);
	wait_go();
	abort();
}

/* Without a screen the handlers leave the terminal alone. */
START_TEST(crashing_without_screen)
{
	struct term term;

	start(&term, 24, 80, "xterm-256color", part_crash_closed);
	await(&term);
	let_go(&term);
	await(&term);
	check_restored(&term);
	let_go(&term);
	(void)finish(&term);
#ifndef SANITIZED
	ck_assert_uint_eq(term.raw_len, term.mark);
#endif
	stop(&term);
}
END_TEST

static const uint32_t hostile[] = {
	0x01,    0x07,     0x08,     0x0a,       0x1b,       0x7f,   0x80,
	0x85,    0x9b,     0x9d,     0xad,       0x300,      0x61c,  0x200b,
	0x202e,  0x2066,   0xd800,   0xe000,     0xfe0f,     0xfeff, 0xfffe,
	0xe0041, 0x10fffe, 0x110000, 0x7fffffff, 0xffffffff,
};

static void part_hostile(void)
{
	struct screen *screen = open_screen(&all_on);
	struct canvas canvas = { 0 };

	make_canvas(&canvas, 24, 80);
	/* Past the functions that would not take them. */
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++)
		canvas.v[80 + i].ch = hostile[i];
	canvas.v[160].ch = 0; /* half of nothing */
	canvas.v[165].ch = 0;
	canvas.v[239].ch = 0x4e00; /* no room for its half */
	canvas.v[240].ch = 0x4e00; /* nor here */
	canvas.v[320].style = 999;
	canvas.v[320].over = 999;
	canvas.v[320].ch = 'z';
	screen_show(screen, &canvas, 0, 0);
	screen_title(screen, "a\033]0;b\007\xc2\x9b\xe2\x80\xae\xff\xe4\xb8\x80"
	                     "\xc3\xa9");
	step(screen);
	screen_title(screen,
	             "0123456789012345678901234567890123456789012345678901234"
	             "56789 and what is cut");
	step(screen);
	screen_close(screen);
	canvas_free(&canvas);
}

START_TEST(hostile_cells)
{
	struct term term;
	VTermScreenCell cell;

	start(&term, 24, 80, "xterm-256color", part_hostile);
	await(&term);
	for (int i = 0; i < (int)ARRAY_LEN(hostile); i++) {
		vterm_screen_get_cell(term.vs, (VTermPos){ 1, i }, &cell);
		if (hostile[i] == 0xe000)
			continue; /* private use: as the locale has it */
		ck_assert_msg(cell.chars[0] == '?', "U+%04X: U+%04X",
		              hostile[i], cell.chars[0]);
	}
	vterm_screen_get_cell(term.vs, (VTermPos){ 2, 79 }, &cell);
	ck_assert_uint_eq(cell.chars[0], '?');
	vterm_screen_get_cell(term.vs, (VTermPos){ 3, 0 }, &cell);
	ck_assert_uint_eq(cell.chars[0], '?');
	vterm_screen_get_cell(term.vs, (VTermPos){ 4, 0 }, &cell);
	ck_assert_uint_eq(cell.chars[0], 'z');
	ck_assert_str_eq(term.title, "a?]0;b????\xe4\xb8\x80\xc3\xa9");
	let_go(&term);
	await(&term);
	ck_assert_uint_eq(strlen(term.title), 60);
	let_go(&term);
	finish_well(&term);
}
END_TEST

static void part_ascii(void)
{
	struct screen *screen = open_screen(&all_on);
	struct canvas canvas = { 0 };

	if (screen_utf8(screen) || !screen_ascii_default(screen))
		_exit(91);
	make_canvas(&canvas, 24, 80);
	canvas.v[0].ch = 0x2022;
	canvas.v[1].ch = 'x';
	screen_show(screen, &canvas, 0, 0);
	screen_title(screen, "\xc3\xa9");
	step(screen);
	screen_close(screen);
	canvas_free(&canvas);
}

/* Where the locale has no UTF-8, none is written. */
START_TEST(ascii_locale)
{
	struct term term;
	VTermScreenCell cell;

	setenv("LC_ALL", "C", 1);
	start(&term, 24, 80, "xterm-256color", part_ascii);
	await(&term);
	for (size_t i = 0; i < term.raw_len; i++)
		ck_assert_uint_lt(term.raw[i], 0x80);
	vterm_screen_get_cell(term.vs, (VTermPos){ 0, 0 }, &cell);
	ck_assert_uint_eq(cell.chars[0], '?');
	vterm_screen_get_cell(term.vs, (VTermPos){ 0, 1 }, &cell);
	ck_assert_uint_eq(cell.chars[0], 'x');
	ck_assert_str_eq(term.title, "?");
	let_go(&term);
	finish_well(&term);
}
END_TEST

static void part_name(void)
{
	struct screen *screen = open_screen(&all_on);

	step(screen);
	screen_close(screen);
}

static const struct {
	const char *term;
	const char *colorterm;
	const char *used;
} fallbacks[] = {
	{ "no-such-thing", NULL, "xterm" },
	{ "no-such-thing", "", "xterm" },
	{ "no-such-thing", "truecolor", "xterm-256color" },
	{ "no-such-256color", NULL, "xterm-256color" },
	{ "foot-of-mine", NULL, "xterm-256color" }, /* a part counts */
	{ "xterm-ghostty", NULL, "xterm-256color" },
	{ "football", NULL, "xterm" }, /* a beginning does not */
	{ "-", NULL, "xterm" },
	{ "../x", NULL, "xterm" },
	{ "a\033[31m", NULL, "xterm" },
};

START_TEST(unknown_terminal)
{
	struct term term;
	char safe[128];

	unsetenv("COLORTERM");
	if (fallbacks[_i].colorterm)
		setenv("COLORTERM", fallbacks[_i].colorterm, 1);
	start(&term, 24, 80, fallbacks[_i].term, part_name);
	await(&term);
	ck_assert_str_eq(shared->term, fallbacks[_i].used);
	text_safe(safe, sizeof(safe), fallbacks[_i].term,
	          strlen(fallbacks[_i].term));
	ck_assert_ptr_nonnull(strstr(shared->note, safe));
	ck_assert_ptr_nonnull(strstr(shared->note, fallbacks[_i].used));
	let_go(&term);
	finish_well(&term);
}
END_TEST

START_TEST(known_terminal)
{
	struct term term;

	start(&term, 24, 80, "vt100", part_name);
	await(&term);
	ck_assert_str_eq(shared->term, "vt100");
	ck_assert_str_eq(shared->note, "");
	let_go(&term);
	finish_well(&term);
}
END_TEST

static const struct {
	const char *term;
	const char *text;
} unusable[] = {
	{ NULL, "no usable terminal (TERM is unset): use -c for batch" },
	{ "", "no usable terminal (TERM is empty): use -c for batch" },
	{ "dumb", "no usable terminal (TERM is dumb): use -c for batch" },
};

START_TEST(unusable_terminal)
{
	struct term term;
	int status;

	start(&term, 24, 80, unusable[_i].term, part_name);
	status = finish(&term);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 98);
	ck_assert_int_eq(atomic_load(&shared->result), (int)ERR_SYNTAX);
	ck_assert_str_eq(shared->text, unusable[_i].text);
	ck_assert_uint_eq(term.raw_len, 0);
	check_restored(&term);
	stop(&term);
}
END_TEST

START_TEST(no_terminal)
{
	struct error err = { 0 };
	char note[128];

	ck_assert_int_ge(setsid(), -1);
	setenv("TERM", "xterm", 1);
	ck_assert_ptr_null(screen_open(&all_on, note, &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_str_eq(note, "");
}
END_TEST

static void part_hang_up(void)
{
	struct screen *screen = open_screen(&all_on);
	struct canvas canvas = { 0 };

	make_canvas(&canvas, 24, 80);
	step(screen);
	/* The terminal is gone; nothing here may wait for it or spin. */
	for (uint64_t i = 0; i < 50; i++) {
		draw_random(&canvas, i);
		screen_show(screen, &canvas, 0, 0);
		screen_title(screen, "x");
		screen_resize(screen);
	}
	screen_close(screen);
	canvas_free(&canvas);
}

START_TEST(hang_up)
{
	struct term term;
	int status = 0;

	start(&term, 24, 80, "xterm-256color", part_hang_up);
	await(&term);
	close(term.master);
	let_go(&term);
	ck_assert_int_eq(waitpid(term.child, &status, 0), term.child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	term.master = open("/dev/null", O_RDONLY);
	stop(&term);
}
END_TEST

static void part_memory(void)
{
	struct screen *screen = NULL;
	struct error err = { 0 };
	struct canvas canvas = { 0 };
	long n;

	block_signals();
	make_canvas(&canvas, 24, 80);
	for (n = 0; !screen; n++) {
		mem_fail_after(n);
		screen = screen_open(&all_on, shared->note, &err);
		if (!screen && err.code != ERR_NOMEM)
			_exit(90);
	}
	/* A row that found no memory while opening finds it on a resize. */
	mem_fail_after(0);
	draw_random(&canvas, 1);
	screen_show(screen, &canvas, 0, 0);
	draw_random(&canvas, 2);
	screen_show(screen, &canvas, 0, 0);
	mem_fail_after(-1);
	screen_resize(screen);
	screen_show(screen, &canvas, 0, 0);
	step(screen);
	screen_close(screen);
	canvas_free(&canvas);
}

START_TEST(memory)
{
	struct term term;

	start(&term, 24, 80, "xterm-256color", part_memory);
	await(&term);
	let_go(&term);
	finish_well(&term);
}
END_TEST

static void share(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(shared, MAP_FAILED);
	signal(SIGPIPE, SIG_IGN);
	setenv("LC_ALL", "C.UTF-8", 1);
	locale_init();
}

static Suite *screen_suite(void)
{
	Suite *suite = suite_create("screen");
	TCase *tc = tcase_create("core");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, share, NULL);
	tcase_add_loop_test(tc, every_cell, 0, ARRAY_LEN(terminals));
	tcase_add_loop_test(tc, moved_rows, 0, ARRAY_LEN(movers));
	tcase_add_test(tc, no_color);
	tcase_add_test(tc, other_theme);
	tcase_add_test(tc, frame_cost);
	tcase_add_test(tc, cursor_and_sizes);
	tcase_add_test(tc, modes);
	tcase_add_test(tc, no_modes);
	tcase_add_test(tc, closing_restores);
	tcase_add_test(tc, resizing);
	tcase_add_test(tc, suspending);
	tcase_add_test(tc, stopped_from_outside);
	tcase_add_test(tc, suspending_alone);
	tcase_add_loop_test(tc, crashing_restores, 0, ARRAY_LEN(signals));
#ifndef SANITIZED
	tcase_add_test(tc, stack_overflow_restores);
#endif
	tcase_add_test(tc, crashing_without_screen);
	tcase_add_test(tc, hostile_cells);
	tcase_add_test(tc, ascii_locale);
	tcase_add_loop_test(tc, unknown_terminal, 0, ARRAY_LEN(fallbacks));
	tcase_add_test(tc, known_terminal);
	tcase_add_loop_test(tc, unusable_terminal, 0, ARRAY_LEN(unusable));
	tcase_add_test(tc, no_terminal);
	tcase_add_test(tc, hang_up);
	tcase_add_test(tc, memory);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	return run_suite(screen_suite());
}
