/*
 * edit.c - many small edits in a large space, and large ones in a sparse file
 *
 * The peers are what the C library has for bytes laid over others: tsearch(),
 * a balanced tree with a node for each byte; and memcpy() of as many bytes as
 * are read. Nothing is journaled here. All times are CPU times.
 */
#include "config.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edit/store.h"
#include "session.h"
#include "space/view.h"
#include "tests/bench/bench.h"
#include "tests/bench/editing.h"

enum { TURNS = 5, READ = 1 << 20, MANY = 10 * 1000 * 1000 };

#define LARGE (UINT64_C(64) << 30)

/* --- a million bytes ----------------------------------------------------- */

struct small {
	struct sample put, seen, undo, redo, tree, read, copy, bytes,
		tree_bytes;
};

static void put_all(struct session *session, size_t n, uint64_t len,
                    uint64_t seed, unsigned flags, struct sample *ns,
                    struct sample *bytes)
{
	uint64_t used = editing_memory();
	uint64_t from = bench_cpu();

	editing_put_all(session, n, len, seed, flags);
	sample_add(ns, (double)(bench_cpu() - from) / (double)n);
	sample_add(bytes, (double)(editing_memory() - used) / (double)n);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void ignore(void *node)
{
	(void)node;
}

/* As many nodes in a balanced tree of the C library. */
static void put_tree(uint64_t *addrs, size_t n, struct small *out)
{
	uint64_t used = editing_memory();
	uint64_t from = bench_cpu();
	void *root = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!tsearch(&addrs[i], &root, compare))
			bench_fail("memory");
	}
	sample_add(&out->tree, (double)(bench_cpu() - from) / (double)n);
	sample_add(&out->tree_bytes,
	           (double)(editing_memory() - used) / (double)n);
	tdestroy(root, ignore);
}

/* Read all of the space; then copy as much. */
static void read_all(struct session *session, size_t len, struct small *out)
{
	unsigned char *buf = malloc(READ), *to = malloc(READ);
	struct view *view = session_view(session);
	struct runs runs = { 0 };
	uint64_t from;

	if (!buf || !to)
		bench_fail("memory");
	memset(buf, 1, READ);
	memset(to, 1, READ);
	from = bench_cpu();
	for (size_t at = 0; at < len; at += READ) {
		runs_clear(&runs);
		editing_must(
			view_read(view, at, buf, READ, 0, &runs, &editing_err));
	}
	sample_add(&out->read, (double)len / (double)(bench_cpu() - from + 1));
	from = bench_cpu();
	for (size_t at = 0; at < len; at += READ) {
		memcpy(to, buf, READ);
		/* Each copy counts: the compiler may leave out none. */
		__asm__ volatile("" : : "r"(to) : "memory");
	}
	sample_add(&out->copy, (double)len / (double)(bench_cpu() - from + 1));
	runs_free(&runs);
	free(to);
	free(buf);
}

static void step_all(struct session *session, size_t n, bool back,
                     struct sample *seconds)
{
	uint64_t from = bench_cpu();

	editing_step_all(session, n, back);
	sample_add(seconds, (double)(bench_cpu() - from) / 1e9);
}

static void measure_small(const struct bench *b, struct small *out)
{
	size_t n = b->full ? 1000000 : 2000;
	uint64_t len = b->full ? EDITING_SPACE : READ;
	struct bench_path path = bench_path(b, b->full ? "edit" : "edit-small");
	uint64_t *addrs = malloc(n * sizeof(*addrs));

	if (!addrs)
		bench_fail("memory");
	bench_file(path.s, len);
	for (size_t turn = 0; turn < b->turns; turn++) {
		struct session *session = editing_open(path.s, NULL);
		uint64_t seed = turn + 1, state = seed;

		put_all(session, n, len, seed, EDIT_SEEN, &out->seen,
		        &out->bytes);
		session_free(session);
		session = editing_open(path.s, NULL);
		put_all(session, n, len, seed, 0, &out->put, &out->bytes);
		read_all(session, (size_t)len, out);
		step_all(session, n, true, &out->undo);
		step_all(session, n, false, &out->redo);
		session_free(session);
		for (size_t i = 0; i < n; i++)
			addrs[i] = bench_random(&state) % len;
		put_tree(addrs, n, out);
	}
	free(addrs);
}

