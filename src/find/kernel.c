/*
 * kernel.c - the inner loops of scan.c
 *
 * Two probes are compared for 128 starts at a time, with a branch that is taken
 * only when one of them fits both: looking at two rare bytes makes that rare,
 * and a scan as fast as memory. What limits it then is the processor's own
 * prefetching, which ends at each page; asking for the line a page ahead gives
 * a tenth or more, and asking for it as one that is looked at once, so that the
 * outer caches need not take it, a little more (measured: 0.95 to 1.05 of the
 * speed of merely loading).
 *
 * A block with a candidate is settled by further probes, compared for all of
 * its starts at once until none is left. So the worst case, periodic data that
 * nearly fit everywhere, costs a fixed number of comparisons for a block, where
 * verifying start by start would cost that number for a byte.
 *
 * A class that is repeated, as 32 hex digits are, fits two places of most
 * starts in text. A run of it must hold some aligned group of 4 or 8 bytes,
 * though, and groups without a gap are rare; finding them takes one look at
 * each byte.
 *
 * AVX2 tests any set in one way (Geoff Langdale's "truffle" of Hyperscan): the
 * low half of the byte chooses a row of 16, one row for bytes below 80 and one
 * for the others, the high half a bit of it. SSE2 has no shuffle for that and
 * compares up to KERNEL_RANGES ranges, which may be wider than the set: then,
 * and only then, what is left is checked byte by byte.
 */
#include "config.h"

#include "find/kernel.h"

#include <string.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "base/cpu.h"

enum {
	STRIDE = 4 * KERNEL_BLOCK,
	AHEAD = 4096,
};

/* --- probes --- */

static void fill(unsigned char lane[KERNEL_LANE], unsigned char byte)
{
	memset(lane, byte, KERNEL_LANE);
}

/* The bits in which members differ are free; it is a mask if every way to fill
   them is a member. */
static void init_mask(struct probe *probe)
{
	unsigned free_bits = 0;
	int one = -1;

	for (unsigned b = 0; b < 256; b++) {
		if (!byte_set_has(&probe->set, (unsigned char)b))
			continue;
		if (one < 0)
			one = (int)b;
		free_bits |= b ^ (unsigned)one;
	}
	probe->is_masked =
		one >= 0 && byte_set_count(&probe->set) ==
				    (size_t)1 << __builtin_popcount(free_bits);
	fill(probe->mask, (unsigned char)~free_bits);
	fill(probe->value, (unsigned char)((unsigned)one & ~free_bits));
}

static void init_table(struct probe *probe)
{
	for (unsigned b = 0; b < 256; b++) {
		unsigned char *row = b < 128 ? probe->low : probe->high;

		if (byte_set_has(&probe->set, (unsigned char)b))
			row[b & 15] |= (unsigned char)(1u << (b >> 4 & 7));
	}
}

/* Does a range of the set begin at b, which comes after b - 1 in a circle? */
static bool is_first(const struct byte_set *set, unsigned b)
{
	return byte_set_has(set, (unsigned char)b) &&
	       !byte_set_has(set, (unsigned char)(b - 1));
}

/* How many bytes from b on are members, or are not, as b itself. */
static unsigned stretch(const struct byte_set *set, unsigned b)
{
	bool is_member = byte_set_has(set, (unsigned char)b);
	unsigned len = 1;

	while (len < 256 &&
	       byte_set_has(set, (unsigned char)(b + len)) == is_member)
		len++;
	return len;
}

static unsigned count_ranges(const struct byte_set *set)
{
	unsigned count = 0;

	for (unsigned b = 0; b < 256; b++)
		count += is_first(set, b);
	return count;
}

static void fill_smallest_gap(struct byte_set *set)
{
	unsigned best = 0;
	unsigned best_len = 256;

	for (unsigned b = 0; b < 256; b++) {
		unsigned gap;

		if (!is_first(set, b))
			continue;
		gap = b + stretch(set, b);
		if (stretch(set, gap) < best_len) {
			best = gap;
			best_len = stretch(set, gap);
		}
	}
	for (unsigned i = 0; i < best_len; i++)
		byte_set_add(set, (unsigned char)(best + i));
}

static void init_ranges(struct probe *probe)
{
	struct byte_set set = probe->set;

	while (count_ranges(&set) > KERNEL_RANGES) {
		fill_smallest_gap(&set);
		probe->is_wider = true;
	}
	for (unsigned b = 0; b < 256; b++) {
		unsigned reach;

		if (!is_first(&set, b))
			continue;
		reach = stretch(&set, b) - 1;
		fill(probe->first[probe->ranges], (unsigned char)b);
		fill(probe->reach[probe->ranges++], (unsigned char)reach);
	}
}

