/* test_sieve.c - tests of src/find/sieve.c
 *
 * The reference tries each place against the sets; test_search.c tests the same
 * with whole patterns, and with sources that are not files. Here the windows
 * are real ones, of files that become shorter under the scan, too.
 */
#include "config.h"

#include "find/sieve.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "edit/document.h"
#include "find/translate.h"
#include "source/file.h"
#include "source/files.h"
#include "source/guard.h"
#include "space/layout.h"
#include "space/view.h"
#include "tests/faults.h"
#include "tests/support.h"

enum { LEN = 3 * 4096 + 100, FILES = 2 };

static struct error err;

/* Two files of random letters, side by side. */
struct world {
	unsigned char bytes[FILES * LEN];
	char *path[FILES];
	struct files *files;
	struct view *view;
};

static void open_world(struct world *w, uint64_t *random, bool maps)
{
	struct files_limits limits = {
		.descriptors = 4,
		.windows = maps ? 2 : 0,
		.window_len = 65536,
		.blocks = 4,
	};
	struct layout layout = { 0 };
	uint64_t sizes[FILES] = { LEN, LEN };
	struct space *sp;

	must(guard_install(&err), &err);
	w->files = files_new(&faults_sys, limits, &err);
	must(w->files, &err);
	for (size_t i = 0; i < sizeof(w->bytes); i++)
		w->bytes[i] = (unsigned char)"aaab.@"[random_below(random, 6)];
	for (size_t i = 0; i < FILES; i++) {
		struct placement *p;
		struct source *src;

		w->path[i] =
			scratch_file(i ? "b" : "a", w->bytes + i * LEN, LEN);
		src = file_open(w->files, w->path[i], &err);
		must(src, &err);
		p = placement_new(w->path[i], &err);
		must(p, &err);
		p->doc =
			document_new(src, i + 1, w->path[i], ACCESS_READ, &err);
		must(p->doc, &err);
		must(layout_add(&layout, p, &err), &err);
	}
	sp = space_derive(&layout, sizes, &err);
	must(sp, &err);
	w->view = view_new(sp, &err);
	must(w->view, &err);
	space_unref(sp);
	layout_clear(&layout);
}

static void close_world(struct world *w)
{
	view_unref(w->view);
	files_free(w->files);
	for (size_t i = 0; i < FILES; i++)
		free(w->path[i]);
	ck_assert_uint_eq(faults_maps(), 0);
}

static struct sieve *sieve_of(const struct world *w, const char *regex)
{
	char text[64];
	struct regex r = { .text = text, .len = strlen(regex) };
	struct sieve *s;

	strcpy(text, regex);
	s = sieve_new(w->view, 0, FILES * LEN, &r, true, NULL, &err);
	must(s, &err);
	return s;
}

static struct sieve_range everything(void)
{
	return (struct sieve_range){ .limit = FILES * LEN, .end = FILES * LEN };
}

/* Is there "a+@"? */
static bool is_run(const struct world *w, uint64_t at)
{
	uint64_t i = at;

	while (i + 1 < FILES * LEN && w->bytes[i] == 'a')
		i++;
	return i > at && w->bytes[i] == '@';
}

/* The next place of "b@" or, with runs, of "a+@", told by the sieve or by the
   bytes where it is blind; UINT64_MAX: none. */
static uint64_t next_place(struct sieve *s, const struct world *w,
                           struct sieve_range *r, bool runs)
{
	while (r->from < r->limit) {
		struct sifting out;
		enum sifted sifted;

		must(sieve_go_back(s, &r->floor, &r->from, &err), &err);
		sifted = sieve_view(s, r, &out, &err);
		ck_assert_int_ne(sifted, SIFTED_FAILED);
		if (sifted == SIFTED_BLIND) {
			size_t len = size_min(64, (size_t)(r->end - r->from));

			must(sieve_adapt(s, r->from, len, &err), &err);
			if (sieve_is_behind(s, r))
				continue;
			if (!sieve_has_scan(s)) {
				r->floor = ++r->from;
				if (runs && is_run(w, r->from - 1))
					return r->from - 1;
				continue;
			}
			sifted = sieve_bytes(s, r, r->from, w->bytes + r->from,
			                     len, r->from + len == r->end, &out,
			                     &err);
		}
		if (sifted == SIFTED_NONE) {
			ck_assert_uint_gt(out.behind, r->from);
			r->from = out.behind;
			r->floor = out.floor;
			continue;
		}
		ck_assert_int_eq(sifted, runs ? SIFTED_START : SIFTED_MATCH);
		r->from = r->floor = runs ? out.behind : out.start + out.len;
		if (!runs || is_run(w, out.start))
			return out.start;
	}
	return UINT64_MAX;
}

