/* editing.c - see editing.h */
#include "config.h"

#include "tests/bench/editing.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "edit/store.h"
#include "keep/shelf.h"
#include "session.h"
#include "source/guard.h"
#include "space/layout.h"

struct error editing_err;

void editing_must(bool ok)
{
	errno = 0;
	if (!ok)
		bench_fail("%s", editing_err.text);
}

struct session *editing_open(const char *input, const char *folder)
{
	struct shelf_places places = { .given = folder };
	struct session_options o = {
		.files = files_limits_default(),
		.threads = 1,
		.journal = folder ? &places : NULL,
	};
	struct session *session = session_new(&o, &editing_err);
	struct layout inputs = { 0 };
	struct placement *p;

	/* As the program does. */
	editing_must(session && guard_install(&editing_err));
	p = placement_new(input, &editing_err);
	editing_must(p && layout_push(&inputs, p, &editing_err) &&
	             session_open(session, &inputs, &editing_err));
	layout_clear(&inputs);
	return session;
}

void editing_put(struct session *session, uint64_t addr, unsigned char byte,
                 unsigned flags)
{
	struct piece piece;
	struct session_splice splice = {
		.at = { .addr = addr },
		.removed = 1,
		.added = &piece,
		.count = 1,
	};

	editing_must(store_put(session_store(session), &byte, 1, &piece,
	                       &editing_err) &&
	             session_edit(session, &splice, 1, flags, &editing_err));
}

void editing_put_all(struct session *session, size_t n, uint64_t len,
                     uint64_t seed, unsigned flags)
{
	for (size_t i = 0; i < n; i++)
		editing_put(session, bench_random(&seed) % len,
		            (unsigned char)i, flags);
}

void editing_step_all(struct session *session, size_t n, bool back)
{
	for (size_t i = 0; i < n; i++)
		editing_must(back ? session_undo(session, &editing_err)
		                  : session_redo(session, &editing_err));
}

uint64_t editing_memory(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long long pages = 0;

	(void)malloc_trim(0);
	if (!f || fscanf(f, "%*u %llu", &pages) != 1)
		bench_fail("memory");
	fclose(f);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}
