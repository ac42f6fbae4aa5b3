/*
 * document.h - one source under edit
 *
 * A document is what the user sees of a source: its base generation with the
 * edits laid over it. (document, offset) is where a byte lives (K1); spaces
 * only show it. The same file mapped twice is one document.
 *
 * What is edited is a tree of pieces: its root is what the document is now, and
 * whoever holds a root reads what it was. Without edits there is none.
 *
 * Counted: document_ref() and document_unref(); the last one frees the source.
 *
 * Threads: the count is atomic; document_read_at() and document_stretch_at()
 * may run in any thread that holds the root, and so may all others that take a
 * const document as long as nobody changes it. Only the engine thread does
 * (K2).
 */
#ifndef EDIT_DOCUMENT_H
#define EDIT_DOCUMENT_H

#include "base/base.h"
#include "source/source.h"

struct document;
struct error;
struct insets;
struct store;
struct tree;

enum access {
	ACCESS_DEFAULT, /* write for files that can be written, read for devices
	                   and the rest */
	ACCESS_READ,    /* no edit */
	ACCESS_WRITE,   /* edits, flushed in place */
	ACCESS_COPY,    /* edits stay private: export or save-as only */
};

/*
 * Takes the source over, in success and failure. `id` is the session's number
 * of it, never used twice. `name` is copied: the path as the user wrote it.
 * ACCESS_DEFAULT becomes what it means. ERR_READONLY: write asked for a source
 * that cannot be written. ERR_NOMEM. The count is 1.
 */
struct document *document_new(struct source *src, uint64_t id, const char *name,
                              enum access access, struct error *err) MUST_USE;
struct document *document_ref(struct document *doc);
void document_unref(struct document *doc); /* NULL is allowed */

uint64_t document_id(const struct document *doc);
uint64_t document_size(const struct document *doc); /* of now */
const char *document_name(const struct document *doc);
enum access document_access(const struct document *doc);
const char *access_name(enum access access); /* "read" "write" "copy" */
struct source *document_source(const struct document *doc);

/* The root of its edits; NULL when there are none. Borrowed. */
struct tree *document_root(const struct document *doc);

/* A root to change, counted: the one now, or of the base alone. ERR_NOMEM. */
struct tree *document_tree(const struct document *doc,
                           struct error *err) MUST_USE;

/* Take a root out, to change it in place; document_set_root() must follow
   before anything else. As document_tree() if there is none. */
struct tree *document_take_root(struct document *doc,
                                struct error *err) MUST_USE;

/* Make this root the one of now; takes it over. Its pieces refer to `store`,
   which the document keeps. A root of the base alone is no edit. */
void document_set_root(struct document *doc, struct store *store,
                       struct tree *root);

/* Know where bytes of edits are, which roots refer to that are read with
   document_read_at(). */
void document_set_store(struct document *doc, struct store *store);

/* May it be edited at all, and may its length change? ERR_READONLY. */
bool document_may_change(const struct document *doc, bool length,
                         struct error *err) MUST_USE;

/* As source_read, of the edited bytes: of now, or of a root (NULL: the base),
   within its length. */
bool document_read(const struct document *doc, uint64_t off, void *buf,
                   size_t len, unsigned flags, struct runs *runs,
                   struct error *err) MUST_USE;
bool document_read_at(const struct document *doc, const struct tree *root,
                      uint64_t off, void *buf, size_t len, unsigned flags,
                      struct runs *runs, struct error *err) MUST_USE;

/* As source_stretch, of the edited bytes of a root (NULL: the base). A stretch
   may end where the next one is of the same state. */
struct stretch document_stretch_at(const struct document *doc,
                                   const struct tree *root, uint64_t off);

/* The same, of one piece: of what the next edit does not interrupt. */
struct stretch document_piece_at(const struct document *doc,
                                 const struct tree *root, uint64_t off);

/*
 * As source_map(): bytes of the base, and the edits among them, that together
 * are what is shown from off on: insets->shown bytes, at most `most`, and maybe
 * fewer with more behind. NULL: fewer than `least` are, or they cannot be
 * mapped. document_unmap() says whether they were those of the document: false
 * when the file is shorter now, and zeros may have stood for what is no longer
 * there.
 */
const unsigned char *document_map_at(const struct document *doc,
                                     const struct tree *root, uint64_t off,
                                     size_t least, size_t most,
                                     struct insets *insets,
                                     void **pin) MUST_USE;
bool document_unmap(const struct document *doc, void *pin) MUST_USE;

/*
 * A flush writes into the file, and this document goes on showing what the base
 * was before (K3): through `over`, a tree over all of the base, whose pieces
 * are the base of `next` at the same offset, or images of `store`. `next` is
 * the document of the same file that comes after it. Prepared first: ERR_NOMEM.
 * Takes `over` over, in success and failure; `next` is counted.
 *
 * document_show_over() is called before the first byte is written, and again
 * with false when all bytes are what they were. In any one thread.
 */
bool document_prepare_over(struct document *doc, struct tree *over,
                           struct document *next, struct error *err) MUST_USE;
void document_show_over(struct document *doc, bool show);

/*
 * Let bytes at to_off of an open file, a multiple of DOCUMENT_SHARE, be those
 * at off, shared as by source_clone(): as many whole blocks, `most` bytes at
 * most, as are not edited and lie likewise in the file. Returns how many; 0:
 * none, to be read instead. Blocks.
 */
enum { DOCUMENT_SHARE = 4096 };
uint64_t document_clone_at(const struct document *doc, const struct tree *root,
                           uint64_t off, uint64_t most, int to,
                           uint64_t to_off) MUST_USE;

/* What has happened to the file: see source.h. May block as long as a stat. */
unsigned document_check(struct document *doc);

#endif
