/*
 * kept.c - see kept.h
 *
 * Most edits bring new bytes, which go to the end of both: such stretches are
 * on a tape, each by its distances to the one before, so that a typed byte
 * takes 3 bytes. Where every BLOCK-th begins is known besides.
 *
 * Bytes that were put into the store early and came into the journal late, a
 * register that is pasted again, or all that an earlier run has done and this
 * one takes back from the last step to the first, are in sorted runs. The first
 * one takes them; when it is full, it and those behind it up to the first that
 * is empty become that one, as the digits of a number do that is counted up
 * (Bentley and Saxe, Decomposable searching problems, 1980).
 *
 *	tape     off - end of the one before, len, at - end of the one before
 *
 * Numbers are 7 bits in a byte, least first.
 *
 *   E1  the stretches of the tape, and `last` behind them, go up in off and in
 *       at; none is empty
 *   E2  block[i] is the place of stretch i * BLOCK of the tape, for each of
 *   them
 *   E3  each of late[] goes up in off; late[0] has FEW stretches at most, and
 *       late[i] FEW << i; no byte is in two stretches
 */
#include "config.h"

#include "keep/kept.h"

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"

#ifndef KEPT_BLOCK
#define KEPT_BLOCK 64
#endif

#ifndef KEPT_FEW
#define KEPT_FEW 64
#endif

enum { BLOCK = KEPT_BLOCK, FEW = KEPT_FEW, STRETCH_MAX = 3 * 10 };

void kept_free(struct kept *kept)
{
	mem_free(kept->tape);
	mem_free(kept->block);
	for (size_t i = 0; i < kept->runs; i++)
		mem_free(kept->late[i].v);
	*kept = (struct kept){ 0 };
}

/* --- the tape ------------------------------------------------------------- */

/* The stretch at a place, which goes behind it. */
static struct kept_stretch next(const struct kept *kept,
                                struct kept_place *place)
{
	const unsigned char *from = kept->tape + place->pos;
	struct kept_stretch s;

	s.off = place->off + load_varint(&from);
	s.len = load_varint(&from);
	s.at = place->at + load_varint(&from);
	*place = (struct kept_place){ s.off + s.len, s.at + s.len,
		                      (size_t)(from - kept->tape) };
	return s;
}

/* Put `last` on the tape. */
static bool push_last(struct kept *kept, struct error *err)
{
	const struct kept_stretch *s = &kept->last;
	struct kept_place *end = &kept->end;
	unsigned char *to;

	if (!mem_grow(&kept->tape, &kept->cap, end->pos + STRETCH_MAX, 1,
	              err) ||
	    !mem_grow(&kept->block, &kept->block_cap, kept->count / BLOCK + 1,
	              sizeof(*kept->block), err))
		return false;
	if (kept->count % BLOCK == 0)
		kept->block[kept->count / BLOCK] = *end;
	to = store_varint(kept->tape + end->pos, s->off - end->off);
	to = store_varint(to, s->len);
	to = store_varint(to, s->at - end->at);
	*end = (struct kept_place){ s->off + s->len, s->at + s->len,
		                    (size_t)(to - kept->tape) };
	kept->count++;
	return true;
}

/* How many blocks begin at or before `key`, of the offsets in the store or in
   the journal. */
