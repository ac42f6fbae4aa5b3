/*
 * search_impl.h - the inside of a search, for the files that make it up
 *
 *	search_window.c { bytes in private windows }
 *	    --> search.c { attempts, and all matches forward }
 *	        --> search_back.c { the last match before an address }
 *
 * Threads: a seeker belongs to one thread.
 */
#ifndef FIND_SEARCH_IMPL_H
#define FIND_SEARCH_IMPL_H

#include <stdatomic.h>

#include "base/base.h"
#include "source/run.h"

struct error;
struct job;
struct match;
struct matcher;
struct pattern;
struct search_options;
struct search_totals;
struct sieve;
struct view;

/* Test builds make them small, so that every match crosses windows. */
#ifndef SEARCH_WINDOW
#define SEARCH_WINDOW     ((size_t)1 << 20)
#define SEARCH_WINDOW_MAX ((size_t)64 << 20)
#define SEARCH_BLOCK      ((uint64_t)1 << 16) /* of a backward search */
#define SEARCH_BLOCK_MAX  ((uint64_t)1 << 22)
#define SEARCH_PROBE      ((size_t)4096)
#define SEARCH_SPAN       ((size_t)512) /* around a start */
#define SEARCH_SPAN_MAX   ((size_t)1 << 18)
#define SEARCH_CLOSE      8192  /* starts less apart make longer ones */
#define SEARCH_FAR        32768 /* and more, shorter */
#endif

/* W1 to W4 stand in search_window.c. */
struct window {
	unsigned char *memory; /* owned: the bytes amid MATCHER_SLACK others */
	unsigned char *bytes;
	size_t cap;
	uint64_t addr;
	size_t len;     /* 0: empty */
	size_t shown;   /* what may be matched */
	bool begins;    /* the run begins at addr */
	bool ends;      /* the run ends at addr + len */
	uint64_t point; /* what it was filled for */
	size_t want;    /* and how many bytes were asked for from there */
};

struct seeker {
	const struct view *view;
	const struct search_options *options;
	struct pattern *pattern; /* borrowed */
	struct job *job;         /* borrowed; may be NULL */
	const atomic_bool *stop; /* borrowed; may be NULL */
	struct matcher *matcher; /* owned */
	struct sieve *sieve;     /* owned */
	struct runs runs;
	struct window window;
	struct search_totals *totals;
	uint64_t limit;   /* attempts begin before it */
	uint64_t counted; /* totals hold what is in front of it */
	size_t slice;
	size_t span;         /* of a window around a start of the sieve */
	uint64_t last_start; /* of these */
	bool is_mapped;      /* the sieve has seen the last bytes mapped */
	bool forward;
	/* No match begins where the bytes from `history` in front up to
	   SEARCH_PROBE behind are zeros. */
	bool passes_zeros;
};

/* --- search_window.c --- */

/* Of a byte of UTF-8, or where it should be. PCRE2 goes over them to where a
   next attempt begins, but would begin at one if told to. */
static inline bool is_inside_character(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Is there a job, or another reason, and is it to stop? */
bool seeker_is_cancelled(const struct seeker *s);

void seeker_say_progress(const struct seeker *s, uint64_t at);

/* Bytes in front of `to` that were not counted yet have been looked at. */
void seeker_count_searched(struct seeker *s, uint64_t to);

/*
 * Fill the window for attempts from `at` on with `want` bytes from there. False
 * without an error: nothing begins in front of *next.
 */
bool seeker_fill(struct seeker *s, uint64_t at, size_t want, uint64_t *next,
                 struct error *err);

/* The same with SEARCH_SPAN bytes that the sieve has kept around a start.
   False: it has none. ERR_NOMEM. */
bool seeker_take_kept(struct seeker *s, uint64_t at, struct error *err);

/* --- search.c --- */

/* Borrows all; seeker_begin() makes what it owns, seeker_end() lets it go. */
struct seeker seeker_of(const struct view *view, struct pattern *pattern,
                        const struct search_options *options, struct job *job,
                        struct search_totals *totals);
bool seeker_begin(struct seeker *s, struct error *err) MUST_USE;
void seeker_end(struct seeker *s); /* also after it did not begin */

/* The first match that begins in [at, s->limit). False and ERR_NO:
   there is none. */
bool seeker_seek(struct seeker *s, uint64_t at, struct match *out,
                 struct error *err);

/* How far it is from addr to the next address where the options allow a match,
   if all were of its segment; 0: it is one. */
uint64_t seeker_to_aligned(const struct seeker *s, uint64_t addr);
/* Where to go on behind a match that was found so far `away` from there, > 0:
   as far as bytes are known to have values, none begins that is allowed. */
uint64_t seeker_pass_unaligned(struct seeker *s, uint64_t addr, uint64_t away);

#endif
