/*
 * load_app.c - the bytes of the rows on the screen
 *
 * They are read without waiting. What would have to be waited for is pending,
 * and fetched by one job for all rows; its bytes are shown until they are too
 * old, since the cache they came from may have lost them by then.
 */
#include "config.h"

#include "base/mem.h"
#include "base/sys.h"
#include "session.h"
#include "space/view.h"
#include "ui/app.h"

/* What was fetched is looked at anew after this long. */
static const uint64_t fetched_life = UINT64_C(2000000000);

static void free_fetch(struct fetch *fetch)
{
	if (!fetch)
		return;
	job_free(fetch->job);
	view_unref(fetch->view);
	mem_free(fetch->bytes);
	runs_free(&fetch->runs);
	mem_free(fetch);
}

void app_forget_fetched(struct app *app)
{
	free_fetch(app->fetched);
	app->fetched = NULL;
}

static void fetch_work(struct job *job, void *arg)
{
	struct fetch *fetch = arg;

	(void)job;
	fetch->ok = view_read(fetch->view, fetch->addr, fetch->bytes,
	                      fetch->len, READ_KEEP, &fetch->runs, &fetch->err);
}

static void start_fetch(struct app *app)
{
	struct fetch *fetch;
	struct error err;
	size_t len = (size_t)(app->pending_end - app->pending_start);

	if (app->fetch)
		return;
	fetch = mem_zalloc(sizeof(*fetch), &err);
	if (fetch) {
		fetch->bytes = mem_resize(NULL, len, 1, &err);
		fetch->view = view_ref(session_view(app->ctx.session));
		fetch->addr = app->pending_start;
		fetch->len = len;
	}
	if (!fetch || !fetch->bytes) {
		free_fetch(fetch);
		app_error(app, "", &err);
		return;
	}
	fetch->job = job_start(session_pool(app->ctx.session), JOB_READ,
	                       fetch_work, fetch, &err);
	if (!fetch->job) {
		free_fetch(fetch);
		app_error(app, "", &err);
		return;
	}
	app->fetch = fetch;
}

void app_fetched(struct app *app)
{
	struct fetch *fetch = app->fetch;

	app->fetch = NULL;
	job_free(fetch->job);
	fetch->job = NULL;
	fetch->time = sys_now();
	app_forget_fetched(app);
	app->dirty = true;
	if (fetch->ok) {
		app->fetched = fetch;
		return;
	}
	app_error(app, "", &fetch->err);
	free_fetch(fetch);
}

/* The fetched run of a byte, or NULL: not fetched, or too long ago. */
static const struct run *fetched_run(const struct app *app, uint64_t addr)
{
	const struct fetch *f = app->fetched;

	if (!f || f->view != session_view(app->ctx.session) || addr < f->addr ||
	    addr - f->addr >= f->len)
		return NULL;
	return runs_at(&f->runs, addr - f->addr);
}

static void note_pending(struct app *app, uint64_t addr)
{
	if (app->pending_start == app->pending_end)
		app->pending_start = addr;
	app->pending_end = addr + 1;
}

/* Give the rows [first, end) their bytes: they are next to each other. */
static void load_rows(struct app *app, int first, int end, struct runs *runs,
                      unsigned char *buf)
{
	struct shown_row *r = &app->rows[first];
	uint64_t addr = r->row.addr;
	size_t len = 0, at = 0;
	struct error err;
	uint64_t left = 0;
	size_t run = 0;

	for (int i = first; i < end; i++)
		len += app->rows[i].count;
	runs_clear(runs);
	if (!view_read(session_view(app->ctx.session), addr, buf, len,
	               READ_NOWAIT, runs, &err)) {
		app_error(app, "", &err);
		for (int i = first; i < end; i++)
			app->rows[i].count = 0;
		return;
	}
	for (; r < &app->rows[end]; r++) {
		for (unsigned i = 0; i < r->count; i++, at++, left--) {
			const struct run *known;

			while (left == 0)
				left = runs->v[run++].len;
			r->bytes[i] = buf[at];
			r->runs[i] = runs->v[run - 1];
			if (r->runs[i].state != STATE_PENDING)
				continue;
			known = fetched_run(app, addr + at);
			if (!known) {
				note_pending(app, addr + at);
				continue;
			}
			r->runs[i] = *known;
			r->bytes[i] =
				app->fetched
					->bytes[addr + at - app->fetched->addr];
		}
	}
}

void app_load(struct app *app)
{
	struct rows rows = app_rows(app);
	uint64_t size = space_size(context_space(&app->ctx));
	unsigned n = app->window.per_row;
	struct runs runs = { 0 };
	unsigned char *buf;
	struct error err;

	app->pending_start = app->pending_end = 0;
	app->row_count = 0;
	if (app->too_small || app->window.lines <= 0)
		return;
	if (app->fetched && sys_now() - app->fetched->time > fetched_life)
		app_forget_fetched(app);
	app->window.top = rows_settle(&rows, app->window.top);
	app->row_count = window_fill(&app->window, &rows, app->lines);
	buf = mem_resize(NULL, (size_t)app->row_count + 1, n, &err);
	if (!buf) {
		app_error(app, "", &err);
		app->row_count = 0;
		return;
	}
	for (int i = 0; i < app->row_count; i++) {
		struct shown_row *r = &app->rows[i];

		r->row = app->lines[i];
		r->count = r->row.kind == ROW_DATA
		                   ? (unsigned)u64_min(n, size - r->row.addr)
		                   : 0;
	}
	for (int i = 0; i < app->row_count;) {
		int end = i + 1;

		if (app->rows[i].count == 0) {
			i++;
			continue;
		}
		while (end < app->row_count && app->rows[end].count > 0 &&
		       app->rows[end].row.addr ==
		               app->rows[end - 1].row.addr + n)
			end++;
		load_rows(app, i, end, &runs, buf);
		i = end;
	}
	runs_free(&runs);
	mem_free(buf);
	watch_mark(&app->watch, app->ctx.session, app->rows, app->row_count);
	if (app->pending_end > app->pending_start)
		start_fetch(app);
}

void app_watch(struct app *app)
{
	struct error err;

	if (!app->ctx.options.watch) {
		watch_stop(&app->watch);
		return;
	}
	if (!watch_begin(&app->watch, app->ctx.session, app->rows,
	                 app->row_count, &err))
		app_error(app, "", &err);
}

bool app_watched(struct app *app, struct job *job)
{
	bool news;

	if (!watch_end(&app->watch, job, app->ctx.session, app->rows,
	               app->row_count, &news))
		return false;
	if (news) {
		app_forget_fetched(app);
		app->dirty = true;
	}
	return true;
}

bool app_is_waiting(const struct app *app)
{
	return app->pending_end > app->pending_start && app->fetch;
}
