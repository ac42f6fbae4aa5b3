/*
 * cmd_find.c - find, find-all, count, next match, prev match
 *
 * All search in a job, so that the editor stays live and Esc ends it. What
 * find-all finds comes through a channel and is printed as it comes.
 */
#include "config.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/channel.h"
#include "base/error.h"
#include "base/mem.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/find.h"
#include "command/table.h"
#include "find/pattern.h"
#include "find/search.h"
#include "session.h"
#include "space/view.h"

enum {
	WAITING = 4096,       /* matches in a channel */
	EDITOR_LINES = 10000, /* that the editor lists */
};

/* The options of find, and of find-all and count. */
static const char find_letters[] = "baeiw";
static const char all_letters[] = "noaeiw";

/* --- what is asked for --------------------------------------------------- */

/* The arguments of a command of this file. */
struct asked {
	struct pattern *pattern; /* counted */
	struct alignment align;
	uint64_t max;
	bool backward, overlapping;
};

/* Reading them. */
struct reading {
	struct context *ctx;
	struct call *call;
	struct lexer *lx;
	const char *letters; /* the options that there are */
	struct asked asked;
	struct pattern_options options;
	bool has_pattern;
	struct lexer pattern; /* where it stands, if has_pattern */
	struct error *err;
};

static char peek(const struct lexer *lx, size_t ahead)
{
	return ahead < lx->len - lx->pos ? lx->line[lx->pos + ahead] : '\0';
}

static bool is_end(char c)
{
	return c == '\0' || c == ' ' || c == '\t';
}

static bool fail(const struct reading *r, const char *what)
{
	return error_at(r->err, r->lx->pos + 1, "%s", what);
}

static bool usage(const struct reading *r, const char *what)
{
	const struct command *c = r->call->command;

	return error_at(r->err, r->lx->pos + 1, "%s (usage: %s %s)", what,
	                c->name, c->usage);
}

static bool eval(void *arg, struct lexer *lx, bool *negative, uint64_t *mag,
                 struct error *err)
{
	struct scope scope = context_scope(arg);

	return address_value(lx, &scope, negative, mag, err);
}

static bool read_max(struct reading *r)
{
	size_t column = r->lx->pos + 1;

	if (!lexer_number(r->lx, r->options.numbers.units, &r->asked.max,
	                  r->err))
		return false;
	return r->asked.max > 0 ||
	       error_at(r->err, column, "a number from 1 is needed");
}

/* N[+K][@BASE] */
static bool read_alignment(struct reading *r)
{
	const struct units *units = r->options.numbers.units;
	struct alignment *align = &r->asked.align;
	struct scope scope = context_scope(r->ctx);
	size_t column = r->lx->pos + 1;
	struct place base;

	*align = (struct alignment){ 0 };
	if (!lexer_number(r->lx, units, &align->step, r->err))
		return false;
	if (align->step == 0)
		return error_at(r->err, column, "a number from 1 is needed");
	column = r->lx->pos + 2;
	if (peek(r->lx, 0) == '+') {
		r->lx->pos++;
		if (!lexer_number(r->lx, units, &align->rest, r->err))
			return false;
	}
	if (align->rest >= align->step)
		return error_at(r->err, column, "K of N+K must be less than N");
	if (peek(r->lx, 0) != '@')
		return true;
	r->lx->pos++;
	if (!address_parse(r->lx, &scope, false, &base, r->err))
		return false;
	align->has_base = true;
	align->base = base.addr;
	return true;
}

static bool has_charset(const struct pattern_options *options, enum charset set)
{
	for (size_t i = 0; i < options->charset_count; i++)
		if (options->charsets[i] == set)
			return true;
	return false;
}

/* utf8,utf16le,.. */
static bool read_charsets(struct reading *r)
{
	struct pattern_options *options = &r->options;
	size_t n;

	do {
		enum charset set;

		n = 0;
		while (!is_end(peek(r->lx, n)) && peek(r->lx, n) != ',')
			n++;
		if (!charset_find(r->lx->line + r->lx->pos, n, &set))
			return fail(r, "an encoding is utf8, utf16le, utf16be, "
			               "latin1 or cp1252");
		if (!has_charset(options, set))
			options->charsets[options->charset_count++] = set;
		r->lx->pos += n;
	} while (peek(r->lx, 0) == ',' && ++r->lx->pos);
	return true;
}

