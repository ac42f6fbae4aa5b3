/*
 * help.c - the command help, made from the tables
 *
 * Keys are the editor's: it gives a function that finds what is bound.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/guess.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/option.h"
#include "command/table.h"

static const char addresses[] =
	"Addresses\n"
	"  0x1f0 1f0h 496 1_000     a number; 0o17 0b101; bare ones are "
	"decimal\n"
	"  4K 1.5G 4KB 3s 2c        units: K M G T P E of 1024, KB.. of 1000,\n"
	"                           s sectors, c blocks\n"
	"  . $                      here; the end (one past the last byte)\n"
	"  -1 -1s                   counted from the end\n"
	"  +4K .+4K .-16            counted from here\n"
	"  #2 #2:0x10 #2:-1 #2:$    segment 2: its start, inside it, its end\n"
	"  #:0 disk.002:-1s         this segment; a segment by name\n"
	"  'a '' '< '> @name        mark, place before the jump, selection, "
	"bookmark\n"
	"  + - * / % << >> & | ^ ~ ( )   align(A, N)  seg(A)\n"
	"  u8(A) u16le(A) .. i64be(A)    the number stored at A\n"
	"Ranges\n"
	"  A,B      from A up to, not including, B; B is read where A is\n"
	"  A,+N     N bytes from A       ,B  from 0       A,  to the end\n"
	"  #2       all of segment 2     %   everything\n";

static const char patterns[] =
	"Patterns\n"
	"  /regex/flags             as in Perl (PCRE2), on bytes; \\/ is a "
	"slash\n"
	"     i ignore case  s . takes newlines  m ^ and $ at lines\n"
	"     x blanks and comments  u characters of UTF-8\n"
	"  {de ad ?? e? ?f}         bytes; ?? is any byte, ? any hex digit\n"
	"  {de ~00 ~?f}             any byte but 00, any but those that end in "
	"f\n"
	"  {de [4-6] ad [2-] 00}    4 to 6 bytes, 2 or more between\n"
	"  {de (ad|be ef) 00}       one of these\n"
	"  \"text\"                   with \\n \\r \\t \\0 \\\\ \\\" \\xNN\n"
	"  utf16le:\"text\"           in utf8 utf16le utf16be latin1 cp1252\n"
	"  u32le:1234 i16be:-2      a number as it is stored: u8 i8 u16le .. "
	"i64be\n"
	"  f64be:3.5 u16le:1,2,3    f32le .. f64be; several in a row\n"
	"  u32le:10..20             any number from 10 to 20\n"
	"  u64le:(@vbr+0x1c)        the value of an expression\n"
	"  @email                   one with a name: patterns lists them\n"
	"At the start of a line\n"
	"  /regex  ?regex           find forward, find backward\n";

/* What may stand in front of a command, or NULL. */
static const char *range_word(enum command_range range)
{
	switch (range) {
	case TAKES_PLACE:
		return "ADDRESS";
	case TAKES_FROM:
	case TAKES_BYTES:
	case TAKES_ALL:
	case TAKES_SPAN:
		return "RANGE";
	default:
		return NULL;
	}
}

static void json_command(struct output *out, const struct command *c)
{
	const char *before = range_word(c->range);

	json_begin(out);
	json_string(out, "name", c->name);
	if (c->alias) {
		json_text(out, "alias", c->alias, strcspn(c->alias, " "));
		json_string(out, "aliases", c->alias);
	}
	if (before)
		json_string(out, "before", before);
	json_string(out, "usage", c->usage);
	json_string(out, "help", c->help);
	if (c->more)
		json_lines(out, "more", c->more, strlen(c->more));
	json_bool(out, "bang", c->flags & COMMAND_BANG);
	json_bool(out, "editor", c->flags & COMMAND_UI);
	json_end(out);
}

static void help_command(struct context *ctx, const struct command *c)
{
	struct output *out = ctx->out;
	const char *before = range_word(c->range);
	const char *line = c->more;

	if (out->json) {
		json_command(out, c);
		return;
	}
	if (before)
		output_text(out, "[%s] ", before);
	output_text(out, "%s%s%s\n", c->name, *c->usage ? " " : "", c->usage);
	if (c->alias)
		output_text(out, "  short: %s\n", c->alias);
	output_text(out, "  %s\n", c->help);
	while (line && *line) {
		size_t n = strcspn(line, "\n");

		output_text(out, "  ");
		output_bytes(out, line, n);
		output_text(out, "\n");
		line += n + (line[n] == '\n');
	}
	if (ctx->keys_of)
		ctx->keys_of(ctx, c->name);
}

