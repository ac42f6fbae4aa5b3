/*
 * incoming.h - bytes on their way from a job into the space
 *
 * A job brings addressed bytes; the engine thread puts them into the store as
 * they come, so that memory stays bounded, and makes one edit of them in the
 * end. Nothing is edited before, or if the space has changed meanwhile.
 *
 *	job:    incoming_put() .. incoming_put() .. incoming_flush()
 *	owner:  incoming_take() while it runs, then incoming_end() and
 *		incoming_replace() or incoming_lay()
 *
 * Threads: (job) is for the job's function, the rest for the engine thread.
 */
#ifndef COMMAND_INCOMING_H
#define COMMAND_INCOMING_H

#include "base/base.h"
#include "edit/piece.h"
#include "space/space.h"

struct channel;
struct context;
struct error;
struct job;
struct session;

struct incoming_chunk; /* bytes that follow each other */

/* Bytes that lie together. */
struct incoming_part {
	uint64_t addr;
	struct piece piece;
};

struct incoming {
	struct channel *channel;     /* owned */
	struct incoming_chunk *sent; /* owned: filled by the job */
	struct incoming_chunk *got;  /* owned: taken by the owner */
	uint64_t generation;         /* of the session at the begin */
	struct incoming_part *parts; /* owned */
	size_t count, cap;
	uint64_t zero_addr, zero_len; /* zeros that have come, not put yet */
	struct session *session;      /* borrowed */
	uint64_t puts; /* session_puts() behind its last ones; 0: none */
};

/* ERR_NOMEM. */
bool incoming_begin(struct incoming *in, const struct context *ctx,
                    struct error *err) MUST_USE;
/* When no job uses it. What was not edited is not kept anywhere. */
void incoming_free(struct incoming *in);

/* Bring bytes, and the last of them. ERR_CANCELLED. (job) */
bool incoming_put(struct incoming *in, struct job *job, uint64_t addr,
                  const unsigned char *bytes, size_t len,
                  struct error *err) MUST_USE;
bool incoming_flush(struct incoming *in, struct job *job,
                    struct error *err) MUST_USE;

/* Take what there is. ERR_NOMEM, ERR_LIMIT. */
bool incoming_take(struct incoming *in, struct context *ctx,
                   struct error *err) MUST_USE;

/* The job has ended: take the rest. The parts are in the order of their
   addresses then. ERR_SYNTAX: two bytes for one address; as incoming_take(). */
bool incoming_end(struct incoming *in, struct context *ctx,
                  struct error *err) MUST_USE;
/* How many bytes there are. */
uint64_t incoming_len(const struct incoming *in);

/*
 * Let them take the place of `removed` bytes at `at`, whatever their addresses:
 * for what lies together. Or lay them over what is at their addresses + shift,
 * modulo 2^64. One edit. ERR_CHANGED: the space is another one by now; as
 * session_edit().
 */
bool incoming_replace(struct incoming *in, struct context *ctx, struct place at,
                      uint64_t removed, unsigned flags,
                      struct error *err) MUST_USE;
bool incoming_lay(struct incoming *in, struct context *ctx, uint64_t shift,
                  unsigned flags, struct error *err) MUST_USE;

#endif
