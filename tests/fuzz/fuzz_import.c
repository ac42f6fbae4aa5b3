/*
 * fuzz_import.c - the readers of import; what they take, they take in portions
 * of any size, and written again and read again it is the same
 *
 * The first byte chooses the format, the second the size of portions.
 */
#include "config.h"

#include <stdlib.h>

#include "base/error.h"
#include "command/format.h"
#include "command/output.h"
#include "command/reader.h"
#include "tests/fuzz/fuzz.h"

enum { TAKEN = 4096 };

/* The first bytes that came, with their addresses, and a sum of all. */
struct taken {
	uint64_t addr[TAKEN];
	unsigned char bytes[TAKEN];
	uint64_t count;
	uint64_t sum;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool take(void *arg, uint64_t addr, const unsigned char *bytes,
                 size_t len, struct error *err)
{
	struct taken *t = arg;

	(void)err;
	require(len > 0 && len <= READER_BYTES && len <= UINT64_MAX - addr);
	for (size_t i = 0; i < len; i++, t->count++) {
		t->sum = (t->sum ^ (addr + i) ^ bytes[i]) *
		         UINT64_C(0x100000001b3);
		if (t->count >= TAKEN)
			continue;
		t->addr[t->count] = addr + i;
		t->bytes[t->count] = bytes[i];
	}
	return true;
}

static bool read_text(const struct format *format, const char *text, size_t len,
                      size_t step, struct taken *t)
{
	struct error err = { 0 };
	struct reader *reader = reader_new(format, take, t, &err);
	bool ok = true;

	require(reader != NULL);
	for (size_t at = 0; ok && at < len; at += step)
		ok = reader_put(reader, text + at, size_min(step, len - at),
		                &err);
	ok = ok && reader_end(reader, &err);
	require(ok || (err.code == ERR_SYNTAX && err.text[0] != '\0'));
	reader_free(reader);
	return ok;
}

/* Write it as it came, and read that. */
static void write_and_read(const struct format *format, const struct taken *t)
{
	static struct taken again;
	struct formatter f;
	struct output out;

	output_init(&out, false, NULL, NULL);
	format_begin(&f, format, &out);
	for (uint64_t i = 0; i < t->count; i++)
		format_put(&f, t->addr[i], &t->bytes[i], 1);
	format_end(&f);
	require(!out.failed);
	again.count = again.sum = 0;
	require(read_text(format, out.v ? out.v : "", out.len, SIZE_MAX,
	                  &again));
	require(again.count == t->count && again.sum == t->sum);
	output_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "hex",    "c",    "python",
		                             "base64", "ihex", "srec" };
	static struct taken whole, portions;
	const struct format *format;
	bool ok;

	if (size < 2)
		return 0;
	format = format_find(names[data[0] % ARRAY_LEN(names)]);
	whole.count = whole.sum = portions.count = portions.sum = 0;
	ok = read_text(format, (const char *)data + 2, size - 2, SIZE_MAX,
	               &whole);
	require(ok == read_text(format, (const char *)data + 2, size - 2,
	                        (size_t)data[1] + 1, &portions));
	require(!ok ||
	        (whole.count == portions.count && whole.sum == portions.sum));
	if (ok && whole.count <= TAKEN)
		write_and_read(format, &whole);
	return 0;
}
