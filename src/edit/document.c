/*
 * document.c - see document.h
 *
 * There are no edits yet: the tree of a document is the one piece that is its
 * whole source, so offsets are the source's.
 */
#include "config.h"

#include "edit/document.h"

#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"

struct document {
	atomic_size_t count;
	uint64_t id;
	struct source *src; /* owned */
	enum access access; /* never ACCESS_DEFAULT */
	char name[];
};

static const char *const access_names[] = {
	[ACCESS_DEFAULT] = "default",
	[ACCESS_READ] = "read",
	[ACCESS_WRITE] = "write",
	[ACCESS_COPY] = "copy",
};

/* What ACCESS_DEFAULT means for this source. */
static enum access access_of(const struct source *src)
{
	if (src->traits & SOURCE_PRIVATE)
		return ACCESS_COPY;
	if (src->traits & SOURCE_DEVICE)
		return ACCESS_READ;
	return src->traits & SOURCE_WRITABLE ? ACCESS_WRITE : ACCESS_READ;
}

static bool allows(const struct source *src, enum access access,
                   const char *name, struct error *err)
{
	if (access != ACCESS_WRITE || src->traits & SOURCE_WRITABLE)
		return true;
	error_set(err, ERR_READONLY, "%s: cannot be written",
	          text_shown(name).s);
	return error_add_path(err, name);
}

struct document *document_new(struct source *src, uint64_t id, const char *name,
                              enum access access, struct error *err)
{
	size_t len = strlen(name) + 1;
	struct document *doc = NULL;

	if (access == ACCESS_DEFAULT)
		access = access_of(src);
	if (allows(src, access, name, err))
		doc = mem_zalloc(sizeof(*doc) + len, err);
	if (!doc) {
		source_free(src);
		return NULL;
	}
	atomic_init(&doc->count, 1);
	doc->id = id;
	doc->src = src;
	doc->access = access;
	memcpy(doc->name, name, len);
	return doc;
}

struct document *document_ref(struct document *doc)
{
	atomic_fetch_add_explicit(&doc->count, 1, memory_order_relaxed);
	return doc;
}

/* Acquire and release: whoever frees it sees what every other user did. */
void document_unref(struct document *doc)
{
	if (!doc ||
	    atomic_fetch_sub_explicit(&doc->count, 1, memory_order_acq_rel) > 1)
		return;
	source_free(doc->src);
	mem_free(doc);
}

uint64_t document_id(const struct document *doc)
{
	return doc->id;
}

uint64_t document_size(const struct document *doc)
{
	return doc->src->size;
}

const char *document_name(const struct document *doc)
{
	return doc->name;
}

enum access document_access(const struct document *doc)
{
	return doc->access;
}

const char *access_name(enum access access)
{
	return access_names[access];
}

struct source *document_source(const struct document *doc)
{
	return doc->src;
}

bool document_read(const struct document *doc, uint64_t off, void *buf,
                   size_t len, unsigned flags, struct runs *runs,
                   struct error *err)
{
	return source_read(doc->src, off, buf, len, flags, runs, err);
}

struct stretch document_stretch(const struct document *doc, uint64_t off)
{
	return source_stretch(doc->src, off);
}

const void *document_map(const struct document *doc, uint64_t off, size_t *len,
                         void **pin)
{
	return source_map(doc->src, off, len, pin);
}

bool document_unmap(const struct document *doc, void *pin)
{
	source_unmap(doc->src, pin);
	return !(source_check(doc->src) & CHANGE_SIZE_LESS);
}

unsigned document_check(struct document *doc)
{
	return source_check(doc->src);
}
