/*
 * reads.c - 100 random reads of a space of 4 GiB in 7 files, and of its peers
 *
 * Each way reads the same places, once for every turn. All begin with closed
 * files; the descriptors of hexspan are opened by its first reads. The peers
 * that know one file only read the 7 joined. Cold: the page cache was told to
 * forget the files just before. Warm: all is in it, and what is measured is CPU
 * time, with which a busy machine has less to do. The caches of the processor
 * are filled with something else before each, or the second to read the same
 * bytes would win.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "session.h"
#include "source/guard.h"
#include "source/source.h"
#include "space/layout.h"
#include "space/view.h"
#include "tests/bench/bench.h"

enum { FILES = 7, COUNT = 100, TURNS = 21, SIZE_MAX_READ = 512 << 10 };

static const char joined_name[] = "joined";

struct data {
	struct bench_path file[FILES], joined, script;
	uint64_t size[FILES], total;
};

/* One set of places to read. */
struct task {
	const struct data *data;
	uint64_t seed;
	size_t size; /* of each read */
	uint64_t (*clock)(void);
	unsigned char *buf; /* room for one */
};

/* The next place; the first bytes are summed up to see that all ways read the
   same. */
static uint64_t next_place(const struct task *task, uint64_t *state)
{
	return bench_random(state) % (task->data->total - task->size);
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		bench_fail("%s", path);
	return fd;
}

static void must(bool ok, const struct error *err)
{
	errno = 0;
	if (!ok)
		bench_fail("%s", err->text);
}

/* --- hexspan ------------------------------------------------------------- */

static struct session *open_session(const struct data *data)
{
	struct session_options options = { .files = files_limits_default() };
	struct layout inputs = { 0 };
	struct session *session;
	struct error err;

	session = session_new(&options, &err);
	must(session, &err);
	for (size_t i = 0; i < FILES; i++) {
		struct placement *p = placement_new(data->file[i].s, &err);

		must(p && layout_push(&inputs, p, &err), &err);
	}
	must(session_open(session, &inputs, &err), &err);
	return session;
}

static void read_view(const struct view *view, const struct task *task,
                      uint64_t addr)
{
	struct runs runs = { 0 };
	struct error err;

	must(view_read(view, addr, task->buf, task->size, 0, &runs, &err),
	     &err);
	if (runs.count != 1 || runs.v->state != STATE_DATA)
		bench_fail("0x%" PRIx64 " is not all data", addr);
	runs_free(&runs);
}

/* Through mapped windows, as scans read. */
static void read_windows(const struct view *view, const struct task *task,
                         uint64_t addr)
{
	for (size_t done = 0; done < task->size;) {
		struct location at =
			space_locate(view_space(view), addr + done);
		struct source *src = document_source(at.segment->doc);
		size_t len = (size_t)u64_min(task->size - done, at.run);
		void *pin;
		const void *bytes = source_map(src, at.doc_off, &len, &pin);

		if (!bytes || guard_copy(task->buf + done, bytes, len) != len)
			bench_fail("a window of 0x%" PRIx64, addr + done);
		source_unmap(src, pin);
		done += len;
	}
}

static double run_session(const struct task *task, uint64_t *sum,
                          void (*read_one)(const struct view *view,
                                           const struct task *task,
                                           uint64_t addr))
{
	struct session *session = open_session(task->data);
	const struct view *view = session_view(session);
	uint64_t state = task->seed, from = task->clock();

	for (size_t i = 0; i < COUNT; i++) {
		read_one(view, task, next_place(task, &state));
		*sum += task->buf[0];
	}
	from = task->clock() - from;
	session_free(session);
	return (double)from / 1e6;
}

static double way_view(const struct task *task, uint64_t *sum)
{
	return run_session(task, sum, read_view);
}

static double way_windows(const struct task *task, uint64_t *sum)
{
	return run_session(task, sum, read_windows);
}

/* --- peers in C ---------------------------------------------------------- */

static void pread_all(int fd, unsigned char *buf, size_t len, uint64_t off)
{
	if (pread(fd, buf, len, (off_t)off) != (ssize_t)len)
		bench_fail("pread");
}

