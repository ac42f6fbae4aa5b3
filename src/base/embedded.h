/*
 * embedded.h - data files that are compiled in
 *
 * keymaps/embed.sh makes one C file of a list of files at build time, so that
 * the program works uninstalled. The lists end with a name of NULL.
 *
 * Threads: constant.
 */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include "base/base.h"

struct embedded {
	const char *name;           /* without folder: "dark.theme" */
	const unsigned char *bytes; /* a NUL stands behind them */
	size_t len;
};

#endif
