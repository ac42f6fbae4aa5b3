/*
 * byteset.h - a set of byte values
 *
 * A plain value: 256 bits, byte b in bit b % 64 of bits[b / 64]. All zero is
 * the empty set. Threads: as any value.
 */
#ifndef FIND_BYTESET_H
#define FIND_BYTESET_H

#include "base/base.h"

struct byte_set {
	uint64_t bits[4];
};

static inline bool byte_set_has(const struct byte_set *set, unsigned char byte)
{
	return set->bits[byte >> 6] >> (byte & 63) & 1;
}

static inline void byte_set_add(struct byte_set *set, unsigned char byte)
{
	set->bits[byte >> 6] |= UINT64_C(1) << (byte & 63);
}

/* first..last, both of them included; nothing when first > last. */
void byte_set_add_range(struct byte_set *set, unsigned char first,
                        unsigned char last);
void byte_set_add_set(struct byte_set *set, const struct byte_set *other);
void byte_set_invert(struct byte_set *set);

size_t byte_set_count(const struct byte_set *set);
bool byte_set_is_equal(const struct byte_set *a, const struct byte_set *b);
/* Is there a byte in both? */
bool byte_set_meets(const struct byte_set *a, const struct byte_set *b);

#endif
