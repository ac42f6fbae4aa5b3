/*
 * space.c - see space.h
 *
 * Extents stand in one array sorted by address and are found by a binary search
 * over an array of nothing but their addresses: 100,000 of them fit in a cache
 * of the processor, and the loop has no branch to mispredict. A tree would only
 * pay if spaces were changed; they are derived anew instead, which for layouts
 * whose parts follow each other (nearly all) is one pass, and a sort and a
 * sweep else.
 *
 * The sweep goes through the starts in address order with a heap of what has
 * begun, the latest in the layout on top: that is the one that shows. Ended
 * ones are dropped when they come to the top. That gives at most 2n - 1 extents
 * and no list of ends.
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
 *   S6  the indexes (addresses, extent of a slot, slots of a segment, segments
 *       by number) mirror the arrays; size and mapped are their sums
 *   S7  starts are sorted by address, then layout order, and are exactly the
 *       empty segments and those whose first byte is shown
 */
#include "config.h"

#include "space/space.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

struct space {
	_Atomic uint32_t refs;
	uint64_t size;
	uint64_t mapped;
	struct layout layout; /* holds the placements of the segments */
	struct segment *seg;  /* owned; as many as placements */
	struct extent *ext;   /* owned */
	struct slot *slot;    /* owned */
	uint64_t *addr;       /* owned: of the extents */
	uint32_t *extent_of;  /* owned: of the slots */
	uint32_t *shown;      /* owned: the slots of segment i, in address */
	uint32_t *shown_from; /* order, from shown_from[i] to [i + 1]; owned */
	struct start *start;  /* owned */
	struct start *numbered; /* owned: {number, index} sorted by number */
	size_t exts, ext_cap;
	size_t slots, slot_cap;
	size_t starts, numbers;
};

/* As many placements as can be counted when each is cut once by another. */
static const size_t placements_max = UINT32_MAX / 2;

struct label {
	char s[300];
};

/* "#2 disk.002", "gap:4K": for error texts. */
static struct label label(const struct placement *p)
{
	struct label l;
	struct text_shown name = text_shown(p->name);

	if (p->number > 0)
		snprintf(l.s, sizeof(l.s), "#%" PRIu32 " %s", p->number,
		         name.s);
	else
		snprintf(l.s, sizeof(l.s), "%s", name.s);
	return l;
}

static uint64_t segment_end(const struct segment *seg)
{
	return seg->addr + seg->size;
}

/*
 * Sort by address, equal ones staying in their order: a radix sort by bytes,
 * least significant first. Bytes that are the same everywhere are skipped, so
 * small spaces take few passes, and what is sorted already takes none.
 * `spare` has room for as many.
 */
static void sort_starts(struct start *v, struct start *spare, size_t count)
{
	struct start *from = v;
	struct start *to = spare;
	uint64_t differ = 0;
	bool sorted = true;

	for (size_t i = 1; i < count; i++) {
		differ |= v[i].addr ^ v[0].addr;
		sorted = sorted && v[i - 1].addr <= v[i].addr;
	}
	for (unsigned shift = 0; !sorted && shift < 64; shift += 8) {
		size_t at[257] = { 0 };
		struct start *swap = from;

		if ((differ >> shift & 0xff) == 0)
			continue;
		for (size_t i = 0; i < count; i++)
			at[(from[i].addr >> shift & 0xff) + 1]++;
		for (size_t i = 1; i < 256; i++)
			at[i] += at[i - 1];
		for (size_t i = 0; i < count; i++)
			to[at[from[i].addr >> shift & 0xff]++] = from[i];
		from = to;
		to = swap;
	}
	if (from != v)
		memcpy(v, from, count * sizeof(*v));
}

