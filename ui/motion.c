/*
 * motion.c - see motion.h
 *
 * A motion by lines goes over the rules that stand between rows and stops where
 * bytes or gaps are shown; the column is that of the address it began at.
 */
#include "config.h"

#include "ui/motion.h"

#include <string.h>

#include "command/context.h"
#include "ui/app.h"
#include "ui/window.h"

uint64_t motion_end(const struct app *app)
{
	uint64_t size = space_size(context_space(&app->ctx));

	if (typing_may_append(app))
		return size;
	return size ? size - 1 : 0;
}

static uint64_t add_clamped(const struct app *app, uint64_t addr, uint64_t n)
{
	uint64_t last = motion_end(app);

	return n > last - u64_min(addr, last) ? last : addr + n;
}

/* Can the cursor stand on this line? On rows of data, and on the rule of a gap
   whose first row is left out: then the rule stands for it. */
static bool is_stop(const struct rows *rows, const struct row *row,
                    struct row_pos pos)
{
	if (row->kind == ROW_DATA)
		return true;
	return row->kind == ROW_GAP &&
	       row_pos_compare(rows_of(rows, row->start), pos) == 0;
}

/* The address on a line where the cursor can stand, in a column. */
static uint64_t addr_on(const struct app *app, const struct row *row,
                        uint64_t column)
{
	return add_clamped(app, row->addr, column);
}

static bool step(const struct rows *rows, struct row_pos *pos, bool down)
{
	return down ? rows_next(rows, pos) : rows_prev(rows, pos);
}

/* Rows up or down keep the column. Lines where the cursor cannot stand count
   only when `all` says so; then it ends on the nearest line behind, or before
   the end. */
static uint64_t by_lines(const struct app *app, uint64_t addr, int lines,
                         bool all)
{
	struct rows rows = app_rows(app);
	struct row_pos pos = rows_of(&rows, addr);
	struct row row, stop = { .kind = ROW_STARTS };
	bool down = lines > 0;
	int left = down ? lines : -lines;

	while (left > 0 && step(&rows, &pos, down) &&
	       rows_at(&rows, pos, &row)) {
		bool stands = is_stop(&rows, &row, pos);

		if (stands)
			stop = row;
		left -= stands || (all && left > 1);
	}
	if (stop.kind == ROW_STARTS)
		return addr;
	return addr_on(app, &stop, addr % rows.per_row);
}

static void page(struct app *app, int lines, uint64_t *addr)
{
	struct rows rows = app_rows(app);

	window_scroll(&app->window, &rows, lines);
	*addr = by_lines(app, *addr, lines, true);
	app->dirty = true;
}

/* How many lines the cursor keeps from the edges of the window. */
static int margin_of(const struct app *app)
{
	return (int)u64_min(app->ctx.options.scrolloff,
	                    (uint64_t)int_max(app->window.lines - 1, 0) / 2);
}

/* Where the cursor can stand nearest to a line of the window, looking down or
   up from there first. False in a space without bytes. */
static bool stop_near(const struct rows *rows, const struct window *window,
                      int line, bool down, struct row_pos *pos, struct row *row)
{
	*pos = window->top;
	while (line > 0 && rows_next(rows, pos))
		line--;
	for (int way = 0; way < 2; way++, down = !down) {
		struct row_pos at = *pos;

		do {
			if (!rows_at(rows, at, row) || !is_stop(rows, row, at))
				continue;
			*pos = at;
			return true;
		} while (step(rows, &at, down));
	}
	return false;
}

/* The address on a line of the window, in the cursor's column. */
static uint64_t on_line(const struct app *app, int line)
{
	uint64_t addr = app->ctx.cursor.addr;
	struct rows rows = app_rows(app);
	struct row_pos pos;
	struct row row;

	if (!stop_near(&rows, &app->window, line, false, &pos, &row))
		return addr;
	return addr_on(app, &row, addr % rows.per_row);
}

/* The view has moved, and the cursor with it when it would come too near to
   the edge or leave the screen. */
static void keep_in_sight(struct app *app, bool down)
{
	struct place cursor = app->ctx.cursor;
	struct rows rows = app_rows(app);
	int margin = margin_of(app);
	struct row_pos edge;
	struct row row;
	int before;

	if (!stop_near(&rows, &app->window,
	               down ? margin : app->window.lines - 1 - margin, down,
	               &edge, &row))
		return;
	before = row_pos_compare(rows_of(&rows, cursor.addr), edge);
	if (down ? before < 0 : before > 0)
		context_move(&app->ctx,
		             space_place(context_space(&app->ctx),
		                         addr_on(app, &row,
		                                 cursor.addr % rows.per_row)));
}

