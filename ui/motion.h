/*
 * motion.h - where the cursor goes from an address, by name, and scrolling
 *
 * Threads: the UI thread.
 */
#ifndef UI_MOTION_H
#define UI_MOTION_H

#include "base/base.h"

struct app;
struct motion;

#define MOTION_WORDS                                                        \
	"left right up down row-start row-end start end page-up page-down " \
	"half-page-up half-page-down top middle bottom"

/* The last address that the cursor can stand on. */
uint64_t motion_end(const struct app *app);

/* NULL: there is none of this name. */
const struct motion *motion_named(const char *word);
/* Where it leads from addr. Pages scroll the view. */
uint64_t motion_to(struct app *app, const struct motion *motion, uint64_t addr);
/* Does it go as far as a jump, to which `back` returns? */
bool motion_is_jump(const struct motion *motion);

/* up and down move the view by a line, and the cursor when it would leave it;
   top, center and bottom put the cursor's row there. False: it is none of
   these. */
bool motion_scroll(struct app *app, const char *word);

#endif
