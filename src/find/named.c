/* named.c - see named.h */
#include "config.h"

#include "find/named.h"

#include <stdio.h>
#include <string.h>

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

/* Does another line of its file with this name go before it? There may be many
   lines, each of which is asked for. */
static bool is_hidden(const struct named_entry *entry, const char *file)
{
	size_t len = entry->name_len;
	const char *at = file;

	while ((at = memmem(at, (size_t)(entry->name - at), entry->name,
	                    len))) {
		if ((at == file || at[-1] == '\n') &&
		    strchr(" \t\r\n", at[len]))
			return true;
		at++;
	}
	return false;
}

/* False: stopped. */
static bool each_of(const char *file, const char *above, named_take *take,
                    void *arg)
{
	struct named_entry entry, first;

	for (const char *at = file; next_entry(&at, &entry);)
		if (!is_hidden(&entry, file) &&
		    !(above &&
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
