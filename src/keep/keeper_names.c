/*
 * keeper_names.c - see keeper_impl.h: the numbers of documents in the journal
 *
 * A document has few neighbours, so sorted arrays do. What was loaded anew has
 * another number, and its former ones are remembered for the flush.
 */
#include "config.h"

#include "keep/keeper_impl.h"

#include <string.h>

#include "base/mem.h"
#include "base/sys.h"
#include "edit/change.h"
#include "edit/document.h"
#include "edit/documents.h"
#include "keep/index.h"
#include "keep/journal.h"

const struct document *keeper_document_of(const struct keeper *keeper,
                                          const struct change *change)
{
	size_t at = documents_find(keeper->docs, change->doc);
	const struct document *doc;

	if (at == keeper->docs->count)
		return NULL;
	doc = keeper->docs->v[at].doc;
	return document_source(doc)->traits & SOURCE_PRIVATE ? NULL : doc;
}

/* The first entry of this document or a later one. */
static size_t find_named(const struct keeper *keeper, uint64_t doc)
{
	size_t lo = 0, hi = keeper->named_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (keeper->named[mid].doc < doc)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool is_same(const struct identity *a, const struct identity *b)
{
	return identity_same(a, b) && a->size == b->size &&
	       a->mtime == b->mtime && a->ctime == b->ctime;
}

bool keeper_path(const struct keeper *keeper, const struct document *doc,
                 char path[static KEEPER_PATH], struct error *err)
{
	const char *name = document_name(doc);
	size_t len = 0;
	int res;

	if (name[0] != '/') {
		res = keeper->sys->cwd(path, RECORD_PATH_MAX);
		if (res < 0)
			return error_sys(err, -res, "the working directory");
		len = strlen(path);
		path[len++] = '/';
	}
	if (strlen(name) >= RECORD_PATH_MAX - len)
		return error_set(err, ERR_LIMIT,
		                 "the path is too long for the journal");
	strcpy(path + len, name);
	return true;
}

/* Write who a document is. */
static bool name_file(struct keeper *keeper, const struct document *doc,
                      uint32_t *number, struct error *err)
{
	const struct source *src = document_source(doc);
	char path[KEEPER_PATH];
	struct record_file file = {
		.kind = src->traits & SOURCE_DEVICE ? RECORD_FILE_DEVICE
		                                    : RECORD_FILE_REGULAR,
		.dev = src->id.dev,
		.ino = src->id.ino,
		.size = src->id.size,
		.mtime = src->id.mtime,
		.ctime = src->id.ctime,
		.path = path,
	};

	if (!keeper_path(keeper, doc, path, err) ||
	    !mem_grow(&keeper->files, &keeper->file_cap, keeper->file_count + 1,
	              sizeof(*keeper->files), err))
		return false;
	file.path_len = strlen(path);
	/* If the group is given up it is one too many, which does no harm. */
	keeper->files[keeper->file_count++] =
		(struct index_file){ file.dev, file.ino,
		                     index_hash(path, file.path_len) };
	return journal_file(keeper->journal, &file, number, err);
}

bool keeper_number_of(struct keeper *keeper, const struct document *doc,
                      uint32_t *number, struct error *err)
{
	uint64_t id = document_id(doc);
	size_t at = find_named(keeper, id);
	bool there = at < keeper->named_count && keeper->named[at].doc == id;
	struct keeper_named *named;

	/* What was loaded anew is another file to the journal. */
	if (there &&
	    is_same(&keeper->named[at].id, &document_source(doc)->id)) {
		*number = keeper->named[at].number;
		return true;
	}
	if (!mem_grow(&keeper->named, &keeper->named_cap,
	              keeper->named_count + 1, sizeof(*named), err) ||
	    !mem_grow(&keeper->former, &keeper->former_cap,
	              keeper->former_count + 1, sizeof(*keeper->former), err) ||
	    !name_file(keeper, doc, number, err))
		return false;
	named = &keeper->named[at];
	if (there) {
		keeper->former[keeper->former_count++] = *named;
	} else {
		memmove(named + 1, named,
		        (keeper->named_count - at) * sizeof(*named));
		keeper->named_count++;
	}
	*named = (struct keeper_named){ .doc = id,
		                        .number = *number,
		                        .link = there ? named->link : 0,
		                        .id = document_source(doc)->id };
	return true;
}

void keeper_link(struct keeper *keeper, uint64_t doc)
{
	struct keeper_named *named = &keeper->named[find_named(keeper, doc)];
	uint32_t was = named->link;

	if (keeper->link == 0)
		keeper->link = was ? was : named->number;
	named->link = keeper->link;
	for (size_t i = 0; was != 0 && i < keeper->named_count; i++)
		if (keeper->named[i].link == was)
			keeper->named[i].link = keeper->link;
}

/* A document has the number again that it had before this one. */
static bool rename_former(struct keeper *keeper, struct keeper_named *named,
                          uint32_t most)
{
	for (size_t i = keeper->former_count; i-- > 0;) {
		struct keeper_named *former = &keeper->former[i];

		if (former->doc != named->doc || former->number > most)
			continue;
		*named = *former;
		keeper->former_count--;
		memmove(former, former + 1,
		        (keeper->former_count - i) * sizeof(*former));
		return true;
	}
	return false;
}

void keeper_drop_numbers(struct keeper *keeper, uint32_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < keeper->named_count; i++) {
		struct keeper_named named = keeper->named[i];

		if (named.number <= most || rename_former(keeper, &named, most))
			keeper->named[n++] = named;
	}
	keeper->named_count = n;
}

