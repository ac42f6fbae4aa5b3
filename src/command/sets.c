/* sets.c - see sets.h */
#include "config.h"

#include "command/sets.h"

#include <ctype.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "space/ranges.h"
#include "space/shown.h"

enum { DEPTH = 32 }; /* of parentheses */

void sets_free(struct sets *sets)
{
	for (size_t i = 0; i < sets->count; i++) {
		mem_free(sets->v[i].name);
		ranges_free(sets->v[i].ranges);
	}
	mem_free(sets->v);
	*sets = (struct sets){ 0 };
}

/* Where a name is or belongs. */
static size_t search(const struct sets *sets, const char *name)
{
	size_t i = 0;

	while (i < sets->count && strcmp(sets->v[i].name, name) < 0)
		i++;
	return i;
}

static bool is_at(const struct sets *sets, size_t idx, const char *name)
{
	return idx < sets->count && strcmp(sets->v[idx].name, name) == 0;
}

struct ranges *sets_find(const struct sets *sets, const char *name)
{
	size_t i = search(sets, name);

	return is_at(sets, i, name) ? sets->v[i].ranges : NULL;
}

static bool insert(struct sets *sets, size_t at, const char *name,
                   struct error *err)
{
	char *copy;

	if (!mem_grow(&sets->v, &sets->cap, sets->count + 1, sizeof(*sets->v),
	              err))
		return false;
	copy = mem_strdup(name, err);
	if (!copy)
		return false;
	memmove(&sets->v[at + 1], &sets->v[at],
	        (sets->count - at) * sizeof(*sets->v));
	sets->v[at] = (struct set){ .name = copy };
	sets->count++;
	return true;
}

bool sets_put(struct sets *sets, const char *name, struct ranges *ranges,
              struct error *err)
{
	size_t i = search(sets, name);
	struct ranges *old;

	if (!is_at(sets, i, name) && !insert(sets, i, name, err))
		return false;
	old = sets->v[i].ranges;
	sets->v[i].ranges = ranges_ref(ranges);
	ranges_free(old);
	memcpy(sets->last, sets->v[i].name, strlen(name) + 1);
	return true;
}

void sets_remove(struct sets *sets, const char *name)
{
	size_t i = search(sets, name);

	if (!is_at(sets, i, name))
		return;
	if (strcmp(sets->last, name) == 0)
		sets->last[0] = '\0';
	mem_free(sets->v[i].name);
	ranges_free(sets->v[i].ranges);
	sets->count--;
	memmove(&sets->v[i], &sets->v[i + 1],
	        (sets->count - i) * sizeof(*sets->v));
}

bool sets_choose(struct sets *sets, const char *name)
{
	size_t i = search(sets, name);

	if (!is_at(sets, i, name))
		return false;
	memcpy(sets->last, name, strlen(name) + 1);
	return true;
}

bool sets_step(struct sets *sets, bool forward)
{
	size_t i = search(sets, sets->last);
	const char *name;
	bool known = is_at(sets, i, sets->last);

	if (sets->count == 0)
		return false;
	/* One that was dropped leaves its place between two others. */
	i += forward ? known : sets->count - 1;
	name = sets->v[i % sets->count].name;
	memcpy(sets->last, name, strlen(name) + 1);
	return true;
}

/* --- names --------------------------------------------------------------- */

static char peek(const struct lexer *lx)
{
	return lx->pos < lx->len ? lx->line[lx->pos] : '\0';
}

static bool is_name_char(char c, bool first)
{
	return isalpha((unsigned char)c) || c == '_' ||
	       (!first && (isdigit((unsigned char)c) || c == '-' || c == '.'));
}

bool sets_is_name(const char *name)
{
	size_t len = 0;

	while (is_name_char(name[len], len == 0))
		len++;
	return len > 0 && len < SET_NAME && name[len] == '\0';
}

bool sets_name(struct lexer *lx, char name[static SET_NAME], struct error *err)
{
	const char *text = lx->line + lx->pos + 1;
	size_t len = 0;

	if (peek(lx) != '%')
		return error_at(err, lx->pos + 1,
		                "a set of ranges is named %%NAME");
	while (len < lx->len - lx->pos - 1 && is_name_char(text[len], len == 0))
		len++;
	if (len == 0 || len >= SET_NAME)
		return error_at(err, lx->pos + 2,
		                "a set's name is a letter, and up to %d "
		                "letters, digits, - _ .",
		                SET_NAME - 2);
	memcpy(name, text, len);
	name[len] = '\0';
	lx->pos += len + 1;
	return true;
}

