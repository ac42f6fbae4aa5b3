/*
 * test_kept.c - tests of src/keep/kept.c
 *
 * The model is an array that says of each byte of the store where it is.
 */
#include "config.h"

#include "keep/kept.h"

#include "base/mem.h"
#include "tests/support.h"

enum { STORE = 3000 };

static struct error err;

struct model {
	uint64_t at[STORE]; /* 0: it is not there */
	uint64_t end;       /* of the journal */
	size_t top;         /* of the store, behind all that are there */
};

/* Put `len` bytes at `off` of the store, `skip` bytes behind the journal's
   end. */
static void add(struct kept *kept, struct model *m, uint64_t off, uint64_t len,
                uint64_t skip)
{
	struct kept_stretch s = { off, len, m->end + skip };

	must(kept_add(kept, s, &err), &err);
	for (uint64_t i = 0; i < len; i++)
		m->at[off + i] = s.at + i;
	m->end = s.at + len;
	m->top = size_max(m->top, (size_t)(off + len));
}

static void cut(struct kept *kept, struct model *m, uint64_t end)
{
	kept_cut(kept, end);
	m->end = end;
	m->top = 0;
	for (size_t i = 0; i < STORE; i++) {
		if (m->at[i] >= end)
			m->at[i] = 0;
		if (m->at[i] > 0)
			m->top = i + 1;
	}
}

static void check(const struct kept *kept, const struct model *m, size_t off)
{
	struct kept_stretch s;
	uint64_t next = off;

	if (kept_find(kept, off, &s)) {
		ck_assert(off >= s.off && off - s.off < s.len);
		for (uint64_t i = 0; i < s.len; i++)
			ck_assert_uint_eq(m->at[s.off + i], s.at + i);
		return;
	}
	while (next < STORE && m->at[next] == 0)
		next++;
	ck_assert_uint_eq(s.off, next < STORE ? next : UINT64_MAX);
	ck_assert_uint_eq(m->at[off], 0);
}

/* Bytes at the end of both, late ones, and groups that are given up. */
static void step(struct kept *kept, struct model *m, uint64_t *rnd)
{
	uint64_t len = 1 + random_below(rnd, random_below(rnd, 3) ? 3 : 40);
	uint64_t skip = random_below(rnd, 3) ? random_below(rnd, 300) : 0;
	uint64_t off = m->top + random_below(rnd, 2) * random_below(rnd, 9);

	if (random_below(rnd, 8) == 0)
		off = random_below(rnd, m->top + 1);
	if (random_below(rnd, 25) == 0) {
		cut(kept, m, 1 + random_below(rnd, m->end));
		return;
	}
	/* As far as nothing is there. */
	for (uint64_t i = 0; i < len && off + i < STORE; i++) {
		if (m->at[off + i] > 0)
			len = i;
	}
	if (len > 0 && off < STORE && len <= STORE - off)
		add(kept, m, off, len, skip);
}

START_TEST(any_stretches)
{
	uint64_t rnd = random_seed();

	for (size_t n = cases(60); n > 0; n--) {
		static struct model m;
		struct kept kept = { 0 };

		m = (struct model){ .end = 1 };
		for (int i = 0; i < 400; i++) {
			step(&kept, &m, &rnd);
			check(&kept, &m, (size_t)random_below(&rnd, STORE));
		}
		for (size_t i = 0; i < STORE; i++)
			check(&kept, &m, i);
		kept_free(&kept);
	}
}
END_TEST

/* What a typed byte takes, and that all of it goes. */
START_TEST(typed_bytes)
{
	static struct model m;
	struct kept kept = { 0 };

	m = (struct model){ .end = 4096 };
	for (size_t i = 0; i < STORE; i++)
		add(&kept, &m, i, 1, 88);
	ck_assert_uint_le(kept.end.pos, 3 * STORE + 1);
	for (size_t i = 0; i < STORE; i++)
		check(&kept, &m, i);
	cut(&kept, &m, m.at[STORE / 2] + 1);
	ck_assert_uint_eq(m.top, STORE / 2 + 1);
	for (size_t i = 0; i < STORE; i++)
		check(&kept, &m, i);
	cut(&kept, &m, 1);
	check(&kept, &m, 0);
	add(&kept, &m, 7, 2, 0);
	check(&kept, &m, 0);
	check(&kept, &m, 8);
	kept_free(&kept);
}
END_TEST

/* From the last to the first, as steps are taken back; then some are given
   up. */
START_TEST(from_behind)
{
	static struct model m;
	struct kept kept = { 0 };

	m = (struct model){ .end = 1 };
	for (size_t i = STORE; i-- > 0;) {
		if (i % 7 == 0)
			continue;
		add(&kept, &m, i, 1, i % 3);
		check(&kept, &m, i);
	}
	for (size_t i = 0; i < STORE; i++)
		check(&kept, &m, i);
	for (size_t i = 1; i < 20; i++) {
		cut(&kept, &m, m.end * 3 / 4 + 1);
		add(&kept, &m, 7 * i, 1, i % 3);
		for (size_t k = 0; k < STORE; k++)
			check(&kept, &m, k);
	}
	kept_free(&kept);
}
END_TEST

START_TEST(without_memory)
{
	static struct model m;
	struct kept kept = { 0 };

	m = (struct model){ .end = 1 };
	for (size_t i = 0; i < 200; i++) {
		/* Every third comes late. */
		size_t off = i % 3 == 2 ? 2 * i - 3 : 2 * i;
		struct kept_stretch s = { off, 1, m.end + i };

		mem_fail_after(0);
		if (kept_add(&kept, s, &err))
			kept_cut(&kept, s.at);
		else
			ck_assert_int_eq(err.code, ERR_NOMEM);
		mem_fail_after(-1);
		check(&kept, &m, off);
		add(&kept, &m, off, 1, i);
		check(&kept, &m, off);
	}
	for (size_t i = 0; i < STORE; i++)
		check(&kept, &m, i);
	kept_free(&kept);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("kept");
	TCase *tc = tcase_create("kept");

	tcase_add_test(tc, any_stretches);
	tcase_add_test(tc, typed_bytes);
	tcase_add_test(tc, from_behind);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
