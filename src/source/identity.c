/* identity.c - see identity.h */
#include "config.h"

#include "source/identity.h"

#include "base/sys.h"

struct identity identity_of(const struct sys_stat *st)
{
	if (st->type == SYS_BLOCK)
		return (struct identity){ .ino = st->rdev, .size = st->size };
	return (struct identity){
		.dev = st->dev,
		.ino = st->ino,
		.size = st->size,
		.mtime = st->mtime,
		.ctime = st->ctime,
	};
}

bool identity_same(const struct identity *a, const struct identity *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}
