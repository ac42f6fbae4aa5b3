/* test_space.c - tests of src/space/space.c
 *
 * The model knows nothing of extents: it says what one address shows by asking
 * every placement, the latest first.
 */
#include "config.h"

#include "space/space.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support.h"

enum { MODEL_MAX = 10 };

/* A placement made by hand, so that these tests need no parser. */
static struct placement *make(enum placement_input input, const char *name)
{
	struct error err;
	struct placement *p = mem_zalloc(sizeof(*p), &err);

	ck_assert_ptr_nonnull(p);
	p->input = input;
	p->path = p->own_path = mem_strdup(name, &err);
	p->name = p->own_name = mem_strdup(name, &err);
	p->refs = 1;
	return p;
}

static void add(struct layout *layout, struct placement *p)
{
	struct error err;

	must(layout_add(layout, p, &err), &err);
}

static struct placement *add_file(struct layout *layout, const char *name)
{
	struct placement *p = make(PLACEMENT_FILE, name);

	add(layout, p);
	return p;
}

static struct placement *add_gap(struct layout *layout, uint64_t size)
{
	struct placement *p = make(PLACEMENT_GAP, "gap:..");

	p->input_size = size;
	add(layout, p);
	return p;
}

static void put_at(struct placement *p, enum at at, uint64_t value)
{
	p->at = at;
	p->at_value = value;
}

static struct space *derive(const struct layout *layout, const uint64_t *sizes)
{
	struct error err;
	struct space *sp = space_derive(layout, sizes, &err);

	must(sp != NULL, &err);
	ck_assert_pstr_eq(space_check(sp), NULL);
	return sp;
}

static struct error refused(const struct layout *layout, const uint64_t *sizes)
{
	struct error err;

	ck_assert_ptr_null(space_derive(layout, sizes, &err));
	return err;
}

/* What the model says of one placement. */
struct part {
	const struct placement *p;
	uint64_t addr, off, size;
};

struct model {
	struct part part[MODEL_MAX];
	size_t count;
	enum err failed; /* ERR_NONE: there is a space */
	uint64_t clash;  /* for ERR_OVERLAP: the address */
	size_t late, under;
};

static bool covers(const struct part *part, uint64_t addr)
{
	return addr >= part->addr && addr - part->addr < part->size;
}

/* The latest of the first `count` parts that covers addr; -1 if none does. */
static int shown_at(const struct model *m, size_t count, uint64_t addr)
{
	for (size_t i = count; i > 0; i--) {
		if (covers(&m->part[i - 1], addr))
			return (int)i - 1;
	}
	return -1;
}

__extension__ typedef unsigned __int128 wide;

static bool place_part(struct model *m, size_t i, uint64_t have)
{
	struct part *part = &m->part[i];
	const struct placement *p = part->p;
	wide limit = (wide)1 << 64;
	wide before = i ? (wide)part[-1].addr + part[-1].size : 0;
	wide end = 0;
	wide addr = before;

	for (size_t j = 0; j < i; j++) {
		wide e = (wide)m->part[j].addr + m->part[j].size;

		if (m->part[j].size > 0 && e > end)
			end = e;
	}
	part->size = p->input_size;
	if (p->input != PLACEMENT_GAP) {
		if (p->skip > have)
			return false;
		part->off = p->skip_from_end ? have - p->skip : p->skip;
		part->size = p->has_size ? p->size : have - part->off;
		if (part->size > have - part->off)
			return false;
	}
	if (p->at == AT_ADDR)
		addr = p->at_value;
	if (p->at == AT_AFTER)
		addr = before + p->at_value;
	if (p->at == AT_END && p->at_value > end)
		return false;
	if (p->at == AT_END)
		addr = end - p->at_value;
	part->addr = (uint64_t)addr;
	return addr + part->size < limit;
}

/* The first address of part `late` that one of the earlier ones has. */
static bool find_clash(struct model *m, size_t late)
{
	const struct part *a = &m->part[late];
	bool found = false;

	for (size_t i = 0; i < late; i++) {
		const struct part *b = &m->part[i];
		uint64_t addr = u64_max(a->addr, b->addr);

		if (!covers(a, addr) || !covers(b, addr))
			continue;
		if (!found || addr < m->clash)
			m->clash = addr;
		found = true;
	}
	if (found) {
		m->late = late;
		m->under = (size_t)shown_at(m, late, m->clash);
	}
	return found;
}

static struct model model_of(const struct layout *layout, const uint64_t *sizes)
{
	struct model m = { .count = layout->count };

	for (size_t i = 0; i < m.count; i++) {
		m.part[i].p = layout->v[i];
		if (!place_part(&m, i, sizes[i])) {
			m.failed = ERR_RANGE;
			return m;
		}
	}
	for (size_t i = 0; i < m.count; i++) {
		if (m.part[i].p->over == OVER_NO && find_clash(&m, i)) {
			m.failed = ERR_OVERLAP;
			return m;
		}
	}
	return m;
}

static bool is_gap(const struct model *m, int i)
{
	return i < 0 || m->part[i].p->input == PLACEMENT_GAP;
}

