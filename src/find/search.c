/*
 * search.c - see search.h
 *
 * A seeker tries attempts at ascending addresses. Bytes come to it in private
 * windows; what a window lacks behind its end, PCRE2 says by itself (a partial
 * match), and the window is filled anew from where that began, and made larger
 * if it began there already. In front of an attempt a window keeps what the
 * pattern may look back at. So there are no seams, and nothing is known here of
 * what a pattern is made of.
 *
 * PCRE2 cannot be stopped while it runs, so it is given a slice of starts at a
 * time: a slice that took long makes the next one shorter. Slices change
 * nothing in what is found.
 *
 * Most places are passed over by a sieve (sieve.h), mostly in mapped windows;
 * then a private window stands around each start that is tried, a small one
 * while such starts are rare.
 */
#include "config.h"

#include "find/search.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "find/pattern.h"
#include "find/search_impl.h"
#include "find/sieve.h"
#include "space/view.h"

enum {
	SLICE_FIRST = 64, /* starts that are tried at a time */
	SLICE_MAX = 1 << 14,
	SLICE_QUICK = 250000, /* ns */
	SLICE_SLOW = 1000000,
	PROBE_HISTORY_MAX = 1 << 16,
	ALIGNED_NEAR = 8,
};

/* --- beginning and end --------------------------------------------------- */

/* Try the pattern amid zeros: unless it wants to see more of them or matches,
   it does not match amid any zeros. */
static bool probe_zeros(struct seeker *s, struct error *err)
{
	size_t history = pattern_history(s->pattern);
	struct match_at at;
	unsigned char *zeros;

	if (history > PROBE_HISTORY_MAX)
		return true;
	zeros = mem_zalloc(history + SEARCH_PROBE + (size_t)2 * MATCHER_SLACK,
	                   err);
	if (!zeros)
		return false;
	s->passes_zeros = matcher_find(s->matcher, zeros + MATCHER_SLACK,
	                               history + SEARCH_PROBE, history, history,
	                               MATCHER_INSIDE | MATCHER_PARTIAL,
	                               &at) == MATCHED_NO;
	mem_free(zeros);
	return true;
}

bool seeker_begin(struct seeker *s, struct error *err)
{
	*s->totals = (struct search_totals){ 0 };
	s->slice = SLICE_FIRST;
	s->span = SEARCH_SPAN;
	s->matcher = matcher_new(s->pattern, err);
	s->sieve = s->matcher ? sieve_new(s->view, s->options->start,
	                                  s->options->end,
	                                  pattern_regex(s->pattern), s->forward,
	                                  s->job, err)
	                      : NULL;
	return s->sieve &&
	       sieve_keep_nearby(s->sieve, pattern_history(s->pattern),
	                         SEARCH_SPAN + 1, err) &&
	       probe_zeros(s, err);
}

void seeker_end(struct seeker *s)
{
	matcher_free(s->matcher);
	sieve_free(s->sieve);
	runs_free(&s->runs);
	mem_free(s->window.memory);
}

/* --- attempts ------------------------------------------------------------ */

/* The slices to come, after one that took so long. */
static void adapt_slice(struct seeker *s, uint64_t ns)
{
	if (ns < SLICE_QUICK && s->slice < SLICE_MAX)
		s->slice *= 2;
	else if (ns > SLICE_SLOW)
		s->slice = size_max((size_t)(s->slice * SLICE_SLOW / ns), 1);
}

static unsigned flags_of(const struct window *w)
{
	return (w->begins ? 0u : MATCHER_INSIDE) |
	       (w->ends ? 0u : MATCHER_PARTIAL);
}

/* One call of the matcher for attempts in [at, *last] of the window; *last may
   become less. */
static enum matched attempt(struct seeker *s, size_t at, size_t *last,
                            struct match_at *out)
{
	const struct window *w = &s->window;
	size_t reach = pattern_regex(s->pattern)->reach;
	unsigned flags = flags_of(w);
	bool is_slice = *last > at;
	uint64_t began = is_slice ? sys_now() : 0;
	enum matched matched;

	/* What cannot see the window's end needs no code that looks for it,
	   which is slower. */
	if (!w->ends && reach < w->shown - at) {
		*last = size_min(*last, w->shown - 1 - reach);
		flags &= ~(unsigned)MATCHER_PARTIAL;
	}
	matched = matcher_find(s->matcher, w->bytes, w->shown, at, *last, flags,
	                       out);
	if (is_slice)
		adapt_slice(s, sys_now() - began);
	return matched;
}

