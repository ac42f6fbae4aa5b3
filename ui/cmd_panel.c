/*
 * cmd_panel.c - the commands of panels, and of boxes of text
 *
 * The words of list mean the same in both: a box that is open takes them first.
 */
#include "config.h"

#include "ui/cmd_ui.h"

#include <string.h>

#include "command/context.h"
#include "space/ranges.h"
#include "ui/app.h"

static void open_list(struct app *app, const struct list_kind *kind)
{
	/* A box would hide it. */
	pager_close(&app->pager);
	list_open(&app->list, kind, &app->ctx);
	app->list_focused = true;
	app_layout(app);
	app_follow(app);
	if (app->parts.list < 0)
		app_say(app, STYLE_WARNING,
		        "the window has no room for the panel");
}

void close_list(struct app *app)
{
	list_close(&app->list);
	app->list_focused = false;
	app_layout(app);
	app_follow(app);
}

bool show_panel(struct context *ctx, const char *name)
{
	struct app *app = app_of(ctx);
	const struct list_kind *kind = list_kind_named(name);

	if (kind)
		open_list(app, kind);
	else if (strcmp(name, "keys") == 0)
		app_show_keys(app, "");
	else
		app_help(app);
	return true;
}

/* %NAME */
static bool panel_of_set(struct app *app, struct call *call, struct error *err)
{
	struct sets *sets = &app->ctx.sets;
	char name[SET_NAME];
	struct ranges *set = sets_named(sets, &call->args, name, err);
	bool ok = set && call_end(call, err) && sets_choose(sets, name);

	ranges_free(set);
	if (ok)
		open_list(app, &list_matches);
	return ok;
}

RUN(panel)
{
	struct app *app = app_of(ctx);
	const struct list_kind *kind;
	size_t column;
	struct word word;
	char how[8];

	if (!call_word(call, &word, err))
		return false;
	kind = list_kind_named(word.text);
	column = word.column;
	word_free(&word);
	if (!kind)
		return error_at(err, column,
		                "panels are: segments bookmarks matches "
		                "history");
	if (kind == &list_matches && call_more(call) &&
	    call->args.line[call->args.pos] == '%')
		return panel_of_set(app, call, err);
	if (!call_only_word(call, how, sizeof(how), err))
		return false;
	if (*how && strcmp(how, "on") != 0 && strcmp(how, "off") != 0)
		return unknown_word(call, how, err);
	if (strcmp(how, "off") == 0 ||
	    (!*how && app->list.kind == kind && app->list_focused)) {
		if (app->list.kind == kind)
			close_list(app);
	} else {
		open_list(app, kind);
	}
	return true;
}

RUN(focus)
{
	struct app *app = app_of(ctx);
	const struct list_kind *kind;
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	kind = list_kind_named(word);
	if (kind) {
		if (app->list.kind != kind)
			open_list(app, kind);
		app->list_focused = true;
	} else if (strcmp(word, "hex") == 0) {
		app->list_focused = false;
	} else if (strcmp(word, "next") == 0 || strcmp(word, "prev") == 0) {
		app->list_focused = app->list.kind && !app->list_focused;
	} else {
		return unknown_word(call, word, err);
	}
	return true;
}

RUN(close_panel)
{
	struct app *app = app_of(ctx);

	if (!call_end(call, err))
		return false;
	if (app->pager.open)
		pager_close(&app->pager);
	else if (app->list.kind)
		close_list(app);
	return true;
}

/* The command of Enter, and then to the entry, if it has a place. */
static bool list_run(struct app *app, size_t idx, struct error *err)
{
	const struct list_kind *kind = app->list.kind;
	char line[LIST_ROW];
	struct place place;

	kind->enter(&app->ctx, idx, line);
	if (!app_run(app, line, err))
		return false;
	if (app->list.kind == kind && kind->place(&app->ctx, idx, &place))
		context_jump(&app->ctx, place);
	app_follow(app);
	return true;
}

