/*
 * keyname.c - how keys are written
 *
 * A key is packed into one number, so that sequences compare as arrays do and
 * the two spellings of a key cannot differ anywhere but here:
 *
 *	bits 0..20   code point, if bit 21 is clear; else index of a name
 *	bit  21      a named key
 *	bits 24..26  Shift, Meta, Ctrl
 *
 * Space is the character, whatever it is called. F keys are counted behind the
 * names of the table.
 */
#include "config.h"

#include "ui/keyname.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/guess.h"
#include "base/text.h"
#include "ui/span.h"

enum {
	CODE_MASK = 0x1fffff,
	NAMED = 0x200000,
	SHIFT = 0x1000000,
	META = 0x2000000,
	CTRL = 0x4000000,
	MODIFIERS = SHIFT | META | CTRL,
	FUNCTION_KEYS = 24,
};

static const char *const names[] = {
	"Up",       "Down",   "Left",   "Right",     "Home", "End",   "PageUp",
	"PageDown", "Insert", "Delete", "Backspace", "Tab",  "Enter", "Escape",
};

/* Characters that have a name. Their order is that of `char_named`. */
static const char *const char_names[] = { "Space", "lt" };
static const char char_named[] = { ' ', '<' };

/* "F1".."F24", without leading zeros. */
static bool parse_function(struct span s, uint32_t *code)
{
	unsigned n = 0;

	if (s.len < 2 || s.len > 3 || s.p[0] != 'F' || s.p[1] == '0')
		return false;
	for (size_t i = 1; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		n = n * 10 + (unsigned)(s.p[i] - '0');
	}
	if (n > FUNCTION_KEYS)
		return false;
	*code = NAMED | (uint32_t)(ARRAY_LEN(names) + n - 1);
	return true;
}

static bool parse_name(struct span s, uint32_t *code)
{
	for (size_t i = 0; i < ARRAY_LEN(char_names); i++) {
		if (s.p[0] == char_names[i][0] && span_is(s, char_names[i])) {
			*code = (unsigned char)char_named[i];
			return true;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (s.p[0] == names[i][0] && span_is(s, names[i])) {
			*code = NAMED | (uint32_t)i;
			return true;
		}
	}
	return parse_function(s, code);
}

/* Length of the character at s, if it can be a key; else 0. */
static size_t parse_char(struct span s, uint32_t *code)
{
	size_t n = s.len > 0 ? text_decode(s.p, s.len, code) : 0;

	return n > 0 && *code != ' ' && text_is_safe(*code) ? n : 0;
}

static uint32_t modifier(struct span s)
{
	if (s.len < 2 || s.p[1] != '-')
		return 0;
	switch (s.p[0]) {
	case 'C':
		return CTRL;
	case 'M':
		return META;
	case 'S':
		return SHIFT;
	default:
		return 0;
	}
}

/* Length of the modifiers at s. Each may be there once. */
static size_t parse_modifiers(struct span s, uint32_t *mods)
{
	size_t used = 0;

	*mods = 0;
	for (;;) {
		uint32_t m = modifier(span_from(s, used));

		if (m == 0 || (*mods & m))
			return used;
		*mods |= m;
		used += 2;
	}
}

/* Length of the key <..> at s, 0 if there is none. */
static size_t parse_bracket(struct span s, uint32_t *key)
{
	uint32_t mods, code;
	size_t at = 1 + parse_modifiers(span_from(s, 1), &mods);
	struct span rest = span_from(s, at);
	size_t n = parse_char(rest, &code);
	const char *end;

	/* A character first: the '>' of "<M->>" is no end. */
	if (n == 0 || n >= rest.len || rest.p[n] != '>') {
		end = memchr(rest.p, '>', rest.len);
		n = end ? (size_t)(end - rest.p) : 0;
		if (n == 0 || !parse_name((struct span){ rest.p, n }, &code))
			return 0;
	}
	*key = code | mods;
	return at + n + 1;
}

static size_t parse_key(struct span s, uint32_t *key)
{
	if (s.p[0] == '<')
		return parse_bracket(s, key);
	return parse_char(s, key);
}

/* A name that may have been meant by the "<..>" at s, or NULL. */
static const char *guess(struct span s)
{
	const char *all[ARRAY_LEN(names) + ARRAY_LEN(char_names) + 1];
	const char *end = memchr(s.p, '>', s.len);
	uint32_t mods;
	size_t at;

	if (s.p[0] != '<' || !end)
		return NULL;
	memcpy(all, names, sizeof(names));
	memcpy(all + ARRAY_LEN(names), char_names, sizeof(char_names));
	all[ARRAY_LEN(all) - 1] = NULL;
	at = 1 + parse_modifiers(span_from(s, 1), &mods);
	if (s.p + at >= end)
		return NULL;
	return guess_word(s.p + at, (size_t)(end - s.p) - at, all);
}

static bool bad_key(struct span s, struct error *err)
{
	struct text_shown shown = span_shown(s);
	const char *near = guess(s);

	if (near)
		return error_set(err, ERR_SYNTAX,
		                 "bad key at '%s' (did you mean '%s'?)",
		                 shown.s, near);
	if (span_is(s, "<"))
		return error_set(err, ERR_SYNTAX,
		                 "bad key at '<' (did you mean '<lt>'?)");
	return error_set(err, ERR_SYNTAX, "bad key at '%s'", shown.s);
}

bool keyname_parse(const char *text, size_t len, struct key_seq *out,
                   struct error *err)
{
	struct key_seq seq = { .count = 0 };
	struct span s = { text, len };

	if (len == 0)
		return error_set(err, ERR_SYNTAX, "no key");
	while (s.len > 0) {
		uint32_t key;
		size_t n = parse_key(s, &key);

		if (n == 0)
			return bad_key(s, err);
		if (seq.count == KEY_SEQ_MAX)
			return error_set(err, ERR_SYNTAX,
			                 "more than %d keys in a row",
			                 KEY_SEQ_MAX);
		seq.key[seq.count++] = key;
		s.p += n;
		s.len -= n;
	}
	*out = seq;
	return true;
}

static const char *char_name(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_LEN(char_names); i++)
		if (code == (unsigned char)char_named[i])
			return char_names[i];
	return NULL;
}

