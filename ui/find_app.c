/*
 * find_app.c - see find.h
 *
 * It acts on the whole editor, which holds what find.h describes.
 *
 * What is marked is looked for from a screen above to a screen below what is
 * in sight, so that scrolling by rows mostly finds it known. A match that began
 * further above than that, and than the pattern's reach, is not seen.
 */
#include "config.h"

#include "ui/find.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "command/run.h"
#include "find/pattern.h"
#include "session.h"
#include "space/view.h"
#include "ui/app.h"

enum {
	PHASE = 4096,        /* looks begin at multiples of it */
	MARGIN_MAX = 1 << 16 /* above the screen */
};

/* A job of either kind. */
struct lookup {
	struct job *job;   /* NULL: done */
	struct view *view; /* counted */
	struct plan plan;  /* owned */
	/* what the job leaves */
	bool ok;
	struct error err;
	struct match match;
	bool wrapped;
	bool stale;            /* files have changed since it began */
	struct shown_match *v; /* owned */
	size_t count, cap;
	struct search_totals totals;
};

static void lookup_free(struct lookup *look)
{
	if (!look)
		return;
	job_free(look->job);
	view_unref(look->view);
	plan_free(&look->plan);
	mem_free(look->v);
	mem_free(look);
}

/* A reader's job: it waits for the disk, and no search in the background holds
   it up. */
static struct lookup *lookup_start(struct app *app, const struct plan *plan,
                                   job_run *run)
{
	struct error err;
	struct lookup *look = mem_zalloc(sizeof(*look), &err);

	if (!look)
		return NULL;
	look->view = view_ref(session_view(app->ctx.session));
	look->plan = plan_copy(plan);
	look->job = job_start(session_pool(app->ctx.session), JOB_READ, run,
	                      look, &err);
	if (look->job)
		return look;
	app_error(app, "", &err);
	lookup_free(look);
	return NULL;
}

/* --- the preview --------------------------------------------------------- */

static void hunt_work(struct job *job, void *arg)
{
	struct lookup *look = arg;

	look->ok = plan_next(&look->plan, look->view, job, &look->match,
	                     &look->wrapped, &look->totals, &look->err);
}

static void put_back(struct app *app)
{
	struct rows rows = app_rows(app);

	app->find.found = false;
	app->window.top = rows_settle(&rows, app->find.top);
	app->dirty = true;
}

static void drop_plan(struct find_ui *f)
{
	plan_free(&f->plan);
	f->wanted = false;
	if (f->hunt)
		job_cancel(f->hunt->job);
}

/* What a line would look for. False and ERR_NONE: it is no search. */
static bool plan_line(struct app *app, const char *line, size_t len,
                      struct error *err)
{
	struct call call;

	if (!run_read(&app->ctx, line, len, &call, err) || !call.command ||
	    !find_is_search(call.command)) {
		err->code = ERR_NONE;
		return false;
	}
	return find_read(&app->ctx, &call, &app->find.plan, err);
}

/* A pattern that is still being typed, as if it was closed here. */
static bool plan_closed(struct app *app)
{
	static const char closers[] = "\"/}";
	char line[PROMPT_MAX + 1];
	size_t len = app->prompt.len;
	struct error err;

	memcpy(line, app->prompt.line, len);
	for (const char *c = closers; *c; c++) {
		line[len] = *c;
		line[len + 1] = '\0';
		if (plan_line(app, line, len + 1, &err))
			return true;
	}
	return false;
}

/* What the line of the prompt would look for, or why it cannot. */
static void read_plan(struct app *app)
{
	struct find_ui *f = &app->find;
	struct prompt *prompt = &app->prompt;
	struct error err;

	drop_plan(f);
	memcpy(f->line, prompt->line, prompt->len + 1);
	f->wanted = plan_line(app, f->line, prompt->len, &err);
	if (f->wanted || err.code != ERR_SYNTAX)
		return;
	f->wanted = plan_closed(app);
	if (!f->wanted)
		prompt_doubt(prompt, &err);
}

static void tell_progress(struct app *app)
{
	struct find_ui *f = &app->find;
	uint64_t done, total;

	if (!f->hunt || job_is_done(f->hunt->job))
		return;
	job_progress(f->hunt->job, &done, &total);
	prompt_aside(&app->prompt, "searching  %u%%",
	             total ? (unsigned)((double)done * 100.0 / (double)total)
	                   : 0);
}

