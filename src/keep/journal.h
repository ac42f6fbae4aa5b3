/*
 * journal.h - the journal that a session writes
 *
 * One file from flush to flush. What is done is a group: changes, with the
 * bytes that they brought, or an undo of such. A group is written before the
 * screen shows what it does (K5); from then on a kill of the process loses
 * nothing. A sync, at most a second later and in another thread, makes it
 * durable: a power cut loses a second.
 *
 *	journal_new()                        no file is made
 *	journal_file(), journal_store(), journal_change() ..
 *	journal_commit()                     one write; the first makes the file
 *	journal_sync_due() .. journal_sync_run() .. journal_sync_end()
 *	journal_keep() or journal_finish() or journal_discard()
 *	journal_rest()                       if it is read for long
 *	journal_free()
 *
 * The payload of the journal is the store: journal_store() says at which offset
 * of the file the bytes are (or will be), and journal_read() reads them, at
 * once. Offsets stay what they are for the life of the journal.
 *
 * A call that fails leaves the journal as it was before the group that was
 * being built, and that group is gone. Its file has a valid prefix with all
 * groups that were committed, whatever fails.
 *
 * After a sync has failed the kernel may have forgotten what it did not write,
 * and a second sync would succeed. So all is written anew into another file,
 * from what was durable and from memory, and renamed over the first. While that
 * fails too, commits fail, and say so.
 *
 * Threads: the engine's, except for journal_read() and journal_sync_run().
 */
#ifndef KEEP_JOURNAL_H
#define KEEP_JOURNAL_H

#include "base/base.h"
#include "keep/record.h"

struct error;
struct folder;
struct job;
struct journal;

/* The folder is borrowed. ERR_NOMEM. */
struct journal *journal_new(const struct folder *folder,
                            struct error *err) MUST_USE;
/* What was committed stays on the disk. NULL is allowed. */
void journal_free(struct journal *journal);

/* The largest file that commits may make, but for those of journal_record();
   0: no limit. */
void journal_set_limit(struct journal *journal, uint64_t bytes);

/* The name in the folder, "" before the first commit. Borrowed. */
const char *journal_name(const struct journal *journal);
/* Its identity: RECORD_UUID bytes, none before the first commit. Borrowed. */
const uint8_t *journal_uuid(const struct journal *journal);
uint64_t journal_size(const struct journal *journal);
/* The number of the last group, 0 for none. */
uint32_t journal_group(const struct journal *journal);

/* --- building a group --------------------------------------------------------
   Each may fail with ERR_NOMEM, ERR_IO, ERR_LIMIT, and then the group is gone
   as by journal_cancel(). */

/* Name a document; its number for changes goes to *file. `file->file` is not
   read. If the group is not committed, the number is used again. */
bool journal_file(struct journal *journal, const struct record_file *file,
                  uint32_t *number, struct error *err) MUST_USE;

/* Put the first bytes of these into the store, as many as stand together: *took
   of them, at *off. Call it again for the rest. */
bool journal_store(struct journal *journal, const void *bytes, size_t len,
                   size_t *took, uint64_t *off, struct error *err) MUST_USE;

/* `pieces` are the removed ones, then the added ones. A change of very many
   pieces becomes several, which come to the same. */
bool journal_change(struct journal *journal, const struct record_change *change,
                    const struct record_piece *pieces,
                    struct error *err) MUST_USE;

/* A record whose payload is a number: UNDO or REDO of a step, RELEASED. */
bool journal_number(struct journal *journal, enum record_type type, uint32_t n,
                    struct error *err) MUST_USE;

/* A text about a group; 0 for the one being built. It is cut to fit. */
bool journal_note(struct journal *journal, uint32_t group, const char *text,
                  size_t len, struct error *err) MUST_USE;

/* A text about a group of another journal, cut likewise. */
bool journal_remark(struct journal *journal, const struct record_remark *remark,
                    struct error *err) MUST_USE;

/* The changes from here on are made by what is called so; "": nobody knows. It
   is cut to fit. */
bool journal_called(struct journal *journal, const char *what,
                    struct error *err) MUST_USE;

bool journal_samples(struct journal *journal, uint32_t file,
                     const struct record_sample *samples, uint32_t count,
                     struct error *err) MUST_USE;

/* A record of any type, its payload in parts: at most RECORD_MAX / 2 bytes. The
   payload will stand at *off of the file. */
struct journal_part {
	const void *bytes;
	size_t len;
};
bool journal_record(struct journal *journal, enum record_type type,
                    const struct journal_part *parts, size_t count,
                    uint64_t *off, struct error *err) MUST_USE;

/* Close and write the group. Its number goes to *group, which may be NULL. With
   `join` it is undone together with the changes before, which must not be an
   undo or redo. */
bool journal_commit(struct journal *journal, bool join, uint32_t *group,
                    struct error *err) MUST_USE;

/* Give up the group being built, if any. */
void journal_cancel(struct journal *journal);

/* If the last groups are bytes alone, which nothing is to refer to any more:
   cut them off, now or before something is written behind them. */
void journal_drop_bytes(struct journal *journal);
/* They are to stay: something that is not in the journal refers to them. */
void journal_keep_bytes(struct journal *journal);

