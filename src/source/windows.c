/*
 * windows.c - see windows.h
 *
 * The windows are made once, as one array, and used over and over: mapping
 * allocates nothing of ours. Mapping and unmapping happen outside the mutex, on
 * a window that nobody else can find; when two threads map the same one, the
 * second throws its own away.
 *
 * What is mapped is told from the holds on it, which callers know as windows:
 * each knows which bytes it is for.
 *
 *   W1  the chain holds exactly what has pins == 0
 *   W2  what is in the table is mapped and has an owner
 *   W3  what has no owner is not mapped
 *   W4  a hold that is not among the spares has one of the pins
 *
 * Mapping and unmapping takes longer than all else that is done for one step of
 * a scan, so several steps are mapped at once. The pages of a step go with it,
 * whoever is at other steps: else threads that take turns would keep them all.
 */
#include "config.h"

#include "source/windows.h"

#include <assert.h>
#include <pthread.h>

#include "base/mem.h"
#include "base/sys.h"
#include "source/lru.h"

/* A multiple of the size of pages that divides the length of windows. */
#define WINDOW_PAGES ((size_t)1 << 16)

enum { HOLDS = 4 }; /* times as many as can be mapped */

struct mapped {
	struct lru_entry entry; /* first: found by it */
	const void *owner;      /* only compared */
	unsigned char *addr;    /* NULL: not mapped */
	size_t len;
	uint64_t off;
	unsigned pins;
	size_t from, to; /* what was wanted and has not gone */
};

/* A hold. */
struct window {
	struct window *next; /* of the spares */
	struct mapped *of;
	size_t from, to; /* the bytes that it is for */
};

struct windows {
	const struct sys *sys; /* borrowed */
	pthread_mutex_t lock;
	struct lru lru;
	struct mapped *v;      /* owned */
	struct window *holds;  /* owned; HOLDS * count */
	struct window *spares; /* W4 */
	size_t count;
	size_t len;
	size_t mapped;
};

/* What is to be unmapped when the mutex has been let go. */
struct leftover {
	void *addr;
	size_t len;
};

struct windows *windows_new(const struct sys *sys, size_t count, size_t len,
                            struct error *err)
{
	struct windows *all = mem_zalloc(sizeof(*all), err);

	if (!all)
		return NULL;
	all->v = mem_resize(NULL, count, sizeof(*all->v), err);
	all->holds = all->v ? mem_resize(NULL, HOLDS * count,
	                                 sizeof(*all->holds), err)
	                    : NULL;
	if (!all->holds || !lru_init(&all->lru, count, err)) {
		mem_free(all->holds);
		mem_free(all->v);
		mem_free(all);
		return NULL;
	}
	all->sys = sys;
	all->count = count;
	all->len = len;
	pthread_mutex_init(&all->lock, NULL);
	for (size_t i = 0; i < count; i++) {
		all->v[i] = (struct mapped){ 0 };
		lru_join(&all->lru, &all->v[i].entry);
	}
	for (size_t i = 0; i < HOLDS * count; i++) {
		all->holds[i].next = all->spares;
		all->spares = &all->holds[i];
	}
	return all;
}

static void unmap(struct windows *all, struct leftover old)
{
	if (old.addr)
		(void)all->sys->unmap(old.addr, old.len);
}

/* Make a window empty; the caller unmaps what it returns. */
static struct leftover empty(struct windows *all, struct mapped *w)
{
	struct leftover old = { w->addr, w->len };

	if (w->addr)
		all->mapped--;
	lru_drop(&all->lru, &w->entry);
	w->owner = NULL;
	w->addr = NULL;
	return old;
}

void windows_free(struct windows *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < all->count; i++) {
		assert(all->v[i].pins == 0);
		unmap(all, empty(all, &all->v[i]));
	}
	pthread_mutex_destroy(&all->lock);
	lru_release(&all->lru);
	mem_free(all->holds);
	mem_free(all->v);
	mem_free(all);
}

size_t windows_count(struct windows *all)
{
	size_t n;

	pthread_mutex_lock(&all->lock);
	n = all->mapped;
	pthread_mutex_unlock(&all->lock);
	return n;
}

static void pin(struct mapped *w)
{
	w->pins++;
	link_remove(&w->entry.link);
}

/* These bytes of the file will be looked at. */
static struct window *hold(struct windows *all, struct mapped *m, uint64_t off,
                           size_t len)
{
	struct window *w = all->spares;

	all->spares = w->next;
	w->of = m;
	w->from = (size_t)(off - m->off);
	w->to = w->from + size_min(len, m->len - w->from);
	if (m->from == m->to)
		m->from = m->to = w->from;
	m->from = size_min(m->from, w->from);
	m->to = size_max(m->to, w->to);
	return w;
}

/* The pages of these bytes, without one in the middle that ends behind them:
   the rest of it will be wanted next. */
static struct leftover pages(const struct mapped *m, size_t from, size_t to)
{
	from -= from % WINDOW_PAGES;
	if (to < m->len)
		to -= to % WINDOW_PAGES;
	if (to <= from)
		return (struct leftover){ NULL, 0 };
	return (struct leftover){ m->addr + from, to - from };
}

