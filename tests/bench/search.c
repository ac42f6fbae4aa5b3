/*
 * search.c - searching whole files, against programs that people use for it
 *
 * The data (corpora.h) are in the page cache. What is measured of a program is
 * its whole CPU time, from exec to exit, with one thread, all matches written to
 * a pipe; what is found is counted apart, and a ratio is shown only if both
 * count the same. The peers in C run in a process of their own, mapping the
 * file as a whole.
 *
 * HEXSPAN_BENCH_SCALE=N: the N-th part of the data.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "tests/bench/bench.h"
#include "tests/bench/corpora.h"

enum {
	TURNS = 5,
	MORE = 3,     /* times as many turns of what should differ by little */
	PATIENCE = 5, /* s */
};

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		bench_fail("%s", path);
	return fd;
}

/* --- programs ------------------------------------------------------------ */

enum { ARGS = 24 };

/* What a process has taken. */
struct spent {
	double cpu, wall; /* s */
	double mib;
	int status;
	uint64_t number; /* the first one that it wrote */
};

static char hexspan[4096];

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static void reap(pid_t pid, uint64_t began, struct spent *out)
{
	struct rusage use;
	int status;

	if (wait4(pid, &status, 0, &use) < 0)
		bench_fail("wait4");
	out->wall = (double)(bench_now() - began) / 1e9;
	out->cpu = seconds(&use.ru_utime) + seconds(&use.ru_stime);
	out->mib = (double)use.ru_maxrss / 1024;
	out->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static pid_t spawn(const char *const *argv, int out)
{
	int null = open_file("/dev/null", O_RDWR);
	pid_t pid = fork();

	if (pid < 0)
		bench_fail("fork");
	if (pid == 0) {
		(void)dup2(null, 0);
		(void)dup2(out >= 0 ? out : null, 1);
		(void)dup2(null, 2);
		(void)setenv("LC_ALL", "C", 1);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(null);
	return pid;
}

/* With its output read: some programs do less when it goes to /dev/null. */
static struct spent run(const char *const *argv)
{
	struct spent spent = { 0 };
	uint64_t began = bench_now();
	static char bytes[1 << 16];
	int ends[2];
	pid_t pid;
	FILE *in;

	if (pipe2(ends, O_CLOEXEC) < 0)
		bench_fail("pipe");
	pid = spawn(argv, ends[1]);
	(void)close(ends[1]);
	in = fdopen(ends[0], "r");
	if (!in)
		bench_fail("pipe");
	if (fscanf(in, "%" SCNu64, &spent.number) != 1)
		spent.number = 0;
	while (fread(bytes, 1, sizeof(bytes), in) > 0)
		;
	(void)fclose(in);
	reap(pid, began, &spent);
	errno = 0;
	return spent;
}

static bool is_there(const char *program)
{
	const char *argv[] = { program, "--version", NULL };

	return run(argv).status == 0;
}

/* hexspan on one file or its pieces. */
static void hexspan_args(const char **argv, const char *command,
                         const struct corpus *c, bool pieces,
                         const char *threads)
{
	size_t n = 0;

	argv[n++] = hexspan;
	argv[n++] = threads;
	argv[n++] = "-c";
	argv[n++] = command;
	for (size_t i = 0; pieces && i < PIECES; i++)
		argv[n++] = c->piece[i].s;
	if (!pieces)
		argv[n++] = c->file.s;
	argv[n] = NULL;
}

static struct spent run_hexspan(const char *command, const struct corpus *c,
                                bool pieces, const char *threads)
{
	const char *argv[ARGS];

	hexspan_args(argv, command, c, pieces, threads);
	return run(argv);
}

/* --- peers in C ---------------------------------------------------------- */

struct needle {
	const char *name;
	int corpus;
	const char *hex; /* for hexspan: {..} */
	const char *regex;
	const char *bytes;
	size_t len;
};

typedef uint64_t vector __attribute__((vector_size(16)));

/* Load everything and do next to nothing. */
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

/* A process that maps the file and looks for the bytes, or touches them. */
static struct spent run_memory(const struct corpus *c, const char *bytes,
                               size_t len)
{
	struct spent spent = { 0 };
	uint64_t began = bench_now();
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open(c->file.s, O_RDONLY);
		const unsigned char *map =
			mmap(NULL, c->len, PROT_READ, MAP_SHARED, fd, 0);
		const unsigned char *at = map;
		size_t count = 0;

		if (map == MAP_FAILED)
			_exit(127);
		if (!bytes)
			_exit(touch(map, c->len));
		while ((at = memmem(at, c->len - (size_t)(at - map), bytes,
		                    len))) {
			at += len;
			count++;
		}
		_exit((int)(count & 1));
	}
	reap(pid, began, &spent);
	return spent;
}

/* All matches in the bytes, as a loop around PCRE2 finds them. */
static uint64_t count_pcre2(const char *regex, const unsigned char *map,
                            size_t len)
{
	PCRE2_SIZE at = 0;
	PCRE2_SIZE *found;
	int error = 0;
	uint64_t count = 0;
	pcre2_match_data *data;
	pcre2_code *code =
		pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, 0,
	                      &error, &at, NULL);

	if (!code || pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) != 0)
		_exit(127);
	data = pcre2_match_data_create_from_pattern(code, NULL);
	if (!data)
		_exit(127);
	found = pcre2_get_ovector_pointer(data);
	for (at = 0; pcre2_match(code, map, len, at, 0, data, NULL) > 0;
	     at = found[1])
		count++;
	return count;
}

