/* test_fill.c - tests of src/edit/fill.c */
#include "config.h"

#include "edit/fill.h"

#include <string.h>

#include "tests/support.h"

/* RFC 8439, appendix A.1, test vectors 1 and 2: key and nonce 0, the first two
   blocks. */
static const unsigned char zero_key_stream[128] = {
	0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90, 0x40, 0x5d, 0x6a, 0xe5,
	0x53, 0x86, 0xbd, 0x28, 0xbd, 0xd2, 0x19, 0xb8, 0xa0, 0x8d, 0xed, 0x1a,
	0xa8, 0x36, 0xef, 0xcc, 0x8b, 0x77, 0x0d, 0xc7, 0xda, 0x41, 0x59, 0x7c,
	0x51, 0x57, 0x48, 0x8d, 0x77, 0x24, 0xe0, 0x3f, 0xb8, 0xd8, 0x4a, 0x37,
	0x6a, 0x43, 0xb8, 0xf4, 0x15, 0x18, 0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69,
	0xb2, 0xee, 0x65, 0x86, 0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a,
	0x98, 0xba, 0x97, 0x7c, 0x73, 0x2d, 0x08, 0x0d, 0xcb, 0x0f, 0x29, 0xa0,
	0x48, 0xe3, 0x65, 0x69, 0x12, 0xc6, 0x53, 0x3e, 0x32, 0xee, 0x7a, 0xed,
	0x29, 0xb7, 0x21, 0x76, 0x9c, 0xe6, 0x4e, 0x43, 0xd5, 0x71, 0x33, 0xb0,
	0x74, 0xd8, 0x39, 0xd5, 0x31, 0xed, 0x1f, 0x28, 0x51, 0x0a, 0xfb, 0x45,
	0xac, 0xe1, 0x0a, 0x1f, 0x4b, 0x79, 0x4d, 0x6f,
};

START_TEST(the_stream_of_the_zero_key)
{
	unsigned char key[FILL_KEY] = { 0 };
	unsigned char buf[128];

	fill_random(key, 0, buf, sizeof(buf));
	ck_assert_mem_eq(buf, zero_key_stream, sizeof(buf));
	fill_random(key, 64, buf, 64);
	ck_assert_mem_eq(buf, zero_key_stream + 64, 64);
}
END_TEST

/* RFC 8439, appendix A.1, test vector 4: the third block of a key whose second
   byte is 0xff. */
START_TEST(the_stream_of_another_key)
{
	static const unsigned char begins[] = { 0x72, 0xd5, 0x4d, 0xfb,
		                                0xf1, 0x2e, 0xc4, 0x4b };
	unsigned char key[FILL_KEY] = { 0, 0xff };
	unsigned char buf[sizeof(begins)];

	fill_random(key, 128, buf, sizeof(buf));
	ck_assert_mem_eq(buf, begins, sizeof(begins));
}
END_TEST

/* Where it is read from, and in what parts, does not matter; positions beyond
   2^32 blocks are others than those before. */
START_TEST(any_part_at_any_position)
{
	uint64_t state = random_seed();
	unsigned char key[FILL_KEY];
	unsigned char whole[512], part[512], far[512];

	for (size_t n = cases(300); n > 0; n--) {
		uint64_t base = random_u64(&state) >> 2;
		size_t skip = (size_t)random_below(&state, sizeof(whole));
		size_t len =
			(size_t)random_below(&state, sizeof(whole) - skip + 1);

		for (size_t i = 0; i < FILL_KEY; i++)
			key[i] = (unsigned char)random_u64(&state);
		fill_random(key, base, whole, sizeof(whole));
		fill_random(key, base + skip, part, len);
		ck_assert_mem_eq(part, whole + skip, len);
		fill_random(key, base ^ UINT64_C(1) << 38, far, sizeof(far));
		ck_assert_mem_ne(far, whole, sizeof(far));
	}
}
END_TEST

START_TEST(patterns_repeat)
{
	unsigned char buf[40];

	for (size_t period = 1; period < 20; period++) {
		for (size_t len = period; len < sizeof(buf); len++) {
			memset(buf, 0xee, sizeof(buf));
			for (size_t i = 0; i < period; i++)
				buf[i] = (unsigned char)i;
			fill_repeat(buf, period, len);
			for (size_t i = 0; i < sizeof(buf); i++)
				ck_assert_uint_eq(buf[i],
				                  i < len ? i % period : 0xee);
		}
	}
	/* Less than a period stays as it is. */
	memcpy(buf, "abc", 3);
	fill_repeat(buf, 3, 1);
	fill_repeat(buf, 1, 0);
	ck_assert_mem_eq(buf, "abc", 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("fill");
	TCase *tc = tcase_create("fill");

	tcase_add_test(tc, the_stream_of_the_zero_key);
	tcase_add_test(tc, the_stream_of_another_key);
	tcase_add_test(tc, any_part_at_any_position);
	tcase_add_test(tc, patterns_repeat);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
