/*
 * layout.c - see layout.h
 *
 * One table says which words there are, what they take, and which a gap may
 * have; the command line, the `open` command and layout files all come through
 * it, so that they cannot drift apart. A word is refused when its field has
 * been set: every field tells "not said" from "said to be zero".
 */
#include "config.h"

#include "space/layout.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

static const char memory_scheme[] = "memory:";
static const char gap_scheme[] = "gap:";

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* A number below 2^63. */
static bool parse_length(const char *text, const struct units *units,
                         uint64_t *out, struct error *err)
{
	uint64_t n;

	if (!number_parse(text, units, &n, err))
		return false;
	if (n >= LENGTH_MAX)
		return error_at(err, 1, "%s is more than a file can hold",
		                text_shown(text).s);
	*out = n;
	return true;
}

/* What stands behind the last slash, trailing ones left out. */
static const char *base_name(const char *path, size_t *len)
{
	size_t end = strlen(path);
	size_t from;

	while (end > 1 && path[end - 1] == '/')
		end--;
	from = end;
	while (from > 0 && path[from - 1] != '/')
		from--;
	if (from == end)
		from = 0;
	*len = end - from;
	return path + from;
}

/* The size behind a scheme; columns count in the whole input. */
static bool parse_input_size(struct placement *p, const char *input,
                             const char *scheme, struct error *err)
{
	size_t len = strlen(scheme);

	if (parse_length(input + len, &units_default, &p->input_size, err))
		return true;
	err->column += len;
	return error_prefix(err, "%s", text_shown(input).s);
}

/* The words are taken for what is to come, so that no script of today opens a
   file by them that is something else tomorrow. */
static bool is_scheme_to_come(const char *input)
{
	static const char *const schemes[] = { "nbd://", "nbds://",
		                               "nbd+unix://", "process:" };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (starts_with(input, schemes[i]))
			return true;
	return false;
}

static bool parse_input(struct placement *p, const char *input,
                        struct error *err)
{
	p->input = PLACEMENT_FILE;
	if (*input == '\0')
		return error_at(err, 1, "an empty name");
	if (strcmp(input, "-") == 0)
		p->input = PLACEMENT_STDIN;
	/* Without a scheme, as ten thousand parts of an image are. */
	if (!strchr(input, ':'))
		return true;
	if (starts_with(input, memory_scheme)) {
		p->input = PLACEMENT_MEMORY;
		return parse_input_size(p, input, memory_scheme, err);
	}
	if (starts_with(input, gap_scheme)) {
		p->input = PLACEMENT_GAP;
		return parse_input_size(p, input, gap_scheme, err);
	}
	if (is_scheme_to_come(input))
		return error_set(err, ERR_STATE,
		                 "%s: only files can be opened yet (a file of "
		                 "this name is ./%s)",
		                 text_shown(input).s, text_shown(input).s);
	return true;
}

/* With nothing said but its words. */
static struct placement *make(const char *path, const char *name,
                              size_t name_len, struct error *err)
{
	size_t len = strlen(path);
	struct placement *p = mem_zalloc(sizeof(*p) + len + name_len + 2, err);

	if (!p)
		return NULL;
	atomic_init(&p->refs, 1);
	p->path = memcpy(p->text, path, len);
	p->name = memcpy(p->text + len + 1, name, name_len);
	return p;
}

struct placement *placement_new(const char *input, struct error *err)
{
	size_t name_len;
	const char *name = base_name(input, &name_len);
	struct placement *p = make(input, name, name_len, err);

	if (p && parse_input(p, input, err))
		return p;
	placement_unref(p);
	return NULL;
}

void placement_set_path(struct placement *p, char *path)
{
	mem_free(p->own_path);
	p->path = p->own_path = path;
}

struct placement *placement_ref(struct placement *p)
{
	atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
	return p;
}

void placement_unref(struct placement *p)
{
	if (!p ||
	    atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) > 1)
		return;
	document_unref(p->doc);
	mem_free(p->own_path);
	mem_free(p->own_name);
	mem_free(p);
}

