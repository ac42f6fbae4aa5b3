/*
 * replace_edit.c - a replacement as one edit: see replace_impl.h
 *
 * Either everything is replaced or nothing, and the bytes come from few pieces
 * of the store, however many matches there are.
 */
#include "config.h"

#include <inttypes.h>

#include "base/mem.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/find.h"
#include "command/replace_impl.h"
#include "edit/store.h"
#include "session.h"

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

bool replace_make(struct context *ctx, const struct replacing *r,
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

void replace_report(struct context *ctx, const struct replacing *r,
                    size_t count)
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