/* The next address > addr at which another part may show. */
static uint64_t next_edge(const struct model *m, uint64_t addr)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < m->count; i++) {
		uint64_t end = m->part[i].addr + m->part[i].size;

		if (m->part[i].addr > addr)
			next = u64_min(next, m->part[i].addr);
		if (end > addr)
			next = u64_min(next, end);
	}
	return next;
}

/* Where what shows at addr ends; unmapped addresses and gaps are one. */
static uint64_t end_of_run(const struct model *m, uint64_t addr)
{
	int i = shown_at(m, m->count, addr);

	do
		addr = next_edge(m, addr);
	while (addr < UINT64_MAX &&
	       (is_gap(m, i) ? is_gap(m, shown_at(m, m->count, addr))
	                     : shown_at(m, m->count, addr) == i));
	return addr;
}

static void check_address(const struct space *sp, const struct model *m,
                          uint64_t addr)
{
	int i = shown_at(m, m->count, addr);
	struct location loc = space_locate(sp, addr);
	struct place place = space_place(sp, addr);
	size_t e = space_find(sp, addr);
	uint64_t back;

	EXPECT(loc.run == end_of_run(m, addr) - addr);
	if (e > 0) {
		const struct extent *before = space_extent(sp, e - 1);

		EXPECT(before->addr + before->len <= addr);
	}
	if (e < space_extents(sp)) {
		const struct extent *ext = space_extent(sp, e);

		EXPECT(ext->addr + ext->len > addr);
		EXPECT((ext->addr <= addr) == (i >= 0));
	} else {
		EXPECT(i < 0);
	}
	if (addr != space_size(sp))
		EXPECT(place.side == SIDE_START);
	EXPECT(place.addr == addr);
	if (is_gap(m, i)) {
		EXPECT(loc.segment == NULL);
		if (addr != space_size(sp))
			EXPECT(place.segment == 0);
		return;
	}
	EXPECT(loc.segment == space_segment(sp, (size_t)i));
	EXPECT(loc.off == addr - m->part[i].addr);
	EXPECT(loc.doc_off == m->part[i].off + loc.off);
	EXPECT(place.segment == m->part[i].p->number);
	EXPECT(space_address(sp, loc.segment, loc.off, &back));
	EXPECT(back == addr);
}

/* All edges with their neighbours are where anything can go wrong. */
static void check_addresses(const struct space *sp, const struct model *m)
{
	check_address(sp, m, 0);
	check_address(sp, m, SPACE_MAX);
	for (size_t i = 0; i < m->count; i++) {
		const struct part *part = &m->part[i];
		uint64_t edges[] = { part->addr, part->addr + part->size,
			             part->addr + part->size / 2 };

		for (size_t j = 0; j < ARRAY_LEN(edges); j++) {
			if (edges[j] > 0)
				check_address(sp, m, edges[j] - 1);
			if (edges[j] <= SPACE_MAX)
				check_address(sp, m, edges[j]);
			if (edges[j] < SPACE_MAX)
				check_address(sp, m, edges[j] + 1);
		}
	}
}

/* Every offset of a small segment, and what the space says of the whole. */
static void check_segment(const struct space *sp, const struct model *m,
                          size_t i)
{
	const struct part *part = &m->part[i];
	const struct segment *seg = space_segment(sp, i);
	uint64_t lo = UINT64_MAX, hi = 0, addr = 0, end = 0;

	EXPECT(seg->number == part->p->number);
	EXPECT(seg->placement == part->p);
	EXPECT(seg->addr == part->addr);
	EXPECT(seg->size == part->size);
	if (seg->number)
		EXPECT(space_numbered(sp, seg->number) == seg);
	if (part->size > 256 || is_gap(m, (int)i))
		return;
	for (uint64_t off = 0; off < part->size; off++) {
		bool seen = shown_at(m, m->count, part->addr + off) == (int)i;

		EXPECT(space_address(sp, seg, off, &addr) == seen);
		if (!seen)
			continue;
		EXPECT(addr == part->addr + off);
		lo = u64_min(lo, addr);
		hi = addr + 1;
	}
	EXPECT(space_span(sp, seg, &addr, &end) == (hi > 0));
	if (hi > 0) {
		EXPECT(addr == lo);
		EXPECT(end == hi);
	}
}

static void check_starts(const struct space *sp, const struct model *m)
{
	size_t count = 0;
	size_t below_top = 0; /* several empty ones may be at the top */
	struct start before = { 0 };

	for (size_t i = 0; i < m->count; i++) {
		const struct part *part = &m->part[i];

		if (!is_gap(m, (int)i) &&
		    (part->size == 0 ||
		     shown_at(m, m->count, part->addr) == (int)i))
			count++;
	}
	EXPECT(space_starts(sp) == count);
	for (size_t i = 0; i < count; i++) {
		struct start s = space_start(sp, i);
		size_t first = space_start_find(sp, s.addr);

		EXPECT(s.addr == m->part[s.segment].addr);
		EXPECT(i == 0 || before.addr < s.addr ||
		       (before.addr == s.addr && before.segment < s.segment));
		EXPECT(first <= i);
		EXPECT(space_start(sp, first).addr == s.addr);
		EXPECT(first == 0 || space_start(sp, first - 1).addr < s.addr);
		below_top += s.addr < UINT64_MAX;
		before = s;
	}
	EXPECT(space_start_find(sp, UINT64_MAX) == below_top);
}

