/* prompt.c - see prompt.h */
#include "config.h"

#include "ui/prompt.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "command/complete.h"
#include "command/context.h"

static void drop_candidates(struct prompt *prompt)
{
	struct candidates *c = &prompt->candidates;

	for (size_t i = 0; i < c->count; i++)
		mem_free(c->v[i]);
	c->count = 0;
	c->at = 0;
}

/* Every change of the line makes what was known of it stale. */
static void changed(struct prompt *prompt)
{
	drop_candidates(prompt);
	prompt->refused = false;
	prompt->doubtful = false;
	prompt->aside[0] = '\0';
	prompt->line[prompt->len] = '\0';
}

void prompt_free(struct prompt *prompt)
{
	drop_candidates(prompt);
	mem_free(prompt->candidates.v);
	for (size_t i = 0; i < prompt->history_count; i++)
		mem_free(prompt->history[i]);
}

/* How much of a text goes into `room` bytes: whole characters. */
static size_t fitting(const char *text, size_t len, size_t room)
{
	if (len <= room)
		return len;
	while (room > 0 && ((unsigned char)text[room] & 0xc0) == 0x80)
		room--;
	return room;
}

void prompt_set(struct prompt *prompt, const char *text, size_t cursor)
{
	prompt->len = fitting(text, strlen(text), PROMPT_MAX - 1);
	memmove(prompt->line, text, prompt->len);
	prompt->cursor = size_min(cursor, prompt->len);
	changed(prompt);
}

void prompt_open(struct prompt *prompt, enum prompt_kind kind, const char *text)
{
	prompt->open = true;
	prompt->kind = kind;
	prompt->history_at = prompt->history_count;
	prompt_set(prompt, text, SIZE_MAX);
}

void prompt_close(struct prompt *prompt)
{
	prompt->open = false;
	drop_candidates(prompt);
}

void prompt_refuse(struct prompt *prompt, const struct error *err)
{
	prompt->open = true;
	prompt->refused = true;
	prompt->refusal = *err;
	if (err->column > 0 && err->column - 1 <= prompt->len)
		prompt->cursor = err->column - 1;
}

void prompt_doubt(struct prompt *prompt, const struct error *err)
{
	prompt->doubtful = true;
	prompt->doubt = *err;
}

void prompt_aside(struct prompt *prompt, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(prompt->aside, sizeof(prompt->aside), fmt, ap);
	va_end(ap);
}

