/*
 * journal_impl.h - the inside of a journal, for the files that make it up
 *
 *	journal_disk.c { its file, and the tail of it in memory }
 *	    --> journal_sync.c { making it durable, writing it anew }
 *	        --> journal.c { groups }
 *	            --> journal_end.c { adopting, and how it ends }
 *
 * The invariants stand in journal.c.
 *
 * Threads: as journal.h.
 */
#ifndef KEEP_JOURNAL_IMPL_H
#define KEEP_JOURNAL_IMPL_H

#include <pthread.h>

#include "base/base.h"
#include "keep/disk.h"
#include "keep/record.h"

/* Tests make these small. */
#ifndef JOURNAL_PAYLOAD
#define JOURNAL_PAYLOAD \
	((size_t)512 * 1024) /* bytes after which a record is closed */
#endif
#ifndef JOURNAL_SPILL
#define JOURNAL_SPILL \
	((size_t)1024 * 1024) /* bytes of an open group to be written */
#endif
#ifndef JOURNAL_TAIL
#define JOURNAL_TAIL \
	((size_t)4 * 1024 * 1024) /* bytes that may not be durable */
#endif

enum {
	JOURNAL_RETIRED = 16,
	JOURNAL_NAME = RECORD_NAME + 8, /* with .hxj or .new */
};

/* Where a journal stands between two groups. */
struct journal_position {
	uint64_t seq, end;
	uint32_t chain, group, files;
};

struct journal {
	const struct folder *folder; /* borrowed */
	struct record_journal head;
	char name[JOURNAL_NAME];
	struct journal_position at;    /* behind the last group */
	struct journal_position start; /* of an adoption */
	bool adopting;
	struct journal_position ahead; /* in front of the last groups, if these
	                                  are bytes alone */
	bool has_ahead;
	_Atomic uint64_t limit; /* may be set while another thread writes */
	uint64_t first, last;   /* commits that are not durable: when */
	bool named;             /* head and name are made */
	uint64_t trailer;       /* where it is, once the journal is finished */
	bool cut;               /* J3 */
	bool cut_deep;          /* some of that may be durable */

	/* The group being built. */
	bool building;
	bool unlimited; /* it is none of edits */
	bool is_bytes;  /* and of nothing else */
	bool open;      /* its last record, at tail.bytes + open_at */
	size_t open_at;
	uint16_t open_type;
	uint64_t seq;
	uint32_t chain, files;
	uint32_t time; /* of the last record, s since the journal was created */
	uint32_t open_count; /* changes in it */
	struct record_buffer changes;

	pthread_mutex_t syncing;      /* held during a sync, and to cut */
	pthread_mutex_t lock;         /* of what follows */
	int fd;                       /* -1: no file yet */
	int retired[JOURNAL_RETIRED]; /* readers may use them */
	size_t retired_count;
	unsigned readers; /* of the file */
	const unsigned char
		*map; /* owned: the file, at rest; NULL: it is not */
	size_t map_len;
	struct record_buffer tail;
	uint64_t tail_off;
	uint64_t written, durable;
	bool folder_durable;
	int failed; /* -errno of a sync, until the file is written anew */
};

#ifdef TEST_HOOKS
bool journal_works(unsigned part);
#define WORKS(part) journal_works(JOURNAL_BREAK_##part)
#else
#define WORKS(part) true
#endif

static inline const struct sys *journal_sys(const struct journal *journal)
{
	return journal->folder->sys;
}

/* Where the next byte will stand. */
static inline uint64_t journal_next_off(const struct journal *journal)
{
	return journal->tail_off + journal->tail.len;
}

/* --- the file ------------------------------------------------------------- */

/* What the thread that syncs sets. */
uint64_t journal_durable_end(struct journal *journal);
bool journal_sync_failed(struct journal *journal);
void journal_set_failed(struct journal *journal, int res);

/* Always false: this failed with the result of a system call. */
bool journal_failed(const struct journal *journal, const char *what,
                    int64_t res, struct error *err);

bool journal_make_salt(struct journal *journal, struct record_journal *head,
                       struct error *err) MUST_USE;
/* What the file will be called, before it is made. */
bool journal_make_head(struct journal *journal, struct error *err) MUST_USE;
/* A new file, locked, with its head; or -errno, and there is none. */
int journal_make_file(struct journal *journal, const char *name,
                      const struct record_journal *head) MUST_USE;
/* Nobody reads the file. */
void journal_close_files(struct journal *journal);
/* Behind the trailer, if there is one. */
int journal_write_foot(const struct journal *journal, int fd,
                       uint64_t salt) MUST_USE;
/* Cut off what stands behind the last group (J3, J4). */
bool journal_cut_off(struct journal *journal, struct error *err) MUST_USE;

/* --- the tail ------------------------------------------------------------- */

bool journal_tail_put(struct journal *journal, const void *bytes, size_t len,
                      struct error *err) MUST_USE;
/* Forget what is durable; not often, for the rest has to be moved. */
void journal_tail_drop(struct journal *journal);
/* Write what the file has not, up to the record that is open. */
bool journal_write_out(struct journal *journal, struct error *err) MUST_USE;

/* --- groups --------------------------------------------------------------- */

/* Back to at.end, in memory and in the file. */
void journal_roll_back(struct journal *journal);
/* Always false: the group is given up. */
bool journal_cancelled(struct journal *journal);
/* Close the record that is open, and begin one. */
bool journal_open_record(struct journal *journal, enum record_type type,
                         struct error *err) MUST_USE;
/* Add to it. */
bool journal_put_bytes(struct journal *journal, const void *bytes, size_t len,
                       struct error *err) MUST_USE;

#endif
