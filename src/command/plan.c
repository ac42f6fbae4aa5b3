/*
 * plan.c - see plan.h
 *
 * Parts are cut once and then shared: by the searches that come one after the
 * other, by the preview and by the marks. A set of ten million ranges takes a
 * while to go through, and all of these ask for the same at every key.
 */
#include "config.h"

#include "command/plan.h"

#include <stdatomic.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "find/pattern.h"
#include "session.h"
#include "space/ranges.h"
#include "space/shown.h"

struct parts {
	atomic_uint refs;
	struct intervals list; /* owned */
	/* what they were cut from */
	uint64_t generation;           /* of the session */
	struct ranges *in, *not_in;    /* counted, or NULL */
	size_t in_count, not_in_count; /* a set may grow */
	uint64_t start, end;
};

/* --- cutting ------------------------------------------------------------- */

void parts_unref(struct parts *parts)
{
	if (!parts || atomic_fetch_sub(&parts->refs, 1) != 1)
		return;
	intervals_free(&parts->list);
	ranges_free(parts->in);
	ranges_free(parts->not_in);
	mem_free(parts);
}

static struct parts *parts_ref(struct parts *parts)
{
	if (parts)
		atomic_fetch_add(&parts->refs, 1);
	return parts;
}

static size_t count_of(const struct ranges *ranges)
{
	return ranges ? ranges_count(ranges) : 0;
}

static bool cut(struct parts *p, const struct space *sp, struct error *err)
{
	struct ranges *both = NULL;
	bool ok;

	if (!p->in && !p->not_in)
		return intervals_add(&p->list, p->start, p->end, err);
	if (!p->in)
		return shown_rest(p->not_in, sp, p->start, p->end, &p->list,
		                  err);
	if (p->not_in) {
		both = ranges_minus(p->in, p->not_in, err);
		if (!both)
			return false;
	}
	ok = shown_cover(both ? both : p->in, sp, p->start, p->end, &p->list,
	                 err);
	ranges_free(both);
	return ok;
}

static bool is_cut_from(const struct parts *p, const struct session *session,
                        const struct plan *plan, const struct ranges *in,
                        const struct ranges *not_in)
{
	return p && p->generation == session_generation(session) &&
	       p->in == in && p->in_count == count_of(in) &&
	       p->not_in == not_in && p->not_in_count == count_of(not_in) &&
	       p->start == plan->options.start && p->end == plan->options.end;
}

static struct parts *parts_new(const struct session *session,
                               const struct plan *plan, struct ranges *in,
                               struct ranges *not_in, struct error *err)
{
	struct parts *p = mem_zalloc(sizeof(*p), err);

	if (!p)
		return NULL;
	atomic_init(&p->refs, 1);
	p->generation = session_generation(session);
	p->in = in ? ranges_ref(in) : NULL;
	p->not_in = not_in ? ranges_ref(not_in) : NULL;
	p->in_count = count_of(in);
	p->not_in_count = count_of(not_in);
	p->start = plan->options.start;
	p->end = plan->options.end;
	if (cut(p, session_space(session), err))
		return p;
	parts_unref(p);
	return NULL;
}

bool plan_cut(struct plan *plan, const struct session *session,
              struct ranges *in, struct ranges *not_in, struct parts **last,
              struct error *err)
{
	if (!is_cut_from(*last, session, plan, in, not_in)) {
		struct parts *fresh = parts_new(session, plan, in, not_in, err);

		if (!fresh)
			return false;
		parts_unref(*last);
		*last = fresh;
	}
	parts_unref(plan->parts);
	plan->parts = parts_ref(*last);
	return true;
}

const struct interval *plan_part(const struct plan *plan)
{
	const struct intervals *list = &plan->parts->list;

	return list->count == 1 ? list->v : NULL;
}

struct plan plan_copy(const struct plan *plan)
{
	struct plan copy = *plan;

	copy.pattern = pattern_ref(plan->pattern);
	copy.parts = parts_ref(plan->parts);
	return copy;
}

void plan_free(struct plan *plan)
{
	pattern_unref(plan->pattern);
	parts_unref(plan->parts);
	*plan = (struct plan){ 0 };
}

/* --- searching ----------------------------------------------------------- */

/* A way through the parts, in a job. */
struct way {
	const struct plan *plan;
	const struct view *view;
	struct job *job;
	uint64_t from;
	uint64_t before, whole; /* bytes of the parts: done, and of all */
	struct search_totals *totals;
	struct error *err;
};

