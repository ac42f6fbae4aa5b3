/*
 * naming.c - see naming.h
 *
 * Names are looked up when a person or a script typed one, so a walk over the
 * segments will do: 100,000 of them take a millisecond.
 */
#include "config.h"

#include "command/naming.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "space/space.h"

/* The segments that a name may mean: those of that full name, or those that
   begin with it. */
struct candidates {
	const char *name;
	size_t len;
	bool full;
	size_t count;
	const struct segment *first;
};

static bool is_candidate(const struct candidates *c, const struct segment *seg)
{
	const char *name = seg->placement->name;

	return seg->number > 0 && strncmp(name, c->name, c->len) == 0 &&
	       (!c->full || name[c->len] == '\0');
}

static struct candidates find(const struct space *sp, const char *name,
                              size_t len, bool full)
{
	struct candidates c = { .name = name, .len = len, .full = full };

	/* strncmp() would stop at a NUL, and take it for the name's end. */
	if (len == 0 || memchr(name, '\0', len))
		return c;
	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct segment *seg = space_segment(sp, i);

		if (!is_candidate(&c, seg))
			continue;
		if (c.count++ == 0)
			c.first = seg;
	}
	return c;
}

/* "#1 disk.001, #4 disk.001", with ".." for those that do not fit. */
static void list(const struct space *sp, const struct candidates *c, char *dst,
                 size_t cap)
{
	static const char more[] = ", ..";
	size_t used = 0;

	dst[0] = '\0';
	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct segment *seg = space_segment(sp, i);
		size_t room = cap - sizeof(more) - used;
		int n;

		if (!is_candidate(c, seg))
			continue;
		n = snprintf(dst + used, room, "%s#%" PRIu32 " %s",
		             used > 0 ? ", " : "", seg->number,
		             text_shown(seg->placement->name).s);
		if (n < 0 || (size_t)n >= room) {
			snprintf(dst + used, sizeof(more), "%s", more);
			return;
		}
		used += (size_t)n;
	}
}

static bool refuse(const struct space *sp, const struct candidates *c,
                   struct error *err)
{
	char name[128];
	char all[340];

	(void)text_safe(name, sizeof(name), c->name, c->len);
	if (c->count == 0)
		return error_set(err, ERR_RANGE, "no segment is named \"%s\"",
		                 name);
	list(sp, c, all, sizeof(all));
	if (c->full)
		return error_set(err, ERR_RANGE,
		                 "more than one segment is named \"%s\": %s",
		                 name, all);
	if (c->count == 1)
		return error_set(err, ERR_RANGE,
		                 "\"%s\" is the beginning of a name, full "
		                 "names are needed here: %s",
		                 name, all);
	return error_set(err, ERR_RANGE,
	                 "more than one segment begins with \"%s\": %s", name,
	                 all);
}

bool naming_find(const struct space *sp, const char *name, size_t len,
                 bool exact, const struct segment **out, struct error *err)
{
	struct candidates c = find(sp, name, len, true);

	if (c.count == 0)
		c = find(sp, name, len, false);
	if (c.count != 1 || (exact && !c.full))
		return refuse(sp, &c, err);
	*out = c.first;
	return true;
}
