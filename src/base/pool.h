/*
 * pool.h - threads, jobs, cancel, and the one queue of events
 *
 * A pool runs jobs. A job is a function over an immutable snapshot; it looks at
 * job_cancelled() often, posts events, and ends. The owner (one thread: the
 * engine's) starts jobs, polls pool_event_fd(), and takes events.
 *
 *	owner:  job_start() ....... poll(event_fd) .. pool_next() .. job_free()
 *	job:            run(): job_post() job_post() .. return -> POOL_DONE
 *
 * Blocking reads never share a thread with computing: JOB_COMPUTE runs on as
 * many threads as there are processors (or as asked), JOB_READ on readers of
 * its own, started when needed, at most POOL_READERS. No thread is started
 * before the first job.
 *
 * Threads: functions marked (owner) are for the thread that made the pool, the
 * ones marked (job) for the job's own function.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/base.h"

struct error;
struct job;
struct pool;

enum { POOL_READERS = 8 };

enum job_kind {
	JOB_COMPUTE,
	JOB_READ,
};

/* The work. Its result goes into `arg`, which the owner reads after DONE. */
typedef void job_run(struct job *job, void *arg);

enum pool_event_kind {
	POOL_PROGRESS, /* a job posted */
	POOL_DONE,     /* a job has ended; it posts no more */
};

struct pool_event {
	enum pool_event_kind kind;
	struct job *job; /* borrowed: valid until job_free() */
	void *arg;       /* the job's */
};

/* threads: compute threads, 0 for the number of processors. ERR_NOMEM, ERR_IO.
   (owner) */
struct pool *pool_new(size_t threads, struct error *err) MUST_USE;

/* Cancels and joins every job, frees those not freed; waits as long as the
   slowest needs to see it. NULL is allowed. (owner) */
void pool_free(struct pool *pool);

/* Readable when an event waits. Borrowed. */
int pool_event_fd(const struct pool *pool);

/* The next event, or false when there is none. Never blocks. Several
   PROGRESS events of one job that were not taken yet count as one. (owner) */
bool pool_next(struct pool *pool, struct pool_event *event);

/* Wait until there is an event. One must be to come. (owner) */
void pool_wait(struct pool *pool);

/* The most compute threads that there will be. */
size_t pool_threads(const struct pool *pool);

/*
 * Start a job. `arg` is the owner's and must live until the job is done.
 * The job is the pool's until job_free(). When no thread can be started, the
 * job waits for those there are; with none at all it is an error. ERR_NOMEM,
 * ERR_IO. (owner)
 */
struct job *job_start(struct pool *pool, enum job_kind kind, job_run *run,
                      void *arg, struct error *err) MUST_USE;

/* Ask a job to stop; it still ends with DONE. One that has not begun ends at
   once, and its function is never called. NULL is allowed. (owner) */
void job_cancel(struct job *job);

/* After DONE was taken, or before: then cancels and waits. No event of the
   job comes after this. NULL is allowed. (owner) */
void job_free(struct job *job);

/* Wait until the job has ended; its DONE event is still delivered. (owner) */
void job_wait(struct job *job);

bool job_is_done(const struct job *job); /* (owner) */

bool job_cancelled(const struct job *job); /* (job) */
/* Is it not cancelled? NULL is a job that nobody cancels. ERR_CANCELLED. (job) */
bool job_goes_on(const struct job *job, struct error *err) MUST_USE;
void job_post(struct job *job); /* (job) */
/* The same, but not more often than every few milliseconds: if it was posted
   just now, again with a later progress, or with the end. (job) */
void job_post_soon(struct job *job);
/* Progress that the owner can read at any time: done of total, any unit. */
void job_set_progress(struct job *job, uint64_t done, uint64_t total);
/* From now on these are of a part of the job: `before` was done before it, and
   `whole` is the total. */
void job_set_part(struct job *job, uint64_t before, uint64_t whole);
void job_progress(const struct job *job, uint64_t *done, uint64_t *total);

#ifdef TEST_HOOKS
/* Jobs that have not ended yet. (owner) */
size_t pool_running(struct pool *pool);

/* Let n threads start from now on, then none; -1: never fail. */
void pool_fail_threads_after(long n);
#endif

#endif
