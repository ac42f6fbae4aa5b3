/*
 * hashing_read.c - see hashing_read.h
 *
 * First it is planned which bytes of which parts go into a chunk, then those
 * that lie one behind the other are read at once: small blocks cost no more
 * reads than large ones.
 */
#include "config.h"

#include "study/hashing_read.h"

#include "base/error.h"
#include "base/mem.h"
#include "space/view.h"

#ifndef HASHING_STEPS
#define HASHING_STEPS 4096
#endif

/* What is to be read, before it is. */
struct hashing_piece {
	uint64_t addr, len;
	size_t off;
	bool is_gap; /* nothing is to be read */
	bool ends;   /* it is the last one of its part */
	struct interval part;
};

static bool plan_piece(struct hashing_reader *r, struct hashing_piece piece,
                       struct error *err)
{
	if (!mem_grow(&r->pieces, &r->piece_cap, r->piece_count + 1,
	              sizeof(*r->pieces), err))
		return false;
	piece.addr = r->pos;
	piece.part = r->part;
	r->pos += piece.len;
	piece.ends = r->pos == r->part.end;
	r->has_part = !piece.ends;
	r->pieces[r->piece_count++] = piece;
	return true;
}

/* How many bytes from r->pos on are of the same kind, as far as is known. */
static uint64_t known_run(struct hashing_reader *r)
{
	if (r->pos >= r->known || r->pos == r->part.start)
		r->known_gap = view_stretch(r->plan->view, r->pos, &r->known) ==
		               STATE_GAP;
	return u64_min(r->known, r->part.end) - r->pos;
}

/* May a part go on in, or into, a chunk with `used` bytes? One that fits into a
   chunk is kept whole. */
static bool fits(const struct hashing_reader *r, size_t used)
{
	uint64_t len = r->part.end - r->part.start;

	return r->pos > r->part.start || len > HASHING_CHUNK ||
	       len <= HASHING_CHUNK - used;
}

static bool have_part(struct hashing_reader *r, struct error *err)
{
	bool there;

	if (r->has_part)
		return true;
	if (!r->plan->next(r->plan->arg, &r->part, &there, err))
		return false;
	r->at_end = !there;
	r->has_part = there;
	if (there)
		r->pos = r->part.start;
	return true;
}

/* What goes into the next chunk. */
static bool plan_chunk(struct hashing_reader *r, struct error *err)
{
	bool fills = r->plan->unreadable.what == UNREADABLE_FILL;
	size_t used = 0;

	r->piece_count = 0;
	while (used < HASHING_CHUNK && r->piece_count < HASHING_STEPS) {
		struct hashing_piece piece = { .off = used };

		if (!have_part(r, err))
			return false;
		if (r->at_end || !fits(r, used))
			return true;
		if (r->pos < r->part.end) {
			piece.len = known_run(r);
			piece.is_gap = r->known_gap;
		}
		if (!piece.is_gap || fills) {
			piece.len = u64_min(piece.len, HASHING_CHUNK - used);
			used += (size_t)piece.len;
		}
		if (!plan_piece(r, piece, err))
			return false;
	}
	return true;
}

static bool add_step(struct hashing_chunk *chunk, struct hashing_step step,
                     struct error *err)
{
	struct hashing_step *last =
		chunk->count > 0 ? &chunk->steps[chunk->count - 1] : NULL;

	if (last && !last->ends && !step.ends &&
	    last->off + last->len == step.off) {
		last->len += step.len;
		return true;
	}
	if (!mem_grow(&chunk->steps, &chunk->cap, chunk->count + 1,
	              sizeof(step), err))
		return false;
	chunk->steps[chunk->count++] = step;
	chunk->parts += step.ends;
	return true;
}

/* Bytes of a piece that have no value. */
static bool lose(struct hashing_reader *r, struct hashing_chunk *chunk,
                 const struct hashing_piece *piece, uint64_t at, struct run run,
                 struct error *err)
{
	const struct unreadable *u = &r->plan->unreadable;
	uint64_t from = piece->addr + at - piece->part.start;
	struct hashing_step step = { .off = piece->off + (size_t)at };

	if (u->what == UNREADABLE_STOP)
		return unreadable_error(&run, piece->addr + at, err);
	if (u->what == UNREADABLE_SKIP) {
		r->skipped += run.len;
		return true;
	}
	r->filled += run.len;
	step.len = (size_t)run.len;
	for (size_t i = 0; i < step.len; i++)
		chunk->bytes[step.off + i] = unreadable_byte(u, from + i);
	return add_step(chunk, step, err);
}

