/*
 * start.c - from exec to the last byte of the first whole screen
 *
 * The files: 1 GiB of random bytes; 64 TiB with nothing in it, on /dev/shm
 * since ext4 ends at 16 TiB; 10,000 and 100,000 files of 1 KiB. All are in the
 * page cache, and the hint of the first run has been seen before.
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/pty.h"

enum { TURNS = 21, MANY_TURNS = 5 };

static const char hexedit[] = "/usr/bin/hexedit";

struct files {
	char program[4096];
	char least[4096];
	struct bench_path plain, sparse, few, many;
	struct bench_path home;
};

/* One that is started again and again. */
struct row {
	const char *name;
	const char *argv[4];
	const char *expect; /* on the first screen */
	struct sample ms, cpu, memory;
};

enum { HEXEDIT, LEAST, PLAIN, SPARSE, FEW, ROWS };

static void start(struct row *row, const struct files *files, bool count)
{
	struct pty pty;

	pty_start(&pty, row->argv, files->home.s, 0);
	/* One row of the screen is for messages, and there is none. */
	pty_wait(&pty, row->expect, PTY_ROWS - 1);
	if (count) {
		sample_add(&row->ms, (double)(pty.last - pty.start) / 1e6);
		sample_add(&row->cpu, (double)pty_cpu(&pty) / 1e6);
		sample_add(&row->memory, pty_memory(&pty));
	}
	pty_stop(&pty);
}

/* The names in a file, each behind the zero of the one before it. */
static char *read_names(const char *path, size_t *len)
{
	struct stat st;
	char *names;
	FILE *in = fopen(path, "re");

	if (!in || fstat(fileno(in), &st) < 0)
		bench_fail("%s", path);
	*len = (size_t)st.st_size;
	names = malloc(*len + 1);
	if (!names || fread(names, 1, *len, in) != *len)
		bench_fail("%s", path);
	(void)fclose(in);
	names[*len] = '\0';
	for (char *end = names; (end = strchr(end, '\n')); end++)
		*end = '\0';
	return names;
}

/* The peer of many files: nothing but to ask for each whether it is there. */
static double stat_all(const char *path)
{
	struct stat st;
	size_t len;
	char *names = read_names(path, &len);
	uint64_t from = bench_now();

	for (char *p = names; p < names + len; p += strlen(p) + 1)
		if (stat(p, &st) < 0)
			bench_fail("%s", p);
	from = bench_now() - from;
	free(names);
	return (double)from / 1e6;
}

static void print_row(const struct row *row, const struct row *all,
                      const struct row *base)
{
	printf("| %s | %.1f | %.2f | %.1f | %.1f | %.1f |\n", row->name,
	       sample_median(&row->ms),
	       base->ms.count ? sample_ratio(&row->ms, &base->ms) : 0.0,
	       sample_ratio(&row->ms, &all[PLAIN].ms), sample_median(&row->cpu),
	       sample_max(&row->memory));
}

