/*
 * explain.c - see explain.h
 *
 * The states that may be tried are views of what the space was after some of
 * the last steps; each costs memory for what is different in it only. Where
 * nothing has changed its length, what a part was after a step is what it was
 * after the last step before that touched it, so few of them are read.
 *
 * X1  The changes are sorted by address; `reach` is the furthest end of those
 *     up to each, so that the first one that reaches into a part is found by
 *     bisection.
 * X2  The states are sorted by number, the last step first.
 */
#include "config.h"

#include "command/explain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "command/context.h"
#include "command/history.h"
#include "edit/backout.h"
#include "edit/document.h"
#include "edit/past.h"
#include "edit/tree.h"
#include "session.h"
#include "space/layout.h"
#include "space/ranges.h"
#include "space/view.h"
#include "study/digest.h"

enum {
	STATES = 64,       /* that are tried, at most */
	CHANGES = 1 << 20, /* that are listed, at most */
	FEW = 100000,      /* changes: more of them cost too much for each
	                        state */
	CHUNK = 64 * 1024, /* bytes read at once */
};

struct known {
	uint64_t start, end; /* addresses; the same where bytes were deleted */
	uint64_t reach;      /* X1 */
	size_t step;
};

struct past_state {
	size_t number;
	struct view *view; /* counted */
};

struct explain {
	struct known *changes; /* owned */
	size_t count, cap;
	bool moves; /* a change has another length than before */
	struct past_state states[STATES];
	size_t state_count;
};

void explain_free(struct explain *ex)
{
	if (!ex)
		return;
	for (size_t i = 0; i < ex->state_count; i++)
		view_unref(ex->states[i].view);
	mem_free(ex->changes);
	mem_free(ex);
}

/* --- what was changed ---------------------------------------------------- */

static bool add_change(struct explain *ex, struct context *ctx,
                       const struct shifts *shifts, const struct change *change,
                       size_t pos, size_t step, struct error *err)
{
	struct range range = { .doc = change->doc, .len = change->added.len };
	struct known *known;
	uint64_t addr;

	ex->moves = ex->moves || change->removed.len != change->added.len;
	if (ex->count == CHANGES) {
		/* Some are not known: all states are to be tried. */
		ex->moves = true;
		return true;
	}
	range.off = shifts_now(shifts, pos, change->doc, change->off);
	if (!ranges_address(&range, context_space(ctx), &addr))
		return true;
	if (!mem_grow(&ex->changes, &ex->cap, ex->count + 1,
	              sizeof(*ex->changes), err))
		return false;
	known = &ex->changes[ex->count++];
	*known = (struct known){ .start = addr, .step = step };
	known->end = addr + u64_min(range.len, UINT64_MAX - addr);
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->step > y->step) - (x->step < y->step);
}

static bool list_changes(struct explain *ex, struct context *ctx,
                         struct error *err)
{
	const struct past *past = session_past(ctx->session);
	const struct shifts *shifts = session_shifts(ctx->session);
	struct past_place place = { 0 };
	size_t done = past_done(past);
	struct change change;
	size_t step = 0;
	uint64_t reach = 0;
	bool first;

	if (!shifts)
		return error_set(err, ERR_NOMEM, "not enough memory");
	while (place.pos < past_here(past).pos &&
	       past_next(past, &place, &change, &first)) {
		/* A step may be of several groups. */
		while (step < done &&
		       past_step(past, step + 1).from.pos < place.pos)
			step++;
		if (!add_change(ex, ctx, shifts, &change, place.pos, step, err))
			return false;
	}
	if (ex->count > 0)
		qsort(ex->changes, ex->count, sizeof(*ex->changes), by_start);
	for (size_t i = 0; i < ex->count; i++)
		ex->changes[i].reach = reach =
			u64_max(reach, ex->changes[i].end);
	return true;
}

/* --- what was there before ----------------------------------------------- */

struct then {
	struct view_root *v; /* owned, and their roots */
	size_t count, cap;
};