void probe_init(struct probe *probe, size_t at, const struct byte_set *set)
{
	*probe = (struct probe){ .at = at, .set = *set };
	init_mask(probe);
	init_table(probe);
	if (!probe->is_masked)
		init_ranges(probe);
}

bool probes_fit(const struct probe *probe, size_t count,
                const unsigned char *data)
{
	for (size_t i = 0; i < count; i++)
		if (!byte_set_has(&probe[i].set, data[probe[i].at]))
			return false;
	return true;
}

/* --- plain C --- */

static bool always(void)
{
	return true;
}

static bool is_one_byte(const struct probe *probe)
{
	return probe->is_masked && probe->mask[0] == 0xff;
}

/* The first start in [at, starts) that fits both, or starts. */
static size_t pair_plain(const struct loop *loop, const unsigned char *data,
                         size_t at, size_t starts)
{
	const unsigned char *rare = data + loop->a->at;

	for (; at < starts; at++) {
		if (is_one_byte(loop->a)) {
			const unsigned char *p =
				memchr(rare + at, loop->a->value[0],
			               starts - at);

			if (!p)
				return starts;
			at = (size_t)(p - rare);
		}
		if (probes_fit(loop->a, 1, data + at) &&
		    probes_fit(loop->b, 1, data + at))
			break;
	}
	return at;
}

/* Is there a lane in the block from this start on? */
static bool lanes_plain(const struct loop *loop, const unsigned char *data)
{
	for (size_t at = 0; at < KERNEL_BLOCK; at += loop->lane) {
		size_t left = loop->lane;

		while (left > 0 && probes_fit(loop->a, 1, data + at + left - 1))
			left--;
		if (left == 0)
			return true;
	}
	return false;
}

/* Of a start in a block, the lane may stand in the next one. */
static size_t pass_plain(const struct loop *loop, const unsigned char *data,
                         size_t at, size_t starts)
{
	size_t first = at;

	if (loop->lane == 0) {
		size_t hit = pair_plain(loop, data, at, starts);

		return hit - (hit - at) % KERNEL_BLOCK;
	}
	while (starts - at >= KERNEL_BLOCK && !lanes_plain(loop, data + at))
		at += KERNEL_BLOCK;
	return at > first ? at - KERNEL_BLOCK : at;
}

static uint32_t settle_plain(const struct probe *probe, size_t count,
                             const unsigned char *data)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < KERNEL_BLOCK; i++)
		if (probes_fit(probe, count, data + i))
			bits |= UINT32_C(1) << i;
	return bits;
}

const struct kernel kernel_plain = {
	.name = "plain",
	.is_there = always,
	.pass = pass_plain,
	.settle = settle_plain,
};

#ifdef __x86_64__

#define INLINE static inline __attribute__((always_inline))
#define AVX2   __attribute__((target("avx2")))

/* The address may lie behind the data: it is no access, and cannot fault. */
INLINE void prefetch(const unsigned char *p, size_t distance)
{
	_mm_prefetch((const char *)((uintptr_t)p + distance), _MM_HINT_NTA);
}

/* --- SSE2: 16 starts at a time --- */

