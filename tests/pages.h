/*
 * pages.h - copying from a map under a guard, for tests that read files
 *
 * Threads: any.
 */
#ifndef TESTS_PAGES_H
#define TESTS_PAGES_H

#include "base/base.h"

/* Copy; returns how many bytes are certain, from the start. Exact to a page. */
size_t pages_copy(void *dst, const void *src, size_t len);

#endif
