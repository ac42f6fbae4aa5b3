/*
 * sim_journal.c - the product's journal and recovery on the simulated disk
 *
 * A scenario edits three small documents through a journal, with undo, steps
 * of several groups, groups that are given up, bytes that are put ahead of
 * what they are for, syncs, and an end; then another editor adopts what waits
 * for some of the documents. It is run again and again: with the power cut at
 * each step that changes the disk, with each call failing in each way. After
 * each, the disks that may be left are read by recovery, and what it gives is
 * applied to empty documents.
 *
 * I3	What was synced is there; after a kill, all that was committed is.
 * I5	What is there is a prefix of the groups, whole and exact.
 * I6	No disk that only lost what was not synced is called damaged.
 * I7	A flipped bit in what was durable is reported, or changes nothing.
 * I8	The changes of each document wait in exactly one place.
 *
 * Then parts of the protocol are left out, one at a time, and each must be
 * noticed.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "keep/disk.h"
#include "keep/journal.h"
#include "keep/recover.h"
#include "tests/sim_disk.h"
#include "tests/sim_tally.h"
#include "tests/support.h"

enum {
	DOCS = 3,
	DOC_MAX = 700,
	STEPS = 32,
	GROUPS = 64,
	NOTE = 9,
};

/* --- the model: documents as arrays, and all that was done to them ------- */

struct docs {
	uint8_t bytes[DOCS][DOC_MAX];
	size_t len[DOCS];
};

struct step {
	uint32_t id;
	struct docs before, after;
};

struct model {
	struct docs docs, saved; /* saved: before the group being built */
	struct step steps[STEPS];
	size_t done, all;            /* steps; those that are undone follow */
	uint32_t crc[GROUPS];        /* of the documents after each group */
	uint32_t crcs[GROUPS][DOCS]; /* of each */
	size_t groups;
	uint32_t number[DOCS]; /* in the journal; 0: not named yet */
	uint32_t notes;
	bool undone; /* the last change was an undo or redo */
};

static uint32_t crc_of(const struct docs *docs, int doc)
{
	return crc32c(0, docs->bytes[doc], docs->len[doc]);
}

static void model_new(struct model *m)
{
	memset(m, 0, sizeof(*m));
}

static void end_group(struct model *m)
{
	uint32_t crc = m->notes;

	if (m->groups == GROUPS)
		abort();
	for (int i = 0; i < DOCS; i++) {
		m->crcs[m->groups][i] = crc_of(&m->docs, i);
		crc = crc32c(crc, &m->crcs[m->groups][i], 4);
	}
	m->crc[m->groups++] = crc;
	m->saved = m->docs;
}

static void model_commit(struct model *m, uint32_t id, bool join)
{
	if (!join) {
		if (m->done == STEPS)
			abort();
		m->steps[m->done].id = id;
		m->steps[m->done].before = m->saved;
		m->done++;
	}
	m->steps[m->done - 1].after = m->docs;
	m->all = m->done;
	m->undone = false;
	end_group(m);
}

static bool model_splice(struct docs *docs, int doc, size_t off, size_t removed,
                         const uint8_t *bytes, size_t added)
{
	size_t len = docs->len[doc];
	uint8_t *at = docs->bytes[doc];

	if (off > len || removed > len - off || len - removed + added > DOC_MAX)
		return false;
	memmove(at + off + added, at + off + removed, len - off - removed);
	if (added)
		memcpy(at + off, bytes, added);
	docs->len[doc] = len - removed + added;
	return true;
}

static bool model_undo(struct model *m, uint32_t id, bool redo)
{
	struct step *step;

	if (redo ? m->done == m->all : m->done == 0)
		return false;
	step = &m->steps[redo ? m->done : m->done - 1];
	if (step->id != id)
		return false;
	m->docs = redo ? step->after : step->before;
	m->done += redo ? 1 : (size_t)-1;
	m->undone = true;
	end_group(m);
	return true;
}

/* --- reading a journal into a model -------------------------------------- */

static bool piece_bytes(struct recover *rec, const struct record_piece *piece,
                        uint8_t *out)
{
	struct error err;

	if (piece->kind == RECORD_PIECE_STORE)
		return recover_read(rec, piece->off, out, (size_t)piece->len,
		                    &err);
	for (uint64_t i = 0; i < piece->len; i++)
		out[i] = piece->bytes[(piece->off + i) % piece->period];
	return true;
}

/* The document that a number of the journal means: its name says it. -1: no
   name of ours, which a mutation lets through. */