struct motion {
	const char *word;
	uint64_t (*to)(struct app *app, uint64_t addr);
};

static uint64_t to_left(struct app *app, uint64_t addr)
{
	(void)app;
	return addr ? addr - 1 : 0;
}

static uint64_t to_right(struct app *app, uint64_t addr)
{
	return add_clamped(app, addr, 1);
}

static uint64_t to_up(struct app *app, uint64_t addr)
{
	return by_lines(app, addr, -1, false);
}

static uint64_t to_down(struct app *app, uint64_t addr)
{
	return by_lines(app, addr, 1, false);
}

static uint64_t to_row_start(struct app *app, uint64_t addr)
{
	return addr - addr % app->window.per_row;
}

static uint64_t to_row_end(struct app *app, uint64_t addr)
{
	unsigned n = app->window.per_row;

	return add_clamped(app, addr - addr % n, n - 1);
}

static uint64_t to_start(struct app *app, uint64_t addr)
{
	(void)app;
	(void)addr;
	return 0;
}

static uint64_t to_end(struct app *app, uint64_t addr)
{
	(void)addr;
	return motion_end(app);
}

static uint64_t to_page_up(struct app *app, uint64_t addr)
{
	page(app, -app->window.lines, &addr);
	return addr;
}

static uint64_t to_page_down(struct app *app, uint64_t addr)
{
	page(app, app->window.lines, &addr);
	return addr;
}

static uint64_t to_half_page_up(struct app *app, uint64_t addr)
{
	page(app, -int_max(app->window.lines / 2, 1), &addr);
	return addr;
}

static uint64_t to_half_page_down(struct app *app, uint64_t addr)
{
	page(app, int_max(app->window.lines / 2, 1), &addr);
	return addr;
}

static uint64_t to_top(struct app *app, uint64_t addr)
{
	struct rows rows = app_rows(app);

	(void)addr;
	/* There is nothing above the first line to keep in sight. */
	if (row_pos_compare(app->window.top, rows_first(&rows)) == 0)
		return on_line(app, 0);
	return on_line(app, margin_of(app));
}

static uint64_t to_middle(struct app *app, uint64_t addr)
{
	struct rows rows = app_rows(app);
	int last = window_line_of(&app->window, &rows,
	                          space_size(context_space(&app->ctx)));

	(void)addr;
	return on_line(app, (last < 0 ? app->window.lines : last + 1) / 2);
}

static uint64_t to_bottom(struct app *app, uint64_t addr)
{
	struct rows rows = app_rows(app);
	bool all = window_line_of(&app->window, &rows,
	                          space_size(context_space(&app->ctx))) >= 0;

	(void)addr;
	return on_line(app, app->window.lines - 1 - (all ? 0 : margin_of(app)));
}

static const struct motion motions[] = {
	{ "left", to_left },
	{ "right", to_right },
	{ "up", to_up },
	{ "down", to_down },
	{ "row-start", to_row_start },
	{ "row-end", to_row_end },
	{ "start", to_start },
	{ "end", to_end },
	{ "page-up", to_page_up },
	{ "page-down", to_page_down },
	{ "half-page-up", to_half_page_up },
	{ "half-page-down", to_half_page_down },
	{ "top", to_top },
	{ "middle", to_middle },
	{ "bottom", to_bottom },
};

const struct motion *motion_named(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(motions); i++)
		if (strcmp(motions[i].word, word) == 0)
			return &motions[i];
	return NULL;
}

uint64_t motion_to(struct app *app, const struct motion *motion, uint64_t addr)
{
	return motion->to(app, addr);
}

bool motion_is_jump(const struct motion *motion)
{
	return motion->to == to_start || motion->to == to_end;
}

bool motion_scroll(struct app *app, const char *word)
{
	int last = int_max(app->window.lines - 1, 0);
	uint64_t addr = app->ctx.cursor.addr;
	struct rows rows = app_rows(app);

	if (strcmp(word, "up") == 0 || strcmp(word, "down") == 0) {
		bool down = *word == 'd';

		if (window_scroll(&app->window, &rows, down ? 1 : -1) != 0)
			keep_in_sight(app, down);
	} else if (strcmp(word, "top") == 0) {
		window_put(&app->window, &rows, addr, margin_of(app));
	} else if (strcmp(word, "center") == 0) {
		window_put(&app->window, &rows, addr, last / 2);
	} else if (strcmp(word, "bottom") == 0) {
		window_put(&app->window, &rows, addr, last - margin_of(app));
	} else {
		return false;
	}
	return true;
}
