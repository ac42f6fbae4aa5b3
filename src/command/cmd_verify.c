/*
 * cmd_verify.c - verify: which parts of a list of digests are others now
 *
 * The job goes through the list once to see which digests it has of what is
 * open. Then one way through it tells what to hash, a second one what should
 * have come of it; both are in the same order. Where something else has, the
 * job looks whether known edits account for it.
 */
#include "config.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "base/channel.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/checklist.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/earlier.h"
#include "command/explain.h"
#include "command/hash.h"
#include "command/table.h"
#include "session.h"
#include "space/ranges.h"
#include "space/view.h"
#include "study/hashing.h"

enum { WAITING = 1024 }; /* parts in the channel */

enum answer {
	ANSWER_EXPLAINED,   /* it differs, by known edits alone */
	ANSWER_UNEXPLAINED, /* it differs */
	ANSWER_UNREADABLE,  /* it cannot be compared */
};

static const char *const answer_names[] = {
	[ANSWER_EXPLAINED] = "explained",
	[ANSWER_UNEXPLAINED] = "unexplained",
	[ANSWER_UNREADABLE] = "unreadable",
};

/* A part that is not as it was. */
struct found {
	struct interval at;
	enum answer answer;
	size_t step; /* of EXPLAINED: after it, it was as it is in the list */
};

struct verify {
	struct view *view; /* counted */
	struct checklist list;
	struct checklist_walk asks, compares;
	struct explain *explain; /* owned */
	size_t threads;          /* of the pool */
	struct hash_crew crew;
	size_t workers;          /* of it */
	atomic_bool has_hashing; /* the job has made the crew's hashing.. */
	bool has_helpers;        /* ..and the engine thread its helpers */
	struct channel *channel; /* owned */
	struct job *job;         /* once it runs */
	/* the sets that are filled; NULL: none */
	char as[SET_NAME];
	struct ranges *differ, *unexplained; /* counted */
	/* what the engine thread leaves */
	bool refused;
	struct error take_err; /* if so */
	uint64_t counts[ARRAY_LEN(answer_names)];
	/* what the job leaves */
	uint64_t parts;
	bool ok;
	struct error err; /* unless ok */
};

static void verify_free(void *arg)
{
	struct verify *v = arg;

	hash_crew_end(&v->crew);
	checklist_end(&v->asks);
	checklist_end(&v->compares);
	checklist_free(&v->list);
	explain_free(v->explain);
	channel_free(v->channel);
	view_unref(v->view);
	ranges_free(v->differ);
	ranges_free(v->unexplained);
	mem_free(v);
}

/* --- the job ------------------------------------------------------------- */

static bool next_part(void *arg, struct interval *at, bool *there,
                      struct error *err)
{
	struct verify *v = arg;
	struct checklist_part part;

	if (!checklist_next(&v->asks, &part, there, err))
		return false;
	if (*there)
		*at = part.at;
	return true;
}

/* The first digest that is another one; part->count if there is none. */
static size_t first_other(const struct verify *v,
                          const struct checklist_part *part,
                          const struct hashed *hashed)
{
	size_t i;

	for (i = 0; i < part->count; i++) {
		size_t idx = part->digests[i].algorithm;
		size_t size = algorithm_size(v->list.algorithms[idx]);

		if (memcmp(part->digests[i].bytes,
		           hashed->digests + idx * DIGEST_MAX, size) != 0)
			break;
	}
	return i;
}

static bool explain(struct verify *v, const struct checklist_part *part,
                    size_t other, struct found *found, struct error *err)
{
	const struct algorithm *algorithm =
		v->list.algorithms[part->digests[other].algorithm];
	bool known;

	if (!explain_try(v->explain, v->job, &part->at, algorithm,
	                 part->digests[other].bytes, &found->step, &known, err))
		return false;
	found->answer = known ? ANSWER_EXPLAINED : ANSWER_UNEXPLAINED;
	return true;
}

static bool take_part(void *arg, const struct hashed *hashed, struct error *err)
{
	struct verify *v = arg;
	struct checklist_part part;
	struct found found = { .answer = ANSWER_UNREADABLE };
	size_t other;
	bool there;

	if (!checklist_next(&v->compares, &part, &there, err))
		return false;
	if (!there || part.at.start != hashed->start ||
	    part.at.end != hashed->end)
		return error_set(err, ERR_CHANGED,
		                 "%s was changed while it was read",
		                 text_shown(v->list.path).s);
	v->parts++;
	found.at = part.at;
	other = first_other(v, &part, hashed);
	if (hashed->skipped <= part.skipped) {
		if (other == part.count)
			return true;
		if (!explain(v, &part, other, &found, err))
			return false;
	}
	return channel_put(v->channel, v->job, &found) ||
	       error_set(err, ERR_CANCELLED, "cancelled");
}