INLINE __m128i load_sse2(const unsigned char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

INLINE __m128i masked_sse2(const struct probe *probe, const unsigned char *data)
{
	__m128i x = load_sse2(data + probe->at);

	return _mm_cmpeq_epi8(_mm_and_si128(x, load_sse2(probe->mask)),
	                      load_sse2(probe->value));
}

/* x is in a range if x - first, wrapped around, is at most its reach. */
INLINE __m128i ranges_sse2(const struct probe *probe, const unsigned char *data)
{
	__m128i x = load_sse2(data + probe->at);
	__m128i in = _mm_setzero_si128();

	for (unsigned i = 0; i < probe->ranges; i++) {
		__m128i d = _mm_sub_epi8(x, load_sse2(probe->first[i]));
		__m128i low = _mm_min_epu8(d, load_sse2(probe->reach[i]));

		in = _mm_or_si128(in, _mm_cmpeq_epi8(low, d));
	}
	return in;
}

INLINE __m128i fit_sse2(const struct probe *probe, const unsigned char *data)
{
	return probe->is_masked ? masked_sse2(probe, data)
	                        : ranges_sse2(probe, data);
}

/* The loops are made once for each of what is constant in them. */
enum form {
	PAIR_MASKED,
	PAIR_ANY,
	LANES_4,
	LANES_8,
};

static enum form form_of(const struct loop *loop)
{
	if (loop->lane)
		return loop->lane == 4 ? LANES_4 : LANES_8;
	return loop->a->is_masked && loop->b->is_masked ? PAIR_MASKED
	                                                : PAIR_ANY;
}

/* Not 0: there may be something among these 16. */
INLINE int some_sse2(const struct loop *loop, const unsigned char *data,
                     enum form form)
{
	__m128i ones = _mm_set1_epi8(-1);
	__m128i fit;
	int bits;

	switch (form) {
	case PAIR_MASKED:
		fit = _mm_and_si128(masked_sse2(loop->a, data),
		                    masked_sse2(loop->b, data));
		return _mm_movemask_epi8(fit);
	case PAIR_ANY:
		fit = _mm_and_si128(fit_sse2(loop->a, data),
		                    fit_sse2(loop->b, data));
		return _mm_movemask_epi8(fit);
	case LANES_4:
	case LANES_8:
		fit = _mm_cmpeq_epi32(fit_sse2(loop->a, data), ones);
		bits = _mm_movemask_epi8(fit);
		return form == LANES_4 ? bits : bits & bits >> 4 & 0x0f0f;
	}
	return 0;
}

INLINE size_t forward_sse2(const struct loop *loop, const unsigned char *data,
                           size_t at, size_t starts, enum form form)
{
	size_t first = at;

	for (; starts - at >= KERNEL_BLOCK; at += KERNEL_BLOCK) {
		prefetch(data + at, AHEAD);
		if (some_sse2(loop, data + at, form) |
		    some_sse2(loop, data + at + KERNEL_LANE, form))
			break;
	}
	return loop->lane && at > first ? at - KERNEL_BLOCK : at;
}

static size_t pass_sse2(const struct loop *loop, const unsigned char *data,
                        size_t at, size_t starts)
{
	switch (form_of(loop)) {
	case PAIR_MASKED:
		return forward_sse2(loop, data, at, starts, PAIR_MASKED);
	case PAIR_ANY:
		return forward_sse2(loop, data, at, starts, PAIR_ANY);
	case LANES_4:
		return forward_sse2(loop, data, at, starts, LANES_4);
	case LANES_8:
		return forward_sse2(loop, data, at, starts, LANES_8);
	}
	return at;
}

static uint32_t settle_sse2(const struct probe *probe, size_t count,
                            const unsigned char *data)
{
	uint32_t bits = UINT32_MAX;
	bool is_wider = false;

	for (size_t i = 0; i < count && bits; i++) {
		__m128i one = fit_sse2(&probe[i], data);
		__m128i two = fit_sse2(&probe[i], data + KERNEL_LANE);

		bits &= (uint32_t)_mm_movemask_epi8(one) |
		        (uint32_t)_mm_movemask_epi8(two) << KERNEL_LANE;
		is_wider = is_wider || probe[i].is_wider;
	}
	for (uint32_t left = is_wider ? bits : 0; left; left &= left - 1)
		if (!probes_fit(probe, count, data + __builtin_ctz(left)))
			bits &= ~(left & -left);
	return bits;
}

const struct kernel kernel_sse2 = {
	.name = "sse2",
	.is_there = always,
	.pass = pass_sse2,
	.settle = settle_sse2,
};

/* --- AVX2: 32 starts at a time --- */

/* A probe in registers: two constants of the mask, or of the table. */
struct test {
	const unsigned char *data; /* of start 0 */
	__m256i one;
	__m256i two;
};

AVX2 INLINE __m256i load_avx2(const unsigned char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

AVX2 INLINE __m256i twice(const unsigned char lane[KERNEL_LANE])
{
	return _mm256_broadcastsi128_si256(load_sse2(lane));
}

AVX2 INLINE struct test test_of(const struct probe *probe,
                                const unsigned char *data, bool masked)
{
	return (struct test){
		.data = data + probe->at,
		.one = twice(masked ? probe->mask : probe->low),
		.two = twice(masked ? probe->value : probe->high),
	};
}

/* The shuffles give 0 for bytes from 80 on, and for those below it once bit 7
   is turned. */
AVX2 INLINE __m256i in_table(__m256i x, __m256i low, __m256i high)
{
	__m256i bit_of =
		_mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16,
	                         32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128, 1,
	                         2, 4, 8, 16, 32, 64, -128);
	__m256i turned = _mm256_xor_si256(x, _mm256_set1_epi8(-128));
	__m256i row = _mm256_or_si256(_mm256_shuffle_epi8(low, x),
	                              _mm256_shuffle_epi8(high, turned));
	__m256i half =
		_mm256_and_si256(_mm256_srli_epi16(x, 4), _mm256_set1_epi8(15));
	__m256i bit = _mm256_shuffle_epi8(bit_of, half);

	return _mm256_cmpeq_epi8(_mm256_and_si256(row, bit), bit);
}

AVX2 INLINE __m256i fit_avx2(const struct test *test, size_t start, bool masked)
{
	__m256i x = load_avx2(test->data + start);

	if (!masked)
		return in_table(x, test->one, test->two);
	return _mm256_cmpeq_epi8(_mm256_and_si256(x, test->one), test->two);
}

/* Not 0 where there may be something among these 32. */
AVX2 INLINE __m256i some_avx2(const struct test *a, const struct test *b,
                              size_t start, enum form form)
{
	bool masked = form == PAIR_MASKED;
	__m256i ones = _mm256_set1_epi8(-1);
	__m256i fit = fit_avx2(a, start, masked);

	if (form == LANES_4)
		return _mm256_cmpeq_epi32(fit, ones);
	if (form == LANES_8)
		return _mm256_cmpeq_epi64(fit, ones);
	return _mm256_and_si256(fit, fit_avx2(b, start, masked));
}

AVX2 INLINE bool is_any(__m256i x)
{
	return !_mm256_testz_si256(x, x);
}

AVX2 INLINE size_t forward_avx2(const struct loop *loop,
                                const unsigned char *data, size_t at,
                                size_t starts, enum form form)
{
	bool masked = form == PAIR_MASKED;
	struct test a = test_of(loop->a, data, masked);
	struct test b = test_of(loop->b, data, masked);
	size_t first = at;

	for (; starts - at >= STRIDE; at += STRIDE) {
		__m256i w = some_avx2(&a, &b, at, form);
		__m256i x = some_avx2(&a, &b, at + 32, form);
		__m256i y = some_avx2(&a, &b, at + 64, form);
		__m256i z = some_avx2(&a, &b, at + 96, form);
		__m256i wx = _mm256_or_si256(w, x);

		prefetch(a.data + at, AHEAD);
		prefetch(a.data + at, AHEAD + 64);
		if (is_any(_mm256_or_si256(wx, _mm256_or_si256(y, z)))) {
			at += is_any(wx) ? 0 : 64;
			at += is_any(w) || (!is_any(wx) && is_any(y)) ? 0 : 32;
			break;
		}
	}
	return loop->lane && at > first ? at - KERNEL_BLOCK : at;
}

AVX2 static size_t pass_avx2(const struct loop *loop, const unsigned char *data,
                             size_t at, size_t starts)
{
	switch (form_of(loop)) {
	case PAIR_MASKED:
		return forward_avx2(loop, data, at, starts, PAIR_MASKED);
	case PAIR_ANY:
		return forward_avx2(loop, data, at, starts, PAIR_ANY);
	case LANES_4:
		return forward_avx2(loop, data, at, starts, LANES_4);
	case LANES_8:
		return forward_avx2(loop, data, at, starts, LANES_8);
	}
	return at;
}

/* Whether anything is left is asked after every fourth probe only: comparing
   costs less than a branch that is foretold wrongly. */
AVX2 static uint32_t settle_avx2(const struct probe *probe, size_t count,
                                 const unsigned char *data)
{
	__m256i fit = _mm256_set1_epi8(-1);

	for (size_t i = 0; i < count; i++) {
		bool masked = probe[i].is_masked;
		struct test test = test_of(&probe[i], data, masked);

		fit = _mm256_and_si256(fit, fit_avx2(&test, 0, masked));
		if (i % 4 == 3 && !is_any(fit))
			return 0;
	}
	return (uint32_t)_mm256_movemask_epi8(fit);
}

const struct kernel kernel_avx2 = {
	.name = "avx2",
	.is_there = cpu_has_avx2,
	.pass = pass_avx2,
	.settle = settle_avx2,
};

#endif

const struct kernel *kernel_best(void)
{
#ifdef __x86_64__
	return kernel_avx2.is_there() ? &kernel_avx2 : &kernel_sse2;
#else
	return &kernel_plain;
#endif
}
