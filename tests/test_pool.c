/*
 * test_pool.c - tests of src/base/pool.c
 *
 * No test waits for time to pass: a job says that it has begun and waits for
 * leave to end, by semaphores. What would be a race lost is a test that hangs,
 * until the runner ends it.
 */
#include "config.h"

#include "base/pool.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "tests/support.h"

enum { THREADS = 3 }; /* for computing, in most tests */

struct work {
	sem_t begun, go;
	atomic_int calls;
	int posts;     /* before it waits for go */
	int result;    /* plain, as real results are */
	sigset_t mask; /* of the thread that ran it */
};

static struct error err;
static struct pool *pool;
static struct work works[32];

static void setup(void)
{
	pool = pool_new(THREADS, &err);
	must(pool != NULL, &err);
	for (size_t i = 0; i < ARRAY_LEN(works); i++) {
		sem_init(&works[i].begun, 0, 0);
		sem_init(&works[i].go, 0, 0);
	}
}

static void teardown(void)
{
	mem_fail_after(-1);
	pool_fail_threads_after(-1);
	pool_free(pool);
}

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem) != 0)
		ck_assert_int_eq(errno, EINTR);
}

/* Post, and then stay until allowed to end. */
static void stay(struct job *job, void *arg)
{
	struct work *w = arg;

	atomic_fetch_add(&w->calls, 1);
	for (int i = 0; i < w->posts; i++)
		job_post(job);
	sem_post(&w->begun);
	wait_for(&w->go);
	w->result = 42;
}

static void run_until_cancelled(struct job *job, void *arg)
{
	struct work *w = arg;

	atomic_fetch_add(&w->calls, 1);
	sem_post(&w->begun);
	while (!job_cancelled(job))
		sched_yield();
	job_post(job);
	w->result = 7;
}

static struct job *start(enum job_kind kind, job_run *run, struct work *w)
{
	struct job *job = job_start(pool, kind, run, w, &err);

	must(job != NULL, &err);
	return job;
}

