/*
 * hashing.c - see hashing.h
 *
 * The chunks are small enough to stay in a processor's cache between the read
 * and the last digest. A worker takes a digest's next chunk if there is one,
 * else it reads the next, else it waits; so two digests take the time of the
 * slower one where there are two processors, and one digest does not wait for
 * the reads.
 *
 * H1  read - emitted <= RING; chunk n is ring[n % RING].
 * H2  A chunk is emitted when all algorithms have had it, and in order.
 * H3  A digest that is begun in one chunk and ends in another is that of
 *     contexts[workers], and its algorithm is `busy` while a worker has it. In
 *     chunks of whole parts every worker has contexts of its own.
 * H4  One worker reads, and one emits, at a time.
 */
#include "config.h"

#include "study/hashing.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/wait.h"
#include "study/hashing_read.h"

enum { RING = 8 };

struct hashing {
	struct hashing_plan plan;
	const struct algorithm *algorithms[ALGORITHMS_MAX];
	size_t count;
	struct digest **contexts; /* owned: count for each worker, and count */
	struct hashing_chunk ring[RING];
	pthread_mutex_t lock;
	pthread_cond_t moved; /* any of these */
	bool running, closed, stop;
	bool reading, ended, emitting;
	uint64_t read, emitted;       /* chunks */
	uint64_t had[ALGORITHMS_MAX]; /* chunks that were given to each */
	bool busy[ALGORITHMS_MAX];
	size_t helpers, inside; /* that have begun, that have not ended */
	struct job *job;
	bool failed;
	struct error err; /* if so: the first one */
	struct hashing_reader reader;
};

/* --- making -------------------------------------------------------------- */

static bool make_contexts(struct hashing *h, struct error *err)
{
	size_t all = (h->plan.workers + 1) * h->count;

	h->contexts = mem_zalloc(all * sizeof(struct digest *), err);
	if (!h->contexts)
		return false;
	for (size_t i = 0; i < all; i++) {
		h->contexts[i] = digest_new(h->algorithms[i % h->count], err);
		if (!h->contexts[i])
			return false;
	}
	return true;
}

static bool make_ring(struct hashing *h, struct error *err)
{
	for (size_t i = 0; i < RING; i++) {
		h->ring[i].bytes = mem_resize(NULL, HASHING_CHUNK, 1, err);
		if (!h->ring[i].bytes)
			return false;
	}
	return true;
}

struct hashing *hashing_new(const struct hashing_plan *plan, struct error *err)
{
	struct hashing *h = mem_zalloc(sizeof(*h), err);

	if (!h)
		return NULL;
	assert(plan->count > 0 && plan->count <= ALGORITHMS_MAX);
	h->plan = *plan;
	h->count = plan->count;
	memcpy(h->algorithms, plan->algorithms,
	       plan->count * sizeof(h->algorithms[0]));
	h->plan.algorithms = NULL;
	h->reader.plan = &h->plan;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->moved, NULL);
	if (make_contexts(h, err) && make_ring(h, err))
		return h;
	hashing_free(h);
	return NULL;
}

void hashing_free(struct hashing *h)
{
	size_t all;

	if (!h)
		return;
	all = h->contexts ? (h->plan.workers + 1) * h->count : 0;
	for (size_t i = 0; i < all; i++)
		digest_free(h->contexts[i]);
	mem_free(h->contexts);
	for (size_t i = 0; i < RING; i++) {
		mem_free(h->ring[i].bytes);
		mem_free(h->ring[i].steps);
		mem_free(h->ring[i].digests);
	}
	hashing_reader_free(&h->reader);
	pthread_cond_destroy(&h->moved);
	pthread_mutex_destroy(&h->lock);
	mem_free(h);
}

size_t hashing_workers(size_t threads, size_t algorithms, uint64_t part)
{
	if (part > HASHING_CHUNK)
		threads = size_min(threads, algorithms + 1);
	return size_min(threads, RING);
}

/* --- the work: with the lock, but for what is said ----------------------- */

static void fail(struct hashing *h, const struct error *err)
{
	if (!h->failed)
		h->err = *err;
	h->failed = true;
}

static void read_on(struct hashing *h)
{
	struct hashing_chunk *chunk = &h->ring[h->read % RING];
	struct error err;
	bool ok;

	h->reading = true;
	pthread_mutex_unlock(&h->lock);
	ok = hashing_read(&h->reader, chunk, &err);
	if (h->job)
		job_set_progress(h->job, h->reader.done, h->plan.total);
	pthread_mutex_lock(&h->lock);
	h->reading = false;
	if (!ok)
		fail(h, &err);
	/* What ended before a failure is still handed out. */
	h->ended = h->reader.at_end || !ok;
	h->read++;
}

static bool give_steps(const struct hashing *h,
                       const struct hashing_chunk *chunk, size_t idx,
                       struct digest *digest, struct error *err)
{
	unsigned char *out = chunk->digests + idx * DIGEST_MAX;

