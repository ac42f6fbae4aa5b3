/* desk.c - see desk.h */
#include "config.h"

#include "tests/desk.h"

#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/lexer.h"
#include "base/mem.h"
#include "base/pool.h"
#include "command/context.h"
#include "edit/store.h"
#include "keep/disk.h"
#include "keep/recover.h"
#include "keep/shelf.h"
#include "space/layout.h"
#include "space/view.h"
#include "tests/faults.h"
#include "tests/support.h"

void desk_begin(void)
{
	ck_assert_int_eq(chdir(scratch()), 0);
	faults_reset();
}

void desk_finish(struct session **session)
{
	mem_fail_after(-1);
	/* A job may still be making calls. */
	session_free(*session);
	*session = NULL;
	faults_reset();
	ck_assert_uint_eq(faults_descriptors(), 0);
}

char *desk_shelf(void)
{
	static unsigned number;
	char *path;

	ck_assert_int_gt(asprintf(&path, "%s/journals%u", scratch(), number++),
	                 0);
	return path;
}

struct session_options desk_options(const struct sys *sys,
                                    const struct shelf_places *places)
{
	return (struct session_options){
		.sys = sys,
		.files = { .descriptors = 4,
		           .windows = 2,
		           .window_len = 1 << 16,
		           .blocks = 16 },
		.threads = 1,
		.journal = places,
	};
}

struct session *desk_start(const struct session_options *options)
{
	struct error err;
	struct session *session = session_new(options, &err);

	must(session != NULL, &err);
	return session;
}

struct session *desk_session(const struct sys *sys, const char *shelf)
{
	struct shelf_places places = { .given = shelf };
	struct session_options o = desk_options(sys, shelf ? &places : NULL);

	return desk_start(&o);
}

static void hear(void *ctx, const char *text)
{
	snprintf(ctx, DESK_SAID, "%s", text);
}

void desk_hear(struct session *session, char said[static DESK_SAID])
{
	said[0] = '\0';
	session_set_say(session, hear, said);
}

struct session *desk_context(struct context *ctx, struct output *out,
                             const char *shelf, const char *list)
{
	struct session *session = desk_session(&faults_sys, shelf);
	struct error err;

	desk_open(session, list);
	output_init(out, false, NULL, NULL);
	must(context_init(ctx, session, out, &err), &err);
	ctx->cursor = space_place(context_space(ctx), 0);
	return session;
}

void desk_context_end(struct context *ctx, struct output *out)
{
	context_free(ctx);
	output_free(out);
	ck_assert_uint_eq(faults_descriptors(), 0);
}

void desk_killed(void (*act)(void *ctx), void *ctx)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		act(ctx);
		(void)raise(SIGKILL);
		_exit(1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

void desk_file(const char *name, const char *text)
{
	free(scratch_file(name, text, strlen(text)));
}

void desk_letters(const char *names, size_t len)
{
	char text[DESK_FILES + 1] = "";

	ck_assert_uint_le(len, DESK_FILES);
	for (; *names; names++) {
		char name[] = { *names, '\0' };

		memset(text, *names, len);
		desk_file(name, text);
	}
}

void desk_write_at(const char *name, uint64_t off, const char *text)
{
	int fd = open(name, O_WRONLY | O_CLOEXEC);
	size_t len = strlen(text);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, text, len, (off_t)off), (ssize_t)len);
	ck_assert_int_eq(close(fd), 0);
}

const char *desk_files(const char *names)
{
	static char text[DESK_FILES + 1];
	size_t len = 0;

	for (; *names; names++) {
		char name[] = { *names, '\0' };
		FILE *in;

		if (isalpha((unsigned char)*names)) {
			in = fopen(name, "r");
			ck_assert_ptr_nonnull(in);
			len += fread(text + len, 1, DESK_FILES - len, in);
			ck_assert_int_eq(fclose(in), 0);
		} else if (len < DESK_FILES) {
			text[len++] = *names;
		}
	}
	text[len] = '\0';
	return text;
}

void desk_open(struct session *session, const char *list)
{
	struct layout inputs = { 0 };
	struct error err;

	while (*list) {
		size_t len = strcspn(list, ";");
		struct words words = { 0 };
		struct placement *p;

		must(words_split(list, len, &words, &err), &err);
		p = placement_parse(&words, &units_default, &err);
		words_free(&words);
		must(p && layout_push(&inputs, p, &err), &err);
		list += len + (list[len] == ';');
	}
	must(session_open(session, &inputs, &err), &err);
	layout_clear(&inputs);
}

struct place desk_place(const struct session *session, uint64_t addr)
{
	return space_place(session_space(session), addr);
}

