/*
 * keeper.c - see keeper.h
 *
 * An edit may bring bytes that an earlier one brought: where those of the store
 * are in the journal is kept.
 *
 * P1	what is kept of a group that was not committed stands at or behind the
 *	journal's end, and is dropped before the next group
 * P2	steps[i] is the first group, in the journal, of step i of the history;
 *	0 if nothing of it was written
 */
#include "config.h"

#include "keep/keeper.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "edit/documents.h"
#include "edit/edits.h"
#include "edit/fill.h"
#include "edit/past.h"
#include "edit/store.h"
#include "keep/disk.h"
#include "keep/expire.h"
#include "keep/journal.h"
#include "keep/kept.h"
#include "keep/recover.h"
#include "keep/shelf.h"
#include "source/run.h"

/* Of closed journals, ns. */
#define HISTORY_AGE (INT64_C(90) * 24 * 60 * 60 * 1000000000)

enum {
	BATCH = 64, /* pieces that are given to the journal at once */
	BYTES = RECORD_OLD_MAX,
};

_Static_assert((int)STORE_PATTERN_MAX == (int)RECORD_PATTERN_MAX &&
                       (int)FILL_KEY == (int)RECORD_KEY,
               "fills and their records are the same");

/* A document that the journal names. */
struct named {
	uint64_t doc;
	uint32_t number;
	uint32_t link; /* the same for those of one write_changes(); or 0 */
	struct identity id;
};

/* A number that a document had before it was loaded anew. */
struct former {
	uint64_t doc;
	uint32_t number;
};

/* A change on its way, in parts: see journal_change(). */
struct batch {
	struct record_change change;
	struct record_piece pieces[BATCH];
	size_t used; /* of the bytes */
	uint8_t bytes[BYTES + RECORD_PATTERN_MAX];
};

/* Bytes of a document's base. */
struct saw {
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
	struct journal **closed; /* owned: images are read from them */
	size_t closed_count, closed_cap;
	bool has_images;  /* of `journal` */
	uint64_t limit;   /* of its size; 0: none */
	uint64_t history; /* bytes of closed ones that are left */
	bool has_news;
	char news[ERROR_TEXT + 64];
	struct kept kept; /* owned; P1 */
	uint32_t *steps;  /* owned; P2 */
	size_t step_count, step_cap;
	struct named *named; /* owned, sorted by doc */
	size_t named_count, named_cap;
	struct former *former; /* owned */
	size_t former_count, former_cap;
	struct batch *batch; /* owned; NULL: not used yet */
	struct saw saw;
	struct runs runs; /* owned */

	uint32_t adopt_numbers; /* names before an adoption */
	size_t adopt_steps;

	/* The group that is written. */
	bool linking;  /* by write_changes() */
	uint32_t link; /* of its documents so far; 0: there was none */
	bool ok;
	bool any; /* there is a record of it */
	struct error *err;
};

/* --- where bytes are ------------------------------------------------------- */

/* What a flush has overwritten may be in a journal that cannot be read. */
static bool all_have_bytes(const struct runs *runs, struct error *err)
{
	for (size_t i = 0; i < runs->count; i++)
		if (!state_has_bytes(runs->v[i].state))
			return error_set(err, ERR_STATE,
			                 "bytes from before a flush cannot be "
			                 "read any more");
	return true;
}

/* Put [off, off + len) of the store into the journal, as much as stands
   together. */
static bool keep_bytes(struct keeper *keeper, uint64_t off, uint64_t len,
                       struct kept_stretch *out, struct error *err)
{
	uint8_t buf[4096];
	struct piece piece = { .off = off,
		               .len = u64_min(len, sizeof(buf)),
		               .tag = PIECE_STORE | PIECE_EDITED };
	size_t took;

	runs_clear(&keeper->runs);
	if (!store_read(edits_store(keeper->edits), &piece, buf, &keeper->runs,
	                err) ||
	    !all_have_bytes(&keeper->runs, err) ||
	    !journal_store(keeper->journal, buf, (size_t)piece.len, &took,
	                   &out->at, err))
		return false;
	out->off = off;
	out->len = took;
	return kept_add(&keeper->kept, *out, err);
}

