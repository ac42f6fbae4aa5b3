/* complete.c - see complete.h */
#include "config.h"

#include "command/complete.h"

#include <dirent.h>
#include <inttypes.h>
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
#include "find/named.h"
#include "space/ranges.h"

enum { NAME_CAP = 1024 };

struct completion {
	struct context *ctx;
	const char *prefix; /* the word so far, not terminated */
	size_t len;
	bool quoted;         /* it begins with a quote: */
	char name[NAME_CAP]; /* what it stands for, without quote and escapes */
	complete_take *take;
	void *arg;
	bool stopped;
	bool later; /* an argument stands in front */
};

static void offer(struct completion *c, const char *text)
{
	if (!c->stopped && strncmp(text, c->prefix, c->len) == 0)
		c->stopped = !c->take(c->arg, text);
}

/* A name as a word: in quotes where it needs them or the user has begun with
   one. Behind it comes `tail`; `open` leaves the quotes open, to go on. */
static void offer_name(struct completion *c, const char *name, bool plain,
                       const char *tail, bool open)
{
	char text[2 * NAME_CAP + 8];
	size_t n = 0;

	if (strlen(name) >= NAME_CAP || c->stopped)
		return;
	snprintf(text, sizeof(text), "%s%s", name, c->quoted ? "" : tail);
	if (strncmp(text, c->name, strlen(c->name)) != 0)
		return;
	if (!plain || c->quoted) {
		text[n++] = '"';
		for (; *name; name++) {
			if (*name == '"' || *name == '\\')
				text[n++] = '\\';
			text[n++] = *name;
		}
		snprintf(text + n, sizeof(text) - n, "%s%s", open ? "" : "\"",
		         tail);
	}
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
			/* What needs a value goes on with the sign. */
			snprintf(text, sizeof(text), "%s%s", o->name,
			         values && o->kind != OPTION_SWITCH ? "=" : "");
			offer(c, text);
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
		         ranges_at(c->ctx->bookmarks, i).name);
		offer(c, text);
	}
}

