/*
 * flush.c - many small ranges into a file, durable
 *
 * The peer writes the same bytes to the same places of the same file, in their
 * order, and syncs it once; and as many bytes as the journal has got by the
 * flush into another file, and syncs that. So it does for the disk what the
 * flush has to do, and neither compares nor promises anything. Times are those
 * of the clock: most of it is waiting for the disk. The file is in the page
 * cache.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/store.h"
#include "session.h"
#include "tests/bench/bench.h"
#include "tests/bench/editing.h"

enum { TURNS = 7, RANGE = 16, CHUNK = 1 << 20 };

struct flushes {
	struct sample edit, flush, cpu, peer, journal;
};

/* Where the ranges are: each in a part of the file of its own. */
static uint64_t *places(size_t n, uint64_t len, uint64_t seed)
{
	uint64_t *v = malloc(n * sizeof(*v));

	if (!v)
		bench_fail("no memory");
	for (size_t i = 0; i < n; i++)
		v[i] = len / n * i + bench_random(&seed) % (len / n - RANGE);
	return v;
}

static off_t journal_bytes(const struct session *session)
{
	char path[8192];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", session_journal_folder(session),
	         session_journal_name(session));
	if (stat(path, &st) < 0)
		bench_fail("%s", path);
	return st.st_size;
}

/* All of them as one edit. */
static void edit_all(struct session *session, const uint64_t *v, size_t n,
                     uint64_t seed)
{
	struct session_splice *all = calloc(n, sizeof(*all));
	struct piece *pieces = calloc(n, sizeof(*pieces));

	if (!all || !pieces)
		bench_fail("no memory");
	for (size_t i = 0; i < n; i++) {
		uint64_t bytes[RANGE / 8] = { bench_random(&seed),
			                      bench_random(&seed) };

		editing_must(store_put(session_store(session), bytes, RANGE,
		                       &pieces[i], &editing_err));
		all[i] = (struct session_splice){
			.at = space_place(session_space(session), v[i]),
			.removed = RANGE,
			.added = &pieces[i],
			.count = 1,
		};
	}
	editing_must(session_edit(session, all, n, 0, &editing_err));
	free(all);
	free(pieces);
}

static off_t flush(const char *path, const char *folder, const uint64_t *v,
                   size_t n, uint64_t seed, struct flushes *out)
{
	struct session *session = editing_open(path, folder);
	struct session_flushed flushed;
	char journal[8192];
	struct stat st;
	bool begun;
	uint64_t from = bench_now(), cpu;
	off_t before;

	edit_all(session, v, n, seed);
	editing_must(session_sync(session, &editing_err));
	sample_add(&out->edit, (double)(bench_now() - from) / 1e9);
	before = journal_bytes(session);
	snprintf(journal, sizeof(journal), "%s/%s",
	         session_journal_folder(session),
	         session_journal_name(session));
	from = bench_now();
	cpu = bench_cpu();
	editing_must(
		session_flush_begin(session, NULL, 0, 0, &begun, &editing_err));
	session_flush_work(NULL, session);
	editing_must(session_flush_finish(session, &flushed, &editing_err));
	sample_add(&out->flush, (double)(bench_now() - from) / 1e9);
	sample_add(&out->cpu, (double)(bench_cpu() - cpu) / 1e9);
	if (flushed.ranges != n || flushed.bytes != n * RANGE)
		bench_fail("%zu ranges were flushed, not %zu",
		           (size_t)flushed.ranges, n);
	if (stat(journal, &st) < 0)
		bench_fail("%s", journal);
	sample_add(&out->journal, (double)(st.st_size - before));
	session_free(session);
	(void)unlink(journal);
	return st.st_size - before;
}

/* The same by hand. */
static void write_all(const char *path, const char *other, const uint64_t *v,
                      size_t n, off_t journal, struct flushes *out)
{
	static char bytes[CHUNK];
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int to = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	uint64_t from = bench_now();

	if (fd < 0 || to < 0)
		bench_fail("%s", path);
	for (off_t left = journal; left > 0;) {
		ssize_t put =
			write(to, bytes, left < CHUNK ? (size_t)left : CHUNK);

		if (put < 0)
			bench_fail("%s", other);
		left -= put;
	}
	if (fdatasync(to) < 0)
		bench_fail("%s", other);
	for (size_t i = 0; i < n; i++)
		if (pwrite(fd, bytes + i % CHUNK / 2, RANGE, (off_t)v[i]) !=
		    RANGE)
			bench_fail("%s", path);
	if (fdatasync(fd) < 0)
		bench_fail("%s", path);
	sample_add(&out->peer, (double)(bench_now() - from) / 1e9);
	close(fd);
	close(to);
}

/* Into the page cache, and what waits there to the disk. */
static void settle(const char *path)
{
	static char buf[CHUNK];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		bench_fail("%s", path);
	while (read(fd, buf, CHUNK) > 0)
		;
	(void)fsync(fd);
	close(fd);
}

static long peak(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

int main(int argc, char **argv)
{
	struct flushes s = { 0 };
	struct bench b;
	struct bench_path path, folder, other;
	uint64_t len;
	size_t n;

	bench_begin(&b, "flush", TURNS, argc, argv);
	len = b.full ? EDITING_SPACE : 1 << 20;
	n = b.full ? 100000 : 1000;
	path = bench_path(&b, b.full ? "edit" : "edit-small");
	folder = bench_path(&b, "journals");
	other = bench_path(&b, "journal-bytes");
	bench_file(path.s, len);
	for (size_t turn = 0; turn < b.turns; turn++) {
		uint64_t *v = places(n, len, turn + 1);
		off_t journal;

		settle(path.s);
		journal = flush(path.s, folder.s, v, n, turn + 1, &s);
		settle(path.s);
		write_all(path.s, other.s, v, n, journal, &s);
		free(v);
	}
	(void)unlink(other.s);
	printf("| 100,000 ranges of 16 bytes in 1 GiB | |\n|---|---|\n");
	printf("| one edit of all, s | %.3f |\n", sample_median(&s.edit));
	printf("| flush, s | %.3f |\n", sample_median(&s.flush));
	printf("| of that processors | %.3f |\n", sample_median(&s.cpu));
	printf("| pwrite of each, fdatasync, and the journal's bytes, s | %.3f "
	       "|\n",
	       sample_median(&s.peer));
	printf("| times as long | %.2f |\n", sample_ratio(&s.flush, &s.peer));
	printf("| bytes in the journal for a range | %.0f |\n",
	       sample_median(&s.journal) / (double)n);
	printf("| most memory, MiB | %ld |\n", peak() / 1024);
	bench_end(&b);
	return 0;
}
