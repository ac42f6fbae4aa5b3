/*
 * cmd_replace.c - replace, replace-all
 *
 * A job finds all matches in the view as it is, and what each is replaced by;
 * then all of it is one edit. So what was put in is not searched again, and
 * either everything is replaced or nothing. What is edited meanwhile in the
 * editor makes the matches worthless: then nothing is. replace-all -q lets the
 * user choose among them before.
 */
#include "config.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/asked.h"
#include "command/commands.h"
#include "command/content.h"
#include "command/context.h"
#include "command/find.h"
#include "command/replace.h"
#include "command/table.h"
#include "edit/store.h"
#include "find/expand.h"
#include "find/pattern.h"
#include "session.h"
#include "space/view.h"

/* What matches are replaced by. */
struct substitute {
	bool expands;               /* by what the match is made of.. */
	struct expansion expansion; /* .. in this way: owned */
	struct content value;       /* owned; else by this */
	bool pads;
	struct content pad; /* owned: behind what is shorter than its match */
};

struct replacing {
	struct view *view;   /* counted */
	struct plan plan;    /* owned */
	uint64_t generation; /* of the session, when it was begun */
	bool all;
	bool asks;    /* about each of them */
	bool *chosen; /* owned: by the answers; NULL: all are */
	size_t limit; /* of matches */
	struct substitute by;
	/* what the job leaves */
	struct match *v; /* owned */
	size_t count, cap;
	struct expanded
		text;    /* owned: of all expansions, one after the other */
	size_t *ends;    /* owned: where each ends in the text */
	size_t expanded; /* how many there are */
	bool ok;
	struct error err; /* unless ok */
	struct search_totals totals;
	_Atomic uint64_t found; /* looked at while it runs */
};

static void substitute_free(struct substitute *by)
{
	expand_free(&by->expansion);
	content_free(&by->value);
	content_free(&by->pad);
}

void replacing_free(void *replacing)
{
	struct replacing *r = replacing;

	view_unref(r->view);
	plan_free(&r->plan);
	substitute_free(&r->by);
	mem_free(r->v);
	mem_free(r->text.v);
	mem_free(r->ends);
	mem_free(r->chosen);
	mem_free(r);
}

/* --- what stands in the line ---------------------------------------------- */

/* A value at another place of the same line. */
static struct call at_value(const struct call *call, struct lexer value)
{
	struct call copy = *call;

	copy.args.pos = value.pos;
	return copy;
}

static bool read_expansion(const struct call *call, const struct asked *asked,
                           struct substitute *by, struct error *err)
{
	struct lexer lx = call->args;

	lx.pos = asked->value.pos;
	by->expands = true;
	if (!expand_read(&lx, asked->pattern, &by->expansion, err))
		return false;
	return lx.pos == lx.len || lx.line[lx.pos] == ' ' ||
	       lx.line[lx.pos] == '\t' ||
	       error_at(err, lx.pos + 1, "a blank must follow");
}

static bool read_pad(struct context *ctx, const struct call *call,
                     const struct asked *asked, struct substitute *by,
                     struct error *err)
{
	struct call pad = at_value(call, asked->pad);

	by->pads = asked->has_pad;
	if (!asked->has_pad)
		return true;
	return content_read(ctx, &pad, &by->pad, err);
}

/* On failure what was read is dropped. */
static bool read_substitute(struct context *ctx, const struct call *call,
                            const struct asked *asked, struct substitute *by,
                            struct error *err)
{
	struct call value = at_value(call, asked->value);
	bool ok;

	*by = (struct substitute){ 0 };
	if (value.args.line[value.args.pos] == '/')
		ok = read_expansion(call, asked, by, err);
	else
		ok = content_read_empty(ctx, &value, &by->value, err);
	if (ok && read_pad(ctx, call, asked, by, err))
		return true;
	substitute_free(by);
	return false;
}

/* --- the job ------------------------------------------------------------- */

static bool take(void *arg, const struct match *match)
{
	struct replacing *r = arg;

	r->ok = mem_grow(&r->v, &r->cap, r->count + 1, sizeof(*r->v), &r->err);
	if (!r->ok)
		return false;
	r->v[r->count++] = *match;
	r->found++;
	return true;
}

static bool find_matches(struct replacing *r, struct job *job)
{
	struct match match;
	bool wrapped;

	r->ok = true;
	if (r->all)
		return plan_all(&r->plan, r->view, job, take, r, &r->totals,
		                &r->err) &&
		       r->ok;
	return plan_next(&r->plan, r->view, job, &match, &wrapped, &r->totals,
	                 &r->err) &&
	       take(r, &match);
}

