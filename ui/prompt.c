/* prompt.c - see prompt.h */
#include "config.h"

#include "ui/prompt.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/complete.h"
#include "command/context.h"
#include "command/run.h"
#include "ui/cells.h"

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

/* The start of the character before `at`. */
static size_t char_before(const struct prompt *prompt, size_t at)
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
		prompt->cursor = char_before(prompt, prompt->cursor);
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
		cut(prompt, char_before(prompt, at), at);
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
		complete_line(ctx, prompt->line, prompt->len, prompt->cursor,
		              &c->start, &c->end, take, c);
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

/* --- drawing ------------------------------------------------------------- */

/* What is known of the line: preview on the right, help above, or an error. */
struct knowledge {
	bool ok;
	struct error err;
	char preview[120];
	char help[300];
};

static void preview_place(struct knowledge *k, const struct context *ctx,
                          struct place place)
{
	char text[PLACE_TEXT];

	snprintf(k->preview, sizeof(k->preview), "= 0x%" PRIx64 "  %s",
	         place.addr, place_text(context_space(ctx), place, text));
}

/* The address that a command's arguments begin with, as far as typed. */
static void preview_argument(struct knowledge *k, struct context *ctx,
                             const struct prompt *prompt,
                             const struct parsed *parsed)
{
	struct scope scope = context_scope(ctx);
	struct lexer lx = { .line = prompt->line,
		            .len = prompt->len,
		            .pos = parsed->name_end };
	struct place place;

	if (lexer_end(&lx))
		return;
	k->ok = address_parse(&lx, &scope, false, &place, &k->err);
	if (k->ok && !lexer_end(&lx) && prompt->line[lx.pos] != ';')
		k->ok = error_at(&k->err, lx.pos + 1,
		                 "unexpected text after the address");
	if (k->ok)
		preview_place(k, ctx, place);
}

/* What a command says that it does, until its name is typed; then it is more
   use to see what a pattern or a value looks like. */
static const char *about(const struct parsed *parsed)
{
	const struct command *c = parsed->command;

	if (!parsed->name_done)
		return c->help;
	if (strstr(c->usage, "PATTERN"))
		return "\"text\" {53 ef ??} /regex/i u32le:7 @email";
	if (strncmp(c->usage, "VALUE", 5) == 0)
		return "{de ad} \"text\" u32le:7 utf16le:\"text\"";
	return c->help;
}

static void help_of(struct knowledge *k, const struct context *ctx,
                    const struct parsed *parsed)
{
	const struct command *c = parsed->command;
	uint64_t start, end;

	snprintf(k->help, sizeof(k->help), " %s %s  %s", c->name, c->usage,
	         about(parsed));
	if (c->range == TAKES_NONE || c->range == TAKES_PLACE)
		return;
	if (parsed->span.given && !parsed->span.single)
		snprintf(k->preview, sizeof(k->preview), "RANGE: %" PRIu64 " B",
		         parsed->span.to.addr - parsed->span.from.addr);
	else if (context_selection(ctx, &start, &end))
		snprintf(k->preview, sizeof(k->preview), "RANGE: %" PRIu64 " B",
		         end - start);
}

static struct knowledge know(const struct prompt *prompt, struct context *ctx)
{
	struct knowledge k = { .ok = true };
	struct parsed parsed;

	if (prompt->kind == PROMPT_FILTER) {
		snprintf(k.help, sizeof(k.help),
		         " show the lines that hold this text");
		return k;
	}
	k.ok = run_parse(ctx, prompt->line, prompt->len, prompt->cursor,
	                 &parsed, &k.err);
	if (!k.ok)
		return k;
	if (parsed.command) {
		help_of(&k, ctx, &parsed);
		if (parsed.command->complete == COMPLETE_ADDRESS &&
		    parsed.name_done && !parsed.span.given)
			preview_argument(&k, ctx, prompt, &parsed);
		if (prompt->doubtful) {
			k.ok = false;
			k.err = prompt->doubt;
		}
		if (prompt->aside[0])
			snprintf(k.preview, sizeof(k.preview), "%s",
			         prompt->aside);
	} else if (parsed.has_address) {
		preview_place(&k, ctx, parsed.span.from);
	}
	if (!parsed.command || strcmp(parsed.command->name, "goto") == 0)
		snprintf(k.help, sizeof(k.help),
		         " . here  $ end  -N from the end  +N from here  "
		         "#2:N in file 2  4K 3s 0x1f  F1");
	return k;
}

static void paint_candidates(const struct prompt *prompt, struct canvas *canvas,
                             int row, int cols)
{
	const struct candidates *c = &prompt->candidates;
	size_t i = c->at < c->count ? c->at : 0;
	int col = 1;

	/* The one in the line comes first, then what follows it. */
	for (size_t n = 0; n < c->count && col < cols; n++, i++) {
		i = i >= c->count ? 0 : i;
		col += canvas_text(canvas, row, col, cols - col, c->v[i],
		                   n == 0 && c->at < c->count ? STYLE_STRONG
		                                              : STYLE_NORMAL) +
		       2;
	}
}

