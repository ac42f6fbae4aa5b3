/*
 * channel.h - results on their way from a job to the owner of its pool
 *
 * A bounded queue of items of one size: a job that finds faster than its owner
 * takes waits, so that memory stays bounded whatever is found.
 *
 *	job:    channel_put() .. channel_put() ..
 *	owner:  POOL_PROGRESS -> channel_take() until it gives nothing
 *
 * Threads: (job) is for the job's function, (owner) for the pool's owner.
 */
#ifndef BASE_CHANNEL_H
#define BASE_CHANNEL_H

#include "base/base.h"

struct channel;
struct error;
struct job;

/* For at most `cap` > 0 items of `size` > 0 bytes that wait. ERR_NOMEM. */
struct channel *channel_new(size_t size, size_t cap,
                            struct error *err) MUST_USE;
/* When no job uses it any more. NULL is allowed. */
void channel_free(struct channel *channel);

/* Copy an item in, and post the job when there was none, soon; waits while the
   channel is full. False: the job was cancelled. (job) */
bool channel_put(struct channel *channel, struct job *job,
                 const void *item) MUST_USE;

/* Copy out the oldest items, at most n; returns how many. Never waits.
   (owner) */
size_t channel_take(struct channel *channel, void *items, size_t n);

#endif
