/*
 * olds.h - are bytes of a file still what they were?
 *
 * A journal of small edits says so of a million bytes, in the order in which
 * they were edited. Read in that order each would be a read somewhere else; so
 * they are gathered, sorted, and what lies close together is read at once.
 *
 * Threads: as source_read().
 */
#ifndef KEEP_OLDS_H
#define KEEP_OLDS_H

#include "base/base.h"
#include "source/run.h"

struct error;
struct old;
struct source;

enum { OLDS_LEN = 64 }; /* bytes that one may have */

/* All zero but for the source: there are none. */
struct olds {
	struct source *src; /* borrowed */
	struct old *v;      /* owned: those that wait */
	struct old *spare;  /* owned: as many, to sort them */
	uint8_t *bytes;     /* owned: of all of them */
	uint8_t *buf;       /* owned: what is read */
	struct runs runs;   /* owned */
	size_t count, used; /* of v, and of bytes */
	size_t cap, spare_cap, bytes_cap;
	/* Bytes that were found to differ, or that have no value, and the first
	   of them; how many of them have none: known behind olds_compare(). */
	uint64_t differ, first, unread;
};

void olds_free(struct olds *olds);

/* The `len` bytes at `off` were these, 1..OLDS_LEN; they are not behind the end
   of the source. ERR_NOMEM, ERR_IO. May block. */
bool olds_add(struct olds *olds, uint64_t off, const uint8_t *bytes, size_t len,
              struct error *err) MUST_USE;
/* Compare those that wait. Fails likewise. */
bool olds_compare(struct olds *olds, struct error *err) MUST_USE;

#endif
