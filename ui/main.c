/* main.c - start: the command line, then batch or the editor */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/sys.h"
#include "base/text.h"
#include "command/commands.h"
#include "command/waiting.h"
#include "session.h"
#include "source/guard.h"
#include "space/view.h"
#include "study/digest.h"
#include "ui/app.h"
#include "ui/arguments.h"
#include "ui/loop.h"
#include "ui/places.h"
#include "ui/recovery.h"
#include "ui/sink.h"

enum {
	EXIT_LINE = 2, /* the command line is wrong */
};

static int fail(const struct error *err, bool json, const char *what)
{
	if (json) {
		struct output out;

		output_init(&out, true, NULL, NULL);
		json_error(&out, what, "", err);
		(void)fwrite(out.v, 1, out.len, stderr);
		output_free(&out);
	} else {
		fprintf(stderr, "hexspan: %s%s%s\n", what, *what ? ": " : "",
		        err->text);
	}
	return error_status(err);
}

static void print_version(void)
{
	char line[DIGEST_LIBRARY];

	printf("hexspan %s\n", PACKAGE_VERSION);
	printf("journal format: 1; layout format: 1; hashes format: 1\n");
	for (size_t i = 0; digest_library(i, line); i++)
		printf("%s\n", line);
}

/* --- batch --------------------------------------------------------------- */

static void say_stderr(struct context *ctx, const char *text)
{
	struct output out;

	if (!ctx->out->json) {
		fprintf(stderr, "hexspan: %s\n", text);
		return;
	}
	output_init(&out, true, NULL, NULL);
	json_begin(&out);
	json_lines(&out, "message", text, strlen(text));
	json_end(&out);
	(void)fwrite(out.v, 1, out.len, stderr);
	output_free(&out);
}

static void session_says(void *ctx, const char *text)
{
	context_say(ctx, "%s", text);
}

static bool go_to_start(struct context *ctx, const char *start,
                        struct error *err)
{
	struct scope scope = context_scope(ctx);
	struct place place;

	if (!start)
		return true;
	if (!address_eval(start, &scope, &place, err))
		return error_prefix(err, "-g %s", text_shown(start).s);
	ctx->cursor = place;
	return true;
}

static int run_steps(struct context *ctx, const struct arguments *args)
{
	int status;

	ctx->batch = true;
	ctx->keep = args->keep_edits;
	ctx->is_trial = args->dry_run;
	status = run_batch(ctx, args->steps, args->step_count);
	if (!args->interactive)
		status = batch_end(ctx, status);
	ctx->batch = false;
	/* quit has ended the batch, not the editor that comes after it. */
	ctx->quit = false;
	ctx->dropped = args->interactive ? false : ctx->dropped;
	return status;
}

/* --- the editor ---------------------------------------------------------- */

static bool collect(void *ctx, const char *bytes, size_t len, struct error *err)
{
	(void)err;
	output_bytes(ctx, bytes, len);
	return true;
}

static void say_line(struct context *ctx, const char *text)
{
	app_say(ctx->ui, STYLE_NORMAL, "%s", text);
}

/* The box of the first run is shown once: a file remembers it. Where none can
   be written it is never shown. */
static bool is_first_run(void)
{
	char path[PLACES_PATH];
	int fd;

	if (!places_state("hint", path))
		return false;
	places_make_folders(path);
	fd = sys_real.open(path, SYS_WRITE | SYS_CREATE | SYS_EXCLUSIVE);
	if (fd < 0)
		return false;
	(void)sys_real.close(fd);
	return true;
}

static void recall_line(void *arg, const char *line)
{
	prompt_recall(arg, line);
}

/* The lines of earlier runs. Where there is no folder for them, as for a user
   without a home, none are kept. */
static void read_history(struct app *app)
{
	char path[PLACES_PATH];
	struct error err;
	struct stat st;
	char *name;

	if (!places_state("history", path))
		return;
	places_make_folders(path);
	name = strrchr(path, '/');
	*name = '\0';
	if (stat(path, &st) != 0)
		return;
	*name = '/';
	if (!recall_open(&app->recall, path, recall_line, &app->prompt, &err))
		app_say(app, STYLE_WARNING, "the history is not kept: %s",
		        err.text);
}

/* The command line wins over the rc file. */
static void apply_arguments(struct app *app, const struct arguments *args)
{
	struct option_values *o = &app->ctx.options;

	if (args->keymap)
		snprintf(o->keymap, sizeof(o->keymap), "%s", args->keymap);
	if (args->theme)
		snprintf(o->theme, sizeof(o->theme), "%s", args->theme);
	app_apply_options(app);
}

static void run_rc(struct app *app)
{
	char path[PLACES_PATH];
	struct error err;
	struct sys_stat st;

	if (!places_config("rc", path) || sys_real.stat(path, &st) < 0)
		return;
	if (!run_script(&app->ctx, path, &err))
		app_error(app, "", &err);
}

