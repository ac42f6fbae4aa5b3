/* asked.c - see asked.h */
#include "config.h"

#include "command/asked.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/table.h"
#include "find/pattern.h"
#include "space/ranges.h"

/* A pointer, as refs is asked for. */
struct pointer {
	char type[8]; /* u32le ..; "": what fits */
	bool has_to;
	uint64_t to, base;
};

/* The arguments of a call while they are read. */
struct reading {
	struct context *ctx;
	struct call *call;
	struct lexer *lx;
	const char *letters; /* the options that there are */
	bool lists;          /* may `as` stand there? */
	bool refs;           /* is the operand an address? */
	bool replaces;       /* is there a value behind the pattern? */
	bool has_value;
	struct asked asked;
	struct pattern_options options;
	bool has_pattern;
	struct lexer pattern; /* where it stands, if has_pattern */
	struct pointer pointer;
	struct error *err;
};

/* Options of one letter that take a value. */
static const char valued[] = "naetr";

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

/* The types that a pointer may have. */
static const struct type {
	const char *name;
	uint64_t size;
} types[] = {
	{ "u16le", 2 }, { "u16be", 2 }, { "u32le", 4 },
	{ "u32be", 4 }, { "u64le", 8 }, { "u64be", 8 },
};

static bool read_type(struct reading *r)
{
	const char *text = r->lx->line + r->lx->pos;
	size_t n = 0;

	while (!is_end(peek(r->lx, n)))
		n++;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (strlen(types[i].name) != n ||
		    memcmp(types[i].name, text, n) != 0)
			continue;
		snprintf(r->pointer.type, sizeof(r->pointer.type), "%s",
		         types[i].name);
		r->lx->pos += n;
		return true;
	}
	return fail(r, "a pointer is u16le, u16be, u32le .. u64be");
}

static bool read_address(struct reading *r, uint64_t *addr)
{
	struct scope scope = context_scope(r->ctx);
	struct place place;

	if (!address_parse(r->lx, &scope, false, &place, r->err))
		return false;
	*addr = place.addr;
	return is_end(peek(r->lx, 0)) || fail(r, "a blank must follow");
}

/* --in SET, --not-in SET */
static bool read_set(struct reading *r, struct ranges **set)
{
	ranges_free(*set);
	*set = sets_term(&r->ctx->sets, r->lx, r->options.numbers.units,
	                 context_space(r->ctx), r->err);
	return *set &&
	       (is_end(peek(r->lx, 0)) || fail(r, "a blank must follow"));
}

