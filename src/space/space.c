/*
 * space.c - see space.h
 *
 * Extents stand in one array sorted by address and are found by a binary search
 * over an array of nothing but their addresses: 100,000 of them fit in a cache
 * of the processor, and the loop has no branch to mispredict. A tree would only
 * pay if spaces were changed; they are derived anew instead.
 *
 * Invariants, by the names that space_check() reports:
 *
 *   S1  extents have len > 0, are sorted, share no address, and end at or
 *       before SPACE_MAX + 1
 *   S2  the slots of an extent follow those of the one before it; a gap has
 *       none, but its `slot` is still where they would stand, so it leads to
 *       the next extent with bytes
 *   S3  unit > 0, step >= unit, and every slot shows a byte at least
 *   S4  every byte a slot shows lies inside its segment, which is no gap
 *   S5  a linear extent shows its segment where it was placed: the distances
 *       from the segment's address and offset are the same
 *   S6  the indexes (addresses, bytes mapped before an extent, extent of a
 *       slot, slots of a segment, segments by number) mirror the arrays; size
 *       and mapped are their sums, largest is the greatest size of a segment
 *       with a number
 *   S7  starts are sorted by address, then layout order, and are exactly the
 *       empty segments and those whose first byte is shown
 *   S8  the segments by document: see inverse.c
 */
#include "config.h"

#include "space/space.h"

#include <assert.h>
#include <stdatomic.h>

#include "base/error.h"
#include "base/mem.h"
#include "space/space_impl.h"

/* As many placements as can be counted when each is cut once by another. */
static const size_t placements_max = UINT32_MAX / 2;

struct space *space_new(const struct layout *layout, struct error *err)
{
	struct space *sp;

	if (layout->count > placements_max) {
		error_set(err, ERR_RANGE, "too many placements");
		return NULL;
	}
	sp = mem_zalloc(sizeof(*sp), err);
	if (!sp)
		return NULL;
	atomic_init(&sp->refs, 1);
	sp->seg = mem_resize(NULL, layout->count, sizeof(*sp->seg), err);
	if (!sp->seg || !layout_copy(layout, &sp->layout, err)) {
		space_unref(sp);
		return NULL;
	}
	return sp;
}

bool space_is_gap(const struct segment *seg)
{
	return seg->number == 0;
}

bool space_is_woven(const struct extent *ext)
{
	return ext->slots > 1 || (ext->slots == 1 && ext->unit != ext->len);
}

#ifdef TEST_HOOKS
struct space *space_build(const struct layout *layout,
                          const struct segment *segs,
                          const struct extent *extents, size_t extent_count,
                          const struct slot *slots, size_t slot_count,
                          struct error *err)
{
	struct space *sp = space_new(layout, err);

	if (!sp)
		return NULL;
	if (!mem_grow(&sp->ext, &sp->ext_cap, extent_count, sizeof(*sp->ext),
	              err) ||
	    !mem_grow(&sp->slot, &sp->slot_cap, slot_count, sizeof(*sp->slot),
	              err))
		goto fail;
	for (size_t i = 0; i < layout->count; i++)
		sp->seg[i] = segs[i];
	for (size_t i = 0; i < extent_count; i++)
		sp->ext[sp->exts++] = extents[i];
	for (size_t i = 0; i < slot_count; i++)
		sp->slot[sp->slots++] = slots[i];
	if (space_index(sp, err))
		return sp;
fail:
	space_unref(sp);
	return NULL;
}
#endif

struct space *space_ref(struct space *sp)
{
	atomic_fetch_add_explicit(&sp->refs, 1, memory_order_relaxed);
	return sp;
}

void space_unref(struct space *sp)
{
	if (!sp ||
	    atomic_fetch_sub_explicit(&sp->refs, 1, memory_order_acq_rel) > 1)
		return;
	layout_clear(&sp->layout);
	mem_free(sp->seg);
	mem_free(sp->ext);
	mem_free(sp->slot);
	mem_free(sp->addr);
	mem_free(sp->before);
	mem_free(sp->extent_of);
	mem_free(sp->shown);
	mem_free(sp->shown_from);
	mem_free(sp->start);
	mem_free(sp->numbered);
	mem_free(sp->reach);
	mem_free(sp);
}

