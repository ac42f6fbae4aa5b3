/*
 * shown.c - see shown.h
 *
 * The space is gone through in stretches that show consecutive bytes of one
 * document; the ranges that begin in a stretch are consecutive in the set. So
 * nothing is sorted and nothing is kept, and a walk may begin anywhere.
 */
#include "config.h"

#include "space/shown.h"

#include <limits.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/document.h"
#include "space/ranges.h"
#include "space/space.h"

/* --- going through ------------------------------------------------------- */

/* The next stretch that shows a document, from walk->addr + walk->run on. */
static bool next_stretch(struct shown_walk *walk)
{
	uint64_t size = space_size(walk->sp);

	for (walk->addr += walk->run; walk->addr < size;
	     walk->addr += walk->run) {
		struct location at = space_locate(walk->sp, walk->addr);
		uint64_t doc;

		walk->run = u64_min(at.run, size - walk->addr);
		if (!at.segment)
			continue;
		doc = document_id(at.segment->doc);
		walk->off = at.doc_off;
		walk->next = ranges_find(walk->ranges, doc, at.doc_off);
		walk->end =
			ranges_find(walk->ranges, doc, at.doc_off + walk->run);
		return true;
	}
	walk->run = 0;
	return false;
}

struct shown_walk shown_begin(const struct ranges *ranges,
                              const struct space *sp, uint64_t from)
{
	return (struct shown_walk){ .ranges = ranges, .sp = sp, .addr = from };
}

/* How many bytes of a piece are shown from addr on. */
static uint64_t piece_shown(const struct space *sp, uint64_t addr,
                            const struct portion *piece)
{
	uint64_t done = 0;

	while (done < piece->len) {
		struct location at = space_locate(sp, addr + done);

		if (!at.segment || document_id(at.segment->doc) != piece->doc ||
		    at.doc_off != piece->off + done)
			break;
		done += u64_min(at.run, piece->len - done);
	}
	return done;
}

static uint64_t length_shown(const struct space *sp, uint64_t addr,
                             const struct range *range)
{
	struct portion first = { range->doc, range->off, range->len };
	uint64_t len = piece_shown(sp, addr, &first);

	if (len < range->len)
		return len;
	for (size_t i = 0; i < range->rest_count; i++) {
		uint64_t n = piece_shown(sp, addr + len, &range->rest[i]);

		len += n;
		if (n < range->rest[i].len)
			break;
	}
	return len;
}

static struct shown shown_at(const struct shown_walk *walk, size_t idx)
{
	struct range range = ranges_at(walk->ranges, idx);
	struct shown shown = { .addr = walk->addr + (range.off - walk->off),
		               .len = range.len,
		               .idx = idx };

	/* Most end in the stretch that they begin in. */
	if (range.rest_count > 0 ||
	    range.len > walk->run - (range.off - walk->off))
		shown.len = length_shown(walk->sp, shown.addr, &range);
	return shown;
}

bool shown_next(struct shown_walk *walk, struct shown *out)
{
	while (walk->next == walk->end)
		if (!next_stretch(walk))
			return false;
	*out = shown_at(walk, walk->next++);
	return true;
}

/* The last one that begins in a stretch below `before`. */
static bool last_of_stretch(const struct ranges *ranges, const struct space *sp,
                            uint64_t addr, uint64_t before, struct shown *out)
{
	struct shown_walk walk = shown_begin(ranges, sp, addr);
	struct location at = space_locate(sp, addr);
	uint64_t doc;
	size_t end;

	if (!at.segment || !next_stretch(&walk))
		return false;
	doc = document_id(at.segment->doc);
	end = ranges_find(ranges, doc,
	                  walk.off + u64_min(walk.run, before - addr));
	if (end == walk.next)
		return false;
	*out = shown_at(&walk, end - 1);
	return true;
}

