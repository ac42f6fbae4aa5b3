/*
 * cmd_ui.c - the commands that need a screen
 *
 * They stand in a table like all others, so that keys, prompt and help know
 * them the same way; batch refuses them.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/run.h"
#include "session.h"
#include "space/ranges.h"
#include "ui/app.h"
#include "ui/clipboard.h"
#include "ui/leave.h"
#include "ui/motion.h"

static struct app *app_of(struct context *ctx)
{
	return ctx->ui;
}

/* The one argument, which must be among the words of the command. */
static bool word_argument(struct call *call, char dst[static 32],
                          struct error *err)
{
	size_t column = call->args.pos + 1;

	if (!call_only_word(call, dst, 32, err))
		return false;
	if (!*dst)
		return error_at(err, column, "usage: %s %s",
		                call->command->name, call->command->usage);
	return true;
}

static bool unknown_word(const struct call *call, const char *word,
                         struct error *err)
{
	return error_set(err, ERR_SYNTAX, "%s what? '%s' is none of: %s",
	                 call->command->name, text_shown(word).s,
	                 call->command->usage);
}

/* --- movement ------------------------------------------------------------ */

static const struct motion *motion_of(const struct call *call, const char *word,
                                      struct error *err)
{
	const struct motion *motion = motion_named(word);

	if (!motion)
		unknown_word(call, word, err);
	return motion;
}

static RUN(move)
{
	struct app *app = app_of(ctx);
	const struct motion *motion;
	struct place place;
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	motion = motion_of(call, word, err);
	if (!motion)
		return false;
	place = space_place(context_space(ctx),
	                    motion_to(app, motion, ctx->cursor.addr));
	if (motion_is_jump(motion))
		context_jump(ctx, place);
	else
		context_move(ctx, place);
	app_follow(app);
	return true;
}

static RUN(extend)
{
	struct app *app = app_of(ctx);
	const struct motion *motion;
	uint64_t anchor, to;
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	motion = motion_of(call, word, err);
	if (!motion)
		return false;
	if (space_size(context_space(ctx)) == 0)
		return true;
	anchor = ctx->selecting == SELECT_NONE ? ctx->cursor.addr
	                                       : ctx->sel_anchor;
	/* From here on the last byte is the last place. */
	ctx->selecting = SELECT_SHIFT;
	anchor = u64_min(anchor, motion_end(app));
	to = motion_to(app, motion, u64_min(ctx->cursor.addr, motion_end(app)));
	context_move(ctx, space_place(context_space(ctx), to));
	ctx->selecting = SELECT_SHIFT;
	ctx->sel_anchor = anchor;
	ctx->sel_head = to;
	app_follow(app);
	return true;
}

static RUN(scroll)
{
	struct app *app = app_of(ctx);
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	return motion_scroll(app, word) || unknown_word(call, word, err);
}

static RUN(pane)
{
	struct app *app = app_of(ctx);
	enum pane pane = app->window.pane == PANE_HEX ? PANE_TEXT : PANE_HEX;
	char word[32];

	if (!call_only_word(call, word, sizeof(word), err))
		return false;
	if (strcmp(word, "hex") == 0)
		pane = PANE_HEX;
	else if (strcmp(word, "text") == 0)
		pane = PANE_TEXT;
	else if (*word)
		return unknown_word(call, word, err);
	app->window.pane = pane;
	if (app->mode != MODE_NORMAL)
		app->mode = pane == PANE_HEX ? MODE_HEX : MODE_TEXT;
	return true;
}

static RUN(mode)
{
	struct app *app = app_of(ctx);
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	if (strcmp(word, "normal") == 0) {
		app->mode = MODE_NORMAL;
	} else if (strcmp(word, "hex") == 0) {
		app->mode = MODE_HEX;
		app->window.pane = PANE_HEX;
	} else if (strcmp(word, "text") == 0) {
		app->mode = MODE_TEXT;
		app->window.pane = PANE_TEXT;
	} else {
		return unknown_word(call, word, err);
	}
	return true;
}

