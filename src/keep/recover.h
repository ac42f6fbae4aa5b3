/*
 * recover.h - what journals hold, and whether it still fits
 *
 * Opening a journal reads it once, believes nothing in it but what its rules
 * say (doc/formats.md), and changes nothing. What waits in it is offered by
 * document: recover_check() says whether the file is still what the changes
 * were made on, recover_plan() which groups any subset of its documents needs,
 * recover_next() gives these in order. Whoever has applied them and has written
 * them to a journal of his own lets go of the old one with recover_release().
 *
 * No file is opened because a journal names it: the caller does, if the user
 * has.
 *
 * Threads: one at a time for each journal.
 */
#ifndef KEEP_RECOVER_H
#define KEEP_RECOVER_H

#include "base/base.h"
#include "keep/record.h"

struct error;
struct folder;
struct job;
struct recover;
struct source;

enum recover_kind {
	RECOVER_WAITING,  /* changes that were not flushed, or none */
	RECOVER_FINISHED, /* all was flushed: history */
	RECOVER_LIVE,     /* an editor writes it: nothing of it is read */
	RECOVER_DAMAGED,  /* bytes that were durable are wrong, or it says what
	                       cannot be; what is before them can be read */
	RECOVER_UNREADABLE, /* no whole head of its own: not a journal, one that
	                       was never durable, or of a later version */
};

/* Call `each` with the name of every journal of the folder; false ends it.
   ERR_IO. */
bool recover_names(const struct folder *folder,
                   bool (*each)(void *arg, const char *name), void *arg,
                   struct error *err) MUST_USE;

/* Was all of it flushed? Its last bytes tell, so that a start need not read
   what is only history. What cannot be read is not. */
bool recover_is_history(const struct folder *folder, const char *name);

/* Likewise, and when it was flushed: *time, in ns since the epoch. False with
   ERR_NOMEM in *err: that is not known. */
bool recover_is_closed(const struct folder *folder, const char *name,
                       int64_t *time, struct error *err);

/* Read a journal and lock it. The folder is borrowed. ERR_NO: not there;
   ERR_IO, ERR_NOMEM, ERR_STATE: not private. */
struct recover *recover_open(const struct folder *folder, const char *name,
                             struct error *err) MUST_USE;
/* The same for a job, NULL for none: its progress is how much of the file was
   read, in this and in whatever reads it all again. ERR_CANCELLED, from those
   as well. */
struct recover *recover_open_for(struct job *job, const struct folder *folder,
                                 const char *name, struct error *err) MUST_USE;
/* It is not read for that job any more. */
void recover_end_job(struct recover *rec);
void recover_free(struct recover *rec); /* NULL is allowed */

/* The same of the journal that this program writes itself: it is only looked
   at, as far as its groups are whole. */
struct recover *recover_peek(const struct folder *folder, const char *name,
                             struct error *err) MUST_USE;

enum recover_kind recover_kind(const struct recover *rec);
/* Why it is damaged or unreadable; "" otherwise. */
const char *recover_why(const struct recover *rec);
const char *recover_name(const struct recover *rec);
const struct record_journal *recover_head(const struct recover *rec);
uint64_t recover_size(const struct recover *rec);
/* Bytes behind the last whole group: a change that was not finished. */
uint64_t recover_torn(const struct recover *rec);

/* Groups, numbered from 1. */
uint32_t recover_groups(const struct recover *rec);

struct recover_group {
	uint16_t type; /* CHANGES, UNDO, REDO; 0: nothing to do */
	bool join;
	uint8_t called; /* of CHANGES: see recover_called() */
	uint32_t time;  /* s since the journal was created */
	uint32_t step; /* of CHANGES: the first group of its step; else the step
	                  that is undone or redone */
};
struct recover_group recover_group(const struct recover *rec, uint32_t group);

/* What made a group of changes: a name of letters, digits and hyphens,
   borrowed; NULL if nobody knows. */
const char *recover_called(const struct recover *rec,
                           const struct recover_group *group);

/* The documents it names, numbered from 1. The path is borrowed. */
uint32_t recover_files(const struct recover *rec);
const struct record_file *recover_file(const struct recover *rec,
                                       uint32_t file);
/* Do changes of this document wait here? */
bool recover_file_waits(const struct recover *rec, uint32_t file);
/* How many of its steps change the document and were not undone in the end.
   ERR_NOMEM. */
bool recover_steps(const struct recover *rec, uint32_t file, uint32_t *steps,
                   struct error *err) MUST_USE;
/* Does anything? */
bool recover_waits(const struct recover *rec);
/* Is there nothing that anybody did, nor the rest of it, so that it may be
   discarded? */
bool recover_is_empty(const struct recover *rec);

/* Did its run end with all of it taken back, none of which was flushed, nor
   came from another journal, or with nothing but remarks? O(groups).
   ERR_NOMEM. */