/* Where the byte `off` of the store is in the journal, and how many at most
   `len` follow it there. */
static bool locate(struct keeper *keeper, uint64_t off, uint64_t len,
                   struct kept_stretch *out, struct error *err)
{
	struct kept_stretch kept;
	uint64_t skip;

	if (!kept_find(&keeper->kept, off, &kept))
		return keep_bytes(keeper, off, u64_min(len, kept.off - off),
		                  out, err);
	skip = off - kept.off;
	*out = (struct kept_stretch){ .off = off,
		                      .len = u64_min(len, kept.len - skip),
		                      .at = kept.at + skip };
	return true;
}

/* --- documents -------------------------------------------------------------- */

/* The first entry of this document or a later one. */
static size_t find_named(const struct keeper *keeper, uint64_t doc)
{
	size_t lo = 0, hi = keeper->named_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (keeper->named[mid].doc < doc)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool is_same(const struct identity *a, const struct identity *b)
{
	return identity_same(a, b) && a->size == b->size &&
	       a->mtime == b->mtime && a->ctime == b->ctime;
}

bool keeper_path(const struct keeper *keeper, const struct document *doc,
                 char path[static KEEPER_PATH], struct error *err)
{
	const char *name = document_name(doc);
	size_t len = 0;
	int res;

	if (name[0] != '/') {
		res = keeper->sys->cwd(path, RECORD_PATH_MAX);
		if (res < 0)
			return error_sys(err, -res, "the working directory");
		len = strlen(path);
		path[len++] = '/';
	}
	if (strlen(name) >= RECORD_PATH_MAX - len)
		return error_set(err, ERR_LIMIT,
		                 "the path is too long for the journal");
	strcpy(path + len, name);
	return true;
}

/* Write who a document is. */
static bool name_file(struct keeper *keeper, const struct document *doc,
                      uint32_t *number, struct error *err)
{
	const struct source *src = document_source(doc);
	char path[KEEPER_PATH];
	struct record_file file = {
		.kind = src->traits & SOURCE_DEVICE ? RECORD_FILE_DEVICE
		                                    : RECORD_FILE_REGULAR,
		.dev = src->id.dev,
		.ino = src->id.ino,
		.size = src->id.size,
		.mtime = src->id.mtime,
		.ctime = src->id.ctime,
		.path = path,
	};

	if (!keeper_path(keeper, doc, path, err))
		return false;
	file.path_len = strlen(path);
	return journal_file(keeper->journal, &file, number, err);
}

/* The number of a document in the journal. */
static bool number_of(struct keeper *keeper, const struct document *doc,
                      uint32_t *number, struct error *err)
{
	uint64_t id = document_id(doc);
	size_t at = find_named(keeper, id);
	struct named *named = &keeper->named[at];
	bool there = at < keeper->named_count && named->doc == id;

	/* What was loaded anew is another file to the journal. */
	if (there && is_same(&named->id, &document_source(doc)->id)) {
		*number = named->number;
		return true;
	}
	if (!mem_grow(&keeper->named, &keeper->named_cap,
	              keeper->named_count + 1, sizeof(*named), err) ||
	    !mem_grow(&keeper->former, &keeper->former_cap,
	              keeper->former_count + 1, sizeof(*keeper->former), err) ||
	    !name_file(keeper, doc, number, err))
		return false;
	named = &keeper->named[at];
	if (there) {
		keeper->former[keeper->former_count++] =
			(struct former){ id, named->number };
	} else {
		memmove(named + 1, named,
		        (keeper->named_count - at) * sizeof(*named));
		keeper->named_count++;
	}
	*named = (struct named){ .doc = id,
		                 .number = *number,
		                 .link = there ? named->link : 0,
		                 .id = document_source(doc)->id };
	return true;
}

/* The documents of this group belong together from here on. */
static void link_document(struct keeper *keeper, uint64_t doc)
{
	struct named *named = &keeper->named[find_named(keeper, doc)];
	uint32_t was = named->link;

	if (keeper->link == 0)
		keeper->link = was ? was : named->number;
	named->link = keeper->link;
	for (size_t i = 0; was != 0 && i < keeper->named_count; i++)
		if (keeper->named[i].link == was)
			keeper->named[i].link = keeper->link;
}

/* Numbers of a group that was not committed are given again. */
static void drop_named(struct keeper *keeper, uint32_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < keeper->named_count; i++)
		if (keeper->named[i].number <= most)
			keeper->named[n++] = keeper->named[i];
	keeper->named_count = n;
}

