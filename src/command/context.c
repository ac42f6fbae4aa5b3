/*
 * context.c - see context.h
 *
 * Invariants:
 *
 *   C1  cursor.addr <= size of the space, unless it stands in an empty segment
 *       that was placed behind that
 *   C2  a selection holds at least one byte, and both its ends are in the space
 */
#include "config.h"

#include "command/context.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "command/plan.h"
#include "find/pattern.h"
#include "session.h"
#include "space/ranges.h"
#include "space/view.h"

enum { SECTOR_DEFAULT = 512 };

/* Places stay at their bytes when others are inserted or deleted (A16). */
static void shift(struct anchor *anchors, size_t count, uint64_t doc,
                  uint64_t off, uint64_t removed, uint64_t added)
{
	for (size_t i = 0; i < count; i++) {
		if (anchors[i].set && anchors[i].doc == doc)
			anchors[i].off = ranges_shifted(anchors[i].off, off,
			                                removed, added);
	}
}

static void on_moved(void *arg, uint64_t doc, uint64_t off, uint64_t removed,
                     uint64_t added)
{
	struct context *ctx = arg;

	ranges_shift(ctx->bookmarks, doc, off, removed, added);
	shift(ctx->marks, MARKS, doc, off, removed, added);
	shift(ctx->jumps.v, JUMPS_MAX + 1, doc, off, removed, added);
	shift(&ctx->before_jump, 1, doc, off, removed, added);
	shift(&ctx->last_from, 1, doc, off, removed, added);
	shift(&ctx->last_to, 1, doc, off, removed, added);
	if (ctx->moving) {
		shift(&ctx->moving->cursor, 1, doc, off, removed, added);
		shift(&ctx->moving->sel_anchor, 1, doc, off, removed, added);
		shift(&ctx->moving->sel_head, 1, doc, off, removed, added);
	}
}

bool context_init(struct context *ctx, struct session *session,
                  struct output *out, struct error *err)
{
	memset(ctx, 0, sizeof(*ctx));
	ctx->session = session;
	ctx->out = out;
	ctx->set_limit = SET_LIMIT;
	options_default(&ctx->options);
	ctx->bookmarks = ranges_new(err);
	if (!ctx->bookmarks) {
		session_free(session);
		ctx->session = NULL;
		return false;
	}
	ctx->cursor = space_place(context_space(ctx), 0);
	session_set_journal_limit(session, ctx->options.journallimit);
	session_set_undo_limit(session, ctx->options.undolimit);
	session_set_moved(session, on_moved, ctx);
	return true;
}

static void free_task(struct task *task)
{
	job_free(task->job);
	task->free(task->arg);
	mem_free(task->then.v);
	mem_free(task);
}

static void end_task(struct context *ctx)
{
	struct task *task = ctx->task;

	if (!task)
		return;
	ctx->task = NULL;
	free_task(task);
}

static void reap_all(struct context *ctx)
{
	while (ctx->ended) {
		struct task *task = ctx->ended;

		ctx->ended = task->next;
		free_task(task);
	}
}

void context_free(struct context *ctx)
{
	context_cancel(ctx);
	end_task(ctx);
	reap_all(ctx);
	pattern_unref(ctx->last_pattern);
	mem_free(ctx->patterns);
	mem_free(ctx->clip);
	macros_free(&ctx->macros);
	ranges_free(ctx->last_in);
	ranges_free(ctx->last_not_in);
	parts_unref(ctx->last_parts);
	ranges_free(ctx->bookmarks);
	sets_free(&ctx->sets);
	session_free(ctx->session);
}

const struct space *context_space(const struct context *ctx)
{
	return session_space(ctx->session);
}

struct units context_units(const struct context *ctx)
{
	return (struct units){
		.sector = ctx->options.sector ? ctx->options.sector
		                              : SECTOR_DEFAULT,
		.block = ctx->options.block,
		.radix = ctx->batch ? 10 : (unsigned)ctx->options.radix,
	};
}

/* --- what expressions ask for -------------------------------------------- */

static int mark_index(char letter)
{
	if (letter >= 'a' && letter <= 'z')
		return letter - 'a';
	if (letter >= 'A' && letter <= 'Z')
		return letter - 'A' + 26;
	return -1;
}

