/*
 * recover_impl.h - what the parts of recover share
 */
#ifndef KEEP_RECOVER_IMPL_H
#define KEEP_RECOVER_IMPL_H

#include "base/error.h"
#include "keep/recover.h"

/* A name, and a NUL. */
struct recover_name {
	char text[RECORD_CALLED_MAX + 1];
};

/* A part of the file in memory. */
struct recover_window {
	uint8_t *bytes; /* owned */
	size_t len, cap;
	uint64_t off;
};

struct recover_entry {
	uint64_t off;     /* of its first record */
	uint32_t touched; /* where its documents begin in `touched` */
	struct recover_group info;
};

struct recover_origin {
	uint8_t uuid[RECORD_UUID];
	uint32_t first, count; /* documents there, in `numbers` */
};

/* A flush that was begun; its number is 0 if there is none. */
struct recover_flushing {
	uint32_t number, targets;
	uint32_t seen, file; /* targets so far, and the last one */
	uint64_t ranges, bytes;
	uint64_t off, end; /* its records */
	bool committed;
};

/* A flush that was done. */
struct recover_done {
	uint32_t number;   /* of its group */
	uint64_t off, end; /* its records */
	uint32_t time;     /* s since the journal was created */
};

/* How much of the lists below belongs to whole groups. */
struct recover_mark {
	uint64_t end;
	struct record last; /* record; type 0: none */
	size_t groups, files, touched, numbers, released, origins, flushed,
		done, temps, remarks;
	struct recover_flushing flush;
	uint32_t change; /* the last group of CHANGES, UNDO or REDO */
	uint8_t called;  /* those that come; its name in the list, from 1 */
};

struct recover {
	const struct folder *folder; /* borrowed */
	char *name;                  /* owned */
	int fd;                      /* locked; -1: none */
	struct job *job;             /* borrowed: that reads it; or NULL */
	bool writable;
	enum recover_kind kind;
	struct error why;
	struct record_journal head;
	uint32_t start; /* of its CRCs */
	uint64_t size;
	struct recover_window window;
	struct recover_mark at;

	/* Owned lists. */
	struct recover_entry *groups;
	size_t groups_cap;
	struct record_file *files; /* paths are owned, too */
	size_t files_cap;
	uint32_t *touched; /* documents of groups */
	size_t touched_cap;
	uint32_t *numbers; /* documents of origins */
	size_t numbers_cap;
	uint32_t *released;
	size_t released_cap;
	struct recover_origin *origins;
	size_t origins_cap;
	uint32_t *flushed; /* documents of flushes that were done */
	size_t flushed_cap;
	struct recover_done *done; /* flushes, in their order */
	size_t done_cap;
	struct record_temp *temps; /* files that flushes may have left */
	size_t temps_cap;
	struct recover_name *names; /* that groups are called */
	size_t name_count, names_cap;
	bool *waits;  /* for each document, from 0 */
	bool *is_old; /* likewise: it was flushed, its groups are history */

	/* The replay. */
	bool *chosen; /* owned: groups, from 0 */
	size_t group;
	uint64_t off; /* of the next record of the group; 0: not begun */
	bool last;    /* it was the last one */
	bool begun;   /* BEGIN was given, and COMMIT not */
	struct record_cursor cursor;
};

/* Has a document of the group been flushed? Then the group has been, or it was
   undone before. */
bool recover_is_old(const struct recover *rec, size_t group);

/* The documents of a group: [*from, returned) of `touched`. */
size_t recover_touched(const struct recover *rec, size_t group, size_t *from);

/* Nothing is chosen yet of what recover_next() is to give. ERR_NOMEM. */
bool recover_begin_plan(struct recover *rec, struct error *err) MUST_USE;

/* Are these two numbers of one file, which was loaded anew in between? */
bool recover_same_file(const struct recover *rec, uint32_t a, uint32_t b);

/* The bytes [off, off + len) of the file, len <= what the window may be. NULL:
   the file ends before; or *failed, and err says why. */
const uint8_t *recover_bytes(struct recover *rec, uint64_t off, size_t len,
                             bool *failed, struct error *err);

/* The record at `off` and its payload. NULL as above, or if it is none. */
const uint8_t *recover_record(struct recover *rec, uint64_t off,
                              struct record *record, bool *failed,
                              struct error *err);

/* The same of one that was there when the file was read. NULL: ERR_CHANGED,
   ERR_IO, ERR_NOMEM. */
const uint8_t *recover_must_record(struct recover *rec, uint64_t off,
                                   struct record *record, struct error *err);

/* Read the head of the file, whose size is known; rec->kind is UNREADABLE if it
   is none. ERR_IO, ERR_NOMEM. */
bool recover_read_head(struct recover *rec, struct error *err) MUST_USE;

/* A call on the file has failed. Returns false, with ERR_IO. */
bool recover_io_failed(const struct recover *rec, const char *what, int64_t res,
                       struct error *err);

/* What is open is read: all of it. Fails only with ERR_IO and ERR_NOMEM. */
bool recover_read_all(struct recover *rec, struct error *err) MUST_USE;
/* Documents [from, to) are not known any more. */
void recover_forget_paths(struct recover *rec, size_t from, size_t to);

/* Take what a record says into the lists; false if it cannot be, and then the
   journal is damaged, or if there is no memory. Its payload is valid, or of
   changes. */
bool recover_take_record(struct recover *rec, struct recover_mark *at,
                         struct recover_entry *entry,
                         const struct record *record, const uint8_t *payload,
                         struct error *err) MUST_USE;
/* A group is whole. ERR_NOMEM. */
bool recover_end_group(struct recover *rec, struct recover_mark *at,
                       struct recover_entry *entry, const struct record *last,
                       struct error *err) MUST_USE;
/* The journal has a record that is not known; the CRCs are right, so it was
   written so. Returns false. */
bool recover_not_known(struct recover *rec, const struct record *record);

#endif
