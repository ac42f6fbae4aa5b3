/*
 * pool.c - threads, jobs and events; pool.h says how they are used
 *
 * One mutex guards everything that threads share. A job is milliseconds of
 * work or more and takes it a few times, so that it is not fought for, and
 * with one lock there is no order of locks to get wrong. Given up: a queue for
 * each thread and stealing between them, which pays for jobs of microseconds.
 *
 * Each kind of job has a lane: its queue and its own threads. A thread is
 * started when more jobs wait than threads are idle, and stays until the pool
 * goes; this is the lazy start of both kinds.
 *
 * Invariants, under the lock:
 *
 *   P1  A job is in its lane's queue exactly until it begins or is cancelled.
 *   P2  A job is in the list of its pool from its start to its freeing.
 *   P3  The eventfd is readable exactly while `events` is not empty.
 *   P4  A job has at most one PROGRESS and one DONE in `events`, in this order.
 *   P5  `idle` counts the threads of a lane that run no job.
 *   P6  Once `ended` is set, no thread of the pool touches the job again, and
 *       the owner may free it.
 */
#include "config.h"

#include "base/pool.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"

enum {
	LANES = 2,         /* one for each enum job_kind */
	POST_NS = 5000000, /* between posts that may be late */
};

/* A place in a ring of jobs; it points at itself while it is in none. */
struct link {
	struct link *prev, *next; /* borrowed */
	struct job *job;          /* borrowed; NULL in the head of a ring */
};

struct lane {
	struct pool *pool; /* borrowed */
	struct link queue;
	pthread_cond_t wake; /* a job was queued, or the pool quits */
	pthread_t *ids;      /* owned; the owner's */
	size_t count, cap;   /* of ids */
	size_t limit;
	size_t queued, idle;
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t ended; /* a job has ended; only the owner waits */
	struct lane lanes[LANES];
	struct link jobs;
	struct link events;
	bool quit;
	int fd; /* owned */
};

struct job {
	struct pool *pool; /* borrowed */
	struct lane *lane; /* borrowed */
	job_run *run;
	void *arg;             /* borrowed */
	struct link all;       /* in pool.jobs */
	struct link queued;    /* in lane.queue */
	struct link posted;    /* in pool.events, as PROGRESS */
	struct link done_link; /* in pool.events, as DONE */
	uint64_t done, total;  /* under the lock, so that they fit together */
	uint64_t before;       /* of job_set_part(); the job's own */
	uint64_t whole;        /* of it; 0: there are no parts */
	uint64_t posted_at;    /* by job_post_soon(); under the lock */
	bool owes;             /* a post; under the lock */
	/* Set by the owner, read by the job; it orders nothing else. */
	atomic_bool cancelled;
	/* Set under the lock, read without: what the job wrote into `arg`
	   comes before it. */
	atomic_bool ended;
};

#ifdef TEST_HOOKS
static long threads_left = -1;

void pool_fail_threads_after(long n)
{
	threads_left = n;
}

static bool refused(void)
{
	if (threads_left < 0)
		return false;
	if (threads_left == 0)
		return true;
	threads_left--;
	return false;
}
#else
static bool refused(void)
{
	return false;
}
#endif

static void link_init(struct link *link, struct job *job)
{
	link->prev = link->next = link;
	link->job = job;
}

static bool is_linked(const struct link *link)
{
	return link->next != link;
}