static bool scope_mark(void *arg, char letter, struct place *out,
                       struct error *err)
{
	const struct context *ctx = arg;
	int index = mark_index(letter);
	const struct anchor *anchor;

	if (letter != '\'' && index < 0)
		return error_set(err, ERR_SYNTAX, "a mark is a letter");
	anchor = index < 0 ? &ctx->before_jump : &ctx->marks[index];
	if (!anchor->set)
		return index < 0 ? error_set(err, ERR_RANGE,
		                             "there was no jump yet")
		                 : error_set(err, ERR_RANGE,
		                             "mark '%c' is not set", letter);
	if (!context_find(ctx, anchor, out))
		return error_set(err, ERR_RANGE,
		                 "the byte of mark '%c' is not shown now",
		                 letter);
	return true;
}

static bool find_bookmark(const struct context *ctx, const char *name,
                          struct place *out, struct error *err)
{
	const struct space *sp = context_space(ctx);
	size_t at = ranges_named(ctx->bookmarks, name);
	struct range range;
	uint64_t addr;

	if (at == ranges_count(ctx->bookmarks))
		return error_set(err, ERR_RANGE, "there is no bookmark '%s'",
		                 text_shown(name).s);
	range = ranges_at(ctx->bookmarks, at);
	if (!ranges_address(&range, sp, &addr))
		return error_set(err, ERR_RANGE,
		                 "the bytes of bookmark '%s' are not shown now",
		                 text_shown(name).s);
	*out = space_place(sp, addr);
	return true;
}

static bool scope_bookmark(void *arg, const char *name, size_t len,
                           struct place *out, struct error *err)
{
	char *copy = mem_strndup(name, len, err);
	bool ok = copy && find_bookmark(arg, copy, out, err);

	mem_free(copy);
	return ok;
}

bool context_read(const struct context *ctx, uint64_t addr, void *buf,
                  size_t len, struct error *err)
{
	struct runs runs = { 0 };
	bool ok = view_read(session_view(ctx->session), addr, buf, len, 0,
	                    &runs, err);

	for (size_t i = 0; ok && i < runs.count; i++) {
		ok = state_has_bytes(runs.v[i].state) ||
		     run_refuse(&runs.v[i], addr, err);
		addr += runs.v[i].len;
	}
	runs_free(&runs);
	return ok;
}

static bool scope_read(void *arg, uint64_t addr, void *buf, size_t len,
                       struct error *err)
{
	return context_read(arg, addr, buf, len, err);
}

struct scope context_scope(struct context *ctx)
{
	struct scope scope = {
		.space = context_space(ctx),
		.cursor = ctx->cursor,
		.units = context_units(ctx),
		.exact_names = ctx->batch,
		.mark = scope_mark,
		.bookmark = scope_bookmark,
		.read = scope_read,
		.ctx = ctx,
	};

	scope.has_selection =
		context_selection(ctx, &scope.sel_start, &scope.sel_end);
	return scope;
}

/* --- places -------------------------------------------------------------- */

struct anchor context_anchor(const struct context *ctx, struct place place)
{
	const struct space *sp = context_space(ctx);
	const struct segment *seg = space_numbered(sp, place.segment);
	struct location at;

	struct anchor anchor = { .set = true, .place = place };

	if (place.side == SIDE_END && seg) {
		anchor.doc = document_id(seg->doc);
		anchor.off = seg->off + seg->size;
		return anchor;
	}
	at = space_locate(sp, place.addr);
	if (at.segment) {
		anchor.doc = document_id(at.segment->doc);
		anchor.off = at.doc_off;
	}
	return anchor;
}

bool context_find(const struct context *ctx, const struct anchor *anchor,
                  struct place *out)
{
	const struct space *sp = context_space(ctx);
	const struct segment *seg = space_numbered(sp, anchor->place.segment);
	struct range range = { .doc = anchor->doc,
		               .off = anchor->off,
		               .len = 1 };
	uint64_t addr;