static bool make_hashing(struct verify *v, struct error *err)
{
	struct hashing_plan plan = {
		.view = v->view,
		.algorithms = v->list.algorithms,
		.count = v->list.algorithm_count,
		.workers = hashing_workers(v->threads, v->list.algorithm_count,
		                           v->list.longest),
		.unreadable = { .what = UNREADABLE_SKIP },
		.total = v->list.bytes,
		.arg = v,
		.next = next_part,
		.take = take_part,
	};

	v->crew.hashing = hashing_new(&plan, err);
	v->workers = plan.workers;
	return v->crew.hashing != NULL;
}

static void work(struct job *job, void *arg)
{
	struct verify *v = arg;

	v->job = job;
	v->asks.job = v->compares.job = job;
	if (!checklist_load(&v->list, job, &v->err) ||
	    !make_hashing(v, &v->err))
		return;
	atomic_store(&v->has_hashing, true);
	job_post(job);
	v->ok = hashing_run(v->crew.hashing, job, &v->err);
}

/* --- results ------------------------------------------------------------- */

static void print_other(struct context *ctx, const struct verify *v,
                        const struct found *found)
{
	bool known = found->answer == ANSWER_EXPLAINED;
	size_t step = known ? found->step : 0;
	uint64_t len = found->at.end - found->at.start;
	const struct space *sp = view_space(v->view);
	struct place place = space_place(sp, found->at.start);
	char text[PLACE_TEXT];

	if (ctx->out->json) {
		json_begin(ctx->out);
		json_addr(ctx->out, found->at.start);
		json_number(ctx->out, "len", len);
		json_place(ctx->out, sp, place);
		json_string(ctx->out, "result", answer_names[found->answer]);
		json_number(ctx->out, "changes",
		            explain_count(v->explain, &found->at, step));
		json_end(ctx->out);
	} else {
		output_text(ctx->out, "0x%" PRIx64 " %" PRIu64 " %s %s\n",
		            found->at.start, len, place_text(sp, place, text),
		            answer_names[found->answer]);
	}
	explain_print(ctx, v->explain, &found->at, step);
}

static bool keep(struct context *ctx, struct verify *v,
                 const struct found *found)
{
	struct error *err = &v->take_err;
	const struct space *sp = view_space(v->view);
	uint64_t start = found->at.start, end = found->at.end;

	if (sets_find(&ctx->sets, v->as) != v->differ)
		return error_set(err, ERR_CANCELLED, "%%%s was dropped", v->as);
	if (ranges_count(v->differ) >= ctx->set_limit)
		return error_set(err, ERR_LIMIT,
		                 "more than %" PRIu64 " parts differ, %%%s has "
		                 "the first ones",
		                 ctx->set_limit, v->as);
	return shown_add(v->differ, sp, start, end, err) &&
	       (found->answer == ANSWER_EXPLAINED || !v->unexplained ||
	        shown_add(v->unexplained, sp, start, end, err));
}

/* Print or keep what has come. False: nobody takes it any more. */
static bool take(struct context *ctx, void *arg)
{
	struct verify *v = arg;
	struct error ignored;
	struct found found;

	if (!v->has_helpers && atomic_load(&v->has_hashing)) {
		v->has_helpers = true;
		hash_crew_start(ctx, &v->crew, v->workers);
	}
	while (!v->refused && channel_take(v->channel, &found, 1) > 0) {
		v->counts[found.answer]++;
		v->refused = v->differ && !keep(ctx, v, &found);
		if (!ctx->show_panel)
			print_other(ctx, v, &found);
		if (output_failed(ctx->out))
			return false;
	}
	/* Kept by the output, which is asked for it after the command. */
	return !v->refused && output_flush(ctx->out, &ignored);
}