struct place desk_end(const struct session *session, uint32_t number)
{
	const struct segment *seg =
		space_numbered(session_space(session), number);

	return (struct place){ seg->addr + seg->size, number, SIDE_END };
}

bool desk_splice(struct session *session, struct place at, uint64_t removed,
                 const char *text, unsigned flags, struct error *err)
{
	struct piece piece;
	struct session_splice s = {
		.at = at,
		.removed = removed,
		.added = &piece,
		.count = *text != '\0',
	};

	return (!*text || store_put(session_store(session), text, strlen(text),
	                            &piece, err)) &&
	       session_edit(session, &s, 1, flags, err);
}

void desk_put(struct session *session, uint64_t addr, uint64_t removed,
              const char *text)
{
	struct error err;

	must(desk_splice(session, desk_place(session, addr), removed, text, 0,
	                 &err),
	     &err);
}

void desk_over(struct session *session, uint64_t addr, const char *text)
{
	desk_put(session, addr, strlen(text), text);
}

static bool flush(struct session *session, const uint64_t *docs, size_t count,
                  unsigned flags, struct session_flushed *out,
                  struct error *err)
{
	bool begun;

	*out = (struct session_flushed){ 0 };
	if (!session_flush_begin(session, docs, count, flags, &begun, err))
		return false;
	if (!begun)
		return true;
	session_flush_work(NULL, session);
	return session_flush_finish(session, out, err);
}

bool desk_flush(struct session *session, unsigned flags,
                struct session_flushed *out, struct error *err)
{
	struct session_flushed flushed;

	return flush(session, NULL, 0, flags, out ? out : &flushed, err);
}

void desk_flush_all(struct session *session)
{
	struct error err;

	must(desk_flush(session, 0, NULL, &err), &err);
}

struct session_flushed desk_flush_one(struct session *session, uint64_t doc)
{
	struct session_flushed out;
	struct error err;

	must(flush(session, &doc, 1, 0, &out, &err), &err);
	return out;
}

struct session *desk_run_begin(const char *shelf, const char *list,
                               char said[static DESK_SAID])
{
	struct session *session = desk_session(&faults_sys, shelf);

	desk_hear(session, said);
	desk_open(session, list);
	return session;
}

void desk_run_end(struct session **session)
{
	session_drop_edits(*session, true);
	session_free(*session);
	*session = NULL;
}

void desk_run(const char *shelf, const char *list, uint64_t addr,
              const char *text)
{
	char said[DESK_SAID];
	struct session *session = desk_run_begin(shelf, list, said);

	desk_over(session, addr, text);
	desk_flush_all(session);
	desk_run_end(&session);
}

bool desk_check(struct session *session, uint64_t addr, uint64_t len)
{
	struct pool *pool = session_pool(session);
	struct pool_event event;
	struct error err;
	bool news;

	must(session_check_begin(session, addr, len, &err), &err);
	do
		pool_wait(pool);
	while (!pool_next(pool, &event) || event.kind != POOL_DONE ||
	       !session_check_end(session, event.job, &news));
	return news;
}

size_t desk_text(const struct view *view, char out[static DESK_TEXT])
{
	size_t len = (size_t)view_size(view);
	struct runs runs = { 0 };
	struct error err;

	ck_assert_uint_lt(len, DESK_TEXT);
	must(view_read(view, 0, out, len, 0, &runs, &err), &err);
	runs_free(&runs);
	out[len] = '\0';
	return len;
}

void desk_shows(struct session *session, const char *want)
{
	char text[DESK_TEXT];

	(void)desk_text(session_view(session), text);
	ck_assert_str_eq(text, want);
}

static void see(void *ctx, const struct session_waiting *w)
{
	struct desk_waiting *waiting = ctx;

	snprintf(waiting->journal, sizeof(waiting->journal), "%s", w->journal);
	waiting->state = (int)w->checked.state;
	waiting->count++;
}

struct desk_waiting desk_look(struct session *session)
{
	struct desk_waiting waiting = { 0 };
	struct error err;

	must(session_look(session, see, &waiting, &err), &err);
	return waiting;
}

static bool count_name(void *ctx, const char *name)
{
	(void)name;
	++*(size_t *)ctx;
	return true;
}

size_t desk_journals(const char *shelf)
{
	struct folder folder;
	struct error err;
	size_t n = 0;

	if (!folder_open(&sys_real, shelf, false, &folder, &err)) {
		ck_assert_int_eq(err.code, ERR_NO);
		return 0;
	}
	must(recover_names(&folder, count_name, &n, &err), &err);
	folder_close(&folder);
	return n;
}
