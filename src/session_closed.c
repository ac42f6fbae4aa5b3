/* session_closed.c - see session_closed.h */
#include "config.h"

#include "session_closed.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "edit/edits.h"
#include "edit/past.h"
#include "edit/store.h"
#include "edit/tree.h"
#include "keep/disk.h"
#include "session.h"
#include "session_impl.h"
#include "source/memory.h"

#define ROOM (UINT64_C(1) << 62)

static void lane_free(struct closed_lane *lane)
{
	mem_free(lane->known);
	tree_unref(lane->over);
	tree_unref(lane->total);
	tree_unref(lane->seen);
}

void closed_free(struct closed_load *l)
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

bool closed_misfit(const struct closed_load *l, struct error *err)
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

/* All of the journal's file as a piece of the store. */
static bool put_bytes(struct closed_load *l, const struct folder *folder,
                      bool keeps, struct error *err)
{
	struct bytes *bytes = mem_zalloc(sizeof(*bytes), err);
	struct store_image how = { bytes_read, bytes_free, bytes };

	if (!bytes)
		return false;
	bytes->sys = folder->sys;
	bytes->folder = folder;
	bytes->fd = -1;
	snprintf(bytes->name, sizeof(bytes->name), "%s", recover_name(l->rec));
	if (keeps &&
	    !folder_open_file(folder, bytes->name, SYS_READ, &bytes->fd, err)) {
		mem_free(bytes);
		return false;
	}
	if (store_put_image(session_store(l->session), recover_size(l->rec),
	                    &how, &l->bytes, err))
		return true;
	bytes_free(bytes);
	return false;
}

/* Which document a file of the journal is, of those that are open or not. */
static bool find_lane(struct closed_load *l, uint32_t file, struct error *err)
{
	const struct record_file *f = recover_file(l->rec, file);
	struct document *doc = session_heir_of(l->session, f);
	uint64_t id = doc ? document_id(doc) : 0;
	size_t i = 0;

	if (!doc && !session_absent_id(l->session, f, &id, err))
		return false;
	while (i < l->count && l->lanes[i].id != id)
		i++;
	if (i == l->count)
		l->lanes[l->count++] =
			(struct closed_lane){ .id = id,
			                      .is_open = doc != NULL };
	l->lane_of[file - 1] = i;
	l->wanted[file - 1] = doc != NULL;
	return true;
}

static bool find_lanes(struct closed_load *l, bool *any, struct error *err)
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
		*any = session_heir_of(l->session, recover_file(l->rec, i));
	for (uint32_t i = 1; *any && i <= n; i++)
		if (!find_lane(l, i, err))
			return false;
	return true;
}

struct closed_lane *closed_lane_of(const struct closed_load *l, uint32_t file)
{
	return &l->lanes[l->lane_of[file - 1]];
}