/* The value of option `letter`: the rest of its word or the next one. */
static bool read_value(struct reading *r, char letter)
{
	lexer_blanks(r->lx);
	switch (letter) {
	case 'n':
		return read_max(r);
	case 'a':
		return read_alignment(r);
	default:
		return read_charsets(r);
	}
}

/* A word of option letters, the last of which may take a value. */
static bool read_options(struct reading *r)
{
	r->lx->pos++;
	do {
		char letter = peek(r->lx, 0);

		if (is_end(letter) || !strchr(r->letters, letter))
			return usage(r, "unknown option");
		r->lx->pos++;
		r->asked.backward |= letter == 'b';
		r->asked.overlapping |= letter == 'o';
		r->options.caseless |= letter == 'i';
		r->options.word |= letter == 'w';
		if (!strchr("nae", letter))
			continue;
		if (!read_value(r, letter))
			return false;
		return is_end(peek(r->lx, 0)) || fail(r, "a blank must follow");
	} while (!is_end(peek(r->lx, 0)));
	return true;
}

/* Go behind what `close` closes; a backslash takes the next byte with it. */
static void skip_to(struct lexer *lx, char close)
{
	for (lx->pos++; lx->pos < lx->len && lx->line[lx->pos] != close;
	     lx->pos++)
		if (lx->line[lx->pos] == '\\' && close != '}')
			lx->pos++;
	lx->pos = size_min(lx->pos + 1, lx->len);
}

/* Go behind a pattern, right or wrong: options may follow that it needs to be
   read. */
static void skip_pattern(struct lexer *lx, bool slash)
{
	unsigned parens = 0;

	if (peek(lx, 0) == '/' || (slash && peek(lx, 0) == '?'))
		skip_to(lx, '/');
	while (lx->pos < lx->len && (parens > 0 || !is_end(peek(lx, 0)))) {
		char c = peek(lx, 0);

		if (c == '"' || c == '{') {
			skip_to(lx, c == '{' ? '}' : '"');
			continue;
		}
		parens += c == '(';
		parens -= c == ')' && parens > 0;
		lx->pos++;
	}
}

static bool read_words(struct reading *r)
{
	bool ended = false; /* by "--" */

	while (!lexer_end(r->lx)) {
		char c = peek(r->lx, 0);

		if (!ended && c == '-' && peek(r->lx, 1) == '-' &&
		    is_end(peek(r->lx, 2))) {
			r->lx->pos += 2;
			ended = true;
		} else if (!ended && c == '-') {
			if (!read_options(r))
				return false;
		} else if (r->has_pattern) {
			return usage(r, "unexpected text");
		} else {
			r->has_pattern = true;
			r->pattern = *r->lx;
			skip_pattern(r->lx, r->call->slash);
		}
	}
	return true;
}

/* The last pattern, with its alignment unless another was asked for. */
static bool take_last(struct reading *r)
{
	const struct context *ctx = r->ctx;

	if (!ctx->last_pattern)
		return usage(r, "a pattern is needed");
	if (r->options.charset_count > 0 || r->options.caseless ||
	    r->options.word)
		return usage(r, "-e, -i and -w need a pattern");
	r->asked.pattern = pattern_ref(ctx->last_pattern);
	if (r->asked.align.step == 0)
		r->asked.align = ctx->last_aligned;
	return true;
}

/* Read the arguments of a command; *typed tells if a pattern stands there, else
   it is the last one. */
static bool read_asked(struct context *ctx, struct call *call,
                       const char *letters, struct asked *out, bool *typed,
                       struct error *err)
{
	struct units units = context_units(ctx);
	struct reading r = {
		.ctx = ctx,
		.call = call,
		.lx = &call->args,
		.letters = letters,
		.options = {
			.open_end = call->slash,
			.numbers = { &units, eval, ctx },
			.patterns = ctx->patterns,
		},
		.err = err,
	};

	r.asked.backward = call->slash && peek(r.lx, 0) == '?';
	/* Nothing behind the '/': the last pattern. */
	r.lx->pos += call->slash && r.lx->len - r.lx->pos == 1;
	if (!read_words(&r))
		return false;
	*typed = r.has_pattern;
	if (r.has_pattern)
		r.asked.pattern = pattern_parse(&r.pattern, &r.options, err);
	else if (!take_last(&r))
		return false;
	*out = r.asked;
	return r.asked.pattern != NULL;
}

