/*
 * search.c - searching whole files, against programs that people use for it
 *
 * The data (corpora.h) are in the page cache. What is measured of a program is
 * its whole CPU time, from exec to exit, with one thread, all matches written
 * to a pipe; what is found is counted apart, and a ratio is shown only if both
 * count the same. So it is with the peers in C (peers.h).
 *
 * `search full ROWS` measures only the rows of which ROWS is a part of the
 * name, that is of "text, (foo|bar" or "two threads, random": one row in some
 * seconds.
 *
 * HEXSPAN_BENCH_SCALE=N: the N-th part of the data.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/corpora.h"
#include "tests/bench/peers.h"
#include "tests/bench/programs.h"

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

static char hexspan[4096];

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
	return program_run(argv);
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

	return program_run(argv);
}

/* --- literals ------------------------------------------------------------ */

struct needle {
	const char *name;
	int corpus;
	const char *hex; /* for hexspan: {..} */
	const char *regex;
	const char *bytes;
	size_t len;
};

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
	return program_run(argv);
}

static uint64_t count_rg(const char *regex, const struct corpus *c)
{
	const char *argv[ARGS];

	rg_args(argv, regex, c->file.s, true);
	return program_run(argv).number;
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
			sample_add(&m->rg, program_run(argv).cpu);
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

/* Twice, as it takes long. It counts only if it has found as many; some
   versions crash at the end of a map. */
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

		if (!bench_wants(b, c->name, n->name))
			continue;
		measure_common(b, c, n->hex, n->regex, &m);
		for (size_t turn = 0; turn < b->turns; turn++) {
			sample_add(&m.limit, peer_touch(c->file.s).cpu);
			if (n->bytes)
				sample_add(&m.memory,
				           peer_memmem(c->file.s, n->bytes,
				                       n->len)
				                   .cpu);
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
	s = program_run(argv);
	if (s.status <= 1)
		sample_add(&m->grep, s.cpu);
}

/* By turns with one that counts as well, in front of it as often as behind it;
   what takes long only a few times. */
static void measure_pcre2(const struct bench *b, const struct corpus *c,
                          const char *pattern, const char *regex,
                          struct measured *m)
{
	double spent = 0;

	for (size_t turn = 0; turn < MORE * b->turns && spent < PATIENCE;
	     turn++) {
		struct spent own = { 0 }, s;

		if (turn % 2 == 0)
			own = count_hexspan(pattern, c);
		s = peer_pcre2(c->file.s, regex);
		if (turn % 2)
			own = count_hexspan(pattern, c);
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

		if (!bench_wants(b, c->name, regex))
			continue;
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

/* Two processes with one thread, each for half of the file. */
static struct spent run_halves(const char *pattern, const struct corpus *c)
{
	struct spent first = { 0 }, second = { 0 };
	uint64_t began = bench_now(), half = c->len / 2;
	const char *argv[ARGS];
	char command[2][512];
	pid_t pid[2];

	snprintf(command[0], sizeof(command[0]), "0,0x%" PRIx64 " find-all %s",
	         half - 1, pattern);
	snprintf(command[1], sizeof(command[1]), "0x%" PRIx64 ",$ find-all %s",
	         half, pattern);
	for (size_t i = 0; i < ARRAY_LEN(pid); i++) {
		hexspan_args(argv, command[i], c, false, "--threads=1");
		pid[i] = program_start(argv, -1);
	}
	program_wait(pid[0], began, &first);
	program_wait(pid[1], began, &second);
	if (first.status > 1 || second.status > 1)
		bench_fail("%s", command[0]);
	second.cpu += first.cpu;
	return second;
}

/* One thread and two: the product's, and those of a program that only loads. */
static void threads_row(const struct bench *b, int which, const char *pattern)
{
	static const char *const options[] = { "--threads=1", "--threads=2" };
	const struct corpus *c = corpora_get(which);
	struct sample wall[2] = { { .count = 0 } }, cpu[2] = { { .count = 0 } };
	struct sample load[2] = { { .count = 0 } }, halves = { .count = 0 };
	char command[512];

	if (!bench_wants(b, "two threads", c->name))
		return;
	snprintf(command, sizeof(command), "find-all %s", pattern);
	corpora_settle(b, c);
	for (size_t turn = 0; turn < 2 * MORE * b->turns; turn++) {
		size_t i = turn % 2;
		struct spent s = run_hexspan(command, c, false, options[i]);

		sample_add(&wall[i], s.wall);
		sample_add(&cpu[i], s.cpu);
		sample_add(&load[i], peer_load(c->file.s, i + 1).wall);
		if (i == 0)
			sample_add(&halves, run_halves(pattern, c).wall);
	}
	printf("| two threads, %s, `", c->name);
	print_code(pattern);
	printf("`, one to it | wall %.2f, CPU %.2f; one to two processes, each "
	       "of half of it, wall %.2f; only to load it all, wall %.2f; "
	       "that takes, in two threads, %.2f |\n",
	       sample_ratio(&wall[0], &wall[1]), sample_ratio(&cpu[0], &cpu[1]),
	       sample_ratio(&wall[0], &halves),
	       sample_ratio(&load[0], &load[1]),
	       sample_ratio(&load[1], &wall[1]));
}

static void backward_row(const struct bench *b, int which, const char *pattern)
{
	const struct corpus *c = corpora_get(which);
	struct sample to = { .count = 0 }, from = { .count = 0 };
	char forward[512], backward[512];

	if (!bench_wants(b, "backward", c->name))
		return;
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
	struct spent s;
	int fd;

	if (!bench_wants(b, "sparse", "64 GiB"))
		return;
	fd = open_file(path.s, O_RDWR | O_CREAT);
	if (ftruncate(fd, (off_t)64 << 30) < 0 ||
	    pwrite(fd, "\xde\xad\xbe\xef", 4, (off_t)40 << 30) != 4)
		bench_fail("%s", path.s);
	(void)close(fd);
	s = program_run(argv);
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

	if (!bench_wants(b, "many", c->name))
		return;
	snprintf(command, sizeof(command), "find-all -n %d {00 00}",
	         b->full ? 10000000 : 10000);
	hexspan_args(argv, command, c, false, "--threads=2");
	if (pipe2(ends, O_CLOEXEC) < 0)
		bench_fail("pipe");
	began = bench_now();
	pid = program_start(argv, ends[1]);
	(void)close(ends[1]);
	in = fdopen(ends[0], "r");
	if (!in || getc(in) == EOF)
		bench_fail("no match");
	first = bench_now() - began;
	while (getc(in) != EOF)
		;
	(void)fclose(in);
	program_wait(pid, began, &s);
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

	if (!bench_wants(b, "cold", c->name))
		return;
	rg_args(argv, "absent sentences", c->file.s, false);
	for (size_t turn = 0; turn < b->turns; turn++) {
		corpora_drop(c->file.s);
		sample_add(&own, run_hexspan("find-all \"absent sentences\"", c,
		                             false, "--threads=1")
		                         .wall);
		corpora_drop(c->file.s);
		sample_add(&cat, program_run(cat_args).wall);
		corpora_drop(c->file.s);
		if (has_rg)
			sample_add(&rg, program_run(argv).wall);
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

	if (!bench_wants(b, "cancel", pattern))
		return;
	snprintf(command, sizeof(command), "count %s", pattern);
	for (size_t turn = 0; turn < b->turns; turn++) {
		const char *argv[ARGS];
		struct spent s;
		uint64_t sent;
		pid_t pid;

		hexspan_args(argv, command, c, false, "--threads=2");
		pid = program_start(argv, -1);
		(void)nanosleep(&while_it_runs, NULL);
		sent = bench_now();
		(void)kill(pid, SIGINT);
		program_wait(pid, sent, &s);
		sample_add(&ms, s.wall * 1e3);
	}
	printf("| cancel `%s` | %.1f ms, at most %.1f |\n", pattern,
	       sample_median(&ms), sample_max(&ms));
}

static void limit_row(const struct bench *b, const char *pattern)
{
	char command[128];
	struct spent s;

	if (!bench_wants(b, "limit", pattern))
		return;
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
	limit_row(b, "/(a+)+b/");
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

	peers_serve(argc, argv);
	bench_begin_rows(&b, "search", TURNS, argc, argv);
	unit = (b.full ? 1 << 20 : 1 << 10) / (part ? part : 1);
	if (!realpath("hexspan", hexspan))
		bench_fail("hexspan");
	/* Without journals of the user's, which each start would look at. */
	if (setenv("XDG_STATE_HOME", b.folder, 1) < 0)
		bench_fail("setenv");
	has_rg = program_is_there("rg");
	has_grep = program_is_there("grep");
	has_python = program_is_there("python3");
	errno = 0;
	corpora_make(&b, unit);
	print_programs();
	literals(&b, &splits);
	regex_rows(&b, &splits);
	if (splits.count > 0)
		printf("7 pieces take %.3f times as long as one file in the "
		       "mean, at most %.3f.\n",
		       exp(splits.sum / (double)splits.count), splits.most);
	rest(&b);
	bench_end(&b);
	return 0;
}
