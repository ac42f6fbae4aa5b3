/*
 * fill.c - see fill.h
 *
 * Each block of 64 bytes is made from its number alone, so that a read may
 * begin anywhere.
 */
#include "config.h"

#include "edit/fill.h"

#include <string.h>

#include "base/bytes.h"

enum { BLOCK = 64, WORDS = 16, DOUBLE_ROUNDS = 10 };

static uint32_t rotate(uint32_t v, unsigned by)
{
	return v << by | v >> (32 - by);
}

static void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*a += *b;
	*d = rotate(*d ^ *a, 16);
	*c += *d;
	*b = rotate(*b ^ *c, 12);
	*a += *b;
	*d = rotate(*d ^ *a, 8);
	*c += *d;
	*b = rotate(*b ^ *c, 7);
}

static void make_block(const uint32_t input[WORDS], unsigned char out[BLOCK])
{
	uint32_t x[WORDS];

	memcpy(x, input, sizeof(x));
	for (int i = 0; i < DOUBLE_ROUNDS; i++) {
		quarter_round(&x[0], &x[4], &x[8], &x[12]);
		quarter_round(&x[1], &x[5], &x[9], &x[13]);
		quarter_round(&x[2], &x[6], &x[10], &x[14]);
		quarter_round(&x[3], &x[7], &x[11], &x[15]);
		quarter_round(&x[0], &x[5], &x[10], &x[15]);
		quarter_round(&x[1], &x[6], &x[11], &x[12]);
		quarter_round(&x[2], &x[7], &x[8], &x[13]);
		quarter_round(&x[3], &x[4], &x[9], &x[14]);
	}
	for (size_t i = 0; i < WORDS; i++)
		store_le32(out + 4 * i, x[i] + input[i]);
}

void fill_random(const unsigned char key[static FILL_KEY], uint64_t pos,
                 void *buf, size_t len)
{
	/* "expand 32-byte k" */
	uint32_t input[WORDS] = { 0x61707865, 0x3320646e, 0x79622d32,
		                  0x6b206574 };
	unsigned char *dst = buf;

	for (size_t i = 0; i < FILL_KEY / 4; i++)
		input[4 + i] = load_le32(key + 4 * i);
	while (len > 0) {
		unsigned char block[BLOCK];
		size_t skip = (size_t)(pos % BLOCK);
		size_t n = size_min(BLOCK - skip, len);

		input[12] = (uint32_t)(pos / BLOCK);
		input[13] = (uint32_t)(pos / BLOCK >> 32);
		make_block(input, block);
		memcpy(dst, block + skip, n);
		dst += n;
		pos += n;
		len -= n;
	}
}

void fill_repeat(void *buf, size_t period, size_t len)
{
	unsigned char *dst = buf;

	if (period == 1 && len > 0) {
		memset(dst, dst[0], len);
		return;
	}
	/* What is there is a whole number of periods until the last copy. */
	for (size_t done = period; done < len; done *= 2)
		memcpy(dst + done, dst, size_min(done, len - done));
}
