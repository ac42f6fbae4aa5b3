/*
 * hash.c - digests of a set of segments, beside OpenSSL's own program
 *
 * Random bytes, as one file and cut into 7 of odd sizes. What is measured are
 * whole processes, from exec to exit, with the data in the page cache: the time
 * that passes, and what all threads compute. All rows are measured in each
 * turn, one after the other. Nothing is compared before both have printed the
 * same digest.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

enum {
	TURNS = 7,
	PARTS = 7,
	ARGS = 24,
	OUTPUT = 4096,
};

static char hexspan[4096];
static struct bench_path whole, parts[PARTS];

/* --- data ---------------------------------------------------------------- */

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		bench_fail("%s", path);
	return fd;
}

static void copy(int from, int to, uint64_t len)
{
	static unsigned char buf[1 << 20];

	while (len > 0) {
		ssize_t n = read(from, buf, u64_min(len, sizeof(buf)));

		if (n <= 0 || write(to, buf, (size_t)n) != n)
			bench_fail("cutting the data");
		len -= (uint64_t)n;
	}
}

/* Cut the file into parts of odd lengths, the last of which is what is left. */
static void cut(const struct bench *b, uint64_t len)
{
	int from = open_file(whole.s, O_RDONLY);
	uint64_t left = len;

	for (uint64_t i = 0; i < PARTS; i++) {
		uint64_t n = i + 1 < PARTS ? len / PARTS - 1001 * i - 1 : left;
		char name[32];
		int to;

		snprintf(name, sizeof(name), "hash.%03" PRIu64, i);
		parts[i] = bench_path(b, name);
		to = open_file(parts[i].s, O_WRONLY | O_CREAT | O_TRUNC);
		copy(from, to, n);
		if (fsync(to) != 0)
			bench_fail("%s", parts[i].s);
		(void)close(to);
		left -= n;
	}
	(void)close(from);
}

/* --- runs ---------------------------------------------------------------- */

