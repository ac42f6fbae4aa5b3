/*
 * test_tree.c - tests of src/edit/tree.c
 *
 * The model is an array with one entry for each byte: what the byte refers to.
 */
#include "config.h"

#include "edit/tree.h"

#include <string.h>

#include "base/mem.h"
#include "tests/support.h"

enum { SIZE_MAX_MODEL = 3000, KEPT = 4 };

static struct error err;

struct byte {
	uint64_t off;
	unsigned char tag;
};

struct model {
	struct byte v[2 * SIZE_MAX_MODEL];
	size_t len;
};

/* A tree and what it ought to be. */
struct pair {
	struct tree *tree;
	struct model model;
};

static void fill_model(struct model *m, const struct piece *v, size_t count)
{
	m->len = 0;
	for (size_t i = 0; i < count; i++) {
		for (uint64_t k = 0; k < v[i].len; k++)
			m->v[m->len++] =
				(struct byte){ v[i].off + k, v[i].tag };
	}
}

static void splice_model(struct model *m, size_t off, size_t removed,
                         const struct model *added, unsigned char tag)
{
	memmove(m->v + off + added->len, m->v + off + removed,
	        (m->len - off - removed) * sizeof(*m->v));
	memcpy(m->v + off, added->v, added->len * sizeof(*m->v));
	for (size_t i = 0; i < added->len; i++)
		m->v[off + i].tag |= tag;
	m->len += added->len - removed;
}

static void check_part(const struct pair *p, size_t off, size_t len)
{
	struct tree_walk walk;
	struct piece piece = { 0 };

	tree_walk(&walk, p->tree, off);
	while (len > 0) {
		ck_assert(tree_next(&walk, &piece));
		ck_assert_uint_gt(piece.len, 0);
		for (size_t k = 0; k < piece.len && len > 0; k++, len--) {
			const struct byte *b = &p->model.v[off++];

			ck_assert_uint_eq(b->tag, piece.tag);
			ck_assert_uint_eq(b->off, piece.off + k);
		}
	}
	if (off == p->model.len && piece.len == 0)
		ck_assert(!tree_next(&walk, &piece));
}

/* Pieces that are taken several at a time are those that come one by one. */
static void check_taken(const struct pair *p)
{
	struct tree_walk walk, many;
	struct piece piece, taken[3];
	size_t off = p->model.len / 2, n;

	tree_walk(&walk, p->tree, off);
	tree_walk(&many, p->tree, off);
	do {
		n = tree_take(&many, taken, 3);
		for (size_t i = 0; i < n; i++) {
			ck_assert(tree_next(&walk, &piece));
			ck_assert_uint_eq(piece.len, taken[i].len);
			ck_assert_uint_eq(piece.off, taken[i].off);
			ck_assert_uint_eq(piece.tag, taken[i].tag);
		}
	} while (n == 3);
	ck_assert(!tree_next(&walk, &piece));
	ck_assert_uint_eq(tree_take(&many, taken, 3), 0);
}

/* Pieces that are looked at are those that come next, up to where the bytes
   end; the walk does not go on. */
static void check_looked(const struct pair *p, size_t off, size_t len)
{
	struct tree_walk walk;
	struct piece piece, looked[3];
	size_t count;

	tree_walk(&walk, p->tree, off);
	if (!tree_look(&walk, len, looked, 3, &count)) {
		/* A part of one piece is always in one leaf. */
		ck_assert(tree_next(&walk, &piece));
		ck_assert_uint_gt(len, piece.len);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		ck_assert(tree_next(&walk, &piece));
		ck_assert_uint_eq(looked[i].len, u64_min(piece.len, len));
		ck_assert_uint_eq(looked[i].off, piece.off);
		ck_assert_uint_eq(looked[i].tag, piece.tag);
		len -= looked[i].len;
	}
	ck_assert_uint_eq(len, 0);
}

static void check_all(const struct pair *p)
{
	const char *bad = tree_check(p->tree);
	struct tree_walk walk;
	struct piece piece;

	ck_assert_msg(!bad, "%s", bad);
	ck_assert_uint_eq(tree_len(p->tree), p->model.len);
	check_part(p, 0, p->model.len);
	check_taken(p);
	tree_walk(&walk, p->tree, p->model.len);
	ck_assert(!tree_next(&walk, &piece));
}

/* A piece of any kind; often one that follows what was made last, so that they
   become one. */
