/*
 * fuzz_manifest.c - lists of digests, as anybody may have written them
 *
 * The first byte chooses the name of the list, which may say the algorithm. A
 * part does not end before it begins, a name has no NUL in it, and reading the
 * list again in smaller pieces gives the same.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/sys.h"
#include "study/manifest.h"
#include "tests/fuzz/fuzz.h"

static const uint8_t *in;
static size_t in_len, at, piece;

static void require(bool holds)
{
	if (!holds)
		abort();
}

static int fake_open(const char *path, unsigned flags)
{
	(void)path;
	(void)flags;
	at = 0;
	return 3;
}

static int fake_close(int fd)
{
	(void)fd;
	return 0;
}

static int fake_fstat(int fd, struct sys_stat *st)
{
	(void)fd;
	*st = (struct sys_stat){ .type = SYS_REGULAR, .nlink = 1 };
	return 0;
}

static int64_t fake_read(int fd, void *buf, size_t len)
{
	(void)fd;
	len = size_min(size_min(len, piece), in_len - at);
	if (len > 0)
		memcpy(buf, in + at, len);
	at += len;
	return (int64_t)len;
}

static const struct sys fake = {
	.open = fake_open,
	.close = fake_close,
	.fstat = fake_fstat,
	.read = fake_read,
};

static uint64_t mix(uint64_t sum, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ p[i]) * UINT64_C(0x100000001b3);
	return sum;
}

/* A number for all that is read, the error at the end included. */
static uint64_t read_list(const char *path)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	struct manifest_entry e;
	struct manifest m;
	struct error err;
	bool there = true;

	if (!manifest_begin(&m, &fake, path, &err))
		return 0;
	while (there && manifest_next(&m, &e, &there, &err)) {
		if (!there)
			break;
		require(e.whole || e.start <= e.end);
		require(e.algorithm != NULL);
		sum = mix(sum, e.digest, algorithm_size(e.algorithm));
		sum = mix(sum, &e.start, sizeof(e.start));
		sum = mix(sum, &e.end, sizeof(e.end));
		sum = mix(sum, &e.skipped, sizeof(e.skipped));
		if (e.name)
			sum = mix(sum, e.name, strlen(e.name));
	}
	if (there)
		sum = mix(sum, err.text, strlen(err.text));
	manifest_end(&m);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "list", "/x/B2SUMS", "a.sha3-256",
		                             "xxh128" };
	const char *path = names[size > 0 ? data[0] % ARRAY_LEN(names) : 0];
	uint64_t sum;

	in = data + (size > 0);
	in_len = size - (size > 0);
	piece = SIZE_MAX;
	sum = read_list(path);
	piece = 7;
	require(read_list(path) == sum);
	return 0;
}