/* Does the attempt at `at` fail, and not the one behind it? */
static bool fails_alone(struct seeker *s, size_t at)
{
	const struct window *w = &s->window;
	struct match_at ignored;

	if (pattern_is_utf(s->pattern) && is_inside_character(w->bytes[at]))
		return false;
	/* The code for whole data never goes further than it is told. */
	return matcher_find(s->matcher, w->bytes, w->shown, at, at,
	                    flags_of(w) & ~(unsigned)MATCHER_PARTIAL,
	                    &ignored) == MATCHED_FAILED;
}

/* Which of the attempts in [at, last] of the window fails, and say so. */
static bool failed(struct seeker *s, size_t at, size_t last, struct error *err)
{
	struct match_at ignored;
	size_t high = last;
	uint64_t addr;

	while (at < high) {
		size_t middle = at + (high - at) / 2;

		if (seeker_is_cancelled(s))
			return error_set(err, ERR_CANCELLED, "cancelled");
		if (attempt(s, at, &middle, &ignored) == MATCHED_FAILED)
			high = middle;
		else
			at = middle + 1;
	}
	for (size_t i = 0; i <= 4 && i <= last - at; i++)
		if (fails_alone(s, at + i)) {
			at += i;
			break;
		}
	addr = s->window.addr + at;
	error_set(err, ERR_LIMIT, "stopped at 0x%" PRIx64 ": %s", addr,
	          matcher_problem(s->matcher));
	return error_add_addr(err, addr);
}

static bool too_long(uint64_t addr, struct error *err)
{
	error_set(err, ERR_LIMIT,
	          "stopped at 0x%" PRIx64
	          ": what may match there is longer than %zu MiB",
	          addr, (size_t)SEARCH_WINDOW_MAX >> 20);
	return error_add_addr(err, addr);
}

static void take_match(const struct seeker *s, const struct match_at *at,
                       struct match *out)
{
	*out = (struct match){ .addr = s->window.addr + at->start,
		               .len = at->end - at->start,
		               .charset = at->charset };
}

/*
 * Try attempts in the window from *at on, before `until`; *at goes behind those
 * that were tried. *want is 0, or how many bytes are needed from *at on. False
 * without an error: no match there.
 */
static bool try_window(struct seeker *s, uint64_t *at, uint64_t until,
                       size_t *want, struct match *out, struct error *err)
{
	struct window *w = &s->window;
	size_t first = (size_t)(*at - w->addr);
	size_t last = (size_t)u64_min(w->shown - 1, until - 1 - w->addr);
	struct match_at hit;

	err->code = ERR_NONE;
	*want = 0;
	if (last - first >= s->slice)
		last = first + s->slice - 1;
	if (pattern_is_utf(s->pattern))
		while (first <= last && is_inside_character(w->bytes[first]))
			first++;
	*at = w->addr + first;
	if (first > last)
		return false;
	switch (attempt(s, first, &last, &hit)) {
	case MATCHED_YES:
		if (hit.end - hit.start > SEARCH_WINDOW_MAX)
			return too_long(w->addr + hit.start, err);
		take_match(s, &hit, out);
		return true;
	case MATCHED_NO:
		*at = w->addr + last + 1;
		return false;
	case MATCHED_PARTIAL:
		*at = w->addr + hit.start;
		*want = w->want;
		if (*at > w->point)
			return false;
		if (w->want >= SEARCH_WINDOW_MAX)
			return too_long(*at, err);
		*want = size_min(w->want * 2, SEARCH_WINDOW_MAX);
		return false;
	default:
		return failed(s, first, last, err);
	}
}

static bool holds(const struct window *w, uint64_t at)
{
	return w->len > 0 && at >= w->point && at - w->addr < w->shown;
}

/* Have a window of `size` bytes from `at` on, if there is none. False without
   an error: nothing begins in front of *next. */
static bool hold(struct seeker *s, uint64_t at, size_t size, uint64_t *next,
                 struct error *err)
{
	const struct window *w = &s->window;

