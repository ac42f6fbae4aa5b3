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
#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "source/run.h"
#include "space/view.h"

/* Tests make them small. */
#ifndef HASHING_CHUNK
#define HASHING_CHUNK ((size_t)256 * 1024)
#endif
#ifndef HASHING_STEPS
#define HASHING_STEPS 4096
#endif

enum {
	RING = 8,
	LOOK_NS = 5000000, /* how often a waiting one looks at its job */
	SECOND_NS = 1000000000,
};

/* Bytes of a chunk that go on in a part, and what ends behind them. */
struct step {
	size_t off, len;
	bool ends;
	struct hashed part; /* if so */
};

struct chunk {
	unsigned char *bytes; /* owned: HASHING_CHUNK */
	struct step *steps;   /* owned */
	size_t count, cap;
	size_t parts;           /* that end in it */
	unsigned char *digests; /* owned: of each part, of each algorithm */
	size_t digest_cap;
	bool whole;  /* what begins in it ends in it, and the other way */
	size_t left; /* algorithms that have not had it */
};

/* What is to be read, before it is. */
struct piece_plan {
	uint64_t addr, len;
	size_t off;
	bool is_gap; /* nothing is to be read */
	bool ends;   /* it is the last one of its part */
	struct interval part;
};

struct hashing {
	struct hashing_plan plan;
	const struct algorithm *algorithms[ALGORITHMS_MAX];
	size_t count;
	struct digest **contexts; /* owned: count for each worker, and count */
	struct chunk ring[RING];
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
	/* of who reads */
	struct interval part;
	bool has_part, at_end;
	uint64_t pos, skipped, filled, done;
	uint64_t known; /* up to where what view_stretch() said holds */
	bool known_gap;
	struct piece_plan *pieces; /* owned */
	size_t piece_count, piece_cap;
	struct runs runs; /* owned */
};

/* --- making ---------------------------------------------------------------- */

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
	mem_free(h->pieces);
	runs_free(&h->runs);
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

/* --- reading: without the lock, one at a time ------------------------------- */

static bool plan_piece(struct hashing *h, struct piece_plan piece,
                       struct error *err)
{
	if (!mem_grow(&h->pieces, &h->piece_cap, h->piece_count + 1,
	              sizeof(*h->pieces), err))
		return false;
	piece.addr = h->pos;
	piece.part = h->part;
	h->pos += piece.len;
	piece.ends = h->pos == h->part.end;
	h->has_part = !piece.ends;
	h->pieces[h->piece_count++] = piece;
	return true;
}

/* How many bytes from h->pos on are of the same kind, as far as is known. */
static uint64_t known_run(struct hashing *h)
{
	if (h->pos >= h->known || h->pos == h->part.start)
		h->known_gap = view_stretch(h->plan.view, h->pos, &h->known) ==
		               STATE_GAP;
	return u64_min(h->known, h->part.end) - h->pos;
}

/* May a part go on in, or into, a chunk with `used` bytes? One that fits into a
   chunk is kept whole. */
static bool fits(const struct hashing *h, size_t used)
{
	uint64_t len = h->part.end - h->part.start;

	return h->pos > h->part.start || len > HASHING_CHUNK ||
	       len <= HASHING_CHUNK - used;
}

static bool have_part(struct hashing *h, struct error *err)
{
	bool there;

	if (h->has_part)
		return true;
	if (!h->plan.next(h->plan.arg, &h->part, &there, err))
		return false;
	h->at_end = !there;
	h->has_part = there;
	if (there)
		h->pos = h->part.start;
	return true;
}

