/*
 * journal_changes.c - what a journal says that was changed: see journal.h
 *
 * It is read in windows, one behind the other, since most records are short.
 * Long ones that are bytes of the store alone are passed over: their head says
 * so.
 */
#include "config.h"

#include "base/error.h"
#include "base/mem.h"
#include "keep/journal.h"
#include "keep/journal_impl.h"

/* Tests make it small. */
#ifndef JOURNAL_WINDOW
#define JOURNAL_WINDOW ((size_t)64 * 1024)
#endif

struct window {
	struct journal *journal;
	uint8_t *bytes; /* owned */
	size_t cap;
	uint64_t off; /* of what was read */
	size_t len;
};

static bool damaged(const struct journal *journal, uint64_t off,
                    struct error *err)
{
	return error_set(err, ERR_CHANGED, "%s: damaged at offset %#llx",
	                 journal->name, (unsigned long long)off);
}

/* Have [off, off + len) of the journal in the window. */
static const uint8_t *look(struct window *w, uint64_t off, size_t len,
                           struct error *err)
{
	uint64_t end = w->journal->at.end;
	size_t want = (size_t)u64_min(size_max(len, JOURNAL_WINDOW), end - off);

	if (off >= w->off && off - w->off <= w->len &&
	    len <= w->len - (size_t)(off - w->off))
		return w->bytes + (off - w->off);
	w->len = 0;
	if (len > want) {
		(void)damaged(w->journal, off, err);
		return NULL;
	}
	if (!mem_grow(&w->bytes, &w->cap, want, 1, err) ||
	    !journal_read(w->journal, off, w->bytes, want, err))
		return NULL;
	w->off = off;
	w->len = want;
	return w->bytes;
}

/* Are there changes in a record that may have some? */
static bool has_changes(struct window *w, const struct record *record,
                        bool *has, struct error *err)
{
	const uint8_t *head;
	struct record_cursor cursor;
	size_t bytes;

	*has = false;
	if (record->type != RECORD_CHANGES)
		return true;
	head = look(w, record->off + RECORD_HEAD, RECORD_CHANGES_HEAD, err);
	if (!head)
		return false;
	(void)record_changes(head, record->len, &bytes, &cursor);
	*has = cursor.count > 0;
	return true;
}

static bool take_changes(struct window *w, const struct record *record,
                         journal_take_change *take, void *ctx,
                         struct error *err)
{
	const uint8_t *at =
		look(w, record->off, RECORD_HEAD + record->len, err);
	struct record_cursor cursor, pieces;
	struct record_change change;
	size_t bytes;

	if (!at)
		return false;
	if (!record_payload_is(at, record, at + RECORD_HEAD))
		return damaged(w->journal, record->off, err);
	(void)record_changes(at + RECORD_HEAD, record->len, &bytes, &cursor);
	while (record_next_change(&cursor, &change, &pieces))
		if (!take(ctx, &change, &pieces, err))
			return false;
	return true;
}

static bool take_record(struct window *w, uint64_t off, uint64_t *next,
                        journal_take_change *take, void *ctx, struct error *err)
{
	const uint8_t *head = look(w, off, RECORD_HEAD, err);
	struct record record;
	bool has;

	if (!head)
		return false;
	if (!record_head_decode(head, record_chain(w->journal->head.salt), off,
	                        &record))
		return damaged(w->journal, off, err);
	*next = off + record_size(record.len);
	return has_changes(w, &record, &has, err) &&
	       (!has || take_changes(w, &record, take, ctx, err));
}

bool journal_each_change(struct journal *journal, journal_take_change *take,
                         void *ctx, struct error *err)
{
	struct window w = { .journal = journal };
	bool ok = true;

	for (uint64_t off = RECORD_START; ok && off < journal->at.end;)
		ok = take_record(&w, off, &off, take, ctx, err);
	mem_free(w.bytes);
	return ok;
}
