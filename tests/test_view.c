/* test_view.c - tests of src/space/view.c
 *
 * A painter lays documents down byte by byte; what a view reads must be what
 * was painted. The documents' sources are made up: what each byte is follows
 * from its document and offset.
 */
#include "config.h"

#include "space/view.h"

#include <stdlib.h>

#include "base/mem.h"
#include "tests/support.h"

enum { DOCS = 4, DOC_BYTES = 48, WIDTH = 256 };

/* A source with data, holes and bad bytes. */
struct fake {
	struct source head; /* first: it is this source's ops that cast */
	uint64_t doc;
	unsigned *flags; /* borrowed: what the last read was asked with */
	size_t *freed;   /* borrowed: counts */
};

/* Stretches of 1 to 8 bytes of one state. */
static enum state state_of(uint64_t doc, uint64_t off)
{
	switch ((off / (1 + doc * 2) * 2654435761u + doc * 40503u) >> 4 & 7) {
	case 0:
		return STATE_BAD;
	case 1:
	case 2:
		return STATE_HOLE;
	default:
		return STATE_DATA;
	}
}

static unsigned char byte_of(uint64_t doc, uint64_t off)
{
	if (state_of(doc, off) == STATE_HOLE)
		return 0;
	return (unsigned char)(doc * DOC_BYTES + off + 1);
}

static bool fake_read(struct source *src, uint64_t off, void *buf, size_t len,
                      unsigned flags, struct runs *runs, struct error *err)
{
	const struct fake *fake = (const struct fake *)src;
	unsigned char *dst = buf;

	*fake->flags = flags;
	for (size_t i = 0; i < len; i++) {
		struct run run = { .len = 1,
			           .state = state_of(fake->doc, off + i) };

		if (run.state == STATE_BAD) {
			run.why = WHY_ERRNO;
			run.sys = 5;
		} else {
			dst[i] = byte_of(fake->doc, off + i);
		}
		if (!runs_add(runs, run, err))
			return false;
	}
	return true;
}

/* As a file system: it knows holes, and nothing of bad bytes. */
static struct stretch fake_stretch(struct source *src, uint64_t off)
{
	const struct fake *fake = (const struct fake *)src;
	bool hole = state_of(fake->doc, off) == STATE_HOLE;
	uint64_t end = off + 1;

	while (end < src->size &&
	       (state_of(fake->doc, end) == STATE_HOLE) == hole)
		end++;
	return (struct stretch){ hole ? STATE_HOLE : STATE_DATA, end };
}

static void fake_free(struct source *src)
{
	++*((struct fake *)src)->freed;
	mem_free(src);
}

static const struct source_ops fake_ops = {
	.read = fake_read,
	.stretch = fake_stretch,
	.free = fake_free,
};

static unsigned flags_seen;
static size_t sources_freed;

static struct document *new_document(uint64_t id)
{
	struct error err;
	struct document *doc;
	struct fake *fake = mem_zalloc(sizeof(*fake), &err);

	ck_assert_ptr_nonnull(fake);
	fake->head.ops = &fake_ops;
	fake->head.size = DOC_BYTES;
	fake->head.kind = "fake";
	fake->doc = id;
	fake->flags = &flags_seen;
	fake->freed = &sources_freed;
	doc = document_new(&fake->head, id, "fake", ACCESS_READ, &err);
	must(doc != NULL, &err);
	return doc;
}

/* What was painted: where the byte at an address comes from. */
struct painting {
	int doc[WIDTH]; /* -1: nothing */
	uint64_t off[WIDTH];
};

struct fixture {
	struct document *docs[DOCS];
	struct painting at;
	struct view *view;
	uint64_t base; /* address of at.doc[0] */
};

static void open_fixture(struct fixture *f)
{
	*f = (struct fixture){ 0 };
	for (uint64_t i = 0; i < DOCS; i++)
		f->docs[i] = new_document(i);
	for (size_t i = 0; i < WIDTH; i++)
		f->at.doc[i] = -1;
}

static void set_space(struct fixture *f, struct space *sp)
{
	struct error err;

	ck_assert_pstr_eq(space_check(sp), NULL);
	f->view = view_new(sp, &err);
	must(f->view != NULL, &err);
	ck_assert_ptr_eq(view_space(f->view), sp);
	ck_assert_uint_eq(view_size(f->view), space_size(sp));
	space_unref(sp);
}

static void close_fixture(struct fixture *f)
{
	view_unref(f->view);
	for (size_t i = 0; i < DOCS; i++)
		document_unref(f->docs[i]);
}

