/*
 * mem.h - allocation: overflow-checked, and able to fail on demand in tests
 *
 * Threads: any, as malloc. The test hooks are for one thread at a time.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include "base/base.h"

struct error;

/* size bytes of zeros, owned by the caller; size 0 gives a valid pointer.
   ERR_NOMEM. */
void *mem_zalloc(size_t size, struct error *err) MUST_USE;

/* Resize an array to n items of size bytes. On failure `old` is untouched.
   New memory is not cleared. ERR_NOMEM. */
void *mem_resize(void *old, size_t n, size_t size, struct error *err) MUST_USE;

/*
 * Make room in *array (items of size bytes, *cap of them) for at least `need`
 * items, at least doubling. On failure nothing changes. ERR_NOMEM.
 *
 *	if (!mem_grow(&list->v, &list->cap, list->count + 1,
 *	              sizeof(*list->v), err))
 */
bool mem_grow(void *array, size_t *cap, size_t need, size_t size,
              struct error *err) MUST_USE;

/* A copy of len bytes with a NUL behind it, owned by the caller. ERR_NOMEM. */
char *mem_strndup(const char *text, size_t len, struct error *err) MUST_USE;
char *mem_strdup(const char *text, struct error *err) MUST_USE;

void mem_free(void *p); /* NULL is allowed */

#ifdef TEST_HOOKS
/* Let n allocations succeed from now on, then fail all; -1: never fail. */
void mem_fail_after(long n);
/* The same, but only one fails. */
void mem_fail_once(long n);
#endif

#endif
