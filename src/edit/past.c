/*
 * past.c - see past.h
 *
 * A tape of records of about 18 bytes for a changed byte, since there may be
 * ten million. Trees, which large changes have, stand beside it in the order of
 * the records. A record:
 *
 *	header   bit 0: first of its group; bit 1: restores; bits 2-4 and 5-7:
 *	         how many pieces were removed and added, TREE_FEW + 1: a tree
 *	document, offset, pieces: {tag, length, offset}
 *	length   of the record up to here, for going back
 *
 * Numbers are 7 bits in a byte, least first; offsets in the base, which mostly
 * equal the change's, are relative to that.
 *
 *   H1  at <= end <= len; records [at, end) can be made again, [end, len) are
 *       of the group that is being made
 *   H2  a record that is the first of the tape is the first of its group
 *   H3  trees [0, tree_len) belong to the records, in their order
 */
#include "config.h"

#include "edit/past.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

enum {
	FIRST = 1,
	RESTORES = 2,
	REMOVED_SHIFT = 2,
	ADDED_SHIFT = 5,
	COUNT_MASK = 7,
	HAS_TREE = TREE_FEW + 1,
	NUMBER_MAX = 10,
	RECORD_MAX = 2 + 2 * NUMBER_MAX + 2 * TREE_FEW * (1 + 2 * NUMBER_MAX),
};

struct past {
	unsigned char *v; /* owned */
	size_t at, end, len, cap;
	struct tree **tree; /* owned, counted */
	size_t tree_at, tree_end, tree_len, tree_cap;
	size_t done, undone;
};

struct past *past_new(struct error *err)
{
	return mem_zalloc(sizeof(struct past), err);
}

static void drop_trees(struct past *past, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		tree_unref(past->tree[i]);
}

void past_free(struct past *past)
{
	if (!past)
		return;
	drop_trees(past, 0, past->tree_len);
	mem_free(past->tree);
	mem_free(past->v);
	mem_free(past);
}

size_t past_done(const struct past *past)
{
	return past->done;
}

size_t past_undone(const struct past *past)
{
	return past->undone;
}

size_t past_size(const struct past *past)
{
	return past->cap + past->tree_cap * sizeof(*past->tree);
}

/* --- records ------------------------------------------------------------- */

static unsigned char *put_number(unsigned char *to, uint64_t n)
{
	for (; n > 0x7f; n >>= 7)
		*to++ = (unsigned char)(n | 0x80);
	*to++ = (unsigned char)n;
	return to;
}

static uint64_t get_number(const unsigned char **from)
{
	uint64_t n = 0;
	unsigned shift = 0;

	for (; **from & 0x80; shift += 7)
		n |= (uint64_t)(*(*from)++ & 0x7f) << shift;
	return n | (uint64_t) * (*from)++ << shift;
}

/* Differences, small ones of either sign being small numbers. */
static uint64_t fold_sign(uint64_t diff)
{
	return diff << 1 ^ (diff >> 63 ? UINT64_MAX : 0);
}

static uint64_t unfold_sign(uint64_t n)
{
	return n >> 1 ^ (n & 1 ? UINT64_MAX : 0);
}

static bool is_base(unsigned char tag)
{
	return (tag & PIECE_KIND) == PIECE_BASE;
}

static unsigned char *put_pieces(unsigned char *to, const struct pieces *pieces,
                                 uint64_t off)
{
	for (size_t i = 0; !pieces->tree && i < pieces->count; i++) {
		const struct piece *p = &pieces->v[i];

		*to++ = p->tag;
		to = put_number(to, p->len);
		to = put_number(to, is_base(p->tag) ? fold_sign(p->off - off)
		                                    : p->off);
	}
	return to;
}

static void get_pieces(const unsigned char **from, size_t count, uint64_t off,
                       struct tree *tree, struct pieces *pieces)
{
	pieces->count = 0;
	pieces->tree = tree;
	pieces->len = tree ? tree_len(tree) : 0;
	for (size_t i = 0; !tree && i < count; i++) {
		struct piece *p = &pieces->v[pieces->count++];

		p->tag = *(*from)++;
		p->len = get_number(from);
		p->off = get_number(from);
		if (is_base(p->tag))
			p->off = off + unfold_sign(p->off);
		pieces->len += p->len;
	}
}

