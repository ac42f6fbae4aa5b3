/*
 * keeper.h - the groups of a session on their way into the journal
 *
 * The group in hand of the edits is written before it is committed (K5), with
 * the bytes that it brings and, as far as they are not too many, the bytes of
 * the files that it removes: these say later whether a file is still the one
 * that was edited. Undo and redo are written as what they are.
 *
 * No folder is opened, and no file made, before the first group. Documents that
 * nobody else can see (memory, standard input) are left out.
 *
 * Threads: the engine's; keeper_sync_run() any.
 */
#ifndef KEEP_KEEPER_H
#define KEEP_KEEPER_H

#include "base/base.h"

struct documents;
struct edits;
struct error;
struct document;
struct folder;
struct job;
struct journal;
struct keeper;
struct pieces;
struct record_remark;
struct record_sample;
struct recover;
struct shelf_places;
struct store_image;
struct sys;

/* The places are copied, the rest is borrowed. ERR_NOMEM. */
struct keeper *keeper_new(const struct sys *sys,
                          const struct shelf_places *places,
                          const struct edits *edits,
                          const struct documents *docs,
                          struct error *err) MUST_USE;
/* What was written stays. NULL is allowed. */
void keeper_free(struct keeper *keeper);

/* The most bytes that edits may fill of a journal; 0: no limit (which is how it
   begins). More are refused with ERR_LIMIT. */
void keeper_set_limit(struct keeper *keeper, uint64_t bytes);
/* The most bytes of closed journals that keeper_expire() leaves, of all runs
   together; at first UINT64_MAX. */
void keeper_set_history(struct keeper *keeper, uint64_t bytes);

enum keeper_what {
	KEEPER_EDIT,
	KEEPER_JOIN, /* an edit that is undone together with the one before */
	KEEPER_UNDO,
	KEEPER_REDO,
};

/* These bytes of a document's base have just been read, at most KEEPER_SAW: a
   group that removes them does not read them again, if it is written next and
   nothing else was seen since. len may be 0. */
enum { KEEPER_SAW = 64 };
void keeper_saw(struct keeper *keeper, uint64_t doc, uint64_t off,
                const void *bytes, size_t len);

/*
 * For struct store_away: put long bytes into the journal, ahead of the edit
 * that brings them, in a group of their own. *took is 0 if there is no journal.
 * Not while a group is written or a flush is under way. ERR_NOMEM, ERR_IO,
 * ERR_LIMIT.
 */
bool keeper_put(struct keeper *keeper, const void *bytes, size_t len,
                size_t *took, struct store_image *image, uint64_t *at,
                struct error *err) MUST_USE;

/* How often that has put something; and when it has not again since, and
   nothing was written: these bytes are for nothing, and the journal need not
   have them. No piece of them may be read any more. */
uint64_t keeper_puts(const struct keeper *keeper);
void keeper_drop_puts(struct keeper *keeper, uint64_t puts);

/* Write the group in hand. When it is written it must be committed. Fails with
   ERR_NOMEM, ERR_IO, ERR_LIMIT: then nothing of it is in the journal. */
bool keeper_write(struct keeper *keeper, enum keeper_what what,
                  struct error *err) MUST_USE;

/* Has the journal this step of the history, counted from 0? Then its undo and
   redo say no more than that. */
bool keeper_knows(const struct keeper *keeper, size_t step);
/* What the changes of an undo or redo of another step remove, in their order:
   part of it may be bytes of a base by now, which the history does not say.
   Borrowed until this is set to NULL. */
void keeper_set_removed(struct keeper *keeper, const struct pieces *v,
                        size_t count);

/*
 * Notes about steps of the history, counted from 0. One that the journal has,
 * or none has, gets a note; else keeper_step() is true, and says which group of
 * which journal it is, that is closed: then a remark is written, which may
 * begin a journal. Both fail likewise.
 */
bool keeper_step(const struct keeper *keeper, size_t step,
                 struct record_remark *remark);
bool keeper_note(struct keeper *keeper, size_t step, const char *text,
                 struct error *err) MUST_USE;
bool keeper_remark(struct keeper *keeper, size_t step,
                   const struct record_remark *remark,
                   struct error *err) MUST_USE;
/* Has the journal remarks, which are to stay when nothing waits in it? */
bool keeper_has_remarks(const struct keeper *keeper);

/* Has the journal this document, and no samples of it? And have it write these,
   which it may fail to do: nothing depends on them. */
bool keeper_wants_samples(const struct keeper *keeper,
                          const struct document *doc);
void keeper_put_samples(struct keeper *keeper, const struct document *doc,
                        const struct record_sample *v, uint32_t count);

/* Steps of closed journals: the first group of each. All borrowed. */
struct keeper_closed {
	const uint8_t *uuid; /* RECORD_UUID bytes */
	const uint32_t *groups;
	size_t count;
};
/* They stand now at the front of the history, in the place of `removed` such
   ones. ERR_NOMEM. */
