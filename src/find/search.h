/*
 * search.h - the matches of a pattern in a view
 *
 * A search runs over a range cut out of the space. Inside it every run of
 * readable bytes is a subject of its own, across segments: ^ $ \A \z \b and
 * lookarounds see its ends and nothing beyond. Bytes without values end a run
 * and never match; they are counted. What is found is what PCRE2 finds in the
 * run as a whole (pattern.h), however long, wherever windows end.
 *
 *	| run       | bad | run           |(gap)|
 *	^           $     ^               $
 *
 * Threads: any; made for jobs.
 */
#ifndef FIND_SEARCH_H
#define FIND_SEARCH_H

#include <stdatomic.h>

#include "base/base.h"

struct error;
struct job;
struct pattern;
struct view;

/* Addresses that are `rest` modulo `step` (0: any), counted from `base`, or
   from the start of their segment. rest < step. */
struct alignment {
	uint64_t step, rest;
	bool has_base;
	uint64_t base;
};

struct search_options {
	uint64_t start, end; /* the range; start <= end <= size of the view */
	/* Forward: matches begin here or later. Backward: before it. In the
	   range. */
	uint64_t from;
	/* Forward: attempts begin before it; 0: before the end. */
	uint64_t until;
	bool overlapping;       /* each address where a match begins, once */
	struct alignment align; /* of matches; what is left out takes no room */
	uint64_t max;           /* stop after as many; 0: never */
};

struct match {
	uint64_t addr, len; /* len > 0 */
	size_t charset;     /* for pattern_charset() */
};

/* Bytes of the range that were looked at, and that were there but could not be:
   bad, not tried, missing. Gaps are neither. */
struct search_totals {
	uint64_t searched, skipped;
};

/* Is given a match; returns false to stop the search. */
typedef bool search_take(void *arg, const struct match *match);

/*
 * Give all matches from options->from on, in address order, as they come. True
 * also when there is none. `job` may be NULL: cannot be cancelled, no progress.
 * ERR_LIMIT: a start takes too many steps, or a match is longer than 64 MiB;
 * the error has its address, and the matches before it were given.
 * ERR_CANCELLED ERR_NOMEM. *totals is set in any case.
 */
bool search_all(const struct view *view, struct pattern *pattern,
                const struct search_options *options, struct job *job,
                search_take *take, void *arg, struct search_totals *totals,
                struct error *err) MUST_USE;

/*
 * A searcher walks over one view again and again, for team.h. The options are
 * copied, of which it heeds start, end, overlapping and align; view, pattern
 * and stop are borrowed. When *stop becomes true a walk ends with
 * ERR_CANCELLED. ERR_NOMEM.
 */
struct searcher;
struct searcher *searcher_new(const struct view *view, struct pattern *pattern,
                              const struct search_options *options,
                              const atomic_bool *stop,
                              struct error *err) MUST_USE;
void searcher_free(struct searcher *searcher); /* NULL is allowed */
/* Progress and cancel by this job from now on. */
void searcher_set_job(struct searcher *searcher, struct job *job);
/* Of all its walks. Borrowed. */
const struct search_totals *searcher_totals(const struct searcher *searcher);

/* Give the matches that begin in [from, until), as search_all(). Bytes count as
   searched or skipped that stand at *seen or behind it, which goes up. */
bool searcher_walk(struct searcher *searcher, uint64_t from, uint64_t until,
                   uint64_t *seen, search_take *take, void *arg,
                   struct error *err) MUST_USE;

/*
 * Find a match once more that a search with the same range gave, for its
 * groups. Best in the order of addresses. ERR_CHANGED: the bytes are no longer
 * those that matched; ERR_LIMIT ERR_CANCELLED ERR_NOMEM.
 */
bool searcher_again(struct searcher *searcher, const struct match *match,
                    struct error *err) MUST_USE;

/* The bytes of a group of the match that was found again, 0 being all of it; no
   byte when the group took no part. Borrowed until the next one. */
const unsigned char *searcher_group(const struct searcher *searcher,
                                    size_t group, size_t *len);

/* The end of what a walk from `from` passes without looking at all of it, if
   that is more than `least` bytes; else `from`. */
uint64_t searcher_passes(const struct searcher *searcher, uint64_t from,
                         uint64_t least);

/* The first match from options->from on, or ERR_NO. */
bool search_next(const struct view *view, struct pattern *pattern,
                 const struct search_options *options, struct job *job,
                 struct match *out, struct search_totals *totals,
                 struct error *err) MUST_USE;

/*
 * The match that begins last before options->from, overlapping ones included;
 * ERR_NO: none.
 */
bool search_prev(const struct view *view, struct pattern *pattern,
                 const struct search_options *options, struct job *job,
                 struct match *out, struct search_totals *totals,
                 struct error *err) MUST_USE;

#endif
