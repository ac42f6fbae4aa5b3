/*
 * journal.c - edits that are written to a journal, and had back from it
 *
 * Times of many edits are CPU times, of all threads and of the system, so the
 * syncs that go on beside are in them, but not the waiting for the disk. That
 * of one keystroke is what the user waits: from the edit to the end of its
 * write.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "session.h"
#include "tests/bench/bench.h"
#include "tests/bench/editing.h"

enum { TURNS = 3, KEYS = 20000 };

#define LARGE ((off_t)64 << 20)

struct kept {
	struct sample put, seen, bytes, disk, undo;
	struct sample key, key_99, key_most;
	struct sample recovery, recovery_wall, edits;
};

/* Bytes of the journal of this session. */
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

static void end(struct session *session)
{
	session_drop_edits(session, true);
	session_free(session);
}

static void put_all(const char *path, const char *folder, size_t n,
                    uint64_t len, uint64_t seed, struct kept *out)
{
	struct session *session = editing_open(path, folder);
	uint64_t used = editing_memory();
	uint64_t from = bench_cpu();

	editing_put_all(session, n, len, seed, EDIT_SEEN);
	sample_add(&out->seen, (double)(bench_cpu() - from) / (double)n);
	end(session);
	session = editing_open(path, folder);
	used = editing_memory();
	from = bench_cpu();
	editing_put_all(session, n, len, seed, 0);
	sample_add(&out->put, (double)(bench_cpu() - from) / (double)n);
	sample_add(&out->bytes, (double)(editing_memory() - used) / (double)n);
	sample_add(&out->disk, (double)journal_bytes(session) / (double)n);
	from = bench_cpu();
	editing_step_all(session, n, true);
	sample_add(&out->undo, (double)(bench_cpu() - from) / 1e9);
	end(session);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void press_keys(const char *path, const char *folder, uint64_t len,
                       struct kept *out)
{
	static uint64_t ns[KEYS];
	struct session *session = editing_open(path, folder);
	uint64_t state = 5;

	for (size_t i = 0; i < KEYS; i++) {
		uint64_t addr = bench_random(&state) % len;

		ns[i] = bench_now();
		editing_put(session, addr, (unsigned char)i, EDIT_SEEN);
		ns[i] = bench_now() - ns[i];
	}
	qsort(ns, KEYS, sizeof(*ns), compare);
	sample_add(&out->key, (double)ns[KEYS / 2] / 1e3);
	sample_add(&out->key_99, (double)ns[KEYS / 100 * 99] / 1e3);
	sample_add(&out->key_most, (double)ns[KEYS - 1] / 1e3);
	end(session);
}

static char waiting[256];

static void note(void *ctx, const struct session_waiting *w)
{
	(void)ctx;
	snprintf(waiting, sizeof(waiting), "%s", w->journal);
}

/* Have a journal of 64 MiB of small edits back. */
static void recover(const char *path, const char *folder, uint64_t len,
                    off_t size, uint64_t seed, struct kept *out)
{
	struct session *session = editing_open(path, folder);
	uint64_t from, cpu;
	size_t n = 0;

	do {
		editing_put_all(session, 1000, len, seed + n, EDIT_SEEN);
		n += 1000;
	} while (journal_bytes(session) < size);
	session_free(session);
	session = editing_open(path, folder);
	from = bench_now();
	cpu = bench_cpu();
	editing_must(session_recover_begin(session, &editing_err) &&
	             session_look(session, note, NULL, &editing_err) &&
	             session_recover_one(session, waiting, &editing_err));
	session_recover_end(session);
	sample_add(&out->recovery, (double)(bench_cpu() - cpu) / 1e9);
	sample_add(&out->recovery_wall, (double)(bench_now() - from) / 1e9);
	sample_add(&out->edits, (double)n);
	end(session);
}

int main(int argc, char **argv)
{
	struct kept s = { 0 };
	struct bench b;
	struct bench_path path, folder;
	uint64_t len;

	bench_begin(&b, "journal", TURNS, argc, argv);
	len = b.full ? EDITING_SPACE : 1 << 20;
	path = bench_path(&b, b.full ? "edit" : "edit-small");
	folder = bench_path(&b, "journals");
	bench_file(path.s, len);
	for (size_t turn = 0; turn < b.turns; turn++) {
		put_all(path.s, folder.s, b.full ? 1000000 : 2000, len,
		        turn + 1, &s);
		press_keys(path.s, folder.s, len, &s);
		recover(path.s, folder.s, len, b.full ? LARGE : 1 << 18,
		        turn + 1, &s);
	}
	printf("| 1,000,000 bytes overwritten at random in 1 GiB, with a "
	       "journal | |\n|---|---|\n");
	printf("| an edit, ns | %.0f |\n", sample_median(&s.put));
	printf("| the same of bytes that were seen, ns | %.0f |\n",
	       sample_median(&s.seen));
	printf("| memory for an edit and its history, bytes | %.0f |\n",
	       sample_median(&s.bytes));
	printf("| journal for an edit, bytes | %.0f |\n",
	       sample_median(&s.disk));
	printf("| undo of all, s | %.2f |\n", sample_median(&s.undo));
	printf("| from a keystroke to the end of its write, us: median | %.1f "
	       "|\n",
	       sample_median(&s.key));
	printf("| the slowest of 100 | %.1f |\n", sample_median(&s.key_99));
	printf("| the slowest of 20,000 | %.0f |\n",
	       sample_median(&s.key_most));
	printf("| recovery of 64 MiB, %.0f edits, s: processors | %.2f |\n",
	       sample_median(&s.edits), sample_median(&s.recovery));
	printf("| with the waiting for the disk | %.2f |\n",
	       sample_median(&s.recovery_wall));
	bench_end(&b);
	return 0;
}
