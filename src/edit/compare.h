/*
 * compare.h - are two parts of a document the same?
 *
 * Both are of the same length, and refer to its base and to the store.
 *
 * Threads: as document_read_at().
 */
#ifndef EDIT_COMPARE_H
#define EDIT_COMPARE_H

#include "base/base.h"

struct document;
struct error;
struct pieces;
struct store;

/* Are they the very same pieces, with the same marks? O(pieces). */
bool compare_pieces(const struct pieces *a, const struct pieces *b) MUST_USE;

/* Do they hold the same bytes? *same is how many do, from the first on, on
   failure too. ERR_CHANGED: not all; what has no value is not the same.
   ERR_NOMEM, ERR_IO. May block. */
bool compare_bytes(const struct store *store, const struct document *doc,
                   const struct pieces *a, const struct pieces *b,
                   uint64_t *same, struct error *err) MUST_USE;

#endif
