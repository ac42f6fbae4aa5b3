/*
 * store.c - see store.h
 *
 * Chunks that double in size and never move: a reader in another thread needs
 * no lock, and there are so few that their table has a fixed size. What is
 * allocated and not yet used of a large chunk takes no memory from the system.
 *
 *	chunk 0: 4K  chunk 1: 8K       chunk 2: 16K               ..
 *
 * What is put away is an image, as are the bytes that a flush has overwritten:
 * they have offsets of their own. That of a byte never changes.
 *
 * Fills are kept likewise, sorted by position, since positions only go up. Only
 * the count of them is read and written at the same time.
 */
#include "config.h"

#include "edit/store.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/fill.h"
#include "source/run.h"

/* Tests make these small. */
#ifndef STORE_CHUNK
#define STORE_CHUNK 4096
#endif
#ifndef STORE_LONG
#define STORE_LONG 4096 /* bytes that are put away */
#endif

/* What first chunks hold is a power of two: dividing takes long. */
enum { CHUNKS = 50, FILLS = 64, IMAGES = 4 };

#define POSITION_MAX (UINT64_C(1) << 62)
#define IMAGE_BASE   STORE_IMAGES

/* An array that grows without moving. */
struct chunks {
	void *v[CHUNKS]; /* owned */
	unsigned first;  /* the first chunk has 2^first items */
	size_t item;     /* bytes of an item */
};

struct fill {
	uint64_t pos;    /* of its first byte */
	uint64_t off;    /* in the store: the pattern, or the key */
	uint64_t period; /* of the pattern; 0: random */
};

struct image {
	uint64_t pos; /* of its first byte */
	uint64_t at;  /* where that is in what the image has */
	struct store_image image;
};

struct store {
	atomic_size_t refs;
	pthread_mutex_t put; /* held by who puts something */
	uint64_t size;
	uint64_t positions; /* given out */
	atomic_size_t fill_count;
	struct chunks bytes;
	struct chunks fills;      /* struct fill */
	uint64_t image_positions; /* given out */
	atomic_size_t image_count;
	struct chunks images;   /* struct image */
	struct store_away away; /* the engine's */
};

/* --- chunks -------------------------------------------------------------- */

static struct chunks chunks_of(unsigned first, size_t item)
{
	return (struct chunks){
		.first = (unsigned)__builtin_ctz(first),
		.item = item,
	};
}

/* Which chunk holds item idx; *start is the index of its first item. */
static unsigned chunk_of(const struct chunks *c, uint64_t idx, uint64_t *start)
{
	unsigned k = 63 - (unsigned)__builtin_clzll((idx >> c->first) + 1);

	*start = ((UINT64_C(1) << k) - 1) << c->first;
	return k;
}

/* Item idx; *n is how many follow it in memory, itself counted. */
static void *chunks_at(const struct chunks *c, uint64_t idx, uint64_t *n)
{
	uint64_t start;
	unsigned k = chunk_of(c, idx, &start);

	*n = (UINT64_C(1) << c->first << k) - (idx - start);
	return (unsigned char *)c->v[k] + (idx - start) * c->item;
}

/* See that items [from, to) have memory. */
static bool chunks_grow(struct chunks *c, uint64_t from, uint64_t to,
                        struct error *err)
{
	uint64_t start, items;

	for (; from < to; from = start + items) {
		unsigned k = chunk_of(c, from, &start);

		items = UINT64_C(1) << c->first << k;

		if (k >= CHUNKS || items > SIZE_MAX / c->item)
			return error_set(err, ERR_NOMEM,
			                 "out of memory (%" PRIu64 " edits)",
			                 from);
		if (!c->v[k])
			c->v[k] = mem_zalloc((size_t)items * c->item, err);
		if (!c->v[k])
			return false;
	}
	return true;
}

static void chunks_free(struct chunks *c)
{
	for (size_t i = 0; i < CHUNKS; i++)
		mem_free(c->v[i]);
}

/* --- the store ----------------------------------------------------------- */

struct store *store_new(struct error *err)
{
	struct store *store = mem_zalloc(sizeof(*store), err);

	if (!store)
		return NULL;
	atomic_init(&store->refs, 1);
	pthread_mutex_init(&store->put, NULL);
	atomic_init(&store->fill_count, 0);
	atomic_init(&store->image_count, 0);
	store->bytes = chunks_of(STORE_CHUNK, 1);
	store->fills = chunks_of(FILLS, sizeof(struct fill));
	store->images = chunks_of(IMAGES, sizeof(struct image));
	return store;
}

