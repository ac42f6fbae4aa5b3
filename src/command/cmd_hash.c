/*
 * cmd_hash.c - hash: digests of the bytes as they are now
 *
 * Hashed in a job, with helpers. What is printed comes through a channel; what
 * goes to a file is written by the job.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/channel.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/hash.h"
#include "command/table.h"
#include "edit/document.h"
#include "open/replace.h"
#include "session.h"
#include "space/view.h"
#include "study/hashing.h"
#include "study/manifest.h"

enum {
	WAITING = 256,        /* parts in the channel */
	EDITOR_PARTS = 10000, /* that the editor lists */
};

/* --- helpers ------------------------------------------------------------- */

static void help(struct job *job, void *arg)
{
	(void)job;
	hashing_help(arg);
}

void hash_crew_start(struct context *ctx, struct hash_crew *crew,
                     size_t workers)
{
	struct error ignored;

	crew->helpers = mem_zalloc(workers * sizeof(struct job *), &ignored);
	for (size_t i = 1; crew->helpers && i < workers; i++) {
		struct job *job =
			job_start(session_pool(ctx->session), JOB_COMPUTE, help,
		                  crew->hashing, &ignored);

		if (job)
			crew->helpers[crew->count++] = job;
	}
}

void hash_crew_end(struct hash_crew *crew)
{
	if (crew->hashing)
		hashing_close(crew->hashing);
	for (size_t i = 0; i < crew->count; i++)
		job_free(crew->helpers[i]);
	mem_free(crew->helpers);
	hashing_free(crew->hashing);
}

/* --- lines --------------------------------------------------------------- */

static void print_json(struct output *out, const struct algorithm *algorithm,
                       const char *digest, const struct hashed *part)
{
	json_begin(out);
	json_string(out, "algorithm", algorithm_name(algorithm));
	json_addr(out, part->start);
	json_number(out, "len", part->end - part->start);
	json_string(out, "digest", digest);
	json_number(out, "skipped", part->skipped);
	if (part->filled > 0)
		json_number(out, "filled", part->filled);
	json_end(out);
}

/* A line or an object for each algorithm. In any thread that has the output. */
static void print_part(struct output *out,
                       const struct algorithm *const *algorithms, size_t count,
                       const struct hashed *part)
{
	for (size_t i = 0; i < count; i++) {
		char text[DIGEST_TEXT];

		digest_text(part->digests + i * DIGEST_MAX,
		            algorithm_size(algorithms[i]), text);
		if (out->json) {
			print_json(out, algorithms[i], text, part);
			continue;
		}
		output_text(out, "%s  %s  0x%" PRIx64 ",0x%" PRIx64, text,
		            algorithm_name(algorithms[i]), part->start,
		            part->end);
		if (part->skipped > 0)
			output_text(out, "  skipped %" PRIu64, part->skipped);
		if (part->filled > 0)
			output_text(out, "  filled %" PRIu64, part->filled);
		output_text(out, "\n");
	}
}

/* --- the job ------------------------------------------------------------- */

/* What came of a part, on its way: as struct hashed, with the digests. */
struct sent {
	struct hashed part;
	unsigned char digests[ALGORITHMS_MAX * DIGEST_MAX];
};

struct hash {
	struct view *view; /* counted */
	const struct algorithm *algorithms[ALGORITHMS_MAX];
	size_t count;
	char names[160]; /* of them, for the line of progress */
	struct unreadable unreadable;
	uint64_t start, end;
	uint64_t block; /* 0: one part */
	struct hash_crew crew;
	struct channel *channel; /* owned; of what is printed */
	struct job *job;         /* once it runs */
	char *path;              /* owned: the file; NULL: none */
	bool over;               /* which may be replaced */
	const struct sys *sys;
	uint64_t lines; /* parts that are still to be printed */
	/* of the job */
	uint64_t at; /* where the next part begins */
	bool begun;
	struct replacement file;
	struct output out;
	/* what it leaves */
	uint64_t parts, skipped;
	bool ok;
	struct error err; /* unless ok */
};

static void hash_free(void *arg)
{
	struct hash *h = arg;

	hash_crew_end(&h->crew);
	channel_free(h->channel);
	view_unref(h->view);
	mem_free(h->path);
	mem_free(h);
}

/* An empty range is one part, which is empty. */
static bool next_part(void *arg, struct interval *part, bool *there,
                      struct error *err)
{
	struct hash *h = arg;
	uint64_t left = h->end - h->at;

	(void)err;
	*there = left > 0 || !h->begun;
	h->begun = true;
	part->start = h->at;
	part->end = h->at + (h->block ? u64_min(h->block, left) : left);
	h->at = part->end;
	return true;
}

static bool send(struct hash *h, const struct hashed *part, struct error *err)
{
	struct sent sent = { .part = *part };

	memcpy(sent.digests, part->digests, h->count * DIGEST_MAX);
	return channel_put(h->channel, h->job, &sent) ||
	       error_set(err, ERR_CANCELLED, "cancelled");
}

