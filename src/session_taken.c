/*
 * session_taken.c - journals whose edits were taken up: see session_impl.h
 *
 * They say that these wait until they are told that they do not: at the end, or
 * when the edits were flushed.
 */
#include "config.h"

#include "session.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "session_impl.h"

void session_end_taken(struct session *session, bool release)
{
	struct error err;

	for (size_t i = 0; i < session->taken_count; i++) {
		struct taken *taken = &session->taken[i];

		if (release && !recover_release(taken->rec, taken->files,
		                                taken->count, &err))
			session_say_line(session, err.text);
		recover_free(taken->rec);
		mem_free(taken->files);
	}
	mem_free(session->taken);
	session->taken = NULL;
	session->taken_count = session->taken_cap = 0;
}

/* Put the documents that have edits still behind the others; returns how many
   have none. */
static uint32_t part_flushed(struct session *session, struct taken *taken)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < taken->count; i++) {
		uint32_t file = taken->files[i];
		const struct document *doc =
			session_document_of(session, taken->rec, file);

		if (doc && document_root(doc))
			continue;
		taken->files[i] = taken->files[n];
		taken->files[n++] = file;
	}
	return n;
}

/* The first n documents were flushed; what the others wait for is read anew. */
static bool release_first(struct session *session, struct taken *taken,
                          uint32_t n, struct error *err)
{
	char name[RECORD_NAME + 8];
	bool ok = recover_release(taken->rec, taken->files, n, err);
	const struct folder *folder = ok ? session_shelf(session, err) : NULL;

	snprintf(name, sizeof(name), "%s", recover_name(taken->rec));
	recover_free(taken->rec);
	taken->rec = NULL;
	taken->count -= n;
	memmove(taken->files, taken->files + n,
	        taken->count * sizeof(*taken->files));
	if (folder && taken->count > 0)
		taken->rec = recover_open(folder, name, err);
	return ok && (taken->count == 0 || taken->rec);
}

void session_release_flushed(struct session *session)
{
	size_t left = 0;

	for (size_t i = 0; i < session->taken_count; i++) {
		struct taken taken = session->taken[i];
		uint32_t n = part_flushed(session, &taken);
		struct error err;

		if (n > 0 && !release_first(session, &taken, n, &err))
			session_say_line(session, err.text);
		if (taken.rec)
			session->taken[left++] = taken;
		else
			mem_free(taken.files);
	}
	session->taken_count = left;
}