static struct piece random_piece(uint64_t *state, uint64_t *next)
{
	struct piece piece = {
		.len = 1 + random_below(state, random_below(state, 4) ? 3 : 60),
		.off = random_below(state, 3) ? *next : random_u64(state) >> 3,
		.tag = (unsigned char)random_below(state, 3),
	};

	if (piece.tag != PIECE_BASE)
		piece.tag |= PIECE_EDITED;
	*next = piece.off + piece.len;
	return piece;
}

static void random_splice(struct pair *p, uint64_t *state, uint64_t *next)
{
	struct piece v[12];
	static struct model added;
	struct splice splice = { .v = v };
	struct tree_walk at;
	size_t len = p->model.len;

	splice.off = random_below(state, len + 1);
	splice.removed = random_below(state, len - splice.off + 1);
	/* Mostly small ones; when it becomes too long, any. */
	if (len < SIZE_MAX_MODEL / 2 && random_below(state, 50))
		splice.removed =
			u64_min(splice.removed, random_below(state, 4));
	splice.count = random_below(state, random_below(state, 8) ? 2 : 12);
	if (len > SIZE_MAX_MODEL)
		splice.count = 0;
	for (size_t i = 0; i < splice.count; i++)
		v[i] = random_piece(state, next);
	fill_model(&added, v, splice.count);
	if (random_below(state, 2)) {
		tree_walk(&at, p->tree, splice.off);
		splice.at = &at;
	}
	check_looked(p, splice.off, splice.removed);
	must(tree_splice(&p->tree, &splice, &err), &err);
	splice_model(&p->model, splice.off, splice.removed, &added, 0);
	check_part(p, splice.off, added.len);
}

/* Move or duplicate a part, with marks. */
static void random_move(struct pair *p, uint64_t *state)
{
	static const unsigned char marks[] = { 0, PIECE_EDITED,
		                               PIECE_EDITED | PIECE_INSERTED };
	size_t len = p->model.len;
	size_t from = random_below(state, len + 1);
	size_t n = random_below(state, len - from + 1);
	static struct model part;
	struct splice splice = { .tag = marks[random_below(state, 3)] };

	if (len > SIZE_MAX_MODEL && n > 100)
		n = 100;
	part.len = n;
	memcpy(part.v, p->model.v + from, n * sizeof(*part.v));
	splice.tree = tree_slice(p->tree, from, n, &err);
	must(splice.tree, &err);
	ck_assert_ptr_null(tree_check(splice.tree));
	ck_assert_uint_eq(tree_len(splice.tree), n);
	splice.off = random_below(state, len + 1);
	splice.removed = u64_min(n, len - splice.off);
	must(tree_splice(&p->tree, &splice, &err), &err);
	splice_model(&p->model, splice.off, splice.removed, &part, splice.tag);
	tree_unref(splice.tree);
}

/* Old roots stay what they were, and can be gone on from. */
static void keep_or_return(struct pair *p, struct pair kept[KEPT],
                           uint64_t *state)
{
	struct pair *k = &kept[random_below(state, KEPT)];

	if (k->tree && random_below(state, 2)) {
		check_all(k);
		tree_unref(p->tree);
		p->tree = tree_ref(k->tree);
		p->model.len = k->model.len;
		memcpy(p->model.v, k->model.v,
		       k->model.len * sizeof(*k->model.v));
		return;
	}
	tree_unref(k->tree);
	k->tree = tree_ref(p->tree);
	k->model.len = p->model.len;
	memcpy(k->model.v, p->model.v, p->model.len * sizeof(*p->model.v));
}

START_TEST(any_splices)
{
	static struct pair p, kept[KEPT];
	uint64_t state = random_seed();
	uint64_t next = 0;

	p.tree = tree_new(NULL, 0, &err);
	must(p.tree, &err);
	for (size_t n = cases(1000000); n > 0; n--) {
		if (random_below(&state, 100) > 0)
			random_splice(&p, &state, &next);
		else
			random_move(&p, &state);
		if (random_below(&state, 200) == 0)
			check_all(&p);
		if (random_below(&state, 1000) == 0)
			keep_or_return(&p, kept, &state);
	}
	check_all(&p);
	for (size_t i = 0; i < KEPT; i++)
		tree_unref(kept[i].tree);
	tree_unref(p.tree);
}
END_TEST

/* Overwritten byte by byte and put back in another order, it is one piece
   again, and in one leaf. */
