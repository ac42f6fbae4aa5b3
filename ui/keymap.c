/*
 * keymap.c - from keys to command lines
 *
 * What is bound stands in a keytable, whose invariants (T1..T3) make lookup a
 * binary search in each mode. On top of them:
 *
 *   M1  no binding begins with a key that is data in its mode, since data is
 *       never taken for a command
 *   M2  a command line is not empty, has no control character but tabs, no
 *       blanks around it and no comment: printed, it reads back the same
 */
#include "config.h"

#include "ui/keymap.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "ui/keyname.h"
#include "ui/keytable.h"
#include "ui/span.h"

enum { REPORT_TEXT = ERROR_TEXT + 320 }; /* with a file's name and line */

struct keymap {
	struct keytable table;
	bool starts_normal;
	bool counts;
};

static const char *const mode_names[] = {
	[MODE_GLOBAL] = "global", [MODE_NORMAL] = "normal",
	[MODE_HEX] = "hex",       [MODE_TEXT] = "text",
	[MODE_SELECT] = "select", [MODE_LIST] = "list",
	[MODE_PROMPT] = "prompt", [MODE_DIALOG] = "dialog",
	[MODE_PAGER] = "pager",
};

const char *key_mode_name(enum key_mode mode)
{
	assert((unsigned)mode < MODE_COUNT);
	return mode_names[mode];
}

bool key_mode_parse(const char *name, enum key_mode *mode)
{
	for (unsigned i = 0; i < MODE_COUNT; i++) {
		if (strcmp(mode_names[i], name) == 0) {
			*mode = (enum key_mode)i;
			return true;
		}
	}
	return false;
}

/* Is this key data in the mode, and so never the first of a binding? */
static bool is_data(unsigned mode, uint32_t key)
{
	uint32_t c = keyname_char(key);

	if (c == 0)
		return false;
	if (mode == MODE_TEXT || mode == MODE_PROMPT)
		return true;
	return mode == MODE_HEX &&
	       ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	        (c >= 'A' && c <= 'F'));
}

/* The modes that a key is looked up in, nearest first. Returns how many. */
static size_t modes_of(enum key_mode mode, enum key_mode base,
                       unsigned modes[3])
{
	size_t n = 0;

	modes[n++] = mode;
	if (mode == MODE_SELECT && base != MODE_SELECT) {
		modes[n++] = base;
		mode = base;
	}
	if (mode != MODE_GLOBAL && mode != MODE_PROMPT && mode != MODE_DIALOG)
		modes[n++] = MODE_GLOBAL;
	return n;
}

struct keymap *keymap_new(struct error *err)
{
	return mem_zalloc(sizeof(struct keymap), err);
}

void keymap_free(struct keymap *map)
{
	if (!map)
		return;
	keytable_clear(&map->table);
	mem_free(map);
}

