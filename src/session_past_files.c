/*
 * session_past_files.c - files that history is about, and that are not open:
 * see session_past_impl.h
 */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "session_impl.h"
#include "session_past_impl.h"

static bool is_file(const struct absent *absent, const struct record_file *file)
{
	return strlen(absent->path) == file->path_len &&
	       memcmp(absent->path, file->path, file->path_len) == 0;
}

/* An id for a file that is not open: no document ever gets it. */
bool session_absent_id(struct session *session, const struct record_file *file,
                       uint64_t *id, struct error *err)
{
	struct beyond *b = session->beyond;
	struct absent *absent;

	for (size_t i = 0; i < b->absent_count; i++)
		if (is_file(&b->absent[i], file)) {
			*id = b->absent[i].id;
			return true;
		}
	if (!mem_grow(&b->absent, &b->absent_cap, b->absent_count + 1,
	              sizeof(*b->absent), err))
		return false;
	absent = &b->absent[b->absent_count];
	absent->path = mem_strndup(file->path, file->path_len, err);
	if (!absent->path)
		return false;
	absent->id = *id = ++session->last_id;
	/* This is no document that was opened since the list was made. */
	if (b->list.last_id == session->last_id - 1)
		b->list.last_id = session->last_id;
	b->absent_count++;
	return true;
}

const char *session_absent(const struct session *session, uint64_t doc)
{
	const struct beyond *b = session->beyond;

	for (size_t i = 0; b && i < b->absent_count; i++)
		if (b->absent[i].id == doc)
			return b->absent[i].path;
	return NULL;
}
