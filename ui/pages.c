/*
 * pages.c - help made from the tables and the live keymap
 *
 * Nothing here names a key: what is shown is what is bound now.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ui/app.h"

/* Write the keys that run a command line, in one mode or all: "F5 C-g g". */
static size_t keys_of(const struct app *app, const char *line, char *dst,
                      size_t cap)
{
	size_t n = 0;

	dst[0] = '\0';
	for (size_t i = 0; i < keymap_bindings(app->keymap); i++) {
		struct binding b = keymap_binding(app->keymap, i);

		if (strcmp(b.line, line) != 0 || b.mode == MODE_PROMPT ||
		    b.mode == MODE_LIST || b.mode == MODE_PAGER)
			continue;
		if (n + strlen(b.keys) + 2 >= cap)
			break;
		n += (size_t)snprintf(dst + n, cap - n, "%s%s", n ? " " : "",
		                      b.keys);
	}
	return n;
}

/* What the first page of help says, by groups. */
static const struct {
	const char *group;
	const char *line; /* a command line that keys are bound to */
	const char *what;
} topics[] = {
	{ "Move", "move start", "first byte" },
	{ "", "move end", "last byte" },
	{ "", "move page-down", "page down" },
	{ "", "move row-start", "start of the row" },
	{ "", "next segment", "next file" },
	{ "", "prev segment", "this file's start, the file before" },
	{ "", "next sector", "next sector" },
	{ "", "next run", "past equal bytes" },
	{ "", "back", "back to before the jump" },
	{ "", "pane", "hex pane or text pane" },
	{ "Go", "prompt goto", "to an address: -1s  #2:0x10  .+4K" },
	{ "Select", "select start", "begin, or drop" },
	{ "", "select all", "everything" },
	{ "", "extend right", "with the cursor" },
	{ "Edit", "cycle insert", "insert or overwrite" },
	{ "", "erase", "delete the selection or a byte" },
	{ "", "erase back", "back over what was typed" },
	{ "", "undo", "undo" },
	{ "", "redo", "redo" },
	{ "Panels", "panel segments", "files" },
	{ "", "panel bookmarks", "bookmarks" },
	{ "", "panel matches", "matches" },
	{ "Marks", "bookmark", "bookmark here, or not" },
	{ "", "prompt bookmark", "with a name" },
	{ "Other", "prompt", "command line, Tab completes" },
	{ "", "cycle offset", "what the offset column shows" },
	{ "", "cycle encoding", "how the text pane reads bytes" },
	{ "", "help keys", "all keys" },
	{ "", "suspend", "to the shell" },
	{ "", "quit", "leave" },
};

static void put_page(struct app *app, const char *title, struct output *page)
{
	app_page(app, title, page->v ? page->v : "", page->len);
	output_free(page);
}

void app_help(struct app *app)
{
	struct output page;
	char keys[120], title[80];

	output_init(&page, false, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
		if (keys_of(app, topics[i].line, keys, sizeof(keys)) == 0)
			continue;
		output_text(&page, "%-7s %-34s %s\n", topics[i].group,
		            topics[i].what, keys);
	}
	output_text(&page, "\nSigns   * edited  + inserted  ! unreadable ??  @ "
	                   "bookmark  -- no file\n");
	output_text(&page, "More    :help commands  addresses  patterns  "
	                   "options  keys, "
	                   ":help COMMAND\n");
	snprintf(title, sizeof(title), "Help: keys (%s keymap)",
	         app->ctx.options.keymap);
	put_page(app, title, &page);
}

void app_show_keys(struct app *app, const char *mode)
{
	enum key_mode only = MODE_COUNT;
	struct output page;
	char title[80];

	if (*mode && !key_mode_parse(mode, &only)) {
		app_say(app, STYLE_ERROR, "no key mode '%s'",
		        text_shown(mode).s);
		return;
	}
	output_init(&page, false, NULL, NULL);
	for (enum key_mode m = 0; m < MODE_COUNT; m++) {
		bool first = true;

		if (only != MODE_COUNT && m != only)
			continue;
		for (size_t i = 0; i < keymap_bindings(app->keymap); i++) {
			struct binding b = keymap_binding(app->keymap, i);

			if (b.mode != m)
				continue;
			if (first)
				output_text(&page, "%s\n", key_mode_name(m));
			first = false;
			output_text(&page, "  %-14s %-28s ", b.keys, b.line);
			if (b.line_number)
				output_text(&page, "%s:%zu", b.file,
				            b.line_number);
			output_text(&page, "\n");
		}
	}
	snprintf(title, sizeof(title), "Keys (%s keymap)",
	         app->ctx.options.keymap);
	put_page(app, title, &page);
}

void app_messages(struct app *app)
{
	struct output page;

	output_init(&page, false, NULL, NULL);
	for (size_t i = 0; i < app->log_count; i++)
		output_text(&page, "%s\n", app->log[i]);
	put_page(app, "Messages", &page);
}

/* Is this the command that a line begins with? */
static bool begins_with(const char *line, const char *command)
{
	size_t n = strlen(command);

	return strncmp(line, command, n) == 0 &&
	       (line[n] == ' ' || line[n] == '\0');
}

void app_print_keys_of(struct context *ctx, const char *command)
{
	struct app *app = ctx->ui;

	for (size_t i = 0; i < keymap_bindings(app->keymap); i++) {
		struct binding b = keymap_binding(app->keymap, i);

		if (begins_with(b.line, command))
			output_text(ctx->out, "  %-8s %-14s %s\n",
			            key_mode_name(b.mode), b.keys, b.line);
	}
}

bool app_help_key(struct context *ctx, const char *key)
{
	struct app *app = ctx->ui;
	bool found = false;

	for (size_t i = 0; i < keymap_bindings(app->keymap); i++) {
		struct binding b = keymap_binding(app->keymap, i);

		if (strcmp(b.keys, key) != 0)
			continue;
		output_text(ctx->out, "%-8s %-14s %s\n", key_mode_name(b.mode),
		            b.keys, b.line);
		found = true;
	}
	return found;
}
