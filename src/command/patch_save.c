/*
 * patch_save.c - edits as a file: see patch.h
 *
 * A patch is saved in a job, of the edits as they are now: editing goes on
 * meanwhile.
 */
#include "config.h"

#include "command/patch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "command/context.h"
#include "command/edited.h"
#include "edit/document.h"
#include "edit/tree.h"
#include "open/patch_file.h"
#include "session.h"
#include "source/run.h"
#include "source/source.h"
#include "space/view.h"

enum { EQUAL = 16 }; /* bytes that part a hunk */

/* A document with edits. */
struct source_of {
	struct document *doc; /* counted */
	struct tree *then;    /* counted: what it is compared with; NULL: the
	                         file */
	struct tree *now;     /* counted */
};

struct saving {
	struct view *view; /* counted */
	const struct sys *sys;
	char *path; /* owned */
	enum patch_format format;
	const struct segment *segment; /* of the view; NULL: all of the space */
	struct source_of *docs;        /* owned */
	size_t count, cap;
	struct job *job;
	struct patch_writer w;
	const struct source_of *at; /* of the edits that are written */
	unsigned file;              /* its number in the patch */
	unsigned char *old, *new;   /* owned, PATCH_HUNK each */
	struct runs runs;           /* owned */
	uint64_t bytes;
	bool ok;
	struct error err; /* unless ok */
};

/* How many of the first bytes all have a value, or all have none: *known. */
static size_t alike(const struct runs *runs, bool *known)
{
	size_t len = 0;

	*known = runs->count > 0 && state_has_bytes(runs->v[0].state);
	for (size_t i = 0; i < runs->count; i++) {
		if (state_has_bytes(runs->v[i].state) != *known)
			break;
		len += (size_t)runs->v[i].len;
	}
	return len;
}

/* The next old bytes of a change, at most `most`: *known says whether they have
   values, *len how many they are. */
static bool read_old(struct saving *s, uint64_t base, size_t most, size_t *len,
                     bool *known, struct error *err)
{
	*len = most;
	*known = true;
	if (most == 0)
		return true;
	runs_clear(&s->runs);
	if (!document_read_at(s->at->doc, s->at->then, base, s->old, most, 0,
	                      &s->runs, err))
		return false;
	*len = alike(&s->runs, known);
	return true;
}

static bool read_new(struct saving *s, uint64_t off, size_t len,
                     struct error *err)
{
	bool known;
	size_t same;

	if (len == 0)
		return true;
	runs_clear(&s->runs);
	if (!document_read_at(s->at->doc, s->at->now, off, s->new, len, 0,
	                      &s->runs, err))
		return false;
	same = alike(&s->runs, &known);
	if (known && same == len)
		return true;
	return error_set(err, ERR_STATE,
	                 "%s: the byte at offset 0x%" PRIx64 " has no value",
	                 text_shown(document_name(s->at->doc)).s,
	                 off + (known ? same : 0));
}

/* The byte in front of an address, for IPS; -1 if it has no value. */
static int byte_before(struct saving *s, uint64_t off)
{
	struct error ignored;
	unsigned char byte;
	bool known;

	if (s->segment && off > 0) {
		runs_clear(&s->runs);
		if (document_read_at(s->at->doc, s->at->now, off - 1, &byte, 1,
		                     0, &s->runs, &ignored) &&
		    alike(&s->runs, &known) == 1 && known)
			return byte;
		return -1;
	}
	if (s->segment)
		return -1;
	runs_clear(&s->runs);
	return view_read(s->view, PATCH_IPS_END - 1, &byte, 1, 0, &s->runs,
	                 &ignored) &&
	                       alike(&s->runs, &known) == 1 && known
	               ? byte
	               : -1;
}

/* Where IPS has this byte: in the file, or in the space. *run: how many follow
   it there. */
static bool ips_offset(struct saving *s, uint64_t off, uint64_t *out,
                       uint64_t *run, struct error *err)
{
	const struct space *sp = view_space(s->view);

	*out = off;
	*run = UINT64_MAX;
	if (s->segment)
		return true;
	if (!space_document_address(sp, document_id(s->at->doc), off, out))
		return error_set(err, ERR_STATE,
		                 "%s: the edit at offset 0x%" PRIx64
		                 " is not shown: save the segment (#N)",
		                 text_shown(document_name(s->at->doc)).s, off);
	*run = space_locate(sp, *out).run;
	return true;
}

/* How many of the bytes from `at` on differ, with short runs of equal ones
   between them. */
static size_t differing(const struct patch_hunk *h, size_t at)
{
	size_t len = 0;

	if (h->old[at] == h->new[at])
		return 0;
	for (size_t i = at, same = 0; i < h->new_len && same < EQUAL; i++) {
		same = h->old[i] == h->new[i] ? same + 1 : 0;
		if (same == 0)
			len = i + 1 - at;
	}
	return len;
}

