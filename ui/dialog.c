/* dialog.c - see dialog.h */
#include "config.h"

#include "ui/dialog.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ui/cells.h"
#include "ui/pager.h"

enum {
	DIALOG_COLS = 60,
	BODY_LEAST = 3,
	BODY_COLS = 100,  /* at most, of one with rows */
	BODY_BESIDE = 16, /* what is left of the screen beside it */
};

void dialog_open(struct dialog *dialog, const char *title,
                 const struct button *buttons, int count)
{
	*dialog = (struct dialog){ .open = true, .button_count = count };
	snprintf(dialog->title, sizeof(dialog->title), "%s", title);
	memcpy(dialog->buttons, buttons, (size_t)count * sizeof(*buttons));
}

void dialog_say(struct dialog *dialog, const char *fmt, ...)
{
	va_list ap;

	if (dialog->line_count == DIALOG_LINES)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(dialog->lines[dialog->line_count++], DIALOG_TEXT, fmt,
	                ap);
	va_end(ap);
}

void dialog_next(struct dialog *dialog, bool forward)
{
	int count = dialog->button_count;

	dialog->chosen = (dialog->chosen + (forward ? 1 : count - 1)) % count;
}

static uint64_t body_count(const struct dialog *dialog)
{
	return dialog->body.count ? dialog->body.count(dialog->body.ctx) : 0;
}

bool dialog_scroll(struct dialog *dialog, long by)
{
	uint64_t count = body_count(dialog);
	uint64_t most = count > (uint64_t)dialog->shown
	                        ? count - (uint64_t)dialog->shown
	                        : 0;

	if (by < 0)
		dialog->top -= u64_min(dialog->top, (uint64_t)-by);
	else
		dialog->top = u64_min(most, dialog->top + (uint64_t)by);
	return most > 0;
}

const char *dialog_accept(struct dialog *dialog)
{
	dialog->open = dialog->stays >> dialog->chosen & 1;
	return dialog->buttons[dialog->chosen].line;
}

const char *dialog_letter(struct dialog *dialog, uint32_t cp)
{
	for (int i = 0; i < dialog->button_count; i++) {
		if ((uint32_t)dialog->buttons[i].letter != cp)
			continue;
		/* What only looks leaves Enter to what it was. */
		if (dialog->stays >> i & 1)
			return dialog->buttons[i].line;
		dialog->chosen = i;
		return dialog_accept(dialog);
	}
	return NULL;
}

/* "c cancel  d drop": the letters of the buttons. */
static void footer(const struct dialog *dialog, char dst[static DIALOG_TEXT])
{
	size_t n = 0;

	dst[0] = '\0';
	for (int i = 0; i < dialog->button_count && n < DIALOG_TEXT; i++)
		n += (size_t)snprintf(dst + n, DIALOG_TEXT - n, "%s%c %s",
		                      n ? "  " : "", dialog->buttons[i].letter,
		                      dialog->buttons[i].word);
}

/* Where there is little room, a word is all it says. */
static const char *button_label(const struct dialog *dialog, int i, bool brief)
{
	return brief ? dialog->buttons[i].word : dialog->buttons[i].label;
}

/* With its brackets. */
static int button_width(const struct dialog *dialog, int i, bool brief)
{
	return (int)strlen(button_label(dialog, i, brief)) + 4;
}

/* The rows that the buttons take, in so many columns. */
static int button_rows(const struct dialog *dialog, int cols, bool brief)
{
	int rows = 1, used = 0;

	for (int i = 0; i < dialog->button_count; i++) {
		int width = button_width(dialog, i, brief);

		if (used > 0 && used + width > cols) {
			rows++;
			used = 0;
		}
		used += width + 2;
	}
	return rows;
}

static void paint_button(const struct dialog *dialog, struct canvas *canvas,
                         int row, int col, int i, bool brief)
{
	bool chosen = i == dialog->chosen;
	char text[DIALOG_TEXT];
	int width;

	snprintf(text, sizeof(text), chosen ? "[ %s ]" : "( %s )",
	         button_label(dialog, i, brief));
	width = canvas_text(canvas, row, col, -1, text,
	                    chosen ? STYLE_STRONG : STYLE_NORMAL);
	if (chosen)
		canvas_over(canvas, row, col, width, OVER_CURSOR);
}

static void paint_buttons(const struct dialog *dialog, struct canvas *canvas,
                          int row, int col, int cols, bool brief)
{
	int used = 0;

	for (int i = 0; i < dialog->button_count; i++) {
		int width = button_width(dialog, i, brief);

		if (used > 0 && used + width > cols) {
			row++;
			used = 0;
		}
		paint_button(dialog, canvas, row, col + used, i, brief);
		used += width + 2;
	}
}

/* Where there is no room for all of them, the empty ones are left out. */
static void paint_lines(const struct dialog *dialog, struct canvas *canvas,
                        int row, int col, int cols, int rows)
{
	bool all = rows >= dialog->line_count;

	for (int i = 0; i < dialog->line_count && rows > 0; i++) {
		if (!all && !*dialog->lines[i])
			continue;
		canvas_text(canvas, row++, col, cols, dialog->lines[i],
		            STYLE_NORMAL);
		rows--;
	}
}

