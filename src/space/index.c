/*
 * index.c - what lookups in a space need beside its extents: see space_impl.h
 *
 * Each index is an array, made once from what is there; S6 and S7 of space.c
 * say what they hold.
 */
#include "config.h"

#include "space/space.h"

#include <string.h>

#include "base/mem.h"
#include "space/space_impl.h"

/*
 * A radix sort by bytes, least significant first. Bytes that are the same
 * everywhere are skipped, so small spaces take few passes, and what is sorted
 * already takes none.
 */
void space_sort_starts(struct start *v, struct start *spare, size_t count)
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

static bool index_extents(struct space *sp, struct error *err)
{
	sp->addr = mem_resize(NULL, sp->exts, sizeof(*sp->addr), err);
	if (!sp->addr)
		return false;
	sp->before = mem_resize(NULL, sp->exts, sizeof(*sp->before), err);
	if (!sp->before)
		return false;
	sp->extent_of = mem_zalloc(sp->slots * sizeof(*sp->extent_of), err);
	if (!sp->extent_of)
		return false;
	for (uint32_t i = 0; i < sp->exts; i++) {
		const struct extent *ext = &sp->ext[i];

		sp->addr[i] = ext->addr;
		sp->before[i] = sp->mapped;
		sp->size = ext->addr + ext->len;
		sp->woven = sp->woven || space_is_woven(ext);
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

/* Where the first byte of segment i is shown; false if it is covered. Most are
   shown by an extent that begins with it. */
static bool find_start(const struct space *sp, uint32_t i, uint64_t *addr)
{
	const struct segment *seg = &sp->seg[i];
	size_t first = sp->shown_from[i];

	if (!sp->woven && first < sp->shown_from[i + 1] &&
	    sp->ext[sp->extent_of[sp->shown[first]]].addr == seg->addr) {
		*addr = seg->addr;
		return true;
	}
	return space_address(sp, seg, 0, addr);
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

		if (space_is_gap(seg) ||
		    (seg->size > 0 && !find_start(sp, i, &start.addr)))
			continue;
		sp->start[sp->starts++] = start;
	}
	space_sort_starts(sp->start, spare, sp->starts);
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
		if (sp->seg[i].number == 0)
			continue;
		sp->numbered[sp->numbers++] =
			(struct start){ sp->seg[i].number, i };
		sp->largest = u64_max(sp->largest, sp->seg[i].size);
	}
	space_sort_starts(sp->numbered, spare, sp->numbers);
	return true;
}

bool space_index(struct space *sp, struct error *err)
{
	size_t count = sp->layout.count;
	struct start *spare = mem_resize(NULL, count, sizeof(*spare), err);
	struct start *v =
		spare ? mem_resize(NULL, count, sizeof(*v), err) : NULL;
	bool ok = v && index_extents(sp, err) && index_shown(sp, err) &&
	          index_starts(sp, spare, err) &&
	          index_numbers(sp, spare, err) &&
	          space_index_documents(sp, v, spare, err);

	mem_free(v);
	mem_free(spare);
	return ok;
}