static bool see(void *arg, const struct searcher *searcher, struct error *err)
{
	struct replacing *r = arg;

	if (!expand(&r->by.expansion, searcher, &r->text, err))
		return false;
	r->ends[r->expanded++] = r->text.len;
	return true;
}

static bool expand_matches(struct replacing *r, struct job *job)
{
	if (!r->by.expands || r->count == 0)
		return true;
	r->ends = mem_resize(NULL, r->count, sizeof(*r->ends), &r->err);
	return r->ends && plan_again(&r->plan, r->view, job, r->v, r->count,
	                             see, r, &r->err);
}

static void work(struct job *job, void *arg)
{
	struct replacing *r = arg;
	bool ok = find_matches(r, job);

	if (ok && r->count > r->limit)
		ok = error_set(&r->err, ERR_LIMIT,
		               "more than %zu matches: nothing was replaced "
		               "(-n limits them)",
		               r->limit);
	r->ok = ok && expand_matches(r, job);
	/* Matches may be missing. */
	if (r->ok && job_cancelled(job))
		r->ok = error_set(&r->err, ERR_CANCELLED, "cancelled");
}

/* --- the edit ------------------------------------------------------------ */

/* All splices of a replacement, in the making. */
struct making {
	struct context *ctx;
	const struct replacing *r;
	struct session_splice *v; /* owned */
	size_t count;             /* of them */
	struct piece *pieces;     /* owned: two for each splice */
	struct piece from;        /* what the replacements are cut from */
	struct piece pad;
	struct error *err;
};

static uint64_t longest(const struct replacing *r)
{
	uint64_t len = 0;

	for (size_t i = 0; i < r->count; i++)
		len = u64_max(len, r->v[i].len);
	return len;
}

static uint64_t sum(const struct replacing *r)
{
	uint64_t len = 0;

	for (size_t i = 0; i < r->count; i++)
		len += r->v[i].len;
	return len;
}

/* Put into the store what the replacements are cut from. */
static bool put_all(struct making *m)
{
	const struct replacing *r = m->r;
	const struct content *value = &r->by.value;
	struct store *store = session_store(m->ctx->session);

	if (r->by.pads &&
	    !content_put(m->ctx, &r->by.pad, longest(r), &m->pad, m->err))
		return false;
	if (r->by.expands)
		return r->text.len == 0 ||
		       store_put(store, r->text.v, r->text.len, &m->from,
		                 m->err);
	if (value->kind == CONTENT_ZERO)
		return content_put(m->ctx, value, longest(r), &m->from, m->err);
	if (value->kind == CONTENT_RANDOM)
		return content_put(m->ctx, value, sum(r), &m->from, m->err);
	return value->len == 0 ||
	       content_put(m->ctx, value, value->len, &m->from, m->err);
}

/* The part of m->from that match i is replaced by; *done is for what is cut off
   one after the other. */
static struct piece part_of(const struct making *m, size_t i, uint64_t *done)
{
	const struct replacing *r = m->r;
	uint64_t at = *done;

	if (r->by.expands) {
		*done = r->ends[i];
		return piece_part(m->from, at, *done - at);
	}
	if (r->by.value.kind == CONTENT_BYTES)
		return m->from;
	if (r->by.value.kind == CONTENT_RANDOM)
		*done += r->v[i].len;
	return piece_part(m->from, at, r->v[i].len);
}

static bool too_long(const struct match *match, uint64_t len, struct error *err)
{
	error_set(err, ERR_RANGE,
	          "the %" PRIu64 " bytes at 0x%" PRIx64
	          " cannot be replaced by %" PRIu64 " with --pad",
	          match->len, match->addr, len);
	return error_add_addr(err, match->addr);
}

static bool make_splice(struct making *m, size_t i, uint64_t *done)
{
	const struct match *match = &m->r->v[i];
	struct session_splice *splice = &m->v[i];
	struct piece *pieces = m->pieces + 2 * i;
	struct piece piece = part_of(m, i, done);

	*splice = (struct session_splice){
		.at = space_place(context_space(m->ctx), match->addr),
		.removed = match->len,
		.added = pieces,
	};
	if (piece.len > 0)
		pieces[splice->count++] = piece;
	if (!m->r->by.pads || piece.len == match->len)
		return true;
	if (piece.len > match->len)
		return too_long(match, piece.len, m->err);
	pieces[splice->count++] = piece_part(m->pad, 0, match->len - piece.len);
	return true;
}

