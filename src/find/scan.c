/*
 * scan.c - where bytes fit a row of byte sets
 *
 * Which two positions the inner loop compares decides its speed. A table of
 * how frequent bytes are in general would be wrong for most of what is opened
 * here, so a sample of the data chooses: first the position whose set is rarest
 * in it, then always the one that leaves the fewest of the starts that fitted
 * so far. That counts what follows what, which frequencies alone do not: in
 * zeros, the second zero is no news. What is left in the end is the density.
 * Masks are faster to test than other sets, so that of two pairs that are rare
 * enough the one of masks is taken, and the first position alone if a second
 * costs more than it saves.
 *
 * S1 probe[0..probes) are the positions that leave anything out, each once.
 * S2 A block is read only where all its starts are starts of the data: the last
 *    blocks overlap others, and what is shorter than a block is done in plain
 *    C.
 */
#include "config.h"

#include "find/scan.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "find/kernel.h"

enum {
	HITS = 4096,  /* starts in the sample that are followed */
	TRUST = 8,    /* how many of them outweigh the frequencies alone */
	GUESS = 64,   /* starts that these count for in the density */
	SETTLE = 15,  /* cost of settling, in tests of a masked pair */
	PATIENCE = 7, /* blocks settled before the loop is tried again */
	BYTES = 256,
	COUNTERS = 4,
};

struct scan {
	const struct kernel *kernel;
	size_t count;
	size_t probes;
	double density;
	struct loop loop;                   /* of probes here */
	struct probe probe[SCAN_POSITIONS]; /* S1 */
	struct probe run;                   /* for loop.a with lanes */
	uint32_t places[BYTES];             /* of a byte in the sets */
};

/* While the order is sought. */
struct choice {
	const unsigned char *sample;
	double often[BYTES];         /* of each byte */
	double rate[SCAN_POSITIONS]; /* of each probe's set */
	/* Of starts that fit the probes so far: bit i, position i fits. */
	uint32_t *hits;
	size_t count;
	double per_hit; /* what one is of all starts */
};

/* What is frequent anywhere, for a sample that is short or empty. */
static double weight(unsigned byte)
{
	if (byte == 0)
		return 4;
	if (byte == ' ' || byte == 0xff || (byte >= 'a' && byte <= 'z'))
		return 1;
	return 0.25;
}

/* Several counters: the same byte twice in a row does not wait for itself. */
static void count_bytes(struct choice *choice, size_t len)
{
	uint32_t count[COUNTERS][BYTES] = { { 0 } };
	double sum = 0;
	size_t i = 0;

	for (; i + COUNTERS <= len; i += COUNTERS) {
		const unsigned char *at = choice->sample + i;

		count[0][at[0]]++;
		count[1][at[1]]++;
		count[2][at[2]]++;
		count[3][at[3]]++;
	}
	for (; i < len; i++)
		count[0][choice->sample[i]]++;
	for (unsigned b = 0; b < BYTES; b++) {
		choice->often[b] = weight(b);
		for (size_t k = 0; k < COUNTERS; k++)
			choice->often[b] += count[k][b];
		sum += choice->often[b];
	}
	for (unsigned b = 0; b < BYTES; b++)
		choice->often[b] /= sum;
}

static double rate_of(const struct choice *choice, const struct byte_set *set)
{
	double rate = 0;

	for (unsigned b = 0; b < BYTES; b++)
		if (byte_set_has(set, (unsigned char)b))
			rate += choice->often[b];
	return rate;
}

static void swap(struct scan *scan, struct choice *choice, size_t a, size_t b)
{
	struct probe probe = scan->probe[a];
	double rate = choice->rate[a];

	scan->probe[a] = scan->probe[b];
	scan->probe[b] = probe;
	choice->rate[a] = choice->rate[b];
	choice->rate[b] = rate;
}

/* Masks are tested faster than other sets. */
static size_t rarest(const struct scan *scan, const struct choice *choice)
{
	size_t best = 0;
	double least = 0;

	for (size_t i = 0; i < scan->probes; i++) {
		double rate = choice->rate[i];

		if (!scan->probe[i].is_masked)
			rate *= 4;
		if (i == 0 || rate < least) {
			best = i;
			least = rate;
		}
	}
	return best;
}

/* All positions at once: each is asked for again and again. */
static void add_hit(const struct scan *scan, struct choice *choice, size_t at)
{
	uint32_t fit = 0;

	for (size_t i = 0; i < scan->count; i++)
		fit |= scan->places[choice->sample[at + i]] & UINT32_C(1) << i;
	choice->hits[choice->count++] = fit;
}

/* Those of a block. */
static void take_hits(const struct scan *scan, struct choice *choice, size_t at)
{
	uint32_t bits =
		scan->kernel->settle(&scan->probe[0], 1, choice->sample + at);

	for (; bits; bits &= bits - 1)
		add_hit(scan, choice, at + (size_t)__builtin_ctz(bits));
}

