/* cmd_macro.c - what is done again: macro, repeat */
#include "config.h"

#include <string.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/macro.h"
#include "command/output.h"
#include "command/play.h"
#include "command/table.h"

RUN(repeat)
{
	uint64_t times;

	return times_argument(ctx, call, &times, err) &&
	       play_edit(ctx, times, err);
}

static bool list(struct context *ctx, struct call *call, struct error *err)
{
	const struct macros *m = &ctx->macros;

	if (!call_end(call, err))
		return false;
	for (size_t i = 0; i < m->count; i++) {
		const struct macro *macro = &m->v[i];

		for (size_t k = 0; k < macro->count; k++) {
			if (ctx->out->json) {
				json_begin(ctx->out);
				json_string(ctx->out, "name", macro->name);
				json_string(ctx->out, "line", macro->lines[k]);
				json_end(ctx->out);
			} else {
				output_text(ctx->out, "%s %s\n", macro->name,
				            macro->lines[k]);
			}
		}
	}
	return true;
}

static bool play(struct context *ctx, struct call *call, struct error *err)
{
	struct word word = { 0 };
	uint64_t times;
	bool ok;

	if (call_more(call) && !call_word(call, &word, err))
		return false;
	ok = times_argument(ctx, call, &times, err) &&
	     play_macro(ctx, word.text ? word.text : "", times, err);
	word_free(&word);
	return ok;
}

static bool record(struct context *ctx, struct call *call, struct error *err)
{
	struct word word;
	bool ok;

	if (!call_word(call, &word, err))
		return false;
	ok = call_end(call, err) && macro_record(&ctx->macros, word.text, err);
	word_free(&word);
	return ok;
}

static bool stop(struct context *ctx, struct call *call, struct error *err)
{
	return call_end(call, err) && macro_stop(&ctx->macros, err);
}

RUN(macro)
{
	static const struct {
		const char *word;
		bool (*run)(struct context *ctx, struct call *call,
		            struct error *err);
	} words[] = {
		{ "record", record },
		{ "stop", stop },
		{ "play", play },
		{ "list", list },
	};
	struct word word;
	size_t i = 0;

	if (!call_more(call))
		return list(ctx, call, err);
	if (!call_word(call, &word, err))
		return false;
	while (i < ARRAY_LEN(words) && strcmp(words[i].word, word.text) != 0)
		i++;
	if (i == ARRAY_LEN(words))
		error_at(err, word.column, "macro what? (%s)",
		         call->command->usage);
	word_free(&word);
	return i < ARRAY_LEN(words) && words[i].run(ctx, call, err);
}
