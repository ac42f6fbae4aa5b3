/*
 * flush_log.h - the records of a flush: in the journal, or in memory
 *
 * Without a journal the same records are kept in memory: what fails while the
 * program lives is taken back as ever, and what a crash cuts short is not.
 *
 * Threads: as flush.h.
 */
#ifndef KEEP_FLUSH_LOG_H
#define KEEP_FLUSH_LOG_H

#include "base/base.h"
#include "base/error.h"
#include "keep/record.h"

struct error;
struct journal;
struct journal_part;

struct flush_log {
	struct journal *journal; /* borrowed; NULL: in memory */
	uint8_t *bytes;          /* owned, as all below */
	size_t len, cap;
	struct record_buffer record; /* of the journal, looked at last */
	struct error unkept; /* why its journal is no history, if it is not */
};

void flush_log_free(struct flush_log *log);

/* As the functions of journal.h; *off is where the payload is. ERR_LIMIT: it is
   too much for memory. */
bool flush_log_put(struct flush_log *log, uint16_t type,
                   const struct journal_part *parts, size_t count,
                   uint64_t *off, struct error *err) MUST_USE;
bool flush_log_number(struct flush_log *log, uint16_t type, uint32_t number,
                      struct error *err) MUST_USE;
bool flush_log_commit(struct flush_log *log, struct error *err) MUST_USE;
bool flush_log_sync(struct flush_log *log, struct error *err) MUST_USE;
void flush_log_cancel(struct flush_log *log);
uint32_t flush_log_group(const struct flush_log *log);

/* The record that begins at `off`, and its payload: borrowed until the next
   call. */
bool flush_log_look(struct flush_log *log, uint64_t off, struct record *record,
                    const uint8_t **payload, struct error *err) MUST_USE;

/* All was flushed, and nothing else waits. Fails only if the journal cannot be
   removed, either: log->unkept. */
bool flush_log_finish(struct flush_log *log, const struct record_file *files,
                      uint32_t count, struct error *err) MUST_USE;

#endif