/* Over the 7 files, as hexspan reads them. */
static double way_pread(const struct task *task, uint64_t *sum)
{
	const struct data *data = task->data;
	uint64_t state = task->seed, from = task->clock();
	int fd[FILES];

	for (size_t i = 0; i < FILES; i++)
		fd[i] = open_file(data->file[i].s);
	for (size_t i = 0; i < COUNT; i++) {
		uint64_t off = next_place(task, &state);
		size_t file = 0, done = 0;

		while (off >= data->size[file])
			off -= data->size[file++];
		while (done < task->size) {
			size_t n = (size_t)u64_min(task->size - done,
			                           data->size[file] - off);

			pread_all(fd[file++], task->buf + done, n, off);
			done += n;
			off = 0;
		}
		*sum += task->buf[0];
	}
	from = task->clock() - from;
	for (size_t i = 0; i < FILES; i++)
		(void)close(fd[i]);
	return (double)from / 1e6;
}

static double way_seek(const struct task *task, uint64_t *sum)
{
	uint64_t state = task->seed, from = task->clock();
	int fd = open_file(task->data->joined.s);

	for (size_t i = 0; i < COUNT; i++) {
		if (lseek(fd, (off_t)next_place(task, &state), SEEK_SET) < 0 ||
		    read(fd, task->buf, task->size) != (ssize_t)task->size)
			bench_fail("read");
		*sum += task->buf[0];
	}
	from = task->clock() - from;
	(void)close(fd);
	return (double)from / 1e6;
}

static double way_mmap(const struct task *task, uint64_t *sum)
{
	uint64_t state = task->seed, from = task->clock();
	size_t total = (size_t)task->data->total;
	int fd = open_file(task->data->joined.s);
	const unsigned char *map =
		mmap(NULL, total, PROT_READ, MAP_SHARED, fd, 0);

	if (map == MAP_FAILED)
		bench_fail("mmap");
	for (size_t i = 0; i < COUNT; i++) {
		memcpy(task->buf, map + next_place(task, &state), task->size);
		*sum += task->buf[0];
	}
	from = task->clock() - from;
	(void)munmap((void *)(uintptr_t)map, total);
	(void)close(fd);
	return (double)from / 1e6;
}

/* --- peers in Python ----------------------------------------------------- */

/* Negative where there is no Python. */
static double run_python(const struct task *task, uint64_t *sum,
                         const char *way)
{
	char line[9000];
	double seconds = -1;
	FILE *in;

	snprintf(line, sizeof(line),
	         "python3 '%s' %s %s '%s' %zu %d %" PRIu64 " 2>/dev/null",
	         task->data->script.s, way,
	         task->clock == bench_cpu ? "cpu" : "wall",
	         task->data->joined.s, task->size, (int)COUNT, task->seed);
	in = popen(line, "re");
	if (!in)
		bench_fail("popen");
	if (fscanf(in, "%lf %" SCNu64, &seconds, sum) != 2)
		seconds = -1e-3;
	(void)pclose(in);
	errno = 0;
	return seconds * 1e3;
}

static double way_python_seek(const struct task *task, uint64_t *sum)
{
	return run_python(task, sum, "seek");
}

static double way_python_mmap(const struct task *task, uint64_t *sum)
{
	return run_python(task, sum, "mmap");
}

/* --- the measurement ----------------------------------------------------- */

enum { PREAD = 0, CASES = 4 };

static struct way {
	const char *name;
	double (*run)(const struct task *task, uint64_t *sum);
	struct sample ms[CASES]; /* 4 KiB warm, cold; 512 KiB warm, cold */
} ways[] = {
	{ .name = "C pread, 7 files", .run = way_pread },
	{ .name = "hexspan view_read", .run = way_view },
	{ .name = "hexspan mapped windows", .run = way_windows },
	{ .name = "C lseek + read", .run = way_seek },
	{ .name = "C mmap + memcpy", .run = way_mmap },
	{ .name = "Python seek + read", .run = way_python_seek },
	{ .name = "Python mmap slices", .run = way_python_mmap },
};

/* Let the page cache forget a file, or have all of it. */
static void prepare_file(const char *path, bool cold, unsigned char *buf)
{
	int fd = open_file(path);
	ssize_t n;

	if (cold) {
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	} else {
		while ((n = read(fd, buf, SIZE_MAX_READ)) > 0)
			;
		if (n < 0)
			bench_fail("%s", path);
	}
	(void)close(fd);
}

static void prepare(const struct data *data, bool cold, unsigned char *buf)
{
	for (size_t i = 0; i < FILES; i++)
		prepare_file(data->file[i].s, cold, buf);
	prepare_file(data->joined.s, cold, buf);
}

