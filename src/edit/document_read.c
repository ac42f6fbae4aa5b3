/*
 * document_read.c - the bytes of a document: see document.h
 *
 * A file with many small edits is read in few reads of the base: what a few
 * bytes of the store cover is read along with what is around them, and then
 * overwritten. Where bytes were inserted or deleted, the base is read into
 * memory of our own, and laid out from there.
 */
#include "config.h"

#include "edit/document.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "edit/document_impl.h"
#include "edit/inset.h"
#include "edit/store.h"
#include "edit/tree.h"

/* Test builds make them small, so that all of it happens in a few bytes. */
#ifndef DOCUMENT_AHEAD
#define DOCUMENT_AHEAD   512
#define DOCUMENT_SCRATCH 65536
#define DOCUMENT_CELL    ((uint64_t)4 << 20)
#define DOCUMENT_OVER    ((size_t)4096)
#endif

enum {
	HIDDEN_MAX = 64, /* bytes of the base that are read though nobody wants
	                    them, or come between, to save a read */
	AHEAD = DOCUMENT_AHEAD, /* pieces that one read may serve */
	TAKEN = 32,
	SCRATCH = DOCUMENT_SCRATCH, /* bytes of the base */
};

/* Pieces that are gone through for one stretch. */
enum { STRETCH_PIECES = 1024 };

/* --- the base ------------------------------------------------------------- */

static bool read_from_over(const struct document *doc, const struct over *over,
                           uint64_t off, void *buf, size_t len, unsigned flags,
                           struct runs *runs, struct error *err);

/* As source_read(), of the base of this generation. */
static bool base_read(const struct document *doc, uint64_t off, void *buf,
                      size_t len, unsigned flags, struct runs *runs,
                      struct error *err)
{
	struct runs_mark mark = runs_mark(runs);

	for (;;) {
		unsigned shows = atomic_load(&doc->shows);
		const struct over *over = atomic_load(&doc->over);

		if (over)
			return read_from_over(doc, over, off, buf, len, flags,
			                      runs, err);
		if (!source_read(doc->src, off, buf, len, flags, runs, err))
			return false;
		if (atomic_load(&doc->shows) == shows)
			return true;
		runs_undo(runs, mark);
	}
}

static bool read_from_over(const struct document *doc, const struct over *over,
                           uint64_t off, void *buf, size_t len, unsigned flags,
                           struct runs *runs, struct error *err)
{
	struct runs_mark mark = runs_mark(runs);
	unsigned char *to = buf;
	struct tree_walk walk;
	struct piece piece;
	bool ok = true;

	tree_walk(&walk, over->tree, off);
	while (ok && len > 0 && tree_next(&walk, &piece)) {
		piece.len = u64_min(piece.len, len);
		ok = (piece.tag & PIECE_KIND) == PIECE_BASE
		             ? base_read(over->next, piece.off, to,
		                         (size_t)piece.len, flags, runs, err)
		             : store_read(doc->store, &piece, to, runs, err);
		to += piece.len;
		len -= (size_t)piece.len;
	}
	if (!ok)
		runs_undo(runs, mark);
	return ok;
}

static struct stretch base_stretch(const struct document *doc, uint64_t off)
{
	const struct over *over = atomic_load(&doc->over);
	struct stretch out = { .state = STATE_DATA };
	struct tree_walk walk;
	struct piece piece = { 0 };

	if (!over)
		return source_stretch(doc->src, off);
	tree_walk(&walk, over->tree, off);
	(void)tree_next(&walk, &piece);
	if ((piece.tag & PIECE_KIND) == PIECE_BASE)
		out = base_stretch(over->next, off);
	else
		out.end = off + piece.len;
	out.end = u64_min(out.end, off + piece.len);
	return out;
}

/* --- all of it ------------------------------------------------------------ */

/* A read on its way. */
struct reading {
	const struct document *doc;
	struct tree_walk walk;
	/* Pieces of the walk that were looked at and are still to be read. */
	struct piece ahead[AHEAD];
	size_t next, count;
	unsigned char *buf; /* of what is still to be read */
	uint64_t left;
	unsigned flags;
	struct runs *runs;
	struct runs base;       /* owned: what a read of the base said */
	unsigned char *scratch; /* owned: SCRATCH bytes, or NULL */
};