static uint32_t last_number(const struct keeper *keeper)
{
	uint32_t most = 0;

	for (size_t i = 0; i < keeper->named_count; i++)
		if (keeper->named[i].number > most)
			most = keeper->named[i].number;
	return most;
}

/* --- changes ----------------------------------------------------------------- */

static bool flush_batch(struct keeper *keeper, struct error *err)
{
	struct batch *batch = keeper->batch;
	struct record_change *change = &batch->change;
	uint32_t count = change->removed_count + change->added_count;

	if (count == 0)
		return true;
	if (!journal_change(keeper->journal, change, batch->pieces, err))
		return false;
	for (uint32_t i = change->removed_count; i < count; i++)
		change->off += batch->pieces[i].len;
	change->removed_count = change->added_count = 0;
	batch->used = 0;
	return true;
}

/* Room for one more piece and for its bytes. */
static bool reserve_piece(struct keeper *keeper, size_t bytes,
                          struct error *err)
{
	const struct batch *batch = keeper->batch;
	uint32_t count =
		batch->change.removed_count + batch->change.added_count;

	if (count < BATCH && bytes <= sizeof(batch->bytes) - batch->used)
		return true;
	return flush_batch(keeper, err);
}

static void put_piece(struct batch *batch, const struct record_piece *piece,
                      bool added)
{
	struct record_change *change = &batch->change;

	batch->pieces[change->removed_count + change->added_count] = *piece;
	if (added)
		change->added_count++;
	else
		change->removed_count++;
}

void keeper_saw(struct keeper *keeper, uint64_t doc, uint64_t off,
                const void *bytes, size_t len)
{
	assert(len <= KEEPER_SAW);
	keeper->saw.doc = doc;
	keeper->saw.off = off;
	keeper->saw.len = len;
	if (len > 0)
		memcpy(keeper->saw.bytes, bytes, len);
}

static bool has_seen(const struct keeper *keeper, uint64_t doc,
                     const struct piece *piece)
{
	const struct saw *saw = &keeper->saw;

	return saw->len > 0 && saw->doc == doc && piece->off >= saw->off &&
	       piece->off - saw->off < saw->len &&
	       piece->len <= saw->len - (piece->off - saw->off);
}

/* Read bytes of the base; *known: all of them have values. */
static bool read_base(struct keeper *keeper, const struct document *doc,
                      const struct piece *piece, uint8_t *to, bool *known,
                      struct error *err)
{
	runs_clear(&keeper->runs);
	if (!document_read_at(doc, NULL, piece->off, to, (size_t)piece->len, 0,
	                      &keeper->runs, err))
		return false;
	*known = true;
	for (size_t i = 0; i < keeper->runs.count; i++)
		*known = *known && state_has_bytes(keeper->runs.v[i].state);
	return true;
}

/* The bytes of the base, if they can be read. */
static bool read_old(struct keeper *keeper, const struct document *doc,
                     const struct piece *piece, struct record_piece *out,
                     struct error *err)
{
	struct batch *batch = keeper->batch;
	uint8_t *to = batch->bytes + batch->used;
	bool known = has_seen(keeper, document_id(doc), piece);

	if (known)
		memcpy(to, keeper->saw.bytes + (piece->off - keeper->saw.off),
		       (size_t)piece->len);
	else if (!read_base(keeper, doc, piece, to, &known, err))
		return false;
	if (!known)
		return true;
	out->old = RECORD_OLD_BYTES;
	out->bytes = to;
	batch->used += (size_t)piece->len;
	return true;
}

