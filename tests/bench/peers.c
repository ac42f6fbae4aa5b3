/* peers.c - see peers.h */
#include "config.h"

#include "tests/bench/peers.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "tests/bench/bench.h"

enum { NEEDLE = 64 }; /* bytes at most */

struct mapped {
	const unsigned char *bytes;
	size_t len;
};

typedef uint64_t vector __attribute__((vector_size(16)));

static int touch(const unsigned char *map, size_t len)
{
	vector sum[4] = { { 0 } };
	vector words[4];
	uint64_t all = 0;

	for (size_t i = 0; i + sizeof(words) <= len; i += sizeof(words)) {
		memcpy(words, map + i, sizeof(words));
		for (int k = 0; k < 4; k++)
			sum[k] |= words[k];
	}
	for (int k = 0; k < 4; k++)
		all |= sum[k][0] | sum[k][1];
	return (int)(all & 1);
}

static int be_touch(struct mapped m, const char *arg)
{
	(void)arg;
	return touch(m.bytes, m.len);
}

/* Part of a map to load, by one thread. */
struct share {
	const unsigned char *map;
	size_t len;
	int sum;
};

static void *load_share(void *arg)
{
	struct share *share = arg;
	const size_t page = 4096;

	for (size_t at = 0; at < share->len; at += page) {
		size_t n = size_min(page, share->len - at);

		/* The processor's own prefetching ends at each page. */
		for (size_t i = 0; i < n; i += 64)
			__builtin_prefetch(share->map + at + i + page, 0, 0);
		share->sum |= touch(share->map + at, n);
	}
	return NULL;
}

static int be_load(struct mapped m, const char *arg)
{
	size_t threads = strcmp(arg, "2") == 0 ? 2 : 1;
	struct share half[2] = {
		{ .map = m.bytes, .len = m.len / threads },
		{ .map = m.bytes + m.len / 2, .len = m.len - m.len / 2 },
	};
	pthread_t second;

	if (threads > 1 &&
	    pthread_create(&second, NULL, load_share, &half[1]) != 0)
		return 127;
	(void)load_share(&half[0]);
	if (threads > 1)
		(void)pthread_join(second, NULL);
	return (half[0].sum | half[1].sum) & 1;
}

static int be_memmem(struct mapped m, const char *arg)
{
	unsigned char needle[NEEDLE];
	const unsigned char *at = m.bytes;
	size_t len = 0, count = 0;
	unsigned byte;

	while (len < NEEDLE && sscanf(arg + 2 * len, "%2x", &byte) == 1)
		needle[len++] = (unsigned char)byte;
	while ((at = memmem(at, m.len - (size_t)(at - m.bytes), needle, len))) {
		at += len;
		count++;
	}
	return (int)(count & 1);
}

/* As a loop around PCRE2 finds them. */
static int be_pcre2(struct mapped m, const char *arg)
{
	PCRE2_SIZE at = 0;
	PCRE2_SIZE *found;
	int error = 0;
	uint64_t count = 0;
	pcre2_match_data *data;
	pcre2_code *code = pcre2_compile((PCRE2_SPTR)arg, PCRE2_ZERO_TERMINATED,
	                                 0, &error, &at, NULL);

	if (!code || pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) != 0)
		return 127;
	data = pcre2_match_data_create_from_pattern(code, NULL);
	if (!data)
		return 127;
	found = pcre2_get_ovector_pointer(data);
	for (at = 0; pcre2_match(code, m.bytes, m.len, at, 0, data, NULL) > 0;
	     at = found[1])
		count++;
	return printf("%" PRIu64 "\n", count) < 0 || fflush(stdout) != 0;
}

static const struct {
	const char *name;
	int (*be)(struct mapped m, const char *arg);
} peers[] = {
	{ "touch", be_touch },
	{ "load", be_load },
	{ "memmem", be_memmem },
	{ "pcre2", be_pcre2 },
};

static struct mapped map(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct mapped m;
	struct stat st;
	void *bytes;

	if (fd < 0 || fstat(fd, &st) < 0)
		_exit(127);
	m.len = (size_t)st.st_size;
	bytes = mmap(NULL, m.len, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		_exit(127);
	m.bytes = bytes;
	return m;
}

void peers_serve(int argc, char **argv)
{
	if (argc != 5 || strcmp(argv[1], "peer") != 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(peers); i++)
		if (strcmp(argv[2], peers[i].name) == 0)
			_exit(peers[i].be(map(argv[3]), argv[4]));
	_exit(127);
}

static struct spent run(const char *name, const char *path, const char *arg)
{
	const char *argv[] = {
		"/proc/self/exe", "peer", name, path, arg, NULL
	};

	return program_run(argv);
}

struct spent peer_touch(const char *path)
{
	return run("touch", path, "");
}

struct spent peer_load(const char *path, size_t threads)
{
	return run("load", path, threads > 1 ? "2" : "1");
}

struct spent peer_memmem(const char *path, const char *bytes, size_t len)
{
	char hex[2 * NEEDLE + 1];

	if (len > NEEDLE)
		bench_fail("%zu bytes are too many", len);
	for (size_t i = 0; i < len; i++)
		snprintf(hex + 2 * i, 3, "%02x", (unsigned char)bytes[i]);
	return run("memmem", path, hex);
}

struct spent peer_pcre2(const char *path, const char *regex)
{
	return run("pcre2", path, regex);
}
