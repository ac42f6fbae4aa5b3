/*
 * keeper_impl.h - the inside of a keeper, for the files that make it up
 *
 *	keeper_journal.c { the journals that groups go to }
 *	keeper_names.c { documents and their numbers }
 *	keeper_steps.c { steps and their groups }
 *	    --> keeper_change.c { a change with its bytes }
 *	        --> keeper_write.c { groups }
 *
 * The invariants stand in keeper_write.c and keeper_steps.c.
 *
 * Threads: as keeper.h.
 */
#ifndef KEEP_KEEPER_IMPL_H
#define KEEP_KEEPER_IMPL_H

#include "base/base.h"
#include "base/error.h"
#include "keep/disk.h"
#include "keep/journal.h"
#include "keep/keeper.h"
#include "keep/kept.h"
#include "source/run.h"
#include "source/source.h"

struct change;
struct index_file;
struct keeper_batch;
struct store_image;

/* A document that the journal names. */
struct keeper_named {
	uint64_t doc;
	uint32_t number;
	uint32_t link; /* the same for those of one write_changes(); or 0 */
	struct identity id;
	bool sampled;
};

/* The journal that steps of the history are in, from one on. */
struct keeper_origin {
	size_t first;
	uint8_t uuid[RECORD_UUID];
};

/* Bytes of a document's base. */
struct keeper_saw {
	uint64_t doc, off;
	size_t len; /* 0: none */
	uint8_t bytes[KEEPER_SAW];
};

struct keeper {
	const struct sys *sys;        /* borrowed */
	const struct edits *edits;    /* borrowed */
	const struct documents *docs; /* borrowed */
	char *places[4];              /* owned: of struct shelf_places */
	enum keeper_state state;
	struct folder folder;    /* owned */
	bool is_volatile;        /* the folder is in memory */
	struct journal *journal; /* owned; NULL: none yet */
	struct journal **closed; /* owned: bytes are read from them */
	size_t closed_count, closed_cap;
	uint64_t puts;   /* calls of keeper_put() that have put something */
	bool has_images; /* of `journal`: bytes are read from it */
	uint64_t limit;  /* of its size; 0: none */
	_Atomic uint64_t history; /* bytes of closed ones that are left: may be
	                             set while another thread removes some */
	bool has_passed; /* a folder was not looked into, which was said */
	bool has_news;
	char news[ERROR_TEXT + 64];
	struct kept kept; /* owned; P1 */
	uint32_t *steps;  /* owned; P2 */
	size_t step_count, step_cap;
	size_t fresh;                  /* P3 */
	struct keeper_origin *origins; /* owned, in order of `first` */
	size_t origin_count, origin_cap;
	bool has_remarks;           /* `journal` has some */
	struct keeper_named *named; /* owned, sorted by doc */
	size_t named_count, named_cap;
	struct keeper_named *former; /* owned: before they were loaded anew */
	size_t former_count, former_cap;
	struct index_file *files; /* owned: that the journal names */
	size_t file_count, file_cap;
	struct keeper_batch *batch; /* owned; NULL: not used yet */
	struct keeper_saw saw;
	struct runs runs; /* owned */

	uint32_t adopt_numbers; /* names before an adoption */
	size_t adopt_steps;

	const char *called; /* by the journal, what makes changes; NULL: none */

	/* The group that is written. */
	const char *what;             /* that makes it; borrowed, or NULL */
	const struct pieces *removed; /* borrowed: see keeper_set_removed() */
	size_t removed_count, removed_at;
	bool linking;  /* by write_changes() */
	uint32_t link; /* of its documents so far; 0: there was none */
	bool ok;
	bool any; /* there is a record of it */
	struct error *err;
};

/* --- journals ------------------------------------------------------------- */

/* Open the folder and make a journal. *ok is false on failure; without a place
   there is none, and *ok is true. */
bool keeper_begin(struct keeper *keeper, bool *ok, struct error *err) MUST_USE;
/* Is it the journal, by keeper_put()? */
bool keeper_is_journal(const struct keeper *keeper,
                       const struct store_image *image);

/* --- steps ---------------------------------------------------------------- */

/* Undo and redo of the steps so far say what they change. */
void keeper_forget_steps(struct keeper *keeper);
/* There are no more of them, nor of their groups. */
void keeper_cut_steps(struct keeper *keeper, size_t count);
/* Room for this one, so that it can be set; what was not written so far has no
   group. ERR_NOMEM. */
bool keeper_reserve_step(struct keeper *keeper, size_t step,
                         struct error *err) MUST_USE;
/* It is the last one, and begins with this group of the journal; 0: nothing of
   it was written. */
void keeper_set_step(struct keeper *keeper, size_t step, uint32_t group);
/* Likewise of one that was made again by this group, which may have others
   behind it. */
bool keeper_reserve_again(struct keeper *keeper, size_t step,
                          struct error *err) MUST_USE;
void keeper_set_again(struct keeper *keeper, size_t step, uint32_t group);

/* --- documents ------------------------------------------------------------ */

/* The number of a document in the journal; it is written if it has none. */
bool keeper_number_of(struct keeper *keeper, const struct document *doc,
                      uint32_t *number, struct error *err) MUST_USE;
/* The documents of this group belong together from here on. */
void keeper_link(struct keeper *keeper, uint64_t doc);
/* Numbers of a group that was not committed are given again. */
void keeper_drop_numbers(struct keeper *keeper, uint32_t most);
uint32_t keeper_last_number(const struct keeper *keeper);
/* What comes now of a document is about another base. */
void keeper_forget_numbers(struct keeper *keeper, uint64_t doc);

/* The document of a change; NULL: it is not open, or nobody else can see it. */
const struct document *keeper_document_of(const struct keeper *keeper,
                                          const struct change *change);

/* --- groups --------------------------------------------------------------- */

/* The group in hand is given up, with the numbers behind this one. Returns
   false. */
bool keeper_fail(struct keeper *keeper, uint32_t numbers);

/* --- changes -------------------------------------------------------------- */

/* What putting changes needs; mem_free() frees it. ERR_NOMEM. */
struct keeper_batch *keeper_batch_new(struct error *err) MUST_USE;
/* Put a change of a document into the group. */
bool keeper_put_change(struct keeper *keeper, const struct document *doc,
                       const struct change *change, struct error *err) MUST_USE;

#endif
