/*
 * files.c - see files.h
 *
 * The three caches differ in what an entry costs and in who may wait for it, so
 * each is a module of its own with its own mutex: descriptors.h, windows.h,
 * blocks.h. No function holds two of the mutexes.
 */
#include "config.h"

#include "source/files.h"

#include <assert.h>

#include "base/mem.h"
#include "base/sys.h"
#include "source/files_impl.h"

enum {
	DESCRIPTORS_SPARE = 64, /* for the program's own, and for threads that
	                           pass the limit for a moment */
	DESCRIPTORS_LEAST = 4,
	DESCRIPTORS_MOST = 1024,
};

struct files_limits files_limits_default(void)
{
	size_t limit = sys_descriptor_limit();
	struct files_limits limits = {
		.descriptors = DESCRIPTORS_LEAST,
		.windows = sizeof(void *) < 8 ? 16 : 64,
		.window_len = (size_t)(sizeof(void *) < 8 ? 4 : 64) << 20,
		.blocks = 512,
	};

	if (limit > DESCRIPTORS_SPARE + DESCRIPTORS_LEAST)
		limits.descriptors =
			size_min(limit - DESCRIPTORS_SPARE, DESCRIPTORS_MOST);
	return limits;
}

static bool fill(struct files *files, struct files_limits limits,
                 struct error *err)
{
	files->descriptors =
		descriptors_new(files->sys, limits.descriptors, err);
	if (!files->descriptors)
		return false;
	files->blocks = blocks_new(limits.blocks, FILES_BLOCK, err);
	if (!files->blocks)
		return false;
	files->siblings = siblings_new(files->sys, err);
	if (!files->siblings)
		return false;
	if (limits.windows == 0)
		return true;
	files->windows =
		windows_new(files->sys, limits.windows, limits.window_len, err);
	return files->windows != NULL;
}

struct files *files_new(const struct sys *sys, struct files_limits limits,
                        struct error *err)
{
	struct files *files = mem_zalloc(sizeof(*files), err);

	assert(limits.descriptors > 0);
	assert(limits.windows == 0 ||
	       (limits.window_len > 0 && limits.window_len % 65536 == 0));
	if (!files)
		return NULL;
	files->sys = sys;
	if (!fill(files, limits, err)) {
		files_free(files);
		return NULL;
	}
	return files;
}

void files_free(struct files *files)
{
	if (!files)
		return;
	windows_free(files->windows);
	siblings_free(files->siblings);
	blocks_free(files->blocks);
	descriptors_free(files->descriptors);
	mem_free(files);
}

void files_begin_many(struct files *files)
{
	siblings_begin(files->siblings);
}

void files_end_many(struct files *files)
{
	siblings_end(files->siblings);
}

#ifdef TEST_HOOKS
size_t files_descriptors(struct files *files)
{
	return descriptors_count(files->descriptors);
}

size_t files_windows(struct files *files)
{
	return files->windows ? windows_count(files->windows) : 0;
}
#endif
