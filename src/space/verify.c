/* verify.c - see verify.h */
#include "config.h"

#include "space/verify.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "space/layout.h"
#include "space/space.h"
#include "space/view.h"

enum { VERIFY_STEP = 1 << 16 }; /* bytes compared at once */

/* Compare one stretch of a covering placement with what lies beneath. */
static bool verify_step(const struct view *beneath, uint64_t addr,
                        const struct placement *p, uint64_t off, size_t len,
                        unsigned char *bytes, struct runs *runs,
                        struct error *err)
{
	unsigned char *under = bytes + VERIFY_STEP;
	struct runs *mine = runs, *theirs = runs + 1;

	runs_clear(mine);
	runs_clear(theirs);
	if (!document_read(p->doc, off, bytes, len, 0, mine, err) ||
	    !view_read(beneath, addr, under, len, 0, theirs, err))
		return false;
	for (size_t i = 0; i < len; i++) {
		const struct run *a = runs_at(mine, i);
		const struct run *b = runs_at(theirs, i);

		if (b->state == STATE_GAP)
			continue;
		if (!state_has_bytes(a->state) || !state_has_bytes(b->state))
			error_set(err, ERR_STATE,
			          "%s: over=verify: byte 0x%" PRIx64
			          " cannot be compared (unreadable)",
			          text_shown(p->name).s, addr + i);
		else if (bytes[i] != under[i])
			error_set(err, ERR_CHANGED,
			          "%s: over=verify: differs from what is "
			          "beneath at 0x%" PRIx64,
			          text_shown(p->name).s, addr + i);
		else
			continue;
		error_add_path(err, p->path);
		return error_add_addr(err, addr + i);
	}
	return true;
}

/*
 * over=verify: every byte of placement `idx` equals the byte that the
 * placements before it show at its address.
 */
static bool verify_one(const struct layout *layout, size_t idx,
                       const struct segment *seg, struct error *err)
{
	struct layout before = { .v = layout->v, .count = idx };
	unsigned char *bytes = mem_resize(NULL, 2, VERIFY_STEP, err);
	struct runs runs[2] = { { 0 }, { 0 } };
	struct space *sp = bytes ? space_of_layout(&before, err) : NULL;
	struct view *view = sp ? view_new(sp, err) : NULL;
	bool ok = view != NULL;

	for (uint64_t k = 0; ok && k < seg->size; k += VERIFY_STEP)
		ok = verify_step(view, seg->addr + k, seg->placement,
		                 seg->off + k,
		                 (size_t)u64_min(VERIFY_STEP, seg->size - k),
		                 bytes, runs, err);
	runs_free(&runs[0]);
	runs_free(&runs[1]);
	view_unref(view);
	space_unref(sp);
	mem_free(bytes);
	return ok;
}

bool verify_over(const struct layout *layout, size_t first, struct error *err)
{
	struct space *sp = NULL;
	bool ok = true;

	for (size_t i = first; ok && i < layout->count; i++) {
		if (layout->v[i]->over != OVER_VERIFY || !layout->v[i]->doc)
			continue;
		if (!sp)
			sp = space_of_layout(layout, err);
		ok = sp && verify_one(layout, i, space_segment(sp, i), err);
	}
	space_unref(sp);
	return ok;
}
