/*
 * test_plan.c - tests of src/command/plan.c
 *
 * Random sets cut a random range; what is found in their parts is what is found
 * in each of them alone.
 */
#include "config.h"

#include "command/plan.h"

#include <string.h>
#include <unistd.h>

#include "base/lexer.h"
#include "base/mem.h"
#include "base/pool.h"
#include "find/pattern.h"
#include "session.h"
#include "space/ranges.h"
#include "space/shown.h"
#include "space/view.h"
#include "tests/support.h"
#include "tests/trial.h"

enum { SIZE = 64, FOUND = 256 };

static struct trial t;
static struct error err;

static void setup(void)
{
	static const char *const inputs[] = { "a", "b", NULL };
	char bytes[SIZE];

	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = "aab"[i * 7 % 11 % 3];
	ck_assert_int_eq(chdir(scratch()), 0);
	trial_file("a", bytes, 23);
	trial_file("b", bytes + 23, SIZE - 23);
	trial_begin(&t, inputs);
}

static void teardown(void)
{
	trial_end(&t);
}

static struct pattern *pattern_of(const char *text)
{
	struct lexer lx = lexer_of(text, strlen(text));
	struct pattern_options options = { 0 };
	struct pattern *pattern = pattern_parse(&lx, &options, &err);

	must(pattern != NULL, &err);
	return pattern;
}

static struct plan plan_for(const char *text, uint64_t start, uint64_t end)
{
	return (struct plan){
		.pattern = pattern_of(text),
		.options = { .start = start, .end = end, .from = start },
	};
}

static bool cut(struct plan *plan, struct ranges *in, struct ranges *not_in)
{
	return plan_cut(plan, t.ctx.session, in, not_in, &t.ctx.last_parts,
	                &err);
}

static const struct view *the_view(void)
{
	return session_view(t.ctx.session);
}

/* --- against a model ----------------------------------------------------- */

struct model {
	struct ranges *in, *not_in; /* NULL: none */
	bool part[SIZE];            /* is the byte searched? */
	struct match found[FOUND];
	size_t count;
};

static struct ranges *random_set(uint64_t *seed, bool has[static SIZE])
{
	struct ranges *set = ranges_new(&err);

	must(set != NULL, &err);
	memset(has, 0, SIZE);
	for (uint64_t n = random_below(seed, 6); n > 0; n--) {
		uint64_t start = random_below(seed, SIZE);
		uint64_t end = start + random_below(seed, SIZE - start) / 3;

		must(shown_add(set, view_space(the_view()), start, end, &err),
		     &err);
		memset(has + start, 1, (size_t)(end - start));
	}
	return set;
}

static bool note(void *arg, const struct match *match)
{
	struct model *m = arg;

	ck_assert_uint_lt(m->count, FOUND);
	m->found[m->count++] = *match;
	return true;
}

/* All matches of one part after the other, overlapping ones or not. */
static void search_parts(struct model *m, const struct plan *plan,
                         bool overlapping)
{
	uint64_t start = 0;

	m->count = 0;
	while (start < SIZE) {
		struct search_options o = plan->options;
		struct search_totals ignored;

		o.start = o.from = o.end = start++;
		if (!m->part[o.start])
			continue;
		while (o.end < SIZE && m->part[o.end])
			o.end++;
		o.overlapping = overlapping;
		must(search_all(the_view(), plan->pattern, &o, NULL, note, m,
		                &ignored, &err),
		     &err);
		start = o.end;
	}
}

static void cut_at_random(uint64_t *seed, struct model *m, struct plan *plan)
{
	bool in[SIZE], not_in[SIZE];

	m->in = m->not_in = NULL;
	if (random_below(seed, 3) > 0)
		m->in = random_set(seed, in);
	if (random_below(seed, 2) > 0)
		m->not_in = random_set(seed, not_in);
	for (uint64_t i = 0; i < SIZE; i++)
		m->part[i] = i >= plan->options.start &&
		             i < plan->options.end && (!m->in || in[i]) &&
		             !(m->not_in && not_in[i]);
	must(cut(plan, m->in, m->not_in), &err);
}