struct placement *placement_with(const struct placement *p,
                                 struct document *doc, struct error *err)
{
	struct placement *copy = make(p->path, p->name, strlen(p->name), err);
	const char *path, *name;

	if (!copy)
		return NULL;
	path = copy->path;
	name = copy->name;
	memcpy(copy, p, offsetof(struct placement, text));
	copy->path = path;
	copy->name = name;
	copy->own_path = copy->own_name = NULL;
	copy->doc = document_ref(doc);
	atomic_init(&copy->refs, 1);
	return copy;
}

static bool said_twice(struct error *err)
{
	return error_set(err, ERR_SYNTAX, "said twice");
}

/* The number behind an optional sign; *sign is '+', '-' or 0. */
static bool parse_signed(const char *value, const struct units *units,
                         char *sign, uint64_t *out, struct error *err)
{
	bool has_sign = *value == '+' || *value == '-';

	*sign = has_sign ? *value : '\0';
	if (number_parse(value + has_sign, units, out, err))
		return true;
	err->column += has_sign;
	return false;
}

static bool set_at(struct placement *p, const char *value,
                   const struct units *units, struct error *err)
{
	uint64_t n;
	char sign;

	if (p->at != AT_NEXT)
		return said_twice(err);
	if (!parse_signed(value, units, &sign, &n, err))
		return false;
	if (!sign && n > SPACE_MAX)
		return error_at(err, 1, "%s is past the last address",
		                text_shown(value).s);
	p->at = sign == '+' ? AT_AFTER : sign == '-' ? AT_END : AT_ADDR;
	p->at_value = n;
	return true;
}

static bool set_skip(struct placement *p, const char *value,
                     const struct units *units, struct error *err)
{
	bool minus = *value == '-';
	uint64_t n = 0;

	if (p->has_skip)
		return said_twice(err);
	if (!parse_length(value + minus, units, &n, err)) {
		err->column += minus;
		return false;
	}
	p->has_skip = true;
	p->skip_from_end = minus;
	p->skip = n;
	return true;
}

static bool set_size(struct placement *p, const char *value,
                     const struct units *units, struct error *err)
{
	if (p->has_size)
		return said_twice(err);
	if (!parse_length(value, units, &p->size, err))
		return false;
	p->has_size = true;
	return true;
}

static bool set_access(struct placement *p, enum access access,
                       struct error *err)
{
	if (p->access != ACCESS_DEFAULT)
		return error_set(err, ERR_SYNTAX,
		                 "the access has been given already");
	p->access = access;
	return true;
}

static bool set_ro(struct placement *p, const char *value,
                   const struct units *units, struct error *err)
{
	(void)value;
	(void)units;
	return set_access(p, ACCESS_READ, err);
}

static bool set_rw(struct placement *p, const char *value,
                   const struct units *units, struct error *err)
{
	(void)value;
	(void)units;
	return set_access(p, ACCESS_WRITE, err);
}

static bool set_copy(struct placement *p, const char *value,
                     const struct units *units, struct error *err)
{
	(void)value;
	(void)units;
	return set_access(p, ACCESS_COPY, err);
}

static bool set_over(struct placement *p, const char *value,
                     const struct units *units, struct error *err)
{
	(void)units;
	if (p->over != OVER_NO)
		return said_twice(err);
	if (value && strcmp(value, "verify") != 0)
		return error_at(err, 1, "only \"verify\" may follow");
	if (value && p->input == PLACEMENT_GAP)
		return error_at(err, 1, "a gap has no bytes to compare");
	p->over = value ? OVER_VERIFY : OVER_COVER;
	return true;
}

static bool set_name(struct placement *p, const char *value,
                     const struct units *units, struct error *err)
{
	char *name;

	(void)units;
	if (p->named)
		return said_twice(err);
	if (*value == '\0')
		return error_at(err, 1, "an empty name");
	name = mem_strdup(value, err);
	if (!name)
		return false;
	p->name = p->own_name = name;
	p->named = true;
	return true;
}

