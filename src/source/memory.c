/*
 * memory.c - see memory.h
 */
#include "config.h"

#include "source/memory.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "source/source.h"

static bool memory_read(struct source *src, uint64_t off, void *buf, size_t len,
                        unsigned flags, struct runs *runs, struct error *err)
{
	(void)src;
	(void)off;
	(void)flags;
	memset(buf, 0, len);
	return runs_add(runs, (struct run){ .len = len, .state = STATE_HOLE },
	                err);
}

static struct stretch memory_stretch(struct source *src, uint64_t off)
{
	(void)off;
	return (struct stretch){ .state = STATE_HOLE, .end = src->size };
}

static void memory_free(struct source *src)
{
	mem_free(src);
}

static const struct source_ops memory_ops = {
	.read = memory_read,
	.stretch = memory_stretch,
	.free = memory_free,
};

struct source *memory_open(uint64_t size, struct error *err)
{
	struct source *src = mem_zalloc(sizeof(*src), err);

	assert(size <= INT64_MAX);
	if (!src)
		return NULL;
	src->ops = &memory_ops;
	src->size = size;
	src->traits = SOURCE_GROWS | SOURCE_PRIVATE;
	src->kind = "memory";
	src->id.size = size;
	return src;
}
