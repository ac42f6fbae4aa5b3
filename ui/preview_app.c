/*
 * preview_app.c - see preview.h
 *
 * It holds the roots that it shows. Nothing can be typed while the dialog is
 * open; should a job edit all the same, the question is taken back.
 *
 *   P1  files [0, counted) are counted to their ends; of file `counted` what
 *       count_walk has come past, of those behind it nothing
 *   P2  marks[i] of a file stands in front of its range i * MARK_EVERY
 */
#include "config.h"

#include "ui/preview.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "edit/document.h"
#include "session.h"
#include "ui/app.h"
#include "ui/filename.h"

enum {
	MARK_EVERY = 1024,   /* ranges */
	COUNT_STEP = 100000, /* ranges that are counted between two frames */
	BYTES = 16,          /* of a range that are shown, at most */
	INDENT = 4,
	FETCH_ROWS = 200,
};

struct preview_file {
	struct document *doc; /* counted */
	struct tree *root;    /* counted */
	uint64_t ranges, bytes;
	uint64_t old,
		removed; /* bytes of the file; more than take their place */
	struct edited_walk *marks; /* owned */
	size_t mark_count, mark_cap;
};

/* --- ranges -------------------------------------------------------------- */

/* Count on, by so many ranges; false: no memory for a mark. */
static bool count_some(struct preview *p, uint64_t most)
{
	struct preview_file *file = &p->files[p->counted];
	struct edited edited;
	struct error ignored;

	for (; most > 0; most--) {
		struct edited_walk before = p->count_walk;

		if (!edited_next(&p->count_walk, &edited)) {
			p->counted++;
			if (p->counted < p->count)
				edited_walk(&p->count_walk,
				            p->files[p->counted].doc,
				            p->files[p->counted].root);
			return true;
		}
		if (file->ranges % MARK_EVERY == 0) {
			if (!mem_grow(&file->marks, &file->mark_cap,
			              file->mark_count + 1,
			              sizeof(*file->marks), &ignored))
				return false;
			file->marks[file->mark_count++] = before;
		}
		file->ranges++;
		file->bytes += edited.len;
		file->old += edited.old_len;
		if (edited.old_len > edited.len)
			file->removed += edited.old_len - edited.len;
	}
	return true;
}

static void count_on(struct preview *p)
{
	if (p->counted < p->count && !count_some(p, COUNT_STEP)) {
		p->counted = p->count;
		p->is_cut = true;
	}
}

/* Range `idx` of a file, which is counted. */
static void find_range(struct preview *p, size_t file, uint64_t idx,
                       struct edited *out)
{
	struct preview_here *here = &p->here;
	const struct preview_file *f = &p->files[file];

	if (here->file != file || here->next > idx ||
	    idx - here->next > MARK_EVERY || here->walk.doc == 0) {
		here->file = file;
		here->next = idx / MARK_EVERY * MARK_EVERY;
		here->walk = f->marks[idx / MARK_EVERY];
	}
	for (; here->next <= idx; here->next++)
		if (!edited_next(&here->walk, out))
			break;
}

/* Which file a row is of; *range is its range in it, or none: a heading. */
static const struct preview_file *row_file(const struct preview *p,
                                           uint64_t idx, size_t *file,
                                           uint64_t *range)
{
	for (*file = 0; *file < p->count; ++*file) {
		const struct preview_file *f = &p->files[*file];

		*range = idx - 1;
		if (idx <= f->ranges)
			return f;
		idx -= f->ranges + 1;
	}
	return NULL;
}

static uint64_t count_rows(void *ctx)
{
	const struct app *app = ctx;
	uint64_t rows = app->preview.count;

	for (size_t i = 0; i < app->preview.count; i++)
		rows += app->preview.files[i].ranges;
	return rows;
}

/* --- rows ---------------------------------------------------------------- */

/* More may come behind what is counted. */
static const char *more(const struct preview *p, size_t file)
{
	return file < p->counted && !p->is_cut ? "" : "+";
}

/* A file whose length changes is written anew. */
static bool is_replaced(const struct preview_file *f)
{
	return document_size(f->doc) != document_source(f->doc)->size;
}

static void heading(const struct app *app, const struct preview_file *f,
                    size_t file, char dst[static DIALOG_ROW])
{
	char remark[SESSION_REMARK], ranges[32], bytes[32], old[32];
	char what[80] = "in place  ";

	(void)session_remark(app->ctx.session, f->doc, remark);
	if (is_replaced(f))
		snprintf(what, sizeof(what), "replaced  %s%s -> ",
		         grouped_text(f->old, old), more(&app->preview, file));
	snprintf(dst, DIALOG_ROW, "  %s  rw%s%s  %s%s%s byte%s in %s%s range%s",
	         filename_of(document_name(f->doc)).s, *remark ? "  " : "",
	         remark, what, grouped_text(f->bytes, bytes),
	         more(&app->preview, file), text_plural(f->bytes),
	         grouped_text(f->ranges, ranges), more(&app->preview, file),
	         text_plural(f->ranges));
}

