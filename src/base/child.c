/*
 * child.c - see child.h
 *
 * posix_spawn() and not fork(): other threads may hold locks. All our other
 * descriptors are closed on exec.
 */
#include "config.h"

#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"

enum {
	PATIENCE = 50, /* looks at whether it has ended before it is killed.. */
	LOOK_MS = 10,  /* .. so long after each other */
};

/* Three pipes: of each, [0] is to be read and [1] to be written. */
struct pipes {
	int in[2], out[2], err[2];
};

void child_close(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void close_both(int ends[2])
{
	child_close(&ends[0]);
	child_close(&ends[1]);
}

static bool open_pipes(struct pipes *p, struct error *err)
{
	*p = (struct pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 } };
	if (pipe2(p->in, O_CLOEXEC) == 0 && pipe2(p->out, O_CLOEXEC) == 0 &&
	    pipe2(p->err, O_CLOEXEC) == 0) {
		(void)fcntl(p->in[1], F_SETFL, O_NONBLOCK);
		(void)fcntl(p->out[0], F_SETFL, O_NONBLOCK);
		(void)fcntl(p->err[0], F_SETFL, O_NONBLOCK);
		return true;
	}
	return error_sys(err, errno, "no pipe to a program");
}

static void close_pipes(struct pipes *p)
{
	close_both(p->in);
	close_both(p->out);
	close_both(p->err);
}

/* All signals as they are by default, none blocked, and a session of its own:
   so there is no terminal to wait for. */
static int set_attributes(posix_spawnattr_t *attr)
{
	sigset_t none, all;
	int bad;

	sigemptyset(&none);
	sigfillset(&all);
	bad = posix_spawnattr_setsigmask(attr, &none);
	if (!bad)
		bad = posix_spawnattr_setsigdefault(attr, &all);
	if (!bad)
		bad = posix_spawnattr_setflags(attr,
		                               POSIX_SPAWN_SETSIGMASK |
		                                       POSIX_SPAWN_SETSIGDEF |
		                                       POSIX_SPAWN_SETSID);
	return bad;
}

static int set_files(posix_spawn_file_actions_t *files, const struct pipes *p)
{
	int bad = posix_spawn_file_actions_adddup2(files, p->in[0], 0);

	if (!bad)
		bad = posix_spawn_file_actions_adddup2(files, p->out[1], 1);
	if (!bad)
		bad = posix_spawn_file_actions_adddup2(files, p->err[1], 2);
	return bad;
}

/* 0 or an errno. */
static int spawn(const char *command, const struct pipes *p, pid_t *pid)
{
	char *const argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
		               (char *)(uintptr_t)command, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int bad = posix_spawnattr_init(&attr);

	if (bad)
		return bad;
	bad = posix_spawn_file_actions_init(&files);
	if (!bad) {
		bad = set_attributes(&attr);
		if (!bad)
			bad = set_files(&files, p);
		if (!bad)
			bad = posix_spawn(pid, "/bin/sh", &files, &attr, argv,
			                  environ);
		(void)posix_spawn_file_actions_destroy(&files);
	}
	(void)posix_spawnattr_destroy(&attr);
	return bad;
}

bool child_start(struct child *child, const char *command, struct error *err)
{
	struct pipes p;
	pid_t pid = -1;
	int bad;

	if (!open_pipes(&p, err)) {
		close_pipes(&p);
		return false;
	}
	bad = spawn(command, &p, &pid);
	if (bad) {
		close_pipes(&p);
		return error_sys(err, bad, "/bin/sh cannot be started");
	}
	child_close(&p.in[0]);
	child_close(&p.out[1]);
	child_close(&p.err[1]);
	*child = (struct child){ (int)pid, p.in[1], p.out[0], p.err[0] };
	return true;
}

unsigned child_poll(const struct child *child, unsigned what, int ms)
{
	struct pollfd fds[3] = {
		{ what & CHILD_IN ? child->in : -1, POLLOUT, 0 },
		{ what & CHILD_OUT ? child->out : -1, POLLIN, 0 },
		{ what & CHILD_ERR ? child->err : -1, POLLIN, 0 },
	};
	unsigned found = 0;

	if (poll(fds, 3, ms) <= 0)
		return 0;
	for (unsigned i = 0; i < 3; i++)
		if (fds[i].revents)
			found |= 1u << i;
	return found;
}

int64_t child_write(struct child *child, const void *bytes, size_t len)
{
	ssize_t n;

	do
		n = write(child->in, bytes, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int64_t child_read(int fd, void *buf, size_t len)
{
	ssize_t n;

	do
		n = read(fd, buf, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

bool child_ended(struct child *child, int *status)
{
	pid_t pid;

	if (child->pid <= 0)
		return true;
	do
		pid = waitpid(child->pid, status, WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid == 0)
		return false;
	child->pid = 0;
	return true;
}

static void wait_ms(long ms)
{
	const struct timespec time = { .tv_nsec = ms * 1000000 };

	(void)nanosleep(&time, NULL);
}

void child_stop(struct child *child)
{
	int status;

	child_close(&child->in);
	child_close(&child->out);
	child_close(&child->err);
	if (child_ended(child, &status))
		return;
	(void)kill(-child->pid, SIGTERM);
	for (int i = 0; i < PATIENCE; i++) {
		if (child_ended(child, &status))
			return;
		wait_ms(LOOK_MS);
	}
	(void)kill(-child->pid, SIGKILL);
	while (!child_ended(child, &status))
		wait_ms(LOOK_MS);
}

const char *child_wrong(int status, char dst[static 32])
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return NULL;
	if (WIFSIGNALED(status))
		snprintf(dst, 32, "signal %d", WTERMSIG(status));
	else
		snprintf(dst, 32, "status %d", WEXITSTATUS(status));
	return dst;
}
