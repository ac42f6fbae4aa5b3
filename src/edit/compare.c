/*
 * compare.c - see compare.h
 *
 * Both parts are gone through piece by piece, in stretches that are one piece
 * in each.
 */
#include "config.h"

#include "edit/compare.h"

#include "base/error.h"
#include "edit/change.h"
#include "edit/document.h"
#include "edit/store.h"
#include "source/run.h"

enum { COMPARE = 4096 }; /* bytes at once */

static bool is_base(unsigned char tag)
{
	return (tag & PIECE_KIND) == PIECE_BASE;
}

/* Two parts of the same length, gone through side by side. */
struct pair {
	struct pieces_walk walk[2];
	struct piece piece[2]; /* what is left of the last ones */
};

static struct pair pair_of(const struct pieces *a, const struct pieces *b)
{
	struct pair pair = { .piece = { { 0 }, { 0 } } };

	pieces_walk(&pair.walk[0], a);
	pieces_walk(&pair.walk[1], b);
	return pair;
}

/* The next pieces, of one length, at most `most`; false at the end. */
static bool pair_next(struct pair *pair, uint64_t most, struct piece out[2])
{
	for (size_t i = 0; i < 2; i++) {
		if (pair->piece[i].len == 0 &&
		    !pieces_next(&pair->walk[i], &pair->piece[i]))
			return false;
		most = u64_min(most, pair->piece[i].len);
	}
	for (size_t i = 0; i < 2; i++) {
		struct piece *p = &pair->piece[i];

		out[i] = piece_part(*p, 0, most);
		*p = piece_part(*p, most, p->len - most);
	}
	return true;
}

bool compare_pieces(const struct pieces *a, const struct pieces *b)
{
	struct pair pair = pair_of(a, b);
	struct piece v[2];

	while (pair_next(&pair, UINT64_MAX, v))
		if (v[0].tag != v[1].tag || v[0].off != v[1].off)
			return false;
	return true;
}

/* The bytes of a piece, and what they are. A document that was loaded anew may
   not know the store. */
static bool read_piece(const struct store *store, const struct document *doc,
                       const struct piece *piece, unsigned char *buf,
                       struct runs *runs, struct error *err)
{
	runs_clear(runs);
	if (!is_base(piece->tag))
		return store_read(store, piece, buf, runs, err);
	return document_read_at(doc, NULL, piece->off, buf, (size_t)piece->len,
	                        0, runs, err);
}

/* How many of the first bytes have a value. */
static size_t known(const struct runs *runs)
{
	size_t len = 0;

	for (size_t i = 0; i < runs->count; i++) {
		if (!state_has_bytes(runs->v[i].state))
			break;
		len += (size_t)runs->v[i].len;
	}
	return len;
}

bool compare_bytes(const struct store *store, const struct document *doc,
                   const struct pieces *a, const struct pieces *b,
                   uint64_t *same, struct error *err)
{
	struct pair pair = pair_of(a, b);
	unsigned char buf[2][COMPARE];
	struct runs runs = { 0 };
	struct piece v[2];
	bool ok = true;

	for (*same = 0; ok && pair_next(&pair, COMPARE, v);) {
		size_t len = (size_t)v[0].len, n = 0;

		for (size_t i = 0; ok && i < 2; i++) {
			ok = read_piece(store, doc, &v[i], buf[i], &runs, err);
			len = ok ? size_min(len, known(&runs)) : 0;
		}
		while (n < len && buf[0][n] == buf[1][n])
			n++;
		*same += n;
		if (ok && n < v[0].len)
			ok = error_set(err, ERR_CHANGED,
			               "other bytes are there");
	}
	runs_free(&runs);
	return ok;
}
