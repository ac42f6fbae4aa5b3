/*
 * acquired.h - is a file an image that was acquired?
 *
 * Programs that acquire images leave a report beside them, with digests that
 * hold only as long as nobody writes: FTK Imager disk.001.txt, Guymager
 * disk.info, dc3dd and ddrescue a log or map. And containers (E01 and its like)
 * are never to be written. Such files are opened for reading, unless somebody
 * asks for more.
 *
 * Threads: any.
 */
#ifndef OPEN_ACQUIRED_H
#define OPEN_ACQUIRED_H

#include "base/base.h"

struct source;
struct sys;

enum { ACQUIRED_PATH = 4096 };

/* What was found for one set of parts, disk.001, disk.002 ..: they have one
   report. All zero to begin with. */
struct acquired {
	char set[ACQUIRED_PATH];  /* the path, without what counts its parts */
	char side[ACQUIRED_PATH]; /* what says so; "": nothing does */
};

/* Is it one? Reads the first bytes of what may be a container, opens a few
   names beside the first file of a set, and believes what bytes say, not names.
   What cannot be read says nothing. Blocks as long as that. */
bool acquired_is(const struct sys *sys, struct source *src, const char *path,
                 struct acquired *found);

#endif
