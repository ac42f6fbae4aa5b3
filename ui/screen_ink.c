/*
 * screen_ink.c - see screen_impl.h: colours and attributes
 *
 * A theme becomes one cell of ncurses for each (style, over), so that drawing
 * only puts characters into them.
 */
#include "config.h"

#include "ui/screen_impl.h"

enum { DIRECT_COLORS = 1 << 24 };

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

/* A theme's colour as ncurses wants it for this terminal (P8). */
static int color_value(const struct screen *screen, int color, int without)
{
	if (color < 0)
		return screen->default_colors ? -1 : without;
	return COLORS >= DIRECT_COLORS ? rgb_of(color) : color;
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
	screen->depth = DEPTH_MONO;
	if (!screen->options.color || !has_colors())
		return;
	if (!screen->color_started) {
		if (start_color() != OK)
			return;
		screen->color_started = true;
		screen->default_colors = use_default_colors() == OK;
	}
	screen->depth = depth_of(COLORS);
}

static attr_t attributes(uint16_t attrs)
{
	attr_t out = A_NORMAL;

	if (attrs & LOOK_BOLD)
		out |= A_BOLD;
	if (attrs & LOOK_DIM)
		out |= A_DIM;
	if (attrs & LOOK_UNDERLINE)
		out |= A_UNDERLINE;
	if (attrs & LOOK_REVERSE)
		out |= A_REVERSE;
	if (attrs & LOOK_ITALIC)
		out |= A_ITALIC;
	return out;
}

/* Pairs of colours in use: pair i + 1 is v[i]. */
struct pairs {
	struct {
		int16_t fg, bg;
	} v[STYLE_COUNT * OVER_STYLE_COUNT];
	int count;
};

/* The pair of a look; 0, the terminal's own colours, when there are no more. */
static int pair_of(const struct screen *screen, struct pairs *pairs,
                   struct look look)
{
	int i = 0;

	if (screen->depth == DEPTH_MONO || (look.fg < 0 && look.bg < 0))
		return 0;
	while (i < pairs->count &&
	       (pairs->v[i].fg != look.fg || pairs->v[i].bg != look.bg))
		i++;
	if (i < pairs->count)
		return i + 1;
	if (init_extended_pair(i + 1, color_value(screen, look.fg, COLOR_WHITE),
	                       color_value(screen, look.bg, COLOR_BLACK)) != OK)
		return 0;
	pairs->v[i].fg = look.fg;
	pairs->v[i].bg = look.bg;
	pairs->count++;
	return i + 1;
}

void screen_mix_inks(struct screen *screen)
{
	struct pairs pairs = { .count = 0 };

	screen->mixed = true;
	for (int style = 0; style < STYLE_COUNT; style++) {
		for (int over = 0; over < OVER_STYLE_COUNT; over++) {
			struct ink *ink = &screen->ink[style][over];
			struct look look =
				theme_look(&screen->theme, screen->depth,
			                   (enum style)style,
			                   (enum over_style)over);

			ink->bg = look.bg;
			ink->shows =
				look.attrs & (LOOK_REVERSE | LOOK_UNDERLINE);
			(void)setcchar(&ink->cell, L" ", attributes(look.attrs),
			               (short)pair_of(screen, &pairs, look),
			               NULL);
		}
	}
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
