/*
 * manifest.h - files of digests, of ours and of other programs
 *
 * Read from front to back, a digest at a time, so that a list may be of any
 * length. The lines of these formats may stand in one file:
 *
 *	DIGEST  ALGORITHM  0xA,0xB      ours, below "hexspan-hashes 1"
 *	DIGEST  NAME                    sha256sum and its like; "*NAME" too
 *	ALGORITHM (NAME) = DIGEST       BSD, sha256sum --tag, openssl dgst
 *	A - B: DIGEST                   dcfldd; "Total (ALGORITHM): DIGEST"
 *	SIZE,DIGEST..,NAME              hashdeep, below its two lines
 *	.. NAME offset A-B              pieces, of md5deep -p and hashdeep -p
 *
 * Threads: a reading belongs to one thread at a time.
 */
#ifndef STUDY_MANIFEST_H
#define STUDY_MANIFEST_H

#include "base/base.h"
#include "open/reading.h"
#include "study/digest.h"

struct error;
struct sys;

#define MANIFEST_FIRST_LINE "hexspan-hashes 1"

enum { MANIFEST_DIGESTS = 8 }; /* of one line of hashdeep */

/* One digest of one part. */
struct manifest_entry {
	const struct algorithm *algorithm;
	unsigned char digest[DIGEST_MAX];
	const char *name;    /* of the file, until the next one; NULL: of the
	                        space */
	bool whole;          /* all of it, */
	uint64_t start, end; /* or these bytes of it */
	uint64_t skipped;    /* of these, had no value and were left out */
};

struct manifest {
	struct reading in;
	const struct algorithm *guess; /* that the file's own name says */
	bool is_ours, is_hashdeep;
	/* of the line in hand */
	struct manifest_entry entry;
	char *name; /* owned: what entry.name is */
	size_t name_cap;
	struct manifest_digest {
		const struct algorithm *algorithm;
		unsigned char bytes[DIGEST_MAX];
	} digests[MANIFEST_DIGESTS];
	size_t count, next; /* digests of the line, and given */
	/* hashdeep: what its columns are; NULL: something else */
	const struct algorithm *columns[MANIFEST_DIGESTS + 2];
	size_t column_count;
};

/* ERR_IO, ERR_SYNTAX, ERR_NOMEM: then there is nothing to end. */
bool manifest_begin(struct manifest *m, const struct sys *sys, const char *path,
                    struct error *err) MUST_USE;
/* *there: there is one more. ERR_SYNTAX: a line is none of these; the text
   names file and line. ERR_IO, ERR_NOMEM. */
bool manifest_next(struct manifest *m, struct manifest_entry *out, bool *there,
                   struct error *err) MUST_USE;
void manifest_end(struct manifest *m);

#endif
