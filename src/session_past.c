/*
 * session_past.c - what earlier runs have flushed, as history: see session.h
 *
 * A closed journal has what was done and the images of what was overwritten.
 * Its steps are made again with documents that nobody reads, as long as the
 * files were then: that gives the pieces that each step removed. Bytes stay in
 * the journal, of which the store knows where they are; a history is as small
 * as one that was made in this run.
 *
 * The newest journal is loaded first, and older ones when they are needed. Each
 * is about the files as they were after it, so what it has of a base is seen
 * through the flushes that came later, those of this run among them.
 *
 * None of it is believed: a step is taken back only if what it has made of the
 * file is there, byte by byte (K9).
 *
 *   Y1  steps [0, closed) of the history come from closed journals; journals
 *       [0, next) of the list are among them, or are about other files
 *   Y2  bases[] says how the base of a document before the flushes of these
 *       journals is to be read from the one now
 */
#include "config.h"

#include "session.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/rebase.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "keep/disk.h"
#include "session_impl.h"
#include "session_replay.h"
#include "source/memory.h"

enum {
	BATCH = 256,
	KEPT_OPEN = 32, /* files of journals */
};

/* A journal that has history. */
struct closed {
	char name[RECORD_NAME + 8];
	int64_t time; /* of its last flush, ns */
};

/* A flush of this run. */
struct own_flush {
	char journal[RECORD_NAME + 8];
	uint32_t number;
};

/* Y2 */
struct base {
	uint64_t doc;
	uint64_t size;    /* of the base before those flushes */
	struct tree *now; /* owned; NULL: it is the base now */
};

/* A file that history is about, and that is not open. */
struct absent {
	uint64_t id;
	uint64_t dev, ino;
	char *path; /* owned */
};

struct beyond {
	bool is_listed;
	uint64_t last_id;      /* of documents, when it was listed */
	struct closed *closed; /* owned, the newest first */
	size_t count, cap, next;
	struct own_flush *own; /* owned */
	size_t own_count, own_cap;
	size_t own_seen;    /* of which bases[] know */
	size_t open_count;  /* files of journals that were opened to stay */
	bool own_lost;      /* there was no memory to note one */
	struct base *bases; /* owned */
	size_t base_count, base_cap;
	struct absent *absent; /* owned */
	size_t absent_count, absent_cap;
};

static void forget_bases(struct beyond *b)
{
	for (size_t i = 0; i < b->base_count; i++)
		tree_unref(b->bases[i].now);
	b->base_count = 0;
}

void session_free_past(struct session *session)
{
	struct beyond *b = session->beyond;

	if (!b)
		return;
	forget_bases(b);
	for (size_t i = 0; i < b->absent_count; i++)
		mem_free(b->absent[i].path);
	mem_free(b->closed);
	mem_free(b->own);
	mem_free(b->bases);
	mem_free(b->absent);
	mem_free(b);
}

static bool need_beyond(struct session *session, struct error *err)
{
	if (!session->beyond)
		session->beyond = mem_zalloc(sizeof(*session->beyond), err);
	return session->beyond != NULL;
}

/* --- files ------------------------------------------------------------------- */

static bool is_file(const struct absent *absent, const struct record_file *file)
{
	return (absent->dev == file->dev && absent->ino == file->ino) ||
	       (strlen(absent->path) == file->path_len &&
	        memcmp(absent->path, file->path, file->path_len) == 0);
}

/* An id for a file that is not open: no document ever gets it. */
static bool find_absent(struct session *session, const struct record_file *file,
                        uint64_t *id, struct error *err)
{
	struct beyond *b = session->beyond;
	struct absent *absent;

	for (size_t i = 0; i < b->absent_count; i++)
		if (is_file(&b->absent[i], file)) {
			*id = b->absent[i].id;
			return true;
		}
	if (!mem_grow(&b->absent, &b->absent_cap, b->absent_count + 1,
	              sizeof(*b->absent), err))
		return false;
	absent = &b->absent[b->absent_count];
	absent->path = mem_strndup(file->path, file->path_len, err);
	if (!absent->path)
		return false;
	absent->dev = file->dev;
	absent->ino = file->ino;
	absent->id = *id = ++session->last_id;
	b->last_id = session->last_id;
	b->absent_count++;
	return true;
}

const char *session_absent(const struct session *session, uint64_t doc)
{
	const struct beyond *b = session->beyond;

	for (size_t i = 0; b && i < b->absent_count; i++)
		if (b->absent[i].id == doc)
			return b->absent[i].path;
	return NULL;
}

