/* test_scan.c - tests of src/find/scan.c and src/find/kernel.c */
#include "config.h"

#include "find/scan.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "find/kernel.h"
#include "tests/support.h"

static struct error err;

static const struct kernel *const kernels[] = {
	&kernel_plain,
#ifdef __x86_64__
	&kernel_sse2,
	&kernel_avx2,
#endif
};

enum { ROOM = 2 * 4096 };

/* ROOM bytes between two pages that may not be touched, so that a byte read
   on either side ends the test. */
static unsigned char *fenced_room(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *p = mmap(NULL, ROOM + 2 * page, PROT_NONE,
	                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(p, MAP_FAILED);
	ck_assert_int_eq(mprotect(p + page, ROOM, PROT_READ | PROT_WRITE), 0);
	return p + page;
}

static bool fits(const struct byte_set *sets, size_t count,
                 const unsigned char *data)
{
	for (size_t i = 0; i < count; i++)
		if (!byte_set_has(&sets[i], data[i]))
			return false;
	return true;
}

static size_t naive_next(const struct byte_set *sets, size_t count,
                         const unsigned char *data, size_t len, size_t from)
{
	for (size_t at = from; at <= len && count <= len - at; at++)
		if (fits(sets, count, data + at))
			return at;
	return SCAN_NONE;
}

/* All starts, with every kernel. */
static void compare(const struct byte_set *sets, size_t count,
                    const unsigned char *data, size_t len, size_t from)
{
	struct scan *scan = scan_new(sets, count, data, len, &err);

	must(scan, &err);
	for (size_t k = 0; k < ARRAY_LEN(kernels); k++) {
		size_t at = from;
		size_t want;

		if (!kernels[k]->is_there())
			continue;
		scan_use(scan, kernels[k]);
		do {
			want = naive_next(sets, count, data, len, at);
			ck_assert_msg(scan_next(scan, data, len, at) == want,
			              "%s: next from %zu of %zu is %zu, not "
			              "%zu",
			              kernels[k]->name, at, len,
			              scan_next(scan, data, len, at), want);
			at = want + 1;
		} while (want != SCAN_NONE);
	}
	scan_free(scan);
}

static struct byte_set any_of(const char *bytes)
{
	struct byte_set set = { { 0 } };

	for (; *bytes; bytes++)
		byte_set_add(&set, (unsigned char)*bytes);
	return set;
}

/* Of every form: one byte, masks, ranges, wrapped ranges, more ranges than the
   kernels have, all, none. */
static struct byte_set random_set(uint64_t *random)
{
	struct byte_set set = { { 0 } };
	unsigned char a = (unsigned char)random_u64(random);
	unsigned char b = (unsigned char)(random_u64(random) >> 32);

	switch (random_below(random, 10)) {
	case 0:
		byte_set_add(&set, a);
		break;
	case 1:
		for (unsigned i = 0; i < 256; i++)
			if ((i & b) == (a & b))
				byte_set_add(&set, (unsigned char)i);
		break;
	case 2:
		byte_set_add_range(&set, a < b ? a : b, a < b ? b : a);
		break;
	case 3:
		byte_set_add_range(&set, a < b ? a : b, a < b ? b : a);
		byte_set_invert(&set);
		break;
	case 4:
		for (size_t i = 0; i < 4; i++)
			set.bits[i] = random_u64(random);
		break;
	case 5:
		byte_set_invert(&set);
		break;
	case 6:
		if (random_below(random, 8) > 0)
			byte_set_add(&set, b);
		break;
	default: /* likely in the small alphabet of the data */
		for (size_t i = random_below(random, 4) + 1; i > 0; i--)
			byte_set_add(&set,
			             (unsigned char)('a' +
			                             random_below(random, 4)));
		break;
	}
	return set;
}

static void random_data(unsigned char *data, size_t len, uint64_t *random)
{
	uint64_t kind = random_below(random, 4);
	uint64_t period = random_below(random, 20) + 1;

	for (size_t i = 0; i < len; i++) {
		uint64_t r = random_u64(random) >> 20;

		if (kind == 0)
			data[i] = (unsigned char)r;
		else if (kind == 1)
			data[i] = (unsigned char)('a' + r % 4);
		else if (kind == 2)
			data[i] = i % period ? 'a' : 'b';
		else
			data[i] = r % 64 ? 0 : (unsigned char)(r >> 8);
	}
}

/* A run of the same set, which is sought in another way. */
static void repeat_set(struct byte_set *sets, size_t count, uint64_t *random)
{
	size_t first = random_below(random, count);
	size_t n = random_below(random, count - first) + 1;

	for (size_t i = 1; i < n; i++)
		sets[first + i] = sets[first];
}

START_TEST(random_sets)
{
	uint64_t random = random_seed();
	unsigned char *room = fenced_room();
	struct byte_set sets[SCAN_POSITIONS];

	for (size_t n = cases(12000); n > 0; n--) {
		size_t count = random_below(&random, SCAN_POSITIONS) + 1;
		size_t len = random_below(&random, 700);
		bool is_at_end = random_below(&random, 2);
		unsigned char *data = is_at_end ? room + ROOM - len : room;

		if (random_below(&random, 2))
			count = random_below(&random, 4) + 1;
		random_data(data, len, &random);
		for (size_t i = 0; i < count; i++)
			sets[i] = random_set(&random);
		if (random_below(&random, 3) == 0)
			repeat_set(sets, count, &random);
		if (len > count && random_below(&random, 2)) {
			/* something to be found */
			size_t at = random_below(&random, len - count);

			for (size_t i = 0; i < count; i++)
				byte_set_add(&sets[i], data[at + i]);
		}
		compare(sets, count, data, len, random_below(&random, len + 1));
	}
}
END_TEST

/* At every length, and so at every way in which blocks, strides and what is
   left over come together, the first and the last start are found. */
START_TEST(all_lengths)
{
	unsigned char *room = fenced_room();
	struct byte_set sets[SCAN_POSITIONS];

	for (size_t count = 1; count <= SCAN_POSITIONS;
	     count += count < 5 ? 1 : 9) {
		for (size_t i = 0; i < count; i++)
			sets[i] = any_of(i % 3 == 1 ? "xyz" : "x");
		for (size_t len = 0; len <= 300; len++) {
			unsigned char *data = room + ROOM - len;

			memset(data, '-', len);
			compare(sets, count, data, len, 0);
			if (len < count)
				continue;
			memset(data, 'x', count);
			compare(sets, count, data, len, 0);
			memset(data, '-', count);
			memset(data + len - count, 'x', count);
			compare(sets, count, data, len, 0);
			memmove(room, data, len);
			compare(sets, count, room, len, 0);
		}
	}
}
END_TEST

/* Runs of every length at every place, among shorter ones. */
START_TEST(runs)
{
	unsigned char *room = fenced_room();
	struct byte_set sets[SCAN_POSITIONS];
	uint64_t random = random_seed();

	for (size_t n = cases(3000); n > 0; n--) {
		size_t count = random_below(&random, SCAN_POSITIONS - 6) + 7;
		size_t len = random_below(&random, 1000) + count;
		unsigned char *data = room + ROOM - len;
		size_t run = 0;

		for (size_t i = 0; i < count; i++)
			sets[i] = any_of("0123456789abcdef");
		if (random_below(&random, 2))
			sets[0] = any_of("<-");
		if (random_below(&random, 2))
			sets[count - 1] = any_of(">-");
		for (size_t i = 0; i < len; i++) {
			char c = "abcdef"[i % 6];

			if (run == 0) {
				run = random_below(&random, count + 4) + 1;
				c = "<->x"[random_below(&random, 4)];
			}
			data[i] = (unsigned char)c;
			run--;
		}
		compare(sets, count, data, len, 0);
	}
}
END_TEST

/* Periods that nearly fit at every start. */
START_TEST(periodic_data)
{
	unsigned char *room = fenced_room();
	struct byte_set sets[16];

	for (size_t period = 1; period <= 40; period++) {
		for (size_t i = 0; i < ROOM; i++)
			room[i] = (i + 1) % period ? 'a' : 'b';
		for (size_t i = 0; i < 16; i++)
			sets[i] = any_of("a");
		compare(sets, 16, room, ROOM, 0);
		sets[15] = any_of("b");
		compare(sets, 16, room, ROOM, 7);
		sets[7] = any_of("bce");
		compare(sets, 16, room, ROOM, 0);
	}
}
END_TEST

START_TEST(starts_beyond_the_data)
{
	struct byte_set set = any_of("a");
	const unsigned char *data = (const unsigned char *)"aaa";
	struct scan *scan = scan_new(&set, 1, NULL, 0, &err);

	must(scan, &err);
	ck_assert_uint_eq(scan_next(scan, data, 3, 2), 2);
	ck_assert_uint_eq(scan_next(scan, data, 3, 3), SCAN_NONE);
	ck_assert_uint_eq(scan_next(scan, data, 3, SIZE_MAX), SCAN_NONE);
	ck_assert_uint_eq(scan_next(scan, data, 0, 0), SCAN_NONE);
	scan_free(scan);
}
END_TEST

START_TEST(densities)
{
	static unsigned char sample[1 << 16];
	struct byte_set sets[3] = { any_of("a"), any_of("b"), { { 0 } } };
	struct scan *scan;

	memset(sample, 'a', sizeof(sample));
	for (size_t i = 1; i < sizeof(sample); i += 4)
		sample[i] = 'b';
	scan = scan_new(sets, 2, sample, sizeof(sample), &err);
	must(scan, &err);
	ck_assert_double_eq_tol(scan_density(scan), 0.25, 0.001);
	scan_free(scan);
	/* Followed in part only, when there are so many. */
	scan = scan_new(sets, 1, sample, sizeof(sample), &err);
	must(scan, &err);
	ck_assert_double_eq_tol(scan_density(scan), 0.75, 0.001);
	scan_free(scan);
	scan = scan_new(sets, 3, sample, sizeof(sample), &err);
	must(scan, &err);
	ck_assert_double_eq(scan_density(scan), 0);
	scan_free(scan);
	byte_set_invert(&sets[2]);
	scan = scan_new(&sets[2], 1, sample, sizeof(sample), &err);
	must(scan, &err);
	ck_assert_double_eq(scan_density(scan), 1);
	scan_free(scan);
	scan = scan_new(sets, 2, NULL, 0, &err);
	must(scan, &err);
	ck_assert_double_gt(scan_density(scan), 0);
	ck_assert_double_lt(scan_density(scan), 0.001);
	scan_free(scan);
}
END_TEST

START_TEST(out_of_memory)
{
	struct byte_set set = any_of("a");
	struct scan *scan = NULL;

	for (long n = 0; !scan; n++) {
		mem_fail_after(n);
		scan = scan_new(&set, 1, NULL, 0, &err);
		mem_fail_after(-1);
		if (!scan)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert_int_lt(n, 10);
	}
	scan_free(scan);
	scan_free(NULL);
}
END_TEST

START_TEST(sets_of_bytes)
{
	struct byte_set set = { { 0 } };
	struct byte_set other = any_of("z");

	byte_set_add_range(&set, 2, 1);
	ck_assert_uint_eq(byte_set_count(&set), 0);
	byte_set_add_range(&set, 0, 0xff);
	ck_assert_uint_eq(byte_set_count(&set), 256);
	byte_set_invert(&set);
	byte_set_add_range(&set, 0x3f, 0x40);
	ck_assert(!byte_set_has(&set, 0x3e) && byte_set_has(&set, 0x3f));
	ck_assert(byte_set_has(&set, 0x40) && !byte_set_has(&set, 0x41));
	ck_assert(!byte_set_meets(&set, &other));
	ck_assert(!byte_set_is_equal(&set, &other));
	byte_set_add_set(&set, &other);
	ck_assert(byte_set_meets(&set, &other));
	ck_assert_uint_eq(byte_set_count(&set), 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("scan");
	TCase *tc = tcase_create("scan");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, random_sets);
	tcase_add_test(tc, all_lengths);
	tcase_add_test(tc, runs);
	tcase_add_test(tc, periodic_data);
	tcase_add_test(tc, starts_beyond_the_data);
	tcase_add_test(tc, densities);
	tcase_add_test(tc, out_of_memory);
	tcase_add_test(tc, sets_of_bytes);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
