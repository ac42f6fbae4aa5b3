/* app_draw.c - the frame of the editor, put together; see app.h */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/sys.h"
#include "session.h"
#include "ui/app.h"
#include "ui/progress.h"

/* The bytes of a message that its first row shows: whole words, if what is left
   has room in the next one then. */
static size_t first_row(const char *text, int cols)
{
	size_t words = canvas_fit_words(text, cols);

	return canvas_width(text + words) <= cols ? words
	                                          : canvas_fit(text, cols);
}

/* A message, going on at row `below` if that is >= 0 and there is need: what is
   wrong stands at the end of an error, behind a name that may be long. */
static void paint_said(struct app *app, int row, int below)
{
	struct canvas *canvas = &app->canvas;
	const char *sign = "";
	int cols = app->parts.cols, n;
	char first[ERROR_TEXT];
	size_t len;

	if (app->message_style == STYLE_ERROR)
		sign = "! ";
	else if (app->message_style == STYLE_WARNING)
		sign = "? ";
	canvas_fill(canvas, row, 0, cols, ' ', STYLE_NORMAL);
	n = 1 + canvas_text(canvas, row, 1, cols - 1, sign, app->message_style);
	len = first_row(app->message, cols - n);
	if (below < 0 || !app->message[len]) {
		canvas_text(canvas, row, n, cols - n, app->message,
		            app->message_style);
		return;
	}
	memcpy(first, app->message, len);
	first[len] = '\0';
	canvas_text(canvas, row, n, cols - n, first, app->message_style);
	canvas_fill(canvas, below, 0, cols, ' ', STYLE_NORMAL);
	canvas_text(canvas, below, n, cols - n, app->message + len,
	            app->message_style);
}

static void paint_progress(struct app *app, int row)
{
	const struct task *task = app->ctx.task;
	struct progress progress = {
		.name = task->name,
		.about = task->about ? task->about(task->arg) : NULL,
		.is_search = task->about != NULL,
		.is_bound = task->bound && task->bound(task->arg),
		.counts = task->found != NULL,
		.found = task->found ? task->found(task->arg) : 0,
		.elapsed = sys_now() - task->began,
	};

	job_progress(task->job, &progress.done, &progress.total);
	progress_paint(&app->canvas, row, app->parts.cols, &progress,
	               app->ascii);
}

static void paint_message(struct app *app)
{
	struct canvas *canvas = &app->canvas;
	int row = app->parts.message, cols = app->parts.cols, n = 0;

	if (app->key_count > 0 || app->has_next_key || app->quoting ||
	    app->count > 0) {
		if (app->count > 0) {
			char digits[24];

			snprintf(digits, sizeof(digits), "%" PRIu64,
			         app->count);
			n += canvas_text(canvas, row, n, cols, digits,
			                 STYLE_STRONG);
		}
		for (size_t i = 0; i < app->key_count; i++)
			n += canvas_text(canvas, row, n, cols - n, app->keys[i],
			                 STYLE_STRONG);
		if (app->has_next_key)
			n += canvas_text(canvas, row, n, cols - n,
			                 app->next_key, STYLE_STRONG);
		if (app->quoting)
			n += canvas_text(canvas, row, n, cols - n, "quote ",
			                 STYLE_STRONG);
		canvas_put(canvas, row, n, '-', STYLE_STRONG);
		return;
	}
	if (app->message[0]) {
		paint_said(app, row, app->parts.keybar);
		return;
	}
	if (app->ctx.task)
		paint_progress(app, row);
}

/* What the key bar says for the command lines that shipped keymaps bind. */
static const struct {
	const char *line, *label, *narrow;
} labels[] = {
	{ "help", "Help", "Help" },
	{ "flush", "Flush", "Flush" },
	{ "flush-quit", "FlushQuit", "FlQuit" },
	{ "prompt goto", "Goto", "Goto" },
	{ "prompt goto 0x", "Goto", "Goto" },
	{ "prompt find", "Find", "Find" },
	{ "next match", "Next", "Next" },
	{ "panel segments", "Segments", "Segs" },
	{ "panel bookmarks", "Bookmarks", "Marks" },
	{ "copy", "Copy", "Copy" },
	{ "paste", "Paste", "Paste" },
	{ "panel matches", "Matches", "Match" },
	{ "prompt", "Command", "Cmd" },
	{ "quit", "Quit", "Quit" },
	{ "prompt open", "Open", "Open" },
	{ "move page-up", "PageUp", "PgUp" },
	{ "move page-down", "PageDown", "PgDn" },
	{ "select start", "Select", "Select" },
};

const char *app_keybar_line(const struct app *app, int key)
{
	char name[8];
	const char *keys[1] = { name };
	const char *line;

	snprintf(name, sizeof(name), "<F%d>", key);
	if (keymap_find(app->keymap, app_mode(app), app->mode, keys, 1,
	                &line) != KEY_BOUND)
		return NULL;
	return line;
}

static void paint_keybar(struct app *app)
{
	struct canvas *canvas = &app->canvas;
	int cols = app->parts.cols, row = app->parts.keybar;

	canvas_fill(canvas, row, 0, cols, ' ', STYLE_BAR);
	for (int i = 0; i < APP_KEYBAR; i++) {
		const char *line = app_keybar_line(app, i + 1);
		const char *label = "";
		char first[24], word[24], number[12];
		int col = i * cols / APP_KEYBAR, room;
		int end = (i + 1) * cols / APP_KEYBAR;

		app->keybar_cols[i] = col;
		if (line) {
			snprintf(first, sizeof(first), "%.*s",
			         (int)strcspn(line, " "), line);
			label = first;
		}
		for (size_t k = 0; line && k < ARRAY_LEN(labels); k++)
			if (strcmp(line, labels[k].line) == 0)
				label = end - col >= 11 ? labels[k].label
				                        : labels[k].narrow;
		snprintf(number, sizeof(number), "%d", i + 1);
		col += canvas_text(canvas, row, col, end - col, number,
		                   STYLE_BAR_KEY);
		/* A blank parts it from the next one; the last has none. */
		room = end - col - (i + 1 < APP_KEYBAR);
		snprintf(word, sizeof(word), "%.*s", int_max(0, room), label);
		canvas_text(canvas, row, col, room, word, STYLE_BAR);
	}
	app->keybar_cols[APP_KEYBAR] = cols;
}

