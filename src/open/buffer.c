/* buffer.c - see buffer.h */
#include "config.h"

#include "open/buffer.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"

bool buffer_append(struct buffer *b, const char *bytes, size_t len,
                   struct error *err)
{
	if (!mem_grow(&b->v, &b->cap, b->len + len + 1, 1, err))
		return false;
	memcpy(b->v + b->len, bytes, len);
	b->len += len;
	b->v[b->len] = '\0';
	return true;
}
