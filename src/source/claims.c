/*
 * claims.c - see claims.h
 *
 * The kernel refuses some of this itself: a device that is mounted cannot be
 * opened for it alone. It does not say who has it, knows nothing of the file
 * behind a loop device, and lets a disk be open beside its partition.
 *
 *   C1  each part of a claim but the first lies below one before it
 *   C2  no part of a device is in a claim twice with the same place
 */
#include "config.h"

#include "source/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"

enum {
	PARTS_MOST = 1024, /* of one claim: no device is made of more */
	PATH = 4096,
	NAME = 256,
	SECTOR = 512,
	WHY = 640,
};

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

static uint64_t add(uint64_t a, uint64_t b)
{
	return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

static struct identity device_of(uint64_t number)
{
	return (struct identity){ .ino = number };
}

static bool is_device(const struct identity *id)
{
	return id->dev == 0;
}

/* --- what /sys says ------------------------------------------------------ */

/* A small file, without the newline at its end; false: it is not there. */
static bool read_line(const struct sys *sys, const char *path, char *buf,
                      size_t room)
{
	int fd = sys->open(path, SYS_READ);
	size_t len = 0;
	int64_t n = 1;

	if (fd < 0)
		return false;
	while (n > 0 && len < room - 1) {
		n = sys->read(fd, buf + len, room - 1 - len);
		if (n > 0)
			len += (size_t)n;
	}
	(void)sys->close(fd);
	while (len > 0 && buf[len - 1] == '\n')
		len--;
	buf[len] = '\0';
	return n >= 0;
}

/* A file of what /sys has of a device. */
static bool read_of(const struct sys *sys, uint64_t number, const char *name,
                    char *buf, size_t room)
{
	char path[NAME];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s", major(number),
	         minor(number), name);
	return read_line(sys, path, buf, room);
}

/* A number there; `otherwise` where there is none. */
static uint64_t number_of(const struct sys *sys, uint64_t number,
                          const char *name, uint64_t otherwise)
{
	char buf[64];

	if (!read_of(sys, number, name, buf, sizeof(buf)) || !*buf)
		return otherwise;
	return strtoull(buf, NULL, 10);
}

/* A device's number as /sys writes it, "8:1"; 0: it is none. */
static uint64_t parse_device(const char *text)
{
	unsigned major_no;
	unsigned minor_no;

	if (sscanf(text, "%u:%u", &major_no, &minor_no) != 2)
		return 0;
	return makedev(major_no, minor_no);
}

/* --- what a device lies on ----------------------------------------------- */

static bool add_part(struct claim *claim, struct claim_part part,
                     struct error *err)
{
	for (size_t i = 0; i < claim->count; i++) {
		const struct claim_part *p = &claim->v[i];

		if (identity_same(&p->of, &part.of) && p->from == part.from &&
		    p->to == part.to && p->loose == part.loose)
			return true;
	}
	if (claim->count == PARTS_MOST)
		return true;
	if (!mem_grow(&claim->v, &claim->cap, claim->count + 1,
	              sizeof(*claim->v), err))
		return false;
	claim->v[claim->count++] = part;
	return true;
}

/* A part of it lies `at` bytes into `of`, where it is `len` bytes long. */
static bool add_below(struct claim *claim, struct claim_part part,
                      struct identity of, uint64_t at, uint64_t len,
                      struct error *err)
{
	uint64_t to = u64_min(part.to, len);

	return add_part(claim,
	                (struct claim_part){ of, add(at, part.from),
	                                     add(at, to), part.loose },
	                err);
}

static bool add_disk(const struct sys *sys, struct claim *claim,
                     struct claim_part part, struct error *err)
{
	uint64_t number = part.of.ino;
	char buf[64];
	uint64_t disk;

	if (!read_of(sys, number, "partition", buf, sizeof(buf)) ||
	    !read_of(sys, number, "../dev", buf, sizeof(buf)))
		return true;
	disk = parse_device(buf);
	return disk == 0 ||
	       add_below(claim, part, device_of(disk),
	                 number_of(sys, number, "start", 0) * SECTOR,
	                 number_of(sys, number, "size", UINT64_MAX / SECTOR) *
	                         SECTOR,
	                 err);
}

/* What is at a path, if it is a file or a device that bytes can lie in. */
static bool find(const struct sys *sys, const char *path, struct identity *id)
{
	struct sys_stat st;

	if (sys->stat(path, &st) < 0 ||
	    (st.type != SYS_REGULAR && st.type != SYS_BLOCK))
		return false;
	*id = identity_of(&st);
	return true;
}

static bool add_backing(const struct sys *sys, struct claim *claim,
                        struct claim_part part, struct error *err)
{
	uint64_t number = part.of.ino;
	char path[PATH];
	struct identity id;
	uint64_t len;

