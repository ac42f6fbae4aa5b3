/*
 * parallel.c - all matches of a range by several workers
 *
 * A walk through a chunk is a guess: the one walk may come to it late, inside
 * of the chunk, from a match that reaches into it. Putting together is then:
 * drop the guessed matches that begin before that place; if the last of them
 * ends at it or before, the guess sought the next match from no later than the
 * one walk does, and found the same. Else walk on alone from there, match by
 * match, until that is so. Mostly it is at once or after a few; where it never
 * is, the result is still right, and found by one worker.
 *
 * A match that is kept takes 8 bytes. Chunks are put together in their order
 * by whoever finishes the one that is next; the others run ahead, far enough to
 * have work while that one's processor is taken away, but no further than there
 * is room, so that memory does not grow with the range. Nor with how close the
 * matches are: a guess ends when it has as many as are kept, the chunks to come
 * are made shorter, or longer again, so that few guesses do, and nobody runs
 * ahead of many matches.
 *
 * A failure in a guess may be none: the one walk may not come to that place.
 * The guess ends there, and the chunk is walked on from its last match.
 *
 * L1 Slots hold the chunks [done, done + ROOM * workers); chunk i is in slot
 *    i modulo their number. Chunks from `next` on are not begun; the first of
 *    them starts at next_start.
 * L2 One worker at a time is stitching; it alone touches place, stopped, error,
 *    and slots that are ready. `stopped` only changes from false to true.
 * L3 Before every chunk, place is where the one walk would go on from.
 */
#include "config.h"

#include "find/parallel.h"

#include <assert.h>
#include <pthread.h>

#include "base/error.h"
#include "base/mem.h"

/* Test builds make it small. */
#ifndef PARALLEL_KEPT
#define PARALLEL_KEPT ((size_t)1 << 16) /* matches of a chunk */
#endif

enum {
	ROOM = 16,
	AHEAD = 2,  /* times PARALLEL_KEPT matches for each worker */
	SHORT = 16, /* the first chunks are so many times shorter */
	/* A kept match: its place in the chunk, length and kind. */
	LEN_SHIFT = 24,
	KIND_SHIFT = 56,
};

struct slot {
	uint64_t *matches; /* owned */
	size_t count;
	size_t cap;
	uint64_t start, end;
	uint64_t seen;
	bool is_ready;
	bool has_failed; /* the guess ends with its last match */
};

struct parallel {
	struct parallel_plan plan;
	pthread_mutex_t lock;
	pthread_cond_t moved;      /* done, or stopped */
	uint64_t next, next_start; /* L1 */
	uint64_t done;
	size_t kept;    /* matches in slots that are ready */
	uint64_t chunk; /* how long the next one may be */
	bool is_stitching;
	bool stopped;   /* L2; written under the lock */
	uint64_t place; /* L3 */
	bool has_failed;
	struct error error;
	size_t slot_count;
	struct slot *slots; /* owned */
};

static uint64_t behind(const struct parallel *p,
                       const struct parallel_match *match)
{
	return match->addr + (p->plan.overlapping ? 1 : match->len);
}

static struct parallel_match match_at(const struct slot *slot, size_t i)
{
	uint64_t kept = slot->matches[i];

	return (struct parallel_match){
		.addr = slot->start + (kept & ((1u << LEN_SHIFT) - 1)),
		.len = kept >> LEN_SHIFT & UINT32_MAX,
		.kind = (unsigned)(kept >> KIND_SHIFT),
	};
}

/* --- guessing --- */

/* A match that there is no memory for, or no room, ends the guess. */
static bool keep(void *arg, const struct parallel_match *match)
{
	struct slot *slot = arg;
	struct error err;

	assert(match->addr - slot->start < PARALLEL_CHUNK && match->len > 0 &&
	       match->len <= PARALLEL_LENGTH && match->kind <= PARALLEL_KIND);
	if (slot->count == PARALLEL_KEPT ||
	    !mem_grow(&slot->matches, &slot->cap, slot->count + 1,
	              sizeof(*slot->matches), &err)) {
		slot->has_failed = true;
		return false;
	}
	slot->matches[slot->count++] = (match->addr - slot->start) |
	                               match->len << LEN_SHIFT |
	                               (uint64_t)match->kind << KIND_SHIFT;
	return true;
}

static void guess(struct parallel *p, struct slot *slot, void *searcher)
{
	struct error err;

	slot->count = 0;
	slot->has_failed = false;
	slot->seen = slot->start;
	if (!p->plan.walk(searcher, slot->start, slot->end, &slot->seen, keep,
	                  slot, &err))
		slot->has_failed = true;
}

/* --- putting together --- */

/* Of the worker that does it. */
struct stitch {
	struct parallel *p;
	struct slot *slot;
	size_t i; /* the first guessed match at or behind the place */
	bool stop;
};

static bool give(void *arg, const struct parallel_match *match)
{
	struct stitch *s = arg;

	s->p->place = behind(s->p, match);
	if (!s->p->plan.take(s->p->plan.arg, match))
		s->stop = true;
	return !s->stop;
}

/* Would the guess have found the same from this place? */
static bool is_agreed(struct stitch *s)
{
	struct parallel_match last;

	while (s->i < s->slot->count &&
	       match_at(s->slot, s->i).addr < s->p->place)
		s->i++;
	if (s->i == 0)
		return true;
	last = match_at(s->slot, s->i - 1);
	return behind(s->p, &last) <= s->p->place;
}

