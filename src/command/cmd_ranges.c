/* cmd_ranges.c - sets of ranges: ranges, next range, prev range */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/found.h"
#include "command/table.h"
#include "open/ranges_file.h"
#include "session.h"
#include "source/source.h"
#include "space/ranges.h"
#include "space/shown.h"

enum {
	EDITOR_LINES = 10000, /* that the editor lists */
	FLUSH_LINES = 1000,
};

/* --- listing ------------------------------------------------------------- */

static uint64_t bytes_of(const struct ranges *ranges)
{
	size_t count = ranges_count(ranges);
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		struct range range = ranges_at(ranges, i);

		sum += ranges_length(&range);
	}
	return sum;
}

static void list_sets(struct context *ctx)
{
	struct output *out = ctx->out;

	for (size_t i = 0; i < ctx->sets.count; i++) {
		const struct set *set = &ctx->sets.v[i];
		uint64_t bytes = bytes_of(set->ranges);
		size_t count = ranges_count(set->ranges);

		if (out->json) {
			json_begin(out);
			json_string(out, "set", set->name);
			json_number(out, "ranges", count);
			json_number(out, "bytes", bytes);
			json_end(out);
		} else {
			output_text(out, "%%%s %zu %" PRIu64 "\n", set->name,
			            count, bytes);
		}
	}
}

/* What no address shows. */
static void list_hidden(struct context *ctx, const struct ranges *ranges)
{
	const struct space *sp = context_space(ctx);
	size_t count = ranges_count(ranges);
	size_t hidden = 0;

	for (size_t i = 0; i < count && !output_failed(ctx->out); i++) {
		struct range range = ranges_at(ranges, i);
		uint64_t addr;

		if (ranges_address(&range, sp, &addr))
			continue;
		hidden++;
		if (!ctx->out->json)
			continue;
		json_begin(ctx->out);
		json_no_addr(ctx->out);
		json_number(ctx->out, "len", ranges_length(&range));
		json_end(ctx->out);
	}
	if (hidden > 0 && !ctx->out->json)
		context_say(ctx, "ranges: %zu range%s not shown now", hidden,
		            hidden == 1 ? " is" : "s are");
}

static bool list_ranges(struct context *ctx, const struct ranges *ranges)
{
	const struct space *sp = context_space(ctx);
	struct shown_walk walk = shown_begin(ranges, sp, 0);
	struct error ignored;
	struct shown s;

	for (size_t n = 1; shown_next(&walk, &s); n++) {
		found_print(ctx->out, sp,
		            &(struct found){ .addr = s.addr, .len = s.len });
		/* A failure is kept by the output. */
		if (n % FLUSH_LINES == 0 && !output_flush(ctx->out, &ignored))
			break;
		if (!ctx->batch && n == EDITOR_LINES) {
			context_say(ctx, "the first %d ranges", EDITOR_LINES);
			return true;
		}
	}
	list_hidden(ctx, ranges);
	if (ranges_count(ranges) == 0)
		ctx->status = 1;
	return true;
}

/* The set that was made or chosen last, counted for the caller. */
static struct ranges *last_set(struct context *ctx, struct error *err)
{
	struct ranges *set = sets_find(&ctx->sets, ctx->sets.last);

	if (set)
		return ranges_ref(set);
	error_set(err, ERR_NO, "there is no set yet (find-all .. as %%NAME)");
	return NULL;
}

static struct ranges *parse(struct context *ctx, struct call *call,
                            struct error *err)
{
	struct units units = context_units(ctx);
	struct ranges *set = sets_parse(&ctx->sets, &call->args, &units,
	                                context_space(ctx), err);

	if (set && !call_end(call, err)) {
		ranges_free(set);
		return NULL;
	}
	return set;
}

/* Is what follows a set's name, and no more? Then choose that set. */
static bool choose(struct context *ctx, const struct call *call)
{
	struct lexer lx = call->args;
	char name[SET_NAME];
	struct error ignored;

	return sets_name(&lx, name, &ignored) && lexer_end(&lx) &&
	       sets_choose(&ctx->sets, name);
}

