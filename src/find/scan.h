/*
 * scan.h - where bytes fit a row of byte sets: the one kernel of searching
 *
 *	sets      {50} {4b} {03,05} {04,06}
 *	data   .. 50   4b   03      04 ..     a start: every byte in its set
 *
 * Literals, masks, both cases of a letter and the beginnings of a regex are all
 * rows of sets. What fits is exactly what fits the sets, nothing left out and
 * nothing added; a caller whose sets say less than its pattern confirms each.
 *
 * A scan never changes once made: any number of threads may use one at a time.
 * scan_next() reads nothing outside [data, data + len), takes no lock and
 * allocates nothing, so that it may be left by siglongjmp().
 */
#ifndef FIND_SCAN_H
#define FIND_SCAN_H

#include "base/base.h"
#include "find/byteset.h"

struct error;
struct scan;

enum { SCAN_POSITIONS = 32 };

/* No start fits. */
#define SCAN_NONE SIZE_MAX

/*
 * sets[count], 1 <= count <= SCAN_POSITIONS, are copied. The sample is a piece
 * of what will be searched, or pieces put together (256 KiB are plenty); it may
 * be empty. It says which positions are looked at first, and is not kept.
 * ERR_NOMEM.
 */
struct scan *scan_new(const struct byte_set *sets, size_t count,
                      const unsigned char *sample, size_t sample_len,
                      struct error *err) MUST_USE;
void scan_free(struct scan *scan); /* NULL is allowed */

/* The first start >= from with data[start + i] in sets[i] for all i and
   start + count <= len; SCAN_NONE when there is none. Any from. */
size_t scan_next(const struct scan *scan, const unsigned char *data, size_t len,
                 size_t from);

/* Bit i: the start data + i fits, for a block of them; data has as many bytes
   as they need. */
enum { SCAN_BLOCK = 32 };
uint32_t scan_block(const struct scan *scan, const unsigned char *data);

/* A mask for each of the 256 bytes; bit i: it is in sets[i]. Borrowed. */
const uint32_t *scan_places(const struct scan *scan);

/* How many starts fit per byte of data like the sample, 0 to 1. Without a
   sample it is what random bytes would give. */
double scan_density(const struct scan *scan);

#ifdef TEST_HOOKS
struct kernel;

/* Go on with this kernel of find/kernel.h, which the processor must have. */
void scan_use(struct scan *scan, const struct kernel *kernel);
#endif

#endif
