/*
 * session.h - the owner: documents, layout, view, pool, messages
 *
 * The session is the only thing that changes documents and the layout (K2). It
 * wraps no reader: whoever wants bytes takes the view.
 *
 * Threads: the engine thread only; jobs get views.
 */
#ifndef SESSION_H
#define SESSION_H

#include "base/base.h"
#include "edit/document.h"
#include "edit/piece.h"
#include "keep/recover.h"
#include "source/files.h"
#include "space/space.h"

struct error;
struct folder;
struct past;
struct job;
struct layout;
struct pool;
struct record_file;
struct recover;
struct session;
struct shelf_places;
struct shifts;
struct store;
struct tree;
struct sys;
struct view;
struct written;

struct session_options {
	const struct sys *sys; /* borrowed; NULL: sys_real */
	struct files_limits files;
	size_t threads;     /* of the pool; 0: the processors */
	enum access access; /* of inputs that say nothing themselves */
	bool read_only;     /* -R: access read for all, whatever they say */
	/* Who has locked a file is found by the check that begins next, or when
	   somebody looks for locks, not by the opening: /proc/locks may take
	   milliseconds. An edit asks anyway. */
	bool looks_later;
	/* Where journals are; NULL: nowhere, none is written or looked for. */
	const struct shelf_places *journal;
	bool no_journal; /* none is written; nor is with read_only */
	bool defers;     /* what is taken up of a journal waits there again,
	                    should the edits be dropped at the end */
};

/* A session with nothing open; a pool whose threads start when they are needed.
   The options are copied. ERR_NOMEM, ERR_IO. */
struct session *session_new(const struct session_options *options,
                            struct error *err) MUST_USE;
/* Jobs are cancelled and waited for; edits that are not flushed stay in the
   journal. NULL is allowed. */
void session_free(struct session *session);

/* What the session has to say of its own: a file changed, and the like. One
   line, safe to show. Called from session functions only; what was said before
   is said when this is set. */
typedef void session_say(void *ctx, const char *text);
void session_set_say(struct session *session, session_say *say_line, void *ctx);

/*
 * Open inputs and place them behind what is there, all or nothing; `inputs` is
 * left empty on success, unchanged on failure. Layout files among them are
 * read. ERR_IO ERR_STATE ERR_OVERLAP ERR_RANGE ERR_READONLY ERR_SYNTAX
 * ERR_NOMEM; ERR_CHANGED: an over=verify byte differs.
 */
bool session_open(struct session *session, struct layout *inputs,
                  struct error *err) MUST_USE;

/*
 * Standard input can be read once: by an input "-", a script, a list of names,
 * or not at all where keys come from it. Inputs take it themselves, and it
 * stays taken when the opening fails. ERR_SYNTAX: it is in use already.
 */
bool session_take_stdin(struct session *session, struct error *err);

/* Close a segment; its number is not used again. ERR_RANGE: no such number.
   ERR_CHANGED: it alone shows a file with edits that are not written. */
bool session_close(struct session *session, uint32_t number,
                   struct error *err) MUST_USE;

/*
 * Take the size and identity that a segment's file has now (0: all). Edits go
 * on over it where the bytes that they hide are as they were; those for which
 * that is not so are dropped, as one edit, if `drop`. On failure nothing
 * changes, but that edit may stay, which can be taken back, if memory is short:
 * ERR_CHANGED: there are such edits, and the text says where; ERR_IO,
 * ERR_OVERLAP, ERR_RANGE, ERR_READONLY, ERR_NOMEM. Reads what edits hide.
 */
bool session_reload(struct session *session, uint32_t number, bool drop,
                    struct error *err) MUST_USE;

/* The view of now. Borrowed until the next change; view_ref() to keep it. */
struct view *session_view(struct session *session);
/* Its space, without making a view. Borrowed until the next change. */
const struct space *session_space(const struct session *session);

/* Goes up by one whenever the view changes. */
uint64_t session_generation(const struct session *session);

/* Borrowed: what is open, as it was said; the pool of all jobs; the calls. */
const struct layout *session_layout(const struct session *session);
struct pool *session_pool(const struct session *session);
const struct sys *session_sys(const struct session *session);

/* The document with this id, or NULL. Borrowed. */
struct document *session_document(const struct session *session, uint64_t id);