/* What goes into the next chunk. */
static bool plan_chunk(struct hashing *h, struct error *err)
{
	bool fills = h->plan.unreadable.what == UNREADABLE_FILL;
	size_t used = 0;

	h->piece_count = 0;
	while (used < HASHING_CHUNK && h->piece_count < HASHING_STEPS) {
		struct piece_plan piece = { .off = used };

		if (!have_part(h, err))
			return false;
		if (h->at_end || !fits(h, used))
			return true;
		if (h->pos < h->part.end) {
			piece.len = known_run(h);
			piece.is_gap = h->known_gap;
		}
		if (!piece.is_gap || fills) {
			piece.len = u64_min(piece.len, HASHING_CHUNK - used);
			used += (size_t)piece.len;
		}
		if (!plan_piece(h, piece, err))
			return false;
	}
	return true;
}

static bool add_step(struct chunk *chunk, struct step step, struct error *err)
{
	struct step *last =
		chunk->count > 0 ? &chunk->steps[chunk->count - 1] : NULL;

	if (last && !last->ends && !step.ends &&
	    last->off + last->len == step.off) {
		last->len += step.len;
		return true;
	}
	if (!mem_grow(&chunk->steps, &chunk->cap, chunk->count + 1,
	              sizeof(step), err))
		return false;
	chunk->steps[chunk->count++] = step;
	chunk->parts += step.ends;
	return true;
}

/* Bytes of a piece that have no value. */
static bool lose(struct hashing *h, struct chunk *chunk,
                 const struct piece_plan *piece, uint64_t at, struct run run,
                 struct error *err)
{
	const struct unreadable *u = &h->plan.unreadable;
	uint64_t from = piece->addr + at - piece->part.start;
	struct step step = { .off = piece->off + (size_t)at };

	if (u->what == UNREADABLE_STOP)
		return unreadable_error(&run, piece->addr + at, err);
	if (u->what == UNREADABLE_SKIP) {
		h->skipped += run.len;
		return true;
	}
	h->filled += run.len;
	step.len = (size_t)run.len;
	for (size_t i = 0; i < step.len; i++)
		chunk->bytes[step.off + i] = unreadable_byte(u, from + i);
	return add_step(chunk, step, err);
}

static bool end_part(struct hashing *h, struct chunk *chunk,
                     const struct piece_plan *piece, struct error *err)
{
	struct step step = {
		.off = piece->off + (piece->is_gap ? 0 : (size_t)piece->len),
		.ends = true,
		.part = {
			.start = piece->part.start,
			.end = piece->part.end,
			.skipped = h->skipped,
			.filled = h->filled,
		},
	};

	h->skipped = h->filled = 0;
	return add_step(chunk, step, err);
}

/* What was read of a group of pieces, from run *idx on, of which `used` bytes
   are gone. */
static bool split_runs(struct hashing *h, struct chunk *chunk,
                       const struct piece_plan *piece, size_t *idx,
                       uint64_t *used, struct error *err)
{
	for (uint64_t at = 0; at < piece->len;) {
		struct run run = h->runs.v[*idx];
		bool ok;

		run.len = u64_min(run.len - *used, piece->len - at);
		if (state_has_bytes(run.state))
			ok = add_step(chunk,
			              (struct step){ .off = piece->off +
			                                    (size_t)at,
			                             .len = (size_t)run.len },
			              err);
		else
			ok = lose(h, chunk, piece, at, run, err);
		if (!ok)
			return false;
		at += run.len;
		*used += run.len;
		if (*used == h->runs.v[*idx].len) {
			++*idx;
			*used = 0;
		}
	}
	return !piece->ends || end_part(h, chunk, piece, err);
}

/* Pieces [from, to) lie one behind the other, in the space and in the chunk. */
static bool read_group(struct hashing *h, struct chunk *chunk, size_t from,
                       size_t to, struct error *err)
{
	const struct piece_plan *first = &h->pieces[from];
	size_t len = 0, idx = 0;
	uint64_t used = 0;

	for (size_t i = from; i < to; i++)
		len += (size_t)h->pieces[i].len;
	runs_clear(&h->runs);
	if (len > 0 &&
	    !view_read(h->plan.view, first->addr, chunk->bytes + first->off,
	               len, READ_PLAIN, &h->runs, err))
		return false;
	for (size_t i = from; i < to; i++)
		if (!split_runs(h, chunk, &h->pieces[i], &idx, &used, err))
			return false;
	return true;
}

