/*
 * cmd_import.c - import: bytes of a file into the space
 *
 * A job reads the file, and what it finds in it comes through incoming.h. The
 * file is read once from its beginning, so it need not be held in memory.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/context.h"
#include "command/format.h"
#include "command/incoming.h"
#include "command/reader.h"
#include "command/table.h"
#include "session.h"

enum { STEP = 65536 }; /* bytes read at once */

struct importing {
	struct incoming in;
	const struct sys *sys;       /* borrowed */
	char *path;                  /* owned */
	const struct format *format; /* NULL: raw */
	struct place at;
	bool is_at; /* an address was given */
	bool insert;
	unsigned flags; /* EDIT_* */
	struct job *job;
	struct error take_err; /* why nothing more is taken, if it has a code */
	bool ok;
	struct error err; /* unless ok */
};

static void importing_free(void *arg)
{
	struct importing *im = arg;

	incoming_free(&im->in);
	mem_free(im->path);
	mem_free(im);
}

/* --- the job ------------------------------------------------------------- */

static bool file_error(const struct importing *im, int64_t res,
                       struct error *err)
{
	error_sys(err, (int)-res, "%s", text_shown(im->path).s);
	return error_add_path(err, im->path);
}

/* Open it, if it is what can be read from its beginning to its end. */
static int open_file(const struct importing *im, uint64_t *size,
                     struct error *err)
{
	const struct sys *sys = im->sys;
	struct sys_stat st;
	int fd = sys->open(im->path, SYS_READ);
	int64_t res = fd < 0 ? fd : sys->fstat(fd, &st);

	if (res == 0 && st.type == SYS_BLOCK) {
		res = sys->device_size(fd);
		st.size = (uint64_t)res;
	} else if (res == 0 && st.type != SYS_REGULAR) {
		error_set(err, ERR_STATE, "%s is not a regular file",
		          text_shown(im->path).s);
		error_add_path(err, im->path);
		(void)sys->close(fd);
		return -1;
	}
	if (res < 0) {
		(void)file_error(im, res, err);
		if (fd >= 0)
			(void)sys->close(fd);
		return -1;
	}
	*size = st.size;
	return fd;
}

static bool take_bytes(void *arg, uint64_t addr, const unsigned char *bytes,
                       size_t len, struct error *err)
{
	struct importing *im = arg;

	return incoming_put(&im->in, im->job, addr, bytes, len, err);
}

static bool read_steps(struct importing *im, int fd, uint64_t size,
                       struct reader *reader, unsigned char *bytes,
                       struct error *err)
{
	uint64_t at = 0;
	int64_t n;

	while ((n = im->sys->read(fd, bytes, STEP)) > 0) {
		bool ok = reader ? reader_put(reader, (const char *)bytes,
		                              (size_t)n, err)
		                 : take_bytes(im, at, bytes, (size_t)n, err);

		if (!ok)
			return false;
		at += (uint64_t)n;
		job_set_progress(im->job, at, u64_max(at, size));
		if (!job_goes_on(im->job, err))
			return false;
	}
	return n == 0 || file_error(im, n, err);
}

static bool read_all(struct importing *im, int fd, uint64_t size,
                     struct error *err)
{
	unsigned char *bytes = mem_resize(NULL, STEP, 1, err);
	struct reader *reader = NULL;
	bool ok = bytes != NULL;

	if (ok && im->format) {
		reader = reader_new(im->format, take_bytes, im, err);
		ok = reader != NULL;
	}
	ok = ok && read_steps(im, fd, size, reader, bytes, err) &&
	     (!reader || reader_end(reader, err)) &&
	     incoming_flush(&im->in, im->job, err);
	if (!ok && err->code == ERR_SYNTAX) {
		error_prefix(err, "%s", text_shown(im->path).s);
		error_add_path(err, im->path);
	}
	reader_free(reader);
	mem_free(bytes);
	return ok;
}

static void import_work(struct job *job, void *arg)
{
	struct importing *im = arg;
	uint64_t size = 0;
	int fd;

	im->job = job;
	fd = open_file(im, &size, &im->err);
	if (fd < 0)
		return;
	im->ok = read_all(im, fd, size, &im->err);
	(void)im->sys->close(fd);
}

/* --- the engine's part --------------------------------------------------- */

static const char *about(const void *arg)
{
	const struct importing *im = arg;

	return im->path;
}

static bool import_take(struct context *ctx, void *arg)
{
	struct importing *im = arg;

	return im->take_err.code == ERR_NONE &&
	       incoming_take(&im->in, ctx, &im->take_err);
}

static bool insert_all(struct context *ctx, struct importing *im,
                       struct error *err)
{
	const struct incoming *in = &im->in;