struct store *store_ref(struct store *store)
{
	atomic_fetch_add_explicit(&store->refs, 1, memory_order_relaxed);
	return store;
}

void store_unref(struct store *store)
{
	uint64_t n;

	if (!store || atomic_fetch_sub_explicit(&store->refs, 1,
	                                        memory_order_acq_rel) > 1)
		return;
	for (size_t i = 0; i < atomic_load(&store->image_count); i++) {
		const struct image *image = chunks_at(&store->images, i, &n);

		image->image.free(image->image.ctx);
	}
	chunks_free(&store->images);
	chunks_free(&store->bytes);
	chunks_free(&store->fills);
	pthread_mutex_destroy(&store->put);
	mem_free(store);
}

#ifdef TEST_HOOKS
uint64_t store_size(const struct store *store)
{
	return store->size;
}
#endif

void store_set_away(struct store *store, const struct store_away *away)
{
	store->away = away ? *away : (struct store_away){ 0 };
}

static bool put_in_memory(struct store *store, const void *bytes, size_t len,
                          struct piece *out, struct error *err)
{
	const unsigned char *from = bytes;
	uint64_t n;

	if (!chunks_grow(&store->bytes, store->size, store->size + len, err))
		return false;
	*out = (struct piece){ .len = len,
		               .off = store->size,
		               .tag = PIECE_STORE | PIECE_EDITED };
	for (; len > 0; len -= (size_t)n, from += n, store->size += n) {
		void *to = chunks_at(&store->bytes, store->size, &n);

		n = u64_min(n, len);
		memcpy(to, from, (size_t)n);
	}
	return true;
}

static void copy_out(const struct store *store, uint64_t off, void *buf,
                     size_t len)
{
	unsigned char *to = buf;
	uint64_t n;

	for (; len > 0; len -= (size_t)n, to += n, off += n) {
		const void *from = chunks_at(&store->bytes, off, &n);

		n = u64_min(n, len);
		memcpy(to, from, (size_t)n);
	}
}

/* --- fills --------------------------------------------------------------- */

static bool add_fill(struct store *store, const void *bytes, size_t count,
                     uint64_t period, uint64_t len, struct piece *out,
                     struct error *err)
{
	size_t at =
		atomic_load_explicit(&store->fill_count, memory_order_relaxed);
	uint64_t n;
	struct piece put;
	struct fill *fill;

	if (len > STORE_FILL_MAX || len > POSITION_MAX - store->positions)
		return error_set(err, ERR_LIMIT,
		                 "a fill of 0x%" PRIx64 " bytes is too long",
		                 len);
	if (!chunks_grow(&store->fills, at, (uint64_t)at + 1, err) ||
	    !put_in_memory(store, bytes, count, &put, err))
		return false;
	fill = chunks_at(&store->fills, at, &n);
	*fill = (struct fill){ store->positions, put.off, period };
	*out = (struct piece){ .len = len,
		               .off = store->positions,
		               .tag = PIECE_FILL | PIECE_EDITED };
	store->positions += len;
	atomic_store_explicit(&store->fill_count, at + 1, memory_order_release);
	return true;
}

static bool put_fill(struct store *store, const void *bytes, size_t count,
                     uint64_t period, uint64_t len, struct piece *out,
                     struct error *err)
{
	bool ok;

	pthread_mutex_lock(&store->put);
	ok = add_fill(store, bytes, count, period, len, out, err);
	pthread_mutex_unlock(&store->put);
	return ok;
}

bool store_put_fill(struct store *store, const void *pattern, size_t period,
                    uint64_t len, struct piece *out, struct error *err)
{
	assert(period > 0 && period <= STORE_PATTERN_MAX);
	return put_fill(store, pattern, period, period, len, out, err);
}

bool store_put_random(struct store *store, const unsigned char *key,
                      uint64_t len, struct piece *out, struct error *err)
{
	return put_fill(store, key, FILL_KEY, 0, len, out, err);
}

/* The fill that a position belongs to; *end is where the next one begins. */
static struct fill fill_at(const struct store *store, uint64_t pos,
                           uint64_t *end)
{
	size_t lo = 0;
	size_t hi =
		atomic_load_explicit(&store->fill_count, memory_order_acquire);
	struct fill found = { 0 };
	uint64_t n;

	*end = POSITION_MAX;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct fill *fill = chunks_at(&store->fills, mid, &n);

		if (fill->pos <= pos) {
			found = *fill;
			lo = mid + 1;
		} else {
			*end = fill->pos;
			hi = mid;
		}
	}
	return found;
}

