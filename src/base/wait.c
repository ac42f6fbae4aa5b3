/* wait.c - see wait.h */
#include "config.h"

#include "base/wait.h"

#include <time.h>

enum { LOOK_NS = 5000000, SECOND_NS = 1000000000 };

void wait_a_little(pthread_cond_t *cond, pthread_mutex_t *lock)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += LOOK_NS;
	if (until.tv_nsec >= SECOND_NS) {
		until.tv_nsec -= SECOND_NS;
		until.tv_sec++;
	}
	(void)pthread_cond_timedwait(cond, lock, &until);
}
