/*
 * patch_impl.h - the formats of patch_file.h
 *
 * Threads: as there.
 */
#ifndef OPEN_PATCH_IMPL_H
#define OPEN_PATCH_IMPL_H

#include "base/base.h"
#include "open/patch_file.h"
#include "open/reading.h"

struct error;

/* Bytes of one side of a hunk on their way in. */
struct patch_bytes {
	unsigned char *v; /* owned, PATCH_HUNK */
	size_t len;
	bool unknown; /* they have no values */
};

struct patch_reader {
	struct reading in;
	const struct patch_taker *to;
	unsigned files;
	uint64_t *ends; /* owned: behind the last hunk of each file */
	size_t ends_cap;
	struct patch_bytes old, new;
	size_t line;      /* of the hunk that is given on; 0: the last one */
	uint64_t records; /* of IPS: the one that is read */
};

/* Append `count` equal bytes. ERR_SYNTAX: too many for a hunk. */
bool patch_append(struct patch_bytes *bytes, unsigned char byte, uint64_t count,
                  struct error *err) MUST_USE;

/* A file line; its path as it stands there. */
bool patch_take_file(struct patch_reader *r, uint64_t number, const char *name,
                     struct error *err) MUST_USE;
/* A hunk of old and new. ERR_SYNTAX: it lies before the end of the last one, or
   has no file. */
bool patch_take_hunk(struct patch_reader *r, uint64_t file, uint64_t off,
                     struct error *err) MUST_USE;

/* Put text into the file. Fails as replace_put(). */
bool patch_text(struct patch_writer *w, const char *text,
                struct error *err) MUST_USE;

/* The formats: write what patch_put() and patch_put_file() are given; read what
   follows the first line or bytes. ERR_SYNTAX, with the line or record. */
bool patch_hex_put(struct patch_writer *w, const struct patch_hunk *hunk,
                   struct error *err) MUST_USE;
bool patch_hex_read(struct patch_reader *r, struct error *err) MUST_USE;

bool patch_json_file(struct patch_writer *w, const char *name,
                     struct error *err) MUST_USE;
bool patch_json_put(struct patch_writer *w, const struct patch_hunk *hunk,
                    struct error *err) MUST_USE;
bool patch_json_read(struct patch_reader *r, struct error *err) MUST_USE;

bool patch_ips_put(struct patch_writer *w, const struct patch_hunk *hunk,
                   struct error *err) MUST_USE;
/* `width`: bytes of an offset, 3 or 4. */
bool patch_ips_read(struct patch_reader *r, unsigned width,
                    struct error *err) MUST_USE;

#endif
