/*
 * bench.h - what the measuring programs share
 *
 * A program here measures when its argument is "full", and prints a table in
 * Markdown for doc/benchmarks.md. Without it, as `make check` runs it, it does
 * the same once with little data, to see that it works; its numbers then mean
 * nothing, and none is compared with anything.
 *
 * What is compared is measured in turns, one after the other and again, so
 * that a busy machine is busy for all of them. Ratios are taken within a turn,
 * and of times and ratios the median is shown.
 *
 * Threads: each program has one of its own.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include "base/base.h"

enum { BENCH_TURNS = 64 }; /* at most */

struct bench {
	bool full;
	size_t turns;      /* 1 unless full */
	char folder[4096]; /* for the data, with an absolute path */
	const char *rows;  /* part of the names of those to measure, or NULL */
};

/* The data are in $HEXSPAN_BENCH_DIR/hexspan-bench, or bench-data in the
   working directory: those of full runs in one folder, since they are large,
   those of others in one for each program. Exits on a wrong command line. */
void bench_begin(struct bench *b, const char *name, size_t turns, int argc,
                 char **argv);
/* The same for a program of which some rows can be measured alone: behind
   "full", part of their names may stand. */
void bench_begin_rows(struct bench *b, const char *name, size_t turns, int argc,
                      char **argv);
/* Is this row of this kind to be measured? */
bool bench_wants(const struct bench *b, const char *kind, const char *row);
/* Removes the data unless full; those stay until `make clean-bench`. */
void bench_end(const struct bench *b);

/* End with status 1 and a message; with the text of errno if it is set. */
_Noreturn void bench_fail(const char *fmt, ...) PRINTF_LIKE(1, 2);

uint64_t bench_now(void); /* ns */
uint64_t bench_cpu(void); /* ns that this process has computed */
uint64_t bench_random(uint64_t *state);

/* What was measured of one thing in each turn. */
struct sample {
	double v[BENCH_TURNS];
	size_t count;
};

void sample_add(struct sample *s, double value);
double sample_median(const struct sample *s);
double sample_max(const struct sample *s);
/* The median of a[i] / b[i]. */
double sample_ratio(const struct sample *a, const struct sample *b);

/* The path of a file in the data folder. */
struct bench_path {
	char s[4200];
};
struct bench_path bench_path(const struct bench *b, const char *name);

/* Make a file of `len` random bytes, unless it is there with that size, and
   see that it is on the disk. */
void bench_file(const char *path, uint64_t len);

/* Make `count` files of 1 KiB in the data folder, and a file of their names;
   the path of that is returned. */
struct bench_path bench_files(const struct bench *b, size_t count);

#endif
