/* test_shown.c - tests of src/space/shown.c */
#include "config.h"

#include "space/shown.h"

#include <string.h>

#include "base/mem.h"
#include "source/memory.h"
#include "space/ranges.h"
#include "space/space.h"
#include "tests/support.h"

enum {
	BYTES = 48, /* of a document */
	DOCS = 3,
	ADDRS = 256,
};

static struct document *docs[DOCS];

static void setup(void)
{
	for (size_t i = 0; i < DOCS; i++) {
		struct error err;
		struct source *src = memory_open(BYTES, &err);

		must(src != NULL, &err);
		/* Not in the order in which they come up. */
		docs[i] = document_new(src, 10 + (i * 2) % DOCS, "memory",
		                       ACCESS_COPY, &err);
		must(docs[i] != NULL, &err);
	}
}

static void teardown(void)
{
	for (size_t i = 0; i < DOCS; i++)
		document_unref(docs[i]);
}

/* Windows of documents and gaps, some over each other. */
static struct space *random_space(uint64_t *seed)
{
	struct layout layout = { 0 };
	uint64_t sizes[16];
	size_t count = 1 + random_below(seed, ARRAY_LEN(sizes));
	bool covering = random_below(seed, 2);
	struct space *sp;
	struct error err;

	for (size_t i = 0; i < count; i++) {
		bool gap = random_below(seed, 8) == 0;
		struct placement *p = placement_new(gap ? "gap:3" : "x", &err);

		must(p != NULL, &err);
		sizes[i] = BYTES;
		if (!gap) {
			p->doc = document_ref(docs[random_below(seed, DOCS)]);
			p->has_skip = p->has_size = true;
			p->skip = random_below(seed, BYTES + 1);
			p->size =
				random_below(seed,
			                     u64_min(BYTES - p->skip, 12) + 1);
		}
		if (covering) {
			p->over = OVER_COVER;
			p->at = AT_ADDR;
			p->at_value = random_below(seed, 150);
		}
		must(layout_add(&layout, p, &err), &err);
	}
	sp = space_derive(&layout, sizes, &err);
	must(sp != NULL, &err);
	layout_clear(&layout);
	ck_assert_uint_le(space_size(sp), ADDRS);
	return sp;
}

static struct ranges *random_set(uint64_t *seed, const struct space *sp)
{
	size_t count = random_below(seed, 10);
	struct error err;
	struct ranges *set = ranges_new(&err);

	must(set != NULL, &err);
	for (size_t i = 0; i < count; i++) {
		uint64_t doc = 10 + random_below(seed, DOCS);
		uint64_t off = random_below(seed, BYTES);
		struct range r = { .doc = doc,
			           .off = off,
			           .len = random_below(seed, BYTES - off + 1),
			           .tag = (uint32_t)i };
		uint64_t size = space_size(sp);
		uint64_t from = random_below(seed, size + 1);
		uint64_t to = from + random_below(seed, size - from + 1);

		if (random_below(seed, 2) > 0)
			r.len = u64_min(r.len, 4);
		if (random_below(seed, 3) == 0)
			must(shown_add(set, sp, from, to, &err), &err);
		else
			must(ranges_add(set, &r, &err), &err);
	}
	return set;
}

/* Does an address show this byte? */
static bool shows(const struct space *sp, uint64_t addr, uint64_t doc,
                  uint64_t off)
{
	struct location at = space_locate(sp, addr);

	return at.segment && document_id(at.segment->doc) == doc &&
	       at.doc_off == off;
}

/* How far a range is shown from addr on, a byte at a time. */
static uint64_t naive_length(const struct space *sp, uint64_t addr,
                             const struct range *r)
{
	uint64_t len = 0;
	uint64_t off = r->off;
	uint64_t doc = r->doc;
	uint64_t left = r->len;

	for (size_t i = 0;; i++) {
		for (; left > 0; left--, off++, len++)
			if (!shows(sp, addr + len, doc, off))
				return len;
		if (i == r->rest_count)
			return len;
		doc = r->rest[i].doc;
		off = r->rest[i].off;
		left = r->rest[i].len;
	}
}