/* len bytes of a pattern that stands at `off` of the store, from its byte
   `phase` on. */
static void repeat(const struct store *store, uint64_t off, size_t period,
                   size_t phase, unsigned char *buf, size_t len)
{
	size_t tail = size_min(period - phase, len);

	copy_out(store, off + phase, buf, tail);
	copy_out(store, off, buf + tail, size_min(phase, len - tail));
	if (len > period)
		fill_repeat(buf, period, len);
}

static void compute(const struct store *store, uint64_t pos, unsigned char *buf,
                    size_t len)
{
	unsigned char key[FILL_KEY];

	while (len > 0) {
		uint64_t end;
		struct fill fill = fill_at(store, pos, &end);
		size_t n = (size_t)u64_min(end - pos, len);
		uint64_t at = pos - fill.pos;

		if (fill.period > 0) {
			repeat(store, fill.off, (size_t)fill.period,
			       (size_t)(at % fill.period), buf, n);
		} else {
			copy_out(store, fill.off, key, FILL_KEY);
			fill_random(key, at, buf, n);
		}
		buf += n;
		pos += n;
		len -= n;
	}
}

struct store_fill store_fill(const struct store *store, uint64_t pos,
                             unsigned char bytes[static STORE_PATTERN_MAX])
{
	uint64_t end;
	struct fill fill = fill_at(store, pos, &end);
	uint64_t at = pos - fill.pos;

	copy_out(store, fill.off, bytes,
	         fill.period > 0 ? (size_t)fill.period : FILL_KEY);
	return (struct store_fill){
		.len = end - pos,
		.phase = fill.period > 0 ? at % fill.period : at,
		.period = (size_t)fill.period,
	};
}

/* --- images -------------------------------------------------------------- */

static bool put_image(struct store *store, uint64_t len,
                      const struct store_image *image, uint64_t from,
                      struct piece *out, struct error *err)
{
	size_t at =
		atomic_load_explicit(&store->image_count, memory_order_relaxed);
	struct image *put;
	uint64_t n;

	if (len > IMAGE_BASE - store->image_positions)
		return error_set(err, ERR_LIMIT, "too many bytes are written");
	if (!chunks_grow(&store->images, at, (uint64_t)at + 1, err))
		return false;
	put = chunks_at(&store->images, at, &n);
	*put = (struct image){ store->image_positions, from, *image };
	*out = (struct piece){ .len = len,
		               .off = IMAGE_BASE + store->image_positions,
		               .tag = PIECE_STORE | PIECE_EDITED };
	store->image_positions += len;
	atomic_store_explicit(&store->image_count, at + 1,
	                      memory_order_release);
	return true;
}

bool store_put_image(struct store *store, uint64_t len,
                     const struct store_image *image, struct piece *out,
                     struct error *err)
{
	bool ok;

	pthread_mutex_lock(&store->put);
	ok = put_image(store, len, image, 0, out, err);
	pthread_mutex_unlock(&store->put);
	return ok;
}

/* One piece, for the positions of its parts follow each other. */
static bool put_away(struct store *store, const unsigned char *bytes,
                     size_t len, struct piece *out, struct error *err)
{
	struct store_image image;
	struct piece part, all = { 0 };
	uint64_t from;
	size_t took;

	for (size_t at = 0; at < len; at += took) {
		if (!store->away.put(store->away.ctx, bytes + at, len - at,
		                     &took, &image, &from, err))
			return false;
		assert(took > 0 || at == 0);
		if (took == 0)
			return put_in_memory(store, bytes, len, out, err);
		if (!put_image(store, took, &image, from, &part, err)) {
			image.free(image.ctx);
			return false;
		}
		if (at == 0)
			all = part;
	}
	all.len = len;
	*out = all;
	return true;
}

bool store_put(struct store *store, const void *bytes, size_t len,
               struct piece *out, struct error *err)
{
	bool ok;

	pthread_mutex_lock(&store->put);
	if (len < STORE_LONG || !store->away.put)
		ok = put_in_memory(store, bytes, len, out, err);
	else
		ok = put_away(store, bytes, len, out, err);
	pthread_mutex_unlock(&store->put);
	return ok;
}

