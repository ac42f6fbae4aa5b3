/* test_ranges.c - tests of src/space/ranges.c */
#include "config.h"

#include "space/ranges.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "source/memory.h"
#include "space/space.h"
#include "tests/support.h"

enum { DOCS = 3, BYTES = 64 };

static struct ranges *new_ranges(void)
{
	struct error err;
	struct ranges *ranges = ranges_new(&err);

	must(ranges != NULL, &err);
	return ranges;
}

static void add(struct ranges *ranges, uint64_t doc, uint64_t off, uint64_t len,
                uint32_t tag)
{
	struct range r = { .doc = doc, .off = off, .len = len, .tag = tag };
	struct error err;

	must(ranges_add(ranges, &r, &err), &err);
}

/* Is a range behind the one before, or its equal added later? Tags go up with
   every range. */
static bool in_order(const struct ranges *ranges, size_t idx)
{
	struct range a = ranges_at(ranges, idx - 1);
	struct range b = ranges_at(ranges, idx);

	if (a.doc != b.doc)
		return a.doc < b.doc;
	if (a.off != b.off)
		return a.off < b.off;
	if (a.len != b.len)
		return a.len < b.len;
	return a.tag < b.tag;
}

/* Some of each kind: with a text, longer than 32 bits, of several pieces. */
static void add_odd(uint64_t *seed, struct ranges *ranges, uint32_t tag)
{
	struct portion rest = { .doc = random_below(seed, DOCS),
		                .off = random_below(seed, 5),
		                .len = random_below(seed, 3) };
	struct range r = { .doc = random_below(seed, DOCS),
		           .off = random_below(seed, 5),
		           .len = random_below(seed, 3),
		           .tag = tag };
	struct error err;

	if (random_below(seed, 4) == 0)
		r.len += UINT32_MAX - UINT64_C(2);
	if (random_below(seed, 4) == 0)
		r.name = "name";
	if (random_below(seed, 4) == 0) {
		r.rest = &rest;
		r.rest_count = 1;
	}
	must(ranges_add(ranges, &r, &err), &err);
}

START_TEST(sorted_whatever_the_order)
{
	uint64_t seed = random_seed();
	size_t n = cases(20000);
	bool wrong = false;

	for (size_t i = 0; i < n; i++) {
		struct ranges *ranges = new_ranges();
		size_t count = random_below(&seed, 12);
		uint64_t doc = random_below(&seed, DOCS);
		uint64_t off = random_below(&seed, 5);
		size_t first = 0;

		for (size_t j = 0; j < count; j++) {
			add_odd(&seed, ranges, (uint32_t)j);
			if (random_below(&seed, 8) == 0)
				ranges_remove(ranges,
				              random_below(&seed,
				                           ranges_count(
								   ranges)));
		}
		count = ranges_count(ranges);
		for (size_t j = 1; j < count; j++)
			wrong = wrong || !in_order(ranges, j);
		while (first < count && (ranges_at(ranges, first).doc < doc ||
		                         (ranges_at(ranges, first).doc == doc &&
		                          ranges_at(ranges, first).off < off)))
			first++;
		wrong = wrong || ranges_find(ranges, doc, off) != first;
		ck_assert(!wrong);
		ranges_free(ranges);
	}
}
END_TEST

START_TEST(texts_are_copied)
{
	char name[] = "vbr", comment[] = "volume boot record";
	struct range r = { .doc = 1, .off = 2, .len = 3, .tag = 4 };
	struct ranges *ranges = new_ranges();
	struct error err;

	r.name = name;
	r.comment = comment;
	add(ranges, 1, 0, 1, 0); /* one without a name comes before */
	must(ranges_add(ranges, &r, &err), &err);
	memset(name, 'x', 3);
	memset(comment, 'x', 3);
	ck_assert_uint_eq(ranges_named(ranges, "vbr"), 1);
	ck_assert_uint_eq(ranges_named(ranges, "xxx"), 2); /* there is none */
	ck_assert_str_eq(ranges_at(ranges, 1).comment, "volume boot record");
	ck_assert_uint_eq(ranges_at(ranges, 1).tag, 4);
	ranges_remove(ranges, 1);
	ck_assert_uint_eq(ranges_named(ranges, "vbr"), 1);
	ranges_free(ranges);
	ranges_free(NULL);
}
END_TEST