static void check_sums(const struct space *sp, const struct model *m)
{
	uint64_t size = 0, mapped = 0, addr = 0;

	for (size_t i = 0; i < m->count; i++) {
		const struct part *part = &m->part[i];

		if (part->size > 0)
			size = u64_max(size, part->addr + part->size);
	}
	while (addr < size) {
		uint64_t next = next_edge(m, addr);

		uint64_t half = addr + (next - addr) / 2;
		bool gap = is_gap(m, shown_at(m, m->count, addr));

		EXPECT(space_mapped_in(sp, 0, addr) == mapped);
		EXPECT(space_mapped_in(sp, addr, half) ==
		       (gap ? 0 : half - addr));
		if (!gap)
			mapped += next - addr;
		addr = next;
	}
	EXPECT(space_size(sp) == size);
	EXPECT(space_mapped(sp) == mapped);
	EXPECT(space_mapped_in(sp, 0, size) == mapped);
	EXPECT(space_mapped_in(sp, 0, UINT64_MAX) == mapped);
	EXPECT(space_extents(sp) <= 2 * m->count);
}

static void check_space(const struct space *sp, const struct model *m)
{
	ck_assert_pstr_eq(space_check(sp), NULL);
	ck_assert_uint_eq(space_segments(sp), m->count);
	check_sums(sp, m);
	check_starts(sp, m);
	check_addresses(sp, m);
	for (size_t i = 0; i < m->count; i++)
		check_segment(sp, m, i);
}

/* A number with a liking for edges. */
static uint64_t some_size(uint64_t *seed, bool huge)
{
	uint64_t kind = random_below(seed, 16);

	if (kind == 0)
		return 0;
	if (huge && kind < 4)
		return random_u64(seed) >> (1 + random_below(seed, 40));
	if (huge && kind == 4)
		return LENGTH_MAX - 1;
	return random_below(seed, 24);
}

static uint64_t some_address(uint64_t *seed, bool huge)
{
	if (huge && random_below(seed, 2) == 0)
		return SPACE_MAX - random_below(seed, 64);
	if (huge && random_below(seed, 4) == 0)
		return random_u64(seed) - 1;
	return random_below(seed, 100);
}

static void random_window(uint64_t *seed, struct placement *p, uint64_t have)
{
	uint64_t slack = random_below(seed, 64) == 0;

	if (random_below(seed, 3) == 0) {
		p->has_skip = true;
		p->skip_from_end = random_below(seed, 2);
		p->skip = random_below(seed, have + 1 + slack);
	}
	if (random_below(seed, 3) == 0 && p->skip <= have) {
		p->has_size = true;
		p->size =
			random_below(seed, 1 + slack +
		                                   (p->skip_from_end
		                                            ? p->skip
		                                            : have - p->skip));
	}
}

static struct placement *random_placement(uint64_t *seed, bool huge,
                                          bool covering, uint64_t *have)
{
	bool gap = random_below(seed, 6) == 0;
	struct placement *p = make(gap ? PLACEMENT_GAP : PLACEMENT_FILE, "x");
	enum at at = (enum at)random_below(seed, 4);

	*have = some_size(seed, huge);
	if (gap)
		p->input_size = *have;
	else
		random_window(seed, p, *have);
	if (at == AT_ADDR)
		put_at(p, at, some_address(seed, huge));
	else if (at == AT_AFTER)
		put_at(p, at, some_size(seed, huge));
	else if (at == AT_END)
		put_at(p, at, random_below(seed, covering ? 24 : 2));
	if (random_below(seed, 16) != 0 && covering)
		p->over = OVER_COVER;
	return p;
}

static void check_refusal(const struct error *err, const struct model *m)
{
	char name[32];

	ck_assert_int_eq(err->code, m->failed);
	if (m->failed != ERR_OVERLAP)
		return;
	ck_assert(err->has_addr);
	ck_assert_uint_eq(err->addr, m->clash);
	snprintf(name, sizeof(name), "0x%" PRIx64 " is taken by ", m->clash);
	ck_assert_ptr_nonnull(strstr(err->text, name));
	snprintf(name, sizeof(name), "#%" PRIu32 " ",
	         m->part[m->under].p->number);
	if (!is_gap(m, (int)m->under))
		ck_assert_ptr_nonnull(strstr(err->text, name));
	snprintf(name, sizeof(name), "#%" PRIu32 " ",
	         m->part[m->late].p->number);
	if (!is_gap(m, (int)m->late))
		ck_assert(strncmp(err->text, name, strlen(name)) == 0);
}

/* Placements of all kinds, one after the other, covering, colliding, at both
   ends of the space of addresses. */
