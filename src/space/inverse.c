/*
 * inverse.c - where a space shows a byte of a document: see space.h
 *
 * A document may be shown by any number of segments that overlap in any way.
 * They stand in one array, sorted by document, then offset, which is a balanced
 * tree at the same time: the root of [lo, hi) is the middle, and each root
 * knows how far the furthest of its tree reaches. So those that hold a byte are
 * found by going past everything that ends before it.
 *
 *   S8  `reach` holds exactly the segments with a document, sorted by document
 *       id, offset, and the order of the layout; `end` of the middle of [lo,
 *       hi) is the furthest end of a segment in there
 */
#include "config.h"

#include "space/space.h"

#include "base/mem.h"
#include "space/space_impl.h"

static size_t middle(size_t lo, size_t hi)
{
	return lo + (hi - lo) / 2;
}

static const struct segment *segment_at(const struct space *sp, size_t i)
{
	return &sp->seg[sp->reach[i].segment];
}

static uint64_t doc_end(const struct segment *seg)
{
	return seg->off + seg->size;
}

/* The furthest end in [lo, hi), which is set in its middle on the way. */
static uint64_t set_ends(struct space *sp, size_t lo, size_t hi)
{
	size_t mid = middle(lo, hi);
	uint64_t end;

	if (lo == hi)
		return 0;
	end = doc_end(segment_at(sp, mid));
	end = u64_max(end, set_ends(sp, lo, mid));
	end = u64_max(end, set_ends(sp, mid + 1, hi));
	sp->reach[mid].end = end;
	return end;
}

/* By offset first, then, which keeps that order, by document. */
bool space_index_documents(struct space *sp, struct start *v,
                           struct start *spare, struct error *err)
{
	size_t count = 0;

	for (uint32_t i = 0; i < sp->layout.count; i++) {
		if (sp->seg[i].doc)
			v[count++] = (struct start){ sp->seg[i].off, i };
	}
	space_sort_starts(v, spare, count);
	for (size_t i = 0; i < count; i++)
		v[i].addr = document_id(sp->seg[v[i].segment].doc);
	space_sort_starts(v, spare, count);
	sp->reach = mem_resize(NULL, count, sizeof(*sp->reach), err);
	if (!sp->reach)
		return false;
	for (size_t i = 0; i < count; i++)
		sp->reach[i].segment = v[i].segment;
	sp->reaches = count;
	(void)set_ends(sp, 0, count);
	return true;
}

/* Does segment i begin at or before `off` of the document, or belong to one
   before it? */
static bool begins_before(const struct space *sp, size_t i, uint64_t doc,
                          uint64_t off)
{
	const struct segment *seg = segment_at(sp, i);
	uint64_t id = document_id(seg->doc);

	return id < doc || (id == doc && seg->off <= off);
}

typedef bool find_place(const struct space *sp, const struct segment *seg,
                        uint64_t off, uint64_t *addr);

struct query {
	const struct space *sp;
	uint64_t doc, off;
	find_place *find;
	uint64_t first; /* address found so far */
	bool found;
};

static void consider(struct query *q, size_t i)
{
	const struct segment *seg = segment_at(q->sp, i);
	uint64_t here;

	if (document_id(seg->doc) != q->doc ||
	    !q->find(q->sp, seg, q->off, &here))
		return;
	q->first = q->found ? u64_min(q->first, here) : here;
	q->found = true;
}

/* Consider what in [lo, hi) begins at or before the byte and reaches it. */
static void visit(struct query *q, size_t lo, size_t hi)
{
	size_t mid = middle(lo, hi);

	if (lo == hi || q->sp->reach[mid].end < q->off)
		return;
	if (!begins_before(q->sp, mid, q->doc, q->off)) {
		visit(q, lo, mid);
		return;
	}
	consider(q, mid);
	visit(q, mid + 1, hi);
	if (document_id(segment_at(q->sp, mid)->doc) == q->doc)
		visit(q, lo, mid);
}

static bool find_first(const struct space *sp, uint64_t doc, uint64_t off,
                       find_place *find, uint64_t *addr)
{
	struct query q = { .sp = sp, .doc = doc, .off = off, .find = find };

	visit(&q, 0, sp->reaches);
	if (q.found)
		*addr = q.first;
	return q.found;
}

/* Where a segment shows a byte of its document. */
static bool find_byte(const struct space *sp, const struct segment *seg,
                      uint64_t off, uint64_t *addr)
{
	return off >= seg->off && off - seg->off < seg->size &&
	       space_address(sp, seg, off - seg->off, addr);
}

/* Where a segment ends, if it does before this byte of its document. */
static bool find_end(const struct space *sp, const struct segment *seg,
                     uint64_t off, uint64_t *addr)
{
	if (doc_end(seg) != off)
		return false;
	if (seg->size == 0) {
		*addr = seg->addr;
		return true;
	}
	if (!find_byte(sp, seg, off - 1, addr))
		return false;
	++*addr;
	return true;
}

bool space_document_address(const struct space *sp, uint64_t doc, uint64_t off,
                            uint64_t *addr)
{
	return find_first(sp, doc, off, find_byte, addr);
}

bool space_document_end(const struct space *sp, uint64_t doc, uint64_t off,
                        uint64_t *addr)
{
	return find_first(sp, doc, off, find_end, addr);
}

/* Is `end` the furthest of [lo, hi) and right below it, too? */
static bool right_ends(const struct space *sp, size_t lo, size_t hi,
                       uint64_t *end)
{
	size_t mid = middle(lo, hi);
	uint64_t left, right;

	*end = 0;
	if (lo == hi)
		return true;
	if (!right_ends(sp, lo, mid, &left) ||
	    !right_ends(sp, mid + 1, hi, &right))
		return false;
	*end = u64_max(u64_max(left, right), doc_end(segment_at(sp, mid)));
	return sp->reach[mid].end == *end;
}

/* Does a come before b? */
static bool in_order(const struct segment *a, const struct segment *b)
{
	uint64_t id_a = document_id(a->doc);
	uint64_t id_b = document_id(b->doc);

	if (id_a != id_b)
		return id_a < id_b;
	return a->off < b->off || (a->off == b->off && a < b);
}

const char *space_check_documents(const struct space *sp)
{
	size_t count = 0;
	uint64_t end;

	for (size_t i = 0; i < sp->layout.count; i++)
		count += sp->seg[i].doc != NULL;
	if (count != sp->reaches)
		return "S8: segments of documents";
	for (size_t i = 0; i < count; i++) {
		if (!segment_at(sp, i)->doc ||
		    (i > 0 &&
		     !in_order(segment_at(sp, i - 1), segment_at(sp, i))))
			return "S8: order of documents";
	}
	return right_ends(sp, 0, count, &end) ? NULL : "S8: furthest end";
}
