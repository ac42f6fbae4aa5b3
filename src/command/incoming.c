/*
 * incoming.c - see incoming.h
 *
 * I1	parts[i].piece are bytes of the store; each part follows the one before
 *	it in the order of arrival, not of addresses, until incoming_end().
 * I2	zeros that have come are put as one fill when something else comes: so
 *	a sparse file takes no room.
 */
#include "config.h"

#include "command/incoming.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/channel.h"
#include "base/error.h"
#include "base/mem.h"
#include "command/commands.h"
#include "command/context.h"
#include "edit/store.h"
#include "session.h"

/* Tests make it small. */
#ifndef INCOMING_BYTES
#define INCOMING_BYTES 65536
#endif

enum { WAITING = 8, ZEROS = 512 };

struct incoming_chunk {
	uint64_t addr;
	size_t len;
	unsigned char bytes[INCOMING_BYTES];
};

bool incoming_begin(struct incoming *in, const struct context *ctx,
                    struct error *err)
{
	*in = (struct incoming){
		.generation = session_generation(ctx->session),
		.session = ctx->session,
	};
	in->channel = channel_new(sizeof(*in->sent), WAITING, err);
	in->sent = in->channel ? mem_zalloc(sizeof(*in->sent), err) : NULL;
	in->got = in->sent ? mem_zalloc(sizeof(*in->got), err) : NULL;
	if (in->got)
		return true;
	incoming_free(in);
	return false;
}

void incoming_free(struct incoming *in)
{
	if (in->puts > 0)
		session_drop_puts(in->session, in->puts);
	channel_free(in->channel);
	mem_free(in->sent);
	mem_free(in->got);
	mem_free(in->parts);
	*in = (struct incoming){ 0 };
}

/* --- the job ------------------------------------------------------------- */

bool incoming_flush(struct incoming *in, struct job *job, struct error *err)
{
	if (in->sent->len > 0 && !channel_put(in->channel, job, in->sent))
		return error_set(err, ERR_CANCELLED, "cancelled");
	in->sent->len = 0;
	return true;
}

bool incoming_put(struct incoming *in, struct job *job, uint64_t addr,
                  const unsigned char *bytes, size_t len, struct error *err)
{
	struct incoming_chunk *to = in->sent;

	while (len > 0) {
		size_t n = size_min(INCOMING_BYTES - to->len, len);

		if (to->len > 0 && (n == 0 || to->addr + to->len != addr)) {
			if (!incoming_flush(in, job, err))
				return false;
			continue;
		}
		if (to->len == 0)
			to->addr = addr;
		memcpy(to->bytes + to->len, bytes, n);
		to->len += n;
		addr += n;
		bytes += n;
		len -= n;
	}
	return true;
}

/* --- taking -------------------------------------------------------------- */

static bool add(struct incoming *in, uint64_t addr, struct piece piece,
                struct error *err)
{
	struct incoming_part *last =
		in->count ? &in->parts[in->count - 1] : NULL;

	if (last && last->addr + last->piece.len == addr &&
	    piece_follows(&last->piece, &piece)) {
		last->piece.len += piece.len;
		return true;
	}
	if (!mem_grow(&in->parts, &in->cap, in->count + 1, sizeof(*in->parts),
	              err))
		return false;
	in->parts[in->count++] = (struct incoming_part){ addr, piece };
	return true;
}

static bool put_zeros(struct incoming *in, struct store *store,
                      struct error *err)
{
	struct piece piece;
	uint64_t len = in->zero_len;

	in->zero_len = 0;
	return len == 0 || (store_put_fill(store, "", 1, len, &piece, err) &&
	                    add(in, in->zero_addr, piece, err));
}

static bool is_zero(const unsigned char *bytes, size_t len)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0;
}

static bool put(struct incoming *in, struct store *store, struct error *err)
{
	const struct incoming_chunk *got = in->got;
	uint64_t before = session_puts(in->session);
	struct piece piece;
	bool ok = store_put(store, got->bytes, got->len, &piece, err);

	if (session_puts(in->session) != before)
		in->puts = session_puts(in->session);
	return ok && add(in, got->addr, piece, err);
}

