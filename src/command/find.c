/*
 * find.c - see find.h
 *
 * The editor marks what a command would find while it is typed; so what it asks
 * for is read here, for it and for the commands.
 */
#include "config.h"

#include "command/find.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"
#include "command/asked.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/table.h"
#include "find/pattern.h"
#include "session.h"
#include "space/view.h"

/* What was asked for, over the whole space; not cut yet. */
static struct plan plan_of(const struct context *ctx, const struct asked *asked)
{
	return (struct plan){
		.pattern = pattern_ref(asked->pattern),
		.options = {
			.end = view_size(session_view(ctx->session)),
			.overlapping = asked->overlapping,
			.align = asked->align,
			.max = asked->max,
		},
		.backward = asked->backward,
	};
}

/* Leave in it what --in and --not-in do. */
static bool cut(struct context *ctx, struct plan *plan,
                const struct asked *asked, struct error *err)
{
	return plan_cut(plan, ctx->session, asked->in, asked->not_in,
	                &ctx->last_parts, err);
}

/* Where to search: in the range in front, from the address in front, or from
   the cursor. */
static void set_range(const struct context *ctx, const struct call *call,
                      struct plan *plan)
{
	struct search_options *o = &plan->options;
	const struct span *span = &call->span;
	uint64_t size = o->end;

	if (span->given && !span->single) {
		o->start = u64_min(span->from.addr, size);
		o->end = u64_min(span->to.addr, size);
		o->from = plan->backward ? o->end : o->start;
		return;
	}
	o->from =
		u64_min(span->given ? span->from.addr : ctx->cursor.addr, size);
	plan->wrap = !ctx->batch && ctx->options.wrapscan;
}

static void set_all_range(const struct call *call, struct plan *plan)
{
	struct search_options *o = &plan->options;

	/* An empty segment may be placed behind the end. */
	o->end = u64_min(call->end, o->end);
	o->start = u64_min(call->start, o->end);
	o->from = o->start;
}

bool find_plan(struct context *ctx, const struct call *call, bool all,
               const struct asked *asked, struct plan *out, struct error *err)
{
	*out = plan_of(ctx, asked);
	if (all)
		set_all_range(call, out);
	else
		set_range(ctx, call, out);
	if (cut(ctx, out, asked, err))
		return true;
	plan_free(out);
	return false;
}

bool find_is_search(const struct command *command)
{
	return command->run == run_find || command->run == run_find_all ||
	       command->run == run_count || asked_replaces(command);
}

/* Of find-all and count: from the cursor on, around in the range. */
static void set_whole_range(const struct context *ctx, const struct call *call,
                            struct plan *plan)
{
	struct search_options *o = &plan->options;
	uint64_t here = ctx->cursor.addr;

	o->end = u64_min(call->end, o->end);
	o->start = u64_min(call->start, o->end);
	o->from = here >= o->start && here < o->end ? here : o->start;
	plan->wrap = true;
}

/* Cut it; frees what was asked for. */
static bool finish_plan(struct context *ctx, struct asked *asked,
                        struct plan *out, struct error *err)
{
	bool ok = cut(ctx, out, asked, err);

	asked_free(asked);
	if (!ok)
		plan_free(out);
	return ok;
}

bool find_read(struct context *ctx, struct call *call, struct plan *out,
               struct error *err)
{
	bool one = call->command->run == run_find ||
	           call->command->run == run_replace;
	struct asked asked;

	*out = (struct plan){ 0 };
	if (!asked_read(ctx, call, one ? FIND_LETTERS : FIND_ALL_LETTERS,
	                call->command->run == run_find_all, &asked, err)) {
		if (!asked.typed && err->code == ERR_SYNTAX && !call_more(call))
			err->code = ERR_NO;
		return false;
	}
	if (!asked.typed) {
		asked_free(&asked);
		return error_set(err, ERR_NO, "no pattern");
	}
	*out = plan_of(ctx, &asked);
	if (one)
		set_range(ctx, call, out);
	else
		set_whole_range(ctx, call, out);
	return finish_plan(ctx, &asked, out, err);
}

bool find_last(struct context *ctx, struct plan *out, struct error *err)
{
	struct asked asked;

	*out = (struct plan){ 0 };
	if (!asked_again(ctx, &asked, err))
		return false;
	*out = plan_of(ctx, &asked);
	return finish_plan(ctx, &asked, out, err);
}

struct find_skipped find_skipped(uint64_t skipped)
{
	struct find_skipped text = { "" };

	if (skipped > 0)
		snprintf(text.s, sizeof(text.s),
		         "; %" PRIu64 " byte%s could not be searched", skipped,
		         text_plural(skipped));
	return text;
}

bool find_not_found(const struct search_totals *totals, struct error *err)
{
	return error_set(err, ERR_NO, "not found%s",
	                 find_skipped(totals->skipped).s);
}
