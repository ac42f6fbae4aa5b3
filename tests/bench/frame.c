/*
 * frame.c - what a frame costs: CPU time, bytes and write() calls
 *
 * A key is sent, and what the program did until its screen was quiet is
 * counted: its CPU time by its own clock, its write() calls by the kernel.
 * 120x40, bytes in the page cache.
 */
#include "config.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/pty.h"

enum { FRAMES = 60, QUIET_MS = 25 };

static const char page_down[] = "\033[6~";
static const char down[] = "\033OB";
static const char hexedit[] = "/usr/bin/hexedit";

struct cost {
	struct sample cpu, bytes, writes;
};

static void press(struct pty *pty, const char *key, struct cost *cost)
{
	uint64_t cpu = pty_cpu(pty), writes = pty_writes(pty);

	pty_send(pty, key);
	pty_settle(pty, QUIET_MS);
	sample_add(&cost->cpu, (double)(pty_cpu(pty) - cpu) / 1e6);
	sample_add(&cost->bytes, (double)pty->bytes);
	sample_add(&cost->writes, (double)(pty_writes(pty) - writes));
}

static void print_cost(const char *name, const char *what,
                       const struct cost *cost)
{
	printf("| %s | %s | %.2f | %.2f | %.0f | %.0f | %.0f | %.0f |\n", name,
	       what, sample_median(&cost->cpu), sample_max(&cost->cpu),
	       sample_median(&cost->bytes), sample_max(&cost->bytes),
	       sample_median(&cost->writes), sample_max(&cost->writes));
}

static void measure(const struct bench *b, const char *name,
                    const char *const argv[], const char *expect)
{
	struct cost page = { 0 }, line = { 0 };
	size_t frames = b->full ? FRAMES : 2;
	struct pty pty;

	pty_start(&pty, argv, bench_path(b, "home").s, 0);
	pty_wait(&pty, expect, PTY_ROWS - 1);
	/* Whatever box may be there is closed, and the first page brings what
	   is needed only once. */
	for (int i = 0; i < 2; i++) {
		pty_send(&pty, page_down);
		pty_settle(&pty, QUIET_MS);
	}
	for (size_t i = 0; i < frames; i++)
		press(&pty, page_down, &page);
	/* Down to the last line, from where each key scrolls. */
	for (int i = 0; i < PTY_ROWS; i++) {
		pty_send(&pty, down);
		pty_settle(&pty, QUIET_MS);
	}
	for (size_t i = 0; i < frames; i++)
		press(&pty, down, &line);
	pty_stop(&pty);
	print_cost(name, "page", &page);
	print_cost(name, "line", &line);
}

int main(int argc, char **argv)
{
	char program[4096], cwd[4000];
	struct bench_path plain, names;
	struct bench b;

	bench_begin(&b, "frame", 1, argc, argv);
	if (!getcwd(cwd, sizeof(cwd)))
		bench_fail("working directory");
	snprintf(program, sizeof(program), "%s/hexspan", cwd);
	plain = bench_path(&b, "plain");
	bench_file(plain.s, b.full ? UINT64_C(1) << 30 : 1 << 16);
	names = bench_files(&b, b.full ? 100000 : 400);
	(void)mkdir(bench_path(&b, "home").s, 0700);
	printf("| program | frame | CPU ms | max | bytes | max | writes | max "
	       "|\n|---|---|---|---|---|---|---|---|\n");
	measure(&b, "hexspan", (const char *const[]){ program, plain.s, NULL },
	        "#1 plain+");
	measure(&b, "hexspan, 100,000 files",
	        (const char *const[]){ program, "--files-from", names.s, NULL },
	        "#1 part.000000");
	if (access(hexedit, X_OK) == 0)
		measure(&b, "hexedit",
		        (const char *const[]){ hexedit, plain.s, NULL },
		        "--0x0/");
	bench_end(&b);
	return 0;
}