static void check_all(struct model *m, struct plan *plan, uint64_t max)
{
	struct model got = { 0 };
	struct search_totals totals;

	search_parts(m, plan, false);
	plan->options.max = max;
	must(plan_all(plan, the_view(), NULL, note, &got, &totals, &err), &err);
	plan->options.max = 0;
	ck_assert_uint_eq(got.count,
	                  max ? size_min(m->count, (size_t)max) : m->count);
	for (size_t i = 0; i < got.count; i++) {
		ck_assert_uint_eq(got.found[i].addr, m->found[i].addr);
		ck_assert_uint_eq(got.found[i].len, m->found[i].len);
	}
}

/* The one that the model would go to; false: none. */
static bool model_next(const struct model *m, uint64_t from, bool backward,
                       uint64_t *addr)
{
	bool any = false;

	for (size_t i = 0; i < m->count; i++) {
		uint64_t here = m->found[i].addr;

		if (backward ? here >= from : here < from)
			continue;
		if (!any || backward)
			*addr = here;
		any = true;
	}
	return any;
}

static void check_next(struct model *m, struct plan *plan)
{
	const struct search_options *o = &plan->options;
	uint64_t want = 0;
	struct search_totals totals;
	struct match got;
	bool wrapped, any, around = false;

	search_parts(m, plan, true);
	any = model_next(m, o->from, plan->backward, &want);
	if (!any && plan->wrap) {
		around = true;
		any = model_next(m, plan->backward ? o->end : o->start,
		                 plan->backward, &want);
	}
	if (!plan_next(plan, the_view(), NULL, &got, &wrapped, &totals, &err)) {
		ck_assert_int_eq(err.code, ERR_NO);
		ck_assert(!any);
		return;
	}
	ck_assert(any);
	ck_assert_uint_eq(got.addr, want);
	ck_assert_int_eq(wrapped, around);
}

START_TEST(parts_are_ranges_of_their_own)
{
	static const char *const patterns[] = {
		"/ab?/", "/^a+/", "/b$/", "{61 61}", "/(?<=a)b|\\Aa/", "/zz/",
	};
	uint64_t seed = random_seed();

	for (size_t i = 0; i < cases(2000); i++) {
		uint64_t start = random_below(&seed, SIZE);
		uint64_t end = start + random_below(&seed, SIZE - start + 1);
		struct plan plan =
			plan_for(patterns[random_below(&seed,
		                                       ARRAY_LEN(patterns))],
		                 start, end);
		struct model m;

		cut_at_random(&seed, &m, &plan);
		check_all(&m, &plan, random_below(&seed, 4));
		plan.options.from =
			start + random_below(&seed, end - start + 1);
		plan.backward = random_below(&seed, 2) == 0;
		plan.wrap = random_below(&seed, 2) == 0;
		check_next(&m, &plan);
		plan_free(&plan);
		ranges_free(m.in);
		ranges_free(m.not_in);
	}
}
END_TEST

/* What marks ask for: some of the matches of the whole, nothing else. */
START_TEST(a_window_shows_what_the_whole_has)
{
	uint64_t seed = random_seed();

	for (size_t i = 0; i < cases(1000); i++) {
		struct plan plan = plan_for("/^a|ab/", 0, SIZE);
		struct model m, got = { 0 };
		struct search_totals totals;
		size_t at = 0;

		cut_at_random(&seed, &m, &plan);
		search_parts(&m, &plan, true);
		plan.options.overlapping = true;
		plan.options.from = random_below(&seed, SIZE);
		plan.options.until =
			plan.options.from +
			random_below(&seed, SIZE - plan.options.from) + 1;
		must(plan_all(&plan, the_view(), NULL, note, &got, &totals,
		              &err),
		     &err);
		for (size_t j = 0; j < m.count; j++) {
			if (m.found[j].addr < plan.options.from ||
			    m.found[j].addr >= plan.options.until)
				continue;
			ck_assert_uint_lt(at, got.count);
			ck_assert_uint_eq(got.found[at++].addr,
			                  m.found[j].addr);
		}
		ck_assert_uint_eq(at, got.count);
		plan_free(&plan);
		ranges_free(m.in);
		ranges_free(m.not_in);
	}
}
END_TEST

/* --- what is remembered -------------------------------------------------- */