static void find_hits(const struct scan *scan, struct choice *choice,
                      size_t len)
{
	const struct probe *probe = &scan->probe[0];
	size_t starts = len < scan->count ? 0 : len - scan->count + 1;
	size_t i = 0;

	while (starts - i >= KERNEL_BLOCK &&
	       choice->count <= HITS - KERNEL_BLOCK) {
		take_hits(scan, choice, i);
		i += KERNEL_BLOCK;
	}
	/* What is left at the end, less than a block. */
	while (i < starts && starts - i < KERNEL_BLOCK && choice->count < HITS)
		if (probes_fit(probe, 1, choice->sample + i++))
			add_hit(scan, choice, i - 1);
	choice->per_hit = i ? 1.0 / (double)i : 0;
}

static size_t held(const struct choice *choice, const struct probe *probe)
{
	size_t count = 0;

	for (size_t i = 0; i < choice->count; i++)
		count += choice->hits[i] >> probe->at & 1;
	return count;
}

static void keep(struct choice *choice, const struct probe *probe)
{
	size_t count = 0;

	for (size_t i = 0; i < choice->count; i++) {
		choice->hits[count] = choice->hits[i];
		count += choice->hits[i] >> probe->at & 1;
	}
	choice->count = count;
}

/* The share of starts that this probe leaves, after the first `done`. Where few
   were seen, one that looks for the same as another is taken to leave half. */
static double leaves(const struct scan *scan, const struct choice *choice,
                     size_t done, size_t idx)
{
	const struct probe *probe = &scan->probe[idx];
	double guess = choice->rate[idx];

	for (size_t i = 0; i < done; i++)
		if (guess < 0.5 &&
		    byte_set_is_equal(&scan->probe[i].set, &probe->set))
			guess = 0.5;
	return ((double)held(choice, probe) + TRUST * guess) /
	       (double)(choice->count + TRUST);
}

static size_t next_best(const struct scan *scan, const struct choice *choice,
                        size_t done)
{
	size_t best = done;
	double least = leaves(scan, choice, done, done);

	for (size_t i = done + 1; i < scan->probes; i++) {
		double share = leaves(scan, choice, done, i);

		if (share < least) {
			best = i;
			least = share;
		}
	}
	return best;
}

/* What a block costs if one in 1 / rate starts is a candidate. */
static double cost(double test, double rate)
{
	double share = rate * KERNEL_BLOCK;

	return test + SETTLE * (share < 1 ? share : 1);
}

static double test_cost(const struct probe *a, const struct probe *b)
{
	return a->is_masked && b->is_masked ? 1 : 2;
}

/* Put the probe that goes best with the first one second, and have the loop
   look at both, or at the first one alone. Returns what a block costs. */
static double choose_pair(struct scan *scan, struct choice *choice)
{
	const struct probe *a = &scan->probe[0];
	double least = cost(test_cost(a, a), choice->rate[0]);
	size_t best = 0;

	for (size_t i = 1; i < scan->probes; i++) {
		double rate = choice->rate[0] * leaves(scan, choice, 1, i);
		double pair = cost(test_cost(a, &scan->probe[i]), rate);

		if (pair < least) {
			best = i;
			least = pair;
		}
	}
	if (best > 0)
		swap(scan, choice, 1, best);
	scan->loop = (struct loop){ .a = a, .b = &scan->probe[best > 0] };
	return least;
}

/* The longest run of positions with the same set: how long it is. */
static size_t longest_run(const struct byte_set *sets, size_t count,
                          size_t *start)
{
	size_t longest = 0;
	size_t first = 0;

	for (size_t i = 0; i < count; i++) {
		if (!byte_set_is_equal(&sets[first], &sets[i]))
			first = i;
		if (byte_set_count(&sets[i]) < BYTES &&
		    i - first + 1 > longest) {
			longest = i - first + 1;
			*start = first;
		}
	}
	return longest;
}

static bool is_full(const struct byte_set *set, const unsigned char *bytes,
                    size_t lane)
{
	while (lane > 0 && byte_set_has(set, bytes[lane - 1]))
		lane--;
	return lane == 0;
}

/* The share of lanes of the sample that are of the set altogether. */
static double full_lanes(const struct byte_set *set,
                         const struct choice *choice, size_t len, size_t lane)
{
	size_t lanes = len / lane;
	size_t full = 0;

	for (size_t i = 0; i < lanes; i++)
		full += is_full(set, choice->sample + i * lane, lane);
	return ((double)full + 1) / ((double)lanes + 1);
}

/* Have the loop look for lanes of a run instead, if that costs less. */
static void choose_run(struct scan *scan, const struct choice *choice,
                       const struct byte_set *sets, size_t len, double pair)
{
	size_t start = 0;
	size_t run = longest_run(sets, scan->count, &start);
	size_t lane = run >= KERNEL_RUN(8) ? 8 : 4;
	double rate;

	if (run < KERNEL_RUN(4))
		return;
	rate = full_lanes(&sets[start], choice, len, lane) / (double)lane;
	/* A lane has two blocks settled. */
	if (cost(1, 2 * rate) >= pair)
		return;
	probe_init(&scan->run, start, &sets[start]);
	scan->loop =
		(struct loop){ .a = &scan->run, .b = &scan->run, .lane = lane };
}

