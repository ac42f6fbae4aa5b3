/*
 * rows.c - see rows.h
 *
 * Nothing is kept: the lines of a row are worked out each time, which costs a
 * few searches in the space and no memory, and cannot go stale.
 */
#include "config.h"

#include "ui/rows.h"

/* A stretch without segments: unmapped, or declared gaps, or both. */
struct gap {
	uint64_t start, end;
};

/* The first extent whose slots stand at `slot` or behind. Gaps have the slot of
   the extent with bytes that follows them, so gaps next to each other share
   one, and a run of them costs no more than a single one. */
static size_t first_at_slot(const struct space *sp, uint64_t slot)
{
	size_t lo = 0, hi = space_extents(sp);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (space_extent(sp, mid)->slot < slot)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The gap around addr < size; false when a segment is mapped there. */
static bool gap_at(const struct space *sp, uint64_t addr, struct gap *gap)
{
	const struct extent *e = space_extent(sp, space_find(sp, addr));
	size_t before;

	if (e->addr <= addr && e->slots > 0)
		return false;
	before = first_at_slot(sp, e->slot);
	gap->start = 0;
	if (before > 0) {
		const struct extent *last = space_extent(sp, before - 1);

		gap->start = last->addr + last->len;
	}
	/* Behind it stands an extent with bytes, or nothing. */
	e = space_extent(sp, first_at_slot(sp, (uint64_t)e->slot + 1) - 1);
	gap->end = e->slots > 0 ? e->addr : space_size(sp);
	return true;
}

/* Whole rows of a gap: [*first, *end) in addresses of rows. */
static uint64_t whole_rows(const struct rows *rows, const struct gap *gap,
                           uint64_t *first, uint64_t *end)
{
	uint64_t n = rows->per_row;

	*first = gap->start / n + (gap->start % n != 0);
	*end = gap->end / n;
	if (*end <= *first)
		return 0;
	return *end - *first;
}

/* Are the bytes of this row left out, as whole rows of a long gap are? */
static bool is_hidden(const struct rows *rows, uint64_t addr, struct gap *gap)
{
	uint64_t first, end;

	if (addr >= space_size(rows->space) || !gap_at(rows->space, addr, gap))
		return false;
	if (whole_rows(rows, gap, &first, &end) <= ROWS_GAP)
		return false;
	return addr / rows->per_row >= first && addr / rows->per_row < end;
}

/* The last address that may have a line: the end of the space, or where an
   empty file lies behind it. */
static uint64_t last_addr(const struct rows *rows)
{
	const struct space *sp = rows->space;
	size_t count = rows->rules ? space_starts(sp) : 0;

	if (count == 0)
		return space_size(sp);
	return u64_max(space_size(sp), space_start(sp, count - 1).addr);
}

/* One past the last address of a row; rows never pass 2^64. */
static uint64_t row_end(const struct rows *rows, uint64_t addr)
{
	return addr > UINT64_MAX - rows->per_row ? UINT64_MAX
	                                         : addr + rows->per_row;
}

/* The segments that start in a row: [*first, + result). The first segment of
   all needs no rule: nothing stands before it. */
static size_t starts_in(const struct rows *rows, uint64_t addr, size_t *first)
{
	const struct space *sp = rows->space;
	size_t end = space_starts(sp);

	/* An empty file behind the last byte there can be is in the last
	   row. */
	if (addr <= UINT64_MAX - rows->per_row)
		end = space_start_find(sp, addr + rows->per_row);
	*first = space_start_find(sp, addr);
	if (*first == 0 && end > 0 && space_start(sp, 0).addr == 0 &&
	    space_segment(sp, space_start(sp, 0).segment)->size > 0)
		*first = 1;
	return end - *first;
}

static unsigned add_starts(const struct rows *rows, uint64_t addr,
                           struct row out[static ROWS_LINES])
{
	size_t first;
	size_t count = rows->rules ? starts_in(rows, addr, &first) : 0;

	if (count > ROWS_EACH) {
		out[0] = (struct row){ .kind = ROW_STARTS,
			               .addr = addr,
			               .idx = first,
			               .count = count };
		return 1;
	}
	for (unsigned i = 0; i < count; i++)
		out[i] = (struct row){ .kind = ROW_START,
			               .addr = addr,
			               .idx = first + i,
			               .count = 1 };
	return (unsigned)count;
}

/* The rules of gaps that begin in a row; with rules off only those of gaps
   that have rows left out. */
static unsigned add_gaps(const struct rows *rows, uint64_t addr,
                         struct row out[static ROWS_EACH + 1])
{
	uint64_t end = u64_min(row_end(rows, addr), space_size(rows->space));
	uint64_t first, past, last_end = 0;
	unsigned kept = 0;
	size_t count = 0;
	struct gap gap;

	for (uint64_t at = addr; at < end;) {
		struct location here;

		if (!gap_at(rows->space, at, &gap)) {
			here = space_locate(rows->space, at);
			if (here.run >= end - at)
				break;
			at += here.run;
			continue;
		}
		if (gap.start >= addr &&
		    (rows->rules ||
		     whole_rows(rows, &gap, &first, &past) > ROWS_GAP)) {
			if (kept < ROWS_EACH)
				out[kept++] = (struct row){
					.kind = ROW_GAP,
					.addr = addr,
					.start = gap.start,
					.end = gap.end,
					.count = 1,
				};
			last_end = gap.end;
			count++;
		}
		at = gap.end;
	}
	if (count <= ROWS_EACH)
		return kept;
	out[0].kind = ROW_GAPS;
	out[0].count = count;
	out[0].end = last_end;
	return 1;
}

static uint64_t line_addr(const struct rows *rows, const struct row *row)
{
	return row->kind == ROW_START || row->kind == ROW_STARTS
	               ? space_start(rows->space, row->idx).addr
	               : row->start;
}

/* Put the gaps among the starts, by address. Both are sorted. */
static unsigned merge(const struct rows *rows, const struct row *starts,
                      unsigned start_count, const struct row *gaps,
                      unsigned gap_count, struct row *out)
{
	unsigned i = 0, k = 0, n = 0;

	while (i < start_count || k < gap_count) {
		bool take_start =
			k == gap_count ||
			(i < start_count && line_addr(rows, &starts[i]) <=
		                                    line_addr(rows, &gaps[k]));

		out[n++] = take_start ? starts[i++] : gaps[k++];
	}
	return n;
}

/* All lines of a row; their number. 0: the row is left out, or past the end. */
static unsigned lines_of(const struct rows *rows, uint64_t addr,
                         struct row out[static ROWS_LINES])
{
	struct row starts[ROWS_LINES], gaps[ROWS_EACH + 1];
	uint64_t size = space_size(rows->space);
	unsigned n;
	struct gap gap;

	n = merge(rows, starts, add_starts(rows, addr, starts), gaps,
	          add_gaps(rows, addr, gaps), out);
	/* An empty space has one row, for the cursor. */
	if ((addr < size && !is_hidden(rows, addr, &gap)) ||
	    (addr == size && (size == 0 || rows->end)))
		out[n++] = (struct row){ .kind = ROW_DATA, .addr = addr };
	return n;
}

bool rows_at(const struct rows *rows, struct row_pos pos, struct row *out)
{
	struct row lines[ROWS_LINES];

	if (pos.addr > last_addr(rows) ||
	    pos.line >= lines_of(rows, pos.addr, lines))
		return false;
	*out = lines[pos.line];
	return true;
}

static uint64_t row_of(const struct rows *rows, uint64_t addr)
{
	return addr / rows->per_row * rows->per_row;
}

/* The row of the first start from addr on; that of `limit` if it is before. */
static uint64_t row_of_start(const struct rows *rows, uint64_t addr,
                             uint64_t limit)
{
	const struct space *sp = rows->space;
	size_t i = rows->rules ? space_start_find(sp, addr) : space_starts(sp);

	limit = row_of(rows, limit);
	if (i == space_starts(sp))
		return limit;
	return u64_min(limit, row_of(rows, space_start(sp, i).addr));
}

/* The row of the last start below addr; that of `limit` if it is behind. */
static uint64_t row_of_start_before(const struct rows *rows, uint64_t addr,
                                    uint64_t limit)
{
	const struct space *sp = rows->space;
	size_t i = rows->rules ? space_start_find(sp, addr) : 0;

	limit = row_of(rows, limit);
	if (i == 0)
		return limit;
	return u64_max(limit, row_of(rows, space_start(sp, i - 1).addr));
}

/* The row behind this one that may have lines; false when none can. Of rows
   that are left out, and behind the end, those with the start of an empty file
   have some. */
static bool next_row(const struct rows *rows, uint64_t *addr)
{
	uint64_t next;
	struct gap gap;

	if (*addr > UINT64_MAX - rows->per_row ||
	    *addr + rows->per_row > last_addr(rows))
		return false;
	next = *addr + rows->per_row;
	if (next > space_size(rows->space))
		next = row_of_start(rows, next, last_addr(rows));
	else if (is_hidden(rows, next, &gap) && gap.start < next)
		next = row_of_start(rows, next, gap.end);
	*addr = next;
	return true;
}

static bool prev_row(const struct rows *rows, uint64_t *addr)
{
	uint64_t size = space_size(rows->space), prev;
	struct gap gap;

	if (*addr == 0)
		return false;
	prev = *addr - rows->per_row;
	if (prev > size)
		prev = row_of_start_before(rows, *addr, size);
	else if (is_hidden(rows, prev, &gap))
		prev = row_of_start_before(rows, *addr, gap.start);
	*addr = prev;
	return true;
}

bool rows_next(const struct rows *rows, struct row_pos *pos)
{
	struct row lines[ROWS_LINES];
	uint64_t addr = pos->addr;

	if (pos->line + 1 < lines_of(rows, addr, lines)) {
		pos->line++;
		return true;
	}
	while (next_row(rows, &addr)) {
		if (lines_of(rows, addr, lines) == 0)
			continue;
		*pos = (struct row_pos){ .addr = addr };
		return true;
	}
	return false;
}

bool rows_prev(const struct rows *rows, struct row_pos *pos)
{
	struct row lines[ROWS_LINES];
	uint64_t addr = pos->addr;
	unsigned n;

	if (pos->line > 0) {
		pos->line--;
		return true;
	}
	while (prev_row(rows, &addr)) {
		n = lines_of(rows, addr, lines);
		if (n == 0)
			continue;
		*pos = (struct row_pos){ .addr = addr, .line = n - 1 };
		return true;
	}
	return false;
}

struct row_pos rows_first(const struct rows *rows)
{
	(void)rows;
	/* It has bytes, or a gap that begins there, or is the one row of an
	   empty space. */
	return (struct row_pos){ 0 };
}

/* The last line of the row of addr; if it has none, the last one before it. */
static struct row_pos end_of_row(const struct rows *rows, uint64_t addr)
{
	struct row lines[ROWS_LINES];
	struct row_pos pos = { .addr = row_of(rows, addr) };
	unsigned n = lines_of(rows, pos.addr, lines);

	if (n > 0)
		pos.line = n - 1;
	else
		(void)rows_prev(rows, &pos);
	return pos;
}

struct row_pos rows_last(const struct rows *rows)
{
	return end_of_row(rows, last_addr(rows));
}

/* Which line of a row is the rule of this gap? */
static unsigned gap_line(const struct gap *gap, const struct row *lines,
                         unsigned n)
{
	unsigned i = 0;

	while (i + 1 < n &&
	       !((lines[i].kind == ROW_GAP || lines[i].kind == ROW_GAPS) &&
	         lines[i].start <= gap->start && gap->end <= lines[i].end))
		i++;
	return i;
}

struct row_pos rows_of(const struct rows *rows, uint64_t addr)
{
	struct row lines[ROWS_LINES];
	struct row_pos pos;
	struct gap gap;
	unsigned n;

	if (addr >= space_size(rows->space))
		return end_of_row(rows, u64_min(addr, last_addr(rows)));
	pos.addr = row_of(rows, addr);
	if (is_hidden(rows, pos.addr, &gap)) {
		pos.addr = row_of(rows, gap.start);
		n = lines_of(rows, pos.addr, lines);
		pos.line = gap_line(&gap, lines, n);
	} else {
		/* The data line is the last one. */
		pos.line = lines_of(rows, pos.addr, lines) - 1;
	}
	return pos;
}

struct row_pos rows_settle(const struct rows *rows, struct row_pos pos)
{
	struct row lines[ROWS_LINES];
	struct row_pos at = { .addr = row_of(rows, pos.addr) };
	unsigned n;

	if (at.addr > last_addr(rows))
		return rows_last(rows);
	n = lines_of(rows, at.addr, lines);
	if (n == 0)
		(void)rows_prev(rows, &at);
	else
		at.line = pos.line < n ? pos.line : n - 1;
	return at;
}

int row_pos_compare(struct row_pos a, struct row_pos b)
{
	if (a.addr != b.addr)
		return a.addr < b.addr ? -1 : 1;
	return a.line < b.line ? -1 : a.line > b.line;
}
