/*
 * content.h - values: the bytes that a command writes
 *
 *	{de ad}   "text\n"   u32le:1,2   utf16le:"text"   zero   random
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_CONTENT_H
#define COMMAND_CONTENT_H

#include "base/base.h"
#include "edit/piece.h"

struct call;
struct context;
struct error;

enum content_kind {
	CONTENT_BYTES,
	CONTENT_ZERO,   /* as many zeros as are needed */
	CONTENT_RANDOM, /* as many random bytes as are needed */
};

struct content {
	enum content_kind kind;
	unsigned char *v; /* owned; of CONTENT_BYTES, at least one */
	size_t len, cap;
	size_t column; /* where it stands in the line */
};

/* The next argument of a call. *out is the caller's: content_free(). ERR_SYNTAX
   with a column, ERR_RANGE from an expression, ERR_NOMEM. */
bool content_read(struct context *ctx, struct call *call, struct content *out,
                  struct error *err) MUST_USE;
/* The same; {} and "" are values of no byte. */
bool content_read_empty(struct context *ctx, struct call *call,
                        struct content *out, struct error *err) MUST_USE;
/* As content_read(), of bytes whose number is known. */
bool content_bytes(struct context *ctx, struct call *call, struct content *out,
                   struct error *err) MUST_USE;
void content_free(struct content *content);

/* Put it into the store: `len` > 0 bytes, for which it is repeated. ERR_NOMEM,
   ERR_LIMIT: too long; ERR_IO: the system gives no random numbers. */
bool content_put(struct context *ctx, const struct content *content,
                 uint64_t len, struct piece *out, struct error *err) MUST_USE;

#endif