/* Which bytes of an input of `have` bytes a placement shows. */
static bool cut_window(const struct placement *p, uint64_t have,
                       struct segment *seg, struct error *err)
{
	if (p->input == PLACEMENT_GAP) {
		seg->off = 0;
		seg->size = p->input_size;
		return true;
	}
	if (p->skip > have)
		return error_set(err, ERR_RANGE,
		                 "%s: skip %s0x%" PRIx64
		                 " is past its end (size 0x%" PRIx64 ")",
		                 label(p).s, p->skip_from_end ? "-" : "",
		                 p->skip, have);
	seg->off = p->skip_from_end ? have - p->skip : p->skip;
	seg->size = have - seg->off;
	if (!p->has_size)
		return true;
	if (p->size > seg->size)
		return error_set(err, ERR_RANGE,
		                 "%s: size 0x%" PRIx64
		                 " is more than the 0x%" PRIx64
		                 " bytes that are there",
		                 label(p).s, p->size, seg->size);
	seg->size = p->size;
	return true;
}

/* Where a placement goes: behind `before`, or counted from the end so far. */
static bool find_address(const struct placement *p, uint64_t before,
                         uint64_t end, struct segment *seg, struct error *err)
{
	seg->addr = before;
	if (p->at == AT_ADDR) {
		seg->addr = p->at_value;
	} else if (p->at == AT_END) {
		if (p->at_value > end)
			return error_set(err, ERR_RANGE,
			                 "%s: at -0x%" PRIx64
			                 " is before address 0 (the space "
			                 "ends at 0x%" PRIx64 ")",
			                 label(p).s, p->at_value, end);
		seg->addr = end - p->at_value;
	} else if (p->at == AT_AFTER) {
		if (p->at_value > UINT64_MAX - before)
			return error_set(err, ERR_RANGE,
			                 "%s: 0x%" PRIx64 " behind 0x%" PRIx64
			                 " is past the last address",
			                 label(p).s, p->at_value, before);
		seg->addr = before + p->at_value;
	}
	if (seg->size > UINT64_MAX - seg->addr)
		return error_set(err, ERR_RANGE,
		                 "%s: 0x%" PRIx64 " bytes at 0x%" PRIx64
		                 " pass the last address",
		                 label(p).s, seg->size, seg->addr);
	return true;
}

/*
 * Give every placement its segment, in order. *linear: each begins at or behind
 * the end of all before it, so that nothing can collide.
 */
static bool place_segments(struct space *sp, const uint64_t *sizes,
                           bool *linear, struct error *err)
{
	uint64_t before = 0;
	uint64_t end = 0;

	*linear = true;
	for (size_t i = 0; i < sp->layout.count; i++) {
		const struct placement *p = sp->layout.v[i];
		struct segment *seg = &sp->seg[i];

		seg->number = p->number;
		seg->placement = p;
		seg->doc = p->doc;
		if (!cut_window(p, sizes[i], seg, err) ||
		    !find_address(p, before, end, seg, err))
			return false;
		before = segment_end(seg);
		if (seg->size == 0)
			continue;
		if (seg->addr < end)
			*linear = false;
		end = u64_max(end, before);
	}
	return true;
}

static bool is_gap(const struct segment *seg)
{
	return seg->placement->input == PLACEMENT_GAP;
}

/* Let segment idx show at [from, to), which lies in it and behind all extents
   so far. */
static bool emit(struct space *sp, uint32_t idx, uint64_t from, uint64_t to,
                 struct error *err)
{
	const struct segment *seg = &sp->seg[idx];
	struct extent *ext;

	if (!mem_grow(&sp->ext, &sp->ext_cap, sp->exts + 1, sizeof(*sp->ext),
	              err) ||
	    !mem_grow(&sp->slot, &sp->slot_cap, sp->slots + 1,
	              sizeof(*sp->slot), err))
		return false;
	ext = &sp->ext[sp->exts++];
	*ext = (struct extent){
		.addr = from,
		.len = to - from,
		.unit = to - from,
		.slot = (uint32_t)sp->slots,
		.slots = is_gap(seg) ? 0 : 1,
	};
	if (ext->slots > 0)
		sp->slot[sp->slots++] = (struct slot){
			.segment = idx,
			.off = seg->off + (from - seg->addr),
			.step = ext->len,
		};
	return true;
}

/* A max-heap of indexes: a[0] is the greatest. */
struct heap {
	uint32_t *a; /* owned */
	size_t count;
};