	if (holds(w, at))
		return true;
	err->code = ERR_NONE;
	if (size <= SEARCH_SPAN_MAX && seeker_take_kept(s, at, err))
		return true;
	if (err->code != ERR_NONE || !seeker_fill(s, at, size, next, err))
		return false;
	if (size < SEARCH_SPAN_MAX ||
	    sieve_adapt(s->sieve, at, w->shown - (size_t)(at - w->addr), err))
		return true;
	s->window.len = 0;
	return false;
}

/* Try the attempts from *at on that one window has, before `until`; *at goes
   behind them. False without an error: no match there. */
static bool try_starts(struct seeker *s, uint64_t *at, uint64_t until,
                       size_t size, struct match *out, struct error *err)
{
	uint64_t next = *at;
	size_t want;

	if (!hold(s, *at, size, &next, err)) {
		if (err->code == ERR_NONE)
			*at = next;
		return false;
	}
	while (!try_window(s, at, until, &want, out, err)) {
		if (err->code != ERR_NONE || want == 0 || *at >= until)
			return false;
		if (seeker_is_cancelled(s))
			return error_set(err, ERR_CANCELLED, "cancelled");
		if (want == SEARCH_SPAN && seeker_take_kept(s, *at, err))
			continue;
		if (err->code != ERR_NONE ||
		    !seeker_fill(s, *at, want, &next, err)) {
			if (err->code == ERR_NONE)
				*at = next;
			return false;
		}
	}
	return true;
}

/* Without the sieve. */
static bool try_plainly(struct seeker *s, uint64_t *at, uint64_t *floor,
                        struct match *out, struct error *err)
{
	bool found = try_starts(s, at, s->limit, SEARCH_WINDOW, out, err);

	*floor = *at;
	return found;
}

/* Where the next match may begin, by what is in the window, or mapped, or in a
   new window. NONE goes for bytes that cannot be read too. */
static enum sifted sift(struct seeker *s, const struct sieve_range *range,
                        struct sifting *out, struct error *err)
{
	const struct window *w = &s->window;
	size_t size = SEARCH_SPAN_MAX;
	enum sifted sifted = SIFTED_BLIND;

	if (holds(w, range->from) && sieve_has_scan(s->sieve) &&
	    !sieve_knows(s->sieve, range))
		sifted = sieve_bytes(s->sieve, range, w->addr, w->bytes,
		                     w->shown, w->ends, out, err);
	if (sifted != SIFTED_BLIND)
		return sifted;
	sifted = sieve_view(s->sieve, range, out, err);
	if (sifted != SIFTED_BLIND) {
		s->is_mapped = true;
		return sifted;
	}
	/* Between two mapped windows a few bytes do. */
	if (s->is_mapped)
		size = SEARCH_SPAN;
	s->is_mapped = false;
	size = size_max(size, 2 * sieve_reach(s->sieve));
	s->window.len = 0;
	if (!hold(s, range->from, size, &out->behind, err)) {
		out->floor = out->behind;
		return err->code == ERR_NONE ? SIFTED_NONE : SIFTED_FAILED;
	}
	if (!sieve_has_scan(s->sieve) || sieve_is_behind(s->sieve, range))
		return SIFTED_BLIND;
	return sieve_bytes(s->sieve, range, w->addr, w->bytes, w->shown,
	                   w->ends, out, err);
}

/* A start that is to be tried: close ones get longer windows. */
static void adapt_span(struct seeker *s, uint64_t start)
{
	uint64_t apart = start - u64_min(s->last_start, start);

	s->last_start = start;
	if (apart < SEARCH_CLOSE)
		s->span = size_min(s->span * 2, SEARCH_SPAN_MAX);
	else if (apart > SEARCH_FAR)
		s->span = size_max(s->span / 2, SEARCH_SPAN);
}

/* Go on from *at to the next start that the sieve knows, and try it. The two
   are those of a struct sieve_range. */
static bool try_sifted(struct seeker *s, uint64_t *at, uint64_t *floor,
                       struct match *out, struct error *err)
{
	struct sieve_range range = {
		.from = *at,
		.floor = *floor,
		.limit = s->limit,
		.end = s->options->end,
	};
	struct sifting found;