/* Bytes of a document, or of its base, in hex. Returns whether all are there
   that can be. */
static bool put_bytes(const struct preview_file *f, const struct tree *root,
                      uint64_t off, size_t len, char *dst)
{
	unsigned char bytes[BYTES];
	struct runs runs = { 0 };
	struct error ignored;
	bool lacks = false;
	size_t at = 0;

	if (!document_read_at(f->doc, root, off, bytes, len, READ_NOWAIT, &runs,
	                      &ignored))
		runs_clear(&runs);
	for (size_t r = 0; r < runs.count; r++)
		for (uint64_t i = 0; i < runs.v[r].len && at < len; i++, at++) {
			enum state state = runs.v[r].state;

			if (state_has_bytes(state))
				snprintf(dst + 3 * at, 4, "%02x ", bytes[at]);
			else
				memcpy(dst + 3 * at,
				       state == STATE_PENDING ? ".. " : "?? ",
				       4);
			lacks = lacks || state == STATE_PENDING;
		}
	for (; at < len; at++)
		memcpy(dst + 3 * at, "?? ", 4);
	runs_free(&runs);
	return !lacks;
}

/* One side of a range: what there is of it, or that there is nothing. */
static bool put_side(const struct preview_file *f, const struct tree *root,
                     uint64_t off, uint64_t len, size_t most,
                     char dst[static 3 * BYTES + 8])
{
	size_t n = (size_t)u64_min(len, most);
	bool there;

	if (len == 0) {
		strcpy(dst, "nothing");
		return true;
	}
	there = put_bytes(f, root, off, n, dst);
	strcpy(dst + 3 * n - 1, n < len ? ".." : "");
	return there;
}

/* How many bytes of each side there is room for. */
static size_t bytes_in(int cols, int used)
{
	/* "aa bb.. -> cc dd.." */
	int n = (cols - used - 4 - 4) / 6;

	return (size_t)int_max(1, int_min(n, BYTES));
}

/* "+0x1dcd6471  8e 3b -> de ad", and how many if not all are shown. */
static bool range_row(const struct preview_file *f, const struct edited *e,
                      int cols, char dst[static DIALOG_ROW])
{
	char old[3 * BYTES + 8], now[3 * BYTES + 8];
	char size[80] = "", from[32], to[32];
	char place[32];
	size_t most;
	bool there;
	int used;

	used = snprintf(place, sizeof(place), "+0x%" PRIx64, e->base);
	most = bytes_in(cols, INDENT + used + 2);
	if (e->len != e->old_len && u64_max(e->len, e->old_len) > most)
		snprintf(size, sizeof(size), "  %s -> %s bytes",
		         grouped_text(e->old_len, from),
		         grouped_text(e->len, to));
	else if (e->len == e->old_len && e->len > most)
		snprintf(size, sizeof(size), "  %s bytes",
		         grouped_text(e->len, to));
	most = bytes_in(cols, INDENT + used + 2 + (int)strlen(size));
	there = put_side(f, NULL, e->base, e->old_len, most, old);
	there = put_side(f, f->root, e->off, e->len, most, now) && there;
	snprintf(dst, DIALOG_ROW, "%*s%s  %s -> %s%s", INDENT, "", place, old,
	         now, size);
	return there;
}

static bool make_row(void *ctx, uint64_t idx, int cols,
                     char dst[static DIALOG_ROW])
{
	struct app *app = ctx;
	struct preview *p = &app->preview;
	struct edited edited = { 0 };
	const struct preview_file *f;
	uint64_t range;
	size_t file;

	dst[0] = '\0';
	f = row_file(p, idx, &file, &range);
	if (!f)
		return false;
	if (range == UINT64_MAX) {
		heading(app, f, file, dst);
		return true;
	}
	find_range(p, file, range, &edited);
	if (!range_row(f, &edited, cols, dst))
		p->lacks = true;
	return false;
}

/* --- bytes that have to be read ------------------------------------------ */

/* Both sides of a range. */
struct wanted {
	struct document *doc; /* borrowed of the preview, */
	struct tree *root;    /* which outlives the job */
	struct edited edited;
};

struct preview_fetch {
	struct job *job;
	size_t count;
	struct wanted v[FETCH_ROWS];
};