/* --- one journal ---------------------------------------------------------------- */

/* Old bytes of a base that a change has removed. */
struct known {
	uint64_t off, len, at;
};

/* A file of the journal. */
struct lane {
	uint64_t id;
	struct document *doc; /* borrowed: as long as the file was */
	bool is_open;
	struct known *known; /* owned: since the last flush */
	size_t known_count, known_cap;
	struct tree *over;  /* owned: of one flush; see rebase.h */
	struct tree *total; /* owned: of all so far; NULL: none */
};

struct load {
	struct session *session;
	struct recover *rec; /* owned */
	struct piece bytes;  /* of the store: the file of the journal */
	struct lane *lanes;  /* owned */
	size_t count;
	size_t *lane_of; /* owned: by the number of a file, less 1 */
	bool *wanted;    /* owned: likewise */
	struct documents docs;
	struct edits *edits; /* owned */
	size_t *steps;       /* owned: as of struct replay */
	struct replay_pieces pieces;
	size_t ended; /* flushes that are gone through */

	/* The ranges of one lane on their way into its over. */
	struct lane *lane;
	struct tree *tree; /* owned */
	struct piece put[BATCH];
	size_t put_count;
	uint64_t at;
};

static void lane_free(struct lane *lane)
{
	mem_free(lane->known);
	tree_unref(lane->over);
	tree_unref(lane->total);
}

static void load_free(struct load *l)
{
	for (size_t i = 0; i < l->count; i++)
		lane_free(&l->lanes[i]);
	edits_free(l->edits);
	documents_free(&l->docs);
	tree_unref(l->tree);
	replay_pieces_free(&l->pieces);
	recover_free(l->rec);
	mem_free(l->lanes);
	mem_free(l->lane_of);
	mem_free(l->wanted);
	mem_free(l->steps);
	mem_free(l);
}

static bool does_not_fit(const struct load *l, struct error *err)
{
	return error_set(err, ERR_CHANGED, "%s: says what cannot be",
	                 recover_name(l->rec));
}

/* The file of a journal, read when its bytes are wanted. */
struct bytes {
	const struct sys *sys;       /* borrowed */
	const struct folder *folder; /* borrowed */
	int fd;                      /* -1: opened for each read */
	char name[RECORD_NAME + 8];
};

static bool bytes_read(void *ctx, uint64_t pos, void *buf, size_t len,
                       struct error *err)
{
	const struct bytes *bytes = ctx;
	int fd = bytes->fd;
	int64_t n;

	if (fd < 0 &&
	    !folder_open_file(bytes->folder, bytes->name, SYS_READ, &fd, err))
		return false;
	n = disk_read(bytes->sys, fd, buf, len, pos);
	if (bytes->fd < 0)
		(void)bytes->sys->close(fd);
	if (n == (int64_t)len)
		return true;
	return n < 0 ? error_sys(err, (int)-n, "%s: read", bytes->name)
	             : error_set(err, ERR_IO, "%s: has been cut short",
	                         bytes->name);
}

static void bytes_free(void *ctx)
{
	struct bytes *bytes = ctx;

	if (bytes->fd >= 0)
		(void)bytes->sys->close(bytes->fd);
	mem_free(bytes);
}

/* All of the journal's file as a piece of the store. Few are kept open. */
static bool put_bytes(struct load *l, const struct folder *folder,
                      struct error *err)
{
	struct beyond *b = l->session->beyond;
	struct bytes *bytes = mem_zalloc(sizeof(*bytes), err);
	struct store_image how = { bytes_read, bytes_free, bytes };

	if (!bytes)
		return false;
	bytes->sys = folder->sys;
	bytes->folder = folder;
	bytes->fd = -1;
	snprintf(bytes->name, sizeof(bytes->name), "%s", recover_name(l->rec));
	if (b->open_count < KEPT_OPEN &&
	    !folder_open_file(folder, bytes->name, SYS_READ, &bytes->fd, err)) {
		mem_free(bytes);
		return false;
	}
	if (store_put_image(session_store(l->session), recover_size(l->rec),
	                    &how, &l->bytes, err)) {
		b->open_count++;
		return true;
	}
	bytes_free(bytes);
	return false;
}