/* Of two scans that found nothing in a sample, one is rarer still: the
   frequencies alone speak for a few starts more. */
static double density(const struct choice *choice, double product)
{
	double seen = choice->per_hit > 0 ? 1 / choice->per_hit : 0;

	return ((double)choice->count + GUESS * product) / (seen + GUESS);
}

static void order(struct scan *scan, struct choice *choice,
                  const struct byte_set *sets, size_t len)
{
	double product = 1;
	double pair;

	count_bytes(choice, len);
	for (size_t i = 0; i < scan->probes; i++) {
		choice->rate[i] = rate_of(choice, &scan->probe[i].set);
		product *= choice->rate[i];
	}
	swap(scan, choice, 0, rarest(scan, choice));
	find_hits(scan, choice, len);
	pair = choose_pair(scan, choice);
	choose_run(scan, choice, sets, len, pair);
	for (size_t done = 1; done < scan->probes; done++) {
		if (done > 1 || scan->loop.b != &scan->probe[1])
			swap(scan, choice, done, next_best(scan, choice, done));
		keep(choice, &scan->probe[done]);
	}
	scan->density = density(choice, product);
}

static void set_places(struct scan *scan, const struct byte_set *sets)
{
	for (unsigned b = 0; b < BYTES; b++)
		for (size_t i = 0; i < scan->count; i++)
			if (byte_set_has(&sets[i], (unsigned char)b))
				scan->places[b] |= UINT32_C(1) << i;
}

struct scan *scan_new(const struct byte_set *sets, size_t count,
                      const unsigned char *sample, size_t sample_len,
                      struct error *err)
{
	struct choice choice = { .sample = sample };
	struct scan *scan = mem_zalloc(sizeof(*scan), err);

	assert(count > 0 && count <= SCAN_POSITIONS);
	if (!scan)
		return NULL;
	choice.hits = mem_resize(NULL, HITS, sizeof(*choice.hits), err);
	if (!choice.hits) {
		scan_free(scan);
		return NULL;
	}
	scan->kernel = kernel_best();
	scan->count = count;
	scan->density = 1;
	for (size_t i = 0; i < count; i++)
		if (byte_set_count(&sets[i]) < BYTES)
			probe_init(&scan->probe[scan->probes++], i, &sets[i]);
	set_places(scan, sets);
	if (scan->probes > 0)
		order(scan, &choice, sets, size_min(sample_len, UINT32_MAX));
	mem_free(choice.hits);
	return scan;
}

void scan_free(struct scan *scan)
{
	mem_free(scan);
}

double scan_density(const struct scan *scan)
{
	return scan->density;
}

#ifdef TEST_HOOKS
void scan_use(struct scan *scan, const struct kernel *kernel)
{
	scan->kernel = kernel;
}
#endif

static size_t starts_of(const struct scan *scan, size_t len)
{
	return len < scan->count ? 0 : len - scan->count + 1;
}

static uint32_t settle(const struct scan *scan, const unsigned char *data)
{
	return scan->kernel->settle(scan->probe, scan->probes, data);
}

const uint32_t *scan_places(const struct scan *scan)
{
	return scan->places;
}

uint32_t scan_block(const struct scan *scan, const unsigned char *data)
{
	static_assert((int)SCAN_BLOCK == (int)KERNEL_BLOCK, "one block");
	return settle(scan, data);
}

/* What is left at the end, less than a block: [at, starts). */
static size_t last_next(const struct scan *scan, const unsigned char *data,
                        size_t starts, size_t at)
{
	size_t block;
	uint32_t bits;

	if (at == starts)
		return SCAN_NONE;
	if (starts < KERNEL_BLOCK) {
		while (at < starts &&
		       !probes_fit(scan->probe, scan->probes, data + at))
			at++;
		return at < starts ? at : SCAN_NONE;
	}
	block = starts - KERNEL_BLOCK;
	bits = settle(scan, data + block) & UINT32_MAX << (at - block);
	return bits ? block + (size_t)__builtin_ctz(bits) : SCAN_NONE;
}

/* Where the loop passes nothing, the next blocks are settled without it. */
static size_t pass(const struct scan *scan, const unsigned char *data,
                   size_t at, size_t starts, size_t *patience)
{
	size_t next;

	if (*patience > 0) {
		--*patience;
		return at;
	}
	next = scan->kernel->pass(&scan->loop, data, at, starts);
	if (next == at)
		*patience = PATIENCE;
	return next;
}

size_t scan_next(const struct scan *scan, const unsigned char *data, size_t len,
                 size_t from)
{
	size_t starts = starts_of(scan, len);
	size_t at = from;
	size_t patience = 0;

	if (from >= starts)
		return SCAN_NONE;
	if (scan->probes == 0)
		return from;
	while (starts - at >= KERNEL_BLOCK) {
		uint32_t bits = settle(scan, data + at);

		if (bits)
			return at + (size_t)__builtin_ctz(bits);
		at = pass(scan, data, at + KERNEL_BLOCK, starts, &patience);
	}
	return last_next(scan, data, starts, at);
}
