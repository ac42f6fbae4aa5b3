/* byteset.c - see byteset.h */
#include "config.h"

#include "find/byteset.h"

#include <string.h>

void byte_set_add_range(struct byte_set *set, unsigned char first,
                        unsigned char last)
{
	for (unsigned b = first; b <= last; b++)
		byte_set_add(set, (unsigned char)b);
}

void byte_set_add_set(struct byte_set *set, const struct byte_set *other)
{
	for (size_t i = 0; i < ARRAY_LEN(set->bits); i++)
		set->bits[i] |= other->bits[i];
}

void byte_set_invert(struct byte_set *set)
{
	for (size_t i = 0; i < ARRAY_LEN(set->bits); i++)
		set->bits[i] = ~set->bits[i];
}

size_t byte_set_count(const struct byte_set *set)
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(set->bits); i++)
		count += (size_t)__builtin_popcountll(set->bits[i]);
	return count;
}

bool byte_set_is_equal(const struct byte_set *a, const struct byte_set *b)
{
	return memcmp(a->bits, b->bits, sizeof(a->bits)) == 0;
}

bool byte_set_meets(const struct byte_set *a, const struct byte_set *b)
{
	for (size_t i = 0; i < ARRAY_LEN(a->bits); i++)
		if (a->bits[i] & b->bits[i])
			return true;
	return false;
}
