/*
 * corpora.h - what is searched: files of several kinds, and their pieces
 *
 * Random bytes, the system's binaries, text, zeros with noise, and bytes that
 * repeat; each as one file, and cut into 7 of odd sizes.
 *
 * Threads: each program has one of its own.
 */
#ifndef TESTS_BENCH_CORPORA_H
#define TESTS_BENCH_CORPORA_H

#include "base/base.h"
#include "tests/bench/bench.h"

enum { RANDOM, BINARIES, TEXT, ZEROS, PERIOD, CORPORA };

enum { PIECES = 7 };

struct corpus {
	const char *name;
	uint64_t mib; /* in full */
	struct bench_path file, piece[PIECES];
	uint64_t len;
};

/* Make all of them, unless they are there: of so many bytes for each MiB. */
void corpora_make(const struct bench *b, uint64_t unit);
const struct corpus *corpora_get(int which);

/* Have nothing of the file in the page cache. */
void corpora_drop(const char *path);

/* Have the corpus in the page cache, in full runs. Again for each row: what the
   system has taken back in between comes again as somebody reads it. */
void corpora_settle(const struct bench *b, const struct corpus *c);

#endif
