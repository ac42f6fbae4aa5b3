/* corpora.c - see corpora.h */
#include "config.h"

#include "tests/bench/corpora.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 3 };

static struct corpus corpora[CORPORA] = {
	[RANDOM] = { .name = "random", .mib = 2048 },
	[BINARIES] = { .name = "binaries", .mib = 1024 },
	[TEXT] = { .name = "text", .mib = 512 },
	[ZEROS] = { .name = "zeros", .mib = 512 },
	[PERIOD] = { .name = "periodic", .mib = 512 },
};

static uint64_t seed = 11;

/* Words by how often English has them, lines, and what is sought at times. */
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
	static const char *const planted[] = {
		"jane.doe@example.org ",
		"https://example.org/a?b=c ",
		"Password: ",
		"4111-1111-1111-1111 ",
		"quux42 ",
		"d41d8cd98f00b204e9800998ecf8427e ",
	};
	size_t at = 0;

	while (at < len) {
		uint64_t r = bench_random(&seed) >> 20;
		uint64_t range = r % 2 ? 12 : ARRAY_LEN(words);
		const char *word = words[(r >> 8) % range];
		size_t n;

		if ((r >> 20) % 2048 == 0)
			word = planted[(r >> 8) % ARRAY_LEN(planted)];
		n = size_min(strlen(word), len - at);
		memcpy(data + at, word, n);
		at += n;
	}
}

static void fill_zeros(unsigned char *data, size_t len)
{
	memset(data, 0, len);
	for (size_t i = 0; i < len / 4096; i++)
		data[bench_random(&seed) % len] = 0x77;
}

static void fill_period(unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		data[i] = i % 16 == 15 ? 'b' : 'a';
}

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		bench_fail("%s", path);
	return fd;
}

static void write_all(int fd, const unsigned char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n <= 0)
			bench_fail("write");
		bytes += n;
		len -= (size_t)n;
	}
}

/* The bytes of the files of /usr, as far as they go. */
static void fill_binaries(int out, uint64_t len)
{
	static unsigned char bytes[1 << 16];
	FILE *in = popen("find /usr/lib /usr/bin -xdev -type f -size +16k "
	                 "-print0 2>/dev/null | sort -z | xargs -0 cat "
	                 "2>/dev/null",
	                 "re");

	if (!in)
		bench_fail("find");
	while (len > 0) {
		size_t n = fread(bytes, 1, (size_t)u64_min(sizeof(bytes), len),
		                 in);

		if (n == 0)
			break;
		write_all(out, bytes, n);
		len -= n;
	}
	(void)pclose(in);
	errno = 0;
}

static void fill_file(int out, int which, uint64_t len)
{
	static unsigned char bytes[1 << 20];

	if (which == BINARIES) {
		fill_binaries(out, len);
		return;
	}
	while (len > 0) {
		size_t n = (size_t)u64_min(sizeof(bytes), len);

		if (which == TEXT)
			fill_text(bytes, n);
		else if (which == ZEROS)
			fill_zeros(bytes, n);
		else
			fill_period(bytes, n);
		write_all(out, bytes, n);
		len -= n;
	}
}

static uint64_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* In 7 parts of sizes that are no multiples of anything. */
static void cut(const struct bench *b, struct corpus *c)
{
	static const uint64_t parts[PIECES] = { 14, 10, 19, 13, 17, 11, 16 };
	static unsigned char bytes[1 << 20];
	int in = open_file(c->file.s, O_RDONLY);
	uint64_t left = c->len;

	for (size_t i = 0; i < PIECES; i++) {
		uint64_t len = c->len / 100 * parts[i] + 3 * i + 1;
		char name[64];
		int out = -1;

		len = i == PIECES - 1 ? left : u64_min(len, left);
		left -= len;
		snprintf(name, sizeof(name), "search-%s.%zu", c->name, i);
		c->piece[i] = bench_path(b, name);
		if (size_of(c->piece[i].s) == len && len > 0) {
			(void)lseek(in, (off_t)len, SEEK_CUR);
			continue;
		}
		out = open_file(c->piece[i].s, O_WRONLY | O_CREAT | O_TRUNC);
		while (len > 0) {
			ssize_t n = read(in, bytes,
			                 (size_t)u64_min(sizeof(bytes), len));

			if (n <= 0)
				bench_fail("%s", c->file.s);
			write_all(out, bytes, (size_t)n);
			len -= (uint64_t)n;
		}
		if (fsync(out) < 0 || close(out) < 0)
			bench_fail("%s", c->piece[i].s);
	}
	(void)close(in);
}