static bool give_alone(void *arg, const struct parallel_match *match)
{
	struct stitch *s = arg;

	return give(s, match) && !is_agreed(s);
}

/* Walk from the place to the end of the chunk, or until take says no. */
static void walk_on(struct stitch *s, void *searcher, parallel_take *take)
{
	struct parallel *p = s->p;
	uint64_t end = s->slot->end;
	uint64_t from = u64_min(p->place, end);

	if (s->stop || (from == end && s->slot->seen == end))
		return;
	if (!p->plan.walk(searcher, from, end, &s->slot->seen, take, s,
	                  &p->error)) {
		p->has_failed = true;
		s->stop = true;
	}
}

/* False: give no more. */
static bool stitch(struct parallel *p, struct slot *slot, void *searcher)
{
	struct stitch s = { .p = p, .slot = slot };

	p->place = u64_max(p->place, slot->start);
	if (p->place < slot->end && !is_agreed(&s)) {
		walk_on(&s, searcher, give_alone);
		if (s.stop || !is_agreed(&s))
			return !s.stop;
	}
	while (p->place < slot->end && s.i < slot->count && !s.stop) {
		struct parallel_match match = match_at(slot, s.i++);

		(void)give(&s, &match);
	}
	if (slot->has_failed)
		walk_on(&s, searcher, give);
	return !s.stop;
}

/* What many matches took is not kept for the next ones. */
static void release(struct slot *slot)
{
	if (slot->cap <= PARALLEL_KEPT / ROOM)
		return;
	mem_free(slot->matches);
	slot->matches = NULL;
	slot->cap = 0;
}

/* Put together what is ready, unless another worker does. With the lock. */
static void stitch_ready(struct parallel *p, void *searcher)
{
	if (p->is_stitching)
		return;
	p->is_stitching = true;
	while (!p->stopped && p->done < p->next) {
		struct slot *slot = &p->slots[p->done % p->slot_count];
		bool go_on;

		if (!slot->is_ready)
			break;
		pthread_mutex_unlock(&p->lock);
		go_on = stitch(p, slot, searcher);
		release(slot);
		pthread_mutex_lock(&p->lock);
		slot->is_ready = false;
		p->kept -= slot->count;
		p->stopped = !go_on;
		p->done++;
		pthread_cond_broadcast(&p->moved);
	}
	p->is_stitching = false;
}

/* How long chunks are to be, after one that was walked through. With the
   lock. */
static void adapt(struct parallel *p, const struct slot *slot)
{
	if (slot->count > PARALLEL_KEPT / 2)
		p->chunk = u64_max(p->chunk / 2, 1);
	else if (slot->count < PARALLEL_KEPT / 8)
		p->chunk = u64_min(p->chunk * 2, p->plan.chunk);
}

static bool has_room(const struct parallel *p)
{
	return p->next - p->done < p->slot_count &&
	       p->kept <= AHEAD * p->plan.workers * PARALLEL_KEPT;
}

/* The last chunks are shorter again, so that no worker is left alone for
   long. */
static uint64_t length_of_next(const struct parallel *p)
{
	uint64_t left = p->plan.end - p->next_start;
	uint64_t share = left / (2 * p->plan.workers);

	if (p->plan.workers == 1)
		return p->chunk;
	share = u64_max(share, u64_max(p->plan.chunk / SHORT, 1));
	return u64_min(p->chunk, share);
}

/* Begin the next chunk. With the lock. */
static struct slot *begin(struct parallel *p)
{
	struct slot *slot = &p->slots[p->next++ % p->slot_count];

	slot->start = p->next_start;
	slot->end = p->next_start =
		p->plan.cut(p->plan.arg, slot->start, length_of_next(p));
	assert(slot->end > slot->start && slot->end <= p->plan.end);
	return slot;
}

void parallel_work(struct parallel *p, void *searcher)
{
	pthread_mutex_lock(&p->lock);
	for (;;) {
		struct slot *slot;

		while (!p->stopped && p->next_start < p->plan.end &&
		       !has_room(p))
			pthread_cond_wait(&p->moved, &p->lock);
		if (p->stopped || p->next_start == p->plan.end)
			break;
		slot = begin(p);
		pthread_mutex_unlock(&p->lock);
		guess(p, slot, searcher);
		pthread_mutex_lock(&p->lock);
		adapt(p, slot);
		p->kept += slot->count;
		slot->is_ready = true;
		stitch_ready(p, searcher);
	}
	pthread_mutex_unlock(&p->lock);
}

/* --- beginning and end --- */

struct parallel *parallel_new(const struct parallel_plan *plan,
                              struct error *err)
{
	struct parallel *p = mem_zalloc(sizeof(*p), err);

	assert(plan->workers > 0 && plan->chunk > 0 &&
	       plan->chunk <= PARALLEL_CHUNK);
	if (!p)
		return NULL;
	p->plan = *plan;
	p->place = p->next_start = plan->start;
	p->chunk = u64_max(plan->chunk / SHORT, 1);
	p->slot_count = ROOM * plan->workers;
	p->slots = mem_zalloc(p->slot_count * sizeof(*p->slots), err);
	if (!p->slots) {
		mem_free(p);
		return NULL;
	}
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->moved, NULL);
	return p;
}

void parallel_free(struct parallel *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->slot_count; i++)
		mem_free(p->slots[i].matches);
	mem_free(p->slots);
	pthread_cond_destroy(&p->moved);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}

bool parallel_result(const struct parallel *p, struct error *err)
{
	if (p->has_failed)
		*err = p->error;
	return !p->has_failed;
}
