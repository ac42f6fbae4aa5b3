/*
 * check.h - looking whether other programs have changed files
 *
 * A stat of a file may take as long as its server likes, so a check can run in
 * a job: it holds the documents it looks at, and what it found is taken when
 * the job is done.
 *
 * Threads: check_run() in any, while nothing else touches the check.
 */
#ifndef EDIT_CHECK_H
#define EDIT_CHECK_H

#include "base/base.h"

struct document;
struct job;

enum { CHECK_MAX = 256 }; /* documents of one check */

struct check {
	struct document *docs[CHECK_MAX]; /* counted */
	unsigned found[CHECK_MAX];        /* CHANGE_* of source.h */
	size_t count;
	size_t looked; /* how many of them were looked at */
};

/* Add a document, counted; false when no more fit. */
bool check_add(struct check *check, struct document *doc);
/* A job_run: look at each; `job` may be NULL. `arg` is the check. */
void check_run(struct job *job, void *arg);
/* Let the documents go. */
void check_clear(struct check *check);

#endif
