/* window.c - see window.h */
#include "config.h"

#include "ui/window.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	GROUPS_FROM = 100, /* columns from which offsets are grouped */
	BOTH_FROM = 100,   /* columns from which two offsets fit */
	DIGITS = 10,       /* of an offset in the space, at least */
	SEGMENT_DIGITS = 8,
};

static int hex_digits(uint64_t last, int least)
{
	int digits = least;

	while (digits < 16 && last >> (4 * digits))
		digits += 2;
	return digits;
}

static int decimal_digits(uint64_t value)
{
	int digits = 1;

	for (; value >= 10; value /= 10)
		digits++;
	return digits;
}

static int grouped_width(int digits, bool grouped)
{
	return grouped ? digits + (digits - 1) / 4 : digits;
}

/* "2+00000000": number, plus, offset. */
static int segment_width(const struct space *sp)
{
	uint64_t size = space_largest(sp);

	return decimal_digits(space_last_number(sp)) + 1 +
	       hex_digits(size ? size - 1 : 0, SEGMENT_DIGITS);
}

static int offset_width(const struct space *sp,
                        const struct option_values *options, uint64_t sector,
                        bool grouped, int cols)
{
	uint64_t size = space_size(sp);
	uint64_t last = size ? size - 1 : 0;
	int space = grouped_width(hex_digits(last, DIGITS), grouped);

	switch ((enum offset_form)options->offset) {
	case OFFSET_SEGMENT:
		return segment_width(sp);
	case OFFSET_BOTH:
		return cols >= BOTH_FROM ? space + 1 + segment_width(sp)
		                         : space;
	case OFFSET_SECTOR:
		return int_max(decimal_digits(last / sector) + 1 +
		                       decimal_digits(sector - 1),
		               DIGITS);
	case OFFSET_DECIMAL:
		return int_max(decimal_digits(last), DIGITS);
	default:
		return space;
	}
}

static int width_of(int offset, unsigned n)
{
	int bytes = (int)n;

	return offset + 1 + 3 * bytes + (bytes - 1) / 8 + 1 + bytes + 1;
}

void window_layout(struct window *window, const struct space *sp,
                   const struct option_values *options, uint64_t sector,
                   int cols)
{
	struct columns *c = &window->columns;
	unsigned n = 32;

	c->grouped = options->groups == SWITCH_ON ||
	             (options->groups == SWITCH_AUTO && cols >= GROUPS_FROM);
	c->offset = 0;
	c->offset_width = offset_width(sp, options, sector, c->grouped, cols);
	if (options->columns)
		n = (unsigned)options->columns;
	else
		while (n > 8 && width_of(c->offset_width, n) > cols)
			n /= 2;
	/* What was asked for and does not fit is cut to what does. */
	while (n > 1 && width_of(c->offset_width, n) > cols)
		n--;
	window->per_row = n;
	c->gutter = c->offset_width;
	c->hex = c->gutter + 1;
	c->bar = c->hex + 3 * (int)n + ((int)n - 1) / 8;
	c->text = c->bar + 1;
	c->width = c->text + (int)n + 1;
}

struct rows window_rows(const struct window *window, const struct space *sp,
                        bool rules)
{
	return (struct rows){
		.space = sp,
		.per_row = window->per_row,
		.rules = rules,
	};
}

/* Lines from a to b, up to max; max when b is farther or before a. */
static int distance(const struct rows *rows, struct row_pos a, struct row_pos b,
                    int max)
{
	int n = 0;

	if (row_pos_compare(b, a) < 0)
		return max;
	while (n < max && row_pos_compare(a, b) < 0) {
		if (!rows_next(rows, &a))
			return max;
		n++;
	}
	return n;
}

/* The position `by` lines before pos, or the first. */
static struct row_pos lines_before(const struct rows *rows, struct row_pos pos,
                                   int by)
{
	while (by > 0 && rows_prev(rows, &pos))
		by--;
	return pos;
}

/* The top with which the last line stands at the bottom: no window begins
   behind it, so that none has blank lines while there are lines to show. */
static struct row_pos last_top(const struct window *window,
                               const struct rows *rows)
{
	return lines_before(rows, rows_last(rows), window->lines - 1);
}

static void set_top(struct window *window, const struct rows *rows,
                    struct row_pos top)
{
	struct row_pos last = last_top(window, rows);

	window->top = row_pos_compare(last, top) < 0 ? last : top;
}

