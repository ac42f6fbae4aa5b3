/*
 * session_carry.c - edits over a file that others have changed: see session.h
 *
 * Edits go on over a file as it is now if the bytes that they hide are still
 * what they were. What these were the journal knows: of each change, those of
 * the file that it removed. Of changes that were taken back nothing is hidden
 * any more, and nothing is asked.
 *
 *	file then   | 0 1 2 3 4 5 6 7 |
 *	shown       | 0 A B 3 4     7 |    stains: 1..2, 5..6
 *	file now    | 0 1 9 8 4 5 6 7 |    2 differs, 3 is not asked for
 *
 *   R1  stains are in the order of the document and of the base; misfits are
 *       sorted, do not touch, and each is within the base of a stain
 */
#include "config.h"

#include "session.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "edit/edits.h"
#include "edit/tree.h"
#include "keep/keeper.h"
#include "keep/recover.h"
#include "session_impl.h"

enum {
	CHUNK = 65536,
	SHOWN = 4, /* misfits that a message names */
};

/* Bytes of the base. */
struct misfit {
	uint64_t off, end;
};

struct hidden {
	struct stain stain;
	bool misfits; /* all of it */
};

struct fit {
	const struct document *doc; /* borrowed */
	struct source *src;         /* borrowed: the file as it is now */
	struct hidden *v;           /* owned: R1 */
	size_t count, cap;
	struct misfit *misfits; /* owned: R1 */
	size_t misfit_count, misfit_cap;
	uint64_t
		unknown; /* hidden bytes of which nobody knows what they were */
	int was, is;     /* the first misfit's byte; -1: it has none */
	bool values;     /* what cannot be read now is no misfit */
	uint8_t *buf;    /* owned: CHUNK bytes */
	struct runs runs; /* owned */
};

static void fit_free(struct fit *fit)
{
	mem_free(fit->v);
	mem_free(fit->misfits);
	mem_free(fit->buf);
	runs_free(&fit->runs);
}

/* --- misfits -------------------------------------------------------------- */