/* *most is how many old bytes the change may still take. */
static bool put_removed(struct keeper *keeper, const struct document *doc,
                        const struct piece *piece, uint64_t *most,
                        struct error *err)
{
	struct record_piece out = { .kind = RECORD_PIECE_EDITED,
		                    .len = piece->len };
	bool known = false;

	if ((piece->tag & PIECE_KIND) == PIECE_BASE) {
		out.kind = RECORD_PIECE_BASE;
		out.off = piece->off;
		known = piece->len <= *most;
	}
	if (!reserve_piece(keeper, known ? (size_t)piece->len : 0, err))
		return false;
	if (known) {
		*most -= piece->len;
		if (!read_old(keeper, doc, piece, &out, err))
			return false;
	}
	put_piece(keeper->batch, &out, false);
	return true;
}

static bool put_store(struct keeper *keeper, struct piece piece,
                      struct error *err)
{
	while (piece.len > 0) {
		struct record_piece out = { .kind = RECORD_PIECE_STORE };
		struct kept_stretch kept;

		if (!reserve_piece(keeper, 0, err) ||
		    !locate(keeper, piece.off, piece.len, &kept, err))
			return false;
		out.off = kept.at;
		out.len = kept.len;
		put_piece(keeper->batch, &out, true);
		piece = piece_part(piece, kept.len, piece.len - kept.len);
	}
	return true;
}

static bool put_fills(struct keeper *keeper, struct piece piece,
                      struct error *err)
{
	struct batch *batch = keeper->batch;

	while (piece.len > 0) {
		struct record_piece out = { 0 };
		struct store_fill fill;

		if (!reserve_piece(keeper, RECORD_PATTERN_MAX, err))
			return false;
		out.bytes = batch->bytes + batch->used;
		fill = store_fill(edits_store(keeper->edits), piece.off,
		                  batch->bytes + batch->used);
		out.kind = fill.period > 0 ? RECORD_PIECE_FILL
		                           : RECORD_PIECE_RANDOM;
		out.len = u64_min(fill.len, piece.len);
		out.off = fill.phase;
		out.period = (uint32_t)fill.period;
		batch->used += fill.period > 0 ? fill.period : FILL_KEY;
		put_piece(batch, &out, true);
		piece = piece_part(piece, out.len, piece.len - out.len);
	}
	return true;
}

static bool put_added(struct keeper *keeper, const struct piece *piece,
                      struct error *err)
{
	struct record_piece out = { .kind = RECORD_PIECE_BASE,
		                    .len = piece->len,
		                    .off = piece->off };

	if ((piece->tag & PIECE_KIND) == PIECE_STORE)
		return put_store(keeper, *piece, err);
	if ((piece->tag & PIECE_KIND) == PIECE_FILL)
		return put_fills(keeper, *piece, err);
	if (piece->tag & PIECE_EDITED)
		out.kind = RECORD_PIECE_MOVED;
	if (!reserve_piece(keeper, 0, err))
		return false;
	put_piece(keeper->batch, &out, true);
	return true;
}

static bool put_change(struct keeper *keeper, const struct document *doc,
                       const struct change *change, struct error *err)
{
	uint64_t most = RECORD_OLD_MAX;
	struct pieces_walk walk;
	struct piece piece;
	uint32_t number;

	if (!number_of(keeper, doc, &number, err))
		return false;
	if (keeper->linking)
		link_document(keeper, document_id(doc));
	keeper->batch->used = 0;
	keeper->batch->change =
		(struct record_change){ .file = number, .off = change->off };
	pieces_walk(&walk, &change->removed);
	while (pieces_next(&walk, &piece))
		if (!put_removed(keeper, doc, &piece, &most, err))
			return false;
	pieces_walk(&walk, &change->added);
	while (pieces_next(&walk, &piece))
		if (!put_added(keeper, &piece, err))
			return false;
	return flush_batch(keeper, err);
}

static const struct document *document_of(const struct keeper *keeper,
                                          const struct change *change)
{
	size_t at = documents_find(keeper->docs, change->doc);
	const struct document *doc;

	if (at == keeper->docs->count)
		return NULL;
	doc = keeper->docs->v[at].doc;
	return document_source(doc)->traits & SOURCE_PRIVATE ? NULL : doc;
}

