/*
 * library.h - libraries that are opened when they are first needed
 *
 * The program starts without them and runs without them; what needs one that
 * is not there says so.
 *
 * Threads: any.
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include "base/base.h"

struct error;

/* A function of a library, and the pointer to a function that is to be it. */
struct library_symbol {
	const char *name;
	void *to;
};

/*
 * Open a library by the name of its file, as the loader finds it, and fill in
 * the functions. `what` is what the user knows it as. ERR_STATE: it is not
 * there, or not what it should be; then no pointer is changed.
 */
void *library_open(const char *file, const char *what,
                   const struct library_symbol *symbols, size_t count,
                   struct error *err) MUST_USE;
void library_close(void *library); /* NULL is allowed */

#ifdef TEST_HOOKS
/* Let the library of this file name not be there; NULL: all that are. */
void library_hide(const char *file);
#endif

#endif
