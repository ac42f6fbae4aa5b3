/*
 * rebase.h - pieces of a base that has been written over
 *
 * When a flush has written a file, its base is another one: pieces that refer
 * to bytes of the old one refer to their images from then on, so that what was
 * flushed can be taken back.
 *
 * Threads: the engine thread.
 */
#ifndef EDIT_REBASE_H
#define EDIT_REBASE_H

#include "base/base.h"
#include "edit/tree.h"

struct error;
struct past;
struct pieces;

/* How the base of a document is read from the next one: see
   document_prepare_over(). NULL: it was not written. Borrowed. */
typedef const struct tree *rebase_over(void *ctx, uint64_t doc);

/* The ranges of a base that a tree of the same length shows otherwise. What is
   next to each other is one. */
struct rebase_walk {
	struct tree_walk walk;
	uint64_t at;
};
void rebase_walk(struct rebase_walk *walk, const struct tree *root);
bool rebase_next(struct rebase_walk *walk, uint64_t *off, uint64_t *len);

/* How the base is to be read when this tree has been written into the file:
   those ranges are the front of *image, which becomes what is left of it. The
   caller's; ERR_NOMEM. */
struct tree *rebase_over_of(const struct tree *root, struct piece *image,
                            struct error *err) MUST_USE;

/*
 * The same for a base of `size` bytes that another one takes the place of,
 * which has what this tree shows: what is in that stands at its offset there,
 * what is not is the part of `image` at its own offset, which has as many
 * bytes. `gap` is told of each such part, in order. ERR_NOMEM, and as `gap`
 * fails. O(n log n) in the pieces.
 */
typedef bool rebase_gap(void *ctx, uint64_t off, uint64_t len,
                        struct error *err);
struct tree *rebase_moved_of(const struct tree *root, uint64_t size,
                             const struct piece *image, rebase_gap *gap,
                             void *ctx, struct error *err) MUST_USE;

/* *out is the caller's. ERR_NOMEM. */
bool rebase_pieces(const struct pieces *pieces, const struct tree *over,
                   struct pieces *out, struct error *err) MUST_USE;

/* A history for the bases that come now. ERR_NOMEM. */
struct past *rebase_past(const struct past *past, rebase_over *over, void *ctx,
                         struct error *err) MUST_USE;

#endif
