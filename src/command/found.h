/*
 * found.h - a line, or an object, for bytes that were found
 *
 *	0x25048 9 #1:0x25048
 *	0x25048 9 #1:0x25048 utf8 "passwords"
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_FOUND_H
#define COMMAND_FOUND_H

#include "base/base.h"

struct output;
struct space;

enum { FOUND_BYTES = 256 }; /* of a match that are shown, at most */

struct found {
	uint64_t addr, len;
	const char *charset;        /* NULL: none was asked for */
	const unsigned char *bytes; /* the first ones, to be shown; or NULL */
	size_t shown;               /* how many: up to FOUND_BYTES and len */
};

/* The bytes come as a text that is a pattern for them; ".." stands behind it
   when there are more. */
void found_print(struct output *out, const struct space *sp,
                 const struct found *found);

#endif
