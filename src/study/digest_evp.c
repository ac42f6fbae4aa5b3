/*
 * digest_evp.c - MD5, SHA and BLAKE2 by OpenSSL
 *
 * The library is opened for each digest: after the first time that is a look-up
 * of a few names, and nothing has to be shared or torn down. OpenSSL keeps
 * itself in memory.
 */
#include "config.h"

#include <stdio.h>

#include "base/base.h"
#include "base/error.h"
#include "base/library.h"
#include "base/mem.h"
#include "study/digest.h"
#include "study/digest_impl.h"

#ifdef HAVE_CRYPTO

/* A type of OpenSSL has the name of one of our errors. */
#define ERR_STATE OPENSSL_ERR_STATE
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/opensslv.h>
#undef ERR_STATE

#define TEXT(x)   #x
#define NUMBER(x) TEXT(x)
#define LIBRARY   "libcrypto.so." NUMBER(OPENSSL_SHLIB_VERSION)

struct evp {
	void *library;   /* owned */
	EVP_MD *md;      /* owned */
	EVP_MD_CTX *ctx; /* owned */
	__typeof__(EVP_MD_fetch) *fetch;
	__typeof__(EVP_MD_free) *free_md;
	__typeof__(EVP_MD_CTX_new) *new_ctx;
	__typeof__(EVP_MD_CTX_free) *free_ctx;
	__typeof__(EVP_DigestInit_ex2) *init;
	__typeof__(EVP_DigestUpdate) *update;
	__typeof__(EVP_DigestFinal_ex) *final;
};

static bool load(struct evp *evp, struct error *err)
{
	const struct library_symbol symbols[] = {
		{ "EVP_MD_fetch", &evp->fetch },
		{ "EVP_MD_free", &evp->free_md },
		{ "EVP_MD_CTX_new", &evp->new_ctx },
		{ "EVP_MD_CTX_free", &evp->free_ctx },
		{ "EVP_DigestInit_ex2", &evp->init },
		{ "EVP_DigestUpdate", &evp->update },
		{ "EVP_DigestFinal_ex", &evp->final },
	};

	evp->library = library_open(LIBRARY, "OpenSSL", symbols,
	                            ARRAY_LEN(symbols), err);
	return evp->library != NULL;
}

static void free_evp(void *state)
{
	struct evp *evp = state;

	if (evp->library) {
		evp->free_ctx(evp->ctx);
		evp->free_md(evp->md);
	}
	library_close(evp->library);
	mem_free(evp);
}

static bool begin(struct evp *evp, const struct algorithm *algorithm,
                  struct error *err)
{
	if (!load(evp, err))
		return error_prefix(err, "%s", algorithm->name);
	evp->md = evp->fetch(NULL, algorithm->inner, NULL);
	if (!evp->md)
		return error_set(err, ERR_STATE,
		                 "%s: OpenSSL does not offer it here",
		                 algorithm->name);
	evp->ctx = evp->new_ctx();
	if (!evp->ctx || !evp->init(evp->ctx, evp->md, NULL))
		return error_set(err, ERR_NOMEM, "not enough memory");
	return true;
}

static void *open_evp(const struct algorithm *algorithm, struct error *err)
{
	struct evp *evp = mem_zalloc(sizeof(*evp), err);

	if (!evp || begin(evp, algorithm, err))
		return evp;
	free_evp(evp);
	return NULL;
}

static bool add(void *state, const void *bytes, size_t len)
{
	struct evp *evp = state;

	return evp->update(evp->ctx, bytes, len);
}

static bool end(void *state, unsigned char *out)
{
	struct evp *evp = state;

	return evp->final(evp->ctx, out, NULL) &&
	       evp->init(evp->ctx, NULL, NULL);
}

static void version(char *dst)
{
	__typeof__(OpenSSL_version) *text;
	const struct library_symbol symbol = { "OpenSSL_version", &text };
	struct error err;
	void *library = library_open(LIBRARY, "OpenSSL", &symbol, 1, &err);

	snprintf(dst, DIGEST_LIBRARY, "%.*s", DIGEST_LIBRARY - 1,
	         library ? text(OPENSSL_VERSION) : err.text);
	library_close(library);
}

const struct digest_family digest_evp = {
	.library = "OpenSSL",
	.version = version,
	.open = open_evp,
	.add = add,
	.end = end,
	.free = free_evp,
};

#else

const struct digest_family digest_evp = { .library = "OpenSSL" };

#endif
