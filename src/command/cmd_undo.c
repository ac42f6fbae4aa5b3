/* cmd_undo.c - commands that take edits back: undo, redo */
#include "config.h"

#include <inttypes.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/table.h"
#include "edit/past.h"
#include "session.h"

static bool step(struct context *ctx, bool back, struct error *err)
{
	return back ? session_undo(ctx->session, err)
	            : session_redo(ctx->session, err);
}

/* As many steps as there are, up to `count`; ERR_NO: not one. When a step fails
   those before it are taken back. */
static bool steps(struct context *ctx, bool back, uint64_t count,
                  uint64_t *done, struct error *err)
{
	const struct past *past = session_past(ctx->session);
	size_t most = back ? past_done(past) : past_undone(past);
	struct error ignored;

	count = most > 0 ? u64_min(count, most) : 1;
	for (*done = 0; *done < count; ++*done) {
		if (step(ctx, back, err))
			continue;
		while (*done > 0 && step(ctx, !back, &ignored))
			--*done;
		return false;
	}
	return true;
}

static bool go(struct context *ctx, struct call *call, bool back,
               struct error *err)
{
	struct anchors before = context_anchors(ctx);
	uint64_t count, done;
	bool ok;

	if (!call_count(call, &count, err) || !call_end(call, err))
		return false;
	ctx->moving = &before;
	ok = steps(ctx, back, count, &done, err);
	ctx->moving = NULL;
	context_settle(ctx, &before);
	if (!ok)
		return false;
	if (ctx->out->json) {
		json_begin(ctx->out);
		json_number(ctx->out, "done", done);
		json_end(ctx->out);
	} else if (ctx->batch) {
		output_text(ctx->out, "%" PRIu64 "\n", done);
	}
	return true;
}

RUN(undo)
{
	return go(ctx, call, true, err);
}

RUN(redo)
{
	return go(ctx, call, false, err);
}
