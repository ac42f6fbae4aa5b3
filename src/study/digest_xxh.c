/*
 * digest_xxh.c - XXH3 of 64 and 128 bits by xxhash, in its canonical form
 *
 * The form is that of xxhsum: the most significant byte comes first.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/library.h"
#include "base/mem.h"
#include "study/digest.h"
#include "study/digest_impl.h"

#ifdef HAVE_XXHASH

#include <xxhash.h>

#define TEXT(x)   #x
#define NUMBER(x) TEXT(x)
#define LIBRARY   "libxxhash.so." NUMBER(XXH_VERSION_MAJOR)

struct xxh {
	void *library;       /* owned */
	XXH3_state_t *state; /* owned */
	bool wide;           /* 128 bits */
	__typeof__(XXH3_createState) *create;
	__typeof__(XXH3_freeState) *free;
	__typeof__(XXH3_64bits_reset) *reset;
	__typeof__(XXH3_64bits_update) *update;
	__typeof__(XXH3_64bits_digest) *digest;
	__typeof__(XXH3_128bits_reset) *reset_wide;
	__typeof__(XXH3_128bits_update) *update_wide;
	__typeof__(XXH3_128bits_digest) *digest_wide;
};

static bool load(struct xxh *xxh, struct error *err)
{
	const struct library_symbol symbols[] = {
		{ "XXH3_createState", &xxh->create },
		{ "XXH3_freeState", &xxh->free },
		{ "XXH3_64bits_reset", &xxh->reset },
		{ "XXH3_64bits_update", &xxh->update },
		{ "XXH3_64bits_digest", &xxh->digest },
		{ "XXH3_128bits_reset", &xxh->reset_wide },
		{ "XXH3_128bits_update", &xxh->update_wide },
		{ "XXH3_128bits_digest", &xxh->digest_wide },
	};

	xxh->library = library_open(LIBRARY, "xxhash", symbols,
	                            ARRAY_LEN(symbols), err);
	return xxh->library != NULL;
}

static bool reset(struct xxh *xxh)
{
	return (xxh->wide ? xxh->reset_wide(xxh->state)
	                  : xxh->reset(xxh->state)) == XXH_OK;
}

static void free_xxh(void *state)
{
	struct xxh *xxh = state;

	if (xxh->state)
		xxh->free(xxh->state);
	library_close(xxh->library);
	mem_free(xxh);
}

static bool begin(struct xxh *xxh, const struct algorithm *algorithm,
                  struct error *err)
{
	if (!load(xxh, err))
		return error_prefix(err, "%s", algorithm->name);
	xxh->wide = strcmp(algorithm->inner, "128") == 0;
	xxh->state = xxh->create();
	if (!xxh->state || !reset(xxh))
		return error_set(err, ERR_NOMEM, "not enough memory");
	return true;
}

static void *open_xxh(const struct algorithm *algorithm, struct error *err)
{
	struct xxh *xxh = mem_zalloc(sizeof(*xxh), err);

	if (!xxh || begin(xxh, algorithm, err))
		return xxh;
	free_xxh(xxh);
	return NULL;
}

static bool add(void *state, const void *bytes, size_t len)
{
	struct xxh *xxh = state;

	return (xxh->wide ? xxh->update_wide(xxh->state, bytes, len)
	                  : xxh->update(xxh->state, bytes, len)) == XXH_OK;
}

static bool end(void *state, unsigned char *out)
{
	struct xxh *xxh = state;

	if (xxh->wide) {
		XXH128_hash_t hash = xxh->digest_wide(xxh->state);

		store_be64(out, hash.high64);
		store_be64(out + 8, hash.low64);
	} else {
		store_be64(out, xxh->digest(xxh->state));
	}
	return reset(xxh);
}

static void version(char *dst)
{
	__typeof__(XXH_versionNumber) *number;
	const struct library_symbol symbol = { "XXH_versionNumber", &number };
	struct error err;
	void *library = library_open(LIBRARY, "xxhash", &symbol, 1, &err);

	if (library)
		snprintf(dst, DIGEST_LIBRARY, "xxhash %u.%u.%u",
		         number() / 10000, number() / 100 % 100,
		         number() % 100);
	else
		snprintf(dst, DIGEST_LIBRARY, "%.*s", DIGEST_LIBRARY - 1,
		         err.text);
	library_close(library);
}

const struct digest_family digest_xxh = {
	.library = "xxhash",
	.version = version,
	.open = open_xxh,
	.add = add,
	.end = end,
	.free = free_xxh,
};

#else

const struct digest_family digest_xxh = { .library = "xxhash" };

#endif
