/*
 * session_impl.h - the inside of a session, for the files that make it
 *
 * Threads: as session.h.
 */
#ifndef SESSION_IMPL_H
#define SESSION_IMPL_H

#include "base/base.h"
#include "edit/backout.h"
#include "edit/check.h"
#include "edit/documents.h"
#include "keep/keeper.h"
#include "keep/lock.h"
#include "keep/record.h"
#include "source/files.h"
#include "source/run.h"
#include "space/layout.h"

struct beyond;
struct closed_load;
struct document;
struct edits;
struct folder;
struct job;
struct lock;
struct loading;
struct looking;
struct pool;
struct recover;
struct remarks;
struct sampling;
struct space;
struct spill;
struct sys;
struct taking;
struct view;
struct written;

/* A document for which edits of an earlier run wait: it may not be edited until
   somebody has decided about them. */
struct held {
	uint64_t doc;
	char journal[RECORD_NAME + 8]; /* its name */
	bool is_flushing;              /* as of struct session_waiting */
};

/* A range of a document. */
struct forced {
	uint64_t doc, off, end;
};

/* A journal whose edits were made again, and which still says that they
   wait. */
struct taken {
	struct recover *rec; /* owned */
	uint32_t *files;     /* owned: of these documents */
	uint32_t count;
};

/* A document with edits, and its lock. */
struct session_lock {
	uint64_t doc;
	struct lock *lock; /* owned; NULL: it has none */
	struct lock *next; /* owned: of the file that takes its place */
	bool has_next;
};

struct session {
	const struct sys *sys; /* borrowed */
	enum access access;
	bool read_only;
	struct files *files; /* owned */
	struct pool *pool;   /* owned */
	struct documents docs;
	uint64_t last_id;
	struct layout layout;
	struct space *space; /* counted */
	struct view *view;   /* counted; NULL: made when it is asked for */
	struct view *spare;  /* owned: the next view */
	uint64_t generation;
	struct edits *edits; /* owned */
	struct runs looked;  /* owned: of old bytes, while an edit is checked */
	struct piece *parts; /* owned: what one target of an edit gets */
	size_t part_cap;
	struct keeper *keeper; /* owned; NULL: no place for journals */
	bool keeps;            /* a journal is written, not only looked for */
	struct spill *spill;   /* counted; NULL: not needed so far */
	bool is_replaying;     /* what is edited comes from a journal */
	struct held *held;     /* owned */
	size_t held_count, held_cap;
	struct forced *forced; /* owned: where bytes that cannot be read are
	                          written over; see session_forced.c */
	size_t forced_count, forced_cap;
	bool defers;         /* what is taken up is released at the end */
	struct taken *taken; /* owned */
	size_t taken_count, taken_cap;
	struct spent *spent;  /* owned */
	struct job *sync_job; /* makes the journal durable; NULL: none runs */
	bool sync_failed;     /* which has been said */
	bool went_back;       /* what was done last is an undo or redo */
	bool joins;           /* edits are one step with the one before.. */
	bool joined;          /* .. of which there is one already */
	const char *what;     /* the next edits are called, or NULL */
	struct shifts shifts; /* owned: as of shifts_generation */
	uint64_t shifts_generation;
	bool dropped;      /* what was edited is not wanted */
	uint64_t *touched; /* owned: documents that had edits, sorted by id */
	size_t touched_count, touched_cap;
	struct session_lock *locks; /* owned: sorted by doc */
	size_t lock_count, lock_cap;
	uint64_t *changing; /* owned: documents of the group in hand */
	size_t changing_count, changing_cap;
	void (*moved)(void *ctx, uint64_t doc, uint64_t off, uint64_t removed,
	              uint64_t added);
	void *moved_ctx;
	bool stdin_taken;
	struct job *check_job; /* looks at files; NULL: none runs */
	struct check check;
	bool looks_later, locks_due; /* a check is to find who has locks */
	bool reads_locks, has_list;  /* of the check that runs */
	struct lock_list listed;     /* owned */
	struct flushing *flushing;   /* owned; NULL: no flush is under way */
	struct written *written;     /* counted: by the last flush, or NULL */
	size_t flushed; /* steps of the history that were done at a flush */
	size_t whole;   /* likewise, and nothing was left out */
	size_t closed;  /* of these, the first ones come from closed journals */
	bool closed_cut;    /* of which some are not in the history any more */
	bool is_ahead;      /* what can be made again comes from one of them */
	bool said_journals; /* that some cannot be opened */
	bool is_unlooked;   /* a look at what waits was begun, and failed */
	uint64_t looked_id; /* last_id, when a look did not fail */
	bool looks_in_jobs; /* and not when an edit wants to know */
	struct looking *looking;   /* owned; NULL: nobody looks */
	struct sampling *sampling; /* owned; NULL: no samples are taken */
	struct taking *taking;     /* owned; NULL: nothing is taken up */
	struct deciding *deciding; /* owned; NULL: nothing is decided */
	struct beyond *beyond;     /* owned; NULL: nobody has asked for those */
	struct loading *loading;   /* owned; NULL: no history is loaded */
	struct remarks *remarks;   /* owned; NULL: none were heard of */
	char **names;              /* owned: see session_name() */
	size_t name_count, name_cap;
	void (*say)(void *ctx, const char *text);
	void *say_ctx;
	char **unsaid; /* owned: lines for say, when there is one */
	size_t unsaid_count, unsaid_cap;
};

