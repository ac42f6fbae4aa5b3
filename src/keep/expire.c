/* expire.c - see expire.h */
#include "config.h"

#include "keep/expire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "keep/disk.h"
#include "keep/recover.h"

struct closed {
	char name[RECORD_NAME + 8];
	int64_t written; /* ns since the epoch */
	uint64_t size;
};

struct closed_list {
	const struct folder *folder;
	struct closed *v; /* owned */
	size_t count, cap;
	bool ok;
	struct error *err;
};

/* What cannot be looked at is left alone. */
static bool look(const struct folder *folder, const char *name,
                 struct closed *out)
{
	struct sys_stat st;
	struct error ignored;
	int fd, res;

	if (!recover_is_history(folder, name) ||
	    !folder_open_file(folder, name, SYS_READ, &fd, &ignored))
		return false;
	res = folder->sys->fstat(fd, &st);
	(void)folder->sys->close(fd);
	if (res < 0)
		return false;
	snprintf(out->name, sizeof(out->name), "%s", name);
	out->written = st.mtime;
	out->size = st.size;
	return true;
}

static bool take(void *arg, const char *name)
{
	struct closed_list *list = arg;
	struct closed closed;

	if (!look(list->folder, name, &closed))
		return true;
	list->ok = mem_grow(&list->v, &list->cap, list->count + 1,
	                    sizeof(*list->v), list->err);
	if (list->ok)
		list->v[list->count++] = closed;
	return list->ok;
}

/* The newest first. */
static int compare(const void *a, const void *b)
{
	const struct closed *one = a, *two = b;

	return (two->written > one->written) - (two->written < one->written);
}

bool expire(const struct folder *folder, uint64_t bytes, int64_t before,
            struct error *err)
{
	struct closed_list list = { .folder = folder, .ok = true, .err = err };
	bool ok = recover_names(folder, take, &list, err) && list.ok;

	if (ok && list.count > 0)
		qsort(list.v, list.count, sizeof(*list.v), compare);
	for (size_t i = 0; i < list.count && list.ok; i++) {
		const struct closed *closed = &list.v[i];
		int res;

		if (closed->written >= before && closed->size <= bytes) {
			bytes -= closed->size;
			continue;
		}
		/* All that are older go, too. */
		bytes = 0;
		res = disk_unlink_in(folder->sys, folder->fd, closed->name);
		if (res < 0 && res != -ENOENT)
			ok = folder_failed(folder, closed->name, "remove", res,
			                   err);
	}
	mem_free(list.v);
	return ok;
}