static struct spent run_pcre2(const struct corpus *c, const char *regex)
{
	struct spent spent = { 0 };
	uint64_t began = bench_now();
	uint64_t count = 0;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		bench_fail("pipe");
	pid = fork();
	if (pid == 0) {
		int fd = open(c->file.s, O_RDONLY);
		const unsigned char *map =
			mmap(NULL, c->len, PROT_READ, MAP_SHARED, fd, 0);

		if (map == MAP_FAILED)
			_exit(127);
		count = count_pcre2(regex, map, c->len);
		_exit(write(ends[1], &count, sizeof(count)) < 0);
	}
	(void)close(ends[1]);
	if (read(ends[0], &count, sizeof(count)) == sizeof(count))
		spent.number = count;
	(void)close(ends[0]);
	reap(pid, began, &spent);
	return spent;
}

static struct spent run_python(const struct corpus *c, const char *regex,
                               bool find)
{
	static const char script[] =
		"import sys, mmap, re\n"
		"f = open(sys.argv[1], 'rb')\n"
		"m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)\n"
		"b = sys.argv[2].encode().decode('unicode_escape')"
		".encode('latin1')\n"
		"n = 0\n"
		"if sys.argv[3] == 'find':\n"
		"    at = m.find(b)\n"
		"    while at >= 0 and at + len(b) < len(m):\n"
		"        n += 1\n"
		"        at = m.find(b, at + len(b))\n"
		"else:\n"
		"    n = sum(1 for _ in re.finditer(sys.argv[2].encode(), m))\n"
		"print(n)\n";
	const char *argv[] = { "python3", "-c",  script,
		               c->file.s, regex, find ? "find" : "re",
		               NULL };

	return run(argv);
}

/* --- literals ------------------------------------------------------------ */

#define NEEDLE(name, corpus, hex, regex, bytes)                    \
	{                                                          \
		name, corpus, hex, regex, bytes, sizeof(bytes) - 1 \
	}

