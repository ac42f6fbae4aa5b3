/*
 * descriptors.c - see descriptors.h
 *
 * Who goes is looked at once more with fstat(): if its name has gone, it is
 * kept and the next one goes. That look may wait, so it is done on a pinned
 * descriptor outside the mutex, and closing a file's own descriptor waits for
 * such a look to end.
 *
 *   D1  the chain holds exactly the descriptors that are open, not pinned and
 *       not kept
 *   D2  `open` counts the descriptors with fd >= 0, and the places that were
 *       taken for one that is being opened
 *   D3  pins > 0 implies fd >= 0
 */
#include "config.h"

#include "source/descriptors.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>

#include "base/mem.h"
#include "base/sys.h"
#include "source/source.h"

struct descriptors {
	const struct sys *sys; /* borrowed */
	size_t limit;
	pthread_mutex_t lock;
	pthread_cond_t looked; /* an evicting thread has unpinned one */
	struct link order;     /* D1 */
	size_t open;           /* D2 */
};

struct descriptors *descriptors_new(const struct sys *sys, size_t limit,
                                    struct error *err)
{
	struct descriptors *all = mem_zalloc(sizeof(*all), err);

	if (!all)
		return NULL;
	all->sys = sys;
	all->limit = limit;
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->looked, NULL);
	link_init(&all->order);
	return all;
}

void descriptors_free(struct descriptors *all)
{
	if (!all)
		return;
	assert(all->open == 0);
	pthread_cond_destroy(&all->looked);
	pthread_mutex_destroy(&all->lock);
	mem_free(all);
}

size_t descriptors_count(struct descriptors *all)
{
	size_t n;

	pthread_mutex_lock(&all->lock);
	n = all->open;
	pthread_mutex_unlock(&all->lock);
	return n;
}

void descriptor_init(struct descriptor *d)
{
	link_init(&d->link);
	d->fd = -1;
	d->pins = 0;
	d->keep = false;
	atomic_init(&d->sparse, false);
}

void descriptor_note(struct descriptor *d, const struct sys_stat *st)
{
	atomic_store(&d->sparse, st->type == SYS_REGULAR &&
	                                 st->blocks < (st->size + 511) / 512);
}

void descriptors_adopt(struct descriptors *all, struct descriptor *d, int fd)
{
	pthread_mutex_lock(&all->lock);
	assert(d->fd < 0);
	d->fd = fd;
	d->keep = true;
	all->open++;
	pthread_mutex_unlock(&all->lock);
}

static void pin(struct descriptor *d)
{
	assert(d->fd >= 0);
	d->pins++;
	link_remove(&d->link);
}

/* Restore D1 for one whose pins or keep have changed. */
static void settle(struct descriptors *all, struct descriptor *d)
{
	if (d->fd >= 0 && d->pins == 0 && !d->keep)
		link_newest(&all->order, &d->link);
	else
		link_remove(&d->link);
}

/* Take the descriptor away; the caller closes what it returns. */
static int detach(struct descriptors *all, struct descriptor *d)
{
	int fd = d->fd;

	assert(d->pins == 0);
	link_remove(&d->link);
	d->fd = -1;
	d->keep = false;
	all->open--;
	return fd;
}

/* Look at the oldest one: closed, or found to be kept or in use. False: there
   is none. The mutex is held at both ends, not between. */
static bool look_at_oldest(struct descriptors *all, bool *closed)
{
	struct descriptor *d = (struct descriptor *)link_last(&all->order);
	struct sys_stat st;
	bool gone;
	int fd;

	if (!d)
		return false;
	pin(d);
	fd = d->fd;
	pthread_mutex_unlock(&all->lock);
	gone = all->sys->fstat(fd, &st) == 0 && st.nlink == 0;
	pthread_mutex_lock(&all->lock);
	d->pins--;
	d->keep = d->keep || gone;
	*closed = d->pins == 0 && !d->keep;
	if (*closed)
		(void)detach(all, d);
	else
		settle(all, d);
	pthread_cond_broadcast(&all->looked);
	if (!*closed)
		return true;
	pthread_mutex_unlock(&all->lock);
	(void)all->sys->close(fd);
	pthread_mutex_lock(&all->lock);
	return true;
}