void window_put(struct window *window, const struct rows *rows, uint64_t addr,
                int line)
{
	set_top(window, rows, lines_before(rows, rows_of(rows, addr), line));
}

void window_follow(struct window *window, const struct rows *rows,
                   uint64_t addr, int margin)
{
	struct row_pos at = rows_of(rows, addr);
	int lines = int_max(window->lines, 1);
	int below, above, line;

	margin = int_min(margin, (lines - 1) / 2);
	set_top(window, rows, rows_settle(rows, window->top));
	below = distance(rows, window->top, at, 2 * lines);
	if (below < lines - margin && below >= margin)
		return;
	above = distance(rows, at, window->top, lines);
	if (below < margin || above < lines)
		line = margin;
	else if (below < 2 * lines)
		line = lines - 1 - margin;
	else
		line = lines / 2;
	set_top(window, rows, lines_before(rows, at, line));
}

int window_scroll(struct window *window, const struct rows *rows, int by)
{
	struct row_pos last = last_top(window, rows);
	int done = 0;

	window->top = rows_settle(rows, window->top);
	while (done < by && row_pos_compare(window->top, last) < 0 &&
	       rows_next(rows, &window->top))
		done++;
	while (done > by && rows_prev(rows, &window->top))
		done--;
	return done;
}

int window_fill(const struct window *window, const struct rows *rows,
                struct row *out)
{
	struct row_pos pos = rows_settle(rows, window->top);
	int n = 0;

	while (n < window->lines && rows_at(rows, pos, &out[n])) {
		n++;
		if (!rows_next(rows, &pos))
			break;
	}
	return n;
}

int window_line_of(const struct window *window, const struct rows *rows,
                   uint64_t addr)
{
	int line =
		distance(rows, window->top, rows_of(rows, addr), window->lines);

	return line < window->lines ? line : -1;
}

/* Digits with '_' before every fourth from the right. */
static void group(char *dst, const char *digits)
{
	size_t n = strlen(digits);

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 4 == 0)
			*dst++ = '_';
		*dst++ = digits[i];
	}
	*dst = '\0';
}

static void space_offset(const struct window *window, const struct space *sp,
                         uint64_t addr, char dst[static 32])
{
	uint64_t size = space_size(sp);
	int count = hex_digits(addr, hex_digits(size ? size - 1 : 0, DIGITS));
	char digits[24];

	/* Not by a format, which takes longer than the bytes of the row. */
	digits[count] = '\0';
	for (int i = count; i-- > 0; addr >>= 4)
		digits[i] = "0123456789abcdef"[addr & 15];
	if (window->columns.grouped)
		group(dst, digits);
	else
		memcpy(dst, digits, strlen(digits) + 1);
}

/* Where the row's first byte lies in its segment; "-" when that is a gap. */
static void segment_offset(const struct space *sp, uint64_t addr,
                           char dst[static 32])
{
	struct location at = space_locate(sp, addr);

	if (at.segment)
		snprintf(dst, 32, "%" PRIu32 "+%08" PRIx64, at.segment->number,
		         at.off);
	else
		snprintf(dst, 32, "-");
}

void window_offset(const struct window *window, const struct space *sp,
                   const struct option_values *options, uint64_t sector,
                   uint64_t addr, char dst[static 64])
{
	char space[32], segment[32];

	switch ((enum offset_form)options->offset) {
	case OFFSET_SEGMENT:
		segment_offset(sp, addr, segment);
		snprintf(dst, 64, "%*s", window->columns.offset_width, segment);
		break;
	case OFFSET_BOTH:
		space_offset(window, sp, addr, space);
		segment_offset(sp, addr, segment);
		if ((int)strlen(space) + 1 < window->columns.offset_width)
			snprintf(dst, 64, "%s %*s", space,
			         window->columns.offset_width -
			                 (int)strlen(space) - 1,
			         segment);
		else
			snprintf(dst, 64, "%s", space);
		break;
	case OFFSET_SECTOR:
		snprintf(space, sizeof(space), "%" PRIu64 "+%" PRIu64,
		         addr / sector, addr % sector);
		snprintf(dst, 64, "%*s", window->columns.offset_width, space);
		break;
	case OFFSET_DECIMAL:
		snprintf(dst, 64, "%0*" PRIu64, window->columns.offset_width,
		         addr);
		break;
	default:
		space_offset(window, sp, addr, dst);
		break;
	}
}