static int doc_of(struct recover *rec, uint32_t file)
{
	const struct record_file *f = recover_file(rec, file);
	int doc = f->path_len > 1 ? f->path[1] - '0' : -1;

	return doc < DOCS ? doc : -1;
}

/* Apply a change, with its removed bytes compared; false if it does not fit. */
static bool apply_change(struct recover *rec, struct docs *docs,
                         struct recover_item *item)
{
	const struct record_change *change = &item->change;
	int doc = doc_of(rec, change->file);
	static uint8_t bytes[DOC_MAX];
	struct record_piece piece;
	size_t off = (size_t)change->off;
	size_t added = 0;
	uint32_t left = change->removed_count;

	if (doc < 0)
		return false;
	while (record_next_piece(&item->pieces, &piece)) {
		if (left > 0) {
			if (piece.old == RECORD_OLD_BYTES &&
			    (off + piece.len > docs->len[doc] ||
			     memcmp(docs->bytes[doc] + off, piece.bytes,
			            (size_t)piece.len) != 0))
				return false;
			off += (size_t)piece.len;
			left--;
		} else {
			if (piece.len > DOC_MAX - added ||
			    !piece_bytes(rec, &piece, bytes + added))
				return false;
			added += (size_t)piece.len;
		}
	}
	return model_splice(docs, doc, (size_t)change->off,
	                    (size_t)change->removed, bytes, added);
}

/* Apply what recovery gives; false if it cannot have been done. */
static bool replay_item(struct recover *rec, struct model *m,
                        struct recover_item *item)
{
	switch (item->what) {
	case RECOVER_CHANGE:
		return apply_change(rec, &m->docs, item);
	case RECOVER_COMMIT:
		model_commit(m, item->group, item->info.join);
		return true;
	case RECOVER_UNDO:
	case RECOVER_REDO:
		return model_undo(m, item->info.step,
		                  item->what == RECOVER_REDO);
	case RECOVER_NOTE:
		m->notes += (uint32_t)item->text_len;
		if (item->info.type == RECORD_NOTE)
			end_group(m);
		return true;
	default:
		return true;
	}
}

static bool replay(struct recover *rec, const bool *wanted, struct model *m)
{
	struct recover_item item;
	struct error err;
	uint32_t also;

	model_new(m);
	if (!recover_plan(rec, wanted, &also, &err))
		return false;
	do {
		if (!recover_next(rec, &item, &err) ||
		    !replay_item(rec, m, &item))
			return false;
	} while (item.what != RECOVER_DONE);
	return true;
}

/* --- the scenario -------------------------------------------------------- */

/* Bytes that were put ahead of the edit that brings them. */
struct ahead {
	uint8_t bytes[256];
	size_t len; /* 0: there are none */
	struct record_piece pieces[64];
	uint32_t count;
};

struct phase {
	struct model model;
	struct ahead ahead;
	size_t synced;  /* groups of the model that are durable */
	size_t adopted; /* groups that came from the other journal */
	char name[64];  /* of the journal's file; "" until it was made */
	bool discarded; /* or it was being discarded */
	bool trying;    /* a group was being committed */
	bool adopting;  /* what it has does not count yet */
};

static struct {
	uint64_t rnd;
	uint64_t salt; /* for other random bytes of the journal */
	struct phase one, two;
	bool in_two;
	bool released; /* the release of what was adopted was begun */
	bool wanted[DOCS];
	size_t flips, reported;
	bool killed_state;
} run;

static uint64_t below(uint64_t n)
{
	return random_below(&run.rnd, n);
}

static struct folder folder;

static void open_folder(void)
{
	static char path[] = SIM_FOLDER;

	folder.sys = &sim_sys;
	folder.path = path;
	folder.fd = sim_sys.open(path, SYS_FOLDER);
}

static bool name_doc(struct journal *j, struct phase *p, int doc)
{
	char path[3] = { '/', (char)('0' + doc), 0 };
	struct record_file file = { .kind = RECORD_FILE_REGULAR,
		                    .ino = (uint64_t)doc + 1,
		                    .path = path,
		                    .path_len = 2 };
	struct error err;

	return p->model.number[doc] != 0 ||
	       journal_file(j, &file, &p->model.number[doc], &err);
}

static void sometimes_sync(struct journal *j, struct phase *p)
{
	struct error err;

	if (below(4) == 0 && !sim_crashed() && journal_sync(j, &err))
		p->synced = p->model.groups;
}

