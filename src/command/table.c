/* table.c - finding commands, and reading their arguments; see table.h */
#include "config.h"

#include "command/table.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/guess.h"
#include "base/text.h"
#include "command/context.h"

void commands_add(struct context *ctx, const struct command *table)
{
	for (size_t i = 0; i < COMMAND_LISTS; i++) {
		if (ctx->commands[i])
			continue;
		ctx->commands[i] = table;
		return;
	}
}

const struct command *commands_next(const struct context *ctx, size_t *list,
                                    size_t *idx)
{
	for (; *list < COMMAND_LISTS && ctx->commands[*list]; (*list)++) {
		const struct command *c = &ctx->commands[*list][*idx];

		if (c->name) {
			(*idx)++;
			return c;
		}
		*idx = 0;
	}
	return NULL;
}

/* Most words differ in the first byte: a keymap asks for each of its lines. */
static bool is_word(const char *word, const char *name, size_t len)
{
	return word[0] == name[0] && strncmp(word, name, len) == 0 &&
	       word[len] == '\0';
}

/* Is it one of these names, which blanks separate? */
static bool is_alias(const char *aliases, const char *name, size_t len)
{
	while (aliases) {
		if (strcspn(aliases, " ") == len &&
		    strncmp(aliases, name, len) == 0)
			return true;
		aliases = strchr(aliases, ' ');
		aliases += aliases != NULL;
	}
	return false;
}

static bool is_named(const struct command *c, const char *name, size_t len)
{
	return is_word(c->name, name, len) || is_alias(c->alias, name, len);
}

/* The commands that begin so, for a message: " close count". */
static void list_matches(const struct context *ctx, const char *name,
                         size_t len, char *dst, size_t cap)
{
	const struct command *c;
	size_t used = 0;

	dst[0] = '\0';
	for (size_t list = 0, idx = 0; (c = commands_next(ctx, &list, &idx));)
		if (strncmp(c->name, name, len) == 0 && used < cap - 1)
			used += (size_t)snprintf(dst + used, cap - used, " %s",
			                         c->name);
}

/* The error of a name that no command has, with the one that was meant. */
static void refuse_name(const struct context *ctx, const char *name, size_t len,
                        struct error *err)
{
	struct guess guess = guess_begin(name, len);
	const struct command *c;

	for (size_t list = 0, idx = 0; (c = commands_next(ctx, &list, &idx));)
		guess_offer(&guess, c->name);
	error_set(err, ERR_SYNTAX, "unknown command '%s'%s", text_shown(name).s,
	          guess_hint(&guess).s);
}

const struct command *command_find(const struct context *ctx, const char *name,
                                   size_t len, bool begin, struct error *err)
{
	const struct command *hit = NULL;
	const struct command *c;
	char word[64], list_text[200];
	size_t hits = 0;

	for (size_t list = 0, idx = 0; (c = commands_next(ctx, &list, &idx));) {
		if (is_named(c, name, len))
			return c;
		if (c->name[0] == name[0] && strncmp(c->name, name, len) == 0) {
			hit = c;
			hits++;
		}
	}
	if (begin && hits == 1)
		return hit;
	snprintf(word, sizeof(word), "%.*s", (int)size_min(len, 63), name);
	if (begin && hits > 1) {
		list_matches(ctx, name, len, list_text, sizeof(list_text));
		error_set(err, ERR_SYNTAX, "'%s' could be:%s", word, list_text);
	} else {
		refuse_name(ctx, word, strlen(word), err);
	}
	return NULL;
}

/* --- arguments ----------------------------------------------------------- */

bool call_more(struct call *call)
{
	return !lexer_end(&call->args);
}

bool call_word(struct call *call, struct word *out, struct error *err)
{
	if (lexer_end(&call->args))
		return error_at(err, call->args.pos + 1, "usage: %s %s",
		                call->command->name, call->command->usage);
	if (!lexer_word(&call->args, out, err))
		return false;
	if (!memchr(out->text, '\0', out->len))
		return true;
	error_at(err, out->column, "a NUL byte");
	word_free(out);
	return false;
}

bool call_address(struct call *call, struct context *ctx, struct place *out,
                  struct error *err)
{
	struct scope scope = context_scope(ctx);

	if (lexer_end(&call->args))
		return error_at(err, call->args.pos + 1,
		                "an address is needed: %s %s",
		                call->command->name, call->command->usage);
	return address_parse(&call->args, &scope, false, out, err);
}

bool call_end(struct call *call, struct error *err)
{
	size_t column;

	if (lexer_end(&call->args))
		return true;
	column = call->args.pos + 1;
	if (!*call->command->usage)
		return error_at(err, column, "%s takes no arguments",
		                call->command->name);
	return error_at(err, column, "unexpected text (usage: %s %s)",
	                call->command->name, call->command->usage);
}

bool call_only_word(struct call *call, char *dst, size_t cap, struct error *err)
{
	struct word word;
	bool fits;

	dst[0] = '\0';
	if (!call_more(call))
		return true;
	if (!call_word(call, &word, err))
		return false;
	fits = word.len < cap;
	if (fits)
		memcpy(dst, word.text, word.len + 1);
	else
		error_at(err, word.column, "too long");
	word_free(&word);
	return fits && call_end(call, err);
}

void call_rest(struct call *call, const char **text, size_t *len)
{
	struct lexer *lx = &call->args;

	lexer_blanks(lx);
	*text = lx->line + lx->pos;
	*len = lx->len - lx->pos;
	while (*len > 0 &&
	       ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t'))
		(*len)--;
	lx->pos = lx->len;
}

bool call_count(struct call *call, uint64_t *count, struct error *err)
{
	size_t column;

	*count = 1;
	if (!call_more(call))
		return true;
	column = call->args.pos + 1;
	if (!lexer_number(&call->args, &units_default, count, err))
		return false;
	if (*count == 0)
		return error_at(err, column, "a number from 1 is needed");
	return true;
}