/* Read the arguments of a command and remember the pattern. */
static bool ask(struct context *ctx, struct call *call, const char *letters,
                struct asked *out, struct error *err)
{
	bool typed;

	if (!read_asked(ctx, call, letters, out, &typed, err))
		return false;
	if (ctx->last_pattern != out->pattern) {
		pattern_unref(ctx->last_pattern);
		ctx->last_pattern = pattern_ref(out->pattern);
	}
	ctx->last_aligned = out->align;
	return true;
}

/* --- results ------------------------------------------------------------- */

static void print_match(struct context *ctx, const struct space *sp,
                        const struct pattern *pattern, const struct match *m)
{
	const char *charset = pattern_charset(pattern, m->charset);
	struct place place = space_place(sp, m->addr);
	struct output *out = ctx->out;
	char text[PLACE_TEXT];

	if (out->json) {
		json_begin(out);
		json_addr(out, m->addr);
		json_number(out, "len", m->len);
		json_place(out, sp, place);
		if (charset)
			json_string(out, "encoding", charset);
		json_end(out);
		return;
	}
	output_text(out, "0x%" PRIx64 " %" PRIu64 " %s", m->addr, m->len,
	            place_text(sp, place, text));
	if (charset)
		output_text(out, " %s", charset);
	output_text(out, "\n");
}

/* A search in the background, and what came of it. */
struct finding {
	struct view *view;       /* counted */
	struct pattern *pattern; /* counted */
	struct search_options options;
	bool backward;
	bool wrap;               /* go on from the other end of the space */
	uint64_t count;          /* of find: the count-th match */
	struct channel *channel; /* owned; of find-all */
	/* what the job leaves */
	bool ok;
	struct error err; /* unless ok */
	struct match match;
	uint64_t found;
	bool wrapped;
	struct search_totals totals;
};

static void finding_free(void *arg)
{
	struct finding *f = arg;

	view_unref(f->view);
	pattern_unref(f->pattern);
	channel_free(f->channel);
	mem_free(f);
}

static struct finding *finding_new(struct context *ctx,
                                   const struct asked *asked, struct error *err)
{
	struct finding *f = mem_zalloc(sizeof(*f), err);

	if (!f)
		return NULL;
	f->view = view_ref(session_view(ctx->session));
	f->pattern = pattern_ref(asked->pattern);
	f->options.align = asked->align;
	f->options.overlapping = asked->overlapping;
	f->options.max = asked->max;
	f->options.end = view_size(f->view);
	f->backward = asked->backward;
	f->count = 1;
	return f;
}

/* Start it; takes f over. */
static bool start(struct context *ctx, struct finding *f, struct task task,
                  job_run *run, struct error *err)
{
	struct task *copy = mem_zalloc(sizeof(*copy), err);

	if (!copy) {
		finding_free(f);
		return false;
	}
	*copy = task;
	copy->arg = f;
	copy->free = finding_free;
	ctx->searches++;
	return context_start(ctx, copy, run, err);
}

/* --- find, next match, prev match ---------------------------------------- */

static bool find_one(struct finding *f, struct job *job)
{
	return f->backward ? search_prev(f->view, f->pattern, &f->options, job,
	                                 &f->match, &f->totals, &f->err)
	                   : search_next(f->view, f->pattern, &f->options, job,
	                                 &f->match, &f->totals, &f->err);
}

/* Once more, from the other end. */
static bool find_wrapped(struct finding *f, struct job *job)
{
	if (!f->wrap || f->err.code != ERR_NO)
		return false;
	f->wrapped = true;
	f->options.from = f->backward ? f->options.end : f->options.start;
	return find_one(f, job);
}

static void find_work(struct job *job, void *arg)
{
	struct finding *f = arg;

	f->ok = true;
	for (uint64_t i = 0; f->ok && i < f->count; i++) {
		if (i > 0)
			f->options.from = f->match.addr + !f->backward;
		f->ok = find_one(f, job) || find_wrapped(f, job);
	}
}

