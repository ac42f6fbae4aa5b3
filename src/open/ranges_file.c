/*
 * ranges_file.c - see ranges_file.h
 *
 * A file is read in steps and never whole. Files are numbered from 1 in the
 * order of their lines, so that a range costs two short numbers.
 */
#include "config.h"

#include "open/ranges_file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/lexer.h"
#include "base/mem.h"
#include "base/text.h"
#include "edit/document.h"
#include "open/namer.h"
#include "open/reading.h"
#include "open/replace.h"
#include "source/source.h"
#include "space/ranges.h"

static const char magic[] = "hexspan-ranges";
static const char version[] = "1";

void ranges_file_free(struct ranges_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		mem_free(file->v[i].name);
		ranges_free(file->v[i].ranges);
	}
	mem_free(file->v);
	*file = (struct ranges_file){ 0 };
}

/* --- writing ------------------------------------------------------------- */

/* A document that ranges are in. */
struct entry {
	uint64_t id;
	unsigned number; /* of its line; 0: left out */
};

struct writer {
	struct replacement out;
	struct namer namer;
	struct entry *v; /* owned, sorted by id */
	size_t count, cap;
	unsigned files;
	ranges_file_by_id *find;
	void *ctx;
	uint64_t left_out;
	struct error *err;
};

static bool put(struct writer *w, const char *text)
{
	return replace_put(&w->out, text, strlen(text), w->err);
}