static bool has_control(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

/* Does M2 hold for this line? */
static bool is_line(const char *line)
{
	struct span whole = span_of(line);
	struct span cut = span_cut_comment(whole);

	return cut.len > 0 && cut.p == whole.p && cut.len == whole.len &&
	       !has_control(whole);
}

const char *keymap_check(const struct keymap *map)
{
	for (size_t i = 0; i < map->table.count; i++) {
		const struct key_entry *e = map->table.order[i];

		if (is_data(e->mode, e->seq.key[0]))
			return "M1: data is bound";
		if (!is_line(e->line))
			return "M2: a command line would not read back";
	}
	return keytable_check(&map->table);
}

void keymap_report_at(const struct keymap_hooks *hooks, bool warning,
                      const struct key_origin *origin, const char *text)
{
	char whole[REPORT_TEXT];

	if (!hooks || !hooks->report)
		return;
	if (origin->line > 0)
		snprintf(whole, sizeof(whole), "%s:%zu: %s", origin->file,
		         origin->line, text);
	else
		snprintf(whole, sizeof(whole), "%s", text);
	hooks->report(hooks->ctx, warning, whole);
}

/* Keys that terminals do not send are bound, with a word about it. */
static void report_doubts(const struct keymap_hooks *hooks,
                          const struct key_origin *origin,
                          const struct key_seq *seq)
{
	char text[ERROR_TEXT];

	if (!hooks || !hooks->report)
		return;
	for (size_t i = 0; i < seq->count; i++)
		if (keyname_doubt(seq->key[i], text, sizeof(text)))
			keymap_report_at(hooks, true, origin, text);
}

static bool refuse_data(unsigned mode, const struct key_seq *seq,
                        struct error *err)
{
	struct key_seq first = { .key = { seq->key[0] }, .count = 1 };
	char text[KEY_SEQ_TEXT];

	if (!is_data(mode, seq->key[0]))
		return true;
	(void)keyname_write(text, &first);
	return error_set(err, ERR_SYNTAX, "'%s' is %s in mode %s", text,
	                 mode == MODE_HEX ? "a hex digit: data" : "data",
	                 mode_names[mode]);
}

static bool refuse_clash(const struct key_look *look, unsigned mode,
                         const struct key_seq *seq, struct error *err)
{
	char text[KEY_SEQ_TEXT];

	if (!look->clash)
		return true;
	(void)keyname_write(text, seq);
	return error_set(err, ERR_SYNTAX,
	                 "'%s' and '%s' cannot both be bound in mode %s: one "
	                 "starts the other",
	                 look->clash->keys, text, mode_names[mode]);
}

/* Once in a file: the second line is a slip, not a wish. */
static bool refuse_twice(const struct key_look *look, unsigned mode,
                         const struct key_origin *origin, struct error *err)
{
	const struct key_entry *old = look->same;

	if (!old || origin->reading == 0 ||
	    old->origin.reading != origin->reading)
		return true;
	return error_set(err, ERR_SYNTAX,
	                 "'%s' is already bound in mode %s at line %zu",
	                 old->keys, mode_names[mode], old->origin.line);
}

static bool refuse_line(struct span line, const struct keymap_hooks *hooks,
                        struct error *err)
{
	char *copy;
	bool ok;

	if (!hooks || !hooks->check)
		return true;
	copy = mem_strndup(line.p, line.len, err);
	if (!copy)
		return false;
	ok = hooks->check(hooks->ctx, copy, err);
	mem_free(copy);
	return ok;
}

bool keymap_bind_at(struct keymap *map, enum key_mode mode,
                    const struct key_seq *seq, struct span rest,
                    const struct key_origin *origin,
                    const struct keymap_hooks *hooks, struct error *err)
{
	struct span line = span_cut_comment(rest);
	struct key_look look;
	char keys[KEY_SEQ_TEXT];

	if (line.len == 0) {
		(void)keyname_write(keys, seq);
		return error_set(err, ERR_SYNTAX, "bind %s to what?", keys);
	}
	look = keytable_look(&map->table, mode, seq);
	if (!refuse_twice(&look, mode, origin, err))
		return false;
	if (has_control(line))
		return error_set(err, ERR_SYNTAX,
		                 "a control character in the command line");
	if (!refuse_data(mode, seq, err) || !refuse_line(line, hooks, err) ||
	    !refuse_clash(&look, mode, seq, err) ||
	    !keytable_put(&map->table, &look, mode, seq, line, origin, err))
		return false;
	report_doubts(hooks, origin, seq);
	return true;
}

bool keymap_unbind_at(struct keymap *map, enum key_mode mode,
                      const struct key_seq *seq, struct error *err)
{
	char keys[KEY_SEQ_TEXT];

	if (keytable_remove(&map->table, mode, seq))
		return true;
	(void)keyname_write(keys, seq);
	return error_set(err, ERR_NO, "'%s' is not bound in mode %s", keys,
	                 mode_names[mode]);
}

bool keymap_bind(struct keymap *map, enum key_mode mode, const char *keys,
                 const char *line, const struct keymap_hooks *hooks,
                 struct error *err)
{
	static const struct key_origin by_hand = { .file = "" };
	struct key_seq seq;

	if (!keyname_parse(keys, strlen(keys), &seq, err))
		return false;
	if (!line)
		return keymap_unbind_at(map, mode, &seq, err);
	return keymap_bind_at(map, mode, &seq, span_of(line), &by_hand, hooks,
	                      err);
}

/* The first `count` keys in a mode and what it falls back to. */
static enum key_found look_up(const struct keymap *map, enum key_mode mode,
                              enum key_mode base, const struct key_seq *seq,
                              const struct key_entry **entry)
{
	unsigned modes[3];
	size_t n = modes_of(mode, base, modes);
	size_t first;

	for (size_t i = 0; i < n; i++) {
		*entry = keytable_find(&map->table, modes[i], seq);
		if (*entry)
			return KEY_BOUND;
		if (keytable_range(&map->table, modes[i], seq, &first) > 0)
			return KEY_PREFIX;
		if (seq->count > 0 && is_data(modes[i], seq->key[0]))
			return KEY_NONE;
	}
	return KEY_NONE;
}

/* False when there are too many keys, or names that no keymap can hold. */
static bool parse_keys(const char *const *keys, size_t count,
                       struct key_seq *seq)
{
	struct key_seq one;
	struct error err;

	seq->count = 0;
	if (count > KEY_SEQ_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!keyname_parse(keys[i], strlen(keys[i]), &one, &err) ||
		    one.count != 1)
			return false;
		seq->key[seq->count++] = one.key[0];
	}
	return true;
}