/* --- typing -------------------------------------------------------------- */

static RUN(type)
{
	struct app *app = app_of(ctx);
	struct word word;
	char pasted[32] = "";
	bool ok;

	if (!call_word(call, &word, err))
		return false;
	ok = call_only_word(call, pasted, sizeof(pasted), err) &&
	     (!*pasted || strcmp(pasted, "pasted") == 0 ||
	      unknown_word(call, pasted, err));
	if (ok)
		ok = *pasted ? typing_paste(app, word.text, word.len, err)
		             : typing_text(app, word.text, word.len, err);
	word_free(&word);
	return ok;
}

static RUN(erase)
{
	struct app *app = app_of(ctx);
	char word[32];

	if (!call_only_word(call, word, sizeof(word), err))
		return false;
	if (!*word)
		return typing_erase(app, err);
	return strcmp(word, "back") == 0 ? typing_erase_back(app, err)
	                                 : unknown_word(call, word, err);
}

static RUN(dialog)
{
	struct app *app = app_of(ctx);
	const char *line;
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	if (!app->dialog.open)
		return error_set(err, ERR_NO, "no dialog is open");
	if (strcmp(word, "accept") == 0) {
		line = dialog_accept(&app->dialog);
		return !*line || app_run(app, line, err);
	}
	if (strcmp(word, "next") != 0 && strcmp(word, "prev") != 0)
		return unknown_word(call, word, err);
	dialog_next(&app->dialog, *word == 'n');
	return true;
}

/* --- panels -------------------------------------------------------------- */

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

static void close_list(struct app *app)
{
	list_close(&app->list);
	app->list_focused = false;
	app_layout(app);
	app_follow(app);
}

static bool show_panel(struct context *ctx, const char *name)
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

static RUN(panel)
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

static RUN(focus)
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

static bool run_close_panel(struct context *ctx, struct call *call,
                            struct error *err)
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

static RUN(list)
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

/* --- prompt -------------------------------------------------------------- */

static RUN(prompt)
{
	struct app *app = app_of(ctx);
	char text[PROMPT_MAX];
	const char *rest;
	size_t len;
	bool word;

	(void)err;
	call_rest(call, &rest, &len);
	/* What follows '/' or '?' at once is the pattern. */
	word = len > 0 && !(len == 1 && (*rest == '/' || *rest == '?'));
	snprintf(text, sizeof(text), "%.*s%s", (int)len, rest, word ? " " : "");
	prompt_open(&app->prompt, PROMPT_COMMAND, text);
	return true;
}

static bool accept_filter(struct app *app, struct error *err)
{
	char text[LIST_FILTER];

	snprintf(text, sizeof(text), "%.*s", LIST_FILTER - 1, app->prompt.line);
	prompt_close(&app->prompt);
	if (app->pager.open)
		return pager_search(&app->pager, text) ||
		       error_set(err, ERR_NO, "no line below holds '%s'",
		                 text_shown(text).s);
	return list_set_filter(&app->list, &app->ctx, text, err);
}

static bool accept_command(struct app *app)
{
	struct prompt *prompt = &app->prompt;
	char line[PROMPT_MAX];
	struct error err;

	memcpy(line, prompt->line, prompt->len + 1);
	prompt_remember(prompt);
	recall_add(&app->recall, line);
	if (!recall_save(&app->recall, session_pool(app->ctx.session), &err))
		app_error(app, "history", &err);
	/* Commands may open the prompt again. */
	prompt->open = false;
	if (app_run(app, line, &err)) {
		find_ui_accept(app);
		if (!prompt->open)
			prompt_close(prompt);
		return true;
	}
	/* What was typed wrongly can be mended; other failures are said. */
	if (err.column > 0) {
		prompt_refuse(prompt, &err);
	} else {
		find_ui_accept(app);
		prompt_close(prompt);
	}
	app_error(app, "", &err);
	return true;
}

