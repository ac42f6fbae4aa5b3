/*
 * olds.c - see olds.h
 *
 * A million at a time, which takes 40 MiB: where a file of 1 GiB was edited all
 * over that is some in each page, of which only the first is slow to come by.
 * They are sorted by digits, in time that grows with their number alone.
 *
 * Where they are many they are compared in a map, since most of what a read
 * brings would be for nobody. What is the same there is the same; of anything
 * else a read says what it is.
 */
#include "config.h"

#include "keep/olds.h"

#include <string.h>

#include "base/mem.h"
#include "source/guard.h"
#include "source/source.h"

/* Tests make these small. */
#ifndef OLDS_MOST
#define OLDS_MOST ((size_t)1 << 20) /* that wait */
#endif
#ifndef OLDS_READ
#define OLDS_READ 65536 /* bytes that are read at once */
#endif
#ifndef OLDS_SPAN
#define OLDS_SPAN  ((size_t)4 << 20) /* bytes that are mapped at once */
#define OLDS_DENSE 16384             /* if one old is in so many bytes */
#endif

enum {
	BYTES = OLDS_MOST * 8, /* of those that wait */
	GAP = 4096, /* bytes that are read though nobody wants them: a page is
	               had for less than a call */
	AHEAD = 32, /* olds whose bytes are fetched while others are compared */
	AROUND = 65536, /* bytes that one page fault mostly brings */
	DIGIT = 11,     /* bits */
	DIGITS = 1 << DIGIT,
};

struct old {
	uint64_t off;
	uint32_t at; /* in bytes */
	uint32_t len;
};

void olds_free(struct olds *olds)
{
	mem_free(olds->v);
	mem_free(olds->spare);
	mem_free(olds->bytes);
	mem_free(olds->buf);
	runs_free(&olds->runs);
	*olds = (struct olds){ 0 };
}

bool olds_add(struct olds *olds, uint64_t off, const uint8_t *bytes, size_t len,
              struct error *err)
{
	bool full = olds->count == OLDS_MOST || olds->used >= 8 * OLDS_MOST;

	if (!olds->buf)
		olds->buf = mem_resize(NULL, OLDS_READ + OLDS_LEN, 1, err);
	if (!olds->buf || (full && !olds_compare(olds, err)) ||
	    !mem_grow(&olds->v, &olds->cap, olds->count + 1, sizeof(*olds->v),
	              err) ||
	    !mem_grow(&olds->bytes, &olds->bytes_cap, olds->used + len, 1, err))
		return false;
	memcpy(olds->bytes + olds->used, bytes, len);
	olds->v[olds->count++] =
		(struct old){ off, (uint32_t)olds->used, (uint32_t)len };
	olds->used += len;
	return true;
}

/* --- sorting -------------------------------------------------------------- */

/* By one digit of the offset, and what is the same stays in order. */
static void sort_digit(const struct old *from, struct old *to, size_t count,
                       unsigned shift)
{
	uint32_t start[DIGITS + 1] = { 0 };

	for (size_t i = 0; i < count; i++)
		start[(from[i].off >> shift) % DIGITS + 1]++;
	for (size_t d = 1; d < DIGITS; d++)
		start[d] += start[d - 1];
	for (size_t i = 0; i < count; i++)
		to[start[(from[i].off >> shift) % DIGITS]++] = from[i];
}

static bool sort(struct olds *olds, struct error *err)
{
	uint64_t most = 0;

	if (!mem_grow(&olds->spare, &olds->spare_cap, olds->cap,
	              sizeof(*olds->spare), err))
		return false;
	for (size_t i = 0; i < olds->count; i++)
		most = u64_max(most, olds->v[i].off);
	for (unsigned shift = 0; shift < 64 && most >> shift; shift += DIGIT) {
		struct old *from = olds->v;
		size_t cap = olds->cap;

		sort_digit(from, olds->spare, olds->count, shift);
		olds->v = olds->spare;
		olds->cap = olds->spare_cap;
		olds->spare = from;
		olds->spare_cap = cap;
	}
	return true;
}

/* --- comparing ------------------------------------------------------------ */

/* Do the bytes [skip, skip + len) of what was read have values? */
static bool have_values(const struct runs *runs, uint64_t skip, uint64_t len)
{
	for (size_t i = 0; i < runs->count && len > 0; i++) {
		uint64_t n = runs->v[i].len;

		if (skip >= n) {
			skip -= n;
			continue;
		}
		if (!state_has_bytes(runs->v[i].state))
			return false;
		len -= u64_min(len, n - skip);
		skip = 0;
	}
	return true;
}

static void look(struct olds *olds, const struct old *old, uint64_t start)
{
	uint64_t skip = old->off - start;
	bool values = have_values(&olds->runs, skip, old->len);

	if (values &&
	    memcmp(olds->buf + skip, olds->bytes + old->at, old->len) == 0)
		return;
	if (!values)
		olds->unread += old->len;
	if (olds->differ == 0 || old->off < olds->first)
		olds->first = old->off;
	olds->differ += old->len;
}