/* Put bytes in parts, as pieces. */
static bool store_all(struct journal *j, const uint8_t *bytes, size_t len,
                      struct record_piece *pieces, uint32_t *count,
                      struct error *err)
{
	uint8_t back[DOC_MAX];

	for (*count = 0; len > 0; ++*count) {
		struct record_piece *piece = &pieces[*count];
		size_t took;

		*piece = (struct record_piece){ .kind = RECORD_PIECE_STORE };
		if (!journal_store(j, bytes, len, &took, &piece->off, err))
			return false;
		piece->len = took;
		if (!journal_read(j, piece->off, back, took, err)) {
			journal_cancel(j);
			return false;
		}
		if (memcmp(back, bytes, took) != 0)
			abort();
		bytes += took;
		len -= took;
	}
	return true;
}

/* What is taken away, as pieces of the base. */
static uint32_t removed_pieces(const uint8_t *bytes, size_t off, size_t len,
                               struct record_piece *pieces)
{
	uint32_t n = 0;

	for (size_t at = 0; at < len; at += (size_t)pieces[n++].len)
		pieces[n] = (struct record_piece){
			.kind = RECORD_PIECE_BASE,
			.off = off + at,
			.len = size_min(20, len - at),
			.old = RECORD_OLD_BYTES,
			.bytes = bytes + off + at,
		};
	return n;
}

/* Put bytes in groups of their own, for the next edit, or for nothing; then
   they may be dropped. */
static bool put_ahead(struct journal *j, struct phase *p)
{
	struct ahead *ahead = &p->ahead;
	struct error err;
	bool ok = true;

	ahead->len = 0;
	ahead->count = 0;
	for (size_t n = 1 + below(4); ok && n > 0; n--) {
		uint8_t *bytes = ahead->bytes + ahead->len;
		size_t len = 1 + below(60);
		uint32_t count;

		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)below(256);
		ok = store_all(j, bytes, len, ahead->pieces + ahead->count,
		               &count, &err) &&
		     journal_commit(j, false, NULL, &err);
		ahead->len += len;
		ahead->count += count;
		snprintf(p->name, sizeof(p->name), "%s", journal_name(j));
	}
	if (!ok)
		ahead->len = 0;
	if (ok && below(3) == 0) {
		journal_drop_bytes(j);
		ahead->len = 0;
	}
	return ok;
}

/* What is put there: bytes, or sometimes three that are repeated. */
static bool added_pieces(struct journal *j, struct ahead *ahead, uint8_t *bytes,
                         size_t len, struct record_piece *pieces,
                         uint32_t *count, struct error *err)
{
	static uint8_t pattern[3];

	if (ahead->len > 0 && len == ahead->len) {
		memcpy(bytes, ahead->bytes, len);
		memcpy(pieces, ahead->pieces, ahead->count * sizeof(*pieces));
		*count = ahead->count;
		ahead->len = 0;
		return true;
	}
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)below(256);
	if (len == 0 || below(6) > 0)
		return store_all(j, bytes, len, pieces, count, err);
	memcpy(pattern, bytes, sizeof(pattern));
	for (size_t i = 0; i < len; i++)
		bytes[i] = pattern[(i + 1) % sizeof(pattern)];
	pieces[0] = (struct record_piece){ .kind = RECORD_PIECE_FILL,
		                           .len = len,
		                           .off = 1,
		                           .period = sizeof(pattern),
		                           .bytes = pattern };
	*count = 1;
	return true;
}

static bool one_change(struct journal *j, struct phase *p, struct error *err)
{
	struct docs *docs = &p->model.docs;
	int doc = (int)below(DOCS);
	size_t len = docs->len[doc];
	size_t off = below(len + 1);
	size_t removed = below(2) ? below(size_min(len - off, 50) + 1) : 0;
	size_t added = below(8) ? below(40) : below(250);
	uint8_t bytes[256] = { 0 };
	struct record_piece pieces[64];
	struct record_change change = { .off = off };

	if (p->ahead.len > 0)
		added = p->ahead.len;
	if (len + added > DOC_MAX)
		added = 0;
	if (!name_doc(j, p, doc))
		return false;
	change.file = p->model.number[doc];
	change.removed_count =
		removed_pieces(docs->bytes[doc], off, removed, pieces);
	if (!added_pieces(j, &p->ahead, bytes, added,
	                  pieces + change.removed_count, &change.added_count,
	                  err) ||
	    !journal_change(j, &change, pieces, err))
		return false;
	if (!model_splice(docs, doc, off, removed, bytes, added))
		abort();
	return true;
}

