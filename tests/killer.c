/*
 * killer.c - runs a program and kills it at one of its system calls
 *
 *	killer [-s FOLDER | -x COMMAND] NUMBER PROGRAM [ARGUMENT..]
 *
 * The calls of all its threads are counted from 1, from the first one of the
 * program itself on; SIGKILL comes before call NUMBER is made. -s: the file
 * system of the folder is shut down first, as by a power failure: what it has
 * not written by then is lost. -x: the shell runs a command first. Status 0:
 * killed; 1: it has ended before, and the last line of stderr says after how
 * many calls; 77: this machine does not let a process be traced, or the file
 * system cannot be shut down.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_ALLOWED = 77, TRACE = SIGTRAP | 0x80 };

/* Of ext4, XFS and others; 2: what is in memory is not written any more. */
#define SHUTDOWN _IOR('X', 125, uint32_t)
enum { NO_LOG_FLUSH = 2 };

/* A process or thread that is traced. */
struct thread {
	pid_t id;
	bool inside; /* between the entry into a call and its exit */
};

enum { THREADS = 64 };

static struct thread *find(struct thread *all, pid_t id)
{
	struct thread *unused = NULL;

	for (size_t i = 0; i < THREADS; i++) {
		if (all[i].id == id)
			return &all[i];
		if (all[i].id == 0 && !unused)
			unused = &all[i];
	}
	if (!unused) {
		fprintf(stderr, "killer: too many threads\n");
		exit(2);
	}
	unused->id = id;
	return unused;
}

static pid_t start(char **argv)
{
	pid_t child = fork();

	if (child != 0)
		return child;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(NOT_ALLOWED);
	(void)raise(SIGSTOP);
	(void)execvp(argv[0], argv);
	_exit(127);
}

/* The signal that is to be handed on to a thread that has stopped. */
static int handed_on(int status)
{
	int sig = WSTOPSIG(status);

	return sig == TRACE || sig == SIGTRAP || sig == SIGSTOP ? 0 : sig;
}

/* What is to be done before the kill; either may be NULL. */
static const char *folder, *command;

static bool shut_down(void)
{
	uint32_t how = NO_LOG_FLUSH;
	int fd = open(folder, O_RDONLY | O_CLOEXEC);
	bool ok = fd >= 0 && ioctl(fd, SHUTDOWN, &how) == 0;

	if (!ok)
		fprintf(stderr, "killer: %s: %s\n", folder, strerror(errno));
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool prepare(void)
{
	if (folder)
		return shut_down();
	return !command || system(command) == 0;
}

static int run(pid_t child, unsigned long kill_at)
{
	static struct thread threads[THREADS];
	unsigned long calls = 0;
	int status;
	pid_t id;

	while ((id = waitpid(-1, &status, __WALL)) > 0) {
		struct thread *t = find(threads, id);

		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			*t = (struct thread){ 0 };
			if (id != child)
				continue;
			fprintf(stderr, "%lu\n", calls);
			return WIFSIGNALED(status) ? 2 : 1;
		}
		if (WSTOPSIG(status) == TRACE) {
			t->inside = !t->inside;
			if (t->inside && ++calls == kill_at) {
				bool ok = prepare();

				(void)kill(child, SIGKILL);
				while (waitpid(-1, &status, __WALL) > 0)
					;
				return ok ? 0 : NOT_ALLOWED;
			}
		}
		(void)ptrace(PTRACE_SYSCALL, id, NULL, handed_on(status));
	}
	return 2;
}

int main(int argc, char **argv)
{
	int status;
	pid_t child;

	if (argc > 2 && argv[1][0] == '-') {
		folder = argv[1][1] == 's' ? argv[2] : NULL;
		command = argv[1][1] == 'x' ? argv[2] : NULL;
		argc -= 2;
		argv += 2;
	}
	if (argc < 3)
		return 2;
	child = start(argv + 2);
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 2;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (ptrace(PTRACE_SETOPTIONS, child, NULL,
	           PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE |
	                   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
	                   PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) < 0)
		return NOT_ALLOWED;
	(void)ptrace(PTRACE_SYSCALL, child, NULL, 0);
	return run(child, strtoul(argv[1], NULL, 10));
}
