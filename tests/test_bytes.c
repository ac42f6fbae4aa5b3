/* test_bytes.c - tests of src/base/bytes.c */
#include "config.h"

#include "base/bytes.h"

#include <string.h>

#include "tests/support.h"

/* One byte more than the numbers need, so that they can be misaligned. */
static const unsigned char up[] = { 0xee, 0x81, 0x82, 0x83, 0x84,
	                            0x85, 0x86, 0x87, 0x88 };

START_TEST(loads)
{
	ck_assert_uint_eq(load_le16(up + 1), 0x8281);
	ck_assert_uint_eq(load_le32(up + 1), 0x84838281);
	ck_assert_uint_eq(load_le64(up + 1), UINT64_C(0x8887868584838281));
	ck_assert_uint_eq(load_be16(up + 1), 0x8182);
	ck_assert_uint_eq(load_be32(up + 1), 0x81828384);
}
END_TEST

/* Store at every alignment between guard bytes; `want` is the bytes that the
   store should have written. */
static void check_store(const unsigned char *got, size_t at,
                        const unsigned char *want, size_t len)
{
	for (size_t i = 0; i < 24; i++)
		if (i < at || i - at >= len)
			ck_assert_msg(got[i] == 0xee, "byte %zu changed", i);
	ck_assert_mem_eq(got + at, want, len);
}

START_TEST(stores)
{
	static const unsigned char down[] = { 0x88, 0x87, 0x86, 0x85,
		                              0x84, 0x83, 0x82, 0x81 };
	size_t at = (size_t)_i;
	unsigned char b[24];

#define CHECK_STORE(store, value, want, len)   \
	do {                                   \
		memset(b, 0xee, sizeof(b));    \
		store(b + at, value);          \
		check_store(b, at, want, len); \
	} while (0)
	CHECK_STORE(store_le16, 0x8281, up + 1, 2);
	CHECK_STORE(store_le32, 0x84838281, up + 1, 4);
	CHECK_STORE(store_le64, UINT64_C(0x8887868584838281), up + 1, 8);
	CHECK_STORE(store_be16, 0x8281, down + 6, 2);
	CHECK_STORE(store_be32, 0x84838281, down + 4, 4);
	CHECK_STORE(store_be64, UINT64_C(0x8887868584838281), down, 8);
#undef CHECK_STORE
}
END_TEST

START_TEST(a_load_gives_what_was_stored)
{
	uint64_t seed = random_seed();
	unsigned char b[8];

	for (size_t i = cases(10000); i > 0; i--) {
		uint64_t v = random_u64(&seed);

		store_le16(b, (uint16_t)v);
		ck_assert_uint_eq(load_le16(b), (uint16_t)v);
		store_be16(b, (uint16_t)v);
		ck_assert_uint_eq(load_be16(b), (uint16_t)v);
		store_le32(b, (uint32_t)v);
		ck_assert_uint_eq(load_le32(b), (uint32_t)v);
		store_be32(b, (uint32_t)v);
		ck_assert_uint_eq(load_be32(b), (uint32_t)v);
		store_le64(b, v);
		ck_assert_uint_eq(load_le64(b), v);
		store_be64(b, v);
		ck_assert_uint_eq(load_be32(b), (uint32_t)(v >> 32));
		ck_assert_uint_eq(load_be32(b + 4), (uint32_t)v);
	}
}
END_TEST

