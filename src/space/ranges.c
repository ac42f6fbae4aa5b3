/*
 * ranges.c - see ranges.h
 *
 * One sorted array: most lists are made in order, by a scan, and then read many
 * times; adding in the middle moves what comes behind, which bookmarks can
 * afford. Set operations go through both lists once, side by side.
 *
 * Invariant: R1 (doc, off, len) never goes down from one range to the next, and
 * off + len does not pass 2^64 - 1.
 */
#include "config.h"

#include "space/ranges.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "space/space.h"

struct ranges {
	struct range *v; /* owned */
	size_t count, cap;
};

struct ranges *ranges_new(struct error *err)
{
	return mem_zalloc(sizeof(struct ranges), err);
}

static void free_texts(struct range *range)
{
	mem_free(range->name);
	mem_free(range->comment);
}

void ranges_free(struct ranges *ranges)
{
	if (!ranges)
		return;
	for (size_t i = 0; i < ranges->count; i++)
		free_texts(&ranges->v[i]);
	mem_free(ranges->v);
	mem_free(ranges);
}

size_t ranges_count(const struct ranges *ranges)
{
	return ranges->count;
}

const struct range *ranges_at(const struct ranges *ranges, size_t idx)
{
	assert(idx < ranges->count);
	return &ranges->v[idx];
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare(const struct range *a, const struct range *b)
{
	int order = compare_u64(a->doc, b->doc);

	if (order == 0)
		order = compare_u64(a->off, b->off);
	if (order == 0)
		order = compare_u64(a->len, b->len);
	return order;
}

/* Where `key` belongs: in front of its equals, or behind them. */
static size_t search(const struct ranges *ranges, const struct range *key,
                     bool behind)
{
	size_t lo = 0;
	size_t hi = ranges->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare(&ranges->v[mid], key) < (behind ? 1 : 0))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t place_of(const struct ranges *ranges, const struct range *range)
{
	size_t count = ranges->count;

	if (count == 0 || compare(&ranges->v[count - 1], range) <= 0)
		return count;
	return search(ranges, range, true);
}

/* Copy a text that may be NULL. */
static bool copy_text(const char *from, char **to, struct error *err)
{
	*to = from ? mem_strdup(from, err) : NULL;
	return !from || *to;
}

bool ranges_add(struct ranges *ranges, const struct range *range,
                struct error *err)
{
	struct range copy = *range;
	size_t at;

	assert(range->len <= UINT64_MAX - range->off);
	if (!mem_grow(&ranges->v, &ranges->cap, ranges->count + 1,
	              sizeof(*ranges->v), err) ||
	    !copy_text(range->name, &copy.name, err))
		return false;
	if (!copy_text(range->comment, &copy.comment, err)) {
		mem_free(copy.name);
		return false;
	}
	at = place_of(ranges, range);
	memmove(&ranges->v[at + 1], &ranges->v[at],
	        (ranges->count - at) * sizeof(*ranges->v));
	ranges->v[at] = copy;
	ranges->count++;
	return true;
}

void ranges_remove(struct ranges *ranges, size_t idx)
{
	assert(idx < ranges->count);
	free_texts(&ranges->v[idx]);
	ranges->count--;
	memmove(&ranges->v[idx], &ranges->v[idx + 1],
	        (ranges->count - idx) * sizeof(*ranges->v));
}

uint64_t ranges_shifted(uint64_t at, uint64_t off, uint64_t removed,
                        uint64_t added)
{
	if (at < off)
		return at;
	if (at - off >= removed)
		return at - removed + added;
	return off + u64_min(at - off, added);
}

/* The same of the end of a range: nothing is put in front of it. */
static uint64_t end_shifted(uint64_t end, uint64_t off, uint64_t removed,
                            uint64_t added)
{
	return end <= off ? end : ranges_shifted(end, off, removed, added);
}

void ranges_shift(struct ranges *ranges, uint64_t doc, uint64_t off,
                  uint64_t removed, uint64_t added)
{
	size_t first = ranges->count;

	for (size_t i = ranges_find(ranges, doc, 0);
	     i < ranges->count && ranges->v[i].doc == doc; i++) {
		struct range moved = ranges->v[i];
		uint64_t end =
			end_shifted(moved.off + moved.len, off, removed, added);
		size_t to = i;

		moved.off = ranges_shifted(moved.off, off, removed, added);
		moved.len = end > moved.off ? end - moved.off : 0;
		/* Those that begin at one place now may be in another order:
		   this one goes in front of what is greater. */
		first = size_min(first, i);
		while (to > first && compare(&ranges->v[to - 1], &moved) > 0) {
			ranges->v[to] = ranges->v[to - 1];
			to--;
		}
		ranges->v[to] = moved;
	}
}

size_t ranges_find(const struct ranges *ranges, uint64_t doc, uint64_t off)
{
	struct range key = { .doc = doc, .off = off };

	return search(ranges, &key, false);
}

size_t ranges_named(const struct ranges *ranges, const char *name)
{
	size_t i = 0;

	while (i < ranges->count &&
	       (!ranges->v[i].name || strcmp(ranges->v[i].name, name) != 0))
		i++;
	return i;
}

/* The bytes that a list covers, a block at a time: blocks of a document are
   disjoint and not adjacent. */
struct blocks {
	const struct ranges *ranges;
	size_t next;
	bool there; /* is this a block? else the list is at its end */
	uint64_t doc, from, to;
};

static void next_block(struct blocks *b)
{
	b->there = false;
	for (; b->next < b->ranges->count; b->next++) {
		const struct range *r = &b->ranges->v[b->next];

		if (r->len == 0)
			continue;
		if (b->there && (r->doc != b->doc || r->off > b->to))
			return;
		if (!b->there) {
			b->there = true;
			b->doc = r->doc;
			b->from = r->off;
			b->to = r->off + r->len;
		}
		b->to = u64_max(b->to, r->off + r->len);
	}
}

static struct blocks blocks_of(const struct ranges *ranges)
{
	struct blocks b = { .ranges = ranges };

	next_block(&b);
	return b;
}

/* Append bytes behind all others; joins the last range if they touch. */
static bool append(struct ranges *out, uint64_t doc, uint64_t from, uint64_t to,
                   struct error *err)
{
	struct range r = { .doc = doc, .off = from, .len = to - from };

	if (out->count > 0) {
		struct range *last = &out->v[out->count - 1];

		if (last->doc == doc && last->off + last->len == from) {
			last->len += r.len;
			return true;
		}
	}
	return ranges_add(out, &r, err);
}

/* Which bytes to keep: of a only, of b only, of both. */
enum { KEEP_A = 1, KEEP_B = 2, KEEP_BOTH = 4 };

/*
 * Take the stretch at the head of the lists up to where one of the two begins
 * or ends, and shorten the blocks by it.
 */
static bool combine_head(struct blocks *a, struct blocks *b, unsigned keep,
                         struct ranges *out, struct error *err)
{
	struct blocks *both[2] = { a, b };
	uint64_t doc = a->there && b->there ? u64_min(a->doc, b->doc)
	               : a->there           ? a->doc
	                                    : b->doc;
	uint64_t from = UINT64_MAX;
	uint64_t to = UINT64_MAX;
	unsigned in = 0;

	for (unsigned i = 0; i < 2; i++) {
		if (both[i]->there && both[i]->doc == doc)
			from = u64_min(from, both[i]->from);
	}
	for (unsigned i = 0; i < 2; i++) {
		if (!both[i]->there || both[i]->doc != doc)
			continue;
		if (both[i]->from == from)
			in |= 1u << i;
		to = u64_min(to, both[i]->from == from ? both[i]->to
		                                       : both[i]->from);
	}
	for (unsigned i = 0; i < 2; i++) {
		if (!(in & 1u << i))
			continue;
		both[i]->from = to;
		if (both[i]->from == both[i]->to)
			next_block(both[i]);
	}
	return !(keep & (in == 3 ? KEEP_BOTH : in)) ||
	       append(out, doc, from, to, err);
}

static struct ranges *combine(const struct ranges *a, const struct ranges *b,
                              unsigned keep, struct error *err)
{
	struct ranges *out = ranges_new(err);
	struct blocks in_a, in_b;

	if (!out)
		return NULL;
	in_a = blocks_of(a);
	in_b = blocks_of(b);
	while (in_a.there || in_b.there) {
		if (!combine_head(&in_a, &in_b, keep, out, err)) {
			ranges_free(out);
			return NULL;
		}
	}
	return out;
}

struct ranges *ranges_and(const struct ranges *a, const struct ranges *b,
                          struct error *err)
{
	return combine(a, b, KEEP_BOTH, err);
}

struct ranges *ranges_or(const struct ranges *a, const struct ranges *b,
                         struct error *err)
{
	return combine(a, b, KEEP_A | KEEP_B | KEEP_BOTH, err);
}

struct ranges *ranges_minus(const struct ranges *a, const struct ranges *b,
                            struct error *err)
{
	return combine(a, b, KEEP_A, err);
}

bool ranges_address(const struct range *range, const struct space *sp,
                    uint64_t *addr)
{
	return space_document_address(sp, range->doc, range->off, addr) ||
	       (range->len == 0 &&
	        space_document_end(sp, range->doc, range->off, addr));
}
