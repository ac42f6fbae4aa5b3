/*
 * claims.c - see claims.h
 *
 * The kernel refuses some of this itself: a device that is mounted cannot be
 * opened for it alone. It does not say who has it, knows nothing of the file
 * behind a loop device, and lets a disk be open beside its partition.
 */
#include "config.h"

#include "source/claims.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "source/claim_impl.h"

enum { WHY = 640 };

struct use {
	struct claim claim;
	struct identity by; /* the device that is used, or made of these */
	bool is_mount;      /* it is used; else it is made of what is below */
	bool lightly;       /* until it is used itself */
	char *why;          /* owned */
};

struct claims {
	struct use *v; /* owned */
	size_t count, cap;
};

/* --- what the system uses ------------------------------------------------ */

void claims_free(struct claims *claims)
{
	if (!claims)
		return;
	for (size_t i = 0; i < claims->count; i++) {
		claim_free(&claims->v[i].claim);
		mem_free(claims->v[i].why);
	}
	mem_free(claims->v);
	mem_free(claims);
}

/* A device that is mounted in two places is named once. */
static bool add_use(const struct sys *sys, struct claims *claims,
                    struct use use, const char *why, struct error *err)
{
	for (size_t i = 0; i < claims->count; i++)
		if (identity_same(&claims->v[i].by, &use.by) &&
		    claims->v[i].is_mount && use.is_mount)
			return true;
	if (!mem_grow(&claims->v, &claims->cap, claims->count + 1,
	              sizeof(*claims->v), err) ||
	    !claim_of(sys, &use.by, &use.claim, err))
		return false;
	use.why = mem_strdup(why, err);
	if (!use.why) {
		claim_free(&use.claim);
		return false;
	}
	claims->v[claims->count++] = use;
	return true;
}

