/* take_mouse.c - see take.h: the mouse */
#include "config.h"

#include "ui/take.h"

#include "base/sys.h"
#include "ui/app.h"
#include "ui/glyphs.h"

static const uint64_t double_click = UINT64_C(400000000); /* ns */

/* The class of a byte that is on the screen; -1: none, or no value. */
static int class_at(const struct app *app, uint64_t addr)
{
	for (int i = 0; i < app->row_count; i++) {
		const struct shown_row *r = &app->rows[i];

		if (addr < r->row.addr || addr - r->row.addr >= r->count)
			continue;
		if (!state_has_bytes(r->runs[addr - r->row.addr].state))
			return -1;
		return (int)byte_style(r->bytes[addr - r->row.addr]);
	}
	return -1;
}

/* Select the bytes of one class around addr, as far as they are in sight. */
static void select_class(struct app *app, uint64_t addr)
{
	uint64_t start = addr, end = addr + 1;
	int class = class_at(app, addr);

	if (class < 0)
		return;
	while (start > 0 && class_at(app, start - 1) == class)
		start--;
	while (class_at(app, end) == class)
		end++;
	context_select(&app->ctx, start, end, SELECT_FIXED);
}

static void click_bytes(struct app *app, const struct event *event)
{
	const struct space *sp = context_space(&app->ctx);
	uint64_t now = sys_now();
	enum pane pane;
	uint64_t addr;

	if (!app_address_at(app, event->row, event->col, &addr, &pane))
		return;
	app->list_focused = false;
	app->window.pane = pane;
	if (app->mode != MODE_NORMAL)
		app->mode = pane == PANE_HEX ? MODE_HEX : MODE_TEXT;
	context_select(&app->ctx, 0, 0, SELECT_NONE);
	context_move(&app->ctx, space_place(sp, addr));
	app->dragging = true;
	if (addr == app->click_addr && now - app->click_time < double_click)
		select_class(app, addr);
	app->click_addr = addr;
	app->click_time = now;
}

static void drag(struct app *app, const struct event *event)
{
	const struct space *sp = context_space(&app->ctx);
	enum pane pane;
	uint64_t addr;

	if (!app->dragging ||
	    !app_address_at(app, event->row, event->col, &addr, &pane))
		return;
	app->ctx.selecting = SELECT_NONE;
	context_move(&app->ctx, space_place(sp, addr));
	if (addr == app->click_addr)
		return;
	app->ctx.selecting = SELECT_SHIFT;
	app->ctx.sel_anchor = app->click_addr;
	app->ctx.sel_head = addr;
}

static void click_list(struct app *app, const struct event *event)
{
	size_t row = app->list.top + (size_t)(event->row - app->parts.list - 2);
	struct error err;
	size_t idx;

	app->list_focused = true;
	if (event->row < app->parts.list + 2 ||
	    !list_entry(&app->list, &app->ctx, row, &idx))
		return;
	app->list.selected = row;
	if (!app_run(app, "list show", &err))
		app_error(app, "", &err);
}

static void click(struct app *app, const struct event *event)
{
	const struct parts *p = &app->parts;
	const char *line;

	if (event->row == p->keybar && p->keybar >= 0 && !app->dialog.open) {
		for (int i = 0; i < APP_KEYBAR; i++) {
			if (event->col < app->keybar_cols[i] ||
			    event->col >= app->keybar_cols[i + 1])
				continue;
			line = app_keybar_line(app, i + 1);
			if (line)
				take_line(app, line);
			return;
		}
	}
	if (app->prompt.open || app->pager.open || app->dialog.open)
		return;
	if (p->list >= 0 && event->row >= p->list &&
	    event->row < p->list + p->list_rows)
		click_list(app, event);
	else
		click_bytes(app, event);
}

static void wheel(struct app *app, const struct event *event)
{
	int sign = event->mouse == MOUSE_WHEEL_UP ? -1 : 1;
	int lines = sign * (event->ctrl ? int_max(app->window.lines, 1) : 3);
	struct rows rows = app_rows(app);

	if (app->dialog.open)
		(void)dialog_scroll(&app->dialog, lines);
	else if (app->pager.open)
		pager_scroll(&app->pager, lines);
	else if (app->list.kind && app->parts.list >= 0 &&
	         event->row >= app->parts.list)
		list_move(&app->list, &app->ctx, lines);
	else
		window_scroll(&app->window, &rows, lines);
}

void take_mouse(struct app *app, const struct event *event)
{
	app->message[0] = '\0';
	if (app->too_small)
		return;
	if (app_shows_hint(app)) {
		app->hint = event->mouse != MOUSE_PRESS;
		return;
	}
	switch (event->mouse) {
	case MOUSE_PRESS:
		if (event->button == 1)
			click(app, event);
		break;
	case MOUSE_DRAG:
		drag(app, event);
		break;
	case MOUSE_RELEASE:
		app->dragging = false;
		break;
	default:
		wheel(app, event);
		break;
	}
}