enum { VALUE_NO, VALUE_YES, VALUE_MAYBE = -1, WORD_UNKNOWN = -2 };

static const struct rule {
	const char *word;
	int takes; /* as placement_word() returns it */
	bool gap;  /* may a gap have it? */
	bool (*set)(struct placement *p, const char *value,
	            const struct units *units, struct error *err);
} rules[] = {
	{ "at", VALUE_YES, true, set_at },
	{ "skip", VALUE_YES, false, set_skip },
	{ "size", VALUE_YES, false, set_size },
	{ "ro", VALUE_NO, false, set_ro },
	{ "rw", VALUE_NO, false, set_rw },
	{ "copy", VALUE_NO, false, set_copy },
	{ "over", VALUE_MAYBE, true, set_over },
	{ "name", VALUE_YES, false, set_name },
};

static const struct rule *find_rule(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (strcmp(rules[i].word, word) == 0)
			return &rules[i];
	}
	return NULL;
}

int placement_word(const char *word)
{
	const struct rule *rule = find_rule(word);

	return rule ? rule->takes : WORD_UNKNOWN;
}

bool placement_set(struct placement *p, const char *word, const char *value,
                   const struct units *units, struct error *err)
{
	const struct rule *rule = find_rule(word);

	if (!rule)
		return error_set(err, ERR_SYNTAX, "unknown word \"%s\"",
		                 text_shown(word).s);
	if (p->input == PLACEMENT_GAP && !rule->gap)
		return error_set(err, ERR_SYNTAX, "%s: not for a gap", word);
	if (!value && rule->takes == VALUE_YES)
		return error_set(err, ERR_SYNTAX, "%s: the value is missing",
		                 word);
	if (value && rule->takes == VALUE_NO)
		return error_at(err, 1, "%s: takes no value", word);
	return rule->set(p, value, units, err) || error_prefix(err, "%s", word);
}

/* Move an error's column in a word's text to the line. Escapes in a quoted word
   are longer than what they stand for: there the word is as near as we come. */
static void locate(struct error *err, const struct word *w, size_t fallback)
{
	if (err->code != ERR_SYNTAX)
		return;
	if (err->column == 0)
		err->column = fallback;
	else if (w->quoted)
		err->column = w->column;
	else
		err->column += w->column - 1;
}

/* A path or a name with a NUL in it would be cut short by all that follows. */
static bool refuse_nul(const struct words *words, struct error *err)
{
	for (size_t i = 0; i < words->count; i++) {
		const struct word *w = &words->v[i];

		if (memchr(w->text, '\0', w->len))
			return error_at(err, w->column, "a NUL byte");
	}
	return true;
}

/* The word at *idx with its value; *idx moves behind them. */
static bool parse_word(struct placement *p, const struct words *words,
                       size_t *idx, const struct units *units,
                       struct error *err)
{
	const struct word *word = &words->v[(*idx)++];
	const struct word *value = NULL;
	int takes = placement_word(word->text);

	if (*idx < words->count &&
	    (takes == VALUE_YES ||
	     (takes == VALUE_MAYBE &&
	      strcmp(words->v[*idx].text, "verify") == 0)))
		value = &words->v[(*idx)++];
	if (placement_set(p, word->text, value ? value->text : NULL, units,
	                  err))
		return true;
	locate(err, value ? value : word, word->column);
	return false;
}

struct placement *placement_parse(const struct words *words,
                                  const struct units *units, struct error *err)
{
	struct placement *p;
	size_t idx = 1;

	if (words->count == 0) {
		error_set(err, ERR_SYNTAX, "the input is missing");
		return NULL;
	}
	if (!refuse_nul(words, err))
		return NULL;
	p = placement_new(words->v[0].text, err);
	if (!p) {
		locate(err, &words->v[0], words->v[0].column);
		return NULL;
	}
	while (idx < words->count) {
		if (!parse_word(p, words, &idx, units, err)) {
			placement_unref(p);
			return NULL;
		}
	}
	return p;
}