static bool not_found(const struct finding *f, struct error *err)
{
	*err = f->err;
	if (err->code != ERR_NO)
		return false;
	if (f->totals.skipped > 0)
		return error_set(err, ERR_NO,
		                 "not found; %" PRIu64
		                 " bytes could not be searched",
		                 f->totals.skipped);
	return error_set(err, ERR_NO, "not found");
}

static bool find_done(struct context *ctx, void *arg, struct error *err)
{
	const struct finding *f = arg;
	const struct match *m = &f->match;

	if (!f->ok)
		return not_found(f, err);
	context_jump(ctx, space_place(context_space(ctx), m->addr));
	if (ctx->batch) {
		print_match(ctx, view_space(f->view), f->pattern, m);
		return true;
	}
	if (ctx->selecting != SELECT_STICKY)
		context_select(ctx, m->addr, m->addr + m->len, SELECT_SHIFT);
	if (f->wrapped)
		context_say(ctx, "went on from the %s",
		            f->backward ? "end" : "start");
	return true;
}

static const struct task find_task = {
	.name = "find",
	.finish = find_done,
};

/* Where to search: in the range in front, from the address in front, or from
   the cursor. */
static void set_range(const struct context *ctx, const struct call *call,
                      bool backward, struct search_options *o, bool *wrap)
{
	const struct span *span = &call->span;
	uint64_t size = o->end;

	if (span->given && !span->single) {
		o->start = u64_min(span->from.addr, size);
		o->end = u64_min(span->to.addr, size);
		o->from = backward ? o->end : o->start;
		return;
	}
	o->from =
		u64_min(span->given ? span->from.addr : ctx->cursor.addr, size);
	*wrap = !ctx->batch && ctx->options.wrapscan;
}

RUN(find)
{
	struct asked asked;
	struct finding *f;

	if (!ask(ctx, call, find_letters, &asked, err))
		return false;
	f = finding_new(ctx, &asked, err);
	pattern_unref(asked.pattern);
	if (!f)
		return false;
	set_range(ctx, call, f->backward, &f->options, &f->wrap);
	return start(ctx, f, find_task, find_work, err);
}

bool find_again(struct context *ctx, bool forward, uint64_t count,
                struct error *err)
{
	struct asked asked = {
		.pattern = ctx->last_pattern,
		.align = ctx->last_aligned,
		.backward = !forward,
	};
	struct finding *f;

	if (!ctx->last_pattern)
		return error_set(err, ERR_NO, "nothing was sought yet (find)");
	f = finding_new(ctx, &asked, err);
	if (!f)
		return false;
	f->count = count;
	f->options.from = u64_min(ctx->cursor.addr + forward, f->options.end);
	f->wrap = !ctx->batch && ctx->options.wrapscan;
	return start(ctx, f, find_task, find_work, err);
}

/* --- find-all, count ----------------------------------------------------- */

/* What the job hands to search_all(). */
struct giving {
	struct finding *f;
	struct job *job;
};

static bool give(void *arg, const struct match *match)
{
	struct giving *g = arg;

	g->f->found++;
	return !g->f->channel || channel_put(g->f->channel, g->job, match);
}

static void all_work(struct job *job, void *arg)
{
	struct finding *f = arg;
	struct giving giving = { f, job };

	f->ok = search_all(f->view, f->pattern, &f->options, job, give, &giving,
	                   &f->totals, &f->err);
	/* Matches that nobody took may be missing. */
	if (f->ok && job_cancelled(job))
		f->ok = error_set(&f->err, ERR_CANCELLED, "cancelled");
}

/* Print what has come. False: nobody takes it any more. */
static bool all_take(struct context *ctx, void *arg)
{
	struct finding *f = arg;
	struct match items[64];
	struct error ignored;
	size_t n;

	while ((n = channel_take(f->channel, items, ARRAY_LEN(items))) > 0) {
		for (size_t i = 0; i < n; i++)
			print_match(ctx, view_space(f->view), f->pattern,
			            &items[i]);
		if (output_failed(ctx->out))
			return false;
	}
	/* Kept by the output, which is asked for it after the command. */
	return output_flush(ctx->out, &ignored);
}

static void say_skipped(struct context *ctx, const char *command,
                        const struct finding *f)
{
	if (f->totals.skipped > 0)
		context_say(ctx, "%s: %" PRIu64 " bytes could not be searched",
		            command, f->totals.skipped);
}

