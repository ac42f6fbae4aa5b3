/*
 * watch.c - see watch.h
 *
 * A look keeps what it found until the next one, which is compared with it:
 * the screen alone would not do, since a key that draws it anew between two
 * looks would hide a change.
 *
 *   W1  spans are in the order of addresses and next to each other in `cells`
 *   W2  two looks are compared only if they are of the same space, so that an
 *       address means the same byte in both
 */
#include "config.h"

#include "ui/watch.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "session.h"
#include "source/run.h"
#include "source/source.h"
#include "space/view.h"
#include "ui/paint.h"

/* A byte of a look. */
struct seen {
	unsigned char byte;
	bool is_known;      /* it has a value, and is not edited */
	unsigned char left; /* looks that its mark stays */
};

/* Bytes next to each other. */
struct span {
	uint64_t addr;
	size_t len, at; /* at: in cells */
};

struct watch_look {
	struct job *job;
	struct view *view;  /* counted */
	struct span *spans; /* owned */
	size_t count, cap;
	struct seen *cells;   /* owned */
	unsigned char *bytes; /* owned: as they are read */
	size_t len;           /* of both */
	bool ok;
	bool is_dropped; /* nobody wants to know */
};

static void look_free(struct watch_look *look)
{
	if (!look)
		return;
	job_cancel(look->job);
	job_free(look->job);
	view_unref(look->view);
	mem_free(look->spans);
	mem_free(look->cells);
	mem_free(look->bytes);
	mem_free(look);
}

/* --- looking ------------------------------------------------------------- */

static void note_runs(const struct runs *runs, const unsigned char *bytes,
                      struct seen *cells)
{
	for (size_t i = 0; i < runs->count; i++) {
		const struct run *run = &runs->v[i];
		bool known = state_has_bytes(run->state) && !run->edited;

		for (uint64_t n = 0; n < run->len; n++) {
			cells->is_known = known;
			cells->byte = *bytes++;
			cells++;
		}
	}
}

/* What is read is kept as well, so that the next frame finds it. */
static void work(struct job *job, void *arg)
{
	struct watch_look *look = arg;
	struct runs runs = { 0 };
	struct error ignored;
	bool ok = true;

	for (size_t i = 0; ok && i < look->count && !job_cancelled(job); i++) {
		const struct span *span = &look->spans[i];
		unsigned char *bytes = look->bytes + span->at;

		runs_clear(&runs);
		ok = view_read(look->view, span->addr, bytes, span->len,
		               READ_KEEP, &runs, &ignored);
		if (ok)
			note_runs(&runs, bytes, look->cells + span->at);
	}
	runs_free(&runs);
	look->ok = ok;
}

static bool add_row(struct watch_look *look, const struct shown_row *row,
                    struct error *err)
{
	struct span *last = look->count ? &look->spans[look->count - 1] : NULL;

	if (row->row.kind != ROW_DATA || row->count == 0)
		return true;
	look->len += row->count;
	if (last && row->row.addr - last->addr == last->len) {
		last->len += row->count;
		return true;
	}
	if (!mem_grow(&look->spans, &look->cap, look->count + 1,
	              sizeof(*look->spans), err))
		return false;
	look->spans[look->count++] =
		(struct span){ .addr = row->row.addr,
		               .len = row->count,
		               .at = look->len - row->count };
	return true;
}

bool watch_begin(struct watch *watch, struct session *session,
                 const struct shown_row *rows, int count, struct error *err)
{
	struct watch_look *look;
	bool ok = true;

	if (watch->running)
		return true;
	look = mem_zalloc(sizeof(*look), err);
	if (!look)
		return false;
	look->view = view_ref(session_view(session));
	for (int i = 0; ok && i < count; i++)
		ok = add_row(look, &rows[i], err);
	if (ok)
		look->cells =
			mem_zalloc((look->len + 1) * sizeof(*look->cells), err);
	if (look->cells)
		look->bytes = mem_zalloc(look->len + 1, err);
	if (look->bytes)
		look->job = job_start(session_pool(session), JOB_READ, work,
		                      look, err);
	if (!look->job) {
		look_free(look);
		return false;
	}
	watch->running = look;
	return true;
}

/* --- comparing ----------------------------------------------------------- */