/*
 * A file that is opened to be written is locked from its first edit until it
 * has none (keep/lock.h). Did another program have the lock when it was wanted
 * last, at the opening or for an edit? Then the file is for reading, but the
 * next edit asks again.
 */
bool session_is_locked(const struct session *session,
                       const struct document *doc);
/* What others have done to its file, as far as a check has found: CHANGE_* of
   source/source.h. */
unsigned session_changes(const struct session *session,
                         const struct document *doc);
/* The same and the lock in a few words, "locked, replaced, shorter"; "" for
   nothing. Returns dst. */
enum { SESSION_REMARK = 64 };
char *session_remark(const struct session *session, const struct document *doc,
                     char dst[static SESSION_REMARK]);
/* A document with edits whose file others have changed since it has them, by
   one of `changes` that was not told of by this before. False: there is none.
   O(documents that had edits). */
bool session_changed_next(struct session *session, unsigned changes,
                          uint64_t *doc);
/* What may be done with a document now: ACCESS_READ while it is locked. */
enum access session_access(const struct session *session,
                           const struct document *doc);

/* May a file that is made take the place of what is at this path now? Never if
   that is open here, by whatever name, or no plain file. ERR_STATE.
   O(files). */
bool session_may_replace(const struct session *session, const char *path,
                         struct error *err) MUST_USE;

/* --- edits ---------------------------------------------------------------
 *
 * An edit is made whole or not at all, and is one step of undo. Each takes
 * effect at once; the view is another one then. What all of them can fail with:
 * ERR_READONLY: a file was opened for reading, or its length cannot change;
 * or another program has locked it; ERR_CHANGED, ERR_IO: its name leads to
 * another file, or to none; ERR_STATE: there are no bytes, or they have no
 * values (K7); ERR_RANGE: there is nothing at an address; ERR_OVERLAP: a
 * segment would grow into another (K8); ERR_NOMEM.
 */

/* Where the bytes go that an edit brings: store_put() and its like. */
struct store *session_store(const struct session *session);
/* How many long ones have gone into the journal; and they were for an edit that
   is not made, if there have not been others since: it need not have them. */
uint64_t session_puts(const struct session *session);
void session_drop_puts(struct session *session, uint64_t puts);
const struct past *session_past(const struct session *session);

enum {
	EDIT_JOIN = 1,  /* undone together with the edit before it */
	EDIT_FORCE = 2, /* overwrites what cannot be read */
	EDIT_SEEN = 4,  /* the old bytes have just been read: not once more */
};

/*
 * `removed` bytes of the space become `added` pieces. They may belong to any
 * number of segments: bytes are laid one for one over what is there, and what
 * is left over of either is inserted behind, or deleted, in the last segment.
 * Where nothing is removed, `at` says by its segment and side where to insert.
 */
struct session_splice {
	struct place at;
	uint64_t removed;
	const struct piece *added; /* of the store; none of them empty */
	size_t count;
};

/* The addresses are all those of the space as it is, in order and without
   overlap. Bytes whose old value matters are read, up to 64 KiB for a splice:
   may block. */
bool session_edit(struct session *session, const struct session_splice *v,
                  size_t count, unsigned flags, struct error *err) MUST_USE;

/* Would an edit at a place be refused, one that inserts there or one that
   replaces the byte, whatever bytes it brings? To be asked before these are
   read from somewhere, which can take long. Fails as session_edit(). */
bool session_may_edit(const struct session *session, struct place at,
                      bool insert, struct error *err) MUST_USE;

/* Edits from now on are one step of undo, or each is one again. */
void session_join(struct session *session, bool on);
bool session_joins(const struct session *session);

/* The next edit is undone together with the one before it; false: no longer. */
void session_join_next(struct session *session, bool on);

/* Move `len` bytes to a place of the same file, or put a copy of them there,
   inserted or over what is there. O(log n) each, whatever they are long.
   ERR_RANGE: not all of them are in one file, or it is another one. */
bool session_move(struct session *session, uint64_t addr, uint64_t len,
                  struct place to, struct error *err) MUST_USE;
bool session_copy(struct session *session, uint64_t addr, uint64_t len,
                  struct place to, bool over, struct error *err) MUST_USE;

/* Let [addr, addr + len) be again what the files have there: see
   edits_revert(). With it go segments of which edits left nothing, if they
   stand between its bytes or at an end of the space that it reaches. */
bool session_revert(struct session *session, uint64_t addr, uint64_t len,
                    struct error *err) MUST_USE;
