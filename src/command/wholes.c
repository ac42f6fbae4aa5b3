/*
 * wholes.c - see wholes.h
 *
 * Of two documents of one file, the one that was opened first stands for it, as
 * everywhere.
 */
#include "config.h"

#include "command/wholes.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/document.h"
#include "source/source.h"
#include "space/space.h"

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_document(const void *a, const void *b)
{
	const struct whole *x = a, *y = b;
	int order = compare(x->doc, y->doc);

	return order ? order : compare(x->segment, y->segment);
}

/* Those that are of no file stand last. */
static int compare_files(const struct whole *x, const struct whole *y)
{
	int order = y->has_id - x->has_id;

	if (order == 0)
		order = compare(x->id.dev, y->id.dev);
	return order ? order : compare(x->id.ino, y->id.ino);
}

static int by_identity(const void *a, const void *b)
{
	const struct whole *x = a, *y = b;
	int order = compare_files(x, y);

	return order ? order : compare(x->segment, y->segment);
}

static int by_name(const void *a, const void *b)
{
	const struct whole *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* --- making -------------------------------------------------------------- */

static struct whole whole_of(const struct space *sp, size_t segment)
{
	const struct segment *seg = space_segment(sp, segment);
	const struct source *src = document_source(seg->doc);
	uint64_t start = seg->addr, end;
	struct whole whole = {
		.doc = document_id(seg->doc),
		.segment = segment,
		.id = src->id,
		.has_id = !(src->traits & SOURCE_PRIVATE),
		.name = last_part(document_name(seg->doc)),
	};

	if (seg->off != 0 || seg->size != document_size(seg->doc))
		return whole;
	if (seg->size > 0 &&
	    (!space_span(sp, seg, &start, &end) || end - start != seg->size ||
	     space_locate(sp, start).run != seg->size))
		return whole;
	whole.is_shown = true;
	whole.start = start;
	whole.size = seg->size;
	return whole;
}

/* Of those of each document the first, with what the first one that is shown
   has. */
static void leave_one_each(struct wholes *w)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->count; i++) {
		const struct whole *next = &w->v[i];
		struct whole *last = kept > 0 ? &w->v[kept - 1] : NULL;

		if (!last || last->doc != next->doc) {
			w->v[kept++] = *next;
		} else if (!last->is_shown) {
			last->is_shown = next->is_shown;
			last->start = next->start;
			last->size = next->size;
		}
	}
	w->count = kept;
}

bool wholes_make(struct wholes *w, const struct space *sp, struct error *err)
{
	size_t segments = space_segments(sp);

	*w = (struct wholes){ 0 };
	w->v = mem_zalloc((segments + 1) * sizeof(*w->v), err);
	w->by_name = mem_zalloc((segments + 1) * sizeof(struct whole *), err);
	if (!w->v || !w->by_name) {
		wholes_free(w);
		return false;
	}
	for (size_t i = 0; i < segments; i++)
		if (space_segment(sp, i)->doc)
			w->v[w->count++] = whole_of(sp, i);
	qsort(w->v, w->count, sizeof(*w->v), by_document);
	leave_one_each(w);
	qsort(w->v, w->count, sizeof(*w->v), by_identity);
	for (size_t i = 0; i < w->count; i++)
		w->by_name[i] = &w->v[i];
	qsort(w->by_name, w->count, sizeof(struct whole *), by_name);
	return true;
}

void wholes_free(struct wholes *w)
{
	mem_free(w->by_name);
	mem_free(w->v);
	*w = (struct wholes){ 0 };
}

/* --- looking ------------------------------------------------------------- */

const struct whole *wholes_same(const struct wholes *w,
                                const struct identity *id)
{
	const struct whole wanted = { .id = *id, .has_id = true };
	size_t lo = 0, hi = w->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare_files(&w->v[mid], &wanted) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == w->count || compare_files(&w->v[lo], &wanted) != 0)
		return NULL;
	return &w->v[lo];
}

const struct whole *wholes_named(const struct wholes *w, const char *name)
{
	const char *last = last_part(name);
	size_t lo = 0, hi = w->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(w->by_name[mid]->name, last) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == w->count || strcmp(w->by_name[lo]->name, last) != 0)
		return NULL;
	if (lo + 1 < w->count && strcmp(w->by_name[lo + 1]->name, last) == 0)
		return NULL;
	return w->by_name[lo];
}