struct ranges *sets_named(const struct sets *sets, struct lexer *lx,
                          char name[static SET_NAME], struct error *err)
{
	size_t column = lx->pos + 1;
	struct ranges *found;

	if (!sets_name(lx, name, err))
		return NULL;
	found = sets_find(sets, name);
	if (found)
		return ranges_ref(found);
	error_set(err, ERR_RANGE, "there is no set %%%s", name);
	err->column = column;
	return NULL;
}

/* --- expressions --------------------------------------------------------- */

struct parser {
	const struct sets *sets;
	const struct units *units;
	const struct space *sp;
	struct lexer *lx;
	unsigned depth;
	struct error *err;
};

enum op { OP_NONE, OP_AND, OP_OR, OP_MINUS, OP_WITHIN };

/* Go behind a word if it is the next one. */
static bool take_word(struct lexer *lx, const char *word)
{
	struct lexer at = *lx;
	size_t len = strlen(word);

	lexer_blanks(&at);
	if (at.len - at.pos < len || memcmp(at.line + at.pos, word, len) != 0)
		return false;
	at.pos += len;
	if (is_name_char(peek(&at), false))
		return false;
	*lx = at;
	return true;
}

/* The operator that comes next, and the distance of within. */
static bool parse_operator(struct parser *p, enum op *op, uint64_t *dist)
{
	*op = take_word(p->lx, "and")      ? OP_AND
	      : take_word(p->lx, "or")     ? OP_OR
	      : take_word(p->lx, "minus")  ? OP_MINUS
	      : take_word(p->lx, "within") ? OP_WITHIN
	                                   : OP_NONE;
	if (*op != OP_WITHIN)
		return true;
	lexer_blanks(p->lx);
	if (!lexer_number(p->lx, p->units, dist, p->err))
		return false;
	return take_word(p->lx, "of") ||
	       error_at(p->err, p->lx->pos + 1, "within N of .. is meant");
}

static struct ranges *calculate(const struct parser *p, enum op op,
                                const struct ranges *a, const struct ranges *b,
                                uint64_t dist)
{
	switch (op) {
	case OP_AND:
		return ranges_and(a, b, p->err);
	case OP_OR:
		return ranges_or(a, b, p->err);
	case OP_MINUS:
		return ranges_minus(a, b, p->err);
	default:
		return shown_within(a, b, dist, p->sp, p->err);
	}
}

static struct ranges *parse_set(struct parser *p);

static struct ranges *parse_parentheses(struct parser *p)
{
	struct ranges *set;

	if (p->depth == DEPTH) {
		error_at(p->err, p->lx->pos + 1,
		         "more than %d parentheses in one another", DEPTH);
		return NULL;
	}
	p->lx->pos++;
	p->depth++;
	set = parse_set(p);
	p->depth--;
	if (!set)
		return NULL;
	lexer_blanks(p->lx);
	if (peek(p->lx) == ')') {
		p->lx->pos++;
		return set;
	}
	error_at(p->err, p->lx->pos + 1, "')' expected");
	ranges_free(set);
	return NULL;
}

static struct ranges *parse_term(struct parser *p)
{
	char name[SET_NAME];

	lexer_blanks(p->lx);
	if (peek(p->lx) == '(')
		return parse_parentheses(p);
	return sets_named(p->sets, p->lx, name, p->err);
}

static struct ranges *parse_set(struct parser *p)
{
	struct ranges *set = parse_term(p);

	while (set) {
		enum op op;
		struct ranges *right;
		struct ranges *result;
		uint64_t dist = 0;
		bool ok = parse_operator(p, &op, &dist);

		if (ok && op == OP_NONE)
			return set;
		right = ok ? parse_term(p) : NULL;
		result = right ? calculate(p, op, set, right, dist) : NULL;
		ranges_free(right);
		ranges_free(set);
		set = result;
	}
	return NULL;
}

struct ranges *sets_parse(const struct sets *sets, struct lexer *lx,
                          const struct units *units, const struct space *sp,
                          struct error *err)
{
	return parse_set(&(struct parser){ sets, units, sp, lx, .err = err });
}

struct ranges *sets_term(const struct sets *sets, struct lexer *lx,
                         const struct units *units, const struct space *sp,
                         struct error *err)
{
	return parse_term(&(struct parser){ sets, units, sp, lx, .err = err });
}
