/* cmd_other.c - set, cycle, echo, source, quit */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/option.h"
#include "command/run.h"
#include "command/table.h"
#include "session.h"

static void show_option(struct context *ctx, const struct option *option)
{
	char value[OPTION_NAME];

	option_text(&ctx->options, option, value);
	if (ctx->out->json) {
		json_begin(ctx->out);
		json_string(ctx->out, option->name, value);
		json_end(ctx->out);
	} else {
		output_text(ctx->out, "%s=", option->name);
		output_safe(ctx->out, value);
		output_text(ctx->out, "\n");
	}
}

static void show_all(struct context *ctx)
{
	for (const struct option *o = option_table; o->name; o++)
		show_option(ctx, o);
}

/* OPTION, noOPTION: a switch is set, anything else is shown. */
static bool set_bare(struct context *ctx, const char *name, struct error *err)
{
	struct units units = context_units(ctx);
	const struct option *option = option_find(name, err);
	struct error ignored;

	if (option && option->kind == OPTION_SWITCH)
		return option_set(&ctx->options, option, "on", &units, err);
	if (option) {
		show_option(ctx, option);
		return true;
	}
	if (strncmp(name, "no", 2) != 0)
		return false;
	option = option_find(name + 2, &ignored);
	if (!option || option->kind != OPTION_SWITCH)
		return false;
	return option_set(&ctx->options, option, "off", &units, err);
}

static bool set_word(struct context *ctx, char *text, struct error *err)
{
	struct units units = context_units(ctx);
	char *equals = strchr(text, '=');
	size_t len = strlen(text);
	const struct option *option;

	if (strcmp(text, "all") == 0) {
		show_all(ctx);
		return true;
	}
	if (!equals && len > 0 && text[len - 1] == '?') {
		text[len - 1] = '\0';
		option = option_find(text, err);
		if (option)
			show_option(ctx, option);
		return option != NULL;
	}
	if (!equals)
		return set_bare(ctx, text, err);
	*equals = '\0';
	option = option_find(text, err);
	return option &&
	       option_set(&ctx->options, option, equals + 1, &units, err);
}

/* The next word of set. */
static bool set_next(struct context *ctx, struct call *call, struct error *err)
{
	struct word word;
	bool ok;

	if (!call_word(call, &word, err))
		return false;
	ok = set_word(ctx, word.text, err);
	if (!ok)
		err->column = word.column;
	word_free(&word);
	return ok;
}

RUN(set)
{
	struct option_values before = ctx->options;

	if (!call_more(call)) {
		show_all(ctx);
		return true;
	}
	while (call_more(call)) {
		if (set_next(ctx, call, err))
			continue;
		ctx->options = before;
		return false;
	}
	session_set_journal_limit(ctx->session, ctx->options.journallimit);
	session_set_undo_limit(ctx->session, ctx->options.undolimit);
	return true;
}

RUN(cycle)
{
	const struct option *option;
	char name[OPTION_NAME];
	bool more = call_more(call);
	size_t column = call->args.pos + 1;

	if (!more)
		return error_at(err, column, "usage: cycle %s",
		                call->command->usage);
	if (!call_only_word(call, name, sizeof(name), err))
		return false;
	option = option_find(name, err);
	if (option && option_cycle(&ctx->options, option, err)) {
		if (!ctx->batch) {
			char value[OPTION_NAME];

			context_say(ctx, "%s=%s", option->name,
			            option_text(&ctx->options, option, value));
		}
		return true;
	}
	err->column = column;
	return false;
}

RUN(echo)
{
	const char *text;
	size_t len;

	(void)err;
	call_rest(call, &text, &len);
	if (ctx->out->json) {
		json_begin(ctx->out);
		json_text(ctx->out, "text", text, len);
		json_end(ctx->out);
	} else {
		output_safe_bytes(ctx->out, text, len);
		output_text(ctx->out, "\n");
	}
	return true;
}

RUN(source)
{
	struct word word;
	bool ok;

	if (!call_word(call, &word, err))
		return false;
	ok = call_end(call, err) && run_script(ctx, word.text, err);
	word_free(&word);
	return ok;
}

RUN(quit)
{
	bool more = call_more(call);
	size_t column = call->args.pos + 1;
	char word[16];

	if (!call_only_word(call, word, sizeof(word), err))
		return false;
	if (more && strcmp(word, "drop") != 0)
		return error_at(err, column, "usage: quit [drop]");
	if (!more && !call->bang && ctx->task && ctx->task->holds)
		return error_set(err, ERR_STATE,
		                 "%s is not done yet (quit! stops it)",
		                 ctx->task->name);
	ctx->dropped = more;
	ctx->quit = more || call->bang || !ctx->may_quit || ctx->may_quit(ctx);
	return true;
}
