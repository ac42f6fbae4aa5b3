/* pages.c - see pages.h */
#include "config.h"

#include "tests/pages.h"

#include <stdatomic.h>
#include <string.h>

#include "base/sys.h"
#include "source/guard.h"

struct copy {
	unsigned char *dst;
	const unsigned char *src;
	size_t len;
	size_t page;
	volatile size_t done; /* certain, whatever the handler interrupts */
};

/* By pages: memcpy() may copy from both ends, so the address of a fault says
   nothing of what was copied before it. */
static void copy_pages(void *arg)
{
	struct copy *c = arg;

	for (size_t at = 0; at < c->len;) {
		size_t in_page = ((uintptr_t)c->src + at) % c->page;
		size_t n = size_min(c->page - in_page, c->len - at);

		memcpy(c->dst + at, c->src + at, n);
		at += n;
		atomic_signal_fence(memory_order_seq_cst);
		c->done = at;
	}
}

size_t pages_copy(void *dst, const void *src, size_t len)
{
	struct copy c = {
		.dst = dst,
		.src = src,
		.len = len,
		.page = sys_page_size(),
	};

	(void)guard_call(src, len, copy_pages, &c);
	return c.done;
}