uint64_t space_size(const struct space *sp)
{
	return sp->size;
}

uint64_t space_mapped(const struct space *sp)
{
	return sp->mapped;
}

static uint64_t mapped_below(const struct space *sp, uint64_t addr)
{
	size_t i = space_find(sp, addr);
	const struct extent *ext;

	if (i == sp->exts)
		return sp->mapped;
	ext = &sp->ext[i];
	if (ext->slots == 0 || addr < ext->addr)
		return sp->before[i];
	return sp->before[i] + (addr - ext->addr);
}

uint64_t space_mapped_in(const struct space *sp, uint64_t start, uint64_t end)
{
	return mapped_below(sp, end) - mapped_below(sp, start);
}

size_t space_extents(const struct space *sp)
{
	return sp->exts;
}

const struct extent *space_extent(const struct space *sp, size_t idx)
{
	assert(idx < sp->exts);
	return &sp->ext[idx];
}

const struct slot *space_slot(const struct space *sp, uint32_t idx)
{
	assert(idx < sp->slots);
	return &sp->slot[idx];
}

size_t space_find(const struct space *sp, uint64_t addr)
{
	const uint64_t *from = sp->addr;

	if (sp->exts == 0)
		return 0;
	/* The last of [from, from + n) that is <= addr, if any is. */
	for (size_t n = sp->exts; n > 1; n -= n / 2)
		from = from[n / 2] <= addr ? from + n / 2 : from;
	if (addr < *from)
		return 0;
	return (size_t)(from - sp->addr) +
	       (addr - *from >= sp->ext[from - sp->addr].len);
}

size_t space_segments(const struct space *sp)
{
	return sp->layout.count;
}

const struct segment *space_segment(const struct space *sp, size_t idx)
{
	assert(idx < sp->layout.count);
	return &sp->seg[idx];
}

