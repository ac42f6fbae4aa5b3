/*
 * charset.h - what characters the terminal shows, by the environment's locale
 *
 * Threads: the UI thread.
 */
#ifndef UI_CHARSET_H
#define UI_CHARSET_H

#include "base/base.h"

/* Learn it from LC_ALL, LC_CTYPE or LANG, the first of them that is not empty;
   at the start, and before anything else here. */
void charset_init(void);

bool charset_is_utf8(void);

/* Is it a language whose terminals draw what Unicode calls ambiguous two cells
   wide? */
bool charset_is_cjk(void);

/* The cells that a character takes, 1 or 2; 0 when that is not known, or it has
   none of its own. */
int charset_width(uint32_t ch);

#endif
