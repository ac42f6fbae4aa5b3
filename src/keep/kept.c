/*
 * kept.c - see kept.h
 *
 * Most edits bring new bytes, which go to the end of both: such stretches are on
 * a tape, each by its distances to the one before, so that a typed byte takes 3
 * bytes. Where every BLOCK-th begins is known besides. Bytes that were put into
 * the store early and came into the journal late, a register that is pasted
 * again, say, are in an array.
 *
 *	tape     off - end of the one before, len, at - end of the one before
 *
 * Numbers are 7 bits in a byte, least first.
 *
 *   E1  the stretches of the tape, and `last` behind them, go up in off and in
 *       at; none is empty
 *   E2  block[i] is the place of stretch i * BLOCK of the tape, for each of them
 *   E3  late[] goes up in off; no byte is in two stretches
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

enum { BLOCK = KEPT_BLOCK, STRETCH_MAX = 3 * 10 };

void kept_free(struct kept *kept)
{
	mem_free(kept->tape);
	mem_free(kept->block);
	mem_free(kept->late);
	*kept = (struct kept){ 0 };
}

/* --- the tape -------------------------------------------------------------- */

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

/* --- what comes late --------------------------------------------------------- */

/* The first one that ends behind `off`. */
static size_t find_late(const struct kept *kept, uint64_t off)
{
	size_t lo = 0, hi = kept->late_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (kept->late[mid].off + kept->late[mid].len <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool follows(const struct kept_stretch *a, const struct kept_stretch *b)
{
	return a->off + a->len == b->off && a->at + a->len == b->at;
}

static bool add_late(struct kept *kept, struct kept_stretch s,
                     struct error *err)
{
	size_t at = find_late(kept, s.off);

	if (at > 0 && follows(&kept->late[at - 1], &s)) {
		kept->late[at - 1].len += s.len;
		return true;
	}
	if (!mem_grow(&kept->late, &kept->late_cap, kept->late_count + 1,
	              sizeof(*kept->late), err))
		return false;
	memmove(kept->late + at + 1, kept->late + at,
	        (kept->late_count - at) * sizeof(*kept->late));
	kept->late[at] = s;
	kept->late_count++;
	return true;
}

/* --- all ---------------------------------------------------------------------- */

static bool holds(const struct kept_stretch *s, uint64_t off)
{
	return s->len > 0 && off >= s->off && off - s->off < s->len;
}

bool kept_find(const struct kept *kept, uint64_t off, struct kept_stretch *out)
{
	struct kept_stretch s = find_on_tape(kept, off);
	size_t at = find_late(kept, off);

	out->off = s.len > 0 ? s.off : UINT64_MAX;
	if (at < kept->late_count && !holds(&s, off)) {
		const struct kept_stretch *late = &kept->late[at];

		if (holds(late, off))
			s = *late;
		else
			out->off = u64_min(out->off, late->off);
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
	size_t n = 0;

	if (kept->last.len > 0 && kept->last.at >= end)
		cut_tape(kept, end);
	if (kept->last.len > 0)
		kept->last.len = u64_min(kept->last.len, end - kept->last.at);
	for (size_t i = 0; i < kept->late_count; i++) {
		struct kept_stretch s = kept->late[i];

		if (s.at >= end)
			continue;
		s.len = u64_min(s.len, end - s.at);
		kept->late[n++] = s;
	}
	kept->late_count = n;
}
