/*
 * patch_file.h - patches: which bytes of files become which
 *
 * A patch is hunks: bytes at an offset of a file that others take the place of.
 * Three formats hold them, described in doc/formats.md:
 *
 *	hex   text to read and to review; old bytes, inserted and deleted ones
 *	json  JSON Lines with the same
 *	ips   IPS32: what other patchers read; new bytes only, of one file or of
 *	      the space, below 4 GiB. IPS, below 16 MiB, is read too
 *
 * Patches are written and read a hunk at a time. Of a file, or in an IPS patch,
 * hunks follow each other and do not overlap.
 *
 * Threads: any, one at a time. These block.
 */
#ifndef OPEN_PATCH_FILE_H
#define OPEN_PATCH_FILE_H

#include "base/base.h"
#include "open/namer.h"
#include "open/replace.h"

struct error;
struct sys;

enum patch_format {
	PATCH_HEX,
	PATCH_JSON,
	PATCH_IPS,
};

enum { PATCH_HUNK = 65536 }; /* bytes of a hunk, old or new ones, at most */

/* Where no record of an IPS32 patch may begin: it reads "EEOF". */
#define PATCH_IPS_END UINT64_C(0x45454f46)

struct patch_hunk {
	unsigned file; /* number of its file line; 0: the patch names none */
	uint64_t off;  /* in the file as it was before the patch */
	size_t old_len, new_len;
	const unsigned char
		*old; /* NULL: they had no value; in IPS not known */
	const unsigned char *new;
	int before; /* for IPS, at PATCH_IPS_END: the byte in front, or -1 */
};

/* The format that a name asks for: .json, .ips and .ips32, else hex. By its
   word: "hex", "json", "ips"; false if it is none. */
enum patch_format patch_format_of(const char *path);
bool patch_format_named(const char *word, enum patch_format *out);

struct patch_writer {
	struct replacement out;
	struct namer namer;
	enum patch_format format;
	unsigned files;
	uint64_t hunks;
};

/* Begin a new file at `path`, in the place of an old one (replace.h). ERR_IO,
   ERR_NOMEM; then there is nothing to cancel. */
bool patch_begin(struct patch_writer *w, const struct sys *sys,
                 const char *path, enum patch_format format,
                 struct error *err) MUST_USE;
/* Name the file at a path; *number is that of its hunks. An IPS patch has no
   names, and all hunks have number 0. */
bool patch_put_file(struct patch_writer *w, const char *path, unsigned *number,
                    struct error *err) MUST_USE;
/* ERR_LIMIT, ERR_STATE: the format cannot say it; ERR_IO, ERR_NOMEM. */
bool patch_put(struct patch_writer *w, const struct patch_hunk *hunk,
               struct error *err) MUST_USE;
/* These end it, in success and failure. */
bool patch_commit(struct patch_writer *w, struct error *err) MUST_USE;
void patch_cancel(struct patch_writer *w);

/* Who takes what is read; false ends it. */
struct patch_taker {
	/* What the format is: first. */
	bool (*begin)(void *ctx, enum patch_format format, struct error *err);
	/* The file that hunks of this number are in. */
	bool (*file)(void *ctx, unsigned number, const char *path,
	             struct error *err);
	bool (*hunk)(void *ctx, const struct patch_hunk *hunk,
	             struct error *err);
	void *ctx;
};

/*
 * Read the patch at `path`, whatever its format. ERR_SYNTAX with file and line,
 * or record; ERR_IO, ERR_NOMEM; what the taker says, with these in front.
 */
bool patch_read(const struct sys *sys, const char *path,
                const struct patch_taker *to, struct error *err) MUST_USE;

#endif
