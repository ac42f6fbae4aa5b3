/*
 * cmd_prompt.c - the commands of the prompt, and what waits for a key
 *
 * The prompt is a line that is edited by commands like all else; what is
 * accepted is a command line, or the filter of a list.
 */
#include "config.h"

#include "ui/cmd_ui.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "session.h"
#include "ui/app.h"

/* Does what is typed behind it begin another word? Not behind a sign, as of a
   pattern or a type, nor behind 0x and its like. */
static bool ends_word(const char *text, size_t len)
{
	unsigned char last = len > 0 ? (unsigned char)text[len - 1] : 0;

	if (len > 1 && text[len - 2] == '0' && strchr("xob", last))
		return false;
	return len > 0 && !strchr("/?{:\"", last);
}

RUN(prompt)
{
	struct app *app = app_of(ctx);
	char text[PROMPT_MAX];
	const char *rest;
	size_t len;

	(void)err;
	call_rest(call, &rest, &len);
	snprintf(text, sizeof(text), "%.*s%s", (int)len, rest,
	         ends_word(rest, len) ? " " : "");
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

RUN(line_command)
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
	if (strcmp(what, "yank") == 0) {
		prompt_yank(&app->prompt);
		return true;
	}
	if (strcmp(what, "pattern") == 0) {
		prompt_change_pattern(&app->prompt);
		return true;
	}
	return prompt_move(&app->prompt, what) || unknown_word(call, what, err);
}

RUN(next_key)
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
RUN(record)
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
