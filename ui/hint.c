/*
 * hint.c - the box of the first run: what is open, and the first keys to know
 *
 * The keys are those of the keymap in use, in the mode the editor starts in.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "command/context.h"
#include "space/space.h"
#include "ui/app.h"
#include "ui/cells.h"
#include "ui/keymap.h"
#include "ui/paint.h"

enum {
	LINES = 9,
	ROWS = LINES + 2,
	COLS = 56,
	KEYS_ROW = 3,   /* the line that the keys begin in */
	RIGHT = 23,     /* where the second of two entries begins */
	KEYS_WIDTH = 5, /* at least, with a blank behind them */
	KEYS_MAX = 10,  /* bytes; what is longer is left out */
	BINDINGS = 256, /* of one mode: no keymap has so many */
};

/* The command lines that are worth a key here, with the key that the default
   keymap has for it. Two stand in a line; the last one is wide. */
static const struct entry {
	const char *line, *usual, *text;
	const char *other; /* another line for the same, or NULL */
} entries[] = {
	{ "help", "<F1>", "help", NULL },
	{ "prompt goto", "<F5>", "go to an address", "prompt goto 0x" },
	{ "prompt find", "<F7>", "find", "prompt /" },
	{ "pane", "<Tab>", "hex or text pane", NULL },
	{ "panel segments", "<F6>", "files", NULL },
	{ "quit", "<F10>", "quit", NULL },
	{ "prompt", ":", "every command, with Tab completion", NULL },
};

static const struct entry flush = { "flush", "<F2>", "", NULL };

struct hint_keys {
	char keys[KEYS_MAX];
	const char *text;
};

bool app_shows_hint(const struct app *app)
{
	return app->hint && !app->too_small && app->parts.data_rows >= ROWS &&
	       app->parts.cols >= COLS;
}

/* Bytes of the key that a sequence begins with, without the <> of a name. */
static size_t key_length(const char *key, bool named)
{
	size_t len = 1;

	if (named)
		return strcspn(key, ">");
	while (((unsigned char)key[len] & 0xc0) == 0x80)
		len++;
	return len;
}

/* "<C-x><C-c>" as "C-x C-c"; false if it is too long. */
static bool write_keys(char dst[static KEYS_MAX], const char *keys)
{
	size_t n = 0;

	while (*keys) {
		bool named = *keys == '<';
		size_t len = key_length(keys + named, named);

		if (n + 1 + len >= KEYS_MAX)
			return false;
		if (n > 0)
			dst[n++] = ' ';
		memcpy(dst + n, keys + named, len);
		n += len;
		keys += len + (named ? 2 : 0);
	}
	dst[n] = '\0';
	return true;
}

/* The usual key of an entry if that is bound so, else the first that is. */
static bool find_keys(const struct binding *bindings, size_t count,
                      const struct entry *entry, struct hint_keys *keys)
{
	bool found = false;

	keys->text = entry->text;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(bindings[i].line, entry->line) != 0 &&
		    (!entry->other ||
		     strcmp(bindings[i].line, entry->other) != 0))
			continue;
		if (!found || strcmp(bindings[i].keys, entry->usual) == 0)
			found = write_keys(keys->keys, bindings[i].keys) ||
			        found;
	}
	return found;
}

/* What is shown, two to a line; without a key, there is a blank. */
static void list_keys(const struct binding *bindings, size_t count,
                      struct hint_keys shown[static ARRAY_LEN(entries)])
{
	for (size_t i = 0; i < ARRAY_LEN(entries); i++)
		if (!find_keys(bindings, count, &entries[i], &shown[i]))
			shown[i] = (struct hint_keys){ .text = "" };
}

static void paint_keys(struct app *app, const struct binding *bindings,
                       size_t count, int row, int col)
{
	struct hint_keys shown[ARRAY_LEN(entries)];
	int width[2] = { KEYS_WIDTH, KEYS_WIDTH };

	list_keys(bindings, count, shown);
	for (int i = 0; i < (int)ARRAY_LEN(entries); i++)
		width[i % 2] =
			int_max(width[i % 2], canvas_width(shown[i].keys) + 1);
	for (int i = 0; i < (int)ARRAY_LEN(entries); i++) {
		int at = i % 2 == 0 ? col + 2 : col + RIGHT;

		canvas_text(&app->canvas, row + i / 2, at, -1, shown[i].keys,
		            STYLE_NORMAL);
		canvas_text(&app->canvas, row + i / 2, at + width[i % 2], -1,
		            shown[i].text, STYLE_NORMAL);
	}
}

void app_paint_hint(struct app *app)
{
	const struct space *sp = context_space(&app->ctx);
	int row = app->parts.data + (app->parts.data_rows - ROWS) / 2;
	int col = (app->parts.cols - COLS) / 2;
	struct binding bindings[BINDINGS];
	size_t count = keymap_next(app->keymap, app_mode(app), app->mode, NULL,
	                           0, bindings, BINDINGS);
	char line[120], size[24];
	struct hint_keys keys;

	count = size_min(count, BINDINGS);
	box_paint(&app->canvas, row++, col, ROWS, COLS, "Welcome to hexspan",
	          "any key closes this; :hint shows it again", app->ascii);
	col += 2;
	snprintf(line, sizeof(line), "%zu %s open as one space of %s.",
	         space_numbers(sp),
	         space_numbers(sp) == 1 ? "file is" : "files are",
	         size_text(space_size(sp), size));
	canvas_text(&app->canvas, row, col, COLS - 4, line, STYLE_NORMAL);
	if (find_keys(bindings, count, &flush, &keys))
		snprintf(line, sizeof(line),
		         "Nothing is written until you press %s.", keys.keys);
	else
		snprintf(line, sizeof(line),
		         "Nothing is written before the command flush.");
	canvas_text(&app->canvas, row + 1, col, COLS - 4, line, STYLE_NORMAL);
	paint_keys(app, bindings, count, row + KEYS_ROW, col);
	canvas_text(&app->canvas, row + LINES - 1, col, COLS - 4,
	            "Other keys: hexspan -k vi | emacs | hexedit",
	            STYLE_NORMAL);
}