/* How many lines there is room for, of those that are shown then. */
static int lines_in(const struct dialog *dialog, int rows)
{
	int filled = 0;

	if (rows >= dialog->line_count)
		return dialog->line_count;
	for (int i = 0; i < dialog->line_count; i++)
		filled += *dialog->lines[i] != '\0';
	return int_max(0, int_min(filled, rows));
}

/* How wide the box is. */
static int box_cols(const struct dialog *dialog, int cols)
{
	int most = DIALOG_COLS;

	if (dialog->body.count)
		most = int_max(most, int_min(cols - BODY_BESIDE, BODY_COLS));
	return int_min(most, cols);
}

/* The rows that the body takes of those that it shares with the lines, which
   give way to its first ones. */
static int body_rows(const struct dialog *dialog, int rows)
{
	int most = int_max(rows - dialog->line_count, BODY_LEAST);

	if (!dialog->tall)
		most = int_min(most, DIALOG_FEW);
	return (int)u64_min(body_count(dialog),
	                    (uint64_t)int_max(int_min(most, rows), 0));
}

/* Which rows are in sight, if they are not all. */
static void paint_sight(const struct dialog *dialog, struct canvas *canvas,
                        int row, int col, int cols, bool ascii)
{
	uint64_t count = body_count(dialog);
	char text[DIALOG_TEXT];

	if (count <= (uint64_t)dialog->shown)
		return;
	snprintf(text, sizeof(text),
	         ascii ? "rows %" PRIu64 " to %" PRIu64 " of %" PRIu64
	                 ": Up Down PgUp PgDn Home End"
	               : "rows %" PRIu64 "\u2013%" PRIu64 " of %" PRIu64
	                 ": \u2191 \u2193 PgUp PgDn Home End",
	         dialog->top + 1, dialog->top + (uint64_t)dialog->shown, count);
	canvas_text(canvas, row, col, cols, text, STYLE_DIM);
}

static void paint_body(struct dialog *dialog, struct canvas *canvas, int row,
                       int col, int cols, bool ascii)
{
	char text[DIALOG_ROW];

	/* There may be fewer rows, or room for more, than there were. */
	(void)dialog_scroll(dialog, 0);
	for (int i = 0; i < dialog->shown; i++) {
		bool heads =
			dialog->body.row(dialog->body.ctx,
		                         dialog->top + (uint64_t)i, cols, text);

		canvas_text(canvas, row + i, col, cols, text,
		            heads ? STYLE_STRONG : STYLE_NORMAL);
	}
	paint_sight(dialog, canvas, row + dialog->shown, col, cols, ascii);
}

void dialog_paint(struct dialog *dialog, struct canvas *canvas, int top,
                  int rows, bool ascii)
{
	int cols = box_cols(dialog, canvas->cols);
	bool brief = rows < 3 + button_rows(dialog, cols - 4, false);
	int buttons = button_rows(dialog, cols - 4, brief);
	/* A body stands above the lines, with a blank below it. */
	int blank = dialog->body.count != NULL;
	int body = body_rows(dialog, rows - 3 - buttons - blank);
	int lines = lines_in(dialog, rows - 3 - buttons - body - blank);
	int height = body + blank + lines + 3 + buttons;
	int row = top + int_max(0, rows - height) / 2;
	int col = (canvas->cols - cols) / 2;
	char keys[DIALOG_TEXT];

	footer(dialog, keys);
	/* Where there is no room for more, the question and the buttons. */
	if (rows < 3 + buttons + blank) {
		height = 2 + buttons;
		row = top + rows - height;
		lines = body = blank = 0;
	}
	dialog->shown = body;
	box_paint(canvas, row, col, height, cols, dialog->title, keys, ascii);
	if (body > 0)
		paint_body(dialog, canvas, row + 1, col + 2, cols - 4, ascii);
	paint_lines(dialog, canvas, row + 1 + body + blank, col + 2, cols - 4,
	            lines);
	paint_buttons(dialog, canvas, row + height - 1 - buttons, col + 2,
	              cols - 4, brief);
}

void dialog_paint_tiny(const struct dialog *dialog, struct canvas *canvas)
{
	int row = canvas->rows > 1 ? 1 : 0, col = 0;

	canvas_text(canvas, 0, 0, canvas->cols, row > 0 ? dialog->title : "",
	            STYLE_NORMAL);
	for (int i = 0; i < dialog->button_count; i++) {
		bool chosen = i == dialog->chosen;
		char text[DIALOG_TEXT];
		int width;

		snprintf(text, sizeof(text), "%c %s", dialog->buttons[i].letter,
		         dialog->buttons[i].word);
		if (col > 0 && col + (int)strlen(text) > canvas->cols &&
		    row + 1 < canvas->rows) {
			row++;
			col = 0;
		}
		width = canvas_text(canvas, row, col, -1, text,
		                    chosen ? STYLE_STRONG : STYLE_NORMAL);
		if (chosen)
			canvas_over(canvas, row, col, width, OVER_CURSOR);
		col += width + 2;
	}
}
