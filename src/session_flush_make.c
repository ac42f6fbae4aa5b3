/*
 * session_flush_make.c - what a flush needs, before its first byte is written
 *
 * What is refused is refused here, or by the flush before its COMMIT; what the
 * session will be is made here, too, so that nothing can fail later.
 */
#include "config.h"

#include "session_flush_impl.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sys.h"
#include "base/text.h"
#include "edit/edits.h"
#include "edit/rebase.h"
#include "edit/tree.h"
#include "keep/flush.h"
#include "keep/journal.h"
#include "session.h"
#include "session_impl.h"
#include "source/file.h"
#include "space/space.h"
#include "space/view.h"

/* --- what is allowed ------------------------------------------------------ */

static struct journal *journal_of(const struct session *session)
{
	return session->keeper ? keeper_journal(session->keeper) : NULL;
}

static bool refuse(const struct document *doc, const char *why,
                   struct error *err)
{
	(void)error_set(err, ERR_STATE, "%s: %s",
	                text_shown(document_name(doc)).s, why);
	return error_add_path(err, document_name(doc));
}

bool session_flush_is_kept(const struct session *session,
                           const struct document *doc, struct error *err)
{
	return !journal_of(session) ||
	       keeper_number(session->keeper, doc) != 0 ||
	       refuse(doc, "its edits are not in the journal", err);
}

static bool check_part(const struct session *session, const struct part *part,
                       struct error *err)
{
	if (part->exchanged && !source_keep(document_source(part->doc), true))
		return refuse(part->doc, "it cannot be opened", err);
	return session_flush_is_kept(session, part->doc, err);
}

static bool check_claims(struct session *session, const struct flushing *f,
                         unsigned flags, struct error *err)
{
	struct document **docs =
		mem_zalloc((f->count + 1) * sizeof(*docs), err);
	bool ok;

	if (!docs)
		return false;
	for (size_t i = 0; i < f->count; i++)
		docs[i] = f->parts[i].doc;
	ok = session_check_claims(session, docs, f->count, flags, err);
	mem_free(docs);
	return ok;
}

bool session_flush_may(struct session *session, unsigned flags,
                       struct error *err)
{
	if (journal_of(session))
		return true;
	if (!(flags & FLUSH_ANYWAY))
		return error_set(err, ERR_STATE,
		                 "there is no journal: a crash would leave "
		                 "files half written (save-as and export "
		                 "write other files, flush! these)");
	session_say_line(session, "no journal: until the flush is done a crash "
	                          "leaves files half written");
	return true;
}

/* --- what the session will be --------------------------------------------- */

/* The same file again. */
static struct source *open_again(struct session *session,
                                 const struct document *doc, struct error *err)
{
	struct source *src = file_open(session->files, document_name(doc), err);

	if (!src)
		return NULL;
	if (identity_same(&src->id, &document_source(doc)->id) &&
	    src->size == document_source(doc)->size)
		return src;
	source_free(src);
	error_set(err, ERR_CHANGED, "%s: was replaced or resized",
	          text_shown(document_name(doc)).s);
	(void)error_add_path(err, document_name(doc));
	return NULL;
}

static bool not_writable(const struct session *session,
                         const struct document *doc, struct source *src,
                         struct error *err)
{
	const char *name = document_name(doc);
	int res = session->sys->access(name, SYS_READ | SYS_WRITE);

	source_free(src);
	if (res < 0)
		(void)error_sys(err, -res, "%s: cannot be written",
		                text_shown(name).s);
	else
		(void)error_set(err, ERR_READONLY, "%s: cannot be written",
		                text_shown(name).s);
	err->code = ERR_READONLY;
	return error_add_path(err, name);
}

/* The document of the base that comes. */
static bool open_fresh(struct session *session, struct flushing *f,
                       struct part *part, struct error *err)
{
	const struct document *doc = part->doc;
	size_t at = documents_find(&session->docs, document_id(doc));
	struct source *src = part->exchanged
	                             ? file_next(document_source(doc),
	                                         tree_len(part->root), err)
	                             : open_again(session, doc, err);

	if (!src)
		return false;
	if (!(src->traits & SOURCE_WRITABLE))
		return not_writable(session, doc, src, err);
	part->fresh = document_new(src, document_id(doc), document_name(doc),
	                           document_access(doc), err);
	if (!part->fresh)
		return false;
	f->fresh[at] = document_ref(part->fresh);
	return true;
}

static const struct tree *over_of(void *ctx, uint64_t doc)
{
	const struct part *part = session_flush_part(ctx, doc);

	return part ? part->over : NULL;
}

