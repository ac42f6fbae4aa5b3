/*
 * hashing_read.h - the chunks of a hashing, and who reads them
 *
 * Threads: a reader and its chunk belong to one thread at a time.
 */
#ifndef STUDY_HASHING_READ_H
#define STUDY_HASHING_READ_H

#include "base/base.h"
#include "source/run.h"
#include "study/hashing_plan.h"

struct error;

/* Tests make them small. */
#ifndef HASHING_CHUNK
#define HASHING_CHUNK ((size_t)256 * 1024)
#endif

/* Bytes of a chunk that go on in a part, and what ends behind them. */
struct hashing_step {
	size_t off, len;
	bool ends;
	struct hashed part; /* if so */
};

struct hashing_chunk {
	unsigned char *bytes;       /* owned: HASHING_CHUNK */
	struct hashing_step *steps; /* owned */
	size_t count, cap;
	size_t parts;           /* that end in it */
	unsigned char *digests; /* owned: of each part, of each algorithm */
	size_t digest_cap;
	bool whole;  /* what begins in it ends in it, and the other way */
	size_t left; /* algorithms that have not had it */
};

struct hashing_piece;

struct hashing_reader {
	const struct hashing_plan *plan; /* borrowed */
	bool at_end;                     /* there are no more parts */
	uint64_t done;                   /* bytes of parts so far */
	struct interval part;
	bool has_part;
	uint64_t pos, skipped, filled;
	uint64_t known; /* up to where what view_stretch() said holds */
	bool known_gap;
	struct hashing_piece *pieces; /* owned */
	size_t piece_count, piece_cap;
	struct runs runs; /* owned */
};

/* Read the next chunk. What comes before something that goes wrong is in it
   then. Fails as hashing_run(). Blocks. */
bool hashing_read(struct hashing_reader *r, struct hashing_chunk *chunk,
                  struct error *err) MUST_USE;
void hashing_reader_free(struct hashing_reader *r);

#endif
