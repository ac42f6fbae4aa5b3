/* app.c - the state of the editor; see app.h */
#include "config.h"

#include "ui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command/run.h"
#include "session.h"

/* --- messages ------------------------------------------------------------ */

static void remember(struct app *app, const char *text)
{
	struct error ignored;
	char *copy = mem_strdup(text, &ignored);

	if (!copy)
		return;
	if (app->log_count == APP_LOG) {
		mem_free(app->log[0]);
		memmove(app->log, app->log + 1,
		        (APP_LOG - 1) * sizeof(*app->log));
		app->log_count--;
	}
	app->log[app->log_count++] = copy;
}

void app_say(struct app *app, enum style style, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(app->message, sizeof(app->message), fmt, ap);
	va_end(ap);
	app->message_style = style;
	app->dirty = true;
	remember(app, app->message);
}

void app_error(struct app *app, const char *command, const struct error *err)
{
	app_say(app, err->code == ERR_NO ? STYLE_WARNING : STYLE_ERROR,
	        "%s%s%s", command, *command ? ": " : "", err->text);
}

/* --- running commands ---------------------------------------------------- */

static bool is_one_line(const struct output *out)
{
	const char *end = memchr(out->v, '\n', out->len);

	return !end || (size_t)(end - out->v) + 1 == out->len;
}

void app_show_results(struct app *app, const char *title)
{
	struct output *out = &app->results;
	struct error err;

	if (!output_flush(&app->out, &err))
		app_error(app, title, &err);
	if (out->len == 0)
		return;
	if (is_one_line(out) && (int)out->len < app->parts.cols) {
		size_t len = out->len - (out->v[out->len - 1] == '\n');

		app_say(app, STYLE_NORMAL, "%.*s", (int)len, out->v);
	} else {
		app_page(app, title, out->v, out->len);
	}
	out->len = 0;
}

static bool is_same_place(struct place a, struct place b)
{
	return a.addr == b.addr && a.segment == b.segment && a.side == b.side;
}

bool app_run(struct app *app, const char *line, struct error *err)
{
	struct place before = app->ctx.cursor;
	uint64_t generation = session_generation(app->ctx.session);
	char name[COMMAND_NAME];
	uint64_t size;
	uint64_t typed = app->typing.count;
	bool ok = run_line(&app->ctx, line, strlen(line), name, err);

	/* Whatever else was done, the next digit is a first one. */
	if (typed == app->typing.count)
		typing_stop(app);
	app->dirty = true;
	app_show_results(app, name);
	app_apply_options(app);
	/* The end of the space is the last byte unless typing inserts there. */
	size = space_size(context_space(&app->ctx));
	if (size > 0 && app->ctx.cursor.addr >= size && !typing_may_append(app))
		app->ctx.cursor =
			space_place(context_space(&app->ctx), size - 1);
	if (!is_same_place(before, app->ctx.cursor) ||
	    generation != session_generation(app->ctx.session))
		app_follow(app);
	return ok;
}

enum key_mode app_mode(const struct app *app)
{
	if (app->dialog.open)
		return MODE_DIALOG;
	if (app->prompt.open)
		return MODE_PROMPT;
	if (app->pager.open)
		return MODE_PAGER;
	if (app->list_focused && app->parts.list >= 0)
		return MODE_LIST;
	return app->ctx.selecting != SELECT_NONE ? MODE_SELECT : app->mode;
}

/* --- options ------------------------------------------------------------- */

static void apply_theme(struct app *app)
{
	struct option_values *o = &app->ctx.options;
	struct error err;

	if (!theme_load(&app->theme, o->theme, &err)) {
		app_error(app, "theme", &err);
		memcpy(o->theme, app->applied.theme, sizeof(o->theme));
		/* At the start there is none to keep. */
		if (*o->theme)
			return;
		strcpy(o->theme, "auto");
		if (!theme_load(&app->theme, o->theme, &err))
			return;
	}
	screen_set_theme(app->screen, &app->theme);
}

