/* pager.c - see pager.h */
#include "config.h"

#include "ui/pager.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

enum {
	TAB = 8,
	PART = 64,
	ROOM = 12, /* columns that are worth an indentation */
};

void pager_free(struct pager *pager)
{
	mem_free(pager->text);
	mem_free(pager->rows);
	*pager = (struct pager){ 0 };
}

void pager_close(struct pager *pager)
{
	pager->open = false;
}

/* The length of the character at `text` and the cells that it takes. */
static size_t step(const char *text, size_t len, int *width)
{
	uint32_t ch;
	size_t used = text_decode(text, len, &ch);

	*width = used ? char_width(ch) : 0;
	if (*width == 0)
		*width = 1; /* shown as '?' */
	return used ? used : 1;
}

/* Copy with tabs spread out. `dst` NULL only counts. */
static size_t expand(const char *text, size_t len, char *dst)
{
	size_t n = 0, column = 0, used;

	for (size_t i = 0; i < len; i += used) {
		size_t blanks = text[i] == '\t' ? TAB - column % TAB : 0;
		int width;

		used = step(text + i, len - i, &width);
		column += blanks ? blanks : (size_t)width;
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

/* --- rows ---------------------------------------------------------------- */

/* How much of a line goes into a row: all, or what stands before the last blank
   that has something on either side in the row, or what fits. */
static size_t fitting(const char *line, size_t len, int cols)
{
	size_t blank = 0, at = 0, used;
	bool seen = false;
	int width;

	for (int col = 0; at < len; at += used) {
		used = step(line + at, len - at, &width);
		if (line[at] != ' ')
			seen = true;
		else if (seen && line[at - 1] != ' ')
			blank = at;
		if (width > cols - col && at > 0)
			return blank ? blank : at;
		col += width;
	}
	return len;
}

/*
 * Where the rest of a line goes on: under its last column that leaves room. Two
 * blanks set a column off, or one if the line before has that column. Without
 * columns, a little further in than a line begins.
 */
static int indent_of(const char *line, size_t len, int cols, int before)
{
	int last = cols - int_min(ROOM, (cols + 2) / 3);
	int col = 0, blanks = 0, width;
	int indent = -1;
	size_t used;

	for (size_t at = 0; at < len && col <= last; at += used) {
		used = step(line + at, len - at, &width);
		if (line[at] != ' ' &&
		    (indent < 0 || blanks > 1 || (blanks && col == before)))
			indent = col;
		blanks = line[at] == ' ' ? blanks + 1 : 0;
		col += width;
	}
	if (indent <= 0)
		indent = 2;
	return int_min(indent, last);
}

struct row_list {
	struct pager_row *v;
	size_t count, cap;
};

static bool add_row(struct row_list *rows, struct pager_row row,
                    struct error *err)
{
	if (!mem_grow(&rows->v, &rows->cap, rows->count + 1, sizeof(*rows->v),
	              err))
		return false;
	rows->v[rows->count++] = row;
	return true;
}

/* The rows of a line; *indent is that of the line before, and is set. */
static bool wrap_line(struct row_list *rows, const char *text, size_t at,
                      size_t len, int cols, int *indent, struct error *err)
{
	struct pager_row row = { .at = at };
	size_t end = at + len;

	if (cols)
		*indent = indent_of(text + at, len, cols, *indent);
	do {
		row.len = end - row.at;
		if (cols)
			row.len = fitting(text + row.at, row.len,
			                  cols - row.indent);
		if (!add_row(rows, row, err))
			return false;
		row.at += row.len;
		while (row.at < end && text[row.at] == ' ')
			row.at++;
		row.indent = *indent;
	} while (row.at < end);
	return true;
}

/* The row that holds this place of the text. */
static size_t row_at(const struct pager *pager, size_t at)
{
	size_t low = 0, high = pager->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (pager->rows[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Make the rows for a width, or one for each line if it is 0; what was shown
   stays. On failure nothing changes. */
static bool make_rows(struct pager *pager, int cols, struct error *err)
{
	struct row_list rows = { 0 };
	size_t last = pager->count - 1;
	size_t top =
		pager->count ? pager->rows[size_min(pager->top, last)].at : 0;
	size_t found = pager->found ? pager->rows[pager->found - 1].at : 0;
	int indent = 0;

	for (size_t at = 0; at < pager->len;) {
		size_t len = strlen(pager->text + at);

		if (!wrap_line(&rows, pager->text, at, len, cols, &indent,
		               err)) {
			mem_free(rows.v);
			return false;
		}
		at += len + 1;
	}
	mem_free(pager->rows);
	pager->rows = rows.v;
	pager->count = rows.count;
	pager->cap = rows.cap;
	pager->cols = cols;
	pager->top = row_at(pager, top);
	if (pager->found)
		pager->found = row_at(pager, found) + 1;
	return true;
}

/* Lines end in NUL, so that each is a string. */
static void split(struct pager *pager)
{
	char *line = pager->text;

	pager->widest = 0;
	for (char *p = pager->text; p < pager->text + pager->len; p++)
		if (*p == '\n')
			*p = '\0';
	for (; line < pager->text + pager->len; line += strlen(line) + 1)
		pager->widest = int_max(pager->widest, canvas_width(line));
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
	pager->count = 0;
	pager->top = 0;
	pager->found = 0;
	split(pager);
	pager->open = make_rows(pager, 0, err);
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

	/* On the last page a row that is found does not get to the top. */
	if (pager->found > pager->top &&
	    pager->found <= pager->top + (size_t)pager->shown)
		from = pager->found;
	for (size_t i = from; i < pager->count; i++) {
		const char *at = strstr(pager->text + pager->rows[i].at, text);

		if (!at)
			continue;
		/* A line is searched to its end, from each of its rows. */
		i = row_at(pager, (size_t)(at - pager->text));
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

/* "8-20 of 40": which lines are shown; "" when all are. */
static int part_text(const struct pager *pager, size_t first, size_t end,
                     char dst[static PART])
{
	dst[0] = '\0';
	if ((size_t)pager->shown >= pager->count)
		return 0;
	return snprintf(dst, PART, " %zu-%zu of %zu ", first, end,
	                pager->count);
}

/* How wide the box must be for its edges, so that they tell all. */
static int edge_width(const struct pager *pager)
{
	char part[PART];
	int width = part_text(pager, pager->count, pager->count, part);

	return int_max(canvas_width(pager->title) + 4,
	               canvas_width(pager->footer) + 4 + width);
}

/* One row, to the end of the box at most. */
static void paint_row(const struct pager *pager, struct canvas *canvas,
                      size_t idx, int row, int col, int cols)
{
	const struct pager_row *r = &pager->rows[idx];
	char *end = pager->text + r->at + r->len;
	char behind = *end;

	/* The text is ours, and canvas_text() takes strings. */
	*end = '\0';
	canvas_text(canvas, row, col + r->indent, int_max(cols - r->indent, 0),
	            pager->text + r->at,
	            idx + 1 == pager->found ? STYLE_STRONG : STYLE_NORMAL);
	*end = behind;
}

void pager_paint(struct pager *pager, struct canvas *canvas, int top, int rows,
                 bool ascii)
{
	/* Without its sides the box holds four columns more. */
	bool sides = pager->widest + 4 <= canvas->cols ||
	             pager->widest > canvas->cols;
	int room = int_max(sides ? canvas->cols - 4 : canvas->cols, 1);
	int widest = int_min(pager->widest, room);
	int wrap = pager->widest > room ? room : 0;
	struct error ignored;
	char part[PART];
	int height, cols, col, row, width;
	size_t end;

	if (wrap != pager->cols)
		(void)make_rows(pager, wrap, &ignored);
	height = (int)size_min(pager->count + 2, (size_t)int_max(rows, 3));
	pager->shown = height - 2;
	pager_scroll(pager, 0);
	end = size_min(pager->count, pager->top + (size_t)pager->shown);
	cols = int_min(int_max(edge_width(pager), widest + 2) + 2,
	               canvas->cols);
	col = (canvas->cols - cols) / 2;
	row = top + int_max(0, (rows - height) / 2);
	box_paint(canvas, row, col, height, cols, pager->title, pager->footer,
	          ascii);
	width = part_text(pager, pager->top + 1, end, part);
	canvas_text(canvas, row + height - 1, col + cols - width - 2, width,
	            part, STYLE_DIM);
	for (size_t i = pager->top; i < end; i++) {
		int line = row + 1 + (int)(i - pager->top);

		if (!sides)
			canvas_fill(canvas, line, col, cols, ' ', STYLE_NORMAL);
		paint_row(pager, canvas, i, line, sides ? col + 2 : col,
		          sides ? cols - 4 : cols);
	}
}