/* --- adopting the changes of another journal ---------------------------------
   The groups between begin and end are those of documents `files` of the
   journal `uuid`. They count when end is committed, all or none; then
   recover_release() may be called for the other journal. */
bool journal_adopt_begin(struct journal *journal,
                         const uint8_t uuid[static RECORD_UUID],
                         const uint32_t *files, uint32_t count,
                         struct error *err) MUST_USE;
/* Also makes it durable. */
bool journal_adopt_end(struct journal *journal,
                       const uint8_t uuid[static RECORD_UUID],
                       struct error *err) MUST_USE;
/* Drop the groups since the begin. */
bool journal_adopt_cancel(struct journal *journal, struct error *err) MUST_USE;

/* --- the store ------------------------------------------------------------ */

/* Read len bytes that were put at `off`, committed or not. Any thread. Blocks.
   ERR_IO. */
bool journal_read(struct journal *journal, uint64_t off, void *buf, size_t len,
                  struct error *err) MUST_USE;

/* Nothing is written to it any more, but bytes of it may be wanted: where the
   file can be mapped it needs no descriptor from here on. It stays locked. */
void journal_rest(struct journal *journal);

/* The committed record at `off`: `buf` is set to its head and payload. Blocks.
   ERR_IO, ERR_NOMEM, ERR_CHANGED: the file is not what was written. */
bool journal_look(struct journal *journal, uint64_t off,
                  struct record_buffer *buf, struct record *record,
                  struct error *err) MUST_USE;

/* Give the changes of all groups that were committed, in their order; `pieces`
   as record_next_change() says. Not while a group is built. Fails as `take`
   does; ERR_IO, ERR_NOMEM, ERR_CHANGED: the file is not what was written.
   Blocks. */
typedef bool journal_take_change(void *ctx, const struct record_change *change,
                                 struct record_cursor *pieces,
                                 struct error *err);
bool journal_each_change(struct journal *journal, journal_take_change *take,
                         void *ctx, struct error *err) MUST_USE;

/* --- making it durable ---------------------------------------------------- */

/* The time (sys_now()) at which a sync is due, UINT64_MAX for never: 250 ms
   after the last commit, at most 1 s after the first that is not durable. */
uint64_t journal_sync_due(const struct journal *journal);

/* A job_run, or to be called: sync, in any thread. `arg` is the journal. */
void journal_sync_run(struct job *job, void *arg);

/* Take the outcome, in the engine's thread, once it has run. If the sync has
   failed the journal is written anew; fails when that fails too, and then the
   next call tries again. */
bool journal_sync_end(struct journal *journal, struct error *err) MUST_USE;

/* Both, at once. */
bool journal_sync(struct journal *journal, struct error *err) MUST_USE;

/* --- the end -------------------------------------------------------------- */

/* The changes are to wait for the next start. Makes it durable. */
bool journal_keep(struct journal *journal, struct error *err) MUST_USE;

/* All was flushed: `files` are the documents as they are now, with the numbers
   that journal_file() gave. The journal becomes history and is never written
   again; it can still be read. Makes it durable. May be called again when it
   has failed. */
bool journal_finish(struct journal *journal, const struct record_file *files,
                    uint32_t count, struct error *err) MUST_USE;

/* The same, `flushed` ns since the epoch; the group being built, if any, goes
   with it. */
bool journal_close(struct journal *journal, const struct record_file *files,
                   uint32_t count, int64_t flushed, struct error *err) MUST_USE;

/* Nothing in it is wanted: remove the file. */
bool journal_discard(struct journal *journal, struct error *err) MUST_USE;

/* For recover_release(): go on with a file at the end of what is valid. `fd` is
   locked, and taken over in success and failure. `last` is the last record, of
   a group that is closed; its type is 0 if there is none. */
struct journal *journal_resume(const struct folder *folder, const char *name,
                               int fd, const struct record_journal *head,
                               const struct record *last, uint64_t end,
                               uint32_t files, struct error *err) MUST_USE;

#ifdef TEST_HOOKS
/* Leave out parts of the protocol, to see that the simulator notices. Bits. */
enum {
	JOURNAL_BREAK_FOLDER_SYNC = 1, /* the new file's name */
	JOURNAL_BREAK_SYNC = 2,        /* nothing is made durable */
	JOURNAL_BREAK_GROUPS = 4,      /* every record closes its group */
	JOURNAL_BREAK_RETRY = 8,       /* sync again after a failure */
	JOURNAL_BREAK_NEW_SYNC = 16,   /* rename what is not durable */
	JOURNAL_BREAK_NEW_FOLDER = 32, /* the rename */
	JOURNAL_BREAK_MARK = 64,       /* `synced` runs ahead */
	JOURNAL_BREAK_CUT = 128,       /* leave what a failed write left */
	JOURNAL_BREAK_CUT_SYNC = 256,  /* cut durable records without a sync */
	JOURNAL_BREAK_TAIL = 512,      /* write anew from what may be lost */
	JOURNAL_BREAK_RESUME = 1024, /* go on behind a tail that was not cut */
	JOURNAL_BREAK_ADOPT = 2048,  /* release before it is durable */
};
void journal_break(unsigned bits);
#endif

#endif