static void take_change(void *ctx, const struct change *change)
{
	struct keeper *keeper = ctx;
	const struct document *doc = document_of(keeper, change);

	if (!keeper->ok || !doc)
		return;
	keeper->any = true;
	keeper->ok = put_change(keeper, doc, change, keeper->err);
}

static void see_change(void *ctx, const struct change *change)
{
	struct keeper *keeper = ctx;

	if (document_of(keeper, change))
		keeper->any = true;
}

static void forget_steps(struct keeper *keeper)
{
	for (size_t i = 0; i < keeper->step_count; i++)
		keeper->steps[i] = 0;
}

/* --- groups ------------------------------------------------------------------ */

/* Nobody can keep it: the edits go on without. */
static void give_up(struct keeper *keeper, const struct error *why)
{
	keeper->state = KEEPER_NOWHERE;
	keeper->has_news = true;
	snprintf(keeper->news, sizeof(keeper->news),
	         "NO JOURNAL, edits are lost with this program: %s", why->text);
}

static struct shelf_places places_of(const struct keeper *keeper)
{
	return (struct shelf_places){ keeper->places[0], keeper->places[1],
		                      keeper->places[2], keeper->places[3] };
}

/* Open the folder and make a journal. *ok is false on failure; without a place
   there is none, and *ok is true. */
static bool begin(struct keeper *keeper, bool *ok, struct error *err)
{
	struct shelf_places places = places_of(keeper);
	struct error why = { 0 };
	bool passed;

	*ok = true;
	if (keeper->state != KEEPER_EMPTY || keeper->journal)
		return keeper->journal != NULL;
	*ok = false;
	if (!keeper->batch)
		keeper->batch = mem_zalloc(sizeof(*keeper->batch), err);
	if (!keeper->batch)
		return false;
	if (!keeper->folder.path &&
	    !shelf_open(keeper->sys, &places, true, &keeper->folder, &passed,
	                &why)) {
		*ok = why.code != ERR_NOMEM;
		if (*ok)
			give_up(keeper, &why);
		else
			*err = why;
		return false;
	}
	if (why.code && passed) {
		keeper->has_news = true;
		snprintf(keeper->news, sizeof(keeper->news),
		         "the journal is in %s: %s", keeper->folder.path,
		         why.text);
	}
	keeper->is_volatile = keeper->sys->in_memory(keeper->folder.fd) == 1;
	keeper->journal = journal_new(&keeper->folder, err);
	*ok = keeper->journal != NULL;
	if (*ok)
		journal_set_limit(keeper->journal, keeper->limit);
	return *ok;
}

static bool fail(struct keeper *keeper, uint32_t numbers)
{
	journal_cancel(keeper->journal);
	kept_cut(&keeper->kept, journal_size(keeper->journal));
	drop_named(keeper, numbers);
	return false;
}

static bool write_edit(struct keeper *keeper, bool join, struct error *err)
{
	const struct past *past = edits_past(keeper->edits);
	size_t step = past_done(past) - (join ? 1 : 0);
	uint32_t numbers = last_number(keeper);
	uint32_t group = 0;
	bool continues;

	/* A step that nothing was written of has 0. */
	if (!mem_grow(&keeper->steps, &keeper->step_cap, step + 1,
	              sizeof(*keeper->steps), err))
		return false;
	while (keeper->step_count <= step)
		keeper->steps[keeper->step_count++] = 0;
	continues = join && keeper->steps[step] != 0;
	edits_each(keeper->edits, take_change, keeper);
	if (!keeper->ok)
		return fail(keeper, numbers);
	if (keeper->any &&
	    !journal_commit(keeper->journal, continues, &group, err))
		return fail(keeper, numbers);
	keeper->step_count = step + 1;
	if (!continues)
		keeper->steps[step] = group;
	return true;
}

/*
 * What is taken back, or made again, was done before this journal began: it is
 * written as the changes that it comes to. From there on the journal knows no
 * other steps, either, since those may come to lie in front of it.
 */
