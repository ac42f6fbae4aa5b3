/*
 * verify.h - over=verify: does what covers equal what lies beneath?
 *
 * Threads: the engine's. Blocks: it reads every byte it compares.
 */
#ifndef SPACE_VERIFY_H
#define SPACE_VERIFY_H

#include "base/base.h"

struct error;
struct layout;

/*
 * Compare each placement from index `first` on that says over=verify with what
 * the placements before it show at its addresses; where they show nothing there
 * is nothing to compare. ERR_CHANGED: a byte differs; ERR_STATE: one of the two
 * cannot be read; both with path and address. ERR_NOMEM, and what
 * space_derive() finds.
 */
bool verify_over(const struct layout *layout, size_t first,
                 struct error *err) MUST_USE;

#endif