/* A set of bytes, one bit each. */
struct bits {
	uint64_t of[DOCS];
};

/* Add a range that may go on in other documents. */
static void add_pieces(uint64_t *seed, struct ranges *ranges, uint64_t doc,
                       uint64_t off, uint64_t len, struct bits *bits)
{
	struct portion rest[2];
	struct range r = { .doc = doc, .off = off, .len = len, .tag = 7 };
	struct error err;

	if (random_below(seed, 4) == 0)
		r.rest_count = 1 + random_below(seed, 2);
	for (size_t i = 0; i < r.rest_count; i++) {
		rest[i] = (struct portion){ .doc = random_below(seed, DOCS),
			                    .len = 1 + random_below(seed, 3) };
		for (uint64_t j = 0; j < rest[i].len; j++)
			bits->of[rest[i].doc] |= UINT64_C(1) << j;
		len += rest[i].len;
	}
	r.rest = rest;
	ck_assert_uint_eq(ranges_length(&r), len);
	must(ranges_add(ranges, &r, &err), &err);
}

/* Add a range and remove it again. */
static void remove_added(struct ranges *ranges, const struct range *range)
{
	struct error err;
	size_t i;

	must(ranges_add(ranges, range, &err), &err);
	for (i = 0; ranges_at(ranges, i).tag != range->tag;)
		i++;
	ranges_remove(ranges, i);
}

static void random_ranges(uint64_t *seed, struct ranges *ranges,
                          struct bits *bits)
{
	static const struct portion pieces[] = { { 2, 60, 2 }, { 0, 0, 1 } };
	size_t count = random_below(seed, 8);

	*bits = (struct bits){ { 0 } };
	for (size_t i = 0; i < count; i++) {
		uint64_t doc = random_below(seed, DOCS);
		uint64_t off = random_below(seed, BYTES);
		uint64_t len = random_below(seed, BYTES - off + 1);

		if (random_below(seed, 3) > 0)
			len = u64_min(len, 4);
		add_pieces(seed, ranges, doc, off, len, bits);
		for (uint64_t j = off; j < off + len; j++)
			bits->of[doc] |= UINT64_C(1) << j;
		/* What is removed takes its pieces along. */
		if (random_below(seed, 4) == 0) {
			struct range r = { .doc = 1,
				           .off = 0,
				           .len = 1,
				           .tag = 8,
				           .rest = pieces,
				           .rest_count = ARRAY_LEN(pieces) };

			remove_added(ranges, &r);
		}
	}
}

/* Is this exactly the set, disjoint, not adjacent, without tags? */
static bool is_set(const struct ranges *ranges, const struct bits *want)
{
	struct bits got = { { 0 } };
	struct range last = { 0 };

	for (size_t i = 0; i < ranges_count(ranges); i++) {
		struct range r = ranges_at(ranges, i);

		if (r.len == 0 || r.tag || r.rest_count || r.doc >= DOCS ||
		    r.off + r.len > BYTES)
			return false;
		if (i > 0 &&
		    (last.doc > r.doc ||
		     (last.doc == r.doc && last.off + last.len >= r.off)))
			return false;
		for (uint64_t j = r.off; j < r.off + r.len; j++)
			got.of[r.doc] |= UINT64_C(1) << j;
		last = r;
	}
	return memcmp(&got, want, sizeof(got)) == 0;
}

