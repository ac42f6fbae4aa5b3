/*
 * session_flush_image.c - the old bytes of a flush: see session_flush_impl.h
 *
 * What is written over in place has an image, which the journal has anyway. A
 * file that is exchanged is still there while it is open, although no name
 * leads to it: so what is much of it is read from there.
 */
#include "config.h"

#include "session_flush_impl.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "edit/store.h"
#include "keep/journal.h"
#include "keep/keeper.h"
#include "session.h"
#include "session_impl.h"
#include "source/source.h"

/* Old bytes of a flush that are kept in memory. Tests make it small. */
#ifndef FLUSH_MEMORY
#define FLUSH_MEMORY ((size_t)1024 * 1024)
#endif

/* The old bytes of a flush. */
struct image_part {
	uint64_t pos,
		at; /* the image from pos on is in the journal from `at` on; 0:
		       nobody knows it */
};

struct image {
	struct journal *journal;  /* borrowed */
	uint8_t *bytes;           /* owned; NULL: in the journal */
	uint64_t len;             /* bytes so far */
	struct image_part *parts; /* owned */
	size_t count, cap;
	bool has_blind; /* not all is known */
};

static void image_free(void *ctx)
{
	struct image *image = ctx;

	mem_free(image->bytes);
	mem_free(image->parts);
	mem_free(image);
}

/* Where the image goes on at `pos` in the journal, and how far; 0: nobody knows
   it. */
static uint64_t image_find(const struct image *image, uint64_t pos,
                           uint64_t *end)
{
	size_t lo = 0, hi = image->count;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (image->parts[mid].pos <= pos)
			lo = mid;
		else
			hi = mid;
	}
	*end = hi < image->count ? image->parts[hi].pos : image->len;
	return image->parts[lo].at
	               ? image->parts[lo].at + (pos - image->parts[lo].pos)
	               : 0;
}

/* Say how far it is as it is at `pos`: see struct store_image. */
static bool are_known(const struct image *image, uint64_t pos, size_t len,
                      struct error *err)
{
	uint64_t end = pos;
	bool known = image_find(image, pos, &end) != 0;
	uint64_t next = end;

	while (next - pos < len &&
	       known == (image_find(image, next, &end) != 0))
		next = end;
	if (known && next - pos >= len)
		return true;
	(void)error_set(err, known ? ERR_RANGE : ERR_STATE,
	                "what was there could not be read");
	return error_add_addr(err, next);
}

static bool image_read(void *ctx, uint64_t pos, void *buf, size_t len,
                       struct error *err)
{
	const struct image *image = ctx;
	unsigned char *to = buf;
	uint64_t at, end;
	size_t n;

	if (image->has_blind && !are_known(image, pos, len, err))
		return false;
	if (image->bytes) {
		memcpy(buf, image->bytes + pos, len);
		return true;
	}
	for (; len > 0; to += n, pos += n, len -= n) {
		at = image_find(image, pos, &end);
		n = (size_t)u64_min(len, end - pos);
		if (!journal_read(image->journal, at, to, n, err))
			return false;
	}
	return true;
}

static bool add_part(struct image *image, uint64_t pos, uint64_t at,
                     struct error *err)
{
	if (!mem_grow(&image->parts, &image->cap, image->count + 1,
	              sizeof(*image->parts), err))
		return false;
	image->parts[image->count++] = (struct image_part){ pos, at };
	return true;
}

/* In memory there are parts only if not all is known: any `at` stands for what
   is. */
static bool remember(struct image *image, const void *bytes, size_t len,
                     struct error *err)
{
	bool was_known =
		image->count == 0 || image->parts[image->count - 1].at != 0;

	if (bytes)
		memcpy(image->bytes + image->len, bytes, len);
	if (was_known == (bytes != NULL))
		return true;
	return (image->count > 0 || image->len == 0 ||
	        add_part(image, 0, 1, err)) &&
	       add_part(image, image->len, bytes ? 1 : 0, err);
}

bool session_flush_image_add(void *ctx, const void *bytes, size_t len,
                             uint64_t at, struct error *err)
{
	struct image *image = ctx;

	image->has_blind = image->has_blind || !bytes;
	if (!(image->bytes ? remember(image, bytes, len, err)
	                   : add_part(image, image->len, at, err)))
		return false;
	image->len += len;
	return true;
}

