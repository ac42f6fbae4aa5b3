/*
 * sink.c - see sink.h
 *
 * The signals are blocked while a write is under way. A file takes a write
 * whole; a pipe takes PIPE_BUF bytes at once or none, so to a pipe go pieces of
 * at most that many, ending at the end of a line where there is one, and the
 * wait for its reader is where signals come in. Behind a piece that did not end
 * a line the wait lets none in, and looks every now and then if one has come.
 */
#include "config.h"

#include "ui/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sys.h"

enum {
	LOOK_MS = 100,      /* between looks for a signal inside a line */
	PATIENCE_MS = 1000, /* for the rest of a line once a signal has come */
};

static const int ending[] = { SIGINT, SIGTERM, SIGHUP };

bool sink_guard(struct error *err)
{
	struct stat st;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fstat(fd, &st) == 0 || errno != EBADF)
			continue;
		/* The lowest free descriptor is this one. It is opened the
		   wrong way round, so that using it is an error still. */
		if (open("/dev/null",
		         fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return error_sys(err, errno, "/dev/null");
	}
	return true;
}

/* --- signals ------------------------------------------------------------- */

static sigset_t ending_set(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(ending); i++)
		sigaddset(&set, ending[i]);
	return set;
}

static void end(int number)
{
	(void)number;
	_exit(SINK_SIGNALLED);
}

void sink_catch(void)
{
	struct sigaction action = { .sa_handler = end };
	struct sigaction old;

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(ending); i++) {
		/* nohup and the shell's & ignore some of them. */
		if (sigaction(ending[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			(void)sigaction(ending[i], &action, NULL);
	}
}

static bool has_come(void)
{
	sigset_t set;

	if (sigpending(&set) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(ending); i++)
		if (sigismember(&set, ending[i]))
			return true;
	return false;
}

/* --- writing ------------------------------------------------------------- */

static bool is_file(void)
{
	struct stat st;

	return fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode);
}

/* How much to write at once: as much as a pipe takes whole, and to the end of
   a line if one ends in that. */
static size_t piece_of(const char *bytes, size_t len)
{
	const char *newline;

	if (len <= PIPE_BUF && bytes[len - 1] == '\n')
		return len;
	len = size_min(len, PIPE_BUF);
	newline = memrchr(bytes, '\n', len);
	return newline ? (size_t)(newline - bytes) + 1 : len;
}

/* Wait until standard output takes something. Between lines the signals of
   `outside` come in; inside one they wait, but not for ever. */
static void wait_ready(bool inside, const sigset_t *outside)
{
	struct pollfd fd = { .fd = STDOUT_FILENO, .events = POLLOUT };
	int left = PATIENCE_MS;

	if (!inside) {
		(void)ppoll(&fd, 1, NULL, outside);
		return;
	}
	while (left > 0 && poll(&fd, 1, LOOK_MS) == 0)
		if (has_come())
			left -= LOOK_MS;
	if (left <= 0)
		_exit(SINK_SIGNALLED);
}

/* Signals are blocked; `outside` is the mask there was. */
static bool write_all(const char *bytes, size_t len, const sigset_t *outside,
                      struct error *err)
{
	bool whole = is_file();
	size_t done = 0;

	while (done < len) {
		size_t n = len - done;
		int64_t got;

		if (!whole) {
			wait_ready(done > 0 && bytes[done - 1] != '\n',
			           outside);
			n = piece_of(bytes + done, n);
		}
		got = sys_real.write(STDOUT_FILENO, bytes + done, n);
		if (got < 0 && got != -EAGAIN)
			return error_sys(err, (int)-got, "standard output");
		done += got > 0 ? (size_t)got : 0;
	}
	return true;
}

bool sink_write(void *ctx, const char *bytes, size_t len, struct error *err)
{
	sigset_t set = ending_set(), outside;
	bool ok;

	(void)ctx;
	pthread_sigmask(SIG_BLOCK, &set, &outside);
	ok = write_all(bytes, len, &outside, err);
	pthread_sigmask(SIG_SETMASK, &outside, NULL);
	return ok;
}