static const struct needle needles[] = {
	NEEDLE("4 bytes", RANDOM, "{de ad be ef}", "\\xde\\xad\\xbe\\xef",
	       "\xde\xad\xbe\xef"),
	NEEDLE("8 bytes", RANDOM, "{de ad be ef 01 02 03 04}",
	       "\\xde\\xad\\xbe\\xef\\x01\\x02\\x03\\x04",
	       "\xde\xad\xbe\xef\x01\x02\x03\x04"),
	NEEDLE("8 bytes", BINARIES, "{de ad be ef 01 02 03 04}",
	       "\\xde\\xad\\xbe\\xef\\x01\\x02\\x03\\x04",
	       "\xde\xad\xbe\xef\x01\x02\x03\x04"),
	NEEDLE("16 bytes", TEXT, "\"absent sentences\"", "absent sentences",
	       "absent sentences"),
	NEEDLE("de ad be ef", ZEROS, "{de ad be ef}", "\\xde\\xad\\xbe\\xef",
	       "\xde\xad\xbe\xef"),
	NEEDLE("00 (7 times) 01", ZEROS, "{00 00 00 00 00 00 00 01}",
	       "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x01",
	       "\x00\x00\x00\x00\x00\x00\x00\x01"),
	NEEDLE("a (16 times)", PERIOD, "\"aaaaaaaaaaaaaaaa\"",
	       "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"),
	{ "de ?? be e? 01", RANDOM, "{de ?? be e? 01}",
	  "(?s)\\xde.\\xbe[\\xe0-\\xef]\\x01", NULL, 0 },
	{ "password, any case", TEXT, "/password/i", "(?i)password", NULL, 0 },
	{ "password, any case", BINARIES, "/password/i", "(?i)password", NULL,
	  0 },
};

static bool has_rg, has_python, has_grep;

static void rg_args(const char **argv, const char *regex, const char *path,
                    bool count)
{
	size_t n = 0;

	argv[n++] = "rg";
	argv[n++] = "--mmap";
	argv[n++] = "-aU";
	argv[n++] = "--no-unicode";
	argv[n++] = "-j1";
	argv[n++] = count ? "--count-matches" : "-ob";
	argv[n++] = "-e";
	argv[n++] = regex;
	argv[n++] = path;
	argv[n] = NULL;
}

static struct spent count_hexspan(const char *pattern, const struct corpus *c)
{
	char command[512];
	const char *argv[ARGS];

	snprintf(command, sizeof(command), "count %s", pattern);
	hexspan_args(argv, command, c, false, "--threads=1");
	return run(argv);
}

static uint64_t count_rg(const char *regex, const struct corpus *c)
{
	const char *argv[ARGS];

	rg_args(argv, regex, c->file.s, true);
	return run(argv).number;
}

struct measured {
	struct sample cpu, rg, memory, find, re, limit, whole, split, grep,
		pcre2, counting;
	double mib;
	uint64_t count, rg_count;
};

/* One file and its pieces, by turns before and behind each other. */
static void measure_split(const struct bench *b, const struct corpus *c,
                          const char *command, struct measured *m)
{
	for (size_t i = 0; i < 2 * MORE * b->turns; i++) {
		bool pieces = (i + 1) / 2 % 2;

		sample_add(pieces ? &m->split : &m->whole,
		           run_hexspan(command, c, pieces, "--threads=1").cpu);
	}
}

/* Of all rows. */
struct splits {
	double sum, most;
	size_t count;
};

static void print_split(const struct measured *m, struct splits *all)
{
	double ratio = sample_ratio(&m->split, &m->whole);

	printf(" %.3f | %.0f |\n", ratio, m->mib);
	(void)fflush(stdout);
	all->sum += log(ratio);
	all->most = ratio > all->most ? ratio : all->most;
	all->count++;
}

static void measure_common(const struct bench *b, const struct corpus *c,
                           const char *pattern, const char *regex,
                           struct measured *m)
{
	char command[512];
	const char *argv[ARGS];

	snprintf(command, sizeof(command), "find-all %s", pattern);
	corpora_settle(b, c);
	m->count = count_hexspan(pattern, c).number;
	m->rg_count = has_rg ? count_rg(regex, c) : 0;
	for (size_t turn = 0; turn < b->turns; turn++) {
		struct spent s = run_hexspan(command, c, false, "--threads=1");

		sample_add(&m->cpu, s.cpu);
		m->mib = s.mib > m->mib ? s.mib : m->mib;
		rg_args(argv, regex, c->file.s, false);
		if (has_rg)
			sample_add(&m->rg, run(argv).cpu);
	}
	measure_split(b, c, command, m);
}

