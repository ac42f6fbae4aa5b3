/*
 * recall.h - the command lines of earlier runs
 *
 * A file of lines, the newest last, at most RECALL_LINES; only its owner can
 * read it. What is typed is added to whatever the file holds then, so that
 * several editors share it, and takes its place at once: nobody sees half of
 * it. That is a job, which no disk lets anybody wait for.
 *
 * Threads: the UI thread, but for the job.
 */
#ifndef UI_RECALL_H
#define UI_RECALL_H

#include "base/base.h"

struct error;
struct job;
struct pool;
struct saving;

enum {
	RECALL_LINES = 200,
	RECALL_BYTES = 1 << 18, /* of the file; older lines go first */
	RECALL_PATH = 1024,
};

struct recall {
	char path[RECALL_PATH]; /* "": nothing is kept */
	char *fresh;            /* owned: lines that are not in the file */
	size_t len, cap;
	struct saving *saving; /* owned; running */
};

typedef void recall_take(void *arg, const char *line);

/* Keep lines in this file, and give those that it holds, oldest first. No file
   is none; what is no line of ours is left out. ERR_IO ERR_NOMEM: the file is
   not touched then. */
bool recall_open(struct recall *recall, const char *path, recall_take *take,
                 void *arg, struct error *err) MUST_USE;

/* A line was typed; one that begins with a blank is not kept. */
void recall_add(struct recall *recall, const char *line);
/* Write what is to be written, unless that is being done. ERR_NOMEM ERR_IO. */
bool recall_save(struct recall *recall, struct pool *pool,
                 struct error *err) MUST_USE;
/* Is it the job of a save? *ok and err tell how it went; when it failed no more
   is kept. */
bool recall_done(struct recall *recall, struct job *job, bool *ok,
                 struct error *err);

/* Waits, writes what is left as far as that can be done, and frees. */
void recall_close(struct recall *recall);

#endif
