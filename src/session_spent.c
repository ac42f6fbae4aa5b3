/*
 * session_spent.c - journals that nobody needs: see session_impl.h
 *
 * With the last descriptor of a file that was removed its blocks are freed. Of
 * a long one that takes a while, for which nobody has to wait.
 */
#include "config.h"

#include "session.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "keep/recover.h"
#include "session_impl.h"

#define LONG ((uint64_t)4 << 20) /* bytes */

struct spent {
	struct spent *next;  /* owned */
	struct recover *rec; /* owned; NULL: the job has freed it */
	struct job *job;     /* owned */
};

static void work(struct job *job, void *arg)
{
	struct spent *spent = arg;

	(void)job;
	recover_free(spent->rec);
	spent->rec = NULL;
}

void session_spend(struct session *session, struct recover *rec)
{
	struct error ignored;
	struct spent *spent = NULL;

	if (rec && recover_size(rec) >= LONG)
		spent = mem_zalloc(sizeof(*spent), &ignored);
	if (spent) {
		spent->rec = rec;
		spent->job = job_start(session->pool, JOB_READ, work, spent,
		                       &ignored);
	}
	if (spent && spent->job) {
		spent->next = session->spent;
		session->spent = spent;
		return;
	}
	mem_free(spent);
	recover_free(rec);
}

void session_free_spent(struct session *session)
{
	struct spent *next;

	for (struct spent *s = session->spent; s; s = next) {
		next = s->next;
		job_wait(s->job);
		job_free(s->job);
		recover_free(s->rec);
		mem_free(s);
	}
	session->spent = NULL;
}
