/*
 * cmd_ui.c - the commands that need a screen
 *
 * They stand in a table like all others, so that keys, prompt and help know
 * them the same way; batch refuses them.
 */
#include "config.h"

#include "ui/cmd_ui.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/context.h"
#include "ui/app.h"
#include "ui/clipboard.h"
#include "ui/leave.h"
#include "ui/motion.h"
#include "ui/preview.h"

struct app *app_of(struct context *ctx)
{
	return ctx->ui;
}

/* The one argument, which must be among the words of the command. */
bool word_argument(struct call *call, char dst[static 32], struct error *err)
{
	size_t column = call->args.pos + 1;

	if (!call_only_word(call, dst, 32, err))
		return false;
	if (!*dst)
		return error_at(err, column, "usage: %s %s",
		                call->command->name, call->command->usage);
	return true;
}

bool unknown_word(const struct call *call, const char *word, struct error *err)
{
	return error_set(err, ERR_SYNTAX, "%s what? '%s' is none of: %s",
	                 call->command->name, text_shown(word).s,
	                 call->command->usage);
}

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

/* Scroll what there is to scroll; false: it is no such word, or no such
   dialog. */
static bool scroll_dialog(struct dialog *dialog, const char *word)
{
	long page = int_max(dialog->shown - 1, 1);

	if (strcmp(word, "page-up") == 0)
		return dialog_scroll(dialog, -page);
	if (strcmp(word, "page-down") == 0)
		return dialog_scroll(dialog, page);
	if (strcmp(word, "first") == 0)
		return dialog_scroll(dialog, -LONG_MAX);
	if (strcmp(word, "last") == 0)
		return dialog_scroll(dialog, LONG_MAX);
	if (strcmp(word, "up") == 0)
		return dialog_scroll(dialog, -1);
	return strcmp(word, "down") == 0 && dialog_scroll(dialog, 1);
}

static RUN(dialog)
{
	static const char *const words[] = { "next", "prev",    "up",
		                             "down", "page-up", "page-down",
		                             "view", "first",   "last" };
	struct app *app = app_of(ctx);
	const char *line;
	bool known = false;
	char word[32];

	if (!word_argument(call, word, err))
		return false;
	if (!app->dialog.open)
		return error_set(err, ERR_NO, "no dialog is open");
	if (strcmp(word, "accept") == 0) {
		line = dialog_accept(&app->dialog);
		return !*line || app_run(app, line, err);
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		known = known || strcmp(word, words[i]) == 0;
	if (!known)
		return unknown_word(call, word, err);
	if (strcmp(word, "view") == 0)
		app->dialog.tall = !app->dialog.tall;
	else if (strcmp(word, "next") == 0 || strcmp(word, "prev") == 0)
		dialog_next(&app->dialog, *word == 'n');
	/* Where nothing scrolls these keys choose a button, too. */
	else if (!scroll_dialog(&app->dialog, word) &&
	         (strcmp(word, "up") == 0 || strcmp(word, "down") == 0))
		dialog_next(&app->dialog, *word == 'd');
	return true;
}

static void stop_task(struct app *app)
{
	const struct task *task = app->ctx.task;
	const char *name = task->name;
	const char *bound = task->bound ? task->bound(task->arg) : NULL;
	bool ends = task->ends;

	if (bound) {
		app_say(app, STYLE_WARNING, "%s cannot be stopped any more: %s",
		        name, bound);
		return;
	}
	context_cancel(&app->ctx);
	app_say(app, STYLE_NORMAL, ends ? "%s is being stopped" : "%s stopped",
	        name);
}

/* What the window is left with, one thing at a time, and last the list that
   stands beside it. */
static void clear_window(struct app *app)
{
	if (app->ctx.selecting != SELECT_NONE)
		context_select(&app->ctx, 0, 0, SELECT_NONE);
	else if (find_ui_clear(app))
		app_say(app, STYLE_NORMAL, "marks cleared");
	else if (app->list.kind)
		close_list(app);
}

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
		stop_task(app);
	} else if (recovery_stop(app)) {
		return true;
	} else if (app->list.kind && app->list_focused) {
		close_list(app);
	} else {
		clear_window(app);
	}
	return true;
}

static RUN(answer)
{
	char word[32];

	return word_argument(call, word, err) &&
	       query_answer(app_of(ctx), word, err);
}

static RUN(quote)
{
	struct app *app = app_of(ctx);

	if (!call_end(call, err))
		return false;
	app->quoting = true;
	return true;
}

