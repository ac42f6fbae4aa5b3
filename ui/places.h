/*
 * places.h - where the user's settings, history and journals are
 *
 * As the XDG base directory specification says: a variable counts if its path
 * is absolute, else the usual place below the home. A user without a home has
 * none of them.
 *
 * Threads: main's.
 */
#ifndef UI_PLACES_H
#define UI_PLACES_H

#include "base/base.h"
#include "keep/shelf.h"

enum { PLACES_PATH = 1024 };

/* A file of the user's settings, or of what is kept between runs; false when
   there is no folder for it. */
bool places_config(const char *name, char dst[static PLACES_PATH]);
bool places_state(const char *name, char dst[static PLACES_PATH]);

/* Make the folders that a path is in. */
void places_make_folders(char *path);

/* Where journals may be; `given` is --journal-dir, or NULL. Borrowed: the texts
   are the environment's, and the system's. */
struct shelf_places places_journal(const char *given);

#endif