static uint64_t want_place(const struct world *w, uint64_t from, bool runs)
{
	for (uint64_t i = from; i + 1 < FILES * LEN; i++)
		if (runs ? is_run(w, i)
		         : w->bytes[i] == 'b' && w->bytes[i + 1] == '@')
			return i;
	return UINT64_MAX;
}

static void check_all(const struct world *w, bool runs)
{
	struct sieve *s = sieve_of(w, runs ? "a+@" : "b@");
	struct sieve_range r = everything();
	uint64_t from = 0;
	uint64_t got, want;
	size_t count = 0;

	do {
		want = want_place(w, from, runs);
		got = next_place(s, w, &r, runs);
		ck_assert_uint_eq(got, want);
		from = r.from;
		count++;
	} while (want != UINT64_MAX);
	ck_assert_uint_gt(count, 100);
	sieve_free(s);
}

/* Exact sets and runs, mapped and not. */
START_TEST(every_place_is_told)
{
	uint64_t random = random_seed();
	struct world w;

	faults_reset();
	open_world(&w, &random, _i & 1);
	check_all(&w, _i & 2);
	if (_i & 1)
		ck_assert_uint_gt(faults_count(FAULT_MAP), 0);
	close_world(&w);
}
END_TEST

/* What can be mapped is not read, but for the last byte of a file: the start
   there needs one of the next file, too. */
START_TEST(blind_only_where_a_file_ends)
{
	uint64_t random = random_seed();
	struct sieve_range r = everything();
	size_t blind = 0;
	struct sieve *s;
	struct world w;

	faults_reset();
	open_world(&w, &random, true);
	s = sieve_of(&w, "xy");
	while (r.from < r.limit) {
		struct sifting out = { .behind = r.from + 1 };

		if (sieve_view(s, &r, &out, &err) == SIFTED_BLIND) {
			ck_assert_uint_eq(r.from % LEN, LEN - 1);
			blind++;
		}
		r.from = r.floor = out.behind;
	}
	ck_assert_uint_eq(blind, FILES);
	sieve_free(s);
	close_world(&w);
}
END_TEST

/* Nothing is told of a window that reaches behind the file's new end: neither
   where touching it raises SIGBUS, nor in the last page, which is zeros. */
START_TEST(a_shorter_file_is_not_scanned)
{
	static const off_t sizes[] = { 0, 50, 4096 };
	uint64_t random = random_seed();
	struct world w;
	struct sieve *s;
	struct sieve_range r = everything();
	struct sifting out;

	faults_reset();
	open_world(&w, &random, true);
	s = sieve_of(&w, "b@");
	ck_assert_int_ne(sieve_view(s, &r, &out, &err), SIFTED_FAILED);
	ck_assert_uint_eq(files_windows(w.files), 1);
	ck_assert_int_eq(truncate(w.path[0], sizes[_i]), 0);
	r.from = r.floor = 8192;
	ck_assert_int_eq(sieve_view(s, &r, &out, &err), SIFTED_BLIND);
	r.from = r.floor = 10;
	ck_assert_int_eq(sieve_view(s, &r, &out, &err), SIFTED_BLIND);
	/* The other one is as it was. */
	r.from = r.floor = LEN;
	ck_assert_int_ne(sieve_view(s, &r, &out, &err), SIFTED_BLIND);
	sieve_free(s);
	close_world(&w);
}
END_TEST

START_TEST(out_of_memory)
{
	uint64_t random = random_seed();
	struct regex regex = { .text = (char[]){ "a+@" }, .len = 3 };
	enum sifted sifted = SIFTED_FAILED;
	struct world w;

	faults_reset();
	open_world(&w, &random, true);
	for (long n = 0; sifted == SIFTED_FAILED; n++) {
		struct sieve_range r = everything();
		struct sifting out;
		struct sieve *s;

		ck_assert_int_lt(n, 100);
		mem_fail_after(n);
		s = sieve_new(w.view, 0, FILES * LEN, &regex, true, NULL, &err);
		if (s)
			sifted = sieve_view(s, &r, &out, &err);
		mem_fail_after(-1);
		if (sifted == SIFTED_FAILED)
			ck_assert_int_eq(err.code, ERR_NOMEM);
		sieve_free(s);
	}
	close_world(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sieve");
	TCase *tc = tcase_create("sieve");

	tcase_add_loop_test(tc, every_place_is_told, 0, 4);
	tcase_add_test(tc, blind_only_where_a_file_ends);
	tcase_add_loop_test(tc, a_shorter_file_is_not_scanned, 0, 3);
	tcase_add_test(tc, out_of_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
