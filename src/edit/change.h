/*
 * change.h - what one edit of a document is
 *
 * A change is {document, offset, removed pieces, added pieces}. It is the edit,
 * with the two swapped it is what takes it back, and it is what the journal
 * records. Pieces refer to bytes that never change, so a change is small
 * whatever it is about.
 *
 * Threads: the engine thread; a change that nobody changes may be read in any.
 */
#ifndef EDIT_CHANGE_H
#define EDIT_CHANGE_H

#include "base/base.h"
#include "edit/piece.h"
#include "edit/tree.h"

struct error;

/* A part of a document: few pieces, or a tree. */
struct pieces {
	uint64_t len;
	struct tree *tree; /* counted; NULL: v counts */
	size_t count;
	struct piece v[TREE_FEW];
};

struct change {
	uint64_t doc; /* document_id() */
	uint64_t off;
	struct pieces removed, added;
};

/* One piece; none if it is empty. */
struct pieces pieces_of(struct piece piece);
/* The bytes [off, off + len) of a tree. O(log n). ERR_NOMEM. */
bool pieces_cut(struct tree *root, uint64_t off, uint64_t len,
                struct pieces *out, struct error *err) MUST_USE;
/* The same, by a walk of this tree that was begun at `off` and stays there. */
bool pieces_cut_at(struct tree *root, uint64_t off,
                   const struct tree_walk *walk, uint64_t len,
                   struct pieces *out, struct error *err) MUST_USE;
/* A whole tree, which is taken over. */
struct pieces pieces_of_tree(struct tree *tree);
void pieces_clear(struct pieces *pieces);

/* Go through them, by a walk that was begun with pieces_walk(). */
struct pieces_walk {
	const struct pieces *pieces; /* borrowed */
	size_t next;
	struct tree_walk walk;
};
void pieces_walk(struct pieces_walk *walk, const struct pieces *pieces);
bool pieces_next(struct pieces_walk *walk, struct piece *out);

/* Give added pieces the mark of the bytes they overwrite, one for one: what is
   written over an inserted byte has no old byte either. Marks are for showing:
   they are left as they are where that takes more pieces than few. */
void pieces_inherit(struct pieces *added, const struct pieces *removed);

void change_clear(struct change *change);
/* What takes it back; the trees are borrowed from it. */
struct change change_swapped(const struct change *change);
/* The splice that it is; everything is borrowed from it. */
struct splice change_splice(const struct change *change);

#endif