static void heap_push(struct heap *h, uint32_t value)
{
	size_t i = h->count++;

	while (i > 0 && h->a[(i - 1) / 2] < value) {
		h->a[i] = h->a[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	h->a[i] = value;
}

static void heap_pop(struct heap *h)
{
	uint32_t last = h->a[--h->count];
	size_t i = 0;
	size_t child;

	while ((child = 2 * i + 1) < h->count) {
		if (child + 1 < h->count && h->a[child + 1] > h->a[child])
			child++;
		if (h->a[child] <= last)
			break;
		h->a[i] = h->a[child];
		i = child;
	}
	h->a[i] = last;
}

/* What the sweeps work on. */
struct sweep {
	struct space *sp;
	struct start *begin; /* owned: segments with bytes, by address */
	size_t count;
	struct heap heap;
};

/*
 * The first segment in layout order that may not cover and shares an address
 * with an earlier one; UINT32_MAX if none. Two that share addresses do so where
 * the later of their starts is, so it is enough to look there. The heap holds
 * the complements of the indexes: its top is the earliest that is still there.
 *
 * `sole` is the one segment that may not cover, is still there, and comes
 * before the first collision known: had there been two, they would collide,
 * and one of them would be that first.
 */
static uint32_t find_collision(struct sweep *sw)
{
	const struct segment *seg = sw->sp->seg;
	uint32_t first = UINT32_MAX;
	uint32_t sole = UINT32_MAX;

	sw->heap.count = 0;
	for (size_t i = 0; i < sw->count; i++) {
		uint64_t addr = sw->begin[i].addr;
		uint32_t idx = sw->begin[i].segment;
		bool may_cover = seg[idx].placement->over != OVER_NO;

		while (sw->heap.count > 0 &&
		       segment_end(&seg[~sw->heap.a[0]]) <= addr)
			heap_pop(&sw->heap);
		if (sole != UINT32_MAX && segment_end(&seg[sole]) <= addr)
			sole = UINT32_MAX;
		if (sole != UINT32_MAX && idx < sole && sole < first)
			first = sole;
		if (!may_cover && idx < first) {
			if (sw->heap.count > 0 && ~sw->heap.a[0] < idx)
				first = idx;
			else
				sole = idx;
		}
		heap_push(&sw->heap, ~idx);
	}
	return first;
}

/* Segment `late` may not cover: name the first address it shares with an
   earlier one, and the one that shows there. */
static bool refuse_collision(const struct space *sp, uint32_t late,
                             struct error *err)
{
	const struct segment *a = &sp->seg[late];
	const struct segment *under = NULL;
	uint64_t first = UINT64_MAX;

	for (uint32_t i = 0; i < late; i++) {
		const struct segment *b = &sp->seg[i];
		uint64_t addr = u64_max(a->addr, b->addr);

		if (b->size == 0 || addr > first || addr >= segment_end(a) ||
		    addr >= segment_end(b))
			continue;
		first = addr;
		under = b;
	}
	assert(under);
	error_set(err, ERR_OVERLAP,
	          "%s needs 0x%" PRIx64 "..0x%" PRIx64 ", but 0x%" PRIx64
	          " is taken by %s",
	          label(a->placement).s, a->addr, segment_end(a) - 1, first,
	          label(under->placement).s);
	return error_add_addr(err, first);
}

/* Let at each address the latest segment there show. */
static bool paint(struct sweep *sw, struct error *err)
{
	struct space *sp = sw->sp;
	struct heap *h = &sw->heap;
	uint32_t last = UINT32_MAX; /* whose extent was emitted last */
	uint64_t from = 0;          /* where it began */
	uint64_t pos = 0;
	size_t next = 0;

	h->count = 0;
	for (;;) {
		uint32_t top = UINT32_MAX;

		while (h->count > 0 && segment_end(&sp->seg[h->a[0]]) <= pos)
			heap_pop(h);
		if (h->count > 0)
			top = h->a[0];
		if (top != last) {
			if (last != UINT32_MAX &&
			    !emit(sp, last, from, pos, err))
				return false;
			last = top;
			from = pos;
		}
		if (top == UINT32_MAX && next == sw->count)
			return true;
		if (top == UINT32_MAX)
			pos = sw->begin[next].addr;
		else
			pos = segment_end(&sp->seg[top]);
		if (next < sw->count)
			pos = u64_min(pos, sw->begin[next].addr);
		while (next < sw->count && sw->begin[next].addr == pos)
			heap_push(h, sw->begin[next++].segment);
	}
}

static bool sweep_run(struct sweep *sw, struct start *spare, struct error *err)
{
	const struct space *sp = sw->sp;
	uint32_t late;

	for (uint32_t i = 0; i < sp->layout.count; i++) {
		if (sp->seg[i].size > 0)
			sw->begin[sw->count++] =
				(struct start){ sp->seg[i].addr, i };
	}
	sort_starts(sw->begin, spare, sw->count);
	late = find_collision(sw);
	if (late != UINT32_MAX)
		return refuse_collision(sp, late, err);
	return paint(sw, err);
}

/* Make the extents of segments in any order. */
static bool make_swept(struct space *sp, struct error *err)
{
	size_t count = sp->layout.count;
	struct sweep sw = { .sp = sp };
	struct start *spare = NULL;
	bool ok = false;

	sw.begin = mem_resize(NULL, count, sizeof(*sw.begin), err);
	if (!sw.begin)
		goto out;
	spare = mem_resize(NULL, count, sizeof(*spare), err);
	if (!spare)
		goto out;
	sw.heap.a = mem_resize(NULL, count, sizeof(*sw.heap.a), err);
	if (!sw.heap.a)
		goto out;
	ok = sweep_run(&sw, spare, err);
out:
	mem_free(sw.heap.a);
	mem_free(spare);
	mem_free(sw.begin);
	return ok;
}

/* Make the extents of segments that follow each other. */
static bool make_linear(struct space *sp, struct error *err)
{
	for (uint32_t i = 0; i < sp->layout.count; i++) {
		const struct segment *seg = &sp->seg[i];

		if (seg->size > 0 &&
		    !emit(sp, i, seg->addr, segment_end(seg), err))
			return false;
	}
	return true;
}

static bool index_extents(struct space *sp, struct error *err)
{
	sp->addr = mem_resize(NULL, sp->exts, sizeof(*sp->addr), err);
	if (!sp->addr)
		return false;
	sp->extent_of = mem_zalloc(sp->slots * sizeof(*sp->extent_of), err);
	if (!sp->extent_of)
		return false;
	for (uint32_t i = 0; i < sp->exts; i++) {
		const struct extent *ext = &sp->ext[i];

		sp->addr[i] = ext->addr;
		sp->size = ext->addr + ext->len;
		if (ext->slots > 0)
			sp->mapped += ext->len;
		for (uint32_t j = 0; j < ext->slots; j++)
			sp->extent_of[ext->slot + j] = i;
	}
	return true;
}

/* Group the slots by segment: count, sum up, then fill each group from its
   end, which leaves every sum at the start of its group. */
static bool index_shown(struct space *sp, struct error *err)
{
	size_t count = sp->layout.count;

	sp->shown_from = mem_zalloc((count + 1) * sizeof(*sp->shown_from), err);
	if (!sp->shown_from)
		return false;
	sp->shown = mem_resize(NULL, sp->slots, sizeof(*sp->shown), err);
	if (!sp->shown)
		return false;
	for (size_t i = 0; i < sp->slots; i++)
		sp->shown_from[sp->slot[i].segment]++;
	for (size_t i = 1; i <= count; i++)
		sp->shown_from[i] += sp->shown_from[i - 1];
	for (size_t i = sp->slots; i > 0; i--)
		sp->shown[--sp->shown_from[sp->slot[i - 1].segment]] =
			(uint32_t)(i - 1);
	return true;
}

static bool index_starts(struct space *sp, struct start *spare,
                         struct error *err)
{
	size_t count = sp->layout.count;

	sp->start = mem_resize(NULL, count, sizeof(*sp->start), err);
	if (!sp->start)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const struct segment *seg = &sp->seg[i];
		struct start start = { seg->addr, i };

		if (is_gap(seg) ||
		    (seg->size > 0 && !space_address(sp, seg, 0, &start.addr)))
			continue;
		sp->start[sp->starts++] = start;
	}
	sort_starts(sp->start, spare, sp->starts);
	return true;
}

static bool index_numbers(struct space *sp, struct start *spare,
                          struct error *err)
{
	size_t count = sp->layout.count;

	sp->numbered = mem_resize(NULL, count, sizeof(*sp->numbered), err);
	if (!sp->numbered)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (sp->seg[i].number > 0)
			sp->numbered[sp->numbers++] =
				(struct start){ sp->seg[i].number, i };
	}
	sort_starts(sp->numbered, spare, sp->numbers);
	return true;
}

