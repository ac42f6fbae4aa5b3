/*
 * checklist.c - see checklist.h
 *
 * Lists name each file once, or in pieces that follow each other. So a file is
 * known by how many other names stood before it, and nothing has to be looked
 * up when the list is read again.
 */
#include "config.h"

#include "command/checklist.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "command/context.h"
#include "open/namer.h"
#include "session.h"
#include "space/space.h"

/* --- where files are ----------------------------------------------------- */

static const struct whole *by_path(const struct checklist *list,
                                   const char *path)
{
	struct sys_stat st;
	struct identity id;

	if (list->sys->stat(path, &st) < 0)
		return NULL;
	id = identity_of(&st);
	return wholes_same(&list->wholes, &id);
}

/* "-" is what a program had on its standard input: all of it. What was made
   elsewhere is the one file of this last name. */
static bool find_file(const struct checklist *list, const char *name,
                      struct checklist_file *file, struct error *err)
{
	const struct whole *whole;
	char *path;

	*file = (struct checklist_file){ 0 };
	if (strcmp(name, "-") == 0) {
		*file = (struct checklist_file){ true, 0, list->size };
		return true;
	}
	path = namer_resolve(list->path, name, err);
	if (!path)
		return false;
	whole = by_path(list, path);
	mem_free(path);
	if (!whole)
		whole = by_path(list, name);
	if (!whole)
		whole = wholes_named(&list->wholes, name);
	if (whole && whole->is_shown)
		*file = (struct checklist_file){ true, whole->start,
			                         whole->size };
	return true;
}

/* --- going through ------------------------------------------------------- */

/* Does another file begin with this name? Then it is counted. */
static bool note_name(struct checklist_walk *walk, const char *name,
                      bool *is_new, struct error *err)
{
	size_t len = strlen(name) + 1;

	*is_new = !walk->name || strcmp(walk->name, name) != 0;
	if (!*is_new)
		return true;
	if (!mem_grow(&walk->name, &walk->name_cap, len, 1, err))
		return false;
	memcpy(walk->name, name, len);
	walk->file++;
	return true;
}

/* Where the bytes of an entry are, as far as they are there. */
static void locate(const struct checklist_walk *walk,
                   const struct manifest_entry *entry, struct interval *at)
{
	const struct checklist *list = walk->list;
	struct checklist_file all = { true, 0, list->size };
	const struct checklist_file *file =
		entry->name ? &list->files[walk->file - 1] : &all;
	uint64_t end =
		entry->whole ? file->size : u64_min(entry->end, file->size);

	at->start = file->start + u64_min(entry->start, end);
	at->end = file->start + end;
}

static bool find_algorithm(const struct checklist *list,
                           const struct algorithm *algorithm, size_t *idx)
{
	for (*idx = 0; *idx < list->algorithm_count; ++*idx)
		if (list->algorithms[*idx] == algorithm)
			return true;
	return false;
}

static bool changed(const struct checklist_walk *walk, struct error *err)
{
	error_set(err, ERR_CHANGED, "%s was changed while it was read",
	          text_shown(walk->list->path).s);
	return error_add_path(err, walk->list->path);
}

/* The next entry of what is open, kept in the walk. */
static bool have_entry(struct checklist_walk *walk, struct error *err)
{
	const struct checklist *list = walk->list;

	while (!walk->has_entry) {
		struct manifest_entry *entry = &walk->entry;
		bool there, is_new;

		if (!job_goes_on(walk->job, err) ||
		    !manifest_next(&walk->manifest, entry, &there, err))
			return false;
		if (!there)
			return true;
		if (entry->name && !note_name(walk, entry->name, &is_new, err))
			return false;
		if (entry->name && walk->file > list->count)
			return changed(walk, err);
		walk->has_entry =
			!entry->name || list->files[walk->file - 1].is_open;
	}
	return true;
}

static bool add_digest(struct checklist_walk *walk, struct checklist_part *part,
                       struct error *err)
{
	const struct manifest_entry *entry = &walk->entry;
	size_t idx;

	if (!find_algorithm(walk->list, entry->algorithm, &idx))
		return changed(walk, err);
	part->digests[part->count].algorithm = idx;
	memcpy(part->digests[part->count].bytes, entry->digest, DIGEST_MAX);
	part->count++;
	part->skipped = entry->skipped;
	walk->has_entry = false;
	return true;
}

