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

/* Does a binding run this line, maybe with more behind it? */
static bool runs(const struct binding *b, const char *line)
{
	size_t len = strlen(line);

	return b->mode != MODE_PROMPT && b->mode != MODE_LIST &&
	       b->mode != MODE_PAGER && strncmp(b->line, line, len) == 0 &&
	       (b->line[len] == '\0' || b->line[len] == ';');
}

/* Does a binding before this one show the same keys? */
static bool is_shown(const struct app *app, const char *line, size_t idx)
{
	struct binding b = keymap_binding(app->keymap, idx);

	for (size_t i = 0; i < idx; i++) {
		struct binding other = keymap_binding(app->keymap, i);

		if (runs(&other, line) && strcmp(other.keys, b.keys) == 0)
			return true;
	}
	return false;
}

/* Write the keys that run a command line, in any mode: "F5 C-g g". */
static size_t keys_of(const struct app *app, const char *line, char *dst,
                      size_t cap)
{
	size_t n = 0;

	dst[0] = '\0';
	for (size_t i = 0; i < keymap_bindings(app->keymap); i++) {
		struct binding b = keymap_binding(app->keymap, i);

		if (!runs(&b, line) || is_shown(app, line, i))
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
	const char *what;
	const char *lines[2]; /* command lines that keys are bound to; two are
	                         there and back */
} topics[] = {
	{ "Move", "first byte, last byte", { "move start", "move end" } },
	{ "Move", "page down, up", { "move page-down", "move page-up" } },
	{ "Move", "ends of the row", { "move row-start", "move row-end" } },
	{ "Move", "next file, previous", { "next segment", "prev segment" } },
	{ "Move", "next sector, previous", { "next sector", "prev sector" } },
	{ "Move", "past equal bytes, back", { "next run", "prev run" } },
	{ "Move", "to before the jump, forward", { "back", "forward" } },
	{ "Move", "hex pane or text pane", { "pane" } },
	{ "Go", "to an address: -1s  #2:0x10  .+4K", { "prompt goto" } },
	{ "Go", "to an address in hex digits", { "prompt goto 0x" } },
	{ "Find", "\"text\"  {53 ef ??}  /regex/", { "prompt find" } },
	{ "Find", "the same, backward", { "prompt find -b" } },
	{ "Find", "a regex", { "prompt /" } },
	{ "Find", "a regex, backward", { "prompt ?" } },
	{ "Find", "next match, previous", { "next match", "prev match" } },
	{ "Find", "list all matches", { "prompt find-all" } },
	{ "Edit", "type bytes, until Escape", { "mode hex" } },
	{ "Edit", "insert or overwrite", { "cycle insert" } },
	{ "Edit", "delete the selection or a byte", { "erase" } },
	{ "Edit", "back over what was typed", { "erase back" } },
	{ "Edit", "undo, redo", { "undo", "redo" } },
	{ "Edit", "copy", { "copy" } },
	{ "Edit", "cut", { "cut" } },
	{ "Edit", "paste over, paste between", { "paste", "paste insert" } },
	{ "Edit", "fill the selection", { "prompt fill" } },
	{ "Save", "write the edits into the files", { "flush" } },
	{ "Save", "write the edits, and leave", { "flush-quit" } },
	{ "Save", "all bytes as another file", { "prompt save-as" } },
	{ "Select", "begin, or drop", { "select start" } },
	{ "Select", "everything", { "select all" } },
	{ "Select", "with the cursor", { "extend right" } },
	{ "Panels", "files", { "panel segments" } },
	{ "Panels", "bookmarks", { "panel bookmarks" } },
	{ "Panels", "matches", { "panel matches" } },
	{ "Panels", "history of edits", { "panel history" } },
	{ "Marks", "bookmark here, or not", { "bookmark" } },
	{ "Marks", "with a name", { "prompt bookmark" } },
	{ "Marks",
	  "mark a letter, go there",
	  { "next-key mark\\s", "next-key goto '" } },
	{ "Other", "command line, Tab completes", { "prompt" } },
	{ "Other", "open a file", { "prompt open" } },
	{ "Other", "what the offset column shows", { "cycle offset" } },
	{ "Other", "how the text pane reads bytes", { "cycle encoding" } },
	{ "Other", "all keys", { "help keys" } },
	{ "Other", "to the shell", { "suspend" } },
	{ "Other", "leave", { "quit" } },
	{ "Other", "leave at once, edits are kept", { "quit!" } },
	{ "Other", "leave, and drop the edits", { "quit drop" } },
};

/* What no key says. */
static const char topics_end[] =
	"\n"
	"Mouse   click: go there   drag: select   double click: bytes alike\n"
	"Signs   * edited  + inserted  ! unreadable ??  @ bookmark  -- no "
	"file\n"
	"        a bar before a byte and a line above its row: a file starts\n"
	"More    :help commands  addresses  patterns  options  keys, "
	":help COMMAND\n";

static void put_page(struct app *app, const char *title, struct output *page)
{
	app_page(app, title, page->v ? page->v : "", page->len);
	output_free(page);
}

/* The keys of a topic; of two command lines "first  second". False: none has
   any. */
static bool keys_of_topic(const struct app *app, const char *const lines[2],
                          char *dst, size_t cap)
{
	size_t len = keys_of(app, lines[0], dst, cap);
	char second[80];

	if (!lines[1] || keys_of(app, lines[1], second, sizeof(second)) == 0)
		return len > 0;
	snprintf(dst + len, cap - len, "%s%s", len > 0 ? "  " : "-  ", second);
	return true;
}

void app_help(struct app *app)
{
	struct output page;
	const char *group = "";
	char keys[200], title[80];

	output_init(&page, false, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LEN(topics); i++) {
		bool first = strcmp(group, topics[i].group) != 0;

		if (!keys_of_topic(app, topics[i].lines, keys, sizeof(keys)))
			continue;
		group = topics[i].group;
		output_text(&page, "%-7s %-34s %s\n", first ? group : "",
		            topics[i].what, keys);
	}
	output_text(&page, "%s", topics_end);
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
