/* mapfile.c - see mapfile.h */
#include "config.h"

#include "open/mapfile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "open/replace.h"

bool mapfile_add(struct mapfile *map, uint64_t off, uint64_t len,
                 enum state state, struct error *err)
{
	char sign = state == STATE_BAD ? '-' : '?';
	struct mapfile_part *last = map->count ? &map->v[map->count - 1] : NULL;

	if (last && last->sign == sign && last->off + last->len == off) {
		last->len += len;
		return true;
	}
	if (!mem_grow(&map->v, &map->cap, map->count + 1, sizeof(*map->v), err))
		return false;
	map->v[map->count++] = (struct mapfile_part){ off, len, sign };
	return true;
}

void mapfile_free(struct mapfile *map)
{
	mem_free(map->v);
	*map = (struct mapfile){ 0 };
}

char *mapfile_path(const char *path, struct error *err)
{
	struct buffer name = { 0 };

	if (buffer_append(&name, path, strlen(path), err) &&
	    buffer_append(&name, ".map", 4, err))
		return name.v;
	mem_free(name.v);
	return NULL;
}

static bool put_row(struct replacement *file, uint64_t off, uint64_t len,
                    char sign, struct error *err)
{
	char line[80];
	int n = snprintf(line, sizeof(line),
	                 "0x%08" PRIX64 "  0x%08" PRIX64 "  %c\n", off, len,
	                 sign);

	return len == 0 || replace_put(file, line, (size_t)n, err);
}

static bool put_rows(const struct mapfile *map, struct replacement *file,
                     uint64_t size, struct error *err)
{
	static const char head[] =
		"# Mapfile. Created by " PACKAGE_STRING "\n"
		"# current_pos  current_status  current_pass\n"
		"0x00000000     +               1\n"
		"#      pos        size  status\n";
	uint64_t at = 0;

	if (!replace_put(file, head, sizeof(head) - 1, err))
		return false;
	for (size_t i = 0; i < map->count; i++) {
		const struct mapfile_part *part = &map->v[i];

		if (!put_row(file, at, part->off - at, '+', err) ||
		    !put_row(file, part->off, part->len, part->sign, err))
			return false;
		at = part->off + part->len;
	}
	return put_row(file, at, size - at, '+', err);
}

bool mapfile_write(const struct mapfile *map, const struct sys *sys,
                   const char *path, uint64_t size, bool over,
                   struct error *err)
{
	struct replacement file;

	if (map->count == 0)
		return true;
	if (!replace_may(sys, path, over, err) ||
	    !replace_begin_data(&file, sys, path, over, err))
		return false;
	if (put_rows(map, &file, size, err) && replace_finish(&file, err))
		return replace_place(&file, over, err);
	replace_cancel(&file);
	return false;
}