static bool accept(struct incoming *in, struct store *store, struct error *err)
{
	const struct incoming_chunk *got = in->got;
	bool follows =
		in->zero_len > 0 && in->zero_addr + in->zero_len == got->addr;

	/* Few zeros take less room as bytes than as a fill. */
	if ((follows || got->len >= ZEROS) && is_zero(got->bytes, got->len)) {
		if (!follows && !put_zeros(in, store, err))
			return false;
		if (!follows)
			in->zero_addr = got->addr;
		in->zero_len += got->len;
		return true;
	}
	return put_zeros(in, store, err) && put(in, store, err);
}

bool incoming_take(struct incoming *in, struct context *ctx, struct error *err)
{
	struct store *store = session_store(ctx->session);

	while (channel_take(in->channel, in->got, 1) > 0)
		if (!accept(in, store, err))
			return false;
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct incoming_part *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

bool incoming_end(struct incoming *in, struct context *ctx, struct error *err)
{
	if (!incoming_take(in, ctx, err) ||
	    !put_zeros(in, session_store(ctx->session), err))
		return false;
	if (in->count > 1)
		qsort(in->parts, in->count, sizeof(*in->parts), by_address);
	for (size_t i = 1; i < in->count; i++) {
		const struct incoming_part *last = &in->parts[i - 1];

		if (in->parts[i].addr - last->addr < last->piece.len)
			return error_set(err, ERR_SYNTAX,
			                 "address 0x%" PRIx64
			                 " is in it more than once",
			                 in->parts[i].addr);
	}
	return true;
}

uint64_t incoming_len(const struct incoming *in)
{
	uint64_t len = 0;

	for (size_t i = 0; i < in->count; i++)
		len += in->parts[i].piece.len;
	return len;
}

/* --- the edit ------------------------------------------------------------ */

static bool is_same_space(const struct incoming *in, const struct context *ctx,
                          struct error *err)
{
	return session_generation(ctx->session) == in->generation ||
	       error_set(err, ERR_CHANGED,
	                 "other edits were made meanwhile: nothing is changed");
}

/* The pieces alone, in an array: the caller's. */
static struct piece *pieces_of(const struct incoming *in, struct error *err)
{
	struct piece *pieces =
		mem_resize(NULL, in->count + 1, sizeof(*pieces), err);

	for (size_t i = 0; pieces && i < in->count; i++)
		pieces[i] = in->parts[i].piece;
	return pieces;
}

bool incoming_replace(struct incoming *in, struct context *ctx, struct place at,
                      uint64_t removed, unsigned flags, struct error *err)
{
	struct piece *pieces = pieces_of(in, err);
	struct session_splice splice = {
		.at = at,
		.removed = removed,
		.added = pieces,
		.count = in->count,
	};
	bool ok = pieces && is_same_space(in, ctx, err) &&
	          edit_splices(ctx, &splice, 1, flags, err);

	if (ok)
		in->puts = 0;
	mem_free(pieces);
	return ok;
}

/* One splice for all parts from `first` on that follow each other; returns how
   many these are. */
static size_t splice_of(const struct incoming *in, size_t first, uint64_t shift,
                        const struct space *sp, const struct piece *pieces,
                        struct session_splice *splice)
{
	uint64_t addr = in->parts[first].addr;
	size_t n = 0;

	*splice = (struct session_splice){
		.at = space_place(sp, addr + shift),
		.added = pieces + first,
	};
	for (; first + n < in->count &&
	       in->parts[first + n].addr == addr + splice->removed;
	     n++)
		splice->removed += in->parts[first + n].piece.len;
	splice->count = n;
	return n;
}

bool incoming_lay(struct incoming *in, struct context *ctx, uint64_t shift,
                  unsigned flags, struct error *err)
{
	const struct space *sp = context_space(ctx);
	struct piece *pieces = pieces_of(in, err);
	struct session_splice *splices =
		pieces ? mem_resize(NULL, in->count + 1, sizeof(*splices), err)
		       : NULL;
	bool ok = splices && is_same_space(in, ctx, err);
	size_t count = 0;

	for (size_t i = 0; ok && i < in->count; count++) {
		struct place at = { .addr = in->parts[i].addr + shift };

		i += splice_of(in, i, shift, sp, pieces, &splices[count]);
		ok = edit_fits(ctx, at, splices[count].removed, err);
	}
	ok = ok && edit_splices(ctx, splices, count, flags, err);
	if (ok)
		in->puts = 0;
	mem_free(splices);
	mem_free(pieces);
	return ok;
}