/* Which document a file of the journal is, of those that are open or not. */
static bool find_lane(struct load *l, uint32_t file, struct error *err)
{
	const struct record_file *f = recover_file(l->rec, file);
	struct document *doc = session_document_of(l->session, f);
	uint64_t id = doc ? document_id(doc) : 0;
	size_t i = 0;

	if (!doc && !find_absent(l->session, f, &id, err))
		return false;
	while (i < l->count && l->lanes[i].id != id)
		i++;
	if (i == l->count)
		l->lanes[l->count++] =
			(struct lane){ .id = id, .is_open = doc != NULL };
	l->lane_of[file - 1] = i;
	l->wanted[file - 1] = doc != NULL;
	return true;
}

static bool find_lanes(struct load *l, bool *any, struct error *err)
{
	uint32_t n = recover_files(l->rec);

	*any = false;
	l->lanes = mem_zalloc((n + 1) * sizeof(*l->lanes), err);
	l->lane_of = l->lanes ? mem_zalloc((n + 1) * sizeof(*l->lane_of), err)
	                      : NULL;
	l->wanted = l->lane_of ? mem_zalloc(n + 1, err) : NULL;
	if (!l->wanted)
		return false;
	/* A file that nobody asks for gets no id. */
	for (uint32_t i = 1; i <= n && !*any; i++)
		*any = session_document_of(l->session, recover_file(l->rec, i));
	for (uint32_t i = 1; *any && i <= n; i++)
		if (!find_lane(l, i, err))
			return false;
	return true;
}

static struct lane *lane_of(const struct load *l, uint32_t file)
{
	return &l->lanes[l->lane_of[file - 1]];
}

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The size that a file had first. */
static uint64_t first_size(const struct load *l, const struct lane *lane)
{
	uint32_t i = 1;

	while (lane_of(l, i) != lane)
		i++;
	return recover_file(l->rec, i)->size;
}

static bool add_document(struct load *l, struct lane *lane, struct error *err)
{
	struct source *src = memory_open(first_size(l, lane), err);

	if (!src)
		return false;
	lane->doc = document_new(src, lane->id, "", ACCESS_DEFAULT, err);
	return lane->doc && documents_add(&l->docs, lane->doc, err);
}

/* Documents stand in the order of their ids. */
static bool make_documents(struct load *l, struct error *err)
{
	uint64_t *ids = mem_zalloc((l->count + 1) * sizeof(*ids), err);
	bool ok = ids != NULL;

	for (size_t i = 0; ok && i < l->count; i++)
		ids[i] = l->lanes[i].id;
	if (ok)
		qsort(ids, l->count, sizeof(*ids), compare_ids);
	for (size_t i = 0; ok && i < l->count; i++)
		for (size_t k = 0; ok && k < l->count; k++)
			if (l->lanes[k].id == ids[i])
				ok = add_document(l, &l->lanes[k], err);
	mem_free(ids);
	if (!ok)
		return false;
	l->edits = edits_new(&l->docs, err);
	l->steps = l->edits ? mem_zalloc((recover_groups(l->rec) + 1) *
	                                         sizeof(*l->steps),
	                                 err)
	                    : NULL;
	return l->steps != NULL;
}

/* --- its steps ------------------------------------------------------------------- */

/* What was removed of the base says what that was. */
static bool note_known(struct load *l, struct lane *lane,
                       const struct record_piece *piece, struct error *err)
{
	if (piece->kind != RECORD_PIECE_BASE ||
	    piece->old != RECORD_OLD_BYTES || !lane->is_open)
		return true;
	if (!mem_grow(&lane->known, &lane->known_cap, lane->known_count + 1,
	              sizeof(*lane->known), err))
		return false;
	lane->known[lane->known_count++] =
		(struct known){ piece->off, piece->len,
		                recover_offset(l->rec, piece->bytes) };
	return true;
}

static bool add_piece(struct load *l, const struct lane *lane,
                      const struct record_piece *piece, struct error *err)
{
	if (piece->kind == RECORD_PIECE_STORE)
		return replay_add(&l->pieces,
		                  piece_part(l->bytes, piece->off, piece->len),
		                  err);
	if (piece->kind == RECORD_PIECE_FILL ||
	    piece->kind == RECORD_PIECE_RANDOM)
		return replay_add_fill(&l->pieces, session_store(l->session),
		                       piece, err);
	return replay_add_base(&l->pieces, document_source(lane->doc)->size,
	                       piece, err);
}

static bool make_change(struct load *l, struct recover_item *item,
                        struct error *err)
{
	const struct record_change *change = &item->change;
	struct lane *lane = lane_of(l, change->file);
	uint64_t size = edits_size(l->edits, lane->doc);
	struct record_piece piece;
	uint32_t n = 0;