static size_t count_code(const struct pieces *pieces)
{
	return pieces->tree ? HAS_TREE : pieces->count;
}

/* Write a record at `to`, which has room for RECORD_MAX bytes; returns its
   length. */
static size_t encode(const struct change *change, unsigned char *to)
{
	unsigned char *p = to;

	*p++ = (unsigned char)(count_code(&change->removed) << REMOVED_SHIFT |
	                       count_code(&change->added) << ADDED_SHIFT);
	p = put_number(p, change->doc);
	p = put_number(p, change->off);
	p = put_pieces(p, &change->removed, change->off);
	p = put_pieces(p, &change->added, change->off);
	*p = (unsigned char)(p - to);
	return (size_t)(p - to) + 1;
}

static size_t trees_of(unsigned char header)
{
	return ((header >> REMOVED_SHIFT & COUNT_MASK) == HAS_TREE) +
	       (size_t)((header >> ADDED_SHIFT & COUNT_MASK) == HAS_TREE);
}

/* Read the record at v[pos], whose trees begin at `tree`; returns its length.
   The trees are borrowed. */
static size_t decode(const struct past *past, struct past_place place,
                     struct change *change)
{
	const unsigned char *from = past->v + place.pos;
	unsigned char header = *from++;
	size_t removed = header >> REMOVED_SHIFT & COUNT_MASK;
	size_t added = header >> ADDED_SHIFT & COUNT_MASK;
	struct tree *tree = NULL;

	change->doc = get_number(&from);
	change->off = get_number(&from);
	if (removed == HAS_TREE)
		tree = past->tree[place.tree++];
	get_pieces(&from, removed, change->off, tree, &change->removed);
	tree = added == HAS_TREE ? past->tree[place.tree] : NULL;
	get_pieces(&from, added, change->off, tree, &change->added);
	return (size_t)(from + 1 - (past->v + place.pos));
}

/* --- making groups -------------------------------------------------------- */

bool past_add(struct past *past, const struct change *change, struct error *err)
{
	struct tree *trees[] = { change->removed.tree, change->added.tree };

	if (!mem_grow(&past->v, &past->cap, past->len + RECORD_MAX, 1, err) ||
	    !mem_grow(&past->tree, &past->tree_cap, past->tree_len + 2,
	              sizeof(struct tree *), err))
		return false;
	past->len += encode(change, past->v + past->len);
	for (size_t i = 0; i < 2; i++) {
		if (trees[i])
			past->tree[past->tree_len++] = tree_ref(trees[i]);
	}
	return true;
}

void past_mark_restoring(struct past *past)
{
	struct past_place place = past_pending(past);

	while (place.pos < past->len) {
		struct change change;

		past->v[place.pos] |= RESTORES;
		place.pos += decode(past, place, &change);
	}
}

void past_commit(struct past *past, bool join)
{
	size_t len = past->len - past->end;
	size_t trees = past->tree_len - past->tree_end;

	if (len == 0)
		return;
	join = join && past->done > 0 && past->undone == 0;
	if (!join) {
		past->v[past->end] |= FIRST;
		past->done++;
	}
	drop_trees(past, past->tree_at, past->tree_end);
	memmove(past->v + past->at, past->v + past->end, len);
	if (trees > 0)
		memmove(past->tree + past->tree_at, past->tree + past->tree_end,
		        trees * sizeof(struct tree *));
	past->at = past->end = past->len = past->at + len;
	past->tree_at = past->tree_end = past->tree_len = past->tree_at + trees;
	past->undone = 0;
}

void past_cancel(struct past *past)
{
	drop_trees(past, past->tree_end, past->tree_len);
	past->len = past->end;
	past->tree_len = past->tree_end;
}

/* --- going through -------------------------------------------------------- */

struct past_place past_here(const struct past *past)
{
	return (struct past_place){ past->at, past->tree_at };
}