bool recover_is_undone(const struct recover *rec, bool *undone,
                       struct error *err) MUST_USE;

/* Has its run given back what it took up from others, but for what it has
   flushed? */
bool recover_gave_back(const struct recover *rec);

/* Documents of `old` that `newer` has adopted, and has not given back, wait
   there no longer, although nobody came to say so. */
void recover_settle(struct recover *old, const struct recover *newer);

/* The same on the disk: recover_release() of those documents. */
bool recover_release_settled(struct recover *old, const struct recover *newer,
                             struct error *err) MUST_USE;

/* --- does it still fit ---------------------------------------------------- */

enum recover_state {
	RECOVER_SAME,      /* size and times are what they were */
	RECOVER_TOUCHED,   /* times differ; size and all samples are the same */
	RECOVER_MOVED_ON,  /* so do size or samples, but all that was edited is
	                      as expected */
	RECOVER_CHANGED,   /* bytes that were edited are others now */
	RECOVER_BAD,       /* what differs stands where not all can be read */
	RECOVER_REPLACED,  /* another file has the name; its bytes fit */
	RECOVER_TRUNCATED, /* it ends before bytes that were edited */
	RECOVER_MISSING,   /* no file */
};
const char *recover_state_name(enum recover_state state);

struct recover_checked {
	enum recover_state state;
	uint64_t
		compared; /* bytes of the base that were edited, and are known */
	uint64_t
		unknown; /* of which the journal does not know what they were */
	uint64_t differ; /* changed or not readable now, or gone */
	uint64_t first;  /* offset of the first of these */
};

/* Can edits be made again where it is so? */
bool recover_fits(enum recover_state state);
/* Say why not, of the file of this name: ERR_CHANGED. Returns false. */
bool recover_refuse(const struct recover_checked *checked, const char *name,
                    struct error *err);

/* Compare what is there now with what the changes were made on. src: NULL for
   a missing file. Reads all that was edited; blocks. ERR_IO (the journal),
   ERR_NOMEM. */
bool recover_check(struct recover *rec, uint32_t file, struct source *src,
                   struct recover_checked *checked, struct error *err) MUST_USE;

/* Bytes of the base that a change has removed. */
struct recover_old {
	uint64_t off, len;
	enum record_old known;
	const uint8_t *bytes; /* RECORD_OLD_BYTES: borrowed */
	uint32_t crc;         /* RECORD_OLD_CRC */
};
typedef bool recover_take_old(void *ctx, const struct recover_old *old,
                              struct error *err);
/* Give all of a document, in the order of time, those of changes that were
   taken back, too. Fails as `take` does; ERR_IO, ERR_NOMEM, ERR_CHANGED. */
bool recover_each_old(struct recover *rec, uint32_t file,
                      recover_take_old *take, void *ctx,
                      struct error *err) MUST_USE;

/* --- a flush that was not finished ---------------------------------------- */

/* A flush was begun, and nobody has written that it is over: the files have old
   bytes and new ones, mixed. */
struct recover_flush {
	uint32_t files;
	uint64_t ranges, bytes; /* as they are in the journal */
};
bool recover_flushing(const struct recover *rec, struct recover_flush *flush);

enum recover_end {
	RECOVER_FINISH, /* write the new bytes of all */
	RECOVER_BACK,   /* write the old bytes: the changes go on waiting */
};

/*
 * End it. paths[file - 1] is where the user has said that a document is, NULL
 * if he has not. Nothing is written unless each byte of each range is the old
 * one or the new one. Nothing may be done with the journal afterwards but
 * recover_free(). Blocks. ERR_STATE: *missing is a file that is not open, or
 * the journal cannot be written; ERR_CHANGED: a file was replaced, or a byte is
 * another; ERR_READONLY, ERR_IO, ERR_NOMEM. When it fails it can be tried again
 * with the journal opened anew.
 */
bool recover_end_flush(struct recover *rec, const char *const *paths,
                       enum recover_end end, uint32_t *missing,
                       struct error *err) MUST_USE;

/*
 * A flush that did not come to its COMMIT may have left files beside those it
 * was to write: remove them, where paths[file - 1] is as above. Nothing happens
 * while a flush is open. To be done before the journal is let go of. ERR_IO,
 * ERR_READONLY.
 */
bool recover_drop_temps(struct recover *rec, const char *const *paths,
                        struct error *err) MUST_USE;

/* The same for an open flush, which nobody can end then: to be done only when
   the journal is to be discarded. What the user had is left where it is, and
   named. ERR_STATE: so it is; ERR_IO, ERR_READONLY, ERR_CHANGED. */
bool recover_give_up_flush(struct recover *rec, const char *const *paths,
                           struct error *err) MUST_USE;

