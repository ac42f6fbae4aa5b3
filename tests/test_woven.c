/* test_woven.c - tests of src/find/woven.c and src/edit/inset.c
 *
 * The references put all bytes together that are shown, and try every place.
 */
#include "config.h"

#include "find/woven.h"

#include <stdlib.h>
#include <string.h>

#include "edit/inset.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "find/byteset.h"
#include "find/scan.h"
#include "tests/support.h"

enum { BASE = 600, SHOWN = 10 * BASE };

static struct error err;

/* A base, in memory of its own so that reading past its end is seen, the edits
   among it, and what they show. */
struct cloth {
	struct insets insets;
	unsigned char *base;
	unsigned char shown[SHOWN];
};

static unsigned char random_byte(uint64_t *seed)
{
	return (unsigned char)"aaab.@\xff"[random_below(seed, 7)];
}

static void show(struct cloth *c, unsigned char byte)
{
	ck_assert_uint_lt(c->insets.shown, SHOWN);
	c->shown[c->insets.shown++] = byte;
}

static void add_inset(uint64_t *seed, struct cloth *c, size_t base)
{
	struct insets *insets = &c->insets;
	struct inset *in = &insets->v[insets->count++];
	size_t added = random_below(seed, random_below(seed, 9) ? 4 : 50);

	*in = (struct inset){
		.at = (uint32_t)base,
		.hidden = (uint32_t)size_min(random_below(seed, 7),
		                             insets->len - base),
		.shown = (uint32_t)insets->shown,
		.added = (uint32_t)added,
		.from = (uint32_t)insets->used,
	};
	for (; added > 0; added--) {
		unsigned char byte = random_byte(seed);

		insets->bytes[insets->used++] = byte;
		show(c, byte);
	}
}

static void weave(uint64_t *seed, struct cloth *c)
{
	size_t len = random_below(seed, random_below(seed, 2) ? 40 : BASE);
	size_t apart = 1 + random_below(seed, random_below(seed, 2) ? 200 : 9);
	size_t next = random_below(seed, apart);
	size_t at = 0;

	insets_none(&c->insets, 0, len);
	c->insets.shown = 0;
	c->base = malloc(len + 1);
	ck_assert_ptr_nonnull(c->base);
	c->base = realloc(c->base, len ? len : 1);
	for (size_t i = 0; i < len; i++)
		c->base[i] = random_byte(seed);
	while (at < len) {
		if (at >= next) {
			add_inset(seed, c, at);
			at += c->insets.v[c->insets.count - 1].hidden;
			next = at + 1 + random_below(seed, apart);
		}
		if (at < len)
			show(c, c->base[at++]);
	}
	if (random_below(seed, 2))
		add_inset(seed, c, len);
}

struct sought {
	struct byte_set sets[SCAN_POSITIONS];
	size_t count;
	struct scan *scan;
};

/* Sets that fit somewhere, as they are made from what is shown, or anywhere. */
static void seek(uint64_t *seed, const struct cloth *c, struct sought *s)
{
	size_t at = random_below(seed, c->insets.shown + 1);

	memset(s->sets, 0, sizeof(s->sets));
	s->count = 1 + random_below(seed,
	                            random_below(seed, 2) ? SCAN_POSITIONS : 4);
	for (size_t i = 0; i < s->count; i++) {
		byte_set_add(&s->sets[i], at + i < c->insets.shown
		                                  ? c->shown[at + i]
		                                  : random_byte(seed));
		if (random_below(seed, 3) == 0)
			byte_set_add(&s->sets[i], random_byte(seed));
		if (random_below(seed, 20) == 0)
			byte_set_add_range(&s->sets[i], 0, 255);
	}
	s->scan = scan_new(s->sets, s->count, c->base,
	                   size_min(c->insets.len, 16), &err);
	must(s->scan, &err);
}

static bool fits(const struct cloth *c, const struct sought *s, size_t at)
{
	for (size_t i = 0; i < s->count; i++)
		if (!byte_set_has(&s->sets[i], c->shown[at + i]))
			return false;
	return true;
}

static size_t naive_next(const struct cloth *c, const struct sought *s,
                         size_t at)
{
	size_t len = c->insets.shown;

	for (; at <= len && s->count <= len - at; at++)
		if (fits(c, s, at))
			return at;
	return SCAN_NONE;
}

static size_t naive_run(const struct cloth *c, const struct byte_set *set,
                        size_t floor, size_t at)
{
	while (at > floor && byte_set_has(set, c->shown[at - 1]))
		at--;
	return at;
}

/* What is in one row with a start is what is shown; the start itself is, unless
   it is of an edit. */
static void check_row(uint64_t *seed, const struct cloth *c,
                      const struct woven *w, size_t start)
{
	size_t at = random_below(seed, c->insets.shown);
	size_t len = random_below(seed, c->insets.shown - at + 1);
	const unsigned char *row = woven_row(w, at, len);

	if (row)
		ck_assert_mem_eq(row, c->shown + at, len);
	row = woven_row(w, start, 1);
	if (row)
		ck_assert_uint_eq(*row, c->shown[start]);
	else
		ck_assert_uint_gt(c->insets.count, 0);
}

