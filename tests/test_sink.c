/*
 * test_sink.c - tests of ui/sink.c
 *
 * A child writes lines to a pipe for ever. The parent sends it a signal, takes
 * what it wrote, and looks whether the last line is whole. Nothing is timed:
 * children end by themselves, or the test hangs.
 */
#include "config.h"

#include "ui/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/support.h"

enum { CHUNK = 300000 };

static struct error err;
static char chunk[CHUNK];

/* Lines of len bytes each, the newline included; how many bytes of them. */
static size_t fill(size_t len)
{
	size_t total = CHUNK / len * len;

	memset(chunk, 'x', total);
	for (size_t i = len; i <= total; i += len)
		chunk[i - 1] = '\n';
	return total;
}

/* A child whose standard output is a pipe; *out is its other end. */
static pid_t start(void (*run)(size_t), size_t argument, int *out)
{
	int fds[2];
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)signal(SIGPIPE, SIG_IGN);
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		run(argument);
		_exit(99);
	}
	close(fds[1]);
	*out = fds[0];
	return pid;
}

static int status_of(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void write_for_ever(size_t line)
{
	size_t len = fill(line);

	sink_catch();
	while (sink_write(NULL, chunk, len, &err))
		;
	_exit(98);
}

/* Read exactly n bytes, or to the end. */
static size_t take(int fd, char *dst, size_t n)
{
	size_t done = 0;
	ssize_t got;

	while (done < n && (got = read(fd, dst + done, n - done)) > 0)
		done += (size_t)got;
	return done;
}

/* How many lines of this length end as they should. */
static size_t newlines(const char *text, size_t len, size_t line)
{
	size_t n = 0;

	for (size_t i = line; i <= len; i += line)
		n += text[i - 1] == '\n';
	return n;
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
static const size_t line_lengths[] = {
	1, 80, PIPE_BUF - 1, PIPE_BUF, PIPE_BUF + 1, 65536, 140000,
};

/* Whatever has been read by then, what comes after ends with a line. */
START_TEST(a_signal_leaves_whole_lines)
{
	size_t line = line_lengths[_i];
	uint64_t random = random_seed();
	char *text = malloc(1 << 22);

	for (size_t n = 0; n < 12; n++) {
		int out;
		pid_t pid = start(write_for_ever, line, &out);
		size_t len = take(out, text,
		                  (size_t)random_below(&random, 1 << 20) + 1);

		kill(pid, signals[n % ARRAY_LEN(signals)]);
		len += take(out, text + len, (1 << 22) - len);
		close(out);
		ck_assert_int_eq(status_of(pid), SINK_SIGNALLED);
		ck_assert_uint_eq(len % line, 0);
		ck_assert_uint_eq(newlines(text, len, line), len / line);
	}
	free(text);
}
END_TEST

/* Between writes it ends at once; so it does where the reader has stopped
   between lines. Within a line it gives up after a while. */
static void wait_for_ever(size_t ignored)
{
	(void)ignored;
	sink_catch();
	must(sink_write(NULL, "ready\n", 6, &err), &err);
	for (;;)
		pause();
}

START_TEST(a_signal_between_writes)
{
	char text[16];
	int out;
	pid_t pid = start(wait_for_ever, 0, &out);

	ck_assert_uint_eq(take(out, text, 6), 6);
	kill(pid, signals[_i]);
	ck_assert_int_eq(status_of(pid), SINK_SIGNALLED);
	ck_assert_uint_eq(take(out, text, 6), 0);
	close(out);
}
END_TEST

START_TEST(a_reader_that_has_stopped)
{
	char text[16];
	int out;
	pid_t pid = start(write_for_ever, _i ? 140000 : 80, &out);

	ck_assert_uint_eq(take(out, text, 10), 10);
	kill(pid, SIGTERM);
	ck_assert_int_eq(status_of(pid), SINK_SIGNALLED);
	close(out);
}
END_TEST

/* Signals that were ignored when it began, by nohup say, still are. */
static void ignore_hangup(size_t ignored)
{
	(void)ignored;
	(void)signal(SIGHUP, SIG_IGN);
	sink_catch();
	(void)raise(SIGHUP);
	must(sink_write(NULL, "here\n", 5, &err), &err);
	(void)raise(SIGHUP);
	_exit(7);
}

START_TEST(what_is_ignored_stays_ignored)
{
	int out;
	pid_t pid = start(ignore_hangup, 0, &out);

	ck_assert_int_eq(status_of(pid), 7);
	close(out);
}
END_TEST

/* --- what cannot be written ---------------------------------------------- */

static void write_once(size_t line)
{
	size_t len = fill(line);

	if (sink_write(NULL, chunk, len, &err))
		_exit(0);
	if (err.code != ERR_IO || strncmp(err.text, "standard output: ", 17))
		_exit(1);
	_exit(err.sys);
}

START_TEST(a_closed_pipe)
{
	int out;
	pid_t pid = start(write_once, line_lengths[_i], &out);

	close(out);
	ck_assert_int_eq(status_of(pid), EPIPE);
}
END_TEST

static void write_to_full(size_t line)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	dup2(fd, STDOUT_FILENO);
	write_once(line);
}

START_TEST(a_full_device)
{
	int out;
	pid_t pid = start(write_to_full, 80, &out);

	ck_assert_int_eq(status_of(pid), ENOSPC);
	close(out);
}
END_TEST

/* A pipe that does not block is waited for all the same. */
static void write_nonblocking(size_t line)
{
	(void)fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
	write_once(line);
}

START_TEST(a_pipe_that_does_not_block)
{
	char *text = malloc(CHUNK + 1);
	int out;
	pid_t pid = start(write_nonblocking, 80, &out);

	ck_assert_uint_eq(take(out, text, CHUNK + 1), CHUNK / 80 * 80);
	ck_assert_int_eq(status_of(pid), 0);
	free(text);
	close(out);
}
END_TEST

static void write_to_file(size_t line)
{
	int fd = open("out", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	dup2(fd, STDOUT_FILENO);
	write_once(line);
}

START_TEST(a_file)
{
	char *text = malloc(CHUNK + 1);
	int out, fd;
	pid_t pid;

	ck_assert_int_eq(chdir(scratch()), 0);
	pid = start(write_to_file, 140000, &out);
	ck_assert_int_eq(status_of(pid), 0);
	close(out);
	fd = open("out", O_RDONLY | O_CLOEXEC);
	ck_assert_uint_eq(take(fd, text, CHUNK + 1), 280000);
	fill(140000);
	ck_assert_int_eq(memcmp(text, chunk, 280000), 0);
	close(fd);
	free(text);
}
END_TEST

/* --- closed descriptors -------------------------------------------------- */

/* `closed`: a bit for each of the three. */
static void guard(size_t closed)
{
	int fd, fds[2];

	for (int i = 0; i < 3; i++)
		if (closed & 1u << i)
			close(i);
	if (!sink_guard(&err))
		_exit(1);
	/* What is opened now is none of the three. */
	if (pipe(fds) < 0 || fds[0] < 3 || fds[1] < 3)
		_exit(2);
	fd = open(".", O_RDONLY | O_CLOEXEC);
	if (fd < 3)
		_exit(3);
	for (int i = 0; i < 3; i++) {
		char byte = 0;
		ssize_t n = i == 0 ? read(i, &byte, 0) : write(i, &byte, 0);

		/* It cannot be used, and says so. */
		if ((closed & 1u << i) && (n >= 0 || errno != EBADF))
			_exit(4);
	}
	_exit(0);
}

START_TEST(closed_descriptors_are_taken)
{
	int out;
	pid_t pid = start(guard, (size_t)_i, &out);

	ck_assert_int_eq(status_of(pid), 0);
	close(out);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sink");
	TCase *tc = tcase_create("sink");

	tcase_add_loop_test(tc, a_signal_leaves_whole_lines, 0,
	                    ARRAY_LEN(line_lengths));
	tcase_add_loop_test(tc, a_signal_between_writes, 0, ARRAY_LEN(signals));
	tcase_add_loop_test(tc, a_reader_that_has_stopped, 0, 2);
	tcase_add_test(tc, what_is_ignored_stays_ignored);
	tcase_add_loop_test(tc, a_closed_pipe, 0, ARRAY_LEN(line_lengths));
	tcase_add_test(tc, a_full_device);
	tcase_add_test(tc, a_pipe_that_does_not_block);
	tcase_add_test(tc, a_file);
	tcase_add_loop_test(tc, closed_descriptors_are_taken, 0, 8);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