void prompt_insert(struct prompt *prompt, const char *text, size_t len)
{
	char *at = prompt->line + prompt->cursor;

	len = fitting(text, len, PROMPT_MAX - 1 - prompt->len);
	memmove(at + len, at, prompt->len - prompt->cursor);
	for (size_t i = 0; i < len; i++)
		at[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f
		                ? ' '
		                : text[i];
	prompt->len += len;
	prompt->cursor += len;
	changed(prompt);
}

/* --- moving and deleting ------------------------------------------------- */

/* Is this byte not the first of its character? */
static bool is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

size_t prompt_char_before(const struct prompt *prompt, size_t at)
{
	size_t to = at > 0 ? at - 1 : 0;

	while (to > 0 && is_tail(prompt->line[to]))
		to--;
	return to;
}

static size_t char_after(const struct prompt *prompt, size_t at)
{
	if (at < prompt->len)
		at++;
	while (at < prompt->len && is_tail(prompt->line[at]))
		at++;
	return at;
}

static size_t word_before(const struct prompt *prompt)
{
	size_t at = prompt->cursor;

	while (at > 0 && prompt->line[at - 1] == ' ')
		at--;
	while (at > 0 && prompt->line[at - 1] != ' ')
		at--;
	return at;
}

static size_t word_after(const struct prompt *prompt)
{
	size_t at = prompt->cursor;

	while (at < prompt->len && prompt->line[at] == ' ')
		at++;
	while (at < prompt->len && prompt->line[at] != ' ')
		at++;
	return at;
}

bool prompt_move(struct prompt *prompt, const char *how)
{
	if (strcmp(how, "left") == 0)
		prompt->cursor = prompt_char_before(prompt, prompt->cursor);
	else if (strcmp(how, "right") == 0)
		prompt->cursor = char_after(prompt, prompt->cursor);
	else if (strcmp(how, "word-left") == 0)
		prompt->cursor = word_before(prompt);
	else if (strcmp(how, "word-right") == 0)
		prompt->cursor = word_after(prompt);
	else if (strcmp(how, "home") == 0)
		prompt->cursor = 0;
	else if (strcmp(how, "end") == 0)
		prompt->cursor = prompt->len;
	else
		return false;
	return true;
}

static void cut(struct prompt *prompt, size_t from, size_t to)
{
	memmove(prompt->line + from, prompt->line + to, prompt->len - to);
	prompt->len -= to - from;
	prompt->cursor = from;
	changed(prompt);
}

/* Where there is nothing to delete, what was deleted before is kept. */
static void kill_part(struct prompt *prompt, size_t from, size_t to)
{
	if (to > from) {
		memcpy(prompt->killed, prompt->line + from, to - from);
		prompt->killed[to - from] = '\0';
	}
	cut(prompt, from, to);
}

void prompt_yank(struct prompt *prompt)
{
	prompt_insert(prompt, prompt->killed, strlen(prompt->killed));
}

bool prompt_delete(struct prompt *prompt, const char *what)
{
	size_t at = prompt->cursor;

	if (strcmp(what, "back") == 0)
		cut(prompt, prompt_char_before(prompt, at), at);
	else if (strcmp(what, "char") == 0)
		cut(prompt, at, char_after(prompt, at));
	else if (strcmp(what, "word") == 0)
		kill_part(prompt, word_before(prompt), at);
	else if (strcmp(what, "line") == 0)
		kill_part(prompt, 0, prompt->len);
	else if (strcmp(what, "end") == 0)
		kill_part(prompt, at, prompt->len);
	else
		return false;
	return true;
}

/* --- history ------------------------------------------------------------- */

void prompt_history(struct prompt *prompt, bool older)
{
	if (prompt->kind != PROMPT_COMMAND ||
	    (older ? prompt->history_at == 0
	           : prompt->history_at == prompt->history_count))
		return;
	if (prompt->history_at == prompt->history_count)
		memcpy(prompt->draft, prompt->line, prompt->len + 1);
	prompt->history_at += older ? (size_t)-1 : 1;
	prompt_set(prompt,
	           prompt->history_at == prompt->history_count
	                   ? prompt->draft
	                   : prompt->history[prompt->history_at],
	           SIZE_MAX);
}

void prompt_remember(struct prompt *prompt)
{
	prompt_recall(prompt, prompt->line);
}

void prompt_recall(struct prompt *prompt, const char *line)
{
	struct error ignored;
	size_t n = prompt->history_count;
	char *copy;

	/* A line that stays open goes on as the newest. */
	prompt->history_at = n;
	if (!*line || (n > 0 && strcmp(prompt->history[n - 1], line) == 0))
		return;
	copy = mem_strdup(line, &ignored);
	if (!copy)
		return;
	if (n == PROMPT_HISTORY) {
		mem_free(prompt->history[0]);
		memmove(prompt->history, prompt->history + 1,
		        (n - 1) * sizeof(*prompt->history));
		n--;
	}
	prompt->history[n] = copy;
	prompt->history_count = prompt->history_at = n + 1;
}

/* --- completion ---------------------------------------------------------- */

static bool take(void *arg, const char *text)
{
	struct candidates *c = arg;
	struct error ignored;
	char *copy;

	if (c->count == PROMPT_CANDIDATES ||
	    !mem_grow(&c->v, &c->cap, c->count + 1, sizeof(*c->v), &ignored))
		return false;
	copy = mem_strdup(text, &ignored);
	if (!copy)
		return false;
	c->v[c->count++] = copy;
	return true;
}

static size_t shared_length(const struct candidates *c)
{
	size_t n = strlen(c->v[0]);

	for (size_t i = 1; i < c->count; i++) {
		size_t k = 0;

		while (k < n && c->v[i][k] == c->v[0][k])
			k++;
		n = k;
	}
	return n;
}

/* Put text in the place of the part that the candidates replace. */
static void replace(struct prompt *prompt, const char *text, size_t len)
{
	struct candidates *c = &prompt->candidates;
	size_t rest = prompt->len - c->end;

	if (c->start + len + rest >= PROMPT_MAX)
		return;
	memmove(prompt->line + c->start + len, prompt->line + c->end, rest);
	memcpy(prompt->line + c->start, text, len);
	prompt->len = c->start + len + rest;
	prompt->line[prompt->len] = '\0';
	c->end = c->start + len;
	prompt->cursor = c->end;
	prompt->refused = false;
}

void prompt_complete(struct prompt *prompt, struct context *ctx, bool forward)
{
	struct candidates *c = &prompt->candidates;
	size_t shared;

	if (prompt->kind != PROMPT_COMMAND)
		return;
	if (c->count == 0) {
		complete_line(ctx, prompt->line, prompt->cursor, &c->start,
		              &c->end, take, c);
		if (c->count == 0)
			return;
		c->at = c->count;
		shared = shared_length(c);
		if (shared > c->end - c->start) {
			replace(prompt, c->v[0], shared);
			if (c->count > 1)
				return;
		}
		if (c->count == 1) {
			replace(prompt, c->v[0], strlen(c->v[0]));
			shared = prompt->cursor;
			drop_candidates(prompt);
			if (shared == prompt->len && shared > 0 &&
			    !strchr("/:=", prompt->line[shared - 1]))
				prompt_insert(prompt, " ", 1);
			return;
		}
	}
	if (forward)
		c->at = c->at + 1 >= c->count ? 0 : c->at + 1;
	else
		c->at = c->at == 0 || c->at >= c->count ? c->count - 1
		                                        : c->at - 1;
	replace(prompt, c->v[c->at], strlen(c->v[c->at]));
}
