/*
 * digest.c - see digest.h
 *
 * The table is the only list of the algorithms; help and errors print it.
 */
#include "config.h"

#include "study/digest.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "study/digest_impl.h"

struct digest {
	const struct algorithm *algorithm;
	void *state; /* owned: the family's */
	bool failed;
};

static const struct algorithm algorithms[] = {
	{ "md5", NULL, 16, &digest_evp, "MD5" },
	{ "sha1", "sha-1", 20, &digest_evp, "SHA1" },
	{ "sha224", "sha-224", 28, &digest_evp, "SHA2-224" },
	{ "sha256", "sha-256", 32, &digest_evp, "SHA2-256" },
	{ "sha384", "sha-384", 48, &digest_evp, "SHA2-384" },
	{ "sha512", "sha-512", 64, &digest_evp, "SHA2-512" },
	{ "sha3-224", NULL, 28, &digest_evp, "SHA3-224" },
	{ "sha3-256", NULL, 32, &digest_evp, "SHA3-256" },
	{ "sha3-384", NULL, 48, &digest_evp, "SHA3-384" },
	{ "sha3-512", NULL, 64, &digest_evp, "SHA3-512" },
	{ "blake2b", "blake2b512", 64, &digest_evp, "BLAKE2B-512" },
	{ "blake2s", "blake2s256", 32, &digest_evp, "BLAKE2S-256" },
	{ "crc32", NULL, 4, &digest_crc, "ieee" },
	{ "crc32c", NULL, 4, &digest_crc, "castagnoli" },
	{ "xxh3", "xxh3-64", 8, &digest_xxh, "64" },
	{ "xxh128", "xxh3-128", 16, &digest_xxh, "128" },
};

const struct algorithm *algorithm_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(algorithms); i++) {
		const struct algorithm *a = &algorithms[i];

		if (strcasecmp(name, a->name) == 0 ||
		    (a->alias && strcasecmp(name, a->alias) == 0))
			return a;
	}
	return NULL;
}

const struct algorithm *algorithm_at(size_t idx)
{
	return idx < ARRAY_LEN(algorithms) ? &algorithms[idx] : NULL;
}

const char *algorithm_name(const struct algorithm *algorithm)
{
	return algorithm->name;
}

size_t algorithm_size(const struct algorithm *algorithm)
{
	return algorithm->size;
}

const char *algorithm_names(void)
{
	return "md5 sha1 sha224 sha256 sha384 sha512 sha3-224 sha3-256 "
	       "sha3-384 sha3-512 blake2b blake2s crc32 crc32c xxh3 xxh128";
}

struct digest *digest_new(const struct algorithm *algorithm, struct error *err)
{
	const struct digest_family *family = algorithm->family;
	struct digest *digest;

	if (!family->open) {
		error_set(err, ERR_STATE, "%s: built without %s",
		          algorithm->name, family->library);
		return NULL;
	}
	digest = mem_zalloc(sizeof(*digest), err);
	if (!digest)
		return NULL;
	digest->algorithm = algorithm;
	digest->state = family->open(algorithm, err);
	if (digest->state)
		return digest;
	mem_free(digest);
	return NULL;
}

void digest_free(struct digest *digest)
{
	if (!digest)
		return;
	digest->algorithm->family->free(digest->state);
	mem_free(digest);
}

void digest_add(struct digest *digest, const void *bytes, size_t len)
{
	if (!digest->algorithm->family->add(digest->state, bytes, len))
		digest->failed = true;
}

bool digest_end(struct digest *digest, unsigned char out[static DIGEST_MAX],
                struct error *err)
{
	bool ok = digest->algorithm->family->end(digest->state, out);

	if (ok && !digest->failed)
		return true;
	return error_set(err, ERR_STATE, "%s: the library has failed",
	                 digest->algorithm->name);
}

char *digest_text(const unsigned char *bytes, size_t size,
                  char dst[static DIGEST_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	char *p = dst;

	for (size_t i = 0; i < size; i++) {
		*p++ = digits[bytes[i] >> 4];
		*p++ = digits[bytes[i] & 15];
	}
	*p = '\0';
	return dst;
}

bool digest_parse(const char *text, size_t len, unsigned char *bytes,
                  size_t size)
{
	if (len != 2 * size)
		return false;
	for (size_t i = 0; i < size; i++) {
		int high = text_hex_digit(text[2 * i]);
		int low = text_hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

const char *digest_library(size_t idx, char dst[static DIGEST_LIBRARY])
{
	static const struct digest_family *const families[] = { &digest_evp,
		                                                &digest_xxh };

	if (idx >= ARRAY_LEN(families))
		return NULL;
	if (families[idx]->version)
		families[idx]->version(dst);
	else
		snprintf(dst, DIGEST_LIBRARY, "%s: not built in",
		         families[idx]->library);
	return dst;
}