/* How many times longer the other one took. */
static void print_ratio(const struct sample *other, const struct sample *own)
{
	if (other->count == 0 || own->count == 0)
		printf(" - |");
	else
		printf(" %.2f |", sample_ratio(other, own));
}

static void print_rg(const struct measured *m)
{
	if (has_rg && m->rg_count != m->count)
		printf(" finds %" PRIu64 " |", m->rg_count);
	else
		print_ratio(&m->rg, &m->cpu);
}

/* In a table. */
static void print_code(const char *text)
{
	for (; *text; text++)
		printf(*text == '|' ? "\\%c" : "%c", *text);
}

static void print_begin(const struct corpus *c, const char *name,
                        const struct measured *m)
{
	printf("| %s, `", c->name);
	print_code(name);
	printf("` | %" PRIu64 " | %.2f |", m->count,
	       (double)c->len / 1e9 / (sample_median(&m->cpu) + 1e-9));
}

/* Twice, as it takes long. It counts only if it has found as many; some versions
   crash at the end of a map. */
static void add_python(const struct corpus *c, const char *regex, bool find,
                       struct measured *m)
{
	for (int turn = 0; has_python && turn < 2; turn++) {
		struct spent s = run_python(c, regex, find);

		if (s.status == 0 && s.number == m->count)
			sample_add(find ? &m->find : &m->re, s.cpu);
	}
}

static void literals(const struct bench *b, struct splits *splits)
{
	printf("| bytes, one thread | matches | GB/s | touching takes | "
	       "ripgrep takes | memmem | Python find | Python re | 7 pieces "
	       "to one file | peak MiB |\n"
	       "|---|---|---|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < ARRAY_LEN(needles); i++) {
		const struct needle *n = &needles[i];
		const struct corpus *c = corpora_get(n->corpus);
		struct measured m = { .count = 0 };

		measure_common(b, c, n->hex, n->regex, &m);
		for (size_t turn = 0; turn < b->turns; turn++) {
			sample_add(&m.limit, run_memory(c, NULL, 0).cpu);
			if (n->bytes)
				sample_add(&m.memory,
				           run_memory(c, n->bytes, n->len).cpu);
		}
		if (n->bytes)
			add_python(c, n->regex, true, &m);
		add_python(c, n->regex, false, &m);
		print_begin(c, n->name, &m);
		printf(" %.2f |", sample_ratio(&m.limit, &m.cpu));
		print_rg(&m);
		print_ratio(&m.memory, &m.cpu);
		print_ratio(&m.find, &m.cpu);
		print_ratio(&m.re, &m.cpu);
		print_split(&m, splits);
	}
}

/* --- regexes ------------------------------------------------------------- */

/* `regex` for the others, and with '/' escaped for hexspan. */
static const char *const regexes[] = {
	"\\x7fELF[\\x01\\x02]",
	"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,6}",
	"(?i)password\\s*[:=]",
	"(?s)\\x50\\x4b\\x03\\x04.{22}",
	"[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}",
	"(foo|bar|baz|quux)[0-9]+",
	"[0-9a-f]{32}",
	"https?://[^\\s\"<>]+",
};

static void slashes(const char *regex, char *out, size_t size)
{
	size_t n = 0;

	out[n++] = '/';
	for (; *regex && n + 3 < size; regex++) {
		if (*regex == '/')
			out[n++] = '\\';
		out[n++] = *regex;
	}
	out[n++] = '/';
	out[n] = '\0';
}

/* Once: it takes long. */
static void measure_grep(const struct corpus *c, const char *regex,
                         struct measured *m)
{
	const char *argv[] = { "grep", "-obUaP", "-e", regex, c->file.s, NULL };
	struct spent s;

	if (!has_grep)
		return;
	s = run(argv);
	if (s.status <= 1)
		sample_add(&m->grep, s.cpu);
}