static void read_patterns(struct app *app)
{
	char path[PLACES_PATH];
	struct error err;
	struct sys_stat st;

	if (!places_config("patterns", path) || sys_real.stat(path, &st) < 0)
		return;
	if (!patterns_take(&app->ctx, path, &err))
		app_error(app, "", &err);
}

static bool open_terminal(struct app *app, struct error *err)
{
	struct screen_options options = { .color = true,
		                          .mouse = true,
		                          .sync = true };
	char note[128];

	app->screen = screen_open(&options, note, err);
	if (!app->screen)
		return false;
	app->keymap = keymap_new(err);
	if (!app->keymap)
		return false;
	if (note[0])
		app_say(app, STYLE_WARNING, "%s", note);
	return true;
}

static void close_app(struct app *app)
{
	struct error ignored;

	/* Nothing may post events or hold a view any more. */
	context_cancel(&app->ctx);
	recovery_close(&app->recovery);
	recall_close(&app->recall);
	if (app->fetch) {
		job_cancel(app->fetch->job);
		app_fetched(app);
	}
	app_forget_fetched(app);
	watch_clear(&app->watch);
	find_ui_free(app);
	preview_free(app);
	query_free(&app->query);
	screen_close(app->screen);
	input_free(app->input);
	keymap_free(app->keymap);
	canvas_free(&app->canvas);
	prompt_free(&app->prompt);
	pager_free(&app->pager);
	list_free(&app->list);
	for (size_t i = 0; i < app->log_count; i++)
		mem_free(app->log[i]);
	mem_free(app->lines);
	mem_free(app->rows);
	if (!output_flush(&app->out, &ignored))
		fprintf(stderr, "hexspan: %s\n", ignored.text);
	output_free(&app->out);
	output_free(&app->results);
}

/*
 * Have the file at the cursor open before the first frame, which then needs no
 * reader for bytes that the system has in memory. Opening can wait as long as
 * the stat of each file has waited already.
 */
static void open_first(const struct app *app)
{
	uint64_t end;

	(void)view_stretch(session_view(app->ctx.session), app->ctx.cursor.addr,
	                   &end);
}

/* What is to be done about what earlier runs left, if that is not done yet. */
static enum recovery_wish wanted(const struct arguments *args)
{
	if (args->recover == WAITING_ASK)
		return RECOVERY_ASK;
	if (args->recover != WAITING_YES)
		return RECOVERY_SAY;
	return args->step_count == 0 ? RECOVERY_TAKE : RECOVERY_NONE;
}

static int run_editor(struct app *app, const struct arguments *args)
{
	const char *test = getenv("HEXSPAN_TEST");
	struct error err;
	bool ran;

	/* Whatever it is, reading it would make the screen wait. */
	(void)session_take_stdin(app->ctx.session, &err);
	loop_block_signals();
	app->test = test && strcmp(test, "1") == 0;
	output_init(&app->results, false, NULL, NULL);
	output_init(&app->out, false, collect, &app->results);
	app->ctx.out = &app->out;
	app->ctx.say = say_line;
	app_hooks(app);
	if (!open_terminal(app, &err)) {
		close_app(app);
		return fail(&err, false, "");
	}
	apply_arguments(app, args);
	read_patterns(app);
	run_rc(app);
	apply_arguments(app, args);
	read_history(app);
	app->recovery.due = wanted(args);
	app->hint = is_first_run();
	app_layout(app);
	open_first(app);
	/* What it had to say while the inputs were opened is on the first
	   frame. */
	session_set_say(app->ctx.session, session_says, &app->ctx);
	ran = loop_run(app, &err);
	session_drop_edits(app->ctx.session, app->ctx.dropped);
	close_app(app);
	app->ctx.say = say_stderr;
	if (!ran)
		return fail(&err, false, "");
	return 0;
}

