/*
 * source.c - see source.h
 *
 * What every kind of source needs once: the checks of arguments, and the
 * promise that a failed read leaves the caller's runs alone.
 */
#include "config.h"

#include "source/source.h"

#include <assert.h>

bool source_read(struct source *src, uint64_t off, void *buf, size_t len,
                 unsigned flags, struct runs *runs, struct error *err)
{
	struct runs_mark mark = runs_mark(runs);

	assert(off <= src->size && len <= src->size - off);
	if (len == 0)
		return true;
	if (src->ops->read(src, off, buf, len, flags, runs, err))
		return true;
	runs_undo(runs, mark);
	return false;
}

struct stretch source_stretch(struct source *src, uint64_t off)
{
	struct stretch s;

	assert(off < src->size);
	s = src->ops->stretch(src, off);
	assert(s.end > off && s.end <= src->size);
	return s;
}

const void *source_map(struct source *src, uint64_t off, size_t *len,
                       void **pin)
{
	const void *bytes = NULL;

	assert(off<src->size && * len> 0);
	*len = (size_t)u64_min(*len, src->size - off);
	*pin = NULL;
	if (src->ops->map)
		bytes = src->ops->map(src, off, len, pin);
	if (!bytes)
		*len = 0;
	return bytes;
}

void source_unmap(struct source *src, void *pin)
{
	if (pin)
		src->ops->unmap(src, pin);
}

bool source_clone(struct source *src, uint64_t off, uint64_t len, int to,
                  uint64_t to_off)
{
	assert(off <= src->size && len <= src->size - off);
	return src->ops->clone && src->ops->clone(src, off, len, to, to_off);
}

unsigned source_check(struct source *src)
{
	return src->ops->check ? src->ops->check(src) : 0;
}

void source_written(struct source *src, const struct identity *id)
{
	src->id = *id;
	src->id.size = src->size;
	if (src->ops->written)
		src->ops->written(src, id);
}

uint64_t source_stamp(const struct source *src)
{
	return src->ops->stamp ? src->ops->stamp(src) : 0;
}

bool source_keep(struct source *src, bool keep)
{
	return !src->ops->keep || src->ops->keep(src, keep);
}

void source_free(struct source *src)
{
	if (src)
		src->ops->free(src);
}