/* The image that a position belongs to; *end is where the next one begins. */
static const struct image *image_at(const struct store *store, uint64_t pos,
                                    uint64_t *end)
{
	size_t lo = 0;
	size_t hi =
		atomic_load_explicit(&store->image_count, memory_order_acquire);
	const struct image *found = NULL;
	uint64_t n;

	*end = IMAGE_BASE;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct image *image = chunks_at(&store->images, mid, &n);

		if (image->pos <= pos) {
			found = image;
			lo = mid + 1;
		} else {
			*end = image->pos;
			hi = mid;
		}
	}
	assert(found);
	return found;
}

const struct store_image *store_image_of(const struct store *store,
                                         const struct piece *piece,
                                         uint64_t *at, uint64_t *len)
{
	uint64_t pos = piece->off - IMAGE_BASE;
	uint64_t end;
	const struct image *image = image_at(store, pos, &end);

	assert(store_is_image(piece));
	*at = image->at + (pos - image->pos);
	*len = u64_min(piece->len, end - pos);
	return &image->image;
}

/* Read run->len bytes, or fewer that are alike. */
static void read_image(const struct store_image *image, uint64_t at,
                       unsigned char *buf, struct run *run)
{
	struct error why = { 0 };

	run->state = STATE_DATA;
	run->why = 0;
	run->sys = 0;
	if (image->read(image->ctx, at, buf, (size_t)run->len, &why))
		return;
	if (why.has_addr)
		run->len = u64_min(run->len, why.addr - at);
	if (why.has_addr && why.code == ERR_RANGE &&
	    image->read(image->ctx, at, buf, (size_t)run->len, &why))
		return;
	run->state = STATE_BAD;
	run->why = WHY_ERRNO;
	run->sys = why.sys ? why.sys : EIO;
}

static bool read_images(const struct store *store, struct run run, uint64_t pos,
                        unsigned char *buf, uint64_t len, struct runs *runs,
                        struct error *err)
{
	struct runs_mark mark = runs_mark(runs);

	while (len > 0) {
		uint64_t end;
		const struct image *image = image_at(store, pos, &end);

		run.len = u64_min(len, end - pos);
		read_image(&image->image, image->at + (pos - image->pos), buf,
		           &run);
		if (!runs_add(runs, run, err)) {
			runs_undo(runs, mark);
			return false;
		}
		buf += run.len;
		pos += run.len;
		len -= run.len;
	}
	return true;
}

/* --- reading ------------------------------------------------------------- */

void store_expect(const struct store *store, const struct piece *v,
                  size_t count)
{
	uint64_t n;

	for (size_t i = 0; i < count; i++)
		if ((v[i].tag & PIECE_KIND) == PIECE_STORE &&
		    !store_is_image(&v[i]))
			__builtin_prefetch(
				chunks_at(&store->bytes, v[i].off, &n));
}

void store_copy(const struct store *store, const struct piece *piece, void *buf)
{
	if ((piece->tag & PIECE_KIND) == PIECE_STORE)
		copy_out(store, piece->off, buf, (size_t)piece->len);
	else
		compute(store, piece->off, buf, (size_t)piece->len);
}

void store_copy_all(const struct store *store, const struct piece *v,
                    size_t count, void *buf)
{
	unsigned char *to = buf;

	for (size_t i = 0; i < count; i++) {
		unsigned kind = v[i].tag & PIECE_KIND;
		uint64_t n;

		if (kind == PIECE_BASE)
			continue;
		/* So short most are that calls would take most of the time. */
		if (kind == PIECE_STORE && v[i].len == 1)
			*to = *(const unsigned char *)chunks_at(&store->bytes,
			                                        v[i].off, &n);
		else
			store_copy(store, &v[i], to);
		to += v[i].len;
	}
}

bool store_read(const struct store *store, const struct piece *piece, void *buf,
                struct runs *runs, struct error *err)
{
	struct run run = { .len = piece->len,
		           .state = STATE_DATA,
		           .edited = true,
		           .inserted = piece->tag & PIECE_INSERTED };

	if (store_is_image(piece)) {
		run.edited = piece->tag & PIECE_EDITED;
		return read_images(store, run, piece->off - IMAGE_BASE, buf,
		                   piece->len, runs, err);
	}
	if (!runs_add(runs, run, err))
		return false;
	store_copy(store, piece, buf);
	return true;
}
