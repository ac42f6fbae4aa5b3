/*
 * buffer.h - bytes in memory that grow at the end
 *
 * Threads: a buffer belongs to one thread.
 */
#ifndef OPEN_BUFFER_H
#define OPEN_BUFFER_H

#include "base/base.h"

struct error;

/* A NUL stands behind the bytes once something was appended. */
struct buffer {
	char *v; /* owned: mem_free() */
	size_t len, cap;
};

/* ERR_NOMEM: nothing changes. */
bool buffer_append(struct buffer *b, const char *bytes, size_t len,
                   struct error *err) MUST_USE;

#endif