	l->pieces.count = 0;
	while (record_next_piece(&item->pieces, &piece))
		if (!(n++ < change->removed_count
		              ? note_known(l, lane, &piece, err)
		              : add_piece(l, lane, &piece, err)))
			return false;
	if (change->off > size || change->removed > size - change->off)
		return does_not_fit(l, err);
	return edits_splice(l->edits, lane->doc, change->off, change->removed,
	                    l->pieces.v, l->pieces.count, err);
}

/* One group, up to its end. */
static bool make_group(struct load *l, const struct recover_group *info,
                       struct error *err)
{
	struct recover_item item;

	edits_set_label(l->edits, NULL,
	                recover_head(l->rec)->created / 1000000000 +
	                        info->time);
	if (!recover_next(l->rec, &item, err))
		return false;
	edits_begin(l->edits, item.what == RECOVER_CHANGE && item.last);
	while (item.what != RECOVER_COMMIT && item.what != RECOVER_DONE) {
		if ((item.what == RECOVER_CHANGE &&
		     !make_change(l, &item, err)) ||
		    !recover_next(l->rec, &item, err)) {
			edits_cancel(l->edits);
			return false;
		}
	}
	edits_commit(l->edits, info->join);
	l->steps[info->step - 1] = past_done(edits_past(l->edits));
	return true;
}

static bool go(struct load *l, bool back, struct error *err)
{
	if (!(back ? edits_undo(l->edits, err) : edits_redo(l->edits, err)))
		return false;
	edits_commit(l->edits, false);
	return true;
}

static bool make_note(struct load *l, const struct recover_item *item,
                      struct error *err)
{
	const struct past *past = edits_past(l->edits);
	size_t number = replay_noted(l->rec, item, l->steps);
	char *text;
	bool ok;

	if (number == 0 || number > past_done(past) + past_undone(past))
		return true;
	text = mem_strndup(item->text, item->text_len, err);
	ok = text && edits_set_note(l->edits, number, text, err);
	mem_free(text);
	return ok;
}

/* --- its flushes ------------------------------------------------------------------- */

static bool put_batch(struct load *l, struct error *err)
{
	struct splice splice = { .off = tree_len(l->tree),
		                 .v = l->put,
		                 .count = l->put_count };

	l->put_count = 0;
	return splice.count == 0 || tree_splice(&l->tree, &splice, err);
}

static bool put(struct load *l, struct piece piece, struct error *err)
{
	if (piece.len == 0)
		return true;
	if (l->put_count == BATCH && !put_batch(l, err))
		return false;
	l->put[l->put_count++] = piece;
	l->at += piece.len;
	return true;
}

/* The base from l->at on to `end`. */
static bool put_base(struct load *l, uint64_t end, struct error *err)
{
	return put(l, (struct piece){ .len = end - l->at, .off = l->at }, err);
}

static bool end_over(struct load *l, struct error *err)
{
	struct lane *lane = l->lane;

	l->lane = NULL;
	if (!lane)
		return true;
	if (!put_base(l, document_source(lane->doc)->size, err) ||
	    !put_batch(l, err))
		return false;
	tree_unref(lane->over);
	lane->over = l->tree;
	l->tree = NULL;
	return true;
}

/* Bytes of the journal's file as they are found in a base. */
static struct piece image_piece(const struct load *l, uint64_t at, uint64_t len)
{
	struct piece piece = piece_part(l->bytes, at, len);

	piece.tag = PIECE_STORE;
	return piece;
}

static bool take_image(void *ctx, const struct recover_image *image,
                       struct error *err)
{
	struct load *l = ctx;
	struct lane *lane = lane_of(l, image->file);
	uint64_t size = document_source(lane->doc)->size;

	if (!lane->is_open)
		return true;
	if (l->lane != lane) {
		if (!end_over(l, err))
			return false;
		l->lane = lane;
		l->at = 0;
		l->tree = tree_new(NULL, 0, err);
		if (!l->tree)
			return false;
	}
	if (image->off < l->at || image->off > size ||
	    image->len > size - image->off)
		return does_not_fit(l, err);
	return put_base(l, image->off, err) &&
	       put(l, image_piece(l, image->old, image->len), err);
}

