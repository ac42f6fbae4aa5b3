/*
 * embedded.h - data files that are compiled into the program
 *
 * keymaps/embed.sh makes one C file of a list of files at build time, so that
 * the program works uninstalled. The lists end with a name of NULL.
 *
 * Threads: constant.
 */
#ifndef UI_EMBEDDED_H
#define UI_EMBEDDED_H

#include "base/base.h"

struct embedded {
	const char *name;           /* without folder: "dark.theme" */
	const unsigned char *bytes; /* a NUL stands behind them */
	size_t len;
};

extern const struct embedded keymap_files[]; /* the *.keys of keymaps/ */
extern const struct embedded theme_files[];  /* the *.theme */

#endif