bool session_flush_image(struct session *session, struct flushing *f,
                         uint64_t len, struct piece *out, struct error *err)
{
	struct image *image = mem_zalloc(sizeof(*image), err);
	struct store_image how = { image_read, image_free, image };
	bool is_little;

	if (!image)
		return false;
	if (session->keeper)
		image->journal = keeper_journal(session->keeper);
	is_little = len <= FLUSH_MEMORY || !image->journal;
	if (is_little)
		image->bytes = mem_zalloc((size_t)len + 1, err);
	if ((is_little && !image->bytes) ||
	    !store_put_image(session_store(session), len, &how, out, err)) {
		image_free(image);
		return false;
	}
	f->image = image;
	return true;
}

bool session_flush_image_is_there(const struct image *image)
{
	return image && !image->bytes;
}

/* --- files that are exchanged --------------------------------------------- */

struct gap {
	uint64_t off, len;
	size_t at; /* in `bytes` */
};

struct left {
	struct source *src; /* owned; NULL: what is in gaps is in memory */
	uint8_t *bytes;     /* owned */
	struct gap *gaps;   /* owned: sorted */
	size_t count, cap;
	uint64_t total; /* bytes of all gaps */
};

static void left_free(void *ctx)
{
	struct left *left = ctx;

	source_free(left->src);
	mem_free(left->bytes);
	mem_free(left->gaps);
	mem_free(left);
}

static const struct gap *gap_at(const struct left *left, uint64_t off)
{
	size_t lo = 0, hi = left->count;

	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;

		if (left->gaps[mid].off <= off)
			lo = mid;
		else
			hi = mid;
	}
	return &left->gaps[lo];
}

static bool no_value(const struct runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		if (!state_has_bytes(runs->v[i].state))
			return true;
	return false;
}

/* From the file. */
static bool fetch(const struct left *left, uint64_t off, void *buf, size_t len,
                  struct error *err)
{
	struct runs runs = { 0 };
	bool ok = source_read(left->src, off, buf, len, 0, &runs, err);

	if (ok && no_value(&runs))
		ok = error_set(err, ERR_STATE,
		               "what was replaced cannot be read");
	runs_free(&runs);
	return ok;
}

/* A piece is in one gap. */
static bool left_read(void *ctx, uint64_t pos, void *buf, size_t len,
                      struct error *err)
{
	const struct left *left = ctx;
	const struct gap *gap;

	if (left->src)
		return fetch(left, pos, buf, len, err);
	gap = gap_at(left, pos);
	memcpy(buf, left->bytes + gap->at + (size_t)(pos - gap->off), len);
	return true;
}

struct left *session_flush_left(struct session *session, struct source *src,
                                struct piece *out, struct error *err)
{
	struct left *left = mem_zalloc(sizeof(*left), err);
	struct store_image how = { left_read, left_free, left };

	if (!left) {
		source_free(src);
		return NULL;
	}
	left->src = src;
	if (store_put_image(session_store(session), src->size, &how, out, err))
		return left;
	left_free(left);
	return NULL;
}

bool session_flush_left_gap(void *ctx, uint64_t off, uint64_t len,
                            struct error *err)
{
	struct left *left = ctx;

	if (!mem_grow(&left->gaps, &left->cap, left->count + 1,
	              sizeof(*left->gaps), err))
		return false;
	left->gaps[left->count++] =
		(struct gap){ off, len, (size_t)left->total };
	left->total += len;
	return true;
}

bool session_flush_left_next(const struct left *left, size_t idx, uint64_t *off,
                             uint64_t *len)
{
	if (idx >= left->count)
		return false;
	*off = left->gaps[idx].off;
	*len = left->gaps[idx].len;
	return true;
}

uint64_t session_flush_left_bytes(const struct left *left)
{
	return left->total;
}

bool session_flush_left_take(struct left *left, struct error *err)
{
	if (left->total > FLUSH_MEMORY || !left->src)
		return true;
	left->bytes = mem_zalloc((size_t)left->total + 1, err);
	if (!left->bytes)
		return false;
	for (size_t i = 0; i < left->count; i++) {
		const struct gap *gap = &left->gaps[i];

		if (fetch(left, gap->off, left->bytes + gap->at,
		          (size_t)gap->len, err))
			continue;
		/* What has no value is asked for when it is wanted. */
		return err->code == ERR_STATE;
	}
	session_flush_left_drop(left);
	return true;
}

void session_flush_left_drop(struct left *left)
{
	source_free(left->src);
	left->src = NULL;
}
