/*
 * windows.c - see windows.h
 *
 * The windows are made once, as one array, and used over and over: mapping
 * allocates nothing of ours. Mapping and unmapping happen outside the mutex, on
 * a window that nobody else can find; when two threads map the same one, the
 * second throws its own away.
 *
 *   W1  the chain holds exactly the windows with pins == 0
 *   W2  a window in the table is mapped and has an owner
 *   W3  a window without an owner is not mapped
 *
 * Mapping and unmapping a window takes longer than all else that is done for one
 * step of a scan, so windows hold several steps. The pages of a step go with it.
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

struct window {
	struct lru_entry entry; /* first: found by it */
	const void *owner;      /* only compared */
	unsigned char *addr;    /* NULL: not mapped */
	size_t len;
	uint64_t off;
	unsigned pins;
	size_t from, to; /* what was wanted and has not gone */
};

struct windows {
	const struct sys *sys; /* borrowed */
	pthread_mutex_t lock;
	struct lru lru;
	struct window *v; /* owned */
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
	if (!all->v || !lru_init(&all->lru, count, err)) {
		mem_free(all->v);
		mem_free(all);
		return NULL;
	}
	all->sys = sys;
	all->count = count;
	all->len = len;
	pthread_mutex_init(&all->lock, NULL);
	for (size_t i = 0; i < count; i++) {
		all->v[i] = (struct window){ 0 };
		lru_join(&all->lru, &all->v[i].entry);
	}
	return all;
}

static void unmap(struct windows *all, struct leftover old)
{
	if (old.addr)
		(void)all->sys->unmap(old.addr, old.len);
}

/* Make a window empty; the caller unmaps what it returns. */
static struct leftover empty(struct windows *all, struct window *w)
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

static void pin(struct window *w)
{
	w->pins++;
	link_remove(&w->entry.link);
}

/* These bytes of the file will be looked at. */
static void want(struct window *w, uint64_t off, size_t len)
{
	size_t from = (size_t)(off - w->off);
	size_t to = from + size_min(len, w->len - from);

	if (w->from == w->to)
		w->from = w->to = from;
	w->from = size_min(w->from, from);
	w->to = size_max(w->to, to);
}

/* What was wanted and is no more. Of a page in the middle of the window the rest
   will be wanted next. */
static struct leftover wanted(struct window *w)
{
	size_t from = w->from - w->from % WINDOW_PAGES;
	size_t to = w->to == w->len ? w->to : w->to - w->to % WINDOW_PAGES;

	if (to <= from)
		return (struct leftover){ NULL, 0 };
	w->from = to;
	return (struct leftover){ w->addr + from, to - from };
}

/* Drop a pin of a window that stays what it is. */
static void unpin(struct windows *all, struct window *w)
{
	assert(w->pins > 0);
	if (--w->pins > 0)
		return;
	if (w->owner)
		link_newest(&all->lru.order, &w->entry.link);
	else
		link_oldest(&all->lru.order, &w->entry.link);
}

static struct window *find(struct windows *all, const void *owner, uint64_t idx)
{
	return (struct window *)lru_find(&all->lru, (uintptr_t)owner, idx);
}

/* The window that holds `off` if it is mapped already; else an empty one in *spare,
   pinned and unmapped, or NULL there when all are in use. */
static struct window *find_or_take(struct windows *all, const void *owner,
                                   uint64_t off, size_t len,
                                   struct window **spare)
{
	struct leftover old = { NULL, 0 };
	struct window *w;

	*spare = NULL;
	pthread_mutex_lock(&all->lock);
	w = find(all, owner, off / all->len);
	if (w) {
		pin(w);
		want(w, off, len);
	} else {
		*spare = (struct window *)link_last(&all->lru.order);
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

struct window *windows_pin(struct windows *all, const void *owner, int fd,
                           uint64_t off, size_t len, uint64_t size)
{
	uint64_t idx = off / all->len;
	struct leftover made = { NULL, 0 };
	struct window *spare;
	struct window *w = find_or_take(all, owner, off, len, &spare);

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
	if (w)
		want(w, off, len);
	pthread_mutex_unlock(&all->lock);
	unmap(all, made);
	return w;
}

const unsigned char *window_at(const struct window *window, uint64_t off,
                               size_t *len)
{
	size_t skip = (size_t)(off - window->off);

	assert(off >= window->off && off - window->off < window->len);
	*len = window->len - skip;
	return window->addr + skip;
}

/* The pages go while it is pinned: afterwards the address may be another
   mapping's. */
void windows_unpin(struct windows *all, struct window *window)
{
	struct leftover old = { NULL, 0 };

	pthread_mutex_lock(&all->lock);
	if (window->pins == 1)
		old = wanted(window);
	pthread_mutex_unlock(&all->lock);
	if (old.len > 0)
		(void)all->sys->advise(old.addr, old.len, SYS_ADVICE_DONTNEED);
	pthread_mutex_lock(&all->lock);
	unpin(all, window);
	pthread_mutex_unlock(&all->lock);
}

/* Take the next window of the owner from index *i on away from it; the caller
   unmaps what it returns. */
static struct leftover disown(struct windows *all, const void *owner, size_t *i)
{
	struct leftover old = { NULL, 0 };

	for (; *i < all->count && !old.addr; (*i)++) {
		struct window *w = &all->v[*i];

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
