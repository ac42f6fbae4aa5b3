/*
 * keeper_journal.c - see keeper_impl.h: the journals of a keeper
 *
 * There is one to write to, from the first group to a flush, and those closed
 * by flushes of this run, which images and long bytes are read from.
 */
#include "config.h"

#include "keep/keeper_impl.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/sys.h"
#include "edit/store.h"
#include "keep/expire.h"
#include "keep/index.h"
#include "keep/recover.h"
#include "keep/shelf.h"

/* Of closed journals, ns. */
#define HISTORY_AGE (INT64_C(90) * 24 * 60 * 60 * 1000000000)

/* Nobody can keep it: the edits go on without. */
static void keeper_give_up(struct keeper *keeper, const struct error *why)
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

bool keeper_begin(struct keeper *keeper, bool *ok, struct error *err)
{
	struct shelf_places places = places_of(keeper);
	struct error why = { 0 };
	enum shelf_passed passed;

	*ok = true;
	if (keeper->state != KEEPER_EMPTY || keeper->journal)
		return keeper->journal != NULL;
	*ok = false;
	if (!keeper->batch)
		keeper->batch = keeper_batch_new(err);
	if (!keeper->batch)
		return false;
	if (!keeper->folder.path &&
	    !shelf_open(keeper->sys, &places, true, &keeper->folder, &passed,
	                &why)) {
		*ok = why.code != ERR_NOMEM;
		if (*ok)
			keeper_give_up(keeper, &why);
		else
			*err = why;
		return false;
	}
	if (why.code && passed != SHELF_NONE) {
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

/* --- long bytes ----------------------------------------------------------- */

static bool read_bytes(void *ctx, uint64_t pos, void *buf, size_t len,
                       struct error *err)
{
	return journal_read(ctx, pos, buf, len, err);
}

/* The keeper frees the journals. */
static void let_go(void *ctx)
{
	(void)ctx;
}

bool keeper_is_journal(const struct keeper *keeper,
                       const struct store_image *image)
{
	return image->read == read_bytes && image->ctx == keeper->journal;
}

bool keeper_put(struct keeper *keeper, const void *bytes, size_t len,
                size_t *took, struct store_image *image, uint64_t *at,
                struct error *err)
{
	bool ok;

	*took = 0;
	if (!keeper_begin(keeper, &ok, err))
		return ok;
	if (!keeper_flush_prepare(keeper, err) ||
	    !journal_store(keeper->journal, bytes, len, took, at, err) ||
	    !journal_commit(keeper->journal, false, NULL, err))
		return false;
	keeper->has_images = true;
	keeper->puts++;
	keeper->state = KEEPER_KEEPS;
	*image = (struct store_image){ read_bytes, let_go, keeper->journal };
	return true;
}

uint64_t keeper_puts(const struct keeper *keeper)
{
	return keeper->puts;
}

void keeper_drop_puts(struct keeper *keeper, uint64_t puts)
{
	if (keeper->journal && keeper->puts == puts)
		journal_drop_bytes(keeper->journal);
}

/* --- other journals ------------------------------------------------------- */

/* Nothing more goes into the journal; what refers to its bytes may stay. */
static void put_aside(struct keeper *keeper)
{
	/* Room was made when the images were. */
	if (keeper->has_images) {
		journal_rest(keeper->journal);
		keeper->closed[keeper->closed_count++] = keeper->journal;
	} else {
		journal_free(keeper->journal);
	}
	keeper->has_images = false;
	keeper->journal = NULL;
}

void keeper_abandon(struct keeper *keeper, const struct error *why)
{
	keeper_give_up(keeper, why);
	put_aside(keeper);
}

/* Edits may wait where nobody looks. */
static void say_unlooked(struct keeper *keeper, const struct error *why)
{
	if (keeper->has_passed)
		return;
	keeper->has_passed = true;
	keeper->has_news = true;
	snprintf(keeper->news, sizeof(keeper->news),
	         "%s: edits that wait there are not looked for", why->text);
}

const struct folder *keeper_look(struct keeper *keeper, struct error *err)
{
	struct shelf_places places = places_of(keeper);
	enum shelf_passed passed = SHELF_UNFIT;

	if (keeper->folder.path)
		return &keeper->folder;
	if (shelf_open(keeper->sys, &places, false, &keeper->folder, &passed,
	               err)) {
		if (passed == SHELF_UNFIT)
			say_unlooked(keeper, err);
		return &keeper->folder;
	}
	if (err->code == ERR_NOMEM)
		return NULL;
	if (err->code != ERR_NO && passed != SHELF_OF_OTHERS)
		say_unlooked(keeper, err);
	err->code = ERR_NO;
	return NULL;
}

/* --- flushes -------------------------------------------------------------- */

struct journal *keeper_journal(const struct keeper *keeper)
{
	return keeper->state == KEEPER_KEEPS ? keeper->journal : NULL;
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
		keeper_forget_numbers(keeper, docs[i]);
	keeper_forget_steps(keeper);
	keeper->has_images = keeper->has_images || images;
	if (rest)
		return;
	put_aside(keeper);
	keeper->has_remarks = false;
	keeper->state = KEEPER_EMPTY;
	kept_free(&keeper->kept);
	keeper->kept = (struct kept){ 0 };
	keeper->called = NULL;
	keeper->named_count = 0;
	keeper->former_count = 0;
	keeper->file_count = 0;
}

bool keeper_expire(const struct keeper *keeper, bool *gone, struct error *err)
{
	const char *name = keeper->journal ? journal_name(keeper->journal) : "";
	struct index *index = index_open(&keeper->folder, err);
	struct error ignored;
	bool ok, was;

	*gone = false;
	if (!index)
		return false;
	was = index_find(index, name);
	ok = index_learn(index, name, keeper->files, keeper->file_count, err) &&
	     expire(&keeper->folder, index, keeper->history,
	            keeper->sys->clock() - HISTORY_AGE, err);
	*gone = was && !index_find(index, name);
	/* What it does not say is read from the journals. */
	(void)!index_store(index, &ignored);
	index_free(index);
	return ok;
}

struct recover *keeper_peek(const struct keeper *keeper, struct error *err)
{
	if (keeper->state == KEEPER_KEEPS)
		return recover_peek(&keeper->folder,
		                    journal_name(keeper->journal), err);
	error_set(err, ERR_NO, "there is no journal");
	return NULL;
}

/* --- the rest ------------------------------------------------------------- */

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

uint64_t keeper_limit(const struct keeper *keeper)
{
	return keeper->limit;
}

uint64_t keeper_history(const struct keeper *keeper)
{
	return keeper->history;
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
	mem_free(keeper->origins);
	mem_free(keeper->named);
	mem_free(keeper->former);
	mem_free(keeper->files);
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

bool keeper_close(struct keeper *keeper, enum keeper_history what,
                  struct error *err)
{
	struct journal *journal = keeper->journal;

	if (keeper->state != KEEPER_KEEPS)
		return true;
	if (what == KEEPER_GIVEN_BACK &&
	    !journal_number(journal, RECORD_RELEASED, RECORD_GIVEN_BACK, err))
		return false;
	for (size_t i = 0; what != KEEPER_ALL && i < keeper->named_count; i++)
		if (!journal_number(journal, RECORD_RELEASED,
		                    keeper->named[i].number, err))
			return false;
	return journal_finish(journal, NULL, 0, err);
}

bool keeper_discard(struct keeper *keeper, struct error *err)
{
	return keeper->state != KEEPER_KEEPS ||
	       journal_discard(keeper->journal, err);
}