void find_ui_preview(struct app *app)
{
	struct find_ui *f = &app->find;
	bool open = app->prompt.open && app->prompt.kind == PROMPT_COMMAND;

	if (!open) {
		if (!f->previewing)
			return;
		drop_plan(f);
		f->previewing = false;
		put_back(app);
		app_follow(app);
		return;
	}
	if (!f->previewing) {
		f->previewing = true;
		f->top = app->window.top;
		f->line[0] = '\0';
	}
	if (strcmp(f->line, app->prompt.line) != 0) {
		read_plan(app);
		if (!f->wanted && f->found)
			put_back(app);
	}
	if (f->wanted && !f->hunt) {
		f->wanted = false;
		f->hunt = lookup_start(app, &f->plan, hunt_work);
	}
	tell_progress(app);
}

/* The plan may have changed meanwhile: then the answer is not of interest. */
static void end_hunt(struct app *app, struct lookup *look)
{
	struct find_ui *f = &app->find;
	char place[PLACE_TEXT];
	struct rows rows;

	app->dirty = true;
	if (look->plan.pattern != f->plan.pattern || f->wanted)
		return;
	if (!look->ok) {
		prompt_aside(&app->prompt, "%s",
		             look->err.code == ERR_NO ? "not found"
		                                      : look->err.text);
		if (f->found)
			put_back(app);
		return;
	}
	f->found = true;
	f->match = look->match;
	prompt_aside(&app->prompt, "%s0x%" PRIx64 "  %s  %" PRIu64 " B",
	             look->wrapped ? "went on: " : "= ", look->match.addr,
	             place_text(view_space(look->view),
	                        space_place(view_space(look->view),
	                                    look->match.addr),
	                        place),
	             look->match.len);
	/* From where it was, so that a nearer match brings it back. */
	rows = app_rows(app);
	app->window.top = rows_settle(&rows, f->top);
	app_follow(app);
}

void find_ui_accept(struct app *app)
{
	struct find_ui *f = &app->find;
	const struct task *task = app->ctx.task;

	if (!f->previewing)
		return;
	drop_plan(f);
	f->previewing = false;
	if (f->found && !(task && strcmp(task->name, "find") == 0)) {
		put_back(app);
		app_follow(app);
	}
	f->found = false;
}

bool find_ui_target(const struct app *app, uint64_t *addr)
{
	*addr = app->find.match.addr;
	return app->find.previewing && app->find.found;
}

bool find_ui_is_hunting(const struct app *app)
{
	return app->find.hunt && app->find.previewing;
}

/* --- the marks ----------------------------------------------------------- */

static bool mark(void *arg, const struct match *match)
{
	struct lookup *look = arg;

	if (!mem_grow(&look->v, &look->cap, look->count + 1, sizeof(*look->v),
	              &look->err))
		return false;
	look->v[look->count++] = (struct shown_match){
		.start = match->addr,
		.end = match->addr + match->len,
	};
	return true;
}

static void mark_work(struct job *job, void *arg)
{
	struct lookup *look = arg;

	look->ok = plan_all(&look->plan, look->view, job, mark, look,
	                    &look->totals, &look->err);
}

/* What is to be seen of, without where; false: of nothing. *plan is the
   caller's. */
static bool marked_plan(struct app *app, struct plan *plan)
{
	const struct find_ui *f = &app->find;
	struct context *ctx = &app->ctx;
	struct error ignored;

	if (f->previewing && f->plan.pattern) {
		*plan = plan_copy(&f->plan);
		/* All are marked from the top down, whatever -b, -n and -o
		   say of the one that is gone to, or of a list. */
		plan->backward = false;
		plan->options.max = 0;
		plan->options.overlapping = false;
		return true;
	}
	return ctx->options.highlight && f->cleared != ctx->searches &&
	       find_last(ctx, plan, &ignored);
}

static bool is_aligned_as(const struct alignment *a, const struct alignment *b)
{
	return a->step == b->step && a->rest == b->rest &&
	       a->has_base == b->has_base && a->base == b->base;
}

/* Does it tell of the same? The parts tell of the view too. */
static bool is_of(const struct app *app, const struct lookup *look,
                  const struct plan *plan)
{
	return look->plan.pattern == plan->pattern &&
	       look->plan.parts == plan->parts &&
	       look->view == session_view(app->ctx.session) &&
	       is_aligned_as(&look->plan.options.align, &plan->options.align);
}

/* Does it, from start to end? */
static bool covers(const struct app *app, const struct lookup *look,
                   const struct plan *plan, uint64_t start, uint64_t end)
{
	return look && is_of(app, look, plan) &&
	       look->plan.options.from <= start &&
	       look->plan.options.until >= end;
}

