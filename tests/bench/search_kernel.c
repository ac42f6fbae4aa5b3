/*
 * search_kernel.c - the scanning kernel on data in memory
 *
 * The limit that the ratios are of is memchr() of a byte that is not there: it
 * loads everything and does next to nothing. memmem() is the peer for bytes
 * that are written as they are. Rows are regexes, of which the prefilter makes
 * sets; a candidate is not tried any further here. All times are CPU times.
 *
 * `search_kernel full ROWS` measures the rows of which ROWS is a part of the
 * name, such as "random, 4 bytes".
 *
 * Built against the library of the tests, in which a kernel can be chosen.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "find/kernel.h"
#include "find/prefilter.h"
#include "tests/bench/bench.h"

enum {
	TURNS = 9,
	SAMPLES = 64,
	SAMPLE = 4096,
	ABSENT = 0xf5, /* in none of the data */
};

static const struct kernel *const kernels[] = {
#ifdef __x86_64__
	&kernel_avx2,
	&kernel_sse2,
#endif
	&kernel_plain,
};

enum { KERNELS = sizeof(kernels) / sizeof(*kernels) };

static void must(bool ok, const struct error *err)
{
	errno = 0;
	if (!ok)
		bench_fail("%s", err->text);
}

/* --- data --- */

static void fill_random(unsigned char *data, size_t len)
{
	uint64_t state = 3;

	for (size_t i = 0; i < len; i++) {
		data[i] = (unsigned char)(bench_random(&state) >> 24);
		if (data[i] == ABSENT)
			data[i] = 0;
	}
}

/* Words by how often English has them, numbers, and lines. */
static void fill_text(unsigned char *data, size_t len)
{
	static const char *const words[] = {
		"the ",    "of ",     "and ",    "to ",     "in ",
		"a ",      "is ",     "that ",   "for ",    "it ",
		"was ",    "with ",   "as ",     "on ",     "be ",
		"people ", "system ", "first ",  "number ", "file ",
		"would ",  "their ",  "which ",  "there ",  "message. ",
		"return ", "memory ", "header ", "offset ", "address, ",
		"1024 ",   "0x7f4a ", "quick ",  "fox\n",   "bars\n",
		"under\n", "47-11 ",  "2026 ",   "Zebra ",  "\n",
	};
	uint64_t state = 5;
	size_t at = 0;

	while (at < len) {
		uint64_t r = bench_random(&state) >> 20;
		uint64_t range = r % 2 ? 12 : ARRAY_LEN(words);
		const char *word = words[(r >> 8) % range];
		size_t n = size_min(strlen(word), len - at);

		memcpy(data + at, word, n);
		at += n;
	}
}

static void fill_zeros(unsigned char *data, size_t len)
{
	uint64_t state = 7;

	memset(data, 0, len);
	for (size_t i = 0; i < len / 4096; i++)
		data[bench_random(&state) % len] = 0x77;
}

static void fill_period(unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		data[i] = i % 16 == 15 ? 'b' : 'a';
}

struct data {
	const char *name;
	void (*fill)(unsigned char *data, size_t len);
};

static const struct data kinds[] = {
	{ "random", fill_random },
	{ "text", fill_text },
	{ "zeros", fill_zeros },
	{ "periodic", fill_period },
};

/* --- what is sought --- */

struct row {
	const char *data;
	const char *name;
	const char *regex;
	const char *bytes; /* the same for memmem, or NULL */
	size_t len;
};

#define LITERAL(data, name, regex, bytes)                   \
	{                                                   \
		data, name, regex, bytes, sizeof(bytes) - 1 \
	}

static const struct row rows[] = {
	LITERAL("random", "4 bytes", "\\xde\\xad\\xbe\\xef",
	        "\xde\xad\xbe\xef"),
	LITERAL("random", "8 bytes", "\\xde\\xad\\xbe\\xef\\x01\\x02\\x03\\x04",
	        "\xde\xad\xbe\xef\x01\x02\x03\x04"),
	{ "random", "de ?? be e? 01", "(?s)\\xde.\\xbe[\\xe0-\\xef]\\x01", NULL,
	  0 },
	{ "random", "[\\x80-\\xff]{8}\\x00\\x00\\xc3",
	  "[\\x80-\\xff]{8}\\x00\\x00\\xc3", NULL, 0 },
	LITERAL("text", "16 bytes", "absent sentences", "absent sentences"),
	LITERAL("text", "\"the \", frequent", "the ", "the "),
	{ "text", "(?i)password\\s*[:=]", "(?i)password\\s*[:=]", NULL, 0 },
	{ "text", "card number",
	  "[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}", NULL, 0 },
	{ "text", "(foo\\|bar\\|baz\\|quux)[0-9]+", "(foo|bar|baz|quux)[0-9]+",
	  NULL, 0 },
	{ "text", "[0-9a-f]{32}", "[0-9a-f]{32}", NULL, 0 },
	{ "text", "email", "[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,6}",
	  NULL, 0 },
	LITERAL("zeros", "de ad be ef", "\\xde\\xad\\xbe\\xef",
	        "\xde\xad\xbe\xef"),
	LITERAL("zeros", "00 (7 times) 01",
	        "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01",
	        "\x00\x00\x00\x00\x00\x00\x00\x01"),
	LITERAL("periodic", "a (16 times)", "a{16}", "aaaaaaaaaaaaaaaa"),
};