#ifdef TEST_HOOKS
enum {
	RECOVER_BREAK_DURABLE = 1, /* the journal is not made durable first */
};
void recover_break(unsigned bits);
#endif

/* --- replay --------------------------------------------------------------- */

/*
 * Choose the documents whose changes are wanted: wanted[file - 1]. A step is
 * replayed whole or not at all: where one also touches a document that is not
 * wanted, *also is its number and the call fails with ERR_STATE.
 */
bool recover_plan(struct recover *rec, const bool *wanted, uint32_t *also,
                  struct error *err) MUST_USE;

enum recover_what {
	RECOVER_BEGIN, /* a group of changes */
	RECOVER_CHANGE,
	RECOVER_COMMIT,
	RECOVER_UNDO, /* of `step` */
	RECOVER_REDO,
	RECOVER_NOTE, /* a text about `group` */
	RECOVER_DONE,
};

struct recover_item {
	enum recover_what what;
	uint32_t group; /* that it is of; of NOTE: that it is about */
	uint32_t at;    /* that it is of */
	struct recover_group info;
	struct record_change change;
	struct record_cursor pieces; /* of CHANGE: removed, then added */
	bool last;                   /* of the changes of its group */
	const char *text;            /* of NOTE: text_len bytes */
	size_t text_len;
};

/* The next item of the plan; what it points to is valid until the next call.
   ERR_IO, ERR_CHANGED: the file is no longer what it was. */
bool recover_next(struct recover *rec, struct recover_item *item,
                  struct error *err) MUST_USE;

/* Bytes of the store, for pieces. ERR_IO, ERR_CHANGED. */
bool recover_read(struct recover *rec, uint64_t off, void *buf, size_t len,
                  struct error *err) MUST_USE;

/* --- history -------------------------------------------------------------- */

/*
 * What was flushed is history, though other changes may wait in the same
 * journal. Its steps that touch a document that is wanted, wanted[file - 1],
 * are given by recover_next() from here on, whole: with their changes of other
 * documents. ERR_NOMEM.
 */
bool recover_plan_past(struct recover *rec, const bool *wanted,
                       struct error *err) MUST_USE;

/* Was a document flushed by this journal's own run? */
bool recover_was_flushed(const struct recover *rec, uint32_t file);

/* The flushes that were done, in their order, from 0. `group`: the groups
   before it were made before it. */
struct recover_ended {
	uint32_t group;
	int64_t time; /* ns since the epoch */
};
size_t recover_ends(const struct recover *rec);
struct recover_ended recover_ended(const struct recover *rec, size_t idx);

/* What a flush has written: the old bytes of [off, off + len) of a document are
   in the journal's file from `old` on, the new ones from new_ on; `old` is 0
   where nobody knows them, since they could not be read. The ranges of a
   document go up and follow each other. Or its file was exchanged for one of
   this size: then there are only old bytes, of what was gone with it. Fails as
   `take` does; ERR_IO, ERR_CHANGED. */
struct recover_image {
	uint32_t file;
	bool exchanged;
	uint64_t size; /* if it was */
	bool gone;     /* there is no new_ */
	uint64_t off, len, old, new_;
};
typedef bool recover_take_image(void *ctx, const struct recover_image *image,
                                struct error *err);
bool recover_each_image(struct recover *rec, size_t idx,
                        recover_take_image *take, void *ctx,
                        struct error *err) MUST_USE;

/* What it says beside steps of other journals, in the order in which that was
   said. Not between two items. Fails as `take` does; ERR_IO, ERR_CHANGED. */
bool recover_has_remarks(const struct recover *rec);
typedef bool recover_take_remark(void *ctx, const struct record_remark *remark,
                                 struct error *err);
bool recover_each_remark(struct recover *rec, recover_take_remark *take,
                         void *ctx, struct error *err) MUST_USE;

/* Where bytes that the last item pointed to are in the journal's file. */
uint64_t recover_offset(const struct recover *rec, const uint8_t *bytes);

/* --- letting go ----------------------------------------------------------- */

/* These documents' changes are durable elsewhere: files[0..count), numbers.
   When nothing waits in it any more the journal is removed, or is history, if
   some of it was flushed, or is a remark about what was. Nothing else may be
   done with it then but recover_free(). ERR_IO, ERR_NOMEM, ERR_STATE (damaged
   or live). */
bool recover_release(struct recover *rec, const uint32_t *files, uint32_t count,
                     struct error *err) MUST_USE;

/* Nothing waits in it, all being undone: it is history. Nothing else may be
   done with it then but recover_free(). ERR_IO, ERR_NOMEM. */
bool recover_close(struct recover *rec, struct error *err) MUST_USE;

/* The user wants nothing of it: remove the file. ERR_IO, ERR_STATE (live). */
bool recover_discard(struct recover *rec, struct error *err) MUST_USE;

#endif