START_TEST(what_is_undone_is_one_piece)
{
	enum { COUNT = 3000 };
	uint64_t state = random_seed();
	struct piece base = { .len = UINT64_C(1) << 62 };
	struct tree *tree = tree_new(&base, 1, &err);
	static uint64_t at[COUNT];
	struct piece one;

	for (size_t i = 0; i < COUNT; i++) {
		struct piece put = { 1, i * 2, PIECE_STORE | PIECE_EDITED };
		struct splice splice = { .removed = 1, .v = &put, .count = 1 };

		at[i] = splice.off = random_u64(&state) >> 2;
		must(tree_splice(&tree, &splice, &err), &err);
	}
	ck_assert_uint_eq(tree_count(tree), 2 * COUNT + 1);
	ck_assert(!tree_is_one(tree, &one));
	ck_assert_ptr_null(tree_check(tree));
	for (size_t i = COUNT; i > 0; i--) {
		size_t j = (size_t)random_below(&state, i);
		struct piece put = { 1, at[j], PIECE_BASE };
		struct splice splice = { at[j], 1, &put, 1, NULL, 0, NULL };

		must(tree_splice(&tree, &splice, &err), &err);
		at[j] = at[i - 1];
	}
	ck_assert_ptr_null(tree_check(tree));
	ck_assert_uint_eq(tree_count(tree), 1);
	ck_assert(tree_is_one(tree, &one));
	ck_assert_uint_eq(one.len, tree_len(tree));
	ck_assert_uint_eq(tree_len(tree), base.len);
	tree_unref(tree);
}
END_TEST

/* Bits from above can make pieces follow each other that did not when they were
   put: a leaf must not become too empty by that. */
START_TEST(pieces_that_a_tag_makes_follow)
{
	enum { COUNT = 60, LEN = 8 };
	struct piece v[COUNT];
	struct tree *moved;

	for (uint64_t i = 0; i < COUNT; i++) {
		v[i] = (struct piece){ 1, i, PIECE_STORE | PIECE_EDITED };
		if (i % 2 == 1)
			v[i].tag |= PIECE_INSERTED;
	}
	moved = tree_new(v, COUNT, &err);
	must(moved != NULL, &err);
	for (uint64_t i = 0; i < COUNT - LEN; i++) {
		for (uint64_t len = 0; len <= LEN; len++) {
			struct tree *tree = tree_new(NULL, 0, &err);
			struct splice put = { .tree = moved,
				              .tag = PIECE_INSERTED };
			struct splice cut = { .off = i, .removed = len };

			must(tree && tree_splice(&tree, &put, &err), &err);
			must(tree_splice(&tree, &cut, &err), &err);
			ck_assert_pstr_eq(tree_check(tree), NULL);
			cut.off /= 2;
			must(tree_splice(&tree, &cut, &err), &err);
			ck_assert_pstr_eq(tree_check(tree), NULL);
			tree_unref(tree);
		}
	}
	tree_unref(moved);
}
END_TEST

/* Typing makes one piece longer, overwriting and inserting. */
START_TEST(typing_stays_one_piece)
{
	struct piece base = { .len = 100000 };

	for (uint64_t removed = 0; removed < 2; removed++) {
		struct tree *tree = tree_new(&base, 1, &err);

		for (uint64_t i = 0; i < 1000; i++) {
			struct piece put = { 1, i, PIECE_STORE | PIECE_EDITED };
			struct splice splice = { 50 + i, removed, &put, 1,
				                 NULL,   0,       NULL };

			must(tree_splice(&tree, &splice, &err), &err);
			ck_assert_uint_eq(tree_count(tree), 3);
		}
		tree_unref(tree);
	}
}
END_TEST

/* At the borders of pieces and of the tree. */
static const struct {
	uint64_t off, removed;
	size_t count;    /* of the pieces put: xx, yyy */
	const char *all; /* what it is then; it was aaabbbccc */
} edges[] = {
	{ 0, 0, 0, "aaabbbccc" },   { 9, 0, 0, "aaabbbccc" },
	{ 0, 0, 1, "xxaaabbbccc" }, { 9, 0, 2, "aaabbbcccxxyyy" },
	{ 3, 0, 1, "aaaxxbbbccc" }, { 4, 0, 1, "aaabxxbbccc" },
	{ 3, 3, 0, "aaaccc" },      { 3, 3, 2, "aaaxxyyyccc" },
	{ 2, 5, 1, "aaxxcc" },      { 0, 9, 0, "" },
	{ 0, 9, 1, "xx" },          { 0, 3, 0, "bbbccc" },
	{ 6, 3, 0, "aaabbb" },      { 8, 1, 1, "aaabbbccxx" },
};