/* Undo what a group that was given up did to the model. */
static void give_up(struct phase *p, const uint32_t *numbers)
{
	memcpy(p->model.number, numbers, sizeof(p->model.number));
	p->model.docs = p->model.saved;
}

static bool commit(struct journal *j, struct phase *p, bool join, uint32_t *id)
{
	struct error err;
	bool ok;

	p->trying = true;
	ok = journal_commit(j, join, id, &err);
	p->trying = !ok && sim_crashed();
	snprintf(p->name, sizeof(p->name), "%s", journal_name(j));
	return ok;
}

static void edit(struct journal *j, struct phase *p)
{
	bool join = p->model.done > 0 && !p->model.undone && below(3) == 0;
	uint32_t numbers[DOCS];
	uint32_t id;
	struct error err;

	if (below(4) == 0 && !put_ahead(j, p))
		return;
	memcpy(numbers, p->model.number, sizeof(numbers));
	for (size_t n = 1 + below(4); n > 0; n--)
		if (!one_change(j, p, &err)) {
			give_up(p, numbers);
			return;
		}
	if (below(6) == 0) {
		journal_cancel(j);
		give_up(p, numbers);
		return;
	}
	if (commit(j, p, join, &id))
		model_commit(&p->model, id, join);
	else if (!p->trying)
		give_up(p, numbers);
	else
		model_commit(&p->model, journal_group(j) + 1, join);
}

static void undo_or_redo(struct journal *j, struct phase *p)
{
	struct model *m = &p->model;
	bool redo = m->done < m->all && below(2);
	struct error err;
	uint32_t step;

	if (!redo && m->done == 0)
		return;
	step = m->steps[redo ? m->done : m->done - 1].id;
	if (!journal_number(j, redo ? RECORD_REDO : RECORD_UNDO, step, &err))
		return;
	if (commit(j, p, false, NULL) || p->trying)
		if (!model_undo(m, step, redo))
			abort();
}

static void note(struct journal *j, struct phase *p)
{
	struct error err;

	if (p->model.done == 0 ||
	    !journal_note(j, p->model.steps[p->model.done - 1].id, "123456789",
	                  NOTE, &err))
		return;
	if (commit(j, p, false, NULL) || p->trying) {
		p->model.notes += NOTE;
		end_group(&p->model);
	}
}

/* Samples are no change of anything. */
static void samples(struct journal *j, struct phase *p)
{
	static const struct record_sample v[] = { { .len = 4 }, { .off = 9 } };
	struct error err;

	if (p->model.done > 0 && journal_samples(j, 1, v, ARRAY_LEN(v), &err))
		(void)!journal_commit(j, false, NULL, &err);
}

static void some_edits(struct journal *j, struct phase *p, size_t n)
{
	for (; n > 0 && !sim_crashed(); n--) {
		uint64_t what = below(11);

		if (what < 7)
			edit(j, p);
		else if (what < 9)
			undo_or_redo(j, p);
		else if (what < 10)
			note(j, p);
		else
			samples(j, p);
		sometimes_sync(j, p);
	}
}

static void phase_one(void)
{
	struct phase *p = &run.one;
	struct error err;
	struct journal *j;
	uint64_t end;

	open_folder();
	j = journal_new(&folder, &err);
	some_edits(j, p, 3 + below(5));
	end = below(6);
	if (end == 0 && !sim_crashed() && journal_keep(j, &err))
		p->synced = p->model.groups;
	if (end == 1 && !sim_crashed()) {
		struct record_file file = { .file = 1,
			                    .kind = RECORD_FILE_REGULAR,
			                    .path = "/0",
			                    .path_len = 2 };

		if (journal_finish(j, &file, 1, &err))
			p->synced = p->model.groups;
	}
	if (end == 2 && !sim_crashed() && p->model.groups > 0) {
		p->discarded = true;
		(void)!journal_discard(j, &err);
	}
	journal_free(j);
}

/* Give one item of the old journal to the new one. */
static bool adopt_item(struct recover *rec, struct journal *j, struct phase *p,
                       struct recover_item *item, uint32_t *steps)
{
	static uint8_t bytes[DOC_MAX];
	struct record_piece pieces[128];
	struct record_change change = item->change;
	struct recover_item copy = *item;
	struct error err;
	uint32_t n = 0;
	uint32_t id;
	int doc;

