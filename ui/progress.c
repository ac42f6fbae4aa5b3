/* progress.c - see progress.h */
#include "config.h"

#include "ui/progress.h"

#include <stdio.h>

#include "base/text.h"
#include "ui/cells.h"
#include "ui/paint.h"

enum {
	BAR_MIN = 8, /* cells between its ends; less is left out */
	BAR_MAX = 40,
	ABOUT_MIN = 16,
};

static const uint64_t second = UINT64_C(1000000000);

/* The part that is done, in `of` steps. */
static unsigned part_of(const struct progress *p, unsigned of)
{
	if (p->total == 0)
		return 0;
	return (unsigned)((double)u64_min(p->done, p->total) * of /
	                  (double)p->total);
}

/* "812 MB/s": what is read is compared with disks, which count so. */
static void speed_text(double speed, char dst[static 24])
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	size_t unit = 0;

	while (speed >= 999.5 && unit + 1 < ARRAY_LEN(units)) {
		speed /= 1000;
		unit++;
	}
	snprintf(dst, 24, speed < 9.95 && unit > 0 ? "%.1f %s/s" : "%.0f %s/s",
	         speed, units[unit]);
}

/* What stands behind the bar: with the speed if `much` > 0, and with the time
   that is left if it is more. */
static void numbers_text(const struct progress *p, int much, char *dst,
                         size_t cap)
{
	char digits[32], speed[24];
	size_t n = (size_t)snprintf(dst, cap, " %u%%", part_of(p, 100));
	double per_ns;

	if (p->counts)
		n += (size_t)snprintf(dst + n, cap - n, "  %s found",
		                      grouped_text(p->found, digits));
	/* At the beginning there is nothing to go by. */
	if (much > 0 && p->is_search && p->elapsed >= second / 4 &&
	    p->done > 0) {
		per_ns = (double)p->done / (double)p->elapsed;
		speed_text(per_ns * (double)second, speed);
		n += (size_t)snprintf(dst + n, cap - n, "  %s", speed);
		if (much > 1 && p->total > p->done && p->elapsed >= second)
			n += (size_t)snprintf(dst + n, cap - n, "  %.0f s left",
			                      (double)(p->total - p->done) /
			                              per_ns / (double)second);
	}
	snprintf(dst + n, cap - n,
	         p->is_bound ? "  cannot be stopped" : "  Esc stops");
}

static void bar_paint(struct canvas *canvas, int row, int col, int width,
                      const struct progress *p, bool ascii)
{
	unsigned eighths = part_of(p, (unsigned)width * 8);

	canvas_put(canvas, row, col, ascii ? '[' : 0x2595, STYLE_DIM);
	for (int i = 0; i < width; i++) {
		uint32_t ch = ' ';

		/* U+2588 is a full block, those behind it an eighth less
		   each. */
		if (eighths >= 8)
			ch = ascii ? '#' : 0x2588;
		else if (eighths > 0 && !ascii)
			ch = 0x2590 - eighths;
		canvas_put(canvas, row, col + 1 + i, ch, STYLE_NORMAL);
		eighths -= eighths < 8 ? eighths : 8;
	}
	canvas_put(canvas, row, col + 1 + width, ascii ? ']' : 0x258f,
	           STYLE_DIM);
}

void progress_paint(struct canvas *canvas, int row, int cols,
                    const struct progress *p, bool ascii)
{
	char left[400], numbers[120];
	int need, room, width, least;

	snprintf(left, sizeof(left), " %s%s%s", p->name, p->about ? " " : "",
	         p->about ? text_shown(p->about).s : "");
	least = int_min(canvas_width(left), ABOUT_MIN) + 1;
	for (int much = 2; much >= 0; much--) {
		numbers_text(p, much, numbers, sizeof(numbers));
		if (canvas_width(numbers) + 1 + least <= cols)
			break;
	}
	need = canvas_width(numbers) + 1;
	canvas_fill(canvas, row, 0, cols, ' ', STYLE_NORMAL);
	room = cols - need;
	/* The bar takes what the text leaves; first the text gets shorter. */
	width = int_max(room - canvas_width(left) - 3, BAR_MIN);
	width = int_min(width, BAR_MAX);
	if (room < least - 1 + width + 3)
		width = 0;
	room -= width ? width + 3 : 0;
	room = canvas_text(canvas, row, 0, room, left, STYLE_NORMAL);
	if (width) {
		bar_paint(canvas, row, room + 1, width, p, ascii);
		room += width + 3;
	}
	canvas_text(canvas, row, room, cols - room, numbers, STYLE_NORMAL);
}
