/*
 * blocks.c - see blocks.h
 *
 * One array of blocks and one of their bytes, made at the start; the system
 * gives the pages when they are first written. Copying a block under the mutex
 * is cheaper than counting who looks at it.
 *
 *   B1  every block is in the chain
 *   B2  a block in the table has len > 0 bytes, and runs that cover them
 */
#include "config.h"

#include "source/blocks.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/mem.h"
#include "source/lru.h"
#include "source/run.h"

#define BLOCKS_AGE UINT64_C(2000000000) /* ns */

struct block {
	struct lru_entry entry; /* first: found by it */
	struct runs runs;       /* owned */
	size_t len;
	uint64_t time;        /* its bytes are as of then, or later */
	unsigned char *bytes; /* inside blocks.bytes */
};

struct blocks {
	pthread_mutex_t lock;
	struct lru lru;
	struct block *v;      /* owned */
	unsigned char *bytes; /* owned */
	size_t count;
	size_t joined; /* v[0] .. have been used: others are not touched */
	size_t len;
	uint64_t keys; /* given so far */
};

static bool allocate(struct blocks *all, size_t count, size_t len,
                     struct error *err)
{
	all->v = mem_resize(NULL, count, sizeof(*all->v), err);
	if (!all->v)
		return false;
	all->bytes = mem_resize(NULL, count, len, err);
	if (!all->bytes)
		return false;
	return lru_init(&all->lru, count, err);
}

struct blocks *blocks_new(size_t count, size_t len, struct error *err)
{
	struct blocks *all = mem_zalloc(sizeof(*all), err);

	if (!all)
		return NULL;
	if (!allocate(all, count, len, err)) {
		mem_free(all->bytes);
		mem_free(all->v);
		mem_free(all);
		return NULL;
	}
	all->count = count;
	all->len = len;
	pthread_mutex_init(&all->lock, NULL);
	return all;
}

void blocks_free(struct blocks *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < all->joined; i++)
		runs_free(&all->v[i].runs);
	pthread_mutex_destroy(&all->lock);
	lru_release(&all->lru);
	mem_free(all->bytes);
	mem_free(all->v);
	mem_free(all);
}

uint64_t blocks_key(struct blocks *all)
{
	uint64_t key;

	pthread_mutex_lock(&all->lock);
	key = all->keys++;
	pthread_mutex_unlock(&all->lock);
	return key;
}

/* Another thread may have kept it after `now` was taken. */
static bool is_fresh(const struct block *b, uint64_t now)
{
	return now <= b->time || now - b->time <= BLOCKS_AGE;
}

static struct lru_entry *join_next(struct blocks *all)
{
	struct block *b = &all->v[all->joined];

	*b = (struct block){ .bytes = all->bytes + all->joined * all->len };
	all->joined++;
	lru_join(&all->lru, &b->entry);
	return &b->entry;
}

/* The block of that name, or the one to be given up for it. NULL: there are
   none. It is out of the table. */
static struct block *take(struct blocks *all, uint64_t key, uint64_t idx)
{
	struct lru_entry *e = lru_find(&all->lru, key, idx);

	if (!e && all->joined < all->count)
		e = join_next(all);
	if (!e)
		e = (struct lru_entry *)link_last(&all->lru.order);
	if (e)
		lru_drop(&all->lru, e);
	return (struct block *)e;
}

bool blocks_keep(struct blocks *all, uint64_t key, uint64_t idx,
                 const void *bytes, size_t len, const struct runs *runs,
                 uint64_t skip, uint64_t now, struct error *err)
{
	struct block *b;
	bool ok = true;

	assert(len > 0 && len <= all->len);
	pthread_mutex_lock(&all->lock);
	b = take(all, key, idx);
	if (b) {
		runs_clear(&b->runs);
		ok = runs_add_part(&b->runs, runs, skip, len, err);
	}
	if (b && ok) {
		memcpy(b->bytes, bytes, len);
		b->len = len;
		b->time = now;
		lru_put(&all->lru, &b->entry, key, idx);
		link_newest(&all->lru.order, &b->entry.link);
	}
	pthread_mutex_unlock(&all->lock);
	return ok;
}

bool blocks_find(struct blocks *all, uint64_t key, uint64_t off, void *buf,
                 size_t len, uint64_t now, struct runs *runs, size_t *got,
                 struct error *err)
{
	size_t skip = (size_t)(off % all->len);
	struct block *b;
	size_t n = 0;
	bool ok = true;

	pthread_mutex_lock(&all->lock);
	b = (struct block *)lru_find(&all->lru, key, off / all->len);
	if (b && skip < b->len && is_fresh(b, now)) {
		n = size_min(len, b->len - skip);
		ok = runs_add_part(runs, &b->runs, skip, n, err);
		if (ok)
			memcpy(buf, b->bytes + skip, n);
		link_newest(&all->lru.order, &b->entry.link);
	}
	pthread_mutex_unlock(&all->lock);
	if (ok)
		*got = n;
	return ok;
}
