/*
 * derive.c - making a space of 100,000 placements, and finding addresses in it
 *
 * The peers are what the C library has for the same: qsort() of as many
 * addresses, and bsearch() among them. All times are CPU times.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "edit/document.h"
#include "source/memory.h"
#include "space/layout.h"
#include "space/space.h"
#include "tests/bench/bench.h"

enum { TURNS = 21, LOOKUPS = 1000000 };

static void must(bool ok, const struct error *err)
{
	errno = 0;
	if (!ok)
		bench_fail("%s", err->text);
}

struct plan {
	struct layout layout;
	uint64_t *sizes; /* owned */
	size_t count;
};

/* Placements of one document, whose size is not looked at: of a random length
   each, one behind the other or anywhere among all. */
static void make_plan(struct plan *plan, size_t count, bool in_order)
{
	uint64_t state = 1;
	struct error err;
	struct source *src = memory_open(1, &err);
	struct document *doc =
		src ? document_new(src, 1, "x", ACCESS_COPY, &err) : NULL;

	must(doc, &err);
	*plan = (struct plan){ .count = count };
	plan->sizes = calloc(count, sizeof(*plan->sizes));
	if (!plan->sizes)
		bench_fail("memory");
	for (size_t i = 0; i < count; i++) {
		struct placement *p = placement_new("part", &err);

		must(p, &err);
		plan->sizes[i] = 512 + bench_random(&state) % (4 << 20);
		if (!in_order) {
			p->at = AT_ADDR;
			p->at_value = bench_random(&state) %
			              ((uint64_t)count * (4 << 20));
			p->over = OVER_COVER;
		}
		p->doc = document_ref(doc);
		must(layout_add(&plan->layout, p, &err), &err);
	}
	document_unref(doc);
}

static void free_plan(struct plan *plan)
{
	layout_clear(&plan->layout);
	free(plan->sizes);
}

static struct space *derive(const struct plan *plan, struct sample *ms)
{
	uint64_t from = bench_cpu();
	struct error err;
	struct space *sp = space_derive(&plan->layout, plan->sizes, &err);

	must(sp, &err);
	sample_add(ms, (double)(bench_cpu() - from) / 1e6);
	return sp;
}

/* A pair that qsort() moves as derive does: address and index. */
struct pair {
	uint64_t addr, idx;
};

static int compare(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return (x->addr > y->addr) - (x->addr < y->addr);
}

static void sort_pairs(const struct space *sp, struct pair *pairs,
                       struct sample *ms)
{
	size_t count = space_segments(sp);
	uint64_t from;

	for (size_t i = 0; i < count; i++)
		pairs[i] = (struct pair){ space_segment(sp, i)->addr, i };
	from = bench_cpu();
	qsort(pairs, count, sizeof(*pairs), compare);
	sample_add(ms, (double)(bench_cpu() - from) / 1e6);
}

static void locate(const struct space *sp, const uint64_t *addrs, size_t n,
                   struct sample *ns)
{
	uint64_t from = bench_cpu(), sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += space_locate(sp, addrs[i]).run;
	sample_add(ns, (double)(bench_cpu() - from) / (double)n);
	if (sum == 0)
		bench_fail("nothing was found");
}

/* Asks for what is there: bsearch() finds nothing else. */
static void search_pairs(const struct pair *pairs, size_t count,
                         const uint64_t *addrs, size_t n, struct sample *ns)
{
	size_t found = 0;
	uint64_t from = bench_cpu();

	for (size_t i = 0; i < n; i++) {
		struct pair key = { .addr = pairs[addrs[i] % count].addr };

		found += bsearch(&key, pairs, count, sizeof(*pairs), compare) !=
		         NULL;
	}
	sample_add(ns, (double)(bench_cpu() - from) / (double)n);
	if (found != n)
		bench_fail("bsearch");
}

struct figures {
	struct sample derive, sort, locate, search;
};

static void measure(const struct bench *b, bool in_order, struct figures *f)
{
	size_t count = b->full ? 100000 : 500;
	size_t n = b->full ? LOOKUPS : 1000;
	struct pair *pairs = malloc(count * sizeof(*pairs));
	uint64_t *addrs = malloc(n * sizeof(*addrs));
	uint64_t state = 7;
	struct plan plan;

	if (!pairs || !addrs)
		bench_fail("memory");
	make_plan(&plan, count, in_order);
	for (size_t turn = 0; turn < b->turns; turn++) {
		struct space *sp = derive(&plan, &f->derive);

		for (size_t i = 0; i < n; i++)
			addrs[i] = bench_random(&state) % space_size(sp);
		sort_pairs(sp, pairs, &f->sort);
		locate(sp, addrs, n, &f->locate);
		search_pairs(pairs, count, addrs, n, &f->search);
		space_unref(sp);
	}
	free_plan(&plan);
	free(addrs);
	free(pairs);
}

static void print_row(const char *name, const struct figures *f)
{
	printf("| %s | %.1f | %.2f | %.0f | %.2f |\n", name,
	       sample_median(&f->derive), sample_ratio(&f->derive, &f->sort),
	       sample_median(&f->locate), sample_ratio(&f->locate, &f->search));
}

int main(int argc, char **argv)
{
	struct figures in_order = { 0 }, covering = { 0 };
	struct bench b;

	bench_begin(&b, "derive", TURNS, argc, argv);
	measure(&b, true, &in_order);
	measure(&b, false, &covering);
	printf("| 100,000 placements | space_derive ms | to qsort | "
	       "space_locate ns | to bsearch |\n|---|---|---|---|---|\n");
	print_row("one behind the other", &in_order);
	print_row("anywhere, covering", &covering);
	bench_end(&b);
	return 0;
}
