/*
 * digest.h - digests of bytes: cryptographic ones, checksums
 *
 * MD5, SHA-1, SHA-2, SHA-3 and BLAKE2 are OpenSSL's, XXH3 is xxhash's: both
 * libraries are opened when they are first needed. The CRCs are our own.
 *
 *	digest_new() .. digest_add() digest_add() digest_end() .. digest_free()
 *
 * Threads: a digest belongs to one thread at a time; the table is constant.
 */
#ifndef STUDY_DIGEST_H
#define STUDY_DIGEST_H

#include "base/base.h"

struct algorithm;
struct digest;
struct error;

enum {
	DIGEST_MAX = 64,                  /* bytes of the longest */
	DIGEST_TEXT = 2 * DIGEST_MAX + 1, /* as hex digits, with a NUL */
	ALGORITHMS_MAX = 32,              /* more than there are */
};

/* By name ("sha256", or another that it is known by), upper case or lower; NULL
   if there is none. The idx-th in the order of the table; NULL behind the last
   one. */
const struct algorithm *algorithm_find(const char *name);
const struct algorithm *algorithm_at(size_t idx);
const char *algorithm_name(const struct algorithm *algorithm);
size_t algorithm_size(const struct algorithm *algorithm); /* bytes */

/* "md5 sha1 sha224 ..". */
const char *algorithm_names(void);

/* ERR_STATE: its library is not there, or does not have it; ERR_NOMEM. */
struct digest *digest_new(const struct algorithm *algorithm,
                          struct error *err) MUST_USE;
void digest_free(struct digest *digest); /* NULL is allowed */

void digest_add(struct digest *digest, const void *bytes, size_t len);

/* The digest of what was added since it was made, or since it ended last, goes
   to `out`, and it begins anew. ERR_STATE: the library has failed. */
bool digest_end(struct digest *digest, unsigned char out[static DIGEST_MAX],
                struct error *err) MUST_USE;

/* As hex digits. Returns dst. */
char *digest_text(const unsigned char *bytes, size_t size,
                  char dst[static DIGEST_TEXT]);
/* The other way: exactly `size` bytes. False: these are not so many. */
bool digest_parse(const char *text, size_t len, unsigned char *bytes,
                  size_t size) MUST_USE;

/* Of each library that may be used, a line such as "OpenSSL 3.0.19" or
   "xxhash: not built in"; NULL behind the last one. Opens it. */
enum { DIGEST_LIBRARY = 160 };
const char *digest_library(size_t idx, char dst[static DIGEST_LIBRARY]);

#endif