/* Leave out what was not chosen. */
static void keep_chosen(struct making *m)
{
	const struct replacing *r = m->r;

	m->count = 0;
	for (size_t i = 0; i < r->count; i++)
		if (!r->chosen || r->chosen[i])
			m->v[m->count++] = m->v[i];
}

static bool make_all(struct making *m)
{
	size_t count = m->r->count;
	uint64_t done = 0;

	m->v = mem_resize(NULL, count, sizeof(*m->v), m->err);
	m->pieces = mem_resize(NULL, count, 2 * sizeof(*m->pieces), m->err);
	if (!m->v || !m->pieces || !put_all(m))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!make_splice(m, i, &done))
			return false;
	keep_chosen(m);
	return true;
}

/* Replace; *behind is how far the first replacement goes. */
static bool replace(struct context *ctx, const struct replacing *r,
                    uint64_t *behind, struct error *err)
{
	struct making m = { .ctx = ctx, .r = r, .err = err };
	bool ok;

	*behind = r->v[0].addr;
	if (session_generation(ctx->session) != r->generation)
		return error_set(err, ERR_CHANGED,
		                 "something was changed while the search ran: "
		                 "nothing was replaced");
	/* The bytes were read just now. */
	ok = make_all(&m) && edit_splices(ctx, m.v, m.count, EDIT_SEEN, err);
	for (size_t i = 0; ok && i < m.v[0].count; i++)
		*behind += m.v[0].added[i].len;
	mem_free(m.v);
	mem_free(m.pieces);
	return ok;
}

static void report(struct context *ctx, const struct replacing *r, size_t count)
{
	if (ctx->out->json) {
		json_begin(ctx->out);
		json_number(ctx->out, "replaced", count);
		json_end(ctx->out);
	} else if (ctx->batch) {
		output_text(ctx->out, "%zu\n", count);
	} else {
		context_say(ctx, "%zu replaced%s", count,
		            find_skipped(r->all ? r->totals.skipped : 0).s);
	}
	if (ctx->batch && r->all && r->totals.skipped > 0)
		context_say(ctx,
		            "replace-all: %" PRIu64
		            " byte%s could not be searched",
		            r->totals.skipped, text_plural(r->totals.skipped));
}

/* Hand the matches over to be asked about: the task lets go of them. */
static bool hand_over(struct context *ctx, struct replacing *r,
                      struct error *err)
{
	struct replacing *kept = mem_zalloc(sizeof(*kept), err);
	bool *chosen = kept ? mem_zalloc(r->count, err) : NULL;

	if (!chosen) {
		mem_free(kept);
		return false;
	}
	*kept = *r;
	kept->chosen = chosen;
	*r = (struct replacing){ .ok = false };
	ctx->ask_replace(ctx, kept);
	return true;
}

static bool done(struct context *ctx, void *arg, struct error *err)
{
	struct replacing *r = arg;
	uint64_t behind;

	if (!r->ok) {
		*err = r->err;
		return err->code == ERR_NO && find_not_found(&r->totals, err);
	}
	if (r->count > 0 && r->asks)
		return hand_over(ctx, r, err);
	if (r->count == 0) {
		ctx->status = 1;
	} else {
		if (!replace(ctx, r, &behind, err))
			return false;
		if (!r->all)
			context_jump(ctx,
			             space_place(context_space(ctx), behind));
	}
	report(ctx, r, r->count);
	return true;
}

/* --- questions ----------------------------------------------------------- */

size_t replacing_count(const struct replacing *r)
{
	return r->count;
}

uint64_t replacing_match(const struct replacing *r, size_t i, uint64_t *len)
{
	*len = r->v[i].len;
	return r->v[i].addr;
}

bool replacing_is_chosen(const struct replacing *r, size_t i)
{
	return r->chosen[i];
}

void replacing_choose(struct replacing *r, size_t i, bool replace)
{
	r->chosen[i] = replace;
}

bool replacing_apply(struct context *ctx, struct replacing *r,
                     struct error *err)
{
	size_t count = 0;
	uint64_t behind;

	for (size_t i = 0; i < r->count; i++)
		count += r->chosen[i];
	session_set_what(ctx->session, "replace");
	if (count > 0 && !replace(ctx, r, &behind, err))
		return false;
	report(ctx, r, count);
	return true;
}

