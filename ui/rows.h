/*
 * rows.h - from positions to lines of the screen, without a screen
 *
 * The space is shown in data rows of `per_row` bytes, at multiples of that.
 * Above a row in which segments or gaps begin stand rules, which are lines of
 * their own: a position is (row, line within it), and scrolling and pages count
 * lines. Of a long gap only its rule is shown, and behind the end of the space
 * the rules of empty files that lie there.
 *
 *	row 0x1d0, line 0   ----+ #2 disk.002 + starts at 0x1d9 + 8 B +------
 *	row 0x1d0, line 1   1d0  0a 50 72 ..
 *
 * Everything here is O(log n) in extents and segments, plus the bytes of a row.
 *
 * Threads: any; plain values over an immutable space.
 */
#ifndef UI_ROWS_H
#define UI_ROWS_H

#include "base/base.h"
#include "space/space.h"

enum {
	ROWS_PER_ROW_MAX = 64, /* bytes of a row */
	ROWS_EACH = 3, /* starts in one row that get a rule of their own */
	ROWS_GAP = 4,  /* whole rows of a gap that are still shown as rows */
	ROWS_LINES = 2 * ROWS_EACH + 2, /* lines of a row, at most */
};

enum row_kind {
	ROW_DATA,   /* bytes [addr, addr + per_row), as far as there are any */
	ROW_START,  /* a segment starts: idx */
	ROW_STARTS, /* count segments start, from idx on */
	ROW_GAP,    /* a gap begins: [start, end) */
	ROW_GAPS,   /* count gaps begin in this row: the first at start, the
	               last ends at end */
};

struct row {
	enum row_kind kind;
	uint64_t addr; /* of the row */
	size_t idx;    /* of space_start() */
	size_t count;
	uint64_t start, end;
};

struct row_pos {
	uint64_t addr; /* of a row: a multiple of per_row */
	unsigned line;
};

struct rows {
	const struct space *space; /* borrowed */
	unsigned per_row;          /* 1..ROWS_PER_ROW_MAX */
	bool rules;                /* rules for segments; gaps have them anyway
	                              where rows are left out */
	bool end; /* a row for the place behind the last byte, where the last
	             row is full */
};

/* The first line of the space. */
struct row_pos rows_first(const struct rows *rows);
/* The last line. */
struct row_pos rows_last(const struct rows *rows);

/* What stands at a position. False when nothing does. */
bool rows_at(const struct rows *rows, struct row_pos pos, struct row *out);

/* Go one line on or back. False, and *pos as it was, at the ends. */
bool rows_next(const struct rows *rows, struct row_pos *pos);
bool rows_prev(const struct rows *rows, struct row_pos *pos);

/* The line that shows addr: its data row, or the rule of the gap it is in. An
   addr past the end gives the last line of its row or, when there is none, the
   last one before it. */
struct row_pos rows_of(const struct rows *rows, uint64_t addr);

/* The position itself or, when nothing stands there, the last one before it:
   for when the space or per_row has changed. */
struct row_pos rows_settle(const struct rows *rows, struct row_pos pos);

/* < 0, 0, > 0 as a stands before, at, behind b. */
int row_pos_compare(struct row_pos a, struct row_pos b);

#endif