START_TEST(what_is_shown_is_scanned)
{
	uint64_t seed = random_seed();
	static struct cloth c;

	for (size_t n = cases(40000); n > 0; n--) {
		struct sought s;
		struct woven w;
		size_t from = 0, want;

		weave(&seed, &c);
		seek(&seed, &c, &s);
		w = woven_of(s.scan, s.count, c.base, &c.insets);
		from = random_below(&seed, 3)
		               ? 0
		               : random_below(&seed, c.insets.shown + 2);
		do {
			size_t got = woven_next(&w, from);

			want = naive_next(&c, &s, from);
			ck_assert_uint_eq(got, want);
			if (want == SCAN_NONE)
				break;
			from = random_below(&seed, want + 1);
			ck_assert_uint_eq(woven_run_start(&w, &s.sets[0], from,
			                                  want),
			                  naive_run(&c, &s.sets[0], from,
			                            want));
			check_row(&seed, &c, &w, want);
			from = want + 1 +
			       (random_below(&seed, 4)
			                ? 0
			                : random_below(&seed, 70));
		} while (true);
		scan_free(s.scan);
		free(c.base);
	}
}
END_TEST

/* --- gathering ----------------------------------------------------------- */

/* What insets show, and how much of it there is. */
static size_t shown_by(const struct insets *in, const unsigned char *base,
                       unsigned char *out)
{
	size_t at = 0, len = 0;

	ck_assert_uint_le(in->count, INSETS);
	for (size_t i = 0; i <= in->count; i++) {
		const struct inset *next = &in->v[i];
		size_t end = i < in->count ? next->at : in->len;

		ck_assert_uint_le(at, end);
		if (i > 0 && i < in->count)
			ck_assert_uint_lt(at, end);
		memcpy(out + len, base + in->base + at, end - at);
		len += end - at;
		if (i == in->count)
			break;
		ck_assert_uint_eq(len, next->shown);
		ck_assert_uint_gt(next->added + next->hidden, 0);
		memcpy(out + len, in->bytes + next->from, next->added);
		len += next->added;
		at = end + next->hidden;
		ck_assert_uint_le(at, in->len);
	}
	ck_assert_uint_eq(len, in->shown);
	return len;
}

/* A document in the making. */
struct text {
	unsigned char base[BASE];
	struct store *store;
	struct piece pieces[SHOWN];
	size_t count;
	unsigned char shown[2 * SHOWN];
	size_t len;
};

static void put_base(struct text *t, uint64_t off, size_t len)
{
	if (len == 0)
		return;
	t->pieces[t->count++] =
		(struct piece){ .off = off, .len = len, .tag = PIECE_BASE };
	memcpy(t->shown + t->len, t->base + off, len);
	t->len += len;
}

/* Bytes of the store, or a fill. */
static void put_edit(uint64_t *seed, struct text *t, size_t len)
{
	struct piece *piece = &t->pieces[t->count];
	unsigned char byte = random_byte(seed);

	if (len == 0)
		return;
	memset(t->shown + t->len, byte, len);
	if (random_below(seed, 3) == 0)
		must(store_put_fill(t->store, &byte, 1, len, piece, &err),
		     &err);
	else
		must(store_put(t->store, t->shown + t->len, len, piece, &err),
		     &err);
	t->len += len;
	t->count++;
}

static void random_text(uint64_t *seed, struct text *t)
{
	uint64_t off = random_below(seed, 20);
	size_t apart = 1 + random_below(seed, 40);

	t->count = t->len = 0;
	t->store = store_new(&err);
	must(t->store, &err);
	for (size_t i = 0; i < BASE; i++)
		t->base[i] = random_byte(seed);
	while (t->len < BASE / 2) {
		size_t n = random_below(seed, apart);
		size_t most = random_below(seed, 10) ? 6 : 50;

		if (off > BASE - n || random_below(seed, 30) == 0)
			off = random_below(seed, BASE - n + 1);
		put_base(t, off, n);
		off += n;
		if (random_below(seed, 2))
			off += random_below(seed, most);
		if (random_below(seed, 3))
			put_edit(seed, t, random_below(seed, 6));
	}
}

/* What is gathered is shown, and goes as far as it can. */
static void check_gathered(const struct text *t, const struct insets *in,
                           uint64_t off, size_t most)
{
	unsigned char shown[2 * SHOWN];
	size_t len = shown_by(in, t->base, shown);

	ck_assert_uint_le(len, most);
	ck_assert_uint_le(len, t->len - off);
	ck_assert_mem_eq(shown, t->shown + off, len);
}

START_TEST(small_edits_are_gathered)
{
	uint64_t seed = random_seed();
	size_t whole = 0, full = 0;
	static struct insets in;

	for (size_t n = cases(8000); n > 0; n--) {
		static struct text t;
		struct tree *root;

		random_text(&seed, &t);
		root = tree_new(t.pieces, t.count, &err);
		must(root, &err);
		for (size_t i = 0; i < 10; i++) {
			uint64_t off = random_below(&seed, t.len);
			size_t most = 1 + random_below(&seed, 200);

			if (!insets_gather(&in, root, t.store, off, most))
				continue;
			check_gathered(&t, &in, off, most);
			whole += in.shown == most;
			full += in.is_full;
			insets_cut(&in, random_below(&seed, in.len + 2));
			check_gathered(&t, &in, off, most);
		}
		tree_unref(root);
		store_unref(t.store);
	}
	ck_assert_uint_gt(whole, 0);
	ck_assert_uint_gt(full, 0);
}
END_TEST

START_TEST(without_edits_it_is_the_base)
{
	static struct insets in;

	insets_none(&in, 100, 50);
	ck_assert_uint_eq(in.base, 100);
	ck_assert_uint_eq(in.shown, 50);
	insets_cut(&in, 60);
	ck_assert_uint_eq(in.shown, 50);
	insets_cut(&in, 20);
	ck_assert_uint_eq(in.len, 20);
	ck_assert_uint_eq(in.shown, 20);
	ck_assert_uint_eq(in.count, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("woven");
	TCase *tc = tcase_create("woven");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, what_is_shown_is_scanned);
	tcase_add_test(tc, small_edits_are_gathered);
	tcase_add_test(tc, without_edits_it_is_the_base);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
