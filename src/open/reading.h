/*
 * reading.h - a file that is read from front to back, in steps and never whole
 *
 * By lines, or by numbers of bytes; it keeps the line that it is at.
 *
 * Threads: one at a time. These block.
 */
#ifndef OPEN_READING_H
#define OPEN_READING_H

#include "base/base.h"
#include "base/lexer.h"
#include "open/buffer.h"

struct error;
struct sys;

enum { READING_LINE = 1 << 20 }; /* bytes of a line, at most */

struct reading {
	const struct sys *sys; /* borrowed */
	const char *path;      /* borrowed */
	int fd;
	struct buffer text; /* owned: what was read.. */
	size_t pos;         /* ..and is taken up to here */
	bool end;           /* of the file */
	uint64_t size;      /* when it was opened */
	size_t line;        /* the last one taken, from 1 */
	uint64_t taken;     /* bytes */
};

/* Open a regular file: what is read from anything else could wait for ever.
   ERR_IO, ERR_SYNTAX; then there is nothing to end. */
bool reading_begin(struct reading *r, const struct sys *sys, const char *path,
                   struct error *err) MUST_USE;
void reading_end(struct reading *r);

/* The next line, without its end; *there is false behind the last one. Valid
   until the next call. ERR_IO, ERR_NOMEM; ERR_SYNTAX: it is too long, which
   does not say in which file. */
bool reading_line(struct reading *r, struct lexer *lx, bool *there,
                  struct error *err) MUST_USE;

/* The next `len` bytes, at most READING_LINE, or what is left: *got. Looking
   does not take them. Valid until the next call. ERR_IO, ERR_NOMEM. */
const char *reading_look(struct reading *r, size_t len, size_t *got,
                         struct error *err) MUST_USE;
void reading_take(struct reading *r, size_t len);

#endif
