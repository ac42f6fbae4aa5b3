/*
 * search_window.c - private windows of a search: see search_impl.h
 *
 * A window holds bytes of one run, with as many in front of the first attempt
 * as the pattern may look back at. Bytes are counted as they come along, each
 * once, however often windows are filled with them.
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
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "find/pattern.h"
#include "find/search_impl.h"
#include "find/sieve.h"
#include "space/view.h"

bool seeker_is_cancelled(const struct seeker *s)
{
	return (s->job && job_cancelled(s->job)) ||
	       (s->stop && atomic_load_explicit(s->stop, memory_order_relaxed));
}

void seeker_say_progress(const struct seeker *s, uint64_t at)
{
	const struct search_options *o = s->options;
	const struct space *sp = view_space(s->view);

	/* What no file is mapped to takes no time. */
	if (s->job && s->forward)
		job_set_progress(s->job, space_mapped_in(sp, o->from, at),
		                 space_mapped_in(sp, o->from, o->end));
}

void seeker_count_searched(struct seeker *s, uint64_t to)
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

/* Unless the run ends with it, the last byte only tells that it does not. */
static void show(struct window *w, const struct pattern *pattern)
{
	w->shown = w->len;
	if (w->ends)
		return;
	w->shown--;
	if (pattern_is_utf(pattern))
		w->shown = whole_characters(w->bytes, w->shown);
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
	w->len = to - from;
	w->begins = from > 0 || addr == options->start;
	w->ends = to < len || addr + to == options->end;
	show(w, s->pattern);
	return true;
}

/* Room for so many bytes; the window is empty. */
static bool make_room(struct window *w, size_t len, struct error *err)
{
	w->len = 0;
	if (len <= w->cap)
		return true;
	mem_free(w->memory);
	w->cap = 0;
	/* What is looked at beside the bytes does not matter, but valgrind
	   wants it to be something. */
	w->memory = mem_zalloc(len + (size_t)2 * MATCHER_SLACK, err);
	if (!w->memory)
		return false;
	w->bytes = w->memory + MATCHER_SLACK;
	w->cap = len;
	return true;
}

static bool read_window(struct seeker *s, uint64_t addr, size_t len,
                        struct error *err)
{
	struct window *w = &s->window;

	if (!make_room(w, len, err))
		return false;
	runs_clear(&s->runs);
	return view_read(s->view, addr, w->bytes, len, READ_PLAIN, &s->runs,
	                 err);
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

bool seeker_fill(struct seeker *s, uint64_t at, size_t want, uint64_t *next,
                 struct error *err)
{
	const struct search_options *options = s->options;
	struct window *w = &s->window;
	size_t before = (size_t)u64_min(pattern_history(s->pattern),
	                                at - options->start);
	/* One byte more tells whether the run goes on. */
	size_t behind = (size_t)u64_min((uint64_t)want + 1, options->end - at);
	uint64_t stretch;
	enum state state = view_piece(s->view, at, &stretch);

	seeker_say_progress(s, at);
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
		seeker_count_searched(s, *next);
		w->len = 0;
		return false;
	}
	return true;
}

/* All of it is data amid data, so that no run begins or ends there, but where
   the range does. */
bool seeker_take_kept(struct seeker *s, uint64_t at, struct error *err)
{
	const struct search_options *options = s->options;
	struct window *w = &s->window;
	size_t before = pattern_history(s->pattern);
	size_t len = before + SEARCH_SPAN + 1;
	const unsigned char *kept;

	err->code = ERR_NONE;
	if (pattern_counts_indicators(s->pattern))
		return false;
	kept = sieve_nearby(s->sieve, at);
	if (!kept || !make_room(w, len, err))
		return false;
	assert(at - options->start > before &&
	       options->end - at > SEARCH_SPAN + 1);
	memcpy(w->bytes, kept, len);
	w->addr = at - before;
	w->len = len;
	w->begins = w->ends = false;
	w->point = at;
	w->want = SEARCH_SPAN;
	show(w, s->pattern);
	seeker_count_searched(s, w->addr + len);
	return true;
}