/* Windows and gaps, each over what lies there already. */
static void random_windows(uint64_t *seed, struct fixture *f)
{
	struct layout layout = { 0 };
	uint64_t sizes[10];
	size_t count = random_below(seed, ARRAY_LEN(sizes));
	struct space *sp;
	struct error err;

	f->base = random_below(seed, 2) ? 0 : UINT64_MAX - WIDTH;
	for (size_t i = 0; i < count; i++) {
		bool gap = random_below(seed, 5) == 0;
		size_t doc = random_below(seed, DOCS);
		size_t at = random_below(seed, WIDTH - DOC_BYTES);
		uint64_t skip = gap ? 0 : random_below(seed, DOC_BYTES);
		uint64_t size = random_below(seed, DOC_BYTES - skip + 1);
		struct placement *p = placement_new(gap ? "gap:0" : "x", &err);

		must(p != NULL, &err);
		p->at = AT_ADDR;
		p->at_value = f->base + at;
		p->over = OVER_COVER;
		p->has_skip = p->has_size = !gap;
		p->skip = skip;
		p->size = p->input_size = size;
		p->doc = gap ? NULL : document_ref(f->docs[doc]);
		sizes[i] = DOC_BYTES;
		must(layout_add(&layout, p, &err), &err);
		for (uint64_t j = 0; j < size; j++) {
			f->at.doc[at + j] = gap ? -1 : (int)doc;
			f->at.off[at + j] = skip + j;
		}
	}
	sp = space_derive(&layout, sizes, &err);
	must(sp != NULL, &err);
	layout_clear(&layout);
	set_space(f, sp);
}

/* One woven extent: every document a lane. */
static void random_lanes(uint64_t *seed, struct fixture *f)
{
	struct layout layout = { 0 };
	struct segment seg[DOCS] = { { 0 } };
	struct slot slots[DOCS];
	struct extent ext = {
		.addr = random_below(seed, 9),
		.unit = 1 + random_below(seed, 5),
		.slots = 1 + (uint32_t)random_below(seed, DOCS),
	};
	uint64_t step = ext.unit + random_below(seed, 3);
	uint64_t units = ext.slots * (1 + random_below(seed, 6));
	struct space *sp;
	struct error err;

	for (uint32_t i = 0; i < DOCS; i++) {
		struct placement *p = placement_new("lane", &err);

		must(p != NULL, &err);
		p->doc = document_ref(f->docs[i]);
		must(layout_add(&layout, p, &err), &err);
		seg[i] = (struct segment){ .number = i + 1,
			                   .placement = p,
			                   .doc = p->doc,
			                   .size = DOC_BYTES };
		slots[i] = (struct slot){ i, 0, step };
	}
	for (uint64_t q = 0; q < units; q++) {
		for (uint64_t i = 0; i < ext.unit; i++) {
			size_t at = (size_t)(ext.addr + ext.len++);

			f->at.doc[at] = (int)(q % ext.slots);
			f->at.off[at] = q / ext.slots * step + i;
		}
	}
	/* An extent of one slot and one unit is linear, and at its place. */
	seg[0].addr = ext.addr;
	sp = space_build(&layout, seg, &ext, 1, slots, ext.slots, &err);
	must(sp != NULL, &err);
	layout_clear(&layout);
	set_space(f, sp);
}

/* Is byte i of what was read what was painted at `at`? */
static bool right_byte(const struct fixture *f, size_t at,
                       const struct run *run, unsigned char byte)
{
	uint64_t doc, off;

	if (f->at.doc[at] < 0)
		return run->state == STATE_GAP && run->why == WHY_NONE;
	doc = (uint64_t)f->at.doc[at];
	off = f->at.off[at];
	if (run->state != state_of(doc, off))
		return false;
	if (run->state == STATE_BAD)
		return run->why == WHY_ERRNO && run->sys == 5;
	return byte == byte_of(doc, off);
}

static bool right_runs(const struct fixture *f, size_t at, size_t len,
                       const struct runs *runs, const unsigned char *buf)
{
	size_t i = 0;

	/* The caller's own run, to which a gap that follows is joined. */
	if (runs->count == 0 || runs->v[0].len < 7)
		return false;
	for (size_t r = 0; r < runs->count; r++) {
		const struct run *run = &runs->v[r];
		size_t n = (size_t)run->len - (r == 0 ? 7 : 0);

		if (r > 0 && run[-1].state == run->state)
			return false; /* not joined */
		for (; n > 0; n--, i++) {
			if (i == len || !right_byte(f, at + i, run, buf[i]))
				return false;
		}
	}
	return i == len;
}

static const struct run before = { .len = 7, .state = STATE_GAP };

static void read_at_random(uint64_t *seed, const struct fixture *f)
{
	size_t at = random_below(seed, WIDTH + 1);
	size_t len = random_below(seed, WIDTH - at + 1);
	unsigned char buf[WIDTH];
	struct runs runs = { 0 };
	struct error err;

	must(runs_add(&runs, before, &err), &err);
	must(view_read(f->view, f->base + at, buf, len, READ_KEEP, &runs, &err),
	     &err);
	ck_assert(right_runs(f, at, len, &runs, buf));
	runs_free(&runs);
}