static uint64_t dirty_bytes(const struct flushing *f)
{
	struct rebase_walk walk;
	uint64_t off, len, sum = 0;

	for (size_t i = 0; i < f->count; i++) {
		if (f->parts[i].exchanged)
			continue;
		rebase_walk(&walk, f->parts[i].root);
		while (rebase_next(&walk, &off, &len))
			sum += len;
	}
	return sum;
}

/* Where the bytes of the base are when another file has its place. */
static bool make_moved(struct session *session, struct part *part,
                       struct error *err)
{
	struct source *src = open_again(session, part->doc, err);
	uint64_t size = document_source(part->doc)->size;
	struct piece all;

	if (src && !source_keep(src, true)) {
		source_free(src);
		return refuse(part->doc, "it cannot be opened", err);
	}
	if (src)
		part->left = session_flush_left(session, src, &all, err);
	if (!part->left)
		return false;
	part->over = rebase_moved_of(part->root, size, &all,
	                             session_flush_left_gap, part->left, err);
	return part->over != NULL;
}

/* How the documents read their bases while and after these are written. */
static bool make_overs(struct session *session, struct flushing *f,
                       struct error *err)
{
	struct piece image = { 0 };

	f->total = dirty_bytes(f);
	if (f->total > 0 &&
	    !session_flush_image(session, f, f->total, &image, err))
		return false;
	for (size_t i = 0; i < f->count; i++) {
		struct part *part = &f->parts[i];

		if (part->exchanged) {
			if (!make_moved(session, part, err))
				return false;
			continue;
		}
		part->over = rebase_over_of(part->root, &image, err);
		if (!part->over ||
		    !document_prepare_over(part->doc, tree_ref(part->over),
		                           part->fresh, err))
			return false;
	}
	return true;
}

static bool prepare(struct session *session, struct flushing *f,
                    struct error *err)
{
	f->fresh_count = session->docs.count;
	f->fresh = mem_zalloc((f->fresh_count + 1) * sizeof(struct document *),
	                      err);
	if (!f->fresh)
		return false;
	for (size_t i = 0; i < f->count; i++)
		if (!check_part(session, &f->parts[i], err) ||
		    !open_fresh(session, f, &f->parts[i], err))
			return false;
	if (!session_layout_with(session, f->fresh, &f->layout, err))
		return false;
	f->space = space_of_layout(&f->layout, err);
	if (!f->space || !make_overs(session, f, err))
		return false;
	f->past = rebase_past(edits_past(session->edits), over_of, f, err);
	f->spare =
		f->past ? view_reserve(2 * session->touched_count, err) : NULL;
	return f->spare && (!journal_of(session) ||
	                    (keeper_flush_prepare(session->keeper, err) &&
	                     session_reserve_flush(session, err)));
}

/* --- the targets ---------------------------------------------------------- */

bool session_flush_next(void *ctx, uint64_t *off, uint64_t *len)
{
	struct part *part = ctx;

	return rebase_next(&part->walk, off, len);
}

static bool next_part(void *ctx, struct temp_part *out)
{
	struct part *part = ctx;
	struct piece piece;

	if (!tree_next(&part->pieces, &piece))
		return false;
	*out = (struct temp_part){
		.len = piece.len,
		.off = piece.off,
		.kept = (piece.tag & PIECE_KIND) == PIECE_BASE,
	};
	return true;
}

/* What the file has that takes its place has not. */
static bool next_gone(void *ctx, uint64_t *off, uint64_t *len)
{
	struct part *part = ctx;

	return session_flush_left_next(part->left, part->gone++, off, len);
}

bool session_flush_read(void *ctx, uint64_t off, void *buf, size_t len,
                        struct error *err)
{
	struct part *part = ctx;

	runs_clear(&part->runs);
	if (!document_read_at(part->doc, part->root, off, buf, len, 0,
	                      &part->runs, err))
		return false;
	for (size_t i = 0; i < part->runs.count; i++) {
		enum state state = part->runs.v[i].state;

		if (!state_has_bytes(state))
			return error_set(err, ERR_STATE,
			                 "%s: what is to be written at "
			                 "0x%" PRIx64 " has no value (%s)",
			                 text_shown(document_name(part->doc)).s,
			                 off, state_name(state));
		off += part->runs.v[i].len;
	}
	return true;
}

/* What the user said when he edited it. */
static uint64_t given_up(void *ctx, uint64_t off)
{
	const struct part *part = ctx;

	return session_is_forced(part->session, document_id(part->doc), off);
}

