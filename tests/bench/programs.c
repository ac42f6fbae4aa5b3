/* programs.c - see programs.h */
#include "config.h"

#include "tests/bench/programs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

void program_wait(pid_t pid, uint64_t began, struct spent *out)
{
	struct rusage use;
	int status;

	if (wait4(pid, &status, 0, &use) < 0)
		bench_fail("wait4");
	out->wall = (double)(bench_now() - began) / 1e9;
	out->cpu = seconds(&use.ru_utime) + seconds(&use.ru_stime);
	out->mib = (double)use.ru_maxrss / 1024;
	out->status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

pid_t program_start(const char *const *argv, int out)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid = fork();

	if (null < 0 || pid < 0)
		bench_fail("fork");
	if (pid == 0) {
		(void)dup2(null, 0);
		(void)dup2(out >= 0 ? out : null, 1);
		(void)dup2(null, 2);
		(void)setenv("LC_ALL", "C", 1);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(null);
	return pid;
}

struct spent program_run(const char *const *argv)
{
	struct spent spent = { 0 };
	uint64_t began = bench_now();
	static char bytes[1 << 16];
	int ends[2];
	pid_t pid;
	FILE *in;

	if (pipe2(ends, O_CLOEXEC) < 0)
		bench_fail("pipe");
	pid = program_start(argv, ends[1]);
	(void)close(ends[1]);
	in = fdopen(ends[0], "r");
	if (!in)
		bench_fail("pipe");
	if (fscanf(in, "%" SCNu64, &spent.number) != 1)
		spent.number = 0;
	while (fread(bytes, 1, sizeof(bytes), in) > 0)
		;
	(void)fclose(in);
	program_wait(pid, began, &spent);
	errno = 0;
	return spent;
}

bool program_is_there(const char *name)
{
	const char *argv[] = { name, "--version", NULL };

	return program_run(argv).status == 0;
}