/* The addresses that show bytes of a set. */
static void naive_cover(const struct ranges *set, const struct space *sp,
                        bool in[static ADDRS])
{
	memset(in, 0, ADDRS);
	for (uint64_t addr = 0; addr < space_size(sp); addr++) {
		for (size_t i = 0; i < ranges_count(set); i++) {
			struct range r = ranges_at(set, i);
			struct portion piece = { r.doc, r.off, r.len };

			for (size_t j = 0; j <= r.rest_count; j++) {
				for (uint64_t k = 0; k < piece.len; k++)
					in[addr] |= shows(sp, addr, piece.doc,
					                  piece.off + k);
				if (j < r.rest_count)
					piece = r.rest[j];
			}
		}
	}
}

START_TEST(walks_as_naively)
{
	uint64_t seed = random_seed();
	size_t n = cases(2000);

	for (size_t round = 0; round < n; round++) {
		struct space *sp = random_space(&seed);
		struct ranges *set = random_set(&seed, sp);
		uint64_t from = random_below(&seed, space_size(sp) + 1);
		struct shown_walk walk = shown_begin(set, sp, from);
		struct shown got, last = { 0 };
		bool any = false;

		for (uint64_t addr = 0; addr < space_size(sp); addr++) {
			for (size_t i = 0; i < ranges_count(set); i++) {
				struct range r = ranges_at(set, i);
				struct shown want = { .addr = addr, .idx = i };

				if (!shows(sp, addr, r.doc, r.off))
					continue;
				want.len = naive_length(sp, addr, &r);
				if (addr < from) {
					last = want;
					any = true;
					continue;
				}
				ck_assert(shown_next(&walk, &got));
				ck_assert(got.addr == want.addr &&
				          got.len == want.len &&
				          got.idx == want.idx);
			}
		}
		ck_assert(!shown_next(&walk, &got));
		ck_assert(!shown_next(&walk, &got));
		ck_assert_int_eq(shown_last(set, sp, from, &got), any);
		ck_assert(!any || (got.addr == last.addr &&
		                   got.len == last.len && got.idx == last.idx));
		ranges_free(set);
		space_unref(sp);
	}
}
END_TEST

/* Are these exactly the addresses of [start, end) where in[] is `want`? */
static bool is_cover(const struct intervals *list, const bool in[static ADDRS],
                     bool want, uint64_t start, uint64_t end)
{
	bool got[ADDRS] = { false };

	for (size_t i = 0; i < list->count; i++) {
		if (list->v[i].start >= list->v[i].end ||
		    list->v[i].start < start || list->v[i].end > end ||
		    (i > 0 && list->v[i - 1].end >= list->v[i].start))
			return false;
		for (uint64_t a = list->v[i].start; a < list->v[i].end; a++)
			got[a] = true;
	}
	for (uint64_t a = start; a < end; a++)
		if (got[a] != (in[a] == want))
			return false;
	return true;
}

START_TEST(covers_as_naively)
{
	uint64_t seed = random_seed();
	size_t n = cases(2000);

	for (size_t round = 0; round < n; round++) {
		struct space *sp = random_space(&seed);
		struct ranges *set = random_set(&seed, sp);
		uint64_t size = space_size(sp);
		uint64_t start = random_below(&seed, size + 1);
		uint64_t end = start + random_below(&seed, size - start + 1);
		struct intervals list;
		struct error err;
		bool in[ADDRS];

		naive_cover(set, sp, in);
		must(shown_cover(set, sp, start, end, &list, &err), &err);
		ck_assert(is_cover(&list, in, true, start, end));
		intervals_free(&list);
		must(shown_rest(set, sp, start, end, &list, &err), &err);
		ck_assert(is_cover(&list, in, false, start, end));
		intervals_free(&list);
		ranges_free(set);
		space_unref(sp);
	}
}
END_TEST

/* Is a byte of the set shown within dist bytes of what is shown? */
static bool naive_near(const bool in[static ADDRS], uint64_t size,
                       const struct shown *s, uint64_t dist)
{
	for (uint64_t a = 0; a < size; a++) {
		uint64_t between = a < s->addr ? s->addr - a - 1
		                   : a >= s->addr + s->len
		                           ? a - (s->addr + s->len)
		                           : 0;

		if (in[a] && between <= dist)
			return true;
	}
	return false;
}

