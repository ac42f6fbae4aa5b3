/*
 * sieve.c - see sieve.h
 *
 * A mapped window may go away under the scan (guard.h), and what was seen of a
 * file that became shorter is worth nothing. So places are noted in a batch
 * first, with no lock and no allocation, and only told when the window was let
 * go as it should be. What fails that is left to be read. A batch is small at
 * first, as the first place may be all that is wanted.
 *
 * Which scan is best, and whether any is, depends on the bytes: a sample of
 * them decides, taken anew after four times as many bytes each time. What is
 * sampled, and when, depends on addresses alone, of cells of the space, and not
 * on where files begin: else a space of several would be searched with other
 * scans than the same bytes in one. When more starts than the sample promised
 * are tried in vain, there is no scan until the next sample. While there is
 * none all is slow, so that the next sample comes soon: one bad place must not
 * decide about the quarter of a gigabyte behind it.
 *
 * V1  found[0, count) are, in their order, all places in [judged.from,
 *     judged.to) that fit, for judged.floor
 * V2  found[0, next) are in front of where the last question was about
 */
#include "config.h"

#include "find/sieve.h"

#include <assert.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "edit/inset.h"
#include "find/nearby.h"
#include "find/prefilter.h"
#include "find/sampler.h"
#include "find/scan.h"
#include "find/translate.h"
#include "find/woven.h"
#include "source/guard.h"
#include "source/run.h"
#include "space/view.h"

/* Test builds make them small, so that everything happens in a few bytes. */
#ifndef SIEVE_STEP
#define SIEVE_STEP        ((size_t)4 << 20)   /* mapped at a time, and a cell */
#define SIEVE_LEAST       ((size_t)64 << 10)  /* what is worth being mapped */
#define SIEVE_BATCH       4096                /* places */
#define SIEVE_DENSITY     (1.0 / 128)         /* of starts worth being tried */
#define SIEVE_SAMPLED     ((uint64_t)1 << 20) /* bytes to the next sample */
#define SIEVE_SAMPLED_MAX ((uint64_t)1 << 28)
#define SIEVE_SAMPLED_OFF ((uint64_t)1 << 22) /* the same without a scan */
#define SIEVE_LATE        ((uint64_t)1 << 20) /* bytes that are judged by */
#define SIEVE_BACK        4096 /* read at a time to find where a run begins */
#endif

enum { VAIN = 64 }; /* starts in vain that prove nothing */

/* A place that fits, and the start it stands for: the same without a run. */
struct spot {
	uint64_t start, at;
};

struct sieve {
	const struct view *view; /* borrowed */
	uint64_t start, end;     /* nothing outside is looked at */
	struct job *job;         /* borrowed; may be NULL */
	struct prefilter known;
	bool forward;
	struct scan *scan; /* owned; NULL: none is worth it */
	bool runs;         /* it is for the run form */
	size_t count;      /* bytes that a start needs.. */
	size_t looked;     /* .. of which the scan looks at the first */
	uint64_t left;     /* bytes until the next sample, without a scan */
	uint64_t cell;     /* where the last one was taken.. */
	uint64_t wait;     /* .. and how far away is the next, with one */
	uint64_t period;
	uint64_t passed, vain; /* bytes and starts of late */
	bool has_sampled;
	struct sampler sampler;
	struct {
		uint64_t from, to, floor;
		uint64_t asked; /* where the last question was about */
	} judged;
	/* Where bytes end that are mapped, with others behind; 0: not known. */
	uint64_t mapped_to;
	size_t batch;
	size_t next, found_count;
	struct spot found[SIEVE_BATCH]; /* V1 V2 */
	struct insets insets;           /* of what was mapped last */
	struct nearby nearby;           /* of what was found */
};

/* --- making -------------------------------------------------------------- */

struct sieve *sieve_new(const struct view *view, uint64_t start, uint64_t end,
                        const struct regex *regex, bool forward,
                        struct job *job, struct error *err)
{
	struct sieve *s = mem_zalloc(sizeof(*s), err);

	if (!s)
		return NULL;
	s->view = view;
	s->sampler.view = view;
	s->start = start;
	s->end = end;
	s->job = job;
	s->forward = forward;
	s->period = SIEVE_SAMPLED;
	s->batch = 1;
	if (!prefilter_derive(regex->text, regex->len, regex->flags, &s->known,
	                      err)) {
		sieve_free(s);
		return NULL;
	}
	if (regex->charset_count > 1)
		s->known.is_exact = false;
	return s;
}