/* End as the signal would have ended us. */
static int end_by_signal(int number)
{
	sigset_t set;

	(void)signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	(void)raise(number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	return 128 + number;
}

/* --- --check-keys -------------------------------------------------------- */

static void report_key(void *ctx, bool warning, const char *text)
{
	(void)ctx;
	fprintf(stdout, "%s%s\n", warning ? "warning: " : "", text);
}

static bool check_line(void *ctx, const char *line, struct error *err)
{
	return run_check(ctx, line, err);
}

/* What stdio holds goes out: the status, or 3 when it cannot. A reader that has
   gone away needs no message. */
static int end_stdout(int status)
{
	struct error err;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	error_sys(&err, errno, "standard output");
	return err.sys == EPIPE ? error_status(&err) : fail(&err, false, "");
}

static int check_keys(struct app *app, const char *path)
{
	struct keymap_hooks hooks = { check_line, report_key, &app->ctx };
	struct error err;
	size_t errors;

	app->keymap = keymap_new(&err);
	if (!app->keymap)
		return fail(&err, false, "");
	if (!keymap_load_file(app->keymap, path, &hooks, &errors, &err)) {
		keymap_free(app->keymap);
		return fail(&err, false, "");
	}
	keymap_free(app->keymap);
	return end_stdout(errors ? 1 : 0);
}

/* --- main ---------------------------------------------------------------- */

/* The first byte that is mapped: a space may begin high up. */
static struct place first_place(const struct space *sp)
{
	for (size_t i = 0; i < space_extents(sp); i++)
		if (space_extent(sp, i)->slots > 0)
			return space_place(sp, space_extent(sp, i)->addr);
	return space_place(sp, 0);
}

static bool make_session(struct app *app, struct arguments *args,
                         struct error *err)
{
	struct shelf_places places = places_journal(args->journal_dir);
	struct session_options options = {
		.files = files_limits_default(),
		.threads = args->threads,
		.access = args->access,
		.read_only = args->read_only,
		.journal = &places,
		.no_journal = args->no_journal,
		.looks_later = true,
		.defers = args->step_count > 0 && !args->interactive,
	};
	struct session *session;

	if (args->no_mmap)
		options.files.windows = 0;
	session = session_new(&options, err);
	if (!session || !context_init(&app->ctx, session, &app->out, err))
		return false;
	app->ctx.ui = app;
	commands_add(&app->ctx, command_table);
	commands_add(&app->ctx, ui_command_table);
	if (args->stdin_read && !session_take_stdin(session, err))
		return false;
	if (!session_open(session, &args->inputs, err))
		return false;
	app->ctx.cursor = first_place(context_space(&app->ctx));
	return go_to_start(&app->ctx, args->start, err);
}

/* Edits of earlier runs: take them up, or say that they wait. */
static bool see_waiting(struct app *app, const struct arguments *args,
                        struct error *err)
{
	size_t done;

	if (args->recover == WAITING_YES)
		return waiting_end_flushes(&app->ctx, "", RECOVER_FINISH, &done,
		                           err) &&
		       /* The editor does so when it shows something. */
		       (args->step_count == 0 ||
		        waiting_take_up(&app->ctx, "", &done, err));
	if (args->recover == WAITING_BACK &&
	    !waiting_end_flushes(&app->ctx, "", RECOVER_BACK, &done, err))
		return false;
	/* The editor tells of it itself. */
	return args->step_count == 0 || (waiting_say(&app->ctx, err) &&
	                                 !waiting_refuses(&app->ctx, err));
}

static int list_waiting(struct app *app)
{
	static const struct batch_step list = { .text = "journal list" };
	int status;

	app->ctx.batch = true;
	status = run_batch(&app->ctx, &list, 1);
	output_free(&app->out);
	return status;
}

static int run(struct app *app, struct arguments *args)
{
	struct error err;
	int status = 0;

	output_init(&app->out, args->json, sink_write, NULL);
	if (!make_session(app, args, &err))
		return fail(&err, args->json, "");
	app->ctx.say = say_stderr;
	if (args->step_count > 0)
		session_set_say(app->ctx.session, session_says, &app->ctx);
	if (args->check_keys)
		return check_keys(app, args->check_keys);
	if (args->recover == WAITING_LIST)
		return list_waiting(app);
	if (!see_waiting(app, args, &err))
		return fail(&err, args->json, "");
	if (args->step_count > 0) {
		status = run_steps(&app->ctx, args);
		output_free(&app->out);
		if (!args->interactive)
			return status;
	}
	if (space_segments(context_space(&app->ctx)) == 0) {
		arguments_usage(stderr);
		return EXIT_LINE;
	}
	return int_max(status, run_editor(app, args));
}

int main(int argc, char **argv)
{
	struct arguments args;
	static struct app app;
	struct error err;
	int status;

	(void)signal(SIGPIPE, SIG_IGN);
	/* A limit of file sizes is an error of a write, not the end. */
	(void)signal(SIGXFSZ, SIG_IGN);
	if (!sink_guard(&err))
		return fail(&err, false, "");
	if (!arguments_parse(&args, argc, argv, &err)) {
		status = fail(&err, args.json, "");
		arguments_free(&args);
		return status;
	}
	if (args.help || args.version) {
		if (args.help)
			arguments_usage(stdout);
		else
			print_version();
		arguments_free(&args);
		return end_stdout(0);
	}
	screen_install_crash_handlers();
	if (!guard_install(&err)) {
		arguments_free(&args);
		return fail(&err, args.json, "");
	}
	if (args.step_count > 0)
		sink_catch();
	status = run(&app, &args);
	arguments_free(&args);
	context_free(&app.ctx);
	if (app.end_signal)
		return end_by_signal(app.end_signal);
	return status;
}
