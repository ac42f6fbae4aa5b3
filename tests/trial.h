/*
 * trial.h - a context over small files, for tests of commands
 *
 * What commands print is collected, and so is what they say. The files stand in
 * the scratch folder, which is the working directory; system calls go through
 * faults_sys.
 *
 * Threads: the test's own.
 */
#ifndef TESTS_TRIAL_H
#define TESTS_TRIAL_H

#include "base/base.h"
#include "base/error.h"
#include "command/context.h"

struct trial {
	struct context ctx;
	struct output out;
	struct output results; /* what came out so far */
	char said[ERROR_TEXT]; /* the last line for the user */
	size_t said_count;
	char name[32]; /* of the command that failed */
	struct error err;
};

/* A batch over the inputs, written as `open` takes them, until NULL. Makes the
   scratch folder the working directory. */
void trial_begin(struct trial *t, const char *const *inputs);
/* Also checks that no descriptor is left open. */
void trial_end(struct trial *t);

/* Make a file of these bytes in the scratch folder. */
void trial_file(const char *name, const void *bytes, size_t len);

/* Run one line; t->err says why not. */
bool trial_run(struct trial *t, const char *line);
/* Run it and fail the test if it fails. */
void trial_must(struct trial *t, const char *line);

/* What has been printed since it was last asked for; ends with a NUL. Valid
   until the next command. */
const char *trial_output(struct trial *t, size_t *len);

/* Run a line that must print this, and nothing else. */
void trial_prints(struct trial *t, const char *line, const char *want);
/* Run a line that must fail so, and print nothing. */
void trial_fails(struct trial *t, const char *line, enum err code,
                 const char *text, size_t column);

#endif