/* Bytes that are the same are none of a patch. */
static bool put_parts(struct saving *s, const struct patch_hunk *hunk,
                      struct error *err)
{
	struct patch_hunk part = *hunk;

	if (hunk->old_len != hunk->new_len || !hunk->old) {
		s->bytes += hunk->new_len;
		return patch_put(&s->w, hunk, err);
	}
	for (size_t at = 0; at < hunk->new_len; at += part.new_len) {
		part.new_len = part.old_len = differing(hunk, at);
		if (part.new_len == 0) {
			/* One byte further. */
			part.new_len = 1;
			continue;
		}
		part.off = hunk->off + at;
		part.old = hunk->old + at;
		part.new = hunk->new + at;
		part.before = at > 0 ? hunk->new[at - 1] : hunk->before;
		s->bytes += part.new_len;
		if (!patch_put(&s->w, &part, err))
			return false;
	}
	return true;
}

/* The next hunk of what is left of a change, which goes behind it. */
static bool save_next(struct saving *s, struct edited *e, struct error *err)
{
	bool ips = s->format == PATCH_IPS, known;
	size_t old = (size_t)u64_min(e->old_len, PATCH_HUNK);
	size_t new = (size_t)u64_min(e->len, PATCH_HUNK);
	struct patch_hunk hunk = { .file = s->file, .off = e->base };
	uint64_t run = UINT64_MAX;

	hunk.before = -1;
	if (ips && !ips_offset(s, e->off, &hunk.off, &run, err))
		return false;
	if (ips && hunk.off == PATCH_IPS_END)
		hunk.before = byte_before(s, e->off);
	if (old > 0 && new > 0)
		old = size_min(old, new);
	if (!read_old(s, e->base, (size_t)u64_min(old, run), &old, &known, err))
		return false;
	if (old > 0 && new > 0)
		new = old;
	if (!read_new(s, e->off, new, err))
		return false;
	hunk.old = known ? s->old : NULL;
	hunk.new = s->new;
	hunk.old_len = old;
	hunk.new_len = new;
	e->base += old;
	e->old_len -= old;
	e->off += new;
	e->len -= new;
	return put_parts(s, &hunk, err);
}

static bool name_document(struct saving *s, struct error *err)
{
	const struct document *doc = s->at->doc;

	if (!s->segment && s->format != PATCH_IPS &&
	    document_source(doc)->traits & SOURCE_PRIVATE)
		return error_set(err, ERR_STATE,
		                 "%s is no file that a patch could name: save "
		                 "its segment alone (#N)",
		                 text_shown(document_name(doc)).s);
	return patch_put_file(&s->w, document_name(doc), &s->file, err);
}

static const struct source_of *find_source(const struct saving *s, uint64_t doc)
{
	size_t i = 0;

	while (document_id(s->docs[i].doc) != doc)
		i++;
	return &s->docs[i];
}

static bool save_change(struct saving *s, struct edited e, struct error *err)
{
	if (!s->at || document_id(s->at->doc) != e.doc) {
		s->at = find_source(s, e.doc);
		if (!name_document(s, err))
			return false;
	}
	if (s->format == PATCH_IPS && e.len != e.old_len)
		return error_set(err, ERR_STATE,
		                 "%s: bytes were inserted or deleted at "
		                 "offset 0x%" PRIx64
		                 ", which IPS cannot say (save it as hex or "
		                 "json)",
		                 text_shown(document_name(s->at->doc)).s,
		                 e.base);
	while (e.old_len > 0 || e.len > 0) {
		if (!job_goes_on(s->job, err))
			return false;
		if (!save_next(s, &e, err))
			return false;
	}
	return true;
}

static int by_document(const void *a, const void *b)
{
	const struct edited *x = a, *y = b;

	if (x->doc != y->doc)
		return x->doc < y->doc ? -1 : 1;
	return x->off < y->off ? -1 : x->off > y->off;
}

/* Those of one file follow each other; but a patch of addresses has them in
   that order. */
static void sort(const struct saving *s, struct edited_list *list)
{
	if (list->count > 0 && (s->segment || s->format != PATCH_IPS))
		qsort(list->v, list->count, sizeof(*list->v), by_document);
}

static bool save_all(struct saving *s, struct edited_list *list,
                     struct error *err)
{
	sort(s, list);
	s->old = mem_resize(NULL, PATCH_HUNK, 1, err);
	s->new = s->old ? mem_resize(NULL, PATCH_HUNK, 1, err) : NULL;
	if (!s->new)
		return false;
	for (size_t i = 0; i < list->count; i++) {
		job_set_progress(s->job, i, list->count);
		if (s->segment &&
		    document_id(s->segment->doc) != list->v[i].doc)
			continue;
		if (!save_change(s, list->v[i], err))
			return false;
	}
	return true;
}