/* The same of one segment of which nothing is left. */
bool session_revert_emptied(struct session *session, uint32_t number,
                            struct error *err) MUST_USE;
/* Let a byte be what it was before the last edit of it. ERR_NO: it was not
   edited, or not there. */
bool session_restore(struct session *session, uint64_t addr,
                     struct error *err) MUST_USE;

/* Take back the last edit, which may be one that an earlier run has flushed;
   make it again. ERR_NO: there is none; ERR_CHANGED: a file of it was closed,
   or another program has written where it was flushed (K9); ERR_STATE: an
   earlier run has changed a file with it that is not open. */
bool session_undo(struct session *session, struct error *err) MUST_USE;
bool session_redo(struct session *session, struct error *err) MUST_USE;

/*
 * The history: what was done is in session_past(), by steps. What follows is
 * called `what` there, a constant, or NULL.
 */
void session_set_what(struct session *session, const char *what);

/*
 * The history of closed journals, of the files that are open, stands before
 * what was done in this run. It is loaded from its end, journal by journal,
 * until there are `steps` that can be undone, or all of it (SIZE_MAX): numbers
 * of steps are others then. Files that were opened since the last time bring
 * theirs. One that cannot be read is said, and what came before it is left out.
 * ERR_STATE: there is more, and a flush runs or somebody else is at the
 * journals; ERR_NOMEM, ERR_IO. Blocks.
 */
bool session_load_past(struct session *session, size_t steps,
                       struct error *err) MUST_USE;
/* How many it takes to know what can be made again: if nothing was done in this
   run, steps that were taken back when the newest of these journals ended
   can. */
size_t session_undone_steps(const struct session *session);

/* The same in three parts, the second of which may be a job; without *needed
   there is nothing to load, and no more to do. From the first to the last
   nothing can be changed: ERR_STATE. The end has what failed, ERR_CANCELLED if
   the job was, and then nothing was loaded. */
bool session_load_begin(struct session *session, size_t steps, bool *needed,
                        struct error *err) MUST_USE;
void session_load_work(struct job *job, void *arg); /* the session */
bool session_load_end(struct session *session, struct error *err) MUST_USE;

/* A note to a step that is there, kept in the journal; "" takes it away. That
   may begin a journal, and it stays when no edit waits in it. ERR_STATE: the
   step is in a journal that is closed, and none is kept; ERR_NOMEM, ERR_IO,
   ERR_LIMIT. */
bool session_set_note(struct session *session, size_t number, const char *text,
                      struct error *err) MUST_USE;

/* Take back steps that are done, whatever was done after them, as one edit. The
   numbers go down. ERR_CHANGED: what such a step made is not there any more;
   ERR_STATE: its file is not open; ERR_READONLY; ERR_OVERLAP; ERR_LIMIT;
   ERR_NOMEM; the texts name step and address. May block. */
bool session_back_out(struct session *session, const size_t *numbers,
                      size_t count, struct error *err) MUST_USE;

/* Which of the steps from `from` to the last one done could be: an enum backout
   of each goes into *why. Nothing changes. ERR_NOMEM. May block. */
bool session_look_back(struct session *session, size_t from, unsigned char *why,
                       struct error *err) MUST_USE;

/*
 * What documents were after step `number`: `take` gets those that were changed
 * since, and are open, with their roots, which are borrowed. Nothing
 * changes. ERR_NOMEM, and what `take` says.
 */
typedef bool session_take_then(void *ctx, struct document *doc,
                               struct tree *root, struct error *err);
bool session_then(struct session *session, size_t number,
                  session_take_then *take, void *ctx,
                  struct error *err) MUST_USE;

/* Where what was done stands now: shifts of all steps. Made when it is asked
   for after a change, O(changes); NULL: no memory. Borrowed until the next
   change. */
const struct shifts *session_shifts(struct session *session);

/*
 * The journal. It begins with the first edit; an edit that cannot be written
 * to it is not made. Where there is no place for it the user is told, and edits
 * are in memory only. session_free() keeps it, if anything in it is unsaved.
 */
enum journal_state {
	JOURNAL_OFF,     /* none was wanted */
	JOURNAL_EMPTY,   /* nothing was edited yet */
	JOURNAL_KEEPS,   /* it has all that was edited */
	JOURNAL_NOWHERE, /* there is no place for it */
};
enum journal_state session_journal(const struct session *session);
/* The most bytes that it may have: an edit that would make it longer is refused
   (ERR_LIMIT). 0: no limit, as at first. */
