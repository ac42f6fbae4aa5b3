/*
 * embedded.h - the keymaps and themes that are compiled in
 *
 * Threads: constant.
 */
#ifndef UI_EMBEDDED_H
#define UI_EMBEDDED_H

#include "base/embedded.h"

extern const struct embedded keymap_files[]; /* the *.keys of keymaps/ */
extern const struct embedded theme_files[];  /* the *.theme */

#endif
