/* cmd_file.c - commands about the files: open, close, reload, save-layout */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/table.h"
#include "command/waiting.h"
#include "open/layout_file.h"
#include "open/replace.h"
#include "session.h"

RUN(open)
{
	struct anchors before = context_anchors(ctx);
	struct units units = context_units(ctx);
	struct layout inputs = { 0 };
	struct words words = { 0 };
	struct placement *p = NULL;
	struct error ignored;
	bool ok;

	if (!call_more(call))
		return error_at(err, call->args.pos + 1, "usage: open %s",
		                call->command->usage);
	ok = words_from(&call->args, &words, err);
	p = ok ? placement_parse(&words, &units, err) : NULL;
	words_free(&words);
	ok = p && layout_push(&inputs, p, err);
	if (p && !ok)
		placement_unref(p);
	ok = ok && session_open(ctx->session, &inputs, err);
	layout_clear(&inputs);
	if (!ok)
		return false;
	context_settle(ctx, &before);
	/* It is open, whatever is known of journals. */
	if (ctx->look_waiting)
		ctx->look_waiting(ctx);
	else if (!waiting_say(ctx, &ignored))
		context_say(ctx, "%s", ignored.text);
	return true;
}

bool segment_argument(struct call *call, uint32_t *number, struct error *err)
{
	size_t column;
	uint64_t value = 0;
	bool more = call_more(call);

	column = call->args.pos + 1;
	if (!more || call->args.line[call->args.pos] != '#')
		return error_at(err, column, "a segment is named #N here");
	call->args.pos++;
	if (!lexer_number(&call->args, &units_default, &value, err))
		return false;
	if (value == 0 || value > UINT32_MAX)
		return error_at(err, column, "there is no segment #%" PRIu64,
		                value);
	*number = (uint32_t)value;
	return true;
}

/* The argument "#N". */
static bool number_argument(struct call *call, bool need, uint32_t *number,
                            struct error *err)
{
	*number = 0;
	if (!call_more(call) && !need)
		return true;
	return segment_argument(call, number, err) && call_end(call, err);
}

RUN(close)
{
	struct anchors before = context_anchors(ctx);
	uint32_t number;

	if (!number_argument(call, true, &number, err) ||
	    !session_close(ctx->session, number, err))
		return false;
	context_settle(ctx, &before);
	return true;
}

RUN(reload)
{
	struct anchors before = context_anchors(ctx);
	uint32_t number;

	if (!number_argument(call, false, &number, err) ||
	    !session_reload(ctx->session, number, call->bang, err))
		return false;
	context_settle(ctx, &before);
	return true;
}

bool may_make(struct context *ctx, const struct call *call, const char *path,
              const char *how, struct error *err)
{
	struct sys_stat st;

	if (!session_may_replace(ctx->session, path, err))
		return false;
	if (call->bang)
		return replace_may(session_sys(ctx->session), path, true, err);
	if (session_sys(ctx->session)->stat(path, &st) < 0)
		return true;
	error_set(err, ERR_STATE, "%s is there already (%s writes over it)",
	          text_shown(path).s, how);
	return error_add_path(err, path);
}

RUN(save_layout)
{
	struct word word;
	bool ok;

	if (!call_word(call, &word, err))
		return false;
	ok = call_end(call, err);
	if (ok && !layout_file_is(word.text))
		ok = error_at(err, word.column,
		              "a layout file's name ends in .hxl");
	ok = ok && may_make(ctx, call, word.text, "save-layout!", err) &&
	     layout_file_save(session_sys(ctx->session), word.text,
	                      session_layout(ctx->session), err);
	word_free(&word);
	return ok;
}
