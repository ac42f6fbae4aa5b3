/*
 * bytes.h - numbers in bytes: endian loads and stores, varints, CRC32C
 *
 * Pointers need no alignment. Threads: any.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "base/base.h"

/* Written with shifts: gcc and clang turn each into one instruction, whatever
   the alignment and the order of the machine. */

static inline uint16_t load_le16(const void *p)
{
	const unsigned char *b = p;

	return (uint16_t)(b[0] | b[1] << 8);
}

static inline uint32_t load_le32(const void *p)
{
	const unsigned char *b = p;

	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
	       (uint32_t)b[3] << 24;
}

static inline uint64_t load_le64(const void *p)
{
	const unsigned char *b = p;

	return load_le32(b) | (uint64_t)load_le32(b + 4) << 32;
}

static inline uint16_t load_be16(const void *p)
{
	const unsigned char *b = p;

	return (uint16_t)(b[0] << 8 | b[1]);
}

static inline uint32_t load_be32(const void *p)
{
	const unsigned char *b = p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	       (uint32_t)b[2] << 8 | (uint32_t)b[3];
}

static inline void store_le16(void *p, uint16_t v)
{
	unsigned char *b = p;

	b[0] = (unsigned char)v;
	b[1] = (unsigned char)(v >> 8);
}

static inline void store_le32(void *p, uint32_t v)
{
	unsigned char *b = p;

	store_le16(b, (uint16_t)v);
	store_le16(b + 2, (uint16_t)(v >> 16));
}

static inline void store_le64(void *p, uint64_t v)
{
	unsigned char *b = p;

	store_le32(b, (uint32_t)v);
	store_le32(b + 4, (uint32_t)(v >> 32));
}

static inline void store_be16(void *p, uint16_t v)
{
	unsigned char *b = p;

	b[0] = (unsigned char)(v >> 8);
	b[1] = (unsigned char)v;
}

static inline void store_be32(void *p, uint32_t v)
{
	unsigned char *b = p;

	store_be16(b, (uint16_t)(v >> 16));
	store_be16(b + 2, (uint16_t)v);
}

static inline void store_be64(void *p, uint64_t v)
{
	unsigned char *b = p;

	store_be32(b, (uint32_t)(v >> 32));
	store_be32(b + 4, (uint32_t)v);
}

/*
 * Varints, LEB128: 7 bits in a byte, least first, the last byte below 128.
 * Written at `to`, where there is room for VARINT_BYTES; returns where it ends.
 */
enum { VARINT_BYTES = 10 }; /* of any number; 9 of one below 2^63 */

static inline unsigned char *store_varint(unsigned char *to, uint64_t n)
{
	for (; n > 127; n >>= 7)
		*to++ = (unsigned char)(n | 128);
	*to++ = (unsigned char)n;
	return to;
}

/* One that is known to be whole, as our own memory has it; *from goes behind
   it. */
static inline uint64_t load_varint(const unsigned char **from)
{
	uint64_t n = 0;
	unsigned shift = 0;

	for (; **from & 128; shift += 7)
		n |= (uint64_t)(*(*from)++ & 127) << shift;
	return n | (uint64_t) * (*from)++ << shift;
}

/*
 * CRC32C (Castagnoli, RFC 3720 appendix B.4) of len bytes, continuing from
 * `crc`; start with 0. crc32c(crc32c(0, a), b) is the CRC of a followed by b.
 */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

/* The same without the processor's own instruction for it. */
uint32_t crc32c_plain(uint32_t crc, const void *data, size_t len);

#endif
