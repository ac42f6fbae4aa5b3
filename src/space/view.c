/*
 * view.c - see view.h
 *
 * A view is a space and the roots of the documents that have edits, which are
 * few or none. A read walks the extents and asks one document after the other,
 * each with one read for as long as it goes on.
 */
#include "config.h"

#include "space/view.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/document.h"
#include "edit/tree.h"

/* A document that has edits. The space holds the document. */
struct edited {
	uint64_t doc;      /* document_id() */
	struct tree *root; /* counted */
};

struct view {
	_Atomic uint32_t refs;
	struct space *space; /* owned, counted */
	size_t count, room;
	struct edited edited[]; /* sorted by document */
};

struct view *view_reserve(size_t count, struct error *err)
{
	struct view *view =
		mem_zalloc(sizeof(*view) + count * sizeof(*view->edited), err);

	if (!view)
		return NULL;
	atomic_init(&view->refs, 1);
	view->room = count;
	return view;
}

size_t view_room(const struct view *view)
{
	return view->room;
}

void view_begin(struct view *view, struct space *sp)
{
	assert(!view->space);
	view->space = space_ref(sp);
}

void view_add(struct view *view, const struct document *doc)
{
	struct tree *root = document_root(doc);

	if (!root)
		return;
	assert(view->count < view->room);
	view->edited[view->count++] =
		(struct edited){ document_id(doc), tree_ref(root) };
}

static int by_id(const void *a, const void *b)
{
	struct document *const *x = a, *const *y = b;

	return (document_id(*x) > document_id(*y)) -
	       (document_id(*x) < document_id(*y));
}

/* The documents of a space that have edits, sorted, each once. *docs is owned
   by the caller. */
static bool list_edited(const struct space *sp, struct document ***docs,
                        size_t *count, struct error *err)
{
	size_t cap = 0, kept = 0;

	*docs = NULL;
	*count = 0;
	for (size_t i = 0; i < space_segments(sp); i++) {
		struct document *doc = space_segment(sp, i)->doc;

		if (!doc || !document_root(doc))
			continue;
		if (!mem_grow(docs, &cap, *count + 1, sizeof(**docs), err))
			return false;
		(*docs)[(*count)++] = doc;
	}
	if (*count == 0)
		return true;
	qsort(*docs, *count, sizeof(**docs), by_id);
	for (size_t i = 0; i < *count; i++) {
		if (i == 0 || (*docs)[i] != (*docs)[i - 1])
			(*docs)[kept++] = (*docs)[i];
	}
	*count = kept;
	return true;
}

struct view *view_new(struct space *sp, struct error *err)
{
	struct document **docs;
	size_t count;
	struct view *view = NULL;

	if (list_edited(sp, &docs, &count, err))
		view = view_reserve(count, err);
	if (view)
		view_begin(view, sp);
	for (size_t i = 0; view && i < count; i++)
		view_add(view, docs[i]);
	mem_free(docs);
	return view;
}

static struct tree *then_root(const struct document *doc,
                              const struct view_root *roots, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (roots[i].doc == doc)
			return roots[i].root;
	return document_root(doc);
}

static int by_doc(const void *a, const void *b)
{
	const struct edited *x = a, *y = b;

	return (x->doc > y->doc) - (x->doc < y->doc);
}

struct view *view_then(struct space *sp, const struct view_root *roots,
                       size_t count, struct error *err)
{
	struct view *view = view_reserve(space_segments(sp), err);
	size_t kept = 0;

	if (!view)
		return NULL;
	view_begin(view, sp);
	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct document *doc = space_segment(sp, i)->doc;
		struct tree *root = doc ? then_root(doc, roots, count) : NULL;

		if (root)
			view->edited[view->count++] =
				(struct edited){ document_id(doc),
				                 tree_ref(root) };
	}
	qsort(view->edited, view->count, sizeof(*view->edited), by_doc);
	for (size_t i = 0; i < view->count; i++) {
		if (i > 0 && view->edited[i].doc == view->edited[kept - 1].doc)
			tree_unref(view->edited[i].root);
		else
			view->edited[kept++] = view->edited[i];
	}
	view->count = kept;
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
	for (size_t i = 0; i < view->count; i++)
		tree_unref(view->edited[i].root);
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

/* What a document was when the view was made: NULL for its base. */
static const struct tree *root_of(const struct view *view,
                                  const struct document *doc)
{
	size_t lo = 0, hi = view->count;
	uint64_t id = document_id(doc);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (view->edited[mid].doc == id)
			return view->edited[mid].root;
		if (view->edited[mid].doc < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
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
	return document_read_at(loc.segment->doc,
	                        root_of(view, loc.segment->doc), loc.doc_off,
	                        buf, *done, flags, runs, err);
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
	st = document_stretch_at(loc.segment->doc,
	                         root_of(view, loc.segment->doc), loc.doc_off);
	*end = u64_min(*end, addr + (st.end - loc.doc_off));
	return st.state;
}

enum state view_piece(const struct view *view, uint64_t addr, uint64_t *end)
{
	struct location loc = space_locate(view->space, addr);
	struct stretch st;

	*end = addr + loc.run;
	if (!loc.segment)
		return STATE_GAP;
	st = document_piece_at(loc.segment->doc,
	                       root_of(view, loc.segment->doc), loc.doc_off);
	*end = u64_min(*end, addr + (st.end - loc.doc_off));
	return st.state;
}

uint64_t view_clone(const struct view *view, uint64_t addr, uint64_t most,
                    int to, uint64_t to_off)
{
	struct location loc = space_locate(view->space, addr);

	if (!loc.segment)
		return 0;
	return document_clone_at(loc.segment->doc,
	                         root_of(view, loc.segment->doc), loc.doc_off,
	                         u64_min(most, loc.run), to, to_off);
}

bool view_map(const struct view *view, uint64_t addr, size_t least, size_t most,
              struct insets *insets, struct view_map *map)
{
	struct location loc = space_locate(view->space, addr);

	if (!loc.segment || loc.run < least)
		return false;
	map->doc = loc.segment->doc;
	map->bytes =
		document_map_at(map->doc, root_of(view, map->doc), loc.doc_off,
	                        least, (size_t)u64_min(most, loc.run), insets,
	                        &map->pin);
	return map->bytes != NULL;
}

bool view_unmap(struct view_map *map)
{
	return document_unmap(map->doc, map->pin);
}
