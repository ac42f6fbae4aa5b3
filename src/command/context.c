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

void context_free(struct context *ctx)
{
	context_free_tasks(ctx);
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

bool context_read_view(const struct view *view, uint64_t addr, void *buf,
                       size_t len, struct error *err)
{
	struct runs runs = { 0 };
	bool ok = view_read(view, addr, buf, len, 0, &runs, err);

	for (size_t i = 0; ok && i < runs.count; i++) {
		ok = state_has_bytes(runs.v[i].state) ||
		     run_refuse(&runs.v[i], addr, err);
		addr += runs.v[i].len;
	}
	runs_free(&runs);
	return ok;
}

bool context_read(const struct context *ctx, uint64_t addr, void *buf,
                  size_t len, struct error *err)
{
	return context_read_view(session_view(ctx->session), addr, buf, len,
	                         err);
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
