/*
 * cmd_keys.c - the commands that show and change what keys do
 *
 * Keymaps are data: what is bound here is what a file could say, and is checked
 * as one is.
 */
#include "config.h"

#include "ui/cmd_ui.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/context.h"
#include "command/option.h"
#include "command/run.h"
#include "ui/app.h"

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

RUN(keys)
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

RUN(keymap)
{
	return set_named(ctx, call, err);
}

RUN(theme)
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

RUN(bind)
{
	return bind_keys(ctx, call, true, err);
}

RUN(unbind)
{
	return bind_keys(ctx, call, false, err);
}