static void print_table(const struct row *rows, const struct sample *stats)
{
	struct sample left = { .count = 0 };

	printf("| first screen | ms | to hexedit | to 1 GiB | CPU ms | peak "
	       "MiB |\n|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].ms.count > 0)
			print_row(&rows[i], rows, &rows[HEXEDIT]);
	for (size_t i = 0; i < rows[FEW].ms.count; i++)
		sample_add(&left, (rows[FEW].ms.v[i] - rows[PLAIN].ms.v[i]) /
		                          stats->v[i]);
	printf("\nA loop of stat() over the names of the 10,000 files: %.1f "
	       "ms. What they take longer than 1 GiB is %.2f of it.\n",
	       sample_median(stats), sample_median(&left));
}

/* Does it work at all with few descriptors, and how long does it take? */
static void many(const struct bench *b, const struct files *files,
                 const char *last)
{
	static const char files_from[] = "--files-from";
	struct sample ms = { .count = 0 }, memory = { .count = 0 };
	struct sample end = { .count = 0 };
	const char *argv[] = { files->program, files_from, files->many.s,
		               NULL };

	for (size_t i = 0; i < (b->full ? MANY_TURNS : 1); i++) {
		struct pty pty;
		uint64_t sent;

		pty_start(&pty, argv, files->home.s, 256);
		pty_wait(&pty, "#1 part.000000", PTY_ROWS - 1);
		sample_add(&ms, (double)(pty.last - pty.start) / 1e6);
		sent = bench_now();
		pty_send(&pty, "\033[1;5F");
		pty_wait(&pty, last, PTY_ROWS - 1);
		sample_add(&end, (double)(pty.last - sent) / 1e6);
		sample_add(&memory, pty_memory(&pty));
		pty_stop(&pty);
	}
	printf("\nWith `ulimit -n 256`: first screen of all files %.0f ms, "
	       "then "
	       "to their end %.1f ms, peak %.1f MiB.\n",
	       sample_median(&ms), sample_median(&end), sample_max(&memory));
}

static void make_sparse(const char *path, off_t len)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, len) < 0 || close(fd) < 0)
		bench_fail("%s", path);
}

static void make_files(const struct bench *b, struct files *files)
{
	char cwd[4000];

	if (!getcwd(cwd, sizeof(cwd)))
		bench_fail("working directory");
	snprintf(files->program, sizeof(files->program), "%s/hexspan", cwd);
	snprintf(files->least, sizeof(files->least), "%s/tests/bench/least",
	         cwd);
	files->home = bench_path(b, "home");
	(void)mkdir(files->home.s, 0700);
	files->plain = bench_path(b, "plain");
	bench_file(files->plain.s, b->full ? UINT64_C(1) << 30 : 1 << 16);
	snprintf(files->sparse.s, sizeof(files->sparse.s),
	         "/dev/shm/hexspan-bench-%d", (int)getpid());
	make_sparse(files->sparse.s, b->full ? (off_t)1 << 46 : 1 << 20);
	files->few = bench_files(b, b->full ? 10000 : 100);
	files->many = bench_files(b, b->full ? 100000 : 400);
}

int main(int argc, char **argv)
{
	static struct files files;
	static struct row rows[ROWS];
	struct sample stats = { .count = 0 };
	struct bench b;

	bench_begin(&b, "start", TURNS, argc, argv);
	make_files(&b, &files);
	rows[HEXEDIT] = (struct row){ .name = "hexedit 1 GiB",
		                      .argv = { hexedit, files.plain.s },
		                      .expect = "--0x0/" };
	rows[LEAST] = (struct row){ .name = "the least with ncursesw",
		                    .argv = { files.least, files.plain.s },
		                    .expect = "least" };
	rows[PLAIN] = (struct row){ .name = "hexspan 1 GiB",
		                    .argv = { files.program, files.plain.s },
		                    .expect = "#1 plain+0" };
	rows[SPARSE] = (struct row){ .name = "hexspan 64 TiB, sparse",
		                     .argv = { files.program, files.sparse.s },
		                     .expect = "00 0" };
	rows[FEW] = (struct row){ .name = "hexspan 10,000 files",
		                  .argv = { files.program, "--files-from",
		                            files.few.s },
		                  .expect = "#1 part.000000" };
	for (size_t turn = 0; turn <= b.turns; turn++) {
		/* The first turn is not counted: it shows the hint, and brings
		   programs and files into memory. */
		for (size_t i = 0; i < ROWS; i++)
			if (i != HEXEDIT || access(hexedit, X_OK) == 0)
				start(&rows[i], &files, turn > 0);
		if (turn > 0)
			sample_add(&stats, stat_all(files.few.s));
	}
	print_table(rows, &stats);
	many(&b, &files, b.full ? "#100000 part.099999" : "#400 part.000399");
	(void)unlink(files.sparse.s);
	bench_end(&b);
	return 0;
}