struct report_ctx {
	struct app *app;
	bool said;
};

static void report_key(void *ctx, bool warning, const char *text)
{
	struct report_ctx *report = ctx;

	if (warning)
		return;
	/* The first is shown, all are kept for :messages. */
	if (!report->said)
		app_say(report->app, STYLE_ERROR, "%s", text);
	else
		remember(report->app, text);
	report->said = true;
}

static bool check_key(void *ctx, const char *line, struct error *err)
{
	struct report_ctx *report = ctx;

	return run_check(&report->app->ctx, line, err);
}

static void apply_keymap(struct app *app)
{
	struct report_ctx report = { .app = app };
	struct keymap_hooks hooks = { check_key, report_key, &report };
	struct option_values *o = &app->ctx.options;
	struct error err;
	size_t errors;

	if (!keymap_load(app->keymap, o->keymap, true, &hooks, &errors, &err)) {
		app_error(app, "keymap", &err);
		memcpy(o->keymap, app->applied.keymap, sizeof(o->keymap));
		/* At the start there is none to keep, and no key to quit. */
		if (*o->keymap)
			return;
		strcpy(o->keymap, "default");
		report.said = true;
		if (!keymap_load(app->keymap, o->keymap, true, &hooks, &errors,
		                 &err))
			return;
	}
	app->mode = keymap_starts_normal(app->keymap) ? MODE_NORMAL : MODE_HEX;
}

static bool wants_color(const struct option_values *o)
{
	const char *no_color = getenv("NO_COLOR");

	if (o->color != SWITCH_AUTO)
		return o->color == SWITCH_ON;
	return !no_color || !*no_color;
}

void app_apply_options(struct app *app)
{
	struct option_values *o = &app->ctx.options;
	bool first = app->applied.radix == 0;

	if (!first && memcmp(o, &app->applied, sizeof(*o)) == 0)
		return;
	if (first || o->color != app->applied.color ||
	    o->mouse != app->applied.mouse || o->sync != app->applied.sync) {
		struct screen_options options = {
			.color = wants_color(o),
			.mouse = o->mouse,
			.sync = o->sync,
		};

		screen_set_options(app->screen, &options);
	}
	if (first || strcmp(o->theme, app->applied.theme) != 0)
		apply_theme(app);
	if (first || strcmp(o->keymap, app->applied.keymap) != 0)
		apply_keymap(app);
	app->ascii =
		o->glyphs == GLYPHS_ASCII ||
		(o->glyphs == GLYPHS_AUTO && screen_ascii_default(app->screen));
	if (app->applied.watch && !o->watch)
		watch_stop(&app->watch);
	app->applied = *o;
	app->dirty = true;
}

/* --- layout -------------------------------------------------------------- */

enum { LIST_LEAST = 4 }; /* rows of a panel: one entry */

static void divide(struct app *app, int rows, int cols)
{
	const struct option_values *o = &app->ctx.options;
	struct parts *p = &app->parts;
	int top = 0, bottom = rows;
	int want;

	p->cols = cols;
	p->keybar = o->keybar ? --bottom : -1;
	p->message = --bottom;
	p->status = --bottom;
	p->title = o->title ? top++ : -1;
	p->ruler = top++;
	p->list = -1;
	p->list_rows = 0;
	if (app->list.kind) {
		want = (int)size_min(list_count(&app->list, &app->ctx) + 3,
		                     100);
		p->list_rows = int_min(int_max(want, 8),
		                       int_max((bottom - top) / 2, LIST_LEAST));
		/* A row of bytes stays. */
		if (p->list_rows < bottom - top)
			p->list = bottom -= p->list_rows;
	}
	p->data = top;
	p->data_rows = int_max(0, bottom - top);
}

struct rows app_rows(const struct app *app)
{
	struct rows rows = window_rows(&app->window, context_space(&app->ctx),
	                               app->ctx.options.rules);

