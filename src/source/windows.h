/*
 * windows.h - mapped windows of files, at most so many at once
 *
 * A file is mapped in windows of one length at multiples of it; the last one
 * ends where the file does. What is pinned stays mapped.
 *
 * Threads: any; one mutex, no system call under it.
 */
#ifndef SOURCE_WINDOWS_H
#define SOURCE_WINDOWS_H

#include "base/base.h"

struct error;
struct sys;
struct window;
struct windows;

/* `count` windows of `len` bytes (a multiple of 64 KiB). ERR_NOMEM. */
struct windows *windows_new(const struct sys *sys, size_t count, size_t len,
                            struct error *err) MUST_USE;
void windows_free(struct windows *all); /* nothing is pinned; NULL is allowed */
size_t windows_count(struct windows *all); /* mapped now */

/*
 * The window that holds `off` of the owner's file, which has `size` > off bytes
 * and is open as `fd`; of these, up to `len` from there on are wanted. NULL:
 * all windows are pinned, or the system does not map it. The owner is told from
 * others by its address only.
 */
struct window *windows_pin(struct windows *all, const void *owner, int fd,
                           uint64_t off, size_t len, uint64_t size) MUST_USE;

/* The byte at `off`, and how many there are from it on in the window. */
const unsigned char *window_at(const struct window *window, uint64_t off,
                               size_t *len);
/* With it the pages that it wanted leave our memory, not the system's. */
void windows_unpin(struct windows *all, struct window *window);

/* Unmap the owner's windows, none of which is pinned. */
void windows_drop(struct windows *all, const void *owner);

#endif