/* What goes with a hold: its own pages; with the last one all that is left. */
static struct leftover wanted(const struct window *w)
{
	struct mapped *m = w->of;
	struct leftover old;

	if (m->pins > 1)
		return pages(m, w->from, w->to);
	old = pages(m, m->from, m->to);
	if (old.len > 0)
		m->from =
			(size_t)((unsigned char *)old.addr - m->addr) + old.len;
	return old;
}

/* Drop a pin of what stays what it is. */
static void unpin(struct windows *all, struct mapped *w)
{
	assert(w->pins > 0);
	if (--w->pins > 0)
		return;
	if (w->owner)
		link_newest(&all->lru.order, &w->entry.link);
	else
		link_oldest(&all->lru.order, &w->entry.link);
}

static struct mapped *find(struct windows *all, const void *owner, uint64_t idx)
{
	return (struct mapped *)lru_find(&all->lru, (uintptr_t)owner, idx);
}

/* What holds `off` if it is mapped already; else an empty one in *spare, pinned
   and unmapped, or NULL there when all are in use. */
static struct mapped *find_or_take(struct windows *all, const void *owner,
                                   uint64_t off, struct mapped **spare)
{
	struct leftover old = { NULL, 0 };
	struct mapped *w;

	*spare = NULL;
	pthread_mutex_lock(&all->lock);
	w = find(all, owner, off / all->len);
	if (w) {
		pin(w);
	} else {
		*spare = (struct mapped *)link_last(&all->lru.order);
		if (*spare) {
			pin(*spare);
			old = empty(all, *spare);
		}
	}
	pthread_mutex_unlock(&all->lock);
	unmap(all, old);
	return w;
}

static bool map(struct windows *all, int fd, uint64_t off, uint64_t size,
                struct leftover *out)
{
	out->len = (size_t)u64_min(all->len, size - off);
	if (all->sys->map(fd, off, out->len, &out->addr) < 0)
		return false;
	(void)all->sys->advise(out->addr, out->len, SYS_ADVICE_SEQUENTIAL);
	return true;
}

/* What holds `off`, pinned, or NULL. */
static struct mapped *take(struct windows *all, const void *owner, int fd,
                           uint64_t off, uint64_t size)
{
	uint64_t idx = off / all->len;
	struct leftover made = { NULL, 0 };
	struct mapped *spare;
	struct mapped *w = find_or_take(all, owner, off, &spare);

	if (w || !spare)
		return w;
	if (!map(all, fd, idx * all->len, size, &made))
		made.addr = NULL;
	pthread_mutex_lock(&all->lock);
	w = find(all, owner, idx);
	if (w || !made.addr) {
		unpin(all, spare);
		if (w)
			pin(w);
	} else {
		w = spare;
		w->owner = owner;
		w->addr = made.addr;
		w->len = made.len;
		w->off = idx * all->len;
		all->mapped++;
		w->from = w->to = 0;
		lru_put(&all->lru, &w->entry, (uintptr_t)owner, idx);
		made.addr = NULL;
	}
	pthread_mutex_unlock(&all->lock);
	unmap(all, made);
	return w;
}

struct window *windows_pin(struct windows *all, const void *owner, int fd,
                           uint64_t off, size_t len, uint64_t size)
{
	struct mapped *m = take(all, owner, fd, off, size);
	struct window *w = NULL;

	if (!m)
		return NULL;
	pthread_mutex_lock(&all->lock);
	if (all->spares)
		w = hold(all, m, off, len);
	else
		unpin(all, m);
	pthread_mutex_unlock(&all->lock);
	return w;
}

const unsigned char *window_at(const struct window *window, uint64_t off,
                               size_t *len)
{
	const struct mapped *m = window->of;
	size_t skip = (size_t)(off - m->off);

	assert(off >= m->off && off - m->off < m->len);
	*len = m->len - skip;
	return m->addr + skip;
}

/* The pages go while it is pinned: afterwards the address may be another
   mapping's. */
void windows_unpin(struct windows *all, struct window *window)
{
	struct leftover old;

	pthread_mutex_lock(&all->lock);
	old = wanted(window);
	pthread_mutex_unlock(&all->lock);
	if (old.len > 0)
		(void)all->sys->advise(old.addr, old.len, SYS_ADVICE_DONTNEED);
	pthread_mutex_lock(&all->lock);
	unpin(all, window->of);
	window->next = all->spares;
	all->spares = window;
	pthread_mutex_unlock(&all->lock);
}

/* Take the next one of the owner from index *i on away from it; the caller
   unmaps what it returns. */
static struct leftover disown(struct windows *all, const void *owner, size_t *i)
{
	struct leftover old = { NULL, 0 };

	for (; *i < all->count && !old.addr; (*i)++) {
		struct mapped *w = &all->v[*i];

		if (w->owner != owner)
			continue;
		assert(w->pins == 0);
		old = empty(all, w);
		link_oldest(&all->lru.order, &w->entry.link);
	}
	return old;
}

void windows_drop(struct windows *all, const void *owner)
{
	struct leftover old;
	size_t i = 0;

	do {
		pthread_mutex_lock(&all->lock);
		old = disown(all, owner, &i);
		pthread_mutex_unlock(&all->lock);
		unmap(all, old);
	} while (old.addr);
}
