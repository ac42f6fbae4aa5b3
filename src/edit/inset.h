/*
 * inset.h - small edits among bytes of a base that are seen where they are
 *
 * Who looks for something in a file with many small edits need not copy it: the
 * bytes of the base are looked at in one row, and again, with the edits, around
 * each inset.
 *
 *	base    abcdefghij     insets: at 2: 1 is hidden, 2 are added
 *	shown   abXYdehijZ             at 5: 2 are hidden
 *	                               at 10: 1 is added
 *
 * Insets come in the order of the base, with bytes of it between any two.
 *
 * Threads: plain values.
 */
#ifndef EDIT_INSET_H
#define EDIT_INSET_H

#include "base/base.h"

struct store;
struct tree;

enum {
	INSETS = 4096,
	INSET_BYTES = 8 * INSETS, /* of all of them */
	INSET_PAD = 32,           /* that can be read behind those of an edit */
};

struct inset {
	uint32_t at;     /* in the bytes of the base */
	uint32_t hidden; /* of these, from `at` on */
	uint32_t shown;  /* where it is in what is shown */
	uint32_t added;  /* bytes that are shown there */
	uint32_t from;   /* where these are in `bytes` */
};

struct insets {
	uint64_t base; /* offset of the first byte of the base */
	size_t len;    /* bytes of the base */
	size_t shown;  /* bytes that are shown */
	bool is_full;  /* there may be more behind: no reason to end here */
	size_t count, used;
	struct inset v[INSETS];
	unsigned char bytes[INSET_BYTES + INSET_PAD];
};

/* All of a base that has no edits: [off, off + len). */
void insets_none(struct insets *insets, uint64_t off, size_t len);

/*
 * What a document with this root shows from `off` on, at most `most` bytes and
 * no more than UINT32_MAX: as far as it is bytes of the base, in their order,
 * and small edits. False: there is no byte of the base.
 */
bool insets_gather(struct insets *insets, const struct tree *root,
                   const struct store *store, uint64_t off, size_t most);

/* Only the first `len` bytes of the base can be seen, and what is among
   them. */
void insets_cut(struct insets *insets, size_t len);

#endif