/* The columns of bytes [from, to) of the line. */
static int width_between(const struct prompt *prompt, size_t from, size_t to)
{
	char part[PROMPT_MAX];

	memcpy(part, prompt->line + from, to - from);
	part[to - from] = '\0';
	return canvas_width(part);
}

/* The byte that the line is scrolled to, so that the cursor is in sight. */
static size_t first_shown(const struct prompt *prompt, int room)
{
	size_t first = prompt->cursor;
	int width = 0;

	while (first > 0) {
		size_t before = char_before(prompt, first);

		width += width_between(prompt, before, first);
		if (width >= room)
			break;
		first = before;
	}
	return first;
}

/* The words at the front of a text that fit, or what does of the first. */
static size_t words_that_fit(const char *text, int cells)
{
	size_t len = canvas_fit(text, cells), words = len;

	while (text[len] && words > 0 && text[words - 1] != ' ')
		words--;
	return words > 0 ? words : len;
}

/* The caret stands below the column that is wrong, the text on that side of it
   where there is room. Where there is none, what was refused begins in the row
   above the line, instead of the help. */
static void paint_error(const struct prompt *prompt, const struct error *err,
                        struct canvas *canvas, int above, int row, int cols,
                        int start, size_t first)
{
	enum style style = prompt->refused ? STYLE_ERROR : STYLE_DIM;
	size_t at = size_min(err->column ? err->column - 1 : 0, prompt->len);
	const char *text = err->text;
	int col = start, width = canvas_width(text);

	if (at > first)
		col += width_between(prompt, first, at);
	col = int_min(col, cols - 1);
	canvas_put(canvas, row, col, '^', style);
	if (prompt->refused && above >= 0 && above != row &&
	    col + 2 + width > cols && width > col - 1) {
		int len = (int)words_that_fit(text, cols - 2);
		char part[ERROR_TEXT];

		snprintf(part, sizeof(part), "%.*s", len, text);
		canvas_fill(canvas, above, 0, cols, ' ', STYLE_NORMAL);
		canvas_text(canvas, above, 1, cols - 1, part, style);
		text += len;
		width = canvas_width(text);
	}
	if (col + 2 + width <= cols || col < cols / 2)
		canvas_text(canvas, row, col + 2, int_max(cols - col - 2, 0),
		            text, style);
	else
		canvas_text(canvas, row, int_max(0, col - 1 - width),
		            int_max(col - 1, 0), text, style);
}

/* Candidates, or what is wrong. Without a row of their own they stand above
   the line. */
static void paint_notes(const struct prompt *prompt, struct canvas *canvas,
                        const struct knowledge *k, int above, int row,
                        int start, size_t first, int cols)
{
	if (prompt->candidates.count > 0) {
		canvas_fill(canvas, row, 0, cols, ' ', STYLE_NORMAL);
		paint_candidates(prompt, canvas, row, cols);
	} else if (prompt->refused || (!k->ok && prompt->len > 0)) {
		canvas_fill(canvas, row, 0, cols, ' ', STYLE_NORMAL);
		paint_error(prompt,
		            prompt->refused ? &prompt->refusal : &k->err,
		            canvas, above, row, cols, start, first);
	}
}

void prompt_paint(const struct prompt *prompt, struct context *ctx,
                  struct canvas *canvas, int above, int row, int below,
                  int cols, bool ascii, int *cursor_col)
{
	struct knowledge k = know(prompt, ctx);
	const char *name = prompt->kind == PROMPT_FILTER ? "filter:" : ":";
	int start, width = canvas_width(k.preview);
	size_t first;

	(void)ascii;
	canvas_fill(canvas, row, 0, cols, ' ', STYLE_NORMAL);
	start = canvas_text(canvas, row, 0, cols, name, STYLE_STRONG);
	first = first_shown(prompt, cols - start - 1);
	canvas_text(canvas, row, start, cols - start, prompt->line + first,
	            STYLE_NORMAL);
	*cursor_col = start + width_between(prompt, first, prompt->cursor);
	if (k.ok && start + canvas_width(prompt->line) + width + 3 < cols)
		canvas_text(canvas, row, cols - width - 1, width, k.preview,
		            STYLE_DIM);
	if (above >= 0 && k.help[0]) {
		canvas_fill(canvas, above, 0, cols, ' ', STYLE_NORMAL);
		canvas_text(canvas, above, 0, cols, k.help, STYLE_DIM);
	}
	if (below >= 0)
		canvas_fill(canvas, below, 0, cols, ' ', STYLE_NORMAL);
	paint_notes(prompt, canvas, &k, above, below >= 0 ? below : above,
	            start, first, cols);
}
