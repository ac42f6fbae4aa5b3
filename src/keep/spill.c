/*
 * spill.c - see spill.h
 *
 * Bytes are appended and never change, so readers need to know nothing but the
 * descriptor, which is there before the first of them. A write that failed is
 * written over by the next one.
 */
#include "config.h"

#include "keep/spill.h"

#include <stdatomic.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/store.h"
#include "keep/disk.h"

struct spill {
	atomic_size_t refs;
	const struct sys *sys; /* borrowed */
	uint64_t memory;       /* bytes that may still stay there */
	uint64_t size;         /* of what is in the file */
	int fd;                /* -1: none yet */
};

struct spill *spill_new(const struct sys *sys, uint64_t limit,
                        struct error *err)
{
	struct spill *spill = mem_zalloc(sizeof(*spill), err);

	if (!spill)
		return NULL;
	atomic_init(&spill->refs, 1);
	spill->sys = sys;
	spill->memory = limit;
	spill->fd = -1;
	return spill;
}

void spill_unref(struct spill *spill)
{
	if (!spill || atomic_fetch_sub_explicit(&spill->refs, 1,
	                                        memory_order_acq_rel) > 1)
		return;
	if (spill->fd >= 0)
		(void)spill->sys->close(spill->fd);
	mem_free(spill);
}

static bool failed(const char *what, int64_t res, struct error *err)
{
	return error_sys(err, (int)-res,
	                 "the temporary file for long edits (no journal has "
	                 "them): %s",
	                 what);
}

static bool spill_read(void *ctx, uint64_t pos, void *buf, size_t len,
                       struct error *err)
{
	const struct spill *spill = ctx;
	int64_t n = disk_read(spill->sys, spill->fd, buf, len, pos);

	if (n < 0)
		return failed("read", n, err);
	return n == (int64_t)len ||
	       error_set(err, ERR_CHANGED,
	                 "the temporary file for long edits has been cut "
	                 "short");
}

static void release(void *ctx)
{
	spill_unref(ctx);
}

static bool need_file(struct spill *spill, struct error *err)
{
	int fd;

	if (spill->fd >= 0)
		return true;
	fd = spill->sys->temporary();
	if (fd < 0)
		return failed("open", fd, err);
	spill->fd = fd;
	return true;
}

bool spill_put(void *ctx, const void *bytes, size_t len, size_t *took,
               struct store_image *image, uint64_t *at, struct error *err)
{
	struct spill *spill = ctx;
	int res;

	*took = 0;
	if (len <= spill->memory) {
		spill->memory -= len;
		return true;
	}
	if (!need_file(spill, err))
		return false;
	res = disk_write(spill->sys, spill->fd, bytes, len, spill->size);
	if (res < 0)
		return failed("write", res, err);
	atomic_fetch_add_explicit(&spill->refs, 1, memory_order_relaxed);
	*image = (struct store_image){ spill_read, release, spill };
	*at = spill->size;
	spill->size += len;
	*took = len;
	return true;
}
