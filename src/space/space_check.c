/* space_check.c - do the invariants S1 to S7 of space.c hold? */
#include "config.h"

#include "space/space.h"

#include "space/space_impl.h"

/* One past the last byte of its document that slot j of an extent shows; false
   when it cannot be said in 63 bits. */
static bool slot_end(const struct extent *ext, const struct slot *slot,
                     uint32_t j, uint64_t *end)
{
	uint64_t from, to, rounds;

	space_slot_span(ext, j, &from, &to);
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
	if (space_is_gap(seg))
		return "S4: a slot of a gap";
	if (slot->off < seg->off || !slot_end(ext, slot, j, &end) ||
	    end - seg->off > seg->size)
		return "S4: a slot shows bytes outside its segment";
	if (!space_is_woven(ext) &&
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
	uint64_t mapped = 0, largest = 0;
	size_t numbers = 0;
	bool woven = false;

	for (size_t i = 0; i < sp->exts; i++) {
		if (sp->before[i] != mapped)
			return "S6: bytes mapped before";
		mapped += sp->ext[i].slots > 0 ? sp->ext[i].len : 0;
		woven = woven || space_is_woven(&sp->ext[i]);
		if (sp->addr[i] != sp->ext[i].addr)
			return "S6: address";
	}
	if (mapped != sp->mapped || woven != sp->woven ||
	    sp->size != (sp->exts ? sp->addr[sp->exts - 1] +
	                                    sp->ext[sp->exts - 1].len
	                          : 0))
		return "S6: size, mapped or woven";
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
		if (number == 0)
			continue;
		numbers++;
		largest = u64_max(largest, sp->seg[i].size);
		if (space_numbered(sp, number) != &sp->seg[i])
			return "S6: number";
	}
	return numbers == sp->numbers && largest == sp->largest ? NULL
	                                                        : "S6: numbers";
}

static const char *check_starts(const struct space *sp)
{
	size_t wanted = 0;

	for (size_t i = 0; i < sp->layout.count; i++) {
		const struct segment *seg = &sp->seg[i];
		uint64_t addr;

		if (!space_is_gap(seg) &&
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
	if (!broken)
		broken = space_check_documents(sp);
	return broken;
}