/* --- ten million --------------------------------------------------------- */

struct many {
	struct sample put, bytes;
};

static void measure_many(const struct bench *b, struct many *out)
{
	size_t n = b->full ? MANY : 5000;
	uint64_t len = b->full ? EDITING_SPACE : READ;
	struct bench_path path = bench_path(b, b->full ? "edit" : "edit-small");
	struct session *session = editing_open(path.s, NULL);

	put_all(session, n, len, 3, 0, &out->put, &out->bytes);
	session_free(session);
}

/* --- 64 GiB -------------------------------------------------------------- */

struct large {
	struct sample remove, fill, move, copy, undo;
};

static struct session_splice large_splice(uint64_t addr,
                                          const struct piece *piece)
{
	return (struct session_splice){ .at = { .addr = addr },
		                        .removed = LARGE,
		                        .added = piece,
		                        .count = piece ? 1 : 0 };
}

static void measure_large(const struct bench *b, struct large *out)
{
	struct bench_path path = bench_path(b, "sparse");
	FILE *f = fopen(path.s, "w");

	if (!f || ftruncate(fileno(f), (off_t)(4 * LARGE)) != 0)
		bench_fail("%s", path.s);
	fclose(f);
	for (size_t turn = 0; turn < b->turns; turn++) {
		struct session *session = editing_open(path.s, NULL);
		struct place to = { .addr = 3 * LARGE, .segment = 1 };
		struct session_splice splice;
		struct piece piece;
		struct sample *const steps[] = { &out->fill, &out->move,
			                         &out->copy, &out->remove };

		editing_must(store_put_fill(session_store(session), "\xde\xad",
		                            2, LARGE, &piece, &editing_err));
		for (size_t i = 0; i < 4; i++) {
			uint64_t from = bench_cpu();

			splice =
				large_splice(LARGE / 2, i == 0 ? &piece : NULL);
			if (i == 1)
				editing_must(session_move(session, 3, LARGE, to,
				                          &editing_err));
			else if (i == 2)
				editing_must(session_copy(session, 5, LARGE, to,
				                          false, &editing_err));
			else
				editing_must(session_edit(session, &splice, 1,
				                          0, &editing_err));
			sample_add(steps[i],
			           (double)(bench_cpu() - from) / 1e3);
		}
		step_all(session, 4, true, &out->undo);
		session_free(session);
	}
}

int main(int argc, char **argv)
{
	struct small s = { 0 };
	struct large l = { 0 };
	struct many m = { 0 };
	struct bench b;

	bench_begin(&b, "edit", TURNS, argc, argv);
	measure_small(&b, &s);
	measure_large(&b, &l);
	measure_many(&b, &m);
	printf("| 1,000,000 bytes overwritten at random in 1 GiB | | to "
	       "tsearch |\n|---|---|---|\n");
	printf("| an edit, ns | %.0f | %.2f |\n", sample_median(&s.put),
	       sample_ratio(&s.put, &s.tree));
	printf("| the same without reading the old byte, ns | %.0f | %.2f |\n",
	       sample_median(&s.seen), sample_ratio(&s.seen, &s.tree));
	printf("| memory for an edit and its history, bytes | %.0f | %.2f |\n",
	       sample_median(&s.bytes), sample_ratio(&s.bytes, &s.tree_bytes));
	printf("| undo of all, s | %.2f | |\n", sample_median(&s.undo));
	printf("| redo of all, s | %.2f | |\n", sample_median(&s.redo));
	printf("| reading all of it, GB/s (to memcpy) | %.2f | %.2f |\n",
	       sample_median(&s.read), sample_ratio(&s.read, &s.copy));
	printf("| of ten million edits, ns each | %.0f | |\n",
	       sample_median(&m.put));
	printf("| of ten million edits, bytes each | %.0f | |\n",
	       sample_median(&m.bytes));
	printf("\n| 64 GiB of a sparse file | us |\n|---|---|\n");
	printf("| overwrite with a fill | %.0f |\n", sample_median(&l.fill));
	printf("| move | %.0f |\n", sample_median(&l.move));
	printf("| duplicate | %.0f |\n", sample_median(&l.copy));
	printf("| delete | %.0f |\n", sample_median(&l.remove));
	printf("| undo of all four | %.0f |\n", sample_median(&l.undo) * 1e6);
	bench_end(&b);
	return 0;
}
