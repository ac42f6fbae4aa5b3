/*
 * bytes.h - numbers in bytes: endian loads and stores, CRC32C
 *
 * Pointers need no alignment. Threads: any.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "base/base.h"

uint16_t load_le16(const void *p);
uint32_t load_le32(const void *p);
uint64_t load_le64(const void *p);
uint16_t load_be16(const void *p);
uint32_t load_be32(const void *p);
uint64_t load_be64(const void *p);

void store_le16(void *p, uint16_t v);
void store_le32(void *p, uint32_t v);
void store_le64(void *p, uint64_t v);
void store_be16(void *p, uint16_t v);
void store_be32(void *p, uint32_t v);
void store_be64(void *p, uint64_t v);

/*
 * CRC32C (Castagnoli, RFC 3720 appendix B.4) of len bytes, continuing from
 * `crc`; start with 0. crc32c(crc32c(0, a), b) is the CRC of a followed by b.
 */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

/* The same without the processor's own instruction for it. */
uint32_t crc32c_plain(uint32_t crc, const void *data, size_t len);

#endif
