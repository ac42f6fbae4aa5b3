/*
 * woven.c - see woven.h
 *
 * An edit in a kilobyte is common where many were made by a program, and then
 * what is done for each decides how fast a search is. The bytes of an edit and
 * one on each side tell of most seams that nothing begins there; else a few
 * dozen bytes are copied, and one block of starts is settled.
 *
 * Part i is what is shown of the base between insets i - 1 and i. A start
 * belongs to part i if it and the reach behind it are of that part, and
 * otherwise to the seam of the first inset that ends behind it:
 *
 * N1  Each start is in one part or one seam, and these come in turns.
 */
#include "config.h"

#include "find/woven.h"

#include <string.h>

#include "edit/inset.h"
#include "find/byteset.h"
#include "find/scan.h"

enum {
	COPY = 32, /* bytes that are copied at once */
	FEW = 8,   /* bytes of an inset that are told from one by one */
};

/* What is scanned at a time amid insets: what is around them is still in the
   processor's cache then. Test builds make it small. */
#ifndef WOVEN_STEP
#define WOVEN_STEP ((size_t)64 << 10)
#endif

/* What is shown of the base in front of an inset. */
struct part {
	size_t base;       /* of its first byte, in the base */
	size_t shown, end; /* in what is shown */
};

struct woven woven_of(const struct scan *scan, size_t reach,
                      const unsigned char *bytes, const struct insets *insets)
{
	return (struct woven){
		.scan = scan,
		.insets = insets,
		.bytes = bytes,
		.reach = reach,
		.places = scan_places(scan),
	};
}

static struct part part_of(const struct insets *insets, size_t i)
{
	struct part out = { .end = insets->shown };

	if (i > 0) {
		const struct inset *in = &insets->v[i - 1];

		out.base = in->at + in->hidden;
		out.shown = in->shown + in->added;
	}
	if (i < insets->count)
		out.end = insets->v[i].shown;
	return out;
}

/* Have the base looked through from `from` on, which is where none is known
   of. */
static void look(struct woven *w, size_t from)
{
	size_t len = w->insets->len;
	size_t end = len;

	if (w->insets->count > 0 && len - from > WOVEN_STEP + w->reach)
		end = from + WOVEN_STEP + w->reach;
	w->clear = scan_next(w->scan, w->bytes, end, from);
	w->is_hit = w->clear != SCAN_NONE;
	if (!w->is_hit)
		w->clear = end == len ? len : end - w->reach + 1;
}

/* The first start of the part from `at` on. */
static size_t in_part(struct woven *w, const struct part *s, size_t at)
{
	size_t from = s->base + (at - s->shown);
	size_t last;

	if (at >= s->end || s->end - at < w->reach)
		return SCAN_NONE;
	last = s->base + (s->end - s->shown - w->reach);
	while (w->clear <= last) {
		if (w->clear >= from && w->is_hit)
			return s->shown + (w->clear - s->base);
		look(w, size_max(from, w->clear));
	}
	return SCAN_NONE;
}

/* Put `len` bytes together that are shown from `at` on, which is of part i or
   of the inset behind it. They exist. */
static void assemble(struct woven *w, size_t i, size_t at, size_t len)
{
	unsigned char *to = w->seam;
	size_t n;

	for (; len > 0; i++) {
		const struct inset *in = &w->insets->v[i];
		struct part s = part_of(w->insets, i);

		if (at < s.end) {
			n = size_min(s.end - at, len);
			memcpy(to, w->bytes + s.base + (at - s.shown), n);
			to += n;
			at += n;
			len -= n;
		}
		if (len > 0) {
			n = size_min(in->shown + in->added - at, len);
			memcpy(to, w->insets->bytes + in->from + (at - s.end),
			       n);
			to += n;
			at += n;
			len -= n;
		}
	}
}

/* The same for all starts of a seam that are of one block, and what they need,
   if there are bytes enough around it to copy more of them than that. */
static bool assemble_quickly(struct woven *w, size_t i, size_t at)
{
	const struct insets *insets = w->insets;
	const struct inset *in = &insets->v[i];
	size_t before = in->shown - at;
	size_t behind = (size_t)in->at + in->hidden;
	size_t end = i + 1 < insets->count ? insets->v[i + 1].at : insets->len;

	if (at > in->shown || before + in->added > SCAN_BLOCK ||
	    insets->len < behind + COPY || end - behind < w->reach)
		return false;
	memcpy(w->seam, w->bytes + in->at - before, COPY);
	memcpy(w->seam + before, insets->bytes + in->from, INSET_PAD);
	memcpy(w->seam + before + in->added, w->bytes + behind, COPY);
	return true;
}

