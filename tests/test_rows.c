/* test_rows.c - tests of ui/rows.c
 *
 * The model is a map of single addresses, made from the placements alone, and
 * the list of all lines that the rules of rows.h give for it. Of a space that
 * lies high only the addresses from `base` on are mapped one by one; below it
 * is nothing but a gap.
 */
#include "config.h"

#include "ui/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support.h"

enum {
	MAP_MAX = 4096,
	PARTS_MAX = 40,
	LINES_MAX = 2 * MAP_MAX,
	PAST = 3, /* rows looked at behind the end */
};

__extension__ typedef unsigned __int128 wide;

struct part {
	uint64_t addr, size;
	bool gap;
};

/* A layout under way, and the same as parts. */
struct plan {
	struct layout layout;
	uint64_t sizes[PARTS_MAX];
	struct part parts[PARTS_MAX];
	size_t count;
	uint64_t base; /* the lowest address that is used */
	uint64_t end;  /* of what is placed so far */
};

struct line {
	struct row_pos pos;
	struct row row;
};

struct model {
	uint64_t base, size;
	int shown[MAP_MAX];       /* the part at base + i; -1: none */
	size_t starts[PARTS_MAX]; /* parts in the order of space_start() */
	uint64_t start_addr[PARTS_MAX];
	size_t start_count;
	struct line lines[LINES_MAX];
	size_t count;
};

static struct model model; /* too big for a stack */

static void plan_begin(struct plan *plan, uint64_t base)
{
	*plan = (struct plan){ .base = base, .end = base };
}

/* A part of `size` bytes at addr; covers what is there. */
static void plan_put(struct plan *plan, uint64_t addr, uint64_t size, bool gap)
{
	struct placement *p;
	char name[40];
	struct error err;

	if (gap)
		snprintf(name, sizeof(name), "gap:%" PRIu64, size);
	else
		snprintf(name, sizeof(name), "f%zu", plan->count);
	p = placement_new(name, &err);
	must(p != NULL, &err);
	p->at = AT_ADDR;
	p->at_value = addr;
	p->over = OVER_COVER;
	must(layout_add(&plan->layout, p, &err), &err);
	plan->sizes[plan->count] = size;
	plan->parts[plan->count++] = (struct part){ addr, size, gap };
	if (size > 0)
		plan->end = u64_max(plan->end, addr + size);
}

static void plan_add(struct plan *plan, uint64_t size)
{
	plan_put(plan, plan->end, size, false);
}

static void plan_skip(struct plan *plan, uint64_t size, bool declared)
{
	if (declared)
		plan_put(plan, plan->end, size, true);
	else
		plan->end += size;
}

static struct space *plan_space(struct plan *plan)
{
	struct error err;
	struct space *sp = space_derive(&plan->layout, plan->sizes, &err);

	must(sp != NULL, &err);
	layout_clear(&plan->layout);
	return sp;
}

/* --- the model ----------------------------------------------------------- */

static bool mapped(uint64_t addr)
{
	return addr >= model.base && addr < model.size &&
	       model.shown[addr - model.base] >= 0;
}

static void model_map(const struct plan *plan)
{
	model.base = plan->base;
	model.size = 0;
	for (size_t i = 0; i < MAP_MAX; i++)
		model.shown[i] = -1;
	for (size_t i = 0; i < plan->count; i++) {
		const struct part *part = &plan->parts[i];
		uint64_t from = part->addr - plan->base;

		for (uint64_t k = 0; k < part->size; k++) {
			EXPECT(from + k < MAP_MAX);
			model.shown[from + k] = part->gap ? -1 : (int)i;
		}
		if (part->size > 0)
			model.size =
				u64_max(model.size, part->addr + part->size);
	}
}