static bool take_then(void *arg, struct document *doc, struct tree *root,
                      struct error *err)
{
	struct then *then = arg;

	if (!mem_grow(&then->v, &then->cap, then->count + 1, sizeof(*then->v),
	              err))
		return false;
	then->v[then->count++] = (struct view_root){ doc, tree_ref(root) };
	return true;
}

static void then_free(struct then *then)
{
	for (size_t i = 0; i < then->count; i++)
		tree_unref(then->v[i].root);
	mem_free(then->v);
}

static uint64_t size_then(const struct then *then, const struct document *doc)
{
	for (size_t i = 0; i < then->count; i++)
		if (then->v[i].doc == doc)
			return tree_len(then->v[i].root);
	return document_size(doc);
}

static struct space *space_then(const struct layout *layout,
                                const struct then *then, struct error *err)
{
	uint64_t *sizes = mem_zalloc(layout->count * sizeof(*sizes), err);
	struct space *sp;

	if (!sizes)
		return NULL;
	for (size_t i = 0; i < layout->count; i++)
		if (layout->v[i]->doc)
			sizes[i] = size_then(then, layout->v[i]->doc);
	sp = space_derive(layout, sizes, err);
	mem_free(sizes);
	return sp;
}

/* What the space was after this step. None where it cannot have been so: the
   layout is another one now. */
static bool add_state(struct explain *ex, struct context *ctx, size_t number,
                      struct error *err)
{
	struct then then = { 0 };
	struct view *view = NULL;
	struct space *sp = NULL;
	bool ok = session_then(ctx->session, number, take_then, &then, err);

	if (ok)
		sp = space_then(session_layout(ctx->session), &then, err);
	if (sp)
		view = view_then(sp, then.v, then.count, err);
	space_unref(sp);
	then_free(&then);
	if (view)
		ex->states[ex->state_count++] =
			(struct past_state){ number, view };
	return view || err->code != ERR_NOMEM;
}

/* X2: all of few steps; of many the last ones, what was flushed, and the
   start. */
static bool add_states(struct explain *ex, struct context *ctx,
                       struct error *err)
{
	size_t done = past_done(session_past(ctx->session));
	size_t flushed = session_flushed_steps(ctx->session);
	size_t most = ex->count < FEW ? STATES - 2 : 0;

	for (size_t n = done; n-- > 0;) {
		bool wanted = done - n <= most || n == 0 || n == flushed;

		if (wanted && !add_state(ex, ctx, n, err))
			return false;
	}
	return true;
}

struct explain *explain_new(struct context *ctx, struct error *err)
{
	struct explain *ex = mem_zalloc(sizeof(*ex), err);

	if (!ex)
		return NULL;
	if (list_changes(ex, ctx, err) && add_states(ex, ctx, err))
		return ex;
	explain_free(ex);
	return NULL;
}

/* --- looking ------------------------------------------------------------- */

/* The first change that reaches into a part, or stands behind it. */
static size_t first_in(const struct explain *ex, const struct interval *part)
{
	size_t lo = 0, hi = ex->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ex->changes[mid].reach < part->start)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool touches(const struct known *known, const struct interval *part)
{
	if (known->start == known->end)
		return known->start >= part->start && known->start < part->end;
	return known->start < part->end && known->end > part->start;
}

/* The next change of a part from *idx on, which goes behind it. */
static const struct known *next_in(const struct explain *ex,
                                   const struct interval *part, size_t *idx)
{
	while (*idx < ex->count && ex->changes[*idx].start < part->end) {
		const struct known *known = &ex->changes[(*idx)++];

		if (touches(known, part))
			return known;
	}
	return NULL;
}

/* The last step in [0, before) that touched a part; 0: there is none. */
static size_t last_step(const struct explain *ex, const struct interval *part,
                        size_t before)
{
	size_t idx = first_in(ex, part), last = 0;
	const struct known *known;

	while ((known = next_in(ex, part, &idx)))
		if (known->step < before && known->step > last)
			last = known->step;
	return last;
}

