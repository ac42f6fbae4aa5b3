/*
 * parallel.h - all matches of a range by several workers, as one would find
 * them
 *
 * The next match is the first that begins at a given place or behind it; a walk
 * goes from each match to the next one behind it. The range is cut into chunks,
 * each worker walks through one as if a walk came to its beginning, and the
 * results are put together so that they are those of one walk through all.
 *
 *	chunk   |--[aa][aa]--|a][aa]------|      walked alone
 *	        |--[aa][aa]-[|a][aa]------|      one walk: the same from [aa] on
 *
 * This holds because the next match depends on nothing but the place it is
 * sought from: matches are not empty, and a walk may look at all of the data,
 * outside its chunk too.
 *
 * Threads: parallel_work() is for as many at a time as there are workers; they
 * wait for each other, and may come late or never. The other functions are for
 * one thread, parallel_result() and parallel_free() for when no worker is left.
 */
#ifndef FIND_PARALLEL_H
#define FIND_PARALLEL_H

#include "base/base.h"

struct error;
struct parallel;

struct parallel_match {
	uint64_t addr, len; /* 0 < len <= PARALLEL_LENGTH */
	unsigned kind;      /* anything up to PARALLEL_KIND */
};

#define PARALLEL_LENGTH UINT32_MAX
#define PARALLEL_KIND   255
#define PARALLEL_CHUNK  ((uint64_t)1 << 24)

/* Is given a match; false: give no more. */
typedef bool parallel_take(void *arg, const struct parallel_match *match);

/*
 * Give the matches of a walk from `from` on that begin before `until`, until
 * take says no. False for a failure, of which the matches before it were given;
 * one that depends on nothing but the place, such as a limit, comes again when
 * the walk is done again. searcher is the worker's own. *seen is how far the
 * chunk was looked at by a walk before, or where it begins: the walk puts it
 * up, so that what there is to count is counted once. Only a match reaches from
 * *seen to a `from` behind it. from <= until.
 */
typedef bool parallel_walk(void *searcher, uint64_t from, uint64_t until,
                           uint64_t *seen, parallel_take *take, void *arg,
                           struct error *err);

/* Where a chunk ends that begins at `from`: it has `most` bytes or fewer, or
   all its matches begin in as many. One call at a time. */
typedef uint64_t parallel_cut(void *arg, uint64_t from, uint64_t most);

struct parallel_plan {
	uint64_t start, end; /* matches begin in it; start <= end */
	uint64_t chunk;      /* the longest, 1 to PARALLEL_CHUNK bytes */
	parallel_cut *cut;
	size_t workers;   /* at least 1 */
	bool overlapping; /* a walk goes on one behind a match's first byte,
	                        not behind its last */
	parallel_walk *walk;
	/* Given all matches in their order, by one worker at a time. */
	parallel_take *take;
	void *arg;
};

/* ERR_NOMEM, ERR_IO. */
struct parallel *parallel_new(const struct parallel_plan *plan,
                              struct error *err) MUST_USE;
void parallel_free(struct parallel *parallel); /* NULL is allowed */

/* Take part until nothing is left to be begun. Blocks. */
void parallel_work(struct parallel *parallel, void *searcher);

/* False: the walk failed, as one walk would have; the matches before that were
   given. True too when take said no. */
bool parallel_result(const struct parallel *parallel,
                     struct error *err) MUST_USE;

#endif