/* Print one character, or one byte that is none; returns its length. */
static size_t print_char(const char *s, size_t len, FILE *out)
{
	uint32_t cp;
	size_t n = text_decode(s, len, &cp);

	if (*s == '"' || *s == '\\')
		fprintf(out, "\\%c", *s);
	else if (n > 0 && text_is_safe(cp))
		fwrite(s, 1, n, out);
	else
		fprintf(out, "\\x%02x", (unsigned char)*s);
	return n > 0 && text_is_safe(cp) ? n : 1;
}

/* Does this stand for itself without quotes? Beyond what the lexer asks for,
   ';' is quoted for the sake of command lines. */
static bool is_plain(const char *s, size_t len)
{
	if (len == 0 || *s == '#')
		return false;
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t cp;

		n = text_decode(s + i, len - i, &cp);
		if (n == 0 || !text_is_safe(cp) || strchr(" \";\\", s[i]))
			return false;
	}
	return true;
}

static void print_word(const char *s, FILE *out)
{
	size_t len = strlen(s);

	if (is_plain(s, len)) {
		fputs(s, out);
		return;
	}
	fputc('"', out);
	for (size_t i = 0; i < len;)
		i += print_char(s + i, len - i, out);
	fputc('"', out);
}

static const char *at_sign(enum at at)
{
	return at == AT_AFTER ? "+" : at == AT_END ? "-" : "";
}

/* Numbers are written in hex with 0x, which reads the same in every radix. */
void placement_print(const struct placement *p, const char *path, FILE *out)
{
	static const char *const access_words[] = {
		[ACCESS_DEFAULT] = "",
		[ACCESS_READ] = " ro",
		[ACCESS_WRITE] = " rw",
		[ACCESS_COPY] = " copy",
	};

	print_word(path, out);
	if (p->at != AT_NEXT)
		fprintf(out, " at %s0x%" PRIx64, at_sign(p->at), p->at_value);
	if (p->has_skip)
		fprintf(out, " skip %s0x%" PRIx64, p->skip_from_end ? "-" : "",
		        p->skip);
	if (p->has_size)
		fprintf(out, " size 0x%" PRIx64, p->size);
	fputs(access_words[p->access], out);
	if (p->over != OVER_NO)
		fputs(p->over == OVER_VERIFY ? " over verify" : " over", out);
	if (p->named) {
		fputs(" name ", out);
		print_word(p->name, out);
	}
}

bool layout_push(struct layout *layout, struct placement *p, struct error *err)
{
	if (!mem_grow(&layout->v, &layout->cap, layout->count + 1,
	              sizeof(struct placement *), err))
		return false;
	layout->v[layout->count++] = p;
	return true;
}

bool layout_add(struct layout *layout, struct placement *p, struct error *err)
{
	bool numbered = p->input != PLACEMENT_GAP && p->number == 0;

	if (numbered && layout->last_number == UINT32_MAX)
		return error_set(err, ERR_RANGE, "no segment number is left");
	if (!layout_push(layout, p, err))
		return false;
	if (numbered)
		p->number = layout->last_number + 1;
	if (p->number > layout->last_number)
		layout->last_number = p->number;
	return true;
}

bool layout_copy(const struct layout *from, struct layout *to,
                 struct error *err)
{
	struct placement **v =
		mem_resize(NULL, from->count, sizeof(struct placement *), err);

	if (!v)
		return false;
	for (size_t i = 0; i < from->count; i++)
		v[i] = placement_ref(from->v[i]);
	*to = (struct layout){
		.v = v,
		.count = from->count,
		.cap = from->count,
		.last_number = from->last_number,
	};
	return true;
}

void layout_remove(struct layout *layout, size_t idx)
{
	assert(idx < layout->count);
	placement_unref(layout->v[idx]);
	layout->count--;
	memmove(&layout->v[idx], &layout->v[idx + 1],
	        (layout->count - idx) * sizeof(struct placement *));
}

void layout_clear(struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++)
		placement_unref(layout->v[i]);
	mem_free(layout->v);
	layout->v = NULL;
	layout->count = 0;
	layout->cap = 0;
}