static void read_side(struct document *doc, const struct tree *root,
                      uint64_t off, uint64_t len)
{
	unsigned char bytes[BYTES];
	struct runs runs = { 0 };
	struct error ignored;

	/* It is kept for the screen, which tells what cannot be read. */
	(void)!document_read_at(doc, root, off, bytes,
	                        (size_t)u64_min(len, BYTES), READ_KEEP, &runs,
	                        &ignored);
	runs_free(&runs);
}

static void fetch_run(struct job *job, void *arg)
{
	struct preview_fetch *fetch = arg;

	for (size_t i = 0; i < fetch->count && !job_cancelled(job); i++) {
		const struct wanted *w = &fetch->v[i];

		if (w->edited.old_len > 0)
			read_side(w->doc, NULL, w->edited.base,
			          w->edited.old_len);
		if (w->edited.len > 0)
			read_side(w->doc, w->root, w->edited.off,
			          w->edited.len);
	}
}

static void fetch_rows(struct app *app)
{
	struct preview *p = &app->preview;
	struct error err;
	struct preview_fetch *fetch = mem_zalloc(sizeof(*fetch), &err);
	int rows = int_min(app->dialog.shown, FETCH_ROWS);

	p->fetched_top = app->dialog.top;
	p->fetched_rows = app->dialog.shown;
	if (!fetch)
		return;
	for (int i = 0; i < rows; i++) {
		struct wanted *w = &fetch->v[fetch->count];
		const struct preview_file *f;
		uint64_t range;
		size_t file;

		f = row_file(p, app->dialog.top + (uint64_t)i, &file, &range);
		if (!f || range == UINT64_MAX)
			continue;
		w->doc = f->doc;
		w->root = f->root;
		find_range(p, file, range, &w->edited);
		fetch->count++;
	}
	fetch->job = job_start(session_pool(app->ctx.session), JOB_READ,
	                       fetch_run, fetch, &err);
	if (fetch->job)
		p->fetch = fetch;
	else
		mem_free(fetch);
}

bool preview_done(struct app *app, struct job *job)
{
	struct preview *p = &app->preview;

	if (!p->fetch || p->fetch->job != job)
		return false;
	job_free(job);
	mem_free(p->fetch);
	p->fetch = NULL;
	return true;
}

/* --- the dialog ---------------------------------------------------------- */

static bool is_open(const struct app *app)
{
	return app->dialog.open && app->dialog.body.row == make_row;
}

void preview_free(struct app *app)
{
	struct preview *p = &app->preview;

	if (p->fetch) {
		job_free(p->fetch->job);
		mem_free(p->fetch);
	}
	for (size_t i = 0; i < p->count; i++) {
		document_unref(p->files[i].doc);
		tree_unref(p->files[i].root);
		mem_free(p->files[i].marks);
	}
	mem_free(p->files);
	*p = (struct preview){ 0 };
}

bool preview_ask(struct context *ctx, struct document *const *docs,
                 size_t count, const char *yes, struct error *err)
{
	struct app *app = ctx->ui;
	struct preview *p = &app->preview;
	const struct button buttons[] = {
		{ 'y', "Write", "write", p->yes },
		{ 'n', "Cancel", "cancel", "" },
		{ 'v', "View all", "view all", "dialog view" },
	};

	/* Waiting for its end could take as long as a disk does. */
	if (p->fetch)
		return error_set(err, ERR_STATE,
		                 "the last preview is still being read");
	preview_free(app);
	p->files = mem_zalloc(count * sizeof(*p->files), err);
	if (!p->files)
		return false;
	for (size_t i = 0; i < count; i++) {
		p->files[i].doc = document_ref(docs[i]);
		p->files[i].root = tree_ref(document_root(docs[i]));
	}
	p->count = count;
	p->generation = session_generation(ctx->session);
	p->quits = strstr(yes, "flush-quit") != NULL;
	snprintf(p->yes, sizeof(p->yes), "%s", yes);
	edited_walk(&p->count_walk, p->files[0].doc, p->files[0].root);
	count_on(p);
	dialog_open(&app->dialog, "", buttons,
	            count_rows(app) > DIALOG_FEW ? 3 : 2);
	app->dialog.body = (struct dialog_body){ count_rows, make_row, app };
	app->dialog.chosen = 1;
	app->dialog.stays = 1U << 2;
	return true;
}

