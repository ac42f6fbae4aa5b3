/* sampler.c - see sampler.h */
#include "config.h"

#include "find/sampler.h"

#include <string.h>

#include "base/mem.h"
#include "space/view.h"

/* Test builds make them small. */
#ifndef SAMPLER_LEN
#define SAMPLER_LEN   ((size_t)1 << 16)
#define SAMPLER_PIECE ((size_t)1 << 12)
#endif

/* Add bytes at addr, those of them that are data. */
static bool add_piece(struct sampler *s, uint64_t addr, size_t len,
                      struct error *err)
{
	unsigned char *to = s->bytes + s->len;
	const unsigned char *from = to;

	runs_clear(&s->states);
	if (!view_read(s->view, addr, to, len, READ_PLAIN, &s->states, err))
		return false;
	for (size_t i = 0; i < s->states.count; i++) {
		size_t n = (size_t)s->states.v[i].len;

		if (s->states.v[i].state == STATE_DATA) {
			memmove(to, from, n);
			to += n;
			s->len += n;
		}
		from += n;
	}
	return true;
}

bool sampler_take(struct sampler *sampler, uint64_t from, uint64_t end,
                  struct error *err)
{
	size_t pieces = SAMPLER_LEN / SAMPLER_PIECE;
	uint64_t len = end - from;

	sampler->len = 0;
	if (!sampler->bytes)
		sampler->bytes = mem_resize(NULL, SAMPLER_LEN, 1, err);
	if (!sampler->bytes)
		return false;
	if (len <= SAMPLER_LEN)
		return add_piece(sampler, from, (size_t)len, err);
	for (size_t i = 0; i < pieces; i++) {
		uint64_t apart = (len - SAMPLER_PIECE) / (pieces - 1);

		if (!add_piece(sampler, from + apart * i, SAMPLER_PIECE, err))
			return false;
	}
	return true;
}

void sampler_free(struct sampler *sampler)
{
	mem_free(sampler->bytes);
	runs_free(&sampler->states);
}
