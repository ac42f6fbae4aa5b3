/*
 * ranges.c - see ranges.h
 *
 * One sorted array for each document: most lists are made in order, by a scan,
 * and then read many times; adding in the middle moves what comes behind, which
 * bookmarks can afford. There may be ten million matches, so an item is two
 * words, and what few have stands in a table beside.
 *
 * Invariants:
 * R1 (doc, off, len) never goes down from one range to the next, and off + len
 *    does not pass 2^64 - 1.
 * R2 A part has items, and its `start` is how many the parts before it have.
 * R3 An item of length LONG has its own entry of the table of extras; the
 *    entries without an item are a list that begins at `unused`.
 * R4 `rests` has each piece of each range's rest, as a range of its own; NULL:
 *    there never was one.
 */
#include "config.h"

#include "space/ranges.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "space/ranges_impl.h"
#include "space/space.h"

/* A length that does not fit, or there is more than a length and a tag. */
#define LONG UINT32_MAX
#define NONE UINT32_MAX /* no extra */

struct ranges *ranges_new(struct error *err)
{
	struct ranges *ranges = mem_zalloc(sizeof(*ranges), err);

	if (!ranges)
		return NULL;
	ranges->unused = NONE;
	ranges->refs = 1;
	return ranges;
}

struct ranges *ranges_ref(struct ranges *ranges)
{
	ranges->refs++;
	return ranges;
}

static void free_extra(struct extra *extra)
{
	mem_free(extra->name);
	mem_free(extra->comment);
	mem_free(extra->rest);
	*extra = (struct extra){ 0 };
}

void ranges_free(struct ranges *ranges)
{
	if (!ranges || --ranges->refs > 0)
		return;
	for (size_t i = 0; i < ranges->part_count; i++)
		mem_free(ranges->parts[i].v);
	for (size_t i = 0; i < ranges->extra_count; i++)
		free_extra(&ranges->extras[i]);
	ranges_free(ranges->rests);
	mem_free(ranges->parts);
	mem_free(ranges->extras);
	mem_free(ranges);
}

size_t ranges_count(const struct ranges *ranges)
{
	const struct part *last;

	if (ranges->part_count == 0)
		return 0;
	last = &ranges->parts[ranges->part_count - 1];
	return last->start + last->count;
}

