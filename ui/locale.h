/*
 * locale.h - what characters the terminal shows, by the environment's locale
 *
 * Threads: the UI thread.
 */
#ifndef UI_LOCALE_H
#define UI_LOCALE_H

#include "base/base.h"

/* Learn it from LC_ALL, LC_CTYPE or LANG, the first of them that is not empty;
   at the start, and before anything else here. */
void locale_init(void);

bool locale_is_utf8(void);

/* Is it a language whose terminals draw what Unicode calls ambiguous two cells
   wide? */
bool locale_is_cjk(void);

/* The cells that a character takes, 1 or 2; 0 when that is not known, or it has
   none of its own. */
int locale_width(uint32_t ch);

#endif
