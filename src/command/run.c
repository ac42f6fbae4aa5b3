/* run.c - see run.h */
#include "config.h"

#include "command/run.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "command/context.h"
#include "command/macro.h"
#include "session.h"

enum { RANGE = 64 }; /* bytes of the range in front of an edit */

/* --- parsing ------------------------------------------------------------- */

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || c == '-';
}

static size_t name_length(const struct lexer *lx)
{
	size_t at = lx->pos;

	if (at >= lx->len || lx->line[at] == '-')
		return 0;
	while (at < lx->len && is_name_char(lx->line[at]))
		at++;
	return at - lx->pos;
}

/* Is c one of these? NUL is none. */
static bool one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c);
}

/* Does the name stand alone, so that it is no part of an address? */
static bool ends_name(const struct lexer *lx, size_t at)
{
	return at >= lx->len || one_of(lx->line[at], " \t!;");
}

/* What closes a text that begins with c behind `before`; NUL if none does. A
   brace that nothing closes is a letter of a file's name. */
static char closing(const char *rest, size_t len, char before, unsigned flags)
{
	if (rest[0] == '"')
		return '"';
	if (rest[0] == '{' && memchr(rest, '}', len))
		return '}';
	if (rest[0] == '/' && (flags & COMMAND_PATTERN) &&
	    one_of(before, " \t"))
		return '/';
	return '\0';
}

/* Where a command with these flags ends, at its ';' or the line's end; `at` is
   before or behind its name. */
static size_t command_end(const char *line, size_t len, size_t at,
                          unsigned flags)
{
	char close = '\0';
	char before = ' ';

	if (flags & COMMAND_REST)
		return len;
	for (; at < len; before = line[at++]) {
		char c = line[at];

		if (!close && c == ';')
			return at;
		if (!close)
			close = closing(line + at, len - at, before, flags);
		else if (c == '\\' && close != '}' && at + 1 < len)
			at++;
		else if (c == close)
			close = '\0';
	}
	return len;
}

/* The same for a line that begins with '/' or '?' at `at`: a pattern, whose '/'
   need not stand there. */
static size_t slash_end(const char *line, size_t len, size_t at)
{
	for (at++; at < len && line[at] != '/'; at++)
		if (line[at] == '\\')
			at++;
	return at < len ? command_end(line, len, at + 1, COMMAND_PATTERN) : len;
}

/* Blanks and leading ':' before a command. */
static void skip_to_command(struct lexer *lx)
{
	lexer_blanks(lx);
	while (lx->pos < lx->len && lx->line[lx->pos] == ':') {
		lx->pos++;
		lexer_blanks(lx);
	}
}

static bool is_comment(const struct lexer *lx)
{
	size_t at = lx->pos;

	return at < lx->len && lx->line[at] == '#' &&
	       (at + 1 == lx->len || one_of(lx->line[at + 1], " \t!"));
}

/* In radix 16 bare hex digits are an address unless they name a command. */
static bool is_hex_word(const struct context *ctx, const char *word, size_t len)
{
	if (context_units(ctx).radix != 16 && word[len - 1] != 'h')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isxdigit((unsigned char)word[i]) &&
		    !(i == len - 1 && word[i] == 'h'))
			return false;
	return true;
}

/*
 * The command name at the lexer, if one stands there; *found tells, and is NULL
 * after a failure. A name that is not known is an error unless an address may
 * begin with it.
 */
static bool parse_name(struct context *ctx, struct lexer *lx, bool need,
                       const struct command **found, struct error *err)
{
	size_t len = name_length(lx);
	size_t column = lx->pos + 1;
	const char *name = lx->line + lx->pos;
	const struct command *command;

	*found = NULL;
	if (len == 0 || (!need && !ends_name(lx, lx->pos + len)))
		return !need || error_at(err, column, "a command is expected");
	command = command_find(ctx, name, len, !ctx->batch, err);
	if (!command) {
		if (!need && is_hex_word(ctx, name, len))
			return true;
		err->column = column;
		return false;
	}
	if (ctx->batch && (command->flags & COMMAND_UI))
		return error_at(err, column, "%s needs the editor",
		                command->name);
	lx->pos += len;
	*found = command;
	return true;
}