bool shown_last(const struct ranges *ranges, const struct space *sp,
                uint64_t before, struct shown *out)
{
	size_t i = space_find(sp, before);

	/* The extent that holds `before`, and those in front of it. */
	i = size_min(i + 1, space_extents(sp));
	while (i-- > 0) {
		const struct extent *extent = space_extent(sp, i);
		uint64_t end = u64_min(extent->addr + extent->len, before);
		uint64_t addr = extent->addr;
		bool found = false;

		while (addr < end) {
			found |= last_of_stretch(ranges, sp, addr, end, out);
			addr += u64_min(space_locate(sp, addr).run, end - addr);
		}
		if (found)
			return true;
	}
	return false;
}

/* --- addresses ----------------------------------------------------------- */

void intervals_free(struct intervals *list)
{
	mem_free(list->v);
	*list = (struct intervals){ 0 };
}

bool intervals_add(struct intervals *list, uint64_t start, uint64_t end,
                   struct error *err)
{
	if (start >= end)
		return true;
	if (list->count > 0 && list->v[list->count - 1].end == start) {
		list->v[list->count - 1].end = end;
		return true;
	}
	if (!mem_grow(&list->v, &list->cap, list->count + 1, sizeof(*list->v),
	              err))
		return false;
	list->v[list->count++] = (struct interval){ start, end };
	return true;
}

/* What a stretch shows of a set of disjoint ranges. */
static bool cover_stretch(const struct ranges *set,
                          const struct shown_walk *walk, uint64_t end,
                          struct intervals *out, struct error *err)
{
	uint64_t len = u64_min(walk->run, end - walk->addr);
	struct location at = space_locate(walk->sp, walk->addr);
	uint64_t doc = document_id(at.segment->doc);
	/* One that began before may reach into it. */
	size_t i = walk->next - (walk->next > 0);

	for (; i < walk->end; i++) {
		struct range r = ranges_at(set, i);
		uint64_t from, to;

		if (r.doc != doc || r.off + r.len <= walk->off ||
		    r.off >= walk->off + len)
			continue;
		from = u64_max(r.off, walk->off) - walk->off;
		to = u64_min(r.off + r.len, walk->off + len) - walk->off;
		if (!intervals_add(out, walk->addr + from, walk->addr + to,
		                   err))
			return false;
	}
	return true;
}

/* The set with disjoint ranges of one piece. */
static struct ranges *flatten(const struct ranges *ranges, struct error *err)
{
	struct ranges *none = ranges_new(err);
	struct ranges *set = none ? ranges_or(ranges, none, err) : NULL;

	ranges_free(none);
	return set;
}

bool shown_cover(const struct ranges *ranges, const struct space *sp,
                 uint64_t start, uint64_t end, struct intervals *out,
                 struct error *err)
{
	struct ranges *set = flatten(ranges, err);
	struct shown_walk walk = shown_begin(set, sp, start);
	bool ok = set != NULL;

	*out = (struct intervals){ 0 };
	while (ok && next_stretch(&walk) && walk.addr < end)
		ok = cover_stretch(set, &walk, end, out, err);
	ranges_free(set);
	return ok;
}

bool shown_rest(const struct ranges *ranges, const struct space *sp,
                uint64_t start, uint64_t end, struct intervals *out,
                struct error *err)
{
	struct intervals cover;
	uint64_t at = start;
	bool ok = shown_cover(ranges, sp, start, end, &cover, err);

	*out = (struct intervals){ 0 };
	for (size_t i = 0; ok && i < cover.count; i++) {
		ok = intervals_add(out, at, cover.v[i].start, err);
		at = cover.v[i].end;
	}
	ok = ok && intervals_add(out, at, end, err);
	intervals_free(&cover);
	return ok;
}

/* --- sets ---------------------------------------------------------------- */

/* One bit for each range. */
static void set_bit(unsigned char *bits, size_t idx)
{
	bits[idx / CHAR_BIT] |= (unsigned char)(1u << idx % CHAR_BIT);
}

static bool has_bit(const unsigned char *bits, size_t idx)
{
	return bits[idx / CHAR_BIT] >> idx % CHAR_BIT & 1;
}