/* What a change has removed, and the flush has not written: it was put back. */
static bool add_known(struct load *l, struct lane *lane,
                      const struct known *known, struct error *err)
{
	uint64_t done = 0;

	if (known->off > tree_len(lane->over) ||
	    known->len > tree_len(lane->over) - known->off)
		return does_not_fit(l, err);
	while (done < known->len) {
		uint64_t off = known->off + done;
		struct tree_walk walk;
		struct piece piece;
		uint64_t n;

		tree_walk(&walk, lane->over, off);
		(void)tree_next(&walk, &piece);
		n = u64_min(piece.len, known->len - done);
		if ((piece.tag & PIECE_KIND) == PIECE_BASE) {
			struct piece old = image_piece(l, known->at + done, n);
			struct splice splice = {
				.off = off, .removed = n, .v = &old, .count = 1
			};

			if (!tree_splice(&lane->over, &splice, err))
				return false;
		}
		done += n;
	}
	return true;
}

static const struct tree *over_of(void *ctx, uint64_t doc)
{
	const struct load *l = ctx;

	for (size_t i = 0; i < l->count; i++)
		if (l->lanes[i].id == doc)
			return l->lanes[i].over;
	return NULL;
}

/* The tree with the base seen through `over`. */
static struct tree *see_through(struct tree *tree, const struct tree *over,
                                struct error *err)
{
	struct pieces in = { .len = tree_len(tree), .tree = tree };
	struct tree *made;
	struct pieces out;

	if (!rebase_pieces(&in, over, &out, err))
		return NULL;
	if (out.tree)
		return out.tree;
	made = tree_new(out.v, out.count, err);
	pieces_clear(&out);
	return made;
}

/* *first, which came before, and then `second`. */
static bool chain(struct tree **first, struct tree *second, struct error *err)
{
	struct tree *both =
		*first ? see_through(*first, second, err) : tree_ref(second);

	if (!both)
		return false;
	tree_unref(*first);
	*first = both;
	return true;
}

/* What was flushed is the base from here on. */
static bool settle_lane(struct load *l, struct lane *lane, struct error *err)
{
	struct tree *root;
	bool ok = true;

	if (!lane->over)
		return true;
	root = tree_new(&(struct piece){ .len = tree_len(lane->over) },
	                tree_len(lane->over) > 0, err);
	ok = root && chain(&lane->total, lane->over, err);
	if (ok)
		document_set_root(lane->doc, edits_store(l->edits), root);
	else
		tree_unref(root);
	tree_unref(lane->over);
	lane->over = NULL;
	lane->known_count = 0;
	return ok;
}

static bool settle(struct load *l, size_t idx, struct error *err)
{
	struct past *past;

	if (!recover_each_image(l->rec, idx, take_image, l, err) ||
	    !end_over(l, err))
		return false;
	for (size_t i = 0; i < l->count; i++) {
		struct lane *lane = &l->lanes[i];

		for (size_t k = 0; lane->over && k < lane->known_count; k++)
			if (!add_known(l, lane, &lane->known[k], err))
				return false;
	}
	past = rebase_past(edits_past(l->edits), over_of, l, err);
	if (!past)
		return false;
	edits_take_past(l->edits, past);
	for (size_t i = 0; i < l->count; i++)
		if (!settle_lane(l, &l->lanes[i], err))
			return false;
	return true;
}

/* Those that came before this group. */
static bool settle_before(struct load *l, uint32_t group, struct error *err)
{
	while (l->ended < recover_ends(l->rec) &&
	       recover_ended(l->rec, l->ended).group < group)
		if (!settle(l, l->ended++, err))
			return false;
	return true;
}

static bool make_item(struct load *l, const struct recover_item *item,
                      struct error *err)
{
	switch (item->what) {
	case RECOVER_BEGIN:
		return make_group(l, &item->info, err);
	case RECOVER_UNDO:
		return go(l, true, err);
	case RECOVER_REDO:
		return go(l, false, err);
	case RECOVER_NOTE:
		return make_note(l, item, err);
	default:
		return true;
	}
}

static bool make_all(struct load *l, struct error *err)
{
	struct recover_item item;

	do {
		if (!recover_next(l->rec, &item, err) ||
		    !settle_before(l,
		                   item.what == RECOVER_DONE ? UINT32_MAX
		                                             : item.group,
		                   err) ||
		    !make_item(l, &item, err))
			return false;
	} while (item.what != RECOVER_DONE);
	return true;
}

/* --- onto the bases of now ----------------------------------------------------- */

static bool lost_read(void *ctx, uint64_t pos, void *buf, size_t len,
                      struct error *err)
{
	(void)ctx;
	(void)pos;
	(void)buf;
	(void)len;
	return error_set(err, ERR_IO, "the file has become shorter");
}

