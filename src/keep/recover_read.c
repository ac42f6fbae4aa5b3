/*
 * recover_read.c - reading a journal: see recover.h
 *
 * One pass over the file makes lists: groups, documents, which group touches
 * which document. The lists only grow; a mark says how much of them belongs to
 * groups that are whole, and what comes after the last mark is dropped. So an
 * unfinished group, and an adoption that was not ended, leave no trace.
 */
#include "config.h"

#include "keep/recover.h"

#include <string.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "base/pool.h"
#include "keep/disk.h"
#include "keep/recover_impl.h"

enum { WINDOW = 256 * 1024 };

/* --- reading the file ----------------------------------------------------- */

static bool fill_window(struct recover *rec, uint64_t off, size_t len,
                        struct error *err)
{
	struct recover_window *window = &rec->window;
	size_t want = len > WINDOW ? len : WINDOW;
	int64_t n;

	if (!job_goes_on(rec->job, err))
		return false;
	if (rec->job)
		job_set_progress(rec->job, off, rec->size);
	want = (size_t)u64_min(want, rec->size - off);
	if (want > window->cap &&
	    !mem_grow(&window->bytes, &window->cap, want, 1, err))
		return false;
	window->len = 0;
	n = disk_read(rec->folder->sys, rec->fd, window->bytes, want, off);
	if (n < 0)
		return recover_io_failed(rec, "read", n, err);
	window->off = off;
	window->len = (size_t)n;
	return true;
}

/* The bytes from `off` on if as many are in the window. */
static inline const uint8_t *in_window(const struct recover_window *window,
                                       uint64_t off, size_t len)
{
	uint64_t skip = off - window->off;

	if (off < window->off || skip > window->len ||
	    len > window->len - (size_t)skip)
		return NULL;
	return window->bytes + skip;
}

const uint8_t *recover_bytes(struct recover *rec, uint64_t off, size_t len,
                             bool *failed, struct error *err)
{
	const uint8_t *at = in_window(&rec->window, off, len);

	*failed = false;
	if (at)
		return at;
	if (off > rec->size || len > rec->size - off)
		return NULL;
	*failed = !fill_window(rec, off, len, err);
	return *failed ? NULL : in_window(&rec->window, off, len);
}

const uint8_t *recover_record(struct recover *rec, uint64_t off,
                              struct record *record, bool *failed,
                              struct error *err)
{
	const uint8_t *at = in_window(&rec->window, off, RECORD_HEAD);
	size_t len;

	*failed = false;
	if (!at)
		at = recover_bytes(rec, off, RECORD_HEAD, failed, err);
	if (!at || !record_head_decode(at, rec->start, off, record))
		return NULL;
	len = record_size(record->len);
	at = in_window(&rec->window, off, len);
	if (!at)
		at = recover_bytes(rec, off, len, failed, err);
	if (!at || !record_payload_is(at, record, at + RECORD_HEAD))
		return NULL;
	return at + RECORD_HEAD;
}

const uint8_t *recover_must_record(struct recover *rec, uint64_t off,
                                   struct record *record, struct error *err)
{
	bool failed;
	const uint8_t *payload = recover_record(rec, off, record, &failed, err);

	if (!payload && !failed)
		(void)error_set(err, ERR_CHANGED,
		                "%s: changed while it was read", rec->name);
	return payload;
}

/* --- the pass ------------------------------------------------------------- */

struct pass {
	struct recover_mark at; /* with the group that is being read */
	struct recover_entry entry;
	bool in_group;
	bool adopting;
	struct recover_mark before; /* the adoption */
	struct record record;
	uint64_t off; /* where it ended */
};

void recover_forget_paths(struct recover *rec, size_t from, size_t to)
{
	while (to > from)
		mem_free((void *)(uintptr_t)rec->files[--to].path);
}

/* What an adoption brought counts when it is ended. */
static void pass_adoption(struct recover *rec, struct pass *pass,
                          const struct recover_mark *before)
{
	if (pass->record.type == RECORD_ORIGIN) {
		pass->before = *before;
		pass->adopting = true;
	} else if (pass->record.type == RECORD_ADOPTED) {
		pass->adopting = false;
	} else if (pass->record.type == RECORD_TRAILER) {
		rec->kind = RECOVER_FINISHED;
	}
}

/* The record at pass->off: true if it was taken. */
static bool pass_record(struct recover *rec, struct pass *pass, bool *failed,
                        struct error *err)
{
	const struct record *before =
		pass->off == RECORD_START ? NULL : &pass->record;
	struct record record = { 0 };
	const uint8_t *payload =
		recover_record(rec, pass->off, &record, failed, err);