	if (!anchor->set)
		return false;
	if (anchor->place.side == SIDE_END) {
		if (!seg || seg->size > UINT64_MAX - 1 - seg->addr)
			return false;
		*out = anchor->place;
		out->addr = seg->addr + seg->size;
		return true;
	}
	if (anchor->doc == 0) {
		if (anchor->place.addr > space_size(sp))
			return false;
		*out = space_place(sp, anchor->place.addr);
		return true;
	}
	/* The segment it was in comes first, then any that shows the byte. */
	if (seg && document_id(seg->doc) == anchor->doc &&
	    anchor->off >= seg->off && anchor->off - seg->off < seg->size &&
	    space_address(sp, seg, anchor->off - seg->off, &addr)) {
		*out = space_place(sp, addr);
		return true;
	}
	if (!ranges_address(&range, sp, &addr))
		return false;
	*out = space_place(sp, addr);
	return true;
}

void context_move(struct context *ctx, struct place to)
{
	if (ctx->selecting == SELECT_SHIFT)
		ctx->selecting = SELECT_NONE;
	ctx->cursor = to;
	if (ctx->selecting == SELECT_STICKY)
		ctx->sel_head = to.addr;
}

void context_jump(struct context *ctx, struct place to)
{
	struct jumps *jumps = &ctx->jumps;
	struct anchor from = context_anchor(ctx, ctx->cursor);

	if (to.addr != ctx->cursor.addr || to.segment != ctx->cursor.segment) {
		ctx->before_jump = from;
		if (jumps->count >= JUMPS_MAX) {
			size_t drop = jumps->count - (JUMPS_MAX - 1);

			jumps->count -= drop;
			memmove(jumps->v, jumps->v + drop,
			        jumps->count * sizeof(*jumps->v));
		}
		jumps->v[jumps->count++] = from;
		jumps->pos = jumps->count;
	}
	context_move(ctx, to);
}

struct anchors context_anchors(const struct context *ctx)
{
	const struct space *sp = context_space(ctx);
	struct anchors anchors = { .cursor = context_anchor(ctx, ctx->cursor) };

	if (ctx->selecting == SELECT_NONE)
		return anchors;
	anchors.sel_anchor =
		context_anchor(ctx, space_place(sp, ctx->sel_anchor));
	anchors.sel_head = context_anchor(ctx, space_place(sp, ctx->sel_head));
	return anchors;
}

/* Its ends are as far apart as they were, or something came between them. */
static void settle_selection(struct context *ctx, const struct anchors *before)
{
	uint64_t size = space_size(context_space(ctx));
	uint64_t apart = ctx->sel_head - ctx->sel_anchor;
	struct place from, to;

	if (ctx->selecting == SELECT_NONE)
		return;
	if (!context_find(ctx, &before->sel_anchor, &from) ||
	    !context_find(ctx, &before->sel_head, &to) ||
	    to.addr - from.addr != apart || from.addr >= size ||
	    to.addr >= size) {
		ctx->selecting = SELECT_NONE;
		return;
	}
	ctx->sel_anchor = from.addr;
	ctx->sel_head = to.addr;
}

void context_settle(struct context *ctx, const struct anchors *before)
{
	const struct space *sp = context_space(ctx);
	uint64_t addr = u64_min(before->cursor.place.addr, space_size(sp));

	if (!context_find(ctx, &before->cursor, &ctx->cursor))
		ctx->cursor = space_place(sp, addr);
	settle_selection(ctx, before);
}

bool context_selection(const struct context *ctx, uint64_t *start,
                       uint64_t *end)
{
	uint64_t size = space_size(context_space(ctx));
	uint64_t last;

	if (ctx->selecting == SELECT_NONE || size == 0)
		return false;
	last = u64_max(ctx->sel_anchor, ctx->sel_head);
	*start = u64_min(u64_min(ctx->sel_anchor, ctx->sel_head), size - 1);
	*end = u64_min(last, size - 1) + 1;
	return true;
}

static void keep_last(struct context *ctx)
{
	const struct space *sp = context_space(ctx);
	uint64_t start, end;

	if (!context_selection(ctx, &start, &end))
		return;
	ctx->last_from = context_anchor(ctx, space_place(sp, start));
	ctx->last_to = context_anchor(ctx, space_place(sp, end - 1));
}