/* Empty parts, and those whose first byte shows; by address, then order. */
static void model_starts(const struct plan *plan)
{
	model.start_count = 0;
	for (size_t i = 0; i < plan->count; i++) {
		const struct part *part = &plan->parts[i];
		size_t at = model.start_count;

		if (part->gap ||
		    (part->size > 0 &&
		     model.shown[part->addr - plan->base] != (int)i))
			continue;
		while (at > 0 && model.start_addr[at - 1] > part->addr) {
			model.start_addr[at] = model.start_addr[at - 1];
			model.starts[at] = model.starts[at - 1];
			at--;
		}
		model.start_addr[at] = part->addr;
		model.starts[at] = i;
		model.start_count++;
	}
}

/* The gap that begins at addr, if one does. */
static bool gap_begins(uint64_t addr, uint64_t *end)
{
	uint64_t at = addr;

	if (addr >= model.size || mapped(addr) ||
	    (addr > 0 && addr < model.base) ||
	    (addr > 0 && addr == model.base) || (addr > 0 && !mapped(addr - 1)))
		return false;
	at = u64_max(at, model.base);
	while (at < model.size && !mapped(at))
		at++;
	*end = at;
	return true;
}

/* The gap that holds addr. */
static bool gap_of(uint64_t addr, uint64_t *start, uint64_t *end)
{
	if (addr >= model.size || mapped(addr))
		return false;
	addr = u64_max(addr, model.base);
	*start = addr;
	while (*start > model.base && !mapped(*start - 1))
		--*start;
	if (*start == model.base)
		*start = 0;
	while (addr < model.size && !mapped(addr))
		addr++;
	*end = addr;
	return true;
}

/* More than ROWS_GAP rows lie in it whole. */
static bool is_long(uint64_t start, uint64_t end, unsigned n)
{
	uint64_t first = start / n + (start % n > 0);

	return end / n > first && end / n - first > ROWS_GAP;
}

static bool is_left_out(uint64_t row, unsigned n)
{
	uint64_t start, end;

	return gap_of(row, &start, &end) && is_long(start, end, n) &&
	       start <= row && (wide)end >= (wide)row + n;
}

static void add_line(struct row row, unsigned *line)
{
	EXPECT(model.count < LINES_MAX);
	model.lines[model.count++] = (struct line){
		.pos = { .addr = row.addr, .line = (*line)++ },
		.row = row,
	};
}

/* The lines of a row: rules in the order of addresses, a file's before a gap's
   at the same one, then the bytes. */
static void add_row(uint64_t addr, unsigned n, bool rules)
{
	struct row starts[PARTS_MAX], gaps[64];
	uint64_t gap_end;
	size_t i = 0, k = 0, start_count = 0, gap_count = 0;
	unsigned line = 0;

	for (size_t s = 0; rules && s < model.start_count; s++) {
		bool first_of_all = s == 0 && model.start_addr[0] == 0 &&
		                    mapped(0) &&
		                    model.shown[0] == (int)model.starts[0];

		if (model.start_addr[s] >= addr &&
		    model.start_addr[s] - addr < n && !first_of_all)
			starts[start_count++] = (struct row){ .kind = ROW_START,
				                              .addr = addr,
				                              .idx = s,
				                              .count = 1 };
	}
	for (unsigned b = 0; b < n && b <= UINT64_MAX - addr; b++)
		if (gap_begins(addr + b, &gap_end) &&
		    (rules || is_long(addr + b, gap_end, n)))
			gaps[gap_count++] = (struct row){ .kind = ROW_GAP,
				                          .addr = addr,
				                          .count = 1,
				                          .start = addr + b,
				                          .end = gap_end };
	if (start_count > ROWS_EACH) {
		starts[0].kind = ROW_STARTS;
		starts[0].count = start_count;
		start_count = 1;
	}
	if (gap_count > ROWS_EACH) {
		gaps[0].kind = ROW_GAPS;
		gaps[0].count = gap_count;
		gaps[0].end = gaps[gap_count - 1].end;
		gap_count = 1;
	}
	while (i < start_count || k < gap_count) {
		if (k == gap_count ||
		    (i < start_count &&
		     model.start_addr[starts[i].idx] <= gaps[k].start))
			add_line(starts[i++], &line);
		else
			add_line(gaps[k++], &line);
	}
	if ((addr < model.size && !is_left_out(addr, n)) ||
	    (model.size == 0 && addr == 0))
		add_line((struct row){ .kind = ROW_DATA, .addr = addr }, &line);
}

