/*
 * source.h - bytes and states at offsets of one thing that can be opened
 *
 * A source is a file, a block device, memory, later an NBD export, an
 * evidence set. What it is when it is opened it stays (K3): the head of a
 * source is constant from then on, size and identity included. So bytes past
 * the end of a file that shrank are bad (past the end of the file), and bytes
 * that were appended are not there; whoever wants them opens the file anew, as
 * a second source, while views go on with the first.
 *
 * Threads: read, stretch, map and check may run in any number of threads at
 * once; free may not run beside any other call.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "base/base.h"
#include "source/identity.h"
#include "source/run.h"

struct error;
struct source;

/* For source_read and every read above it. */
enum {
	READ_NOWAIT = 1, /* what cannot be had at once comes back PENDING */
	READ_KEEP = 2,   /* keep what was read for READ_NOWAIT reads to come */
	READ_PLAIN = 4, /* runs need not say what is edited: which costs less */
};

enum {
	SOURCE_GROWS = 1,    /* bytes can be added */
	SOURCE_WRITABLE = 2, /* the user may write it */
	SOURCE_PRIVATE = 4,  /* nobody else can see it: memory, spooled stdin */
	SOURCE_DEVICE = 8,   /* a block device: written only when asked for */
};

/* What source_check() finds. Bits. */
enum {
	CHANGE_SIZE_LESS = 1, /* shorter than it was when opened */
	CHANGE_SIZE_MORE = 2,
	CHANGE_REPLACED = 4, /* another file has the name */
	CHANGE_GONE = 8,     /* no file has the name */
	CHANGE_BYTES = 16,   /* same size, other times: written to */
};

/* A stretch of one state, as far as the file system knows. */
struct stretch {
	enum state state; /* DATA, HOLE or BAD */
	uint64_t end;     /* offset of its end, <= the size */
};

/* What a kind of source implements; source.c checks the arguments. */
struct source_ops {
	bool (*read)(struct source *src, uint64_t off, void *buf, size_t len,
	             unsigned flags, struct runs *runs, struct error *err);
	struct stretch (*stretch)(struct source *src, uint64_t off);
	/* May be NULL: cannot be mapped. */
	const void *(*map)(struct source *src, uint64_t off, size_t *len,
	                   void **pin);
	void (*unmap)(struct source *src, void *pin);
	/* May be NULL: its bytes cannot be shared. */
	bool (*clone)(struct source *src, uint64_t off, uint64_t len, int to,
	              uint64_t to_off);
	unsigned (*check)(struct source *src); /* may be NULL: never changes */
	/* May be NULL: is never written. */
	void (*written)(struct source *src, const struct identity *id);
	uint64_t (*stamp)(const struct source *src); /* may be NULL: 0 */
	bool (*keep)(struct source *src, bool keep); /* may be NULL */
	void (*free)(struct source *src);
};

/* The head of every source; a kind puts it first in its own struct. Constant
   from the time that the source is opened. */
struct source {
	const struct source_ops *ops;
	uint64_t size;
	unsigned traits;    /* SOURCE_* */
	const char *kind;   /* "file", "device", "memory"; static */
	struct identity id; /* compared before edits are laid over it */
};

/*
 * Read len bytes at off into buf and append runs that cover exactly len bytes.
 * off + len <= size. A byte that cannot be read is a run, not a failure.
 * Blocks unless READ_NOWAIT. ERR_NOMEM: then the runs are as they were.
 */
bool source_read(struct source *src, uint64_t off, void *buf, size_t len,
                 unsigned flags, struct runs *runs, struct error *err) MUST_USE;

/* What lies at off < size and how far. Where the system does not know: DATA to
   the end; nor is all that is BAD said to be so: only what cannot be opened any
   more is, to the end. Blocks. */
struct stretch source_stretch(struct source *src, uint64_t off);

/*
 * A pointer to the bytes at off < size, for scans inside guard_call() only.
 * *len is how many were asked for (> 0) and becomes how many there are; 0 and
 * NULL when the source cannot be mapped there: use source_read(). Release with
 * source_unmap(). Holes and bytes past a new end are zeros in a map: clip with
 * source_stretch() and check before and after.
 */
const void *source_map(struct source *src, uint64_t off, size_t *len,
                       void **pin) MUST_USE;
void source_unmap(struct source *src, void *pin);

/* Let len bytes at to_off of an open file be those at off, which are DATA or
   HOLE, shared where the file system can. False: it cannot do it with these,
   and the file has anything there. Blocks. */
bool source_clone(struct source *src, uint64_t off, uint64_t len, int to,
                  uint64_t to_off) MUST_USE;

/* How the thing differs from what was opened: CHANGE_* bits, 0 for nothing. A
   stat; may block as long as one. */
unsigned source_check(struct source *src);

/* We have written the file, and this is what it is now; its size is the same.
   For a source that nobody else knows yet, but to read bytes of it that were
   not written. */
void source_written(struct source *src, const struct identity *id);

/* What the last check found, of any thread, as a number that is another one
   when the thing was changed again since. 0: there was none. */
uint64_t source_stamp(const struct source *src);

/* Keep what it is read from open, so that its bytes can be had whatever becomes
   of its name; or do so no longer than others. False: it cannot be opened now.
   May block as long as an open or a stat. */
bool source_keep(struct source *src, bool keep);

void source_free(struct source *src); /* NULL is allowed */

#endif
