/*
 * format.h - bytes as text of many kinds
 *
 *	raw text dec c python base64 hex digits ihex srec
 *
 * What print, export and copy-as write. A format is given addressed bytes in
 * any portions and writes whole lines as soon as it has them.
 *
 * Threads: any; a formatter belongs to one thread.
 */
#ifndef COMMAND_FORMAT_H
#define COMMAND_FORMAT_H

#include "base/base.h"

struct error;
struct format;
struct output;

enum {
	FORMAT_BINARY = 1,  /* is no text: cannot be JSON */
	FORMAT_ADDRESS = 2, /* tells where each byte belongs */
	FORMAT_READ = 4,    /* there is a reader of it: reader.h */
	FORMAT_TEXT = 8,    /* what it writes of a byte depends on the next */
};

struct formatter {
	const struct format *format; /* borrowed, as the output */
	struct output *out;
	uint64_t count; /* bytes written */
	/* A line begun. */
	unsigned char line[64];
	size_t line_len;
	uint64_t line_addr;
	uint32_t upper; /* Intel HEX: the upper half of addresses now */
};

/* By name, NULL if there is none. */
const struct format *format_find(const char *name);
const char *format_name(const struct format *format);
unsigned format_flags(const struct format *format); /* FORMAT_* */

/* Can bytes at [start, end) be written so? ERR_RANGE. */
bool format_fits(const struct format *format, uint64_t start, uint64_t end,
                 struct error *err) MUST_USE;

/* What stands in front of all bytes, the bytes in order of their addresses, and
   what stands behind them. Failures are the output's. */
void format_begin(struct formatter *f, const struct format *format,
                  struct output *out);
void format_put(struct formatter *f, uint64_t addr, const unsigned char *bytes,
                size_t len);
void format_flush(struct formatter *f); /* the line begun, as it is */
void format_end(struct formatter *f);

/* Of FORMAT_TEXT: how many of these bytes are shown as they would be whatever
   follows them. Not 0 for 4 bytes or more. */
size_t format_whole(const unsigned char *text, size_t len);

#endif
