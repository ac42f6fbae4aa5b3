/*
 * kernel.c - the inner loops of scan.c
 *
 * Two probes are compared for 128 starts at a time, with a branch that is taken
 * only when one of them fits both: looking at two rare bytes makes that rare,
 * and a scan as fast as memory. What limits it then is the processor's own
 * prefetching, which ends at each page; asking for the line a page ahead gives
 * a tenth or more (measured: 0.85 to 1.04 of the speed of merely loading).
 *
 * A block with a candidate is settled by further probes, compared for all of
 * its starts at once until none is left. So the worst case, periodic data that
 * nearly fit everywhere, costs a fixed number of comparisons for a block, where
 * verifying start by start would cost that number for a byte.
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
		unsigned reach = stretch(&set, b) - 1;

		if (!is_first(&set, b))
			continue;
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

/* `at` moved on by whole blocks to the one that holds start `hit`. */
static size_t block_of(size_t at, size_t hit)
{
	return hit - (hit - at) % KERNEL_BLOCK;
}

static size_t pass_plain(const struct probe *probe, size_t count,
                         const unsigned char *data, size_t at, size_t starts)
{
	const struct probe *b = &probe[count > 1];
	const unsigned char *rare = data + probe->at;

	for (size_t s = at; s < starts; s++) {
		if (is_one_byte(probe)) {
			const unsigned char *p =
				memchr(rare + s, probe->value[0], starts - s);

			if (!p)
				break;
			s = (size_t)(p - rare);
		}
		if (byte_set_has(&probe->set, rare[s]) &&
		    byte_set_has(&b->set, data[s + b->at]))
			return block_of(at, s);
	}
	return starts;
}

static size_t pass_back_plain(const struct probe *probe, size_t count,
                              const unsigned char *data, size_t end)
{
	const struct probe *b = &probe[count > 1];
	const unsigned char *rare = data + probe->at;

	for (size_t s = end; s > 0; s--) {
		if (is_one_byte(probe)) {
			const unsigned char *p =
				memrchr(rare, probe->value[0], s);

			if (!p)
				break;
			s = (size_t)(p - rare) + 1;
		}
		if (byte_set_has(&probe->set, rare[s - 1]) &&
		    byte_set_has(&b->set, data[s - 1 + b->at]))
			return end - (end - s) / KERNEL_BLOCK * KERNEL_BLOCK;
	}
	return 0;
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
	.pass_back = pass_back_plain,
	.settle = settle_plain,
};

#ifdef __x86_64__

#define INLINE static inline __attribute__((always_inline))
#define AVX2   __attribute__((target("avx2")))

