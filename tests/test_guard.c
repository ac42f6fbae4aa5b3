/* test_guard.c - tests of src/source/guard.c */
#include "config.h"

#include "source/guard.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.h"
#include "tests/support.h"

enum { PAGES = 16 };

static struct error err;

/* A map of a file of PAGES pages of 0xab. */
struct mapped {
	unsigned char *p;
	size_t page, len;
	int fd;
};

static void fill(int fd, size_t len)
{
	unsigned char *bytes = malloc(len);

	ck_assert_ptr_nonnull(bytes);
	memset(bytes, 0xab, len);
	ck_assert_int_eq(pwrite(fd, bytes, len, 0), (ssize_t)len);
	free(bytes);
}

static struct mapped map_file(const char *name)
{
	char *path = scratch_file(name, "", 0);
	struct mapped m = { .page = sys_page_size() };

	m.len = PAGES * m.page;
	m.fd = open(path, O_RDWR);
	ck_assert_int_ge(m.fd, 0);
	fill(m.fd, m.len);
	m.p = mmap(NULL, m.len, PROT_READ, MAP_SHARED, m.fd, 0);
	ck_assert_ptr_ne(m.p, MAP_FAILED);
	free(path);
	return m;
}

static void cut(const struct mapped *m, size_t len)
{
	ck_assert_int_eq(ftruncate(m->fd, (off_t)len), 0);
}

static void unmap_file(struct mapped *m)
{
	munmap(m->p, m->len);
	close(m->fd);
}

static void setup(void)
{
	ck_assert(!guard_installed());
	must(guard_install(&err), &err);
	must(guard_install(&err), &err);
	ck_assert(guard_installed());
}

/* Every length, from an odd start, of a file of four pages and a half: what is
   copied ends where the page after the end begins, or where it was to end. */
START_TEST(a_copy_is_exact_to_a_page)
{
	struct mapped m = map_file("f");
	unsigned char *buf = malloc(m.len);

	cut(&m, 4 * m.page + m.page / 2);
	for (size_t from = 0; from < 7 * m.page; from += 1 + m.page / 3) {
		for (size_t len = 0; len < 6 * m.page; len += m.page / 5) {
			size_t there =
				from < 5 * m.page ? 5 * m.page - from : 0;
			size_t want = size_min(there, len);
			size_t written = 0;

			memset(buf, 0xcc, m.len);
			ck_assert_uint_eq(guard_copy(buf, m.p + from, len),
			                  want);
			ck_assert_mem_eq(buf, m.p + from, want);
			for (size_t i = want; i < m.len; i++)
				written += buf[i] != 0xcc;
			ck_assert_uint_eq(written, 0);
		}
	}
	free(buf);
	unmap_file(&m);
}
END_TEST

struct sum {
	const volatile unsigned char *p;
	size_t len;
	unsigned long sum;
};

static void add_up(void *arg)
{
	struct sum *s = arg;

	for (size_t i = 0; i < s->len; i++)
		s->sum += s->p[i];
}

START_TEST(a_call_says_whether_it_was_left)
{
	struct mapped m = map_file("f");
	struct sum s = { m.p, m.len, 0 };

	ck_assert(guard_call(m.p, m.len, add_up, &s));
	ck_assert_uint_eq(s.sum, 0xab * m.len);
	cut(&m, m.page);
	for (int i = 0; i < 3; i++) /* the signal is not left blocked */
		ck_assert(!guard_call(m.p, m.len, add_up, &s));
	fill(m.fd, m.len);
	s.sum = 0;
	ck_assert(guard_call(m.p, m.len, add_up, &s));
	ck_assert_uint_eq(s.sum, 0xab * m.len);
	unmap_file(&m);
}
END_TEST

/* An inner call over its own range, then a byte of the outer's. */
struct nested {
	const unsigned char *inner, *outer;
	size_t len;
	bool inner_whole, came_back;
	unsigned char byte;
};

static void touch(void *arg)
{
	struct nested *n = arg;

	n->byte = *(const volatile unsigned char *)n->outer;
}

static void inner_then_outer(void *arg)
{
	struct nested *n = arg;
	struct sum s = { n->inner, n->len, 0 };

	n->inner_whole = guard_call(n->inner, n->len, add_up, &s);
	n->came_back = true;
	touch(n);
}

static void inner_touches_outer(void *arg)
{
	struct nested *n = arg;

	(void)guard_call(n->inner, n->len, touch, n);
	n->came_back = true;
}

START_TEST(guards_in_guards)
{
	struct mapped a = map_file("a");
	struct mapped b = map_file("b");
	struct nested n = { a.p, b.p, a.len, true, false, 0 };

	cut(&a, 0);
	ck_assert(guard_call(b.p, b.len, inner_then_outer, &n));
	ck_assert(!n.inner_whole);
	ck_assert(n.came_back);
	ck_assert_uint_eq(n.byte, 0xab);
	cut(&b, 0); /* after the inner one has gone, the outer one catches */
	n.came_back = false;
	ck_assert(!guard_call(b.p, b.len, inner_then_outer, &n));
	ck_assert(n.came_back);
	/* a fault in the outer one's range leaves both */
	n.came_back = false;
	ck_assert(!guard_call(b.p, b.len, inner_touches_outer, &n));
	ck_assert(!n.came_back);
	/* and nothing is left of either */
	fill(a.fd, a.len);
	fill(b.fd, b.len);
	ck_assert(guard_call(b.p, b.len, inner_then_outer, &n));
	ck_assert(n.inner_whole);
	unmap_file(&a);
	unmap_file(&b);
}
END_TEST

/* How a child ends that runs fn: its signal, or minus its exit status. */
static int end_of(void (*fn)(void *arg), void *arg)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		close(STDERR_FILENO); /* a sanitizer would say a lot */
		fn(arg);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void fault_unguarded(void *arg)
{
	touch(arg);
}