START_TEST(derive_as_the_model)
{
	uint64_t seed = random_seed();
	size_t n = cases(200000);
	size_t refusals = 0, clashes = 0;

	for (size_t i = 0; i < n; i++) {
		struct layout layout = { 0 };
		uint64_t sizes[MODEL_MAX] = { 0 };
		size_t count = random_below(&seed, MODEL_MAX + 1);
		bool huge = random_below(&seed, 3) == 0;
		bool covering = random_below(&seed, 3) != 0;
		struct space *sp;
		struct error err;
		struct model m;

		for (size_t j = 0; j < count; j++)
			add(&layout,
			    random_placement(&seed, huge, covering, &sizes[j]));
		m = model_of(&layout, sizes);
		sp = space_derive(&layout, sizes, &err);
		ck_assert_int_eq(sp == NULL, m.failed != ERR_NONE);
		if (sp)
			check_space(sp, &m);
		else
			check_refusal(&err, &m);
		refusals += !sp;
		clashes += !sp && err.code == ERR_OVERLAP;
		space_unref(sp);
		layout_clear(&layout);
	}
	/* All outcomes are common enough to have been seen. */
	if (n >= 1000) {
		ck_assert_uint_gt(clashes, n / 50);
		ck_assert_uint_gt(refusals - clashes, n / 100);
		ck_assert_uint_lt(refusals, n - n / 10);
	}
}
END_TEST

/* Each row is placed behind one segment of 0x20 bytes at 0x10. */
static const struct {
	enum at at;
	uint64_t value, size;
	enum over over;
	enum err want;
	uint64_t addr;
} edges[] = {
	{ AT_NEXT, 0, 8, OVER_NO, ERR_NONE, 0x30 },
	{ AT_AFTER, 0, 8, OVER_NO, ERR_NONE, 0x30 },
	{ AT_AFTER, 4, 8, OVER_NO, ERR_NONE, 0x34 },
	{ AT_END, 0, 8, OVER_NO, ERR_NONE, 0x30 },
	{ AT_END, 1, 8, OVER_NO, ERR_OVERLAP, 0x2f }, /* its last byte */
	{ AT_END, 1, 8, OVER_COVER, ERR_NONE, 0x2f },
	{ AT_END, 1, 8, OVER_VERIFY, ERR_NONE, 0x2f },
	{ AT_END, 0x30, 0x10, OVER_NO, ERR_NONE, 0 }, /* right before it */
	{ AT_END, 0x31, 1, OVER_NO, ERR_RANGE, 0 },   /* before address 0 */
	{ AT_ADDR, 0, 0x10, OVER_NO, ERR_NONE, 0 },
	{ AT_ADDR, 0, 0x11, OVER_NO, ERR_OVERLAP, 0x10 }, /* its first byte */
	{ AT_ADDR, 0x18, 0, OVER_NO, ERR_NONE, 0x18 }, /* empty: takes none */
	{ AT_ADDR, SPACE_MAX, 1, OVER_NO, ERR_NONE, SPACE_MAX },
	{ AT_ADDR, SPACE_MAX, 2, OVER_NO, ERR_RANGE, 0 },
	{ AT_ADDR, UINT64_MAX, 0, OVER_NO, ERR_NONE, UINT64_MAX },
	{ AT_ADDR, UINT64_MAX, 1, OVER_NO, ERR_RANGE, 0 },
	{ AT_AFTER, UINT64_MAX - 0x30, 0, OVER_NO, ERR_NONE, UINT64_MAX },
	{ AT_AFTER, UINT64_MAX - 0x2f, 0, OVER_NO, ERR_RANGE, 0 },
};

START_TEST(place_edges)
{
	struct layout layout = { 0 };
	uint64_t sizes[] = { 0x20, edges[_i].size };
	struct placement *p;

	put_at(add_file(&layout, "a"), AT_ADDR, 0x10);
	p = add_file(&layout, "b");
	put_at(p, edges[_i].at, edges[_i].value);
	p->over = edges[_i].over;
	if (edges[_i].want == ERR_NONE) {
		struct space *sp = derive(&layout, sizes);

		ck_assert_uint_eq(space_segment(sp, 1)->addr, edges[_i].addr);
		space_unref(sp);
	} else {
		struct error err = refused(&layout, sizes);

		ck_assert_int_eq(err.code, edges[_i].want);
		if (edges[_i].want == ERR_OVERLAP)
			ck_assert_uint_eq(err.addr, edges[_i].addr);
	}
	layout_clear(&layout);
}
END_TEST

/* Windows of a file of 100 bytes. */
static const struct {
	bool from_end;
	uint64_t skip;
	bool has_size;
	uint64_t size;
	enum err want;
	uint64_t off, len;
} windows[] = {
	{ false, 0, false, 0, ERR_NONE, 0, 100 },
	{ false, 99, false, 0, ERR_NONE, 99, 1 },
	{ false, 100, false, 0, ERR_NONE, 100, 0 },
	{ false, 101, false, 0, ERR_RANGE, 0, 0 },
	{ true, 100, false, 0, ERR_NONE, 0, 100 },
	{ true, 101, false, 0, ERR_RANGE, 0, 0 },
	{ true, 0, false, 0, ERR_NONE, 100, 0 }, /* skip -0: the end */
	{ true, 10, true, 10, ERR_NONE, 90, 10 },
	{ true, 10, true, 11, ERR_RANGE, 0, 0 },
	{ false, 0, true, 0, ERR_NONE, 0, 0 },
	{ false, 0, true, LENGTH_MAX - 1, ERR_RANGE, 0, 0 },
};

