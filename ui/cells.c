/*
 * cells.c - see cells.h
 *
 * One array of small cells, and styles instead of colours: a frame is drawn by
 * plain stores, compared by memcmp, and looked at by tests without a terminal.
 * It gives up combining characters: a cell holds one code point.
 *
 *   C1  every ch is 0 or a character with char_width() > 0
 *   C2  a cell with ch 0 stands right of a wide one in the same row, and every
 *       wide character has one
 *   C3  style < STYLE_COUNT, over < OVER_STYLE_COUNT
 */
#include "config.h"

#include "ui/cells.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "ui/locale.h"

_Static_assert(sizeof(struct cell) == 8, "rows are compared with memcmp");

enum {
	ELLIPSIS = 0x2026,
	CUT = 0x203a,
};

int char_width(uint32_t ch)
{
	if (text_is_print(ch))
		return 1;
	return ch >= 0x80 && text_is_safe(ch) ? locale_width(ch) : 0;
}

bool canvas_resize(struct canvas *canvas, int rows, int cols, struct error *err)
{
	struct cell *v;

	if (rows < 0 || cols < 0)
		rows = cols = 0;
	v = mem_resize(NULL, (size_t)rows * (size_t)cols, sizeof(*v), err);
	if (!v)
		return false;
	mem_free(canvas->v);
	canvas->v = v;
	canvas->rows = rows;
	canvas->cols = cols;
	canvas_clear(canvas);
	return true;
}

void canvas_free(struct canvas *canvas)
{
	mem_free(canvas->v);
	*canvas = (struct canvas){ 0 };
}

static struct cell blank(void)
{
	return (struct cell){ .ch = ' ', .style = STYLE_NORMAL };
}

void canvas_clear(struct canvas *canvas)
{
	size_t cols = (size_t)canvas->cols;

	if (canvas->rows == 0)
		return;
	for (size_t i = 0; i < cols; i++)
		canvas->v[i] = blank();
	for (size_t y = 1; y < (size_t)canvas->rows; y++)
		memcpy(canvas->v + y * cols, canvas->v,
		       cols * sizeof(*canvas->v));
}

static struct cell *row_of(const struct canvas *canvas, int row)
{
	if (row < 0 || row >= canvas->rows)
		return NULL;
	return canvas->v + (size_t)row * (size_t)canvas->cols;
}

/* Keep of [*col, *col + *cols) what is inside [0, limit); is anything left? */
static bool clip(int *col, int *cols, int limit)
{
	if (*cols <= 0 || *col >= limit)
		return false;
	if (*col < 0) {
		if ((int64_t)*cols + *col <= 0)
			return false;
		*cols += *col;
		*col = 0;
	}
	*cols = int_min(*cols, limit - *col);
	return true;
}

/* Store in a column; the other half of a wide character there goes (C2). */
static void store(const struct canvas *canvas, struct cell *cells, int col,
                  uint32_t ch, enum style style)
{
	if (cells[col].ch == 0)
		cells[col - 1].ch = ' ';
	if (col + 1 < canvas->cols && cells[col + 1].ch == 0)
		cells[col + 1].ch = ' ';
	cells[col].ch = ch;
	cells[col].style = (uint16_t)style;
	cells[col].over = OVER_NONE;
}

static uint32_t cut_sign(const struct canvas *canvas, uint32_t sign)
{
	return canvas->ascii || char_width(sign) != 1 ? '>' : sign;
}

static void put_wide(struct canvas *canvas, struct cell *cells, int col,
                     uint32_t ch, enum style style)
{
	bool left = col >= 0 && col < canvas->cols;
	bool right = col >= -1 && col < canvas->cols - 1;

	if (left && right) {
		store(canvas, cells, col, ' ', style);
		store(canvas, cells, col + 1, ' ', style);
		cells[col].ch = ch;
		cells[col + 1].ch = 0;
	} else if (left || right) {
		store(canvas, cells, left ? col : col + 1,
		      cut_sign(canvas, CUT), style);
	}
}

