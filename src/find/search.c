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
 *
 * Backward is forward in blocks, from the cursor down.
 *
 * Invariants of a window that is not empty:
 *
 *   W1  bytes[0, len) are the values at addr of one run of readable bytes
 *   W2  addr is the run's start, or history bytes or more in front of point
 *   W3  addr <= point < addr + shown; shown <= len, and less unless the run
 *       ends there
 *   W4  with flag u, bytes[0, shown) does not end inside a character, unless
 *       the run ends there
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
#include "find/sieve.h"
#include "space/view.h"

/* Test builds make them small, so that every match crosses windows. */
#ifndef SEARCH_WINDOW
#define SEARCH_WINDOW     ((size_t)1 << 20)
#define SEARCH_WINDOW_MAX ((size_t)64 << 20)
#define SEARCH_BLOCK      ((uint64_t)1 << 16) /* of a backward search */
#define SEARCH_BLOCK_MAX  ((uint64_t)1 << 22)
#define SEARCH_PROBE      ((size_t)4096)
#define SEARCH_SPAN       ((size_t)512) /* around a start */
#define SEARCH_SPAN_MAX   ((size_t)1 << 18)
#endif

enum {
	SLICE_FIRST = 4096, /* starts that are tried at a time */
	SLICE_MAX = 1 << 16,
	SLICE_QUICK = 1000000, /* ns */
	SLICE_SLOW = 5000000,
	PROBE_HISTORY_MAX = 1 << 16,
	SPANS_CLOSE = 2, /* starts less spans apart make them longer */
	SPANS_FAR = 4,   /* and more, shorter */
};

struct window {
	unsigned char *bytes; /* owned */
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
	zeros = mem_zalloc(history + SEARCH_PROBE, err);
	if (!zeros)
		return false;
	s->passes_zeros =
		matcher_find(s->matcher, zeros, history + SEARCH_PROBE, history,
	                     history, MATCHER_INSIDE | MATCHER_PARTIAL,
	                     &at) == MATCHED_NO;
	mem_free(zeros);
	return true;
}

static bool begin(struct seeker *s, struct error *err)
{
	*s->totals = (struct search_totals){ 0 };
	s->slice = SLICE_FIRST;
	s->span = SEARCH_SPAN;
	s->matcher = matcher_new(s->pattern, err);
	s->sieve = s->matcher ? sieve_new(s->view, pattern_regex(s->pattern),
	                                  s->forward, s->job, err)
	                      : NULL;
	return s->sieve && probe_zeros(s, err);
}

static void end(struct seeker *s)
{
	matcher_free(s->matcher);
	sieve_free(s->sieve);
	runs_free(&s->runs);
	mem_free(s->window.bytes);
}

/* --- windows ------------------------------------------------------------- */

/* Is there a job, or another reason, and is it to stop? */
static bool is_cancelled(const struct seeker *s)
{
	return (s->job && job_cancelled(s->job)) ||
	       (s->stop && atomic_load_explicit(s->stop, memory_order_relaxed));
}

static void say_progress(const struct seeker *s, uint64_t at)
{
	if (s->job && s->forward)
		job_set_progress(s->job, at - s->options->from,
		                 s->options->end - s->options->from);
}

/* Bytes in front of `to` that were not counted yet have been looked at. */
static void count_searched(struct seeker *s, uint64_t to)
{
	if (to > s->limit)
		to = s->limit;
	if (to > s->counted) {
		s->totals->searched += to - s->counted;
		s->counted = to;
	}
}

static void count_run(struct seeker *s, uint64_t addr, const struct run *run)
{
	uint64_t from = u64_max(addr, s->counted);
	uint64_t to = u64_min(addr + run->len, s->limit);

	if (to <= from)
		return;
	s->counted = to;
	if (state_has_bytes(run->state))
		s->totals->searched += to - from;
	else if (run->state != STATE_GAP)
		s->totals->skipped += to - from;
}

/*
 * Of what was read at addr, find the run that holds byte `at`: its bounds in
 * the bytes read. False: that byte has no value; then they are of a stretch
 * that has none.
 */