static void lost_free(void *ctx)
{
	(void)ctx;
}

static bool find_base(struct session *session, uint64_t doc, struct base **out,
                      struct error *err)
{
	struct beyond *b = session->beyond;

	for (size_t i = 0; i < b->base_count; i++)
		if (b->bases[i].doc == doc) {
			*out = &b->bases[i];
			return true;
		}
	if (!mem_grow(&b->bases, &b->base_cap, b->base_count + 1,
	              sizeof(*b->bases), err))
		return false;
	*out = &b->bases[b->base_count++];
	**out = (struct base){
		.doc = doc,
		.size = document_source(session_document(session, doc))->size
	};
	return true;
}

/* Somebody else has made the file longer or shorter since. */
static bool fit_base(struct session *session, struct base *base, uint64_t size,
                     struct error *err)
{
	struct store_image how = { lost_read, lost_free, NULL };
	struct piece all = { .len = u64_min(base->size, size) };
	struct piece lost;
	struct splice splice = { .off = base->size, .v = &lost, .count = 1 };

	if (base->size == size)
		return true;
	if (!base->now)
		base->now = tree_new(&all, all.len > 0, err);
	else if (base->size > size)
		splice = (struct splice){ .off = size,
			                  .removed = base->size - size };
	if (!base->now)
		return false;
	if (base->size < size &&
	    !store_put_image(session_store(session), size - base->size, &how,
	                     &lost, err))
		return false;
	if ((base->size < size || splice.removed > 0) &&
	    !tree_splice(&base->now, &splice, err))
		return false;
	base->size = size;
	return true;
}

static const struct tree *base_of(void *ctx, uint64_t doc)
{
	const struct beyond *b = ctx;

	for (size_t i = 0; i < b->base_count; i++)
		if (b->bases[i].doc == doc)
			return b->bases[i].now;
	return NULL;
}

/* The history of the journal, as of now. */
static struct past *map_past(struct load *l, struct error *err)
{
	struct session *session = l->session;

	for (size_t i = 0; i < l->count; i++) {
		const struct lane *lane = &l->lanes[i];
		struct base *base;

		if (lane->is_open &&
		    (!find_base(session, lane->id, &base, err) ||
		     !fit_base(session, base, document_source(lane->doc)->size,
		               err)))
			return NULL;
	}
	return rebase_past(edits_past(l->edits), base_of, session->beyond, err);
}

/* And what came before it is seen through its flushes. */
static bool pass_flushes(struct load *l, struct error *err)
{
	for (size_t i = 0; i < l->count; i++) {
		struct lane *lane = &l->lanes[i];
		struct base *base;

		if (!lane->total)
			continue;
		if (!find_base(l->session, lane->id, &base, err) ||
		    (base->now && !chain(&lane->total, base->now, err)))
			return false;
		tree_unref(base->now);
		base->now = tree_ref(lane->total);
	}
	return true;
}

/* --- journals ------------------------------------------------------------------ */

/* What another editor writes is none of ours, nor what is damaged. */
static struct recover *open_journal(const struct folder *folder,
                                    const char *name, struct error *err)
{
	struct recover *rec;

	if (recover_is_history(folder, name))
		return recover_peek(folder, name, err);
	rec = recover_open(folder, name, err);
	if (rec && recover_kind(rec) == RECOVER_LIVE) {
		(void)error_set(err, ERR_NO, "an editor is writing it");
		recover_free(rec);
		return NULL;
	}
	return rec;
}

/* Begin to load a journal, which is taken over; NULL and *failed false: it is
   about other files. */
static struct load *begin_load(struct session *session, struct recover *rec,
                               const struct folder *folder, bool *failed,
                               struct error *err)
{
	struct load *l = rec ? mem_zalloc(sizeof(*l), err) : NULL;
	bool any = false;

	*failed = l == NULL;
	if (!l) {
		recover_free(rec);
		return NULL;
	}
	l->session = session;
	l->rec = rec;
	*failed = !documents_init(&l->docs, err);
	if (!*failed && recover_kind(rec) == RECOVER_DAMAGED) {
		error_set(err, ERR_CHANGED, "%s: %s", recover_name(rec),
		          recover_why(rec));
		*failed = true;
	}
	if (!*failed)
		*failed = !find_lanes(l, &any, err);
	if (!*failed && any)
		*failed = !make_documents(l, err) || !put_bytes(l, folder, err);
	if (!*failed && any)
		return l;
	load_free(l);
	return NULL;
}