enum key_found keymap_find(const struct keymap *map, enum key_mode mode,
                           enum key_mode base, const char *const *keys,
                           size_t count, const char **line)
{
	const struct key_entry *entry;
	enum key_found found;
	struct key_seq seq;

	if (!parse_keys(keys, count, &seq))
		return KEY_NONE;
	found = look_up(map, mode, base, &seq, &entry);
	if (found == KEY_BOUND)
		*line = entry->line;
	return found;
}

static struct binding binding_of(const struct key_entry *e)
{
	return (struct binding){
		.mode = (enum key_mode)e->mode,
		.keys = e->keys,
		.line = e->line,
		.file = e->origin.file,
		.line_number = e->origin.line,
	};
}

/* Does typing this entry's keys in the mode come to it? A nearer mode may bind
   the same keys, or a beginning of them. */
static bool is_reached(const struct keymap *map, enum key_mode mode,
                       enum key_mode base, const struct key_entry *e)
{
	const struct key_entry *found = NULL;
	struct key_seq typed = e->seq;

	for (typed.count = 1; typed.count < e->seq.count; typed.count++)
		if (look_up(map, mode, base, &typed, &found) != KEY_PREFIX)
			return false;
	return look_up(map, mode, base, &typed, &found) == KEY_BOUND &&
	       found == e;
}

size_t keymap_next(const struct keymap *map, enum key_mode mode,
                   enum key_mode base, const char *const *keys, size_t count,
                   struct binding *out, size_t max)
{
	unsigned modes[3];
	size_t n = modes_of(mode, base, modes);
	size_t total = 0;
	struct key_seq seq;

	if (!parse_keys(keys, count, &seq))
		return 0;
	for (size_t i = 0; i < n; i++) {
		size_t first;
		size_t len =
			keytable_range(&map->table, modes[i], &seq, &first);

		for (size_t k = 0; k < len; k++) {
			const struct key_entry *e =
				map->table.sorted[first + k];

			if (e->seq.count == seq.count ||
			    !is_reached(map, mode, base, e))
				continue;
			if (total < max)
				out[total] = binding_of(e);
			total++;
		}
	}
	return total;
}

void keymap_take(struct keymap *map, struct keymap *from)
{
	keytable_clear(&map->table);
	*map = *from;
	*from = (struct keymap){ .counts = false };
}

void keymap_set_start(struct keymap *map, bool normal)
{
	map->starts_normal = normal;
}

void keymap_report_counts(const struct keymap *map,
                          const struct keymap_hooks *hooks)
{
	if (!map->counts)
		return;
	for (size_t i = 0; i < map->table.count; i++) {
		const struct key_entry *e = map->table.order[i];
		uint32_t c = keyname_char(e->seq.key[0]);
		char text[REPORT_TEXT];

		if (e->mode != MODE_NORMAL || c < '1' || c > '9')
			continue;
		snprintf(text, sizeof(text),
		         "'%s' is a count in mode normal: option counts is on",
		         e->keys);
		keymap_report_at(hooks, true, &e->origin, text);
	}
}

void keymap_set_counts(struct keymap *map, bool on)
{
	map->counts = on;
}

bool keymap_starts_normal(const struct keymap *map)
{
	return map->starts_normal;
}

bool keymap_counts(const struct keymap *map)
{
	return map->counts;
}

size_t keymap_bindings(const struct keymap *map)
{
	return map->table.count;
}

struct binding keymap_binding(const struct keymap *map, size_t idx)
{
	assert(idx < map->table.count);
	return binding_of(map->table.order[idx]);
}

static void print_mode(const struct keymap *map, unsigned mode, FILE *out)
{
	bool headed = false;

	for (size_t i = 0; i < map->table.count; i++) {
		const struct key_entry *e = map->table.order[i];

		if (e->mode != mode)
			continue;
		if (!headed)
			fprintf(out, "mode %s\n", mode_names[mode]);
		headed = true;
		fprintf(out, "bind %-12s %s\n", e->keys, e->line);
	}
}

void keymap_print(const struct keymap *map, enum key_mode mode, FILE *out)
{
	if (mode != MODE_COUNT) {
		print_mode(map, mode, out);
		return;
	}
	if (map->starts_normal)
		fputs("option start normal\n", out);
	if (map->counts)
		fputs("option counts on\n", out);
	for (unsigned i = 0; i < MODE_COUNT; i++)
		print_mode(map, i, out);
}