/* What a look found at an address; NULL: nothing. *left is how many more bytes
   it has there. */
static struct seen *find(const struct watch_look *look, uint64_t addr,
                         size_t *left)
{
	for (size_t i = 0; i < look->count; i++) {
		const struct span *s = &look->spans[i];

		if (addr >= s->addr && addr - s->addr < s->len) {
			*left = s->len - (size_t)(addr - s->addr);
			return look->cells + s->at + (addr - s->addr);
		}
	}
	return NULL;
}

static bool is_of(const struct watch_look *look, struct session *session)
{
	return look &&
	       view_space(look->view) == view_space(session_view(session));
}

/* Marks stay, one look less, and there are new ones. True: there were or are
   any. */
static bool compare(const struct watch_look *before, struct watch_look *now)
{
	bool any = false;

	for (size_t i = 0; i < now->count; i++) {
		const struct span *s = &now->spans[i];
		const struct seen *old = NULL;
		size_t left = 0;

		for (size_t k = 0; k<s->len; k++, left -= left> 0) {
			struct seen *cell = &now->cells[s->at + k];

			if (left == 0)
				old = find(before, s->addr + k, &left);
			if (!old || left == 0)
				continue;
			any = any || old->left > 0;
			if (!cell->is_known)
				cell->left = 0;
			else if (old->is_known && old->byte != cell->byte)
				cell->left = WATCH_LOOKS;
			else if (old->left > 0)
				cell->left = old->left - 1;
			any = any || cell->left > 0;
			old++;
		}
	}
	return any;
}

/* Mark what differs from what the user sees. */
static bool compare_row(struct watch_look *now, const struct shown_row *row)
{
	struct seen *cell = NULL;
	size_t left = 0;
	bool any = false;

	for (unsigned i = 0; i<row->count; i++, left -= left> 0) {
		const struct run *run = &row->runs[i];

		if (left == 0)
			cell = find(now, row->row.addr + i, &left);
		if (!cell || left == 0)
			continue;
		if (cell->is_known && state_has_bytes(run->state) &&
		    !run->edited && cell->byte != row->bytes[i]) {
			cell->left = WATCH_LOOKS;
			any = true;
		}
		cell++;
	}
	return any;
}

bool watch_end(struct watch *watch, const struct job *job,
               struct session *session, const struct shown_row *rows, int count,
               bool *news)
{
	struct watch_look *now = watch->running;

	if (!job || !now || now->job != job)
		return false;
	*news = false;
	watch->running = NULL;
	job_free(now->job);
	now->job = NULL;
	if (!now->ok || now->is_dropped) {
		look_free(now);
		return true;
	}
	if (watch->seen &&
	    view_space(watch->seen->view) == view_space(now->view))
		*news = compare(watch->seen, now);
	if (is_of(now, session))
		for (int i = 0; i < count; i++)
			if (rows[i].row.kind == ROW_DATA)
				*news |= compare_row(now, &rows[i]);
	look_free(watch->seen);
	watch->seen = now;
	return true;
}

bool watch_is_idle(const struct watch *watch)
{
	return !watch->running;
}

static void mark_row(const struct watch_look *look, struct shown_row *row)
{
	const struct seen *cell = NULL;
	size_t left = 0;

	for (unsigned i = 0; i<row->count; i++, left -= left> 0) {
		if (left == 0)
			cell = find(look, row->row.addr + i, &left);
		row->changed[i] = cell && left > 0 && cell->left > 0 &&
		                  !row->runs[i].edited;
		if (cell && left > 0)
			cell++;
	}
}

void watch_mark(const struct watch *watch, struct session *session,
                struct shown_row *rows, int count)
{
	bool valid = is_of(watch->seen, session);

	for (int i = 0; i < count; i++) {
		memset(rows[i].changed, 0, sizeof(rows[i].changed));
		if (valid && rows[i].row.kind == ROW_DATA)
			mark_row(watch->seen, &rows[i]);
	}
}

void watch_stop(struct watch *watch)
{
	look_free(watch->seen);
	watch->seen = NULL;
	if (!watch->running)
		return;
	watch->running->is_dropped = true;
	job_cancel(watch->running->job);
}

void watch_clear(struct watch *watch)
{
	look_free(watch->running);
	look_free(watch->seen);
	*watch = (struct watch){ 0 };
}