void sieve_free(struct sieve *sieve)
{
	if (!sieve)
		return;
	scan_free(sieve->scan);
	sampler_free(&sieve->sampler);
	nearby_free(&sieve->nearby);
	mem_free(sieve);
}

/* Is there anything that it could look for? */
static bool is_able(const struct sieve *s)
{
	return s->known.count > 0 || (s->forward && s->known.run.count > 0);
}

bool sieve_is_on(const struct sieve *sieve)
{
	return sieve->scan || (is_able(sieve) && sieve->left == 0);
}

bool sieve_has_scan(const struct sieve *sieve)
{
	return sieve->scan != NULL;
}

size_t sieve_reach(const struct sieve *sieve)
{
	return sieve->scan ? sieve->count : SCAN_POSITIONS;
}

/* --- choosing a scan ----------------------------------------------------- */

/* How many of the sets leave anything out, or stand in front of one that does.
   Where bytes of edits are, the others would make more to look at. */
static size_t trimmed(const struct byte_set *sets, size_t count)
{
	while (count > 1 && byte_set_count(&sets[count - 1]) == 256)
		count--;
	return count;
}

/* Take a scan for these sets if its starts are rarer than *least. */
static bool offer(struct sieve *s, const struct byte_set *sets, size_t count,
                  bool runs, double *least, struct error *err)
{
	size_t looked = trimmed(sets, count);
	struct scan *scan =
		scan_new(sets, looked, s->sampler.bytes, s->sampler.len, err);

	if (!scan)
		return false;
	if (scan_density(scan) >= *least) {
		scan_free(scan);
		return true;
	}
	scan_free(s->scan);
	s->scan = scan;
	s->runs = runs;
	s->count = count;
	s->looked = looked;
	*least = scan_density(scan);
	return true;
}

/* Take the best scan for the bytes that were sampled, if any is. */
static bool take_scan(struct sieve *s, struct error *err)
{
	const struct prefilter *known = &s->known;
	double least = SIEVE_DENSITY;

	scan_free(s->scan);
	s->scan = NULL;
	s->passed = s->vain = 0;
	s->judged.to = s->judged.from;
	if (known->is_exact) {
		least = 2;
		return offer(s, known->sets, known->min_length, false, &least,
		             err);
	}
	if (known->count > 0 &&
	    !offer(s, known->sets, known->count, false, &least, err))
		return false;
	/* The run form says where a leftmost match begins, and no other. */
	return known->run.count == 0 || !s->forward ||
	       offer(s, known->run.sets, known->run.count, true, &least, err);
}

/* There is a scan now, or there is none: when to take the next sample. */
static void plan(struct sieve *s)
{
	if (s->scan) {
		s->wait = s->period;
		s->period = u64_min(s->period * 4, SIEVE_SAMPLED_MAX);
	} else {
		s->left = SIEVE_SAMPLED_OFF;
		s->period = SIEVE_SAMPLED;
	}
}

/* Is it time for a sample? */
static bool is_due(const struct sieve *s, uint64_t from)
{
	uint64_t cell = from / SIEVE_STEP;
	uint64_t apart = cell > s->cell ? cell - s->cell : s->cell - cell;

	if (!s->scan)
		return s->left == 0;
	return apart > 0 && apart >= s->wait / SIEVE_STEP;
}

/* Of the cell, but the first time of what comes next: cells behind a place are
   not of interest to those who search from there. */
static bool sample(struct sieve *s, uint64_t from, struct error *err)
{
	uint64_t start = from - from % SIEVE_STEP;

	if (!s->has_sampled && s->forward)
		start = from;
	start = u64_max(start, s->start);
	if (!sampler_take(&s->sampler, start,
	                  start + u64_min(SIEVE_STEP, s->end - start), err) ||
	    !take_scan(s, err))
		return false;
	s->has_sampled = true;
	s->cell = from / SIEVE_STEP;
	plan(s);
	return true;
}

static void pass(struct sieve *s, uint64_t bytes)
{
	s->left -= u64_min(s->left, bytes);
	s->passed += bytes;
	/* Many good bytes do not make up for a bad place behind them. */
	while (s->passed > SIEVE_LATE) {
		s->passed /= 2;
		s->vain /= 2;
	}
}

