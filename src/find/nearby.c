/* nearby.c - see nearby.h */
#include "config.h"

#include "find/nearby.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

enum { LONGEST = 1024 }; /* bytes; more are read instead */

static size_t length(const struct nearby *nearby)
{
	return nearby->before + nearby->behind;
}

bool nearby_init(struct nearby *nearby, size_t before, size_t behind,
                 struct error *err)
{
	if (before > LONGEST || behind > LONGEST - before)
		return true;
	nearby->before = before;
	nearby->behind = behind;
	nearby->bytes = mem_resize(NULL, NEARBY_STARTS, length(nearby), err);
	return nearby->bytes != NULL;
}

void nearby_free(struct nearby *nearby)
{
	mem_free(nearby->bytes);
}

void nearby_clear(struct nearby *nearby)
{
	nearby->count = nearby->next = 0;
}

bool nearby_wants(const struct nearby *nearby, uint64_t start)
{
	return nearby->bytes && nearby->count < NEARBY_STARTS &&
	       (nearby->count == 0 ||
	        start != nearby->starts[nearby->count - 1]);
}

void nearby_keep(struct nearby *nearby, uint64_t start,
                 const unsigned char *bytes)
{
	size_t len = length(nearby);

	assert(nearby_wants(nearby, start));
	memcpy(nearby->bytes + nearby->count * len, bytes, len);
	nearby->starts[nearby->count++] = start;
}

const unsigned char *nearby_find(struct nearby *nearby, uint64_t start)
{
	while (nearby->next < nearby->count &&
	       nearby->starts[nearby->next] < start)
		nearby->next++;
	if (nearby->next == nearby->count ||
	    nearby->starts[nearby->next] != start)
		return NULL;
	return nearby->bytes + nearby->next * length(nearby);
}