/* The first misfit that ends behind `off`. */
static size_t find_misfit(const struct fit *fit, uint64_t off)
{
	size_t lo = 0, hi = fit->misfit_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (fit->misfits[mid].end <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Put `count` misfits, or none, in the place of `gone` of them. */
static bool replace_misfits(struct fit *fit, size_t at, size_t gone,
                            const struct misfit *v, size_t count,
                            struct error *err)
{
	struct misfit *to;

	if (count == 0 && gone == 0)
		return true;
	if (!mem_grow(&fit->misfits, &fit->misfit_cap,
	              fit->misfit_count + count, sizeof(*fit->misfits), err))
		return false;
	to = fit->misfits + at;
	memmove(to + count, to + gone,
	        (fit->misfit_count - at - gone) * sizeof(*to));
	for (size_t i = 0; i < count; i++)
		to[i] = v[i];
	fit->misfit_count += count - gone;
	return true;
}

/* [off, end) is not, or is, what it was, whatever was found before. */
static bool set_misfit(struct fit *fit, uint64_t off, uint64_t end,
                       bool differs, struct error *err)
{
	size_t at = find_misfit(fit, off), last = at, n = 0;
	struct misfit v[3];

	while (last < fit->misfit_count && fit->misfits[last].off < end)
		last++;
	if (differs && at > 0 && fit->misfits[at - 1].end == off)
		at--;
	if (differs && last < fit->misfit_count &&
	    fit->misfits[last].off == end)
		last++;
	if (differs && at < last) {
		off = u64_min(off, fit->misfits[at].off);
		end = u64_max(end, fit->misfits[last - 1].end);
	}
	if (at < last && fit->misfits[at].off < off)
		v[n++] = (struct misfit){ fit->misfits[at].off, off };
	if (differs)
		v[n++] = (struct misfit){ off, end };
	if (at < last && fit->misfits[last - 1].end > end)
		v[n++] = (struct misfit){ end, fit->misfits[last - 1].end };
	return replace_misfits(fit, at, last - at, v, n, err);
}

/* --- comparing ------------------------------------------------------------ */

/* Read [off, off + n) of the file, n <= CHUNK. */
static bool read_now(struct fit *fit, uint64_t off, size_t n, struct error *err)
{
	runs_clear(&fit->runs);
	return source_read(fit->src, off, fit->buf, n, 0, &fit->runs, err);
}

static bool compare_bytes(struct fit *fit, uint64_t off, const uint8_t *was,
                          size_t n, struct error *err)
{
	size_t at = 0;

	if (!read_now(fit, off, n, err) ||
	    !set_misfit(fit, off, off + n, false, err))
		return false;
	for (size_t i = 0; i < fit->runs.count; i++) {
		const struct run *run = &fit->runs.v[i];
		bool has = state_has_bytes(run->state);

		for (size_t end = at + (size_t)run->len; at < end; at++)
			if ((has ? fit->buf[at] != was[at] : !fit->values) &&
			    !set_misfit(fit, off + at, off + at + 1, true, err))
				return false;
	}
	return true;
}

/* Only as a whole can be said whether they are the same. */
static bool compare_crc(struct fit *fit, const struct recover_old *old,
                        uint64_t off, uint64_t end, struct error *err)
{
	uint64_t at = old->off, last = old->off + old->len;
	bool all = last <= fit->src->size;
	uint32_t crc = 0;

	while (all && at < last) {
		size_t n = (size_t)u64_min(last - at, CHUNK);

		if (!read_now(fit, at, n, err))
			return false;
		for (size_t i = 0; i < fit->runs.count; i++)
			all = all && state_has_bytes(fit->runs.v[i].state);
		crc = crc32c(crc, fit->buf, n);
		at += n;
	}
	return set_misfit(fit, off, end, !all || crc != old->crc, err);
}

/* Hidden bytes of the base, of which something may be known. */
static bool compare_part(struct fit *fit, const struct recover_old *old,
                         uint64_t off, uint64_t end, struct error *err)
{
	uint64_t size = fit->src->size;

	if (end > size && !set_misfit(fit, u64_max(off, size), end, true, err))
		return false;
	end = u64_min(end, size);
	if (off >= end)
		return true;
	if (old->known == RECORD_OLD_BYTES)
		return compare_bytes(fit, off, old->bytes + (off - old->off),
		                     (size_t)(end - off), err);
	if (old->known == RECORD_OLD_CRC)
		return compare_crc(fit, old, off, end, err);
	fit->unknown += end - off;
	return true;
}

static bool take_old(void *ctx, const struct recover_old *old,
                     struct error *err)
{
	struct fit *fit = ctx;
	size_t lo = 0, hi = fit->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct stain *s = &fit->v[mid].stain;

		if (s->base + s->size <= old->off)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < fit->count; lo++) {
		const struct stain *s = &fit->v[lo].stain;
		uint64_t off = u64_max(s->base, old->off);
		uint64_t end = u64_min(s->base + s->size, old->off + old->len);

		if (s->base >= old->off + old->len)
			break;
		if (off < end && !compare_part(fit, old, off, end, err))
			return false;
	}
	return true;
}

/* What the edits hide. What is behind the file's new end can hide nothing. */
static bool find_hidden(struct fit *fit, struct error *err)
{
	struct tree *root = document_root(fit->doc);
	struct stain stain = { 0 };
	struct tree_walk walk;

	tree_walk(&walk, root, 0);
	while (stain_next(&walk, document_source(fit->doc)->size, &stain)) {
		if (!mem_grow(&fit->v, &fit->cap, fit->count + 1,
		              sizeof(*fit->v), err))
			return false;
		fit->v[fit->count++] = (struct hidden){
			.stain = stain,
			.misfits = stain.base > fit->src->size,
		};
	}
	return true;
}

/* Bytes that were moved or copied come from the file as it is now, and must be
   in it. */
static void find_moved(struct fit *fit)
{
	uint64_t at = 0;
	size_t i = 0;
	struct tree_walk walk;
	struct piece p;

	tree_walk(&walk, document_root(fit->doc), 0);
	for (; tree_next(&walk, &p); at += p.len) {
		if (p.tag == PIECE_BASE || (p.tag & PIECE_KIND) != PIECE_BASE)
			continue;
		while (i < fit->count &&
		       fit->v[i].stain.off + fit->v[i].stain.len <= at)
			i++;
		assert(i < fit->count);
		if (p.off > fit->src->size || p.len > fit->src->size - p.off)
			fit->v[i].misfits = true;
	}
}

/* Say of the first misfit what it was when the journal saw it last. */
static bool take_first(void *ctx, const struct recover_old *old,
                       struct error *err)
{
	struct fit *fit = ctx;
	uint64_t first = fit->misfits[0].off;

	(void)err;
	if (first >= old->off && first - old->off < old->len)
		fit->was = old->known == RECORD_OLD_BYTES
		                   ? old->bytes[first - old->off]
		                   : -1;
	return true;
}

static bool look_at_first(struct fit *fit, struct error *err)
{
	uint64_t first = fit->misfits[0].off;

	if (first >= fit->src->size)
		return true;
	if (!read_now(fit, first, 1, err))
		return false;
	if (fit->runs.count > 0 && state_has_bytes(fit->runs.v[0].state))
		fit->is = fit->buf[0];
	return true;
}

/* Only what the document was called since its last flush: what came before is
   about another base. */
static bool compare_with_journal(const struct session *session, struct fit *fit,
                                 struct recover *rec, struct error *err)
{
	struct keeper_numbers n = { 0 };
	bool ok = keeper_add_numbers(session->keeper, document_id(fit->doc), &n,
	                             err);

	for (size_t i = 0; ok && i < n.count; i++)
		ok = recover_each_old(rec, n.v[i], take_old, fit, err);
	for (size_t i = 0; ok && fit->misfit_count > 0 && i < n.count; i++)
		ok = recover_each_old(rec, n.v[i], take_first, fit, err);
	mem_free(n.v);
	return ok && (fit->misfit_count == 0 || look_at_first(fit, err));
}

/* Without a journal all that can be said is what is not there any more. */
static bool compare_alone(struct fit *fit, struct error *err)
{
	for (size_t i = 0; i < fit->count; i++) {
		const struct stain *s = &fit->v[i].stain;
		struct recover_old old = { .off = s->base, .len = s->size };

		if (s->size > 0 && !take_old(fit, &old, err))
			return false;
	}
	return true;
}

static bool fit_make(const struct session *session, const struct document *doc,
                     struct source *src, struct fit *fit, struct error *err)
{
	struct recover *rec;
	bool ok;

	fit->doc = doc;
	fit->src = src;
	fit->was = fit->is = -1;
	fit->buf = mem_zalloc(CHUNK, err);
	if (!fit->buf || !find_hidden(fit, err))
		return false;
	find_moved(fit);
	rec = session->keeper ? keeper_peek(session->keeper, err) : NULL;
	if (!rec)
		return (!session->keeper || err->code == ERR_NO) &&
		       compare_alone(fit, err);
	ok = compare_with_journal(session, fit, rec, err);
	recover_free(rec);
	return ok;
}

static bool is_fitting(const struct fit *fit)
{
	for (size_t i = 0; i < fit->count; i++)
		if (fit->v[i].misfits)
			return false;
	return fit->misfit_count == 0;
}

/* --- saying so ------------------------------------------------------------ */

static void say_first(const struct fit *fit, char *out, size_t room)
{
	uint64_t first = fit->misfits[0].off;

	if (fit->was >= 0 && fit->is >= 0)
		snprintf(out, room, "; 0x%" PRIx64 " was %02x and is %02x now",
		         first, (unsigned)fit->was, (unsigned)fit->is);
}

/* `first`: about the first of them; `help`: what can be done. */
static bool refuse_misfits(const struct fit *fit, const char *first,
                           const char *help, struct error *err)
{
	const char *name = document_name(fit->doc);
	char list[SHOWN * 48 + 8] = "";
	uint64_t bytes = 0;
	int n = 0;

	for (size_t i = 0; i < fit->misfit_count; i++) {
		const struct misfit *m = &fit->misfits[i];

		bytes += m->end - m->off;
		if (i > SHOWN)
			continue;
		if (i == SHOWN)
			strcat(list, ", ..");
		else if (m->end - m->off == 1)
			n += snprintf(list + n, sizeof(list) - (size_t)n,
			              "%s0x%" PRIx64, i ? ", " : "", m->off);
		else
			n += snprintf(list + n, sizeof(list) - (size_t)n,
			              "%s0x%" PRIx64 "..0x%" PRIx64,
			              i ? ", " : "", m->off, m->end - 1);
	}
	if (fit->misfit_count == 0)
		error_set(err, ERR_CHANGED,
		          "%s: edits are behind its end now (reload! drops "
		          "them)",
		          text_shown(name).s);
	else
		error_set(err, ERR_CHANGED,
		          "%s: %" PRIu64
		          " %s under its edits %s: %s%s (reload! "
		          "drops those edits%s)",
		          text_shown(name).s, bytes,
		          bytes == 1 ? "byte" : "bytes",
		          bytes == 1 ? "is another now" : "are others now",
		          list, first, help);
	return error_add_path(err, name);
}

static void say_unknown(struct session *session, const struct fit *fit)
{
	char line[ERROR_TEXT];

	if (fit->unknown == 0)
		return;
	snprintf(line, sizeof(line),
	         "%s: nobody knows whether the %" PRIu64 " %s under its edits "
	         "%s what %s",
	         text_shown(document_name(fit->doc)).s, fit->unknown,
	         fit->unknown == 1 ? "byte" : "bytes",
	         fit->unknown == 1 ? "is still" : "are still",
	         fit->unknown == 1 ? "it was" : "they were");
	session_say_line(session, line);
}

/* --- carrying on ---------------------------------------------------------- */

/* Its edits, over a base of another size. */
static struct tree *rebase(const struct document *doc, uint64_t size,
                           struct error *err)
{
	struct tree *root = tree_ref(document_root(doc));
	uint64_t before = document_source(doc)->size;
	struct piece more = { .off = before, .tag = PIECE_BASE };
	struct splice splice = { .off = tree_len(root) };

	if (size > before) {
		more.len = size - before;
		splice.v = &more;
		splice.count = 1;
	} else if (size < before) {
		/* No edit is behind the new end. */
		splice.removed = before - size;
		splice.off -= splice.removed;
	} else {
		return root;
	}
	if (tree_splice(&root, &splice, err))
		return root;
	tree_unref(root);
	return NULL;
}

static bool is_untouched(const struct identity *a, const struct identity *b)
{
	return identity_same(a, b) && a->size == b->size &&
	       a->mtime == b->mtime && a->ctime == b->ctime;
}

bool session_fits(const struct session *session, const struct document *doc,
                  struct source *src, uint64_t *unknown, struct error *err)
{
	char first[64] = "";
	struct fit fit = { .values = true };
	bool ok = fit_make(session, doc, src, &fit, err);

	if (ok && !is_fitting(&fit)) {
		if (fit.misfit_count > 0)
			say_first(&fit, first, sizeof(first));
		ok = refuse_misfits(&fit, first, ", flush! writes over them",
		                    err);
	}
	*unknown = fit.unknown;
	fit_free(&fit);
	return ok;
}

bool session_carry(struct session *session, const struct document *doc,
                   struct document *fresh, struct error *err)
{
	struct source *src = document_source(fresh);
	struct tree *root = NULL;
	struct fit fit = { 0 };
	bool ok = true;

	if (!is_untouched(&document_source(doc)->id, &src->id)) {
		ok = fit_make(session, doc, src, &fit, err) &&
		     (is_fitting(&fit) || refuse_misfits(&fit, "", "", err));
		if (ok)
			say_unknown(session, &fit);
		fit_free(&fit);
	}
	if (ok && document_access(fresh) == ACCESS_READ)
		ok = document_may_change(fresh, false, err);
	ok = ok && session_relock(session, doc, fresh, err);
	if (ok)
		root = rebase(doc, src->size, err);
	if (!root)
		return false;
	document_set_root(fresh, session_store(session), root);
	return true;
}

/* --- dropping ------------------------------------------------------------- */

/* Revert what has to go of a stain: all of it, or the bytes that misfit, where
   it has one for each of the base. From the end, so that offsets stay. */
static bool drop_part(struct session *session, struct document *doc,
                      const struct fit *fit, const struct hidden *h,
                      struct error *err)
{
	const struct stain *s = &h->stain;
	size_t at = find_misfit(fit, s->base), last = at;

	while (last < fit->misfit_count &&
	       fit->misfits[last].off < s->base + s->size)
		last++;
	if (h->misfits || (at < last && s->size != s->len))
		return edits_revert(session->edits, doc, s->off, s->len, err);
	while (last-- > at) {
		const struct misfit *m = &fit->misfits[last];

		if (!edits_revert(session->edits, doc,
		                  s->off + (m->off - s->base), m->end - m->off,
		                  err))
			return false;
	}
	return true;
}

static bool drop_of(struct session *session, struct document *doc,
                    struct document *fresh, struct error *err)
{
	struct fit fit = { 0 };
	bool ok = fit_make(session, doc, document_source(fresh), &fit, err);

	for (size_t i = fit.count; ok && i-- > 0;)
		ok = drop_part(session, doc, &fit, &fit.v[i], err);
	fit_free(&fit);
	return ok;
}

bool session_drop_misfits(struct session *session, struct document **fresh,
                          bool *dropped, struct error *err)
{
	bool ok = true, any;

	*dropped = false;
	session_label(session);
	edits_begin(session->edits, false);
	for (size_t i = 0; ok && i < session->docs.count; i++) {
		struct document *doc = session->docs.v[i].doc;

		if (fresh[i] && document_root(doc))
			ok = drop_of(session, doc, fresh[i], err);
	}
	if (!ok) {
		edits_cancel(session->edits);
		return false;
	}
	any = !edits_are_nothing(session->edits);
	/* A step of its own, so that it alone can be taken back. */
	session->joined = false;
	ok = session_conclude(session, KEEPER_EDIT, err);
	*dropped = ok && any;
	return ok;
}