	err->code = ERR_NONE;
	switch (sift(s, &range, &found, err)) {
	case SIFTED_NONE:
		seeker_say_progress(s, found.behind);
		seeker_count_searched(s, found.behind);
		*at = found.behind;
		*floor = found.floor;
		return false;
	case SIFTED_MATCH:
		seeker_count_searched(s, found.start + found.len);
		*out = (struct match){
			.addr = found.start,
			.len = found.len,
		};
		return true;
	case SIFTED_START:
		seeker_count_searched(s, found.start);
		adapt_span(s, found.start);
		*at = found.start;
		if (try_starts(s, at, found.start + 1, s->span, out, err))
			return true;
		sieve_in_vain(s->sieve);
		*at = *floor = u64_max(*at, found.behind);
		return false;
	case SIFTED_BLIND:
		return !sieve_is_behind(s->sieve, &range) &&
		       try_plainly(s, at, floor, out, err);
	case SIFTED_FAILED:
		break;
	}
	return false;
}

bool seeker_seek(struct seeker *s, uint64_t at, struct match *out,
                 struct error *err)
{
	uint64_t floor = at;

	while (at < s->limit) {
		if (seeker_is_cancelled(s))
			return error_set(err, ERR_CANCELLED, "cancelled");
		if (floor < at && !sieve_go_back(s->sieve, &floor, &at, err))
			return false;
		if (sieve_is_on(s->sieve)
		            ? try_sifted(s, &at, &floor, out, err)
		            : try_plainly(s, &at, &floor, out, err))
			return true;
		if (err->code != ERR_NONE)
			return false;
	}
	return error_set(err, ERR_NO, "no match");
}

/* --- what is asked for --------------------------------------------------- */

uint64_t seeker_to_aligned(const struct seeker *s, uint64_t addr)
{
	const struct alignment *align = &s->options->align;
	uint64_t at, wanted;

	if (align->step <= 1)
		return 0;
	if (!align->has_base)
		addr = space_locate(view_space(s->view), addr).off;
	at = addr % align->step;
	wanted = align->has_base ? align->base % align->step : 0;
	/* (base + rest - at) mod step, where nothing can overflow */
	wanted = align->rest < align->step - wanted
	                 ? wanted + align->rest
	                 : align->rest - (align->step - wanted);
	return wanted >= at ? wanted - at : align->step - (at - wanted);
}

uint64_t seeker_pass_unaligned(struct seeker *s, uint64_t addr, uint64_t away)
{
	const struct window *w = &s->window;
	uint64_t known, run;

	/* That is sooner tried than known. */
	if (away < ALIGNED_NEAR)
		return addr + 1;
	known = holds(w, addr) ? w->addr + w->shown
	                       : sieve_known(s->sieve, addr);
	if (known <= addr)
		return addr + 1;
	run = space_locate(view_space(s->view), addr).run;
	addr += u64_min(u64_min(away, run), known - addr);
	seeker_count_searched(s, addr);
	return addr;
}

struct seeker seeker_of(const struct view *view, struct pattern *pattern,
                        const struct search_options *options, struct job *job,
                        struct search_totals *totals)
{
	assert(options->start <= options->end &&
	       options->end <= view_size(view));
	assert(options->from >= options->start &&
	       options->from <= options->end);
	return (struct seeker){
		.view = view,
		.options = options,
		.pattern = pattern,
		.job = job,
		.totals = totals,
		.limit = options->until ? u64_min(options->until, options->end)
		                        : options->end,
		.counted = options->from,
	};
}

/* Give all matches from `at` on, before the limit. */
static bool give_all(struct seeker *s, uint64_t at, search_take *take,
                     void *arg, struct error *err)
{
	bool overlapping = s->options->overlapping;
	struct match hit;

	while (seeker_seek(s, at, &hit, err)) {
		uint64_t away = seeker_to_aligned(s, hit.addr);

		if (away > 0) {
			at = seeker_pass_unaligned(s, hit.addr, away);
			continue;
		}
		if (!take(arg, &hit))
			return true;
		at = hit.addr + (overlapping ? 1 : hit.len);
	}
	return err->code == ERR_NO;
}

/* Takes no more than so many. */
struct limited {
	search_take *take;
	void *arg;
	uint64_t left; /* 0: without a limit */
};

static bool take_limited(void *arg, const struct match *match)
{
	struct limited *limited = arg;

	return limited->take(limited->arg, match) && --limited->left != 0;
}

bool search_all(const struct view *view, struct pattern *pattern,
                const struct search_options *options, struct job *job,
                search_take *take, void *arg, struct search_totals *totals,
                struct error *err)
{
	struct seeker s = seeker_of(view, pattern, options, job, totals);
	struct limited limited = { take, arg, options->max };
	bool ok;

