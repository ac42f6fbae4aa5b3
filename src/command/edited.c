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

void edited_walk(struct edited_walk *walk, const struct document *doc,
                 const struct tree *root)
{
	*walk = (struct edited_walk){
		.doc = document_id(doc),
		.size = document_source(doc)->size,
	};
	tree_walk(&walk->walk, root, 0);
}

bool edited_next(struct edited_walk *walk, struct edited *out)
{
	struct edited here = { .doc = walk->doc,
		               .off = walk->off,
		               .base = walk->base };
	struct piece piece;

	while (!walk->ended) {
		uint64_t to = walk->size;

		piece.len = 0;
		walk->ended = !tree_next(&walk->walk, &piece);
		if (!walk->ended && !is_kept(&piece)) {
			here.len += piece.len;
			continue;
		}
		if (!walk->ended)
			to = piece.off;
		here.old_len = to - here.base;
		walk->off = here.off + here.len + piece.len;
		walk->base = to + piece.len;
		if (here.len > 0 || here.old_len > 0) {
			*out = here;
			return true;
		}
		here.off = walk->off;
		here.base = walk->base;
	}
	return false;
}

static bool add_edited(struct edited_list *list, const struct document *doc,
                       const struct tree *root, struct error *err)
{
	struct edited_walk walk;
	struct edited here;

	edited_walk(&walk, doc, root);
	while (edited_next(&walk, &here))
		if (!add(list, here, err))
			return false;
	return true;
}

/* The bytes of the base that one of two trees has kept, piece by piece. */
struct kept {
	struct tree_walk walk;
	uint64_t end;       /* in the tree, behind the last piece */
	struct piece piece; /* what is left of it; of no bytes at the end */
};

static void next_kept(struct kept *k)
{
	struct piece piece;

	k->piece.len = 0;
	while (tree_next(&k->walk, &piece)) {
		k->end += piece.len;
		if (!is_kept(&piece))
			continue;
		k->piece = piece;
		return;
	}
}

/* Leave out what is before this offset of the base. */
static void skip_kept(struct kept *k, uint64_t base)
{
	uint64_t skip = base - k->piece.off;

	k->piece = piece_part(k->piece, skip, k->piece.len - skip);
}

/* Go on to the next bytes that both have kept: how many. */
static uint64_t next_common(struct kept *a, struct kept *b)
{
	for (;;) {
		struct kept *low = a->piece.off < b->piece.off ? a : b;
		uint64_t base = u64_max(a->piece.off, b->piece.off);

		if (a->piece.len == 0 || b->piece.len == 0)
			return 0;
		if (low->piece.len > base - low->piece.off) {
			skip_kept(low, base);
			return u64_min(a->piece.len, b->piece.len);
		}
		next_kept(low);
	}
}

static void begin_kept(struct kept *k, const struct tree *root)
{
	*k = (struct kept){ 0 };
	tree_walk(&k->walk, root, 0);
	next_kept(k);
}

static void take_kept(struct kept *k, uint64_t len)
{
	if (len == k->piece.len)
		next_kept(k);
	else
		skip_kept(k, k->piece.off + len);
}

static bool add_between(struct edited_list *list, const struct document *doc,
                        const struct tree *then, const struct tree *now,
                        struct error *err)
{
	struct edited here = { .doc = document_id(doc) };
	struct kept a, b;
	uint64_t common;

	begin_kept(&a, then);
	begin_kept(&b, now);
	do {
		uint64_t from, to;

		common = next_common(&a, &b);
		from = common ? a.end - a.piece.len : tree_len(then);
		to = common ? b.end - b.piece.len : tree_len(now);
		here.old_len = from - here.base;
		here.len = to - here.off;
		if (!add(list, here, err))
			return false;
		here.base = from + common;
		here.off = to + common;
		take_kept(&a, common);
		take_kept(&b, common);
	} while (common > 0);
	return true;
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

void edited_place(struct edited_list *list, const struct space *sp)
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
		if (!add_edited(out, doc, document_root(doc), err)) {
			edited_free(out);
			return false;
		}
	}
	edited_place(out, sp);
	return true;
}

bool edited_between(struct edited_list *list, const struct document *doc,
                    const struct tree *then, const struct tree *now,
                    struct error *err)
{
	return then ? add_between(list, doc, then, now, err)
	            : add_edited(list, doc, now, err);
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