uint32_t keeper_last_number(const struct keeper *keeper)
{
	uint32_t most = 0;

	for (size_t i = 0; i < keeper->named_count; i++)
		if (keeper->named[i].number > most)
			most = keeper->named[i].number;
	return most;
}

uint32_t keeper_number(const struct keeper *keeper, const struct document *doc)
{
	size_t at = find_named(keeper, document_id(doc));

	return at < keeper->named_count &&
	                       keeper->named[at].doc == document_id(doc)
	               ? keeper->named[at].number
	               : 0;
}

bool keeper_wants_samples(const struct keeper *keeper,
                          const struct document *doc)
{
	size_t at = find_named(keeper, document_id(doc));

	return keeper->state == KEEPER_KEEPS && keeper->journal &&
	       at < keeper->named_count &&
	       keeper->named[at].doc == document_id(doc) &&
	       !keeper->named[at].sampled;
}

void keeper_put_samples(struct keeper *keeper, const struct document *doc,
                        const struct record_sample *v, uint32_t count)
{
	struct error ignored;
	struct keeper_named *named;

	if (!keeper_wants_samples(keeper, doc))
		return;
	named = &keeper->named[find_named(keeper, document_id(doc))];
	/* If it fails once it is not tried again. */
	named->sampled = true;
	if (count > 0 &&
	    journal_samples(keeper->journal, named->number, v, count, &ignored))
		(void)!journal_commit(keeper->journal, false, NULL, &ignored);
}

bool keeper_is_linked(const struct keeper *keeper, uint64_t a, uint64_t b)
{
	size_t i = find_named(keeper, a), k = find_named(keeper, b);

	return i < keeper->named_count && keeper->named[i].doc == a &&
	       k < keeper->named_count && keeper->named[k].doc == b &&
	       keeper->named[i].link != 0 &&
	       keeper->named[i].link == keeper->named[k].link;
}

bool keeper_add_numbers(const struct keeper *keeper, uint64_t doc,
                        struct keeper_numbers *out, struct error *err)
{
	size_t at = find_named(keeper, doc);

	if (!mem_grow(&out->v, &out->cap, out->count + keeper->former_count + 1,
	              sizeof(*out->v), err))
		return false;
	for (size_t i = 0; i < keeper->former_count; i++)
		if (keeper->former[i].doc == doc)
			out->v[out->count++] = keeper->former[i].number;
	if (at < keeper->named_count && keeper->named[at].doc == doc)
		out->v[out->count++] = keeper->named[at].number;
	return true;
}

void keeper_forget_numbers(struct keeper *keeper, uint64_t doc)
{
	size_t at = find_named(keeper, doc), n = 0;

	for (size_t i = 0; i < keeper->former_count; i++)
		if (keeper->former[i].doc != doc)
			keeper->former[n++] = keeper->former[i];
	keeper->former_count = n;
	if (at == keeper->named_count || keeper->named[at].doc != doc)
		return;
	keeper->named_count--;
	memmove(&keeper->named[at], &keeper->named[at + 1],
	        (keeper->named_count - at) * sizeof(*keeper->named));
}