/* Have long bytes put away that edits bring. */
void session_begin_store(struct session *session);

/* What cannot be read of [off, off + len) is given up. ERR_NOMEM. */
bool session_force(struct session *session, uint64_t doc, uint64_t off,
                   uint64_t len, struct error *err) MUST_USE;
/* How many bytes from `off` on are; behind session_sort_forced(). O(log n). */
void session_sort_forced(struct session *session);
uint64_t session_is_forced(const struct session *session, uint64_t doc,
                           uint64_t off);
/* The document was flushed. */
void session_unforce(struct session *session, uint64_t doc);

/* May the documents of the group in hand be edited, whatever waits for them?
   ERR_STATE. */
bool session_check_held(struct session *session, struct error *err) MUST_USE;
/* May this one? ERR_STATE. */
bool session_is_free(const struct session *session, uint64_t doc,
                     struct error *err) MUST_USE;

/* The session ends, or they were taken. */
void session_free_sampling(struct session *session);
/* The session ends, or the look is over. */
void session_free_look(struct session *session);

/* What waited in this journal for a document (0: for any) is decided. */
void session_let_go(struct session *session, const char *journal, uint64_t doc);

/* What a journal took over from others that could not be told waits there no
   longer: else it would come back when this one has gone. */
bool session_settle(const struct folder *folder, const struct recover *rec,
                    struct error *err) MUST_USE;

/* Remove files that a flush was to put in the place of others, and that a crash
   has left. A failure is said. */
void session_drop_temps(struct session *session, struct recover *rec);
/* The same in any thread; a failure goes to *late. */
void session_drop_temps_of(const struct session *session, struct recover *rec,
                           struct error *late);
/* Let it go of the edits of all documents that are open: in any thread, while
   nothing is changed. *late: what went wrong beside, if anything. */
bool session_let_release(struct session *session, struct recover *rec,
                         struct error *late, struct error *err) MUST_USE;

/* Has another thread the journal, to write what was taken up? */
bool session_recover_is_writing(const struct session *session);

/* Free a journal that is not needed any more, in a job. Takes it over; NULL is
   allowed. */
void session_spend(struct session *session, struct recover *rec);
/* The session ends: wait for these. */
void session_free_spent(struct session *session);

/* The journals that were taken up wait no longer (`release`), or again. */
void session_end_taken(struct session *session, bool release);
/* They wait no longer for documents that have no edits now: they were
   flushed. */
void session_release_flushed(struct session *session);

/* Give the group that is begun next its name and time: now; or this name, NULL
   for none, and `made` ns after the epoch. */
void session_label(struct session *session);
void session_label_made(struct session *session, const char *what,
                        int64_t made);
/* What a journal calls it, to stay as long as the session. ERR_NOMEM. */
bool session_name(struct session *session, const char *called,
                  const char **what, struct error *err) MUST_USE;
void session_free_names(struct session *session);

/* Say a line, now or when there is somebody to say it to. */
void session_say_line(struct session *session, const char *text);
/* What is new about the place of the journal, if anything is. */
void session_say_news(struct session *session);

/* Make a layout and its space the present ones. Takes the layout's contents
   over on success. ERR_RANGE, ERR_NOMEM. */
bool session_commit(struct session *session, struct layout *layout,
                    struct error *err) MUST_USE;
/* Forget the documents that no placement shows any more. */
void session_drop_unused(struct session *session);
/* The session ends: what is unsaved waits for the next start. */
void session_end_journal(struct session *session);

/* Make the group in hand the state of now, or forget it. */
bool session_conclude(struct session *session, enum keeper_what what,
                      struct error *err) MUST_USE;
/* Begin a group, of one change if it is `alone`; and the end of one of which a
   change may have failed (`ok` is false). */
void session_begin_edit(struct session *session, bool alone);
bool session_end_edit(struct session *session, bool ok, unsigned flags,
                      struct error *err) MUST_USE;

/* The layout with the documents in `fresh`, which has one or NULL for each of
   session->docs, in place of the ones now. ERR_NOMEM. */
bool session_layout_with(const struct session *session,
                         struct document *const *fresh, struct layout *trial,
                         struct error *err) MUST_USE;

