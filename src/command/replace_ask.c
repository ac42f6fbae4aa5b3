/* replace_ask.c - which matches are to be replaced: see replace.h */
#include "config.h"

#include "command/replace.h"

#include <stdio.h>
#include <string.h>

#include "command/context.h"
#include "command/replace_impl.h"
#include "session.h"

enum { SHOWN = 8 }; /* bytes of either side */

size_t replacing_count(const struct replacing *r)
{
	return r->count;
}

uint64_t replacing_match(const struct replacing *r, size_t i, uint64_t *len)
{
	*len = r->v[i].len;
	return r->v[i].addr;
}

bool replacing_is_chosen(const struct replacing *r, size_t i)
{
	return r->chosen[i];
}

void replacing_choose(struct replacing *r, size_t i, bool replace)
{
	r->chosen[i] = replace;
}

bool replacing_apply(struct context *ctx, struct replacing *r,
                     struct error *err)
{
	size_t count = 0;
	uint64_t behind;

	for (size_t i = 0; i < r->count; i++)
		count += r->chosen[i];
	session_set_what(ctx->session, "replace");
	if (count > 0 && !replace_make(ctx, r, &behind, err))
		return false;
	replace_report(ctx, r, count);
	return true;
}

static void put_hex(char *dst, const unsigned char *bytes, uint64_t len)
{
	size_t n = (size_t)u64_min(len, SHOWN);

	strcpy(dst, "nothing");
	for (size_t i = 0; i < n; i++)
		snprintf(dst + 3 * i, 4, "%02x ", bytes[i]);
	if (n > 0)
		strcpy(dst + 3 * n - 1, len > n ? ".." : "");
}

/* What match i would be. */
static void put_new(const struct replacing *r, size_t i, char *dst)
{
	const struct content *value = &r->by.value;
	size_t from = r->by.expands && i > 0 ? r->ends[i - 1] : 0;

	if (r->by.expands)
		put_hex(dst, r->text.v + from, r->ends[i] - from);
	else if (value->kind == CONTENT_BYTES)
		put_hex(dst, value->v, value->len);
	else
		strcpy(dst, value->kind == CONTENT_ZERO ? "zeros" : "random");
}

const char *replacing_text(struct context *ctx, const struct replacing *r,
                           size_t i, char dst[static REPLACING_TEXT])
{
	const struct match *match = &r->v[i];
	char old[3 * SHOWN + 8] = "?", now[3 * SHOWN + 8];
	unsigned char bytes[SHOWN];
	struct error ignored;

	/* They were read just now. */
	if (context_read(ctx, match->addr, bytes,
	                 (size_t)u64_min(match->len, SHOWN), &ignored))
		put_hex(old, bytes, match->len);
	put_new(r, i, now);
	snprintf(dst, REPLACING_TEXT, "%s -> %s", old, now);
	return dst;
}
