/*
 * test_storm.c - a file that another process cuts and fills while it is edited
 *
 * The file has a pattern without zeros. Another process cuts it anywhere, lets
 * it grow again, with the pattern or without, as fast as it can. Meanwhile a
 * session reads it in all ways, a job searches it by its maps, and it is
 * edited, with a journal. Whatever is shown as a byte must be what the model
 * has there, or the zero of a page that has come back; all else must have no
 * value. In the end the file is whole, and so is what the edits have made of
 * it.
 */
#include "config.h"

#include "session.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/lexer.h"
#include "base/pool.h"
#include "base/sys.h"
#include "edit/store.h"
#include "find/pattern.h"
#include "find/search.h"
#include "source/guard.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

enum {
	SIZE = 75 * 4096 + 123, /* of the file */
	ROOM = SIZE + 4096,     /* it does not grow longer than that */
	CHANGE = 8,             /* bytes of an edit, at most */
	READ_MOST = 20000,
	EDITS = 3000,
	NEEDLE = 5,
};

static struct session *session;
static struct error err;
static uint64_t rnd;

/* What there was to see. */
static struct {
	size_t reads, bytes, zeros, unknown;
	size_t edits, refused, searches, matches;
} seen;

static size_t below(size_t n)
{
	return (size_t)random_below(&rnd, n);
}

static unsigned char pattern_at(size_t off)
{
	return (unsigned char)(1 + off % 251);
}

/* --- the other process --------------------------------------------------- */

static void fill(int fd, size_t from)
{
	static unsigned char buf[SIZE];

	for (size_t i = from; i < SIZE; i++)
		buf[i] = pattern_at(i);
	if (pwrite(fd, buf + from, SIZE - from, (off_t)from) !=
	    (ssize_t)(SIZE - from))
		_exit(1);
}

/* Until it is killed, with its parent at the latest. */
static void rage(void)
{
	int fd = open("f", O_RDWR | O_CLOEXEC);

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	rnd ^= 0x5deece66dU;
	for (;;) {
		size_t to = below(SIZE + 1);

		if (below(4) == 0)
			to = to / 4096 * 4096;
		if (ftruncate(fd, (off_t)to) != 0)
			_exit(1);
		if (below(2) && ftruncate(fd, SIZE) != 0)
			_exit(1);
		if (below(3) > 0)
			fill(fd, to);
	}
}

static pid_t start_rage(void)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		rage();
	return pid;
}