static bool end_part(struct hashing_reader *r, struct hashing_chunk *chunk,
                     const struct hashing_piece *piece, struct error *err)
{
	struct hashing_step step = {
		.off = piece->off + (piece->is_gap ? 0 : (size_t)piece->len),
		.ends = true,
		.part = {
			.start = piece->part.start,
			.end = piece->part.end,
			.skipped = r->skipped,
			.filled = r->filled,
		},
	};

	r->skipped = r->filled = 0;
	return add_step(chunk, step, err);
}

/* What was read of a group of pieces, from run *idx on, of which `used` bytes
   are gone. */
static bool split_runs(struct hashing_reader *r, struct hashing_chunk *chunk,
                       const struct hashing_piece *piece, size_t *idx,
                       uint64_t *used, struct error *err)
{
	for (uint64_t at = 0; at < piece->len;) {
		struct run run = r->runs.v[*idx];
		bool ok;

		run.len = u64_min(run.len - *used, piece->len - at);
		if (state_has_bytes(run.state))
			ok = add_step(chunk,
			              (struct hashing_step){
					      .off = piece->off + (size_t)at,
					      .len = (size_t)run.len },
			              err);
		else
			ok = lose(r, chunk, piece, at, run, err);
		if (!ok)
			return false;
		at += run.len;
		*used += run.len;
		if (*used == r->runs.v[*idx].len) {
			++*idx;
			*used = 0;
		}
	}
	return !piece->ends || end_part(r, chunk, piece, err);
}

/* Pieces [from, to) lie one behind the other, in the space and in the chunk. */
static bool read_group(struct hashing_reader *r, struct hashing_chunk *chunk,
                       size_t from, size_t to, struct error *err)
{
	const struct hashing_piece *first = &r->pieces[from];
	size_t len = 0, idx = 0;
	uint64_t used = 0;

	for (size_t i = from; i < to; i++)
		len += (size_t)r->pieces[i].len;
	runs_clear(&r->runs);
	if (len > 0 &&
	    !view_read(r->plan->view, first->addr, chunk->bytes + first->off,
	               len, READ_PLAIN, &r->runs, err))
		return false;
	for (size_t i = from; i < to; i++)
		if (!split_runs(r, chunk, &r->pieces[i], &idx, &used, err))
			return false;
	return true;
}

static bool read_gap(struct hashing_reader *r, struct hashing_chunk *chunk,
                     const struct hashing_piece *piece, struct error *err)
{
	struct run gap = { .len = piece->len, .state = STATE_GAP };

	return lose(r, chunk, piece, 0, gap, err) &&
	       (!piece->ends || end_part(r, chunk, piece, err));
}

static bool read_pieces(struct hashing_reader *r, struct hashing_chunk *chunk,
                        struct error *err)
{
	size_t to;

	for (size_t i = 0; i < r->piece_count; i = to) {
		const struct hashing_piece *p = &r->pieces[i];
		uint64_t end = p->addr + p->len;

		to = i + 1;
		if (p->is_gap) {
			if (!read_gap(r, chunk, p, err))
				return false;
			continue;
		}
		while (to < r->piece_count && !r->pieces[to].is_gap &&
		       r->pieces[to].addr == end)
			end += r->pieces[to++].len;
		if (!read_group(r, chunk, i, to, err))
			return false;
	}
	return true;
}

/* Is there a part of which some was read? One may only have been looked at. */
static bool has_begun(const struct hashing_reader *r)
{
	return r->has_part && r->pos > r->part.start;
}

bool hashing_read(struct hashing_reader *r, struct hashing_chunk *chunk,
                  struct error *err)
{
	bool begun = has_begun(r);
	struct error later;
	bool planned, ok;

	chunk->count = chunk->parts = 0;
	chunk->left = r->plan->count;
	planned = plan_chunk(r, &later);
	ok = read_pieces(r, chunk, err);
	if (ok && !planned) {
		*err = later;
		ok = false;
	}
	chunk->whole = !begun && !has_begun(r);
	for (size_t i = 0; i < r->piece_count; i++)
		r->done += r->pieces[i].len;
	if (mem_grow(&chunk->digests, &chunk->digest_cap,
	             (chunk->parts + 1) * r->plan->count, DIGEST_MAX, err))
		return ok;
	chunk->count = 0;
	return false;
}

void hashing_reader_free(struct hashing_reader *r)
{
	mem_free(r->pieces);
	runs_free(&r->runs);
}