/* Pieces that one read of the base serves: the first `count` ahead. */
struct batch {
	size_t count;
	uint64_t len;  /* of all of them */
	uint64_t base; /* bytes of the base from the first to the last */
	bool shifted;  /* they are not where the base has them */
};

static bool is_of_base(const struct piece *piece)
{
	return (piece->tag & PIECE_KIND) == PIECE_BASE;
}

/* Take more pieces of the walk, a few at a time. */
static bool take_ahead(struct reading *r)
{
	size_t n = tree_take(&r->walk, r->ahead + r->count,
	                     size_min(TAKEN, AHEAD - r->count));

	/* Bytes of edits that stand in a row may lie anywhere. */
	store_expect(r->doc->store, r->ahead + r->count, n);
	r->count += n;
	return n > 0;
}

/* The piece that comes after i others, no longer than `left`; false: none, or
   too many were looked at. */
static bool look_ahead(struct reading *r, size_t i, uint64_t left,
                       struct piece *piece)
{
	if (left == 0 || (r->next + i == r->count && !take_ahead(r)))
		return false;
	*piece = r->ahead[r->next + i];
	piece->len = u64_min(piece->len, left);
	return true;
}

/* The first piece ahead, with room for others behind it. */
static bool look(struct reading *r, struct piece *piece)
{
	if (r->next > 0) {
		r->count -= r->next;
		memmove(r->ahead, r->ahead + r->next,
		        r->count * sizeof(*r->ahead));
		r->next = 0;
	}
	return look_ahead(r, 0, r->left, piece);
}

/* How far one read of the base goes that begins with this piece of it: over
   pieces that hide little of it, or come between. */
static struct batch batch_of(struct reading *r, const struct piece *first)
{
	struct batch out = { 1, first->len, first->len, false };
	uint64_t at = first->len;
	bool shifted = false;
	struct piece piece;

	for (size_t i = 1; look_ahead(r, i, r->left - at, &piece); i++) {
		uint64_t off = piece.off - first->off;

		if (is_of_base(&piece) && (piece.off < first->off + out.base ||
		                           off - out.base > HIDDEN_MAX))
			break;
		if (!is_of_base(&piece) &&
		    (piece.len > HIDDEN_MAX || store_is_image(&piece)))
			break;
		shifted |= is_of_base(&piece) && off != at;
		if (is_of_base(&piece) && shifted && off + piece.len > SCRATCH)
			break;
		at += piece.len;
		if (is_of_base(&piece))
			out = (struct batch){ i + 1, at, off + piece.len,
				              shifted };
	}
	return out;
}

/* Append what was said of the base's bytes [skip, skip + len) of this read,
   edited if the piece is. */
static bool add_runs(struct reading *r, const struct piece *piece,
                     uint64_t skip, struct error *err)
{
	bool marked = !(r->flags & READ_PLAIN);
	uint64_t left = piece->len;

	for (size_t i = 0; i < r->base.count && left > 0; i++) {
		struct run run = r->base.v[i];

		if (skip >= run.len) {
			skip -= run.len;
			continue;
		}
		run.len = u64_min(run.len - skip, left);
		run.edited = marked && piece->tag & PIECE_EDITED;
		run.inserted = marked && piece->tag & PIECE_INSERTED;
		skip = 0;
		left -= run.len;
		if (!runs_add(r->runs, run, err))
			return false;
	}
	return true;
}

static void advance(struct reading *r, uint64_t len)
{
	r->next++;
	r->buf += len;
	r->left -= len;
}

/* A piece of the store. */
static bool read_store(struct reading *r, const struct piece *piece,
                       struct error *err)
{
	struct run run = { .len = piece->len, .state = STATE_DATA };

	if (!(r->flags & READ_PLAIN) || store_is_image(piece))
		return store_read(r->doc->store, piece, r->buf, r->runs, err);
	store_copy(r->doc->store, piece, r->buf);
	return runs_add(r->runs, run, err);
}

