/*
 * record_bytes.h - putting bytes of payloads into buffers, and taking them out
 *
 * For those files alone that encode and decode payloads. What is taken is
 * there, or it is refused; what is put has its room reserved.
 *
 * Threads: any.
 */
#ifndef KEEP_RECORD_BYTES_H
#define KEEP_RECORD_BYTES_H

#include <assert.h>
#include <string.h>

#include "base/bytes.h"
#include "keep/record.h"

enum { VARINT_MAX = 9 }; /* bytes for 63 bits */

/* --- putting bytes into a buffer ------------------------------------------ */

/* Into room that was reserved. */
static inline void put(struct record_buffer *buf, const void *bytes, size_t len)
{
	assert(len <= buf->cap - buf->len);
	if (len)
		memcpy(buf->bytes + buf->len, bytes, len);
	buf->len += len;
}

static inline void put32(struct record_buffer *buf, uint32_t n)
{
	uint8_t bytes[4];

	store_le32(bytes, n);
	put(buf, bytes, sizeof(bytes));
}

static inline void put64(struct record_buffer *buf, uint64_t n)
{
	uint8_t bytes[8];

	store_le64(bytes, n);
	put(buf, bytes, sizeof(bytes));
}

/* As store_varint(), of what a journal may hold. */
static inline uint8_t *encode_varint(uint8_t *to, uint64_t n)
{
	assert(n <= INT64_MAX);
	return store_varint(to, n);
}

/* Where the next bytes go, for which there is room. */
static inline uint8_t *end_of(const struct record_buffer *buf)
{
	return buf->bytes + buf->len;
}

/* They have been put there, up to `end`. */
static inline void put_up_to(struct record_buffer *buf, const uint8_t *end)
{
	buf->len = (size_t)(end - buf->bytes);
	assert(buf->len <= buf->cap);
}

/* --- taking bytes from a cursor ------------------------------------------- */

static inline size_t left(const struct record_cursor *in)
{
	return (size_t)(in->end - in->at);
}

/* The next len bytes, or NULL. */
static inline const uint8_t *take(struct record_cursor *in, uint64_t len)
{
	const uint8_t *at = in->at;

	if (len > left(in))
		return NULL;
	in->at += len;
	return at;
}

static inline bool take32(struct record_cursor *in, uint32_t *n)
{
	const uint8_t *at = take(in, 4);

	if (at)
		*n = load_le32(at);
	return at != NULL;
}

/* Read the number at `at`; returns where it ends, or NULL. */
static inline const uint8_t *long_varint(const uint8_t *at, const uint8_t *end,
                                         uint64_t *n)
{
	uint64_t value = 0;

	for (unsigned shift = 0; at < end && shift < 7 * VARINT_MAX;
	     shift += 7) {
		uint64_t byte = *at++;

		value |= (byte & 127) << shift;
		if (byte < 128) {
			*n = value;
			return at;
		}
	}
	return NULL;
}

/* Most of them have one byte: all but the places in files. */
static inline const uint8_t *varint(const uint8_t *at, const uint8_t *end,
                                    uint64_t *n)
{
	if (at == end || *at > 127)
		return long_varint(at, end, n);
	*n = *at;
	return at + 1;
}

static inline bool take_varint(struct record_cursor *in, uint64_t *n)
{
	const uint8_t *at = varint(in->at, in->end, n);

	if (at)
		in->at = at;
	return at != NULL;
}

/* --- changes -------------------------------------------------------------- */

/* Is it a whole list of whole changes, and nothing else? */
bool record_changes_valid(const uint8_t *payload, size_t len);

#endif
