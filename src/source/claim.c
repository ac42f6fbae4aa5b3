/*
 * claim.c - see claim.h
 *
 *   C1  each part of a claim but the first lies below one before it
 *   C2  no part of a device is in a claim twice with the same place
 */
#include "config.h"

#include "source/claim.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "source/claim_impl.h"

enum {
	PARTS_MOST = 1024, /* of one claim: no device is made of more */
	SECTOR = 512,
};

static uint64_t add(uint64_t a, uint64_t b)
{
	return b > UINT64_MAX - a ? UINT64_MAX : a + b;
}

/* --- what /sys says ------------------------------------------------------ */

/* A small file, without the newline at its end; false: it is not there. */
bool claim_read_line(const struct sys *sys, const char *path, char *buf,
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
	char path[CLAIM_NAME];

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s", major(number),
	         minor(number), name);
	return claim_read_line(sys, path, buf, room);
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
uint64_t claim_parse_device(const char *text)
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
	disk = claim_parse_device(buf);
	return disk == 0 ||
	       add_below(claim, part, claim_device(disk),
	                 number_of(sys, number, "start", 0) * SECTOR,
	                 number_of(sys, number, "size", UINT64_MAX / SECTOR) *
	                         SECTOR,
	                 err);
}

/* What is at a path, if it is a file or a device that bytes can lie in. */
bool claim_find(const struct sys *sys, const char *path, struct identity *id)
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
	char path[CLAIM_PATH];
	struct identity id;
	uint64_t len;

	if (!read_of(sys, number, "loop/backing_file", path, sizeof(path)) ||
	    !claim_find(sys, path, &id))
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
	char path[CLAIM_PATH], buf[64];
	uint64_t number;

	if (snprintf(path, sizeof(path), "%s/%s/dev", l->folder, name) >=
	            (int)sizeof(path) ||
	    !claim_read_line(l->sys, path, buf, sizeof(buf)))
		return true;
	number = claim_parse_device(buf);
	l->ok = number == 0 ||
	        add_part(l->claim,
	                 (struct claim_part){ claim_device(number), 0,
	                                      UINT64_MAX, true },
	                 l->err);
	return l->ok;
}

void claim_list(const struct sys *sys, const char *folder, sys_each *each,
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
	char folder[CLAIM_NAME];
	struct listing l = { sys, folder, claim, true, err };

	snprintf(folder, sizeof(folder), "/sys/dev/block/%u:%u/slaves",
	         major(part.of.ino), minor(part.of.ino));
	claim_list(sys, folder, add_slave, &l);
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

		if (claim_is_device(&part.of))
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
bool claim_lies_on(const struct claim *claim, const struct identity *id)
{
	for (size_t i = 0; i < claim->count; i++)
		if (identity_same(&claim->v[i].of, id))
			return true;
	return false;
}