/* Where to look so that [start, end) is known: *plan has the pattern. */
static void plan_marks(const struct app *app, struct plan *plan, uint64_t start,
                       uint64_t end)
{
	struct search_options *o = &plan->options;
	uint64_t size = space_size(context_space(&app->ctx));
	uint64_t screen = (uint64_t)app->row_count * app->window.per_row;
	uint64_t margin =
		u64_max(screen, u64_min(pattern_regex(plan->pattern)->reach,
	                                MARGIN_MAX));

	o->from = start - u64_min(start, margin);
	o->from -= o->from % PHASE;
	o->until = end + u64_min(screen, size - end);
}

/* The addresses in sight; false: none. */
static bool in_sight(const struct app *app, uint64_t *start, uint64_t *end)
{
	const struct shown_row *first = app->rows;
	const struct shown_row *last = app->rows + app->row_count - 1;

	if (app->row_count == 0)
		return false;
	*start = first->row.addr;
	*end = u64_min(last->row.addr + app->window.per_row,
	               space_size(context_space(&app->ctx)));
	return *start < *end;
}

static void forget_marked(struct find_ui *f)
{
	lookup_free(f->marked);
	f->marked = NULL;
}

/* Have it known what is in sight of the plan. */
static void mark_plan(struct app *app, struct plan *plan)
{
	struct find_ui *f = &app->find;
	uint64_t start, end;

	if (!in_sight(app, &start, &end) ||
	    covers(app, f->marked, plan, start, end))
		return;
	if (!f->marking) {
		plan_marks(app, plan, start, end);
		f->marking = lookup_start(app, plan, mark_work);
	} else if (!covers(app, f->marking, plan, start, end)) {
		job_cancel(f->marking->job);
	}
}

void find_ui_mark(struct app *app)
{
	struct find_ui *f = &app->find;
	struct plan plan = { 0 };
	bool any = marked_plan(app, &plan);

	if (f->marked && !(any && is_of(app, f->marked, &plan)))
		forget_marked(f);
	if (any)
		mark_plan(app, &plan);
	plan_free(&plan);
}

bool find_ui_clear(struct app *app)
{
	bool any = app->find.marked && app->find.marked->count > 0;

	app->find.cleared = app->ctx.searches;
	forget_marked(&app->find);
	app->dirty = true;
	return any;
}

void find_ui_picture(const struct app *app, struct picture *picture)
{
	const struct find_ui *f = &app->find;
	uint64_t start, end;

	if (f->marked) {
		picture->matches = f->marked->v;
		picture->match_count = f->marked->count;
	}
	if (f->previewing) {
		if (f->found)
			picture->match_here = (struct shown_match){
				f->match.addr, f->match.addr + f->match.len
			};
		return;
	}
	/* The current match is the one that find has selected. */
	if (!f->marked || !context_selection(&app->ctx, &start, &end))
		return;
	for (size_t i = 0; i < f->marked->count; i++)
		if (f->marked->v[i].start == start &&
		    f->marked->v[i].end == end)
			picture->match_here = f->marked->v[i];
}

/* --- both ---------------------------------------------------------------- */

bool find_ui_done(struct app *app, struct job *job)
{
	struct find_ui *f = &app->find;
	struct lookup *look;

	if (f->hunt && f->hunt->job == job) {
		look = f->hunt;
		f->hunt = NULL;
		end_hunt(app, look);
		lookup_free(look);
		return true;
	}
	if (!f->marking || f->marking->job != job)
		return false;
	look = f->marking;
	f->marking = NULL;
	job_free(look->job);
	look->job = NULL;
	app->dirty = true;
	/* What a limit leaves is as good as it gets; what was cancelled is
	   looked for again. */
	if (look->stale || (!look->ok && look->err.code == ERR_CANCELLED)) {
		lookup_free(look);
		return true;
	}
	forget_marked(f);
	f->marked = look;
	return true;
}

bool find_ui_is_idle(const struct app *app)
{
	return !app->find.hunt && !app->find.marking && !app->find.wanted;
}

void find_ui_forget(struct app *app)
{
	if (app->find.marking) {
		app->find.marking->stale = true;
		job_cancel(app->find.marking->job);
	}
	forget_marked(&app->find);
}

void find_ui_free(struct app *app)
{
	struct find_ui *f = &app->find;

	drop_plan(f);
	lookup_free(f->hunt);
	lookup_free(f->marking);
	lookup_free(f->marked);
	f->hunt = f->marking = f->marked = NULL;
}
