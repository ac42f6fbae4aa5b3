/*
 * lru.h - what the caches of files.h are made of: order of use, and a hash
 *
 * A chain is a ring of links that its members carry themselves, newest first.
 * A table finds members by two numbers. Nothing here allocates but lru_init().
 *
 *	chain:  head <-> newest <-> .. <-> oldest <-> head
 *
 * Threads: none of its own; the cache's mutex guards both.
 */
#ifndef SOURCE_LRU_H
#define SOURCE_LRU_H

#include "base/base.h"

struct error;

/* A head, or what a member of a chain carries first in its struct. */
struct link {
	struct link *prev, *next; /* itself when in no chain */
};

static inline void link_init(struct link *l)
{
	l->prev = l;
	l->next = l;
}

static inline void link_remove(struct link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	link_init(l);
}

static inline void link_insert(struct link *after, struct link *l)
{
	l->prev = after;
	l->next = after->next;
	after->next->prev = l;
	after->next = l;
}

/* Make it the newest, wherever it was. */
static inline void link_newest(struct link *head, struct link *l)
{
	link_remove(l);
	link_insert(head, l);
}

/* Make it the first to go. */
static inline void link_oldest(struct link *head, struct link *l)
{
	link_remove(l);
	link_insert(head->prev, l);
}

/* The first to go, or NULL. */
static inline struct link *link_last(const struct link *head)
{
	return head->prev == head ? NULL : head->prev;
}

/* What a member of a chain that can be found carries first. */
struct lru_entry {
	struct link link;
	struct lru_entry *next; /* of the same bucket */
	uint64_t key, idx;      /* set by lru_put() */
	bool found;             /* is in the table */
};

struct lru {
	struct link order;
	struct lru_entry **bucket; /* owned */
	size_t buckets;            /* a power of two */
};

/* For about `count` members. ERR_NOMEM. */
bool lru_init(struct lru *lru, size_t count, struct error *err) MUST_USE;
void lru_release(struct lru *lru); /* does not touch the members */

/* A new member, in the chain as the first to go, not in the table. */
void lru_join(struct lru *lru, struct lru_entry *e);

/* The member with these numbers, or NULL. Does not change the order. */
struct lru_entry *lru_find(const struct lru *lru, uint64_t key, uint64_t idx);

/* Put a member that is not in the table into it. */
void lru_put(struct lru *lru, struct lru_entry *e, uint64_t key, uint64_t idx);

/* Take it out of the table, if it is there. */
void lru_drop(struct lru *lru, struct lru_entry *e);

#endif