/* Segments, extents and slots are there: make the rest of them. */
static bool make_indexes(struct space *sp, struct error *err)
{
	struct start *spare =
		mem_resize(NULL, sp->layout.count, sizeof(*spare), err);
	bool ok = spare && index_extents(sp, err) && index_shown(sp, err) &&
	          index_starts(sp, spare, err) && index_numbers(sp, spare, err);

	mem_free(spare);
	return ok;
}

/* A space of the placements, with room for their segments and no more. */
static struct space *new_space(const struct layout *layout, struct error *err)
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

struct space *space_derive(const struct layout *layout, const uint64_t *sizes,
                           struct error *err)
{
	struct space *sp = new_space(layout, err);
	bool linear;

	if (!sp)
		return NULL;
	if (!place_segments(sp, sizes, &linear, err) ||
	    !(linear ? make_linear(sp, err) : make_swept(sp, err)) ||
	    !make_indexes(sp, err)) {
		space_unref(sp);
		return NULL;
	}
	return sp;
}

#ifdef TEST_HOOKS
struct space *space_build(const struct layout *layout,
                          const struct segment *segs,
                          const struct extent *extents, size_t extent_count,
                          const struct slot *slots, size_t slot_count,
                          struct error *err)
{
	struct space *sp = new_space(layout, err);

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
	if (make_indexes(sp, err))
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
	mem_free(sp->extent_of);
	mem_free(sp->shown);
	mem_free(sp->shown_from);
	mem_free(sp->start);
	mem_free(sp->numbered);
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

bool space_address(const struct space *sp, const struct segment *seg,
                   uint64_t off, uint64_t *addr)
{
	size_t idx = (size_t)(seg - sp->seg);
	uint64_t k;

	assert(idx < sp->layout.count);
	for (uint32_t i = sp->shown_from[idx]; i < sp->shown_from[idx + 1];
	     i++) {
		uint32_t slot = sp->shown[i];
		const struct extent *ext = &sp->ext[sp->extent_of[slot]];

		if (!find_in(ext, &sp->slot[slot], slot - ext->slot,
		             seg->off + off, &k))
			continue;
		*addr = ext->addr + k;
		return true;
	}
	return false;
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

/* [*from, *to): the first and last byte of an extent that slot j shows. */
static void slot_span(const struct extent *ext, uint32_t j, uint64_t *from,
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
		slot_span(&sp->ext[e], *i - sp->ext[e].slot, &from, &to);
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

/* One past the last byte of its document that slot j of an extent shows; false
   when it cannot be said in 63 bits. */
static bool slot_end(const struct extent *ext, const struct slot *slot,
                     uint32_t j, uint64_t *end)
{
	uint64_t from, to, rounds;

	slot_span(ext, j, &from, &to);
	rounds = (to - 1) / ext->unit / ext->slots;
	if (rounds > 0 && slot->step > LENGTH_MAX / rounds)
		return false;
	*end = rounds * slot->step + (to - 1) % ext->unit + 1;
	if (*end > LENGTH_MAX || slot->off > LENGTH_MAX - *end)
		return false;
	*end += slot->off;
	return true;
}

static const char *check_slot(const struct space *sp, const struct extent *ext,
                              uint32_t j)
{
	const struct slot *slot = &sp->slot[ext->slot + j];
	const struct segment *seg;
	uint64_t end;

	if (slot->step < ext->unit || j > (ext->len - 1) / ext->unit)
		return "S3: a slot shows nothing, or its steps are too short";
	seg = &sp->seg[slot->segment];
	if (is_gap(seg))
		return "S4: a slot of a gap";
	if (slot->off < seg->off || !slot_end(ext, slot, j, &end) ||
	    end - seg->off > seg->size)
		return "S4: a slot shows bytes outside its segment";
	if (ext->slots == 1 && ext->unit == ext->len &&
	    ext->addr - seg->addr != slot->off - seg->off)
		return "S5: an extent is not where its segment was placed";
	return NULL;
}

static const char *check_extents(const struct space *sp)
{
	uint64_t free_from = 0;
	size_t slots = 0;

	for (size_t i = 0; i < sp->exts; i++) {
		const struct extent *ext = &sp->ext[i];

		if (ext->len == 0 || ext->addr < free_from ||
		    ext->len > UINT64_MAX - ext->addr)
			return "S1: extents empty, unsorted or overlapping";
		free_from = ext->addr + ext->len;
		if (ext->slot != slots || ext->slots > sp->slots - slots)
			return "S2: slots do not follow each other";
		slots += ext->slots;
		if (ext->unit == 0)
			return "S3: a unit of nothing";
		for (uint32_t j = 0; j < ext->slots; j++) {
			const char *broken = check_slot(sp, ext, j);

			if (broken)
				return broken;
		}
	}
	return slots == sp->slots ? NULL : "S2: slots of no extent";
}

static const char *check_indexes(const struct space *sp)
{
	uint64_t mapped = 0;
	size_t numbers = 0;

	for (size_t i = 0; i < sp->exts; i++) {
		mapped += sp->ext[i].slots > 0 ? sp->ext[i].len : 0;
		if (sp->addr[i] != sp->ext[i].addr)
			return "S6: address";
	}
	if (mapped != sp->mapped ||
	    sp->size != (sp->exts ? sp->addr[sp->exts - 1] +
	                                    sp->ext[sp->exts - 1].len
	                          : 0))
		return "S6: size or mapped";
	for (size_t i = 0; i < sp->slots; i++) {
		const struct extent *ext = &sp->ext[sp->extent_of[i]];

		if (i < ext->slot || i - ext->slot >= ext->slots)
			return "S6: extent of a slot";
	}
	if (sp->shown_from[0] != 0 ||
	    sp->shown_from[sp->layout.count] != sp->slots)
		return "S6: slots of a segment";
	for (size_t i = 0; i < sp->layout.count; i++) {
		uint32_t number = sp->seg[i].number;

		for (uint32_t j = sp->shown_from[i]; j < sp->shown_from[i + 1];
		     j++) {
			if (sp->slot[sp->shown[j]].segment != i ||
			    (j > sp->shown_from[i] &&
			     sp->shown[j - 1] >= sp->shown[j]))
				return "S6: slots of a segment";
		}
		numbers += number > 0;
		if (number > 0 && space_numbered(sp, number) != &sp->seg[i])
			return "S6: number";
	}
	return numbers == sp->numbers ? NULL : "S6: number";
}

static const char *check_starts(const struct space *sp)
{
	size_t wanted = 0;

	for (size_t i = 0; i < sp->layout.count; i++) {
		const struct segment *seg = &sp->seg[i];
		uint64_t addr;

		if (!is_gap(seg) &&
		    (seg->size == 0 || space_address(sp, seg, 0, &addr)))
			wanted++;
	}
	for (size_t i = 0; i < sp->starts; i++) {
		const struct start *s = &sp->start[i];
		const struct segment *seg = &sp->seg[s->segment];
		uint64_t addr = seg->addr;

		if (seg->size > 0 && !space_address(sp, seg, 0, &addr))
			return "S7: a start that is not shown";
		if (addr != s->addr)
			return "S7: a start elsewhere";
		if (i > 0 &&
		    (s[-1].addr > s->addr ||
		     (s[-1].addr == s->addr && s[-1].segment >= s->segment)))
			return "S7: starts unsorted";
	}
	return wanted == sp->starts ? NULL : "S7: a start is missing";
}

const char *space_check(const struct space *sp)
{
	const char *broken = check_extents(sp);

	if (!broken)
		broken = check_indexes(sp);
	if (!broken)
		broken = check_starts(sp);
	return broken;
}