void session_set_journal_limit(struct session *session, uint64_t bytes);
/* The most bytes of closed journals, of all runs together, that are left when a
   flush has ended; those older than 90 days go then. UINT64_MAX at first. */
void session_set_undo_limit(struct session *session, uint64_t bytes);
/* The folder and the name of its file; "" if there is none. */
const char *session_journal_folder(const struct session *session);
const char *session_journal_name(const struct session *session);
/* Is it in a file system that ends with the machine? */
bool session_journal_is_volatile(const struct session *session);

/* Edits of an earlier run that wait in a journal, of a document that is
   open. */
struct session_waiting {
	const char *journal; /* its name, safe to show */
	int64_t created;     /* ns since the epoch */
	uint32_t groups;     /* in the journal */
	uint32_t steps;      /* that change this document, not undone */
	bool is_damaged;     /* what comes before that can only be read */
	bool is_torn;        /* behind it a change was not finished */
	bool is_flushing;    /* a flush was begun and not ended: the files have
	                        old bytes and new ones; not checked */
	uint64_t doc;
	const char *was; /* its path then, safe to show, if it has another
	                    one now; or NULL */
	struct recover_checked checked;
};
typedef void session_waits(void *ctx, const struct session_waiting *waiting);

/* The document that a file of a journal is, by number, if it is open; NULL: it
   is not. By inode, or by name where that has another one or has changed. */
struct document *session_document_of(const struct session *session,
                                     const struct recover *rec,
                                     uint32_t number);

/* The folder of the journals. Borrowed. ERR_NO: there is none; ERR_IO. */
const struct folder *session_shelf(struct session *session,
                                   struct error *err) MUST_USE;

/* Tell of each, the newest journal last. Writes nothing; reads the journals and
   what was edited: may block. From then on these documents cannot be edited
   (ERR_STATE) until the edits are made again or discarded: edits of both runs
   could not be told apart later. ERR_IO, ERR_NOMEM. */
bool session_look(struct session *session, session_waits *each, void *ctx,
                  struct error *err) MUST_USE;

/*
 * The same in steps, for a job: begin, in the engine's thread; work, a job_run
 * whose argument is the session, in any; tell of what was found, in any, when
 * that has ended; end, in the engine's, which tells as well. In between, edits
 * and changes of the layout fail with ERR_STATE; likewise all edits afterwards
 * if it has failed, until another look has not. ERR_CANCELLED.
 */
bool session_look_begin(struct session *session, struct error *err) MUST_USE;
void session_look_work(struct job *job, void *arg);
bool session_look_tell(const struct session *session, session_waits *each,
                       void *ctx, struct error *err) MUST_USE;
bool session_look_end(struct session *session, session_waits *each, void *ctx,
                      struct error *err) MUST_USE;

/*
 * Make the edits of a journal again, of all documents that are open and may
 * have them: all or nothing. They can be taken back as before, and the journal
 * of this session has them then. A document that is no longer what was edited,
 * has other edits or is for reading is left out, and said, unless an edit joins
 * it to another. ERR_NO: nothing waits there; ERR_CHANGED, ERR_READONLY: for no
 * document that may have them; ERR_STATE: an edit also changes a file that is
 * not open, or no journal is written; ERR_OVERLAP, ERR_IO, ERR_NOMEM.
 */
bool session_recover(struct session *session, const char *journal,
                     struct error *err) MUST_USE;

/*
 * The same in steps: begin, in the engine's thread; read one journal after the
 * other, in any. A look in between is not made again by a read. Then for each
 * of them: go, in the engine's, which makes a few milliseconds' worth of its
 * edits, until there are no *more; and write, in any. Only read and write wait
 * for disks. End, in the engine's, at any time: what was not written is taken
 * back. Until then everything else that would change something fails with
 * ERR_STATE. `job`, or NULL: that calls read. ERR_CANCELLED.
 */
bool session_recover_begin(struct session *session, struct error *err) MUST_USE;
bool session_recover_read(struct session *session, const char *journal,
                          struct job *job, struct error *err) MUST_USE;
bool session_recover_go(struct session *session, bool *more,
                        struct error *err) MUST_USE;
