/*
 * reader.h - bytes out of text of many kinds
 *
 * The other way of format.h, for files that anybody has written: nothing in
 * them is believed. Text is given in any portions; bytes come out with their
 * addresses, those of formats without addresses counted from 0.
 *
 *	hex     lines of xxd, of hexdump -C, or pairs of digits alone
 *	c       the numbers in the first { } of C source
 *	python  all b"" literals
 *	base64  RFC 4648, with padding
 *	ihex    Intel HEX, record types 00 to 05
 *	srec    Motorola S-records
 *
 * Checksums, counts and ends are verified. Errors name the line.
 *
 * Threads: any; a reader belongs to one thread.
 */
#ifndef COMMAND_READER_H
#define COMMAND_READER_H

#include "base/base.h"

struct error;
struct format;
struct reader;

/* Is given some bytes, at most READER_BYTES. */
typedef bool reader_take(void *arg, uint64_t addr, const unsigned char *bytes,
                         size_t len, struct error *err);

enum { READER_BYTES = 4096 };

/* For a format with FORMAT_READ that is text. ERR_NOMEM. */
struct reader *reader_new(const struct format *format, reader_take *take,
                          void *arg, struct error *err) MUST_USE;
void reader_free(struct reader *reader); /* NULL is allowed */

/* The next bytes of the text. ERR_SYNTAX: "line 3: ..", or what take says. */
bool reader_put(struct reader *reader, const char *text, size_t len,
                struct error *err) MUST_USE;
/* All of it was given. ERR_SYNTAX: it is not whole. */
bool reader_end(struct reader *reader, struct error *err) MUST_USE;

#endif