/* Load a journal; *past is NULL if it has no step for us. */
static bool load(struct session *session, const struct folder *folder,
                 const char *name, struct past **past, struct error *err)
{
	struct recover *rec = open_journal(folder, name, err);
	struct load *l;
	bool failed, ok;

	*past = NULL;
	l = begin_load(session, rec, folder, &failed, err);
	if (!l)
		return !failed;
	ok = recover_plan_past(l->rec, l->wanted, err) && make_all(l, err);
	if (ok && past_done(edits_past(l->edits)) > 0) {
		*past = map_past(l, err);
		ok = *past != NULL;
	}
	ok = ok && pass_flushes(l, err);
	load_free(l);
	if (ok)
		return true;
	past_free(*past);
	*past = NULL;
	return false;
}

/* --- flushes of this run --------------------------------------------------------- */

void session_note_flush(struct session *session, const char *journal,
                        uint32_t number)
{
	struct error ignored;
	struct beyond *b;

	if (!need_beyond(session, &ignored))
		return;
	b = session->beyond;
	if (!mem_grow(&b->own, &b->own_cap, b->own_count + 1, sizeof(*b->own),
	              &ignored)) {
		b->own_lost = true;
		return;
	}
	snprintf(b->own[b->own_count].journal, sizeof(b->own->journal), "%s",
	         journal);
	b->own[b->own_count++].number = number;
}

/* All that was loaded so far was mapped by the flush; what comes is seen through
   it. */
static bool see_own(struct session *session, const struct folder *folder,
                    const struct own_flush *own, struct error *err)
{
	struct load *l;
	bool failed, ok = true;

	l = begin_load(session, recover_peek(folder, own->journal, err), folder,
	               &failed, err);
	if (!l)
		return !failed;
	for (size_t i = 0; ok && i < recover_ends(l->rec); i++)
		if (recover_ended(l->rec, i).group == own->number)
			ok = recover_each_image(l->rec, i, take_image, l,
			                        err) &&
			     end_over(l, err);
	for (size_t i = 0; ok && i < l->count; i++) {
		struct base *base;

		if (l->lanes[i].over)
			ok = find_base(session, l->lanes[i].id, &base, err) &&
			     chain(&base->now, l->lanes[i].over, err);
	}
	load_free(l);
	return ok;
}

static bool see_all_own(struct session *session, const struct folder *folder,
                        struct error *err)
{
	struct beyond *b = session->beyond;

	for (; b->own_seen < b->own_count; b->own_seen++)
		if (!see_own(session, folder, &b->own[b->own_seen], err))
			return false;
	return true;
}

/* --- the list -------------------------------------------------------------------- */

struct listing {
	struct session *session;
	const struct folder *folder;
	bool ok;
	struct error *err;
};

static bool is_own(const struct beyond *b, const char *name)
{
	for (size_t i = 0; i < b->own_count; i++)
		if (strcmp(b->own[i].journal, name) == 0)
			return true;
	return false;
}

/* When it was flushed last; false: it has no history that can be read. */
static bool look(const struct folder *folder, const char *name, int64_t *time)
{
	struct error ignored;
	struct recover *rec;
	size_t n;

	if (recover_is_closed(folder, name, time))
		return true;
	rec = open_journal(folder, name, &ignored);
	n = rec ? recover_ends(rec) : 0;
	if (n > 0)
		*time = recover_ended(rec, n - 1).time;
	recover_free(rec);
	return n > 0;
}

static bool take(void *arg, const char *name)
{
	struct listing *listing = arg;
	struct beyond *b = listing->session->beyond;
	struct closed closed;

	if (is_own(b, name) || !look(listing->folder, name, &closed.time))
		return true;
	snprintf(closed.name, sizeof(closed.name), "%s", name);
	listing->ok = mem_grow(&b->closed, &b->cap, b->count + 1,
	                       sizeof(*b->closed), listing->err);
	if (listing->ok)
		b->closed[b->count++] = closed;
	return listing->ok;
}

/* The newest first. */
static int compare(const void *a, const void *b)
{
	const struct closed *x = a, *y = b;

	return x->time != y->time ? (x->time < y->time) - (x->time > y->time)
	                          : strcmp(x->name, y->name);
}

static bool list(struct session *session, const struct folder *folder,
                 struct error *err)
{
	struct beyond *b = session->beyond;
	struct listing listing = { session, folder, true, err };

