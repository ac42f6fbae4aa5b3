/*
 * ranges_sets.c - and, or, minus of sets of ranges; see ranges.h
 *
 * They go through both lists once, side by side.
 */
#include "config.h"

#include "base/error.h"
#include "space/ranges.h"
#include "space/ranges_impl.h"

/* A list of ranges that is gone through. */
struct list {
	const struct ranges *ranges; /* may be NULL: nothing */
	size_t next, count;
	struct range range; /* the next one, if next < count */
};

static void list_step(struct list *list, size_t idx)
{
	list->next = idx;
	if (idx < list->count)
		list->range = ranges_at(list->ranges, idx);
}

static struct list list_of(const struct ranges *ranges)
{
	struct list list = { .ranges = ranges };

	list.count = ranges ? ranges_count(ranges) : 0;
	list_step(&list, 0);
	return list;
}

/* The bytes that a set covers, a block at a time: blocks of a document are
   disjoint and not adjacent. */
struct blocks {
	struct list list, rests;
	bool there; /* is this a block? else the set is at its end */
	uint64_t doc, from, to;
};

/* The list whose range comes first; NULL: both are at their end. */
static struct list *first_list(struct blocks *b)
{
	const struct range *r = &b->list.range;
	const struct range *rest = &b->rests.range;

	if (b->rests.next == b->rests.count)
		return b->list.next < b->list.count ? &b->list : NULL;
	if (b->list.next == b->list.count)
		return &b->rests;
	return r->doc < rest->doc || (r->doc == rest->doc && r->off < rest->off)
	               ? &b->list
	               : &b->rests;
}

static void next_block(struct blocks *b)
{
	struct list *list;

	b->there = false;
	for (; (list = first_list(b)); list_step(list, list->next + 1)) {
		const struct range *r = &list->range;

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
	struct blocks b = { .list = list_of(ranges),
		            .rests = list_of(ranges->rests) };

	next_block(&b);
	return b;
}

/* Bytes that are put together before they are appended to a set. */
struct growing {
	struct ranges *out;
	struct range range; /* len 0: none */
};

static bool grow_end(struct growing *g, struct error *err)
{
	return g->range.len == 0 || ranges_add(g->out, &g->range, err);
}

/* Append bytes behind all others; joins the last range if they touch. */
static bool append(struct growing *g, uint64_t doc, uint64_t from, uint64_t to,
                   struct error *err)
{
	struct range *last = &g->range;

	if (last->len > 0 && last->doc == doc &&
	    last->off + last->len == from) {
		last->len += to - from;
		return true;
	}
	if (!grow_end(g, err))
		return false;
	*last = (struct range){ .doc = doc, .off = from, .len = to - from };
	return true;
}

/* Which bytes to keep: of a only, of b only, of both. */
enum { KEEP_A = 1, KEEP_B = 2, KEEP_BOTH = 4 };

/*
 * Take the stretch at the head of the lists up to where one of the two begins
 * or ends, and shorten the blocks by it.
 */
static bool combine_head(struct blocks *a, struct blocks *b, unsigned keep,
                         struct growing *out, struct error *err)
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
	struct growing growing = { .out = ranges_new(err) };
	struct blocks in_a, in_b;
	bool ok = growing.out != NULL;

	if (!ok)
		return NULL;
	in_a = blocks_of(a);
	in_b = blocks_of(b);
	while (ok && (in_a.there || in_b.there))
		ok = combine_head(&in_a, &in_b, keep, &growing, err);
	if (ok && grow_end(&growing, err))
		return growing.out;
	ranges_free(growing.out);
	return NULL;
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