/* Is all of it data, of which nothing else is to be said? */
static bool is_plain_data(const struct reading *r)
{
	return r->flags & READ_PLAIN && r->base.count == 1 &&
	       r->base.v[0].state == STATE_DATA;
}

/* Lay the pieces out that a read of the base from `first` on serves; its bytes
   are in `bytes`, or where they are to be. */
static bool lay_out(struct reading *r, const struct batch *batch,
                    uint64_t first, const unsigned char *bytes,
                    struct error *err)
{
	struct run all = { .len = batch->len, .state = STATE_DATA };
	bool plain = is_plain_data(r);
	struct piece piece;

	if (plain && !runs_add(r->runs, all, err))
		return false;
	for (size_t i = 0;
	     i < batch->count && look_ahead(r, 0, r->left, &piece); i++) {
		uint64_t skip = piece.off - first;

		if (!is_of_base(&piece)) {
			if (plain)
				store_copy(r->doc->store, &piece, r->buf);
			else if (!read_store(r, &piece, err))
				return false;
		} else {
			if (bytes)
				memcpy(r->buf, bytes + skip, (size_t)piece.len);
			if (!plain && !add_runs(r, &piece, skip, err))
				return false;
		}
		advance(r, piece.len);
	}
	return true;
}

/* One read of the base, and the pieces that lie over it or between. */
static bool read_base(struct reading *r, const struct piece *first,
                      struct error *err)
{
	const struct document *doc = r->doc;
	struct batch batch = batch_of(r, first);
	unsigned char *to = r->buf;

	if (batch.count == 1 && first->tag == PIECE_BASE) {
		bool ok = base_read(doc, first->off, r->buf, (size_t)first->len,
		                    r->flags, r->runs, err);

		advance(r, first->len);
		return ok;
	}
	if (batch.shifted && !r->scratch)
		r->scratch = mem_resize(NULL, SCRATCH, 1, err);
	if (batch.shifted && !r->scratch)
		return false;
	if (batch.shifted)
		to = r->scratch;
	runs_clear(&r->base);
	return base_read(doc, first->off, to, (size_t)batch.base, r->flags,
	                 &r->base, err) &&
	       lay_out(r, &batch, first->off, batch.shifted ? to : NULL, err);
}

static bool read_pieces(struct reading *r, struct error *err)
{
	struct piece piece;

	while (look(r, &piece)) {
		if (is_of_base(&piece)) {
			if (!read_base(r, &piece, err))
				return false;
			continue;
		}
		if (!read_store(r, &piece, err))
			return false;
		advance(r, piece.len);
	}
	assert(r->left == 0);
	return true;
}

bool document_read_at(const struct document *doc, const struct tree *root,
                      uint64_t off, void *buf, size_t len, unsigned flags,
                      struct runs *runs, struct error *err)
{
	struct runs_mark mark = runs_mark(runs);
	struct reading r;
	bool ok;

	if (!root)
		return base_read(doc, off, buf, len, flags, runs, err);
	r.doc = doc;
	r.next = r.count = 0;
	r.buf = buf;
	r.left = len;
	r.flags = flags;
	r.runs = runs;
	r.base = (struct runs){ 0 };
	r.scratch = NULL;
	tree_walk(&r.walk, root, off);
	ok = read_pieces(&r, err);
	if (!ok)
		runs_undo(runs, mark);
	runs_free(&r.base);
	mem_free(r.scratch);
	return ok;
}

bool document_read(const struct document *doc, uint64_t off, void *buf,
                   size_t len, unsigned flags, struct runs *runs,
                   struct error *err)
{
	return document_read_at(doc, doc->root, off, buf, len, flags, runs,
	                        err);
}

/*
 * Data go on over pieces of the store, and over those of the base of which it
 * is known: the source is asked once.
 */