/* How many of them one read serves, and where it ends. */
static size_t take_near(const struct old *v, size_t count, uint64_t *end)
{
	size_t n = 1;

	*end = v->off + v->len;
	for (; n < count; n++) {
		if (v[n].off > *end && v[n].off - *end > GAP)
			break;
		if (v[n].off - v->off > OLDS_READ)
			break;
		*end = u64_max(*end, v[n].off + v[n].len);
	}
	return n;
}

/* --- in a map ------------------------------------------------------------- */

/* A pass over what is mapped. */
struct sweep {
	const unsigned char *bytes; /* that are mapped, from `start` on */
	uint64_t start;
	const uint8_t *old;
	const struct old *v;
	size_t count;
	bool same;
};

/* What is not mapped yet cannot be fetched ahead: have all of it come first. */
static void touch(const struct sweep *s)
{
	uint64_t end = s->v[s->count - 1].off - s->start;

	for (uint64_t at = 0; at <= end; at += AROUND)
		(void)*(const volatile unsigned char *)(s->bytes + at);
}

static void sweep(void *arg)
{
	struct sweep *s = arg;
	bool same = true;

	touch(s);
	for (size_t i = 0; same && i < s->count; i++) {
		const struct old *old = &s->v[i];
		const unsigned char *now, *was;

		if (i + AHEAD < s->count) {
			__builtin_prefetch(s->bytes +
			                   (old[AHEAD].off - s->start));
			__builtin_prefetch(s->old + old[AHEAD].at);
		}
		now = s->bytes + (old->off - s->start);
		was = s->old + old->at;
		same = *now == *was &&
		       (old->len == 1 || memcmp(now, was, old->len) == 0);
	}
	s->same = same;
}

/* How many from the first on are near each other, and end before `end`. */
static size_t count_up_to(const struct old *v, size_t count, uint64_t end)
{
	size_t n = 0;

	while (n < count && v[n].off < end && v[n].len <= end - v[n].off)
		n++;
	return n;
}

/* How many from the first on are what they were, for all that a map shows.
   Where few bytes are wanted of many the map would bring in too much. */
static size_t same_in_map(struct olds *olds, const struct old *v, size_t count)
{
	uint64_t most = u64_min(OLDS_SPAN, olds->src->size - v->off);
	size_t n = count_up_to(v, count, v->off + most);
	struct sweep s = { .start = v->off, .old = olds->bytes, .v = v };
	size_t len = (size_t)most;
	void *pin;

	if (n < OLDS_SPAN / OLDS_DENSE)
		return 0;
	s.bytes = source_map(olds->src, v->off, &len, &pin);
	if (!s.bytes)
		return 0;
	/* A window may end within the first one. */
	s.count = count_up_to(v, n, v->off + len);
	if (s.count > 0 && !guard_call(s.bytes, len, sweep, &s))
		s.same = false;
	source_unmap(olds->src, pin);
	return s.same ? s.count : 0;
}

/* --- all of them ---------------------------------------------------------- */

/* How many of them one read serves; 0: it has failed. */
static size_t read_near(struct olds *olds, const struct old *v, size_t count,
                        struct error *err)
{
	uint64_t end;
	size_t n = take_near(v, count, &end);

	runs_clear(&olds->runs);
	if (!source_read(olds->src, v->off, olds->buf, (size_t)(end - v->off),
	                 0, &olds->runs, err))
		return 0;
	for (size_t k = 0; k < n; k++)
		look(olds, &v[k], v->off);
	return n;
}

static bool compare_all(struct olds *olds, bool *maps, struct error *err)
{
	bool mapped = false;
	size_t n;

	for (size_t i = 0; i < olds->count; i += n) {
		const struct old *v = olds->v + i;

		n = *maps ? same_in_map(olds, v, olds->count - i) : 0;
		mapped = mapped || n > 0;
		if (n == 0)
			n = read_near(olds, v, olds->count - i, err);
		if (n == 0)
			return false;
	}
	*maps = mapped;
	return true;
}

/* Behind the end that a file has now a map shows zeros: then all is read. */
bool olds_compare(struct olds *olds, struct error *err)
{
	struct olds before = *olds;
	bool maps = true;

	if (olds->count > 0 &&
	    (!sort(olds, err) || !compare_all(olds, &maps, err)))
		return false;
	if (olds->count > 0 && maps &&
	    source_check(olds->src) & CHANGE_SIZE_LESS) {
		olds->differ = before.differ;
		olds->first = before.first;
		olds->unread = before.unread;
		maps = false;
		if (!compare_all(olds, &maps, err))
			return false;
	}
	olds->count = olds->used = 0;
	return true;
}