/* Close the oldest one that can be closed; false when there is none. */
static bool evict(struct descriptors *all)
{
	bool closed = false;

	while (!closed && look_at_oldest(all, &closed))
		;
	return closed;
}

/* Take a place for one more. */
static void reserve(struct descriptors *all)
{
	pthread_mutex_lock(&all->lock);
	while (all->open >= all->limit && evict(all))
		;
	all->open++;
	pthread_mutex_unlock(&all->lock);
}

static void give_back(struct descriptors *all)
{
	pthread_mutex_lock(&all->lock);
	all->open--;
	pthread_mutex_unlock(&all->lock);
}

static int open_evicting(struct descriptors *all, const char *path)
{
	for (;;) {
		int fd = all->sys->open(path, SYS_READ);
		bool room;

		if (fd != -EMFILE && fd != -ENFILE)
			return fd;
		pthread_mutex_lock(&all->lock);
		room = evict(all);
		pthread_mutex_unlock(&all->lock);
		if (!room)
			return fd;
	}
}

static bool fail(struct run *failed, enum why why, int sys)
{
	*failed = (struct run){ .state = STATE_BAD, .why = why, .sys = sys };
	return false;
}

/* Open the path and see that it is still the same file. */
static bool open_same(struct descriptors *all, const char *path,
                      const struct identity *id, int *fd, struct sys_stat *st,
                      struct run *failed)
{
	int n = open_evicting(all, path);
	struct identity now;

	if (n < 0)
		return fail(failed, WHY_ERRNO, -n);
	*fd = n;
	n = all->sys->fstat(*fd, st);
	if (n == 0) {
		now = identity_of(st);
		if (identity_same(id, &now))
			return true;
	}
	(void)all->sys->close(*fd);
	return n < 0 ? fail(failed, WHY_ERRNO, -n)
	             : fail(failed, WHY_REPLACED, 0);
}

/* Give the file the descriptor, unless another thread was faster. */
static int publish(struct descriptors *all, struct descriptor *d, int fd)
{
	int spare = -1;

	pthread_mutex_lock(&all->lock);
	if (d->fd < 0) {
		d->fd = fd;
	} else {
		spare = fd;
		all->open--;
	}
	pin(d);
	fd = d->fd;
	pthread_mutex_unlock(&all->lock);
	if (spare >= 0)
		(void)all->sys->close(spare);
	return fd;
}

bool descriptors_pin(struct descriptors *all, struct descriptor *d,
                     const char *path, const struct identity *id, int *fd,
                     struct run *failed)
{
	struct sys_stat st;
	int mine;

	if (descriptors_pin_open(all, d, fd))
		return true;
	reserve(all);
	if (!open_same(all, path, id, &mine, &st, failed)) {
		give_back(all);
		return false;
	}
	descriptor_note(d, &st);
	*fd = publish(all, d, mine);
	return true;
}

bool descriptors_pin_open(struct descriptors *all, struct descriptor *d,
                          int *fd)
{
	bool open;

	pthread_mutex_lock(&all->lock);
	open = d->fd >= 0;
	if (open) {
		pin(d);
		*fd = d->fd;
	}
	pthread_mutex_unlock(&all->lock);
	return open;
}

void descriptors_unpin(struct descriptors *all, struct descriptor *d)
{
	pthread_mutex_lock(&all->lock);
	assert(d->pins > 0);
	d->pins--;
	settle(all, d);
	pthread_mutex_unlock(&all->lock);
}

void descriptors_keep(struct descriptors *all, struct descriptor *d, bool keep)
{
	pthread_mutex_lock(&all->lock);
	if (d->fd >= 0 && d->keep != keep) {
		d->keep = keep;
		settle(all, d);
	}
	pthread_mutex_unlock(&all->lock);
}

void descriptors_close(struct descriptors *all, struct descriptor *d)
{
	int fd = -1;

	pthread_mutex_lock(&all->lock);
	while (d->pins > 0)
		pthread_cond_wait(&all->looked, &all->lock);
	if (d->fd >= 0)
		fd = detach(all, d);
	pthread_mutex_unlock(&all->lock);
	if (fd >= 0)
		(void)all->sys->close(fd);
}