static const struct command *command_goto(const struct context *ctx)
{
	struct error ignored;

	return command_find(ctx, "goto", 4, false, &ignored);
}

/* The command of a line that begins with a pattern; NULL: it does not. */
static const struct command *command_slash(const struct context *ctx,
                                           const struct lexer *lx, bool first)
{
	struct error ignored;

	if (!first || lx->pos == lx->len || !one_of(lx->line[lx->pos], "/?"))
		return NULL;
	return command_find(ctx, "find", 4, false, &ignored);
}

/* The span in front of a command, and the command itself. */
static bool parse_head(struct context *ctx, struct lexer *lx, struct call *call,
                       struct error *err)
{
	struct scope scope = context_scope(ctx);

	if (!parse_name(ctx, lx, false, &call->command, err))
		return false;
	if (call->command)
		return true;
	if (!span_parse(lx, &scope, true, &call->span, err))
		return false;
	if (!call->span.given)
		return error_at(err, lx->pos + 1,
		                "a command or an address is expected");
	lexer_blanks(lx);
	if (lx->pos == lx->len || lx->line[lx->pos] == ';') {
		if (!call->span.single && !call->span.segment)
			return error_at(err, lx->pos + 1,
			                "what to do with this range? "
			                "(print, select, ..)");
		call->command = command_goto(ctx);
		return true;
	}
	return parse_name(ctx, lx, true, &call->command, err);
}

/* --- ranges -------------------------------------------------------------- */

static bool resolve_bytes(struct context *ctx, struct call *call,
                          struct error *err)
{
	bool from = call->command->range == TAKES_FROM;
	uint64_t size = space_size(context_space(ctx));
	bool all = call->command->range == TAKES_ALL;
	uint64_t length = from ? PRINT_DEFAULT : 1;
	const struct span *span = &call->span;

	if (!span->given && all) {
		call->end = size;
		return true;
	}
	if (!span->given) {
		if (context_selection(ctx, &call->start, &call->end))
			return true;
		call->start = ctx->cursor.addr;
	} else if (span->single) {
		call->start = span->from.addr;
		if (!from && call->start >= size)
			return error_set(err, ERR_RANGE,
			                 "there is no byte at the end of the "
			                 "space (size 0x%" PRIx64 ")",
			                 size);
	} else {
		call->start = span->from.addr;
		call->end = span->to.addr;
		return true;
	}
	/* An empty segment may be placed behind the end. */
	if (call->start > size)
		length = 0;
	call->end = call->start + u64_min(length, size - call->start);
	return true;
}

static bool resolve_place(struct context *ctx, struct call *call,
                          struct error *err)
{
	const struct span *span = &call->span;

	if (span->given && !span->single && !span->segment)
		return error_at(err, 1, "%s takes one address, not a range",
		                call->command->name);
	call->place = span->given ? span->from : ctx->cursor;
	return true;
}

static bool resolve(struct context *ctx, struct call *call, struct error *err)
{
	switch (call->command->range) {
	case TAKES_NONE:
		/* goto takes its address in front or behind. */
		if (call->command == command_goto(ctx))
			return resolve_place(ctx, call, err);
		if (call->span.given)
			return error_at(err, 1, "%s takes no range",
			                call->command->name);
		return true;
	case TAKES_PLACE:
		return resolve_place(ctx, call, err);
	case TAKES_SPAN:
		return true;
	default:
		return resolve_bytes(ctx, call, err);
	}
}

/* --- running ------------------------------------------------------------- */

/* Does a command take a range that has no byte left? */
static bool takes_emptied(const struct context *ctx, const struct call *call)
{
	return (call->command->flags & COMMAND_EMPTIED) &&
	       (call->span.segment || space_size(context_space(ctx)) == 0);
}