bool checklist_next(struct checklist_walk *walk, struct checklist_part *part,
                    bool *there, struct error *err)
{
	if (!walk->begun && !manifest_begin(&walk->manifest, walk->list->sys,
	                                    walk->list->path, err))
		return false;
	walk->begun = true;
	if (!have_entry(walk, err))
		return false;
	*there = walk->has_entry;
	part->count = 0;
	while (walk->has_entry && part->count < MANIFEST_DIGESTS) {
		struct interval at;

		locate(walk, &walk->entry, &at);
		if (part->count > 0 &&
		    (at.start != part->at.start || at.end != part->at.end ||
		     walk->entry.skipped != part->skipped))
			break;
		part->at = at;
		if (!add_digest(walk, part, err) || !have_entry(walk, err))
			return false;
	}
	return true;
}

void checklist_end(struct checklist_walk *walk)
{
	if (walk->begun)
		manifest_end(&walk->manifest);
	mem_free(walk->name);
	walk->name = NULL;
	walk->begun = false;
}

/* --- loading ------------------------------------------------------------- */

static bool note_file(struct checklist *list, const char *name,
                      struct error *err)
{
	struct checklist_file *file;

	if (!mem_grow(&list->files, &list->cap, list->count + 1,
	              sizeof(*list->files), err))
		return false;
	file = &list->files[list->count];
	if (!find_file(list, name, file, err))
		return false;
	list->count++;
	list->closed += !file->is_open;
	return true;
}

static bool note_entry(struct checklist *list, struct checklist_walk *walk,
                       struct error *err)
{
	const struct manifest_entry *entry = &walk->entry;
	struct interval at;
	bool is_new = false;
	size_t idx;

	if (entry->name && !note_name(walk, entry->name, &is_new, err))
		return false;
	if (is_new && !note_file(list, entry->name, err))
		return false;
	if (entry->name && !list->files[walk->file - 1].is_open)
		return true;
	if (!find_algorithm(list, entry->algorithm, &idx))
		list->algorithms[list->algorithm_count++] = entry->algorithm;
	locate(walk, entry, &at);
	if (list->has_part && at.start == list->last.start &&
	    at.end == list->last.end)
		return true;
	list->has_part = true;
	list->last = at;
	list->longest = u64_max(list->longest, at.end - at.start);
	list->bytes += u64_min(at.end - at.start, UINT64_MAX - list->bytes);
	return true;
}

static bool note_all(struct checklist *list, struct checklist_walk *walk,
                     struct job *job, struct error *err)
{
	const struct reading *in = &walk->manifest.in;

	for (bool there;;) {
		if (!job_goes_on(walk->job, err) ||
		    !manifest_next(&walk->manifest, &walk->entry, &there, err))
			return false;
		if (!there)
			return true;
		if (!note_entry(list, walk, err))
			return false;
		if (job)
			job_set_progress(job, in->taken, in->size);
	}
}

static bool has_any(const struct checklist *list, struct error *err)
{
	if (list->has_part)
		return true;
	if (list->closed > 0)
		error_set(err, ERR_STATE,
		          "%s: none of the files that it lists is open, whole",
		          text_shown(list->path).s);
	else
		error_set(err, ERR_SYNTAX, "%s: there is no digest in it",
		          text_shown(list->path).s);
	return error_add_path(err, list->path);
}

bool checklist_open(struct checklist *list, struct context *ctx,
                    const char *path, struct error *err)
{
	const struct space *sp = context_space(ctx);

	*list = (struct checklist){ .sys = session_sys(ctx->session),
		                    .size = space_size(sp) };
	list->path = mem_strdup(path, err);
	if (!list->path || !wholes_make(&list->wholes, sp, err) ||
	    !manifest_begin(&list->manifest, list->sys, list->path, err))
		return false;
	list->is_begun = true;
	return true;
}

bool checklist_load(struct checklist *list, struct job *job, struct error *err)
{
	struct checklist_walk walk = {
		.list = list,
		.job = job,
		.manifest = list->manifest,
		.begun = true,
	};
	bool ok;

	list->is_begun = false;
	ok = note_all(list, &walk, job, err);
	checklist_end(&walk);
	return ok && has_any(list, err);
}

void checklist_free(struct checklist *list)
{
	if (list->is_begun)
		manifest_end(&list->manifest);
	wholes_free(&list->wholes);
	mem_free(list->files);
	mem_free(list->path);
}