	switch (item->what) {
	case RECOVER_CHANGE:
		doc = doc_of(rec, change.file);
		if (doc < 0 || !name_doc(j, p, doc))
			return false;
		change.file = p->model.number[doc];
		while (record_next_piece(&copy.pieces, &pieces[n])) {
			size_t took = 0;
			struct record_piece *piece = &pieces[n++];

			if (piece->kind != RECORD_PIECE_STORE)
				continue;
			if (!recover_read(rec, piece->off, bytes,
			                  (size_t)piece->len, &err) ||
			    !journal_store(j, bytes, (size_t)piece->len, &took,
			                   &piece->off, &err))
				return false;
			if (took < piece->len) {
				pieces[n] = *piece;
				pieces[n].len -= took;
				piece->len = took;
				if (!journal_store(j, bytes + took,
				                   (size_t)pieces[n].len, &took,
				                   &pieces[n].off, &err))
					return false;
				if (took != pieces[n].len)
					abort();
				n++;
				change.added_count++;
			}
		}
		return journal_change(j, &change, pieces, &err) &&
		       apply_change(rec, &p->model.docs, item);
	case RECOVER_COMMIT:
		if (!commit(j, p, item->info.join, &id))
			return false;
		if (!item->info.join)
			steps[item->group] = id;
		model_commit(&p->model, id, item->info.join);
		return true;
	case RECOVER_UNDO:
	case RECOVER_REDO:
		id = steps[item->info.step];
		return journal_number(j,
		                      item->what == RECOVER_REDO ? RECORD_REDO
		                                                 : RECORD_UNDO,
		                      id, &err) &&
		       commit(j, p, false, NULL) &&
		       model_undo(&p->model, id, item->what == RECOVER_REDO);
	default:
		return true;
	}
}

/* Which documents to adopt: with one, those of the same steps. */
static bool choose_docs(struct recover *rec, bool *wanted)
{
	struct error err;
	uint32_t also = 0;
	bool any = false;

	/* A mutation may let others through. */
	if (recover_files(rec) > DOCS)
		return false;
	for (uint32_t i = 0; i < recover_files(rec); i++) {
		wanted[i] = recover_file_waits(rec, i + 1) && below(2);
		any = any || wanted[i];
	}
	while (any && !recover_plan(rec, wanted, &also, &err)) {
		if (err.code != ERR_STATE)
			return false;
		wanted[also - 1] = true;
	}
	return any;
}

static bool adopt(struct recover *rec, struct journal *j, struct phase *p,
                  const bool *wanted)
{
	uint32_t steps[GROUPS + 1] = { 0 };
	uint32_t files[DOCS];
	uint32_t count = 0;
	struct recover_item item;
	struct error err;

	for (uint32_t i = 0; i < recover_files(rec); i++)
		if (wanted[i])
			files[count++] = i + 1;
	p->adopting = true;
	if (!journal_adopt_begin(j, recover_head(rec)->uuid, files, count,
	                         &err))
		return false;
	do {
		if (!recover_next(rec, &item, &err) ||
		    !adopt_item(rec, j, p, &item, steps)) {
			journal_cancel(j);
			if (!sim_crashed())
				(void)!journal_adopt_cancel(j, &err);
			return false;
		}
	} while (item.what != RECOVER_DONE);
	p->adopted = p->model.groups;
	if (!journal_adopt_end(j, recover_head(rec)->uuid, &err))
		return false;
	p->adopting = false;
	p->synced = p->model.groups;
	run.released = true;
	return recover_release(rec, files, count, &err);
}

/* Another editor starts, and takes what waits. */
static void phase_two(void)
{
	struct phase *p = &run.two;
	bool wanted[DOCS] = { false };
	struct recover *rec;
	struct error err;
	struct journal *j;

	run.in_two = true;
	open_folder();
	if (run.one.name[0] == '\0')
		return;
	rec = recover_open(&folder, run.one.name, &err);
	j = journal_new(&folder, &err);
	if (rec && recover_kind(rec) == RECOVER_WAITING &&
	    choose_docs(rec, wanted)) {
		for (uint32_t i = 0; i < recover_files(rec); i++) {
			int doc = doc_of(rec, i + 1);

			if (doc >= 0)
				run.wanted[doc] = wanted[i];
		}
		if (adopt(rec, j, p, wanted))
			some_edits(j, p, 2);
	}
	recover_free(rec);
	journal_free(j);
}

/* --- looking at what is left --------------------------------------------- */