bool session_recover_write(struct session *session, struct error *err) MUST_USE;
void session_recover_end(struct session *session);
/* Read, go and write, of one journal, at once. */
bool session_recover_one(struct session *session, const char *journal,
                         struct error *err) MUST_USE;
/* Groups of edits of those journals: how many there are, and were gone
   through. */
uint64_t session_recover_groups(const struct session *session, uint64_t *done);

/*
 * End a flush that was begun and not ended: write the new bytes of all its
 * files, or the old ones; then the edits go on waiting. The files are loaded
 * anew. ERR_NO: there is none; ERR_STATE: a file of it is not open, or another
 * editor has the journal; ERR_CHANGED: a byte is neither the old one nor the
 * new one; ERR_READONLY, ERR_IO, ERR_NOMEM. Blocks.
 */
bool session_settle_flush(struct session *session, const char *journal,
                          enum recover_end end, struct error *err) MUST_USE;

/*
 * Let a journal go of the edits of all documents that are open; those of other
 * files go on waiting there. ERR_NO: nothing waits there; ERR_STATE: an edit
 * also changes a file that is not open, or it is in use; ERR_READONLY, ERR_IO,
 * ERR_NOMEM.
 */
bool session_release(struct session *session, const char *journal,
                     struct error *err) MUST_USE;

/* Remove a journal in which edits wait. ERR_NO, ERR_IO, ERR_STATE: it is in
   use; ERR_READONLY: the session writes nothing. */
bool session_discard(struct session *session, const char *journal,
                     struct error *err) MUST_USE;

/*
 * These three in steps: begin, in the engine's thread; decide about one journal
 * after the other, in any; end, in the engine's, which loads files anew. A look
 * may be made before the first. In between everything that would change
 * something fails with ERR_STATE, another begin too. `job`, or NULL: that
 * calls; it can be cancelled until something is written. What was decided
 * before a failure stays so, and a file that cannot be loaded anew, of which
 * the end tells the first, does not keep others from being so.
 */
enum session_decision {
	SESSION_RELEASE,
	SESSION_DISCARD,
	SESSION_FINISH, /* as session_settle_flush() */
	SESSION_BACK,
};
bool session_decide_begin(struct session *session, enum session_decision what,
                          struct error *err) MUST_USE;
bool session_decide(struct session *session, enum session_decision what,
                    const char *journal, struct job *job,
                    struct error *err) MUST_USE;
bool session_decide_end(struct session *session, struct error *err) MUST_USE;
/* Is something being written, so that a cancel has no effect? Any thread. */
bool session_decide_is_writing(const struct session *session);

/* What other journals have taken up of one that was opened waits in it no
   longer, though nobody came to say so there. Writes nothing. Blocks. ERR_IO,
   ERR_NOMEM. */
bool session_settle_waiting(const struct folder *folder, struct recover *rec,
                            struct error *err) MUST_USE;

/* How many documents have edits that are not written. O(those ever edited). */
size_t session_edited(const struct session *session);
/* How many of them no journal has: all if none is kept, else those that are no
   files, which end with the program. */
size_t session_unkept(const struct session *session);

/* The journal is to be removed at the end, whatever is in it, or not (which is
   how it begins). See also session_options.defers. */
void session_drop_edits(struct session *session, bool drop);

/* When the journal is to be made durable, by sys_now(); UINT64_MAX for never.
   A job of the pool does it, one at a time: give each POOL_DONE to
   session_sync_end(), which is true when it was this job's. A failure is said;
   then the next edits are refused until it works. ERR_NOMEM, ERR_IO: no job
   could be started. */
uint64_t session_sync_due(const struct session *session);
bool session_sync_begin(struct session *session, struct error *err) MUST_USE;
bool session_sync_end(struct session *session, const struct job *job);
/* The same now, for a program that is about to stop: blocks. ERR_IO. */
bool session_sync(struct session *session, struct error *err) MUST_USE;
/* The same for somebody who asks for it. ERR_STATE: no journal has the edits of
   some document, or it cannot be synced now, being written by others. */
bool session_preserve(struct session *session, struct error *err) MUST_USE;

/*
 * When there is nothing else to do: a job takes samples (keep/samples.h) of a
 * document that is edited and has none in the journal; nothing if there is no
 * such. Give each POOL_DONE to session_sample_end(): true when it was this
 * job's. ERR_NOMEM, ERR_IO: no job could be started.
 */