/* --- measuring --- */

static double speed(size_t len, uint64_t from)
{
	return (double)len / (double)(bench_cpu() - from + 1);
}

static size_t count_scan(const struct scan *scan, const unsigned char *data,
                         size_t len, struct sample *s)
{
	uint64_t from = bench_cpu();
	size_t count = 0;
	size_t at = 0;

	while ((at = scan_next(scan, data, len, at)) != SCAN_NONE) {
		count++;
		at++;
	}
	sample_add(s, speed(len, from));
	return count;
}

static size_t count_memmem(const struct row *row, const unsigned char *data,
                           size_t len, struct sample *s)
{
	uint64_t from = bench_cpu();
	const unsigned char *at = data;
	size_t count = 0;

	while ((at = memmem(at, len - (size_t)(at - data), row->bytes,
	                    row->len))) {
		count++;
		at++;
	}
	sample_add(s, speed(len, from));
	return count;
}

static void measure_limit(const unsigned char *data, size_t len,
                          struct sample *s)
{
	uint64_t from = bench_cpu();

	if (memchr(data, ABSENT, len))
		bench_fail("the absent byte is there");
	sample_add(s, speed(len, from));
}

static struct scan *make_scan(const struct row *row, const unsigned char *data,
                              size_t len)
{
	static unsigned char sample[SAMPLES * SAMPLE];
	struct prefilter pf;
	struct error err;
	struct scan *scan;

	for (size_t i = 0; i < SAMPLES; i++)
		memcpy(sample + i * SAMPLE, data + (len - SAMPLE) / SAMPLES * i,
		       SAMPLE);
	must(prefilter_derive(row->regex, strlen(row->regex), 0, &pf, &err),
	     &err);
	scan = pf.run.count ? scan_new(pf.run.sets, pf.run.count, sample,
	                               sizeof(sample), &err)
	                    : scan_new(pf.sets, pf.count, sample,
	                               sizeof(sample), &err);
	must(scan, &err);
	return scan;
}

struct figures {
	struct sample limit, way[KERNELS], peer;
	size_t count;
};

static void measure(const struct bench *b, const struct row *row,
                    const unsigned char *data, size_t len, struct figures *f)
{
	struct scan *scan = make_scan(row, data, len);

	for (size_t turn = 0; turn < b->turns; turn++) {
		measure_limit(data, len, &f->limit);
		for (size_t k = 0; k < KERNELS; k++) {
			size_t count;

			if (!kernels[k]->is_there())
				continue;
			scan_use(scan, kernels[k]);
			count = count_scan(scan, data, len, &f->way[k]);
			if (f->count && count != f->count)
				bench_fail("%s: %zu of %zu found", row->name,
				           count, f->count);
			f->count = count;
		}
		if (row->bytes &&
		    count_memmem(row, data, len, &f->peer) != f->count)
			bench_fail("%s: memmem differs", row->name);
	}
	scan_free(scan);
}

static void print_row(const struct row *row, const struct figures *f)
{
	printf("| %s, %s | %zu | %.1f |", row->data, row->name, f->count,
	       sample_median(&f->limit));
	for (size_t k = 0; k < KERNELS; k++)
		if (f->way[k].count)
			printf(" %.1f (%.2f) |", sample_median(&f->way[k]),
			       sample_ratio(&f->way[k], &f->limit));
		else
			printf(" - |");
	if (f->peer.count)
		printf(" %.1f (%.1f) |\n", sample_median(&f->peer),
		       sample_ratio(&f->way[0], &f->peer));
	else
		printf(" - |\n");
}

static void print_head(void)
{
	printf("| GB/s (of memchr) | candidates | memchr |");
	for (size_t k = 0; k < KERNELS; k++)
		printf(" %s |", kernels[k]->name);
	printf(" memmem (%s to it) |\n|---|---|---|---|", kernels[0]->name);
	for (size_t k = 0; k < KERNELS; k++)
		printf("---|");
	printf("\n");
}

int main(int argc, char **argv)
{
	struct bench b;
	unsigned char *data;
	size_t len;

	bench_begin_rows(&b, "search_kernel", TURNS, argc, argv);
	len = b.full ? (size_t)256 << 20 : (size_t)1 << 20;
	data = malloc(len);
	if (!data)
		bench_fail("memory");
	print_head();
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		kinds[i].fill(data, len);
		for (size_t r = 0; r < ARRAY_LEN(rows); r++) {
			struct figures f = { .count = 0 };

			if (strcmp(rows[r].data, kinds[i].name) != 0 ||
			    !bench_wants(&b, kinds[i].name, rows[r].name))
				continue;
			measure(&b, &rows[r], data, len, &f);
			print_row(&rows[r], &f);
			fflush(stdout);
		}
	}
	free(data);
	bench_end(&b);
	return 0;
}
