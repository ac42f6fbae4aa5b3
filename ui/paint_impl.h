/*
 * paint_impl.h - what the files that draw the main screen share
 *
 * Threads: any.
 */
#ifndef UI_PAINT_IMPL_H
#define UI_PAINT_IMPL_H

#include "base/base.h"

struct canvas;
struct picture;
struct row;

/* The signs that rules and seams are drawn with. */
struct signs {
	uint32_t line, dotted, end, next, seam, bar;
};

const struct signs *paint_signs(const struct picture *picture);

/* A line between rows: where one segment starts, where several do, and a gap
   (paint_rule.c). */
void rule_start(struct canvas *canvas, int row, int cols,
                const struct picture *picture, const struct row *r);
void rule_starts(struct canvas *canvas, int row, int cols,
                 const struct picture *picture, const struct row *r);
void rule_gap(struct canvas *canvas, int row, int cols,
              const struct picture *picture, const struct row *r);

#endif
