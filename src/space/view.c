/*
 * view.c - see view.h
 *
 * A view is a space for now; the roots of edited documents and the generations
 * of their bases come to stand beside it. A read walks the extents and asks one
 * document after the other, each with one read for as long as it goes on.
 */
#include "config.h"

#include "space/view.h"

#include <assert.h>
#include <stdatomic.h>

#include "base/error.h"
#include "base/mem.h"

struct view {
	_Atomic uint32_t refs;
	struct space *space; /* owned, counted */
};

struct view *view_new(struct space *sp, struct error *err)
{
	struct view *view = mem_zalloc(sizeof(*view), err);

	if (!view)
		return NULL;
	atomic_init(&view->refs, 1);
	view->space = space_ref(sp);
	return view;
}

struct view *view_ref(struct view *view)
{
	atomic_fetch_add_explicit(&view->refs, 1, memory_order_relaxed);
	return view;
}

void view_unref(struct view *view)
{
	if (!view ||
	    atomic_fetch_sub_explicit(&view->refs, 1, memory_order_acq_rel) > 1)
		return;
	space_unref(view->space);
	mem_free(view);
}

const struct space *view_space(const struct view *view)
{
	return view->space;
}

uint64_t view_size(const struct view *view)
{
	return space_size(view->space);
}

/* Read what goes on likewise from addr, at most len bytes; *done is how many
   it was. */
static bool read_stretch(const struct view *view, uint64_t addr, void *buf,
                         size_t len, unsigned flags, struct runs *runs,
                         size_t *done, struct error *err)
{
	struct location loc = space_locate(view->space, addr);
	struct run gap = { .state = STATE_GAP };

	*done = (size_t)u64_min(len, loc.run);
	gap.len = *done;
	if (!loc.segment)
		return runs_add(runs, gap, err);
	return document_read(loc.segment->doc, loc.doc_off, buf, *done, flags,
	                     runs, err);
}

bool view_read(const struct view *view, uint64_t addr, void *buf, size_t len,
               unsigned flags, struct runs *runs, struct error *err)
{
	struct runs_mark mark = runs_mark(runs);
	unsigned char *dst = buf;
	size_t done;

	assert(len <= UINT64_MAX - addr);
	for (; len > 0; addr += done, dst += done, len -= done) {
		if (!read_stretch(view, addr, dst, len, flags, runs, &done,
		                  err)) {
			runs_undo(runs, mark);
			return false;
		}
	}
	return true;
}

enum state view_stretch(const struct view *view, uint64_t addr, uint64_t *end)
{
	struct location loc = space_locate(view->space, addr);
	struct stretch st;

	*end = addr + loc.run;
	if (!loc.segment)
		return STATE_GAP;
	st = document_stretch(loc.segment->doc, loc.doc_off);
	*end = u64_min(*end, addr + (st.end - loc.doc_off));
	return st.state;
}

bool view_map(const struct view *view, uint64_t addr, size_t most,
              struct view_map *map)
{
	struct location loc = space_locate(view->space, addr);
	struct stretch st;

	if (!loc.segment)
		return false;
	st = document_stretch(loc.segment->doc, loc.doc_off);
	if (st.state != STATE_DATA)
		return false;
	map->doc = loc.segment->doc;
	map->len =
		(size_t)u64_min(most, u64_min(loc.run, st.end - loc.doc_off));
	map->bytes = document_map(map->doc, loc.doc_off, &map->len, &map->pin);
	return map->bytes != NULL;
}

bool view_unmap(struct view_map *map)
{
	return document_unmap(map->doc, map->pin);
}