struct stretch document_stretch_at(const struct document *doc,
                                   const struct tree *root, uint64_t off)
{
	struct stretch out = { .state = STATE_DATA, .end = off };
	uint64_t known = 0; /* data of the base up to here */
	uint64_t from = 0;
	struct tree_walk walk;
	struct piece piece;

	if (!root)
		return base_stretch(doc, off);
	tree_walk(&walk, root, off);
	for (int i = 0; i < STRETCH_PIECES && tree_next(&walk, &piece); i++) {
		uint64_t len = piece.len;

		if (is_of_base(&piece) && i == 0) {
			struct stretch st = base_stretch(doc, piece.off);

			out.state = st.state;
			from = piece.off;
			known = st.end;
		}
		if (is_of_base(&piece)) {
			if (piece.off < from || piece.off >= known)
				break;
			len = u64_min(len, known - piece.off);
		} else if (out.state != STATE_DATA) {
			break;
		}
		out.end += len;
		if (len < piece.len)
			break;
	}
	return out;
}

struct stretch document_piece_at(const struct document *doc,
                                 const struct tree *root, uint64_t off)
{
	struct stretch out = { .state = STATE_DATA };
	struct tree_walk walk;
	struct piece piece;

	if (!root)
		return source_stretch(doc->src, off);
	tree_walk(&walk, root, off);
	(void)tree_next(&walk, &piece);
	out.end = off + piece.len;
	if (is_of_base(&piece)) {
		out = source_stretch(doc->src, piece.off);
		out.end = off + u64_min(out.end - piece.off, piece.len);
	}
	return out;
}

/* End it where a cell of the file does, or shortly behind, as the last ones
   need what follows: then steps of a scan map each page once, however large. */
static void cut_at_cell(struct insets *insets, size_t least)
{
	uint64_t end = DOCUMENT_CELL - (insets->base + least) % DOCUMENT_CELL;
	size_t len = least + (size_t)end + DOCUMENT_OVER;

	if (len >= insets->len)
		return;
	insets_cut(insets, len);
	insets->is_full = true;
}

const unsigned char *document_map_at(const struct document *doc,
                                     const struct tree *root, uint64_t off,
                                     size_t least, size_t most,
                                     struct insets *insets, void **pin)
{
	const unsigned char *bytes;
	struct stretch st;
	size_t len;

	/* A map would show what is written. */
	if (atomic_load(&doc->shows) > 0)
		return NULL;
	if (!root)
		insets_none(insets, off, most);
	else if (!insets_gather(insets, root, doc->store, off, most))
		return NULL;
	st = source_stretch(doc->src, insets->base);
	if (st.state != STATE_DATA)
		return NULL;
	cut_at_cell(insets, least);
	insets_cut(insets, (size_t)u64_min(st.end - insets->base, SIZE_MAX));
	if (insets->shown < least)
		return NULL;
	len = insets->len;
	bytes = source_map(doc->src, insets->base, &len, pin);
	insets_cut(insets, len);
	return bytes;
}

bool document_unmap(const struct document *doc, void *pin)
{
	source_unmap(doc->src, pin);
	return atomic_load(&doc->shows) == 0 &&
	       !(source_check(doc->src) & CHANGE_SIZE_LESS);
}

uint64_t document_clone_at(const struct document *doc, const struct tree *root,
                           uint64_t off, uint64_t most, int to, uint64_t to_off)
{
	uint64_t len = u64_min(most, INT64_MAX);
	struct tree_walk walk;
	struct piece piece;

	if (root) {
		tree_walk(&walk, root, off);
		if (!tree_next(&walk, &piece) || !is_of_base(&piece))
			return 0;
		off = piece.off;
		len = u64_min(len, piece.len);
	}
	len -= len % DOCUMENT_SHARE;
	if (len == 0 || off % DOCUMENT_SHARE || to_off % DOCUMENT_SHARE)
		return 0;
	/* What is being written may not be shared; see base_read(). */
	if (atomic_load(&doc->shows) > 0 ||
	    !source_clone(doc->src, off, len, to, to_off))
		return 0;
	return atomic_load(&doc->shows) == 0 ? len : 0;
}

unsigned document_check(struct document *doc)
{
	return source_check(doc->src);
}
