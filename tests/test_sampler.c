/* test_sampler.c - tests of src/find/sampler.c */
#include "config.h"

#include "find/sampler.h"

#include <string.h>

#include "base/mem.h"
#include "edit/document.h"
#include "source/source.h"
#include "space/layout.h"
#include "space/view.h"
#include "tests/support.h"

enum {
	LEN = 200,
	SAMPLE = 12, /* of a test build.. */
	PIECE = 3,   /* .. and its pieces */
};

static struct error err;

/* A source that shows some of the bytes. */
struct fake {
	struct source head; /* first: it is this source's ops that cast */
	const unsigned char *bytes;
};

static bool fake_read(struct source *src, uint64_t off, void *buf, size_t len,
                      unsigned flags, struct runs *runs, struct error *e)
{
	const struct fake *fake = (const struct fake *)src;
	struct run run = { .len = len, .state = STATE_DATA };

	(void)flags;
	memcpy(buf, fake->bytes + off, len);
	return runs_add(runs, run, e);
}

static struct stretch fake_stretch(struct source *src, uint64_t off)
{
	(void)off;
	return (struct stretch){ .state = STATE_DATA, .end = src->size };
}

static void fake_free(struct source *src)
{
	mem_free(src);
}

static const struct source_ops fake_ops = {
	.read = fake_read,
	.stretch = fake_stretch,
	.free = fake_free,
};

static struct source *fake_source(const unsigned char *bytes, size_t len)
{
	struct fake *fake = mem_zalloc(sizeof(*fake), &err);

	must(fake != NULL, &err);
	fake->head.ops = &fake_ops;
	fake->head.size = len;
	fake->head.kind = "fake";
	fake->bytes = bytes;
	return &fake->head;
}

static void add_document(struct layout *layout, uint64_t *sizes,
                         const unsigned char *bytes, size_t len)
{
	struct placement *p = placement_new("x", &err);

	must(p != NULL, &err);
	sizes[layout->count] = len;
	p->doc = document_new(fake_source(bytes, len), layout->count + 1, "x",
	                      ACCESS_READ, &err);
	must(p->doc, &err);
	must(layout_add(layout, p, &err), &err);
}

static void add_gap(struct layout *layout)
{
	struct placement *p = placement_new("gap:7", &err);

	must(p && layout_add(layout, p, &err), &err);
}

/* The bytes in documents of at most `most` bytes, and a gap behind them. */
static struct view *cut(const unsigned char *bytes, size_t most)
{
	struct layout layout = { 0 };
	uint64_t sizes[LEN + 1];
	struct space *sp;
	struct view *view;

	for (size_t at = 0; at < LEN; at += most)
		add_document(&layout, sizes, bytes + at,
		             size_min(most, LEN - at));
	add_gap(&layout);
	sp = space_derive(&layout, sizes, &err);
	must(sp, &err);
	view = view_new(sp, &err);
	must(view, &err);
	space_unref(sp);
	layout_clear(&layout);
	return view;
}

static void fill(uint64_t *seed, unsigned char *bytes)
{
	for (size_t i = 0; i < LEN; i++)
		bytes[i] = (unsigned char)random_u64(seed);
}

/* The same bytes are sampled however they are cut into files. */
START_TEST(seams_change_nothing)
{
	uint64_t seed = random_seed();
	unsigned char bytes[LEN];

	for (size_t n = cases(500); n > 0; n--) {
		size_t from = random_below(&seed, LEN);
		size_t end = from + 1 + random_below(&seed, LEN - from);
		struct view *one, *many;
		struct sampler a = { 0 }, b = { 0 };

		fill(&seed, bytes);
		a.view = one = cut(bytes, LEN);
		b.view = many = cut(bytes, 1 + random_below(&seed, 50));
		must(sampler_take(&a, from, end, &err), &err);
		must(sampler_take(&b, from, end, &err), &err);
		ck_assert_uint_eq(a.len, size_min(end - from, SAMPLE));
		ck_assert_uint_eq(a.len, b.len);
		ck_assert_mem_eq(a.bytes, b.bytes, a.len);
		ck_assert_mem_eq(a.bytes, bytes + from, size_min(a.len, PIECE));
		sampler_free(&a);
		sampler_free(&b);
		view_unref(one);
		view_unref(many);
	}
}
END_TEST

/* What is not there is left out. */
START_TEST(gaps_are_no_bytes)
{
	uint64_t seed = random_seed();
	unsigned char bytes[LEN];
	struct view *view;
	struct sampler s = { 0 };

	fill(&seed, bytes);
	s.view = view = cut(bytes, 20);
	must(sampler_take(&s, LEN - 5, LEN + 7, &err), &err);
	ck_assert_uint_eq(s.len, 5);
	ck_assert_mem_eq(s.bytes, bytes + LEN - 5, 5);
	must(sampler_take(&s, LEN, LEN + 7, &err), &err);
	ck_assert_uint_eq(s.len, 0);
	sampler_free(&s);
	view_unref(view);
}
END_TEST

START_TEST(out_of_memory)
{
	uint64_t seed = random_seed();
	unsigned char bytes[LEN];
	struct view *view;
	bool ok = false;

	fill(&seed, bytes);
	view = cut(bytes, 9);
	for (long n = 0; !ok; n++) {
		struct sampler s = { .view = view };

		ck_assert_int_lt(n, 20);
		mem_fail_after(n);
		ok = sampler_take(&s, 0, LEN, &err);
		mem_fail_after(-1);
		ck_assert(ok || err.code == ERR_NOMEM);
		sampler_free(&s);
	}
	view_unref(view);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sampler");
	TCase *tc = tcase_create("sampler");

	tcase_add_test(tc, seams_change_nothing);
	tcase_add_test(tc, gaps_are_no_bytes);
	tcase_add_test(tc, out_of_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