/* "\040" is a blank in these lists. The result is not longer. */
static void decode(char *text)
{
	char *to = text;
	unsigned c;

	for (; *text; text++) {
		if (*text == '\\' && sscanf(text + 1, "%3o", &c) == 1) {
			*to++ = (char)c;
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

/* The word number `n` of a line, from 0. */
static bool word(const char *line, unsigned n, char *buf, size_t room)
{
	size_t len;

	for (; n > 0; n--) {
		line += strcspn(line, " \t");
		line += strspn(line, " \t");
	}
	len = strcspn(line, " \t");
	if (len == 0 || len >= room)
		return false;
	memcpy(buf, line, len);
	buf[len] = '\0';
	decode(buf);
	return true;
}

/*
 * "36 35 98:0 /sub /mnt rw,noatime master:1 - ext3 /dev/root rw". Some file
 * systems have a number of their own: then the source tells the device.
 */
static bool add_mount(const struct sys *sys, struct claims *claims,
                      const char *line, struct error *err)
{
	struct use use = { .is_mount = true };
	char dev[64], where[CLAIM_PATH], from[CLAIM_PATH], why[WHY];
	const char *rest = strstr(line, " - ");

	if (!rest || !word(line, 2, dev, sizeof(dev)) ||
	    !word(line, 4, where, sizeof(where)) ||
	    !word(rest + 3, 1, from, sizeof(from)))
		return true;
	use.by = claim_device(claim_parse_device(dev));
	if (major(use.by.ino) == 0 &&
	    (from[0] != '/' || !claim_find(sys, from, &use.by) ||
	     !claim_is_device(&use.by)))
		return true;
	snprintf(why, sizeof(why), "is mounted on %s (%s)", text_shown(where).s,
	         text_shown(from).s);
	return add_use(sys, claims, use, why, err);
}

/* "/dev/sda2 partition 8388604 0 -2", below a head. */
static bool add_swap(const struct sys *sys, struct claims *claims,
                     const char *line, struct error *err)
{
	struct use use = { .is_mount = true };
	char path[CLAIM_PATH], why[WHY];

	if (!word(line, 0, path, sizeof(path)) || path[0] != '/' ||
	    !claim_find(sys, path, &use.by))
		return true;
	snprintf(why, sizeof(why), "is swapped to (%s)", text_shown(path).s);
	return add_use(sys, claims, use, why, err);
}

typedef bool each_line(const struct sys *sys, struct claims *claims,
                       const char *line, struct error *err);

/* All of a file of /proc, however long; one that is not there has no lines. */
static bool read_all(const struct sys *sys, const char *path, char **out,
                     struct error *err)
{
	int fd = sys->open(path, SYS_READ);
	char *text = NULL;
	size_t len = 0, cap = 0;
	bool ok = true;
	int64_t n = fd < 0 ? 0 : 1;

	while (n > 0) {
		ok = mem_grow(&text, &cap, len + CLAIM_PATH, 1, err);
		if (!ok)
			break;
		n = sys->read(fd, text + len, cap - len - 1);
		if (n > 0)
			len += (size_t)n;
	}
	if (fd >= 0)
		(void)sys->close(fd);
	if (!ok) {
		mem_free(text);
		return false;
	}
	if (text)
		text[len] = '\0';
	*out = text;
	return true;
}

static bool read_lines(const struct sys *sys, struct claims *claims,
                       const char *path, each_line *each, struct error *err)
{
	char *text = NULL;
	char *line, *end;
	bool ok = read_all(sys, path, &text, err);

	for (line = text; ok && line && *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		ok = each(sys, claims, line, err);
	}
	mem_free(text);
	return ok;
}

/* --- what devices are made of -------------------------------------------- */

struct devices {
	const struct sys *sys;
	struct claims *claims;
	bool ok;
	struct error *err;
};

/* What a device says to who wants to write what it is made of. */
static void describe(const struct sys *sys, const char *name, bool *is_loop,
                     char why[static WHY])
{
	char path[CLAIM_PATH], buf[CLAIM_PATH];

	snprintf(path, sizeof(path), "/sys/block/%s/loop/backing_file", name);
	*is_loop = claim_read_line(sys, path, buf, sizeof(buf));
	snprintf(path, sizeof(path), "/sys/block/%s/dm/name", name);
	if (*is_loop)
		snprintf(why, WHY, "/dev/%s has the same bytes",
		         text_shown(name).s);
	else if (claim_read_line(sys, path, buf, sizeof(buf)))
		snprintf(why, WHY, "is part of %s (%s)", text_shown(name).s,
		         text_shown(buf).s);
	else
		snprintf(why, WHY, "is part of %s", text_shown(name).s);
}

/* One that is made of nothing claims nothing. */
static void drop_empty(struct claims *claims)
{
	struct use *last = &claims->v[claims->count - 1];

	if (last->claim.count > 1)
		return;
	claim_free(&last->claim);
	mem_free(last->why);
	claims->count--;
}

static bool add_device(void *arg, const char *name)
{
	struct devices *d = arg;
	struct use use = { 0 };
	char path[CLAIM_PATH], buf[64], why[WHY];

	snprintf(path, sizeof(path), "/sys/block/%s/dev", name);
	if (!claim_read_line(d->sys, path, buf, sizeof(buf)))
		return true;
	use.by = claim_device(claim_parse_device(buf));
	if (use.by.ino == 0)
		return true;
	describe(d->sys, name, &use.lightly, why);
	d->ok = add_use(d->sys, d->claims, use, why, d->err);
	if (d->ok)
		drop_empty(d->claims);
	return d->ok;
}

struct claims *claims_read(const struct sys *sys, struct error *err)
{
	struct claims *claims = mem_zalloc(sizeof(*claims), err);
	struct devices d = { sys, claims, true, err };

	if (!claims)
		return NULL;
	if (read_lines(sys, claims, "/proc/self/mountinfo", add_mount, err) &&
	    read_lines(sys, claims, "/proc/swaps", add_swap, err)) {
		claim_list(sys, "/sys/block", add_device, &d);
		if (d.ok)
			return claims;
	}
	claims_free(claims);
	return NULL;
}

/* Does a device that is made of others take bytes of this one? Not if this one
   is on it, or is it. */
static bool takes(const struct use *use, const struct claim *claim)
{
	struct claim below = use->claim;

	if (claim_lies_on(claim, &use->by))
		return false;
	below.v++;
	below.count--;
	return claim_meets(&below, claim);
}

const char *claims_find(const struct claims *claims, const struct claim *claim,
                        bool *lightly)
{
	const char *why = NULL;

	*lightly = false;
	for (size_t i = 0; i < claims->count; i++) {
		const struct use *use = &claims->v[i];

		if (use->is_mount ? claim_meets(&use->claim, claim)
		                  : takes(use, claim)) {
			if (!use->lightly) {
				*lightly = false;
				return use->why;
			}
			*lightly = true;
			why = use->why;
		}
	}
	return why;
}