static bool write_changes(struct keeper *keeper, struct error *err)
{
	uint32_t numbers = last_number(keeper);

	keeper->linking = true;
	keeper->link = 0;
	edits_each(keeper->edits, take_change, keeper);
	keeper->linking = false;
	if (!keeper->ok)
		return fail(keeper, numbers);
	if (!keeper->any)
		return true;
	if (!journal_commit(keeper->journal, false, NULL, err))
		return fail(keeper, numbers);
	forget_steps(keeper);
	return true;
}

static bool write_way(struct keeper *keeper, enum keeper_what what,
                      struct error *err)
{
	size_t done = past_done(edits_past(keeper->edits));
	size_t step = what == KEEPER_UNDO ? done - 1 : done;
	enum record_type type = what == KEEPER_UNDO ? RECORD_UNDO : RECORD_REDO;
	uint32_t first = step < keeper->step_count ? keeper->steps[step] : 0;

	if (first == 0)
		return write_changes(keeper, err);
	return journal_number(keeper->journal, type, first, err) &&
	       journal_commit(keeper->journal, false, NULL, err);
}

bool keeper_write(struct keeper *keeper, enum keeper_what what,
                  struct error *err)
{
	bool ok;

	keeper->ok = true;
	keeper->any = false;
	keeper->err = err;
	if (!keeper->journal) {
		edits_each(keeper->edits, see_change, keeper);
		if (!keeper->any)
			return true;
		keeper->any = false;
		if (!begin(keeper, &ok, err))
			return ok;
	}
	if (what == KEEPER_EDIT || what == KEEPER_JOIN)
		ok = write_edit(keeper, what == KEEPER_JOIN, err);
	else
		ok = write_way(keeper, what, err);
	keeper->saw.len = 0;
	if (ok && journal_group(keeper->journal) > 0)
		keeper->state = KEEPER_KEEPS;
	return ok;
}

bool keeper_note(struct keeper *keeper, size_t step, const char *text,
                 struct error *err)
{
	/* Of a step that was not written, nothing is. */
	if (!keeper->journal || step >= keeper->step_count ||
	    keeper->steps[step] == 0)
		return true;
	return journal_note(keeper->journal, keeper->steps[step], text,
	                    strlen(text), err) &&
	       journal_commit(keeper->journal, false, NULL, err);
}

bool keeper_move_steps(struct keeper *keeper, size_t removed, size_t added,
                       struct error *err)
{
	size_t left =
		keeper->step_count - size_min(removed, keeper->step_count);

	if (left == 0) {
		keeper->step_count = 0;
		return true;
	}
	if (!mem_grow(&keeper->steps, &keeper->step_cap, added + left,
	              sizeof(*keeper->steps), err))
		return false;
	memmove(keeper->steps + added, keeper->steps + removed,
	        left * sizeof(*keeper->steps));
	for (size_t i = 0; i < added; i++)
		keeper->steps[i] = 0;
	keeper->step_count = added + left;
	return true;
}

/* --- other journals ------------------------------------------------------------ */

bool keeper_adopt_begin(struct keeper *keeper, const uint8_t *uuid,
                        const uint32_t *files, uint32_t count,
                        struct error *err)
{
	bool ok;

	if (!begin(keeper, &ok, err))
		return ok;
	keeper->adopt_numbers = last_number(keeper);
	keeper->adopt_steps = past_done(edits_past(keeper->edits));
	if (!journal_adopt_begin(keeper->journal, uuid, files, count, err))
		return false;
	keeper->state = KEEPER_KEEPS;
	return true;
}

bool keeper_adopt_end(struct keeper *keeper, const uint8_t *uuid,
                      struct error *err)
{
	return !keeper->journal ||
	       journal_adopt_end(keeper->journal, uuid, err);
}