/* The first part of a document with this id or a greater one. */
static size_t find_part(const struct ranges *ranges, uint64_t doc)
{
	size_t lo = 0;
	size_t hi = ranges->part_count;

	/* Lists are made in order. */
	if (hi > 0 && ranges->parts[hi - 1].doc == doc)
		return hi - 1;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (ranges->parts[mid].doc < doc)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t part_at(const struct ranges *ranges, size_t idx)
{
	size_t lo = 0;
	size_t hi = ranges->part_count;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (ranges->parts[mid].start <= idx)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

static uint64_t length(const struct ranges *ranges, const struct item *item)
{
	return item->len == LONG ? ranges->extras[item->tag].len : item->len;
}

struct range ranges_at(const struct ranges *ranges, size_t idx)
{
	const struct part *part;
	const struct item *item;
	const struct extra *extra;

	assert(idx < ranges_count(ranges));
	part = &ranges->parts[part_at(ranges, idx)];
	item = &part->v[idx - part->start];
	if (item->len != LONG)
		return (struct range){ .doc = part->doc,
			               .off = item->off,
			               .len = item->len,
			               .tag = item->tag };
	extra = &ranges->extras[item->tag];
	return (struct range){ .doc = part->doc,
		               .off = item->off,
		               .len = extra->len,
		               .tag = extra->tag,
		               .name = extra->name,
		               .comment = extra->comment,
		               .rest = extra->rest,
		               .rest_count = extra->rest_count };
}

uint64_t ranges_length(const struct range *range)
{
	uint64_t len = range->len;

	for (size_t i = 0; i < range->rest_count; i++)
		len += range->rest[i].len;
	return len;
}

/* --- adding and removing ------------------------------------------------- */

/* Where (off, len) belongs in a part: in front of its equals, or behind. */
static size_t search(const struct ranges *ranges, const struct part *part,
                     uint64_t off, uint64_t len, bool behind)
{
	size_t lo = 0;
	size_t hi = part->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct item *item = &part->v[mid];
		uint64_t has = length(ranges, item);

		if (item->off < off ||
		    (item->off == off && (has < len || (behind && has == len))))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t place_of(const struct ranges *ranges, const struct part *part,
                       const struct range *range)
{
	if (part->count == 0 || part->v[part->count - 1].off < range->off)
		return part->count;
	return search(ranges, part, range->off, range->len, true);
}

/* Make room for one more of this document; *at is its part. */
static bool make_room(struct ranges *ranges, uint64_t doc, size_t *at,
                      struct error *err)
{
	struct part part = { .doc = doc };
	struct part *next;

	*at = find_part(ranges, doc);
	if (*at < ranges->part_count && ranges->parts[*at].doc == doc) {
		next = &ranges->parts[*at];
		return mem_grow(&next->v, &next->cap, next->count + 1,
		                sizeof(*next->v), err);
	}
	if (!mem_grow(&ranges->parts, &ranges->part_cap, ranges->part_count + 1,
	              sizeof(*ranges->parts), err) ||
	    !mem_grow(&part.v, &part.cap, 1, sizeof(*part.v), err))
		return false;
	next = ranges->parts + *at;
	part.start =
		*at < ranges->part_count ? next->start : ranges_count(ranges);
	memmove(next + 1, next,
	        (ranges->part_count - *at) * sizeof(*ranges->parts));
	*next = part;
	ranges->part_count++;
	return true;
}

/* Parts are not empty. */
static void drop_if_empty(struct ranges *ranges, size_t at)
{
	struct part *part = &ranges->parts[at];

	if (part->count > 0)
		return;
	mem_free(part->v);
	ranges->part_count--;
	memmove(part, part + 1,
	        (ranges->part_count - at) * sizeof(*ranges->parts));
}

static bool needs_extra(const struct range *range)
{
	return range->len >= LONG || range->name || range->comment ||
	       range->rest_count > 0;
}

/* Copy a text that may be NULL. */
static bool copy_text(const char *from, char **to, struct error *err)
{
	*to = from ? mem_strdup(from, err) : NULL;
	return !from || *to;
}

static bool copy_rest(const struct range *range, struct extra *extra,
                      struct error *err)
{
	size_t n = range->rest_count;

	if (n == 0)
		return true;
	extra->rest = mem_resize(NULL, n, sizeof(*extra->rest), err);
	if (!extra->rest)
		return false;
	memcpy(extra->rest, range->rest, n * sizeof(*extra->rest));
	extra->rest_count = n;
	return true;
}

/* The index of an unused extra, which stays in its list. */
static bool reserve_extra(struct ranges *ranges, struct error *err)
{
	if (ranges->unused != NONE)
		return true;
	if (ranges->extra_count == NONE)
		return error_set(err, ERR_NOMEM, "out of memory");
	if (!mem_grow(&ranges->extras, &ranges->extra_cap,
	              ranges->extra_count + 1, sizeof(*ranges->extras), err))
		return false;
	ranges->unused = (uint32_t)ranges->extra_count++;
	ranges->extras[ranges->unused] = (struct extra){ .tag = NONE };
	return true;
}

static void remove_piece(struct ranges *rests, const struct portion *piece)
{
	struct part *part = &rests->parts[find_part(rests, piece->doc)];

	ranges_remove(rests, part->start + search(rests, part, piece->off,
	                                          piece->len, false));
}

/* R4, all or nothing. */
static bool add_rest(struct ranges *ranges, const struct range *range,
                     struct error *err)
{
	if (range->rest_count > 0 && !ranges->rests) {
		ranges->rests = ranges_new(err);
		if (!ranges->rests)
			return false;
	}
	for (size_t i = 0; i < range->rest_count; i++) {
		struct range r = { .doc = range->rest[i].doc,
			           .off = range->rest[i].off,
			           .len = range->rest[i].len };

		if (ranges_add(ranges->rests, &r, err))
			continue;
		while (i-- > 0)
			remove_piece(ranges->rests, &range->rest[i]);
		return false;
	}
	return true;
}

/* Make the item of a range, and its extra. */
static bool make_item(struct ranges *ranges, const struct range *range,
                      struct item *item, struct error *err)
{
	struct extra extra = { .len = range->len, .tag = range->tag };

	*item = (struct item){ range->off, (uint32_t)range->len, range->tag };
	if (!needs_extra(range))
		return true;
	if (!reserve_extra(ranges, err) ||
	    !copy_text(range->name, &extra.name, err) ||
	    !copy_text(range->comment, &extra.comment, err) ||
	    !copy_rest(range, &extra, err) || !add_rest(ranges, range, err)) {
		free_extra(&extra);
		return false;
	}
	item->len = LONG;
	item->tag = ranges->unused;
	ranges->unused = ranges->extras[item->tag].tag;
	ranges->extras[item->tag] = extra;
	return true;
}

bool ranges_add(struct ranges *ranges, const struct range *range,
                struct error *err)
{
	struct part *part;
	struct item item;
	size_t at, i;

	assert(range->len <= UINT64_MAX - range->off);
	if (!make_room(ranges, range->doc, &at, err))
		return false;
	if (!make_item(ranges, range, &item, err)) {
		drop_if_empty(ranges, at);
		return false;
	}
	part = &ranges->parts[at];
	i = place_of(ranges, part, range);
	memmove(&part->v[i + 1], &part->v[i],
	        (part->count - i) * sizeof(*part->v));
	part->v[i] = item;
	part->count++;
	for (at++; at < ranges->part_count; at++)
		ranges->parts[at].start++;
	return true;
}

struct ranges *ranges_copy(const struct ranges *ranges, struct error *err)
{
	struct ranges *copy = ranges_new(err);
	size_t count = ranges_count(ranges);

	for (size_t i = 0; copy && i < count; i++) {
		struct range range = ranges_at(ranges, i);

		if (ranges_add(copy, &range, err))
			continue;
		ranges_free(copy);
		return NULL;
	}
	return copy;
}

static void drop_extra(struct ranges *ranges, uint32_t idx)
{
	struct extra *extra = &ranges->extras[idx];

	for (size_t i = 0; i < extra->rest_count; i++)
		remove_piece(ranges->rests, &extra->rest[i]);
	free_extra(extra);
	extra->tag = ranges->unused;
	ranges->unused = idx;
}

void ranges_remove(struct ranges *ranges, size_t idx)
{
	size_t at = part_at(ranges, idx);
	struct part *part = &ranges->parts[at];

	assert(idx < ranges_count(ranges));
	idx -= part->start;
	if (part->v[idx].len == LONG)
		drop_extra(ranges, part->v[idx].tag);
	part->count--;
	memmove(&part->v[idx], &part->v[idx + 1],
	        (part->count - idx) * sizeof(*part->v));
	for (size_t i = at + 1; i < ranges->part_count; i++)
		ranges->parts[i].start--;
	drop_if_empty(ranges, at);
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

/* What was done to a document. */
struct shift {
	uint64_t off, removed, added;
};

static uint64_t shifted(const struct shift *shift, uint64_t at)
{
	return ranges_shifted(at, shift->off, shift->removed, shift->added);
}

/* Nothing is put in front of the end of a range. */
static void shift_bytes(const struct shift *shift, uint64_t *off, uint64_t *len)
{
	uint64_t end = *off + *len;

	end = end <= shift->off ? end : shifted(shift, end);
	*off = shifted(shift, *off);
	*len = end > *off ? end - *off : 0;
}

/* Those that begin at one place now may be in another order: each goes in front
   of what is greater. */
static void shift_part(struct ranges *ranges, struct part *part,
                       const struct shift *shift)
{
	for (size_t i = 0; i < part->count; i++) {
		struct item item = part->v[i];
		uint64_t len = length(ranges, &item);
		size_t to = i;

		shift_bytes(shift, &item.off, &len);
		/* What has no extra cannot get one here: it stays short. */
		if (item.len == LONG)
			ranges->extras[item.tag].len = len;
		else
			item.len = (uint32_t)u64_min(len, LONG - 1);
		for (; to > 0; to--) {
			const struct item *before = &part->v[to - 1];

			if (before->off < item.off ||
			    (before->off == item.off &&
			     length(ranges, before) <= len))
				break;
			part->v[to] = *before;
		}
		part->v[to] = item;
	}
}

void ranges_shift(struct ranges *ranges, uint64_t doc, uint64_t off,
                  uint64_t removed, uint64_t added)
{
	struct shift shift = { off, removed, added };
	size_t at = find_part(ranges, doc);

	if (at < ranges->part_count && ranges->parts[at].doc == doc)
		shift_part(ranges, &ranges->parts[at], &shift);
	for (size_t i = 0; i < ranges->extra_count; i++) {
		struct extra *extra = &ranges->extras[i];

		for (size_t j = 0; j < extra->rest_count; j++) {
			struct portion *rest = &extra->rest[j];

			if (rest->doc == doc)
				shift_bytes(&shift, &rest->off, &rest->len);
		}
	}
	if (ranges->rests)
		ranges_shift(ranges->rests, doc, off, removed, added);
}

size_t ranges_find(const struct ranges *ranges, uint64_t doc, uint64_t off)
{
	size_t at = find_part(ranges, doc);
	const struct part *part;

	if (at == ranges->part_count)
		return ranges_count(ranges);
	part = &ranges->parts[at];
	return part->start +
	       (part->doc == doc ? search(ranges, part, off, 0, false) : 0);
}

size_t ranges_named(const struct ranges *ranges, const char *name)
{
	size_t count = ranges_count(ranges);
	size_t i = 0;

	for (; i < count; i++) {
		struct range r = ranges_at(ranges, i);

		if (r.name && strcmp(r.name, name) == 0)
			break;
	}
	return i;
}

bool ranges_address(const struct range *range, const struct space *sp,
                    uint64_t *addr)
{
	return space_document_address(sp, range->doc, range->off, addr) ||
	       (range->len == 0 &&
	        space_document_end(sp, range->doc, range->off, addr));
}
