/*
 * edited.c - see edited.h
 *
 * Base pieces that are not marked as edited stand in the order of the base, and
 * each where its byte was: between two of them lies what came in place of the
 * base's bytes between them.
 */
#include "config.h"

#include "command/edited.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/document.h"
#include "edit/tree.h"
#include "space/ranges.h"
#include "space/space.h"

static bool add(struct edited_list *list, struct edited edited,
                struct error *err)
{
	if (edited.len == 0 && edited.old_len == 0)
		return true;
	if (!mem_grow(&list->v, &list->cap, list->count + 1, sizeof(*list->v),
	              err))
		return false;
	list->v[list->count++] = edited;
	return true;
}

static bool is_kept(const struct piece *piece)
{
	return (piece->tag & PIECE_KIND) == PIECE_BASE &&
	       !(piece->tag & PIECE_EDITED);
}

static bool add_document(struct edited_list *list, const struct document *doc,
                         struct error *err)
{
	struct edited here = { .doc = document_id(doc) };
	uint64_t base = 0; /* behind the last byte that was kept */
	struct tree_walk walk;
	struct piece piece;

	tree_walk(&walk, document_root(doc), 0);
	while (tree_next(&walk, &piece)) {
		if (!is_kept(&piece)) {
			here.len += piece.len;
			continue;
		}
		here.base = base;
		here.old_len = piece.off - base;
		if (!add(list, here, err))
			return false;
		base = piece.off + piece.len;
		here.off += here.len + piece.len;
		here.len = 0;
	}
	here.base = base;
	here.old_len = document_source(doc)->size - base;
	return add(list, here, err);
}

static int by_address(const void *a, const void *b)
{
	const struct edited *x = a, *y = b;

	if (x->is_shown != y->is_shown)
		return x->is_shown ? -1 : 1;
	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	if (x->doc != y->doc)
		return x->doc < y->doc ? -1 : 1;
	return x->off < y->off ? -1 : x->off > y->off;
}

static void find_addresses(struct edited_list *list, const struct space *sp)
{
	for (size_t i = 0; i < list->count; i++) {
		struct edited *e = &list->v[i];
		struct range range = { .doc = e->doc,
			               .off = e->off,
			               .len = e->len };

		e->is_shown = ranges_address(&range, sp, &e->addr);
	}
	if (list->count > 0)
		qsort(list->v, list->count, sizeof(*list->v), by_address);
}

/* Is this the first segment that shows its document? */
static bool is_first(const struct space *sp, size_t idx)
{
	const struct document *doc = space_segment(sp, idx)->doc;

	for (size_t i = 0; i < idx; i++)
		if (space_segment(sp, i)->doc == doc)
			return false;
	return true;
}

bool edited_all(const struct space *sp, struct edited_list *out,
                struct error *err)
{
	*out = (struct edited_list){ 0 };
	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct document *doc = space_segment(sp, i)->doc;

		if (!doc || !document_root(doc) || !is_first(sp, i))
			continue;
		if (!add_document(out, doc, err)) {
			edited_free(out);
			return false;
		}
	}
	find_addresses(out, sp);
	return true;
}

void edited_free(struct edited_list *list)
{
	mem_free(list->v);
	*list = (struct edited_list){ 0 };
}

size_t edited_count(const struct edited_list *list, uint64_t doc)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->v[i].doc == doc;
	return count;
}