void keeper_adopt_cancel(struct keeper *keeper)
{
	struct error why;

	if (!keeper->journal)
		return;
	keeper->step_count = size_min(keeper->step_count, keeper->adopt_steps);
	if (!journal_adopt_cancel(keeper->journal, &why)) {
		keeper_abandon(keeper, &why);
		return;
	}
	kept_cut(&keeper->kept, journal_size(keeper->journal));
	drop_named(keeper, keeper->adopt_numbers);
}

void keeper_abandon(struct keeper *keeper, const struct error *why)
{
	give_up(keeper, why);
	/* Room was made when the images were. */
	if (keeper->has_images)
		keeper->closed[keeper->closed_count++] = keeper->journal;
	else
		journal_free(keeper->journal);
	keeper->has_images = false;
	keeper->journal = NULL;
}

const struct folder *keeper_look(struct keeper *keeper, struct error *err)
{
	struct shelf_places places = places_of(keeper);
	bool passed;

	if (keeper->folder.path || shelf_open(keeper->sys, &places, false,
	                                      &keeper->folder, &passed, err))
		return &keeper->folder;
	if (err->code != ERR_NOMEM)
		err->code = ERR_NO;
	return NULL;
}

/* --- flushes ------------------------------------------------------------------- */

struct journal *keeper_journal(const struct keeper *keeper)
{
	return keeper->state == KEEPER_KEEPS ? keeper->journal : NULL;
}

uint32_t keeper_number(const struct keeper *keeper, const struct document *doc)
{
	size_t at = find_named(keeper, document_id(doc));

	return at < keeper->named_count &&
	                       keeper->named[at].doc == document_id(doc)
	               ? keeper->named[at].number
	               : 0;
}

bool keeper_is_linked(const struct keeper *keeper, uint64_t a, uint64_t b)
{
	size_t i = find_named(keeper, a), k = find_named(keeper, b);

	return i < keeper->named_count && keeper->named[i].doc == a &&
	       k < keeper->named_count && keeper->named[k].doc == b &&
	       keeper->named[i].link != 0 &&
	       keeper->named[i].link == keeper->named[k].link;
}

bool keeper_add_numbers(const struct keeper *keeper, uint64_t doc,
                        struct keeper_numbers *out, struct error *err)
{
	size_t at = find_named(keeper, doc);

	if (!mem_grow(&out->v, &out->cap, out->count + keeper->former_count + 1,
	              sizeof(*out->v), err))
		return false;
	for (size_t i = 0; i < keeper->former_count; i++)
		if (keeper->former[i].doc == doc)
			out->v[out->count++] = keeper->former[i].number;
	if (at < keeper->named_count && keeper->named[at].doc == doc)
		out->v[out->count++] = keeper->named[at].number;
	return true;
}

/* What comes now of a document is about another base. */
static void forget_numbers(struct keeper *keeper, uint64_t doc)
{
	size_t at = find_named(keeper, doc), n = 0;

	for (size_t i = 0; i < keeper->former_count; i++)
		if (keeper->former[i].doc != doc)
			keeper->former[n++] = keeper->former[i];
	keeper->former_count = n;
	if (at == keeper->named_count || keeper->named[at].doc != doc)
		return;
	keeper->named_count--;
	memmove(&keeper->named[at], &keeper->named[at + 1],
	        (keeper->named_count - at) * sizeof(*keeper->named));
}

bool keeper_flush_prepare(struct keeper *keeper, struct error *err)
{
	return mem_grow(&keeper->closed, &keeper->closed_cap,
	                keeper->closed_count + 1, sizeof(struct journal *),
	                err);
}

void keeper_flushed(struct keeper *keeper, const uint64_t *docs, size_t count,
                    bool rest, bool images)
{
	for (size_t i = 0; i < count; i++)
		forget_numbers(keeper, docs[i]);
	forget_steps(keeper);
	keeper->has_images = keeper->has_images || images;
	if (rest)
		return;
	if (keeper->has_images)
		keeper->closed[keeper->closed_count++] = keeper->journal;
	else
		journal_free(keeper->journal);
	keeper->has_images = false;
	keeper->journal = NULL;
	keeper->state = KEEPER_EMPTY;
	kept_free(&keeper->kept);
	keeper->kept = (struct kept){ 0 };
	keeper->named_count = 0;
	keeper->former_count = 0;
}

