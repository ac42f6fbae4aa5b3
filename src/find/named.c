/*
 * named.c - see named.h
 *
 * A name that stands in several lines is sorted out once, when a file is taken.
 * What looks for names later goes through the lines and compares no two.
 */
#include "config.h"

#include "find/named.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool named_entry(const char *line, size_t len, struct named_entry *out)
{
	size_t at = 0;

	while (len > 0 && (is_blank(line[len - 1]) || line[len - 1] == '\r'))
		len--;
	while (at < len && !is_blank(line[at]))
		at++;
	*out = (struct named_entry){ .name = line, .name_len = at };
	while (at < len && is_blank(line[at]))
		at++;
	out->pattern = line + at;
	out->pattern_len = len - at;
	return out->name_len > 0 && line[0] != '#';
}

/* The next entry at *at, which goes behind it; false at the end. */
static bool next_entry(const char **at, struct named_entry *out)
{
	while (**at) {
		size_t len = strcspn(*at, "\n");
		const char *line = *at;

		*at += len + (line[len] == '\n');
		if (named_entry(line, len, out))
			return true;
	}
	return false;
}

static const char *ours(void)
{
	return (const char *)pattern_files[0].bytes;
}

static bool find_in(const char *file, const char *name, size_t len,
                    struct named_entry *out)
{
	while (next_entry(&file, out))
		if (out->name_len == len && memcmp(out->name, name, len) == 0)
			return true;
	return false;
}

bool named_find(const char *more, const char *name, size_t len,
                const char **pattern, size_t *pattern_len)
{
	struct named_entry entry;

	if (!(more && find_in(more, name, len, &entry)) &&
	    !find_in(ours(), name, len, &entry))
		return false;
	*pattern = entry.pattern;
	*pattern_len = entry.pattern_len;
	return true;
}

/* False: stopped. */
static bool each_of(const char *file, const char *above, named_take *take,
                    void *arg)
{
	struct named_entry entry, first;

	while (next_entry(&file, &entry))
		if (!(above &&
		      find_in(above, entry.name, entry.name_len, &first)) &&
		    !take(arg, &entry))
			return false;
	return true;
}

void named_each(const char *more, named_take *take, void *arg)
{
	if (!more || each_of(more, NULL, take, arg))
		(void)each_of(ours(), more, take, arg);
}

/* --- merging ------------------------------------------------------------- */

struct numbered {
	struct named_entry entry;
	size_t number; /* of the lines that say something */
};

static int compare_names(const struct named_entry *a,
                         const struct named_entry *b)
{
	int order =
		memcmp(a->name, b->name, size_min(a->name_len, b->name_len));

	if (order != 0)
		return order;
	return (a->name_len > b->name_len) - (a->name_len < b->name_len);
}

static int by_number(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static int by_name(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	int order = compare_names(&x->entry, &y->entry);

	return order != 0 ? order : by_number(a, b);
}

/* Put the entries of a file behind n others; NULL: count them alone. */
static size_t collect(const char *file, struct numbered *v, size_t n)
{
	struct named_entry entry;

	for (; file && next_entry(&file, &entry); n++)
		if (v)
			v[n] = (struct numbered){ entry, n };
	return n;
}

/* Keep the first one of each name, in the order of their lines. */
static size_t keep_first(struct numbered *v, size_t count)
{
	size_t kept = 0;

	qsort(v, count, sizeof(*v), by_name);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 ||
		    compare_names(&v[kept - 1].entry, &v[i].entry) != 0)
			v[kept++] = v[i];
	qsort(v, kept, sizeof(*v), by_number);
	return kept;
}

static char *put(char *to, const char *bytes, size_t len, char behind)
{
	memcpy(to, bytes, len);
	to[len] = behind;
	return to + len + 1;
}

static char *text_of(const struct numbered *v, size_t count, struct error *err)
{
	size_t len = 1;
	char *text, *to;

	for (size_t i = 0; i < count; i++)
		len += v[i].entry.name_len + v[i].entry.pattern_len + 2;
	text = to = mem_resize(NULL, len, 1, err);
	for (size_t i = 0; text && i < count; i++) {
		const struct named_entry *e = &v[i].entry;

		to = put(to, e->name, e->name_len, ' ');
		to = put(to, e->pattern, e->pattern_len, '\n');
	}
	if (text)
		*to = '\0';
	return text;
}

char *named_merge(const char *first, const char *then, struct error *err)
{
	size_t count = collect(then, NULL, collect(first, NULL, 0));
	struct numbered *v = mem_resize(NULL, count + 1, sizeof(*v), err);
	char *text;

	if (!v)
		return NULL;
	(void)collect(then, v, collect(first, v, 0));
	text = text_of(v, keep_first(v, count), err);
	mem_free(v);
	return text;
}

/* --- listing ------------------------------------------------------------- */

static bool list(void *arg, const struct named_entry *entry)
{
	struct named_names *names = arg;
	size_t cap = sizeof(names->s);
	size_t used = strlen(names->s);

	if (text_safe(NULL, 0, entry->name, entry->name_len) + 2 > cap - used)
		return false;
	if (used > 0)
		names->s[used++] = ' ';
	text_safe(names->s + used, cap - used, entry->name, entry->name_len);
	return true;
}

struct named_names named_list(const char *more)
{
	struct named_names names = { .s = "" };

	named_each(more, list, &names);
	return names;
}
