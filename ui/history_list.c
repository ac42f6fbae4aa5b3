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

#include "base/sys.h"
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

/* What is done stands before the state that the bytes have, what is undone
   behind it. */
static char steps_mark(const struct context *ctx, size_t idx)
{
	size_t here = steps_here(ctx);

	return idx == here ? '*' : idx > here ? '-' : ' ';
}

enum { REST = 336 }; /* a note, a place, a number of places */

/* "why not  #1:0x8  3 places": the note comes first, being a user's. */
static void rest_text(const struct context *ctx, const struct history_step *s,
                      char dst[static REST])
{
	const struct space *sp = context_space(ctx);
	const char *note = s->step.note;
	char place[PLACE_TEXT] = "", places[32] = "";

	if (s->is_shown)
		place_text(sp, space_place(sp, s->addr), place);
	if (s->sum.places > 1)
		snprintf(places, sizeof(places), "  %zu places", s->sum.places);
	snprintf(dst, REST, "%s%s%s%s", note ? text_shown(note).s : "",
	         note ? "  " : "", place, places);
}

enum { TIME = 10 }; /* columns */

/* The time of what was done today, else the day. */
static void time_text(const struct context *ctx, int64_t time,
                      char dst[static HISTORY_TIME])
{
	int64_t now = session_sys(ctx->session)->clock() / 1000000000;
	char today[HISTORY_TIME];

	(void)history_time(time, false, dst);
	(void)history_time(now, false, today);
	/* 2026-11-21T08:00:03 */
	if (strlen(dst) != 19)
		return;
	if (strncmp(dst, today, TIME) == 0)
		memmove(dst, dst + TIME + 1, 9);
	else
		dst[TIME] = '\0';
}

/* The time is what there is no room for on a small screen. */
static void make_row(const struct context *ctx, size_t idx, bool timed,
                     char dst[static LIST_ROW])
{
	char when[HISTORY_TIME] = "", time[HISTORY_TIME + 8] = "";
	char addr[24] = "not shown";
	char lengths[64], rest[REST];
	struct history_step s;

	if (idx == 0) {
		snprintf(dst, LIST_ROW, "     0%c %sas opened",
		         steps_mark(ctx, 0), timed ? "           " : "");
		return;
	}
	s = history_step(ctx->session, idx);
	if (timed) {
		time_text(ctx, s.step.time, when);
		snprintf(time, sizeof(time), "%-*s ", TIME, when);
	}
	lengths_text(&s.sum, lengths);
	rest_text(ctx, &s, rest);
	if (s.is_shown)
		snprintf(addr, sizeof(addr), "0x%08" PRIx64, s.addr);
	snprintf(dst, LIST_ROW, "%6zu%c %s%-10s %-10s %10s  %s", idx,
	         steps_mark(ctx, idx), time, history_what(&s), addr, lengths,
	         rest);
}

static void steps_row(const struct context *ctx, size_t idx,
                      char dst[static LIST_ROW])
{
	make_row(ctx, idx, true, dst);
}

static void steps_short_row(const struct context *ctx, size_t idx,
                            char dst[static LIST_ROW])
{
	make_row(ctx, idx, false, dst);
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
	size_t flushed = size_min(session_flushed_steps(ctx->session), here);

	snprintf(dst, LIST_ROW, "%zu %s", steps, steps == 1 ? "step" : "steps");
	if (flushed > 0)
		snprintf(dst + strlen(dst), LIST_ROW - strlen(dst),
		         ", %zu flushed", flushed);
	if (here < steps)
		snprintf(dst + strlen(dst), LIST_ROW - strlen(dst),
		         ", %zu undone", steps - here);
}

const struct list_kind list_history = {
	.name = "history",
	.title = "History",
	.header = "    no  time       what       address         length  note, "
		  "place",
	.count = steps_count,
	.row = steps_row,
	.short_header =
		"    no  what       address         length  note, place",
	.short_row = steps_short_row,
	.place = steps_place,
	.here = steps_here,
	.remove = steps_revert,
	.removes = "revert",
	.enter = steps_enter,
	.summary = steps_summary,
};