static void stop_rage(pid_t pid)
{
	int status;
	int fd;

	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	fd = open("f", O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	fill(fd, 0);
	ck_assert_int_eq(close(fd), 0);
}

/* --- the model ----------------------------------------------------------- */

/* A byte each: what an edit put there, or where it is in the file. */
enum { EDITED = 1 << 30 };

struct model {
	int v[ROOM];
	size_t len;
};

struct edit_made {
	size_t at, removed, added;
	int old[CHANGE], new[CHANGE];
};

static struct model now;
static struct edit_made changes[EDITS];
static size_t done, made;

static unsigned char model_byte(int v)
{
	return v & EDITED ? (unsigned char)(v & 0xff) : pattern_at((size_t)v);
}

static void replace(size_t at, size_t removed, const int *v, size_t count)
{
	memmove(now.v + at + count, now.v + at + removed,
	        (now.len - at - removed) * sizeof(*now.v));
	memcpy(now.v + at, v, count * sizeof(*v));
	now.len += count - removed;
}

/* --- reading ------------------------------------------------------------- */

/* `calm`: nothing happens to the file. */
static void check_run(const struct run *run, const unsigned char *buf,
                      size_t at, bool calm)
{
	size_t wrong = 0;

	if (!state_has_bytes(run->state)) {
		ck_assert(!calm && !run->edited);
		seen.unknown += (size_t)run->len;
		return;
	}
	for (size_t i = 0; i < run->len; i++) {
		int v = now.v[at + i];
		bool zero = buf[i] == 0 && !(v & EDITED) && !calm;

		seen.zeros += zero;
		wrong += buf[i] != model_byte(v) && !zero;
	}
	ck_assert_uint_eq(wrong, 0);
	seen.bytes += (size_t)run->len;
}

static void read_some(size_t at, size_t len, unsigned flags, bool calm)
{
	static unsigned char buf[ROOM];
	struct runs runs = { 0 };
	size_t from = 0;

	must(view_read(session_view(session), at, buf, len, flags, &runs, &err),
	     &err);
	for (size_t i = 0; i < runs.count; i++) {
		check_run(&runs.v[i], buf + from, at + from, calm);
		from += (size_t)runs.v[i].len;
	}
	ck_assert_uint_eq(from, len);
	runs_free(&runs);
	seen.reads++;
}

static void look(void)
{
	static const unsigned flags[] = { 0, READ_NOWAIT, READ_KEEP };
	size_t at = below(now.len);
	size_t len = 1 + below(below(4) > 0 ? 500 : READ_MOST);

	read_some(at, size_min(len, now.len - at),
	          flags[below(ARRAY_LEN(flags))], false);
}

/* --- editing ------------------------------------------------------------- */

static void edit(void)
{
	struct edit_made c;
	struct piece piece;
	struct session_splice splice = { .added = &piece };
	unsigned char bytes[CHANGE];

	if (done == EDITS)
		return;
	c.at = below(now.len - CHANGE);
	c.removed = below(CHANGE + 1);
	c.added = below(3) ? c.removed : below(CHANGE + 1);
	if (now.len + c.added > ROOM)
		c.added = 0;
	memcpy(c.old, now.v + c.at, c.removed * sizeof(*c.old));
	for (size_t i = 0; i < c.added; i++) {
		bytes[i] = (unsigned char)below(256);
		c.new[i] = EDITED | bytes[i];
	}
	splice.at = desk_place(session, c.at);
	splice.removed = c.removed;
	splice.count = c.added > 0;
	must(store_put(session_store(session), bytes, c.added, &piece, &err),
	     &err);
	if (!session_edit(session, &splice, 1, 0, &err)) {
		ck_assert_int_eq(err.code, ERR_STATE);
		seen.refused++;
		return;
	}
	seen.edits++;
	if (c.removed + c.added == 0)
		return;
	replace(c.at, c.removed, c.new, c.added);
	changes[done++] = c;
	made = done;
}

static void undo(void)
{
	if (done == 0)
		return;
	must(session_undo(session, &err), &err);
	done--;
	replace(changes[done].at, changes[done].added, changes[done].old,
	        changes[done].removed);
}

static void redo(void)
{
	if (done == made)
		return;
	must(session_redo(session, &err), &err);
	replace(changes[done].at, changes[done].removed, changes[done].new,
	        changes[done].added);
	done++;
}

/* --- searching ----------------------------------------------------------- */

/* A search in a job, of the view and the model of when it began. */
static struct {
	struct job *job;
	struct view *view;
	struct pattern *pattern;
	struct model model;
	unsigned char needle[NEEDLE];
	bool ok;
	size_t matches, wrong;
	struct error err;
} hunt;

static bool take(void *arg, const struct match *match)
{
	(void)arg;
	hunt.matches++;
	for (size_t i = 0; i < match->len; i++)
		hunt.wrong += model_byte(hunt.model.v[match->addr + i]) !=
		              hunt.needle[i];
	return true;
}

static void run_hunt(struct job *job, void *arg)
{
	struct search_options o = { .end = view_size(hunt.view) };
	struct search_totals totals;

	hunt.ok = search_all(hunt.view, hunt.pattern, &o, job, take, arg,
	                     &totals, &hunt.err);
}

static void start_hunt(void)
{
	struct pattern_options options = { 0 };
	size_t from = below(SIZE - NEEDLE);
	char text[64] = "{";
	struct lexer lx;

	for (size_t i = 0; i < NEEDLE; i++) {
		size_t n = strlen(text);

		hunt.needle[i] = pattern_at(from + i);
		snprintf(text + n, sizeof(text) - n, "%02x%s", hunt.needle[i],
		         i + 1 < NEEDLE ? " " : "}");
	}
	lx = lexer_of(text, strlen(text));
	hunt.pattern = pattern_parse(&lx, &options, &err);
	must(hunt.pattern != NULL, &err);
	hunt.view = view_ref(session_view(session));
	hunt.model = now;
	hunt.matches = hunt.wrong = 0;
	/* In a short storm it may be over before it begins. */
	hunt.ok = error_set(&hunt.err, ERR_CANCELLED, "not begun");
	hunt.job = job_start(session_pool(session), JOB_COMPUTE, run_hunt, NULL,
	                     &err);
	must(hunt.job != NULL, &err);
}

static void end_hunt(void)
{
	job_free(hunt.job);
	view_unref(hunt.view);
	pattern_unref(hunt.pattern);
	hunt.job = NULL;
	must(hunt.ok || hunt.err.code == ERR_CANCELLED, &hunt.err);
	ck_assert_uint_eq(hunt.wrong, 0);
	seen.matches += hunt.matches;
	seen.searches++;
}

static void search(void)
{
	struct pool_event event;

	if (!hunt.job)
		start_hunt();
	else if (pool_next(session_pool(session), &event) &&
	         !session_sync_end(session, event.job) &&
	         event.job == hunt.job && event.kind == POOL_DONE)
		end_hunt();
}

/* --- the storm ----------------------------------------------------------- */

static void anything(void)
{
	switch (below(16)) {
	case 0:
		undo();
		break;
	case 1:
		redo();
		break;
	case 2:
	case 3:
	case 4:
		edit();
		break;
	case 5:
		(void)desk_check(session, below(now.len), CHANGE);
		break;
	case 6:
		search();
		break;
	default:
		look();
	}
}

/* A second; HEXSPAN_CASES says how many. */
START_TEST(a_storm)
{
	uint64_t end;
	pid_t pid;

	desk_begin();
	must(guard_install(&err), &err);
	faults_skip_syncs();
	rnd = random_seed();
	desk_file("f", "");
	stop_rage(start_rage());
	session = desk_session(&faults_sys, "journals");
	desk_open(session, "f");
	for (now.len = 0; now.len < SIZE; now.len++)
		now.v[now.len] = (int)now.len;
	pid = start_rage();
	end = sys_now() + cases(1000) * UINT64_C(1000000);
	while (sys_now() < end)
		anything();
	if (hunt.job)
		end_hunt();
	stop_rage(pid);
	(void)desk_check(session, 0, now.len);
	read_some(0, now.len, 0, true);
	while (done > 0)
		undo();
	read_some(0, now.len, 0, true);
	ck_assert_uint_eq(now.len, SIZE);
	session_drop_edits(session, true);
	desk_finish(&session);
	ck_assert_uint_eq(faults_maps(), 0);
	printf("%zu reads, %zu bytes, %zu zeros, %zu without a value; %zu "
	       "edits, %zu refused; %zu searches, %zu matches\n",
	       seen.reads, seen.bytes, seen.zeros, seen.unknown, seen.edits,
	       seen.refused, seen.searches, seen.matches);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("storm");
	TCase *tc = tcase_create("storm");

	tcase_add_test(tc, a_storm);
	tcase_set_timeout(tc, 300);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
