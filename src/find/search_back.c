/*
 * search_back.c - the last match before an address: see search.h
 *
 * Backward is forward in blocks, from the cursor down: PCRE2 knows no other
 * way, and what is found must not depend on the direction. Blocks are small at
 * first, as the last match is often near.
 */
#include "config.h"

#include "find/search.h"

#include "base/error.h"
#include "base/pool.h"
#include "find/search_impl.h"
#include "space/view.h"

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
	while (seeker_seek(s, at, &hit, err)) {
		uint64_t away = seeker_to_aligned(s, hit.addr);

		if (away > 0) {
			at = seeker_pass_unaligned(s, hit.addr, away);
			continue;
		}
		at = hit.addr + 1;
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
	const struct space *sp = view_space(s->view);
	uint64_t start = s->options->start, from = s->options->from;
	uint64_t hi = below_gap(s, from);
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
			job_set_progress(s->job, space_mapped_in(sp, hi, from),
			                 space_mapped_in(sp, start, from));
	}
	return error_set(err, ERR_NO, "no match");
}

bool search_prev(const struct view *view, struct pattern *pattern,
                 const struct search_options *options, struct job *job,
                 struct match *out, struct search_totals *totals,
                 struct error *err)
{
	struct seeker s = seeker_of(view, pattern, options, job, totals);
	bool ok = seeker_begin(&s, err) && go_back(&s, out, err);

	seeker_end(&s);
	return ok;
}
