/*
 * naming.h - which segment a name means
 *
 * Threads: any; spaces are immutable.
 */
#ifndef COMMAND_NAMING_H
#define COMMAND_NAMING_H

#include "base/base.h"

struct error;
struct segment;
struct space;

/*
 * The segment of this name, or, unless `exact`, the only one whose name begins
 * with it; a full name wins over a beginning. Declared gaps have no name here.
 * ERR_RANGE: none, or more than one, which the text lists: "#1 disk.001,
 * #4 disk.001". O(segments).
 */
bool naming_find(const struct space *sp, const char *name, size_t len,
                 bool exact, const struct segment **out,
                 struct error *err) MUST_USE;

#endif