/* The box of what can follow the keys typed so far. */
static void paint_keys_box(struct app *app)
{
	const char *keys[APP_KEYS];
	struct binding next[32];
	size_t count;
	int rows, cols = int_min(60, app->parts.cols);
	int row, col;

	for (size_t i = 0; i < app->key_count; i++)
		keys[i] = app->keys[i];
	count = keymap_next(app->keymap, app_mode(app), app->mode, keys,
	                    app->key_count, next, ARRAY_LEN(next));
	count = size_min(count, ARRAY_LEN(next));
	rows = int_min((int)count + 2, app->parts.data_rows);
	row = app->parts.status - rows;
	col = app->parts.cols - cols;
	box_paint(&app->canvas, row, col, rows, cols, "keys", "Esc drops them",
	          app->ascii);
	for (int i = 0; i < rows - 2; i++) {
		canvas_text(&app->canvas, row + 1 + i, col + 2, 14,
		            next[i].keys, STYLE_STRONG);
		canvas_text(&app->canvas, row + 1 + i, col + 17, cols - 19,
		            next[i].line, STYLE_NORMAL);
	}
}

static void paint_main(struct app *app, int *cursor_row, int *cursor_col)
{
	const struct parts *p = &app->parts;
	const struct option_values *o = &app->ctx.options;
	struct picture picture = {
		.ctx = &app->ctx,
		.window = &app->window,
		.rows = app->rows,
		.row_count = app->row_count,
		.look = {
			.ascii = app->ascii,
			.marks = o->marks == SWITCH_ON ||
		                 (o->marks == SWITCH_AUTO &&
		                  screen_has_marks(app->screen)),
			.upper = o->letters == CASE_UPPER,
		},
		.low_nibble = typing_is_low(app),
	};
	char right[APP_TITLE];

	find_ui_picture(app, &picture);
	if (p->title >= 0)
		paint_title(&app->canvas, p->title, p->cols, &picture,
		            app_title(app, right), app_alarm(app));
	paint_ruler(&app->canvas, p->ruler, &picture);
	paint_rows(&app->canvas, p->data,
	           int_min(p->cols, app->window.columns.width), &picture,
	           cursor_row, cursor_col);
	paint_status(&app->canvas, p->status, p->cols, &picture);
	if (p->keybar >= 0)
		paint_keybar(app);
}

/* In the middle; or, to leave the cursor in sight, in the half without it. */
static void paint_dialog(struct app *app, int cursor_row)
{
	const struct parts *p = &app->parts;
	int top = p->data, rows = p->status - p->data;
	int half = rows / 2;

	if (app->dialog.is_aside && cursor_row >= 0) {
		rows = cursor_row < top + half ? rows - half : half;
		top += cursor_row < top + half ? half : 0;
	}
	dialog_paint(&app->dialog, &app->canvas, top, rows, app->ascii);
}

static void paint_over(struct app *app, int *cursor_row, int *cursor_col)
{
	const struct parts *p = &app->parts;

	if (app->list.kind && p->list >= 0) {
		list_paint(&app->list, &app->ctx, &app->canvas, p->list,
		           p->list_rows, app->list_focused, app->ascii);
		if (app->list_focused)
			*cursor_row = -1;
	}
	if (app->pager.open) {
		pager_paint(&app->pager, &app->canvas, p->data,
		            p->status - p->data, app->ascii);
		*cursor_row = -1;
	}
	if (app->keys_box)
		paint_keys_box(app);
	if (app_shows_hint(app)) {
		app_paint_hint(app);
		*cursor_row = -1;
	}
	if (app->dialog.open) {
		paint_dialog(app, *cursor_row);
		*cursor_row = -1;
	}
	if (app->prompt.open) {
		prompt_paint(&app->prompt, &app->ctx, &app->canvas, p->status,
		             p->message, p->keybar, p->cols, cursor_col);
		*cursor_row = p->message;
		/* What the prompt refuses it says itself. */
		if (app->message[0] && !app->prompt.refused)
			paint_said(app, p->keybar >= 0 ? p->keybar : p->status,
			           -1);
	} else {
		paint_message(app);
	}
}

void app_draw(struct app *app)
{
	int cursor_row = -1, cursor_col = 0;
	char text[64];

	preview_say(app);
	app_name_window(app);
	canvas_clear(&app->canvas);
	if (app->too_small && app->dialog.open) {
		dialog_paint_tiny(&app->dialog, &app->canvas);
	} else if (app->too_small) {
		/* On two lines, the window being small. */
		snprintf(text, sizeof(text), "%dx%d needed", APP_MIN_COLS,
		         APP_MIN_ROWS);
		canvas_text(&app->canvas, 0, 0, app->canvas.cols,
		            "window too small", STYLE_NORMAL);
		canvas_text(&app->canvas, 1, 0, app->canvas.cols, text,
		            STYLE_NORMAL);
	} else {
		paint_main(app, &cursor_row, &cursor_col);
		paint_over(app, &cursor_row, &cursor_col);
	}
	screen_show(app->screen, &app->canvas, cursor_row, cursor_col);
	app->dirty = false;
}
