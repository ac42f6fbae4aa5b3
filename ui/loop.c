/*
 * loop.c - see loop.h
 *
 * One poll() on the terminal, a signalfd and the pool's events. Everything that
 * has come is handled, then one frame is drawn, then it waits again. A frame
 * that would show pending bytes is held back for a moment.
 */
#include "config.h"

#include "ui/loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/pool.h"
#include "base/sys.h"
#include "session.h"
#include "ui/app.h"
#include "ui/take.h"

#define MS UINT64_C(1000000)

static const uint64_t hold_time = 20 * MS; /* a frame with pending bytes */
static const uint64_t hold_time_test = 5000 * MS;
/* What keys wait for a movement before them. */
static const uint64_t move_time = 100 * MS;
static const uint64_t move_time_test = 1000 * MS;
static const uint64_t box_time = 500 * MS;    /* until keys are explained */
static const uint64_t check_time = 2000 * MS; /* between looks at files */
static const uint64_t watch_time = 500 * MS;  /* between looks at bytes */
static const uint64_t frame_time = 50 * MS;   /* of progress */
static const uint64_t pool_time = 10 * MS;    /* of jobs, before keys */
static const uint64_t pause_time = 1000 * MS; /* of keys, for a question */

struct loop {
	struct app *app;
	int signals;         /* signalfd */
	uint64_t hold_until; /* 0: the frame is not held */
	uint64_t next_check, next_watch;
	uint64_t last_frame;
	uint64_t last_key;
	bool hung_up;
};

static void signal_set(sigset_t *set)
{
	static const int list[] = { SIGWINCH, SIGTERM, SIGHUP,
		                    SIGINT,   SIGTSTP, SIGCONT };

	sigemptyset(set);
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		sigaddset(set, list[i]);
}

void loop_block_signals(void)
{
	sigset_t set;

	signal_set(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* Have the files looked at: those on the screen and those with edits, or
   all. */
static void check_files(struct loop *loop, bool all)
{
	struct app *app = loop->app;
	const struct shown_row *first = app->rows;
	const struct shown_row *last = app->rows + app->row_count - 1;
	struct error err;

	loop->next_check = sys_now() + check_time;
	if (all && !session_check_all_begin(app->ctx.session, &err))
		app_error(app, "", &err);
	if (all || app->row_count == 0)
		return;
	if (!session_check_begin(app->ctx.session, first->row.addr,
	                         last->row.addr + last->count - first->row.addr,
	                         &err))
		app_error(app, "", &err);
}

/* Have what was edited made durable, in the background. */
static void sync_journal(struct loop *loop)
{
	struct error err;

	/* Without a thread for it, it is done here: late is worse. */
	if (session_sync_begin(loop->app->ctx.session, &err) ||
	    session_sync(loop->app->ctx.session, &err))
		return;
	app_error(loop->app, "", &err);
}

/* Edits are durable, and none has come since: there is time for samples. */
static void take_samples(struct app *app)
{
	struct error ignored;

	(void)!session_sample_begin(app->ctx.session, &ignored);
}

/* Have the bytes on the screen looked at, if they are watched. */
static void watch_bytes(struct loop *loop)
{
	loop->next_watch = sys_now() + watch_time;
	app_watch(loop->app);
}

static void on_event(struct loop *loop, const struct event *event)
{
	struct app *app = loop->app;

	app->dirty = true;
	loop->last_key = sys_now();
	switch (event->kind) {
	case EVENT_KEY:
		take_key(app, event);
		break;
	case EVENT_MOUSE:
		take_mouse(app, event);
		break;
	case EVENT_PASTE:
		take_paste(app, event);
		break;
	case EVENT_PASTE_STALLED:
		app_say(app, STYLE_WARNING, "paste not ended, Esc drops it");
		break;
	case EVENT_PASTE_DROPPED:
		app_say(app, STYLE_NORMAL, "paste dropped");
		break;
	case EVENT_FOCUS:
		check_files(loop, true);
		watch_bytes(loop);
		break;
	case EVENT_FENCE:
		app->fence = event->fence;
		app->fence_idle = event->fence_idle;
		app->fence_due = true;
		break;
	default:
		break;
	}
}

/* The next key counts from where a movement ends, and for what was taken up,
   but not for ever: it may be the one that stops it. */
static bool is_moving(const struct app *app)
{
	const struct task *task = app->ctx.task;
	uint64_t most =
		app->test && task && task->moves ? move_time_test : move_time;

	return task && (task->moves || task->quick) &&
	       sys_now() - task->began < most;
}

/* What is typed at once waits for a look at journals, which mostly finds none:
   until that has ended nothing may be edited. But it may be long, too. */
static bool is_looking(const struct app *app)
{
	const struct recovery *r = &app->recovery;

	return r->due ||
	       (r->job && sys_now() - r->began <
	                          (app->test ? move_time_test : move_time));
}

/* Keys change what the next ones mean, so each is handled on a screen that is
   laid out, though not drawn. */
static void take_input(struct loop *loop)
{
	struct event event;

	while (!loop->app->ctx.quit && !loop->app->suspend &&
	       !is_moving(loop->app) && !is_looking(loop->app) &&
	       input_next(loop->app->input, &event))
		on_event(loop, &event);
}

static void on_signal(struct loop *loop, int number)
{
	struct app *app = loop->app;

	switch (number) {
	case SIGWINCH:
		screen_resize(app->screen);
		app_layout(app);
		break;
	case SIGCONT:
		screen_resume(app->screen);
		app->window_title[0] = '\0';
		break;
	case SIGTSTP:
		app->suspend = true;
		break;
	case SIGINT:
		break;
	default:
		app->end_signal = number;
		break;
	}
	app->dirty = true;
}

static void read_signals(struct loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signals, &info, sizeof(info)) ==
	       (ssize_t)sizeof(info))
		on_signal(loop, (int)info.ssi_signo);
}