bool session_sample_begin(struct session *session, struct error *err) MUST_USE;
bool session_sample_end(struct session *session, const struct job *job);

/*
 * Flush: the edits of documents in access write go into their files, all or
 * none. `docs` are ids; with them go all that were changed in the same steps.
 * None: all. What is flushed is the base from then on; it can be taken back by
 * undo as before. Views go on showing what they showed (K3).
 *
 * In steps, for a job: begin, in the engine's thread; work, a job_run whose
 * argument is the session, in any (without a job where the caller may block);
 * finish, in the engine's thread, after that has ended or was never called. In
 * between, edits and changes of the layout fail with ERR_STATE. *begun: there
 * is something to flush, and finish must be called. A cancel of the job has an
 * effect while the bytes are put into the journal; from the sync of these on it
 * comes too late.
 *
 * On failure either nothing has happened; or, if session_flush_is_open(), some
 * bytes may be written: then nothing can be edited until a flush goes on with
 * it, which the next start of the program offers as well. ERR_READONLY,
 * ERR_CHANGED: another program has written to a file; ERR_STATE: it cannot be
 * written like this; ERR_IO, ERR_NOMEM, ERR_CANCELLED.
 */
enum {
	FLUSH_ANYWAY = 1, /* though a file is locked, or was written to */
	FLUSH_VERIFY = 2, /* note all that is written, for session_written() */
};
struct session_flushed {
	size_t files;
	uint64_t ranges, bytes;
};
bool session_flush_begin(struct session *session, const uint64_t *docs,
                         size_t count, unsigned flags, bool *begun,
                         struct error *err) MUST_USE;
void session_flush_work(struct job *job, void *arg);
bool session_flush_finish(struct session *session, struct session_flushed *out,
                          struct error *err) MUST_USE;
/* While it runs: are files being written, so that a cancel has no effect? */
bool session_flush_is_writing(const struct session *session);
/*
 * Tell of the documents that a flush of these would write. Fails as it would,
 * as far as that is known without reading files; tells of none if there is
 * nothing to flush, or a flush was left open. O(documents); with docs,
 * O(history).
 */
typedef void session_flush_tell(void *ctx, struct document *doc);
bool session_flush_look(struct session *session, const uint64_t *docs,
                        size_t count, session_flush_tell *tell, void *ctx,
                        struct error *err) MUST_USE;
/* About how many bytes of the journal a flush takes that writes so much in
   place, and removes `gone` bytes of files that are written anew. */
uint64_t session_flush_need(uint64_t ranges, uint64_t bytes, uint64_t gone);

/* What the last flush of this run has written: counted for the caller, who may
   look at it in any thread (keep/written.h). The job of a flush may ask for its
   own when that has ended. NULL: there was none, or it was not noted, being
   much and written without FLUSH_VERIFY, or memory was short. */
struct written *session_written(const struct session *session);
/* How many of the steps that are done were done at the last flush. */
size_t session_flushed_steps(const struct session *session);
bool session_flush_is_open(const struct session *session);

/* Told of each change of a length, before the view changes: `removed` bytes at
   `off` of a document become `added`. It may not use the session. */
typedef void session_moved(void *ctx, uint64_t doc, uint64_t off,
                           uint64_t removed, uint64_t added);
void session_set_moved(struct session *session, session_moved *moved,
                       void *ctx);

/*
 * Look whether files have been changed by others: those shown in [addr, addr +
 * len) and those with edits, at most 256. A job of the pool looks, one at a
 * time (while one runs another is not begun). Give each POOL_DONE to
 * session_check_end(): true when it was this job's. Then each kind of change is
 * said once, and *news tells whether anything was found that was not known, or
 * known files were written to again. ERR_NOMEM, ERR_IO: no job could be
 * started.
 */
bool session_check_begin(struct session *session, uint64_t addr, uint64_t len,
                         struct error *err) MUST_USE;
/* The same for all files, however many. */
bool session_check_all_begin(struct session *session,
                             struct error *err) MUST_USE;
bool session_check_end(struct session *session, const struct job *job,
                       bool *news);
bool session_is_checking(const struct session *session);
/* Was something opened that no check has looked at, and does none run? */
bool session_check_is_due(const struct session *session);
/* If so, find who has locked what, now. Blocks, for milliseconds. */
void session_look_for_locks(struct session *session);

#endif