#define REQUIRE(holds, why)                 \
	do {                                \
		if (!(holds)) {             \
			sim_violation(why); \
			goto out;           \
		}                           \
	} while (0)

static struct recover *open_left(const char *name)
{
	struct error err;
	bool is_history = name[0] && recover_is_history(&folder, name);
	struct recover *rec =
		name[0] ? recover_open(&folder, name, &err) : NULL;

	/* A start passes over what is history: nothing waits there. */
	if (rec && is_history && recover_kind(rec) == RECOVER_WAITING)
		sim_violation("history waits");
	return rec;
}

/* How many groups of the model recovery gave, exactly. -1: something else. */
static long prefix_of(const struct model *got, const struct model *want)
{
	if (got->groups > want->groups ||
	    memcmp(got->crc, want->crc, got->groups * sizeof(got->crc[0])) != 0)
		return -1;
	return (long)got->groups;
}

static const bool all_docs[DOCS] = { true, true, true };

/* I3, I5, I6 for one journal; `least` groups are to be there. */
static bool check_journal(struct recover *rec, const struct phase *p,
                          struct model *got, bool gone_allowed)
{
	bool killed = run.killed_state && !p->adopting;
	size_t least = killed ? p->model.groups : p->synced;
	long n = 0;

	if (killed && p->trying && least > 0)
		least--;
	if (!rec || recover_kind(rec) == RECOVER_UNREADABLE) {
		REQUIRE(least == 0 || p->discarded || gone_allowed,
		        "a journal is gone");
		return false;
	}
	REQUIRE(recover_kind(rec) != RECOVER_DAMAGED, "called damaged");
	REQUIRE(replay(rec, all_docs, got), "it cannot be replayed");
	n = prefix_of(got, &p->model);
	REQUIRE(n >= 0, "it holds what was not done");
	REQUIRE((size_t)n >= least, "groups are lost");
	return true;
out:
	return false;
}

/* I8: the content of each document, from where it waits. */
static void check_places(struct recover *one, struct recover *two,
                         const struct model *in_one, const struct model *in_two)
{
	bool adopted = two && recover_kind(two) == RECOVER_WAITING &&
	               in_two->groups > 0;

	if (one && two && one != two)
		recover_settle(one, two);
	for (uint32_t i = 0; one && i < recover_files(one); i++) {
		int doc = doc_of(one, i + 1);
		bool waits = recover_file_waits(one, i + 1);
		bool touched = false;

		if (doc < 0)
			continue;
		for (size_t k = 0; k < in_one->groups; k++)
			touched = touched || in_one->crcs[k][doc] != 0;
		if (!touched)
			continue;
		REQUIRE(waits != (adopted && run.wanted[doc]),
		        waits ? "a document waits twice"
		              : "a document waits nowhere");
	}
	REQUIRE(one || run.one.model.groups == 0 || adopted ||
	                run.one.discarded || !run.released,
	        "all is gone");
out:
	return;
}

static void look(struct sim *sim, void *arg)
{
	static struct model in_one;
	static struct model in_two;
	struct recover *one;
	struct recover *two;

	(void)arg;
	sim_tally.states++;
	sim_use(sim);
	open_folder();
	one = open_left(run.one.name);
	two = open_left(run.two.name);
	model_new(&in_one);
	model_new(&in_two);
	(void)check_journal(one, &run.one, &in_one, run.released);
	if (run.in_two) {
		bool there = check_journal(two, &run.two, &in_two, false);

		if (there && in_two.groups > 0 &&
		    in_two.groups < run.two.adopted)
			sim_violation("half of an adoption");
		check_places(one && recover_kind(one) == RECOVER_WAITING ? one
		                                                         : NULL,
		             two, &in_one, &in_two);
	}
	recover_free(one);
	recover_free(two);
}

/* After a kill nothing is lost. */
static void look_killed(struct sim *sim, bool all_there)
{
	struct sim *copy = sim_clone(sim);

	sim_kill(copy);
	run.killed_state = all_there;
	look(copy, NULL);
	run.killed_state = false;
	sim_free(copy);
}

/* --- running ------------------------------------------------------------- */

static void begin(uint64_t seed)
{
	sim_tally.seed = seed;
	run.rnd = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	memset(&run.one, 0, sizeof(run.one));
	memset(&run.two, 0, sizeof(run.two));
	run.in_two = false;
	run.released = false;
	memset(run.wanted, 0, sizeof(run.wanted));
	sim_seed(seed + run.salt);
	sim_count_from_0();
}