enum { SHOWN = 8 }; /* bytes of either side */

static void put_hex(char *dst, const unsigned char *bytes, uint64_t len)
{
	size_t n = (size_t)u64_min(len, SHOWN);

	strcpy(dst, "nothing");
	for (size_t i = 0; i < n; i++)
		snprintf(dst + 3 * i, 4, "%02x ", bytes[i]);
	if (n > 0)
		strcpy(dst + 3 * n - 1, len > n ? ".." : "");
}

/* What match i would be. */
static void put_new(const struct replacing *r, size_t i, char *dst)
{
	const struct content *value = &r->by.value;
	size_t from = r->by.expands && i > 0 ? r->ends[i - 1] : 0;

	if (r->by.expands)
		put_hex(dst, r->text.v + from, r->ends[i] - from);
	else if (value->kind == CONTENT_BYTES)
		put_hex(dst, value->v, value->len);
	else
		strcpy(dst, value->kind == CONTENT_ZERO ? "zeros" : "random");
}

const char *replacing_text(struct context *ctx, const struct replacing *r,
                           size_t i, char dst[static REPLACING_TEXT])
{
	const struct match *match = &r->v[i];
	char old[3 * SHOWN + 8] = "?", now[3 * SHOWN + 8];
	unsigned char bytes[SHOWN];
	struct error ignored;

	/* They were read just now. */
	if (context_read(ctx, match->addr, bytes,
	                 (size_t)u64_min(match->len, SHOWN), &ignored))
		put_hex(old, bytes, match->len);
	put_new(r, i, now);
	snprintf(dst, REPLACING_TEXT, "%s -> %s", old, now);
	return dst;
}

/* --- the commands -------------------------------------------------------- */

static const char *about(const void *arg)
{
	const struct replacing *r = arg;

	return pattern_text(r->plan.pattern);
}

static uint64_t found_so_far(const void *arg)
{
	const struct replacing *r = arg;

	return r->found;
}

static const struct task tasks[] = {
	{
		.name = "replace",
		.about = about,
		.finish = done,
		.free = replacing_free,
		.moves = true,
	},
	{
		.name = "replace-all",
		.about = about,
		.found = found_so_far,
		.finish = done,
		.free = replacing_free,
	},
};

/* What is to be done; frees what was asked for. */
static struct replacing *replacing_new(struct context *ctx,
                                       const struct call *call, bool all,
                                       struct asked *asked, struct error *err)
{
	struct replacing *r = mem_zalloc(sizeof(*r), err);
	bool asks = asked->asks;
	bool ok = r && read_substitute(ctx, call, asked, &r->by, err);

	if (ok)
		asked_remember(ctx, asked);
	ok = ok && find_plan(ctx, call, all, asked, &r->plan, err);
	asked_free(asked);
	if (!ok) {
		if (r)
			substitute_free(&r->by);
		mem_free(r);
		return NULL;
	}
	r->view = view_ref(session_view(ctx->session));
	r->generation = session_generation(ctx->session);
	r->all = all;
	r->asks = asks;
	r->limit = ctx->set_limit;
	r->plan.wrap = false;
	if (r->plan.options.max == 0 || r->plan.options.max > r->limit)
		r->plan.options.max = (uint64_t)r->limit + 1;
	return r;
}

static bool is_asked(const struct context *ctx)
{
	return ctx->ask_replace && ctx->depth == 0 && !ctx->macros.is_running;
}

static bool start(struct context *ctx, struct call *call, bool all,
                  struct error *err)
{
	struct asked asked;
	struct replacing *r;
	struct task *task;

	if (!asked_replace(ctx, call, all ? "naeiwq" : "aeiw", &asked, err))
		return false;
	if (asked.asks && !is_asked(ctx)) {
		asked_free(&asked);
		return error_set(err, ERR_SYNTAX,
		                 "-q asks, which no batch, script or macro "
		                 "can answer");
	}
	r = replacing_new(ctx, call, all, &asked, err);
	task = r ? mem_zalloc(sizeof(*task), err) : NULL;
	if (!task) {
		if (r)
			replacing_free(r);
		return false;
	}
	*task = tasks[all];
	task->arg = r;
	ctx->searches++;
	return context_start(ctx, task, work, err);
}

RUN(replace)
{
	return start(ctx, call, false, err);
}

RUN(replace_all)
{
	return start(ctx, call, true, err);
}