static bool line_pair(struct app *app, const char *what, const char *how)
{
	struct prompt *prompt = &app->prompt;
	bool next = strcmp(how, "next") == 0;

	if (strcmp(what, "delete") == 0)
		return prompt_delete(prompt, how);
	if (!next && strcmp(how, "prev") != 0)
		return false;
	if (strcmp(what, "complete") == 0)
		prompt_complete(prompt, &app->ctx, next);
	else if (strcmp(what, "history") == 0)
		prompt_history(prompt, !next);
	else
		return false;
	return true;
}

static bool run_line_command(struct context *ctx, struct call *call,
                             struct error *err)
{
	struct app *app = app_of(ctx);
	struct word word;
	char what[32], how[32];

	if (!app->prompt.open)
		return error_set(err, ERR_NO, "no prompt is open");
	if (!call_word(call, &word, err))
		return false;
	snprintf(what, sizeof(what), "%s", word.text);
	word_free(&word);
	if (!call_only_word(call, how, sizeof(how), err))
		return false;
	if (*how)
		return line_pair(app, what, how) ||
		       unknown_word(call, how, err);
	if (strcmp(what, "accept") == 0)
		return app->prompt.kind == PROMPT_FILTER
		               ? accept_filter(app, err)
		               : accept_command(app);
	if (strcmp(what, "cancel") == 0) {
		prompt_close(&app->prompt);
		return true;
	}
	return prompt_move(&app->prompt, what) || unknown_word(call, what, err);
}

static bool run_next_key(struct context *ctx, struct call *call,
                         struct error *err)
{
	struct app *app = app_of(ctx);
	const char *rest;
	size_t len;

	call_rest(call, &rest, &len);
	if (len == 0 || len >= sizeof(app->next_key) - 1)
		return error_set(err, ERR_SYNTAX, "usage: next-key TEXT");
	memcpy(app->next_key, rest, len);
	app->next_key[len] = '\0';
	/* "\s" at the end stands for a blank. */
	if (len >= 2 && strcmp(app->next_key + len - 2, "\\s") == 0)
		memcpy(app->next_key + len - 2, " ", 2);
	app->has_next_key = true;
	return true;
}

/* What follows is recorded until this is given again. */
static RUN(record)
{
	struct app *app = app_of(ctx);
	char name[MACRO_NAME];

	if (!call_only_word(call, name, sizeof(name), err))
		return false;
	if (ctx->macros.recording)
		return macro_stop(&ctx->macros, err);
	if (*name)
		return macro_record(&ctx->macros, name, err);
	app_say(app, STYLE_NORMAL, "record: the next key is the macro's name");
	strcpy(app->next_key, "macro record ");
	app->has_next_key = true;
	return true;
}

/* --- the rest ------------------------------------------------------------ */

static RUN(cancel)
{
	struct app *app = app_of(ctx);

	if (!call_end(call, err))
		return false;
	/* One thing at a time. */
	if (app->dialog.open) {
		app->dialog.open = false;
	} else if (app->pager.open) {
		pager_close(&app->pager);
	} else if (ctx->task) {
		const char *name = ctx->task->name;

		context_cancel(ctx);
		app_say(app, STYLE_NORMAL, "%s stopped", name);
	} else if (ctx->selecting != SELECT_NONE) {
		context_select(ctx, 0, 0, SELECT_NONE);
	} else if (find_ui_clear(app)) {
		app_say(app, STYLE_NORMAL, "marks cleared");
	} else if (app->list.kind) {
		close_list(app);
	}
	return true;
}

static RUN(redraw)
{
	if (!call_end(call, err))
		return false;
	screen_redraw(app_of(ctx)->screen);
	return true;
}

