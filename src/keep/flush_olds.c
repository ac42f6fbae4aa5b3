/*
 * flush_olds.c - see flush_olds.h
 *
 * Changes come in the order of time. They are gathered by file, a million of
 * all files together, and read in the order of their offsets (olds.h): so a
 * flush of many small edits reads each page once for this, whatever order they
 * were made in.
 */
#include "config.h"

#include "keep/flush_olds.h"

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "keep/olds.h"
#include "source/source.h"

/* Tests make it small. */
#ifndef FLUSH_OLDS_MOST
#define FLUSH_OLDS_MOST ((size_t)1 << 20) /* that wait, of all files */
#endif

struct gathering {
	struct flush_olds *files; /* borrowed */
	struct olds *olds;        /* owned: one for each */
	size_t count;
	size_t *by_number; /* owned: the file of a number, counted from 1 */
	size_t numbers;
	size_t waiting;
	struct job *job;
};

static bool compare_all(struct gathering *g, struct error *err)
{
	for (size_t i = 0; i < g->count; i++) {
		if (!olds_compare(&g->olds[i], err))
			return false;
		g->files[i].differ += g->olds[i].differ - g->olds[i].unread;
		olds_free(&g->olds[i]);
		g->olds[i].src = g->files[i].src;
	}
	g->waiting = 0;
	return true;
}

static bool add_bytes(struct gathering *g, size_t idx,
                      const struct record_piece *piece, struct error *err)
{
	uint64_t n;

	for (uint64_t at = 0; at < piece->len; at += n) {
		n = u64_min(piece->len - at, OLDS_LEN);
		if ((g->waiting == FLUSH_OLDS_MOST && !compare_all(g, err)) ||
		    !olds_add(&g->olds[idx], piece->off + at, piece->bytes + at,
		              (size_t)n, err))
			return false;
		g->waiting++;
	}
	return true;
}

static bool add_removed(struct gathering *g, size_t idx,
                        const struct record_piece *piece, struct error *err)
{
	struct flush_olds *file = &g->files[idx];
	uint64_t size = file->src->size;

	if (piece->off > size || piece->len > size - piece->off)
		file->differ += piece->len;
	else if (piece->old != RECORD_OLD_BYTES)
		file->unknown += piece->len;
	else
		return add_bytes(g, idx, piece, err);
	return true;
}

static bool take_change(void *ctx, const struct record_change *change,
                        struct record_cursor *pieces, struct error *err)
{
	struct gathering *g = ctx;
	size_t idx = change->file < g->numbers ? g->by_number[change->file] : 0;
	struct record_piece piece;

	if (g->job && job_cancelled(g->job))
		return error_set(err, ERR_CANCELLED, "the flush was cancelled");
	for (uint32_t i = 0; idx > 0 && i < change->removed_count &&
	                     record_next_piece(pieces, &piece);
	     i++)
		if (piece.kind == RECORD_PIECE_BASE &&
		    !add_removed(g, idx - 1, &piece, err))
			return false;
	return true;
}

/* Which file a number is of. */
static bool make_numbers(struct gathering *g, struct error *err)
{
	for (size_t i = 0; i < g->count; i++)
		for (size_t k = 0; k < g->files[i].count; k++)
			g->numbers =
				size_max(g->numbers,
			                 (size_t)g->files[i].numbers[k] + 1);
	g->by_number = mem_zalloc((g->numbers + 1) * sizeof(size_t), err);
	for (size_t i = 0; g->by_number && i < g->count; i++)
		for (size_t k = 0; k < g->files[i].count; k++)
			g->by_number[g->files[i].numbers[k]] = i + 1;
	return g->by_number != NULL;
}

bool flush_olds(struct journal *journal, struct flush_olds *files, size_t count,
                struct job *job, struct error *err)
{
	struct gathering g = { .files = files, .count = count, .job = job };
	bool ok;

	g.olds = mem_zalloc((count + 1) * sizeof(*g.olds), err);
	ok = g.olds && make_numbers(&g, err);
	for (size_t i = 0; ok && i < count; i++) {
		files[i].differ = files[i].unknown = 0;
		g.olds[i].src = files[i].src;
	}
	ok = ok && journal_each_change(journal, take_change, &g, err) &&
	     compare_all(&g, err);
	for (size_t i = 0; g.olds && i < count; i++)
		olds_free(&g.olds[i]);
	mem_free(g.olds);
	mem_free(g.by_number);
	return ok;
}