/* Has anybody changed the files meanwhile? */
static void say_changed(struct app *app)
{
	const struct preview *p = &app->preview;
	const char *opened = p->count == 1 ? "it was" : "they were";
	size_t changed = 0;

	for (size_t i = 0; i < p->count; i++)
		changed +=
			session_changes(app->ctx.session, p->files[i].doc) != 0;
	if (!p->looked || session_is_checking(app->ctx.session))
		dialog_say(&app->dialog,
		           "Changed on disk since %s opened: looking", opened);
	else if (changed == 0)
		dialog_say(&app->dialog, "Changed on disk since %s opened: no",
		           opened);
	else if (p->count == 1)
		dialog_say(&app->dialog,
		           "Changed on disk since it was opened: yes");
	else
		dialog_say(&app->dialog,
		           "Changed on disk since they were opened: %zu of %zu",
		           changed, p->count);
}

/* What it takes: of the journal, for what is written in place, and beside the
   files that are written anew. */
static void say_need(struct app *app)
{
	const struct preview *p = &app->preview;
	uint64_t bytes = 0, ranges = 0, gone = 0, anew = 0, need;
	uint64_t most = app->ctx.options.undolimit;
	size_t files = 0;
	char size[24];

	for (size_t i = 0; i < p->count; i++) {
		const struct preview_file *f = &p->files[i];

		ranges += f->ranges;
		if (is_replaced(f)) {
			files++;
			anew += document_size(f->doc);
			gone += f->old;
		} else {
			bytes += f->bytes;
		}
	}
	need = session_flush_need(ranges, bytes, gone);
	if (files < p->count || gone > 0) {
		dialog_say(&app->dialog,
		           "The old bytes go to the undo journal first (%s%s).",
		           size_text(need, size), more(p, p->count - 1));
		if (most > 0 && need > most)
			dialog_say(&app->dialog,
			           "That is more than undolimit: no later run "
			           "can take it back.");
	}
	if (files > 0)
		dialog_say(&app->dialog,
		           "%zu file%s written anew first, and replaced (%s).",
		           files, files == 1 ? " is" : "s are",
		           size_text(anew, size));
}

/* "Write 4 bytes to 1 file, remove 3?" */
static void title(const struct preview *p, uint64_t bytes, uint64_t removed,
                  char *dst, size_t size)
{
	char digits[32], out[32], tail[64] = "";
	const char *cut = more(p, p->count - 1);
	bool only = bytes == 0 && removed > 0;
	uint64_t n = only ? removed : bytes;

	if (removed > 0 && !only)
		snprintf(tail, sizeof(tail), ", remove %s%s",
		         grouped_text(removed, out), cut);
	snprintf(dst, size, "%s %s%s byte%s %s %zu file%s%s%s?",
	         only ? "Remove" : "Write", grouped_text(n, digits), cut,
	         text_plural(n), only ? "from" : "to", p->count,
	         text_plural(p->count), tail, p->quits ? ", and quit" : "");
}

void preview_say(struct app *app)
{
	struct dialog *dialog = &app->dialog;
	const struct preview *p = &app->preview;
	uint64_t bytes = 0, removed = 0;

	if (!is_open(app))
		return;
	for (size_t i = 0; i < p->count; i++) {
		bytes += p->files[i].bytes;
		if (is_replaced(&p->files[i]))
			removed += p->files[i].removed;
	}
	title(p, bytes, removed, dialog->title, sizeof(dialog->title));
	dialog->line_count = 0;
	say_need(app);
	say_changed(app);
}

void preview_work(struct app *app)
{
	struct preview *p = &app->preview;
	struct error err;

	if (p->fetch && !is_open(app))
		job_cancel(p->fetch->job);
	if (p->count == 0 || p->fetch)
		return;
	if (!is_open(app)) {
		preview_free(app);
		return;
	}
	if (session_generation(app->ctx.session) != p->generation) {
		app->dialog.open = false;
		app_say(app, STYLE_WARNING,
		        "the edits have changed: flush asks anew");
		return;
	}
	if (!p->looked && !session_is_checking(app->ctx.session)) {
		p->looked = true;
		if (!session_check_begin(app->ctx.session, 0, 0, &err))
			app_error(app, "", &err);
		app->dirty = true;
	}
	if (p->counted < p->count) {
		count_on(p);
		app->dirty = true;
	}
	if (p->lacks && (p->fetched_top != app->dialog.top ||
	                 p->fetched_rows != app->dialog.shown))
		fetch_rows(app);
	p->lacks = false;
}

bool preview_is_due(const struct app *app)
{
	const struct preview *p = &app->preview;

	return p->count > 0 && !p->fetch &&
	       (p->counted < p->count ||
	        (!p->looked && !session_is_checking(app->ctx.session)));
}

bool preview_is_idle(const struct app *app)
{
	const struct preview *p = &app->preview;

	return p->count == 0 ||
	       (!p->fetch && p->looked && p->counted == p->count);
}