static void model_lines(unsigned n, bool rules)
{
	uint64_t row = model.base / n * n;

	model.count = 0;
	if (row > 0)
		add_row(0, n, rules);
	for (;;) {
		add_row(row, n, rules);
		if (row > UINT64_MAX - n || row + n > model.size)
			break;
		row += n;
	}
	/* Behind the end only the rules of empty files. */
	for (size_t s = 0; s < model.start_count; s++) {
		uint64_t start = model.start_addr[s] / n * n;

		if (start > row)
			add_row(row = start, n, rules);
	}
}

/* The line that shows addr, by the header's words. */
static size_t model_of(uint64_t addr, unsigned n)
{
	uint64_t row = addr / n * n;
	uint64_t start, end;
	size_t found = model.count - 1;

	if (addr >= model.size) {
		while (model.lines[found].pos.addr > row)
			found--;
		return found;
	}
	for (size_t i = 0; i < model.count; i++) {
		const struct row *r = &model.lines[i].row;

		if (r->kind == ROW_DATA && r->addr == row)
			return i;
		if ((r->kind == ROW_GAP || r->kind == ROW_GAPS) &&
		    gap_of(addr, &start, &end) && r->start <= start &&
		    end <= r->end)
			found = i;
	}
	return found;
}

/* --- comparing ----------------------------------------------------------- */

static bool same_pos(struct row_pos a, struct row_pos b)
{
	return a.addr == b.addr && a.line == b.line;
}

static bool same_row(const struct row *a, const struct row *b)
{
	return a->kind == b->kind && a->addr == b->addr && a->idx == b->idx &&
	       a->count == b->count && a->start == b->start && a->end == b->end;
}

static void check_walk(const struct rows *rows)
{
	struct row_pos pos = rows_first(rows);
	struct row row;

	for (size_t i = 0; i < model.count; i++) {
		EXPECT(same_pos(pos, model.lines[i].pos));
		EXPECT(rows_at(rows, pos, &row));
		EXPECT(same_row(&row, &model.lines[i].row));
		EXPECT(rows_next(rows, &pos) == (i + 1 < model.count));
	}
	EXPECT(same_pos(pos, rows_last(rows)));
	for (size_t i = model.count; i-- > 0;) {
		EXPECT(same_pos(pos, model.lines[i].pos));
		EXPECT(rows_prev(rows, &pos) == (i > 0));
	}
	EXPECT(same_pos(pos, rows_first(rows)));
}

static void check_of(const struct rows *rows, uint64_t addr)
{
	struct row_pos want = model.lines[model_of(addr, rows->per_row)].pos;

	EXPECT(same_pos(rows_of(rows, addr), want));
}

/* Every mapped byte is in the data row of its address, and of no other. */
static void check_bytes(const struct rows *rows)
{
	uint64_t n = rows->per_row;
	size_t seen = 0, mapped_bytes = 0;

	for (uint64_t a = model.base; a < model.size; a++)
		mapped_bytes += mapped(a);
	for (size_t i = 0; i < model.count; i++) {
		uint64_t row = model.lines[i].row.addr;

		if (model.lines[i].row.kind != ROW_DATA)
			continue;
		for (uint64_t b = 0; b < n && b < model.size - row; b++)
			seen += mapped(row + b);
	}
	EXPECT(seen == mapped_bytes);
}

