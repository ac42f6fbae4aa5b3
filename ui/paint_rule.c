/* paint_rule.c - the lines between rows, which say what starts below them */
#include "config.h"

#include "ui/paint_impl.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "command/context.h"
#include "ui/paint.h"

enum { RULE_LEFT = 4 }; /* columns before the first text of a rule */

/* How wide the first text of a rule may be, so that *count texts fit. The last
   ones are left out when it would get too short. */
static int first_width(int cols, const char *const *texts, size_t *count)
{
	enum { SHORT = 12 };
	int least = int_min(canvas_width(texts[0]), SHORT);

	for (;;) {
		int room = cols - RULE_LEFT - 1 - 3;

		for (size_t i = 1; i < *count; i++)
			room -= 3 + canvas_width(texts[i]);
		if (room >= least || *count == 1)
			return int_max(room, 1);
		--*count;
	}
}

/* A rule: a line of `fill`, and on it the texts, each between signs. */
static void rule(struct canvas *canvas, int row, int cols,
                 const struct picture *picture, uint32_t fill, enum style style,
                 const char *const *texts, size_t count)
{
	const struct signs *signs = paint_signs(picture);
	int first = first_width(cols, texts, &count);
	int col = RULE_LEFT;

	canvas_fill(canvas, row, 0, cols, fill, style);
	for (size_t i = 0; i < count; i++) {
		int used;

		canvas_put(canvas, row, col, i ? signs->next : signs->end,
		           style);
		canvas_put(canvas, row, col + 1, ' ', style);
		used = canvas_text(canvas, row, col + 2,
		                   i ? cols - col - 4 : first, texts[i], style);
		canvas_put(canvas, row, col + 2 + used, ' ', style);
		col += 3 + used;
	}
	canvas_put(canvas, row, col, signs->next, style);
}

void rule_start(struct canvas *canvas, int row, int cols,
                const struct picture *picture, const struct row *r)
{
	const struct space *sp = context_space(picture->ctx);
	struct start start = space_start(sp, r->idx);
	const struct segment *seg = space_segment(sp, start.segment);
	char name[280], at[40], size[40], digits[32];
	const char *texts[] = { name, at, size };

	snprintf(name, sizeof(name), "#%" PRIu32 " %s", seg->number,
	         text_shown(seg->placement->name).s);
	snprintf(at, sizeof(at), "starts at 0x%" PRIx64, start.addr);
	snprintf(size, sizeof(size), "%s B", grouped_text(seg->size, digits));
	rule(canvas, row, cols, picture, paint_signs(picture)->line, STYLE_SEAM,
	     texts, 3);
}

void rule_starts(struct canvas *canvas, int row, int cols,
                 const struct picture *picture, const struct row *r)
{
	const struct space *sp = context_space(picture->ctx);
	struct start first = space_start(sp, r->idx);
	struct start last = space_start(sp, r->idx + r->count - 1);
	char numbers[48], count[40];
	const char *texts[] = { numbers, count };

	snprintf(numbers, sizeof(numbers), "#%" PRIu32 "..#%" PRIu32,
	         space_segment(sp, first.segment)->number,
	         space_segment(sp, last.segment)->number);
	snprintf(count, sizeof(count), "%zu files start here", r->count);
	rule(canvas, row, cols, picture, paint_signs(picture)->line, STYLE_SEAM,
	     texts, 2);
}

void rule_gap(struct canvas *canvas, int row, int cols,
              const struct picture *picture, const struct row *r)
{
	char range[64], size[40], digits[32];
	const char *texts[] = { "gap", range, size, "no file here" };

	if (r->kind == ROW_GAPS) {
		snprintf(range, sizeof(range), "%zu gaps begin here", r->count);
		rule(canvas, row, cols, picture, paint_signs(picture)->dotted,
		     STYLE_GAP, texts + 1, 1);
		return;
	}
	snprintf(range, sizeof(range), "0x%" PRIx64 " .. 0x%" PRIx64, r->start,
	         r->end - 1);
	snprintf(size, sizeof(size), "%s B",
	         grouped_text(r->end - r->start, digits));
	rule(canvas, row, cols, picture, paint_signs(picture)->dotted,
	     STYLE_GAP, texts, 4);
}
