/*
 * document.c - see document.h
 *
 * A document without edits has no tree, so that opening 100,000 of them costs
 * nothing more; its offsets are the source's.
 *
 * When the file is written, the base of this document stands still: what was
 * overwritten is read from its image, and the rest from the document that comes
 * after this one, and so on. A read that was under way when that began is done
 * again, so no lock is needed.
 */
#include "config.h"

#include "edit/document.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "edit/document_impl.h"
#include "edit/store.h"
#include "edit/tree.h"

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
	bool by_default = access == ACCESS_DEFAULT;
	struct document *doc = NULL;

	if (by_default)
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
	doc->access = (unsigned char)access;
	doc->by_default = by_default;
	memcpy(doc->name, name, len);
	return doc;
}

struct document *document_ref(struct document *doc)
{
	atomic_fetch_add_explicit(&doc->count, 1, memory_order_relaxed);
	return doc;
}

static void drop_overs(struct document *doc)
{
	struct over *older;

	for (struct over *over = doc->overs; over; over = older) {
		older = over->older;
		tree_unref(over->tree);
		document_unref(over->next);
		mem_free(over);
	}
}

/* Acquire and release: whoever frees it sees what every other user did. */
void document_unref(struct document *doc)
{
	if (!doc ||
	    atomic_fetch_sub_explicit(&doc->count, 1, memory_order_acq_rel) > 1)
		return;
	drop_overs(doc);
	tree_unref(doc->root);
	store_unref(doc->store);
	source_free(doc->src);
	mem_free(doc);
}

uint64_t document_id(const struct document *doc)
{
	return doc->id;
}

uint64_t document_size(const struct document *doc)
{
	return doc->root ? tree_len(doc->root) : doc->src->size;
}

const char *document_name(const struct document *doc)
{
	return doc->name;
}

enum access document_access(const struct document *doc)
{
	return (enum access)doc->access;
}

const char *access_name(enum access access)
{
	return access_names[access];
}

struct source *document_source(const struct document *doc)
{
	return doc->src;
}

/* --- roots --------------------------------------------------------------- */

struct tree *document_root(const struct document *doc)
{
	return doc->root;
}

struct tree *document_tree(const struct document *doc, struct error *err)
{
	struct piece base = { .len = doc->src->size, .tag = PIECE_BASE };

	if (doc->root)
		return tree_ref(doc->root);
	return tree_new(&base, base.len > 0 ? 1 : 0, err);
}

struct tree *document_take_root(struct document *doc, struct error *err)
{
	struct tree *root = doc->root;

	if (!root)
		return document_tree(doc, err);
	doc->root = NULL;
	return root;
}

/* Is this tree the base and nothing else? */
static bool is_base(const struct document *doc, const struct tree *root)
{
	struct piece piece;

	return tree_is_one(root, &piece) && piece.tag == PIECE_BASE &&
	       piece.off == 0 && piece.len == doc->src->size;
}

void document_set_store(struct document *doc, struct store *store)
{
	assert(!doc->store || doc->store == store);
	if (!doc->store)
		doc->store = store_ref(store);
}

void document_set_root(struct document *doc, struct store *store,
                       struct tree *root)
{
	document_set_store(doc, store);
	tree_unref(doc->root);
	doc->root = root;
	if (!is_base(doc, root))
		return;
	tree_unref(root);
	doc->root = NULL;
}

/* Why a document is for reading, and what would change that. */
static const char *why_read(const struct document *doc)
{
	if (!doc->by_default)
		return "opened for reading only";
	if (doc->src->traits & SOURCE_WRITABLE)
		return "opened for reading only (--rw lets it be edited)";
	return "cannot be written: opened for reading only";
}

bool document_may_change(const struct document *doc, bool length,
                         struct error *err)
{
	if (doc->access != ACCESS_READ &&
	    (!length || doc->src->traits & SOURCE_GROWS))
		return true;
	if (doc->access == ACCESS_READ)
		error_set(err, ERR_READONLY, "%s: %s", text_shown(doc->name).s,
		          why_read(doc));
	else
		error_set(err, ERR_READONLY,
		          "%s: the length of a %s cannot change",
		          text_shown(doc->name).s, doc->src->kind);
	return error_add_path(err, doc->name);
}

/* --- generations --------------------------------------------------------- */

bool document_prepare_over(struct document *doc, struct tree *tree,
                           struct document *next, struct error *err)
{
	struct over *over = mem_zalloc(sizeof(*over), err);

	assert(tree_len(tree) == doc->src->size && doc->store);
	if (!over) {
		tree_unref(tree);
		return false;
	}
	over->tree = tree;
	over->next = document_ref(next);
	over->older = doc->overs;
	doc->overs = over;
	return true;
}

/* What is read between the two is read again, or was from before. */
void document_show_over(struct document *doc, bool show)
{
	atomic_store(&doc->over, show ? doc->overs : NULL);
	atomic_fetch_add(&doc->shows, 1);
}