static bool show(struct context *ctx, struct call *call, struct error *err)
{
	bool more = call_more(call);
	struct ranges *set;
	bool ok;

	/* What is calculated has no name that a panel could show it by. */
	if (ctx->show_panel && (more ? choose(ctx, call) : *ctx->sets.last))
		return ctx->show_panel(ctx, "matches");
	set = more ? parse(ctx, call, err) : last_set(ctx, err);
	ok = set && list_ranges(ctx, set);

	ranges_free(set);
	return ok;
}

/* --- making -------------------------------------------------------------- */

static void say_made(struct context *ctx, const char *name,
                     const struct ranges *set)
{
	if (!ctx->batch)
		context_say(ctx, "%%%s: %zu range%s", name, ranges_count(set),
		            text_plural(ranges_count(set)));
}

/* %NAME = SET */
static bool assign(struct context *ctx, struct call *call, struct error *err)
{
	char name[SET_NAME];
	struct ranges *set;
	bool ok;

	if (!sets_name(&call->args, name, err))
		return false;
	if (!call_more(call) || call->args.line[call->args.pos] != '=')
		return error_at(err, call->args.pos + 1,
		                "%%NAME = SET is meant (ranges show lists it)");
	call->args.pos++;
	set = parse(ctx, call, err);
	ok = set && sets_put(&ctx->sets, name, set, err);
	if (ok)
		say_made(ctx, name, set);
	ranges_free(set);
	return ok;
}

/* The bytes that stand in front, or are selected. */
static bool which_bytes(struct context *ctx, const struct call *call,
                        uint64_t *start, uint64_t *end, struct error *err)
{
	const struct span *span = &call->span;
	uint64_t size = space_size(context_space(ctx));

	if (!span->given)
		return context_selection(ctx, start, end) ||
		       error_set(err, ERR_SYNTAX,
		                 "which bytes? (0x100,+16 ranges add %%NAME)");
	*start = u64_min(span->from.addr, size);
	*end = u64_min(span->single ? span->from.addr + 1 : span->to.addr,
	               size);
	return true;
}

/* A set may be in use elsewhere, so a changed one is a new one. */
static bool add_bytes(struct context *ctx, const char *name, uint64_t start,
                      uint64_t end, struct error *err)
{
	struct ranges *old = sets_find(&ctx->sets, name);
	struct ranges *set = old ? ranges_copy(old, err) : ranges_new(err);
	bool ok = set && shown_add(set, context_space(ctx), start, end, err) &&
	          sets_put(&ctx->sets, name, set, err);

	if (ok)
		say_made(ctx, name, set);
	ranges_free(set);
	return ok;
}

static bool add(struct context *ctx, struct call *call, struct error *err)
{
	char name[SET_NAME];
	uint64_t start, end;

	lexer_blanks(&call->args);
	return sets_name(&call->args, name, err) && call_end(call, err) &&
	       which_bytes(ctx, call, &start, &end, err) &&
	       add_bytes(ctx, name, start, end, err);
}

static bool clear(struct context *ctx, struct call *call, struct error *err)
{
	char name[SET_NAME];
	struct ranges *set;

	if (!call_more(call)) {
		sets_free(&ctx->sets);
		return true;
	}
	set = sets_named(&ctx->sets, &call->args, name, err);
	if (!set || !call_end(call, err)) {
		ranges_free(set);
		return false;
	}
	ranges_free(set);
	sets_remove(&ctx->sets, name);
	return true;
}

/* --- files --------------------------------------------------------------- */

static struct document *by_id(void *arg, uint64_t id)
{
	const struct context *ctx = arg;

	return session_document(ctx->session, id);
}

struct document *document_by_path(void *arg, const char *path)
{
	const struct context *ctx = arg;
	const struct space *sp = context_space(ctx);
	struct identity id;
	struct sys_stat st;