bool keeper_expire(const struct keeper *keeper, struct error *err)
{
	return expire(&keeper->folder, keeper->history,
	              keeper->sys->clock() - HISTORY_AGE, err);
}

struct recover *keeper_peek(const struct keeper *keeper, struct error *err)
{
	if (keeper->state == KEEPER_KEEPS)
		return recover_peek(&keeper->folder,
		                    journal_name(keeper->journal), err);
	error_set(err, ERR_NO, "there is no journal");
	return NULL;
}

/* --- the rest ----------------------------------------------------------------- */

struct keeper *keeper_new(const struct sys *sys,
                          const struct shelf_places *places,
                          const struct edits *edits,
                          const struct documents *docs, struct error *err)
{
	const char *from[] = { places->given, places->state, places->home,
		               places->own };
	struct keeper *keeper = mem_zalloc(sizeof(*keeper), err);

	if (!keeper)
		return NULL;
	keeper->sys = sys;
	keeper->edits = edits;
	keeper->docs = docs;
	keeper->folder.fd = -1;
	keeper->history = UINT64_MAX;
	for (size_t i = 0; i < ARRAY_LEN(from); i++) {
		if (!from[i])
			continue;
		keeper->places[i] = mem_strdup(from[i], err);
		if (!keeper->places[i]) {
			keeper_free(keeper);
			return NULL;
		}
	}
	return keeper;
}

void keeper_set_limit(struct keeper *keeper, uint64_t bytes)
{
	keeper->limit = bytes;
	if (keeper->journal)
		journal_set_limit(keeper->journal, bytes);
}

void keeper_set_history(struct keeper *keeper, uint64_t bytes)
{
	keeper->history = bytes;
}

void keeper_free(struct keeper *keeper)
{
	if (!keeper)
		return;
	journal_free(keeper->journal);
	for (size_t i = 0; i < keeper->closed_count; i++)
		journal_free(keeper->closed[i]);
	mem_free(keeper->closed);
	folder_close(&keeper->folder);
	for (size_t i = 0; i < ARRAY_LEN(keeper->places); i++)
		mem_free(keeper->places[i]);
	kept_free(&keeper->kept);
	mem_free(keeper->steps);
	mem_free(keeper->named);
	mem_free(keeper->former);
	mem_free(keeper->batch);
	runs_free(&keeper->runs);
	mem_free(keeper);
}

enum keeper_state keeper_state(const struct keeper *keeper)
{
	return keeper->state;
}

const char *keeper_folder(const struct keeper *keeper)
{
	return keeper->folder.path ? keeper->folder.path : "";
}

const char *keeper_name(const struct keeper *keeper)
{
	return keeper->state == KEEPER_KEEPS ? journal_name(keeper->journal)
	                                     : "";
}

bool keeper_is_volatile(const struct keeper *keeper)
{
	return keeper->state == KEEPER_KEEPS && keeper->is_volatile;
}

const char *keeper_news(struct keeper *keeper)
{
	if (!keeper->has_news)
		return NULL;
	keeper->has_news = false;
	return keeper->news;
}

uint64_t keeper_sync_due(const struct keeper *keeper)
{
	return keeper->journal ? journal_sync_due(keeper->journal) : UINT64_MAX;
}

void keeper_sync_run(struct job *job, void *arg)
{
	struct keeper *keeper = arg;

	journal_sync_run(job, keeper->journal);
}

bool keeper_sync_end(struct keeper *keeper, struct error *err)
{
	return !keeper->journal || journal_sync_end(keeper->journal, err);
}

bool keeper_sync(struct keeper *keeper, struct error *err)
{
	return !keeper->journal || journal_sync(keeper->journal, err);
}

bool keeper_keep(struct keeper *keeper, struct error *err)
{
	return keeper->state != KEEPER_KEEPS ||
	       journal_keep(keeper->journal, err);
}

bool keeper_discard(struct keeper *keeper, struct error *err)
{
	return keeper->state != KEEPER_KEEPS ||
	       journal_discard(keeper->journal, err);
}
