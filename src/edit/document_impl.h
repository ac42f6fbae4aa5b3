/*
 * document_impl.h - the inside of a document, for the files that make it
 *
 *	document.c { what it is, and the state that it has }
 *	document_read.c { its bytes }
 *
 * Threads: as document.h.
 */
#ifndef EDIT_DOCUMENT_IMPL_H
#define EDIT_DOCUMENT_IMPL_H

#include <stdatomic.h>

#include "base/base.h"

struct source;
struct store;
struct tree;

/* What a base is read from once it was written. */
struct over {
	struct tree *tree;     /* owned */
	struct document *next; /* counted */
	struct over *older;    /* one that was taken back */
};

struct document {
	atomic_size_t count;
	uint64_t id;
	struct source *src;   /* owned */
	struct store *store;  /* counted; NULL until the first edit */
	struct tree *root;    /* counted; NULL: no edits */
	unsigned char access; /* an enum access, never ACCESS_DEFAULT */
	bool by_default;      /* nobody has asked for that one */
	struct over *overs; /* owned: all that there were, the last one first */
	_Atomic(struct over *) over; /* the one that counts; NULL: none */
	atomic_uint shows;           /* how often that has changed */
	char name[];
};

#endif