/* The address may lie behind the data: it is no access, and cannot fault. */
INLINE void prefetch(const unsigned char *p, ptrdiff_t distance)
{
	_mm_prefetch((const char *)((uintptr_t)p + (uintptr_t)distance),
	             _MM_HINT_T0);
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

/* Both probes for 16 starts. */
INLINE __m128i pair_sse2(const struct probe *a, const struct probe *b,
                         const unsigned char *data, bool masked)
{
	if (masked)
		return _mm_and_si128(masked_sse2(a, data),
		                     masked_sse2(b, data));
	return _mm_and_si128(fit_sse2(a, data), fit_sse2(b, data));
}

/* Does one of these 32 starts fit both? */
INLINE bool block_sse2(const struct probe *a, const struct probe *b,
                       const unsigned char *data, bool masked)
{
	__m128i one = pair_sse2(a, b, data, masked);
	__m128i two = pair_sse2(a, b, data + KERNEL_LANE, masked);

	return _mm_movemask_epi8(_mm_or_si128(one, two)) != 0;
}

INLINE size_t forward_sse2(const struct probe *a, const struct probe *b,
                           const unsigned char *data, size_t at, size_t starts,
                           bool masked)
{
	for (; starts - at >= KERNEL_BLOCK; at += KERNEL_BLOCK) {
		prefetch(data + at, AHEAD);
		if (block_sse2(a, b, data + at, masked))
			break;
	}
	return at;
}

INLINE size_t backward_sse2(const struct probe *a, const struct probe *b,
                            const unsigned char *data, size_t end, bool masked)
{
	for (; end >= KERNEL_BLOCK; end -= KERNEL_BLOCK) {
		prefetch(data + end, -AHEAD);
		if (block_sse2(a, b, data + end - KERNEL_BLOCK, masked))
			break;
	}
	return end;
}

static size_t pass_sse2(const struct probe *probe, size_t count,
                        const unsigned char *data, size_t at, size_t starts)
{
	struct probe a = probe[0];
	struct probe b = probe[count > 1];

	if (a.is_masked && b.is_masked)
		return forward_sse2(&a, &b, data, at, starts, true);
	return forward_sse2(&a, &b, data, at, starts, false);
}

static size_t pass_back_sse2(const struct probe *probe, size_t count,
                             const unsigned char *data, size_t end)
{
	struct probe a = probe[0];
	struct probe b = probe[count > 1];

	if (a.is_masked && b.is_masked)
		return backward_sse2(&a, &b, data, end, true);
	return backward_sse2(&a, &b, data, end, false);
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
	.pass_back = pass_back_sse2,
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

AVX2 INLINE __m256i pair_avx2(const struct test *a, const struct test *b,
                              size_t start, bool masked)
{
	return _mm256_and_si256(fit_avx2(a, start, masked),
	                        fit_avx2(b, start, masked));
}

AVX2 INLINE bool is_any(__m256i x)
{
	return !_mm256_testz_si256(x, x);
}

AVX2 INLINE size_t forward_avx2(const struct probe *probe, size_t count,
                                const unsigned char *data, size_t at,
                                size_t starts, bool masked)
{
	struct test a = test_of(&probe[0], data, masked);
	struct test b = test_of(&probe[count > 1], data, masked);

	for (; starts - at >= STRIDE; at += STRIDE) {
		__m256i w = pair_avx2(&a, &b, at, masked);
		__m256i x = pair_avx2(&a, &b, at + 32, masked);
		__m256i y = pair_avx2(&a, &b, at + 64, masked);
		__m256i z = pair_avx2(&a, &b, at + 96, masked);
		__m256i wx = _mm256_or_si256(w, x);

		prefetch(a.data + at, AHEAD);
		prefetch(a.data + at, AHEAD + 64);
		if (is_any(_mm256_or_si256(wx, _mm256_or_si256(y, z)))) {
			if (is_any(wx))
				return is_any(w) ? at : at + 32;
			return is_any(y) ? at + 64 : at + 96;
		}
	}
	return at;
}

AVX2 INLINE size_t backward_avx2(const struct probe *probe, size_t count,
                                 const unsigned char *data, size_t end,
                                 bool masked)
{
	struct test a = test_of(&probe[0], data, masked);
	struct test b = test_of(&probe[count > 1], data, masked);

	for (; end >= STRIDE; end -= STRIDE) {
		size_t at = end - STRIDE;
		__m256i w = pair_avx2(&a, &b, at, masked);
		__m256i x = pair_avx2(&a, &b, at + 32, masked);
		__m256i y = pair_avx2(&a, &b, at + 64, masked);
		__m256i z = pair_avx2(&a, &b, at + 96, masked);
		__m256i yz = _mm256_or_si256(y, z);

		prefetch(a.data + at, -AHEAD);
		prefetch(a.data + at, 64 - AHEAD);
		if (is_any(_mm256_or_si256(yz, _mm256_or_si256(w, x)))) {
			if (is_any(yz))
				return is_any(z) ? end : end - 32;
			return is_any(x) ? end - 64 : end - 96;
		}
	}
	return end;
}

AVX2 static size_t pass_avx2(const struct probe *probe, size_t count,
                             const unsigned char *data, size_t at,
                             size_t starts)
{
	if (probe[0].is_masked && probe[count > 1].is_masked)
		return forward_avx2(probe, count, data, at, starts, true);
	return forward_avx2(probe, count, data, at, starts, false);
}

AVX2 static size_t pass_back_avx2(const struct probe *probe, size_t count,
                                  const unsigned char *data, size_t end)
{
	if (probe[0].is_masked && probe[count > 1].is_masked)
		return backward_avx2(probe, count, data, end, true);
	return backward_avx2(probe, count, data, end, false);
}

AVX2 static uint32_t settle_avx2(const struct probe *probe, size_t count,
                                 const unsigned char *data)
{
	uint32_t bits = UINT32_MAX;

	for (size_t i = 0; i < count && bits; i++) {
		bool masked = probe[i].is_masked;
		struct test test = test_of(&probe[i], data, masked);
		__m256i fit = fit_avx2(&test, 0, masked);

		bits &= (uint32_t)_mm256_movemask_epi8(fit);
	}
	return bits;
}

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

const struct kernel kernel_avx2 = {
	.name = "avx2",
	.is_there = has_avx2,
	.pass = pass_avx2,
	.pass_back = pass_back_avx2,
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
