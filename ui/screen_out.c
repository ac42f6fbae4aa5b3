/*
 * screen_out.c - see screen_impl.h: bytes for the terminal
 *
 * Everything waits in one buffer and goes out with the frame, in one write() as
 * a rule, in two or three when all of a screen is new. What a terminal does
 * with a byte, move its cursor or change its colour, is kept in mind, so that
 * nothing is said twice: a colour takes five to ten bytes where a digit takes
 * one.
 */
#include "config.h"

#include "ui/screen_impl.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

void screen_bytes(int fd, const char *bytes, size_t len)
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

void screen_flush(struct screen *screen)
{
	screen_bytes(screen->tty, screen->out, screen->out_len);
	screen->out_len = 0;
}

void screen_put(struct screen *screen, const char *bytes, size_t len)
{
	if (len > SCREEN_OUT - screen->out_len)
		screen_flush(screen);
	if (len > SCREEN_OUT) {
		screen_bytes(screen->tty, bytes, len);
		return;
	}
	memcpy(screen->out + screen->out_len, bytes, len);
	screen->out_len += len;
}

void screen_text(struct screen *screen, const char *text)
{
	screen_put(screen, text, strlen(text));
}

/* Padding is for terminals of which none is left to wait for. */
void screen_send(struct screen *screen, const char *string)
{
	char plain[SCREEN_STRING] = "";

	if (!string)
		return;
	if (!strstr(string, "$<")) {
		screen_text(screen, string);
		return;
	}
	screen_append(plain, string);
	screen_text(screen, plain);
}

void screen_move(struct screen *screen, int row, int col)
{
	const struct caps *caps = &screen->caps;
	int cols = col - screen->col;

	if (screen->row == row && screen->col == col)
		return;
	if (!caps->msgr && screen->pen != 0)
		screen_pen(screen, 0);
	if (screen->row == row && cols > 0 && caps->cuf)
		screen_send(screen, screen_param(caps->cuf, cols, 0));
	else if (caps->feeds && screen->row != UNKNOWN &&
	         screen->row == row - 1 && col == 0)
		screen_put(screen, "\r\n", 2);
	else
		screen_send(screen, screen_param(caps->cup, row, col));
	screen->row = row;
	screen->col = col;
}

void screen_cursor(struct screen *screen, bool visible)
{
	if (screen->visible == visible)
		return;
	screen_send(screen, visible ? screen->caps.cnorm : screen->caps.civis);
	screen->visible = visible;
}

static void put_color(struct screen *screen, const struct color_bytes *color)
{
	if (sizeof(color->s) > SCREEN_OUT - screen->out_len) {
		screen_put(screen, color->s, color->len);
		return;
	}
	/* Of a length that the compiler knows, whatever is used of it. */
	memcpy(screen->out + screen->out_len, color->s, sizeof(color->s));
	screen->out_len += color->len;
}

/* Must the terminal's own colours come back first? */
static bool loses_color(struct look from, struct look to)
{
	return (from.fg >= 0 && to.fg < 0) || (from.bg >= 0 && to.bg < 0);
}

void screen_pen(struct screen *screen, int ink)
{
	const struct caps *caps = &screen->caps;
	struct look from = { .fg = -1, .bg = -1 };
	struct look to = screen->ink[ink].look;

	if (screen->pen == ink)
		return;
	if (screen->pen != UNKNOWN)
		from = screen->ink[screen->pen].look;
	if (screen->pen == UNKNOWN || from.attrs & ~to.attrs ||
	    (loses_color(from, to) && !caps->op)) {
		screen_send(screen, caps->sgr0);
		from = (struct look){ .fg = -1, .bg = -1 };
	}
	for (unsigned i = 0; to.attrs != from.attrs && i < ATTRIBUTES; i++) {
		if (to.attrs & ~from.attrs & 1U << i)
			screen_send(screen, caps->attribute[i]);
	}
	if (loses_color(from, to)) {
		screen_send(screen, caps->op);
		from.fg = from.bg = -1;
	}
	if (to.fg != from.fg)
		put_color(screen, screen_ink_fg(screen, ink));
	if (to.bg != from.bg)
		put_color(screen, screen_ink_bg(screen, ink));
	screen->pen = ink;
}

bool screen_pen_suits(const struct screen *screen, int ink)
{
	struct look blank = screen->ink[ink].look;
	struct look pen;

	if (screen->pen == UNKNOWN)
		return false;
	pen = screen->ink[screen->pen].look;
	return pen.bg == blank.bg && !look_shows(pen) && !look_shows(blank);
}

/* Changes of colour are what a frame costs, and half of the cells of a row are
   blank: these take any ink of which nothing can be seen on them. */
void screen_blank_pen(struct screen *screen, int ink)
{
	if (!screen_pen_suits(screen, ink))
		screen_pen(screen, screen->ink[ink].blank);
}

void screen_title(struct screen *screen, const char *safe_text)
{
	char title[SCREEN_TITLE * 4 + 16] = "\033]2;";
	size_t used = strlen(title);
	int cells = 0;
	uint32_t ch;

	if (!screen->xterm_like)
		return;
	while (*safe_text && cells < SCREEN_TITLE) {
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
	screen_put(screen, title, used + 2);
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
	screen_flush(screen);
	screen_bytes(screen->tty, all, before + len + 1);
	mem_free(all);
}

void screen_fence(struct screen *screen, uint64_t number)
{
	char answer[40];

	(void)snprintf(answer, sizeof(answer), "\033]7770;%llu\007",
	               (unsigned long long)number);
	screen_text(screen, answer);
	screen_flush(screen);
}