/* By turns with one that counts as well; what takes long only a few times. */
static void measure_pcre2(const struct bench *b, const struct corpus *c,
                          const char *pattern, const char *regex,
                          struct measured *m)
{
	double spent = 0;

	for (size_t turn = 0; turn < b->turns && spent < PATIENCE; turn++) {
		struct spent own = count_hexspan(pattern, c);
		struct spent s = run_pcre2(c, regex);

		spent += s.cpu;
		if (s.status != 0 || s.number != m->count)
			return;
		sample_add(&m->counting, own.cpu);
		sample_add(&m->pcre2, s.cpu);
	}
}

static void regex_rows(const struct bench *b, struct splits *splits)
{
	static const int in[] = { RANDOM, BINARIES, TEXT };
	double rg = 0, grep = 0, least = 1e9;
	size_t rg_count = 0, grep_count = 0;

	printf("\n| regex, one thread | matches | GB/s | ripgrep takes | grep "
	       "-P | PCRE2 | 7 pieces to one file | peak MiB |\n"
	       "|---|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < ARRAY_LEN(in) * ARRAY_LEN(regexes); i++) {
		const struct corpus *c =
			corpora_get(in[i / ARRAY_LEN(regexes)]);
		const char *regex = regexes[i % ARRAY_LEN(regexes)];
		struct measured m = { .count = 0 };
		char pattern[256];

		slashes(regex, pattern, sizeof(pattern));
		measure_common(b, c, pattern, regex, &m);
		measure_grep(c, regex, &m);
		measure_pcre2(b, c, pattern, regex, &m);
		print_begin(c, regex, &m);
		print_rg(&m);
		print_ratio(&m.grep, &m.cpu);
		print_ratio(&m.pcre2, &m.counting);
		print_split(&m, splits);
		if (has_rg && m.rg_count == m.count) {
			double ratio = sample_ratio(&m.rg, &m.cpu);

			rg += log(ratio);
			rg_count++;
			least = ratio < least ? ratio : least;
		}
		if (m.grep.count) {
			grep += log(sample_ratio(&m.grep, &m.cpu));
			grep_count++;
		}
	}
	if (rg_count && grep_count)
		printf("\nGeometric means: ripgrep takes %.2f times as long "
		       "(at least %.2f), grep -P %.1f.\n",
		       exp(rg / (double)rg_count), least,
		       exp(grep / (double)grep_count));
}

/* --- the rest ------------------------------------------------------------ */

/* Part of a map to load, by a thread of a plain program. */
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
			__builtin_prefetch(share->map + at + i + page);
		share->sum |= touch(share->map + at, n);
	}
	return NULL;
}

/* A process whose threads do nothing but load the file: what the machine can
   do. */
static struct spent run_load(const struct corpus *c, size_t threads)
{
	struct spent spent = { 0 };
	uint64_t began = bench_now();
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open(c->file.s, O_RDONLY);
		const unsigned char *map =
			mmap(NULL, c->len, PROT_READ, MAP_SHARED, fd, 0);
		struct share half[2] = {
			{ .map = map, .len = c->len / threads },
			{ .map = map + c->len / 2, .len = c->len / 2 },
		};
		pthread_t second;

		if (map == MAP_FAILED ||
		    (threads > 1 &&
		     pthread_create(&second, NULL, load_share, &half[1]) != 0))
			_exit(127);
		(void)load_share(&half[0]);
		if (threads > 1)
			(void)pthread_join(second, NULL);
		_exit((half[0].sum | half[1].sum) & 1);
	}
	reap(pid, began, &spent);
	return spent;
}