static bool read_gap(struct hashing *h, struct chunk *chunk,
                     const struct piece_plan *piece, struct error *err)
{
	struct run gap = { .len = piece->len, .state = STATE_GAP };

	return lose(h, chunk, piece, 0, gap, err) &&
	       (!piece->ends || end_part(h, chunk, piece, err));
}

static bool read_pieces(struct hashing *h, struct chunk *chunk,
                        struct error *err)
{
	size_t to;

	for (size_t i = 0; i < h->piece_count; i = to) {
		const struct piece_plan *p = &h->pieces[i];
		uint64_t end = p->addr + p->len;

		to = i + 1;
		if (p->is_gap) {
			if (!read_gap(h, chunk, p, err))
				return false;
			continue;
		}
		while (to < h->piece_count && !h->pieces[to].is_gap &&
		       h->pieces[to].addr == end)
			end += h->pieces[to++].len;
		if (!read_group(h, chunk, i, to, err))
			return false;
	}
	return true;
}

/* Is there a part of which some was read? One may only have been looked at. */
static bool has_begun(const struct hashing *h)
{
	return h->has_part && h->pos > h->part.start;
}

/* What comes before something that goes wrong is in the chunk. */
static bool read_chunk(struct hashing *h, struct chunk *chunk,
                       struct error *err)
{
	bool begun = has_begun(h);
	struct error later;
	bool planned, ok;

	chunk->count = chunk->parts = 0;
	chunk->left = h->count;
	planned = plan_chunk(h, &later);
	ok = read_pieces(h, chunk, err);
	if (ok && !planned) {
		*err = later;
		ok = false;
	}
	chunk->whole = !begun && !has_begun(h);
	for (size_t i = 0; i < h->piece_count; i++)
		h->done += h->pieces[i].len;
	if (h->job)
		job_set_progress(h->job, h->done, h->plan.total);
	if (mem_grow(&chunk->digests, &chunk->digest_cap,
	             (chunk->parts + 1) * h->count, DIGEST_MAX, err))
		return ok;
	chunk->count = 0;
	return false;
}

/* --- the work: with the lock, but for what is said ------------------------- */

static void fail(struct hashing *h, const struct error *err)
{
	if (!h->failed)
		h->err = *err;
	h->failed = true;
}

static void read_on(struct hashing *h)
{
	struct chunk *chunk = &h->ring[h->read % RING];
	struct error err;
	bool ok;

	h->reading = true;
	pthread_mutex_unlock(&h->lock);
	ok = read_chunk(h, chunk, &err);
	pthread_mutex_lock(&h->lock);
	h->reading = false;
	if (!ok)
		fail(h, &err);
	/* What ended before a failure is still handed out. */
	h->ended = h->at_end || !ok;
	h->read++;
}

static bool give_steps(const struct hashing *h, const struct chunk *chunk,
                       size_t idx, struct digest *digest, struct error *err)
{
	unsigned char *out = chunk->digests + idx * DIGEST_MAX;

	for (size_t i = 0; i < chunk->count; i++) {
		const struct step *step = &chunk->steps[i];

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
	struct chunk *chunk = &h->ring[h->had[idx] % RING];
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

static bool take_parts(struct hashing *h, const struct chunk *chunk,
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
	const struct chunk *chunk = &h->ring[h->emitted % RING];
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

static void wait_a_little(struct hashing *h)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += LOOK_NS;
	if (until.tv_nsec >= SECOND_NS) {
		until.tv_nsec -= SECOND_NS;
		until.tv_sec++;
	}
	(void)pthread_cond_timedwait(&h->moved, &h->lock, &until);
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
			wait_a_little(h);
	h->closed = true;
	pthread_cond_broadcast(&h->moved);
	while (h->inside > 0)
		wait_a_little(h);
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
