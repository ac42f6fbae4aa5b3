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
#include "keep/index.h"
#include "keep/recover.h"

struct closed {
	char name[RECORD_NAME + 8];
	int64_t written; /* ns since the epoch */
	uint64_t size;
};

/* The newest first. */
static int compare(const void *a, const void *b)
{
	const struct closed *one = a, *two = b;

	return (two->written > one->written) - (two->written < one->written);
}

static struct closed *sorted(const struct index *index, struct error *err)
{
	size_t count = index_count(index);
	struct closed *v = mem_zalloc((count + 1) * sizeof(*v), err);

	for (size_t i = 0; v && i < count; i++) {
		const struct index_entry *entry = index_at(index, i);

		snprintf(v[i].name, sizeof(v[i].name), "%s", entry->name);
		v[i].written = entry->mtime;
		v[i].size = entry->size;
	}
	if (v && count > 0)
		qsort(v, count, sizeof(*v), compare);
	return v;
}

/* The index may be old: a name that leads to something else now is left
   alone. */
static bool is_still(const struct folder *folder, const struct closed *closed)
{
	return recover_is_history(folder, closed->name);
}

bool expire(const struct folder *folder, struct index *index, uint64_t bytes,
            int64_t before, struct error *err)
{
	size_t count = index_count(index);
	struct closed *v = sorted(index, err);
	bool ok = v != NULL;

	for (size_t i = 0; v && i < count; i++) {
		const struct closed *closed = &v[i];
		int res;

		if (closed->written >= before && closed->size <= bytes) {
			bytes -= closed->size;
			continue;
		}
		/* All that are older go, too. */
		bytes = 0;
		if (!is_still(folder, closed))
			continue;
		res = disk_unlink_in(folder->sys, folder->fd, closed->name);
		if (res >= 0 || res == -ENOENT)
			index_drop(index, closed->name);
		else
			ok = folder_failed(folder, closed->name, "remove", res,
			                   err);
	}
	mem_free(v);
	return ok;
}