/* What exists stays; else it is the line before, or an end. */
static void check_settle(const struct rows *rows, struct row_pos pos)
{
	struct row_pos got = rows_settle(rows, pos);
	struct row_pos want = model.lines[0].pos;
	struct row row;
	bool exists = false;

	pos.addr = pos.addr / rows->per_row * rows->per_row;
	for (size_t i = 0; i < model.count; i++) {
		exists = exists || same_pos(model.lines[i].pos, pos);
		if (row_pos_compare(model.lines[i].pos, pos) <= 0)
			want = model.lines[i].pos;
	}
	EXPECT(same_pos(got, want));
	EXPECT(rows_at(rows, pos, &row) == exists);
}

static void check_space(const struct plan *plan, const struct space *sp,
                        unsigned n, bool rules, uint64_t *seed)
{
	struct rows rows = { .space = sp, .per_row = n, .rules = rules };
	uint64_t span;

	model_map(plan);
	model_starts(plan);
	model_lines(n, rules);
	check_walk(&rows);
	check_bytes(&rows);
	span = model.size > model.base ? model.size - model.base : 0;
	check_of(&rows, 0);
	check_of(&rows, model.base / 2);
	check_of(&rows, UINT64_MAX);
	for (uint64_t i = 0; i < span + PAST && i <= UINT64_MAX - model.base;
	     i += 1 + random_below(seed, 8))
		check_of(&rows, model.base + i);
	check_settle(&rows, (struct row_pos){ UINT64_MAX, 0 });
	for (int i = 0; i < 6; i++) {
		struct row_pos pos = {
			.addr = random_below(seed, 8) == 0
			                ? random_u64(seed)
			                : model.base +
			                          random_below(seed, span + n),
			.line = (unsigned)random_below(seed, ROWS_LINES + 1),
		};

		check_settle(&rows, pos);
	}
}

static const unsigned widths[] = { 1, 3, 8, 16, 32 };

static void check_all(struct plan *plan)
{
	uint64_t seed = 1;
	struct space *sp = plan_space(plan);

	for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
		check_space(plan, sp, widths[i], true, &seed);
		check_space(plan, sp, widths[i], false, &seed);
	}
	space_unref(sp);
}

/* --- random spaces ------------------------------------------------------- */

/* From the base to the end, or behind it, perhaps far. */
static uint64_t random_place(const struct plan *plan, uint64_t *seed)
{
	uint64_t span = plan->end - plan->base + 1;

	if (random_below(seed, 4) == 0)
		span += 200;
	if (random_below(seed, 8) == 0 || span > UINT64_MAX - plan->base)
		span = UINT64_MAX - plan->base;
	return plan->base + random_below(seed, span);
}

static void random_parts(struct plan *plan, uint64_t *seed)
{
	size_t count = random_below(seed, 10);

	for (size_t i = 0; i < count; i++) {
		uint64_t size = random_below(seed, 41);

		switch (random_below(seed, 10)) {
		case 0:
			plan_skip(plan, 1 + random_below(seed, 20),
			          random_below(seed, 2));
			break;
		case 1:
			plan_skip(plan, random_below(seed, 300),
			          random_below(seed, 2));
			break;
		case 2: /* many in one row */
			for (uint64_t k = 1 + random_below(seed, 5); k > 0; k--)
				plan_add(plan, random_below(seed, 3));
			break;
		case 3: /* many gaps in one row */
			for (uint64_t k = random_below(seed, 3); k > 0; k--) {
				plan_add(plan, 1);
				plan_skip(plan, 1, k & 1);
			}
			break;
		case 4: /* an empty one anywhere, also in gaps and files */
			plan_put(plan, random_place(plan, seed), 0, false);
			break;
		case 5: /* over what is there */
			plan_put(plan,
			         plan->base +
			                 random_below(seed, plan->end -
			                                            plan->base +
			                                            1),
			         random_below(seed, 30), random_below(seed, 2));
			break;
		default:
			plan_add(plan, size);
			break;
		}
		if (plan->count + 6 > PARTS_MAX)
			break;
	}
	/* A gap that no extent ends is no part of the space. */
	if (random_below(seed, 2))
		plan_add(plan, random_below(seed, 41));
	else
		plan_put(plan, plan->end, 0, false);
}