	for (size_t i = 0; i < chunk->count; i++) {
		const struct hashing_step *step = &chunk->steps[i];

		if (step->len > 0)
			digest_add(digest, chunk->bytes + step->off, step->len);
		if (!step->ends)
			continue;
		if (!digest_end(digest, out, err))
			return false;
		out += h->count * DIGEST_MAX;
	}
	return true;
}

/* The next chunk of an algorithm. */
static void give(struct hashing *h, size_t idx, size_t worker)
{
	struct hashing_chunk *chunk = &h->ring[h->had[idx] % RING];
	size_t at = chunk->whole ? worker : h->plan.workers;
	struct error err;
	bool ok;

	h->had[idx]++;
	if (!chunk->whole)
		h->busy[idx] = true;
	pthread_mutex_unlock(&h->lock);
	ok = give_steps(h, chunk, idx, h->contexts[at * h->count + idx], &err);
	pthread_mutex_lock(&h->lock);
	if (!ok) {
		fail(h, &err);
		h->stop = true;
	}
	if (!chunk->whole)
		h->busy[idx] = false;
	chunk->left--;
}

static bool take_parts(struct hashing *h, const struct hashing_chunk *chunk,
                       struct error *err)
{
	const unsigned char *digests = chunk->digests;

	for (size_t i = 0; i < chunk->count; i++) {
		struct hashed part = chunk->steps[i].part;

		if (!chunk->steps[i].ends)
			continue;
		part.digests = digests;
		digests += h->count * DIGEST_MAX;
		if (!h->plan.take(h->plan.arg, &part, err))
			return false;
	}
	return true;
}

static void emit(struct hashing *h)
{
	const struct hashing_chunk *chunk = &h->ring[h->emitted % RING];
	struct error err;
	bool ok;

	h->emitting = true;
	pthread_mutex_unlock(&h->lock);
	ok = take_parts(h, chunk, &err);
	pthread_mutex_lock(&h->lock);
	h->emitting = false;
	h->emitted++;
	if (!ok) {
		fail(h, &err);
		h->stop = true;
	}
}

/* The algorithm that has had the fewest chunks, of those that can go on; count
   if there is none. */
static size_t waiting(const struct hashing *h)
{
	size_t best = h->count;

	for (size_t i = 0; i < h->count; i++)
		if (!h->busy[i] && h->had[i] < h->read &&
		    (best == h->count || h->had[i] < h->had[best]))
			best = i;
	return best;
}

static bool is_done(const struct hashing *h)
{
	return h->stop || (h->ended && !h->reading && h->emitted == h->read);
}

/* One thing that is to be done. False: there is nothing now. */
static bool work_once(struct hashing *h, size_t worker)
{
	size_t idx = waiting(h);

	if (!h->emitting && h->emitted < h->read &&
	    h->ring[h->emitted % RING].left == 0)
		emit(h);
	else if (idx < h->count)
		give(h, idx, worker);
	else if (!h->reading && !h->ended && h->read - h->emitted < RING)
		read_on(h);
	else
		return false;
	pthread_cond_broadcast(&h->moved);
	return true;
}

static void look_at_job(struct hashing *h)
{
	struct error err;

	if (h->stop || !h->job || !job_cancelled(h->job))
		return;
	error_set(&err, ERR_CANCELLED, "cancelled");
	h->failed = false;
	fail(h, &err);
	h->stop = true;
	pthread_cond_broadcast(&h->moved);
}

bool hashing_run(struct hashing *h, struct job *job, struct error *err)
{
	pthread_mutex_lock(&h->lock);
	h->job = job;
	h->running = true;
	pthread_cond_broadcast(&h->moved);
	while (look_at_job(h), !is_done(h))
		if (!work_once(h, 0))
			wait_a_little(&h->moved, &h->lock);
	h->closed = true;
	pthread_cond_broadcast(&h->moved);
	while (h->inside > 0)
		wait_a_little(&h->moved, &h->lock);
	pthread_mutex_unlock(&h->lock);
	if (!h->failed)
		return true;
	*err = h->err;
	return false;
}

void hashing_help(struct hashing *h)
{
	size_t worker = 0;

	pthread_mutex_lock(&h->lock);
	while (!h->running && !h->closed)
		pthread_cond_wait(&h->moved, &h->lock);
	if (!h->closed && h->helpers + 1 < h->plan.workers) {
		worker = ++h->helpers;
		h->inside++;
	}
	while (worker > 0 && !is_done(h))
		if (!work_once(h, worker))
			pthread_cond_wait(&h->moved, &h->lock);
	h->inside -= worker > 0;
	pthread_cond_broadcast(&h->moved);
	pthread_mutex_unlock(&h->lock);
}

void hashing_close(struct hashing *h)
{
	pthread_mutex_lock(&h->lock);
	h->closed = true;
	pthread_cond_broadcast(&h->moved);
	pthread_mutex_unlock(&h->lock);
}
