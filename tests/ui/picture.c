/* picture.c - see picture.h */
#include "config.h"

#include "tests/ui/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/ui/terminal.h"

static const char letters[] =
	".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

enum { STYLE_TEXT = 96, STYLE_MAX = sizeof(letters) - 1 };

struct styles {
	char text[STYLE_MAX][STYLE_TEXT]; /* the first is "", the plain one */
	size_t count;
};

static void put_utf8(FILE *f, uint32_t c)
{
	if (c < 0x80) {
		putc((int)c, f);
		return;
	}
	if (c < 0x800) {
		putc((int)(0xc0 | c >> 6), f);
	} else {
		if (c < 0x10000) {
			putc((int)(0xe0 | c >> 12), f);
		} else {
			putc((int)(0xf0 | c >> 18), f);
			putc((int)(0x80 | (c >> 12 & 63)), f);
		}
		putc((int)(0x80 | (c >> 6 & 63)), f);
	}
	putc((int)(0x80 | (c & 63)), f);
}

static VTermScreenCell cell_at(const struct terminal *t, int row, int col)
{
	VTermScreenCell cell;

	memset(&cell, 0, sizeof(cell));
	vterm_screen_get_cell(t->screen, (VTermPos){ .row = row, .col = col },
	                      &cell);
	return cell;
}

/* The right half of a wide character holds UINT32_MAX and puts nothing. */
static void put_cell(FILE *f, const VTermScreenCell *cell)
{
	if (!cell->chars[0])
		putc(' ', f);
	for (size_t i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i] &&
	                   cell->chars[i] != UINT32_MAX;
	     i++)
		put_utf8(f, cell->chars[i]);
}

static void put_color(FILE *f, const char *ground, const VTermColor *color)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(color) ||
	    VTERM_COLOR_IS_DEFAULT_BG(color))
		return;
	if (VTERM_COLOR_IS_INDEXED(color))
		fprintf(f, " %s=%d", ground, color->indexed.idx);
	else
		fprintf(f, " %s=#%02x%02x%02x", ground, color->rgb.red,
		        color->rgb.green, color->rgb.blue);
}

/* Nothing is to be seen of it but its background: what else it has may be left
   from anything that stood there. */
static bool is_bare(const VTermScreenCell *cell)
{
	return (cell->chars[0] == 0 || cell->chars[0] == ' ') &&
	       cell->chars[1] == 0 && !cell->attrs.underline &&
	       !cell->attrs.reverse && !cell->attrs.strike;
}

static void describe(const VTermScreenCell *cell, char text[STYLE_TEXT])
{
	FILE *f = fmemopen(text, STYLE_TEXT, "w");
	bool bare = is_bare(cell);

	if (!f)
		abort();
	if (!bare)
		put_color(f, "fg", &cell->fg);
	put_color(f, "bg", &cell->bg);
	fputs(cell->attrs.bold && !bare ? " bold" : "", f);
	fputs(cell->attrs.underline ? " underline" : "", f);
	fputs(cell->attrs.italic && !bare ? " italic" : "", f);
	fputs(cell->attrs.blink ? " blink" : "", f);
	fputs(cell->attrs.reverse ? " reverse" : "", f);
	fputs(cell->attrs.strike ? " strike" : "", f);
	putc('\0', f);
	fclose(f);
}

/* What finds no letter any more shares the last. */
static char letter_of(struct styles *styles, const VTermScreenCell *cell)
{
	char text[STYLE_TEXT];
	size_t i = 0;

	describe(cell, text);
	while (i < styles->count && strcmp(styles->text[i], text) != 0)
		i++;
	if (i == styles->count && i < STYLE_MAX)
		strcpy(styles->text[styles->count++], text);
	return letters[i < STYLE_MAX ? i : STYLE_MAX - 1];
}

static void put_text(FILE *f, const struct terminal *t)
{
	fprintf(f, "size %dx%d cursor ", t->rows, t->cols);
	if (t->cursor_visible)
		fprintf(f, "%d,%d", t->cursor.row, t->cursor.col);
	else
		fputs("hidden", f);
	fprintf(f, " alt=%d mouse=%d title=\"%s\"\n", t->alternate, t->mouse,
	        t->title);
	for (int row = 0; row < t->rows; row++) {
		putc('|', f);
		for (int col = 0; col < t->cols; col++) {
			VTermScreenCell cell = cell_at(t, row, col);

			put_cell(f, &cell);
		}
		fputs("|\n", f);
	}
}

/* The right half of a wide character looks as the left one does, but libvterm
   leaves it what stood there before. */
static void put_map(FILE *f, const struct terminal *t, struct styles *styles)
{
	for (int row = 0; row < t->rows; row++) {
		char letter = letters[0];

		for (int col = 0; col < t->cols; col++) {
			VTermScreenCell cell = cell_at(t, row, col);

			if (cell.chars[0] != UINT32_MAX)
				letter = letter_of(styles, &cell);
			putc(letter, f);
		}
		putc('\n', f);
	}
}

static char *picture(const struct terminal *t, bool full)
{
	struct styles styles = { .count = 1 };
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		abort();
	put_text(f, t);
	if (full) {
		put_map(f, t, &styles);
		for (size_t i = 1; i < styles.count; i++)
			fprintf(f, "%c:%s\n", letters[i], styles.text[i]);
	}
	fclose(f);
	return text;
}

char *picture_text(const struct terminal *t)
{
	return picture(t, false);
}

char *picture_full(const struct terminal *t)
{
	return picture(t, true);
}
