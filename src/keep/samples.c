/* samples.c - see samples.h */
#include "config.h"

#include "keep/samples.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "edit/fill.h"
#include "source/run.h"
#include "source/source.h"

/* How much is read at once. */
enum { CHUNK = SAMPLES_LEN };

struct sampler {
	struct source *src;
	struct job *job;
	uint8_t buf[CHUNK];
	struct runs runs;
};

/* *all: every byte of it has a value. */
static bool take_one(struct sampler *s, uint64_t off, uint64_t len,
                     struct record_sample *out, bool *all, struct error *err)
{
	*out = (struct record_sample){ .off = off, .len = (uint32_t)len };
	*all = true;
	while (len > 0 && *all) {
		size_t n = (size_t)u64_min(len, CHUNK);

		if (!job_goes_on(s->job, err))
			return false;
		runs_clear(&s->runs);
		if (!source_read(s->src, off, s->buf, n, 0, &s->runs, err))
			return false;
		for (size_t i = 0; i < s->runs.count; i++)
			*all = *all && state_has_bytes(s->runs.v[i].state);
		out->crc = crc32c(out->crc, s->buf, n);
		off += n;
		len -= n;
	}
	return true;
}

/* The i-th number of a seed. */
static uint64_t random_number(uint64_t seed, uint32_t i)
{
	unsigned char key[FILL_KEY] = { 0 };
	unsigned char bytes[8];

	store_le64(key, seed);
	fill_random(key, (uint64_t)i * sizeof(bytes), bytes, sizeof(bytes));
	return load_le64(bytes);
}

/* Part i is somewhere in the i-th of equal stretches; the first one and the
   last one are at the ends. */
static uint64_t place(uint64_t size, uint32_t i, uint64_t seed)
{
	uint64_t stretch = size / SAMPLES_MAX;
	uint64_t room = stretch - SAMPLES_LEN + 1;

	if (i == 0)
		return 0;
	if (i == SAMPLES_MAX - 1)
		return size - SAMPLES_LEN;
	return i * stretch + random_number(seed, i) % room;
}

bool samples_take(struct source *src, uint64_t seed, struct job *job,
                  struct samples *out, struct error *err)
{
	struct sampler s = { .src = src, .job = job };
	uint64_t size = src->size;
	bool whole = size <= SAMPLES_WHOLE;
	uint32_t parts = whole ? size > 0 : SAMPLES_MAX;
	bool ok = true, all;

	out->count = 0;
	for (uint32_t i = 0; ok && i < parts; i++) {
		uint64_t off = whole ? 0 : place(size, i, seed);

		ok = take_one(&s, off, whole ? size : SAMPLES_LEN,
		              &out->v[out->count], &all, err);
		out->count += ok && all;
	}
	runs_free(&s.runs);
	return ok;
}