/* The whole scenario on a new disk, which is left in use. */
static struct sim *run_scenario(uint64_t seed)
{
	struct sim *sim = sim_new();

	begin(seed);
	sim_use(sim);
	phase_one();
	if (!sim_crashed() && seed % 2 == 0) {
		sim_kill(sim);
		phase_two();
	}
	return sim;
}

static void explore(struct sim *sim, size_t most, enum sim_fill fill)
{
	uint64_t seed = run.rnd | 1;

	sim_crash_at(SIZE_MAX);
	sim_count_from_0();
	(void)sim_states(sim, most, fill, &seed, look, NULL);
}

/* A crash while another editor takes over what an earlier crash left. */
static void crash_again(struct sim *sim, enum sim_fill fill)
{
	uint64_t seed = random_u64(&run.rnd) | 1;
	struct sim *left = sim_random_state(sim, fill, &seed);
	struct phase was = run.one;
	struct recover *rec;
	static struct model got;
	struct sim *again;
	size_t steps;

	sim_use(left);
	open_folder();
	rec = open_left(run.one.name);
	if (rec && recover_kind(rec) == RECOVER_WAITING &&
	    replay(rec, all_docs, &got)) {
		recover_free(rec);
		run.one.model = got;
		run.one.synced = got.groups;
		run.one.trying = false;
		again = sim_clone(left);
		sim_use(again);
		run.rnd = seed;
		sim_count_from_0();
		phase_two();
		steps = sim_steps();
		sim_free(again);
		if (steps > 0) {
			sim_use(left);
			sim_kill(left);
			memset(&run.two, 0, sizeof(run.two));
			memset(run.wanted, 0, sizeof(run.wanted));
			run.released = false;
			run.rnd = seed;
			sim_count_from_0();
			sim_crash_at(random_below(&seed, steps));
			sim_tally.nested++;
			phase_two();
			explore(left, 6, fill);
		}
		run.in_two = false;
		memset(&run.two, 0, sizeof(run.two));
		run.released = false;
	} else {
		recover_free(rec);
	}
	run.one = was;
	sim_free(left);
}

static void crash_everywhere(uint64_t seed, size_t most)
{
	struct sim *sim;
	size_t steps;
	char what[64];

	run.salt = 1;
	sim = run_scenario(seed);
	sim_stale(sim);
	sim_free(sim);
	run.salt = 0;
	sim = run_scenario(seed);
	steps = sim_steps();
	sim_tally.what = what;
	snprintf(what, sizeof(what), "no crash");
	look_killed(sim, true);
	sim_free(sim);
	for (int fill = 0; fill < 3; fill++)
		for (size_t k = 0; k < steps; k++) {
			snprintf(what, sizeof(what), "crash at %zu, fill %d", k,
			         fill);
			sim_crash_at(k);
			sim = run_scenario(seed);
			explore(sim, most, (enum sim_fill)fill);
			look_killed(sim, true);
			for (int n = 0; n < 2 && !run.in_two; n++)
				crash_again(sim, (enum sim_fill)fill);
			sim_free(sim);
		}
}

/* One fault at one call. What the cache forgot is gone even after a kill if the
   file could not be written anew, or if nobody had it in memory any more. */
static void fail_once(uint64_t seed, const struct sim_failing *f, size_t call,
                      size_t most)
{
	struct sim *sim;
	bool forgot;

	sim_sync_loses(f->lost);
	sim_fail_at(call, f->fault, f->errnum, f->sticky);
	sim = run_scenario(seed);
	sim_fail_never();
	forgot = sim_sync_failed() && f->lost == SIM_LOST_GONE &&
	         (f->sticky || run.in_two);
	explore(sim, most, SIM_FILL_ZERO);
	look_killed(sim, !forgot);
	sim_free(sim);
}

static size_t count_calls(uint64_t seed)
{
	sim_free(run_scenario(seed));
	return sim_calls();
}

static void fail_everywhere(uint64_t seed, size_t most)
{
	sim_fail_each(seed, most, count_calls, fail_once);
}