/* Enter and Space: go to what the list has selected. */
static bool list_go(struct app *app, bool stay, struct error *err)
{
	struct place place;
	size_t idx;

	if (!list_entry(&app->list, &app->ctx, app->list.selected, &idx))
		return true;
	if (!stay && app->list.kind->enter)
		return list_run(app, idx, err);
	if (!app->list.kind->place(&app->ctx, idx, &place))
		return error_set(err, ERR_NO, "it is not shown anywhere now");
	context_jump(&app->ctx, place);
	app_follow(app);
	if (!stay)
		app->list_focused = false;
	return true;
}

static bool list_remove(struct app *app, struct error *err)
{
	struct list *list = &app->list;
	char line[LIST_ROW] = "", filter[LIST_FILTER];
	size_t idx, selected = list->selected;

	if (!list_entry(list, &app->ctx, selected, &idx))
		return true;
	if (!list->kind->remove)
		return error_set(err, ERR_NO, "nothing is removed here");
	list->kind->remove(&app->ctx, idx, line);
	if (*line && !app_run(app, line, err))
		return false;
	/* What the filter leaves is known by indexes: they are others now. */
	memcpy(filter, list->filter, sizeof(filter));
	if (!list_set_filter(list, &app->ctx, filter, err))
		return false;
	list->selected = selected;
	return true;
}

/* Other entries are others to begin with, too. */
static bool list_choose(struct app *app, bool forward, struct error *err)
{
	struct list *list = &app->list;

	if (!list->kind->choose)
		return error_set(err, ERR_NO, "there is one list of %s",
		                 list->kind->name);
	list->kind->choose(&app->ctx, forward);
	list_open(list, list->kind, &app->ctx);
	return true;
}

static bool pager_word(struct app *app, const char *word)
{
	long shown = int_max(app->pager.shown - 1, 1);

	if (strcmp(word, "up") == 0)
		pager_scroll(&app->pager, -1);
	else if (strcmp(word, "down") == 0)
		pager_scroll(&app->pager, 1);
	else if (strcmp(word, "page-up") == 0)
		pager_scroll(&app->pager, -shown);
	else if (strcmp(word, "page-down") == 0)
		pager_scroll(&app->pager, shown);
	else if (strcmp(word, "first") == 0)
		app->pager.top = 0;
	else if (strcmp(word, "last") == 0)
		pager_scroll(&app->pager, (long)app->pager.count);
	else if (strcmp(word, "accept") == 0)
		pager_close(&app->pager);
	else
		return false;
	return true;
}

static bool list_word(struct app *app, const char *word)
{
	long rows = int_max(app->list.rows - 1, 1);
	long count = (long)list_count(&app->list, &app->ctx);

	if (strcmp(word, "up") == 0)
		list_move(&app->list, &app->ctx, -1);
	else if (strcmp(word, "down") == 0)
		list_move(&app->list, &app->ctx, 1);
	else if (strcmp(word, "page-up") == 0)
		list_move(&app->list, &app->ctx, -rows);
	else if (strcmp(word, "page-down") == 0)
		list_move(&app->list, &app->ctx, rows);
	else if (strcmp(word, "first") == 0)
		list_move(&app->list, &app->ctx, -count);
	else if (strcmp(word, "last") == 0)
		list_move(&app->list, &app->ctx, count);
	else
		return false;
	return true;
}

RUN(list)
{
	struct app *app = app_of(ctx);
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	if (strcmp(word, "filter") == 0 &&
	    (app->pager.open || app->list.kind)) {
		prompt_open(&app->prompt, PROMPT_FILTER,
		            app->pager.open ? "" : app->list.filter);
		return true;
	}
	if (app->pager.open)
		return pager_word(app, word) || unknown_word(call, word, err);
	if (!app->list.kind)
		return error_set(err, ERR_NO, "no list is open");
	if (strcmp(word, "accept") == 0)
		return list_go(app, false, err);
	if (strcmp(word, "show") == 0)
		return list_go(app, true, err);
	if (strcmp(word, "remove") == 0)
		return list_remove(app, err);
	if (strcmp(word, "next-set") == 0 || strcmp(word, "prev-set") == 0)
		return list_choose(app, *word == 'n', err);
	return list_word(app, word) || unknown_word(call, word, err);
}