static bool is_readable(void)
{
	struct pollfd p = { .fd = pool_event_fd(pool), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* Wait for the next event as the owner would. */
static void expect_event(enum pool_event_kind kind, const struct job *job,
                         const struct work *w)
{
	struct pollfd p = { .fd = pool_event_fd(pool), .events = POLLIN };
	struct pool_event event;

	ck_assert_int_eq(poll(&p, 1, -1), 1);
	ck_assert(pool_next(pool, &event));
	ck_assert_int_eq(event.kind, kind);
	ck_assert_ptr_eq(event.job, job);
	ck_assert_ptr_eq(event.arg, w);
}

static void expect_no_event(void)
{
	struct pool_event event;

	ck_assert(!is_readable());
	ck_assert(!pool_next(pool, &event));
}

static size_t count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	size_t n = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

START_TEST(a_job_runs_and_ends)
{
	struct job *job;

	expect_no_event();
	job = start((enum job_kind)_i, stay, &works[0]);
	ck_assert_uint_eq(pool_running(pool), 1);
	ck_assert(!job_is_done(job));
	expect_no_event();
	sem_post(&works[0].go);
	expect_event(POOL_DONE, job, &works[0]);
	ck_assert(job_is_done(job));
	ck_assert_uint_eq(pool_running(pool), 0);
	ck_assert_int_eq(works[0].result, 42);
	expect_no_event();
	job_free(job);
	expect_no_event();
}
END_TEST

START_TEST(waiting_leaves_the_event)
{
	struct job *job = start(JOB_COMPUTE, stay, &works[0]);

	sem_post(&works[0].go);
	job_wait(job);
	ck_assert(job_is_done(job));
	ck_assert_int_eq(works[0].result, 42);
	ck_assert(is_readable());
	expect_event(POOL_DONE, job, &works[0]);
	expect_no_event();
	job_wait(job);
	job_free(job);
}
END_TEST

START_TEST(no_thread_is_started_before_the_first_job)
{
	size_t before;

	pool_free(pool);
	before = count_threads();
	setup();
	ck_assert_uint_eq(count_threads(), before);
}
END_TEST

static void tell_thread(struct job *job, void *arg)
{
	pthread_t *self = arg;

	(void)job;
	*self = pthread_self();
}

/* An idle thread takes the next job; no other is started for it. */
START_TEST(threads_are_used_again)
{
	pthread_t first;
	pthread_t next;

	for (size_t i = 0; i < 10; i++) {
		struct job *job =
			job_start(pool, (enum job_kind)_i, tell_thread,
		                  i ? &next : &first, &err);

		must(job != NULL, &err);
		job_wait(job);
		job_free(job);
		ck_assert(i == 0 || pthread_equal(first, next));
	}
}
END_TEST

/* As many at once as there are threads, and no more. */
START_TEST(jobs_run_side_by_side)
{
	enum job_kind kind = (enum job_kind)_i;
	size_t most = kind == JOB_READ ? POOL_READERS : THREADS;
	struct job *jobs[POOL_READERS + 2];
	int begun;

	for (size_t i = 0; i < most + 2; i++)
		jobs[i] = start(kind, stay, &works[i]);
	for (size_t i = 0; i < most; i++)
		wait_for(&works[i].begun);
	ck_assert_uint_eq(pool_running(pool), most + 2);
	for (size_t i = most; i < most + 2; i++) {
		sem_getvalue(&works[i].begun, &begun);
		ck_assert_int_eq(begun, 0);
	}
	/* They begin in the order of their start. */
	sem_post(&works[1].go);
	wait_for(&works[most].begun);
	for (size_t i = 0; i < most + 2; i++) {
		sem_post(&works[i].go);
		job_wait(jobs[i]);
		ck_assert_int_eq(works[i].result, 42);
	}
	ck_assert_uint_eq(pool_running(pool), 0);
}
END_TEST

/* The one kind does not wait while all threads of the other are stuck. */
START_TEST(reading_and_computing_share_no_thread)
{
	enum job_kind stuck = (enum job_kind)_i;
	enum job_kind other = stuck == JOB_READ ? JOB_COMPUTE : JOB_READ;
	struct job *job;
	size_t n = POOL_READERS + THREADS;

	for (size_t i = 0; i < n; i++)
		(void)start(stuck, stay, &works[i]);
	job = start(other, stay, &works[n]);
	sem_post(&works[n].go);
	expect_event(POOL_DONE, job, &works[n]);
	for (size_t i = 0; i < n; i++)
		sem_post(&works[i].go);
}
END_TEST

START_TEST(progress_not_taken_counts_as_one)
{
	struct work *w = &works[0];
	struct job *job;

	w->posts = 100;
	job = start(JOB_COMPUTE, stay, w);
	wait_for(&w->begun);
	ck_assert(is_readable());
	expect_event(POOL_PROGRESS, job, w);
	expect_no_event();
	sem_post(&w->go);
	expect_event(POOL_DONE, job, w);
	expect_no_event();
}
END_TEST

/* Posts once for each leave, until told to stop. */
static void post_on_demand(struct job *job, void *arg)
{
	struct work *w = arg;

	for (;;) {
		wait_for(&w->go);
		if (job_cancelled(job))
			return;
		job_post(job);
		sem_post(&w->begun);
	}
}

static void let_post(struct work *w)
{
	sem_post(&w->go);
	wait_for(&w->begun);
}

START_TEST(events_come_in_the_order_of_their_first_post)
{
	struct job *a = start(JOB_READ, post_on_demand, &works[0]);
	struct job *b = start(JOB_COMPUTE, post_on_demand, &works[1]);

	let_post(&works[1]);
	let_post(&works[0]);
	let_post(&works[1]);
	expect_event(POOL_PROGRESS, b, &works[1]);
	let_post(&works[1]);
	job_cancel(a);
	sem_post(&works[0].go);
	job_wait(a);
	job_cancel(b);
	sem_post(&works[1].go);
	job_wait(b);
	expect_event(POOL_PROGRESS, a, &works[0]);
	expect_event(POOL_PROGRESS, b, &works[1]);
	expect_event(POOL_DONE, a, &works[0]);
	expect_event(POOL_DONE, b, &works[1]);
	expect_no_event();
}
END_TEST

static void count_up(struct job *job, void *arg)
{
	struct work *w = arg;

	for (uint64_t i = 1; !job_cancelled(job); i++) {
		job_set_progress(job, i, UINT64_MAX - i);
		if (i == 1)
			sem_post(&w->begun);
	}
}

/* done and total always belong together. */
START_TEST(progress_is_read_whole)
{
	struct job *job = start(JOB_COMPUTE, count_up, &works[0]);
	uint64_t done = 1;
	uint64_t total;
	uint64_t before = 1;

	wait_for(&works[0].begun);
	for (size_t i = cases(20000); i > 0; i--) {
		job_progress(job, &done, &total);
		if (done < before || total != UINT64_MAX - done)
			ck_abort_msg("%ju of %ju", (uintmax_t)done,
			             (uintmax_t)total);
		before = done;
	}
	job_cancel(job);
	job_wait(job);
	expect_event(POOL_DONE, job, &works[0]);
}
END_TEST

START_TEST(progress_begins_with_nothing)
{
	struct job *job = start(JOB_COMPUTE, stay, &works[0]);
	uint64_t done = 1;
	uint64_t total = 1;

	job_progress(job, &done, &total);
	ck_assert_uint_eq(done, 0);
	ck_assert_uint_eq(total, 0);
	sem_post(&works[0].go);
}
END_TEST

START_TEST(a_cancelled_job_still_ends_with_done)
{
	struct job *job =
		start((enum job_kind)_i, run_until_cancelled, &works[0]);

	wait_for(&works[0].begun);
	job_cancel(job);
	job_cancel(job);
	expect_event(POOL_PROGRESS, job, &works[0]);
	expect_event(POOL_DONE, job, &works[0]);
	ck_assert_int_eq(works[0].result, 7);
	job_cancel(job);
	expect_no_event();
	job_free(job);
}
END_TEST

/* Start jobs that keep every compute thread until their `go`. */
static void occupy_threads(void)
{
	for (size_t i = 0; i < THREADS; i++)
		(void)start(JOB_COMPUTE, stay, &works[i]);
	for (size_t i = 0; i < THREADS; i++)
		wait_for(&works[i].begun);
}

static void release_threads(void)
{
	for (size_t i = 0; i < THREADS; i++)
		sem_post(&works[i].go);
}

START_TEST(a_job_cancelled_before_it_began_never_runs)
{
	struct work *w = &works[THREADS];
	struct job *job;
	struct job *next;

	occupy_threads();
	job = start(JOB_COMPUTE, stay, w);
	next = start(JOB_COMPUTE, stay, w + 1);
	job_cancel(job);
	ck_assert(job_is_done(job));
	job_wait(job);
	ck_assert_uint_eq(pool_running(pool), THREADS + 1);
	expect_event(POOL_DONE, job, w);
	expect_no_event();
	job_free(job);
	/* The one behind it is not lost. */
	sem_post(&w[1].go);
	release_threads();
	job_wait(next);
	ck_assert_int_eq(w[0].calls, 0);
	ck_assert_int_eq(w[1].calls, 1);
}
END_TEST

START_TEST(freeing_a_waiting_job_drops_it)
{
	struct work *w = &works[THREADS];
	struct job *job;

	occupy_threads();
	job = start(JOB_COMPUTE, stay, w);
	job_free(job);
	ck_assert_uint_eq(pool_running(pool), THREADS);
	expect_no_event();
	release_threads();
	pool_free(pool);
	pool = NULL;
	ck_assert_int_eq(w->calls, 0);
}
END_TEST

START_TEST(freeing_a_running_job_cancels_and_waits)
{
	struct job *job =
		start((enum job_kind)_i, run_until_cancelled, &works[0]);

	wait_for(&works[0].begun);
	job_free(job);
	ck_assert_int_eq(works[0].result, 7);
	ck_assert_uint_eq(pool_running(pool), 0);
	expect_no_event();
}
END_TEST

/* The events of others stay, in their order. */
START_TEST(freeing_an_ended_job_takes_its_events)
{
	struct job *jobs[3];

	for (size_t i = 0; i < 3; i++) {
		works[i].posts = 2;
		jobs[i] = start(JOB_READ, stay, &works[i]);
		sem_post(&works[i].go);
		job_wait(jobs[i]);
	}
	job_free(jobs[1]);
	expect_event(POOL_PROGRESS, jobs[0], &works[0]);
	expect_event(POOL_DONE, jobs[0], &works[0]);
	expect_event(POOL_PROGRESS, jobs[2], &works[2]);
	job_free(jobs[2]);
	expect_no_event();
	job_free(jobs[0]);
}
END_TEST

/* Running, waiting, ended with and without untaken events. */
START_TEST(freeing_the_pool_ends_all)
{
	struct job *job = start(JOB_READ, stay, &works[0]);

	sem_post(&works[0].go);
	job_wait(job);
	for (size_t i = 1; i <= THREADS; i++) {
		(void)start(JOB_COMPUTE, run_until_cancelled, &works[i]);
		wait_for(&works[i].begun);
	}
	(void)start(JOB_COMPUTE, stay, &works[THREADS + 1]);
	pool_free(pool);
	pool = NULL;
	for (size_t i = 1; i <= THREADS; i++)
		ck_assert_int_eq(works[i].result, 7);
	ck_assert_int_eq(works[THREADS + 1].calls, 0);
}
END_TEST

START_TEST(null_is_allowed)
{
	pool_free(NULL);
	job_free(NULL);
	job_cancel(NULL);
}
END_TEST

static void tell_mask(struct job *job, void *arg)
{
	struct work *w = arg;

	(void)job;
	pthread_sigmask(SIG_BLOCK, NULL, &w->mask);
}

/* Whether a thread of the pool blocks the signal. */
static const struct {
	int signal;
	bool blocked;
} signals[] = {
	{ SIGINT, true },   { SIGTERM, true },  { SIGHUP, true },
	{ SIGWINCH, true }, { SIGTSTP, true },  { SIGCHLD, true },
	{ SIGPIPE, true },  { SIGALRM, true },  { SIGUSR1, true },
	{ SIGBUS, false },  { SIGSEGV, false }, { SIGFPE, false },
	{ SIGILL, false },
};

START_TEST(threads_leave_signals_to_the_owner)
{
	sigset_t before;
	sigset_t after;
	struct job *job;

	pthread_sigmask(SIG_BLOCK, NULL, &before);
	job = start((enum job_kind)_i, tell_mask, &works[0]);
	pthread_sigmask(SIG_BLOCK, NULL, &after);
	job_wait(job);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		int n = signals[i].signal;

		ck_assert_msg((sigismember(&works[0].mask, n) == 1) ==
		                      signals[i].blocked,
		              "signal %d", n);
		ck_assert_int_eq(sigismember(&before, n),
		                 sigismember(&after, n));
	}
}
END_TEST

START_TEST(number_of_threads)
{
	struct pool *one;

	ck_assert_uint_eq(pool_threads(pool), THREADS);
	one = pool_new(0, &err);
	must(one != NULL, &err);
	ck_assert_uint_ge(pool_threads(one), 1);
	pool_free(one);
}
END_TEST

START_TEST(a_pool_without_memory)
{
	mem_fail_after(0);
	ck_assert_ptr_null(pool_new(1, &err));
	ck_assert_int_eq(err.code, ERR_NOMEM);
}
END_TEST

START_TEST(a_pool_without_descriptors)
{
	struct rlimit before;
	struct rlimit none;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_ptr_null(pool_new(1, &err));
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_int_eq(err.sys, EMFILE);
}
END_TEST

/* The first job needs two allocations, itself and its thread's place. */
START_TEST(a_job_without_memory)
{
	struct job *job = NULL;
	long n = 0;

	for (; n < 10 && !job; n++) {
		mem_fail_after(n);
		err.code = ERR_NONE;
		job = job_start(pool, JOB_COMPUTE, stay, &works[0], &err);
		mem_fail_after(-1);
		ck_assert_int_eq(err.code, job ? ERR_NONE : ERR_NOMEM);
		ck_assert_uint_eq(pool_running(pool), job ? 1 : 0);
		expect_no_event();
	}
	ck_assert_int_eq(n, 3);
	sem_post(&works[0].go);
	expect_event(POOL_DONE, job, &works[0]);
	ck_assert_int_eq(works[0].calls, 1);
}
END_TEST

START_TEST(a_job_without_any_thread)
{
	enum job_kind kind = (enum job_kind)_i;
	struct job *job;

	pool_fail_threads_after(0);
	ck_assert_ptr_null(job_start(pool, kind, stay, &works[0], &err));
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_int_eq(err.sys, EAGAIN);
	ck_assert_uint_eq(pool_running(pool), 0);
	expect_no_event();
	/* It is as if it had not been tried. */
	pool_fail_threads_after(-1);
	job = start(kind, stay, &works[1]);
	sem_post(&works[1].go);
	expect_event(POOL_DONE, job, &works[1]);
	ck_assert_int_eq(works[0].calls, 0);
}
END_TEST

/* Without a second thread the second job waits for the first; the kinds do
   not help each other out. */
START_TEST(a_job_without_a_thread_more)
{
	struct job *jobs[2];

	pool_fail_threads_after(1);
	err.code = ERR_NONE;
	jobs[0] = start(JOB_COMPUTE, stay, &works[0]);
	wait_for(&works[0].begun);
	jobs[1] = start(JOB_COMPUTE, stay, &works[1]);
	ck_assert_int_eq(err.code, ERR_NONE);
	ck_assert_ptr_null(job_start(pool, JOB_READ, stay, &works[2], &err));
	ck_assert_int_eq(works[1].calls, 0);
	sem_post(&works[1].go);
	sem_post(&works[0].go);
	expect_event(POOL_DONE, jobs[0], &works[0]);
	expect_event(POOL_DONE, jobs[1], &works[1]);
}
END_TEST

enum { SLOTS = 24 };

/* What the owner of the random test knows of a job. */
struct slot {
	struct job *job; /* NULL: free */
	bool cancelled;
	bool done; /* its DONE was taken */
	atomic_int calls;
	atomic_bool inside;
	unsigned rounds; /* of work, with a post after each */
};

static struct slot slots[SLOTS];

static void work_in_rounds(struct job *job, void *arg)
{
	struct slot *slot = arg;

	atomic_fetch_add(&slot->calls, 1);
	atomic_store(&slot->inside, true);
	for (unsigned i = 0; i < slot->rounds && !job_cancelled(job); i++) {
		job_set_progress(job, i, slot->rounds);
		job_post(job);
		sched_yield();
	}
	atomic_store(&slot->inside, false);
}

static void start_slot(struct slot *slot, uint64_t *seed)
{
	slot->cancelled = false;
	slot->done = false;
	atomic_store(&slot->calls, 0);
	slot->rounds = (unsigned)random_below(seed, 20);
	slot->job =
		job_start(pool, random_u64(seed) % 2 ? JOB_READ : JOB_COMPUTE,
	                  work_in_rounds, slot, &err);
	must(slot->job != NULL, &err);
}

static void check_ended(struct slot *slot)
{
	int calls = atomic_load(&slot->calls);

	ck_assert(!atomic_load(&slot->inside));
	ck_assert_int_le(calls, 1);
	ck_assert(calls == 1 || slot->cancelled);
}

static void free_slot(struct slot *slot)
{
	slot->cancelled = true;
	job_free(slot->job);
	slot->job = NULL;
	check_ended(slot);
}

/* Take what is there; everything must belong to a job that may still post. */
static void take_events(void)
{
	struct pool_event event;

	while (pool_next(pool, &event)) {
		struct slot *slot = event.arg;

		ck_assert_ptr_eq(slot->job, event.job);
		ck_assert(!slot->done);
		if (event.kind != POOL_DONE)
			continue;
		slot->done = true;
		ck_assert(job_is_done(slot->job));
		check_ended(slot);
	}
}

static void random_step(uint64_t *seed)
{
	struct slot *slot = &slots[random_below(seed, SLOTS)];

	if (!slot->job) {
		start_slot(slot, seed);
		return;
	}
	switch (random_below(seed, 8)) {
	case 0:
		slot->cancelled = true;
		job_cancel(slot->job);
		break;
	case 1:
		job_wait(slot->job);
		ck_assert(job_is_done(slot->job));
		break;
	case 2:
	case 3:
		free_slot(slot);
		break;
	default:
		take_events();
	}
}

START_TEST(any_order_of_calls)
{
	uint64_t seed = random_seed();

	for (size_t i = cases(3000); i > 0; i--)
		random_step(&seed);
	for (size_t i = 0; i < SLOTS; i++)
		if (slots[i].job)
			job_wait(slots[i].job);
	ck_assert_uint_eq(pool_running(pool), 0);
	take_events();
	expect_no_event();
	for (size_t i = 0; i < SLOTS; i++)
		ck_assert(!slots[i].job || slots[i].done);
}
END_TEST

/* The pool goes while everything is under way. */
START_TEST(a_pool_freed_at_any_time)
{
	uint64_t seed = random_seed();

	for (size_t i = cases(30); i > 0; i--) {
		for (size_t n = random_below(&seed, 60); n > 0; n--)
			random_step(&seed);
		pool_free(pool);
		for (size_t k = 0; k < SLOTS; k++) {
			ck_assert(!atomic_load(&slots[k].inside));
			slots[k].job = NULL;
		}
		pool = pool_new(THREADS, &err);
		must(pool != NULL, &err);
	}
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	suite_add_tcase(suite, tc);
	return tc;
}

static void add_events(TCase *tc)
{
	tcase_add_test(tc, progress_not_taken_counts_as_one);
	tcase_add_test(tc, events_come_in_the_order_of_their_first_post);
	tcase_add_test(tc, progress_is_read_whole);
	tcase_add_test(tc, progress_begins_with_nothing);
}

static void add_threads(TCase *tc)
{
	tcase_add_test(tc, no_thread_is_started_before_the_first_job);
	tcase_add_loop_test(tc, threads_are_used_again, JOB_COMPUTE,
	                    JOB_READ + 1);
	tcase_add_loop_test(tc, jobs_run_side_by_side, JOB_COMPUTE,
	                    JOB_READ + 1);
	tcase_add_loop_test(tc, reading_and_computing_share_no_thread,
	                    JOB_COMPUTE, JOB_READ + 1);
	tcase_add_loop_test(tc, threads_leave_signals_to_the_owner, JOB_COMPUTE,
	                    JOB_READ + 1);
	tcase_add_test(tc, number_of_threads);
}

static void add_ends(TCase *tc)
{
	tcase_add_loop_test(tc, a_job_runs_and_ends, JOB_COMPUTE, JOB_READ + 1);
	tcase_add_test(tc, waiting_leaves_the_event);
	tcase_add_loop_test(tc, a_cancelled_job_still_ends_with_done,
	                    JOB_COMPUTE, JOB_READ + 1);
	tcase_add_test(tc, a_job_cancelled_before_it_began_never_runs);
	tcase_add_test(tc, freeing_a_waiting_job_drops_it);
	tcase_add_loop_test(tc, freeing_a_running_job_cancels_and_waits,
	                    JOB_COMPUTE, JOB_READ + 1);
	tcase_add_test(tc, freeing_an_ended_job_takes_its_events);
	tcase_add_test(tc, freeing_the_pool_ends_all);
	tcase_add_test(tc, null_is_allowed);
	tcase_add_test(tc, any_order_of_calls);
	tcase_add_test(tc, a_pool_freed_at_any_time);
}

static void add_failures(TCase *tc)
{
	tcase_add_test(tc, a_pool_without_memory);
	tcase_add_test(tc, a_pool_without_descriptors);
	tcase_add_test(tc, a_job_without_memory);
	tcase_add_loop_test(tc, a_job_without_any_thread, JOB_COMPUTE,
	                    JOB_READ + 1);
	tcase_add_test(tc, a_job_without_a_thread_more);
}

int main(void)
{
	Suite *suite = suite_create("pool");

	add_ends(add_case(suite, "ends"));
	add_events(add_case(suite, "events"));
	add_threads(add_case(suite, "threads"));
	add_failures(add_case(suite, "failures"));
	return run_suite(suite);
}