void corpora_drop(const char *path)
{
	int fd = open_file(path, O_RDONLY);

	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	(void)close(fd);
}

static size_t faults(void)
{
	struct rusage use;

	if (getrusage(RUSAGE_SELF, &use) < 0)
		bench_fail("getrusage");
	return (size_t)use.ru_minflt;
}

/* Load a byte of each page. Returns how many faults that took. */
static size_t touch(const unsigned char *map, size_t len)
{
	static volatile unsigned char sum;
	size_t before = faults();

	for (size_t i = 0; i < len; i += 4096)
		sum += map[i];
	(void)sum;
	return faults() - before;
}

static const unsigned char *map_file(int fd, const char *path, size_t len)
{
	const unsigned char *map =
		mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		bench_fail("%s", path);
	return map;
}

static void unmap_file(const unsigned char *map, size_t len)
{
	(void)munmap((void *)(uintptr_t)map, len);
}

/*
 * Have the file in the page cache in pieces as large as the system has them.
 * Where they are small, mapping them costs a page fault for each 64 KiB.
 * Reading makes them larger the further it gets in a file: the first 8 MiB of
 * each of 7 files come in small ones, which would cost more than all that is
 * measured. Returns how many faults it costs then to map it.
 */
static size_t settle(const char *path, size_t len)
{
	const unsigned char *map;
	int fd = open_file(path, O_RDONLY);
	size_t count;

	corpora_drop(path);
	map = map_file(fd, path, len);
	(void)madvise((void *)(uintptr_t)map, len, MADV_HUGEPAGE);
	errno = 0;
	(void)touch(map, len);
	unmap_file(map, len);
	map = map_file(fd, path, len);
	count = touch(map, len);
	unmap_file(map, len);
	(void)close(fd);
	return count;
}

/* The system may have no memory in large pieces just now; if it has none again,
   what is measured is not the program alone, and that is said. */
static void settle_well(const char *path)
{
	size_t len = (size_t)size_of(path);
	size_t most = (len >> 20) + 64;
	size_t count = SIZE_MAX;

	for (int i = 0; i < TRIES && count > most; i++)
		count = settle(path, len);
	if (count > most)
		fprintf(stderr,
		        "%s: mapping it takes %zu page faults, as it is in the "
		        "page cache in small pieces\n",
		        path, count);
}

void corpora_settle(const struct bench *b, const struct corpus *c)
{
	if (!b->full)
		return;
	settle_well(c->file.s);
	for (size_t i = 0; i < PIECES; i++)
		settle_well(c->piece[i].s);
}

static void make_corpus(const struct bench *b, int which, uint64_t unit)
{
	struct corpus *c = &corpora[which];
	uint64_t len = c->mib * unit;
	char name[64];
	int out;

	snprintf(name, sizeof(name), "search-%s-%" PRIu64, c->name, len);
	c->file = bench_path(b, name);
	if (which == RANDOM) {
		bench_file(c->file.s, len);
	} else if (size_of(c->file.s) == 0) {
		out = open_file(c->file.s, O_WRONLY | O_CREAT | O_TRUNC);
		fill_file(out, which, len);
		if (fsync(out) < 0 || close(out) < 0)
			bench_fail("%s", c->file.s);
	}
	c->len = size_of(c->file.s);
	cut(b, c);
}

void corpora_make(const struct bench *b, uint64_t unit)
{
	for (int i = 0; i < CORPORA; i++)
		make_corpus(b, i, unit);
}

const struct corpus *corpora_get(int which)
{
	return &corpora[which];
}