/* A range that was given and holds no byte: a command says so and succeeds. */
static bool is_empty(const struct context *ctx, const struct call *call)
{
	return (call->command->range == TAKES_FROM ||
	        call->command->range == TAKES_BYTES) &&
	       call->span.given && call->start == call->end &&
	       !takes_emptied(ctx, call);
}

/* Read one command at *pos of the line; *pos goes behind it. No command and no
   error: call->command is NULL. */
static bool read_one(struct context *ctx, const char *line, size_t len,
                     size_t *pos, struct call *call, struct error *err)
{
	struct lexer lx = { .line = line, .len = len, .pos = *pos };

	*call = (struct call){ 0 };
	skip_to_command(&lx);
	if (lx.pos == len || (is_comment(&lx))) {
		*pos = len;
		return true;
	}
	if (line[lx.pos] == ';') {
		*pos = lx.pos;
		return true;
	}
	call->command = command_slash(ctx, &lx, *pos == 0);
	call->slash = call->command != NULL;
	if (!call->slash && !parse_head(ctx, &lx, call, err))
		return false;
	if (lx.pos < len && line[lx.pos] == '!') {
		if (!(call->command->flags & COMMAND_BANG))
			return error_at(err, lx.pos + 1, "%s takes no '!'",
			                call->command->name);
		call->bang = true;
		lx.pos++;
	}
	*pos = call->slash
	               ? slash_end(line, len, lx.pos)
	               : command_end(line, len, lx.pos, call->command->flags);
	call->args = (struct lexer){ .line = line, .len = *pos, .pos = lx.pos };
	return resolve(ctx, call, err);
}

/* As many bytes as there were, from the cursor on; the same when the cursor was
   all that was given. */
static void repeated_range(const struct call *call, char text[static RANGE])
{
	bool all = call->command->range == TAKES_ALL;
	bool bytes = call->command->range == TAKES_BYTES;
	uint64_t len = call->end - call->start;

	text[0] = '\0';
	if ((all && call->span.given) || (bytes && len > 1))
		snprintf(text, RANGE, ".,+%" PRIu64 " ", len);
	else if (bytes)
		snprintf(text, RANGE, ". ");
}

/* An edit was made, whose arguments begin at `args`: let there be a line that
   makes it again. Without memory there is none. */
static void note_edit(struct context *ctx, const struct call *call, size_t args)
{
	const struct macros *m = &ctx->macros;
	size_t len = call->args.len - args, room;
	struct error ignored;
	char range[RANGE];
	char *line;

	/* That is what is being done. */
	if (m->depth > 0 && m->playing[m->depth - 1].macro == SIZE_MAX)
		return;
	repeated_range(call, range);
	room = strlen(range) + strlen(call->command->name) + len + 2;
	line = mem_resize(NULL, room, 1, &ignored);
	if (line)
		snprintf(line, room, "%s%s%s%.*s", range, call->command->name,
		         call->bang ? "!" : "", (int)len,
		         call->args.line + args);
	macro_set_edit(&ctx->macros, line, false);
}

/* One command at *pos of the line; *pos goes behind it. *outer: what it runs is
   recorded, and not it. */
static bool run_one(struct context *ctx, const char *line, size_t len,
                    size_t *pos, bool *outer, char name[static COMMAND_NAME],
                    struct error *err)
{
	struct call call;
	size_t args;
	bool ok = read_one(ctx, line, len, pos, &call, err);

	name[0] = '\0';
	if (call.command)
		snprintf(name, COMMAND_NAME, "%s", call.command->name);
	if (!ok || !call.command)
		return ok;
	if (is_empty(ctx, &call)) {
		context_say(ctx, "%s: the range is empty: nothing to do", name);
		return true;
	}
	*outer |= call.command->flags & COMMAND_OUTER;
	session_set_what(ctx->session, call.command->name);
	args = call.args.pos;
	call.last = *pos >= len;
	if (!call.command->run(ctx, &call, err))
		return false;
	if (call.command->flags & COMMAND_EDITS)
		note_edit(ctx, &call, args);
	return true;
}