START_TEST(varints)
{
	static const struct {
		uint64_t n;
		size_t len;
	} edges[] = {
		{ 0, 1 },
		{ 127, 1 },
		{ 128, 2 },
		{ 16383, 2 },
		{ 16384, 3 },
		{ INT64_MAX, 9 },
		{ UINT64_C(1) << 63, 10 },
		{ UINT64_MAX, 10 },
	};
	uint64_t seed = random_seed();
	unsigned char b[VARINT_BYTES];
	const unsigned char *from;

	for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
		from = b;
		ck_assert_uint_eq((size_t)(store_varint(b, edges[i].n) - b),
		                  edges[i].len);
		ck_assert_uint_eq(load_varint(&from), edges[i].n);
		ck_assert_uint_eq((size_t)(from - b), edges[i].len);
	}
	for (size_t i = cases(10000); i > 0; i--) {
		uint64_t n = random_u64(&seed) >> random_below(&seed, 64);
		const unsigned char *end = store_varint(b, n);

		from = b;
		ck_assert_uint_eq(load_varint(&from), n);
		ck_assert_ptr_eq(from, end);
	}
}
END_TEST

typedef uint32_t crc_function(uint32_t crc, const void *data, size_t len);

/* RFC 3720, B.4, gives the CRC as bytes in the order sent. */
static void check_vectors(crc_function *crc)
{
	static const unsigned char command[48] = {
		0x01, 0xc0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x14, 0x00, 0x00,
		0x00, 0x18, 0x28, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	};
	unsigned char b[32];

	memset(b, 0, sizeof(b));
	ck_assert_uint_eq(crc(0, b, sizeof(b)), 0x8a9136aa);
	memset(b, 0xff, sizeof(b));
	ck_assert_uint_eq(crc(0, b, sizeof(b)), 0x62a8ab43);
	for (size_t i = 0; i < sizeof(b); i++)
		b[i] = (unsigned char)i;
	ck_assert_uint_eq(crc(0, b, sizeof(b)), 0x46dd794e);
	for (size_t i = 0; i < sizeof(b); i++)
		b[i] = (unsigned char)(31 - i);
	ck_assert_uint_eq(crc(0, b, sizeof(b)), 0x113fdb5c);
	ck_assert_uint_eq(crc(0, command, sizeof(command)), 0xd9963a56);
	ck_assert_uint_eq(crc(0, "123456789", 9), 0xe3069283);
	ck_assert_uint_eq(crc(0, "", 0), 0);
	ck_assert_uint_eq(crc(0x12345678, "", 0), 0x12345678);
}

START_TEST(crc_vectors)
{
	check_vectors(crc32c);
	check_vectors(crc32c_plain);
}
END_TEST

/* Bit by bit, as the polynomial is written. */
static uint32_t crc_model(const unsigned char *b, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		crc ^= b[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

START_TEST(crc_of_any_alignment_and_length)
{
	uint64_t seed = random_seed();
	unsigned char b[512];

	for (size_t i = 0; i < sizeof(b); i++)
		b[i] = (unsigned char)random_u64(&seed);
	for (size_t i = cases(3000); i > 0; i--) {
		size_t at = random_below(&seed, 16);
		size_t len = random_below(&seed, i % 2 ? 20 : 490);
		size_t cut = random_below(&seed, len + 1);
		uint32_t want = crc_model(b + at, len);
		uint32_t half = crc32c(0, b + at, cut);

		ck_assert_uint_eq(crc32c(0, b + at, len), want);
		ck_assert_uint_eq(crc32c_plain(0, b + at, len), want);
		/* Continued, and by the other of the two. */
		ck_assert_uint_eq(crc32c(half, b + at + cut, len - cut), want);
		ck_assert_uint_eq(crc32c_plain(half, b + at + cut, len - cut),
		                  want);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bytes");
	TCase *numbers = tcase_create("numbers");
	TCase *crc = tcase_create("crc32c");

	tcase_add_test(numbers, loads);
	tcase_add_loop_test(numbers, stores, 0, 16);
	tcase_add_test(numbers, a_load_gives_what_was_stored);
	tcase_add_test(numbers, varints);
	suite_add_tcase(suite, numbers);
	tcase_add_test(crc, crc_vectors);
	tcase_add_test(crc, crc_of_any_alignment_and_length);
	suite_add_tcase(suite, crc);
	return run_suite(suite);
}
