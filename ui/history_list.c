/*
 * history_list.c - the kind of list.h that shows what was done
 *
 * Row N is the state after step N, and row 0 what was opened; the row where the
 * history stands has a star, what is undone a minus. Places are those of now.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command/context.h"
#include "command/history.h"
#include "session.h"
#include "ui/list.h"
#include "ui/paint.h"

static size_t steps_count(const struct context *ctx)
{
	return history_count(ctx->session) + 1;
}

static size_t steps_here(const struct context *ctx)
{
	return past_done(session_past(ctx->session));
}

/* "+12 -3 B", or "12 B" where the length stays. */
static void lengths_text(const struct step_sum *sum, char dst[static 64])
{
	char a[32], b[32];

	if (sum->len == sum->old_len)
		snprintf(dst, 64, "%s B", grouped_text(sum->len, a));
	else if (sum->old_len == 0)
		snprintf(dst, 64, "+%s B", grouped_text(sum->len, a));
	else if (sum->len == 0)
		snprintf(dst, 64, "-%s B", grouped_text(sum->old_len, a));
	else
		snprintf(dst, 64, "-%s +%s B", grouped_text(sum->old_len, a),
		         grouped_text(sum->len, b));
}

static void steps_row(const struct context *ctx, size_t idx,
                      char dst[static LIST_ROW])
{
	const struct space *sp = context_space(ctx);
	size_t here = steps_here(ctx);
	char mark = idx == here ? '*' : idx > here ? '-' : ' ';
	char when[HISTORY_TIME], addr[32] = "not shown", place[PLACE_TEXT] = "";
	char lengths[64], places[32] = "";
	struct history_step s;

	if (idx == 0) {
		snprintf(dst, LIST_ROW, "     0%c          as opened", mark);
		return;
	}
	s = history_step(ctx->session, idx);
	(void)history_time(s.step.time, false, when);
	lengths_text(&s.sum, lengths);
	if (s.is_shown) {
		snprintf(addr, sizeof(addr), "0x%08" PRIx64, s.addr);
		place_text(sp, space_place(sp, s.addr), place);
	}
	if (s.sum.places > 1)
		snprintf(places, sizeof(places), "  %zu places", s.sum.places);
	snprintf(dst, LIST_ROW, "%6zu%c %s  %-10s %-10s %10s  %-14s%s  %s", idx,
	         mark, strlen(when) == 19 ? when + 11 : when, history_what(&s),
	         addr, lengths, place, places,
	         s.step.note ? text_shown(s.step.note).s : "");
}

static bool steps_place(const struct context *ctx, size_t idx,
                        struct place *out)
{
	struct history_step s;

	if (idx == 0)
		return false;
	s = history_step(ctx->session, idx);
	if (s.is_shown)
		*out = space_place(context_space(ctx), s.addr);
	return s.is_shown;
}

static void steps_enter(const struct context *ctx, size_t idx,
                        char dst[static LIST_ROW])
{
	(void)ctx;
	snprintf(dst, LIST_ROW, "history %zu", idx);
}

static void steps_revert(const struct context *ctx, size_t idx,
                         char dst[static LIST_ROW])
{
	dst[0] = '\0';
	if (idx > 0 && idx <= steps_here(ctx))
		snprintf(dst, LIST_ROW, "history revert %zu", idx);
}

static void steps_summary(const struct context *ctx, char dst[static LIST_ROW])
{
	size_t steps = history_count(ctx->session), here = steps_here(ctx);

	snprintf(dst, LIST_ROW, "%zu %s", steps, steps == 1 ? "step" : "steps");
	if (here < steps)
		snprintf(dst + strlen(dst), LIST_ROW - strlen(dst),
		         ", %zu undone", steps - here);
}

const struct list_kind list_history = {
	.name = "history",
	.title = "History",
	.header = "    no  time      what       address         length  place",
	.count = steps_count,
	.row = steps_row,
	.place = steps_place,
	.here = steps_here,
	.remove = steps_revert,
	.removes = "revert",
	.enter = steps_enter,
	.summary = steps_summary,
};
