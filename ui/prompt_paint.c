/* prompt_paint.c - drawing the prompt, and what is known of its line */
#include "config.h"

#include "ui/prompt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "command/context.h"
#include "command/run.h"
#include "ui/cells.h"

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
		size_t before = prompt_char_before(prompt, first);

		width += width_between(prompt, before, first);
		if (width >= room)
			break;
		first = before;
	}
	return first;
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
		int len = (int)canvas_fit_words(text, cols - 2);
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
                  int cols, int *cursor_col)
{
	struct knowledge k = know(prompt, ctx);
	const char *name = prompt->kind == PROMPT_FILTER ? "filter:" : ":";
	int start, width = canvas_width(k.preview);
	size_t first;

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