struct spent {
	double wall, cpu;
	char out[OUTPUT];
};

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static void read_all(int fd, char out[OUTPUT])
{
	size_t len = 0;
	ssize_t n;

	while (len < OUTPUT - 1 &&
	       (n = read(fd, out + len, OUTPUT - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
}

/* Run it, and keep what it prints. False: it ended otherwise than with 0. */
static bool run(const char *const *argv, struct spent *out)
{
	uint64_t began = bench_now();
	struct rusage usage;
	int status, fds[2];
	pid_t pid;

	if (pipe(fds) != 0 || (pid = fork()) < 0)
		bench_fail("fork");
	if (pid == 0) {
		(void)dup2(fds[1], 1);
		(void)close(fds[0]);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(fds[1]);
	read_all(fds[0], out->out);
	(void)close(fds[0]);
	if (wait4(pid, &status, 0, &usage) != pid)
		bench_fail("wait");
	out->wall = (double)(bench_now() - began) / 1e9;
	out->cpu = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static struct spent run_hexspan(const char *command, bool is_cut, bool one)
{
	const char *argv[ARGS] = { hexspan, "-R", "-c", command };
	struct spent spent;
	size_t n = 4;

	if (one)
		argv[n++] = "--threads=1";
	for (size_t i = 0; is_cut && i < PARTS; i++)
		argv[n++] = parts[i].s;
	if (!is_cut)
		argv[n++] = whole.s;
	if (!run(argv, &spent))
		bench_fail("hexspan -c '%s' failed", command);
	return spent;
}

static bool run_openssl(const char *option, struct spent *spent)
{
	const char *argv[] = { "openssl", "dgst", "-r", option, whole.s, NULL };

	return run(argv, spent);
}

/* --- rows ---------------------------------------------------------------- */

static const struct row {
	const char *name, *command;
	bool is_cut, one; /* thread */
} rows[] = {
	{ "sha256, one file", "hash sha256", false, false },
	{ "sha256, 7 segments", "hash sha256", true, false },
	{ "sha256, 7 segments, one thread", "hash sha256", true, true },
	{ "md5, 7 segments", "hash md5", true, false },
	{ "sha256 md5, 7 segments", "hash sha256 md5", true, false },
	{ "sha256 md5, 7 segments, one thread", "hash sha256 md5", true, true },
	{ "crc32, 7 segments", "hash crc32", true, false },
	{ "xxh3, 7 segments", "hash xxh3", true, false },
};

enum { ROWS = ARRAY_LEN(rows), SHA256 = 1, MD5 = 3, BOTH = 4 };

struct measured {
	struct sample wall, cpu;
};

static struct measured own[ROWS], ssl[2];

static void add(struct measured *m, const struct spent *spent)
{
	sample_add(&m->wall, spent->wall);
	sample_add(&m->cpu, spent->cpu);
}

static void same_digest(const char *a, const char *b)
{
	size_t len = strcspn(a, " ");

	errno = 0;
	if (len < 32 || strncmp(a, b, len + 1) != 0)
		bench_fail("digests differ: %s and %s", a, b);
}

static void turn(bool has_openssl)
{
	struct spent spent, by_ssl;

	for (size_t i = 0; i < ROWS; i++) {
		spent = run_hexspan(rows[i].command, rows[i].is_cut,
		                    rows[i].one);
		add(&own[i], &spent);
		if (!has_openssl || (i != SHA256 && i != MD5))
			continue;
		if (!run_openssl(i == SHA256 ? "-sha256" : "-md5", &by_ssl))
			bench_fail("openssl failed");
		add(&ssl[i != SHA256], &by_ssl);
		same_digest(spent.out, by_ssl.out);
	}
}

static void print_openssl(const char *name, const struct measured *m, double gb)
{
	printf("| openssl dgst %s, one file | %.2f | %.2f | - | - |\n", name,
	       gb / sample_median(&m->wall), gb / sample_median(&m->cpu));
}

static void print_rows(double gb, bool has_openssl)
{
	printf("| digest | GB/s | GB/s of CPU | time to openssl's | CPU to "
	       "openssl's |\n|---|---|---|---|---|\n");
	if (has_openssl) {
		print_openssl("-sha256", &ssl[0], gb);
		print_openssl("-md5", &ssl[1], gb);
	}
	for (size_t i = 0; i < ROWS; i++) {
		const struct measured *peer = i < MD5    ? &ssl[0]
		                              : i == MD5 ? &ssl[1]
		                                         : NULL;

		printf("| %s | %.2f | %.2f | ", rows[i].name,
		       gb / sample_median(&own[i].wall),
		       gb / sample_median(&own[i].cpu));
		if (peer && has_openssl)
			printf("%.2f | %.2f |\n",
			       sample_ratio(&own[i].wall, &peer->wall),
			       sample_ratio(&own[i].cpu, &peer->cpu));
		else
			printf("- | - |\n");
	}
}

/* Of one pass over the bytes to two. */
static void print_both(void)
{
	struct measured sum = { 0 };

	for (size_t i = 0; i < own[BOTH].wall.count; i++) {
		sample_add(&sum.wall,
		           own[SHA256].wall.v[i] + own[MD5].wall.v[i]);
		sample_add(&sum.cpu, own[SHA256].cpu.v[i] + own[MD5].cpu.v[i]);
	}
	printf("\nsha256 and md5 in one pass take %.2f of the time of both, "
	       "and "
	       "%.2f of their CPU time.\n",
	       sample_ratio(&own[BOTH].wall, &sum.wall),
	       sample_ratio(&own[BOTH].cpu, &sum.cpu));
}

int main(int argc, char **argv)
{
	struct bench b;
	struct spent spent;
	bool has_openssl;
	uint64_t len;

	bench_begin(&b, "hash", TURNS, argc, argv);
	len = b.full ? UINT64_C(2) << 30 : UINT64_C(1) << 20;
	if (!realpath("hexspan", hexspan))
		bench_fail("hexspan");
#if !defined(HAVE_CRYPTO) || !defined(HAVE_XXHASH)
	printf("built without OpenSSL or xxhash\n");
	return 77;
#endif
	whole = bench_path(&b, "hash.bin");
	bench_file(whole.s, len);
	cut(&b, len);
	has_openssl = run_openssl("-sha256", &spent);
	if (!has_openssl)
		printf("OpenSSL's program is not installed.\n");
	for (size_t i = 0; i < b.turns; i++)
		turn(has_openssl);
	print_rows((double)len / 1e9, has_openssl);
	print_both();
	bench_end(&b);
	return 0;
}