bool sieve_adapt(struct sieve *sieve, uint64_t from, size_t len,
                 struct error *err)
{
	if (!is_able(sieve))
		return true;
	if (is_due(sieve, from))
		return sample(sieve, from, err);
	/* With a scan, what it passes is counted. */
	if (!sieve->scan)
		pass(sieve, len);
	return true;
}

void sieve_in_vain(struct sieve *sieve)
{
	sieve->vain++;
	if (sieve->vain < VAIN ||
	    (double)sieve->vain < 2 * SIEVE_DENSITY * (double)sieve->passed)
		return;
	scan_free(sieve->scan);
	sieve->scan = NULL;
	plan(sieve);
}

/* --- runs ---------------------------------------------------------------- */

/* Where the run that ends in front of `at` begins, but not before `floor`. */
static size_t run_start(const struct sieve *s, const unsigned char *bytes,
                        size_t floor, size_t at)
{
	const struct byte_set *set = &s->known.run.sets[0];

	while (at > floor && byte_set_has(set, bytes[at - 1]))
		at--;
	return at;
}

/* Does the last one of the bytes that were read have a value? If so, *from is
   where the last row of those that have one begins. */
static bool last_readable(const struct runs *runs, size_t *from)
{
	size_t pos = (size_t)runs_len(runs);

	*from = pos;
	for (size_t i = runs->count; i-- > 0;) {
		if (!state_has_bytes(runs->v[i].state))
			break;
		pos -= (size_t)runs->v[i].len;
		*from = pos;
	}
	return *from < runs_len(runs);
}

/* The same for a run of the view that goes on in front of *start. */
static bool run_start_in_view(const struct sieve *s, uint64_t floor,
                              uint64_t *start, struct error *err)
{
	unsigned char bytes[SIEVE_BACK];
	struct runs runs = { 0 };
	bool ok = true;

	while (ok && *start > floor) {
		size_t len = (size_t)u64_min(*start - floor, sizeof(bytes));
		size_t from, at;

		ok = job_goes_on(s->job, err);
		if (!ok)
			break;
		runs_clear(&runs);
		ok = view_read(s->view, *start - len, bytes, len, READ_PLAIN,
		               &runs, err);
		if (!ok || !last_readable(&runs, &from))
			break;
		at = run_start(s, bytes, from, len);
		*start -= len - at;
		if (at > 0)
			break;
	}
	runs_free(&runs);
	return ok;
}

bool sieve_is_behind(const struct sieve *sieve, const struct sieve_range *range)
{
	return range->floor < range->from && !(sieve->scan && sieve->runs);
}

bool sieve_go_back(struct sieve *sieve, uint64_t *floor, uint64_t *from,
                   struct error *err)
{
	struct sieve_range range = { .from = *from, .floor = *floor };

	if (!sieve_is_behind(sieve, &range))
		return true;
	if (!run_start_in_view(sieve, *floor, from, err))
		return false;
	*floor = *from;
	return true;
}

/* --- in mapped windows --------------------------------------------------- */

/* A batch in the making; all in bytes of one window. */
struct sweep {
	struct sieve *s;
	struct woven woven;
	uint64_t addr;
	size_t from, floor, starts;
	size_t len; /* bytes that may be looked at */
	size_t to;  /* behind what was looked at */
};

/* With a byte in front of them, so that no run begins with them. */
static void keep_nearby(struct sweep *w, uint64_t start)
{
	struct nearby *nearby = &w->s->nearby;
	size_t at = (size_t)(start - w->addr);
	const unsigned char *bytes;

	if (at <= nearby->before || at >= w->len ||
	    w->len - at <= nearby->behind || !nearby_wants(nearby, start))
		return;
	bytes = woven_row(&w->woven, at - nearby->before,
	                  nearby->before + nearby->behind);
	if (bytes)
		nearby_keep(nearby, start, bytes);
}