static bool take_part(void *arg, const struct hashed *part, struct error *err)
{
	struct hash *h = arg;

	h->parts++;
	h->skipped += part->skipped;
	if (!h->path)
		return send(h, part, err);
	print_part(&h->out, h->algorithms, h->count, part);
	return !output_failed(&h->out) || output_flush(&h->out, err);
}

static bool to_file(void *arg, const char *bytes, size_t len, struct error *err)
{
	struct hash *h = arg;

	return replace_put(&h->file, bytes, len, err);
}

/* What the addresses are of, for who reads the file. */
static void print_segments(struct output *out, const struct space *sp)
{
	for (size_t i = 0; i < space_segments(sp); i++) {
		const struct segment *seg = space_segment(sp, i);

		if (!seg->doc)
			continue;
		output_text(out, "# #%" PRIu32 " 0x%" PRIx64 " ", seg->number,
		            seg->addr);
		output_safe(out, document_name(seg->doc));
		output_text(out, "\n");
	}
}

static bool write_file(struct hash *h, struct error *err)
{
	bool ok;

	if (!replace_may(h->sys, h->path, h->over, err) ||
	    !replace_begin(&h->file, h->sys, h->path, err))
		return false;
	output_init(&h->out, false, to_file, h);
	output_text(&h->out, "%s\n", MANIFEST_FIRST_LINE);
	print_segments(&h->out, view_space(h->view));
	ok = hashing_run(h->crew.hashing, h->job, err) &&
	     output_flush(&h->out, err);
	output_free(&h->out);
	if (ok && replace_finish(&h->file, err))
		return replace_place(&h->file, h->over, err) &&
		       replace_settle(h->sys, h->path, err);
	replace_cancel(&h->file);
	return false;
}

static void work(struct job *job, void *arg)
{
	struct hash *h = arg;

	h->job = job;
	h->ok = h->path ? write_file(h, &h->err)
	                : hashing_run(h->crew.hashing, job, &h->err);
}

/* --- results ------------------------------------------------------------- */

/* Print what has come. False: nobody takes it any more. */
static bool take(struct context *ctx, void *arg)
{
	struct hash *h = arg;
	struct error ignored;
	struct sent sent;

	while (h->channel && channel_take(h->channel, &sent, 1) > 0) {
		sent.part.digests = sent.digests;
		if (h->lines == 0)
			continue;
		h->lines--;
		print_part(ctx->out, h->algorithms, h->count, &sent.part);
		if (output_failed(ctx->out))
			return false;
	}
	/* Kept by the output, which is asked for it after the command. */
	return output_flush(ctx->out, &ignored);
}

static void say_written(struct context *ctx, const struct hash *h)
{
	uint64_t len = h->end - h->start;

	if (ctx->out->json) {
		json_begin(ctx->out);
		json_number(ctx->out, "blocks", h->parts);
		json_number(ctx->out, "bytes", len);
		json_number(ctx->out, "skipped", h->skipped);
		json_end(ctx->out);
	} else if (ctx->batch) {
		output_text(ctx->out,
		            "hashed %" PRIu64 " blocks, %" PRIu64 " bytes\n",
		            h->parts, len);
	} else {
		context_say(ctx,
		            "%" PRIu64 " blocks of %" PRIu64
		            " bytes hashed to %s",
		            h->parts, len, text_shown(h->path).s);
	}
}

static bool finish(struct context *ctx, void *arg, struct error *err)
{
	struct hash *h = arg;

	(void)take(ctx, h);
	if (!h->ok) {
		/* Nobody took what is printed: then that is why. */
		*err = ctx->out->failed ? ctx->out->err : h->err;
		return false;
	}
	if (h->path)
		say_written(ctx, h);
	else if (h->parts > EDITOR_PARTS && !ctx->batch)
		context_say(ctx, "the first %d of %" PRIu64 " blocks",
		            EDITOR_PARTS, h->parts);
	if (h->path && h->skipped > 0)
		context_say(ctx,
		            "hash: %" PRIu64 " bytes without values left "
		            "out",
		            h->skipped);
	return true;
}

static const char *about(const void *arg)
{
	const struct hash *h = arg;

	return h->names;
}

/* --- words --------------------------------------------------------------- */

static bool add_algorithm(struct hash *h, const struct word *word,
                          struct error *err)
{
	const struct algorithm *a = algorithm_find(word->text);
	size_t at;

	if (!a)
		return error_at(err, word->column,
		                "unknown algorithm '%s' (%s)",
		                text_shown(word->text).s, algorithm_names());
	for (size_t i = 0; i < h->count; i++)
		if (h->algorithms[i] == a)
			return true;
	at = strlen(h->names);
	snprintf(h->names + at, sizeof(h->names) - at, "%s%s", at ? " " : "",
	         algorithm_name(a));
	h->algorithms[h->count++] = a;
	return true;
}