/* The highest address that a plan uses, and base, so that it ends there. */
static uint64_t high_base(uint64_t *seed)
{
	return UINT64_MAX - MAP_MAX + random_below(seed, 32);
}

static void fill_up(struct plan *plan, uint64_t *seed)
{
	uint64_t left = UINT64_MAX - plan->end;

	if (left > MAP_MAX)
		return;
	plan_skip(plan, left - random_below(seed, u64_min(left, 40) + 1),
	          false);
	plan_add(plan, UINT64_MAX - plan->end);
	if (random_below(seed, 2))
		plan_put(plan, UINT64_MAX, 0, false);
}

START_TEST(as_the_model)
{
	uint64_t seed = random_seed();

	for (size_t i = cases(20000); i > 0; i--) {
		bool high = random_below(&seed, 20) == 0;
		unsigned n = widths[random_below(&seed, ARRAY_LEN(widths))];
		struct plan plan;
		struct space *sp;

		plan_begin(&plan, high ? high_base(&seed) : 0);
		random_parts(&plan, &seed);
		if (high)
			fill_up(&plan, &seed);
		sp = plan_space(&plan);
		check_space(&plan, sp, n, random_below(&seed, 4) > 0, &seed);
		space_unref(sp);
	}
}
END_TEST

/* --- edges --------------------------------------------------------------- */

START_TEST(empty_space)
{
	struct plan plan;

	plan_begin(&plan, 0);
	check_all(&plan);
	/* One row, for the cursor. */
	ck_assert_uint_eq(model.count, 1);
	ck_assert_int_eq(model.lines[0].row.kind, ROW_DATA);
}
END_TEST

START_TEST(only_an_empty_file)
{
	struct plan plan;

	plan_begin(&plan, 0);
	plan_add(&plan, 0);
	check_all(&plan);
	plan_begin(&plan, 0);
	plan_add(&plan, 0);
	plan_add(&plan, 5);
	check_all(&plan);
}
END_TEST

START_TEST(seventeen_empty_files_at_one_address)
{
	struct plan plan;
	struct rows rows = { .per_row = 16, .rules = true };
	struct space *sp;
	struct row row;

	plan_begin(&plan, 0);
	plan_add(&plan, 20);
	for (int i = 0; i < 17; i++)
		plan_add(&plan, 0);
	plan_add(&plan, 20);
	sp = plan_space(&plan);
	rows.space = sp;
	ck_assert(rows_at(&rows, (struct row_pos){ 16, 0 }, &row));
	ck_assert_int_eq(row.kind, ROW_STARTS);
	ck_assert_uint_eq(row.idx, 1);
	ck_assert_uint_eq(row.count, 18); /* and the file that follows them */
	ck_assert(rows_at(&rows, (struct row_pos){ 16, 1 }, &row));
	ck_assert_int_eq(row.kind, ROW_DATA);
	ck_assert(!rows_at(&rows, (struct row_pos){ 16, 2 }, &row));
	space_unref(sp);
}
END_TEST

START_TEST(starts_collapse_behind_the_third)
{
	for (unsigned count = 1; count <= ROWS_EACH + 1; count++) {
		struct plan plan;

		plan_begin(&plan, 0);
		plan_add(&plan, 33);
		for (unsigned i = 0; i < count; i++)
			plan_add(&plan, 1);
		plan_add(&plan, 0);
		check_all(&plan);
	}
}
END_TEST

START_TEST(empty_file_behind_the_last_row)
{
	struct plan plan;
	struct rows rows = { .per_row = 16, .rules = true };
	struct space *sp;
	struct row row;

	plan_begin(&plan, 0);
	plan_add(&plan, 32);
	plan_add(&plan, 0);
	sp = plan_space(&plan);
	rows.space = sp;
	ck_assert(same_pos(rows_last(&rows), (struct row_pos){ 32, 0 }));
	ck_assert(rows_at(&rows, rows_last(&rows), &row));
	ck_assert_int_eq(row.kind, ROW_START);
	space_unref(sp);
	plan_begin(&plan, 0);
	plan_add(&plan, 32);
	plan_add(&plan, 0);
	check_all(&plan);
}
END_TEST