/* The rows from that of the cursor on, as they are on the screen. */
static RUN(copy_row)
{
	const struct app *app = app_of(ctx);
	uint64_t size = space_size(context_space(ctx));
	uint64_t row = app->window.per_row;
	uint64_t start = ctx->cursor.addr - ctx->cursor.addr % row;
	uint64_t count;
	char line[80];

	if (!call_count(call, &count, err) || !call_end(call, err))
		return false;
	if (start >= size)
		return error_set(err, ERR_NO, "there are no bytes here");
	count = u64_min(count, (size - start - 1) / row + 1);
	snprintf(line, sizeof(line), "0x%" PRIx64 ",0x%" PRIx64 " copy", start,
	         start + u64_min(count * row, size - start));
	return app_run(app_of(ctx), line, err);
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
	if (!app_shows_hint(app_of(ctx))) {
		app_of(ctx)->hint = false;
		return error_set(err, ERR_STATE,
		                 "the window is too small for that (F1 is "
		                 "help)");
	}
	return true;
}

static void look_waiting(struct context *ctx)
{
	recovery_begin(app_of(ctx), RECOVERY_SAY);
}

void app_hooks(struct app *app)
{
	app->ctx.may_quit = leave_may;
	app->ctx.look_waiting = look_waiting;
	app->ctx.ask_flush = preview_ask;
	app->ctx.ask_replace = query_ask;
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
	{ .name = "answer",
	  .usage = "yes|no|all|back|end",
	  .words = "yes no all back end",
	  .help = "answer what replace-all -q asks",
	  .flags = COMMAND_UI | COMMAND_OUTER,
	  .complete = COMPLETE_WORDS,
	  .run = run_answer },
	{ .name = "bind",
	  .usage = "[-m MODE] KEYS COMMAND LINE",
	  .help = "bind keys to a command line until the end",
	  .flags = COMMAND_UI | COMMAND_REST,
	  .run = run_bind },
	UI_COMMAND("cancel", "",
	           "close a box, stop a job, close the panel in use, drop a "
	           "selection, one at a time",
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
	{ .name = "copy-row",
	  .usage = "[N]",
	  .help = "keep the bytes of this row, or of N rows, for paste",
	  .flags = COMMAND_UI | COMMAND_OUTER,
	  .run = run_copy_row },
	{ .name = "dialog",
	  .usage = "next|prev|accept|up|down|page-up|page-down|first|last|view",
	  .words = "next prev accept up down page-up page-down first last view",
	  .help = "choose a button of the dialog, press it, or scroll",
	  .more = "up and down choose a button where nothing scrolls. view "
	          "shows "
	          "as many rows as there is room for, or few again.",
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
	              "end|yank|pattern",
	              "edit the line of the prompt", run_line_command),
	OUTER_COMMAND("list",
	              "up|down|page-up|page-down|first|last|accept|show|filter|"
	              "remove|next-set|prev-set",
	              "move and act in a list or a box of text", run_list),
	UI_COMMAND("messages", "", "show the messages so far", run_messages),
	{ .name = "mode",
	  .usage = "hex|text|normal|once",
	  .words = "hex text normal once",
	  .help = "choose what keys mean: data or commands",
	  .more = "once: data that goes over one byte, in the pane where the "
	          "cursor is, and then commands again.",
	  .flags = COMMAND_UI,
	  .complete = COMPLETE_WORDS,
	  .run = run_mode },
	{ .name = "move",
	  .usage = MOTION_WORDS,
	  .words = MOTION_WORDS,
	  .help = "move the cursor",
	  .flags = COMMAND_UI,
	  .complete = COMPLETE_WORDS,
	  .run = run_move },
	{ .name = "next-key",
	  .usage = "TEXT",
	  .help = "run TEXT with the next key behind; \\s ends it in a "
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
	{ .name = "quote",
	  .usage = "",
	  .help = "put the next key over the byte here, whatever it is",
	  .more = "Or before it, where typing inserts. Control keys are the "
	          "characters 00 to 1f.",
	  .flags = COMMAND_UI | COMMAND_OUTER,
	  .run = run_quote },
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
	          "over it. One step of undo.",
	  .flags = COMMAND_UI | COMMAND_EDITS,
	  .run = run_type },
	{ .name = "unbind",
	  .usage = "[-m MODE] KEYS",
	  .help = "take a key's binding away until the end",
	  .flags = COMMAND_UI,
	  .run = run_unbind },
	{ .name = NULL },
};
