/*
 * fill.h - bytes that are computed from their position
 *
 * Threads: any; there is no state.
 */
#ifndef EDIT_FILL_H
#define EDIT_FILL_H

#include "base/base.h"

enum { FILL_KEY = 32 };

/*
 * The bytes [pos, pos + len) of the stream of a key: ChaCha20 with nonce 0 and
 * a 64-bit block counter (D. J. Bernstein, "ChaCha, a variant of Salsa20",
 * 2008). The same key gives the same bytes anywhere and at any time.
 */
void fill_random(const unsigned char key[static FILL_KEY], uint64_t pos,
                 void *buf, size_t len);

/* Repeat the first `period` > 0 bytes of buf up to len. */
void fill_repeat(void *buf, size_t period, size_t len);

#endif