/* Where a document is, or belongs. */
static size_t find_entry(const struct writer *w, uint64_t id)
{
	size_t lo = 0;
	size_t hi = w->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->v[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool put_file(struct writer *w, const struct document *doc,
                     unsigned *number)
{
	const char *name;
	char text[32];

	if (!doc || document_source(doc)->traits & SOURCE_PRIVATE)
		return true;
	name = namer_name(&w->namer, document_name(doc), w->err);
	if (!name)
		return false;
	*number = ++w->files;
	snprintf(text, sizeof(text), "file %u ", *number);
	return put(w, text) && replace_put_quoted(&w->out, name, w->err) &&
	       put(w, "\n");
}

static bool name_document(struct writer *w, uint64_t id)
{
	size_t at = find_entry(w, id);
	struct entry entry = { .id = id };

	if (at < w->count && w->v[at].id == id)
		return true;
	if (!mem_grow(&w->v, &w->cap, w->count + 1, sizeof(*w->v), w->err) ||
	    !put_file(w, w->find(w->ctx, id), &entry.number))
		return false;
	memmove(&w->v[at + 1], &w->v[at], (w->count - at) * sizeof(*w->v));
	w->v[at] = entry;
	w->count++;
	return true;
}

/* A line for each document of a set that had none yet. */
static bool name_documents(struct writer *w, const struct ranges *ranges)
{
	size_t count = ranges_count(ranges);
	uint64_t last = 0;

	for (size_t i = 0; i < count; i++) {
		struct range r = ranges_at(ranges, i);

		if ((i == 0 || r.doc != last) && !name_document(w, r.doc))
			return false;
		last = r.doc;
		for (size_t j = 0; j < r.rest_count; j++)
			if (!name_document(w, r.rest[j].doc))
				return false;
	}
	return true;
}

static unsigned number_of(const struct writer *w, uint64_t id)
{
	return w->v[find_entry(w, id)].number;
}

/* Are all of its documents named? */
static bool is_named(const struct writer *w, const struct range *r)
{
	for (size_t i = 0; i < r->rest_count; i++)
		if (number_of(w, r->rest[i].doc) == 0)
			return false;
	return number_of(w, r->doc) != 0;
}

static bool put_piece(struct writer *w, const char *before, uint64_t doc,
                      uint64_t off, uint64_t len)
{
	char text[80];

	snprintf(text, sizeof(text), "%s%u 0x%" PRIx64 " %" PRIu64, before,
	         number_of(w, doc), off, len);
	return put(w, text);
}

static bool put_range(struct writer *w, const struct range *r)
{
	if (!is_named(w, r)) {
		w->left_out++;
		return true;
	}
	if (!put_piece(w, "", r->doc, r->off, r->len))
		return false;
	for (size_t i = 0; i < r->rest_count; i++)
		if (!put_piece(w, " + ", r->rest[i].doc, r->rest[i].off,
		               r->rest[i].len))
			return false;
	return put(w, "\n");
}

static bool put_set(struct writer *w, const struct ranges_file_set *set)
{
	size_t count = ranges_count(set->ranges);
	bool ok = name_documents(w, set->ranges) && put(w, "set ") &&
	          put(w, set->name) && put(w, "\n");

	for (size_t i = 0; ok && i < count; i++) {
		struct range r = ranges_at(set->ranges, i);

		ok = put_range(w, &r);
	}
	return ok;
}

static bool put_all(struct writer *w, const struct ranges_file *sets)
{
	bool ok =
		put(w, magic) && put(w, " ") && put(w, version) && put(w, "\n");

	for (size_t i = 0; ok && i < sets->count; i++)
		ok = put_set(w, &sets->v[i]);
	return ok;
}

bool ranges_file_save(const struct sys *sys, const char *path,
                      const struct ranges_file *sets, ranges_file_by_id *find,
                      void *ctx, uint64_t *left_out, struct error *err)
{
	struct writer w = { .find = find, .ctx = ctx, .err = err };
	bool ok = namer_open(&w.namer, sys, path, err) &&
	          replace_begin(&w.out, sys, path, err);

	if (ok && put_all(&w, sets)) {
		ok = replace_commit(&w.out, err);
	} else if (ok) {
		replace_cancel(&w.out);
		ok = false;
	}
	namer_close(&w.namer);
	mem_free(w.v);
	if (ok)
		*left_out = w.left_out;
	return ok;
}

/* --- reading ------------------------------------------------------------- */

/* Documents by number. */
struct files {
	struct document **v; /* owned; borrowed, NULL: left out */
	size_t count, cap;
};

struct reader {
	struct reading in;
	struct files files;
	struct ranges_file found;
	struct portion *rest; /* owned */
	size_t rest_cap;
	ranges_file_by_path *find;
	void *ctx;
	bool skip;
	uint64_t left_out;
	struct error *err;
};

static void reader_free(struct reader *r)
{
	mem_free(r->files.v);
	mem_free(r->rest);
	ranges_file_free(&r->found);
}

static bool wrong(struct reader *r, const char *what)
{
	return error_set(r->err, ERR_SYNTAX, "%s", what);
}

static bool read_first(struct reader *r)
{
	struct lexer lx;
	struct words words = { 0 };
	bool there;
	bool ok;

	if (!reading_line(&r->in, &lx, &there, r->err))
		return false;
	r->in.line = 1;
	if (!words_from(&lx, &words, r->err) && r->err->code == ERR_NOMEM)
		return false;
	if (words.count != 2 || strcmp(words.v[0].text, magic) != 0)
		ok = error_set(r->err, ERR_SYNTAX,
		               "no set of ranges (the first line must be \"%s "
		               "%s\")",
		               magic, version);
	else if (strcmp(words.v[1].text, version) != 0)
		ok = error_set(r->err, ERR_SYNTAX,
		               "version %s of ranges is not known (only %s)",
		               text_shown(words.v[1].text).s, version);
	else
		ok = true;
	words_free(&words);
	return ok;
}

/* file N "PATH" */
static bool read_file(struct reader *r, const struct words *words)
{
	struct files *files = &r->files;
	char *path;
	uint64_t number;

	if (words->count != 3)
		return wrong(r, "file NUMBER PATH is meant");
	if (!number_parse(words->v[1].text, &units_default, &number, r->err))
		return false;
	if (number != files->count + 1)
		return wrong(r, "files are numbered 1, 2, ..");
	if (!mem_grow(&files->v, &files->cap, files->count + 1,
	              sizeof(struct document *), r->err))
		return false;
	path = namer_resolve(r->in.path, words->v[2].text, r->err);
	if (!path)
		return false;
	files->v[files->count] = r->find(r->ctx, path);
	if (!files->v[files->count] && !r->skip) {
		error_set(r->err, ERR_STATE, "%s is not open",
		          text_shown(path).s);
		mem_free(path);
		return false;
	}
	files->count++;
	mem_free(path);
	return true;
}

/* set NAME */
static bool read_set(struct reader *r, const struct words *words)
{
	struct ranges_file *found = &r->found;
	struct ranges_file_set set;

	if (words->count != 2)
		return wrong(r, "set NAME is meant");
	if (!mem_grow(&found->v, &found->cap, found->count + 1,
	              sizeof(*found->v), r->err))
		return false;
	set.name = mem_strdup(words->v[1].text, r->err);
	set.ranges = set.name ? ranges_new(r->err) : NULL;
	if (!set.ranges) {
		mem_free(set.name);
		return false;
	}
	found->v[found->count++] = set;
	return true;
}

/* NUMBER OFF LEN; *known tells whether that file is open. */
static bool read_piece(struct reader *r, struct lexer *lx,
                       struct portion *piece, bool *known)
{
	const struct units *units = &units_default;
	const struct document *doc;
	uint64_t number;

	lexer_blanks(lx);
	if (!lexer_number(lx, units, &number, r->err))
		return false;
	lexer_blanks(lx);
	if (!lexer_number(lx, units, &piece->off, r->err))
		return false;
	lexer_blanks(lx);
	if (!lexer_number(lx, units, &piece->len, r->err))
		return false;
	if (number == 0 || number > r->files.count)
		return wrong(r, "no file has this number");
	doc = r->files.v[number - 1];
	*known &= doc != NULL;
	if (!doc)
		return true;
	piece->doc = document_id(doc);
	if (piece->off > document_size(doc) ||
	    piece->len > document_size(doc) - piece->off)
		return error_set(r->err, ERR_SYNTAX,
		                 "past the end of %s (size 0x%" PRIx64 ")",
		                 text_shown(document_name(doc)).s,
		                 document_size(doc));
	return true;
}

/* Go behind a '+'. */
static bool take_plus(struct lexer *lx)
{
	lexer_blanks(lx);
	if (lx->pos == lx->len || lx->line[lx->pos] != '+')
		return false;
	lx->pos++;
	return true;
}

static bool read_range(struct reader *r, struct lexer *lx)
{
	struct range range = { 0 };
	struct portion piece = { 0 };
	bool known = true;

	if (r->found.count == 0)
		return wrong(r, "a range before the first set");
	if (!read_piece(r, lx, &piece, &known))
		return false;
	range.doc = piece.doc;
	range.off = piece.off;
	range.len = piece.len;
	while (take_plus(lx)) {
		if (!mem_grow(&r->rest, &r->rest_cap, range.rest_count + 1,
		              sizeof(*r->rest), r->err) ||
		    !read_piece(r, lx, &piece, &known))
			return false;
		r->rest[range.rest_count++] = piece;
	}
	range.rest = r->rest;
	if (!lexer_end(lx))
		return wrong(r, "FILE OFFSET LENGTH is meant");
	r->left_out += !known;
	return !known || ranges_add(r->found.v[r->found.count - 1].ranges,
	                            &range, r->err);
}

static bool read_line(struct reader *r, struct lexer *lx)
{
	struct words words;
	bool ok;

	lexer_blanks(lx);
	if (lx->pos < lx->len && lx->line[lx->pos] >= '0' &&
	    lx->line[lx->pos] <= '9')
		return read_range(r, lx);
	if (!words_from(lx, &words, r->err))
		return false;
	if (words.count == 0)
		ok = true;
	else if (strcmp(words.v[0].text, "file") == 0)
		ok = read_file(r, &words);
	else if (strcmp(words.v[0].text, "set") == 0)
		ok = read_set(r, &words);
	else
		ok = wrong(r, "a line is file, set or a range");
	words_free(&words);
	return ok;
}

static bool read_lines(struct reader *r)
{
	struct lexer lx;
	bool there = true;

	if (!read_first(r))
		return false;
	while (reading_line(&r->in, &lx, &there, r->err))
		if (!there)
			return true;
		else if (!read_line(r, &lx))
			return false;
	return false;
}

static bool read_open(struct reader *r)
{
	struct error *err = r->err;

	if (read_lines(r))
		return true;
	if (err->code == ERR_SYNTAX || err->code == ERR_STATE) {
		/* A column is one of the command line's. */
		err->column = 0;
		error_prefix(err, "%s:%zu", text_shown(r->in.path).s,
		             r->in.line);
		error_add_path(err, r->in.path);
	}
	return false;
}

bool ranges_file_read(const struct sys *sys, const char *path,
                      ranges_file_by_path *find, void *ctx, bool skip,
                      struct ranges_file *out, uint64_t *left_out,
                      struct error *err)
{
	struct reader r = {
		.find = find,
		.ctx = ctx,
		.skip = skip,
		.err = err,
	};
	bool ok;

	if (!reading_begin(&r.in, sys, path, err))
		return false;
	ok = read_open(&r);
	reading_end(&r.in);
	if (ok) {
		*out = r.found;
		*left_out = r.left_out;
		r.found = (struct ranges_file){ 0 };
	}
	reader_free(&r);
	return ok;
}
