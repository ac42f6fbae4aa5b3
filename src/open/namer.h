/*
 * namer.h - how a file that names others names them
 *
 * Files below its folder are named relative to it, so that both can move; all
 * others by their absolute path. Below is what a relative path without ".."
 * names, whatever links may lie on the way.
 *
 * Threads: the engine's; namer_open() asks the system for the working
 * directory.
 */
#ifndef OPEN_NAMER_H
#define OPEN_NAMER_H

#include "base/base.h"
#include "open/buffer.h"

struct error;
struct sys;

/* Is the path relative and without ".."? */
bool namer_is_below(const char *path);

/* The path of a file that the one at `path` names so. Owned by the caller.
   ERR_NOMEM. */
char *namer_resolve(const char *path, const char *name,
                    struct error *err) MUST_USE;

/* For names in one file. */
struct namer {
	char *cwd;            /* owned */
	struct buffer folder; /* absolute, without a slash at its end */
	struct buffer path;   /* of the file in hand, absolute */
	struct buffer name;   /* as it is named */
};

/* For what stands in the file at `path`. ERR_IO, ERR_NOMEM. To be closed by the
   caller also on failure. */
bool namer_open(struct namer *namer, const struct sys *sys, const char *path,
                struct error *err) MUST_USE;
void namer_close(struct namer *namer);

/* The name of the file at `path`; valid until the next one. NULL: ERR_NOMEM. */
const char *namer_name(struct namer *namer, const char *path,
                       struct error *err) MUST_USE;

#endif
