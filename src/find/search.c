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
#include "space/view.h"

/* Test builds make them small, so that every match crosses windows. */
#ifndef SEARCH_WINDOW
#define SEARCH_WINDOW     ((size_t)1 << 20)
#define SEARCH_WINDOW_MAX ((size_t)64 << 20)
#define SEARCH_BLOCK      ((uint64_t)1 << 16) /* of a backward search */
#define SEARCH_BLOCK_MAX  ((uint64_t)1 << 22)
#define SEARCH_PROBE      ((size_t)4096)
#endif

enum {
	SLICE_FIRST = 4096, /* starts that are tried at a time */
	SLICE_MAX = 1 << 16,
	SLICE_QUICK = 1000000, /* ns */
	SLICE_SLOW = 5000000,
	PROBE_HISTORY_MAX = 1 << 16,
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
	struct matcher *matcher; /* owned */
	struct runs runs;
	struct window window;
	struct search_totals *totals;
	uint64_t limit;   /* attempts begin before it */
	uint64_t counted; /* totals hold what is in front of it */
	size_t slice;
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
	s->matcher = matcher_new(s->pattern, err);
	return s->matcher && probe_zeros(s, err);
}

static void end(struct seeker *s)
{
	matcher_free(s->matcher);
	runs_free(&s->runs);
	mem_free(s->window.bytes);
}

/* --- windows ------------------------------------------------------------- */

/* Is there a job, and is it to stop? */
static bool is_cancelled(const struct seeker *s)
{
	return s->job && job_cancelled(s->job);
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

	if (s->job && s->forward)
		job_set_progress(s->job, at - options->from,
		                 options->end - options->from);
	err->code = ERR_NONE;
	w->len = 0;
	stretch = u64_min(stretch, options->end);
	if (state == STATE_GAP) {
		*next = stretch;
		s->counted = u64_max(s->counted, u64_min(stretch, s->limit));
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
	uint64_t began = sys_now();
	enum matched matched;

	/* What cannot see the window's end needs no code that looks for it,
	   which is slower. */
	if (!w->ends && reach < w->shown - at) {
		*last = size_min(*last, w->shown - 1 - reach);
		flags &= ~(unsigned)MATCHER_PARTIAL;
	}
	matched = matcher_find(s->matcher, w->bytes, w->shown, at, *last, flags,
	                       out);
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
 * Try attempts in the window from *at on, which goes behind those that were
 * tried. *want is 0, or how many bytes are needed from *at on. False without an
 * error: no match there.
 */
static bool try_window(struct seeker *s, uint64_t *at, size_t *want,
                       struct match *out, struct error *err)
{
	struct window *w = &s->window;
	size_t first = (size_t)(*at - w->addr);
	size_t last = (size_t)u64_min(w->shown - 1, s->limit - 1 - w->addr);
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
		*want = SEARCH_WINDOW;
		if (*at == w->point && w->want >= SEARCH_WINDOW_MAX)
			return too_long(*at, err);
		if (*at == w->point)
			*want = w->want * 2;
		return false;
	default:
		return failed(s, first, last, err);
	}
}

static bool holds(const struct window *w, uint64_t at)
{
	return w->len > 0 && at >= w->point && at - w->addr < w->shown;
}

/* The first match that begins in [at, s->limit). False and ERR_NO: there is
   none. */
static bool seek(struct seeker *s, uint64_t at, struct match *out,
                 struct error *err)
{
	size_t want = 0;

	while (at < s->limit) {
		uint64_t next = at;

		if (is_cancelled(s))
			return error_set(err, ERR_CANCELLED, "cancelled");
		if (want > 0 || !holds(&s->window, at)) {
			bool filled = fill(s, at, want ? want : SEARCH_WINDOW,
			                   &next, err);

			if (!filled && err->code != ERR_NONE)
				return false;
			want = 0;
			if (!filled) {
				at = next;
				continue;
			}
		}
		if (try_window(s, &at, &want, out, err))
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
		.limit = options->end,
		.counted = options->from,
	};
}

static bool give_all(struct seeker *s, search_take *take, void *arg,
                     struct error *err)
{
	const struct search_options *options = s->options;
	uint64_t at = options->from;
	uint64_t given = 0;
	struct match hit;

	while (seek(s, at, &hit, err)) {
		bool wanted = is_aligned(s, hit.addr);

		if (wanted) {
			given++;
			if (!take(arg, &hit) || given == options->max)
				return true;
		}
		at = hit.addr + (wanted && !options->overlapping ? hit.len : 1);
	}
	return err->code == ERR_NO;
}

bool search_all(const struct view *view, struct pattern *pattern,
                const struct search_options *options, struct job *job,
                search_take *take, void *arg, struct search_totals *totals,
                struct error *err)
{
	struct seeker s = seeker_of(view, pattern, options, job, totals);
	bool ok;

	s.forward = true;
	ok = begin(&s, err) && give_all(&s, take, arg, err);
	end(&s);
	return ok;
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
