/* dialog.c - see dialog.h */
#include "config.h"

#include "ui/dialog.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ui/cells.h"
#include "ui/pager.h"

enum { DIALOG_COLS = 60 };

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

const char *dialog_accept(struct dialog *dialog)
{
	dialog->open = false;
	return dialog->buttons[dialog->chosen].line;
}

const char *dialog_letter(struct dialog *dialog, uint32_t cp)
{
	for (int i = 0; i < dialog->button_count; i++) {
		if ((uint32_t)dialog->buttons[i].letter != cp)
			continue;
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

void dialog_paint(const struct dialog *dialog, struct canvas *canvas, int top,
                  int rows, bool ascii)
{
	int cols = int_min(DIALOG_COLS, canvas->cols);
	bool brief = rows < 3 + button_rows(dialog, cols - 4, false);
	int buttons = button_rows(dialog, cols - 4, brief);
	int lines = lines_in(dialog, rows - 3 - buttons);
	int height = lines + 3 + buttons;
	int row = top + int_max(0, rows - height) / 2;
	int col = (canvas->cols - cols) / 2;
	char keys[DIALOG_TEXT];

	footer(dialog, keys);
	/* Where there is no room for more, the question and the buttons. */
	if (rows < 3 + buttons) {
		height = 2 + buttons;
		row = top + rows - height;
		lines = 0;
	}
	box_paint(canvas, row, col, height, cols, dialog->title, keys, ascii);
	paint_lines(dialog, canvas, row + 1, col + 2, cols - 4, lines);
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
