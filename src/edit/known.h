/*
 * known.h - pages of files that were read not long ago, and had values
 *
 * Before bytes are overwritten it is seen that they can be read. The system
 * reads whole pages: where one byte of a page could be had, the others can, and
 * a call for each of them would cost more than the rest of the edit.
 *
 * Any page may be forgotten at any time: those of about 1 GiB have room.
 *
 * Threads: one.
 */
#ifndef EDIT_KNOWN_H
#define EDIT_KNOWN_H

#include "base/base.h"

/* Tests make it small. */
#ifndef KNOWN_PAGE
#define KNOWN_PAGE 4096
#endif

struct known_group;

/* All zero: nothing is known. */
struct known {
	struct known_group *v; /* owned; NULL until there is something */
};

void known_free(struct known *known);

/* Is the page known that has the byte `off` of the base of a document? O(1) */
bool known_has(const struct known *known, uint64_t doc, uint64_t off);

/* It had values. Without memory it is not known. */
void known_add(struct known *known, uint64_t doc, uint64_t off);

/* Something has happened to files. */
void known_forget(struct known *known);

#endif