void context_select(struct context *ctx, uint64_t start, uint64_t end,
                    enum selecting how)
{
	keep_last(ctx);
	if (how == SELECT_NONE || start >= end) {
		ctx->selecting = SELECT_NONE;
		return;
	}
	ctx->selecting = how;
	ctx->sel_anchor = start;
	ctx->sel_head = end - 1;
	keep_last(ctx);
}

/* --- tasks --------------------------------------------------------------- */

bool context_start(struct context *ctx, struct task *task, job_run *run,
                   struct error *err)
{
	if (ctx->task && ctx->task->holds && !ctx->batch) {
		error_set(err, ERR_STATE, "%s is not done yet (Esc stops it)",
		          ctx->task->name);
		free_task(task);
		return false;
	}
	context_cancel(ctx);
	task->began = sys_now();
	task->job = job_start(session_pool(ctx->session), JOB_COMPUTE, run,
	                      task->arg, err);
	ctx->task = task;
	if (!task->job) {
		end_task(ctx);
		return false;
	}
	return true;
}

bool context_step(struct context *ctx, step_go *go, bool forward,
                  uint64_t count, struct error *err)
{
	struct step step = { go, forward, count };
	struct steps *then;

	if (ctx->batch || !ctx->task || !ctx->task->moves)
		return go(ctx, forward, count, err);
	then = &ctx->task->then;
	if (!mem_grow(&then->v, &then->cap, then->count + 1, sizeof(*then->v),
	              err))
		return false;
	then->v[then->count++] = step;
	return true;
}

bool context_finish(struct context *ctx, struct error *err)
{
	struct task *task = ctx->task;
	const char *name = task->name;
	struct steps then;
	bool ok;

	session_set_what(ctx->session, task->name);
	ok = task->finish(ctx, task->arg, err);
	then = task->then;
	task->then = (struct steps){ 0 };
	end_task(ctx);
	while (ok && !ctx->task && then.next < then.count) {
		struct step step = then.v[then.next++];

		ok = step.go(ctx, step.forward, step.count, err);
	}
	if (ctx->task)
		ctx->task->then = then;
	else
		mem_free(then.v);
	/* Whoever runs a macro's line sees to its end. */
	if (!ctx->go_on || ctx->macros.is_running)
		return ok;
	return ctx->go_on(ctx, ok, name, err);
}

void context_end_macros(struct context *ctx)
{
	ctx->macros.depth = 0;
	ctx->go_on = NULL;
	session_join(ctx->session, false);
}

void context_cancel(struct context *ctx)
{
	struct task *task = ctx->task;

	if (!task)
		return;
	/* A macro waits for it, unless it was a line's first task of two. */
	if (!ctx->macros.is_running)
		context_end_macros(ctx);
	job_cancel(task->job);
	if (task->ends && !ctx->batch)
		return;
	if (ctx->batch) {
		end_task(ctx);
		return;
	}
	/* A read or a match may take a while to see it. */
	ctx->task = NULL;
	task->next = ctx->ended;
	ctx->ended = task;
}

bool context_reap(struct context *ctx, struct job *job)
{
	for (struct task **at = &ctx->ended; *at; at = &(*at)->next) {
		struct task *task = *at;

		if (task->job != job)
			continue;
		*at = task->next;
		free_task(task);
		return true;
	}
	return false;
}

void context_take(struct context *ctx)
{
	struct task *task = ctx->task;

	if (task->take && !task->take(ctx, task->arg))
		job_cancel(task->job);
}

/* Take what the task's job posts until it has ended. */
static void take_all(struct context *ctx)
{
	struct pool *pool = session_pool(ctx->session);

	for (;;) {
		struct pool_event event;

		pool_wait(pool);
		while (pool_next(pool, &event)) {
			if (event.job != ctx->task->job)
				continue;
			if (event.kind == POOL_DONE)
				return;
			context_take(ctx);
		}
	}
}

bool context_wait(struct context *ctx, struct error *err)
{
	if (!ctx->task)
		return true;
	if (ctx->task->take)
		take_all(ctx);
	else
		job_wait(ctx->task->job);
	return context_finish(ctx, err);
}

void context_say(struct context *ctx, const char *fmt, ...)
{
	char line[ERROR_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (ctx->say)
		ctx->say(ctx, line);
}
