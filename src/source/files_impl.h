/*
 * files_impl.h - the caches inside a struct files, for the sources that use it
 *
 * Threads: constant after files_new(); each cache has its own mutex.
 */
#ifndef SOURCE_FILES_IMPL_H
#define SOURCE_FILES_IMPL_H

#include "source/blocks.h"
#include "source/descriptors.h"
#include "source/siblings.h"
#include "source/windows.h"

struct files {
	const struct sys *sys; /* borrowed */
	struct descriptors *descriptors;
	struct windows *windows; /* NULL: nothing is mapped */
	struct blocks *blocks;
	struct siblings *siblings;
};

#endif