static uint64_t gone_bytes(const struct flushing *f)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < f->count; i++)
		if (f->parts[i].left)
			bytes += session_flush_left_bytes(f->parts[i].left);
	return bytes;
}

/*
 * Bytes that go with a file that another one takes the place of are kept in the
 * journal, for later runs: not if it would be removed at once, being more than
 * all history may be. Its limit is one for what an edit brings, and for what
 * goes; old bytes of what is written in place it has to have.
 */
static bool check_gone(struct session *session, struct flushing *f,
                       unsigned flags, struct error *err)
{
	uint64_t bytes = gone_bytes(f), most, history;
	char line[ERROR_TEXT];

	if (!journal_of(session))
		return true;
	most = keeper_limit(session->keeper);
	history = keeper_history(session->keeper);
	f->keeps_gone = bytes <= history && (most == 0 || bytes <= most);
	if (f->keeps_gone || history == 0)
		return true;
	if (bytes <= history && !(flags & FLUSH_ANYWAY))
		return error_set(err, ERR_LIMIT,
		                 "%" PRIu64 " bytes are to go, and the journal "
		                 "would have to keep them, which is more than "
		                 "journallimit (flush! does not keep them: "
		                 "no later run can take that back)",
		                 bytes);
	snprintf(line, sizeof(line),
	         "%" PRIu64 " bytes go that are not kept (%s): no later run "
	         "can take that back",
	         bytes, bytes > history ? "undolimit" : "journallimit");
	session_say_line(session, line);
	return true;
}

static bool make_target(const struct session *session, struct flushing *f,
                        size_t idx, unsigned flags, struct error *err)
{
	struct part *part = &f->parts[idx];
	const struct source *src = document_source(part->doc);
	const struct documents_entry *entry =
		&session->docs.v[documents_find(&session->docs,
	                                        document_id(part->doc))];
	struct journal *journal = journal_of(session);
	char path[KEEPER_PATH] = "";

	if (journal && !keeper_path(session->keeper, part->doc, path, err))
		return false;
	part->path = mem_strdup(path, err);
	if (!part->path)
		return false;
	rebase_walk(&part->walk, part->root);
	tree_walk(&part->pieces, part->root, 0);
	part->gone = 0;
	part->session = session;
	f->targets[idx] = (struct flush_target){
		.to = { .path = document_name(part->doc),
		        .device = src->traits & SOURCE_DEVICE,
		        .timed = !(flags & FLUSH_ANYWAY),
		        .id = src->id },
		.record = { .file = journal ? keeper_number(session->keeper,
		                                            part->doc)
		                            : (uint32_t)idx + 1,
		            .kind = src->traits & SOURCE_DEVICE
		                            ? RECORD_FILE_DEVICE
		                            : RECORD_FILE_REGULAR,
		            .path = part->path,
		            .path_len = strlen(part->path) },
		.next = session_flush_next,
		.read = session_flush_read,
		.ctx = part,
		.blind = flags & FLUSH_ANYWAY,
		.given_up = given_up,
		.parts = part->exchanged ? next_part : NULL,
		.gone = part->exchanged && f->keeps_gone ? next_gone : NULL,
		.size = tree_len(part->root),
	};
	if (entry->touched) {
		f->targets[idx].to.id.mtime = entry->mtime;
		f->targets[idx].to.id.ctime = entry->ctime;
	}
	return true;
}

static bool make_targets(struct session *session, struct flushing *f,
                         unsigned flags, struct error *err)
{
	session_sort_forced(session);
	f->targets = mem_zalloc(f->count * sizeof(*f->targets), err);
	if (!f->targets)
		return false;
	for (size_t i = 0; i < f->count; i++)
		if (!make_target(session, f, i, flags, err))
			return false;
	f->compares = journal_of(session) && !(flags & FLUSH_ANYWAY);
	f->flush = (struct flush){
		.sys = session->sys,
		.log = { .journal = journal_of(session) },
		.targets = f->targets,
		.count = f->count,
		.flags = flags & FLUSH_ANYWAY ? FLUSH_FORCE : 0,
		.total = f->total,
		.settled = f->settled.v,
		.settled_count = f->settled.count,
		.old = f->image ? session_flush_image_add : NULL,
		.old_ctx = f->image,
	};
	return true;
}

bool session_flush_make(struct session *session, struct flushing *f,
                        unsigned flags, struct error *err)
{
	return session_flush_may(session, flags, err) &&
	       check_claims(session, f, flags, err) &&
	       prepare(session, f, err) &&
	       (!journal_of(session) ||
	        session_flush_settle(session, f, err)) &&
	       check_gone(session, f, flags, err) &&
	       make_targets(session, f, flags, err);
}
