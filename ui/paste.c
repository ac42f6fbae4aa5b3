/*
 * paste.c - see paste.h
 *
 * ESC stands in the end mark at its beginning alone, so that after a mismatch
 * what was matched is text, and only the byte at hand can begin the mark anew.
 */
#include "config.h"

#include "ui/paste.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "ui/event.h"

enum {
	ESC = 0x1b,
};

static const char end_mark[] = "\033[201~";

void paste_begin(struct paste *paste)
{
	paste_clear(paste);
	*paste = (struct paste){ .text = NULL };
}

void paste_clear(struct paste *paste)
{
	mem_free(paste->text);
	paste->text = NULL;
	paste->len = 0;
	paste->cap = 0;
}

static void keep(struct paste *paste, const void *bytes, size_t len)
{
	struct error err;
	size_t n = size_min(len, PASTE_MAX - paste->len);

	if (n < len)
		paste->cut = true;
	if (paste->lost || n == 0)
		return;
	if (!mem_grow(&paste->text, &paste->cap, paste->len + n, 1, &err)) {
		paste_clear(paste);
		paste->lost = true;
		return;
	}
	memcpy(paste->text + paste->len, bytes, n);
	paste->len += n;
}

/*
 * The user's Esc, after the paste was said to have stalled, has nothing before
 * it for a while, and nothing comes after it. A link that is only slow may cut
 * a paste behind an ESC, but hardly on both sides of one.
 */
void paste_arrive(struct paste *paste, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i;

	for (i = 0; i < len && p[i] == ESC; i++)
		;
	paste->lone = (paste->quiet || paste->lone) && i == len;
	paste->quiet = false;
}

size_t paste_push(struct paste *paste, const void *bytes, size_t len,
                  bool *ended)
{
	const char *p = bytes;
	size_t i = 0;

	*ended = false;
	while (i < len && !*ended) {
		const char *escape;
		size_t n;

		if (p[i] == end_mark[paste->matched]) {
			i++;
			*ended = !end_mark[++paste->matched];
			continue;
		}
		keep(paste, end_mark, paste->matched);
		paste->matched = 0;
		escape = memchr(p + i, ESC, len - i);
		n = escape ? (size_t)(escape - (p + i)) : len - i;
		keep(paste, p + i, n);
		i += n;
	}
	return i;
}

enum paste_wait paste_patience(const struct paste *paste)
{
	if (paste->quiet)
		return PASTE_FOREVER;
	return paste->stalled ? PASTE_SHORT : PASTE_GIVE_UP;
}

enum paste_silence paste_silence(struct paste *paste)
{
	bool first = !paste->stalled;

	if (paste->lone) {
		paste_clear(paste);
		return PASTE_DROPPED;
	}
	paste->stalled = true;
	paste->quiet = true;
	return first ? PASTE_STALLS : PASTE_GOES_ON;
}