	if (session_sys(ctx->session)->stat(path, &st) < 0)
		return NULL;
	id = identity_of(&st);
	for (size_t i = 0; i < space_segments(sp); i++) {
		struct document *doc = space_segment(sp, i)->doc;

		if (doc && !(document_source(doc)->traits & SOURCE_PRIVATE) &&
		    identity_same(&document_source(doc)->id, &id))
			return doc;
	}
	return NULL;
}

static void say_left_out(struct context *ctx, uint64_t count, const char *why)
{
	if (count > 0)
		context_say(ctx, "ranges: %" PRIu64 " range%s left out: %s",
		            count, text_plural(count), why);
}

static bool add_to_file(struct ranges_file *file, const char *name,
                        struct ranges *ranges, struct error *err)
{
	struct ranges_file_set set;

	if (!mem_grow(&file->v, &file->cap, file->count + 1, sizeof(*file->v),
	              err))
		return false;
	set.name = mem_strdup(name, err);
	if (!set.name)
		return false;
	set.ranges = ranges_ref(ranges);
	file->v[file->count++] = set;
	return true;
}

static bool choose_all(const struct context *ctx, struct ranges_file *file,
                       struct error *err)
{
	for (size_t i = 0; i < ctx->sets.count; i++)
		if (!add_to_file(file, ctx->sets.v[i].name,
		                 ctx->sets.v[i].ranges, err))
			return false;
	return true;
}

/* The sets that are named in a call, or all. */
static bool choose_sets(struct context *ctx, struct call *call,
                        struct ranges_file *file, struct error *err)
{
	if (!call_more(call))
		return choose_all(ctx, file, err);
	while (call_more(call)) {
		char name[SET_NAME];
		struct ranges *set =
			sets_named(&ctx->sets, &call->args, name, err);
		bool ok = set && add_to_file(file, name, set, err);

		ranges_free(set);
		if (!ok)
			return false;
	}
	return true;
}

static bool save(struct context *ctx, struct call *call, struct error *err)
{
	struct ranges_file file = { 0 };
	uint64_t left_out = 0;
	struct word path;
	bool ok;

	if (!call_word(call, &path, err))
		return false;
	ok = choose_sets(ctx, call, &file, err) &&
	     may_make(ctx, call, path.text, "ranges! save", err) &&
	     ranges_file_save(session_sys(ctx->session), path.text, &file,
	                      by_id, ctx, &left_out, err);
	if (ok)
		say_left_out(ctx, left_out, "in no open file");
	ranges_file_free(&file);
	word_free(&path);
	return ok;
}

/* Could the names be typed? */
static bool check_names(const struct ranges_file *file, const char *path,
                        struct error *err)
{
	for (size_t i = 0; i < file->count; i++) {
		if (sets_is_name(file->v[i].name))
			continue;
		error_set(err, ERR_SYNTAX, "%s: '%s' is no name of a set",
		          text_shown(path).s, text_shown(file->v[i].name).s);
		return error_add_path(err, path);
	}
	return true;
}

/* Give all sets their names, or none. */
static bool put_sets(struct context *ctx, const struct ranges_file *file,
                     struct error *err)
{
	struct sets *sets = &ctx->sets;
	struct sets fresh = { 0 };
	bool ok = true;

	for (size_t i = 0; ok && i < sets->count; i++)
		ok = sets_put(&fresh, sets->v[i].name, sets->v[i].ranges, err);
	for (size_t i = 0; ok && i < file->count; i++)
		ok = sets_put(&fresh, file->v[i].name, file->v[i].ranges, err);
	if (!ok) {
		sets_free(&fresh);
		return false;
	}
	if (file->count == 0)
		memcpy(fresh.last, sets->last, sizeof(fresh.last));
	sets_free(sets);
	*sets = fresh;
	return true;
}

static bool load(struct context *ctx, struct call *call, struct error *err)
{
	struct ranges_file file = { 0 };
	uint64_t left_out = 0;
	struct word path;
	bool ok;

	if (!call_word(call, &path, err))
		return false;
	ok = call_end(call, err) &&
	     ranges_file_read(session_sys(ctx->session), path.text,
	                      document_by_path, ctx, call->bang, &file,
	                      &left_out, err) &&
	     check_names(&file, path.text, err);
	ok = ok && put_sets(ctx, &file, err);
	if (ok)
		say_left_out(ctx, left_out, "of files that are not open");
	ranges_file_free(&file);
	word_free(&path);
	return ok;
}

