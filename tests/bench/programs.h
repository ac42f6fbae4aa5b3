/*
 * programs.h - running programs that are measured as a whole, from exec to exit
 *
 * Threads: each program has one of its own.
 */
#ifndef TESTS_BENCH_PROGRAMS_H
#define TESTS_BENCH_PROGRAMS_H

#include <sys/types.h>

#include "base/base.h"

/* What a process has taken. */
struct spent {
	double cpu, wall; /* s */
	double mib;
	int status;
	uint64_t number; /* the first one that it wrote */
};

/* The first one is a program's name or path, the last one NULL. Standard output
   goes to `out`, or to /dev/null if that is -1, as all else does. */
pid_t program_start(const char *const *argv, int out);
void program_wait(pid_t pid, uint64_t began, struct spent *out);

/* With its output read: some programs do less when it goes to /dev/null. */
struct spent program_run(const char *const *argv);
bool program_is_there(const char *name);

#endif