static bool read_block(struct context *ctx, struct call *call, struct hash *h,
                       struct error *err)
{
	struct units units = context_units(ctx);
	size_t column;

	lexer_blanks(&call->args);
	column = call->args.pos + 1;
	return lexer_number(&call->args, &units, &h->block, err) &&
	       (h->block > 0 ||
	        error_at(err, column, "a number from 1 is needed"));
}

/* Behind '>'. */
static bool read_path(struct call *call, struct hash *h, struct word *word,
                      struct error *err)
{
	struct word path;

	if (h->path)
		return error_at(err, word->column, "one file is enough");
	if (word->text[1]) {
		h->path = mem_strdup(word->text + 1, err);
		return h->path != NULL;
	}
	if (!call_more(call))
		return error_at(err, word->column + 1, "a file name is needed");
	if (!call_word(call, &path, err))
		return false;
	h->path = path.text;
	return true;
}

static bool read_word(struct context *ctx, struct call *call, struct hash *h,
                      struct word *word, struct error *err)
{
	if (!word->quoted && word->text[0] == '>')
		return read_path(call, h, word, err);
	if (strcmp(word->text, "-b") == 0)
		return read_block(ctx, call, h, err);
	if (!unreadable_is(word->text))
		return add_algorithm(h, word, err);
	if (unreadable_parse(word->text, &h->unreadable, err))
		return true;
	err->column = word->column;
	return false;
}

static bool read_words(struct context *ctx, struct call *call, struct hash *h,
                       struct error *err)
{
	while (call_more(call)) {
		struct word word;
		bool ok;

		if (!call_word(call, &word, err))
			return false;
		ok = read_word(ctx, call, h, &word, err);
		word_free(&word);
		if (!ok)
			return false;
	}
	if (h->count == 0)
		return error_at(err, call->args.pos + 1, "usage: hash %s",
		                call->command->usage);
	if (h->path && h->unreadable.what == UNREADABLE_FILL)
		return error_set(err, ERR_SYNTAX,
		                 "what is filled cannot be verified: only "
		                 "stop or skip goes to a file");
	return !h->path || may_make(ctx, call, h->path, "hash!", err);
}

/* --- starting ------------------------------------------------------------ */

static bool make_crew(struct context *ctx, struct hash *h, size_t *workers,
                      struct error *err)
{
	struct hashing_plan plan = {
		.view = h->view,
		.algorithms = h->algorithms,
		.count = h->count,
		.unreadable = h->unreadable,
		.total = h->end - h->start,
		.arg = h,
		.next = next_part,
		.take = take_part,
	};

	plan.workers = hashing_workers(pool_threads(session_pool(ctx->session)),
	                               h->count,
	                               h->block ? h->block : h->end - h->start);
	*workers = plan.workers;
	h->crew.hashing = hashing_new(&plan, err);
	return h->crew.hashing != NULL;
}

/* Takes h over. */
static bool start(struct context *ctx, struct hash *h, struct error *err)
{
	struct task *task = NULL;
	size_t workers;

	if (make_crew(ctx, h, &workers, err))
		task = mem_zalloc(sizeof(*task), err);
	if (!task) {
		hash_free(h);
		return false;
	}
	*task = (struct task){
		.name = "hash",
		.arg = h,
		.take = h->path ? NULL : take,
		.finish = finish,
		.free = hash_free,
		.about = about,
		.holds = h->path != NULL,
	};
	if (!context_start(ctx, task, work, err))
		return false;
	hash_crew_start(ctx, &h->crew, workers);
	return true;
}

static struct hash *hash_new(struct context *ctx, const struct call *call,
                             struct error *err)
{
	struct hash *h = mem_zalloc(sizeof(*h), err);
	uint64_t size = space_size(context_space(ctx));

	if (!h)
		return NULL;
	h->view = view_ref(session_view(ctx->session));
	/* An empty segment may be placed behind the end. */
	h->end = u64_min(call->end, size);
	h->start = h->at = u64_min(call->start, h->end);
	h->sys = session_sys(ctx->session);
	h->over = call->bang;
	h->lines = ctx->batch ? UINT64_MAX : EDITOR_PARTS;
	return h;
}

RUN(hash)
{
	struct hash *h;
	bool ok;

	if (!call->span.given)
		(void)context_selection(ctx, &call->start, &call->end);
	h = hash_new(ctx, call, err);
	if (!h)
		return false;
	ok = read_words(ctx, call, h, err);
	if (ok && !h->path) {
		h->channel = channel_new(sizeof(struct sent), WAITING, err);
		ok = h->channel != NULL;
	}
	if (ok)
		return start(ctx, h, err);
	hash_free(h);
	return false;
}
