/*
 * digest_crc.c - CRC-32 as of zip, gzip and Ethernet, and CRC-32C
 *
 * CRC-32 takes eight bytes at a time by eight tables (M. Kounavis and F. Berry,
 * "Novel Table Lookup-Based Algorithms for High-Performance CRC Generation",
 * 2008). They are made when one is begun, which costs less than reading them in
 * from the program's file.
 */
#include "config.h"

#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mem.h"
#include "study/digest_impl.h"

#define POLYNOMIAL UINT32_C(0xedb88320) /* bits in reverse */

struct crc {
	bool castagnoli; /* the tables are not used */
	uint32_t crc;
	uint32_t table[8][256];
};

static void fill_tables(uint32_t table[8][256])
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
		table[0][i] = crc;
	}
	for (uint32_t i = 0; i < 256; i++)
		for (int t = 1; t < 8; t++)
			table[t][i] = table[t - 1][i] >> 8 ^
			              table[0][table[t - 1][i] & 255];
}

static uint32_t crc32(const uint32_t table[8][256], uint32_t crc,
                      const unsigned char *p, size_t len)
{
	crc = ~crc;
	for (; len >= 8; p += 8, len -= 8) {
		uint32_t low = load_le32(p) ^ crc;
		uint32_t high = load_le32(p + 4);

		crc = table[7][low & 255] ^ table[6][low >> 8 & 255] ^
		      table[5][low >> 16 & 255] ^ table[4][low >> 24] ^
		      table[3][high & 255] ^ table[2][high >> 8 & 255] ^
		      table[1][high >> 16 & 255] ^ table[0][high >> 24];
	}
	for (; len > 0; p++, len--)
		crc = crc >> 8 ^ table[0][(crc ^ *p) & 255];
	return ~crc;
}

static void *open_crc(const struct algorithm *algorithm, struct error *err)
{
	struct crc *crc = mem_zalloc(sizeof(*crc), err);

	if (!crc)
		return NULL;
	crc->castagnoli = strcmp(algorithm->inner, "castagnoli") == 0;
	fill_tables(crc->table);
	return crc;
}

static bool add(void *state, const void *bytes, size_t len)
{
	struct crc *crc = state;

	if (crc->castagnoli)
		crc->crc = crc32c(crc->crc, bytes, len);
	else
		crc->crc = crc32((const uint32_t(*)[256])crc->table, crc->crc,
		                 bytes, len);
	return true;
}

static bool end(void *state, unsigned char *out)
{
	struct crc *crc = state;

	store_be32(out, crc->crc);
	crc->crc = 0;
	return true;
}

const struct digest_family digest_crc = {
	.open = open_crc,
	.add = add,
	.end = end,
	.free = mem_free,
};