	b->count = b->next = 0;
	forget_bases(b);
	b->own_seen = 0;
	if (!recover_names(folder, take, &listing, err) || !listing.ok)
		return false;
	if (b->count > 0)
		qsort(b->closed, b->count, sizeof(*b->closed), compare);
	b->last_id = session->last_id;
	b->is_listed = true;
	return true;
}

/* --- the history ------------------------------------------------------------------- */

/* The histories of journals on their way, the newest first. */
struct fronts {
	struct past **v; /* owned */
	size_t count, cap, steps;
};

static bool take_next(struct session *session, const struct folder *folder,
                      struct fronts *fronts, struct error *err)
{
	struct beyond *b = session->beyond;
	const struct closed *closed = &b->closed[b->next];
	struct past *past;

	if (!mem_grow(&fronts->v, &fronts->cap, fronts->count + 1,
	              sizeof(struct past *), err))
		return false;
	if (!load(session, folder, closed->name, &past, err))
		return false;
	b->next++;
	if (past) {
		fronts->steps += past_done(past);
		fronts->v[fronts->count++] = past;
	}
	return true;
}

/* Put them in front of the history, in the place of `skip` steps. */
static bool put_fronts(struct session *session, struct fronts *fronts,
                       size_t skip, struct error *err)
{
	const struct past *const *v;
	struct past *past;

	for (size_t i = 0; i < fronts->count / 2; i++) {
		struct past *other = fronts->v[fronts->count - 1 - i];

		fronts->v[fronts->count - 1 - i] = fronts->v[i];
		fronts->v[i] = other;
	}
	v = (const struct past *const *)fronts->v;
	past = past_join(edits_past(session->edits), skip, v, fronts->count,
	                 err);
	if (!past)
		return false;
	if (session->keeper &&
	    !keeper_move_steps(session->keeper, skip, fronts->steps, err)) {
		past_free(past);
		return false;
	}
	edits_take_past(session->edits, past);
	session->closed += fronts->steps - skip;
	session->flushed += fronts->steps - skip;
	session->whole += fronts->steps - skip;
	session->shifts_generation = session->generation - 1;
	return true;
}

/* Are there files that were opened since it was listed? */
static bool is_stale(const struct session *session)
{
	const struct beyond *b = session->beyond;

	return !b->is_listed || b->last_id != session->last_id;
}

/* Then all is loaded anew, in the place of *skip steps; unless some of them were
   taken back, or are gone. */
static bool renew(struct session *session, const struct folder *folder,
                  size_t *skip, struct error *err)
{
	const struct past *past = edits_past(session->edits);

	*skip = 0;
	if (!is_stale(session) || session->closed_cut ||
	    past_done(past) < session->closed)
		return true;
	*skip = session->closed;
	return list(session, folder, err);
}

/* What comes next cannot be read: say so, and end there. */
static bool end_history(struct session *session, struct error *err)
{
	char line[ERROR_TEXT + 64];

	if (err->code == ERR_NOMEM)
		return false;
	snprintf(line, sizeof(line), "the history ends here: %s", err->text);
	session_say_line(session, line);
	session->beyond->next = session->beyond->count;
	return true;
}

static bool load_steps(struct session *session, const struct folder *folder,
                       size_t steps, struct error *err)
{
	const struct past *past = edits_past(session->edits);
	struct beyond *b = session->beyond;
	struct fronts fronts = { 0 };
	size_t skip;
	bool ok = renew(session, folder, &skip, err);

	if (ok && b->next < b->count && !see_all_own(session, folder, err))
		ok = end_history(session, err);
	while (ok && past_done(past) - skip + fronts.steps < steps &&
	       b->next < b->count)
		ok = take_next(session, folder, &fronts, err) ||
		     end_history(session, err);
	ok = ok && ((fronts.count == 0 && skip == 0) ||
	            put_fronts(session, &fronts, skip, err));
	for (size_t i = 0; i < fronts.count; i++)
		past_free(fronts.v[i]);
	mem_free(fronts.v);
	if (!ok)
		b->is_listed = false;
	return ok;
}

bool session_load_past(struct session *session, size_t steps, struct error *err)
{
	const struct folder *folder;

	if (past_done(edits_past(session->edits)) >= steps ||
	    session->is_replaying || session->flushing)
		return true;
	folder = session_shelf(session, err);
	if (!folder)
		return err->code == ERR_NO;
	if (!need_beyond(session, err))
		return false;
	return session->beyond->own_lost ||
	       load_steps(session, folder, steps, err);
}
