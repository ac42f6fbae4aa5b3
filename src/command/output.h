/*
 * output.h - where results go: text for people, JSON Lines for programs
 *
 * Results are collected and handed to the sink in whole lines. A sink that
 * fails (a closed pipe, a full disk) is remembered; what is written after that
 * is dropped, and output_flush() reports it.
 *
 * Threads: the engine thread.
 */
#ifndef COMMAND_OUTPUT_H
#define COMMAND_OUTPUT_H

#include "base/base.h"
#include "base/error.h"
#include "space/space.h"

/* Takes len bytes; false and err when it cannot. */
typedef bool output_sink(void *ctx, const char *bytes, size_t len,
                         struct error *err);

struct output {
	bool json; /* JSON Lines instead of text */
	output_sink *sink;
	void *ctx;
	char *v; /* owned */
	size_t len, cap;
	bool comma; /* inside a JSON object: a key came before */
	bool failed;
	struct error err; /* if failed */
};

/* Without a sink what is put out is collected. */
void output_init(struct output *out, bool json, output_sink *sink, void *ctx);
void output_free(struct output *out);

/* Hand everything to the sink. False: the first failure since output_init(). */
bool output_flush(struct output *out, struct error *err) MUST_USE;
/* Has it failed? For loops that write much. Flushes when much has come. */
bool output_failed(struct output *out);

/* Nothing is said of a failure before output_flush(). */
void output_bytes(struct output *out, const void *bytes, size_t len);
void output_text(struct output *out, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A foreign string in its safe form, and bytes as such a string. */
void output_safe(struct output *out, const char *text);
void output_safe_bytes(struct output *out, const void *bytes, size_t len);

/* An object a line. Keys are ours. */
void json_begin(struct output *out);
void json_end(struct output *out);
void json_number(struct output *out, const char *key, uint64_t value);
void json_signed(struct output *out, const char *key, int64_t value);
/* "addr", and "at" with the same in hex: many programs read integers as
   doubles. */
void json_addr(struct output *out, uint64_t addr);
void json_no_addr(struct output *out); /* both null */
/* "segment" and the offsets there and in its file, "off" and "file_off": null
   in a gap. Behind the last byte of a segment also "side". */
void json_place(struct output *out, const struct space *sp, struct place place);
void json_bool(struct output *out, const char *key, bool value);
void json_null(struct output *out, const char *key);
/* Foreign text in its safe form; bytes that are not UTF-8 also come exactly, in
   hex, as KEY_hex. */
void json_text(struct output *out, const char *key, const char *text,
               size_t len);
void json_string(struct output *out, const char *key, const char *text);
/* Text of ours that is safe but for newlines and tabs. */
void json_lines(struct output *out, const char *key, const char *text,
                size_t len);
/* A value whose characters need no escape, given piecewise. */
void json_open_string(struct output *out, const char *key);
void json_close_string(struct output *out);

/* An error as an object line: {"error":..,"code":..,"command":..,..}. `where`
   is the script and line that the command stands in, "" for none. */
void json_error(struct output *out, const char *command, const char *where,
                const struct error *err);

#endif
