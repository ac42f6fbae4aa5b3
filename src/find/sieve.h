/*
 * sieve.h - where matches may begin, found without the engine of the pattern
 *
 * From what the prefilter knows of a pattern, a scan passes over all places
 * where no match begins; what is left is for the pattern itself to try, or a
 * match by itself if the pattern is nothing but sets of bytes. The scan is made
 * from a sample of the bytes it runs over, again and again, and left out where
 * it would find too many places to be worth it.
 *
 *	place    from          start      behind
 *	         |-- nothing --|  try it  |..
 *
 * Bytes are looked at in mapped windows where the view has them, a batch of
 * places at a time, or where the caller has them in memory.
 *
 * Threads: a sieve belongs to one thread.
 */
#ifndef FIND_SIEVE_H
#define FIND_SIEVE_H

#include "base/base.h"

struct error;
struct job;
struct regex;
struct sieve;
struct view;

enum sifted {
	SIFTED_FAILED,
	SIFTED_BLIND, /* not known: these bytes are not mapped, or are few */
	SIFTED_NONE,  /* go on from behind: > from */
	SIFTED_START, /* none in [from, start); if not there, none before
	                 behind */
	SIFTED_MATCH, /* the next match begins at start and has len bytes */
};

struct sifting {
	uint64_t start;
	uint64_t behind;
	uint64_t floor; /* with NONE: for the next range */
	uint64_t len;
};

/* Where to look. */
struct sieve_range {
	uint64_t from;
	/* floor <= from: no match begins in front of it. Between the two a run
	   may that goes on behind; it is found with its end. */
	uint64_t floor;
	uint64_t limit; /* starts are before it */
	uint64_t end;   /* bytes from here on are not looked at; >= limit */
};

/* Borrows the view and the job, which may be NULL. Nothing is looked at outside
   [start, end). forward: the matches sought are those that one leftmost match
   after another gives, or all. ERR_NOMEM. */
struct sieve *sieve_new(const struct view *view, uint64_t start, uint64_t end,
                        const struct regex *regex, bool forward,
                        struct job *job, struct error *err) MUST_USE;
void sieve_free(struct sieve *sieve); /* NULL is allowed */

/* Is it worth anything here? If not, it may be again after a while. */
bool sieve_is_on(const struct sieve *sieve);

/* Is there a scan, which sieve_bytes() needs? sieve_view() makes one. */
bool sieve_has_scan(const struct sieve *sieve);

/* Is it a scan that would not find what begins between floor and from? */
bool sieve_is_behind(const struct sieve *sieve,
                     const struct sieve_range *range);

/* If so, make *from and *floor where the run begins that goes on at *from. This
   is needed whenever the scan may have changed. ERR_NOMEM, ERR_CANCELLED. */
bool sieve_go_back(struct sieve *sieve, uint64_t *floor, uint64_t *from,
                   struct error *err) MUST_USE;

/* So many bytes in a row are needed to tell of the first. */
size_t sieve_reach(const struct sieve *sieve);

/* Keep so many bytes around starts that are found in mapped windows, from now
   on. ERR_NOMEM. */
bool sieve_keep_nearby(struct sieve *sieve, size_t before, size_t behind,
                       struct error *err) MUST_USE;

/* Those around the start that sieve_view() told of last, or NULL: there are
   none, or not as many without what has no value, or an end of a file, between
   them. */
const unsigned char *sieve_nearby(struct sieve *sieve, uint64_t start);

/* Does sieve_view() know the next start without looking? */
bool sieve_knows(const struct sieve *sieve, const struct sieve_range *range);

/* The end of the mapped bytes around addr in which it knows them; addr or less
   if it does not. */
uint64_t sieve_known(const struct sieve *sieve, uint64_t addr);

/* The next start from range->from on, in mapped bytes of the view. One step: a
   few milliseconds. ERR_NOMEM, ERR_CANCELLED. */
enum sifted sieve_view(struct sieve *sieve, const struct sieve_range *range,
                       struct sifting *out, struct error *err) MUST_USE;

/* The same in `len` bytes that stand at addr; `ends`: no match goes on behind
   them. addr <= range->from < addr + len. */
enum sifted sieve_bytes(struct sieve *sieve, const struct sieve_range *range,
                        uint64_t addr, const unsigned char *bytes, size_t len,
                        bool ends, struct sifting *out,
                        struct error *err) MUST_USE;

/* So many bytes come next, in memory: adapt to what is there, when it is time
   to. ERR_NOMEM. */
bool sieve_adapt(struct sieve *sieve, uint64_t from, size_t len,
                 struct error *err) MUST_USE;

/* What was tried at the last start was no match. */
void sieve_in_vain(struct sieve *sieve);

#endif