	rows.end = typing_may_append(app);
	return rows;
}

static bool make_room(struct app *app, int rows)
{
	struct error ignored;
	void *lines, *shown;

	if (rows <= app->row_cap)
		return true;
	lines = mem_resize(app->lines, (size_t)rows, sizeof(*app->lines),
	                   &ignored);
	if (!lines)
		return false;
	app->lines = lines;
	shown = mem_resize(app->rows, (size_t)rows, sizeof(*app->rows),
	                   &ignored);
	if (!shown)
		return false;
	app->rows = shown;
	app->row_cap = rows;
	return true;
}

void app_layout(struct app *app)
{
	unsigned per_row = app->window.per_row;
	struct error ignored;
	int rows, cols;

	screen_size(app->screen, &rows, &cols);
	if ((app->canvas.rows != rows || app->canvas.cols != cols) &&
	    !canvas_resize(&app->canvas, rows, cols, &ignored)) {
		app->too_small = true;
		return;
	}
	divide(app, rows, cols);
	app->too_small = rows < APP_MIN_ROWS || cols < APP_MIN_COLS ||
	                 !make_room(app, rows);
	window_layout(&app->window, context_space(&app->ctx), &app->ctx.options,
	              context_units(&app->ctx).sector, cols);
	if (app->window.lines != app->parts.data_rows ||
	    app->window.per_row != per_row) {
		app->window.lines = app->parts.data_rows;
		app_follow(app);
	}
}

void app_follow(struct app *app)
{
	struct rows rows = app_rows(app);
	uint64_t addr;

	if (!find_ui_target(app, &addr))
		addr = app->ctx.cursor.addr;
	if (app->window.lines > 0)
		window_follow(&app->window, &rows, addr,
		              (int)app->ctx.options.scrolloff);
	list_follow(&app->list, &app->ctx);
	app->dirty = true;
}

bool app_address_at(const struct app *app, int row, int col, uint64_t *addr,
                    enum pane *pane)
{
	const struct window *w = &app->window;
	const struct shown_row *r;
	int line = row - app->parts.data;

	if (app->too_small || line < 0 || line >= app->row_count)
		return false;
	r = &app->rows[line];
	if (r->row.kind == ROW_START || r->row.kind == ROW_STARTS) {
		*addr = space_start(context_space(&app->ctx), r->row.idx).addr;
		*pane = w->pane;
		/* An empty file may lie behind the last byte. */
		return *addr < space_size(context_space(&app->ctx));
	}
	if (r->row.kind == ROW_GAP) {
		*addr = r->row.start;
		*pane = w->pane;
		return true;
	}
	if (r->row.kind != ROW_DATA || r->count == 0)
		return false;
	for (unsigned i = 0; i < r->count; i++) {
		int hex = window_hex_column(w, i);
		int shift = 0;

		/* Behind the first seam of a row the text stands one on. */
		for (unsigned k = 0; k <= i; k++) {
			uint64_t at = r->row.addr + k;
			const struct space *sp = context_space(&app->ctx);
			size_t s = space_start_find(sp, at);

			if (at > 0 && s < space_starts(sp) &&
			    space_start(sp, s).addr == at)
				shift = 1;
		}
		if ((col >= hex && col <= hex + 2) ||
		    (col == hex - 1 && i % 8 == 0 && i > 0)) {
			*pane = PANE_HEX;
		} else if (col == w->columns.text + (int)i + shift) {
			*pane = PANE_TEXT;
		} else {
			continue;
		}
		*addr = r->row.addr + i;
		return true;
	}
	return false;
}

void app_page(struct app *app, const char *title, const char *text, size_t len)
{
	struct error err;

	if (!pager_open(&app->pager, title, "arrows scroll  / search  Esc",
	                text, len, &err))
		app_error(app, title, &err);
	app->dirty = true;
}