static void read_terminal(struct loop *loop)
{
	char bytes[4096];
	ssize_t n = read(screen_fd(loop->app->screen), bytes, sizeof(bytes));

	if (n > 0)
		input_push(loop->app->input, bytes, (size_t)n, sys_now());
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		loop->hung_up = true;
}

/* A save has ended: what follows is saved, too, and a failure is said once. */
static bool history_is_done(struct app *app, struct job *job)
{
	struct error err;
	bool ok;

	if (!recall_done(&app->recall, job, &ok, &err))
		return false;
	if (!ok ||
	    !recall_save(&app->recall, session_pool(app->ctx.session), &err))
		app_say(app, STYLE_WARNING, "the history is not kept: %s",
		        err.text);
	return true;
}

/* What a job asks of this thread may be ready as fast as it is done: keys are
   looked at in between. */
static void read_pool(struct loop *loop)
{
	struct app *app = loop->app;
	uint64_t until = sys_now() + pool_time;
	struct pool_event event;
	struct error err;

	while (sys_now() < until &&
	       pool_next(session_pool(app->ctx.session), &event)) {
		bool done = event.kind == POOL_DONE;
		bool news = false;

		if (done && session_sync_end(app->ctx.session, event.job)) {
			take_samples(app);
			continue;
		}
		if (done && session_sample_end(app->ctx.session, event.job))
			continue;
		if (done &&
		    session_check_end(app->ctx.session, event.job, &news)) {
			if (news) {
				app->outside.due = true;
				app_forget_fetched(app);
				find_ui_forget(app);
			}
			app->dirty = app->dirty || news;
			continue;
		}
		if (done && app_watched(app, event.job))
			continue;
		app->dirty = true;
		if (done && recovery_done(app, event.job))
			continue;
		if (done && app->fetch && event.job == app->fetch->job) {
			app_fetched(app);
		} else if (done &&
		           (find_ui_done(app, event.job) ||
		            list_done(&app->list, &app->ctx, event.job) ||
		            preview_done(app, event.job) ||
		            history_is_done(app, event.job) ||
		            context_reap(&app->ctx, event.job))) {
			continue;
		} else if (done && app->ctx.task &&
		           event.job == app->ctx.task->job) {
			const char *name = app->ctx.task->name;

			if (!context_finish(&app->ctx, &err)) {
				if (err.code == ERR_CANCELLED)
					app_say(app, STYLE_NORMAL, "%s stopped",
					        name);
				else
					app_error(app, "", &err);
			}
			app_show_results(app, name);
			app_follow(app);
		} else if (!done && app->ctx.task &&
		           event.job == app->ctx.task->job) {
			context_take(&app->ctx);
		}
	}
}

/* The earlier of a deadline and another; 0 means none. */
static uint64_t earlier(uint64_t a, uint64_t b)
{
	if (a == 0 || b == 0)
		return a ? a : b;
	return u64_min(a, b);
}

/* Tests look when they say so. */
static bool is_watching(const struct app *app)
{
	return app->ctx.options.watch && !app->test;
}

static int wait_ms(const struct loop *loop)
{
	const struct app *app = loop->app;
	uint64_t now = sys_now();
	uint64_t due =
		u64_min(loop->next_check, session_sync_due(app->ctx.session));
	int input = input_wait_ms(app->input, now);
	int ms;

	if (app->key_count > 0 && !app->keys_box)
		due = earlier(due, app->keys_since + box_time);
	if (loop->hold_until)
		due = earlier(due, loop->hold_until);
	if (is_watching(app))
		due = earlier(due, loop->next_watch);
	if (outside_is_due(app))
		due = earlier(due, loop->last_key + pause_time);
	if (app->ctx.task || app->recovery.job || find_ui_is_hunting(app))
		due = earlier(due, now + frame_time);
	if (app->recovery.due)
		due = now;
	if (session_check_is_due(app->ctx.session) || preview_is_due(app))
		due = now;
	ms = due <= now ? 0 : (int)((due - now + MS - 1) / MS);
	return input >= 0 && input < ms ? input : ms;
}