/* In a gap whose rows are left out a file can still stand. */
static void plan_beyond(struct plan *plan)
{
	plan_begin(plan, 0);
	plan_add(plan, 40);
	plan_put(plan, 0x5005, 0, false);
	plan_put(plan, 0x5008, 0, false);
	plan_put(plan, UINT64_MAX, 0, false);
}

/* Each has its rule, in a row of its own or with others, and nothing is shown
   between them. */
START_TEST(empty_files_beyond_the_end)
{
	struct space *sp;
	struct rows rows = { .per_row = 16, .rules = true };
	struct row_pos pos;
	struct plan plan;
	struct row row;

	plan_beyond(&plan);
	sp = plan_space(&plan);
	rows.space = sp;
	pos = rows_of(&rows, 39);
	EXPECT(pos.addr == 32);
	EXPECT(rows_next(&rows, &pos) && pos.addr == 0x5000 && pos.line == 0);
	EXPECT(rows_at(&rows, pos, &row) && row.kind == ROW_START);
	EXPECT(row.idx == 1);
	EXPECT(rows_next(&rows, &pos) && pos.addr == 0x5000 && pos.line == 1);
	EXPECT(same_pos(rows_of(&rows, 0x5123), pos));
	EXPECT(rows_next(&rows, &pos) && pos.addr == (UINT64_MAX & ~15ull));
	EXPECT(!rows_next(&rows, &pos));
	/* Without rules there is none of them. */
	rows.rules = false;
	EXPECT(rows_last(&rows).addr == 32);
	space_unref(sp);
	plan_beyond(&plan);
	check_all(&plan);
}
END_TEST

START_TEST(empty_file_in_a_long_gap)
{
	struct plan plan;
	struct rows rows = { .per_row = 16, .rules = true };
	struct row_pos pos;
	struct space *sp;

	plan_begin(&plan, 0);
	plan_add(&plan, 16);
	plan_put(&plan, 0x400, 0, false);
	plan_put(&plan, 0x800, 16, false);
	sp = plan_space(&plan);
	rows.space = sp;
	pos = rows_of(&rows, 0x500);
	ck_assert(same_pos(pos, (struct row_pos){ 0x10, 0 }));
	ck_assert(rows_next(&rows, &pos));
	ck_assert(same_pos(pos, (struct row_pos){ 0x400, 0 }));
	ck_assert(rows_next(&rows, &pos));
	ck_assert(same_pos(pos, (struct row_pos){ 0x800, 0 }));
	ck_assert(rows_prev(&rows, &pos));
	ck_assert(same_pos(pos, (struct row_pos){ 0x400, 0 }));
	space_unref(sp);
	plan_begin(&plan, 0);
	plan_add(&plan, 16);
	plan_put(&plan, 0x400, 0, false);
	plan_put(&plan, 0x800, 16, false);
	check_all(&plan);
}
END_TEST

/* A gap that begins within a row, under bytes: the rule stands for the rows
   that are left out, not the row that shows its beginning. */
START_TEST(rule_of_a_gap_stands_for_its_rows)
{
	struct plan plan;
	struct rows rows = { .per_row = 16 };
	struct space *sp;
	struct row row;

	plan_begin(&plan, 0);
	plan_add(&plan, 0x15);
	plan_skip(&plan, 0x1000, true);
	plan_add(&plan, 4);
	sp = plan_space(&plan);
	rows.space = sp;
	for (int i = 0; i < 2; i++) {
		rows.rules = i;
		ck_assert(rows_at(&rows, rows_of(&rows, 0x800), &row));
		ck_assert_int_eq(row.kind, ROW_GAP);
		ck_assert_uint_eq(row.start, 0x15);
		ck_assert(rows_at(&rows, rows_of(&rows, 0x16), &row));
		ck_assert_int_eq(row.kind, ROW_DATA);
	}
	space_unref(sp);
}
END_TEST