static void fault_outside(void *arg)
{
	struct nested *n = arg;

	(void)guard_call(n->inner, n->len, touch, n);
}

static void kill_in_guard(void *arg)
{
	(void)arg;
	(void)kill(getpid(), SIGBUS);
}

static void killed(void *arg)
{
	struct nested *n = arg;

	(void)guard_call(n->inner, n->len, kill_in_guard, n);
}

/* A signal that is not ours does what it would have done. A sanitizer that
   handles SIGBUS makes a report of it and exits. */
START_TEST(what_is_not_ours_kills)
{
	struct mapped a = map_file("a");
	struct mapped b = map_file("b");
	struct nested n = { a.p, b.p, a.len, true, false, 0 };
	void (*const fns[])(void *) = { fault_unguarded, fault_outside,
		                        killed };

	/* A guard that has been left guards nothing any more. */
	ck_assert(guard_call(b.p, b.len, touch, &n));
	cut(&b, 0);
	for (size_t i = 0; i < ARRAY_LEN(fns); i++) {
		int end = end_of(fns[i], &n);

#ifdef SANITIZED
		ck_assert_int_ne(end, 0);
#else
		ck_assert_int_eq(end, SIGBUS);
#endif
	}
	unmap_file(&a);
	unmap_file(&b);
}
END_TEST

static void exit_7(int sig)
{
	(void)sig;
	_exit(7);
}

static void exit_8(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	_exit(info->si_code > 0 ? 8 : 9);
}

static void handle(void (*handler)(int),
                   void (*action)(int, siginfo_t *, void *))
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	if (action) {
		sa.sa_flags = SA_SIGINFO;
		sa.sa_sigaction = action;
	} else {
		sa.sa_handler = handler;
	}
	ck_assert_int_eq(sigaction(SIGBUS, &sa, NULL), 0);
}

/* The handler that was there before is asked. Here no guard is installed at the
   start; each row sets a handler, installs ours, and ends in a child. */
static const struct {
	void (*handler)(int);
	void (*action)(int, siginfo_t *, void *);
	int fault, sent; /* how each of the two signals ends the child */
} befores[] = {
	{ SIG_DFL, NULL, SIGBUS, SIGBUS },
	{ SIG_IGN, NULL, SIGBUS, 0 }, /* a fault cannot be ignored */
	{ exit_7, NULL, -7, -7 },
	{ NULL, exit_8, -8, -9 },
};

START_TEST(the_handler_before_ours)
{
	struct mapped a = map_file("a");
	struct mapped b = map_file("b");
	struct nested n = { a.p, b.p, a.len, true, false, 0 };

	cut(&b, 0);
	handle(befores[_i].handler, befores[_i].action);
	must(guard_install(&err), &err);
	ck_assert_int_eq(end_of(fault_outside, &n), befores[_i].fault);
	ck_assert_int_eq(end_of(killed, &n), befores[_i].sent);
	unmap_file(&a);
	unmap_file(&b);
}
END_TEST

/* Readers copy while the file is cut and filled: a byte is what was written, or
   the zero of a page that has come back. */
struct storm {
	const struct mapped *m;
	atomic_bool *stop;
	uint64_t random;
	unsigned long caught, wrong;
};

static void storm_copy(struct storm *s, unsigned char *buf)
{
	size_t from = (size_t)random_below(&s->random, s->m->len);
	size_t len = 1 + (size_t)random_below(&s->random, s->m->len - from);
	size_t got;

	memset(buf, 0xcc, len);
	got = guard_copy(buf, s->m->p + from, len);
	if (got < len)
		s->caught++;
	for (size_t i = 0; i < got; i++)
		s->wrong += buf[i] != 0xab && buf[i] != 0;
	for (size_t i = got + s->m->page; i < len; i++)
		s->wrong += buf[i] != 0xcc;
}

static void *storm_reader(void *arg)
{
	struct storm *s = arg;
	unsigned char *buf = malloc(s->m->len);

	while (buf && !atomic_load(s->stop))
		storm_copy(s, buf);
	free(buf);
	return NULL;
}

START_TEST(a_storm_of_truncations)
{
	struct mapped m = map_file("f");
	atomic_bool stop = false;
	uint64_t random = random_seed();
	struct storm s[3];
	pthread_t threads[3];

	for (size_t i = 0; i < ARRAY_LEN(s); i++) {
		s[i] = (struct storm){ &m, &stop, random_u64(&random), 0, 0 };
		ck_assert_int_eq(pthread_create(&threads[i], NULL, storm_reader,
		                                &s[i]),
		                 0);
	}
	for (size_t i = cases(300); i > 0; i--) {
		cut(&m, (size_t)random_below(&random, m.len));
		if (random_below(&random, 2))
			cut(&m, m.len);
		fill(m.fd, m.len);
	}
	atomic_store(&stop, true);
	for (size_t i = 0; i < ARRAY_LEN(s); i++) {
		pthread_join(threads[i], NULL);
		ck_assert_uint_eq(s[i].wrong, 0);
	}
	unmap_file(&m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("guard");
	TCase *tc = tcase_create("installed");
	TCase *before = tcase_create("before");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_copy_is_exact_to_a_page);
	tcase_add_test(tc, a_call_says_whether_it_was_left);
	tcase_add_test(tc, guards_in_guards);
	tcase_add_test(tc, what_is_not_ours_kills);
	tcase_add_test(tc, a_storm_of_truncations);
	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	tcase_add_loop_test(before, the_handler_before_ours, 0,
	                    ARRAY_LEN(befores));
	suite_add_tcase(s, before);
	return run_suite(s);
}
