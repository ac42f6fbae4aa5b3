/*
 * screen_ink.c - see screen_impl.h: colours and attributes
 *
 * A theme has a look for each of 150 pairs of style and what lies over it, of
 * which a frame shows ten. So inks are mixed when a cell first needs one.
 */
#include "config.h"

#include "ui/screen_impl.h"

#include <string.h>

enum {
	DIRECT_COLORS = 1 << 24,
	WHITE = 7,
	BLACK = 0,
};

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

void screen_choose_depth(struct screen *screen)
{
	const struct caps *caps = &screen->caps;
	bool color = screen->options.color && caps->setaf && caps->setab;

	screen->depth = color ? depth_of(caps->colors) : DEPTH_MONO;
}

void screen_forget_inks(struct screen *screen)
{
	memset(screen->mixed, 0, sizeof(screen->mixed));
	screen->mixed[STYLE_ERASED][OVER_NONE] = 1;
	screen->ink[0] = (struct ink){ .look = { .fg = -1, .bg = -1 } };
	screen->ink_count = 1;
	screen->redraw = true;
}

/* What this terminal can show of a look. */
static struct look usable(const struct screen *screen, struct look look)
{
	const struct caps *caps = &screen->caps;

	for (unsigned i = 0; i < ATTRIBUTES; i++) {
		if (!caps->attribute[i] || !caps->sgr0)
			look.attrs &= (uint16_t) ~(1U << i);
	}
	if (screen->depth == DEPTH_MONO) {
		look.fg = look.bg = -1;
		return look;
	}
	if (look.fg < 0 && look.bg < 0)
		return look;
	look.attrs &= (uint16_t)~caps->no_color_attrs;
	if (!caps->op) {
		/* No way to name the terminal's own colours alone. */
		look.fg = look.fg < 0 ? WHITE : look.fg;
		look.bg = look.bg < 0 ? BLACK : look.bg;
	}
	return look;
}

static int find_ink(struct screen *screen, struct look look)
{
	int i = 0;

	while (i < screen->ink_count &&
	       (screen->ink[i].look.fg != look.fg ||
	        screen->ink[i].look.bg != look.bg ||
	        screen->ink[i].look.attrs != look.attrs))
		i++;
	if (i == screen->ink_count) {
		screen->ink[i] =
			(struct ink){ .look = look, .blank = (uint16_t)i };
		screen->ink_count++;
	}
	return i;
}

static int mix(struct screen *screen, enum style style, enum over_style over)
{
	struct look look =
		usable(screen,
	               theme_look(&screen->theme, screen->depth, style, over));
	int ink = find_ink(screen, look);

	if (!look_shows(look)) {
		look.attrs = 0;
		look.fg = screen->caps.op || look.bg < 0 ? -1 : look.fg;
		screen->ink[ink].blank = (uint16_t)find_ink(screen, look);
	}
	return ink;
}

int screen_mix(struct screen *screen, const struct cell *cell)
{
	enum style style = (enum style)cell->style;
	enum over_style over = (enum over_style)cell->over;
	int ink;

	if (cell->style >= STYLE_COUNT || cell->over >= OVER_STYLE_COUNT) {
		style = STYLE_NORMAL;
		over = OVER_NONE;
	}
	ink = mix(screen, style, over);
	screen->mixed[style][over] = (uint16_t)(ink + 1);
	return ink;
}

/* The numbers of direct colours are RGB values. */
static void ask_color(const struct screen *screen, struct color_bytes *dst,
                      const char *string, int color)
{
	int value =
		screen->caps.colors >= DIRECT_COLORS ? rgb_of(color) : color;
	char plain[SCREEN_STRING] = "";
	size_t len;

	screen_append(plain, screen_param(string, value, 0));
	len = strlen(plain);
	if (len <= sizeof(dst->s)) {
		memcpy(dst->s, plain, len);
		dst->len = (uint8_t)len;
	}
}

const struct color_bytes *screen_ink_fg(struct screen *screen, int ink)
{
	struct ink *p = &screen->ink[ink];

	if (p->fg.len == 0)
		ask_color(screen, &p->fg, screen->caps.setaf, p->look.fg);
	return &p->fg;
}

const struct color_bytes *screen_ink_bg(struct screen *screen, int ink)
{
	struct ink *p = &screen->ink[ink];

	if (p->bg.len == 0)
		ask_color(screen, &p->bg, screen->caps.setab, p->look.bg);
	return &p->bg;
}

void screen_plain_theme(struct theme *theme)
{
	const struct look plain = { .fg = -1, .bg = -1 };

	for (size_t d = 0; d < DEPTH_COUNT; d++) {
		for (size_t i = 0; i < STYLE_COUNT; i++)
			theme->style[d][i] = plain;
		for (size_t i = 0; i < OVER_STYLE_COUNT; i++)
			theme->over[d][i] = plain;
	}
}
