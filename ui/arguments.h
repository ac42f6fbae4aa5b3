/*
 * arguments.h - the program's command line
 *
 * Options and inputs are taken in order; input options stand before the input
 * they act on, and end with it (doc/hexspan.1).
 *
 * Threads: main's, before any other is started.
 */
#ifndef UI_ARGUMENTS_H
#define UI_ARGUMENTS_H

#include <stdio.h>

#include "base/base.h"
#include "command/run.h"
#include "command/waiting.h"
#include "edit/document.h"
#include "space/layout.h"

struct error;

struct arguments {
	bool help, version;
	struct batch_step *steps; /* owned; texts are argv's */
	size_t step_count, step_cap;
	bool interactive; /* -i: the editor after the steps */
	bool json;
	bool read_only;
	enum access access;
	const char *start;  /* -g */
	const char *keymap; /* -k, NULL: default */
	const char *theme;
	const char *check_keys;
	size_t threads;
	bool no_mmap;
	const char *journal_dir; /* NULL: the usual places */
	bool no_journal;
	enum waiting_wish recover;
	bool keep_edits, dry_run;
	bool uses_stdin;      /* an input, a script or a list is "-" */
	bool stdin_read;      /* a script or a list is */
	struct layout inputs; /* owned: placements without documents */
};

/* ERR_SYNTAX: the texts name the option. ERR_IO: --files-from. */
bool arguments_parse(struct arguments *args, int argc, char **argv,
                     struct error *err) MUST_USE;
void arguments_free(struct arguments *args);

void arguments_usage(FILE *out);

#endif
