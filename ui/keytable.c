/*
 * keytable.c - key sequences by mode
 *
 * A sorted array of pointers: a keymap has two hundred entries, is built once
 * and looked up at each key, and what a help box asks for ("what can follow?")
 * is a slice of it. A trie would be faster to build and larger everywhere else.
 *
 *   T1  sorted[] ascends strictly by (mode, keys)
 *   T2  no entry begins another one of its mode
 *   T3  order[] holds the same entries, each once
 *
 * By T1 and T2 the one entry that can begin a sequence stands right before the
 * place of that sequence: whatever sorts between a beginning and its
 * continuation begins with it too.
 */
#include "config.h"

#include "ui/keytable.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"

static int compare_keys(const struct key_seq *a, const struct key_seq *b,
                        size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (a->key[i] != b->key[i])
			return a->key[i] < b->key[i] ? -1 : 1;
	return 0;
}

static int compare(const struct key_entry *e, unsigned mode,
                   const struct key_seq *seq)
{
	int n;

	if (e->mode != mode)
		return e->mode < mode ? -1 : 1;
	n = compare_keys(&e->seq, seq, size_min(e->seq.count, seq->count));
	if (n != 0 || e->seq.count == seq->count)
		return n;
	return e->seq.count < seq->count ? -1 : 1;
}

/* Does e begin with the sequence? */
static bool begins_with(const struct key_entry *e, unsigned mode,
                        const struct key_seq *seq)
{
	return e->mode == mode && e->seq.count >= seq->count &&
	       compare_keys(&e->seq, seq, seq->count) == 0;
}

static bool is_beginning(const struct key_entry *e, unsigned mode,
                         const struct key_seq *seq)
{
	return e->mode == mode && e->seq.count <= seq->count &&
	       compare_keys(&e->seq, seq, e->seq.count) == 0;
}

/* The first entry that is not before the sequence. */
static size_t place(const struct keytable *t, unsigned mode,
                    const struct key_seq *seq)
{
	size_t lo = 0;
	size_t hi = t->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (compare(t->sorted[mid], mode, seq) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool is_at(const struct keytable *t, size_t at, unsigned mode,
                  const struct key_seq *seq)
{
	return at < t->count && compare(t->sorted[at], mode, seq) == 0;
}

void keytable_clear(struct keytable *t)
{
	for (size_t i = 0; i < t->count; i++)
		mem_free(t->order[i]);
	mem_free(t->sorted);
	mem_free(t->order);
	*t = (struct keytable){ .count = 0 };
}

/* Copy a string to *at and move *at behind it. */
static const char *store(char **at, const char *text, size_t len)
{
	char *copy = memcpy(*at, text, len);

	copy[len] = '\0';
	*at += len + 1;
	return copy;
}

static struct key_entry *new_entry(unsigned mode, const struct key_seq *seq,
                                   struct span line,
                                   const struct key_origin *origin,
                                   struct error *err)
{
	char keys[KEY_SEQ_TEXT];
	size_t keys_len = keyname_write(keys, seq);
	size_t file_len = strlen(origin->file);
	struct key_entry *e =
		mem_resize(NULL, 1,
	                   sizeof(*e) + keys_len + line.len + file_len + 3,
	                   err);
	char *at;

	if (!e)
		return NULL;
	at = e->text;
	e->mode = mode;
	e->seq = *seq;
	e->origin = *origin;
	e->keys = store(&at, keys, keys_len);
	e->line = store(&at, line.p, line.len);
	e->origin.file = store(&at, origin->file, file_len);
	return e;
}

static void close_gap(struct key_entry **v, size_t at, size_t count)
{
	memmove(v + at, v + at + 1, (count - at - 1) * sizeof(*v));
}

static void open_gap(struct key_entry **v, size_t at, size_t count)
{
	memmove(v + at + 1, v + at, (count - at) * sizeof(*v));
}

static void drop(struct keytable *t, size_t at)
{
	struct key_entry *e = t->sorted[at];
	size_t i = 0;

	while (t->order[i] != e)
		i++;
	close_gap(t->sorted, at, t->count);
	close_gap(t->order, i, t->count);
	t->count--;
	mem_free(e);
}

struct key_look keytable_look(const struct keytable *t, unsigned mode,
                              const struct key_seq *seq)
{
	struct key_look look = { .at = place(t, mode, seq) };
	size_t at = look.at;

	if (is_at(t, at, mode, seq))
		look.same = t->sorted[at];
	else if (at < t->count && begins_with(t->sorted[at], mode, seq))
		look.clash = t->sorted[at];
	else if (at > 0 && is_beginning(t->sorted[at - 1], mode, seq))
		look.clash = t->sorted[at - 1];
	return look;
}

bool keytable_put(struct keytable *t, const struct key_look *look,
                  unsigned mode, const struct key_seq *seq, struct span line,
                  const struct key_origin *origin, struct error *err)
{
	struct key_entry *e;

	if (!look->same && t->count == KEYTABLE_MAX)
		return error_set(err, ERR_SYNTAX, "more than %d bindings",
		                 KEYTABLE_MAX);
	if (!mem_grow(&t->sorted, &t->sorted_cap, t->count + 1,
	              sizeof(struct key_entry *), err) ||
	    !mem_grow(&t->order, &t->order_cap, t->count + 1,
	              sizeof(struct key_entry *), err))
		return false;
	e = new_entry(mode, seq, line, origin, err);
	if (!e)
		return false;
	if (look->same)
		drop(t, look->at);
	open_gap(t->sorted, look->at, t->count);
	t->sorted[look->at] = e;
	t->order[t->count++] = e;
	return true;
}

bool keytable_remove(struct keytable *t, unsigned mode,
                     const struct key_seq *seq)
{
	size_t at = place(t, mode, seq);

	if (!is_at(t, at, mode, seq))
		return false;
	drop(t, at);
	return true;
}

const struct key_entry *keytable_find(const struct keytable *t, unsigned mode,
                                      const struct key_seq *seq)
{
	size_t at = place(t, mode, seq);

	return is_at(t, at, mode, seq) ? t->sorted[at] : NULL;
}

size_t keytable_range(const struct keytable *t, unsigned mode,
                      const struct key_seq *seq, size_t *first)
{
	size_t lo = place(t, mode, seq);
	size_t hi = t->count;

	*first = lo;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (begins_with(t->sorted[mid], mode, seq))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo - *first;
}

static size_t times_in_order(const struct keytable *t,
                             const struct key_entry *e)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		n += t->order[i] == e;
	return n;
}

const char *keytable_check(const struct keytable *t)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct key_entry *e = t->sorted[i];

		if (i > 0 && compare(t->sorted[i - 1], e->mode, &e->seq) >= 0)
			return "T1: not in order";
		if (i > 0 && is_beginning(t->sorted[i - 1], e->mode, &e->seq))
			return "T2: one sequence begins another";
		if (times_in_order(t, e) != 1)
			return "T3: the two arrays differ";
	}
	return NULL;
}