/* In a guard: no lock, no allocation. */
static void sweep(void *arg)
{
	struct sweep *w = arg;
	struct sieve *s = w->s;
	size_t at = w->from;

	s->found_count = 0;
	w->to = w->starts;
	while (s->found_count < s->batch) {
		struct spot *spot = &s->found[s->found_count];

		at = woven_next(&w->woven, at);
		if (at >= w->starts)
			return;
		spot->at = w->addr + at;
		spot->start = w->addr + at;
		if (s->runs)
			spot->start =
				w->addr + woven_run_start(&w->woven,
			                                  &s->known.run.sets[0],
			                                  w->floor, at);
		keep_nearby(w, spot->start);
		s->found_count++;
		at++;
	}
	w->to = at;
}

/* What the view has mapped at range->from, if it is enough to be worth it: of a
   small file, or amid edits, mapping would cost more than reading. Returns how
   many bytes may be looked at; 0: it is not mapped. */
static size_t map(struct sieve *s, const struct sieve_range *range,
                  struct view_map *out)
{
	uint64_t left = range->end - range->from;
	/* The last start that is asked for, and what it needs. */
	size_t most = (size_t)u64_min(range->limit - range->from, SIEVE_STEP) +
	              SCAN_POSITIONS;
	size_t asked = size_max(most, SIEVE_LEAST);

	if (left < s->count || !view_map(s->view, range->from, SIEVE_LEAST,
	                                 asked, &s->insets, out))
		return 0;
	most = size_min(most, s->insets.shown);
	s->mapped_to = 0;
	/* Else the rest is mapped the next time. */
	if (s->insets.shown < asked && !s->insets.is_full)
		s->mapped_to = range->from + most;
	return (size_t)u64_min(most, left);
}

/* Judge what is mapped; false: it says nothing. */
static bool judge_map(struct sieve *s, const struct sieve_range *range,
                      const struct view_map *m, size_t len)
{
	struct sweep w = { .s = s, .addr = range->from, .len = len };

	if (len < s->count)
		return false;
	nearby_clear(&s->nearby);
	w.woven = woven_of(s->scan, s->looked, m->bytes, &s->insets);
	w.starts =
		(size_t)u64_min(len - s->count + 1, range->limit - range->from);
	if (!guard_call(m->bytes, s->insets.len, sweep, &w))
		return false;
	s->judged.from = s->judged.asked = range->from;
	s->judged.to = range->from + w.to;
	s->judged.floor = range->floor;
	s->next = 0;
	return true;
}

/* What is around starts is kept of all of them, or else they would be read one
   by one. */
static size_t batch_max(const struct sieve *s)
{
	return s->nearby.bytes ? size_min(SIEVE_BATCH, NEARBY_STARTS)
	                       : SIEVE_BATCH;
}

/* Judge the next bytes, of a window of the view. */
static enum sifted judge(struct sieve *s, const struct sieve_range *range,
                         struct error *err)
{
	struct view_map m;
	bool judged;
	size_t len;

	s->judged.to = s->judged.from;
	/* Of the few bytes left in a window, nothing can be told. */
	if (range->from < s->mapped_to && s->mapped_to - range->from < s->count)
		return SIFTED_BLIND;
	if (is_due(s, range->from) && !sample(s, range->from, err))
		return SIFTED_FAILED;
	if (!s->scan || sieve_is_behind(s, range))
		return SIFTED_BLIND;
	len = map(s, range, &m);
	if (len == 0)
		return SIFTED_BLIND;
	judged = judge_map(s, range, &m, len);
	if (!view_unmap(&m) || !judged)
		s->judged.to = s->judged.from;
	if (s->judged.to == s->judged.from) {
		nearby_clear(&s->nearby);
		return SIFTED_BLIND;
	}
	pass(s, s->judged.to - s->judged.from);
	s->batch = size_min(s->batch * 2, batch_max(s));
	/* The first run may go on in front of the window. */
	if (s->runs && s->found_count > 0 && s->found[0].start == range->from &&
	    !run_start_in_view(s, range->floor, &s->found[0].start, err)) {
		s->judged.to = s->judged.from;
		return SIFTED_FAILED;
	}
	return SIFTED_NONE;
}

/* A place that fits; false: no match begins there. */
static bool take_spot(const struct sieve *s, const struct spot *spot,
                      uint64_t floor, struct sifting *out)
{
	*out = (struct sifting){
		.start = u64_max(spot->start, floor),
		.behind = spot->at + 1,
		.len = s->known.min_length,
	};
	return !s->runs || spot->at + 1 - out->start >= s->known.run.min;
}