static int compare_ids(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The size that a file had first. */
uint64_t closed_first_size(const struct closed_load *l,
                           const struct closed_lane *lane)
{
	uint32_t i = 1;

	while (closed_lane_of(l, i) != lane)
		i++;
	return recover_file(l->rec, i)->size;
}

/* Of a file that is not open not all is made again: anything has room in it. */
static bool add_document(struct closed_load *l, struct closed_lane *lane,
                         struct error *err)
{
	uint64_t size = lane->is_open ? closed_first_size(l, lane) : ROOM;
	struct source *src = memory_open(size, err);

	if (!src)
		return false;
	lane->doc = document_new(src, lane->id, "", ACCESS_DEFAULT, err);
	return lane->doc && documents_add(&l->docs, lane->doc, err);
}

/* Documents stand in the order of their ids. */
static bool make_documents(struct closed_load *l, struct error *err)
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

/* --- its steps ------------------------------------------------------------ */

bool closed_know(struct closed_lane *lane, uint64_t off, uint64_t len,
                 uint64_t at, struct error *err)
{
	if (!mem_grow(&lane->known, &lane->known_cap, lane->known_count + 1,
	              sizeof(*lane->known), err))
		return false;
	lane->known[lane->known_count++] =
		(struct closed_known){ off, len, at };
	return true;
}

/* What was removed of the base says what that was. */
static bool note_known(struct closed_load *l, struct closed_lane *lane,
                       const struct record_piece *piece, struct error *err)
{
	if (piece->kind != RECORD_PIECE_BASE ||
	    piece->old != RECORD_OLD_BYTES || !lane->is_open)
		return true;
	return closed_know(lane, piece->off, piece->len,
	                   recover_offset(l->rec, piece->bytes), err);
}

static bool add_piece(struct closed_load *l, const struct closed_lane *lane,
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

static bool make_change(struct closed_load *l, struct recover_item *item,
                        struct error *err)
{
	const struct record_change *change = &item->change;
	struct closed_lane *lane = closed_lane_of(l, change->file);
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
		return closed_misfit(l, err);
	return edits_splice(l->edits, lane->doc, change->off, change->removed,
	                    l->pieces.v, l->pieces.count, err);
}

/* One group, up to its end. */
static bool make_group(struct closed_load *l, const struct recover_group *info,
                       struct error *err)
{
	struct recover_item item;
	const char *what;

	if (!session_name(l->session, recover_called(l->rec, info), &what, err))
		return false;
	edits_set_label(l->edits, what,
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

static bool go(struct closed_load *l, bool back, struct error *err)
{
	if (!(back ? edits_undo(l->edits, err) : edits_redo(l->edits, err)))
		return false;
	edits_commit(l->edits, false);
	return true;
}

static bool make_note(struct closed_load *l, const struct recover_item *item,
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

/* --- all of it ------------------------------------------------------------ */

/* Those that came before this group. */
static bool settle_before(struct closed_load *l, uint32_t group,
                          struct error *err)
{
	while (l->ended < recover_ends(l->rec) &&
	       recover_ended(l->rec, l->ended).group < group)
		if (!closed_settle(l, l->ended++, err))
			return false;
	return true;
}

static bool make_item(struct closed_load *l, const struct recover_item *item,
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

/* Progress is in groups, of the journal in hand. */
static bool goes_on(const struct closed_load *l, uint32_t group,
                    struct error *err)
{
	if (l->job)
		job_set_progress(l->job, group, recover_groups(l->rec));
	return job_goes_on(l->job, err);
}

bool closed_make(struct closed_load *l, struct error *err)
{
	struct recover_item item;

	if (!recover_plan_past(l->rec, l->wanted, err))
		return false;
	do {
		bool last;

		if (!recover_next(l->rec, &item, err))
			return false;
		last = item.what == RECOVER_DONE;
		if (!goes_on(l, last ? recover_groups(l->rec) : item.group,
		             err) ||
		    !settle_before(l, last ? UINT32_MAX : item.group, err) ||
		    !make_item(l, &item, err))
			return false;
	} while (item.what != RECOVER_DONE);
	return past_undone(edits_past(l->edits)) == 0 || closed_pin(l, err);
}

uint32_t *closed_groups(const struct closed_load *l, struct error *err)
{
	const struct past *past = edits_past(l->edits);
	size_t count = past_done(past) + past_undone(past);
	uint32_t *groups = mem_zalloc((count + 1) * sizeof(*groups), err);

	/* The number of a step that was dropped is given again later; a group
	   that joined another one has no number of its own. */
	for (uint32_t i = 0; groups && i < recover_groups(l->rec); i++)
		if (l->steps[i] > 0 && l->steps[i] <= count)
			groups[l->steps[i] - 1] = i + 1;
	return groups;
}

struct closed_load *closed_begin(struct session *session, struct recover *rec,
                                 const struct folder *folder, bool keeps,
                                 bool *failed, struct error *err)
{
	struct closed_load *l = rec ? mem_zalloc(sizeof(*l), err) : NULL;
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
		*failed = !make_documents(l, err) ||
		          !put_bytes(l, folder, keeps, err);
	if (!*failed && any)
		return l;
	closed_free(l);
	return NULL;
}
