/*
 * piece.h - a stretch of a document and where its bytes are (K4)
 *
 * A piece refers to its own document's base, or to the store: to bytes that
 * were put there, or to a fill. Whatever it refers to, `off` goes up with the
 * bytes, so a piece can be cut anywhere, and two that follow each other in the
 * document and in what they refer to are one.
 *
 * Threads: plain values.
 */
#ifndef EDIT_PIECE_H
#define EDIT_PIECE_H

#include "base/base.h"

enum {
	PIECE_BASE = 0,     /* off is an offset in the document's base */
	PIECE_STORE = 1,    /* off is an offset in the store */
	PIECE_FILL = 2,     /* off is a position among the fills of the store */
	PIECE_KIND = 3,     /* mask of these */
	PIECE_EDITED = 4,   /* differs from the base at its place, though it may
	                     be base: moved or copied. Always set with the
	                     store and fills */
	PIECE_INSERTED = 8, /* has no old byte */
};

struct piece {
	uint64_t len;
	uint64_t off;
	unsigned char tag; /* kind and bits */
};

/* Is b what follows a, so that both are one piece? */
static inline bool piece_follows(const struct piece *a, const struct piece *b)
{
	return a->tag == b->tag && b->off == a->off + a->len;
}

/* The part [skip, skip + len) of a piece. */
static inline struct piece piece_part(struct piece piece, uint64_t skip,
                                      uint64_t len)
{
	piece.off += skip;
	piece.len = len;
	return piece;
}

#endif