	if (!read_of(sys, number, "loop/backing_file", path, sizeof(path)) ||
	    !find(sys, path, &id))
		return true;
	len = number_of(sys, number, "loop/sizelimit", 0);
	return add_below(claim, part, id,
	                 number_of(sys, number, "loop/offset", 0),
	                 len > 0 ? len : UINT64_MAX, err);
}

/* The folder of the devices that one is made of, or that are made of it. */
struct listing {
	const struct sys *sys;
	const char *folder;
	struct claim *claim;
	bool ok;
	struct error *err;
};

static bool add_slave(void *arg, const char *name)
{
	struct listing *l = arg;
	char path[PATH], buf[64];
	uint64_t number;

	if (snprintf(path, sizeof(path), "%s/%s/dev", l->folder, name) >=
	            (int)sizeof(path) ||
	    !read_line(l->sys, path, buf, sizeof(buf)))
		return true;
	number = parse_device(buf);
	l->ok = number == 0 ||
	        add_part(l->claim,
	                 (struct claim_part){ device_of(number), 0, UINT64_MAX,
	                                      true },
	                 l->err);
	return l->ok;
}

static void list(const struct sys *sys, const char *folder, sys_each *each,
                 void *arg)
{
	int fd = sys->open(folder, SYS_READ | SYS_FOLDER);

	if (fd < 0)
		return;
	(void)sys->list(fd, each, arg);
	(void)sys->close(fd);
}

/* Mapped devices and arrays: where in these it is, is not told. */
static bool add_slaves(const struct sys *sys, struct claim *claim,
                       struct claim_part part, struct error *err)
{
	char folder[NAME];
	struct listing l = { sys, folder, claim, true, err };

	snprintf(folder, sizeof(folder), "/sys/dev/block/%u:%u/slaves",
	         major(part.of.ino), minor(part.of.ino));
	list(sys, folder, add_slave, &l);
	return l.ok;
}

bool claim_of(const struct sys *sys, const struct identity *id,
              struct claim *claim, struct error *err)
{
	bool ok =
		add_part(claim,
	                 (struct claim_part){ *id, 0, UINT64_MAX, false }, err);

	for (size_t i = 0; ok && i < claim->count; i++) {
		struct claim_part part = claim->v[i];

		if (is_device(&part.of))
			ok = add_disk(sys, claim, part, err) &&
			     add_backing(sys, claim, part, err) &&
			     add_slaves(sys, claim, part, err);
	}
	if (!ok)
		claim_free(claim);
	return ok;
}

void claim_free(struct claim *claim)
{
	mem_free(claim->v);
	*claim = (struct claim){ 0 };
}

static bool parts_meet(const struct claim_part *a, const struct claim_part *b)
{
	return identity_same(&a->of, &b->of) && !(a->loose && b->loose) &&
	       a->from < b->to && b->from < a->to;
}

bool claim_meets(const struct claim *a, const struct claim *b)
{
	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++)
			if (parts_meet(&a->v[i], &b->v[k]))
				return true;
	return false;
}

/* Does it lie on, or is it, this one? */
static bool lies_on(const struct claim *claim, const struct identity *id)
{
	for (size_t i = 0; i < claim->count; i++)
		if (identity_same(&claim->v[i].of, id))
			return true;
	return false;
}

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
	char dev[64], where[PATH], from[PATH], why[WHY];
	const char *rest = strstr(line, " - ");

	if (!rest || !word(line, 2, dev, sizeof(dev)) ||
	    !word(line, 4, where, sizeof(where)) ||
	    !word(rest + 3, 1, from, sizeof(from)))
		return true;
	use.by = device_of(parse_device(dev));
	if (major(use.by.ino) == 0 &&
	    (from[0] != '/' || !find(sys, from, &use.by) ||
	     !is_device(&use.by)))
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
	char path[PATH], why[WHY];

	if (!word(line, 0, path, sizeof(path)) || path[0] != '/' ||
	    !find(sys, path, &use.by))
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
		ok = mem_grow(&text, &cap, len + PATH, 1, err);
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
	char path[PATH], buf[PATH];

	snprintf(path, sizeof(path), "/sys/block/%s/loop/backing_file", name);
	*is_loop = read_line(sys, path, buf, sizeof(buf));
	snprintf(path, sizeof(path), "/sys/block/%s/dm/name", name);
	if (*is_loop)
		snprintf(why, WHY, "/dev/%s has the same bytes",
		         text_shown(name).s);
	else if (read_line(sys, path, buf, sizeof(buf)))
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
	char path[PATH], buf[64], why[WHY];

	snprintf(path, sizeof(path), "/sys/block/%s/dev", name);
	if (!read_line(d->sys, path, buf, sizeof(buf)))
		return true;
	use.by = device_of(parse_device(buf));
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
		list(sys, "/sys/block", add_device, &d);
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

	if (lies_on(claim, &use->by))
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