/* I7: each bit of a journal whose groups are durable. */
static void flip_everywhere(uint64_t seed)
{
	struct sim *sim = run_scenario(seed);
	bool there = run.one.name[0] != '\0' && !run.one.discarded;
	uint64_t bits = there ? sim_longest(sim) * 8 : 0;
	static struct model got;

	sim_kill(sim);
	for (uint64_t i = below(8); i < bits; i += 8) {
		struct sim *copy = sim_clone(sim);
		uint64_t bit = i - i % 8 + below(8);
		struct recover *rec;

		sim_flip(copy, bit);
		sim_use(copy);
		open_folder();
		rec = open_left(run.one.name);
		run.flips++;
		if (!rec)
			sim_violation("a flipped bit hides a journal");
		else if (recover_kind(rec) == RECOVER_DAMAGED ||
		         recover_kind(rec) == RECOVER_UNREADABLE) {
			run.reported++;
		} else if (!replay(rec, all_docs, &got)) {
			sim_violation("a flipped bit makes nonsense");
		} else if (prefix_of(&got, &run.one.model) < 0) {
			sim_violation("a flipped bit changes something");
		} else if (got.groups < run.one.model.groups &&
		           recover_torn(rec) == 0) {
			sim_violation("a flipped bit is silent");
		}
		recover_free(rec);
		sim_free(copy);
	}
	sim_free(sim);
}

/* --- tests --------------------------------------------------------------- */

START_TEST(crashes)
{
	sim_explore_all("crashes", crash_everywhere, 16, cases(300000));
}
END_TEST

START_TEST(failing_calls)
{
	sim_explore_all("failing calls", fail_everywhere, 3, cases(40000));
}
END_TEST

START_TEST(flipped_bits)
{
	sim_tally_reset(false);
	sim_tally.what = "flips";
	run.flips = 0;
	run.reported = 0;
	for (uint64_t seed = sim_first_seed() * 2 + 1, n = cases(4); n > 0;
	     n--, seed += 2)
		flip_everywhere(seed);
	printf("%zu flips, %zu reported\n", run.flips, run.reported);
	ck_assert_uint_eq(sim_tally.violations, 0);
}
END_TEST

/* Some are noticed in few scenarios: with these seeds early, as things are. */
struct mutation {
	const char *what;
	unsigned journal, record;
	bool harmless;
	uint64_t seed; /* 0: any */
};

static const struct mutation mutations[] = {
	{ "no sync of the folder", JOURNAL_BREAK_FOLDER_SYNC, 0, false, 0 },
	{ "no sync", JOURNAL_BREAK_SYNC, 0, false, 0 },
	{ "every record closes its group", JOURNAL_BREAK_GROUPS, 0, false, 0 },
	{ "a second sync as proof", JOURNAL_BREAK_RETRY, 0, false, 0 },
	{ "renamed before it is durable", JOURNAL_BREAK_NEW_SYNC, 0, false, 0 },
	{ "the rename is not synced", JOURNAL_BREAK_NEW_FOLDER, 0, false, 0 },
	{ "marks that run ahead", JOURNAL_BREAK_MARK, 0, false, 0 },
	{ "no cut after a failure", JOURNAL_BREAK_CUT, 0, false, 90 },
	{ "no sync of the cut", JOURNAL_BREAK_CUT_SYNC, 0, false, 72 },
	{ "written anew from the file", JOURNAL_BREAK_TAIL, 0, false, 0 },
	{ "resumed behind a torn tail", JOURNAL_BREAK_RESUME, 0, false, 72 },
	{ "released before it is durable", JOURNAL_BREAK_ADOPT, 0, false, 0 },
	{ "no CRC", 0, RECORD_BREAK_CRC, false, 0 },
	{ "no chain and no salt", 0, RECORD_BREAK_CHAIN | RECORD_BREAK_SALT,
	  false, 0 },
	{ "no chain", 0, RECORD_BREAK_CHAIN, true, 0 },
};

START_TEST(mutations_are_noticed)
{
	const struct mutation *m = &mutations[_i];
	uint64_t seed = m->seed ? m->seed : sim_first_seed();

	journal_break(m->journal);
	record_break(m->record);
	sim_search(m->what, seed, crash_everywhere, fail_everywhere,
	           m->harmless);
	journal_break(0);
	record_break(0);
	if (!m->harmless)
		ck_assert_uint_gt(sim_tally.violations, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_journal");
	TCase *tc = tcase_create("sim_journal");

	tcase_set_timeout(tc, 600);
	(void)sim_first_seed();
	tcase_add_test(tc, crashes);
	tcase_add_test(tc, failing_calls);
	tcase_add_test(tc, flipped_bits);
	tcase_add_loop_test(tc, mutations_are_noticed, 0,
	                    (int)ARRAY_LEN(mutations));
	suite_add_tcase(s, tc);
	return run_suite(s);
}
