/* pager.c - see pager.h */
#include "config.h"

#include "ui/pager.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

enum { TAB = 8 };

void pager_free(struct pager *pager)
{
	mem_free(pager->text);
	mem_free(pager->lines);
	*pager = (struct pager){ 0 };
}

void pager_close(struct pager *pager)
{
	pager->open = false;
}

/* Copy with tabs spread out. `dst` NULL only counts. */
static size_t expand(const char *text, size_t len, char *dst)
{
	size_t n = 0, column = 0, used;

	for (size_t i = 0; i < len; i += used) {
		size_t blanks = text[i] == '\t' ? TAB - column % TAB : 0;
		uint32_t ch;

		used = text_decode(text + i, len - i, &ch);
		column += blanks ? blanks : (size_t)(used ? char_width(ch) : 1);
		used = used ? used : 1;
		if (text[i] == '\n')
			column = 0;
		if (dst && blanks)
			memset(dst + n, ' ', blanks);
		else if (dst)
			memcpy(dst + n, text + i, used);
		n += blanks ? blanks : used;
	}
	return n;
}

static bool split(struct pager *pager, struct error *err)
{
	size_t at = 0;

	pager->count = 0;
	while (at < pager->len) {
		const char *end =
			memchr(pager->text + at, '\n', pager->len - at);

		if (!mem_grow(&pager->lines, &pager->cap, pager->count + 1,
		              sizeof(*pager->lines), err))
			return false;
		pager->lines[pager->count++] = at;
		at = end ? (size_t)(end - pager->text) + 1 : pager->len;
	}
	/* Lines end in NUL, so that each is a string. */
	for (size_t i = 0; i < pager->len; i++)
		if (pager->text[i] == '\n')
			pager->text[i] = '\0';
	return true;
}

bool pager_open(struct pager *pager, const char *title, const char *footer,
                const char *text, size_t len, struct error *err)
{
	size_t size = expand(text, len, NULL);
	char *copy = mem_resize(NULL, size + 1, 1, err);

	if (!copy)
		return false;
	expand(text, len, copy);
	copy[size] = '\0';
	mem_free(pager->text);
	pager->text = copy;
	pager->len = size;
	pager->top = 0;
	pager->found = 0;
	pager->open = split(pager, err);
	snprintf(pager->title, sizeof(pager->title), "%s", title);
	snprintf(pager->footer, sizeof(pager->footer), "%s", footer);
	return pager->open;
}

void pager_scroll(struct pager *pager, long by)
{
	size_t last = pager->count > (size_t)pager->shown
	                      ? pager->count - (size_t)pager->shown
	                      : 0;

	if (by < 0)
		pager->top -= size_min((size_t)-by, pager->top);
	else
		pager->top = size_min(pager->top + (size_t)by, last);
}

bool pager_search(struct pager *pager, const char *text)
{
	size_t from = pager->top + 1;

	/* On the last page a line that is found does not get to the top. */
	if (pager->found > pager->top &&
	    pager->found <= pager->top + (size_t)pager->shown)
		from = pager->found;
	for (size_t i = from; i < pager->count; i++) {
		if (!strstr(pager->text + pager->lines[i], text))
			continue;
		pager->top = i;
		pager->found = i + 1;
		return true;
	}
	return false;
}

void box_paint(struct canvas *canvas, int row, int col, int rows, int cols,
               const char *title, const char *footer, bool ascii)
{
	uint32_t across = ascii ? '-' : 0x2500, down = ascii ? '|' : 0x2502;
	int last = row + rows - 1, right = col + cols - 1;

	for (int r = row; r <= last; r++) {
		bool edge = r == row || r == last;

		canvas_fill(canvas, r, col, cols, edge ? across : ' ',
		            edge ? STYLE_DIM : STYLE_NORMAL);
		canvas_put(canvas, r, col, down, STYLE_DIM);
		canvas_put(canvas, r, right, down, STYLE_DIM);
	}
	canvas_put(canvas, row, col, ascii ? '+' : 0x250c, STYLE_DIM);
	canvas_put(canvas, row, right, ascii ? '+' : 0x2510, STYLE_DIM);
	canvas_put(canvas, last, col, ascii ? '+' : 0x2514, STYLE_DIM);
	canvas_put(canvas, last, right, ascii ? '+' : 0x2518, STYLE_DIM);
	if (*title) {
		int n;

		canvas_put(canvas, row, col + 2, ' ', STYLE_STRONG);
		n = canvas_text(canvas, row, col + 3, int_max(cols - 6, 0),
		                title, STYLE_STRONG);
		canvas_put(canvas, row, col + 3 + n, ' ', STYLE_STRONG);
	}
	if (*footer) {
		int n;

		canvas_put(canvas, last, col + 2, ' ', STYLE_DIM);
		n = canvas_text(canvas, last, col + 3, int_max(cols - 6, 0),
		                footer, STYLE_DIM);
		canvas_put(canvas, last, col + 3 + n, ' ', STYLE_DIM);
	}
}

/* Which lines are shown, at the right of the lower edge. */
static void paint_part(const struct pager *pager, struct canvas *canvas,
                       int row, int col, int cols, size_t end)
{
	char text[64];
	int width = snprintf(text, sizeof(text), " %zu-%zu of %zu ",
	                     pager->top + 1, end, pager->count);

	if (end - pager->top < pager->count &&
	    canvas_width(pager->footer) + width + 8 <= cols)
		canvas_text(canvas, row, col + cols - width - 2, width, text,
		            STYLE_DIM);
}

void pager_paint(struct pager *pager, struct canvas *canvas, int top, int rows,
                 bool ascii)
{
	int width = int_max(canvas_width(pager->title),
	                    canvas_width(pager->footer)) +
	            4;
	int cols, height, col, row;
	size_t end;

	height = (int)size_min(pager->count + 2, (size_t)int_max(rows, 3));
	pager->shown = height - 2;
	pager_scroll(pager, 0);
	end = size_min(pager->count, pager->top + (size_t)pager->shown);
	for (size_t i = 0; i < pager->count && i < 2000; i++)
		width = int_max(width,
		                canvas_width(pager->text + pager->lines[i]) +
		                        2);
	cols = int_min(width + 2, canvas->cols);
	col = (canvas->cols - cols) / 2;
	row = top + int_max(0, (rows - height) / 2);
	box_paint(canvas, row, col, height, cols, pager->title, pager->footer,
	          ascii);
	paint_part(pager, canvas, row + height - 1, col, cols, end);
	for (size_t i = pager->top; i < end; i++)
		canvas_text(canvas, row + 1 + (int)(i - pager->top), col + 2,
		            cols - 4, pager->text + pager->lines[i],
		            i + 1 == pager->found ? STYLE_STRONG
		                                  : STYLE_NORMAL);
}