/* The first of sorted starts with addr >= the given one. */
static size_t lower_bound(const struct start *v, size_t count, uint64_t addr)
{
	size_t lo = 0;
	size_t hi = count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v[mid].addr < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct segment *space_numbered(const struct space *sp, uint32_t number)
{
	size_t at = lower_bound(sp->numbered, sp->numbers, number);

	if (at == sp->numbers || sp->numbered[at].addr != number)
		return NULL;
	return &sp->seg[sp->numbered[at].segment];
}

size_t space_numbers(const struct space *sp)
{
	return sp->numbers;
}

uint32_t space_last_number(const struct space *sp)
{
	return sp->numbers ? (uint32_t)sp->numbered[sp->numbers - 1].addr : 0;
}

uint64_t space_largest(const struct space *sp)
{
	return sp->largest;
}

/* The byte k of an extent that has bytes: the formula of space.h. */
static struct location locate_in(const struct space *sp,
                                 const struct extent *ext, uint64_t k)
{
	const struct slot *slot = &sp->slot[ext->slot];
	struct location loc = { .run = ext->len - k };
	uint64_t q = k / ext->unit;
	uint64_t in_unit = k % ext->unit;

	slot += q % ext->slots;
	loc.segment = &sp->seg[slot->segment];
	loc.doc_off = slot->off + q / ext->slots * slot->step + in_unit;
	loc.off = loc.doc_off - loc.segment->off;
	/* One slot without spare goes on in the next unit. */
	if (ext->slots > 1 || slot->step > ext->unit)
		loc.run = u64_min(loc.run, ext->unit - in_unit);
	return loc;
}

struct location space_locate(const struct space *sp, uint64_t addr)
{
	size_t i = space_find(sp, addr);
	struct location nothing = { .run = UINT64_MAX - addr };
	const struct extent *ext;

	if (i == sp->exts)
		return nothing;
	ext = &sp->ext[i];
	if (addr >= ext->addr && ext->slots > 0)
		return locate_in(sp, ext, addr - ext->addr);
	if (ext->slot < sp->slots)
		nothing.run = sp->addr[sp->extent_of[ext->slot]] - addr;
	return nothing;
}

/* Where slot j of an extent shows byte doc_off: the inverse of locate_in().
   Units are counted so that no product can pass len. */
static bool find_in(const struct extent *ext, const struct slot *slot,
                    uint32_t j, uint64_t doc_off, uint64_t *k)
{
	uint64_t last = (ext->len - 1) / ext->unit;
	uint64_t round, q, in_unit;

	if (doc_off < slot->off)
		return false;
	round = (doc_off - slot->off) / slot->step;
	in_unit = (doc_off - slot->off) % slot->step;
	if (in_unit >= ext->unit || round > last / ext->slots)
		return false;
	q = round * ext->slots;
	if (j > last - q)
		return false;
	q += j;
	if (in_unit >= ext->len - q * ext->unit)
		return false;
	*k = q * ext->unit + in_unit;
	return true;
}

/* As space_address(), of any segment. */
static bool find_woven(const struct space *sp, size_t idx, uint64_t doc_off,
                       uint64_t *addr)
{
	uint64_t k;

	for (uint32_t i = sp->shown_from[idx]; i < sp->shown_from[idx + 1];
	     i++) {
		uint32_t slot = sp->shown[i];
		const struct extent *ext = &sp->ext[sp->extent_of[slot]];

		if (!find_in(ext, &sp->slot[slot], slot - ext->slot, doc_off,
		             &k))
			continue;
		*addr = ext->addr + k;
		return true;
	}
	return false;
}

/* S5: only there can a linear extent show it. */
bool space_address(const struct space *sp, const struct segment *seg,
                   uint64_t off, uint64_t *addr)
{
	size_t idx = (size_t)(seg - sp->seg);

	assert(idx < sp->layout.count);
	if (sp->woven)
		return find_woven(sp, idx, seg->off + off, addr);
	assert(off < seg->size);
	if (space_locate(sp, seg->addr + off).segment != seg)
		return false;
	*addr = seg->addr + off;
	return true;
}

/* The segment that ends at the size of the space; NULL if a gap does. */
static const struct segment *last_segment(const struct space *sp)
{
	const struct segment *last = NULL;

	if (sp->size > 0)
		return space_locate(sp, sp->size - 1).segment;
	for (size_t i = 0; i < sp->starts; i++) {
		if (sp->start[i].addr == 0)
			last = &sp->seg[sp->start[i].segment];
	}
	return last;
}

struct place space_place(const struct space *sp, uint64_t addr)
{
	struct place place = { .addr = addr };
	const struct segment *seg;

	if (addr == sp->size) {
		seg = last_segment(sp);
		place.side = seg ? SIDE_END : SIDE_START;
	} else {
		seg = space_locate(sp, addr).segment;
	}
	place.segment = seg ? seg->number : 0;
	return place;
}

void space_slot_span(const struct extent *ext, uint32_t j, uint64_t *from,
                     uint64_t *to)
{
	uint64_t last = (ext->len - 1) / ext->unit;
	uint64_t q = last - (last - j) % ext->slots;

	*from = j * ext->unit;
	*to = q * ext->unit + u64_min(ext->unit, ext->len - q * ext->unit);
}

bool space_span(const struct space *sp, const struct segment *seg,
                uint64_t *addr, uint64_t *end)
{
	size_t idx = (size_t)(seg - sp->seg);
	const uint32_t *first, *last;
	uint64_t lo = UINT64_MAX;
	uint64_t hi = 0;

	assert(idx < sp->layout.count);
	first = &sp->shown[sp->shown_from[idx]];
	last = &sp->shown[sp->shown_from[idx + 1]];
	/* An extent may have several slots of one segment: look at all of them
	   in the first extent and in the last. */
	for (const uint32_t *i = first; i < last; i++) {
		uint32_t e = sp->extent_of[*i];
		uint64_t from, to;

		if (e != sp->extent_of[*first] && e != sp->extent_of[last[-1]])
			continue;
		space_slot_span(&sp->ext[e], *i - sp->ext[e].slot, &from, &to);
		lo = u64_min(lo, sp->addr[e] + from);
		hi = u64_max(hi, sp->addr[e] + to);
	}
	if (hi == 0)
		return false;
	*addr = lo;
	*end = hi;
	return true;
}

size_t space_starts(const struct space *sp)
{
	return sp->starts;
}

struct start space_start(const struct space *sp, size_t idx)
{
	assert(idx < sp->starts);
	return sp->start[idx];
}

size_t space_start_find(const struct space *sp, uint64_t addr)
{
	return lower_bound(sp->start, sp->starts, addr);
}