/* Whole rows of a gap: four are shown, five are left out. */
START_TEST(length_of_a_gap)
{
	static const struct {
		uint64_t before, gap;
		bool left_out;
	} table[] = {
		{ 16, 4 * 16, false },      /* four */
		{ 16, 4 * 16 + 15, false }, /* four and a part */
		{ 16, 5 * 16, true },
		{ 17, 5 * 16, false }, /* the first is not whole */
		{ 17, 5 * 16 + 15, true },
		{ 1, 5 * 16 + 14, false },
		{ 0, 5 * 16, true }, /* from address 0 on */
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct plan plan;
		struct rows rows = { .per_row = 16 };
		struct space *sp;
		struct row row;

		plan_begin(&plan, 0);
		if (table[i].before > 0)
			plan_add(&plan, table[i].before);
		plan_skip(&plan, table[i].gap, false);
		plan_add(&plan, 1);
		sp = plan_space(&plan);
		rows.space = sp;
		ck_assert(rows_at(&rows, rows_of(&rows, table[i].before + 48),
		                  &row));
		ck_assert_msg((row.kind == ROW_GAP) == table[i].left_out,
		              "row %zu", i);
		space_unref(sp);
	}
}
END_TEST

START_TEST(top_of_the_addresses)
{
	struct plan plan;

	/* The whole of it: the last row is one byte short. */
	plan_begin(&plan, UINT64_MAX - 40);
	plan_add(&plan, 40);
	check_all(&plan);
	/* And a file behind the last byte. */
	plan_begin(&plan, UINT64_MAX - 40);
	plan_add(&plan, 40);
	plan_put(&plan, UINT64_MAX, 0, false);
	check_all(&plan);
}
END_TEST

START_TEST(rows_of_a_woven_space)
{
	/* Two files by bytes: no seam but their starts. */
	struct plan plan;
	struct rows rows = { .per_row = 8, .rules = true };
	struct segment segs[2] = { 0 };
	struct slot slots[2] = { { .segment = 0, .off = 0, .step = 1 },
		                 { .segment = 1, .off = 0, .step = 1 } };
	struct extent ext = { .len = 20, .unit = 1, .slots = 2 };
	struct space *sp;
	struct row row;
	struct error err;

	plan_begin(&plan, 0);
	plan_add(&plan, 10);
	plan_put(&plan, 0, 10, false);
	for (size_t i = 0; i < 2; i++) {
		segs[i].number = (uint32_t)i + 1;
		segs[i].placement = plan.layout.v[i];
		segs[i].size = 10;
	}
	sp = space_build(&plan.layout, segs, &ext, 1, slots, 2, &err);
	must(sp != NULL, &err);
	rows.space = sp;
	ck_assert(rows_at(&rows, rows_first(&rows), &row));
	ck_assert_int_eq(row.kind, ROW_START);
	ck_assert_uint_eq(row.idx, 1);
	ck_assert(same_pos(rows_last(&rows), (struct row_pos){ 16, 0 }));
	space_unref(sp);
	layout_clear(&plan.layout);
}
END_TEST

/* --- big ----------------------------------------------------------------- */

enum { BIG = 100000 };

/* With `gap` every other one is a gap of 8. */
static struct space *big_space(uint64_t size, bool gap)
{
	struct layout layout = { 0 };
	struct space *sp;
	struct error err;
	uint64_t *sizes = mem_resize(NULL, BIG, sizeof(*sizes), &err);

	ck_assert_ptr_nonnull(sizes);
	for (size_t i = 0; i < BIG; i++) {
		struct placement *p =
			placement_new(gap && i & 1 ? "gap:8" : "f", &err);

		must(p && layout_add(&layout, p, &err), &err);
		sizes[i] = size;
	}
	sp = space_derive(&layout, sizes, &err);
	must(sp != NULL, &err);
	layout_clear(&layout);
	mem_free(sizes);
	return sp;
}

