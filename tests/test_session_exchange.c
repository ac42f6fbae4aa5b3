/*
 * test_session_exchange.c - flushes that change the length of files
 *
 * As test_session_flush.c, but another file takes the place of one: it must be
 * like it in all but its bytes, and nothing may be left beside it.
 */
#include "config.h"

#include "session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "space/view.h"
#include "tests/desk.h"
#include "tests/faults.h"
#include "tests/support.h"

static struct session *session;
static struct error err;
static char *shelf;
static char journal[64];

/* Nothing here is about power cuts. */
static void reset(void)
{
	faults_reset();
	faults_skip_syncs();
}

static void start(void)
{
	session = desk_session(&faults_sys, shelf);
}

static void finish(void)
{
	session_free(session);
	session = NULL;
}

static void run(const char *command)
{
	ck_assert_int_eq(system(command), 0);
}

/* How many files of a folder have this in their names; they may be removed. */
static size_t find(const char *folder, const char *part, bool remove)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	size_t n = 0;

	while (dir && (entry = readdir(dir))) {
		if (!strstr(entry->d_name, part))
			continue;
		n++;
		if (remove)
			ck_assert_int_eq(unlinkat(dirfd(dir), entry->d_name, 0),
			                 0);
	}
	if (dir)
		closedir(dir);
	return n;
}

static size_t count_left(void)
{
	return find(".", ".hxtmp", false);
}

static void write_files(void)
{
	(void)find(".", ".hxtmp", true);
	/* What was closed before would be looked at by each flush. */
	(void)find(shelf, ".hxj", true);
	(void)unlink("a");
	(void)unlink("b");
	(void)unlink("c");
	desk_file("a", "aaaa");
	desk_file("b", "bbbbbb");
	desk_file("c", "cccccccc");
}

static void setup(void)
{
	ck_assert_int_eq(chdir(scratch()), 0);
	reset();
	shelf = desk_shelf();
	write_files();
	start();
}

static void teardown(void)
{
	desk_finish(&session);
	free(shelf);
}

/* What is in the files a, b and c, with bars between. */
static const char *on_disk(void)
{
	return desk_files("a|b|c|");
}

static void disk_is(const char *want)
{
	ck_assert_str_eq(on_disk(), want);
	ck_assert_uint_eq(count_left(), 0);
}

static struct session_flushed flush(void)
{
	struct session_flushed out;

	must(desk_flush(session, 0, &out, &err), &err);
	return out;
}

static bool try_flush(void)
{
	return desk_flush(session, 0, NULL, &err);
}

static void undo(int n)
{
	while (n-- > 0)
		must(session_undo(session, &err), &err);
}

static struct stat stat_of(const char *name)
{
	struct stat st;

	ck_assert_int_eq(stat(name, &st), 0);
	return st;
}

static void refuses(enum err code, const char *part)
{
	char was[2048];

	strcpy(was, on_disk());
	ck_assert(!try_flush());
	ck_assert_msg(err.code == code, "%d %s", err.code, err.text);
	ck_assert_msg(strstr(err.text, part) != NULL, "%s", err.text);
	ck_assert(!session_flush_is_open(session));
	disk_is(was);
	ck_assert_uint_gt(session_edited(session), 0);
}

/* --- what it does -------------------------------------------------------- */

START_TEST(lengths_and_bytes)
{
	struct session_flushed out;
	ino_t was = stat_of("b").st_ino;

	desk_open(session, "a;b;c");
	desk_put(session, 0, 0, "xyz");
	desk_put(session, 9, 1, "B");
	desk_put(session, 14, 3, "");
	desk_shows(session, "xyzaaaabbBbbbccccc");
	out = flush();
	ck_assert_uint_eq(out.files, 3);
	ck_assert_uint_eq(out.ranges, 3);
	ck_assert_uint_eq(out.bytes, 4);
	disk_is("xyzaaaa|bbBbbb|ccccc|");
	ck_assert_uint_eq(stat_of("b").st_ino, was);
	ck_assert_uint_eq(session_edited(session), 0);
	ck_assert(!desk_check(session, 0, 18));
	ck_assert_uint_eq(flush().files, 0);
}
END_TEST

