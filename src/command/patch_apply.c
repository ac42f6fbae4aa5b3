/*
 * patch_apply.c - edits from a file, in one step as any edit is: see patch.h
 *
 * Hunks are read one after the other, compared, and their bytes put into the
 * store; what is edited is known when all of them have come. Bytes that follow
 * each other become one splice, so that a large patch is few of them.
 */
#include "config.h"

#include "command/patch.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "edit/document.h"
#include "edit/store.h"
#include "open/patch_file.h"
#include "session.h"
#include "source/run.h"

enum {
	COMPARE = 4096, /* bytes at once */
	FILL = 64,      /* equal bytes that are a fill */
};

/* A splice of one piece. */
struct one {
	struct place at;
	uint64_t removed;
	struct piece piece; /* its length may be 0 */
	size_t order;       /* in the patch */
};

struct applying {
	struct context *ctx;
	const struct segment *segment; /* or NULL */
	enum patch_format format;
	struct document **docs; /* owned; borrowed, by number less 1 */
	size_t doc_count, doc_cap;
	struct one *v; /* owned */
	size_t count, cap;
	struct runs runs; /* owned */
	uint64_t hunks, bytes;
	bool unknown; /* there are bytes without old ones */
};

static bool begin(void *arg, enum patch_format format, struct error *err)
{
	struct applying *a = arg;

	(void)err;
	a->format = format;
	return true;
}

static bool take_file(void *arg, unsigned number, const char *path,
                      struct error *err)
{
	struct applying *a = arg;
	struct document *doc;

	if (a->segment && number > 1)
		return error_set(err, ERR_STATE,
		                 "the patch is of several files: it cannot be "
		                 "applied to one segment");
	doc = a->segment ? a->segment->doc : document_by_path(a->ctx, path);
	if (!doc)
		return error_set(err, ERR_STATE,
		                 "%s is not open (patch apply FILE #N takes "
		                 "that of another segment)",
		                 text_shown(path).s);
	if (!mem_grow(&a->docs, &a->doc_cap, a->doc_count + 1,
	              sizeof(struct document *), err))
		return false;
	a->docs[a->doc_count++] = doc;
	return true;
}

/* --- comparing ----------------------------------------------------------- */

/* Where a byte of a document is, for a message. */
static bool differs(const struct applying *a, const struct document *doc,
                    uint64_t off, const char *what, struct error *err)
{
	uint64_t addr;

	if (!space_document_address(context_space(a->ctx), document_id(doc),
	                            off, &addr))
		return error_set(err, ERR_CHANGED,
		                 "%s, offset 0x%" PRIx64 ": %s",
		                 text_shown(document_name(doc)).s, off, what);
	error_set(err, ERR_CHANGED, "%s, at 0x%" PRIx64 ": %s",
	          text_shown(document_name(doc)).s, addr, what);
	return error_add_addr(err, addr);
}

/* Are these bytes there, or, if `old` is NULL, bytes without a value? */
static bool compare_runs(const struct applying *a, const struct document *doc,
                         uint64_t off, const unsigned char *now,
                         const unsigned char *old, struct error *err)
{
	char what[64];

	for (size_t i = 0; i < a->runs.count; i++) {
		const struct run *run = &a->runs.v[i];
		bool known = state_has_bytes(run->state);

		if (known != (old != NULL))
			return differs(a, doc, off,
			               known ? "the patch is of bytes "
			                       "without a value"
			                     : "the byte there has no value",
			               err);
		for (uint64_t k = 0; k < run->len; k++, off++, now++) {
			if (!old)
				continue;
			if (*now == *old++)
				continue;
			snprintf(what, sizeof(what),
			         "there is %02x where the patch has %02x", *now,
			         old[-1]);
			return differs(a, doc, off, what, err);
		}
	}
	return true;
}

static bool fits(const struct document *doc, const struct patch_hunk *hunk,
                 struct error *err)
{
	uint64_t size = document_size(doc);

	if (hunk->off <= size && hunk->old_len <= size - hunk->off)
		return true;
	return error_set(err, ERR_CHANGED,
	                 "%s ends at offset 0x%" PRIx64 ", before 0x%" PRIx64,
	                 text_shown(document_name(doc)).s, size,
	                 hunk->off + hunk->old_len);
}

static bool compare(struct applying *a, const struct document *doc,
                    const struct patch_hunk *hunk, struct error *err)
{
	unsigned char now[COMPARE];

	for (size_t done = 0; done < hunk->old_len;) {
		size_t n = size_min(hunk->old_len - done, COMPARE);
		const unsigned char *old = hunk->old ? hunk->old + done : NULL;

		runs_clear(&a->runs);
		if (!document_read(doc, hunk->off + done, now, n, 0, &a->runs,
		                   err) ||
		    !compare_runs(a, doc, hunk->off + done, now, old, err))
			return false;
		done += n;
	}
	return true;
}

/* --- collecting ---------------------------------------------------------- */

static bool put_bytes(struct applying *a, const unsigned char *v, size_t len,
                      struct piece *out, struct error *err)
{
	struct store *store = session_store(a->ctx->session);
	size_t same = 1;

	*out = (struct piece){ 0 };
	if (len == 0)
		return true;
	while (same < len && v[same] == v[0])
		same++;
	if (same == len && len >= FILL)
		return store_put_fill(store, v, 1, len, out, err);
	return store_put(store, v, len, out, err);
}

/* Does it go on where the last one ends? */
static bool extend(struct applying *a, const struct one *one)
{
	struct one *last = a->count > 0 ? &a->v[a->count - 1] : NULL;

	if (!last || last->removed == 0 || last->removed != last->piece.len ||
	    one->removed != one->piece.len ||
	    one->at.addr - last->at.addr != last->removed ||
	    !piece_follows(&last->piece, &one->piece))
		return false;
	last->removed += one->removed;
	last->piece.len += one->piece.len;
	return true;
}