START_TEST(the_same_parts_again)
{
	struct ranges *set = ranges_new(&err);
	struct plan a = plan_for("/a/", 0, SIZE);
	struct plan b;

	must(set != NULL, &err);
	must(shown_add(set, view_space(the_view()), 4, 8, &err), &err);
	must(cut(&a, set, NULL), &err);
	ck_assert_uint_eq(plan_part(&a)->start, 4);
	ck_assert_uint_eq(plan_part(&a)->end, 8);
	b = plan_copy(&a);
	must(cut(&b, set, NULL), &err);
	ck_assert_ptr_eq(a.parts, b.parts);
	/* A set that find-all still fills is another one at every look. */
	must(shown_add(set, view_space(the_view()), 30, 31, &err), &err);
	must(cut(&b, set, NULL), &err);
	ck_assert_ptr_ne(a.parts, b.parts);
	ck_assert_ptr_null(plan_part(&b));
	must(cut(&b, NULL, set), &err);
	ck_assert_ptr_null(plan_part(&b));
	/* So is the same one when other bytes stand there. */
	must(cut(&a, set, NULL), &err);
	plan_free(&b);
	b = plan_copy(&a);
	trial_must(&t, "close #1");
	must(cut(&b, set, NULL), &err);
	ck_assert_ptr_ne(a.parts, b.parts);
	plan_free(&a);
	plan_free(&b);
	ranges_free(set);
}
END_TEST

/* --- progress ------------------------------------------------------------ */

struct walking {
	struct plan plan;
	struct match match;
	bool found, wrapped;
};

static void walk(struct job *job, void *arg)
{
	struct walking *w = arg;
	struct search_totals totals;
	struct error ignored;

	w->found = plan_next(&w->plan, the_view(), job, &w->match, &w->wrapped,
	                     &totals, &ignored);
}

/* Where a search for what is not there ends, of how much. */
static void check_progress(struct plan *plan, uint64_t want)
{
	struct walking w = { .plan = *plan };
	struct pool *pool = session_pool(t.ctx.session);
	struct job *job = job_start(pool, JOB_COMPUTE, walk, &w, &err);
	uint64_t done, total;

	must(job != NULL, &err);
	job_wait(job);
	ck_assert(!w.found);
	job_progress(job, &done, &total);
	ck_assert_uint_eq(total, want);
	ck_assert_uint_le(done, total);
	/* It stands in the last part, or behind it. */
	ck_assert_uint_ge(done, want - 8);
	job_free(job);
}

START_TEST(progress_is_over_all_parts)
{
	struct ranges *set = ranges_new(&err);
	struct plan plan = plan_for("/z/", 0, SIZE);
	const struct space *sp = view_space(the_view());

	must(set != NULL, &err);
	must(shown_add(set, sp, 0, 20, &err), &err);
	must(shown_add(set, sp, 30, 32, &err), &err);
	must(shown_add(set, sp, 40, 48, &err), &err);
	must(cut(&plan, set, NULL), &err);
	check_progress(&plan, 30);
	plan.options.from = 10;
	check_progress(&plan, 20);
	/* Twice through them; the second way counts alone. */
	plan.wrap = true;
	check_progress(&plan, 30);
	plan.wrap = false;
	plan.backward = true;
	plan.options.from = 45;
	check_progress(&plan, 27);
	plan_free(&plan);
	ranges_free(set);
}
END_TEST

START_TEST(without_memory)
{
	struct ranges *set = ranges_new(&err);
	struct plan plan = plan_for("/a/", 0, SIZE);
	long n = 0;

	must(set != NULL, &err);
	must(shown_add(set, view_space(the_view()), 4, 8, &err), &err);
	for (;; n++) {
		bool ok;

		mem_fail_after(n);
		ok = cut(&plan, set, set);
		mem_fail_after(-1);
		if (ok)
			break;
		ck_assert_int_eq(err.code, ERR_NOMEM);
		ck_assert_ptr_null(plan.parts);
	}
	ck_assert_int_gt(n, 1);
	plan_free(&plan);
	ranges_free(set);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plan");
	TCase *tc = tcase_create("plan");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, parts_are_ranges_of_their_own);
	tcase_add_test(tc, a_window_shows_what_the_whole_has);
	tcase_add_test(tc, the_same_parts_again);
	tcase_add_test(tc, progress_is_over_all_parts);
	tcase_add_test(tc, without_memory);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