static void put_other(struct canvas *canvas, struct cell *cells, int col,
                      uint32_t ch, enum style style)
{
	int width = char_width(ch);

	if (width == 2)
		put_wide(canvas, cells, col, ch, style);
	else if (col >= 0 && col < canvas->cols)
		store(canvas, cells, col, width == 1 ? ch : '?', style);
}

void canvas_put(struct canvas *canvas, int row, int col, uint32_t ch,
                enum style style)
{
	struct cell *cells = row_of(canvas, row);

	if (!cells)
		return;
	if (!text_is_print(ch))
		put_other(canvas, cells, col, ch, style);
	else if (col >= 0 && col < canvas->cols)
		store(canvas, cells, col, ch, style);
}

void canvas_fill(struct canvas *canvas, int row, int col, int cols, uint32_t ch,
                 enum style style)
{
	int width = char_width(ch) == 2 ? 2 : 1;

	if (!clip(&col, &cols, canvas->cols))
		return;
	for (; cols >= width; cols -= width, col += width)
		canvas_put(canvas, row, col, ch, style);
	if (cols > 0)
		canvas_put(canvas, row, col, cut_sign(canvas, CUT), style);
}

/* The next character of a text as it is shown, and its width; false at its
   end. What is not safe after all becomes '?'. */
static bool next_char(const char **text, uint32_t *ch, int *width)
{
	size_t len = strnlen(*text, 4);
	size_t used;

	if (len == 0)
		return false;
	used = text_decode(*text, len, ch);
	*width = used > 0 ? char_width(*ch) : 0;
	if (*width == 0) {
		*ch = '?';
		*width = 1;
	}
	*text += used > 0 ? used : 1;
	return true;
}

/* The width of a text, or some number above `enough` when it is wider. */
static int width_up_to(const char *text, int enough)
{
	uint32_t ch;
	int width;
	int sum = 0;

	while (sum <= enough && next_char(&text, &ch, &width))
		sum += width;
	return sum;
}

int canvas_width(const char *text)
{
	return width_up_to(text, INT32_MAX - 2);
}

size_t canvas_fit(const char *text, int cells)
{
	const char *at = text, *end = text;
	uint32_t ch;
	int width;

	while (next_char(&at, &ch, &width) && width <= cells) {
		cells -= width;
		end = at;
	}
	return (size_t)(end - text);
}

size_t canvas_fit_words(const char *text, int cells)
{
	size_t len = canvas_fit(text, cells), words = len;

	if (text[len] == ' ')
		return len + 1;
	while (text[len] && words > 0 && text[words - 1] != ' ')
		words--;
	return words > 0 ? words : len;
}

int canvas_text(struct canvas *canvas, int row, int col, int max,
                const char *text, enum style style)
{
	int64_t edge = (int64_t)canvas->cols - col;
	int used = 0;
	bool cut;
	uint32_t ch;
	int width;

	if (edge <= 0)
		return 0;
	if (max < 0 || max > edge)
		max = edge < INT32_MAX - 2 ? (int)edge : INT32_MAX - 2;
	if (max == 0)
		return 0;
	cut = width_up_to(text, max) > max;
	while (next_char(&text, &ch, &width)) {
		if (used + width > (cut ? max - 1 : max))
			break;
		canvas_put(canvas, row, col + used, ch, style);
		used += width;
	}
	if (cut)
		canvas_put(canvas, row, col + used++,
		           cut_sign(canvas, ELLIPSIS), style);
	return used;
}

void canvas_over(struct canvas *canvas, int row, int col, int cols,
                 enum over_style over)
{
	struct cell *cells = row_of(canvas, row);
	int end;

	if (!cells || !clip(&col, &cols, canvas->cols))
		return;
	end = col + cols;
	while (col > 0 && cells[col].ch == 0)
		col--;
	while (end < canvas->cols && cells[end].ch == 0)
		end++;
	for (; col < end; col++)
		cells[col].over = (uint16_t)over;
}