START_TEST(sets_as_bits)
{
	uint64_t seed = random_seed();
	size_t n = cases(100000);

	for (size_t i = 0; i < n; i++) {
		struct ranges *a = new_ranges();
		struct ranges *b = new_ranges();
		struct bits in_a, in_b, both, either, only;
		struct ranges *r_and, *r_or, *r_minus;
		struct error err;

		random_ranges(&seed, a, &in_a);
		random_ranges(&seed, b, &in_b);
		for (size_t d = 0; d < DOCS; d++) {
			both.of[d] = in_a.of[d] & in_b.of[d];
			either.of[d] = in_a.of[d] | in_b.of[d];
			only.of[d] = in_a.of[d] & ~in_b.of[d];
		}
		r_and = ranges_and(a, b, &err);
		r_or = ranges_or(a, b, &err);
		r_minus = ranges_minus(a, b, &err);
		ck_assert(r_and && r_or && r_minus && is_set(r_and, &both) &&
		          is_set(r_or, &either) && is_set(r_minus, &only));
		ranges_free(r_and);
		ranges_free(r_or);
		ranges_free(r_minus);
		ranges_free(a);
		ranges_free(b);
	}
}
END_TEST

/* Up to the last byte that can be named. */
START_TEST(sets_at_the_end)
{
	struct ranges *a = new_ranges();
	struct ranges *b = new_ranges();
	struct ranges *set;
	struct error err;

	add(a, UINT64_MAX, 0, UINT64_MAX, 0);
	add(b, UINT64_MAX, UINT64_MAX - 1, 1, 0);
	add(b, UINT64_MAX, UINT64_MAX, 0, 0);
	set = ranges_minus(a, b, &err);
	must(set != NULL, &err);
	ck_assert_uint_eq(ranges_count(set), 1);
	ck_assert_uint_eq(ranges_at(set, 0).len, UINT64_MAX - 1);
	ranges_free(set);
	set = ranges_and(a, b, &err);
	must(set != NULL, &err);
	ck_assert_uint_eq(ranges_count(set), 1);
	ck_assert_uint_eq(ranges_at(set, 0).off, UINT64_MAX - 1);
	ranges_free(set);
	ranges_free(a);
	ranges_free(b);
}
END_TEST

/* Fail the 1st, 2nd, .. allocation until the call gets through. */
/* A byte that is left is in a range if it was before, and what was put in at an
   end is not. */
static void check_shifted(const struct range *before, const struct range *after,
                          uint64_t off, uint64_t removed, uint64_t added)
{
	uint64_t at = 0;

	ck_assert_uint_eq(after->off,
	                  ranges_shifted(before->off, off, removed, added));
	for (uint64_t byte = 0; byte < 120; byte++) {
		if (byte >= off && byte - off < removed)
			continue;
		at = byte < off ? byte : byte - removed + added;
		ck_assert(before->off <= byte &&
		                          byte - before->off < before->len
		                  ? after->off <= at &&
		                            at - after->off < after->len
		                  : at < after->off ||
		                            at - after->off >= after->len);
	}
	if (removed == 0 &&
	    (off == before->off || off == before->off + before->len))
		ck_assert_uint_eq(after->len, before->len);
}

START_TEST(ranges_stay_at_their_bytes)
{
	uint64_t seed = random_seed();

	for (size_t n = cases(3000); n > 0; n--) {
		struct ranges *ranges = new_ranges();
		struct range before[20];
		uint64_t off = random_below(&seed, 100);
		uint64_t removed =
			random_below(&seed, 3) ? random_below(&seed, 20) : 0;
		uint64_t added = random_below(&seed, 20);
		struct error err;

		for (uint32_t i = 0; i < 20; i++) {
			before[i] = (struct range){
				.doc = 1 + random_below(&seed, 2),
				.off = random_below(&seed, 80),
				.len = random_below(&seed, 20),
				.tag = i,
			};
			must(ranges_add(ranges, &before[i], &err), &err);
		}
		ranges_shift(ranges, 1, off, removed, added);
		for (size_t i = 0; i < 20; i++) {
			struct range r = ranges_at(ranges, i);
			const struct range *was = &before[r.tag];
			struct range last =
				ranges_at(ranges, i > 0 ? i - 1 : 0);

			ck_assert(last.doc < r.doc || last.off < r.off ||
			          (last.off == r.off && last.len <= r.len));
			ck_assert_uint_eq(r.doc, was->doc);
			if (r.doc == 1) {
				check_shifted(was, &r, off, removed, added);
				continue;
			}
			ck_assert_uint_eq(r.off, was->off);
			ck_assert_uint_eq(r.len, was->len);
		}
		ranges_free(ranges);
	}
}
END_TEST

