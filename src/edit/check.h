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

struct check_entry {
	struct document *doc; /* counted */
	unsigned found;       /* CHANGE_* of source.h */
	uint64_t stamp;       /* source_stamp() */
};

struct check {
	struct check_entry *v; /* owned */
	size_t count, cap;
	size_t looked; /* how many of them were looked at */
};

/* Add a document, counted; false when there are `most` already, or there is no
   memory for it. */
bool check_add(struct check *check, struct document *doc, size_t most);
/* A job_run: look at each; `job` may be NULL. `arg` is the check. */
void check_run(struct job *job, void *arg);
/* Let the documents go, and the memory. */
void check_clear(struct check *check);

#endif
