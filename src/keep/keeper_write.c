/*
 * keeper_write.c - see keeper.h: groups on their way
 *
 * An edit may bring bytes that an earlier one brought: where those of the store
 * are in the journal is kept.
 *
 * P1	what is kept of a group that was not committed stands at or behind the
 *	journal's end, and is dropped before the next group
 */
#include "config.h"

#include "keep/keeper_impl.h"

#include <string.h>

#include "base/mem.h"
#include "edit/documents.h"
#include "edit/edits.h"
#include "edit/past.h"

static const char nothing_known[] = "";

/* A name is written when it is another one than before. */
static bool put_called(struct keeper *keeper)
{
	if (keeper->what == keeper->called)
		return true;
	keeper->called = keeper->what;
	return journal_called(keeper->journal, keeper->what ? keeper->what : "",
	                      keeper->err);
}

static void take_change(void *ctx, const struct change *change)
{
	struct keeper *keeper = ctx;
	const struct document *doc = keeper_document_of(keeper, change);
	struct change way = *change;
	size_t at = keeper->removed_at++;

	if (keeper->linking && at < keeper->removed_count)
		way.removed = keeper->removed[at];
	if (!keeper->ok || !doc)
		return;
	keeper->ok = (keeper->any || put_called(keeper)) &&
	             keeper_put_change(keeper, doc, &way, keeper->err);
	keeper->any = true;
}

static void see_change(void *ctx, const struct change *change)
{
	struct keeper *keeper = ctx;

	if (keeper_document_of(keeper, change))
		keeper->any = true;
}

/* --- groups --------------------------------------------------------------- */

bool keeper_fail(struct keeper *keeper, uint32_t numbers)
{
	journal_cancel(keeper->journal);
	kept_cut(&keeper->kept, journal_size(keeper->journal));
	keeper_drop_numbers(keeper, numbers);
	keeper->called = nothing_known;
	return false;
}

static bool write_edit(struct keeper *keeper, bool join, struct error *err)
{
	const struct past *past = edits_past(keeper->edits);
	size_t step = past_done(past) - (join ? 1 : 0);
	uint32_t numbers = keeper_last_number(keeper);
	uint32_t group = 0;
	bool continues;

	if (!keeper_reserve_step(keeper, step, err))
		return false;
	keeper->what = past_label(past);
	continues = join && keeper_knows(keeper, step);
	edits_each(keeper->edits, take_change, keeper);
	if (!keeper->ok)
		return keeper_fail(keeper, numbers);
	if (keeper->any &&
	    !journal_commit(keeper->journal, continues, &group, err))
		return keeper_fail(keeper, numbers);
	if (keeper->any || !join)
		keeper_set_step(keeper, step,
		                continues ? keeper->steps[step] : group);
	return true;
}

/*
 * What is taken back, or made again, was done before this journal began: it is
 * written as the changes that it comes to. From there on the journal knows no
 * other steps, either, since those may come to lie in front of it.
 */
static bool write_changes(struct keeper *keeper, uint32_t *group,
                          struct error *err)
{
	uint32_t numbers = keeper_last_number(keeper);

	keeper->linking = true;
	keeper->link = 0;
	keeper->removed_at = 0;
	edits_each(keeper->edits, take_change, keeper);
	keeper->linking = false;
	if (!keeper->ok)
		return keeper_fail(keeper, numbers);
	if (!keeper->any)
		return true;
	if (!journal_commit(keeper->journal, false, group, err))
		return keeper_fail(keeper, numbers);
	keeper_forget_steps(keeper);
	return true;
}

/* To the next run it is these changes, if nothing was left of the step where it
   was made first: its note goes with them. That it is written at once is not
   worth giving up what was done. */
static bool write_again(struct keeper *keeper, size_t step, struct error *err)
{
	const struct past *past = edits_past(keeper->edits);
	const char *text = past_step(past, step + 1).note;
	struct error ignored;
	uint32_t group = 0;

	if (!keeper_reserve_again(keeper, step, err) ||
	    !write_changes(keeper, &group, err))
		return false;
	if (group == 0)
		return true;
	keeper_set_again(keeper, step, group);
	if (text &&
	    journal_note(keeper->journal, group, text, strlen(text), &ignored))
		(void)!journal_commit(keeper->journal, false, NULL, &ignored);
	return true;
}

void keeper_set_removed(struct keeper *keeper, const struct pieces *v,
                        size_t count)
{
	keeper->removed = v;
	keeper->removed_count = count;
}

static bool write_way(struct keeper *keeper, enum keeper_what what,
                      struct error *err)
{
	size_t done = past_done(edits_past(keeper->edits));
	size_t step = what == KEEPER_UNDO ? done - 1 : done;
	enum record_type type = what == KEEPER_UNDO ? RECORD_UNDO : RECORD_REDO;

	keeper->what = what == KEEPER_UNDO ? "undo" : "redo";
	if (!keeper_knows(keeper, step))
		return what == KEEPER_REDO ? write_again(keeper, step, err)
		                           : write_changes(keeper, NULL, err);
	return journal_number(keeper->journal, type, keeper->steps[step],
	                      err) &&
	       journal_commit(keeper->journal, false, NULL, err);
}

/* A journal is begun when there is something to write. */
static bool begin(struct keeper *keeper, bool *ok, struct error *err)
{
	*ok = true;
	if (keeper->journal)
		return true;
	edits_each(keeper->edits, see_change, keeper);
	if (!keeper->any)
		return false;
	keeper->any = false;
	return keeper_begin(keeper, ok, err);
}

bool keeper_write(struct keeper *keeper, enum keeper_what what,
                  struct error *err)
{
	bool is_edit = what == KEEPER_EDIT || what == KEEPER_JOIN;
	bool ok;

	keeper->ok = true;
	keeper->any = false;
	keeper->err = err;
	if (!begin(keeper, &ok, err)) {
		if (ok && is_edit)
			keeper_cut_steps(keeper,
			                 past_done(edits_past(keeper->edits)));
		return ok;
	}
	if (is_edit)
		ok = write_edit(keeper, what == KEEPER_JOIN, err);
	else
		ok = write_way(keeper, what, err);
	keeper->saw.len = 0;
	/* Documents that are left out may have bytes in the journal. */
	if (ok)
		journal_keep_bytes(keeper->journal);
	if (ok && journal_group(keeper->journal) > 0)
		keeper->state = KEEPER_KEEPS;
	return ok;
}

/* --- other journals ------------------------------------------------------- */

bool keeper_adopt_begin(struct keeper *keeper, const uint8_t *uuid,
                        const uint32_t *files, uint32_t count,
                        struct error *err)
{
	bool ok;

	if (!keeper_begin(keeper, &ok, err))
		return ok;
	keeper->adopt_numbers = keeper_last_number(keeper);
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
	keeper_cut_steps(keeper, keeper->adopt_steps);
	if (!journal_adopt_cancel(keeper->journal, &why)) {
		keeper_abandon(keeper, &why);
		return;
	}
	kept_cut(&keeper->kept, journal_size(keeper->journal));
	keeper_drop_numbers(keeper, keeper->adopt_numbers);
	keeper->called = nothing_known;
}