START_TEST(window_edges)
{
	struct layout layout = { 0 };
	uint64_t size = 100;
	struct placement *p = add_file(&layout, "a");

	p->has_skip = true;
	p->skip_from_end = windows[_i].from_end;
	p->skip = windows[_i].skip;
	p->has_size = windows[_i].has_size;
	p->size = windows[_i].size;
	if (windows[_i].want == ERR_NONE) {
		struct space *sp = derive(&layout, &size);

		ck_assert_uint_eq(space_segment(sp, 0)->off, windows[_i].off);
		ck_assert_uint_eq(space_size(sp), windows[_i].len);
		space_unref(sp);
	} else {
		ck_assert_int_eq(refused(&layout, &size).code,
		                 windows[_i].want);
	}
	layout_clear(&layout);
}
END_TEST

START_TEST(collision_names_both_and_the_address)
{
	struct layout layout = { 0 };
	uint64_t sizes[] = { 0x1000, 0x200, 0x10 };
	struct error err;

	add_file(&layout, "disk.001");
	put_at(add_gap(&layout, 0x100), AT_ADDR, 0x2000);
	put_at(add_file(&layout, "disk.002"), AT_ADDR, 0xff8);
	err = refused(&layout, sizes);
	ck_assert_str_eq(err.text, "#2 disk.002 needs 0xff8..0x1007, but 0xff8 "
	                           "is taken by #1 disk.001");
	ck_assert_uint_eq(err.addr, 0xff8);
	put_at(layout.v[2], AT_ADDR, 0x20ff);
	err = refused(&layout, sizes);
	ck_assert_str_eq(err.text, "#2 disk.002 needs 0x20ff..0x210e, but "
	                           "0x20ff is taken by gap:..");
	layout_clear(&layout);
}
END_TEST

START_TEST(place_at_the_end)
{
	struct layout layout = { 0 };
	uint64_t sizes[] = { 4, 0, 0 };
	struct space *sp = derive(&layout, sizes);
	struct place place = space_place(sp, 0);

	ck_assert_uint_eq(place.segment, 0); /* nothing at all */
	ck_assert_int_eq(place.side, SIDE_START);
	space_unref(sp);

	add_file(&layout, "a");
	add_file(&layout, "empty");
	sp = derive(&layout, sizes);
	place = space_place(sp, 4);
	ck_assert_uint_eq(place.segment, 1); /* whose last byte is at 3 */
	ck_assert_int_eq(place.side, SIDE_END);
	space_unref(sp);

	sizes[0] = 0;
	sp = derive(&layout, sizes); /* two empty files, both at 0 */
	place = space_place(sp, 0);
	ck_assert_uint_eq(place.segment, 2);
	ck_assert_int_eq(place.side, SIDE_END);
	ck_assert_uint_eq(space_starts(sp), 2);
	space_unref(sp);

	add_gap(&layout, 16);
	sp = derive(&layout, sizes);
	ck_assert_uint_eq(space_size(sp), 16);
	ck_assert_uint_eq(space_mapped(sp), 0);
	place = space_place(sp, 16);
	ck_assert_uint_eq(place.segment, 0);
	ck_assert_int_eq(place.side, SIDE_START);
	space_unref(sp);
	layout_clear(&layout);
}
END_TEST

/* Numbers need not go up with the order of the layout. */
START_TEST(find_by_number)
{
	static const uint32_t numbers[] = { 7, 3, UINT32_MAX, 1 };
	struct layout layout = { 0 };
	/* The last is a gap, which is larger than all and has no number. */
	uint64_t sizes[] = { 1, 3, 2, 1, 0 };
	struct space *sp = derive(&layout, sizes);
	struct placement *gap;

	ck_assert_uint_eq(space_numbers(sp), 0);
	ck_assert_uint_eq(space_last_number(sp), 0);
	ck_assert_uint_eq(space_largest(sp), 0);
	space_unref(sp);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct placement *p = make(PLACEMENT_FILE, "x");

		p->number = numbers[i];
		add(&layout, p);
	}
	gap = make(PLACEMENT_GAP, "gap:4K");
	gap->input_size = 4096;
	add(&layout, gap);
	sp = derive(&layout, sizes);
	ck_assert_uint_eq(space_numbers(sp), 4);
	ck_assert_uint_eq(space_last_number(sp), UINT32_MAX);
	ck_assert_uint_eq(space_largest(sp), 3);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		ck_assert_ptr_eq(space_numbered(sp, numbers[i]),
		                 space_segment(sp, i));
	ck_assert_ptr_null(space_numbered(sp, 0));
	ck_assert_ptr_null(space_numbered(sp, 2));
	ck_assert_ptr_null(space_numbered(sp, UINT32_MAX - 1));
	space_unref(sp);
	layout_clear(&layout);
}
END_TEST

/* Woven spaces, and what each address shows, found by walking unit by unit. */
enum { LANES_LEN = 600, LANES_SEGS = 6 };

struct lanes {
	struct layout layout;
	struct segment seg[LANES_SEGS];
	struct extent ext[8];
	struct slot slot[32];
	size_t exts, slots;
	int segment_at[LANES_LEN];  /* -1: none */
	uint64_t off_at[LANES_LEN]; /* in the document */
};

