/*
 * digest_impl.h - what a family of algorithms implements
 *
 * Threads: as digest.h.
 */
#ifndef STUDY_DIGEST_IMPL_H
#define STUDY_DIGEST_IMPL_H

#include "base/base.h"

struct algorithm;
struct error;

/* State is the family's own; free(NULL) is never called. A family that was not
   built in has the name of its library alone. */
struct digest_family {
	const char *library; /* NULL: it needs none */
	/* "OpenSSL 3.0.19", or why there is none. Room for DIGEST_LIBRARY
	   bytes. */
	void (*version)(char *dst);
	void *(*open)(const struct algorithm *algorithm, struct error *err);
	/* False: the library has failed, which end() says again. */
	bool (*add)(void *state, const void *bytes, size_t len);
	/* The digest, of at most DIGEST_MAX bytes; and begin anew. */
	bool (*end)(void *state, unsigned char *out);
	void (*free)(void *state);
};

struct algorithm {
	const char *name;
	const char *alias; /* or NULL */
	size_t size;
	const struct digest_family *family;
	const char *inner; /* the family's own name of it */
};

extern const struct digest_family digest_crc;
extern const struct digest_family digest_evp;
extern const struct digest_family digest_xxh;

#endif
