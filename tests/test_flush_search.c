/*
 * test_flush_search.c - searches that run through flushes (K3)
 *
 * A search of a view gives what it would have given before the first of the
 * flushes that it runs through: by several workers, which a flush finds in the
 * middle of a read as well as between two, and over edits that are flushed
 * meanwhile.
 */
#include "config.h"

#include "session.h"

#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/lexer.h"
#include "base/mem.h"
#include "base/pool.h"
#include "find/pattern.h"
#include "find/team.h"
#include "keep/shelf.h"
#include "source/guard.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum {
	FILES = 3,
	SIZE = 6000, /* of each file */
	FLUSHES = 10,
	WORKERS = 3,
	EDITS = 8, /* between two flushes */
};

static struct error err;
static struct session *session;
static struct pattern *pattern;
static char *shelf;
static uint64_t seed;

static uint64_t below(uint64_t n)
{
	return random_below(&seed, n);
}

static void start(bool maps)
{
	struct shelf_places places = { .given = shelf };
	struct session_options o = desk_options(&faults_sys, &places);

	o.threads = WORKERS;
	if (!maps)
		o.files.windows = 0;
	session = desk_start(&o);
}

/* Letters of which many make a match. */
static void letters(char *to, size_t len)
{
	for (size_t i = 0; i < len; i++)
		to[i] = "aabbcx"[below(6)];
}

static void setup(bool maps)
{
	struct lexer lx = lexer_of("/ab+(a|c+x)/", 12);
	struct pattern_options o = { 0 };
	char text[SIZE], name[8];

	seed = random_seed();
	must(guard_install(&err), &err);
	desk_begin();
	faults_skip_syncs();
	shelf = desk_shelf();
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		letters(text, SIZE);
		free(scratch_file(name, text, SIZE));
	}
	pattern = pattern_parse(&lx, &o, &err);
	must(pattern != NULL, &err);
	start(maps);
	desk_open(session, "f0;f1;f2");
}

static void teardown(void)
{
	desk_finish(&session);
	pattern_unref(pattern);
	free(shelf);
}

static void edit(void)
{
	char text[64];

	for (size_t i = 0; i < EDITS; i++) {
		size_t len = 1 + (size_t)below(sizeof(text) - 1);
		uint64_t addr = below(FILES * SIZE - len);

		letters(text, len);
		text[len] = '\0';
		desk_put(session, addr, len, text);
	}
}

static void flush(void)
{
	must(desk_flush(session, 0, NULL, &err), &err);
}

/* --- what is found ------------------------------------------------------- */

struct found {
	struct match *v; /* owned */
	size_t count, cap;
	size_t step; /* wait for a flush at each so many matches; 0: never */
	size_t waits;
	sem_t asks, goes_on;
};

static void found_init(struct found *found, size_t step)
{
	*found = (struct found){ .step = step };
	ck_assert_int_eq(sem_init(&found->asks, 0, 0), 0);
	ck_assert_int_eq(sem_init(&found->goes_on, 0, 0), 0);
}

static void found_free(struct found *found)
{
	mem_free(found->v);
	sem_destroy(&found->asks);
	sem_destroy(&found->goes_on);
}

static void await(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		ck_assert_int_eq(errno, EINTR);
}

/* In one of the jobs at a time. */
static bool take(void *arg, const struct match *match)
{
	struct found *found = arg;
	struct error e;

	if (!mem_grow(&found->v, &found->cap, found->count + 1,
	              sizeof(*found->v), &e))
		return false;
	found->v[found->count++] = *match;
	if (found->step > 0 && found->count % found->step == 0 &&
	    found->waits < FLUSHES) {
		found->waits++;
		(void)sem_post(&found->asks);
		await(&found->goes_on);
	}
	return true;
}

static void same(const struct found *a, const struct found *b)
{
	ck_assert_uint_eq(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		ck_assert_uint_eq(a->v[i].addr, b->v[i].addr);
		ck_assert_uint_eq(a->v[i].len, b->v[i].len);
	}
}

/* What a search of the view gives now, by one thread. */
static void expect(const struct view *view, struct found *found)
{
	struct search_options o = { .end = view_size(view) };
	struct search_totals totals;

	found_init(found, 0);
	must(search_all(view, pattern, &o, NULL, take, found, &totals, &err),
	     &err);
	ck_assert_uint_eq(totals.searched, FILES * SIZE);
	ck_assert_uint_gt(found->count, 3 * FLUSHES);
}

/* --- by a team ----------------------------------------------------------- */

struct searching {
	struct search_team *team;
	struct search_totals totals;
	struct error err;
	bool ok;
};

static void run(struct job *job, void *arg)
{
	struct searching *s = arg;

	s->ok = search_team_run(s->team, job, &s->totals, &s->err);
}

static void help(struct job *job, void *arg)
{
	struct searching *s = arg;

	(void)job;
	search_team_help(s->team);
}

static void begin(struct searching *s, const struct view *view,
                  struct found *found, struct job *jobs[static WORKERS])
{
	struct search_options o = { .end = view_size(view) };

	s->team =
		search_team_new(view, pattern, &o, WORKERS, take, found, &err);
	must(s->team != NULL, &err);
	for (size_t i = 0; i < WORKERS; i++) {
		jobs[i] = job_start(session_pool(session), JOB_COMPUTE,
		                    i == 0 ? run : help, s, &err);
		must(jobs[i] != NULL, &err);
	}
}

static void end(struct searching *s, struct job *jobs[static WORKERS])
{
	job_wait(jobs[0]);
	search_team_close(s->team);
	for (size_t i = 0; i < WORKERS; i++)
		job_free(jobs[i]);
	search_team_free(s->team);
	must(s->ok, &s->err);
	ck_assert_uint_eq(s->totals.searched, FILES * SIZE);
	ck_assert_uint_eq(s->totals.skipped, 0);
}

/* One flush at each tenth of the matches. */
START_TEST(through_ten_flushes)
{
	struct found want, got;
	struct searching s = { 0 };
	struct job *jobs[WORKERS];
	struct view *view;

	setup(_i);
	edit();
	view = view_ref(session_view(session));
	expect(view, &want);
	found_init(&got, want.count / (FLUSHES + 1));
	begin(&s, view, &got, jobs);
	for (size_t i = 0; i < FLUSHES; i++) {
		await(&got.asks);
		edit();
		flush();
		ck_assert_int_eq(sem_post(&got.goes_on), 0);
	}
	end(&s, jobs);
	ck_assert_uint_eq(got.waits, FLUSHES);
	same(&want, &got);
	found_free(&got);
	/* And once more, when all of it is in the past. */
	expect(view, &got);
	same(&want, &got);
	found_free(&want);
	found_free(&got);
	view_unref(view);
	teardown();
}
END_TEST

/* Whoever comes first: again and again until the flushes are over. */
START_TEST(beside_flushes)
{
	struct view *view;
	struct found want;

	setup(_i);
	edit();
	view = view_ref(session_view(session));
	expect(view, &want);
	for (size_t i = 0; i < cases(FLUSHES); i++) {
		struct searching s = { 0 };
		struct job *jobs[WORKERS];
		struct found got;

		found_init(&got, 0);
		begin(&s, view, &got, jobs);
		edit();
		flush();
		end(&s, jobs);
		same(&want, &got);
		found_free(&got);
	}
	found_free(&want);
	view_unref(view);
	teardown();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("flush and search");
	TCase *tc = tcase_create("flush and search");

	/* Without maps, and with them. */
	tcase_add_loop_test(tc, through_ten_flushes, 0, 2);
	tcase_add_loop_test(tc, beside_flushes, 0, 2);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
