/*
 * past_record.c - see past_impl.h: the tape
 *
 * A tape of records of about 20 bytes for a changed byte, since there may be
 * ten million. Trees, which large changes have, stand beside it in the order of
 * the records. A record:
 *
 *	header   bit 0: first of its step; bit 1: restores; bits 2-4 and 5-7:
 *	         how many pieces were removed and added, TREE_FEW + 1: a tree
 *	document 2 * its id, and 1 if it is the first of its group; then follow
 *	         {what it is called: a number, time, since the first one}
 *	offset, pieces: {tag, length, offset}
 *	length   of the record up to here, for going back
 *
 * Numbers are 7 bits in a byte, least first; offsets in the base, which mostly
 * equal the change's, are relative to that.
 */
#include "config.h"

#include "edit/past_impl.h"

#include "base/bytes.h"
#include "edit/tree.h"

enum {
	REMOVED_SHIFT = 2,
	ADDED_SHIFT = 5,
	COUNT_MASK = 7,
	HAS_TREE = TREE_FEW + 1,
};

_Static_assert(PAST_RECORD_MAX < 256, "a byte says how long a record is");

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
		to = store_varint(to, p->len);
		to = store_varint(to, is_base(p->tag) ? fold_sign(p->off - off)
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
		p->len = load_varint(from);
		p->off = load_varint(from);
		if (is_base(p->tag))
			p->off = off + unfold_sign(p->off);
		pieces->len += p->len;
	}
}

static size_t count_code(const struct pieces *pieces)
{
	return pieces->tree ? HAS_TREE : pieces->count;
}

/* What a group is called, and its time. */
static unsigned char *put_label(const struct past *past, unsigned char *to)
{
	*to++ = past->what;
	return store_varint(to, fold_sign((uint64_t)past->time -
	                                  (uint64_t)past->began));
}

/* Write the next record, for which there is room for PAST_RECORD_MAX bytes;
   returns its length. */
size_t past_encode(struct past *past, const struct change *change)
{
	bool first = past->len == past->end;
	unsigned char *to = past->v + past->len;
	unsigned char *p = to;

	*p++ = (unsigned char)(count_code(&change->removed) << REMOVED_SHIFT |
	                       count_code(&change->added) << ADDED_SHIFT);
	p = store_varint(p, change->doc << 1 | first);
	if (first)
		p = put_label(past, p);
	p = store_varint(p, change->off);
	p = put_pieces(p, &change->removed, change->off);
	p = put_pieces(p, &change->added, change->off);
	*p = (unsigned char)(p - to);
	return (size_t)(p - to) + 1;
}

size_t past_trees_of(unsigned char header)
{
	return ((header >> REMOVED_SHIFT & COUNT_MASK) == HAS_TREE) +
	       (size_t)((header >> ADDED_SHIFT & COUNT_MASK) == HAS_TREE);
}

/* Read the record at v[pos], whose trees begin at `tree`; returns its length.
   The trees are borrowed. */
size_t past_decode(const struct past *past, struct past_place place,
                   struct change *change)
{
	const unsigned char *from = past->v + place.pos;
	unsigned char header = *from++;
	size_t removed = header >> REMOVED_SHIFT & COUNT_MASK;
	size_t added = header >> ADDED_SHIFT & COUNT_MASK;
	struct tree *tree = NULL;

	change->doc = load_varint(&from);
	if (change->doc & 1) {
		from++;
		(void)load_varint(&from);
	}
	change->doc >>= 1;
	change->off = load_varint(&from);
	if (removed == HAS_TREE)
		tree = past->tree[place.tree++];
	get_pieces(&from, removed, change->off, tree, &change->removed);
	tree = added == HAS_TREE ? past->tree[place.tree] : NULL;
	get_pieces(&from, added, change->off, tree, &change->added);
	return (size_t)(from + 1 - (past->v + place.pos));
}

/* What the group is called whose first record is at `pos`, and its time; false:
   it is not the first of one. */
bool past_read_label(const struct past *past, size_t pos, unsigned char *what,
                     int64_t *time)
{
	const unsigned char *from = past->v + pos + 1;

	if (!(load_varint(&from) & 1))
		return false;
	*what = *from++;
	*time = (int64_t)((uint64_t)past->began +
	                  unfold_sign(load_varint(&from)));
	return true;
}