static size_t blocks_before(const struct kept *kept, uint64_t key, bool at)
{
	size_t lo = 0, hi = (kept->count + BLOCK - 1) / BLOCK;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct kept_place *block = &kept->block[mid];

		if ((at ? block->at : block->off) <= key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The first stretch of the tape, or `last`, that ends behind `off`; its len is
   0 if there is none. */
static struct kept_stretch find_on_tape(const struct kept *kept, uint64_t off)
{
	struct kept_place place = { .pos = 0 };
	struct kept_stretch s;
	size_t n = 0;

	if (off >= kept->end.off)
		return off < kept->last.off + kept->last.len
		               ? kept->last
		               : (struct kept_stretch){ 0 };
	n = blocks_before(kept, off, false);
	n = n > 0 ? n - 1 : 0;
	place = kept->block[n];
	do
		s = next(kept, &place);
	while (place.off <= off);
	return s;
}

/* Cut the tape where stretches begin that stand at `end` or behind it. The last
   one that is left may go over it; it becomes `last`. */
static void cut_tape(struct kept *kept, uint64_t end)
{
	size_t n = blocks_before(kept, end, true);
	struct kept_place place = { .pos = 0 }, before;

	/* In the block before that one is one that is left, at least. */
	n = n > 2 ? n - 2 : 0;
	if (kept->count > 0)
		place = kept->block[n];
	n *= BLOCK;
	kept->last = (struct kept_stretch){ 0 };
	while (n < kept->count) {
		struct kept_stretch s;

		before = place;
		s = next(kept, &place);
		if (s.at >= end)
			break;
		kept->last = s;
		kept->end = before;
		n++;
	}
	/* What is `last` is not on the tape. */
	kept->count = kept->last.len > 0 ? n - 1 : 0;
	if (kept->last.len == 0)
		kept->end = (struct kept_place){ 0 };
}

/* --- what comes late ------------------------------------------------------ */

/* The first one that ends behind `off`. */
static size_t find_in_run(const struct kept_run *run, uint64_t off)
{
	size_t lo = 0, hi = run->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (run->v[mid].off + run->v[mid].len <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* From behind, since `to` has room for both. */
static void merge(struct kept_run *to, const struct kept_run *from)
{
	size_t a = to->count, b = from->count, n = a + b;

	to->count = n;
	while (b > 0) {
		bool older = a > 0 && to->v[a - 1].off > from->v[b - 1].off;

		to->v[--n] = older ? to->v[--a] : from->v[--b];
	}
}

/* Empty the first run. */
static bool push_run(struct kept *kept, struct error *err)
{
	size_t n = 1, count = kept->late[0].count;
	struct kept_run *to;

	while (n < kept->runs && kept->late[n].count > 0)
		count += kept->late[n++].count;
	assert(n < KEPT_RUNS);
	to = &kept->late[n];
	if (!mem_grow(&to->v, &to->cap, count, sizeof(*to->v), err))
		return false;
	kept->runs = size_max(kept->runs, n + 1);
	merge(to, &kept->late[0]);
	kept->late[0].count = 0;
	for (size_t i = 1; i < n; i++) {
		merge(to, &kept->late[i]);
		mem_free(kept->late[i].v);
		kept->late[i] = (struct kept_run){ 0 };
	}
	return true;
}

static bool follows(const struct kept_stretch *a, const struct kept_stretch *b)
{
	return a->off + a->len == b->off && a->at + a->len == b->at;
}

static bool add_late(struct kept *kept, struct kept_stretch s,
                     struct error *err)
{
	struct kept_run *run = &kept->late[0];
	size_t at = find_in_run(run, s.off);

	if (at > 0 && follows(&run->v[at - 1], &s)) {
		run->v[at - 1].len += s.len;
		return true;
	}
	if (run->count == FEW && !push_run(kept, err))
		return false;
	if (!mem_grow(&run->v, &run->cap, run->count + 1, sizeof(*run->v), err))
		return false;
	kept->runs = size_max(kept->runs, 1);
	at = find_in_run(run, s.off);
	memmove(run->v + at + 1, run->v + at,
	        (run->count - at) * sizeof(*run->v));
	run->v[at] = s;
	run->count++;
	return true;
}

static void cut_run(struct kept_run *run, uint64_t end)
{
	size_t n = 0;

	for (size_t i = 0; i < run->count; i++) {
		struct kept_stretch s = run->v[i];

		if (s.at >= end)
			continue;
		s.len = u64_min(s.len, end - s.at);
		run->v[n++] = s;
	}
	run->count = n;
}

/* --- all ------------------------------------------------------------------ */

static bool holds(const struct kept_stretch *s, uint64_t off)
{
	return s->len > 0 && off >= s->off && off - s->off < s->len;
}

bool kept_find(const struct kept *kept, uint64_t off, struct kept_stretch *out)
{
	struct kept_stretch s = find_on_tape(kept, off);

	out->off = s.len > 0 ? s.off : UINT64_MAX;
	for (size_t i = 0; i < kept->runs && !holds(&s, off); i++) {
		const struct kept_run *run = &kept->late[i];
		size_t at = find_in_run(run, off);

		if (at == run->count)
			continue;
		if (holds(&run->v[at], off))
			s = run->v[at];
		else
			out->off = u64_min(out->off, run->v[at].off);
	}
	if (!holds(&s, off))
		return false;
	*out = s;
	return true;
}

bool kept_add(struct kept *kept, struct kept_stretch stretch, struct error *err)
{
	struct kept_stretch *last = &kept->last;

	assert(stretch.len > 0);
	if (last->len > 0 && follows(last, &stretch)) {
		last->len += stretch.len;
		return true;
	}
	if (stretch.off < last->off + last->len ||
	    stretch.at < last->at + last->len)
		return add_late(kept, stretch, err);
	if (last->len > 0 && !push_last(kept, err))
		return false;
	*last = stretch;
	return true;
}

void kept_cut(struct kept *kept, uint64_t end)
{
	if (kept->last.len > 0 && kept->last.at >= end)
		cut_tape(kept, end);
	if (kept->last.len > 0)
		kept->last.len = u64_min(kept->last.len, end - kept->last.at);
	for (size_t i = 0; i < kept->runs; i++)
		cut_run(&kept->late[i], end);
}