	for (size_t i = 1; i < in->count; i++) {
		const struct incoming_part *last = &in->parts[i - 1];

		if (in->parts[i].addr != last->addr + last->piece.len)
			return error_set(err, ERR_RANGE,
			                 "%s has no bytes for 0x%" PRIx64
			                 ": such bytes cannot be inserted",
			                 text_shown(im->path).s,
			                 last->addr + last->piece.len);
	}
	return incoming_replace(&im->in, ctx, im->at, 0, im->flags, err);
}

static bool edit(struct context *ctx, struct importing *im, struct error *err)
{
	bool has_addresses =
		im->format && format_flags(im->format) & FORMAT_ADDRESS;
	uint64_t shift = 0;

	if (im->in.count == 0)
		return error_set(err, ERR_NO, "%s has no bytes",
		                 text_shown(im->path).s);
	if (im->insert)
		return insert_all(ctx, im, err);
	if (!has_addresses || im->is_at) {
		const struct incoming_part *v = im->in.parts;

		shift = im->at.addr - v[0].addr;
		if (v[im->in.count - 1].addr - v[0].addr >
		    UINT64_MAX - im->at.addr)
			return error_set(err, ERR_RANGE,
			                 "the addresses of %s are too far "
			                 "apart",
			                 text_shown(im->path).s);
	}
	/* At the end of a segment there is no byte to write over. */
	if ((!has_addresses || im->is_at) &&
	    !edit_fits(ctx, im->at, incoming_len(&im->in), err))
		return false;
	return incoming_lay(&im->in, ctx, shift, im->flags, err);
}

static bool import_done(struct context *ctx, void *arg, struct error *err)
{
	struct importing *im = arg;

	if (im->take_err.code != ERR_NONE || !im->ok) {
		*err = im->take_err.code != ERR_NONE ? im->take_err : im->err;
		return false;
	}
	if (!incoming_end(&im->in, ctx, err) || !edit(ctx, im, err))
		return false;
	if (!ctx->batch)
		context_say(ctx, "%" PRIu64 " byte%s imported",
		            incoming_len(&im->in),
		            text_plural(incoming_len(&im->in)));
	return true;
}

static const struct task import_task = {
	.name = "import",
	.about = about,
	.take = import_take,
	.finish = import_done,
	.free = importing_free,
	.holds = true,
};

/* A format, and "insert". */
static bool read_words(struct call *call, struct importing *im,
                       struct error *err)
{
	bool seen = false;

	while (call_more(call)) {
		const struct format *format;
		struct word word;
		bool ok = true;

		if (!call_word(call, &word, err))
			return false;
		format = format_find(word.text);
		if (strcmp(word.text, "insert") == 0 && !im->insert)
			im->insert = true;
		else if (!seen && format && format_flags(format) & FORMAT_READ)
			seen = true;
		else if (!seen && strcmp(word.text, "insert") != 0)
			ok = error_at(err, word.column,
			              "unknown format '%s' (raw hex c python "
			              "base64 ihex srec)",
			              text_shown(word.text).s);
		else
			ok = error_at(err, word.column, "usage: import %s",
			              call->command->usage);
		if (seen && format && !(format_flags(format) & FORMAT_BINARY))
			im->format = format;
		word_free(&word);
		if (!ok)
			return false;
	}
	return true;
}

static struct importing *importing_new(struct context *ctx,
                                       const struct call *call, char *path,
                                       struct error *err)
{
	struct importing *im = mem_zalloc(sizeof(*im), err);

	if (!im) {
		mem_free(path);
		return NULL;
	}
	im->path = path;
	im->sys = session_sys(ctx->session);
	im->at = call->place;
	im->is_at = call->span.given;
	im->flags = edit_flags(call);
	return im;
}

/* What is certain to be refused is so before all of it has been read. */
static bool may_import(struct context *ctx, const struct importing *im,
                       struct error *err)
{
	/* The file tells where. */
	if (!im->insert && !im->is_at && im->format &&
	    format_flags(im->format) & FORMAT_ADDRESS)
		return true;
	return (im->insert || edit_fits(ctx, im->at, 1, err)) &&
	       session_may_edit(ctx->session, im->at, im->insert, err);
}

RUN(import)
{
	struct importing *im;
	struct task *task;
	struct word path;

	if (!call_word(call, &path, err))
		return false;
	im = importing_new(ctx, call, path.text, err);
	if (!im)
		return false;
	task = read_words(call, im, err) && may_import(ctx, im, err) &&
	                       incoming_begin(&im->in, ctx, err)
	               ? mem_zalloc(sizeof(*task), err)
	               : NULL;
	if (!task) {
		importing_free(im);
		return false;
	}
	*task = import_task;
	task->arg = im;
	return context_start(ctx, task, import_work, err);
}
