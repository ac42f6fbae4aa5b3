/*
 * guard.h - reading mapped files without dying of SIGBUS
 *
 * A page of a mapped file that is past its end or cannot be read raises SIGBUS.
 * guard_call() runs a function over a mapped range and survives that: it
 * returns false, and the function's work is void. The function may be left at
 * any instruction that touches the range, so it takes no lock and allocates
 * nothing.
 *
 * Threads: any, once guard_install() ran before the first of them started. A
 * thread must not block SIGBUS.
 */
#ifndef SOURCE_GUARD_H
#define SOURCE_GUARD_H

#include "base/base.h"

struct error;

/*
 * Install the SIGBUS handler of the process. A fault outside a guarded range,
 * or a signal sent by kill(), goes on to the handler that was there before,
 * or ends the process as if none were installed. hexspan's main calls it; the
 * library does so only when its host asks. ERR_IO.
 */
bool guard_install(struct error *err) MUST_USE;

/* Was it installed? Maps are used only then. */
bool guard_installed(void);

/* Run fn(arg), which reads [data, data + len). False: a fault in that range. */
bool guard_call(const void *data, size_t len, void (*fn)(void *arg), void *arg);

/* Copy; returns how many bytes are certain, from the start. Exact to a page. */
size_t guard_copy(void *dst, const void *src, size_t len);

#endif
