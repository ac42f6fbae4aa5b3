/*
 * filename.h - the name of a file where there is little room
 *
 * Of the members of a set the ends of their names differ, so these are kept:
 *
 *	disk.001    ../deeply/kept/disk.001 -> disk.001
 *	2026-11-21-workstation-image.E01.001 -> ..kstation-image.E01.001
 *
 * Threads: any.
 */
#ifndef UI_FILENAME_H
#define UI_FILENAME_H

#include "base/base.h"

enum { FILENAME_COLS = 24 };

struct filename {
	char s[128]; /* at most FILENAME_COLS columns wide */
};

/* The path, safe to show, if there is room, else its last part, or the end of
   that. */
struct filename filename_of(const char *path);

/* The end of a safe text that is at most so many columns wide: "..end" if that
   is not all of it. Within the text, but for the dots: *cut. */
const char *filename_end(const char *safe, int cols, bool *cut);

#endif
