/*
 * take.c - see take.h: keys and pastes
 *
 * Keys of a sequence are kept until they are bound, or cannot be any more;
 * there is no time-out between them.
 */
#include "config.h"

#include "ui/take.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/sys.h"
#include "base/text.h"
#include "session.h"
#include "ui/app.h"
#include "ui/glyphs.h"

static const uint64_t repeat_max = 100000; /* of a counted command */

static bool begins(const char *line, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(line, words[i], strlen(words[i])) == 0)
			return true;
	return false;
}

/* A count before a command: how often it is run. Opening a panel twice would
   close it, so that most take none. */
static uint64_t apply_count(const char *line, uint64_t count,
                            char dst[static PROMPT_MAX])
{
	static const char *const repeated[] = { "move ", "extend ", "scroll ",
		                                "erase", "paste insert" };
	static const char *const taking[] = { "next ",     "prev ",
		                              "back",      "forward",
		                              "increment", "decrement",
		                              "repeat",    "copy-row" };

	/* The command may change the keymap that the line is in. */
	snprintf(dst, PROMPT_MAX, "%s", line);
	if (count == 0)
		return 1;
	/* Before start or end it is an address, as in bvi. */
	if (strcmp(line, "move start") == 0 || strcmp(line, "move end") == 0)
		snprintf(dst, PROMPT_MAX, "goto %" PRIu64, count);
	else if (begins(line, taking, ARRAY_LEN(taking)) ||
	         strcmp(line, "undo") == 0 || strcmp(line, "redo") == 0)
		snprintf(dst, PROMPT_MAX, "%s %" PRIu64, line, count);
	else if (begins(line, repeated, ARRAY_LEN(repeated)))
		return u64_min(count, repeat_max);
	return 1;
}

void take_line(struct app *app, const char *line)
{
	char copy[PROMPT_MAX];
	uint64_t times = apply_count(line, app->count, copy);
	bool join = times > 1 && !session_joins(app->ctx.session);
	struct error err;

	app->next_count = app->count;
	app->count = 0;
	/* What a count has made is taken back at once. */
	if (join)
		session_join(app->ctx.session, true);
	for (uint64_t i = 0; i < times; i++) {
		if (app_run(app, copy, &err))
			continue;
		app_error(app, "", &err);
		break;
	}
	if (join)
		session_join(app->ctx.session, false);
}

static void drop_keys(struct app *app)
{
	app->key_count = 0;
	app->keys_box = false;
	app->has_next_key = false;
	app->count = 0;
}

/* The key that a next-key command waits for. */
static void take_next_key(struct app *app, const struct event *event)
{
	static const char *const play = "macro play ";
	char line[PROMPT_MAX + 32];
	char utf8[5] = "", count[24] = "";
	struct error err;

	app->has_next_key = false;
	if (!event->codepoint)
		return;
	utf8[text_encode(utf8, event->codepoint)] = '\0';
	if (app->next_count > 0 && begins(app->next_key, &play, 1))
		snprintf(count, sizeof(count), " %" PRIu64, app->next_count);
	snprintf(line, sizeof(line), "%s%s%s", app->next_key, utf8, count);
	if (!app_run(app, line, &err))
		app_error(app, "", &err);
}

static bool takes_digit(const struct app *app, const struct event *event)
{
	/* With bytes selected in the hex pane they are data, which drop
	   them. */
	if (app->mode != MODE_NORMAL ||
	    (app_mode(app) != MODE_NORMAL && app_mode(app) != MODE_SELECT))
		return false;
	if (!keymap_counts(app->keymap) || app->key_count > 0 || app->too_small)
		return false;
	return event->codepoint >= '0' && event->codepoint <= '9' &&
	       (event->codepoint != '0' || app->count > 0);
}

/* A button of the dialog, or none. */
static void press(struct app *app, const char *line)
{
	struct error err;

	if (line && *line && !app_run(app, line, &err))
		app_error(app, "", &err);
}

/* One byte was typed, or could not be: the cursor stays at it. */
static void end_once(struct app *app, struct place at, bool typed)
{
	if (typed && typing_is_low(app))
		return;
	if (typed)
		context_move(&app->ctx, at);
	app->once = false;
	app->mode = MODE_NORMAL;
}

/* A key that is data. */
static void type(struct app *app, uint32_t cp)
{
	struct place at = app->ctx.cursor;
	bool insert = app->ctx.options.insert;
	bool goes_on = typing_goes_on(app) && !app->typing.erased;
	bool once = app->once;
	struct error err;
	char utf8[5];
	bool ok;

	app->ctx.options.insert = insert && !once;
	ok = typing_key(app, cp, &err);
	app->ctx.options.insert = insert;
	if (once)
		end_once(app, at, ok);
	if (!ok ||
	    !macro_note_typed(&app->ctx.macros, utf8, text_encode(utf8, cp),
	                      false, goes_on, &err))
		app_error(app, "", &err);
}

/* The character of a key that a terminal sends as a byte; false: it is none. */
static bool character_of(const struct event *event, uint32_t *cp)
{
	static const struct {
		const char *key;
		uint32_t cp;
	} keys[] = {
		{ "<Tab>", 0x09 },   { "<Enter>", 0x0d },
		{ "<Space>", 0x20 }, { "<Escape>", 0x1b },
		{ "<lt>", '<' },     { "<Backspace>", 0x7f },
		{ "<C-Space>", 0 },
	};
	size_t len = strlen(event->key);

	*cp = event->codepoint;
	if (*cp)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(event->key, keys[i].key) == 0) {
			*cp = keys[i].cp;
			return true;
		}
	if (len != 5 || strncmp(event->key, "<C-", 3) != 0)
		return false;
	*cp = (unsigned char)event->key[3] & 0x1f;
	return true;
}