static void on_time(struct loop *loop, bool silent)
{
	struct app *app = loop->app;
	uint64_t now = sys_now();

	if (silent && input_wait_ms(app->input, now) == 0)
		input_timeout(app->input, now);
	if (app->key_count > 0 && !app->keys_box &&
	    now >= app->keys_since + box_time) {
		app->keys_box = true;
		app->dirty = true;
	}
	if (app->recovery.due)
		recovery_begin(app, app->recovery.due);
	if (now >= loop->next_check || session_check_is_due(app->ctx.session))
		check_files(loop, false);
	if (now >= session_sync_due(app->ctx.session))
		sync_journal(loop);
	if (is_watching(app) && now >= loop->next_watch)
		watch_bytes(loop);
	if (outside_is_due(app) &&
	    (app->test || now >= loop->last_key + pause_time))
		outside_ask(app);
	if ((app->ctx.task || find_ui_is_hunting(app)) &&
	    now - loop->last_frame >= frame_time)
		app->dirty = true;
}

/* Is everything done that a fence waits for? What is read for the screen, and
   looks at files, always; commands in the background if it says so. */
static bool is_idle(const struct app *app)
{
	return !app->fetch && recovery_is_idle(&app->recovery) &&
	       find_ui_is_idle(app) && !app->recall.saving &&
	       list_is_idle(&app->list, &app->ctx) && preview_is_idle(app) &&
	       watch_is_idle(&app->watch) &&
	       !session_is_checking(app->ctx.session) &&
	       (!app->fence_idle || (!app->ctx.task && !app->ctx.ended));
}

static void answer_fence(struct app *app)
{
	if (!app->fence_due || !is_idle(app))
		return;
	screen_fence(app->screen, app->fence);
	app->fence_due = false;
}

/* Draw what is due, unless its bytes will be there in a moment. */
static void frame(struct loop *loop)
{
	struct app *app = loop->app;
	uint64_t now = sys_now();

	if (!app->dirty && !(app->fence_due && is_idle(app)))
		return;
	app_layout(app);
	find_ui_preview(app);
	app_load(app);
	find_ui_mark(app);
	if (app_is_waiting(app)) {
		if (!loop->hold_until)
			loop->hold_until =
				now + (app->test ? hold_time_test : hold_time);
		if (now < loop->hold_until)
			return;
	} else {
		loop->hold_until = 0;
	}
	app_draw(app);
	list_work(&app->list, &app->ctx);
	preview_work(app);
	query_work(app);
	loop->last_frame = now;
	/* A held frame was drawn with what there was: the next one waits for
	   its bytes, not for the clock. */
	if (loop->hold_until && now >= loop->hold_until)
		loop->hold_until = UINT64_MAX;
	answer_fence(app);
}

static void suspend(struct app *app)
{
	struct error err;

	app->suspend = false;
	/* The terminal is given away: now there is time to wait. */
	if (!session_sync(app->ctx.session, &err))
		app_error(app, "", &err);
	screen_suspend(app->screen);
	screen_resize(app->screen);
	/* Another program may have named the window meanwhile. */
	app->window_title[0] = '\0';
	app->dirty = true;
}

/* The tables of keys are read when the first frame is on the screen. What has
   been typed meanwhile waits in the terminal. */
static bool start_input(struct app *app, struct error *err)
{
	const char *remote = getenv("SSH_CONNECTION");
	struct input_options options = {
		.term = screen_term(app->screen),
		.utf8 = screen_utf8(app->screen),
		.fence = app->test,
		.wait_ms = remote && *remote ? 100 : 25,
	};

	if (!app->input)
		app->input = input_new(&options, err);
	return app->input;
}

bool loop_run(struct app *app, struct error *err)
{
	struct loop loop = { .app = app };
	sigset_t set;
	bool ok = true;

	signal_set(&set);
	loop.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	loop.next_check = sys_now() + check_time;
	app->dirty = true;
	while (!app->ctx.quit && !app->end_signal) {
		struct pollfd fds[] = {
			{ .fd = screen_fd(app->screen), .events = POLLIN },
			{ .fd = loop.signals, .events = POLLIN },
			{ .fd = pool_event_fd(session_pool(app->ctx.session)),
			  .events = POLLIN },
		};

		frame(&loop);
		ok = start_input(app, err);
		if (!ok)
			break;
		if (poll(fds, ARRAY_LEN(fds), wait_ms(&loop)) < 0 &&
		    errno != EINTR)
			break;
		/* Signals first: a new size is known before keys arrive. */
		if (fds[1].revents)
			read_signals(&loop);
		if (fds[2].revents)
			read_pool(&loop);
		if (fds[0].revents)
			read_terminal(&loop);
		on_time(&loop, !fds[0].revents);
		take_input(&loop);
		if (app->suspend)
			suspend(app);
		if (loop.hung_up && !app->end_signal)
			app->end_signal = SIGHUP;
	}
	(void)close(loop.signals);
	return ok;
}