/* One thread and two: the product's, and those of a program that only loads. */
static void threads_row(const struct bench *b, int which, const char *pattern)
{
	static const char *const options[] = { "--threads=1", "--threads=2" };
	const struct corpus *c = corpora_get(which);
	struct sample wall[2] = { { .count = 0 } }, cpu[2] = { { .count = 0 } };
	struct sample load[2] = { { .count = 0 } };
	char command[512];

	snprintf(command, sizeof(command), "find-all %s", pattern);
	corpora_settle(b, c);
	for (size_t turn = 0; turn < 2 * MORE * b->turns; turn++) {
		size_t i = turn % 2;
		struct spent s = run_hexspan(command, c, false, options[i]);

		sample_add(&wall[i], s.wall);
		sample_add(&cpu[i], s.cpu);
		sample_add(&load[i], run_load(c, i + 1).wall);
	}
	printf("| two threads, %s, `", c->name);
	print_code(pattern);
	printf("`, one to it | wall %.2f, CPU %.2f; only to load it all, wall "
	       "%.2f; that takes, in two threads, %.2f |\n",
	       sample_ratio(&wall[0], &wall[1]), sample_ratio(&cpu[0], &cpu[1]),
	       sample_ratio(&load[0], &load[1]),
	       sample_ratio(&load[1], &wall[1]));
}

static void backward_row(const struct bench *b, int which, const char *pattern)
{
	const struct corpus *c = corpora_get(which);
	struct sample to = { .count = 0 }, from = { .count = 0 };
	char forward[512], backward[512];

	snprintf(forward, sizeof(forward), "0x0 find %s", pattern);
	snprintf(backward, sizeof(backward), "$ find -b %s", pattern);
	for (size_t turn = 0; turn < b->turns; turn++) {
		sample_add(&to,
		           run_hexspan(forward, c, false, "--threads=1").cpu);
		sample_add(&from,
		           run_hexspan(backward, c, false, "--threads=1").cpu);
	}
	printf("| forward to backward, %s, `", c->name);
	print_code(pattern);
	printf("`, absent | %.2f |\n", sample_ratio(&to, &from));
}

static void sparse_row(const struct bench *b)
{
	struct bench_path path = bench_path(b, "search-sparse");
	const char *argv[] = { hexspan, "-c", "count {de ad be ef}", path.s,
		               NULL };
	int fd = open_file(path.s, O_RDWR | O_CREAT);
	struct spent s;

	if (ftruncate(fd, (off_t)64 << 30) < 0 ||
	    pwrite(fd, "\xde\xad\xbe\xef", 4, (off_t)40 << 30) != 4)
		bench_fail("%s", path.s);
	(void)close(fd);
	s = run(argv);
	if (s.number != 1)
		bench_fail("found %" PRIu64 " in the sparse file", s.number);
	printf("| a sparse file of 64 GiB | %.3f s, %.0f MiB |\n", s.wall,
	       s.mib);
}

/* 10 million lines in a full run, the first of them as it comes. */
static void many_row(const struct bench *b)
{
	const struct corpus *c = corpora_get(ZEROS);
	const char *argv[ARGS];
	struct spent s = { 0 };
	uint64_t began, first;
	char command[64];
	int ends[2];
	pid_t pid;
	FILE *in;

	snprintf(command, sizeof(command), "find-all -n %d {00 00}",
	         b->full ? 10000000 : 10000);
	hexspan_args(argv, command, c, false, "--threads=2");
	if (pipe2(ends, O_CLOEXEC) < 0)
		bench_fail("pipe");
	began = bench_now();
	pid = spawn(argv, ends[1]);
	(void)close(ends[1]);
	in = fdopen(ends[0], "r");
	if (!in || getc(in) == EOF)
		bench_fail("no match");
	first = bench_now() - began;
	while (getc(in) != EOF)
		;
	(void)fclose(in);
	reap(pid, began, &s);
	printf("| `%s` | %.1f s, the first after %.0f ms, %.0f MiB |\n",
	       command, s.wall, (double)first / 1e6, s.mib);
}