/* Every byte of a stretch is of its state and comes from one document. */
static bool right_stretch(const struct fixture *f, size_t at, bool piece)
{
	uint64_t end;
	enum state state = piece ? view_piece(f->view, f->base + at, &end)
	                         : view_stretch(f->view, f->base + at, &end);
	size_t stop = (size_t)u64_min(end - f->base, WIDTH);

	if (stop <= at)
		return false;
	for (size_t i = at; i < stop; i++) {
		if ((f->at.doc[i] < 0) != (state == STATE_GAP))
			return false;
		if (state != STATE_GAP &&
		    (state_of((uint64_t)f->at.doc[i], f->at.off[i]) ==
		     STATE_HOLE) != (state == STATE_HOLE))
			return false;
	}
	if (state == STATE_GAP)
		return stop < WIDTH ? f->at.doc[stop] >= 0 : end == UINT64_MAX;
	return true;
}

static void check_view(uint64_t *seed, struct fixture *f)
{
	for (int i = 0; i < 10; i++)
		read_at_random(seed, f);
	for (size_t at = 0; at < WIDTH; at++) {
		if (!right_stretch(f, at, false) || !right_stretch(f, at, true))
			ck_abort_msg("wrong stretch at %zu", at);
	}
}

START_TEST(windows_read_as_painted)
{
	uint64_t seed = random_seed();
	size_t n = cases(20000);
	size_t freed = sources_freed;

	for (size_t i = 0; i < n; i++) {
		struct fixture f;

		open_fixture(&f);
		random_windows(&seed, &f);
		check_view(&seed, &f);
		close_fixture(&f);
	}
	ck_assert_uint_eq(sources_freed - freed, n * DOCS);
}
END_TEST

START_TEST(lanes_read_as_painted)
{
	uint64_t seed = random_seed();
	size_t n = cases(5000);

	for (size_t i = 0; i < n; i++) {
		struct fixture f;

		open_fixture(&f);
		random_lanes(&seed, &f);
		check_view(&seed, &f);
		close_fixture(&f);
	}
}
END_TEST

START_TEST(flags_go_down)
{
	uint64_t seed = 1;
	struct fixture f;
	struct runs runs = { 0 };
	struct error err;
	char byte;

	open_fixture(&f);
	random_lanes(&seed, &f);
	for (unsigned flags = 0; flags <= (READ_NOWAIT | READ_KEEP); flags++) {
		must(view_read(f.view, view_size(f.view) - 1, &byte, 1, flags,
		               &runs, &err),
		     &err);
		ck_assert_uint_eq(flags_seen, flags);
	}
	runs_free(&runs);
	close_fixture(&f);
}
END_TEST

/* Fail the 1st, 2nd, .. allocation until the call gets through. */
START_TEST(read_without_memory)
{
	uint64_t seed = 3;
	struct fixture f;
	unsigned char buf[WIDTH];
	struct error err;
	bool ok = false;
	long n;

	open_fixture(&f);
	random_windows(&seed, &f);
	for (n = 0; !ok; n++) {
		struct runs runs = { 0 };

		must(runs_add(&runs, before, &err), &err);
		mem_fail_after(n);
		ok = view_read(f.view, f.base, buf, WIDTH, 0, &runs, &err);
		mem_fail_after(-1);
		if (ok) {
			ck_assert(right_runs(&f, 0, WIDTH, &runs, buf));
		} else {
			ck_assert_int_eq(err.code, ERR_NOMEM);
			ck_assert_uint_eq(runs.count, 1);
			ck_assert_uint_eq(runs.v[0].len, 7);
		}
		runs_free(&runs);
	}
	ck_assert_int_gt(n, 2);
	close_fixture(&f);
}
END_TEST

START_TEST(view_without_memory)
{
	struct layout layout = { 0 };
	struct error err;
	struct space *sp = space_derive(&layout, NULL, &err);

	must(sp != NULL, &err);
	mem_fail_after(0);
	ck_assert_ptr_null(view_new(sp, &err));
	mem_fail_after(-1);
	ck_assert_int_eq(err.code, ERR_NOMEM);
	space_unref(sp);
}
END_TEST

/* The view keeps its documents as long as anybody holds it. */
START_TEST(view_keeps_what_it_shows)
{
	uint64_t seed = 5;
	size_t freed = sources_freed;
	struct fixture f;
	struct view *second;

	open_fixture(&f);
	random_lanes(&seed, &f);
	second = view_ref(f.view);
	ck_assert_ptr_eq(second, f.view);
	close_fixture(&f);
	ck_assert_uint_eq(sources_freed, freed);
	view_unref(second);
	ck_assert_uint_eq(sources_freed, freed + DOCS);
	view_unref(NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("view");
	TCase *tc = tcase_create("view");

	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, windows_read_as_painted);
	tcase_add_test(tc, lanes_read_as_painted);
	tcase_add_test(tc, flags_go_down);
	tcase_add_test(tc, read_without_memory);
	tcase_add_test(tc, view_without_memory);
	tcase_add_test(tc, view_keeps_what_it_shows);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
