/*
 * mapfile.h - which bytes of a file that was made had no value
 *
 * Whoever left out or filled such bytes writes beside the file, as FILE.map,
 * where they are: in the format of GNU ddrescue, '-' for what could not be
 * read, '?' for what is not there, '+' for the rest.
 *
 * Threads: a struct mapfile belongs to one thread.
 */
#ifndef OPEN_MAPFILE_H
#define OPEN_MAPFILE_H

#include "base/base.h"
#include "source/run.h"

struct error;
struct sys;

struct mapfile_part {
	uint64_t off, len;
	char sign;
};

struct mapfile {
	struct mapfile_part *v; /* owned */
	size_t count, cap;
};

/* Bytes at off, behind all there were so far. ERR_NOMEM. */
bool mapfile_add(struct mapfile *map, uint64_t off, uint64_t len,
                 enum state state, struct error *err) MUST_USE;
void mapfile_free(struct mapfile *map);

/* PATH.map: the caller's. ERR_NOMEM. */
char *mapfile_path(const char *path, struct error *err) MUST_USE;

/* Write it to `path`, of a file of `size` bytes; nothing if there are no parts.
   ERR_STATE: something is there, and `over` does not say that it may be
   replaced; ERR_IO, ERR_NOMEM. Then nothing is there that was not. */
bool mapfile_write(const struct mapfile *map, const struct sys *sys,
                   const char *path, uint64_t size, bool over,
                   struct error *err) MUST_USE;

#endif
