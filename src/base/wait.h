/*
 * wait.h - waiting in a job for another thread
 *
 * The one who cancels a job cannot wake what its function waits for: so it
 * waits a little, looks whether the job was cancelled, and waits again.
 *
 * Threads: any.
 */
#ifndef BASE_WAIT_H
#define BASE_WAIT_H

#include <pthread.h>

/* As pthread_cond_wait(), but for 5 ms at the most. */
void wait_a_little(pthread_cond_t *cond, pthread_mutex_t *lock);

#endif
