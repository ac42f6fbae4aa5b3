/*
 * lru.c - see lru.h
 *
 * Chained hashing with a fixed number of buckets: a cache knows its size from
 * the start. The hash is the finalizer of MurmurHash3 (Austin Appleby, public
 * domain), which spreads the small consecutive numbers that blocks have.
 */
#include "config.h"

#include "source/lru.h"

#include "base/mem.h"

static size_t slot(const struct lru *lru, uint64_t key, uint64_t idx)
{
	uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15) ^ idx;

	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	h *= UINT64_C(0xc4ceb9fe1a85ec53);
	h ^= h >> 33;
	return (size_t)h & (lru->buckets - 1);
}

bool lru_init(struct lru *lru, size_t count, struct error *err)
{
	size_t buckets = 1;

	while (buckets < count && buckets <= SIZE_MAX / 2)
		buckets *= 2;
	lru->bucket =
		mem_resize(NULL, buckets, sizeof(struct lru_entry *), err);
	if (!lru->bucket)
		return false;
	for (size_t i = 0; i < buckets; i++)
		lru->bucket[i] = NULL;
	lru->buckets = buckets;
	link_init(&lru->order);
	return true;
}

void lru_release(struct lru *lru)
{
	mem_free(lru->bucket);
	lru->bucket = NULL;
}

void lru_join(struct lru *lru, struct lru_entry *e)
{
	link_init(&e->link);
	link_oldest(&lru->order, &e->link);
	e->found = false;
}

struct lru_entry *lru_find(const struct lru *lru, uint64_t key, uint64_t idx)
{
	struct lru_entry *e = lru->bucket[slot(lru, key, idx)];

	while (e && (e->key != key || e->idx != idx))
		e = e->next;
	return e;
}

void lru_put(struct lru *lru, struct lru_entry *e, uint64_t key, uint64_t idx)
{
	struct lru_entry **bucket = &lru->bucket[slot(lru, key, idx)];

	e->key = key;
	e->idx = idx;
	e->next = *bucket;
	e->found = true;
	*bucket = e;
}

void lru_drop(struct lru *lru, struct lru_entry *e)
{
	struct lru_entry **at;

	if (!e->found)
		return;
	at = &lru->bucket[slot(lru, e->key, e->idx)];
	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	e->found = false;
}