/* --- ranges -------------------------------------------------------------- */

static const struct verb {
	const char *name;
	bool (*run)(struct context *ctx, struct call *call, struct error *err);
	bool range, bang; /* are they taken? */
} verbs[] = {
	{ "show", show, false, false },   { "add", add, true, false },
	{ "clear", clear, false, false }, { "load", load, false, true },
	{ "save", save, false, true },
};

static bool run_verb(struct context *ctx, struct call *call, struct error *err)
{
	struct word word;
	const struct verb *verb = NULL;
	size_t column;

	if (!call_word(call, &word, err))
		return false;
	column = word.column;
	for (size_t i = 0; i < ARRAY_LEN(verbs) && !verb; i++)
		if (strcmp(word.text, verbs[i].name) == 0)
			verb = &verbs[i];
	word_free(&word);
	if (!verb)
		return error_at(err, column, "ranges what? (%s)",
		                call->command->usage);
	if (call->span.given && !verb->range)
		return error_at(err, 1, "ranges %s takes no range", verb->name);
	if (call->bang && !verb->bang)
		return error_at(err, column, "ranges %s takes no '!'",
		                verb->name);
	return verb->run(ctx, call, err);
}

RUN(ranges)
{
	if (call_more(call) && call->args.line[call->args.pos] != '%')
		return run_verb(ctx, call, err);
	if (call->span.given)
		return error_at(err, 1, "ranges takes no range here");
	if (call->bang)
		return error_at(err, call->args.pos,
		                "only ranges! save and ranges! load take '!'");
	if (call_more(call))
		return assign(ctx, call, err);
	list_sets(ctx);
	return true;
}

/* --- next range, prev range ---------------------------------------------- */

static bool step(struct context *ctx, const struct ranges *set, bool forward,
                 uint64_t from, struct shown *out, struct error *err)
{
	const struct space *sp = context_space(ctx);
	struct shown_walk walk;

	if (!forward && shown_last(set, sp, from, out))
		return true;
	walk = shown_begin(set, sp, from < UINT64_MAX ? from + 1 : from);
	if (forward && shown_next(&walk, out))
		return true;
	return error_set(err, ERR_NO, "no range %s here",
	                 forward ? "behind" : "before");
}

/* Go there as find does. */
static void go_to(struct context *ctx, const struct shown *s)
{
	context_jump(ctx, space_place(context_space(ctx), s->addr));
	if (ctx->batch)
		found_print(ctx->out, context_space(ctx),
		            &(struct found){ .addr = s->addr, .len = s->len });
	else if (ctx->selecting != SELECT_STICKY)
		context_select(ctx, s->addr, s->addr + s->len, SELECT_SHIFT);
}

bool range_again(struct context *ctx, const struct ranges *set, bool forward,
                 uint64_t count, struct error *err)
{
	struct shown s = { .addr = ctx->cursor.addr };
	bool ok = true;

	for (; ok && count > 0; count--)
		ok = step(ctx, set, forward, s.addr, &s, err);
	if (ok)
		go_to(ctx, &s);
	return ok;
}

bool go_range(struct context *ctx, struct call *call, bool forward,
              struct error *err)
{
	struct shown s = { .addr = ctx->cursor.addr };
	char name[SET_NAME];
	struct ranges *set;
	uint64_t count = 1;
	bool ok;

	if (call_more(call) && call->args.line[call->args.pos] == '%')
		set = sets_named(&ctx->sets, &call->args, name, err);
	else
		set = last_set(ctx, err);
	ok = set && call_count(call, &count, err) && call_end(call, err);
	for (; ok && count > 0; count--)
		ok = step(ctx, set, forward, s.addr, &s, err);
	if (ok)
		go_to(ctx, &s);
	ranges_free(set);
	return ok;
}
