/* bench.c - see bench.h */
#include "config.h"

#include "tests/bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void bench_fail(const char *fmt, ...)
{
	int errnum = errno;
	va_list ap;

	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "%s%s\n", errnum ? ": " : "",
	        errnum ? strerror(errnum) : "");
	exit(1);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t bench_now(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t bench_cpu(void)
{
	return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* xorshift64* */
uint64_t bench_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(2685821657736338717);
}

static void make_folder(const char *path)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		bench_fail("%s", path);
}

static void begin(struct bench *b, const char *name, size_t turns, bool full)
{
	const char *dir = getenv("HEXSPAN_BENCH_DIR");
	char cwd[3800], parent[4000];

	b->full = full;
	b->rows = NULL;
	b->turns = b->full ? turns : 1;
	if (!getcwd(cwd, sizeof(cwd)))
		bench_fail("working directory");
	if (dir && *dir == '/')
		snprintf(parent, sizeof(parent), "%s/hexspan-bench", dir);
	else
		snprintf(parent, sizeof(parent), "%s/bench-data", cwd);
	make_folder(parent);
	snprintf(b->folder, sizeof(b->folder), "%s/%s%s", parent,
	         b->full ? "full" : "tiny-", b->full ? "" : name);
	make_folder(b->folder);
	errno = 0;
}

static bool is_full(int argc, char **argv, int most, const char *usage)
{
	bool full = argc > 1 && strcmp(argv[1], "full") == 0;

	if (argc <= (full ? most : 1))
		return full;
	fprintf(stderr, "usage: %s %s\n", argv[0], usage);
	exit(2);
}

void bench_begin(struct bench *b, const char *name, size_t turns, int argc,
                 char **argv)
{
	begin(b, name, turns, is_full(argc, argv, 2, "[full]"));
}

void bench_begin_rows(struct bench *b, const char *name, size_t turns, int argc,
                      char **argv)
{
	begin(b, name, turns, is_full(argc, argv, 3, "[full [ROWS]]"));
	b->rows = argc > 2 ? argv[2] : NULL;
}

bool bench_wants(const struct bench *b, const char *kind, const char *row)
{
	char both[512];

	snprintf(both, sizeof(both), "%s, %s", kind, row);
	return !b->rows || strstr(both, b->rows);
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void bench_end(const struct bench *b)
{
	char *slash;
	char parent[4096];

	if (fflush(stdout) != 0)
		bench_fail("standard output");
	if (b->full)
		return;
	(void)nftw(b->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	/* The last program to end takes the folder along. */
	memcpy(parent, b->folder, sizeof(parent));
	slash = strrchr(parent, '/');
	*slash = '\0';
	(void)rmdir(parent);
}

void sample_add(struct sample *s, double value)
{
	if (s->count < BENCH_TURNS)
		s->v[s->count++] = value;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double sample_median(const struct sample *s)
{
	struct sample sorted = *s;

	if (s->count == 0)
		return 0;
	qsort(sorted.v, sorted.count, sizeof(*sorted.v), compare);
	return sorted.v[sorted.count / 2];
}

double sample_max(const struct sample *s)
{
	double max = 0;

	for (size_t i = 0; i < s->count; i++)
		max = s->v[i] > max ? s->v[i] : max;
	return max;
}

double sample_ratio(const struct sample *a, const struct sample *b)
{
	struct sample ratio = { .count = 0 };

	for (size_t i = 0; i < a->count && i < b->count; i++)
		sample_add(&ratio, a->v[i] / b->v[i]);
	return sample_median(&ratio);
}

struct bench_path bench_path(const struct bench *b, const char *name)
{
	struct bench_path path;

	snprintf(path.s, sizeof(path.s), "%s/%s", b->folder, name);
	return path;
}

static void write_all(int fd, const char *path, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n <= 0)
			bench_fail("%s", path);
		p += n;
		len -= (size_t)n;
	}
}

void bench_file(const char *path, uint64_t len)
{
	static uint64_t words[1 << 17];
	uint64_t seed = len + 1;
	struct stat st;
	int fd;

	if (stat(path, &st) == 0 && (uint64_t)st.st_size == len)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		bench_fail("%s", path);
	while (len > 0) {
		size_t n = (size_t)u64_min(sizeof(words), len);

		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			words[i] = bench_random(&seed);
		write_all(fd, path, words, n);
		len -= n;
	}
	/* Blocks that are not given out yet would make it look sparse. */
	if (fsync(fd) < 0 || close(fd) < 0)
		bench_fail("%s", path);
	errno = 0;
}

static void make_small(const char *path, size_t idx)
{
	char bytes[1024];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		bench_fail("%s", path);
	memset(bytes, (int)(idx & 0xff), sizeof(bytes));
	write_all(fd, path, bytes, sizeof(bytes));
	if (close(fd) < 0)
		bench_fail("%s", path);
}

struct bench_path bench_files(const struct bench *b, size_t count)
{
	struct bench_path list, path;
	char name[64];
	struct stat st;
	FILE *out;

	snprintf(name, sizeof(name), "names-%zu", count);
	list = bench_path(b, name);
	make_folder(bench_path(b, "many").s);
	if (stat(list.s, &st) == 0)
		return list;
	out = fopen(bench_path(b, "names").s, "w");
	if (!out)
		bench_fail("%s", list.s);
	for (size_t i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "many/part.%06zu", i);
		path = bench_path(b, name);
		if (stat(path.s, &st) < 0 || st.st_size != 1024)
			make_small(path.s, i);
		fprintf(out, "%s\n", path.s);
	}
	sync();
	if (fclose(out) != 0 || rename(bench_path(b, "names").s, list.s) < 0)
		bench_fail("%s", list.s);
	errno = 0;
	return list;
}