static RUN(suspend)
{
	if (!call_end(call, err))
		return false;
	app_of(ctx)->suspend = true;
	return true;
}

/* keys [MODE] > FILE: as a keymap file that reads back to the same. */
static bool save_keys(struct app *app, enum key_mode mode, const char *path,
                      struct error *err)
{
	FILE *f = fopen(path, "wxe");
	int number = errno;

	if (f) {
		keymap_print(app->keymap, mode, f);
		number = ferror(f) ? EIO : 0;
		if (fclose(f) != 0 && number == 0)
			number = errno;
	}
	if (number == 0)
		return true;
	error_sys(err, number, "%s", text_shown(path).s);
	return error_add_path(err, path);
}

static RUN(keys)
{
	struct app *app = app_of(ctx);
	enum key_mode mode = MODE_COUNT;
	struct words words;
	bool ok = true;

	if (!words_from(&call->args, &words, err))
		return false;
	if (words.count == 1 && strcmp(words.v[0].text, ">") != 0) {
		app_show_keys(app, words.v[0].text);
	} else if (words.count == 0) {
		app_show_keys(app, "");
	} else if (words.count > 3 ||
	           strcmp(words.v[words.count - 2].text, ">") != 0) {
		ok = error_set(err, ERR_SYNTAX, "usage: keys %s",
		               call->command->usage);
	} else if (words.count == 3 &&
	           !key_mode_parse(words.v[0].text, &mode)) {
		ok = error_at(err, words.v[0].column, "unknown mode");
	} else {
		ok = save_keys(app, mode, words.v[words.count - 1].text, err);
	}
	words_free(&words);
	return ok;
}

/* keymap NAME and theme NAME are spellings of set. */
static bool set_named(struct context *ctx, struct call *call, struct error *err)
{
	const struct option *option = option_find(call->command->name, err);
	struct units units = context_units(ctx);
	char name[OPTION_NAME + 1];

	return option && word_argument(call, name, err) &&
	       option_set(&ctx->options, option, name, &units, err);
}

static RUN(keymap)
{
	return set_named(ctx, call, err);
}

static RUN(theme)
{
	return set_named(ctx, call, err);
}

static bool check_line(void *arg, const char *line, struct error *err)
{
	return run_check(arg, line, err);
}

/* [-m MODE] KEYS [COMMAND LINE] */
static bool bind_keys(struct context *ctx, struct call *call, bool bind,
                      struct error *err)
{
	struct keymap_hooks hooks = { check_line, NULL, ctx };
	enum key_mode mode = MODE_GLOBAL;
	char keys[128], line[PROMPT_MAX];
	struct word word;
	const char *rest;
	size_t len, column;

	if (!call_word(call, &word, err))
		return false;
	if (strcmp(word.text, "-m") == 0) {
		word_free(&word);
		if (!call_word(call, &word, err))
			return false;
		column = word.column;
		if (!key_mode_parse(word.text, &mode)) {
			word_free(&word);
			return error_at(err, column, "unknown mode");
		}
		word_free(&word);
		if (!call_word(call, &word, err))
			return false;
	}
	snprintf(keys, sizeof(keys), "%s", word.text);
	column = word.column;
	word_free(&word);
	call_rest(call, &rest, &len);
	if (bind == (len == 0))
		return error_at(err, column, "usage: %s %s",
		                call->command->name, call->command->usage);
	snprintf(line, sizeof(line), "%.*s", (int)len, rest);
	if (keymap_bind(app_of(ctx)->keymap, mode, keys, bind ? line : NULL,
	                &hooks, err))
		return true;
	err->column = column;
	return false;
}

static RUN(bind)
{
	return bind_keys(ctx, call, true, err);
}

static RUN(unbind)
{
	return bind_keys(ctx, call, false, err);
}

static RUN(messages)
{
	if (!call_end(call, err))
		return false;
	app_messages(app_of(ctx));
	return true;
}