/* What was taken back before is made again, in both orders. */
START_TEST(undo_goes_on)
{
	desk_open(session, "a;b;c");
	desk_put(session, 0, 2, "");
	desk_put(session, 1, 0, "0123456789");
	(void)flush();
	disk_is("a0123456789a|bbbbbb|cccccccc|");
	undo(1);
	desk_shows(session, "aabbbbbbcccccccc");
	(void)flush();
	disk_is("aa|bbbbbb|cccccccc|");
	undo(1);
	(void)flush();
	disk_is("aaaa|bbbbbb|cccccccc|");
	must(session_redo(session, &err), &err);
	must(session_redo(session, &err), &err);
	(void)flush();
	disk_is("a0123456789a|bbbbbb|cccccccc|");
	desk_put(session, 2, 1, "z");
	(void)flush();
	undo(3);
	(void)flush();
	disk_is("aaaa|bbbbbb|cccccccc|");
}
END_TEST

/* Views go on showing what they showed: they read the file that was (K3). */
START_TEST(views_stand_still)
{
	static const struct {
		uint64_t addr, removed;
		const char *text, *want;
	} steps[] = {
		{ 0, 0, "", "aaaabbbbbbcccccccc" },
		{ 2, 0, "XY", "aaXYaabbbbbbcccccccc" },
		{ 3, 1, "y", "aaXyaabbbbbbcccccccc" },
		{ 1, 4, "", "aabbbbbbcccccccc" },
		{ 4, 7, "0123456", "aabb0123456ccccc" },
		{ 0, 2, "", "bb0123456ccccc" },
	};
	struct view *views[ARRAY_LEN(steps)];
	char text[DESK_TEXT];

	desk_open(session, "a;b;c");
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (i > 0)
			desk_put(session, steps[i].addr, steps[i].removed,
			         steps[i].text);
		(void)flush();
		views[i] = view_ref(session_view(session));
		for (size_t k = 0; k <= i; k++) {
			(void)desk_text(views[k], text);
			ck_assert_str_eq(text, steps[k].want);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		view_unref(views[i]);
	disk_is("|bb0123|456ccccc|");
}
END_TEST

/* Moved and copied bytes are parts of the file, too. */
START_TEST(moved_bytes)
{
	desk_file("a", "0123456789abcdef");
	desk_open(session, "a");
	must(session_copy(session, 4, 4, desk_place(session, 12), false, &err),
	     &err);
	must(session_move(session, 0, 2, desk_end(session, 1), &err), &err);
	desk_shows(session, "23456789ab4567cdef01");
	(void)flush();
	disk_is("23456789ab4567cdef01|bbbbbb|cccccccc|");
	undo(2);
	desk_shows(session, "0123456789abcdef");
	(void)flush();
	disk_is("0123456789abcdef|bbbbbb|cccccccc|");
}
END_TEST

START_TEST(keeps_mode_and_attributes)
{
	char value[16] = "";

	ck_assert_int_eq(chmod("a", 0640), 0);
	if (setxattr("a", "user.note", "hello", 5, 0) != 0)
		return;
	if (getuid() == 0)
		ck_assert_int_eq(chown("a", 1234, 4321), 0);
	ck_assert_int_eq(chmod("a", 04750), 0);
	desk_open(session, "a;b");
	desk_put(session, 0, 0, "xyz");
	(void)flush();
	ck_assert_uint_eq(stat_of("a").st_mode & 07777, 04750);
	ck_assert_int_eq(getxattr("a", "user.note", value, sizeof(value)), 5);
	ck_assert_str_eq(value, "hello");
	if (getuid() == 0) {
		ck_assert_uint_eq(stat_of("a").st_uid, 1234);
		ck_assert_uint_eq(stat_of("a").st_gid, 4321);
	}
}
END_TEST

/* So are flags, where the file system has some. */
START_TEST(keeps_flags)
{
	const struct sys *sys = &sys_real;
	int fd = open("a", O_RDWR);
	int nodump = FS_NODUMP_FL;
	int64_t want;

	if (ioctl(fd, FS_IOC_SETFLAGS, &nodump) != 0) {
		close(fd);
		return;
	}
	want = sys->flags(fd);
	ck_assert_int_ne(want & FS_NODUMP_FL, 0);
	close(fd);
	desk_open(session, "a;b");
	desk_put(session, 0, 0, "xyz");
	faults_fail(FAULT_SET_FLAGS, 0, 1, EPERM);
	refuses(ERR_READONLY, "its flags (lsattr) cannot be kept");
	(void)flush();
	fd = open("a", O_RDONLY);
	ck_assert_int_eq(sys->flags(fd), want);
	close(fd);
}
END_TEST

/* A link leads to the file, and stays. */
START_TEST(symbolic_links)
{
	struct stat st;

	ck_assert_int_eq(mkdir("d", 0700) == 0 || errno == EEXIST, 1);
	(void)unlink("c");
	ck_assert_int_eq(rename("a", "d/a"), 0);
	ck_assert_int_eq(symlink("d/a", "a"), 0);
	ck_assert_int_eq(symlink("a", "c"), 0);
	desk_open(session, "c");
	desk_put(session, 4, 0, "xyz");
	(void)flush();
	ck_assert_int_eq(lstat("c", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(lstat("d/a", &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	disk_is("aaaaxyz|bbbbbb|aaaaxyz|");
	run("rm -rf d a c");
}
END_TEST

/* Holes take no place in the new file, either. */
START_TEST(holes)
{
	int fd = open("a", O_RDWR);

	ck_assert_int_eq(ftruncate(fd, 8 << 20), 0);
	ck_assert_int_eq(pwrite(fd, "end", 3, (8 << 20) - 3), 3);
	ck_assert_int_eq(fsync(fd), 0);
	close(fd);
	desk_open(session, "a");
	desk_put(session, 2, 0, "xyz");
	(void)flush();
	ck_assert_int_eq(stat_of("a").st_size, (8 << 20) + 3);
	ck_assert_int_lt(stat_of("a").st_blocks, 1 << 10);
	fd = open("a", O_RDONLY);
	{
		char buf[8] = "";

		ck_assert_int_eq(pread(fd, buf, 8, 0), 8);
		ck_assert_mem_eq(buf, "aaxyzaa\0", 8);
		ck_assert_int_eq(pread(fd, buf, 8, 8 << 20), 3);
		ck_assert_mem_eq(buf, "end", 3);
	}
	close(fd);
}
END_TEST

/* Blocks are shared where they stand as they stood, though an edit ends in the
   midst of one. (The faults share blocks of 4096 bytes, the library here those
   of 16: the part in front of the edit is shorter than these.) */
START_TEST(shared_blocks)
{
	enum { BLOCK = 4096, LEN = 3 * BLOCK };
	static char text[LEN + 4], got[LEN + 4], edit[BLOCK];
	FILE *in;

	memset(text, 'a', LEN);
	free(scratch_file("a", text, LEN));
	desk_open(session, "a");
	faults_share(true);
	memset(edit, 'x', BLOCK - 11);
	desk_put(session, 3, BLOCK - 11, edit);
	desk_put(session, LEN, 0, "end");
	(void)flush();
	ck_assert_uint_eq(faults_shared(), 2 * BLOCK);
	faults_share(false);
	memset(text + 3, 'x', BLOCK - 11);
	memcpy(text + LEN, "end", 3);
	in = fopen("a", "r");
	ck_assert_ptr_nonnull(in);
	ck_assert_uint_eq(fread(got, 1, sizeof(got), in), LEN + 3);
	ck_assert_int_eq(fclose(in), 0);
	ck_assert_mem_eq(got, text, LEN + 3);
}
END_TEST

/* --- what it refuses ----------------------------------------------------- */

START_TEST(hard_links)
{
	ck_assert_int_eq(link("a", "another"), 0);
	desk_open(session, "a;b");
	desk_put(session, 8, 1, "B");
	desk_put(session, 0, 0, "x");
	refuses(ERR_READONLY, "a: its length cannot be changed: it has other "
	                      "names (hard links)");
	ck_assert_int_eq(unlink("another"), 0);
	must(session_reload(session, 0, false, &err), &err);
	(void)flush();
	disk_is("xaaaa|bbbbBb|cccccccc|");
}
END_TEST

/* What a call answers, and what is said of it. */
static const struct {
	enum fault_call call;
	size_t nth;
	int errnum;
	enum err code;
	const char *text;
} answers[] = {
	/* NFS, CIFS, FAT */
	{ FAULT_EXCHANGE_IN, 0, EINVAL, ERR_READONLY,
	  "a: its length cannot be changed (save-as writes another file): its "
	  "file system cannot exchange the names" },
	/* a file that something is mounted on */
	{ FAULT_EXCHANGE_IN, 0, EBUSY, ERR_READONLY, "something is mounted" },
	/* a sticky folder */
	{ FAULT_EXCHANGE_IN, 0, EPERM, ERR_READONLY,
	  "its folder does not let" },
	{ FAULT_TRUNCATE, 0, EFBIG, ERR_IO, "a: its length was not changed" },
	{ FAULT_SET_MODE, 0, EPERM, ERR_READONLY, "keep its owner and mode" },
	{ FAULT_ATTRIBUTES, 0, EIO, ERR_IO, "read its attributes" },
	{ FAULT_SYNC, 1, EIO, ERR_IO, "a: its length was not changed" },
};

START_TEST(what_systems_answer)
{
	desk_open(session, "a;b");
	desk_put(session, 8, 1, "B");
	desk_put(session, 0, 0, "x");
	/* The journal's own truncation comes with its end. */
	faults_fail(answers[_i].call, answers[_i].nth, 1, answers[_i].errnum);
	refuses(answers[_i].code, answers[_i].text);
	reset();
	(void)flush();
	disk_is("xaaaa|bbbbBb|cccccccc|");
}
END_TEST

/* An attribute that cannot be kept is named. */
START_TEST(attributes)
{
	if (setxattr("a", "user.note", "hello", 5, 0) != 0)
		return;
	desk_open(session, "a;b");
	desk_put(session, 0, 0, "x");
	faults_fail(FAULT_SET_ATTRIBUTE, 0, 1, EPERM);
	refuses(ERR_READONLY, "attribute user.note cannot be kept");
	(void)flush();
}
END_TEST

/* Another file got the name, or the file other bytes, since it was opened. */
START_TEST(a_file_that_others_changed)
{
	desk_open(session, "a;b");
	desk_put(session, 0, 0, "x");
	run("cp a a2; mv a2 a");
	refuses(ERR_CHANGED, "a: was replaced");
	must(session_reload(session, 0, false, &err), &err);
	run("sleep 0.02; echo -n AAAA > a");
	ck_assert(!try_flush());
	ck_assert_int_eq(err.code, ERR_CHANGED);
	disk_is("AAAA|bbbbbb|cccccccc|");
}
END_TEST

/* --- failures ------------------------------------------------------------ */

static const enum fault_call calls[] = {
	FAULT_OPEN,       FAULT_STAT,        FAULT_FSTAT,     FAULT_PWRITE,
	FAULT_PREAD,      FAULT_SYNC_DATA,   FAULT_SYNC,      FAULT_RANDOM,
	FAULT_TRUNCATE,   FAULT_UNLINK_IN,   FAULT_RENAME_IN, FAULT_RESOLVE,
	FAULT_STAT_IN,    FAULT_EXCHANGE_IN, FAULT_COPY,      FAULT_SET_MODE,
	FAULT_ATTRIBUTES, FAULT_SEEK,        FAULT_LOCK,      FAULT_FLAGS,
};
static const int errnums[] = { EIO, ENOSPC, EDQUOT, EINTR, EROFS };

#define OLD "aaaa|bbbbbb|cccccccc|"
#define NEW "xyzaaaa|bbBbbb|ccccc|"

/* Two lengths and a byte in between. */
static void edit_all(void)
{
	desk_open(session, "a;b;c");
	desk_put(session, 6, 1, "B");
	desk_put(session, 0, 0, "xyz");
	desk_put(session, 15, 3, "");
}

static bool is_file_named(const char *text)
{
	return strstr(text, "a:") || strstr(text, "b:") || strstr(text, "c:") ||
	       strstr(text, ".hxj") || strstr(text, "journal") ||
	       strstr(text, "random");
}

START_TEST(a_call_fails)
{
	enum fault_call call = calls[(size_t)_i / ARRAY_LEN(errnums)];
	int errnum = errnums[(size_t)_i % ARRAY_LEN(errnums)];
	bool happened = true;
	size_t nth;

	finish();
	for (nth = 0; happened; nth++) {
		size_t often = nth % 2 ? 1 : SIZE_MAX / 2;
		struct view *before;
		char text[DESK_TEXT];
		bool done, open;

		write_files();
		start();
		edit_all();
		before = view_ref(session_view(session));
		(void)desk_text(before, text);
		reset();
		faults_fail(call, nth / 2, often, errnum);
		done = try_flush();
		happened = faults_happened();
		reset();
		open = session_flush_is_open(session);
		desk_shows(session, "xyzaaaabbBbbbccccc");
		if (done)
			disk_is(NEW);
		else if (!open)
			ck_assert_str_eq(on_disk(), OLD);
		if (!done)
			ck_assert_msg(is_file_named(err.text), "%s", err.text);
		ck_assert(!done || !open);
		(void)flush();
		ck_assert_str_eq(on_disk(), NEW);
		(void)desk_text(before, text);
		ck_assert_str_eq(text, "xyzaaaabbBbbbccccc");
		view_unref(before);
		undo(3);
		desk_shows(session, "aaaabbbbbbcccccccc");
		(void)flush();
		ck_assert_str_eq(on_disk(), OLD);
		finish();
	}
	ck_assert_uint_gt(nth, 1);
	start();
}
END_TEST

/* What a folder gives its files: an access list, as Linux has it in an
   attribute. */
static bool give_access_list(const char *folder)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, rights;
			uint32_t id;
		} v[5];
	} list = { 2,
		   {
			   { 1, 7, UINT32_MAX },    /* the owner */
			   { 2, 7, 1234 },          /* a user */
			   { 4, 5, UINT32_MAX },    /* the group */
			   { 0x10, 7, UINT32_MAX }, /* the mask */
			   { 0x20, 5, UINT32_MAX }, /* others */
		   } };

	return setxattr(folder, "system.posix_acl_default", &list, sizeof(list),
	                0) == 0;
}

/* Calls that are made for a file of some blocks with an owner and attributes,
   in a folder that gives its files others; and what a machine must have for
   them. */
static const struct {
	enum fault_call call;
	bool owner, attributes;
} keeps[] = {
	{ FAULT_CLONE, false, false },
	{ FAULT_SET_OWNER, true, false },
	{ FAULT_GET_ATTRIBUTE, false, true },
	{ FAULT_SET_ATTRIBUTE, false, true },
	{ FAULT_DROP_ATTRIBUTE, false, true },
};

/* The file is exchanged for one that has all of it, or not at all. */
START_TEST(keeping_fails)
{
	static const char before[] = "0123456789abcdef0123456789abcdef";
	bool is_root = getuid() == 0, happened = true, lists;
	size_t nth;

	finish();
	ck_assert_int_eq(mkdir("given", 0755), 0);
	lists = give_access_list("given");
	for (nth = 0; happened; nth++) {
		char value[16] = "";
		bool has_note, done;

		(void)unlink("given/a");
		desk_file("a", before);
		has_note = setxattr("a", "user.note", "hello", 5, 0) == 0;
		if (is_root)
			ck_assert_int_eq(chown("a", 1234, 4321), 0);
		ck_assert_int_eq(rename("a", "given/a"), 0);
		start();
		desk_open(session, "given/a");
		desk_put(session, sizeof(before) - 1, 0, "xyz");
		faults_fail(keeps[_i].call, nth, 1, EPERM);
		done = try_flush();
		happened = faults_happened();
		reset();
		ck_assert_int_eq(stat_of("given/a").st_size,
		                 (off_t)sizeof(before) - 1 + (done ? 3 : 0));
		ck_assert_int_eq(getxattr("given/a", "user.note", value, 16),
		                 has_note ? 5 : -1);
		if (is_root)
			ck_assert_uint_eq(stat_of("given/a").st_uid, 1234);
		(void)flush();
		finish();
		lists = lists && has_note;
	}
	ck_assert(nth > 1 || (keeps[_i].owner && !is_root) ||
	          (keeps[_i].attributes && !lists));
	ck_assert_int_eq(system("rm -r given"), 0);
	start();
}
END_TEST

/* Writes of files and copies that are cut short are gone on with. */
START_TEST(short_writes)
{
	edit_all();
	for (size_t nth = 0; nth < 12; nth++) {
		reset();
		faults_cut_write(nth, 1);
		(void)flush();
		disk_is(NEW);
		undo(3);
		(void)flush();
		disk_is(OLD);
		for (int i = 0; i < 3; i++)
			must(session_redo(session, &err), &err);
	}
}
END_TEST

START_TEST(without_memory)
{
	bool done = false;

	finish();
	for (long n = 0; !done; n++) {
		write_files();
		start();
		edit_all();
		(void)session_view(session);
		mem_fail_after(n);
		done = try_flush();
		mem_fail_after(-1);
		desk_shows(session, "xyzaaaabbBbbbccccc");
		if (!done && !session_flush_is_open(session))
			disk_is(OLD);
		(void)flush();
		disk_is(NEW);
		undo(3);
		desk_shows(session, "aaaabbbbbbcccccccc");
		session_drop_edits(session, true);
		finish();
	}
	start();
}
END_TEST

/* --- crashes ------------------------------------------------------------- */

static void take_name(void *ctx, const struct session_waiting *waiting)
{
	*(bool *)ctx = waiting->is_flushing;
	snprintf(journal, sizeof(journal), "%s", waiting->journal);
}

/* The next start: end the flush, if there is one, or take up the edits. Returns
   whether there was a flush. */
static bool next_start(enum recover_end end)
{
	bool open = false, again = false;

	journal[0] = '\0';
	desk_open(session, "a;b;c");
	must(session_look(session, take_name, &open, &err), &err);
	if (open && !session_settle_flush(session, journal, end, &err)) {
		ck_assert_msg(end == RECOVER_BACK &&
		                      strstr(err.text, "only be finished"),
		              "%s", err.text);
		must(session_settle_flush(session, journal, RECOVER_FINISH,
		                          &err),
		     &err);
	}
	journal[0] = '\0';
	must(session_look(session, take_name, &again, &err), &err);
	ck_assert(!again);
	if (journal[0])
		must(session_recover(session, journal, &err), &err);
	return open;
}

/* The program is killed at each of its calls. */
START_TEST(killed)
{
	size_t opens = 0;
	bool alive = false;

	finish();
	for (size_t nth = 0; !alive; nth++) {
		enum recover_end end = nth % 2 ? RECOVER_BACK : RECOVER_FINISH;
		int status;
		pid_t pid;

		write_files();
		free(shelf);
		ck_assert_int_gt(asprintf(&shelf, "%s/k%zu", scratch(), nth),
		                 0);
		pid = fork();
		if (pid == 0) {
			start();
			edit_all();
			reset();
			faults_kill(nth, nth % 3 == 0);
			_exit(try_flush() ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		alive = WIFEXITED(status);
		ck_assert(!alive || WEXITSTATUS(status) == 0);
		start();
		opens += next_start(end);
		ck_assert_uint_eq(count_left(), 0);
		if (strcmp(on_disk(), NEW) != 0)
			ck_assert_str_eq(on_disk(), OLD);
		desk_shows(session, "xyzaaaabbBbbbccccc");
		if (session_edited(session) > 0)
			(void)flush();
		disk_is(NEW);
		finish();
	}
	ck_assert_uint_gt(opens, 3);
	start();
}
END_TEST

/* What stands in the files beside a, b and c: "" if there is none. */
static const char *beside(char name)
{
	static char buf[256];
	DIR *dir = opendir(".");
	struct dirent *entry;
	size_t len = 0;

	while (dir && (entry = readdir(dir))) {
		FILE *in;

		if (!strstr(entry->d_name, ".hxtmp") ||
		    entry->d_name[1] != name)
			continue;
		in = fopen(entry->d_name, "r");
		ck_assert_ptr_nonnull(in);
		len = fread(buf, 1, sizeof(buf) - 1, in);
		fclose(in);
	}
	if (dir)
		closedir(dir);
	buf[len] = '\0';
	return buf;
}

/* Another program puts files of its own in the places of those beside. */
static void take_places(void)
{
	DIR *dir = opendir(".");
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (!strstr(entry->d_name, ".hxtmp"))
			continue;
		desk_file("other", "other");
		ck_assert_int_eq(rename("other", entry->d_name), 0);
	}
	if (dir)
		closedir(dir);
}

/* Killed at each of its calls, and then nothing of it is wanted: what it made
   is removed, and no file that the user had. */
START_TEST(discarded)
{
	static const char *const old[] = { "aaaa", "bbbbbb", "cccccccc" };
	size_t ours = 0, olds = 0, others = 0, most = 0;
	char said[DESK_SAID];
	bool alive = false;

	finish();
	for (size_t nth = 0; !alive; nth++) {
		bool open = false, swap = nth % 3 == 0;
		int status;
		pid_t pid;

		write_files();
		free(shelf);
		ck_assert_int_gt(asprintf(&shelf, "%s/d%zu", scratch(), nth),
		                 0);
		pid = fork();
		if (pid == 0) {
			start();
			edit_all();
			reset();
			faults_kill(nth, nth % 2 == 0);
			_exit(try_flush() ? 0 : 1);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		alive = WIFEXITED(status);
		start();
		desk_open(session, "a;b;c");
		desk_hear(session, said);
		journal[0] = '\0';
		must(session_look(session, take_name, &open, &err), &err);
		ours += open && count_left() > 0;
		if (open && swap)
			take_places();
		if (journal[0])
			must(session_discard(session, journal, &err), &err);
		ck_assert(open || count_left() == 0);
		for (size_t i = 0, n = 0; i < 3 && open; i++) {
			const char *left = beside((char)('a' + i));
			char what[16];

			snprintf(what, sizeof(what), "%c: what it", "abc"[i]);
			if (left[0] && !swap)
				ck_assert_ptr_nonnull(strstr(said, what));
			n += left[0] && !swap;
			most = size_max(most, n);
			others += left[0] && swap;
			olds += left[0] && !swap;
			if (left[0])
				ck_assert_str_eq(left, swap ? "other" : old[i]);
		}
		finish();
	}
	ck_assert_uint_gt(ours, 3);
	ck_assert_uint_gt(olds, 0);
	ck_assert_uint_gt(others, 0);
	ck_assert_uint_gt(most, 1);
	write_files();
	start();
}
END_TEST

/* --- at random ----------------------------------------------------------- */

enum { MOST = 200, STEPS = 40 };

struct model {
	char text[STEPS + 1][MOST + 80];
	size_t done, all;
};

static uint64_t seed;

static uint64_t below(uint64_t n)
{
	return random_below(&seed, n);
}

/* Some bytes of the two files become others, more or fewer. */
static void random_edit(struct model *m)
{
	char *old = m->text[m->done], *new_ = m->text[m->done + 1];
	size_t len = strlen(old);
	size_t at = (size_t)below(len - 1), removed, added;
	char text[40] = "";

	if (m->done == STEPS)
		return;
	removed = (size_t)below(size_min(20, len - 1 - at) + 1);
	added = below(2) ? removed : (size_t)below(20);
	if (len > MOST || (removed == 0 && added == 0))
		return;
	for (size_t i = 0; i < added; i++)
		text[i] = (char)('A' + below(26));
	/* No file becomes empty: an address is always in one. */
	if (!desk_splice(session, desk_place(session, at), removed, text, 0,
	                 &err))
		ck_abort_msg("%s", err.text);
	memcpy(new_, old, at);
	memcpy(new_ + at, text, added);
	memcpy(new_ + at + added, old + at + removed, len - at - removed + 1);
	m->all = ++m->done;
}

START_TEST(random_sessions)
{
	seed = random_seed();
	for (size_t n = cases(15); n > 0; n--) {
		static struct model m;
		struct view *views[4] = { 0 };
		char seen[4][MOST + 80], text[DESK_TEXT];

		finish();
		write_files();
		memset(&m, 0, sizeof(m));
		strcpy(m.text[0], "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		                  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
		desk_file("a", m.text[0]);
		desk_file("b", "");
		desk_file("c", "");
		start();
		desk_open(session, "a");
		for (size_t k = 0; k < 80; k++) {
			size_t v = (size_t)below(ARRAY_LEN(views));

			switch (below(7)) {
			case 0:
			case 1:
				random_edit(&m);
				break;
			case 2:
				if (m.done == 0)
					break;
				must(session_undo(session, &err), &err);
				m.done--;
				break;
			case 3:
				if (m.done == m.all)
					break;
				must(session_redo(session, &err), &err);
				m.done++;
				break;
			case 4:
			case 5:
				(void)flush();
				snprintf(text, sizeof(text), "%s|||",
				         m.text[m.done]);
				disk_is(text);
				break;
			default:
				view_unref(views[v]);
				views[v] = view_ref(session_view(session));
				strcpy(seen[v], m.text[m.done]);
				break;
			}
			desk_shows(session, m.text[m.done]);
			for (v = 0; v < ARRAY_LEN(views); v++) {
				if (!views[v])
					continue;
				(void)desk_text(views[v], text);
				ck_assert_str_eq(text, seen[v]);
			}
		}
		for (size_t v = 0; v < ARRAY_LEN(views); v++)
			view_unref(views[v]);
		session_drop_edits(session, true);
	}
}
END_TEST

static TCase *add_case(Suite *s, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	suite_add_tcase(s, tc);
	return tc;
}

int main(void)
{
	Suite *s = suite_create("session_exchange");
	TCase *tc = add_case(s, "does");

	tcase_add_test(tc, lengths_and_bytes);
	tcase_add_test(tc, undo_goes_on);
	tcase_add_test(tc, views_stand_still);
	tcase_add_test(tc, moved_bytes);
	tcase_add_test(tc, keeps_mode_and_attributes);
	tcase_add_test(tc, keeps_flags);
	tcase_add_test(tc, symbolic_links);
	tcase_add_test(tc, holes);
	tc = add_case(s, "refuses");
	tcase_add_test(tc, shared_blocks);
	tcase_add_test(tc, hard_links);
	tcase_add_loop_test(tc, what_systems_answer, 0,
	                    (int)ARRAY_LEN(answers));
	tcase_add_test(tc, attributes);
	tcase_add_test(tc, a_file_that_others_changed);
	tc = add_case(s, "fails");
	tcase_add_loop_test(tc, keeping_fails, 0, ARRAY_LEN(keeps));
	tcase_add_loop_test(tc, a_call_fails, 0,
	                    (int)(ARRAY_LEN(calls) * ARRAY_LEN(errnums)));
	tcase_add_test(tc, short_writes);
	tc = add_case(s, "memory");
	tcase_add_test(tc, without_memory);
	tc = add_case(s, "crashes");
	tcase_add_test(tc, killed);
	tcase_add_test(tc, discarded);
	tc = add_case(s, "random");
	tcase_add_test(tc, random_sessions);
	return run_suite(s);
}