/* Mark the ranges of a that are near one of the addresses. */
static void mark_near(const struct ranges *a, const struct space *sp,
                      const struct intervals *near, uint64_t dist,
                      unsigned char *bits)
{
	struct shown_walk walk = shown_begin(a, sp, 0);
	struct shown s;
	size_t i = 0;

	while (shown_next(&walk, &s)) {
		while (i < near->count && near->v[i].end <= s.addr &&
		       s.addr - near->v[i].end > dist)
			i++;
		if (i == near->count)
			return;
		if (near->v[i].start < s.addr + s.len ||
		    near->v[i].start - (s.addr + s.len) <= dist)
			set_bit(bits, s.idx);
	}
}

static bool copy_marked(const struct ranges *a, const unsigned char *bits,
                        struct ranges *out, struct error *err)
{
	size_t count = ranges_count(a);

	for (size_t i = 0; i < count; i++) {
		struct range range;

		if (!has_bit(bits, i))
			continue;
		range = ranges_at(a, i);
		if (!ranges_add(out, &range, err))
			return false;
	}
	return true;
}

struct ranges *shown_within(const struct ranges *a, const struct ranges *b,
                            uint64_t dist, const struct space *sp,
                            struct error *err)
{
	struct intervals near = { 0 };
	struct ranges *out = ranges_new(err);
	unsigned char *bits =
		out ? mem_zalloc(ranges_count(a) / CHAR_BIT + 1, err) : NULL;
	bool ok = bits && shown_cover(b, sp, 0, space_size(sp), &near, err);

	if (ok) {
		mark_near(a, sp, &near, dist, bits);
		ok = copy_marked(a, bits, out, err);
	}
	intervals_free(&near);
	mem_free(bits);
	if (ok)
		return out;
	ranges_free(out);
	return NULL;
}

/* Pieces on their way into a set. */
struct pieces {
	struct portion *v; /* owned */
	size_t count, cap;
};

static bool put_pieces(struct ranges *ranges, struct pieces *pieces,
                       struct error *err)
{
	struct range range;

	if (pieces->count == 0)
		return true;
	range = (struct range){ .doc = pieces->v[0].doc,
		                .off = pieces->v[0].off,
		                .len = pieces->v[0].len,
		                .rest = &pieces->v[1],
		                .rest_count = pieces->count - 1 };
	pieces->count = 0;
	return ranges_add(ranges, &range, err);
}

static bool add_piece(struct pieces *pieces, const struct location *at,
                      uint64_t len, struct error *err)
{
	struct portion piece = { document_id(at->segment->doc), at->doc_off,
		                 len };
	struct portion *last =
		pieces->count > 0 ? &pieces->v[pieces->count - 1] : NULL;

	if (last && last->doc == piece.doc &&
	    last->off + last->len == piece.off) {
		last->len += len;
		return true;
	}
	if (!mem_grow(&pieces->v, &pieces->cap, pieces->count + 1,
	              sizeof(*pieces->v), err))
		return false;
	pieces->v[pieces->count++] = piece;
	return true;
}

bool shown_add(struct ranges *ranges, const struct space *sp, uint64_t start,
               uint64_t end, struct error *err)
{
	struct location at = space_locate(sp, start);
	struct pieces pieces = { 0 };
	bool ok = true;

	/* Most matches lie in one document. */
	if (start < end && at.segment && at.run >= end - start) {
		struct range range = { .doc = document_id(at.segment->doc),
			               .off = at.doc_off,
			               .len = end - start };

		return ranges_add(ranges, &range, err);
	}
	while (ok && start < end) {
		uint64_t len;

		at = space_locate(sp, start);
		len = u64_min(at.run, end - start);
		ok = at.segment ? add_piece(&pieces, &at, len, err)
		                : put_pieces(ranges, &pieces, err);
		start += len;
	}
	ok = ok && put_pieces(ranges, &pieces, err);
	mem_free(pieces.v);
	return ok;
}
