/*
 * flush_olds.h - are the bytes under the edits still what they were?
 *
 * Times and sizes do not say it: who writes through a map, or below the file
 * system, may leave them as they are. The journal knows of each change what it
 * removed from the file.
 *
 * Threads: as flush.h.
 */
#ifndef KEEP_FLUSH_OLDS_H
#define KEEP_FLUSH_OLDS_H

#include "base/base.h"
#include "keep/journal.h"

struct error;
struct job;
struct source;

struct flush_olds {
	struct source *src;      /* borrowed: the file as it is now */
	const uint32_t *numbers; /* borrowed: those of the document in the
	                            journal */
	size_t count;

	/* What was found, in bytes of the file. */
	uint64_t differ;  /* others now */
	uint64_t unknown; /* the journal does not know what they were */
};

/*
 * Compare all that changes of these documents have removed from their files, in
 * one pass over the journal. What was changed and changed back counts, too:
 * that nothing differs says it all, that something does asks for a closer look.
 * Takes the memory of a million changes at most. ERR_NOMEM, ERR_IO, ERR_CHANGED
 * (the journal), ERR_CANCELLED.
 */
bool flush_olds(struct journal *journal, struct flush_olds *files, size_t count,
                struct job *job, struct error *err) MUST_USE;

#endif