/* Could a start of the seam of this inset fit, by the bytes on both sides of
   what it begins with? Mostly that says no, and nothing is copied. Bit i of
   what fits: as far as they were looked at, bytes are as position i and others
   in front of it want them. */
static bool may_fit(const struct woven *w, const struct inset *in)
{
	const unsigned char *added = w->insets->bytes + in->from;
	size_t behind = (size_t)in->at + in->hidden;
	uint32_t fit, whole = 0;

	if (in->added > FEW || in->at == 0 || behind == w->insets->len)
		return true;
	if (in->added == 1 && w->places[added[0]] == 0)
		return false;
	fit = w->places[w->bytes[in->at - 1]];
	for (size_t i = 0; i < in->added; i++) {
		fit = (fit << 1 | 1) & w->places[added[i]];
		whole |= fit >> (w->reach - 1);
	}
	return ((fit & w->places[w->bytes[behind]] >> 1) | whole) != 0;
}

/* Go over insets as long as nothing begins in the part in front of them, nor in
   their seam. A part that begins behind what is clear and ends here is too
   short for a start. */
static void pass(struct woven *w)
{
	const struct insets *insets = w->insets;
	const struct inset *in = insets->v + w->idx;
	const struct inset *end = insets->v + insets->count;

	while (in < end && in->at < w->clear + w->reach && !may_fit(w, in))
		in++;
	w->idx = (size_t)(in - insets->v);
}

/* The first start of the seam from `at` on. */
static size_t in_seam(struct woven *w, size_t i, size_t at)
{
	const struct inset *in = &w->insets->v[i];
	size_t starts = w->insets->shown - w->reach + 1;
	size_t end = size_min(in->shown + in->added, starts);

	if (!may_fit(w, in))
		return SCAN_NONE;
	if (in->shown > w->reach - 1)
		at = size_max(at, in->shown - (w->reach - 1));
	while (at < end) {
		size_t count = size_min(end - at, SCAN_BLOCK);
		uint32_t bits;

		if (!assemble_quickly(w, i, at))
			assemble(w, i, at, count + w->reach - 1);
		bits = scan_block(w->scan, w->seam) &
		       UINT32_MAX >> (SCAN_BLOCK - count);
		if (bits)
			return at + (size_t)__builtin_ctz(bits);
		at += count;
	}
	return SCAN_NONE;
}

size_t woven_next(struct woven *w, size_t from)
{
	const struct insets *insets = w->insets;

	if (insets->shown < w->reach)
		return SCAN_NONE;
	for (; w->idx <= insets->count; w->idx++) {
		struct part s;
		size_t at, start;

		pass(w);
		s = part_of(insets, w->idx);
		at = size_max(from, s.shown);
		start = in_part(w, &s, at);
		if (start == SCAN_NONE && w->idx < insets->count)
			start = in_seam(w, w->idx, at);
		if (start != SCAN_NONE)
			return start;
	}
	return SCAN_NONE;
}

/* The byte that is shown in front of `at`, which is of part *i or of the inset
   behind it, or is where that ends; at > 0. */
static unsigned char byte_before(const struct woven *w, size_t at, size_t *i)
{
	const struct insets *insets = w->insets;

	for (;; --*i) {
		struct part s = part_of(insets, *i);

		if (at > s.end)
			return insets
			        ->bytes[insets->v[*i].from + (at - 1 - s.end)];
		if (at > s.shown)
			return w->bytes[s.base + (at - 1 - s.shown)];
	}
}

size_t woven_run_start(const struct woven *w, const struct byte_set *set,
                       size_t floor, size_t at)
{
	size_t i = w->idx;

	while (at > floor && byte_set_has(set, byte_before(w, at, &i)))
		at--;
	return at;
}

const unsigned char *woven_row(const struct woven *w, size_t at, size_t len)
{
	struct part s = part_of(w->insets, w->idx);

	if (at < s.shown || at > s.end || len > s.end - at)
		return NULL;
	return w->bytes + s.base + (at - s.shown);
}