struct past_place past_pending(const struct past *past)
{
	return (struct past_place){ past->end, past->tree_end };
}

bool past_next(const struct past *past, struct past_place *place,
               struct change *change, bool *first)
{
	/* A place does not go on into the group that is being made. */
	size_t limit = place->pos < past->end ? past->end : past->len;
	unsigned char header;

	if (place->pos == limit)
		return false;
	header = past->v[place->pos];
	*first = header & FIRST;
	place->pos += decode(past, *place, change);
	place->tree += trees_of(header);
	return true;
}

bool past_previous(const struct past *past, struct past_place *place,
                   struct change *change, bool *first)
{
	unsigned char header;

	if (place->pos == 0)
		return false;
	place->pos -= past->v[place->pos - 1] + 1u;
	header = past->v[place->pos];
	place->tree -= trees_of(header);
	*first = header & FIRST;
	(void)decode(past, *place, change);
	return true;
}

void past_move(struct past *past, struct past_place to)
{
	assert(to.pos != past->at && past->len == past->end);
	if (to.pos < past->at) {
		past->done--;
		past->undone++;
	} else {
		past->done++;
		past->undone--;
	}
	past->at = to.pos;
	past->tree_at = to.tree;
}

void past_cut(struct past *past, struct past_place place, size_t done)
{
	assert(past->len == past->end && place.pos <= past->at);
	drop_trees(past, place.tree, past->tree_end);
	past->at = past->end = past->len = place.pos;
	past->tree_at = past->tree_end = past->tree_len = place.tree;
	past->done = done;
	past->undone = 0;
}

static bool rebase_one(struct past *out, const struct past *past,
                       struct past_place *place, past_map *map, void *ctx,
                       struct error *err)
{
	unsigned char header = past->v[place->pos];
	size_t at = out->len;
	struct change change, mapped;
	bool first, ok;

	(void)past_next(past, place, &change, &first);
	if (!map(ctx, &change, &mapped, err))
		return false;
	ok = past_add(out, &mapped, err);
	change_clear(&mapped);
	if (ok)
		out->v[at] |= header & (FIRST | RESTORES);
	return ok;
}

struct past *past_rebase(const struct past *past, past_map *map, void *ctx,
                         struct error *err)
{
	struct past_place place = { 0 };
	struct past *out = past_new(err);

	assert(past->len == past->end);
	while (out && place.pos < past->end) {
		if (!rebase_one(out, past, &place, map, ctx, err)) {
			past_free(out);
			return NULL;
		}
		if (place.pos == past->at) {
			out->at = out->len;
			out->tree_at = out->tree_len;
		}
	}
	if (!out)
		return NULL;
	out->end = out->len;
	out->tree_end = out->tree_len;
	out->done = past->done;
	out->undone = past->undone;
	return out;
}

/* The byte at `off` of a part. */
static bool byte_of(const struct pieces *pieces, uint64_t off,
                    struct piece *out)
{
	struct pieces_walk walk;

	if (off >= pieces->len)
		return false;
	pieces_walk(&walk, pieces);
	if (pieces->tree) {
		tree_walk(&walk.walk, pieces->tree, off);
		off = 0;
	}
	while (pieces_next(&walk, out) && off >= out->len)
		off -= out->len;
	*out = piece_part(*out, off, 1);
	return true;
}

bool past_old(const struct past *past, uint64_t doc, uint64_t off,
              struct piece *old)
{
	struct past_place place = past_here(past);
	size_t pass = 0; /* changes of the byte that were restored */
	struct change change;
	bool first;

	while (past_previous(past, &place, &change, &first)) {
		uint64_t at = off - change.off;

		if (change.doc != doc || off < change.off)
			continue;
		if (at >= change.added.len) {
			off = off - change.added.len + change.removed.len;
			continue;
		}
		if (past->v[place.pos] & RESTORES) {
			pass++;
			continue;
		}
		if (pass == 0 || at >= change.removed.len)
			return byte_of(&change.removed, at, old);
		pass--;
	}
	return false;
}
