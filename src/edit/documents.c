/*
 * documents.c - see documents.h
 *
 * Ids only go up, so the array stays sorted by appending. The hash is made anew
 * when documents leave or are exchanged, which is seldom.
 */
#include "config.h"

#include "edit/documents.h"

#include <string.h>

#include "base/error.h"
#include "base/mem.h"

enum { HASH_FIRST = 64 };

/* The first entry with this id or a greater one. */
static size_t lower(const struct documents *docs, uint64_t id)
{
	size_t lo = 0, hi = docs->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (document_id(docs->v[mid].doc) < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t documents_find(const struct documents *docs, uint64_t id)
{
	size_t at = lower(docs, id);

	if (at < docs->count && document_id(docs->v[at].doc) == id)
		return at;
	return docs->count;
}

static size_t hash(const struct identity *id, size_t size)
{
	uint64_t h = (id->ino ^ id->dev * UINT64_C(0x9e3779b97f4a7c15)) *
	             UINT64_C(0xff51afd7ed558ccd);

	return (size_t)(h >> 32) & (size - 1);
}

static bool is_shared(const struct document *doc)
{
	const struct source *src = document_source(doc);

	return !(src->traits & SOURCE_PRIVATE) && src->id.ino != 0 &&
	       document_access(doc) != ACCESS_COPY;
}

static void hash_put(struct documents *docs, size_t idx)
{
	const struct source *src = document_source(docs->v[idx].doc);
	size_t at;

	if (!is_shared(docs->v[idx].doc))
		return;
	at = hash(&src->id, docs->by_file_size);
	while (docs->by_file[at])
		at = (at + 1) & (docs->by_file_size - 1);
	docs->by_file[at] = (uint32_t)idx + 1;
}

/* Empty the hash and enter every document. It is large enough already. */
static void hash_fill(struct documents *docs)
{
	memset(docs->by_file, 0, docs->by_file_size * sizeof(*docs->by_file));
	for (size_t i = 0; i < docs->count; i++)
		hash_put(docs, i);
}

/* Room in the hash for so many more, at most half full. */
static bool hash_grow(struct documents *docs, size_t more, struct error *err)
{
	size_t size = docs->by_file_size ? docs->by_file_size : HASH_FIRST;
	uint32_t *table;

	while (size < (docs->count + more) * 2)
		size *= 2;
	if (size == docs->by_file_size)
		return true;
	table = mem_zalloc(size * sizeof(*table), err);
	if (!table)
		return false;
	mem_free(docs->by_file);
	docs->by_file = table;
	docs->by_file_size = size;
	hash_fill(docs);
	return true;
}

bool documents_init(struct documents *docs, struct error *err)
{
	*docs = (struct documents){ 0 };
	return hash_grow(docs, 1, err);
}

bool documents_reserve(struct documents *docs, size_t more, struct error *err)
{
	return mem_grow(&docs->v, &docs->cap, docs->count + more,
	                sizeof(*docs->v), err) &&
	       hash_grow(docs, more, err);
}

void documents_free(struct documents *docs)
{
	for (size_t i = 0; i < docs->count; i++)
		document_unref(docs->v[i].doc);
	mem_free(docs->v);
	mem_free(docs->by_file);
	known_free(&docs->known);
	*docs = (struct documents){ 0 };
}

struct document *documents_of_file(const struct documents *docs,
                                   const struct identity *id)
{
	size_t mask = docs->by_file_size - 1;

	if (id->ino == 0)
		return NULL;
	for (size_t at = hash(id, mask + 1); docs->by_file[at];
	     at = (at + 1) & mask) {
		struct document *doc = docs->v[docs->by_file[at] - 1].doc;
		const struct source *src = document_source(doc);

		if (src->id.dev == id->dev && src->id.ino == id->ino)
			return doc;
	}
	return NULL;
}

bool documents_add(struct documents *docs, struct document *doc,
                   struct error *err)
{
	if (!documents_reserve(docs, 1, err)) {
		document_unref(doc);
		return false;
	}
	docs->v[docs->count++] = (struct documents_entry){ .doc = doc };
	hash_put(docs, docs->count - 1);
	return true;
}

void documents_exchange(struct documents *docs, struct document **fresh)
{
	for (size_t i = 0; i < docs->count; i++) {
		struct document *old = docs->v[i].doc;

		if (!fresh[i])
			continue;
		docs->v[i] = (struct documents_entry){ .doc = fresh[i] };
		fresh[i] = old;
	}
	known_forget(&docs->known);
	hash_fill(docs);
}

void documents_unmark(struct documents *docs)
{
	for (size_t i = 0; i < docs->count; i++)
		docs->v[i].used = false;
}

void documents_mark(struct documents *docs, const struct document *doc)
{
	docs->v[documents_find(docs, document_id(doc))].used = true;
}

void documents_sweep(struct documents *docs)
{
	size_t kept = 0;

	for (size_t i = 0; i < docs->count; i++) {
		if (docs->v[i].used)
			docs->v[kept++] = docs->v[i];
		else
			document_unref(docs->v[i].doc);
	}
	docs->count = kept;
	hash_fill(docs);
}