/* The part between modifiers and '>'. The writers return the new end, where
   they put a NUL. A keymap has two hundred keys at the start, for which formats
   would take longer than all the rest. */
static char *write_code(char *end, uint32_t code)
{
	uint32_t idx = code & ~(uint32_t)NAMED;
	const char *name = code & NAMED ? NULL : char_name(code);

	if (code & NAMED && idx < ARRAY_LEN(names))
		name = names[idx];
	if (name)
		return stpcpy(end, name);
	if (!(code & NAMED)) {
		end += text_encode(end, code);
		*end = '\0';
		return end;
	}
	*end++ = 'F';
	end = text_decimal(end, idx - ARRAY_LEN(names) + 1);
	*end = '\0';
	return end;
}

static char *write_key(char *end, uint32_t key)
{
	static const struct {
		uint32_t bit;
		char letter;
	} modifiers[] = { { CTRL, 'C' }, { META, 'M' }, { SHIFT, 'S' } };
	uint32_t code = key & (CODE_MASK | NAMED);

	if (!(key & (MODIFIERS | NAMED)) && !char_name(code) && code != '#')
		return write_code(end, code);
	*end++ = '<';
	for (size_t i = 0; i < ARRAY_LEN(modifiers); i++) {
		if (!(key & modifiers[i].bit))
			continue;
		*end++ = modifiers[i].letter;
		*end++ = '-';
	}
	return stpcpy(write_code(end, code), ">");
}

size_t keyname_write(char dst[KEY_SEQ_TEXT], const struct key_seq *seq)
{
	char *end = dst;

	*end = '\0';
	for (size_t i = 0; i < seq->count; i++)
		end = write_key(end, seq->key[i]);
	return (size_t)(end - dst);
}

uint32_t keyname_char(uint32_t key)
{
	return key & (MODIFIERS | NAMED) ? 0 : key;
}

/* What arrives instead of Ctrl and a character (xterm and its kin). */
static const struct {
	char c;
	const char *is;
	const char *where;
} same_byte[] = {
	{ 'i', "Tab", "most" },       { 'm', "Enter", "most" },
	{ '[', "Escape", "most" },    { 'j', "Enter", "some" },
	{ '?', "Backspace", "most" }, { '@', "C-Space", "most" },
};

bool keyname_doubt(uint32_t key, char *dst, size_t cap)
{
	struct key_seq one = { .key = { key }, .count = 1 };
	uint32_t code = key & CODE_MASK;
	char text[KEY_SEQ_TEXT];

	if ((key & NAMED) || !(key & (CTRL | SHIFT)) || code == ' ')
		return false;
	(void)keyname_write(text, &one);
	for (size_t i = 0; i < ARRAY_LEN(same_byte); i++) {
		if (key & SHIFT || code != (unsigned char)same_byte[i].c)
			continue;
		snprintf(dst, cap, "%s is %s%s on %s terminals", text,
		         key & META ? "M-" : "", same_byte[i].is,
		         same_byte[i].where);
		return true;
	}
	if (!(key & SHIFT) && code >= 'A' && code <= 'Z') {
		one.key[0] = key + ('a' - 'A');
		snprintf(dst, cap, "%s is ", text);
		(void)keyname_write(text, &one);
		snprintf(dst + strlen(dst), cap - strlen(dst),
		         "%s on most terminals", text);
		return true;
	}
	if (!(key & SHIFT) && (code < '0' || code > '9'))
		return false;
	snprintf(dst, cap, "%s cannot be sent by most terminals", text);
	return true;
}