/* Walk an extent of `slots` slots: paint its bytes, let each segment's
   documents be used from where they were not yet. */
static void weave_extent(uint64_t *seed, struct lanes *w, uint64_t addr,
                         uint32_t slots)
{
	struct extent *ext = &w->ext[w->exts++];
	uint64_t off[4], pos = addr;
	uint64_t units = slots + random_below(seed, 12);

	*ext = (struct extent){
		.addr = addr,
		.unit = 1 + random_below(seed, 8),
		.slot = (uint32_t)w->slots,
		.slots = slots,
	};
	for (uint32_t j = 0; j < slots; j++) {
		uint32_t s = (uint32_t)random_below(seed, LANES_SEGS);

		off[j] = w->seg[s].off + w->seg[s].size + random_below(seed, 3);
		w->slot[w->slots++] = (struct slot){
			.segment = s,
			.off = off[j],
			.step = ext->unit +
			        random_below(seed, 2) * random_below(seed, 5),
		};
		/* Reserve more than can be used, so that two slots of one
		   segment keep apart. */
		w->seg[s].size =
			off[j] - w->seg[s].off + (units / slots + 1) * 13;
	}
	for (uint64_t q = 0; q < units; q++) {
		const struct slot *slot = &w->slot[ext->slot + q % slots];
		bool whole = q + 1 < units;
		uint64_t n =
			whole ? ext->unit : 1 + random_below(seed, ext->unit);

		for (uint64_t i = 0; i < n; i++, pos++) {
			w->segment_at[pos] = (int)slot->segment;
			w->off_at[pos] = off[q % slots] + i;
		}
		off[q % slots] += slot->step;
	}
	ext->len = pos - addr;
}

static void weave(uint64_t *seed, struct lanes *w)
{
	uint64_t addr = random_below(seed, 10);
	size_t exts = random_below(seed, 6);

	*w = (struct lanes){ 0 };
	for (size_t i = 0; i < LANES_LEN; i++)
		w->segment_at[i] = -1;
	for (uint32_t i = 0; i < LANES_SEGS; i++) {
		w->seg[i].placement = add_file(&w->layout, "lane");
		w->seg[i].number = i + 1;
		w->seg[i].off = random_below(seed, 100);
	}
	for (size_t i = 0; i < exts; i++) {
		const struct extent *ext = &w->ext[w->exts];

		if (random_below(seed, 5) == 0) {
			w->ext[w->exts++] = (struct extent){
				.addr = addr,
				.len = 3,
				.unit = 3,
				.slot = (uint32_t)w->slots,
			};
		} else {
			weave_extent(seed, w, addr,
			             1 + (uint32_t)random_below(seed, 4));
		}
		addr = ext->addr + ext->len + random_below(seed, 3);
	}
	ck_assert_uint_lt(addr, LANES_LEN);
}

/* A linear extent would have to lie where its segment was placed (S5): what the
   weaver made of one slot and one unit gets a longer unit that it does not
   fill. */
static void avoid_linear(struct lanes *w)
{
	for (size_t i = 0; i < w->exts; i++) {
		struct extent *ext = &w->ext[i];

		if (ext->slots != 1 || ext->unit != ext->len)
			continue;
		ext->unit++;
		w->slot[ext->slot].step++;
	}
}

static void check_lane_byte(const struct space *sp, const struct lanes *w,
                            uint64_t addr)
{
	struct location loc = space_locate(sp, addr);
	int s = w->segment_at[addr];
	uint64_t back;

	if (s < 0) {
		EXPECT(loc.segment == NULL);
		if (loc.run < LANES_LEN - addr)
			EXPECT(w->segment_at[addr + loc.run] >= 0);
		for (uint64_t i = 0; i < loc.run && addr + i < LANES_LEN; i++)
			EXPECT(w->segment_at[addr + i] < 0);
		return;
	}
	EXPECT(loc.segment == space_segment(sp, (size_t)s));
	EXPECT(loc.doc_off == w->off_at[addr]);
	EXPECT(loc.off == loc.doc_off - loc.segment->off);
	EXPECT(loc.run > 0);
	for (uint64_t i = 0; i < loc.run; i++) {
		EXPECT(w->segment_at[addr + i] == s);
		EXPECT(w->off_at[addr + i] == loc.doc_off + i);
	}
	EXPECT(space_address(sp, loc.segment, loc.off, &back));
	EXPECT(back == addr);
}

/* From the side of the segments: each offset is shown where it was painted, or
   nowhere (spare bytes). */
static void check_lane_segment(const struct space *sp, const struct lanes *w,
                               size_t s)
{
	const struct segment *seg = space_segment(sp, s);
	uint64_t lo = UINT64_MAX, hi = 0, from = 0, to = 0;
	uint64_t at[2048];

	EXPECT(seg->size < ARRAY_LEN(at));
	memset(at, 0xff, sizeof(at));
	for (uint64_t addr = 0; addr < LANES_LEN; addr++) {
		if (w->segment_at[addr] != (int)s)
			continue;
		at[w->off_at[addr] - seg->off] = addr;
		lo = u64_min(lo, addr);
		hi = addr + 1;
	}
	for (uint64_t off = 0; off < seg->size; off++) {
		uint64_t addr = UINT64_MAX;

		EXPECT(space_address(sp, seg, off, &addr) ==
		       (at[off] != UINT64_MAX));
		EXPECT(addr == at[off]);
	}
	EXPECT(space_span(sp, seg, &from, &to) == (hi > 0));
	if (hi > 0) {
		EXPECT(from == lo);
		EXPECT(to == hi);
	}
}