bool run_read(struct context *ctx, const char *line, size_t len,
              struct call *call, struct error *err)
{
	size_t pos = 0;

	return read_one(ctx, line, len, &pos, call, err);
}

bool run_line(struct context *ctx, const char *line, size_t len,
              char name[static COMMAND_NAME], struct error *err)
{
	bool records = ctx->macros.recording && ctx->depth == 0;
	bool outer = false;
	size_t pos = 0;

	name[0] = '\0';
	while (pos < len && !ctx->quit) {
		if (!run_one(ctx, line, len, &pos, &outer, name, err))
			return false;
		if (ctx->batch && !context_wait(ctx, err))
			return false;
		if (pos < len)
			pos++;
	}
	if (records && !outer && !macro_note(&ctx->macros, line, len, err))
		context_say(ctx, "%s", err->text);
	return true;
}

/* Where the command ends that stands at `at`, whatever is wrong with it. */
static size_t parsed_end(struct context *ctx, const char *line, size_t len,
                         size_t at)
{
	struct lexer lx = { .line = line, .len = len, .pos = at };
	struct scope scope = context_scope(ctx);
	const struct command *command = NULL;
	struct error ignored;
	struct span span;
	bool ok;

	skip_to_command(&lx);
	if (is_comment(&lx))
		return len;
	if (command_slash(ctx, &lx, at == 0))
		return slash_end(line, len, lx.pos);
	ok = parse_name(ctx, &lx, false, &command, &ignored);
	if (ok && !command && span_parse(&lx, &scope, true, &span, &ignored)) {
		lexer_blanks(&lx);
		ok = parse_name(ctx, &lx, true, &command, &ignored);
	}
	return command_end(line, len, lx.pos,
	                   ok && command ? command->flags : 0);
}

bool run_parse(struct context *ctx, const char *line, size_t len, size_t pos,
               struct parsed *out, struct error *err)
{
	struct lexer lx = { .line = line, .len = len };
	struct call call = { 0 };
	size_t end;
	bool first;

	*out = (struct parsed){ 0 };
	/* Go to the command that the position is in. */
	for (end = parsed_end(ctx, line, len, 0); end < pos && end < len;
	     end = parsed_end(ctx, line, len, lx.pos))
		lx.pos = end + 1;
	first = lx.pos == 0;
	lx.len = end;
	skip_to_command(&lx);
	out->name_start = out->name_end = lx.pos;
	if (lx.pos == lx.len || is_comment(&lx))
		return true;
	out->command = command_slash(ctx, &lx, first);
	out->name_done = out->command != NULL;
	if (out->command)
		return true;
	if (!parse_name(ctx, &lx, false, &call.command, err))
		return false;
	if (!call.command) {
		struct scope scope = context_scope(ctx);

		if (!span_parse(&lx, &scope, true, &out->span, err))
			return false;
		out->has_address = out->span.given;
		lexer_blanks(&lx);
		out->name_start = out->name_end = lx.pos;
		if (lx.pos == lx.len)
			return true;
		if (!parse_name(ctx, &lx, true, &call.command, err))
			return false;
	}
	out->command = call.command;
	out->name_start =
		lx.pos - name_length(&(struct lexer){ .line = line,
	                                              .len = lx.pos,
	                                              .pos = out->name_start });
	out->name_end = lx.pos;
	out->name_done = lx.pos < lx.len;
	return true;
}

bool run_check(struct context *ctx, const char *line, struct error *err)
{
	size_t len = strlen(line);
	size_t at = 0;

	while (at < len) {
		struct lexer lx = { .line = line, .len = len, .pos = at };
		const struct command *c;
		size_t n;

		skip_to_command(&lx);
		n = name_length(&lx);
		if (lx.pos == len)
			return true;
		/* An address in front: what follows it cannot be known here. */
		if (n == 0 || !ends_name(&lx, lx.pos + n))
			return true;
		c = command_find(ctx, line + lx.pos, n, false, err);
		if (!c)
			return false;
		at = command_end(line, len, lx.pos + n, c->flags) + 1;
	}
	return true;
}
