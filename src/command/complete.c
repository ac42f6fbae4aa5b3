/* complete.c - see complete.h */
#include "config.h"

#include "command/complete.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/text.h"
#include "command/context.h"
#include "command/option.h"
#include "command/run.h"
#include "command/table.h"
#include "space/ranges.h"

struct completion {
	struct context *ctx;
	const char *prefix; /* the word so far, not terminated */
	size_t len;
	complete_take *take;
	void *arg;
	bool stopped;
};

static void offer(struct completion *c, const char *text)
{
	if (!c->stopped && strncmp(text, c->prefix, c->len) == 0)
		c->stopped = !c->take(c->arg, text);
}

static void offer_commands(struct completion *c)
{
	const struct command *cmd;

	for (size_t list = 0, idx = 0;
	     (cmd = commands_next(c->ctx, &list, &idx));)
		offer(c, cmd->name);
}

static void offer_words(struct completion *c, const char *words)
{
	char word[64];

	while (words && *words) {
		size_t n = strcspn(words, " ");

		snprintf(word, sizeof(word), "%.*s", (int)n, words);
		offer(c, word);
		words += n + (words[n] == ' ');
	}
}

/* NAME=VALUE for each value that is a word; else the names. */
static void offer_options(struct completion *c, bool values)
{
	char text[96];

	for (const struct option *o = option_table; o->name; o++) {
		const char *words =
			o->kind == OPTION_SWITCH ? "on off" : o->words;
		size_t n = strlen(o->name);

		if (!values || c->len <= n ||
		    strncmp(c->prefix, o->name, n) != 0 ||
		    c->prefix[n] != '=') {
			offer(c, o->name);
			continue;
		}
		while (words && *words) {
			size_t k = strcspn(words, " ");

			snprintf(text, sizeof(text), "%s=%.*s", o->name, (int)k,
			         words);
			offer(c, text);
			words += k + (words[k] == ' ');
		}
	}
}

static void offer_bookmarks(struct completion *c, const char *sign)
{
	char text[96];

	for (size_t i = 0; i < ranges_count(c->ctx->bookmarks); i++) {
		snprintf(text, sizeof(text), "%s%s", sign,
		         ranges_at(c->ctx->bookmarks, i)->name);
		offer(c, text);
	}
}

/* A name as an address needs it: in quotes unless it is plain. */
static void offer_segments(struct completion *c)
{
	const struct space *sp = context_space(c->ctx);

	for (size_t i = 0; i < space_segments(sp) && !c->stopped; i++) {
		const struct segment *seg = space_segment(sp, i);
		const char *name = seg->placement->name;
		char text[600];

		if (!seg->number)
			continue;
		if (strlen(name) > 250 ||
		    text_safe(NULL, 0, name, strlen(name)) != strlen(name))
			continue;
		if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
		                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		                      "0123456789._-")])
			snprintf(text, sizeof(text), "\"%s\":", name);
		else
			snprintf(text, sizeof(text), "%s:", name);
		offer(c, text);
		snprintf(text, sizeof(text), "#%u:", seg->number);
		offer(c, text);
	}
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void offer_files(struct completion *c)
{
	char dir[1024], path[2048];
	const char *slash = NULL;
	struct dirent **entries;
	size_t head;
	int n;

	for (size_t i = 0; i < c->len; i++)
		if (c->prefix[i] == '/')
			slash = c->prefix + i;
	head = slash ? (size_t)(slash - c->prefix) + 1 : 0;
	if (head >= sizeof(dir))
		return;
	memcpy(dir, c->prefix, head);
	dir[head] = '\0';
	n = scandir(head ? dir : ".", &entries, NULL, by_name);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		size_t len = strlen(name);

		if ((name[0] != '.' || c->len > head) &&
		    strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
		    text_safe(NULL, 0, name, len) == len) {
			snprintf(path, sizeof(path), "%s%s", dir, name);
			if (is_folder(path))
				strncat(path, "/",
				        sizeof(path) - strlen(path) - 1);
			offer(c, path);
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static void offer_arguments(struct completion *c, const struct command *cmd)
{
	switch (cmd->complete) {
	case COMPLETE_WORDS:
		offer_words(c, cmd->words);
		break;
	case COMPLETE_OPTION:
		offer_options(c, strcmp(cmd->name, "set") == 0);
		break;
	case COMPLETE_FILE:
		offer_files(c);
		break;
	case COMPLETE_COMMAND:
		offer_words(c, "keys commands addresses options");
		offer_commands(c);
		offer_options(c, false);
		break;
	case COMPLETE_BOOKMARK:
		offer_words(c, "goto delete");
		offer_bookmarks(c, "");
		break;
	case COMPLETE_ADDRESS:
		offer_segments(c);
		offer_bookmarks(c, "@");
		break;
	case COMPLETE_THEME:
		offer_words(c, "auto dark light");
		break;
	case COMPLETE_KEYMAP:
		offer_words(c, "default vi emacs hexedit");
		break;
	default:
		break;
	}
}

void complete_line(struct context *ctx, const char *line, size_t len,
                   size_t pos, size_t *start, size_t *end, complete_take *take,
                   void *arg)
{
	struct completion c = { .ctx = ctx, .take = take, .arg = arg };
	struct parsed parsed;
	struct error ignored;

	(void)len;
	/* What stands behind the cursor plays no part; an error in front of it
	   still leaves what was found before. */
	if (!run_parse(ctx, line, pos, pos, &parsed, &ignored))
		parsed.command = parsed.name_done ? parsed.command : NULL;
	*start = *end = pos;
	while (*start > parsed.name_start && line[*start - 1] != ' ')
		(*start)--;
	c.prefix = line + *start;
	c.len = *end - *start;
	if (parsed.command && parsed.name_done)
		offer_arguments(&c, parsed.command);
	else
		offer_commands(&c);
}