static struct space *build(const struct lanes *w)
{
	struct error err;
	struct space *sp = space_build(&w->layout, w->seg, w->ext, w->exts,
	                               w->slot, w->slots, &err);

	must(sp != NULL, &err);
	return sp;
}

START_TEST(lanes_as_walked)
{
	uint64_t seed = random_seed();
	size_t n = cases(20000);
	struct lanes w;

	for (size_t i = 0; i < n; i++) {
		struct space *sp;

		weave(&seed, &w);
		avoid_linear(&w);
		sp = build(&w);
		ck_assert_pstr_eq(space_check(sp), NULL);
		for (uint64_t addr = 0; addr < LANES_LEN; addr++)
			check_lane_byte(sp, &w, addr);
		for (size_t s = 0; s < LANES_SEGS; s++)
			check_lane_segment(sp, &w, s);
		space_unref(sp);
		layout_clear(&w.layout);
	}
}
END_TEST

/* The largest numbers that a woven extent can have. */
START_TEST(lanes_near_the_limits)
{
	struct layout layout = { 0 };
	struct segment seg[2] = { { .number = 1, .size = LENGTH_MAX - 1 },
		                  { .number = 2, .size = LENGTH_MAX - 1 } };
	struct extent ext = { .len = UINT64_MAX - 3, .unit = 1, .slots = 2 };
	struct slot slots[2] = { { 0, 0, 1 }, { 1, 0, 1 } };
	struct location loc;
	struct space *sp;
	struct error err;
	uint64_t addr;

	seg[0].placement = add_file(&layout, "even");
	seg[1].placement = add_file(&layout, "odd");
	sp = space_build(&layout, seg, &ext, 1, slots, 2, &err);
	must(sp != NULL, &err);
	ck_assert_pstr_eq(space_check(sp), NULL);
	loc = space_locate(sp, UINT64_MAX - 4);
	ck_assert_uint_eq(loc.segment->number, 2);
	ck_assert_uint_eq(loc.off, LENGTH_MAX - 3);
	ck_assert(
		space_address(sp, space_segment(sp, 1), LENGTH_MAX - 3, &addr));
	ck_assert_uint_eq(addr, UINT64_MAX - 4);
	ck_assert(!space_address(sp, space_segment(sp, 1), LENGTH_MAX - 2,
	                         &addr));
	ck_assert(!space_address(sp, space_segment(sp, 0), UINT64_MAX, &addr));
	space_unref(sp);
	layout_clear(&layout);
}
END_TEST

/* Each row breaks one thing of a space of two extents; S6 and S7 cannot be
   broken from outside. */
static const struct {
	struct extent ext[2];
	struct slot slot[2];
	const char *name;
} broken[] = {
	{ { { 0, 0, 4, 0, 1 }, { 4, 4, 4, 1, 1 } },
	  { { 0, 0, 4 }, { 1, 0, 4 } },
	  "S1" }, /* empty */
	{ { { 0, 4, 4, 0, 1 }, { 3, 4, 4, 1, 1 } },
	  { { 0, 0, 4 }, { 1, 0, 4 } },
	  "S1" }, /* overlapping */
	{ { { 0, 4, 4, 0, 1 }, { UINT64_MAX - 3, 4, 4, 1, 1 } },
	  { { 0, 0, 4 }, { 1, 0, 4 } },
	  "S1" }, /* past the end */
	{ { { 0, 4, 4, 0, 1 }, { 4, 4, 4, 0, 1 } },
	  { { 0, 0, 4 }, { 1, 0, 4 } },
	  "S2" }, /* a slot of two extents */
	{ { { 0, 4, 4, 0, 1 }, { 4, 4, 4, 1, 0 } },
	  { { 0, 0, 4 }, { 1, 0, 4 } },
	  "S2" }, /* a slot of none */
	{ { { 0, 4, 4, 0, 1 }, { 4, 4, 5, 1, 1 } },
	  { { 0, 0, 4 }, { 1, 0, 4 } },
	  "S3" }, /* step below unit */
	{ { { 0, 4, 4, 0, 2 }, { 4, 4, 4, 2, 0 } },
	  { { 0, 0, 4 }, { 1, 0, 4 } },
	  "S3" }, /* the second shows nothing */
	{ { { 0, 4, 4, 0, 1 }, { 4, 4, 4, 1, 1 } },
	  { { 0, 0, 4 }, { 2, 0, 4 } },
	  "S4" }, /* bytes of a gap */
	{ { { 0, 4, 4, 0, 1 }, { 4, 4, 4, 1, 1 } },
	  { { 0, 0, 4 }, { 1, 5, 4 } },
	  "S4" }, /* past the segment's end */
	{ { { 0, 4, 4, 0, 1 }, { 4, 4, 2, 1, 1 } },
	  { { 0, 0, 4 }, { 1, 0, LENGTH_MAX } },
	  "S4" }, /* far past it */
	{ { { 0, 4, 4, 0, 1 }, { 4, 4, 4, 1, 1 } },
	  { { 0, 0, 4 }, { 1, 1, 4 } },
	  "S5" }, /* one byte off */
	{ { { 0, 4, 4, 0, 1 }, { 4, 4, 4, 1, 1 } },
	  { { 0, 0, 4 }, { 1, 0, 4 } },
	  NULL },
};

