/* span.c - see span.h */
#include "config.h"

#include "ui/span.h"

#include <string.h>

enum { SHOWN_MAX = 64 }; /* bytes: what the message says is behind it */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

struct span span_from(struct span s, size_t at)
{
	return (struct span){ s.p + at, s.len - at };
}

struct span span_trim(struct span s)
{
	while (s.len > 0 && is_blank(s.p[0]))
		s = span_from(s, 1);
	while (s.len > 0 && is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

struct span span_word(struct span *s)
{
	struct span word = { s->p, 0 };

	while (word.len < s->len && !is_blank(s->p[word.len]))
		word.len++;
	*s = span_trim(span_from(*s, word.len));
	return word;
}

/* Length of the "..." at s, 1 if it is not closed. */
static size_t quoted_len(struct span s)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.p[i] == '"')
			return i + 1;
		if (s.p[i] == '\\')
			i++;
	}
	return 1;
}

struct span span_cut_comment(struct span s)
{
	size_t i = 0;

	if (s.len == 0 || !memchr(s.p, '#', s.len))
		return span_trim(s);
	while (i < s.len) {
		bool starts = i == 0 || is_blank(s.p[i - 1]);
		bool alone = i + 1 == s.len || is_blank(s.p[i + 1]);

		if (starts && alone && s.p[i] == '#')
			return span_trim((struct span){ s.p, i });
		i += starts && s.p[i] == '"' ? quoted_len(span_from(s, i)) : 1;
	}
	return span_trim(s);
}

bool span_is(struct span s, const char *word)
{
	return (s.len == 0 || s.p[0] == word[0]) && strlen(word) == s.len &&
	       memcmp(s.p, word, s.len) == 0;
}

struct text_shown span_shown(struct span s)
{
	struct text_shown shown;

	if (text_safe(shown.s, SHOWN_MAX + 1, s.p, s.len) > SHOWN_MAX)
		strcat(shown.s, "..");
	return shown;
}
