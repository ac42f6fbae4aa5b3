/*
 * prompt_pattern.c - see prompt.h: a pattern becomes one of another kind
 *
 * What was typed stays, the signs around it change: a text that turns out to be
 * wanted as hex, or an expression that was meant literally, is not typed again.
 * A pattern that is not closed yet is closed behind the cursor, since not every
 * kind may stay open.
 */
#include "config.h"

#include "ui/prompt.h"

#include <string.h>

enum pattern_kind { HEX, TEXT, REGEX, BARE };

/* What stands around each kind, and what comes after it. */
static const struct {
	char open, close;
	enum pattern_kind next;
} kinds[] = {
	[HEX] = { '{', '}', TEXT },
	[TEXT] = { '"', '"', REGEX },
	[REGEX] = { '/', '/', HEX },
	[BARE] = { '\0', '\0', REGEX },
};

/* A pattern in the line: all of it, and what is between its signs. */
struct found {
	enum pattern_kind kind;
	size_t from, to;
	size_t start, end;
};

/* A new line in the making. */
struct making {
	char text[PROMPT_MAX];
	size_t len;
	bool full;
};

static enum pattern_kind kind_of(char sign)
{
	for (enum pattern_kind kind = HEX; kind < BARE; kind++)
		if (sign == kinds[kind].open)
			return kind;
	return BARE;
}

static bool is_end(enum pattern_kind kind, char c)
{
	return c == (kind == BARE ? ' ' : kinds[kind].close);
}

/* What stands at a place where a word begins. */
static struct found at_word(const struct prompt *prompt, size_t from)
{
	const char *line = prompt->line;
	struct found f = { .kind = kind_of(line[from]), .from = from };
	size_t at = from + (f.kind != BARE);

	f.start = at;
	while (at < prompt->len && !is_end(f.kind, line[at])) {
		bool escapes = f.kind != HEX && line[at] == '\\';

		at = size_min(at + (escapes ? 2 : 1), prompt->len);
	}
	f.end = f.to = at;
	if (f.kind == BARE || at == prompt->len)
		return f;
	/* With the flags of an expression, which nothing else has. */
	do
		f.to++;
	while (f.kind == REGEX && f.to < prompt->len && line[f.to] != ' ');
	return f;
}

/* The pattern at the cursor or the last one before it. A word without signs is
   one behind the name of a command; no option is. */
static bool find_pattern(const struct prompt *prompt, struct found *out)
{
	bool found = false;
	size_t words = 0;

	for (size_t at = 0; at < prompt->len && at <= prompt->cursor; words++) {
		struct found f;

		if (prompt->line[at] == ' ') {
			at++;
			words--;
			continue;
		}
		f = at_word(prompt, at);
		if (f.kind != BARE || (words > 0 && prompt->line[at] != '-')) {
			*out = f;
			found = true;
		}
		at = f.to;
	}
	return found;
}

static void put(struct making *m, const char *text, size_t len)
{
	m->full = m->full || len >= PROMPT_MAX - m->len;
	if (m->full)
		return;
	memcpy(m->text + m->len, text, len);
	m->len += len;
}

/* What is between the signs, where a sign that ends it is written otherwise. */
static void put_inside(struct making *m, const struct prompt *prompt,
                       const struct found *f, enum pattern_kind to)
{
	char was = kinds[f->kind].close;
	char is = kinds[to].close;

	for (size_t at = f->start; at < f->end; at++) {
		const char *c = prompt->line + at;

		if (f->kind != HEX && f->kind != BARE && c[0] == '\\' &&
		    at + 1 < f->end && c[1] == was)
			continue;
		if (to != HEX && *c == is)
			put(m, "\\", 1);
		put(m, c, 1);
	}
}

void prompt_change_pattern(struct prompt *prompt)
{
	static const char command[] = "find ";
	struct making m = { .len = 0 };
	enum pattern_kind to;
	struct found f;
	size_t cursor;

	if (prompt->kind != PROMPT_COMMAND || !find_pattern(prompt, &f))
		return;
	to = kinds[f.kind].next;
	put(&m, prompt->line, f.from);
	if (f.from == 0) /* an expression alone is a search for it */
		put(&m, command, sizeof(command) - 1);
	put(&m, &kinds[to].open, 1);
	put_inside(&m, prompt, &f, to);
	cursor = m.len;
	put(&m, &kinds[to].close, 1);
	put(&m, prompt->line + f.to, prompt->len - f.to);
	if (m.full)
		return;
	m.text[m.len] = '\0';
	prompt_set(prompt, m.text, cursor);
}