bool keeper_move_steps(struct keeper *keeper, size_t removed,
                       const struct keeper_closed *v, size_t count,
                       struct error *err) MUST_USE;

/*
 * The groups between begin and end are those of documents `files` of another
 * journal, and count when end has been done: see journal_adopt_begin().
 * Cancelled, the history must be what it was at the begin. When even that fails
 * nothing is kept any more, and the user is told.
 */
bool keeper_adopt_begin(struct keeper *keeper, const uint8_t *uuid,
                        const uint32_t *files, uint32_t count,
                        struct error *err) MUST_USE;
bool keeper_adopt_end(struct keeper *keeper, const uint8_t *uuid,
                      struct error *err) MUST_USE;
void keeper_adopt_cancel(struct keeper *keeper);
/* The documents are not what the journal says: it ends here. */
void keeper_abandon(struct keeper *keeper, const struct error *why);

/*
 * For a flush (flush.h), which has the journal for itself from prepare() to
 * flushed(): what was edited is in it; NULL if there is none. The number of a
 * document there; 0 if it has none. Where it is, as journals say it.
 */
struct journal *keeper_journal(const struct keeper *keeper);
uint32_t keeper_number(const struct keeper *keeper, const struct document *doc);
/* Were two documents changed by one undo or redo that the journal has as
   changes? Then one of them cannot be flushed without the other. */
bool keeper_is_linked(const struct keeper *keeper, uint64_t a,
                      uint64_t b) MUST_USE;
enum { KEEPER_PATH = 8192 };
bool keeper_path(const struct keeper *keeper, const struct document *doc,
                 char path[static KEEPER_PATH], struct error *err) MUST_USE;
/* The numbers of a document so far: what it was loaded anew with has
   another. */
struct keeper_numbers {
	uint32_t *v; /* owned */
	size_t count, cap;
};
bool keeper_add_numbers(const struct keeper *keeper, uint64_t doc,
                        struct keeper_numbers *out, struct error *err) MUST_USE;
bool keeper_flush_prepare(struct keeper *keeper, struct error *err) MUST_USE;
/* These were flushed. Without a rest the journal has ended, and the next edit
   begins another one. `images`: it is to be read as long as the keeper is. */
void keeper_flushed(struct keeper *keeper, const uint64_t *docs, size_t count,
                    bool rest, bool images);
/* Remove closed journals that are older than 90 days, or too much: expire.h. In
   failure, too, *gone says whether the one that has just been closed is among
   them. Any thread, while no edit is made. ERR_IO, ERR_NOMEM. */
bool keeper_expire(const struct keeper *keeper, bool *gone,
                   struct error *err) MUST_USE;

/* As keeper_set_limit() and keeper_set_history() say. */
uint64_t keeper_limit(const struct keeper *keeper);
uint64_t keeper_history(const struct keeper *keeper);

/* The folder with the journals of earlier runs, borrowed. Nothing is made.
   ERR_NO: there is none; ERR_NOMEM. */
const struct folder *keeper_look(struct keeper *keeper,
                                 struct error *err) MUST_USE;

/* The journal of this session, to look into; it ends before anything is written
   to it again. ERR_NO: there is none; ERR_IO, ERR_NOMEM. */
struct recover *keeper_peek(const struct keeper *keeper,
                            struct error *err) MUST_USE;

enum keeper_state {
	KEEPER_EMPTY, /* nothing was written yet */
	KEEPER_KEEPS,
	KEEPER_NOWHERE, /* there is no place for one: edits are in memory */
};
enum keeper_state keeper_state(const struct keeper *keeper);
/* The path of the journal's folder and its name in it; "" if there is none. */
const char *keeper_folder(const struct keeper *keeper);
const char *keeper_name(const struct keeper *keeper);
/* Does the journal's place end with the machine, being memory? */
bool keeper_is_volatile(const struct keeper *keeper);
/* What the user should know about the place, once; NULL for nothing. */
const char *keeper_news(struct keeper *keeper);

/* As journal_sync_due() and its like; there may be no journal. */
uint64_t keeper_sync_due(const struct keeper *keeper);
void keeper_sync_run(struct job *job, void *arg); /* arg: the keeper */
bool keeper_sync_end(struct keeper *keeper, struct error *err) MUST_USE;
/* All of it at once, while no job does it. Blocks. ERR_IO. */
bool keeper_sync(struct keeper *keeper, struct error *err) MUST_USE;

/* The session ends: what was written waits for the next start, or is not wanted
   any more. Nothing is written afterwards. ERR_IO. */
bool keeper_keep(struct keeper *keeper, struct error *err) MUST_USE;
/* Or nothing of it waits, and it is history from here on. */
enum keeper_history {
	KEEPER_ALL,        /* what was undone, too */
	KEEPER_FLUSHED,    /* but what was not flushed is not */
	KEEPER_GIVEN_BACK, /* nor has it been taken from where it waited */
};
bool keeper_close(struct keeper *keeper, enum keeper_history what,
                  struct error *err) MUST_USE;
bool keeper_discard(struct keeper *keeper, struct error *err) MUST_USE;

#endif