/* As many lines from the middle and back, as would take hours if each went
   through all segments. */
static void walk(const struct space *sp)
{
	struct rows rows = { .space = sp, .per_row = 16, .rules = true };
	struct row_pos pos = rows_of(&rows, space_size(sp) / 2);
	struct row_pos from = pos;
	int count = 0;

	while (count < 50000 && rows_next(&rows, &pos))
		count++;
	EXPECT(count > 3000);
	while (count-- > 0)
		EXPECT(rows_prev(&rows, &pos));
	EXPECT(same_pos(pos, from));
}

START_TEST(many_segments)
{
	static const struct {
		uint64_t size;
		bool gap;
	} table[] = {
		{ 100, false },
		{ 1, false }, /* 16 in each row */
		{ 40, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct space *sp = big_space(table[i].size, table[i].gap);

		walk(sp);
		space_unref(sp);
	}
}
END_TEST

/* Declared gaps next to each other are one gap, however many. */
START_TEST(many_gaps_in_a_row)
{
	struct layout layout = { 0 };
	struct rows rows = { .per_row = 16 };
	struct error err;
	struct space *sp;
	struct row row;
	uint64_t *sizes = mem_zalloc((BIG + 2) * sizeof(*sizes), &err);

	ck_assert_ptr_nonnull(sizes);
	for (size_t i = 0; i < BIG + 2; i++) {
		bool end = i == 0 || i == BIG + 1;
		struct placement *p = placement_new(end ? "f" : "gap:1", &err);

		must(p && layout_add(&layout, p, &err), &err);
		sizes[i] = 16;
	}
	sp = space_derive(&layout, sizes, &err);
	must(sp != NULL, &err);
	rows.space = sp;
	for (uint64_t i = 0; i < 50000; i++) {
		EXPECT(rows_at(&rows, rows_of(&rows, 5000 + i), &row));
		EXPECT(row.kind == ROW_GAP && row.start == 16 &&
		       row.end == 16 + BIG);
	}
	space_unref(sp);
	layout_clear(&layout);
	mem_free(sizes);
}
END_TEST

START_TEST(order_of_positions)
{
	ck_assert_int_lt(row_pos_compare((struct row_pos){ 0, 5 },
	                                 (struct row_pos){ 16, 0 }),
	                 0);
	ck_assert_int_lt(row_pos_compare((struct row_pos){ 16, 0 },
	                                 (struct row_pos){ 16, 1 }),
	                 0);
	ck_assert_int_eq(row_pos_compare((struct row_pos){ 16, 1 },
	                                 (struct row_pos){ 16, 1 }),
	                 0);
	ck_assert_int_gt(row_pos_compare((struct row_pos){ UINT64_MAX, 0 },
	                                 (struct row_pos){ 0, 0 }),
	                 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rows");
	TCase *tc = tcase_create("rows");

	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, as_the_model);
	tcase_add_test(tc, empty_space);
	tcase_add_test(tc, only_an_empty_file);
	tcase_add_test(tc, seventeen_empty_files_at_one_address);
	tcase_add_test(tc, starts_collapse_behind_the_third);
	tcase_add_test(tc, empty_file_behind_the_last_row);
	tcase_add_test(tc, empty_files_beyond_the_end);
	tcase_add_test(tc, empty_file_in_a_long_gap);
	tcase_add_test(tc, rule_of_a_gap_stands_for_its_rows);
	tcase_add_test(tc, length_of_a_gap);
	tcase_add_test(tc, top_of_the_addresses);
	tcase_add_test(tc, rows_of_a_woven_space);
	tcase_add_test(tc, many_segments);
	tcase_add_test(tc, many_gaps_in_a_row);
	tcase_add_test(tc, order_of_positions);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