START_TEST(check_finds_what_is_broken)
{
	struct layout layout = { 0 };
	struct segment seg[3] = {
		{ .number = 1, .addr = 0, .size = 8 },
		{ .number = 2, .addr = 4, .size = 8 },
		{ .number = 0, .addr = 16, .size = 8 },
	};
	struct space *sp;
	struct error err;
	const char *found;

	seg[0].placement = add_file(&layout, "a");
	seg[1].placement = add_file(&layout, "b");
	seg[2].placement = add_gap(&layout, 8);
	sp = space_build(&layout, seg, broken[_i].ext, 2, broken[_i].slot, 2,
	                 &err);
	must(sp != NULL, &err);
	found = space_check(sp);
	if (broken[_i].name)
		ck_assert(found && strncmp(found, broken[_i].name, 2) == 0);
	else
		ck_assert_pstr_eq(found, NULL);
	space_unref(sp);
	layout_clear(&layout);
}
END_TEST

/* Fail the 1st, 2nd, .. allocation until the call gets through. */
START_TEST(derive_without_memory)
{
	struct layout layout = { 0 };
	uint64_t sizes[MODEL_MAX];
	struct space *sp = NULL;
	struct error err;

	for (size_t i = 0; i < MODEL_MAX; i++) {
		sizes[i] = 10 + i;
		/* In disorder, and covering each other. */
		put_at(add_file(&layout, "x"), AT_ADDR, 100 - 8 * i);
		layout.v[i]->over = _i ? OVER_COVER : OVER_NO;
		if (!_i)
			put_at(layout.v[i], AT_AFTER, 3);
	}
	for (long n = 0; !sp; n++) {
		mem_fail_after(n);
		sp = space_derive(&layout, sizes, &err);
		mem_fail_after(-1);
		if (!sp)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert(sp == NULL || n > 5);
	}
	ck_assert_pstr_eq(space_check(sp), NULL);
	space_unref(sp);
	layout_clear(&layout);
}
END_TEST

/* A space holds its placements, whatever becomes of the layout. */
START_TEST(space_outlives_its_layout)
{
	struct layout layout = { 0 };
	uint64_t size = 4;
	struct space *sp;

	add_file(&layout, "a");
	sp = derive(&layout, &size);
	ck_assert_ptr_eq(space_ref(sp), sp);
	layout_clear(&layout);
	space_unref(sp);
	ck_assert_str_eq(space_segment(sp, 0)->placement->name, "a");
	space_unref(sp);
	space_unref(NULL);
}
END_TEST

/* As many segments as there may be, in order and in disorder. */
START_TEST(many_segments)
{
	enum { MANY = 100000 };
	uint64_t *sizes = malloc(MANY * sizeof(*sizes));
	uint64_t seed = random_seed();
	struct layout layout = { 0 };
	struct space *sp;
	uint64_t addr;

	ck_assert_ptr_nonnull(sizes);
	for (size_t i = 0; i < MANY; i++) {
		struct placement *p = add_file(&layout, "x");

		sizes[i] = random_below(&seed, 1000);
		if (_i == 1) { /* all in each other's way */
			put_at(p, AT_ADDR, random_below(&seed, 1u << 20));
			p->over = OVER_COVER;
		} else if (_i == 2) { /* backwards */
			put_at(p, AT_ADDR, (MANY - i) * 1000);
		}
	}
	sp = derive(&layout, sizes);
	for (size_t i = 0; i < 1000; i++) {
		struct location loc;

		addr = random_below(&seed, space_size(sp));
		loc = space_locate(sp, addr);
		if (loc.segment) {
			uint64_t back;

			ck_assert(
				space_address(sp, loc.segment, loc.off, &back));
			ck_assert_uint_eq(back, addr);
		}
	}
	space_unref(sp);
	layout_clear(&layout);
	free(sizes);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("space");
	TCase *tc = tcase_create("space");

	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, derive_as_the_model);
	tcase_add_loop_test(tc, place_edges, 0, ARRAY_LEN(edges));
	tcase_add_loop_test(tc, window_edges, 0, ARRAY_LEN(windows));
	tcase_add_test(tc, collision_names_both_and_the_address);
	tcase_add_test(tc, place_at_the_end);
	tcase_add_test(tc, find_by_number);
	tcase_add_test(tc, lanes_as_walked);
	tcase_add_test(tc, lanes_near_the_limits);
	tcase_add_loop_test(tc, check_finds_what_is_broken, 0,
	                    ARRAY_LEN(broken));
	tcase_add_loop_test(tc, derive_without_memory, 0, 2);
	tcase_add_test(tc, space_outlives_its_layout);
	tcase_add_loop_test(tc, many_segments, 0, 3);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