START_TEST(within_as_naively)
{
	uint64_t seed = random_seed();
	size_t n = cases(2000);

	for (size_t round = 0; round < n; round++) {
		struct space *sp = random_space(&seed);
		struct ranges *a = random_set(&seed, sp);
		struct ranges *b = random_set(&seed, sp);
		uint64_t dist = random_below(&seed, 2)
		                        ? random_below(&seed, 9)
		                        : random_below(&seed, 2) * UINT64_MAX;
		struct shown_walk walk = shown_begin(a, sp, 0);
		struct ranges *near;
		struct shown s;
		struct error err;
		bool want[ADDRS] = { false };
		bool in[ADDRS];
		size_t at = 0;

		naive_cover(b, sp, in);
		while (shown_next(&walk, &s))
			want[s.idx] |= naive_near(in, space_size(sp), &s, dist);
		near = shown_within(a, b, dist, sp, &err);
		must(near != NULL, &err);
		for (size_t i = 0; i < ranges_count(a); i++) {
			struct range r = ranges_at(a, i);
			struct range got;

			if (!want[i])
				continue;
			ck_assert_uint_lt(at, ranges_count(near));
			got = ranges_at(near, at++);
			ck_assert(got.doc == r.doc && got.off == r.off &&
			          got.len == r.len && got.tag == r.tag &&
			          got.rest_count == r.rest_count);
		}
		ck_assert_uint_eq(at, ranges_count(near));
		ranges_free(near);
		ranges_free(a);
		ranges_free(b);
		space_unref(sp);
	}
}
END_TEST

/* One range for each run of bytes, shown where it was taken from. */
START_TEST(adds_runs)
{
	uint64_t seed = random_seed();
	size_t n = cases(2000);

	for (size_t round = 0; round < n; round++) {
		struct space *sp = random_space(&seed);
		uint64_t size = space_size(sp);
		uint64_t start = random_below(&seed, size + 1);
		uint64_t end = start + random_below(&seed, size - start + 1);
		struct error err;
		struct ranges *set = ranges_new(&err);
		size_t runs = 0;
		uint64_t bytes = 0, got = 0;
		bool before = false;
		bool in[ADDRS];

		must(set != NULL && shown_add(set, sp, start, end, &err), &err);
		naive_cover(set, sp, in);
		for (uint64_t a = start; a < end; a++) {
			bool there = space_locate(sp, a).segment != NULL;

			ck_assert_int_eq(in[a], there);
			runs += there && !before;
			bytes += there;
			before = there;
		}
		ck_assert_uint_eq(ranges_count(set), runs);
		for (size_t i = 0; i < runs; i++) {
			struct range r = ranges_at(set, i);

			got += ranges_length(&r);
		}
		ck_assert_uint_eq(got, bytes);
		ranges_free(set);
		space_unref(sp);
	}
}
END_TEST

START_TEST(without_memory)
{
	uint64_t seed = 7;
	struct space *sp = random_space(&seed);
	uint64_t size = space_size(sp);
	struct error err;
	struct ranges *set = ranges_new(&err);
	bool ok = false;

	must(set && shown_add(set, sp, 0, size, &err), &err);
	for (long n = 0; !ok; n++) {
		struct intervals list = { 0 };
		struct ranges *near = NULL;
		struct ranges *copy = ranges_new(&err);

		must(copy != NULL, &err);
		mem_fail_after(n);
		ok = shown_rest(set, sp, 1, size - 1, &list, &err) &&
		     shown_add(copy, sp, 0, size, &err) &&
		     (near = shown_within(set, copy, 1, sp, &err));
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
		ck_assert(!ok || n > 5);
		intervals_free(&list);
		ranges_free(near);
		ranges_free(copy);
	}
	ranges_free(set);
	space_unref(sp);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("shown");
	TCase *tc = tcase_create("shown");

	tcase_set_timeout(tc, 600);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, walks_as_naively);
	tcase_add_test(tc, covers_as_naively);
	tcase_add_test(tc, within_as_naively);
	tcase_add_test(tc, adds_runs);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