/* Is nothing being done about what earlier runs have left? ERR_STATE. */
bool session_is_idle(const struct session *session, struct error *err) MUST_USE;
/* And is no flush under way? ERR_STATE. */
bool session_may_change(const struct session *session,
                        struct error *err) MUST_USE;
/* Is nothing half done, so that a past may be looked at? ERR_STATE. */
bool session_may_look(const struct session *session,
                      struct error *err) MUST_USE;
/* May these be written, whoever else has their bytes: the system, or another
   document that is open? ERR_READONLY, unless `flags` (FLUSH_*) say so;
   ERR_NOMEM. */
bool session_check_claims(struct session *session, struct document *const *docs,
                          size_t count, unsigned flags,
                          struct error *err) MUST_USE;
/* Are the bytes that the edits of a document hide those of `src`, as far as the
   journal knows them? Of *unknown bytes it does not; those that cannot be read
   now do not count. Any thread, while nothing is edited. ERR_CHANGED, ERR_IO,
   ERR_NOMEM. */
bool session_fits(const struct session *session, const struct document *doc,
                  struct source *src, uint64_t *unknown,
                  struct error *err) MUST_USE;
/* Make room to note a flush of this run, and note it: session_past_bases.c. The
   second cannot fail. ERR_NOMEM. */
bool session_reserve_flush(struct session *session, struct error *err) MUST_USE;
void session_note_flush(struct session *session, const char *journal,
                        uint32_t number);
/* Has this run flushed something of this journal? */
bool session_has_flushed(const struct session *session, const char *journal);
/* The document that has become of a file that was flushed, if it is open: the
   one of that name; or of that inode, unless the name leads to another file,
   since inodes of files that were exchanged are soon given again. NULL:
   none. */
struct document *session_heir_of(const struct session *session,
                                 const struct record_file *file);
/* An id for a file that history is about, and that is not open: no document
   ever gets it. ERR_NOMEM. */
bool session_absent_id(struct session *session, const struct record_file *file,
                       uint64_t *id, struct error *err) MUST_USE;
/* The path of a file that history is about, and that is not open, by its id in
   the history; NULL: it is none of these. */
const char *session_absent(const struct session *session, uint64_t doc);
/* A step changes such a file, or one that was closed: say so. Returns false. */
bool session_say_absent(const struct session *session, uint64_t doc,
                        struct error *err);
void session_free_past(struct session *session);
/* Journals are there no longer: the history is loaded anew when it is asked
   for. */
void session_renew_past(struct session *session);
/* Remarks that a journal has about steps of others; and lay those that are
   known over the steps of one, whose first groups these are. ERR_IO,
   ERR_CHANGED, ERR_NOMEM. */
bool session_hear_remarks(struct session *session, struct recover *rec,
                          struct error *err) MUST_USE;
bool session_apply_remarks(const struct session *session,
                           const struct closed_load *l, const uint32_t *groups,
                           struct error *err) MUST_USE;
void session_free_remarks(struct session *session);
/* The session ends: wait for a flush that is under way. Returns whether one is
   open, so that the journal has to be kept. */
bool session_end_flush(struct session *session);
/* A document was opened: if it is to be written, note whether another program
   has locked its file, and say so. The list is read when it is needed first, if
   *is_read does not say that it is, or by the next check. ERR_NOMEM. */
bool session_try_lock(struct session *session, struct document *doc,
                      struct lock_list *list, bool *is_read,
                      struct error *err) MUST_USE;
/* Lock the files that the group in hand changes. Fails as lock_take(). */
bool session_lock(struct session *session, struct error *err) MUST_USE;
/* The group was committed or cancelled: let go of its files that have no
   edits. */
void session_unlock(struct session *session);
/* The file of a document that is loaded anew may be another one: if the
   document is locked, lock that, and keep both locks until session_relocked()
   lets go of the new ones, or of the old ones. Fails as lock_take(). */
bool session_relock(struct session *session, const struct document *doc,
                    const struct document *fresh, struct error *err) MUST_USE;
void session_relocked(struct session *session, bool keep_new);

/* Lay the edits of a document over its file as it was opened anew. ERR_CHANGED:
   bytes that they hide are others now; ERR_READONLY, ERR_IO, ERR_NOMEM. */
bool session_carry(struct session *session, const struct document *doc,
                   struct document *fresh, struct error *err) MUST_USE;
/* Make an edit that drops those for which that is so, of all documents that are
   opened anew: fresh[i] belongs to docs[i]. *dropped: there were any. */
bool session_drop_misfits(struct session *session, struct document **fresh,
                          bool *dropped, struct error *err) MUST_USE;
/* Let go of all files that have none, or are closed. O(locks) */
void session_unlock_unused(struct session *session);
/* At the end: let go of all. */
void session_free_locks(struct session *session);

#endif