/* What batch refuses is left out there, or marked if all are asked for. */
static void help_commands(struct context *ctx, bool all)
{
	const struct command *c;

	for (size_t list = 0, idx = 0; (c = commands_next(ctx, &list, &idx));) {
		bool refused = ctx->batch && (c->flags & COMMAND_UI);

		if (refused && !all)
			continue;
		if (ctx->out->json)
			json_command(ctx->out, c);
		else
			output_text(ctx->out, "%-12s %-4s %s%s\n", c->name,
			            c->alias ? c->alias : "", c->help,
			            refused ? " (editor)" : "");
	}
}

static void json_option(struct output *out, const struct option *o,
                        const char *by_default)
{
	json_begin(out);
	json_string(out, "option", o->name);
	json_string(out, "help", o->help);
	if (o->kind == OPTION_SWITCH)
		json_string(out, "values", "on off");
	else if (o->kind == OPTION_WORD)
		json_string(out, "values", o->words);
	else if (o->has_auto)
		json_string(out, "values", "auto");
	if (o->kind == OPTION_NUMBER) {
		json_number(out, "min", o->has_auto ? 1 : o->min);
		json_number(out, "max", o->max);
	}
	json_string(out, "default", by_default);
	json_end(out);
}

static void help_option(struct context *ctx, const struct option *o)
{
	char value[OPTION_NAME];
	struct option_values defaults;

	options_default(&defaults);
	if (ctx->out->json) {
		json_option(ctx->out, o, option_text(&defaults, o, value));
		return;
	}
	output_text(ctx->out, "%-10s %s%s%s (default %s)\n", o->name, o->help,
	            o->words ? ": " : "", o->words ? o->words : "",
	            option_text(&defaults, o, value));
}

static void help_options(struct context *ctx)
{
	for (const struct option *o = option_table; o->name; o++)
		help_option(ctx, o);
}

static void help_page(struct context *ctx, const char *name, const char *text)
{
	if (!ctx->out->json) {
		output_bytes(ctx->out, text, strlen(text));
		return;
	}
	json_begin(ctx->out);
	json_lines(ctx->out, name, text, strlen(text));
	json_end(ctx->out);
}

/* A command, an option, a key. */
static bool help_topic(struct context *ctx, const char *topic,
                       struct error *err)
{
	struct guess guess = guess_begin(topic, strlen(topic));
	struct error ignored;
	const struct command *c =
		command_find(ctx, topic, strlen(topic), false, &ignored);
	const struct option *o = option_find(topic, &ignored);
	size_t list = 0, idx = 0;

	if (c)
		help_command(ctx, c);
	if (o)
		help_option(ctx, o);
	if (c || o || (ctx->help_key && ctx->help_key(ctx, topic)))
		return true;
	while ((c = commands_next(ctx, &list, &idx)))
		guess_offer(&guess, c->name);
	for (o = option_table; o->name; o++)
		guess_offer(&guess, o->name);
	return error_set(err, ERR_NO, "no help about '%s'%s",
	                 text_shown(topic).s, guess_hint(&guess).s);
}

RUN(help)
{
	char topic[64];

	if (!call_only_word(call, topic, sizeof(topic), err))
		return false;
	if (strcmp(topic, "options") == 0)
		help_options(ctx);
	else if (strcmp(topic, "addresses") == 0)
		help_page(ctx, topic, addresses);
	else if (strcmp(topic, "patterns") == 0)
		help_page(ctx, topic, patterns);
	else if (strcmp(topic, "commands") == 0)
		help_commands(ctx, true);
	else if (!*topic || strcmp(topic, "keys") == 0) {
		if (ctx->show_panel)
			return ctx->show_panel(ctx, *topic ? "keys" : "help");
		help_commands(ctx, false);
	} else {
		return help_topic(ctx, topic, err);
	}
	return true;
}
