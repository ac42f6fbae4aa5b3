/*
 * target.c - see target.h
 *
 * Bytes that are inserted belong to the segment they are inserted in, and those
 * behind them move. That has one meaning only where one segment shows the
 * document, from some byte to its end: all else is refused, with what is in the
 * way.
 */
#include "config.h"

#include "space/target.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/text.h"
#include "edit/document.h"
#include "space/layout.h"

bool target_at(const struct space *sp, uint64_t addr, uint64_t len,
               struct target *out, struct error *err)
{
	struct location loc = { 0 };

	if (addr < space_size(sp))
		loc = space_locate(sp, addr);
	if (loc.segment) {
		*out = (struct target){ .segment = loc.segment,
			                .addr = addr,
			                .off = loc.doc_off,
			                .len = u64_min(len, loc.run) };
		return true;
	}
	if (addr < space_size(sp))
		error_set(err, ERR_STATE, "no file is mapped at 0x%" PRIx64,
		          addr);
	else
		error_set(err, ERR_RANGE,
		          "0x%" PRIx64 " is past the end of the space "
		          "(size 0x%" PRIx64 ")",
		          addr, space_size(sp));
	return error_add_addr(err, addr);
}

bool target_of_place(const struct space *sp, struct place place,
                     struct target *out, struct error *err)
{
	const struct segment *seg = space_numbered(sp, place.segment);

	if (place.side == SIDE_START)
		return target_at(sp, place.addr, 0, out, err);
	if (!seg) {
		error_set(err, ERR_STATE, "no segment ends at 0x%" PRIx64,
		          place.addr);
		return error_add_addr(err, place.addr);
	}
	*out = (struct target){ .segment = seg,
		                .addr = place.addr,
		                .off = seg->off + seg->size };
	return true;
}

static bool refuse(const struct segment *seg, const char *why,
                   struct error *err)
{
	return error_set(err, ERR_READONLY,
	                 "#%" PRIu32 " %s: the length cannot change: %s",
	                 seg->number, text_shown(seg->placement->name).s, why);
}

/* Another segment that shows the same document; NULL if there is none. */
static const struct segment *other(const struct space *sp,
                                   const struct segment *seg)
{
	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct segment *s = space_segment(sp, i);

		if (s != seg && s->doc == seg->doc)
			return s;
	}
	return NULL;
}

bool target_may_resize(const struct space *sp, const struct segment *segment,
                       struct error *err)
{
	const struct placement *p = segment->placement;
	const struct segment *second = other(sp, segment);
	char why[64];

	if (!document_may_change(segment->doc, true, err))
		return false;
	if (p->has_size)
		return refuse(segment, "it was opened with a size", err);
	if (p->has_skip && p->skip_from_end)
		return refuse(segment, "its skip counts from the end", err);
	if (!second)
		return true;
	snprintf(why, sizeof(why), "#%" PRIu32 " shows the same file",
	         second->number);
	return refuse(segment, why, err);
}
