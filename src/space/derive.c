/*
 * derive.c - from a layout to the extents of a space: see space.h
 *
 * For layouts whose parts follow each other (nearly all) it is one pass, and a
 * sort and a sweep else.
 *
 * The sweep goes through the starts in address order with a heap of what has
 * begun, the latest in the layout on top: that is the one that shows. Ended
 * ones are dropped when they come to the top. That gives at most 2n - 1 extents
 * and no list of ends.
 */
#include "config.h"

#include "space/space.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "space/space_impl.h"

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
		.slots = space_is_gap(seg) ? 0 : 1,
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
	uint32_t late = UINT32_MAX;
	bool all_cover = true;

	for (uint32_t i = 0; i < sp->layout.count; i++) {
		const struct segment *seg = &sp->seg[i];

		if (seg->size == 0)
			continue;
		sw->begin[sw->count++] = (struct start){ seg->addr, i };
		all_cover = all_cover && seg->placement->over != OVER_NO;
	}
	space_sort_starts(sw->begin, spare, sw->count);
	if (!all_cover)
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

struct space *space_derive(const struct layout *layout, const uint64_t *sizes,
                           struct error *err)
{
	struct space *sp = space_new(layout, err);
	bool linear;

	if (!sp)
		return NULL;
	if (!place_segments(sp, sizes, &linear, err) ||
	    !(linear ? make_linear(sp, err) : make_swept(sp, err)) ||
	    !space_index(sp, err)) {
		space_unref(sp);
		return NULL;
	}
	return sp;
}

struct space *space_of_layout(const struct layout *layout, struct error *err)
{
	uint64_t *sizes =
		mem_resize(NULL, layout->count + 1, sizeof(*sizes), err);
	struct space *sp;

	if (!sizes)
		return NULL;
	for (size_t i = 0; i < layout->count; i++)
		sizes[i] = layout->v[i]->doc ? document_size(layout->v[i]->doc)
		                             : 0;
	sp = space_derive(layout, sizes, err);
	mem_free(sizes);
	return sp;
}
