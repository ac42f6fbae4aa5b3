/*
 * channel.c - see channel.h
 *
 * A ring under a mutex. A job that waits looks at its cancellation every few
 * milliseconds: to be woken for it, a channel would have to be known to the
 * pool.
 */
#include "config.h"

#include "base/channel.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/wait.h"

struct channel {
	pthread_mutex_t lock;
	pthread_cond_t room;
	unsigned char *items; /* owned */
	size_t size, cap;
	size_t first, count; /* under the lock */
};

struct channel *channel_new(size_t size, size_t cap, struct error *err)
{
	struct channel *channel = mem_zalloc(sizeof(*channel), err);

	assert(size > 0 && cap > 0);
	if (!channel)
		return NULL;
	channel->items = mem_resize(NULL, cap, size, err);
	if (!channel->items) {
		mem_free(channel);
		return NULL;
	}
	channel->size = size;
	channel->cap = cap;
	/* With default attributes these cannot fail on Linux. */
	(void)pthread_mutex_init(&channel->lock, NULL);
	(void)pthread_cond_init(&channel->room, NULL);
	return channel;
}

void channel_free(struct channel *channel)
{
	if (!channel)
		return;
	(void)pthread_cond_destroy(&channel->room);
	(void)pthread_mutex_destroy(&channel->lock);
	mem_free(channel->items);
	mem_free(channel);
}

bool channel_put(struct channel *channel, struct job *job, const void *item)
{
	bool cancelled, was_empty = false;
	size_t at;

	pthread_mutex_lock(&channel->lock);
	while (!(cancelled = job_cancelled(job)) &&
	       channel->count == channel->cap) {
		job_post(job);
		wait_a_little(&channel->room, &channel->lock);
	}
	if (!cancelled) {
		at = (channel->first + channel->count) % channel->cap;
		memcpy(channel->items + at * channel->size, item,
		       channel->size);
		was_empty = channel->count++ == 0;
	}
	pthread_mutex_unlock(&channel->lock);
	if (was_empty)
		job_post_soon(job);
	return !cancelled;
}

size_t channel_take(struct channel *channel, void *items, size_t n)
{
	unsigned char *to = items;
	size_t taken = 0;

	pthread_mutex_lock(&channel->lock);
	for (; taken < n && channel->count > 0; taken++) {
		memcpy(to + taken * channel->size,
		       channel->items + channel->first * channel->size,
		       channel->size);
		channel->first = (channel->first + 1) % channel->cap;
		channel->count--;
	}
	if (taken > 0)
		pthread_cond_signal(&channel->room);
	pthread_mutex_unlock(&channel->lock);
	return taken;
}