static bool find_all(const struct saving *s, struct edited_list *list,
                     struct error *err)
{
	for (size_t i = 0; i < s->count; i++)
		if (!edited_between(list, s->docs[i].doc, s->docs[i].then,
		                    s->docs[i].now, err))
			return false;
	edited_place(list, view_space(s->view));
	return true;
}

static bool save_run(struct saving *s, struct error *err)
{
	struct edited_list list = { 0 };
	bool ok = find_all(s, &list, err) &&
	          patch_begin(&s->w, s->sys, s->path, s->format, err);

	if (ok && save_all(s, &list, err)) {
		ok = patch_commit(&s->w, err);
	} else if (ok) {
		patch_cancel(&s->w);
		ok = false;
	}
	edited_free(&list);
	return ok;
}

static void save_work(struct job *job, void *arg)
{
	struct saving *s = arg;

	s->job = job;
	s->ok = save_run(s, &s->err);
}

static bool save_done(struct context *ctx, void *arg, struct error *err)
{
	const struct saving *s = arg;

	if (s->ok)
		patch_report(ctx, s->w.hunks, s->bytes);
	else
		*err = s->err;
	return s->ok;
}

static const char *about(const void *arg)
{
	const struct saving *s = arg;

	return s->path;
}

static void saving_free(void *arg)
{
	struct saving *s = arg;

	for (size_t i = 0; i < s->count; i++) {
		document_unref(s->docs[i].doc);
		tree_unref(s->docs[i].then);
		tree_unref(s->docs[i].now);
	}
	mem_free(s->docs);
	view_unref(s->view);
	mem_free(s->path);
	runs_free(&s->runs);
	mem_free(s->old);
	mem_free(s->new);
	mem_free(s);
}

static const struct task save_task = {
	.name = "patch save",
	.about = about,
	.finish = save_done,
	.free = saving_free,
	.holds = true,
};

static bool add_source(struct saving *s, struct document *doc,
                       struct tree *then, struct error *err)
{
	struct tree *now = document_tree(doc, err);

	if (!now ||
	    !mem_grow(&s->docs, &s->cap, s->count + 1, sizeof(*s->docs), err)) {
		tree_unref(now);
		return false;
	}
	s->docs[s->count++] =
		(struct source_of){ document_ref(doc),
		                    then ? tree_ref(then) : NULL, now };
	return true;
}

static bool take_then(void *arg, struct document *doc, struct tree *root,
                      struct error *err)
{
	return add_source(arg, doc, root, err);
}

/* Each document of the space that has edits, once. */
static bool add_edited(struct saving *s, struct error *err)
{
	const struct space *sp = view_space(s->view);

	for (size_t i = 0; i < space_segments(sp); i++) {
		struct document *doc = space_segment(sp, i)->doc;
		bool seen = !doc || !document_root(doc);

		for (size_t k = 0; k < s->count && !seen; k++)
			seen = s->docs[k].doc == doc;
		if (!seen && !add_source(s, doc, NULL, err))
			return false;
	}
	return true;
}

static struct saving *saving_new(struct context *ctx, const char *path,
                                 const struct patch_wanted *wanted,
                                 struct error *err)
{
	struct saving *s = mem_zalloc(sizeof(*s), err);

	if (!s)
		return NULL;
	s->view = view_ref(session_view(ctx->session));
	s->sys = session_sys(ctx->session);
	s->format = wanted->format;
	s->segment = space_numbered(view_space(s->view), wanted->number);
	s->path = mem_strdup(path, err);
	if (s->path &&
	    (wanted->has_from ? session_then(ctx->session, wanted->from,
	                                     take_then, s, err)
	                      : add_edited(s, err)))
		return s;
	saving_free(s);
	return NULL;
}

bool patch_save(struct context *ctx, const char *path,
                const struct patch_wanted *wanted, struct error *err)
{
	struct task *task = mem_zalloc(sizeof(*task), err);

	if (!task)
		return false;
	*task = save_task;
	task->arg = saving_new(ctx, path, wanted, err);
	if (task->arg)
		return context_start(ctx, task, save_work, err);
	mem_free(task);
	return false;
}

void patch_report(struct context *ctx, uint64_t hunks, uint64_t bytes)
{
	const char *a = text_plural(hunks), *b = text_plural(bytes);
	struct output *out = ctx->out;

	if (out->json) {
		json_begin(out);
		json_number(out, "hunks", hunks);
		json_number(out, "bytes", bytes);
		json_end(out);
	} else if (ctx->batch) {
		output_text(out, "%" PRIu64 " hunk%s, %" PRIu64 " byte%s\n",
		            hunks, a, bytes, b);
	} else {
		context_say(ctx,
		            "patch: %" PRIu64 " hunk%s, %" PRIu64 " byte%s",
		            hunks, a, bytes, b);
	}
}