	if (!payload || !record_follows(&record, before, rec->head.salt))
		return false;
	if (record.type != RECORD_CHANGES &&
	    !record_payload_valid(&record, payload))
		return recover_not_known(rec, &record);
	if (!pass->in_group)
		pass->entry = (struct recover_entry){
			.off = pass->off,
			.touched = (uint32_t)pass->at.touched,
		};
	pass->in_group = true;
	pass->record = record;
	*failed = !recover_take_record(rec, &pass->at, &pass->entry, &record,
	                               payload, err) &&
	          rec->kind != RECOVER_DAMAGED;
	if (*failed || rec->kind == RECOVER_DAMAGED)
		return false;
	pass->off += record_size(record.len);
	if (!(record.flags & RECORD_LAST))
		return true;
	*failed =
		!recover_end_group(rec, &pass->at, &pass->entry, &record, err);
	pass->in_group = false;
	return !*failed;
}

static bool pass_all(struct recover *rec, struct pass *pass, struct error *err)
{
	bool failed = false;

	while (pass_record(rec, pass, &failed, err)) {
		if (pass->in_group)
			continue;
		pass_adoption(rec, pass, &rec->at);
		rec->at = pass->at;
	}
	recover_forget_paths(rec, rec->at.files, pass->at.files);
	if (!failed && pass->adopting) {
		recover_forget_paths(rec, pass->before.files, rec->at.files);
		rec->at = pass->before;
	}
	return !failed;
}

/*
 * What stands behind the last valid record may be the rest of a change that was
 * not finished. But if a head there says that the file was durable up to beyond
 * the first bad byte, that byte was good once.
 */
static bool find_damage(struct recover *rec, uint64_t bad, struct error *err)
{
	struct record record;
	bool failed;

	for (uint64_t off = bad; off < rec->size; off += 8) {
		const uint8_t *at =
			recover_bytes(rec, off, RECORD_HEAD, &failed, err);

		if (failed)
			return false;
		if (!at)
			break;
		if (record_head_decode(at, rec->start, off, &record) &&
		    record.synced > bad) {
			rec->kind = RECOVER_DAMAGED;
			(void)error_set(&rec->why, ERR_CHANGED,
			                "damaged at offset %#llx",
			                (unsigned long long)bad);
			break;
		}
	}
	return true;
}

size_t recover_touched(const struct recover *rec, size_t group, size_t *from)
{
	*from = rec->groups[group].touched;
	return group + 1 < rec->at.groups ? rec->groups[group + 1].touched
	                                  : rec->at.touched;
}

bool recover_is_old(const struct recover *rec, size_t group)
{
	size_t k;
	size_t end = recover_touched(rec, group, &k);

	for (; k < end; k++)
		if (rec->is_old[rec->touched[k] - 1])
			return true;
	return false;
}

static void find_waiting(struct recover *rec)
{
	for (size_t i = 0; i < rec->at.flushed; i++)
		rec->is_old[rec->flushed[i] - 1] = true;
	for (size_t i = 0; i < rec->at.groups; i++) {
		size_t k;
		size_t end = recover_touched(rec, i, &k);

		if (recover_is_old(rec, i))
			continue;
		for (; k < end; k++)
			rec->waits[rec->touched[k] - 1] = true;
	}
	for (size_t i = 0; i < rec->at.released; i++)
		if (rec->released[i] > 0 && rec->released[i] <= rec->at.files)
			rec->waits[rec->released[i] - 1] = false;
	if (rec->kind == RECOVER_FINISHED)
		memset(rec->waits, 0, rec->at.files);
}

bool recover_read_head(struct recover *rec, struct error *err)
{
	bool failed;
	const uint8_t *at = recover_bytes(rec, 0, RECORD_START, &failed, err);
	char name[RECORD_NAME + 1];

	if (failed)
		return false;
	rec->kind = RECOVER_UNREADABLE;
	if (!at) {
		(void)error_set(&rec->why, ERR_CHANGED, "no whole head");
	} else if (record_journal_decode(at, &rec->head, &rec->why)) {
		rec->kind = RECOVER_WAITING;
		rec->start = record_chain(rec->head.salt);
		rec->why.text[0] = '\0';
		record_name(rec->head.uuid, name);
		if (strncmp(name, rec->name, RECORD_NAME) != 0) {
			rec->kind = RECOVER_UNREADABLE;
			(void)error_set(&rec->why, ERR_CHANGED,
			                "the head of another journal");
		}
	}
	return true;
}

bool recover_read_all(struct recover *rec, struct error *err)
{
	struct pass pass = { .off = RECORD_START,
		             .at = { .end = RECORD_START } };

	rec->at = pass.at;
	if (!recover_read_head(rec, err))
		return false;
	if (rec->kind == RECOVER_UNREADABLE)
		return true;
	if (!pass_all(rec, &pass, err))
		return false;
	if (rec->kind != RECOVER_DAMAGED && !find_damage(rec, pass.off, err))
		return false;
	rec->waits = mem_zalloc(rec->at.files + 1, err);
	rec->is_old = rec->waits ? mem_zalloc(rec->at.files + 1, err) : NULL;
	if (!rec->is_old)
		return false;
	find_waiting(rec);
	return true;
}