/* The first part that ends behind addr. */
static size_t first_behind(const struct intervals *parts, uint64_t addr)
{
	size_t lo = 0;
	size_t hi = parts->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (parts->v[mid].end <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* The options for one part; false: nothing of it lies on the way. */
static bool options_in(const struct way *way, const struct interval *part,
                       struct search_options *out)
{
	const struct plan *plan = way->plan;

	*out = plan->options;
	out->start = part->start;
	out->end = part->end;
	out->from = u64_min(u64_max(way->from, part->start), part->end);
	if (plan->backward)
		return out->from > part->start;
	if (out->until > 0)
		out->until = u64_min(out->until, part->end);
	return out->from < part->end &&
	       (out->until == 0 || out->until > out->from);
}

static uint64_t bytes_in(const struct way *way, const struct interval *part)
{
	struct search_options o;

	if (!options_in(way, part, &o))
		return 0;
	if (way->plan->backward)
		return o.from - o.start;
	return (o.until > 0 ? o.until : o.end) - o.from;
}

static struct way way_begin(const struct plan *plan, const struct view *view,
                            uint64_t from, struct job *job,
                            struct search_totals *totals, struct error *err)
{
	const struct intervals *parts = &plan->parts->list;
	struct way way = {
		.plan = plan,
		.view = view,
		.job = job,
		.from = from,
		.totals = totals,
		.err = err,
	};

	*totals = (struct search_totals){ 0 };
	for (size_t i = 0; job && i < parts->count; i++)
		way.whole += bytes_in(&way, &parts->v[i]);
	return way;
}

static void begin_part(struct way *way, const struct interval *part)
{
	if (way->job)
		job_set_part(way->job, way->before, way->whole);
	way->before += bytes_in(way, part);
}

static void end_part(const struct way *way, const struct search_totals *part)
{
	way->totals->searched += part->searched;
	way->totals->skipped += part->skipped;
}

/* ERR_NO: it is not in this part. */
static bool next_in(struct way *way, const struct interval *part,
                    struct match *out)
{
	const struct plan *plan = way->plan;
	struct search_options o;
	struct search_totals totals;
	bool ok;

	way->err->code = ERR_NO;
	if (!options_in(way, part, &o))
		return false;
	begin_part(way, part);
	ok = plan->backward ? search_prev(way->view, plan->pattern, &o,
	                                  way->job, out, &totals, way->err)
	                    : search_next(way->view, plan->pattern, &o,
	                                  way->job, out, &totals, way->err);
	end_part(way, &totals);
	return ok;
}

static bool next_on(struct way *way, struct match *out)
{
	const struct intervals *parts = &way->plan->parts->list;
	size_t i = first_behind(parts, way->from);

	if (way->plan->backward) {
		/* The one that holds `from`, and those in front of it. */
		for (i = size_min(i + 1, parts->count); i-- > 0;)
			if (next_in(way, &parts->v[i], out))
				return true;
			else if (way->err->code != ERR_NO)
				return false;
	} else {
		for (; i < parts->count; i++)
			if (next_in(way, &parts->v[i], out))
				return true;
			else if (way->err->code != ERR_NO)
				return false;
	}
	return error_set(way->err, ERR_NO, "not found");
}

bool plan_next(const struct plan *plan, const struct view *view,
               struct job *job, struct match *out, bool *wrapped,
               struct search_totals *totals, struct error *err)
{
	const struct search_options *o = &plan->options;
	struct way way = way_begin(plan, view, o->from, job, totals, err);

	*wrapped = false;
	if (next_on(&way, out))
		return true;
	if (!plan->wrap || err->code != ERR_NO)
		return false;
	*wrapped = true;
	way = way_begin(plan, view, plan->backward ? o->end : o->start, job,
	                totals, err);
	return next_on(&way, out);
}

/* Matches are counted on their way. */
struct counting {
	search_take *take;
	void *arg;
	uint64_t count;
	bool stopped;
};

static bool count(void *arg, const struct match *match)
{
	struct counting *c = arg;

	c->count++;
	c->stopped = !c->take(c->arg, match);
	return !c->stopped;
}

bool plan_all(const struct plan *plan, const struct view *view, struct job *job,
              search_take *take, void *arg, struct search_totals *totals,
              struct error *err)
{
	const struct intervals *parts = &plan->parts->list;
	struct way way =
		way_begin(plan, view, plan->options.from, job, totals, err);
	struct counting c = { .take = take, .arg = arg };
	uint64_t max = plan->options.max;
	bool ok = true;

	for (size_t i = first_behind(parts, way.from);
	     ok && i < parts->count && !c.stopped &&
	     (max == 0 || c.count < max);
	     i++) {
		struct search_options o;
		struct search_totals part;

		if (!options_in(&way, &parts->v[i], &o))
			break;
		o.max = max > 0 ? max - c.count : 0;
		begin_part(&way, &parts->v[i]);
		ok = search_all(view, plan->pattern, &o, job, count, &c, &part,
		                err);
		end_part(&way, &part);
	}
	return ok;
}

/* --- again ---------------------------------------------------------------- */

/* Matches that are found again. */
struct again {
	const struct plan *plan;
	const struct view *view;
	struct job *job;
	const struct match *v;
	size_t count, done;
	plan_see *see;
	void *arg;
	struct error *err;
};

static bool see_next(struct again *a, struct searcher *searcher)
{
	if (!job_goes_on(a->job, a->err))
		return false;
	return searcher_again(searcher, &a->v[a->done], a->err) &&
	       a->see(a->arg, searcher, a->err);
}

/* Those that are in one part, which is what the pattern sees. */
static bool again_in(struct again *a, const struct interval *part)
{
	struct search_options o = a->plan->options;
	struct searcher *searcher;
	bool ok = true;

	o.start = o.from = part->start;
	o.end = part->end;
	o.until = 0;
	searcher = searcher_new(a->view, a->plan->pattern, &o, NULL, a->err);
	if (!searcher)
		return false;
	for (; ok && a->done < a->count && a->v[a->done].addr < part->end;
	     a->done++)
		ok = see_next(a, searcher);
	searcher_free(searcher);
	return ok;
}

bool plan_again(const struct plan *plan, const struct view *view,
                struct job *job, const struct match *v, size_t count,
                plan_see *see, void *arg, struct error *err)
{
	const struct intervals *parts = &plan->parts->list;
	struct again a = {
		.plan = plan,
		.view = view,
		.job = job,
		.v = v,
		.count = count,
		.see = see,
		.arg = arg,
		.err = err,
	};

	while (a.done < count) {
		size_t i = first_behind(parts, v[a.done].addr);

		if (!again_in(&a, &parts->v[i]))
			return false;
	}
	return true;
}