START_TEST(add_without_memory)
{
	char name[] = "name", comment[] = "comment";
	struct portion rest[] = { { 1, 0, 2 }, { 2, 0, 3 } };
	struct range r = { .off = 1,
		           .name = name,
		           .comment = comment,
		           .rest = rest,
		           .rest_count = ARRAY_LEN(rest) };
	struct ranges *ranges = NULL;
	struct error err;
	bool ok = false;

	for (long n = 0; !ok; n++) {
		mem_fail_after(n);
		if (!ranges)
			ranges = ranges_new(&err);
		ok = ranges && ranges_add(ranges, &r, &err);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
		ck_assert(!ok || n > 2);
		if (ranges)
			ck_assert_uint_eq(ranges_count(ranges), ok);
	}
	ranges_free(ranges);
}
END_TEST

START_TEST(sets_without_memory)
{
	struct ranges *a = new_ranges();
	struct ranges *b = new_ranges();
	struct ranges *set = NULL;
	struct error err;

	for (uint64_t i = 0; i < 20; i++)
		add(a, 0, 3 * i, 2, 0);
	for (long n = 0; !set; n++) {
		mem_fail_after(n);
		set = ranges_or(a, b, &err);
		mem_fail_after(-1);
		ck_assert(set || err.code == ERR_NOMEM);
		ck_assert(!set || n > 2);
	}
	ck_assert_uint_eq(ranges_count(set), 20);
	ranges_free(set);
	ranges_free(a);
	ranges_free(b);
}
END_TEST

static struct document *new_document(uint64_t id)
{
	struct error err;
	struct source *src = memory_open(BYTES, &err);
	struct document *doc;

	must(src != NULL, &err);
	doc = document_new(src, id, "memory", ACCESS_COPY, &err);
	must(doc != NULL, &err);
	return doc;
}

/* Ids, not in the order in which they come up; the last one has no document. */
static const uint64_t ids[] = { 11, UINT64_MAX, 10, 12 };

enum { SHOWN = ARRAY_LEN(ids) - 1 };

static struct placement *random_window(uint64_t *seed,
                                       struct document *docs[SHOWN])
{
	struct error err;
	struct placement *p = placement_new("x", &err);

	must(p != NULL, &err);
	p->doc = document_ref(docs[random_below(seed, SHOWN)]);
	p->has_skip = p->has_size = true;
	p->skip = random_below(seed, BYTES + 1);
	p->size = random_below(seed, BYTES - p->skip + 1);
	if (random_below(seed, 8) > 0)
		p->size = u64_min(p->size, 16);
	return p;
}

/* Windows of documents and gaps, some over each other. */
static struct space *random_space(uint64_t *seed, struct document *docs[SHOWN])
{
	struct layout layout = { 0 };
	uint64_t sizes[24];
	size_t count = 1 + random_below(seed, random_below(seed, 2) ? 24 : 6);
	struct space *sp;
	struct error err;

	for (size_t i = 0; i < count; i++) {
		bool gap = random_below(seed, 8) == 0;
		struct placement *p = gap ? placement_new("gap:3", &err)
		                          : random_window(seed, docs);

		must(p != NULL, &err);
		p->over = OVER_COVER;
		p->at = AT_ADDR;
		p->at_value = random_below(seed, 100);
		sizes[i] = BYTES;
		must(layout_add(&layout, p, &err), &err);
	}
	sp = space_derive(&layout, sizes, &err);
	must(sp != NULL, &err);
	layout_clear(&layout);
	ck_assert_pstr_eq(space_check(sp), NULL);
	return sp;
}

/* The address that shows a byte, by looking at all of them. */
static uint64_t byte_address(const struct space *sp, uint64_t doc, uint64_t off,
                             bool at_end)
{
	for (uint64_t addr = 0; addr < space_size(sp); addr++) {
		struct location loc = space_locate(sp, addr);

		if (loc.segment && document_id(loc.segment->doc) == doc &&
		    loc.doc_off == off &&
		    (!at_end || loc.off + 1 == loc.segment->size))
			return addr;
	}
	return UINT64_MAX;
}

