/* session_flush_image.c - the old bytes of a flush: see session_flush_impl.h */
#include "config.h"

#include "session_flush_impl.h"

#include <string.h>

#include "base/mem.h"
#include "edit/store.h"
#include "keep/journal.h"
#include "keep/keeper.h"
#include "session.h"
#include "session_impl.h"

/* Old bytes of a flush that are kept in memory. Tests make it small. */
#ifndef FLUSH_MEMORY
#define FLUSH_MEMORY ((size_t)1024 * 1024)
#endif

/* The old bytes of a flush. */
struct image_part {
	uint64_t pos,
		at; /* the image from pos on is in the journal from `at` on */
};

struct image {
	struct journal *journal;  /* borrowed */
	uint8_t *bytes;           /* owned; NULL: in the journal */
	uint64_t len;             /* bytes so far */
	struct image_part *parts; /* owned */
	size_t count, cap;
};

static void image_free(void *ctx)
{
	struct image *image = ctx;

	mem_free(image->bytes);
	mem_free(image->parts);
	mem_free(image);
}

/* Where the image goes on at `pos` in the journal, and how far. */
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
	return image->parts[lo].at + (pos - image->parts[lo].pos);
}

static bool image_read(void *ctx, uint64_t pos, void *buf, size_t len,
                       struct error *err)
{
	const struct image *image = ctx;
	unsigned char *to = buf;
	uint64_t at, end;
	size_t n;

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

bool session_flush_image_add(void *ctx, const void *bytes, size_t len,
                             uint64_t at, struct error *err)
{
	struct image *image = ctx;

	if (image->bytes) {
		memcpy(image->bytes + image->len, bytes, len);
	} else {
		if (!mem_grow(&image->parts, &image->cap, image->count + 1,
		              sizeof(*image->parts), err))
			return false;
		image->parts[image->count++] =
			(struct image_part){ image->len, at };
	}
	image->len += len;
	return true;
}

bool session_flush_image(struct session *session, struct flushing *f,
                         uint64_t len, struct piece *out, struct error *err)
{
	struct image *image = mem_zalloc(sizeof(*image), err);
	struct store_image how = { image_read, image_free, image };

	if (!image)
		return false;
	image->journal = keeper_journal(session->keeper);
	if (len <= FLUSH_MEMORY)
		image->bytes = mem_zalloc((size_t)len + 1, err);
	if ((len <= FLUSH_MEMORY && !image->bytes) ||
	    !store_put_image(session_store(session), len, &how, out, err)) {
		image_free(image);
		return false;
	}
	f->image = image;
	return true;
}

bool session_flush_image_is_there(const struct image *image)
{
	return !image->bytes;
}