	s.forward = true;
	ok = seeker_begin(&s, err) &&
	     give_all(&s, options->from, take_limited, &limited, err);
	seeker_end(&s);
	return ok;
}

/* --- searchers ----------------------------------------------------------- */

struct searcher {
	struct seeker seeker;
	struct search_options options;
	struct search_totals totals;
};

struct searcher *searcher_new(const struct view *view, struct pattern *pattern,
                              const struct search_options *options,
                              const atomic_bool *stop, struct error *err)
{
	struct searcher *x = mem_zalloc(sizeof(*x), err);

	if (!x)
		return NULL;
	x->options = *options;
	x->seeker = seeker_of(view, pattern, &x->options, NULL, &x->totals);
	x->seeker.forward = true;
	x->seeker.stop = stop;
	if (!seeker_begin(&x->seeker, err)) {
		searcher_free(x);
		return NULL;
	}
	return x;
}

void searcher_free(struct searcher *searcher)
{
	if (!searcher)
		return;
	seeker_end(&searcher->seeker);
	mem_free(searcher);
}

void searcher_set_job(struct searcher *searcher, struct job *job)
{
	searcher->seeker.job = job;
}

const struct search_totals *searcher_totals(const struct searcher *searcher)
{
	return &searcher->totals;
}

/* The window goes: what is in it was counted for another walk. */
bool searcher_walk(struct searcher *searcher, uint64_t from, uint64_t until,
                   uint64_t *seen, search_take *take, void *arg,
                   struct error *err)
{
	struct seeker *s = &searcher->seeker;
	bool ok;

	s->limit = until;
	s->counted = *seen;
	s->window.len = 0;
	seeker_count_searched(s, from);
	ok = give_all(s, from, take, arg, err);
	*seen = s->counted;
	return ok;
}

/* Without the sieve, which knows no groups. What may match here depends on the
   bytes around alone, so the attempt has the answer that it had. */
bool searcher_again(struct searcher *searcher, const struct match *match,
                    struct error *err)
{
	struct seeker *s = &searcher->seeker;
	uint64_t at = match->addr;
	struct match hit;

	s->limit = at + 1;
	adapt_span(s, at);
	while (at < s->limit) {
		if (seeker_is_cancelled(s))
			return error_set(err, ERR_CANCELLED, "cancelled");
		if (try_starts(s, &at, s->limit, s->span, &hit, err)) {
			if (hit.len == match->len)
				return true;
			break;
		}
		if (err->code != ERR_NONE)
			return false;
	}
	error_set(err, ERR_CHANGED,
	          "the bytes at 0x%" PRIx64 " changed while they were sought",
	          match->addr);
	return error_add_addr(err, match->addr);
}

const unsigned char *searcher_group(const struct searcher *searcher,
                                    size_t group, size_t *len)
{
	const struct seeker *s = &searcher->seeker;
	size_t start, end;

	matcher_group(s->matcher, group, &start, &end);
	*len = end - start;
	return s->window.bytes + start;
}

uint64_t searcher_passes(const struct searcher *searcher, uint64_t from,
                         uint64_t least)
{
	const struct seeker *s = &searcher->seeker;
	uint64_t end;
	enum state state = view_stretch(s->view, from, &end);

	end = u64_min(end, s->options->end);
	if (!state_has_bytes(state) && end - from > least)
		return end;
	if (state == STATE_HOLE && s->passes_zeros &&
	    end - from > SEARCH_PROBE && end - from - SEARCH_PROBE > least)
		return end - SEARCH_PROBE;
	return from;
}

/* The match that was taken. */
struct taken {
	struct match match;
	bool found;
};

static bool take_first(void *arg, const struct match *match)
{
	struct taken *taken = arg;

	taken->match = *match;
	taken->found = true;
	return false;
}

bool search_next(const struct view *view, struct pattern *pattern,
                 const struct search_options *options, struct job *job,
                 struct match *out, struct search_totals *totals,
                 struct error *err)
{
	struct taken taken = { .found = false };

	if (!search_all(view, pattern, options, job, take_first, &taken, totals,
	                err))
		return false;
	if (!taken.found)
		return error_set(err, ERR_NO, "no match");
	*out = taken.match;
	return true;
}