static RUN(hint)
{
	if (!call_end(call, err))
		return false;
	app_of(ctx)->hint = true;
	return true;
}

void app_hooks(struct app *app)
{
	app->ctx.may_quit = leave_may;
	app->ctx.copied = clipboard_copied;
	app->ctx.show_panel = show_panel;
	app->ctx.keys_of = app_print_keys_of;
	app->ctx.help_key = app_help_key;
}

#define UI_COMMAND(n, u, h, f)                                         \
	{                                                              \
		.name = n, .usage = u, .help = h, .flags = COMMAND_UI, \
		.run = f                                               \
	}
#define OUTER_COMMAND(n, u, h, f)                             \
	{                                                     \
		.name = n, .usage = u, .help = h,             \
		.flags = COMMAND_UI | COMMAND_OUTER, .run = f \
	}

const struct command ui_command_table[] = {
	{ .name = "bind",
	  .usage = "[-m MODE] KEYS COMMAND LINE",
	  .help = "bind keys to a command line until the end",
	  .flags = COMMAND_UI | COMMAND_REST,
	  .run = run_bind },
	UI_COMMAND("cancel", "",
	           "close a box, stop a job, drop a selection, one at a time",
	           run_cancel),
	UI_COMMAND("close-panel", "", "close the panel or box",
	           run_close_panel),
	{ .name = "copy-as",
	  .usage = "hex|c|python|base64|text|row",
	  .help = "give bytes as text to the terminal's clipboard",
	  .more = "By OSC 52, which the terminal must allow; in tmux with "
	          "set-clipboard on. hex: pairs of digits; row: as print row "
	          "does. Too long a text is refused. paste has the bytes, "
	          "too.\n"
	          "copy and cut send hex digits, or the text when the cursor "
	          "is in the text pane. set clipboard=off sends nothing.",
	  .words = "hex c python base64 text row",
	  .range = TAKES_BYTES,
	  .flags = COMMAND_UI,
	  .complete = COMPLETE_WORDS,
	  .run = clipboard_copy_as },
	{ .name = "dialog",
	  .usage = "next|prev|accept",
	  .words = "next prev accept",
	  .help = "choose a button of the dialog, or press it",
	  .flags = COMMAND_UI | COMMAND_OUTER,
	  .complete = COMPLETE_WORDS,
	  .run = run_dialog },
	{ .name = "erase",
	  .usage = "[back]",
	  .help = "delete the selection or the byte here, or what was typed",
	  .more = "erase deletes the selection, or the byte at the cursor. "
	          "erase back takes back a digit; then, where typing inserts, "
	          "it deletes the selection or the byte before the cursor, "
	          "and where typing overwrites, it goes back a byte and lets "
	          "it be what the file has there.",
	  .words = "back",
	  .flags = COMMAND_UI | COMMAND_EDITS,
	  .complete = COMPLETE_WORDS,
	  .run = run_erase },
	{ .name = "extend",
	  .usage = MOTION_WORDS,
	  .words = MOTION_WORDS,
	  .help = "move the cursor, and the end of the selection with it",
	  .flags = COMMAND_UI,
	  .complete = COMPLETE_WORDS,
	  .run = run_extend },
	{ .name = "focus",
	  .usage = "next prev hex segments bookmarks matches history",
	  .words = "next prev hex segments bookmarks matches history",
	  .help = "give the keyboard to a panel, or back",
	  .flags = COMMAND_UI,
	  .complete = COMPLETE_WORDS,
	  .run = run_focus },
	UI_COMMAND("hint", "", "show the box of the first start", run_hint),
	{ .name = "keymap",
	  .usage = "NAME",
	  .help = "use other keys: default vi emacs hexedit, or your own",
	  .flags = COMMAND_UI,
	  .complete = COMPLETE_KEYMAP,
	  .run = run_keymap },
	UI_COMMAND("keys", "[MODE] [> FILE]",
	           "list the keys as they are bound now, or write a keymap",
	           run_keys),
	OUTER_COMMAND("line",
	              "accept|cancel|complete next|complete prev|history next|"
	              "history prev|left|right|word-left|word-right|home|end|"
	              "delete back|delete char|delete word|delete line|delete "
	              "end",
	              "edit the line of the prompt", run_line_command),
	OUTER_COMMAND("list",
	              "up|down|page-up|page-down|first|last|accept|show|filter|"
	              "remove|next-set|prev-set",
	              "move and act in a list or a box of text", run_list),
	UI_COMMAND("messages", "", "show the messages so far", run_messages),
	UI_COMMAND("mode", "hex|text|normal",
	           "choose what keys mean: data or commands", run_mode),
	{ .name = "move",
	  .usage = MOTION_WORDS,
	  .words = MOTION_WORDS,
	  .help = "move the cursor",
	  .flags = COMMAND_UI,
	  .complete = COMPLETE_WORDS,
	  .run = run_move },
	{ .name = "next-key",
	  .usage = "TEXT",
	  .help = "run TEXT with the next key behind it; \\s ends it in a "
	          "blank",
	  .flags = COMMAND_UI | COMMAND_OUTER | COMMAND_REST,
	  .run = run_next_key },
	{ .name = "pane",
	  .usage = "[hex|text]",
	  .words = "hex text",
	  .help = "go to the other pane",
	  .flags = COMMAND_UI,
	  .complete = COMPLETE_WORDS,
	  .run = run_pane },
	{ .name = "panel",
	  .usage = "segments|bookmarks|matches|history [on|off|%NAME]",
	  .words = "segments bookmarks matches history on off",
	  .help = "show or close a panel",
	  .more = "The panel of matches shows the set of ranges that was made "
	          "or chosen last, which %NAME chooses; in it s and S go on to "
	          "another. In that of the history Enter goes to the state "
	          "after a step, and d reverts one.",
	  .flags = COMMAND_UI,
	  .complete = COMPLETE_WORDS,
	  .run = run_panel },
	{ .name = "prompt",
	  .usage = "[TEXT]",
	  .help = "open the command line, with TEXT in it",
	  .flags = COMMAND_UI | COMMAND_OUTER | COMMAND_REST,
	  .run = run_prompt },
	{ .name = "record",
	  .usage = "[NAME]",
	  .help = "begin to record a macro, or end it",
	  .more = "Without NAME the next key is its name. See macro.",
	  .flags = COMMAND_UI | COMMAND_OUTER,
	  .run = run_record },
	UI_COMMAND("redraw", "", "draw the screen anew", run_redraw),
	{ .name = "scroll",
	  .usage = "up|down|top|center|bottom",
	  .words = "up down top center bottom",
	  .help = "move the view by a line, or put the cursor's row there",
	  .flags = COMMAND_UI,
	  .complete = COMPLETE_WORDS,
	  .run = run_scroll },
	UI_COMMAND("suspend", "", "stop the editor and go to the shell",
	           run_suspend),
	{ .name = "theme",
	  .usage = "NAME",
	  .help = "use other colours: auto dark light, or your own",
	  .flags = COMMAND_UI,
	  .complete = COMPLETE_THEME,
	  .run = run_theme },
	{ .name = "type",
	  .usage = "TEXT [pasted]",
	  .help = "type as if by keys: digits in the hex pane, else text",
	  .more = "set insert says whether it goes before what is there or "
	          "over it. Each byte is one step of undo, or what is pasted "
	          "at once.",
	  .flags = COMMAND_UI | COMMAND_EDITS,
	  .run = run_type },
	{ .name = "unbind",
	  .usage = "[-m MODE] KEYS",
	  .help = "take a key's binding away until the end",
	  .flags = COMMAND_UI,
	  .run = run_unbind },
	{ .name = NULL },
};