START_TEST(at_the_edges)
{
	struct piece v[3], put[2];
	struct splice splice = { edges[_i].off, edges[_i].removed,
		                 put,           edges[_i].count,
		                 NULL,          0,
		                 NULL };
	char text[20] = "";
	struct tree_walk walk;
	struct piece piece;
	struct tree *tree;

	for (size_t i = 0; i < 3; i++)
		v[i] = (struct piece){ 3, 6500 + 100 * i, 0 };
	put[0] = (struct piece){ 2, 8800, 0 };
	put[1] = (struct piece){ 3, 8900, 0 };
	tree = tree_new(v, 3, &err);
	must(tree_splice(&tree, &splice, &err), &err);
	ck_assert_ptr_null(tree_check(tree));
	tree_walk(&walk, tree, 0);
	for (size_t n = 0; tree_next(&walk, &piece);)
		while (piece.len-- > 0)
			text[n++] = (char)(piece.off / 100 + ' ');
	ck_assert_str_eq(text, edges[_i].all);
	tree_unref(tree);
}
END_TEST

/* A plan that is given up changes nothing. */
START_TEST(plans_can_be_cancelled)
{
	static struct pair p;
	uint64_t state = random_seed();
	uint64_t next = 0;

	p.tree = tree_new(NULL, 0, &err);
	for (size_t n = cases(3000); n > 0; n--) {
		struct piece put = random_piece(&state, &next);
		struct splice splice = { .v = &put };
		struct tree_plan plan;

		random_splice(&p, &state, &next);
		splice.off = random_below(&state, p.model.len + 1);
		splice.removed =
			random_below(&state, p.model.len - splice.off + 1);
		splice.count = random_below(&state, 2);
		must(tree_prepare(&p.tree, &splice, &plan, &err), &err);
		tree_cancel(&plan);
		check_all(&p);
	}
	tree_unref(p.tree);
}
END_TEST

/* Let every allocation of random operations fail once. */
START_TEST(without_memory)
{
	static struct pair p, before;
	uint64_t state = random_seed();
	uint64_t next = 0;

	mem_fail_after(0);
	ck_assert_ptr_null(tree_new(NULL, 0, &err));
	mem_fail_after(-1);
	p.tree = tree_new(NULL, 0, &err);
	for (size_t n = cases(3000); n > 0; n--) {
		struct piece put[8];
		struct splice splice = { .v = put };
		size_t from, len;
		bool done = false;

		random_splice(&p, &state, &next);
		splice.off = random_below(&state, p.model.len + 1);
		splice.removed =
			random_below(&state, p.model.len - splice.off + 1);
		splice.count = random_below(&state, 8);
		for (size_t i = 0; i < splice.count; i++)
			put[i] = random_piece(&state, &next);
		from = random_below(&state, p.model.len + 1);
		len = random_below(&state, p.model.len - from + 1);
		if (random_below(&state, 2))
			before.tree = tree_ref(p.tree);
		before.model = p.model;
		for (long fail = 0; !done; fail++) {
			struct tree *slice;

			mem_fail_after(fail);
			slice = tree_slice(p.tree, from, len, &err);
			if (random_below(&state, 2))
				splice.tree = slice;
			done = slice && tree_splice(&p.tree, &splice, &err);
			mem_fail_after(-1);
			tree_unref(slice);
			splice.tree = NULL;
			if (done)
				break;
			ck_assert_int_eq(err.code, ERR_NOMEM);
			check_all(&p);
		}
		if (before.tree)
			check_all(&before);
		tree_unref(before.tree);
		before.tree = NULL;
		/* Begin anew: the model has not seen it. */
		tree_unref(p.tree);
		p.tree = tree_new(NULL, 0, &err);
		p.model.len = 0;
		for (size_t i = random_below(&state, 40); i > 0; i--)
			random_splice(&p, &state, &next);
	}
	tree_unref(p.tree);
	tree_unref(NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("tree");
	TCase *tc = tcase_create("tree");

	tcase_add_test(tc, any_splices);
	tcase_add_test(tc, what_is_undone_is_one_piece);
	tcase_add_test(tc, pieces_that_a_tag_makes_follow);
	tcase_add_test(tc, typing_stays_one_piece);
	tcase_add_loop_test(tc, at_the_edges, 0, ARRAY_LEN(edges));
	tcase_add_test(tc, plans_can_be_cancelled);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
