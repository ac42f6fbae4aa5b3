/*
 * spool.h - standard input as a source
 *
 * Standard input cannot be read twice, so it is copied to an unlinked file in
 * $TMPDIR (default /tmp) first, whatever its size.
 *
 * Threads: the engine's. Blocks until the input ends.
 */
#ifndef OPEN_SPOOL_H
#define OPEN_SPOOL_H

#include "base/base.h"

struct error;
struct files;
struct source;
struct sys;

/* ERR_IO: no temporary file, no room in it, a read that failed. */
struct source *spool_stdin(const struct sys *sys, struct files *files,
                           struct error *err) MUST_USE;

#endif
