/*
 * nearby.h - bytes around starts, copied while they are mapped
 *
 * A start that a scan found is tried in private bytes. To read them costs more
 * than all else that is done for it; where the scan runs they are at hand.
 *
 *	|--- before ---|start ------ behind ------|
 *
 * Threads: belongs to one thread.
 */
#ifndef FIND_NEARBY_H
#define FIND_NEARBY_H

#include "base/base.h"

struct error;

enum { NEARBY_STARTS = 512 };

/* Zeros are none at all, for which there is no room. */
struct nearby {
	size_t before, behind;
	size_t count, next;
	unsigned char *bytes; /* owned */
	uint64_t starts[NEARBY_STARTS];
};

/* Room for starts with so many bytes in front of and behind them; none when
   they are too many. ERR_NOMEM. */
bool nearby_init(struct nearby *nearby, size_t before, size_t behind,
                 struct error *err) MUST_USE;
void nearby_free(struct nearby *nearby);

void nearby_clear(struct nearby *nearby);

/* Is there room for it, and was it not the last one? Starts come in their
   order. */
bool nearby_wants(const struct nearby *nearby, uint64_t start);

/* Copy what is around a start that is wanted; `bytes` are those in front. May
   run in guard_call(). */
void nearby_keep(struct nearby *nearby, uint64_t start,
                 const unsigned char *bytes);

/* What was copied around this start, or NULL. They are asked for in their
   order. */
const unsigned char *nearby_find(struct nearby *nearby, uint64_t start);

#endif
