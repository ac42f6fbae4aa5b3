/*
 * guard.c - see guard.h
 *
 * A guard lives in the frame of guard_call(); the thread's guards form a chain,
 * innermost first. The handler looks for the innermost one whose range holds
 * the fault and jumps there. Making the handler map a substitute page would
 * spare the jump, but the page would stay after the file has grown back and
 * show zeros that no file has.
 *
 *   G1  every guard in a thread's chain is in a frame that is still active
 *   G2  the handler is entered and left without changing the signal mask, so
 *       that a jump out of it leaves SIGBUS unblocked for the next fault
 *
 * The mask is not saved by sigsetjmp(): that would be a system call for each
 * guard. ThreadSanitizer runs handlers with every signal blocked, so there it
 * has to be.
 *
 * This file has the only mutable data of its kind in src/: a handler is the
 * process's, whatever we do.
 */
#include "config.h"

#include "source/guard.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/sys.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
enum { SAVE_MASK = 1 };
#else
enum { SAVE_MASK = 0 };
#endif

struct guard {
	sigjmp_buf home;
	uintptr_t lo, hi; /* the guarded range */
	struct guard *up; /* borrowed: the guard around this one */
};

/* Initial-exec, because the first use of a lazily made variable allocates, and
   the first use may be in the handler. */
static __thread struct guard *innermost
	__attribute__((tls_model("initial-exec")));

static struct sigaction previous; /* written before any thread reads it */
static atomic_bool installed;

/* Let the signal do what it would have done without us. */
static void pass_on(int sig, siginfo_t *info, void *context)
{
	bool sent = info->si_code <= 0; /* by kill(), not by a fault */

	if (previous.sa_flags & SA_SIGINFO) {
		previous.sa_sigaction(sig, info, context);
		return;
	}
	if (previous.sa_handler == SIG_IGN && sent)
		return;
	if (previous.sa_handler != SIG_IGN && previous.sa_handler != SIG_DFL) {
		previous.sa_handler(sig);
		return;
	}
	/* A fault happens again when we return, and then ends the process. */
	(void)signal(sig, SIG_DFL);
	if (sent)
		(void)raise(sig);
}

static void on_bus(int sig, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr;

	for (struct guard *g = info->si_code > 0 ? innermost : NULL; g;
	     g = g->up) {
		if (at >= g->lo && at < g->hi)
			siglongjmp(g->home, 1);
	}
	pass_on(sig, info, context);
}

bool guard_install(struct error *err)
{
	struct sigaction action;

	if (atomic_load(&installed))
		return true;
	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_bus;
	action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK; /* G2 */
	sigemptyset(&action.sa_mask);
	/* EINVAL is all that sigaction() can say. */
	if (sigaction(SIGBUS, NULL, &previous) != 0 ||
	    sigaction(SIGBUS, &action, NULL) != 0)
		return error_sys(err, EINVAL, "cannot handle SIGBUS");
	atomic_store(&installed, true);
	return true;
}

bool guard_installed(void)
{
	return atomic_load(&installed);
}

/* Not inlined: the frame that sigsetjmp() returns to must be this one. */
__attribute__((noinline)) bool guard_call(const void *data, size_t len,
                                          void (*fn)(void *arg), void *arg)
{
	struct guard here;
	struct guard *volatile up = innermost;
	volatile bool whole = false;

	here.lo = (uintptr_t)data;
	here.hi = here.lo + len;
	here.up = up;
	if (sigsetjmp(here.home, SAVE_MASK) == 0) {
		innermost = &here;
		atomic_signal_fence(memory_order_seq_cst);
		fn(arg);
		atomic_signal_fence(memory_order_seq_cst);
		whole = true;
	}
	innermost = up;
	return whole;
}

struct copy {
	unsigned char *dst;
	const unsigned char *src;
	size_t len;
	size_t page;
	volatile size_t done; /* certain, whatever the handler interrupts */
};

/*
 * By pages: memcpy() may copy from both ends, so the address of a fault says
 * nothing of what was copied before it.
 */
static void copy_pages(void *arg)
{
	struct copy *c = arg;

	for (size_t at = 0; at < c->len;) {
		size_t in_page = ((uintptr_t)c->src + at) % c->page;
		size_t n = size_min(c->page - in_page, c->len - at);

		memcpy(c->dst + at, c->src + at, n);
		at += n;
		atomic_signal_fence(memory_order_seq_cst);
		c->done = at;
	}
}

size_t guard_copy(void *dst, const void *src, size_t len)
{
	struct copy c = {
		.dst = dst,
		.src = src,
		.len = len,
		.page = sys_page_size(),
	};

	(void)guard_call(src, len, copy_pages, &c);
	return c.done;
}