static bool add_bytes(const struct view *view, uint64_t addr, size_t len,
                      unsigned char *buf, struct runs *runs,
                      struct digest *digest, struct error *err)
{
	size_t at = 0;

	runs_clear(runs);
	if (!view_read(view, addr, buf, len, READ_PLAIN, runs, err))
		return false;
	for (size_t i = 0; i < runs->count; i++) {
		if (state_has_bytes(runs->v[i].state))
			digest_add(digest, buf + at, (size_t)runs->v[i].len);
		at += (size_t)runs->v[i].len;
	}
	return true;
}

static bool hash_part(const struct view *view, struct job *job,
                      const struct interval *part, struct digest *digest,
                      unsigned char *buf, unsigned char *out, struct error *err)
{
	uint64_t end = u64_min(part->end, view_size(view));
	struct runs runs = { 0 };
	bool ok = true;

	for (uint64_t at = part->start; ok && at < end;) {
		size_t len = (size_t)u64_min(end - at, CHUNK);

		ok = job_goes_on(job, err) &&
		     add_bytes(view, at, len, buf, &runs, digest, err);
		at += len;
	}
	runs_free(&runs);
	return ok && digest_end(digest, out, err);
}

/* May a part be another one after this state than after those that were tried?
   `tried` is the last step that was still in those. */
static bool is_news(const struct explain *ex, const struct interval *part,
                    size_t number, size_t tried)
{
	return ex->moves || last_step(ex, part, tried) > number;
}

bool explain_try(const struct explain *ex, struct job *job,
                 const struct interval *part, const struct algorithm *algorithm,
                 const unsigned char *want, size_t *number, bool *found,
                 struct error *err)
{
	struct digest *digest = digest_new(algorithm, err);
	unsigned char *buf = mem_resize(NULL, CHUNK, 1, err);
	size_t tried = SIZE_MAX;
	bool ok = digest && buf;

	*found = false;
	for (size_t i = 0; ok && !*found && i < ex->state_count; i++) {
		const struct past_state *state = &ex->states[i];
		unsigned char out[DIGEST_MAX];

		if (!is_news(ex, part, state->number, tried))
			continue;
		ok = hash_part(state->view, job, part, digest, buf, out, err);
		*found =
			ok && memcmp(out, want, algorithm_size(algorithm)) == 0;
		*number = state->number;
		tried = state->number + 1;
	}
	mem_free(buf);
	digest_free(digest);
	return ok;
}

/* --- printing ------------------------------------------------------------ */

size_t explain_count(const struct explain *ex, const struct interval *part,
                     size_t number)
{
	size_t idx = first_in(ex, part), count = 0;
	const struct known *known;

	while ((known = next_in(ex, part, &idx)))
		count += known->step > number;
	return count;
}

static void print_change(struct context *ctx, const struct known *known)
{
	struct history_step step = history_step(ctx->session, known->step);
	bool flushed = known->step <= session_flushed_steps(ctx->session);
	const struct space *sp = context_space(ctx);
	struct place place = space_place(sp, known->start);
	char text[PLACE_TEXT];

	if (ctx->out->json) {
		json_begin(ctx->out);
		json_addr(ctx->out, known->start);
		json_number(ctx->out, "len", known->end - known->start);
		json_place(ctx->out, sp, place);
		json_number(ctx->out, "step", known->step);
		json_string(ctx->out, "op", history_what(&step));
		json_bool(ctx->out, "flushed", flushed);
		json_end(ctx->out);
		return;
	}
	output_text(ctx->out, "  0x%" PRIx64 " %" PRIu64 " %s step %zu %s%s\n",
	            known->start, known->end - known->start,
	            place_text(sp, place, text), known->step,
	            history_what(&step), flushed ? " flushed" : "");
}

void explain_print(struct context *ctx, const struct explain *ex,
                   const struct interval *part, size_t number)
{
	size_t idx = first_in(ex, part);
	const struct known *known;

	while ((known = next_in(ex, part, &idx)))
		if (known->step > number && !output_failed(ctx->out))
			print_change(ctx, known);
}