/* What an IPS record overwrites of the one before it, it overwrites. */
static bool cut_last(struct applying *a, const struct one *one,
                     struct error *err)
{
	struct one *last = a->count > 0 ? &a->v[a->count - 1] : NULL;
	uint64_t keep;

	if (!last || one->at.addr - last->at.addr >= last->removed) {
		if (!last || one->at.addr >= last->at.addr)
			return true;
		return error_set(err, ERR_SYNTAX,
		                 "it lies before the one in front of it");
	}
	keep = one->at.addr - last->at.addr;
	if (one->removed < last->removed - keep)
		return error_set(err, ERR_SYNTAX,
		                 "it lies inside of the one in front of it");
	last->removed = last->piece.len = keep;
	a->count -= keep == 0;
	return true;
}

static bool add(struct applying *a, struct one one,
                const struct patch_hunk *hunk, struct error *err)
{
	if (a->format == PATCH_IPS && !cut_last(a, &one, err))
		return false;
	if (!put_bytes(a, hunk->new, hunk->new_len, &one.piece, err))
		return false;
	one.order = (size_t)a->hunks++;
	a->bytes += hunk->new_len;
	a->unknown = a->unknown || (!hunk->old && hunk->old_len > 0);
	if (extend(a, &one))
		return true;
	if (!mem_grow(&a->v, &a->cap, a->count + 1, sizeof(*a->v), err))
		return false;
	a->v[a->count++] = one;
	return true;
}

/* The place of bytes of a document, which must be shown in one piece; of none
   also behind its last one. */
static bool find_place(const struct applying *a, const struct document *doc,
                       uint64_t off, uint64_t len, struct place *out,
                       struct error *err)
{
	const struct space *sp = context_space(a->ctx);
	uint64_t addr, id = document_id(doc);

	if (space_document_address(sp, id, off, &addr)) {
		*out = space_place(sp, addr);
		if (len <= space_locate(sp, addr).run)
			return true;
	} else if (len == 0 && space_document_end(sp, id, off, &addr)) {
		for (size_t i = 0; i < space_segments(sp); i++) {
			const struct segment *seg = space_segment(sp, i);

			if (seg->doc != doc || seg->off + seg->size != off)
				continue;
			*out = (struct place){ addr, seg->number, SIDE_END };
			return true;
		}
	}
	return error_set(err, ERR_STATE,
	                 "%s: the bytes at offset 0x%" PRIx64
	                 " are not shown in one piece",
	                 text_shown(document_name(doc)).s, off);
}

/* A record of IPS at an address of the space. */
static bool take_address(struct applying *a, const struct patch_hunk *hunk,
                         struct error *err)
{
	const struct space *sp = context_space(a->ctx);
	uint64_t size = space_size(sp);
	struct one one = { .removed = hunk->old_len };

	if (hunk->off >= size || hunk->old_len > size - hunk->off)
		return error_set(err, ERR_RANGE,
		                 "0x%" PRIx64 "..0x%" PRIx64
		                 " is past the end of the space, 0x%" PRIx64,
		                 hunk->off, hunk->off + hunk->old_len - 1,
		                 size);
	one.at = space_place(sp, hunk->off);
	return add(a, one, hunk, err);
}

static bool take_hunk(void *arg, const struct patch_hunk *hunk,
                      struct error *err)
{
	struct applying *a = arg;
	struct one one = { .removed = hunk->old_len };
	const struct document *doc;

	if (hunk->file == 0 && !a->segment)
		return take_address(a, hunk, err);
	doc = hunk->file == 0 ? a->segment->doc : a->docs[hunk->file - 1];
	if (!fits(doc, hunk, err) ||
	    (hunk->file != 0 && !compare(a, doc, hunk, err)))
		return false;
	return find_place(a, doc, hunk->off, hunk->old_len, &one.at, err) &&
	       add(a, one, hunk, err);
}

/* --- making -------------------------------------------------------------- */

static int by_address(const void *x, const void *y)
{
	const struct one *a = x, *b = y;

	if (a->at.addr != b->at.addr)
		return a->at.addr < b->at.addr ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static bool make(struct applying *a, unsigned flags, struct error *err)
{
	struct session_splice *v;
	bool ok;

	if (a->count == 0)
		return true;
	v = mem_zalloc(a->count * sizeof(*v), err);
	if (!v)
		return false;
	qsort(a->v, a->count, sizeof(*a->v), by_address);
	for (size_t i = 0; i < a->count; i++)
		v[i] = (struct session_splice){
			.at = a->v[i].at,
			.removed = a->v[i].removed,
			.added = &a->v[i].piece,
			.count = a->v[i].piece.len > 0,
		};
	if (!a->unknown)
		flags |= EDIT_SEEN;
	ok = edit_splices(a->ctx, v, a->count, flags, err);
	mem_free(v);
	return ok;
}

bool patch_apply(struct context *ctx, const char *path,
                 const struct segment *segment, unsigned flags, uint64_t *hunks,
                 uint64_t *bytes, struct error *err)
{
	struct applying a = { .ctx = ctx, .segment = segment };
	struct patch_taker taker = { begin, take_file, take_hunk, &a };
	bool ok = patch_read(session_sys(ctx->session), path, &taker, err) &&
	          make(&a, flags, err);

	*hunks = a.hunks;
	*bytes = a.bytes;
	if (ok && a.format == PATCH_IPS)
		context_say(ctx, "patch: IPS has no old bytes: nothing was "
		                 "compared");
	mem_free(a.docs);
	mem_free(a.v);
	runs_free(&a.runs);
	return ok;
}