static void link_append(struct link *head, struct link *link)
{
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

/* Also right for a link that is in no ring. */
static void unlink_from(struct link *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	link->prev = link->next = link;
}

/* Keep P3 after a change of `events`. The counter is only ever 0 or 1, so
   neither call can fail or wait. */
static void mark_readable(struct pool *pool, bool before)
{
	bool after = is_linked(&pool->events);
	eventfd_t count;

	if (after && !before)
		(void)eventfd_write(pool->fd, 1);
	else if (before && !after)
		(void)eventfd_read(pool->fd, &count);
}

static void push_event(struct pool *pool, struct link *link)
{
	bool before = is_linked(&pool->events);

	if (is_linked(link))
		return;
	link_append(&pool->events, link);
	mark_readable(pool, before);
}

static void drop_event(struct pool *pool, struct link *link)
{
	bool before = is_linked(&pool->events);

	unlink_from(link);
	mark_readable(pool, before);
}

/* The last that is done to a job but by its owner (P6). */
static void end_job(struct job *job)
{
	struct pool *pool = job->pool;

	push_event(pool, &job->done_link);
	atomic_store(&job->ended, true);
	pthread_cond_signal(&pool->ended);
}

static void take_from_queue(struct job *job)
{
	unlink_from(&job->queued);
	job->lane->queued--;
}

static void *serve(void *arg)
{
	struct lane *lane = arg;
	struct pool *pool = lane->pool;

	pthread_mutex_lock(&pool->lock);
	while (!pool->quit) {
		struct job *job = lane->queue.next->job;

		if (!job) {
			pthread_cond_wait(&lane->wake, &pool->lock);
			continue;
		}
		take_from_queue(job);
		lane->idle--;
		pthread_mutex_unlock(&pool->lock);
		job->run(job, job->arg);
		pthread_mutex_lock(&pool->lock);
		lane->idle++;
		end_job(job);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/*
 * pthread_create() with a mask under which signals reach the owner alone, but
 * for those that a thread brings on itself: when blocked, these kill the
 * process without asking the handler that guards mapped files.
 */
static int create_masked(pthread_t *id, struct lane *lane)
{
	sigset_t all;
	sigset_t old;
	int errnum;

	if (refused())
		return EAGAIN;
	sigfillset(&all);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	errnum = pthread_create(id, NULL, serve, lane);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return errnum;
}

static bool start_thread(struct lane *lane, struct error *err)
{
	int errnum;

	if (!mem_grow(&lane->ids, &lane->cap, lane->count + 1,
	              sizeof(*lane->ids), err))
		return false;
	errnum = create_masked(&lane->ids[lane->count], lane);
	if (errnum != 0)
		return error_sys(err, errnum, "cannot start a thread");
	lane->count++;
	lane->idle++;
	return true;
}

/* Queue the job, with a thread more if none is idle for it. Failing to start
   one matters only when the lane has none that could ever run the job. */
static bool enqueue(struct job *job, struct error *err)
{
	struct lane *lane = job->lane;
	struct error why;

	if (lane->queued >= lane->idle && lane->count < lane->limit &&
	    !start_thread(lane, &why) && lane->count == 0) {
		*err = why;
		return false;
	}
	link_append(&lane->queue, &job->queued);
	lane->queued++;
	link_append(&job->pool->jobs, &job->all);
	pthread_cond_signal(&lane->wake);
	return true;
}

/* Those that this process may run on, where the kernel tells. */
static size_t processors(void)
{
	cpu_set_t set;
	long n;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		return (size_t)CPU_COUNT(&set);
	n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (size_t)n : 1;
}

/* With default attributes, locks and conditions cannot fail on Linux. */
static void init_lane(struct pool *pool, enum job_kind kind, size_t limit)
{
	struct lane *lane = &pool->lanes[kind];

	lane->pool = pool;
	lane->limit = limit;
	link_init(&lane->queue, NULL);
	(void)pthread_cond_init(&lane->wake, NULL);
}

struct pool *pool_new(size_t threads, struct error *err)
{
	struct pool *pool = mem_zalloc(sizeof(*pool), err);

	if (!pool)
		return NULL;
	pool->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pool->fd < 0) {
		error_sys(err, errno, "cannot make an event descriptor");
		mem_free(pool);
		return NULL;
	}
	(void)pthread_mutex_init(&pool->lock, NULL);
	(void)pthread_cond_init(&pool->ended, NULL);
	link_init(&pool->jobs, NULL);
	link_init(&pool->events, NULL);
	init_lane(pool, JOB_COMPUTE, threads ? threads : processors());
	init_lane(pool, JOB_READ, POOL_READERS);
	return pool;
}

static void free_lane(struct lane *lane)
{
	for (size_t i = 0; i < lane->count; i++)
		(void)pthread_join(lane->ids[i], NULL);
	mem_free(lane->ids);
	(void)pthread_cond_destroy(&lane->wake);
}

void pool_free(struct pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->quit = true;
	for (struct link *l = pool->jobs.next; l->job; l = l->next)
		atomic_store(&l->job->cancelled, true);
	for (size_t i = 0; i < LANES; i++)
		pthread_cond_broadcast(&pool->lanes[i].wake);
	pthread_mutex_unlock(&pool->lock);
	for (size_t i = 0; i < LANES; i++)
		free_lane(&pool->lanes[i]);
	while (is_linked(&pool->jobs)) {
		struct job *job = pool->jobs.next->job;

		unlink_from(&job->all);
		mem_free(job);
	}
	(void)close(pool->fd);
	(void)pthread_cond_destroy(&pool->ended);
	(void)pthread_mutex_destroy(&pool->lock);
	mem_free(pool);
}

int pool_event_fd(const struct pool *pool)
{
	return pool->fd;
}

bool pool_next(struct pool *pool, struct pool_event *event)
{
	struct link *link;
	struct job *job;

	pthread_mutex_lock(&pool->lock);
	link = pool->events.next;
	job = link->job;
	if (job) {
		event->kind = link == &job->posted ? POOL_PROGRESS : POOL_DONE;
		event->job = job;
		event->arg = job->arg;
		drop_event(pool, link);
	}
	pthread_mutex_unlock(&pool->lock);
	return job != NULL;
}

void pool_wait(struct pool *pool)
{
	struct pollfd fd = { .fd = pool->fd, .events = POLLIN };

	/* A signal may end it early; so may nothing else. */
	while (poll(&fd, 1, -1) < 0) {
	}
}

#ifdef TEST_HOOKS
size_t pool_running(struct pool *pool)
{
	size_t count = 0;

	pthread_mutex_lock(&pool->lock);
	for (const struct link *l = pool->jobs.next; l != &pool->jobs;
	     l = l->next)
		count += !atomic_load(&l->job->ended);
	pthread_mutex_unlock(&pool->lock);
	return count;
}
#endif

size_t pool_threads(const struct pool *pool)
{
	return pool->lanes[JOB_COMPUTE].limit;
}

struct job *job_start(struct pool *pool, enum job_kind kind, job_run *run,
                      void *arg, struct error *err)
{
	struct job *job = mem_zalloc(sizeof(*job), err);
	bool ok;

	if (!job)
		return NULL;
	job->pool = pool;
	job->lane = &pool->lanes[kind];
	job->run = run;
	job->arg = arg;
	link_init(&job->all, job);
	link_init(&job->queued, job);
	link_init(&job->posted, job);
	link_init(&job->done_link, job);
	pthread_mutex_lock(&pool->lock);
	ok = enqueue(job, err);
	pthread_mutex_unlock(&pool->lock);
	if (!ok) {
		mem_free(job);
		return NULL;
	}
	return job;
}

/* A job that has not begun ends here and now, so that nothing waits for a
   thread which may be stuck in a read. */
static void cancel_locked(struct job *job)
{
	atomic_store(&job->cancelled, true);
	if (!is_linked(&job->queued))
		return;
	take_from_queue(job);
	end_job(job);
}

static void wait_locked(struct job *job)
{
	while (!atomic_load(&job->ended))
		pthread_cond_wait(&job->pool->ended, &job->pool->lock);
}

void job_cancel(struct job *job)
{
	if (!job)
		return;
	pthread_mutex_lock(&job->pool->lock);
	cancel_locked(job);
	pthread_mutex_unlock(&job->pool->lock);
}

void job_free(struct job *job)
{
	struct pool *pool;

	if (!job)
		return;
	pool = job->pool;
	pthread_mutex_lock(&pool->lock);
	cancel_locked(job);
	wait_locked(job);
	drop_event(pool, &job->posted);
	drop_event(pool, &job->done_link);
	unlink_from(&job->all);
	pthread_mutex_unlock(&pool->lock);
	mem_free(job);
}

void job_wait(struct job *job)
{
	pthread_mutex_lock(&job->pool->lock);
	wait_locked(job);
	pthread_mutex_unlock(&job->pool->lock);
}

bool job_is_done(const struct job *job)
{
	return atomic_load(&job->ended);
}

bool job_cancelled(const struct job *job)
{
	return atomic_load_explicit(&job->cancelled, memory_order_relaxed);
}

bool job_goes_on(const struct job *job, struct error *err)
{
	return !job || !job_cancelled(job) ||
	       error_set(err, ERR_CANCELLED, "cancelled");
}

void job_post(struct job *job)
{
	pthread_mutex_lock(&job->pool->lock);
	push_event(job->pool, &job->posted);
	pthread_mutex_unlock(&job->pool->lock);
}

/* With the lock. */
static void post_owed(struct job *job)
{
	uint64_t now;

	if (!job->owes)
		return;
	now = sys_now();
	if (now - job->posted_at < POST_NS)
		return;
	job->owes = false;
	job->posted_at = now;
	push_event(job->pool, &job->posted);
}

void job_post_soon(struct job *job)
{
	pthread_mutex_lock(&job->pool->lock);
	job->owes = true;
	post_owed(job);
	pthread_mutex_unlock(&job->pool->lock);
}

void job_set_progress(struct job *job, uint64_t done, uint64_t total)
{
	pthread_mutex_lock(&job->pool->lock);
	job->done = job->before + done;
	job->total = job->whole ? job->whole : total;
	post_owed(job);
	pthread_mutex_unlock(&job->pool->lock);
}

void job_set_part(struct job *job, uint64_t before, uint64_t whole)
{
	job->before = before;
	job->whole = whole;
}

void job_progress(const struct job *job, uint64_t *done, uint64_t *total)
{
	pthread_mutex_lock(&job->pool->lock);
	*done = job->done;
	*total = job->total;
	pthread_mutex_unlock(&job->pool->lock);
}