static enum sifted verdict(const struct sieve *s)
{
	return s->known.is_exact ? SIFTED_MATCH : SIFTED_START;
}

/*
 * Nothing more fits before `behind`. At the limit a run may go on: whatever
 * ends it, the first of its starts is the one to try.
 */
static enum sifted none(const struct sieve *s, const struct sieve_range *range,
                        uint64_t behind, struct sifting *out, struct error *err)
{
	*out = (struct sifting){
		.start = behind,
		.behind = behind,
		.floor = s->runs ? range->floor : behind,
	};
	if (!s->runs || behind < range->limit || behind == range->end)
		return SIFTED_NONE;
	if (!run_start_in_view(s, range->floor, &out->start, err))
		return SIFTED_FAILED;
	return out->start < behind ? SIFTED_START : SIFTED_NONE;
}

static bool is_judged(const struct sieve *s, const struct sieve_range *range)
{
	return range->from >= s->judged.asked && range->from < s->judged.to &&
	       range->floor >= s->judged.floor;
}

bool sieve_keep_nearby(struct sieve *sieve, size_t before, size_t behind,
                       struct error *err)
{
	return sieve->known.is_exact ||
	       nearby_init(&sieve->nearby, before, behind, err);
}

const unsigned char *sieve_nearby(struct sieve *sieve, uint64_t start)
{
	return nearby_find(&sieve->nearby, start);
}

bool sieve_knows(const struct sieve *sieve, const struct sieve_range *range)
{
	return is_judged(sieve, range);
}

uint64_t sieve_known(const struct sieve *sieve, uint64_t addr)
{
	return addr >= sieve->judged.asked ? sieve->judged.to : addr;
}

enum sifted sieve_view(struct sieve *sieve, const struct sieve_range *range,
                       struct sifting *out, struct error *err)
{
	assert(range->floor <= range->from && range->from < range->limit &&
	       range->limit <= range->end);
	if (!is_judged(sieve, range)) {
		enum sifted sifted = judge(sieve, range, err);

		if (sifted != SIFTED_NONE)
			return sifted;
	}
	sieve->judged.asked = range->from;
	while (sieve->next < sieve->found_count) {
		const struct spot *spot = &sieve->found[sieve->next];

		if (spot->at >= range->limit)
			break;
		if (spot->at >= range->from &&
		    take_spot(sieve, spot, range->floor, out))
			return verdict(sieve);
		sieve->next++;
	}
	return none(sieve, range, u64_min(sieve->judged.to, range->limit), out,
	            err);
}

/* --- in memory ----------------------------------------------------------- */

/* How many starts have all that they need among these bytes. */
static size_t fitting(const struct sieve *s, size_t len)
{
	return len < s->count ? 0 : len - s->count + 1;
}

/* How many starts are asked for among these bytes, and can be told. */
static size_t starts_of(const struct sieve *s, const struct sieve_range *range,
                        uint64_t addr, size_t len, bool ends)
{
	return (size_t)u64_min(ends ? len : fitting(s, len),
	                       range->limit - addr);
}

enum sifted sieve_bytes(struct sieve *sieve, const struct sieve_range *range,
                        uint64_t addr, const unsigned char *bytes, size_t len,
                        bool ends, struct sifting *out, struct error *err)
{
	size_t starts = starts_of(sieve, range, addr, len, ends);
	size_t end = size_min(starts, fitting(sieve, len));
	size_t from = (size_t)(range->from - addr);
	size_t at = from;
	size_t floor = range->floor > addr ? (size_t)(range->floor - addr) : 0;
	struct spot spot;

	assert(addr <= range->from && from < len);
	if (from >= starts)
		return SIFTED_BLIND;
	while ((at = scan_next(sieve->scan, bytes, len, at)) < end) {
		spot.at = spot.start = addr + at;
		if (sieve->runs)
			spot.start = addr + run_start(sieve, bytes, floor, at);
		if (sieve->runs && spot.start == addr &&
		    !run_start_in_view(sieve, range->floor, &spot.start, err))
			return SIFTED_FAILED;
		if (take_spot(sieve, &spot, range->floor, out)) {
			pass(sieve, at + 1 - from);
			return verdict(sieve);
		}
		at++;
	}
	pass(sieve, starts - from);
	return none(sieve, range, addr + starts, out, err);
}