static void print_sum(struct context *ctx, const struct verify *v)
{
	const uint64_t *n = v->counts;
	uint64_t differ = n[ANSWER_EXPLAINED] + n[ANSWER_UNEXPLAINED];

	if (ctx->out->json) {
		json_begin(ctx->out);
		json_number(ctx->out, "blocks", v->parts);
		json_number(ctx->out, "differ", differ);
		json_number(ctx->out, "unexplained", n[ANSWER_UNEXPLAINED]);
		json_number(ctx->out, "unreadable", n[ANSWER_UNREADABLE]);
		json_end(ctx->out);
	} else if (ctx->batch) {
		output_text(ctx->out,
		            "verified %" PRIu64 " blocks: %" PRIu64
		            " differ, %" PRIu64 " of them unexplained\n",
		            v->parts, differ, n[ANSWER_UNEXPLAINED]);
	} else if (differ > 0) {
		context_say(ctx,
		            "%" PRIu64 " of %" PRIu64 " blocks differ, %" PRIu64
		            " of them unexplained",
		            differ, v->parts, n[ANSWER_UNEXPLAINED]);
	} else {
		context_say(ctx, "%" PRIu64 " blocks are as they were",
		            v->parts);
	}
}

static bool finish(struct context *ctx, void *arg, struct error *err)
{
	struct verify *v = arg;
	uint64_t unreadable;

	(void)take(ctx, v);
	if (v->refused || !v->ok) {
		*err = v->refused         ? v->take_err
		       : ctx->out->failed ? ctx->out->err
		                          : v->err;
		return false;
	}
	unreadable = v->counts[ANSWER_UNREADABLE];
	if (v->counts[ANSWER_EXPLAINED] + v->counts[ANSWER_UNEXPLAINED] > 0)
		ctx->status = 1;
	print_sum(ctx, v);
	if (v->list.closed > 0)
		context_say(ctx, "verify: %zu files of %s are not open",
		            v->list.closed, text_shown(v->list.path).s);
	return unreadable == 0 ||
	       error_set(err, ERR_STATE,
	                 "%" PRIu64 " blocks have bytes that cannot be read "
	                 "now, and were not compared",
	                 unreadable);
}

static const char *about(const void *arg)
{
	const struct verify *v = arg;

	return v->list.path;
}

/* --- starting ------------------------------------------------------------ */

static bool make_set(struct context *ctx, const char *name, struct ranges **out,
                     struct error *err)
{
	*out = ranges_new(err);
	return *out && sets_put(&ctx->sets, name, *out, err);
}

/* The editor lists what differs; a batch if it is told to. */
static bool make_sets(struct context *ctx, struct verify *v, struct error *err)
{
	if (ctx->show_panel &&
	    !make_set(ctx, "unexplained", &v->unexplained, err))
		return false;
	if (!v->as[0] && ctx->show_panel)
		memcpy(v->as, "differ", sizeof("differ"));
	return !v->as[0] || make_set(ctx, v->as, &v->differ, err);
}

static bool prepare(struct context *ctx, struct verify *v, const char *path,
                    struct error *err)
{
	if (!checklist_open(&v->list, ctx, path, err))
		return false;
	v->asks.list = v->compares.list = &v->list;
	v->explain = explain_new(ctx, err);
	if (!v->explain)
		return false;
	v->view = view_ref(session_view(ctx->session));
	v->threads = pool_threads(session_pool(ctx->session));
	v->channel = channel_new(sizeof(struct found), WAITING, err);
	return v->channel && make_sets(ctx, v, err);
}

/* Takes v over. */
static bool start(struct context *ctx, struct verify *v, const char *path,
                  struct error *err)
{
	struct task *task = NULL;

	if (prepare(ctx, v, path, err))
		task = mem_zalloc(sizeof(*task), err);
	if (!task) {
		verify_free(v);
		return false;
	}
	*task = (struct task){
		.name = "verify",
		.arg = v,
		.take = take,
		.finish = finish,
		.free = verify_free,
		.about = about,
	};
	if (!context_start(ctx, task, work, err))
		return false;
	return !ctx->show_panel || ctx->show_panel(ctx, "matches");
}

/* [as %NAME] */
static bool read_as(struct call *call, char as[static SET_NAME],
                    struct error *err)
{
	struct word word;
	bool ok;

	if (!call_more(call))
		return true;
	if (!call_word(call, &word, err))
		return false;
	ok = strcmp(word.text, "as") == 0 ||
	     error_at(err, word.column, "usage: verify %s",
	              call->command->usage);
	word_free(&word);
	lexer_blanks(&call->args);
	return ok && sets_name(&call->args, as, err) && call_end(call, err);
}

RUN(verify)
{
	const struct call whole = *call;
	struct word path;
	struct verify *v;
	bool later = true, ok;

	if (!call_word(call, &path, err))
		return false;
	v = mem_zalloc(sizeof(*v), err);
	ok = v && read_as(call, v->as, err) &&
	     earlier_load(ctx, &whole, SIZE_MAX, &later, err);
	if (ok && !later)
		ok = start(ctx, v, path.text, err);
	else if (v)
		verify_free(v);
	word_free(&path);
	return ok;
}