/* The key that quote waits for: as lines, which a macro can have. */
static void take_quoted(struct app *app, const struct event *event)
{
	enum encoding encoding = (enum encoding)app->ctx.options.encoding;
	const char *how = app->ctx.options.insert ? "insert" : "put";
	unsigned char bytes[4];
	char line[80];
	struct error err;
	uint32_t cp;
	size_t len, n;

	app->quoting = false;
	len = character_of(event, &cp) ? glyphs_encode(encoding, cp, bytes) : 0;
	if (len == 0) {
		app_say(app, STYLE_WARNING, "%s is no character here",
		        text_shown(event->key).s);
		return;
	}
	n = (size_t)snprintf(line, sizeof(line), "%s {", how);
	for (size_t i = 0; i < len; i++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, "%02x",
		                      bytes[i]);
	snprintf(line + n, sizeof(line) - n, "}");
	if (!app_run(app, line, &err) || !app_run(app, "move right", &err))
		app_error(app, "", &err);
}

static void unbound(struct app *app, const struct event *event)
{
	char utf8[5];

	if (app->prompt.open && event->codepoint && app->key_count == 1) {
		prompt_insert(&app->prompt, utf8,
		              text_encode(utf8, event->codepoint));
	} else if (app->dialog.open && event->codepoint) {
		press(app, dialog_letter(&app->dialog, event->codepoint));
	} else if (event->codepoint && app->key_count == 1 &&
	           typing_takes(app, event->codepoint)) {
		type(app, event->codepoint);
	} else if (app->key_count == 1) {
		app_say(app, STYLE_WARNING, "%s is not bound here",
		        text_shown(event->key).s);
	} else {
		app_say(app, STYLE_WARNING, "these keys are not bound");
	}
}

/* In a window too small nobody sees what a command does. */
static bool is_allowed(const struct app *app, const char *line)
{
	static const char *const allowed[] = { "quit", "suspend", "redraw",
		                               "cancel", "line cancel" };

	for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
		if (strncmp(line, allowed[i], strlen(allowed[i])) == 0)
			return true;
	/* A question stays in sight. */
	return !app->too_small || app->dialog.open;
}

void take_key(struct app *app, const struct event *event)
{
	const char *keys[APP_KEYS];
	const char *line;
	enum key_found found;

	app->message[0] = '\0';
	if (app_shows_hint(app)) {
		app->hint = false;
		return;
	}
	if (app->quoting && !app->too_small) {
		take_quoted(app, event);
		return;
	}
	if (app->has_next_key && !app->too_small) {
		take_next_key(app, event);
		return;
	}
	if ((app->key_count > 0 || app->count > 0) &&
	    strcmp(event->key, "<Escape>") == 0) {
		drop_keys(app);
		return;
	}
	if (takes_digit(app, event)) {
		if (app->count < UINT64_MAX / 16)
			app->count = app->count * 10 + event->codepoint - '0';
		return;
	}
	memcpy(app->keys[app->key_count++], event->key, KEY_TEXT);
	for (size_t i = 0; i < app->key_count; i++)
		keys[i] = app->keys[i];
	found = keymap_find(app->keymap, app_mode(app), app->mode, keys,
	                    app->key_count, &line);
	if (found == KEY_PREFIX && app->key_count < APP_KEYS) {
		app->keys_since = sys_now();
		return;
	}
	if (found == KEY_BOUND) {
		app->key_count = 0;
		app->keys_box = false;
		if (is_allowed(app, line))
			take_line(app, line);
		return;
	}
	if (app->too_small && !app->dialog.open) {
		app->key_count = 0;
		return;
	}
	unbound(app, event);
	drop_keys(app);
}

/* Into the bytes; false: nothing there takes it. */
static bool paste_bytes(struct app *app, const struct event *event)
{
	struct error err;

	if (app->too_small || app_shows_hint(app) || !typing_takes(app, '0'))
		return false;
	if (event->cut)
		app_say(app, STYLE_WARNING,
		        "the paste was not used: it is longer than %d MiB",
		        PASTE_MAX >> 20);
	else if (!typing_paste(app, event->text, event->len, &err) ||
	         !macro_note_typed(&app->ctx.macros, event->text, event->len,
	                           true, false, &err))
		app_error(app, "", &err);
	return true;
}

void take_paste(struct app *app, const struct event *event)
{
	size_t len = event->len;

	app->message[0] = '\0';
	if (!app->prompt.open && paste_bytes(app, event))
		return;
	while (len > 0 && strchr("\r\n", event->text[len - 1]))
		len--;
	if (!app->prompt.open || app->too_small)
		app_say(app, STYLE_WARNING,
		        "a paste of %zu bytes was not used: nothing here takes "
		        "it",
		        event->len);
	else if (memchr(event->text, '\n', len) ||
	         memchr(event->text, '\r', len))
		app_say(app, STYLE_WARNING,
		        "the paste has several lines: the prompt takes one");
	else if (event->cut || len >= PROMPT_MAX - app->prompt.len)
		app_say(app, STYLE_WARNING,
		        "the paste is too long for the prompt");
	else
		prompt_insert(&app->prompt, event->text, len);
}