/* By the clock, with nothing of the file in memory. */
static void cold_row(const struct bench *b)
{
	const struct corpus *c = corpora_get(BINARIES);
	struct sample own = { .count = 0 }, cat = { .count = 0 };
	struct sample rg = { .count = 0 };
	const char *cat_args[] = { "cat", c->file.s, NULL };
	const char *argv[ARGS];

	rg_args(argv, "absent sentences", c->file.s, false);
	for (size_t turn = 0; turn < b->turns; turn++) {
		corpora_drop(c->file.s);
		sample_add(&own, run_hexspan("find-all \"absent sentences\"", c,
		                             false, "--threads=1")
		                         .wall);
		corpora_drop(c->file.s);
		sample_add(&cat, run(cat_args).wall);
		corpora_drop(c->file.s);
		if (has_rg)
			sample_add(&rg, run(argv).wall);
	}
	printf("| cold, %s, `\"absent sentences\"`, wall time of cat, of "
	       "ripgrep to it |",
	       c->name);
	printf(" %.2f,", sample_ratio(&cat, &own));
	print_ratio(&rg, &own);
	printf("\n");
}

/* From the signal to the end of the process. */
static void cancel_row(const struct bench *b, const char *pattern)
{
	const struct timespec while_it_runs = { .tv_nsec = 100000000 };
	const struct corpus *c = corpora_get(TEXT);
	struct sample ms = { .count = 0 };
	char command[128];

	snprintf(command, sizeof(command), "count %s", pattern);
	for (size_t turn = 0; turn < b->turns; turn++) {
		const char *argv[ARGS];
		struct spent s;
		uint64_t sent;
		pid_t pid;

		hexspan_args(argv, command, c, false, "--threads=2");
		pid = spawn(argv, -1);
		(void)nanosleep(&while_it_runs, NULL);
		sent = bench_now();
		(void)kill(pid, SIGINT);
		reap(pid, sent, &s);
		sample_add(&ms, s.wall * 1e3);
	}
	printf("| cancel `%s` | %.1f ms, at most %.1f |\n", pattern,
	       sample_median(&ms), sample_max(&ms));
}

static void limit_row(const char *pattern)
{
	char command[128];
	struct spent s;

	snprintf(command, sizeof(command), "count %s", pattern);
	s = run_hexspan(command, corpora_get(PERIOD), false, "--threads=1");
	printf("| `%s` in periodic data, to its end (status %d) | %.3f s |\n",
	       pattern, s.status, s.wall);
}

static void rest(const struct bench *b)
{
	printf("\n| | |\n|---|---|\n");
	threads_row(b, RANDOM, "{de ad be ef 01 02 03 04}");
	threads_row(b, BINARIES,
	            "/[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}/");
	backward_row(b, RANDOM, "{de ad be ef 01 02 03 04}");
	backward_row(b, BINARIES, "/(foo|bar|baz|quux)[0-9]+ZQ/");
	sparse_row(b);
	many_row(b);
	cancel_row(b, "/[^\\n]*zqj!/");
	cancel_row(b, "{de ad be ef}");
	limit_row("/(a+)+b/");
	cold_row(b);
}

static void print_programs(void)
{
	if (!has_rg)
		printf("ripgrep is not installed.\n");
	if (!has_python)
		printf("Python is not installed.\n");
	if (!has_grep)
		printf("GNU grep is not installed.\n");
}

int main(int argc, char **argv)
{
	const char *scale = getenv("HEXSPAN_BENCH_SCALE");
	uint64_t part = scale ? strtoull(scale, NULL, 10) : 1;
	struct splits splits = { .count = 0 };
	struct bench b;
	uint64_t unit;

	bench_begin(&b, "search", TURNS, argc, argv);
	unit = (b.full ? 1 << 20 : 1 << 10) / (part ? part : 1);
	if (!realpath("hexspan", hexspan))
		bench_fail("hexspan");
	/* Without journals of the user's, which each start would look at. */
	if (setenv("XDG_STATE_HOME", b.folder, 1) < 0)
		bench_fail("setenv");
	has_rg = is_there("rg");
	has_grep = is_there("grep");
	has_python = is_there("python3");
	errno = 0;
	corpora_make(&b, unit);
	print_programs();
	literals(&b, &splits);
	regex_rows(&b, &splits);
	printf("7 pieces take %.3f times as long as one file in the mean, at "
	       "most %.3f.\n",
	       exp(splits.sum / (double)splits.count), splits.most);
	rest(&b);
	bench_end(&b);
	return 0;
}
