/* change.c - see change.h */
#include "config.h"

#include "edit/change.h"

#include "base/error.h"

/* Removed pieces that are gone through for the marks of added ones. */
enum { INHERIT_MAX = 256 };

struct pieces pieces_of(struct piece piece)
{
	struct pieces pieces = { .len = piece.len, .count = piece.len > 0 };

	pieces.v[0] = piece;
	return pieces;
}

/* Put `len` bytes of a walk into *out, which may have gone on then; false if
   they are too many pieces. */
static bool gather(struct tree_walk *walk, uint64_t len, struct pieces *out)
{
	struct piece piece;

	out->len = len;
	out->tree = NULL;
	out->count = 0;
	while (len > 0 && tree_next(walk, &piece)) {
		if (out->count == TREE_FEW)
			return false;
		piece.len = u64_min(piece.len, len);
		len -= piece.len;
		out->v[out->count++] = piece;
	}
	return true;
}

bool pieces_cut_at(struct tree *root, uint64_t off,
                   const struct tree_walk *walk, uint64_t len,
                   struct pieces *out, struct error *err)
{
	struct tree_walk going;
	struct tree *tree;

	out->len = len;
	out->tree = NULL;
	if (tree_look(walk, len, out->v, TREE_FEW, &out->count))
		return true;
	going = *walk;
	if (gather(&going, len, out))
		return true;
	tree = tree_slice(root, off, len, err);
	if (!tree)
		return false;
	out->count = 0;
	out->tree = tree;
	return true;
}

bool pieces_cut(struct tree *root, uint64_t off, uint64_t len,
                struct pieces *out, struct error *err)
{
	struct tree_walk walk;

	tree_walk(&walk, root, off);
	return pieces_cut_at(root, off, &walk, len, out, err);
}

struct pieces pieces_of_tree(struct tree *tree)
{
	struct pieces pieces = { 0 };
	struct tree_walk walk;

	tree_walk(&walk, tree, 0);
	if (gather(&walk, tree_len(tree), &pieces)) {
		tree_unref(tree);
	} else {
		pieces.count = 0;
		pieces.tree = tree;
	}
	return pieces;
}

void pieces_clear(struct pieces *pieces)
{
	tree_unref(pieces->tree);
	*pieces = (struct pieces){ 0 };
}

void pieces_walk(struct pieces_walk *walk, const struct pieces *pieces)
{
	walk->pieces = pieces;
	walk->next = 0;
	if (pieces->tree)
		tree_walk(&walk->walk, pieces->tree, 0);
}

bool pieces_next(struct pieces_walk *walk, struct piece *out)
{
	if (walk->pieces->tree)
		return tree_next(&walk->walk, out);
	if (walk->next == walk->pieces->count)
		return false;
	*out = walk->pieces->v[walk->next++];
	return true;
}

/* Append a piece to few, or make the last one longer; false if they are too
   many. */
static bool append(struct pieces *pieces, struct piece piece)
{
	size_t n = pieces->count;

	pieces->len += piece.len;
	if (n > 0 && piece_follows(&pieces->v[n - 1], &piece)) {
		pieces->v[n - 1].len += piece.len;
		return true;
	}
	if (n == TREE_FEW)
		return false;
	pieces->v[pieces->count++] = piece;
	return true;
}

/* Is none of these marked as inserted, as far as is known at once? */
static bool is_plain(const struct pieces *pieces)
{
	if (pieces->tree)
		return false;
	for (size_t i = 0; i < pieces->count; i++)
		if (pieces->v[i].tag & PIECE_INSERTED)
			return false;
	return true;
}

void pieces_inherit(struct pieces *added, const struct pieces *removed)
{
	struct pieces out = { 0 };
	struct piece old = { 0 };
	struct pieces_walk walk;
	size_t walked = 0;

	if (added->tree || (added->count == 1 && is_plain(removed)))
		return;
	pieces_walk(&walk, removed);
	for (size_t i = 0; i < added->count; i++) {
		struct piece left = added->v[i];

		while (left.len > 0) {
			struct piece part = left;

			if (old.len == 0 && pieces_next(&walk, &old) &&
			    ++walked > INHERIT_MAX)
				return;
			if (old.len > 0) {
				part.len = u64_min(part.len, old.len);
				part.tag |= old.tag & PIECE_INSERTED;
				old.len -= part.len;
			}
			if (!append(&out, part))
				return;
			left = piece_part(left, part.len, left.len - part.len);
		}
	}
	*added = out;
}

void change_clear(struct change *change)
{
	pieces_clear(&change->removed);
	pieces_clear(&change->added);
}

struct change change_swapped(const struct change *change)
{
	return (struct change){ .doc = change->doc,
		                .off = change->off,
		                .removed = change->added,
		                .added = change->removed };
}

struct splice change_splice(const struct change *change)
{
	return (struct splice){ .off = change->off,
		                .removed = change->removed.len,
		                .v = change->added.v,
		                .count = change->added.count,
		                .tree = change->added.tree };
}