/* Push everything out of the caches of the processor but the names of the
   files, which a space asks for when it is made. */
static void fill_caches(const struct data *data)
{
	static unsigned char other[64 << 20];
	static unsigned char value;
	struct stat st;

	memset(other, ++value, sizeof(other));
	for (size_t i = 0; i < FILES; i++)
		if (stat(data->file[i].s, &st) < 0)
			bench_fail("%s", data->file[i].s);
	if (stat(data->joined.s, &st) < 0)
		bench_fail("%s", data->joined.s);
}

/* Each way once, beginning with another one each time. */
static void take_turn(const struct task *task, int which, size_t first)
{
	uint64_t expected = 0;

	for (size_t k = 0; k < ARRAY_LEN(ways); k++) {
		struct way *way = &ways[(first + k) % ARRAY_LEN(ways)];
		uint64_t sum = 0;
		double ms;

		if (task->clock == bench_now)
			prepare(task->data, true, task->buf);
		fill_caches(task->data);
		ms = way->run(task, &sum);
		if (ms < 0)
			continue;
		if (expected == 0)
			expected = sum;
		if (sum != expected)
			bench_fail("%s has read something else", way->name);
		sample_add(&way->ms[which], ms);
	}
}

static void print_table(const struct sample *base)
{
	printf("| 100 reads, ms (to pread) | 4 KiB warm | 4 KiB cold | "
	       "512 KiB warm | 512 KiB cold |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		printf("| %s |", ways[i].name);
		for (int k = 0; k < CASES; k++)
			printf(" %.2f (%.2f) |", sample_median(&ways[i].ms[k]),
			       sample_ratio(&ways[i].ms[k], &base[k]));
		printf("\n");
	}
}

static void join_files(const struct data *data, unsigned char *buf)
{
	struct stat st;
	ssize_t n;
	int out;

	if (stat(data->joined.s, &st) == 0 &&
	    (uint64_t)st.st_size == data->total)
		return;
	out = open(data->joined.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	           0600);
	if (out < 0)
		bench_fail("%s", data->joined.s);
	for (size_t i = 0; i < FILES; i++) {
		int fd = open_file(data->file[i].s);

		while ((n = read(fd, buf, SIZE_MAX_READ)) > 0)
			if (write(out, buf, (size_t)n) != n)
				bench_fail("%s", data->joined.s);
		(void)close(fd);
	}
	if (fsync(out) < 0 || close(out) < 0)
		bench_fail("%s", data->joined.s);
}

/* 4 GiB in sizes that are no multiples of anything. */
static void make_data(const struct bench *b, struct data *data,
                      unsigned char *buf)
{
	static const uint64_t parts[FILES] = {
		700, 501, 613, 523, 599, 577, 583
	};
	const char *top = getenv("srcdir");
	uint64_t unit = b->full ? 1 << 20 : 1 << 12;
	char name[16];

	for (size_t i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "disk.%03zu", i + 1);
		data->file[i] = bench_path(b, name);
		data->size[i] = parts[i] * unit + 3 * i - 9;
		data->total += data->size[i];
		bench_file(data->file[i].s, data->size[i]);
	}
	data->joined = bench_path(b, joined_name);
	join_files(data, buf);
	snprintf(data->script.s, sizeof(data->script.s),
	         "%s/tests/bench/reads.py", top ? top : "..");
}

int main(int argc, char **argv)
{
	static struct data data;
	unsigned char *buf = malloc(SIZE_MAX_READ);
	struct task task = { .data = &data, .buf = buf };
	struct sample base[CASES];
	struct error err;
	struct bench b;

	bench_begin(&b, "reads", TURNS, argc, argv);
	if (!buf || !guard_install(&err))
		bench_fail("memory");
	make_data(&b, &data, buf);
	for (int which = 0; which < CASES; which++) {
		bool cold = which % 2 == 1;

		task.size = which < 2 ? 4096 : SIZE_MAX_READ;
		task.clock = cold ? bench_now : bench_cpu;
		prepare(&data, cold, buf);
		for (size_t turn = 0; turn < b.turns; turn++) {
			task.seed = turn + 1;
			take_turn(&task, which, turn);
		}
		base[which] = ways[PREAD].ms[which];
	}
	print_table(base);
	free(buf);
	bench_end(&b);
	return 0;
}