static bool bounds_of_run(const struct runs *runs, size_t at, size_t *from,
                          size_t *to)
{
	bool readable = state_has_bytes(runs_at(runs, at)->state);
	size_t pos = 0;

	*from = 0;
	*to = (size_t)runs_len(runs);
	for (size_t i = 0; i < runs->count; i++) {
		size_t end = pos + (size_t)runs->v[i].len;

		if (state_has_bytes(runs->v[i].state) != readable) {
			if (end <= at)
				*from = end;
			else if (pos < *to)
				*to = pos;
		}
		pos = end;
	}
	return readable;
}

/* Of a byte of UTF-8, or where it should be. PCRE2 goes over them to where a next
   attempt begins, but would begin at one if told to. */
static bool is_inside_character(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* How many of these bytes are whole characters, or none at all. */
static size_t whole_characters(const unsigned char *bytes, size_t len)
{
	for (size_t back = 1; back <= 3 && back <= len; back++) {
		unsigned char byte = bytes[len - back];
		size_t need = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;

		if (byte >= 0xc0)
			return need > back ? len - back : len;
		if (byte < 0x80)
			break;
	}
	return len;
}

/* Take the run around byte `before` of the `len` bytes read at addr. */
static bool take_run(struct seeker *s, uint64_t addr, size_t before, size_t len,
                     uint64_t *next)
{
	const struct search_options *options = s->options;
	struct window *w = &s->window;
	uint64_t pos = addr;
	size_t from, to;

	for (size_t i = 0; i < s->runs.count; i++) {
		count_run(s, pos, &s->runs.v[i]);
		pos += s->runs.v[i].len;
	}
	if (!bounds_of_run(&s->runs, before, &from, &to)) {
		*next = addr + to;
		return false;
	}
	if (from > 0)
		memmove(w->bytes, w->bytes + from, to - from);
	w->addr = addr + from;
	w->len = w->shown = to - from;
	w->begins = from > 0 || addr == options->start;
	w->ends = to < len || addr + to == options->end;
	if (!w->ends)
		w->shown--;
	if (!w->ends && pattern_is_utf(s->pattern))
		w->shown = whole_characters(w->bytes, w->shown);
	return true;
}

static bool read_window(struct seeker *s, uint64_t addr, size_t len,
                        struct error *err)
{
	struct window *w = &s->window;

	w->len = 0;
	if (len > w->cap) {
		mem_free(w->bytes);
		w->cap = 0;
		w->bytes = mem_resize(NULL, len, 1, err);
		if (!w->bytes)
			return false;
		w->cap = len;
	}
	runs_clear(&s->runs);
	return view_read(s->view, addr, w->bytes, len, 0, &s->runs, err);
}

/* Are the bytes of the window in front of its point zeros, as many as count? */
static bool follows_zeros(const struct seeker *s)
{
	const struct window *w = &s->window;
	size_t history = pattern_history(s->pattern);
	size_t before = (size_t)(w->point - w->addr);

	if (before < history)
		return false;
	for (size_t i = before - history; i < before; i++)
		if (w->bytes[i])
			return false;
	return true;
}

/* Does the window lack bytes in front? "\X" takes regional indicators by twos,
   and counts them from the first of a row, however long that is. */
static bool sees_too_little(const struct window *w,
                            const struct pattern *pattern)
{
	size_t i = 0;

	if (w->begins || !pattern_counts_indicators(pattern))
		return false;
	while (i < 3 && i < w->len && is_inside_character(w->bytes[i]))
		i++;
	/* U+1F1E6 to U+1F1FF */
	return w->len - i >= 4 &&
	       memcmp(w->bytes + i, "\xf0\x9f\x87", 3) == 0 &&
	       w->bytes[i + 3] >= 0xa6 && w->bytes[i + 3] <= 0xbf;
}

/* More history, twice as much; false: it is as much as there may be. */
static bool look_further_back(const struct seeker *s, uint64_t at,
                              size_t *before)
{
	uint64_t most = u64_min(at - s->options->start, SEARCH_WINDOW_MAX);
	size_t had = *before;

	*before = (size_t)u64_min((uint64_t)had * 2, most);
	return *before > had;
}

/*
 * Fill the window for attempts from `at` on with `want` bytes from there. False
 * without an error: nothing begins in front of *next.
 */
static bool fill(struct seeker *s, uint64_t at, size_t want, uint64_t *next,
                 struct error *err)
{
	const struct search_options *options = s->options;
	struct window *w = &s->window;
	size_t before = (size_t)u64_min(pattern_history(s->pattern),
	                                at - options->start);
	/* One byte more tells whether the run goes on. */
	size_t behind = (size_t)u64_min((uint64_t)want + 1, options->end - at);
	uint64_t stretch;
	enum state state = view_stretch(s->view, at, &stretch);

	say_progress(s, at);
	err->code = ERR_NONE;
	w->len = 0;
	stretch = u64_min(stretch, options->end);
	if (!state_has_bytes(state)) {
		struct run run = { .len = stretch - at, .state = state };

		count_run(s, at, &run);
		*next = stretch;
		return false;
	}
	do {
		if (!read_window(s, at - before, before + behind, err) ||
		    !take_run(s, at - before, before, before + behind, next))
			return false;
	} while (sees_too_little(w, s->pattern) &&
	         look_further_back(s, at, &before));
	w->point = at;
	w->want = want;
	if (s->passes_zeros && state == STATE_HOLE && follows_zeros(s) &&
	    stretch - at > SEARCH_PROBE + want) {
		*next = stretch - SEARCH_PROBE;
		count_searched(s, *next);
		w->len = 0;
		return false;
	}
	return true;
}

/* --- attempts ------------------------------------------------------------ */

/* The slices to come, after one that took so long. */
static void adapt_slice(struct seeker *s, uint64_t ns)
{
	if (ns < SLICE_QUICK && s->slice < SLICE_MAX)
		s->slice *= 2;
	else if (ns > SLICE_SLOW)
		s->slice = s->slice > 8 ? s->slice / 8 : 1;
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

		if (is_cancelled(s))
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
	error_set(err, ERR_LIMIT,
	          "stopped at 0x%" PRIx64
	          ": %s (the pattern can match there in "
	          "too many ways)",
	          addr, matcher_problem(s->matcher));
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
	size_t from;

	if (holds(w, at))
		return true;
	if (!fill(s, at, size, next, err))
		return false;
	from = (size_t)(at - w->addr);
	if (size < SEARCH_SPAN_MAX ||
	    sieve_adapt(s->sieve, w->bytes + from, w->shown - from, err))
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
		if (is_cancelled(s))
			return error_set(err, ERR_CANCELLED, "cancelled");
		if (!fill(s, *at, want, &next, err)) {
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

	if (holds(w, range->from) && sieve_has_scan(s->sieve))
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
	if (apart < SPANS_CLOSE * s->span)
		s->span = size_min(s->span * 2, SEARCH_SPAN_MAX);
	else if (apart > SPANS_FAR * s->span)
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
		say_progress(s, found.behind);
		count_searched(s, found.behind);
		*at = found.behind;
		*floor = found.floor;
		return false;
	case SIFTED_MATCH:
		count_searched(s, found.start + found.len);
		*out = (struct match){
			.addr = found.start,
			.len = found.len,
		};
		return true;
	case SIFTED_START:
		count_searched(s, found.start);
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

/* The first match that begins in [at, s->limit). False and ERR_NO:
   there is none. */
static bool seek(struct seeker *s, uint64_t at, struct match *out,
                 struct error *err)
{
	uint64_t floor = at;

	while (at < s->limit) {
		if (is_cancelled(s))
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

static bool is_aligned(const struct seeker *s, uint64_t addr)
{
	const struct alignment *align = &s->options->align;
	uint64_t at, base;

	if (align->step <= 1)
		return true;
	if (!align->has_base)
		addr = space_locate(view_space(s->view), addr).off;
	at = addr % align->step;
	base = align->has_base ? align->base % align->step : 0;
	/* (at - base) mod step, where neither can overflow */
	return (at >= base ? at - base : align->step - (base - at)) ==
	       align->rest;
}

static struct seeker seeker_of(const struct view *view, struct pattern *pattern,
                               const struct search_options *options,
                               struct job *job, struct search_totals *totals)
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

	while (seek(s, at, &hit, err)) {
		bool wanted = is_aligned(s, hit.addr);

		if (wanted && !take(arg, &hit))
			return true;
		at = hit.addr + (wanted && !overlapping ? hit.len : 1);
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
	ok = begin(&s, err) &&
	     give_all(&s, options->from, take_limited, &limited, err);
	end(&s);
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
	if (!begin(&x->seeker, err)) {
		searcher_free(x);
		return NULL;
	}
	return x;
}

void searcher_free(struct searcher *searcher)
{
	if (!searcher)
		return;
	end(&searcher->seeker);
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
	count_searched(s, from);
	ok = give_all(s, from, take, arg, err);
	*seen = s->counted;
	return ok;
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

/* --- backward ------------------------------------------------------------ */

/* The end of the bytes that lie in front of `hi`, over a gap; `start` when
   there are none. */
static uint64_t below_gap(const struct seeker *s, uint64_t hi)
{
	const struct space *sp = view_space(s->view);
	uint64_t start = s->options->start;

	while (hi > start) {
		size_t idx = space_find(sp, hi - 1);
		const struct extent *ext;

		if (idx < space_extents(sp)) {
			ext = space_extent(sp, idx);
			if (ext->addr < hi && ext->slots > 0)
				return hi;
			if (ext->addr < hi) {
				hi = ext->addr;
				continue;
			}
		}
		if (idx == 0)
			return start;
		ext = space_extent(sp, idx - 1);
		hi = ext->addr + ext->len;
	}
	return start;
}

/* Where the block below `hi` begins: `size` lower, or at the start of a hole
   that is passed at once. */
static uint64_t block_start(const struct seeker *s, uint64_t hi, uint64_t size)
{
	uint64_t room = hi - s->options->start;

	size = u64_min(size, room);
	while (s->passes_zeros && size < room) {
		uint64_t more = size > room / 2 ? room : size * 2;
		uint64_t stretch;

		if (view_stretch(s->view, hi - more, &stretch) != STATE_HOLE ||
		    stretch < hi)
			break;
		size = more;
	}
	return hi - size;
}

/* The last match that begins in [lo, hi). */
static bool last_in_block(struct seeker *s, uint64_t lo, uint64_t hi,
                          struct match *out, struct error *err)
{
	uint64_t at = lo;
	bool found = false;
	struct match last = { 0 };
	struct match hit;

	s->window.len = 0;
	s->limit = hi;
	s->counted = lo;
	while (seek(s, at, &hit, err)) {
		at = hit.addr + 1;
		if (!is_aligned(s, hit.addr))
			continue;
		last = hit;
		found = true;
	}
	if (!found || err->code != ERR_NO)
		return false;
	*out = last;
	return true;
}

static bool go_back(struct seeker *s, struct match *out, struct error *err)
{
	uint64_t start = s->options->start;
	uint64_t hi = below_gap(s, s->options->from);
	uint64_t size = SEARCH_BLOCK;

	while (hi > start) {
		uint64_t lo = block_start(s, hi, size);

		if (last_in_block(s, lo, hi, out, err))
			return true;
		if (err->code != ERR_NO)
			return false;
		hi = below_gap(s, lo);
		size = u64_min(size * 2, SEARCH_BLOCK_MAX);
		if (s->job)
			job_set_progress(s->job, s->options->from - hi,
			                 s->options->from - start);
	}
	return error_set(err, ERR_NO, "no match");
}

bool search_prev(const struct view *view, struct pattern *pattern,
                 const struct search_options *options, struct job *job,
                 struct match *out, struct search_totals *totals,
                 struct error *err)
{
	struct seeker s = seeker_of(view, pattern, options, job, totals);
	bool ok = begin(&s, err) && go_back(&s, out, err);

	end(&s);
	return ok;
}