/* Is this word next? Then go behind it. */
static bool take_word(struct reading *r, const char *word)
{
	size_t len = strlen(word);

	if (r->lx->len - r->lx->pos < len ||
	    memcmp(r->lx->line + r->lx->pos, word, len) != 0 ||
	    !is_end(peek(r->lx, len)))
		return false;
	r->lx->pos += len;
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
	case 't':
		return read_type(r);
	case 'r':
		return read_address(r, &r->pointer.base);
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
		r->asked.asks |= letter == 'q';
		r->asked.shows |= letter == 'p';
		r->options.caseless |= letter == 'i';
		r->options.word |= letter == 'w';
		if (!strchr(valued, letter))
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

/* Note where a value stands, and go behind it. */
static void skip_value(struct reading *r, struct lexer *value)
{
	lexer_blanks(r->lx);
	*value = *r->lx;
	skip_pattern(r->lx, false);
}

/* More words than are taken: if the first was no pattern, then that is what is
   wrong, as with a text of two words that is not quoted. */
static bool too_many(struct reading *r)
{
	struct pattern *pattern = NULL;

	if (r->has_pattern) {
		struct lexer lx = r->pattern;

		pattern = pattern_parse(&lx, &r->options, r->err);
		if (!pattern)
			return false;
	}
	pattern_unref(pattern);
	return usage(r, "unexpected text");
}

/* The pattern, or the address of refs; then a value. */
static bool read_operand(struct reading *r)
{
	bool again = r->has_pattern || r->pointer.has_to;

	if (again && r->replaces && !r->has_value) {
		r->has_value = true;
		skip_value(r, &r->asked.value);
		return true;
	}
	if (again)
		return too_many(r);
	if (r->refs) {
		r->pointer.has_to = true;
		return read_address(r, &r->pointer.to);
	}
	r->has_pattern = true;
	r->pattern = *r->lx;
	skip_pattern(r->lx, r->call->slash);
	return true;
}

/* as %NAME */
static bool read_as(struct reading *r)
{
	if (r->asked.as[0])
		return fail(r, "as: said twice");
	lexer_blanks(r->lx);
	return sets_name(r->lx, r->asked.as, r->err) &&
	       (is_end(peek(r->lx, 0)) || fail(r, "a blank must follow"));
}

/* A word that begins with '-'. */
static bool read_dash(struct reading *r, bool *ended)
{
	if (take_word(r, "--")) {
		*ended = true;
		return true;
	}
	if (take_word(r, "--in"))
		return read_set(r, &r->asked.in);
	if (take_word(r, "--not-in"))
		return read_set(r, &r->asked.not_in);
	if (r->replaces && take_word(r, "--pad")) {
		r->asked.has_pad = true;
		skip_value(r, &r->asked.pad);
		return true;
	}
	return read_options(r);
}

static bool read_words(struct reading *r)
{
	bool ended = false; /* by "--" */

	while (!lexer_end(r->lx)) {
		bool ok;

		if (!ended && peek(r->lx, 0) == '-')
			ok = read_dash(r, &ended);
		else if (r->lists && take_word(r, "as"))
			ok = read_as(r);
		else
			ok = read_operand(r);
		if (!ok)
			return false;
	}
	return true;
}

/* The last pattern, with what stood with it unless that was asked for. */
static bool take_last(struct reading *r)
{
	const struct context *ctx = r->ctx;
	struct asked *asked = &r->asked;

	if (!ctx->last_pattern)
		return usage(r, "a pattern is needed");
	if (r->options.charset_count > 0 || r->options.caseless ||
	    r->options.word)
		return usage(r, "-e, -i and -w need a pattern");
	asked->pattern = pattern_ref(ctx->last_pattern);
	if (asked->align.step == 0)
		asked->align = ctx->last_aligned;
	if (!asked->in && !asked->not_in) {
		asked->in = ctx->last_in ? ranges_ref(ctx->last_in) : NULL;
		asked->not_in =
			ctx->last_not_in ? ranges_ref(ctx->last_not_in) : NULL;
	}
	return true;
}

static void remember_set(struct ranges **last, struct ranges *set)
{
	struct ranges *old = *last;

	*last = set ? ranges_ref(set) : NULL;
	ranges_free(old);
}

void asked_remember(struct context *ctx, const struct asked *asked)
{
	struct pattern *old = ctx->last_pattern;

	ctx->last_pattern = pattern_ref(asked->pattern);
	pattern_unref(old);
	ctx->last_aligned = asked->align;
	remember_set(&ctx->last_in, asked->in);
	remember_set(&ctx->last_not_in, asked->not_in);
}

/* Hand out what was read, or drop it. */
static bool finish(struct reading *r, bool ok, struct asked *out)
{
	*out = r->asked;
	if (!ok)
		asked_free(out);
	out->typed = r->has_pattern;
	return ok;
}

static struct reading reading_of(struct context *ctx, struct call *call,
                                 const char *letters, struct units *units,
                                 struct error *err)
{
	return (struct reading){
		.ctx = ctx,
		.call = call,
		.lx = &call->args,
		.letters = letters,
		.options = {
			.open_end = call->slash,
			.numbers = { units, eval, ctx },
			.patterns = ctx->patterns,
		},
		.err = err,
	};
}

bool asked_replaces(const struct command *command)
{
	return command->run == run_replace || command->run == run_replace_all;
}

bool asked_read(struct context *ctx, struct call *call, const char *letters,
                bool lists, struct asked *out, struct error *err)
{
	struct units units = context_units(ctx);
	struct reading r = reading_of(ctx, call, letters, &units, err);
	bool ok;

	r.lists = lists;
	r.replaces = asked_replaces(call->command);
	r.asked.backward = call->slash && peek(r.lx, 0) == '?';
	/* Nothing behind the '/': the last pattern. */
	r.lx->pos += call->slash && r.lx->len - r.lx->pos == 1;
	ok = read_words(&r);
	if (ok && r.has_pattern) {
		r.asked.pattern = pattern_parse(&r.pattern, &r.options, err);
		ok = r.asked.pattern != NULL;
	} else if (ok) {
		ok = take_last(&r);
	}
	return finish(&r, ok, out);
}

bool asked_replace(struct context *ctx, struct call *call, const char *letters,
                   struct asked *out, struct error *err)
{
	struct units units = context_units(ctx);
	struct reading r = reading_of(ctx, call, letters, &units, err);
	bool ok;

	r.replaces = true;
	ok = read_words(&r);
	if (ok && !r.has_pattern)
		ok = usage(&r, "a pattern is needed");
	if (ok && !r.has_value)
		ok = usage(&r, "a value is needed to replace it by");
	if (ok)
		r.asked.pattern = pattern_parse(&r.pattern, &r.options, err);
	return finish(&r, ok && r.asked.pattern, out);
}

/* The type of a pointer: the one asked for, or the first that has room. */
static const struct type *type_of(const struct pointer *pointer, uint64_t value)
{
	if (!pointer->type[0])
		return value <= UINT32_MAX ? &types[2] : &types[4];
	for (size_t i = 0;; i++)
		if (strcmp(types[i].name, pointer->type) == 0)
			return &types[i];
}

/* The pattern of a pointer, aligned to its size unless asked otherwise. */
static bool make_pointer(struct reading *r)
{
	const struct pointer *p = &r->pointer;
	uint64_t to = p->has_to ? p->to : r->ctx->cursor.addr;
	const struct type *type;
	struct lexer lx;
	char text[40];

	if (to < p->base)
		return error_set(r->err, ERR_RANGE,
		                 "0x%" PRIx64 " lies before 0x%" PRIx64
		                 ", which -r counts from",
		                 to, p->base);
	type = type_of(p, to - p->base);
	snprintf(text, sizeof(text), "%s:0x%" PRIx64, type->name, to - p->base);
	if (r->asked.align.step == 0)
		r->asked.align.step = type->size;
	lx = lexer_of(text, strlen(text));
	r->asked.pattern = pattern_parse(&lx, &r->options, r->err);
	if (!r->asked.pattern)
		r->err->column = 0; /* it is not one of the command line's */
	return r->asked.pattern != NULL;
}

bool asked_refs(struct context *ctx, struct call *call, struct asked *out,
                struct error *err)
{
	struct units units = context_units(ctx);
	struct reading r = reading_of(ctx, call, "natr", &units, err);

	r.lists = true;
	r.refs = true;
	return finish(&r, read_words(&r) && make_pointer(&r), out);
}

bool asked_again(struct context *ctx, struct asked *out, struct error *err)
{
	if (!ctx->last_pattern)
		return error_set(err, ERR_NO, "nothing was sought yet (find)");
	*out = (struct asked){
		.pattern = pattern_ref(ctx->last_pattern),
		.align = ctx->last_aligned,
		.in = ctx->last_in ? ranges_ref(ctx->last_in) : NULL,
		.not_in =
			ctx->last_not_in ? ranges_ref(ctx->last_not_in) : NULL,
	};
	return true;
}

void asked_free(struct asked *asked)
{
	pattern_unref(asked->pattern);
	ranges_free(asked->in);
	ranges_free(asked->not_in);
	*asked = (struct asked){ 0 };
}