static uint64_t point_address(const struct space *sp, uint64_t doc,
                              uint64_t off)
{
	uint64_t addr = byte_address(sp, doc, off, false);

	if (addr != UINT64_MAX)
		return addr;
	if (off > 0)
		addr = byte_address(sp, doc, off - 1, true);
	if (addr != UINT64_MAX)
		addr++;
	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct segment *seg = space_segment(sp, i);

		if (seg->doc && document_id(seg->doc) == doc &&
		    seg->off == off && seg->size == 0)
			addr = u64_min(addr, seg->addr);
	}
	return addr;
}

START_TEST(addresses_as_looked_up)
{
	uint64_t seed = random_seed();
	size_t n = cases(5000);
	struct document *docs[SHOWN];

	for (size_t i = 0; i < SHOWN; i++)
		docs[i] = new_document(ids[i]);

	for (size_t i = 0; i < n; i++) {
		struct space *sp = random_space(&seed, docs);
		struct range r = {
			.doc = ids[random_below(&seed, ARRAY_LEN(ids))],
			.off = random_below(&seed, BYTES + 1),
			.len = random_below(&seed, 2)
		};
		uint64_t want = r.len ? byte_address(sp, r.doc, r.off, false)
		                      : point_address(sp, r.doc, r.off);
		uint64_t addr = UINT64_MAX;

		ck_assert_int_eq(ranges_address(&r, sp, &addr),
		                 want != UINT64_MAX);
		ck_assert_uint_eq(addr, want);
		space_unref(sp);
	}
	for (size_t i = 0; i < SHOWN; i++)
		document_unref(docs[i]);
}
END_TEST

/* A document cut into as many pieces as there may be, mapped in disorder, and
   once more as a whole at the end. */
START_TEST(addresses_of_many_pieces)
{
	enum { PIECES = 1 << 17, STEP = 7 };
	uint64_t size = (uint64_t)PIECES * STEP;
	uint64_t *sizes = malloc((PIECES + 1) * sizeof(*sizes));
	uint64_t seed = random_seed();
	struct layout layout = { 0 };
	struct error err;
	struct document *doc = document_new(memory_open(size, &err), 5, "m",
	                                    ACCESS_COPY, &err);
	struct space *sp;

	for (uint64_t i = 0; i <= PIECES; i++) {
		struct placement *p = placement_new("m", &err);

		must(p != NULL, &err);
		p->doc = document_ref(doc);
		p->has_skip = p->has_size = true;
		p->skip = i < PIECES ? (i * 12345 % PIECES) * STEP : 0;
		p->size = i < PIECES ? STEP : size;
		sizes[i] = size;
		must(layout_add(&layout, p, &err), &err);
	}
	sp = space_derive(&layout, sizes, &err);
	must(sp != NULL, &err);
	ck_assert_pstr_eq(space_check(sp), NULL);
	for (size_t n = 0; n < 10000; n++) {
		uint64_t i = random_below(&seed, PIECES);
		uint64_t k = random_below(&seed, STEP);
		struct range r = { .doc = 5,
			           .off = (i * 12345 % PIECES) * STEP + k };
		uint64_t addr;

		ck_assert(ranges_address(&r, sp, &addr));
		ck_assert_uint_eq(addr, i * STEP + k);
		ck_assert(space_document_end(sp, 5, r.off, &addr) ==
		          (k == 0 && r.off > 0));
	}
	space_unref(sp);
	layout_clear(&layout);
	document_unref(doc);
	free(sizes);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ranges");
	TCase *tc = tcase_create("ranges");

	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, sorted_whatever_the_order);
	tcase_add_test(tc, texts_are_copied);
	tcase_add_test(tc, sets_as_bits);
	tcase_add_test(tc, sets_at_the_end);
	tcase_add_test(tc, ranges_stay_at_their_bytes);
	tcase_add_test(tc, add_without_memory);
	tcase_add_test(tc, sets_without_memory);
	tcase_add_test(tc, addresses_as_looked_up);
	tcase_add_test(tc, addresses_of_many_pieces);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