static bool all_done(struct context *ctx, void *arg, struct error *err)
{
	struct finding *f = arg;

	(void)all_take(ctx, f);
	if (!f->ok) {
		*err = f->err;
		return false;
	}
	if (f->found == 0)
		ctx->status = 1;
	if (ctx->out->json) {
		json_begin(ctx->out);
		json_number(ctx->out, "searched", f->totals.searched);
		json_number(ctx->out, "skipped", f->totals.skipped);
		json_end(ctx->out);
		return true;
	}
	if (!ctx->batch && f->found == 0)
		context_say(ctx, "not found");
	else if (!ctx->batch && f->found == EDITOR_LINES)
		context_say(ctx, "the first %" PRIu64 " matches", f->found);
	say_skipped(ctx, "find-all", f);
	return true;
}

static bool count_done(struct context *ctx, void *arg, struct error *err)
{
	const struct finding *f = arg;

	if (!f->ok) {
		*err = f->err;
		return false;
	}
	if (f->found == 0)
		ctx->status = 1;
	if (ctx->out->json) {
		json_begin(ctx->out);
		json_number(ctx->out, "count", f->found);
		json_end(ctx->out);
	} else if (ctx->batch) {
		output_text(ctx->out, "%" PRIu64 "\n", f->found);
	} else {
		context_say(ctx, "%" PRIu64 " matches", f->found);
	}
	say_skipped(ctx, "count", f);
	return true;
}

static const struct task all_task = {
	.name = "find-all",
	.take = all_take,
	.finish = all_done,
};

static const struct task count_task = {
	.name = "count",
	.finish = count_done,
};

static struct finding *all_new(struct context *ctx, struct call *call,
                               struct error *err)
{
	struct asked asked;
	struct finding *f;

	if (!ask(ctx, call, all_letters, &asked, err))
		return NULL;
	f = finding_new(ctx, &asked, err);
	pattern_unref(asked.pattern);
	if (!f)
		return NULL;
	/* An empty segment may be placed behind the end. */
	f->options.end = u64_min(call->end, f->options.end);
	f->options.start = u64_min(call->start, f->options.end);
	f->options.from = f->options.start;
	return f;
}

RUN(find_all)
{
	struct finding *f = all_new(ctx, call, err);

	if (!f)
		return false;
	f->channel = channel_new(sizeof(struct match), WAITING, err);
	if (!f->channel) {
		finding_free(f);
		return false;
	}
	if (!ctx->batch &&
	    (f->options.max == 0 || f->options.max > EDITOR_LINES))
		f->options.max = EDITOR_LINES;
	return start(ctx, f, all_task, all_work, err);
}

RUN(count)
{
	struct finding *f = all_new(ctx, call, err);

	return f && start(ctx, f, count_task, all_work, err);
}

/* --- without running ----------------------------------------------------- */

bool find_is_search(const struct command *command)
{
	return command->run == run_find || command->run == run_find_all ||
	       command->run == run_count;
}

/* Of find-all and count: from the cursor on, around in the range. */
static void set_whole_range(const struct context *ctx, const struct call *call,
                            struct find_plan *plan)
{
	struct search_options *o = &plan->options;
	uint64_t here = ctx->cursor.addr;

	o->end = u64_min(call->end, o->end);
	o->start = u64_min(call->start, o->end);
	o->from = here >= o->start && here < o->end ? here : o->start;
	plan->wrap = true;
}

bool find_read(struct context *ctx, struct call *call, struct find_plan *out,
               struct error *err)
{
	bool one = call->command->run == run_find;
	struct asked asked;
	bool typed = false;

	*out = (struct find_plan){ 0 };
	if (!read_asked(ctx, call, one ? find_letters : all_letters, &asked,
	                &typed, err)) {
		if (!typed && err->code == ERR_SYNTAX && !call_more(call))
			err->code = ERR_NO;
		return false;
	}
	if (!typed) {
		pattern_unref(asked.pattern);
		return error_set(err, ERR_NO, "no pattern");
	}
	out->pattern = asked.pattern;
	out->backward = asked.backward;
	out->options.align = asked.align;
	out->options.end = view_size(session_view(ctx->session));
	if (one)
		set_range(ctx, call, out->backward, &out->options, &out->wrap);
	else
		set_whole_range(ctx, call, out);
	return true;
}