/* Whatever the command: no other argument begins like this. */
static void offer_sets(struct completion *c)
{
	char text[SET_NAME + 1];

	for (size_t i = 0; i < c->ctx->sets.count; i++) {
		snprintf(text, sizeof(text), "%%%s", c->ctx->sets.v[i].name);
		offer(c, text);
	}
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

/* May this name stand in an address without quotes? */
static bool is_plain_segment(const char *name)
{
	for (size_t i = 0; name[i]; i++)
		if (!is_name_char(name[i]) && !(i > 0 && name[i] == '.') &&
		    !(i > 0 && name[i] == '-' && is_name_char(name[i + 1])))
			return false;
	return true;
}

/* May this path be a word without quotes? */
static bool is_plain_path(const char *path)
{
	return path[strcspn(path, " \t\";{")] == '\0' && path[0] != '#';
}

static void offer_segments(struct completion *c)
{
	const struct space *sp = context_space(c->ctx);

	for (size_t i = 0; i < space_segments(sp) && !c->stopped; i++) {
		const struct segment *seg = space_segment(sp, i);
		const char *name = seg->placement->name;
		char text[16];

		if (!seg->number)
			continue;
		/* What cannot be shown cannot be typed: it has its number. */
		if (text_safe(NULL, 0, name, strlen(name)) == strlen(name))
			offer_name(c, name, is_plain_segment(name), ":", false);
		snprintf(text, sizeof(text), "#%" PRIu32 ":", seg->number);
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

/* Would this name, without a folder, be taken for another kind of input? */
static bool is_other_input(const char *name)
{
	static const char *const words[] = { "gap:", "memory:" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strncmp(name, words[i], strlen(words[i])) == 0)
			return true;
	return strcmp(name, "-") == 0;
}

/* One name of the folder that the word so far leads to. */
static void offer_file(struct completion *c, const char *dir, const char *name)
{
	size_t len = strlen(name);
	char path[NAME_CAP + 256 + 2];
	bool folder;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    text_safe(NULL, 0, name, len) != len ||
	    (!*dir && is_other_input(name)))
		return;
	/* Hidden files are for those who ask for them. */
	if (name[0] == '.' && c->name[strlen(dir)] != '.')
		return;
	snprintf(path, sizeof(path), "%s%s", dir, name);
	folder = is_folder(path);
	if (folder)
		strcat(path, "/");
	offer_name(c, path, is_plain_path(path), "", folder);
}

static void offer_files(struct completion *c)
{
	const char *slash = strrchr(c->name, '/');
	char dir[NAME_CAP];
	struct dirent **entries;
	int n;

	snprintf(dir, sizeof(dir), "%.*s",
	         slash ? (int)(slash - c->name) + 1 : 0, c->name);
	n = scandir(*dir ? dir : ".", &entries, NULL, by_name);
	for (int i = 0; i < n; i++) {
		offer_file(c, dir, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static bool offer_pattern(void *arg, const struct named_entry *entry)
{
	struct completion *c = arg;
	size_t len = entry->name_len;
	char text[96];

	/* What cannot be shown cannot be typed. */
	if (len < sizeof(text) - 1 &&
	    text_safe(NULL, 0, entry->name, len) == len) {
		snprintf(text, sizeof(text), "@%.*s", (int)len, entry->name);
		offer(c, text);
	}
	return !c->stopped;
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
		if (c->later && cmd->words)
			offer_words(c, cmd->words);
		else
			offer_files(c);
		break;
	case COMPLETE_COMMAND:
		offer_words(c, "keys commands addresses patterns options");
		offer_commands(c);
		offer_options(c, false);
		break;
	case COMPLETE_PATTERN:
		named_each(c->ctx->patterns, offer_pattern, c);
		offer_words(c, cmd->words);
		break;
	case COMPLETE_BOOKMARK:
		offer_words(c, "goto delete");
		offer_bookmarks(c, "");
		break;
	case COMPLETE_ADDRESS:
	case COMPLETE_PLACE:
		offer_words(c, cmd->words);
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

/* Where the word that ends at `pos` begins: blanks divide words, but for those
   in quotes. */
static size_t word_start(const char *line, size_t from, size_t pos)
{
	size_t start = from;
	bool quoted = false;

	for (size_t i = from; i < pos; i++) {
		if (quoted && line[i] == '\\')
			i++;
		else if (quoted)
			quoted = line[i] != '"';
		else if (line[i] == '"' && i == start)
			quoted = true;
		else if (line[i] == ' ')
			start = i + 1;
	}
	return start;
}

/* The name that the word so far begins; false when it is too long for one. */
static bool read_name(struct completion *c)
{
	size_t n = 0;

	c->quoted = c->len > 0 && c->prefix[0] == '"';
	for (size_t i = c->quoted; i < c->len; i++) {
		if (c->quoted && c->prefix[i] == '\\' && i + 1 < c->len)
			i++;
		if (n + 1 == sizeof(c->name))
			return false;
		c->name[n++] = c->prefix[i];
	}
	c->name[n] = '\0';
	return true;
}

/* Is it the name of a set? Then the parentheses in front are none of it. */
static bool is_set(struct completion *c, size_t *start)
{
	size_t n = 0;

	while (n < c->len && c->prefix[n] == '(')
		n++;
	if (n == c->len || c->prefix[n] != '%')
		return false;
	*start += n;
	c->prefix += n;
	c->len -= n;
	return true;
}

/* Does an argument stand between the name of a command and the word so far? */
static bool has_argument(const char *line, size_t from, size_t to)
{
	from += from < to && line[from] == '!';
	while (from < to && line[from] == ' ')
		from++;
	return from < to;
}

void complete_line(struct context *ctx, const char *line, size_t pos,
                   size_t *start, size_t *end, complete_take *take, void *arg)
{
	struct completion c = { .ctx = ctx, .take = take, .arg = arg };
	struct parsed parsed;
	struct error ignored;

	/* An error in front of the cursor still leaves what was found
	   before. */
	if (!run_parse(ctx, line, pos, pos, &parsed, &ignored))
		parsed.command = parsed.name_done ? parsed.command : NULL;
	*start = word_start(line, parsed.name_start, pos);
	*end = pos;
	c.prefix = line + *start;
	c.len = *end - *start;
	if (!read_name(&c))
		return;
	c.later = has_argument(line, parsed.name_end, *start);
	/* A regex alone: the rest of the line is of it. */
	if (parsed.name_start < pos && strchr("/?", line[parsed.name_start]))
		return;
	if (parsed.command && parsed.name_done && is_set(&c, start))
		offer_sets(&c);
	else if (parsed.command && parsed.name_done)
		offer_arguments(&c, parsed.command);
	else if (*start == parsed.name_start &&
	         !(parsed.has_address && *start > 0 && line[*start - 1] != ' '))
		offer_commands(&c);
}
